"""Bringing photo sets in: every fault gives one sentence, leaves nothing half done, and the next try works."""

import errno
import gzip
import hashlib
import http.server
import io
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorkit import files, photos, preset
from colorkit.files import FileProblem
from colorkit.photos import archives, registry

AGAIN = "It was removed; run the same call again, or put a good copy in the mirror folder."


def jpeg(seed, size=(48, 40), mode="RGB"):
    """A photo of soft colored patches, as the content of a file."""
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).convert(mode).save(content, "JPEG", quality=95)
    return content.getvalue()


def tar(members, mode="w:gz"):
    """An archive of names and contents, or of TarInfo as they are."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, data in members:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = member.size or len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


def sha256(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


PHOTOS = {f"top/{label}/{number}.jpg": jpeg(number) for number in range(40) for label in [("red", "green")[number % 2]]}
ARCHIVE = tar(PHOTOS.items())


class Server(http.server.BaseHTTPRequestHandler):
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


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        server.content, server.status, server.part, server.delay = ARCHIVE, 200, 1, 0
        server.knows_range, server.says_length, server.ranges = True, True, []
        server.url = f"http://127.0.0.1:{server.server_port}/small.tgz"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(own_cache, monkeypatch):
    """A cache of one's own, no mirror, and no proxy between here and the server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return own_cache("photos", "small")


def register(monkeypatch, url, content=ARCHIVE, **changes):
    """Make the registry know one set, which is at that address."""
    archive = registry.Archive(url, sha256(content), r"(?P<label>\w+)/\w+\.jpg", len(PHOTOS), len(content))
    small = registry.PhotoSet("small", "a small set", "CC0", archive=replace(archive, **changes))
    monkeypatch.setattr(registry, "sets", lambda: {"small": small})
    return small


@pytest.fixture
def small(server, cache, monkeypatch):
    return register(monkeypatch, server.url)


def kept(cache):
    """What is in the cache, other than the lock."""
    return sorted(path.name for path in cache.iterdir() if path.name != "lock")


def load():
    pictures = photos.load("small", 32)
    assert set(pictures.files) <= {name.removeprefix("top/") for name in PHOTOS} and len(pictures) > 20
    return pictures


def fails(match):
    """The call fails with one sentence of one line."""
    return pytest.raises(FileProblem, match=rf"\A(?!.*\n){match}")


def test_download_shows_how_far_it_is_and_happens_once(server, small, cache, capsys):
    first = load()
    assert re.search(r"small  100%  0\.0 of 0\.0 MB  left 0 m?s\n", capsys.readouterr().out)
    assert [name for name in kept(cache) if not name.endswith((".json", ".npy"))] == [first.source]
    assert first.source == f"full-{sha256(ARCHIVE)[7:23]}-small.tgz"
    assert np.array_equal(load().rgb, first.rgb)
    photos.load("small", 40)
    photos.load("small", 32, "test")
    assert server.ranges == [None]


def test_time_left_is_that_of_the_rest_at_the_pace_of_this_try(monkeypatch, capsys):
    class Slow:
        now, blocks = 100.0, 4

        def read1(self, _):
            self.now, self.blocks = self.now + 2, self.blocks - 1
            return bytes(1000) if self.blocks >= 0 else b""

    slow = Slow()
    monkeypatch.setattr(files.time, "monotonic", lambda: slow.now)
    assert files._receive(slow, io.BytesIO(), 1000, 5000, "small") == 5000
    assert re.findall(r"small +(\d+)%  .*?left (\d+) s", capsys.readouterr().out) == [
        ("40", "6"),
        ("60", "4"),
        ("80", "2"),
        ("100", "0"),
    ]


@pytest.mark.parametrize("knows_range", [True, False])
def test_cut_download_goes_on_where_it_stopped(server, small, cache, knows_range, capsys):
    server.part, server.knows_range = 0.6, knows_range
    with fails("small: the download was cut at 60%; run the same call again, it goes on from there"):
        load()
    (part,) = kept(cache)
    have = (cache / part).stat().st_size
    assert part.endswith(".part") and have == int(0.6 * len(ARCHIVE))
    server.part = 1
    load()
    assert server.ranges == [None, f"bytes={have}-"]
    assert not list(cache.glob("*.part"))


