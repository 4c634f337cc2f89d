"""One boxed line in a cell's output: a verdict, and what it says."""

import html

CLAIM_MIME = "application/vnd.colorkit.claim+json"


def box(sign, color, title, message, data=None):
    """Show one boxed line, as text and as HTML that Colab, JupyterLab and the book all draw."""
    from IPython import get_ipython
    from IPython.display import display

    bundle = {
        "text/plain": f"{sign} {title}\n  {message}",
        "text/html": (
            f'<div class="colorkit-box" style="border-left: 4px solid {color}; padding: 0.3em 0.8em; margin: 0.3em 0">'
            f'<span aria-hidden="true" style="color: {color}; font-weight: bold">{sign}</span> '
            f"<strong>{html.escape(title)}</strong><br>{html.escape(message)}</div>"
        ),
    }
    if data is not None:
        bundle[CLAIM_MIME] = data
    if get_ipython() is None:  # a plain Python session
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
