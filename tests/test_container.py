"""Pictures of one size, and squares."""

import numpy as np
import pytest
from picture_files import BLUE, GREEN, RED, blocks

from colorkit.pictures import Pictures, square


def test_square_is_the_center():
    wide = np.zeros((40, 120, 3), np.uint8)
    wide[:, :40], wide[:, 40:80], wide[:, 80:] = RED, GREEN, BLUE
    for photo in (wide, wide.swapaxes(0, 1)):
        for size in (40, 17, 90):
            assert np.array_equal(square(photo, size), np.full((size, size, 3), GREEN, np.uint8))


def test_square_is_antialiased():
    checkerboard = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)
    small = square(np.stack([checkerboard] * 3, axis=-1), 32)
    assert np.abs(small[2:-2, 2:-2].astype(int) - 128).max() <= 2


@pytest.mark.parametrize(
    "photo", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3)), np.zeros((8, 8, 4), np.uint8), np.zeros((0, 8, 3), "u1")]
)
def test_square_refuses_what_is_no_photo(photo):
    with pytest.raises(ValueError, match=r"uint8, shape \(H, W, 3\), got"):
        square(photo, 8)


def test_square_refuses_size_zero():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        square(blocks(), 0)


def three(**given):
    random = np.random.default_rng(0)
    rgb = random.integers(0, 256, (3, 8, 6, 3), np.uint8)
    return Pictures("three", rgb=rgb, labels=[0, 1, 0], classes=("a", "b"), files=["x", "y", "z"], **given)


def test_pictures_give_rgb_and_lab_whichever_they_hold():
    held = three()
    assert held.size == (8, 6) and len(held) == 3 and "three: 3 pictures of 8 x 6 px" in repr(held)
    assert (
        held.L.shape == (3, 8, 6, 1) and held.ab.shape == (3, 8, 6, 2) and held.L.dtype == held.ab.dtype == np.float32
    )
    again = Pictures("again", lab=np.concatenate([held.L, held.ab], axis=-1))
    assert np.array_equal(again.rgb, held.rgb) and again.rgb.dtype == np.uint8
    assert again.files.tolist() == ["0", "1", "2"] and again.labels.tolist() == [0, 0, 0]


@pytest.mark.parametrize("which", [slice(1, None), [1, 2], np.array([False, True, True])])
def test_some_of_the_pictures(which):
    held = three()
    whole = held.L
    part = held[which]
    assert len(part) == 2 and part.labels.tolist() == [1, 0] and part.files.tolist() == ["y", "z"]
    assert np.array_equal(part.rgb, held.rgb[1:]) and np.array_equal(part.L, whole[1:]) and part.classes == ("a", "b")
    assert len(held) == 3
    with pytest.raises(TypeError, match=r"pictures\[:10\]"):
        held[0]


def test_pictures_refuse_what_does_not_fit():
    rgb = np.zeros((2, 4, 4, 3), np.uint8)
    for given in ({}, {"rgb": rgb / 255}, {"rgb": rgb[0]}, {"rgb": rgb, "lab": rgb.astype(np.float32)}, {"lab": rgb}):
        with pytest.raises(ValueError, match="either as rgb"):
            Pictures("wrong", **given)
    with pytest.raises(
        ValueError, match="2 pictures, 3 labels and 2 names; give one label and one name for each picture"
    ):
        Pictures("wrong", rgb=rgb, labels=[0, 1, 1])


def test_where_pictures_are_from_and_what_was_left_out():
    held = three(skipped={"w": "gray"}, source="prepared-0123456789abcdef.tar")
    assert held.skipped == {"w": "gray"} and held[:1].source == "prepared-0123456789abcdef.tar"
    assert three().skipped == {} and three().source == ""


def test_pictures_are_counted_in_words():
    assert repr(three()[:1]) == "three: 1 picture of 8 x 6 px" and repr(three()[:0]) == "three: 0 pictures of 8 x 6 px"
