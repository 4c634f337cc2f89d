"""One trial of a learner's function: what it gave back, or in words what went wrong."""

import copy
import dis
import inspect
import linecache
import traceback
from dataclasses import dataclass

import numpy as np

from colorkit.classroom import attempt

TRIALS = 3  # of each function, on random inputs
TIME_LIMIT = 10  # seconds for all trials of a function; a right answer takes milliseconds

RUNS_ON = " It could not be stopped, and slows down what follows: restart the kernel."

_array = np.array  # called while what a learner's function may have written over is not yet put back


@dataclass(frozen=True)
class Failure:
    """An error that a function raised instead of giving a result.

    Attributes
    ----------
    kind, text : str
        Class and message of the error.
    says : str
        What the learner is told.
    """

    kind: str
    text: str
    says: str = ""


def run(function, arguments, output, *, seconds, limit, after=lambda: None):
    """Run a learner's function once.

    Parameters
    ----------
    function : callable
        What the learner wrote.
    arguments : tuple
        It gets copies of them.
    output : colorkit.classroom.attempt.Output
        Gets what is printed and displayed.
    seconds : float
        The most that it may take now.
    limit : float
        Seconds that the learner is told of, if time runs out.
    after : callable
        Called when the function has ended, before anything is computed with what it gave.

    Returns
    -------
    numpy.ndarray, float64, or str, or Failure
        What it gave; or a sentence, if it gave no numbers or changed its arguments; or the error that it raised.
    """
    given = copy.deepcopy(arguments)
    outcome = attempt.run(lambda *given: _numbers(function(*given)), given, seconds, output)
    after()
    if outcome.error is not None:
        return failure(outcome, _files(function), limit)
    if isinstance(outcome.result, str):
        return outcome.result
    changed = [before for before, after in zip(arguments, given, strict=True) if not same(before, after)]
    if changed:
        kind = "array" if isinstance(changed[0], np.ndarray) else type(changed[0]).__name__
        return f"It changed the {kind} that it was given. Work on a copy, or make a new {kind}."
    return outcome.result


def is_blank(function):
    """Tell whether a function's body is only ``...``, ``pass``, ``return`` or a docstring."""
    code = getattr(function, "__code__", None)
    return code is not None and all(
        instruction.opname in ("RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")
        and (instruction.opname not in ("LOAD_CONST", "RETURN_CONST") or instruction.argval in (None, ...))
        for instruction in dis.get_instructions(code)
    )


def _numbers(result):
    """Return what a learner's function gave as an array of its own, or a sentence that says why that is impossible."""
    if result is None:
        return "It returned nothing. Does it end with a return?"
    try:
        array = _array(result)
        if array.dtype.kind in "biufO":  # text that looks like a number is none
            return _array(array, np.float64)
    except Exception:
        pass
    return f"It should return numbers, but it returned {type(result).__name__}."


def same(before, after):
    """Tell whether an argument is what it was, with all that is inside of it."""
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and before.shape == after.shape and before.tobytes() == after.tobytes()
    if isinstance(before, dict):
        return list(before) == list(after) and same([*before.values()], [*after.values()])
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(same, before, after))
    return repr(before) == repr(after)  # NaN, too, is what it was


def said(output):
    """Return lines for what a function printed and displayed."""
    lines = ""
    if output.lines:
        kept = output.text.splitlines()[:5]
        some = "It printed 1 line:" if output.lines == 1 else f"It printed {output.lines:,} lines in all trials:"
        lines += "\n".join(["", some, *(_cut(line, 100) for line in kept)])
        lines += "\n..." if output.lines > len(kept) else ""
    if output.displayed:
        lines += f"\nWhat it displayed, {output.displayed:,} in all trials, is not shown here."
    return lines


def failure(outcome, own, limit):
    """Say how code of a learner's ended that raised an error, and where.

    Parameters
    ----------
    outcome : colorkit.classroom.attempt.Outcome
    own : set of str
        Names of the files that are the learner's.
    limit : float
        Seconds that the learner is told of, if time ran out.

    Returns
    -------
    Failure
    """
    error, place = outcome.error, _place(outcome.error, own)
    try:
        text = str(error)
    except Exception:
        text = ""
    if isinstance(error, attempt.TimeIsUp):
        says = f"It was still running after {limit:g} s{place.rstrip(',')}. Is there a loop that never ends?"
        if outcome.running:
            says += RUNS_ON
    elif isinstance(error, SystemExit):
        says = f"It tried to end Python{place.rstrip(',')}. A function ends with return."
    else:
        line = " ".join(text.split())
        says = f"It stopped{place} with {type(error).__name__}{': ' if line else ''}{_cut(line, 300)}"
    return Failure(type(error).__name__, text, says)


def _files(function):
    """Return the name of the file that a learner's function stands in, as a set."""
    code = getattr(inspect.unwrap(getattr(function, "func", function)), "__code__", None)
    code = code or getattr(type(function).__call__, "__code__", None)
    return {code.co_filename} if code is not None else set()


def _place(error, own):
    """Return " in line 3, `return a / 0`,": the last line of the learner's own that an error came through."""
    frames = [
        (frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename in own
    ]
    if not frames:
        return ""
    frame, line = frames[-1]
    text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    return f" in line {line}, `{_cut(text, 80)}`," if text else f" in line {line},"


def _cut(text, length):
    return text if len(text) <= length else text[: length - 3] + "..."
