"""Pictures in TFRecord files: more than memory holds, well mixed, with their embeddings, and checked when opened.

``write`` puts pictures into a few files, the shards, and ``read`` gives them back as a ``tf.data`` dataset for `fit`.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import numpy as np

from colorkit import files
from colorkit.files import FileProblem

INDEX = "index.json"
FORMAT = 1
OPEN_SHARDS = 4  # read at a time
BUFFER = 256  # records that wait in memory, and from which the next one is drawn: 50 MB at 128 px


def write(folder, pictures, embeddings=None, shards=8):
    """Write pictures to TFRecord files, in an order of chance.

    Pictures that come class after class are mixed here once and for all, so that each shard is a sample of the whole
    set and a small buffer is enough to shuffle when reading.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where to; it is made. Records that are there already are replaced at once: a kill at any instant leaves the old
        ones or the new ones. Other files are left alone.
    pictures : Pictures
        Their L and ab are kept.
    embeddings : array, shape (N, D), float32, optional
        What a classifier says about each picture: computed once here, it need not be in each epoch.
    shards : int
        Number of files.

    Raises
    ------
    ValueError
        If there are fewer pictures than shards, or `embeddings` are not one row of finite numbers for each picture.
    FileProblem
        If the disk is full or the folder cannot be written.
    ImportError
        If TensorFlow is missing.

    Notes
    -----
    TFRecord keeps a checksum (CRC-32C) of each record; ``index.json`` has one of each file (SHA-256).

    L and ab are kept as float32, 12 bytes for each pixel. As RGB, photos would take a quarter of that, but an epoch
    would take twice as long, since each picture would be converted again, and what was made in Lab would be rounded.
    """
    tf = _tensorflow()
    folder = Path(folder)
    if not 1 <= shards <= len(pictures):
        raise ValueError(f"shards is a number of files, 1 to {len(pictures)} for as many pictures, got {shards}")
    if embeddings is not None:
        embeddings = np.asarray(embeddings, "<f4")
        if embeddings.ndim != 2 or len(embeddings) != len(pictures) or not np.isfinite(embeddings).all():
            raise ValueError(
                f"embeddings of {len(pictures)} pictures have shape ({len(pictures)}, D) and finite numbers, "
                f"got {embeddings.shape}; compute them for the same pictures, in the same order"
            )
    order = np.random.default_rng(0).permutation(len(pictures))
    index = {
        "format": FORMAT,
        "pictures": len(pictures),
        "size": [int(side) for side in pictures.size],
        "embedding": None if embeddings is None else embeddings.shape[1],
        "shards": [],
    }
    temporary = []
    try:
        with files.explain_write_errors(folder / INDEX):
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(shards):
                rows = order[number::shards]
                part = pictures[rows]
                columns = {"L": part.L, "ab": part.ab}
                if embeddings is not None:
                    columns["embedding"] = embeddings[rows]
                temporary.append(folder / f"shard-{number + 1}-of-{shards}.{os.getpid()}.part")
                _write_shard(tf, temporary[-1], columns)
                checksum = files.digest(temporary[-1])
                index["shards"].append(
                    {
                        # New names, so that the old shards are whole until the new index is there.
                        "file": f"shard-{number + 1}-of-{shards}-{checksum[:8]}.tfrecord",
                        "bytes": temporary[-1].stat().st_size,
                        "sha256": checksum,
                    }
                )
            for file, shard in zip(temporary, index["shards"], strict=True):
                os.replace(file, folder / shard["file"])
        with files.atomic_write(folder / INDEX) as stream:
            stream.write(json.dumps({"index": index, "sha256": _digest(index)}, indent=1).encode())
    finally:
        for file in temporary:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
    current = {shard["file"] for shard in index["shards"]}
    for pattern in ("shard-*-of-*-" + 8 * "[0-9a-f]" + ".tfrecord", "shard-*-of-*.part", f"{INDEX}.*.part"):
        for file in folder.glob(pattern):
            if file.name not in current:  # the records that were replaced, or what a killed run left
                with contextlib.suppress(OSError):  # Windows keeps what is being read
                    file.unlink(missing_ok=True)


def read(folder, batch_size, *, shuffle=True, seed=0, epoch=0):
    """Read pictures from TFRecord files, for `fit`.

    All files are checked first, at about 2 GB/s.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where `write` put them.
    batch_size : int
        Pictures in a batch; the last one of an epoch may have fewer.
    shuffle : bool
        Whether each epoch has an order of its own: the shards in a new order, `OPEN_SHARDS` of them side by side, and
        then each record drawn from the next `BUFFER` of them. False always gives the order in which they were written.
    seed, epoch : int
        The order of an epoch depends on nothing but these two. `epoch` (from 0) is that of the dataset's first
        iteration; each further one is the next epoch.

    Returns
    -------
    tf.data.Dataset
        Batches ``(L, ab)``, or ``((L, embedding), ab)`` where embeddings were written: L, shape (batch, H, W, 1),
        0..100; ab, shape (batch, H, W, 2), Lab units; embedding, shape (batch, D); all float32, and equal to those of
        the Pictures bit for bit. Its length is the number of batches in an epoch.

    Raises
    ------
    FileProblem
        If there are no records, or a file is missing, cut short or altered.
    ValueError
        If `batch_size` is less than 1.
    ImportError
        If TensorFlow is missing.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is the number of pictures in a batch, at least 1, got {batch_size}")
    tf = _tensorflow()
    folder = Path(folder)
    index = _verified_index(folder)
    shards = [str(folder / shard["file"]) for shard in index["shards"]]

    def shuffled(epoch):
        draw = tf.random.stateless_uniform((), (seed, epoch), 0, 2**31, tf.int64)
        order = tf.random.experimental.stateless_shuffle(tf.constant(shards), (seed, epoch))
        # The seed of this function's graph: without it the order would depend on the global seed too. Not 0, which
        # TensorFlow would compare with a tensor that has no value yet.
        tf.random.set_seed(1)
        records = tf.data.Dataset.from_tensor_slices(order).interleave(
            tf.data.TFRecordDataset, cycle_length=OPEN_SHARDS, num_parallel_calls=tf.data.AUTOTUNE
        )
        return records.shuffle(BUFFER, seed=draw)

    if shuffle:
        with tf.device("cpu:0"):
            next_epoch = tf.Variable(epoch, dtype=tf.int64)
        epochs = tf.data.Dataset.from_tensors(1).map(lambda one: next_epoch.assign_add(1) - 1)
        records = epochs.flat_map(shuffled)
    else:
        records = tf.data.TFRecordDataset(shards)

    shapes = {"L": (*index["size"], 1), "ab": (*index["size"], 2)}
    if index["embedding"] is not None:
        shapes["embedding"] = (index["embedding"],)

    def decoded(batch):
        parsed = tf.io.parse_example(batch, {name: tf.io.FixedLenFeature((), tf.string) for name in shapes})
        arrays = {
            name: tf.reshape(tf.io.decode_raw(parsed[name], tf.float32), (-1, *shape)) for name, shape in shapes.items()
        }
        inputs = (arrays["L"], arrays["embedding"]) if "embedding" in arrays else arrays["L"]
        return inputs, arrays["ab"]

    batches = records.batch(batch_size).map(decoded, num_parallel_calls=tf.data.AUTOTUNE)
    length = -(-index["pictures"] // batch_size)
    return batches.apply(tf.data.experimental.assert_cardinality(length)).prefetch(tf.data.AUTOTUNE)


def _tensorflow():
    try:
        import tensorflow as tf
    except ImportError as error:
        raise ImportError(
            f"records need TensorFlow, with each of Keras' backends ({error}); run `pip install tensorflow`"
        ) from error
    return tf


def _write_shard(tf, file, columns):
    try:
        with tf.io.TFRecordWriter(str(file)) as writer:
            for values in zip(*columns.values(), strict=True):
                writer.write(_example(tf, dict(zip(columns, values, strict=True))))
    except tf.errors.OpError as error:
        raise OSError(error.message) from error


def _example(tf, arrays):
    features = {
        name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[array.astype("<f4").tobytes()]))
        for name, array in arrays.items()
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _digest(index):
    return hashlib.sha256(json.dumps(index).encode()).hexdigest()


def _verified_index(folder):
    """Return what `write` said about the records in a folder, once all of it is found to be true."""
    again = "write them again with records.write"
    try:
        content = json.loads((folder / INDEX).read_text("utf-8"))
        index, whole = content["index"], content["sha256"] == _digest(content["index"])
    except OSError as error:
        raise FileProblem(
            f"{folder / INDEX}: it cannot be read ({error.strerror}), so there are no records; {again}"
        ) from None
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise FileProblem(f"{folder / INDEX}: it is damaged; {again}")
    if index["format"] != FORMAT:
        raise FileProblem(
            f"{folder}: these records have format {index['format']}, this colorkit reads {FORMAT}; {again}"
        )
    for shard in index["shards"]:
        file = folder / shard["file"]
        problem = None
        try:
            size = file.stat().st_size
            if size < shard["bytes"]:
                problem = f"it was cut short, {size:,} of {shard['bytes']:,} bytes are left"
            elif files.digest(file) != shard["sha256"]:
                problem = "its checksum differs, so it was altered"
        except OSError as error:
            problem = f"it cannot be read ({error.strerror})"
        if problem:
            raise FileProblem(f"{file}: {problem}; {again}")
    return index
