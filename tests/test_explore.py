"""The explore control: its HTML, and what it does in a browser."""

import base64
import functools
import io
import itertools
import re
from html.parser import HTMLParser

import IPython.display
import matplotlib as mpl
import numpy as np
import pytest
import skimage.data
from matplotlib import pyplot as plt
from PIL import Image

from colorkit import show


@pytest.fixture
def displayed(monkeypatch):
    """Return what was given to IPython's display."""
    outputs = []
    monkeypatch.setattr(IPython.display, "display", lambda output, raw=False: outputs.append(output))
    return outputs


def gray_square(value):
    return np.full((40, 60), value, np.uint8)


def noise(value):
    return np.random.default_rng(value).integers(0, 256, (512, 512, 3), dtype=np.uint8)


class Page(HTMLParser):
    """The elements of a piece of HTML, as (tag, attributes) in order."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def decoded(source):
    kind, data = re.fullmatch(r"data:image/(\w+);base64,(.+)", source).groups()
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.format.lower() == kind
    return image


TRICKY = 'a "dark" & <b>gray</b> square of 100%'


def test_each_value_has_its_picture_and_alt_and_nothing_else_is_shown(displayed, capsys):
    assert show.explore(gray_square, "gray", [10, 200], lambda value: f"{TRICKY} {value}", unit="%") is None
    (output,) = displayed
    assert set(output) == {"text/html", "text/plain"}, "a control that needs a kernel is dead when it is opened again"
    page = Page(output["text/html"])
    assert [part["data-value"] for part in page.all("div") if "data-value" in part] == ["10%", "200%"]
    for value, image in zip([10, 200], page.all("img"), strict=True):
        assert image["alt"] == f"{TRICKY} {value}"
        assert (image["width"], image["height"]) == ("60", "40")
        assert decoded(image["src"]).getpixel((5, 5)) == (value,) * 3
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("values", "unit", "text"),
    [
        ([np.float32(0.1), 0.1 + 0.2, 1234567], "", "v: 0.1, 0.3, 1234567 (interactive)"),
        ([10, 20], "%", "v: 10, 20% (interactive)"),
        (["sea", "sky"], "", "v: sea, sky (interactive)"),
    ],
)
def test_values_are_written_as_people_write_them(displayed, values, unit, text):
    show.explore(lambda value: gray_square(0), "v", values, "Gray, {value}", unit)
    assert displayed[0]["text/plain"] == text


def test_the_page_control_is_labeled_and_shows_one_picture(displayed):
    for _ in range(2):
        show.explore(gray_square, 'a < "b"', [0.5, 1e-3], lambda value: f"{TRICKY} {value}", unit="px")
    pages = [Page(output["text/html"]) for output in displayed]
    for page in pages:
        (label,), (slider,), (output,) = page.all("label"), page.all("input"), page.all("output")
        assert slider["type"] == "range"
        assert label["for"] == output["for"] == slider["id"]
        assert slider["aria-valuetext"] == "0.5 px"
        assert (slider["min"], slider["max"], slider["value"]) == ("0", "1", "0")
        assert [image["alt"] for image in page.all("img")] == [f"{TRICKY} 0.5", f"{TRICKY} 0.001"]
        assert ["hidden" in part for part in page.all("div") if "data-value" in part] == [False, True]
    assert pages[0].all("input")[0]["id"] != pages[1].all("input")[0]["id"]


def test_the_page_control_is_the_same_in_every_run(displayed, monkeypatch):
    for _ in range(2):
        monkeypatch.setattr("colorkit.show.slider._control_numbers", itertools.count(1))
        show.explore(gray_square, "gray", [0, 1], "Gray {value}")
    assert displayed[0] == displayed[1]


@pytest.mark.parametrize("count", [2, 3, 4, 6, 9])
def test_pictures_that_are_too_much_are_made_smaller(displayed, count):
    photo = skimage.data.astronaut()

    def noisy(value):
        return np.clip(photo + np.random.default_rng(0).normal(0, value, photo.shape), 0, 255).astype(np.uint8)

    show.explore(noisy, "noise", range(20, 20 + count), "An astronaut under noise {value}")
    page = displayed[0]["text/html"]
    assert len(page.encode()) <= 400_000
    images = [decoded(image["src"]) for image in Page(page).all("img")]
    assert len(images) == count
    assert len({image.size for image in images}) == 1
    assert max(images[0].size) >= 160


def test_pictures_that_can_never_fit_are_refused(displayed):
    with pytest.raises(ValueError, match="15 pictures do not fit into 400 KB"):
        show.explore(noise, "seed", range(15), "Noise {value}")
    assert not displayed


def test_color_keeps_its_full_resolution(displayed):
    """Blurred color is what lessons show here: the file format must not blur it too."""
    stripes = np.zeros((500, 700, 3), np.uint8)
    stripes[:, ::2] = (200, 60, 60)
    stripes[:, 1::2] = (60, 110, 60)
    stripes = (stripes + np.random.default_rng(0).integers(0, 40, stripes.shape)).astype(np.uint8)
    show.explore(lambda value: stripes[:300, : 300 + value], "value", [0, 1], "Stripes {value}")
    image = decoded(Page(displayed[0]["text/html"]).all("img")[0]["src"])
    assert image.format == "JPEG", "lossless pictures prove nothing here"
    red, green, _ = np.asarray(image.convert("RGB"), float).mean(axis=0).T
    contrast = (red - green)[10:280:2].mean() - (red - green)[11:280:2].mean()
    assert contrast > 0.9 * 190


def test_figures_are_taken_with_the_courses_style_and_closed(displayed):
    def draw(value):
        figure, axes = plt.subplots(figsize=(5, 3))
        axes.plot([0, value])
        axes.set_ylabel("a label that needs room")
        return figure

    with mpl.rc_context({"figure.facecolor": "black"}):
        show.explore(draw, "slope", [1, 1000], "A line that rises by {value}")
    assert not plt.get_fignums()
    (one, other) = (decoded(image["src"]) for image in Page(displayed[0]["text/html"]).all("img"))
    assert one.size == other.size == (500, 300)
    assert one.getpixel((1, 1)) == (255, 255, 255)
    assert one.tobytes() != other.tobytes()


def test_pictures_of_different_sizes_do_not_move_the_page(displayed):
    sizes = {"wide": (20, 90), "tall": (70, 30)}
    show.explore(lambda name: np.zeros(sizes[name], np.uint8), "shape", list(sizes), "A {value} black picture")
    wide, tall = (decoded(image["src"]) for image in Page(displayed[0]["text/html"]).all("img"))
    assert wide.size == tall.size == (90, 70)
    assert wide.getpixel((45, 35)) == tall.getpixel((45, 35)) == (0, 0, 0)
    assert wide.getpixel((45, 5)) == tall.getpixel((5, 35)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"values": [1]}, "2 to 15 values, got 1"),
        ({"values": range(16)}, "got 16"),
        ({"alt": "A gray square"}, "'A gray square' for more than one picture"),
        ({"alt": "Gray {level}"}, "only placeholder is {value}"),
        ({"alt": "Gray {value:.1f}"}, "only placeholder is {value}"),
        ({"alt": lambda value: ""}, "no text"),
        ({"alt": lambda value: None}, "no text"),
        ({"draw": lambda value: None}, r"draw\(1\) returned nothing"),
        ({"draw": lambda value: np.full((4, 4), 90.0)}, r"draw\(1\) returned holds floats from 90"),
    ],
)
def test_what_cannot_be_explored_is_refused(displayed, changed, hint):
    arguments = {"draw": gray_square, "name": "gray", "values": [1, 2], "alt": "Gray {value}"} | changed
    with pytest.raises(ValueError, match=hint):
        show.explore(**arguments)
    assert not displayed


# --- in a browser ---


@pytest.fixture
def page_file(displayed, tmp_path):
    """A page of two controls."""
    photo = skimage.data.coffee()
    show.explore(
        lambda value: photo // value, "darkness", [1, 2, 4], f"Coffee & {TRICKY}, darkness {{value}}", unit="x"
    )
    show.explore(lambda name: getattr(skimage.data, name)(), "photo", ["coffee", "astronaut"], "Photo: {value}")
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two controls</title>'
        '<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}</style></head>'
        f"<body><main><h1>Two controls</h1>{''.join(output['text/html'] for output in displayed)}</main></body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


@pytest.fixture
def open_page(open_file, page_file):
    """Return a function that opens the page of two controls."""
    return functools.partial(open_file, page_file)


def state(figure):
    """What a control shows and says: its one visible picture's alt, its slider's text and its output."""
    visible = [image for image in figure.locator("img").all() if image.is_visible()]
    assert len(visible) == 1
    assert visible[0].evaluate("image => image.complete && image.naturalWidth > 0")
    text = figure.get_by_role("slider").get_attribute("aria-valuetext")
    assert figure.locator("output").inner_text() == text
    return visible[0].get_attribute("alt"), text


def test_controls_answer_to_keys_each_on_its_own(open_page):
    page = open_page()
    first, second = page.locator("figure").all()
    slider = page.get_by_role("slider", name="darkness")
    alt = f"Coffee & {TRICKY}, darkness"
    assert not first.locator(".asleep").is_visible()
    assert state(first) == (f"{alt} 1", "1 x")
    slider.focus()
    for key, value in [("ArrowRight", 2), ("End", 4), ("ArrowRight", 4), ("ArrowLeft", 2), ("Home", 1)]:
        slider.press(key)
        assert state(first) == (f"{alt} {value}", f"{value} x")
        assert state(second) == ("Photo: coffee", "coffee")
    page.get_by_role("slider", name="photo").press("End")
    assert state(second) == ("Photo: astronaut", "astronaut")
    assert state(first) == (f"{alt} 1", "1 x")
    assert (
        page.evaluate("Object.getOwnPropertyNames(window).filter(n => /^(slider|figure|pictures|show)$/.test(n))") == []
    )


def test_controls_answer_to_mouse_and_touch(open_page):
    page = open_page(has_touch=True)
    figure = page.locator("figure").last
    box = figure.get_by_role("slider").bounding_box()
    before = page.locator("main").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    assert state(figure)[1] == "astronaut"
    assert page.locator("main").bounding_box() == before, "the page moved when the picture changed"
    page.touchscreen.tap(box["x"] + 12, box["y"] + box["height"] / 2)
    assert state(figure)[1] == "coffee"


def test_without_javascript_all_pictures_are_there(open_page):
    figure = open_page(java_script_enabled=False).locator("figure").first
    assert all(image.is_visible() for image in figure.locator("img").all())
    assert figure.locator("img").count() == 3
    assert not figure.get_by_role("slider").is_visible()


def test_on_paper_all_pictures_are_there_with_their_values(open_page):
    page = open_page()
    page.get_by_role("slider", name="darkness").press("End")
    page.emulate_media(media="print")
    figure = page.locator("figure").first
    assert all(image.is_visible() for image in figure.locator("img").all())
    said = "div => getComputedStyle(div, '::before').content"
    assert [part.evaluate(said) for part in figure.locator("[data-value]").all()] == ['"1 x"', '"2 x"', '"4 x"']
    for part in (figure.get_by_role("slider"), figure.locator("output"), figure.locator(".asleep")):
        assert not part.is_visible()


@pytest.fixture
def page_without_scripts(page_file, tmp_path):
    """The page as a viewer of notebooks shows it that lets no script and no style through."""
    path = tmp_path / "page.html"
    page = path.read_text("utf-8")
    for tag in ("noscript", "script", "style"):
        page = re.sub(f"<{tag}>.*?</{tag}>", "", page, flags=re.DOTALL)
    path.write_text(page, "utf-8")


def test_a_viewer_without_scripts_shows_the_first_picture_and_how_to_wake_the_rest(page_without_scripts, open_page):
    figure = open_page().locator("figure").first
    assert [image.is_visible() for image in figure.locator("img").all()] == [True, False, False]
    assert figure.locator(".asleep").is_visible()
    assert "Run the cell again" in figure.inner_text()


def test_two_views_of_one_output_answer_each_on_its_own(displayed, open_file, tmp_path):
    show.explore(gray_square, "gray", [10, 200], "Gray {value}")
    path = tmp_path / "views.html"
    path.write_text(f"<!doctype html><title>Views</title>{2 * displayed[0]['text/html']}", "utf-8")
    page = open_file(path.as_uri())
    first, second = page.locator("figure").all()
    second.get_by_role("slider").press("End")
    assert state(first) == ("Gray 10", "10") and state(second) == ("Gray 200", "200")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_controls_fit_the_screen_and_axe_finds_no_serious_fault(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []
