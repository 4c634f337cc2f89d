"""Films: what `colorkit color` makes of them, and what it says of those that it cannot color."""

import builtins
import contextlib
import errno
import json
import os
import subprocess
import sys

import av
import film_files
import numpy as np
import pytest
from PIL import Image
from test_color import PAINTER, interrupt_in_a_shell, interrupted, names, photo, run
from test_colorizing import constant

from colorkit import lab
from colorkit.colorizing import moving, saving, work
from colorkit.film import naming
from colorkit.film.reading import Film, FilmError
from colorkit.models import checkpoints


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Be in an empty folder; every network paints a and b of 20."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "load", lambda name, hints, temperature: PAINTER)
    work._loaded.cache_clear()
    yield tmp_path
    work._loaded.cache_clear()


def colored(capsys, source, *options, made=None):
    """Color a film; return what is made of it and the lines that were said."""
    status, said, wrong = run(capsys, source.name, *options)
    assert (status, wrong) == (0, []), wrong
    return source.with_name(made or f"{source.stem}_color{source.suffix}"), said


def lightness(frames):
    return lab.rgb_to_lab(np.stack(frames))[..., 0]


def test_a_film_keeps_its_size_times_sound_and_lightness(here, capsys):
    source = film_files.write(here / "street.mp4", sound="aac", about={"title": "Our street", "comment": "In 1923"})
    os.utime(source, (1e9, 1e9))
    target, said = colored(capsys, source)
    assert "street_color.mp4" in said and "guess of the network 11_flagship_gpu" in said[-1]
    (before, at), (after, at_after) = film_files.read(source), film_files.read(target)
    assert at == at_after and len(before) == len(after) == 6 and before[0].shape == after[0].shape
    assert np.abs(lightness(before) - lightness(after)).mean() < 1
    np.testing.assert_allclose(lab.rgb_to_lab(np.stack(after))[..., 1:].mean(axis=(0, 1, 2)), 20, atol=2)
    assert film_files.heard(target) == film_files.heard(source) != []
    with av.open(str(target)) as made:
        assert made.metadata["title"] == "Our street"
        first, second = made.metadata["comment"].splitlines()
        assert first == "In 1923" and second == saving.note("11_flagship_gpu")
        assert made.streams.video[0].codec_context.name == "h264" and made.streams.video[0].pix_fmt == "yuv420p"
    assert target.stat().st_mtime == 1e9


def test_gray_stays_what_it_was(here, capsys, monkeypatch):
    """Whatever the film says of its range: a network that adds no color changes nothing."""
    monkeypatch.setattr(checkpoints, "load", lambda *_: constant(0.0))
    for pixels in ("yuv420p", "yuvj420p", "gray"):
        codec = "ffv1" if pixels == "gray" else "mjpeg" if pixels == "yuvj420p" else "h264"
        source = film_files.write(here / f"{pixels}.mkv", codec=codec, pixels=pixels)
        target, _ = colored(capsys, source)
        before, after = (film_files.read(path)[0] for path in (source, target))
        assert np.abs(np.subtract(before, after, dtype=int)).mean() < 1.5, pixels


def test_frames_that_do_not_come_evenly_keep_their_times(here, capsys):
    times = [0, 40, 200, 210, 900, 1000]
    target, _ = colored(capsys, film_files.write(here / "phone.mkv", times=times))
    np.testing.assert_allclose(film_files.read(target)[1], np.array(times) / 1000, atol=1e-3)


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_a_film_that_was_held_upright_is_turned(here, capsys, turned):
    source = film_files.write(here / "phone.mov", turned=turned)
    target, _ = colored(capsys, source)
    (stored, _), (after, _) = film_files.read(source), film_files.read(target)
    upright = np.rot90(stored[0], round(turned / 90))
    assert after[0].shape == upright.shape
    assert np.abs(lightness([upright]) - lightness(after[:1])).mean() < 1.5
    with av.open(str(target)) as made:
        assert next(made.decode(video=0)).rotation == 0


def test_alpha_is_laid_on_white_and_ten_bits_become_eight(here, capsys):
    glass = np.concatenate([film_files.scene(), np.full((6, 48, 64, 1), 102, np.uint8)], axis=-1)
    source = film_files.write(here / "glass.mov", glass, codec="qtrle", pixels="argb")
    target, _ = colored(capsys, source)
    expected = np.rint(0.4 * film_files.scene() + 0.6 * 255).astype(np.uint8)
    assert np.abs(lightness(film_files.read(target)[0]) - lightness(expected)).mean() < 1
    ten = film_files.write(here / "ten.mkv", codec="ffv1", pixels="yuv420p10le")
    target, _ = colored(capsys, ten)
    assert np.abs(lightness(film_files.read(target)[0]) - lightness(film_files.read(ten)[0])).mean() < 1
    with av.open(str(target)) as made:
        assert made.streams.video[0].pix_fmt == "yuv420p"


