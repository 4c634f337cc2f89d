"""Picture files of every format and kind for tests, also of those that Pillow reads but does not write."""

import importlib.util
import io
import random
import struct
import zlib
from importlib import resources

import numpy as np
import pytest
import tifffile
from PIL import Image, features

needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
needs_heic = pytest.mark.skipif(importlib.util.find_spec("pillow_heif") is None, reason="pillow-heif is not installed")

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


def adobe_rgb():
    """Return the real profile, which one of scikit-image's photos carries."""
    with Image.open(resources.files("skimage") / "data" / "rocket.jpg") as image:
        return image.info["icc_profile"]


def noise(height=64, width=96):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


MUTED = (150, 110, 100), (100, 150, 110), (90, 100, 160), GRAY


NOT_PHOTOS = {
    "empty.jpg": (b"", "the file is empty; get a fresh copy"),
    "notes.txt": (b"Dear diary, today I took a photo.\n" * 9, "this is not a picture; name a photo"),
    "random.bin": (random.Random(3).randbytes(3000), "this is not a picture; name a photo"),
    "paper.pdf": (b"%PDF-1.7\n" + bytes(99), "this is a PDF document, which cannot be read here; export it as JPEG"),
    "figure.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "this is a PostScript document, .*as JPEG"),
    "photos.zip": (b"PK\x03\x04" + bytes(99), "this is a ZIP archive"),
    "IMG_0001.HEIC": (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(99), "this is a HEIC photo, .*export it as JPEG"),
    "IMG_0002.HEIC": (b"\0\0\0\x24ftypmif1\0\0\0\0mif1heic" + bytes(99), "this is a HEIC photo, .*export it as JPEG"),
    "video.mp4": (b"\0\0\0\x20ftypisom" + bytes(99), "this is a video, or a photo of a rare kind"),
    "photo.cr3": (b"\0\0\0\x18ftypcrx " + bytes(99), "this is a camera's raw file, .*export it as JPEG"),
    "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "this is an SVG drawing"),
    "page.html": (b"\n<!DOCTYPE html><html></html>", "this is an SVG drawing or a web page"),
    "layers.psd": (b"8BPS\0\1" + bytes(99), "this is a Photoshop document"),
    "photo.jxl": (b"\xff\x0a" + bytes(99), "this is a JPEG XL photo"),
    "head.jpg": (encode(blocks(), "JPEG")[:30], "it is cut short, damaged or of a rare kind; get a fresh copy"),
    "head.png": (encode(blocks(), "PNG")[:20], "it is cut short, damaged or of a rare kind; get a fresh copy"),
}
