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

    Input: shape (batch, height, width, 3), float, 0..1; what is outside counts as 0 or 1, here as in a compiled
    function. Output: shape (batch, height, width, 2), float32, Lab units.

    Examples
    --------
    >>> import numpy as np
    >>> np.asarray(RGBToAB()(np.ones((1, 1, 1, 3)) * [1.0, 0.5, 0.0])).round(1)
    array([[[[43.1, 74. ]]]], dtype=float32)
    """

    def call(self, rgb):
        """Return a and b."""
        return lab.rgb_to_lab(rgb)[..., 1:]


@keras.saving.register_keras_serializable(package="colorkit")
class AnnealedMean(_GivesAB):
    """A color between the mean and the mode of logits over bins: a colorizer of a network that gives such logits.

    Input: shape (..., bins), float. Output: shape (..., 2), float32, Lab units. It is equation 5 of the paper: to
    sharpen a distribution with a temperature is the same as to divide its logits by it.

    Parameters
    ----------
    temperature : float
        1 gives the mean; toward 0, the mode. Positive.
    step : float
        Of the grid of bins (`colorkit.bins.centers` of sRGB), Lab units; 10 makes 313 of them.
    **options
        Of every Keras layer, such as ``name``.

    References
    ----------
    R. Zhang, P. Isola and A. A. Efros (2016). Colorful Image Colorization. ECCV. https://arxiv.org/abs/1603.08511

    Examples
    --------
    A network that is sure of one bin gives its color, whatever the temperature:

    >>> import numpy as np
    >>> sure = 50 * np.eye(313, dtype="float32")[[7]]
    >>> np.array_equal(AnnealedMean()(sure), bins.centers()[[7]])
    True
    """

    def __init__(self, temperature=0.38, step=bins.STEP, **options):
        super().__init__(**options)
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}; 1 is the mean, toward 0 the mode")
        self.temperature = temperature
        self.step = step
        self.centers = bins.centers(step)

    def build(self, input_shape):
        """Check that there is a logit for each bin."""
        if input_shape[-1] != len(self.centers):
            raise ValueError(
                f"{self.name} takes {len(self.centers)} logits, one for each bin of step {self.step}, on the last "
                f"axis; got shape {tuple(input_shape)}"
            )

    def call(self, logits):
        """Return a and b."""
        return bins.mean(ops.softmax(ops.cast(logits, "float32") / self.temperature), self.centers)

    def get_config(self):
        """Return what a saved file needs to make this layer again."""
        return {**super().get_config(), "temperature": self.temperature, "step": self.step}
