"""Make notebooks/ from book/lessons/, and carry the repository's URL to where it is needed.

A lesson is text (jupytext py:percent). What is made of it is what Jupyter and Colab open: no outputs, cell ids that
change only when the cell changes, and pictures inside, since Colab gets the notebook alone.

    python book/make_notebooks.py           write what differs
    python book/make_notebooks.py --check   write nothing, exit with 1 if something differs

A notebook that someone has worked on is not overwritten: it goes to the working copies in my_lessons/.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from address import WITH_ADDRESS, repository, with_address
from my_lessons import keep

from colorkit.files import FileProblem
from colorkit.results import fill

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "book" / "lessons"


def make_notebook(lesson, url):
    """Return the text of a lesson's notebook.

    Parameters
    ----------
    lesson : pathlib.Path
        The lesson's source, book/lessons/NN_name.py.
    url : str
        The repository's URL, which replaces ``{{repository}}``. ``{{colab}}`` becomes the address at which Colab opens
        the notebook, ``{{raw}}`` the one at which it can be downloaded. ``{{06-context:.1f}}`` becomes what was
        measured over several seeds (`colorkit.results`).

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
            cell.source = fill(cell.source)
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


def by_hand(file):
    """Tell whether someone has written into a notebook since it was made: a cell's id no longer fits what it says.

    Outputs do not count, nor cells that are gone: no work is lost with them.

    Parameters
    ----------
    file : pathlib.Path

    Returns
    -------
    bool
    """
    try:
        cells = json.loads(file.read_text("utf-8"))["cells"]
        taken = set()
        return any(cell.get("id") != _identity("".join(cell["source"]), taken) for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


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
    try:
        made = results()
    except FileProblem as error:
        sys.exit(str(error))
    stale = [file for file in (ROOT / "notebooks").glob("*.ipynb") if file not in made]
    different = [file for file, text in made.items() if not file.exists() or file.read_text("utf-8") != text]
    for file in [*different, *stale]:
        print(f"{file.relative_to(ROOT)}: {'differs from its source' if checking else 'brought up to date'}")
    if checking:
        sys.exit("run `make notebooks`" if different or stale else 0)
    for file in [*different, *stale]:
        if file.suffix == ".ipynb" and file.exists() and by_hand(file):
            kept = keep(file)
            print(f"{file.relative_to(ROOT)}: changed by hand, so that version is now {kept.relative_to(ROOT)}")
    for file in stale:
        file.unlink(missing_ok=True)
    for file in different:
        file.parent.mkdir(exist_ok=True)
        file.write_text(made[file], "utf-8")


if __name__ == "__main__":
    main()
