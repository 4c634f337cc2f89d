"""Galleries, charts, and the explore control: as a widget, as HTML, and in a browser."""

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

from colorkit import lab, metrics, show


@pytest.fixture
def shown(monkeypatch):
    """Return the figures that were shown, drawn; they are taken before the function under test closes them."""
    figures = []

    def keep():
        figures.extend(plt.figure(number) for number in plt.get_fignums())
        for figure in figures:
            figure.canvas.draw()

    monkeypatch.setattr(plt, "show", keep)
    return figures


@pytest.fixture
def displayed(monkeypatch):
    """Return what was given to IPython's display."""
    outputs = []
    monkeypatch.setattr(IPython.display, "display", lambda output, raw=False: outputs.append(output))
    return outputs


@pytest.fixture
def book(monkeypatch, displayed):
    """Make explore write the book's HTML; return what it displayed."""
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    return displayed


def gray_square(value):
    return np.full((40, 60), value, np.uint8)


def noise(value):
    return np.random.default_rng(value).integers(0, 256, (512, 512, 3), dtype=np.uint8)


# --- gallery ---


def label_boxes(figure):
    return {text.get_text(): text.get_window_extent() for text in figure.texts}


def test_labels_stand_at_one_height_above_pictures_of_any_shape(shown):
    photo = skimage.data.coffee()
    assert show.gallery({"wide": photo[:80], "tall": photo[:, :150], "gray": photo[..., 0] / 255.0}) is None
    (figure,) = shown
    assert len({text.get_position()[1] for text in figure.texts}) == 1
    tops = [axes.get_position().y1 for axes in figure.axes]
    assert np.ptp(tops) < 1e-9
    for text, axes in zip(figure.texts, figure.axes, strict=True):
        label, picture = text.get_window_extent(), axes.get_window_extent()
        assert label.x0 == pytest.approx(picture.x0, abs=2)
        assert 0 <= label.y0 - picture.y1 < 10
        height, width = axes.images[0].get_array().shape[:2]
        assert picture.width / picture.height == pytest.approx(width / height, rel=1e-6)
    wide, tall, gray = (axes.get_window_extent() for axes in figure.axes)
    assert wide.width == pytest.approx(gray.width)
    assert tall.height < 2 * gray.width


def test_gallery_shows_the_pictures_unchanged_and_hides_the_axes(shown):
    photo = skimage.data.astronaut()[:50, :60]
    show.gallery({"uint8": photo, "float": photo / 255, "gray": photo[..., 1]})
    from_bytes, from_floats, gray = (axes.images[0].get_array() for axes in shown[0].axes)
    np.testing.assert_array_equal(from_bytes, photo)
    np.testing.assert_array_equal(from_floats, photo)
    np.testing.assert_array_equal(gray, np.stack([photo[..., 1]] * 3, axis=-1))
    assert not any(axes.axison for axes in shown[0].axes)
    assert not plt.get_fignums(), "a figure that stays open is shown twice"


@pytest.mark.parametrize(("count", "rows"), [(6, [6]), (7, [4, 3]), (13, [5, 5, 3])])
def test_long_rows_go_on_below(shown, count, rows):
    show.gallery({f"picture {index}": gray_square(index) for index in range(count)})
    tops = [round(axes.get_position().y1, 6) for axes in shown[0].axes]
    assert [len(list(group)) for _, group in itertools.groupby(tops)] == rows
    boxes = list(label_boxes(shown[0]).values())
    assert len(boxes) == count
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


def test_rows_with_the_same_labels_share_them(shown):
    row = {"gray": gray_square(1), "truth": gray_square(2)}
    show.gallery([row, row, {"failure": gray_square(3)}])
    assert [text.get_text() for text in shown[0].texts] == ["gray", "truth", "failure"]
    columns = [round(axes.get_position().x0, 6) for axes in shown[0].axes]
    assert columns[:2] == columns[2:4]
    assert columns[4] == columns[0]


@pytest.mark.parametrize("count", [1, 2, 6])
def test_a_gallery_fits_a_page_and_its_texts_fit_the_gallery(shown, count):
    labels = ["what the small network said about it", *(f"label {index}" for index in range(1, count))]
    show.gallery({label: skimage.data.astronaut() for label in labels})
    figure = shown[0]
    assert figure.get_figwidth() <= 11 + 1e-9
    assert figure.axes[0].get_window_extent().width <= 512
    page = figure.bbox
    for box in label_boxes(figure).values():
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1
        assert page.y0 <= box.y0
        assert box.y1 <= page.y1 + 1


