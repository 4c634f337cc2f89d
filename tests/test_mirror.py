"""Making and checking mirrors, and the command line."""

import errno
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile

import numpy as np
import pytest
from photo_sets import (
    INDEX,
    ROWS,
    SPLIT_OF_TWELVE,
    colored,
    encoded,
    garden,
    photos_of_ones_own,
    write_set,
)
from PIL import Image

from colorkit import files, photos, preset
from colorkit.commands import main
from colorkit.files import FileProblem
from colorkit.photos import registry
from colorkit.photos.mirror import prepare, verify


@pytest.fixture
def mirror(own_cache, tmp_path, monkeypatch):
    """A mirror with the set "garden", and an empty cache."""
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    return garden(tmp_path / "mirror")


@pytest.fixture
def own(tmp_path):
    return photos_of_ones_own(tmp_path / "my photos")


def entries(path):
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def test_prepare_from_a_folder_of_ones_own(own, mirror, tmp_path):
    colored(7, (900, 600)).save(own / "beach" / "large.jpg")
    colored(8).convert("L").save(own / "beach" / "gray.jpg")
    path = prepare("mine", mirror / "new", size=100, own=own)
    assert path == mirror / "new" / "mine.tar" and verify(path)[0] == []
    with tarfile.open(path) as tar:
        assert {(member.mtime, member.uid, member.uname) for member in tar} == {(0, 0, "")}
        assert tar.getnames() == ["index.csv", *sorted(tar.getnames()[1:])]
    assert len(entries(path)) == 32 and "beach/gray.jpg" not in entries(path)
    assert Image.open(io.BytesIO(entries(path)["beach/0.png.jpg"])).size == (56, 40)
    side = 256 if registry.split_of("large.jpg") == "test" else 100
    assert Image.open(io.BytesIO(entries(path)["beach/large.jpg"])).size == (side * 3 // 2, side)
    again = prepare("mine", tmp_path / "other", size=100, own=own)
    assert again.read_bytes() == path.read_bytes()
    assert (again.parent / "SHA256SUMS").read_text() == f"{hashlib.sha256(path.read_bytes()).hexdigest()}  mine.tar\n"


def test_test_photos_stay_larger_than_the_others(mirror, tmp_path):
    root = tmp_path / "large"
    root.mkdir()
    for number in range(12):
        colored(number, (400, 300)).save(root / f"{number}.jpg")
    prepare("mine", mirror, size=64, own=root)
    sides = {
        name: min(Image.open(io.BytesIO(jpeg)).size)
        for name, jpeg in entries(mirror / "mine.tar").items()
        if "." in name and name != "index.csv"
    }
    assert sides == {f"{number}.jpg": 256 if SPLIT_OF_TWELVE[number] == "test" else 64 for number in range(12)}
    assert len(photos.load("mine", 64)) == SPLIT_OF_TWELVE.count("train")


def test_prepare_from_an_archive_keeps_splits_and_looks(mirror, tmp_path, monkeypatch):
    names = [f"top/{['red', 'green'][number % 2]}/{number}.jpg" for number in range(30)]
    with tarfile.open(mirror / "small.tgz", "w:gz") as tar:
        for number, name in enumerate(names):
            member, content = tarfile.TarInfo(name), encoded(colored(number), quality=95)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    checksum = hashlib.sha256((mirror / "small.tgz").read_bytes()).hexdigest()
    archive = registry.Archive("http://127.0.0.1:1/small.tgz", checksum, r"(?P<label>\w+)/\d+\.jpg", 30)
    small = registry.PhotoSet("small", "a small set", "CC0", archive=archive)
    monkeypatch.setattr(registry, "sets", lambda: {"small": small})
    loaded = {split: photos.load("small", 32, split) for split in ("train", "val", "test")}
    prepare("small", mirror)
    assert b",CC0," in entries(mirror / "small.tar")["index.csv"]
    for split, before in loaded.items():
        after = photos.load("small", 32, split)
        assert after.source.startswith("prepared-") and before.source.startswith("full-")
        assert np.array_equal(after.files, before.files) and np.array_equal(after.labels, before.labels)
        assert np.abs(after.rgb.astype(int) - before.rgb).mean() < 3


def test_prepare_says_what_is_wrong(own, mirror, tmp_path):
    with pytest.raises(FileProblem, match=r"garden\.tar is in \S+ already; remove it, or name another folder"):
        prepare("garden", mirror, own=own)
    with pytest.raises(FileProblem, match=r"cannot be called '\.\./x'"):
        prepare("../x", mirror, own=own)
    with pytest.raises(FileProblem, match="no address to download it from"):
        prepare("kodak", tmp_path / "new")
    with pytest.raises(FileProblem, match="there is no photo set 'mine'"):
        prepare("mine", tmp_path / "new")
    (tmp_path / "gray").mkdir()
    colored(1).convert("L").save(tmp_path / "gray" / "1.png")
    with pytest.raises(FileProblem, match=r"mine has no good photo \(1\.png \(gray\)\), so no set was made"):
        prepare("mine", tmp_path / "new", own=tmp_path / "gray")
    assert not (tmp_path / "new" / "mine.tar").exists()


def test_prepare_of_names_that_are_not_utf_8(mirror, tmp_path):
    root = tmp_path / "old disk"
    names = [b"\xfc/caf\xe9.png", b"\xfc/caf\xe8.png", b"plain/1.png"]
    for number, name in enumerate(names):
        path = root / os.fsdecode(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            colored(number).save(path)
        except OSError:
            pytest.skip("this drive takes UTF-8 only")
    path = prepare("mine", mirror, own=root)
    assert verify(path)[0] == []
    assert list(entries(path))[1:] == ["%DCFC/caf%DCE8.png.jpg", "%DCFC/caf%DCE9.png.jpg", "plain/1.png.jpg"]


def test_prepare_on_a_full_disk_leaves_nothing(own, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "addfile", full)
        with pytest.raises(FileProblem, match=r"mine\.tar cannot be written in .*No space left"):
            prepare("mine", tmp_path / "new", own=own)
    assert list((tmp_path / "new").iterdir()) == []
    prepare("mine", tmp_path / "new", own=own)


def test_verify_finds_nothing_wrong_with_a_good_set(mirror):
    assert verify(mirror / "garden.tar") == ([], ["30 / 15 / 15 photos (train / val / test), 3 labels"])


def test_verify_names_look_alikes(mirror):
    write_set(mirror / "garden.tar", [*ROWS, ("copy.jpg", "rose", "test", encoded(colored(0, (112, 80))))])
    faults, (_, note) = verify(mirror / "garden.tar")
    assert faults == []
    assert re.fullmatch(r"photos of train that are nearly in test \(1\): rose/rose0\.jpg = copy\.jpg \(0\.\d+\)", note)


JPEG = encoded(colored(1))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("1.jpg", "", "train", JPEG[:300])], r"photos that are not good \(1\): 1\.jpg \(damaged\)"),
        ([("1.jpg", "", "train", encoded(colored(1).convert("L")))], r"not good \(1\): 1\.jpg \(gray\)"),
        ([("1.jpg", "", "training", JPEG)], r"unknown splits \(1\): training"),
        ([("1.jpg", "", "train", JPEG), ("2.jpg", "a", "train", JPEG)], r"photos without label, .* \(1\): 1\.jpg"),
        ([("1.jpg", "", "train", JPEG)] * 2, r"files named twice in index\.csv \(1\): 1\.jpg"),
        ([("1.jpg", "", "train", JPEG), ("1.jpg", "", "test", JPEG)], r"files put into two splits, .* \(1\): 1\.jpg"),
    ],
)
def test_verify_finds_what_is_wrong(mirror, rows, fault):
    write_set(mirror / "garden.tar", rows)
    assert any(re.search(fault, found) for found in verify(mirror / "garden.tar")[0])


