"""The book as `make book` left it, in a browser: served from this machine, with every other host out of reach."""

import html
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
BUILT = (SITE / "index.html").exists()

pytestmark = pytest.mark.skipif(not BUILT, reason="the book is not built: run `make book` first")

PAGES = sorted(
    path.relative_to(SITE).as_posix() for folder in ("book", "notebooks") for path in (SITE / folder).glob("*.html")
)
WIDTHS = {"laptop": 1280, "phone": 390}


@pytest.fixture(scope="module")
def address(serve):
    """Serve the book on the loopback address."""
    return serve(SITE)[0] + "/"


@pytest.fixture
def visit(browser, address):
    """Open a page; complaints of the page, and requests to other hosts, are kept in page.complaints."""
    contexts = []

    def opened(path, width=WIDTHS["laptop"], scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(f"page error: {error}"))
        page.on(
            "console",
            lambda message: page.complaints.append(f"console: {message.text}") if message.type == "error" else None,
        )
        page.on("response", lambda answer: page.complaints.append(answer.url) if answer.status >= 400 else None)

        def only_here(route):
            if route.request.url.startswith((address, "data:")):
                route.continue_()
            else:
                page.complaints.append(f"asks another host: {route.request.url}")
                route.abort()

        context.route("**/*", only_here)
        page.goto(address + path, wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_pages_load_cleanly_and_fit(visit, path):
    """Each page is loaded once, and then seen in each width and scheme."""
    page = visit(path)
    assert page.evaluate("document.querySelector('article h1').innerText.trim()")
    without_alt = "[...document.images].filter(image => !image.alt.trim()).map(image => image.outerHTML.slice(0, 200))"
    assert page.evaluate(without_alt) == []
    broken = (
        "[...document.images].filter(image => image.checkVisibility() && !image.naturalWidth).map(image => image.src)"
    )
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
            assert page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]") == [width, width]
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            page.wait_for_function("[...document.images].every(image => image.complete || !image.checkVisibility())")
            assert page.evaluate(broken) == []
    page.emulate_media(media="print")
    clipped = (
        "[...document.querySelectorAll('article pre')].filter(box => box.checkVisibility() "
        "&& box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 200))"
    )
    assert page.evaluate(clipped) == []
    assert page.complaints == []


def test_only_pages_with_formulas_load_what_draws_them():
    for path in PAGES:
        text = (SITE / path).read_text("utf-8")
        assert ("mathjax/" in text) == ('class="math' in text), path


def test_search_shows_prose(visit):
    page = visit("search.html?q=classifier")
    excerpts = page.locator("#search-results li p.context")
    excerpts.nth(1).wait_for()
    page.wait_for_function("document.querySelector('#search-results').innerText.includes('finished')")
    texts = excerpts.all_inner_texts()
    assert sum("classifier" in text.lower() for text in texts) > len(texts) / 2
    for text in texts:
        assert "import " not in text and " = " not in text, text
    assert page.complaints == []


def test_the_front_page_leads_to_the_book(visit):
    page = visit("index.html")
    page.wait_for_url("**/book/index.html")
    assert page.complaints == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_lessons_have_no_serious_accessibility_fault(visit, lesson):
    """In the light with all rules; in the dark with those of color, since nothing else is different."""
    sync_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(f"notebooks/{lesson}.html")
    page.add_style_tag(content="* { transition: none !important; }")  # colors are measured when they have arrived
    of_color = ["color-contrast", "link-in-text-block"]
    for scheme, options in (("light", {}), ("dark", {"runOnly": {"type": "rule", "values": of_color}})):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
        found = sync_playwright.Axe().run(page, options=options).response
        assert "color-contrast" in {rule["id"] for rule in found["passes"] + found["violations"]}
        serious = {
            fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]]
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
        }
        assert serious == {}, scheme


@pytest.mark.parametrize("lesson", LESSONS)
def test_sliders_answer_to_keys(visit, lesson):
    page = visit(f"notebooks/{lesson}.html")
    sliders = page.locator(".colorkit-explore input[type=range]")
    expected = (ROOT / "notebooks" / f"{lesson}.ipynb").read_text("utf-8").count("show.explore(")
    assert sliders.count() == expected
    for index in range(expected):
        slider = sliders.nth(index)
        pictures = page.locator(".colorkit-explore").nth(index).locator("img")
        last = int(slider.get_attribute("max"))
        assert pictures.count() == last + 1
        sizes = page.evaluate(
            "figure => [...figure.querySelectorAll('img')].reduce((sum, image) => sum + image.src.length, 0)",
            page.locator(".colorkit-explore").nth(index).element_handle(),
        )
        assert sizes <= 400_000
        slider.focus()
        seen = []
        for key, position in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", last)]:
            page.keyboard.press(key)
            visible = [number for number in range(last + 1) if pictures.nth(number).is_visible()]
            assert visible == [position]
            seen.append((slider.get_attribute("aria-valuetext"), pictures.nth(position).get_attribute("alt")))
        assert len(set(seen)) == 4  # the second position was visited twice


