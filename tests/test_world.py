"""Color World: scenes whose true color distribution is known."""

import inspect
import time
import tracemalloc
import zlib

import keras
import numpy as np
import pytest
from keras import layers

from colorkit import bins, lab, photos, world
from colorkit.world import scenery

TRAPS = (*world.AMBIGUOUS, *world.DECIDED_BY_SEASON, *world.RARE)


@pytest.fixture(scope="module")
def scenes():
    return world.load(64, "train", 400)


@pytest.fixture(scope="module")
def held_out():
    return world.load(64, "val", 400)


@pytest.fixture(scope="module")
def oracle(scenes):
    return scenes[:100].oracle()


# ---------------------------------------------------------------------------------------------------------------------
# The container.


def test_scenes_are_pictures_with_seasons_as_labels(scenes):
    assert len(scenes) == 400 and scenes.size == (64, 64)
    assert scenes.name == "Color World, train" and scenes.classes == world.SEASONS
    assert scenes.files[17] == "train-0000017"
    assert scenes.L.dtype == scenes.ab.dtype == np.float32
    assert scenes.L.shape == (400, 64, 64, 1) and scenes.ab.shape == (400, 64, 64, 2)
    assert scenes.things.shape == (400, 64, 64) and scenes.things.dtype == np.uint8
    # Equally likely: 400 draws have a standard deviation of 9.4 for each.
    assert np.abs(np.bincount(scenes.labels, minlength=3) - 400 / 3).max() < 4 * 9.4


@pytest.mark.parametrize("which", [slice(3, 9), np.array([5, 2]), np.arange(400) % 50 == 7])
def test_a_part_knows_all_about_its_scenes(scenes, which):
    part = scenes[which]
    assert isinstance(part, world.Scenes)
    assert np.array_equal(part.things, scenes.things[which])
    assert np.array_equal(part.redrawn(3).ab, scenes.redrawn(3).ab[which])
    assert np.array_equal(part.oracle().floor, scenes.oracle().floor[which])
    assert np.array_equal(part.mask("sky"), scenes.mask("sky")[which])


def test_mask_is_where_the_things_are(scenes):
    sky, sun = (scenes.things == world.THINGS.index(name) for name in ("sky", "sun"))
    assert np.array_equal(scenes.mask("sky", "sun"), sky | sun) and sun.any() and sky.any()
    assert not scenes.mask().any()


def test_every_thing_is_met():
    # At 64 pixels birds are too thin for a pixel of their own.
    assert np.unique(world.load(128, limit=150).things).tolist() == list(range(len(world.THINGS)))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: world.load(31), "32..512 pixels, got 31"),
        (lambda: world.load(513), "32..512 pixels, got 513"),
        (lambda: world.load(32, "tests"), "train, val, test, got 'tests'"),
        (lambda: world.load(32, limit=-1), "limit=-1"),
        (lambda: world.load(32, start=2**40), "start=1099511627776"),
        (lambda: world.load(32, seed=-1), "seed is 0 or more"),
        (lambda: world.load(32, limit=1, brown=1.5), "brown is 0..1, got 1.5"),
        (lambda: world.load(32, limit=1, rare=float("nan")), "rare is 0..1, got nan"),
        (lambda: world.load(32, limit=1).mask("elephant"), "no 'elephant' in Color World; there are sky, sun"),
        (lambda: world.load(32, limit=1).redrawn(-1), "numbered from 0, got -1"),
        (lambda: world.palette("elephant"), "there are sky, sun"),
        (lambda: world.palette("crown", "winter"), "no season 'winter'; there are spring, summer, autumn"),
    ],
)
def test_bad_input_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_lesson_changes_the_call_that_loads_and_nothing_else():
    of_world, of_photos = (list(inspect.signature(load).parameters.items()) for load in (world.load, photos.load))
    common = [name for name, _ in of_world if name in dict(of_photos)]
    assert common == ["size", "split", "limit"]
    assert [name for name, _ in of_world[:3]] == common and [name for name, _ in of_photos[:4]] == ["name", *common]
    assert dict(of_world)["split"].default == dict(of_photos)["split"].default == "train"


def test_the_palette_is_that_of_scenes_as_they_are_loaded():
    default = inspect.signature(world.load).parameters["rare"].default
    for name in world.RARE:
        assert world.palette(name)[1][1] == pytest.approx(default)


