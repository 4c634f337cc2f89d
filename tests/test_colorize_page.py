"""The page *Color a photograph here*, in a browser: as a reader with a mouse, with keys, with a phone, without luck.

It is the built book's where there is one of this source, else a page with nothing but its own part.
"""

import base64
import contextlib
import io
import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

import colorkit
from colorkit import lab, metrics
from colorkit.colorizing import saving
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "_build" / "html"
SOURCE = ROOT / "book" / "_static" / "colorize"
OWN = re.search(r"```\{raw\} html\n(.*?)```", (ROOT / "book" / "colorize.md").read_text("utf-8"), re.DOTALL)[1]
PAGE = "book/colorize.html"
BUSY = 4  # how many times as long as on free cores something may take where tests run beside each other
FIRST, AGAIN, AT_ONCE = 12 * BUSY, 4 * BUSY, 0.5 * BUSY  # seconds
MOST = 16e6  # bytes that are loaded for the network


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the built book, or of a page with nothing else."""
    page = BUILT / PAGE
    if page.exists() and OWN.split()[-1] in page.read_text("utf-8") and same_files(BUILT / "_static" / "colorize"):
        return BUILT
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(SOURCE, folder / "_static" / "colorize")
    (folder / "book").mkdir()
    (folder / PAGE).write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Color a photograph here</title><main><h1>Color a photograph here</h1><h2>Here</h2>{OWN}</main>",
        "utf-8",
    )
    return folder


def same_files(folder):
    return all(
        (folder / path.relative_to(SOURCE)).exists()
        and (folder / path.relative_to(SOURCE)).read_bytes() == path.read_bytes()
        for path in SOURCE.rglob("*.js")
    )


@pytest.fixture(scope="module")
def start(browser, site, serve):
    """Return a function that opens the page, from a server or from its folder; page.asked is all that it asked for."""
    contexts = []
    address = f"{serve(site)[0]}/{PAGE}"

    def opened(way="server", script="", context=None, **settings):
        if context is None:
            context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
            contexts.append(context)
        page = context.new_page()
        page.asked, page.faults = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(address if way == "server" else (site / PAGE).as_uri(), wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()


def with_network(start, way):
    """Return a page that has colored a picture, and what it asked for until then, step by step."""
    page = start(way)
    page.at_first = list(page.asked)
    example(page, "Rocket")
    page.for_a_choice = page.asked[len(page.at_first) :]
    page.seconds = color(page)
    page.for_color = page.asked[len(page.at_first) + len(page.for_a_choice) :]
    return page


@pytest.fixture(scope="module")
def page(start):
    """Return a page from a folder, with the network already there."""
    page = with_network(start, "folder")
    yield page
    assert page.faults == []


@pytest.fixture(scope="module")
def served(start):
    """Return a page from a server, with the network already there."""
    page = with_network(start, "server")
    yield page
    assert page.faults == []


def said(page, text, seconds=FIRST):
    """Wait until the page says something with this text; return all of it."""
    status = page.locator(".colorkit-colorize .said", has_text=text)
    status.wait_for(timeout=1000 * seconds)
    return status.inner_text()


def example(page, name):
    page.get_by_role("button", name=name).click()
    said(page, "Press Color")


def give(page, name, content, kind=""):
    page.locator("input.file").first.set_input_files({"name": name, "mimeType": kind, "buffer": content})


def color(page, seconds=FIRST):
    """Press the button; return the seconds until the picture has colors."""
    begin = time.perf_counter()
    page.locator(".said").evaluate("said => { said.textContent = ''; }")
    page.get_by_role("button", name="Color", exact=True).click()
    said(page, "Colored", seconds)
    return time.perf_counter() - begin


def shown(page, canvas):
    """Return what a canvas shows, shape (height, width, 4), uint8."""
    size = page.locator(canvas).evaluate("canvas => [canvas.height, canvas.width]")
    bytes_ = page.locator(canvas).evaluate(
        """canvas => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let text = "";
          for (let at = 0; at < data.length; at += 4096) text += String.fromCharCode(...data.subarray(at, at + 4096));
          return text;
        }"""
    )
    return np.frombuffer(bytes_.encode("latin-1"), np.uint8).reshape(*size, 4)


def download(page, kind):
    """Save the picture; return the file's name and its content."""
    page.locator("select.kind").select_option(kind)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save at full size").click()
    said(page, "Saved as", AGAIN)
    return waiting.value.suggested_filename, Path(waiting.value.path())


