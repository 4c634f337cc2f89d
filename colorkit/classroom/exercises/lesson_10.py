"""Exercises of lesson 10, 10_pix2pix."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _receptive_field(layers):
    field = step = 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


def _field_with_own_stride(layers):
    field = step = 1
    for kernel, stride in layers:
        step *= stride
        field += (kernel - 1) * step
    return field


def _halvings_and_others(random):
    strides = [2, *random.permutation([2, 2, 1]), 1]
    return ([(int(kernel), int(stride)) for kernel, stride in zip(random.integers(3, 8, 5), strides, strict=True)],)


def _verdicts(random):
    # More true ones than made ones, and right more often about these: whoever counts all alike, or half of them, is
    # seen. Some scores are between 0 and 1, where half is no border; none is near 0.
    on_true = random.choice([-3.0, -0.3, 0.3, 3.0], (6, 5, 5), p=[0.2, 0.2, 0.3, 0.3])
    on_made = random.choice([-3.0, -0.3, 0.3, 3.0], (2, 5, 5), p=[0.5, 0.3, 0.1, 0.1])
    return tuple(scores * random.uniform(0.8, 1.2, scores.shape) for scores in (on_true, on_made))


def _right(on_true, on_made, border=0.0):
    return ((on_true > border).mean() + (on_made < border).mean()) / 2


def _slopes(score):
    passes = 1 / (1 + np.exp(-score))
    return np.array([-passes, passes - 1])


EXERCISES = {
    "10-a": Exercise(
        reference=_receptive_field,
        inputs=_halvings_and_others,
        tolerance=0,  # a count is right or wrong
        mistakes={
            "You left out the strides: after a stride of 2, neighbors are 2 px apart, and each further kernel reaches "
            "twice as far.": lambda layers: 1 + sum(kernel - 1 for kernel, _ in layers),
            "A layer's own stride counts for the layers after it, not for its own kernel: add first, then multiply.": (
                _field_with_own_stride
            ),
            "Neighboring windows overlap: a kernel adds kernel - 1 steps, not kernel.": lambda layers: (
                1 + sum(kernel * int(np.prod([s for _, s in layers[:n]])) for n, (kernel, _) in enumerate(layers))
            ),
            "This is how far apart two neighboring verdicts look, the product of the strides. Add up the kernels' "
            "reach.": lambda layers: int(np.prod([stride for _, stride in layers])),
            "This begins with 0. Without any layer, a verdict sees 1 px.": lambda layers: _receptive_field(layers) - 1,
        },
    ),
    "10-b": Exercise(
        reference=_right,
        inputs=_verdicts,
        mistakes={
            "These are scores, not probabilities: the border is 0, not a half.": lambda on_true, on_made: _right(
                on_true, on_made, border=0.5
            ),
            "There are more of one kind than of the other here, and you counted all alike. Take the share of each "
            "kind, then the mean of the two.": lambda on_true, on_made: np.mean(
                np.append(on_true.ravel() > 0, on_made.ravel() < 0)
            ),
            "You counted the true colors only. A critic that always says true is right about all of these.": (
                lambda on_true, on_made: (on_true > 0).mean()
            ),
            "You counted the made colors only. A critic that always says made is right about all of these.": (
                lambda on_true, on_made: (on_made < 0).mean()
            ),
            "This is how often the critic says true. About made colors it is right when it says made, below 0.": (
                lambda on_true, on_made: ((on_true > 0).mean() + (on_made > 0).mean()) / 2
            ),
            "This is how often the critic is wrong. Above 0 it says true, below made.": lambda on_true, on_made: (
                1 - _right(on_true, on_made)
            ),
            "This is the sum of both shares. Take their mean.": lambda on_true, on_made: 2 * _right(on_true, on_made),
        },
    ),
    "10-c": Exercise(
        reference=_slopes,
        # Never near 0, where both slopes are alike.
        inputs=lambda random: (float(random.choice([-1, 1]) * random.uniform(0.5, 4)),),
        mistakes={
            "These are the two losses. Asked is by how much each changes when z grows a little, divided by that "
            "little.": lambda z: np.array([-np.logaddexp(0, z), np.logaddexp(0, -z)]),
            "The two are swapped: first log(1 - D), then -log D.": lambda z: _slopes(z)[::-1],
            "The signs are turned. Both losses fall when the score grows.": lambda z: -_slopes(z),
            "The sign of the second is turned: it is the slope of log D. The loss is -log D.": (
                lambda z: _slopes(z) * [1, -1]
            ),
            "The sign of the first is turned: it is the slope of -log(1 - D), which a generator would make worse. The "
            "loss is log(1 - D).": lambda z: _slopes(z) * [-1, 1],
            "These are slopes by D. D changes with z: by D (1 - D) times as much.": lambda z: np.array(
                [-(1 + np.exp(z)), -(1 + np.exp(-z))]
            ),
        },
    ),
}
