"""The colorization Turing test: which of two pictures is the photo, and how often a person is fooled."""

import hashlib
import itertools
import json
from typing import NamedTuple

import numpy as np
from PIL import Image

from colorkit import preset
from colorkit.metrics import Estimate
from colorkit.show.encoding import asset, packed

_LARGEST_SIDE = 360  # pixels: two pictures side by side fill the book's column
_SIDES = ("left", "right")
_QUANTILE = 1.959963984540054  # of the normal distribution, for intervals at 95%
_numbers = itertools.count(1)


def interval(fooled, trials):
    """Estimate how often people are fooled.

    With the 95% interval of Wilson, which stays within 0..1 and serves small numbers too.

    Parameters
    ----------
    fooled : int
        Answers that took the colored picture for the photo.
    trials : int
        All answers.

    Returns
    -------
    colorkit.metrics.Estimate
        Shares, 0..1. Half would be chance: nobody can tell the two apart.

    Raises
    ------
    ValueError
        If there was no trial, or more were fooled than there were trials.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22 (158), 209-212.

    Examples
    --------
    >>> share, low, high = interval(3, 12)
    >>> print(f"{share:.0%}, 95% interval {low:.0%} to {high:.0%}")
    25%, 95% interval 9% to 53%
    """
    from scipy import stats

    if trials < 1 or not 0 <= fooled <= trials:
        raise ValueError(f"of at least one trial a number from 0 to all can fool, got {fooled} of {trials}")
    low, high = stats.binomtest(fooled, trials).proportion_ci(0.95, method="wilson")
    return Estimate(float(fooled / trials), float(low), float(high))


class Score(NamedTuple):
    """What a Turing test has shown so far; `str` says it in a sentence.

    Attributes
    ----------
    fooled : int
        Answers that took the colored picture for the photo.
    trials : int
        All answers.
    """

    fooled: int
    trials: int

    def __str__(self):
        if not self.trials:
            return "no answer yet"
        # Rounded up at one half, as a browser does it.
        share, low, high = (int(100 * number + 0.5) for number in interval(*self))
        return f"fooled in {self.fooled} of {self.trials} = {share}%, 95% interval {low} to {high}%"


