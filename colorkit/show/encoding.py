"""What goes into a page as text: pictures, style sheets and scripts."""

import base64
import io

from PIL import Image

from colorkit import files

_SMALLEST_SIDE = 160  # pixels; smaller pictures show nothing
_PICTURE_BUDGET = 380_000  # characters of all data: URIs; with the rest of the control it stays below 400 KB


def asset(name):
    """Return a style sheet or a script of this package, as text."""
    return files.asset("show", "assets", name)


def packed(images):
    """Encode pictures so that all fit into the budget; return (data: URI, width, height) of each."""
    # One size, so that nothing on the page moves when the picture changes.
    size = tuple(max(sides) for sides in zip(*(image.size for image in images), strict=True))
    images = [image if image.size == size else _canvas(image, size) for image in images]
    # Lossless suits charts and small pictures. For photos JPEG without chroma subsampling: WebP always halves the
    # resolution of color, and in this course that would falsify what is shown.
    steps = [(1, None), *((1, quality) for quality in (92, 86, 80, 74))]
    steps += [(scale, 74) for scale in (0.85, 0.7, 0.6, 0.5, 0.4, 0.3)]
    for scale, quality in steps:
        width, height = (max(1, round(side * scale)) for side in size)
        if scale < 1 and max(width, height) < _SMALLEST_SIDE:
            break
        sources = _encoded(images, (width, height), quality)
        if sources:
            return [(source, width, height) for source in sources]
    raise ValueError(
        f"the {len(images)} pictures do not fit into 400 KB, not even small ones; give fewer of them, or calmer ones"
    )


def _canvas(image, size):
    """Center a picture on white."""
    canvas = Image.new("RGB", size, "white")
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas


def _encoded(images, size, quality):
    """Return data: URIs, lossless if `quality` is None, or None as soon as the budget is spent."""
    sources, spent = [], 0
    for image in images:
        file = io.BytesIO()
        resized = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)
        if quality is None:
            resized.save(file, "WEBP", lossless=True)
        else:
            # Neither optimized nor progressive: for these Pillow's buffer is too small when a picture is noisy.
            resized.save(file, "JPEG", quality=quality, subsampling=0)
        kind = "webp" if quality is None else "jpeg"
        sources.append(f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}")
        spent += len(sources[-1])
        if spent > _PICTURE_BUDGET:
            return None
    return sources
