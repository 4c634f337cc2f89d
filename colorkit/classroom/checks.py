"""Checks for exercises."""

import builtins
import copy
import dis
import inspect
import linecache
import math
import time
import traceback

import numpy as np

from colorkit.classroom import attempt
from colorkit.show.box import box

CHECK_MIME = "application/vnd.colorkit.check+json"
TRIALS = 3
TIME_LIMIT = 10  # seconds for all trials of a function; a right answer takes milliseconds

_array = np.array  # called while what a learner's function may have written over is not yet put back

_LOOKS = {
    "blank": ("✎", "#0072b2", "not tried yet"),
    "wrong": ("✗", "#d55e00", "not yet right"),
    "right": ("✓", "#009e73", "right"),
}
# A cell may write over these by mistake, and then nothing that is computed with them is to be trusted.
_OWN = [
    (owner, name, value)
    for owner in (np, np.linalg, np.random, math)
    for name, value in vars(owner).items()
    if callable(value) and not name.startswith("_")
] + [(builtins, name, getattr(builtins, name)) for name in "abs all any len max min range round sorted sum zip".split()]


def check(name, function, seed=None):
    """Check a learner's function, and go on with one that is right.

    The function is run on random inputs and compared with colorkit's reference. What is shown has three looks:
    not tried yet, wrong (with a hint) and right. The verdict also goes into the cell's output as data (`CHECK_MIME`):
    ``exercise``, ``state`` ("blank", "wrong" or "right") and ``message``.

    Whatever the function does, the notebook goes on: it is stopped after `TIME_LIMIT` seconds, cannot end Python with
    ``exit()``, gets copies of the inputs, and of what it prints only the beginning is shown. Names of NumPy and Python
    that a cell has written over get their own values back. This guards against mistakes. Code that means harm, or
    means to look right, can do so in the same process (`os._exit`, a look at the reference): who gives grades runs it
    in another. `colorkit.classroom.attempt.run` says what else cannot be stopped.

    Parameters
    ----------
    name : str
        The exercise, for example ``"01-a"``.
    function : callable
        What the learner wrote.
    seed : int, optional
        Makes the random inputs the same each time. Left out, they are new at each call.

    Returns
    -------
    callable
        `function` if it is right, otherwise the reference, so that the lesson runs on.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> def chroma(ab):
    ...     return (ab**2).sum(axis=-1)
    >>> chroma = check("01-c", chroma)
    ✗ Exercise 01-c: not yet right.
      This is chroma squared: take the square root.
    >>> chroma([[3.0, 4.0]])  # the lesson goes on with colorkit's own
    array([5.])
    """
    from colorkit.classroom import exercises

    exercise = exercises.find(name)
    overwritten = _put_back()
    output = attempt.Output()
    state, message = _judge(exercise, function, np.random.default_rng(seed), output, overwritten)
    if overwritten:
        be = "has its own value" if len(overwritten) == 1 else "have their own values"
        message += f"\nYour code had written over {', '.join(overwritten)}, which now {be} again."
    sign, color, label = _LOOKS[state]
    data = {CHECK_MIME: {"exercise": name, "state": state, "message": message}}
    box(sign, color, f"Exercise {name}: {label}.", message + _said(output), data)
    return function if state == "right" else exercise.reference


def _judge(exercise, function, random, output, overwritten):
    """Return ("blank" | "wrong" | "right", message); what is printed and written over goes into the last two."""
    if not callable(function):
        return "wrong", f"Pass the function itself, without calling it; this is of type {type(function).__name__}."
    if function is exercise.reference:
        return "blank", "This is colorkit's own, which an earlier check may have given you: run the cell with yours."
    if _is_blank(function):
        return "blank", "Write its body and run the cell again. Until then the lesson goes on with colorkit's own."
    end = time.monotonic() + TIME_LIMIT
    seen = []  # one (arguments, expected, got) for each trial; an error is what was got, too
    stopped = ""
    while len(seen) < TRIALS and not stopped:
        arguments = exercise.inputs(random)
        expected = np.array(exercise.reference(*arguments), np.float64)
        given = copy.deepcopy(arguments)
        outcome = attempt.run(lambda *given: _numbers(function(*given)), given, end - time.monotonic(), output)
        overwritten.update(_put_back())
        if isinstance(outcome.error, NotImplementedError):
            return "blank", "It raises NotImplementedError: write its body and run the cell again."
        if outcome.error is not None:
            stopped = _stopped(outcome, function)
        elif isinstance(outcome.result, str):
            return "wrong", outcome.result
        elif changed := [before for before, after in zip(arguments, given, strict=True) if not _same(before, after)]:
            kind = "array" if isinstance(changed[0], np.ndarray) else type(changed[0]).__name__
            return "wrong", f"It changed the {kind} that it was given. Work on a copy, or make a new {kind}."
        seen.append((arguments, expected, outcome.result if outcome.error is None else outcome.error))
    if all(_agree(expected, got, exercise.tolerance) for _, expected, got in seen):
        return "right", "It agrees with colorkit's on random inputs, and the lesson goes on with yours."
    for hint, mistake in exercise.mistakes.items():
        if all(_agree(_answer(mistake, arguments), got, exercise.tolerance) for arguments, _, got in seen):
            return "wrong", f"{hint} {stopped}".rstrip()
    return "wrong", stopped or next(
        _difference(expected, got) for _, expected, got in seen if not _agree(expected, got, exercise.tolerance)
    )


