"""Resuming: going on with a training that was interrupted, as if it had not been."""

import contextlib
import hashlib
import json
import os
import re
import time
import warnings
from pathlib import Path

import keras
import numpy as np

# What Keras' own callbacks know from one epoch to the next, by attribute.
_STATE = {
    keras.callbacks.EarlyStopping: ("wait", "stopped_epoch", "best", "best_epoch", "best_weights"),
    keras.callbacks.History: ("epoch", "history"),
    keras.callbacks.ModelCheckpoint: ("best",),
    keras.callbacks.ReduceLROnPlateau: ("wait", "cooldown_counter", "best"),
}


class Resume(keras.callbacks.Callback):
    """Go on with a training that was interrupted, as if it had not been.

    The state is written between epochs, into one file that is replaced at once, so that a kill at any instant leaves
    the old state or the new one. When `fit` is called again with the same network, `compile` and `key`, training goes
    on from there, and its History has all epochs. At the regular end the file is removed; the same `fit` after that
    starts from the beginning. Stopping the kernel keeps it. A file that belongs to another training, or is damaged, is
    not used, and a sentence says so.

    The result is that of a training that was never interrupted if the data of an epoch depend on nothing but the
    epoch: the same batches in each, or drawn with a seed made from the epoch's number. Data that are shuffled anew in
    each epoch (arrays that `fit` shuffles, ``tf.data.Dataset.shuffle``) come in another order after resuming, which is
    as good but not the same. Randomness inside the network (dropout, noise) goes on where it was, except on PyTorch,
    where dropout draws from PyTorch's own generator.

    Parameters
    ----------
    file : pathlib.Path
        Where the state is kept, ``.npz``.
    callbacks : list of keras.callbacks.Callback
        Those that are resumed too, all before this one in `fit`'s list: Keras' EarlyStopping, ReduceLROnPlateau,
        ModelCheckpoint and History, and any with ``get_state()``, which returns a dict of JSON values and NumPy
        arrays, and ``set_state(dict)``, which is called after `on_train_begin`.
    name : str
        What the training is called in sentences.
    key : str
        What else must be equal for the file to be used, for example the preset.
    seconds : float
        Least time between two savings; 0 saves after each epoch. It grows when saving is slow, so that saving takes
        at most a twentieth of the time.

    Notes
    -----
    A network must be built before `fit` (a functional one always is). Optimizers other than ``model.optimizer`` that
    are attributes of the model, as those of a GAN, are resumed too and must be built as well; call ``optimizer.build``
    in `compile`. Functions are compared by name, objects by their `get_config`: after changing what is inside them, or
    the data, call `training.callbacks` with ``resume=False`` once.

    Keras' BackupAndRestore does not serve: it forgets History, the patience used up and the best value so far, and
    its two files (weights and epoch) can be torn apart by a kill between them.
    """

    def __init__(self, file, callbacks, *, name, key="", seconds=5):
        super().__init__()
        self.file = Path(file)
        self.callbacks = [callback for callback in callbacks if _keeps_state(callback)]
        self.name = name
        self.key = key
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        """Restore the state that an interrupted run left, if there is one."""
        self._first = None  # epoch at which this run begins, if it resumes
        self._started = False
        self._wait_until = time.monotonic() + self.seconds
        for torn in self.file.parent.glob(f"{self.file.name}.*.tmp"):
            torn.unlink(missing_ok=True)  # a run was killed while it saved
        self._fingerprint = self._describe()
        if self.file.exists():
            problem = self._restore()
            if problem:
                found = f"{self.name}: an interrupted training was found, but {problem}"
                print(f"{found}; training starts from the beginning.")

    def on_epoch_begin(self, epoch, logs=None):
        """Save the state between two epochs.

        Here and not in `on_epoch_end`: all callbacks are done with the last epoch, and it is known that training
        goes on.
        """
        if not self._started:
            self._started = True
            self.model._initial_epoch = None  # or the next fit of this model would start there too
            if self._first is not None and epoch != self._first:
                raise RuntimeError(
                    f"this version of Keras cannot start at epoch {self._first + 1}; "
                    "call training.callbacks with resume=False"
                )
        elif time.monotonic() >= self._wait_until:
            self._save(epoch)

    def on_train_end(self, logs=None):
        """Remove the file: there is nothing to resume."""
        self.model._initial_epoch = None
        self.file.unlink(missing_ok=True)

    def _describe(self):
        """Return what must be equal for a saved state to belong to this training, by what is said when it is not."""
        model = self.model
        compiled = {key: value for key, value in _compile_config(model).items() if key != "optimizer"}
        optimizers = [[type(optimizer).__name__, optimizer.get_config()] for optimizer in _optimizers(model)]
        return {
            "another network": _digest(_without_names(model)),
            "another loss, metric or optimizer": _digest(
                json.dumps(_essence([compiled, optimizers]), default=_name_of)
            ),
            # The rate of an optimizer that has already stepped may have been lowered on the way: it says nothing.
            "another learning rate": [
                None if _number_in(optimizer.iterations) else _number_in(optimizer.learning_rate)
                for optimizer in _optimizers(model)
            ],
            "another number of steps in an epoch": self.params.get("steps"),
            "other settings": [self.key, *(type(callback).__name__ for callback in self.callbacks)],
        }

    def _differences(self, saved):
        """Return the names of what differs between a saved description and this training's."""
        own = self._fingerprint
        differ = [name for name in own if name != "another learning rate" and saved[name] != own[name]]
        if not differ:
            rates = zip(saved["another learning rate"], own["another learning rate"], strict=True)
            if any(None not in pair and pair[0] != pair[1] for pair in rates):
                differ = ["another learning rate"]
        return differ

    def _restore(self):
        """Restore the state, or return why not, as the end of a sentence; then nothing was changed."""
        try:
            with self.file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            state = _unpack(json.loads(arrays.pop("json").tobytes()), arrays)
            differ = self._differences(state["fingerprint"])
        except Exception:  # what NumPy, zipfile and json raise on a damaged file is not documented
            return "its file is damaged"
        if differ:
            return f"with {' and '.join(differ)}"
        if state["epoch"] > self.params["epochs"]:
            return f"it had done {state['epoch']} epochs, more than the {self.params['epochs']} asked for now"

        model = self.model
        for optimizer, saved in zip(_optimizers(model), state["variables"][1:], strict=True):
            # Keras builds it at the first step, which is too late here.
            if optimizer is model.optimizer and not optimizer.built and len(saved) > len(optimizer.variables):
                optimizer.build(model.trainable_variables)
        groups = self._variables()
        if [[v.shape for v in group] for group in groups] != [[v.shape for v in group] for group in state["variables"]]:
            return "the network or an optimizer is not built yet (build it before fit)"
        for group, values in zip(groups, state["variables"], strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        for callback, kept in zip(self.callbacks, state["callbacks"], strict=True):
            _set_state(callback, kept)
        # As BackupAndRestore does it: `fit` reads this after on_train_begin, on each backend.
        self._first = model._initial_epoch = state["epoch"]
        return None

    def _save(self, epoch):
        """Write the state after `epoch` epochs."""
        begin = time.monotonic()
        arrays = {}
        content = {
            "fingerprint": self._fingerprint,
            "epoch": epoch,
            "variables": [[keras.ops.convert_to_numpy(v) for v in group] for group in self._variables()],
            "callbacks": [_get_state(callback) for callback in self.callbacks],
        }
        text = json.dumps(_pack(content, arrays)).encode()
        temporary = self.file.with_name(f"{self.file.name}.{os.getpid()}.tmp")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                np.savez(stream, json=np.frombuffer(text, np.uint8), **arrays)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, self.file)
        except OSError as error:  # a full disk must not end a training
            print(f"{self.name}: training goes on, but could not be saved for an interruption ({error}).")
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            self._wait_until = np.inf
            return
        if self.seconds:
            end = time.monotonic()
            self._wait_until = end + max(self.seconds, 20 * (end - begin))

    def _variables(self):
        # Metrics are left out: Keras resets them when an epoch begins. On JAX self.model first brings the variables
        # up to date.
        model = self.model
        return [model.variables, *(optimizer.variables for optimizer in _optimizers(model))]


