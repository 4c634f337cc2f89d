"""The bins of the ab plane: which there are, colors as bins, how often they occur, and what is refused."""

import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from bin_colors import random_ab, untied
from keras import ops
from scipy.spatial import Delaunay
from sklearn.neighbors import NearestNeighbors

from colorkit import bins, lab, photos


def random_gamut(seed, count=30):
    return np.random.default_rng(seed).normal(0, 20, (count, 2))


def plain(ab, count, sigma=5.0, centers=None):
    """Return the bins that are nearest and their weights: `bins.neighbors` as scikit-learn would have it."""
    search = NearestNeighbors(n_neighbors=count).fit(bins.centers() if centers is None else centers)
    distance, index = search.kneighbors(ab.reshape(-1, 2))
    nearest = distance.min(axis=1, keepdims=True)  # of a far color, the Gaussian itself would be 0
    weights = np.exp((nearest**2 - distance**2) / (2 * sigma**2))
    return index, weights / weights.sum(axis=1, keepdims=True)


def plain_dense(ab, count, sigma=5.0, centers=None):
    centers = bins.centers() if centers is None else centers
    index, weights = plain(ab, count, sigma, centers)
    result = np.zeros((len(index), len(centers)))
    np.put_along_axis(result, index, weights, axis=1)
    return result.reshape(*ab.shape[:-1], -1)


# ---------------------------------------------------------------------------------------------------------------------
# Which there are


def test_there_are_313_in_the_published_order():
    centers = bins.centers()
    assert centers.shape == (313, 2) and centers.dtype == np.float32
    # Published: by a, then by b.
    assert centers[:3].tolist() == [[-90, 50], [-90, 60], [-90, 70]] and centers[-1].tolist() == [100, 0]
    assert np.array_equal(centers, centers[np.lexsort((centers[:, 1], centers[:, 0]))])
    assert not centers.flags.writeable


