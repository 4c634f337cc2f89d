"""Color math: sRGB to CIE Lab and back, for NumPy arrays and for Keras tensors of any backend.

Lab here is CIE 1976 L*a*b* under the D65 white point and the 2 degree observer, as in scikit-image:
L is lightness, 0 (black) to 100 (white); a runs from green to red, b from blue to yellow.

An array with values outside their range is refused. A tensor's values cannot be seen inside a compiled function, so
that those outside count as if at the edge of the range: there, and where they could be seen.
"""

import functools

import numpy as np

# Linear sRGB to XYZ (IEC 61966-2-1) and the white point, with scikit-image's digits so that the two agree.
_XYZ_FROM_RGB = np.array(
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])

# Both matrices act from the right, on rows of three numbers.
_RGB_TO_XYZ = (_XYZ_FROM_RGB.T / _WHITE).astype(np.float32)
_XYZ_TO_RGB = np.linalg.inv(_XYZ_FROM_RGB.T / _WHITE).astype(np.float32)
# L = 116 f(Y) - 16, a = 500 (f(X) - f(Y)), b = 200 (f(Y) - f(Z)) is one more matrix and an offset.
_F_TO_LAB = np.array([[0, 500, 0], [116, -500, 200], [0, 0, -200]], dtype=np.float32)
_LAB_TO_F = np.linalg.inv(_F_TO_LAB.astype(np.float64)).astype(np.float32)
_LAB_OFFSET = np.array([-16, 0, 0], dtype=np.float32)

# f is the cube root above this value of X, Y or Z, and a straight line below it.
_KNEE = 0.008856
_SLOPE, _INTERCEPT = 7.787, 16 / 116

# Pixels that are worked on at a time: the temporaries then stay in a core's cache.
_CHUNK = 16384


def rgb_to_lab(rgb):
    """Convert sRGB pictures to CIE Lab.

    Parameters
    ----------
    rgb : array or tensor, shape (..., 3)
        uint8, 0..255, or float, 0..1. A Keras tensor gives a tensor and may be part of a compiled function; what it
        has outside 0..1 counts as 0 or 1.

    Returns
    -------
    array or tensor, shape (..., 3), float32
        L, 0..100, and a, b, about -108..98, Lab units.

    Raises
    ------
    ValueError
        If the last axis is not 3 long, or the numbers of an array are not 0..1.
    TypeError
        If the type is an integer other than uint8: whether 255 or 65535 is white would be a guess.

    Notes
    -----
    Agrees with ``skimage.color.rgb2lab`` to 0.01 for every one of the 16.7 million sRGB colors.

    References
    ----------
    IEC 61966-2-1:1999, Multimedia systems and equipment, part 2-1: Default RGB color space, sRGB.

    CIE 15:2018, Colorimetry, 4th edition.

    Examples
    --------
    Orange, and the gray in the middle of 0..1, of which L is more than 50:

    >>> rgb_to_lab([[1.0, 0.5, 0.0], [0.5, 0.5, 0.5]]).round(1) + 0.0
    array([[67. , 43.1, 74. ],
           [53.4,  0. ,  0. ]], dtype=float32)
    """
    if is_tensor(rgb):
        return _lab_from_linear(*_tensor_linear(rgb))
    rgb = np.asarray(rgb)
    _check_channels(rgb.shape, 3, "rgb")
    _check_dtype(str(rgb.dtype), "rgb")
    if rgb.dtype == np.uint8:
        return _by_chunks(lambda pixels: _lab_from_linear(np, _linear_table()[pixels]), rgb)
    _check_values(rgb, 0, 1, "rgb is 0..1 when it is float", "divide by 255, or pass uint8")
    return _by_chunks(lambda pixels: _lab_from_linear(np, _linear_from_srgb(np, pixels.astype(np.float32))), rgb)


