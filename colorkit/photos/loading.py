"""Sets of photos as `Pictures`: from the mirror, the cache or the network, and from folders of one's own."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import PIL

from colorkit import files, preset
from colorkit.files import FileProblem
from colorkit.photos import registry, sources
from colorkit.photos.decoding import decoded, say_skipped
from colorkit.photos.registry import SPLITS, find
from colorkit.pictures import Pictures

# To be changed when what is made from the same photos changes: what is in the cache is then made again.
_RECIPE = 1


def credit(name):
    """Return a line about a set for a caption: what it is, and its license.

    Parameters
    ----------
    name : str
        One of `sets`.

    Returns
    -------
    str
    """
    return f"{find(name).title}. {find(name).license}"


def load(name, size, split="train", limit=None):
    """Load a set of photos: from the mirror, else from the cache, else from the network.

    Photos that are damaged, smaller than 32 px or without color are left out; a line says so. Decoded photos are
    cached, so that the next call is fast.

    Parameters
    ----------
    name : str
        One of `sets`, or a set of one's own in the mirror.
    size : int
        Side in pixels: the center square of each photo is resized to it.
    split : {"train", "val", "test"}
        Which photos. Splits are the set's own; where it has none, a tenth is ``"test"`` and a tenth ``"val"``, as the
        SHA-256 of the file's name, without its folder, falls. Thus a photo stays in its split whatever else is there.
    limit : int, optional
        How many photos at most. They come in an order that is always the same and has nothing to do with labels.

    Returns
    -------
    Pictures
        With two more attributes. ``skipped``: dict, name of a file that was left out -> reason. ``source``: str, the
        file that the photos are from, with the first digits of its checksum. Some sets are larger when they are
        downloaded than in a mirror, and split otherwise: compare `source` before you test on one what was trained on
        the other.

    Raises
    ------
    FileProblem
        If there is no such set, it cannot be had or is not what it should be, or it has no photo in that split.
    ValueError
        If there is no such split, or `size` or `limit` is less than 1.
    """
    _check(size, limit, split)
    photo_set = find(name)
    cache = preset.cache_folder("photos", name)
    path = sources.cached(photo_set, cache)
    pictures = path and _from_cache(photo_set, path, size, split, limit)
    if not pictures:
        with files.locked(cache / "lock"):
            path = sources.get(photo_set, cache)
            pictures = _from_cache(photo_set, path, size, split, limit)  # Another process may have been here first.
            if not pictures:
                _into_cache(photo_set, path, size, split)
                pictures = _from_cache(photo_set, path, size, split, limit)
    return pictures


def folder(path, size, split=None, limit=None):
    """Load photos of one's own: all that are in a folder and in the folders below it.

    Parameters
    ----------
    path : path-like
        The folder. Its subfolders are the labels. Hidden files are not looked at.
    size, limit
        As for `load`.
    split : {"train", "val", "test"}, optional
        As for `load`; left out, all photos.

    Returns
    -------
    Pictures
        With the attribute ``skipped``, as from `load`.

    Raises
    ------
    FileProblem
        If there is no such folder, or no photo in it.
    ValueError
        As for `load`.
    """
    _check(size, limit, split or "train")
    root = Path(path).expanduser()
    rows = [row for row in registry.read_folder(root) if split in (None, row["split"])]
    classes = sorted({row["label"] for row in rows})
    rows.sort(key=lambda row: _mixed(row["file"]))
    kept, skipped = decoded(((row, root / row["file"]) for row in rows), size, gray=False, limit=limit)
    if not kept:
        raise FileProblem(f"{root}: there is no color photo{f' for {split}' if split else ''}; name another folder.")
    pictures = Pictures(
        f"{root.name}, {split}" if split else root.name,
        rgb=np.stack([photo for _, photo in kept]),
        labels=[classes.index(row["label"]) for row, _ in kept],
        classes=classes,
        files=[row["file"] for row, _ in kept],
    )
    pictures.skipped = skipped
    say_skipped(root.name, skipped, len(kept) + len(skipped))
    return pictures


def _check(size, limit, split):
    if split not in SPLITS:
        raise ValueError(f"there is no split {split!r}; splits are {', '.join(SPLITS)}")
    if size < 1 or (limit is not None and limit < 1):
        raise ValueError(
            f"size and limit are at least 1, got size={size}, limit={limit}; leave limit out for all photos"
        )


def _mixed(file):
    """Return what to sort files by for an order that is fixed and well mixed. Not the hash that splits are made by."""
    return hashlib.sha256(f"order {file}".encode()).digest()


def _cache_files(photo_set, path, size, split):
    recipe = hashlib.sha256(f"{_RECIPE} {PIL.__version__} {photo_set}".encode()).hexdigest()[:8]
    stem = f"{path.name.removesuffix('.tar')}-{size}-{split}-{recipe}"
    return path.with_name(f"{stem}.json"), path.with_name(f"{stem}.npy")


def _into_cache(photo_set, path, size, split):
    """Decode one split of a set's file and write it into the cache: pixels, then what is known about them."""
    classes, found = set(), Counter()

    def wanted():
        for row, content in registry.read(photo_set, path):
            classes.add(row["label"])
            found[row["split"]] += 1
            if row["split"] == split:
                yield row, content

    kept, skipped = decoded(wanted(), size, photo_set.gray)
    if not kept:
        there = ", ".join(f"{name} ({count})" for name, count in sorted(found.items())) or "no photo at all"
        raise FileProblem(f"{photo_set.name} has no good photo for {split!r}; it has {there}.")
    kept.sort(key=lambda pair: _mixed(pair[0]["file"]))
    classes = sorted(classes)
    record = {
        "classes": classes,
        "labels": [classes.index(row["label"]) for row, _ in kept],
        "files": [row["file"] for row, _ in kept],
        "skipped": dict(sorted(skipped.items())),
    }
    known, pixels = _cache_files(photo_set, path, size, split)
    for torn in path.parent.glob("*.npy.*.part"):
        torn.unlink(missing_ok=True)  # another process was killed while it wrote
    with files.atomic_write(pixels) as file:  # row by row: there may not be memory for a second copy
        shape = (len(kept), size, size, 3)
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        for _, photo in kept:
            file.write(photo)
    with files.atomic_write(known) as file:
        file.write(json.dumps(record).encode())


def _from_cache(photo_set, path, size, split, limit):
    """Return one split as it is in the cache, or None if it is not there."""
    known, pixels = _cache_files(photo_set, path, size, split)
    try:
        record = json.loads(known.read_bytes())
        rgb = np.load(pixels, mmap_mode="r")
        if rgb.shape != (len(record["files"]), size, size, 3):
            return None
    except (OSError, ValueError, EOFError):  # It is not there, or it is damaged: it will be made again.
        return None
    pictures = Pictures(
        f"{photo_set.name}, {split}",
        rgb=np.array(rgb[:limit]),
        labels=record["labels"][:limit],
        classes=record["classes"],
        files=record["files"][:limit],
    )
    pictures.skipped, pictures.source = record["skipped"], path.name
    say_skipped(photo_set.name, pictures.skipped, len(rgb) + len(pictures.skipped))
    return pictures
