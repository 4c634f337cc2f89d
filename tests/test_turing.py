"""The colorization Turing test: its score, in code, as a widget, as HTML, and in a browser."""

import functools
import itertools
import re

import IPython.display
import numpy as np
import pytest
from scipy import stats

from colorkit import photos
from colorkit.show import turing
from colorkit.show.encoding import asset

SQUARE = photos.bundled("coffee", 96)
COUNT = 5
TRUTH = np.stack([np.roll(SQUARE, 7 * shift, axis=1) for shift in range(COUNT)])
COLORED = TRUTH[..., ::-1].copy()


@pytest.fixture
def displayed(monkeypatch):
    """Return what was given to IPython's display."""
    outputs = []
    monkeypatch.setattr(IPython.display, "display", lambda output, raw=False: outputs.append(output))
    return outputs


def is_photo(picture):
    return any(np.array_equal(picture, photo) for photo in TRUTH)


def sides(test):
    """Where the photos are, from the pictures alone."""
    return ["left" if is_photo(left) else "right" for left, _ in test.pairs]


# --- the score ---


@pytest.mark.parametrize(("fooled", "trials"), [(0, 1), (1, 1), (7, 20), (10, 20), (0, 40), (323, 1000)])
def test_the_interval_is_wilsons(fooled, trials):
    value, low, high = turing.interval(fooled, trials)
    assert value == fooled / trials
    # Its ends are the shares that the normal test of such a result would just not reject.
    for end in (low, high):
        assert (value - end) ** 2 == pytest.approx(stats.norm.ppf(0.975) ** 2 * end * (1 - end) / trials, abs=1e-9)
    assert 0 <= low < high <= 1


def test_the_score_is_a_sentence():
    assert str(turing.Score(7, 20)) == "fooled in 7 of 20 = 35%, 95% interval 18 to 57%"
    assert str(turing.Score(1, 8)) == "fooled in 1 of 8 = 13%, 95% interval 2 to 47%"
    assert str(turing.Score(0, 0)) == "no answer yet"
    for fooled, trials in [(0, 0), (3, 2), (-1, 2)]:
        with pytest.raises(ValueError, match="at least one trial"):
            turing.interval(fooled, trials)


def test_answers_in_code_are_counted():
    test = turing.TuringTest(TRUTH, COLORED, seed=3)
    assert test.score() == (0, 0)
    answers = []
    for (left, right), side in zip(test.pairs, sides(test), strict=True):
        assert is_photo(left) != is_photo(right)
        # The two are of the same scene.
        assert np.array_equal(left, right[..., ::-1])
        answers.append((side, test.answer("left")))
    assert [right for _, right in answers] == [side == "left" for side, _ in answers]
    assert test.score() == (sides(test).count("right"), COUNT)
    with pytest.raises(ValueError, match="all 5 pairs have an answer"):
        test.answer("left")
    with pytest.raises(ValueError, match="'left' or 'right', got 'Left'"):
        turing.TuringTest(TRUTH, COLORED).answer("Left")


def test_order_and_sides_are_random_and_of_the_seed():
    many = np.arange(400, dtype=np.uint8).reshape(-1, 1, 1, 1) + np.zeros((1, 2, 2, 3), np.uint8)
    test, again, other = (turing.TuringTest(many, many, seed) for seed in (0, 0, 1))
    assert all(np.array_equal(one, two) for one, two in zip(test.pairs, again.pairs, strict=True))
    assert test._photo_is == again._photo_is != other._photo_is
    # 400 tosses of a coin: the standard deviation is 10.
    assert 160 < test._photo_is.count("left") < 240
    assert not np.array_equal([left[0, 0, 0] for left, _ in test.pairs], many[:, 0, 0, 0])


@pytest.mark.parametrize(
    ("truth", "colored", "hint"),
    [
        (TRUTH / 255, COLORED, "uint8, .* got float64"),
        (TRUTH[0], COLORED[0], r"got uint8, \(96, 96, 3\)"),
        (TRUTH[:0], COLORED[:0], r"\(0, 96, 96, 3\)"),
        (TRUTH, COLORED[:3], "colored twin"),
    ],
)
def test_what_is_no_pair_is_refused(truth, colored, hint):
    with pytest.raises(ValueError, match=hint):
        turing.TuringTest(truth, colored)