def test_odd_sides_become_even_and_it_is_said(here, capsys):
    source = film_files.write(here / "odd.mkv", film_files.scene(47, 63), codec="ffv1", pixels="yuv444p")
    target, said = colored(capsys, source)
    assert film_files.read(target)[0][0].shape == (48, 64, 3)
    assert any("odd_color.mkv: its sides are even now" in line for line in said)


def test_one_frame_and_frames_of_one_pixel(here, capsys):
    target, _ = colored(capsys, film_files.write(here / "one.mp4", film_files.scene(frames=1)))
    assert len(film_files.read(target)[0]) == 1
    dot = film_files.write(here / "dot.mkv", film_files.scene(1, 1), codec="ffv1", pixels="yuv444p")
    target, _ = colored(capsys, dot)
    assert len(film_files.read(target)[0]) == 6


def test_containers_that_are_not_written_become_one_that_takes_any_sound(here, capsys):
    cases = [
        ("old.avi", "mpeg4", "pcm_s16le"),
        ("web.webm", "libvpx-vp9", "libopus"),
        ("disc.mpg", "mpeg1video", "mp2"),
    ]
    for name, codec, sound in cases:
        source = film_files.write(here / name, codec=codec, sound=sound, rate=25)
        target, _ = colored(capsys, source, made=f"{source.stem}_color.mkv")
        assert len(film_files.read(target)[0]) == 6
        assert b"".join(film_files.heard(target)) == b"".join(film_files.heard(source)) != b""


def cut(path, keep):
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])


def test_a_film_that_is_cut_is_colored_as_far_as_it_goes_and_it_is_said(here, capsys):
    noisy = np.random.default_rng(0).integers(0, 255, (36, 48, 64, 1), np.uint8).repeat(3, axis=3)
    source = film_files.write(here / "cut.mkv", noisy)
    cut(source, 0.5)
    target, said = colored(capsys, source)
    frames = len(film_files.read(target)[0])
    assert 5 < frames < 30
    assert f"cut_color.mkv: the film is cut short: it ends after {frames / 24:.1f} of 1.5 s" in said


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("none.mp4", lambda path: film_files.write(path, []), "there is no picture in it, or no more of it"),
        ("none.avi", lambda path: film_files.write(path, [], codec="mpeg4"), "there are no frames in it"),
        ("cut.mp4", lambda path: cut(film_files.write(path), 0.6), "there is no picture in it, or no more of it"),
        ("noise.mkv", lambda path: path.write_bytes(b"\x1aE\xdf\xa3" + os.urandom(5000)), "it is cut short, damaged"),
        ("text.mp4", lambda path: path.write_text("hello"), "this is not a film, though it is named so"),
        ("empty.mkv", lambda path: path.write_bytes(b""), "or it is empty; get a fresh copy"),
    ],
)
def test_what_is_no_film_is_said_in_one_sentence_and_stops_no_other(here, capsys, name, make, words):
    make(here / name)
    film_files.write(here / "whole.mp4")
    status, _, wrong = run(capsys, name, "whole.mp4")
    assert status == 1 and len(wrong) == 1 and wrong[0].startswith(f"{name}: ") and words in wrong[0]
    assert names(here) == sorted([name, "whole.mp4", "whole_color.mp4"])


def test_sound_alone_is_no_film(here, capsys):
    with av.open(str(here / "song.mkv"), "w") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        for packet in film_files._tone(stream):
            container.mux(packet)
    assert run(capsys, "song.mkv")[2] == [
        "song.mkv: there is no picture in it, or no more of it; name a film, or get a fresh copy"
    ]


def test_folders_hold_films_and_photos(here, capsys):
    album = here / "album"
    photo(album / "a.jpg")
    film_files.write(album / "b.mp4")
    film_files.write(album / "c.avi", codec="mpeg4")
    (album / "notes.txt").write_text("hello")
    status, said, wrong = run(capsys, "album")
    assert (status, wrong) == (0, []) and "1 photo and 2 films are colored now, in album" in said
    assert {"a_color.jpg", "b_color.mp4", "c_color.mkv"} < set(names(album)) and "1 other file left alone" in said
    status, said, _ = run(capsys, "album")
    assert status == 0 and said[0] == "3 were there already; --overwrite makes them again"


