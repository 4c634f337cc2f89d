"""The drawings of Color World: surfaces, and things that are drawn once and then stamped.

Everything is made of integers and of +, -, *, /, square roots and comparisons, which IEEE 754 fixes to the last bit:
a drawing is the same on every computer. No color is known here: only lightness, and which thing is where.
"""

import functools
from typing import NamedTuple

import numpy as np

# Things of one certain color come first: all of them in a scene are one object, whose id is the thing's index.
CERTAIN = (
    "sky", "sun", "cloud", "bird", "mountain", "hill", "water", "sand", "path", "road", "pavement", "roof", "window",
    "trunk", "basket", "sail", "wheel", "fence", "pole", "tower", "snow", "lit window", "pollen",
    "dusk high", "dusk middle", "dusk low", "dusk cloud", "dusk water",
)  # fmt: skip
AMBIGUOUS = ("balloon", "boat", "car", "umbrella", "wall", "door")
DECIDED_BY_SEASON = ("crown", "meadow")
RARE = ("flower", "buoy", "lantern")
THINGS = CERTAIN + AMBIGUOUS + DECIDED_BY_SEASON + RARE
SEASONS = ("spring", "summer", "autumn")


INDEX = {thing: index for index, thing in enumerate(THINGS)}

# ---------------------------------------------------------------------------------------------------------------------
# Surfaces: tables that are made once for each size, and of which scenes take cuts.


@functools.cache
def rows(size):
    """Return the middle of each row of pixels: shape (size, 1)."""
    return (np.arange(size, dtype=np.float32) + np.float32(0.5))[:, None]


@functools.cache
def _lattice(key):
    """Return random numbers on a torus of 64 by 64, 0..1, in steps of 1/1024."""
    bits = np.random.Philox(key=[key, 7]).random_raw(64 * 64)
    return (bits >> np.uint64(54)).astype(np.float64).reshape(64, 64) / 1024


def _noise(x, y, key):
    """Return smooth noise, 0..1, at places given in units of its grain."""
    lattice = _lattice(key)
    column, row = np.floor(x), np.floor(y)
    right, down = x - column, y - row
    right, down = right * right * (3 - 2 * right), down * down * (3 - 2 * down)
    column, row = column.astype(int) % 64, row.astype(int) % 64
    next_column, next_row = (column + 1) % 64, (row + 1) % 64
    upper = lattice[row, column] * (1 - right) + lattice[row, next_column] * right
    lower = lattice[next_row, column] * (1 - right) + lattice[next_row, next_column] * right
    return upper * (1 - down) + lower * down


def _exact(values):
    """Round to 1/64, which every computer does alike."""
    return (np.floor(values * 64 + 0.5) / 64).astype(np.float32)


@functools.cache
def backdrop(kind, size):
    """Return L and ids of the sky: by day one thing, in the evening three bands."""
    y = np.broadcast_to((np.arange(size)[:, None] + 0.5) / size, (size, size))
    x = np.broadcast_to((np.arange(size)[None, :] + 0.5) / size, (size, size))
    if kind == 0:
        share = np.minimum(y / 0.55, 1)
        return _exact(62 + 31 * share * (1.3 - 0.3 * share)), np.full((size, size), INDEX["sky"], np.uint8)
    wave = 0.03 * (_noise(x * 3, 0 * y, kind) - 0.5)
    lightness = np.zeros((size, size))
    ids = np.full((size, size), INDEX["dusk high"], np.uint8)
    lightness[:] = 38 + 40 * y
    soft = 1.0 / size
    for thing, light, start in (("dusk middle", 56, 0.27), ("dusk low", 66, 0.37)):
        cover = np.clip((y + wave - start) / soft + 0.5, 0, 1)
        lightness += cover * (light + 50 * (y - start) - lightness)
        ids[cover >= 0.5] = INDEX[thing]
    return _exact(lightness), ids


