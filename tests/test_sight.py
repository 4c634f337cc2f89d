"""How far a network sees."""

import numpy as np
import pytest

from colorkit.models import sight


def network(*rows, up=1):
    """Convolutions of (kernel, stride, dilation) in a row, then an enlargement."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    L = keras.Input((None, None, 1))
    x = layers.Rescaling(1 / 50, offset=-1)(L)
    for kernel, strides, dilation in rows:
        x = layers.Conv2D(4, kernel, strides, "same", dilation_rate=dilation)(x)
    return keras.Model(L, layers.UpSampling2D(up)(x))


@pytest.mark.parametrize(
    ("rows", "up", "expected"),
    [
        ([(3, 1, 1)], 1, 3),
        ([(5, 1, 1), (3, 1, 1)], 1, 7),
        ([(3, 2, 1), (3, 1, 1)], 2, 7),  # 3 + 2 * 2
        ([(3, 1, 2), (3, 1, 1)], 1, 7),  # a dilated kernel of 3 spans 5
        ([(4, 2, 1)] * 3 + [(4, 1, 1)] * 2, 1, 70),  # the PatchGAN of pix2pix, whose answer is 8 times smaller
    ],
)
def test_a_window_is_what_arithmetic_says(rows, up, expected):
    model = network(*rows, up=up)
    assert sight.window(lambda L: model.predict(L, verbose=0), width=128, height=16) == expected


def test_rounding_that_depends_on_the_place_in_the_batch_widens_no_window():
    def as_on_a_graphics_card(L):
        return (L + np.roll(L, 1, axis=2)) * (1 + 1e-7 * np.arange(len(L), dtype=np.float32)).reshape(-1, 1, 1, 1)

    assert sight.window(as_on_a_graphics_card, width=32, height=8) == 2


def test_who_sees_everything_or_nothing_is_told():
    with pytest.raises(ValueError, match="depends on 32 px or more; give a larger width"):
        sight.window(lambda L: L + L.mean(axis=(1, 2), keepdims=True), width=32, height=8)
    with pytest.raises(ValueError, match="no column of L changes the answer"):
        sight.window(lambda L: 0 * L, width=32, height=8)
