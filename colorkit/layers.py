"""Keras layers that several lessons need inside of a saved model.

They are registered, so that a ``.keras`` file that holds one loads with safe mode on, once this module is imported.
`colorkit.checkpoints.load` does that.
"""

import keras

from colorkit import lab


@keras.saving.register_keras_serializable(package="colorkit")
class RGBToAB(keras.layers.Layer):
    """a and b of sRGB colors: what makes a colorizer of a network that gives R, G and B.

    Input: shape (batch, height, width, 3), float, 0..1. Output: shape (batch, height, width, 2), float32, Lab units.
    """

    def call(self, rgb):
        """Return a and b."""
        return lab.rgb_to_lab(rgb)[..., 1:]

    def compute_output_shape(self, input_shape):
        """Return the shape of a and b."""
        return (*input_shape[:-1], 2)
