"""Convolutions in one word, as lessons write the tables of layers in papers."""

import re
from typing import NamedTuple

_WORD = re.compile(r"(T?)([1-9]\d*)(?:@([1-9]\d*))?(?:/([1-9]\d*))?(?:d([1-9]\d*))?")


class Layer(NamedTuple):
    """What a word says of a convolution.

    Attributes
    ----------
    filters : int
        How many maps it gives.
    kernel : int
        Side of its window, pixels.
    stride : int
        Steps of the window, pixels; of a transposed one, of the window it paints.
    dilation : int
        Distance of the pixels that the window looks at.
    transposed : bool
        Whether it is a transposed convolution.
    """

    filters: int
    kernel: int = 3
    stride: int = 1
    dilation: int = 1
    transposed: bool = False


def layer(word):
    """Read a convolution from a word.

    Parameters
    ----------
    word : str
        Its filters; then, where it differs from a 3 x 3 convolution with stride 1, ``@`` and the side of its kernel,
        ``/`` and its stride, ``d`` and its dilation, in this order. Before it, ``T`` for a transposed one.

    Returns
    -------
    Layer

    Raises
    ------
    ValueError
        If the word is none of a convolution.

    Examples
    --------
    >>> layer("64")
    Layer(filters=64, kernel=3, stride=1, dilation=1, transposed=False)
    >>> layer("256@5/2").kernel
    5
    >>> layer("T64@4/2")
    Layer(filters=64, kernel=4, stride=2, dilation=1, transposed=True)
    """
    match = _WORD.fullmatch(word)
    if not match:
        raise ValueError(
            f"{word!r} is no convolution; write its filters and what is special, such as 64, 256@5/2, 512d2"
        )
    transposed, filters, kernel, stride, dilation = match.groups()
    return Layer(int(filters), int(kernel or 3), int(stride or 1), int(dilation or 1), transposed == "T")
