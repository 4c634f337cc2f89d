# %% [markdown]
# # 11. Face-off
#
# **Six networks, the same photos. You find out which is best at what, see each of them fail, and learn what a measure can tell
# you about it.**
#
# ![An astronaut, a cat and a cup of coffee in eight versions: gray, in the colors of six networks, from brownish to loud, and as they are.](../_static/11_face_off.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - build the best network of this course, and tell it colors,
# - measure all networks of the course on the same photos,
# - name the faults of colored pictures, and write a sorter for them,
# - ask three judges: measures, a classifier, and yourself.
#
# *Time:* about as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two cores: the
# book's page *Run times*).
#
# *Needs:* [4](04_measuring_color.ipynb), [5](05_autoencoders.ipynb), [6](06_koalarization.ipynb),
# [9](09_color_as_classes.ipynb) and [10](10_pix2pix.ipynb).

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
from itertools import combinations

import keras
import numpy as np
from keras import layers
from skimage import data

from colorkit import album, check, claim, colorize, lab, metrics, open_photo
from colorkit import photos, results, show
from colorkit.files import FileProblem
from colorkit.models import checkpoints, pretrained
from colorkit.models.layers import AnnealedMean
from colorkit.pictures import Pictures

# %% [markdown]
# ## The contenders
#
# You trained networks for minutes, on drawn scenes or flowers. Here are five of the same kinds, trained on a GPU on photos of
# all sorts of things, all on the same ones. Koalarization hears MobileNetV2; *classes* and *pix2pix* have half of their papers'
# widths, and *pix2pix* halves five times instead of eight. The sixth, the **flagship**, is new.
#
# A comparison is worth what is equal in it. **Read the budgets:** what is not?

# %%
NETWORKS = {
    "one photo": "02_one_photo_gpu",
    "AE-LAB": "05_ae_lab_gpu",
    "Koalarization": "06_koalarization_gpu",
    "classes": "09_color_as_classes_gpu",
    "pix2pix": "10_pix2pix_gpu",
    "flagship": "11_flagship_gpu",
}
colorizers = {name: checkpoints.load(file) for name, file in NETWORKS.items()}
for name, file in NETWORKS.items():
    card = checkpoints.card(file)
    budget = [f"{card['parameters']:9,} parameters"]
    for unit in ("pictures seen", "seconds"):
        budget.append(f"{card[unit]:9,} {unit}")
    print(f"{name:14}", *budget)
print(f"each on {card['data']['count']:,} photos; {card['device']}")

# %% [markdown]
# The flagship saw four times as many pictures. So where it wins, its build need not be the reason. A section below makes the
# budgets equal.
#
# ## The flagship
#
# It is a **U-Net** (lesson 10) that answers with the probabilities of **313 colors** (lesson 9), at half the size. Its way down
# is a **pre-trained classifier** (lesson 6): it is not only *told* what that says in the end, but has all of its maps, from
# fine to coarse, and trains them along.


# %%
def encoder(weights="imagenet"):
    """A picture in, MobileNetV2's maps of 1/2 to 1/32 of its sides out."""
    sizes = [f"block_{number}_expand_relu" for number in (1, 3, 6, 13)]
    network = keras.applications.MobileNetV2(
        input_shape=(None, None, 3), include_top=False, weights=None
    )
    if weights:
        known = pretrained.load("MobileNetV2", weights=weights)
        network.set_weights(known.get_layer("mobilenetv2").get_weights())
    maps = [network.get_layer(name).output for name in (*sizes, "out_relu")]
    for layer in network.layers:  # normalization keeps what it knows
        kept = isinstance(layer, layers.BatchNormalization)
        layer.trainable = not kept
    return keras.Model(network.input, maps, name="encoder")


# %% [markdown]
# New is a second input, **hints**. Where somebody knows a color, a and b stand there, and 1 in a third channel; elsewhere all
# three are 0. In training half of the pictures came without hints, the others with a few patches of their true colors.


