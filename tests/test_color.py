"""The command `colorkit color`: what it makes, what it leaves alone, and what it says."""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from unittest import mock

import keras
import numpy as np
import pytest
from keras import layers
from picture_files import encode, needs_heic, png
from PIL import Image
from test_colorizing import constant

from colorkit import batch, lab, pictures
from colorkit.colorizing import work
from colorkit.commands import main
from colorkit.models import checkpoints

RANDOM = np.random.default_rng(0)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Be in an empty folder; every network paints a and b of 20."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "load", lambda name, hints, temperature: PAINTER)
    work._loaded.cache_clear()
    yield tmp_path
    work._loaded.cache_clear()


PAINTER = constant(20.0)


def gray(height=30, width=40):
    return np.add.outer(np.linspace(40, 150, height), np.linspace(0, 60, width)).astype(np.uint8)


def photo(path, picture=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(gray() if picture is None else picture).save(path, **options)
    return path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def run(capsys, *arguments):
    """Run the command; return its status and the lines of both outputs."""
    try:
        status = main(["color", *map(str, arguments)])
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err.splitlines()


@contextlib.contextmanager
def interrupted(monkeypatch, module, function, call):
    """Have Ctrl-C pressed at one of the calls of a function of a module."""
    real, count = getattr(module, function), []

    def stop(*arguments):
        count.append(1)
        if len(count) == call:
            raise KeyboardInterrupt
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, function, stop)
        yield


def interrupt_in_a_shell(command, here, sign):
    """Press Ctrl-C as a terminal does, as soon as there is such a file; return the status and what stood on stderr."""
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, cwd=here, start_new_session=True) as process:
        until = time.monotonic() + 240
        while not list(here.glob(sign)) and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, wrong = process.communicate(timeout=120)
    return process.returncode, wrong


def test_a_photo_becomes_a_colored_one_of_its_size_and_lightness(here, capsys):
    photo(here / "old.png")
    status, said, wrong = run(capsys, "old.png")
    assert (status, said[0], wrong) == (0, "old_color.png", [])
    assert "guess of the network 11_flagship_gpu" in said[1]
    before, after = (lab.rgb_to_lab(pictures.open_photo(here / name)) for name in ("old.png", "old_color.png"))
    assert before.shape == after.shape
    assert np.abs(before[..., 0] - after[..., 0]).max() < 0.5 and np.median(after[..., 1:]) == pytest.approx(20, abs=1)


def test_what_is_there_is_kept_unless_it_shall_not(here, capsys):
    photo(here / "old.jpg")
    run(capsys, "old.jpg")
    (here / "old_color.jpg").write_bytes(b"mine")
    assert run(capsys, "old.jpg")[:2] == (0, ["old_color.jpg is there already; --overwrite makes it again"])
    assert (here / "old_color.jpg").read_bytes() == b"mine"
    assert run(capsys, "old.jpg", "--overwrite")[0] == 0
    assert (here / "old_color.jpg").read_bytes() != b"mine"


def test_a_folder_is_colored_but_for_what_is_hidden_or_was_made_before(here, capsys):
    album = here / "album"
    for name in ("a.jpg", "1923/b.tif", "1923/.c.jpg", ".trash/d.jpg", "a_color_of_my_own.png"):
        photo(album / name)
    (album / "notes.txt").write_text("hello")
    (album / "up").symlink_to(here)
    expected = ["1923/b_color.tif", "a_color.jpg", "a_color_of_my_own_color.png"]
    for to, folder in (([], album), (["--to", album / "new"], album / "new"), (["--to", "else"], here / "else")):
        status, said, wrong = run(capsys, "album", *to, "--jobs", "1")
        assert (status, wrong) == (0, [])
        assert set(expected) <= set(names(folder)) and "1 other file left alone" in said
        assert run(capsys, "album", *to)[1][0] == "3 were there already; --overwrite makes them again"
    assert not [name for name in names(here) if "color_color" in name or ".c_color" in name or "d_color" in name]


