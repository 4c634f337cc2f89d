"""Films written one frame at a time, with PyAV: H.264, with the sound of another film as it is."""

import contextlib

import numpy as np

from colorkit import files
from colorkit.film import naming
from colorkit.film.reading import FilmError, library

# What a frame and the file say of the colors: those of high-definition television, in the range of video.
_COLORS = {"dst_colorspace": "ITU709", "dst_color_range": "MPEG"}
_BT709, _MPEG_RANGE = 1, 1
_QUALITY = "18"  # of x264: smaller is better and larger; from here on down the eye sees no difference
_OF_THE_FILE = ("encoder", "major_brand", "minor_version", "compatible_brands")  # and not of the film


class Making:
    """A film that is being made.

    Attributes
    ----------
    odd : bool
        Whether a row or a column was repeated, since H.264 has even sides.
    """

    def __init__(self, container, picture, sounds):
        self._container, self._picture, self._sounds = container, picture, sounds
        self.odd = False

    def sound(self, packet):
        """Add a packet of the other film's sound."""
        packet.stream = self._sounds[packet.stream.index]
        self._container.mux(packet)

    def picture(self, frame):
        """Add a frame, a `colorkit.film.reading.Frame`."""
        av = library()
        height, width = frame.rgb.shape[:2]
        self.odd = bool(height % 2 or width % 2)
        even = np.pad(frame.rgb, [(0, height % 2), (0, width % 2), (0, 0)], mode="edge")
        shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
        shown = shown.reformat(format="yuv420p", **_COLORS)
        shown.pts, shown.time_base, shown.duration = frame.time, self._picture.codec_context.time_base, frame.lasts
        self._container.mux(self._picture.encode(shown))

    def end(self):
        """Write what the encoder still has."""
        self._container.mux(self._picture.encode(None))


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
        If the sound does not fit into such a file.
    FileProblem
        If it cannot be written.
    """
    av = library()
    with files.explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(target) as file, _said_plainly(av):
        with contextlib.closing(av.open(file, "w", format=naming.WRITTEN[target.suffix.lower()])) as container:
            container.metadata.update({name: said for name, said in film.metadata.items() if name not in _OF_THE_FILE})
            container.metadata["comment"] = "\n".join(filter(None, [film.comment, note]))
            making = Making(container, _picture(container, film, size), _sounds(container, film, target))
            yield making
            making.end()


@contextlib.contextmanager
def _said_plainly(av):
    """Raise what a file said that cannot be written, which PyAV hides behind an error of its own."""
    try:
        yield
    except av.error.PyAVCallbackError as error:
        raise (error.__context__ or error) from None


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


def _sounds(container, film, target):
    """Return the streams that take the sound, by the number of the stream that it is from."""
    made = {}
    kinds = ", ".join(sound.codec_context.name for sound in film.sounds)
    try:
        for sound in film.sounds:
            made[sound.index] = container.add_stream_from_template(sound)
            made[sound.index].metadata.update(sound.metadata)
        container.start_encoding()
    except ValueError as error:
        wrong = f"its sound ({kinds}) does not fit into {target.suffix}; name a .mkv file after --to"
        raise FilmError(wrong) from error
    return made
