"""``colorkit color``: photos and films in color, one or a folder of them, here or on a cluster."""

import argparse
import contextlib
import dataclasses
import difflib
import functools
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from colorkit import batch, files, pictures, preset, progress
from colorkit.colorizing import finding, hints, work
from colorkit.film import naming, reading
from colorkit.models import checkpoints

_NETWORK = "11_flagship_gpu"
_SIZE = 256
# A process takes about 4 s and 1 GB to start: as many photos are colored by the one that is there already.
_PHOTOS_PER_JOB = 8
_MOST_JOBS = 4  # unless more are asked for


def add(commands):
    """Add this command to those of `colorkit`."""
    parser = commands.add_parser(
        "color",
        help="color photos and films",
        description="Color gray photos and films. Each becomes NAME_color beside it, as large as it is, with its "
        "dates; nothing is overwritten. The colors are plausible, and not those that were.",
        epilog="Exit status: 0 if all is well, 1 if one could not be colored, 2 if the command was not understood.",
    )
    parser.add_argument("photos", metavar="PHOTO", nargs="+", help="files, and folders with all that is in them")
    parser.add_argument(
        "--to", metavar="FOLDER", type=Path, help="where they go (beside each one); for one also a file"
    )
    parser.add_argument(
        "--model", metavar="NAME", default=_NETWORK, help=f"a network of `colorkit networks`, or a file ({_NETWORK})"
    )
    parser.add_argument(
        "--size",
        type=_number("a whole number from 32 to 1024", int, 32, 1024),
        default=_SIZE,
        help=f"longer side of what the network sees, in pixels ({_SIZE})",
    )
    parser.add_argument(
        "--temperature",
        type=_number("a number above 0, at most 10", float, 1e-3, 10),
        help="less takes the most probable color, more averages the likely ones (the network's own)",
    )
    parser.add_argument(
        "--hint",
        metavar="X,Y,#RRGGBB",
        action="append",
        default=[],
        type=_hint,
        help="what color is where: pixels from the left and from the top; for one photo, any number of times",
    )
    parser.add_argument("--compare", action="store_true", help="make NAME_compare: before and after, side by side")
    parser.add_argument(
        "--gray",
        action="store_true",
        help="color also what has colors, as if it were gray",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there already")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=_number("a whole number, at least 1", int, 1, 512),
        help="how many photos at a time, each about 1 GB of memory; films go one by one",
    )
    where.add_argument("--cluster", metavar="ADDRESS", help="color on a Dask cluster, for example tcp://10.0.0.5:8786")
    parser.error = functools.partial(_refuse, parser)
    parser.set_defaults(run=functools.partial(_color, parser))


def _refuse(parser, message):
    """Say in one sentence what was not understood, without the list of all options."""
    parser.exit(2, f"{parser.prog}: {message}; `{parser.prog} --help` says more\n")


def _number(what, kind, low, high):
    def read(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"it is {what}, got {text!r}")
        return value

    return read


def _hint(text):
    try:
        return hints.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _color(parser, options):
    to = options.to and Path(os.path.expanduser(options.to))
    found = finding.find(options.photos, to, finding.COMPARE if options.compare else finding.COLOR)
    if options.hint and (len(found.photos) + len(found.problems) > 1 or any(map(os.path.isdir, options.photos))):
        parser.error("hints are for one photo: name one")
    if options.hint and any(map(_is_film, found.photos)):
        parser.error("hints are for photos: in a film, nothing stays in its place")
    name = _known_network(options)
    problems = list(found.problems)
    there, waiting = [], []
    for source, target in found.photos:
        (there if target.exists() and not options.overwrite else waiting).append((source, target))
    waiting = _writable(_readable(waiting, problems), problems)
    done = _work(options, name, waiting, problems) if waiting else _Tally()
    _report(done, there, found, problems, options)
    return int(bool(problems) or done.stopped)