def encoded(rgb, kind="JPEG", **settings):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, kind, **settings)
    return file.getvalue()


def chroma(rgb):
    return np.linalg.norm(lab.rgb_to_lab(np.ascontiguousarray(rgb[..., :3]))[..., 1:], axis=-1)


def test_the_examples_are_scikit_images_photos(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book"))
    import page_pictures

    there = {path.name for path in (SOURCE / "examples").iterdir()}
    assert there == {file for name in page_pictures.NAMES for file in page_pictures.files(name)}
    for name in page_pictures.NAMES:
        text = (SOURCE / "examples" / f"{name}.js").read_text("utf-8")
        content = re.fullmatch(rf'colorizeFile\("{name}", "(.+)"\);\n', text)[1]
        picture = Image.open(io.BytesIO(base64.b64decode(content)))
        photo = getattr(skimage.data, name)()
        assert np.abs(np.asarray(picture).astype(int) - photo).mean() < 3


@pytest.mark.parametrize("way", ["served", "page"])
def test_nothing_is_loaded_before_a_button_and_nothing_asked_for_after_it(request, way):
    page = request.getfixturevalue(way)
    assert all(url.startswith(("file:", "http://127.0.0.1", "blob:", "data:")) for url in page.asked)
    own = [name_of(url) for url in page.at_first if "/_static/colorize/" in url and "/examples/" not in url]
    assert sorted(own) == [*("inside.js", "loading.js", "markup.js", "page.css", "page.js", "picture.js", "viewer.js")]
    assert {name_of(url) for url in page.for_a_choice} == {"rocket.js", "engine.js"}
    assert page.seconds <= FIRST
    sizes = page.evaluate("Object.fromEntries(ColorizeManifest.files.map(file => [file.path, file.bytes]))")
    assert sizes == {path: (SOURCE / path).stat().st_size for path in sizes}
    assert sum(sizes.values()) <= MOST
    assert {name_of(url) for url in page.for_color if outside(url)} == {"manifest.js", *sizes}

    asked = len(page.asked)
    page.context.set_offline(True)  # what follows needs nothing
    page.locator(".stage").click(position={"x": 60, "y": 60})
    page.locator(".swatches button").nth(2).click()
    said(page, "the color that you set", AGAIN)
    page.locator("#colorize-temperature").fill("0.7")
    give(page, "mine.png", encoded(colorkit.photos.bundled("cat"), "PNG"))
    said(page, "mine.png")
    assert color(page, AGAIN) <= AGAIN
    name, _ = download(page, "jpeg")
    page.locator("#colorize-temperature").fill("0.38")
    page.context.set_offline(False)
    assert name == "mine_color.jpg"
    assert [url for url in page.asked[asked:] if outside(url)] == []


def name_of(url):
    return url.rsplit("/", 1)[1].split("?")[0]


def outside(url):
    return not url.startswith(("blob:", "data:"))


def test_the_browser_keeps_the_network_and_nothing_else(served, start):
    again = start("server", context=served.context)
    before = len(again.asked)
    example(again, "Rocket")
    color(again)
    large = {path for path in again.evaluate("ColorizeManifest.files.map(file => file.path)") if "." in path}
    assert large and not {name_of(url) for url in again.asked[before:]} & (large - {"engine.js"})
    assert again.evaluate("caches.keys()") == [f"colorkit-colorize {again.evaluate('ColorizeManifest.version')}"]
    assert again.evaluate("document.cookie") == "" and again.evaluate("sessionStorage.length") == 0
    # The book's theme keeps the reader's choice of light or dark.
    assert set(again.evaluate("Object.keys(localStorage)")) <= {"mode", "theme"}


def test_a_saved_picture_has_colorkits_colors_its_own_size_and_a_note(page, tmp_path):
    photo = colorkit.photos.bundled("coffee")
    give(page, "cup of coffee.png", encoded(photo, "PNG"))
    said(page, "cup of coffee.png: 600 × 400 pixels")
    color(page, AGAIN)
    expected = colorkit.colorize(checkpoints.load("11_flagship_gpu"), photo)
    for kind, most in (("png", 1.0), ("jpeg", 1.5)):
        name, path = download(page, kind)
        assert name == f"cup of coffee_color.{kind.replace('jpeg', 'jpg')}"
        with Image.open(path) as image:
            made = np.asarray(image.convert("RGB"))
            words = image.getexif().get_ifd(0x8769)[0x9286].decode()
            assert "11_flagship_gpu" in words and "a guess, not a record" in words
            xmp = image.info["xmp"] if kind == "jpeg" else image.info["XML:com.adobe.xmp"].encode()
            assert b"compositeWithTrainedAlgorithmicMedia" in xmp
        assert saving.is_ours(path)
        assert made.shape == photo.shape
        assert metrics.ciede2000(expected[None], made[None]).mean() <= most
        assert np.abs(lab.rgb_to_lab(made) - lab.rgb_to_lab(photo))[..., 0].mean() < 1, "lightness is the photo's own"


def test_a_color_that_is_set_is_there_and_can_be_moved_and_removed(page):
    example(page, "Coffee")
    color(page, AGAIN)
    plain = shown(page, ".stage .after")
    box = page.locator(".stage").bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.4 * box["height"])
    assert page.locator(".swatches button").first.get_attribute("aria-label").startswith("#")
    page.locator(".colorkit-colorize input[type=color]").fill("#2050d0")
    said(page, "the color that you set", AGAIN)
    told = shown(page, ".stage .after")
    height, width = told.shape[:2]
    there = np.s_[int(0.36 * height) : int(0.44 * height), int(0.21 * width) : int(0.29 * width), :3]
    blue = [lab.rgb_to_lab(np.ascontiguousarray(picture[there]))[..., 2].mean() for picture in (plain, told)]
    assert blue[1] < blue[0] - 15, "it is bluer where blue was set"

    place = page.locator(".stage .place")
    page.locator(".stage").scroll_into_view_if_needed()
    box, seen = page.locator(".stage").bounding_box(), place.bounding_box()
    page.mouse.move(seen["x"] + seen["width"] / 2, seen["y"] + seen["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("!document.querySelector('.colorkit-colorize .said').textContent.includes('Asking')")
    assert "80 percent from the left, 80 percent from the top" in place.get_attribute("aria-label")
    page.get_by_role("button", name="Remove this place").click()
    page.wait_for_function(
        "/^Colored in/.test(document.querySelector('.colorkit-colorize .said').textContent)", timeout=1000 * AGAIN
    )
    assert place.count() == 0
    assert np.array_equal(shown(page, ".stage .after"), plain)


def test_temperature_answers_at_once(page):
    example(page, "Rocket")
    # On a computer that does much else, at once is less than half of what the network takes.
    soon = max(AT_ONCE, color(page, AGAIN) / 2)
    mean = {}
    for value in ("1", "0.1", "0.38"):
        before = page.locator(".numbers figcaption").last.inner_text()
        begin = time.perf_counter()
        page.locator("#colorize-temperature").fill(value)
        page.wait_for_function(
            "text => [...document.querySelectorAll('.numbers figcaption')].pop().innerText !== text", arg=before
        )
        assert time.perf_counter() - begin <= soon
        mean[value] = chroma(shown(page, ".stage .after")).mean()
    assert mean["1"] < mean["0.38"] < mean["0.1"], "the average of blue and orange dusk is grayer than either"


def test_before_and_after_and_how_sure_it_is(page):
    example(page, "Coffee")
    color(page, AGAIN)
    assert chroma(shown(page, ".stage .before")).max() < 1 < chroma(shown(page, ".stage .after")).mean()
    split = page.get_by_role("slider", name="How much of the picture is shown in color")
    for value in ("30", "100"):
        split.fill(value)
        cut = page.locator(".stage .after").evaluate("after => getComputedStyle(after).clipPath")
        assert cut == ("inset(0px 0px 0px 70%)" if value == "30" else "inset(0px 0px 0px 0%)")
    own = page.get_by_label("Compare with the photograph's own colors")
    own.check()
    assert chroma(shown(page, ".stage .before")).mean() > 1
    own.uncheck()
    page.get_by_label("How sure is it here?").check()
    page.locator(".stage .sure").wait_for()
    unsure = shown(page, ".stage .sure")
    assert np.ptp(unsure[..., 0]) > 50 and unsure.shape[2] == 4
    page.get_by_label("How sure is it here?").uncheck()
    assert not page.locator(".stage .sure").is_visible()
    example(page, "Photographer")
    assert not own.is_visible(), "a gray photo has no colors of its own"


def test_the_pages_numbers_are_those_of_the_network(page):
    example(page, "Coffee")
    color(page, AGAIN)
    captions = page.locator(".numbers figcaption").all_inner_texts()
    side = page.evaluate("ColorizeManifest.side")
    assert f"{side} × {round(side * 2 / 3)} numbers" in captions[0]
    assert "313 probabilities" in captions[1] and "50% from the left and 50% from the top" in captions[1]
    box = page.locator(".stage").bounding_box()
    page.mouse.click(box["x"] + 0.1 * box["width"], box["y"] + 0.2 * box["height"])
    page.locator(".swatches button").first.wait_for()
    first = page.locator(".swatches button").first
    assert "10% from the left and 20% from the top" in page.locator(".numbers figcaption").nth(1).inner_text()
    assert page.locator(".map").get_attribute("aria-label").endswith(first.get_attribute("aria-label").split(",")[0])
    shares = [float(text.rstrip("%")) for text in page.locator(".swatches button").all_inner_texts() if "u" not in text]
    assert shares == sorted(shares, reverse=True) and sum(shares) <= 100
    page.get_by_role("button", name="Close").click()
    assert page.locator(".stage .place").count() == 0, "a place that was given no color is forgotten"


def test_all_of_it_by_keys(page):
    example(page, "Coffee")
    page.get_by_role("button", name="Color", exact=True).focus()
    page.keyboard.press("Enter")
    said(page, "Colored in", AGAIN)
    page.get_by_role("button", name="Set a color").focus()
    page.keyboard.press("Space")
    place = page.locator(".stage .place")
    page.wait_for_function("document.activeElement.className.includes('place')")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert "48 percent from the left, 54 percent from the top" in place.get_attribute("aria-label")
    page.wait_for_timeout(600)  # a place that was moved counts when the keys have rested
    page.keyboard.press("Enter")
    page.locator(".swatches button").first.wait_for()
    assert page.evaluate("document.activeElement.className") == "panel"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said(page, "the color that you set", AGAIN)
    assert re.search(r"color #[0-9a-f]{6}", place.get_attribute("aria-label"))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "place"
    page.keyboard.press("Delete")
    assert place.count() == 0
    said(page, "Colored in", AGAIN)
    assert page.evaluate("document.activeElement.textContent") == "Set a color"


def test_a_photo_may_be_dropped_or_pasted(page):
    code = """([bytes, kind]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], `${kind}.png`, { type: "image/png" }));
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
        : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.querySelector(".colorkit-colorize .drop").dispatchEvent(event);
    }"""
    content = list(encoded(np.full((20, 30, 3), 90, np.uint8), "PNG"))
    for kind in ("drop", "paste"):
        page.evaluate(code, [content, kind])
        said(page, f"{kind}.png: 30 × 20 pixels")
    page.evaluate("document.dispatchEvent(new DragEvent('drop', { dataTransfer: new DataTransfer(), bubbles: true }))")
    page.get_by_role("alert").filter(has_text="That was no file").wait_for()


def test_a_photo_is_turned_upright_and_transparent_parts_are_white(page):
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[:, 40:] = 200
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter: its left becomes its top
    give(page, "turned.jpg", encoded(photo, exif=exif))
    said(page, "turned.jpg: 40 × 80 pixels")
    before = shown(page, ".stage .before")
    assert before.shape[:2] == (80, 40) and before[:20, ..., 0].mean() < 20 and before[60:, ..., 0].mean() > 190
    clear = io.BytesIO()
    Image.new("RGBA", (32, 32), (0, 0, 0, 0)).save(clear, "PNG")
    give(page, "clear.png", clear.getvalue())
    said(page, "clear.png")
    assert (shown(page, ".stage .before") == 255).all()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("phone.heic", HEIC, "Safari opens it"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a drawing and no photograph"),
        ("scan.pdf", b"%PDF-1.7\n" + bytes(100), "Take a screenshot"),
        ("scan.tif", b"II*\0" + bytes(100), "Save it as PNG or JPEG"),
        ("notes.txt", b"no picture at all, but text", "no picture that a browser can open"),
        ("cut.jpg", encoded(np.zeros((64, 64, 3), np.uint8))[:100], "the file is damaged"),
        ("nothing.jpg", b"", "This file is empty"),
        ("dot.png", encoded(np.zeros((1, 1, 3), np.uint8), "PNG"), "1 × 1 pixels"),
    ],
)
def test_what_cannot_be_colored_is_refused_in_a_sentence(page, name, content, says):
    give(page, name, content)
    problem = page.get_by_role("alert").filter(has_text=says)
    problem.wait_for(timeout=10_000)
    assert len(re.findall(r"[.;:?] ", problem.inner_text() + " ")) <= 3
    example(page, "Coffee")
    assert not problem.is_visible()


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("delete window.WebAssembly;", "This browser has no WebAssembly"),
        ("delete window.DecompressionStream;", "This browser is too old"),
        (
            "window.Worker = class { constructor() { setTimeout(() => this.onerror(new ErrorEvent('error')), 50); } "
            "postMessage() {} terminate() {} };",
            "This device ran out of memory",
        ),
    ],
)
def test_a_browser_that_cannot_is_told_why(start, script, says):
    page = start("folder", script=script)
    example(page, "Coffee")
    page.get_by_role("button", name="Color", exact=True).click()
    page.get_by_role("alert").filter(has_text=says).wait_for(timeout=1000 * FIRST)
    assert page.get_by_role("button", name="Color", exact=True).is_enabled()
    assert not page.locator("progress").is_visible()


