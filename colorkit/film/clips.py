"""Clips whose true color and motion are known: pans and zooms over a picture, with grain."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from colorkit import lab, pictures


class Clip(NamedTuple):
    """A clip with known truth.

    Attributes
    ----------
    L : array, shape (frames, height, width, 1), float32
        What a colorizer gets: lightness with grain, 0..100.
    ab : array, shape (frames, height, width, 2), float32
        The true color, Lab units.
    flows : array, shape (frames - 1, height, width, 2), float32
        The true motion: where each place was in the frame before, pixels, as `colorkit.film.flow` gives it.
    """

    L: np.ndarray
    ab: np.ndarray
    flows: np.ndarray


def pan(picture, size, frames, start, end, *, grain=0, seed=0):
    """Move a camera over a picture.

    Parameters
    ----------
    picture : array, shape (H, W, 3), uint8
        RGB in color.
    size : tuple of int
        Height and width of the clip, pixels.
    frames : int
        How many, at least 2.
    start, end : tuple of float
        What the first and the last frame show: left, top and width, in pixels of the picture. Another width at the end
        is a zoom.
    grain : float
        Standard deviation of noise that is added to L, Lab units. Each frame has its own, as film has.
    seed : int
        Of the noise.

    Returns
    -------
    Clip

    Raises
    ------
    ValueError
        If there are fewer than two frames, or the camera leaves the picture.

    Examples
    --------
    >>> picture = np.zeros((100, 200, 3), np.uint8)
    >>> clip = pan(picture, (50, 80), 3, start=(0, 0, 80), end=(8, 0, 80))
    >>> clip.L.shape, clip.flows[0, 0, 0].tolist()
    ((3, 50, 80, 1), [0.0, 4.0])
    """
    picture = pictures.as_rgb(picture, "the picture")
    if frames < 2:
        raise ValueError(f"a clip has at least 2 frames, got {frames}")
    height, width = size
    views = np.linspace(start, end, frames)  # left, top, width
    boxes = [(left, top, left + wide, top + wide * height / width) for left, top, wide in views]
    for box in boxes:
        if min(box[:2]) < 0 or box[2] > picture.shape[1] or box[3] > picture.shape[0] or box[2] <= box[0]:
            raise ValueError(
                f"the camera leaves the picture, which is {picture.shape[1]} x {picture.shape[0]} pixels: it shows "
                f"{', '.join(f'{side:g}' for side in box)} (left, top, right, bottom)"
            )
    image = Image.fromarray(picture)
    seen = [np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=box)) for box in boxes]
    truth = lab.rgb_to_lab(np.stack(seen))
    noise = np.random.default_rng(seed).normal(0, grain, truth[..., :1].shape)
    scale = views[:, 2] / width  # pixels of the picture in one of the clip
    place = np.moveaxis(np.indices(size), 0, -1) + 0.5  # down, right
    flows = [
        (views[number, 1::-1] + place * scale[number] - views[number - 1, 1::-1]) / scale[number - 1] - place
        for number in range(1, frames)
    ]
    return Clip(
        L=np.clip(truth[..., :1] + noise, 0, 100).astype(np.float32),
        ab=truth[..., 1:],
        flows=np.array(flows, np.float32),
    )
