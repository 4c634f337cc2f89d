import inspect
import json

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from colorkit import classroom
from colorkit.classroom.exercises import EXERCISES


@pytest.fixture(autouse=True, scope="module")
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


def checked(name, function):
    """Return what check gives back, and what it shows as text and as HTML."""
    with capture_output() as captured:
        result = classroom.check(name, function)
    (output,) = captured.outputs
    return result, output.data["text/plain"], output.data["text/html"]


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_passes(name):
    def mine(*arguments):
        return EXERCISES[name].reference(*arguments)

    result, text, _ = checked(name, mine)
    assert result is mine
    assert text.startswith(f"✓ Exercise {name}: right.")


@pytest.mark.parametrize("name", EXERCISES)
def test_blank_is_not_tried(name):
    def dots(*arguments): ...

    def with_docstring(*arguments):
        """Say what it should do."""

    def to_do(*arguments):
        raise NotImplementedError

    for blank in (dots, with_docstring, to_do):
        result, text, _ = checked(name, blank)
        assert result is EXERCISES[name].reference
        assert text.startswith(f"✎ Exercise {name}: not tried yet.")


@pytest.mark.parametrize(("name", "hint"), [(name, hint) for name in EXERCISES for hint in EXERCISES[name].mistakes])
def test_each_mistake_gets_its_own_hint(name, hint):
    mistake = EXERCISES[name].mistakes[hint]
    result, text, _ = checked(name, mistake)
    assert result is EXERCISES[name].reference
    assert text == f"✗ Exercise {name}: not yet right.\n  {hint}"


def test_every_exercise_has_mistakes_and_its_inputs_are_random():
    for exercise in EXERCISES.values():
        assert len(exercise.mistakes) >= 3
        first, second = (exercise.inputs(np.random.default_rng(seed)) for seed in (0, 1))
        assert not all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda ab: 1 / 0, "ZeroDivisionError"),
        (lambda ab: undefined_name, "undefined_name"),  # noqa: F821
        (lambda ab: print(end=""), "return"),
        (lambda ab: "chroma", "numbers"),
        (lambda ab: ab, r"shape (5, 6), but returned (5, 6, 2)"),
        (lambda ab: np.full(ab.shape[:-1], np.nan), "NaN"),
        (lambda ab: np.linalg.norm(ab, axis=-1) + 1, "it should give"),
        (lambda ab: ab.__imul__(2)[..., 0], "changed the array"),
        (lambda: 0, "TypeError"),
        (3.0, "without calling it"),
    ],
)
def test_other_wrong_answers_are_explained(answer, words):
    result, text, markup = checked("01-c", answer)
    assert result is EXERCISES["01-c"].reference
    assert text.startswith("✗") and words in text
    assert inspect.cleandoc(markup).startswith("<div")


def test_what_is_shown_is_escaped():
    def wrong(ab):
        raise ValueError("<script>")

    _, text, markup = checked("01-c", wrong)
    assert "<script>" in text and "<script>" not in markup


def test_unknown_exercise():
    with pytest.raises(ValueError, match="01-a"):
        classroom.check("99-z", len)


def claimed(**arguments):
    with capture_output() as captured:
        try:
            classroom.claim("00-test", **arguments)
        finally:
            claimed.output = captured.outputs[0].data if captured.outputs else None
    return claimed.output


@pytest.mark.parametrize(
    ("value", "bounds", "holds"),
    [
        (1.0, {"at_least": 1}, True),
        (0.99, {"at_least": 1}, False),
        (1.0, {"at_most": 1}, True),
        (1.01, {"at_most": 1}, False),
        (1.5, {"at_least": 1, "at_most": 2}, True),
        (32202, {"at_least": 32202, "at_most": 32202}, True),
        (2.5, {"at_least": 1, "at_most": 2}, False),
        (np.nan, {"at_least": 1}, False),
        (np.nan, {"at_most": 1}, False),
        (np.float32(3), {"at_least": 1}, True),
    ],
)
@pytest.mark.parametrize("preset", ["test", "laptop", "gpu"])
def test_claims(monkeypatch, preset, value, bounds, holds):
    monkeypatch.setenv("COLORKIT_PRESET", preset)
    arguments = {"value": value, "says": "the value is {value:.2f}", **bounds}
    if preset == "laptop" and not holds:
        with pytest.raises(classroom.ClaimError, match="00-test: The value is"):
            claimed(**arguments)
    else:
        claimed(**arguments)
    data = claimed.output[classroom.CLAIM_MIME]
    assert data["holds"] is holds and data["judged"] is (preset == "laptop") and data["preset"] == preset
    assert f"The value is {value:.2f}" in claimed.output["text/plain"]
    json.dumps(data)


def test_bounds_are_said():
    for bounds, words in [
        ({"at_least": 1}, "at least 1"),
        ({"at_most": 0.5}, "at most 0.5"),
        ({"at_least": 0, "at_most": 2}, "at least 0 and at most 2"),
        ({"at_least": 32202, "at_most": 32202}, "exactly 32,202"),
    ]:
        assert claimed(value=1, says="{value}", **bounds)[classroom.CLAIM_MIME]["bounds"] == words


def test_claims_that_say_nothing_are_refused():
    with pytest.raises(ValueError, match="at_least"):
        classroom.claim("00-test", 1, says="{value}")
    with pytest.raises(ValueError, match=r"\{value\}"):
        classroom.claim("00-test", 1, at_least=0, says="it works")
