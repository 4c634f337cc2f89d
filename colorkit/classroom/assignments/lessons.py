"""Exercises as they stand in the lessons: text, hint, the blank function, and what else a student needs to try it."""

import ast
import builtins
import functools
import json
import re
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from colorkit import preset
from colorkit.files import FileProblem

_START = re.compile(r"^\*\*(\d\d-[a-z])\.\*\* ", re.M)


@dataclass(frozen=True)
class Task:
    """An exercise as a lesson puts it.

    Attributes
    ----------
    name : str
    lesson : str
        The title of its lesson: ``"4. Measuring color"``.
    text : str
        Markdown: the task, and its hint.
    stub : str
        The blank function.
    after : str
        Code with which the lesson goes on, if it needs nothing but the function and imports; else ``""``.
    imports : tuple of str
        Lines that import what the task mentions.
    """

    name: str
    lesson: str
    text: str
    stub: str
    after: str
    imports: tuple

    @property
    def function(self):
        """Return what the function is called."""
        return ast.parse(self.stub).body[0].name


def setup():
    """Return the lessons' setup cell."""
    return next(source for kind, source in _cells(sorted(folder().glob("01_*.ipynb"))[0]) if kind == "code")


@functools.cache
def task(name):
    """Return an exercise as its lesson puts it.

    Parameters
    ----------
    name : str

    Returns
    -------
    Task

    Raises
    ------
    FileProblem
        If the lessons are not here.
    """
    paths = sorted(folder().glob(f"{name[:2]}_*.ipynb"))
    if not paths:
        raise FileProblem(f"Lesson {name[:2]} is not in {folder()}; get the course again, or the newest colorkit.")
    cells = _cells(paths[0])
    title = next(line.lstrip("# ") for line in cells[0][1].split("\n") if line.startswith("# "))
    for number, (kind, source) in enumerate(cells):
        begins = [match for match in _START.finditer(source) if match[1] == name] if kind == "markdown" else []
        if begins:
            place = next(n for n, (_, code) in enumerate(cells) if n > number and f'check("{name}"' in code)
            between = [text for kind, text in cells[number + 1 : place] if kind == "markdown"]
            text = "\n\n".join([source[begins[0].start() :].strip(), *between])
            stub, rest = _split(cells[place][1], name)
            after = rest or (cells[place + 1][1] if cells[place + 1][0] == "code" else "")
            imports = _imports(cells)
            if not _stands_alone(after, {ast.parse(stub).body[0].name, *imports}):
                after = ""
            mentioned = set(re.findall(r"\b(\w+)\.", " ".join(re.findall(r"`[^`]+`", text)) + after))
            imports |= {
                bound: f"import {bound}" for bound in mentioned & sys.stdlib_module_names if bound not in imports
            }
            return Task(
                name,
                title,
                text,
                stub,
                after,
                tuple(line for bound, line in imports.items() if bound in mentioned),
            )
    raise FileProblem(f"{paths[0].name}: exercise {name} is not in it; get the course again.")


def folder():
    """Return the folder of the lessons' notebooks: the clone's, else where the package was installed."""
    clone = preset.repository()
    return clone / "notebooks" if clone else Path(sysconfig.get_path("data")) / "share" / "colorkit" / "notebooks"


@functools.cache
def _cells(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"])) for cell in cells]


def _split(code, name):
    """Return the blank function of an exercise's cell, and what stands after its check."""
    tree = ast.parse(code)
    lines = code.split("\n")
    stub = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    check = next(node for node in tree.body if f'"{name}"' in "\n".join(lines[node.lineno - 1 : node.end_lineno]))
    return "\n".join(lines[stub.lineno - 1 : stub.end_lineno]), "\n".join(lines[check.end_lineno :]).strip()


def _imports(cells):
    """Return what a lesson imports: name -> the line that imports this name alone."""
    found = {}
    for kind, source in cells:
        if kind != "code" or source.startswith("# Setup"):
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    line = ast.unparse(ast.Import([alias]))
                    if isinstance(node, ast.ImportFrom):
                        line = f"from {node.module} {line}"
                    found[alias.asname or alias.name.partition(".")[0]] = line
    return {"np": "import numpy as np"} | found


def _stands_alone(code, known):
    """Tell whether code needs nothing but Python, and names that are known."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return False
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    stored |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    loaded = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return bool(tree.body) and loaded <= known | stored | set(dir(builtins)) and "claim" not in loaded
