"""Large pictures and bombs, and files that are damaged in every way."""

import contextlib
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

import numpy as np
import pytest
from picture_files import (
    DISPLAY_P3,
    EXACT,
    HEIGHT,
    LINEAR_GRAY,
    LOSSY,
    MUTED,
    WIDTH,
    blocks,
    encode,
    noise,
    odd_cmyk_profile,
    png,
    png_chunk,
    tiff,
    tiff_of,
)
from PIL import Image, PngImagePlugin, features

from colorkit import pictures
from colorkit.pictures import PhotoError, open_photo


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
    with contextlib.suppress(ImportError):
        import pillow_heif

        file = io.BytesIO()
        pillow_heif.from_pillow(image).save(file, quality=80, exif=exif.tobytes())
        files["exif.heic"] = file.getvalue()
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
