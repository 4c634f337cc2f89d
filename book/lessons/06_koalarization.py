# %% [markdown]
# # 6. Koalarization
#
# **The color of a tree may be decided by the sky. You join a network that sees details with a classifier that sees the
# whole picture, and measure what that buys.**
#
# ![Three scenes, one for each season, in four versions: gray; colored by a network that was told nothing, with brownish trees in every season; by one that hears a classifier, with pink, green and orange trees; and the truth.](../_static/06_koalarization.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - measure how far a network sees,
# - find out what a classifier knows of a gray picture,
# - build the networks of two reports to their exact number of parameters, for pictures of any size,
# - measure what context buys: where the right answer is known, and on photos.
#
# *Time:* two to three times as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two
# cores: the book's page *Run times*).
#
# *Needs:* [4. Measuring color](04_measuring_color.ipynb) and [5. Autoencoders](05_autoencoders.ipynb).

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
import keras
import numpy as np
from keras import layers

from colorkit import album, check, claim, colorize, lab, metrics, photos, show
from colorkit import training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, pretrained, sight, spec

# %% [markdown]
# ## Three gray trees
#
# Three pieces of three scenes. In Color World crowns are pink in spring, green in summer and orange in autumn.
# **Predict:** which of these trees is which?

# %% mystnb={"image": {"alt": "Three gray square pieces of scenes, each with the crown of a tree. Nothing tells the three apart."}}
scenes = world.load(size=160, split="val", limit=60)
crowns = scenes.mask("crown")
rows = [
    max(np.flatnonzero(scenes.labels == season), key=lambda n: crowns[n].sum())
    for season in range(3)
]
pieces = {}
for number, row in enumerate(rows, 1):
    x = 24 + crowns[row].sum(axis=0)[24:-24].argmax()
    y = np.median(np.flatnonzero(crowns[row, :, x])).astype(int).clip(24, 136)
    piece = scenes.L[row, y - 24 : y + 24, x - 24 : x + 24]
    pieces[f"piece {number}"] = lab.lightness_to_rgb(piece)
show.gallery(pieces)

# %% mystnb={"image": {"alt": "The three whole scenes in color: spring with small clouds and birds in the sky and pink trees, summer with a sun with rays and green trees, autumn with thin veils of cloud and orange trees."}}
show.gallery(
    {world.SEASONS[scenes.labels[row]]: scenes.rgb[row] for row in rows}
)

# %% [markdown]
# Nobody can tell from the piece: the season shows in the sky. A network has two jobs. To see *what is here* takes sharp
# details; to know *what picture this is* takes the whole picture. Baldassarre, Morín and Rodés-Guirao (2017) give the
# second job to a classifier of ImageNet's thousand classes: *Deep Koalarization*. Mochammad et al. and Khatri and Patel
# rebuilt it, and so do we.
#
# ## An extractor
#
# A classifier ends with one number for each class. These numbers, or those just before them, say what is in a picture:
# its **embedding**. A network that is used only for that is a feature **extractor**. `pretrained.load` brings one that
# takes L. Another is lesson 3's classifier, which knows seasons.

# %%
season_expert = checkpoints.load("03_season_classifier")
amounts = preset.choose(
    test=(32, 16, 16), laptop=(1000, 200, 240), gpu=(2000, 288, 288)
)
mobile = {"name": "MobileNetV2", "size": 128}
inception = {"name": "InceptionResNetV2", "output": "logits"}
splits = list(zip(("train", "val", "test"), amounts))
try:
    sets = [photos.load("flowers", 128, *one) for one in splits]
    expert = pretrained.load(
        **preset.choose(test=mobile, laptop=mobile, gpu=inception)
    )
    where = "flowers"
    print(photos.credit("flowers"))
except FileProblem as error:
    print(error, "(The lesson goes on with Color World and its classifier.)")
    sets = [world.load(128, *one) for one in splits]
    half = layers.AveragePooling2D(2)  # it was trained on 64 px
    expert = keras.Sequential(
        [keras.Input((None, None, 1)), half, season_expert]
    )
    where = "Color World"
train, val, test = sets

# %% [markdown]
# ## What does an embedding know?
#
# Train one dense layer *on the embeddings* to name the label of each picture. If that succeeds, what it needed was in
# there. This is a **linear probe**.
#
# We probe three. One is right. One repeats a mistake of Khatri and Patel's report and of Mochammad et al.'s
# notebooks: pictures of 0 to 1 go into a classifier that expects 0 to 255, and are nearly black to it. The third
# comes from a network of the same build that was never trained. **Predict:** how often are the three right?