@functools.cache
def profile(kind, size):
    """Return the height of a ridge line at each column, four pictures wide: 0 is its highest place, 1 its lowest."""
    x = (np.arange(4 * size) + 0.5) / size
    zero = np.zeros_like(x)
    if kind == "hills":
        line = 0.7 * _noise(x * 2.6, zero, 1) + 0.3 * _noise(x * 5.3, zero, 2)
    elif kind == "flat":
        line = _noise(x * 1.5, zero, 3)
    elif kind in ("peaks", "below snow"):
        line = 0.62 * np.abs(2 * _noise(x * 2.2, zero, 4) - 1) + 0.26 * np.abs(2 * _noise(x * 6, zero, 5) - 1)
        line += 0.12 * _noise(x * 17, zero, 6)
        line *= 1.15
        if kind == "below snow":
            line = np.maximum(line, 0.36 + 0.3 * np.abs(2 * _noise(x * 15, zero, 7) - 1))
    elif kind == "capes":
        line = 1.5 * _noise(x * 1.7, zero, 8) + 0.2 * _noise(x * 9, zero, 9)
    else:  # skyline
        block = np.floor(x * 14).astype(int)
        steps = _lattice(10)[0]
        line = 0.25 + 0.75 * steps[block % 64]
    return _exact(np.clip(line, 0, 1))


@functools.cache
def texture(kind, size):
    """Return what a surface adds to L, two pictures wide."""
    y, x = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(2 * size) + 0.5) / size, indexing="ij")
    if kind == "grass":
        result = 5 * (_noise(x * 40, y * 20, 11) - 0.5) + 7 * (_noise(x * 9, y * 16, 12) - 0.5)
    elif kind == "furrows":
        # Rows of a field that meet far away.
        row = (x - 1) / (y - 0.25 + 0.5 * (y < 0.4)) * 5
        result = 8 * np.abs(row - np.floor(row) - 0.5) - 2 + 5 * (_noise(x * 20, y * 20, 14) - 0.5)
    elif kind == "leaves":
        result = 8 * (_noise(x * 24, y * 28, 15) - 0.5)
    elif kind == "sand":
        result = 3 * (_noise(x * 40, y * 40, 16) - 0.5) + 4 * (_noise(x * 5, y * 14, 17) - 0.5)
    else:  # ripples: the nearer, the larger
        depth = np.maximum(y - 0.42, 0)
        wave = _noise(x * (14 - 9 * depth), 46 * depth / (depth + 0.4), 18) - 0.5
        result = (5 + 10 * depth) * wave + 22 * np.maximum(wave - 0.2, 0)
    return _exact(result)


# ---------------------------------------------------------------------------------------------------------------------
# Sprites: things that are drawn once for each variant and size, and then stamped.


class Sprite(NamedTuple):
    """A drawn thing.

    `keep` is the share of what is behind it in L, `light` what it adds; `certain` is the ids of its parts of certain
    color and where they are; `drawn` the thing and the place of each part with a color of its own. `below` is how many
    of its rows are below its foot.
    """

    keep: np.ndarray
    light: np.ndarray
    certain: tuple | None
    drawn: list
    below: int

    def cut(self, *where):
        """Return a part of it."""
        certain = self.certain and (self.certain[0][where], self.certain[1][where])
        drawn = [(thing, mask[where]) for thing, mask in self.drawn]
        return Sprite(self.keep[where], self.light[where], certain, drawn, self.below)


@functools.cache
def sprite(kind, variant, height, width, mirrored):
    """Return the drawing of a thing, `height` pixels high."""
    paint, aspect, foot, *own = _SPRITES[kind]
    drawing = _Drawing(height, width or max(2, int(aspect * height + 0.5)), foot)
    paint(drawing, variant)
    return drawing.finish([INDEX[thing] for thing in own], mirrored)


class _Drawing:
    """A thing while it is drawn, on a grid finer than the pixels. y is 0 at its top, 1 at its foot; x is 0..1."""

    def __init__(self, height, width, foot):
        self.fine = 4 if height < 100 else 2
        self.below = int(height * foot + 0.999)
        rows = height + self.below
        y, x = np.meshgrid(
            (np.arange(rows * self.fine) + 0.5) / (height * self.fine),
            (np.arange(width * self.fine) + 0.5) / (width * self.fine),
            indexing="ij",
        )
        self.x, self.y, self.pixel = x, y, 1.0 / height
        self.light, self.cover = np.zeros(x.shape), np.zeros(x.shape)
        self.part = np.full(x.shape, -1)

    def paint(self, where, light, thing, opacity=1.0):
        """Cover the places of a mask (or of shares, 0..1) with a lightness."""
        share = where * opacity
        self.light = self.light * (1 - share) + light * share
        self.cover = self.cover * (1 - share) + share
        self.part[share >= 0.5] = INDEX[thing]

    def shadow(self, y, height, left=0.0, right=1.0):
        middle, half = (left + right) / 2, (right - left) / 2
        away = _ellipse(self, middle, y, half, height)
        self.paint(np.clip(1.6 - 1.6 * away, 0, 1), 30.0, "trunk", 0.4)

    def finish(self, own, mirrored):
        """Scale the drawing down; `own` are the indices of its things with a color of their own."""
        fine = self.fine

        def shrink(values):
            small = sum(values[row::fine, column::fine] for row in range(fine) for column in range(fine)) / fine**2
            return small[:, ::-1] if mirrored else small

        cover, light = _exact(shrink(self.cover)), _exact(shrink(self.light))
        parts = np.unique(np.append(self.part, own))
        parts = parts[parts >= 0]
        certain, drawn = None, []
        if len(parts):
            shares = np.stack([shrink((self.part == part).astype(np.float64)) for part in parts])
            most = np.where(cover >= 0.5, parts[shares.argmax(axis=0)], len(THINGS))
            fixed = most < len(CERTAIN)
            if fixed.any():
                certain = np.where(fixed, most, 0).astype(np.uint8), fixed
            drawn = [(part, most == part) for part in own]
        return Sprite(np.ascontiguousarray(1 - cover), np.ascontiguousarray(light), certain, drawn, self.below)


