"""What stands where in Color World, and how light it is. No color is known here.

Everything is made of integers and of +, -, *, /, square roots and comparisons, which IEEE 754 fixes to the last bit:
the same scene is the same on every computer.
"""

import numpy as np

from colorkit.world import sprites
from colorkit.world.sprites import CERTAIN, INDEX, SEASONS

# Random numbers that one scene may use up: 32 bits each, for the cues of the season and for all else.
CUE_NUMBERS, NUMBERS = 48, 352
# Objects with a color of their own, at most, in one scene.
OBJECTS = 96
# The cues of the season stay above this share of the height, and what the season decides stays below the other.
CUES_END, DECIDED_START = 0.234, 0.422

# What the evening leaves of the light of each object.
_DIM = np.full(256, 0.84, np.float32)
_DIM[[INDEX[thing] for thing in CERTAIN if thing.startswith(("dusk", "sun", "lit", "bird"))]] = 1


def render(numbers, lightness, ids):
    """Draw one scene.

    Parameters
    ----------
    numbers : list of int, `NUMBERS` long
        Random numbers, 0..2**32 - 1.
    lightness : array, shape (size, size), float32
        L of each pixel is written here.
    ids : array, shape (size, size), uint8
        The object that each pixel belongs to is written here.

    Returns
    -------
    season : int
        Index into `SEASONS`.
    objects : list of int
        For each object with a color of its own, the index of its thing. Their ids follow those of `CERTAIN`.
    """
    cues, rest = _Random(numbers[:CUE_NUMBERS]), _Random(numbers[CUE_NUMBERS:])
    season = cues.below(len(SEASONS))
    canvas = _Canvas(lightness, ids)
    (_landscape, _sea, _city, _garden)[rest.below(4)](canvas, rest, (cues, season))
    return season, canvas.objects


class _Random:
    """Random numbers, one after the other."""

    def __init__(self, numbers):
        self._next = iter(numbers).__next__

    def below(self, count):
        return self._next() * count >> 32

    def between(self, low, high):
        return low + (high - low) * (self._next() * 2.0**-32)

    def chance(self, share):
        return self._next() * 2.0**-32 < share


class _Canvas:
    """A scene while it is drawn, from back to front. Places are shares of the height and width, from the top left."""

    def __init__(self, lightness, ids):
        self.lightness, self.ids, self.size, self.objects = lightness, ids, len(ids), []

    def new(self, thing):
        """Return the id of a new object."""
        self.objects.append(thing)
        return len(CERTAIN) + len(self.objects) - 1

    def backdrop(self, kind):
        """Begin with a sky."""
        lightness, ids = sprites.backdrop(kind, self.size)
        np.copyto(self.lightness, lightness)
        np.copyto(self.ids, ids)

    def stamp(self, kind, x, y, height, variant=0, *, mirrored=False, width=0.0):
        """Put a thing where its foot is at x, y; without a width, in its own proportions."""
        size = self.size
        sprite = sprites.sprite(kind, variant, max(2, int(height * size + 0.5)), int(width * size + 0.5), mirrored)
        own = [self.new(thing) for thing, _ in sprite.drawn]
        rows, columns = sprite.keep.shape
        top = int(y * size + 0.5 + size) - size - rows + sprite.below
        left = int(x * size + size) - size - columns // 2
        bottom, right = top + rows, left + columns
        if top < 0 or left < 0 or bottom > size or right > size:
            if bottom <= 0 or right <= 0 or top >= size or left >= size:
                return
            sprite = sprite.cut(
                slice(max(0, -top), rows - max(0, bottom - size)), slice(max(0, -left), columns - max(0, right - size))
            )
            top, left = max(0, top), max(0, left)
        region = slice(top, min(bottom, size)), slice(left, min(right, size))
        lightness = self.lightness[region]
        lightness *= sprite.keep
        lightness += sprite.light
        ids = self.ids[region]
        if sprite.certain is not None:
            np.copyto(ids, sprite.certain[0], where=sprite.certain[1])
        for number, (_, mask) in zip(own, sprite.drawn, strict=True):
            ids[mask] = number

    def ridge(self, thing, kind, y, height, offset, *, light, mist=0.0, texture=None, shift=0.0):
        """Fill from a ridge line down: its highest point is at `y`, its lowest `height` below.

        `light` is L at the ridge line; it grows by `mist` per height of the picture below it.
        """
        size = self.size
        start = int(offset * 3 * size)
        line = sprites.profile(kind, size)[start : start + size]
        line = y * size + line * (height * size)
        top = max(0, int(y * size) - 1)
        depth = sprites.rows(size)[top:] - line
        lightness = self.lightness[top:]
        cover = np.minimum(depth, np.float32(0.5))
        cover = np.maximum(cover, np.float32(-0.5), out=cover)
        cover += np.float32(0.5)
        layer = depth
        layer *= np.float32(mist / size)
        layer += np.float32(light)
        if texture is not None:
            move = int(shift * size)
            layer += sprites.texture(texture, size)[top:, move : move + size]
        layer -= lightness
        layer *= cover
        lightness += layer
        np.copyto(self.ids[top:], thing, where=cover >= 0.5)

    def dim(self):
        """Take light from all but the sky and the lit windows: evening."""
        self.lightness *= _DIM[self.ids]

    def strip(self, thing, light, top, bottom, *, texture=None, shift=0.0, gain=0.0):
        """Fill a band from `top` to `bottom`; L changes by `gain` from its top to its bottom."""
        size = self.size
        first, last = int(top * size + 0.5), int(bottom * size + 0.5)
        lightness = self.lightness[first:last]
        lightness[:] = light
        if gain:
            lightness += (np.arange(last - first, dtype=np.float32) * np.float32(gain / (last - first)))[:, None]
        if texture is not None:
            move = int(shift * size)
            lightness += sprites.texture(texture, size)[first:last, move : move + size]
        self.ids[first:last] = thing


# ---------------------------------------------------------------------------------------------------------------------
# The four kinds of scenes.


def _landscape(canvas, random, cues):
    evening = random.chance(0.2)
    horizon = random.between(0.47, 0.54)
    _sky(canvas, random, cues, evening, horizon)
    start = random.between(0, 1)
    if random.chance(0.5):
        canvas.ridge(INDEX["snow"], "peaks", horizon - 0.21, 0.24, start, light=95, mist=-20, texture="leaves")
        canvas.ridge(INDEX["mountain"], "below snow", horizon - 0.21, 0.24, start, light=62, mist=90, texture="leaves")
    else:
        canvas.ridge(INDEX["mountain"], "hills", horizon - 0.13, 0.13, start, light=72, mist=60)
    canvas.ridge(INDEX["hill"], "hills", horizon - 0.06, 0.1, random.between(0, 1), light=58, mist=70, texture="leaves")
    _balloons(canvas, random, horizon, 3)
    lake = random.chance(0.3)
    if lake:
        _water(canvas, random, horizon + 0.02, horizon + 0.16, evening)
    meadow = canvas.new(INDEX["meadow"])
    middle = horizon + (0.09 if lake else 0.02)
    canvas.ridge(meadow, "hills", middle, 0.09, random.between(0, 1), light=77, mist=-25,
                 texture=("furrows", "grass")[random.below(2)], shift=random.between(0, 1))  # fmt: skip
    _row_of_trees(canvas, random, random.below(4), middle + 0.1, 0.12)
    houses = random.below(3)
    if houses < 2 and random.chance(0.4):
        x = random.between(0.06, 0.18)
        canvas.stamp("windmill", x if random.chance(0.5) else 1 - x, middle + 0.14, 0.25)
    for number in range(houses):
        x = (number + random.between(0.3, 0.7)) / houses
        canvas.stamp("house", x, middle + 0.2, 0.19, random.below(2) + 2 * evening)
        canvas.stamp("bush", x + (0.13 if random.chance(0.5) else -0.13), middle + 0.205, 0.06, random.below(2))
    front = 0.77
    start, shift = random.between(0, 1), random.between(0, 1)
    canvas.ridge(meadow, "hills", front, 0.08, start, light=71, mist=-32, texture="grass", shift=shift)
    if random.chance(0.6):
        canvas.stamp(
            "path", random.between(0.3, 0.7), 1.0, 1 - front - 0.06, random.below(2), mirrored=random.chance(0.5)
        )
    _trees(canvas, random, 2 + random.below(2), 0.86, 0.97)
    _flowers(canvas, random, 10, 0.87, 1.0)
    if evening:
        canvas.dim()


