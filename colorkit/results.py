"""Results of long measurements: what `make results` has measured over several seeds, and kept in data/results.

A lesson takes minutes and one seed. What it says of several seeds it reads here, and so does its text: a number that
stands in the text as ``{{06-context:.1f}}`` is filled in from these files by `make notebooks`.
"""

import functools
import json
import re
import statistics
import sysconfig
from pathlib import Path

from colorkit import preset
from colorkit.files import FileProblem

_PLACE = re.compile(r"\{\{(\d\d)(-[\w-]+)( range)?(:[^{}]*)?\}\}")


def load(lesson):
    """Return what was measured for a lesson.

    Parameters
    ----------
    lesson : str
        Its name, for example ``"06_koalarization"``.

    Returns
    -------
    dict
        ``"claims"``: name of a claim -> its values, one for each seed; ``"album"``: name of a network -> measure ->
        photo -> its values, one for each seed (see `colorkit.album`); ``"seeds"``, ``"preset"``, ``"device"``,
        ``"date"``, ``"versions"`` and ``"command"`` say how.

    Raises
    ------
    FileProblem
        If nothing was measured for it, or the file is damaged.
    """
    path = folder() / f"{lesson}.json"
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise FileProblem(
            f"{path.name}: there are no results of this lesson; `make results LESSON={lesson[:2]}` measures them."
        ) from None
    except (OSError, ValueError) as error:
        raise FileProblem(f"{path}: it cannot be read ({error}); get a fresh copy, or measure again.") from error


def names():
    """Return the lessons that have results, in order.

    Returns
    -------
    list of str
    """
    return sorted(path.stem for path in folder().glob("[0-9][0-9]_*.json"))


@functools.cache
def folder():
    """Return the folder of the results: the clone's, else where the package was installed.

    Returns
    -------
    pathlib.Path
    """
    clone = preset.repository()
    return clone / "data" / "results" if clone else Path(sysconfig.get_path("data")) / "share" / "colorkit" / "results"


def fill(text):
    """Fill in the numbers of a text.

    Parameters
    ----------
    text : str
        With places such as ``{{06-context:.1f}}``: the name of a claim and a format. It becomes the median over the
        seeds; ``{{06-context range:.1f}}`` becomes the smallest and the largest value, ``5.1 to 6.3``, or one number
        where both look the same.

    Returns
    -------
    str

    Raises
    ------
    FileProblem
        If a claim has no results.
    """
    return _PLACE.sub(_filled, text)


def _filled(place):
    number, rest, spread, form = place.groups()
    lessons = [name for name in names() if name.startswith(f"{number}_")]
    values = load(lessons[0])["claims"].get(number + rest) if lessons else None
    if not values:
        raise FileProblem(
            f"{place[0]}: there are no results of the claim {number}{rest}; mend its name, or run "
            f"`make results LESSON={number}`."
        )
    shown = [min(values), max(values)] if spread else [statistics.median(values)]
    # A range whose ends look the same is one number.
    return " to ".join(dict.fromkeys(format(value, (form or ":g")[1:]) for value in shown))
