"""Galleries and charts: what is drawn, and that a notebook shows it."""

import base64
import io
import itertools

import matplotlib as mpl
import nbclient
import nbformat
import numpy as np
import pytest
import skimage.data
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import font_manager
from matplotlib import pyplot as plt
from PIL import Image

from colorkit import lab, metrics, progress, show
from colorkit.show import drawing


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


def gray_square(value):
    return np.full((40, 60), value, np.uint8)


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


# --- labels ---

LABELS = ("a$b_$.jpg", "_MG_0001.jpg", r"$\frac{", "100 % \N{DEGREE SIGN}")


def test_labels_are_drawn_as_they_are_typed(shown):
    show.gallery({label: gray_square(0) for label in LABELS})
    show.curves({label: [1, 2] for label in LABELS}, x="$x_", y="_y^$")
    show.bars(dict.fromkeys(LABELS, 1), x="$x_")
    show.ab_map(mark={label: (10, 20) for label in LABELS})
    show.ab_map(np.zeros((5, 5)), label="$_")
    gallery, curves, bars, marks, plane = shown
    assert [text.get_text() for text in gallery.texts] == list(LABELS)
    assert [text.get_text() for text in bars.axes[0].get_yticklabels()] == list(LABELS)
    for figure in (curves, marks):
        assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == list(LABELS)
    for figure in shown:
        typed = [text for text in figure.findobj(mpl.text.Text) if text.get_text() in (*LABELS, "$x_", "_y^$", "$_")]
        assert typed and not any(text.get_parse_math() for text in typed)
    assert plane.axes[1].get_ylabel() == "$_"


@pytest.fixture
def chinese_font(tmp_path, monkeypatch):
    """A font of one letter under a name that a system may have."""
    pen = TTGlyphPen(None)
    for x, y in [(0, 0), (0, 900), (900, 900), (900, 0)]:
        (pen.lineTo if (x, y) != (0, 0) else pen.moveTo)((x, y))
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "flower"])
    builder.setupCharacterMap({ord("花"): "flower"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "flower": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "flower": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Noto Sans CJK SC", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(tmp_path / "flower.ttf")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", list(font_manager.fontManager.ttflist))
    font_manager.fontManager.addfont(tmp_path / "flower.ttf")
    drawing._installed_cjk_fonts.cache_clear()
    yield
    drawing._installed_cjk_fonts.cache_clear()


def test_chinese_labels_are_drawn_where_a_font_is_installed(chinese_font, shown, recwarn):
    show.gallery({"花 flower": gray_square(0)})
    assert not [str(one.message) for one in recwarn if "missing from font" in str(one.message)]
    # A solid square, as our font has it, and not the outline of a missing letter.
    file = io.BytesIO()
    shown[0].savefig(file, format="png")
    drawn = np.asarray(Image.open(file).convert("L"))
    label = drawn[: drawn.shape[0] // 4, :16]
    assert (label < 60).sum() > 60


# --- in a notebook ---

CELLS = """
from colorkit import show; show.gallery({"gray": [[0.5]]})
show.curves({"loss": [3, 2, 1]}, x="epoch", y="loss")
show.bars({"gray": 1}, x="error")
show.ab_map()
"""


@pytest.mark.parametrize("backend", ["Agg", "TkAgg", "Qt5Agg", "module://matplotlib_inline.backend_inline"])
def test_a_notebook_shows_each_picture_once_whatever_the_backend(backend, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", backend)
    cells = [nbformat.v4.new_code_cell(line) for line in CELLS.strip().splitlines()]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    for cell in notebook.cells:
        (output,) = cell.outputs
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        assert output.output_type == "display_data" and picture.format == "PNG" and picture.width >= 100
        assert output.data["text/plain"].startswith("<Figure size")


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
        ({"loss": metrics.Estimate(2, 1, 3)}, "has one estimate where it needs a row"),
        ({"loss": ([1, 2, 3], metrics.Estimate(2, 1, 3))}, "has one estimate"),
        ({"loss": [metrics.Estimate(2, 1, 3), 4]}, "all of its points are numbers, or all"),
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


@pytest.mark.parametrize("kind", [list, tuple])
def test_two_estimates_are_a_line_of_two_points(shown, kind):
    show.curves({"network": kind([metrics.Estimate(3, 2, 5), metrics.Estimate(1, 0.5, 1.25)])}, "seed", "error")
    (network,) = shown[0].axes[0].containers
    np.testing.assert_array_equal(network.lines[0].get_xydata(), [[1, 3], [2, 1]])
    (ends,) = network.lines[2]
    np.testing.assert_allclose([segment[:, 1] for segment in ends.get_segments()], [[2, 5], [0.5, 1.25]])


def test_a_list_of_two_triples_is_no_pair_either(shown):
    show.curves({"network": [(3, 2, 5), (1, 0.5, 1.25)]}, "seed", "error")
    (network,) = shown[0].axes[0].containers
    np.testing.assert_array_equal(network.lines[0].get_xydata(), [[1, 3], [2, 1]])


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


def test_bars_write_numbers_as_all_of_colorkit_does(shown):
    values = {"a": 999.7, "b": 0.01312, "c": 23456.2, "d": 99.95}
    show.bars(values, x="x")
    texts = [text.get_text() for text in shown[0].axes[0].texts]
    assert texts == [progress.number(value) for value in values.values()]
    assert texts[:2] == ["1000", "0.0131"]


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
    assert not one.get_clip_on(), "a mark on the border would be drawn by half"
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
