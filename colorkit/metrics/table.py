"""All measures of several colorizers on the same pictures, as a table with intervals."""

import contextlib
import copy
import html
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from colorkit import files, lab, progress
from colorkit.colorizing import ContractError, check_ab, check_model
from colorkit.metrics import measures
from colorkit.metrics.intervals import bootstrap, paired_difference

_BATCH = 32  # pictures
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Measure:
    """What a column of a table holds.

    Attributes
    ----------
    of : callable
        Takes the truth and what a colorizer made of it, both with `rgb` and `ab`, and gives one row for each picture.
    unit : str
        Unit or range.
    better : str
        ``"highest"``, ``"lowest"`` or ``"the truth's"``.
    digits : int
        Decimals that are shown.
    statistic : callable
        Takes rows, and gives the number.
    finish : callable
        Takes the rows of all pictures, and gives those that `statistic` takes.
    """

    of: Callable
    unit: str
    better: str
    digits: int
    statistic: Callable = np.mean
    finish: Callable = np.asarray


MEASURES = {
    "PSNR": Measure(lambda truth, made: measures.psnr(truth.rgb, made.rgb), "dB", "highest", 1),
    "SSIM": Measure(lambda truth, made: measures.ssim(truth.rgb, made.rgb), "", "highest", 3),
    "CIEDE2000": Measure(lambda truth, made: measures.ciede2000(truth.rgb, made.rgb), "", "lowest", 1),
    "RGB RMSE": Measure(lambda truth, made: measures.rgb_rmse(truth.rgb, made.rgb), "0..1", "lowest", 3),
    "RGB MAE": Measure(lambda truth, made: measures.rgb_mae(truth.rgb, made.rgb), "0..1", "lowest", 3),
    "ab RMSE": Measure(lambda truth, made: measures.ab_rmse(truth.ab, made.ab), "Lab units", "lowest", 1),
    "ab MAE": Measure(lambda truth, made: measures.ab_mae(truth.ab, made.ab), "Lab units", "lowest", 1),
    "AuC": Measure(lambda truth, made: measures.auc(truth.ab, made.ab), "0..1", "highest", 3),
    "AuC rebalanced": Measure(
        lambda truth, made: measures.each(measures.closeness_by_bin, measures.float_ab, truth.ab, made.ab),
        "0..1",
        "highest",
        3,
        statistic=measures.ratio,
        finish=measures.reweighted,
    ),
    "RGB agreement": Measure(lambda truth, made: measures.channel_agreement(truth.rgb, made.rgb), "0..1", "highest", 3),
    "ab agreement": Measure(lambda truth, made: measures.channel_agreement(truth.ab, made.ab), "0..1", "highest", 3),
    "colorfulness": Measure(lambda truth, made: measures.colorfulness(made.rgb), "", "the truth's", 1),
    "distribution distance": Measure(
        lambda truth, made: measures.each(measures.both_counts, measures.float_ab, truth.ab, made.ab),
        "0..1",
        "lowest",
        3,
        statistic=measures.total_variation,
    ),
}


def evaluate(colorizers, pictures):
    """Measure colorizers on the same pictures.

    What a colorizer gives is joined with the true L, brought into the sRGB gamut by reducing chroma, and rounded to
    uint8: measures of RGB and CIEDE2000 judge that. Measures of ab judge what it gave.

    Parameters
    ----------
    colorizers : keras.Model, callable, array or dict
        One colorizer or several, as name -> colorizer. A callable takes L, shape (N, H, W, 1), float32, 0..100, and
        gives ab, shape (N, H, W, 2), float32, Lab units, as a model does. An array is such ab of all pictures, or, to
        judge what a network made of L too, finished pictures, shape (N, H, W, 3), uint8.
    pictures : colorkit.pictures.Pictures
        The truth.

    Returns
    -------
    Table
        One row for each colorizer, one column for each of `MEASURES`, and a row "truth" for those that describe
        pictures by themselves.

    Raises
    ------
    ContractError
        If a colorizer breaks the contract; the message says which and where.
    ValueError
        If there is no colorizer or no picture, or one is called "truth".

    Examples
    --------
    >>> from colorkit import metrics, world
    >>> scenes = world.load(32, "test", limit=4)
    >>> half = lambda L: 0.5 * scenes.ab  # in place of a network
    >>> table = evaluate({"gray": metrics.gray, "half": half}, scenes)  # doctest: +ELLIPSIS
    Color World, test: measured 4 pictures in ...
    >>> table.select("PSNR", "ab RMSE")
    Color World, test: 4 pictures of 32 x 32 px, with 95% intervals
    colorizer  PSNR (dB)            ab RMSE (Lab units)
    gray       15.2 (14.8 to 15.6)  24.3 (23.5 to 25.2)
    half       20.8 (20.2 to 21.2)  12.2 (11.7 to 12.6)
    >>> table["half", "ab RMSE"].value < table["gray", "ab RMSE"].value
    True
    """
    if not isinstance(colorizers, dict):
        colorizers = {"colorizer": colorizers}
    if not colorizers or "truth" in colorizers:
        raise ValueError("give at least one colorizer, as name -> colorizer, none of them called 'truth'")
    if not len(pictures):
        raise ValueError(f"{pictures.name} holds no pictures to measure; load some more")
    predict = {name: _as_function(name, one, pictures) for name, one in colorizers.items()}
    rows = {name: {measure: [] for measure in MEASURES} for name in colorizers}
    rows["truth"] = {name: [] for name, measure in MEASURES.items() if measure.better == "the truth's"}
    line, begin = progress.Line(), time.monotonic()
    for start in range(0, len(pictures), _BATCH):
        truth = pictures[start : start + _BATCH]
        for name, colorize in predict.items():
            made = colorize(truth.L, start)
            for measure, parts in rows[name].items():
                parts.append(MEASURES[measure].of(truth, made))
        for measure, parts in rows["truth"].items():
            parts.append(MEASURES[measure].of(truth, truth))
        done, count = start + len(truth), len(pictures)
        if done < count:
            left = progress.duration((time.monotonic() - begin) / done * (count - done))
            line.show(f"{pictures.name}: measured {done} of {count} pictures, left {left}")
    took = progress.duration(time.monotonic() - begin)
    line.show(f"{pictures.name}: measured {count} picture{'s' * (count > 1)} in {took}", last=True)
    kept = {
        name: {measure: MEASURES[measure].finish(np.concatenate(parts)) for measure, parts in row.items()}
        for name, row in rows.items()
    }
    return Table(repr(pictures), kept)