@pytest.mark.parametrize(
    ("picture", "hint"),
    [
        (np.full((4, 4, 3), 200.0), "'sky' holds floats from 200 to 200, and floats must lie in 0..1; divide by 255"),
        (np.full((4, 4), -0.5), "from -0.5"),
        (np.full((4, 4), np.nan), "nan"),
        (np.zeros((4, 4, 4), np.uint8), r"'sky' has shape \(4, 4, 4\); a picture is \(height, width, 3\)"),
        (np.zeros((1, 4, 4, 3), np.uint8), r"shape \(1, 4, 4, 3\)"),
        (np.zeros((0, 4, 3), np.uint8), r"shape \(0, 4, 3\)"),
        (np.zeros((4, 4, 3), np.int64), "'sky' is int64; give uint8"),
    ],
)
def test_a_picture_that_is_none_is_refused(shown, picture, hint):
    with pytest.raises(ValueError, match=hint):
        show.gallery({"sea": gray_square(0), "sky": picture})
    assert not shown
    assert not plt.get_fignums()


@pytest.mark.parametrize("rows", [{}, [], [{}], [gray_square(0)]])
def test_a_gallery_of_nothing_is_refused(rows):
    with pytest.raises(ValueError, match="label -> picture"):
        show.gallery(rows)


# --- curves ---


def test_lines_differ_in_color_and_style_and_keep_the_palettes_colors(shown):
    names = ["validation", "somebody", "one photo", "somebody else"]
    show.curves({name: [3, 2, 1] for name in names}, "epoch", "loss")
    (axes,) = shown[0].axes
    lines = axes.get_lines()
    colors = [line.get_color() for line in lines]
    assert colors[0] == show.PALETTE["validation"]
    assert colors[2] == show.PALETTE["one_photo"]
    assert len(set(colors)) == 4
    assert len({(line.get_linestyle(), line._dash_pattern[1] and tuple(line._dash_pattern[1])) for line in lines}) == 4
    assert [text.get_text() for text in axes.get_legend().get_texts()] == names
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")


def test_a_line_is_heights_or_a_pair_and_one_point_can_be_seen(shown):
    show.curves({"pair": ([10, 20], [1.0, 2.0]), "two heights": [5, 6], "point": np.array([4.0])}, "step", "loss")
    pair, heights, point = shown[0].axes[0].get_lines()
    np.testing.assert_array_equal(pair.get_xydata(), [[10, 1], [20, 2]])
    np.testing.assert_array_equal(heights.get_xydata(), [[1, 5], [2, 6]])
    assert point.get_marker() == "o"


@pytest.mark.parametrize("top", [1.6, 30, 1e5])
def test_a_logarithmic_axis_has_readable_ticks(shown, top):
    show.curves({"loss": np.geomspace(1.1, top, 50)}, "epoch", "loss", log="y")
    (axes,) = shown[0].axes
    low, high = axes.get_ylim()
    texts = [text.get_text() for text in axes.get_yticklabels() if low <= text.get_position()[1] <= high]
    assert axes.get_yscale() == "log"
    assert len(texts) >= 2
    assert all(float(text) > 0 for text in texts)


def test_figures_are_opaque_white_whatever_the_settings_around_them(shown):
    with mpl.rc_context({"figure.facecolor": "none", "axes.facecolor": "black", "text.color": "white"}):
        show.curves({"loss": [2, 1]}, "epoch", "loss")
        show.gallery({"sea": gray_square(0)})
        assert mpl.rcParams["axes.facecolor"] == "black"
    for figure in shown:
        assert figure.get_facecolor() == (1, 1, 1, 1)
        assert figure.axes[0].get_facecolor() == (1, 1, 1, 1)
    assert shown[1].texts[0].get_color() != "white"