def test_files_whose_endings_differ_only_do_not_meet(here, capsys):
    for name in ("a.jpg", "a.png", "a.bmp", "b.bmp", "x/c.jpg", "y/c.jpg"):
        photo(here / name)
    status, _, wrong = run(capsys, "a.jpg", "a.png", "a.bmp", "b.bmp", "x/c.jpg", "y/c.jpg", "--to", "new", "--jobs", 1)
    assert status == 1 and len(wrong) == 1 and wrong[0].startswith("y/c.jpg: x/c.jpg becomes new/c_jpg_color.jpg")
    made = ["a_bmp_color.png", "a_color.jpg", "a_png_color.png", "b_color.png", "c_jpg_color.jpg"]
    assert names(here / "new") == made


def test_photos_with_colors_are_left_alone_and_toned_ones_are_not(here, capsys):
    photo(here / "color.png", RANDOM.integers(0, 255, (4, 4, 3), np.uint8).repeat(20, 0).repeat(20, 1))
    photo(here / "sepia.png", (gray()[..., None] * [1, 0.85, 0.65]).astype(np.uint8))
    status, said, _ = run(capsys, "color.png", "sepia.png", "--jobs", 1)
    assert status == 0 and "color.png has colors already and is left alone; --gray colors as if gray" in said
    assert names(here) == ["color.png", "sepia.png", "sepia_color.png"]
    assert run(capsys, "color.png", "--gray", "--compare")[:2] == (0, ["color_compare.png"])
    pair = pictures.open_photo(here / "color_compare.png")
    assert pair.shape == (80, 160, 3) and (pair[:, :80] == pictures.open_photo(here / "color.png")).all()
    assert np.median(lab.rgb_to_lab(pair[:, 80:])[..., 1]) > 5


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.jpg", b"", "the file is empty; get a fresh copy"),
        ("photo.jpg", b"\0\0\0\x20ftypisom" + bytes(99), "it is a film, and named as a photo; rename it"),
        ("scan.png", png(20_000, 15_000, 8, 0, b"\0" * 9), "it has more than 120 megapixels; scale it down first"),
    ],
)
def test_what_is_no_photo_is_said_and_stops_no_other(here, capsys, name, content, words):
    (here / name).write_bytes(content)
    photo(here / "old.jpg")
    status, _, wrong = run(capsys, name, "old.jpg", "--jobs", 1)
    assert status == 1 and len(wrong) == 1 and wrong[0].startswith(f"{name}: ") and words in wrong[0]
    assert (here / "old_color.jpg").is_file()


