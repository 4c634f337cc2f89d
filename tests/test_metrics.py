"""Measures against scikit-image and against values worked out by hand; trivial colorizers; intervals; the table."""

import re

import numpy as np
import pytest
from scipy.integrate import trapezoid
from skimage import color
from skimage import metrics as reference

from colorkit import bins, lab, metrics, photos
from colorkit.colorizing import ContractError
from colorkit.pictures import Pictures

RANDOM = np.random.default_rng(0)
PHOTOS = np.stack([photos.bundled(name, 48) for name in ("cat", "coffee", "rocket", "hopper")])
NOISY = np.clip(PHOTOS + RANDOM.normal(0, 12, PHOTOS.shape), 0, 255).astype(np.uint8)
PAIRS = list(zip(PHOTOS, NOISY, strict=True))


def flat(color, side=12):
    return np.full((side, side, len(color)), color, np.uint8 if max(color) > 1 else np.float32)


def ab(*colors):
    """Return one picture whose pixels are these."""
    return np.array([colors], np.float32)


# --- measures ---


def test_rgb_measures_agree_with_scikit_image():
    expected = [reference.peak_signal_noise_ratio(one, other) for one, other in PAIRS]
    np.testing.assert_allclose(metrics.psnr(PHOTOS, NOISY), expected, atol=1e-4)
    settings = {"channel_axis": -1, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [reference.structural_similarity(one, other, data_range=255, **settings) for one, other in PAIRS]
    np.testing.assert_allclose(metrics.ssim(PHOTOS, NOISY), expected, atol=1e-4)
    expected = [reference.normalized_root_mse(one / 255, other / 255, normalization="min-max") for one, other in PAIRS]
    ranges = [np.ptp(one) / 255 for one in PHOTOS]
    np.testing.assert_allclose(metrics.rgb_rmse(PHOTOS, NOISY), np.multiply(expected, ranges), rtol=1e-5)
    expected = [color.deltaE_ciede2000(color.rgb2lab(one), color.rgb2lab(other)).mean() for one, other in PAIRS]
    # colorkit's Lab differs from scikit-image's by up to 0.01, and near gray and black CIEDE2000 enlarges that a bit.
    np.testing.assert_allclose(metrics.ciede2000(PHOTOS, NOISY), expected, atol=0.01)


def test_measures_worked_out_by_hand():
    dark, light = flat((0.2, 0.2, 0.2)), flat((0.3, 0.2, 0.2))
    assert metrics.rgb_mae(dark, light) == pytest.approx(0.1 / 3, rel=1e-5)
    assert metrics.rgb_rmse(dark, light) == pytest.approx(np.sqrt(0.01 / 3), rel=1e-5)
    assert metrics.psnr(dark, light) == pytest.approx(10 * np.log10(3 / 0.01), abs=1e-4)
    truth, predicted = ab((0, 0), (10, -10)), ab((3, 4), (10, -10))
    assert metrics.ab_mae(truth, predicted) == pytest.approx(7 / 4)
    assert metrics.ab_rmse(truth, predicted) == pytest.approx(np.sqrt(25 / 4))
    # Three quarters are equal, one is 5 away: within 0..150 it counts for 145 of 150.
    assert metrics.auc(truth, predicted) == pytest.approx((1 + 145 / 150) / 2)
    # All that is farther than 150 is equally wrong.
    assert metrics.auc(ab((0, 0)), ab((0, 200))) == 0


def test_equal_pictures_get_the_best_of_each_measure():
    assert metrics.psnr(PHOTOS, PHOTOS) == pytest.approx(58.92, abs=0.01)
    assert metrics.ssim(PHOTOS, PHOTOS) == pytest.approx(1)
    for measure in (metrics.rgb_rmse, metrics.rgb_mae, metrics.ciede2000):
        assert (measure(PHOTOS, PHOTOS) == 0).all()
    own = lab.rgb_to_lab(PHOTOS)[..., 1:]
    for measure, best in [(metrics.ab_rmse, 0), (metrics.ab_mae, 0), (metrics.auc, 1), (metrics.channel_agreement, 1)]:
        assert (measure(own, own) == best).all()
    assert metrics.auc_rebalanced(own, own) == pytest.approx(1)
    assert metrics.distribution_distance(own, own) == 0


def test_one_photo_gives_one_number_and_floats_give_the_same_as_bytes():
    for measure in (metrics.psnr, metrics.ssim, metrics.rgb_rmse, metrics.rgb_mae, metrics.ciede2000):
        single = measure(PHOTOS[0], NOISY[0])
        assert np.ndim(single) == 0
        many = measure(PHOTOS, NOISY)
        assert many.shape == (4,) and many.dtype == np.float64
        assert single == many[0]
        np.testing.assert_allclose(measure(PHOTOS / 255, NOISY / 255), many, rtol=1e-4)
        np.testing.assert_array_equal(
            measure(PHOTOS.reshape(2, 2, 48, 48, 3), NOISY.reshape(2, 2, 48, 48, 3)).ravel(), many
        )


def wrong_colorfulness(rgb):
    """As code does that takes absolute values of the opponent channels."""
    red, green, blue = np.moveaxis(rgb.astype(float), -1, 0)
    one, other = np.abs(red - green), np.abs((red + green) / 2 - blue)
    return np.hypot(one.std(), other.std()) + 0.3 * np.hypot(one.mean(), other.mean())


def test_colorfulness_keeps_the_signs_of_opponent_channels():
    half = flat((255, 0, 0))
    half[:6] = (0, 255, 0)
    # R - G is 255 and -255: spread 255, mean 0; (R + G) / 2 - B is 127.5 everywhere.
    assert metrics.colorfulness(half) == pytest.approx(255 + 0.3 * 127.5)
    assert wrong_colorfulness(half) == pytest.approx(0.3 * np.hypot(255, 127.5))
    rocket = photos.bundled("rocket")
    assert metrics.colorfulness(rocket) == pytest.approx(49.9, abs=0.1)
    assert wrong_colorfulness(rocket) == pytest.approx(37.4, abs=0.1)
    assert metrics.colorfulness(flat((90, 90, 90))) == 0


def test_agreement_of_noise_is_chance():
    for channels, chance in [(2, 1 / 2), (3, 1 / 3)]:
        one, other = RANDOM.random((2, 5, 100, 100, channels))
        # 50,000 pixels: the standard deviation is 0.0022.
        assert metrics.channel_agreement(one, other).mean() == pytest.approx(chance, abs=0.01)


def test_auc_is_the_area_under_the_curve_of_shares():
    truth = RANDOM.uniform(-80, 80, (3, 20, 20, 2)).astype(np.float32)
    predicted = RANDOM.uniform(-80, 80, truth.shape).astype(np.float32)
    distance = np.linalg.norm(truth - predicted, axis=-1)
    thresholds = np.linspace(0, 150, 3001)
    shares = (distance[..., None] <= thresholds).mean(axis=(1, 2))
    np.testing.assert_allclose(metrics.auc(truth, predicted), trapezoid(shares, thresholds, axis=-1) / 150, atol=1e-3)


def test_rebalancing_makes_rare_colors_count():
    gray, red, blue = (0, 0), (60, 40), (20, -60)
    truth = np.stack([ab(gray, gray, gray, gray), ab(gray, gray, red, blue)])
    predicted = np.stack([ab(gray, gray, gray, gray), ab(gray, gray, gray, blue)])
    of_red = 1 - np.hypot(*red) / 150
    assert metrics.auc(truth, predicted).mean() == pytest.approx((7 + of_red) / 8)
    assert metrics.auc_rebalanced(truth, predicted) == pytest.approx((1 + of_red + 1) / 3)
    # By hand for many colors: the mean over bins of the mean within each.
    truth = RANDOM.uniform(-60, 60, (3, 9, 9, 2)).astype(np.float32)
    predicted = RANDOM.uniform(-60, 60, truth.shape).astype(np.float32)
    closeness = 1 - np.linalg.norm(truth - predicted, axis=-1).clip(0, 150) / 150
    index = bins.nearest(truth)
    expected = np.mean([closeness[index == one].mean() for one in np.unique(index)])
    assert metrics.auc_rebalanced(truth, predicted) == pytest.approx(expected, rel=1e-5)


def test_distribution_distance_does_not_ask_where_colors_are():
    gray, red, blue = (0, 0), (60, 40), (20, -60)
    truth = np.stack([ab(gray, gray), ab(red, blue)])
    assert metrics.distribution_distance(truth, truth[::-1]) == 0
    assert metrics.distribution_distance(truth, np.stack([ab(gray, gray)] * 2)) == pytest.approx(1 / 2)
    assert metrics.distribution_distance(truth, np.stack([ab((-60, 50), (-60, 50))] * 2)) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.psnr(PHOTOS, PHOTOS[0]), "differ in shape"),
        (lambda: metrics.psnr(PHOTOS[..., 0], PHOTOS[..., 0]), "three channels"),
        (lambda: metrics.psnr(PHOTOS * 1.0, NOISY * 1.0), "float64 from"),
        (lambda: metrics.rgb_mae(PHOTOS.astype(int), NOISY.astype(int)), "int64"),
        (lambda: metrics.colorfulness(PHOTOS[:0]), "none of these is 0"),
        (lambda: metrics.ab_rmse(PHOTOS / 255, NOISY / 255), "two channels"),
        (lambda: metrics.auc(ab((0, 0)), ab((0, np.nan))), "NaN"),
        (lambda: metrics.color_table(np.zeros((4, 4)), np.zeros((4, 4, 2))), r"L is \(..., 1\)"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_spread_worked_out():
    # a is -1 and 3, variance 4; b is 0 and 0, variance 0.
    assert metrics.spread(ab((-1, 0), (3, 0))) == pytest.approx(2**0.5)
    one_color = np.broadcast_to(np.float32([40, -30]), (3, 8, 8, 2))
    assert metrics.spread(one_color) == pytest.approx(0, abs=1e-6)  # the two channels differ, the pixels do not


# --- colorizers without a network ---


def pictures(lightness, colors, name="some"):
    return Pictures(name, lab=np.concatenate([lightness, colors], axis=-1).astype(np.float32))


def test_baselines_learn_from_pictures():
    lightness = RANDOM.integers(30, 33, (70, 4, 5, 1)) + RANDOM.uniform(-0.4, 0.4, (70, 4, 5, 1))
    colors = 10 * (np.round(lightness) - 31) + RANDOM.normal(0, 1, (70, 4, 5, 2))
    known = pictures(lightness, colors)
    assert not metrics.gray(known.L).any()
    mean = metrics.mean_color(known)(known.L)
    np.testing.assert_allclose(mean, np.broadcast_to(known.ab.mean((0, 1, 2)), known.ab.shape), atol=1e-3)
    by_lightness = metrics.color_given_lightness(known)
    for level in (30, 31, 32):
        expected = known.ab[np.round(known.L[..., 0]) == level].mean(axis=0)
        np.testing.assert_allclose(by_lightness(np.full((1, 1, 1, 1), level, np.float32))[0, 0, 0], expected, atol=1e-3)
    for baseline in (metrics.gray, metrics.mean_color(known), by_lightness):
        given = baseline(known.L)
        assert given.shape == known.ab.shape and given.dtype == np.float32 and given.flags.writeable
    # What was never seen gets the color of the nearest lightness that was.
    ends = by_lightness(np.array([[[[0.0], [29.4], [32.6], [100.0]]]], np.float32))[0, 0]
    np.testing.assert_array_equal(ends, by_lightness(np.array([[[[30], [30], [32], [32]]]], np.float32))[0, 0])


def test_the_table_of_colors_by_lightness():
    table = metrics.color_table(np.array([[[9.6], [10.4], [50.0], [100.0]]]), ab((1, 2), (3, 6), (-5, 5), (7, 7)))
    assert table.shape == (101, 2) and table.dtype == np.float32
    assert table[[10, 50, 100]].tolist() == [[2, 4], [-5, 5], [7, 7]]
    assert np.count_nonzero(table) == 6


def test_nothing_to_learn_from():
    for baseline in (metrics.mean_color, metrics.color_given_lightness):
        with pytest.raises(ValueError, match="crops, test holds no pictures to learn from; load some more"):
            baseline(TRUTH[:0])


def test_pictures_smaller_than_the_window_of_ssim():
    with pytest.raises(ValueError, match="at least 11 x 11 pixels, got 10 x 48"):
        metrics.ssim(PHOTOS[:, :10], NOISY[:, :10])


# --- intervals ---


def test_an_interval_holds_the_true_mean_as_often_as_it_says():
    samples = np.random.default_rng(1).gamma(4, size=(200, 80))  # skewed, mean 4
    estimates = [metrics.bootstrap(sample) for sample in samples]
    held = np.mean([low <= 4 <= high for _, low, high in estimates])
    assert 0.9 <= held <= 0.98
    assert [estimate.value for estimate in estimates] == pytest.approx(samples.mean(axis=1))
    # The normal interval is nearly the same.
    widths = [high - low for _, low, high in estimates]
    assert np.mean(widths) == pytest.approx(2 * 1.96 * 2 / np.sqrt(80), rel=0.05)
    assert metrics.bootstrap(samples[0]) == metrics.bootstrap(samples[0])


def test_any_statistic_of_rows_has_an_interval():
    sample = RANDOM.normal(0, 1, (60, 2))
    assert metrics.bootstrap(sample[:, 0], lambda rows: rows.mean()) == metrics.bootstrap(sample[:, 0])
    value, low, high = metrics.bootstrap(sample, lambda rows: rows[:, 0].max() - rows[:, 1].min())
    assert low < value <= high


def test_samples_that_say_nothing_about_spread():
    assert metrics.bootstrap([2.5] * 9) == (2.5, 2.5, 2.5)
    value, low, high = metrics.bootstrap([2.5])
    assert value == 2.5 and np.isnan(low) and np.isnan(high)
    for values in ([], [1, np.nan], [1, np.inf]):
        with pytest.raises(ValueError, match="values"):
            metrics.bootstrap(values)


def test_pairs_show_what_two_intervals_hide():
    hard = RANDOM.normal(20, 5, 100)
    better = hard + 0.5 + RANDOM.normal(0, 0.5, 100)
    one, other = metrics.bootstrap(better), metrics.bootstrap(hard)
    assert one.low < other.high
    difference = metrics.paired_difference(better, hard)
    assert 0 < difference.low < 0.5 < difference.high < 1
    with pytest.raises(ValueError, match="same pictures"):
        metrics.paired_difference(better, hard[:50])


# --- the table ---

TRUTH = Pictures(
    "crops, test", rgb=np.concatenate([PHOTOS[:, y : y + 24, x : x + 24] for y in (0, 24) for x in (0, 24)])
)
TRAINING = Pictures("crops, train", rgb=PHOTOS)
# The first gives what no screen can show.
VIVID = lambda L: np.full((*L.shape[:-1], 2), 90, np.float32)  # noqa: E731
COLORIZERS = {"gray": metrics.gray, "given L": metrics.color_given_lightness(TRAINING), "vivid <90>": VIVID}


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
            "AuC rebalanced": metrics.auc_rebalanced(TRUTH.ab, given),
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_table_scrolls_on_a_phone_and_axe_finds_no_serious_fault(browser, table, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.set_content(
        '<!doctype html><html lang="en"><head><title>A table</title><meta name="viewport" content="width=device-width">'
        "<style>:root{color-scheme:light dark}</style></head>"
        f"<body><main><h1>A table</h1>{table._repr_html_()}</main></body></html>"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    region = page.get_by_role("region", name="Measures: crops, test")
    assert region.evaluate("region => region.scrollWidth > region.clientWidth")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    found = axe.run(page).response["violations"]
    context.close()
    assert [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")] == []


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
