"""The table of all measures: its numbers, its text, its HTML in a browser, and what it refuses."""

import re

import numpy as np
import pytest

from colorkit import lab, metrics, photos
from colorkit.colorizing import ContractError
from colorkit.metrics import measures
from colorkit.pictures import Pictures

RANDOM = np.random.default_rng(0)
PHOTOS = np.stack([photos.bundled(name, 48) for name in ("cat", "coffee", "rocket", "hopper")])
TRUTH = Pictures(
    "crops, test", rgb=np.concatenate([PHOTOS[:, y : y + 24, x : x + 24] for y in (0, 24) for x in (0, 24)])
)
TRAINING = Pictures("crops, train", rgb=PHOTOS)
# The first gives what no screen can show.
VIVID = lambda L: np.full((*L.shape[:-1], 2), 90, np.float32)  # noqa: E731
COLORIZERS = {"gray": metrics.gray, "given L": metrics.color_given_lightness(TRAINING), "vivid <90>": VIVID}


def by_bin(truth, predicted):
    return measures.each(measures.closeness_by_bin, measures.float_ab, truth, predicted)


@pytest.fixture(scope="module")
def table():
    return metrics.evaluate(COLORIZERS, TRUTH)


def test_the_table_holds_what_the_functions_give(table):
    assert table.colorizers == tuple(COLORIZERS)
    assert table.measures == tuple(metrics.MEASURES)
    for name, colorize in COLORIZERS.items():
        given = colorize(TRUTH.L)
        seen = lab.to_uint8(lab.lab_to_rgb(np.concatenate([TRUTH.L, given], axis=-1), gamut="keep lightness"))
        expected = {
            "PSNR": metrics.psnr(TRUTH.rgb, seen).mean(),
            "SSIM": metrics.ssim(TRUTH.rgb, seen).mean(),
            "CIEDE2000": metrics.ciede2000(TRUTH.rgb, seen).mean(),
            "RGB RMSE": metrics.rgb_rmse(TRUTH.rgb, seen).mean(),
            "RGB MAE": metrics.rgb_mae(TRUTH.rgb, seen).mean(),
            "ab RMSE": metrics.ab_rmse(TRUTH.ab, given).mean(),
            "ab MAE": metrics.ab_mae(TRUTH.ab, given).mean(),
            "AuC": metrics.auc(TRUTH.ab, given).mean(),
            "AuC rebalanced": measures.ratio(measures.reweighted(by_bin(TRUTH.ab, given))),
            "RGB agreement": metrics.channel_agreement(TRUTH.rgb, seen).mean(),
            "ab agreement": metrics.channel_agreement(TRUTH.ab, given).mean(),
            "colorfulness": metrics.colorfulness(seen).mean(),
            "distribution distance": metrics.distribution_distance(TRUTH.ab, given),
        }
        assert {measure: table[name, measure].value for measure in table.measures} == pytest.approx(expected)
        for measure in table.measures:
            value, low, high = table[name, measure]
            assert low - 1e-9 <= value <= high + 1e-9, (name, measure)
    assert table["truth", "colorfulness"].value == pytest.approx(metrics.colorfulness(TRUTH.rgb).mean())
    assert list(table.column("colorfulness")) == [*COLORIZERS, "truth"]
    assert list(table.column("PSNR")) == list(COLORIZERS)


def test_rows_of_each_picture_are_kept_for_pairs(table):
    one, other = (table.of_each_picture(name, "CIEDE2000") for name in ("gray", "given L"))
    assert one.shape == (len(TRUTH),) and one.mean() == pytest.approx(table["gray", "CIEDE2000"].value)
    assert table.difference("gray", "given L", "CIEDE2000") == metrics.paired_difference(one, other)
    for measure in ("AuC rebalanced", "distribution distance"):
        value, low, high = table.difference("given L", "gray", measure)
        assert value == pytest.approx(table["given L", measure].value - table["gray", measure].value)
        assert low <= value <= high
        with pytest.raises(ValueError, match="whole set"):
            table.of_each_picture("gray", measure)


