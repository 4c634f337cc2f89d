"""How fast colorkit is: a table, and _build/bench.json. `make bench` runs it.

Each row is measured in this run, on these cores: what is compared takes turns, and the medians are compared. A row
whose name says "(at least ...)" or "(at most ...)" fails the run when it is not so: what a test cannot ask for, since
on a busy computer it would be untrue.
"""

import argparse
import contextlib
import datetime
import inspect
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


def enlarging_colors():
    """Compare colors enlarged along edges with colors enlarged alone, near edges of photos whose colors are known.

    The photos' own colors are made small, by 4 and by 8, so that what is off is off because of the enlargement.
    """
    from PIL import Image
    from scipy import ndimage
    from skimage.color import deltaE_ciede2000

    from colorkit import lab, photos
    from colorkit.colorizing.enlarging import join
    from colorkit.files import in_mirror

    pictures = [photos.bundled(name)[:512, :512] for name in photos.BUNDLED]
    pictures += [photo for name in ("kodak", "documerica") if in_mirror(f"{name}.tar") for photo in photos_of(name)]
    results = {}
    for factor in (4, 8):
        off, seconds = [], [0, 0]
        for photo in pictures:
            height, width = (factor * (side // factor) for side in photo.shape[:2])
            rgb = np.ascontiguousarray(photo[:height, :width])
            truth = lab.rgb_to_lab(rgb)
            size = width // factor, height // factor
            lightness = lab.rgb_to_lab(np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC)))[..., :1]
            small = truth[..., 1:].reshape(size[1], factor, size[0], factor, 2).mean(axis=(1, 3))
            begin = time.perf_counter()
            along = lab.rgb_to_lab(join(rgb, lightness, small))
            middle = time.perf_counter()
            alone = truth.copy()
            for channel in (0, 1):
                enlarged = Image.fromarray(np.ascontiguousarray(small[..., channel]))
                alone[..., channel + 1] = enlarged.resize((width, height), Image.Resampling.BILINEAR)
            alone = lab.rgb_to_lab(lab.to_uint8(lab.lab_to_rgb(alone)))
            for place, taken in enumerate((time.perf_counter() - middle, middle - begin)):
                seconds[place] += taken
            slopes = [ndimage.gaussian_gradient_magnitude(truth[..., channel], 1) for channel in (1, 2)]
            slope = np.hypot(*slopes)
            edge = slope >= max(3, np.quantile(slope, 0.97))
            near = ndimage.distance_transform_edt(~edge) <= factor
            if edge.mean() > 0.001:
                off.append([deltaE_ciede2000(one[near], truth[near]).mean() for one in (alone, along)])
        alone, along = np.mean(off, axis=0)
        better = np.mean([first > second for first, second in off])
        results |= {
            f"colors enlarged {factor} times, within {factor} px of edges, {len(off)} photos, CIEDE2000": along,
            f"the same, enlarged bilinearly, without L, {factor} times": alone,
            f"photos that are closer along edges, {factor} times, share (at least 0.9)": better,
            f"joining along edges, times the time of bilinear, {factor} times": seconds[1] / seconds[0],
        }
    return results


def seeing_sizes():
    """Compare what the flagship makes of photos whose colors are known when it sees them at other sizes."""
    from colorkit import colorize, metrics, photos
    from colorkit.files import in_mirror
    from colorkit.models import checkpoints

    network = checkpoints.load("11_flagship_gpu")
    sets = {"bundled photos": [photos.bundled(name) for name in ("astronaut", "cat", "coffee", "rocket", "hopper")]}
    sets |= {name: photos_of(name) for name in ("kodak", "documerica") if in_mirror(f"{name}.tar")}
    return {
        f"CIEDE2000 of {len(pictures)} {name}, seen at {size} px": np.mean(
            [metrics.ciede2000(photo, colorize(network, photo, size)) for photo in pictures]
        )
        for name, pictures in sets.items()
        for size in (128, 192, 256, 384)
    }


def photos_of(name):
    """Return the first 30 test photos of a set as they are."""
    import tarfile

    from colorkit.files import in_mirror
    from colorkit.pictures import open_photo

    with tarfile.open(in_mirror(f"{name}.tar")) as archive:
        files = [member for member in archive if member.name.endswith(".jpg")][:30]
        return [open_photo(archive.extractfile(member).read()) for member in files]


