"""Color World: scenes made by a program, in which the true distribution of color is known at each pixel.

A scene is made in two steps. First it is laid out: what stands where, and how light each pixel is (`scenery`). Then
it is colored, with other random numbers: each object draws one color from the palette of its thing. So nothing in L
betrays which color was drawn, and the oracle knows the probability of every color at every pixel. A color has less
chroma where a pixel is dark or pale, as far as sRGB asks for it.

Three traps are built in. Balloons, boats, cars, umbrellas, walls and doors have several colors that nothing in L tells
apart. Crowns of trees and meadows have the color of the season, and the season shows only in the sky, far from them.
Flowers, buoys and lanterns are nearly white most often, and rarely vivid.
"""

import functools
from dataclasses import dataclass

import numpy as np

from colorkit import bins, pictures
from colorkit.world import scenery
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

_VIVID = 0.15  # the probability that a rare vivid thing is vivid

# Each palette: weight, a, b. What the season decides has one color for each season.
_PALETTES = {
    "sky": [(1, -7, -32)],
    "sun": [(1, -4, 62)],
    "cloud": [(1, 0, -3)],
    "bird": [(1, 0, -6)],
    "mountain": [(1, 0, -24)],
    "hill": [(1, -20, 8)],
    "water": [(1, -18, -26)],
    "sand": [(1, 5, 30)],
    "path": [(1, 6, 26)],
    "road": [(1, 0, -5)],
    "pavement": [(1, 2, 6)],
    "roof": [(1, 30, 28)],
    "window": [(1, -6, -20)],
    "trunk": [(1, 10, 18)],
    "basket": [(1, 14, 28)],
    "sail": [(1, 0, 3)],
    "wheel": [(1, 0, -2)],
    "fence": [(1, 0, 3)],
    "pole": [(1, 6, 8)],
    "tower": [(1, 6, -18)],
    "snow": [(1, 0, -6)],
    "lit window": [(1, 8, 62)],
    "dusk cloud": [(1, 26, 4)],
    "pollen": [(1, 2, 64)],
    "dusk high": [(1, 24, -36)],
    "dusk middle": [(1, 38, 2)],
    "dusk low": [(1, 30, 46)],
    "dusk water": [(1, 14, -30)],
    "balloon": [(0.35, 60, 40), (0.25, 5, -45), (0.25, 14, 60), (0.15, -45, 40)],
    "boat": [(0.35, 58, 40), (0.3, 6, -48), (0.2, -42, 12), (0.15, 16, 64)],
    "car": [(0.35, 60, 42), (0.3, 4, -46), (0.2, 14, 64), (0.15, -42, 20)],
    "umbrella": [(0.35, 60, 36), (0.25, -4, -42), (0.25, 12, 66), (0.15, -40, 0)],
    "wall": [(0.35, 6, 36), (0.25, 30, 14), (0.25, -6, -26), (0.15, -26, 16)],
    "door": [(0.4, 52, 38), (0.35, 4, -44), (0.25, -38, 28)],
    "crown": [(1, 34, -6), (1, -36, 40), (1, 30, 54)],
    "meadow": [(1, -42, 45), (1, 7, 63), (1, 3, 32)],
    "flower": [(1 - _VIVID, 3, -7), (_VIVID, 72, -26)],
    "buoy": [(1 - _VIVID, 0, 2), (_VIVID, 58, 64)],
    "lantern": [(1 - _VIVID, 2, 12), (_VIVID, 64, -56)],
}

# Components of a mixture, at most, and how finely the factor of chroma depends on L: steps of 1/4.
_MOST = max(map(len, _PALETTES.values()))
_STEPS = 4
_LEVELS = 100 * _STEPS + 1

_SIZES = range(32, 513)
_SPLITS = {"train": 0, "val": 1, "test": 2}
_SPLIT_LENGTH = 2**40

# Pixels that are colored at a time: the temporaries then stay small.
_CHUNK = 2**18


