"""Colors of pictures: profiles, and cameras that name a color space without giving its profile."""

import io
import struct

import numpy as np
import pytest
from picture_files import (
    BLUE,
    DISPLAY_P3,
    GREEN,
    HEIGHT,
    LINEAR_GRAY,
    LOSSY,
    MUTED,
    RED,
    WHITE,
    WIDTH,
    adobe_rgb,
    assert_blocks,
    blocks,
    encode,
    odd_cmyk_profile,
    tiff,
)
from PIL import ExifTags, Image, ImageCms
from test_opening import ON_WHITE, with_alpha

from colorkit.photos import bundled
from colorkit.pictures import open_photo, opening

P3_TO_SRGB = np.array([[1.22494, -0.22494, 0], [-0.04206, 1.04206, 0], [-0.01964, -0.07864, 1.09828]])
ADOBE_TO_SRGB = np.array([[1.39836, -0.39836, 0], [0, 1, 0], [0, -0.04293, 1.04293]])


def in_srgb(color, matrix, gamma):
    linear = np.clip(matrix @ (np.array(color) / 255) ** gamma, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * encoded).astype(int)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("space", ["Display P3", "Adobe RGB"])
def test_rgb_profiles(space, format):
    profile, matrix, gamma = {
        "Display P3": (DISPLAY_P3, P3_TO_SRGB, 2.2),
        "Adobe RGB": (adobe_rgb(), ADOBE_TO_SRGB, 2.19921875),
    }[space]
    options = LOSSY["jpg"][1] if format == "JPEG" else {"lossless": True} if format == "WEBP" else {}
    content = encode(blocks(*MUTED), format, icc_profile=profile, **options)
    expected = [in_srgb(color, matrix, gamma) for color in MUTED]
    assert np.abs(expected[0] - MUTED[0]).max() >= 8, "the profile makes no difference worth a test"
    assert_blocks(open_photo(content), *expected, tolerance=6 if format == "JPEG" else 2)


def test_profile_and_transparency():
    image = with_alpha()
    assert_blocks(open_photo(encode(image, "PNG", icc_profile=DISPLAY_P3)), *ON_WHITE, tolerance=1)


def test_srgb_profile_changes_nothing():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.array_equal(open_photo(encode(noise, "PNG", icc_profile=srgb)), noise)


def test_gray_profile():
    expected = in_srgb((128,) * 3, np.eye(3), 1)
    assert expected[0] == 188
    gray = Image.new("L", (WIDTH, HEIGHT), 128)
    deep = Image.fromarray(np.full((HEIGHT, WIDTH), 128 * 257, np.uint16))
    opaque = Image.merge("LA", [gray, Image.new("L", gray.size, 255)])
    for image in (gray, deep, opaque):
        content = encode(image, "PNG", icc_profile=LINEAR_GRAY)
        assert_blocks(open_photo(content), *[expected] * 4, tolerance=1)


def test_cmyk_profile():
    # Lab 50, 20, 30 under D50, the white of every profile, in sRGB by hand.
    y = (50 + 16) / 116
    xyz = np.array([0.9642, 1, 0.8249]) * np.array([y + 20 / 500, y, y - 30 / 200]) ** 3
    to_srgb = np.array([[3.13386, -1.61687, -0.49061], [-0.97877, 1.91614, 0.03345], [0.07195, -0.22899, 1.40524]])
    brown = in_srgb(xyz * 255, to_srgb, 1)
    inks = Image.fromarray(blocks(RED, GREEN, BLUE, WHITE)).convert("CMYK")
    for format in ("TIFF", "JPEG"):
        options = {"quality": 95, "subsampling": 0} if format == "JPEG" else {}
        photo = open_photo(encode(inks, format, icc_profile=odd_cmyk_profile(), **options))
        assert_blocks(photo, brown, brown, brown, WHITE, tolerance=6)


def test_broken_profile_is_ignored():
    for profile in (
        b"not a profile",
        DISPLAY_P3[:200],
        DISPLAY_P3[:128] + bytes(100),
        DISPLAY_P3.replace(b"XYZ \0\0\0\0", b"ABC \0\0\0\0"),
        odd_cmyk_profile(),
        LINEAR_GRAY,
    ):
        assert np.array_equal(open_photo(encode(blocks(), "PNG", icc_profile=profile)), blocks())


