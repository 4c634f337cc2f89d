"""The bins of the ab plane."""

import json
import os
import subprocess
import sys
import textwrap
import time

import keras
import numpy as np
import pytest
from keras import ops
from scipy.spatial import Delaunay
from sklearn.neighbors import NearestNeighbors

from colorkit import bins, lab, photos


def random_ab(*shape, seed=0):
    """Return the ab of random sRGB colors."""
    rgb = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)
    return lab.rgb_to_lab(rgb)[..., 1:]


def random_gamut(seed, count=30):
    return np.random.default_rng(seed).normal(0, 20, (count, 2))


def distributions(*shape, seed=0):
    """Return random distributions over the 313 bins, a few bins of which have most."""
    return np.random.default_rng(seed).dirichlet(np.full(313, 0.05), shape).astype(np.float32)


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


def untied(ab, count, centers):
    """Tell for which colors it is clear which bins are nearest: gray is as near to one bin as to another."""
    distance = np.sort(np.linalg.norm(ab[..., None, :] - centers, axis=-1), axis=-1)
    return distance[..., count] - distance[..., count - 1] > 0.01


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


def test_at_least_3_times_as_fast_as_scikit_learn():
    ab = random_ab(16, 56, 56)
    search = NearestNeighbors(n_neighbors=5).fit(bins.centers())

    def theirs():
        distance, index = search.kneighbors(ab.reshape(-1, 2))
        weights = np.exp(-(distance**2) / 50)
        return index, weights / weights.sum(axis=1, keepdims=True)

    seconds = {theirs: [], bins.neighbors: []}
    bins.neighbors(ab)  # makes its table
    for _ in range(7):
        for function, taken in seconds.items():
            begin = time.perf_counter()
            function() if function is theirs else function(ab)
            taken.append(time.perf_counter() - begin)
    assert min(seconds[theirs]) >= 3 * min(seconds[bins.neighbors])


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
# Decoding


@pytest.mark.parametrize("seed", range(4))
def test_annealed_mean_is_the_mean_at_1_and_the_mode_toward_0(seed):
    p = distributions(8, 9, seed=seed)
    p = p[np.sort(p)[..., -1] > 1.3 * np.sort(p)[..., -2]]  # with a clear maximum
    assert len(p) > 20
    centers = bins.centers()
    np.testing.assert_allclose(bins.mean(p), p @ centers, atol=1e-3)
    np.testing.assert_allclose(bins.annealed_mean(p, temperature=1), bins.mean(p), atol=1e-3)
    assert np.array_equal(bins.mode(p), centers[p.argmax(-1)])
    np.testing.assert_allclose(bins.annealed_mean(p, temperature=0.01), bins.mode(p), atol=1e-3)

    sharpened = p.astype(np.float64) ** (1 / 0.38)
    wanted = sharpened / sharpened.sum(axis=-1, keepdims=True) @ centers
    np.testing.assert_allclose(bins.annealed_mean(p), wanted, atol=1e-3)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        assert function(p).dtype == np.float32


def test_annealed_mean_goes_from_the_mean_to_the_mode():
    p = np.zeros(313, np.float32)
    p[[20, 250]] = 0.7, 0.3
    mode, mean = bins.mode(p), bins.mean(p)
    shares = []
    for temperature in (1, 0.8, 0.6, 0.38, 0.2, 0.1):
        moved = bins.annealed_mean(p, temperature=temperature) - mean
        shares.append(moved @ (mode - mean) / np.sum((mode - mean) ** 2))
        np.testing.assert_allclose(moved, shares[-1] * (mode - mean), atol=1e-3)  # on the line between the two
    assert (np.diff(shares) > 0).all() and abs(shares[0]) < 1e-4 and 0.99 < shares[-1] <= 1


@pytest.mark.parametrize("function", [bins.mean, bins.mode, bins.annealed_mean])
@pytest.mark.parametrize("tensor", [False, True])
def test_the_bins_of_each_pixel_give_what_all_bins_give(function, tensor):
    ab = random_ab(7, 9)
    index, weights = bins.neighbors(ab)
    own, encoded = bins.centers()[index], bins.encode(ab)
    if tensor:
        weights, own, encoded = map(ops.convert_to_tensor, (weights, own, encoded))
    np.testing.assert_allclose(function(weights, own), function(encoded), atol=1e-3)


def test_a_long_row_of_distributions_is_worked_on_in_parts():
    index, weights = bins.neighbors(random_ab(3, 6000))
    own = bins.centers()[index]
    given = bins.annealed_mean(weights, own)
    assert given.shape == (3, 6000, 2)
    np.testing.assert_allclose(given[2, -5:], bins.annealed_mean(weights[2, -5:], own[2, -5:]), atol=1e-4)


def test_a_color_that_is_encoded_comes_back_as_its_bin_or_nearer():
    ab = random_ab(2000)
    assert np.array_equal(bins.mode(bins.encode(ab)), bins.centers()[bins.nearest(ab)])
    error = {f: np.linalg.norm(f(bins.encode(ab)) - ab, axis=-1).mean() for f in (bins.mode, bins.annealed_mean)}
    assert error[bins.annealed_mean] < error[bins.mode]


# ---------------------------------------------------------------------------------------------------------------------
# Tensors

