"""Pictures: opening any that a person has, and holding many."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import textwrap
import time
import warnings
import zlib
from collections import Counter
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageFile, PngImagePlugin, features

from colorkit import pictures
from colorkit.pictures import PhotoError, Pictures, open_photo, square

needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")

# ---------------------------------------------------------------------------------------------------------------------
# Pictures: four blocks of known colors, 32 high and 48 wide, so that any turn, flip or swapped channel shows.

RED, GREEN, BLUE, GRAY, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (255, 255, 255)
HEIGHT, WIDTH = 32, 48


def blocks(top_left=RED, top_right=GREEN, bottom_left=BLUE, bottom_right=GRAY):
    rows = np.array([[top_left, top_right], [bottom_left, bottom_right]], np.uint8)
    return rows.repeat(HEIGHT // 2, axis=0).repeat(WIDTH // 2, axis=1)


def encode(image, format, **options):
    """Return the content of a file with this picture."""
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image.copy()  # Saving leaves traces in it.
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def assert_blocks(photo, *colors, tolerance=0):
    """Check a photo of four blocks by the middle of each, where lossy formats are at their best."""
    assert photo.dtype == np.uint8
    assert photo.shape == (HEIGHT, WIDTH, 3)
    expected = blocks(*colors)
    for row in (HEIGHT // 4, 3 * HEIGHT // 4):
        for column in (WIDTH // 4, 3 * WIDTH // 4):
            difference = np.abs(photo[row, column].astype(int) - expected[row, column])
            assert difference.max() <= tolerance, (row, column, photo[row, column], expected[row, column])


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, color_type, rows, *chunks, level=9):
    """Return a PNG file, also of the kinds that Pillow reads but does not write. Each row begins with its filter."""
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(rows, level))
    return b"".join([b"\x89PNG\r\n\x1a\n", png_chunk(b"IHDR", header), *chunks, pixels, png_chunk(b"IEND", b"")])


def tiff(tags, data=b""):
    """Return a little-endian TIFF file with data at byte 8. Tags are {number: (type, count, value or offset)}."""
    directory = b"".join(struct.pack("<HHII", tag, *entry) for tag, entry in sorted(tags.items()))
    return struct.pack("<2sHI", b"II", 42, 8 + len(data)) + data + struct.pack("<H", len(tags)) + directory + bytes(4)


def tiff_of(pixels, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, np.asarray(pixels), **options)
    return file.getvalue()


def icc_profile(space, connection, kind, tags):
    """Return a color profile (ICC version 2) of the given tags."""
    fixed = b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1, 0.8249))
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        table += struct.pack(">4sII", name, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(">IIi4s4s4s12x4s28x", offset + len(body), 0, 0x02400000, kind, space, connection, b"acsp")
    header += fixed + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + body


def icc_xyz(*values):
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def icc_gamma(value):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


D50 = icc_xyz(0.9642, 1, 0.8249)
# Display P3, with a plain gamma of 2.2; a gray whose numbers are light itself.
DISPLAY_P3 = icc_profile(
    b"RGB ",
    b"XYZ ",
    b"mntr",
    {
        b"wtpt": D50,
        b"rXYZ": icc_xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": icc_xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": icc_xyz(0.15710, 0.06657, 0.78407),
        b"rTRC": icc_gamma(2.2),
        b"gTRC": icc_gamma(2.2),
        b"bTRC": icc_gamma(2.2),
    },
)
LINEAR_GRAY = icc_profile(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": D50, b"kTRC": icc_gamma(1)})


def odd_cmyk_profile():
    """Return the profile of a press whose cyan, magenta and yellow are all the same brown: Lab 50, 20, 30."""
    paper, brown, black = (255, 128, 128), (128, 148, 158), (0, 128, 128)
    table = [black if i & 1 else brown if i else paper for i in range(16)]  # Bits of i: C, M, Y, K.
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity
    lut += bytes(range(256)) * 4 + bytes(value for color in table for value in color) + bytes(range(256)) * 3
    return icc_profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": D50, b"A2B0": lut})


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


# ---------------------------------------------------------------------------------------------------------------------
# Formats, and ways to name a picture

EXACT = {
    "png": ("PNG", {}),
    "bmp": ("BMP", {}),
    "ppm": ("PPM", {}),
    "gif": ("GIF", {}),
    "webp": ("WEBP", {"lossless": True}),
    "jp2": ("JPEG2000", {}),
    "tiff": ("TIFF", {}),
    "lzw.tiff": ("TIFF", {"compression": "tiff_lzw"}),
    "deflate.tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "packbits.tiff": ("TIFF", {"compression": "packbits"}),
}
LOSSY = {
    "jpg": ("JPEG", {"quality": 95, "subsampling": 0}),
    "progressive.jpg": ("JPEG", {"quality": 95, "subsampling": 0, "progressive": True}),
    "webp": ("WEBP", {"quality": 95}),
    "jpeg.tiff": ("TIFF", {"compression": "jpeg", "quality": 95}),
}


@pytest.mark.parametrize("kind", EXACT)
def test_lossless_formats(kind, tmp_path):
    format, options = EXACT[kind]
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(encode(blocks(), format, **options))
    assert np.array_equal(open_photo(path), blocks())
    assert np.array_equal(open_photo(path.read_bytes()), blocks())


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_formats(kind, tmp_path):
    format, options = LOSSY[kind]
    path = tmp_path / f"photo.{kind}"
    path.write_bytes(encode(blocks(), format, **options))
    assert_blocks(open_photo(path), tolerance=6)


@needs_avif
def test_avif(tmp_path):
    path = tmp_path / "photo.avif"
    path.write_bytes(encode(blocks(), "AVIF", quality=95, subsampling="4:4:4"))
    assert_blocks(open_photo(path), tolerance=6)


def test_the_name_of_the_file_does_not_matter(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encode(blocks(), "PNG"))
    assert_blocks(open_photo(path))


def test_ways_to_name_a_picture(tmp_path, monkeypatch):
    content = encode(blocks(), "PNG")
    path = tmp_path / "a photo.png"
    path.write_bytes(content)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    class Download(io.BytesIO):  # As a response from the network: read once, no way back.
        def seekable(self):
            return False

        def seek(self, *_):
            raise io.UnsupportedOperation("seek")

    at_its_end = io.BytesIO()
    at_its_end.write(content)
    for source in (path, str(path), "~/a photo.png", content, bytearray(content), memoryview(content)):
        assert_blocks(open_photo(source))
    for source in (at_its_end, Download(content)):
        assert_blocks(open_photo(source))
        assert not source.closed
    with path.open("rb") as file:
        assert_blocks(open_photo(file))
        assert not file.closed


def test_result_is_the_callers_own(tmp_path):
    path = tmp_path / "photo.ppm"
    path.write_bytes(encode(blocks(), "PPM"))
    photo = open_photo(path)
    photo[:] = 0
    assert_blocks(open_photo(path))


# ---------------------------------------------------------------------------------------------------------------------
# Upright

# EXIF orientation -> how the camera stored the upright picture, by the standard's words for row 0 and column 0.
STORED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: np.rot90,
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
TURNED = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "TIFF, compressed": {"compression": "tiff_lzw"},
    "AVIF": {"quality": 95, "subsampling": "4:4:4"},
}


@pytest.mark.parametrize("format", [pytest.param(name, marks=needs_avif if name == "AVIF" else ()) for name in TURNED])
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_gives_the_upright_picture(format, orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(STORED[orientation](blocks()))
    path = tmp_path / "photo"
    path.write_bytes(encode(stored, format.split(",")[0], exif=exif, **TURNED[format]))
    assert_blocks(open_photo(path), tolerance=6)


def test_orientation_in_xmp():
    stored = np.ascontiguousarray(STORED[6](blocks()))
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    assert_blocks(open_photo(encode(stored, "WEBP", lossless=True, xmp=xmp)))


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_orientation_that_means_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_blocks(open_photo(encode(blocks(), "PNG", exif=exif)))


def test_broken_exif_is_no_reason_to_refuse():
    for exif in (b"Exif\0\0" + random.Random(4).randbytes(40), b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0"):
        assert_blocks(open_photo(encode(blocks(), "JPEG", exif=exif, **LOSSY["jpg"][1])), tolerance=6)
        assert_blocks(open_photo(encode(blocks(), "PNG", exif=exif)))


# ---------------------------------------------------------------------------------------------------------------------
# Kinds of pixels


def test_cmyk():
    inks = Image.fromarray(blocks()).convert("CMYK")
    assert_blocks(open_photo(encode(inks, "TIFF")))
    # Adobe stores the inks of a JPEG inverted, with a marker that says so; so does Pillow.
    content = encode(inks, "JPEG", quality=95, subsampling=0)
    assert b"Adobe" in content
    assert_blocks(open_photo(content), tolerance=6)


BLACK_AND_WHITE = WHITE, (0, 0, 0), (0, 0, 0), WHITE


def test_gray_one_bit_and_palette():
    one_bit = Image.fromarray(blocks(*BLACK_AND_WHITE)).convert("1")
    grays = blocks((200,) * 3, (100,) * 3, (50,) * 3, (0,) * 3)
    for format in ("PNG", "TIFF", "BMP", "GIF", "PPM"):
        assert_blocks(open_photo(encode(one_bit, format)), *BLACK_AND_WHITE)
        assert np.array_equal(open_photo(encode(Image.fromarray(grays).convert("L"), format)), grays)
    for format in ("PNG", "TIFF", "BMP", "GIF"):
        assert np.array_equal(open_photo(encode(Image.fromarray(blocks()).quantize(4), format)), blocks())


def test_fax_with_zero_for_white():
    page = Image.fromarray(blocks(*BLACK_AND_WHITE)).convert("1")
    assert_blocks(open_photo(encode(page, "TIFF", compression="group4")), *BLACK_AND_WHITE)


def test_lab_and_ycbcr():
    colors = (180, 60, 50), (60, 140, 70), (60, 70, 160), GRAY
    image = Image.fromarray(blocks(*colors))
    assert_blocks(open_photo(encode(image.convert("LAB"), "TIFF")), *colors, tolerance=3)
    assert_blocks(open_photo(encode(image.convert("YCbCr"), "TIFF")), *colors, tolerance=3)


def test_sixteen_bit_gray_is_scaled_not_cut():
    values = np.array([[0, 127, 129, 40000, 65535]], np.uint16)
    expected = [0, 0, 1, 156, 255]
    files = {
        "png": encode(Image.fromarray(values), "PNG"),
        "jp2": encode(Image.fromarray(values), "JPEG2000"),
        "tiff": tiff_of(values),
        "tiff, compressed": encode(Image.fromarray(values), "TIFF", compression="tiff_lzw"),
        "tiff, big-endian": tiff_of(values.astype(">u2"), byteorder=">"),
        "tiff, 0 is white": tiff_of(65535 - values, photometric="miniswhite"),
        "pgm": b"P5 5 1 65535\n" + values.astype(">u2").tobytes(),
    }
    for kind, content in files.items():
        photo = open_photo(content)
        assert photo.shape == (1, 5, 3), kind
        assert photo[0].tolist() == [[value] * 3 for value in expected], kind


def test_twelve_bit_tiff():
    tags = {256: (3, 1, 2), 257: (3, 1, 1), 258: (3, 1, 12), 259: (3, 1, 1), 262: (3, 1, 1), 273: (4, 1, 8)}
    tags |= {277: (3, 1, 1), 278: (3, 1, 1), 279: (4, 1, 3)}
    photo = open_photo(tiff(tags, bytes([0x80, 0x0F, 0xFF, 0])))  # 2048 and 4095
    assert photo.tolist() == [[[128] * 3, [255] * 3]]


def test_sixteen_bit_color():
    pixels = np.array([[[40000, 0, 65535], [257, 25700, 128]]], np.uint16)
    expected = np.array([[[155.6, 0, 255], [1, 100, 0.5]]])
    rows = b"\0" + pixels.astype(">u2").tobytes()
    opaque = np.concatenate([pixels, np.full_like(pixels[..., :1], 65535)], axis=-1)
    for content in (
        png(2, 1, 16, 2, rows),
        png(2, 1, 16, 6, b"\0" + opaque.astype(">u2").tobytes()),
        tiff_of(pixels, photometric="rgb"),
        tiff_of(opaque, photometric="rgb", extrasamples=["unassalpha"]),
        b"P6 2 1 65535\n" + pixels.astype(">u2").tobytes(),
    ):
        assert np.abs(open_photo(content) - expected).max() < 1


PLAIN = np.array([[0.0, 0.25, 1.0]])


@pytest.mark.parametrize(
    "values",
    [
        (PLAIN * 1).astype(np.float32),
        np.rint(PLAIN * 255).astype(np.float32),
        np.rint(PLAIN * 65535).astype(np.float32),
        np.rint(PLAIN * 255).astype(np.int32),
        np.rint(PLAIN * 65535).astype(np.int32),
        np.rint(PLAIN * 255).astype(np.uint32),
        np.rint(PLAIN * 65535).astype(np.uint32),
    ],
    ids=lambda values: f"{values.dtype} to {values.max():g}",
)
def test_32_bit_tiff_of_a_plain_range(values):
    assert open_photo(tiff_of(values))[0, :, 0].tolist() == [0, 64, 255]


@pytest.mark.parametrize(
    "values",
    [[-0.5, 0.5, 1], [0, 0.7, 3.5], [0, 300.5, 65535], [0, np.nan, 1], [0, np.inf, 1], [0, 1, 1e6]],
    ids=str,
)
def test_float_tiff_of_any_other_range_is_refused(values):
    with pytest.raises(PhotoError, match=r"photo: its numbers go from .* to .*; save it with 8 or 16 bits"):
        open_photo(tiff_of(np.array([values], np.float32)))


@pytest.mark.parametrize("values", [[-5, 0, 200], [0, 1, 70000], [0, 5, 2**31 - 1]], ids=str)
def test_integer_tiff_of_any_other_range_is_refused(values):
    with pytest.raises(PhotoError, match=r"photo: its numbers go from .* to .*; save it with 8 or 16 bits"):
        open_photo(tiff_of(np.array([values], np.int32)))


# ---------------------------------------------------------------------------------------------------------------------
# Transparency is laid on white


def with_alpha(alpha=(255, 255, 0, 128)):
    """Blocks of which the third is invisible and the fourth half so."""
    mask = blocks(*([value] * 3 for value in alpha))[..., :1]
    return Image.fromarray(np.concatenate([blocks(), mask], axis=-1))


ON_WHITE = RED, GREEN, WHITE, (191, 191, 191)


def test_alpha_channel():
    assert_blocks(open_photo(encode(with_alpha(), "PNG")), *ON_WHITE, tolerance=1)
    assert_blocks(open_photo(encode(with_alpha(), "TIFF")), *ON_WHITE, tolerance=1)
    assert_blocks(open_photo(encode(with_alpha(), "WEBP", lossless=True)), *ON_WHITE, tolerance=1)
    assert_blocks(open_photo(encode(with_alpha(), "JPEG2000")), *ON_WHITE, tolerance=1)


@needs_avif
def test_alpha_channel_of_avif():
    content = encode(with_alpha(), "AVIF", quality=95, subsampling="4:4:4")
    assert_blocks(open_photo(content), *ON_WHITE, tolerance=6)


def test_gray_with_alpha():
    gray = Image.merge("LA", [Image.new("L", (4, 2), 100), Image.new("L", (4, 2), 0)])
    gray.putpixel((0, 0), (100, 255))
    gray.putpixel((1, 0), (100, 128))
    for content in (encode(gray, "PNG"), encode(gray, "TIFF"), encode(gray, "WEBP", lossless=True)):
        photo = open_photo(content)
        assert np.abs(photo[0, :3, 0].astype(int) - [100, 177, 255]).max() <= 1


def test_gray_already_multiplied_with_alpha():
    pixels = np.array([[[100, 255], [50, 128], [0, 0]]], np.uint8)
    photo = open_photo(tiff_of(pixels, photometric="minisblack", planarconfig="contig", extrasamples=["assocalpha"]))
    assert np.abs(photo[0, :, 0].astype(int) - [100, 177, 255]).max() <= 1


def test_palette_with_transparency():
    palette = Image.fromarray(blocks()).quantize(4)
    index = {tuple(color): i for i, color in enumerate(np.reshape(palette.getpalette()[:12], (4, 3)).tolist())}
    alphas = bytearray(4)
    alphas[index[RED]] = alphas[index[GREEN]] = 255
    alphas[index[GRAY]] = 128
    assert_blocks(open_photo(encode(palette, "PNG", transparency=bytes(alphas))), *ON_WHITE, tolerance=1)
    one = RED, GREEN, WHITE, GRAY
    assert_blocks(open_photo(encode(palette, "PNG", transparency=index[BLUE])), *one)
    assert_blocks(open_photo(encode(palette, "GIF", transparency=index[BLUE])), *one)


def test_palette_with_alpha_channel():
    image = with_alpha().convert("PA")
    content = encode(image, "TIFF")
    assert Image.open(io.BytesIO(content)).mode == "PA"
    assert_blocks(open_photo(content), *ON_WHITE, tolerance=1)


def test_one_transparent_color():
    assert_blocks(open_photo(encode(blocks(), "PNG", transparency=BLUE)), RED, GREEN, WHITE, GRAY)
    gray = Image.fromarray(blocks((10,) * 3, (20,) * 3, (30,) * 3, (40,) * 3)).convert("L")
    content = encode(gray, "PNG", transparency=30)
    assert_blocks(open_photo(content), (10,) * 3, (20,) * 3, WHITE, (40,) * 3)


def test_one_transparent_color_at_every_depth():
    """The color is given in the file's own bits, while the pixels come in eight."""

    def gray(depth, data, transparent):
        photo = open_photo(png(4, 1, depth, 0, b"\0" + data, png_chunk(b"tRNS", struct.pack(">H", transparent))))
        return photo[0, :, 0].tolist()

    assert gray(1, b"\x50", 0) == [255, 255, 255, 255]
    assert gray(1, b"\x50", 1) == [0, 255, 0, 255]
    assert gray(2, b"\x1b", 2) == [0, 85, 255, 255]
    assert gray(4, b"\x12\x34", 2) == [17, 255, 51, 68]
    assert gray(8, b"\x12\x34\x56\x78", 0x34) == [0x12, 255, 0x56, 0x78]
    assert gray(16, struct.pack(">4H", 0x4000, 0x4001, 0x8000, 0xC000), 0x4001) == [64, 255, 128, 191]
    color = struct.pack(">6H", 40000, 0, 0, 0, 40000, 0)
    photo = open_photo(png(2, 1, 16, 2, b"\0" + color, png_chunk(b"tRNS", struct.pack(">3H", 40000, 0, 0))))
    assert photo.tolist() == [[list(WHITE), [0, 156, 0]]]


