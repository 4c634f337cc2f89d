"""What is written when a class is graded: a table, a page for each student, and a summary for the teacher."""

import csv
import hashlib
import html
import io
import re
import time
from collections import Counter

from colorkit import files
from colorkit.classroom.assignments import lessons

_SIGNS = {
    "right": ("✓", "#00704f", "right"),
    "known": ("✗", "#a84300", "not right: a known mistake"),
    "wrong": ("✗", "#a84300", "not right"),
    "blank": ("✎", "#005a8d", "not tried"),
    "missing": ("✎", "#005a8d", "not found"),
}
_MOST_PAIRS = 200
_PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin: 2rem 0 0.3rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: 0.2rem 0.8rem 0.2rem 0; vertical-align: top; }}
th {{ border-bottom: 1px solid #888; }} td.n {{ text-align: right; }}
.scroll {{ overflow-x: auto; }}
.box {{ border-left: 4px solid; padding: 0.2rem 0.8rem; margin: 0.3rem 0; }}
.box p {{ margin: 0.2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
<h1>{title}</h1>
{body}
</html>
"""


def table(grading):
    """Return grades.csv: one row for each submission.

    Parameters
    ----------
    grading : colorkit.classroom.grading.running.Grading

    Returns
    -------
    bytes
        UTF-8 with a mark, by which spreadsheets know it.
    """
    names = list(grading.assignment.points)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    head = ["student", "number", "submission", "file", "points", "of", "problem"]
    writer.writerow([*head, *names, *(f"{name} state" for name in names), "look at", "notes"])
    for submission, record in grading.rows:
        rows = record["exercises"]
        looks = [f"{name}: {mark}" for name in names for mark in rows[name]["marks"]]
        writer.writerow(
            [
                _cell(who(submission, record)),
                _cell(record["number"] or submission.number),
                _cell(submission.name),
                _cell(record["file"]),
                f"{record['points']:g}",
                f"{grading.assignment.most:g}",
                _cell(record["problem"]),
                *(f"{rows[name]['points']:g}" for name in names),
                *(rows[name]["state"] for name in names),
                _cell(" ".join(looks)),
                _cell(" ".join(record["notes"])),
            ]
        )
    return text.getvalue().encode("utf-8-sig", "replace")


def who(submission, record):
    """Return the best name of a submission's author that there is."""
    return submission.who if submission.platform == "moodle" else record["student"] or submission.who


def _cell(text):
    """Return text as a spreadsheet shows it, and never computes with it."""
    text = " ".join(str(text).split())
    return f"'{text}" if text[:1] in "=+-@" and text else text


def feedback(grading, submission, record):
    """Return a student's page, in the words of the checks.

    Parameters
    ----------
    grading : colorkit.classroom.grading.running.Grading
    submission : colorkit.classroom.submissions.collecting.Submission
    record : dict

    Returns
    -------
    str
        HTML that needs nothing from elsewhere.
    """
    assignment = grading.assignment
    body = [f"<p>{html.escape(who(submission, record))}</p>"]
    body.append(f"<p><strong>{record['points']:g} of {assignment.most:g} points</strong></p>")
    if record["problem"]:
        body.append(_box("wrong", record["problem"]))
    for name, row in record["exercises"].items():
        where = f", in {row['where']}" if row["where"] else ""
        heading = f"{name} {_function(name)}: {row['points']:g} of {assignment.points[name]:g} points"
        body += [f"<h2>{html.escape(heading)}</h2>", _box(row["state"], row["message"], where)]
    if record["notes"]:
        body.append(
            "<h2>Notes</h2><ul>" + "".join(f"<li>{html.escape(note)}</li>" for note in record["notes"]) + "</ul>"
        )
    body.append(
        "<p>Each function was run with random inputs, which were not those of the notebook. Lines are counted from the "
        "top of the cell.</p>"
    )
    return _PAGE.format(title=html.escape(f"{assignment.name}. {assignment.title}"), body="\n".join(body))


def _function(name):
    try:
        return lessons.task(name).function
    except files.FileProblem:
        return ""


def _box(state, message, where=""):
    sign, color, words = _SIGNS[state]
    return (
        f'<div class="box" style="border-color: {color}"><p>'
        f'<span aria-hidden="true" style="color: {color}">{sign}</span> '
        f"<strong>{words}</strong>{html.escape(where)}</p><p>{html.escape(message)}</p></div>"
    )


def feedback_path(submission):
    """Return where a student's page goes, below the folder of feedback.

    Moodle takes them all back as one zip, if each lies in the folder from which the submission came.
    """
    if submission.platform == "moodle":
        return f"{submission.name.rsplit('/', 1)[-1]}/feedback.html"
    short = re.sub(r"[^\w.-]+", "_", submission.name)[:60].strip("._")
    return f"{short or 'submission'}_{hashlib.sha256(submission.name.encode('utf-8', 'replace')).hexdigest()[:6]}.html"


def pairs(grading):
    """Return the pairs of submissions of which all that was tried is the same but for names and spaces.

    Parameters
    ----------
    grading : colorkit.classroom.grading.running.Grading

    Returns
    -------
    list of (str, str, int)
        Both authors, and how much code it is: small answers are alike by chance. The largest first.
    """
    groups = {}
    for submission, record in grading.rows:
        tried = {name: row for name, row in record["exercises"].items() if row["fingerprint"]}
        if tried:
            key = tuple((name, row["fingerprint"]) for name, row in tried.items())
            size = sum(row["size"] for row in tried.values())
            groups.setdefault(key, (size, []))[1].append(f"{who(submission, record)} ({submission.name})")
    found = [
        (one, other, size)
        for size, people in groups.values()
        for number, one in enumerate(people)
        for other in people[number + 1 :]
    ]
    return sorted(found, key=lambda pair: -pair[2])


def summary(grading, gradebooks=()):
    """Return the teacher's page.

    Parameters
    ----------
    grading : colorkit.classroom.grading.running.Grading
    gradebooks : sequence of (str, colorkit.classroom.grading.gradebook.Filled)
        Each gradebook that was filled, and where it is.

    Returns
    -------
    str
    """
    assignment, records = grading.assignment, [record for _, record in grading.rows]
    points = sorted(record["points"] for record in records)
    middle = (points[(len(points) - 1) // 2] + points[len(points) // 2]) / 2
    limits, alike = grading.limits, pairs(grading)
    broken = [[submission.name, record["problem"]] for submission, record in grading.rows if record["problem"]]
    body = [
        f"<p>{len(records)} submissions, graded {time.strftime('%Y-%m-%d')}. Median {middle:g} of {assignment.most:g} "
        f"points. Seed of the random inputs: {grading.seed}. Limits of each function: {limits.seconds:g} s, "
        f"{limits.memory / 2**30:g} GiB. {_isolation(records)}</p>",
        "<h2>Exercises</h2>",
        _rows(
            ["exercise", "right", "known mistake", "wrong", "not tried", "not found"],
            [
                [f"{name} {_function(name)}", *(_count(records, name, state) for state in _SIGNS)]
                for name in assignment.points
            ],
        ),
        "<h2>Which wrong answers were how frequent</h2>",
        _rows(["exercise", "times", "what the student was told"], _frequent(records)),
        "<h2>Look at these yourself</h2>",
        _rows(["student", "exercise", "why"], _looks(grading)),
        "<h2>Alike but for names and spaces</h2>",
        "<p>No verdict: short answers are alike by chance. The number says how much code it is, in nodes of its syntax "
        "tree; below 100 or so it says nothing.</p>",
        _rows(["one", "another", "size"], [list(pair) for pair in alike[:_MOST_PAIRS]]),
        f"<p>and {len(alike) - _MOST_PAIRS} more</p>" if len(alike) > _MOST_PAIRS else "",
        "<h2>Problems</h2>",
        _rows(["submission", "what is wrong with it"], broken),
    ]
    for path, filled in gradebooks:
        body += [
            f"<h2>{filled.kind}: {html.escape(str(path))}</h2>",
            f"<p>Column “{html.escape(filled.column)}”, on a scale of {filled.most:g}. It has {filled.matched} of the "
            "submissions.</p>",
            _rows(["submissions without a line"], [[name] for name in filled.unknown]),
            _rows(["students without a submission"], [[name] for name in filled.without]),
        ]
    title = f"{assignment.name}. {assignment.title} (summary)"
    return _PAGE.format(title=html.escape(title), body="\n".join(filter(None, body)))


def _isolation(records):
    known = [record["isolated"] for record in records if record["isolated"]]
    if not known:
        return "No function was run."
    weak = [
        words
        for key, words in (("folders", "hide files"), ("calls", "refuse new processes and the network"))
        if not all(one[key] for one in known)
    ]
    if not weak:
        return "Files, new processes and the network were closed to them."
    return f"This system could not {' or '.join(weak)}: grade code of strangers in a container."


def _count(records, name, state):
    return sum(record["exercises"][name]["state"] == state for record in records)


def _frequent(records):
    """Return rows of exercise, count and message, the most frequent first in each exercise."""
    counts = {}
    for record in records:
        for name, row in record["exercises"].items():
            if row["state"] in ("known", "wrong"):
                said = row["hint"] or re.sub(r"[-+]?\d[\d.,e+-]*", "…", row["message"].split("\n")[0])[:160]
                counts.setdefault(name, Counter())[said] += 1
    return [[name, times, said] for name in sorted(counts) for said, times in counts[name].most_common()]


def _looks(grading):
    return [
        [who(submission, record), name, mark]
        for submission, record in grading.rows
        for name, row in record["exercises"].items()
        for mark in row["marks"]
    ]


def _rows(head, rows):
    if not rows:
        return f"<p>{html.escape(head[0].capitalize())}: none.</p>"
    cells = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = [
        "<tr>"
        + "".join(f"<td{' class=n' * isinstance(cell, int)}>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for row in rows
    ]
    return f'<div class="scroll"><table><tr>{cells}</tr>{"".join(lines)}</table></div>'


def write(grading, folder, gradebooks=()):
    """Write all of it.

    Parameters
    ----------
    grading : colorkit.classroom.grading.running.Grading
    folder : pathlib.Path
    gradebooks : sequence of (str, colorkit.classroom.grading.gradebook.Filled)
        Name of each gradebook, and what it became.
    """
    made = {"grades.csv": table(grading), "summary.html": summary(grading, gradebooks).encode("utf-8", "replace")}
    made |= {name: filled.data for name, filled in gradebooks}
    for submission, record in grading.rows:
        page = feedback(grading, submission, record)
        made[f"feedback/{feedback_path(submission)}"] = page.encode("utf-8", "replace")
    for name, data in made.items():
        path = folder / name
        with files.explain_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with files.atomic_write(path) as file:
            file.write(data)
