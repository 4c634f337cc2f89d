"""A handed-in file, of whatever kind and state: the text of its code cells, and what is wrong with it."""

import codecs
import json
import re
from dataclasses import dataclass, field

MOST_BYTES = 50_000_000
_MOST_CODE = 500_000  # characters
_PROGRAMS = (".py", ".txt")


@dataclass
class Notebook:
    """What could be read of a file.

    Attributes
    ----------
    cells : list of (str, str)
        Where it stands ("code cell 3") and the text, of each code cell.
    problem : str
        Why nothing could be read, in a sentence; else ``""``.
    notes : list of str
        What the teacher should know.
    """

    cells: list = field(default_factory=list)
    problem: str = ""
    notes: list = field(default_factory=list)


def read(data, name):
    """Read a file.

    Parameters
    ----------
    data : bytes
    name : str
        Its name tells nothing but whether it is a Python program, if it is no notebook.

    Returns
    -------
    Notebook
    """
    if len(data) > MOST_BYTES:
        size, most = len(data) / 1e6, MOST_BYTES / 1e6
        return Notebook(problem=f"It has {size:,.0f} MB, more than {most:.0f}. Clear its outputs and hand it in again.")
    if not data.strip():
        return Notebook(problem="The file is empty.")
    text, notes = _decoded(data)
    if text.lstrip()[:1] == "{":
        return _notebook(text, notes)
    if name.lower().endswith(_PROGRAMS) and "\x00" not in text:
        return Notebook(_split_program(text), notes=[*notes, "It is no notebook but a Python program; read as that."])
    return Notebook(problem="It is not a notebook (.ipynb).")


def _decoded(data):
    """Return the text, and notes. A notebook is UTF-8; some editors make something else of it."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), [
            "It is not UTF-8 text, as a notebook should be; read as Windows text."
        ]


def _notebook(text, notes):
    try:
        content = json.loads(text, strict=False)
        cells = _cells_of(content)
        if cells is None:
            return Notebook(problem="It is JSON, but not a notebook: it has no cells.", notes=notes)
    except (ValueError, RecursionError):
        cells = _whole_cells(text)
        if not cells:
            return Notebook(problem="It is cut off or damaged, and no cell of it can be read.", notes=notes)
        notes = [*notes, f"The file is cut off or damaged; {len(cells)} of its cells could be read."]
    found = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type", "code") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if isinstance(source, str):
            found.append((f"code cell {len(found) + 1}", source.replace("\r\n", "\n")))
    if sum(len(source) for _, source in found) > _MOST_CODE:
        return Notebook(problem=f"It has more than {_MOST_CODE:,} characters of code.", notes=notes)
    return Notebook(found, notes=notes)


def _cells_of(content):
    """Return the list of cells of a notebook of format 3 or 4."""
    if not isinstance(content, dict):
        return None
    cells = content.get("cells")
    if cells is None and isinstance(content.get("worksheets"), list):
        sheets = [sheet for sheet in content["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells", [])]
    return cells if isinstance(cells, list) else None


def _whole_cells(text):
    """Return the cells of a damaged notebook that are whole, from the first one on."""
    begin = re.search(r'"cells"\s*:\s*\[', text)
    cells, place, decoder = [], begin.end() if begin else len(text), json.JSONDecoder(strict=False)
    while place < len(text):
        place += len(text[place : place + 10_000]) - len(text[place : place + 10_000].lstrip(" \t\r\n,"))
        try:
            cell, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        cells.append(cell)
    return cells


def _split_program(text):
    """Return a program's cells, if it has marks of cells; their lines keep their numbers."""
    cells, begin = [], 0
    lines = text.replace("\r\n", "\n").splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines) if line.startswith("# %%")] + [len(lines)]
    for end in marks:
        if end > begin and "[markdown]" not in lines[begin]:
            cells.append(("the program", "\n" * begin + "".join(lines[begin:end])))
        begin = end
    return cells
