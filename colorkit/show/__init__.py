"""Pictures in a lesson: galleries, charts, a control to look at what depends on one value, and the Turing test."""

from colorkit.show.charts import PALETTE, ab_map, bars, curves, gallery
from colorkit.show.slider import explore
from colorkit.show.turing import TuringTest

__all__ = ["PALETTE", "TuringTest", "ab_map", "bars", "curves", "explore", "gallery"]
