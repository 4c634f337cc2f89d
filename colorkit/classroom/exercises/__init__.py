"""The lessons' exercises: for each, colorkit's reference, random inputs, and known mistakes with their hints."""

from importlib import import_module

from colorkit.classroom.exercises.exercise import Exercise

_LESSONS = ("01", "02", "03", "04", "05", "06", "07", "08", "09")

EXERCISES = {
    name: exercise
    for lesson in _LESSONS
    for name, exercise in import_module(f"{__name__}.lesson_{lesson}").EXERCISES.items()
}

__all__ = ["EXERCISES", "Exercise"]
