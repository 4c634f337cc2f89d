"""Measures against scikit-image and against values worked out by hand; trivial colorizers."""

import numpy as np
import pytest
from scipy.integrate import trapezoid
from skimage import color
from skimage import metrics as reference

from colorkit import bins, lab, metrics, photos
from colorkit.metrics import measures
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
    assert rebalanced(own, own) == pytest.approx(1)
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


def rebalanced(truth, predicted):
    """AuC rebalanced, as a table has it, whose pictures these are."""
    rows = measures.each(measures.closeness_by_bin, measures.float_ab, truth, predicted)
    return measures.ratio(measures.reweighted(rows))


def test_rebalancing_makes_rare_colors_count():
    gray, red, blue = (0, 0), (60, 40), (20, -60)
    truth = np.stack([ab(gray, gray, gray, gray), ab(gray, gray, red, blue)])
    predicted = np.stack([ab(gray, gray, gray, gray), ab(gray, gray, gray, blue)])
    of_red = 1 - np.hypot(*red) / 150
    assert metrics.auc(truth, predicted).mean() == pytest.approx((7 + of_red) / 8)
    assert rebalanced(truth, predicted) == pytest.approx((1 + of_red + 1) / 3)
    # By hand for many colors: the mean over bins of the mean within each.
    truth = RANDOM.uniform(-60, 60, (3, 9, 9, 2)).astype(np.float32)
    predicted = RANDOM.uniform(-60, 60, truth.shape).astype(np.float32)
    closeness = 1 - np.linalg.norm(truth - predicted, axis=-1).clip(0, 150) / 150
    index = bins.nearest(truth)
    expected = np.mean([closeness[index == one].mean() for one in np.unique(index)])
    assert rebalanced(truth, predicted) == pytest.approx(expected, rel=1e-5)


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
            baseline(Pictures("crops, test", rgb=PHOTOS)[:0])


def test_pictures_smaller_than_the_window_of_ssim():
    with pytest.raises(ValueError, match="at least 11 x 11 pixels, got 10 x 48"):
        metrics.ssim(PHOTOS[:, :10], NOISY[:, :10])
