"""Every lesson is built alike, and notebooks/ is what book/lessons/ makes."""

import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "book" / "lessons").glob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# What draws: matplotlib through show or plt. `explore` and the like have alt text of their own.
DRAWS = re.compile(r"\bshow\.(?!explore\b|TuringTest\b|HintBoard\b)\w+\(|\bplt\.show\(|\.imshow\(|\.plot\(")
END = ["Exercises", "The paper said, we measured", "What to remember", "Go further"]


def read(path):
    return nbformat.read(path, as_version=4)


def test_notebooks_are_what_the_lessons_make():
    done = subprocess.run(
        [sys.executable, ROOT / "book" / "make_notebooks.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_lesson_is_noticed_and_cell_ids_stay(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    import make_notebooks

    lesson = tmp_path / "99_test.py"
    lesson.write_text("# %% [markdown]\n# # One\n\n# %%\na = 1\n\n# %%\na = 1\n")
    before = nbformat.reads(make_notebooks.make_notebook(lesson, "https://github.com/x/y"), as_version=4)
    lesson.write_text("# %% [markdown]\n# # One\n\n# %%\nnew = 0\n\n# %%\na = 1\n\n# %%\na = 1\n")
    after = nbformat.reads(make_notebooks.make_notebook(lesson, "https://github.com/x/y"), as_version=4)
    assert len({cell.id for cell in after.cells}) == 4
    assert [cell.id for cell in before.cells] == [cell.id for cell in after.cells if cell.source != "new = 0"]


def test_the_repository_s_address_is_carried_everywhere(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    import make_notebooks

    old = make_notebooks.repository()
    monkeypatch.setattr(make_notebooks, "repository", lambda: "https://github.com/someone/colors")
    made = make_notebooks.results()
    assert ROOT / "README.md" in made
    path = old.removeprefix("https://github.com/")
    left = [file.name for file, text in made.items() if path in text]
    assert not left, f"{left} still name {path}"
    # And no tracked file outside that list names it, but the one place.
    listed = subprocess.run(["git", "grep", "-l", "-F", path], cwd=ROOT, capture_output=True, text=True, check=False)
    outside = {name for name in listed.stdout.split() if ROOT / name not in made}
    assert outside <= {"pyproject.toml"}, f"{outside} name the repository too; add them to WITH_ADDRESS"


def test_there_is_a_notebook_and_a_place_in_the_book_for_each_lesson():
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in LESSONS]
    contents = (ROOT / "_toc.yml").read_text("utf-8")
    course_map = (ROOT / "book" / "course_map.md").read_text("utf-8")
    for path in LESSONS:
        assert f"file: notebooks/{path.stem}" in contents
        assert path.stem in course_map


def test_the_setup_cell_is_the_same_in_every_lesson():
    setups = {next(cell.source for cell in read(path).cells if cell.cell_type == "code") for path in NOTEBOOKS}
    assert len(setups) == 1
    (setup,) = setups
    assert "preset = setup()" in setup and "pip" in setup


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_begins_as_all_do(path):
    notebook = read(path)
    top = notebook.cells[0].source
    number = int(path.stem[:2])
    lines = [line for line in top.splitlines() if line.strip()]
    assert re.fullmatch(rf"# {number}\. \S.*", lines[0])
    assert lines[1].startswith("**")
    assert re.search(r"!\[[^\]]{40,}\]\(data:image/(jpeg|png);base64,", top), "a picture of the result, with alt text"
    assert re.search(
        rf"\]\(https://colab\.research\.google\.com/github/[\w.-]+/[\w.-]+/blob/main/notebooks/{path.name}\)", top
    )
    assert re.search(rf"\]\(https://github\.com/[\w.-]+/[\w.-]+/raw/main/notebooks/{path.name}\)", top)
    goals = top.split("*You will*")[1].split("*Time:*")[0]
    assert 3 <= len(re.findall(r"^- ", goals, re.M)) <= 4
    time = re.search(r"\*Time:\*(.*?)\n\n", top, re.S)[1]
    assert re.search(r"\d", time) and "laptop" in time and "test" in time and "measured" in time
    assert "*Needs:*" in top
    assert notebook.cells[1].cell_type == "code"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_ends_as_all_do(path):
    cells = read(path).cells
    headings = [
        heading
        for cell in cells
        if cell.cell_type == "markdown"
        for heading in re.findall(r"^## (.+)", cell.source, re.M)
    ]
    assert headings[-4:] == END
    end = cells[-1].source
    remember = end.split("## What to remember")[1].split("## Go further")[0]
    assert 1 <= len(re.findall(r"^- ", remember, re.M)) <= 5
    assert "**Next:**" in end
    checks = [name for cell in cells for name in re.findall(r"= check\(\"([^\"]+)\"", cell.source)]
    assert 2 <= len(checks) <= 4
    assert checks == [f"{path.stem[:2]}-{letter}" for letter in "abcd"[: len(checks)]]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_clean(path):
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            plain = re.sub(r"\(data:[^)]+\)", "()", cell.source)
            assert not re.search(r"^(```|:::+)\s*\{|\{[a-z:]+\}`|^\(.+\)=$", plain, re.M), f"MyST in: {plain[:80]}"
            assert "{{" not in plain, f"a name was not filled in: {plain[:80]}"
            for alt in re.findall(r"!\[([^\]]*)\]", plain):
                assert alt.strip()
            continue
        assert cell.outputs == [] and cell.execution_count is None
        assert len(cell.source.splitlines()) <= 32, f"a long cell: {cell.source[:60]}"
        if DRAWS.search(re.sub(r"^def .*?(?=^\S|\Z)", "", cell.source, flags=re.M | re.S)):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) > 30, f"no alt text on: {cell.source[:80]}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_claims_are_named_after_their_lesson(path):
    names = [name for cell in read(path).cells for name in re.findall(r"claim\(\s*\"([^\"]+)\"", cell.source)]
    assert names and len(set(names)) == len(names)
    assert all(name.startswith(path.stem[:2] + "-") for name in names)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_sources_convert_back_and_forth(path):
    """Editing a notebook in Jupyter and syncing it gives the same source."""
    notebook = jupytext.read(path)
    again = jupytext.reads(jupytext.writes(notebook, fmt="py:percent"), fmt="py:percent")
    assert [cell.source for cell in again.cells] == [cell.source for cell in notebook.cells]