def _sea(canvas, random, cues):
    evening = random.chance(0.3)
    horizon = random.between(0.44, 0.5)
    _sky(canvas, random, cues, evening, horizon)
    if random.chance(0.7):
        canvas.ridge(INDEX["mountain"], "capes", horizon - 0.1, 0.14, random.between(0, 1), light=68, mist=60)
    _balloons(canvas, random, horizon - 0.02, 2)
    _water(canvas, random, horizon, 1.0, evening)
    side = random.chance(0.5)
    if random.chance(0.4):
        x = random.between(0.1, 0.3)
        canvas.stamp("lighthouse", 1 - x if side else x, horizon + 0.03, 0.24)
    boats = 2 + random.below(3)
    start = random.below(boats)
    for number in range(boats):
        x = ((number * 2 + start) % boats + random.between(0.25, 0.75)) / boats
        y = horizon + 0.07 + 0.26 * (number + random.between(0, 0.6)) / boats
        canvas.stamp(
            "boat", x, y, _choose(0.12, 0.3, (y - horizon) / 0.4), random.below(2), mirrored=random.chance(0.5)
        )
    buoys = 5 + random.below(4)
    for number in range(buoys):
        y = horizon + 0.05 + 0.27 * (number + random.between(0, 1)) / buoys
        canvas.stamp("buoy", random.between(0.03, 0.97), y, _choose(0.045, 0.08, (y - horizon) / 0.35))
    canvas.ridge(INDEX["sand"], "hills", 0.775, 0.1, random.between(0, 1), light=90, mist=-40, texture="sand")
    canvas.stamp("knoll", 0.0 if side else 1.0, 1.0, 0.26, 0, mirrored=side)
    for number in range(1 + random.below(2)):
        x = random.between(0.04, 0.12) + 0.12 * number
        canvas.stamp("tree", x if side else 1 - x, 0.86 + 0.05 * number, 0.36 - 0.06 * number, random.below(4))
    for number in range(1 + random.below(3)):
        x = 0.36 + 0.22 * number + random.between(0, 0.1)
        canvas.stamp("umbrella", x if side else 1 - x, random.between(0.92, 0.98), 0.2, 0, mirrored=random.chance(0.5))
    if evening:
        canvas.dim()


def _city(canvas, random, cues):
    evening = random.chance(0.3)
    _sky(canvas, random, cues, evening, 0.45)
    canvas.ridge(INDEX["tower"], "skyline", 0.3, 0.26, random.between(0, 1), light=70, mist=30)
    _balloons(canvas, random, 0.44, 2)
    ground = 0.82
    x = -random.between(0.0, 0.1)
    while x < 1:
        width = 0.17 + 0.04 * random.below(3)
        height = 0.36 + 0.05 * random.below(4)
        canvas.stamp("building", x + width / 2, ground, height, random.below(4) + 4 * evening, width=width)
        x += width
    canvas.strip(INDEX["pavement"], 78, ground, 0.865, gain=-4)
    canal = random.chance(0.4)
    if canal:
        canvas.strip(INDEX["pavement"], 56, 0.855, 0.875)
        _water(canvas, random, 0.875, 1.0, evening)
    else:
        canvas.strip(INDEX["road"], 48, 0.865, 1.0, texture="sand", gain=8)
        canvas.stamp("marking", 0.5, 0.945, 0.014)
    for number in range(2 + random.below(2)):
        canvas.stamp("tree", 0.1 + 0.36 * number + random.between(0, 0.2), 0.85, 0.33, random.below(4))
    traffic = 1 + random.below(3)
    for number in range(traffic):
        x = (number + random.between(0.25, 0.75)) / traffic
        far = random.chance(0.4)
        if canal:
            canvas.stamp("barge", x, 0.945 if far else 0.985, 0.085, random.below(2), mirrored=far)
        else:
            canvas.stamp("car", x, 0.915 if far else 0.985, 0.085 if far else 0.1, random.below(2), mirrored=far)
    if evening:
        canvas.dim()
    swing = random.between(0.1, 0.3)
    for middle in (swing, swing + 0.5):
        canvas.stamp("garland", middle, 0.66, 0.09)
        for number in range(-2, 3):
            t = number / 2.4
            canvas.stamp("lantern", middle + 0.21 * t, 0.7 - 0.06 * t * t, 0.055)


def _garden(canvas, random, cues):
    horizon = random.between(0.5, 0.54)
    _sky(canvas, random, cues, False, horizon)
    canvas.ridge(INDEX["mountain"], "hills", horizon - 0.15, 0.14, random.between(0, 1), light=76, mist=60)
    canvas.ridge(INDEX["hill"], "hills", horizon - 0.08, 0.1, random.between(0, 1), light=66, mist=50, texture="leaves")
    _balloons(canvas, random, horizon - 0.04, 1)
    meadow = canvas.new(INDEX["meadow"])
    start, shift = random.between(0, 1), random.between(0, 1)
    canvas.ridge(meadow, "flat", horizon + 0.05, 0.02, start, light=77, mist=-32, texture="grass", shift=shift)
    side = random.chance(0.5)
    x = random.between(0.62, 0.75)
    _row_of_trees(canvas, random, 2 + random.below(3), horizon + 0.09, 0.13)
    house = x if side else 1 - x
    for number in range(5):
        if abs(number * 0.22 + 0.06 - house) > 0.2:
            canvas.stamp("fence", number * 0.22 + 0.06, 0.675, 0.07)
    canvas.stamp("house", house, 0.69, 0.3, random.below(2))
    canvas.stamp("path", house, 1.0, 0.31, 2, mirrored=side)
    for aside in (-0.155, 0.155):
        canvas.stamp("bush", house + aside, 0.7, 0.075 + 0.015 * random.below(2), random.below(2))
    x = random.between(0.12, 0.22)
    canvas.stamp("tree", x if side else 1 - x, 0.82, 0.39, random.below(4))
    x = random.between(0.3, 0.5)
    canvas.stamp("umbrella", x if side else 1 - x, random.between(0.84, 0.9), 0.27, 1, mirrored=side)
    if random.chance(0.5):
        canvas.stamp("umbrella", random.between(0.8, 0.9) if side else random.between(0.1, 0.2), 0.94, 0.27, 1)
    _flowers(canvas, random, 16, 0.8, 1.0)


