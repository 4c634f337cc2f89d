"""Assignments: each is made, runs blank and with its key; own files; where a student stands."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbclient
import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from colorkit import classroom, commands, files
from colorkit.classroom import assignments, checks, exercises
from colorkit.classroom.assignments import lessons, notebooks
from colorkit.classroom.standing import STANDING_MIME

READY = assignments.names()
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shell():
    made = InteractiveShell.instance()
    checks.verdicts.clear()
    yield made
    InteractiveShell.clear_instance()
    checks.verdicts.clear()


def run(shell, text):
    """Run a notebook's code cells. Return what check and standing left as data."""
    left = []
    for cell in json.loads(text)["cells"]:
        if cell["cell_type"] == "code":
            with capture_output() as captured:
                result = shell.run_cell("".join(cell["source"]))
            assert result.success, "".join(cell["source"])
            left += [output.data for output in captured.outputs]
    return left


def test_there_is_one_for_each_pair_of_lessons():
    pairs = [{name[:2] for name in assignments.load(one).points} for one in READY]
    assert pairs[:5] == [{"01", "02"}, {"03", "04"}, {"05", "06"}, {"07", "08"}, {"09", "10"}]
    for one in READY:
        made = assignments.load(one)
        assert made.most == sum(made.points.values()) > 0 and made.minutes > 0 and made.title


@pytest.mark.parametrize("name", READY)
def test_a_blank_one_runs_to_its_end_and_says_where_one_stands(name, shell):
    assignment = assignments.load(name)
    text = notebooks.student(assignment)
    nbformat.validate(nbformat.reads(text, as_version=4))
    left = run(shell, text)
    verdicts = {
        data[classroom.CHECK_MIME]["exercise"]: data[classroom.CHECK_MIME]["state"]
        for data in left[:-1]
        if classroom.CHECK_MIME in data
    }
    assert verdicts == dict.fromkeys(assignment.points, "blank")
    assert left[-1][STANDING_MIME] == {"assignment": name, "points": 0, "states": verdicts}
    assert "Your name is missing" in left[-1]["text/plain"] and "Hand in this notebook" in left[-1]["text/plain"]


@pytest.mark.parametrize("name", READY)
def test_its_key_is_right_and_knows_the_wrong_answers(name, shell):
    assignment = assignments.load(name)
    text = notebooks.key(assignment)
    nbformat.validate(nbformat.reads(text, as_version=4))
    verdicts = {data[classroom.CHECK_MIME]["exercise"]: data[classroom.CHECK_MIME] for data in run(shell, text)}
    assert {one: verdict["state"] for one, verdict in verdicts.items()} == dict.fromkeys(assignment.points, "right")
    said = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    for one in assignment.points:
        for hint in exercises.find(one).mistakes:
            assert hint in said, f"{one}: {hint}"
    rubric = notebooks.rubric(assignment)
    assert all(f"| {one} `{lessons.task(one).function}` |" in rubric for one in assignment.points)


def test_one_runs_in_a_kernel_as_a_student_runs_it(tmp_path):
    """From an empty folder, half done: one right, one wrong, the rest blank."""
    assignment = assignments.load("A2")
    notebook = nbformat.reads(notebooks.student(assignment), as_version=4)
    for cell in notebook.cells:
        if "def psnr" in cell.source:
            cell.source = cell.source.replace(
                "...  # your code here", "return -10 * np.log10(np.mean((truth / 255 - colored / 255) ** 2))"
            )
        if "def in_test" in cell.source:
            cell.source = cell.source.replace(
                "...  # your code here", "return [n % 10 == 0 for n, _ in enumerate(files)]"
            )
        cell.source = cell.source.replace('student_name = ""', 'student_name = "Ada"')
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    data = notebook.cells[-1].outputs[0]["data"]
    assert data[STANDING_MIME]["points"] == 3
    assert data[STANDING_MIME]["states"] == {"03-a": "wrong", "03-c": "blank", "04-a": "right", "04-c": "blank"}
    assert "3 of 12 points so far" in data["text/html"] and "name is missing" not in data["text/html"]


