"""Train the published networks again, or measure them again.

    python book/networks.py                          those that are not there yet, on all photos that are at hand
    python book/networks.py 05_ae_lab                this one, anew
    python book/networks.py --photos flowers /my/folder
    python book/networks.py --measure                measure the published ones, and rewrite what their cards say of it

Each network is built by the lesson that teaches it: this file has what comes around it, the photos and the training.
How large and how long, the environment variable COLORKIT_PRESET says. What is trained is saved as NAME_PRESET, with a
card. An interrupted training goes on where it was when the same command is run again.
"""

import argparse
import datetime
import json
import os
import sys
from pathlib import Path

import keras
import numpy as np
from recipe import RECIPES, Clock, Draws, Learner, build

from colorkit import bins, files, lab, metrics, photos, preset, progress, training
from colorkit.files import FileProblem
from colorkit.models import checkpoints

ROOT = Path(__file__).resolve().parent.parent
COLORLESS = 20  # of 255: where R, G and B of no pixel differ by more, a photo has no color to learn
MOST = 20  # photos of a set and split that are measured on
HINTS = (0, 1, 2, 4, 8, 16, 32)
TEMPERATURES = (1.0, 0.6, 0.38, 0.2)


# --- photos ---


def gather(names, size, splits, most=None):
    """Return photos of several sets or folders.

    Parameters
    ----------
    names : list of str
        Sets, as `colorkit.photos.load` knows them, or folders.
    size : int
        Side in pixels.
    splits : tuple of str
        Which splits.
    most : int, optional
        How many of each set and split at most.

    Returns
    -------
    rgb : ndarray, shape (N, size, size, 3), uint8
    counts : dict of int
        Set -> how many photos.

    Raises
    ------
    FileProblem
        If a set cannot be had, or there is no photo at all.
    """
    parts, counts, nothing = [], {}, None
    for name in names:
        for split in splits:
            try:
                one = (photos.folder if _is_folder(name) else photos.load)(name, size, split=split, limit=most)
            except FileProblem as problem:
                if not _is_folder(name) and name not in photos.sets() and not files.in_mirror(f"{name}.tar"):
                    raise
                nothing = problem  # Some sets are for testing alone, and a small folder may have no photo in a split.
                continue
            parts.append(one.rgb)
            counts[name] = counts.get(name, 0) + len(one)
    if not parts:
        raise nothing
    return np.concatenate(parts), counts


def _is_folder(name):
    return os.sep in name or name in (".", "..")


def at_hand():
    """Return the names of the sets to learn from that are in the mirror or in the cache."""
    mirror = files.mirror()
    there = {path.stem for path in mirror.glob("*.tar")} if mirror else set()
    there |= {path.parent.name for path in preset.cache_folder("photos").glob("*/prepared-*.tar")}
    known = {name: photos.find(name).photos for name in there}
    names = sorted(name for name in there if not known[name] or known[name].get("train"))  # others are for testing
    if not names:
        raise FileProblem(
            f"there are no photos at hand; set {files.MIRROR} to a folder with photo sets, or name sets to download or "
            'folders of your own: make networks PHOTOS="flowers /my/folder".'
        )
    return names


# --- training ---


