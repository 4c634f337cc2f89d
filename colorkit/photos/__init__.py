"""Photos that are always there, and sets of photos.

``bundled`` reads color photos that come inside other packages, so it needs no network. ``load`` reads a set of photos
from a mirror (a folder that the environment variable ``COLORKIT_MIRROR`` names), from the cache, or from the network,
and ``folder`` reads photos of one's own.
"""

from colorkit.photos.bundled import BUNDLED, bundled
from colorkit.photos.duplicates import near_duplicates
from colorkit.photos.loading import credit, folder, load
from colorkit.photos.registry import SPLITS, find, sets, split_of

__all__ = [
    "BUNDLED",
    "SPLITS",
    "bundled",
    "credit",
    "find",
    "folder",
    "load",
    "near_duplicates",
    "sets",
    "split_of",
]
