"""Where a student stands at the end of an assignment."""

from colorkit.classroom import checks
from colorkit.show.box import box

STANDING_MIME = "application/vnd.colorkit.standing+json"
_LOOKS = {"right": "✓ right", "wrong": "✗ not yet right", "blank": "✎ not tried yet", None: "– its check was not run"}


def standing(assignment, points, student=""):
    """Show which checks of an assignment passed, as they were run last, and what to hand in.

    Beside it the same goes into the cell's output as data (`STANDING_MIME`).

    Parameters
    ----------
    assignment : str
        Its name, for example ``"A2"``.
    points : dict of str to float
        Exercise -> how many points it counts.
    student : str
        The name that was filled in.

    Examples
    --------
    >>> standing("A0", {"01-b": 2}, "Ada")
    – A0: 0 of 2 points so far
      01-b: – its check was not run (2)
      Checks that were not run: run this notebook from the top, then this cell again.
      Hand in this notebook, saved: the file that ends in .ipynb. In Colab: File > Download > Download .ipynb.
    """
    states = {name: checks.verdicts.get(name) for name in points}
    reached = sum(worth for name, worth in points.items() if states[name] == "right")
    lines = [f"{name}: {_LOOKS[state]} ({points[name]:g})" for name, state in states.items()]
    if None in states.values():
        lines.append("Checks that were not run: run this notebook from the top, then this cell again.")
    if not student.strip():
        lines.append("Your name is missing: fill it in at the top, and run that cell and this one again.")
    lines.append(
        "Hand in this notebook, saved: the file that ends in .ipynb. In Colab: File > Download > Download .ipynb."
    )
    done = reached == sum(points.values())
    sign, color = ("✓", "#009e73") if done else ("–", "#0072b2")
    data = {STANDING_MIME: {"assignment": assignment, "points": reached, "states": states}}
    box(sign, color, f"{assignment}: {reached:g} of {sum(points.values()):g} points so far", "\n".join(lines), data)