# ---------------------------------------------------------------------------------------------------------------------
# Several frames: the first


def test_animations_and_pages_give_the_first(tmp_path):
    first = Image.fromarray(blocks())
    others = [Image.new("RGB", first.size, color) for color in ("black", "white", "yellow")]
    for format, options in {
        "GIF": {},
        "WEBP": {"lossless": True},
        "PNG": {},
        "TIFF": {},
        "MPO": {"quality": 95, "subsampling": 0},
    }.items():
        path = tmp_path / format
        path.write_bytes(encode(first, format, save_all=True, append_images=others, **options))
        with Image.open(path) as image:
            assert image.n_frames == 4
        assert_blocks(open_photo(path), tolerance=6 if format == "MPO" else 0)


@needs_avif
def test_animated_avif():
    others = [Image.new("RGB", (WIDTH, HEIGHT), color) for color in ("black", "white")]
    content = encode(blocks(), "AVIF", save_all=True, append_images=others, quality=95, subsampling="4:4:4")
    assert_blocks(open_photo(content), tolerance=6)


# ---------------------------------------------------------------------------------------------------------------------
# Color profiles

P3_TO_SRGB = np.array([[1.22494, -0.22494, 0], [-0.04206, 1.04206, 0], [-0.01964, -0.07864, 1.09828]])
ADOBE_TO_SRGB = np.array([[1.39836, -0.39836, 0], [0, 1, 0], [0, -0.04293, 1.04293]])
MUTED = (150, 110, 100), (100, 150, 110), (90, 100, 160), GRAY


