# %% [markdown]
# # 12. Old photographs
#
# **You color photographs of any size, tell the network what you know, and learn why a good coloring is not a true one.**
#
# ![A cup of coffee, four times: gray with two touches of red on the saucer; by equations, red nearly everywhere; by the flagship, with a red saucer; and the photo.](../_static/12_old_photographs.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - age photos on purpose, and measure what that costs,
# - color tiles, see their seams, and find what works better,
# - spread colors from a few hints, without a network and with one, and keep the colors of a film steady,
# - ask a network how sure it is, and whether that is worth anything.
#
# *Time:* about as long as lesson 2 at the laptop preset, a few minutes at most at the test preset (measured on two cores: the
# book's page *Run times*).
#
# *Needs:* [1](01_light_and_lab.ipynb), [9](09_color_as_classes.ipynb) and [11](11_face_off.ipynb).

# %%
# Setup, the same in every lesson. In Colab it installs colorkit;
# what is installed already stays as it is.
import importlib.util

if importlib.util.find_spec("colorkit") is None:
    get_ipython().run_line_magic(
        "pip", "install --quiet colorkit@git+{{repository}}"
    )

from colorkit import setup

preset = setup()

# %%
import time
import tracemalloc

import keras
import numpy as np
from scipy import ndimage, sparse
from skimage import data

from colorkit import album, bins, check, claim, colorize, film, lab, metrics
from colorkit import open_photo, photos, results, show, world
from colorkit.colorizing import saving
from colorkit.files import FileProblem
from colorkit.models import checkpoints
from colorkit.pictures.aging import DAMAGES, age

flagship = checkpoints.load("11_flagship_gpu")
hinted = checkpoints.load("11_flagship_gpu", hints=True)


def in_color(L, ab):
    """L with some colors, as uint8 RGB."""
    return lab.to_uint8(lab.lab_to_rgb(np.concatenate([L, ab], axis=-1)))


# %% [markdown]
# ## An old photograph is not a gray photo
#
# The networks of this course learned from color photos whose color was taken away. An old print lost more: film and
# paper had their own curve from light to gray (**contrast**), lenses **blur**, silver has **grain**, paper **fades**,
# and then come **scratches**, dust and a white **border**. Early film also hardly saw red: on it lips are dark and a
# blue sky is white; that one cannot be made from L, and is missing here. Nobody knows a print's colors, so age photos
# whose colors you know. `age` does it, strongly, and the same way each time.

# %% mystnb={"image": {"alt": "A cat in eight gray versions, from undamaged to all damages at once, and below each what the network makes of it: orange or brown in most, pale with a border, green with all."}}
cat = lab.rgb_to_lab(photos.bundled("cat", 128)[np.newaxis])
L, ab = cat[..., :1], cat[..., 1:]
aged = {"as it was": L}
aged |= {name: age(L, name) for name in DAMAGES}
aged["all"] = age(L)
strips = {
    name: np.concatenate(
        [
            lab.to_uint8(lab.lightness_to_rgb(old))[0],
            in_color(L, flagship.predict(old, verbose=0))[0],
        ]
    )
    for name, old in aged.items()
}
show.gallery(strips)

# %% [markdown]
# Above is what the network saw; below its colors, with the photo's own L, so that only color is judged.
#
# The flagship saw aged photos in half of its training: with other contrast and brightness, and with grain.
# **Predict:** which damage costs it most? Does it lose less than networks that never saw a damaged one? The table has means over
# photos, and over seeds, each of which drew photos of its own.

# %%
try:
    kept = results.load("12_old_photographs")["claims"]
except FileProblem as error:
    kept = {}
    print(error, "(The lesson goes on without them.)")


def measured(kind, *names):
    """What was measured over the seeds: mean, smallest and largest."""
    values = {name: kept.get(f"12-{kind}-{name}") for name in names}
    return {
        name: (np.mean(some), min(some), max(some))
        for name, some in values.items()
        if some
    }


