"""What is made of an assignment: the student's notebook, the teacher's key, and a rubric."""

import ast
import importlib
import inspect
import json

from colorkit.classroom import solutions
from colorkit.classroom.assignments import lessons

_NAME = '''# Who you are: write your name between the quotation marks,
# and your student number if you were given one.
student_name = ""
student_number = ""'''


def student(assignment):
    """Return the notebook for students: text, blank functions with their checks, and where they stand.

    Parameters
    ----------
    assignment : colorkit.classroom.assignments.Assignment

    Returns
    -------
    str
        The text of an .ipynb file.
    """
    cells = [("markdown", _opening(assignment)), ("code", _install()), ("code", _NAME)]
    cells.append(("code", _imports(assignment, "from colorkit.classroom import standing")))
    for name in assignment.points:
        task = lessons.task(name)
        cells.append(("markdown", _task_text(assignment, task)))
        cells.append(("code", f'{task.stub}\n\n\n{task.function} = check("{name}", {task.function})'))
        if task.after:
            cells.append(("code", task.after))
    cells.append(("markdown", _CLOSING))
    points = "".join(f'\n        "{name}": {worth:g},' for name, worth in assignment.points.items())
    cells.append(
        ("code", f'standing(\n    "{assignment.name}",\n    {{{points}\n    }},\n    student=student_name,\n)')
    )
    return _notebook(assignment.name, cells)


def key(assignment):
    """Return the teacher's key: solutions, and the known wrong answers with what they reveal.

    Parameters
    ----------
    assignment : colorkit.classroom.assignments.Assignment

    Returns
    -------
    str
        The text of an .ipynb file.
    """
    opening = (
        f"# {assignment.name}. {assignment.title} (key)\n\nFor teachers. Each exercise with a solution, as a learner "
        "may write it, and the wrong answers that its check knows: what the student is told, and the answer that shows "
        "the mistake. Any other right answer counts as well."
    )
    cells = [("markdown", opening), ("code", _install()), ("code", _imports(assignment))]
    for name in assignment.points:
        task = lessons.task(name)
        cells.append(("markdown", _task_text(assignment, task)))
        cells.append(("code", f'{_solved(name, task)}\n\n\n{task.function} = check("{name}", {task.function})'))
        cells.append(("markdown", _known_mistakes(name)))
    return _notebook(f"{assignment.name}-key", cells)