def test_52_bins_are_nearest_to_no_color():
    levels = np.append(np.arange(0, 256, 3), 255).astype(np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    # Nearly: in steps of 3 not every color is met.
    assert 255 <= len(np.unique(bins.nearest(lab.rgb_to_lab(rgb)[..., 1:]))) <= 261


@pytest.mark.parametrize("step", [4, 7.5, 10, 20, 50])
def test_each_srgb_color_has_bins_at_all_four_corners_of_its_square(step):
    levels = np.append(np.arange(0, 256, 5), 255).astype(np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    ab = lab.rgb_to_lab(rgb)[..., 1:].reshape(-1, 2)
    squares = np.unique(np.floor(ab / step), axis=0)
    corners = np.concatenate([squares + np.array([a, b]) for a in (0, 1) for b in (0, 1)])
    known = {(a, b) for a, b in np.rint(bins.centers(step) / step).astype(int).tolist()}
    assert {(a, b) for a, b in corners.astype(int).tolist()} <= known
    nearest = bins.centers(step)[bins.nearest(ab, bins.centers(step))]
    assert np.linalg.norm(nearest - ab, axis=1).max() <= step / 2**0.5 + 1e-3  # so that it is half a diagonal away


@pytest.mark.parametrize("seed", range(6))
def test_bins_of_any_gamut_are_the_grid_points_in_its_widened_hull(seed):
    step = [3, 10, 12.5][seed % 3]
    gamut = random_gamut(seed) + 10 * seed
    centers = bins.centers(step, gamut)
    steps = centers / step
    assert centers.dtype == np.float32 and np.allclose(steps, np.rint(steps), atol=1e-4)
    assert np.array_equal(centers, centers[np.lexsort((centers[:, 1], centers[:, 0]))])

    widened = np.concatenate([gamut + np.array([a, b]) for a in (-step, step) for b in (-step, step)])
    side = np.arange(-int(200 / step), int(200 / step)) * step
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(centers, grid[Delaunay(widened).find_simplex(grid, bruteforce=True) >= 0], rtol=1e-6)

    assert (Delaunay(centers).find_simplex(gamut, bruteforce=True) >= 0).all()
    distance = np.linalg.norm(gamut[:, None] - centers, axis=-1).min(axis=1)
    assert distance.max() <= step / 2**0.5 + 1e-4


def test_a_gamut_given_as_all_of_srgb_is_the_default():
    levels = np.arange(0, 256, 17, dtype=np.uint8)  # with the corners of the cube, which are the outermost
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
    given = bins.centers(gamut=lab.rgb_to_lab(rgb)[:, 1:])
    assert np.array_equal(given, bins.centers())


# ---------------------------------------------------------------------------------------------------------------------
# Encoding


def test_nearest_is_the_nearest_also_outside_the_bins():
    ab = np.random.default_rng(0).uniform(-200, 200, (50, 40, 2)).astype(np.float32)
    found = bins.nearest(ab)
    distances = np.linalg.norm(ab[..., None, :] - bins.centers(), axis=-1)
    assert found.shape == (50, 40)
    assert np.allclose(np.take_along_axis(distances, found[..., None], -1)[..., 0], distances.min(-1), atol=1e-4)
    assert bins.nearest([0.0, 0.0]) == np.flatnonzero((bins.centers() == 0).all(1))[0]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [1, 2, 5, 10])
def test_encoding_sums_to_1_and_is_not_0_for_as_many_bins_as_asked(seed, count):
    ab = random_ab(30, 20, seed=seed)
    sigma = [3.0, 5.0, 8.0, 20.0][seed]
    encoded = bins.encode(ab, count, sigma)
    assert encoded.shape == (30, 20, 313) and encoded.dtype == np.float32
    np.testing.assert_allclose(encoded.sum(axis=-1), 1, atol=1e-5)
    assert ((encoded > 0).sum(axis=-1) == count).all()

    index, weights = bins.neighbors(ab, count, sigma)
    assert index.shape == weights.shape == (30, 20, count)
    assert index.dtype == np.int32 and weights.dtype == np.float32
    assert np.array_equal(np.take_along_axis(encoded, index, axis=-1), weights)
    assert np.array_equal(np.take_along_axis(index, weights.argmax(-1)[..., None], -1)[..., 0], bins.nearest(ab))


@pytest.mark.parametrize("step", [5, 10, 20])
@pytest.mark.parametrize("count", [1, 5, 10])
def test_agrees_with_scikit_learn(step, count):
    centers = bins.centers(step)
    photo_ab = [lab.rgb_to_lab(photos.bundled(name, 32))[..., 1:].reshape(-1, 2) for name in photos.BUNDLED]
    far = np.random.default_rng(step).uniform(-250, 250, (200, 2)).astype(np.float32)
    # Far from all bins, squared distances are up to 10**5, of which float32 keeps two decimals.
    for ab, atol in ((np.concatenate(photo_ab), 1e-5), (random_ab(2000, seed=count), 1e-5), (far, 5e-4)):
        found, wanted = bins.encode(ab, count, centers=centers), plain_dense(ab, count, centers=centers)
        np.testing.assert_allclose(np.sort(found), np.sort(wanted), atol=atol)
        clear = untied(ab, count, centers)
        assert clear.mean() > 0.9
        np.testing.assert_allclose(found[clear], wanted[clear], atol=atol)


@pytest.mark.parametrize("seed", range(4))
def test_any_colors_may_be_bins(seed):
    random = np.random.default_rng(seed)
    close = np.array([[0, 0], [0, 0.01], [0.01, 0]])  # closer to each other than any cell is wide
    centers = [
        random.uniform(-100, 100, (40, 2)),
        np.concatenate([random.uniform(-300, 300, (20, 2)), close]),
        bins.centers(10, random_gamut(seed)),
        random.normal(0, 1, (6, 2)),
    ][seed].astype(np.float32)
    ab = random_ab(500, seed=seed)
    for count in (1, 3, len(centers) - 1):
        clear = untied(ab, count, centers)
        found, wanted = bins.encode(ab, count, 9.0, centers), plain_dense(ab, count, 9.0, centers)
        np.testing.assert_allclose(found[clear], wanted[clear], atol=1e-5)
    np.testing.assert_allclose(
        bins.encode(ab, len(centers), 9.0, centers), plain_dense(ab, len(centers), 9.0, centers), atol=1e-5
    )


def test_bins_may_lie_on_each_other_or_be_one():
    assert bins.nearest([[9, 9], [-3, 2]], centers=[[0, 0], [0, 0], [10, 10]]).tolist()[0] == 2
    assert bins.encode([[3, 4], [5, 6]], 1, centers=[[1, 1]]).tolist() == [[1], [1]]


def test_no_colors_and_one_color():
    index, weights = bins.neighbors(np.zeros((0, 4, 2)))
    assert index.shape == weights.shape == (0, 4, 5)
    assert bins.encode(np.zeros((0, 2))).shape == (0, 313)
    assert bins.encode([12.0, -7.0]).shape == (313,) and bins.nearest([12, -7]).shape == ()


LARGE = """
    import json, resource, sys
    import numpy as np
    from colorkit import bins

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    ab = 160 * (np.random.default_rng(0).random((3000, 4000, 2), dtype=np.float32) - 0.5)
    for count in (1, 5):
        bins.neighbors(ab[:8], count)  # makes its table
    begin, report = peak(), {}
    for name in ("nearest", "frequencies", "neighbors"):  # from the least to the most
        result = getattr(bins, name)(ab)
        report[name] = peak() - begin
        del result
    try:
        bins.encode(ab)
    except ValueError as error:
        report["encode"] = str(error)
    report["encode peak"] = peak() - begin
    print(json.dumps(report))
"""


def test_memory_for_a_photo_of_12_megapixels():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LARGE)], check=True, capture_output=True, text=True, timeout=100
    )
    report = json.loads(done.stdout)
    pixels, megabyte = 3000 * 4000, 2**20
    # An index and a weight of 4 bytes for each neighbor are the result, or go into it; what is more, the temporaries of
    # a chunk, does not grow with the photo. frequencies counts 8-byte copies of the indices. A full encoding would take
    # 14 GiB.
    rest = 64 * megabyte
    assert report["nearest"] <= 8 * pixels + rest
    assert report["frequencies"] <= (8 + 8) * pixels + rest
    assert report["neighbors"] <= 5 * 8 * pixels + rest
    assert "14.0 GiB" in report["encode"] and "12,000,000" in report["encode"] and "`neighbors`" in report["encode"]
    assert report["encode peak"] == max(report["neighbors"], report["frequencies"])


