"""Claims: what is said, judged and left as data."""

import json

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from colorkit import classroom
from colorkit.preset import PRESETS


@pytest.fixture(autouse=True, scope="module")
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


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
@pytest.mark.parametrize("preset", PRESETS)
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
    judges = PRESETS[preset].judges
    words = "Holds: expected" if holds else "Does not hold: expected"
    assert (words if judges else f"not judged at the {preset} preset") in claimed.output["text/plain"]
    json.dumps(data, allow_nan=False)  # Jupyter's messages are strict JSON
    assert data["value"] == (pytest.approx(float(value)) if np.isfinite(value) else None)


def test_a_preset_judges_only_where_lessons_were_measured():
    assert {name for name, preset in PRESETS.items() if preset.judges} == {"laptop"}


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
