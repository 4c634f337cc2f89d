"""Color hints: what color is where, said by a person, and as a hinted colorizer takes it."""

import re
import warnings
from typing import NamedTuple

import numpy as np

from colorkit import lab

_SIDE = 9  # of the square that a hint covers in what the network sees, pixels; networks learned with 3 to 9
_SAME = 10  # ab distance up to which two hints for one place agree, Lab units


class Hint(NamedTuple):
    """What color is at one place of a photo.

    Attributes
    ----------
    x, y : int
        The place: pixels from the left and from the top of the photo as it is seen, upright.
    color : str
        ``"#RRGGBB"``, sRGB in hexadecimal digits. Its hue and chroma count: lightness is the photo's own.
    """

    x: int
    y: int
    color: str


def parse(text):
    """Read a hint as it is typed.

    Parameters
    ----------
    text : str
        ``"X,Y,#RRGGBB"``.

    Returns
    -------
    Hint

    Raises
    ------
    ValueError
        If it is not written so.

    Examples
    --------
    >>> parse("120,80,#3060C0")
    Hint(x=120, y=80, color='#3060C0')
    """
    match = re.fullmatch(r"\s*(\d{1,9})\s*,\s*(\d{1,9})\s*,\s*#?([0-9a-fA-F]{6})\s*", text)
    if not match:
        raise ValueError(f"a hint is X,Y,#RRGGBB, for example 120,80,#3060C0 (in quotes, for the shell), got {text!r}")
    return Hint(int(match[1]), int(match[2]), f"#{match[3]}")


def place(hints, rgb, inner, box):
    """Return hints as a hinted colorizer takes them.

    Parameters
    ----------
    hints : iterable of Hint
        Or of tuples (x, y, color).
    rgb : array, shape (height, width, 3), uint8
        The photo.
    inner : tuple of int
        Height and width of the photo in what the network sees, pixels.
    box : tuple of int
        Height and width of what the network sees, pixels; what is beyond `inner` holds no hints.

    Returns
    -------
    array, shape (height, width, 3), float32, as large as `box`
        a and b, Lab units, and 1 where there is a hint; 0 elsewhere.

    Raises
    ------
    ValueError
        If a hint is outside of the photo, or names no color, or two name different colors for one place.

    Warns
    -----
    UserWarning
        If the photo is too dark or too light at the place of a hint for a color of that chroma.
    """
    height, width = rgb.shape[:2]
    plane = np.zeros((*box, 3), np.float32)
    placed = []
    for one in hints:
        hint = parse(",".join(map(str, one)))
        if hint.x >= width or hint.y >= height:
            raise ValueError(
                f"the hint {_said(hint)} is outside of the photo, which is {width} x {height} pixels; X is 0 to "
                f"{width - 1}, Y is 0 to {height - 1}"
            )
        red_green_blue = np.array([list(bytes.fromhex(hint.color[1:]))], np.uint8)
        ab = lab.rgb_to_lab(red_green_blue)[0, 1:]
        # What the network sees of that pixel: less than one of its own, but in photos that are smaller than it wants.
        rows, columns = _seen(hint.y, height, inner[0]), _seen(hint.x, width, inner[1])
        row, column = sum(rows) // 2, sum(columns) // 2
        for other, *center, color in placed:
            near = max(abs(row - center[0]), abs(column - center[1])) <= _SIDE // 2
            if near and np.linalg.norm(ab - color) > _SAME:
                raise ValueError(
                    f"the hints {_said(other)} and {_said(hint)} name different colors for what the network sees as "
                    "one place; leave one of them out"
                )
        placed.append((hint, row, column, ab))
        lightness = lab.rgb_to_lab(rgb[hint.y, hint.x][np.newaxis])[0, 0]
        if not lab.in_gamut(np.array([lightness, *ab]), tolerance=0.02):
            kind = "dark" if lightness < 50 else "light"
            warnings.warn(f"the photo is too {kind} at the hint {_said(hint)}: its color will be paler", stacklevel=3)
        half = _SIDE // 2
        top, left = (max(0, min(middle - half, seen[0])) for middle, seen in ((row, rows), (column, columns)))
        bottom, right = max(row + half, rows[1]) + 1, max(column + half, columns[1]) + 1
        plane[top : min(bottom, inner[0]), left : min(right, inner[1])] = [*ab, 1]
    return plane


def _seen(place, length, inner):
    """Return the first and the last pixel of the network's that show one of the photo's."""
    first = place * inner // length
    return first, max(first, -(-(place + 1) * inner // length) - 1)


def _said(hint):
    return f"{hint.x},{hint.y},{hint.color}"
