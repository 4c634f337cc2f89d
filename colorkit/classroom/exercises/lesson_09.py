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


def _prior_and_share(random):
    return random.dirichlet(np.full(12, 0.5)), float(random.uniform(0.3, 0.8))


def _weights_of(mixed, prior):
    return 1 / mixed / (prior @ (1 / mixed))


def _mixed(prior, uniform):
    return (1 - uniform) * prior + uniform / len(prior)


def _distributions_and_temperature(random):
    centers = bins.centers(50)
    return random.dirichlet(np.full(len(centers), 0.3), 4), centers, float(random.uniform(0.3, 0.6))


def _softmax_without_log(probabilities, centers, temperature):
    from scipy.special import softmax

    return softmax(probabilities / temperature, axis=-1) @ centers


EXERCISES = {
    "09-a": Exercise(
        reference=lambda colors, step: bins.centers(step, colors),
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
        reference=bins.class_weights,
        inputs=_prior_and_share,
        mistakes={
            "The weights are not scaled: divide them by their average under the prior.": lambda prior, uniform: (
                1 / _mixed(prior, uniform)
            ),
            "Their plain average is 1. It should be 1 under the prior: divide by (prior * weights).sum().": (
                lambda prior, uniform: 1 / _mixed(prior, uniform) / np.mean(1 / _mixed(prior, uniform))
            ),
            "`uniform` is on the wrong side: the prior counts 1 - uniform, the uniform distribution uniform.": (
                lambda prior, uniform: _weights_of(_mixed(prior, 1 - uniform), prior)
            ),
            "The uniform distribution gives each of n bins 1 / n: divide by the number of bins.": (
                lambda prior, uniform: _weights_of((1 - uniform) * prior + uniform, prior)
            ),
            "Frequent bins count most here. Take the inverse, 1 / (...).": lambda prior, uniform: (
                _mixed(prior, uniform) / (prior @ _mixed(prior, uniform))
            ),
        },
    ),
    "09-d": Exercise(
        reference=bins.annealed_mean,
        inputs=_distributions_and_temperature,
        mistakes={
            "You multiplied by the temperature, which flattens the distribution. Divide by it.": (
                lambda probabilities, centers, temperature: bins.annealed_mean(probabilities, centers, 1 / temperature)
            ),
            "After sharpening, the probabilities no longer sum to 1: divide them by their sum.": (
                lambda probabilities, centers, temperature: probabilities ** (1 / temperature) @ centers
            ),
            "This is the softmax of the probabilities. Take their logarithm first.": _softmax_without_log,
            "This is the mode, the most likely color. Average the colors of the sharpened distribution.": (
                lambda probabilities, centers, temperature: bins.mode(probabilities, centers)
            ),
            "This is the plain mean: the temperature is not used.": lambda probabilities, centers, temperature: (
                bins.mean(probabilities, centers)
            ),
        },
    ),
}
