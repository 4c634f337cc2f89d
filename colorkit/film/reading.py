"""Films read one frame at a time, with PyAV: upright RGB with its time, and the sound as it is."""

import contextlib
import errno
import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from colorkit import files, pictures

_DAMAGED = "it is cut short, damaged or of a rare kind; get a fresh copy, or save it again as MP4"
_FORMATS = "asf,avi,flv,matroska,mov,mpeg,mpegts,mpegvideo,ogg,webm,mp4"
_RATE = 25  # frames a second, where a file does not say
_SLACK = 0.5  # seconds that a film may end before its time and count as whole: sound is often longer than the picture


class FilmError(ValueError):
    """A film that cannot be read or written. The message is one line that says what was wrong, and what to do."""


class Frame(NamedTuple):
    """One frame of a film.

    Attributes
    ----------
    rgb : array, shape (height, width, 3), uint8
        sRGB, upright.
    time : int
        When it is shown, in units of the film's `unit`; what comes first in the film, picture or sound, is at 0.
    lasts : int
        For how long, in the same units; 0 if the file does not say.
    """

    rgb: np.ndarray
    time: int
    lasts: int = 0


def pyav():
    """Return PyAV.

    Raises
    ------
    FileProblem
        If it is not installed.
    """
    try:
        import av
    except ImportError:
        raise files.FileProblem("films need PyAV; `pip install av`.") from None
    return av


