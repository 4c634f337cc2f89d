"""One submission: its functions found, tried in the sandbox, and judged here, where the right answers are."""

import atexit
import functools
import threading
import traceback
import zlib
from dataclasses import dataclass

import numpy as np

from colorkit.classroom import exercises, judging, solutions, trial
from colorkit.classroom.assignments import Assignment, lessons
from colorkit.classroom.sandbox import Limits, Sandbox
from colorkit.classroom.submissions import likeness
from colorkit.classroom.submissions.code import Code
from colorkit.files import FileProblem

_here = threading.local()  # each thread has a sandbox of its own
# One thread at a time parses: before 3.11.8 and 3.12.2, Python's parser now and then fails when two do (gh-106905).
_parsing = threading.Lock()
_sandboxes = []


@dataclass(frozen=True)
class Job:
    """A submission to be graded, wherever that is done.

    Attributes
    ----------
    assignment : colorkit.classroom.assignments.Assignment
    files : tuple of (str, colorkit.classroom.submissions.reading.Notebook)
        What was handed in: name and content of each file.
    seed : int
        Of the random inputs.
    limits : colorkit.classroom.sandbox.Limits
        Of each function.
    """

    assignment: Assignment
    files: tuple
    seed: int
    limits: Limits


def grade(job):
    """Grade a submission, whatever is wrong with it.

    Parameters
    ----------
    job : Job

    Returns
    -------
    dict
        ``"file"``: which of its files was graded; ``"student"``, ``"number"``: what it says of its author;
        ``"problem"``: why there is nothing to grade, or ``""``; ``"notes"``: what the teacher should know;
        ``"exercises"``: exercise -> ``"state"`` (``"right"``, ``"known"`` for a known wrong answer, ``"wrong"``,
        ``"blank"``, ``"missing"``), ``"points"``, ``"message"``, ``"hint"``, ``"where"``, ``"marks"``,
        ``"fingerprint"`` and ``"size"``; ``"points"``: the sum; ``"isolated"``: whether the system hid its files, and
        refused processes and the network.
    """
    notebooks = [(name, _opened(notebook, job.assignment)) for name, notebook in job.files]
    name, (code, problem, notes) = max(notebooks, key=lambda pair: _promise(pair[1][0], job.assignment))
    readable = [one for one, (other, _, _) in notebooks if other is not None]
    if len(readable) > 1:
        notes = [*notes, f"{len(readable)} notebooks were handed in; graded is {name}, in which most is done."]
    graded, isolated = {}, []
    for exercise, worth in job.assignment.points.items():
        try:
            row, ran = _exercise(code, exercise, job)
        except FileProblem:
            raise
        except Exception as error:  # of the grader's own: the teacher sees it, and the class is graded
            where = traceback.extract_tb(error.__traceback__)[-1]
            problem_here = (
                f"Not graded: {type(error).__name__} in {where.name}, line {where.lineno}. Look at it yourself."
            )
            row, ran = _row("wrong", problem_here), None
        row["points"] = worth * {"right": 1, "known": job.assignment.partial}.get(row["state"], 0)
        notes = [*notes, *(note for note in row.pop("notes", []) if note not in notes)]
        graded[exercise] = row
        isolated += [ran] if ran is not None and ran.state != "ended" else []
    return {
        "file": name,
        "student": code.text_of("student_name")[:200] if code else "",
        "number": code.text_of("student_number")[:200] if code else "",
        "problem": problem,
        "notes": notes,
        "exercises": graded,
        "points": sum(row["points"] for row in graded.values()),
        "isolated": {"folders": all(r.folders for r in isolated), "calls": all(r.calls for r in isolated)}
        if isolated
        else None,
    }


def _opened(notebook, assignment):
    """Return the code of a file or None, what is wrong with it, and notes."""
    if notebook.problem:
        return None, notebook.problem, notebook.notes
    try:
        with _parsing:
            code = Code(notebook.cells, _given(tuple(assignment.points)))
    except Exception as error:  # nothing that is handed in stops a class
        return None, f"It cannot be read ({type(error).__name__}).", notebook.notes
    notes = [f"Python cannot read {where}: {says}." for where, _, says in code.broken]
    return code, "", [*notebook.notes, *notes]