@pytest.mark.parametrize(
    ("arguments", "expected", "words"),
    [
        (["granmother.jpg"], 1, "granmother.jpg: there is no such file; is it grandmother.jpg?"),
        (["nowhere/a.jpg"], 1, "nowhere/a.jpg: there is no such folder; check the path"),
        (["empty"], 1, "empty: there are no photos or films in this folder; name another one"),
        (["https://example.org/a.jpg"], 1, "https://example.org/a.jpg: this is an address; download it and name the"),
        (
            ["grandmother.jpg", "other.jpg", "--to", "one.png"],
            1,
            "one.png: one file cannot take several",
        ),
        (
            ["grandmother.jpg", "--to", "one.gif"],
            1,
            "one.gif: a photo is not written as such a file",
        ),
        (
            ["grandmother.jpg", "--to", "grandmother.jpg", "--overwrite"],
            1,
            "this is the original itself",
        ),
        (["grandmother.jpg", "--to", "other.jpg/x"], 1, "cannot be written in other.jpg/x"),
        (["grandmother.jpg", "--model", "11_flagshp_gpu"], 1, "no network '11_flagshp_gpu'; is it 11_flagship_gpu?"),
        (["grandmother.jpg", "--model", "my.keras"], 1, "my.keras: there is no such network; check the name"),
        (["grandmother.jpg", "--cluster", "10.0.0.5"], 1, "no Dask scheduler answers at '10.0.0.5'"),
        (["grandmother.jpg", "--hint", "1,2,#00ff00"], 1, "this model takes no color hints"),
        (["grandmother.jpg", "--hint", "1,2,green"], 2, "a hint is X,Y,#RRGGBB, for example 120,80,#3060C0"),
        (["grandmother.jpg", "other.jpg", "--hint", "1,2,#00ff00"], 2, "hints are for one photo: name one"),
        (["grandmother.jpg", "--jobs", "0"], 2, "it is a whole number, at least 1, got '0'"),
        (["grandmother.jpg", "--size", "4000"], 2, "it is a whole number from 32 to 1024, got '4000'"),
        (["grandmother.jpg", "--temperature", "nan"], 2, "it is a number above 0, at most 10, got 'nan'"),
        ([], 2, "the following arguments are required: PHOTO"),
    ],
)
def test_each_refusal_is_one_sentence(here, capsys, arguments, expected, words):
    photo(here / "grandmother.jpg")
    photo(here / "other.jpg")
    (here / "empty").mkdir()
    with mock.patch.object(batch, "_PATIENCE", 1):
        status, said, wrong = run(capsys, *arguments)
    assert (status, said) == (expected, []) and len(wrong) == 1 and words in wrong[0]
    assert names(here) == ["grandmother.jpg", "other.jpg"]


def test_one_photo_can_go_to_a_file(here, capsys):
    photo(here / "old.jpg")
    status, said, _ = run(capsys, "old.jpg", "--to", "new/grandmother.png")
    assert (status, said[0]) == (0, "new/grandmother.png")
    with Image.open(here / "new" / "grandmother.png") as made:
        assert made.format == "PNG"


