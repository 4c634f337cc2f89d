"""What `check` shows, for the tests of it."""

from IPython.utils.capture import capture_output

from colorkit import classroom


def shown(name, function, seed=None):
    """Return what check gives back, and the one output that it leaves."""
    with capture_output() as captured:
        result = classroom.check(name, function, seed)
    assert captured.stdout == captured.stderr == ""
    (output,) = captured.outputs
    return result, output.data


def checked(function, name="01-c"):
    """Return the text that check shows."""
    result, data = shown(name, function)
    assert (result is function) == data["text/plain"].startswith("✓")
    return data["text/plain"]