def _is_blank(function):
    """Tell whether a function's body is only ``...``, ``pass``, ``return`` or a docstring."""
    code = getattr(function, "__code__", None)
    return code is not None and all(
        instruction.opname in ("RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")
        and (instruction.opname not in ("LOAD_CONST", "RETURN_CONST") or instruction.argval in (None, ...))
        for instruction in dis.get_instructions(code)
    )


def _put_back():
    """Give NumPy's and Python's functions their own values. Return the names of those that had others, as dict keys."""
    changed = [(owner, name, value) for owner, name, value in _OWN if vars(owner).get(name) is not value]
    for owner, name, value in changed:
        setattr(owner, name, value)
    names = (f"{owner.__name__.replace('numpy', 'np')}.{name}" for owner, name, _ in changed)
    return dict.fromkeys(name.removeprefix("builtins.") for name in names)


# --- what was returned ---


def _answer(function, arguments):
    """Return what a function of colorkit's gives, as an array, or the error that it raises."""
    try:
        with np.errstate(all="ignore"):
            return np.array(function(*arguments), np.float64)
    except Exception as error:
        return error


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


def _agree(expected, got, tolerance):
    """Tell whether two results, arrays or errors, are the same up to a relative and absolute tolerance."""
    if isinstance(expected, BaseException) or isinstance(got, BaseException):
        return type(expected) is type(got) and str(expected) == str(got)
    if expected.shape != got.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):  # infinity minus infinity
        close = abs(expected - got) <= tolerance * (1 + abs(expected))
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    return bool((close & (abs(expected) < np.inf) | same).all())


def _difference(expected, got):
    if expected.shape != got.shape:
        return f"It should return shape {expected.shape}, but returned {got.shape}."
    if not np.isfinite(got).all():
        return "It returned NaN or infinity. Is something divided by zero, or a root taken of a negative number?"
    worst = np.unravel_index(abs(expected - got).argmax(), expected.shape)
    where = f" at index {tuple(int(i) for i in worst)}" if worst else ""
    digits = next(
        (digits for digits in range(4, 17) if f"{expected[worst]:.{digits}g}" != f"{got[worst]:.{digits}g}"), 17
    )
    return f"On a random input{where} it should give {expected[worst]:.{digits}g}, but it gave {got[worst]:.{digits}g}."


def _same(before, after):
    """Tell whether an argument is what it was, with all that is inside of it."""
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and before.shape == after.shape and before.tobytes() == after.tobytes()
    if isinstance(before, dict):
        return list(before) == list(after) and _same([*before.values()], [*after.values()])
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_same, before, after))
    return repr(before) == repr(after)  # NaN, too, is what it was


# --- what else it did ---


def _stopped(outcome, function):
    """Say how a function ended that returned nothing, and where."""
    error, place = outcome.error, _place(outcome.error, function)
    if isinstance(error, attempt.TimeIsUp):
        message = f"It was still running after {TIME_LIMIT:g} s{place.rstrip(',')}. Is there a loop that never ends?"
        if outcome.running:
            message += " It could not be stopped, and slows down what follows: restart the kernel."
        return message
    if isinstance(error, SystemExit):
        return f"It tried to end Python{place.rstrip(',')}. A function ends with return."
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return f"It stopped{place} with {type(error).__name__}{': ' if text else ''}{_cut(text, 300)}"


def _place(error, function):
    """Return " in line 3, `return a / 0`,": the last line of the learner's own that an error came through."""
    code = getattr(inspect.unwrap(getattr(function, "func", function)), "__code__", None)
    code = code or getattr(type(function).__call__, "__code__", None)
    own = [
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if code is not None and frame.f_code.co_filename == code.co_filename
    ]
    if not own:
        return ""
    frame, line = own[-1]
    text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    return f" in line {line}, `{_cut(text, 80)}`," if text else f" in line {line},"


def _said(output):
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


def _cut(text, length):
    return text if len(text) <= length else text[: length - 3] + "..."