# ---------------------------------------------------------------------------------------------------------------------
# The same scene, always.


def same(one, other):
    return (
        np.array_equal(one.L, other.L) and np.array_equal(one.ab, other.ab) and np.array_equal(one.things, other.things)
    )


def test_a_scene_is_the_same_whatever_is_loaded_with_it(scenes):
    assert same(scenes[70:75], world.load(64, "train", 5, start=70))
    assert same(world.load(32, "test", 2, start=999_999)[1:], world.load(32, "test", 1, start=1_000_000))
    none = world.load(64, limit=0)
    assert len(none) == 0 and none.oracle().mean.shape == (0, 64, 64, 2)


def test_seeds_and_splits_have_scenes_of_their_own(scenes, held_out):
    checksums = [
        zlib.crc32(lightness.tobytes())
        for some in (scenes, held_out, world.load(64, "test", 400), world.load(64, limit=400, seed=1))
        for lightness in some.L
    ]
    assert len(set(checksums)) == len(checksums)


@pytest.mark.parametrize(
    ("size", "seed", "checksums"),
    [
        (32, 0, (3169517095, 1336005159, 2560828845, 469290097)),
        (64, 0, (33377684, 2338910912, 4074157663, 4059696357)),
        (64, 3, (818279001, 4267568511, 140776310, 3088338408)),
        (100, 0, (2334264700, 119247626, 761976947, 1489696168)),
        (256, 0, (599358828, 2320510140, 3907137931, 1097516660)),
    ],
)
def test_every_computer_makes_the_same_scenes(size, seed, checksums):
    scenes = world.load(size, "train", 12, seed=seed)
    parts = (scenes.L.astype("<f4"), scenes.ab.astype("<f4"), scenes.redrawn(1).ab.astype("<f4"), scenes.things)
    assert tuple(zlib.crc32(part.tobytes()) for part in parts) == checksums


def test_another_size_shows_the_same_scene():
    small, large = world.load(64, limit=40), world.load(256, limit=40)
    assert np.array_equal(small.labels, large.labels)
    mean = large.L.reshape(40, 64, 4, 64, 4).mean(axis=(2, 4))
    assert np.abs(mean - small.L[..., 0]).mean() < 3
    # The middle of each small pixel shows the same thing, but for outlines, and in the same color.
    middle = large.things[:, 2::4, 2::4]
    agree = middle == small.things
    assert agree.mean() > 0.85
    off = np.abs(large.ab[:, 2::4, 2::4] - small.ab).max(axis=-1)
    for name in TRAPS:
        assert np.median(off[agree & small.mask(name)]) < 3, name
    assert off[agree].mean() < 3


@pytest.mark.parametrize("size", [32, 37, 200, 512])
def test_odd_sizes_work(size):
    scenes = world.load(size, limit=8)
    assert scenes.size == (size, size) and lab.in_gamut(np.concatenate([scenes.L, scenes.ab], -1)).all()


def test_making_scenes_is_fast_and_small():
    world.load(64, limit=200)  # draws what is kept for later scenes
    start = time.process_time()
    world.load(64, limit=200)
    # Ten times slower than on the machine that this was written on.
    assert time.process_time() - start < 0.6
    tracemalloc.start()
    scenes = world.load(64, limit=400)
    _, peak = tracemalloc.get_traced_memory()
    assert peak / 400 * 2000 < 250e6
    scenes[:100].oracle()
    assert tracemalloc.get_traced_memory()[1] / 100 * 200 < 500e6
    tracemalloc.stop()


# ---------------------------------------------------------------------------------------------------------------------
# Light does not tell color.


def test_lightness_and_things_are_the_same_whatever_is_drawn(scenes):
    for other in (
        scenes.redrawn(1),
        scenes.redrawn(12),
        world.load(64, limit=400, brown=0.0, fusion=0.0, rare=1.0),
        world.load(64, limit=400, brown=0.5, fusion=0.5, rare=0.5),
    ):
        assert np.array_equal(other.L, scenes.L) and np.array_equal(other.things, scenes.things)
        assert np.array_equal(other.labels, scenes.labels) and not np.array_equal(other.ab, scenes.ab)
    assert np.array_equal(scenes.redrawn(5).redrawn(0).ab, scenes.ab)


