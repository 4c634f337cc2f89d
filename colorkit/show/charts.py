"""Galleries and charts.

Everything is drawn on opaque white with dark text, so that it reads the same in a light and in a dark notebook or book.
"""

import itertools
import math
import textwrap

import numpy as np

from colorkit import lab, pictures, progress
from colorkit.metrics import Estimate
from colorkit.show.drawing import DPI, INK, figure

# Okabe and Ito's color-blind-safe colors, and who has which, the same in every lesson. Networks keep theirs from lesson
# to lesson; things that never meet in one chart may share a color.
PALETTE = {
    "truth": "#000000",
    "gray": "#767676",
    "loss": "#0072B2",
    "validation": "#E69F00",
    "one_photo": "#D55E00",
    "L": "#595959",
    "a": "#CC79A7",
    "b": "#E69F00",
    "accent": "#0072B2",
    # Lines about colors that have a name.
    "red": "#D55E00",
    "yellow": "#E69F00",
    "green": "#009E73",
    "blue": "#0072B2",
}
# For lines whose names are not in the palette, in this order. Okabe and Ito's yellow is too pale on white.
_OTHER_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
_LINE_STYLES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 3)))
_PLANE_LIGHTNESS = 65  # where most of the ab plane is inside the sRGB gamut
_FEW_POINTS = 60  # more of them are a cloud
_MOST_COLUMNS = 6
_WIDEST_GALLERY = 11  # inches
_GAP = 0.12  # inches between two pictures


def gallery(rows):
    """Show pictures side by side, each with its label above it.

    Columns are equally wide, and pictures hang from one line, whatever their aspect ratios. At most six stand in a
    row; a longer row goes on below. A row with the same labels as the row above it does not repeat them.

    Parameters
    ----------
    rows : dict or list of dict
        One row, or several. Each is label (str, one to three words) -> picture: RGB (height, width, 3) or gray
        (height, width), uint8 0..255 or float 0..1.

    Raises
    ------
    ValueError
        If there is no picture, or one has another shape, dtype or range.

    Examples
    --------
    >>> from colorkit import photos
    >>> photo = photos.bundled("coffee", 64)
    >>> gallery([{"photo": photo, "red": photo[..., 0]}, {"half": photo[:32], "mirrored": photo[:, ::-1] / 255}])
    """
    rows = [rows] if isinstance(rows, dict) else list(rows)
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        raise ValueError("gallery needs a dict of label -> picture, or a list of such dicts, none of them empty")
    rows = [
        [(str(label), pictures.as_rgb(picture, f"the picture {label!r}")) for label, picture in part]
        for row in rows
        for part in _wrapped_row(list(row.items()))
    ]

    columns = max(map(len, rows))
    # A lone small picture is not blown up, but its label needs some room.
    natural = max(picture.shape[1] for row in rows for _, picture in row) / DPI
    cell = min(max(natural, 1.4), 4.5, (_WIDEST_GALLERY - _GAP * (columns - 1)) / columns)
    width = columns * cell + _GAP * (columns - 1)
    # A wide figure is shrunk to the book's column, about 7 inches: its labels shall be as large as the text there.
    font = max(12, 1.8 * width)
    line = 1.4 * font / 72  # inches

    # From the top down, in inches: what stands where. The height is known only at the end.
    texts, places, y, labels_above = [], [], 0.0, None
    for row in rows:
        labels = [label for label, _ in row]
        if labels != labels_above:
            wrapped = [_wrapped_text(label, cell, font) for label in labels]
            y += line * max(map(len, wrapped))
            for index, lines in enumerate(wrapped):
                left = index * (cell + _GAP)
                texts += [(left, y - line * above, text) for above, text in enumerate(reversed(lines))]
        row_height = 0.0
        for index, (_, picture) in enumerate(row):
            ratio = picture.shape[0] / picture.shape[1]
            height = min(cell * ratio, 1.5 * cell)  # a tall picture is narrower than its column
            places.append((index * (cell + _GAP), y, height / ratio, height, picture))
            row_height = max(row_height, height)
        y += row_height + _GAP
        labels_above = labels
    total = y - _GAP

    with figure(width, total, layout="none") as drawn:
        for left, bottom, text in texts:
            baseline = bottom - 0.4 * font / 72  # room for the tails of letters, and a little air
            drawn.text(left / width, 1 - baseline / total, text, fontsize=font, va="baseline")
        for left, top, picture_width, height, picture in places:
            box = (left / width, 1 - (top + height) / total, picture_width / width, height / total)
            axes = drawn.add_axes(box)
            axes.imshow(picture, aspect="auto")
            axes.set_axis_off()


