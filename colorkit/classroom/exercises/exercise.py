"""What a check needs to know of an exercise."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Exercise:
    """What `colorkit.check` needs to judge a learner's function.

    Attributes
    ----------
    reference : callable
        The right answer: the library's own function wherever there is one.
    inputs : callable
        Gives a tuple of arguments, from a `numpy.random.Generator`.
    mistakes : dict of str to callable
        A hint in the learner's terms, and the wrong answer that it belongs to.
    tolerance : float
        Relative and absolute, for comparing results.
    """

    reference: Callable
    inputs: Callable
    mistakes: dict = field(default_factory=dict)
    tolerance: float = 1e-3


def lightness_and_ab(random):
    """Return random L, (5, 6, 1), and ab, (5, 6, 2), float32, Lab units, most of them inside the gamut."""
    # Small a and b, so that most of these colors are inside the gamut and a swapped pair is seen.
    return (
        random.uniform(30, 80, (5, 6, 1)).astype(np.float32),
        random.uniform(-25, 25, (5, 6, 2)).astype(np.float32),
    )
