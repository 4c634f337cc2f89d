"""``colorkit assign``: an assignment's notebook for students, its key and rubric for the teacher."""

import os
from pathlib import Path

from colorkit import files
from colorkit.classroom import assignments
from colorkit.progress import count


def add(commands):
    """Add this command to those of `colorkit`."""
    parser = commands.add_parser(
        "assign",
        help="make an assignment: the students' notebook, a key and a rubric",
        description="Make the students' notebook of an assignment, and for the teacher a key and a rubric. Without a "
        "name, list the assignments.",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="for example A2")
    parser.add_argument("--to", metavar="FOLDER", type=Path, default=Path(), help="where it goes (the current folder)")
    parser.add_argument("--file", metavar="FILE", type=Path, help="a file with assignments of your own (TOML)")
    parser.add_argument("--gradescope", action="store_true", help="make the zip of a Gradescope autograder, too")
    parser.add_argument("--again", action="store_true", help="write over files that are there and differ")
    parser.set_defaults(run=_assign)


def _assign(options):
    if options.name is None:
        _list(options.file)
        return 0
    from colorkit.classroom.assignments import notebooks

    assignment = assignments.load(options.name, options.file)
    name, folder = assignment.name, Path(os.path.expanduser(options.to))
    made = {
        folder / "students" / f"{name}.ipynb": notebooks.student(assignment).encode(),
        folder / "teacher" / f"{name}_key.ipynb": notebooks.key(assignment).encode(),
        folder / "teacher" / f"{name}_rubric.md": notebooks.rubric(assignment).encode(),
    }
    if options.gradescope:
        from colorkit.classroom.grading import gradescope

        made[folder / "teacher" / f"{name}_gradescope.zip"] = gradescope.autograder(assignment)
    differ = [
        path for path, data in made.items() if path.suffix != ".zip" and path.exists() and path.read_bytes() != data
    ]
    if differ and not options.again:
        raise files.FileProblem(
            f"{files.shown(differ[0])} is there and differs; name another folder, or write over it with --again."
        )
    for path, data in made.items():
        with files.explain_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with files.atomic_write(path) as file:
            file.write(data)
        print(files.shown(path))
    print(
        f"Hand out what is in {files.shown(folder / 'students')}. Later: colorkit grade {name} SUBMISSIONS --to RESULTS"
    )
    return 0


def _list(file):
    for name in assignments.names(file):
        one = assignments.load(name, file)
        print(f"{name}  {one.title}: {', '.join(one.points)}; {count(one.most, 'point')}, about {one.minutes} minutes")
    print("Make one: colorkit assign NAME --to FOLDER")