names = {"02": "one photo", "05": "AE-LAB", "06": "Koalarization"}
names |= {"09": "classes", "10": "pix2pix", "11": "flagship"}
rows = [*DAMAGES, "stretched"]
costs = {
    name: measured(f"cost-{lesson}", *rows) for lesson, name in names.items()
}
if kept:
    print("CIEDE2000 more than without damage, in tenths (mean of seeds)")
    print(
        *(f"{int(lesson)} {name}" for lesson, name in names.items()), sep=", "
    )
    print(f"{'':9}" + "".join(f"{int(lesson):4}" for lesson in names))
    for row in rows:
        tenths = (round(10 * costs[name][row][0]) for name in costs)
        print(f"{row:9}" + "".join(f"{one:4}" for one in tenths))

# %%
if kept:
    cost = {name: values[0] for name, values in costs["flagship"].items()}
    claim(
        "12-aged",
        value=min(cost["blur"], cost["fading"])
        - max(cost["contrast"], cost["grain"]),
        at_least=0.3,
        says="contrast and grain cost the flagship less than blur and fading, by "
        "{value:.1f} or more",
    )
    claim(
        "12-stretched",
        value=cost["fading"] - cost["stretched"],
        at_least=0.8,
        says="stretching a faded photo before it is colored wins back "
        "{value:.1f} of CIEDE2000",
    )

# %% [markdown]
# Fading, the border and blur cost the flagship most. Over all six it loses about as much as AE-LAB, which never saw a
# damaged photo, now more, now less, from seed to seed. Was it the training? Look along the rows: contrast and grain
# cost little in most networks that never saw them, too. And scratches, which the flagship never saw, cost it little. So
# this is no proof of a vaccine. (We chose how strong each damage is, and the six differ in much else: who bets on vivid
# colors, as *classes* do, has more to lose.)
#
# Two kinds of damage are undone before you color. Grain is averaged away when a large scan is made small for the network. Fading
# can be stretched: the last row, and exercise 12-a.
#
# ## Any size
#
# The networks learned from pieces of 128 px; a scan has thousands on a side. You could cut it into **tiles** and
# color each. Or make the photo small, color that, and **enlarge the color** only, as `colorize` does. (Lesson 1: ab
# is soft.) **Predict:** what will the tiles look like? Does it help to let them overlap, and blend?
#
# The number for seams: how far color steps from the pixel before a seam to the one behind it, over how far it steps elsewhere.


# %% mystnb={"image": {"alt": "An astronaut in tiles, with straight seams where colors change; with blended tiles, some green on the wall; small and enlarged, the evenest; and the photo."}}
def tiled(L, side=128, overlap=0):
    """Color L (height, width, 1) in tiles, blended where they overlap."""
    tops, lefts = (range(0, n - side + 1, side - overlap) for n in L.shape[:2])
    tiles = [np.s_[y : y + side, x : x + side] for y in tops for x in lefts]
    colors = flagship.predict(np.stack([L[tile] for tile in tiles]), verbose=0)
    ramp = np.minimum(np.arange(1, side + 1), np.arange(side, 0, -1))
    ramp = ramp.clip(max=max(overlap, 1))  # how much a pixel of a tile counts
    sums = np.zeros(
        (*L.shape[:2], 3)
    )  # a, b, and what they are to be divided by
    for tile, ab in zip(tiles, colors):
        one = np.ones((side, side, 1))
        sums[tile] += np.outer(ramp, ramp)[..., np.newaxis] * np.dstack(
            [ab, one]
        )
    return sums[..., :2] / sums[..., 2:]


names = ["astronaut", "coffee", "rocket", "motorcycle"]
names = names[: preset.choose(test=1, laptop=4, gpu=4)]
large = [photos.bundled(name, 384) for name in names]
lightness = [lab.rgb_to_lab(photo)[..., :1] for photo in large]
ways = {
    "tiles": [tiled(L) for L in lightness],
    "blended": [tiled(L, overlap=64) for L in lightness],
    "enlarged": [
        lab.rgb_to_lab(colorize(flagship, photo, 192))[..., 1:]
        for photo in large
    ],
}
shown = {way: in_color(lightness[0], made[0]) for way, made in ways.items()}
show.gallery(shown | {"photo": large[0]})