def _ellipse(d, middle_x, middle_y, radius_x, radius_y):
    """Return the squared distance from the middle, 1 at the rim."""
    x, y = (d.x - middle_x) / radius_x, (d.y - middle_y) / radius_y
    return x * x + y * y


def _between(values, low, high):
    return (values >= low) & (values < high)


def _box(d, left, right, top, bottom):
    return _between(d.x, left, right) & _between(d.y, top, bottom)


def _balloon(d, variant):
    x, y = d.x, d.y
    for side in (-1, 1):
        rope = np.abs(x - 0.5 - side * (0.05 + 0.1 * (0.92 - y) / 0.16)) < 0.02
        d.paint(rope & _between(y, 0.76, 0.92), 40.0, "basket", 0.8)
    below = np.maximum(y - 0.37, 0) / 0.45
    above = np.minimum(y - 0.37, 0) / 0.37
    half = 0.5 * np.sqrt(np.maximum(1 - above * above, 0)) * (1 - below * below * 0.82)
    inside = (np.abs(x - 0.5) < half) & (y < 0.82)
    across = np.clip((x - 0.5) / np.maximum(half, 1e-3), -1, 1)
    gore = np.floor((across + 0.4 * across * across * across) * (2.5 if variant == 0 else 3.5) / 1.4 + 20.5)
    light = 66 + 2.5 * (gore % 2 * 2 - 1) - 5.5 * across - 5 * across * across
    if variant == 1:
        light += np.where(_between(y, 0.34, 0.46), -7.0, 0.0)
    light += 7 * np.maximum(1 - _ellipse(d, 0.32, 0.24, 0.16, 0.17), 0)
    light -= 16 * np.maximum(y - 0.72, 0) / 0.1
    d.paint(inside, light, "balloon")
    d.paint(_box(d, 0.4, 0.6, 0.89, 1.0), 44 - 60 * (x - 0.5), "basket")


def _boat(d, variant):
    x, y = d.x, d.y
    d.shadow(1.0, 0.05, 0.05, 0.95)
    mast = 0.5 if variant == 0 else 0.44
    d.paint(_between(x, mast - 0.015, mast + 0.02) & (y < 0.8), 40.0, "pole")
    # The jib in front is of the hull's color, the mainsail white.
    run = np.clip((y - 0.1) / 0.6, 0, 1)
    d.paint(
        _between(x, mast + 0.04, mast + 0.04 + 0.4 * run * (1.35 - 0.35 * run)) & _between(y, 0.1, 0.72),
        66 - 14 * (x - mast) / 0.5 + 6 * (1 - y),
        "boat",
    )
    run = np.clip((y - 0.02) / 0.72, 0, 1)
    d.paint(
        _between(x, mast - 0.04 - 0.36 * run * (1.3 - 0.3 * run), mast - 0.03) & _between(y, 0.02, 0.74),
        95 - 16 * (mast - x) - 4 * ((y * 5) % 1.0 < 0.12),
        "sail",
    )
    sink = (y - 0.79) / 0.21
    hull = _between(x, 0.06 + 0.12 * sink * sink, 1.0 - 0.22 * sink) & _between(y, 0.79, 1.0)
    d.paint(hull, 60 - 22 * sink, "boat")
    d.paint(hull & (y < 0.83), 88.0, "sail")