def lab_to_rgb(lab, gamut="keep lightness"):
    """Convert CIE Lab to sRGB.

    Most Lab colors are outside the sRGB gamut: no screen pixel shows them. `gamut` says what happens to those.

    Parameters
    ----------
    lab : array or tensor, shape (..., 3), float
        L, 0..100, and a, b, Lab units. In a tensor, an L outside 0..100 counts as 0 or 100.
    gamut : {"keep lightness", "clip", "none"}
        ``"keep lightness"`` moves a and b straight toward gray until the color fits: only chroma shrinks.
        ``"clip"`` cuts R, G and B to 0..1, as scikit-image does: lightness and hue may shift.
        ``"none"`` leaves values below 0 and above 1.

    Returns
    -------
    array or tensor, shape (..., 3), float32
        R, G, B, 0..1 unless `gamut` is ``"none"``.

    Raises
    ------
    ValueError
        If the last axis is not 3 long, `gamut` is unknown, or an array's L is not 0..100 or one of its numbers is
        not finite.
    TypeError
        If the type is not float.

    References
    ----------
    As for `rgb_to_lab`.

    Examples
    --------
    A violet that no screen shows gets darker where R, G and B are cut, and only paler where lightness is kept:

    >>> violet = np.array([[80.0, 60.0, -60.0]])
    >>> for gamut in ("clip", "keep lightness"):
    ...     print(to_uint8(lab_to_rgb(violet, gamut)), rgb_to_lab(lab_to_rgb(violet, gamut)).round())
    [[252 159 255]] [[ 78.  49. -34.]]
    [[228 181 255]] [[ 80.  30. -30.]]
    """
    if gamut not in ("keep lightness", "clip", "none"):
        raise ValueError(f"gamut must be 'keep lightness', 'clip' or 'none', got {gamut!r}")
    if is_tensor(lab):
        from keras import backend, ops

        _check_lab_type(lab.shape, backend.standardize_dtype(lab.dtype))
        lab = ops.cast(lab, "float32")
        lab = ops.concatenate([ops.clip(lab[..., :1], 0, 100), lab[..., 1:]], axis=-1)
        return _rgb_from_lab(ops, lab, gamut)
    lab = np.asarray(lab)
    _check_lab_type(lab.shape, str(lab.dtype))
    _check_values(lab[..., 0], 0, 100, "L is 0..100", "8-bit Lab files store L * 255 / 100: scale it back")
    if not np.isfinite(lab).all():
        raise ValueError("lab holds NaN or infinity; look at where a and b come from")
    return _by_chunks(lambda pixels: _rgb_from_lab(np, pixels.astype(np.float32), gamut), lab)


def lightness_to_rgb(lightness):
    """Draw a lightness channel as a gray sRGB picture.

    Parameters
    ----------
    lightness : array or tensor, shape (..., 1), float
        L, 0..100.

    Returns
    -------
    array or tensor, shape (..., 3), float32
        R = G = B, 0..1, with that lightness.
    """
    _check_channels(lightness.shape, 1, "lightness")
    # Gray is in gamut: nothing has to be moved, which for tensors takes time.
    if not is_tensor(lightness):
        gray = np.concatenate([lightness, np.zeros((*lightness.shape[:-1], 2), np.float32)], axis=-1)
        return lab_to_rgb(gray, gamut="clip")
    from keras import ops

    zeros = ops.zeros_like(lightness)
    return lab_to_rgb(ops.concatenate([lightness, zeros, zeros], axis=-1), gamut="clip")


def in_gamut(lab, tolerance=1e-3):
    """Tell which Lab colors an sRGB screen can show.

    Parameters
    ----------
    lab : array, shape (..., 3), float
        L, 0..100, and a, b, Lab units.
    tolerance : float
        How far R, G and B may lie outside 0..1.

    Returns
    -------
    array, shape (...), bool
    """
    rgb = lab_to_rgb(lab, gamut="none")
    return ((rgb >= -tolerance) & (rgb <= 1 + tolerance)).all(axis=-1)


def ab_grid(step):
    """Return the ab plane, -110..110, as a grid: it holds every a and b that sRGB has.

    Parameters
    ----------
    step : float
        Distance of neighbors, Lab units; a divisor of 220.

    Returns
    -------
    array, shape (n, n, 2), float32
        ab, Lab units: a grows along the second axis, b along the first. n is 220 / step + 1.

    Raises
    ------
    ValueError
        If steps do not add up to 220.

    Examples
    --------
    >>> ab_grid(step=110)[0]
    array([[-110., -110.], [   0., -110.], [ 110., -110.]], dtype=float32)
    """
    if step <= 0 or 220 % step:
        raise ValueError(f"the grid runs from -110 to 110, which steps of {step} do not divide; take 1, 2, 5 or 10")
    side = np.linspace(-110, 110, round(220 / step) + 1, dtype=np.float32)
    return np.stack(np.meshgrid(side, side), axis=-1)


def to_uint8(rgb):
    """Round float RGB to the uint8 that a picture file holds.

    Parameters
    ----------
    rgb : array, shape (..., 3) or (..., 1), float
        0..1.

    Returns
    -------
    array, same shape, uint8
        0..255.
    """
    rgb = np.asarray(rgb)
    _check_values(rgb, 0, 1, "float pictures are 0..1", "divide by 255")
    return np.round(rgb * 255).clip(0, 255).astype(np.uint8)


