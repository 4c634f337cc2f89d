"""The album: the same few photos in every lesson, and one table that grows by a row with each network.

The photos that come inside other packages are always there; a handful of `flowers` joins them where that set is at
hand. What earlier lessons made of the same photos is read from their results (`colorkit.results`).
"""

import numpy as np

from colorkit import lab, metrics, results
from colorkit.colorizing import colorize
from colorkit.files import FileProblem
from colorkit.models import checkpoints
from colorkit.photos import bundled, load
from colorkit.pictures import Pictures
from colorkit.show import gallery

MIME = "application/vnd.colorkit.album+json"
MEASURES = ("CIEDE2000", "colorfulness")
BUNDLED = ("astronaut", "cat", "coffee", "rocket", "motorcycle", "hopper")
SIZE = 128  # pixels
_FLOWERS = 6
_SHOWN = 3


def photos():
    """Return the photos of the album.

    Returns
    -------
    colorkit.pictures.Pictures
        Squares of 128 px: six that are always there, then six test photos of `flowers` where that set can be loaded.
    """
    squares, names = [bundled(name, SIZE) for name in BUNDLED], list(BUNDLED)
    try:
        flowers = load("flowers", SIZE, split="test", limit=_FLOWERS)
    except FileProblem:
        pass
    else:
        squares += list(flowers.rgb)
        names += list(flowers.files)
    return Pictures("the album", rgb=np.stack(squares), files=names)


def add(lesson, networks, size=SIZE, published=None):
    """Color the album with a lesson's networks; show three of its photos, and the table with a row for each.

    The table has the rows of earlier lessons, too.

    Parameters
    ----------
    lesson : str
        The lesson's name, for example ``"06_koalarization"``.
    networks : dict of str to keras.Model
        Name of a row -> colorizer.
    size : int
        Longer side of what the networks see, pixels, as for `colorkit.colorize`.
    published : str, optional
        A published network of the same kind, for example ``"06_koalarization_gpu"``: another row, for which it sees
        the photos at 128 px, and a line that says how it was trained.
    """
    album = photos()
    colored = {
        name: np.stack([colorize(model, photo, size) for photo in album.rgb]) for name, model in networks.items()
    }
    if published:
        model, card = checkpoints.load(published), checkpoints.card(published)
        colored[published] = np.stack([colorize(model, photo, SIZE) for photo in album.rgb])
        print(
            f"{published}: {card['parameters']:,} parameters, trained on {card['data']['count']:,} photos "
            f"({card['preset']} preset, {card['device']})"
        )
    gray = lab.lightness_to_rgb(album.L)
    columns = {"gray": gray}
    for name, pictures in colored.items():
        columns["published" if name == published else name] = pictures  # its whole name is too long for a column
    columns["photo"] = album.rgb
    gallery([{name: pictures[number] for name, pictures in columns.items()} for number in range(_SHOWN)])
    own = metrics.evaluate({"gray": metrics.gray, **colored}, album)
    rows = {"truth": {"colorfulness": metrics.colorfulness(album.rgb)}}
    rows["gray"] = {measure: own.of_each_picture("gray", measure) for measure in MEASURES}
    for name, row in _earlier(lesson, album.files).items():
        rows[name] = row
    measured = {name: {measure: own.of_each_picture(name, measure) for measure in MEASURES} for name in colored}
    _show(metrics.Table(f"The album, {len(album)} photos", rows | measured), album.files, measured)


def _earlier(lesson, files):
    """Return the rows of earlier lessons: name -> measure -> mean over the seeds for each photo."""
    rows = {}
    for name in results.names():
        if name < lesson:
            for network, row in results.load(name).get("album", {}).items():
                if all(file in row[MEASURES[0]] for file in files):
                    rows[network] = {
                        measure: np.array([np.mean(row[measure][file]) for file in files]) for measure in row
                    }
    return rows


def _show(table, files, measured):
    from IPython import get_ipython
    from IPython.display import display

    data = {
        name: {measure: dict(zip(map(str, files), map(float, values), strict=True)) for measure, values in row.items()}
        for name, row in measured.items()
    }
    if get_ipython() is None:
        print(table)
    else:
        display({"text/plain": repr(table), "text/html": table._repr_html_(), MIME: data}, raw=True)