# ---------------------------------------------------------------------------------------------------------------------
# How often they occur


@pytest.mark.parametrize("seed", range(3))
def test_frequencies(seed):
    ab = random_ab(40, 50, seed=seed)
    distance = np.linalg.norm(ab[..., None, :] - bins.centers(), axis=-1)
    found = bins.frequencies(ab)
    assert found.shape == (313,) and found.dtype == np.float64 and found.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(found, np.bincount(distance.argmin(-1).ravel(), minlength=313) / 2000, atol=0.002)
    assert np.array_equal(bins.frequencies(ops.convert_to_tensor(ab)), found)
    assert bins.frequencies(ab, bins.centers(50)).shape == (len(bins.centers(50)),)


@pytest.mark.parametrize("seed", range(3))
def test_smoothing_keeps_the_sum_and_fills_what_is_next_to_occupied_bins(seed):
    prior = bins.frequencies(random_ab(50, seed=seed))
    smoothed = bins.smooth(prior)
    assert smoothed.sum() == pytest.approx(1) and bins.smooth(7 * prior).sum() == pytest.approx(7)
    distance = np.linalg.norm(bins.centers()[:, None] - bins.centers(), axis=-1)
    occupied = prior > 0
    beside = (distance[:, occupied] <= 10).any(axis=1)
    assert (beside & ~occupied).sum() > 20
    assert (smoothed[beside] > 1e-3 * prior[occupied].min()).all()


def test_smoothing_is_in_the_ab_plane_not_along_the_index():
    centers = bins.centers()
    at = {tuple(color): index for index, color in enumerate(centers.tolist())}
    # Every end of a column is followed, in the list, by a bin far from it.
    ends = np.flatnonzero(np.linalg.norm(np.diff(centers, axis=0), axis=1) > 50)
    assert len(ends) > 10
    for end in ends:
        smoothed = bins.smooth(np.eye(313)[end])
        assert smoothed[end + 1] < 1e-10 < smoothed[end - 1]
    smoothed = bins.smooth(np.eye(313)[at[0, 0]], sigma=8)
    straight = [smoothed[at[color]] for color in [(10, 0), (-10, 0), (0, 10), (0, -10)]]
    np.testing.assert_allclose(straight, smoothed[at[0, 0]] * np.exp(-100 / 128), rtol=1e-6)
    assert smoothed[at[10, 10]] == pytest.approx(smoothed[at[0, 0]] * np.exp(-200 / 128))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("uniform", [0.1, 0.5, 0.9, 1])
def test_weights_average_to_1_under_the_prior(seed, uniform):
    prior = np.random.default_rng(seed).dirichlet(np.full(313, 0.1 + seed))
    prior[:50] = 0  # bins that never occur
    prior /= prior.sum()
    weights = bins.class_weights(prior, uniform)
    assert weights.shape == (313,) and weights.dtype == np.float32
    assert np.isfinite(weights).all() and (weights > 0).all()
    assert prior @ weights == pytest.approx(1, rel=1e-5)
    ratio = ((1 - uniform) * prior[60] + uniform / 313) / ((1 - uniform) * prior[0] + uniform / 313)
    assert weights[0] / weights[60] == pytest.approx(ratio, rel=1e-5)
    if uniform == 1:
        np.testing.assert_allclose(weights, 1, rtol=1e-6)


