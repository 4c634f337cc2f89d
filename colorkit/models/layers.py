"""Keras layers that several lessons need inside of a saved model.

They are registered, so that a ``.keras`` file that holds one loads with safe mode on, once this module is imported.
`colorkit.models.checkpoints.load` does that.
"""

import keras
from keras import ops

from colorkit import bins, lab


class _GivesAB(keras.layers.Layer):
    """What layers that make a and b have in common: they work in float32, also where others use mixed precision."""

    def __init__(self, dtype="float32", **options):
        super().__init__(dtype=dtype, **options)

    def compute_output_shape(self, input_shape):
        """Return the shape of a and b."""
        return (*input_shape[:-1], 2)


@keras.saving.register_keras_serializable(package="colorkit")
class RGBToAB(_GivesAB):
    """a and b of sRGB colors: what makes a colorizer of a network that gives R, G and B.

    Input: shape (batch, height, width, 3), float, 0..1. Output: shape (batch, height, width, 2), float32, Lab units.
    """

    def call(self, rgb):
        """Return a and b."""
        return lab.rgb_to_lab(rgb)[..., 1:]


class _Decode(_GivesAB):
    """What layers that make a and b of logits over bins have in common.

    Parameters
    ----------
    step : float
        Of the grid of bins (`colorkit.bins.centers` of sRGB), Lab units; 10 makes 313 of them.
    **options
        Of every Keras layer, such as ``name``.
    """

    def __init__(self, step=bins.STEP, **options):
        super().__init__(**options)
        self.step = step
        self.centers = bins.centers(step)

    def build(self, input_shape):
        """Check that there is a logit for each bin."""
        if input_shape[-1] != len(self.centers):
            raise ValueError(
                f"{self.name} takes {len(self.centers)} logits, one for each bin of step {self.step}, on the last "
                f"axis; got shape {tuple(input_shape)}"
            )

    def get_config(self):
        """Return what a saved file needs to make this layer again."""
        return {**super().get_config(), "step": self.step}


@keras.saving.register_keras_serializable(package="colorkit")
class Mode(_Decode):
    """The most likely color: what makes a colorizer of a network that gives logits over bins.

    Input: shape (..., bins), float. Output: shape (..., 2), float32, Lab units. It has no gradient.

    Parameters
    ----------
    step : float
        Of the grid of bins (`colorkit.bins.centers` of sRGB), Lab units; 10 makes 313 of them.
    **options
        Of every Keras layer, such as ``name``.
    """

    def call(self, logits):
        """Return a and b."""
        return bins.mode(logits, self.centers)


@keras.saving.register_keras_serializable(package="colorkit")
class AnnealedMean(_Decode):
    """A color between the mean and the mode, equation 5 of Zhang, Isola and Efros (2016), of logits over bins.

    Input: shape (..., bins), float. Output: shape (..., 2), float32, Lab units. To sharpen a distribution with a
    temperature is the same as to divide its logits by it.

    Parameters
    ----------
    temperature : float
        1 gives the mean; toward 0, the mode. Positive.
    step : float
        Of the grid of bins (`colorkit.bins.centers` of sRGB), Lab units; 10 makes 313 of them.
    **options
        Of every Keras layer, such as ``name``.
    """

    def __init__(self, temperature=0.38, step=bins.STEP, **options):
        super().__init__(step, **options)
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}; 1 is the mean, toward 0 the mode")
        self.temperature = temperature

    def call(self, logits):
        """Return a and b."""
        return bins.mean(ops.softmax(ops.cast(logits, "float32") / self.temperature), self.centers)

    def get_config(self):
        """Return what a saved file needs to make this layer again."""
        return {**super().get_config(), "temperature": self.temperature}
