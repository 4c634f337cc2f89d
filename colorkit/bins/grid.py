"""Which bins there are, and colors as bins."""

import functools

import numpy as np

from colorkit import lab

STEP = 10
# Colors are looked up within this range, as far as a colorizer may go, in cells of a quarter of the grid's step, and of
# one Lab unit at least, lest the table grow without end.
_REACH = 256
_CELLS_PER_STEP = 4
_LEAST_CELL = 1.0
# Pixels that are worked on at a time, so that temporaries stay small.
_CHUNK = 2**14
_MOST_BYTES = 2**32  # of a dense encoding: what a lesson may take


def centers(step=STEP, gamut=None):
    """Return the bins of a gamut: the 313 of Zhang, Isola and Efros (2016), derived, unless another is asked for.

    The points of a grid that lie inside the convex hull of the gamut's ab colors, widened by one step to all sides.
    Their order is that of the list which the authors published: by a, then by b.

    Parameters
    ----------
    step : float
        Distance of neighbors on the grid, Lab units.
    gamut : array, shape (N, 2), float, optional
        ab colors, Lab units, at least three that are not on one line. Left out, all of sRGB.

    Returns
    -------
    array, shape (bins, 2), float32
        ab, Lab units; read-only. 313 with the defaults.

    Raises
    ------
    ValueError
        If the step is not positive and finite, or the gamut is no area of the ab plane.
    """
    if not 0 < step < np.inf:
        raise ValueError(f"step is the distance of two bins in Lab units, positive and finite, got {step}")
    if gamut is None:
        return _srgb_centers(float(step))
    gamut = np.asarray(gamut, np.float64)
    if gamut.ndim != 2 or gamut.shape[1] != 2 or not np.isfinite(gamut).all():
        raise ValueError(f"gamut is an array of ab colors, shape (N, 2), got shape {gamut.shape}")
    return _inside(gamut, float(step))


@functools.cache
def _srgb_centers(step):
    # The outermost ab lie on the faces of the RGB cube.
    levels = np.arange(256, dtype=np.uint8)
    first, second = (grid.ravel() for grid in np.meshgrid(levels, levels))
    faces = [np.insert(np.stack([first, second], 1), axis, value, 1) for axis in range(3) for value in (0, 255)]
    return _inside(lab.rgb_to_lab(np.concatenate(faces))[:, 1:].astype(np.float64), step)


def _inside(gamut, step):
    from scipy.spatial import ConvexHull, QhullError

    try:
        outline = gamut[ConvexHull(gamut).vertices]
    except (QhullError, ValueError) as error:
        raise ValueError("gamut needs at least three ab colors that are not on one line") from error
    widened = np.concatenate([outline + np.array([a, b]) for a in (-step, step) for b in (-step, step)])
    lowest, highest = np.floor(widened.min(axis=0) / step), np.ceil(widened.max(axis=0) / step)
    sides = [np.arange(low, high + 1) * step for low, high in zip(lowest, highest, strict=True)]
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 2)
    edges = ConvexHull(widened).equations  # normal and offset; negative is inside
    result = grid[(grid @ edges[:, :2].T + edges[:, 2] <= 1e-9 * step).all(axis=1)].astype(np.float32)
    result.setflags(write=False)
    return result


def nearest(ab, centers=None):
    """Return the bin that each color is nearest to: the hard encoding.

    Parameters
    ----------
    ab : array or tensor, shape (..., 2), float
        Lab units, -256..256.
    centers : array, shape (bins, 2), float, optional
        ab color of each bin, Lab units.

    Returns
    -------
    array or tensor, shape (...), int32
        Index into `centers`.

    Raises
    ------
    ValueError
        As `neighbors`.
    """
    return neighbors(ab, count=1, centers=centers)[0][..., 0]


