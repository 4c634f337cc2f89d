"""Files: locked, written whole or not at all, verified, and brought from a mirror or the network."""

import errno
import functools
import hashlib
import http.client
import importlib.resources
import os
import re
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from colorkit import progress

MIRROR = "COLORKIT_MIRROR"
OFFLINE = "COLORKIT_OFFLINE"  # the environment variable that, set to 1, forbids downloads
_TIMEOUT = 30  # seconds without a byte, once a download has begun
_PATIENCE = 10  # seconds until it begins ...
_IMPATIENCE = 3  # ... from a host that did not answer the last time
_silent = set()  # these hosts
_MAX_BYTES = 4_000_000_000  # of a download that does not say how long it is


class FileProblem(Exception):
    """A file that cannot be had or written. The message is one line: what was wrong, and what to do."""


def mirror():
    """Return the mirror folder, which the environment variable ``COLORKIT_MIRROR`` names.

    Returns
    -------
    pathlib.Path or None
        None if the variable is not set.

    Raises
    ------
    FileProblem
        If there is no such folder.
    """
    named = os.environ.get(MIRROR)
    if not named:
        return None
    folder = Path(os.path.expanduser(named))
    if not folder.is_dir():
        seen = "" if folder.is_absolute() else f" (seen from {Path.cwd()})"
        raise FileProblem(
            f"{MIRROR} is {named!r}, and there is no such folder{seen}; set it to the whole path of one, or unset it."
        )
    return folder


def in_mirror(file):
    """Return the path of a file in the mirror folder, or None if it is not there."""
    folder = os.environ.get(MIRROR)
    path = Path(os.path.expanduser(folder)) / file if folder else None
    return path if path and path.is_file() else None


def shown(name):
    """Return a name as it can be shown in one line: as it is, or else with its odd characters written out."""
    name = str(name)
    return name if name.isprintable() else ascii(name)[1:-1]


def digest(path, algorithm="sha256"):
    """Return the checksum of a file in hexadecimal digits."""
    with explain_read_errors(path), open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def known_checksums(folder):
    """Return what the file SHA256SUMS of a folder lists: name of a file -> SHA-256, hexadecimal."""
    try:
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    found = [re.fullmatch(r"([0-9a-fA-F]{64}) [ *](.+)", line) for line in lines]
    return {match[2].strip(): match[1].lower() for match in found if match}


@contextmanager
def explain_read_errors(path):
    """Say in one sentence that a file could not be read, which does not mean that it is damaged."""
    path = Path(path)
    try:
        yield
    except OSError as error:
        raise FileProblem(
            f"{shown(path.name)} in {shown(path.parent)} cannot be read ({error.strerror or error}); see to its "
            "permissions and its drive, and run the same call again."
        ) from error


@contextmanager
def explain_write_errors(path):
    """Say in one sentence that a file could not be written."""
    try:
        yield
    except OSError as error:
        raise FileProblem(
            f"{shown(path.name)} cannot be written in {shown(path.parent)} ({error.strerror or error}); make room "
            "there or see to its permissions, and run the same call again."
        ) from error


