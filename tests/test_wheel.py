"""Colab: a lesson runs with colorkit's wheel alone, without the repository."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import nbclient
import nbformat
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    # A copy: setuptools leaves its build files in the source, and would pack what an earlier build left there.
    source = folder / "source"
    shutil.copytree(ROOT / "colorkit", source / "colorkit", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", folder, source], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"colorkit"}
    files = [path for path in (ROOT / "colorkit").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in files} <= set(names)


def test_installing_it_changes_nothing_that_is_installed(wheel):
    """With what Colab has, or anything newer than the lower bounds, pip installs colorkit alone."""
    metadata = zipfile.ZipFile(wheel).read(
        next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    )
    lines = [line.removeprefix("Requires-Dist: ") for line in metadata.decode().splitlines() if "Requires-Dist" in line]
    base = [Requirement(line) for line in lines if "extra ==" not in line]
    assert base and all(specifier.operator == ">=" for one in base for specifier in one.specifier)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--force-reinstall", "--no-deps", wheel],
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"Would install colorkit-{distribution('colorkit').version}" in done.stdout
    # --no-index: pip could not even look for another version of a dependency, and does not need to.
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout.replace(f"Would install colorkit-{distribution('colorkit').version}", "")


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone: there is nothing to install from")
def test_the_setup_cell_installs_colorkit_where_it_is_missing(tmp_path):
    """As in Colab: everything but colorkit is there. The repository's address leads to this clone."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    (own,) = (tmp_path / "env").glob("lib/python*/site-packages")
    # What is installed here can be imported there, but for colorkit: its editable install works by a .pth of its own.
    (own / "installed.pth").write_text(sysconfig.get_path("purelib"))
    missing = subprocess.run([python, "-c", "import colorkit"], capture_output=True, cwd=tmp_path, check=False)
    assert missing.returncode != 0

    notebook = nbformat.read(ROOT / "notebooks" / "01_light_and_lab.ipynb", as_version=4)
    setup = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    (address,) = re.findall(r"git\+(https://\S+?)\"", setup)
    (tmp_path / ".gitconfig").write_text(f'[url "{ROOT.as_uri()}"]\n\tinsteadOf = {address}\n[safe]\n\tdirectory = *\n')
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as "without"
        "COLORKIT_PRESET": "test",
        "HOME": str(tmp_path),
    }
    where = "\nimport colorkit; print('loaded from', colorkit.__file__)"
    done = subprocess.run(
        [python, "-m", "IPython", "--colors=NoColor", "-c", setup + where],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    assert f"loaded from {own}" in done.stdout, done.stdout + done.stderr
    assert "preset: test" in done.stdout


def test_a_lesson_starts_from_an_empty_folder(wheel, tmp_path):
    """Its first cells: versions, imports, a photo. What follows needs no more of what is installed or where it is."""
    site, work, home = tmp_path / "site", tmp_path / "work", tmp_path / "home"
    work.mkdir(), home.mkdir()
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel],
        check=True,
    )
    notebook = nbformat.read(ROOT / "notebooks" / "02_one_photo.ipynb", as_version=4)
    setup, imports, photo = [cell for cell in notebook.cells if cell.cell_type == "code"][:3]
    # The wheel's colorkit, and no trace of the repository; what is bundled with it; what a lesson keeps.
    probe = (
        "import colorkit, pathlib; print('loaded from', pathlib.Path(colorkit.__file__).parent.parent)\n"
        "photos.registry.sets(), cache_folder('lessons')"
    )
    notebook.cells = [setup, imports, photo, nbformat.v4.new_code_cell(probe)]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("COLORKIT_CACHE", "XDG_CACHE_HOME")},
        "PYTHONPATH": str(site),
        "HOME": str(home),
        "KERAS_HOME": str(home / ".keras"),
        "COLORKIT_PRESET": "test",
    }
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(work)}})
    client.execute(env=environment)
    assert notebook.cells[-1].outputs[0].text.strip() == f"loaded from {site}"
    assert "colorkit" in setup.outputs[0].text
    assert any("image/png" in output.get("data", {}) for output in photo.outputs)
    assert list(work.iterdir()) == []  # what a lesson keeps is in the user's cache
    assert (home / ".cache" / "colorkit").is_dir()
