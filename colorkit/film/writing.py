"""Films written one frame at a time, with PyAV: H.264, with the sound of another film, as it is where that fits."""

import contextlib
import errno

import numpy as np

from colorkit import files
from colorkit.film import naming
from colorkit.film.reading import FilmError, pyav

# What a frame and the file say of the colors: those of high-definition television, in the range of video.
_COLORS = {"dst_colorspace": "ITU709", "dst_color_range": "MPEG"}
_BT709, _MPEG_RANGE = 1, 1
_QUALITY = "18"  # of x264: smaller is better and larger; from here on down the eye sees no difference
_SOUND = "aac"  # what sound becomes that does not fit
_OF_THE_FILE = ("encoder", "major_brand", "minor_version", "compatible_brands")  # and not of the film


class Making:
    """A film that is being made.

    Attributes
    ----------
    odd : bool
        Whether a row or a column was repeated, since H.264 has even sides.
    encoded : list of str
        Kinds of sound that do not fit into the file and are encoded again.
    left_out : int
        How many sounds cannot be read and are not in it.
    """

    def __init__(self, container, film, size):
        self._container, self._picture = container, _picture(container, film, size)
        self.odd, self.encoded, self.left_out = False, [], 0
        self._copied, self._encoded, self._last = {}, {}, {}
        for sound in film.sounds:
            self._take(sound)
        container.start_encoding()

    def _take(self, sound):
        if (
            sound.codec_context is None or not sound.rate
        ):  # of a kind that FFmpeg does not know, or its beginning is lost
            self.left_out += 1
            return
        try:
            made = self._copied[sound.index] = self._container.add_stream_from_template(sound)
        except ValueError:  # The file cannot hold it.
            rates = pyav().Codec(_SOUND, "w").audio_rates
            rate = sound.rate if sound.rate in rates else 48_000
            layout = "mono" if sound.channels == 1 else "stereo"
            made = self._encoded[sound.index] = self._container.add_stream(_SOUND, rate=rate, layout=layout)
            self.encoded.append(sound.codec_context.name)
        made.metadata.update(sound.metadata)

    def sound(self, packet):
        """Add a packet of the other film's sound.

        Raises
        ------
        av.error.InvalidDataError
            If it is damaged. The film can go on without it.
        """
        index = packet.stream.index
        if index in self._encoded:
            for frame in packet.decode():
                self._container.mux(self._encoded[index].encode(frame))
        elif index in self._copied:
            if packet.is_corrupt or packet.dts <= self._last.get(index, packet.dts - 1):  # Its times go back.
                raise pyav().error.InvalidDataError(errno.EINVAL, "damaged sound")
            self._last[index], packet.stream = packet.dts, self._copied[index]
            self._container.mux(packet)

    def picture(self, frame):
        """Add a frame, a `colorkit.film.reading.Frame`."""
        av = pyav()
        height, width = frame.rgb.shape[:2]
        self.odd = bool(height % 2 or width % 2)
        even = np.pad(frame.rgb, [(0, height % 2), (0, width % 2), (0, 0)], mode="edge")
        shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
        shown = shown.reformat(format="yuv420p", **_COLORS)
        shown.pts, shown.time_base, shown.duration = frame.time, self._picture.codec_context.time_base, frame.lasts
        self._container.mux(self._picture.encode(shown))

    def end(self):
        """Write what the encoders still have."""
        for stream in (self._picture, *self._encoded.values()):
            self._container.mux(stream.encode(None))


@contextlib.contextmanager
def make(target, film, size, note):
    """Make a film of another one's times and sound, whole or not at all.

    Parameters
    ----------
    target : pathlib.Path
        Where it goes, with an ending of `naming.WRITTEN`. Its folder is made.
    film : colorkit.film.reading.Film
        The other one.
    size : tuple of int
        Height and width of its frames, pixels.
    note : str
        What its comment says, below what the other one's says.

    Yields
    ------
    Making

    Raises
    ------
    FilmError
        If FFmpeg cannot write such a film.
    FileProblem
        If it cannot be written.
    """
    av = pyav()
    with files.explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(target) as file, _said_plainly(av, target):
        with contextlib.closing(av.open(file, "w", format=naming.WRITTEN[target.suffix.lower()])) as container:
            container.metadata.update({name: said for name, said in film.metadata.items() if name not in _OF_THE_FILE})
            container.metadata["comment"] = "\n".join(filter(None, [film.comment, note]))
            making = Making(container, film, size)
            yield making
            making.end()


@contextlib.contextmanager
def _said_plainly(av, target):
    """Raise what the drive said, which PyAV hides behind an error of its own, and in a sentence what FFmpeg said."""
    try:
        yield
    except av.error.PyAVCallbackError as error:
        raise (error.__context__ or error) from None
    except av.error.FFmpegError as error:
        wrong = f"it cannot be written as {target.suffix} ({error.strerror}); save it again as MP4, and color that"
        raise FilmError(wrong) from error


def _picture(container, film, size):
    try:
        picture = container.add_stream("h264", rate=film.rate, options={"crf": _QUALITY})
    except (ValueError, LookupError) as error:
        raise FilmError("this PyAV has no encoder for H.264; `pip install --force-reinstall av`") from error
    context = picture.codec_context
    context.height, context.width = (side + side % 2 for side in size)
    context.pix_fmt = "yuv420p"
    context.time_base = picture.time_base = film.unit
    context.sample_aspect_ratio = film.shape
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _MPEG_RANGE
    return picture