def coloring_command(*arguments):
    """Run `colorkit color`; return seconds, those of all cores together, and the largest process's memory in GiB."""
    code = (
        "import resource, subprocess, sys, time; begin = time.perf_counter()\n"
        "subprocess.run([sys.executable, '-m', 'colorkit', 'color', *sys.argv[1:]], check=True, stdout=-3)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    command = [sys.executable, "-c", code, *map(str, arguments), "--gray", "--overwrite"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(printed[0]), float(printed[1]), int(printed[2]) / 2**20


def coloring_files(count=200):
    """Time `colorkit color` from the shell, start included: a small photo, a large one, and a folder."""
    from PIL import Image

    from colorkit import photos

    photo = Image.fromarray(photos.bundled("coffee"))
    with tempfile.TemporaryDirectory() as folder:
        small, large, album = (Path(folder) / name for name in ("small.jpg", "large.jpg", "album"))
        photo.save(small)
        photo.resize((6000, 4000), Image.Resampling.BICUBIC).save(large, quality=92)
        album.mkdir()
        medium = photo.resize((1732, 1155), Image.Resampling.BICUBIC)
        for number in range(count):
            medium.save(album / f"{number:03}.jpg", quality=92)
        coloring_command(small)  # what the system reads from the disk is in its memory then
        first, first_cores, first_memory = np.median([coloring_command(small) for _ in range(3)], axis=0)
        seconds, cores, memory = coloring_command(large)
        all_seconds, all_cores, _ = coloring_command(album)
    return {
        "colorkit color, a small photo, start included, s (at most 6)": first,
        "the same small photo, of all cores together, s": first_cores,
        "the same small photo, memory, GiB": first_memory,
        "colorkit color, a 24-megapixel photo, start included, s (at most 12)": seconds,
        "the same large photo, of all cores together, s": cores,
        "the same large photo, memory, GiB (at most 1.5)": memory,
        f"colorkit color, a folder of {count} photos of 2 megapixels, photos/s (at least 1.5)": count / all_seconds,
        "the same folder, of all cores together, s for a photo": all_cores / count,
    }


def coloring_in_a_page():
    """Time the engine of the book's page in headless Chromium, from a folder: loading, coloring, correcting."""
    import shutil

    import engine_page
    from playwright.sync_api import sync_playwright

    from colorkit import photos

    photo = photos.bundled("coffee")
    of_size = """([gray, height, width]) => {
      const rgba = new Uint8ClampedArray(4 * height * width);
      for (let at = 0; at < rgba.length; at += 1) {
        const [row, column] = [Math.floor(at / 4 / width), Math.floor(at / 4) % width];
        const line = gray[Math.floor((row * gray.length) / height)];
        rgba[at] = at % 4 < 3 ? line[Math.floor((column * line.length) / width)] : 255;
      }
      return ask({ do: "open", rgba: rgba.buffer, width, height }).then(({ did }) => did);
    }"""

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()

        def seconds(does):
            begin = time.perf_counter()
            does()
            return time.perf_counter() - begin

        def ask(**message):
            did = page.evaluate("(message) => ask(message).then(({ did }) => did)", message)
            assert did != "error", message

        def given(height, width):
            page.evaluate(of_size, [photo[..., 1].tolist(), height, width])

        def first():
            page.goto(engine_page.write(Path(folder)).as_uri())
            page.evaluate(f"{engine_page.LOAD}.then(({{ did }}) => did)")
            given(*photo.shape[:2])
            ask(do="color", hints=[], temperature=0.38)

        measured = {"the page: first color, loading from a folder included, s (at most 12)": seconds(first)}
        given(683, 1024)
        hint = {"x": 0.5, "y": 0.5, "a": 40, "b": 20}
        told = {"do": "color", "hints": [hint], "temperature": 0.38}
        measured["the page: 1024 px with a new hint, s (at most 4)"] = seconds(lambda: ask(**told))
        (measured["the page: 1024 px at another temperature, s (at most 0.3)"],) = medians(
            lambda: ask(do="decode", temperature=0.6)
        )
        given(4000, 6000)
        ask(do="color", hints=[], temperature=0.38)
        measured["the page: 24 megapixels, all of them colored, s"] = seconds(lambda: ask(do="full", temperature=0.38))
        browser.close()
    return measured


def coloring_a_film(seconds=10):
    """Time `colorkit color` on a film of 640 x 480 at 24 frames a second, with grain and sound, start included."""
    import film_files
    from PIL import Image

    from colorkit import photos

    photo, random = Image.fromarray(photos.bundled("coffee")).convert("L"), np.random.default_rng(0)

    def frame(number):
        seen = np.asarray(photo.resize((640, 480), box=(0.4 * number, 0, 0.4 * number + 500, 375)), np.float32)
        return np.rint(seen + random.normal(0, 6, seen.shape)).clip(0, 255).astype(np.uint8)[..., np.newaxis]

    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "street.mp4"
        frames = [np.repeat(frame(number), 3, axis=2) for number in range(24 * seconds)]
        film_files.write(film, frames, sound="aac")
        taken, cores, memory = coloring_command(film)
    return {
        f"colorkit color, {seconds} s of film of 640 x 480, 24 frames/s, s (at most 180)": taken,
        "the same film, of all cores together, s": cores,
        "the same film, memory, GiB (at most 1.5)": memory,
    }


def grading(count=300, stuck=18):
    """Grade a class: four exercises each, solved, blank or wrong, some with a loop that never ends."""
    from colorkit.classroom import solutions

    answers = {name: inspect.getsource(solutions.find(name)) for name in ("03-c", "04-a", "04-c")}
    answers["03-a"] = f"import hashlib\n\n{inspect.getsource(solutions.find('03-a'))}"
    wrong = answers | {
        "04-a": answers["04-a"].replace("return ", "return 2 * "),
        "03-c": "def leaked(train, test):\n    ...",
    }
    endless = wrong | {"04-a": "def psnr(truth, colored):\n    while True:\n        pass\n"}
    taken = {}
    with tempfile.TemporaryDirectory() as folder:
        for hang in (0, stuck):
            handed = Path(folder) / f"in{hang}"
            handed.mkdir()
            for number in range(count):
                sources = endless if number < hang else wrong if number % 3 == 0 else answers
                cells = [{"cell_type": "code", "source": source} for source in sources.values()]
                (handed / f"{number}.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
            command = [sys.executable, "-m", "colorkit", "grade", "A2", handed, "--to", Path(folder) / f"out{hang}"]
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken[hang] = time.perf_counter() - begin
    what = f"colorkit grade, {count} submissions of four exercises"
    return {f"{what}, s (at most 600)": taken[0], f"the same, {stuck} with a loop that never ends, s": taken[stuck]}


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


MEASURES = (
    importing,
    color_conversion,
    encoding_colors,
    coloring,
    enlarging_colors,
    seeing_sizes,
    coloring_files,
    coloring_a_film,
    coloring_in_a_page,
    grading,
    making_scenes,
    loading_photos,
    reading_records,
    measuring,
)


def main(arguments=None):
    """Measure, print, write; what was measured before something broke is written too."""
    parser = argparse.ArgumentParser(description="Measure how fast colorkit is.")
    names = [measure.__name__ for measure in MEASURES]
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"all, or some of {', '.join(names)}")
    parser.add_argument("--to", type=Path, default=ROOT / "_build" / "bench.json", help="the file that is written")
    parser.add_argument("--photos", type=int, default=200, help="how many photos coloring_files takes (200)")
    options = parser.parse_args(arguments)
    if unknown := set(options.measures) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    colorkit.setup()
    cores = colorkit.preset.processor_cores()
    about = {
        "command": " ".join(["python tests/bench.py", *(sys.argv[1:] if arguments is None else arguments)]),
        "date": datetime.date.today().isoformat(),
        "device": f"{colorkit.preset.processor()}, {cores} cores",
        "load average": round(os.getloadavg()[0], 1),  # what else the computer does makes everything slower
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
    }
    file = options.to
    file.parent.mkdir(exist_ok=True)
    results = {}
    for measure in MEASURES:
        if options.measures and measure.__name__ not in options.measures:
            continue
        for name, measured in (measure(options.photos) if measure is coloring_files else measure()).items():
            value = results[name] = float(measured)
            print(f"{name:70} {value:10.3g}" if value < 100 else f"{name:70} {value:10,.0f}", flush=True)
        file.write_text(json.dumps({**about, "results": results}, indent=2) + "\n", "utf-8")
    print(f"written to {file}")
    if out := missed(results):
        sys.exit("not within its bound: " + "; ".join(out))


if __name__ == "__main__":
    main()