# ---- Adobe RGB as cameras say it: in EXIF, without a profile


def camera_exif(space, index=None, **tags):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = tags.get("orientation", 1)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = space
    if index:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: index}
    return exif


IN_ADOBE_RGB = [in_srgb(color, ADOBE_TO_SRGB, 2.19921875) for color in MUTED]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("space", "index"), [(65535, "R03"), (2, "R03"), (2, None)])
def test_adobe_rgb_of_cameras(format, space, index):
    options = LOSSY["jpg"][1] if format == "JPEG" else {"lossless": True} if format == "WEBP" else {}
    content = encode(blocks(*MUTED), format, exif=camera_exif(space, index), **options)
    assert_blocks(open_photo(content), *IN_ADOBE_RGB, tolerance=6 if format == "JPEG" else 2)


def directory(*entries):
    return struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


@pytest.mark.parametrize(("space", "index"), [(65535, b"R03\0"), (2, b"R03\0"), (65535, b"R98\0")])
def test_adobe_rgb_of_cameras_in_tiff(space, index):
    pixels = blocks(*MUTED).tobytes()
    camera, interoperability = 8 + len(pixels), 8 + len(pixels) + 30
    data = pixels + directory(
        struct.pack("<HHIHxx", 40961, 3, 1, space), struct.pack("<HHII", 40965, 4, 1, interoperability)
    )
    data += directory(struct.pack("<HHI4s", 1, 2, 4, index))
    tags = {256: (4, 1, WIDTH), 257: (4, 1, HEIGHT), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 2), 273: (4, 1, 8)}
    tags |= {277: (3, 1, 3), 278: (4, 1, HEIGHT), 279: (4, 1, len(pixels)), 34665: (4, 1, camera)}
    assert_blocks(open_photo(tiff(tags, data)), *(IN_ADOBE_RGB if index == b"R03\0" else MUTED), tolerance=2)


@pytest.mark.parametrize(("space", "index"), [(1, "R98"), (65535, "R98"), (65535, None), (1, "R03")])
def test_other_color_spaces_of_cameras_stay_srgb(space, index):
    content = encode(blocks(*MUTED), "PNG", exif=camera_exif(space, index))
    assert np.array_equal(open_photo(content), blocks(*MUTED))


def test_profile_counts_more_than_what_exif_says():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encode(blocks(*MUTED), "PNG", exif=camera_exif(2, "R03"), icc_profile=srgb)
    assert np.array_equal(open_photo(content), blocks(*MUTED))


def test_adobe_rgb_of_a_photo_is_what_the_real_profile_gives():
    from skimage.color import deltaE_ciede2000, rgb2lab

    photo = bundled("astronaut")
    by_exif = open_photo(encode(photo, "PNG", exif=camera_exif(65535, "R03")))
    by_profile = open_photo(encode(photo, "PNG", icc_profile=adobe_rgb()))
    assert np.abs(by_exif.astype(int) - by_profile).max() <= 1
    assert deltaE_ciede2000(rgb2lab(by_exif), rgb2lab(photo)).mean() > 2  # what reading it as sRGB would cost


def test_adobe_rgb_is_turned_upright_too():
    stored = np.ascontiguousarray(np.rot90(blocks(*MUTED)))
    content = encode(stored, "PNG", exif=camera_exif(2, "R03", orientation=6))
    assert_blocks(open_photo(content), *IN_ADOBE_RGB, tolerance=2)


def test_profile_of_adobe_rgb_is_a_valid_one():
    profile = ImageCms.ImageCmsProfile(io.BytesIO(opening._adobe_rgb_profile())).profile
    assert profile.xcolor_space.strip() == "RGB" and profile.device_class == "mntr"
    real = ImageCms.ImageCmsProfile(io.BytesIO(adobe_rgb())).profile
    for name in ("red_colorant", "green_colorant", "blue_colorant"):
        assert np.allclose(getattr(profile, name)[0], getattr(real, name)[0], atol=1e-4)
