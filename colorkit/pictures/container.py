"""Many pictures of one size, and what is known about each."""

import copy

import numpy as np

from colorkit import progress
from colorkit.lab import lab_to_rgb, rgb_to_lab, to_uint8


class Pictures:
    """Many pictures of one size, and what is known about each.

    They are given as RGB, as photo files hold them, or as Lab, as Color World makes them; the other is computed when
    it is first asked for, and kept.

    Parameters
    ----------
    name : str
        What they are, for example ``"flowers, train"``.
    rgb : array, shape (N, H, W, 3), uint8, optional
        sRGB. Either this or `lab` is given.
    lab : array, shape (N, H, W, 3), float32, optional
        Lab units, inside the sRGB gamut.
    labels : array, shape (N,), int, optional
        Index into `classes` for each picture; left out, all are 0.
    classes : tuple of str
        What the labels mean.
    files : array, shape (N,), str, optional
        What each picture is called in its set; left out, its number.
    skipped : dict of str, optional
        Name of a file that was left out of the set -> reason.
    source : str
        The file that the pictures are from, with the first digits of its checksum; empty where they are from none.

    Attributes
    ----------
    name, classes, skipped, source
        As given.
    rgb : array, shape (N, H, W, 3), uint8
        sRGB.
    L : array, shape (N, H, W, 1), float32
        Lightness, 0..100: what a colorizer takes.
    ab : array, shape (N, H, W, 2), float32
        Lab units: what a colorizer gives.
    labels : array, shape (N,), int
        Index into `classes`.
    files : array, shape (N,), str
        Names.
    size : tuple of int
        Height and width, pixels.

    Raises
    ------
    ValueError
        If shapes or types are not as said here.

    Examples
    --------
    >>> photos = np.full((5, 8, 6, 3), 128, np.uint8)
    >>> gray = Pictures("gray", rgb=photos, labels=[0, 1, 0, 1, 1], classes=("cat", "dog"))
    >>> gray
    gray: 5 pictures of 8 x 6 px
    >>> gray.L.shape, gray.ab.shape
    ((5, 8, 6, 1), (5, 8, 6, 2))
    >>> gray[gray.labels == 1]
    gray: 3 pictures of 8 x 6 px
    """

    # What has one row for each picture.
    _ROWS = ("_rgb", "_lab", "labels", "files")

    def __init__(
        self,
        name,
        *,
        rgb=None,
        lab=None,
        labels=None,
        classes=("picture",),
        files=None,
        skipped=None,
        source="",
    ):
        given = rgb if lab is None else lab
        wanted = np.uint8 if lab is None else np.float32
        if (rgb is None) == (lab is None) or given.ndim != 4 or given.shape[3] != 3 or given.dtype != wanted:
            raise ValueError("give pictures either as rgb, (N, H, W, 3) uint8, or as lab, (N, H, W, 3) float32")
        self.name = name
        self.classes = tuple(classes)
        self.skipped = dict(skipped or {})
        self.source = source
        self.size = given.shape[1:3]
        self.labels = np.zeros(len(given), int) if labels is None else np.asarray(labels)
        self.files = np.arange(len(given)).astype(str) if files is None else np.asarray(files)
        if not len(given) == len(self.labels) == len(self.files):
            raise ValueError(
                f"{progress.count(len(given), 'picture')}, {progress.count(len(self.labels), 'label')} and "
                f"{progress.count(len(self.files), 'name')}; give one label and one name for each picture"
            )
        self._rgb, self._lab = rgb, lab

    @property
    def rgb(self):
        """The pictures in sRGB."""
        if self._rgb is None:
            self._rgb = to_uint8(lab_to_rgb(self._lab))
        return self._rgb

    @property
    def L(self):
        """Lightness."""
        return self._in_lab()[..., :1]

    @property
    def ab(self):
        """Color."""
        return self._in_lab()[..., 1:]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, which):
        """Return some of the pictures: those of a slice, an array of indices, or a mask."""
        if not isinstance(which, slice) and np.ndim(which) != 1:
            raise TypeError("take several pictures, as in pictures[:10]; for one picture take pictures.rgb[3]")
        part = copy.copy(self)
        for name in self._ROWS:
            rows = getattr(self, name)
            setattr(part, name, None if rows is None else rows[which])
        return part

    def __repr__(self):
        height, width = self.size
        return f"{self.name}: {progress.count(len(self), 'picture')} of {height} x {width} px"

    def _in_lab(self):
        if self._lab is None:
            self._lab = rgb_to_lab(self._rgb)
        return self._lab