# %%
def flagship(encoder, width=80):
    """L and hints in, logits of 313 colors at half the size out."""
    L = keras.Input((None, None, 1), name="L")
    hints = keras.Input((None, None, 3), name="hints")
    gray = layers.Rescaling(1 / 50, offset=-1)(L)
    *details, x = encoder(layers.Concatenate()([gray, gray, gray]))

    said = [layers.Rescaling([1 / 50, 1 / 50, 1.0])(hints)]
    for filters in (16, 32, 64, 96):
        said.append(
            layers.Conv2D(filters, 3, 2, "same", activation="relu")(said[-1])
        )

    whole = layers.GlobalAveragePooling2D(keepdims=True)(x)
    whole = layers.Dropout(0.2)(whole)
    whole = layers.Dense(3 * width, activation="relu")(whole)
    x = layers.Conv2D(3 * width, 1)(x)
    x = layers.Activation("relu")(layers.Add()([x, whole]))

    for filters in (2 * width, 3 * width // 2, width, 4 * width // 5):
        sharp = layers.Conv2D(filters, 1)(details.pop())
        x = layers.UpSampling2D(2)(x)
        x = layers.Concatenate()([x, sharp, said.pop()])
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
    logits = layers.Conv2D(313, 1, dtype="float32", name="logits")(x)
    return keras.Model([L, hints], logits, name="flagship")


# %%
def hinted_colorizer(network, temperature=0.38):
    """L and hints in, ab out: decoded, and enlarged to the size of L."""
    ab = AnnealedMean(temperature)(network.output)
    ab = layers.UpSampling2D(2, interpolation="bilinear", name="ab")(ab)
    return keras.Model(network.inputs, ab)


built = hinted_colorizer(flagship(encoder(weights=None)))
hinted = checkpoints.load("11_flagship_gpu", hints=True)
built.set_weights(hinted.get_weights())  # they fit
claim(
    "11-count",
    value=built.count_params(),
    at_least=4_908_289,
    at_most=4_908_289,
    says="the flagship has {value:,.0f} parameters",
)

# %% [markdown]
# Before you measure, look. The photographer never had a color; of the others you see the truth.

# %% tags=["before_after"] mystnb={"image": {"alt": "Three photographs in rows. A photographer on a lawn, gray, and with blue sky, green grass and a dark blue coat. A cup of coffee and a rocket at dusk, each gray, in the colors of the flagship, and in true colors; half of the coffee's red saucer stayed gray."}}
rows = []
for own in (data.camera()[30:371], data.coffee(), data.rocket()):
    photo = own if own.ndim == 3 else np.dstack([own] * 3)
    row = {
        "gray": lab.lightness_to_rgb(lab.rgb_to_lab(photo)[..., :1]),
        "flagship": colorize(colorizers["flagship"], photo),
    }
    rows.append(row if own.ndim == 2 else row | {"photo": photo})
show.gallery(rows)

# %% [markdown]
# (`whole` is what the whole picture shows, added at every place as in lesson 6. The loss is lesson 9's, with the square roots
# of its weights.)
#
# **Predict:** touch a saucer with its red at two places, 9 × 9 px each. How far does the color run?

# %% mystnb={"image": {"alt": "A cup of coffee, four times: on a gray saucer with red spots; with one touch, and red around it; with two touches, and all of the saucer red up to its edge; and the photo, with a red saucer."}}
photo = photos.bundled("coffee", 128)
L, ab = np.split(lab.rgb_to_lab(photo[np.newaxis]), [1], axis=-1)


def in_color(L, ab):
    """L with some colors, as uint8 RGB."""
    return lab.to_uint8(lab.lab_to_rgb(np.concatenate([L, ab], axis=-1)))


def with_touches(*places):
    """The coffee, with hints of the true color at some places."""
    hints = np.zeros((1, 128, 128, 3), np.float32)
    for y, x in places:
        touched = np.s_[0, y - 4 : y + 5, x - 4 : x + 5]
        hints[touched] = [*ab[touched].mean(axis=(0, 1)), 1]
    return hinted.predict([L, hints], verbose=0)


touches = {"no hint": [], "one": [(106, 24)], "two": [(106, 24), (100, 100)]}
told = {name: with_touches(*places) for name, places in touches.items()}
show.gallery(
    {name: in_color(L, made)[0] for name, made in told.items()}
    | {"photo": photo}
)

# %%
away = {name: np.linalg.norm(made - ab, axis=-1) for name, made in told.items()}
claim(
    "11-hints",
    value=away["two"].mean() / away["no hint"].mean(),
    at_most=0.8,
    says="with two touches, on 1% of the pixels, the whole picture's colors "
    "are {value:.2f} times as far from the truth as without",
)

# %% [markdown]
# It runs through the saucer and stops at its edge. The hint says *which* color; where the saucer ends, the network sees.
#
# ## Same pictures for all
#
# Six photos come with libraries; test photos of sets join them where they are at hand. None was in the training. Two opponents:
# gray, and *given lightness* of lesson 4, which learns from the tested photos.
#
# **Predict:** which of the six is nearest to the truth? Which is most colorful? Which would you hang on your wall?

# %%
always = [photos.bundled(name, 128) for name in album.BUNDLED]
parts, each = [np.stack(always)], preset.choose(test=1, laptop=16, gpu=50)
for name in ("flowers", "objects", "produce", "clothing", "fsa_color", "kodak"):
    try:
        parts.append(photos.load(name, 128, "test", each).rgb)
        print(photos.credit(name))
    except FileProblem:
        print(f"{name} is not at hand; the lesson goes on without it.")
test = Pictures("the same photos", rgb=np.concatenate(parts))
many = len(test) >= 60  # enough to claim something of photos in general
print(len(test), "photos")

painted = {
    "gray": metrics.gray(test.L),
    "given lightness": metrics.color_given_lightness(test)(test.L),
}
for name, model in colorizers.items():
    painted[name] = model.predict(test.L, batch_size=16, verbose=0)
versions = {name: in_color(test.L, ab) for name, ab in painted.items()}

# %% tags=["result"] mystnb={"image": {"alt": "Three photos, an astronaut, a cat and a cup of coffee, in eight versions. Left, from above: gray; one photo, AE-LAB and Koalarization, all brownish. Right: the photos; classes, with a green cat and a red saucer; pix2pix, with blue, pink and red patches; the flagship, with an orange suit, a pale cat and red spots on the saucer."}}
rows = {name: versions[name][:3] for name in ("gray", *NETWORKS)}
rows["photo"] = test.rgb[:3]
strips = {name: np.concatenate(list(row), axis=1) for name, row in rows.items()}
pairs = [
    ("gray", "photo"),
    ("one photo", "classes"),
    ("AE-LAB", "pix2pix"),
    ("Koalarization", "flagship"),
]
show.gallery([{name: strips[name] for name in pair} for pair in pairs])

# %%
table = metrics.evaluate(painted, test)
true = metrics.colorfulness(test.rgb).mean()
gain = {name: table.difference("gray", name, "CIEDE2000") for name in NETWORKS}
table.select("CIEDE2000", "colorfulness", "PSNR")

# %%
if many:
    claim(
        "11-nearer",
        value=min(gain[name].low for name in ("Koalarization", "flagship")),
        at_least=0.5,
        says="on unseen photos, Koalarization and the flagship are nearer to "
        "the truth than gray, by {value:.1f} of CIEDE2000 or more (at 95%)",
    )
    claim(
        "11-as-colorful",
        value=table["classes", "colorfulness"].value / true,
        at_least=0.75,
        says="classes have {value:.0%} of the photos' colorfulness, and a "
        f"CIEDE2000 that differs from gray's by {-gain['classes'].value:+.1f}",
    )
    claim(
        "11-no-nearer",
        value=max(gain[name].low for name in ("classes", "pix2pix")),
        at_most=0,
        says="neither classes nor pix2pix is surely nearer to the truth than "
        "gray: the better one's interval begins at {value:+.1f} of CIEDE2000",
    )
    claim(
        "11-both",
        value=table["flagship", "colorfulness"].value
        / table["Koalarization", "colorfulness"].value,
        at_least=1.3,
        says="the flagship is {value:.1f} times as colorful as Koalarization",
    )

# %% [markdown]
# On many photos there are three groups. *One photo*, AE-LAB and Koalarization, trained on the squared error, are near the truth
# and brown. *Classes* and *pix2pix* are nearly as colorful as photos, and not surely nearer to the truth than gray: on the
# hundreds of photos of their cards they are farther. The flagship has some of both.
#
# ## A gallery of failures
#
# Each fault has a cause, and you have met all of them. **Predict:** which lesson explains which?

# %% mystnb={"image": {"alt": "Five pictures with a fault each. Brown: a gray-brown astronaut. Stains: a retina with blue and red patches. Spill: tissue whose yellow and green run over white. Noise: a cup of coffee in pink, green and blue with a fine pattern. Sure and wrong: the same tissue, evenly pink."}}
rare = {
    name: photos.bundled(name, 128)
    for name in ("retina", "tissue", *album.BUNDLED)
}


def made_by(network, name):
    """A photo that is always there, in a network's colors."""
    return colorize(colorizers[network], rare[name], size=128)


show.gallery(
    {
        "brown": made_by("one photo", "astronaut"),
        "stains": made_by("AE-LAB", "retina"),
        "spill": made_by("classes", "tissue"),
        "noise": made_by("pix2pix", "coffee"),
        "sure and wrong": made_by("flagship", "tissue"),
    }
)

# %% [markdown]
# | fault | what you see | where it comes from |
# | --- | --- | --- |
# | brown | little color, the same everywhere | the squared error asks for the average: [lesson 4](04_measuring_color.ipynb). Or the training broke: [lesson 7](07_brown_case.ipynb) |
# | stains | one thing in several colors | each place sees its own window: [lesson 6](06_koalarization.ipynb). Or it decides alone between two likely colors: [lesson 9](09_color_as_classes.ipynb) |
# | spill | color runs over an edge | colors are predicted small and enlarged: [lesson 9](09_color_as_classes.ipynb); why that mostly goes well: [lesson 1](01_light_and_lab.ipynb) |
# | noise | colors change from pixel to pixel, or in a grid | the critic's taste, and transposed convolutions: [lesson 10](10_pix2pix.ipynb) |
# | sure and wrong | vivid, even, within its edges, false | a bet on a likely color: [lesson 9](09_color_as_classes.ipynb). On what was not in the training no bet is good: [lesson 3](03_many_photos.ipynb) |
#
# The last is the worst, since nothing in the picture shows it.
#
# ## What the pre-trained encoder adds
#
# What makes the flagship good: its build, its four times as many pictures, or what ImageNet taught its encoder? Make all else
# equal, and simple: freeze the encoder, and let one convolution of 1 × 1, whose best weights can be computed, make the mean ab
# of 8 × 8 px from its maps. One encoder has ImageNet's weights; one has random ones, and sees as far; a third decoder gets only
# lightness. **Predict:** which share of gray's squared error on unseen photos does each take away?
#
# `make results LESSON=11` did it with three seeds, and keeps what it found in a file.

# %% mystnb={"image": {"alt": "Bar chart of the share of gray's squared error that a linear decoder takes away: least from lightness alone, more from the maps of an untrained encoder, most from those of ImageNet's."}}
try:
    kept = results.load("11_face_off")
    print(f"{kept['command']}: seeds {kept['seeds']}, {kept['date']}")
except FileProblem as error:
    kept = {"claims": {}}
    print(error, "(The lesson goes on without them.)")


def measured(kind, *names):
    """What was measured over the seeds: mean, smallest and largest."""
    values = {name: kept["claims"].get(f"11-{kind}-{name}") for name in names}
    return {
        name: (np.mean(some), min(some), max(some))
        for name, some in values.items()
        if some
    }


encoders = measured("encoder", "lightness", "untrained", "ImageNet")
if encoders:
    show.bars(encoders, x="share of gray's squared error taken away (0..1)")

# %%
if encoders:
    claim(
        "11-encoder",
        value=encoders["ImageNet"][0] - encoders["untrained"][0],
        at_least=0.03,
        says="from ImageNet's maps the same decoder takes away {value:.2f} more "
        "of gray's squared error than from an untrained encoder's",
    )

# %% [markdown]
# Both see the same part of the picture. What differs is what the encoder knew before it saw a color.
#
# ## In Color World
#
# Color World says how good a network *could* be. All six begin anew there (only MobileNetV2 keeps what it knows), with the same
# scenes of 32 px and 250 steps. **Predict:** who closes most of the gap of lesson 4, who least?

# %%
files = [file.removesuffix("_gpu") for file in NETWORKS.values()]
closed, vivid = (
    list(measured(kind, *files).values()) for kind in ("world", "vivid")
)
for name, gap, color in zip(NETWORKS, closed, vivid):
    print("{:14} closes {:5.2f} ({:.2f} to {:.2f})".format(name, *gap), end="")
    print(f", colorfulness {color[0]:.0%} of the truth's")
if closed:
    share = {name: gap[0] for name, gap in zip(NETWORKS, closed)}
    claim(
        "11-world",
        value=share["AE-LAB"] - max(share["classes"], share["pix2pix"]),
        at_least=0.05,
        says="in Color World, AE-LAB closes {value:.2f} more of the gap than "
        "pix2pix and classes (their best)",
    )

# %% [markdown]
# This yardstick *is* the squared error, and likes averages; *classes* and *pix2pix* aim at something else. The flagship
# has the loss of *classes*, and closes most all the same. To hear about the whole scene is not all of it: Koalarization
# hears MobileNetV2 too, and closes about as much as AE-LAB. In so short a training it may count that the flagship
# starts from maps that were trained, and trains them along. That was not taken apart.
#
# ## Which is the photo?
#
# No measure so far asks a person. You are one. Three Turing tests, one for each group. **Predict:** which network fools you most
# often?

# %%
chosen = np.arange(len(test))[:: max(1, len(test) // 8)][:8]
tests = {
    name: show.TuringTest(test.rgb[chosen], versions[name][chosen], seed=seed)
    for seed, name in enumerate(["Koalarization", "pix2pix", "flagship"])
}
for name, one in tests.items():
    print(name)
    display(one)

# %% [markdown]
# Beside you sits the judge of lesson 4, who always takes the more colorful picture for the photo, and has patience for all.
# Run this cell again when you have answered.


# %% mystnb={"image": {"alt": "Bar chart of how often a judge who takes the more colorful picture for the photo is fooled, with intervals: hardly ever by one photo, AE-LAB and Koalarization, more often by the flagship, most often by pix2pix and classes."}}
def judged(colored):
    """How often the colorful one is not the photo, for each pair."""
    return metrics.colorfulness(colored) > metrics.colorfulness(test.rgb)


fooled = {
    name: metrics.bootstrap(judged(versions[name]).astype(float))
    for name in NETWORKS
}
show.bars(fooled, x="share of pairs in which the simple judge is fooled (0..1)")
print(f"{'':14}{'CIEDE2000':>10}{'PSNR':>6}{'colorful':>9}   you")
for name in NETWORKS:
    near, psnr, vivid = (
        table[name, measure].value
        for measure in ("CIEDE2000", "PSNR", "colorfulness")
    )
    mine = tests[name].score() if name in tests else ""
    print(f"{name:14}{near:10.1f}{psnr:6.1f}{vivid / true:9.0%}   {mine}")

# %% [markdown]
# Which measure puts the networks in the order of your answers? (Exercise 11-b counts. Eight pairs say little: ask friends.) The
# simple judge is fooled by the loud ones.
#
# ## Does a classifier still know it?
#
# Another judge: does a classifier recognize the picture in its new colors? Few labels of these sets are among ImageNet's
# thousand. So we ask whether MobileNetV2 gives the *same answer* as for the photo in color. That works for any photo, and does
# not say that the answer is right.
#
# A control: **false colors**, vivid as the true ones, turned by a quarter of the circle. **Predict:** are false colors better
# than gray? Are the flagship's?

# %%
try:
    whole = pretrained.load("MobileNetV2", output="probabilities")
    recognizer = whole.get_layer("mobilenetv2")  # takes RGB, -1..1
except FileProblem as error:
    recognizer = None
    print(error, "(The lesson goes on without a classifier.)")
enlarge = layers.Resizing(224, 224)


def answers(rgb):
    """The class that the classifier finds most likely."""
    scaled = enlarge(rgb.astype(np.float32)) / 127.5 - 1
    return recognizer.predict(scaled, batch_size=16, verbose=0).argmax(axis=1)


# %% mystnb={"image": {"alt": "Bar chart of how often a classifier gives the same answer as for the photo in color, with intervals: least often for gray, somewhat more often and about alike for false colors and all networks, most often for half of the true color."}}
a, b = np.moveaxis(test.ab, -1, 0)
asked = {
    "half of the color": in_color(test.L, test.ab / 2),
    "false colors": in_color(test.L, np.stack([-b, a], axis=-1)),
} | {name: versions[name] for name in ("gray", *NETWORKS)}
same = {}
if recognizer:
    in_truth = answers(test.rgb)
    same = {
        name: (answers(rgb) == in_truth).astype(float)
        for name, rgb in asked.items()
    }
    show.bars(
        {name: metrics.bootstrap(each) for name, each in same.items()},
        x="same answer as for the photo in color (0..1)",
    )

# %%
if same and many:
    lost = 1 - same["gray"].mean()
    back = metrics.paired_difference(same["flagship"], same["gray"])
    print("flagship minus gray: {:+.2f} ({:+.2f} to {:+.2f})".format(*back))
    claim(
        "11-recognized",
        value=back.value / lost,
        at_most=0.5,
        says=f"in gray the classifier answers otherwise on {lost:.0%} of the "
        "photos; the flagship's colors win back {value:.0%} of these",
    )

# %% [markdown]
# On many photos the classifier misses color, and half of the true one helps. Colors that only *could* be true win back less
# than half of it, and false colors about as much there.
#
# ## Your own photo
#
# Name a photo of yours: its path, or in Colab the word `"upload"`. Until then you see scikit-image's photographer, who never had
# a color.

# %% mystnb={"image": {"alt": "A photo in gray and in the colors of Koalarization, classes and the flagship: a man in a dark coat with a camera on a tripod, on a lawn under a wide sky."}}
path = ""  # such as "grandmother.jpg"; in Colab "upload"
if path == "upload":
    from google.colab import files

    path = next(iter(files.upload()))
if path:
    own = open_photo(path)
else:
    own = data.camera()
L = lab.rgb_to_lab(np.dstack([own] * 3) if own.ndim == 2 else own)[..., :1]
show.gallery(
    {"gray": lab.lightness_to_rgb(L)}
    | {
        name: colorize(colorizers[name], own, size=256)
        for name in ("Koalarization", "classes", "flagship")
    }
)

# %% [markdown]
# In a terminal the flagship does it in one line, and keeps the size and the date:
#
#     colorkit color grandmother.jpg
#
# ## Exercises
#
# **11-a.** Six new pictures. First sort them by eye into the faults of the gallery above, and write down your answers.

# %% mystnb={"image": {"alt": "Six colored pictures, numbered: a portrait in blue, pink and green with a fine pattern; a gray-brown cup of coffee; a green cat; a rocket on a bright blue sky with a grid; green tissue; a rocket on an even dark blue sky."}}
NEW = [
    ("pix2pix", "hopper"),
    ("Koalarization", "coffee"),
    ("classes", "cat"),
    ("pix2pix", "rocket"),
    ("pix2pix", "tissue"),
    ("flagship", "rocket"),
]
new = np.stack([made_by(*one) for one in NEW])
show.gallery({f"{number}": one for number, one in enumerate(new, 1)})

# %% [markdown]
# Then write a sorter. It takes three means over a picture: the **chroma** (length of ab) of what was made; the **change** of ab
# from each pixel to the next on the right (length of the difference); the **distance** of ab from the truth. Divide the
# first and the last by the chroma of the truth, the second by the change of the truth. The first rule that fits counts: chroma
# below 0.5 is brown, 0; change above 1 is noise, 1; distance above 1, farther than gray, is wrong, 2; all else is 3.
#
# <details><summary>Hint</summary>
#
# `np.linalg.norm(ab, axis=-1)` gives lengths, `np.diff(ab, axis=2)` the steps to the right. `np.select` takes the first
# condition that is true.
#
# </details>


# %%
def faults(made, truth):
    """Twice (N, height, width, 2) ab, Lab units -> N numbers, 0 to 3."""
    ...  # your code here


faults = check("11-a", faults)

# %%
in_lab = [
    lab.rgb_to_lab(pictures)[..., 1:]
    for pictures in (new, np.stack([rare[name] for _, name in NEW]))
]
words = ["brown", "noise", "wrong", "none of these"]
for number, (one, fault) in enumerate(zip(NEW, faults(*in_lab)), 1):
    print(number, f"{one[0]:14}{one[1]:8}{words[int(fault)]}")
for name in NETWORKS:
    kinds = np.array(faults(painted[name], test.ab), int)
    found = np.bincount(kinds, minlength=4) / len(test)
    print(f"{name:14}", *(f"{s:4.0%} {w}" for s, w in zip(found, words)))

# %% [markdown]
# Where do you differ? It finds nothing wrong with a green cat, which is nearer to the truth than a gray one. Stains and spill
# it cannot know: for these one has to see *things*.
#
# **11-b.** Two measures give a number to each network. Return the share of all pairs of networks that both put in the same
# order.
#
# <details><summary>Hint</summary>
#
# `combinations(range(n), 2)` gives each pair once. In the same order: both differences have the same sign.
#
# </details>


# %%
def agreement(one, other):
    """Two arrays of N numbers without ties -> 0..1."""
    ...  # your code here


agreement = check("11-b", agreement)

# %%
scores = {
    "CIEDE2000": [-table[name, "CIEDE2000"].value for name in NETWORKS],
    "PSNR": [table[name, "PSNR"].value for name in NETWORKS],
    "colorfulness": [table[name, "colorfulness"].value for name in NETWORKS],
    "simple judge": [fooled[name].value for name in NETWORKS],
}
# Yours: how often each network fooled you, in the order of NETWORKS.
# scores["you"] = [...]
for one, other in combinations(scores, 2):
    share = agreement(np.array(scores[one]), np.array(scores[other]))
    print(f"{one + ' and ' + other:32}{share:5.0%}")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | ColorGAN has a smaller mean absolute error than AE-LAB (Sarmai and Sadhu) | on the same photos, pix2pix has the larger CIEDE2000 | lesson 10 says why their figures cannot be compared |
# | a classifier helps (Mochammad et al.) | Koalarization is nearest to the truth of the three with squared error | it also has most parameters; the two encoders differ in one thing only |
# | rebalanced classes are "very lively and vivid" (Namitha et al.) | nearly as colorful as photos, not surely nearer to the truth than gray | a bet on rare colors |
#
# ## What to remember
#
# - Say what was equal: photos, pictures seen, size. Then who is best, and *at what*.
# - The squared error is near and brown, a critic or rebalanced classes vivid and far. The flagship has some of both.
# - Every fault has a cause. The worst one, sure and wrong, does not show.
# - No measure is *the* judge: distances like cowards, colorfulness likes anything loud.
# - A colored photograph is a guess that looks like knowledge.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Color a photograph of your own with the flagship, and tell it what you know: in the browser, in the book's page *Color a
#   photograph here*.
# - Load the flagship with another temperature: `checkpoints.load("11_flagship_gpu", temperature=1.0)`. Which faults come, and
#   which go?
# - Put a network of your own beside them: `painted["mine"] = checkpoints.load(NAME).predict(test.L)`, then
#   `metrics.evaluate(painted, test)`. `checkpoints.names()` lists what your lessons saved.
# - `make networks` trains all six again, on photos of your own if you like.
#
# **Next:** [12. Old photographs](12_old_photographs.ipynb).