def in_srgb(color, matrix, gamma):
    linear = np.clip(matrix @ (np.array(color) / 255) ** gamma, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * encoded).astype(int)


def adobe_rgb():
    """Return the real profile, which one of scikit-image's photos carries."""
    with Image.open(resources.files("skimage") / "data" / "rocket.jpg") as image:
        return image.info["icc_profile"]


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


# ---------------------------------------------------------------------------------------------------------------------
# Refusals

NOT_PHOTOS = {
    "empty.jpg": (b"", "the file is empty; get a fresh copy"),
    "notes.txt": (b"Dear diary, today I took a photo.\n" * 9, "this is not a picture; name a photo"),
    "random.bin": (random.Random(3).randbytes(3000), "this is not a picture; name a photo"),
    "paper.pdf": (b"%PDF-1.7\n" + bytes(99), "this is a PDF document, which cannot be read here; export it as JPEG"),
    "figure.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "this is a PostScript document, .*as JPEG"),
    "photos.zip": (b"PK\x03\x04" + bytes(99), "this is a ZIP archive"),
    "IMG_0001.HEIC": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(99), "this is a HEIC photo, .*export it as JPEG"),
    "IMG_0002.HEIC": (b"\0\0\0\x24ftypmif1\0\0\0\0mif1heic" + bytes(99), "this is a HEIC photo, .*export it as JPEG"),
    "video.mp4": (b"\0\0\0\x20ftypisom" + bytes(99), "this is an AVIF photo or a video"),
    "photo.cr3": (b"\0\0\0\x18ftypcrx " + bytes(99), "this is a camera's raw file, .*export it as JPEG"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is an SVG drawing"),
    "page.html": (b"\n<!DOCTYPE html><html></html>", "this is an SVG drawing or a web page"),
    "layers.psd": (b"8BPS\0\1" + bytes(99), "this is a Photoshop document"),
    "photo.jxl": (b"\xff\x0a" + bytes(99), "this is a JPEG XL photo"),
    "head.jpg": (encode(blocks(), "JPEG")[:30], "it is cut short, damaged or of a rare kind; get a fresh copy"),
    "head.png": (encode(blocks(), "PNG")[:20], "it is cut short, damaged or of a rare kind; get a fresh copy"),
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_not_a_photo_is_named(name, tmp_path):
    content, sentence = NOT_PHOTOS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PhotoError, match=f"^{name}: {sentence}"):
        open_photo(tmp_path / name)
    with pytest.raises(PhotoError, match=f"^photo: {sentence}"):
        open_photo(content)