class Table:
    """Measures of colorizers on the same pictures, as `evaluate` gives them.

    ``table["gray", "PSNR"]`` is an `Estimate`. Notebooks show the table; `str` gives it as text.

    Parameters
    ----------
    title : str
        What was measured on.
    rows : dict
        Name of a colorizer -> name of one of `MEASURES` -> one row for each picture.

    Attributes
    ----------
    colorizers, measures : tuple of str
        Names of the rows, without "truth", and of the columns.
    """

    def __init__(self, title, rows):
        self.title = title
        self.colorizers = tuple(name for name in rows if name != "truth")
        self.measures = tuple(rows[self.colorizers[0]])
        self._rows = rows
        self._estimates = {
            (name, measure): bootstrap(values, MEASURES[measure].statistic)
            for name, row in rows.items()
            for measure, values in row.items()
        }

    def __getitem__(self, key):
        if key not in self._estimates:
            raise KeyError(
                f"{key!r} is not in the table; ask for a pair of one of {', '.join(self.colorizers)} and one of "
                f"{', '.join(self.measures)}"
            )
        return self._estimates[key]

    def column(self, measure):
        """Return one measure of all colorizers, for `colorkit.show.bars`.

        Parameters
        ----------
        measure : str
            One of `measures`.

        Returns
        -------
        dict of str to Estimate
            By colorizer; with the truth's where there is one.
        """
        self[self.colorizers[0], measure]  # names a measure that is not there
        return {name: self[name, measure] for name, row in self._rows.items() if measure in row}

    def select(self, *measures):
        """Return a table of some of the columns.

        Parameters
        ----------
        *measures : str
            Some of `measures`, in the order in which they shall stand.

        Returns
        -------
        Table
        """
        for measure in measures:
            self.column(measure)
        part = copy.copy(self)
        part.measures = measures
        rows = {name: {key: row[key] for key in measures if key in row} for name, row in self._rows.items()}
        part._rows = {name: row for name, row in rows.items() if row}  # there may be nothing to say about the truth
        return part

    def of_each_picture(self, colorizer, measure):
        """Return a measure of each picture alone.

        Parameters
        ----------
        colorizer, measure : str
            Row and column.

        Returns
        -------
        array, shape (N,), float64

        Raises
        ------
        ValueError
            If it is a measure of the whole set.
        """
        self[colorizer, measure]
        if MEASURES[measure].statistic is not np.mean:
            raise ValueError(f"{measure} is a measure of the whole set, not of each picture")
        return self._rows[colorizer][measure]

    def difference(self, one, other, measure):
        """Estimate by how much one colorizer differs from another, see `paired_difference`.

        Parameters
        ----------
        one, other : str
            Two colorizers.
        measure : str
            The column.

        Returns
        -------
        Estimate
            ``one - other``; beyond doubt at 95% if its interval does not hold 0.
        """
        self[one, measure], self[other, measure]
        statistic = MEASURES[measure].statistic
        pairs = self._rows[one][measure], self._rows[other][measure]
        if statistic is np.mean:
            return paired_difference(*pairs)
        return bootstrap(np.stack(pairs, axis=1), lambda rows: statistic(rows[:, 0]) - statistic(rows[:, 1]))

    def _repr_html_(self):
        heads = ""
        for measure in self.measures:
            said = filter(None, (MEASURES[measure].unit, f"{MEASURES[measure].better} is best"))
            heads += f'<th scope="col">{html.escape(measure)}<br><small>{html.escape(", ".join(said))}</small></th>'
        surest = {measure: self._surest(measure) for measure in self.measures}
        body = ""
        for name, row in self._rows.items():
            cells = ""
            for measure in self.measures:
                value, interval = self._texts(name, measure) if measure in row else ("", "")
                value = f"<strong>{value}</strong>" if surest[measure] == name else value
                cells += f"<td>{value}<br><small>{interval}</small></td>" if interval else f"<td>{value}</td>"
            body += f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>\n'
        title = html.escape(self.title)
        note = "Small: 95% intervals over pictures. Bold: better than the next one, beyond chance."
        if self._single():
            note = "One picture gives no intervals."
        # Regions of one page need names of their own, and two tables may be of the same pictures.
        label = f"Measures, table {next(_numbers)}: {title}"
        return f"""<div class="colorkit-table"><style>{files.asset("metrics", "table.css")}</style>
<div role="region" aria-label="{label}" tabindex="0">
<table><caption>{title}</caption>
<thead><tr><th scope="col">colorizer</th>{heads}</tr></thead>
<tbody>
{body}</tbody></table></div>
<p>{note}</p></div>"""

    def __repr__(self):
        lines = [["colorizer", *map(_head, self.measures)]]
        for name, row in self._rows.items():
            cells = [
                "{} ({})".format(*self._texts(name, measure)).removesuffix(" ()") if measure in row else ""
                for measure in self.measures
            ]
            lines.append([name, *cells])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            [self.title + ("" if self._single() else ", with 95% intervals")]
            + [
                "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
                for line in lines
            ]
        )

    def _single(self):
        return np.isnan(self[self.colorizers[0], self.measures[0]].low)

    def _texts(self, name, measure):
        value, low, high = (f"{number:.{MEASURES[measure].digits}f}" for number in self[name, measure])
        return value, "" if low == "nan" else f"{low} to {high}"

    def _surest(self, measure):
        """Return the best colorizer if it is better than the next beyond chance, else None."""
        better = MEASURES[measure].better
        if better not in ("highest", "lowest") or len(self.colorizers) == 1:
            return None
        best, second, *_ = sorted(
            self.colorizers, key=lambda name: self[name, measure].value, reverse=better == "highest"
        )
        _, low, high = self.difference(best, second, measure)
        return best if low > 0 or high < 0 else None


