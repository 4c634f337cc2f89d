"""Motion in a film: where each place was a frame before, how much color flickers there, and color that does not."""

import itertools

import numpy as np

_GRAIN = 1  # pixels: sigma of the Gaussian that takes grain out of L before frames are compared
_RADIUS = 7  # pixels: half the side of the window in which motion is taken to be the same
_SAME = 5  # Lab units: L that differs so much along motion is hardly the same thing
# A cut: less than this share of the variance of L is explained by the frame before, carried along motion. Of pans with
# much grain more is, of cuts between photos less (tests/test_film_motion.py).
_EXPLAINED = 0.72
_FLAT = 50  # Lab units squared, added to that variance: a frame of nothing but grain is no cut


def flow(before, after):
    """Tell where each place of a frame was in the frame before.

    Parameters
    ----------
    before, after : array, shape (height, width), float
        L of two frames, 0..100.

    Returns
    -------
    array, shape (height, width, 2), float32
        What is at (y, x) of `after` was at (y, x) plus this in `before`, pixels: down, right.

    References
    ----------
    G. Le Besnerais and F. Champagnat (2005). Dense optical flow by iterative local window registration. IEEE
    International Conference on Image Processing. It is scikit-image's `optical_flow_ilk`.
    """
    from skimage.registration import optical_flow_ilk

    if min(before.shape) < 2:  # too small for a pyramid
        return np.zeros((*before.shape, 2), np.float32)
    return np.stack(optical_flow_ilk(after, before, radius=_RADIUS, num_warp=3, dtype=np.float32), axis=-1)


def carry(values, shift):
    """Carry what a frame has along motion, to the next frame.

    Parameters
    ----------
    values : array, shape (height, width, channels), float
        Of the frame before.
    shift : array, shape (height, width, 2), float
        As `flow` gives it.

    Returns
    -------
    carried : array, shape (height, width, channels), float32
    inside : array, shape (height, width), bool
        Where there was such a place; elsewhere, `carried` has the nearest one's.

    Examples
    --------
    >>> row = np.arange(4.0).reshape(1, 4, 1)
    >>> carried, inside = carry(row, np.full((1, 4, 2), [0, 1]))  # each place was one further to the right
    >>> carried[0, :, 0].tolist(), inside[0].tolist()
    ([1.0, 2.0, 3.0, 3.0], [True, True, True, False])
    """
    from scipy import ndimage

    height, width = shift.shape[:2]
    rows, columns = np.indices((height, width), np.float32) + np.moveaxis(shift, -1, 0)
    inside = (rows >= 0) & (rows <= height - 1) & (columns >= 0) & (columns <= width - 1)
    carried = [
        ndimage.map_coordinates(values[..., channel], [rows, columns], np.float32, order=1, mode="nearest")
        for channel in range(values.shape[-1])
    ]
    return np.stack(carried, axis=-1), inside


def flicker(ab, flows):
    """Measure how much color changes from frame to frame along motion, where it should not.

    Parameters
    ----------
    ab : array, shape (frames, height, width, 2), float
        Lab units.
    flows : array, shape (frames - 1, height, width, 2), float
        Where each place of a frame was in the one before it: known, as that of a `Clip`, or estimated with `flow`.

    Returns
    -------
    float
        The mean distance of a color from the one that the same thing had a frame before, over all places that were in
        the picture then; Lab units.

    Raises
    ------
    ValueError
        If there are not as many flows as steps from frame to frame, and at least one.

    Examples
    --------
    >>> still = np.zeros((2, 4, 4, 2))
    >>> flicker([np.zeros((4, 4, 2)), np.full((4, 4, 2), [3, 4])], [still[0]])
    5.0
    """
    if not 0 < len(flows) == len(ab) - 1:
        raise ValueError(f"{len(ab)} frames have {len(ab) - 1} flows between them, and at least one; got {len(flows)}")
    changes = []
    for (before, after), shift in zip(itertools.pairwise(ab), flows, strict=True):
        carried, inside = carry(np.asarray(before), np.asarray(shift))
        changes.append(np.linalg.norm(after - carried, axis=-1)[inside].mean())
    return float(np.mean(changes))


class Steady:
    """Color that stays the same along motion: a moving average of ab, frame by frame.

    Call it with one frame after the other. A place that was seen before gets the mean of what it was given so far,
    until that is the mean of `frames` frames; then what is older counts less and less. What was not seen before,
    because it was hidden, or outside of the picture, or because the film was cut, begins anew. Nothing but the last
    frame is kept.

    Parameters
    ----------
    frames : int
        How many frames the average reaches back, about; at least 1, which changes nothing.

    Attributes
    ----------
    cuts : int
        How many cuts were found so far.

    Raises
    ------
    ValueError
        If `frames` is less than 1.
    """

    def __init__(self, frames=12):
        if frames < 1:
            raise ValueError(f"frames is how far the average reaches back, at least 1, got {frames}")
        self._most, self._before, self.cuts = frames - 1, None, 0

    def __call__(self, lightness, ab):
        """Return the ab that a frame gets.

        Parameters
        ----------
        lightness : array, shape (height, width, 1), float
            Its L, 0..100.
        ab : array, shape (height, width, 2), float
            What it was given alone, Lab units.

        Returns
        -------
        array, shape (height, width, 2), float32
        """
        from scipy import ndimage

        L = ndimage.gaussian_filter(np.asarray(lightness[..., 0], np.float32), _GRAIN)
        ab = np.asarray(ab, np.float32)
        seen = np.zeros((*L.shape, 1), np.float32)  # in how many frames, those that count
        if self._before is not None:
            carried, inside = carry(self._before, flow(self._before[..., 0], L))
            off = L - carried[..., 0]
            if not inside.any() or (off[inside] ** 2).mean() > (1 - _EXPLAINED) * (L.var() + _FLAT):
                self.cuts += 1
            else:
                alike = inside * np.exp(-((off / _SAME) ** 2))
                seen = np.minimum(carried[..., 3:], self._most) * alike[..., np.newaxis]
                ab = (seen * carried[..., 1:3] + ab) / (seen + 1)
        self._before = np.concatenate([L[..., np.newaxis], ab, seen + 1], axis=-1)
        return ab