BOTH = """
    import numpy as np
    from keras import ops
    from colorkit import bins

    def both(compiled, ab, p, seen=()):
        index, weights = bins.neighbors(ab)
        order = index.argsort(axis=-1)
        order = [np.take_along_axis(values, order, -1) for values in (index, weights)]
        cases = {
            "nearest": (bins.nearest, ab, bins.nearest(ab)),
            "encode": (bins.encode, ab, bins.encode(ab)),
            "one-hot": (lambda ab: bins.encode(ab, 1), ab, bins.encode(ab, 1)),
            "few bins": (
                lambda ab: bins.encode(ab, 3, 9.0, bins.centers(50)), ab, bins.encode(ab, 3, 9.0, bins.centers(50))
            ),
            "mean": (bins.mean, p, bins.mean(p)),
            "mode": (bins.mode, p, bins.mode(p)),
            "annealed": (bins.annealed_mean, p, bins.annealed_mean(p)),
            "sharp": (lambda p: bins.annealed_mean(p, temperature=0.1), p, bins.annealed_mean(p, temperature=0.1)),
        }
        for name, (function, values, wanted) in cases.items():
            given = ops.convert_to_numpy(compiled(function)(ops.convert_to_tensor(values)))
            assert given.dtype == wanted.dtype, name
            atol = 1e-5 if values is ab else 1e-3  # shares, and Lab units
            np.testing.assert_allclose(given, wanted, atol=atol, err_msg=name)
        given = [ops.convert_to_numpy(part) for part in compiled(bins.neighbors)(ops.convert_to_tensor(ab))]
        order_given = given[0].argsort(axis=-1)
        for part, wanted in zip(given, order, strict=True):
            assert part.dtype == wanted.dtype
            np.testing.assert_allclose(np.take_along_axis(part, order_given, -1), wanted, atol=1e-5)
"""


def colors_and_distributions():
    ab = random_ab(2000)
    ab = ab[untied(ab, 5, bins.centers()) & untied(ab, 3, bins.centers(50)) & untied(ab, 1, bins.centers())]
    p = distributions(6, 7)
    return ab[:1200].reshape(2, 30, 20, 2), p


def test_tensors_give_what_arrays_give():
    names = {}
    exec(textwrap.dedent(BOTH), names)
    names["both"](lambda function: function, *colors_and_distributions())


def test_inside_a_compiled_function_of_tensorflow():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("another backend is in use")
    names = {}
    exec(textwrap.dedent(BOTH), names)
    names["both"](lambda function: tf.function(function, jit_compile=True), *colors_and_distributions())
    # Of unknown height and width, too, as in a tf.data pipeline.
    signature = [tf.TensorSpec((None, None, 2), tf.float32)]
    encoded = tf.function(bins.encode, input_signature=signature)(random_ab(4, 5))
    np.testing.assert_allclose(encoded, bins.encode(random_ab(4, 5)), atol=1e-5)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends(backend, tmp_path):
    pytest.importorskip(backend, reason=f"{backend} is not installed")
    ab, p = colors_and_distributions()
    np.savez(tmp_path / "values.npz", ab=ab, p=p)
    code = textwrap.dedent(BOTH) + (
        f"import keras\nassert keras.backend.backend() == '{backend}'\n"
        "values = np.load('values.npz')\n"
        "both(lambda function: function, values['ab'], values['p'])\n"
    )
    if backend == "jax":
        code += "import jax\nboth(jax.jit, values['ab'], values['p'])\n"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, env={**os.environ, "KERAS_BACKEND": backend})


def test_shapes_of_symbolic_tensors():
    ab, p = keras.Input((None, None, 2)), keras.Input((8, 9, 313))
    assert bins.encode(ab).shape == (None, None, None, 313) and bins.nearest(ab).shape == (None, None, None)
    assert bins.neighbors(ab)[1].shape == (None, None, None, 5)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        assert function(p).shape == (None, 8, 9, 2)


def test_a_tensor_beyond_the_range_counts_as_if_at_its_edge():
    given = bins.neighbors(ops.convert_to_tensor([[1e6, 3.0], [-300.0, -1e9]]))
    wanted = bins.neighbors(ops.convert_to_tensor([[256.0, 3.0], [-256.0, -256.0]]))
    assert np.array_equal(given[0], wanted[0]) and np.array_equal(given[1], wanted[1])


def test_half_precision_is_decoded_in_float32():
    p = np.full((3, 313), 1 / 313, np.float16)
    for function in (bins.mean, bins.mode, bins.annealed_mean):
        tensor = function(ops.convert_to_tensor(p))
        assert keras.backend.standardize_dtype(tensor.dtype) == "float32" and function(p).dtype == np.float32
        np.testing.assert_allclose(tensor, function(p), atol=1e-2)


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


def test_lists_are_taken_too():
    p, centers = [[0.25, 0.75], [1.0, 0.0]], [[0, 0], [8, -4]]
    assert bins.mean(p, centers).tolist() == [[6, -3], [0, 0]]
    assert bins.mode(p, centers).tolist() == [[8, -4], [0, 0]]
    np.testing.assert_allclose(bins.annealed_mean(p, centers, temperature=1), [[6, -3], [0, 0]], atol=1e-5)
    assert bins.nearest([[1, 2], [7, -5]], centers).tolist() == [0, 1]
