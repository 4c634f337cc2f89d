"""How sure a number is that was measured on a sample of pictures."""

import warnings
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

    The bootstrap of Efron (1979): N rows are drawn from the N, with replacement, 2,000 times over, and the middle 95%
    of the results are the interval. Some statistics are larger, on average, of rows that were drawn with replacement
    (the distance of two distributions is one); by as much the interval is moved back. So it tells what other samples
    of N rows give, and holds their average nearly 95 times of 100.

    Parameters
    ----------
    values : array, shape (N,) or (N, ...)
        One row for each picture (or for each seed), all drawn independently.
    statistic : callable
        Takes such rows, and gives a number.

    Returns
    -------
    Estimate
        The statistic of `values`, and the ends of its interval, which holds it. Of a single row, or where the statistic
        of some drawing is not finite, it has none (NaN).

    Raises
    ------
    ValueError
        If there is no row, or the statistic is not finite.

    References
    ----------
    Efron, B. (1979). Bootstrap methods: another look at the jackknife. The Annals of Statistics 7 (1), 1-26.

    Examples
    --------
    >>> value, low, high = bootstrap([20.1, 23.4, 18.8, 21.0, 22.7])
    >>> print(f"{value:.1f}, 95% interval {low:.1f} to {high:.1f}")
    21.2, 95% interval 19.8 to 22.6
    """
    values = np.asarray(values)
    if statistic is np.mean and values.ndim == 1:
        return _estimate(values, lambda rows: np.mean(values[rows], axis=-1), vectorized=True)
    # Rows are drawn by their numbers, so that a statistic of several columns needs no other way.
    return _estimate(values, lambda rows: float(statistic(values[rows])), vectorized=False)


def share_of_gap(error, gray, floor):
    """Estimate which share of the gap between gray and the best possible a colorizer has closed.

    ``(gray - error) / (gray - floor)``, each averaged over pictures: 0 is a colorizer that leaves all gray, 1 the best
    that any network could do in Color World, and what is worse than gray is negative. The three are of one measure, of
    which the best possible is known: the squared error of ab, whose floor the oracle knows, or a cross-entropy.

    Parameters
    ----------
    error, gray, floor : array, shape (N,)
        The measure of each picture, in the same order: of the colorizer, of gray, and the least that can be expected.

    Returns
    -------
    Estimate
        With the interval of `bootstrap` over pictures, the three of a picture drawn together. By chance the colors that
        were drawn may be kinder than expected: a share can be a little above 1.

    Raises
    ------
    ValueError
        If the three differ in length, there is no picture, or gray is no worse than the floor.

    Examples
    --------
    >>> import numpy as np
    >>> from colorkit import metrics, world
    >>> scenes = world.load(32, "test", limit=50)
    >>> floor = scenes.oracle().floor.mean(axis=(1, 2))
    >>> half_as_vivid = 0.5 * scenes.oracle().mean  # in place of a network's ab
    >>> error, gray = (metrics.ab_rmse(scenes.ab, ab) ** 2 for ab in (half_as_vivid, np.zeros_like(scenes.ab)))
    >>> share = share_of_gap(error, gray, floor)
    >>> print(f"{share.value:.2f} ({share.low:.2f} to {share.high:.2f})")
    0.75 (0.74 to 0.75)

    Of a table of `evaluate` in which "gray" and "network" are rows, the arrays are
    ``table.of_each_picture("network", "ab RMSE") ** 2`` and ``table.of_each_picture("gray", "ab RMSE") ** 2``.
    """
    three = [np.asarray(part, float) for part in (error, gray, floor)]
    shapes = [part.shape for part in three]
    if three[0].ndim != 1 or len(set(shapes)) > 1:
        raise ValueError(f"error, gray and floor are one number for each of the same pictures, got shapes {shapes}")
    of_gray, of_floor = (part.mean() if part.size else np.nan for part in three[1:])
    if of_gray <= of_floor:
        raise ValueError(
            f"there is no gap to close: gray has {of_gray:.4g} and the floor is {of_floor:.4g}; give errors of the "
            "same measure, on pictures with color"
        )
    columns = np.stack(three)

    def share(rows):
        of_error, of_gray, of_floor = columns[:, rows].mean(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):  # pictures without a gap may be drawn alone
            return (of_gray - of_error) / (of_gray - of_floor)

    return _estimate(columns.T, share, vectorized=True)


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


def _estimate(values, of_rows, vectorized):
    """Return the estimate of a statistic; `of_rows` computes it from the numbers of rows, shape (..., N) if vectorized.

    `values` are only looked at for what a sample cannot tell.
    """
    from scipy import stats

    count = len(values)
    if not count:
        raise ValueError("there are no values; give at least one")
    estimate = float(of_rows(np.arange(count)))
    if not np.isfinite(estimate):
        raise ValueError(f"the statistic of these values is {estimate}; look for NaN and infinity among them")
    if count == 1:
        return Estimate(estimate, np.nan, np.nan)
    if (values == values[0]).all():
        return Estimate(estimate, estimate, estimate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # what is not finite is seen below
        drawn = stats.bootstrap(
            (np.arange(count),),
            (lambda rows, axis: of_rows(rows)) if vectorized else of_rows,
            n_resamples=_RESAMPLES,
            vectorized=vectorized,
            batch=max(1, 10**6 // count) if vectorized else None,
            method="percentile",
            rng=np.random.default_rng(0),  # the same values have the same interval
        ).bootstrap_distribution
    if not np.isfinite(drawn).all():
        return Estimate(estimate, np.nan, np.nan)
    low, high = np.percentile(drawn, [2.5, 97.5]) - (drawn.mean() - estimate)
    return Estimate(estimate, float(min(low, estimate)), float(max(high, estimate)))
