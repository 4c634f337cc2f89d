"""What `check` says to whatever a learner's function does. The exercises themselves: test_exercises.py."""

import inspect
import itertools
import json
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from verdicts import checked, shown

from colorkit import classroom
from colorkit.classroom import attempt, checks, exercises, judging, trial
from colorkit.classroom.exercises import Exercise

CHROMA = exercises.find("01-c").reference


@pytest.fixture(autouse=True, scope="module")
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda ab: undefined_name, "with NameError: name 'undefined_name' is not defined"),  # noqa: F821
        (lambda ab: print(end=""), "It returned nothing. Does it end with a return?"),
        (lambda ab: "chroma", "It should return numbers, but it returned str."),
        (lambda ab: ["1.5"] * 5, "It should return numbers, but it returned list."),
        (lambda ab: np.linalg.norm(ab, axis=-1).astype(str), "It should return numbers, but it returned ndarray."),
        (lambda ab: np.linalg.norm(ab, axis=-1) + 0j, "It should return numbers, but it returned ndarray."),
        (lambda ab: (row for row in ab), "It should return numbers, but it returned generator."),
        (lambda ab: {"chroma": 1}, "It should return numbers, but it returned dict."),
        (lambda ab: [[1.0], [1.0, 2.0]], "It should return numbers, but it returned list."),
        (lambda ab: ab, r"It should return shape (5, 6), but returned (5, 6, 2)."),
        (lambda ab: np.full(ab.shape[:-1], np.nan), "It returned NaN or infinity."),
        (lambda ab: np.full(ab.shape[:-1], np.inf), "It returned NaN or infinity."),
        (lambda ab: np.linalg.norm(ab, axis=-1) + 1, "it should give"),
        (lambda ab: ab.__imul__(2)[..., 0], "It changed the array that it was given."),
        (lambda ab: np.zeros((10**6, 10**6, 10)), "with MemoryError" if sys.platform == "linux" else "MemoryError"),
        (lambda: 0, "It stopped with TypeError: "),
        (3.0, "Pass the function itself, without calling it; this is of type float."),
    ],
)
def test_wrong_answers_are_explained(answer, words):
    result, data = shown("01-c", answer)
    assert result is CHROMA
    assert data["text/plain"].startswith("✗ Exercise 01-c: not yet right.\n  ") and words in data["text/plain"]
    assert inspect.cleandoc(data["text/html"]).startswith("<div")


def test_a_right_answer_may_come_as_numbers_of_any_kind():
    import tensorflow as tf

    for kind in (np.float32, list, tf.constant):
        assert checked(lambda ab, kind=kind: kind(CHROMA(ab))).startswith("✓")


def test_a_difference_is_shown_with_as_many_digits_as_it_takes():
    words = checked(lambda lengths: [float(length) * (1 + 1e-7) for length in np.ravel(lengths)], "10-b")
    assert "TypeError" in words
    text = judging.difference(np.array([0.6884321]), np.array([0.6884319]))
    assert text == "On a random input at index (0,) it should give 0.6884321, but it gave 0.6884319."
    assert judging.difference(np.array(35.0), np.array(36.0)).endswith("it should give 35, but it gave 36.")


def test_infinity_and_nan_agree_only_where_they_should_be():
    values = np.array([1.0, np.inf, -np.inf, np.nan])
    assert judging.agree(values, values.copy(), 1e-3)
    for place, other in itertools.product(range(4), (2.0, np.inf, -np.inf, np.nan)):
        changed = values.copy()
        changed[place] = other
        assert judging.agree(values, changed, 1e-3) == (repr(changed[place]) == repr(values[place]))
    assert judging.agree(np.array([100.0]), np.array([100.09]), 1e-3)
    assert not judging.agree(np.array([100.0]), np.array([100.11]), 1e-3)
    assert not judging.agree(np.array([1.0]), np.array([1.0 + 1e-15]), 0)


def test_what_is_shown_is_escaped():
    def wrong(ab):
        raise ValueError("<script>")

    _, data = shown("01-c", wrong)
    assert "<script>" in data["text/plain"] and "<script>" not in data["text/html"]


def test_unknown_exercise():
    with pytest.raises(ValueError, match="there is no exercise '99-z'; there are 01-a, "):
        classroom.check("99-z", len)


# --- the verdict as data ---


@pytest.mark.parametrize(
    ("function", "state"),
    [
        (lambda ab: np.hypot(ab[..., 0], ab[..., 1]), "right"),
        (lambda ab: ab.sum(axis=-1), "wrong"),
        (lambda ab: ..., "blank"),
    ],
)
def test_a_verdict_is_left_as_data(function, state):
    _, data = shown("01-c", function)
    verdict = data[classroom.CHECK_MIME]
    assert verdict == {"exercise": "01-c", "state": state, "message": verdict["message"]}
    assert verdict["message"] in data["text/plain"] and json.dumps(verdict)
    assert classroom.CLAIM_MIME not in data


# --- the learner's own line ---