def _known_network(options):
    """Check what can be checked before TensorFlow starts; return what the metadata call the network."""
    if options.model.endswith(".keras"):
        path = Path(os.path.expanduser(options.model)).absolute()
        if not path.is_file():
            raise files.FileProblem(f"{files.shown(path)}: there is no such network; check the name and the folder.")
        options.model = str(path)
        return path.stem
    if options.model not in checkpoints.names():
        close = difflib.get_close_matches(options.model, checkpoints.names(), n=1)
        meant = f"is it {close[0]}?" if close else "`colorkit networks` lists them."
        raise files.FileProblem(f"there is no network {files.shown(options.model)!r}; {meant}")
    checkpoints.card(options.model)
    return options.model


def _is_film(photo):
    return naming.is_made(photo[1])


def _readable(photos, problems):
    """Return what can be read with what is installed."""
    if any(map(_is_film, photos)):
        try:
            reading.pyav()
        except files.FileProblem as problem:
            problems.append(str(problem).rstrip("."))
            return [photo for photo in photos if not _is_film(photo)]
    return photos


def _writable(photos, problems):
    """Return the photos whose targets can be written, so that nobody waits for one that cannot."""
    faults = {}
    for _, target in photos:
        folder = target.parent
        if folder not in faults:
            there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
            try:
                with files.explain_write_errors(target):
                    tempfile.TemporaryFile(dir=there).close()
            except files.FileProblem as problem:
                faults[folder] = str(problem).rstrip(".")
            else:
                faults[folder] = None
    problems += filter(None, faults.values())
    return [(source, target) for source, target in photos if not faults[target.parent]]


def _work(options, name, photos, problems):
    """Color photos and films, show how far it is, and return what became of them."""
    hinted = tuple(options.hint)
    task = work.Work(
        load=checkpoints.load,
        arguments=(options.model, bool(hinted), options.temperature),
        network=name,
        size=options.size,
        hints=hinted,
        anew=options.gray,
        compare=options.compare,
        overwrite=options.overwrite,
    )
    tally = _Tally()
    try:
        if options.cluster:
            _pass(options, task, photos, tally, problems)
        else:  # A film uses all cores, and can say here how far it is.
            _pass(options, task, [photo for photo in photos if not _is_film(photo)], tally, problems)
            for film in filter(_is_film, photos):
                with contextlib.closing(_FilmLine()) as line:
                    _pass(options, dataclasses.replace(task, far=line.show), [film], tally, problems)
    except KeyboardInterrupt:
        tally.stopped = True
    finally:
        _clean(photos)
    return tally


def _pass(options, task, photos, tally, problems):
    """Color some photos or films, and show how far it is."""
    if not photos:
        return
    # As others see them: processes elsewhere have other current folders.
    whole = [(source.absolute(), target.absolute()) for source, target in photos]
    shown = dict(zip(whole, photos, strict=True))
    line = progress.Line()
    try:
        with _executor(options, len(photos)) as (start, window):
            for outcome in batch.run(task, whole, start, window):
                tally.count(outcome, shown[outcome.item], problems)
                if len(photos) > 1:
                    line.show(_far(tally, photos, len(problems)), last=tally.seen == len(photos))
    except KeyboardInterrupt:
        if len(photos) > 1:
            line.show("stopped", last=True)
        raise


class _FilmLine:
    """How far a film is, in one line. The first frames have waited for the network, and say nothing of the others."""

    def __init__(self):
        self._line, self._begun, self._text = progress.Line(), None, ""

    def show(self, path, reached, seconds):
        """Show it: seconds of the film that are done, and how many there are, or None."""
        now = time.monotonic()
        self._begun = self._begun or (now, reached)
        self._text = f"{files.shown(path.name)}  {reached:.1f} s"
        left = ""
        if seconds and seconds >= reached:  # Some formats say something, but not that.
            self._text += f" of {seconds:.1f} s"
            done = reached - self._begun[1]
            left = f"  left {progress.duration((now - self._begun[0]) / done * (seconds - reached))}" if done else ""
        self._line.show(self._text + left)

    def close(self):
        """Leave the line as it is, so that what follows goes below it."""
        if self._text:
            self._line.show(self._text, last=True)


