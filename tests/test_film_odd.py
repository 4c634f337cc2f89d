"""Films as old cameras, telephones and television write them: mirrored, late, damaged, with rare sound."""

import struct
from fractions import Fraction

import av
import film_files
import numpy as np
import pytest
from test_color import run
from test_film import colored, here, lightness  # noqa: F401

ONE = 1 << 16


def oriented(path, a, b, c, d):
    """Write into an MP4 by which matrix it is shown."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44  # of its version 0
    data[at : at + 36] = struct.pack(">9i", a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((-1, 0, 0, 1), lambda rgb: rgb[:, ::-1]),
        ((1, 0, 0, -1), lambda rgb: rgb[::-1]),
        ((0, 1, 1, 0), lambda rgb: rgb.swapaxes(0, 1)),
        ((0, 1, -1, 0), lambda rgb: np.rot90(rgb, -1)),
    ],
)
def test_a_mirrored_film_is_shown_as_it_should(here, capsys, matrix, expected):  # noqa: F811
    source = oriented(film_files.write(here / "phone.mp4"), *matrix)
    target, _ = colored(capsys, source)
    right = expected(film_files.read(source)[0][0])
    made = film_files.read(target)[0][0]
    assert made.shape == right.shape and np.abs(lightness([right]) - lightness([made])).mean() < 1.5


def test_pixels_that_are_not_square_are_turned_with_the_film(here, capsys):  # noqa: F811
    for matrix, expected in (((0, 1, -1, 0), Fraction(3, 4)), ((-1, 0, 0, -1), Fraction(4, 3))):
        source = oriented(film_files.write(here / "wide.mp4", shape=Fraction(4, 3)), *matrix)
        target, _ = colored(capsys, source, "--overwrite")
        with av.open(str(target)) as made:
            assert made.streams.video[0].sample_aspect_ratio == expected


def test_a_film_that_starts_late_starts_at_0_with_its_sound_in_step(here, capsys):  # noqa: F811
    source = late(film_files.write(here / "plain.mp4", sound="aac"), here / "late.mts", 3600)
    target, said = colored(capsys, source, made="late_color.mkv")
    with av.open(str(source)) as before, av.open(str(target)) as after:
        starts = [[one.start_time * one.time_base for one in film.streams] for film in (before, after)]
        assert starts[0][0] > 3599 and min(starts[1]) == 0
        assert float(starts[0][0] - starts[0][1]) == pytest.approx(float(starts[1][0] - starts[1][1]), abs=2e-3)
        assert after.duration < 1e6
    assert not any("cut short" in line for line in said)


def late(source, target, seconds):
    """Write a film's streams again, to start later."""
    with av.open(str(source)) as film, av.open(str(target), "w") as made:
        streams = [made.add_stream_from_template(one) for one in film.streams]
        for packet in film.demux():
            if packet.dts is not None:
                by = int(seconds / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts + by, packet.dts + by, streams[packet.stream.index]
                made.mux(packet)
    return target


def test_a_whole_film_whose_first_frame_is_late_is_not_said_to_be_cut(here, capsys):  # noqa: F811
    times = [1000, 1040, 1080, 3000, 9000, 9040]
    target, said = colored(capsys, film_files.write(here / "phone.mkv", times=times))
    np.testing.assert_allclose(film_files.read(target)[1], np.array(times) / 1000 - 1, atol=1e-3)
    assert not any("cut short" in line for line in said)


def test_sound_that_does_not_fit_is_encoded_again(here, capsys):  # noqa: F811
    source = film_files.write(here / "old.avi", codec="mpeg4", sound="adpcm_ms")
    target, said = colored(capsys, source, made="old_color.mkv")
    assert "old_color.mkv: its sound (adpcm_ms) does not fit into .mkv and is AAC now" in said
    before, after = (listen(path) for path in (source, target))
    size = min(len(before), len(after)) - 2048
    assert size > 8000 and np.corrcoef(before[1024:size], after[1024:size])[0, 1] > 0.95


def listen(path):
    """Return a film's sound, as numbers, from the time 0 on."""
    with av.open(str(path)) as film:
        sound = film.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
        pieces = [(frame.time, piece) for frame in film.decode(sound) for piece in resampler.resample(frame)]
    wave = np.concatenate([piece.to_ndarray()[0] for _, piece in pieces])
    begin = round(pieces[0][0] * 48_000)
    return wave[-begin:] if begin < 0 else np.pad(wave, (begin, 0))


def test_damaged_sound_is_left_out_and_said(here, capsys):  # noqa: F811
    source = late(film_files.write(here / "plain.mp4", sound="aac"), here / "old.mts", 0)
    data = source.read_bytes()
    places = [at for at in range(len(data) - 1) if data[at] == 0xFF and data[at + 1] & 0xF6 == 0xF0]  # of ADTS
    at = places[4]
    source.write_bytes(data[:at] + bytes(7) + data[at + 7 :])
    target, said = colored(capsys, source, made="old_color.mkv")
    assert len(film_files.read(target)[0]) == 6 and 0 < len(film_files.heard(target)) < len(places)
    assert "old_color.mkv: 1 damaged part of the film was left out" in said
    at = places[0]
    source.write_bytes(data[:at] + bytes(7) + data[at + 7 :])
    status, _, wrong = run(capsys, "old.mts", "--overwrite")  # Matroska is not begun without that one.
    assert status == 1 and wrong == [
        "old.mts: it cannot be written as .mkv (Invalid argument); save it again as MP4, and color that"
    ]
    assert not list(here.glob("*.part"))


def test_a_film_named_as_a_photo_is_told_so(here, capsys):  # noqa: F811
    film_files.write(here / "a.mp4").rename(here / "a.jpg")
    assert run(capsys, "a.jpg")[2] == ["a.jpg: it is a film, and named as a photo; rename it, with .mp4 for .jpg"]
