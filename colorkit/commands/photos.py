"""``colorkit photos``: which sets there are, one for a class, and whether a folder of them is good."""

import argparse
import os
import re
from pathlib import Path

from colorkit import files, preset
from colorkit.photos import mirror, registry, sources


def add(commands):
    """Add this command to those of `colorkit`."""
    parser = commands.add_parser(
        "photos", help="photo sets: list them, prepare one for a class, check a folder of them"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    action = actions.add_parser("list", help="which sets there are, and where they are found now")
    action.set_defaults(run=_list)

    action = actions.add_parser(
        "prepare",
        help="make NAME.tar for a mirror folder",
        description="Make NAME.tar and its line in SHA256SUMS, from a download or from photos of your own. Who sets "
        f"{files.MIRROR} to the folder loads the set without a network.",
    )
    action.add_argument("name", metavar="NAME", help="a set that can be downloaded; with --from, any name")
    action.add_argument(
        "--size",
        type=_side,
        default=160,
        help="short side of the photos, at most, in pixels (160); 256 for test photos if that is more",
    )
    action.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help="where it goes (the current folder)")
    action.add_argument(
        "--from", metavar="FOLDER", type=Path, dest="own", help="photos of your own; subfolders are labels"
    )
    action.set_defaults(run=_prepare)

    action = actions.add_parser(
        "verify",
        help="check every set in a mirror folder",
        description="Check checksum, index, photos and splits of every set in a folder. The exit status is 1 if "
        "anything is wrong. Look-alikes in two splits are named, too.",
    )
    action.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help=f"left out: that of {files.MIRROR}")
    action.set_defaults(run=_verify)


def _side(text):
    if not text.isdecimal() or int(text) < 32:
        raise argparse.ArgumentTypeError(f"it is a whole number, at least 32, got {text}")
    return int(text)


def _list(_):
    cache = preset.cache_folder("photos")
    try:
        folder = files.mirror()
        mirror_folder = f"{files.MIRROR} is {files.shown(folder or 'not set')}"
        if folder and not folder.is_absolute():
            mirror_folder += f" in {Path.cwd()}; set it to {folder.resolve()}, for lessons run in another folder"
    except files.FileProblem as problem:
        folder, mirror_folder = None, str(problem).rstrip(".")
    own = {path.stem for path in _tars(folder) if re.fullmatch(registry.NAME, path.stem)} if folder else set()
    print(f"{'set':15} {'photos':>7} {'labels':>6}  {'found in':18} {'what'}")
    for name in [*registry.sets(), *sorted(own - set(registry.sets()))]:
        photo_set = registry.find(name)
        archive = photo_set.archive
        photos, labels = sum(photo_set.photos.values()), len(photo_set.labels)
        if files.in_mirror(f"{name}.tar"):
            where = "mirror"
        elif sources.cached(photo_set, cache / name):
            where = "cache"
        elif archive:
            where = f"download, {archive.bytes / 1e6:.0f} MB" if archive.bytes else "download"
            photos, labels = archive.photos, labels or len(archive.labels)
        else:
            where = "mirror only"
        print(f"{name:15} {photos or '-':>7} {labels or '-':>6}  {where:18} {photo_set.title}. {photo_set.license}")
    print(f"{mirror_folder}. The cache is {cache}.")
    return 0


def _prepare(options):
    path = mirror.prepare(options.name, options.to, options.size, options.own)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB. Set {files.MIRROR} to {path.parent.resolve()} to load from it.")
    return 0


def _verify(options):
    folder = options.folder or files.mirror() or Path()
    if not Path(os.path.expanduser(folder)).is_dir():
        raise files.FileProblem(f"{files.shown(folder)}: there is no such folder; check the path.")
    tars = _tars(folder)
    if not tars:
        raise files.FileProblem(
            f"{files.shown(folder)}: there is no set (NAME.tar) in this folder; name a mirror folder."
        )
    wrong = 0
    for path in tars:
        faults, notes = mirror.verify(path)
        wrong += bool(faults)
        print(f"{files.shown(path.name)}: {'WRONG' if faults else 'good'}")
        for line in [*(f"wrong: {fault}" for fault in faults), *notes]:
            print(f"  {line}")
    return int(wrong > 0)


def _tars(folder):
    # macOS puts a hidden ._NAME.tar beside each file on a stick.
    found = Path(os.path.expanduser(folder)).glob("*.tar")
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))
