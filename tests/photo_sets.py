"""Photos, archives and prepared sets for tests, and a server that serves one content, well or badly."""

import contextlib
import hashlib
import http.server
import io
import re
import tarfile
import threading
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from colorkit.files import FileProblem
from colorkit.photos import registry


def colored(seed, size=(56, 40)):
    """A photo of soft patches, whose mean color tells photos apart."""
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


def encoded(image, kind="JPEG", **options):
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def tar(members, mode="w:gz"):
    """An archive of names and contents, or of TarInfo as they are."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, data in members:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = member.size or len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


def zip_archive(members, **attributes):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(member, key, value)
            archive.writestr(member, data)
    return content.getvalue()


def jpeg(seed):
    """A photo, as the content of a file."""
    return encoded(colored(seed, (48, 40)), quality=95)


PHOTOS = {f"top/{label}/{number}.jpg": jpeg(number) for number in range(40) for label in [("red", "green")[number % 2]]}
ARCHIVE = tar(PHOTOS.items())


class _Answer(http.server.BaseHTTPRequestHandler):
    """Serves one content, well or badly."""

    def do_GET(self):
        server, begin = self.server, 0
        server.ranges.append(self.headers["Range"])
        if server.status != 200:
            self.send_error(server.status)
            return
        if self.headers["Range"] and server.knows_range:
            begin = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
            if begin >= len(server.content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{len(server.content) - 1}/{len(server.content)}")
        else:
            self.send_response(200)
        if server.says_length:
            self.send_header("Content-Length", str(len(server.content) - begin))
        self.end_headers()
        time.sleep(server.delay)
        self.wfile.write(server.content[begin : int(len(server.content) * server.part)])

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(content=ARCHIVE):
    """A server at `url` that counts what it is asked for in `ranges`; its other attributes say how well it serves."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        server.content, server.status, server.part, server.delay = content, 200, 1, 0
        server.knows_range, server.says_length, server.ranges = True, True, []
        server.url = f"http://127.0.0.1:{server.server_port}/small.tgz"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def register(monkeypatch, url, content=ARCHIVE, **changes):
    """Make the registry know one set, which is at that address."""
    archive = registry.Archive(url, sha256(content), r"(?P<label>\w+)/\w+\.jpg", len(PHOTOS), len(content))
    small = registry.PhotoSet("small", "a small set", "CC0", archive=replace(archive, **changes))
    monkeypatch.setattr(registry, "sets", lambda: {"small": small})
    return small


def garden(folder):
    """Make a mirror with the set "garden"."""
    folder.mkdir()
    write_set(folder / "garden.tar", ROWS)
    return folder


def photos_of_ones_own(root):
    """Make a folder of photos, with folders in it and hidden files."""
    for number in range(30):
        path = root / ["beach", "garden/spring", "."][number % 3] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        colored(number).save(path)
    (root / ".thumbnails").mkdir()
    (root / ".thumbnails" / "1.png").write_bytes(b"hidden")
    (root / "beach" / ".DS_Store").write_bytes(b"hidden")
    return root


def kept(cache):
    """What is in a folder of the cache, other than locks."""
    return sorted(path.name for path in cache.iterdir() if path.suffix != ".lock")


def fails(match):
    """The call fails with one sentence of one line."""
    return pytest.raises(FileProblem, match=rf"\A(?!.*\n){match}")


def write_set(path, rows, index=None):
    """Write a prepared set and list its checksum; `rows` are (file, label, split, content)."""
    lines = [",".join(registry.COLUMNS)]
    for file, label, split, content in rows:
        size = (0, 0)
        with contextlib.suppress(OSError):
            size = Image.open(io.BytesIO(content)).size
        lines.append(f"{file},{label},{split},CC0,,,,{size[0]},{size[1]}")
    with tarfile.open(path, "w") as tar:
        index = "\n".join(lines).encode() if index is None else index
        for name, content in [("index.csv", index), *((row[0], row[3]) for row in rows)]:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    (path.parent / "SHA256SUMS").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")


ROWS = [
    (f"{label}/{label}{number}.jpg", label, ["train", "train", "val", "test"][number % 4], encoded(colored(number)))
    for number, label in enumerate(["rose", "tulip", "aster"] * 20)
]


INDEX = ",".join(registry.COLUMNS).encode() + b"\n1.jpg,,train,,,,,56,40\n"


def prepared(names, split="train"):
    """A prepared set of some of the photos."""
    lines = [f"{name},red,{split},CC0,,,,48,40" for name in names]
    index = "\n".join([",".join(registry.COLUMNS), *lines])
    return tar([("index.csv", index.encode()), *((name, PHOTOS[name]) for name in names)], "w")


# As they were when this was written: a photo must never move.
SPLIT_OF_TWELVE = [
    "train",
    "val",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "train",
    "test",
    "train",
    "train",
]
