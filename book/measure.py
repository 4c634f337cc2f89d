"""Measure a lesson over several seeds, and keep what its claims and its networks gave in data/results.

    python book/measure.py 06 [SEED ...]       lesson 6, with seeds 0, 1 and 2 unless others are named

The lesson itself is what is run, once for each seed, at the preset of the environment variable COLORKIT_PRESET. Where
book/longer has a file of the lesson's name, that is run before it, and its claims are kept with the lesson's. What was
measured at another preset than laptop goes to a folder of its own, such as data/results/gpu: no text is filled in from
there.
"""

import datetime
import json
import os
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbclient

from colorkit import album, files, preset, progress
from colorkit.classroom import CLAIM_MIME

ROOT = Path(__file__).resolve().parent.parent
SEEDS = (0, 1, 2)


def run(lesson, seed):
    """Run a lesson with a seed.

    Parameters
    ----------
    lesson : pathlib.Path
        Its source, or that of what it takes too long for.
    seed : int
        What `colorkit.setup` starts from.

    Returns
    -------
    claims : dict of str to float
        Name of a claim -> value.
    rows : dict
        Name of a network -> measure -> photo -> value.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails for another reason than its claim.
    """
    os.environ["COLORKIT_SEED"] = str(seed)
    os.environ["COLORKIT_BOOK"] = "1"  # nothing is resumed
    notebook = jupytext.read(lesson, fmt="py:percent")
    client = nbclient.NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        allow_error_names=["ClaimError"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()
    claims, rows = {}, {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if CLAIM_MIME in data:
                claims[data[CLAIM_MIME]["name"]] = data[CLAIM_MIME]["value"]
            rows |= data.get(album.MIME, {})
    return claims, rows


def main(arguments):
    """Measure one lesson, and write its file when all seeds are done."""
    lessons = {path.stem[:2]: path for path in sorted((ROOT / "book" / "lessons").glob("[0-9][0-9]_*.py"))}
    number, *seeds = arguments or [""]
    if number not in lessons or not all(seed.isdecimal() for seed in seeds):
        sys.exit(
            f'name a lesson, one of {", ".join(lessons)}, and seeds if you like: make results LESSON=06 SEEDS="0 1"'
        )
    lesson, seeds = lessons[number], [int(seed) for seed in seeds] or list(SEEDS)
    # What takes longer than a lesson may is measured first, and written: the lesson reads it.
    sources = [path for path in (ROOT / "book" / "longer" / lesson.name, lesson) if path.exists()]
    runs, seconds = [({}, {}) for _ in seeds], [0] * len(seeds)
    for source in sources:
        for place, seed in enumerate(seeds):
            begin = time.monotonic()
            for known, found in zip(runs[place], run(source, seed), strict=True):
                known.update(found)
            took = time.monotonic() - begin
            seconds[place] = round(seconds[place] + took, 1)
            print(f"{source.relative_to(ROOT)}  seed {seed}  {progress.duration(took)}", flush=True)
        write(lesson, seeds, runs, seconds)


def device():
    """Return on what a lesson is measured.

    Returns
    -------
    str
        The graphics card, where NVIDIA's driver knows one, the processor, and how many of its cores.
    """
    parts = [preset.processor(), f"{preset.processor_cores()} cores"]
    if shutil.which("nvidia-smi"):
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        asked = subprocess.run(command, check=False, capture_output=True, text=True)
        parts[:0] = asked.stdout.splitlines()[:1] if asked.returncode == 0 else []
    return ", ".join(parts)


def write(lesson, seeds, runs, seconds):
    """Write the file of a lesson's results.

    Parameters
    ----------
    lesson : pathlib.Path
        Its source.
    seeds : list of int
    runs : list of tuple of dict
        Claims and rows of each seed, as `run` returns them.
    seconds : list of float
        What each seed took.
    """
    names = [name for name in runs[0][0] if all(name in claims for claims, _ in runs)]
    networks = [name for name in runs[0][1] if all(name in rows for _, rows in runs)]
    at = preset.current().name
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    found = {
        "lesson": lesson.stem,
        "command": (f"COLORKIT_PRESET={at} " if at != "laptop" else "")
        + f"make results LESSON={lesson.stem[:2]}"
        + (f' SEEDS="{" ".join(map(str, seeds))}"' if seeds != list(SEEDS) else ""),
        "date": datetime.date.today().isoformat(),
        "preset": at,
        "device": device(),
        "versions": {name: version(name) for name in ("colorkit", "keras", backend, "numpy")},
        "seeds": seeds,
        "seconds": seconds,
        "claims": {name: [round(claims[name], 6) for claims, _ in runs] for name in names},
        "album": {
            name: {
                measure: {file: [round(rows[name][measure][file], 4) for _, rows in runs] for file in files_}
                for measure, files_ in runs[0][1][name].items()
            }
            for name in networks
        },
    }
    path = ROOT.joinpath("data", "results", *([at] if at != "laptop" else []), f"{lesson.stem}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.atomic_write(path) as file:
        file.write((json.dumps(found, indent=1, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])
