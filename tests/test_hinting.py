"""The board for hints: in code, as a widget, and in the book."""

import numpy as np
import pytest

from colorkit.show import HintBoard

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def hinted():
    """A network that paints everywhere the mean of the hints, and nothing without."""
    L, hints = keras.Input((None, None, 1)), keras.Input((None, None, 3))
    total = keras.layers.GlobalAveragePooling2D(keepdims=True)(hints)
    mean = keras.layers.Lambda(lambda x: x[..., :2] / keras.ops.maximum(x[..., 2:], 1e-6), output_shape=(1, 1, 2))(
        total
    )
    nothing = keras.layers.Conv2D(2, 1, kernel_initializer="zeros")(L)
    return keras.Model([L, hints], keras.layers.Add()([nothing, mean]))


@pytest.fixture
def board(hinted):
    return HintBoard(hinted, np.full((40, 60), 128, np.uint8))


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, in a list."""
    from IPython import display

    kept = []
    monkeypatch.setattr(display, "display", kept.append)
    return kept


def test_a_hint_is_heard_and_can_be_taken_back(board):
    red = board.add(10, 20, "#C04040")
    assert red.shape == (40, 60, 3) and (red[..., 0].astype(int) > red[..., 2] + 40).all()
    assert board.hints == [(10, 20, "#C04040")]
    gray = board.undo()
    assert board.hints == [] and np.ptp(gray) <= 1
    assert np.ptp(board.undo()) <= 1


@pytest.mark.parametrize(
    ("hint", "says"),
    [((60, 0, "#C04040"), "outside of the photo"), ((1, 1, "red"), "a hint is X,Y,#RRGGBB")],
)
def test_a_bad_hint_is_not_placed(board, hint, says):
    board.add(10, 20, "#C04040")
    with pytest.raises(ValueError, match=says):
        board.add(*hint)
    assert board.hints == [(10, 20, "#C04040")]


def test_the_widget_adds_undoes_and_says_what_is_wrong(board, shown):
    board._ipython_display_()
    x, y, row, said, picture = shown[0].children
    color, add, undo = row.children
    empty = picture.value
    assert "alt=" in empty and (x.max, y.max) == (59, 39)
    x.value = 12
    moved = picture.value
    assert moved != empty  # the mark goes along
    color.value = "#c04040"
    add.click()
    assert board.hints == [(12, 20, "#c04040")] and "12, 20: #c04040" in said.value and picture.value != moved
    color.value = "#3030c0"
    add.click()  # another color for the same place
    assert len(board.hints) == 1 and "different colors" in said.value and 'role="status"' in said.value
    undo.click()
    assert board.hints == [] and "none yet" in said.value


def test_the_book_says_where_it_is(board, shown, capsys, monkeypatch):
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    board._ipython_display_()
    assert "JupyterLab" in capsys.readouterr().out and not shown