def test_names_that_are_not_there_are_explained(table):
    for call in (
        lambda: table["grey", "PSNR"],
        lambda: table["gray", "psnr"],
        lambda: table["truth", "PSNR"],
        lambda: table.column("accuracy"),
        lambda: table.select("PSNR", "accuracy"),
        lambda: table.difference("gray", "grey", "PSNR"),
    ):
        with pytest.raises(KeyError, match="gray, given L, vivid"):
            call()


def test_the_table_as_text_and_as_html(table):
    part = table.select("CIEDE2000", "PSNR")
    title, head, *rows = repr(part).splitlines()
    assert title == "crops, test: 16 pictures of 24 x 24 px, with 95% intervals"
    assert re.split(r"  +", head) == ["colorizer", "CIEDE2000", "PSNR (dB)"]
    assert [row.split("  ")[0] for row in rows] == list(COLORIZERS)
    assert rows[0].index(f"{part['gray', 'PSNR'].value:.1f} (") == head.index("PSNR")
    page = part._repr_html_()
    assert page.count('scope="row"') == 3 and page.count('scope="col"') == 3
    assert "vivid &lt;90&gt;" in page and "<90>" not in page
    assert "lowest is best" in page and "highest is best" in page
    assert len(re.findall("<strong>", page)) == 2, "the table of colors is surely best in both"
    whole = table._repr_html_()
    assert '<th scope="row">truth</th>' in whole
    assert whole.count("<td>") == 4 * len(metrics.MEASURES)


@pytest.fixture
def open_tables(open_file, tmp_path):
    """Return a function that opens a page of tables, as wide as the book's text; it gives the page and its regions."""

    def open_(tables, **settings):
        path = tmp_path / "page.html"
        path.write_text(
            '<!doctype html><html lang="en"><head><title>Tables</title><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            "<style>:root{color-scheme:light dark}main{max-width:688px}</style></head>"
            f"<body><main><h1>Tables</h1>{''.join(table._repr_html_() for table in tables)}</main></body></html>",
            "utf-8",
        )
        page = open_file(path.as_uri(), **settings)
        return page, page.get_by_role("region").all()

    return open_


def hidden(region):
    return region.evaluate("region => region.scrollWidth - region.clientWidth")


# What lessons show side by side.
COLUMNS = [
    ("PSNR", "SSIM", "CIEDE2000", "colorfulness", "ab RMSE", "AuC"),
    ("PSNR", "SSIM", "CIEDE2000", "AuC", "distribution distance"),
    ("RGB RMSE", "RGB MAE", "CIEDE2000", "ab RMSE", "colorfulness"),
]


