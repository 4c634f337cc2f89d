"""How much work a lesson does: the presets test, laptop and gpu, and where its files go."""

import functools
import os
import platform
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

ENVIRONMENT_VARIABLE = "COLORKIT_PRESET"
CACHE = "COLORKIT_CACHE"  # the environment variable that moves the cache

_said = set()  # where the cache is, once that was said


@dataclass(frozen=True)
class Preset:
    """What a preset means.

    Attributes
    ----------
    name : str
        ``"test"`` (seconds, tiny), ``"laptop"`` (minutes on two cores) or ``"gpu"`` (the papers' networks).
    judges : bool
        Whether claims are judged: only where the lessons were measured. At the test preset nothing is trained long
        enough for that; at the gpu preset they were tried, but not measured.
    seed : int
        What a lesson's random numbers start from: 0, or what the environment variable ``COLORKIT_SEED`` says.
    """

    name: str
    judges: bool
    seed: int = 0

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


PRESETS = {
    preset.name: preset
    for preset in (Preset("test", judges=False), Preset("laptop", judges=True), Preset("gpu", judges=False))
}


def current():
    """Return the preset named by the environment variable ``COLORKIT_PRESET`` (default: laptop).

    Its seed is in ``COLORKIT_SEED`` (default: 0): whoever measures a lesson over several seeds sets it.

    Returns
    -------
    Preset

    Raises
    ------
    ValueError
        If the variable names no preset, or the seed is no number.
    """
    name = os.environ.get(ENVIRONMENT_VARIABLE) or "laptop"
    if name not in PRESETS:
        raise ValueError(f"{ENVIRONMENT_VARIABLE} is {name!r}; set it to one of {', '.join(PRESETS)}, or leave it out")
    seed = os.environ.get("COLORKIT_SEED") or "0"
    if not seed.isdecimal():
        raise ValueError(f"COLORKIT_SEED is {seed!r}; set it to a whole number, or leave it out")
    return replace(PRESETS[name], seed=int(seed))


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


def processor():
    """Return what this computer's processor is called.

    Returns
    -------
    str
        For example ``"Intel(R) Xeon(R) CPU @ 2.20GHz"``; where the system does not say, its kind, such as ``"arm64"``.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


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

    It is below the folder that the environment variable ``COLORKIT_CACHE`` names; without that, below ``data/cache``
    in a clone of the repository; where only colorkit is installed, or the clone cannot be written, below the user's
    own folder for caches (``~/.cache/colorkit`` on Linux); and where that cannot be written either, below a temporary
    folder. A place that is not the first choice is said in one line, once.

    Parameters
    ----------
    *parts : str
        Names of folders below it.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OSError
        If not even a temporary folder can be written.
    """
    reasons = []
    for root in _cache_roots(reasons):
        folder = root.joinpath(*parts)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            reasons.append(f"{folder} cannot be written ({error.strerror or error})")
            continue
        if reasons and root not in _said:
            _said.add(root)
            print(f"colorkit keeps its files in {root} now, for {' and '.join(reasons)}.")
        return folder
    raise OSError(f"there is no folder for the cache: {' and '.join(reasons)}; set {CACHE} to one that can be written")


def _cache_roots(reasons):
    """Yield the folders that the cache can be in, the best one first, and append why one of them cannot serve."""
    if named := os.environ.get(CACHE):
        folder = Path(os.path.expanduser(named))
        if folder.is_absolute():
            yield folder
        else:  # A lesson runs in another folder than the terminal, and would have a cache of its own.
            reasons.append(f"{CACHE} is {named!r} and must be a whole path")
    if clone := repository():
        yield clone / "data" / "cache"
    import platformdirs

    try:
        own = platformdirs.user_cache_path("colorkit", appauthor=False)
    except (RuntimeError, KeyError):
        own = None
    if own and own.is_absolute():
        yield own
    else:
        reasons.append("there is no home folder")
    try:
        yield _temporary_folder()
    except OSError as error:
        reasons.append(f"there is no temporary folder ({error.strerror or error})")


@functools.cache
def _temporary_folder():
    """Return a folder of this user's that the next lesson finds again, or else one that is this process's own."""
    user = os.getuid() if hasattr(os, "getuid") else 0  # On Windows each user has such folders apart.
    folder = Path(tempfile.gettempdir()) / f"colorkit-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid == user:
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="colorkit-"))
