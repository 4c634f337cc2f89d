"""Results of long measurements: read from their files, and filled into the text."""

import ast
import json
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from colorkit import album, results
from colorkit.files import FileProblem

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book"))

import measure  # noqa: E402


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A folder of results, in which one lesson has some."""
    row = {measure: {name: [10.0, 12.0] for name in album.BUNDLED} for measure in album.MEASURES}
    file = tmp_path / "04_measured.json"
    file.write_text(json.dumps({"claims": {"04-brown": [1.25, 3.5, 2.0]}, "album": {"a network": row}}))
    monkeypatch.setattr(results, "folder", lambda: tmp_path)
    return file


def test_a_text_says_what_the_results_say_and_changes_with_them(measured):
    text = "The gap is {{04-brown:.1f}}, in three runs {{04-brown range:.2f}}, and {{repository}} stays."
    assert results.fill(text) == "The gap is 2.0, in three runs 1.25 to 3.50, and {{repository}} stays."
    measured.write_text(measured.read_text().replace("2.0]", "3.0]"))
    assert results.fill(text).startswith("The gap is 3.0, in three runs 1.25 to 3.50")
    assert results.fill("about {{04-brown range:.0e}}") == "about 1e+00 to 4e+00"
    measured.write_text(measured.read_text().replace("3.5", "1.2"))
    assert results.fill("{{04-brown range:.0f}} to all") == "1 to 3 to all"
    measured.write_text(measured.read_text().replace("3.0", "1.3"))
    assert results.fill("{{04-brown range:.0f}} to all") == "1 to all"


@pytest.mark.parametrize("place", ["{{04-blue}}", "{{05-brown:.1f}}"])
def test_a_number_that_nobody_measured_is_named(measured, place):
    with pytest.raises(FileProblem, match=rf"{place[2:7]}.*make results LESSON={place[2:4]}"):
        results.fill(f"It is {place}.")


def test_missing_and_damaged_results_are_said(measured):
    assert results.names() == ["04_measured"]
    with pytest.raises(FileProblem, match=r"05_other\.json: there are no results"):
        results.load("05_other")
    measured.write_text("{")
    with pytest.raises(FileProblem, match="cannot be read"):
        results.load("04_measured")


def test_the_album_grows_by_a_row(measured, monkeypatch, capsys):
    keras = pytest.importorskip("keras")
    monkeypatch.setattr(album, "load", lambda *_, **__: (_ for _ in ()).throw(FileProblem("no flowers")))
    L = keras.Input((None, None, 1))
    model = keras.Model(
        L, keras.layers.Conv2D(2, 1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(5.0))(L)
    )
    shown = []
    monkeypatch.setattr(album, "gallery", shown.extend)
    assert album.add("05_next", {"mine": model}, published="02_one_photo_gpu") is None
    assert [list(row) for row in shown] == [["gray", "mine", "published", "photo"]] * 3
    assert all(picture.shape == (album.SIZE, album.SIZE, 3) for row in shown for picture in row.values())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("02_one_photo_gpu: 32,202 parameters, trained on 17,131 photos")
    rows = [line.split("  ")[0] for line in lines[1:] if line[:1].isalnum()][-5:]
    assert rows == ["truth", "gray", "a network", "mine", "02_one_photo_gpu"]
    assert next(line for line in lines if line.startswith("a network")).split()[2] == "11.0"  # the mean over two seeds


def claims_of(lesson):
    """Pattern of each claim's name in a lesson and in what takes longer -> its bounds, where they are plain numbers."""
    found = {}
    for folder in ("lessons", "longer"):
        path = ROOT / "book" / folder / f"{lesson}.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8") if path.exists() else "")):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
                parts = getattr(node.args[0], "values", [node.args[0]])  # an f-string has several
                name = "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)
                bounds = {one.arg: one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)}
                found[name] = bounds.get("at_least", -np.inf), bounds.get("at_most", np.inf)
    return found


