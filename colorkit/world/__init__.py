"""Color World: scenes made by a program, in which the true distribution of color is known at each pixel.

A scene is made in two steps. First it is laid out: what stands where, and how light each pixel is (`scenery`). Then
it is colored, with other random numbers: each object draws one color from the palette of its thing. So nothing in L
betrays which color was drawn, and the oracle knows the probability of every color at every pixel. A color has less
chroma where a pixel is dark or pale, as far as sRGB asks for it.

Three traps are built in. Balloons, boats, cars, umbrellas, walls and doors have several colors that nothing in L tells
apart. Crowns of trees and meadows have the color of the season, and the season shows only in the sky, far from them.
Flowers, buoys and lanterns are nearly white most often, and rarely vivid.
"""

from dataclasses import dataclass

import numpy as np

from colorkit import pictures
from colorkit.world import scenery
from colorkit.world.palettes import LEVELS, MOST, VIVID, Dials, colors_by_level, level_of, palette, tables, thing_index
from colorkit.world.sprites import AMBIGUOUS, CERTAIN, DECIDED_BY_SEASON, RARE, SEASONS, THINGS

__all__ = [
    "AMBIGUOUS",
    "DECIDED_BY_SEASON",
    "RARE",
    "SEASONS",
    "THINGS",
    "Oracle",
    "Scenes",
    "load",
    "palette",
]

_SIZES = range(32, 513)
_SPLITS = {"train": 0, "val": 1, "test": 2}
_SPLIT_LENGTH = 2**40

# Pixels that are colored at a time: the temporaries then stay small.
_CHUNK = 2**18


@dataclass(frozen=True)
class Oracle:
    """What is known about the color of each pixel of some scenes, before it is drawn.

    A pixel's ab is one of K colors with known probabilities, given all that L shows, the season included. No network
    can know more: the rest is chance, and `floor` and `entropy` say what chance alone costs.

    Attributes
    ----------
    colors : array, shape (N, H, W, K, 2), float32
        ab of each component, Lab units; 0 where there are fewer than K.
    weights : array, shape (N, H, W, K), float32
        Their probabilities; they sum to 1.
    floor : array, shape (N, H, W), float32
        Expected squared error of the mean, averaged over a and b, Lab units squared. No network's
        mean squared error is lower on average.
    entropy : array, shape (N, H, W), float32
        Entropy of the color over the 313 bins of `colorkit.bins`, nats. No network's cross-entropy is lower on average.
    """

    colors: np.ndarray
    weights: np.ndarray
    floor: np.ndarray
    entropy: np.ndarray

    @property
    def mean(self):
        """The best single guess under squared error: array, shape (N, H, W, 2), float32, Lab units."""
        return (self.colors * self.weights[..., None]).sum(axis=-2)