# %%
keras.utils.set_random_seed(preset.seed)
untrained = keras.models.clone_model(expert)  # the same layers, new weights


def said_by(model, scale=1):
    """The embeddings of all three sets of pictures."""
    return [
        model.predict(scale * one.L, batch_size=16, verbose=0) for one in sets
    ]


embedded = {
    "right": said_by(expert),
    "scaled twice": said_by(expert, 1 / 255),
    "untrained": said_by(untrained),
}
values = embedded["right"][0].shape[1]
print(f"{values} values for each picture")


# %%
def centered(known):
    """A layer: minus the mean, over the spread, both of known embeddings."""
    mean = known.mean(axis=0)
    spread = (known - mean).std()
    return layers.Rescaling(1 / spread, offset=-mean / spread)


def probe(known, unseen):
    """Train one dense layer; tell which of its answers are right."""
    keras.utils.set_random_seed(preset.seed)
    answer = layers.Dense(len(train.classes), activation="softmax")
    classifier = keras.Sequential([centered(known), answer])
    classifier.compile(
        keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy"
    )
    classifier.fit(known, train.labels, epochs=15, verbose=0)
    answers = classifier.predict(unseen, verbose=0).argmax(axis=1)
    return answers == test.labels


# %% mystnb={"image": {"alt": "Bar chart of the share of right answers on unseen pictures, with intervals: the right embedding far ahead of the one scaled twice and of the untrained one."}}
right = {
    name: metrics.bootstrap(probe(known, unseen).astype(float))
    for name, (known, _, unseen) in embedded.items()
}
show.bars(right, x=f"right answers on unseen {where} (0..1)")
often = np.bincount(test.labels).max() / len(test)
spread = {
    name: known.std(axis=0).mean() for name, (known, *_) in embedded.items()
}
print(f"always the most frequent label: {often:.0%} right")
print(
    "scaled twice, what is said varies from picture to picture "
    f"{spread['scaled twice'] / spread['right']:.4f} times as much"
)
if where == "flowers":
    claim(
        "06-probe-twice",
        value=right["right"].value - right["scaled twice"].value,
        at_least=0.15,
        says="a linear probe names {value:.2f} more of the flowers (as a "
        "share) from the right embedding than from one scaled twice",
    )

# %% [markdown]
# What the expert has learned is in its embedding. Scaled twice, it has to be magnified before the probe hears it:
# `centered` does that, their networks did not.
#
# ## One fusion for any grid
#
# The encoder makes maps: at each place, numbers that say what is here. The reports repeat the embedding at every place
# (`RepeatVector(32 * 32)`, which fits no other grid), put it behind the maps, and mix both with a convolution of 1 x 1:
# weighted sums.
#
# Or weigh *what is here* at each place, *what the picture is* once, and add the second everywhere. **Predict:** is that
# the same, or only similar?

# %%
random = np.random.default_rng(preset.seed)
maps, said = random.normal(size=(4, 6, 16)), random.normal(size=10)
kernel = random.normal(size=(16 + 10, 8))  # of a 1 x 1 convolution

repeated = np.broadcast_to(said, (4, 6, 10))
printed = np.concatenate([maps, repeated], axis=-1) @ kernel

here, everywhere = np.split(kernel, [16])
ours = maps @ here + said @ everywhere
claim(
    "06-fusion",
    value=np.abs(ours - printed).max(),
    at_most=1e-9,
    says="taken in two parts, the fusion gives the same values "
    "(largest difference {value:.0e})",
)


# %% [markdown]
# The same. `maps @ here` is a 1 x 1 convolution, and `said @ everywhere` a dense layer without biases.
#
# ## Two networks from two reports
#
# Encoder, fusion, decoder: the reports' networks differ by two layers of the decoder. `narrow` has a quarter of the
# filters, for a laptop. `small`, for Color World, has the skip connections of lesson 4.


# %%
def fuse(x, said, filters, activation):
    """What is here and what the picture is, at each place of any grid."""
    here = layers.Conv2D(filters, 1, name="here")(x)
    everywhere = layers.Dense(filters, use_bias=False, name="everywhere")(said)
    everywhere = layers.Reshape((1, 1, filters))(everywhere)
    return layers.Activation(activation)(layers.Add()([here, everywhere]))