def rubric(assignment):
    """Return the rubric, as Markdown.

    Parameters
    ----------
    assignment : colorkit.classroom.assignments.Assignment

    Returns
    -------
    str
    """
    lines = [
        f"# {assignment.name}. {assignment.title} (rubric)",
        "",
        f"{assignment.most:g} points. About {assignment.minutes} minutes. That is a guess; measure it in class.",
        "",
        "| exercise | what it asks for | right | a known mistake | otherwise |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, worth in assignment.points.items():
        task = lessons.task(name)
        asks = task.text.split("\n\n")[0].replace("\n", " ").partition("** ")[2].rstrip(".:")
        partly = f"{worth * assignment.partial:g}"
        lines.append(f"| {name} `{task.function}` | {asks} | {worth:g} | {partly} | 0 |".replace("  ", " "))
    return "\n".join([*lines, "", *_RUBRIC_NOTES]) + "\n"


_RUBRIC_NOTES = [
    "- *Right*: the function agrees with colorkit's on random inputs, which are new for each grading.",
    "- *A known mistake*: it gives what one of the wrong answers in the key gives. The feedback names the mistake.",
    "- *Otherwise*: another wrong answer, an error, no answer in time, or not tried. What was tried and stops with an "
    "error is worth a look of yours: the feedback page has the line.",
    "- The grade says whether the function works. It does not say how it is written, nor whether the student can "
    "explain it: ask, or give points of your own for that.",
]

_CLOSING = """## Where you stand

Run the cell below. It says which checks have passed, and what to hand in. A check that passes here passes when it is
graded, too: graded are the functions alone, with new random numbers. What they need from other cells (functions,
imports, plain assignments) comes along; what is made in a loop does not."""


def _opening(assignment):
    counted = ", ".join(f"{name} ({worth:g})" for name, worth in assignment.points.items())
    return (
        f"# {assignment.name}. {assignment.title}\n\n*Points:* {assignment.most:g}, for the exercises {counted}.\n\n"
        f"*Time:* about {assignment.minutes} minutes. That is a guess.\n\n"
        "Run the cells from the top. Write the body of each function in place of the dots, and run its cell: the check "
        "below it says what is right, and what not yet. Keep the functions' names. Until a function is right, the "
        "notebook goes on with colorkit's own."
    )


def _install():
    """Return the part of the lessons' setup cell that installs colorkit where it is missing."""
    return lessons.setup().partition("\nfrom colorkit import setup")[0].rstrip()


def _imports(assignment, *more):
    """Return the lines that import what the exercises need, each module once."""
    lines = [line for name in assignment.points for line in lessons.task(name).imports]
    whole = sorted({line for line in ["import numpy as np", *lines] if line.startswith("import ")})
    parts = {}
    for line in ["from colorkit import check", *lines, *more]:
        module, _, names = line.partition(" import ")
        if line.startswith("from "):
            parts.setdefault(module, set()).add(names)
    return "\n".join([*whole, "", *(f"{one} import {', '.join(sorted(parts[one]))}" for one in sorted(parts))])


def _task_text(assignment, task):
    worth = assignment.points[task.name]
    heading = f"## Exercise {task.name} ({worth:g} point{'' if worth == 1 else 's'})"
    lesson = f"From lesson {task.lesson.replace('. ', ', ', 1)}."
    context = assignment.context.get(task.name, "").strip()
    return "\n\n".join([heading, lesson, *([context] if context else []), task.text])


def _notebook(name, cells):
    made = []
    for number, (kind, source) in enumerate(cells):
        cell = {"cell_type": kind, "id": f"{name}-{number:02d}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell | {"source": source.splitlines(keepends=True)})
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


# --- the key ---


def _solved(name, task):
    """Return a solution with the docstring of the blank function, and the imports that it needs."""
    solution = solutions.find(name)
    body = inspect.getsource(solution).rstrip().partition("\n")[2]
    head = task.stub.split("\n    ...")[0]
    used = {node.id for node in ast.walk(ast.parse(inspect.getsource(solution))) if isinstance(node, ast.Name)}
    tree = ast.parse(inspect.getsource(inspect.getmodule(solution)))
    imports = [
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any((alias.asname or alias.name) in used - {"np"} for alias in node.names)
    ]
    return "\n".join([*imports, *([""] * 2 if imports else []), head, body])


def _known_mistakes(name):
    """Return the known wrong answers of an exercise, as Markdown: the hint, and the code that it belongs to."""
    module = importlib.import_module(f"colorkit.classroom.exercises.lesson_{name[:2]}")
    text = inspect.getsource(module)
    tree = ast.parse(text)
    values = {target.id: node.value for node in tree.body if isinstance(node, ast.Assign) for target in node.targets}
    helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    call = next(
        value
        for key, value in zip(values["EXERCISES"].keys, values["EXERCISES"].values, strict=True)
        if key.value == name
    )
    mistakes = next(keyword.value for keyword in call.keywords if keyword.arg == "mistakes")
    mistakes = values[mistakes.id] if isinstance(mistakes, ast.Name) else mistakes
    lines, used = ["**Known wrong answers**, and what they reveal:", ""], []
    for hint, answer in zip(mistakes.keys, mistakes.values, strict=True):
        lines += [f"- {ast.literal_eval(hint)}", "", *_indented(ast.unparse(answer)), ""]
        _note_helpers(answer, helpers, used)
    if used:
        lines += ["<details><summary>The functions that these use</summary>", "", "```python"]
        for helper in sorted(used, key=lambda one: helpers[one].lineno):
            lines += [ast.get_source_segment(text, helpers[helper]), ""]
        lines += ["```", "", "</details>"]
    return "\n".join(lines).rstrip()


def _indented(code):
    return ["  ```python", *(f"  {line}" for line in code.split("\n")), "  ```"]


def _note_helpers(node, helpers, used):
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and child.id in helpers and child.id not in used:
            used.append(child.id)
            _note_helpers(helpers[child.id], helpers, used)