@dataclass(frozen=True)
class _Dials:
    """How strongly each trap is set, 0..1."""

    brown: float = 1.0
    fusion: float = 1.0
    rare: float = _VIVID

    def __post_init__(self):
        for name, value in vars(self).items():
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is 0..1, got {value}")


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
        tables = _tables(self._dials)
        thing = self.things.astype(np.intp)
        level = _level(self._lab[..., 0])
        season = self.labels[:, None, None]
        return Oracle(
            colors=_colors()[thing, :, level],
            weights=tables.weights[thing, season],
            floor=tables.floor[thing, season, level],
            entropy=tables.entropy[thing, season, level],
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
        chosen[[_thing(name) for name in names]] = True
        return chosen[self.things]

    def _color(self, number):
        """Draw one color for each object and write ab."""
        bounds = _tables(self._dials).bounds
        rows = _colors().reshape(-1, 2).view(np.complex64)[:, 0]
        first = len(CERTAIN)
        batch = max(1, _CHUNK // (self.size[0] * self.size[1]))
        for start in range(0, len(self), batch):
            part = slice(start, start + batch)
            objects = self._objects[part].astype(np.intp)
            numbers = _numbers(self._seed, 1 + number, self._index[part], scenery.OBJECTS)
            component = np.zeros(objects.shape, np.intp)
            own = bounds[objects[:, first:], self.labels[part, None]]
            component[:, first:] = (numbers[..., None] * 2.0**-32 >= own).sum(axis=-1)
            base = (objects * _MOST + component) * _LEVELS
            lab = self._lab[part]
            row = np.take_along_axis(base, self._ids[part].reshape(len(lab), -1).astype(np.intp), axis=1)
            row = row.reshape(lab.shape[:3])
            row += _level(lab[..., 0])
            lab[..., 1:] = rows[row][..., None].view(np.float32)


def load(size=64, split="train", limit=1000, seed=0, *, brown=1.0, fusion=1.0, rare=_VIVID, start=0):
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
    dials = _Dials(brown, fusion, rare)
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


def palette(name, context=None):
    """Return the colors that a thing may have.

    Parameters
    ----------
    name : str
        Of `THINGS`.
    context : str, optional
        One of `SEASONS`; left out, the average over them.

    Returns
    -------
    colors : array, shape (K, 2), float32
        ab, Lab units, as they are at the lightness at which they fit into sRGB.
    weights : array, shape (K,), float32
        Their probabilities, which sum to 1.

    Raises
    ------
    ValueError
        If there is no such thing or season.
    """
    thing = _thing(name)
    if context is not None and context not in SEASONS:
        raise ValueError(f"there is no season {context!r}; there are {', '.join(SEASONS)}")
    weights = _tables(_Dials()).weights[thing]
    weights = weights.mean(axis=0) if context is None else weights[SEASONS.index(context)]
    colors = np.array([color for _, *color in _PALETTES[name]], np.float32)
    return colors, weights[: len(colors)]


def _thing(name):
    if name not in THINGS:
        raise ValueError(f"there is no {name!r} in Color World; there are {', '.join(THINGS)}")
    return THINGS.index(name)


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


def _level(lightness):
    return (lightness * np.float32(_STEPS)).astype(np.intp)


@functools.cache
def _colors():
    """Return ab of each thing, component and level of L: shape (things, components, levels, 2), float32.

    Dark and pale colors hold less chroma. Each palette color is scaled by the largest k/64 at which it fits into sRGB
    with a margin, at both ends of the level.
    """
    result = np.zeros((len(THINGS), _MOST, _LEVELS, 2), np.float32)
    levels = np.arange(_LEVELS) / _STEPS
    shares = np.arange(65) / 64
    for thing, name in enumerate(THINGS):
        for component, (_, a, b) in enumerate(_PALETTES[name]):
            fits = np.ones((_LEVELS, 65), bool)
            for light in (levels, np.minimum(levels + 1 / _STEPS, 100)):
                fits &= _fits(light[:, None], a * 1.03 * shares, b * 1.03 * shares)
            share = shares[np.maximum(np.minimum.accumulate(fits, axis=1).sum(axis=1) - 1, 0)]
            result[thing, component] = np.stack([share * a, share * b], axis=-1)
    return result


def _fits(lightness, a, b):
    """Tell which Lab colors are inside sRGB, in double precision: single may round otherwise on another computer."""
    f = (lightness + 16) / 116
    linear = [
        np.where(root > 6 / 29, root * root * root, (root - 16 / 116) / 7.787) * white
        for root, white in ((f + a / 500, 0.95047), (f, 1.0), (f - b / 200, 1.08883))
    ]
    x, y, z = linear
    rgb = (
        3.24048134 * x - 1.53715152 * y - 0.49853633 * z,
        -0.96925495 * x + 1.87599 * y + 0.04155593 * z,
        0.05564664 * x - 0.20404134 * y + 1.05731107 * z,
    )
    return np.all([(channel >= 0) & (channel <= 1) for channel in np.broadcast_arrays(*rgb)], axis=0)


@dataclass(frozen=True)
class _Tables:
    """What the oracle knows of each thing, season and level of L; `bounds` are summed weights to draw by."""

    weights: np.ndarray
    bounds: np.ndarray
    floor: np.ndarray
    entropy: np.ndarray


@functools.cache
def _tables(dials):
    weights = np.zeros((len(THINGS), len(SEASONS), _MOST))
    for thing, name in enumerate(THINGS):
        own = np.array([weight for weight, *_ in _PALETTES[name]], float)
        if name in DECIDED_BY_SEASON:
            own = dials.fusion * np.eye(len(SEASONS)) + (1 - dials.fusion) / len(SEASONS)
        elif name in AMBIGUOUS:
            own = dials.brown * own + (1 - dials.brown) * (np.arange(len(own)) == 0)
        elif name in RARE:
            own = np.array([1 - dials.rare, dials.rare])
        weights[thing, :, : own.shape[-1]] = own
    colors = _colors().astype(np.float64).transpose(0, 2, 1, 3)[:, None]  # (things, 1, levels, components, 2)
    chance = weights[:, :, None, :]
    mean = (chance[..., None] * colors).sum(axis=-2, keepdims=True)
    floor = (chance * ((colors - mean) ** 2).mean(axis=-1)).sum(axis=-1)
    # Components that fall in one bin count as one color.
    found = bins.nearest(colors)
    same = found[..., :, None] == found[..., None, :]
    merged = (chance[..., None, :] * same).sum(axis=-1)
    entropy = -(chance * np.log(np.where(chance > 0, merged, 1))).sum(axis=-1)
    # A sum that rounding left just below 1 must not leave a chance to a component that is none.
    bounds = np.cumsum(weights, axis=-1)[..., :-1]
    bounds[bounds > 1 - 1e-9] = 1
    return _Tables(
        weights=weights.astype(np.float32),
        bounds=bounds,
        floor=floor.astype(np.float32),
        entropy=np.abs(entropy).astype(np.float32),
    )