@pytest.mark.parametrize(
    ("index", "fault"),
    [
        (INDEX.replace(b"56,40", b"57,40"), r"not good \(1\): 1\.jpg \(56 x 40 px, and the index says otherwise\)"),
        (INDEX.replace(b"1.jpg", b"2.jpg"), r"files in index\.csv that are not there \(1\): 2\.jpg"),
        (INDEX.replace(b"1.jpg", b"2.jpg"), r"files that are not in index\.csv \(1\): 1\.jpg"),
        (b"nothing", "this is no photo set"),
    ],
)
def test_verify_finds_what_is_wrong_with_an_index(mirror, index, fault):
    write_set(mirror / "garden.tar", [("1.jpg", "", "train", JPEG)], index)
    assert any(re.search(fault, found) for found in verify(mirror / "garden.tar")[0])


def test_verify_compares_checksums(mirror):
    path = mirror / "garden.tar"
    path.write_bytes(path.read_bytes() + bytes(512))
    assert verify(path)[0] == ["its checksum is not the one in SHA256SUMS or in the registry"]
    (mirror / "SHA256SUMS").unlink()
    assert verify(path)[0] == ["its checksum is neither in SHA256SUMS nor in the registry"]
    path.write_bytes(b"no archive")
    assert verify(path)[0][1].startswith("this archive is damaged")


