"""Exercises of lesson 10, 10_pix2pix."""

import numpy as np

from colorkit import metrics
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


def _cross_entropy(verdicts, wanted):
    # The logarithms of p and of 1 - p, for p = 1 / (1 + exp(-verdict)), without overflow.
    return np.mean(wanted * np.logaddexp(0, -verdicts) + (1 - wanted) * np.logaddexp(0, verdicts))


def _critic_loss(on_true, on_made, real, made=0.0):
    return (_cross_entropy(on_true, real) + _cross_entropy(on_made, made)) / 2


def _generator_loss(on_made, ab, made, weight):
    return _cross_entropy(on_made, 1.0) + weight * np.abs(made - ab).mean() / 128


def _total_variation(found, true):
    return metrics.measures.total_variation(np.stack([found, true])[np.newaxis])


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
        reference=_critic_loss,
        # The critic is mostly right: scores around 0 would hide which answer is wanted.
        inputs=lambda random: (
            random.normal(2, 2, (5, 6)),
            random.normal(-2, 2, (5, 6)),
            float(random.uniform(0.7, 0.9)),
        ),
        mistakes={
            "The true colors are wanted at `real`, not at 1.": lambda on_true, on_made, real: _critic_loss(
                on_true, on_made, 1.0
            ),
            "Only the true side is smoothed. For made colors the wanted answer stays 0.": (
                lambda on_true, on_made, real: _critic_loss(on_true, on_made, real, 1 - real)
            ),
            "This is the sum of the two. Take their mean.": lambda on_true, on_made, real: (
                2 * _critic_loss(on_true, on_made, real)
            ),
            "True and made are the wrong way round.": lambda on_true, on_made, real: _critic_loss(
                on_made, on_true, real
            ),
            "A loss is larger the worse the critic is: the sign is wrong.": lambda on_true, on_made, real: (
                -_critic_loss(on_true, on_made, real)
            ),
            "This counts the true colors only. Add what the critic pays on the made ones.": (
                lambda on_true, on_made, real: _cross_entropy(on_true, real)
            ),
        },
    ),
    "10-c": Exercise(
        reference=_generator_loss,
        inputs=lambda random: (
            random.normal(-2, 2, (5, 6)),
            *random.uniform(-60, 60, (2, 4, 4, 2)),
            float(random.uniform(5, 50)),
        ),
        mistakes={
            "The generator wants to be taken for true: the wanted answer is 1. This asks for 0.": (
                lambda on_made, ab, made, weight: (
                    _generator_loss(on_made, ab, made, weight)
                    + _cross_entropy(on_made, 0.0)
                    - _cross_entropy(on_made, 1.0)
                )
            ),
            "This is the critic's loss with its sign turned, which is nearly flat where the critic is sure. Use the "
            "cross-entropy with the wanted answer 1.": lambda on_made, ab, made, weight: (
                _generator_loss(on_made, ab, made, weight) - _cross_entropy(on_made, 0.0) - _cross_entropy(on_made, 1.0)
            ),
            "The absolute error is on the scale of ab / 128.": lambda on_made, ab, made, weight: (
                _cross_entropy(on_made, 1.0) + weight * np.abs(made - ab).mean()
            ),
            "This is the squared error. Take absolute values.": lambda on_made, ab, made, weight: (
                _cross_entropy(on_made, 1.0) + weight * (((made - ab) / 128) ** 2).mean()
            ),
            "The weight belongs to the absolute error, not to the critic's part.": lambda on_made, ab, made, weight: (
                weight * _cross_entropy(on_made, 1.0) + np.abs(made - ab).mean() / 128
            ),
            "The weight is missing.": lambda on_made, ab, made, weight: _generator_loss(on_made, ab, made, 1),
            "What the critic says is missing.": lambda on_made, ab, made, weight: (
                weight * np.abs(made - ab).mean() / 128
            ),
        },
    ),
    "10-d": Exercise(
        reference=_total_variation,
        # With few shares the largest difference is often half of the sum.
        inputs=lambda random: tuple(random.dirichlet(np.ones(12), 2)),
        mistakes={
            "What is missing in one place is too much in another, and this counts it twice: take half.": (
                lambda found, true: 2 * _total_variation(found, true)
            ),
            "Too much and too little cancel out: take absolute values before the sum.": lambda found, true: (
                (found - true).sum() / 2
            ),
            "This is the straight distance, with squares. Take absolute values.": lambda found, true: np.linalg.norm(
                found - true
            ),
            "This is the mean of the differences. Take half of their sum.": lambda found, true: np.abs(
                found - true
            ).mean(),
            "This is the largest of the differences. Take half of their sum.": lambda found, true: np.abs(
                found - true
            ).max(),
        },
    ),
}