def test_no_column_of_the_lessons_is_hidden_on_a_screen_or_on_paper(table, open_tables):
    page, regions = open_tables(
        [*(table.select(*columns) for columns in COLUMNS), table], viewport={"width": 1280, "height": 800}
    )
    assert [hidden(region) for region in regions[:-1]] == [0, 0, 0] and hidden(regions[-1]) > 0
    page.emulate_media(media="print")
    assert [hidden(region) for region in regions] == [0, 0, 0, 0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_table_scrolls_beside_its_names_and_axe_finds_no_fault(table, open_tables, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    same = table.select("PSNR")
    settings = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    page, (region, *_) = open_tables([table, same, same], **settings)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert hidden(region) > 0
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    name = region.get_by_role("rowheader", name="given L")
    assert name.bounding_box()["x"] == pytest.approx(region.bounding_box()["x"], abs=1)
    found = axe.run(page).response["violations"]
    assert [
        fault["id"] for fault in found if fault["impact"] in ("serious", "critical") or "unique" in fault["id"]
    ] == []


def test_bold_needs_a_difference_beyond_chance():
    alike = {
        "one": metrics.gray,
        "other": lambda L: metrics.gray(L) + RANDOM.normal(0, 1e-3, (*L.shape[:3], 2)).astype("f"),
    }
    page = metrics.evaluate(alike, TRUTH).select("PSNR", "ab RMSE")._repr_html_()
    assert "<strong>" not in page


def test_one_picture_has_values_and_no_intervals():
    table = metrics.evaluate(metrics.gray, TRUTH[:1])
    assert table.colorizers == ("colorizer",)
    assert np.isnan(table["colorizer", "AuC"].low) and table["colorizer", "AuC"].value > 0
    assert "interval" not in repr(table) and "no intervals" in table._repr_html_()
    assert "nan" not in repr(table) + table._repr_html_() and "()" not in repr(table)


def test_the_progress_line_is_one_line(capsys):
    metrics.evaluate(metrics.gray, TRUTH)
    out = capsys.readouterr().out
    seconds = r"\d[\d.]* (s|ms)"
    assert re.fullmatch(
        rf"(crops, test: measured .*, left {seconds}\n)?crops, test: measured 16 .* in {seconds}\n", out
    )


@pytest.mark.parametrize(
    ("colorize", "words"),
    [
        (lambda L: np.zeros((*L.shape[:3], 3), np.float32), "bad: .*two channels"),
        (lambda L: np.zeros((*L.shape[:3], 2)), "bad: ab must be float32, .*float64"),
        (lambda L: np.zeros((len(L), 12, 12, 2), np.float32), "bad: ab must be as large as L"),
        (lambda L: np.full((*L.shape[:3], 2), np.nan, np.float32), "bad: .*NaN"),
        (lambda L: np.full((*L.shape[:3], 2), 9342, np.float32), "bad: .*9342"),
        ("bad.keras", "bad: .*got str"),
    ],
)
def test_broken_contracts_are_named(colorize, words):
    with pytest.raises(ContractError, match=words):
        metrics.evaluate({"gray": metrics.gray, "bad": colorize}, TRUTH)


def test_nothing_to_measure_is_said():
    with pytest.raises(ValueError, match="at least one colorizer"):
        metrics.evaluate({}, TRUTH)
    with pytest.raises(ValueError, match="none of them called 'truth'"):
        metrics.evaluate({"truth": metrics.gray}, TRUTH)
    with pytest.raises(ValueError, match="no pictures"):
        metrics.evaluate(metrics.gray, TRUTH[:0])


def test_a_keras_model_is_a_colorizer():
    import keras

    def model(side, bias=20.0, channels=2):
        lightness = keras.Input((side, side, 1))
        layer = keras.layers.Conv2D(
            channels, 1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(bias)
        )
        return keras.Model(lightness, layer(lightness))

    many = Pictures("many", rgb=np.concatenate([TRUTH.rgb] * 3))  # more than one batch, and not a multiple of it
    table = metrics.evaluate(
        {"any size": model(None), "24": model(24), "alike": lambda L: np.full((*L.shape[:3], 2), 20, "f")}, many
    )
    for measure in table.measures:
        assert table["any size", measure] == table["24", measure] == table["alike", measure]
    for broken, words in [
        (model(32), "big: this model takes pictures of 32 x 32 px and these are 24 x 24"),
        (model(None, channels=3), "big: a colorizer gives ab"),
        (model(None, bias=np.nan), "big: ab holds NaN"),
    ]:
        with pytest.raises(ContractError, match=words):
            metrics.evaluate({"big": broken}, TRUTH)


def test_ab_that_is_there_already_is_measured_too():
    pictures = Pictures("photos", rgb=PHOTOS)
    table = metrics.evaluate({"itself": pictures.ab, "gray": metrics.gray}, pictures)
    assert table["itself", "ab RMSE"].value == 0 and table["gray", "ab RMSE"].value > 5
    with pytest.raises(ContractError, match="few: give all 4 pictures, got 3"):
        metrics.evaluate({"few": pictures.ab[:3]}, pictures)


def test_finished_pictures_are_judged_with_the_l_that_they_have():
    pictures = Pictures("photos", rgb=PHOTOS)
    darker = pictures.rgb // 2
    table = metrics.evaluate({"itself": pictures.rgb, "darker": darker}, pictures)
    assert table["itself", "RGB RMSE"].value == 0 and table["itself", "ab RMSE"].value < 0.01
    assert table["darker", "RGB MAE"].value == pytest.approx(np.abs(pictures.rgb / 255 - darker / 255).mean(), 1e-6)
    assert table["darker", "SSIM"].value < 0.95
    with pytest.raises(ContractError, match=r"gray: finished pictures .* three channels"):
        metrics.evaluate({"gray": pictures.rgb[..., :1]}, pictures)
