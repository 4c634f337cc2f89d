"""How much work a lesson does: the presets test, laptop and gpu, and where its files go."""

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT_VARIABLE = "COLORKIT_PRESET"


@dataclass(frozen=True)
class Preset:
    """What a preset means.

    Attributes
    ----------
    name : str
        ``"test"`` (seconds, tiny), ``"laptop"`` (minutes on two cores) or ``"gpu"`` (the papers' settings).
    judges : bool
        Whether claims are judged: at the test preset nothing is trained long enough for that.
    """

    name: str
    judges: bool = True

    def choose(self, *, test, laptop, gpu):
        """Return the one of three values that belongs to this preset.

        For a number that only one lesson has, written where the reader sees it.

        Parameters
        ----------
        test, laptop, gpu : object
            The value at each preset.

        Returns
        -------
        object
            One of the three.
        """
        return {"test": test, "laptop": laptop, "gpu": gpu}[self.name]


PRESETS = {preset.name: preset for preset in (Preset("test", judges=False), Preset("laptop"), Preset("gpu"))}


def current():
    """Return the preset named by the environment variable ``COLORKIT_PRESET`` (default: laptop).

    Returns
    -------
    Preset

    Raises
    ------
    ValueError
        If the variable names no preset.
    """
    name = os.environ.get(ENVIRONMENT_VARIABLE) or "laptop"
    if name not in PRESETS:
        raise ValueError(f"{ENVIRONMENT_VARIABLE} is {name!r}; set it to one of {', '.join(PRESETS)}, or leave it out")
    return PRESETS[name]


def building_book():
    """Tell whether the HTML book is being built, where no kernel answers later.

    Returns
    -------
    bool
        True when the environment variable ``COLORKIT_BOOK`` is 1, as `make book` sets it.
    """
    return os.environ.get("COLORKIT_BOOK") == "1"


def processor_cores():
    """Return how many processor cores this process may use.

    Returns
    -------
    int
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def in_notebook():
    """Tell whether a notebook's kernel runs this, which shows pictures and updates lines in place.

    Returns
    -------
    bool
    """
    if "IPython" not in sys.modules:  # a notebook's kernel has loaded it
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def repository():
    """Return the clone of the repository that colorkit is in.

    Returns
    -------
    pathlib.Path or None
        None where only colorkit is installed, as in Colab.
    """
    root = Path(__file__).resolve().parent.parent
    return root if (root / "book" / "lessons").is_dir() else None


def device():
    """Return where tensors go: ``"cpu:0"``, ``"gpu:0"`` and so on.

    Returns
    -------
    str
    """
    import keras

    # Keras' own list of devices does not know PyTorch.
    return str(keras.ops.zeros(1).device).split("device:")[-1].lower()


def cache_folder(*parts):
    """Return a folder for what can be made again, and make it.

    In a clone of the repository this is ``data/cache``; where only colorkit is installed, ``~/.cache/colorkit``.

    Parameters
    ----------
    *parts : str
        Names of folders below it.

    Returns
    -------
    pathlib.Path
    """
    clone = repository()
    folder = (clone / "data" / "cache" if clone else Path.home() / ".cache" / "colorkit").joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def setup(seed=0):
    """Start a lesson: set the random seeds, print versions, device and preset.

    Parameters
    ----------
    seed : int
        Seed of Python's, NumPy's and the backend's random numbers.

    Returns
    -------
    Preset
        The current preset.

    Raises
    ------
    ImportError
        If Keras has no backend to run on.
    """
    from colorkit import __version__

    preset = current()
    with _quiet_start():
        try:
            import keras
        except ImportError as error:
            raise ImportError(
                f"Keras cannot start ({error}); install TensorFlow with `pip install tensorflow`, restart the kernel, "
                "and run this cell again"
            ) from error
        keras.utils.set_random_seed(seed)
        where = device()
    backend = keras.backend.backend()
    print(
        f"colorkit {__version__} · Keras {keras.__version__} on {backend} {sys.modules[backend].__version__} · "
        f"Python {sys.version.split()[0]}"
    )
    print(f"device: {where} ({processor_cores()} processor cores) · preset: {preset.name}")
    return preset


@contextmanager
def _quiet_start():
    """Hide what TensorFlow's C++ code writes when it starts: newcomers take it for errors, and no setting stops it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    shown = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)
