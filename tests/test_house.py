"""The house: dependencies in step, light imports, layers one way."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# From the ground up; a module may import what stands before it.
LAYERS = [
    "preset",
    "starting",
    "progress",
    "files",
    "batch",
    "results",
    "lab",
    "bins",
    "pictures",
    "photos",
    "world",
    "film",
    "colorizing",
    "metrics",
    "models",
    "training",
    "show",
    "album",
    "classroom",
    "commands",
    "__main__",
]
# And inside of the packages.
INNER_LAYERS = {
    "bins": ["grid", "decoding", "prior", "__init__"],
    "pictures": ["container", "opening", "__init__", "aging"],
    "photos": ["archives", "sources", "registry", "bundled", "decoding", "duplicates", "loading", "__init__", "mirror"],
    "world": ["sprites", "scenery", "palettes", "__init__"],
    "film": ["naming", "motion", "clips", "__init__", "reading", "writing"],
    "colorizing": [
        "contract",
        "hints",
        "enlarging",
        "photo",
        "content",
        "saving",
        "finding",
        "moving",
        "work",
        "__init__",
    ],
    "metrics": ["measures", "baselines", "intervals", "table", "__init__"],
    "models": ["spec", "sight", "layers", "pretrained", "archive", "checkpoints", "__init__"],
    "training": ["fingerprint", "resume", "watching", "records", "__init__"],
    "show": ["drawing", "charts", "encoding", "slider", "turing", "hinting", "box", "__init__"],
    "classroom": [
        "exercises",
        "solutions",
        "attempt",
        "trial",
        "judging",
        "checks",
        "claims",
        "standing",
        "__init__",
        "sandbox",
        "submissions",
        "assignments",
        "grading",
    ],
    "commands": ["assign", "color", "grade", "networks", "photos", "__init__"],
}


def pins():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def declared():
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    requirements = [Requirement(line) for group in groups for line in group]
    return [requirement for requirement in requirements if requirement.name != "colorkit"]


def test_every_dependency_has_a_tested_version_within_its_bounds():
    pinned = pins()
    for requirement in declared():
        pin = pinned[canonicalize_name(requirement.name)]
        (specifier,) = pin.specifier
        assert specifier.operator == "=="
        assert requirement.specifier.contains(specifier.version), f"{requirement} but tested with {pin}"


def test_base_dependencies_have_lower_bounds_only_and_no_tensorflow():
    for line in PROJECT["dependencies"]:
        requirement = Requirement(line)
        assert [specifier.operator for specifier in requirement.specifier] == [">="], line
        assert "tensorflow" not in requirement.name


def test_conda_users_get_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (python,) = [entry.removeprefix("python=") for entry in conda if entry.startswith("python=")]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python)
    assert {"git", "make", "pip"} <= set(conda)
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    make = (ROOT / "Makefile").read_text("utf-8")
    (options,) = re.findall(r"pip install (.*)", make)
    assert "--constraint constraints.txt" in pip and "--constraint constraints.txt" in options
    assert "--editable .[dev]" in pip and '--editable ".[dev]"' in options


def workflows():
    return {path.name: path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml")}


def test_the_workflow_tries_each_supported_python():
    workflow = workflows()["check.yml"]
    versions = re.findall(r"3\.\d+", re.search(r"python(?:-version)?:\s*\[(.*?)\]", workflow)[1])
    assert versions == ["3.11", "3.12", "3.13"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(versions[0])
    assert not SpecifierSet(PROJECT["requires-python"]).contains("3.10")


def test_actions_are_pinned_by_commit():
    used = [line.strip() for text in workflows().values() for line in text.splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(r"(- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_the_book_is_built_once_and_that_one_is_tested_and_published():
    (workflow,) = workflows().values()
    jobs = yaml.safe_load(workflow)["jobs"]
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert runs["book"] == ["bash .ci/run book"] and runs["test"] == ["bash .ci/run test"] and runs["publish"] == []
    assert runs["address"] == ["python book/address.py --check"]
    assert jobs["test"]["needs"] == "book" and jobs["publish"]["needs"] == ["address", "book", "test"]
    taken = {
        name: [step["with"]["name"] for step in job["steps"] if "download-artifact" in step.get("uses", "")]
        for name, job in jobs.items()
    }
    assert taken["test"] == taken["publish"] == ["book"]


def test_every_package_that_is_installed_with_the_course_is_pinned():
    """What each package needs is looked up in turn; constraints.txt has it, at the version that is here."""
    from importlib.metadata import distribution

    pinned, seen, wanted = pins(), set(), {("colorkit", "dev")}
    while wanted:
        name, extra = wanted.pop()
        seen.add((name, extra))
        if name != "colorkit":
            assert name in pinned, f"{name} is not in constraints.txt"
            (specifier,) = pinned[name].specifier
            assert distribution(name).version == specifier.version, f"{name} differs from constraints.txt"
        groups = [line for line in declared() if name == "colorkit"] or distribution(name).requires or []
        for requirement in map(Requirement, map(str, groups)):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                other = canonicalize_name(requirement.name)
                wanted |= {(other, one) for one in ("", *requirement.extras)} - seen


def test_import_is_light():
    code = (
        "import time, sys; begin = time.perf_counter(); import colorkit; took = time.perf_counter() - begin\n"
        "print(took, sorted({'tensorflow', 'keras', 'matplotlib', 'skimage', 'IPython'} & set(sys.modules)))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    ]
    seconds, loaded = min(runs, key=lambda run: float(run.split()[0])).split(maxsplit=1)
    assert loaded.strip() == "[]"
    assert float(seconds) < 0.3


def modules():
    """Return all modules below colorkit: "lab", "photos.registry"."""
    paths = sorted((ROOT / "colorkit").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT / "colorkit").with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names if name not in ("__init__", "__main__")]


def test_modules_load_keras_only_when_they_need_it():
    """Whoever trains, or needs a layer, needs Keras; nobody else has it loaded."""
    light = [name for name in modules() if not name.startswith(("training", "models.layers"))]
    code = (
        f"import importlib, sys\nfor name in {light}:\n    importlib.import_module(f'colorkit.{{name}}')\n"
        "    assert not {'tensorflow', 'keras', 'matplotlib.pyplot'} & set(sys.modules), name"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def imported(path):
    """Return the names below colorkit that a module imports: "lab", "photos.download"."""
    used = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "colorkit":
            parent = node.module.partition(".")[2]
            used |= {parent} if parent else set()
            used |= {f"{parent}.{alias.name}".lstrip(".") for alias in node.names}
    return used


def test_layers_go_one_way():
    found = {path.stem for path in (ROOT / "colorkit").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (ROOT / "colorkit").glob("*/__init__.py")}
    assert found | packages == set(LAYERS) and packages == set(INNER_LAYERS)
    for number, name in enumerate(LAYERS):
        inner = INNER_LAYERS.get(name, [])
        folder = ROOT / "colorkit" / name
        assert {path.stem for path in folder.glob("*.py")} | {
            path.parent.name for path in folder.glob("*/__init__.py")
        } == set(inner)
        for path in folder.rglob("*.py") if inner else [ROOT / "colorkit" / f"{name}.py"]:
            used = imported(path)
            above = {one.split(".")[0] for one in used} & set(LAYERS[number + 1 :])
            assert not above, f"{path.name} of {name} reaches up to {above}"
            if inner:
                part = path.relative_to(folder).parts[0].removesuffix(".py")
                above = used & {f"{name}.{other}" for other in inner[inner.index(part) + 1 :]}
                assert not above, f"{path.name} of {name} reaches up to {above}"


def test_a_run_of_the_tests_says_last_what_was_skipped(tmp_path):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    reasons = ["JAX is not installed", "no browser: none of chromium is on PATH", "JAX is not installed", "no pipes"]
    tests = [f"def test_{number}(): pytest.skip({reason!r})" for number, reason in enumerate(reasons)]
    (tmp_path / "test_some.py").write_text("\n".join(["import pytest", *tests]), "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:nbval", "-p", "no:cacheprovider", "-ra", "--rootdir", tmp_path]
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-3:-1] == [
        "Skipped for want of a browser: 1. To get it: .venv/bin/playwright install --with-deps chromium",
        "Skipped for want of JAX: 2. To get it: .venv/bin/python -m pip install --constraint constraints.txt jax",
    ]


def test_each_file_is_read_in_one_sitting():
    """Data may be long: sprites.py draws one thing after the other."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / "colorkit").rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 450
    }
    assert set(long) <= {"colorkit/world/sprites.py"}, f"give each subject a file of its own: {long}"


def test_unknown_names_are_explained():
    import colorkit

    with pytest.raises(AttributeError, match="colorize"):
        colorkit.colourise  # noqa: B018
    for name in dir(colorkit):
        assert getattr(colorkit, name) is not None


def test_presets(monkeypatch):
    from colorkit import preset

    for name in ("test", "laptop", "gpu"):
        monkeypatch.setenv("COLORKIT_PRESET", name)
        assert preset.current().name == name
        assert preset.current().choose(test=1, laptop=2, gpu=3) == {"test": 1, "laptop": 2, "gpu": 3}[name]
    monkeypatch.setenv("COLORKIT_PRESET", "huge")
    with pytest.raises(ValueError, match="test, laptop, gpu"):
        preset.current()
    monkeypatch.delenv("COLORKIT_PRESET")
    assert preset.current().name == "laptop" and preset.current().seed == 0
    monkeypatch.setenv("COLORKIT_SEED", "7")
    assert preset.current().seed == 7
    monkeypatch.setenv("COLORKIT_SEED", "lucky")
    with pytest.raises(ValueError, match="whole number"):
        preset.current()
