"""Color a photo of any size with a colorizer, changing nothing but its color."""

import os
import warnings

import numpy as np
from PIL import Image

from colorkit import lab, pictures
from colorkit.colorizing.contract import check_ab, check_model
from colorkit.colorizing.enlarging import join
from colorkit.colorizing.hints import place

# Sides of pictures for networks without a size of their own are multiples of this, so that halving and doubling
# (five times at most in this course) gives the same size back.
_MULTIPLE = 32


def colorize(model, photo, size=256, hints=()):
    """Color a photo, changing nothing but its color.

    The network sees the photo fitted into its working size; the ab that it gives are enlarged along the photo's edges
    and joined with its own L at full size. Where a color is outside the sRGB gamut its chroma is reduced, so that L
    stays.

    Parameters
    ----------
    model : keras.Model
        A colorizer: input L, shape (batch, height, width, 1), float32, 0..100; output ab, same height and width,
        2 channels, float32, Lab units. Or a hinted one, with hints as a second input, (batch, height, width, 3): a, b
        and 1 where there is a hint.
    photo : str, path or array
        A picture file, or an array of shape (height, width), (height, width, 1) or (height, width, 3), uint8 or
        float 0..1. Only its L is used.
    size : int
        Longer side of what the network sees, pixels. A side that the model's input fixes has that length instead.
    hints : iterable of (x, y, color), optional
        What color is where, for a hinted colorizer: pixels from the left and from the top of the photo, and
        ``"#RRGGBB"``.

    Returns
    -------
    array, shape (height, width, 3), uint8
        RGB, as large as the photo, with the photo's L (to within rounding, 0.5 Lab units).

    Raises
    ------
    ContractError
        If the model breaks the contract; the message says where.
    ValueError
        If the photo cannot be used (`colorkit.pictures.PhotoError` for a file), or a hint is outside of it.

    Warns
    -----
    UserWarning
        If all of a and b are within 1 of gray, as when the scaling of tanh's -1..1 was left out of the model; or the
        photo is too dark or too light for the color of a hint.

    Examples
    --------
    A network that paints everything orange:

    >>> import keras
    >>> import numpy as np
    >>> L = keras.Input((None, None, 1))
    >>> orange = keras.initializers.Constant([30, 50])
    >>> paint = keras.layers.Conv2D(2, 1, kernel_initializer="zeros", bias_initializer=orange)
    >>> network = keras.Model(L, paint(L))
    >>> colorize(network, np.full((2, 3), 128, np.uint8))[0, 0]
    array([192, 105,  39], dtype=uint8)
    """
    hints = list(hints)
    check_model(model, hints=bool(hints))
    if size < 1:
        raise ValueError(f"size is in pixels and at least 1, got {size}")
    rgb = pictures.open_photo(photo) if isinstance(photo, str | os.PathLike) else pictures.as_rgb(photo)
    inner, box = fit(model, rgb.shape[:2], size)
    lightness, filled = shrink(rgb, inner, box)
    taken = filled[np.newaxis]
    if len(model.inputs) == 2:
        taken = [taken, place(hints, rgb, inner, box)[np.newaxis]]
    return join(rgb, lightness, _predict(model, taken)[: inner[0], : inner[1]])


def fit(model, shape, size):
    """Fit a photo into what a network sees.

    Parameters
    ----------
    model : keras.Model
        A colorizer.
    shape : tuple of int
        Height and width of the photo, pixels.
    size : int
        Longer side of what the network sees, pixels, where the model's input does not fix it.

    Returns
    -------
    inner : tuple of int
        Height and width of the photo in what the network sees, pixels.
    box : tuple of int
        Height and width of what the network sees, pixels.
    """
    height, width = shape
    fixed = model.inputs[0].shape[1:3]  # either may be None
    scale = min((fixed[0] or size) / height, (fixed[1] or size) / width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    return inner, tuple(own or -(-side // _MULTIPLE) * _MULTIPLE for own, side in zip(fixed, inner, strict=True))


def shrink(rgb, inner, box):
    """Return L of a photo as a network sees it.

    Parameters
    ----------
    rgb : array, shape (height, width, 3), uint8
        The photo.
    inner, box : tuple of int
        As `fit` gives them.

    Returns
    -------
    lightness : array, shape (h, w, 1), float32
        0..100, as large as `inner`.
    filled : array, shape (H, W, 1), float32
        As large as `box`: the rest is filled by mirroring the photo, which networks take better than a black frame.
    """
    small = np.asarray(Image.fromarray(rgb).resize(inner[::-1], Image.Resampling.BICUBIC, reducing_gap=3))
    lightness = lab.rgb_to_lab(small)[..., :1]
    return lightness, np.pad(lightness, [(0, box[0] - inner[0]), (0, box[1] - inner[1]), (0, 0)], mode="symmetric")


def _predict(model, taken):
    """Return ab, shape (height, width, 2), float32, for what a model takes, a batch of one."""
    import keras

    ab = keras.ops.convert_to_numpy(model(taken, training=False))
    check_ab(ab, taken[0] if isinstance(taken, list) else taken)
    largest = np.abs(ab).max()
    if 0 < largest <= 1:
        warnings.warn(
            f"every a and b is within {largest:.2g} of gray; after a tanh the model must multiply by 128",
            stacklevel=3,
        )
    return ab[0]
