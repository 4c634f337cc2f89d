"""Progress: one line wherever it is shown, and numbers and times that are short and right."""

import io
import os
import shutil
import sys

import numpy as np
import pytest

from colorkit import preset, progress


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00"),
        (-0.0, "0.00"),
        (0.01312, "0.0131"),
        (-0.01312, "-0.0131"),
        (1.3, "1.30"),
        (np.float32(1.3), "1.30"),
        (99.96, "100"),
        (312.2, "312"),
        (999.4, "999"),
        (999.7, "1000"),
        (-999.7, "-1000"),
        (81234.5, "81234"),
        (999_999.4, "999999"),
        (999_999.7, "1.00e+06"),
        (0.0001, "0.000100"),
        (1.3e-5, "1.30e-05"),
        (5e-324, "4.94e-324"),
        (2.5e33, "2.50e+33"),
        (-1.8e308, "-inf"),
        (np.nan, "nan"),
        (np.inf, "inf"),
    ],
)
def test_numbers(value, text):
    assert progress.number(value) == text


def test_numbers_are_true_and_short():
    random = np.random.default_rng(0)
    for value in random.choice([-1, 1], 2000) * 10 ** random.uniform(-300, 300, 2000):
        text = progress.number(value)
        assert len(text) <= 10
        assert float(text) == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.0204, "20 ms"),
        (0.0999, "0.1 s"),
        (1.94, "1.9 s"),
        (9.96, "10 s"),
        (99.6, "1 min 40 s"),
        (3599.7, "1 h 00 min"),
    ],
)
def test_durations(seconds, text):
    assert progress.duration(seconds) == text


class Clock:
    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


def count_to_ten(clock, line, pause=2.0):
    for done in range(10):
        line.show(f"done {done}")
        clock.now += pause
    line.show("done 10", last=True)


def test_a_log_has_a_line_every_few_seconds(monkeypatch, capsys):
    count_to_ten(Clock(monkeypatch), progress.Line())
    assert capsys.readouterr().out == "done 0\ndone 3\ndone 6\ndone 9\ndone 10\n"


def test_a_log_has_no_line_twice(capsys):
    line = progress.Line()
    line.show("all")
    line.show("all", last=True)
    assert capsys.readouterr().out == "all\n"


def test_a_terminal_has_one_line(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: os.terminal_size((8, 24)))
    clock, line = Clock(monkeypatch), progress.Line()
    count_to_ten(clock, line, pause=0.3)
    assert sys.stdout.getvalue() == "".join(f"\rdone {n} " for n in (0, 2, 4, 6, 8)) + "\rdone 10\n"
    line.show("longer than the terminal", now=True)
    line.show("longer than the terminal", last=True)
    assert sys.stdout.getvalue().endswith("\rlonger \rlonger than the terminal\n")


def test_a_notebook_has_one_output(monkeypatch):
    shown = []

    class Handle:
        def update(self, data, raw):
            shown.append(("update", data))

    def display(data, raw, display_id):
        shown.append(("display", data))
        return Handle()

    monkeypatch.setattr(preset, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    line = progress.Line()
    line.show("done 0")
    line.show("done 1")  # too soon
    line.show("done 2", now=True, html="<b>done 2</b>")
    line.show("done 3", last=True)
    assert shown == [
        ("display", {"text/plain": "done 0"}),
        ("update", {"text/plain": "done 2", "text/html": "<b>done 2</b>"}),
        ("update", {"text/plain": "done 3"}),
    ]
