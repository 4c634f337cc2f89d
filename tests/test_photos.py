"""The photos that are always there, and photo sets as `Pictures`."""

import io
import json
import os
import socket
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from photo_sets import ROWS, colored, encoded, garden, jpeg, photos_of_ones_own, write_set
from PIL import Image

from colorkit import photos, preset
from colorkit.files import FileProblem
from colorkit.photos import BUNDLED, bundled, decoding, duplicates, loading, registry
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


@pytest.fixture
def mirror(own_cache, tmp_path, monkeypatch):
    """A mirror with the set "garden", and an empty cache."""
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    return garden(tmp_path / "mirror")


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
@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-7], lambda _: b"", lambda data: b"?" * len(data), lambda _: b"{}", lambda _: b"[]"],
    ids=["cut", "empty", "other", "nothing known", "a list"],
)
def test_damaged_cache_is_made_again(mirror, kind, damage):
    first = photos.load("garden", 24)
    (path,) = preset.cache_folder("photos", "garden").glob(f"*.{kind}")
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(photos.load("garden", 24).rgb, first.rgb)


@pytest.mark.parametrize("key", ["places", "classes", "labels", "files", "skipped"])
@pytest.mark.parametrize("value", [None, 3, [], ["x"], {"x": "y"}], ids=str)
def test_record_in_the_cache_that_makes_no_sense(mirror, key, value):
    first = photos.load("garden", 24)
    (path,) = preset.cache_folder("photos", "garden").glob("*.json")
    record = json.loads(path.read_bytes())
    path.write_text(json.dumps(record | {key: value}))
    again = photos.load("garden", 24)
    assert np.array_equal(again.rgb, first.rgb) and np.array_equal(again.files, first.files)


def test_cache_that_cannot_be_read_is_no_reason_to_return_nothing(mirror, monkeypatch):
    monkeypatch.setattr(loading, "_from_cache", lambda *_: None)
    with pytest.raises(FileProblem, match=r"garden: its cache in \S+ cannot be read; delete that folder, and run"):
        photos.load("garden", 24)


def test_split_is_not_held_in_memory_to_decode_it(mirror):
    rows = [(f"{number}.jpg", "", "train", jpeg(number)) for number in range(150)]
    write_set(mirror / "many.tar", rows)
    tracemalloc.start()
    part = photos.load("many", 256, limit=2)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(part) == 2 and most < 150 * 256 * 256 * 3 / 2


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


# ---- a folder of one's own


@pytest.fixture
def own(tmp_path):
    return photos_of_ones_own(tmp_path / "my photos")


def test_folder(own, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)  # not installed
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    (own / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    pictures = photos.folder(own, 24)
    assert len(pictures) == 30 and pictures.size == (24, 24) and pictures.name == "my photos"
    assert pictures.classes == ("beach", "garden", "picture")
    for rgb, label, file in zip(pictures.rgb, pictures.labels, pictures.files, strict=True):
        assert np.array_equal(rgb, square(open_photo(own / file), 24))
        assert pictures.classes[label] == (file.split("/")[0] if "/" in file else "picture")
    assert capsys.readouterr().out == (
        "my photos: 1 of 31 photos left out: phone.heic (this is a HEIC photo, which needs pillow-heif)\n"
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
    colored(1, (20, 20)).save(tmp_path / "icon.png")
    bad = r"gray\.png \(gray\), icon\.png \(too small\)|icon\.png \(too small\), gray\.png \(gray\)"
    with pytest.raises(FileProblem, match=f"there is no color photo, but ({bad}); name another folder"):
        photos.folder(tmp_path, 24)
    for split in photos.SPLITS:
        with pytest.raises(FileProblem, match=f"there is no color photo for {split}, but|into the split '{split}'"):
            photos.folder(tmp_path, 24, split)
    for wrong in ({"size": 0}, {"size": 24, "limit": 0}, {"size": 24, "split": "all"}):
        with pytest.raises(ValueError, match=r"at least 1|no split 'all'"):
            photos.folder(tmp_path, **wrong)


def test_folder_of_heic_photos_only_says_why(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    for number in range(7):
        (tmp_path / f"IMG_{number}.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    with pytest.raises(FileProblem, match=r"no color photo, but IMG_\d.HEIC \(.* HEIC photo, which needs .*, \.\.\."):
        photos.folder(tmp_path, 24)


ODD = os.fsdecode(b"caf\xe9.png")


@pytest.fixture
def oddly_named(tmp_path):
    """A folder with names that are not UTF-8, as old disks have them."""
    root = tmp_path / "old disk" / os.fsdecode(b"\xfc")
    try:
        root.mkdir(parents=True)
        colored(1).save(root / ODD)
    except OSError:
        pytest.skip("this drive takes UTF-8 only")
    (root / os.fsdecode(b"\xe9.txt")).write_text("no photo")
    colored(2).save(root / "plain.png")
    return root.parent


def test_names_that_are_not_utf_8(oddly_named, capsys):
    pictures = photos.folder(oddly_named, 24)
    assert {file.split("/")[1] for file in pictures.files} == {ODD, "plain.png"}
    assert list(pictures.skipped) == [os.fsdecode(b"\xfc/\xe9.txt")]
    said = capsys.readouterr().out
    assert said == r"old disk: 1 of 3 photos left out: \udcfc/\udce9.txt (this is not a picture)" + "\n"
    assert registry.split_of(ODD) == registry.split_of(f"folder/{ODD}")
    with pytest.raises(FileProblem) as caught:
        photos.folder(oddly_named / os.fsdecode(b"\xff"), 24)
    assert str(caught.value).isprintable()


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


# ---- the real sets


REAL = os.environ.get("COLORKIT_MIRROR")
needs_real_sets = pytest.mark.skipif(not REAL, reason="COLORKIT_MIRROR names no folder with the photo sets")


@pytest.fixture
def real(mirror, monkeypatch):
    """The real mirror, and an empty cache."""
    monkeypatch.setenv("COLORKIT_MIRROR", REAL)
    return Path(REAL)


@needs_real_sets
@pytest.mark.parametrize("name", [name for name, photo_set in registry.sets().items() if photo_set.sha256])
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
def test_look_alikes_in_the_flowers(real):
    train, test = photos.load("flowers", 64), photos.load("flowers", 64, "test")
    found = photos.near_duplicates(train, test)
    assert [pair[:2] for pair in found] == [
        ("sunflowers/22429946721_e17a12cb39_n.jpg", "sunflowers/17433282043_441b0a07f4_n.jpg"),
        ("roses/12406418663_af20dc225f_n.jpg", "roses/12406229175_82e2ac649c_n.jpg"),
        ("sunflowers/22755811033_cd17b109e0.jpg", "sunflowers/23356825566_f5885875f2.jpg"),
    ]
