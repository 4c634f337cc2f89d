"""Photo sets on their way in: brought from the mirror or the network into the cache, and checked on the way.

The mirror is a folder that the environment variable ``COLORKIT_MIRROR`` names. What is opened is always a file in the
cache whose checksum was right when it came.
"""

import os
import shutil

from colorkit import files
from colorkit.files import FileProblem

_AGAIN = "run the same call again, or put a good copy in the mirror folder"


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
    """Bring a set into its folder of the cache, and check it; to be called while `files.locked`.

    Returns the path of ``prepared-CHECKSUM.tar``, with the first 16 digits of the checksum, or what `get_archive` does.
    """
    file = f"{photo_set.name}.tar"
    path = cached(photo_set, folder)
    if path and path.name.startswith("prepared"):
        if not files.digest(path).startswith(path.stem.removeprefix("prepared-")):
            path.unlink()
            raise FileProblem(f"{file}: its copy in the cache was altered. It was removed; {_AGAIN}.")
        return path
    given = files.in_mirror(file)
    if given is None:
        return get_archive(photo_set, folder)
    good = {photo_set.checksum.removeprefix("sha256:"), files.known_checksums(given.parent).get(file, "")} - {""}
    if not good:
        raise FileProblem(
            f"{file}: its checksum is not known; run `sha256sum *.tar > SHA256SUMS` in the mirror {given.parent}."
        )
    path = _copied(given, folder, "prepared-{}.tar", "sha256", good)
    for old in folder.glob("prepared-*"):  # with the arrays that were made from it
        if not old.name.startswith(path.stem):
            old.unlink(missing_ok=True)
    return path


def get_archive(photo_set, folder):
    """Bring the archive of a whole set into its folder of the cache, and check it; to be called while `files.locked`.

    Returns the path of ``full-CHECKSUM-FILE``.
    """
    archive = photo_set.archive
    if archive is None:
        raise FileProblem(
            f"{photo_set.name} has no address to download it from; set {files.MIRROR} to a folder that has "
            f"{photo_set.name}.tar (it is {os.environ.get(files.MIRROR) or 'not set'})."
        )
    algorithm, _, checksum = archive.checksum.partition(":")
    path, given = _archive_path(photo_set, folder), files.in_mirror(archive.file)
    if given and not path.is_file():
        return _copied(given, folder, "full-{}-" + archive.file, algorithm, {checksum})
    if not path.is_file():
        if os.environ.get(files.OFFLINE) == "1":
            raise FileProblem(
                f"{photo_set.name} is not here, and {files.OFFLINE} forbids to download it; unset that, or set "
                f"{files.MIRROR} to a folder that has it."
            )
        otherwise = f"or set {files.MIRROR} to a folder that has {photo_set.name}.tar or {archive.file}"
        files.fetch(archive.url, path, photo_set.name, otherwise, archive.bytes)
    if files.digest(path, algorithm) != checksum:
        path.unlink()
        raise FileProblem(
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
    with files.explain_write_errors(part):
        try:
            shutil.copy2(given, part)
            checksum = files.digest(part, algorithm)
            if checksum not in good:
                raise FileProblem(
                    f"{given.name}: checksum differs (the copy was cut or altered). It is in the mirror folder "
                    f"{given.parent} and was left there; put a good copy in its place."
                )
            path = folder / name.format(checksum[:16])
            os.replace(part, path)
            return path
        finally:
            part.unlink(missing_ok=True)