def _buoy(d, _):
    x, y = d.x, d.y
    d.shadow(0.97, 0.1, 0.0, 1.0)
    wide = 0.1 + 0.3 * np.clip((y - 0.1) / 0.6, 0, 1)
    body = (np.abs(x - 0.5) < wide) & _between(y, 0.1, 0.8)
    d.paint(body, 69 - 18 * (x - 0.5), "buoy")
    d.paint(body & _between(y, 0.42, 0.56), 93.0, "sail")
    d.paint((np.abs(x - 0.5) < 0.5 - (y - 0.78)) & _between(y, 0.78, 1.0), 40.0, "pole")
    d.paint(_ellipse(d, 0.5, 0.1, 0.12, 0.1) < 1, 69.0, "buoy")


def _barge(d, variant):
    x, y = d.x, d.y
    d.shadow(0.98, 0.08, 0.0, 1.0)
    sink = (y - 0.5) / 0.5
    hull = _between(x, 0.02 + 0.1 * sink * sink, 0.98 - 0.14 * sink) & _between(y, 0.5, 1.0)
    d.paint(hull, 62 - 18 * sink, "boat")
    d.paint(hull & (y < 0.6), 84.0, "fence")
    left = 0.3 if variant == 0 else 0.42
    d.paint(_box(d, left, left + 0.36, 0.12, 0.5), 86.0, "fence")
    d.paint(_box(d, left - 0.02, left + 0.38, 0.06, 0.16), 60.0, "boat")
    for middle in (left + 0.1, left + 0.26):
        d.paint(_box(d, middle - 0.05, middle + 0.05, 0.22, 0.42), 48.0, "window")


def _lighthouse(d, _):
    x, y = d.x, d.y
    rock = _ellipse(d, 0.5, 1.0, 0.5, 0.15) + 0.6 * (_noise(x * 8, y * 20, 62) - 0.5)
    d.paint((rock < 1) & (y < 1), 52 - 20 * (x - 0.5), "pavement")
    half = 0.11 + 0.08 * (y - 0.2) / 0.7
    tower = (np.abs(x - 0.5) < half) & _between(y, 0.2, 0.9)
    light = 92 - 70 * (x - 0.5) * (x > 0.5)
    d.paint(tower, light, "fence")
    d.paint(tower & (_between(y, 0.34, 0.46) | _between(y, 0.6, 0.72)), light * 0.58, "roof")
    d.paint(_box(d, 0.36, 0.64, 0.18, 0.21), 46.0, "roof")
    d.paint(_box(d, 0.41, 0.59, 0.09, 0.18), 90.0, "lit window")
    d.paint((np.abs(x - 0.5) < 0.14 * y / 0.09) & (y < 0.09), 46.0, "roof")


def _windmill(d, _):
    x, y = d.x, d.y
    d.shadow(0.985, 0.03, 0.2, 0.95)
    half = 0.1 + 0.09 * (y - 0.4) / 0.6
    tower = (np.abs(x - 0.5) < half) & _between(y, 0.4, 1.0)
    d.paint(tower, 91 - 60 * (x - 0.47) * (x > 0.47), "fence")
    d.paint(tower & (y > 0.93), 62.0, "pavement")
    cap = _ellipse(d, 0.5, 0.41, 0.115, 0.12)
    d.paint((cap < 1) & (y < 0.43), 50 - 40 * (x - 0.5), "roof")
    d.paint(_box(d, 0.46, 0.54, 0.82, 1.0), 46.0, "basket")
    _window(d, 0.46, 0.54, 0.56, 0.64)
    # Four sails at right angles; 0.94 and 0.34 are the cosine and sine of 20 degrees. x is 0.85 heights wide.
    across, along = (x - 0.5) * 0.85, y - 0.38
    for cosine, sine in ((0.94, 0.34), (-0.34, 0.94), (-0.94, -0.34), (0.34, -0.94)):
        out, aside = across * cosine + along * sine, along * cosine - across * sine
        d.paint(_between(out, 0.08, 0.37) & _between(aside, 0.0, 0.07), 94.0, "sail", 0.85)
        d.paint(_between(out, 0.0, 0.38) & (np.abs(aside) < 0.012), 36.0, "trunk")


