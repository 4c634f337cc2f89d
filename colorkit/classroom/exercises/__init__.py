"""The lessons' exercises: for each, colorkit's reference, random inputs, and known mistakes with their hints.

Those of a lesson are in `lesson_NN`, and are read when the first of them is asked for.
"""

import pkgutil
from importlib import import_module

from colorkit.classroom.exercises.exercise import Exercise


def names():
    """Return the names of all exercises.

    Returns
    -------
    list of str
        ``"01-a"`` and so on, in order.
    """
    return [name for lesson in _lessons() for name in _of(lesson)]


def find(name):
    """Return an exercise.

    Parameters
    ----------
    name : str
        The lesson's two digits and a letter: ``"01-a"``.

    Returns
    -------
    Exercise

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    lesson = str(name)[:2]
    if lesson not in _lessons() or name not in _of(lesson):
        raise ValueError(f"there is no exercise {name!r}; there are {', '.join(names())}")
    return _of(lesson)[name]


def _lessons():
    files = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [file.removeprefix("lesson_") for file in files if file.startswith("lesson_")]


def _of(lesson):
    return import_module(f"{__name__}.lesson_{lesson}").EXERCISES


__all__ = ["Exercise", "find", "names"]
