"""From a photo's file to its pixels: many at a time, and why one is left out."""

import warnings
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from colorkit import files, preset, progress
from colorkit.pictures import PhotoError, open_photo, square

_MIN_SIDE = 32  # pixels; a smaller photo is an icon
# A photo has color where the largest and the smallest of R, G and B differ by more than this ...
_GRAY_SPREAD = 8
# ... and that in more than this part of it.
_MIN_COLORED = 0.01


def some(skipped):
    """Name some of the photos that were left out (file -> reason) in a sentence."""
    first = [f"{files.shown(file)} ({reason})" for file, reason in list(skipped.items())[:5]]
    return ", ".join(first) + ", ..." * (len(skipped) > 5)


def say_skipped(name, skipped, count):
    """Print how many photos of so many were left out (file -> reason), if any were, and some of them."""
    if skipped:
        print(f"{files.shown(name)}: {len(skipped)} of {progress.count(count, 'photo')} left out: {some(skipped)}")


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


def decoded(items, size, gray):
    """Decode photos, each as soon as the one before it was taken, so that they need not fit into memory.

    Parameters
    ----------
    items : iterable of (dict, bytes or path-like)
        What is known about a photo, and its file.
    size : int
        Side in pixels that each is brought to.
    gray : bool
        Whether photos without color will do.

    Yields
    ------
    dict
        What is known about the photo.
    ndarray, shape (size, size, 3), uint8, or None
        sRGB; None if it is no good.
    str
        Why not.
    """

    def decode(item):
        row, content = item
        photo, problem = open_good(content, gray)
        return row, None if problem else square(photo, size), problem

    yield from parallel(decode, items)
