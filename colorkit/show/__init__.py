"""Pictures in a lesson: galleries, charts, a slider for one value, a board for color hints, and the Turing test."""

from colorkit.show.charts import PALETTE, ab_map, bars, curves, gallery
from colorkit.show.hinting import HintBoard
from colorkit.show.slider import explore
from colorkit.show.turing import TuringTest

__all__ = ["PALETTE", "HintBoard", "TuringTest", "ab_map", "bars", "curves", "explore", "gallery"]
