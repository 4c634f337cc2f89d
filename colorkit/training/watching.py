"""What watches a training: a line of progress, pictures on the way, an alarm when color collapses."""

import base64
import html
import io
import operator
import time
import warnings

import keras
import numpy as np
from PIL import Image

from colorkit import metrics, preset, progress

LIVE_SIDE = 512  # longest side of the live picture, pixels
ALARM_EPOCH = 3  # before it, a network may still be finding its first color


class TrainingStopped(KeyboardInterrupt):
    """A training was interrupted. A notebook shows one line, instead of all that Keras was doing just then."""

    def _render_traceback_(self):  # IPython calls it
        return [f"KeyboardInterrupt: {self}"]


class Progress(keras.callbacks.Callback):
    """One line that says how training goes, a `colorkit.progress.Line`.

    For example ``06_koalarization  epoch 7/12  val loss 0.0131  1.9 s/epoch  left 10 s``. With a `CollapseAlarm` among
    the callbacks, it also says ``spread 0.62 of target``. When the kernel is interrupted in a step of training, the
    line says where, and whether running the cell again goes on from there.

    Parameters
    ----------
    name : str
        What the line begins with.
    early_stopping : keras.callbacks.EarlyStopping, optional
        Comes earlier in the list of callbacks; the last line says what its best epoch was.
    watch : Watch, optional
        Comes earlier in the list of callbacks; in a notebook its newest picture is shown under the line.

    Attributes
    ----------
    resume : Resume or None
        Comes later in the list of callbacks; an interruption lets it go.
    """

    def __init__(self, name, early_stopping=None, watch=None):
        super().__init__()
        self.name = name
        self.early_stopping = early_stopping
        self.watch = watch
        self.resume = None

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self._begin = self._last = time.monotonic()
        self._durations = []  # of this run's epochs, seconds
        self._done = 0  # epochs
        self._value = ""  # for example "val loss 0.0131  spread 0.62 of target"
        self._best_value = ""
        self._first_rate = self._rate = None
        self._started = False
        self._resumed = ""
        self._line = progress.Line()
        self._shown_picture = self._image = None
        _Step.put_into(self.model, self._stopped)

    def on_epoch_begin(self, epoch, logs=None):
        """Show the line for the first time, since the first epoch can take long."""
        if not self._started:
            self._started = True
            self._show(f"epoch {epoch + 1}/{self.params['epochs']}", self._resumed)

    def on_epoch_end(self, epoch, logs=None):
        """Update the line, unless it was updated a moment ago."""
        logs = logs or {}
        now = time.monotonic()
        self._durations.append(now - self._last)
        self._last = now
        self._done = epoch + 1
        key = "val_loss" if "val_loss" in logs else "loss"
        self._value = f"{key.replace('_', ' ')} {progress.number(logs[key])}" if key in logs else ""
        if "spread" in logs:  # put there by CollapseAlarm
            spread = logs["spread"]
            self._value += f"  spread {f'{spread:.2f}' if spread < 100 else progress.number(spread)} of target"
        if self.early_stopping is not None and self.early_stopping.best_epoch == epoch:
            self._best_value = self._value
        if "learning_rate" in logs:  # put there by callbacks that change it, as it was in this epoch
            self._rate = float(logs["learning_rate"])
            self._first_rate = self._first_rate or self._rate

        left = self.params["epochs"] - self._done
        if left == 0:
            return  # on_train_end says it
        # The first epoch of a run includes compiling, so it counts only while there is no other.
        recent = self._durations[1:][-5:] or self._durations
        pace = sum(recent) / len(recent)
        if self._line.due() or self._new_picture():
            self._show(
                f"epoch {self._done}/{self.params['epochs']}",
                self._value,
                self._rate_words(),
                f"{progress.duration(pace)}/epoch",
                f"left {progress.duration(pace * left)}",
                self._resumed,
            )

    def on_train_end(self, logs=None):
        """Leave the last line, without the picture."""
        _Step.take_from(self.model)
        early = self._done < self.params["epochs"]
        value, stopped = self._value, "stopped" if early else ""
        if self.early_stopping is not None and self.early_stopping.best is not None:
            best = self.early_stopping.best_epoch + 1
            value = self._best_value  # the weights of that epoch are back
            if early:
                stopped = f"stopped early, best was epoch {best}"
            elif best != self._done:
                stopped = f"best was epoch {best}"
        self._show(
            f"epoch {self._done}/{self.params['epochs']}",
            stopped,
            value,
            self._rate_words(),
            f"done in {progress.duration(time.monotonic() - self._begin)}",
            self._resumed,
            last=True,
        )

    def get_state(self):
        """Return what `Resume` keeps.

        Returns
        -------
        dict
        """
        return {
            "elapsed": time.monotonic() - self._begin,
            "done": self._done,
            "value": self._value,
            "best_value": self._best_value,
            "first_rate": self._first_rate,
            "rate": self._rate,
        }

    def set_state(self, state):
        """Go on from what `get_state` returned.

        Parameters
        ----------
        state : dict
        """
        self._begin = time.monotonic() - state["elapsed"]
        self._done = state["done"]
        self._value = state["value"]
        self._best_value = state["best_value"]
        self._first_rate = state["first_rate"]
        self._rate = state["rate"]
        if self._done < self.params["epochs"]:
            self._resumed = f"resumed at epoch {self._done + 1}"

    def _rate_words(self):
        return "" if self._rate == self._first_rate else f"learning rate {self._rate:.3g}"

    def _new_picture(self):
        return self.watch is not None and self.watch.newest is not self._shown_picture and preset.in_notebook()

    def _stopped(self):
        """Say where the training was interrupted, and how to go on."""
        _Step.take_from(self.model)
        sentence = f"stopped at epoch {self._done + 1}/{self.params['epochs']}"
        if self.resume is not None:
            if self.resume.saved is not None:
                sentence += f"; run the cell again to go on from epoch {self.resume.saved + 1}"
            self.resume.let_go()
        self._show(sentence, last=True)

    def _show(self, *parts, last=False):
        text = "  ".join([self.name, *filter(None, parts)])
        below = None
        if not last and self.watch is not None and self.watch.newest is not None and preset.in_notebook():
            # In the line's own output, so that nothing is left of it when the line alone is shown at the end.
            if self._new_picture():
                self._shown_picture = self.watch.newest
                epoch = max(self.watch.pictures)
                when = f"after epoch {epoch}" if epoch else "before training"
                self._image = _image_tag(self._shown_picture, f"{self.name} {when}")
            below = f"<pre>{html.escape(text)}</pre>{self._image}"
        self._line.show(text, last=last, now=True, html=below)


