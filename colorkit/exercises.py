"""The lessons' exercises: for each, colorkit's reference, random inputs, and known mistakes with their hints."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from colorkit import bins, lab, metrics, photos


@dataclass(frozen=True)
class Exercise:
    """What `colorkit.check` needs to judge a learner's function.

    Attributes
    ----------
    reference : callable
        The right answer: the library's own function wherever there is one.
    inputs : callable
        Gives a tuple of arguments, from a `numpy.random.Generator`.
    mistakes : dict of str to callable
        A hint in the learner's terms, and the wrong answer that it belongs to.
    tolerance : float
        Relative and absolute, for comparing results.
    """

    reference: Callable
    inputs: Callable
    mistakes: dict = field(default_factory=dict)
    tolerance: float = 1e-3


def _lightness(rgb):
    return lab.rgb_to_lab(rgb)[..., :1]


def _luma(rgb):
    from skimage.color import rgb2gray

    return 100 * rgb2gray(rgb)[..., None]


def _join(lightness, ab):
    return lab.lab_to_rgb(np.concatenate([lightness, ab], axis=-1))


def _lightness_and_ab(random):
    # Small a and b, so that most of these colors are inside the gamut and a swapped pair is seen.
    return (
        random.uniform(30, 80, (5, 6, 1)).astype(np.float32),
        random.uniform(-25, 25, (5, 6, 2)).astype(np.float32),
    )


def _chroma(ab):
    return np.linalg.norm(ab, axis=-1)


def _convolution_parameters(kernel, channels, filters):
    import keras

    layer = keras.layers.Conv2D(filters, kernel)
    layer.build((None, None, None, channels))
    return layer.count_params()


def _sums_of_color(lightness, ab):
    pixels = np.bincount(np.rint(lightness).astype(int).ravel(), minlength=101)
    return metrics.color_table(lightness, ab) * pixels[:, None]


def _color_table_with_nan(lightness, ab):
    table = metrics.color_table(lightness, ab)
    return np.where(table == 0, np.nan, table)  # no mean of random colors is 0


def _colorfulness(rgb, sign=lambda channel: channel, share=0.3):
    red, green, blue = np.moveaxis(rgb, -1, 0)
    opponents = np.stack([sign(red - green), sign((red + green) / 2 - blue)])
    return np.hypot(*opponents.std(axis=(1, 2))) + share * np.hypot(*opponents.mean(axis=(1, 2)))


def _floor(colors, weights):
    return weights @ ((colors - weights @ colors) ** 2).mean(axis=1)


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


def _painted(inputs, kernel, stride):
    return np.bincount((np.arange(inputs)[:, None] * stride + np.arange(kernel)).ravel())


def _mean_step(lightness, size=np.abs):
    return np.mean([size(np.diff(lightness, axis=axis)).mean() for axis in (0, 1)])


def _beside(maps, embedding):
    import keras

    repeated = np.broadcast_to(embedding, (*maps.shape[:2], len(embedding)))
    return np.asarray(keras.layers.Concatenate()([maps, repeated]))


def _losses(random):
    # Single epochs that are not better, pairs and threes of them, and among these some better than the one before.
    losses = [0.5, 0.55, 0.4, 0.45, 0.43, 0.41, 0.3, 0.35, 0.33, 0.34, 0.2, 0.25, 0.24]
    return [loss + 0.001 * random.random() for loss in losses], 0.001, 2


def _rate_after(losses, rate, patience, factor=0.1):
    import keras

    plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=factor, patience=patience, min_delta=0)
    optimizer = SimpleNamespace(learning_rate=rate)
    plateau.set_model(SimpleNamespace(optimizer=optimizer))
    plateau.on_train_begin()
    for epoch, loss in enumerate(losses):
        plateau.on_epoch_end(epoch, {"loss": loss})
    return optimizer.learning_rate


def _rate_wrong(losses, rate, patience, *, previous=False, anew=True, in_a_row=True):
    best, waited = np.inf, 0
    for loss in losses:
        if loss < best:
            best, waited = loss, waited * (not in_a_row)
            continue
        waited += 1
        best = loss if previous else best
        if waited >= patience:
            rate, waited = rate * 0.1, waited * (not anew)
    return rate


def _equation_1(truth, predicted, measure=np.square):
    height, width, _ = truth.shape
    return measure(truth - predicted).sum() / (2 * height * width)


def _decibels(rmse, span):
    return 20 * np.log10(span / rmse)


def _student(share, free):
    from scipy import stats

    return stats.t.ppf(share, free)


def _margin(one, other):
    from scipy import stats

    low, high = stats.ttest_rel(one, other).confidence_interval()
    return (high - low) / 2


def _margin_with(one, other, *, t=None, ddof=1):
    differences = one - other
    t = _student(0.975, len(one) - 1) if t is None else t
    return t * differences.std(ddof=ddof) / len(one) ** 0.5


def _errors_by_seed(random):
    seeds = int(random.integers(4, 8))
    hard = random.normal(160, 3, seeds)  # what both have in common
    return tuple(hard + random.normal(0, 2, (2, seeds)))


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
    return random.uniform(-60, 60, (6, 2)).astype(np.float32), bins.centers()


def _bins_widened(colors, step, moves):
    """Return the grid points in the hull of the colors, each moved by so many steps."""
    from scipy.spatial import Delaunay

    moved = np.concatenate([colors + step * np.array(move) for move in moves])
    points = bins.centers(step, moved)
    return points[Delaunay(moved).find_simplex(points, bruteforce=True) >= 0]


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
    import keras

    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return float(loss(np.full(verdicts.shape, wanted), verdicts))


def _critic_loss(on_true, on_made, real, made=0.0):
    return (_cross_entropy(on_true, real) + _cross_entropy(on_made, made)) / 2


def _generator_loss(on_made, ab, made, weight):
    return _cross_entropy(on_made, 1.0) + weight * np.abs(made - ab).mean() / 128


def _total_variation(found, true):
    return metrics.measures.total_variation(np.stack([found, true])[np.newaxis])


EXERCISES = {
    "01-a": Exercise(
        reference=_lightness,
        inputs=lambda random: (random.random((5, 6, 3), dtype=np.float32),),
        mistakes={
            "This is rgb2gray's gray, a weighted sum of the encoded R, G and B. L follows what the eye sees: "
            "go through rgb_to_lab.": _luma,
            "This is the same gray on a scale of 0..1. L runs from 0 to 100, and is not a weighted sum of R, G "
            "and B.": lambda rgb: _luma(rgb) / 100,
            "This is the plain average of R, G and B. The eye is far more sensitive to green than to blue: "
            "go through rgb_to_lab.": lambda rgb: 100 * rgb.mean(axis=-1, keepdims=True),
            "The numbers are right, but the last axis is gone. Slice with [..., :1], which keeps it, instead of "
            "[..., 0].": lambda rgb: lab.rgb_to_lab(rgb)[..., 0],
            "The slice is empty: [..., :0] stops before the first channel. (Khatri and Patel print the same slip.)": (
                lambda rgb: lab.rgb_to_lab(rgb)[..., :0]
            ),
            "These are a and b, the color. L is the first channel.": lambda rgb: lab.rgb_to_lab(rgb)[..., 1:],
        },
    ),
    "01-b": Exercise(
        reference=_join,
        inputs=_lightness_and_ab,
        mistakes={
            "Your a and b are swapped.": lambda lightness, ab: _join(lightness, ab[..., ::-1]),
            "L must come first, then a and b.": lambda lightness, ab: lab.lab_to_rgb(
                np.concatenate([ab, lightness], axis=-1).clip([0, -128, -128], [100, 128, 128])
            ),
            "This is still Lab: turn it into RGB with lab_to_rgb.": lambda lightness, ab: np.concatenate(
                [lightness, ab], axis=-1
            ),
            "The color is missing: this is the gray picture.": lambda lightness, ab: lab.lightness_to_rgb(lightness),
            "The values are right, but on a scale of 0..255. Float pictures in this course are 0..1.": (
                lambda lightness, ab: 255 * _join(lightness, ab)
            ),
        },
    ),
    "01-c": Exercise(
        reference=_chroma,
        inputs=lambda random: (random.uniform(-80, 80, (5, 6, 2)).astype(np.float32),),
        mistakes={
            "This is chroma squared: take the square root.": lambda ab: (ab**2).sum(axis=-1),
            "Add the squares of a and b, then take the root; this adds the two without their squares.": (
                lambda ab: ab.sum(axis=-1)
            ),
            "This adds how far a and b are from zero, as if you could only walk along the axes. Chroma is the "
            "straight line: squares, sum, root.": lambda ab: np.abs(ab).sum(axis=-1),
            "This is one number for the whole picture. Give one for each pixel: work along the last axis "
            "only.": np.linalg.norm,
        },
    ),
    "02-a": Exercise(
        reference=_convolution_parameters,
        inputs=lambda random: (int(random.integers(2, 8)), int(random.integers(3, 30)), int(random.integers(40, 99))),
        tolerance=0,  # a count is right or wrong
        mistakes={
            "You left out the biases: each filter has one more number, which it adds.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters
            ),
            "There is one bias for each filter, not one for the whole layer.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters + 1
            ),
            "The bias belongs to the filter, not to the channel that comes in.": (
                lambda kernel, channels, filters: kernel * kernel * channels * filters + channels
            ),
            "A kernel is square: kernel times kernel weights for each channel.": (
                lambda kernel, channels, filters: (kernel * channels + 1) * filters
            ),
            "Each filter looks at all the channels that come in, not at one.": (
                lambda kernel, channels, filters: (kernel * kernel + 1) * filters
            ),
        },
    ),
    "02-b": Exercise(
        reference=lambda ab: np.asarray(ab) / 128,
        inputs=lambda random: (random.uniform(-108, 98, (5, 6, 2)).astype(np.float32),),
        mistakes={
            "This is how to go back, from the network's -1..1 to Lab units. Here you go the other way.": (
                lambda ab: ab * 128
            ),
            "255 is the range of uint8. The largest distance of a or b from zero is 108, and the papers divide by "
            "128.": lambda ab: ab / 255,
            "This is 0..1, centered on 0.5. tanh is centered on 0, and gray must stay 0: divide only.": (
                lambda ab: (ab + 128) / 256
            ),
            "100 is the range of L. b reaches -108, which tanh could then never give.": lambda ab: ab / 100,
        },
    ),
    "02-c": Exercise(
        reference=metrics.color_table,
        inputs=_lightness_and_ab,
        mistakes={
            "Rows without a pixel hold NaN: the mean of nothing. Leave them 0, which is gray.": _color_table_with_nan,
            "These are sums. Divide by the number of pixels in each row.": _sums_of_color,
            "Some pixels are one row too low: round L, do not cut off its decimals.": (
                lambda lightness, ab: metrics.color_table(np.floor(lightness), ab)
            ),
            "Your a and b are swapped.": lambda lightness, ab: metrics.color_table(lightness, ab[..., ::-1]),
            "Every row holds the average of the whole picture. Take only the pixels of that row's lightness.": (
                lambda lightness, ab: np.broadcast_to(ab.mean(axis=(0, 1)), (101, 2))
            ),
        },
    ),
    "03-a": Exercise(
        reference=lambda files: [photos.split_of(file) == "test" for file in files],
        inputs=lambda random: ([f"photo_{number}.jpg" for number in random.integers(0, 10**6, 60)],),
        tolerance=0,  # a file is in or out
        mistakes={
            "Python's own hash() of a text changes each time Python starts. Use hashlib.sha256.": (
                lambda files: [hash(file) % 10 == 0 for file in files]
            ),
            "This depends on the place of a file in the list, so one new file moves others. Use the name alone.": (
                lambda files: [number % 10 == 0 for number in range(len(files))]
            ),
            "These are the training files: yes and no are the wrong way round.": (
                lambda files: [photos.split_of(file) != "test" for file in files]
            ),
            "Divisible by 10 as a number: int(digits, 16) % 10. This looks at the last digit of sixteen.": (
                lambda files: [hashlib.sha256(file.encode()).hexdigest()[-1] == "0" for file in files]
            ),
            "This is another hash. Use SHA-256, so that everybody gets the same split.": (
                lambda files: [int(hashlib.md5(file.encode()).hexdigest(), 16) % 10 == 0 for file in files]
            ),
        },
    ),
    "03-b": Exercise(
        reference=lambda pictures: pictures[:, :, ::-1],
        inputs=lambda random: (random.uniform(-40, 80, (3, 4, 5, 3)).astype(np.float32),),
        tolerance=0,
        mistakes={
            "This is upside down. The axes are pictures, rows, columns, channels.": lambda pictures: pictures[:, ::-1],
            "This turns the order of the pictures round. The axes are pictures, rows, columns, channels.": (
                lambda pictures: pictures[::-1]
            ),
            "This turns the channels round: b comes first and L last.": lambda pictures: pictures[..., ::-1],
            "Only L is mirrored. The colors must move with what they belong to.": (
                lambda pictures: np.concatenate([pictures[:, :, ::-1, :1], pictures[..., 1:]], axis=-1)
            ),
            "Only the color is mirrored. L must move with it.": (
                lambda pictures: np.concatenate([pictures[..., :1], pictures[:, :, ::-1, 1:]], axis=-1)
            ),
            "This is turned by half a turn: mirror the columns only.": lambda pictures: pictures[:, ::-1, ::-1],
        },
    ),
    "03-c": Exercise(
        reference=metrics.spread,
        inputs=lambda random: (random.normal([20, -10], [15, 5], (3, 4, 5, 2)).astype(np.float32),),
        mistakes={
            "One average for a and b together makes their difference look like spread. Work on each channel.": np.std,
            "This is the variance. Take the root of the mean of the two.": lambda ab: metrics.spread(ab) ** 2,
            "Take the mean of the two variances; this is their sum.": lambda ab: np.sqrt(2) * metrics.spread(ab),
            "Average the variances, then take the root; this averages the two standard deviations.": (
                lambda ab: ab.reshape(-1, 2).std(axis=0).mean()
            ),
            "This is one number for each picture. Take all pixels of all pictures together.": (
                lambda ab: np.array([metrics.spread(one) for one in ab])
            ),
            "This is how far the colors are from gray. Spread is how far they are from their own average.": (
                lambda ab: np.sqrt((ab**2).mean())
            ),
        },
    ),
    "04-a": Exercise(
        reference=metrics.psnr,
        inputs=lambda random: tuple(random.integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)),
        mistakes={
            "Your subtraction went round: in uint8, 3 - 5 is 254. Turn both pictures into floats first.": (
                lambda truth, colored: -10 * np.log10(np.mean(((truth - colored) / 255.0) ** 2))
            ),
            "Scale RGB to 0..1: divide by 255.": lambda truth, colored: (
                metrics.psnr(truth, colored) - 20 * np.log10(255)
            ),
            "Less error must give more decibels: the sign is wrong.": lambda truth, colored: (
                -metrics.psnr(truth, colored)
            ),
            "Take 10 times the logarithm of the mean square. (20 belongs to its root.)": (
                lambda truth, colored: 2 * metrics.psnr(truth, colored)
            ),
            "This is the natural logarithm; decibels take the one to base 10.": (
                lambda truth, colored: metrics.psnr(truth, colored) * np.log(10)
            ),
        },
    ),
    "04-b": Exercise(
        reference=metrics.colorfulness,
        inputs=lambda random: (random.integers(0, 256, (6, 5, 3), dtype=np.uint8),),
        mistakes={
            "You took absolute values of the opponent channels. Keep their sign: red and green are opposites.": (
                lambda rgb: _colorfulness(rgb.astype(float), sign=np.abs)
            ),
            "Your subtraction went round: in uint8, 3 - 5 is 254. Turn the picture into floats first.": (_colorfulness),
            "This is on a scale of 0..1. The formula takes RGB on a scale of 0..255.": (
                lambda rgb: metrics.colorfulness(rgb) / 255
            ),
            "The means count 0.3 times.": lambda rgb: _colorfulness(rgb.astype(float), share=1),
            "The means are missing: add 0.3 times the length of their pair.": (
                lambda rgb: _colorfulness(rgb.astype(float), share=0)
            ),
        },
    ),
    "04-c": Exercise(
        reference=_floor,
        inputs=lambda random: (random.uniform(-60, 60, (4, 2)), random.dirichlet(np.ones(4))),
        mistakes={
            "The colors are not equally likely: use the weights.": (
                lambda colors, weights: _floor(colors, np.full(len(weights), 1 / len(weights)))
            ),
            "This is the sum over a and b. The mean squared error averages over the two.": (
                lambda colors, weights: 2 * _floor(colors, weights)
            ),
            "This is its root. The error here is squared.": lambda colors, weights: np.sqrt(_floor(colors, weights)),
            "This is what gray pays. The best guess is the average of the colors.": (
                lambda colors, weights: weights @ (colors**2).mean(axis=1)
            ),
            "This is what the most likely color pays. The average of the colors pays less.": (
                lambda colors, weights: weights @ ((colors - colors[weights.argmax()]) ** 2).mean(axis=1)
            ),
        },
    ),
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
        inputs=lambda random: (int(random.integers(4, 9)), int(random.integers(3, 7)), int(random.integers(2, 4))),
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
    "06-a": Exercise(
        reference=lambda lightness: np.repeat(255 / 100 * lightness, 3, axis=-1),
        inputs=lambda random: (random.uniform(0, 100, (4, 5, 1)).astype(np.float32),),
        mistakes={
            "L itself ends at 100. The classifier expects white to be 255.": (
                lambda lightness: np.repeat(lightness, 3, axis=-1)
            ),
            "This is 0..1: the classifier would scale it a second time, and see almost black. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 100, 3, axis=-1)
            ),
            "This is -1..1 already: the classifier's own scaling comes after this. Give 0..255.": (
                lambda lightness: np.repeat(lightness / 50 - 1, 3, axis=-1)
            ),
            "L was multiplied by 255 without being divided by 100.": (
                lambda lightness: np.repeat(255 * lightness, 3, axis=-1)
            ),
            "The values are right, but there is one channel. A classifier takes three.": (
                lambda lightness: 255 / 100 * lightness
            ),
            "The channels are not the last axis: repeat along axis -1.": (
                lambda lightness: np.repeat(255 / 100 * lightness[..., 0][np.newaxis], 3, axis=0)
            ),
        },
    ),
    "06-b": Exercise(
        reference=_beside,
        inputs=lambda random: (random.random((3, 4, 5)), random.random(5)),
        tolerance=0,
        mistakes={
            "The maps come first, then the embedding.": lambda maps, embedding: np.flip(
                _beside(np.flip(maps, -1), embedding[::-1]), -1
            ),
            "This adds the embedding to the maps. Put it behind them, as further channels.": (
                lambda maps, embedding: maps + embedding
            ),
            "The embedding is only at the first place. Repeat it at every place of the grid.": (
                lambda maps, embedding: np.concatenate(
                    [maps, np.pad(embedding[np.newaxis, np.newaxis], [(0, 2), (0, 3), (0, 0)])], axis=-1
                )
            ),
            "These are more rows, not more channels: concatenate along the last axis.": (
                lambda maps, embedding: np.concatenate([maps, np.broadcast_to(embedding, (3, 4, 5))], axis=0)
            ),
        },
    ),
    "06-c": Exercise(
        reference=_rate_after,
        inputs=_losses,
        tolerance=1e-9,  # rates are small
        mistakes={
            "Compare with the best loss so far, not with the epoch before.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, previous=True)
            ),
            "After a cut the count begins anew; here the rate falls at every further epoch.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, anew=False)
            ),
            "A better epoch sets the count back to 0: the epochs must be in a row.": (
                lambda losses, rate, patience: _rate_wrong(losses, rate, patience, in_a_row=False)
            ),
            "This falls one epoch too late: patience epochs without a better one are enough.": (
                lambda losses, rate, patience: _rate_after(losses, rate, patience + 1)
            ),
            "The rate is multiplied by 0.1; this halves it.": (
                lambda losses, rate, patience: _rate_after(losses, rate, patience, factor=0.5)
            ),
        },
    ),
    "07-a": Exercise(
        reference=_equation_1,
        inputs=lambda random: tuple(random.uniform(-1, 1, (2, 5, 6, 2))),
        mistakes={
            "The 2 is missing: equation 1 divides by 2 H W.": lambda truth, predicted: (
                2 * _equation_1(truth, predicted)
            ),
            "np.mean over everything has divided by 2 H W already: this divides by 2 once more.": (
                lambda truth, predicted: _equation_1(truth, predicted) / 2
            ),
            "This is the sum alone. Divide it by 2 H W.": lambda truth, predicted: ((truth - predicted) ** 2).sum(),
            "These are absolute differences. Equation 1 squares them.": lambda truth, predicted: _equation_1(
                truth, predicted, np.abs
            ),
            "This is its root. Equation 1 has none.": lambda truth, predicted: _equation_1(truth, predicted) ** 0.5,
            "This compares a alone. The sum runs over a and b.": lambda truth, predicted: (
                ((truth - predicted)[..., 0] ** 2).mean() / 2
            ),
        },
    ),
    "07-b": Exercise(
        reference=_decibels,
        inputs=lambda random: (float(random.uniform(0.1, 0.5)), float(random.uniform(1.5, 4))),
        mistakes={
            "Less error must give more decibels: the fraction is upside down.": lambda rmse, span: _decibels(
                span, rmse
            ),
            "10 belongs to the squared error. The RMSE is its root: take 20.": lambda rmse, span: (
                _decibels(rmse, span) / 2
            ),
            "This is the natural logarithm; decibels take the one to base 10.": lambda rmse, span: (
                20 * np.log(span / rmse)
            ),
            "This is right for a range of 1 only: divide the range by the RMSE.": lambda rmse, span: _decibels(rmse, 1),
            "The range is squared and the RMSE is not. Square both, and take 10, or neither, and take 20.": (
                lambda rmse, span: 10 * np.log10(span**2 / rmse)
            ),
            "These are decibels divided by 100. (Perhaps that is what the paper printed.)": lambda rmse, span: (
                _decibels(rmse, span) / 100
            ),
        },
    ),
    "07-c": Exercise(
        reference=_margin,
        inputs=_errors_by_seed,
        mistakes={
            "1.96 is t for very many seeds. With a few it is larger: stats.t.ppf(0.975, n - 1).": (
                lambda one, other: _margin_with(one, other, t=1.96)
            ),
            "np.std divides by n unless you give it ddof=1, and comes out too small for a few seeds.": (
                lambda one, other: _margin_with(one, other, ddof=0)
            ),
            "This is for one training. The mean of n of them strays less, by the root of n.": lambda one, other: (
                _margin(one, other) * len(one) ** 0.5
            ),
            "0.95 leaves out 5% on one side. The interval has two: take 0.975.": lambda one, other: _margin_with(
                one, other, t=_student(0.95, len(one) - 1)
            ),
            "Of n differences, n - 1 are free: stats.t.ppf(0.975, n - 1).": lambda one, other: _margin_with(
                one, other, t=_student(0.975, len(one))
            ),
            "This is the whole width. Give half of it.": lambda one, other: 2 * _margin(one, other),
            "The two belong together, seed by seed: take the differences first.": lambda one, other: (
                _student(0.975, len(one) - 1) * np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))
            ),
            "This is the standard deviation over the root of n. Multiply it by t.": lambda one, other: _margin_with(
                one, other, t=1
            ),
        },
    ),
    "08-a": Exercise(
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
    "08-b": Exercise(
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
    "08-c": Exercise(
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
    "08-d": Exercise(
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
    "09-a": Exercise(
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
    "09-b": Exercise(
        reference=_critic_loss,
        inputs=lambda random: (*random.normal(0, 2, (2, 5, 6)), float(random.uniform(0.7, 0.95))),
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
    "09-c": Exercise(
        reference=_generator_loss,
        inputs=lambda random: (
            random.normal(0, 2, (5, 6)),
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
    "09-d": Exercise(
        reference=_total_variation,
        inputs=lambda random: tuple(random.dirichlet(np.ones(5), 2)),
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
