"""Checks for exercises."""

import builtins
import math
import time

import numpy as np

from colorkit import preset
from colorkit.classroom import attempt, judging, trial
from colorkit.show.box import box

CHECK_MIME = "application/vnd.colorkit.check+json"
verdicts = {}  # exercise -> its last state in this session

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

    Whatever the function does, the notebook goes on: it is stopped after `trial.TIME_LIMIT` seconds, cannot end Python
    with ``exit()``, gets copies of the inputs, and of what it prints only the beginning is shown. Names of NumPy and
    Python that a cell has written over get their own values back. This guards against mistakes. Code that means harm,
    or means to look right, can do so in the same process (`os._exit`, a look at the reference): ``colorkit grade`` runs
    it in another. `colorkit.classroom.attempt.run` says what else cannot be stopped.

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
    verdicts[name] = state
    sign, color, label = _LOOKS[state]
    data = {CHECK_MIME: {"exercise": name, "state": state, "message": message}}
    box(sign, color, f"Exercise {name}: {label}.", message + trial.said(output), data)
    return function if state == "right" else exercise.reference


def _judge(exercise, function, random, output, overwritten):
    """Return ("blank" | "wrong" | "right", message); what is printed and written over goes into the last two."""
    if not callable(function):
        return "wrong", f"Pass the function itself, without calling it; this is of type {type(function).__name__}."
    if function is exercise.reference:
        return "blank", "This is colorkit's own, which an earlier check may have given you: run the cell with yours."
    if trial.is_blank(function):
        if preset.building_book():
            return "blank", "Here nothing can be run: open the lesson with the links above, and write the body there."
        return "blank", "Write its body and run the cell again. Until then the lesson goes on with colorkit's own."
    end = time.monotonic() + trial.TIME_LIMIT

    def trials():
        for _ in range(trial.TRIALS):
            arguments, expected = judging.prepare(exercise, random)
            settings = {"seconds": end - time.monotonic(), "limit": trial.TIME_LIMIT}
            got = trial.run(function, arguments, output, after=lambda: overwritten.update(_put_back()), **settings)
            yield arguments, expected, got

    state, message, _ = judging.verdict(exercise, trials())
    if state == "right":
        message = f"{message.rstrip('.')}, and the lesson goes on with yours."
    return state, message


def _put_back():
    """Give NumPy's and Python's functions their own values. Return the names of those that had others, as dict keys."""
    changed = [(owner, name, value) for owner, name, value in _OWN if vars(owner).get(name) is not value]
    for owner, name, value in changed:
        setattr(owner, name, value)
    names = (f"{owner.__name__.replace('numpy', 'np')}.{name}" for owner, name, _ in changed)
    return dict.fromkeys(name.removeprefix("builtins.") for name in names)
