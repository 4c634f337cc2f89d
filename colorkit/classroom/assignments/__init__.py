"""Assignments: which exercises of the lessons make one, and how much each of them counts."""

import hashlib
import json
import os
import re
import tomllib
from dataclasses import asdict, dataclass, field
from importlib.resources import files as packaged
from pathlib import Path

from colorkit.classroom import exercises
from colorkit.files import FileProblem, shown


@dataclass(frozen=True)
class Assignment:
    """An assignment.

    Attributes
    ----------
    name : str
        ``"A2"``
    title : str
    minutes : int
        How long it may take: a guess.
    partial : float
        The share of an exercise's points that a known wrong answer gets, 0..1.
    points : dict of str to float
        Exercise -> its points, in order.
    context : dict of str to str
        Exercise -> Markdown that stands before its text.
    """

    name: str
    title: str
    minutes: int
    partial: float
    points: dict
    context: dict = field(default_factory=dict)

    @property
    def most(self):
        """Return the points of an assignment without a mistake."""
        return sum(self.points.values())

    @property
    def digest(self):
        """Return what changes when grades would: a digest of exercises and points."""
        counts = {name: value for name, value in asdict(self).items() if name in ("points", "partial")}
        return hashlib.sha256(json.dumps(counts, sort_keys=True).encode()).hexdigest()[:16]


def load(name, file=None):
    """Return an assignment.

    Parameters
    ----------
    name : str
        ``"A2"``
    file : pathlib.Path, optional
        A file of one's own; left out, that with the ready ones.

    Returns
    -------
    Assignment

    Raises
    ------
    FileProblem
        If there is no such assignment, or the file says something that cannot be.
    """
    every = _read(file)
    if name not in every:
        raise FileProblem(f"There is no assignment {shown(name)}; there are {', '.join(every) or 'none'}.")
    return _assignment(name, every[name], shown(file or "assignments.toml"))


def names(file=None):
    """Return the names of all assignments in a file, in order."""
    return list(_read(file))


def _read(file):
    try:
        if file is None:
            text = packaged(__name__).joinpath("assignments.toml").read_text("utf-8")
        else:
            text = Path(os.path.expanduser(file)).read_text("utf-8")
        return tomllib.loads(text)
    except FileNotFoundError:
        raise FileProblem(f"{shown(file)}: there is no such file; check the path.") from None
    except (OSError, ValueError) as error:
        raise FileProblem(f"{shown(file)}: it cannot be read ({error}); mend that line.") from None


def _assignment(name, table, file):
    def wrong(what):
        return FileProblem(f"{file}, {name}: {what}.")

    if not re.fullmatch(r"[\w-]{1,40}", name):
        raise wrong("a name has letters, digits, - and _ only")
    if not isinstance(table, dict):
        raise wrong("it is no table; begin it with its name in brackets")
    unknown = set(table) - {"title", "minutes", "partial", "exercises", "context"}
    if unknown:
        raise wrong(f"{', '.join(sorted(unknown))} is unknown; there are title, minutes, partial, exercises, context")
    rows = table.get("exercises")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise wrong('it needs exercises, a list such as [{ name = "01-a", points = 2 }]')
    points = {}
    for row in rows:
        exercise, worth = row.get("name"), row.get("points", 1)
        if exercise not in exercises.names():
            raise wrong(f"there is no exercise {exercise!r}; the lessons' are 01-a to {exercises.names()[-1]}")
        if exercise in points:
            raise wrong(f"exercise {exercise} is there twice")
        if isinstance(worth, bool) or not isinstance(worth, int | float) or not 0 < worth < 10_000:
            raise wrong(f"the points of {exercise} are a number above 0, not {worth!r}")
        points[exercise] = worth
    partial = table.get("partial", 0)
    if isinstance(partial, bool) or not isinstance(partial, int | float) or not 0 <= partial <= 1:
        raise wrong(f"partial is a share from 0 to 1, not {partial!r}")
    context = table.get("context", {})
    if not isinstance(context, dict) or not set(context) <= set(points):
        raise wrong("context is a table of texts for exercises that are in the assignment")
    title, minutes = str(table.get("title", name)), table.get("minutes", 60)
    if not isinstance(minutes, int):
        raise wrong(f"minutes is a whole number, not {minutes!r}")
    return Assignment(name, title, minutes, partial, points, {key: str(text) for key, text in context.items()})


def as_toml(assignment):
    """Return an assignment as a file of assignments has it.

    Parameters
    ----------
    assignment : Assignment

    Returns
    -------
    str
    """

    def text(value):  # a string of JSON is one of TOML
        return json.dumps(value)

    rows = [f"    {{ name = {text(name)}, points = {worth:g} }}," for name, worth in assignment.points.items()]
    lines = [
        f"[{text(assignment.name)}]",
        f"title = {text(assignment.title)}",
        f"minutes = {assignment.minutes}",
        f"partial = {assignment.partial:g}",
        "exercises = [",
        *rows,
        "]",
        f"[{text(assignment.name)}.context]",
        *(f"{text(name)} = {text(words)}" for name, words in assignment.context.items()),
    ]
    return "\n".join(lines) + "\n"
