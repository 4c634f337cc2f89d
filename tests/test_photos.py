"""The photos that are always there, and photo sets."""

import contextlib
import errno
import hashlib
import io
import os
import re
import socket
import subprocess
import sys
import tarfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorkit import photos, preset
from colorkit.cli import main
from colorkit.files import FileProblem
from colorkit.photos import BUNDLED, bundled, decoding, duplicates, loading, registry
from colorkit.photos.mirror import prepare, verify
from colorkit.pictures import Pictures, open_photo, square


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_photo_is_color_and_needs_no_network(name, monkeypatch):
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a bundled photo asked for the network"))
    photo = bundled(name)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3 and photo.shape[2] == 3 and min(photo.shape[:2]) >= 300
    assert photo.flags.writeable
    assert np.ptp(photo.astype(int), axis=2).mean() > 5, "this is a gray picture"
    assert len(BUNDLED[name]) > 20


def test_bundled_photos_are_the_ones_meant():
    from skimage import data

    for name, expected in {
        "astronaut": data.astronaut(),
        "cat": data.chelsea(),
        "coffee": data.coffee(),
        "motorcycle": data.stereo_motorcycle()[0],
        "tissue": data.immunohistochemistry(),
        "hubble": data.hubble_deep_field(),
        "retina": data.retina(),
    }.items():
        assert np.array_equal(bundled(name), expected), name
    assert bundled("hopper").shape == (600, 512, 3)
    # Stored in Adobe RGB: scikit-image shows its numbers as if they were sRGB, which dulls them.
    difference = np.abs(bundled("rocket").astype(int) - data.rocket())
    assert 2 < difference.mean() < 10


def test_bundled_in_a_size():
    assert np.array_equal(bundled("cat", 64), square(bundled("cat"), 64))


def test_bundled_unknown_name_lists_the_names():
    with pytest.raises(ValueError, match=r"'dog'.*astronaut, cat, coffee.*hopper"):
        bundled("dog")


# ---- photo sets


def colored(seed, size=(56, 40)):
    """A photo of soft patches, whose mean color tells photos apart."""
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


def encoded(image, kind="JPEG", **options):
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def write_set(path, rows, index=None):
    """Write a prepared set and list its checksum; `rows` are (file, label, split, content)."""
    lines = [",".join(registry.COLUMNS)]
    for file, label, split, content in rows:
        size = (0, 0)
        with contextlib.suppress(OSError):
            size = Image.open(io.BytesIO(content)).size
        lines.append(f"{file},{label},{split},CC0,,,,{size[0]},{size[1]}")
    with tarfile.open(path, "w") as tar:
        index = "\n".join(lines).encode() if index is None else index
        for name, content in [("index.csv", index), *((row[0], row[3]) for row in rows)]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    (path.parent / "SHA256SUMS").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


ROWS = [
    (f"{label}/{label}{number}.jpg", label, ["train", "train", "val", "test"][number % 4], encoded(colored(number)))
    for number, label in enumerate(["rose", "tulip", "aster"] * 20)
]


@pytest.fixture
def mirror(own_cache, tmp_path, monkeypatch):
    """A mirror with the set "garden", and an empty cache."""
    path = tmp_path / "mirror"
    path.mkdir()
    monkeypatch.setenv("COLORKIT_MIRROR", str(path))
    write_set(path / "garden.tar", ROWS)
    return path


def test_load_gives_a_container_of_one_size(mirror):
    train = photos.load("garden", 24)
    assert repr(train) == "garden, train: 30 pictures of 24 x 24 px"
    assert train.rgb.dtype == np.uint8 and train.rgb.shape == (30, 24, 24, 3) and type(train.rgb) is np.ndarray
    assert train.classes == ("aster", "rose", "tulip")
    contents = {row[0]: row for row in ROWS}
    for rgb, label, file in zip(train.rgb, train.labels, train.files, strict=True):
        assert contents[file][1] == train.classes[label] and contents[file][2] == "train"
        assert np.array_equal(rgb, square(open_photo(contents[file][3]), 24))
    assert photos.load("garden", 24, "test").classes == train.classes
    assert train[:3].skipped == {} and train[:3].source == train.source
    train.rgb[:] = 0
    assert photos.load("garden", 24).rgb.any(), "what one does to the pictures must not reach the cache"


def test_order_is_the_same_always_and_mixed(mirror):
    train = photos.load("garden", 24)
    assert np.array_equal(train.files, photos.load("garden", 30).files)
    assert list(train.files) != sorted(train.files)
    assert (np.diff(train.labels) == 0).mean() < 0.7  # Sorted by class, 27 of 29 neighbors would be alike.
    part = photos.load("garden", 24, limit=12)
    assert np.array_equal(part.rgb, train.rgb[:12]) and np.array_equal(part.labels, train.labels[:12])
    assert set(part.labels) == {0, 1, 2}
    assert len(photos.load("garden", 24, limit=1000)) == 30


def test_second_load_decodes_nothing(mirror, monkeypatch):
    first = photos.load("garden", 24, "val")
    monkeypatch.setattr(decoding, "open_photo", lambda *_: pytest.fail("decoded again"))
    second = photos.load("garden", 24, "val")
    assert np.array_equal(first.rgb, second.rgb) and np.array_equal(first.files, second.files)
    for changed in ({"size": 25}, {"split": "test"}):
        with pytest.raises(pytest.fail.Exception):
            photos.load("garden", **({"size": 24, "split": "val"} | changed))


def test_cache_is_not_used_when_what_makes_it_has_changed(mirror, monkeypatch):
    photos.load("garden", 24)
    monkeypatch.setattr(loading, "_RECIPE", loading._RECIPE + 1)
    monkeypatch.setattr(decoding, "open_photo", lambda *_: pytest.fail("decoded"))
    with pytest.raises(pytest.fail.Exception):
        photos.load("garden", 24)


@pytest.mark.parametrize("kind", ["json", "npy"])
@pytest.mark.parametrize("damage", [lambda data: data[:-7], lambda _: b"", lambda data: b"?" * len(data)])
def test_damaged_cache_is_made_again(mirror, kind, damage):
    first = photos.load("garden", 24)
    (path,) = preset.cache_folder("photos", "garden").glob(f"*.{kind}")
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(photos.load("garden", 24).rgb, first.rgb)


def test_what_is_no_good_is_left_out_counted_and_named(mirror, capsys):
    gray = colored(1).convert("L")
    noisy = np.asarray(gray.convert("RGB")) + np.random.default_rng(0).integers(0, 6, (40, 56, 3), np.uint8)
    cmyk = colored(2).convert("CMYK")
    good = encoded(colored(3))
    bad = {
        "gray.jpg": (encoded(gray), "gray"),
        "gray_as_rgb.jpg": (encoded(Image.fromarray(noisy)), "gray"),
        "gray_as_cmyk.jpg": (encoded(gray.convert("CMYK")), "gray"),
        "cut.jpg": (good[: len(good) // 2], "damaged"),
        "empty.jpg": (b"", "the file is empty"),
        "text.jpg": (b"not a photo at all", "this is not a picture"),
        "tiny.jpg": (encoded(colored(4, (400, 31))), "too small"),
    }
    rows = [(file, "a", "train", content) for file, (content, _) in bad.items()]
    rows += [("cmyk.jpg", "a", "train", encoded(cmyk, quality=95)), *((*row[:2], "train", row[3]) for row in ROWS[:4])]
    write_set(mirror / "mixed.tar", rows)
    for _ in range(2):  # decoded, then from the cache
        pictures = photos.load("mixed", 32)
        assert pictures.skipped == {file: reason for file, (_, reason) in sorted(bad.items())}
        assert capsys.readouterr().out == (
            "mixed: 7 of 12 photos left out: cut.jpg (damaged), empty.jpg (the file is empty), gray.jpg (gray), "
            "gray_as_cmyk.jpg (gray), gray_as_rgb.jpg (gray), ...\n"
        )
    # CMYK is read right: it looks as it did before it was stored that way.
    stored = pictures.rgb[list(pictures.files).index("cmyk.jpg")].astype(int)
    assert np.abs(stored - square(np.asarray(colored(2)), 32)).mean() < 3


def test_a_little_color_is_color(mirror):
    pixels = np.full((64, 64, 3), 128, np.uint8)
    pixels[30:40, 30:40] = (220, 30, 30)
    write_set(mirror / "mixed.tar", [("balloon.jpg", "", "train", encoded(Image.fromarray(pixels)))])
    pictures = photos.load("mixed", 32)
    assert not pictures.skipped and pictures.classes == ("picture",)


def test_gray_photos_belong_to_the_historical_set(mirror):
    write_set(mirror / "historical.tar", [("1.jpg", "bw", "test", encoded(colored(1).convert("L")))])
    assert registry.sets()["historical"].gray
    assert len(photos.load("historical", 32, "test")) == 1
    assert [photo_set.name for photo_set in registry.sets().values() if photo_set.gray] == ["historical"]


def test_warning_filters_stay_as_they_were(mirror):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        photos.load("garden", 24)
        assert warnings.filters == before


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (("garden", 0), ValueError, "at least 1, got size=0"),
        (("garden", 24, "train", 0), ValueError, "limit=0; leave limit out"),
        (("garden", 24, "training"), ValueError, "'training'; splits are train, val, test"),
        (("gardens", 24), FileProblem, "no photo set 'gardens'; there are flowers, objects,"),
        (("../garden", 24), FileProblem, "no photo set '../garden'"),
    ],
)
def test_what_cannot_be_loaded(mirror, arguments, error, match):
    with pytest.raises(error, match=match):
        photos.load(*arguments)


