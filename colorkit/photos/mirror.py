"""Making prepared photo sets for a mirror folder, and checking those that are in one.

Made for a teacher who hands a folder to a class that has no network.
"""

import csv
import io
import os
import re
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from colorkit import files, photos, preset, progress
from colorkit.files import FileProblem
from colorkit.photos import archives, decoding, registry, sources
from colorkit.pictures import Pictures, square

_TEST_SIDE = 256  # pixels: test photos are for looking at, too
_QUALITY = {"quality": 90, "subsampling": 0}  # color at full resolution


def prepare(name, to, size=160, own=None):
    """Make a prepared set: FOLDER/NAME.tar, and its line in FOLDER/SHA256SUMS.

    The same photos give the same file, bit for bit (with the same version of Pillow).

    Parameters
    ----------
    name : str
        A set of the registry that can be downloaded; with `own`, any name.
    to : path-like
        The folder; made if it is not there.
    size : int
        Photos are reduced until their short side is at most this many pixels; test photos, at most 256.
    own : path-like, optional
        A folder of one's own photos to take instead of a download (see `colorkit.photos.folder`).

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FileProblem
        If the name will not do, the file is there already, there are no good photos, or writing fails.
    """
    target = Path(os.path.expanduser(to)) / f"{name}.tar"
    if not re.fullmatch(registry.NAME, name):
        raise FileProblem(f"{_not_a_name(name)}.")
    if target.exists():
        raise FileProblem(f"{target.name} is in {target.parent} already; remove it, or name another folder.")
    photo_set = registry.sets().get(name) or registry.PhotoSet(name, name, "")
    if own is not None:
        root = Path(os.path.expanduser(own))
        rows = ((row, root / row["file"]) for row in registry.read_folder(root))
    else:
        photo_set = registry.find(name)
        folder = preset.cache_folder("photos", name)
        with files.locked(folder):
            rows = registry.read(photo_set, sources.get_archive(photo_set, folder))

    def reduce(item):
        row, content = item
        photo, problem = decoding.open_good(content, photo_set.gray)
        return (row, None, problem) if problem else (*_reduced(row, photo, size), "")

    kept, skipped = {}, {}
    for row, content, problem in decoding.parallel(reduce, rows):
        if problem:
            skipped[row["file"]] = problem
        else:
            kept[row["file"]] = row, content
    decoding.say_skipped(name, skipped, len(kept) + len(skipped))
    if not kept:
        why = f" ({decoding.some(skipped)})" if skipped else ""
        raise FileProblem(f"{name} has no good photo{why}, so no set was made; name another folder.")
    with files.explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(target) as file:
        _write(file, [row_and_jpeg for _, row_and_jpeg in sorted(kept.items())])
    checksums = files.known_checksums(target.parent) | {target.name: files.digest(target)}
    with files.atomic_write(target.parent / "SHA256SUMS") as file:
        file.write("".join(f"{checksum}  {file_name}\n" for file_name, checksum in sorted(checksums.items())).encode())
    return target


def _not_a_name(name):
    return f"a set cannot be called {name!r}; take letters, digits, - and _"


def _reduced(row, photo, size):
    """Return a photo's row of the index and the content of its file."""
    side = max(size, _TEST_SIDE) if row["split"] == "test" else size
    image = Image.fromarray(photo)
    scale = side / min(image.size)
    if scale < 1:
        shape = [max(side, round(edge * scale)) for edge in image.size]
        image = image.resize(shape, Image.Resampling.LANCZOS)
    content = io.BytesIO()
    image.save(content, "JPEG", **_QUALITY)
    file, label = _unicode(row["file"]), _unicode(row["label"])
    file = file if file.lower().endswith((".jpg", ".jpeg")) else f"{file}.jpg"
    return row | {
        "file": file,
        "label": label,
        "original": files.shown(row["original"]),
        "width": image.width,
        "height": image.height,
    }, content.getvalue()


def _unicode(name):
    """Return a name that can stand in the index, and stays different from others, for one that is not UTF-8."""
    return re.sub("[\ud800-\udfff]", lambda odd: f"%{ord(odd[0]):X}", name)