@pytest.mark.parametrize(
    ("lines", "hint"),
    [
        ({}, "at least one line"),
        ({"loss": []}, "'loss'"),
        ({"loss": ([1, 2, 3], [1, 2])}, "same length"),
        ({"loss": [[1, 2], [3, 4], [5, 6]]}, "one row of numbers"),
        ({"loss": [1, 0.5, 0]}, "'loss' goes down to 0 on a logarithmic y axis, which needs positive"),
        ({"loss": ([0, 1], [1, 2])}, "'loss' goes down to 0 on a logarithmic x axis"),
        ({"loss": ([1, 2], [(1, 0, 2), (1, 2, 3)])}, "between its low and high"),
    ],
)
def test_lines_that_cannot_be_drawn_are_refused(lines, hint):
    with pytest.raises(ValueError, match=hint):
        show.curves(lines, "epoch", "loss", log="xy")
    with pytest.raises(ValueError, match="'', 'x', 'y' or 'xy', got True"):
        show.curves({"loss": [2, 1]}, "epoch", "loss", log=True)
    assert not plt.get_fignums()


def test_a_line_of_estimates_has_intervals(shown):
    estimates = [(3.0, 2.0, 5.0), (1.0, 0.5, 1.25)]
    show.curves({"network": ([100, 1000], estimates), "floor": ([100, 1000], [0.4, 0.4])}, "photos", "error", log="x")
    (axes,) = shown[0].axes
    assert axes.get_xscale() == "log" and axes.get_yscale() == "linear"
    network, floor = axes.containers
    (ends,) = network.lines[2]
    np.testing.assert_allclose([segment[:, 1] for segment in ends.get_segments()], [[2, 5], [0.5, 1.25]])
    assert not floor.lines[2]


# --- explore ---


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


def test_the_widget_changes_picture_and_alt_and_shows_nothing_else(displayed, capsys):
    assert show.explore(gray_square, "gray", [10, 200], lambda value: f"{TRICKY} {value}", unit="%") is None
    (box,) = displayed
    slider, picture = box.children
    assert slider.description == "gray"
    assert slider.label == "10%"
    for index, value in [(0, 10), (1, 200), (0, 10)]:
        slider.value = index
        (image,) = Page(picture.value).all("img")
        assert image["alt"] == f"{TRICKY} {value}"
        assert (image["width"], image["height"]) == ("60", "40")
        assert decoded(image["src"]).getpixel((5, 5)) == (value,) * 3
    assert slider.label == "10%"
    assert capsys.readouterr() == ("", "")


def test_the_book_gets_the_widgets_pictures_and_texts(displayed, monkeypatch):
    for book in "01":
        monkeypatch.setenv("COLORKIT_BOOK", book)
        show.explore(gray_square, "gray", [0, 1, 2], "Gray, {value}", unit="px")
    widget, control = displayed
    slider, picture = widget.children
    live = []
    for slider.index in range(3):
        live.append(Page(picture.value).all("img")[0])
    page = Page(control["text/html"])
    assert page.all("img") == live
    assert [part["data-value"] for part in page.all("div") if "data-value" in part] == [
        text for text, _ in slider.options
    ]
    assert control["text/plain"] == "gray: 0, 1, 2 px (interactive)"


@pytest.mark.parametrize(
    ("values", "unit", "text"),
    [
        ([np.float32(0.1), 0.1 + 0.2, 1234567], "", "v: 0.1, 0.3, 1234567 (interactive)"),
        ([10, 20], "%", "v: 10, 20% (interactive)"),
        (["sea", "sky"], "", "v: sea, sky (interactive)"),
    ],
)
def test_values_are_written_as_people_write_them(book, values, unit, text):
    show.explore(lambda value: gray_square(0), "v", values, "Gray, {value}", unit)
    assert book[0]["text/plain"] == text


def test_the_page_control_is_labeled_and_shows_one_picture(book):
    for _ in range(2):
        show.explore(gray_square, 'a < "b"', [0.5, 1e-3], lambda value: f"{TRICKY} {value}", unit="px")
    pages = [Page(output["text/html"]) for output in book]
    for page in pages:
        (label,), (slider,), (output,) = page.all("label"), page.all("input"), page.all("output")
        assert slider["type"] == "range"
        assert label["for"] == output["for"] == slider["id"]
        assert slider["aria-valuetext"] == "0.5 px"
        assert (slider["min"], slider["max"], slider["value"]) == ("0", "1", "0")
        assert [image["alt"] for image in page.all("img")] == [f"{TRICKY} 0.5", f"{TRICKY} 0.001"]
        assert ["hidden" in part for part in page.all("div") if "data-value" in part] == [False, True]
    assert pages[0].all("input")[0]["id"] != pages[1].all("input")[0]["id"]


