"""Photos that are always there, and sets of photos.

``bundled`` reads color photos that come inside other packages, so it needs no network. ``load`` reads a set of photos
from a mirror (a folder that the environment variable ``COLORKIT_MIRROR`` names), from the cache, or from the network,
and ``folder`` reads photos of one's own.
"""

import hashlib
import json
import warnings
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from colorkit import preset
from colorkit.photos import download, registry
from colorkit.photos.download import PhotoSetError
from colorkit.photos.registry import SPLITS, find, sets, split_of  # noqa: F401
from colorkit.pictures import PhotoError, Pictures, open_photo, square

NEAR = 0.38  # the largest distance of `near_duplicates`; up to here, all pairs in the sets looked like one photo

_MIN_SIDE = 32  # pixels; a smaller photo is an icon
_MAX_BITS = 20  # by which the difference hashes of near-duplicates differ
_SHIFT = 3  # pixels of 32 by which one may be displaced

# A photo has color where the largest and the smallest of R, G and B differ by more than this ...
_GRAY_SPREAD = 8
# ... and that in more than this part of it.
_MIN_COLORED = 0.01

# To be changed when what is made from the same photos changes: what is in the cache is then made again.
_RECIPE = 1

# name -> what it shows, and whose it is: as the packages that carry the photos say.
BUNDLED = {
    "astronaut": "Eileen Collins, astronaut. NASA Great Images, public domain",
    "cat": "Chelsea the cat. Stefan van der Walt, CC0",
    "coffee": "A cup of coffee. Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
    "rocket": "A Falcon 9 with the satellite DSCOVR on its launch pad. SpaceX, public domain",
    "motorcycle": "A motorcycle in a garage. Scharstein et al., High-resolution stereo datasets, GCPR 2014",
    "hubble": "Hubble eXtreme Deep Field. NASA, public domain",
    "retina": "A human retina. Mikael Häggström (2014), CC0",
    "tissue": "Stained colon tissue. Center for Microscopy And Molecular Imaging, no known copyright restrictions",
    "hopper": "Grace Hopper, rear admiral. US Navy, public domain (Wikimedia Commons, Grace_Hopper.jpg)",
}

