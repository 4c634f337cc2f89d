"""Whether a photo has colors already, by measurement."""

import numpy as np
from PIL import Image

from colorkit import lab

_SIDE = 128  # pixels: noise and the blocks of JPEG are averaged away
# Percentiles, Lab units. Of the chroma of gray photos; and of what is left of toned ones without their tone: with grain
# and as JPEG they have less, and photos in color more, but for a few that have faded (tests/test_content.py).
_GRAY, _TONED = {95: 2, 99: 12}, {95: 5.5, 99: 12}


def kind(rgb):
    """Tell whether a photo is gray, gray with a tone (as sepia and old paper are), or has colors.

    In a toned photo color follows from lightness, smoothly: a cubic curve through the ab of all pixels, which does not
    mind a few that are far off, leaves hardly anything. Small parts of color count, as in a photo that was tinted by
    hand.

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
    powers = np.vander(pixels[:, 0] / 50 - 1, 4)
    ab = pixels[:, 1:]
    if _within(np.linalg.norm(ab, axis=1), _GRAY):
        return "gray"
    weights = np.ones((len(ab), 1), np.float32)
    for _ in range(3):  # least squares made robust: the farther off a pixel is, the less it counts
        curve, *_ = np.linalg.lstsq(powers * weights, ab * weights, rcond=None)
        left = np.linalg.norm(ab - powers @ curve, axis=1)
        weights = 1 / np.sqrt(np.maximum(left, 1))[:, np.newaxis]
    return "toned" if _within(left, _TONED) else "color"


def _within(values, bounds):
    return all(np.percentile(values, percent) < most for percent, most in bounds.items())