def koalarization(
    values, encoder, fusion, decoder, details=False, activation="relu", hide=0.0
):
    """L and an embedding of so many values in, ab in Lab units out."""
    L, said = keras.Input((None, None, 1)), keras.Input((values,))
    x, before = layers.Rescaling(1 / 50, offset=-1)(L), []
    for filters, _, stride, *_ in map(spec.layer, encoder.split()):
        before += [x] if stride > 1 else []
        x = layers.Conv2D(filters, 3, stride, "same", activation=activation)(x)
    heard = layers.Dropout(hide, name="hide")(said)
    x = fuse(x, heard, fusion, activation)
    for word in decoder.split():
        if word == "up":
            x = layers.UpSampling2D(2)(x)
            x = layers.Concatenate()([x, before.pop()]) if details else x
        else:
            last = "tanh" if word == "2" else activation
            x = layers.Conv2D(int(word), 3, padding="same", activation=last)(x)
    ab = layers.Rescaling(128.0)(x)
    return keras.Model([L, said], ab, name="koalarization")


# %%
encoder = "64/2 128 128/2 256 256/2 512 512 256"
khatri = encoder, 256, "128 up 64 up 32 16 2 up"
mochammad = encoder, 256, "128 up 64 64 up 32 2 up"
narrow = "16/2 32 32/2 64 64/2 128 128 64", 64, "32 up 16 up 8 2 up"
small = "12 32/2 64/2 64 64", 64, "up 32 up 12 2"
for number, name, layout, stated in [
    ("001", "Khatri and Patel", khatri, 6_541_202),
    ("000", "Mochammad et al.", mochammad, 6_573_794),
]:
    claim(
        f"06-count-{number}",
        value=koalarization(1000, *layout).count_params(),
        at_least=stated,
        at_most=stated,
        says=f"the network of {name} has {{value:,.0f}} parameters",
    )

# %% [markdown]
# The first is the number that Khatri and Patel give. Mochammad et al. give none; theirs follows if "upsample, 256 x (1
# x 1)" in their Table 3 is a convolution.
#
# ## How far does a network see?
#
# Change one pixel of L, and look where the answer changes. Seen the other way round: the part of the picture on which
# one number of the answer depends is the network's **receptive field**, its window. Every layer of 3 × 3 widens it,
# after a stride of 2 by twice as much. `sight.window` measures it.
#
# **Predict** the side of the window of `small`.

# %% mystnb={"image": {"alt": "A gray square with one light pixel in the middle, and a dark square with a blotch, a third as wide: where this pixel changes the answer."}}
keras.utils.set_random_seed(preset.seed)
network = koalarization(3, *small, details=True)


def told_nothing(network):
    """The network as a function of L alone."""
    width = network.input_shape[1][1]
    return lambda L: network.predict(
        [L, np.zeros((len(L), width))], batch_size=32, verbose=0
    )


pair = np.full((2, 96, 96, 1), 50, np.float32)
pair[1, 48, 48] = 90  # one pixel
before, after = told_nothing(network)(pair)
change = np.abs(after - before).max(axis=-1)
show.gallery(
    {
        "one pixel": lab.lightness_to_rgb(pair[1]),
        "what changes": (change / change.max()) ** 0.25,
    }
)
sees = sight.window(told_nothing(network), width=96)
print(f"The window is {sees} px wide and {sees} px high.")

# %% [markdown]
# ## What context buys
#
# First where the right answer is known. Two networks, the same at the start, learn to color quarters of scenes, 32 px
# large. The upper ones have the sky, where the season shows. The lower ones have nearly all trees and meadows, and no
# sign of the season. One network hears the season expert, which sees the whole scene. The other hears zeros: it is told
# nothing.
#
# On trees and meadows the floor is 0: whoever knows the season knows the color. Whoever does not does best with the
# average of the three seasons. **Predict:** which share of the closable gap has that average?

# %%
scenes = world.load(limit=preset.choose(test=24, laptop=1500, gpu=3000))
unseen = world.load(
    split="val", limit=preset.choose(test=16, laptop=200, gpu=500)
)


def quartered(arrays):
    """(N, 64, 64, C) -> (4 N, 32, 32, C): the four quarters of each."""
    rows = np.concatenate(np.split(arrays, 2, axis=1))
    return np.concatenate(np.split(rows, 2, axis=2))


