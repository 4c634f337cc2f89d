"""Color any photo with any network that follows the course's contract: L goes in, ab comes out."""

import os
import warnings

import numpy as np
from PIL import Image

from colorkit import lab, pictures

# Sides of pictures for networks without a size of their own are multiples of this, so that halving and doubling
# (five times at most in this course) gives the same size back.
_MULTIPLE = 32
# Rows of a photo that are worked on at a time, so that the float copies of a large one are never all there at once.
_ROWS = 256


class ContractError(ValueError):
    """A model does not take L and give ab as the course's networks do."""


def colorize(model, photo, size=256):
    """Color a photo, changing nothing but its color.

    The network sees the photo fitted into its working size; the ab that it gives are enlarged and joined with the
    photo's own L at full size. Where a color is outside the sRGB gamut its chroma is reduced, so that L stays.

    Parameters
    ----------
    model : keras.Model
        A colorizer: input L, shape (batch, height, width, 1), float32, 0..100; output ab, same height and width,
        2 channels, float32, Lab units.
    photo : str, path or array
        A picture file, or an array of shape (height, width), (height, width, 1) or (height, width, 3), uint8 or
        float 0..1. Only its L is used.
    size : int
        Longer side of what the network sees, pixels. A model with an input size of its own uses that.

    Returns
    -------
    array, shape (height, width, 3), uint8
        RGB, as large as the photo, with the photo's L (to within rounding, 0.5 Lab units).

    Raises
    ------
    ContractError
        If the model breaks the contract; the message says where.
    ValueError
        If the photo cannot be used (`colorkit.pictures.PhotoError` for a file).

    Warns
    -----
    UserWarning
        If all of a and b are within 1 of gray, as when the scaling of tanh's -1..1 was left out of the model.
    """
    box = _working_size(model, size)
    rgb = pictures.open_photo(photo) if isinstance(photo, str | os.PathLike) else pictures.as_rgb(photo)
    height, width = rgb.shape[:2]
    scale = min(box[0] / height, box[1] / width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    if None in model.input_shape[1:3]:
        box = tuple(-(-side // _MULTIPLE) * _MULTIPLE for side in inner)
    small = np.asarray(Image.fromarray(rgb).resize(inner[::-1], Image.Resampling.BICUBIC, reducing_gap=3))
    lightness = lab.rgb_to_lab(small)[..., :1]
    # The rest of the box is filled by mirroring the photo, which networks take better than a black frame.
    lightness = np.pad(lightness, [(0, box[0] - inner[0]), (0, box[1] - inner[1]), (0, 0)], mode="symmetric")
    ab = _predict(model, lightness)[: inner[0], : inner[1]]

    channels = [Image.fromarray(np.ascontiguousarray(ab[..., channel])) for channel in (0, 1)]
    colored = np.empty_like(rgb)
    for top in range(0, height, _ROWS):
        rows = slice(top, min(top + _ROWS, height))
        part = 0, rows.start * inner[0] / height, inner[1], rows.stop * inner[0] / height
        enlarged = [
            channel.resize((width, rows.stop - rows.start), Image.Resampling.BILINEAR, box=part) for channel in channels
        ]
        own = lab.rgb_to_lab(rgb[rows])[..., 0]
        colored[rows] = lab.to_uint8(lab.lab_to_rgb(np.stack([own, *enlarged], axis=-1), gamut="keep lightness"))
    return colored


def check_model(model):
    """Check what can be seen of a colorizer without running it.

    Parameters
    ----------
    model : keras.Model
        What should follow the contract.

    Raises
    ------
    ContractError
        If it is no model, or its inputs or outputs are not L and ab.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise ContractError(f"a colorizer is a Keras model, got {type(model).__name__}; pass the model itself")
    if len(model.inputs or ()) != 1 or len(model.outputs or ()) != 1:
        raise ContractError(
            f"a colorizer has one input (L) and one output (ab), this model has {len(model.inputs or ())} and "
            f"{len(model.outputs or ())}; put what else it needs (an embedding, say) inside the model"
        )
    taken, given = model.input_shape, model.output_shape
    if len(taken) != 4 or taken[-1] != 1:
        raise ContractError(f"a colorizer takes L, shape (batch, height, width, 1), this model takes {taken}")
    if len(given) != 4 or given[-1] != 2:
        raise ContractError(f"a colorizer gives ab, shape (batch, height, width, 2), this model gives {given}")


def check_ab(ab, lightness):
    """Check what a colorizer gave.

    Parameters
    ----------
    ab : array
        What should be ab, shape (N, H, W, 2), float32, Lab units.
    lightness : array, shape (N, H, W, 1)
        What it was given.

    Raises
    ------
    ContractError
        If shape, type or range is another.
    """
    if ab.ndim != 4 or ab.shape[3] != 2 or len(ab) != len(lightness):
        raise ContractError(f"ab for L of shape {lightness.shape} has two channels instead of one, got {ab.shape}")
    if ab.shape[1:3] != lightness.shape[1:3]:
        raise ContractError(
            f"ab must be as large as L; this model made {ab.shape[1:3]} of {lightness.shape[1:3]}: compare its strides "
            "with its upsampling"
        )
    if ab.dtype != np.float32:
        raise ContractError(
            f"ab must be float32, this model gives {ab.dtype}; end it with a float32 layer, or a function with "
            ".astype('float32')"
        )
    if not np.isfinite(ab).all():
        raise ContractError("ab holds NaN or infinity: the training has diverged, try a smaller learning rate")
    largest = np.abs(ab).max()
    if largest > 256:
        raise ContractError(f"ab reaches {largest:.4g}; in Lab units it is about -108..98: look at the model's scaling")


def _working_size(model, size):
    """Return (height, width) of what the model sees."""
    check_model(model)
    if size < 1:
        raise ValueError(f"size is in pixels and at least 1, got {size}")
    return model.input_shape[1] or size, model.input_shape[2] or size


def _predict(model, lightness):
    """Return ab, shape (height, width, 2), float32, for L of shape (height, width, 1)."""
    import keras

    ab = keras.ops.convert_to_numpy(model(lightness[np.newaxis], training=False))
    check_ab(ab, lightness[np.newaxis])
    largest = np.abs(ab).max()
    if 0 < largest <= 1:
        warnings.warn(
            f"every a and b is within {largest:.2g} of gray; after a tanh the model must multiply by 128",
            stacklevel=3,
        )
    return ab[0]
