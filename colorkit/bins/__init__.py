"""The ab plane in bins: colors as classes, and distributions over classes as colors again.

The functions take and give NumPy arrays or Keras tensors of any backend, and those on tensors can be part of a compiled
function. Where no `centers` are given, they are the 313 of Zhang, Isola and Efros (2016).
"""

from colorkit.bins.decoding import annealed_mean, mean, mode
from colorkit.bins.grid import STEP, centers, encode, nearest, neighbors
from colorkit.bins.prior import class_weights, frequencies, smooth

__all__ = [
    "STEP",
    "annealed_mean",
    "centers",
    "class_weights",
    "encode",
    "frequencies",
    "mean",
    "mode",
    "nearest",
    "neighbors",
    "smooth",
]
