"""How fast colorkit is: a table, and _build/bench.json. `make bench` runs it.

Each row is measured in this run, on these cores: what is compared takes turns, and the medians are compared.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

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
    back, their_back = medians(lambda: lab.lab_to_rgb(converted), lambda: lab2rgb(converted))
    bandwidth = 2 * large.nbytes / copy
    least = (batch.nbytes + converted.nbytes) / bandwidth
    pictures = len(batch)
    return {
        "rgb_to_lab, 32 uint8 pictures of 256 x 256, pictures/s": pictures / forth,
        "skimage.color.rgb2lab, the same": pictures / theirs,
        "rgb_to_lab, times scikit-image's speed": theirs / forth,
        "memory bandwidth (copy), GB/s": bandwidth / 1e9,
        "rgb_to_lab, times what reading and writing it once would take": forth / least,
        "lab_to_rgb, pictures/s": pictures / back,
        "lab_to_rgb, times scikit-image's speed": their_back / back,
    }


def importing():
    """Time `import colorkit` in a new process."""
    code = "import time; begin = time.perf_counter(); import colorkit; print(time.perf_counter() - begin)"
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(TURNS)
    ]
    return {"import colorkit, ms": 1000 * statistics.median(runs)}


def coloring():
    """Time colorize on a 12-megapixel photo, with a network that does nothing: what colorkit itself costs."""
    import keras

    from colorkit import colorize

    lightness = keras.Input((256, 256, 1))
    gray = keras.Model(lightness, keras.layers.Conv2D(2, 1, kernel_initializer="zeros")(lightness))
    photo = np.random.default_rng(0).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    (seconds,) = medians(lambda: colorize(gray, photo), turns=3)
    return {"colorize, 12-megapixel photo, without the network, s": seconds}


def main():
    """Measure, print, write."""
    colorkit.setup()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    results = {}
    for measure in (importing, color_conversion, coloring):
        for name, value in measure().items():
            results[name] = value
            print(f"{name:66} {value:10.3g}" if value < 100 else f"{name:66} {value:10,.0f}", flush=True)
    file = ROOT / "_build" / "bench.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"machine": machine, "results": results}, indent=2) + "\n", "utf-8")
    print(f"written to {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
