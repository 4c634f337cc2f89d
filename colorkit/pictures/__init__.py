"""Pictures: opening any that a person has, and holding many of one size.

``open_photo`` opens a file and either gives its pixels right or says in one sentence why not. ``Pictures`` is what
photo sets (`colorkit.photos`) and Color World (`colorkit.world`) both come in, so that a lesson goes from one to the
other by changing the call that loads them.
"""

from colorkit.pictures.container import Pictures
from colorkit.pictures.opening import MAX_PIXELS, PhotoError, as_rgb, open_photo, square

__all__ = ["MAX_PIXELS", "PhotoError", "Pictures", "as_rgb", "open_photo", "square"]
