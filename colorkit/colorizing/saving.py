"""A colored photo as a file: its kind, what the original's metadata said, and that its colors were inferred."""

import contextlib
import io
import os
import re
import warnings
from xml.sax.saxutils import escape

from PIL import ExifTags, Image, ImageCms

from colorkit import __version__, files
from colorkit.film import naming
from colorkit.film.reading import Film

# Ending of a photo that stays what it is -> its format. Others become PNG, if they are lossless, or JPEG.
WRITTEN = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
_LOSSLESS = (".bmp", ".gif", ".pbm", ".pgm", ".ppm", ".pnm")
_SAVED = {
    # With chroma at full resolution, for colors that stop at edges.
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 92},
    "TIFF": {},  # Uncompressed: Pillow keeps no dates and places in a compressed one.
}
ENDINGS = (*WRITTEN, *_LOSSLESS, ".mpo", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jpf", ".jpx")

_MAKER = "colorkit"
_NOTE = f"Colors inferred by {_MAKER}"  # and so on: what is found again
_TAGS, _EXIF = ExifTags.Base, ExifTags.IFD.Exif
# What describes the photo and not how its file is built. The thumbnail is left out: it is gray.
_KEPT_TAGS = {
    _TAGS.DocumentName,
    _TAGS.ImageDescription,
    _TAGS.Make,
    _TAGS.Model,
    _TAGS.XResolution,
    _TAGS.YResolution,
    _TAGS.ResolutionUnit,
    _TAGS.DateTime,
    _TAGS.Artist,
    _TAGS.HostComputer,
    _TAGS.Copyright,
    _TAGS.Rating,
    _TAGS.XPTitle,
    _TAGS.XPComment,
    _TAGS.XPAuthor,
    _TAGS.XPKeywords,
    _TAGS.XPSubject,
}
_SRGB, _UPRIGHT = 1, 1
_TIFF_XMP = 700
# The press' own word for it: "composite with trained algorithmic media".
_XMP_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def ending(path):
    """Return the ending of the file that is made of a photo: its own where that makes sense.

    Parameters
    ----------
    path : pathlib.Path
        The photo.

    Returns
    -------
    str
        For example ``".jpg"``.

    Examples
    --------
    >>> from pathlib import Path
    >>> [ending(Path(name)) for name in ("a.JPG", "b.tif", "c.gif", "d.heic", "e")]
    ['.JPG', '.tif', '.png', '.jpg', '.jpg']
    """
    own = path.suffix.lower()
    return path.suffix if own in WRITTEN else ".png" if own in _LOSSLESS else ".jpg"


def is_ours(path):
    """Tell whether a file is a photo or a film that was colored by colorkit, by what its metadata say."""
    if naming.is_made(path):
        with contextlib.suppress(files.FileProblem, ValueError), Film(path) as film:
            return _NOTE in film.comment
        return False
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            return str(image.getexif().get(_TAGS.Software, "")).startswith(f"{_MAKER} ")
    return False


def note(network):
    """Return what the metadata of a colored photo or film say.

    Parameters
    ----------
    network : str
        Name of the network.

    Returns
    -------
    str
    """
    return f"{_NOTE} {__version__} with the network {network}; they are a guess, not a record."


def save(rgb, target, source, network):
    """Save a colored photo, whole or not at all, with what the original's metadata say.

    EXIF data (with dates and place) and XMP data are kept, but for the thumbnail and the orientation, since the
    picture is upright; the file has the original's date. The picture is sRGB and says so. A note says that the colors
    were inferred: in EXIF's UserComment and Software, as a comment where the format has comments, and in XMP the way
    the press marks it.

    Parameters
    ----------
    rgb : array, shape (height, width, 3), uint8
        sRGB.
    target : pathlib.Path
        Where it goes, with an ending of `ending`'s. Its folder is made.
    source : pathlib.Path
        The original.
    network : str
        Name of the network, for the note.

    Returns
    -------
    int
        How many pictures the original has: pages, or frames.

    Raises
    ------
    FileProblem
        If it cannot be written.
    """
    format = WRITTEN[target.suffix.lower()]
    exif, xmp, info = _metadata(source, rgb.shape[1::-1], note(network))
    options = {"exif": exif, "icc_profile": _srgb_profile(), **_SAVED[format]}
    if "dpi" in info:
        options["dpi"] = info["dpi"]
    if format == "JPEG":
        options |= {"comment": note(network), "xmp": xmp}
    elif format == "WEBP":
        options["xmp"] = xmp
    elif format == "PNG":
        options["pnginfo"] = _png_texts({"Software": f"{_MAKER} {__version__}", "Comment": note(network)}, xmp)
    elif format == "TIFF":
        # An `Exif` would lose its parts, dates and places, here alone.
        parts = {part: dict(exif.get_ifd(part)) for part in (_EXIF, ExifTags.IFD.GPSInfo) if exif.get_ifd(part)}
        options["tiffinfo"] = {**exif, **parts, _TIFF_XMP: xmp}
    written = io.BytesIO()
    try:
        Image.fromarray(rgb).save(written, format, **options)
    except MemoryError:
        raise
    except Exception as error:  # A side that is too long for the format, or metadata that it has no room for.
        reason = " ".join(str(error).split()) or type(error).__name__
        raise files.FileProblem(f"it cannot be saved as {format} ({reason}); save it as TIFF or PNG first.") from error
    with files.explain_write_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(target) as file:
        file.write(written.getbuffer())
    keep_dates(source, target)
    return info.get("frames", 1)


def keep_dates(source, target):
    """Give a file the dates of its original."""
    with contextlib.suppress(OSError):  # Some drives keep no such dates.
        dates = source.stat()
        os.utime(target, ns=(dates.st_atime_ns, dates.st_mtime_ns))


def _metadata(source, size, words):
    """Return EXIF and XMP data for the colored photo, and Pillow's info of the original with its number of frames."""
    exif, xmp, info = Image.Exif(), "", {}
    before = {}
    with contextlib.suppress(Exception), warnings.catch_warnings():  # Broken metadata are no reason to refuse a photo.
        warnings.simplefilter("ignore")
        with Image.open(source) as image:
            frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)  # a camera's second one is a preview
            info, tags = {**image.info, "frames": frames}, image.getexif()
            before = dict(tags.get_ifd(_EXIF))
            for tag in _KEPT_TAGS & set(tags):
                exif[tag] = _bytes(tags[tag])
            if place := tags.get_ifd(ExifTags.IFD.GPSInfo):
                exif.get_ifd(ExifTags.IFD.GPSInfo).update({tag: _bytes(value) for tag, value in place.items()})
            found = info.get("xmp", b"")
            xmp = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
    inner = exif.get_ifd(_EXIF)
    inner.update({tag: _bytes(value) for tag, value in before.items() if tag != ExifTags.IFD.Interop})
    exif[_TAGS.Software] = f"{_MAKER} {__version__}"
    exif[_TAGS.Orientation] = _UPRIGHT
    inner[_TAGS.ColorSpace] = _SRGB
    inner[_TAGS.ExifImageWidth], inner[_TAGS.ExifImageHeight] = size
    inner[_TAGS.UserComment] = _comment(before.get(_TAGS.UserComment, b""), words)
    return exif, _marked(xmp), info


