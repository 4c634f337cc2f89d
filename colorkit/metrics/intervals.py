"""How sure a number is that was measured on a sample of pictures."""

from typing import NamedTuple

import numpy as np

_RESAMPLES = 2000


class Estimate(NamedTuple):
    """A number that was estimated from a sample, and its interval.

    Attributes
    ----------
    value : float
        The estimate.
    low, high : float
        Ends of its interval; NaN where a sample of one says nothing about it.
    """

    value: float
    low: float
    high: float


def bootstrap(values, statistic=np.mean):
    """Estimate a statistic and its 95% interval, by drawing from the sample again and again.

    The percentile interval of Efron (1979): N rows are drawn from the N, with replacement, 2,000 times over, and the
    middle 95% of the results are the interval. It holds the true value nearly 95 times of 100.

    Parameters
    ----------
    values : array, shape (N,) or (N, ...)
        One row for each picture (or for each seed), all drawn independently.
    statistic : callable
        Takes such rows, and gives a number.

    Returns
    -------
    Estimate
        The statistic of `values`, and the ends of its interval. Of a single row it has none (NaN).

    Raises
    ------
    ValueError
        If there is no row, or the statistic is not finite.
    """
    from scipy import stats

    values = np.asarray(values)
    if not len(values):
        raise ValueError("there are no values; give at least one")
    estimate = float(statistic(values))
    if not np.isfinite(estimate):
        raise ValueError(f"the statistic of these values is {estimate}; look for NaN and infinity among them")
    if len(values) == 1:
        return Estimate(estimate, np.nan, np.nan)
    if (values == values[0]).all():
        return Estimate(estimate, estimate, estimate)
    # Rows are drawn by their numbers, so that a statistic of several columns needs no other way.
    if statistic is np.mean and values.ndim == 1:
        sample, of_sample, vectorized = values, np.mean, True
    else:
        sample, of_sample, vectorized = np.arange(len(values)), lambda rows: statistic(values[rows]), False
    interval = stats.bootstrap(
        (sample,),
        of_sample,
        n_resamples=_RESAMPLES,
        vectorized=vectorized,
        batch=max(1, 10**6 // len(values)) if vectorized else None,
        confidence_level=0.95,
        method="percentile",
        rng=np.random.default_rng(0),  # the same values have the same interval
    ).confidence_interval
    return Estimate(estimate, float(interval.low), float(interval.high))


def paired_difference(one, other):
    """Estimate by how much one colorizer differs from another on the same pictures.

    Pictures differ from each other far more than colorizers do. The difference on each picture leaves that out: it can
    be certain although the two intervals overlap.

    Parameters
    ----------
    one, other : array, shape (N,)
        A measure of each picture, in the same order.

    Returns
    -------
    Estimate
        Mean of ``one - other``; beyond doubt at 95% if its interval does not hold 0.

    Raises
    ------
    ValueError
        If the two differ in length.
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    if one.shape != other.shape:
        raise ValueError(f"pairs are of the same pictures, got shapes {one.shape} and {other.shape}; evaluate together")
    return bootstrap(one - other)