@contextmanager
def atomic_write(path):
    """Open a file for writing that takes its name only when it is whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with explain_write_errors(path):
        try:
            with part.open("wb") as file:
                yield file
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


# What locking answers where a network drive has none: better no lock than no work.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


@contextmanager
def locked(path, wait=True):
    """Keep other processes, and threads, from a file or folder until this one is done with it.

    The lock is ``NAME.lock`` beside it, so that whoever shares the file shares the lock. The system lets go when a
    process ends. Where the drive knows no locks, the work goes on without one.

    Parameters
    ----------
    path : pathlib.Path
        What is protected; it need not be there yet.
    wait : bool
        Whether to wait for whoever has it.

    Raises
    ------
    FileProblem
        If the lock cannot be written, or another has it and `wait` is false.
    """
    import filelock

    lock = filelock.FileLock(f"{path}.lock", timeout=-1 if wait else 0, fallback_to_soft=False)
    with explain_write_errors(Path(lock.lock_file)):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise FileProblem(
                f"{path.name} in {path.parent} is in use by another kernel or program; end that, and run this again."
            ) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
    try:
        yield
    finally:
        lock.release()


def download(url, path, name, *, sha256="", md5="", otherwise, size=0):
    """Download a file and verify it: it takes its name only when it is known to be the right one.

    A download that was cut goes on where it stopped, also in another process. Of two processes that want the same
    file, one waits for the other.

    Parameters
    ----------
    url : str
        Where it is.
    path : pathlib.Path
        Where it shall be; its folder is made. What is there already was verified when it came, and is left alone.
    name : str
        What sentences and the progress line call it.
    sha256, md5 : str
        Its checksum, hexadecimal digits: one of the two. MD5 is for files of which their makers publish nothing better.
    otherwise : str
        What else one can do where it cannot be downloaded: the end of a sentence, after "or".
    size : int
        How many bytes it has; 0 if that is not known.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    FileProblem
        If it cannot be had, or is another file than it should be.
    """
    with explain_write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if path.is_file():  # Another process may have been here first.
            return path
        mirror()  # One that is misspelled may have what would be downloaded now.
        if os.environ.get(OFFLINE) == "1":
            raise FileProblem(f"{name} is not here, and {OFFLINE} forbids to download it; unset that, or {otherwise}.")
        part = path.with_name(f"{path.name}.part")
        if not (size and part.is_file() and part.stat().st_size >= size):  # If so, it was stopped before the check.
            _receive_all(url, part, name, otherwise, size)
        if digest(part, "sha256" if sha256 else "md5") != (sha256 or md5):
            part.unlink()
            raise FileProblem(
                f"{url.rpartition('/')[2]}: checksum differs (the download was cut or altered). It was removed; run "
                f"the same call again, or {otherwise}."
            )
        with explain_write_errors(path):
            os.replace(part, path)
    return path


def _receive_all(url, part, name, otherwise, size):
    """Download a file, going on behind what is in `part` already."""
    have = part.stat().st_size if part.exists() else 0
    host = urllib.parse.urlsplit(url).hostname
    headers = {"User-Agent": "colorkit"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        response = _opened(urllib.request.Request(url, headers=headers), host)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:  # All is here already. The checksum will tell.
            return
        raise FileProblem(f"{name}: {host} answered {error.code} {error.reason}; try later, or {otherwise}.") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise FileProblem(
                f"{name}: the certificate of {host} cannot be verified ({reason.verify_message}); on a Mac run Install "
                "Certificates.command of your Python, in a network that filters set SSL_CERT_FILE to its certificate, "
                f"or {otherwise}."
            ) from error
        reason = getattr(reason, "strerror", None) or reason
        raise FileProblem(
            f"{name}: {host} cannot be reached ({reason}); connect to a network and run this again, or {otherwise}."
        ) from error
    with response:
        if not (have and (response.headers["Content-Range"] or "").startswith(f"bytes {have}-")):
            have = 0  # This server starts over.
        length = have + (response.length or -have)
        if length and size and length != size:  # The page of a network that asks for a password?
            raise FileProblem(
                f"{name}: {host} sends another file than it should ({length:,} bytes, not {size:,}); try "
                f"later, or {otherwise}."
            )
        total = size or length
        with explain_write_errors(part), part.open("ab" if have else "wb") as file:
            have = _receive(response, file, have, total, name)
    if have < total:
        raise FileProblem(
            f"{name}: the download was cut at {have / total:.0%}; run the same call again, it goes on from there."
        )


def _opened(request, host):
    """Open a URL, without waiting longer for a dead network than for a living one."""
    patience = _IMPATIENCE if host in _silent else _PATIENCE
    _silent.discard(host)
    opened = Future()

    def work():
        try:
            opened.set_result(urllib.request.urlopen(request, timeout=_TIMEOUT))
        except BaseException as error:
            opened.set_exception(error)

    # In a thread, for a timeout of `urlopen` is one of each address of the host, and none of looking up its name.
    threading.Thread(target=work, daemon=True).start()
    try:
        return opened.result(patience)
    except TimeoutError:
        _silent.add(host)
        raise TimeoutError(f"no answer in {patience} s") from None


def _receive(response, file, have, total, name):
    """Write what comes to a file, say how far it is, and return how many bytes there are now."""
    begin, at_first, line, text = time.monotonic(), have, progress.Line(), f"{name}  nothing came"
    try:
        while have <= (total or _MAX_BYTES):
            try:
                block = response.read1(1 << 18)
            except (OSError, http.client.HTTPException):
                break
            if not block:
                break
            file.write(block)
            have += len(block)
            text = f"{name}  {have / 1e6:.1f} MB"
            if total:
                left = (total - have) * (time.monotonic() - begin) / (have - at_first)
                text = f"{name}  {have / total:4.0%}  {have / 1e6:.1f} of {total / 1e6:.1f} MB"
                text += f"  left {progress.duration(left)}" if left > 0 else ""
            line.show(text)
    finally:
        line.show(text, last=True)
    return have


@functools.cache
def asset(*path):
    """Return a text file that comes with colorkit: ``asset("show", "assets", "explore.css")``."""
    return importlib.resources.files("colorkit").joinpath(*path).read_text("utf-8")
