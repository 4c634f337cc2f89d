"""Slides: every prediction is a stop, nothing that was measured is missing, and a file is all that a teacher needs."""

import base64
import html
import io
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book"))
import slides  # noqa: E402

from colorkit.classroom import CLAIM_MIME  # noqa: E402

LESSON = "09_color_as_classes"  # it has formulas, a slider, claims and a table of results
RAN = slides.executed(ROOT)  # empty where the book is not built


def run(lesson):
    """Return a lesson with outputs: those of the book, or made-up ones where the cells would have left some."""
    if lesson in RAN:
        return RAN[lesson]
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    file = io.BytesIO()
    Image.new("RGB", (60, 20), "gray").save(file, "PNG")
    picture = {"image/png": base64.b64encode(file.getvalue()).decode()}
    output = nbformat.v4.new_output
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output("stream", text="a line\n" * 30)] if "print(" in cell.source else []
            for name in re.findall(r'claim\(\s*f?"([\w-]+)"', cell.source):
                page = f'<div class="colorkit-box"><strong>Claim {name}</strong></div>'
                cell.outputs.append(
                    output("display_data", data={"text/html": page, CLAIM_MIME: {"says": f"Claim {name}"}})
                )
            if "check(" in cell.source:
                page = '<div class="colorkit-box"><strong>Not tried yet</strong></div>'
                cell.outputs.append(output("display_data", data={"text/html": page}))
            if "mystnb" in cell.metadata:
                cell.outputs.append(output("display_data", data=picture))
    return notebook


@pytest.fixture(scope="module")
def lesson():
    return run(LESSON)


@pytest.fixture(scope="module")
def page(lesson):
    return slides.page(lesson)


def outputs(notebook, kind):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [output for cell in cells for output in cell.outputs if kind in output.get("data", {})]


def test_predictions_are_stops_and_their_results_come_after(lesson):
    deck = slides.make_deck(lesson)
    kinds = [
        (cell.metadata.slideshow.data.kind, number)
        for number, cell in enumerate(deck.cells)
        if cell.metadata.slideshow.slide_type == "slide"
    ]
    stops = [number for kind, number in kinds if kind == "stop"]
    asked = [b for cell in lesson.cells if cell.cell_type == "markdown" for b in slides.blocks(cell.source)]
    assert len(stops) == sum(bool(slides.STOP.search(block)) for block in asked) > 5
    for number in stops:
        assert "**Predict" in deck.cells[number].source and not deck.cells[number].get("outputs")
    after = {kinds[place + 1][0] for place, (kind, _) in enumerate(kinds) if kind == "stop"}
    assert after == {"result"}


def test_nothing_that_was_measured_is_missing(lesson, page):
    deck, said = slides.make_deck(lesson), html.unescape(page)
    assert len(outputs(deck, "image/png")) == len(outputs(lesson, "image/png")) > 3
    for output in outputs(lesson, CLAIM_MIME):
        assert f">{output.data[CLAIM_MIME]['says']}<" in said
    assert "Not tried yet" not in page  # a check's verdict is a learner's own
    for cell in lesson.cells:
        if cell.get("outputs") and "mystnb" in cell.metadata:
            assert f'alt="{cell.metadata.mystnb.image.alt}"' in said
    for title in slides.WHOLE:
        assert page.count(f">{title}<") == 1
    assert page.count("<aside class=") > 5  # what the lesson says besides, for the speaker


class Loads(HTMLParser):
    """Collect what a page would load, and where its links go."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href", "srcset", "poster", "data")]


def test_nothing_is_loaded_from_elsewhere(page):
    loads = Loads()
    loads.feed(page)
    assert loads.found and [value for value in loads.found if not value.startswith(("data:", "#"))] == []
    styles = "".join(re.findall(r"<style.*?</style>", page, flags=re.DOTALL))
    assert "@import" not in styles and set(re.findall(r"url\(['\"]?(.{5})", styles)) <= {"data:"}


def test_keys_go_from_slide_to_slide(page, open_file, tmp_path):
    file = tmp_path / "slides.html"
    file.write_text(page, "utf-8")
    tab = open_file(file.as_uri(), viewport={"width": 1280, "height": 720})
    tab.wait_for_function("window.Reveal && Reveal.isReady()")
    count = tab.evaluate("Reveal.getTotalSlides()")
    assert count > 20

    def now():
        return tab.evaluate(
            "(() => {const at = Reveal.getCurrentSlide(), wide = at.scrollWidth <= at.clientWidth;"
            "return [Reveal.getSlidePastCount(), at.dataset.kind, at.querySelectorAll('img').length, wide]})()"
        )

    for number in range(count):
        past, kind, pictures, wide = now()
        assert past == number and wide
        assert kind != "stop" or pictures == 0
        tab.keyboard.press("ArrowRight")
    assert now()[0] == count - 1
    tab.keyboard.press("ArrowLeft")
    assert now()[0] == count - 2
    tab.keyboard.press("Home")
    assert now()[0] == 0
    tab.keyboard.press("Space")
    assert now()[0] == 1


def test_files_are_written_and_what_has_not_run_is_named(lesson, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "ROOT", tmp_path)
    monkeypatch.setattr(slides, "FOLDER", tmp_path / "_build" / "slides")
    (tmp_path / "notebooks").mkdir()
    for name in (LESSON, "01_light_and_lab"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    monkeypatch.setattr(sys, "argv", ["slides.py"])
    monkeypatch.setattr(slides, "executed", lambda root: {})
    with pytest.raises(SystemExit, match=r"^no lesson has run since it was changed; run `make book` first"):
        slides.main()
    monkeypatch.setattr(slides, "executed", lambda root: {LESSON: lesson})
    with pytest.raises(SystemExit, match=r"^01_light_and_lab: not run"):
        slides.main()
    assert f"_build/slides/{LESSON}.html" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["slides.py", "9"])
    slides.main()
    assert (tmp_path / "_build" / "slides" / f"{LESSON}.html").stat().st_size > 100_000
