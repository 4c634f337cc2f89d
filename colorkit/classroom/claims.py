"""Claims that a lesson proves as it runs."""

import math

from colorkit import preset
from colorkit.show.box import box

CLAIM_MIME = "application/vnd.colorkit.claim+json"


class ClaimError(AssertionError):
    """A measured value is outside the bounds of what a lesson says about it."""


def claim(name, value, *, at_least=None, at_most=None, says):
    """Say what was measured, and fail if it is not so.

    Prints the sentence with the value, and leaves it in the cell's output as data (`CLAIM_MIME`), from which the
    book's page *What we measured* is made. A preset judges claims only where its lesson was measured: at the others
    the sentence is shown without a verdict.

    Parameters
    ----------
    name : str
        Unique name that begins with the lesson's number, for example ``"04-brown"``.
    value : float
        What was measured.
    at_least, at_most : float, optional
        Bounds within which the sentence is true; one or both.
    says : str
        The sentence, with ``{value}`` (and a format, such as ``{value:.1f}``) where the number goes.

    Raises
    ------
    ClaimError
        If the value is outside its bounds (NaN always is), and the preset judges.
    ValueError
        If there is no bound, or the sentence has no ``{value}``.

    Examples
    --------
    >>> from unittest import mock
    >>> with mock.patch.dict("os.environ", COLORKIT_PRESET="laptop"):
    ...     claim("00-half", 0.5, at_most=0.6, says="the second try costs {value:.0%} of the first")
    ✓ The second try costs 50% of the first
      Holds: expected at most 0.6.
    """
    if at_least is None and at_most is None:
        raise ValueError(f"claim {name}: give at_least, at_most or both")
    if "{value" not in says:
        raise ValueError(f"claim {name}: the sentence must hold {{value}}, got {says!r}")
    value = float(value)
    # NaN fails every comparison, and there is at least one.
    holds = bool((at_least is None or value >= at_least) and (at_most is None or value <= at_most))
    sentence = says.format(value=value)
    sentence = sentence[0].upper() + sentence[1:]
    limits = {"at least": at_least, "at most": at_most} if at_least != at_most else {"exactly": at_least}
    bounds = " and ".join(f"{words} {bound:,.10g}" for words, bound in limits.items() if bound is not None)
    current = preset.current()
    data = {
        CLAIM_MIME: {
            "name": name,
            "says": sentence,
            "value": value if math.isfinite(value) else None,  # JSON has no NaN
            "bounds": bounds,
            "holds": holds,
            "judged": current.judges,
            "preset": current.name,
        }
    }
    if not current.judges:
        box(
            "–",
            "#6e6e6e",
            sentence,
            f"Expected {bounds}; not judged at the {current.name} preset.",
            data,
            name=f"claim-{name}",
        )
    elif holds:
        box("✓", "#009e73", sentence, f"Holds: expected {bounds}.", data, name=f"claim-{name}")
    else:
        box("✗", "#d55e00", sentence, f"Does not hold: expected {bounds}.", data, name=f"claim-{name}")
        raise ClaimError(f"{name}: {sentence} (expected {bounds}, measured {value:g})")
