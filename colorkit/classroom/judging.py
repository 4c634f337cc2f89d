"""From trials of a function to the verdict: right, a known mistake, or wrong in words."""

import numpy as np

from colorkit.classroom.trial import Failure

NOT_IMPLEMENTED = "It raises NotImplementedError: write its body and run the cell again."


def prepare(exercise, random):
    """Return random arguments of an exercise, and what the reference gives for them."""
    arguments = exercise.inputs(random)
    return arguments, np.array(exercise.reference(*arguments), np.float64)


def verdict(exercise, trials):
    """Judge what a function gave.

    Parameters
    ----------
    exercise : colorkit.classroom.exercises.Exercise
    trials : iterable of (tuple, numpy.ndarray, object)
        Arguments, what the reference gives for them, and what the function gave (`colorkit.classroom.trial.run`). No
        more of them is asked for after one that gave no numbers.

    Returns
    -------
    state : str
        ``"blank"``, ``"wrong"`` or ``"right"``.
    message : str
        What the learner is told.
    hint : str
        The known mistake that it is, a key of `exercise.mistakes`; else ``""``.
    """
    seen, stopped = [], ""
    for arguments, expected, got in trials:
        if isinstance(got, str):
            return "wrong", got, ""
        seen.append((arguments, expected, got))
        if isinstance(got, Failure):
            if got.kind == "NotImplementedError":
                return "blank", NOT_IMPLEMENTED, ""
            stopped = got.says
            break
    if all(agree(expected, got, exercise.tolerance) for _, expected, got in seen):
        return "right", "It agrees with colorkit's on random inputs.", ""
    for hint, mistake in exercise.mistakes.items():
        if all(agree(answer(mistake, arguments), got, exercise.tolerance) for arguments, _, got in seen):
            return "wrong", f"{hint} {stopped}".rstrip(), hint
    differences = (
        difference(expected, got) for _, expected, got in seen if not agree(expected, got, exercise.tolerance)
    )
    return "wrong", stopped or next(differences), ""


def answer(function, arguments):
    """Return what a function of colorkit's gives, as an array, or the `Failure` that it ends with."""
    try:
        with np.errstate(all="ignore"):
            return np.array(function(*arguments), np.float64)
    except Exception as error:
        return Failure(type(error).__name__, str(error))


def agree(expected, got, tolerance):
    """Tell whether two results, arrays or failures, are the same up to a relative and absolute tolerance."""
    if isinstance(expected, Failure) or isinstance(got, Failure):
        both = isinstance(expected, Failure) and isinstance(got, Failure)
        return both and (expected.kind, expected.text) == (got.kind, got.text)
    if expected.shape != got.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):  # infinity minus infinity
        close = abs(expected - got) <= tolerance * (1 + abs(expected))
    equal = (expected == got) | (np.isnan(expected) & np.isnan(got))
    return bool((close & (abs(expected) < np.inf) | equal).all())


def difference(expected, got):
    """Say in words how a result differs from what it should be."""
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
