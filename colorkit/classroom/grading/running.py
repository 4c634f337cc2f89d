"""A class graded: each submission once, whatever happens to the others, and going on where it was."""

import contextlib
import hashlib
import json
import secrets
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from colorkit import __version__, batch, files, preset, progress
from colorkit.classroom.grading import grader
from colorkit.classroom.sandbox import Limits
from colorkit.classroom.submissions.reading import Notebook, read

_SEEDS = 32  # bits


@dataclass
class Grading:
    """A class that was graded.

    Attributes
    ----------
    assignment : colorkit.classroom.assignments.Assignment
    rows : list of (colorkit.classroom.submissions.collecting.Submission, dict)
        Each submission with its record (`colorkit.classroom.grading.grader.grade`), in the order of their names.
    seed : int
        Of the random inputs.
    limits : colorkit.classroom.sandbox.Limits
    before : int
        How many were graded by an earlier run.
    """

    assignment: object
    rows: list
    seed: int
    limits: Limits
    before: int = 0


def run(assignment, submissions, folder, *, seed=None, limits=None, start=None, window=None):
    """Grade submissions, and keep each result in a file of the folder as soon as it is there.

    Parameters
    ----------
    assignment : colorkit.classroom.assignments.Assignment
    submissions : list of colorkit.classroom.submissions.collecting.Submission
    folder : pathlib.Path
        Where results go. What an earlier run has graded there with the same settings is not graded again.
    seed : int, optional
        Of the random inputs; left out, that of an earlier run in the folder, else a new one. It is written down there.
    limits : colorkit.classroom.sandbox.Limits, optional
        Of each function.
    start : callable, optional
        Returns the executor (`concurrent.futures.Executor`) that does it; left out, one thread for each core, each
        with a sandbox.
    window : int, optional
        How many submissions are in the executor's hands at a time.

    Returns
    -------
    Grading

    Raises
    ------
    FileProblem
        If the folder holds results of another assignment or seed, or cannot be written.
    """
    limits = limits or Limits()
    seed = _agreed(folder, assignment, seed, limits)
    cores = preset.processor_cores()
    start, window = start or (lambda: ThreadPoolExecutor(cores)), window or cores
    records, waiting, line = {}, [], progress.Line()
    for number, submission in enumerate(submissions, 1):
        line.show(f"read {number} of {len(submissions)}")
        job, digest = _job(submission, assignment, seed, limits)
        kept = _kept(_path(folder, submission), digest)
        if kept is None:
            waiting.append((submission, job, digest))
        else:
            records[submission.name] = kept
    before, begin = len(records), time.monotonic()
    known = {id(job): (submission, digest) for submission, job, digest in waiting}
    try:
        with _stopping_at_once():
            for outcome in batch.run(grader.grade, [job for _, job, _ in waiting], start, window):
                submission, digest = known[id(outcome.item)]
                record = outcome.value
                if outcome.problem is None:
                    _keep(_path(folder, submission), {"digest": digest, "name": submission.name, "record": record})
                else:  # it is tried again at the next run
                    record = _not_graded(assignment, outcome.problem)
                records[submission.name] = record
                done = len(records) - before
                left = (time.monotonic() - begin) / done * (len(waiting) - done)
                said = f"graded {len(records)} of {len(submissions)}"
                line.show(said + (f", left {progress.duration(left)}" if left else ""), last=not left)
    finally:
        grader.close()
    rows = [(submission, records[submission.name]) for submission in submissions]
    return Grading(assignment, rows, seed, limits, before)


def _agreed(folder, assignment, seed, limits):
    """Return the seed of a folder of results, and write down with what it was graded."""
    path = folder / "grading.json"
    with files.explain_write_errors(path):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        earlier = json.loads(path.read_text("utf-8"))
        name, kept = str(earlier["assignment"]), int(earlier["seed"])
    except FileNotFoundError:
        name, kept = assignment.name, None
    except (OSError, ValueError, KeyError, TypeError):
        raise files.FileProblem(f"{files.shown(path)} is damaged; name another folder for the results.") from None
    if name != assignment.name:
        raise files.FileProblem(f"{files.shown(folder)} holds the results of {name}; name another folder.")
    if kept is not None and seed not in (None, kept):
        raise files.FileProblem(
            f"{files.shown(folder)} was graded with the seed {kept}; leave --seed out, or name another folder."
        )
    seed = kept if kept is not None else secrets.randbits(_SEEDS) if seed is None else seed
    said = {
        "assignment": assignment.name,
        "title": assignment.title,
        "points": assignment.points,
        "partial": assignment.partial,
        "seed": seed,
        "limits": asdict(limits),
        "colorkit": __version__,
        "date": time.strftime("%Y-%m-%d %H:%M"),
    }
    _keep(path, said)
    return seed


def _job(submission, assignment, seed, limits):
    """Return what is to be graded, and a digest of all that the grade depends on."""
    known = hashlib.sha256(json.dumps([assignment.digest, seed, asdict(limits), __version__]).encode())
    handed_in = []
    for name, data in submission.files:
        try:
            content = data()
        except Exception as error:  # a damaged or an encrypted zip says so in many ways
            known.update(f"{name}: {error}".encode("utf-8", "replace"))
            handed_in.append((name, Notebook(problem=f"It cannot be unpacked ({type(error).__name__}: {error}).")))
            continue
        known.update(name.encode("utf-8", "replace") + hashlib.sha256(content).digest())
        handed_in.append((name, read(content, name)))
    return grader.Job(assignment, tuple(handed_in), seed, limits), known.hexdigest()


def _path(folder, submission):
    name = hashlib.sha256(submission.name.encode("utf-8", "replace")).hexdigest()[:20]
    return folder / "records" / f"{name}.json"


def _kept(path, digest):
    """Return the record of an earlier run, if it still holds."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        return kept["record"] if kept["digest"] == digest else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path, content):
    with files.explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(path) as file:
        file.write(json.dumps(content, indent=1).encode())


def _not_graded(assignment, problem):
    row = {"state": "wrong", "message": "Not graded.", "hint": "", "where": "", "marks": [], "fingerprint": ""}
    return {
        "file": "",
        "student": "",
        "number": "",
        "problem": f"Not graded: {problem}",
        "notes": [],
        "exercises": {name: {**row, "points": 0} for name in assignment.points},
        "points": 0,
        "isolated": None,
    }


@contextlib.contextmanager
def _stopping_at_once():
    """At Ctrl-C, end what runs in the sandboxes, instead of waiting for it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number, frame):
        grader.stop()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