def _write(file, rows):
    """Write a tar that depends on nothing but the rows and contents: no times, no owners."""
    index = io.StringIO(newline="")
    writer = csv.DictWriter(index, registry.COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row, _ in rows)
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, content in [("index.csv", index.getvalue().encode()), *((row["file"], jpeg) for row, jpeg in rows)]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def verify(path):
    """Check a prepared set in a mirror folder.

    Parameters
    ----------
    path : path-like
        The file NAME.tar.

    Returns
    -------
    faults : list of str
        What is wrong; empty if nothing is.
    notes : list of str
        What it has, and photos of the training split that are nearly in another one.
    """
    path = Path(path)
    known = registry.sets().get(path.stem)
    faults = []
    if not re.fullmatch(registry.NAME, path.stem):
        faults.append(_not_a_name(path.stem))
    good = {files.known_checksums(path.parent).get(path.name), known and known.sha256}
    if not good - {None, ""}:
        faults.append("its checksum is neither in SHA256SUMS nor in the registry")
    elif files.digest(path) not in good:
        faults.append("its checksum is not the one in SHA256SUMS or in the registry")
    try:
        index, contents = {}, Counter()
        for name, content in archives.read_archive(path):
            contents[name] += 1
            if name == "index.csv":
                index[name] = content
        rows = registry.read_index(path.name, index)
    except FileProblem as error:
        return [*faults, str(error).removeprefix(f"{path.name}: ")], []
    faults += _faults_of_index(rows, contents)
    squares, problems = {}, {}
    rows = {row["file"]: row for row in rows if row["file"] in contents}

    def look(item):
        file, content = item
        photo, problem = decoding.open_good(content, bool(known and known.gray))
        row = rows[file]
        if not problem and [str(edge) for edge in photo.shape[1::-1]] != [row.get("width"), row.get("height")]:
            problem = f"{photo.shape[1]} x {photo.shape[0]} px, and the index says otherwise"
        return file, problem or square(photo, 64)

    for file, result in decoding.parallel(look, (item for item in archives.read_archive(path) if item[0] in rows)):
        (problems if isinstance(result, str) else squares)[file] = result
    faults += _few("photos that are not good", [f"{file} ({problem})" for file, problem in problems.items()])
    files_of = {split: [] for split in registry.SPLITS}
    for file in squares:
        files_of.get(rows[file]["split"] or registry.split_of(file), []).append(file)
    notes = [
        f"{' / '.join(str(len(of_split)) for of_split in files_of.values())} photos (train / val / test), "
        f"{progress.count(len({row['label'] for row in rows.values()} - {''}), 'label')}"
    ]
    parts = {
        split: Pictures(split, rgb=np.stack([squares[file] for file in of_split]), files=of_split)
        for split, of_split in files_of.items()
        if of_split
    }
    for split in ("val", "test"):
        if "train" in parts and split in parts:
            pairs = photos.near_duplicates(parts["train"], parts[split])
            notes += _few(
                f"photos of train that are nearly in {split}", [f"{one} = {other} ({far})" for one, other, far in pairs]
            )
    return faults, notes


def _faults_of_index(rows, contents):
    """Compare the index with the names in the tar, and with itself."""
    named = Counter(row["file"] for row in rows)
    in_splits = Counter(file for file, _ in {(row["file"], row["split"]) for row in rows})
    return [
        *_few("files named twice in index.csv", [file for file, count in named.items() if count > 1]),
        *_few(
            "files put into two splits, of which the last counts",
            sorted(file for file, count in in_splits.items() if count > 1),
        ),
        *_few("files in index.csv that are not there", sorted(set(named) - set(contents))),
        *_few("files that are not in index.csv", sorted(set(contents) - set(named) - {"index.csv"})),
        *_few("unknown splits", sorted({row["split"] for row in rows} - {*registry.SPLITS, ""})),
        *_few("photos without label, and others have one", [row["file"] for row in rows if not row["label"]])
        * any(row["label"] for row in rows),
    ]


def _few(what, names):
    """Return a list with one line that counts and names some, or an empty one."""
    some = ", ".join(files.shown(name) for name in names[:5]) + ", ..." * (len(names) > 5)
    return [f"{what} ({len(names)}): {some}"] if names else []