def is_tensor(value):
    """Tell whether a value is a Keras tensor, of any backend or symbolic, and not NumPy's.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    if isinstance(value, np.ndarray | np.generic | list | tuple | int | float):
        return False
    import keras

    return keras.ops.is_tensor(value) or isinstance(value, keras.KerasTensor)


# The formulas, written once: `xp` is numpy or keras.ops.


def _linear_from_srgb(xp, rgb):
    # The base is kept away from 0 so that the branch not taken has a finite gradient too.
    return xp.where(rgb > 0.04045, xp.power((xp.maximum(rgb, 0.04045) + 0.055) / 1.055, 2.4), rgb / 12.92)


def _srgb_from_linear(xp, linear):
    return xp.where(
        linear > 0.0031308, 1.055 * xp.power(xp.maximum(linear, 0.0031308), 1 / 2.4) - 0.055, linear * 12.92
    )


def _lab_from_linear(xp, linear):
    xyz = xp.matmul(linear, _RGB_TO_XYZ)
    root = np.cbrt(xyz) if xp is np else xp.power(xp.maximum(xyz, _KNEE), 1 / 3)
    f = xp.where(xyz > _KNEE, root, _SLOPE * xyz + _INTERCEPT)
    return xp.add(xp.matmul(f, _F_TO_LAB), _LAB_OFFSET)


def _linear_from_lab(xp, lab):
    f = xp.matmul(xp.subtract(lab, _LAB_OFFSET), _LAB_TO_F)
    xyz = xp.where(f > _KNEE ** (1 / 3), f * f * f, (f - _INTERCEPT) / _SLOPE)
    return xp.matmul(xyz, _XYZ_TO_RGB)


def _rgb_from_lab(xp, lab, gamut):
    linear = _linear_from_lab(xp, lab)
    if gamut == "keep lightness":
        outside = xp.logical_not(_fits(xp, linear))
        if xp is np:  # few colors of a picture are outside: work on those alone
            linear[outside] = _linear_from_lab(np, _toward_gray(np, lab[outside]))
        else:
            linear = xp.where(outside[..., None], _linear_from_lab(xp, _toward_gray(xp, lab)), linear)
    rgb = _srgb_from_linear(xp, linear)
    return rgb if gamut == "none" else xp.clip(rgb, 0, 1)


def _toward_gray(xp, lab):
    """Scale ab by the largest factor (to 1/4096) at which the color is inside the sRGB gamut."""
    lightness, ab = lab[..., :1], lab[..., 1:]
    low, high = xp.zeros_like(lightness), xp.ones_like(lightness)
    for _ in range(12):
        middle = (low + high) / 2
        fits = _fits(xp, _linear_from_lab(xp, xp.concatenate([lightness, ab * middle], axis=-1)))[..., None]
        low, high = xp.where(fits, middle, low), xp.where(fits, high, middle)
    return xp.concatenate([lightness, ab * low], axis=-1)


def _fits(xp, linear):
    return xp.all((linear >= -1e-5) & (linear <= 1 + 1e-5), axis=-1)


@functools.cache
def _linear_table():
    """Return linear light for each uint8 value: shape (256,), float32."""
    return _linear_from_srgb(np, np.arange(256) / 255).astype(np.float32)


def _by_chunks(function, pictures):
    pixels = pictures.reshape(-1, 3)
    result = np.empty(pixels.shape, np.float32)
    for start in range(0, len(pixels), _CHUNK):
        result[start : start + _CHUNK] = function(pixels[start : start + _CHUNK])
    return result.reshape(pictures.shape)


# What goes in, checked.


def _tensor_linear(rgb):
    from keras import backend, ops

    _check_channels(rgb.shape, 3, "rgb")
    dtype = backend.standardize_dtype(rgb.dtype)
    _check_dtype(dtype, "rgb")
    if dtype == "uint8":
        return ops, _linear_from_srgb(ops, ops.cast(rgb, "float32") / 255)
    return ops, _linear_from_srgb(ops, ops.clip(ops.cast(rgb, "float32"), 0, 1))


def _check_channels(shape, channels, name):
    if len(shape) < 1 or shape[-1] != channels:
        hint = "; drop the alpha channel first (colorkit.open_photo does)" if len(shape) and shape[-1] == 4 else ""
        raise ValueError(f"{name} must have {channels} channel(s) on its last axis, got shape {tuple(shape)}{hint}")


def _check_dtype(dtype, name):
    if "float" not in dtype and dtype != "uint8":
        raise TypeError(f"{name} must be uint8 (0..255) or float (0..1), got {dtype}; convert it with .astype('uint8')")


def _check_values(values, low, high, rule, remedy):
    if not values.size:
        return
    least, most = float(values.min()), float(values.max())
    # Written so that NaN, which compares false with everything, is caught too.
    if not (least >= low - 1e-3 and most <= high + 1e-3):
        raise ValueError(f"{rule}, got {least:.4g}..{most:.4g}; {remedy}")


def _check_lab_type(shape, dtype):
    _check_channels(shape, 3, "lab")
    if "float" not in dtype:
        raise TypeError(f"lab must be float, got {dtype}; integers cut off most of a and b")