def test_the_lessons_give_text_stub_and_what_stands_alone():
    task = lessons.task("04-c")
    assert task.lesson == "4. Measuring color" and task.function == "share_of_guess"
    assert task.text.startswith("**04-c.** The share") and "Hint" in task.text
    assert task.after.startswith("for name in world.AMBIGUOUS")
    assert "from colorkit import world" in task.imports
    assert lessons.task("02-a").after == ""  # it needs the lesson's network
    assert lessons.task("08-b").stub.startswith("def decibels") and "print" not in lessons.task("08-b").stub
    assert lessons.task("03-a").imports == ("import hashlib",)
    for name in exercises.names():
        assert lessons.task(name).stub.count("...  # your code here") == 1


def test_the_installed_package_has_the_lessons_too(tmp_path, monkeypatch):
    from colorkit import preset

    shutil.copytree(ROOT / "notebooks", tmp_path / "share" / "colorkit" / "notebooks")
    monkeypatch.setattr(preset, "repository", lambda: None)
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    assert lessons.folder() == tmp_path / "share" / "colorkit" / "notebooks"
    lessons.task.cache_clear()
    assert lessons.task("01-a").function == "lightness"
    shutil.rmtree(tmp_path / "share")
    lessons.task.cache_clear()
    with pytest.raises(files.FileProblem, match="Lesson 01 is not in"):
        lessons.task("01-a")
    lessons.task.cache_clear()


# --- files of one's own ---


