"""Convolutions in one word."""

import pytest

from colorkit.models.spec import Layer, layer


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("64", Layer(64, kernel=3, stride=1, dilation=1, transposed=False)),
        ("128/2", Layer(128, kernel=3, stride=2, dilation=1, transposed=False)),
        ("256@5", Layer(256, kernel=5, stride=1, dilation=1, transposed=False)),
        ("256@5/2", Layer(256, kernel=5, stride=2, dilation=1, transposed=False)),
        ("512d2", Layer(512, kernel=3, stride=1, dilation=2, transposed=False)),
        ("512@5/2d4", Layer(512, kernel=5, stride=2, dilation=4, transposed=False)),
        ("T256", Layer(256, kernel=3, stride=1, dilation=1, transposed=True)),
        ("T64@4/2", Layer(64, kernel=4, stride=2, dilation=1, transposed=True)),
        ("313@1", Layer(313, kernel=1, stride=1, dilation=1, transposed=False)),
    ],
)
def test_words_of_convolutions(word, meant):
    assert layer(word) == meant


@pytest.mark.parametrize("word", ["", "up", "T", "64 ", "0", "64/0", "64@", "64/2@5", "t64", "64d", "-64", "64/2/2"])
def test_words_of_none_are_refused(word):
    with pytest.raises(ValueError, match="is no convolution; write its filters"):
        layer(word)
