"""What a training is made of, as checksums: they tell whether a saved state belongs to the training that wants it."""

import contextlib
import dis
import functools
import hashlib
import inspect
import json
import re
import sys
import sysconfig
import types
import warnings
from pathlib import Path

import keras
import numpy as np

from colorkit.pictures import Pictures

_SIMPLE = (type(None), bool, int, float, complex, str, bytes)
_KINDS = "biufcSU"  # of arrays: numbers and texts
# Attributes of a model that differ from run to run (functions that Keras makes when it needs them, and its number), or
# that `of_compile` looks at.
_OF_KERAS = ("train_function", "test_function", "predict_function", "loss", "optimizer", "name")


def of_data(data):
    """Return the checksum of what a network is trained on.

    Parameters
    ----------
    data : Pictures, array, number, str, or a tuple, list or dict of such
        Every value counts, and its type.

    Returns
    -------
    str
        SHA-256, hexadecimal. The same on the same computer; another processor may convert colors otherwise.

    Raises
    ------
    TypeError
        If it is something else, such as a ``tf.data.Dataset``, which cannot be looked through twice in any case.
    """
    checksum = hashlib.sha256()

    def add(value):
        checksum.update(f"{type(value).__name__} {len(value) if hasattr(value, '__len__') else ''} ".encode())
        if isinstance(value, dict):
            add(list(value.items()))
        elif isinstance(value, list | tuple):
            for inner in value:
                add(inner)
        elif isinstance(value, Pictures):
            add([value.L, value.ab, value.labels])
        elif isinstance(value, _SIMPLE):
            checksum.update(repr(value).encode())
        elif hasattr(value, "__array__") and (array := np.asarray(value)).dtype.kind in _KINDS:
            checksum.update(f"{array.dtype.str} {array.shape} ".encode())
            if array.size:
                checksum.update(np.ascontiguousarray(array).view(np.uint8))
        else:
            raise TypeError(
                f"resuming needs the pictures and arrays that the network is trained on, got {type(value).__name__}; "
                "give what it is made of"
            )

    add(data)
    return checksum.hexdigest()


def of_network(model):
    """Return the checksum of a network: its layers, their settings and how they are joined, its own classes' code.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    str
        The same when its layers were numbered otherwise ("conv2d_7").
    """

    def structure(layer):
        try:
            return [type(layer).__name__, layer.get_config()]
        except NotImplementedError:  # a model of a lesson's own class
            return [type(layer).__name__, [structure(inner) for inner in layer.layers]]

    places = {}
    for layer in _layers(model):
        places.setdefault(layer.name, f"layer {len(places)}")
    seen = set()
    text = json.dumps([structure(model), [_thing(layer, seen) for layer in _layers(model)]], default=_name_of)
    return _checksum(re.sub(r'"([^"]*)"', lambda match: f'"{places.get(match[1], match[1])}"', text))


def of_compile(model, optimizers):
    """Return the checksum of what `compile` was given, the code of a person's own losses and metrics included.

    Parameters
    ----------
    model : keras.Model
    optimizers : list of keras.optimizers.Optimizer
        All that it has. Their learning rate does not count.

    Returns
    -------
    str
    """
    compiled = {key: value for key, value in _compile_config(model).items() if key != "optimizer"}
    # The functions and objects themselves, of which the config has the names.
    given = getattr(getattr(model, "_compile_config", None), "config", {})
    seen = set()
    own = {
        key: [_thing(one, seen) for one in keras.tree.flatten(value)]
        for key, value in given.items()
        if key != "optimizer"
    }
    settings = [[type(optimizer).__name__, optimizer.get_config(), _thing(optimizer, seen)] for optimizer in optimizers]
    return _checksum(json.dumps(_essence([compiled, own, settings]), default=_name_of))


def of_callbacks(callbacks):
    """Return the checksum of which callbacks there are, and of the code of those that a person wrote.

    Parameters
    ----------
    callbacks : list of keras.callbacks.Callback

    Returns
    -------
    str
    """
    seen = set()
    return _checksum(json.dumps([_value(type(callback), seen) for callback in callbacks]))


