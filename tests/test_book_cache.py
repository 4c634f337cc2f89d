"""The book runs a lesson again when anything that its outputs depend on has changed, and only then."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    import colorkit_book

    return colorkit_book


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """Make a small repository and a mirror beside it, which is set."""
    files = ("colorkit/lab.py", "colorkit/photos/sets.toml", "colorkit/show/assets/explore.js", "constraints.txt")
    data = ("data/checkpoints/one.keras", "data/results/01_one.json", "data/cache/photos/a.tar", "book/index.md")
    for name in (*files, *data, "../mirror/flowers.tar", "../mirror/weights/one.h5"):
        path = tmp_path / "clone" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for name in ("COLORKIT_OFFLINE", "COLORKIT_SEED", "KERAS_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    return tmp_path / "clone"


def touch(path):
    os.utime(path, ns=(0, 0))


@pytest.mark.parametrize(
    "change",
    [
        lambda clone, _: (clone / "colorkit/lab.py").write_text("other"),
        lambda clone, _: (clone / "colorkit/show/assets/explore.js").write_text("other"),
        lambda clone, _: (clone / "colorkit/photos/sets.toml").unlink(),
        lambda clone, _: (clone / "colorkit/lab.py").rename(clone / "colorkit/lab_2.py"),
        lambda clone, _: (clone / "constraints.txt").write_text("other"),
        lambda clone, _: (clone / "data/checkpoints/one.keras").write_text("other"),
        lambda clone, _: (clone / "data/checkpoints/two.keras").write_text("new"),
        lambda clone, _: (clone / "data/results/01_one.json").write_text("other"),
        lambda clone, _: (clone / "../mirror/flowers.tar").write_text("longer than it was"),
        lambda clone, _: touch(clone / "../mirror/flowers.tar"),
        lambda clone, _: (clone / "../mirror/weights/two.h5").write_text("new"),
        lambda clone, _: (clone / "../mirror/flowers.tar").unlink(),
        lambda _, patch: patch.setenv("COLORKIT_MIRROR", "/elsewhere"),
        lambda _, patch: patch.delenv("COLORKIT_MIRROR"),
        lambda _, patch: patch.setenv("COLORKIT_OFFLINE", "1"),
        lambda _, patch: patch.setenv("COLORKIT_PRESET", "test"),
        lambda _, patch: patch.setenv("COLORKIT_SEED", "1"),
        lambda _, patch: patch.setenv("KERAS_BACKEND", "jax"),
        lambda _, patch: patch.setattr(sys, "version", "3.99.0"),
    ],
)
def test_what_lessons_depend_on_is_known(extension, clone, monkeypatch, change):
    before = extension.state(clone)
    assert extension.state(clone) == before
    change(clone, monkeypatch)
    assert extension.state(clone) != before


def test_what_they_do_not_depend_on_runs_no_lesson(extension, clone):
    before = extension.state(clone)
    (clone / "data/cache/photos/b.tar").write_text("new")
    (clone / "book/index.md").write_text("other")
    (clone / "colorkit/__pycache__").mkdir()
    (clone / "colorkit/__pycache__/lab.pyc").write_text("new")
    assert extension.state(clone) == before


def test_a_new_state_forgets_the_old_outputs_and_pages(extension, clone):
    app = SimpleNamespace(srcdir=str(clone), doctreedir=str(clone / "_build" / ".doctrees"))
    settings = SimpleNamespace()
    extension.set_cache(app, settings)
    cache = Path(settings.nb_execution_cache_path)
    for folder in (cache, Path(app.doctreedir)):
        folder.mkdir(parents=True)
    extension.set_cache(app, settings)
    assert cache.exists() and Path(app.doctreedir).exists() and settings.nb_execution_cache_path == str(cache)
    (clone / "colorkit/lab.py").write_text("other")
    extension.set_cache(app, settings)
    assert not cache.exists() and not Path(app.doctreedir).exists()
    assert Path(settings.nb_execution_cache_path).parent == cache.parent