def test_command_line(mirror, own, tmp_path, capsys):
    assert main(["photos", "list"]) == 0
    listed = capsys.readouterr().out
    assert re.search(r"(?m)^flowers +3670 +5 +download, 229 MB +TensorFlow's flower_photos", listed)
    assert re.search(r"(?m)^kodak +24 +- +mirror only", listed) and re.search(r"(?m)^garden +- +- +mirror ", listed)
    (mirror / "._garden.tar").write_bytes(b"as macOS leaves it on a stick")
    assert main(["photos", "verify"]) == 0
    assert capsys.readouterr().out == "garden.tar: good\n  30 / 15 / 15 photos (train / val / test), 3 labels\n"
    assert main(["photos", "prepare", "mine", "--from", str(own), "--to", str(mirror), "--size", "64"]) == 0
    assert "mine.tar: 0." in capsys.readouterr().out
    assert main(["photos", "verify", str(mirror)]) == 0
    (mirror / "mine.tar").write_bytes(b"")
    assert main(["photos", "verify", str(mirror)]) == 1
    assert "mine.tar: WRONG\n  wrong: its checksum" in capsys.readouterr().out
    (mirror / "mine.tar").rename(mirror / "my own.tar")
    assert main(["photos", "list"]) == 0 and "my own" not in capsys.readouterr().out
    assert main(["photos", "verify", str(mirror)]) == 1
    assert "my own.tar: WRONG\n  wrong: a set cannot be called 'my own'; take letters" in capsys.readouterr().out
    assert main(["photos", "verify", str(tmp_path)]) == 1
    assert "there is no set (NAME.tar) in this folder" in capsys.readouterr().err
    assert main(["photos", "verify", str(tmp_path / "typo")]) == 1
    assert "typo: there is no such folder; check the path" in capsys.readouterr().err
    assert main(["photos", "prepare", "garden", "--to", str(mirror)]) == 1
    assert "garden.tar is in" in capsys.readouterr().err
    prepare_x = ["photos", "prepare", "x", "--size"]
    for wrong in ([], ["photos"], ["photos", "prepare"], [*prepare_x, "8"], [*prepare_x, "a"]):
        with pytest.raises(SystemExit) as exit:
            main(wrong)
        assert exit.value.code == 2


def test_mirror_that_is_misspelled_or_seen_from_elsewhere(mirror, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(mirror.parent)
    monkeypatch.setenv("COLORKIT_MIRROR", "mirror")
    assert main(["photos", "list"]) == 0
    assert f"COLORKIT_MIRROR is mirror in {tmp_path}; set it to {mirror}, for lessons run in" in capsys.readouterr().out
    (tmp_path / "lessons").mkdir()
    monkeypatch.chdir(tmp_path / "lessons")
    problem = f"COLORKIT_MIRROR is 'mirror', and there is no such folder (seen from {tmp_path / 'lessons'}); set it to"
    assert main(["photos", "list"]) == 0 and problem in capsys.readouterr().out
    assert main(["photos", "verify"]) == 1 and problem in capsys.readouterr().err
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked for the network"))
    for name in ("flowers", "kodak", "garden"):  # one to download, one from a mirror only, one of one's own
        with pytest.raises(FileProblem, match=re.escape(problem)):
            photos.load(name, 24)
    monkeypatch.setenv("COLORKIT_MIRROR", str(mirror))
    photos.load("garden", 24)
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "stick that was pulled out"))
    assert len(photos.load("garden", 24)) == 30


def test_command_line_where_nothing_can_be_written(mirror, capsys, monkeypatch):
    def fails(*_):
        raise OSError("there is no folder for the cache: x; set COLORKIT_CACHE to one that can be written")

    monkeypatch.setattr(preset, "cache_folder", fails)
    assert main(["photos", "list"]) == 1
    assert capsys.readouterr().err.startswith("there is no folder for the cache")


def test_file_that_cannot_be_read_is_not_called_damaged(mirror, capsys, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files, "open", refuse, raising=False)  # Permissions would not stop root.
    assert main(["photos", "verify"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"garden.tar in {mirror} cannot be read (Permission denied); see to its permissions")


def test_command_line_as_typed(tmp_path):
    command = [sys.executable, "-m", "colorkit", "photos", "verify", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1