# %%
def seam(ab, side=128):
    """Mean step of ab over vertical seams, divided by that elsewhere."""
    steps = np.linalg.norm(np.diff(ab, axis=1), axis=-1).mean(axis=0)
    at = np.arange(1, len(steps) + 1) % side == 0
    return steps[at].mean() / steps[~at].mean()


seams = {}
for way, made in ways.items():
    seams[way] = np.mean([seam(ab) for ab in made])
    colored = [in_color(L, ab) for L, ab in zip(lightness, made)]
    off = np.mean(metrics.ciede2000(np.stack(large), np.stack(colored)))
    print(f"{way:9} seams {seams[way]:4.1f}, CIEDE2000 {off:4.1f}")
claim(
    "12-seams",
    value=seams["tiles"] / max(seams["blended"], seams["enlarged"]),
    at_least=2,
    says="over the seams of tiles color steps {value:.1f} times as far, for how "
    "far it steps elsewhere, as at the same places of the two others",
)

# %% [markdown]
# Blending hides the seams, and not what they showed: each tile bets on colors of its own, from its own part of the picture.
# So make it small and enlarge: one decision for the whole, edges from the photo's own L, and one call of the network.
#
# How small? The **working size** is what the network sees; DeOldify's *render factor* is a sixteenth of it. Move it: with
# few pixels the network misses small things, with many it loses the whole, and leaves stains. The usual 256 is a compromise.
#
# So it never sees more, however large the photo is. **Predict:** how long does a scan of 24 megapixels take?

# %%
coffee = data.coffee()
sizes = preset.choose(
    test=[64, 256],
    laptop=[64, 96, 128, 192, 256, 384],
    gpu=[64, 96, 128, 192, 256, 384, 512],
)
show.explore(
    lambda size: colorize(flagship, coffee, size),
    "working size",
    sizes,
    alt="A cup of coffee as the flagship colors it when it sees {value} px",
    unit="px",
)

# %%
side = preset.choose(test=1000, laptop=4900, gpu=4900)
scan = photos.bundled("astronaut", side)  # enlarged: as many pixels as a scan
tracemalloc.start()
begin = time.perf_counter()
colored = colorize(flagship, scan)
took = time.perf_counter() - begin
peak = tracemalloc.get_traced_memory()[1] / 2**20
tracemalloc.stop()
print(f"{scan.size / 3e6:.1f} megapixels, {scan.nbytes / 2**20:.0f} MiB:")
print(f"{took:.1f} s, and at most {peak:.0f} MiB of arrays more")
del scan, colored

# %% [markdown]
# ## Colors that you know
#
# Grandmother's dress was green: you remember. How far does a touch of color reach? **Levin, Lischinski and Weiss** (2004) answer
# without a network: *neighbors of similar lightness have similar colors*. A pixel's a is the average of its eight neighbors' a,
# where each counts by
#
# $$w \sim e^{-(L - L')^2 / 2\sigma^2},$$
#
# with σ² the variance of L around the pixel; and b likewise. Where you said a color, it is that. So each pixel has a linear
# equation, of nine entries: a **sparse** system, solved at once.


# %%
def affinity(L):
    """L (height, width) -> how much each pixel listens to each neighbor."""
    mean, square = (ndimage.uniform_filter(part, 3) for part in (L, L**2))
    variance = square - mean**2 + 1  # never 0
    number = np.pad(np.arange(L.size).reshape(L.shape), 1, constant_values=-1)
    around = np.lib.stride_tricks.sliding_window_view(number, (3, 3))
    around = around.reshape(L.size, 9)[:, [0, 1, 2, 3, 5, 6, 7, 8]]
    pixel, which = np.nonzero(around >= 0)  # at the border some are missing
    neighbor, flat = around[pixel, which], L.ravel()
    apart = (flat[pixel] - flat[neighbor]) ** 2
    weights = np.exp(-apart / (2 * variance.ravel()[pixel]))
    W = sparse.coo_array((weights, (pixel, neighbor))).tocsr()
    return sparse.diags_array(1 / W.sum(axis=1)) @ W


