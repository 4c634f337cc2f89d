"""How often bins occur, and what each counts in a loss."""

import numpy as np

from colorkit.bins.grid import centers_or_default, check_sigma, nearest


def frequencies(ab, centers=None):
    """Return how often each bin occurs: the prior of a set of pictures.

    Parameters
    ----------
    ab : array, shape (..., 2), float
        Lab units, at least one color.
    centers : array, shape (bins, 2), float, optional
        ab color of each bin, Lab units.

    Returns
    -------
    array, shape (bins,), float64
        They sum to 1. Of a small set many are 0: see `smooth`.

    Raises
    ------
    ValueError
        If there is no color, or as `neighbors`.
    """
    index = nearest(np.asarray(ab), centers).ravel()
    if not index.size:
        raise ValueError("there are no colors to count")
    return np.bincount(index, minlength=len(centers_or_default(centers))) / index.size


def smooth(prior, sigma=5.0, centers=None):
    """Spread a distribution over the bins with a Gaussian in the ab plane, where neighbors are similar colors.

    Parameters
    ----------
    prior : array, shape (bins,), float
        Not negative.
    sigma : float
        Of the Gaussian, Lab units.
    centers : array, shape (bins, 2), float, optional
        ab color of each bin, Lab units.

    Returns
    -------
    array, shape (bins,), float64
        With the same sum.

    Raises
    ------
    ValueError
        If the number of bins differs, one is negative or not finite, or sigma is not positive.
    """
    grid = centers_or_default(centers).astype(np.float64)
    prior = _checked_prior(prior)
    if len(prior) != len(grid):
        raise ValueError(f"there are {len(grid)} bins and {len(prior)} frequencies")
    check_sigma(sigma)
    squared = ((grid[:, None] - grid) ** 2).sum(axis=-1)
    spread = np.exp(-squared / (2 * sigma**2))
    return (spread / spread.sum(axis=0)) @ prior  # each bin gives away all that it has, also at the edge


def class_weights(prior, uniform=0.5):
    """Return how much each bin counts in a rebalanced loss.

    1 / ((1 - lambda) p + lambda / bins), scaled, as in the code of Zhang, Isola and Efros (2016).

    Parameters
    ----------
    prior : array, shape (bins,), float
        How often each bin occurs, summing to 1.
    uniform : float
        lambda, 0..1: the share of the uniform distribution that is mixed in. 1 makes all weights 1; 0 needs a prior
        without zeros.

    Returns
    -------
    array, shape (bins,), float32
        Positive and finite; their average under the prior is 1, so that the loss keeps its scale.

    Raises
    ------
    ValueError
        If the prior is no distribution, `uniform` is not 0..1, or a weight would be infinite.
    """
    prior = _checked_prior(prior)
    if not np.isclose(prior.sum(), 1, atol=1e-4):
        raise ValueError(f"the prior sums to 1, got {prior.sum():.4g}; divide it by its sum")
    if not 0 <= uniform <= 1:
        raise ValueError(f"uniform is the share of the uniform distribution, 0..1, got {uniform}")
    mixed = (1 - uniform) * prior + uniform / len(prior)
    with np.errstate(all="ignore"):
        weights = 1 / mixed
        average = (prior / mixed)[prior > 0].sum()
        weights = (weights / average).astype(np.float32)
    infinite = ~np.isfinite(weights)
    if infinite.any():
        raise ValueError(
            f"{infinite.sum()} bins never occur, or hardly: their weights would be infinite. Mix in some of the "
            "uniform distribution, or smooth the prior further"
        )
    return weights


def _checked_prior(prior):
    prior = np.asarray(prior, np.float64)
    if prior.ndim != 1 or not np.isfinite(prior).all() or (prior < 0).any():
        raise ValueError("a prior is one frequency for each bin, finite and not negative")
    return prior