def test_a_connection_that_breaks_is_told_and_can_be_tried_again(start):
    page = start("server")
    example(page, "Coffee")
    page.route("**/network_1.js", lambda route: route.fulfill(body="colorizeFile("))  # a part of the file alone
    page.get_by_role("button", name="Color", exact=True).click()
    page.get_by_role("alert").filter(has_text="network_1.js").wait_for()
    page.unroute("**/network_1.js")
    page.context.set_offline(True)
    page.get_by_role("button", name="Color", exact=True).click()
    page.get_by_role("alert").filter(has_text="See whether you are connected").wait_for()
    page.context.set_offline(False)
    page.get_by_role("button", name="Color", exact=True).click()
    said(page, "Starting the network")
    assert not page.get_by_role("alert").is_visible()


# Holds back what opens a file of a name, or a message to the worker, which may be asked something else instead.
HOLD = """([what, instead]) => {
  let done;
  const gate = new Promise(open => { done = open; });
  const [bitmap, post, example] = [createImageBitmap, Worker.prototype.postMessage, ColorizeLoading.example];
  const wait = () => { window.reached = true; return gate; };
  window.reached = window.answered = false;
  window.createImageBitmap = async (file, ...rest) => {
    file.name === what && await wait();
    return bitmap(file, ...rest);
  };
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.do !== what) {
      return post.call(this, message, ...rest);
    }
    this.addEventListener("message", ({ data }) => {
      window.answered ||= data.id === message.id && data.did !== "progress";
    });
    wait().then(() => post.call(this, { ...message, do: instead ?? what }, ...rest));
  };
  ColorizeLoading.example = async (folder, name) => {
    name === what && await wait();
    return example(folder, name);
  };
  window.letGo = () => {
    Worker.prototype.postMessage = post;
    Object.assign(window, { createImageBitmap: bitmap });
    Object.assign(ColorizeLoading, { example });
    done();
  };
}"""


