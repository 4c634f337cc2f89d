"""Opening any picture that a person has: its pixels, right, or one sentence that says why not."""

import contextlib
import functools
import io
import logging
import os
import re
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from colorkit import files, lab

MAX_PIXELS = 120_000_000
# Raster formats only: EPS and PDF would start another program. JPEG stands for MPO too; HEIF needs pillow-heif.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM", "JPEG2000", "AVIF", "HEIF")
_HEIC = rb".{4}ftyp(hei|hev|mif1|msf1)"
# What people mistake for a photo that can be opened, by the first bytes of the file.
_OTHER_KINDS = {
    _HEIC: "a HEIC photo",
    rb".{4}ftypcrx|FUJIFILM|II(RO|U\0)": "a camera's raw file",
    rb".{4}ftypavi[fs]": "an AVIF photo",
    rb".{4}ftyp": "a video, or a photo of a rare kind",
    rb"\xff\x0a|\0{3}\x0cJXL": "a JPEG XL photo",
    rb"8BPS": "a Photoshop document",
    rb"%PDF": "a PDF document",
    rb"%!PS|\xc5\xd0\xd3\xc6": "a PostScript document",
    rb"PK\x03\x04": "a ZIP archive or an office document",
    rb"(?i:\s*<(svg|\?xml|!doctype|html))": "an SVG drawing or a web page",
}
_DAMAGED = "it is cut short, damaged or of a rare kind; get a fresh copy, or save it again as JPEG or PNG"
_TOO_LARGE = f"it has more than {MAX_PIXELS // 10**6} megapixels; scale it down first"
# TIFF tags.
_NEW_SUBFILE_TYPE, _BITS_PER_SAMPLE, _PHOTOMETRIC, _DNG_VERSION = 254, 258, 262, 50706
# What EXIF's ColorSpace says: sRGB is 1.
_ADOBE_RGB, _UNCALIBRATED = 2, 65535
# What Pillow logs about a broken file would reach the user's screen if nobody listened.
logging.getLogger("PIL").addHandler(logging.NullHandler())


class PhotoError(ValueError):
    """A photo that cannot be opened. The message is one line: ``NAME: what was wrong; what to do``."""


def square(photo, size):
    """Cut the center square out of a photo and resize it, with antialiasing.

    Parameters
    ----------
    photo : ndarray, shape (H, W, 3), uint8
        RGB.
    size : int
        Side of the result, pixels.

    Returns
    -------
    ndarray, shape (size, size, 3), uint8

    Raises
    ------
    ValueError
        If `photo` is not such an array, or `size` is less than 1.

    Examples
    --------
    >>> square(np.zeros((300, 451, 3), np.uint8), 64).shape
    (64, 64, 3)
    """
    photo = np.asarray(photo)
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or photo.size == 0:
        raise ValueError(f"a photo is uint8, shape (H, W, 3), got {photo.dtype}, {photo.shape}; open_photo gives one")
    if size < 1:
        raise ValueError(f"size is the side of the square in pixels, at least 1, got {size}")
    side = min(photo.shape[:2])
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    center = np.ascontiguousarray(photo[top : top + side, left : left + side])
    return np.array(Image.fromarray(center).resize((size, size), Image.Resampling.LANCZOS))


def as_rgb(picture, name="the photo"):
    """Return a picture that is an array already as uint8 RGB, or say what is wrong with it.

    Parameters
    ----------
    picture : array, shape (H, W), (H, W, 1) or (H, W, 3)
        Gray or RGB, uint8, 0..255, or float, 0..1.
    name : str
        What to call it in a message.

    Returns
    -------
    ndarray, shape (H, W, 3), uint8

    Raises
    ------
    ValueError
        If it has another shape, type or range.

    Examples
    --------
    >>> as_rgb([[0.0, 0.5, 1.0]])[0].tolist()
    [[0, 0, 0], [128, 128, 128], [255, 255, 255]]
    """
    picture = np.asarray(picture)
    shape = picture.shape
    if picture.ndim == 2:
        picture = picture[..., np.newaxis]
    if picture.ndim != 3 or picture.shape[2] not in (1, 3) or picture.size == 0:
        raise ValueError(
            f"{name} has shape {shape}; a picture is (height, width, 3) for RGB or (height, width) for gray; "
            "colorkit.open_photo opens any file as one"
        )
    if np.issubdtype(picture.dtype, np.floating):
        low, high = picture.min(), picture.max()
        # A conversion may leave 0..1 by a rounding error, and that is no mistake of the caller. NaN fails here too.
        if not (low >= -1e-3 and high <= 1 + 1e-3):
            raise ValueError(
                f"{name} holds floats from {low:.4g} to {high:.4g}, and floats must lie in 0..1; "
                "divide by 255 (L by 100), or clip"
            )
        picture = lab.to_uint8(picture)
    elif picture.dtype != np.uint8:
        raise ValueError(f"{name} is {picture.dtype}; give uint8 (0..255) or floats (0..1)")
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def open_photo(path):
    """Open any picture a person has, as RGB.

    JPEG (also MPO), PNG, GIF, WebP, TIFF, BMP, PPM, JPEG 2000, AVIF where Pillow can, and HEIC where pillow-heif is
    installed. The picture is turned upright as its EXIF data say, brought to sRGB if it has a color profile or its EXIF
    data say that it is Adobe RGB, and laid on white where it is transparent. Of several frames or pages, the first is
    taken. More than 8 bits per channel are scaled down.

    Parameters
    ----------
    path : path-like, bytes or binary file
        Where the picture is, or the content of its file, or a file opened with ``"rb"`` (it stays open).

    Returns
    -------
    ndarray, shape (H, W, 3), uint8
        sRGB.

    Raises
    ------
    PhotoError
        If it is missing, not a picture, damaged, or has more than `MAX_PIXELS` pixels. Nothing else is raised.

    Examples
    --------
    >>> import skimage
    >>> open_photo(f"{skimage.__path__[0]}/data/rocket.jpg").shape
    (427, 640, 3)
    """
    name = "photo"
    try:
        name = _name(path)
        # Pillow warns about large pictures and odd metadata: nothing that the person who opens a photo can act on.
        with warnings.catch_warnings(), _opened(path) as file:
            warnings.simplefilter("ignore")
            return _pixels(file)
    except PhotoError as error:
        problem = str(error)
    except Image.DecompressionBombError:
        problem = _TOO_LARGE
    except MemoryError:
        problem = "there is not enough memory to open it; close other programs, or scale it down first"
    except Exception:  # Decoders meet damage in every way there is: SyntaxError, struct.error, RecursionError...
        problem = _DAMAGED
    raise PhotoError(f"{name}: {problem}")


