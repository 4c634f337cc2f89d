"""What the book adds to Jupyter Book: a cache that knows what lessons depend on, a table of claims, and some looks."""

import ast
import hashlib
import os
import re
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from colorkit import preset
from colorkit.classroom import CLAIM_MIME


class ClaimsTable(nodes.General, nodes.Element):
    """Stands where the table goes, until every lesson has run."""


class ClaimsDirective(SphinxDirective):
    """The claims of all lessons, with what this build measured."""

    def run(self):
        """Leave a place for the table."""
        self.env.note_reread()  # lessons may have run again although this page's source is the same
        return [ClaimsTable()]


def last_runs(root):
    """Find the lessons that have run since they changed.

    Parameters
    ----------
    root : pathlib.Path
        The repository.

    Yields
    ------
    str
        The lesson.
    jupyter_cache.cache.db.NbCacheRecord
        When it ran, and how long that took.
    nbformat.NotebookNode
        Its notebook, with outputs.
    """
    for folder in (root / "_build" / ".lesson_cache").glob("*"):
        cache = get_cache(folder)
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            with suppress(KeyError):  # not in this cache
                key, notebook = cache.merge_match_into_notebook(nbformat.read(path, as_version=4))
                yield path.stem, cache.get_cache_record(key), notebook


def executed(root):
    """Return the notebooks with their outputs, as the last build ran them.

    Parameters
    ----------
    root : pathlib.Path
        The repository.

    Returns
    -------
    dict of str to nbformat.NotebookNode
        Lesson -> notebook; those that have not run since they changed are missing.
    """
    return {lesson: notebook for lesson, _, notebook in last_runs(root)}


def claims(notebooks):
    """Collect the claims of executed notebooks.

    Parameters
    ----------
    notebooks : dict of str to nbformat.NotebookNode
        From `executed`.

    Returns
    -------
    dict of str to list of dict
        Lesson -> what `colorkit.claim` left in its outputs, in order.
    """
    found = {}
    for lesson, notebook in notebooks.items():
        outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
        found[lesson] = [output.data[CLAIM_MIME] for output in outputs if CLAIM_MIME in output.get("data", {})]
    return found


def fill_tables(app, doctree, docname):
    """Replace each place by the claims of all lessons, a table for each, when all lessons have run."""
    for place in list(doctree.findall(ClaimsTable)):
        found = claims(executed(Path(app.srcdir)))
        sections = [_section(app, docname, lesson, made) for lesson, made in found.items()]
        place.replace_self(sections or [nodes.paragraph("", "No lesson has run in this build.")])


def _section(app, docname, lesson, made):
    page = app.builder.get_relative_uri(docname, f"notebooks/{lesson}")
    title = app.env.titles[f"notebooks/{lesson}"].astext()
    section = nodes.section("", nodes.title("", title), ids=[f"lesson-{lesson[:2]}"])
    table = nodes.table(classes=["colorkit-claims"])
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (4, 1)), cols=2)
    table += group
    head, body = nodes.thead(), nodes.tbody()
    group += [head, body]
    head += row("What was measured", "Bound")
    for claim in made:
        unjudged = "" if claim["judged"] else f" (not judged: {claim['preset']} preset)"
        link = nodes.reference("", claim["says"], internal=True, refuri=f"{page}#claim-{claim['name']}")
        body += row(link, claim["bounds"] + unjudged)
    section += table
    return section


def claims_at_the_end(source):
    """Cut a cell's code in two: what it does, and the claims at its end, with the comment above them.

    Parameters
    ----------
    source : str

    Returns
    -------
    before, claiming : str
        Either may be empty.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a command of IPython
        return source, ""
    lines = source.splitlines()
    start = len(lines)
    for statement in reversed(statements):
        if not _claims(statement):
            break
        start = statement.lineno - 1
    while 0 < start < len(lines) and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:])


def _claims(statement):
    """Tell whether a statement only claims, also for each of several or only where there are photos."""
    if isinstance(statement, ast.If | ast.For) and not statement.orelse:
        return all(map(_claims, statement.body))
    return ast.unparse(statement).startswith("claim(")


class FoldClaims(SphinxPostTransform):
    """Fold the code of claims at the end of a cell: the page shows what they say, and the code on a click."""

    default_priority = 198  # MyST-NB folds whole cells next
    formats = ("html",)

    def run(self, **kwargs):
        """Fold them on one page."""
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") != "cell_code" or cell.get("hide_mode") in ("input", "input+output", "all"):
                continue
            shown = cell.children[0]
            block = next(shown.findall(nodes.literal_block), None)
            before, claiming = claims_at_the_end(block.astext()) if block else ("", "")
            if not claiming:
                continue
            folded = HideCodeCellNode(prompt_show="Show code of claims", prompt_hide="Hide code of claims")
            folded["classes"].append("above-input")
            folded += _with_text(shown, claiming)
            cell[0:1] = [_with_text(shown, before), folded] if before else [folded]


def _with_text(source, text):
    """Return a copy of a cell's code with another text."""
    copied = source.deepcopy()
    block = next(copied.findall(nodes.literal_block))
    block.rawsource, block[:] = text, [nodes.Text(text)]
    return copied