def test_the_page_control_is_the_same_in_every_run(book, monkeypatch):
    for _ in range(2):
        monkeypatch.setattr("colorkit.show.slider._control_numbers", itertools.count(1))
        show.explore(gray_square, "gray", [0, 1], "Gray {value}")
    assert book[0] == book[1]


@pytest.mark.parametrize("count", [2, 3, 4, 6, 9])
def test_pictures_that_are_too_much_are_made_smaller(book, count):
    photo = skimage.data.astronaut()

    def noisy(value):
        return np.clip(photo + np.random.default_rng(0).normal(0, value, photo.shape), 0, 255).astype(np.uint8)

    show.explore(noisy, "noise", range(20, 20 + count), "An astronaut under noise {value}")
    page = book[0]["text/html"]
    assert len(page.encode()) <= 400_000
    images = [decoded(image["src"]) for image in Page(page).all("img")]
    assert len(images) == count
    assert len({image.size for image in images}) == 1
    assert max(images[0].size) >= 160


def test_pictures_that_can_never_fit_are_refused(book):
    with pytest.raises(ValueError, match="15 pictures do not fit into 400 KB"):
        show.explore(noise, "seed", range(15), "Noise {value}")
    assert not book


def test_color_keeps_its_full_resolution(book):
    """Blurred color is what lessons show here: the file format must not blur it too."""
    stripes = np.zeros((500, 700, 3), np.uint8)
    stripes[:, ::2] = (200, 60, 60)
    stripes[:, 1::2] = (60, 110, 60)
    stripes = (stripes + np.random.default_rng(0).integers(0, 40, stripes.shape)).astype(np.uint8)
    show.explore(lambda value: stripes[:300, : 300 + value], "value", [0, 1], "Stripes {value}")
    image = decoded(Page(book[0]["text/html"]).all("img")[0]["src"])
    assert image.format == "JPEG", "lossless pictures prove nothing here"
    red, green, _ = np.asarray(image.convert("RGB"), float).mean(axis=0).T
    contrast = (red - green)[10:280:2].mean() - (red - green)[11:280:2].mean()
    assert contrast > 0.9 * 190


def test_figures_are_taken_with_the_courses_style_and_closed(book):
    def draw(value):
        figure, axes = plt.subplots(figsize=(5, 3))
        axes.plot([0, value])
        axes.set_ylabel("a label that needs room")
        return figure

    with mpl.rc_context({"figure.facecolor": "black"}):
        show.explore(draw, "slope", [1, 1000], "A line that rises by {value}")
    assert not plt.get_fignums()
    (one, other) = (decoded(image["src"]) for image in Page(book[0]["text/html"]).all("img"))
    assert one.size == other.size == (500, 300)
    assert one.getpixel((1, 1)) == (255, 255, 255)
    assert one.tobytes() != other.tobytes()


def test_pictures_of_different_sizes_do_not_move_the_page(book):
    sizes = {"wide": (20, 90), "tall": (70, 30)}
    show.explore(lambda name: np.zeros(sizes[name], np.uint8), "shape", list(sizes), "A {value} black picture")
    wide, tall = (decoded(image["src"]) for image in Page(book[0]["text/html"]).all("img"))
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


# --- explore, in a browser ---


