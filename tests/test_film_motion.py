"""Flicker and its remedy, on clips whose true color and motion are known."""

import itertools

import numpy as np
import pytest
from PIL import Image

from colorkit import photos, world
from colorkit.film import Steady, carry, flicker, flow, pan

SIZE = (96, 128)
BUNDLED = [name for name in photos.BUNDLED if name != "hubble"]  # which is black, with points of light


def clip(picture, frames=2, grain=0, step=2, zoom=1.0):
    """Pan over the middle of a picture, `step` pixels of the clip a frame."""
    width = 0.6 * min(picture.shape[1], picture.shape[0] * SIZE[1] / SIZE[0])
    way = step * (frames - 1) * width / SIZE[1]
    return pan(picture, SIZE, frames, (10, 10, width), (10 + way, 10 + way / 2, width * zoom), grain=grain)


@pytest.fixture(scope="module")
def pictures():
    return [photos.bundled(name) for name in BUNDLED] + list(world.load(256, "test", 3).rgb)


def test_the_true_motion_of_a_clip_leads_back_to_what_was_there():
    smooth = Image.fromarray(photos.bundled("coffee")).resize((75, 50)).resize((600, 400), Image.Resampling.BICUBIC)
    for zoom in (1, 1.1, 0.9):
        shown = clip(np.asarray(smooth), 3, step=3, zoom=zoom)
        for (before, after), shift in zip(itertools.pairwise(shown.L), shown.flows, strict=True):
            carried, inside = carry(before, shift)
            assert 0.85 < inside.mean() < 1 or zoom < 1
            assert np.abs(carried - after)[inside].mean() < 0.2 and np.abs(before - after)[inside].mean() > 0.5
        assert flicker(shown.ab, shown.flows) < 0.2 * flicker(shown.ab, np.zeros_like(shown.flows))


def test_grain_is_of_the_size_asked_for_and_new_in_each_frame():
    flat = np.full((100, 200, 3), 128, np.uint8)
    shown = pan(flat, SIZE, 2, (0, 0, 120), (0, 0, 120), grain=4)
    assert shown.L.std() == pytest.approx(4, rel=0.05)
    assert abs(np.corrcoef(shown.L[0].ravel(), shown.L[1].ravel())[0, 1]) < 0.05
    again = pan(flat, SIZE, 2, (0, 0, 120), (0, 0, 120), grain=4)
    assert (again.L == shown.L).all() and not (
        pan(flat, SIZE, 2, (0, 0, 9), (0, 0, 9), grain=4, seed=1).L == shown.L
    ).any()


@pytest.mark.parametrize(
    "arguments", [(1, (0, 0, 50), (0, 0, 50)), (2, (0, 0, 50), (160, 0, 50)), (2, (-1, 0, 9), (0, 0, 9))]
)
def test_a_camera_that_leaves_the_picture_is_refused(arguments):
    with pytest.raises(ValueError, match=r"at least 2 frames|leaves the picture, which is 200 x 100"):
        pan(np.zeros((100, 200, 3), np.uint8), SIZE, *arguments)


def test_motion_is_found(pictures):
    for picture in pictures:
        shown = clip(picture, grain=2, step=4)
        found = flow(shown.L[0, ..., 0], shown.L[1, ..., 0])
        off = np.linalg.norm(found - shown.flows[0], axis=-1)
        assert np.median(off) < 0.5, "of a motion of 4.5 pixels"
    assert flow(np.zeros((1, 9)), np.zeros((1, 9))).shape == (1, 9, 2)


def test_flicker_is_the_change_along_motion_and_nothing_else():
    shown = clip(photos.bundled("cat"), 4, step=2.3)
    still = flicker(shown.ab, shown.flows)
    assert flicker(shown.ab + np.array([10, -5]), shown.flows) == pytest.approx(still, abs=1e-3), (
        "a wrong color may be steady"
    )
    blinking = shown.ab + np.array([3, 4]) * (np.arange(4) % 2)[:, None, None, None]
    assert flicker(blinking, shown.flows) == pytest.approx(5, abs=still)
    unmoved = np.zeros_like(shown.flows)
    assert flicker(shown.ab, unmoved) > 2 * still, "in place, things that move would count"
    with pytest.raises(ValueError, match="4 frames have 3 flows between them, and at least one; got 4"):
        flicker(shown.ab, [*shown.flows, shown.flows[0]])
    with pytest.raises(ValueError, match="1 frames have 0 flows"):
        flicker(shown.ab[:1], [])


def test_steady_color_flickers_less_and_is_no_farther_from_the_truth(pictures):
    """The networks' part is played by the truth with an error that is new in each frame, in large stains."""
    random = np.random.default_rng(0)
    for picture in pictures[::3]:
        shown = clip(picture, 12, grain=2)
        stains = random.normal(0, 8, (12, 6, 8, 2)).repeat(16, 1).repeat(16, 2)
        given = shown.ab + stains
        steady = Steady()
        made = np.stack([steady(lightness, ab) for lightness, ab in zip(shown.L, given, strict=True)])
        assert steady.cuts == 0 and made.shape == given.shape and made.dtype == np.float32
        assert flicker(made, shown.flows) < 0.35 * flicker(given, shown.flows)
        off, was_off = (np.linalg.norm(ab[-1] - shown.ab[-1], axis=-1).mean() for ab in (made, given))
        assert off < 0.7 * was_off


def test_the_average_reaches_back_as_far_as_it_shall():
    """A still picture: after the mean of all frames so far comes a moving one."""
    L, values = clip(photos.bundled("cat")).L[0], [8.0, 4.0, 6.0, 0.0]
    for frames, expected in ((4, [8, 6, 6, 4.5]), (2, [8, 6, 6, 3]), (1, values)):
        steady = Steady(frames)
        made = [steady(L, np.full((*SIZE, 2), value)) for value in values]
        np.testing.assert_allclose([ab[10:-10, 10:-10].mean() for ab in made], expected, atol=0.2)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        Steady(0)


def test_cuts_are_found_and_nothing_is_carried_over_them(pictures):
    clips = [clip(picture, grain=6, step=10) for picture in pictures]
    blue, orange = np.full((*SIZE, 2), [10, -40]), np.full((*SIZE, 2), [30, 50])
    count = len(clips)
    for one, other in [(clips[number], clips[number - back]) for number in range(count) for back in (1, 2, 5)]:
        steady = Steady()
        steady(one.L[0], blue)
        assert steady.cuts == 0
        after = steady(other.L[0], orange)
        assert steady.cuts == 1 and (after == orange).all()
        steady(other.L[1], orange)
        assert steady.cuts == 1, "a fast pan with much grain is no cut"


def test_what_comes_into_the_picture_gets_its_own_color():
    """A sixth of the picture is replaced, which is no cut; there the old color is gone at once."""
    shown = clip(photos.bundled("astronaut")).L[0]
    changed = shown.copy()
    changed[:, -20:] = 100 - changed[:, -20:]
    steady = Steady()
    steady(shown, np.full((*SIZE, 2), 40.0))
    after = steady(changed, np.zeros((*SIZE, 2)))
    assert steady.cuts == 0
    fresh = np.abs(changed - shown)[..., 0] > 30
    fresh[:, :-20] = False
    assert after[fresh].mean() < 10 and after[:, :70].mean() == pytest.approx(20, abs=1)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (8, 8)])
def test_tiny_and_flat_frames(size):
    steady = Steady()
    for value in (0.0, 50.0, 50.0):
        ab = steady(np.full((*size, 1), value, np.float32), np.full((*size, 2), 5.0, np.float32))
        np.testing.assert_allclose(ab, 5, atol=1e-5)
