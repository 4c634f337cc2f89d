"""Progress: one line that is updated in place, and how times and numbers are written."""

import time

import numpy as np

from colorkit import preset

SECONDS = 0.5  # between two updates


class Line:
    """One line of progress: updated in place in a notebook and in a terminal."""

    def __init__(self):
        self._shown, self._handle = -np.inf, None

    def show(self, text, last=False):
        """Show a text in place of the last one, unless that was a moment ago; the last one always."""
        if not last and time.monotonic() - self._shown < SECONDS:
            return
        self._shown = time.monotonic()
        if not preset.in_notebook():
            print(f"\r{text:79}", end="\n" if last else "", flush=True)
            return
        from IPython.display import display

        data = {"text/plain": text}
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def number(value):
    """Three digits: 0.0131, 1.30, 312, 1.31e-05."""
    return f"{value:#.3g}".rstrip(".") if abs(value) < 999.5 else f"{value:.0f}"


def duration(seconds):
    """Two digits or so, with a unit: 35 ms, 1.9 s, 42 s, 3 min 20 s, 2 h 05 min."""
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
