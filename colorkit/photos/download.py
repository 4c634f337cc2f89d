"""Photo sets on their way in: brought from the mirror or the network into the cache, and checked on the way.

The mirror is a folder that the environment variable ``COLORKIT_MIRROR`` names. What is opened is always a file in the
cache whose checksum was right when it came.
"""

import gzip
import hashlib
import http.client
import os
import re
import shutil
import stat
import tarfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

MIRROR = "COLORKIT_MIRROR"
OFFLINE = "COLORKIT_OFFLINE"  # the environment variable that, set to 1, forbids downloads

_TIMEOUT = 30  # seconds without a byte, once a download has begun
_PATIENCE = 10  # seconds until it begins ...
_IMPATIENCE = 3  # ... from a host that did not answer the last time
_silent = set()  # these hosts
_MAX_BYTES = 4_000_000_000  # of a download that does not say how long it is

# What goes beyond these is no archive of photos.
_MAX_MEMBERS = 250_000
_MAX_MEMBER_BYTES = 64_000_000
_MAX_RATIO = 20  # unpacked to packed; JPEG files hardly shrink when they are packed

_AGAIN = "run the same call again, or put a good copy in the mirror folder"


class PhotoSetError(Exception):
    """A photo set that cannot be had. The message is one line: what was wrong, and what to do."""


def in_mirror(file):
    """Return the path of a file in the mirror folder, or None if it is not there."""
    folder = os.environ.get(MIRROR)
    path = Path(folder).expanduser() / file if folder else None
    return path if path and path.is_file() else None


def cached(photo_set, folder):
    """Return the file of a set (`colorkit.photos.PhotoSet`) in its folder of the cache, without reading it.

    None where it is not there, or where the mirror has another one.
    """
    given = in_mirror(f"{photo_set.name}.tar")
    for path in folder.glob("prepared-*.tar"):
        if given is None or _size_and_time(path) == _size_and_time(given):
            return path
    if given is None and photo_set.archive and _archive_path(photo_set, folder).is_file():
        return _archive_path(photo_set, folder)
    return None


def get(photo_set, folder):
    """Bring a set into its folder of the cache, and check it; to be called while `alone`.

    Returns the path of ``prepared-CHECKSUM.tar``, with the first 16 digits of the checksum, or what `get_archive` does.
    """
    file = f"{photo_set.name}.tar"
    path = cached(photo_set, folder)
    if path and path.name.startswith("prepared"):
        if not digest(path).startswith(path.stem.removeprefix("prepared-")):
            path.unlink()
            raise PhotoSetError(f"{file}: its copy in the cache was altered. It was removed; {_AGAIN}.")
        return path
    given = in_mirror(file)
    if given is None:
        return get_archive(photo_set, folder)
    good = {photo_set.checksum.removeprefix("sha256:"), known_checksums(given.parent).get(file, "")} - {""}
    if not good:
        raise PhotoSetError(
            f"{file}: its checksum is not known; run `sha256sum *.tar > SHA256SUMS` in the mirror {given.parent}."
        )
    path = _copied(given, folder, "prepared-{}.tar", "sha256", good)
    for old in folder.glob("prepared-*"):  # with the arrays that were made from it
        if not old.name.startswith(path.stem):
            old.unlink(missing_ok=True)
    return path


def get_archive(photo_set, folder):
    """Bring the archive of a whole set into its folder of the cache, and check it; to be called while `alone`.

    Returns the path of ``full-CHECKSUM-FILE``.
    """
    archive = photo_set.archive
    if archive is None:
        raise PhotoSetError(
            f"{photo_set.name} has no address to download it from; set {MIRROR} to a folder that has "
            f"{photo_set.name}.tar (it is {os.environ.get(MIRROR) or 'not set'})."
        )
    algorithm, _, checksum = archive.checksum.partition(":")
    path, given = _archive_path(photo_set, folder), in_mirror(archive.file)
    if given and not path.is_file():
        return _copied(given, folder, "full-{}-" + archive.file, algorithm, {checksum})
    if not path.is_file():
        if os.environ.get(OFFLINE) == "1":
            raise PhotoSetError(
                f"{photo_set.name} is not here, and {OFFLINE} forbids to download it; unset that, or set {MIRROR} to a "
                "folder that has it."
            )
        otherwise = f"or set {MIRROR} to a folder that has {photo_set.name}.tar or {archive.file}"
        fetch(archive.url, path, photo_set.name, otherwise, archive.bytes)
    if digest(path, algorithm) != checksum:
        path.unlink()
        raise PhotoSetError(
            f"{archive.file}: checksum differs (the download was cut or altered). It was removed; {_AGAIN}."
        )
    return path


def _archive_path(photo_set, folder):
    return folder / f"full-{photo_set.archive.checksum.partition(':')[2][:16]}-{photo_set.archive.file}"


def _size_and_time(path):
    return path.stat().st_size, path.stat().st_mtime_ns


def _copied(given, folder, name, algorithm, good):
    """Copy a file of the mirror into the cache if its checksum is a good one; it goes into the name."""
    part = folder / f"{given.name}.part"
    with writing(part):
        try:
            shutil.copy2(given, part)
            checksum = digest(part, algorithm)
            if checksum not in good:
                raise PhotoSetError(
                    f"{given.name}: checksum differs (the copy was cut or altered). It is in the mirror folder "
                    f"{given.parent} and was left there; put a good copy in its place."
                )
            path = folder / name.format(checksum[:16])
            os.replace(part, path)
            return path
        finally:
            part.unlink(missing_ok=True)


