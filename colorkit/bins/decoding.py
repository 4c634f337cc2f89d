"""Distributions over bins as colors again."""

import numpy as np

from colorkit import lab
from colorkit.bins.grid import centers_or_default

_CHUNK = 2**14  # pixels that are worked on at a time, so that temporaries stay small


def mode(probabilities, centers=None):
    """Return the most likely color of each distribution.

    Parameters
    ----------
    probabilities : array or tensor, shape (..., bins), float
        Or anything that grows with them, such as logits.
    centers : array or tensor, shape (bins, 2) or (..., bins, 2), float, optional
        ab color of each bin, Lab units; of each distribution's own bins if it has more axes, such as
        ``centers()[index]`` with the index from `neighbors`.

    Returns
    -------
    array or tensor, shape (..., 2), float32
        ab, Lab units.

    Raises
    ------
    ValueError
        If the number of bins differs.
    """
    xp, probabilities, centers = _decodable(probabilities, centers)
    best = xp.argmax(probabilities, axis=-1)
    if len(centers.shape) == 2:
        return xp.take(centers, best, axis=0)
    return xp.take_along_axis(centers, best[..., None, None], axis=-2)[..., 0, :]


def mean(probabilities, centers=None):
    """Return the average color of each distribution: what squared error asks for.

    Parameters
    ----------
    probabilities : array or tensor, shape (..., bins), float
        Non-negative, each row summing to 1.
    centers : array or tensor, shape (bins, 2) or (..., bins, 2), float, optional
        As for `mode`.

    Returns
    -------
    array or tensor, shape (..., 2), float32
        ab, Lab units.

    Raises
    ------
    ValueError
        If the number of bins differs.
    """
    xp, probabilities, centers = _decodable(probabilities, centers)
    if len(centers.shape) == 2:
        return xp.matmul(probabilities, centers)
    return xp.sum(probabilities[..., None] * centers, axis=-2)


def annealed_mean(probabilities, centers=None, temperature=0.38):
    """Return a color between the mean and the mode of each distribution.

    Equation 5 of Zhang, Isola and Efros: the distribution is sharpened with a temperature, then averaged.

    Parameters
    ----------
    probabilities : array or tensor, shape (..., bins), float
        Non-negative, each row summing to 1.
    centers : array or tensor, shape (bins, 2) or (..., bins, 2), float, optional
        As for `mode`.
    temperature : float
        1 gives the mean; toward 0, the mode. Positive.

    Returns
    -------
    array or tensor, shape (..., 2), float32
        ab, Lab units.

    Raises
    ------
    ValueError
        If `temperature` is not positive, or the number of bins differs.

    References
    ----------
    Zhang, R., Isola, P., Efros, A. A. (2016). Colorful image colorization. European Conference on Computer Vision,
    649-666. https://arxiv.org/abs/1603.08511

    Examples
    --------
    Red 60%, blue 40%: at a temperature of 1 a dull color between them, and the lower it is, the nearer to red.

    >>> probabilities, red_and_blue = [0.6, 0.4], [[60, 40], [10, -50]]
    >>> for temperature in (1, 0.38, 0.1):
    ...     a, b = annealed_mean(probabilities, red_and_blue, temperature)
    ...     print(f"{temperature}: a {a:.1f}, b {b:.1f}")
    1: a 40.0, b 4.0
    0.38: a 47.2, b 17.0
    0.1: a 59.1, b 38.5
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature}; 1 is the mean, toward 0 the mode")
    xp, probabilities, centers = _decodable(probabilities, centers)
    if xp is not np:
        return mean(xp.softmax(_log(xp, probabilities) / temperature), centers)

    from scipy.special import softmax

    rows = probabilities.reshape(-1, probabilities.shape[-1])
    own = centers if centers.ndim == 2 else np.broadcast_to(centers, (*probabilities.shape, 2)).reshape(*rows.shape, 2)
    result = np.empty((len(rows), 2), np.float32)
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        sharpened = softmax(_log(np, rows[part]) / np.float32(temperature), axis=-1)
        result[part] = mean(sharpened, own if own.ndim == 2 else own[part])
    return result.reshape(*probabilities.shape[:-1], 2)


def _log(xp, probabilities):
    return xp.log(xp.maximum(probabilities, 1e-30))


def _decodable(probabilities, centers):
    """Return numpy or keras.ops, and both arguments as float32 of it, checked."""
    tensor = lab.is_tensor(probabilities)
    if not tensor:
        probabilities = np.asarray(probabilities, np.float32)
    if centers is None:
        centers = centers_or_default(None)
    elif not lab.is_tensor(centers):
        centers = np.asarray(centers, np.float32)
    wanted = (*probabilities.shape[-1:], 2)
    if len(wanted) != 2 or tuple(centers.shape[-2:]) != wanted:
        raise ValueError(
            f"probabilities of shape {tuple(probabilities.shape)} need centers of shape {wanted}, got "
            f"{tuple(centers.shape)}"
        )
    if not tensor:
        return np, probabilities, np.asarray(centers)
    from keras import ops

    return ops, ops.cast(probabilities, "float32"), ops.convert_to_tensor(centers, "float32")