class _Step:
    """The function that `fit` calls for each step of training, and in which an interruption is caught.

    Keras has no callback for an interruption, and what it was doing just then fills a screen.
    """

    def __init__(self, function, stopped):
        self.function = function
        self.stopped = stopped

    def __call__(self, *args):
        try:
            return self.function(*args)
        except KeyboardInterrupt:
            self.stopped()
            raise TrainingStopped("the training was interrupted") from None

    @classmethod
    def put_into(cls, model, stopped):
        """Have `stopped` called when `fit` is interrupted."""
        cls.take_from(model)  # that of a training which an error ended
        if getattr(model, "train_function", None) is not None:
            model.train_function = cls(model.train_function, stopped)

    @classmethod
    def take_from(cls, model):
        """Give the model its own function back."""
        if isinstance(getattr(model, "train_function", None), cls):
            model.train_function = model.train_function.function


class Watch(keras.callbacks.Callback):
    """See the network learn: take a picture after chosen epochs.

    `Progress` shows the newest one in a notebook while training goes on; a log stays without pictures.

    Parameters
    ----------
    picture : callable
        Without arguments; returns an array, shape (height, width, 3), uint8, RGB: a photo as the network colors it
        now, for example.
    epochs : collection of int
        The numbers of epochs after which a picture is taken; 0 is before training. Those after an early stop are not.

    Attributes
    ----------
    pictures : dict
        Number of epochs -> array, shape (height, width, 3), uint8, RGB; in order.
    newest : array or None
        The last of them.
    """

    def __init__(self, picture, epochs):
        super().__init__()
        self.picture = picture
        self.epochs = frozenset(operator.index(epoch) for epoch in epochs)
        self.pictures = {}

    @property
    def newest(self):
        """The picture that was taken last, or None."""
        return self.pictures[max(self.pictures)] if self.pictures else None

    def on_train_begin(self, logs=None):
        """Forget the pictures of an earlier training."""
        self.pictures = {}

    def on_epoch_begin(self, epoch, logs=None):
        """Take the picture before training."""
        if epoch == 0:
            self._take(0)

    def on_epoch_end(self, epoch, logs=None):
        """Take the picture after this epoch."""
        self._take(epoch + 1)

    def get_state(self):
        """Return what `Resume` keeps.

        Returns
        -------
        dict
        """
        return {"epochs": list(self.pictures), "pictures": list(self.pictures.values())}

    def set_state(self, state):
        """Go on from what `get_state` returned.

        Parameters
        ----------
        state : dict
        """
        self.pictures = dict(zip(state["epochs"], state["pictures"], strict=True))

    def _take(self, epoch):
        if epoch not in self.epochs:
            return
        taken = np.array(self.picture())
        if taken.dtype != np.uint8 or taken.ndim != 3 or taken.shape[2] != 3:
            raise ValueError(
                "Watch needs a function that returns a uint8 RGB picture of shape (height, width, 3); "
                f"it returned {taken.dtype} of shape {taken.shape}"
            )
        self.pictures[epoch] = taken