@pytest.fixture
def page_file(book, tmp_path):
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
        f"<body><main><h1>Two controls</h1>{''.join(output['text/html'] for output in book)}</main></body></html>",
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_controls_fit_the_screen_and_axe_finds_no_serious_fault(open_page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


# --- bars ---


def test_bars_show_their_numbers_from_the_top_down(shown):
    show.bars({"left gray": 11.3, "one photo": 2, "none": 0}, x="mean color difference")
    (figure,) = shown
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["11.3", "2.00", "0.00"]
    assert [bar.get_width() for bar in axes.patches] == [11.3, 2, 0]
    tops = [bar.get_window_extent().y0 for bar in axes.patches]
    assert tops == sorted(tops, reverse=True)
    assert mpl.colors.to_hex(axes.patches[1].get_facecolor()).upper() == show.PALETTE["one_photo"].upper()
    right = axes.get_window_extent().x1
    assert all(text.get_window_extent().x1 <= right for text in axes.texts)


def test_bars_show_intervals(shown):
    show.bars(
        {"truth": metrics.Estimate(10, 8, 15), "single": metrics.Estimate(12, np.nan, np.nan), "plain": 11}, x="x"
    )
    (axes,) = shown[0].axes
    lines = [line for line in axes.lines if np.isfinite(line.get_xdata()).all()]
    assert [(list(line.get_xdata()), list(line.get_ydata())) for line in lines] == [([8, 15], [0, 0])] * 2
    numbers = {text.get_text(): text.get_window_extent() for text in axes.texts}
    assert list(numbers) == ["10.0", "12.0", "11.0"]
    assert numbers["10.0"].x0 > lines[0].get_window_extent().x1
    right = axes.get_window_extent().x1
    assert all(box.x1 <= right for box in numbers.values())


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({}, "not negative"),
        ({"a": -1}, "not negative"),
        ({"a": float("nan")}, "not negative"),
        ({"a": (1, 0)}, "number, low, high"),
        ({"a": (1, 2, 3)}, "between its low and high"),
        ({"a": (1, 2, 0)}, "between its low and high"),
    ],
)
def test_bars_refuse_what_has_no_length(values, hint):
    with pytest.raises(ValueError, match=hint):
        show.bars(values, x="x")


# --- ab_map ---


def test_the_ab_map_puts_values_and_marks_where_they_belong(shown):
    grid = lab.ab_grid(10)
    palette = [(60, 40), (0, -40)]
    show.ab_map(grid[..., 0] + 2 * grid[..., 1], "a + 2 b", mark={"one": (20, 30), "two": palette})
    axes, scale = shown[0].axes
    image = axes.images[0]
    # As the mouse would read it: the value under a = 20, b = -50.
    column, row = (round((coordinate + 110) / 10) for coordinate in (20, -50))
    left, right, bottom, top = image.get_extent()
    assert image.origin == "lower" and (left, right, bottom, top) == (-115, 115, -115, 115)
    assert image.get_array()[row, column] == 20 + 2 * -50
    assert scale.get_ylabel() == "a + 2 b"
    one, two = axes.collections
    assert one.get_offsets().tolist() == [[20, 30]] and two.get_offsets().tolist() == [list(color) for color in palette]
    own = lab.lab_to_rgb(np.array([[65, *palette[0]]], np.float32), gamut="keep lightness")
    np.testing.assert_allclose(two.get_facecolors()[0, :3], own[0], atol=1e-6)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
    page = shown[0].bbox
    for box in (axes.get_tightbbox(), scale.get_tightbbox(), axes.get_legend().get_window_extent()):
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
    assert not plt.get_fignums()


def test_without_values_the_ab_map_shows_the_colors_of_the_plane(shown):
    cloud = np.random.default_rng(0).normal(0, 20, (500, 2))
    show.ab_map(mark={"pixels": cloud, "mean": cloud.mean(axis=0)})
    (axes,) = shown[0].axes
    plane = axes.images[0].get_array()
    assert plane.shape == (221, 221, 4)
    assert plane[0, 0, 3] == 0 and plane[110, 110, 3] == 1
    np.testing.assert_allclose(plane[110, 110, :3], plane[110, 110, 0], atol=1e-3)  # gray in the middle
    red, green, _, _ = plane[110, 150]
    assert red > green  # a grows to the right
    pixels, mean = axes.collections
    assert len(pixels.get_offsets()) == 500 and pixels.get_zorder() < mean.get_zorder()
    assert len(np.unique(pixels.get_facecolors(), axis=0)) == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"values": np.zeros((5, 5))}, "label"),
        ({"values": np.zeros((5, 6)), "label": "x"}, r"got \(5, 6\)"),
        ({"mark": {"sky": (1, 2, 3)}}, "the mark 'sky'"),
        ({"mark": {"sky": (1, np.nan)}}, "the mark 'sky'"),
    ],
)
def test_ab_maps_of_something_else_are_refused(arguments, hint):
    with pytest.raises(ValueError, match=hint):
        show.ab_map(**arguments)
    assert not plt.get_fignums()