def neighbors(ab, count=5, sigma=5.0, centers=None):
    """Return the bins that each color is nearest to, with Gaussian weights: the soft encoding, without its zeros.

    As Zhang, Isola and Efros (2016) do. No search is needed: which bins can be among the nearest is the same all over a
    small cell of the ab plane, and is known beforehand for each cell.

    Parameters
    ----------
    ab : array or tensor, shape (..., 2), float
        Lab units, -256..256 (values of a tensor are not checked; beyond, they count as if they were at the edge of
        that range).
    count : int
        How many bins.
    sigma : float
        Of the Gaussian, Lab units.
    centers : array, shape (bins, 2), float, optional
        ab color of each bin, Lab units.

    Returns
    -------
    index : array or tensor, shape (..., count), int32
        Into `centers`, in any order.
    weights : array or tensor, shape (..., count), float32
        Proportional to exp(-distance**2 / (2 sigma**2)); they sum to 1.

    Raises
    ------
    ValueError
        If a shape, a number or a color is out of its range.
    """
    grid = centers_or_default(centers)
    if not 1 <= count <= len(grid):
        raise ValueError(f"count is 1 to {len(grid)}, the number of bins, got {count}")
    check_sigma(sigma)
    table = _table(grid.tobytes(), count)
    if lab.is_tensor(ab):
        from keras import ops

        _check_pairs(ab.shape)
        return _chosen(ops, ops.clip(ops.cast(ab, "float32"), -_REACH, _REACH), table, count, sigma)
    ab = np.asarray(ab, np.float32)
    _check_pairs(ab.shape)
    if ab.size and not np.abs(ab).max() <= _REACH:  # written so that NaN is caught too
        raise ValueError(
            f"ab are Lab units, about -108..98 and -{_REACH}..{_REACH} at most, got {ab.min():.4g}..{ab.max():.4g}"
        )
    pixels = ab.reshape(-1, 2)
    index = np.empty((len(pixels), count), np.int32)
    weights = np.empty((len(pixels), count), np.float32)
    for start in range(0, len(pixels), _CHUNK):
        part = slice(start, start + _CHUNK)
        index[part], weights[part] = _chosen(np, pixels[part], table, count, sigma)
    shape = (*ab.shape[:-1], count)
    return index.reshape(shape), weights.reshape(shape)


def encode(ab, count=5, sigma=5.0, centers=None):
    """Return a distribution over the bins for each color: the soft encoding; with a count of 1, one-hot.

    Parameters
    ----------
    ab, count, sigma, centers
        As for `neighbors`.

    Returns
    -------
    array or tensor, shape (..., bins), float32
        Each row sums to 1, and is 0 but for `count` entries.

    Raises
    ------
    ValueError
        As `neighbors`, or if the array would take more than 4 GiB.

    References
    ----------
    Zhang, R., Isola, P., Efros, A. A. (2016). Colorful image colorization. European Conference on Computer Vision,
    649-666. https://arxiv.org/abs/1603.08511

    Examples
    --------
    >>> encoded = encode([[60.0, 40.0], [57.0, 42.0]])
    >>> encoded.shape
    (2, 313)
    >>> [centers()[index].tolist() for index in encoded.argmax(axis=1)]
    [[60.0, 40.0], [60.0, 40.0]]
    >>> [f"{share:.2f}" for share in encoded.max(axis=1)]  # the second color lies between bins
    ['0.65', '0.51']
    """
    bins = len(centers_or_default(centers))
    if not lab.is_tensor(ab):
        ab = np.asarray(ab, np.float32)
        size = 4 * bins * ab.size // 2
        if size > _MOST_BYTES:
            raise ValueError(
                f"{bins} numbers for each of {ab.size // 2:,} colors take {size / 2**30:.1f} GiB; encode fewer "
                f"(networks work at a quarter of each side), or take `neighbors`, which keeps {count} of them"
            )
    index, weights = neighbors(ab, count, sigma, centers)
    if lab.is_tensor(ab):
        from keras import ops

        return sum(ops.one_hot(index[..., n], bins) * weights[..., n, None] for n in range(count))
    result = np.zeros((*ab.shape[:-1], bins), np.float32)
    rows = np.arange(0, result.size, bins).reshape(*ab.shape[:-1], 1)
    result.reshape(-1)[rows + index] = weights
    return result


def centers_or_default(given):
    """Return bins as a float32 array, checked; where none are given, the 313."""
    if given is None:
        return _srgb_centers(float(STEP))
    given = np.asarray(given, np.float32)
    if given.ndim != 2 or given.shape[1] != 2 or not len(given) or not np.isfinite(given).all():
        raise ValueError(f"centers are ab colors, shape (bins, 2), got shape {given.shape}")
    return given


def _chosen(xp, ab, table, count, sigma):
    """Choose the nearest of the bins that each pixel's cell knows; `xp` is numpy or keras.ops."""
    cells, candidates, colors = table
    cell = xp.clip((ab + _REACH) * (cells / (2 * _REACH)), 0, cells - 1)
    cell = cell.astype("int32") if xp is np else xp.cast(cell, "int32")
    cell = cell[..., 0] * cells + cell[..., 1]
    known = xp.take(candidates, cell, axis=0)
    a, b = (xp.take(own, cell, axis=0) - ab[..., axis, None] for axis, own in enumerate(colors))
    squared = a * a + b * b
    if xp is np:
        # The nearest alone is asked for at every pixel that is measured, and found much faster.
        order = squared.argmin(axis=-1)[:, None] if count == 1 else np.argpartition(squared, count - 1, axis=-1)
        place = order[:, :count]
        # One row for each neighbor and plain positions: NumPy is slow along short last axes.
        place = place.T + np.arange(len(ab)) * squared.shape[-1]
        squared = squared.take(place)
        weights = np.exp((squared.min(axis=0) - squared) * np.float32(0.5 / sigma**2))
        return known.take(place).T, (weights / weights.sum(axis=0)).T
    closeness, place = xp.top_k(-squared, count)
    weights = xp.exp((closeness - closeness[..., :1]) * (0.5 / sigma**2))  # the first is the nearest
    return xp.take_along_axis(known, place, axis=-1), weights / xp.sum(weights, axis=-1, keepdims=True)


@functools.lru_cache(maxsize=16)
def _table(grid, count):
    """Return how many cells lie side by side, and which bins can be among the nearest of some color of each.

    The bins: index, shape (cells**2, most), int32, and their a and b, shape (2, cells**2, most), float32. Where a cell
    knows fewer than most, the rest is a bin that is far from everything.
    """
    from scipy.spatial import cKDTree

    grid = np.frombuffer(grid, np.float32).reshape(-1, 2)
    tree = cKDTree(grid)
    step = tree.query(grid, k=2)[0][:, -1].min() if len(grid) > 1 else STEP
    cells = int(np.ceil(2 * _REACH / max(step / _CELLS_PER_STEP, _LEAST_CELL)))
    width = 2 * _REACH / cells
    side = (np.arange(cells) + 0.5) * width - _REACH
    middles = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    asked = min(count + 8, len(grid))
    while True:
        distance, index = tree.query(middles, k=range(1, asked + 1))
        # A color is up to half a diagonal from its cell's middle: what is certainly near enough may be farther from it
        # by that much, and what may be nearer still, nearer by as much. A little more is for rounding.
        near = distance <= distance[:, count - 1, None] + width * np.sqrt(2) + 1e-3
        most = near.sum(axis=-1).max()
        if most < asked or asked == len(grid):
            break
        asked = min(2 * asked, len(grid))
    candidates = np.where(near, index, len(grid))[:, :most].astype(np.int32)
    colors = np.append(grid, np.full((1, 2), 1e4, np.float32), axis=0)
    return cells, candidates, np.stack([colors[candidates, axis] for axis in (0, 1)])


def _check_pairs(shape):
    if len(shape) < 1 or shape[-1] != 2:
        raise ValueError(f"ab has a and b on its last axis, got shape {tuple(shape)}")


def check_sigma(sigma):
    """Check the width of a Gaussian."""
    if not sigma > 0:
        raise ValueError(f"sigma is in Lab units and positive, got {sigma}")
