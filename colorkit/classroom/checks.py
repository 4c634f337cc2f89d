"""Checks for exercises."""

import copy
import dis

import numpy as np

from colorkit.show.box import box

TRIALS = 3


def check(name, function):
    """Check a learner's function, and go on with one that is right.

    The function is run on random inputs and compared with colorkit's reference. What is shown has three looks:
    not tried yet, wrong (with a hint) and right.

    Parameters
    ----------
    name : str
        The exercise, for example ``"01-a"``.
    function : callable
        What the learner wrote.

    Returns
    -------
    callable
        `function` if it is right, otherwise the reference, so that the lesson runs on.

    Raises
    ------
    ValueError
        If there is no exercise of that name.
    """
    from colorkit.classroom.exercises import EXERCISES

    if name not in EXERCISES:
        raise ValueError(f"there is no exercise {name!r}; there are {', '.join(EXERCISES)}")
    exercise = EXERCISES[name]
    state, message = _judge(exercise, function)
    sign, color, label = {
        "blank": ("✎", "#0072b2", "not tried yet"),
        "wrong": ("✗", "#d55e00", "not yet right"),
        "right": ("✓", "#009e73", "right"),
    }[state]
    box(sign, color, f"Exercise {name}: {label}.", message)
    return function if state == "right" else exercise.reference


def _judge(exercise, function):
    """Return ("blank" | "wrong" | "right", message)."""
    if not callable(function):
        return "wrong", f"Pass the function itself, without calling it; this is of type {type(function).__name__}."
    if _is_blank(function):
        return "blank", "Write its body and run the cell again. Until then the lesson goes on with colorkit's own."
    seen = []  # one (arguments, expected, got) for each trial
    for trial in range(TRIALS):
        arguments = exercise.inputs(np.random.default_rng(trial))
        given = copy.deepcopy(arguments)
        try:
            result = function(*given)
        except NotImplementedError:
            return "blank", "It raises NotImplementedError: write its body and run the cell again."
        except Exception as error:
            return "wrong", f"It stopped with {type(error).__name__}: {error}"
        if result is None:
            return "wrong", "It returned nothing. Does it end with a return?"
        if not all(np.array_equal(before, after) for before, after in zip(arguments, given, strict=True)):
            return "wrong", "It changed the array that it was given. Work on a copy, or make a new array."
        try:
            result = np.asarray(result, dtype=np.float64)
        except (TypeError, ValueError):
            return "wrong", f"It should return numbers, but it returned {type(result).__name__}."
        seen.append((arguments, np.asarray(exercise.reference(*arguments), dtype=np.float64), result))
    if all(_close(expected, result, exercise) for _, expected, result in seen):
        return "right", "It agrees with colorkit's on random inputs, and the lesson goes on with yours."
    for hint, mistake in exercise.mistakes.items():
        if all(_close(np.asarray(mistake(*arguments), np.float64), result, exercise) for arguments, _, result in seen):
            return "wrong", hint
    return "wrong", _difference(*next(trial[1:] for trial in seen if not _close(*trial[1:], exercise)))


def _is_blank(function):
    """Tell whether a function's body is only ``...``, ``pass`` or a docstring."""
    code = getattr(function, "__code__", None)
    return code is not None and all(
        instruction.opname in ("RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")
        and (instruction.opname not in ("LOAD_CONST", "RETURN_CONST") or instruction.argval is None)
        for instruction in dis.get_instructions(code)
    )


def _close(expected, result, exercise):
    return expected.shape == result.shape and np.allclose(
        expected, result, rtol=exercise.tolerance, atol=exercise.tolerance, equal_nan=True
    )


def _difference(expected, result):
    if expected.shape != result.shape:
        return f"It should return shape {expected.shape}, but returned {result.shape}."
    if not np.isfinite(result).all():
        return "It returned NaN or infinity. Is something divided by zero, or a root taken of a negative number?"
    worst = np.unravel_index(np.abs(expected - result).argmax(), expected.shape)
    where = f" at index {tuple(int(i) for i in worst)}" if worst else ""
    return f"On a random input{where} it should give {expected[worst]:.4g}, but it gave {result[worst]:.4g}."
