"""Sets of photos as `Pictures`: from the mirror, the cache or the network, and from folders of one's own."""

import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import PIL

from colorkit import files, preset
from colorkit.files import FileProblem
from colorkit.photos import registry, sources
from colorkit.photos.decoding import decoded, say_skipped, some
from colorkit.photos.registry import SPLITS, find
from colorkit.pictures import Pictures

# To be changed when what is made from the same photos changes: what is in the cache is then made again.
_RECIPE = 2


def credit(name):
    """Return a line about a set for a caption: what it is, and its license.

    Parameters
    ----------
    name : str
        One of `sets`.

    Returns
    -------
    str

    Examples
    --------
    >>> credit("clothing")
    'Clothing dataset, small (Grigorev). CC0'
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
        Its `skipped` says what was left out, its `source` which file the photos are from. Some sets are larger when
        they are downloaded than in a mirror, and split otherwise: compare `source` before you test on one what was
        trained on the other.

    Raises
    ------
    FileProblem
        If there is no such set, it cannot be had or is not what it should be, or it has no photo in that split.
    ValueError
        If there is no such split, or `size` or `limit` is less than 1.

    Examples
    --------
    >>> flowers = load("flowers", size=64, limit=100)  # doctest: +SKIP
    >>> flowers  # doctest: +SKIP
    flowers, train: 100 pictures of 64 x 64 px
    >>> flowers.classes[flowers.labels[0]]  # doctest: +SKIP
    'daisy'
    """
    _check(size, limit, split)
    photo_set = find(name)
    cache = preset.cache_folder("photos", name)
    path = sources.cached(photo_set, cache)
    pictures = path and _from_cache(photo_set, path, size, split, limit)
    if not pictures:
        with files.locked(cache):
            path = sources.get(photo_set, cache)
            pictures = _from_cache(photo_set, path, size, split, limit)  # Another process may have been here first.
            if not pictures:
                _into_cache(photo_set, path, size, split)
                pictures = _from_cache(photo_set, path, size, split, limit)
    if not pictures:
        raise FileProblem(f"{name}: its cache in {cache} cannot be read; delete that folder, and run this again.")
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
        Its `skipped` says what was left out.

    Raises
    ------
    FileProblem
        If there is no such folder, or no good photo in it.
    ValueError
        As for `load`.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from colorkit.photos import bundled
    >>> with tempfile.TemporaryDirectory() as album:
    ...     Image.fromarray(bundled("cat")).save(f"{album}/cat.png")
    ...     pictures = folder(album, size=64)
    >>> pictures.files, pictures.rgb.shape
    (array(['cat.png'], dtype='<U7'), (1, 64, 64, 3))
    """
    _check(size, limit, split or "train")
    root = Path(os.path.expanduser(path))
    rows = [row for row in registry.read_folder(root) if split in (None, row["split"])]
    classes = sorted({row["label"] for row in rows})
    rows.sort(key=lambda row: _mixed(row["file"]))
    limit = min(limit or len(rows), len(rows))
    rgb, kept, skipped = np.empty((limit, size, size, 3), np.uint8), [], {}
    for row, photo, problem in decoded(((row, root / row["file"]) for row in rows), size, gray=False):
        if problem:
            skipped[row["file"]] = problem
        else:
            rgb[len(kept)] = photo
            kept.append(row)
        if len(kept) == limit:
            break
    if not kept:
        raise FileProblem(f"{files.shown(root)}: {_nothing_good(skipped, split)}; name another folder.")
    say_skipped(root.name, skipped, len(kept) + len(skipped))
    return Pictures(
        f"{root.name}, {split}" if split else root.name,
        rgb=rgb[: len(kept)],
        labels=[classes.index(row["label"]) for row in kept],
        classes=classes,
        files=[row["file"] for row in kept],
        skipped=skipped,
    )


def _nothing_good(skipped, split):
    """Say why there is no photo: all were left out (file -> reason), or there is none for that split."""
    if not skipped:
        return f"no file in it falls into the split {split!r}, which takes some of a hundred by their names"
    return f"there is no color photo{f' for {split}' if split else ''}, but {some(skipped)}"


def _check(size, limit, split):
    if split not in SPLITS:
        raise ValueError(f"there is no split {split!r}; splits are {', '.join(SPLITS)}")
    if size < 1 or (limit is not None and limit < 1):
        raise ValueError(
            f"size and limit are at least 1, got size={size}, limit={limit}; leave limit out for all photos"
        )


def _mixed(file):
    """Return what to sort files by for an order that is fixed and well mixed. Not the hash that splits are made by."""
    return hashlib.sha256(b"order " + registry.name_bytes(file)).digest()


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

    known, pixels = _cache_files(photo_set, path, size, split)
    for torn in path.parent.glob("*.npy.*.part"):
        torn.unlink(missing_ok=True)  # another process was killed while it wrote
    kept, skipped = [], {}
    with files.atomic_write(pixels) as file:
        _write_header(file, 0, size)
        for row, photo, problem in decoded(wanted(), size, photo_set.gray):
            if problem:
                skipped[row["file"]] = problem
            else:
                kept.append(row)
                file.write(photo)  # as they come: all photos of a split may not fit into memory
        if not kept:
            there = ", ".join(f"{name} ({count})" for name, count in sorted(found.items())) or "no photo at all"
            why = f" (left out: {some(skipped)})" if skipped else ""
            raise FileProblem(f"{photo_set.name} has no good photo for {split!r}{why}; it has {there}.")
        _write_header(file, len(kept), size)
    order = sorted(range(len(kept)), key=lambda place: _mixed(kept[place]["file"]))
    classes = sorted(classes)
    record = {
        "places": order,  # in the file of pixels
        "classes": classes,
        "labels": [classes.index(kept[place]["label"]) for place in order],
        "files": [kept[place]["file"] for place in order],
        "skipped": dict(sorted(skipped.items())),
    }
    with files.atomic_write(known) as file:
        file.write(json.dumps(record).encode())


def _write_header(file, count, size):
    """Write the header of a .npy file of so many pictures, which is equally long for any count."""
    file.seek(0)
    shape = (count, size, size, 3)
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})


def _from_cache(photo_set, path, size, split, limit):
    """Return one split as it is in the cache, or None if it is not there."""
    known, pixels = _cache_files(photo_set, path, size, split)
    try:
        record = json.loads(known.read_bytes())
        rgb = np.load(pixels, mmap_mode="r")
        if rgb.shape != (len(record["files"]), size, size, 3):
            return None
        pictures = Pictures(
            f"{photo_set.name}, {split}",
            rgb=np.asarray(rgb[record["places"][:limit]]),  # a copy: no memory map
            labels=record["labels"][:limit],
            classes=record["classes"],
            files=record["files"][:limit],
            skipped=record["skipped"],
            source=path.name,
        )
    except Exception:  # It is not there, or is damaged, in one of the many ways that there are: it will be made again.
        return None
    say_skipped(photo_set.name, pictures.skipped, len(rgb) + len(pictures.skipped))
    return pictures