_BUNDLED_FILES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "hubble": ("skimage", "data/hubble_deep_field.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "tissue": ("skimage", "data/ihc.png"),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}


def bundled(name, size=None):
    """Return a color photo that is always there, without network.

    Parameters
    ----------
    name : str
        One of the names in `BUNDLED`, which also says what each photo shows and whose it is.
    size : int, optional
        Side in pixels: the center square of the photo is resized to it (see `square`).

    Returns
    -------
    ndarray, shape (H, W, 3) or (size, size, 3), uint8
        sRGB.

    Raises
    ------
    ValueError
        If there is no such name.
    """
    if name not in BUNDLED:
        raise ValueError(f"there is no bundled photo {name!r}; there are {', '.join(BUNDLED)}")
    package, path = _BUNDLED_FILES[name]
    photo = open_photo(files(package) / path)
    return photo if size is None else square(photo, size)


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
    PhotoSetError
        If there is no such set, it cannot be had or is not what it should be, or it has no photo in that split.
    ValueError
        If there is no such split, or `size` or `limit` is less than 1.
    """
    _check(size, limit, split)
    photo_set = find(name)
    cache = preset.cache_folder("photos", name)
    path = download.cached(photo_set, cache)
    pictures = path and _from_cache(photo_set, path, size, split, limit)
    if not pictures:
        with download.alone(cache / "lock"):
            path = download.get(photo_set, cache)
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
    PhotoSetError
        If there is no such folder, or no photo in it.
    ValueError
        As for `load`.
    """
    _check(size, limit, split or "train")
    root = Path(path).expanduser()
    rows = [row for row in registry.read_folder(root) if split in (None, row["split"])]
    classes = sorted({row["label"] for row in rows})
    rows.sort(key=lambda row: _mixed(row["file"]))
    kept, skipped = _decoded(((row, root / row["file"]) for row in rows), size, gray=False, limit=limit)
    if not kept:
        raise PhotoSetError(f"{root}: there is no color photo{f' for {split}' if split else ''}; name another folder.")
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


def near_duplicates(first, second):
    """Find photos of one set that are in another, too: scaled, cropped a little or in other colors.

    Candidates are found by a difference hash of 8 x 8 (is each of 9 x 8 gray pixels lighter than its neighbor?), at
    most 20 of 64 bits apart. They are compared by the edges in all three channels, at 32 x 32 px and at all shifts of
    up to 3 px. Frames that a photographer took one right after the other are found, too.

    Parameters
    ----------
    first, second : Pictures
        For example those of two splits, of any size.

    Returns
    -------
    list of tuple of (str, str, float)
        File in `first`, file in `second`, and a distance from 0 (the same) to `NEAR`; nearest first.
    """
    if not len(first) or not len(second):
        return []
    (bits, edges), (other_bits, other_edges) = _fingerprints(first.rgb), _fingerprints(second.rgb)
    side = edges.shape[1] - 2 * _SHIFT
    centers = _length_one(other_edges[:, _SHIFT:-_SHIFT, _SHIFT:-_SHIFT])
    found = []
    for begin in range(0, len(bits), 256):
        differing = (bits.shape[1] - bits[begin : begin + 256] @ other_bits.T) / 2
        i, j = np.nonzero(differing <= _MAX_BITS)
        i += begin
        likeness = np.zeros(len(i), np.float32)
        for top, left in np.ndindex(2 * _SHIFT + 1, 2 * _SHIFT + 1):
            window = _length_one(edges[begin : begin + 256, top : top + side, left : left + side])
            np.maximum(likeness, np.einsum("nd,nd->n", window[i - begin], centers[j]), out=likeness)
        near = np.flatnonzero(likeness >= 1 - NEAR)
        found += [(str(first.files[i[k]]), str(second.files[j[k]]), round(1 - float(likeness[k]), 3)) for k in near]
    return sorted(found, key=lambda pair: pair[2])


def _fingerprints(rgb):
    """Return the difference hashes, (N, 64), -1 or 1, and the edges, (N, 31, 31, 6), both float32, of pictures."""
    gray = [np.asarray(Image.fromarray(photo).convert("L").resize((9, 8), Image.Resampling.BOX)) for photo in rgb]
    small = [np.asarray(Image.fromarray(photo).resize((32, 32), Image.Resampling.BOX)) for photo in rgb]
    gray, small = np.array(gray, np.float32), np.array(small, np.float32)
    bits = np.where(gray[:, :, 1:] > gray[:, :, :-1], np.float32(1), np.float32(-1)).reshape(len(rgb), -1)
    corner = small[:, 1:, 1:]
    edges = np.concatenate([corner - small[:, :-1, 1:], corner - small[:, 1:, :-1]], axis=-1)
    # The root, or else a horizon or a film's border alone would decide.
    return bits, np.sign(edges) * np.sqrt(np.abs(edges))


def _length_one(edges):
    rows = edges.reshape(len(edges), -1)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _check(size, limit, split):
    if split not in SPLITS:
        raise ValueError(f"there is no split {split!r}; splits are {', '.join(SPLITS)}")
    if size < 1 or (limit is not None and limit < 1):
        raise ValueError(
            f"size and limit are at least 1, got size={size}, limit={limit}; leave limit out for all photos"
        )


def say_skipped(name, skipped, count):
    """Print how many photos of so many were left out (file -> reason), if any were, and some of them."""
    if skipped:
        some = ", ".join(f"{file} ({reason})" for file, reason in list(skipped.items())[:5])
        print(f"{name}: {len(skipped)} of {count} photos left out: {some}{', ...' * (len(skipped) > 5)}")


def _mixed(file):
    """Return what to sort files by for an order that is fixed and well mixed. Not the hash that splits are made by."""
    return hashlib.sha256(f"order {file}".encode()).digest()


def parallel(function, items):
    """Apply a function to items in threads, on all cores.

    Threads serve, since Pillow lets other threads run while it decodes and resizes.

    Parameters
    ----------
    function : callable
        Takes one item.
    items : iterable
        Taken a few at a time, so that their content need not fit into memory.

    Yields
    ------
    object
        What `function` returns for each, in order.
    """
    cores = preset.processor_cores()
    # `open_photo` sets warning filters, which are the process's, not the thread's: they are put back here.
    with warnings.catch_warnings(), ThreadPoolExecutor(cores) as pool:
        waiting = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 4 * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def open_good(content, gray):
    """Open a photo for a set, or say why it is none.

    Parameters
    ----------
    content : bytes or path-like
        The photo's file.
    gray : bool
        Whether a photo without color will do.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8, or None
        sRGB; None if it is no good.
    str
        Why not.
    """
    try:
        photo = open_photo(content)
    except PhotoError as error:
        return None, "damaged" if "damaged" in str(error) else str(error).partition(": ")[2].partition("; ")[0]
    if min(photo.shape[:2]) < _MIN_SIDE:
        return None, "too small"
    if not gray:
        step = max(1, min(photo.shape[:2]) // 64)
        red, green, blue = np.moveaxis(photo[::step, ::step], -1, 0)
        spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
        if (spread > _GRAY_SPREAD).mean() < _MIN_COLORED:
            return None, "gray"
    return photo, ""


def _decoded(items, size, gray, limit=None):
    """Return the good ones of (row, content) as a list of (row, photo of that size), and the others: file -> reason."""

    def decode(item):
        row, content = item
        photo, problem = open_good(content, gray)
        return row, problem or square(photo, size)

    kept, skipped = [], {}
    for row, result in parallel(decode, items):
        if isinstance(result, str):
            skipped[row["file"]] = result
        else:
            kept.append((row, result))
        if len(kept) == limit:
            break
    return kept, skipped


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

    kept, skipped = _decoded(wanted(), size, photo_set.gray)
    if not kept:
        there = ", ".join(f"{name} ({count})" for name, count in sorted(found.items())) or "no photo at all"
        raise PhotoSetError(f"{photo_set.name} has no good photo for {split!r}; it has {there}.")
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
    with download.whole(pixels) as file:  # row by row: there may not be memory for a second copy
        shape = (len(kept), size, size, 3)
        np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        for _, photo in kept:
            file.write(photo)
    with download.whole(known) as file:
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