def test_a_teacher_picks_other_exercises(tmp_path, capsys):
    own = tmp_path / "own.toml"
    own.write_text('[week3]\ntitle = "Mine \\"quoted\\""\nexercises = [{ name = "06-b", points = 2.5 }]\n', "utf-8")
    assert commands.main(["assign", "--file", str(own)]) == 0
    assert 'week3  Mine "quoted": 06-b; 2.5 points' in capsys.readouterr().out
    assert commands.main(["assign", "week3", "--file", str(own), "--to", str(tmp_path / "made")]) == 0
    made = {path.relative_to(tmp_path / "made").as_posix() for path in (tmp_path / "made").rglob("*") if path.is_file()}
    assert made == {"students/week3.ipynb", "teacher/week3_key.ipynb", "teacher/week3_rubric.md"}
    assert '"06-b": 2.5' in (tmp_path / "made" / "students" / "week3.ipynb").read_text("utf-8").replace('\\"', '"')
    again = assignments.load("week3", own)
    copy = tmp_path / "copy.toml"
    copy.write_text(assignments.as_toml(again), "utf-8")
    assert assignments.load("week3", copy) == again


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[A]\nexercises = []", "it needs exercises"),
        ('[A]\nexercises = [{ name = "99-z" }]', "there is no exercise '99-z'"),
        ('[A]\nexercises = [{ name = "01-a" }, { name = "01-a" }]', "exercise 01-a is there twice"),
        ('[A]\nexercises = [{ name = "01-a", points = 0 }]', "the points of 01-a are a number above 0"),
        ('[A]\npartial = 2\nexercises = [{ name = "01-a" }]', "partial is a share from 0 to 1"),
        ('[A]\nminutes = "long"\nexercises = [{ name = "01-a" }]', "minutes is a whole number"),
        ('[A]\ntittle = "x"\nexercises = [{ name = "01-a" }]', "tittle is unknown"),
        (
            '[A]\nexercises = [{ name = "01-a" }]\n[A.context]\n"01-b" = "x"',
            "context is a table of texts for exercises",
        ),
        ("[A\n", "it cannot be read"),
        ("A = 1", "it is no table"),
        ('["../A"]\nexercises = [{ name = "01-a" }]', "a name has letters, digits"),
    ],
)
def test_a_file_that_cannot_be_is_explained(text, words, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(files.FileProblem, match=words):
        assignments.load("../A" if ".." in text else "A", own)


def test_changed_files_are_written_over_only_if_asked(tmp_path, capsys):
    arguments = ["assign", "A1", "--to", str(tmp_path)]
    assert commands.main(arguments) == 0 and commands.main(arguments) == 0
    rubric = tmp_path / "teacher" / "A1_rubric.md"
    rubric.write_text("mine", "utf-8")
    capsys.readouterr()
    assert commands.main(arguments) == 1
    assert "is there and differs" in capsys.readouterr().err and rubric.read_text("utf-8") == "mine"
    assert commands.main([*arguments, "--again"]) == 0 and rubric.read_text("utf-8") != "mine"


# --- Gradescope ---


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """Unpack the zip of an autograder as Gradescope does."""
    folder = tmp_path_factory.mktemp("autograder")
    assert commands.main(["assign", "A2", "--gradescope", "--to", str(folder / "made")]) == 0
    with zipfile.ZipFile(folder / "made" / "teacher" / "A2_gradescope.zip") as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111
        archive.extractall(folder / "source")
    return folder


def test_the_autograder_s_results_follow_gradescope_s_specification(autograder):
    """Run with the packages that are here, and the colorkit of the zip."""
    import handed_in

    submission = autograder / "submission"
    submission.mkdir()
    (submission / "any name.ipynb").write_bytes(
        handed_in.notebook(
            "import numpy as np",
            "def psnr(truth, colored):\n    return -10 * np.log10(np.mean(((truth - colored) / 255.0) ** 2))",
        )
    )
    (autograder / "results").mkdir()
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", script], cwd=autograder / "source", check=True)
    arguments = ["A2", "source/assignments.toml", "submission", "results/results.json"]
    text = (autograder / "source" / "run_autograder").read_text()
    assert " ".join(arguments) in text and "-m colorkit.classroom.grading.gradescope" in text
    command = [sys.executable, "-m", "colorkit.classroom.grading.gradescope", *arguments]
    path = {**os.environ, "PYTHONPATH": str(autograder / "source")}
    subprocess.run(command, cwd=autograder, env=path, check=True)
    results = json.loads((autograder / "results" / "results.json").read_text())
    _follows_the_specification(results)
    assert results["score"] == 1.5
    tests = {one["name"].split()[0]: one for one in results["tests"]}
    assert tests["04-a"]["output"].startswith("Your subtraction went round") and tests["04-a"]["max_score"] == 3
    assert tests["03-a"]["status"] == "failed" and tests["03-a"]["score"] == 0


def _follows_the_specification(results):
    """Gradescope's page "Autograder specifications": names, types and values."""
    formats = {"text", "html", "simple_format", "md", "ansi"}
    visibilities = {"visible", "hidden", "after_due_date", "after_published"}
    top = {
        "score": (int, float),
        "execution_time": (int, float),
        "output": str,
        "output_format": str,
        "test_output_format": str,
        "test_name_format": str,
        "visibility": str,
        "stdout_visibility": str,
        "extra_data": dict,
        "tests": list,
        "leaderboard": list,
    }
    one = {
        "score": (int, float),
        "max_score": (int, float),
        "status": str,
        "name": str,
        "name_format": str,
        "number": str,
        "output": str,
        "output_format": str,
        "tags": list,
        "visibility": str,
        "extra_data": dict,
    }
    for found, allowed in ((results, top), *((test, one) for test in results["tests"])):
        assert set(found) <= set(allowed)
        assert all(isinstance(value, allowed[name]) for name, value in found.items())
        assert found.get("output_format", "text") in formats
        assert found.get("visibility", "visible") in visibilities
        assert found.get("stdout_visibility", "visible") in visibilities
    assert "score" in results or all("score" in test for test in results["tests"])
    assert all(test["status"] in ("passed", "failed") for test in results["tests"])
    assert all(isinstance(tag, str) for test in results["tests"] for tag in test["tags"])