def _bush(d, variant):
    x, y = d.x, d.y
    d.shadow(0.97, 0.07)
    rough = _noise(x * 6, y * 5, 34 + variant) - 0.5
    fine = _noise(x * 14, y * 11, 44 + variant) - 0.5
    for middle, radius in (((0.3, 0.3), (0.7, 0.3), (0.5, 0.3)), ((0.35, 0.35), (0.75, 0.22)))[variant]:
        away = _ellipse(d, middle, 0.62, radius, 0.55 if radius > 0.25 else 0.4) + 0.5 * rough + 0.2 * fine
        lit = -(x - middle) / radius * 0.4 - (y - 0.62) / 0.5 * 0.8
        d.paint((away < 0.95) & (y < 0.97), 62 + 11 * lit + 10 * rough + 12 * fine, "crown")


def _car(d, variant):
    x, y = d.x, d.y
    d.shadow(0.98, 0.09, 0.0, 1.0)
    slope = 0.12 if variant == 0 else 0.05
    rise = np.clip((0.48 - y) / 0.44, 0, 1)
    roof = _between(x, 0.2 + slope * rise, 0.8 - 0.16 * rise) & _between(y, 0.04, 0.5)
    body = _between(x, 0.02, 0.98) & _between(y, 0.42, 0.86)
    for corner in (0.02, 0.98):
        body &= ~((np.abs(x - corner) < 0.08) & (_ellipse(d, 0.5, 0.66, 0.5, 0.42) > 1))
    d.paint(roof, 62.0, "car")
    d.paint(body, 63 - 26 * np.maximum(y - 0.5, 0), "car")
    d.paint(body & _between(y, 0.5, 0.54), 70.0, "car")
    glass = _between(x, 0.25 + slope * rise, 0.75 - 0.15 * rise) & _between(y, 0.13, 0.42)
    d.paint(glass & (np.abs(x - 0.5) > 0.025), 80 - 20 * y, "window")
    for wheel in (0.23, 0.77):
        away = _ellipse(d, wheel, 0.84, 0.105, 0.22)
        d.paint(away < 1, 20.0, "wheel")
        d.paint(away < 0.22, 74.0, "wheel")


def _umbrella(d, variant):
    x, y = d.x, d.y
    d.shadow(0.97, 0.05, 0.1, 0.95)
    d.paint(_between(x, 0.48, 0.52) & _between(y, 0.05, 0.98), 46.0, "pole")
    if variant == 1:
        d.paint(_box(d, 0.25, 0.75, 0.68, 0.73), 90.0, "fence")
        for leg in (0.3, 0.7):
            d.paint(_box(d, leg - 0.02, leg + 0.02, 0.72, 0.96), 80.0, "fence")
    dome = _ellipse(d, 0.5, 0.42, 0.5, 0.4)
    across = (x - 0.5) / (0.5 * np.sqrt(np.clip(1 - ((0.42 - y) / 0.4) * ((0.42 - y) / 0.4), 1e-4, 1)))
    scallop = 0.42 - 0.05 * np.abs((x * 6 + 0.5) % 1.0 - 0.5)
    gore = np.floor((across + 0.4 * across * across * across) * 3 / 1.4 + 20.5) % 2
    d.paint((dome < 1) & (y < scallop), 64 + 7 * gore - 7 * across - 22 * np.maximum(y - 0.3, 0), "umbrella")


def _tree(d, variant):
    x, y = d.x, d.y
    d.shadow(0.985, 0.035, 0.12, 0.98)
    tall = variant == 3
    wide = 0.035 + 0.05 * np.maximum(y - 0.85, 0) / 0.15
    d.paint((np.abs(x - 0.5) < wide) & _between(y, 0.5, 1.0), 40 - 90 * (x - 0.5), "trunk")
    for side in (-1, 1):
        if not tall:
            limb = np.abs(x - 0.5 - side * (0.72 - y) * 0.8) < 0.022
            d.paint(limb & _between(y, 0.5, 0.72), 38.0, "trunk")
    clumps = (
        ((0.5, 0.34, 0.36, 0.3), (0.25, 0.44, 0.24, 0.19), (0.75, 0.45, 0.25, 0.19), (0.5, 0.5, 0.34, 0.17)),
        ((0.42, 0.28, 0.28, 0.27), (0.66, 0.36, 0.28, 0.22), (0.24, 0.46, 0.23, 0.19), (0.58, 0.52, 0.33, 0.16)),
        ((0.5, 0.32, 0.46, 0.31), (0.3, 0.52, 0.27, 0.14), (0.7, 0.52, 0.27, 0.14)),
        ((0.5, 0.44, 0.23, 0.44),),
    )[variant]
    rough = _noise(x * 7, y * 9, 30 + variant) - 0.5
    fine = _noise(x * 16, y * 20, 40 + variant) - 0.5
    for middle_x, middle_y, radius_x, radius_y in clumps:
        away = _ellipse(d, middle_x, middle_y, radius_x, radius_y) + 0.5 * rough + 0.25 * fine
        lit = -(x - middle_x) / radius_x * 0.5 - (y - middle_y) / radius_y * 0.85
        d.paint(away < 0.95, 62 + 11 * lit + 10 * rough + 12 * fine, "crown")