def levin(L, hints):
    """L (height, width), hints (height, width, 3) -> ab, by one solve."""
    known = hints[..., 2].ravel() > 0
    free = sparse.diags_array(1.0 - known)
    system = sparse.eye_array(L.size) - free @ affinity(L.astype(float))
    said = hints[..., :2].reshape(-1, 2) * known[:, np.newaxis]
    solved = sparse.linalg.splu(system.tocsc()).solve(said.astype(float))
    return solved.reshape(*L.shape, 2).astype(np.float32)


# %% [markdown]
# **Predict:** two touches on the red saucer, as in lesson 11. What will the equations make of the coffee, the spoon, the table?
# What does the network, which heard the same?

# %% tags=["result"] mystnb={"image": {"alt": "A cup of coffee: gray with touches of red; by equations, red nearly everywhere; by the flagship, with a red saucer, white cup and yellow coffee; and the photo."}}
photo = photos.bundled("coffee", 128)
coffee_lab = lab.rgb_to_lab(photo)
L, ab = coffee_lab[..., :1], coffee_lab[..., 1:]


def touched(ab, places, half=2):
    """Hints (height, width, 3): the true mean color of small squares."""
    hints = np.zeros((*ab.shape[:2], 3), np.float32)
    for y, x in places:
        spot = np.s_[
            max(y - half, 0) : y + half + 1, max(x - half, 0) : x + half + 1
        ]
        hints[spot] = [*ab[spot].mean(axis=(0, 1)), 1]
    return hints


def heard(L, hints):
    """ab of the hinted flagship; a stack of L and of hints."""
    return hinted.predict([L, hints], batch_size=16, verbose=0)


hints = touched(ab, [(106, 24), (100, 100)])
show.gallery(
    {
        "touches": in_color(L, hints[..., :2]),
        "equations": in_color(L, levin(L[..., 0], hints)),
        "flagship": in_color(L, heard(L[np.newaxis], hints[np.newaxis])[0]),
        "photo": photo,
    }
)

# %% [markdown]
# The equations have no idea what a saucer is. Nobody told them a second color, so all is red. **Predict:** the error of each over
# the number of touches at random places, 5 × 5 px each of 128 × 128, on the same photos. Do the equations ever win?
#
# And **where should the next touch go?** Where the network is least sure, you would think. It says how sure it is:
# the **entropy** of its 313 probabilities (lesson 9). Predict the third line, touches where *entropy* is highest, one
# after the other.


# %% mystnb={"image": {"alt": "Three photos, each with a map of the network's entropy. Below, a line chart of CIEDE2000 over 1 to 16 hints: three falling lines. With one touch the equations' is the lowest, with 16 the flagship's with touches at random places."}}
undecoded = keras.Model(hinted.inputs, hinted.get_layer("logits").output)


def chances(L, hints):
    """Probabilities (N, height / 2, width / 2, 313)."""
    logits = undecoded.predict([L, hints], batch_size=16, verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(logits))


def entropy(p):
    """Probabilities -> how unsure they are, in nats."""
    return -(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1)


three = np.stack([photos.bundled(n, 128) for n in ("coffee", "cat", "rocket")])
L = lab.rgb_to_lab(three)[..., :1]
unsure = entropy(chances(L, np.zeros((*L.shape[:3], 3), np.float32)))
pairs = {}
for name, one, map_ in zip(("coffee", "cat", "rocket"), three, unsure):
    pairs |= {name: one, f"entropy, {name}": (map_ - map_.min()) / np.ptp(map_)}
