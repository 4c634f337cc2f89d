"""The photos that are always there, and photo sets."""

import socket

import numpy as np
import pytest

from colorkit.photos import BUNDLED, bundled
from colorkit.pictures import square


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_photo_is_color_and_needs_no_network(name, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a bundled photo asked for the network"))
    photo = bundled(name)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3 and photo.shape[2] == 3 and min(photo.shape[:2]) >= 300
    assert photo.flags.writeable
    assert np.ptp(photo.astype(int), axis=2).mean() > 5, "this is a gray picture"
    assert len(BUNDLED[name]) > 20


def test_bundled_photos_are_the_ones_meant():
    from skimage import data

    for name, expected in {
        "astronaut": data.astronaut(),
        "cat": data.chelsea(),
        "coffee": data.coffee(),
        "motorcycle": data.stereo_motorcycle()[0],
        "tissue": data.immunohistochemistry(),
        "hubble": data.hubble_deep_field(),
        "retina": data.retina(),
    }.items():
        assert np.array_equal(bundled(name), expected), name
    assert bundled("hopper").shape == (600, 512, 3)
    # Stored in Adobe RGB: scikit-image shows its numbers as if they were sRGB, which dulls them.
    difference = np.abs(bundled("rocket").astype(int) - data.rocket())
    assert 2 < difference.mean() < 10


def test_bundled_in_a_size():
    assert np.array_equal(bundled("cat", 64), square(bundled("cat"), 64))


def test_bundled_unknown_name_lists_the_names():
    with pytest.raises(ValueError, match=r"'dog'.*astronaut, cat, coffee.*hopper"):
        bundled("dog")
