"""``colorkit grade``: what students handed in, graded in a sandbox."""

import argparse
import contextlib
import os
from pathlib import Path

from colorkit import files
from colorkit.classroom import assignments
from colorkit.progress import count


def add(commands):
    """Add this command to those of `colorkit`."""
    parser = commands.add_parser(
        "grade",
        help="grade what students handed in for an assignment",
        description="Grade notebooks, whatever they are called and whatever is wrong with them. Only the functions of "
        "the exercises are run, each in a process of its own. Stopped and called again, it goes on where it was.",
    )
    parser.add_argument("name", metavar="NAME", help="the assignment, for example A2")
    parser.add_argument("submissions", metavar="SUBMISSIONS", type=Path, help="a folder, or the zip of your platform")
    parser.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="where the results go")
    parser.add_argument("--file", metavar="FILE", type=Path, help="a file with assignments of your own (TOML)")
    parser.add_argument(
        "--gradebook",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="the gradebook that you exported (Canvas) or the grading worksheet (Moodle): a copy of it is filled in",
    )
    parser.add_argument("--column", metavar="HEADING", help="the gradebook's column, if it is not plain which one")
    parser.add_argument("--seed", type=_whole, help="of the random inputs; left out, a new one, which is written down")
    parser.add_argument("--seconds", type=_positive, default=10.0, help="the most that a function may take (10)")
    parser.add_argument("--memory", metavar="GIB", type=_positive, default=3.0, help="the most it may use, in GiB (3)")
    parser.add_argument("--jobs", metavar="N", type=_jobs, help="how many functions run at a time (as there are cores)")
    parser.add_argument("--cluster", metavar="ADDRESS", help="grade on a Dask cluster, for example tcp://10.0.0.5:8786")
    parser.set_defaults(run=_grade)


def _whole(text):
    if not text.isdecimal() or int(text) >= 1 << 63:
        raise argparse.ArgumentTypeError(f"it is a whole number, not {text}")
    return int(text)


def _jobs(text):
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"it is a number from 1, not {text}")
    return int(text)


def _positive(text):
    try:
        if 0.5 <= float(text) <= 10_000:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"it is a number of at least 0.5, not {text}")


def _grade(options):
    from colorkit.classroom.grading import gradebook, reports, running
    from colorkit.classroom.sandbox import Limits
    from colorkit.classroom.submissions import collecting

    assignment = assignments.load(options.name, options.file)
    submissions = collecting.collect(options.submissions)
    folder = Path(os.path.expanduser(options.to))
    if folder.resolve().is_relative_to(Path(os.path.expanduser(options.submissions)).resolve()):
        raise files.FileProblem("The results cannot go into the folder of the submissions; name another with --to.")
    with files.explain_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in options.gradebook:  # what cannot be filled is said before anything is graded
        gradebook.fill(path, [], f"{assignment.name} {assignment.title}", options.column)
    limits = Limits(seconds=options.seconds, memory=int(options.memory * 2**30))
    with files.locked(folder / "grading", wait=False), _executor(options) as (start, window):
        print(f"{count(len(submissions), 'submission')} of {assignment.name}, results in {files.shown(folder)}")
        grading = running.run(
            assignment, submissions, folder, seed=options.seed, limits=limits, start=start, window=window
        )
        filled = _filled(options, grading)
        reports.write(grading, folder, filled)
    _report(grading, folder, filled)
    return int(any(record["problem"].startswith("Not graded") for _, record in grading.rows))


@contextlib.contextmanager
def _executor(options):
    """Yield what starts the executor, and how many submissions it gets at a time; None for this computer's cores."""
    if options.cluster:
        from colorkit import batch

        with batch.on_cluster(options.cluster) as cluster:
            yield cluster
    elif options.jobs:
        from concurrent.futures import ThreadPoolExecutor

        yield (lambda: ThreadPoolExecutor(options.jobs)), options.jobs
    else:
        yield None, None


def _filled(options, grading):
    """Return the name of each filled gradebook, and what it became."""
    from colorkit.classroom.grading import gradebook

    most = grading.assignment.most
    graded = [
        gradebook.Graded(
            submission.name,
            tuple(filter(None, (record["student"], submission.who))),
            record["number"],
            submission.platform,
            submission.number,
            record["points"] / most,
        )
        for submission, record in grading.rows
    ]
    title = f"{grading.assignment.name} {grading.assignment.title}"
    return [(f"filled_{path.name}", gradebook.fill(path, graded, title, options.column)) for path in options.gradebook]


def _report(grading, folder, filled):
    """Say what there is now."""
    if grading.before:
        print(f"{grading.before} of them were graded by an earlier run.")
    broken = [(submission, record) for submission, record in grading.rows if record["problem"]]
    for submission, record in broken[:20]:
        print(f"{files.shown(submission.name)}: {record['problem']}")
    if len(broken) > 20:
        print(f"and {len(broken) - 20} more, in summary.html")
    for name, one in filled:
        column = files.shown(one.column)
        print(f'{name}: {one.kind}\'s column "{column}" has {one.matched} of {len(grading.rows)} submissions.')
        for line in one.unknown:
            print(f"  not in it: {files.shown(line)}")
    print(f"{files.shown(folder)}: grades.csv, summary.html, feedback/ (seed {grading.seed})")