class TuringTest:
    """Show photos beside what a colorizer made of them, ask which is the photo, and keep the score.

    Put it on the last line of a cell. Where the book is built it works without a kernel, and counts for each reader.
    All that it shows is at most 400 KB: 30 pairs of 128 pixels. In code, go through `pairs` and call `answer`.

    Parameters
    ----------
    truth, colored : array, shape (N, H, W, 3), uint8
        RGB, the same pictures in the same order.
    seed : int
        Decides on the order of the pairs, and on who is left and who is right.

    Attributes
    ----------
    pairs : list of tuple
        Left and right picture of each pair, in the order in which they are shown.

    Raises
    ------
    ValueError
        If the two are not such pictures.
    """

    def __init__(self, truth, colored, seed=0):
        truth, colored = np.asarray(truth), np.asarray(colored)
        for pictures in (truth, colored):
            if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[3] != 3 or not pictures.size:
                raise ValueError(f"pictures are uint8, shape (N, H, W, 3), got {pictures.dtype}, {pictures.shape}")
        if truth.shape != colored.shape:
            raise ValueError(f"each photo needs its colored twin, got shapes {truth.shape} and {colored.shape}")
        random = np.random.default_rng(seed)
        order = random.permutation(len(truth))
        self._photo_is = [_SIDES[side] for side in random.integers(0, 2, len(truth))]
        self.pairs = [
            (truth[index], colored[index]) if side == "left" else (colored[index], truth[index])
            for index, side in zip(order, self._photo_is, strict=True)
        ]
        self._answers = []
        self._displays = []  # to be brought up to date after an answer

    def answer(self, side):
        """Say on which side of the next pair the photo is.

        Parameters
        ----------
        side : {"left", "right"}
            Where the photo seems to be.

        Returns
        -------
        bool
            Whether it is there; if not, the colored picture has fooled whoever answered.

        Raises
        ------
        ValueError
            If it is no side, or all pairs have an answer already.
        """
        if side not in _SIDES:
            raise ValueError(f"the photo is 'left' or 'right', got {side!r}")
        if len(self._answers) == len(self.pairs):
            raise ValueError(f"all {len(self.pairs)} pairs have an answer; make a new TuringTest to start again")
        right = side == self._photo_is[len(self._answers)]
        self._answers.append(right)
        for update in self._displays:
            update()
        return right

    def score(self):
        """Count who was fooled so far.

        Returns
        -------
        Score
        """
        return Score(len(self._answers) - sum(self._answers), len(self._answers))

    def _ipython_display_(self):
        if preset.building_book():
            self._show_page()
        else:
            self._show_widget()

    def _images(self):
        """Return two HTML images for each pair."""
        images = [Image.fromarray(picture) for pair in self.pairs for picture in pair]
        for image in images:
            image.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), Image.Resampling.LANCZOS)
        # Both of a pair go through the same encoder, so its traces tell nothing.
        sources = packed(images)
        tags = [
            f'<img src="{source}" width="{width}" height="{height}" alt="{_SIDES[place % 2]} picture of pair '
            f'{place // 2 + 1}" decoding="sync">'
            for place, (source, width, height) in enumerate(sources)
        ]
        pairs = zip(tags[::2], tags[1::2], strict=True)
        return [f'<div class="colorkit-sides">{left}{right}</div>' for left, right in pairs]

    def _said(self):
        """Return what the display says: about the last answer, the score, and what comes next.

        The page's script says the same.
        """
        done = len(self._answers)
        said = []
        if done:
            verdict = "Correct" if self._answers[-1] else "Fooled"
            said.append(f"{verdict}: in pair {done} the photo was on the {self._photo_is[done - 1]}.")
            said.append(f"So far {self.score()}." if done < len(self.pairs) else f"Done: {self.score()}.")
        if done < len(self.pairs):
            said.append(f"Pair {done + 1} of {len(self.pairs)}: which is the photo?")
        return " ".join(said)

    def _show_widget(self):
        """Show it where a kernel answers."""
        import ipywidgets
        from IPython.display import display

        images, sides = self._images(), asset("turing_sides.css")
        identifier = f"turing-asleep-{next(_numbers)}"
        picture, said = ipywidgets.HTML(), ipywidgets.HTML()
        buttons = [ipywidgets.Button(description=f"{side} is the photo", layout={"width": "12rem"}) for side in _SIDES]

        def update():
            done = len(self._answers)
            said.value = f'<p role="status">{self._said()}</p>'
            # After the last answer its pair stays, as on the book's page. As long as this is shown, what stands in for
            # it is not.
            awake = f"#{identifier}{{display:none}}"
            picture.value = f"<style>{sides}{awake}</style>" + images[min(done, len(images) - 1)]
            for button in buttons:
                button.disabled = done == len(images)

        for side, button in zip(_SIDES, buttons, strict=True):
            button.on_click(lambda _, side=side: self.answer(side))
        update()
        self._displays.append(update)
        display(ipywidgets.VBox([picture, ipywidgets.HBox(buttons), said], layout={"max_width": "46rem"}))
        # A saved notebook has no kernel, and in place of the widget an error that says nothing.
        asleep = (
            f'<div id="{identifier}"><style>{sides}</style>{images[0]}'
            "<p>This Turing test is asleep. Run the cell again to wake it.</p></div>"
        )
        display({"text/html": asleep, "text/plain": "Turing test (run the cell again to take it)"}, raw=True)

    def _show_page(self):
        """Show it as HTML that works without a kernel."""
        from IPython.display import display

        images = self._images()
        checksum = hashlib.sha256("".join(images).encode()).hexdigest()[:8]
        identifier = f"turing-{next(_numbers)}-{checksum}"
        pairs = "\n".join(
            f'<div class="pair"{" hidden" if number else ""}>{pair}\n'
            f"<details><summary>Answer to pair {number + 1}</summary>The photo is on the {side}.</details></div>"
            for number, (pair, side) in enumerate(zip(images, self._photo_is, strict=True))
        )
        script = asset("turing.js").replace("IDENTIFIER", identifier)
        script = script.replace("SIDES", json.dumps(self._photo_is)).replace("QUANTILE", repr(_QUANTILE))
        page = f"""<style>{asset("turing_sides.css")}{asset("turing.css")}</style>
<noscript><style>{asset("turing_without_script.css")}</style></noscript>
<section class="colorkit-turing" id="{identifier}" aria-label="Turing test: which picture is the photo?">
{pairs}
<div class="answers"><button type="button">left is the photo</button>
<button type="button">right is the photo</button></div>
<p class="said" role="status" tabindex="-1">Pair 1 of {len(images)}: which is the photo?</p>
</section>
<script>{script}</script>"""
        text = f"Turing test of {len(self.pairs)} pairs: which picture is the photo? (interactive)"
        display({"text/html": page, "text/plain": text}, raw=True)