def test_empty_split_says_which_there_are(mirror):
    write_set(mirror / "old.tar", [("1.jpg", "", "test", encoded(colored(1)))])
    with pytest.raises(FileProblem, match=r"^old has no good photo for 'train'; it has test \(1\)\.$"):
        photos.load("old", 24)


INDEX = ",".join(registry.COLUMNS).encode() + b"\n1.jpg,,train,,,,,56,40\n"


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

SPLIT_OF_TWELVE = [
    "train",
    "val",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "test",
    "train",
    "train",
]


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
        assert bool(photo_set.photos) == bool(photo_set.checksum) and (photo_set.photos or photo_set.archive)
        assert set(photo_set.photos) <= set(registry.SPLITS)
        assert list(photo_set.labels) == sorted(photo_set.labels)
        checksums = [photo_set.checksum] if photo_set.checksum else []
        if photo_set.archive:
            checksums.append(photo_set.archive.checksum)
            assert photo_set.archive.url.startswith("http") and photo_set.archive.photos >= sum(
                photo_set.photos.values()
            )
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", checksum) for checksum in checksums)
    assert photos.credit("clothing") == "Clothing dataset, small (Grigorev). CC0"


# ---- a folder of one's own


@pytest.fixture
def own(tmp_path):
    root = tmp_path / "my photos"
    for number in range(30):
        path = root / ["beach", "garden/spring", "."][number % 3] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        colored(number).save(path)
    (root / ".thumbnails").mkdir()
    (root / ".thumbnails" / "1.png").write_bytes(b"hidden")
    (root / "beach" / ".DS_Store").write_bytes(b"hidden")
    return root