show.gallery(pairs)
COUNTS = [1, 2, 4, 8, 16]
lines = {
    name: (COUNTS, list(measured(kind, *map(str, COUNTS)).values()))
    for name, kind in {
        "equations": "equations",
        "flagship": "flagship",
        "where least sure": "entropy",
    }.items()
}
if kept:
    show.curves(lines, x="hints", y="CIEDE2000", log="x")

# %%
if kept:
    mean = {
        kind: [value[0] for value in line[1]] for kind, line in lines.items()
    }
    claim(
        "12-hints",
        value=mean["equations"][4] - mean["flagship"][4],
        at_least=0.2,
        says="with 16 touches the flagship is nearer to the truth than the "
        "equations, by {value:.1f} of CIEDE2000",
    )
    claim(
        "12-next",
        value=mean["where least sure"][3] - mean["flagship"][3],
        at_least=0.2,
        says="eight touches where entropy was highest leave {value:+.1f} of "
        "CIEDE2000 more than eight at random places",
    )

# %% [markdown]
# Not by much does the network win, and with few touches now one is ahead, now the other. With one, the equations give
# all the same color, as a coward would (lesson 4), and the network bets on colors of its own. And equations need no
# training, and never contradict a touch.
#
# And its doubt is a worse guide than chance. (One reason may be that where it is sure and wrong, it asks for no touch. You can
# see such a place.)
#
# So place them: set x and y, choose a color, add it. *Undo* takes the last one back.

# %%
show.HintBoard(hinted, data.coffee())

# %% [markdown]
# ## Film
#
# A network colors each frame as if it were alone. Here a camera pans over a photo whose colors you know, with
# **grain** that is new in each frame. So the true color is known, and the true motion.
#
# To see time, take one line of the picture and put frame below frame: what stands still, or glides by, draws a smooth band.
# **Predict:** what will the network's colors draw?


# %% mystnb={"image": {"alt": "One line of a film, frame below frame. Truth: smooth slanted bands. One by one: bands broken into horizontal stripes. Steady: smooth bands again, paler."}}
def played(picture, grain, frames=16):
    """A slow pan over a picture, and its ab in three versions."""
    wide = 0.8 * min(picture.shape[1], picture.shape[0] * 4 / 3)
    way = (0, 0, wide), (0.2 * wide, 0.1 * wide, wide)
    clip = film.pan(
        picture, (96, 128), frames, *way, grain=grain, seed=preset.seed
    )
    alone = np.asarray(flagship(clip.L, training=False))
    steady = film.Steady()
    kept = np.stack([steady(L, ab) for L, ab in zip(clip.L, alone)])
    return clip, {"truth": clip.ab, "one by one": alone, "steady": kept}


clip, versions = played(photos.bundled("coffee"), grain=4)
lines = {
    name: np.repeat(in_color(np.full((16, 128, 1), 60.0), ab[:, 48]), 6, axis=0)
    for name, ab in versions.items()
}
show.gallery(lines)

# %% [markdown]
# Each frame has its own idea of the same color. That **flickers**. The number for it: how far a color is from the one that *the
# same thing* had a frame before, along its motion.
#
# The third picture is the remedy: **one color over time**. Follow each place back along the **optical flow**, which
# scikit-image estimates from L alone, and take the mean of its colors in the last dozen frames. Where L along the
# flow does not match, something new came into the picture, and begins anew. If too little matches, the film was
# **cut**.
#
# **Predict:** what does steady color cost? Is it farther from the truth?

# %%
sums = {}
sights = [photos.bundled(name) for name in ("coffee", "cat", "astronaut")]
sights.append(world.load(256, "test", limit=1).rgb[0])  # a drawn scene
for grain in preset.choose(test=(4,), laptop=(0, 4), gpu=(0, 2, 4)):
    for sight in sights:
        clip, versions = played(sight, grain)
        for version, ab in versions.items():
            off = np.linalg.norm(ab - clip.ab, axis=-1).mean()
            both = film.flicker(ab, clip.flows), off
            sums.setdefault((grain, version), []).append(both)