def _keeps_state(callback):
    return hasattr(callback, "get_state") or isinstance(callback, tuple(_STATE))


def _attributes(callback):
    return next(names for kind, names in _STATE.items() if isinstance(callback, kind))


def _get_state(callback):
    if hasattr(callback, "get_state"):
        return callback.get_state()
    return {name: getattr(callback, name) for name in _attributes(callback)}


def _set_state(callback, state):
    if hasattr(callback, "set_state"):
        callback.set_state(state)
    # A best value without its file would keep ModelCheckpoint from writing another.
    elif not isinstance(callback, keras.callbacks.ModelCheckpoint) or os.path.exists(callback.filepath):
        for name in _attributes(callback):
            setattr(callback, name, state[name])


def _pack(value, arrays):
    """Return `value` as JSON, with its arrays moved to the dict `arrays`."""
    if isinstance(value, dict):
        return {key: _pack(inner, arrays) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_pack(inner, arrays) for inner in value]
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "__array__"):
        array = np.asarray(value)
        name = f"array{len(arrays)}"
        arrays[name] = array
        return {"__array__": name}
    return value


def _unpack(value, arrays):
    """Undo `_pack`."""
    if isinstance(value, dict):
        if "__array__" in value:
            return arrays[value["__array__"]]
        return {key: _unpack(inner, arrays) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unpack(inner, arrays) for inner in value]
    return value


def _optimizers(model):
    """Return the optimizers that are attributes of a model, always in the same order."""
    found = [value for _, value in sorted(vars(model).items()) if isinstance(value, keras.optimizers.Optimizer)]
    return list(dict.fromkeys(found))


def _number_in(variable):
    return float(keras.ops.convert_to_numpy(variable))


def _compile_config(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a lambda cannot be loaded again
        try:
            return model.get_compile_config()
        except OSError:  # for that warning, Keras wants the lambda's source, which is not there in every shell
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


def _layers(layer):
    """Yield a layer and all inside it."""
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _layers(inner)


def _without_names(model):
    """Return a model's structure as text, the same when its layers were numbered otherwise ("conv2d_7")."""

    def structure(layer):
        try:
            return [type(layer).__name__, layer.get_config()]
        except NotImplementedError:  # a model of a lesson's own class
            return [type(layer).__name__, [structure(inner) for inner in layer.layers]]

    places = {}
    for layer in _layers(model):
        places.setdefault(layer.name, f"layer {len(places)}")
    text = json.dumps(structure(model), default=_name_of)
    return re.sub(r'"([^"]*)"', lambda match: f'"{places.get(match[1], match[1])}"', text)


def _name_of(value):
    """Say what a value is that JSON cannot hold, the same in each run."""
    if hasattr(value, "tolist"):
        return value.tolist()
    return getattr(value, "__qualname__", type(value).__qualname__)


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
