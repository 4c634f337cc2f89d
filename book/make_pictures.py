"""Take pictures for the lessons' first lines, the index and the README from the book that was built last.

A cell tagged `result` gives _static/NN_name.jpg; a cell tagged `before_after` gives _static/before_after.jpg. They are
committed, since a notebook that nobody has run should show where it leads. Run `make notebooks` afterwards.
"""

import base64
import io
from pathlib import Path

from _ext.colorkit_book import executed
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 960  # pixels: as wide as a notebook shows them


def main():
    """Write what the tags ask for."""
    for lesson, notebook in executed(ROOT).items():
        for cell in notebook.cells:
            names = {"result": lesson, "before_after": "before_after"}
            for tag in names.keys() & set(cell.metadata.get("tags", [])):
                (data,) = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
                picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
                if picture.width > WIDTH:
                    size = WIDTH, round(picture.height * WIDTH / picture.width)
                    picture = picture.resize(size, Image.Resampling.LANCZOS)
                file = ROOT / "book" / "_static" / f"{names[tag]}.jpg"
                picture.save(file, quality=82, optimize=True)
                size = f"{picture.width} x {picture.height}, {file.stat().st_size // 1024} KB"
                print(f"made {file.relative_to(ROOT)}, {size}")


if __name__ == "__main__":
    main()
