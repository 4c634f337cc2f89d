"""Progress: one line that is updated in place, and how times and numbers are written."""

import shutil
import sys
import time

import numpy as np

from colorkit import preset

IN_PLACE_SECONDS = 0.5  # between two updates in a notebook or a terminal
LOG_SECONDS = 5  # between two lines in a log


class Line:
    """One line of progress: updated in place in a notebook and in a terminal, and every few seconds a line in a log.

    A notebook keeps one output, the last state of the line.
    """

    def __init__(self):
        self._shown, self._handle, self._text = -np.inf, None, None

    def due(self):
        """Tell whether the last update was long enough ago for the next one.

        Returns
        -------
        bool
        """
        in_place = preset.in_notebook() or sys.stdout.isatty()
        return time.monotonic() - self._shown >= (IN_PLACE_SECONDS if in_place else LOG_SECONDS)

    def show(self, text, last=False, now=False, html=None):
        """Show a text in place of the one before, unless that was a moment ago.

        Parameters
        ----------
        text : str
            One line.
        last : bool
            Whether this is the end: it is shown in any case, and the terminal goes on below it.
        now : bool
            Whether it is shown in any case.
        html : str, optional
            What a notebook shows instead of the text, for as long as it is the newest.
        """
        if not (last or now or self.due()):
            return
        self._shown = time.monotonic()
        if preset.in_notebook():
            from IPython.display import display

            data = {"text/plain": text} if html is None else {"text/plain": text, "text/html": html}
            if self._handle is None:
                self._handle = display(data, raw=True, display_id=True)
            else:
                self._handle.update(data, raw=True)
        elif sys.stdout.isatty():
            # A line that is broken by the terminal cannot be written over; the last one may be.
            columns = shutil.get_terminal_size().columns - 1
            print(f"\r{text if last else text[:columns]:{columns}}", end="\n" if last else "", flush=True)
        elif text != self._text:
            print(text, flush=True)
        self._text = text


def number(value):
    """Write a number with three digits, or as an integer where it has more before the point.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        As short for the largest and the smallest numbers, NaN and infinity.

    Examples
    --------
    >>> [number(value) for value in (0.01312, 1.3, 999.7, 81234.5, 1.3e-5, 6.02e23)]
    ['0.0131', '1.30', '1000', '81234', '1.30e-05', '6.02e+23']
    """
    value = float(value) + 0.0  # -0.0 becomes 0.0
    if abs(value) < 999.5:
        return f"{value:#.3g}".rstrip(".")
    return f"{value:.0f}" if abs(value) < 999_999.5 else f"{value:.2e}"


def count(number, thing):
    """Count things: 1 picture, 2 pictures."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def duration(seconds):
    """Write a time with two digits or so and a unit.

    Parameters
    ----------
    seconds : float
        Not negative.

    Returns
    -------
    str

    Examples
    --------
    >>> [duration(seconds) for seconds in (0.035, 1.94, 42, 200, 7500)]
    ['35 ms', '1.9 s', '42 s', '3 min 20 s', '2 h 05 min']
    """
    if seconds < 0.0995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    seconds = round(seconds)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"
