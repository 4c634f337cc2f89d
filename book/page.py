"""Make what the page *Color a photograph here* loads: the network, what runs it, and the list of both.

    python book/page.py                the list, and the network where the published one has changed
    python book/page.py --network      the network anew, measured again
    python book/page.py --fetch        the newest onnxruntime-web too, which npm brings

All goes to book/_static/colorize. A page that was opened from a folder may load scripts and nothing else, so that each
file is a script with compressed data in it: pieces of about a megabyte, for the progress bar.
"""

import argparse
import base64
import datetime
import gzip
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from importlib import metadata, resources
from pathlib import Path

import numpy as np

from colorkit import bins, files, lab, metrics, photos
from colorkit.files import FileProblem
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "book" / "_static" / "colorize"
NETWORK = "11_flagship_gpu"
RUNTIME = "onnxruntime-web"
# What of the runtime is shipped: its name in the page -> its path in the package. One thread: more need headers that
# hosts of plain files do not send. No WebGPU: the build of 1.30.0 that has it takes 6.6 MB compressed, this one 3.7,
# and nobody has measured yet that it is faster.
RUNTIME_FILES = {
    "ort.js": "dist/ort.wasm.min.js",
    "ort.mjs": "dist/ort-wasm-simd-threaded.mjs",
    "ort.wasm": "dist/ort-wasm-simd-threaded.wasm",
}
# Of the same project's Python package, for npm's has none: its license, and those of what is built into it.
LICENSES = {"LICENSE": f"{RUNTIME}.LICENSE.txt", "ThirdPartyNotices.txt": f"{RUNTIME}.notices.txt"}
SIDE = 256  # longer side of what the network sees, pixels: as `colorkit.colorize` has it
MOST = 16_000_000  # bytes that a reader loads at most
PIECE = 3 * 2**18  # bytes in a script, before base64
LEAST = 1024  # numbers in a tensor from which on it is worth making small
# Depthwise kernels, those of the first layers and what is small anyway: 8 bits lose most there, and save little.
FEW = 20_000
BUNDLED = ("astronaut", "coffee", "cat", "rocket")  # photos of scikit-image
PLACES = 4  # hints in a photo, where hints are measured


# --- the network ---


def logits_network(colorizer):
    """Return a hinted colorizer up to its logits.

    Parameters
    ----------
    colorizer : keras.Model
        A published network that takes hints and has a layer called ``"logits"``.

    Returns
    -------
    keras.Model
        L, (1, H, W, 1), and hints, (1, H, W, 3), in; logits over 313 colors out, (1, H / 2, W / 2, 313). H and W are
        multiples of 32.
    """
    import keras

    return keras.Model(colorizer.inputs, colorizer.get_layer("logits").output)


def export(network):
    """Return a Keras network in ONNX, in single precision.

    Parameters
    ----------
    network : keras.Model
        As `logits_network` gives it.

    Returns
    -------
    onnx.ModelProto
        Inputs ``"L"`` and ``"hints"``, output ``"logits"``; a batch of one, height and width free.
    """
    import onnx

    network([np.zeros((1, 64, 64, channels), np.float32) for channels in (1, 3)])  # Keras wants it called once
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        network.export(path, format="onnx", verbose=False)
        model = onnx.load(path)
    graph, (output,) = model.graph, model.graph.output
    for node in graph.node:
        node.output[:] = ["logits" if name == output.name else name for name in node.output]
        node.input[:] = ["logits" if name == output.name else name for name in node.input]
    output.name = "logits"
    for value in (*graph.input, output):
        batch, *sides, _ = value.type.tensor_type.shape.dim
        batch.dim_value = 1
        for side, name in zip(sides, ("height", "width"), strict=True):
            side.dim_param = f"half {name}" if value is output else name
    onnx.checker.check_model(model)
    return model


