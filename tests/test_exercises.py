"""Each exercise: its reference, a right answer written as a learner would, blanks, and the known mistakes."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from scipy.spatial import Delaunay
from verdicts import shown

from colorkit.classroom import checks, exercises

EXERCISES = {name: exercises.find(name) for name in exercises.names()}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="module")
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def checked(name, function, seed=0):
    """Return what check gives back, and the text that it shows."""
    result, data = shown(name, function, seed)
    return result, data["text/plain"]


# --- right answers, each written otherwise than the reference: from the text of the exercise and its hint ---


def lightness(rgb):
    from skimage.color import rgb2lab

    return rgb2lab(rgb)[..., :1]


def join(L, ab):
    from skimage.color import lab2rgb

    return lab2rgb(np.dstack([L, ab]))


def chroma(ab):
    return [[(a**2 + b**2) ** 0.5 for a, b in row] for row in ab]


def lightness_from_bytes(rgb):
    c = rgb / 255
    light = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    Y = light @ [0.2127, 0.7152, 0.0722]
    return 116 * np.where(Y > 0.008856, Y ** (1 / 3), 7.787 * Y + 16 / 116) - 16


def convolution_parameters(kernel, channels, filters):
    count = 0
    for _ in range(filters):
        for _ in range(channels):
            count += kernel**2
        count += 1
    return count


def flat_field_probe(ask, levels):
    answers = []
    for level in levels:
        answer = ask(np.full((1, 48, 48, 1), level))
        answers.append(answer[0, 24, 24])
    return answers


def color_table(L, ab):
    level = np.round(L[..., 0]).astype(int)
    table = np.zeros((101, 2))
    for row in range(101):
        if (level == row).any():
            table[row] = ab[level == row].mean(axis=0)
    return table


def in_test(files):
    answers = []
    for file in files:
        digits = hashlib.sha256(file.encode()).hexdigest()
        answers.append(int(digits, 16) % 10 == 0)
    return answers


def dimmed(pictures, share):
    L, a, b = np.moveaxis(pictures.astype(float), -1, 0)
    Y = (L + 16) / 116
    X, Z = Y + a / 500, Y - b / 200
    X, Y, Z = ((share * root**3) ** (1 / 3) for root in (X, Y, Z))
    return np.stack([116 * Y - 16, 500 * (X - Y), 200 * (Y - Z)], axis=-1)


def leaked(train, test):
    answers = []
    for picture in test:
        mirrored = np.flip(picture, axis=1)
        answers.append(any(np.array_equal(one, picture) or np.array_equal(one, mirrored) for one in train))
    return answers


def psnr(truth, colored):
    truth, colored = truth.astype("float32") / 255, colored.astype("float32") / 255
    return -10 * np.log10(((truth - colored) ** 2).mean())


def colorfulness(rgb):
    red, green, blue = (rgb[..., channel].astype("float32") for channel in range(3))
    first, second = red - green, (red + green) / 2 - blue
    spreads = (first.std() ** 2 + second.std() ** 2) ** 0.5
    return spreads + 0.3 * (first.mean() ** 2 + second.mean() ** 2) ** 0.5


def share_of_guess(guess, colors, weights):
    def cost(a, b):
        return sum(w * ((x - a) ** 2 + (y - b) ** 2) / 2 for (x, y), w in zip(colors, weights, strict=True))

    gray = cost(0, 0)
    return (gray - cost(*guess)) / (gray - cost(*np.average(colors, axis=0, weights=weights)))


def narrowest(table, side):
    numbers = []
    for word in table.split():
        if word == "up":
            side = 2 * side
        else:
            side = side // 2 if "/2" in word else side
            numbers.append(side * side * int(re.search(r"\d+", word)[0]))
    numbers.pop()
    return sorted(numbers)[0]


def times_painted(inputs, kernel, stride):
    painted = np.zeros((inputs - 1) * stride + kernel, int)
    for number in range(inputs):
        painted[number * stride : number * stride + kernel] += 1
    return painted


def squares(L):
    made = np.zeros_like(L)
    for row in range(0, L.shape[1], 2):
        for column in range(0, L.shape[2], 2):
            square = np.s_[:, row : row + 2, column : column + 2]
            made[square] = L[square].mean(axis=(1, 2), keepdims=True)
    return made


def for_the_classifier(L):
    gray = L * 2.55
    return np.concatenate([gray, gray, gray], axis=-1)


def window(ask, width):
    # From the other side: the places of the answer that one changed column reaches.
    L = np.random.default_rng(1).uniform(0, 100, (1, 16, width, 1))
    changed = L.copy()
    changed[:, :, width // 2] = 50.5
    places = np.nonzero(np.abs(ask(changed) - ask(L))[0, 8].sum(axis=-1))[0]
    return places.max() - places.min() + 1


def nearest_mean(known, labels, unseen):
    answers = []
    for one in unseen:
        nearest = {}
        for label in set(labels.tolist()):
            pictures = [row for row, own in zip(known, labels, strict=True) if own == label]
            nearest[np.linalg.norm(one - np.mean(pictures, axis=0))] = label
        answers.append(nearest[min(nearest)])
    return answers


def spread(ab):
    a, b = ab.reshape(-1, 2).T
    return ((a.std() ** 2 + b.std() ** 2) / 2) ** 0.5


def rings(runs, threshold):
    epochs = []
    for run in runs:
        bad = np.isnan(run) | (np.array(run) < threshold)
        bad[:2] = False
        epochs.append(bad.argmax() + 1 if bad.any() else 0)
    return epochs


def slipped(embeddings, batch_size):
    batches = np.split(embeddings, len(embeddings) // batch_size)
    return np.concatenate([batches[-1], *batches[:-1]])


def control(values, seed):
    order = np.random.default_rng(seed).permutation(len(values))
    return values[order]


def decibels(rmse, span):
    return 10 * np.log10(span**2 / rmse**2)


def margin(one, other):
    from scipy import stats

    n = len(one)
    return stats.t.ppf(0.975, n - 1) * np.std(one - other, ddof=1) / np.sqrt(n)


def bins_of(colors, step):
    corners = np.concatenate([colors + np.array([a, b]) for a in (-step, step) for b in (-step, step)])
    side = np.arange(-300 // step, 300 // step) * step
    points = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    return points[Delaunay(corners).find_simplex(points) >= 0]


def soft_encode(ab, centers):
    distance = np.sqrt(((ab[:, None] - centers) ** 2).sum(axis=-1))
    fifth = np.sort(distance, axis=-1)[:, 4:5]
    weights = np.where(distance <= fifth, np.exp(-(distance**2) / (2 * 5**2)), 0)
    return weights / weights.sum(axis=-1, keepdims=True)


def lost(ab, n):
    squares = 0
    for y in range(0, ab.shape[1], n):
        for x in range(0, ab.shape[2], n):
            block = ab[:, y : y + n, x : x + n]
            squares += ((block - block.mean(axis=(1, 2), keepdims=True)) ** 2).sum()
    return (squares / ab.size) ** 0.5


def receptive_field(layers):
    field = 1
    for kernel, stride in reversed(layers):  # backward, where every stride counts for what came before
        field = (field - 1) * stride + kernel
    return field


def right_verdicts(on_true, on_made):
    shares = []
    for scores, answer in ((on_true, True), (on_made, False)):
        says = [score > 0 for score in scores.ravel()]
        shares.append(says.count(answer) / len(says))
    return sum(shares) / 2


def slopes(z):
    def passes(z):
        return 1 / (1 + np.exp(-z))

    h = 1e-4
    first = (np.log(1 - passes(z + h)) - np.log(1 - passes(z - h))) / (2 * h)
    second = (np.log(passes(z - h)) - np.log(passes(z + h))) / (2 * h)
    return first, second


RIGHT = {
    "01": [lightness, join, chroma, lightness_from_bytes],
    "02": [convolution_parameters, flat_field_probe, color_table],
    "03": [in_test, dimmed, leaked],
    "04": [psnr, colorfulness, share_of_guess],
    "05": [narrowest, times_painted, squares],
    "06": [for_the_classifier, window, nearest_mean],
    "07": [spread, rings, slipped],
    "08": [control, decibels, margin],
    "09": [bins_of, soft_encode, lost],
    "10": [receptive_field, right_verdicts, slopes],
}
RIGHT = {
    f"{lesson}-{letter}": answer
    for lesson, answers in RIGHT.items()
    for letter, answer in zip("abcd", answers, strict=False)
}


def test_every_exercise_of_a_lesson_is_there_with_a_right_answer_and_under_one_name():
    asked = []
    for lesson in sorted((ROOT / "book" / "lessons").glob("*.py")):
        text = lesson.read_text("utf-8")
        for bound, name, function in re.findall(r"^(\w+) = check\(\"(.+?)\", (\w+)\)", text, re.M):
            assert bound == function
            assert f"\n# **{name}.** " in text
            asked.append(name)
        # "Exercise 3-a" is the same as "03-a" to whoever knows; write the name that stands in the cell.
        assert not re.findall(r"(?:\*\*|xercise |\n# )[1-9]-[a-d]\b", text), lesson.name
    assert asked == list(EXERCISES) == list(RIGHT)


@pytest.mark.parametrize("name", EXERCISES)
def test_an_independent_right_answer_passes(name):
    for seed in range(4):
        result, text = checked(name, RIGHT[name], seed)
        assert result is RIGHT[name], text
        assert text.startswith(f"✓ Exercise {name}: right.")


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_passes(name):
    def mine(*arguments):
        return EXERCISES[name].reference(*arguments)

    result, text = checked(name, mine)
    assert result is mine
    assert text.startswith(f"✓ Exercise {name}: right.")


@pytest.mark.parametrize("name", EXERCISES)
def test_blank_is_not_tried(name):
    def dots(*arguments): ...

    def with_docstring(*arguments):
        """Say what it should do."""

    def to_do(*arguments):
        raise NotImplementedError

    def nothing(*arguments):
        return ...

    for blank in (dots, with_docstring, to_do, nothing):
        result, text = checked(name, blank)
        assert result is EXERCISES[name].reference
        assert text.startswith(f"✎ Exercise {name}: not tried yet.")


@pytest.mark.parametrize(("name", "hint"), [(name, hint) for name in EXERCISES for hint in EXERCISES[name].mistakes])
def test_each_mistake_gets_its_own_hint(name, hint):
    result, text = checked(name, EXERCISES[name].mistakes[hint])
    assert result is EXERCISES[name].reference
    shown = text.removeprefix(f"✗ Exercise {name}: not yet right.\n  ")
    # A mistake that raises an error gets its hint, and what the error says.
    assert shown == hint or shown.startswith(f"{hint} It stopped")


@pytest.mark.parametrize("name", EXERCISES)
def test_mistakes_give_other_results_than_the_reference_and_one_another(name):
    exercise = EXERCISES[name]
    assert len(exercise.mistakes) >= 3
    answers = {"the reference": exercise.reference, **exercise.mistakes}
    for seed in range(6):
        random = np.random.default_rng(seed)
        trials = [exercise.inputs(random) for _ in range(checks.TRIALS)]
        results = {
            hint: [checks._answer(answer, arguments) for arguments in trials] for hint, answer in answers.items()
        }
        for number, (hint, found) in enumerate(results.items()):
            for other, others in list(results.items())[:number]:
                # By far more than the tolerance, in one of the trials.
                alike = [checks._agree(*pair, 4 * exercise.tolerance) for pair in zip(found, others, strict=True)]
                assert not all(alike), f"{hint} is like {other}"


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_are_random_and_never_exactly_those_of_another_check(name):
    first, second = (EXERCISES[name].inputs(np.random.default_rng(seed)) for seed in (0, 1))
    assert not all(map(checks._same, first, second))


# --- references that stand for a function of Keras ---


def test_convolution_parameters_are_those_of_keras():
    import keras

    for seed in range(5):
        kernel, channels, filters = EXERCISES["02-a"].inputs(np.random.default_rng(seed))
        layer = keras.layers.Conv2D(filters, kernel)
        layer.build((None, None, None, channels))
        assert EXERCISES["02-a"].reference(kernel, channels, filters) == layer.count_params()


def test_lightness_from_bytes_is_that_of_the_color_math():
    from colorkit import lab

    every = np.random.default_rng(0).integers(0, 256, (50, 60, 3)).astype(np.uint8)
    found = EXERCISES["01-d"].reference(every)
    np.testing.assert_allclose(found, lab.rgb_to_lab(every)[..., 0], atol=1e-3)


def test_dimmed_is_what_less_light_gives():
    from skimage.color import rgb2lab, rgb2xyz, xyz2lab

    rgb = np.random.default_rng(0).uniform(0.5, 1, (2, 4, 5, 3))
    found = EXERCISES["03-b"].reference(rgb2lab(rgb), 0.4)
    np.testing.assert_allclose(found, xyz2lab(0.4 * rgb2xyz(rgb)), atol=1e-3)


def test_slopes_of_a_generator_s_losses_are_those_of_keras():
    import keras
    import tensorflow as tf

    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    for z in (-3.0, -0.7, 1.3):
        score = tf.constant([[z]])
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(score)
            # log(1 - D) is what the critic pays for a made color, with its sign turned.
            losses = -loss(tf.zeros_like(score), score), loss(tf.ones_like(score), score)
        wanted = [float(tape.gradient(one, score)[0, 0]) for one in losses]
        np.testing.assert_allclose(EXERCISES["10-c"].reference(z), wanted, rtol=1e-5)


def test_of_verdicts_each_kind_counts_alike():
    # Three of four true ones and half of two made ones: (0.75 + 0.5) / 2, not 4 of 6.
    assert EXERCISES["10-b"].reference(np.array([1.0, 2, 3, -1]), np.array([-1.0, 1])) == 0.625


# --- where they are ---


def test_exercises_are_found_by_one_form_of_their_name():
    assert list(EXERCISES)[:4] == ["01-a", "01-b", "01-c", "01-d"] and "10-c" in EXERCISES
    for name in ("1-a", "01-z", "99-a", "", None):
        with pytest.raises(ValueError, match=r"there is no exercise .* there are 01-a, 01-b"):
            exercises.find(name)