def row(*cells):
    """Return a table's row of texts or nodes."""
    made = nodes.row()
    for cell in cells:
        content = nodes.paragraph("", cell) if isinstance(cell, str) else nodes.paragraph("", "", cell)
        made += nodes.entry("", content)
    return made


def state(root):
    """Return a digest of what the outputs of lessons depend on besides their own code.

    Parameters
    ----------
    root : pathlib.Path
        The repository.

    Returns
    -------
    str
    """
    names = ("COLORKIT_OFFLINE", "COLORKIT_MIRROR", "KERAS_BACKEND")
    digest = hashlib.sha256(repr([sys.version, preset.current(), *map(os.environ.get, names)]).encode())
    folders = (root / "colorkit", root / "data" / "checkpoints", root / "data" / "results")
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    for path in [*sorted(path for path in files if "__pycache__" not in path.parts), root / "constraints.txt"]:
        digest.update(repr([path.relative_to(root).as_posix(), path.stat().st_size]).encode())
        digest.update(path.read_bytes())
    # Photos and weights are large: whether they are others is seen from outside.
    if mirror := os.environ.get("COLORKIT_MIRROR"):
        for path in sorted(path for path in Path(mirror).rglob("*") if path.is_file()):
            found = path.stat()
            digest.update(repr([os.fsencode(path), found.st_size, found.st_mtime_ns]).encode())
    return digest.hexdigest()[:16]


def set_cache(app, config):
    """Give each state of what lessons depend on an execution cache of its own: Jupyter's looks at their code alone."""
    caches = Path(app.srcdir) / "_build" / ".lesson_cache"
    cache = caches / state(Path(app.srcdir))
    config.nb_execution_cache_path = str(cache)
    for old in set(caches.glob("*")) - {cache}:
        shutil.rmtree(old)
    if not cache.exists():
        # Pages that Sphinx has kept show what the old code gave.
        shutil.rmtree(app.doctreedir, ignore_errors=True)


def in_columns(text):
    """Say whether a text is printed in columns: two rows or more with gaps in them, and none as long as a sentence."""
    lines = text.splitlines()
    return len([line for line in lines if re.search(r"\S {2,}\S", line)]) > 1 and max(map(len, lines)) <= 80


def keep_columns(app, doctree, docname):
    """Mark what a cell printed in columns, which would be unreadable with its rows wrapped."""
    for block in doctree.findall(nodes.literal_block):
        if "output" in block["classes"] and in_columns(block.astext()):
            block["classes"].append("in-columns")


def drop_scripts(app, pagename, templatename, context, doctree):
    """Leave out what a page does not use: Jupyter Book's script for live code, and MathJax where there is no formula.

    The first names another host, the second is larger than the rest of the page.
    """
    unused = ["thebe"] if 'class="math' in context.get("body", "") else ["thebe", "mathjax"]
    context["script_files"] = [
        script
        for script in context["script_files"]
        if not any(
            name in f"{getattr(script, 'filename', script)} {getattr(script, 'attributes', '')}".lower()
            for name in unused
        )
    ]


def setup(app):
    """Register all this with Sphinx."""
    app.add_node(ClaimsTable)
    app.add_directive("claims", ClaimsDirective)
    app.add_post_transform(FoldClaims)
    app.connect("config-inited", set_cache)
    app.connect("doctree-resolved", fill_tables)
    app.connect("doctree-resolved", keep_columns)
    app.connect("html-page-context", drop_scripts, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