def test_films_with_colors_are_left_alone_and_toned_ones_are_not(here, capsys):
    sepia = (film_files.scene() * [1, 0.85, 0.65]).astype(np.uint8)
    film_files.write(here / "sepia.mkv", sepia, codec="ffv1", pixels="yuv444p")
    noise = np.random.default_rng(0).integers(0, 255, (6, 6, 8, 3), np.uint8).repeat(8, 1).repeat(8, 2)
    film_files.write(here / "color.mkv", noise, codec="ffv1", pixels="yuv444p")
    status, said, _ = run(capsys, "sepia.mkv", "color.mkv")
    assert status == 0 and "color.mkv has colors already and is left alone; --gray colors as if gray" in said
    assert names(here) == ["color.mkv", "sepia.mkv", "sepia_color.mkv"]
    target, _ = colored(capsys, here / "color.mkv", "--gray", "--compare", made="color_compare.mkv")
    pair = film_files.read(target)[0][0]
    assert pair.shape == (48, 128, 3)
    assert np.abs(lightness([pair[:, :64]]) - lightness(noise[:1])).mean() < 4


@pytest.mark.parametrize(
    ("arguments", "expected", "words"),
    [
        (["a.mp4", "--hint", "1,2,#00ff00"], 2, "hints are for photos: in a film, nothing stays in its place"),
        (["a.mp4", "--to", "a.png"], 1, "a.png: a film is not written as such a file; choose one of .mp4, .m4v"),
        (["a.mp4", "--to", "a.avi"], 1, "a.avi: a film is not written as such a file; choose one of .mp4, .m4v"),
        (["old.jpg", "--to", "old.mp4"], 1, "old.mp4: a photo is not written as such a file; choose one of .jpg"),
        (["a.mp4", "--to", "a.mp4", "--overwrite"], 1, "a.mp4: this is the original itself; choose another name"),
    ],
)
def test_each_refusal_is_one_sentence(here, capsys, arguments, expected, words):
    photo(here / "old.jpg")
    film_files.write(here / "a.mp4")
    status, said, wrong = run(capsys, *arguments)
    assert (status, said) == (expected, []) and len(wrong) == 1 and words in wrong[0]
    assert names(here) == ["a.mp4", "old.jpg"]


def test_what_is_there_is_kept_unless_it_shall_not(here, capsys):
    film_files.write(here / "a.mp4")
    (here / "a_color.mp4").write_bytes(b"mine")
    assert run(capsys, "a.mp4")[:2] == (0, ["a_color.mp4 is there already; --overwrite makes it again"])
    assert (here / "a_color.mp4").read_bytes() == b"mine"
    colored(capsys, here / "a.mp4", "--overwrite")


def test_without_pyav_it_is_said_once_and_photos_are_colored(here, capsys, monkeypatch):
    for name in ("a.mp4", "b.mp4"):
        film_files.write(here / name)
    photo(here / "old.jpg")
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name == "av":
            raise ImportError
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    status, said, wrong = run(capsys, ".")
    assert (status, wrong) == (1, ["films need PyAV; `pip install av`"])
    assert said[0] == "old_color.jpg" and names(here) == ["a.mp4", "b.mp4", "old.jpg", "old_color.jpg"]


class Full:
    """A file on a drive that is full after some bytes."""

    def __init__(self, file, room):
        self._file, self._room = file, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)


@pytest.mark.parametrize("room", [0, 3000])
def test_a_full_drive_leaves_nothing(here, capsys, monkeypatch, room):
    """At the beginning, and when what the encoder gives is written."""
    noisy = np.random.default_rng(0).integers(0, 255, (12, 96, 128, 1), np.uint8).repeat(3, axis=3)
    film_files.write(here / "a.mp4", noisy)
    real = type(here).open

    @contextlib.contextmanager
    def full(path, *arguments, **named):
        with real(path, *arguments, **named) as file:
            yield Full(file, room) if path.suffix == ".part" else file

    monkeypatch.setattr(type(here), "open", full)
    status, _, (wrong,) = run(capsys, "a.mp4")
    assert status == 1 and "a_color.mp4 cannot be written in" in wrong and "No space left on device" in wrong
    assert names(here) == ["a.mp4"]


def test_ctrl_c_leaves_nothing_half(here, capsys, monkeypatch):
    film_files.write(here / "a.mp4")
    film_files.write(here / "b.mp4", film_files.scene(frames=12))
    with interrupted(monkeypatch, moving, "join", 13):
        status, _, wrong = run(capsys, ".", "--size", 64)
    assert status == 1 and wrong == ["stopped: 1 film colored; the same command goes on"]
    assert names(here) == ["a.mp4", "a_color.mp4", "b.mp4"]
    assert run(capsys, ".", "--size", 64)[0] == 0 and len(film_files.read(here / "b_color.mp4")[0]) == 12


