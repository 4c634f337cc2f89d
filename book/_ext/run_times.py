"""When each lesson was last run, how long that took, with which versions and on what: on its page, and as a table."""

from pathlib import Path
from typing import NamedTuple

from colorkit_book import last_runs, row
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from colorkit import progress

UNIT = "02_one_photo"  # the lesson in whose time all times are given


class Run(NamedTuple):
    """The last run of a lesson.

    Attributes
    ----------
    seconds : float
        What it took.
    day : str
        When, for example ``"26 November 2026"``.
    lines : list of str
        What the lesson's first cell printed: versions, and what it ran on.
    """

    seconds: float
    day: str
    lines: list


class RunTimes(nodes.General, nodes.Element):
    """Stands where the table goes, until every lesson has run."""


class RunTimesDirective(SphinxDirective):
    """How long each lesson took in this build."""

    def run(self):
        """Leave a place for the table."""
        self.env.note_reread()
        return [RunTimes()]


def runs(root):
    """Return the last run of each lesson whose notebook has not changed since.

    Parameters
    ----------
    root : pathlib.Path
        The repository.

    Returns
    -------
    dict of str to Run
    """
    found = {}
    for lesson, record, notebook in last_runs(root):
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        printed = next((output.text for output in outputs if output.get("name") == "stdout"), "")
        day = f"{record.created.day} {record.created:%B %Y}"
        found[lesson] = Run(record.data["execution_seconds"], day, printed.splitlines()[:2])
    return found


def multiple(seconds, found):
    """Return a time in units of lesson 2's, as text; empty where lesson 2 has not run."""
    return f"{seconds / found[UNIT].seconds:.1f}" if UNIT in found else ""


def add_times(app, doctree, docname):
    """Put the table in its place, and the line about the last run below a lesson."""
    places = list(doctree.findall(RunTimes))
    lesson = docname.removeprefix("notebooks/") if docname.startswith("notebooks/") else None
    if not places and lesson is None:
        return
    found = runs(Path(app.srcdir))
    for place in places:
        place.replace_self(_table(app, docname, found))
    if lesson in found:
        run = found[lesson]
        times = f" ({multiple(run.seconds, found)} times lesson 2)" if lesson != UNIT and UNIT in found else ""
        said = " · ".join([f"Last run on {run.day} in {progress.duration(run.seconds)}{times}", *run.lines])
        line = nodes.paragraph("", said, classes=["colorkit-last-run"])
        next(doctree.findall(nodes.section), doctree).append(line)


def _table(app, docname, found):
    if not found:
        return nodes.paragraph("", "No lesson has run in this build.")
    table = nodes.table(classes=["colorkit-run-times"])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (4, 2, 2, 2)), cols=4)
    table += group
    head, body = nodes.thead(), nodes.tbody()
    group += [head, body]
    head += row("Lesson", "Time", "Times lesson 2", "Run on")
    for lesson, run in found.items():
        link = nodes.reference("", lesson, internal=True)
        link["refuri"] = app.builder.get_relative_uri(docname, f"notebooks/{lesson}")
        body += row(link, progress.duration(run.seconds), multiple(run.seconds, found), run.day)
    total = sum(run.seconds for run in found.values())
    body += row("all", progress.duration(total), multiple(total, found), "")
    machines = sorted({line for run in found.values() for line in run.lines})
    return nodes.container("", table, *(nodes.paragraph("", line) for line in machines))


def setup(app):
    """Register all this with Sphinx."""
    app.add_node(RunTimes)
    app.add_directive("run-times", RunTimesDirective)
    app.connect("doctree-resolved", add_times)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