# --- the widget ---


def test_the_widget_goes_on_after_each_answer_and_agrees_with_code(displayed):
    test = turing.TuringTest(TRUTH, COLORED)
    test._ipython_display_()
    box, _ = displayed
    picture, buttons, said = box.children
    left, right = buttons.children
    assert left.description == "left is the photo"
    assert "Pair 1 of 5: which is the photo?" in said.value
    assert 'alt="left picture of pair 1"' in picture.value
    left.click()
    assert test.score().trials == 1
    assert 'alt="right picture of pair 2"' in picture.value
    verdict = "Correct" if sides(test)[0] == "left" else "Fooled"
    assert f"{verdict}: in pair 1 the photo was on the {sides(test)[0]}. So far {test.score()}." in said.value
    test.answer("right")  # in code, between two clicks
    assert "Pair 3 of 5" in said.value and "pair 3" in picture.value
    for _ in range(3):
        assert not right.disabled
        right.click()
    assert f"Done: {test.score()}." in said.value and "which is" not in said.value
    assert left.disabled and right.disabled


def test_a_saved_widget_leaves_its_first_pair_and_how_to_wake_it(displayed, open_file, tmp_path):
    for seed in (0, 1):
        turing.TuringTest(TRUTH, COLORED, seed)._ipython_display_()
    (one, asleep), (other, _) = displayed[:2], displayed[2:]
    assert "Run the cell again to wake it" in asleep["text/html"]
    for widgets, visible in [([other], True), ([one], False), ([other, one], False)]:
        pictures = "".join(box.children[0].value for box in widgets)
        path = tmp_path / "page.html"
        path.write_text(f"<!doctype html><title>Saved</title>{pictures}{asleep['text/html']}", "utf-8")
        page = open_file(path.as_uri())
        assert page.get_by_text("Run the cell again").is_visible() == visible
        if visible:
            assert seen(page.locator("div[id]")) == ["left picture of pair 1", "right picture of pair 1"]


# --- the book's page, in a browser ---


@pytest.fixture
def page_text(displayed, monkeypatch):
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    turing.TuringTest(TRUTH, COLORED)._ipython_display_()
    turing.TuringTest(TRUTH[:2], COLORED[:2], seed=1)._ipython_display_()
    return [output["text/html"] for output in displayed]


def test_the_page_is_the_same_in_every_run_and_alt_texts_give_nothing_away(displayed, monkeypatch):
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    for _ in range(2):
        monkeypatch.setattr(turing, "_numbers", itertools.count(1))
        turing.TuringTest(TRUTH, COLORED)._ipython_display_()
    assert displayed[0] == displayed[1]
    assert displayed[0]["text/plain"] == "Turing test of 5 pairs: which picture is the photo? (interactive)"
    alts = re.findall('alt="(.*?)"', displayed[0]["text/html"])
    assert alts == [f"{side} picture of pair {number}" for number in range(1, 6) for side in ("left", "right")]


def test_the_page_has_the_answer_to_each_pair_for_those_without_javascript(page_text):
    found = re.findall(r"<summary>Answer to pair (\d+)</summary>The photo is on the (\w+)\.", page_text[0])
    assert found == [(str(number), side) for number, side in enumerate(sides(turing.TuringTest(TRUTH, COLORED)), 1)]


def test_large_pictures_are_shown_smaller(displayed, monkeypatch):
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    large = photos.bundled("coffee", 400)[None, :300]
    turing.TuringTest(large, large[..., ::-1])._ipython_display_()
    assert re.findall(r'width="(\d+)" height="(\d+)"', displayed[0]["text/html"]) == 2 * [("360", "270")]


