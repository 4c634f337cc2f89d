"""The ab plane in bins: a finite list of colors, so that colors can be counted."""

import functools

import numpy as np

from colorkit import lab

STEP = 10


@functools.cache
def centers():
    """Return the 313 bins of Zhang, Isola and Efros (2016), derived.

    The points of a grid of step 10 that lie inside the convex hull of the ab colors of sRGB, widened by one step to
    all sides. Their order is that of the list which the authors published: by a, then by b.

    Returns
    -------
    array, shape (313, 2), float32
        ab, Lab units; read-only.
    """
    from scipy.spatial import ConvexHull

    # The outermost ab lie on the faces of the RGB cube.
    levels = np.arange(256, dtype=np.uint8)
    first, second = (grid.ravel() for grid in np.meshgrid(levels, levels))
    faces = [np.insert(np.stack([first, second], 1), axis, value, 1) for axis in range(3) for value in (0, 255)]
    ab = lab.rgb_to_lab(np.concatenate(faces))[:, 1:]
    ab = ab[ConvexHull(ab).vertices]
    widened = np.concatenate([ab + np.array([a, b]) for a in (-STEP, STEP) for b in (-STEP, STEP)])
    side = np.arange(-120, 121, STEP)
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    sides = ConvexHull(widened).equations  # normal and offset; negative is inside
    inside = (grid @ sides[:, :2].T + sides[:, 2] <= 0).all(axis=1)
    result = grid[inside].astype(np.float32)
    result.setflags(write=False)
    return result


def nearest(ab):
    """Return the bin that each color is nearest to.

    Parameters
    ----------
    ab : array, shape (..., 2), float
        Lab units.

    Returns
    -------
    array, shape (...), int
        Index into `centers`.
    """
    ab = np.asarray(ab)
    index, lowest = _index_of_grid()
    row, column = np.moveaxis(np.clip(np.rint(ab / STEP).astype(int) - lowest, 0, np.array(index.shape) - 1), -1, 0)
    found = index[row, column]
    outside = found < 0  # the nearest point of the grid is no bin
    if outside.any():
        found[outside] = _tree().query(ab[outside])[1]
    return found


@functools.cache
def _index_of_grid():
    """Return the bin at each point of the grid, -1 where there is none, and where the grid begins, in steps."""
    steps = (centers() / STEP).astype(int)
    lowest = steps.min(axis=0) - 1  # with an edge without bins, on which far colors end
    index = np.full(steps.max(axis=0) + 2 - lowest, -1)
    index[tuple((steps - lowest).T)] = np.arange(len(steps))
    return index, lowest


@functools.cache
def _tree():
    from scipy.spatial import cKDTree

    return cKDTree(centers())
