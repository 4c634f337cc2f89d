"""Exercises of lesson 9, 09_color_as_classes."""

import numpy as np

from colorkit import bins
from colorkit.classroom.exercises.exercise import Exercise


def _distances(ab, centers):
    return np.linalg.norm(ab[:, None] - centers, axis=-1)


def _soft_encode(ab, centers):
    return bins.encode(ab, centers=centers)


def _soft_encode_with(ab, centers, closeness, count=5):
    """Weigh the nearest bins with a function of the distance; what is common to all is taken out first."""
    distance = _distances(ab, centers)
    exponents = closeness(distance)
    exponents = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    nearest = distance.argsort(axis=1).argsort(axis=1) < count
    return exponents * nearest / (exponents * nearest).sum(axis=1, keepdims=True)


def _gaussians_of_nearest(ab, centers):
    return np.exp(-(_distances(ab, centers) ** 2) / 50) * (_soft_encode(ab, centers) > 0)


def _colors_and_bins(random):
    """Return colors of which rounding does not decide which bins are the five nearest, and the bins."""
    colors = random.uniform(-60, 60, (60, 2)).astype(np.float32)
    nearest = np.sort(_distances(colors.astype(np.float64), bins.centers()))
    return colors[nearest[:, 5] - nearest[:, 4] > 0.02][:6], bins.centers()


def _bins_widened(colors, step, moves):
    """Return the grid points in the hull of the colors, each moved by so many steps."""
    from scipy.spatial import ConvexHull

    moved = np.concatenate([colors + step * np.array(move) for move in moves])
    points = bins.centers(step, moved)
    edges = ConvexHull(moved).equations  # normal and offset; negative is inside
    return points[(points @ edges[:, :2].T + edges[:, 2] <= 0).all(axis=1)]


def _by_b_then_a(colors, step):
    points = bins.centers(step, colors)
    return points[np.lexsort((points[:, 0], points[:, 1]))]


def _colors_and_side(random):
    """Return smooth pictures of 24 px, a and b of which differ, and the side of a block."""
    colors = random.normal(0, 8, (3, 24, 24, 2)).cumsum(axis=1) * np.array([1.0, 0.4])
    return colors + random.normal(0, 15, (3, 1, 1, 2)), int(random.choice([2, 3, 4]))


def _blocks(ab, n, best=lambda block: block.mean(axis=(2, 4), keepdims=True)):
    """Return each picture with one color in each block of n x n pixels."""
    count, height, width, channels = ab.shape
    block = ab.reshape(count, height // n, n, width // n, n, channels)
    return np.broadcast_to(best(block), block.shape).reshape(ab.shape)


def _lost(ab, n):
    return np.sqrt(((_blocks(ab, n) - ab) ** 2).mean())


EXERCISES = {
    "09-a": Exercise(
        reference=lambda colors, step: bins.centers(step, colors),
        given_by=("bins.centers",),
        inputs=lambda random: (random.normal(0, 20, (30, 2)), int(random.choice([8, 10, 12]))),
        mistakes={
            "You left out the widening: take the hull of the colors moved by one step to all four corners.": (
                lambda colors, step: _bins_widened(colors, step, [(0, 0)])
            ),
            "You widened by half a step. Take a whole one.": lambda colors, step: _bins_widened(
                colors, step, [(-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5)]
            ),
            "You widened along the axes only. Move both a and b at once, to the four corners: (+step, +step), "
            "(+step, -step) and so on.": lambda colors, step: _bins_widened(
                colors, step, [(-1, 0), (1, 0), (0, -1), (0, 1)]
            ),
            "The bins are right, but ordered by b, then by a. Order them by a, then by b.": _by_b_then_a,
            "These are the grid points that the colors round to. Take all grid points inside the widened hull.": (
                lambda colors, step: np.unique(np.rint(colors / step), axis=0) * step
            ),
        },
    ),
    "09-b": Exercise(
        reference=_soft_encode,
        given_by=("bins.encode",),
        inputs=_colors_and_bins,
        mistakes={
            "The weights of a color do not sum to 1: divide them by their sum.": _gaussians_of_nearest,
            "The distance is not squared: exp(-distance**2 / (2 * sigma**2)).": lambda ab, centers: _soft_encode_with(
                ab, centers, lambda distance: -distance / 50
            ),
            "The 2 is missing: exp(-distance**2 / (2 * sigma**2)).": lambda ab, centers: _soft_encode_with(
                ab, centers, lambda distance: -(distance**2) / 25
            ),
            "sigma is not squared: exp(-distance**2 / (2 * sigma**2)).": lambda ab, centers: _soft_encode_with(
                ab, centers, lambda distance: -(distance**2) / 10
            ),
            "All bins have a weight here. Keep the five nearest, and divide by the sum of those.": (
                lambda ab, centers: _soft_encode_with(
                    ab, centers, lambda distance: -(distance**2) / 50, count=len(centers)
                )
            ),
            "This is the hard encoding: all weight is on the nearest bin. Share it among the five nearest.": (
                lambda ab, centers: bins.encode(ab, 1, centers=centers)
            ),
        },
    ),
    "09-c": Exercise(
        reference=_lost,
        inputs=_colors_and_side,
        mistakes={
            "You kept one pixel of each block. The color that costs least for all of them is their mean.": (
                lambda ab, n: np.sqrt(((_blocks(ab, n, lambda block: block[:, :, :1, :, :1]) - ab) ** 2).mean())
            ),
            "This is the mean square error. Take its root.": lambda ab, n: _lost(ab, n) ** 2,
            "You took a root for each picture. Take the mean over all pictures first, then one root.": (
                lambda ab, n: np.mean([_lost(picture[None], n) for picture in ab])
            ),
            "This is the mean distance of the colors. Square the differences of a and b, average, take the root.": (
                lambda ab, n: np.linalg.norm(_blocks(ab, n) - ab, axis=-1).mean()
            ),
            "You summed a and b. Average over both channels too.": lambda ab, n: np.sqrt(2) * _lost(ab, n),
            "You made n blocks along each side. Blocks have n pixels along each side.": (
                lambda ab, n: _lost(ab, ab.shape[1] // n)
            ),
        },
    ),
}
