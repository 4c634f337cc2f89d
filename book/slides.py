"""Make slides of the lessons: the pictures, questions and claims of each, from the notebooks that the book ran last.

python book/slides.py               all lessons, into _build/slides
python book/slides.py 2 5           lessons 2 and 5

nbconvert makes them, with reveal.js. Each is one HTML file that loads nothing: it can be copied, mailed and opened
without a network. No text is written for slides. Where a lesson asks for a prediction, its words are a slide of their
own, a stop; the result comes on the next one. What the lesson says besides is in the speaker view (key S).
"""

import argparse
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from _ext.colorkit_book import executed
from nbconvert import SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from colorkit.classroom import CLAIM_MIME
from colorkit.files import atomic_write

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "_build" / "slides"

STOP = re.compile(r"\*\*(Predict|Look, and|Before any number)|\*before\* you go on")
EXERCISE = re.compile(r"\*\*\d\d-[a-z]\.\*\*")
STOP_COLOR = "#fff4dc"
WHOLE = {"The paper said, we measured", "What to remember"}  # sections that are shown as they are
LEFT_OUT = {"Go further"}
SHOWN_LINES = 18  # of what a cell prints


@dataclass
class Deck:
    """The slides of a lesson, as they come.

    Attributes
    ----------
    cells : list of nbformat.NotebookNode
        What nbconvert makes slides of.
    section : str
        The lesson's section that is being read.
    asked : bool
        Whether this section has asked for a prediction: then what a cell only prints is an answer.
    waiting : list of str or None
        What a section says before its first slide, which will have it in the speaker view; None after that slide.
    """

    cells: list = field(default_factory=list)
    section: str = ""
    asked: bool = False
    waiting: list | None = None

    def begin(self, section):
        """Begin a section of the lesson."""
        waiting, self.waiting = self.waiting or [], None
        for text in waiting:  # there was no slide in the section before
            self.note(text)
        self.section, self.asked, self.waiting = section, False, []

    def add(self, kind, *cells):
        """Add a slide of these cells; its kind is what the style sheet goes by."""
        data = {"kind": kind} | ({"background_color": STOP_COLOR} if kind == "stop" else {})
        for number, cell in enumerate(cells):
            cell.metadata["slideshow"] = {"slide_type": "-"} if number else {"slide_type": "slide", "data": data}
        self.cells += cells
        waiting, self.waiting = self.waiting or [], None
        for text in waiting:
            self.note(text)

    def note(self, text):
        """Put what the lesson says here into the speaker view of the slide that it belongs to."""
        if self.waiting is not None:
            self.waiting.append(text)
        else:
            cell = new_markdown_cell(text)
            cell.metadata["slideshow"] = {"slide_type": "notes"}
            self.cells.append(cell)

    def headed(self, text=""):
        """Return a cell with the section's title and a text."""
        return new_markdown_cell(f"## {self.section}\n\n{text}")


def blocks(source):
    """Split Markdown at its empty lines, and leave out what only a screen with a network can use.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of str
        Without hints that fold, and with the words of links instead of the links.
    """
    source = re.sub(r"<details>.*?</details>", "", source, flags=re.DOTALL)
    source = re.sub(r"(?<!!)\[([^\]]+)\]\([^)]*\)", r"\1", source)
    return [block.strip() for block in re.split(r"\n\s*\n", source) if block.strip()]


def following(parts, number, taken):
    """Return the list that a block announces with a colon, and take it."""
    if not parts[number].endswith(":") or number + 1 == len(parts):
        return []
    taken.add(number + 1)
    return [parts[number + 1]]


def read_text(deck, source):
    """Take a Markdown cell of a lesson: stops, exercises and whole sections are slides, the rest is said."""
    parts = blocks(source)
    taken = set()
    for number, block in enumerate(parts):
        if block.startswith("#"):
            deck.begin(block.lstrip("# ").strip())
            if deck.section in WHOLE:
                rest = next((n for n in range(number + 1, len(parts)) if parts[n].startswith("#")), len(parts))
                deck.add("whole", deck.headed("\n\n".join(parts[number + 1 : rest])))
                taken.update(range(number, rest))
        elif deck.section in LEFT_OUT or number in taken:
            continue
        elif STOP.search(block):
            words = [block]
            before = parts[number - 1] if number else "#"
            if STOP.match(block) and not before.startswith("#") and number - 1 not in taken:
                words.insert(0, before)  # what the question is about
            words += following(parts, number, taken)
            deck.asked = True
            deck.add("stop", deck.headed("\n\n".join(words)))
        elif EXERCISE.match(block):
            deck.add("exercise", deck.headed("\n\n".join([block, *following(parts, number, taken)])))
        else:
            deck.note(block)


