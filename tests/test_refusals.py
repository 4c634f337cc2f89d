"""What is no picture, or a damaged or hostile one: one sentence, quickly, in little memory."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from picture_files import (
    EXACT,
    HEIGHT,
    LOSSY,
    NOT_PHOTOS,
    WIDTH,
    blocks,
    encode,
    noise,
    tiff_of,
)
from PIL import Image, ImageFile

from colorkit.pictures import PhotoError, open_photo


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
    with pytest.raises(PhotoError, match=r"^x{60}\.\.\.: it cannot be opened \(.*\); check the path"):
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
    with pytest.raises(PhotoError, match=r"it cannot be opened \(the path is not a valid one\); check the path"):
        open_photo("a\0b")
    with pytest.raises(PhotoError, match=r"there is no such file in .*~nobody-of-this-name; check the name"):
        open_photo("~nobody-of-this-name/photo.jpg")
    for source in ("", ".", "/"):
        with pytest.raises(PhotoError, match=r"^photo: this is a folder"):
            open_photo(source)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/cat.jpg",
        "HTTP://example.com/cat.jpg",
        Path("https://example.com/cat.jpg"),
        "s3://bucket/cat.jpg",
        "file:///home/ada/cat.jpg",
        "data:image/png;base64," + "iVBORw0KGgo" * 500,
    ],
    ids=lambda address: str(address)[:12],
)
def test_address_is_not_taken_for_a_file(address):
    with pytest.raises(PhotoError, match=r"^.{1,260}: this is an address; download it and name the file$"):
        open_photo(address)


def test_file_that_is_called_like_an_address_opens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("https:/example.com/cat.png")
    path.parent.mkdir(parents=True)
    path.write_bytes(encode(blocks(), "PNG"))
    assert np.array_equal(open_photo(path), blocks())


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