def test_twenty_pairs_fit_and_too_many_are_refused(displayed, monkeypatch):
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    photo = photos.bundled("motorcycle")  # full of detail
    crops = [photo[y : y + 128, x : x + 128] for y in range(0, 350, 90) for x in range(0, 600, 140)]
    twenty = np.stack(crops[:20])
    turing.TuringTest(twenty, twenty[..., ::-1])._ipython_display_()
    assert len(displayed[0]["text/html"].encode()) <= 400_000
    noise = np.random.default_rng(0).integers(0, 256, (60, 128, 128, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"120 pictures do not fit into 400 KB.*fewer"):
        turing.TuringTest(noise, noise)._ipython_display_()


@pytest.fixture
def open_page(open_file, page_text, tmp_path):
    """Return a function that opens a page of two tests."""
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two tests</title>'
        '<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}</style></head>'
        f"<body><main><h1>Two tests</h1>{''.join(page_text)}</main></body></html>",
        encoding="utf-8",
    )
    return functools.partial(open_file, path.as_uri())


def seen(section):
    """Alt texts of the pictures that can be seen."""
    visible = [image for image in section.locator("img").all() if image.is_visible()]
    assert all(image.evaluate("image => image.complete && image.naturalWidth > 0") for image in visible)
    return [image.get_attribute("alt") for image in visible]


@pytest.mark.parametrize("answers", list(itertools.product(["left", "right"], repeat=2)))
def test_the_page_says_what_python_says(open_page, answers):
    page = open_page()
    first, second = page.get_by_role("region").all()
    for section, test in [
        (first, turing.TuringTest(TRUTH, COLORED)),
        (second, turing.TuringTest(TRUTH[:2], COLORED[:2], seed=1)),
    ]:
        said = section.get_by_role("status")
        assert said.inner_text() == test._said()
        for number, side in enumerate(answers, start=1):
            assert seen(section) == [f"{side} picture of pair {number}" for side in ("left", "right")]
            section.get_by_role("button", name=f"{side} is the photo").click()
            test.answer(side)
            assert said.inner_text() == test._said()
    assert "Done: fooled in" in second.get_by_role("status").inner_text()
    assert all(button.is_disabled() for button in second.get_by_role("button").all())
    assert seen(second) == ["left picture of pair 2", "right picture of pair 2"]


def test_the_pages_intervals_are_pythons(open_page):
    page = open_page()
    script = re.search(r"const score = \(\) => \{(.*?)\n  \};", asset("turing.js"), re.DOTALL)[1]
    script = script.replace("QUANTILE", repr(turing._QUANTILE))
    pairs = [(fooled, trials) for trials in range(1, 41) for fooled in range(trials + 1)]
    said = page.evaluate(f"pairs => pairs.map(([fooled, done]) => {{{script}}})", pairs)
    assert said == [str(turing.Score(*pair)) for pair in pairs]


def test_the_page_can_be_used_with_keys_alone(open_page):
    page = open_page()
    section = page.get_by_role("region").first
    page.keyboard.press("Tab")
    for number, key in enumerate(["Enter", "Space", "Enter", "Space", "Enter"], start=1):
        assert page.evaluate("document.activeElement.innerText") in ("left is the photo", "right is the photo")
        page.keyboard.press(key)
        assert f"in pair {number} the photo was" in section.get_by_role("status").inner_text()
        if number == 1:
            page.keyboard.press("Tab")
    # The buttons are gone: what is read next is the result.
    assert "Done" in page.evaluate("document.activeElement.innerText")
    assert (
        page.evaluate("Object.getOwnPropertyNames(window).filter(n => /^(section|photoIs|pairs|score)$/.test(n))") == []
    )


def test_without_javascript_all_pairs_are_there_with_their_answers(open_page):
    page = open_page(java_script_enabled=False)
    section = page.get_by_role("region").first
    assert len(seen(section)) == 2 * COUNT
    assert not section.locator("button").first.is_visible()
    places = sides(turing.TuringTest(TRUTH, COLORED))
    for details, side in zip(section.locator("details").all(), places, strict=True):
        assert "photo" not in details.inner_text()
        details.locator("summary").click()
        assert f"The photo is on the {side}." in details.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_the_screen_and_axe_finds_no_serious_fault(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    section = page.get_by_role("region").first
    before = section.bounding_box()
    left, right = (image.bounding_box() for image in section.locator("img").all()[:2])
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    assert left["width"] == right["width"] > 150
    for side in ("left", "right"):
        section.get_by_role("button", name=side).click()
    assert section.bounding_box() == before, "the page moved"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []
