"""Which photo sets there are, and reading the photos and what is known about each out of a set's file.

A *prepared set* is NAME.tar: ``index.csv`` (UTF-8, the columns of `COLUMNS`), then the JPEG files that it names.
"""

import csv
import functools
import hashlib
import importlib.resources
import io
import re
import sys
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from colorkit import files, preset
from colorkit.files import FileProblem
from colorkit.photos import archives

NAME = r"[\w-]+"  # what a set may be called
SPLITS = ("train", "val", "test")
COLUMNS = ("file", "label", "split", "license", "caption", "link", "original", "width", "height")

_NO_LABEL = "picture"


@dataclass(frozen=True)
class Archive:
    """A whole set as its makers offer it.

    Attributes
    ----------
    url : str
        Where it is.
    sha256 : str
        Its checksum, 64 hexadecimal digits.
    pattern : str
        Regular expression for the photos in it: their path without the first folder. Its group ``label`` is the label;
        where its group ``test`` has matched, the photo is one that the makers hold out.
    photos : int
        How many there are.
    bytes : int
        Its size, 0 where that is not known.
    labels : dict of str
        Label in the path -> what it means, where the path has a code.
    """

    url: str
    sha256: str
    pattern: str
    photos: int
    bytes: int = 0
    labels: dict = field(default_factory=dict)

    def __post_init__(self):
        _demand_sha256(self.url, self.sha256)

    @property
    def file(self):
        """What the archive is called."""
        return PurePosixPath(self.url).name


@dataclass(frozen=True)
class PhotoSet:
    """A set of photos, as the registry (sets.toml) has it.

    It is offered as a prepared set, NAME.tar in a mirror folder, as an archive to download, or as both.

    Attributes
    ----------
    name, title, license : str
        What `load` calls it, what it is, and under which terms it may be used.
    labels : tuple of str
        What the photos of the prepared set are sorted by; empty for nothing.
    photos : dict of int
        Split -> number of photos in the prepared set.
    gray : bool
        Whether photos without color belong to it.
    sha256 : str
        Of the prepared set, as in `Archive`; empty if there is none, or it is one's own.
    archive : Archive or None
        The whole set.
    """

    name: str
    title: str
    license: str
    labels: tuple = ()
    photos: dict = field(default_factory=dict)
    gray: bool = False
    sha256: str = ""
    archive: Archive | None = None

    def __post_init__(self):
        if self.sha256:
            _demand_sha256(self.name, self.sha256)


def _demand_sha256(name, digits):
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise ValueError(f"{name}: a checksum is a SHA-256, 64 hexadecimal digits, got {digits!r}")


@functools.cache
def sets():
    """Return the photo sets that the registry knows.

    Returns
    -------
    dict of PhotoSet
        By name.
    """
    found = {}
    for name, entry in tomllib.loads(
        importlib.resources.files("colorkit.photos").joinpath("sets.toml").read_text("utf-8")
    ).items():
        archive = Archive(**entry.pop("archive")) if "archive" in entry else None
        found[name] = PhotoSet(name, labels=tuple(entry.pop("labels", ())), archive=archive, **entry)
    return found


def find(name):
    """Return a set of the registry, or one of one's own that the mirror or the cache has.

    Parameters
    ----------
    name : str
        What the set is called.

    Returns
    -------
    PhotoSet

    Raises
    ------
    FileProblem
        If there is no such set.
    """
    if name in sets():
        return sets()[name]
    if re.fullmatch(NAME, name) and (
        files.in_mirror(f"{name}.tar") or any((preset.cache_folder("photos") / name).glob("prepared-*.tar"))
    ):
        return PhotoSet(name, "a set of one's own", "see its index.csv")
    files.mirror()  # It may be in the one that is meant.
    raise FileProblem(f"there is no photo set {name!r}; there are {', '.join(sets())}, and what is in the mirror.")


def split_of(file):
    """Return the split of a photo whose set says nothing: by the SHA-256 of the name of its file, without folders.

    Parameters
    ----------
    file : str
        Path with slashes.

    Returns
    -------
    str
        ``"train"`` for eight photos of ten, ``"val"`` for one, ``"test"`` for one.

    Examples
    --------
    >>> [split_of(f"{number}.jpg") for number in (0, 1, 9)]
    ['train', 'val', 'test']
    >>> split_of("holidays/9.jpg")
    'test'
    """
    # macOS may write the same name with other bytes.
    name = unicodedata.normalize("NFC", PurePosixPath(file).name)
    return {0: "test", 1: "val"}.get(int(hashlib.sha256(name_bytes(name)).hexdigest(), 16) % 10, "train")