def test_weights_of_bins_that_never_occur():
    prior = np.zeros(313)
    prior[[3, 5]] = 0.25, 0.75
    assert np.isfinite(bins.class_weights(prior, 0.5)).all()
    with pytest.raises(ValueError, match=r"^311 bins never occur, or hardly"):
        bins.class_weights(prior, 0)
    prior = np.random.default_rng(0).dirichlet(np.full(313, 5.0))
    np.testing.assert_allclose(bins.class_weights(prior, 0), 1 / prior / 313, rtol=1e-5)
    assert np.isfinite(bins.class_weights(bins.smooth(bins.frequencies(random_ab(5000)), 10), 0)).all()


# ---------------------------------------------------------------------------------------------------------------------
# What is wrong is said

AB = np.zeros((4, 2), np.float32)
PRIOR = np.full(313, 1 / 313)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bins.centers(0), "positive and finite, got 0"),
        (lambda: bins.centers(-10), "positive and finite, got -10"),
        (lambda: bins.centers(np.nan), "positive and finite, got nan"),
        (lambda: bins.centers(np.inf), "positive and finite, got inf"),
        (lambda: bins.centers(10, np.zeros((5, 3))), r"shape \(N, 2\), got shape \(5, 3\)"),
        (lambda: bins.centers(10, [[0, 0], [1, np.nan], [1, 1]]), r"shape \(N, 2\)"),
        (lambda: bins.centers(10, [[0, 0], [1, 1]]), "at least three"),
        (lambda: bins.centers(10, [[0, 0], [1, 1], [2, 2]]), "not on one line"),
        (lambda: bins.centers(10, np.zeros((0, 2))), "at least three"),
        (lambda: bins.nearest(np.zeros((4, 3))), r"a and b on its last axis, got shape \(4, 3\)"),
        (lambda: bins.nearest(5.0), r"got shape \(\)"),
        (lambda: bins.nearest(ops.zeros((4, 3))), r"got shape \(4, 3\)"),
        (lambda: bins.neighbors(AB + 257), r"-256..256 at most, got 257..257"),
        (lambda: bins.neighbors(AB * np.nan), "got nan"),
        (lambda: bins.neighbors(AB, 0), "count is 1 to 313, the number of bins, got 0"),
        (lambda: bins.neighbors(AB, 314), "count is 1 to 313"),
        (lambda: bins.neighbors(AB, 3, centers=np.eye(2)), "count is 1 to 2"),
        (lambda: bins.neighbors(AB, sigma=0), "sigma is in Lab units and positive, got 0"),
        (lambda: bins.neighbors(AB, centers=np.zeros((5, 3))), r"centers are ab colors, shape \(bins, 2\)"),
        (lambda: bins.neighbors(AB, centers=np.zeros((0, 2))), "centers are ab colors"),
        (lambda: bins.neighbors(AB, centers=np.full((9, 2), np.inf)), "centers are ab colors"),
        (lambda: bins.encode(np.zeros((4, 3))), "a and b on its last axis"),
        (lambda: bins.encode(np.zeros((2000, 2000, 2), np.float32)), "4.7 GiB"),
        (lambda: bins.mode(np.ones((4, 312))), r"shape \(4, 312\) need centers of shape \(312, 2\), got \(313, 2\)"),
        (lambda: bins.mean(ops.ones((4, 312))), r"need centers of shape \(312, 2\)"),
        (lambda: bins.mode(1.0), "need centers of shape"),
        (lambda: bins.annealed_mean([0.5, 0.5], np.zeros((2, 3))), r"got \(2, 3\)"),
        (lambda: bins.annealed_mean(PRIOR, temperature=0), "temperature must be positive, got 0"),
        (lambda: bins.annealed_mean(PRIOR, temperature=-1), "temperature must be positive"),
        (lambda: bins.annealed_mean(PRIOR, temperature=np.nan), "temperature must be positive"),
        (lambda: bins.frequencies(np.zeros((0, 2))), "no colors to count"),
        (lambda: bins.frequencies(np.zeros((4, 3))), "a and b"),
        (lambda: bins.smooth(np.ones(312)), "313 bins and 312 frequencies"),
        (lambda: bins.smooth(-PRIOR), "finite and not negative"),
        (lambda: bins.smooth(PRIOR * np.nan), "finite and not negative"),
        (lambda: bins.smooth(np.ones((313, 1))), "one frequency for each bin"),
        (lambda: bins.smooth(PRIOR, sigma=-1), "sigma is in Lab units and positive, got -1"),
        (lambda: bins.class_weights(PRIOR * 2), "sums to 1, got 2; divide it by its sum"),
        (lambda: bins.class_weights(-PRIOR), "finite and not negative"),
        (lambda: bins.class_weights(PRIOR, 1.5), "0..1, got 1.5"),
        (lambda: bins.class_weights(PRIOR, np.nan), "0..1, got nan"),
    ],
)
def test_what_is_wrong_is_said(call, words):
    with pytest.raises(ValueError, match=words):
        call()
