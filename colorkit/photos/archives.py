"""Archives of photos, read without unpacking them to the disk."""

import gzip
import re
import stat
import tarfile
import zipfile

from colorkit import files
from colorkit.files import FileProblem

# What goes beyond these is no archive of photos.
_MAX_MEMBERS = 250_000
_MAX_MEMBER_BYTES = 64_000_000
_MAX_RATIO = 20  # unpacked to packed; JPEG files hardly shrink when they are packed


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
    FileProblem
        If it is damaged, or holds what has no place among photos: paths that lead out of it, links, devices, or far
        more than its size lets one expect.
    """
    name = re.sub("^full-[0-9a-f]*-", "", path.name)
    bomb = f"{name}: not opened, for it unpacks to far more than photos do; get it from a source that you trust."
    with files.explain_read_errors(path):
        file = path.open("rb")
        limit = _MAX_RATIO * path.stat().st_size + 1_000_000
    try:
        with file:
            start = file.read(4)
            file.seek(0)
            if start.startswith(b"PK"):
                members = _zip_members(file)
            else:
                members = _tar_members(_Limited(gzip.open(file) if start.startswith(b"\x1f\x8b") else file, limit))
            for number, (member, size, plain, read) in enumerate(members):
                if not plain or _leads_out(member):
                    raise FileProblem(
                        f"{name}: not opened, for {member!a} in it is a link, a device or a path that leads out of "
                        "it; get it from a source that you trust."
                    )
                limit -= size
                if number >= _MAX_MEMBERS or size > _MAX_MEMBER_BYTES or limit < 0:
                    raise FileProblem(bomb)
                yield member, read()
    except FileProblem:
        raise
    except _TooMuch:
        raise FileProblem(bomb) from None
    except Exception as error:  # Readers meet damage in every way: zlib.error, LZMAError, UnicodeDecodeError...
        reason = " ".join(str(error).split()) or type(error).__name__
        raise FileProblem(f"{name}: this archive is damaged ({files.shown(reason)}); get a good copy.") from error


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