def _wrapped_row(items):
    """Split a long row into rows of equal length: seven pictures are four and three, not six and one."""
    length = math.ceil(len(items) / math.ceil(len(items) / _MOST_COLUMNS))
    return [items[start : start + length] for start in range(0, len(items), length)]


def _wrapped_text(text, width, font):
    """Break a text into lines that fit a width in inches: a character is about 0.6 of the font's size in points."""
    return textwrap.wrap(str(text), max(int(width * 72 / (0.6 * font)), 8), break_long_words=False) or [""]


def curves(lines, x, y, log=""):
    """Draw a line chart.

    A name that is in `PALETTE` has its color, in every lesson; the others get the colors that are left. Lines differ
    in style too, so that the chart can be read without its colors.

    Parameters
    ----------
    lines : dict
        Name -> list or array of numbers, drawn over 1, 2, 3, ..., or name -> tuple (x values, y values). A y value may
        be (number, low, high) such as a `colorkit.metrics.Estimate`: then all of the line are, and intervals are drawn.
    x, y : str
        What the axes show, with the unit.
    log : {"", "x", "y", "xy"}
        Which axes are logarithmic.

    Raises
    ------
    ValueError
        If there is no line, a line is empty, its x and y differ in length, a number is not between its low and high,
        `log` is unknown, or a logarithmic axis meets a number that is not positive.
    """
    from matplotlib.ticker import MaxNLocator

    if not lines:
        raise ValueError("curves needs at least one line, as name -> numbers")
    if log not in ("", "x", "y", "xy"):
        raise ValueError(f"log names the logarithmic axes, '', 'x', 'y' or 'xy', got {log!r}")
    points = {name: _points(line, name) for name, line in lines.items()}
    for name, line in points.items():
        for axis, values in zip("xy", line, strict=True):
            if axis in log and (values <= 0).any():
                raise ValueError(
                    f"the line {name!r} goes down to {values.min():g} on a logarithmic {axis} axis, which needs "
                    "positive numbers"
                )

    # A name may be written as it is read: "one photo" has the color of one_photo.
    colors = {name: PALETTE.get(str(name).replace(" ", "_")) for name in points}
    left = itertools.cycle([color for color in _OTHER_COLORS if color not in colors.values()] or _OTHER_COLORS)
    with figure(5.6, 3.6) as drawn:
        axes = drawn.subplots()
        for (name, (across, heights)), style in zip(points.items(), itertools.cycle(_LINE_STYLES), strict=False):
            axes.errorbar(
                across,
                heights[:, 0],
                yerr=abs(heights[:, 1:] - heights[:, :1]).T if heights.shape[1] == 3 else None,
                color=colors[name] or next(left),
                linestyle=style,
                linewidth=2,
                capsize=4,
                marker="o" if len(across) <= 12 else None,  # one point is no line: it would not be seen
                markersize=4,
            )
        axes.set(xlabel=x, ylabel=y)
        if "x" in log:
            axes.set_xscale("log")
            _readable_log(axes.xaxis)
        elif all((across == np.round(across)).all() for across, _ in points.values()):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if "y" in log:
            axes.set_yscale("log")
            _readable_log(axes.yaxis)
        if len(points) > 1:
            names = [str(name).replace("_", " ") if name in PALETTE else str(name) for name in points]
            _legend(axes, axes.containers, names, handlelength=3.2)