def _name(source):
    """Return what to call a picture in a message, in one line."""
    name = getattr(source, "name", source)
    name = files.shown(Path(os.fsdecode(name)).name if isinstance(name, str | os.PathLike) else "") or "photo"
    return name if len(name) <= 255 else f"{name[:60]}..."


def _opened(source):
    """Return a context manager that gives the binary file."""
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    if hasattr(source, "read"):
        return contextlib.nullcontext(source) if source.seekable() else io.BytesIO(source.read())
    try:
        path = Path(os.path.expanduser(source))
        if path.is_dir():
            raise PhotoError("this is a folder; name one picture in it")
        if path.exists() and not path.is_file():
            raise PhotoError("this is a device, not a file; name a picture")  # Reading it might never end.
        return path.open("rb")
    except PhotoError:
        raise
    except TypeError:
        raise PhotoError(f"got {type(source).__name__}; pass a path, bytes, or a file opened with 'rb'") from None
    except (OSError, ValueError) as error:
        raise PhotoError(_not_opened(source, error)) from None


def _not_opened(source, error):
    """Say why a path cannot be opened."""
    path = os.fsdecode(source)
    if re.match(r"[A-Za-z][\w+.-]+:/|data:", path):  # A letter and a colon alone are a drive of Windows.
        return "this is an address; download it and name the file"
    if isinstance(error, FileNotFoundError):
        folder = Path(os.path.expanduser(path)).absolute().parent
        return f"there is no such file in {files.shown(folder)}; check the name and the folder"
    if isinstance(error, PermissionError):
        return "reading it is not permitted; change its permissions, or copy it elsewhere"
    return f"it cannot be opened ({getattr(error, 'strerror', None) or 'the path is not a valid one'}); check the path"


def _pixels(file):
    """Return the first picture in a binary file as uint8 RGB, upright."""
    Image.init()
    file.seek(0)
    head = file.read(32)
    if not isinstance(head, bytes):
        raise PhotoError("the file was opened as text; open it with 'rb'")
    if not head:
        raise PhotoError("the file is empty; get a fresh copy")
    if re.match(_HEIC, head, re.DOTALL) and "HEIF" not in Image.OPEN:
        _learn_heic()
    formats = [name for name in _FORMATS if name in Image.OPEN]
    try:
        image = Image.open(file, formats=formats)
    except UnidentifiedImageError:
        raise PhotoError(_unidentified(head, formats)) from None
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise PhotoError(_TOO_LARGE)
        tags = getattr(image, "tag_v2", {})
        if _DNG_VERSION in tags or tags.get(_NEW_SUBFILE_TYPE, 0) & 1:
            # Its first picture is a thumbnail or the sensor's mosaic.
            raise PhotoError("this is a camera's raw file, which cannot be read here; export it as JPEG")
        adobe_rgb = image.format == "TIFF" and _is_adobe_rgb(image)  # Pillow closes a TIFF file when it has loaded it.
        image.load()
        if image.format == "PNG" and image.mode in ("1", "L", "RGB") and "transparency" in image.info:
            image.info["transparency"] = _png_transparency(image.info["transparency"], depth=head[24])
        orientation = 1
        with contextlib.suppress(Exception):  # Broken EXIF data are no reason to refuse a photo.
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        rgb = _to_rgb(image, adobe_rgb or _is_adobe_rgb(image))
        rgb.info = {}  # Nothing but the orientation shall be read again.
        rgb.getexif()[ExifTags.Base.Orientation] = orientation
        return np.array(ImageOps.exif_transpose(rgb))