def _bytes(value):
    """Return text that is not ASCII as the bytes that it was read from: Pillow would write it as question marks."""
    return value.encode("latin-1", "replace") if isinstance(value, str) and not value.isascii() else value


def _comment(before, words):
    """Return EXIF's UserComment with a note added, where what it said can be read."""
    code, said = (before[:8], before[8:]) if isinstance(before, bytes) else (b"", b"")
    said = said.strip(b"\0 ") if code == b"ASCII\0\0\0" else b""
    return b"ASCII\0\0\0" + b"\n".join(filter(None, [said, words.encode()]))


def _marked(xmp):
    """Return XMP data that say how the picture was made, and nothing of how it lay."""
    xmp = re.sub(r'\s(tiff|exif):Orientation="\d"|<(tiff|exif):Orientation>\d</(tiff|exif):Orientation>', "", xmp)
    prefix = re.search(r"</(\w+):RDF>", xmp)
    if not prefix:
        xmp, prefix = _XMP, ["", "rdf"]
    rdf = prefix[1]
    mark = (
        f'<{rdf}:Description {rdf}:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"<Iptc4xmpExt:DigitalSourceType>{escape(_XMP_SOURCE)}</Iptc4xmpExt:DigitalSourceType></{rdf}:Description>"
    )
    return xmp.replace(f"</{rdf}:RDF>", f"{mark}</{rdf}:RDF>", 1).encode()


def _png_texts(texts, xmp):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    return info


def _srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
