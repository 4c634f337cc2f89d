"""Measures of colored pictures.

Measures of RGB and CIEDE2000 judge what a person sees, measures of ab judge what a network gives. Where a function
takes two sets of pictures, the first is the truth. Leading axes stand for pictures: ``(N, H, W, 3)`` gives N numbers,
one photo ``(H, W, 3)`` gives one.
"""

import functools

import numpy as np

from colorkit import bins, lab

AUC_REACH = 150  # Lab units


# --- measures of pictures as they are seen ---


def psnr(truth, colored):
    """Peak signal-to-noise ratio.

    Parameters
    ----------
    truth, colored : array, shape (..., H, W, 3)
        RGB, uint8 0..255, or float 0..1.

    Returns
    -------
    array, shape (...), float64
        Decibels; higher is better. At most 58.9: a smaller difference than that of rounding to 8 bits (a mean square
        of 1/12 of a step) counts as that, so that pictures without any difference do not make means infinite.
    """
    rounding = 1 / (12 * 255**2)
    return each(lambda one, other: -10 * np.log10(max(_mean((one - other) ** 2), rounding)), unit_rgb, truth, colored)


def ssim(truth, colored):
    """Structural similarity, mean of R, G and B.

    With the window of Wang et al.: Gaussian, sigma 1.5, 11 pixels wide.

    Parameters
    ----------
    truth, colored : array, shape (..., H, W, 3)
        RGB, uint8 0..255, or float 0..1; at least 11 x 11 pixels.

    Returns
    -------
    array, shape (...), float64
        -1..1; higher is better.

    Raises
    ------
    ValueError
        If the pictures are smaller.

    References
    ----------
    Wang, Z., Bovik, A. C., Sheikh, H. R., Simoncelli, E. P. (2004). Image quality assessment: from error visibility to
    structural similarity. IEEE Transactions on Image Processing 13 (4), 600-612.
    """
    from skimage.metrics import structural_similarity

    size = np.shape(truth)[-3:-1]
    if min(size, default=11) < 11:
        raise ValueError(f"SSIM needs pictures of at least 11 x 11 pixels, got {' x '.join(map(str, size))}")
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    similarity = functools.partial(structural_similarity, channel_axis=-1, data_range=1, **settings)
    return each(similarity, unit_rgb, truth, colored)


def rgb_rmse(truth, colored):
    """Root mean square error of RGB on a scale of 0..1.

    Parameters
    ----------
    truth, colored : array, shape (..., H, W, 3)
        RGB, uint8 0..255, or float 0..1.

    Returns
    -------
    array, shape (...), float64
        0..1, over all pixels and channels; lower is better.
    """
    return each(lambda one, other: _mean((one - other) ** 2) ** 0.5, unit_rgb, truth, colored)


def rgb_mae(truth, colored):
    """Mean absolute error of RGB on a scale of 0..1.

    Parameters
    ----------
    truth, colored : array, shape (..., H, W, 3)
        RGB, uint8 0..255, or float 0..1.

    Returns
    -------
    array, shape (...), float64
        0..1, over all pixels and channels; lower is better.
    """
    return each(lambda one, other: _mean(np.abs(one - other)), unit_rgb, truth, colored)


def ciede2000(truth, colored):
    """Color difference CIEDE2000, mean over pixels.

    Parameters
    ----------
    truth, colored : array, shape (..., H, W, 3)
        RGB, uint8 0..255, or float 0..1.

    Returns
    -------
    array, shape (...), float64
        About 1 is a difference that can just be seen; lower is better.

    References
    ----------
    Sharma, G., Wu, W., Dalal, E. N. (2005). The CIEDE2000 color-difference formula: implementation notes,
    supplementary test data, and mathematical observations. Color Research and Application 30 (1), 21-30.

    Examples
    --------
    >>> import numpy as np
    >>> colors = np.uint8([(99, 99, 99), (105, 97, 97), (200, 30, 30)])
    >>> gray, reddish, red = (np.tile(color, (4, 4, 1)) for color in colors)
    >>> [round(float(ciede2000(gray, other)), 1) for other in (gray, reddish, red)]
    [0.0, 4.4, 28.4]
    """
    from skimage.color import deltaE_ciede2000

    return each(lambda one, other: _mean(deltaE_ciede2000(one, other)), lab.rgb_to_lab, truth, colored)


