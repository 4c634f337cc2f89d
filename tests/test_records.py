"""Records: what is read is what was written, well mixed, the same again, or a clear error."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from colorkit.files import FileProblem
from colorkit.pictures import Pictures
from colorkit.training import records


def photos(count=20, size=8, seed=0):
    return Pictures("photos", rgb=np.random.default_rng(seed).integers(0, 256, (count, size, size + 2, 3), np.uint8))


def scenes(count=20, size=8):
    """Return pictures made in Lab, whose colors lie between those of uint8 RGB."""
    random = np.random.default_rng(0)
    values = random.uniform([30, -10, -10], [70, 10, 10], (count, size, size, 3))
    return Pictures("scenes", lab=values.astype("float32"))


def numbers(count):
    """Return an embedding that says which picture it belongs to."""
    return np.stack([np.arange(count), -np.arange(count)], axis=1).astype("float32")


def numbered(folder, count):
    records.write(folder, photos(count, size=2), numbers(count))


def order(dataset):
    return np.concatenate([embedding[:, 0] for (_, embedding), _ in dataset.as_numpy_iterator()]).astype(int)


# What is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [photos, scenes])
@pytest.mark.parametrize("shuffle", [True, False])
def test_what_is_read_is_what_was_written(made, shuffle, tmp_path):
    pictures = made()
    records.write(tmp_path, pictures, numbers(20), shards=3)
    dataset = records.read(tmp_path, 8, shuffle=shuffle)
    batches = list(dataset.as_numpy_iterator())
    assert len(dataset) == len(batches) == 3
    assert [len(ab) for _, ab in batches] == [8, 8, 4]
    seen = []
    for (L, embedding), ab in batches:
        assert L.dtype == ab.dtype == embedding.dtype == np.float32
        which = embedding[:, 0].astype(int)
        np.testing.assert_array_equal(L, pictures.L[which])
        np.testing.assert_array_equal(ab, pictures.ab[which])
        np.testing.assert_array_equal(embedding, numbers(20)[which])
        seen += list(which)
    assert sorted(seen) == list(range(20))


def test_shapes_are_known_before_the_first_batch(tmp_path):
    records.write(tmp_path, photos())
    L, ab = records.read(tmp_path, 8).element_spec
    assert L.shape.as_list() == [None, 8, 10, 1] and ab.shape.as_list() == [None, 8, 10, 2]
    records.write(tmp_path, photos(), numbers(20))
    assert records.read(tmp_path, 8).element_spec[0][1].shape.as_list() == [None, 2]


@pytest.mark.parametrize("embedded", [True, False])
def test_fit_takes_it(embedded, tmp_path):
    records.write(tmp_path, photos(), numbers(20) if embedded else None)
    light, embedding = keras.Input((8, 10, 1)), keras.Input((2,))
    ab = keras.layers.Dense(2)(light)
    if embedded:
        ab = ab + keras.layers.Reshape((1, 1, 2))(keras.layers.Dense(2)(embedding))
    model = keras.Model([light, embedding] if embedded else light, ab)
    model.compile("adam", "mse")
    history = model.fit(
        records.read(tmp_path, 8),
        validation_data=records.read(tmp_path, 8, shuffle=False),
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    assert np.isfinite(history.history["val_loss"]).all() and len(history.epoch) == 2


# Order ------------------------------------------------------------------------------------------------------------


def test_order_depends_on_seed_and_epoch_alone(tmp_path):
    numbered(tmp_path, 300)
    tf.random.set_seed(1)
    dataset = records.read(tmp_path, 32, seed=4)
    epochs = [order(dataset) for _ in range(3)]
    tf.random.set_seed(2)
    np.testing.assert_array_equal(order(records.read(tmp_path, 32, seed=4, epoch=2)), epochs[2])
    np.testing.assert_array_equal(order(records.read(tmp_path, 7, seed=4)), epochs[0])
    others = [*epochs, order(records.read(tmp_path, 32, seed=5))]
    for number, one in enumerate(others):
        assert all((one != other).mean() > 0.9 for other in others[:number])
    unshuffled = records.read(tmp_path, 32, shuffle=False)
    np.testing.assert_array_equal(order(unshuffled), order(unshuffled))


def mixing(first, second, classes=5, batch=32):
    """Measure how well two epochs of pictures that were given class after class are mixed; 1 is as by chance."""
    count = len(first)
    label = first * classes // count
    by_batch = label[: count // batch * batch].reshape(-1, batch)
    shares = np.stack([(by_batch == value).mean(axis=1) for value in range(classes)])
    by_chance = 1 / classes * (1 - 1 / classes) / batch * (count - batch) / (count - 1)
    return {
        "correlation with the order given": np.corrcoef(np.arange(count), first)[0, 1],
        "neighbors of one class": (label[1:] == label[:-1]).mean() * classes,
        "variance of a class's share of a batch": shares.var(axis=1).mean() / by_chance,
        "correlation between epochs": np.corrcoef(np.argsort(first), np.argsort(second))[0, 1],
    }


@pytest.mark.parametrize(
    ("buffer", "between_epochs"),
    [
        (1024, 0.05),  # all fit into the buffer: every order is possible
        (64, 0.35),  # more than fit: the places in the shards stay, the shards change places
    ],
)
def test_classes_are_well_mixed(buffer, between_epochs, tmp_path, monkeypatch):
    monkeypatch.setattr(records, "BUFFER", buffer)
    numbered(tmp_path, 1000)
    dataset = records.read(tmp_path, 32)
    measured = [mixing(order(dataset), order(dataset)) for _ in range(4)]
    mean = {key: np.mean([one[key] for one in measured]) for key in measured[0]}
    # Four times 1,000 pictures: a standard error is 0.016 of the correlations, 0.03 of the neighbors and about 0.09
    # of the variance.
    assert abs(mean["correlation with the order given"]) < 0.06
    assert 0.88 < mean["neighbors of one class"] < 1.12
    assert 0.65 < mean["variance of a class's share of a batch"] < 1.35
    assert mean["correlation between epochs"] < between_epochs


def test_the_measure_sees_what_is_badly_mixed():
    def shuffled(data):
        return np.array(list(data.as_numpy_iterator()))

    in_order = tf.data.Dataset.range(1000)
    buffered = mixing(*(shuffled(in_order.shuffle(64, seed=seed)) for seed in (1, 2)))
    assert buffered["correlation with the order given"] > 0.9
    assert buffered["neighbors of one class"] > 3
    batches = mixing(*(shuffled(in_order.batch(32).shuffle(5, seed=seed).unbatch()) for seed in (1, 2)))
    assert batches["neighbors of one class"] > 4
    assert batches["variance of a class's share of a batch"] > 10
    assert batches["correlation between epochs"] > 0.7


# Damage -----------------------------------------------------------------------------------------------------------


def shards(folder):
    return sorted(folder.glob("*.tfrecord"))


def cut(file):
    os.truncate(file, file.stat().st_size - 5)


def cut_between_records(file):
    # Length, its checksum, the record, its checksum.
    size = 8 + 4 + int.from_bytes(file.read_bytes()[:8], "little") + 4
    assert len(list(tf.data.TFRecordDataset(str(file)))) * size == file.stat().st_size
    os.truncate(file, file.stat().st_size - size)


def alter(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def lengthen(file):
    file.write_bytes(file.read_bytes() + shards(file.parent)[0].read_bytes())


def exchange(file):
    shutil.copyfile(shards(file.parent)[0], file)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, r"cut short, [\d,]+ of [\d,]+ bytes are left"),
        (cut_between_records, r"cut short, [\d,]+ of [\d,]+ bytes are left"),
        (lambda file: file.write_bytes(b""), "cut short, 0 of"),
        (alter, "checksum differs, so it was altered"),
        (lengthen, "checksum differs, so it was altered"),
        (exchange, "checksum differs, so it was altered"),
        (Path.unlink, "cannot be read .*No such file"),
    ],
)
def test_damaged_shard_is_named(damage, said, tmp_path):
    records.write(tmp_path, photos(), shards=4)
    damaged = shards(tmp_path)[2]
    damage(damaged)
    with pytest.raises(FileProblem, match=f"{damaged.name}: it.*{said}.*; write them again") as raised:
        records.read(tmp_path, 8)
    assert "\n" not in str(raised.value)


def test_any_altered_byte_is_found(tmp_path):
    records.write(tmp_path, photos(4, size=2), shards=1)
    random = np.random.default_rng(0)
    for file in (shards(tmp_path)[0], tmp_path / records.INDEX):
        good = file.read_bytes()
        for position in random.choice(len(good), 60, replace=False):
            content = bytearray(good)
            content[position] ^= 1 << int(random.integers(8))
            file.write_bytes(content)
            if file.suffix == ".json" and content.split() == good.split():
                continue  # space between the values
            with pytest.raises(FileProblem, match=f"{file.name}: "):
                records.read(tmp_path, 2)
        file.write_bytes(good)
    assert len(list(records.read(tmp_path, 2))) == 2


def test_each_record_has_a_checksum_also_after_opening(tmp_path):
    records.write(tmp_path, photos(), shards=1)
    dataset = records.read(tmp_path, 8)
    alter(shards(tmp_path)[0])
    with pytest.raises(tf.errors.DataLossError, match="corrupted record"):
        list(dataset)


def test_where_there_are_none(tmp_path):
    with pytest.raises(FileProblem, match=r"index\.json: it cannot be read .*so there are no records; write"):
        records.read(tmp_path / "nowhere", 8)
    (tmp_path / records.INDEX).write_text("[1, 2]")
    with pytest.raises(FileProblem, match="is damaged"):
        records.read(tmp_path, 8)


def test_records_of_another_format(tmp_path, monkeypatch):
    records.write(tmp_path, photos())
    monkeypatch.setattr(records, "FORMAT", 2)
    with pytest.raises(FileProblem, match="have format 1, this colorkit reads 2; write them again"):
        records.read(tmp_path, 8)


# Writing ----------------------------------------------------------------------------------------------------------


def test_writing_again_replaces_the_records_and_nothing_else(tmp_path):
    records.write(tmp_path, photos(), shards=5)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "mine.tfrecord").write_text("mine")
    (tmp_path / "shard-1-of-5.99999.part").write_text("what a killed run left")
    records.write(tmp_path, photos(seed=1), shards=2)
    assert len(shards(tmp_path)) == 3 and len(list(tmp_path.iterdir())) == 5
    L, _ = next(iter(records.read(tmp_path, 20, shuffle=False)))
    assert np.isin(L, photos(seed=1).L).all()


def write_until_killed(folder, kill_at):
    """Run in a process of its own, which is killed before it gives a file its name for the nth time."""
    replace, count = os.replace, 0

    def killed(*names):
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(*names)

    os.replace = killed
    records.write(Path(folder), photos(seed=1), shards=3)


def test_killed_while_writing_leaves_the_old_records(tmp_path):
    children = {}
    for kill_at in (2, 4):
        folder = tmp_path / str(kill_at)
        records.write(folder, photos(), shards=3)
        code = f"import test_records; test_records.write_until_killed({str(folder)!r}, {kill_at})"
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        children[folder] = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent, env=environment)
    for folder, child in children.items():
        before = [L.numpy() for L, _ in records.read(folder, 8)]
        assert child.wait() == -signal.SIGKILL
        assert len(list(folder.iterdir())) > 4
        for (L, _), old in zip(records.read(folder, 8), before, strict=True):
            np.testing.assert_array_equal(L, old)
        records.write(folder, photos(), shards=3)
        assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("where", ["shard", "index"])
def test_full_disk_leaves_the_old_records(where, tmp_path, monkeypatch):
    records.write(tmp_path, photos(), shards=3)
    if where == "shard":
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    else:
        replace = os.replace

        def full(source, target):
            if Path(target).name == records.INDEX:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            replace(source, target)

        monkeypatch.setattr(os, "replace", full)
    try:
        with pytest.raises(
            FileProblem, match=r"index\.json cannot be written in .* \(.*(too large|No space).*\); make room"
        ):
            records.write(tmp_path, photos(seed=1), shards=3)
    finally:
        if where == "shard":
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert not list(tmp_path.glob("*.part"))
    assert np.isin(next(iter(records.read(tmp_path, 20)))[0], photos().L).all()


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileProblem, match=r"index\.json cannot be written in .*file \((File exists|Not a directory)\)"):
        records.write(tmp_path / "file", photos())


def test_what_cannot_be_meant(tmp_path):
    with pytest.raises(ValueError, match="1 to 20 for as many pictures, got 21"):
        records.write(tmp_path, photos(), shards=21)
    with pytest.raises(ValueError, match=r"\(20, D\) and finite numbers, got \(19, 2\)"):
        records.write(tmp_path, photos(), numbers(19))
    with pytest.raises(ValueError, match="finite"):
        records.write(tmp_path, photos(), np.full((20, 2), np.nan))
    assert not list(tmp_path.iterdir())
    records.write(tmp_path, photos())
    with pytest.raises(ValueError, match="at least 1, got 0"):
        records.read(tmp_path, 0)
    assert len(records.read(tmp_path, 1)) == 20


def test_without_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ImportError, match="pip install tensorflow"):
        records.write(tmp_path, photos())
