"""Which photos count as gray: those of any tone, and none that has colors."""

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageOps

from colorkit import photos
from colorkit.colorizing.content import kind
from colorkit.pictures import open_photo

TONES = {"sepia": ("#2a1a0a", "#a07850", "#fff0d8"), "cyanotype": ("#101830", "#5070a0", "#f0f8ff")}
PHOTOS = [name for name in photos.BUNDLED if name != "hubble"]  # most of which is black


@pytest.mark.parametrize("name", PHOTOS)
def test_bundled_photos_in_color_in_gray_and_toned(name):
    """Toned with grain, and as JPEG, whose blocks have colors of their own."""
    photo = photos.bundled(name)
    assert kind(photo) == "color"
    gray = Image.fromarray(photo).convert("L")
    assert kind(np.asarray(gray.convert("RGB"))) == "gray"
    grain = np.random.default_rng(0).normal(0, 6, photo.shape)
    for dark, middle, light in TONES.values():
        toned = np.asarray(ImageOps.colorize(gray, dark, light, middle)) + grain
        file = io.BytesIO()
        Image.fromarray(toned.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=70)
        assert kind(open_photo(file.getvalue())) == "toned"


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (2, 2), (300, 300)])
def test_flat_pictures(size):
    assert kind(np.full((*size, 3), 77, np.uint8)) == "gray"
    assert kind(np.full((*size, 3), (120, 90, 60), np.uint8)) == "toned"


def test_a_little_color_is_color():
    """As in a photo that was tinted by hand."""
    photo = np.asarray(Image.fromarray(photos.bundled("cat")).convert("L").convert("RGB")).copy()
    photo[100:150, 100:180, 0] = 255  # one pixel in 34
    assert kind(photo) == "color"


@pytest.mark.skipif("COLORKIT_MIRROR" not in os.environ, reason="COLORKIT_MIRROR names no mirror folder")
@pytest.mark.parametrize(("name", "least"), [("kodak", 1), ("fsa_color", 0.95), ("documerica", 0.85)])
def test_old_and_new_color_photos(name, least):
    """A few of those from the 1970s have faded to one tone."""
    found = photos.load(name, size=128, split="test").rgb
    assert np.mean([kind(photo) == "color" for photo in found]) >= least
