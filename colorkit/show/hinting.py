"""A board to place color hints on a photo, and to see at once what a hinted network makes of them."""

import warnings

from PIL import Image

from colorkit import pictures, preset
from colorkit.colorizing import colorize
from colorkit.colorizing.hints import Hint, parse
from colorkit.show.encoding import packed

_LARGEST_SIDE = 480  # pixels of the picture on the board
_MARK = 5  # pixels from the middle of a mark to its edge


class HintBoard:
    """Place hints with two sliders and a color, and see the photo colored with them.

    Put it on the last line of a cell, in JupyterLab or in Colab. All of it works from the keyboard. Where the book is
    built it says only that it is there. In code, call `add` and `undo`.

    Parameters
    ----------
    model : keras.Model
        A hinted colorizer (see `colorkit.colorize`).
    photo : array
        As for `colorkit.colorize`.

    Attributes
    ----------
    hints : list of colorkit.colorizing.hints.Hint
        What was placed, for `colorkit.colorize`.
    """

    def __init__(self, model, photo):
        self.hints = []
        self._model, self._rgb = model, pictures.as_rgb(photo)

    def add(self, x, y, color):
        """Place a hint, or refuse it.

        Parameters
        ----------
        x, y : int
            Pixels from the left and from the top of the photo.
        color : str
            ``"#RRGGBB"``.

        Returns
        -------
        array, shape (height, width, 3), uint8
            The photo with all hints heard.

        Raises
        ------
        ValueError
            If it is outside of the photo, no color, or contradicts another; it is then not placed.
        """
        hints = [*self.hints, parse(f"{x},{y},{color}")]
        colored = colorize(self._model, self._rgb, hints=hints)
        self.hints = hints
        return colored

    def undo(self):
        """Take the last hint back, if there is one, and return the photo as it was before, as `add` does."""
        self.hints = self.hints[:-1]
        return colorize(self._model, self._rgb, hints=self.hints)

    def _ipython_display_(self):
        if preset.building_book():
            print("Open the lesson in JupyterLab or in Colab: there you can place hints.")
        else:
            self._show_widget()

    def _show_widget(self):
        import ipywidgets
        from IPython.display import display

        height, width = self._rgb.shape[:2]
        wide = {"style": {"description_width": "3rem"}, "layout": {"width": "30rem"}}
        x = ipywidgets.IntSlider(width // 2, 0, width - 1, description="x", **wide)
        y = ipywidgets.IntSlider(height // 2, 0, height - 1, description="y", **wide)
        color = ipywidgets.ColorPicker(value="#b03040", description="color", style={"description_width": "3rem"})
        add, undo = (ipywidgets.Button(description=name) for name in ("add the hint", "undo"))
        picture, said = ipywidgets.HTML(), ipywidgets.HTML()
        colored = [colorize(self._model, self._rgb)]

        def draw(*_):
            picture.value = _tag(colored[0], [*self.hints, Hint(x.value, y.value, color.value)])

        def answer(change):
            # What the photo cannot show (too dark a place for a color) is said here, and not in the log.
            with warnings.catch_warnings(record=True) as noted:
                warnings.simplefilter("always", UserWarning)
                try:
                    colored[0] = change()
                    placed = "; ".join("{}, {}: {}".format(*hint) for hint in self.hints) or "none yet"
                    text = " ".join([f"Hints: {placed}.", *(f"{one.message}." for one in noted)])
                except ValueError as error:
                    text = f"{error}."
            said.value = f'<p role="status">{text}</p>'
            draw()

        add.on_click(lambda _: answer(lambda: self.add(x.value, y.value, color.value)))
        undo.on_click(lambda _: answer(self.undo))
        for control in (x, y, color):
            control.observe(draw, "value")
        draw()
        display(ipywidgets.VBox([x, y, ipywidgets.HBox([color, add, undo]), said, picture]))


def _tag(rgb, hints):
    """Return a picture with a mark at each hint, the last one largest, as HTML."""
    image = Image.fromarray(rgb)
    image.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), Image.Resampling.LANCZOS)
    scale = image.width / rgb.shape[1]
    for number, (x, y, color) in enumerate(hints, 1):
        half = _MARK + 3 * (number == len(hints))
        for edge, paint in ((half + 2, "#000000"), (half + 1, "#ffffff"), (half, color)):
            image.paste(paint, tuple(round(place * scale) + way * edge for way in (-1, 1) for place in (x, y)))
    ((source, *_),) = packed([image])
    return f'<img src="{source}" alt="The photo in its colors, with a mark for each hint and for x and y">'
