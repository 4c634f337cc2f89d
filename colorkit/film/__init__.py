"""Film: read and written one frame at a time, and color that stays the same along motion."""

from colorkit.film.clips import Clip, pan
from colorkit.film.motion import Steady, carry, flicker, flow

__all__ = ["Clip", "Steady", "carry", "flicker", "flow", "pan"]