found = {key: np.mean(values, axis=0) for key, values in sums.items()}
for (grain, version), (flickers, off) in found.items():
    print(f"grain {grain}, {version:10} flicker {flickers:.1f}, off {off:4.1f}")
alone, steady = (found[grain, way] for way in ("one by one", "steady"))
cut = film.Steady()
for name in ("coffee", "cat"):
    clip, versions = played(photos.bundled(name), grain=4, frames=4)
    for L, ab in zip(clip.L, versions["one by one"]):
        cut(L, ab)
print("cuts found in two clips, one after the other:", cut.cuts)
claim(
    "12-flicker",
    value=alone[0] / steady[0],
    at_least=2,
    says="averaged along motion, color flickers {value:.1f} times less",
)
claim(
    "12-steady",
    value=steady[1] - alone[1],
    at_most=0.2,
    says="color averaged along motion is {value:+.1f} Lab units farther off",
)

# %% [markdown]
# Steady color is hardly better color: what the network gets wrong in every frame, the mean keeps. (The truth flickers
# too, since its pixels are cut out anew in each frame.) `colorkit color street.mp4` does this for a film of yours, and
# keeps its sound: see the page *Color your photos*.
#
# ## Plausible is not historical
#
# Some photographs of 1905 to 1915 are in color: Sergei Prokudin-Gorskii exposed a glass plate three times, through a red, a green
# and a blue filter. (The prints here were joined from them later: their colors are as good as plate, filters and that work.) Take
# the color away, and let networks guess.

# %% mystnb={"image": {"alt": "Where the set is at hand, four photographs of 1905 to 1915 in gray, in two networks' colors, and as they were: an emir's robe, brown in both, was bright blue."}}
try:
    historical = photos.load("historical", 128, "test")
    print(photos.credit("historical"))
    kind = historical.classes.index("colour_prokudin_gorskii_1905_1915")
    old = historical.rgb[np.asarray(historical.labels) == kind]
except FileProblem:
    old = None
    print("historical is not at hand; the lesson goes on without it.")
parts = [np.stack([photos.bundled(name, 128) for name in album.BUNDLED])]
for name in ("flowers", "objects", "clothing"):
    try:
        limit = preset.choose(test=2, laptop=16, gpu=50)
        parts.append(photos.load(name, 128, "test", limit).rgb)
    except FileProblem:
        print(f"{name} is not at hand; the lesson goes on without it.")
eras = {"modern": np.concatenate(parts)} | (
    {"1905-1915": old} if old is not None else {}
)
if old is not None:
    koala = checkpoints.load("06_koalarization_gpu")
    chosen = old[[4, 8, 9, 14]]
    L = lab.rgb_to_lab(chosen)[..., :1]
    made = [
        in_color(L, model.predict(L, verbose=0)) for model in (koala, flagship)
    ]
    labels = ("gray", "Koalarization", "flagship", "photo")
    columns = zip(lab.lightness_to_rgb(L), *made, chosen)
    show.gallery([dict(zip(labels, row)) for row in columns])

# %% [markdown]
# Where they are at hand: most of these you would believe. Could the network warn? From its probabilities follows how
# far it *expects* to be from the truth: the mean distance of all 313 colors from the one that it gives, each by its
# probability. **Predict:** is that what it *is* off, on modern photos, on the old ones?


# %% mystnb={"image": {"alt": "Line chart of true over expected distance, with a diagonal for a network that knows itself; with photo sets at hand most points lie above it."}}
def honesty(rgb):
    """Expected and true distance of ab at each place, Lab units."""
    L, ab = np.split(lab.rgb_to_lab(rgb), [1], axis=-1)
    none = np.zeros((*L.shape[:3], 3), np.float32)
    p, made = chances(L, none), heard(L, none)
    made, ab = made[:, ::2, ::2], ab[:, ::2, ::2]  # where its chances are
    expected = sum(
        p[..., number] * np.linalg.norm(color - made, axis=-1)
        for number, color in enumerate(bins.centers())
    )
    return expected, np.linalg.norm(ab - made, axis=-1)