def test_folder(own, capsys):
    (own / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    pictures = photos.folder(own, 24)
    assert len(pictures) == 30 and pictures.size == (24, 24) and pictures.name == "my photos"
    assert pictures.classes == ("beach", "garden", "picture")
    for rgb, label, file in zip(pictures.rgb, pictures.labels, pictures.files, strict=True):
        assert np.array_equal(rgb, square(open_photo(own / file), 24))
        assert pictures.classes[label] == (file.split("/")[0] if "/" in file else "picture")
    assert capsys.readouterr().out == (
        "my photos: 1 of 31 photos left out: phone.heic (this is a HEIC photo, which cannot be read here)\n"
    )
    (own / "phone.heic").unlink()
    assert np.array_equal(photos.folder(own, 24, limit=7).files, photos.folder(own, 24).files[:7])
    parts = [photos.folder(own, 24, split) for split in ("train", "val", "test")]
    assert sorted(file for part in parts for file in part.files) == sorted(pictures.files)
    assert parts[2].name == "my photos, test"


def test_folder_without_photos(tmp_path):
    with pytest.raises(FileProblem, match="nowhere: there is no such folder; check the path"):
        photos.folder(tmp_path / "nowhere", 24)
    with pytest.raises(FileProblem, match="there is no file in this folder"):
        photos.folder(tmp_path, 24)
    colored(1).convert("L").save(tmp_path / "gray.png")
    with pytest.raises(FileProblem, match="there is no color photo; name another folder"):
        photos.folder(tmp_path, 24)
    for wrong in ({"size": 0}, {"size": 24, "limit": 0}, {"size": 24, "split": "all"}):
        with pytest.raises(ValueError, match=r"at least 1|no split 'all'"):
            photos.folder(tmp_path, **wrong)


# ---- look-alikes


def test_near_duplicates_are_found_and_others_are_not():
    rng = np.random.default_rng(0)
    scenes = [Image.fromarray(rng.integers(0, 256, (9, 12, 3), np.uint8)).resize((320, 240)) for _ in range(40)]
    changed = {
        "smaller": scenes[0].resize((160, 120)),
        "compressed": Image.open(io.BytesIO(encoded(scenes[1], quality=30))),
        "cropped": scenes[2].crop((8, 8, 316, 238)),
        "darker": scenes[3].point(lambda value: 0.7 * value),
        "tinted": Image.fromarray((np.asarray(scenes[4]) * [1, 0.85, 0.7]).astype(np.uint8)),
    }

    def pictures(images):
        rgb = np.stack([square(np.asarray(image), 48) for image in images.values()])
        return Pictures("made", rgb=rgb, files=list(images))

    first = pictures({str(number): scene for number, scene in enumerate(scenes[:20])})
    second = pictures(changed | {str(number): scenes[number] for number in range(20, 40)})
    found = photos.near_duplicates(first, second)
    assert {(one, other) for one, other, _ in found} == set(zip("01234", changed, strict=True))
    distances = [distance for *_, distance in found]
    assert distances == sorted(distances) and 0 <= distances[0] and distances[-1] <= duplicates.NEAR
    assert photos.near_duplicates(first, second[5:]) == photos.near_duplicates(first[:0], second) == []
    assert [far for *_, far in photos.near_duplicates(first[:3], first[:3])] == [0, 0, 0]


# ---- making and checking mirrors, and the command line


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
    archive = registry.Archive("http://127.0.0.1:1/small.tgz", f"sha256:{checksum}", r"(?P<label>\w+)/\d+\.jpg", 30)
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
    with pytest.raises(FileProblem, match="mine has no good photo, so no set was made"):
        prepare("mine", tmp_path / "new", own=tmp_path / "gray")
    assert not (tmp_path / "new" / "mine.tar").exists()


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
    assert main(["photos", "prepare", "garden", "--to", str(mirror)]) == 1
    assert "garden.tar is in" in capsys.readouterr().err
    prepare_x = ["photos", "prepare", "x", "--size"]
    for wrong in ([], ["photos"], ["photos", "prepare"], [*prepare_x, "8"], [*prepare_x, "a"]):
        with pytest.raises(SystemExit) as exit:
            main(wrong)
        assert exit.value.code == 2


def test_command_line_as_typed(tmp_path):
    command = [sys.executable, "-m", "colorkit", "photos", "verify", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1


# ---- the real sets


REAL = os.environ.get("COLORKIT_MIRROR")
needs_real_sets = pytest.mark.skipif(not REAL, reason="COLORKIT_MIRROR names no folder with the photo sets")


@pytest.fixture
def real(mirror, monkeypatch):
    """The real mirror, and an empty cache."""
    monkeypatch.setenv("COLORKIT_MIRROR", REAL)
    return Path(REAL)


@needs_real_sets
@pytest.mark.parametrize("name", [name for name, photo_set in registry.sets().items() if photo_set.checksum])
def test_real_set_is_what_the_registry_says(real, name):
    photo_set = registry.sets()[name]
    parts = {split: photos.load(name, 32, split) for split in photo_set.photos}
    assert {split: len(part) for split, part in parts.items()} == photo_set.photos
    assert all(not part.skipped for part in parts.values())
    assert next(iter(parts.values())).classes == (photo_set.labels or ("picture",))
    files = [file for part in parts.values() for file in part.files]
    assert len(files) == len(set(files))
    if "train" in parts and len(photo_set.labels) > 1 and name != "fsa_color":
        shares = np.bincount(parts["train"].labels) / len(parts["train"])
        first = np.bincount(parts["train"].labels[:200], minlength=len(shares)) / 200
        assert np.abs(first - shares).max() < 0.12, "the first 200 are no even sample"


@needs_real_sets
def test_loading_again_is_fast(real):
    begin = time.perf_counter()
    photos.load("flowers", 128)
    decoded = time.perf_counter() - begin
    again = []
    for _ in range(3):
        begin = time.perf_counter()
        photos.load("flowers", 128)
        again.append(time.perf_counter() - begin)
    assert decoded > 5 * min(again)


@needs_real_sets
def test_look_alikes_in_the_flowers(real):
    train, test = photos.load("flowers", 64), photos.load("flowers", 64, "test")
    found = photos.near_duplicates(train, test)
    assert [pair[:2] for pair in found] == [
        ("sunflowers/22429946721_e17a12cb39_n.jpg", "sunflowers/17433282043_441b0a07f4_n.jpg"),
        ("roses/12406418663_af20dc225f_n.jpg", "roses/12406229175_82e2ac649c_n.jpg"),
        ("sunflowers/22755811033_cd17b109e0.jpg", "sunflowers/23356825566_f5885875f2.jpg"),
    ]
