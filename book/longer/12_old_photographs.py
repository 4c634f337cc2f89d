"""What lesson 12 says of many photos. `make results LESSON=12` runs this as well.

Three questions. What does each kind of damage cost each published network, and what does stretching win back? How does
the error fall with hints, for Levin's equations and for the hinted flagship, at random places and where it is least
sure? How far does the flagship expect to be from the truth, and how far is it, on photos of now and of 1905 to 1915?
Equations, touches, entropy and expectation are the lesson's own.
"""

import sys

import numpy as np

sys.path.append("book")
from recipe import RECIPES, lesson

from colorkit import claim, metrics, photos, setup
from colorkit.classroom import exercises
from colorkit.models import checkpoints
from colorkit.pictures import Pictures
from colorkit.pictures.aging import DAMAGES, age

preset = setup()
random = np.random.default_rng(preset.seed)
each = preset.choose(test=1, laptop=8, gpu=20)
# Each seed draws its photos from the first of each set. Kodak's 24 are of a set that no network was trained on.
sets = {name: photos.load(name, 128, "test", 3 * each).rgb for name in ("flowers", "objects", "clothing", "kodak")}
sets = {name: rgb[random.permutation(len(rgb))[:each]] for name, rgb in sets.items()}
test = Pictures("test", rgb=np.concatenate(list(sets.values())))
names = lesson("12_old_photographs", "in_color", "levin", "touched", "heard", "chances", "entropy", "honesty")


# --- damage ---

inside = np.s_[:, 8:-8, 8:-8]  # what a border covers has no color to be found


def error(ab):
    """Return the mean CIEDE2000 of the photos with their own L and these ab."""
    return metrics.ciede2000(test.rgb[inside], names["in_color"](test.L, ab)[inside]).mean()


stretched = exercises.find("12-a").reference  # what undoes fading

for file in RECIPES:
    model = checkpoints.load(f"{file}_gpu")
    clean = error(model.predict(test.L, batch_size=16, verbose=0))
    aged = {damage: age(test.L, damage, seed=preset.seed) for damage in DAMAGES}
    aged["stretched"] = np.asarray(stretched(aged["fading"]), np.float32)
    for damage, L in aged.items():
        cost = error(model.predict(L, batch_size=16, verbose=0)) - clean
        says = f"{damage} costs {file} {{value:.2f}} of CIEDE2000"
        claim(f"12-cost-{file[:2]}-{damage}", cost, at_least=-5, says=says)


# --- hints ---

few = Pictures("few", rgb=test.rgb[:: preset.choose(test=2, laptop=1, gpu=1)])
NEAR = 8  # px from a touch within which there is no second one


def told(places):
    """Return hints of the true color at some places of each photo."""
    return np.stack([names["touched"](ab, some) for ab, some in zip(few.ab, places, strict=True)])


def least_sure(places):
    """Return the place of each photo where the entropy is highest, away from its touches."""
    unsure = names["entropy"](names["chances"](few.L, told(places))).repeat(2, axis=1).repeat(2, axis=2)
    for photo, some in zip(unsure, places, strict=True):
        for y, x in some:
            photo[max(y - NEAR, 0) : y + NEAR + 1, max(x - NEAR, 0) : x + NEAR + 1] = -1
    return [np.unravel_index(photo.argmax(), photo.shape) for photo in unsure]


def by_equations(L, hints):
    """Return ab of photos by Levin's equations."""
    return np.stack([names["levin"](one[..., 0], some) for one, some in zip(L, hints, strict=True)])


at_random = [[tuple(place) for place in places] for places in random.integers(128, size=(len(few), 16, 2))]
chosen = [[] for _ in few.L]
for _ in range(16):
    for places, place in zip(chosen, least_sure(chosen), strict=True):
        places.append(place)
for kind, colored, places in (
    ("flagship", names["heard"], at_random),
    ("equations", by_equations, at_random),
    ("entropy", names["heard"], chosen),
):
    for count in (1, 2, 4, 8, 16):
        ab = colored(few.L, told([some[:count] for some in places]))
        value = metrics.ciede2000(few.rgb, names["in_color"](few.L, ab)).mean()
        says = f"with {count} hints, {kind}: CIEDE2000 {{value:.2f}}"
        claim(f"12-{kind}-{count}", value, at_least=0, says=says)


# --- certainty ---

old = photos.load("historical", 128, "test")
of_then = np.asarray(old.labels) == old.classes.index("colour_prokudin_gorskii_1905_1915")
trained_on = np.concatenate([rgb for name, rgb in sets.items() if name != "kodak"])  # other photos of these sets
for era, rgb in {"now": trained_on, "kodak": sets["kodak"], "then": old.rgb[of_then]}.items():
    expected, off = names["honesty"](rgb)
    for kind, values in {"expects": expected, "off": off}.items():
        says = f"{era}, {len(rgb)} photos, {kind}: {{value:.1f}} Lab units"
        claim(f"12-{kind}-{era}", values.mean(), at_least=0, says=says)
