"""Damage of old photographs, done on purpose."""

import numpy as np
import pytest

from colorkit import lab, photos
from colorkit.pictures.aging import DAMAGES, age


@pytest.fixture(scope="module")
def L():
    return lab.rgb_to_lab(np.stack([photos.bundled(name, 96) for name in ("cat", "coffee")]))[..., :1]


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_changes_L_within_its_range_and_the_same_way_each_time(L, damage):
    before = L.copy()
    aged = age(L, damage)
    assert aged.shape == L.shape and aged.dtype == np.float32
    assert aged.min() >= 0 and aged.max() <= 100 and np.abs(aged - L).mean() > 0.5
    np.testing.assert_array_equal(aged, age(L, damage))
    np.testing.assert_array_equal(L, before)
    # A picture's damage does not depend on what else is there.
    np.testing.assert_array_equal(aged[:1], age(L[:1], damage))


@pytest.mark.parametrize("damage", sorted(set(DAMAGES) - {"blur", "border"}))
def test_another_seed_is_another_damage(L, damage):
    assert np.abs(age(L, damage, seed=1) - age(L, damage)).max() > 1


def test_all_is_one_after_the_other(L):
    one_by_one = age(age(L, "grain"), "border")
    np.testing.assert_array_equal(age(L, ["grain", "border"]), one_by_one)
    np.testing.assert_array_equal(age(L), age(L, list(DAMAGES)))


def test_they_do_what_they_are_called(L):
    assert np.ptp(age(L, "fading")) < 66
    assert np.abs(np.diff(age(L, "blur"), axis=1)).mean() < 0.8 * np.abs(np.diff(L, axis=1)).mean()
    assert 7 < (age(np.full_like(L, 50), "grain")).std() < 9
    ramp = np.linspace(0, 100, 101).reshape(1, 1, 101, 1)
    curve = age(ramp, "contrast").ravel()
    assert (np.diff(curve) > 0).all() and curve[0] == 0 and curve[-1] == pytest.approx(100)
    np.testing.assert_array_equal(age(L, "border")[:, 6:-6, 6:-6], L[:, 6:-6, 6:-6])
    scratched = age(L, "scratches") != L
    assert 0.02 < scratched.mean() < 0.25


def test_what_is_no_damage_or_no_lightness_is_said(L):
    with pytest.raises(ValueError, match="no damage 'dust'; there are contrast"):
        age(L, "dust")
    with pytest.raises(ValueError, match=r"\(N, height, width, 1\)"):
        age(L[0, ..., 0])
