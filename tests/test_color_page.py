"""The page *Color your photos*: what it says of the command is so, and its numbers are those that were measured."""

import json
import re
from pathlib import Path

import pytest

from colorkit.commands import main
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "book" / "color_your_photos.md").read_text("utf-8")
RESULTS = json.loads((ROOT / "data" / "results" / "color.json").read_text("utf-8"))


def test_options_and_networks_that_are_named_exist(capsys):
    with pytest.raises(SystemExit):
        main(["color", "--help"])
    known = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    named = set(re.findall(r"(?<=[ `])--[a-z]+", PAGE))
    assert named <= known and known - named <= {"--help"}
    for name in re.findall(r"\b\d\d_[a-z0-9_]+_gpu", PAGE):
        assert name in checkpoints.names()


def test_numbers_are_those_that_were_measured():
    """Each is written with the digits that it has on the page."""
    measured = RESULTS["results"]
    said = re.findall(r"\| ([^|]+?) \| ([\d.]+) \|", PAGE)
    shown = {
        "a small photo, s": "colorkit color, a small photo, start included, s (at most 6)",
        "a photo of 24 megapixels, s": "colorkit color, a 24-megapixel photo, start included, s (at most 12)",
        "memory for a photo of 24 megapixels, GiB": "the same large photo, memory, GiB (at most 1.5)",
        "a folder of 200 photos of 2 megapixels, photos a second": (
            "colorkit color, a folder of 200 photos of 2 megapixels, photos/s (at least 1.5)"
        ),
    }
    assert {name for name, _ in said} == set(shown)
    for name, number in said:
        digits = len(number.partition(".")[2])
        assert number == f"{measured[shown[name]]:.{digits}f}", name
    assert RESULTS["device"] in PAGE and RESULTS["date"] in PAGE
