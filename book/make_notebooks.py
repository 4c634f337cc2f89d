"""Make notebooks/ from book/lessons/, and carry the repository's URL to where it is needed.

A lesson is text (jupytext py:percent). What is made of it is what Jupyter and Colab open: no outputs, cell ids that
change only when the cell changes, and pictures inside, since Colab gets the notebook alone.

    python book/make_notebooks.py           write what differs
    python book/make_notebooks.py --check   write nothing, exit with 1 if something differs
"""

import base64
import hashlib
import re
import sys
import tomllib
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "book" / "lessons"
# Files that name the repository. The address that they hold now is the one in CITATION.cff.
WITH_ADDRESS = ("CITATION.cff", "CONTRIBUTING.md", "README.md", "_config.yml", "book/how_to_use.md", "book/index.md")


def repository():
    """Return the repository's URL, from pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]["Repository"].rstrip("/")


def make_notebook(lesson, url):
    """Return the text of a lesson's notebook.

    Parameters
    ----------
    lesson : pathlib.Path
        The lesson's source, book/lessons/NN_name.py.
    url : str
        The repository's URL, which replaces ``{{repository}}``. ``{{colab}}`` becomes the address at which Colab opens
        the notebook, ``{{raw}}`` the one at which it can be downloaded.

    Returns
    -------
    str
    """
    path = f"notebooks/{lesson.stem}.ipynb"
    text = lesson.read_text("utf-8")
    colab = url.replace("https://github.com/", "https://colab.research.google.com/github/")
    for name, value in (("repository", url), ("colab", f"{colab}/blob/main/{path}"), ("raw", f"{url}/raw/main/{path}")):
        text = text.replace("{{" + name + "}}", value)
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"(!\[[^\]]*\])\((\.\./_static/[^)]+)\)", _inside, cell.source)
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = _identity(cell.source, taken)
    return nbformat.writes(notebook) + "\n"


def _inside(match):
    """Put a picture into the Markdown as data."""
    file = LESSONS / match[2]
    kind = {".jpg": "jpeg", ".png": "png"}[file.suffix]
    return f"{match[1]}(data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()})"


def _identity(source, taken):
    """Return a cell's id: made from what it says, so that it stays when cells around it come and go."""
    number = 0
    while (name := hashlib.sha256(f"{source}{number or ''}".encode()).hexdigest()[:12]) in taken:
        number += 1
    taken.add(name)
    return name


def with_address(text, old, new):
    """Replace the repository's address in a text, also in links to Colab and in `cd NAME`."""
    old_path, new_path = (url.removeprefix("https://github.com/") for url in (old, new))
    return text.replace(old_path, new_path).replace(f"cd {old_path.split('/')[1]}", f"cd {new_path.split('/')[1]}")


def results():
    """Return what should be in each generated file: dict of pathlib.Path to str."""
    url = repository()
    old = re.search(r'repository-code: "(.+)"', (ROOT / "CITATION.cff").read_text("utf-8"))[1]
    made = {
        ROOT / "notebooks" / f"{lesson.stem}.ipynb": make_notebook(lesson, url)
        for lesson in sorted(LESSONS.glob("*.py"))
    }
    for name in WITH_ADDRESS:
        file = ROOT / name
        made[file] = with_address(file.read_text("utf-8"), old, url)
    return made


def main():
    """Write, or with --check compare."""
    checking = "--check" in sys.argv
    made = results()
    stale = [file for file in (ROOT / "notebooks").glob("*.ipynb") if file not in made]
    different = [file for file, text in made.items() if not file.exists() or file.read_text("utf-8") != text]
    for file in [*different, *stale]:
        print(f"{file.relative_to(ROOT)}: {'differs from its source' if checking else 'brought up to date'}")
    if checking:
        sys.exit("run `make notebooks`" if different or stale else 0)
    for file in stale:
        file.unlink()
    for file in different:
        file.parent.mkdir(exist_ok=True)
        file.write_text(made[file], "utf-8")


if __name__ == "__main__":
    main()