def colorfulness(rgb):
    """How colorful pictures look, after Hasler and Suesstrunk.

    Their equation with opponent channels R - G and (R + G) / 2 - B that keep their sign. Code that takes absolute
    values of these gets other numbers.

    Parameters
    ----------
    rgb : array, shape (..., H, W, 3)
        uint8 0..255, or float 0..1.

    Returns
    -------
    array, shape (...), float64
        On RGB of 0..255: 0 is gray, 15 slightly, 33 moderately, 59 quite and 109 extremely colorful.

    References
    ----------
    Hasler, D., Suesstrunk, S. (2003). Measuring colorfulness in natural images. Human Vision and Electronic Imaging
    VIII, Proceedings of SPIE 5007, 87-95.
    """

    def one_picture(unit):
        red, green, blue = np.moveaxis(255.0 * unit, -1, 0)
        opponents = np.stack([red - green, (red + green) / 2 - blue])
        spread, shift = opponents.std(axis=(1, 2)), opponents.mean(axis=(1, 2))
        return np.hypot(*spread) + 0.3 * np.hypot(*shift)

    return each(one_picture, unit_rgb, rgb)


# --- measures of ab ---


def ab_rmse(truth, predicted):
    """Root mean square error of a and b in Lab units.

    Parameters
    ----------
    truth, predicted : array, shape (..., H, W, 2), float
        Lab units.

    Returns
    -------
    array, shape (...), float64
        Lab units, over all pixels and both channels; lower is better.
    """
    return each(lambda one, other: _mean((one - other) ** 2) ** 0.5, float_ab, truth, predicted)


def ab_mae(truth, predicted):
    """Mean absolute error of a and b in Lab units.

    Parameters
    ----------
    truth, predicted : array, shape (..., H, W, 2), float
        Lab units.

    Returns
    -------
    array, shape (...), float64
        Lab units, over all pixels and both channels; lower is better.
    """
    return each(lambda one, other: _mean(np.abs(one - other)), float_ab, truth, predicted)


def auc(truth, predicted):
    """Area under the curve of the share of pixels whose ab is within a distance, after Zhang, Isola and Efros.

    The curve runs over distances of 0..150 and is divided by 150. Its area is exactly 1 minus the mean distance, where
    distances are cut off at 150, in units of 150.

    Parameters
    ----------
    truth, predicted : array, shape (..., H, W, 2), float
        Lab units.

    Returns
    -------
    array, shape (...), float64
        0..1; higher is better.

    References
    ----------
    Zhang, R., Isola, P., Efros, A. A. (2016). Colorful image colorization. European Conference on Computer Vision,
    649-666. https://arxiv.org/abs/1603.08511
    """
    return each(lambda one, other: _mean(_closeness(one, other)), float_ab, truth, predicted)


def channel_agreement(truth, predicted):
    """Share of pixels whose largest channel is the same.

    This is what Keras' ``"accuracy"`` computes on pictures. It says little: on two-channel noise it is 1/2, on
    three-channel noise 1/3. Where channels are equal, the first counts as the largest.

    Parameters
    ----------
    truth, predicted : array, shape (..., H, W, C)
        ab or RGB of any scale.

    Returns
    -------
    array, shape (...), float64
        0..1; higher is better.
    """
    return each(lambda one, other: _mean(one.argmax(-1) == other.argmax(-1)), np.asarray, truth, predicted)


def distribution_distance(truth, predicted):
    """Compare how often each color occurs in a whole set: total variation over the bins of `colorkit.bins`.

    It is the share of pixels that would have to change their bin for the two sets to have the same colors. Where the
    colors are does not matter. Two small sets differ by chance too: 20 scenes of Color World from the same scenes in
    other colors, drawn anew, by about 0.02, and 200 scenes by 0.007.

    Parameters
    ----------
    truth, predicted : array, shape (..., H, W, 2), float
        All pictures of a set, Lab units.

    Returns
    -------
    float
        0 (the same colors, equally often) to 1 (no color in common); lower is better.
    """
    counts = each(both_counts, float_ab, truth, predicted)
    return total_variation(counts.reshape(-1, *counts.shape[-2:]))