@functools.cache
def _given(names):
    """Return the lines that import what a notebook for these exercises imports."""
    try:
        lines = [line for name in names for line in lessons.task(name).imports]
    except FileProblem:  # colorkit without the lessons
        lines = []
    return "\n".join(dict.fromkeys(["import numpy as np", *lines]))


def _promise(code, assignment):
    """Return how much of an assignment is done in a file."""
    if code is None:
        return -1
    found = [code.find(solutions.find(name).__name__, name) for name in assignment.points]
    return sum(function is not None and not function.blank for function in found)


def _row(state, message, **more):
    return {"state": state, "message": message, "hint": "", "where": "", "marks": [], "fingerprint": "", **more}


def _exercise(code, name, job):
    """Judge one exercise. Return its row, and how the function ran (None if it did not)."""
    wanted = solutions.find(name).__name__
    function = code.find(wanted, name) if code else None
    if function is None:
        why = code.why_missing(wanted) if code else ""
        return _row("wrong" if why else "missing", why or f"There is no function `{wanted}` in it."), None
    if function.blank:
        why = code.why_missing(wanted)
        return _row("wrong" if why else "blank", why or "Not tried: its body is blank."), None
    exercise = exercises.find(name)
    prepared = _prepared(name, job.seed)
    box, inputs = _sandbox(job.limits), [arguments for arguments, _ in prepared]
    ran = box.run(function.code, function.name, inputs)
    if ran.state == "blank":
        return _row("blank", "Not tried: its body is blank."), ran
    trials = [(*pair, got) for pair, got in zip(prepared, ran.results, strict=False)]
    if len(trials) < len(prepared) and not (trials and isinstance(trials[-1][2], str | trial.Failure)):
        state, message, hint = "wrong", "It ended before all trials were done.", ""
    else:
        state, message, hint = judging.verdict(exercise, trials)
        if state == "wrong" and not hint and exercise.varies:
            hint = _hint_there(box, name, inputs, ran.results)
            message = hint or message
    return _row(
        "known" if hint else state,
        "Not tried: it raises NotImplementedError." if state == "blank" else message + ran.printed,
        hint=hint,
        where=function.where,
        notes=function.notes,
        **_likeness(exercise, function.nodes),
    ), ran


def _likeness(exercise, nodes):
    try:
        with _parsing:
            return {
                "marks": likeness.marks(exercise, nodes),
                "fingerprint": likeness.fingerprint(nodes),
                "size": likeness.size(nodes),
            }
    except RecursionError:  # an expression of very many parts
        return {"marks": ["It is nested too deeply to be compared with others."]}


def _hint_there(box, name, inputs, results):
    """Return the known mistake that gives these results in a process like the function's own, else ``""``."""
    exercise = exercises.find(name)
    for number, hint in enumerate(exercise.mistakes):
        text = f"from colorkit.classroom.exercises.lesson_{name[:2]} import EXERCISES\n"
        text += f"mistake = [*EXERCISES[{name!r}].mistakes.values()][{number}]"
        there = box.run([("a known mistake", 1, text)], "mistake", inputs).results
        pairs = list(zip(there, results, strict=False))
        if len(pairs) == len(inputs) and all(isinstance(one, np.ndarray) for pair in pairs for one in pair):
            if all(judging.agree(*pair, exercise.tolerance) for pair in pairs):
                return hint
    return ""


@functools.cache
def _prepared(name, seed):
    """Return the random arguments of an exercise, and what the reference gives: the same for a whole class."""
    random = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return [judging.prepare(exercises.find(name), random) for _ in range(trial.TRIALS)]


def _sandbox(limits):
    """Return this thread's sandbox."""
    if getattr(_here, "limits", None) != limits:
        _here.sandbox, _here.limits = Sandbox(limits), limits
        _sandboxes.append(_here.sandbox)
        atexit.register(_here.sandbox.close)
    return _here.sandbox


def stop():
    """End what runs in the sandboxes of this process at once; nothing is started anew."""
    for sandbox in _sandboxes:
        sandbox.stop()


def close():
    """Close the sandboxes of this process, when nothing runs in them."""
    while _sandboxes:
        _sandboxes.pop().close()