def _house(d, variant):
    x, y = d.x, d.y
    lit, variant = variant >= 2, variant % 2
    d.shadow(0.99, 0.04, 0.0, 1.0)
    d.paint(_box(d, 0.68, 0.77, 0.04, 0.36), 50.0, "roof")
    d.paint(_box(d, 0.66, 0.79, 0.02, 0.07), 60.0, "roof")
    d.paint(_box(d, 0.09, 0.91, 0.42, 1.0), 84 - 10 * (x - 0.5) - 14 * np.maximum(0.52 - y, 0), "wall")
    d.paint(_box(d, 0.09, 0.91, 0.95, 1.0), 70.0, "pavement")
    slope = (y - 0.1) / 0.37
    inset = 0.22 if variant == 0 else 0.46
    roof = _between(x, 0.02 + inset * (1 - slope), 0.98 - inset * (1 - slope)) & _between(y, 0.1, 0.47)
    tiles = ((y - 0.1) * 13) % 1.0 < 0.22
    d.paint(roof, 50 - 12 * (x - 0.5) - 6 * tiles + 5 * (1 - slope), "roof")
    d.paint(roof & (y > 0.445), 38.0, "roof")
    if variant == 1:
        away = _ellipse(d, 0.5, 0.34, 0.07, 0.06)
        d.paint(away < 1, 90.0, "fence")
        d.paint(away < 0.5, 46.0, "window")
    d.paint(_box(d, 0.41, 0.59, 0.63, 1.0), 92.0, "fence")
    d.paint(_box(d, 0.435, 0.565, 0.66, 1.0), 52 - 8 * (((x * 16) % 1.0) < 0.2), "door")
    for left in (0.16, 0.66):
        _window(d, left, left + 0.18, 0.57, 0.82, lit=lit)


def _window(d, left, right, top, bottom, *, lit=False):
    frame, middle, sill = 0.16 * (right - left), (left + right) / 2, (top + bottom) / 2
    d.paint(_box(d, left, right, top, bottom), 93.0, "fence")
    pane = _box(d, left + frame, right - frame, top + frame, bottom - frame)
    pane &= (np.abs(d.x - middle) > frame * 0.3) & (np.abs(d.y - sill) > frame * 0.25)
    d.paint(pane, 84.0 if lit else 48 + 30 * (sill - d.y), "lit window" if lit else "window")


def _building(d, variant):
    x, y = d.x, d.y
    lit, variant = variant >= 4, variant % 4
    top = (0.1, 0.14, 0.05, 0.12)[variant]
    light = (84, 79, 82, 86)[variant]
    d.paint(y >= top, light - 7 * x - 5 * y, "wall")
    if variant == 0:  # a gable
        gable = (np.abs(x - 0.5) < 0.5 * y / 0.1 * 1.0) & (y < top)
        d.paint(gable, 52.0, "roof")
    elif variant == 1:  # a mansard
        run = y / top
        d.paint(_between(x, 0.14 * (1 - run), 1 - 0.14 * (1 - run)) & (y < top), 50 - 8 * x, "roof")
    elif variant == 2:  # a cornice
        d.paint(y < top, 90.0, "fence")
        d.paint(_between(y, top, top + 0.015), 60.0, "wall")
    else:  # steps
        step = np.floor(y / 0.04) + 1
        d.paint((np.abs(x - 0.5) < 0.16 * step) & (y < top), light - 4.0, "wall")
    rows = (3, 3, 4, 3)[variant]
    columns = 3 if variant in (0, 2) else 2
    for row in range(rows):
        for column in range(columns):
            middle = (column + 0.5) / columns * 0.88 + 0.06
            start = top + 0.05 + row * (0.72 - top) / rows
            light_on = lit and (row * 3 + column * 5 + variant) % 4 < 2
            _window(d, middle - 0.09, middle + 0.09, start, start + 0.13, lit=light_on)
    d.paint(y > 0.965, 62.0, "pavement")
    d.paint(_box(d, 0.1, 0.3, 0.79, 1.0), 90.0, "fence")
    d.paint(_box(d, 0.125, 0.275, 0.81, 1.0), 50.0, "door")
    d.paint(_box(d, 0.4, 0.92, 0.82, 0.95), 92.0, "fence")
    d.paint(_box(d, 0.43, 0.89, 0.835, 0.94), 84.0 if lit else 58 + 20 * (0.9 - y), "lit window" if lit else "window")
    d.paint((x > 1 - d.pixel / 0.45) & (y >= top), 58.0, "wall", 0.6)


