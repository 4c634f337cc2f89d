"""Photo sets on their way in: brought from the mirror or the network into the cache, and checked on the way.

The mirror is a folder that the environment variable ``COLORKIT_MIRROR`` names. What is opened is always a file in the
cache whose checksum was right when it came.
"""

import os
import shutil

from colorkit import files
from colorkit.files import FileProblem


def cached(photo_set, folder):
    """Return the file of a set (`colorkit.photos.PhotoSet`) in its folder of the cache, without reading it.

    None where it is not there, or where the mirror has another one.
    """
    given = files.in_mirror(f"{photo_set.name}.tar")
    for path in folder.glob("prepared-*.tar"):
        if given is None or _size_and_time(path) == _size_and_time(given):
            return path
    if given is None and photo_set.archive and _archive_path(photo_set, folder).is_file():
        return _archive_path(photo_set, folder)
    return None


def get(photo_set, folder):
    """Bring a set into its folder of the cache, and check it; to be called while that is `files.locked`.

    Returns the path of ``prepared-CHECKSUM.tar``, with the first 16 digits of the checksum, or what `get_archive` does.
    """
    file = f"{photo_set.name}.tar"
    path = cached(photo_set, folder)
    if path and path.name.startswith("prepared"):
        _check_copy(path, file, path.stem.removeprefix("prepared-"))
        return path
    given = files.in_mirror(file)
    if given is None:
        return get_archive(photo_set, folder)
    good = {photo_set.sha256, files.known_checksums(given.parent).get(file, "")} - {""}
    if not good:
        raise FileProblem(
            f"{file}: its checksum is not known; run `sha256sum *.tar > SHA256SUMS` in the mirror {given.parent}."
        )
    path = _copied(given, folder, "prepared-{}.tar", good)
    for old in folder.glob("prepared-*"):  # with the arrays that were made from it
        if not old.name.startswith(path.stem):
            old.unlink(missing_ok=True)
    return path


def get_archive(photo_set, folder):
    """Bring the archive of a whole set into its folder of the cache, and check it; to be called as `get` is.

    Returns the path of ``full-CHECKSUM-FILE``.
    """
    archive = photo_set.archive
    if archive is None:
        raise FileProblem(
            f"{photo_set.name} has no address to download it from; set {files.MIRROR} to a folder that has "
            f"{photo_set.name}.tar (it is {files.mirror() or 'not set'})."
        )
    path, given = _archive_path(photo_set, folder), files.in_mirror(archive.file)
    if path.is_file():
        _check_copy(path, archive.file, archive.sha256)
        return path
    if given:
        return _copied(given, folder, "full-{}-" + archive.file, {archive.sha256})
    return files.download(
        archive.url,
        path,
        photo_set.name,
        sha256=archive.sha256,
        otherwise=f"set {files.MIRROR} to a folder that has {photo_set.name}.tar or {archive.file}",
        size=archive.bytes,
    )


def _archive_path(photo_set, folder):
    return folder / f"full-{photo_set.archive.sha256[:16]}-{photo_set.archive.file}"


def _size_and_time(path):
    return path.stat().st_size, path.stat().st_mtime_ns


def _check_copy(path, file, sha256):
    """Remove a file from the cache if it is not what it was when it came."""
    if not files.digest(path).startswith(sha256):
        path.unlink()
        raise FileProblem(
            f"{file}: its copy in the cache was altered. It was removed; run the same call again, or put a good copy "
            "in the mirror folder."
        )


def _copied(given, folder, name, good):
    """Copy a file of the mirror into the cache if its checksum is a good one; it goes into the name."""
    part = folder / f"{given.name}.part"
    with files.explain_read_errors(given):
        source = given.open("rb")
    try:
        with source, files.explain_write_errors(part):
            with part.open("wb") as file:
                shutil.copyfileobj(source, file)
            shutil.copystat(given, part)  # `cached` knows it by its time.
        checksum = files.digest(part)
        if checksum not in good:
            raise FileProblem(
                f"{given.name}: checksum differs (the copy was cut or altered). It is in the mirror folder "
                f"{given.parent} and was left there; put a good copy in its place."
            )
        path = folder / name.format(checksum[:16])
        with files.explain_write_errors(path):
            os.replace(part, path)
        return path
    finally:
        part.unlink(missing_ok=True)
