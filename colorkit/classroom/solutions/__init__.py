"""A solution of each exercise, written as a learner would, from the text of the exercise and its hint.

They stand in a teacher's key, and grading takes from them what an exercise's function is called. They are not what
answers are compared with: that is the `reference` of `colorkit.classroom.exercises`, and tests prove the two against
each other. Those of a lesson are in `lesson_NN`.
"""

from importlib import import_module

from colorkit.classroom import exercises


def find(name):
    """Return the solution of an exercise.

    Parameters
    ----------
    name : str
        The exercise: ``"01-a"``.

    Returns
    -------
    callable
        Its `__name__` is what the lesson calls the function.

    Raises
    ------
    ValueError
        If there is no exercise of that name.
    """
    exercises.find(name)
    return import_module(f"{__name__}.lesson_{name[:2]}").SOLUTIONS[name]