def outer_names(code):
    """Return the names that code looks up outside of its functions, and of the functions inside of it.

    Parameters
    ----------
    code : types.CodeType

    Returns
    -------
    set of str
    """
    own = {one.argval for one in dis.get_instructions(code) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return own.union(*[outer_names(one) for one in code.co_consts if isinstance(one, types.CodeType)])


def _checksum(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _layers(layer):
    """Yield a layer and all inside it."""
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _layers(inner)


def _compile_config(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a lambda cannot be loaded again
        try:
            return model.get_compile_config()
        # For that warning, Keras wants the lambda's source, which is not there in every shell; and of a function with
        # settings (functools.partial) it has no config.
        except (OSError, TypeError):
            return {}


def _essence(config):
    """Return a config without what changes from run to run: names with numbers, the learning rate, a lambda's code."""
    if isinstance(config, dict):
        if config.get("class_name") == "__lambda__":
            return "lambda"
        return {
            key: _essence(value)
            for key, value in config.items()
            if key != "name" and not (key == "learning_rate" and isinstance(value, float))
        }
    return [_essence(value) for value in config] if isinstance(config, list | tuple) else config


def _name_of(value):
    """Say what a value is that JSON cannot hold, the same in each run."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return getattr(value, "__qualname__", type(value).__qualname__)


# Code that a person wrote, as lists of texts. Comments, line numbers and file names are no part of it. What was met
# before (`seen`, by id) is left out, for functions may call each other.


@functools.cache
def _is_own(module):
    """Tell whether a module of this name is a person's own, or a notebook, and not an installed library."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return module == "__main__"  # that of a notebook; else it is built in
    path = Path(file).resolve()
    libraries = [Path(folder).resolve() for folder in sysconfig.get_paths().values()]
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not installed and not any(path.is_relative_to(folder) for folder in libraries)


def _own_classes(value):
    return [one for one in type(value).__mro__ if _is_own(one.__module__)]


def _value(value, seen):
    """Describe a value that code refers to. Of objects this is the code of their class: what they hold may change."""
    value = inspect.unwrap(getattr(value, "python_function", value))  # of tf.function, and of decorators
    if isinstance(value, types.MethodType | staticmethod | classmethod):
        value = value.__func__
    if isinstance(value, property):
        value = [value.fget, value.fset]
    if isinstance(value, _SIMPLE):
        return repr(value)
    if isinstance(value, dict):
        return [[repr(key), _value(inner, seen)] for key, inner in value.items()]
    if isinstance(value, list | tuple):
        return [_value(inner, seen) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, functools.partial):
        return _value([value.func, value.args, value.keywords], seen)
    if isinstance(value, types.ModuleType):
        return value.__name__
    if isinstance(value, types.FunctionType):
        if id(value) in seen or not _is_own(value.__globals__.get("__name__")):
            return value.__qualname__
        seen.add(id(value))
        return _function(value, seen)
    if isinstance(value, type):
        if id(value) in seen or not _is_own(value.__module__):
            return value.__qualname__
        seen.add(id(value))
        return _class(value, seen)
    array = None
    if hasattr(value, "__array__") and not hasattr(value, "assign"):  # variables change while a network is trained
        with contextlib.suppress(Exception):  # a tensor without values yet
            array = np.asarray(value)
    if array is not None and array.dtype.kind in _KINDS:
        return of_data(array)
    return _value(type(value), seen)


def _function(function, seen):
    """Describe a function: its code, its defaults, and what it refers to outside of itself."""
    outside = sorted(outer_names(function.__code__) & function.__globals__.keys())
    enclosed = []
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # not filled yet
            enclosed.append(cell.cell_contents)
    refers = [enclosed, {name: function.__globals__[name] for name in outside}]
    return [_code(function.__code__), _value([function.__defaults__, function.__kwdefaults__, *refers], seen)]


def _code(code):
    constants = [_code(one) if isinstance(one, types.CodeType) else _value(one, set()) for one in code.co_consts]
    return [code.co_code.hex(), constants, code.co_names, code.co_varnames, code.co_freevars]


def _class(cls, seen):
    """Describe a person's own class, and those that it is made from: methods and settings."""
    parts = []
    for one in cls.__mro__:
        if not _is_own(one.__module__):
            continue
        for name, value in sorted(vars(one).items()):
            if isinstance(value, types.FunctionType) or not name.startswith("_"):
                parts.append([name, _value(value, seen)])
    return [cls.__qualname__, parts]


def _thing(value, seen):
    """Describe an object: its class, the person's own functions and objects in it, and the numbers its code uses."""
    if not hasattr(value, "__dict__") or isinstance(value, type | types.FunctionType | functools.partial):
        return _value(value, seen)
    methods = [one for cls in _own_classes(value) for one in vars(cls).values() if isinstance(one, types.FunctionType)]
    used = {name for method in methods for name in method.__code__.co_names}
    held = []
    for name, inner in sorted(vars(value).items()):
        if name in _OF_KERAS or isinstance(inner, keras.Layer | keras.Variable):
            continue
        if name in used if isinstance(inner, _SIMPLE) else isinstance(inner, types.FunctionType) or _own_classes(inner):
            held.append([name, _value(inner, seen)])
    return [_value(type(value), seen), held]