def _path(d, variant):
    x, y = d.x, d.y
    bend = (0.25, -0.3, 0.0)[variant]
    middle = 0.5 + bend * (1 - y) * y * (1.5 - y)
    half = 0.035 + (0.2 if variant < 2 else 0.12) * y * y
    d.paint(np.abs(x - middle) < half, 82 - 8 * y + 5 * (_noise(x * 12, y * 20, 50) - 0.5), "path")


def _fence(d, _):
    x, y = d.x, d.y
    d.paint(_between(y, 0.3, 0.4) | _between(y, 0.68, 0.78), 86.0, "fence")
    across = (x * 7) % 1.0 - 0.5
    d.paint((np.abs(across) < 0.26) & (y > 0.06 + 0.4 * np.abs(across)), 93.0, "fence")


def _flower(d, _):
    d.paint(_between(d.x, 0.47, 0.53) & (d.y > 0.5), 44.0, "trunk", 0.4)
    petals = _ellipse(d, 0.5, 0.46, 0.28, 0.28) < 1
    for middle_x, middle_y in ((0.5, 0.22), (0.76, 0.41), (0.66, 0.72), (0.34, 0.72), (0.24, 0.41)):
        petals |= _ellipse(d, middle_x, middle_y, 0.23, 0.23) < 1
    d.paint(petals, 75 + 8 * (0.5 - d.y), "flower")
    d.paint(_ellipse(d, 0.5, 0.48, 0.14, 0.14) < 1, 74.0, "pollen")


def _lantern(d, _):
    x = d.x
    away = _ellipse(d, 0.5, 0.52, 0.46, 0.44)
    d.paint(away < 1, 81 - 8 * away - 14 * (x - 0.3) * (x > 0.3), "lantern")
    d.paint(_box(d, 0.36, 0.64, 0.0, 0.1) | _box(d, 0.36, 0.64, 0.92, 1.0), 40.0, "pole")


def _garland(d, _):
    t = (d.x - 0.5) * 2
    d.paint(np.abs(d.y - (0.95 - 0.85 * t * t)) < 0.09, 30.0, "pole", 0.45)


def _marking(d, _):
    d.paint(((d.x * 8) % 1.0 < 0.55) & (d.y >= 0), 82.0, "pavement")


def _knoll(d, _):
    x, y = d.x, d.y
    away = _ellipse(d, 1.0, 1.05, 0.98, 0.95)
    grain = _noise(x * 22, y * 12, 60) - 0.5
    d.paint(away + 0.12 * grain < 1, 68 - 12 * y + 7 * grain, "meadow")


def _glitter(d, _):
    x, y = d.x, d.y
    spark = _noise(x * 9, y * 22, 61) - 0.25 - 1.3 * np.abs(x - 0.5) - 0.1 * y
    d.paint(np.clip(spark * 4, 0, 1), 96.0, "sail", 0.49)


def _puff(d, variant):
    x, y = d.x, d.y
    evening, variant = variant >= 3, variant % 3
    puffs = (
        ((0.5, 0.45, 0.24, 0.45), (0.28, 0.65, 0.2, 0.33), (0.73, 0.62, 0.21, 0.36)),
        ((0.4, 0.42, 0.22, 0.42), (0.64, 0.55, 0.22, 0.42), (0.22, 0.7, 0.18, 0.28), (0.82, 0.72, 0.16, 0.26)),
        ((0.58, 0.42, 0.23, 0.42), (0.32, 0.56, 0.24, 0.4), (0.8, 0.7, 0.18, 0.28)),
    )[variant]
    cover = np.zeros(x.shape)
    for puff in puffs:
        cover = np.maximum(cover, np.clip(2.6 - 2.6 * _ellipse(d, *puff), 0, 1))
    cover *= np.clip((0.98 - y) * 8, 0, 1)
    if evening:
        d.paint(cover, 84 - 26 * np.maximum(y - 0.3, 0), "dusk cloud", 0.95)
    else:
        d.paint(cover, 98 - 18 * np.maximum(y - 0.45, 0), "cloud", 0.95)


