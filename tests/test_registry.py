"""The registry of photo sets, and reading what is in a set's file."""

import hashlib
import io
import re
import tarfile
from collections import Counter

import numpy as np
import pytest
from photo_sets import INDEX, SPLIT_OF_TWELVE, colored, encoded, garden, write_set

from colorkit import photos
from colorkit.files import FileProblem
from colorkit.photos import registry
from colorkit.pictures import open_photo, square


@pytest.fixture
def mirror(own_cache, tmp_path, monkeypatch):
    """A mirror with the set "garden", and an empty cache."""
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    return garden(tmp_path / "mirror")


@pytest.mark.parametrize(
    ("index", "match"),
    [
        (INDEX.replace(b"split", b"part"), "no index.csv with the columns file, label, split"),
        (INDEX.replace(b"1.jpg", b"\xff.jpg"), "no index.csv with the columns"),
        (INDEX + b"2.jpg\n", "no index.csv with the columns"),
        (INDEX.replace(b"1.jpg", b"2.jpg"), "2.jpg is in index.csv and not in it; get a good copy"),
    ],
)
def test_broken_index(mirror, index, match):
    write_set(mirror / "own.tar", [("1.jpg", "", "train", encoded(colored(1)))], index)
    with pytest.raises(FileProblem, match=rf"^own\.tar: .*{match}"):
        photos.load("own", 24)


def test_index_saved_by_a_spreadsheet(mirror):
    index = "\ufeff" + INDEX.decode().replace("\n", "\r\n")
    write_set(mirror / "own.tar", [("1.jpg", "", "train", encoded(colored(1)))], index.encode())
    assert list(photos.load("own", 24).files) == ["1.jpg"]


def test_file_that_the_index_puts_into_two_splits_is_in_one(mirror):
    first, last = encoded(colored(1)), encoded(colored(2))
    write_set(
        mirror / "own.tar", [("1.jpg", "", "test", first), ("2.jpg", "", "test", first), ("1.jpg", "", "train", last)]
    )
    assert list(photos.load("own", 24, "test").files) == ["2.jpg"]
    assert np.array_equal(photos.load("own", 24, "train").rgb[0], square(open_photo(last), 24))


# ---- splits


def test_split_depends_on_the_name_of_the_file_alone():
    # As they were when this was written: a photo must never move.
    assert [registry.split_of(f"{number}.jpg") for number in range(12)] == SPLIT_OF_TWELVE
    assert registry.split_of("a/b/7.jpg") == registry.split_of("7.jpg")
    assert registry.split_of("caf\u00e9.jpg") == registry.split_of("cafe\u0301.jpg")
    shares = Counter(registry.split_of(f"{number}.jpg") for number in range(10000))
    # Five standard deviations.
    assert abs(shares["test"] - 1000) < 150 and abs(shares["val"] - 1000) < 150 and shares.total() == 10000


def test_set_without_splits_is_split_by_names(mirror):
    rows = [(f"{number}.jpg", "", "", encoded(colored(number))) for number in range(40)]
    write_set(mirror / "own.tar", rows)
    files = {split: list(photos.load("own", 24, split).files) for split in photos.SPLITS}
    assert {file: split for split in files for file in files[split]} == {
        row[0]: registry.split_of(row[0]) for row in rows
    }


# ---- archives


