"""Archives of photos: whatever is in them, photos or one sentence, and nothing on the disk."""

import gzip
import random
import stat
import tarfile
import zipfile
from collections import Counter

import pytest
from photo_sets import ARCHIVE, PHOTOS, fails, jpeg, tar, zip_archive

from colorkit.files import FileProblem
from colorkit.photos import archives


def special(kind, name="top/red/x.jpg", link="", **attributes):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    for key, value in attributes.items():
        setattr(member, key, value)
    return tar([*PHOTOS.items(), (member, b"")])


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


@pytest.fixture
def archive(tmp_path):
    """Return a function that puts an archive into the cache and reads it."""

    def read(content):
        (tmp_path / "full-0123456789abcdef-x.tgz").write_bytes(content)
        return dict(archives.read_archive(tmp_path / "full-0123456789abcdef-x.tgz"))

    return read


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archive_is_not_opened(archive, tmp_path, case):
    make, reason = HOSTILE[case]
    with fails(f"x.tgz: not opened, for .*{reason}"):
        archive(make())
    assert [path.name for path in tmp_path.rglob("*")] == ["full-0123456789abcdef-x.tgz"]


def test_archive_of_too_many_files(archive, monkeypatch):
    monkeypatch.setattr(archives, "_MAX_MEMBERS", len(PHOTOS) - 1)
    with fails(f"x.tgz: not opened, for {BOMB}"):
        archive(ARCHIVE)
    monkeypatch.setattr(archives, "_MAX_MEMBERS", len(PHOTOS))
    assert archive(ARCHIVE) == PHOTOS


@pytest.mark.parametrize(
    "content",
    [ARCHIVE[: len(ARCHIVE) // 2], b"", b"no archive at all", gzip.compress(b"nor this" * 100), b"PK\x03\x04 nor this"],
    ids=["half", "empty", "text", "gzip", "zip"],
)
def test_damaged_archive(archive, content):
    with fails(r"x\.tgz: this archive is damaged \(.+\); get a good copy"):
        archive(content)


LZMA = zip_archive(PHOTOS.items(), compress_type=zipfile.ZIP_LZMA)
KINDS = {
    "tar": tar(PHOTOS.items(), "w"),
    "tgz": ARCHIVE,
    "zip": zip_archive(PHOTOS.items()),
    "zip, bzip2": zip_archive(PHOTOS.items(), compress_type=zipfile.ZIP_BZIP2),
    "zip, LZMA": LZMA,
}


@pytest.mark.parametrize("kind", KINDS)
def test_archives_of_each_kind(archive, kind):
    assert archive(KINDS[kind]) == PHOTOS


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_archive_is_read_or_refused_in_one_sentence(archive, kind):
    chance, outcomes = random.Random(5), Counter()
    for _ in range(60):
        content = bytearray(KINDS[kind])
        for _ in range(chance.choice([1, 5, 50])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            outcomes["read"] += bool(archive(bytes(content)))
        except FileProblem as problem:
            assert str(problem).isprintable() and str(problem).startswith("x.tgz: ")
            outcomes["refused"] += 1
    assert outcomes["refused"] >= (1 if kind == "tar" else 20)  # A plain tar has nothing that knows of damaged photos.


def test_name_that_is_no_text(archive):
    named = zip_archive([("caf\u00e9.jpg", jpeg(1))])
    with fails(r"x\.tgz: this archive is damaged \('utf-8' codec can't decode"):
        archive(named.replace(b"caf\xc3\xa9", b"caf\xc3\xc3"))
    assert list(archive(tar([("caf\udce9.jpg", jpeg(1))], "w"))) == ["caf\udce9.jpg"]


def test_archive_that_cannot_be_read_is_not_called_damaged(tmp_path):
    with fails(
        r"full-\w+-x\.tgz in \S+ cannot be read \(No such file or directory\); see to its permissions and its drive"
    ):
        list(archives.read_archive(tmp_path / "full-0123456789abcdef-x.tgz"))