season = np.tile(season_expert.predict(scenes.L, verbose=0), (4, 1))
pieces = {"L": quartered(scenes.L), "ab": quartered(scenes.ab)}
decided = unseen.mask(*world.DECIDED_BY_SEASON)
print(f"{len(season):,} pieces; {decided.mean():.0%} of the pixels")
print("have a color that the season decides")

# %%
batch_size, epochs = 8, preset.choose(test=1, laptop=2, gpu=4)


def trained_on_scenes(name, share):
    """A network that hears this share, 0 or 1, of what the expert says."""
    keras.utils.set_random_seed(preset.seed)
    network = koalarization(3, *small, details=True)
    rate = keras.optimizers.schedules.CosineDecay(
        0.002, epochs * len(season) // batch_size
    )
    network.compile(keras.optimizers.Adam(rate), "mean_squared_error")
    network.fit(
        [pieces["L"], share * season],
        pieces["ab"],
        batch_size=batch_size,
        epochs=epochs,
        verbose=0,
        callbacks=training.callbacks(
            f"06_koalarization scenes, {name}",
            resume=(*pieces.values(), share * season),
        ),
    )
    return network


shares = {"told nothing": 0, "told": 1}
heard = season_expert.predict(unseen.L, verbose=0)
scene_networks, made = {}, {}
for name, amount in shares.items():
    network = scene_networks[name] = trained_on_scenes(name, amount)
    made[name] = network.predict([unseen.L, amount * heard], verbose=0)

# %%
oracle = unseen.oracle()
seasons = oracle.colors[..., :3, :].mean(axis=-2)
average = np.where(decided[..., None], seasons, oracle.mean)


def share(ab, pixels):
    """Share of the closable gap on some pixels of `unseen`."""
    three = [
        oracle.floor + ((answer - oracle.mean) ** 2).mean(axis=-1)
        for answer in (ab, 0 * ab, oracle.mean)
    ]
    return metrics.share_of_gap(
        *((error * pixels).mean(axis=(1, 2)) for error in three)
    )


closed = {}
for name, ab in {"average of the seasons": average, **made}.items():
    closed[name] = share(ab, decided)
    everything = share(ab, decided | True).value
    print("{:24}{:5.0%} ({:.0%} to {:.0%})".format(name, *closed[name]), end="")
    print(f"; of all pixels {everything:4.0%}")

# %%
claim(
    "06-context",
    value=100 * (closed["told"].value - closed["told nothing"].value),
    at_least=20,
    says="on trees and meadows of Color World, knowing the season closes "
    "{value:.0f} hundredths more of the gap",
)
claim(
    "06-blind",
    value=100
    * (closed["average of the seasons"].value - closed["told nothing"].value),
    at_most=8,
    says="the network that is told nothing stays {value:.0f} hundredths of the "
    "gap behind the average of the three seasons",
)

# %% [markdown]
# The network that is told nothing comes near the average of the three seasons, which is brownish. More filters or steps
# could bring it to that average, and no further: what it needs lies outside of its window.

# %% tags=["result"] mystnb={"image": {"alt": "Three scenes, one for each season, in four versions: gray; told nothing, with brownish trees in every season; told, with pink, green and orange trees; and the truth."}}


def in_color(L, ab):
    """L with some colors, as RGB."""
    return lab.lab_to_rgb(np.concatenate([L, ab], axis=-1))


show.gallery(
    [
        {"gray": lab.lightness_to_rgb(unseen.L[row])}
        | {name: in_color(unseen.L[row], made[name][row]) for name in made}
        | {"truth": unseen.rgb[row]}
        for row in [
            max(
                np.flatnonzero(unseen.labels == season),
                key=lambda row: decided[row].sum(),
            )
            for season in range(3)
        ]
    ]
)

# %% [markdown]
# ## And on photos?
#
# ImageNet's classes were not chosen because they decide colors. If a classifier helps, is it because the expert
# *sees* more than the colorizer, or because of what it has *learned*? A third network hears the expert that was never
# trained, and sees as far.
#
# We train as Mochammad et al. did: Adam at 0.001, a smaller rate when the validation loss stops falling, the best
# weights kept. At the gpu preset the network is theirs, at 128 px. On a laptop it is `narrow`, at 64 px, with
# **dropout**, which hides a random half of the embedding at each step: a thousand numbers invite to learn photos by
# heart.
#
# **Predict** the order of the three.

