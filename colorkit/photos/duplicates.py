"""Photos of one set that are in another, too."""

import numpy as np
from PIL import Image

from colorkit.photos.registry import SPLITS, find, sets, split_of  # noqa: F401

NEAR = 0.38  # the largest distance of `near_duplicates`; up to here, all pairs in the sets looked like one photo
_MAX_BITS = 20  # by which the difference hashes of near-duplicates differ
_SHIFT = 3  # pixels of 32 by which one may be displaced


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
