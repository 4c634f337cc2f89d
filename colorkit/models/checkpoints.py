"""Trained networks that lessons hand on: a .keras file, and beside it a card that says where it comes from.

The published ones are in ``data/checkpoints`` of the repository; where only colorkit is installed they are downloaded
from there. Their digests come with colorkit (``checkpoints.toml``): what is loaded under the name of a published
network is that one. ``python -m colorkit.models.checkpoints NAME`` publishes one, and rewrites the digests.
"""

import datetime
import hashlib
import json
import os
import re
import sys
import tomllib
from contextlib import contextmanager
from importlib.metadata import metadata
from pathlib import Path

import numpy as np

from colorkit import files, preset
from colorkit.files import FileProblem
from colorkit.models import archive

LICENSE = "BSD-3-Clause"  # as everything in the repository that is neither text nor figure

_NAME = r"(\d\d)_[a-z0-9_]+"
_COMMAND = "python -m colorkit.models.checkpoints"


def save(model, name, *, data, steps, seed, metrics, half=False, about=None):
    """Save a trained network and its card, and read it back to be sure that it loads.

    They go to the cache, ``lessons/PRESET``, from where `load` has them. The optimizer is left out: the network is for
    use, not to train on.

    Parameters
    ----------
    model : keras.Model
        The network, of Keras' own layers and those of `colorkit.models.layers`.
    name : str
        The number of the lesson that trained it, and what it is: ``"03_season_classifier"``.
    data : colorkit.pictures.Pictures or dict
        What it was trained on; or what is known of that where it is not at hand: its name, count, size, terms.
    steps : int
        For how many steps it was trained.
    seed : int
        Of its training.
    metrics : dict of str to float or colorkit.metrics.Estimate
        What was measured, with units in the names: ``{"validation accuracy": 0.93}``. Of an estimate the card has the
        interval too.
    half : bool
        Whether to store weights in half precision: the file has half the size, and each weight is off by at most
        0.05%. Vectors, such as biases and what batch normalization has learned, keep theirs. Keras loads the file as
        any other, in float32.
    about : dict, optional
        What else the card should say: what the network is ``"good for"``, what it is ``"bad at"``, the ``"recipe"``.
        What the card has of itself, such as ``"device"``, it takes from here if it is here, for a network that was
        trained elsewhere.

    Returns
    -------
    pathlib.Path
        The .keras file. The card is beside it, with the ending .json.

    Raises
    ------
    FileProblem
        If it cannot be written, or not be read back with safe mode on.
    ValueError
        If `name` or `metrics` is not as said here, or a weight is too large for half precision.
    """
    import keras

    lesson = _lesson(name)
    if not all(np.isfinite(value).all() for value in metrics.values()):
        raise ValueError(f"metrics are finite numbers, got {metrics}; a network that gives NaN is not handed on")
    path = _own_folder() / f"{name}.keras"
    part = path.with_name(f"{name}.{os.getpid()}.part.keras")
    try:
        with _explained(name), files.explain_write_errors(path):
            copy = type(model).from_config(model.get_config())  # without the optimizer
            copy.set_weights(model.get_weights())
            copy.save(part)
        with files.explain_write_errors(path):
            archive.rewrite(part, name, half)
        with _explained(name):
            keras.models.load_model(part, compile=False, safe_mode=True)
        card = {
            "name": name,
            "lesson": lesson,
            "preset": preset.current().name,
            "data": data if isinstance(data, dict) else _described(data),
            "steps": int(steps),
            "seed": int(seed),
            "backend": f"{keras.backend.backend()}, Keras {keras.__version__}",
            "device": preset.device(),
            "parameters": model.count_params(),
            "weights": "float16, vectors float32" if half else "float32",
            "metrics": {key: _plain(value) for key, value in metrics.items()},
            "date": datetime.date.today().isoformat(),
            "license": LICENSE,
            **(about or {}),
            "sha256": files.digest(part),
        }
        with files.explain_write_errors(path):
            _card_path(path).unlink(missing_ok=True)  # A network without a card does not count as one.
            os.replace(part, path)
        with files.atomic_write(_card_path(path)) as file:
            file.write((json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    finally:
        part.unlink(missing_ok=True)
    return path


def load(name, hints=False, temperature=None):
    """Load a trained network: a published one, or one that was saved here.

    A published one is looked for in the repository, then in the mirror, then in the cache, then on the network. Any
    other is what `save` wrote last at the current preset, or what the repository or the mirror has.

    Parameters
    ----------
    name : str
        For example ``"03_season_classifier"``; or the path of a .keras file, which no card vouches for.
    hints : bool
        Of a network that takes color hints: whether to return the hinted colorizer, inputs L and hints of shape
        (batch, height, width, 3), a and b where there is a hint and 1 in the third channel there, 0 elsewhere. Without,
        it is a colorizer: L alone goes in.
    temperature : float, optional
        Of a network that decodes colors with `colorkit.models.layers.AnnealedMean`: another one than its own.

    Returns
    -------
    keras.Model
        Not compiled.

    Raises
    ------
    FileProblem
        If there is no such name, or it cannot be had, or it is not what was published or what its card says; or if it
        takes no hints, or has no temperature, and should.
    ValueError
        If `name` is none that a checkpoint can have, or `temperature` is not positive.

    Examples
    --------
    >>> classifier = load("03_season_classifier")
    >>> classifier.output_shape
    (None, 3)
    """
    import keras

    from colorkit.models import layers

    if str(name).endswith(".keras"):
        path = Path(os.path.expanduser(name))
        with files.explain_read_errors(path), path.open("rb"):
            pass
    else:
        path = _find(name)
        _verified_card(path)
    with _explained(name):
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    if temperature is not None:
        decoding = [layer for layer in model.layers if isinstance(layer, layers.AnnealedMean)]
        if not decoding:
            raise FileProblem(f"{name} has no temperature: it does not choose among colors; leave it out.")
        for layer in decoding:
            layer.temperature = layers.AnnealedMean(temperature).temperature  # or a ValueError
    takes_hints = len(model.inputs or ()) == 2 and [part.shape[-1] for part in model.inputs] == [1, 3]
    if hints and not takes_hints:
        raise FileProblem(f"{name} takes no color hints; `colorkit networks` says which does.")
    return _without_hints(model) if takes_hints and not hints else model


def _without_hints(model):
    """Return a colorizer that gives no hints to a network that takes them."""
    import keras

    L = keras.Input(model.inputs[0].shape[1:], name="L")
    none = keras.layers.Rescaling(0.0, name="no_hints")(keras.layers.Concatenate()([L, L, L]))
    return keras.Model(L, model([L, none]), name=f"{model.name}_alone")


def card(name):
    """Return what is known about a checkpoint.

    Parameters
    ----------
    name : str
        For example ``"03_season_classifier"``.

    Returns
    -------
    dict
        Its lesson, preset, data, steps, seed, backend, device, parameters, precision of its weights, metrics, date,
        license and checksum.

    Raises
    ------
    FileProblem, ValueError
        As for `load`.

    Examples
    --------
    >>> card("03_season_classifier")["parameters"]
    6467
    """
    return _verified_card(_find(name))


def size(name):
    """Return how many bytes the file of a checkpoint has; errors as for `load`."""
    return _find(name).stat().st_size


def names():
    """Return the names that `load` knows: of what is published, and of what is on this computer."""
    here = {path.stem for folder in _folders("") for path in folder.glob("*.keras") if _card_path(path).is_file()}
    return sorted(here | set(_published()))


def publish(*names):
    """Put networks that were saved here into the repository, and write the digests of all that are there.

    Parameters
    ----------
    *names : str
        What they were saved as, at the current preset; with none, only the digests are written.

    Raises
    ------
    FileProblem
        If there is no repository here, or no such network, or a file cannot be written.
    """
    clone = preset.repository()
    if not clone:
        raise FileProblem("networks are published in a clone of the repository, and this colorkit is in none.")
    folder = clone / "data" / "checkpoints"
    for name in names:
        _lesson(name)
        path = _own_folder() / f"{name}.keras"
        if not (path.is_file() and _card_path(path).is_file()):
            raise FileProblem(f"there is no {path}; run its lesson at the preset {preset.current().name} first.")
        for file in (path, _card_path(path)):
            with files.atomic_write(folder / file.name) as target:
                target.write(file.read_bytes())
    table = clone / "colorkit" / "models" / "checkpoints.toml"
    lines = [f"# SHA-256 of what data/checkpoints has. Written by `{_COMMAND}`.\n"]
    for path in sorted(folder.glob("*.keras")):
        digests = [f'{ending} = "{files.digest(path.with_suffix(f".{ending}"))}"' for ending in ("keras", "json")]
        lines.append("\n".join([f"[{path.stem}]", *digests, ""]))
    with files.atomic_write(table) as file:
        file.write("\n".join(lines).encode())
    files.asset.cache_clear()


def _published():
    """Return the digests of published checkpoints: name -> ending -> SHA-256."""
    return tomllib.loads(files.asset("models", "checkpoints.toml"))


def _lesson(name):
    """Return the number of a checkpoint's lesson."""
    match = re.fullmatch(_NAME, name)
    if not match:
        raise ValueError(f"a checkpoint is called like '03_season_classifier', got {name!r}")
    return int(match[1])


def _card_path(path):
    return path.with_suffix(".json")


def _own_folder():
    """Return the folder that networks are saved to."""
    return preset.cache_folder("lessons", preset.current().name)


def _folders(name):
    """Yield the folders that a checkpoint is looked for in, the first one first."""
    if name not in _published():
        yield _own_folder()
    if clone := preset.repository():
        yield clone / "data" / "checkpoints"
    if mirror := files.mirror():
        yield mirror / "checkpoints"
    yield preset.cache_folder("checkpoints")


def _find(name):
    """Return the path of a checkpoint, which is downloaded if need be."""
    _lesson(name)
    for folder in _folders(name):
        path = folder / f"{name}.keras"
        if path.is_file() and _card_path(path).is_file():
            return path
    if name not in _published():
        there = f"there are {', '.join(names())}" if names() else "there are none here"
        raise FileProblem(f"there is no checkpoint {name!r}; {there}.")
    path = preset.cache_folder("checkpoints") / f"{name}.keras"
    otherwise = f"install the newest colorkit, or set {files.MIRROR} to a folder with checkpoints/{path.name} and .json"
    for part in (_card_path(path), path):
        digest = _published()[name][part.suffix[1:]]
        files.download(f"{_address()}/{part.name}", part, part.name, sha256=digest, otherwise=otherwise)
    return path


def _address():
    urls = dict(entry.split(", ", 1) for entry in metadata("colorkit").get_all("Project-URL"))
    return f"{urls['Repository']}/raw/main/data/checkpoints"


def _mend(path):
    """Remove a bad checkpoint if it is only a copy, and say what to do."""
    if path.parent == preset.cache_folder("checkpoints"):
        path.unlink()
        _card_path(path).unlink(missing_ok=True)
        return "it was removed; run the same call again"
    if path.parent == _own_folder():
        return "save it again"
    return "put a good copy of it and of its card in their place"


def _verified_card(path):
    """Return what is known about a checkpoint, once both its files are sure to be what they should be."""
    network = files.digest(path)
    with files.explain_read_errors(_card_path(path)):
        content = _card_path(path).read_bytes()
    known = None if path.parent == _own_folder() else _published().get(path.stem)
    if known and known != {"keras": network, "json": hashlib.sha256(content).hexdigest()}:
        raise FileProblem(
            f"{path} or its card is not what was published (it was cut or altered, or belongs to another colorkit); "
            f"{_mend(path)}."
        )
    try:
        card = dict(json.loads(content))
    except (ValueError, TypeError) as error:
        raise FileProblem(f"{_card_path(path)} is no card of a checkpoint; {_mend(path)}.") from error
    if card.get("sha256") != network:
        raise FileProblem(f"{path} is not what its card says (it was cut or altered); {_mend(path)}.")
    return card


@contextmanager
def _explained(name):
    """Let Keras know the layers of colorkit, and say in one sentence why it cannot load a network."""
    from colorkit.models import layers  # noqa: F401

    try:
        yield
    except FileProblem:
        raise
    except Exception as error:  # what Keras raises on a network that does not suit it is not documented
        reason = re.split(r"\.\s|\n", str(error).strip())[0]
        raise FileProblem(
            f"{name} cannot be loaded with safe mode on ({reason}); build networks of Keras' own layers and those of "
            "colorkit.models.layers, with the version of Keras that the course names."
        ) from error


def _described(pictures):
    """Return what a card says of pictures. A photo's RGB is the same on every processor, which its Lab is not."""
    digest = hashlib.sha256(np.ascontiguousarray(pictures.rgb)).hexdigest()
    return {"name": pictures.name, "count": len(pictures), "size": list(pictures.size), "sha256": digest}


def _plain(metric):
    """Return a number, or an estimate, as JSON has it."""
    if isinstance(metric, tuple):
        return {key: float(value) for key, value in metric._asdict().items()}
    return float(metric)


if __name__ == "__main__":
    publish(*sys.argv[1:])
