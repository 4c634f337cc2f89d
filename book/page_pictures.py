"""Make the pictures that the page *Color a photograph here* offers, from photos that come with scikit-image.

Each is `NAME.jpg`, what its button shows, and `NAME.js`, the picture itself: from a folder a page may load scripts, but
not the pixels of a picture. They are free to pass on: CC0, or in the public domain (`colorkit.photos.BUNDLED`).
"""

import base64
import io
from pathlib import Path

from PIL import Image
from skimage import data

FOLDER = Path(__file__).resolve().parent / "_static" / "colorize" / "examples"
NAMES = ("camera", "coffee", "astronaut", "rocket")
BUTTON = 96  # pixels, twice what it takes on the page
QUALITY = {"button": 80, "picture": 90}


def main():
    """Write them; `tests/test_colorize_page.py` finds whether they are as they would be made."""
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        for file, content in files(name).items():
            (FOLDER / file).write_bytes(content)
            print(f"made {file}, {len(content) // 1024} KB")


def files(name):
    """Return what is written for one photo.

    Parameters
    ----------
    name : str
        Of `NAMES`: a function of `skimage.data`.

    Returns
    -------
    dict of str to bytes
        File name -> content.
    """
    photo = Image.fromarray(getattr(data, name)())
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    button = photo.convert("L").crop((left, top, left + side, top + side)).resize((BUTTON, BUTTON))
    picture = base64.b64encode(_jpeg(photo, QUALITY["picture"])).decode()
    return {
        f"{name}.jpg": _jpeg(button, QUALITY["button"]),
        f"{name}.js": f'colorizeFile("{name}", "{picture}");\n'.encode(),
    }


def _jpeg(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling=0)
    return file.getvalue()


if __name__ == "__main__":
    main()