def _legend(axes, handles, names, **settings):
    """Draw a legend of any names: Matplotlib itself leaves out those that begin with an underscore."""
    legend = axes.legend(handles, [" "] * len(names), **settings)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name)
    return legend


def _readable_log(axis):
    """Give a logarithmic axis ticks that can be read, at 1, 2 and 5 where it is short."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 1000 * low else (1,)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def bars(values, x):
    """Draw a horizontal bar for each of a few numbers, with the number at its end.

    Parameters
    ----------
    values : dict
        Name -> number, or name -> (number, low, high) such as a `colorkit.metrics.Estimate`, whose interval is drawn as
        a line over the end of its bar. None is negative. Drawn from the top down; a name that is in `PALETTE` has its
        color.
    x : str
        What the numbers are, with the unit.

    Raises
    ------
    ValueError
        If there is no number, one is negative or not finite, or one is not between its low and high.
    """
    triples = np.array([value if np.ndim(value) else (value, np.nan, np.nan) for value in values.values()], float)
    if not triples.size or triples.shape[1:] != (3,) or not (np.isfinite(triples[:, 0]) & (triples[:, 0] >= 0)).all():
        raise ValueError(
            f"bars needs name -> number or (number, low, high), finite and not negative, got {dict(values)}"
        )
    lengths = triples[:, 0]
    if ((triples[:, 1] > lengths) | (triples[:, 2] < lengths)).any():
        raise ValueError(f"a number lies between its low and high, and they come in that order, got {dict(values)}")
    with figure(5.6, 0.8 + 0.42 * len(lengths)) as drawn:
        axes = drawn.subplots()
        names = [str(name) for name in values]
        colors = [PALETTE.get(name.replace(" ", "_"), PALETTE["accent"]) for name in names]
        axes.barh(range(len(names)), lengths, color=colors, height=0.62)
        axes.set_yticks(range(len(names)), names)
        for row, (length, low, high) in enumerate(triples):
            for color, width in (("white", 5), (INK, 2)):  # the white sets the line off from dark bars
                axes.plot([low, high], [row, row], color=color, linewidth=width, solid_capstyle="butt")
            end = np.fmax(length, high), row
            axes.annotate(progress.number(length), end, (6, 0), textcoords="offset points", verticalalignment="center")
        axes.set(xlabel=x)
        axes.margins(x=0.12)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)


def ab_map(values=None, label=None, mark=None):
    """Draw a quantity over the ab plane, or the plane's own colors, with points marked on it.

    Parameters
    ----------
    values : array, shape (n, n), float, optional
        The quantity at the points of `colorkit.lab.ab_grid`; white where it is NaN. Left out, the plane shows the
        colors that the sRGB gamut has at lightness 65.
    label : str, optional
        What `values` are, with the unit; needed with them.
    mark : dict, optional
        Name -> ab color, shape (2,), or several, shape (N, 2), Lab units. Each is drawn as a point of its own color at
        lightness 65 (the nearest to it that is in gamut), each name with its own shape. More than 60 are drawn small,
        on the plane's own colors in black.

    Raises
    ------
    ValueError
        If `values` are not square or have no label, or a mark is not made of ab colors.
    """
    marks = {str(name): np.asarray(colors, np.float32) for name, colors in (mark or {}).items()}
    for name, colors in marks.items():
        if colors.ndim not in (1, 2) or colors.shape[-1] != 2 or not np.isfinite(colors).all():
            raise ValueError(f"the mark {name!r} has shape {colors.shape}; give one ab color (2,) or several (N, 2)")
    if values is not None:
        values = np.asarray(values, float)
        if values.ndim != 2 or values.shape[0] != values.shape[1] or not label:
            raise ValueError(
                f"give values on a whole lab.ab_grid, shape (n, n), got {values.shape}, and a label that says what "
                "they are"
            )
    with figure(5.6, 5, layout="compressed") as drawn:
        axes = drawn.subplots()
        shown = _plane() if values is None else values
        half = 110 / (len(shown) - 1)  # half a step: the outermost points are the middle of their pixels
        extent = (-110 - half, 110 + half, -110 - half, 110 + half)
        image = axes.imshow(shown, origin="lower", extent=extent, cmap="cividis", interpolation="nearest")
        if values is not None:
            drawn.colorbar(image, label=label, shrink=0.9)
        handles = []
        for colors, shape in zip(marks.values(), itertools.cycle("oDs^vP*X"), strict=False):
            rows = colors.reshape(-1, 2)
            if len(rows) <= _FEW_POINTS:
                style = {"c": _at_lightness(rows), "s": 90, "edgecolors": "black", "linewidths": 1.2}
            else:  # a cloud; on the plane its points would have the color of what is behind them
                style = {"c": INK if values is None else _at_lightness(rows), "s": 5}
            style["zorder"] = 3 if len(rows) <= _FEW_POINTS else 2
            style["clip_on"] = bool(np.abs(rows).max(initial=0) > 110)  # those on the border are drawn whole
            handles.append(axes.scatter(*rows.T, marker=shape, **style))
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.axvline(0, color=INK, linewidth=0.6)
        axes.set(xlabel="a: green to red", ylabel="b: blue to yellow", xlim=extent[:2], ylim=extent[2:])
        axes.grid(visible=False)
        if marks:
            place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2, "handletextpad": 0.3}
            legend = _legend(axes, handles, list(marks), **place)
            for handle, colors in zip(legend.legend_handles, marks.values(), strict=True):
                handle.set(sizes=[80], edgecolor="black", linewidth=1.2)
                if colors.size > 2:
                    handle.set_facecolor("white")  # any one of its colors would mislead


def _plane():
    """Return the colors of the ab plane at one lightness, shape (221, 221, 4): transparent where there is none."""
    ab = lab.ab_grid(1)
    colors = np.concatenate([np.full((*ab.shape[:2], 1), _PLANE_LIGHTNESS, np.float32), ab], axis=-1)
    return np.concatenate([lab.lab_to_rgb(colors), lab.in_gamut(colors)[..., None]], axis=-1)


def _at_lightness(ab):
    """Return the RGB of ab colors at one lightness, shape (N, 3)."""
    colors = np.insert(ab, 0, _PLANE_LIGHTNESS, axis=1)
    return lab.lab_to_rgb(colors, gamut="keep lightness")


def _points(line, name):
    """Return a line's x, shape (n,), and its y, shape (n, 1), or (n, 3) where it has intervals, as float arrays."""
    # A pair is a tuple: a list of two estimates is a line of two points. So are two estimates in a tuple.
    is_pair = isinstance(line, tuple) and len(line) == 2 and not all(isinstance(part, Estimate) for part in line)
    given_x, given_y = line if is_pair else (None, line)
    if isinstance(given_x, Estimate) or isinstance(given_y, Estimate):
        raise ValueError(f"the line {name!r} has one estimate where it needs a row; give a list of them, or draw bars")
    try:
        heights = np.asarray(given_y, float)
        across = np.arange(1, len(heights) + 1, dtype=float) if given_x is None else np.asarray(given_x, float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"the line {name!r} mixes what cannot be mixed; all of its points are numbers, or all (number, low, high)"
        ) from error
    heights = heights[:, np.newaxis] if heights.ndim == 1 else heights
    if heights.ndim != 2 or heights.shape[1] not in (1, 3) or not len(heights) or across.shape != heights.shape[:1]:
        raise ValueError(
            f"the line {name!r} has x of shape {across.shape} and y of shape {heights.shape}; "
            "give one row of numbers, or a tuple of two rows of the same length"
        )
    if heights.shape[1] == 3 and ((heights[:, 1] > heights[:, 0]) | (heights[:, 2] < heights[:, 0])).any():
        raise ValueError(f"a number of the line {name!r} does not lie between its low and high, in that order")
    return across, heights
