"""How a lesson starts: Keras with the settings that lessons count on, random seeds, pictures that are shown."""

import functools
import json
import logging
import os
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path

from colorkit import __version__, preset

INLINE = "module://matplotlib_inline.backend_inline"
BACKENDS = ("tensorflow", "jax", "torch")  # that train networks; each is also its package's name

# What Keras and TensorFlow load if it is there, and do without if not.
_SPARED = ("jax", "sklearn", "matplotlib", "IPython", "pandas", "torch")

# What a sentence that is written for a notebook is in a shell.
_IN_A_SHELL = [
    ("`%pip", "`pip"),
    ("restart the kernel, and run this cell again", "then run the command again"),
    ("start Jupyter again and run this cell", "run the command again"),
    ("then restart the kernel", "then run the command again"),
]

_ANOTHER_BACKEND = "name 'tensorflow' there, or nothing, then start Jupyter again and run this cell"


def setup():
    """Start a lesson: set the random seeds, print versions, device and preset.

    Settings of other projects that would change a lesson are put right: the order of axes and the type of numbers in
    ``keras.json`` (channels last, float32), and in a notebook an ``MPLBACKEND`` that would show no pictures.

    Returns
    -------
    colorkit.preset.Preset
        The current preset. Its seed is that of Python's, NumPy's and the backend's random numbers.

    Raises
    ------
    ImportError
        If Keras cannot start; the message says what to do.
    ValueError
        If the environment variable ``COLORKIT_PRESET`` names no preset, or ``COLORKIT_SEED`` no number.
    """
    current = preset.current()
    if preset.in_notebook():
        _show_pictures()
    with _explained(), _quiet_start():
        keras = _start_keras()
        keras.utils.set_random_seed(current.seed)
        where = preset.device()
        # It warns of retracing whenever some networks after another are asked, as all lessons do.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise ImportError(_unfit(backend))
    print(
        f"colorkit {__version__} · Keras {keras.__version__} on {backend} {sys.modules[backend].__version__} · "
        f"Python {sys.version.split()[0]}"
    )
    print(
        f"device: {where} ({preset.processor()}, {preset.processor_cores()} processor cores) · preset: {current.name}"
    )
    return current


def start_light():
    """Start Keras to use a network once, in a process that shall begin soon: no more of it is loaded than that takes.

    Keras and TensorFlow load JAX, scikit-learn, Matplotlib and IPython where they find them, for parts that no
    network needs; without, they start in little more than half the time. Settings of other projects are put right as
    in `setup`. Where Keras runs already, nothing happens.

    Raises
    ------
    ImportError
        As for `setup`.
    """
    if "keras" in sys.modules:
        return
    spared = [name for name in _SPARED if name not in sys.modules and name != _chosen()]
    sys.modules.update(dict.fromkeys(spared))  # None: there is no such module
    try:
        with _explained(), _quiet_start():
            _start_keras()
            preset.device()  # TensorFlow says more when it is first asked for something.
    except ImportError as error:
        raise ImportError(functools.reduce(lambda said, words: said.replace(*words), _IN_A_SHELL, str(error))) from None
    finally:
        for name in spared:
            sys.modules.pop(name, None)


def _start_keras():
    """Import Keras, put its settings right, and return it."""
    import keras

    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_dtype_policy("float32")
    return keras


def _show_pictures():
    """Choose the backend of Matplotlib that shows pictures in a notebook, unless one that does was chosen."""
    matplotlib = sys.modules.get("matplotlib")
    chosen = matplotlib.rcParams["backend"] if matplotlib else os.environ.get("MPLBACKEND", "")
    if any(name in str(chosen).lower() for name in ("inline", "ipympl", "widget", "nbagg", "notebook")):
        return
    os.environ["MPLBACKEND"] = INLINE  # for a Matplotlib that is not loaded yet
    if matplotlib:
        matplotlib.use(INLINE)


def _explanation(error):
    """Return the sentence that says why Keras did not start, and what to do."""
    reason = " ".join(str(error).split()) or type(error).__name__
    reason = reason if len(reason) <= 200 else f"{reason[:200].rsplit(' ', 1)[0]} ..."
    last = [frame for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
    if last.f_globals.get("__name__") == "keras.src.backend.config":
        return f"Keras cannot use its settings in {_settings()} ({reason}); remove that file, then restart the kernel"
    backend = _chosen()
    if isinstance(error, ModuleNotFoundError) and error.name == "keras":
        return f"Keras is not installed; {_install('keras')}"
    if backend not in BACKENDS:
        return _unfit(backend)
    if isinstance(error, ModuleNotFoundError) and error.name == backend:
        if backend == "tensorflow":
            return f"Keras needs TensorFlow, which is not installed; {_install('tensorflow')}"
        return f"{_asked(backend)}, which is not installed; {_ANOTHER_BACKEND}"
    if "protobuf" in f"{type(error).__module__} {reason}".lower():
        return f"TensorFlow and protobuf do not fit together ({reason}); {_install('--upgrade protobuf')}"
    return (
        f"Keras cannot start on {backend} ({type(error).__name__}: {reason}); {_install(f'--upgrade keras {backend}')}"
    )


def _settings():
    """Return the path of Keras' settings."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "keras.json"


def _chosen():
    """Return the name of the backend that Keras was to start on. A Keras that failed cannot be asked."""
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    try:
        return json.loads(_settings().read_text("utf-8")).get("backend", "tensorflow")
    except (OSError, ValueError, AttributeError):
        return "tensorflow"


def _asked(backend):
    """Say who chose a backend of Keras."""
    return f"{'KERAS_BACKEND' if os.environ.get('KERAS_BACKEND') else f'The backend in {_settings()}'} is {backend!r}"


def _unfit(backend):
    return f"{_asked(backend)}, which Keras cannot train networks with; {_ANOTHER_BACKEND}"


def _install(what):
    return f"install it with `%pip install {what}`, restart the kernel, and run this cell again"


@contextmanager
def _explained():
    """Say in one sentence why Keras cannot start: what it and its backend raise is pages long."""
    try:
        yield
    except Exception as error:
        raise ImportError(_explanation(error)) from None


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