def shrink(model, eight_bits=True):
    """Return a network whose weights take less room: in half precision or 8 bits. It still computes in single.

    Each large tensor is stored small, and made single again once, when the network is loaded. With 8 bits each output
    channel has a scale of its own.

    Parameters
    ----------
    model : onnx.ModelProto
        In single precision.
    eight_bits : bool
        Whether convolutions have 8 bits where that saves much; else half precision all over.

    Returns
    -------
    onnx.ModelProto
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    small = onnx.ModelProto()
    small.CopyFrom(model)
    graph = small.graph
    used_by = {name: node.op_type for node in graph.node for name in node.input}
    tensors, nodes = [], []
    for tensor in graph.initializer:
        weights, name = numpy_helper.to_array(tensor), tensor.name
        if weights.dtype != np.float32 or weights.size < LEAST or used_by[name] not in ("Conv", "MatMul"):
            tensors.append(tensor)
        elif eight_bits and weights.size >= FEW and used_by[name] == "Conv" and weights.shape[1] > 4:
            scale = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
            whole = np.round(weights / np.where(scale > 0, scale, 1)).astype(np.int8)
            tensors += [
                numpy_helper.from_array(whole, f"{name} in 8 bits"),
                numpy_helper.from_array(scale, f"{name}, scale"),
            ]
            nodes += [
                helper.make_node("Cast", [f"{name} in 8 bits"], [f"{name}, whole"], to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{name}, whole", f"{name}, scale"], [name]),
            ]
        else:
            tensors.append(numpy_helper.from_array(weights.astype(np.float16), f"{name} in half"))
            nodes.append(helper.make_node("Cast", [f"{name} in half"], [name], to=TensorProto.FLOAT))
    nodes += graph.node
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensors)
    onnx.checker.check_model(small)
    return small


def steps(model):
    """Return what the network is after each step on its way into the page: what the step is called -> ONNX.

    Parameters
    ----------
    model : onnx.ModelProto
        In single precision.

    Returns
    -------
    dict of onnx.ModelProto
        The last one is shipped.
    """
    return {
        "ONNX, single precision": model,
        "weights in half precision": shrink(model, eight_bits=False),
        "weights in 8 bits, small ones in half precision": shrink(model),
    }


def session(model):
    """Return a function that runs an ONNX network, given as ModelProto or bytes: (L, hints) -> logits, arrays."""
    import onnxruntime

    content = model if isinstance(model, bytes) else model.SerializeToString()
    made = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return lambda L, hints: made.run(None, {"L": L, "hints": hints})[0]


# --- what is lost on the way ---


def shipped():
    """Return the network as it is in the page: an ONNX file's bytes."""
    return unpacked("network")


def pictures():
    """Return photos to measure on, RGB, uint8, sides multiples of 32: those at hand that are no part of training."""
    parts = [photos.bundled(name, size=SIDE) for name in BUNDLED]
    if files.in_mirror("kodak.tar"):
        parts += list(photos.load("kodak", SIDE, split="test").rgb)
    return parts


def hints_of(colors, count, random):
    """Return true colors at random places, (height, width, 3), float32, of a photo in Lab, (height, width, 3)."""
    hints = np.zeros(colors.shape, np.float32)
    for _ in range(count):
        row, column = (random.integers(4, side - 4) for side in colors.shape[:2])
        hints[row - 4 : row + 5, column - 4 : column + 5] = [*colors[row, column, 1:], 1]
    return hints


def decoded(L, logits):
    """Return RGB, float, 0..1, of L, (1, H, W, 1), and logits: as the published network decodes them."""
    import keras

    from colorkit.models.layers import AnnealedMean

    ab = keras.layers.UpSampling2D(2, interpolation="bilinear")(AnnealedMean()(logits))
    return lab.lab_to_rgb(np.concatenate([L, keras.ops.convert_to_numpy(ab)], axis=-1))


