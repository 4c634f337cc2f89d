"""One boxed line in a cell's output: a verdict, and what it says."""

import html

_STYLE = "border-left: 4px solid {}; padding: 0.3em 0.8em; margin: 0.3em 0"


def box(sign, color, title, message, data=None, *, name=""):
    """Show one boxed line, as text and as HTML that Colab, JupyterLab and the book all draw.

    Parameters
    ----------
    sign : str
        One character that tells the verdict without its color.
    color : str
        CSS color of the sign and of the box's edge.
    title, message : str
        What the box says, without markup; lines of the message stay lines.
    data : dict of str to object, optional
        MIME type -> what goes beside it into a notebook's output, for programs to read; must be JSON.
    name : str, optional
        By which a link finds the box on its page.
    """
    from IPython import get_ipython
    from IPython.display import display

    lines = message.splitlines()
    identity = f' id="{html.escape(name)}"' if name else ""
    bundle = {
        "text/plain": "\n  ".join([f"{sign} {title}", *lines]),
        "text/html": (
            f'<div class="colorkit-box"{identity} style="{_STYLE.format(color)}">'
            f'<span aria-hidden="true" style="color: {color}; font-weight: bold">{sign}</span> '
            f"<strong>{html.escape(title)}</strong><br>{'<br>'.join(map(html.escape, lines))}</div>"
        ),
        **(data or {}),
    }
    if get_ipython() is None:  # a plain Python session
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