# %%
shrink = preset.choose(test=2, laptop=2, gpu=1)
layout = preset.choose(test=narrow, laptop=narrow, gpu=mochammad)
gentle = {"activation": "silu", "hide": 0.5}  # SiLU: a smooth ReLU
options = preset.choose(test=gentle, laptop=gentle, gpu={})
pooled = [
    np.array(layers.AveragePooling2D(shrink)(np.concatenate(both, axis=-1)))
    for both in [(train.L, train.ab), (val.L, val.ab)]
]
known, checked = [(both[..., :1], both[..., 1:]) for both in pooled]


def trained(name, said, said_of_val):
    """A network that hears these embeddings, and its losses."""
    keras.utils.set_random_seed(preset.seed)
    network = koalarization(values, *layout, **options)
    network.compile(keras.optimizers.Adam(0.001), "mean_squared_error")
    history = network.fit(
        [known[0], said],
        known[1],
        validation_data=([checked[0], said_of_val], checked[1]),
        batch_size=16,
        epochs=preset.choose(test=1, laptop=5, gpu=10),
        verbose=0,
        callbacks=training.callbacks(
            f"06_koalarization {where}, {name}",
            monitor="val_loss",
            plateau=2,
            patience=5,
            resume=(*known, said),
        ),
    )
    return network, history.history


# %%
def colorizer(network, expert, prepare):
    """For use, all in one: L in, ab out, the expert included."""
    L = keras.Input((None, None, 1), name="L")
    said = prepare(expert(L))
    ab = network([layers.AveragePooling2D(shrink)(L), said])
    ab = layers.UpSampling2D(shrink, interpolation="bilinear")(ab)
    return keras.Model(L, ab)


# %% mystnb={"image": {"alt": "Line chart of the told network's loss over the epochs, on its own pictures and on validation pictures."}}
scaled = {
    which: centered(embedded[which][0]) for which in ("right", "untrained")
}
hears = {
    "told nothing": (expert, "right", layers.Rescaling(0.0)),
    "untrained expert": (untrained, "untrained", scaled["untrained"]),
    "told": (expert, "right", scaled["right"]),
}
colorizers = {}
for name, (model, which, prepare) in hears.items():
    said = [np.array(prepare(one)) for one in embedded[which][:2]]
    network, losses = trained(name, *said)
    colorizers[name] = colorizer(network, model, prepare)
lines = {"loss": losses["loss"], "validation": losses["val_loss"]}
show.curves(lines, x="epoch (told)", y="mean squared error (Lab units²)")

# %%
painted = {
    name: model.predict(test.L, batch_size=16, verbose=0)
    for name, model in colorizers.items()
}
given_lightness = metrics.color_given_lightness(train)
table = metrics.evaluate(
    {"gray": metrics.gray, "given lightness": given_lightness} | painted, test
)
display(table.select("CIEDE2000", "colorfulness"))
gain = {
    name: table.difference(name, "told", "CIEDE2000")
    for name in ("told nothing", "untrained expert")
}
for name, difference in gain.items():
    print(
        "told, against {:17} CIEDE2000 lower by {:.2f} ({:.2f} to {:.2f})".format(
            name + ":", *difference
        )
    )
sees = sight.window(told_nothing(network))
print(f"window: {sees // 2} px to each side, in pictures of {128 // shrink} px")

# %%
if where == "flowers":
    claim(
        "06-photos",
        value=gain["told nothing"].value,
        at_least=0.3,
        says="on unseen flowers, what the classifier says lowers CIEDE2000 by "
        "{value:.2f}",
    )
    claim(
        "06-learned",
        value=gain["untrained expert"].value,
        at_least=0.3,
        says="on unseen flowers, a trained classifier lowers CIEDE2000 by "
        "{value:.2f} more than an untrained one of the same build",
    )

# %% [markdown]
# The intervals say what other photos would give. For another training, start Jupyter with `COLORKIT_SEED=1`.
#
# Is it sight? From the middle of a picture the colorizer's window reaches everything, or nearly, but from a corner not
# the far side. The untrained expert looks at everything, and has learned nothing: a random look at the whole does less.
# Whether a larger window would, if trained, this does not tell.
#
# ## The album

# %% mystnb={"image": {"alt": "Three photos in five versions each: gray; told nothing, Koalarization, and the published one, all with soft, muted colors; and the photo."}}
album.add(
    "06_koalarization",
    {
        "told nothing": colorizers["told nothing"],
        "Koalarization": colorizers["told"],
    },
    published="06_koalarization_gpu",
)

