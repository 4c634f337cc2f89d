"""Opening pictures: every format and kind of pixels, upright, on white, the first frame."""

import contextlib
import io
import json
import random
import struct
import subprocess
import sys

import numpy as np
import PIL
import pytest
from picture_files import (
    BLUE,
    EXACT,
    GRAY,
    GREEN,
    HEIGHT,
    LOSSY,
    RED,
    WHITE,
    WIDTH,
    assert_blocks,
    blocks,
    encode,
    needs_avif,
    needs_heic,
    png,
    png_chunk,
    tiff,
    tiff_of,
)
from PIL import Image

from colorkit.pictures import PhotoError, open_photo


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


@pytest.fixture
def heic():
    """Return a function that encodes a picture as HEIC, with nothing lost."""
    pillow_heif = pytest.importorskip("pillow_heif")

    def encode_(image, **options):
        image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
        file = io.BytesIO()
        pillow_heif.from_pillow(image).save(file, quality=-1, chroma=444, **options)
        return file.getvalue()

    return encode_


OPENS_HEIC_FIRST = """
import json, sys
from colorkit.pictures import open_photo
print(json.dumps([open_photo(sys.argv[1])[y, x].tolist() for y in (8, 24) for x in (12, 36)]))
"""


@needs_heic
def test_heic_opens_in_a_new_process(tmp_path, heic):
    (tmp_path / "IMG_1.HEIC").write_bytes(heic(blocks()))
    code = [sys.executable, "-c", OPENS_HEIC_FIRST, str(tmp_path / "IMG_1.HEIC")]
    colors = json.loads(subprocess.run(code, capture_output=True, check=True, text=True).stdout)
    assert np.abs(np.array(colors) - [RED, GREEN, BLUE, GRAY]).max() <= 6


@needs_heic
def test_heic_with_alpha(heic):
    assert_blocks(open_photo(heic(with_alpha())), *ON_WHITE, tolerance=6)


@needs_heic
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_heic(heic, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(STORED[orientation](blocks()))
    assert_blocks(open_photo(heic(stored, exif=exif.tobytes())), tolerance=6)


def test_heic_without_pillow_heif_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(99))
    with pytest.raises(PhotoError) as caught:
        open_photo(tmp_path / "IMG_1.HEIC")
    assert str(caught.value) == (
        "IMG_1.HEIC: this is a HEIC photo, which needs pillow-heif; `pip install pillow-heif`, or export it as JPEG"
    )


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


@contextlib.contextmanager
def refused_by_older_pillows():
    """Pillow 11 and 12 know fewer kinds of TIFF; then there is no picture rather than a wrong one."""
    try:
        yield
    except PhotoError:
        assert int(PIL.__version__.split(".")[0]) < 13


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
    with refused_by_older_pillows():
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
    content = tiff_of(pixels, photometric="minisblack", planarconfig="contig", extrasamples=["assocalpha"])
    with refused_by_older_pillows():
        assert np.abs(open_photo(content)[0, :, 0].astype(int) - [100, 177, 255]).max() <= 1


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
    image = Image.fromarray(blocks()).quantize(4)
    image.putalpha(with_alpha().getchannel("A"))
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
