"""A control to look at what depends on one value: a slider that needs no kernel, in a notebook and in the book."""

import hashlib
import html
import io
import itertools

import numpy as np
from PIL import Image

from colorkit import pictures
from colorkit.show.drawing import DPI, style
from colorkit.show.encoding import asset, packed

_MOST_VALUES = 15
_LARGEST_PICTURE = (760, 600)  # width and height in pixels: what a book's column and a laptop's screen have room for
_control_numbers = itertools.count(1)


def explore(draw, name, values, alt, unit=""):
    """Show a picture that depends on one value, with a slider for the value.

    All pictures are made when the call runs, and are at most 400 KB together. The slider is HTML with a few lines of
    JavaScript and needs no kernel: it works in JupyterLab, in Colab, in the book, and in a notebook that is opened
    again later. On paper, and without JavaScript, all pictures are there.

    Parameters
    ----------
    draw : callable
        ``draw(value)`` returns a picture as in `gallery`, or a Matplotlib figure, at best 7 inches wide (it is closed
        here). Pictures of different sizes are centered on white of one size.
    name : str
        What the value is: the slider's label.
    values : sequence of numbers or str
        2 to 15 values. The first is shown at the start.
    alt : str or callable
        What a picture shows, for those who cannot see it, different for each picture: a text with ``{value}`` in it,
        which is the value as the slider shows it, without the unit; or a function of the value.
    unit : str
        Unit of the values, shown with them.

    Raises
    ------
    ValueError
        If there are too few or too many values, `draw` returns no picture, alt texts are missing or do not differ, or
        the pictures cannot be made to fit into 400 KB.
    """
    values = list(values)
    if not 2 <= len(values) <= _MOST_VALUES:
        raise ValueError(f"explore needs 2 to {_MOST_VALUES} values, got {len(values)}")
    shown = [f"{value:g}" if isinstance(value, (float, np.floating)) else str(value) for value in values]
    space = "" if unit in ("%", "°") else " "
    labels = [f"{text}{space}{unit}".strip() for text in shown]
    # The texts first: a mistake there should not cost the time that drawing takes.
    descriptions = _alt_texts(alt, values, shown)
    pictures = packed([_drawn(draw, value) for value in values])
    images = [
        f'<img src="{source}" width="{width}" height="{height}" alt="{html.escape(description)}" decoding="sync" '
        'style="max-width:100%;height:auto">'
        for (source, width, height), description in zip(pictures, descriptions, strict=True)
    ]
    _show(name, labels, images, summary=f"{name}: {', '.join(shown)}{space}{unit}".strip() + " (interactive)")


def _alt_texts(alt, values, shown):
    """Return the alt text of each picture."""
    if callable(alt):
        texts = [alt(value) for value in values]
    else:
        try:
            texts = [str(alt).format(value=text) for text in shown]
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise ValueError(
                f"alt is {alt!r}; its only placeholder is {{value}}, a text; for more, give a function of the value"
            ) from error
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("alt gives no text for some value; say what each picture shows")
    if len(set(texts)) < len(texts):
        raise ValueError(f"alt says {texts[0]!r} for more than one picture; put {{value}} in it, or say what differs")
    return texts


def _drawn(draw, value):
    """Return the picture of one value as a PIL image no larger than a page has room for."""
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure

    with plt.rc_context(style()):
        result = draw(value)
        if isinstance(result, Figure):
            file = io.BytesIO()
            result.savefig(file, format="png", dpi=DPI, facecolor="white", transparent=False)
            plt.close(result)
            image = Image.open(file).convert("RGB")
        elif result is None:
            raise ValueError(f"draw({value!r}) returned nothing; it must return a picture or a Matplotlib figure")
        else:
            image = Image.fromarray(pictures.as_rgb(result, f"the picture that draw({value!r}) returned"))
    image.thumbnail(_LARGEST_PICTURE, Image.Resampling.LANCZOS)
    return image


def _show(name, labels, images, summary):
    """Show the control as HTML."""
    from IPython.display import display

    # The number tells apart equal controls of one page, the checksum those of lessons that are put on one page.
    checksum = hashlib.sha256("".join([name, *labels, *images]).encode()).hexdigest()[:8]
    identifier = f"explore-{next(_control_numbers)}-{checksum}"
    values = [html.escape(label) for label in labels]
    pictures = "\n".join(
        f'<div data-value="{value}"{" hidden" if index else ""}>{image}</div>'
        for index, (value, image) in enumerate(zip(values, images, strict=True))
    )
    # The slider's own value is read out already: announcing the output too would say everything twice.
    page = f"""<style>{asset("explore.css")}</style>
<noscript><style>{asset("explore_without_script.css")}</style></noscript>
<figure class="colorkit-explore">
<div class="control"><label for="{identifier}">{html.escape(name)}</label>
<input type="range" id="{identifier}" min="0" max="{len(images) - 1}" step="1" value="0" autocomplete="off"
 aria-valuetext="{values[0]}"><output for="{identifier}" aria-live="off">{values[0]}</output></div>
{pictures}
<p class="asleep">The slider of this saved page is asleep. Run the cell again to wake it.</p>
</figure>
<script>{asset("explore.js").replace("IDENTIFIER", identifier)}</script>"""
    display({"text/html": page, "text/plain": summary}, raw=True)
