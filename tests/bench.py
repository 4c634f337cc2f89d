"""How fast colorkit is: a table, and _build/bench.json. `make bench` runs it.

Each row is measured in this run, on these cores: what is compared takes turns, and the medians are compared. A row
whose name says "(at least ...)" or "(at most ...)" fails the run when it is not so: what a test cannot ask for, since
on a busy computer it would be untrue.
"""

import contextlib
import io
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np

import colorkit

ROOT = Path(__file__).resolve().parent.parent
TURNS = 9


def medians(*functions, turns=TURNS):
    """Time functions in turn, after one run of each to warm up; return the median seconds of each."""
    seconds = [[] for _ in functions]
    for function in functions:
        function()
    for _ in range(turns):
        for function, taken in zip(functions, seconds, strict=True):
            begin = time.perf_counter()
            function()
            taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in seconds]


def color_conversion():
    """Compare Lab conversion with scikit-image's, and with moving the same bytes."""
    from skimage.color import lab2rgb, rgb2lab

    from colorkit import lab

    batch = np.random.default_rng(0).integers(0, 256, (32, 256, 256, 3), dtype=np.uint8)
    converted = lab.rgb_to_lab(batch)
    # Larger than any cache, so that this is the memory's speed; a copy reads and writes.
    large = np.zeros(128 * 2**20, np.uint8)
    target = np.empty_like(large)
    forth, theirs, copy = medians(
        lambda: lab.rgb_to_lab(batch), lambda: rgb2lab(batch), lambda: np.copyto(target, large)
    )
    back, their_back = medians(lambda: lab.lab_to_rgb(converted, "clip"), lambda: lab2rgb(converted))
    bandwidth = 2 * large.nbytes / copy
    least = (batch.nbytes + converted.nbytes) / bandwidth
    pictures = len(batch)
    green_blue = np.stack(np.meshgrid(np.arange(256), np.arange(256), indexing="ij"), axis=-1)
    farthest = 0
    for red in range(256):
        colors = np.concatenate([np.full((256, 256, 1), red), green_blue], axis=-1).astype(np.uint8)
        farthest = max(farthest, np.abs(lab.rgb_to_lab(colors) - rgb2lab(colors)).max())
    return {
        "rgb_to_lab, 32 uint8 pictures of 256 x 256, pictures/s": pictures / forth,
        "skimage.color.rgb2lab, the same": pictures / theirs,
        "rgb_to_lab, times scikit-image's speed": theirs / forth,
        "memory bandwidth (copy), GB/s": bandwidth / 1e9,
        "rgb_to_lab, times what reading and writing it once would take": forth / least,
        "lab_to_rgb, pictures/s": pictures / back,
        "lab_to_rgb, times scikit-image's speed": their_back / back,
        "rgb_to_lab, all sRGB colors, farthest from scikit-image, Lab units (at most 0.01)": float(farthest),
    }


def importing():
    """Time `import colorkit` in a new process."""
    code = "import time; begin = time.perf_counter(); import colorkit; print(time.perf_counter() - begin)"
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(TURNS)
    ]
    return {"import colorkit, ms": 1000 * statistics.median(runs)}


def encoding_colors():
    """Compare the soft encoding of colors over bins with scikit-learn's search, and time decoding."""
    from sklearn.neighbors import NearestNeighbors

    from colorkit import bins, lab

    batch = np.random.default_rng(0).integers(0, 256, (16, 56, 56, 3), dtype=np.uint8)
    ab = lab.rgb_to_lab(batch)[..., 1:]
    search = NearestNeighbors(n_neighbors=5).fit(bins.centers())

    def searched():
        distance, index = search.kneighbors(ab.reshape(-1, 2))
        weights = np.exp(-(distance**2) / 50)
        return index, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

    def searched_dense():
        index, weights = searched()
        result = np.zeros((len(index), 313), np.float32)
        np.put_along_axis(result, index, weights, axis=1)
        return result

    encoded = bins.encode(ab)
    neighbors, theirs, dense, their_dense, decoding = medians(
        lambda: bins.neighbors(ab),
        searched,
        lambda: bins.encode(ab),
        searched_dense,
        lambda: bins.annealed_mean(encoded),
    )
    pictures = len(batch)
    return {
        "bins.neighbors, 16 pictures of 56 x 56, pictures/s": pictures / neighbors,
        "bins.neighbors, times scikit-learn's speed (at least 3)": theirs / neighbors,
        "bins.encode, all 313 bins, pictures/s": pictures / dense,
        "bins.encode, times the speed of scikit-learn's and put_along_axis": their_dense / dense,
        "bins.annealed_mean, pictures/s": pictures / decoding,
    }


def coloring():
    """Time colorize on a 12-megapixel photo, with a network that does nothing: what colorkit itself costs."""
    import keras

    from colorkit import colorize

    lightness = keras.Input((256, 256, 1))
    gray = keras.Model(lightness, keras.layers.Conv2D(2, 1, kernel_initializer="zeros")(lightness))
    photo = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    (seconds,) = medians(lambda: colorize(gray, photo), turns=3)
    return {"colorize, 12-megapixel photo, without the network, s": seconds}