def test_download_that_was_cut_at_its_very_end(server, small, cache):
    path = cache / f"full-{sha256(ARCHIVE)[7:23]}-small.tgz.part"
    path.write_bytes(ARCHIVE)
    load()
    assert server.ranges == [f"bytes={len(ARCHIVE)}-"]


def test_no_network(server, small, cache, monkeypatch):
    monkeypatch.setattr(registry, "sets", lambda: {"small": replace(small, archive=dead)})
    dead = replace(small.archive, url="http://127.0.0.1:1/small.tgz")
    with fails(
        r"small: 127\.0\.0\.1 cannot be reached \(Connection refused\); connect to a network and run this again, "
        r"or set COLORKIT_MIRROR to a folder that has small\.tar or small\.tgz"
    ):
        load()
    assert kept(cache) == []
    monkeypatch.setattr(registry, "sets", lambda: {"small": small})
    load()


@pytest.mark.parametrize("place", ["connection", "name"])
def test_network_that_never_answers(server, small, cache, monkeypatch, place):
    monkeypatch.setattr(files, "_PATIENCE", 0.3)
    monkeypatch.setattr(files, "_IMPATIENCE", 0.2)
    with monkeypatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as deaf:
        if place == "name":
            patch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(20))
        else:
            port = deaf.getsockname()[1]
            dead = replace(small, archive=replace(small.archive, url=f"http://127.0.0.1:{port}/small.tgz"))
            patch.setattr(registry, "sets", lambda: {"small": dead})
        for patience in (0.3, 0.2, 0.2):  # A lesson that asks again and again need not wait as long each time.
            begin = time.monotonic()
            with fails(rf"small: 127\.0\.0\.1 cannot be reached \(no answer in {patience} s\); connect to a network"):
                load()
            assert time.monotonic() - begin < 10
    assert kept(cache) == []
    load()
    assert not files._silent


def test_not_found(server, small, cache):
    server.status = 404
    with fails(r"small: 127\.0\.0\.1 answered 404 Not Found; try later, or set COLORKIT_MIRROR"):
        load()
    assert kept(cache) == []
    server.status = 200
    load()


@pytest.mark.parametrize("says_length", [True, False])
@pytest.mark.parametrize("content", [ARCHIVE[:-1] + b"!", ARCHIVE * 9], ids=["other", "long"])
def test_wrong_content(server, small, cache, content, says_length):
    server.content, server.says_length = content, says_length
    differs = f"small.tgz: checksum differs (the download was cut or altered). {AGAIN}"
    other_length = (
        rf"small: 127.0.0.1 sends another file than it should \({len(content):,} bytes, not {len(ARCHIVE):,}\)"
    )
    with fails(other_length if says_length and len(content) != len(ARCHIVE) else re.escape(differs)):
        load()
    assert kept(cache) == []
    server.content = ARCHIVE
    load()


def test_page_of_a_network_that_asks_for_a_password(server, small, cache):
    server.content = b"<html>Sign in</html>"
    with fails("small: 127.0.0.1 sends another file than it should .20 bytes"):
        load()
    assert kept(cache) == []
    server.says_length = False
    with fails("small: the download was cut at"):
        load()
    server.content = ARCHIVE  # The rest is fetched behind what is no beginning; then it shows.
    with fails("small.tgz: checksum differs"):
        load()
    load()


def test_md5_and_unknown_size(server, cache, monkeypatch):
    md5 = f"md5:{hashlib.md5(ARCHIVE).hexdigest()}"
    register(monkeypatch, server.url, checksum=md5, bytes=0)
    assert load().source.startswith(f"full-{md5[4:20]}")


def no_space(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("place", "times"),
    [((os, "replace"), 0), ((os, "replace"), 1), ((os, "replace"), 2), ((np.lib.format, "write_array_header_1_0"), 0)],
    ids=["download", "pixels", "record", "begin of pixels"],
)
def test_full_disk(small, cache, monkeypatch, place, times):
    real, left = getattr(*place), [times]

    def sometimes(*arguments, **options):
        left[0] -= 1
        return real(*arguments, **options) if left[0] >= 0 else no_space()

    monkeypatch.setattr(*place, sometimes)
    with fails(
        r".*cannot be written in .*No space left on device\); make room there or see to its permissions, and run"
    ):
        load()
    assert not [name for name in kept(cache) if name.endswith(".json") or re.search(r"\.\d+\.part", name)]
    monkeypatch.setattr(*place, real)
    load()


