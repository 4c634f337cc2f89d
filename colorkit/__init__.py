"""Helpers of the course From Gray to Color.

What several lessons share and no lesson teaches again. Modules are loaded when first used, so that
``import colorkit`` takes a moment and does not load Keras or TensorFlow.
"""

from importlib import import_module

__version__ = "0.1.0"

# A module stands for itself; a name is taken from the module that has it.
_MODULES = ("album", "bins", "lab", "metrics", "models", "photos", "pictures", "results", "show", "training", "world")
_NAMES = {
    "check": "classroom",
    "claim": "classroom",
    "colorize": "colorizing",
    "open_photo": "pictures",
    "setup": "starting",
}


def __getattr__(name):
    if name in _NAMES:
        return getattr(import_module(f"{__name__}.{_NAMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"colorkit has no {name!r}; it has {', '.join(__dir__())}")


def __dir__():
    return sorted([*_MODULES, *_NAMES])
