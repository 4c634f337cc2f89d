"""Colorizers without a network, to compare with: whatever does not beat them has learned nothing that matters."""

import numpy as np

_LEVELS = 101  # of lightness: 0, 1, ..., 100


def gray(L):
    """Color nothing.

    Parameters
    ----------
    L : array, shape (..., 1), float32
        Lightness, 0..100.

    Returns
    -------
    array, shape (..., 2), float32
        ab of 0.
    """
    return np.zeros((*L.shape[:-1], 2), np.float32)


def mean_color(pictures):
    """Make a colorizer that gives every pixel the mean color of some pictures.

    Parameters
    ----------
    pictures : colorkit.pictures.Pictures
        To learn from.

    Returns
    -------
    callable
        Takes L, shape (..., 1), and gives ab, shape (..., 2), float32, Lab units.

    Raises
    ------
    ValueError
        If there are no pictures.
    """
    sums = _sums_by_level(pictures).sum(axis=0)
    mean = (sums[1:] / sums[0]).astype(np.float32)
    return lambda L: np.broadcast_to(mean, (*L.shape[:-1], 2)).copy()


def color_given_lightness(pictures):
    """Make a colorizer that gives every pixel the mean color of all pixels of the same lightness in some pictures.

    A lightness that does not occur there gets the color of the nearest one that does.

    Parameters
    ----------
    pictures : colorkit.pictures.Pictures
        To learn from.

    Returns
    -------
    callable
        Takes L, shape (..., 1), and gives ab, shape (..., 2), float32, Lab units.

    Raises
    ------
    ValueError
        If there are no pictures.
    """
    sums = _sums_by_level(pictures)
    filled = np.flatnonzero(sums[:, 0])
    nearest = filled[np.abs(np.arange(_LEVELS)[:, None] - filled).argmin(axis=1)]
    table = _means(sums)[nearest]
    return lambda L: table[_level(L)]


def color_table(L, ab):
    """Average the color of the pixels of each lightness.

    Parameters
    ----------
    L : array, shape (..., 1), float
        Lightness, 0..100.
    ab : array, shape (..., 2), float
        Lab units.

    Returns
    -------
    array, shape (101, 2), float32
        Row n is the mean ab of all pixels whose L rounds to n; 0 where there are none.

    Raises
    ------
    ValueError
        If the two are not of the same pixels.
    """
    return _means(_level_sums(L, ab))


def _level(L):
    return np.clip(np.rint(L[..., 0]), 0, _LEVELS - 1).astype(np.intp)


def _level_sums(L, ab):
    """Return the number of pixels of each lightness, and the sums of their a and b: shape (101, 3)."""
    if L.shape[-1] != 1 or ab.shape != (*L.shape[:-1], 2):
        raise ValueError(f"L is (..., 1) and ab (..., 2) of the same pixels, got {L.shape} and {ab.shape}")
    level = _level(L).ravel()
    weights = None, *ab.reshape(-1, 2).T
    return np.stack([np.bincount(level, weight, _LEVELS) for weight in weights], axis=-1)


def _sums_by_level(pictures):
    if not len(pictures):
        raise ValueError(f"{pictures.name} holds no pictures to learn from; load some more")
    # Not all at once: the temporaries would take several times the memory of the pictures.
    parts = (pictures[start : start + 32] for start in range(0, len(pictures), 32))
    return sum(_level_sums(part.L, part.ab) for part in parts)


def _means(sums):
    return (sums[:, 1:] / np.maximum(sums[:, :1], 1)).astype(np.float32)
