"""What a learner writes stays: working copies are never overwritten, and `make notebooks` takes no answer away."""

import shutil
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book"))
import address  # noqa: E402
import make_notebooks  # noqa: E402
import my_lessons  # noqa: E402

ANSWER = "x = 'my answer'"


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Make a repository of two lessons; all scripts work in it."""
    lessons = tmp_path / "book" / "lessons"
    lessons.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for name in ("01_one", "02_two"):
        (lessons / f"{name}.py").write_text(f"# %% [markdown]\n# # {name}\n\n# %%\nx = ...\n\n# %%\nx = ...\n")
    for name in (*make_notebooks.WITH_ADDRESS, "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for module, names in {
        address: {"ROOT": tmp_path},
        make_notebooks: {"ROOT": tmp_path, "LESSONS": lessons},
        my_lessons: {"ROOT": tmp_path, "NOTEBOOKS": tmp_path / "notebooks", "FOLDER": tmp_path / "my_lessons"},
    }.items():
        for name, value in names.items():
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(sys, "argv", ["make_notebooks.py"])
    make_notebooks.main()
    return tmp_path


def write(path, source=ANSWER, cell=1):
    """Change a cell as Jupyter does: its id stays."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[cell].source = source
    nbformat.write(notebook, path)


def run(path):
    """Leave an output, as a run does."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello")]
    notebook.cells[1].execution_count = 1
    nbformat.write(notebook, path)


def edit(clone, name):
    """Change a lesson's source, as an update does, and make its notebook."""
    lesson = clone / "book" / "lessons" / f"{name}.py"
    lesson.write_text(lesson.read_text() + "\n# %%\ny = 'new in this lesson'\n")
    make_notebooks.main()


def test_copies_are_made_once_and_never_overwritten(clone):
    mine = clone / "my_lessons"
    (line,) = my_lessons.update(mine)
    assert str(mine) in line and {path.name for path in mine.glob("*.ipynb")} == {"01_one.ipynb", "02_two.ipynb"}
    write(mine / "02_two.ipynb")
    before = (mine / "02_two.ipynb").read_bytes()
    assert my_lessons.update(mine) == []
    edit(clone, "02_two")
    (line,) = my_lessons.update(mine)
    assert line == (
        "Lesson 2 has changed since you got your copies, which stay as they are: "
        '`make lab NEW="2"` puts the new next to yours.'
    )
    assert (mine / "02_two.ipynb").read_bytes() == before
    assert len(list(mine.glob("*.ipynb"))) == 2  # said, and not forced


def test_the_new_lesson_comes_beside_the_old(clone):
    mine = clone / "my_lessons"
    my_lessons.update(mine)
    write(mine / "01_one.ipynb")
    before = (mine / "01_one.ipynb").read_bytes()
    for number in ("", "_2"):
        edit(clone, "01_one")
        edit(clone, "02_two")
        assert "Lessons 1 and 2 have changed" in my_lessons.update(mine)[0]
        assert f"01_one_new{number}.ipynb is lesson 1" in my_lessons.update(mine, [1, 2])[0]
        assert (mine / f"01_one_new{number}.ipynb").read_bytes() == (clone / "notebooks" / "01_one.ipynb").read_bytes()
        assert my_lessons.update(mine) == []
    assert (mine / "01_one.ipynb").read_bytes() == before


def test_a_run_is_no_change_and_a_removed_copy_is_made_anew(clone):
    mine = clone / "my_lessons"
    my_lessons.update(mine)
    run(clone / "notebooks" / "01_one.ipynb")
    assert my_lessons.update(mine) == []
    edit(clone, "02_two")
    (mine / "02_two.ipynb").unlink()
    assert my_lessons.update(mine) == []
    assert (mine / "02_two.ipynb").read_bytes() == (clone / "notebooks" / "02_two.ipynb").read_bytes()
    (mine / my_lessons.RECORD).write_text("{")  # A cut record is no reason to stop.
    assert my_lessons.update(mine) == []


def test_copies_go_where_a_learner_may_write(clone, monkeypatch, capsys):
    """As in a class whose clone belongs to the teacher."""
    (clone / "notebooks" / "01_one.ipynb").chmod(0o444)
    monkeypatch.setattr(sys, "argv", ["my_lessons.py", "--to", str(clone / "home" / "color")])
    my_lessons.main()
    assert str(clone / "home" / "color") in capsys.readouterr().out
    write(clone / "home" / "color" / "01_one.ipynb")
    assert (clone / "home" / "color" / "01_one.ipynb").stat().st_mode & 0o200
    edit(clone, "02_two")
    my_lessons.main()
    assert f'`make lab NEW="2" COPIES="{clone}/home/color"`' in capsys.readouterr().out
    (clone / "file").touch()
    monkeypatch.setattr(sys, "argv", ["my_lessons.py", "--to", str(clone / "file" / "color")])
    with pytest.raises(SystemExit, match=r"no copies of the lessons can be made here .*; name a folder that is yours"):
        my_lessons.main()


