"""Small ab joined with a large photo's own L: color that stops where the photo's edges are."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from colorkit import lab, preset

# Rows of a photo that are worked on at a time, so that the float copies of a large one are never all there at once.
_ROWS = 128
# Variance of L, Lab units squared, below which differences of L count as grain rather than as an edge.
_GRAIN = 50


def join(rgb, lightness, ab):
    """Give a photo the colors of a small picture, keeping its L.

    Where a color is outside the sRGB gamut its chroma is reduced, so that L stays.

    Parameters
    ----------
    rgb : array, shape (height, width, 3), uint8
        The photo.
    lightness : array, shape (h, w, 1), float32
        Its L, made small, 0..100.
    ab : array, shape (h, w, 2), float32
        The colors, Lab units.

    Returns
    -------
    array, shape (height, width, 3), uint8
        RGB.

    Notes
    -----
    An enlarged ab alone is as blurred as it was small, and colors bleed over edges. The photo's L is sharp, and near
    an edge ab mostly changes along with it: a line through the 3 x 3 pixels around each one of the small picture says
    by how much, as in the guided filter. What L has beyond its own small and enlarged version therefore tells what ab
    has lost. L outside of what those pixels have is not followed, so that a dark twig before the sky gets no color
    that is nowhere near it. `make bench` measures what it brings.

    References
    ----------
    K. He, J. Sun and X. Tang (2013). Guided Image Filtering. IEEE Transactions on Pattern Analysis and Machine
    Intelligence 35 (6).
    """
    height, width = rgb.shape[:2]
    enlarge = _Enlarging(lightness, ab, (height, width))
    colored = np.empty_like(rgb)

    def color(top):
        rows = slice(top, min(top + _ROWS, height))
        own = lab.rgb_to_lab(rgb[rows])
        own[..., 1:] = enlarge(rows, own[..., 0])
        colored[rows] = lab.to_uint8(lab.lab_to_rgb(own, gamut="keep lightness"))

    # NumPy and Pillow let other threads work meanwhile.
    with ThreadPoolExecutor(preset.processor_cores()) as threads:
        list(threads.map(color, range(0, height, _ROWS)))
    return colored


class _Enlarging:
    """The ab of rows of a large picture, from a small one and from the large one's L."""

    def __init__(self, lightness, ab, size):
        from scipy import ndimage

        def mean(values):
            return ndimage.uniform_filter(values, (3, 3, 1), mode="nearest")

        average = mean(lightness)
        variance = np.maximum(mean(lightness**2) - average**2, 0)
        slope = mean((mean(lightness * ab) - average * mean(ab)) / (variance + _GRAIN))
        darkest, lightest = (
            rank(lightness, (3, 3, 1), mode="nearest") for rank in (ndimage.minimum_filter, ndimage.maximum_filter)
        )
        parts = {"ab": ab, "slope": slope, "lightness": lightness, "darkest": darkest, "lightest": lightest}
        self.channels = {
            name: [Image.fromarray(np.ascontiguousarray(part[..., channel])) for channel in range(part.shape[2])]
            for name, part in parts.items()
        }
        self.small, self.size = lightness.shape[:2], size

    def __call__(self, rows, own):
        """Return ab, shape (rows, width, 2), for rows with the photo's `own` L, shape (rows, width)."""

        def enlarged(name, channel=0, how=Image.Resampling.BILINEAR):
            size = self.size[1], rows.stop - rows.start
            return np.asarray(self.channels[name][channel].resize(size, how, box=part))

        part = 0, rows.start * self.small[0] / self.size[0], self.small[1], rows.stop * self.small[0] / self.size[0]
        smooth = Image.Resampling.BICUBIC
        beyond = np.clip(own, enlarged("darkest"), enlarged("lightest")) - enlarged("lightness", how=smooth)
        ab = [enlarged("ab", channel, smooth) + enlarged("slope", channel) * beyond for channel in (0, 1)]
        return np.stack(ab, axis=-1)