def train(name, names):
    """Train one of the networks on photos, measure it, and save it with its card.

    Parameters
    ----------
    name : str
        One of `RECIPES`.
    names : list of str
        Sets of photos and folders.

    Returns
    -------
    pathlib.Path
        Its file.
    """
    chosen, recipe = preset.current(), RECIPES[name]
    side, crop = chosen.choose(test=(36, 32), laptop=(72, 64), gpu=(144, 128))
    batch = chosen.choose(test=2, laptop=16, gpu=recipe.batch)
    epochs = chosen.choose(test=2, laptop=20, gpu=50)
    steps = chosen.choose(test=4, laptop=400, gpu=recipe.steps) // epochs * epochs
    rgb, counts = gather(names, side, ("train",), most=chosen.choose(test=8, laptop=None, gpu=None))
    print(f"{name}: {len(rgb):,} photos: {_listed(counts)}", flush=True)
    if recipe.hinted:
        rgb = rgb[[np.ptp(photo.astype(int), axis=-1).max() > COLORLESS for photo in rgb]]
    few = rgb[:: max(1, len(rgb) // 2000), ::8, ::8]
    prior = bins.smooth(bins.frequencies(lab.rgb_to_lab(few)[..., 1:]))

    keras.utils.set_random_seed(chosen.seed)
    plan, optimizer = build(recipe, prior, steps, crop, mixed=chosen.name == "gpu")
    learner = Learner(plan, crop, recipe.hinted, chosen.seed)
    learner.compile(optimizer, run_eagerly=chosen.name == "test")  # to compile would take longer than a few steps
    learner(rgb[:1])  # so that all of it is there for `Resume`
    draws = Draws(rgb, batch, steps // epochs, chosen.seed)
    clock = Clock(draws)
    followers = training.callbacks(f"{name} photos", clock, resume=(rgb, crop, batch, recipe.rate))
    learner.fit(draws, epochs=epochs, verbose=0, callbacks=followers)

    finished, _ = build(recipe, prior, steps, crop, mixed=False)
    finished.network.set_weights(learner.network.get_weights())
    unseen = gather(names, crop, ("val", "test"), most=chosen.choose(test=2, laptop=MOST, gpu=MOST))
    said, on = measure(finished.colorizer, *unseen)
    device = (
        f"{preset.processor()}, {preset.processor_cores()} cores" if preset.device() == "cpu:0" else preset.device()
    )
    path = checkpoints.save(
        finished.colorizer,
        f"{name}_{chosen.name}",
        half=True,
        data={
            "name": f"training photos of {_listed(counts)}",
            "count": len(rgb),
            "size": [side, side],
            "terms": terms(counts),
        },
        steps=steps,
        seed=chosen.seed,
        metrics=said,
        about={
            "device": device,
            "seconds": round(clock.seconds),
            "batch": batch,
            "pictures seen": steps * batch,
            "recipe": f"{_first_line(recipe.plan)} Pieces of {crop} px; `make networks NAME={name}`, {chosen.name}.",
            "good for": f"seeing what the recipe makes at the {chosen.name} preset",
            "bad at": f"what {name}_gpu is bad at, and more where it has seen less",
            "measured on": on,
        },
    )
    error, gray = said["CIEDE2000"], said["CIEDE2000 of gray"]
    print(f"{name}: CIEDE2000 {_estimate(error)}, gray {_estimate(gray)}; {on}; {path}", flush=True)
    return path


def terms(counts):
    """Say under which terms the photos of sets are."""
    said = {name: "your own" if _is_folder(name) else photos.find(name).license for name in counts}
    return "; ".join(f"{Path(name).name}: {license}" for name, license in said.items())


def _listed(counts):
    return ", ".join(f"{Path(name).name} ({count:,})" for name, count in counts.items())


def _first_line(function):
    return function.__doc__.partition("\n")[0]


def _estimate(one):
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


# --- what they are worth ---


def color(colorizer, L, hints=None):
    """Return ab, Lab units, of L (N, H, W, 1), with hints (N, H, W, 3) where the network takes them."""
    if len(colorizer.inputs) == 2:
        hints = np.zeros((*L.shape[:3], 3), np.float32) if hints is None else hints
        return colorizer.predict([L, hints], batch_size=20, verbose=0)
    return colorizer.predict(L, batch_size=20, verbose=0)


def finished_rgb(L, ab):
    """Return uint8 RGB of L and ab."""
    return lab.to_uint8(lab.lab_to_rgb(np.concatenate([L, ab], axis=-1)))


def measure(colorizer, rgb, counts):
    """Measure a network on photos.

    Parameters
    ----------
    colorizer : keras.Model
        L, or L and hints, in; ab out.
    rgb : ndarray, shape (N, side, side, 3), uint8
        Photos that it has not seen.
    counts : dict of int
        Set -> how many of them.

    Returns
    -------
    dict of colorkit.metrics.Estimate
        By measure.
    str
        On what.
    """
    L = lab.rgb_to_lab(rgb)[..., :1]
    made = finished_rgb(L, color(colorizer, L))
    gray = finished_rgb(L, np.zeros((*L.shape[:3], 2), np.float32))
    vivid = np.stack([metrics.colorfulness(made), metrics.colorfulness(rgb)], axis=1)
    said = {
        "CIEDE2000": metrics.bootstrap(metrics.ciede2000(rgb, made)),
        "CIEDE2000 of gray": metrics.bootstrap(metrics.ciede2000(rgb, gray)),
        "PSNR, dB": metrics.bootstrap(metrics.psnr(rgb, made)),
        "PSNR of gray, dB": metrics.bootstrap(metrics.psnr(rgb, gray)),
        "colorfulness / the photos'": metrics.bootstrap(vivid, lambda rows: rows[:, 0].mean() / rows[:, 1].mean()),
    }
    where = f"{len(rgb)} photos of the val and test splits, {rgb.shape[1]} px: {_listed(counts)}"
    return said, where


def measure_hints(network, rgb):
    """Measure what the true colors of some places bring, and what the temperature does.

    Parameters
    ----------
    network : str
        Name of a published network that takes hints.
    rgb : ndarray, shape (N, side, side, 3), uint8
        Photos that it has not seen.

    Returns
    -------
    dict of colorkit.metrics.Estimate
    """
    colors = lab.rgb_to_lab(rgb)
    L, ab = colors[..., :1], colors[..., 1:]
    hinted, random = checkpoints.load(network, hints=True), np.random.default_rng(0)
    hints, side, said = np.zeros((*L.shape[:3], 3), np.float32), rgb.shape[1], {}

    def error(colorizer):
        return metrics.bootstrap(metrics.ciede2000(rgb, finished_rgb(L, color(colorizer, L, hints))))

    for temperature in TEMPERATURES:
        said[f"CIEDE2000 at temperature {temperature}"] = error(checkpoints.load(network, True, temperature))
    for number in range(max(HINTS) + 1):
        if number in HINTS:
            said[f"CIEDE2000 with {progress.count(number, 'hint')}"] = error(hinted)
        for one, true in zip(hints, ab, strict=True):
            row, column = random.integers(3, side - 3, 2)
            square = np.s_[row - 3 : row + 4, column - 3 : column + 4]
            one[square] = [*true[square].mean(axis=(0, 1)), 1]
    return said


def measure_published(name, names):
    """Measure a published network on the val and test splits of sets of photos; returns as `measure` does."""
    network = checkpoints.load(f"{name}_gpu")
    rgb, counts = gather(names, 128, ("val", "test"), most=MOST)
    said, on = measure(network, rgb, counts)
    if files.in_mirror("kodak.tar"):
        kodak, _ = measure(network, *gather(["kodak"], 128, ("test",)))
        said |= {f"{what}, Kodak": kodak[what] for what in ("CIEDE2000", "CIEDE2000 of gray")}
        on += "; Kodak's 24 apart"
    if RECIPES[name].hinted:
        few = rgb[:: max(1, len(rgb) // 100)]
        said |= measure_hints(f"{name}_gpu", few)
        on += f"; hints, each 7 x 7 px of the true color at a random place, and temperatures on {len(few)} of them"
    return said, on


def remeasure(name, names):
    """Measure a published network, and rewrite what its card says of that. The network's file stays as it is."""
    said, on = measure_published(name, names)
    path = ROOT / "data" / "checkpoints" / f"{name}_gpu.json"
    card = json.loads(path.read_text("utf-8"))
    card["metrics"] = {
        what: {end: round(float(number), 4) for end, number in one._asdict().items()} for what, one in said.items()
    }
    card["measured on"] = f"{on}. {datetime.date.today()}, {keras.backend.backend()}: make networks MEASURE=1"
    card["sha256"] = card.pop("sha256")  # as the last line, where `checkpoints.save` has it
    with files.atomic_write(path) as file:
        file.write((json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode())
    checkpoints.publish()
    print(f"{name}: CIEDE2000 {_estimate(said['CIEDE2000'])}, gray {_estimate(said['CIEDE2000 of gray'])}", flush=True)


def main(arguments=None):
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], prog="networks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(RECIPES)}; without any, all")
    parser.add_argument("--photos", nargs="+", metavar="SET", help="sets of photos, or folders of your own (with a /)")
    parser.add_argument("--measure", action="store_true", help="measure the published ones, instead of training any")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in RECIPES:
            sys.exit(f"there is no recipe of {name!r}; there are {', '.join(RECIPES)}.")
    try:
        names = options.photos or at_hand()
        for name in options.names or RECIPES:
            if options.measure:
                remeasure(name, names)
            elif not options.names and f"{name}_{preset.current().name}" in _saved():
                print(f"{name}: trained already; make networks NAME={name} trains it again.")
            else:
                train(name, names)
    except FileProblem as problem:
        sys.exit(str(problem))


def _saved():
    folder = preset.cache_folder("lessons", preset.current().name)
    return {path.stem for path in folder.glob("*.json")}


if __name__ == "__main__":
    main()
