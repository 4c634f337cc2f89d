"""Training: callbacks that all lessons share, resuming, and pictures in record files.

`callbacks` gives a lesson's `fit` its line of progress, early stopping, pictures on the way and resuming. `watching`
has what looks on, among it the alarm for a network that collapses to one color; `resume` goes on with an interrupted
training, and `fingerprint` tells whether it is the same one; `records` keeps pictures in TFRecord files.
"""

import json
import re

import keras

from colorkit import preset
from colorkit.training.resume import Resume
from colorkit.training.watching import CollapseAlarm, Progress, TrainingStopped, Watch

__all__ = ["CollapseAlarm", "Progress", "Resume", "TrainingStopped", "Watch", "callbacks"]


def callbacks(name, *others, monitor="loss", patience=None, plateau=None, watch=None, resume=None):
    """Return the callbacks of a training, in the order in which Keras must call them.

    Parameters
    ----------
    name : str
        What the training is called in its line, and what it is found by when it was interrupted: each `fit` of the
        course has a name of its own, which begins with the lesson's, for example ``"10_pix2pix generator"``.
    *others : keras.callbacks.Callback
        A lesson's own callbacks. They come first, so that History has what they add to the logs. Those that have
        `get_state` and `set_state` are resumed too, see `Resume`.
    monitor : str
        The loss or metric that `patience` and `plateau` go by; ``"val_loss"`` where there is validation.
    patience : int, optional
        Training stops after so many epochs without a better value. However it ends, the network then has the weights
        of its best epoch.
    plateau : int, optional
        The learning rate is halved after so many epochs without a better value.
    watch : Watch, optional
        Takes pictures on the way.
    resume : Pictures, array, number, str, or a tuple, list or dict of such, optional
        What the network is trained on, and any setting that the network and `compile` do not show. An interrupted
        training then goes on where it was when the same `fit` is called again, also in a new kernel; when the data, the
        network, `compile` or a setting has changed, it starts from the beginning and says why. Left out, each training
        starts from the beginning, as all of the book's do.

    Returns
    -------
    list of keras.callbacks.Callback
        For `fit`, with ``verbose=0``.

    Raises
    ------
    TypeError
        If `resume` is something whose values cannot be compared, such as a ``tf.data.Dataset``.

    Examples
    --------
    >>> import numpy as np
    >>> from colorkit import training
    >>> L, ab = np.full((8, 4, 4, 1), 50.0), np.zeros((8, 4, 4, 2))
    >>> model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 1, kernel_initializer="zeros")])
    >>> model.compile("adam", "mean_squared_error")
    >>> history = model.fit(L, ab, epochs=2, verbose=0, callbacks=training.callbacks("gray"))  # doctest: +ELLIPSIS
    gray  epoch 1/2
    gray  epoch 2/2  loss 0.00  done in ...
    """
    chosen = list(others)
    stop = None
    if plateau is not None:
        # No least improvement: Keras' own, 0.0001, is larger than a whole loss of some lessons.
        chosen.append(keras.callbacks.ReduceLROnPlateau(monitor=monitor, factor=0.5, patience=plateau, min_delta=0))
    if patience is not None:
        stop = keras.callbacks.EarlyStopping(monitor=monitor, patience=patience, restore_best_weights=True)
        chosen.append(stop)
    if watch is not None:
        chosen.append(watch)
    line = Progress(name, early_stopping=stop, watch=watch)
    # Keras would put its own History after Resume, which would then be an epoch ahead of it.
    chosen += [line, keras.callbacks.History()]
    if resume is not None and not preset.building_book():
        if isinstance(resume, bool):
            raise TypeError(
                f"resume is what the network is trained on, as in resume=scenes, got {resume}; or leave it out"
            )
        chosen_preset = preset.current()
        file = preset.cache_folder("training", chosen_preset.name) / (re.sub(r"[^\w.-]+", "_", name) + ".npz")
        epochs = None if watch is None else sorted(watch.epochs)
        key = json.dumps([name, chosen_preset.name, chosen_preset.seed, monitor, patience, plateau, epochs])
        line.resume = Resume(file, chosen, name=name, data=resume, key=key)
        chosen.append(line.resume)
    return chosen