CHILD = """
import hashlib, sys
from pathlib import Path
from colorkit import photos, preset
from colorkit import files
from colorkit.photos import archives, decoding, registry
from colorkit.photos.registry import Archive, PhotoSet
def folder(*parts):
    path = Path({cache!r}).joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path
preset.cache_folder = folder
small = {small!r}
registry.sets = lambda: {{"small": small}}
{before}
try:
    print("loaded", hashlib.sha256(photos.load("small", 32).rgb.tobytes()).hexdigest())
except photos.FileProblem as error:
    print("error", error)
"""


def child(cache, small, before=""):
    code = CHILD.format(cache=str(cache.parent.parent), small=small, before=textwrap.dedent(before))
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def result(process):
    return process.communicate(timeout=60)[0].splitlines()[-1]


def test_three_processes_at_once(server, small, cache):
    server.delay = 1.5
    processes = [child(cache, small) for _ in range(3)]
    results = {result(process) for process in processes}
    assert results == {f"loaded {hashlib.sha256(load().rgb.tobytes()).hexdigest()}"}
    assert server.ranges == [None]
    assert len(kept(cache)) == 3


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits on Windows")
@pytest.mark.parametrize(
    ("room", "file", "left"), [(len(ARCHIVE) + 1000, r"\.npy", ""), (len(ARCHIVE) // 2, r"\.tgz\.part", ".part")]
)
def test_disk_that_takes_no_more_than_so_much(small, cache, room, file, left):
    limit = f"""
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, -1))
        """
    assert len(ARCHIVE) + 1000 < 25 * 32 * 32 * 3
    said = result(child(cache, small, limit))
    assert re.match(rf"error \S*{file} cannot be written in .*File too large", said)
    assert kept(cache) == [f"full-{sha256(ARCHIVE)[7:23]}-small.tgz{left}"]
    load()


@pytest.mark.parametrize(
    ("function", "torn"), [("decoding.open_good", 0), ("files.os.replace", 1)], ids=["decoding", "writing"]
)
def test_killed(server, small, cache, function, torn):
    whole = load().source  # so that nothing but pixels takes its name in the child
    for path in [*cache.glob("*.json"), *cache.glob("*.npy")]:
        path.unlink()
    process = child(cache, small, f"{function} = lambda *_: __import__('os')._exit(9)")
    process.communicate(timeout=60)
    assert process.returncode == 9
    left = kept(cache)
    assert whole in left and len([name for name in left if name.endswith(".part")]) == len(left) - 1 == torn
    load()
    assert not list(cache.glob("*.part"))


def test_alone_keeps_others_out(tmp_path):
    inside, most = [], []

    def work():
        with files.locked(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


# ---- hostile and damaged archives


def special(kind, name="top/red/x.jpg", link="", **attributes):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    for key, value in attributes.items():
        setattr(member, key, value)
    return tar([*PHOTOS.items(), (member, b"")])


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


def claims_gigabytes():
    """A tar whose first header says that 8 GB of names follow, and they do, as zeros."""
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, (8 << 30) - 1
    return gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(60_000_000))


LEADS_OUT = "is a link, a device or a path that leads out of it; get it from a source that you trust"
BOMB = "it unpacks to far more than photos do; get it from a source that you trust"
HOSTILE = {
    "parent": (lambda: tar([("top/../../../evil.jpg", jpeg(1))]), LEADS_OUT),
    "parent folder": (lambda: special(tarfile.DIRTYPE, "../evil"), LEADS_OUT),
    "absolute": (lambda: tar([("/tmp/evil.jpg", jpeg(1))]), LEADS_OUT),
    "backslash": (lambda: tar([("top\\..\\..\\evil.jpg", jpeg(1))]), LEADS_OUT),
    "drive": (lambda: tar([("C:/evil.jpg", jpeg(1))]), LEADS_OUT),
    "symbolic link": (lambda: special(tarfile.SYMTYPE, link="/etc/passwd"), LEADS_OUT),
    "hard link": (lambda: special(tarfile.LNKTYPE, link="top/red/0.jpg"), LEADS_OUT),
    "device": (lambda: special(tarfile.CHRTYPE, devmajor=1, devminor=5), LEADS_OUT),
    "pipe": (lambda: special(tarfile.FIFOTYPE), LEADS_OUT),
    "sparse": (lambda: special(tarfile.GNUTYPE_SPARSE), LEADS_OUT),
    "bomb": (lambda: tar([("top/red/0.jpg", bytes(50_000_000))]), BOMB),
    "large member": (lambda: tar([("top/red/0.jpg", bytes(70_000_000))]), BOMB),
    "bomb in a header": (claims_gigabytes, BOMB),
    "zip parent": (lambda: zip_archive([("top/../../evil.jpg", jpeg(1))]), LEADS_OUT),
    "zip link": (
        lambda: zip_archive([("top/l.jpg", b"/etc/passwd")], external_attr=(stat.S_IFLNK | 0o777) << 16),
        LEADS_OUT,
    ),
    "zip bomb": (lambda: zip_archive([("top/red/0.jpg", bytes(50_000_000))]), BOMB),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archive_is_not_opened(server, cache, monkeypatch, tmp_path, case):
    make, reason = HOSTILE[case]
    server.content = make()
    register(monkeypatch, server.url, server.content)
    with fails(f"small.tgz: not opened, for .*{reason}"):
        load()
    assert [name for name in kept(cache) if not name.startswith("full-")] == []
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"lock", *kept(cache)}
    server.content = ARCHIVE
    register(monkeypatch, server.url)
    load()


def test_archive_of_too_many_files(small, monkeypatch):
    monkeypatch.setattr(archives, "_MAX_MEMBERS", len(PHOTOS) - 1)
    with fails(f"small.tgz: not opened, for {BOMB}"):
        load()
    monkeypatch.setattr(archives, "_MAX_MEMBERS", len(PHOTOS))
    load()


@pytest.mark.parametrize(
    "content",
    [ARCHIVE[: len(ARCHIVE) // 2], b"", b"no archive at all", gzip.compress(b"nor this" * 100), b"PK\x03\x04 nor this"],
    ids=["half", "empty", "text", "gzip", "zip"],
)
def test_damaged_archive(tmp_path, content):
    (tmp_path / "full-0123456789abcdef-x.tgz").write_bytes(content)
    with fails(r"x\.tgz: this archive is damaged \(.*\); get a good copy"):
        list(archives.read_archive(tmp_path / "full-0123456789abcdef-x.tgz"))


@pytest.mark.parametrize(
    "content", [tar(PHOTOS.items(), "w"), ARCHIVE, zip_archive(PHOTOS.items())], ids=["tar", "tgz", "zip"]
)
def test_archives_of_each_kind(tmp_path, content):
    (tmp_path / "archive").write_bytes(content)
    assert dict(archives.read_archive(tmp_path / "archive")) == PHOTOS


# ---- the mirror


def prepared(names, split="train"):
    """A prepared set of some of the photos."""
    lines = [f"{name},red,{split},CC0,,,,48,40" for name in names]
    index = "\n".join([",".join(registry.COLUMNS), *lines])
    return tar([("index.csv", index.encode()), *((name, PHOTOS[name]) for name in names)], "w")


@pytest.fixture
def mirror(tmp_path, cache, monkeypatch):
    """A mirror with the set "own", whose checksum it lists."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    put(folder, prepared(list(PHOTOS)[:10]))
    monkeypatch.setenv("COLORKIT_MIRROR", str(folder))
    return folder


def put(mirror, content, listed=True):
    (mirror / "own.tar").write_bytes(content)
    if listed:
        (mirror / "SHA256SUMS").write_text(f"{sha256(content)[7:]}  own.tar\n")


def test_mirror_serves_without_network_and_is_remembered(mirror, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked for the network"))
    first = photos.load("own", 32)
    assert len(first) == 10 and first.source == f"prepared-{sha256((mirror / 'own.tar').read_bytes())[7:23]}.tar"
    shutil.rmtree(mirror)  # The stick went to the next learner.
    assert np.array_equal(photos.load("own", 32).rgb, first.rgb)
    assert len(photos.load("own", 40)) == 10


def test_mirror_comes_before_the_cache_and_the_network(server, small, cache, mirror):
    whole = load()
    content = prepared(list(PHOTOS)[:10])
    (mirror / "small.tar").write_bytes(content)
    (mirror / "SHA256SUMS").write_text(f"{sha256(content)[7:]} *small.tar\n")
    assert len(photos.load("small", 32)) == 10 < len(whole)
    assert server.ranges == [None]


def test_archive_in_the_mirror_need_not_be_downloaded(server, small, mirror):
    (mirror / "small.tgz").write_bytes(ARCHIVE[:-1])
    with fails(r"small\.tgz: checksum differs .* It is in the mirror folder .* and was left there; put a good copy"):
        load()
    (mirror / "small.tgz").write_bytes(ARCHIVE)
    load()
    assert server.ranges == []


def test_altered_set_in_the_mirror_is_left_there(mirror, tmp_path):
    good = (mirror / "own.tar").read_bytes()
    put(mirror, good[:5000] + b"!" + good[5001:], listed=False)
    with fails(
        r"own\.tar: checksum differs \(the copy was cut or altered\)\. It is in the mirror folder \S+ and was left "
        r"there; put a good copy in its place"
    ):
        photos.load("own", 32)
    assert (mirror / "own.tar").exists() and kept(preset.cache_folder("photos", "own")) == []
    put(mirror, good)
    photos.load("own", 32)


def test_set_of_unknown_checksum(mirror):
    (mirror / "SHA256SUMS").write_text("what is this?\n")
    with fails(r"own\.tar: its checksum is not known; run `sha256sum \*\.tar > SHA256SUMS` in the mirror \S+"):
        photos.load("own", 32)


def test_registry_knows_a_checksum_that_the_mirror_does_not_list(mirror, monkeypatch):
    (mirror / "SHA256SUMS").unlink()
    own = registry.PhotoSet("own", "mine", "CC0", checksum=sha256((mirror / "own.tar").read_bytes()))
    monkeypatch.setattr(registry, "sets", lambda: {"own": own})
    assert len(photos.load("own", 32)) == 10


def test_changed_set_in_the_mirror_is_noticed(mirror):
    assert len(photos.load("own", 32)) == 10
    put(mirror, prepared(list(PHOTOS)[:7]))
    assert len(photos.load("own", 32)) == 7
    assert len(kept(preset.cache_folder("photos", "own"))) == 3  # What came from the old one is gone.


def test_altered_copy_in_the_cache_is_noticed_and_replaced(mirror):
    (path,) = [preset.cache_folder("photos", "own") / photos.load("own", 32).source]
    times = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with fails(re.escape(f"own.tar: its copy in the cache was altered. {AGAIN}")):
        photos.load("own", 40)
    assert len(photos.load("own", 40)) == 10


def test_full_disk_while_copying(mirror, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copy2", no_space)
        with fails(r"own\.tar\.part cannot be written in .*No space left"):
            photos.load("own", 32)
    assert kept(preset.cache_folder("photos", "own")) == []
    assert len(photos.load("own", 32)) == 10


def test_set_that_is_nowhere(cache, monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "sets", lambda: {"own": registry.PhotoSet("own", "mine", "CC0")})
    with fails(
        r"own has no address to download it from; set COLORKIT_MIRROR to a folder that has own\.tar \(it is not set\)"
    ):
        photos.load("own", 32)
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "typo"))
    with fails(r"own has no address .*typo\)"):
        photos.load("own", 32)


def test_folder_that_cannot_be_written(mirror, monkeypatch):
    folder = preset.cache_folder("photos", "own")
    real = Path.open

    def no_lock(path, *arguments, **options):
        if path.name == "lock":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", no_lock)
    with fails(re.escape(f"lock cannot be written in {folder} (Permission denied)")):
        photos.load("own", 32)


def test_downloads_can_be_forbidden(small, cache, server, monkeypatch):
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with pytest.raises(FileProblem, match=r"^small is not here, and COLORKIT_OFFLINE forbids"):
        load()
    assert kept(cache) == [] and not server.ranges
    monkeypatch.setenv("COLORKIT_OFFLINE", "0")
    load()