def name_bytes(name):
    """Return the bytes of a file's name, also of one that is not UTF-8, as some old disks and archives have."""
    # What `os.fsencode` does where names are UTF-8; here the same everywhere.
    return name.encode("utf-8", sys.getfilesystemencodeerrors())


def read(photo_set, path):
    """Read a set's file, as `colorkit.photos.sources.get` brings it.

    Parameters
    ----------
    photo_set : PhotoSet
        The set.
    path : pathlib.Path
        A prepared set, or the archive of a whole set.

    Yields
    ------
    dict of str
        What is known about a photo, by the names in `COLUMNS`; ``"label"`` and ``"split"`` are always there.
    bytes
        Content of its file.

    Raises
    ------
    FileProblem
        If the file is damaged, hostile or not such a file.
    """
    return _read_prepared(photo_set, path) if path.name.startswith("prepared-") else _read_archive(photo_set, path)


def _read_prepared(photo_set, path):
    # Once for the names, and again for the photos, which may not fit into memory together.
    index, last = {}, {}
    for number, (name, content) in enumerate(archives.read_archive(path)):
        last[name] = number  # Of two files of one name in a tar the last counts; so of two lines in the index.
        if name == "index.csv":
            index[name] = content
    rows = {row["file"]: row for row in read_index(f"{photo_set.name}.tar", index)}
    for file in rows.keys() - last.keys():
        raise FileProblem(f"{photo_set.name}.tar: {file} is in index.csv and not in it; get a good copy.")
    for number, (name, content) in enumerate(archives.read_archive(path)):
        if name in rows and last[name] == number:
            row = rows[name]
            yield row | {"label": row["label"] or _NO_LABEL, "split": row["split"] or split_of(name)}, content


def read_index(name, contents):
    """Return the lines of a prepared set's ``index.csv``.

    Parameters
    ----------
    name : str
        What to call the set in a message.
    contents : dict of bytes
        Name of a file in the set -> content; ``"index.csv"`` is looked at.

    Returns
    -------
    list of dict of str

    Raises
    ------
    FileProblem
        If there is none, or it is not such an index.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(contents["index.csv"].decode("utf-8-sig"), newline="")))
        if rows and all(isinstance(row.get(column), str) for row in rows for column in ("file", "label", "split")):
            return rows
    except (KeyError, UnicodeDecodeError, csv.Error):
        pass
    raise FileProblem(
        f"{name}: this is no photo set, for it has no index.csv with the columns {', '.join(COLUMNS)}; get a good "
        "copy, or make one with `colorkit photos prepare`."
    )


def _read_archive(photo_set, path):
    archive = photo_set.archive
    for member, content in archives.read_archive(path):
        file = member.removeprefix("./").partition("/")[2]
        match = re.fullmatch(archive.pattern, file)
        if match and not PurePosixPath(file).name.startswith("."):
            found = match.groupdict()
            label = found.get("label") or _NO_LABEL
            split = split_of(file)
            if "test" in found:  # What the makers hold out is the test; the rest is for training and validation.
                split = "test" if found["test"] else "val" if split == "test" else split
            yield (
                {
                    "file": file,
                    "label": archive.labels.get(label, label),
                    "split": split,
                    "license": photo_set.license,
                    "original": member,
                },
                content,
            )


def read_folder(root):
    """List the photos in a folder and in those below it, without opening them.

    Parameters
    ----------
    root : pathlib.Path
        The folder.

    Returns
    -------
    list of dict of str
        What `read` yields. A photo's label is the subfolder that it is in.

    Raises
    ------
    FileProblem
        If there is no such folder, or nothing in it.
    """
    if not root.is_dir():
        raise FileProblem(f"{files.shown(root)}: there is no such folder; check the path.")
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            file = "/".join(parts)
            label = parts[0] if len(parts) > 1 else _NO_LABEL
            found.append({"file": file, "label": label, "split": split_of(file), "original": file})
    if not found:
        raise FileProblem(f"{files.shown(root)}: there is no file in this folder; name one that has photos.")
    return found
