"""Which files are films, by their first bytes, and what is made of each."""

import contextlib
import re

# Endings of films that stay what they are. Others become the one that takes nearly any sound.
WRITTEN = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska"}
_MOST_SOUND = ".mkv"
# Endings by which films are found in a folder. (.ts is left out: mostly it is a program's text.)
ENDINGS = (*WRITTEN, ".webm", ".avi", ".mpg", ".mpeg", ".mts", ".m2ts", ".wmv", ".flv", ".ogv", ".3gp")
# MP4 and QuickTime, but for the photos and songs that begin like them; Matroska and WebM; AVI; MPEG; Ogg; Flash;
# Windows Media; MPEG's transport stream, as television and camcorders write it.
_BEGINNINGS = re.compile(
    rb".{4}ftyp(?!hei|hev|mif1|msf1|avi[fs]|crx|jp[2xm] |M4A)|.{4}(moov|mdat|wide|skip)|\x1aE\xdf\xa3|RIFF.{4}AVI |"
    rb"\0\0\x01[\xb3\xba]|OggS|FLV\x01|0&\xb2u\x8ef\xcf\x11|G.{187}G|.{4}G.{191}G",
    re.DOTALL,
)


def is_film(path):
    """Tell whether a file is a film, by what it holds.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    bool
        False, too, if it cannot be read.
    """
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return bool(_BEGINNINGS.match(file.read(200)))
    return False


def is_made(path):
    """Tell whether a file that is made is a film, by its ending."""
    return path.suffix.lower() in WRITTEN


def ending(path):
    """Return the ending of the film that is made of another: its own where that can hold it.

    Parameters
    ----------
    path : pathlib.Path
        The film.

    Returns
    -------
    str

    Examples
    --------
    >>> from pathlib import Path
    >>> [ending(Path(name)) for name in ("a.MP4", "b.mov", "c.avi", "d")]
    ['.MP4', '.mov', '.mkv', '.mkv']
    """
    return path.suffix if is_made(path) else _MOST_SOUND