def _learn_heic():
    """Let Pillow open HEIC photos, if pillow-heif is installed."""
    with contextlib.suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()


def _is_adobe_rgb(image):
    """Tell whether a picture's EXIF data say that it is Adobe RGB (1998), as cameras do instead of giving a profile."""
    with contextlib.suppress(Exception):
        exif = image.getexif()
        space = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        if space == _UNCALIBRATED:
            return str(exif.get_ifd(ExifTags.IFD.Interop)[ExifTags.Interop.InteropIndex]).startswith("R03")
        return space == _ADOBE_RGB
    return False


def _unidentified(head, formats):
    """Say what a file is that Pillow cannot open, from its first bytes."""
    for pattern, kind in _OTHER_KINDS.items():
        if re.match(pattern, head, re.DOTALL):
            if pattern == _HEIC and "HEIF" not in formats:
                return f"this is {kind}, which needs pillow-heif; `pip install pillow-heif`, or export it as JPEG"
            return f"this is {kind}, which cannot be read here; export it as JPEG"
    if any(accept and accept(head) for _, accept in map(Image.OPEN.get, formats)):
        return _DAMAGED
    return "this is not a picture; name a photo such as JPEG, PNG or TIFF"


def _png_transparency(color, depth):
    """Bring a PNG's transparent color, given in the file's own bit depth, to the 8 bits that Pillow decodes to."""
    if isinstance(color, tuple):
        return tuple(_png_transparency(value, depth) for value in color)
    return color >> (depth - 8) if depth > 8 else min(255, color * 255 // (2**depth - 1))


def _to_rgb(image, adobe_rgb):
    """Return a decoded picture of any mode as 8-bit sRGB, laid on white."""
    profile, alpha = image.info.get("icc_profile") or (_adobe_rgb_profile() if adobe_rgb else None), None
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image, alpha = _eight_bit_gray(image)
    if image.has_transparency_data:
        # La is LA with the gray already multiplied; from there Pillow has no way to RGBA.
        image = image.convert("LA" if image.mode in ("1", "L", "LA", "La") else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert(image.mode[:-1])
    if image.mode == "1":
        image = image.convert("L")
    if image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    if profile:
        with contextlib.suppress(Exception):  # A broken profile, or one for another kind of picture.
            source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is None:
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=alpha)
    return white


@functools.cache
def _adobe_rgb_profile():
    """Return a color profile (ICC version 2) of Adobe RGB (1998), which cameras name instead of giving its profile."""

    def xyz(*values):
        return struct.pack(">4s4x3i", b"XYZ ", *(round(value * 65536) for value in values))

    gamma = struct.pack(">4s4xIH2x", b"curv", 1, 563)  # 563/256
    tags = {b"wtpt": xyz(0.95045, 1, 1.08905), b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma}
    # Its primaries, adapted to D50, as the profile format wants them.
    tags |= {b"rXYZ": xyz(0.60974, 0.31111, 0.01947), b"gXYZ": xyz(0.20528, 0.62567, 0.06087)}
    tags |= {b"bXYZ": xyz(0.14919, 0.06322, 0.74457)}
    table, body, begin = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, begin + len(body), len(data))
        body += data
    header = struct.pack(">I4xI4s4s4s12x4s", begin + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    d50 = struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(68, b"\0") + d50 + bytes(48) + struct.pack(">I", len(tags)) + table + body


def _eight_bit_gray(image):
    """Return a gray picture of 16 bits, 32 bits or floating-point numbers as 8 bits, and its alpha or None."""
    values = np.asarray(image, dtype=np.float32)
    tags = getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16") and tags:
        white = 2 ** tags[_BITS_PER_SAMPLE][0] - 1
    elif image.mode != "F" and not tags:
        white = 65535  # 16-bit PNG and PPM have mode I in older Pillows.
    else:
        # Nothing in the file says which number is white. Three ranges are in use; anything else would be a guess.
        low, high = values.min(), values.max()
        white = next((white for white in (1, 255, 65535) if high <= white), None)
        if not (low >= 0 and white and (white == 1 or np.array_equal(values, np.rint(values)))):
            raise PhotoError(f"its numbers go from {low:g} to {high:g}, white is unknown; save it with 8 or 16 bits")
    gray = np.rint(values * np.float32(255 / white)).astype(np.uint8)
    if tags.get(_PHOTOMETRIC) == 0:
        gray = 255 - gray  # Stored with 0 for white; Pillow sees to that only at 8 bits.
    alpha = None
    if "transparency" in image.info:
        alpha = Image.fromarray(np.where(values == image.info["transparency"], np.uint8(0), np.uint8(255)))
    return Image.fromarray(gray), alpha