def _bank(d, variant):
    x, y = d.x, d.y
    evening, variant = variant >= 3, variant % 3
    top = 0.85 - 0.75 * np.clip(5 * x * (1 - x), 0, 1) * _noise(x * 5, 0 * y, 77 + variant)
    top -= 0.15 * np.abs(2 * _noise(x * 15, 0 * y, 80 + variant) - 1) * np.clip(8 * x * (1 - x), 0, 1)
    cover = np.clip((y - top) * 9, 0, 1) * np.clip((1 - y) * 3, 0, 1)
    d.paint(cover, 80.0 if evening else 97.0, "dusk cloud" if evening else "cloud", 0.8)


def _bird(d, variant):
    x, y = d.x, d.y
    t = np.abs(x - 0.5) * 2
    line = 0.75 - (0.62 if variant == 0 else 0.5) * t * (1.7 - 0.7 * t)
    d.paint(np.abs(y - line) < 0.17 - 0.09 * t, 24.0, "bird")


def _sun(d, _):
    x, y = d.x - 0.5, d.y - 0.5
    away = np.sqrt(x * x + y * y)
    d.paint(np.clip(1 - (away - 0.2) / 0.3, 0, 1), 95.0, "cloud", 0.3)
    # Twelve rays: unit vectors in steps of 30 degrees, 0.866 for half the square root of 3.
    for across, along in ((1, 0), (0.866, 0.5), (0.5, 0.866), (0, 1), (-0.5, 0.866), (-0.866, 0.5)):
        side = np.abs(x * along - y * across)
        d.paint((side < 0.03) & _between(away, 0.3, 0.48), 94.0, "sun")
    d.paint(away < 0.235, 93.0, "sun")


def _disc(d, _):
    d.paint(np.clip(1 - (_ellipse(d, 0.5, 0.5, 0.5, 0.5) - 0.9) / 0.1, 0, 1), 94.0, "sun")


def _veil(d, variant):
    x, y = d.x, d.y
    evening, variant = variant >= 3, variant % 3
    wave = (_noise(x * 4, y * 0, 70 + variant) - 0.5) * 0.5
    thick = 0.5 * np.clip(4 * x * (1 - x), 0, 1) * (0.6 + 0.4 * _noise(x * 9, y * 0, 74 + variant))
    cover = np.clip(1 - np.abs(y - 0.5 - wave) / np.maximum(thick, 1e-3), 0, 1)
    d.paint(cover, 84.0 if evening else 97.0, "dusk cloud" if evening else "cloud", 0.75)


# How each is drawn, its width in heights, how far it reaches below its foot, and which parts have a color of their own.
_SPRITES = {
    "balloon": (_balloon, 0.7, 0.0, "balloon"),
    "boat": (_boat, 0.92, 0.05, "boat"),
    "buoy": (_buoy, 0.75, 0.1, "buoy"),
    "barge": (_barge, 2.3, 0.1, "boat"),
    "lighthouse": (_lighthouse, 0.55, 0.0),
    "windmill": (_windmill, 0.85, 0.04),
    "bush": (_bush, 1.7, 0.06, "crown"),
    "bank": (_bank, 4.5, 0.0),
    "car": (_car, 2.1, 0.1, "car"),
    "umbrella": (_umbrella, 0.95, 0.04, "umbrella"),
    "tree": (_tree, 0.82, 0.04, "crown"),
    "house": (_house, 1.25, 0.05, "wall", "door"),
    "building": (_building, 0.45, 0.0, "wall", "door"),
    "path": (_path, 1.9, 0.0),
    "fence": (_fence, 3.2, 0.0),
    "flower": (_flower, 1.0, 0.0, "flower"),
    "lantern": (_lantern, 0.85, 0.0, "lantern"),
    "garland": (_garland, 5.0, 0.0),
    "marking": (_marking, 72.0, 0.0),
    "knoll": (_knoll, 2.8, 0.0, "meadow"),
    "glitter": (_glitter, 0.7, 0.0),
    "puff": (_puff, 2.4, 0.0),
    "bird": (_bird, 2.0, 0.0),
    "sun": (_sun, 1.0, 0.0),
    "disc": (_disc, 1.0, 0.0),
    "veil": (_veil, 14.0, 0.0),
}
