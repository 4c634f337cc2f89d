"""Working copies of the lessons, in my_lessons/, which git ignores: made once, never overwritten.

python book/my_lessons.py               make the copies that are missing, and say which lessons have changed since
python book/my_lessons.py 2 5           and put lessons 2 and 5 as they are now beside the copies
python book/my_lessons.py --to FOLDER   the same, with the copies in another folder

`make lab` does this, so that nobody works in notebooks/, which belongs to git.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
FOLDER = ROOT / "my_lessons"
RECORD = ".made_from.json"  # what each lesson was when its copy was made


def content(path):
    """Return a digest of what a notebook says, outputs aside.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    str
        It does not change when the notebook is run.
    """
    cells = json.loads(path.read_text("utf-8"))["cells"]
    said = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def free_name(folder, stem, *endings):
    """Return a path for a notebook that is not taken: with one of the endings, then numbered.

    Parameters
    ----------
    folder : pathlib.Path
    stem : str
    *endings : str

    Returns
    -------
    pathlib.Path
    """
    candidates = [f"{stem}{ending}" for ending in endings]
    candidates += [f"{stem}{endings[-1]}_{number}" for number in range(2, 1000)]
    return next(path for name in candidates if not (path := folder / f"{name}.ipynb").exists())


def keep(path):
    """Move a notebook that someone has worked on to the working copies, where nothing overwrites it.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    pathlib.Path
        Where it is now.
    """
    FOLDER.mkdir(exist_ok=True)
    kept = free_name(FOLDER, path.stem, "", "_by_hand")
    shutil.move(path, kept)
    return kept


def copy(lesson, target):
    """Copy a notebook; the copy is whole or not there, and can be written also where the lesson cannot."""
    part = target.with_suffix(".part")
    shutil.copyfile(lesson, part)
    part.replace(target)


def update(folder, new=()):
    """Make the copies that are missing, and the new ones that were asked for; leave what is there as it is.

    Parameters
    ----------
    folder : pathlib.Path
        Where the copies are.
    new : sequence of int
        Numbers of lessons that shall be put beside their copies as they are now.

    Returns
    -------
    list of str
        What a learner should know, in sentences.
    """
    said = [] if folder.exists() else [f"Your copies of the lessons are in {folder}. Nothing overwrites them."]
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    try:
        made_from = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        made_from = {}
    changed = []
    for lesson in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        now, mine = content(lesson), folder / lesson.name
        number = int(lesson.name[:2])
        if not mine.exists():
            copy(lesson, mine)
        elif number in new:
            beside = free_name(folder, lesson.stem, "_new")
            copy(lesson, beside)
            said.append(f"{beside.name} is lesson {number} as it is now; your {mine.name} stays as it is.")
        elif made_from.get(lesson.name, now) != now:
            changed.append(str(number))
            continue
        made_from[lesson.name] = now
    part = record.with_suffix(".part")
    part.write_text(json.dumps(made_from, indent=2) + "\n", "utf-8")
    part.replace(record)
    if changed:
        numbers = " and ".join(filter(None, [", ".join(changed[:-1]), changed[-1]]))
        which, have = ("Lessons", "have") if len(changed) > 1 else ("Lesson", "has")
        elsewhere = "" if folder == FOLDER else f' COPIES="{folder}"'
        said.append(
            f"{which} {numbers} {have} changed since you got your copies, which stay as they are: "
            f'`make lab NEW="{" ".join(changed)}"{elsewhere}` puts the new next to yours.'
        )
    return said


def main():
    """Make the copies, and say what there is to say."""
    parser = argparse.ArgumentParser(description="Make working copies of the lessons.")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER", help="where (default: my_lessons)")
    parser.add_argument("new", nargs="*", type=int, metavar="NUMBER", help="a lesson to put beside its copy")
    options = parser.parse_args()
    folder = Path(os.path.expanduser(options.to)).resolve()
    try:
        for line in update(folder, options.new):
            print(line)
    except OSError as error:
        sys.exit(
            f"{folder}: no copies of the lessons can be made here ({error.strerror or error}); name a folder that is "
            "yours: `make lab COPIES=~/my_lessons`"
        )


if __name__ == "__main__":
    main()