def _choose(low, high, share):
    """Return a size between two, in six steps, so that not every thing needs a drawing of its own."""
    return low + (high - low) * (int(min(max(share, 0.0), 1.0) * 5 + 0.5) / 5)


def _sky(canvas, random, cues, evening, horizon):
    canvas.backdrop(1 + random.below(2) if evening else 0)
    # Clouds low in the sky, in every season alike.
    for _ in range(random.below(3)):
        place = random.between(0, 1), random.between(0.38, max(0.4, horizon - 0.02))
        height, variant = 0.07 + 0.03 * random.below(2), random.below(3) + 3 * evening
        canvas.stamp("bank", *place, height, variant, mirrored=random.chance(0.5))
    _cues(canvas, *cues, evening)


def _cues(canvas, random, season, evening):
    """Show the season in the sky: in spring small clouds and birds, in summer rays, in autumn veils."""
    x = random.between(0.0, 1.0)
    if season == 0:
        for number in range(5):
            place = (
                (x + (number + random.between(-0.2, 0.2)) / 5) % 1.0,
                0.12 + 0.05 * (number % 2) + random.between(0, 0.04),
            )
            canvas.stamp("puff", *place, 0.075 + 0.015 * random.below(3), random.below(3) + 3 * evening)
        x = random.between(0.2, 0.8)
        for number in range(6):
            aside = number - 2.5
            y = 0.05 + 0.03 * abs(aside) + random.between(0, 0.03)
            canvas.stamp("bird", x + 0.068 * aside, y, 0.03 + 0.008 * random.below(2), random.below(2))
    elif season == 1:
        canvas.stamp("sun", 0.1 + 0.8 * x, 0.225, 0.3)
    else:
        canvas.stamp("disc", 0.15 + 0.7 * x, random.between(0.15, 0.18), 0.12)
        for number in range(7):
            y = 0.045 + 0.0265 * number + random.between(0, 0.02)
            place = (number * 0.43 + x + random.between(-0.1, 0.1)) % 1.0, y
            canvas.stamp("veil", *place, 0.036, random.below(3) + 3 * evening)


def _balloons(canvas, random, horizon, most):
    count = random.below(most + 1)
    start = random.below(3)
    for number in range(count):
        height = 0.15 + 0.045 * random.below(3)
        y = random.between(0.25 + height, max(0.26 + height, horizon))
        x = ((start + 2 * number) % 3 + random.between(0.25, 0.75)) / 3
        canvas.stamp("balloon", x, y, height, random.below(2))


def _water(canvas, random, top, bottom, evening):
    thing = INDEX["dusk water" if evening else "water"]
    shift = random.between(0, 1)
    light, gain = (68, -34) if evening else (82, -26)
    canvas.strip(thing, light, top, bottom, texture="ripples", shift=shift, gain=gain * (bottom - top) / 0.5)
    if bottom - top > 0.2:
        canvas.stamp("glitter", random.between(0.2, 0.8), bottom, bottom - top - 0.004)


def _row_of_trees(canvas, random, count, y, height):
    x = random.between(0, 1)
    for _ in range(count):
        canvas.stamp("tree", x, y + random.between(0, 0.03), height + 0.02 * random.below(2), random.below(4))
        x = (x + random.between(0.07, 0.3)) % 1.0


def _trees(canvas, random, count, top, bottom):
    side = random.chance(0.5)
    for number in range(count):
        x = random.between(0.04, 0.2) if number == 0 else random.between(0.3 + 0.2 * number, 0.5 + 0.2 * number)
        y = top + (bottom - top) * (number + random.between(0, 1)) / count
        height, variant = 0.3 + 0.04 * random.below(4), random.below(4)
        canvas.stamp("tree", x if side else 1 - x, y, height, variant, mirrored=random.chance(0.5))


def _flowers(canvas, random, count, top, bottom):
    for number in range(count + random.below(4)):
        y = top + (bottom - top) * ((number * 5 % 7 + random.between(0, 1)) / 7)
        canvas.stamp("flower", random.between(0, 1), y, 0.036 + 0.01 * (y > 0.92))
