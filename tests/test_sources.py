"""Bringing photo sets in: every fault gives one sentence, leaves nothing half done, and the next try works."""

import errno
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import numpy as np
import pytest
from photo_sets import ARCHIVE, PHOTOS, fails, kept, prepared, register, serving, sha256

from colorkit import files, photos, preset
from colorkit.photos import registry

OR = "or set COLORKIT_MIRROR to a folder that has small.tar or small.tgz."
WHOLE = f"full-{sha256(ARCHIVE)[:16]}-small.tgz"
AGAIN = "It was removed; run the same call again, or put a good copy in the mirror folder."


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture
def cache(own_cache, monkeypatch):
    """A cache of one's own, no mirror, and no proxy between here and the server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return own_cache("photos", "small")


@pytest.fixture
def small(server, cache, monkeypatch):
    return register(monkeypatch, server.url)


def load():
    pictures = photos.load("small", 32)
    assert set(pictures.files) <= {name.removeprefix("top/") for name in PHOTOS} and len(pictures) > 20
    return pictures


def test_download_shows_how_far_it_is_and_happens_once(server, small, cache, capsys):
    first = load()
    assert re.search(r"small  100%  0\.0 of 0\.0 MB *\n", capsys.readouterr().out)
    assert [name for name in kept(cache) if not name.endswith((".json", ".npy"))] == [first.source]
    assert first.source == f"full-{sha256(ARCHIVE)[:16]}-small.tgz"
    assert np.array_equal(load().rgb, first.rgb)
    photos.load("small", 40)
    photos.load("small", 32, "test")
    assert server.ranges == [None]


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


def test_download_that_was_cut_at_its_very_end(server, cache, monkeypatch):
    register(monkeypatch, server.url, bytes=0)
    (cache / f"{WHOLE}.part").write_bytes(ARCHIVE)
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
    with monkeypatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as deaf:
        patch.setattr(files, "_PATIENCE", 0.3)
        patch.setattr(files, "_IMPATIENCE", 0.2)
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
    differs = (
        f"small.tgz: checksum differs (the download was cut or altered). It was removed; run the same call again, {OR}"
    )
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


def test_unknown_size(server, cache, monkeypatch):
    register(monkeypatch, server.url, bytes=0)
    assert load().source == WHOLE


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
except files.FileProblem as error:
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
    assert kept(cache) == [f"full-{sha256(ARCHIVE)[:16]}-small.tgz{left}"]
    load()


@pytest.mark.parametrize(
    ("function", "torn"), [("decoding.open_good", 1), ("files.os.replace", 1)], ids=["decoding", "writing"]
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


# ---- the mirror


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
        (mirror / "SHA256SUMS").write_text(f"{sha256(content)}  own.tar\n")


def test_mirror_serves_without_network_and_is_remembered(mirror, monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("asked for the network"))
    first = photos.load("own", 32)
    assert len(first) == 10 and first.source == f"prepared-{sha256((mirror / 'own.tar').read_bytes())[:16]}.tar"
    shutil.rmtree(mirror)  # The stick went to the next learner.
    assert np.array_equal(photos.load("own", 32).rgb, first.rgb)
    assert len(photos.load("own", 40)) == 10


def test_mirror_comes_before_the_cache_and_the_network(server, small, cache, mirror):
    whole = load()
    content = prepared(list(PHOTOS)[:10])
    (mirror / "small.tar").write_bytes(content)
    (mirror / "SHA256SUMS").write_text(f"{sha256(content)} *small.tar\n")
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
    own = registry.PhotoSet("own", "mine", "CC0", sha256=sha256((mirror / "own.tar").read_bytes()))
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
        patch.setattr(shutil, "copyfileobj", no_space)
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
    with fails(r"COLORKIT_MIRROR is '.*typo', and there is no such folder; set it to the whole path of one, or unset"):
        photos.load("own", 32)


def test_downloads_can_be_forbidden(small, cache, server, monkeypatch):
    monkeypatch.setenv("COLORKIT_OFFLINE", "1")
    with fails(re.escape(f"small is not here, and COLORKIT_OFFLINE forbids to download it; unset that, {OR}")):
        load()
    assert kept(cache) == [] and not server.ranges
    monkeypatch.setenv("COLORKIT_OFFLINE", "0")
    load()