class CollapseAlarm(keras.callbacks.Callback):
    """Warn when a network gives nearly the same color everywhere.

    The loss alone does not tell. Under squared errors a constant answer costs at least the variance of the targets; but
    so may one whose colors vary and are wrong, and on photos a healthy network costs hardly less.

    After each epoch the network predicts a few held-out pictures. The *spread* of the predictions (the standard
    deviation over all pixels and pictures, a and b together) is divided by that of the targets and joins the epoch's
    logs as ``spread``: History has it, and `Progress` prints it. From the third epoch on, one Python warning says so
    when the ratio is below `threshold`, or when a prediction is not a number.

    Parameters
    ----------
    inputs : array or list of arrays
        What the network takes, for pictures it is not trained on, of all kinds that there are: 64 are enough.
    targets : array, shape (N, H, W, 2), float
        Their ab in the unit that the network is trained on: ab / 128 for a network that ends in tanh.
    threshold : float
        A healthy network that is trained on squared errors stays far below 1, since it averages the possible colors:
        on photos, 0.08 to 0.21 after 180 steps. Epochs of fewer than 30 steps need more of them to get there.

    Attributes
    ----------
    warned_epoch : int or None
        The epoch, counted from 1, after which it warned.

    Raises
    ------
    ValueError
        If the targets have no color, or another shape than the predictions.
    """

    def __init__(self, inputs, targets, threshold=0.05):
        super().__init__()
        self.inputs = inputs
        self.shape = targets.shape
        self.target_spread = metrics.spread(targets)
        if not self.target_spread > 0:
            raise ValueError("the targets of CollapseAlarm are all of one color, or not numbers; give colored pictures")
        self.threshold = threshold
        self.warned_epoch = None

    def on_train_begin(self, logs=None):
        """Forget an earlier training."""
        self.warned_epoch = None

    def on_epoch_end(self, epoch, logs=None):
        """Measure the spread, and warn."""
        predicted = keras.ops.convert_to_numpy(self.model(self.inputs, training=False))
        if predicted.shape != self.shape:
            raise ValueError(
                f"the targets of CollapseAlarm have shape {self.shape}, but the network gives {predicted.shape}; "
                "give it targets as the network is trained on them"
            )
        spread = metrics.spread(predicted)
        ratio = logs["spread"] = spread / self.target_spread
        # Written so that NaN, which compares false with everything, rings too.
        if self.warned_epoch is None and epoch + 1 >= ALARM_EPOCH and not ratio >= self.threshold:
            self.warned_epoch = epoch + 1
            # Not `warn`, which is silent when a cell is run again and says the same.
            warnings.warn_explicit(
                f"after epoch {self.warned_epoch} the network gives nearly the same color everywhere: the spread of "
                f"its predictions is {progress.number(spread)}, that of the targets "
                f"{progress.number(self.target_spread)}; look at the order of the training pictures, at shuffling (it "
                "comes before batching), for inputs or targets that are scaled twice, at the learning rate, and at the "
                "loss",
                UserWarning,
                type(self).__name__,
                1,
            )

    def get_state(self):
        """Return what `Resume` keeps.

        Returns
        -------
        dict
        """
        return {"warned_epoch": self.warned_epoch}

    def set_state(self, state):
        """Go on from what `get_state` returned.

        Parameters
        ----------
        state : dict
        """
        self.warned_epoch = state["warned_epoch"]


def _image_tag(picture, alt):
    live = Image.fromarray(picture)
    live.thumbnail((LIVE_SIDE, LIVE_SIDE))
    stream = io.BytesIO()
    live.save(stream, "PNG")
    data = base64.b64encode(stream.getvalue()).decode()
    # Size and decoding given, so that the page neither jumps nor blinks when the line is updated.
    return (
        f'<img alt="{html.escape(alt)}" width="{live.width}" height="{live.height}" decoding="sync" '
        f'src="data:image/png;base64,{data}">'
    )
