"""How far a network sees: its receptive field, measured from outside."""

import numpy as np


def window(ask, width=192, height=32):
    """Measure the side of the square of L that one number of a network's answer depends on.

    One column of L after another is changed in a strip of random L, and the answer in the middle tells which of them
    had a say. So it works for every network that takes L, whatever is in it and however coarse its answer is. It is
    asked twice, with the changes and without.

    Parameters
    ----------
    ask : callable
        Takes strips of L, shape (N, height, width, 1), float32, 0..100, and gives an answer of shape (N, h, w, C): a
        network's `predict`, or a function that calls it with what else it needs.
    width, height : int
        Size of the strips, pixels. The width must be larger than the window.

    Returns
    -------
    int
        From the first column to the last one that changes the answer, both counted, pixels.

    Raises
    ------
    ValueError
        If nothing changes the answer, or the window does not fit into the strips.

    Examples
    --------
    A blur that looks two pixels to the left and one to the right:

    >>> def blur(L):
    ...     return np.roll(L, 2, axis=2) + L + np.roll(L, -1, axis=2)
    >>> window(blur, width=32, height=8)
    4
    """
    strip, other = np.random.default_rng(0).uniform(20, 80, (2, height, width, 1)).astype(np.float32)
    same = np.repeat(strip[None], width, axis=0)
    strips = same.copy()
    columns = np.arange(width)
    strips[columns, :, columns] = other.swapaxes(0, 1)  # in strip number n, column n is another
    changed, unchanged = (np.asarray(ask(lot)) for lot in (strips, same))
    # Place by place: a graphics card may round the same strip in another way at another place of the batch.
    middle = slice(None), changed.shape[1] // 2, changed.shape[2] // 2
    heard = np.flatnonzero((changed[middle] != unchanged[middle]).any(axis=-1))
    if not heard.size:
        raise ValueError("no column of L changes the answer: this does not look at L, or gives the same for every L")
    if heard[0] == 0 or heard[-1] == width - 1:
        raise ValueError(f"one number of the answer depends on {width} px or more; give a larger width")
    return int(np.ptp(heard)) + 1