def losses(network, runs, rgb, places):
    """Measure how far colors are from those of Keras, step by step.

    Parameters
    ----------
    network : keras.Model
        As `logits_network` gives it.
    runs : dict of callable
        Step -> a function (L, hints) -> logits.
    rgb : list of array, shape (height, width, 3), uint8
        Photos whose sides are multiples of 32.
    places : int
        Hints in each photo.

    Returns
    -------
    dict of ndarray, shape (len(rgb),)
        Step -> mean CIEDE2000 of each photo.
    """
    random, found = np.random.default_rng(0), {step: [] for step in runs}
    for photo in rgb:
        colors = lab.rgb_to_lab(photo)
        L, hints = colors[np.newaxis, ..., :1], hints_of(colors, places, random)[np.newaxis]
        keras_rgb = decoded(L, np.asarray(network([L, hints], training=False)))
        for step, run in runs.items():
            found[step].append(metrics.ciede2000(keras_rgb, decoded(L, run(L, hints)))[0])
    return {step: np.array(values) for step, values in found.items()}


# --- what is written ---


def write_pieces(stem, name, content):
    """Write data as scripts that hand it to the page.

    Parameters
    ----------
    stem : str
        What the files' names begin with.
    name : str
        What the page calls the data.
    content : bytes
        The data, which are compressed here.
    """
    surplus = set(FOLDER.glob(f"{stem}_*.js"))
    packed = gzip.compress(content, 9, mtime=0)
    for number, start in enumerate(range(0, len(packed), PIECE), 1):
        text = base64.b64encode(packed[start : start + PIECE]).decode()
        write(f"{stem}_{number}.js", f'colorizeFile("{name}.gz", "{text}");\n')
        surplus.discard(FOLDER / f"{stem}_{number}.js")
    for old in surplus:
        old.unlink()


def unpacked(stem):
    """Return what `write_pieces` wrote: the data as they were, bytes."""
    texts = [path.read_text("utf-8").split('"')[3] for path in sorted(FOLDER.glob(f"{stem}_*.js"), key=piece)]
    return gzip.decompress(b"".join(map(base64.b64decode, texts)))


def write(name, text):
    """Write a file of the page, whole or not at all."""
    with files.atomic_write(FOLDER / name) as file:
        file.write(text.encode())