class Links(HTMLParser):
    """The ids of a page, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.update(filter(None, [attributes.get("id"), attributes.get("name") if tag == "a" else None]))
        link = attributes.get("href" if tag in ("a", "link") else "src")
        if link and not urlparse(link).scheme and not link.startswith("//"):
            self.links.append(link)


def test_links_inside_the_book_resolve():
    pages = {path: Links((SITE / path).read_text("utf-8")) for path in PAGES}
    assert sum(len(page.links) for page in pages.values()) > 100
    broken = []
    for path, page in pages.items():
        for link in page.links:
            file, fragment = urldefrag(unquote(urlparse(link)._replace(query="").geturl()))
            target = (SITE / path).parent.joinpath(file).resolve() if file else (SITE / path).resolve()
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                broken.append(f"{path}: {link}")
            elif fragment and target.suffix == ".html":
                known = pages.get(target.relative_to(SITE).as_posix()) or Links(target.read_text("utf-8"))
                if fragment not in known.ids:
                    broken.append(f"{path}: {link} (no such place)")
    assert broken == []


def test_every_claim_of_every_lesson_is_in_the_table(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    from _ext.colorkit_book import claims, executed

    found = claims(executed(ROOT))
    assert sorted(found) == LESSONS, "some lessons have not run since they changed: run `make book`"
    table = " ".join((SITE / "book" / "measured.html").read_text("utf-8").split())
    for lesson, made in found.items():
        assert made, f"{lesson} claims nothing"
        assert len({claim["name"] for claim in made}) == len(made)
        for claim in made:
            assert claim["holds"] and claim["judged"]
            assert html.escape(claim["says"], quote=False).replace("'", "’") in table.replace("'", "’")


def test_run_times_of_every_lesson_are_shown(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book" / "_ext"))
    from run_times import UNIT, multiple, runs

    found = runs(ROOT)
    table = (SITE / "book" / "run_times.html").read_text("utf-8")
    assert sorted(found) == LESSONS
    for lesson, run in found.items():
        assert f"notebooks/{lesson}" in table
        page = (SITE / "notebooks" / f"{lesson}.html").read_text("utf-8")
        said = re.search(r'<p class="colorkit-last-run">(.*?)</p>', page, re.DOTALL)[1]
        assert f"Last run on {run.day} in " in said and "Keras" in said and "processor cores" in said
        assert lesson == UNIT or f"({multiple(run.seconds, found)} times lesson 2)" in said


@pytest.mark.skipif(sys.platform != "linux", reason="sizes were looked at on Linux")
def test_lesson_pages_are_light():
    for lesson in LESSONS:
        assert (SITE / "notebooks" / f"{lesson}.html").stat().st_size < 1_500_000


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_cell_prints_a_wall(lesson):
    # An expression at a cell's end once put 1,200 lines of an array onto the page.
    page = BeautifulSoup((SITE / "notebooks" / f"{lesson}.html").read_text(encoding="utf-8"), "html.parser")
    printed = [output.text for output in page.select("div.cell_output pre")]
    assert printed
    assert not [text[:200] for text in printed if text.count("\n") > 30]


def test_columns_keep_their_rows_and_sentences_are_wrapped(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    from _ext.colorkit_book import in_columns

    assert in_columns("         chroma  share\nmean       16.6   0.72\nmode       42.5  -3.24")
    assert not in_columns("One row   is no table.")
    assert not in_columns("cat     Chelsea the cat\ncoffee  " + "a sentence that ends far outside of a phone " * 2)
    page = BeautifulSoup((SITE / "notebooks" / "09_color_as_classes.html").read_text(encoding="utf-8"), "html.parser")
    marked = [block.text for block in page.select("div.cell_output .in-columns pre")]
    assert any("share of the gap" in text for text in marked)
    assert not any("device:" in text for text in marked)


def test_the_code_of_claims_is_folded(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    from _ext.colorkit_book import claims_at_the_end

    claiming = "# why\nclaim('a', value=x)\nif x:\n    claim('b', value=x)"
    assert claims_at_the_end(f"x = 1\n\n{claiming}") == ("x = 1", claiming)
    assert claims_at_the_end(claiming) == ("", claiming)
    for source in (
        "claim('a', value=1)\nprint(1)",
        "if x:\n    claim('a', value=1)\nelse:\n    y = 1",
        "%pip install x",
    ):
        assert claims_at_the_end(source) == (source, "")
    for lesson in LESSONS:
        page = BeautifulSoup((SITE / "notebooks" / f"{lesson}.html").read_text(encoding="utf-8"), "html.parser")
        shown, folded = [], []
        for code in page.select("div.cell_input pre"):
            (folded if code.find_parent("details") else shown).append(code.text)
        assert not [text for text in shown if claims_at_the_end(text)[1]]
        assert [text for text in folded if claims_at_the_end(text)[1]], lesson
