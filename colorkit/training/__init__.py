"""Training: callbacks that all lessons share, resuming, and pictures in record files.

A lesson writes ``model.fit(..., verbose=0, callbacks=training.callbacks("06_koalarization"))``.
"""

import json
import re
from pathlib import Path

import keras

from colorkit import preset
from colorkit.training.resume import Resume
from colorkit.training.watching import CollapseAlarm, Progress, Watch

__all__ = ["CollapseAlarm", "Progress", "Resume", "Watch", "callbacks"]


def callbacks(name, *others, monitor="loss", patience=None, plateau=None, best=None, watch=None, resume=True):
    """Return the callbacks of a training, in the order in which Keras must call them.

    Parameters
    ----------
    name : str
        What the training is called in its line, and what it is found by when it was interrupted: each `fit` of the
        course has a name of its own, which begins with the lesson's, for example ``"09_pix2pix generator"``.
    *others : keras.callbacks.Callback
        A lesson's own callbacks. They come first, so that History has what they add to the logs. Those that have
        `get_state` and `set_state` are resumed too, see `Resume`.
    monitor : str
        The loss or metric that `patience`, `plateau` and `best` go by; ``"val_loss"`` where there is validation.
    patience : int, optional
        Training stops after so many epochs without a better value. However it ends, the network then has the weights
        of its best epoch.
    plateau : int, optional
        The learning rate is halved after so many epochs without a better value.
    best : str or pathlib.Path, optional
        A ``.keras`` file in which the network of the best epoch so far is kept; its folders are made. It is written
        at each better epoch, which is slow when epochs last milliseconds: save after `fit` there.
    watch : Watch, optional
        Takes pictures on the way.
    resume : bool
        Whether an interrupted training goes on where it was. False starts from the beginning, and forgets what an
        earlier run left. The book's trainings always start from the beginning.

    Returns
    -------
    list of keras.callbacks.Callback
        For `fit`, with ``verbose=0``.
    """
    chosen = list(others)
    stop = None
    if plateau is not None:
        # No least improvement: Keras' own, 0.0001, is larger than a whole loss of some lessons.
        chosen.append(keras.callbacks.ReduceLROnPlateau(monitor=monitor, factor=0.5, patience=plateau, min_delta=0))
    if patience is not None:
        stop = keras.callbacks.EarlyStopping(monitor=monitor, patience=patience, restore_best_weights=True)
        chosen.append(stop)
    if best is not None:
        Path(best).parent.mkdir(parents=True, exist_ok=True)
        chosen.append(keras.callbacks.ModelCheckpoint(str(best), monitor=monitor, save_best_only=True))
    if watch is not None:
        chosen.append(watch)
    # Keras would put its own History after Resume, which would then be an epoch ahead of it.
    chosen += [Progress(name, early_stopping=stop, watch=watch), keras.callbacks.History()]

    chosen_preset = preset.current().name
    file = preset.cache_folder("training", chosen_preset) / (re.sub(r"[^\w.-]+", "_", name) + ".npz")
    if not resume:
        file.unlink(missing_ok=True)
    elif not preset.building_book():
        epochs = None if watch is None else sorted(watch.epochs)
        key = json.dumps([name, chosen_preset, monitor, patience, plateau, epochs])
        chosen.append(Resume(file, chosen, name=name, key=key))
    return chosen