def run_cell(source):
    """Run a cell in IPython, as a notebook does, and return what it has bound to `answer`."""
    shell = InteractiveShell.instance()
    shell.run_cell(source, store_history=True).raise_error()
    return shell.user_ns["answer"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (
            "    a = ab[..., 0]\n    return a.sum() + 1 // 0",
            "3, `return a.sum() + 1 // 0`, with ZeroDivision",
        ),
        (
            "    import numpy as np\n\n    return np.concatenate([ab, 3])",
            "4, `return np.concatenate([ab, 3])`, with ValueError: ",
        ),
        (
            "    def inner(x):\n        return x.nothing\n    return inner(ab)",
            "3, `return x.nothing`, with Attribute",
        ),
        ("    return answer(ab)", "2, `return answer(ab)`, with RecursionError: "),
        (
            "    return sorted(ab, key=lambda row: row.b)",
            "2, `return sorted(ab, key=lambda row: row.b)`, with Attr",
        ),
        ("    raise KeyboardInterrupt", "2, `raise KeyboardInterrupt`, with KeyboardInterrupt"),
        ("    raise ValueError('a' * 1000)", "a..."),
    ],
)
def test_an_error_is_shown_with_the_learner_s_line(body, place):
    with np.errstate(all="ignore"):
        text = checked(run_cell(f"def answer(ab):\n{body}"))
    assert f"\n  It stopped in line {place}" in text or text.endswith(place)
    assert len(text) < 600


def test_an_error_is_shown_with_the_line_of_what_is_wrapped():
    import functools

    def fails(power, ab):
        return ab.missing**power

    class Callable:
        def __call__(self, ab):
            return ab.missing

    text = checked(functools.partial(fails, 2))
    assert "`return ab.missing**power`, with AttributeError" in text
    assert "`return ab.missing`, with AttributeError" in checked(Callable())
    assert "It stopped with UFuncTypeError" in checked(np.add.outer) or "stopped" in checked(np.add.outer)


def test_an_error_whose_text_cannot_be_made_is_named():
    class Broken(Exception):
        def __str__(self):
            raise RuntimeError

    def fails(ab):
        raise Broken

    assert checked(fails).endswith("`raise Broken`, with Broken")


# --- right only by a right answer ---


def test_the_reference_is_not_a_right_answer():
    def psnr(truth, colored): ...

    first, _ = shown("04-a", psnr)
    second, data = shown("04-a", first)
    assert second is first
    assert data[classroom.CHECK_MIME]["state"] == "blank"
    assert "colorkit's own" in data["text/plain"]


def test_inputs_are_new_at_each_check_and_a_seed_repeats_them():
    asked = []

    def remembers(ab):
        asked.append(ab.tobytes())
        return CHROMA(ab)

    for seed in (None, None, 7, 7):
        shown("01-c", remembers, seed)
    first, second, third, fourth = (asked[n : n + trial.TRIALS] for n in range(0, len(asked), trial.TRIALS))
    assert len({*first, *second, *third}) == 3 * trial.TRIALS
    assert third == fourth


def test_a_table_of_known_inputs_is_not_right():
    table = {}

    def learns(kernel, channels, filters):
        table[kernel, channels, filters] = (kernel**2 * channels + 1) * filters
        return table[kernel, channels, filters]

    for seed in range(3):
        assert shown("02-a", learns, seed)[1]["text/plain"].startswith("✓")
    known = dict(table)
    verdicts = {checked(lambda *sizes: known.get(sizes, 0), "02-a")[0] for _ in range(3)}
    assert verdicts == {"✗"}


@pytest.mark.parametrize("name", ["allclose", "array_equal", "abs", "isnan", "array", "asarray", "errstate"])
@pytest.mark.parametrize("inside", [False, True])
def test_what_is_written_over_makes_nothing_right(name, inside):
    before = getattr(np, name)

    def write_over():
        setattr(np, name, lambda *_, **__: True)

    def wrong(ab):
        if inside:
            write_over()
        return ab[..., 0] * 0 + 1000.0

    if not inside:
        write_over()
    try:
        text = checked(wrong)
        assert getattr(np, name) is before
    finally:
        setattr(np, name, before)
    assert text.startswith("✗")
    assert text.endswith(f"Your code had written over np.{name}, which now has its own value again.")


def test_a_reference_does_not_compute_with_what_is_written_over(monkeypatch):
    monkeypatch.setattr(np.linalg, "norm", lambda ab, axis: ab[..., 0] * 0)
    monkeypatch.setattr("builtins.all", lambda _: True)
    text = checked(lambda ab: ab[..., 0] * 0)
    assert text.startswith("✗") and "written over np.linalg.norm, all, which now have their own values" in text


def test_nothing_is_written_over_by_the_libraries_of_the_lessons():
    import keras  # noqa: F401
    import matplotlib.pyplot as plt  # noqa: F401
    import skimage.color  # noqa: F401

    assert checks._put_back() == {}


# --- arguments ---


def test_changed_arguments_are_noticed_at_any_depth_and_harm_nothing():
    given = ([1, [2.0, float("nan")]], {"a": [3], "b": np.array([np.nan, 1])}, (4, [5]))
    exercise_inputs = []

    def inputs(random):
        exercise_inputs.append(given)
        return given

    def change(path):
        def changes(one, two, three):
            {"nested": one[1], "dict": two["a"], "tuple": three[1]}.get(path, []).append(0)
            if path == "array":
                two["b"][0] = 0
            if path == "key":
                two["c"] = 1
            if path == "type":
                one[0] = 1.0
            return 0

        return changes

    exercise = Exercise(lambda one, two, three: 0, inputs)
    for path, kind in {
        "nested": "list",
        "dict": "dict",
        "tuple": "tuple",
        "array": "dict",
        "key": "dict",
        "type": "list",
    }.items():
        state, message = checks._judge(exercise, change(path), np.random.default_rng(0), attempt.Output(), {})
        assert (state, message) == (
            "wrong",
            f"It changed the {kind} that it was given. Work on a copy, or make a new {kind}.",
        )
    assert repr(given) == "([1, [2.0, nan]], {'a': [3], 'b': array([nan,  1.])}, (4, [5]))"
    assert checks._judge(exercise, change("nothing"), np.random.default_rng(0), attempt.Output(), {})[0] == "right"