@pytest.mark.parametrize("name", results.names())
def test_results_are_those_of_the_lesson_as_it_is(name):
    claims = claims_of(name)
    measured = results.load(name)["claims"]
    for claim, values in measured.items():
        bounds = [bounds for pattern, bounds in claims.items() if re.fullmatch(pattern, claim)]
        assert bounds, f"{claim}: the lesson makes no such claim any more; make results LESSON={name[:2]}"
        assert any(low <= min(values) and max(values) <= high for low, high in bounds), claim
    for pattern in claims:
        assert any(re.fullmatch(pattern, claim) for claim in measured), f"{pattern}: make results LESSON={name[:2]}"


def test_results_in_the_repository_are_whole():
    for name in results.names():
        found = results.load(name)
        assert len(found["seeds"]) >= 2 and found["preset"] in ("laptop", "gpu") and found["command"]
        assert all(len(values) == len(found["seeds"]) for values in found["claims"].values())
        assert all(np.isfinite(values).all() for values in found["claims"].values())


def test_what_takes_longer_than_a_lesson_is_measured_before_it_and_kept_with_it(tmp_path, monkeypatch, capsys):
    for folder in ("lessons", "longer"):
        (tmp_path / "book" / folder).mkdir(parents=True)
        (tmp_path / "book" / folder / "04_both.py").touch()
    (tmp_path / "book" / "lessons" / "05_alone.py").touch()
    file = tmp_path / "data" / "results" / "04_both.json"
    file.parent.mkdir(parents=True)

    def run(source, seed):
        if source.parent.name == "longer":
            return {"04-slow": seed + 0.5}, {}
        # The lesson reads what was measured before it.
        before = json.loads(file.read_text())["claims"] if file.exists() else {}
        return {"04-quick": float(seed), "04-read": sum(before.get("04-slow", [-1]))}, {}

    monkeypatch.setattr(measure, "ROOT", tmp_path)
    monkeypatch.setattr(measure, "run", run)
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    measure.main(["04", "1", "2"])
    found = json.loads(file.read_text())
    assert found["claims"] == {"04-slow": [1.5, 2.5], "04-quick": [1.0, 2.0], "04-read": [4.0, 4.0]}
    assert found["command"] == 'make results LESSON=04 SEEDS="1 2"'
    measure.main(["05", "0", "1"])
    assert json.loads((file.parent / "05_alone.json").read_text())["claims"]["04-quick"] == [0.0, 1.0]
    assert capsys.readouterr().out.count("seed") == 6
    # Another preset's numbers get into no text.
    monkeypatch.setenv("COLORKIT_PRESET", "gpu")
    measure.main(["05", "3"])
    apart = json.loads((file.parent / "gpu" / "05_alone.json").read_text())
    assert apart["command"] == 'COLORKIT_PRESET=gpu make results LESSON=05 SEEDS="3"' and apart["preset"] == "gpu"
    assert json.loads((file.parent / "05_alone.json").read_text())["seeds"] == [0, 1]


def run_longer(lesson, monkeypatch):
    """Run what takes longer than a lesson at the test preset, on noise in place of photos."""
    from colorkit import photos
    from colorkit.pictures import Pictures

    def noise(name, size, split, limit=2):
        random = np.random.default_rng(len(name))
        rgb = random.integers(0, 256, (limit, size, size, 3), dtype=np.uint8)
        return Pictures(name, rgb=rgb, labels=[0] * limit, classes=["colour_prokudin_gorskii_1905_1915"])

    monkeypatch.setenv("COLORKIT_PRESET", "test")
    monkeypatch.setattr(photos, "load", noise)
    monkeypatch.chdir(ROOT)
    runpy.run_path(str(ROOT / "book" / "longer" / f"{lesson}.py"))


def test_what_takes_longer_than_the_face_off_runs(monkeypatch, capsys):
    pytest.importorskip("keras")
    run_longer("11_face_off", monkeypatch)
    said = capsys.readouterr().out
    assert "A linear decoder takes away" in said and "from ImageNet" in said
    assert "In Color World 02_one_photo closes" in said


def test_what_takes_longer_than_old_photographs_runs(monkeypatch, capsys):
    pytest.importorskip("keras")
    run_longer("12_old_photographs", monkeypatch)
    said = capsys.readouterr().out
    assert "Blur costs 11_flagship" in said and "Stretched costs 02_one_photo" in said
    assert all(f"With 16 hints, {kind}: CIEDE2000" in said for kind in ("flagship", "equations", "entropy"))