class Film:
    """A film that is open for reading; use it in a ``with`` statement.

    Parameters
    ----------
    path : pathlib.Path

    Attributes
    ----------
    size : tuple of int
        Height and width of its frames, upright, pixels.
    unit : fractions.Fraction
        Seconds, in which times count.
    rate : fractions.Fraction or int
        Frames a second, on average.
    shape : fractions.Fraction
        Width of a pixel by its height, upright.
    sounds : list of av.AudioStream
        Its sound.
    metadata : dict of str
        Title, date and the like.
    damaged : int
        How many parts, of picture or sound, could not be read so far.
    reached : float
        Up to what time it was read so far, seconds.

    Raises
    ------
    FilmError
        If it cannot be read, or has no picture.
    FileProblem
        If PyAV is not installed.
    """

    def __init__(self, path):
        self._path = path
        self._container, self._picture = self._open()
        with contextlib.ExitStack() as stack:
            stack.callback(self.close)
            if self._picture.width * self._picture.height > pictures.MAX_PIXELS:
                raise FilmError(f"its frames have more than {pictures.MAX_PIXELS // 10**6} megapixels; scale it down")
            self.sounds = list(self._container.streams.audio)
            self.unit = self._picture.time_base
            self.rate = self._picture.average_rate or self._picture.guessed_rate or _RATE
            self._begin = _earliest(self._picture, *self.sounds)
            self.metadata = dict(self._container.metadata)
            self.damaged, self.reached = 0, 0.0
            self._sideways = False
            self.size = next(self.frames()).rgb.shape[:2]
            stored = Fraction(self._picture.sample_aspect_ratio or 1)
            self.shape = 1 / stored if self._sideways else stored
            stack.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the file."""
        self._container.close()

    @property
    def comment(self):
        """What its comment says, or an empty string."""
        return self.metadata.get("comment", self.metadata.get("COMMENT", ""))

    @property
    def seconds(self):
        """At what time it says that its picture ends, seconds, or None."""
        if self._picture.duration:
            return float(((self._picture.start_time or 0) + self._picture.duration) * self.unit - self._begin)
        if not self._container.duration:
            return None
        return self._container.duration / 1e6 - max(0.0, float(self._begin))  # Matroska counts from 0 to the end.

    @property
    def cut(self):
        """Whether what was read ended before its time."""
        return self.seconds is not None and self.reached < min(0.95 * self.seconds, self.seconds - _SLACK)

    def frames(self, sound=None, begin=0):
        """Read the film.

        Parameters
        ----------
        sound : callable, optional
            It is given each packet of sound, as it comes; its times are counted as those of frames.
        begin : float
            Seconds after which to begin: at the next place from which the film can be shown.

        Yields
        ------
        Frame
            Their times grow.

        Raises
        ------
        FilmError
            If there is no frame that can be read.
        """
        container, picture = self._open()
        self.damaged, self.reached = 0, 0.0
        step = max(1, round(1 / (self.rate * self.unit)))
        late = max(Fraction(0), self._begin)  # Television and camcorders count from anywhere.
        last = None
        with container:
            if begin:
                with contextlib.suppress(pyav().error.FFmpegError):  # Then it begins at its beginning.
                    container.seek((picture.start_time or 0) + int(begin / self.unit), stream=picture)
            for packet in _packets(container, picture, *(container.streams.audio if sound else [])):
                if packet.stream is not picture:
                    if packet.dts is not None:  # else it only says that there is no more
                        self._sound(packet, late, sound)
                    continue
                for frame in self._decoded(packet):
                    if frame.pts is not None:
                        time = frame.pts - round(late / self.unit)
                    else:
                        time = 0 if last is None else last + step
                    last = time = time if last is None else max(time, last + 1)
                    lasts = frame.duration or 0
                    self.reached = float((time + (lasts or step)) * self.unit - min(Fraction(0), self._begin))
                    mirrored, turns = _orientation(frame)
                    self._sideways = turns % 2 == 1
                    yield Frame(_upright(frame, self._picture, mirrored, turns), time, lasts)
        if last is None:
            raise FilmError(_DAMAGED if self.damaged else "there are no frames in it; get a fresh copy")

    def samples(self, count=9):
        """Return frames from all over the film, at least one.

        Returns
        -------
        list of arrays, shape (height, width, 3), uint8
        """
        places = [(self.seconds or 0) * number / count for number in range(count)]
        taken = []
        for begin in places:
            with contextlib.suppress(FilmError):  # A film that is cut has no frames there.
                taken.append(next(self.frames(begin=begin)).rgb)
        return taken

    def _open(self):
        av = pyav()
        try:
            # Nothing but this very file: a playlist names others, or addresses.
            options = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
            container = av.open(f"file:{self._path}", options=options, metadata_errors="replace")
        except av.error.FFmpegError as error:
            raise FilmError(_reason(error)) from error
        for stream in container.streams.video:
            if not stream.disposition & av.stream.Disposition.attached_pic:  # the cover of a song
                return container, stream
        container.close()
        raise FilmError("there is no picture in it, or no more of it; name a film, or get a fresh copy")

    def _sound(self, packet, late, sound):
        packet.pts = None if packet.pts is None else packet.pts - round(late / packet.time_base)
        packet.dts -= round(late / packet.time_base)
        try:
            sound(packet)
        except pyav().error.InvalidDataError:
            self.damaged += 1

    def _decoded(self, packet):
        try:
            return packet.decode()
        except pyav().error.FFmpegError:
            self.damaged += 1
            return []


def _packets(container, *streams):
    """Yield packets to the end, also where a file is cut; what keeps it from being read is said."""
    try:
        yield from container.demux(*streams)
    except pyav().error.FFmpegError as error:
        if isinstance(error, OSError) and error.errno == errno.EIO:
            raise FilmError(_reason(error)) from error


def _reason(error):
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        return f"it cannot be read ({error.strerror}); see to its permissions and its drive"
    return _DAMAGED


def _earliest(*streams):
    """Return when the first of some streams begins, in seconds of the file's clock."""
    return min((one.start_time * one.time_base for one in streams if one.start_time is not None), default=Fraction(0))


def _orientation(frame):
    """Return how a frame is to be shown: whether mirrored, left and right, and then turned by how many quarters.

    Quarters count counter-clockwise, 0 to 3. The file has a matrix, by which a place (right, down) is multiplied from
    the right. (PyAV's `rotation` cannot tell a mirrored film from one that is turned.)
    """
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return False, 0
    (a, b, _), (c, d, _), _ = np.frombuffer(matrix, np.int32).reshape(3, 3).tolist()
    mirrored = a * d - b * c < 0
    return mirrored, round(-math.atan2(*((-b, -a) if mirrored else (b, a))) / (math.pi / 2)) % 4


def _upright(frame, picture, mirrored, turns):
    """Return a decoded frame as 8-bit RGB of the film's size, laid on white and turned as its file says."""
    size = {"height": picture.height, "width": picture.width}
    if any(component.is_alpha for component in frame.format.components):
        rgba = frame.to_ndarray(format="rgba", **size)
        alpha = rgba[..., 3:].astype(np.uint16)
        rgb = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    else:
        rgb = frame.to_ndarray(format="rgb24", **size)
    return np.ascontiguousarray(np.rot90(rgb[:, ::-1] if mirrored else rgb, turns))