@contextlib.contextmanager
def held(page, what, instead=None):
    """Hold back one step of the page while the block runs, which gets a function that waits until that step is due."""
    page.evaluate(HOLD, [what, instead])
    try:
        yield lambda: page.wait_for_function("window.reached", timeout=1000 * AGAIN)
    finally:
        page.evaluate("window.letGo()")


@pytest.mark.parametrize(
    ("step", "instead"),
    [("first.png", None), ("open", None), ("color", None), ("color", "nothing that it knows"), ("at", None)],
    ids=["is read", "is opened", "is colored", "fails", "is explained"],
)
def test_another_photo_that_is_chosen_while_one(page, step, instead):
    photo = colorkit.photos.bundled("coffee")[:300]
    give(page, "first.png", encoded(colorkit.photos.bundled("cat"), "PNG"))
    said(page, "first.png")
    with held(page, step, instead) as reached:
        page.get_by_role("button", name="Color", exact=True).click()
        reached()
        give(page, "second.png", encoded(photo, "PNG"))
        said(page, "second.png: 600 × 300 pixels. Press Color.")
        assert not page.locator("progress").is_visible(), "nothing of the second is under way"
        page.get_by_role("button", name="Color", exact=True).click()
    said(page, "Colored in", 2 * AGAIN)
    assert not page.get_by_role("alert").is_visible()
    assert shown(page, ".stage .after").shape == shown(page, ".stage .before").shape == (300, 600, 4)
    name, path = download(page, "png")
    with Image.open(path) as image:
        assert (name, image.size) == ("second_color.png", (600, 300))
        assert np.abs(lab.rgb_to_lab(np.asarray(image)[..., :3]) - lab.rgb_to_lab(photo))[..., 0].mean() < 1


