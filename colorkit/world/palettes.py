"""The colors of Color World's things: which there are, how likely each is, and what chance alone costs."""

import functools
from dataclasses import dataclass

import numpy as np

from colorkit import bins
from colorkit.world.sprites import AMBIGUOUS, DECIDED_BY_SEASON, RARE, SEASONS, THINGS

VIVID = 0.15  # the probability that a rare vivid thing is vivid

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
    "flower": [(1 - VIVID, 3, -7), (VIVID, 72, -26)],
    "buoy": [(1 - VIVID, 0, 2), (VIVID, 58, 64)],
    "lantern": [(1 - VIVID, 2, 12), (VIVID, 64, -56)],
}

# Components of a mixture, at most, and how finely the factor of chroma depends on L: steps of 1/4.
MOST = max(map(len, _PALETTES.values()))
_STEPS = 4
LEVELS = 100 * _STEPS + 1


@dataclass(frozen=True)
class Dials:
    """How strongly each trap is set, 0..1."""

    brown: float = 1.0
    fusion: float = 1.0
    rare: float = VIVID

    def __post_init__(self):
        for name, value in vars(self).items():
            if not 0 <= value <= 1:
                raise ValueError(f"{name} is 0..1, got {value}")


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
    thing = thing_index(name)
    if context is not None and context not in SEASONS:
        raise ValueError(f"there is no season {context!r}; there are {', '.join(SEASONS)}")
    weights = tables(Dials()).weights[thing]
    weights = weights.mean(axis=0) if context is None else weights[SEASONS.index(context)]
    colors = np.array([color for _, *color in _PALETTES[name]], np.float32)
    return colors, weights[: len(colors)]


def thing_index(name):
    """Return the index of a thing into `THINGS`, or say which there are."""
    if name not in THINGS:
        raise ValueError(f"there is no {name!r} in Color World; there are {', '.join(THINGS)}")
    return THINGS.index(name)


def level_of(lightness):
    """Return the level of each L, 0..100, as `colors_by_level` counts them."""
    return (lightness * np.float32(_STEPS)).astype(np.intp)


@functools.cache
def colors_by_level():
    """Return ab of each thing, component and level of L: shape (things, components, levels, 2), float32.

    Dark and pale colors hold less chroma. Each palette color is scaled by the largest k/64 at which it fits into sRGB
    with a margin, at both ends of the level.
    """
    result = np.zeros((len(THINGS), MOST, LEVELS, 2), np.float32)
    levels = np.arange(LEVELS) / _STEPS
    shares = np.arange(65) / 64
    for thing, name in enumerate(THINGS):
        for component, (_, a, b) in enumerate(_PALETTES[name]):
            fits = np.ones((LEVELS, 65), bool)
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
class Tables:
    """What the oracle knows of each thing, season and level of L; `bounds` are summed weights to draw by."""

    weights: np.ndarray
    bounds: np.ndarray
    floor: np.ndarray
    entropy: np.ndarray


@functools.cache
def tables(dials):
    """Return what the oracle knows when the traps are set so."""
    weights = np.zeros((len(THINGS), len(SEASONS), MOST))
    for thing, name in enumerate(THINGS):
        own = np.array([weight for weight, *_ in _PALETTES[name]], float)
        if name in DECIDED_BY_SEASON:
            own = dials.fusion * np.eye(len(SEASONS)) + (1 - dials.fusion) / len(SEASONS)
        elif name in AMBIGUOUS:
            own = dials.brown * own + (1 - dials.brown) * (np.arange(len(own)) == 0)
        elif name in RARE:
            own = np.array([1 - dials.rare, dials.rare])
        weights[thing, :, : own.shape[-1]] = own
    colors = colors_by_level().astype(np.float64).transpose(0, 2, 1, 3)[:, None]  # (things, 1, levels, components, 2)
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
    return Tables(
        weights=weights.astype(np.float32),
        bounds=bounds,
        floor=floor.astype(np.float32),
        entropy=np.abs(entropy).astype(np.float32),
    )
