"""Trained networks that lessons hand on: a .keras file, and beside it a card that says where it comes from.

The published ones are in ``data/checkpoints`` of the repository; where only colorkit is installed they are downloaded
from there.
"""

import datetime
import hashlib
import json
import os
import re
from contextlib import contextmanager
from importlib.metadata import metadata
from pathlib import Path

import numpy as np

from colorkit import files, preset

LICENSE = "BSD-3-Clause"  # as everything in the repository that is neither text nor figure

_NAME = r"(\d\d)_[a-z0-9_]+"


class CheckpointError(Exception):
    """A checkpoint that cannot be saved or had. The message is one line: what was wrong, and what to do."""


def save(model, name, *, data, steps, seed, metrics):
    """Save a trained network and its card, and read it back to be sure that it loads.

    They go to the cache, ``lessons/PRESET``. The optimizer is left out: the network is for use, not to train on.

    Parameters
    ----------
    model : keras.Model
        The network, of Keras' own layers and those of `colorkit.models.layers`.
    name : str
        The number of the lesson that trained it, and what it is: ``"03_season_classifier"``.
    data : colorkit.pictures.Pictures
        What it was trained on.
    steps : int
        For how many steps it was trained.
    seed : int
        Of its training.
    metrics : dict of str to float
        What was measured, with units in the names: ``{"validation accuracy": 0.93}``.

    Returns
    -------
    pathlib.Path
        The .keras file. The card is beside it, with the ending .json.

    Raises
    ------
    CheckpointError
        If it cannot be written, or not be read back with safe mode on.
    ValueError
        If `name` or `metrics` is not as said here.
    """
    import keras

    lesson = _checked(name)
    metrics = {key: float(value) for key, value in metrics.items()}
    if not np.isfinite(list(metrics.values())).all():
        raise ValueError(f"metrics are finite numbers, got {metrics}; a network that gives NaN is not handed on")
    path = preset.cache_folder("lessons", preset.current().name) / f"{name}.keras"
    part = path.with_name(f"{name}.{os.getpid()}.part.keras")
    try:
        with _explained(name), files.explain_write_errors(path):
            copy = type(model).from_config(model.get_config())  # without the optimizer
            copy.set_weights(model.get_weights())
            copy.save(part)
            keras.models.load_model(part, compile=False, safe_mode=True)
        card = {
            "name": name,
            "lesson": lesson,
            "preset": preset.current().name,
            "data": {"name": data.name, "count": len(data), "size": list(data.size), "sha256": _digest(data)},
            "steps": int(steps),
            "seed": int(seed),
            "backend": f"{keras.backend.backend()}, Keras {keras.__version__}",
            "device": preset.device(),
            "parameters": model.count_params(),
            "metrics": metrics,
            "date": datetime.date.today().isoformat(),
            "license": LICENSE,
            "sha256": files.digest(part),
        }
        with files.explain_write_errors(path):
            _card_path(path).unlink(missing_ok=True)  # A network without a card does not count as one.
            os.replace(part, path)
        with files.atomic_write(_card_path(path)) as file:
            file.write((json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    except files.FileProblem as error:
        raise CheckpointError(str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def load(name):
    """Load a trained network: from the repository, else from the mirror, else from the network.

    Parameters
    ----------
    name : str
        For example ``"03_season_classifier"``.

    Returns
    -------
    keras.Model
        Not compiled.

    Raises
    ------
    CheckpointError
        If there is no such name, or it cannot be had, or it is not what its card says.
    ValueError
        If `name` is none that a checkpoint can have.
    """
    import keras

    path = _find(name)
    if files.digest(path) != _read_card(path).get("sha256"):
        raise CheckpointError(f"{path} is not what its card says (it was cut or altered); {_mend(path)}.")
    with _explained(name):
        return keras.models.load_model(path, compile=False, safe_mode=True)


def card(name):
    """Return what is known about a checkpoint.

    Parameters
    ----------
    name : str
        For example ``"03_season_classifier"``.

    Returns
    -------
    dict
        Its lesson, preset, data, steps, seed, backend, device, parameters, metrics, date, license and checksum.

    Raises
    ------
    CheckpointError, ValueError
        As for `load`.
    """
    return _read_card(_find(name))


def names():
    """Return the names of the checkpoints that are on this computer."""
    found = {path.stem for folder in _folders() for path in folder.glob("*.keras") if _card_path(path).is_file()}
    return sorted(found)


def _checked(name):
    """Return the number of a checkpoint's lesson."""
    match = re.fullmatch(_NAME, name)
    if not match:
        raise ValueError(f"a checkpoint is called like '03_season_classifier', got {name!r}")
    return int(match[1])


def _card_path(path):
    return path.with_suffix(".json")


def _folders():
    """Return the folders that checkpoints are looked for in, the first one first."""
    mirror, clone = os.environ.get(files.MIRROR), preset.repository()
    return [
        *([clone / "data" / "checkpoints"] if clone else []),
        *([Path(mirror).expanduser() / "checkpoints"] if mirror else []),
        *([] if clone else [preset.cache_folder("checkpoints")]),
    ]


def _find(name):
    """Return the path of a checkpoint, which is downloaded if need be."""
    _checked(name)
    for folder in _folders():
        path = folder / f"{name}.keras"
        if path.is_file() and _card_path(path).is_file():
            return path
    there = f"there are {', '.join(names())} here" if names() else "there are none here"
    if preset.repository():
        raise CheckpointError(f"there is no checkpoint {name!r}; {there}.")
    otherwise = f"set {files.MIRROR} to a folder that has checkpoints/{name}.keras and .json"
    if os.environ.get(files.OFFLINE) == "1":
        raise CheckpointError(
            f"{name} is not here, and {files.OFFLINE} forbids to download it; unset that, or {otherwise}."
        )
    path = preset.cache_folder("checkpoints") / f"{name}.keras"
    try:
        with files.locked(path.with_name("lock")):
            if name not in names():  # Another process may have been here first.
                for part in (_card_path(path), path):
                    files.fetch(f"{_address()}/{part.name}", part, part.name, f"or {otherwise}")
    except files.FileProblem as error:
        if getattr(error.__cause__, "code", None) == 404:
            raise CheckpointError(f"there is no checkpoint {name!r} at {_address()}; {there}.") from error
        raise CheckpointError(str(error)) from error
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
    return "put a good copy of it and of its card in their place"


def _read_card(path):
    try:
        found = json.loads(_card_path(path).read_bytes())
        return dict(found)
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointError(f"{_card_path(path)} is no card of a checkpoint; {_mend(path)}.") from error


@contextmanager
def _explained(name):
    """Let Keras know the layers of colorkit, and say in one sentence why it cannot load a network."""
    from colorkit.models import layers  # noqa: F401

    try:
        yield
    except files.FileProblem:
        raise
    except Exception as error:  # what Keras raises on a network that does not suit it is not documented
        reason = re.split(r"\.\s|\n", str(error).strip())[0]
        raise CheckpointError(
            f"{name} cannot be loaded with safe mode on ({reason}); build networks of Keras' own layers and those of "
            "colorkit.models.layers, with the version of Keras that the course names."
        ) from error


def _digest(pictures):
    """Return the SHA-256 of the L and ab of pictures."""
    digest = hashlib.sha256()
    for values in (pictures.L, pictures.ab):
        for one in values:
            digest.update(np.ascontiguousarray(one, "<f4"))
    return digest.hexdigest()
