"""What every figure of the course has in common: its style, its fonts, and how it comes into the notebook."""

import contextlib
import functools

from colorkit import preset

INK = "#222222"
DPI = 100
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#8c8c8c",
    "axes.facecolor": "white",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": DPI,
    "figure.edgecolor": "white",
    "figure.facecolor": "white",
    "font.size": 12,  # a phone shows a chart at two thirds of its size
    "grid.color": "#e6e6e6",
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
# Chinese, Japanese and Korean, which Matplotlib's own font has not: what Linux, Windows and macOS bring, best first.
_CJK_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans TC",
    "Noto Sans KR",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
    "IPAexGothic",
    "IPAGothic",
    "NanumGothic",
    "Microsoft YaHei",
    "Microsoft JhengHei",
    "SimHei",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "Malgun Gothic",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "Hiragino Sans",
    "Heiti TC",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "Arial Unicode MS",
)


@contextlib.contextmanager
def figure(width, height, layout="constrained"):
    """Give a figure to draw on, show it, and close it.

    Texts are drawn as they are typed, dollar signs too. In a notebook the picture is always shown there: Matplotlib's
    backend, and so the environment variable ``MPLBACKEND``, has no say. Elsewhere the backend shows a window.

    Parameters
    ----------
    width, height : float
        Inches.
    layout : str
        Matplotlib's layout engine.

    Yields
    ------
    matplotlib.figure.Figure
    """
    import matplotlib as mpl

    in_notebook = preset.in_notebook()
    with mpl.rc_context({**style(), "text.parse_math": False}):
        if in_notebook:  # a figure of its own, which no backend knows
            from IPython.core.pylabtools import print_figure
            from IPython.display import display
            from matplotlib.figure import Figure

            drawn = Figure(figsize=(width, height), dpi=DPI, layout=layout)
            yield drawn
            display({"image/png": print_figure(drawn, base64=True), "text/plain": repr(drawn)}, raw=True)
            return
        from matplotlib import pyplot as plt

        drawn = plt.figure(figsize=(width, height), dpi=DPI, layout=layout)
        try:
            yield drawn
            plt.show()
        finally:
            plt.close(drawn)


def style():
    """Return Matplotlib's settings for the course's figures, with fonts for all labels that this computer can show."""
    return {**_STYLE, "font.family": ["DejaVu Sans", *_installed_cjk_fonts()]}


@functools.cache
def _installed_cjk_fonts():
    """Return those that are here: Matplotlib warns of each that it looks for in vain."""
    from matplotlib.font_manager import fontManager

    names = set(fontManager.get_font_names())
    return [name for name in _CJK_FONTS if name in names]