def test_drawing_formats_that_start_programs_are_never_opened(tmp_path):
    """Pillow itself would hand an EPS file to Ghostscript."""
    content = encode(blocks(), "EPS")
    Image.open(io.BytesIO(content))
    with pytest.raises(PhotoError, match="PostScript"):
        open_photo(content)


def noise(height=64, width=96):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("kind", [*EXACT, *LOSSY])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_cut_short(kind, part):
    format, options = {**EXACT, **LOSSY}[kind]
    content = encode(noise(), format, **options)
    assert open_photo(content).shape == (64, 96, 3)
    with pytest.raises(PhotoError, match=r"^photo: it is cut short, damaged or of a rare kind; get a fresh copy"):
        open_photo(content[: int(part * len(content))])


@pytest.mark.parametrize(
    "options", [{"subfiletype": 1}, {"extratags": [(50706, "B", 4, (1, 4, 0, 0), True)]}], ids=["thumbnail", "DNG"]
)
def test_camera_raw_is_not_taken_for_its_thumbnail(options):
    with pytest.raises(PhotoError, match="this is a camera's raw file, which cannot be read here; export it as JPEG"):
        open_photo(tiff_of(blocks(), photometric="rgb", **options))


def test_missing_folder_device_and_unreadable(tmp_path, monkeypatch):
    with pytest.raises(PhotoError, match=r"^cat\.jpg: there is no such file in .*photos; check the name"):
        open_photo(tmp_path / "photos" / "cat.jpg")
    with pytest.raises(PhotoError, match=r"^cat\.jpg: there is no such file"):
        open_photo("cat.jpg")
    with pytest.raises(PhotoError, match=f"^{tmp_path.name}: this is a folder; name one picture in it"):
        open_photo(f"{tmp_path}{os.sep}")
    with pytest.raises(PhotoError, match=r"^x+: it cannot be opened \(.*\); check the path"):
        open_photo("x" * 5000)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "cat.jpg").write_bytes(encode(blocks(), "JPEG"))
    monkeypatch.setattr(Path, "open", refuse)  # Permissions would not stop root, who runs tests in containers.
    with pytest.raises(PhotoError, match=r"^cat\.jpg: reading it is not permitted; change its permissions"):
        open_photo(tmp_path / "cat.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(PhotoError, match="this is a device, not a file"):
            open_photo(path)


def test_what_is_no_path(tmp_path):
    for source, kind in ((None, "NoneType"), (3, "int"), (blocks(), "ndarray"), ([], "list")):
        with pytest.raises(PhotoError, match=f"^photo: got {kind}; pass a path, bytes, or a file opened with 'rb'"):
            open_photo(source)
    (tmp_path / "notes.txt").write_text("not a picture")
    with (tmp_path / "notes.txt").open() as file, pytest.raises(PhotoError, match="opened as text; open it with 'rb'"):
        open_photo(file)
    for source in ("a\0b", "~nobody-of-this-name/photo.jpg"):
        with pytest.raises(PhotoError, match=r"it cannot be opened \(the path is not a valid one\); check the path"):
            open_photo(source)
    for source in ("", ".", "/"):
        with pytest.raises(PhotoError, match=r"^photo: this is a folder"):
            open_photo(source)


def test_message_is_one_line_whatever_the_name(tmp_path):
    for name in ("two\nlines.jpg", "\x1b[31mred.jpg", "un\udcffdecodable.jpg"):
        with pytest.raises(PhotoError) as caught:
            open_photo(tmp_path / name / name)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError("broken data stream"),
        SyntaxError("bad"),
        struct.error("unpack"),
        OverflowError("too big"),
        RecursionError("too deep"),
        ZeroDivisionError(),
        KeyError(3),
        AssertionError(),
        EOFError(),
        Image.DecompressionBombError("bomb"),
        zlib.error("inflate"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("place", [(Image, "open"), (ImageFile.ImageFile, "load")])
def test_only_photo_error_escapes(error, place, monkeypatch):
    def fail(*_, **__):
        raise error

    content = encode(blocks(), "BMP")
    monkeypatch.setattr(*place, fail)
    with pytest.raises(PhotoError, match=r"^photo: .*; .*$") as caught:
        open_photo(content)
    memory, large = "not enough memory" in str(caught.value), "120 megapixels" in str(caught.value)
    assert memory == isinstance(error, MemoryError)
    assert large == isinstance(error, Image.DecompressionBombError)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files cannot be counted here")
def test_no_file_stays_open(tmp_path):
    contents = [content for content, _ in NOT_PHOTOS.values()]
    for format, options in [*EXACT.values(), *LOSSY.values()]:
        content = encode(noise(), format, **options)
        contents += [content, content[: len(content) // 2]]
    animation = {"save_all": True, "append_images": [Image.new("RGB", (WIDTH, HEIGHT))] * 3}
    contents += [encode(blocks(), format, **animation) for format in ("GIF", "PNG", "WEBP", "TIFF", "MPO")]
    caught = []  # An exception that is kept, as notebooks keep the last one, must not keep the file.
    before = sorted(os.listdir("/proc/self/fd"))
    for number, content in enumerate(contents):
        path = tmp_path / str(number)
        path.write_bytes(content)
        try:
            open_photo(path)
        except PhotoError as error:
            caught.append(error)
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert len(NOT_PHOTOS) < len(caught) < len(contents)


# ---------------------------------------------------------------------------------------------------------------------
# Large pictures and bombs


def blank(width, height):
    """Return a one-bit PNG of any size: a few bytes."""
    return png(width, height, 1, 0, bytes((1 + (width + 7) // 8) * height), level=1)


def test_large_photo_opens_without_a_warning(capfd):
    limit = Image.MAX_IMAGE_PIXELS
    width, height = 9500, 9500
    assert limit < width * height < pictures.MAX_PIXELS
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        photo = open_photo(blank(width, height))
    assert photo.shape == (height, width, 3)
    assert photo[0].max() == photo[-1].max() == 0
    assert not caught
    assert Image.MAX_IMAGE_PIXELS == limit
    assert capfd.readouterr() == ("", "")


def test_odd_metadata_reach_nobody(capfd):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        open_photo(encode(blocks(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x09\0" + b"\x12\x01\x03\0" * 5))
        with pytest.raises(PhotoError):  # Pillow logs this one as an error.
            open_photo(tiff({256: (3, 1, 9), 257: (3, 1, 9), 277: (4, 1, 70000), 273: (4, 1, 8)}))
    assert not caught
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("limit", [None, 1000, 10**12])
def test_the_callers_own_limit_of_pillow_is_left_alone(limit, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
    with pytest.raises(PhotoError, match="it has more than 120 megapixels; scale it down first"):
        open_photo(png(11000, 11000, 8, 2, b""))
    assert Image.MAX_IMAGE_PIXELS == limit


def test_more_than_the_limit_is_refused_from_the_header():
    wide = struct.pack("<HH", 65000, 2000)
    gif = encode(blocks(), "GIF")
    start = time.perf_counter()
    for content in (
        png(12001, 10000, 8, 6, b""),
        gif[:6] + wide + gif[10:],
        b"P6 12001 10000 255\n",
        tiff({256: (4, 1, 12001), 257: (4, 1, 10000), 258: (3, 1, 8), 262: (3, 1, 1), 273: (4, 1, 8), 279: (4, 1, 9)}),
        struct.pack("<2sI4xIIiiHH24x", b"BM", 54, 54, 40, 12001, 10000, 1, 24),
    ):
        with pytest.raises(PhotoError, match=r"^photo: it has more than 120 megapixels; scale it down first$"):
            open_photo(content)
    assert time.perf_counter() - start < 2


def bombs():
    """Return files that are small and ask for much: {name: (content, whether it may open)}."""
    mega = 1 << 20
    text = zlib.compress(bytes(300 * mega), 9)
    long_text = png_chunk(b"zTXt", b"Comment\0\0" + text)
    many_texts = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(mega - 1), 9)) * 200
    profile = png_chunk(b"iCCP", b"icc\0\0" + text)
    row = b"\0" + bytes(3)
    one_frame = encode(Image.new("P", (300, 300)), "GIF")
    frame = one_frame[one_frame.index(b",", 13) : -1]  # From the image separator to before the trailer.
    strips = {256: (4, 1, 100), 257: (4, 1, 100), 258: (3, 1, 8), 262: (3, 1, 1), 277: (3, 1, 1), 278: (4, 1, 1)}
    many = 200_000
    thin = {**strips, 256: (4, 1, 1), 257: (4, 1, many), 273: (4, many, 8), 279: (4, many, 8 + 4 * many)}
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "blue")] * 1000
    return {
        "png header": (png(2**31 - 1, 2**31 - 1, 8, 6, b""), False),
        "png pixels": (png(1, 1, 8, 2, row + bytes(300 * mega)), True),
        "png text": (png(1, 1, 8, 2, row, long_text), False),
        "png texts": (png(1, 1, 8, 2, row, many_texts), False),
        "png text at the end": (png(1, 1, 8, 2, row)[:-12] + long_text + png_chunk(b"IEND", b""), False),
        "png profile": (png(1, 1, 8, 2, row, profile), False),
        "png chunks": (png(1, 1, 8, 2, row, png_chunk(b"abCd", b"") * 200_000), True),
        "png frames": (encode(frames[0], "PNG", save_all=True, append_images=frames[1:]), True),
        "gif canvas": (one_frame[:6] + b"\xff" * 4 + one_frame[10:], False),
        "gif frame beyond the canvas": (one_frame.replace(frame[:9], frame[:5] + b"\xff" * 4), False),
        "gif frames": (one_frame[:-1] + frame * 20_000 + b";", True),
        "webp frames": (encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True), True),
        "webp canvas": (b"RIFF\x30\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + b"\xff\x3f\0" * 2 + bytes(30), False),
        "tiff size": (tiff({**strips, 256: (4, 1, 2**31), 257: (4, 1, 2**31), 273: (4, 1, 8), 279: (4, 1, 9)}), False),
        "tiff strip count": (tiff({**strips, 273: (4, 2**32 - 1, 8), 279: (4, 2**32 - 1, 8)}), False),
        "tiff strips": (tiff(thin, struct.pack("<I", 8) * many + struct.pack("<I", 1) * many), True),
        "tiff channels": (tiff({**strips, 277: (4, 1, 2**32 - 1), 273: (4, 1, 8), 279: (4, 1, 9)}), False),
        "tiff pages in a circle": (tiff({**strips, 273: (4, 1, 8), 279: (4, 1, 10_000)}, bytes(10_000)), True),
        "bmp size": (struct.pack("<2sI4xIIiiHH24x", b"BM", 54, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24), False),
        "bmp cut short": (struct.pack("<2sI4xIIiiHH24x", b"BM", 54, 54, 40, 5000, 5000, 1, 24), False),
        "ppm header": (b"P6 9999999999 9999999999 255\n", False),
        "ppm comment": (b"P6 #" + bytes(2 * mega), False),
        "jpeg size": (encode(blocks(), "JPEG").replace(struct.pack(">HH", HEIGHT, WIDTH), b"\xff" * 4), False),
        "jpeg comments": (b"\xff\xd8" + (b"\xff\xfe\0\x02" * 300_000) + encode(blocks(), "JPEG")[2:], True),
        "jp2 size": (
            encode(blocks(), "JPEG2000").replace(struct.pack(">II", WIDTH, HEIGHT), b"\x7f" + b"\xff" * 7),
            False,
        ),
    }


OPEN_UNDER_LIMITS = """
    import json, resource, sys, time
    from pathlib import Path
    from colorkit.photos import bundled
    from colorkit.pictures import PhotoError, open_photo

    bundled("coffee")  # Loads what is loaded once.
    megabytes = 1 << 20
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + 200 * megabytes,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    report = {}
    for path in sorted(Path(sys.argv[1]).iterdir()):
        start = time.perf_counter()
        try:
            outcome = str(open_photo(path).shape)
        except PhotoError as error:
            outcome = str(error)
        report[path.name] = [outcome, time.perf_counter() - start]
    print(json.dumps(report))
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory cannot be limited here")
def test_bombs_end_quickly_in_little_memory(tmp_path):
    files = bombs()
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OPEN_UNDER_LIMITS), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    report = json.loads(result.stdout)
    assert set(report) == set(files)
    for name, (outcome, seconds) in report.items():
        assert outcome.startswith("(" if files[name][1] else f"{name}: "), (name, outcome)
        assert "not enough memory" not in outcome, name
        assert seconds < 10, (name, seconds)


# ---------------------------------------------------------------------------------------------------------------------
# Broken in every way


def originals():
    """Return small files of every format and kind: {name: content}."""
    image = Image.fromarray(np.concatenate([blocks(*MUTED), noise(HEIGHT, WIDTH)]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif.get_ifd(0x8769)[0x9003] = 6, "A camera", "2001:01:01 00:00:00"
    alpha = image.copy()
    alpha.putalpha(image.convert("L"))
    wide = np.asarray(image.convert("L")).astype(np.uint16) * 257

    def frames():
        return {"save_all": True, "append_images": [image.rotate(180), image.rotate(90)]}

    lossless = {"lossless": True}
    jpeg = {"quality": 90, "exif": exif, "icc_profile": DISPLAY_P3}
    files = {kind: encode(image, format, **options) for kind, (format, options) in {**EXACT, **LOSSY}.items()}
    files |= {
        "exif.jpg": encode(image, "JPEG", **jpeg),
        "cmyk.jpg": encode(image.convert("CMYK"), "JPEG", icc_profile=odd_cmyk_profile()),
        "gray.jpg": encode(image.convert("L"), "JPEG"),
        "mpo.jpg": encode(image, "MPO", **frames()),
        "exif.png": encode(image, "PNG", exif=exif, icc_profile=DISPLAY_P3),
        "alpha.png": encode(alpha, "PNG"),
        "gray and alpha.png": encode(alpha.convert("LA"), "PNG", icc_profile=LINEAR_GRAY),
        "palette.png": encode(image.quantize(200), "PNG", transparency=bytes(range(200))),
        "16 bit.png": encode(Image.fromarray(wide), "PNG"),
        "1 bit.png": encode(image.convert("1"), "PNG"),
        "frames.png": encode(image, "PNG", **frames()),
        "text.png": encode(image, "PNG", pnginfo=png_text()),
        "frames.gif": encode(image, "GIF", **frames()),
        "alpha.webp": encode(alpha, "WEBP", exif=exif, icc_profile=DISPLAY_P3, **lossless),
        "frames.webp": encode(image, "WEBP", **frames()),
        "alpha.jp2": encode(alpha, "JPEG2000"),
        "codestream.j2k": encode(image, "JPEG2000", no_jp2=True, irreversible=True),
        "16 bit.tiff": tiff_of(wide),
        "float.tiff": tiff_of(wide.astype(np.float32) / 65535),
        "integer.tiff": tiff_of(wide.astype(np.int32)),
        "tiles.tiff": tiff_of(image, photometric="rgb", tile=(16, 16)),
        "planes.tiff": tiff_of(np.moveaxis(np.asarray(image), -1, 0), photometric="rgb", planarconfig="separate"),
        "big.tiff": tiff_of(image, photometric="rgb", bigtiff=True),
        "pages.tiff": encode(image, "TIFF", exif=exif, **frames()),
        "fax.tiff": encode(image.convert("1"), "TIFF", compression="group4"),
        "cmyk.tiff": encode(image.convert("CMYK"), "TIFF", icc_profile=odd_cmyk_profile()),
        "lab.tiff": encode(image.convert("LAB"), "TIFF"),
        "palette.bmp": encode(image.quantize(16), "BMP"),
        "alpha.bmp": encode(alpha, "BMP"),
        "plain.ppm": b"P3 3 2 255 # a comment\n" + b"255 0 0  0 255 0  0 0 255\n" * 2,
        "16 bit.pgm": b"P5 48 32 65535\n" + wide[:HEIGHT].astype(">u2").tobytes(),
        "float.pfm": b"Pf 48 32 -1.0\n" + (wide[:HEIGHT] / 65535).astype("<f4").tobytes(),
    }
    if features.check("avif"):
        files["exif.avif"] = encode(alpha, "AVIF", exif=exif, icc_profile=DISPLAY_P3, speed=10)
    return files


def png_text():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a comment " * 50, zip=True)
    info.add_itxt("Title", "a title", zip=True)
    return info


def mutate(content, chance):
    """Return the content with one kind of damage, drawn by chance."""
    content = bytearray(content)
    start = chance.randrange(len(content))
    length = chance.choice([1, 2, 4, 16, 200])
    match chance.choice(["flip", "flip", "cut", "zero", "insert", "remove", "header", "header", "header", "splice"]):
        case "flip":
            for _ in range(chance.choice([1, 3, 30])):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        case "cut":
            del content[start:]
        case "zero":
            content[start : start + length] = bytes(length)
        case "insert":
            content[start:start] = chance.randbytes(length)
        case "remove":
            del content[start : start + length]
        case "header":
            place = chance.randrange(2, min(120, len(content)))
            content[place : place + 4] = chance.choice([bytes(4), b"\xff" * 4, b"\x7f\xff", b"\0\1", b"\1", b"\x40"])
        case "splice":
            content[start : start + length] = content[-length:]
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) > 33:
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))  # Else no damaged header would be believed.
    return bytes(content)


def test_damaged_files_open_or_are_refused_and_nothing_else(capfd):
    chance = random.Random(2)
    outcomes = Counter()
    slowest = 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name, original in originals().items():
            assert open_photo(original).dtype == np.uint8, name
            for _ in range(12):
                content = mutate(original, chance)
                start = time.perf_counter()
                try:
                    photo = open_photo(content)
                except PhotoError as error:
                    assert str(error).isprintable() and str(error).startswith("photo: ") and "; " in str(error)
                    outcomes["refused"] += 1
                else:
                    assert photo.dtype == np.uint8 and photo.ndim == 3 and photo.shape[2] == 3 and photo.size
                    outcomes["opened"] += 1
                slowest = max(slowest, time.perf_counter() - start)
    assert not caught
    assert capfd.readouterr().out == ""  # What libtiff, inside Pillow, writes to stderr cannot be stopped from Python.
    assert slowest < 10
    assert sum(outcomes.values()) >= 500
    assert min(outcomes["opened"], outcomes["refused"]) >= 100, outcomes


# ---------------------------------------------------------------------------------------------------------------------
# Many pictures


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
    with pytest.raises(ValueError, match="2 pictures, 3 labels"):
        Pictures("wrong", rgb=rgb, labels=[0, 1, 1])
