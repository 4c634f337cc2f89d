"""Which submissions there are: in a folder, or in the zip that a learning platform gives."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from colorkit.classroom.submissions.reading import MOST_BYTES
from colorkit.files import FileProblem, shown

_IGNORED = re.compile(r"^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|.*\.lock)$", re.IGNORECASE)
_MOODLE = re.compile(r"^(?P<who>.+?)_(?P<number>\d+)_assignsubmission_\w+_?$")
_CANVAS = re.compile(r"^(?P<who>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)$")
_MOST_FILES = 20_000


@dataclass
class Submission:
    """What one student has handed in.

    Attributes
    ----------
    name : str
        Where it is in the folder or zip.
    who : str
        Whose it is, as far as the name tells.
    number : str
        The platform's number of the student or the submission, if the name has one.
    platform : str
        ``"moodle"``, ``"canvas"`` or ``""``.
    files : list of (str, callable)
        Name of each file, and a function that returns its bytes.
    """

    name: str
    who: str = ""
    number: str = ""
    platform: str = ""
    files: list = field(default_factory=list)


@dataclass
class _Entry:
    parts: tuple
    read: Callable


def collect(path):
    """Find the submissions.

    One file is one submission. So is a folder of Moodle's, and any other folder with at most one notebook in it. Of
    several notebooks in a folder each is one.

    Parameters
    ----------
    path : pathlib.Path
        A folder, a zip, or a single file.

    Returns
    -------
    list of Submission
        In the order of their names.

    Raises
    ------
    FileProblem
        If there is no such folder or zip, or nothing in it.
    """
    path = Path(os.path.expanduser(path))
    if path.is_dir():
        entries = [entry for file in sorted(path.rglob("*")) for entry in _of_file(file, file.relative_to(path).parts)]
    elif path.is_file():
        entries = list(_of_file(path, (path.name,)))
        if path.suffix.lower() == ".zip" and len(entries) == 1 and entries[0].parts == (path.name,):
            raise FileProblem(f"{shown(path)}: it is damaged, or no zip; download it again.")
        entries = [_Entry(one.parts[1:] or one.parts, one.read) for one in entries]
    else:
        raise FileProblem(f"{shown(path)}: there is no such folder or zip; check the path.")
    entries = [entry for entry in entries if not any(_IGNORED.match(part) for part in entry.parts)]
    if not entries:
        raise FileProblem(f"{shown(path)}: there is nothing in it that could be a submission; check the path.")
    while len({entry.parts[0] for entry in entries}) == 1 and all(len(entry.parts) > 1 for entry in entries):
        notebooks = sum(entry.parts[-1].lower().endswith(".ipynb") for entry in entries)
        if notebooks == 1 or _MOODLE.match(entries[0].parts[0]):  # one student's folder
            break
        entries = [_Entry(entry.parts[1:], entry.read) for entry in entries]
    return _grouped(entries)


def _of_file(path, parts):
    """Yield a file of a folder, or what is in it if it is a zip."""
    if not path.is_file():  # a folder, a pipe
        return
    if path.suffix.lower() != ".zip":
        yield _Entry(parts, lambda: _first_bytes(path.open("rb")))
        return
    yield from _of_zip(parts, lambda: zipfile.ZipFile(path), lambda: _first_bytes(path.open("rb")))


def _of_zip(parts, opened, itself, inside=False):
    """Yield the files of a zip, and of zips in it; itself, if it cannot be opened."""
    try:
        with opened() as archive:
            members = [one for one in archive.infolist() if not one.is_dir()][:_MOST_FILES]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        yield _Entry(parts, itself)
        return
    for member in members:
        place = PurePosixPath(member.filename.replace("\\", "/")).parts
        below = parts + tuple(part for part in place if part not in ("/", "..", "."))

        def read(member=member):
            with opened() as archive:
                return _first_bytes(archive.open(member))

        if member.filename.lower().endswith(".zip") and not inside and member.file_size <= MOST_BYTES:
            yield from _of_zip(below, lambda read=read: zipfile.ZipFile(io.BytesIO(read())), read, inside=True)
        else:
            yield _Entry(below, read)


def _first_bytes(file):
    with file:
        return file.read(MOST_BYTES + 1)


def _grouped(entries):
    """Return the submissions that files belong to."""
    groups = {}
    folders = {}
    for entry in entries:
        folders.setdefault(entry.parts[:-1], []).append(entry)
    for entry in entries:
        moodle = next((n for n, part in enumerate(entry.parts[:-1], 1) if _MOODLE.match(part)), None)
        folder = entry.parts[:-1]
        notebooks = [one for one in folders[folder] if one.parts[-1].lower().endswith(".ipynb")]
        if moodle:
            key = entry.parts[:moodle]
        elif folder and len(notebooks) <= 1:
            key = folder
        elif len(notebooks) > 1 and entry not in notebooks and folder:
            continue  # what lies beside several notebooks
        else:
            key = entry.parts
        groups.setdefault(key, []).append(entry)
    return [_submission(key, groups[key]) for key in sorted(groups)]


def _submission(key, entries):
    name = "/".join(key)
    entries = sorted(entries, key=lambda one: (not one.parts[-1].lower().endswith(".ipynb"), one.parts))
    files = [("/".join(one.parts[len(key) :]) or one.parts[-1], one.read) for one in entries]
    moodle, canvas = _MOODLE.match(key[-1]), _CANVAS.match(key[-1])
    if moodle:
        return Submission(name, moodle["who"], moodle["number"], "moodle", files)
    if canvas:
        return Submission(name, canvas["who"], canvas["number"], "canvas", files)
    return Submission(name, PurePosixPath(key[-1]).stem if len(entries) == 1 else key[-1], files=files)