def test_make_notebooks_keeps_what_was_written_by_hand(clone, capsys):
    notebook = clone / "notebooks" / "01_one.ipynb"
    made = notebook.read_bytes()
    for kept in ("01_one", "01_one_by_hand", "01_one_by_hand_2"):
        write(notebook)
        run(notebook)
        make_notebooks.main()
        assert f"changed by hand, so that version is now my_lessons/{kept}.ipynb" in capsys.readouterr().out
        assert ANSWER in (clone / "my_lessons" / f"{kept}.ipynb").read_text()
        assert notebook.read_bytes() == made
    edit(clone, "01_one")
    assert "by hand" not in capsys.readouterr().out  # a lesson that changed
    made = notebook.read_bytes()
    run(notebook)
    make_notebooks.main()
    assert "by hand" not in capsys.readouterr().out and notebook.read_bytes() == made  # outputs
    assert len(list((clone / "my_lessons").glob("*.ipynb"))) == 3


def test_make_notebooks_removes_only_what_it_made(clone, capsys):
    own = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ANSWER)])
    nbformat.write(own, clone / "notebooks" / "Untitled.ipynb")
    (clone / "book" / "lessons" / "02_two.py").unlink()
    make_notebooks.main()
    assert [path.name for path in (clone / "notebooks").iterdir()] == ["01_one.ipynb"]
    assert [path.name for path in (clone / "my_lessons").iterdir()] == ["Untitled.ipynb"]
    (clone / "notebooks" / "01_one.ipynb").write_text("{")  # was cut, and may hold more than it seems
    make_notebooks.main()
    assert (clone / "my_lessons" / "01_one.ipynb").read_text() == "{"
    assert "x = ..." in (clone / "notebooks" / "01_one.ipynb").read_text()


def test_the_committed_notebooks_are_not_taken_for_someone_s_work():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert not make_notebooks.by_hand(path), path.name


def test_git_ignores_copies_and_tests_and_lint_leave_them_alone():
    assert "my_lessons/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert '"my_lessons"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert "my_lessons" in (ROOT / "_config.yml").read_text("utf-8")


def test_the_address_is_set_by_one_command(clone, monkeypatch, capsys):
    new = "https://github.com/ann/color-course"
    monkeypatch.setattr(sys, "argv", ["address.py", new + ".git/"])
    address.main()
    assert f"The repository's address is {new}." in capsys.readouterr().out
    assert address.repository() == new
    for name in address.WITH_ADDRESS:
        text = (clone / name).read_text("utf-8")
        assert "ann/color-course" in text and address.PLACEHOLDER not in text
    monkeypatch.setattr(sys, "argv", ["make_notebooks.py", "--check"])
    with pytest.raises(SystemExit) as stopped:
        make_notebooks.main()
    assert stopped.value.code == 0
    for wrong in ("", "github.com/ann/color", "https://example.com/ann/color", "https://github.com/ann", "a b"):
        monkeypatch.setattr(sys, "argv", ["address.py", wrong])
        with pytest.raises(SystemExit, match=r"is no repository on GitHub; type make address URL=https://github\.com/"):
            address.main()
    assert address.repository() == new


@pytest.mark.parametrize(
    ("written", "name", "says"),
    [
        ("https://github.com/ann/color", "ann/color", None),
        ("https://github.com/Ann/Color", "ann/color", None),
        (f"https://github.com/{address.PLACEHOLDER}/color", "ann/color", "a placeholder"),
        ("https://github.com/ann/color", "bob/color", "another repository than this one, which may be a fork of it"),
    ],
)
def test_on_github_the_address_must_be_this_repository_s(clone, monkeypatch, written, name, says):
    file = clone / "pyproject.toml"
    file.write_text(file.read_text("utf-8").replace(address.repository(), written), "utf-8")
    monkeypatch.setattr(sys, "argv", ["address.py", "--check"])
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", name)
    with pytest.raises(SystemExit) as stopped:
        address.main()
    if says is None:
        assert not stopped.value.code
    else:
        assert says in stopped.value.code and f"`make address URL=https://github.com/{name}`" in stopped.value.code
    monkeypatch.delenv("GITHUB_REPOSITORY")  # On a laptop nothing is asked for.
    with pytest.raises(SystemExit) as stopped:
        address.main()
    assert not stopped.value.code
