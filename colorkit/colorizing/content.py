"""Whether a photo has colors already, by measurement."""

import numpy as np
from PIL import Image

from colorkit import lab

_SIDE = 128  # pixels: noise and the blocks of JPEG are averaged away
_GROUPS = 16  # of pixels of about the same lightness
# The 95th percentile of chroma, Lab units: of a photo, and of what its tone does not explain.
_GRAY, _TONED = 2, 6


def kind(rgb):
    """Tell whether a photo is gray, gray with a tone (as sepia and old paper are), or has colors.

    In a toned photo, color follows from lightness: what is equally light has one color. So the ab of each pixel is
    compared with the median of pixels that are about as light; where hardly anything differs, there are no colors.

    Parameters
    ----------
    rgb : array, shape (height, width, 3), uint8
        sRGB.

    Returns
    -------
    {"gray", "toned", "color"}

    Examples
    --------
    >>> gray = np.linspace(0, 255, 3000).astype(np.uint8).reshape(50, 60, 1)
    >>> sepia = (gray * [1, 0.8, 0.6]).astype(np.uint8)
    >>> half_blue = np.where(np.arange(60)[:, np.newaxis] < 30, sepia, sepia[..., ::-1])
    >>> [kind(photo) for photo in (np.repeat(gray, 3, axis=2), sepia, half_blue)]
    ['gray', 'toned', 'color']
    """
    image = Image.fromarray(rgb)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=None)
    pixels = lab.rgb_to_lab(np.asarray(image)).reshape(-1, 3)
    ab = pixels[np.argsort(pixels[:, 0], kind="stable"), 1:]
    if _most(ab) < _GRAY:
        return "gray"
    unexplained = [group - np.median(group, axis=0) for group in np.array_split(ab, min(_GROUPS, len(ab)))]
    return "toned" if _most(np.concatenate(unexplained)) < _TONED else "color"


def _most(ab):
    return np.percentile(np.hypot(ab[:, 0], ab[:, 1]), 95)