known = {era: honesty(rgb) for era, rgb in eras.items()}
lines = {}
for era, (expected, true) in known.items():
    gray = np.linalg.norm(lab.rgb_to_lab(eras[era])[..., 1:], axis=-1).mean()
    print(
        f"{era:9} {len(true):3} photos: expects {expected.mean():4.1f}, is off "
        f"{true.mean():4.1f} (gray {gray:.1f})"
    )
    groups = np.array_split(np.argsort(expected, axis=None), 8)
    lines[era] = tuple(
        [values.ravel()[group].mean() for group in groups]
        for values in (expected, true)
    )
ends = [0, max(line[0][-1] for line in lines.values())]
lines["as it says"] = ends, ends
show.curves(lines, x="expected distance from the truth (ab)", y="true (ab)")

# %% [markdown]
# Are photos of the sets that it learned from an easier case? `make results LESSON=12` asked a third time: unseen photos of such
# sets (*now*), Kodak's, and the old ones (*then*). Of the last two it had seen none.

# %%
ratios = {}
for era in ("now", "kodak", "then"):
    says, true = (measured(kind, era).get(era) for kind in ("expects", "off"))
    if says:
        ratios[era] = true[0] / says[0]
        print(f"{era:6} expects {says[0]:.1f}, is off {true[0]:.1f}")
if ratios:
    claim(
        "12-too-sure",
        value=min(ratios.values()),
        at_least=1.05,
        says="on each of the three the network is farther from the truth than "
        "it expects, {value:.2f} times or more",
    )
    claim(
        "12-alike",
        value=ratios["then"] / ratios["kodak"],
        at_least=0.8,
        at_most=1.25,
        says="how much too sure it is of old photos is {value:.2f} times how "
        "much it is of Kodak's",
    )

# %% [markdown]
# It is too sure of all of them, even of photos from the sets that it learned from, and of the old ones about as much
# as of Kodak's. So its doubt cannot mark what is special about them: nothing in gray says that an emir's robe, in one
# of these photographs, was blue. (Its probabilities are no frequencies either: in training rare colors counted more,
# lesson 9.)
#
# A museum that shows such a picture as the past, a newspaper, a court: each takes a bet of a network for a record. What a caption
# owes its readers: *Colors added by a network in 2026; the photograph is black-and-white. They are plausible, not known.* Say
# which colors you told it, and from where you know them. `colorkit color` writes into the file what it can (the next cell prints
# it), but captions get lost: keep the original beside it.
#
# ## Your photograph
#
# Name it: its path, or in Colab the word `"upload"`. Add what you know. (A terminal does the same: *Color your
# photos*. So does the book's page *Color a photograph here*, which uploads nothing.)

# %% mystnb={"image": {"alt": "A photo in gray and in the colors of the flagship: a man in a dark coat with a camera on a tripod, on a lawn under a wide sky."}}
path = ""  # such as "grandmother.jpg"; in Colab "upload"
told = []  # such as [(420, 310, "#7A1F2B")]: x, y in pixels, color
if path == "upload":
    from google.colab import files

    path = next(iter(files.upload()))
own = open_photo(path) if path else np.dstack([data.camera()] * 3)
L = lab.rgb_to_lab(own)[..., :1]
show.gallery(
    {
        "gray": lab.lightness_to_rgb(L),
        "flagship": colorize(hinted, own, hints=told),
    }
)
print(saving.note("11_flagship_gpu"))

# %% [markdown]
# ## Exercises
#
# **12-a.** Undo fading before you color. In each picture the 1st percentile of L becomes 0 and the 99th becomes 100, all between
# on a line, and nothing leaves 0..100.
#
# <details><summary>Hint</summary>
#
# `np.percentile(L, [1, 99], axis=(1, 2, 3), keepdims=True)` gives both for each picture.
#
# </details>


