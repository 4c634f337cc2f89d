"""Resuming: going on with a training that was interrupted, as if it had not been."""

import json
import os
import threading
import time
import weakref
from pathlib import Path

import keras
import numpy as np

from colorkit import files
from colorkit.training import fingerprint

# What Keras' own callbacks know from one epoch to the next, by attribute.
_STATE = {
    keras.callbacks.EarlyStopping: ("wait", "stopped_epoch", "best", "best_epoch", "best_weights"),
    keras.callbacks.History: ("epoch", "history"),
    keras.callbacks.ModelCheckpoint: ("best",),
    keras.callbacks.ReduceLROnPlateau: ("wait", "cooldown_counter", "best"),
}
_running = weakref.WeakValueDictionary()  # file -> the Resume of this process that has locked it


class Resume(keras.callbacks.Callback):
    """Go on with a training that was interrupted, as if it had not been.

    The state is written between epochs, into one file that is replaced at once, so that a kill at any instant leaves
    the old state or the new one. When `fit` is called again with the same network, `compile`, data and `key`, training
    goes on from there, and its History has all epochs. At the regular end the file is removed; the same `fit` after
    that starts from the beginning. Stopping the kernel keeps it. A file that belongs to another training, or is
    damaged, is not used, and a sentence says so and why. While one kernel trains, the file is locked: the same training
    in another kernel does without resuming, and a sentence says so.

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
    data : object
        What the network is trained on, see `training.fingerprint.of_data`.
    key : str
        What else must be equal for the file to be used, for example the preset.
    seconds : float
        Least time between two savings; 0 saves after each epoch. It grows when saving is slow, so that saving takes
        at most a twentieth of the time.

    Attributes
    ----------
    saved : int or None
        The epochs, counted from the training's first, that the file has; None if there is none.

    Notes
    -----
    A network must be built before `fit` (a functional one always is). Optimizers other than ``model.optimizer`` that
    are attributes of the model, as those of a GAN, are resumed too and must be built as well; call ``optimizer.build``
    in `compile`. Layers, losses and optimizers are compared by their `get_config`; functions and classes that do not
    come from an installed library also by their code, with what it refers to.

    Keras' BackupAndRestore does not serve: it forgets History, the patience used up and the best value so far, and
    its two files (weights and epoch) can be torn apart by a kill between them.
    """

    def __init__(self, file, callbacks, *, name, data, key="", seconds=5):
        super().__init__()
        self.file = Path(file)
        self.data = fingerprint.of_data(data)
        self.saved = None
        self._lock = None
        self.callbacks = [callback for callback in callbacks if _keeps_state(callback)]
        self.name = name
        self.key = key
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        """Restore the state that an interrupted run left, if there is one."""
        self._first = None  # epoch at which this run begins, if it resumes
        self._started = False
        self._wait_until = time.monotonic() + self.seconds
        self.saved = None
        self._take_lock()
        if self._lock is None:
            return
        for torn in self.file.parent.glob(f"{self.file.name}.*.part"):
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
                    "call training.callbacks without resume"
                )
        elif self._lock is not None and time.monotonic() >= self._wait_until:
            self._save(epoch)

    def on_train_end(self, logs=None):
        """Remove the file: there is nothing to resume."""
        self.model._initial_epoch = None
        if self._lock is not None:
            self.file.unlink(missing_ok=True)
            self.let_go()

    def let_go(self):
        """Let other kernels have the file."""
        if self._lock is not None:
            _running.pop(self.file, None)
            self._lock.__exit__(None, None, None)
            self._lock = None

    def _take_lock(self):
        """Lock the file, or say that there will be no resuming."""
        before = _running.get(self.file)
        # It would have let go at its end, so its `fit` was stopped by an error; `fit` of another thread may still run.
        if before is not None and before._thread is threading.current_thread():
            before.let_go()
        lock = files.locked(self.file, wait=False)
        try:
            lock.__enter__()
        except files.FileProblem as problem:
            print(f"{self.name}: this run cannot be resumed, for {problem}")
            return
        self._lock, self._thread = lock, threading.current_thread()
        _running[self.file] = self

    def _describe(self):
        """Return what must be equal for a saved state to belong to this training, by what is said when it is not."""
        model = self.model
        return {
            "other data": self.data,
            "another network": fingerprint.of_network(model),
            "another loss, metric or optimizer": fingerprint.of_compile(model, _optimizers(model)),
            # The rate of an optimizer that has already stepped may have been lowered on the way: it says nothing.
            "another learning rate": [
                None if _number_in(optimizer.iterations) else _number_in(optimizer.learning_rate)
                for optimizer in _optimizers(model)
            ],
            "another number of steps in an epoch": self.params.get("steps"),
            "other settings": [self.key, fingerprint.of_callbacks(self.callbacks)],
        }

    def _differences(self, saved):
        """Return the names of what differs between a saved description and this training's."""
        own = self._fingerprint
        differ = [name for name in own if name != "another learning rate" and saved.get(name) != own[name]]
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
        self.saved = self._first = model._initial_epoch = state["epoch"]
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
        try:
            with files.atomic_write(self.file) as stream:
                np.savez(stream, json=np.frombuffer(text, np.uint8), **arrays)
                stream.flush()
                os.fsync(stream.fileno())
        except files.FileProblem as problem:  # a full disk must not end a training
            print(f"{self.name}: training goes on, but is not saved for an interruption, for {problem}")
            self._wait_until = np.inf
            return
        self.saved = epoch
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