# %% [markdown]
# Soft colors all three, for the best answer to a squared error is the average (lesson 4). Being told makes it the average
# over pictures of a kind *that the network has learned*. Yours has learned one set. Of most things in the album's other
# photos the expert says what your colorizer has never heard: look at *told nothing* there, and at gray, in the table.
# `06_koalarization_gpu` is larger, and learned from photos of many kinds.
#
# ## Keep it
#
# One file holds it all, the expert too, and takes photos of any size: no part of it counts pixels.

# %%
path = checkpoints.save(
    colorizers["told"],
    "06_koalarization",
    data=train,
    steps=network.optimizer.iterations,
    seed=preset.seed,
    metrics={"test CIEDE2000": table["told", "CIEDE2000"].value},
)
again = keras.saving.load_model(path)
difference = np.abs(again.predict(test.L[:4], verbose=0) - painted["told"][:4])
assert difference.max() < 0.01
for name in ("astronaut", "coffee"):
    photo = photos.bundled(name)
    print(f"{name:10}", photo.shape, "->", colorize(again, photo).shape)

# %% [markdown]
# ## Exercises
#
# **06-a.** Turn L into the picture that a classifier of ImageNet expects before its own scaling: three equal channels,
# 0 to 255.
#
# <details><summary>Hint</summary>
#
# `np.repeat(values, 3, axis=-1)` makes three of one.
#
# </details>


# %%
def for_the_classifier(L):
    """(height, width, 1), 0..100 -> (height, width, 3), 0..255."""
    ...  # your code here


for_the_classifier = check("06-a", for_the_classifier)

# %% [markdown]
# **06-b.** How far does it see? `ask` is a network that you can only ask: strips of L in, shape (N, height, width, 1),
# answers of the same height and width out. How many columns are there from the first to the last on which the middle of
# the answer depends?
#
# <details><summary>Hint</summary>
#
# Ask a random strip, 16 px high. Then change one column after another, and ask again: has `answer[0, 8, width // 2]`
# changed?
#
# </details>


# %%
def window(ask, width):
    """A function and the width of the strips -> a number of columns."""
    ...  # your code here


window = check("06-b", window)

# %% [markdown]
# **06-c.** A probe that needs no training. Average the known embeddings of each label, 0, 1, 2 and so on. Give each
# unseen embedding the label of the nearest average.
#
# <details><summary>Hint</summary>
#
# `known[labels == label].mean(axis=0)` is the average of a label. `((one - average) ** 2).sum()` is smallest for the
# nearest.
#
# </details>


# %%
def nearest_mean(known, labels, unseen):
    """(N, D) embeddings, N labels, (M, D) embeddings -> M labels."""
    ...  # your code here


nearest_mean = check("06-c", nearest_mean)

# %%
for name, (known_ones, _, others) in embedded.items():
    found = nearest_mean(known_ones, train.labels, others) == test.labels
    layer = right[name].value
    print(f"{name:13} nearest {np.mean(found):4.0%}, one layer {layer:4.0%}")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | 6,541,202 parameters (Khatri and Patel) | the same, exactly | the fusion in two parts has as many |
# | the classifier lets the network "get a sense of what is in the picture" (Khatri and Patel) | in Color World, knowing the season closes {{06-context range:.0f}} hundredths more of the gap on trees and meadows (three seeds) | there the season decides; their own classifier saw nearly black pictures |
# | high-level features contain "information that can be useful for the colorization" (Mochammad et al.) | on flowers, an expert that has learned lowers CIEDE2000 by {{06-learned range:.1f}} against one that has not (three seeds) | MobileNetV2; at the gpu preset, theirs |
#
# ## What to remember
#
# - What is decided outside of a network's window must be told.
# - A classifier can tell it, if its input is scaled as in its training: once.
# - Repeating an embedding over the grid is the same as adding a dense layer's answer everywhere.
# - Whether an expert helps by what it learned, an untrained one of the same build tells.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Tell the network the wrong season: `scene_networks["told"].predict([unseen.L[:1], np.eye(3)[[0]]])`.
#   Which things change their color?
# - Set `options["hide"] = 0.0` (at the gpu preset, where nothing is hidden, 0.5), then `trained("by heart", *said)`.
#   When does validation stop falling?
# - Read *Deep Koalarization* (arXiv:1712.03400).
#
# **Next:** [7. The brown case](07_brown_case.ipynb).