def test_a_redrawing_of_pictures_already_shown_shows_its_own_colors(scenes):
    part = scenes[:5]
    before = part.rgb.copy()
    assert not np.array_equal(part.redrawn(1).rgb, before) and np.array_equal(part.rgb, before)


def classify(train, labels, test):
    """Train a small network, and return its answers."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(train.shape[1:]),
            layers.Rescaling(1 / 50, -1.4),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(int(labels.max()) + 1),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss)
    model.fit(train, labels, batch_size=64, epochs=5, verbose=0)
    return model.predict(test, verbose=0).argmax(axis=1)


def windows(scenes, names, seed):
    """Cut windows of 24 pixels around one pixel of each scene that shows the things: L, scene, row, column."""
    random = np.random.default_rng(seed)
    padded = np.pad(scenes.L, ((0, 0), (12, 12), (12, 12), (0, 0)), mode="reflect")
    places = []
    for number, mask in enumerate(scenes.mask(*names)):
        if mask.any():
            places.append((number, *random.choice(np.argwhere(mask))))
    cut = np.stack([padded[number, row : row + 24, column : column + 24] for number, row, column in places])
    return cut, *np.transpose(places)


def assert_no_better_than_chance(answers, labels):
    best = np.bincount(labels).max() / len(labels)
    error = np.sqrt(best * (1 - best) / len(labels))
    assert np.mean(answers == labels) < best + 3 * error


@pytest.fixture(scope="module")
def many():
    return world.load(64, "train", 700), world.load(64, "val", 400)


def test_the_whole_picture_tells_the_season_and_a_window_around_a_tree_does_not(many):
    train, test = many
    assert np.mean(classify(train.L, train.labels, test.L) == test.labels) > 0.95
    cut, number, *_ = windows(train, ["crown"], 0)
    cut_test, number_test, *_ = windows(test, ["crown"], 1)
    answers = classify(cut, train.labels[number], cut_test)
    assert_no_better_than_chance(answers, test.labels[number_test])


def test_a_window_does_not_tell_the_color_of_an_ambiguous_thing(many):
    cuts, labels = [], []
    for scenes, seed in zip(many, (0, 1), strict=True):
        for name in ("balloon", "boat", "car", "umbrella"):
            cut, *place = windows(scenes, [name], seed)
            distance = np.linalg.norm(scenes.ab[*place][:, None] - world.palette(name)[0], axis=-1)
            cuts.append(cut)
            labels.append(distance.argmin(axis=1))
    train, test = np.concatenate(cuts[:4]), np.concatenate(cuts[4:])
    answers = classify(train, np.concatenate(labels[:4]), test)
    assert_no_better_than_chance(answers, np.concatenate(labels[4:]))


@pytest.mark.parametrize("size", [64, 65, 100])
def test_the_season_shows_only_far_from_what_it_decides(size):
    """Each scene is drawn in all three seasons: what differs are the cues."""
    decided = [world.THINGS.index(name) for name in world.DECIDED_BY_SEASON]
    certain = list(range(len(world.THINGS) - len(TRAPS)))
    lightness, ids = np.empty((3, size, size), np.float32), np.empty((3, size, size), np.uint8)
    for numbers in world._numbers(0, 0, np.arange(200), scenery.NUMBERS).tolist():
        # The first number decides on the season.
        drawn = [[2**32 * season // 3 + 1, *numbers[1:]] for season in range(3)]
        rendered = [scenery.render(drawn[season], lightness[season], ids[season]) for season in range(3)]
        assert [season for season, _ in rendered] == [0, 1, 2]
        objects = [own for _, own in rendered]
        assert objects[0] == objects[1] == objects[2]
        for one, other in ((0, 1), (1, 2), (2, 0)):
            cues = np.flatnonzero((lightness[one] != lightness[other]).any(axis=1))
            shown = np.isin(np.array(certain + objects[0])[ids[0]], decided)
            assert len(cues) and shown.any()
            assert np.flatnonzero(shown.any(axis=1)).min() - cues.max() > max(12, 0.19 * size)
        assert np.array_equal(ids[0, int(0.25 * size) :], ids[1, int(0.25 * size) :])


# ---------------------------------------------------------------------------------------------------------------------
# The oracle.


def test_weights_are_probabilities(scenes, oracle):
    assert oracle.weights.dtype == oracle.colors.dtype == oracle.floor.dtype == oracle.entropy.dtype == np.float32
    assert oracle.colors.shape == (*oracle.weights.shape, 2) and oracle.mean.shape == (100, 64, 64, 2)
    assert np.abs(oracle.weights.sum(axis=-1) - 1).max() < 1e-6 and oracle.weights.min() >= 0
    # What was drawn is one of the colors.
    distance = np.abs(oracle.colors - scenes.ab[:100, :, :, None]).max(axis=-1)
    assert (np.where(oracle.weights > 0, distance, np.inf).min(axis=-1) == 0).all()


def test_what_is_certain_has_no_floor(scenes, oracle):
    uncertain = scenes[:100].mask(*world.AMBIGUOUS, *world.RARE)
    assert (oracle.floor[~uncertain] == 0).all() and (oracle.entropy[~uncertain] == 0).all()
    assert np.array_equal(oracle.mean[~uncertain], scenes.ab[:100][~uncertain])
    assert (oracle.floor[uncertain] > 0).all() and oracle.floor[uncertain].mean() > 100


def test_a_balloon_by_hand(scenes, oracle):
    """The mean, floor and entropy of one pixel, from the palette as printed."""
    number, row, column = np.argwhere(scenes[:100].mask("balloon") & (np.abs(scenes.L[:100, ..., 0] - 58) < 1))[0]
    # At L = 58 the four colors are whole (see the next test), and all fall in bins of their own.
    a = 0.35 * 60 + 0.25 * 5 + 0.25 * 14 - 0.15 * 45
    b = 0.35 * 40 - 0.25 * 45 + 0.25 * 60 + 0.15 * 40
    assert oracle.mean[number, row, column] == pytest.approx([a, b], abs=1e-3)
    square_a = 0.35 * 60**2 + 0.25 * 5**2 + 0.25 * 14**2 + 0.15 * 45**2
    square_b = 0.35 * 40**2 + 0.25 * 45**2 + 0.25 * 60**2 + 0.15 * 40**2
    assert oracle.floor[number, row, column] == pytest.approx((square_a - a**2 + square_b - b**2) / 2, rel=1e-4)
    entropy = -(0.35 * np.log(0.35) + 0.5 * np.log(0.25) + 0.15 * np.log(0.15))
    assert oracle.entropy[number, row, column] == pytest.approx(entropy, abs=1e-5)


def test_palettes_have_distinct_colors_and_the_traps_that_lessons_name():
    for name in world.THINGS:
        colors, weights = world.palette(name)
        apart = np.linalg.norm(colors[:, None] - colors, axis=-1)[~np.eye(len(colors), dtype=bool)]
        assert weights.sum() == pytest.approx(1) and (len(colors) == 1 or apart.min() > 8)
        assert (len(colors) > 1) == (name in TRAPS)
    # Brown: no balloon is near the mean of balloons, which is duller than each of them.
    colors, weights = world.palette("balloon")
    mean = weights @ colors
    assert np.linalg.norm(colors - mean, axis=1).min() > 30
    assert np.linalg.norm(mean) < 0.75 * np.linalg.norm(colors, axis=1).min()
    # Fusion: a season decides.
    for name in world.DECIDED_BY_SEASON:
        assert world.palette(name)[1] == pytest.approx(1 / 3)
        assert [world.palette(name, season)[1].tolist() for season in world.SEASONS] == np.eye(3).tolist()
    # Rare: the vivid color is rare there, and met nowhere else.
    others = np.concatenate([world.palette(name)[0] for name in world.THINGS if name not in world.RARE])
    for name in world.RARE:
        colors, weights = world.palette(name)
        assert weights == pytest.approx([0.85, 0.15]) and np.linalg.norm(colors[0]) < 15
        assert np.linalg.norm(colors[1]) > 70 and np.linalg.norm(others - colors[1], axis=1).min() > 20


def test_the_mean_and_the_error_of_redrawn_colors_are_the_oracle_s():
    """Pixels of one object are one draw: each z-score is judged by itself, and the spread of those of all objects."""
    count = 2000
    scenes = world.load(64, "test", 4, brown=0.9, fusion=0.6, rare=0.3)
    oracle = scenes.oracle()
    mean = oracle.mean.astype(np.float64)
    weights, colors = oracle.weights.astype(np.float64), oracle.colors.astype(np.float64)
    total, error = np.zeros_like(mean), np.zeros(mean.shape[:3])
    for number in range(count):
        off = scenes.redrawn(number).ab - mean
        total += off
        error += (off**2).mean(axis=-1)
    away = (colors - mean[..., None, :]) ** 2
    spread = np.sqrt((weights[..., None] * away).sum(axis=3) / count)
    unsure = spread[..., 0] > 0.02
    z = np.abs(total / count)[unsure] / spread[unsure]
    # Under 150 objects: the largest of their 300 z-scores passes 5 once in 6,000 such tests.
    assert z.max() < 5 and 0.3 < (z**2).mean() < 2.5
    assert np.abs(total / count)[~unsure].max() < 0.1
    squares = away.mean(axis=-1)
    spread = np.sqrt(((weights * squares**2).sum(axis=-1) - oracle.floor.astype(np.float64) ** 2).clip(0) / count)
    assert np.abs(error / count - oracle.floor)[unsure].max() < (5 * spread[unsure] + 0.5).max()
    assert (np.abs(error / count - oracle.floor) <= 5 * spread + 0.01 * oracle.floor + 0.01).all()


def test_entropy_counts_colors_of_one_bin_once(scenes, oracle):
    """Where dark or pale, two colors may lie in one bin: compare with counting them pixel by pixel."""
    random = np.random.default_rng(0)
    for number, row, column in random.choice(np.argwhere(scenes[:100].mask(*TRAPS)), 500):
        weights = np.zeros(len(bins.centers()))
        np.add.at(weights, bins.nearest(oracle.colors[number, row, column]), oracle.weights[number, row, column])
        entropy = -(weights[weights > 0] * np.log(weights[weights > 0])).sum()
        assert oracle.entropy[number, row, column] == pytest.approx(entropy, abs=1e-5)


def test_dials_set_the_traps():
    scenes = world.load(64, "train", 300, brown=0.0, fusion=1.0, rare=0.0)
    assert (scenes.oracle().floor == 0).all()
    balloon = scenes.mask("balloon") & (np.abs(scenes.L[..., 0] - 58) < 1)
    assert np.abs(scenes.ab[balloon] - [60, 40]).max() < 1e-3
    half = world.load(64, "train", 10, brown=0.5, fusion=0.25, rare=0.4)
    oracle = half.oracle()
    assert oracle.weights[half.mask("balloon")][0] == pytest.approx([0.5 + 0.175, 0.125, 0.125, 0.075])
    own = oracle.weights[half.mask("crown") & (half.labels == 2)[:, None, None]][0]
    assert own == pytest.approx([0.25, 0.25, 0.5, 0])
    assert oracle.weights[half.mask("flower")][0] == pytest.approx([0.6, 0.4, 0, 0])


def test_seasons_are_seen_in_what_they_decide(scenes):
    for name in world.DECIDED_BY_SEASON:
        shown = scenes.mask(name) & (scenes.L[..., 0] > 55) & (scenes.L[..., 0] < 70)
        for season, color in enumerate(world.palette(name)[0]):
            ab = scenes.ab[shown & (scenes.labels == season)[:, None, None]]
            assert np.linalg.norm(ab - color, axis=1).max() < 0.15 * np.linalg.norm(color)


# ---------------------------------------------------------------------------------------------------------------------
# Pictures.


def test_all_colors_are_inside_srgb_and_survive_eight_bits():
    scenes = world.load(64, limit=500)
    exact = np.concatenate([scenes.L, scenes.ab], axis=-1)
    assert lab.in_gamut(exact).all()
    off = np.abs(lab.rgb_to_lab(scenes.rgb) - exact)
    assert off.mean() < 0.4 and off.max() < 2


def test_traps_cover_their_share(scenes):
    assert 0.05 < scenes.mask(*world.AMBIGUOUS).mean() < 0.2
    assert 0.1 < scenes.mask(*world.DECIDED_BY_SEASON).mean() < 0.4
    assert 0.003 < scenes.mask(*world.RARE).mean() < 0.02
    assert scenes.mask(*world.DECIDED_BY_SEASON).any(axis=(1, 2)).all()
    assert scenes.mask(*world.RARE).any(axis=(1, 2)).mean() > 0.98
