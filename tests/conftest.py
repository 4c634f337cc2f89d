"""What all tests share: settings that must stand before the first import, a browser, and a process with JAX.

And how a run goes: the longest files first, and at the end what was skipped.
"""

import contextlib
import errno
import functools
import http.server
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("COLORKIT_PRESET", "test")
os.environ.setdefault("COLORKIT_OFFLINE", "1")  # the lessons use photo sets if they are here already
# Processes that share the cores: each takes its part of them.
if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, str(max(1, os.cpu_count() // workers)))

import pytest

# What takes longest begins first, so that the processes end together: the book in a browser, then the lessons.
LONGEST = ("test_book.py", ".ipynb")

# What a test says when it is skipped -> what there was not, and how to get it.
MISSING = {
    r"no browser|playwright": ("a browser", ".venv/bin/playwright install --with-deps chromium"),
    r"\bjax is not installed": ("JAX", ".venv/bin/python -m pip install --constraint constraints.txt jax"),
    r"the book is not built": ("the built book", "make book"),
    r"COLORKIT_MIRROR names no": ("photo sets and weights", "COLORKIT_MIRROR=/a/mirror/folder make test"),
}

BROWSER_SETTINGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    """Put the longest files first."""
    items.sort(key=lambda item: [not item.path.name.endswith(name) for name in LONGEST])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Say last what was not tested, and how to get what it needs."""
    yield
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])]
    for pattern, (what, how) in MISSING.items():
        if count := sum(bool(re.search(pattern, reason, re.IGNORECASE)) for reason in reasons):
            terminalreporter.write_line(f"Skipped for want of {what}: {count}. To get it: {how}")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, driven by Playwright's sync API: the system's own, else the one that Playwright installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    with sync_api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = next(filter(None, map(shutil.which, names)), own if Path(own).exists() else None)
        if path is None:
            pytest.skip(f"no browser: none of {', '.join(names)} is on PATH, and Playwright has installed none")
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_SETTINGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve():
    """Return a function that serves a folder on the loopback address: its address, and a list of what is asked for."""
    with contextlib.ExitStack() as servers:

        def serve_(folder):
            asked = []

            class Server(http.server.SimpleHTTPRequestHandler):
                def do_GET(self):
                    asked.append(self.path)
                    super().do_GET()

                def log_message(self, *_): ...

            handler = functools.partial(Server, directory=folder)
            server = servers.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            servers.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}", asked

        yield serve_


@pytest.fixture(scope="session")
def on_jax():
    """Return a function that runs code in a folder, where Keras runs on JAX; what it raises fails the test.

    All tests share the process, so that code must not count on being the first.
    """
    if not importlib.util.find_spec("jax"):
        pytest.skip("JAX is not installed")
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("jax_process.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        # Most of the time would go into compiling well what runs once.
        env={**os.environ, "KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_backend_optimization_level=0"},
    ) as process:

        def run(code, folder="."):
            code = "import keras\nassert keras.backend.backend() == 'jax'\n" + textwrap.dedent(code)
            print(json.dumps([code, str(folder)]), file=process.stdin, flush=True)
            answer = process.stdout.readline()
            assert answer, f"the process with JAX ended ({process.poll()})"
            assert not json.loads(answer), json.loads(answer)

        yield run
        process.stdin.close()


@pytest.fixture
def unreadable(monkeypatch):
    """Return a context manager that takes away the permission to read a file, even root's."""

    @contextlib.contextmanager
    def deny(path):
        real = open

        def denied(file, *arguments, **settings):
            if file == path or file == str(path):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(file, *arguments, **settings)

        with monkeypatch.context() as patch:
            for name in ("builtins.open", "io.open"):
                patch.setattr(name, denied)
            yield

    return deny


@pytest.fixture
def open_file(browser):
    """Return a function that opens a page from a file; any error of it, or request elsewhere, fails the test."""
    contexts, faults = [], []

    def open_(url, **settings):
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or faults.append(request.url))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Give colorkit an empty cache and no mirror; downloads are allowed. Returns what `preset.cache_folder` is then."""
    from colorkit import preset

    def folder(*parts):
        path = tmp_path.joinpath("cache", *parts)
        path.mkdir(parents=True, exist_ok=True)
        return path

    monkeypatch.setattr(preset, "cache_folder", folder)
    monkeypatch.delenv("COLORKIT_MIRROR", raising=False)
    monkeypatch.delenv("COLORKIT_OFFLINE", raising=False)
    return folder