@contextlib.contextmanager
def _executor(options, count):
    """Give a function that starts an executor, and how many photos are in its hands at a time."""
    if options.cluster:
        with batch.on_cluster(options.cluster) as cluster:
            yield cluster
    else:
        jobs = options.jobs or min(preset.processor_cores(), _MOST_JOBS, -(-count // _PHOTOS_PER_JOB))
        jobs = min(jobs, count)
        yield functools.partial(batch.local, jobs), 1 if jobs == 1 else 2 * jobs


class _Tally:
    """What became of the photos so far."""

    def __init__(self):
        self.seen, self.begun, self.stopped = 0, None, False
        self.colored, self.in_color, self.notes = [], [], []

    def count(self, outcome, photo, problems):
        """Add what became of a photo, as it was named."""
        source, target = photo
        self.seen += 1
        self.begun = self.begun or time.monotonic()
        if isinstance(outcome.problem, work.NetworkProblem):
            raise outcome.problem
        if outcome.problem is not None:
            problems.append(_sentence(source, outcome.problem))
            return
        (self.colored if outcome.value.colored else self.in_color).append(photo)
        self.notes += [f"{files.shown(target)}: {note}" for note in outcome.value.notes]


def _sentence(source, problem):
    """Say in one line what was wrong with a photo."""
    said = " ".join(str(problem).split()) or type(problem).__name__
    if isinstance(problem, pictures.PhotoError):
        said = said.partition(": ")[2]  # What follows the name: here the path is shown.
    elif not isinstance(problem, ValueError | files.FileProblem | OSError | MemoryError):
        said = f"{type(problem).__name__}: {said}"  # A worker that has no colorkit, say.
    return f"{files.shown(source)}: {said.rstrip('.')}"


def _far(tally, photos, problems):
    """Say how far it is. The first photo has waited for the network, and says nothing of the others."""
    count, kind = len(photos), "files" if any(map(_is_film, photos)) else "photos"
    text = f"{tally.seen}/{count} {kind}"
    if tally.seen > 1:
        seconds = max(time.monotonic() - tally.begun, 1e-3)
        rate = (tally.seen - 1) / seconds
        text += f"  {progress.number(rate)} {kind}/s"
        text += f"  left {progress.duration((count - tally.seen) / rate)}" if tally.seen < count else ""
    return text + (f"  {problems} not colored" if problems else "")


def _clean(photos):
    """Remove the beginnings of files that a process left which was killed."""
    parts = {}
    for _, target in photos:
        if target.parent not in parts:
            parts[target.parent] = [one for one in target.parent.glob("*.part") if one.is_file()]
        for part in parts[target.parent]:
            if re.fullmatch(re.escape(target.name) + r"\.\d+\.part", part.name):
                part.unlink(missing_ok=True)


def _report(tally, there, found, problems, options):
    """Say what was done and what was not."""
    colored = tally.colored
    if len(colored) == 1:
        print(files.shown(colored[0][1]))
    elif colored:
        folders = {target.parent for _, target in colored}
        where = f"in {files.shown(folders.pop())}" if len(folders) == 1 else f"in {len(folders)} folders"
        print(f"{_count(colored)} are colored now, {where}")
    if colored and not options.compare:
        print(f"The colors are a guess of the network {options.model}: plausible, not historical.")
    _list(tally.notes)
    if there:
        what = f"{files.shown(there[0][1])} is" if len(there) == 1 else f"{len(there)} were"
        print(f"{what} there already; --overwrite makes {'it' if len(there) == 1 else 'them'} again")
    if in_color := tally.in_color:
        what = f"{files.shown(in_color[0][0])} has" if len(in_color) == 1 else f"{_count(in_color)} have"
        print(f"{what} colors already and {'is' if len(in_color) == 1 else 'are'} left alone; --gray colors as if gray")
    if found.others:
        print(f"{progress.count(found.others, 'other file')} left alone")
    sys.stdout.flush()
    _list(problems, sys.stderr)
    if tally.stopped:
        print(f"stopped: {_count(colored)} colored; the same command goes on", file=sys.stderr)


def _count(photos):
    films = sum(map(_is_film, photos))
    counts = [(len(photos) - films, "photo"), (films, "film")]
    return " and ".join(progress.count(*one) for one in counts if one[0]) or "nothing"


def _list(lines, to=None):
    for text in lines:
        print(text, file=to)