def making_scenes():
    """Time Color World, which uses one core."""
    from colorkit import world

    count = 500
    (seconds,) = medians(lambda: world.load(size=64, limit=count), turns=5)
    return {"Color World, scenes of 64 x 64 on one core, scenes/s (at least 1,000)": count / seconds}


def loading_photos():
    """Time decoding a set of photos, on all cores and on one, and loading it once it is in the cache."""
    from colorkit import photos, preset
    from colorkit.files import MIRROR, in_mirror

    if not in_mirror("flowers.tar"):
        print(f"Photos are left out, for they need {MIRROR}: set it to a folder that has flowers.tar.")
        return {}
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(preset, "cache_folder", lambda *_: Path(folder)):

        def load():
            return len(photos.load("flowers", size=128, split="train"))

        def decode():
            for file in Path(folder).glob("prepared-*-128-train-*"):
                file.unlink()
            return load()

        def decode_on_one_core():
            with mock.patch.object(os, "sched_getaffinity", lambda _: {0}, create=True):
                return decode()

        count = load()
        on_one, decoding, cached = medians(decode_on_one_core, decode, load, turns=3)
    return {
        f"photos.load, decoding {count} photos to 128 x 128, photos/s": count / decoding,
        "photos.load on all cores, times the speed of one": on_one / decoding,
        "photos.load from the cache, times the speed of decoding (at least 5)": decoding / cached,
    }


def embedding_seconds(folder):
    """Time an epoch in which MobileNetV2 embeds 256 pictures of 128 x 128, and one that reads what it said of them.

    Returns the best of three turns of each, since other work on the machine only ever slows down.
    """
    import keras
    import tensorflow as tf

    from colorkit import lab
    from colorkit.pictures import Pictures
    from colorkit.training import records

    classifier = keras.applications.MobileNetV2(
        weights=None, include_top=False, input_shape=(128, 128, 3), pooling="avg"
    )
    flat = np.broadcast_to(np.arange(256, dtype=np.uint8)[:, None, None, None], (256, 128, 128, 3))
    pictures = Pictures("flat", rgb=np.ascontiguousarray(flat))
    records.write(folder / "plain", pictures)
    records.write(folder / "embedded", pictures, np.zeros((256, 1280)))
    plain, embedded = records.read(folder / "plain", 32), records.read(folder / "embedded", 32)

    @tf.function
    def embed(L):
        return classifier(2 * lab.lightness_to_rgb(L) - 1, training=False)

    def seconds(epoch):
        begin = time.perf_counter()
        assert sum(map(len, epoch)) == 256
        return time.perf_counter() - begin

    embed(next(iter(plain))[0])  # compiles
    pairs = [
        (seconds(embed(L) for L, _ in plain), seconds(embedding for (_, embedding), _ in embedded)) for _ in range(3)
    ]
    return np.min(pairs, axis=0).tolist()


def reading_records():
    """Compare embeddings that were written once with embedding in each epoch."""
    with tempfile.TemporaryDirectory() as folder:
        on_the_fly, from_records = embedding_seconds(Path(folder))
    return {
        "records with embeddings, 256 pictures of 128 x 128, pictures/s": 256 / from_records,
        "records with embeddings, times the speed of MobileNetV2 on the fly (at least 10)": on_the_fly / from_records,
    }


def measuring():
    """Time a table of all measures."""
    from colorkit import metrics, world

    scenes = world.load(size=128, limit=100)
    with contextlib.redirect_stdout(io.StringIO()):
        (seconds,) = medians(lambda: metrics.evaluate({"gray": metrics.gray}, scenes), turns=3)
    return {"metrics.evaluate, one colorizer, 100 pictures of 128 x 128, s": seconds}


def missed(results):
    """Return the rows that are not within the bound that their name states.

    Examples
    --------
    >>> missed({"a, times b's speed (at least 3)": 2.9, "c, scenes/s (at least 1,000)": 1200, "d (at most 0.01)": 0.02})
    ["a, times b's speed (at least 3)", 'd (at most 0.01)']
    """
    found = []
    for name, value in results.items():
        if match := re.search(r"\(at (least|most) ([\d.,]+)\)", name):
            bound = float(match[2].replace(",", ""))
            if not (value >= bound if match[1] == "least" else value <= bound):
                found.append(name)
    return found


def main():
    """Measure, print, write; what was measured before something broke is written too."""
    colorkit.setup()
    cores = colorkit.preset.processor_cores()
    machine = f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    file = ROOT / "_build" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    results = {}
    for measure in (
        importing,
        color_conversion,
        encoding_colors,
        coloring,
        making_scenes,
        loading_photos,
        reading_records,
        measuring,
    ):
        for name, value in measure().items():
            results[name] = value
            print(f"{name:70} {value:10.3g}" if value < 100 else f"{name:70} {value:10,.0f}", flush=True)
        file.write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n", "utf-8")
    print(f"written to {file.relative_to(ROOT)}")
    if out := missed(results):
        sys.exit("not within its bound: " + "; ".join(out))


if __name__ == "__main__":
    main()