def test_ctrl_c_in_a_shell(here):
    """As a terminal sends it, in the midst of the work."""
    source = film_files.write(here / "long.mp4", film_files.scene(96, 128, frames=96))
    command = [sys.executable, "-m", "colorkit", "color", source.name, "--model", "02_one_photo_gpu", "--size", "128"]
    status, wrong = interrupt_in_a_shell(command, here, "*.part")
    assert status == 1 and wrong.splitlines() == ["stopped: nothing colored; the same command goes on"]
    assert names(here) == ["long.mp4"]


def test_how_far_it_is_and_how_long_it_takes_is_shown(here, capsys, monkeypatch):
    monkeypatch.setattr("colorkit.progress.LOG_SECONDS", 0)
    film_files.write(here / "a.mp4", film_files.scene(frames=24))
    _, said, _ = run(capsys, "a.mp4", "--size", 64)
    lines = [line for line in said if line.startswith("a.mp4  ")]
    assert len(lines) == 7 and lines[0] == "a.mp4  0.2 s of 1.0 s" and lines[-1] == "a.mp4  1.0 s of 1.0 s"
    assert all("  left " in line for line in lines[1:-2])


def test_no_more_than_a_few_frames_are_in_memory(here):
    """However long the film is: frames that were read and not let go are counted."""
    source, alive, most = film_files.write(here / "long.mp4", film_files.scene(frames=96)), set(), 0

    class Counted(np.ndarray):
        def __array_finalize__(self, other): ...

        def __del__(self):
            alive.discard(id(self))

    with Film(source) as film:
        real = film.frames

        def counted(*arguments):
            nonlocal most
            for frame in real(*arguments):
                rgb = frame.rgb.view(Counted)
                alive.add(id(rgb))
                most = max(most, len(alive))
                yield frame._replace(rgb=rgb)
                del frame, rgb

        film.frames = counted
        moving.color_film(PAINTER, film, here / "long_color.mp4", "painter", size=64)
    assert len(film_files.read(here / "long_color.mp4")[0]) == 96
    assert 4 <= most <= 12


def test_cuts_and_motion_reach_the_film(here, capsys, monkeypatch):
    """A network that blinks from frame to frame: the film does not, but for its cut."""
    blink = iter(range(1000))

    class Blinking:
        inputs = PAINTER.inputs

        def predict_on_batch(self, L):
            values = np.array([10.0 if next(blink) % 2 else -10.0 for _ in L])
            return np.broadcast_to(values[:, None, None, None], (*L.shape[:3], 2)).astype(np.float32)

    still = np.repeat(film_files.scene(frames=1), 12, axis=0)
    source = film_files.write(
        here / "a.mkv", np.concatenate([still, 255 - still[:, ::-1]]), codec="ffv1", pixels="gray"
    )
    with Film(source) as film:
        moving.color_film(Blinking(), film, here / "b.mkv", "blinking", size=64)
    a = lab.rgb_to_lab(np.stack(film_files.read(here / "b.mkv")[0]))[..., 1].mean(axis=(1, 2))
    assert np.ptp(a[4:12]) < 4 and abs(a[0]) > 7 and abs(a[12]) > 7, "12 frames, then a cut"


def test_films_are_known_by_what_they_hold(here):
    for name, codec in (("a.mp4", "h264"), ("b.mkv", "h264"), ("c.avi", "mpeg4"), ("d.mpg", "mpeg1video")):
        assert naming.is_film(film_files.write(here / name, codec=codec, rate=25))
    for name in ("e.flv", "f.wmv", "g.ogv", "h.ts", "i.3gp"):
        codec = {"g.ogv": "libtheora"}.get(name, "mpeg4" if name != "e.flv" else "flv")
        with contextlib.suppress(av.error.FFmpegError, ValueError, LookupError):  # where FFmpeg has it
            assert naming.is_film(film_files.write(here / name, codec=codec, rate=25)), name
    for name in ("a.jpg", "a.png", "a.gif", "a.tif", "a.webp", "a.avif"):
        with contextlib.suppress(KeyError, OSError):
            Image.new("L", (20, 20)).save(here / name)
            assert not naming.is_film(here / name), name
    assert not naming.is_film(here) and not naming.is_film(here / "missing.mp4")
    (here / "renamed").write_bytes((here / "a.mp4").read_bytes())
    assert naming.is_film(here / "renamed")


def test_a_film_opens_nothing_but_itself(here):
    """A playlist names other files, or addresses."""
    film_files.write(here / "a.mp4")
    (here / "list.mkv").write_text("ffconcat version 1.0\nfile a.mp4\n")
    with pytest.raises(FilmError):
        Film(here / "list.mkv")


def test_the_rest_of_the_house_does_not_need_pyav():
    code = (
        "import sys; sys.modules['av'] = None\n"
        "import colorkit.commands, colorkit.film.writing, colorkit.colorizing.work, json\n"
        "print(json.dumps(sys.modules['av'] is None))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout) is True
