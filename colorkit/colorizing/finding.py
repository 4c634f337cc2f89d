"""Which photos and films are meant, and where what is made of each one goes."""

import difflib
import os
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from colorkit import files
from colorkit.colorizing import saving
from colorkit.film import naming

COLOR, COMPARE = "_color", "_compare"  # what the names of colored photos and films end with
_ENDINGS = {*saving.ENDINGS, *naming.ENDINGS}


class Found(NamedTuple):
    """What was found.

    Attributes
    ----------
    photos : list of (pathlib.Path, pathlib.Path)
        Each photo or film, and what is made of it.
    problems : list of str
        What was named and cannot be colored, a sentence each.
    others : int
        How many files of folders are neither by their ending.
    """

    photos: list
    problems: list
    others: int


def find(named, to=None, suffix=COLOR):
    """Find photos and films.

    Folders are searched with what is in them, without hidden files and folders, links to folders, and what was colored
    before.

    Parameters
    ----------
    named : iterable of str
        Files and folders.
    to : pathlib.Path, optional
        The folder that what is made goes to, in the same subfolders; left out, it goes beside each one. Or a file, if
        one is named.
    suffix : str
        What the names of what is made end with: `COLOR` or `COMPARE`.

    Returns
    -------
    Found
    """
    sources, problems, others = {}, [], 0
    for name in dict.fromkeys(named):
        path = Path(os.path.expanduser(name))
        if path.is_dir():
            there, more = _in_folder(path, to)
            others += more
            sources |= {photo: photo.relative_to(path).parent for photo in there if photo not in sources}
            if not there:
                problems.append(f"{files.shown(name)}: there are no photos or films in this folder; name another one")
        elif path.exists():
            sources.setdefault(path, Path())
        elif re.match(r"[A-Za-z][\w+.-]+:/|data:", name):  # A letter and a colon alone are a drive of Windows.
            problems.append(f"{files.shown(name)}: this is an address; download it and name the file")
        else:
            problems.append(_missing(name, path))
    if to is not None and _is_file(to):
        if len(sources) > 1:
            wrong = "one file cannot take several; name a folder after --to"
        elif to.suffix.lower() not in (written := naming.WRITTEN if any(map(_is_film, sources)) else saving.WRITTEN):
            kind = "film" if written is naming.WRITTEN else "photo"
            wrong = f"a {kind} is not written as such a file; choose one of {', '.join(written)}"
        elif to.exists() and any(to.samefile(source) for source in sources):
            wrong = "this is the original itself; choose another name"
        else:
            return Found([(source, to) for source in sources], problems, others)
        return Found([], [*problems, f"{files.shown(to)}: {wrong}"], others)
    return Found(_with_targets(sources, to, suffix, problems), problems, others)


def _is_file(to):
    return not to.is_dir() and to.suffix.lower() in _ENDINGS


def _is_film(source):
    return source.suffix.lower() not in saving.ENDINGS and naming.is_film(source)


def _in_folder(folder, to):
    """Return the photos and films in a folder, in order, and how many other files there are."""
    found, others = [], 0
    own = to.resolve() if to else None
    for at, folders, names in os.walk(folder):
        here = Path(at)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (own is None or (here / name).resolve() != own)
        )
        for name in sorted(names):
            path = here / name
            if name.startswith(".") or path.name.endswith(".part"):
                continue
            if path.suffix.lower() not in _ENDINGS:
                others += 1
            elif not (path.stem.endswith((COLOR, COMPARE)) and saving.is_ours(path)):
                found.append(path)
    return found, others


def _missing(name, path):
    """Say that there is no such file, and which one may be meant."""
    try:
        there = [one.name for one in path.absolute().parent.iterdir()]
    except OSError:
        return f"{files.shown(name)}: there is no such folder; check the path"
    close = difflib.get_close_matches(path.name, there, n=1)
    meant = f"is it {files.shown(close[0])}?" if close else "check the name and the folder"
    return f"{files.shown(name)}: there is no such file; {meant}"


def _with_targets(sources, to, suffix, problems):
    """Return photos and films with what is made of each, a file of its own."""

    def target(source, below, stem):
        folder = source.parent if to is None else to / below
        return folder / f"{stem}{suffix}{endings[source]}"

    endings = {source: (naming if _is_film(source) else saving).ending(source) for source in sources}

    # Where two differ in their endings only, as a.heic and a.jpg do, those become part of the names.
    plain = {source: target(source, below, source.stem) for source, below in sources.items()}
    shared = Counter(_same(path) for path in plain.values())
    photos, taken = [], {}
    for source, below in sources.items():
        path = plain[source]
        if shared[_same(path)] > 1:
            path = target(source, below, source.name.replace(".", "_"))
        if other := taken.get(_same(path)):
            problems.append(
                f"{files.shown(source)}: {files.shown(other)} becomes {files.shown(path)} already; color "
                "them one after the other, with another --to"
            )
            continue
        taken[_same(path)] = source
        photos.append((source, path))
    return photos


def _same(path):
    """Return what is equal for paths that are one file on some drives."""
    return str(path.absolute()).casefold()
