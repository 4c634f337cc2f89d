"""Gradescope: the zip that it makes an autograder of, and the results that it reads."""

import io
import json
import secrets
import sys
import time
import zipfile
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import colorkit
from colorkit.classroom import assignments
from colorkit.classroom.assignments import lessons
from colorkit.classroom.grading.grader import Job, grade
from colorkit.classroom.sandbox import Limits
from colorkit.classroom.submissions import collecting, reading
from colorkit.files import FileProblem, atomic_write

_SETUP = """#!/usr/bin/env bash
# Run once by Gradescope, when it makes the image. Choose an Ubuntu image with Python 3.11 or newer, such as 24.04.
set -euo pipefail
apt-get update
apt-get install -y python3 python3-venv
python3 -c 'import sys; sys.exit("choose an image with Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
python3 -m venv /autograder/python
/autograder/python/bin/pip install {packages}
packages=$(/autograder/python/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp -r /autograder/source/colorkit "$packages"
mkdir -p /autograder/python/share/colorkit
cp -r /autograder/source/notebooks /autograder/python/share/colorkit/
"""
_RUN = """#!/usr/bin/env bash
# Run by Gradescope for each submission.
cd /autograder
/autograder/python/bin/python -m colorkit.classroom.grading.gradescope \\
    {name} source/assignments.toml submission results/results.json
"""
_EXECUTABLE = 0o100755 << 16


def autograder(assignment):
    """Return the zip from which Gradescope makes an autograder.

    Parameters
    ----------
    assignment : colorkit.classroom.assignments.Assignment

    Returns
    -------
    bytes
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("setup.sh", _SETUP.format(packages=" ".join(_packages()))),
            ("run_autograder", _RUN.format(name=assignment.name)),
        ):
            info = zipfile.ZipInfo(name)
            info.external_attr = _EXECUTABLE
            archive.writestr(info, text)
        archive.writestr("assignments.toml", assignments.as_toml(assignment))
        package = Path(colorkit.__file__).parent
        for path in sorted(package.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, Path("colorkit") / path.relative_to(package))
        numbers = {"01", *(name[:2] for name in assignment.points)}  # the first has the setup cell
        for path in sorted(lessons.folder().glob("[0-9][0-9]_*.ipynb")):
            if path.name[:2] in numbers:
                archive.write(path, Path("notebooks") / path.name)
    return made.getvalue()


def _packages():
    """Return what colorkit needs, each at the version that is here."""
    try:
        names = [line for line in requires("colorkit") or [] if "extra ==" not in line]
    except PackageNotFoundError:
        raise FileProblem("colorkit is not installed here; install it with pip, then make the zip again.") from None
    plain = [name.split(">")[0].split("<")[0].split("=")[0].split(";")[0].strip() for name in names]
    return [f"{name}=={version(name)}" for name in plain]


def results(record, assignment, seconds, seed):
    """Return what Gradescope reads from results.json.

    Parameters
    ----------
    record : dict
        A graded submission (`colorkit.classroom.grading.grader.grade`).
    assignment : colorkit.classroom.assignments.Assignment
    seconds : float
        How long grading took.
    seed : int

    Returns
    -------
    dict
    """
    tests = [
        {
            "name": f"{name} ({row['where']})" if row["where"] else name,
            "number": str(number),
            "score": row["points"],
            "max_score": assignment.points[name],
            "status": "passed" if row["state"] == "right" else "failed",
            "output": row["message"],
            "output_format": "text",
            "tags": [row["state"]],
            "visibility": "visible",
        }
        for number, (name, row) in enumerate(record["exercises"].items(), 1)
    ]
    return {
        "score": record["points"],
        "execution_time": round(seconds, 1),
        "output": "\n".join([*([record["problem"]] if record["problem"] else []), *record["notes"]]),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"seed": seed, "marks": {name: row["marks"] for name, row in record["exercises"].items()}},
    }


def main(arguments):
    """Grade the submission of one student, as Gradescope calls it.

    Parameters
    ----------
    arguments : list of str
        Name of the assignment, the file that has it, the folder of the submission, and where the results go.
    """
    name, file, folder, target = arguments
    begin, seed = time.monotonic(), secrets.randbits(32)
    assignment = assignments.load(name, Path(file))
    try:
        found = [part for one in collecting.collect(Path(folder)) for part in one.files]
        handed_in = tuple((file, reading.read(data(), file)) for file, data in found)
    except FileProblem as problem:
        handed_in = (("", reading.Notebook(problem=str(problem))),)
    record = grade(Job(assignment, handed_in, seed, Limits()))
    with atomic_write(Path(target)) as file:
        file.write(json.dumps(results(record, assignment, time.monotonic() - begin, seed), indent=1).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