def spread(ab):
    """Measure how much the colors of a set of pictures differ: their standard deviation around the mean color.

    That of the predictions, divided by that of the targets, tells whether a network gives one color everywhere: 0 if it
    does. A network that averages the possible colors stays below 1 all its life.

    Parameters
    ----------
    ab : array, shape (..., 2), float
        Of all pixels that count, in any unit.

    Returns
    -------
    float
        Root of the mean of the variances of a and of b, in the same unit.
    """
    return float(np.sqrt(np.var(np.reshape(ab, (-1, 2)), axis=0, dtype=np.float64).mean()))


# --- what the measures are made of ---


def each(function, prepare, *sets):
    """Apply a measure to each picture by itself, so that its temporaries are those of one picture."""
    sets = [np.asarray(pictures) for pictures in sets]
    shape = sets[0].shape
    if any(pictures.shape != shape for pictures in sets):
        raise ValueError(f"the two differ in shape, {shape} and {sets[1].shape}; compare the same pictures at one size")
    if len(shape) < 3 or not sets[0].size:
        raise ValueError(f"pictures have shape (..., height, width, channels) and none of these is 0, got {shape}")
    flat = [pictures.reshape(-1, *shape[-3:]) for pictures in sets]
    results = np.array([function(*map(prepare, pictures)) for pictures in zip(*flat, strict=True)], np.float64)
    return results.reshape((*shape[:-3], *results.shape[1:]))[()]


def _mean(values):
    return np.mean(values, dtype=np.float64)


def unit_rgb(rgb):
    """Return RGB as float32, 0..1."""
    if rgb.shape[-1] != 3:
        raise ValueError(f"RGB has three channels on its last axis, got shape {rgb.shape}")
    if rgb.dtype == np.uint8:
        return rgb / np.float32(255)
    if not np.issubdtype(rgb.dtype, np.floating) or not (rgb.min() >= -1e-3 and rgb.max() <= 1 + 1e-3):
        raise ValueError(
            f"RGB is uint8 (0..255) or float (0..1), got {rgb.dtype} from {rgb.min():.4g} to {rgb.max():.4g}; "
            "convert or divide it"
        )
    return rgb.astype(np.float32)


def float_ab(ab):
    """Return ab as it is, or say what is wrong with it."""
    if ab.shape[-1] != 2 or not np.issubdtype(ab.dtype, np.floating):
        raise ValueError(f"ab is float and has two channels on its last axis, got {ab.dtype}, shape {ab.shape}")
    if not np.isfinite(ab).all():
        raise ValueError("ab holds NaN or infinity; look at where it comes from")
    return ab


def _closeness(truth, predicted):
    """Return for each pixel the share of the distances of 0..150 within which it is."""
    return 1 - np.minimum(np.linalg.norm(truth - predicted, axis=-1), AUC_REACH) / AUC_REACH


def _counts(index, weights=None):
    return np.bincount(index.ravel(), weights, len(bins.centers()))


def closeness_by_bin(truth, predicted):
    """Return by bin of the true color the number of pixels and the sum of their closeness: shape (2, bins)."""
    index = bins.nearest(truth)
    return np.stack([_counts(index), _counts(index, _closeness(truth, predicted).ravel())])


def reweighted(by_bin):
    """Return each picture's sums of weights and of weighted closeness, shape (N, 2), from (N, 2, bins).

    A resampled set keeps the weights of the whole set, as the original keeps those of its training set.
    """
    frequency = by_bin[:, 0].sum(axis=0)
    return by_bin @ np.where(frequency > 0, 1 / np.maximum(frequency, 1), 0)


def ratio(rows):
    """Return the rebalanced AuC of a set, from its pictures' sums of weights and of weighted closeness.

    After Zhang, Isola and Efros (2016): every color weighs the same. A pixel weighs 1 / the number of pixels of the set
    whose true color has the same bin, so the result is the mean of the AuC of all bins that occur, however rare.
    """
    weight, weighted = rows.sum(axis=0)
    return weighted / weight


def both_counts(truth, predicted):
    """Return how often each bin occurs in two pictures: shape (2, bins)."""
    return np.stack([_counts(bins.nearest(truth)), _counts(bins.nearest(predicted))])


def total_variation(counts):
    """Return half of the sum of differences of two distributions, from counts of shape (N, 2, bins)."""
    shares = counts.sum(axis=0)
    shares = shares / shares.sum(axis=1, keepdims=True)
    return np.abs(shares[0] - shares[1]).sum() / 2