def digest(path, algorithm="sha256"):
    """Return the checksum of a file in hexadecimal digits."""
    with open(path, "rb") as file:
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
def writing(path):
    """Say in one sentence that a file could not be written."""
    try:
        yield
    except OSError as error:
        raise PhotoSetError(
            f"{path.name} cannot be written in {path.parent} ({error.strerror or error}); make room there "
            "or see to its permissions, and run the same call again."
        ) from error


@contextmanager
def whole(path):
    """Open a file for writing that takes its name only when it is whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with writing(path):
        try:
            with part.open("wb") as file:
                yield file
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def alone(path):
    """Keep other processes, and threads, out until this one is done. The system lets go when a process ends."""
    with writing(path):
        file = path.open("ab")
    with file:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    time.sleep(0.1)
        else:
            with writing(path):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fetch(url, path, name, otherwise, size=0):
    """Download a file, going on where an earlier try stopped; to be called while `alone`, and checked afterwards.

    Parameters
    ----------
    url : str
        Where it is.
    path : pathlib.Path
        What it is called once it is whole.
    name : str
        What sentences and the progress line call it.
    otherwise : str
        What else one can do where there is no network: the end of a sentence, "or ...".
    size : int
        How many bytes it should have; 0 if that is not known.

    Raises
    ------
    PhotoSetError
        If it cannot be had.
    """
    part = path.with_name(path.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    host = urllib.parse.urlsplit(url).hostname
    headers = {"User-Agent": "colorkit"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        response = _opened(urllib.request.Request(url, headers=headers), host)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:  # All is here already. The checksum will tell.
            with writing(path):
                os.replace(part, path)
            return
        raise PhotoSetError(f"{name}: {host} answered {error.code} {error.reason}; try later, {otherwise}.") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        reason = getattr(reason, "strerror", None) or reason
        raise PhotoSetError(
            f"{name}: {host} cannot be reached ({reason}); connect to a network and run this again, {otherwise}."
        ) from error
    with response:
        if not (have and (response.headers["Content-Range"] or "").startswith(f"bytes {have}-")):
            have = 0  # This server starts over.
        length = have + (response.length or -have)
        if length and size and length != size:  # The page of a network that asks for a password?
            raise PhotoSetError(
                f"{name}: {host} sends another file than it should ({length:,} bytes, not {size:,}); try "
                f"later, {otherwise}."
            )
        total = size or length
        with writing(part), part.open("ab" if have else "wb") as file:
            have = _receive(response, file, have, total, name)
    if have < total:
        raise PhotoSetError(
            f"{name}: the download was cut at {have / total:.0%}; run the same call again, it goes on from there."
        )
    with writing(path):
        os.replace(part, path)


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
    begin, at_first, shown = time.monotonic(), have, 0
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
            if time.monotonic() - shown > 0.5 or have == total:
                shown = time.monotonic()
                left = (total - have) * (shown - begin) / (have - at_first)
                far = (
                    f"{have / total:4.0%}  {have / 1e6:.1f} of {total / 1e6:.1f} MB  left {left:.0f} s" if total else ""
                )
                print(f"\r{name}  {far or f'{have / 1e6:.1f} MB'}   ", end="", flush=True)
    finally:
        print()
    return have


def read_archive(path):
    """Read the files in an archive one by one, without unpacking it to the disk.

    Parameters
    ----------
    path : pathlib.Path
        A .tar, .tar.gz or .zip.

    Yields
    ------
    str
        Path in the archive.
    bytes
        Content.

    Raises
    ------
    PhotoSetError
        If it is damaged, or holds what has no place among photos: paths that lead out of it, links, devices, or far
        more than its size lets one expect.
    """
    name = re.sub("^full-[0-9a-f]*-", "", path.name)
    limit = _MAX_RATIO * path.stat().st_size + 1_000_000
    bomb = f"{name}: not opened, for it unpacks to far more than photos do; get it from a source that you trust."
    try:
        with open(path, "rb") as file:
            start = file.read(4)
            file.seek(0)
            if start.startswith(b"PK"):
                members = _zip_members(file)
            else:
                members = _tar_members(_Limited(gzip.open(file) if start.startswith(b"\x1f\x8b") else file, limit))
            for number, (member, size, plain, read) in enumerate(members):
                if not plain or _leads_out(member):
                    raise PhotoSetError(
                        f"{name}: not opened, for {member!r} in it is a link, a device or a path that leads out of it; "
                        "get it from a source that you trust."
                    )
                limit -= size
                if number >= _MAX_MEMBERS or size > _MAX_MEMBER_BYTES or limit < 0:
                    raise PhotoSetError(bomb)
                yield member, read()
    except _TooMuch:
        raise PhotoSetError(bomb) from None
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise PhotoSetError(f"{name}: this archive is damaged ({error}); get a good copy.") from error


class _TooMuch(Exception):
    pass


class _Limited:
    """A file that gives no more than so much: the header of a tar alone may claim gigabytes."""

    def __init__(self, file, limit):
        self.file, self.left = file, limit

    def read(self, size):
        data = self.file.read(size)
        self.left -= len(data)
        if self.left < 0:
            raise _TooMuch
        return data


def _tar_members(file):
    with tarfile.open(fileobj=file, mode="r|") as tar:
        for member in tar:
            plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
            if not member.isdir() or _leads_out(member.name):
                yield member.name, member.size, plain, lambda member=member: tar.extractfile(member).read()


def _zip_members(file):
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)  # 0 where it was not made on Unix
            if not member.is_dir() or _leads_out(member.filename):
                yield (
                    member.filename,
                    member.file_size,
                    kind in (0, stat.S_IFREG),
                    lambda member=member: archive.read(member),
                )


def _leads_out(name):
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or re.match("[A-Za-z]:", name) is not None