# %%
def stretched(L):
    """L (N, height, width, 1), 0..100 -> the same, stretched."""
    ...  # your code here


stretched = check("12-a", stretched)

# %%
rgb = eras["modern"]
L = lab.rgb_to_lab(rgb)[..., :1]
faded = age(L, "fading")
for name, seen in {
    "as it was": L,
    "faded": faded,
    "faded, stretched": np.asarray(stretched(faded), np.float32),
}.items():
    ab = flagship.predict(seen, batch_size=16, verbose=0)
    print(f"{name:17}{metrics.ciede2000(rgb, in_color(L, ab)).mean():5.1f}")

# %% [markdown]
# **12-b.** Somebody hands you a colored photo and says nothing of tiles. Two parts of it, left and right, were
# colored apart. Find the column where the right one begins: where the length of the step of ab from the column
# before, averaged over the rows, is largest.
#
# <details><summary>Hint</summary>
#
# `np.diff(ab, axis=1)` has the steps; the first of them leads to column 1.
#
# </details>


# %%
def begins(ab):
    """ab (height, width, 2), Lab units -> number of a column."""
    ...  # your code here


begins = check("12-b", begins)

# %% [markdown]
# **12-c.** One row of the equations. Given L of a pixel and its eight neighbors, return what the row holds for these nine: 1 for
# the pixel itself, and minus its neighbors' weights, which are 1 in sum. The variance of the nine (the mean of the squared
# distances from their mean), plus 1, is σ².
#
# <details><summary>Hint</summary>
#
# The pixel itself has the largest weight of all before you take it out.
#
# </details>


# %%
def row(L):
    """L (3, 3), 0..100 -> entries of the row (3, 3)."""
    ...  # your code here


row = check("12-c", row)

# %% [markdown]
# **12-d.** A camera pans to the right by `step` whole pixels a frame: what is at column x was at column x + `step` a frame
# before. Return the flicker: the mean distance of a color from the one that the same thing had a frame before, over all that is
# in both frames.
#
# <details><summary>Hint</summary>
#
# `ab[1:]` are the frames from the second on, `ab[:-1]` those before them. Which columns of each show the same?
#
# </details>


# %%
def flicker(ab, step):
    """(frames, height, width, 2) and whole pixels, 1 or more -> Lab units."""
    ...  # your code here


flicker = check("12-d", flicker)

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | neighbors of similar lightness have similar colors (Levin et al.) | colors run until lightness changes much, past what a thing is | the premise knows edges, not things |
# | a network with hints needs few of them (Zhang et al. 2017) | with 16 touches it is a little nearer to the truth than the equations; with four or fewer it depends on the seed | where no touch reaches, it bets on colors of its own |
# | to be done: "larger images, by tiling smaller ones" (Khatri and Patel) | tiles decide apart, and show it at their seams | color needs the whole |
# | coloring old photographs is what it is for (Mochammad et al.; Sarmai and Sadhu) | blur and fading cost color, and the flagship a border too; contrast and grain little in most | a photo without color is not an old photo |
#
# ## What to remember
#
# - An old photograph is not a gray photo. Blur and fading cost color, to some networks a border too; fading can be undone.
# - Decide about color once, on a small picture, and enlarge it: tiles decide apart.
# - A few touches by someone who knows help much. Where the network is unsure is not where they help most.
# - A network is surer than it should be, of old photos as of new ones. Which color nobody could know, it cannot tell.
# - Plausible is not historical. Say so where the picture is shown.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Let `touched` place larger squares, or the hints lie by 10 Lab units. How much can the network take?
# - Try `stretched` before `colorize` on photos of your own.
# - Film is many photographs: `colorkit color film.mp4`.
#
# **Next:** [13. Scaling up](13_scaling_up.ipynb).
