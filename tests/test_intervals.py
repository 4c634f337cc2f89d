"""Intervals: how often they hold the true value, also of measures of a whole set, and the share of the closable gap."""

import functools

import numpy as np
import pytest

from colorkit import metrics, show, world
from colorkit.metrics import measures

RANDOM = np.random.default_rng(0)


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


# --- of a whole set ---


@pytest.fixture(scope="module")
def counts():
    """How often each bin occurs in 600 scenes and in the same in other colors: shape (600, 2, bins that occur)."""
    scenes = world.load(32, "test", limit=600)
    counts = measures.each(measures.both_counts, measures.float_ab, scenes.ab, scenes.redrawn(1).ab)
    return counts[..., counts.any(axis=(0, 1))]


def test_a_small_distance_lies_within_its_interval_and_can_be_drawn(counts):
    """Rows drawn with replacement are farther apart: without a correction, the interval lies above the value."""
    estimates = [metrics.bootstrap(counts[start : start + 60], measures.total_variation) for start in (0, 60, 120)]
    for value, low, high in estimates:
        assert 0.005 < value < 0.03
        assert 0 <= low < value < high
        assert min(value - low, high - value) > 0.2 * (high - low)  # and not at its edge
    show.bars({str(number): estimate for number, estimate in enumerate(estimates)}, x="distance")
    show.curves({"world": estimates}, x="part", y="distance")


def test_the_interval_of_a_distance_holds_what_other_sets_as_large_give(counts):
    random = np.random.default_rng(1)
    subsets = [counts[random.choice(len(counts), 60, replace=False)] for _ in range(500)]
    average = np.mean([measures.total_variation(subset) for subset in subsets])
    held = [
        low <= average <= high
        for _, low, high in (metrics.bootstrap(s, measures.total_variation) for s in subsets[:25])
    ]
    assert np.mean(held) >= 0.84  # of 25, at 95%: fewer than 21 once in 1,400 times


def test_any_value_lies_within_its_interval():
    """Whatever resampling does to a statistic: the maximum of drawn rows is never above that of the sample."""
    sample = RANDOM.exponential(size=40)
    for statistic in (np.max, np.min, np.var, lambda rows: len(np.unique(rows))):
        value, low, high = metrics.bootstrap(sample, statistic)
        assert low <= value <= high and low < high


# --- the share of the closable gap ---


def test_shares_worked_out_by_hand():
    gray, floor = np.array([10.0, 30.0, 20.0]), np.array([2.0, 4.0, 0.0])
    share = functools.partial(metrics.share_of_gap, gray=gray, floor=floor)
    assert share(gray) == (0, 0, 0)
    assert share(floor) == (1, 1, 1)
    # Of the means 20, 11 and 2. The mean of the pictures' own shares would be another number.
    value, low, high = share(np.array([2.0, 30.0, 1.0]))
    assert value == pytest.approx((20 - 11) / (20 - 2)) and low < value < high
    assert share(gray + 9).value == pytest.approx(-0.5)
    assert metrics.share_of_gap([3.0], [4.0], [2.0])[:1] == (0.5,) and np.isnan(metrics.share_of_gap([3], [4], [2]).low)


def test_the_three_of_a_picture_are_drawn_together():
    """Hard pictures are hard for all: where each has closed 70%, no doubt is left."""
    floor = RANDOM.gamma(2, 10, 50)
    gray = floor + RANDOM.gamma(2, 50, 50)
    value, low, high = metrics.share_of_gap(gray - 0.7 * (gray - floor), gray, floor)
    assert (value, low, high) == pytest.approx((0.7, 0.7, 0.7))


def test_the_interval_of_a_share_holds_the_true_one_as_often_as_it_says():
    random = np.random.default_rng(2)
    held = []
    for _ in range(200):
        floor = random.gamma(2, 10, 60)
        gap = random.gamma(2, 50, 60)
        closed = np.clip(random.normal(0.6, 0.2, 60), 0, 1)  # whatever the gap: the ratio of means is the mean
        _, low, high = metrics.share_of_gap(floor + (1 - closed) * gap, floor + gap, floor)
        held.append(low <= 0.6 <= high)
    assert 0.88 <= np.mean(held) <= 0.985


def test_in_color_world_gray_is_0_and_the_oracle_1():
    scenes = world.load(32, "test", limit=200)
    oracle = scenes.oracle()
    floor = oracle.floor.mean(axis=(1, 2))
    error, half, gray = (metrics.ab_rmse(scenes.ab, share * oracle.mean) ** 2 for share in (1.0, 0.5, 0.0))
    assert metrics.share_of_gap(gray, gray, floor) == (0, 0, 0)
    value, low, high = metrics.share_of_gap(error, gray, floor)
    assert low < 1 < high and value == pytest.approx(1, abs=0.02)
    # Half of each color is half of the way to the mean: three quarters of the squared error that can be closed.
    assert metrics.share_of_gap(half, gray, floor).value == pytest.approx(0.75, abs=0.01)


def test_pictures_without_a_gap_say_nothing_alone():
    value, low, high = metrics.share_of_gap([5.0, 0.0], [10.0, 0.0], [0.0, 0.0])
    assert value == 0.5 and np.isnan(low) and np.isnan(high)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (([1, 2], [3, 4], [0, 0, 0]), r"same pictures, got shapes \[\(2,\), \(2,\), \(3,\)\]"),
        ((1, 2, 0), "one number for each"),
        (([1, 2], [3, 4], [3, 4]), "no gap to close: gray has 3.5 and the floor is 3.5; give errors"),
        (([1, 2], [1, 1], [2, 2]), "no gap to close"),
        (([], [], []), "there are no values"),
        (([1, np.nan], [3, 4], [0, 0]), "look for NaN"),
    ],
)
def test_shares_of_nothing_are_refused(arrays, words):
    with pytest.raises(ValueError, match=words):
        metrics.share_of_gap(*arrays)