def test_a_drive_that_cannot_be_written_or_is_full(here, capsys, monkeypatch):
    photo(here / "old.jpg")

    def refuse(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr("colorkit.commands.color.tempfile", mock.Mock(TemporaryFile=refuse))
        status, _, (wrong,) = run(capsys, "old.jpg")
    assert status == 1 and "cannot be written in . (Read-only file system)" in wrong
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    real = type(here).open

    def full(path, *arguments, **named):
        return real(type(here)("/dev/full") if path.suffix == ".part" else path, *arguments, **named)

    monkeypatch.setattr(type(here), "open", full)
    status, _, (wrong,) = run(capsys, "old.jpg")
    assert status == 1 and "old_color.jpg cannot be written" in wrong and "No space left on device" in wrong
    assert names(here) == ["old.jpg"]


def test_odd_pictures(here, capsys):
    photo(here / "one.png", np.full((1, 1), 90, np.uint8))
    photo(here / "thin.png", np.full((1, 900), 90, np.uint8))
    photo(here / "deep.png", gray().astype(np.uint16) * 257)
    Image.fromarray(gray()).convert("CMYK").save(here / "press.jpg")
    glass = Image.fromarray(gray()).convert("RGBA")
    glass.putalpha(90)
    glass.save(here / "glass.png")
    frames = [Image.fromarray(gray()), Image.fromarray(gray().T).resize((40, 30))]
    frames[0].save(here / "moving.gif", save_all=True, append_images=frames[1:])
    status, said, wrong = run(capsys, *sorted(here.iterdir()), "--jobs", 1)
    assert (status, wrong) == (0, [])
    assert any(line.endswith("moving_color.png: of its 2 pictures, the first was taken") for line in said)
    for source in ("one.png", "thin.png", "deep.png", "press.jpg", "glass.png"):
        stem, _, ending = source.partition(".")
        made = pictures.open_photo(here / f"{stem}_color.{ending}")
        assert made.shape == pictures.open_photo(here / source).shape


@needs_heic
def test_heic_photos_become_jpegs(here, capsys):
    from pillow_heif import register_heif_opener

    register_heif_opener()
    (here / "phone.heic").write_bytes(encode(np.repeat(gray(64, 64)[..., None], 3, axis=2), "HEIF"))
    assert run(capsys, "phone.heic")[:2][0] == 0
    with Image.open(here / "phone_color.jpg") as made:
        assert made.format == "JPEG" and made.size == (64, 64)


def test_hints_reach_the_network(here, capsys, monkeypatch):
    """The hinted colorizer here paints what it is told."""
    L, told = keras.Input((None, None, 1)), keras.Input((None, None, 3))
    take = layers.Conv2D(2, 1, kernel_initializer=lambda shape, dtype: np.eye(3, 2)[None, None].astype(dtype))
    blank = layers.Conv2D(2, 1, kernel_initializer="zeros")(L)
    monkeypatch.setattr(checkpoints, "load", lambda *_: keras.Model([L, told], layers.Add()([take(told), blank])))
    photo(here / "old.png", np.full((100, 200), 128, np.uint8))
    assert run(capsys, "old.png", "--size", 200, "--hint", "150,20,#a05050", "--hint", "30,70,#5050a0")[0] == 0
    ab = lab.rgb_to_lab(pictures.open_photo(here / "old_color.png"))[..., 1:]
    expected = lab.rgb_to_lab(np.array([[160, 80, 80], [80, 80, 160]], np.uint8))[:, 1:]
    np.testing.assert_allclose([ab[20, 150], ab[70, 30], ab[50, 100]], [*expected, [0, 0]], atol=1)
    for wrong in (["500,5,#ff0000"], ["5,5,#ff0000", "--hint", "6,6,#0000ff"]):
        status, _, (said,) = run(capsys, "old.png", "--overwrite", "--hint", *wrong)
        assert status == 1 and ("outside of the photo" in said or "name different colors" in said)
    photo(here / "white.png", np.full((100, 200), 250, np.uint8))
    status, said, _ = run(capsys, "white.png", "--hint", "5,5,#0000ff")
    assert status == 0 and "too light at the hint 5,5,#0000ff: its color will be paler" in said[-1]


def test_a_network_that_is_none_is_said_once(here, capsys, monkeypatch):
    monkeypatch.setattr(checkpoints, "load", lambda *_: constant(1.0, channels=3))
    for name in "abc":
        photo(here / f"{name}.jpg")
    status, _, wrong = run(capsys, ".", "--jobs", 1)
    assert status == 1 and len(wrong) == 1 and wrong[0].startswith("a colorizer gives ab")


def test_it_can_be_stopped_and_goes_on(here, capsys, monkeypatch):
    for name in "abcd":
        photo(here / f"{name}.jpg")
    with interrupted(monkeypatch, work, "colorize", 3):
        status, _, wrong = run(capsys, ".", "--jobs", 1)
    assert status == 1 and wrong == ["stopped: 2 photos colored; the same command goes on"]
    assert names(here) == ["a.jpg", "a_color.jpg", "b.jpg", "b_color.jpg", "c.jpg", "d.jpg"]
    status, said, _ = run(capsys, ".", "--jobs", 1)
    assert status == 0 and len(names(here)) == 8
    assert "2 photos are colored now, in ." in said and "2 were there already; --overwrite makes them again" in said


def test_several_processes_color_a_folder_and_ctrl_c_ends_them(here):
    """In a shell: with a published network, since it is other processes that load it."""
    for number in range(12):
        photo(here / f"{number:02}.jpg")
    options = ["--jobs", "2", "--model", "02_one_photo_gpu", "--size", "64"]
    command = [sys.executable, "-m", "colorkit", "color", ".", *options]
    status, wrong = interrupt_in_a_shell(command, here, "*_color.jpg")
    if status:  # It may have been done by then.
        assert status == 1 and wrong.splitlines()[-1].endswith("the same command goes on")
        assert "Traceback" not in wrong
    assert not list(here.glob("*.part"))
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=here)
    assert done.returncode == 0 and done.stderr == "" and len(list(here.glob("*_color.jpg"))) == 12