def test_a_photo_is_not_colored_unasked_when_the_one_before_is_ready(page):
    give(page, "first.png", encoded(colorkit.photos.bundled("cat"), "PNG"))
    said(page, "first.png")
    with held(page, "color") as reached:
        page.get_by_role("button", name="Color", exact=True).click()
        reached()
        give(page, "second.png", encoded(colorkit.photos.bundled("coffee"), "PNG"))
        said(page, "second.png")
    page.wait_for_function("window.answered", timeout=1000 * AGAIN)
    assert "Press Color" in said(page, "second.png")
    assert not page.locator(".stage .after").is_visible() and page.locator(".size").inner_text() == ""


def test_a_picture_is_saved_under_its_own_name_when_another_is_chosen_meanwhile(page):
    photo = colorkit.photos.bundled("cat")
    give(page, "first.png", encoded(photo, "PNG"))
    said(page, "first.png")
    color(page, AGAIN)
    page.locator("select.kind").select_option("png")
    with page.expect_download() as waiting, held(page, "full") as reached:
        page.get_by_role("button", name="Save at full size").click()
        reached()
        give(page, "second.png", encoded(colorkit.photos.bundled("coffee")[:300], "PNG"))
        said(page, "second.png")
    assert waiting.value.suggested_filename == "first_color.png"
    with Image.open(waiting.value.path()) as image:
        assert image.size == photo.shape[1::-1]
    page.get_by_role("button", name="Save at full size").wait_for(state="hidden")
    assert "Press Color" in said(page, "second.png"), "what is said is of the photo that is chosen"


