"""Exercises of lesson 5, 05_autoencoders."""

import numpy as np

from colorkit.classroom.exercises.exercise import Exercise


def _parameters(layers, channels=1, bias=1):
    """Count the parameters of convolutions in a row, each given as (kernel, filters)."""
    maps = [channels, *(filters for _, filters in layers)]
    return sum(
        filters * (kernel * kernel * before + bias) for (kernel, filters), before in zip(layers, maps, strict=False)
    )


def _without_each(layers, count=_parameters, rows=1):
    return [count(layers[:row] + layers[row + rows :]) for row in range(len(layers))]


def _layers(random):
    rows = zip(random.choice([3, 5], 7), random.choice([16, 32, 64, 128], 7), strict=True)
    return ([(int(kernel), int(filters)) for kernel, filters in rows],)


def _brush(random):
    # Brushes overlap: where they do not, one that is cut off or swapped with the stride would not be seen.
    stride = int(random.integers(2, 4))
    return int(random.integers(4, 9)), stride + int(random.integers(1, 4)), stride


def _painted(inputs, kernel, stride):
    return np.bincount((np.arange(inputs)[:, None] * stride + np.arange(kernel)).ravel())


def _mean_step(lightness, size=np.abs):
    return np.mean([size(np.diff(lightness, axis=axis)).mean() for axis in (0, 1)])


EXERCISES = {
    "05-a": Exercise(
        reference=_without_each,
        inputs=_layers,
        tolerance=0,  # a count is right or wrong
        mistakes={
            "You took the parameters of the row away, but the layer after it now looks at other maps: count the whole "
            "shortened list again.": lambda layers: [
                _parameters(layers) - (_parameters(layers[: row + 1]) - _parameters(layers[:row]))
                for row in range(len(layers))
            ],
            "You left out the biases: each filter has one more number, which it adds.": lambda layers: _without_each(
                layers, lambda rest: _parameters(rest, bias=0)
            ),
            "The first layer looks at one map, L, and not at three.": lambda layers: _without_each(
                layers, lambda rest: _parameters(rest, channels=3)
            ),
            "This is the whole table each time. Leave one row out: layers[:row] + layers[row + 1 :].": lambda layers: (
                [_parameters(layers)] * len(layers)
            ),
            "You left out two rows at a time.": lambda layers: _without_each(layers, rows=2),
        },
    ),
    "05-b": Exercise(
        reference=_painted,
        inputs=_brush,
        tolerance=0,
        mistakes={
            "The window moves by the stride from one input to the next; yours moves by one.": (
                lambda inputs, kernel, stride: _painted(inputs, kernel, 1)
            ),
            "Your kernel and your stride are swapped.": lambda inputs, kernel, stride: _painted(inputs, stride, kernel),
            "This is how many outputs each input paints. Ask the other way round: how many inputs paint each output?": (
                lambda inputs, kernel, stride: np.full(inputs, kernel)
            ),
            "The end is cut off: the last input begins at (inputs - 1) * stride and paints a whole kernel.": (
                lambda inputs, kernel, stride: _painted(inputs, kernel, stride)[: inputs * stride]
            ),
        },
    ),
    "05-c": Exercise(
        reference=_mean_step,
        inputs=lambda random: (random.uniform(0, 100, (6, 9)).astype(np.float32),),
        mistakes={
            "Steps up and steps down cancel out: take absolute values before the mean.": (
                lambda lightness: _mean_step(lightness, size=lambda steps: steps)
            ),
            "These are the steps from column to column only. Take those from row to row too.": (
                lambda lightness: np.abs(np.diff(lightness, axis=1)).mean()
            ),
            "These are the steps from row to row only. Take those from column to column too.": (
                lambda lightness: np.abs(np.diff(lightness, axis=0)).mean()
            ),
            "This is the sum of the two means. Take their mean.": lambda lightness: 2 * _mean_step(lightness),
            "These are squared steps. Take absolute values.": lambda lightness: _mean_step(lightness, size=np.square),
        },
    ),
}
