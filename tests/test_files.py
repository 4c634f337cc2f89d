"""Files: locked, written whole or not at all, verified before they take their name; and where the cache is."""

import errno
import io
import os
import re
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
from pathlib import Path

import pytest
from photo_sets import ARCHIVE, fails, kept, serving, sha256

from colorkit import files, preset, progress

fcntl = pytest.importorskip("fcntl", reason="locks are of another kind on Windows")

# ---- downloading


@pytest.fixture
def server(own_cache, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        yield server


def download(server, path, **changes):
    given = {"sha256": sha256(ARCHIVE), "otherwise": "fetch it by hand", "size": len(ARCHIVE)} | changes
    return files.download(server.url, path, "small", **given)


def test_what_is_downloaded_is_verified_and_comes_once(server, tmp_path):
    path = tmp_path / "new" / "folder" / "x.tgz"
    assert download(server, path) == path and path.read_bytes() == ARCHIVE
    assert download(server, path) == path and server.ranges == [None]
    assert kept(path.parent) == ["x.tgz"]


def test_wrong_content_never_takes_the_name(server, tmp_path, monkeypatch):
    named = []
    monkeypatch.setattr(files.os, "replace", lambda part, path: named.append(path))
    server.content = ARCHIVE[:-1] + b"!"
    with fails(
        r"small\.tgz: checksum differs \(the download was cut or altered\)\. It was removed; run the same call again, "
        r"or fetch it by hand\."
    ):
        download(server, tmp_path / "x.tgz")
    assert kept(tmp_path) == [] and not named


KILLED = """
import os, sys
from pathlib import Path
from colorkit import files
files.digest = lambda *_: os._exit(9)
files.download(sys.argv[1], Path(sys.argv[2]), "small", sha256="0" * 64, otherwise="x", size={size})
"""


@pytest.mark.parametrize("altered", [False, True])
@pytest.mark.parametrize("size", [0, len(ARCHIVE)])
def test_killed_between_fetching_and_checking(server, tmp_path, size, altered):
    path = tmp_path / "x.tgz"
    server.content = ARCHIVE[:-1] + b"!" if altered else ARCHIVE
    code = [sys.executable, "-c", KILLED.format(size=size), server.url, str(path)]
    assert subprocess.run(code, capture_output=True, check=False).returncode == 9
    assert kept(tmp_path) == ["x.tgz.part"], "what is not verified must not have the name"
    server.content = ARCHIVE
    if altered:
        with fails("small.tgz: checksum differs"):
            download(server, path, size=size)
        assert kept(tmp_path) == []
    assert download(server, path, size=size).read_bytes() == ARCHIVE


def test_killed_before_the_check_needs_no_network_again(server, tmp_path):
    (tmp_path / "x.tgz.part").write_bytes(ARCHIVE)
    assert download(server, tmp_path / "x.tgz").read_bytes() == ARCHIVE
    assert server.ranges == []


def test_two_clones_that_share_a_folder_download_once(server, tmp_path):
    server.delay = 0.5
    threads = [threading.Thread(target=download, args=(server, tmp_path / "x.tgz")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.ranges == [None] and (tmp_path / "x.tgz").read_bytes() == ARCHIVE


def test_certificates_have_advice_of_their_own(server, tmp_path, monkeypatch):
    def refuse(*_, **__):
        error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
        error.verify_message = "unable to get local issuer certificate"
        raise urllib.error.URLError(error)

    monkeypatch.setattr(files.urllib.request, "urlopen", refuse)
    with fails(
        r"small: the certificate of 127\.0\.0\.1 cannot be verified \(unable to get local issuer certificate\); on a "
        r"Mac run Install Certificates\.command of your Python, in a network that filters set SSL_CERT_FILE to its "
        r"certificate, or fetch it by hand\."
    ) as caught:
        download(server, tmp_path / "x.tgz")
    assert "connect to a network" not in str(caught.value)


def test_folder_that_cannot_be_written(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with fails(re.escape(f"x.tgz cannot be written in {tmp_path / 'file'} (")):
        download(server, tmp_path / "file" / "x.tgz")
    assert not server.ranges


def test_time_left_is_that_of_the_rest_at_the_pace_of_this_try(monkeypatch):
    class Slow:
        now, blocks = 100.0, 4

        def read1(self, _):
            self.now, self.blocks = self.now + 2, self.blocks - 1
            return bytes(1000) if self.blocks >= 0 else b""

    class Line:
        def show(self, text, last=False):
            shown.append(text)

    slow, shown = Slow(), []
    monkeypatch.setattr(progress, "Line", Line)
    monkeypatch.setattr(files.time, "monotonic", lambda: slow.now)
    assert files._receive(slow, io.BytesIO(), 1000, 5000, "small") == 5000
    assert [re.sub(r".*small +", "", text) for text in shown] == [
        "40%  0.0 of 0.0 MB  left 6.0 s",
        "60%  0.0 of 0.0 MB  left 4.0 s",
        "80%  0.0 of 0.0 MB  left 2.0 s",
        "100%  0.0 of 0.0 MB",
        "100%  0.0 of 0.0 MB",
    ]


# ---- locks


def test_lock_keeps_others_out(tmp_path):
    inside, most = [], []

    def work():
        with files.locked(tmp_path / "x"):
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
    assert {path.name for path in tmp_path.iterdir()} <= {"x.lock"}, "the lock lies beside what it protects"


def test_lock_of_another_process_is_said_and_goes_with_it(tmp_path):
    holds = "import sys, time; from pathlib import Path; from colorkit import files\n"
    holds += "with files.locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", holds, str(tmp_path / "x")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "locked\n"
        with (
            fails(rf"x in {tmp_path} is in use by another kernel or program; end that, and run this again"),
            files.locked(tmp_path / "x", wait=False),
        ):
            pytest.fail("entered all the same")
        process.kill()
        process.wait()
    with files.locked(tmp_path / "x", wait=False):
        pass


@pytest.mark.parametrize("code", ["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def test_drive_without_locks_is_no_reason_to_stop(tmp_path, monkeypatch, recwarn, code):
    def flock(*_):
        raise OSError(getattr(errno, code), "no locks here")

    monkeypatch.setattr(fcntl, "flock", flock)
    entered = []
    for _ in range(2):
        with files.locked(tmp_path / "x"):
            entered.append(1)
    assert entered == [1, 1] and not recwarn.list


def test_lock_that_cannot_be_written(tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", flock)
    with fails(re.escape(f"x.lock cannot be written in {tmp_path} (Input/output error); make room")):
        with files.locked(tmp_path / "x"):
            pytest.fail("entered without a lock")


def test_error_inside_of_a_lock_stays_what_it_is(tmp_path):
    with pytest.raises(OSError, match="mine"), files.locked(tmp_path / "x"):
        raise OSError("mine")
    with files.locked(tmp_path / "x", wait=False):
        pass


# ---- writing and reading


def test_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "x"
    with files.atomic_write(path) as file:
        file.write(b"old")
    with pytest.raises(KeyError), files.atomic_write(path) as file:
        file.write(b"new and half")
        raise KeyError
    assert path.read_bytes() == b"old" and kept(tmp_path) == ["x"]
    (tmp_path / "file").write_text("in the way")
    with fails(re.escape(f"y cannot be written in {tmp_path / 'file'} (")), files.atomic_write(tmp_path / "file" / "y"):
        pass


def test_file_that_cannot_be_read_is_said(tmp_path):
    with fails(re.escape(f"x in {tmp_path} cannot be read (No such file or directory); see to its permissions")):
        files.digest(tmp_path / "x")


def test_mirror_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("COLORKIT_MIRROR", raising=False)
    assert files.mirror() is None and files.in_mirror("x") is None
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "x").write_text("here")
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "mirror"))
    assert files.mirror() == tmp_path / "mirror" and files.in_mirror("x").read_text() == "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLORKIT_MIRROR", "~/mirror")
    assert files.mirror() == tmp_path / "mirror" and files.in_mirror("x").read_text() == "here"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLORKIT_MIRROR", "miror")
    with fails(
        re.escape(f"COLORKIT_MIRROR is 'miror', and there is no such folder (seen from {tmp_path}); set it to the")
    ):
        files.mirror()
    assert files.in_mirror("x") is None


def test_misspelled_mirror_is_said_before_a_download(server, tmp_path, monkeypatch):
    monkeypatch.setenv("COLORKIT_MIRROR", str(tmp_path / "miror"))
    with fails("COLORKIT_MIRROR is '.*miror', and there is no such folder"):
        download(server, tmp_path / "x.tgz")
    assert not server.ranges


# ---- where the cache is


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder, a clone and a folder for temporary files, all below `tmp_path`."""
    for name in ("home", "clone", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("COLORKIT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(preset, "repository", lambda: tmp_path / "clone")
    monkeypatch.setattr(preset.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    monkeypatch.setattr(preset, "_said", set())
    preset._temporary_folder.cache_clear()
    yield tmp_path
    preset._temporary_folder.cache_clear()


def block(folder):
    """Make a folder that nobody can write into, not even root, who runs tests in containers."""
    folder.rmdir()
    folder.write_text("in the way")


def own_folder(home):
    """Return where platformdirs puts caches on Linux."""
    return home / "home" / ".cache" / "colorkit"


def test_cache_is_in_the_clone(home, capsys):
    assert preset.cache_folder("photos", "x") == home / "clone" / "data" / "cache" / "photos" / "x"
    assert (home / "clone" / "data" / "cache" / "photos" / "x").is_dir()
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the user's folder for caches is another one")
def test_cache_without_a_clone_is_the_users_own(home, monkeypatch, capsys):
    monkeypatch.setattr(preset, "repository", lambda: None)
    assert preset.cache_folder("photos") == own_folder(home) / "photos"
    assert capsys.readouterr().out == ""


def test_cache_can_be_moved(home, monkeypatch, capsys):
    monkeypatch.setenv("COLORKIT_CACHE", str(home / "other disk"))
    assert preset.cache_folder("photos") == home / "other disk" / "photos"
    monkeypatch.setenv("COLORKIT_CACHE", "~/other")
    assert preset.cache_folder("photos") == home / "home" / "other" / "photos"
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the user's folder for caches is another one")
def test_read_only_clone(home, capsys):
    block(home / "clone")
    for _ in range(2):
        assert preset.cache_folder("photos") == own_folder(home) / "photos"
    assert preset.cache_folder("lessons") == own_folder(home) / "lessons"
    said = capsys.readouterr().out
    assert re.fullmatch(
        rf"colorkit keeps its files in {own_folder(home)} now, for {home}/clone/data/cache/photos cannot be written "
        r"\(Not a directory\)\.\n",
        said,
    )


def test_drive_that_is_mounted_read_only(home, monkeypatch, capsys):
    real = preset.tempfile.TemporaryFile

    def temporary_file(dir):
        if Path(dir).is_relative_to(home / "clone"):
            raise OSError(errno.EROFS, "Read-only file system")
        return real(dir=dir)

    (home / "clone" / "data" / "cache" / "photos").mkdir(parents=True)
    monkeypatch.setattr(preset.tempfile, "TemporaryFile", temporary_file)
    assert not preset.cache_folder("photos").is_relative_to(home / "clone")
    assert "cannot be written (Read-only file system)" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no user ids on Windows")
@pytest.mark.parametrize("case", ["unwritable", "unknown", "relative"])
def test_without_a_home_the_cache_is_temporary_and_found_again(home, monkeypatch, capsys, case):
    block(home / "clone")
    if case == "unwritable":
        block(home / "home")
    elif case == "unknown":  # as in a container that runs under any user id
        monkeypatch.delenv("HOME")
        monkeypatch.setattr(os, "getuid", lambda: 987_654)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
        monkeypatch.setenv("HOME", "nor/this")
        monkeypatch.setattr(os, "getuid", lambda: 987_654)
    folder = preset.cache_folder("photos")
    assert folder.is_relative_to(home / "temporary") and folder.is_dir()
    assert preset.cache_folder("lessons").parent == folder.parent
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and said.startswith(f"colorkit keeps its files in {folder.parent} now, for ")
    if case == "unwritable":
        preset._temporary_folder.cache_clear()  # as in the next lesson
        assert preset.cache_folder("photos") == folder
    else:
        assert "there is no home folder" in said


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no user ids on Windows")
def test_temporary_folder_of_somebody_else_is_not_used(home, monkeypatch):
    other = os.getuid() + 1
    (home / "temporary" / f"colorkit-{other}").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: other)
    folder = preset._temporary_folder()
    assert folder.parent == home / "temporary" and folder.name != f"colorkit-{other}"
    assert list((home / "temporary" / f"colorkit-{other}").iterdir()) == []


@pytest.mark.parametrize(("named", "reason"), [("other disk", "must be a whole path"), ("{home}/file/x", "Not a dir")])
def test_cache_that_cannot_be_moved_there(home, monkeypatch, capsys, named, reason):
    (home / "file").write_text("in the way")
    monkeypatch.setenv("COLORKIT_CACHE", named.format(home=home))
    assert preset.cache_folder("photos") == home / "clone" / "data" / "cache" / "photos"
    assert reason in capsys.readouterr().out


def test_nowhere_to_write(home, monkeypatch):
    for name in ("clone", "home", "temporary"):
        block(home / name)
    with pytest.raises(OSError, match=r"^there is no folder for the cache: .*; set COLORKIT_CACHE to one that can be"):
        preset.cache_folder("photos")
