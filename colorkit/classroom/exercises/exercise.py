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
        The right answer: the library's own function wherever there is one. In NumPy, and in float64 where its inputs
        are: what rounds more than a learner's answer cannot judge it. Tests compare those of Keras' functions with
        Keras.
    inputs : callable
        Gives a tuple of arguments, from a `numpy.random.Generator`. At each check they are new ones, so they must
        never be such that a mistake gives the right result, or that rounding decides (a tie, a half).
    mistakes : dict of str to callable
        A hint in the learner's terms, and the wrong answer that it belongs to; one that raises an error belongs to
        answers that raise the same.
    given_by : tuple of str
        Functions of colorkit's that give the answer away, such as ``"metrics.psnr"``: grading marks who calls them.
    varies : bool
        Whether a mistake's answer changes from process to process, as Python's own ``hash()`` does.
    tolerance : float
        Relative and absolute, for comparing results. Sums in float32, in whatever order, stay well below the default,
        and mistakes change results far more. 0 for counts and for what is only moved.
    """

    reference: Callable
    inputs: Callable
    mistakes: dict = field(default_factory=dict)
    given_by: tuple[str, ...] = ()
    varies: bool = False
    tolerance: float = 1e-3


def lightness_and_ab(random):
    """Return random L, (5, 6, 1), and ab, (5, 6, 2), float32, Lab units, all inside the sRGB gamut."""
    # Inside, so that nobody's way with other colors decides. No L is near a half, which some round up and others to the
    # even number.
    return (
        (random.integers(30, 80, (5, 6, 1)) + random.uniform(-0.45, 0.45, (5, 6, 1))).astype(np.float32),
        random.uniform(-14, 14, (5, 6, 2)).astype(np.float32),
    )