class Scenes(pictures.Pictures):
    """Scenes of Color World. Their labels are the seasons.

    Attributes
    ----------
    things : array, shape (N, H, W), uint8
        What each pixel shows: index into `THINGS`.
    """

    _ROWS = (*pictures.Pictures._ROWS, "_ids", "_objects", "_index")

    def __init__(self, name, *, ids, objects, index, seed, dials, **known):
        super().__init__(name, classes=SEASONS, **known)
        self._ids, self._objects, self._index = ids, objects, index
        self._seed, self._dials = seed, dials
        self._color(0)

    @property
    def things(self):
        """What each pixel shows."""
        ids = self._ids.reshape(len(self), self.size[0] * self.size[1])
        return np.take_along_axis(self._objects, ids, axis=1).reshape(self._ids.shape)

    def redrawn(self, number):
        """Draw the colors anew: the same scenes, the same L, other colors.

        Parameters
        ----------
        number : int
            Which drawing, 0 or more; 0 is the one that `load` gives.

        Returns
        -------
        Scenes

        Raises
        ------
        ValueError
            If `number` is negative.
        """
        if number < 0:
            raise ValueError(f"redrawings are numbered from 0, got {number}")
        other = self[:]
        other._lab, other._rgb = self._lab.copy(), None
        other._color(number)
        return other

    def oracle(self):
        """Return what is known about the color of each pixel before it is drawn.

        Returns
        -------
        Oracle
        """
        known = tables(self._dials)
        thing = self.things.astype(np.intp)
        level = level_of(self._lab[..., 0])
        season = self.labels[:, None, None]
        return Oracle(
            colors=colors_by_level()[thing, :, level],
            weights=known.weights[thing, season],
            floor=known.floor[thing, season, level],
            entropy=known.entropy[thing, season, level],
        )

    def mask(self, *names):
        """Tell where any of some things is.

        Parameters
        ----------
        *names : str
            Of `THINGS`.

        Returns
        -------
        array, shape (N, H, W), bool

        Raises
        ------
        ValueError
            If there is no such thing.
        """
        chosen = np.zeros(len(THINGS), bool)
        chosen[[thing_index(name) for name in names]] = True
        return chosen[self.things]

    def _color(self, number):
        """Draw one color for each object and write ab."""
        bounds = tables(self._dials).bounds
        rows = colors_by_level().reshape(-1, 2).view(np.complex64)[:, 0]
        first = len(CERTAIN)
        batch = max(1, _CHUNK // (self.size[0] * self.size[1]))
        for start in range(0, len(self), batch):
            part = slice(start, start + batch)
            objects = self._objects[part].astype(np.intp)
            numbers = _numbers(self._seed, 1 + number, self._index[part], scenery.OBJECTS)
            component = np.zeros(objects.shape, np.intp)
            own = bounds[objects[:, first:], self.labels[part, None]]
            component[:, first:] = (numbers[..., None] * 2.0**-32 >= own).sum(axis=-1)
            base = (objects * MOST + component) * LEVELS
            lab = self._lab[part]
            row = np.take_along_axis(base, self._ids[part].reshape(len(lab), -1).astype(np.intp), axis=1)
            row = row.reshape(lab.shape[:3])
            row += level_of(lab[..., 0])
            lab[..., 1:] = rows[row][..., None].view(np.float32)


def load(size=64, split="train", limit=1000, seed=0, *, brown=1.0, fusion=1.0, rare=VIVID, start=0):
    """Make scenes of Color World.

    Scene number i of a split is the same at every size, whatever else is loaded with it. `size`, `split` and `limit`
    are those of `colorkit.photos.load`, in the same order behind the set's name, and both give `Pictures`: so
    ``world.load(128, "val", 64)`` becomes ``photos.load("flowers", 128, "val", 64)``, and nothing else changes.

    Parameters
    ----------
    size : int
        Height and width, pixels, 32..512.
    split : {"train", "val", "test"}
        No scene is in two of them.
    limit : int
        How many scenes.
    seed : int
        Another seed is another world.
    brown : float
        How evenly things of several colors have them: 1, as in their palettes; 0, always the first color.
    fusion : float
        How much the season decides: 1, crowns and meadows have its color; 0, the color of any season.
    rare : float
        The probability that a flower, a buoy or a lantern is vivid.
    start : int
        Number of the first scene, so that more scenes than memory holds can be made in turn.

    Returns
    -------
    Scenes

    Raises
    ------
    ValueError
        If the size, the split, a dial or a number is out of its range.

    Examples
    --------
    >>> scenes = load(64, "val", limit=3)
    >>> scenes
    Color World, val: 3 pictures of 64 x 64 px
    >>> scenes.L.shape, scenes.ab.shape
    ((3, 64, 64, 1), (3, 64, 64, 2))
    >>> [SEASONS[label] for label in scenes.labels]
    ['autumn', 'summer', 'autumn']
    >>> bool((scenes.oracle().floor[scenes.mask("sky")] == 0).all())  # the sky has one color
    True
    """
    if size not in _SIZES:
        raise ValueError(f"size is {_SIZES[0]}..{_SIZES[-1]} pixels, got {size}")
    if split not in _SPLITS:
        raise ValueError(f"split is one of {', '.join(_SPLITS)}, got {split!r}")
    if limit < 0 or start < 0 or start + limit > _SPLIT_LENGTH:
        raise ValueError(f"scenes are numbered 0 to 2**40 - 1 in a split, got start={start} and limit={limit}")
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is 0 or more and below 2**63, got {seed}")
    dials = Dials(brown, fusion, rare)
    index = np.arange(start, start + limit, dtype=np.int64) + _SPLITS[split] * _SPLIT_LENGTH
    lab = np.empty((limit, size, size, 3), np.float32)
    ids = np.empty((limit, size, size), np.uint8)
    objects = np.zeros((limit, len(CERTAIN) + scenery.OBJECTS), np.uint8)
    objects[:, : len(CERTAIN)] = np.arange(len(CERTAIN))
    seasons = np.empty(limit, int)
    lightness = np.empty((size, size), np.float32)
    for first in range(0, limit, 64):
        numbers = _numbers(seed, 0, index[first : first + 64], scenery.NUMBERS).tolist()
        for number, row in enumerate(numbers, first):
            seasons[number], own = scenery.render(row, lightness, ids[number])
            lab[number, ..., 0] = lightness
            objects[number, len(CERTAIN) : len(CERTAIN) + len(own)] = own
    return Scenes(
        f"Color World, {split}",
        lab=lab,
        labels=seasons,
        files=np.array([f"{split}-{number:07d}" for number in range(start, start + limit)], dtype=str),
        ids=ids,
        objects=objects,
        index=index,
        seed=seed,
        dials=dials,
    )


def _numbers(seed, stream, index, count):
    """Return random numbers, 0..2**32 - 1, for the scenes of these indices: shape (scenes, count), uint32.

    Philox counts, and each count gives eight numbers: those of a scene begin where those of all scenes before it end.
    """
    result = np.empty((len(index), count), np.uint32)
    starts = np.flatnonzero(np.diff(index, prepend=-2) != 1)  # of runs of scenes that follow each other
    for start, stop in zip(starts, np.append(starts[1:], len(index)), strict=True):
        generator = np.random.Philox(key=[seed, stream], counter=int(index[start]) * (count // 8))
        words = generator.random_raw((stop - start) * (count // 2))
        result[start:stop] = words.astype("<u8").view("<u4").reshape(stop - start, count)
    return result