def read_outputs(deck, cell):
    """Take a code cell of a lesson: a slide of each picture and table, one of its claims, with what it prints."""
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
    groups, printed, claims = [], [], []
    for output in cell.outputs:
        data = output.get("data", {})
        page = data.get("text/html", "")
        if output.output_type == "stream" and output.name == "stdout":
            lines = output.text.rstrip().splitlines()
            cut = ["…"] if len(lines) > SHOWN_LINES else []
            said = new_output("stream", text="\n".join(lines[:SHOWN_LINES] + cut))
            (groups[-1] if groups else printed).append(said)
        elif "image/png" in data:
            picture = {"image/png": data["image/png"]}
            groups.append([new_output("display_data", data=picture, metadata={"alt": alt})])
        elif CLAIM_MIME in data:
            claims.append(new_output("display_data", data={"text/html": page}))
        elif page and "colorkit-box" not in page:  # such a box without a claim is a check's
            groups.append([new_output("display_data", data={"text/html": page})])
    if claims:
        groups.append(claims)
    if printed and (groups or deck.asked):
        groups = groups or [[]]
        groups[0][:0] = printed
    for group in groups:
        deck.add("result", deck.headed(), new_code_cell("", outputs=group))


def make_deck(notebook):
    """Return the notebook of which nbconvert makes the slides of a lesson.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The lesson, as it was executed.

    Returns
    -------
    nbformat.NotebookNode
    """
    deck = Deck()
    first, _, *rest = notebook.cells  # the second is the setup
    parts = blocks(first.source)
    end = next((n for n, block in enumerate(parts) if block.startswith("*You will*")), len(parts))
    title = parts[0].lstrip("# ")
    # The line of links to Colab has lost its links.
    deck.add("title", new_markdown_cell("\n\n".join(block for block in parts[:end] if " · " not in block)))
    deck.section = title
    if parts[end:]:
        deck.add("whole", deck.headed("\n\n".join(parts[end : end + 2])))
    for cell in rest:
        if cell.cell_type == "markdown":
            read_text(deck, cell.source)
        elif cell.cell_type == "code":
            read_outputs(deck, cell)
    return new_notebook(cells=deck.cells, metadata={"title": title})


def page(notebook):
    """Return the slides of an executed lesson as one HTML page.

    Parameters
    ----------
    notebook : nbformat.NotebookNode

    Returns
    -------
    str
    """
    import sphinx_revealjs  # of which only its copy of reveal.js is used

    reveal = Path(sphinx_revealjs.__file__).parent / "_static" / "revealjs"
    here = Path(__file__).parent / "_slides"
    css = [reveal / "dist" / "reset.css", reveal / "dist" / "reveal.css", here / "slides.css"]
    scripts = [reveal / "dist" / "reveal.js", reveal / "plugin" / "notes" / "notes.js"]
    exporter = SlidesExporter(
        template_name="_slides",
        extra_template_basedirs=[str(here.parent)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    inside = {"css": [file.read_text("utf-8") for file in css], "js": [file.read_text("utf-8") for file in scripts]}
    return exporter.from_notebook_node(make_deck(notebook), resources={"colorkit": inside})[0]


def main():
    """Write the slides of the lessons that the book has run."""
    parser = argparse.ArgumentParser(description="Make slides of the lessons.")
    parser.add_argument("numbers", nargs="*", type=int, metavar="NUMBER", help="a lesson (default: all)")
    wanted = parser.parse_args().numbers
    lessons = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    chosen = [lesson for lesson in lessons if not wanted or int(lesson[:2]) in wanted]
    ran = executed(ROOT)
    for lesson in chosen:
        if lesson in ran:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file = FOLDER / f"{lesson}.html"
            with atomic_write(file) as whole:
                whole.write(page(ran[lesson]).encode())
            print(f"{file.relative_to(ROOT)}, {file.stat().st_size / 1e6:.1f} MB")
    missing = [lesson for lesson in chosen if lesson not in ran]
    if missing or not chosen:
        what = "no lesson has" if missing == chosen else f"{', '.join(missing)}: not"
        sys.exit(f"{what} run since it was changed; run `make book` first: slides show what the book's run left")


if __name__ == "__main__":
    main()
