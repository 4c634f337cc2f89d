"""Each exercise: its reference, a right answer written as a learner would, blanks, and the known mistakes."""

import re
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from verdicts import shown

from colorkit.classroom import exercises, judging, solutions, trial

EXERCISES = {name: exercises.find(name) for name in exercises.names()}
RIGHT = {name: solutions.find(name) for name in exercises.names()}  # each written otherwise than the reference
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


def test_every_exercise_of_a_lesson_is_there_with_a_right_answer_and_under_one_name():
    asked = []
    for lesson in sorted((ROOT / "book" / "lessons").glob("*.py")):
        text = lesson.read_text("utf-8")
        for bound, name, function in re.findall(r"^(\w+) = check\(\"(.+?)\", (\w+)\)", text, re.M):
            assert bound == function == RIGHT[name].__name__
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
        trials = [exercise.inputs(random) for _ in range(trial.TRIALS)]
        results = {
            hint: [judging.answer(answer, arguments) for arguments in trials] for hint, answer in answers.items()
        }
        for number, (hint, found) in enumerate(results.items()):
            for other, others in list(results.items())[:number]:
                # By far more than the tolerance, in one of the trials.
                alike = [judging.agree(*pair, 4 * exercise.tolerance) for pair in zip(found, others, strict=True)]
                assert not all(alike), f"{hint} is like {other}"


@pytest.mark.parametrize("name", EXERCISES)
def test_inputs_are_random_and_never_exactly_those_of_another_check(name):
    first, second = (EXERCISES[name].inputs(np.random.default_rng(seed)) for seed in (0, 1))
    assert not all(map(trial.same, first, second))


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
