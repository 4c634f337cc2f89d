"""Small films for tests, made with PyAV."""

from fractions import Fraction

import av
import numpy as np


def scene(height=48, width=64, frames=6):
    """Return gray frames that move: shape (frames, height, width, 3), uint8."""
    wide = np.add.outer(np.linspace(40, 160, height), 40 * np.sin(np.arange(width + 2 * frames) / 7))
    return np.stack([wide[:, 2 * n : 2 * n + width] for n in range(frames)])[..., np.newaxis].clip(0, 255).astype(
        np.uint8
    ) * np.ones(3, np.uint8)


def write(
    path,
    frames=None,
    *,
    codec="h264",
    pixels="yuv420p",
    rate=24,
    times=None,
    sound=None,
    turned=0,
    shape=None,
    about=None,
):
    """Write a film; return its path.

    `times` are in milliseconds; `sound` is the name of a codec; `turned` is the rotation that the file asks for, in
    degrees counter-clockwise; `shape` is the width of a pixel by its height.
    """
    frames = scene() if frames is None else frames
    with av.open(str(path), "w") as container:
        container.metadata.update(about or {})
        picture = container.add_stream(codec, rate=rate)
        picture.height, picture.width = (frames[0].shape[0], frames[0].shape[1]) if len(frames) else (48, 64)
        picture.pix_fmt = pixels
        if times:
            picture.codec_context.time_base = picture.time_base = Fraction(1, 1000)
        if shape:
            picture.codec_context.sample_aspect_ratio = shape
        if turned:
            picture.set_display_rotation(turned)
        heard = container.add_stream(sound, rate=48_000, layout="mono") if sound else None
        container.start_encoding()
        for number, rgb in enumerate(frames):
            given = "rgb24" if rgb.shape[2] == 3 else "rgba"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format=given).reformat(format=pixels)
            frame.pts = times[number] if times else number
            frame.time_base = picture.codec_context.time_base
            container.mux(picture.encode(frame))
        if len(frames):
            container.mux(picture.encode(None))
        if heard:
            for packet in _tone(heard):
                container.mux(packet)
    return path


def _tone(stream):
    format = stream.codec_context.format.name
    kind = np.float32 if format.startswith("flt") else np.int16
    wave = np.sin(np.arange(12_000) / 20) * (0.5 if kind is np.float32 else 9000)
    size = stream.codec_context.frame_size or 1200
    for begin in range(0, len(wave), size):
        piece = wave[begin : begin + size].astype(kind)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(piece, format=format, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, begin, Fraction(1, 48_000)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def read(path):
    """Return the frames of a film, as they are stored, and their times in seconds."""
    with av.open(str(path)) as container:
        frames = [(frame.to_ndarray(format="rgb24"), frame.time) for frame in container.decode(video=0)]
    return [rgb for rgb, _ in frames], [time for _, time in frames]


def heard(path):
    """Return the packets of a film's sound: their bytes."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