def members(names):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for name in names:
            tar.addfile(tarfile.TarInfo(name))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "photos_in_it", "others"),
    [
        ("flowers", {"flower_photos/daisy/100_n.jpg": ("daisy", None)}, ["flower_photos/LICENSE.txt"]),
        (
            "pets",
            {"images/great_pyrenees_12.jpg": ("great_pyrenees", None)},
            ["images/._pug_1.jpg", "images/pug_1.mat"],
        ),
        (
            "imagenette",
            {
                "imagenette2-160/train/n01440764/n01440764_1.JPEG": ("tench", "not test"),
                "imagenette2-160/val/n03888257/ILSVRC2012_val_1.JPEG": ("parachute", "test"),
            },
            ["imagenette2-160/noisy_imagenette.csv"],
        ),
        ("imagenette320", {"imagenette2-320/val/n03417042/n03417042_1.JPEG": ("garbage truck", "test")}, []),
        ("lfw", {"lfw/Ann_Veneman/Ann_Veneman_0001.jpg": ("picture", None)}, []),
        ("coco_val2017", {"val2017/000000000139.jpg": ("picture", None)}, []),
        ("places365_val", {"val_256/Places365_val_00000001.jpg": ("picture", None)}, []),
        (
            "tiny_imagenet",
            {"tiny-imagenet-200/train/n01443537/images/n01443537_0.JPEG": ("n01443537", None)},
            ["tiny-imagenet-200/test/images/test_0.JPEG", "tiny-imagenet-200/words.txt"],
        ),
    ],
)
def test_photos_are_found_in_each_archive(tmp_path, name, photos_in_it, others):
    photo_set = registry.sets()[name]
    path = tmp_path / f"full-0123456789abcdef-{photo_set.archive.file}"
    path.write_bytes(members([*photos_in_it, *others]))
    rows = {row["original"]: row for row, _ in registry.read(photo_set, path)}
    assert {original: row["label"] for original, row in rows.items()} == {
        original: label for original, (label, _) in photos_in_it.items()
    }
    for original, (_, split) in photos_in_it.items():
        assert rows[original]["file"] == original.partition("/")[2]
        by_name = registry.split_of(original)
        assert rows[original]["split"] == {"test": "test", "not test": by_name.replace("test", "val")}.get(
            split, by_name
        )


def test_what_the_makers_hold_out_stays_out_of_training(tmp_path):
    names = [f"imagenette2-160/{part}/n01440764/{number}.JPEG" for part in ("train", "val") for number in range(200)]
    path = tmp_path / "full-0123456789abcdef-imagenette2-160.tgz"
    path.write_bytes(members(names))
    splits = Counter(
        (row["original"].split("/")[1], row["split"]) for row, _ in registry.read(registry.sets()["imagenette"], path)
    )
    assert set(splits) == {("train", "train"), ("train", "val"), ("val", "test")} and splits["val", "test"] == 200


def test_registry_is_complete():
    assert len(registry.sets()) == 15
    for name, photo_set in registry.sets().items():
        assert re.fullmatch(registry.NAME, name) and photo_set.title and photo_set.license
        assert bool(photo_set.photos) == bool(photo_set.sha256) and (photo_set.photos or photo_set.archive)
        assert set(photo_set.photos) <= set(registry.SPLITS)
        assert list(photo_set.labels) == sorted(photo_set.labels)
        checksums = [photo_set.sha256] if photo_set.sha256 else []
        if archive := photo_set.archive:
            checksums.append(archive.sha256)
            assert archive.url.startswith("http") and archive.photos >= sum(photo_set.photos.values())
        assert checksums and all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in checksums)
    assert photos.credit("clothing") == "Clothing dataset, small (Grigorev). CC0"


@pytest.mark.parametrize("digits", ["", "md5:90528d7ca1a48142e341f4ef8d21d0de", "sha256:" + 64 * "0", 63 * "0"])
def test_no_archive_without_a_sha256(digits):
    with pytest.raises(ValueError, match="a checksum is a SHA-256, 64 hexadecimal digits, got"):
        registry.Archive("https://example.com/x.tgz", digits, ".*", 1)


def test_split_of_a_name_that_is_not_utf_8_is_that_of_its_bytes():
    name = b"caf\xe9.jpg"
    by_hand = {0: "test", 1: "val"}.get(int(hashlib.sha256(name).hexdigest(), 16) % 10, "train")
    assert registry.split_of(name.decode("utf-8", "surrogateescape")) == by_hand


def test_photos_are_read_one_by_one(tmp_path, monkeypatch):
    write_set(tmp_path / "prepared-x.tar", [(f"{number}.jpg", "", "train", bytes([number])) for number in range(5)])
    rows = registry.read(registry.PhotoSet("x", "x", "x"), tmp_path / "prepared-x.tar")
    assert [(row["file"], content) for row, content in rows] == [(f"{n}.jpg", bytes([n])) for n in range(5)]
