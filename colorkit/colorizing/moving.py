"""A film colored: frame by frame, with color that stays the same along motion."""

import numpy as np

from colorkit import progress
from colorkit.colorizing import content, saving
from colorkit.colorizing.contract import check_ab
from colorkit.colorizing.enlarging import join
from colorkit.colorizing.photo import fit, shrink
from colorkit.film import Steady, writing

_BATCH = 4  # frames that the network sees at a time: in a third less time than one by one


def has_colors(film):
    """Tell whether a film has colors already: most of some frames from all over it do.

    Parameters
    ----------
    film : colorkit.film.reading.Film

    Returns
    -------
    bool
    """
    samples = film.samples()
    return 2 * sum(content.kind(rgb) == "color" for rgb in samples) > len(samples)


def color_film(model, film, target, network, *, size, compare=False, far=None):
    """Color a film into a file, whole or not at all; no more than a few frames are in memory at a time.

    Each frame is colored as `colorkit.colorize` colors a photo, but for its ab: what the network gives is averaged
    along motion (`colorkit.film.Steady`), at the size that it sees, so that color does not flicker. The sound is the
    film's own, where the file can hold it, and so are the times of frames.

    Parameters
    ----------
    model : keras.Model
        A colorizer.
    film : colorkit.film.reading.Film
        What is colored.
    target : pathlib.Path
        Where it goes, with an ending of `colorkit.film.naming.WRITTEN`.
    network : str
        What the comment calls the network.
    size : int
        Longer side of what the network sees, pixels.
    compare : bool
        Whether the film shows before and after, side by side.
    far : callable, optional
        It is told how far it is every few frames: seconds of the film, and of how many, or None.

    Returns
    -------
    list of str
        What there is to know, a sentence each.

    Raises
    ------
    FilmError
        If it cannot be read, or FFmpeg cannot write it.
    FileProblem
        If it cannot be written.
    ContractError
        If the model breaks the contract.
    """
    height, width = film.size
    inner, box = fit(model, film.size, size)
    steady = Steady()
    with writing.make(target, film, (height, 2 * width if compare else width), saving.note(network)) as making:
        for batch in _batches(film.frames(making.sound)):
            seen = [shrink(frame.rgb, inner, box) for frame in batch]
            ab = _predict(model, np.stack([filled for _, filled in seen]))[:, : inner[0], : inner[1]]
            for frame, (lightness, _), own in zip(batch, seen, ab, strict=True):
                colored = join(frame.rgb, lightness, steady(lightness, own))
                if compare:
                    colored = np.concatenate([frame.rgb, colored], axis=1)
                making.picture(frame._replace(rgb=colored))
            if far:
                far(film.reached, film.seconds)
    notes = []
    if film.cut:
        notes.append(f"the film is cut short: it ends after {film.reached:.1f} of {film.seconds:.1f} s")
    if film.damaged:
        parts = progress.count(film.damaged, "damaged part")
        notes.append(f"{parts} of the film {'was' if film.damaged == 1 else 'were'} left out")
    notes += [f"its sound ({kind}) does not fit into {target.suffix} and is AAC now" for kind in making.encoded]
    if making.left_out:
        notes.append(f"{progress.count(making.left_out, 'sound')} left out: damaged or of an unknown kind")
    if making.odd:
        notes.append("its sides are even now, as films have them: the last row or column is there twice")
    return notes


def _batches(frames):
    batch = []
    for frame in frames:
        batch.append(frame)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _predict(model, filled):
    taken = filled
    if len(model.inputs) == 2:
        taken = [filled, np.zeros((*filled.shape[:3], 3), np.float32)]  # no hints
    ab = np.asarray(model.predict_on_batch(taken))
    check_ab(ab, filled)
    return ab