def write_json(name, content):
    """Write a file of the page that people read, too."""
    write(name, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def manifest():
    """Return the list of what the page loads when its button is pressed: a script.

    Raises
    ------
    FileProblem
        If it is more than a reader should load.
    """
    data = sorted(FOLDER.glob("network_*.js"), key=piece) + sorted(FOLDER.glob("ort.*_*.js"), key=piece)
    parts = [FOLDER / "engine.js", FOLDER / "worker.js", *data]
    listed = [{"path": path.name, "bytes": path.stat().st_size} for path in parts]
    total = sum(part["bytes"] for part in listed)
    if total > MOST:
        raise FileProblem(f"the page would load {total / 1e6:.1f} MB, and {MOST / 1e6:.0f} MB are the most; ship less.")
    digest = hashlib.sha256("".join(files.digest(path) for path in parts).encode()).hexdigest()
    said = {"version": digest[:16], "network": NETWORK, "side": SIDE, "files": listed}
    return f"// Made by `make page`.\nvar ColorizeManifest = {json.dumps(said, indent=1)};\n"


def piece(path):
    """Return a name and a number, by which pieces are sorted."""
    stem, _, number = path.stem.rpartition("_")
    return stem, int(number)


def make_network():
    """Export the published network, measure what that loses, and write it with its card."""
    network = logits_network(checkpoints.load(NETWORK, hints=True))
    made = steps(export(network))
    content = list(made.values())[-1].SerializeToString()
    runs, rgb = {step: session(model) for step, model in made.items()}, pictures()
    lost = {places: losses(network, runs, rgb, places) for places in (0, PLACES)}
    write_pieces("network", "network.onnx", content)
    write_json(
        "network.json",
        {
            "name": NETWORK,
            "source": f"data/checkpoints/{NETWORK}.keras",
            "source sha256": files.digest(ROOT / "data" / "checkpoints" / f"{NETWORK}.keras"),
            "takes": f"L, 0 to 100, and hints (a, b and 1 where there is one); sides multiples of 32, {SIDE} at most",
            "gives": f"logits over {len(bins.centers())} colors at half the size",
            "bytes": len(content),
            "bytes compressed": len(gzip.compress(content, 9, mtime=0)),
            "sha256": hashlib.sha256(content).hexdigest(),
            "weights": list(made)[-1].removeprefix("weights in "),
            "CIEDE2000 to Keras, mean and largest of a photo": {
                step: {
                    f"{places} hints" if places else "no hints": [
                        round(float(value), 4) for value in (lost[places][step].mean(), lost[places][step].max())
                    ]
                    for places in lost
                }
                for step in made
            },
            "measured on": f"{len(rgb)} photos, {SIDE} px: {', '.join(BUNDLED)}"
            + (f"; Kodak ({len(rgb) - len(BUNDLED)})" if len(rgb) > len(BUNDLED) else ""),
            "made with": {name: metadata.version(name) for name in ("keras", "tf2onnx", "onnx", "onnxruntime")},
            "date": datetime.date.today().isoformat(),
            "license": checkpoints.LICENSE,
            "command": "make page NETWORK=1",
        },
    )


def fetch(package=RUNTIME):
    """Fetch the newest onnxruntime-web with npm, and write what the page needs of it.

    Raises
    ------
    FileProblem
        If npm is not there or brings nothing, or the package is not what npm's registry says.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                ["npm", "pack", package, "--json"], cwd=folder, capture_output=True, text=True, check=True
            )
        except FileNotFoundError:
            raise FileProblem("npm is not there; it comes with Node.js, from nodejs.org or your system.") from None
        except subprocess.CalledProcessError as error:
            raise FileProblem(f"npm could not fetch {package}: {error.stderr.strip().splitlines()[-1]}") from None
        (about,) = json.loads(done.stdout)
        path = Path(folder) / about["filename"]
        kind, _, expected = about["integrity"].partition("-")
        if base64.b64encode(bytes.fromhex(files.digest(path, kind))).decode() != expected:
            raise FileProblem(f"{path.name} is not what npm's registry says of it; run the command again.")
        with tarfile.open(path) as archive:
            content = {name: archive.extractfile(f"package/{inner}").read() for name, inner in RUNTIME_FILES.items()}
            license_ = json.load(archive.extractfile("package/package.json"))["license"]
    texts = {name: (resources.files("onnxruntime") / own).read_text("utf-8") for own, name in LICENSES.items()}
    for name, data in content.items():
        write_pieces(name, name, data)
    for name, text in texts.items():
        write(name, text)
    write_json(
        "runtime.json",
        {
            "package": package,
            "version": about["version"],
            "license": f"{license_}; its text, and those of what is built into it, are in {' and '.join(texts)}",
            "integrity": about["integrity"],
            "sha256": {RUNTIME_FILES[name]: hashlib.sha256(data).hexdigest() for name, data in content.items()},
            "date": datetime.date.today().isoformat(),
            "command": "make page FETCH=1",
        },
    )


def is_current():
    """Tell whether the network in the page is of the published one as it is now."""
    card = FOLDER / "network.json"
    source = files.digest(ROOT / "data" / "checkpoints" / f"{NETWORK}.keras")
    return card.exists() and json.loads(card.read_text("utf-8"))["source sha256"] == source


def main(arguments=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], prog="page")
    parser.add_argument("--network", action="store_true", help="export the network also where it has not changed")
    parser.add_argument("--fetch", action="store_true", help=f"fetch the newest {RUNTIME} with npm")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        if options.fetch:
            fetch()
        if options.network or not is_current():
            make_network()
        write("manifest.js", manifest())
    except FileProblem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
