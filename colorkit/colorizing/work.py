"""One file colored, a photo or a film: what a process does that got it, on this computer or another."""

import functools
import os
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from colorkit import starting
from colorkit.colorizing import content, moving, saving
from colorkit.colorizing.contract import ContractError, check_model
from colorkit.colorizing.photo import colorize
from colorkit.files import FileProblem
from colorkit.film import naming
from colorkit.film.reading import Film, FilmError
from colorkit.pictures import PhotoError, open_photo

_loading = threading.Lock()


class NetworkProblem(FileProblem):
    """A network that cannot be had or is none: no photo can be colored. The message is one line."""


class Done(NamedTuple):
    """What became of a file.

    Attributes
    ----------
    colored : bool
        Whether there is a colored one now; if not, it has colors already.
    notes : tuple of str
        What there is to know, a sentence each.
    """

    colored: bool
    notes: tuple = ()


@dataclass(frozen=True)
class Work:
    """How files are colored. It is called with one (source, target) after the other, in any process.

    Attributes
    ----------
    load : callable
        Returns the network; a function of a module. It is called once in each process.
    arguments : tuple
        What `load` is called with.
    network : str
        What the metadata call the network.
    size : int
        Longer side of what the network sees, pixels.
    hints : tuple of colorkit.colorizing.hints.Hint
        What color is where in a photo. Films have none.
    anew : bool
        Whether files that have colors are colored too, as if they were gray.
    compare : bool
        Whether the new file shows the photo or film before and after, side by side.
    overwrite : bool
        Whether what is there already is replaced.
    far : callable, optional
        In this very process, it is told how far a film is: its path, seconds of it, and of how many, or None.
    """

    load: Callable
    arguments: tuple
    network: str
    size: int
    hints: tuple = field(default=())
    anew: bool = False
    compare: bool = False
    overwrite: bool = False
    far: Callable | None = None

    def __call__(self, files):
        """Color a photo or a film.

        Parameters
        ----------
        files : tuple of pathlib.Path
            The photo or film, and what is made of it; the ending says which it is.

        Returns
        -------
        Done

        Raises
        ------
        ValueError, FileProblem
            If the file cannot be opened, a hint is wrong, or the new one cannot be written.
        NetworkProblem
            If the network cannot be had.
        """
        source, target = files
        if target.exists() and not self.overwrite:
            return Done(colored=True)  # by a worker that died before it could say so
        if naming.is_made(target):
            return self._film(source, target)
        photo = _opened(source)
        if not self.anew and content.kind(photo) == "color":
            return Done(colored=False)
        model = _network(self.load, self.arguments, bool(self.hints))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", UserWarning)
            colored = colorize(model, photo, self.size, self.hints)
        if self.compare:
            colored = np.concatenate([photo, colored], axis=1)
        frames = saving.save(colored, target, source, self.network)
        notes = [str(one.message) for one in said if one.category is UserWarning]
        if frames > 1:
            notes.append(f"of its {frames} pictures, the first was taken")
        return Done(colored=True, notes=tuple(notes))

    def _film(self, source, target):
        with Film(source) as film:
            if not self.anew and moving.has_colors(film):
                return Done(colored=False)
            model = _network(self.load, self.arguments, False)
            far = self.far and functools.partial(self.far, source)
            options = {"size": self.size, "compare": self.compare, "far": far}
            notes = moving.color_film(model, film, target, self.network, **options)
        saving.keep_dates(source, target)
        return Done(colored=True, notes=tuple(notes))


def _opened(source):
    """Open a photo, or say of a file that is none what its name promised."""
    try:
        return open_photo(source)
    except PhotoError:
        if naming.is_film(source):
            raise FilmError(f"it is a film, and named as a photo; rename it, with .mp4 for {source.suffix}") from None
        if source.suffix.lower() in naming.ENDINGS and source.is_file() and os.access(source, os.R_OK):
            raise FilmError("this is not a film, though it is named so, or it is empty; get a fresh copy") from None
        raise


def _network(load, arguments, hinted):
    with _loading:  # by one thread, where a worker has several
        return _loaded(load, arguments, hinted)


@functools.lru_cache(maxsize=1)
def _loaded(load, arguments, hinted):
    try:
        starting.start_light()
        model = load(*arguments)
        check_model(model, hints=hinted)
    except (FileProblem, ContractError, ImportError) as error:
        raise NetworkProblem(str(error)) from error
    return model