def _head(measure):
    unit = MEASURES[measure].unit
    return f"{measure} ({unit})" if unit else measure


def _as_function(name, colorizer, pictures):
    """Return a function from L, and the number of its first picture, to `rgb` and `ab`, or say what is wrong."""
    keras = sys.modules.get("keras")  # there is no model without it, and loading it takes seconds
    if keras is not None and isinstance(colorizer, keras.Model):
        with _named(name):
            check_model(colorizer)
            own, size = colorizer.input_shape[1:3], pictures.size
            if any(one not in (None, side) for one, side in zip(own, size, strict=True)):
                raise ContractError(
                    f"this model takes pictures of {own[0]} x {own[1]} px and these are {size[0]} x {size[1]} px; "
                    "load them at its size"
                )
        predict = colorizer.predict_on_batch
    elif callable(colorizer):
        predict = colorizer
    elif not isinstance(colorizer, np.ndarray):
        raise ContractError(f"{name}: a colorizer is a Keras model or a function, got {type(colorizer).__name__}")
    elif len(colorizer) != len(pictures):
        raise ContractError(f"{name}: give all {len(pictures)} pictures, got {len(colorizer)}")

    def made(lightness, start):
        given = isinstance(colorizer, np.ndarray)
        result = colorizer[start : start + len(lightness)] if given else np.asarray(predict(lightness))
        if given and result.dtype == np.uint8:
            if result.shape != (*lightness.shape[:3], 3):
                raise ContractError(
                    f"{name}: finished pictures for L of shape {lightness.shape} have three channels instead of one, "
                    f"got {result.shape}"
                )
            return SimpleNamespace(rgb=result, ab=lab.rgb_to_lab(result)[..., 1:])
        with _named(name):
            check_ab(result, lightness)
        joined = np.concatenate([lightness, result], axis=-1)
        return SimpleNamespace(rgb=lab.to_uint8(lab.lab_to_rgb(joined, gamut="keep lightness")), ab=result)

    return made


@contextlib.contextmanager
def _named(name):
    """Put the colorizer's name before what is wrong with it."""
    try:
        yield
    except ContractError as error:
        raise ContractError(f"{name}: {error}") from None