@pytest.mark.parametrize("late", ["damaged.png", "rocket"])
def test_what_was_chosen_before_and_comes_late_is_dropped(page, late):
    with held(page, late) as reached:
        if late == "rocket":
            page.get_by_role("button", name="Rocket").click()
        else:
            give(page, late, b"\x89PNG nothing more")
        reached()
        give(page, "good.png", encoded(colorkit.photos.bundled("cat"), "PNG"))
        said(page, "good.png")
    page.wait_for_timeout(1000)
    assert not page.get_by_role("alert").is_visible()
    assert "Press Color" in said(page, "good.png")


def test_the_page_stays_awake_while_it_colors(page):
    example(page, "Astronaut")
    page.evaluate(
        """() => {
          window.gaps = [];
          window.said = new Set();
          let last = performance.now();
          const tick = now => {
            gaps.push(now - last);
            last = now;
            said.add(document.querySelector(".colorkit-colorize .size").textContent);
            window.gaps && requestAnimationFrame(tick);
          };
          requestAnimationFrame(tick);
        }"""
    )
    seconds = color(page, AGAIN)
    gaps, texts = page.evaluate("[gaps, said.size]")
    assert max(gaps) < 500 * BUSY, "a frame at least every half second"
    assert texts > 1 + seconds / (0.5 * BUSY) / 2, "what it says goes on"


def test_24_megapixels_are_colored_and_more_are_made_smaller(page):
    large = np.asarray(Image.fromarray(colorkit.photos.bundled("coffee")).resize((6600, 4400)))
    give(page, "large.jpg", encoded(large, quality=85))
    said(page, "large.jpg: 6600 × 4400 pixels. That is more than this page has room for")
    color(page, 2 * AGAIN)
    page.get_by_role("button", name="Save at full size").click()
    with page.expect_download(timeout=120_000) as waiting:
        pass
    with Image.open(waiting.value.path()) as image:
        assert image.size == (6000, 4000)


def test_on_a_phone_nothing_is_cut_and_no_serious_fault_of_accessibility_is_found(start):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = start("folder", viewport={"width": 390, "height": 844}, has_touch=True)
    page.add_style_tag(content="* { transition: none !important; }")
    assert page.get_by_text("Take a photograph").is_visible(), "a device that is held has a camera"
    for state in ("before", "colored", "place"):
        if state == "colored":
            example(page, "Photographer")
            color(page)
        if state == "place":
            page.locator(".stage").tap(position={"x": 100, "y": 80})
            page.locator(".swatches button").nth(1).tap()
            said(page, "the color that you set", AGAIN)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found = axe.run(page, context=".colorkit-colorize").response
            serious = {
                fault["id"]: [node["html"][:200] for node in fault["nodes"][:3]]
                for fault in found["violations"]
                if fault["impact"] in ("serious", "critical")
            }
            assert serious == {}, (scheme, state)
    small = page.locator(".colorkit-colorize :is(button, select):visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).filter(box => Math.min(box.width, box.height) < 40).length"
    )
    assert small == 0, "fingers are large"
