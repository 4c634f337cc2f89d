# %% [markdown]
# # 7. The brown case
#
# **Five trainings lie before you. One is healthy, four are broken, and nobody tells you how. You examine them with five
# instruments, commit yourself to a diagnosis, and then take up the case of a published network that came out brown.**
#
# ![Three drawn scenes in true color and as five networks color them. Some have a blue sky and trees that differ with the season, some the same brownish trees all year, one a single, nearly gray color.](../_static/07_brown_case.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - tell broken trainings apart by their batches, their embeddings, their losses and their colors,
# - give the loss a zero point, so that it shows a collapse,
# - set an alarm, and count how often it rings, and how often in vain,
# - take up an open case, and plant a fault that the five instruments hardly show.
#
# *Time:* about twice as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two
# cores: the book's page *Run times*).
#
# *Needs:* [3. Many photos](03_many_photos.ipynb) and [6. Koalarization](06_koalarization.ipynb).

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
import functools
import warnings
from types import SimpleNamespace

import keras
import numpy as np
from keras import layers

from colorkit import album, check, claim, lab, metrics, photos, show
from colorkit import training, world
from colorkit.files import FileProblem
from colorkit.metrics import Estimate
from colorkit.models import checkpoints, pretrained, spec

# %% [markdown]
# ## The case
#
# Mochammad et al. (2019) built the network of lesson 6. It learned one picture by heart, and trained on up to 2,000
# pictures it colored some well. Then they stored 10,000 pictures with their embeddings in TensorFlow's TFRecord files.
# "The result is not as we expected. We get a brownish image for all the test image. We presume that we did not
# implement the TF record method correctly." There the report ends.
#
# First get some practice. Here is their network in small, for Color World, with an eighth of the filters on a laptop.
# What it is told about the whole picture comes from lesson 3's season expert.

# %%
narrower = preset.choose(test=8, laptop=8, gpu=1)
ENCODER = "64/2 128 128/2 256 256/2 512 512 256"
DECODER = "128 up 64 64 up 32 2 up"


def fused_network(values):
    """L and an embedding of so many values in; ab / 128 out."""
    L, said = keras.Input((None, None, 1)), keras.Input((values,))
    x, filters = layers.Rescaling(1 / 100)(L), 256 // narrower
    for word in ENCODER.split():
        x = conv(x, spec.layer(word), "relu")
    here = layers.Conv2D(filters, 1)(x)
    everywhere = layers.Dense(filters, use_bias=False)(said)
    everywhere = layers.Reshape((1, 1, filters))(everywhere)
    x = layers.ReLU()(layers.Add()([here, everywhere]))
    for word in DECODER.split():
        if word == "up":
            x = layers.UpSampling2D(2)(x)
        else:
            x = conv(x, spec.layer(word), "tanh" if word == "2" else "relu")
    return keras.Model([L, said], x, name="fused_network")


def conv(x, layer, activation):
    """A convolution of the table, narrower; a and b stay two."""
    filters = max(2, layer.filters // narrower)
    return layers.Conv2D(
        filters, 3, layer.stride, padding="same", activation=activation
    )(x)


# %%
size = preset.choose(test=32, laptop=64, gpu=64)
many = preset.choose(test=96, laptop=1000, gpu=2000)
sets = {
    "scenes": SimpleNamespace(
        train=world.load(size, limit=many),
        val=world.load(size, "val", limit=64),
        expert=checkpoints.load("03_season_classifier"),
    )
}
print(f"{fused_network(3).count_params():,} parameters")

# %% [markdown]
# ## Five trainings
#
# `mystery(1)` to `mystery(5)` run five trainings of this network. One is as it should be. In each of the others one
# thing is wrong, and nothing else differs. Which number has which fault is drawn by lot. The next four cells, which
# plant the faults, are folded: open them after your diagnosis.

# %% tags=["hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title Batches. Look after your diagnosis.
epochs = preset.choose(test=1, laptop=6, gpu=4)


@functools.cache
def asked(kind, scale):
    """What a set's expert says of its pictures for training, and of others."""
    expert, parts = sets[kind].expert, (sets[kind].train, sets[kind].val)
    return [expert.predict(scale * part.L, verbose=0) for part in parts]


def one_epoch(labels, order, random):
    """The rows of the pictures in each batch, (steps, 16)."""
    rows = np.argsort(labels, kind="stable")  # as they lie in folders
    if order == "shuffle, then batch":
        rows = random.permutation(rows)
    batches = rows[: len(rows) // 16 * 16].reshape(-1, 16)
    if order == "batch, then shuffle":  # among about five that wait
        place = np.arange(len(batches)) + random.uniform(0, 5, len(batches))
        batches = batches[np.argsort(place)]
    return batches


# %% tags=["hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title What can be planted. Look after your diagnosis.
def prepared(
    kind,
    epochs,
    seed,
    order="shuffle, then batch",
    scale=1,  # of what the expert sees
    count=None,  # how many different pictures
    change=np.asarray,  # of the embeddings: none
):
    """Pictures, what the expert says of them, and the rows in each batch."""
    train, (said, _) = sets[kind].train, asked(kind, scale)
    some = np.resize(np.arange(count or len(train)), len(train))
    labels, random = train.labels[some], np.random.default_rng(seed)
    return SimpleNamespace(
        L=train.L[some],
        ab=train.ab[some] / 128,
        labels=labels,
        said=change(said[some]),
        batches=[one_epoch(labels, order, random) for _ in range(epochs)],
    )


def batches_of(run):
    """Inputs and targets, batch after batch."""
    for rows in np.concatenate(run.batches):
        yield (run.L[rows], run.said[rows]), run.ab[rows]


# %% tags=["hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title A training. Look after your diagnosis.
def trained(
    *others,
    kind="scenes",
    rate=0.001,
    scale=1,
    epochs=epochs,
    seed=preset.seed,
    **faults,
):
    """Train; return the network and what can be examined."""
    val, said_val = sets[kind].val, asked(kind, scale)[1]
    run = prepared(kind, epochs, seed, scale=scale, **faults)
    keras.utils.set_random_seed(seed)
    run.network = fused_network(run.said.shape[1])
    run.network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
    run.losses = run.network.fit(
        batches_of(run),
        steps_per_epoch=len(run.batches[0]),
        epochs=epochs,
        shuffle=False,
        validation_data=([val.L, said_val], val.ab / 128),
        verbose=0,
        callbacks=[*others, keras.callbacks.History()],
    ).history
    answers = run.network([val.L, said_val], training=False)
    run.answers = 128 * np.array(answers)
    return run


# %% tags=["hide-input"] jupyter={"source_hidden": true} cellView="form"
# @title What is planted. Look after your diagnosis.
PLANTED = {
    "nothing": {},
    "batch, then shuffle": {"order": "batch, then shuffle"},
    "scaled twice": {"scale": 1 / 255},
    "rate x 20": {"rate": 0.02},
    "twelve pictures": {"count": 12},
}
lot = [*np.random.default_rng(7 + preset.seed).permutation(list(PLANTED))]


def mystery(number):
    """Training number 1 to 5."""
    return trained(
        training.Progress(f"07_brown_case training {number}"),
        **PLANTED[lot[number - 1]],
    )


# %% [markdown]
# ## What do you see?
#
# Scenes of the three seasons that none of the networks has seen. **Look, and write down:** which of them is healthy? What
# do you suspect of each of the others?

# %% tags=["result"] mystnb={"image": {"alt": "Three scenes, one for each season, in six versions: the truth, and as five networks color them. Some have a blue sky and trees that differ with the season; some have brownish trees all year; one a single, nearly gray color."}}
runs = {number: mystery(number) for number in (1, 2, 3, 4, 5)}
val = sets["scenes"].val
show.gallery(
    [
        {"truth": val.rgb[row]}
        | {
            f"training {number}": lab.lab_to_rgb(
                np.concatenate([val.L[row], run.answers[row]], axis=-1)
            )
            for number, run in runs.items()
        }
        for row in [np.argmax(val.labels == season) for season in range(3)]
    ]
)

# %% [markdown]
# One may be plain to see. For the others the eye is not enough: all of them know a sky.
#
# ## Instrument 1: the spread
#
# How far do the predicted colors lie from their own average? The **spread** is their standard deviation over all pixels
# and pictures, a and b together (exercise 07-a). Divided by the spread of the true colors, it is 0 for a network that
# paints everything in one color. It need not reach 1: whoever averages over possible colors stays below (lesson 4).

# %% mystnb={"image": {"alt": "Bar chart of the spread of the predicted colors for each of the five trainings, as a share of the truth's. One has none; the others lie close together."}}
spreads = {
    f"training {number}": metrics.spread(run.answers) / metrics.spread(val.ab)
    for number, run in runs.items()
}
show.bars(spreads, x="spread of the predictions / that of the truth")

# %% [markdown]
# ## Instrument 2: a loss with a zero point
#
# Is a mean squared error of 0.02 good? The loss has no zero point, so give it one. The best that a network can do
# *without looking* is the mean color everywhere; its squared error is then the variance of the colors. So divide the
# loss by the variance: 1 is a network that has not looked, or got nothing from it.
#
# **Predict:** where does a network end that gives one color everywhere: below 1, at 1, or above?

# %% mystnb={"image": {"alt": "Line chart of the validation loss divided by the variance of the colors, over the epochs, for five trainings. One stays at 1; four fall below it, not equally far. All are above the floor."}}
of_scenes = metrics.spread(val.ab / 128) ** 2
floor = val.oracle().floor.mean() / 128**2 / of_scenes
show.curves(
    {
        f"training {number}": np.array(run.losses["val_loss"]) / of_scenes
        for number, run in runs.items()
    }
    | {"floor": np.full(epochs, floor)},
    x="epoch",
    y="validation loss / variance",
)

# %% [markdown]
# At 1 if it is the mean color, and above, the farther it is from that. The other end is the floor (lesson 4), which only Color
# World can tell. "The loss sits still" may be good news. "The loss sits at the variance" is bad news.
#
# ## Instrument 3: training beside validation
#
# The validation loss divided by the training loss tells what the network knows by heart (lesson 5).

# %% mystnb={"image": {"alt": "Bar chart of the validation loss divided by the training loss after the last epoch, for five trainings: near 1 for four of them, and clearly above for one."}}
by_heart = {
    f"training {number}": run.losses["val_loss"][-1] / run.losses["loss"][-1]
    for number, run in runs.items()
}
show.bars(by_heart, x="validation loss / training loss")

# %% [markdown]
# ## Instrument 4: what is in a batch?
#
# A batch should look like the whole set. Count its classes; in brackets stand spring, summer and autumn, for four
# batches in a row.

# %%
print("share of the largest class in a batch, on average")
for number, run in runs.items():
    classes = run.labels[run.batches[-1]]  # of the last epoch
    counts = [np.bincount(batch, minlength=3) for batch in classes]
    largest = np.max(counts, axis=1).mean() / 16
    middle = len(counts) // 2
    few = "   ".join(str(count) for count in counts[middle : middle + 4])
    print(f"training {number}: {largest:4.0%}   {few}")

# %% [markdown]
# ## Instrument 5: what does the expert say?
#
# An embedding is worth something only if it differs from picture to picture: take the standard deviation of its values.
# Beside it stands what the expert says of two pictures, a probability for each season.

# %%
says = {}
for number, run in runs.items():
    says[number] = run.said.std(axis=0).mean()
    first = " ".join(f"{value:.2f}" for value in run.said[0])
    other = " ".join(f"{value:.2f}" for value in run.said[1])
    print(f"training {number}: {says[number]:.4f}   {first}   {other}")

# %% [markdown]
# ## Commit yourself
#
# Write a diagnosis for each number, in your own words, *before* you go on. Which training is healthy? What is wrong
# with each of the others, and which instrument shows it?

# %%
diagnosis = {
    1: "",  # your words here
    2: "",
    3: "",
    4: "",
    5: "",
}

# %% [markdown]
# ## The reveal
#
# In the book the answer is behind a click.

# %% tags=["hide-output"]
for number, fault in enumerate(lot, 1):
    words = diagnosis[number] or "no diagnosis"
    print(f"training {number}: {fault:22} you: {words}")

number_of = {fault: number for number, fault in enumerate(lot, 1)}
named = {fault: runs[number] for fault, number in number_of.items()}
decided = val.mask(*world.DECIDED_BY_SEASON)  # trees and meadows
on_trees = {
    fault: metrics.spread(run.answers[decided]) for fault, run in named.items()
}

# %%
claim(
    "07-one-color",
    value=named["rate x 20"].losses["val_loss"][-1] / of_scenes,
    at_least=0.95,
    says="with 20 times the rate the validation loss ends at {value:.2f} "
    "times the variance: it paints one color everywhere",
)
claim(
    "07-by-heart",
    value=by_heart[f"training {number_of['twelve pictures']}"],
    at_least=1.4,
    says="with twelve pictures the validation loss is {value:.1f} times "
    "the training loss",
)
claim(
    "07-scaled-twice",
    value=says[number_of["scaled twice"]] / says[number_of["nothing"]],
    at_most=0.05,
    says="scaled twice, what the expert says differs {value:.4f} times "
    "as much from picture to picture",
)
claim(
    "07-trees",
    value=on_trees["scaled twice"] / on_trees["nothing"],
    at_most=0.9,
    says="on trees and meadows, scaling twice leaves {value:.2f} of the spread",
)

# %% [markdown]
# *Rate x 20.* The first steps threw the weights so far that some layer gives the same for every picture: 0 after ReLU, or
# one end of the tanh (*Go further* finds it). What comes after is a constant. Where it can still be learned, the best one
# is the mean color, in Color World nearly gray.
#
# *Twelve pictures.* The training loss is better than the healthy one's, and the spread looks fine. Only validation
# tells.
#
# *Batch, then shuffle.* The pictures came sorted by class, as from folders. A **shuffle buffer** mixes what comes into
# it, and after batching that is whole batches: each still holds one class. Shuffle first, then batch.
#
# *Scaled twice.* The expert takes 0 to 255 and scales it itself. Divided by 255 before, every picture is nearly black
# to it, and it says the same of all. Sky and sea do not need it; the trees do, in so short a training. Without it they
# get about the average of pink, green and orange, which is brown. Look at them again.
#
# No instrument sees everything, and the loss of a training with a fault can look like that of a healthy one.
#
# ## An alarm
#
# The worst of the four, one color everywhere, is the easiest to notice by machine. `training.CollapseAlarm` is a
# callback that measures the spread on held-out pictures after each epoch, and warns from the third epoch on when it is
# below a twentieth of the truth's (exercise 07-b). An alarm must also be silent when it should. Try both, on photos
# where there are any, with an expert from ImageNet.

# %%
small = ("MobileNet 0.25", {"size": 128})
name, settings = preset.choose(
    test=small,
    laptop=small,
    gpu=("InceptionResNetV2", {"output": "logits"}),  # the paper's
)
try:
    side = preset.choose(test=32, laptop=64, gpu=128)
    sets["photos"] = SimpleNamespace(
        train=photos.load("flowers", side, limit=many),
        val=photos.load("flowers", side, "val", limit=64),
        expert=pretrained.load(name, **settings),
    )
    print(photos.credit("flowers"))
except FileProblem as error:
    sets.pop("photos", None)
    print(error, "(The lesson goes on with Color World.)")
where = list(sets)[-1]  # photos, if there are any

# %% [markdown]
# ## Back to the case
#
# The authors' notebooks are public. One run in them is analogous to the one reported, with 5,000 pictures. From the
# fourth epoch on the predicted a and b are the same everywhere, about 1 to 2, while the loss sits still. That is nearly
# gray, where the report says brownish: whether it is the same failure is open too. The code shows three suspects:
#
# - the files come sorted by class, and the chain is `repeat -> batch -> shuffle(5)`,
# - the picture is divided by 255 before it goes into a classifier that does its own scaling,
# - validation goes over four batches in order, and the weights that are kept are chosen by the training loss.
#
# The last one can hide a fault; it does not make one. So try the first two together, at their learning rate of 0.001,
# and once more at 20 times that rate, which nobody suspects them of: an alarm must be tried on something.
#
# **Predict:** what is left of the spread after three epochs in each case? Where does the alarm ring?

# %%
trials = {
    "healthy": {},
    "order and scaling": {"order": "batch, then shuffle", "scale": 1 / 255},
    "both, rate x 20": {
        "order": "batch, then shuffle",
        "scale": 1 / 255,
        "rate": 0.02,
    },
}
seeds = preset.seed + np.arange(preset.choose(test=1, laptop=3, gpu=3))
held_out = sets[where].val
rang, left, last = {}, {}, {}
for trial, fault in trials.items():
    rang[trial], left[trial] = [], []
    for seed in map(int, seeds):
        inputs = [held_out.L, asked(where, fault.get("scale", 1))[1]]
        alarm = training.CollapseAlarm(inputs, held_out.ab / 128)
        with warnings.catch_warnings():  # the same words for each seed
            warnings.simplefilter("ignore" if seed > seeds[0] else "default")
            last[trial] = trained(
                alarm, kind=where, epochs=3, seed=seed, **fault
            )
        rang[trial].append(alarm.warned_epoch is not None)
        left[trial].append(last[trial].losses["spread"][-1])

# %% mystnb={"image": {"alt": "Bar chart of the spread after three epochs, with the range over the seeds: largest for the healthy training, about half of it with the order and the scaling of the brown network's notebooks, and none with 20 times the rate."}}
show.bars(
    {
        trial: Estimate(np.mean(values), min(values), max(values))
        for trial, values in left.items()
    },
    x=f"spread after 3 epochs / the truth's ({where}, {len(seeds)} seeds)",
)
variance = metrics.spread(held_out.ab / 128) ** 2
print("                  loss / variance  the alarm rang in")
for trial, times in rang.items():
    loss = last[trial].losses["val_loss"][-1] / variance
    print(f"{trial:18}{loss:15.2f}  {sum(times)} of {len(times)}")
share = np.mean(left["order and scaling"]) / np.mean(left["healthy"])
early = last["healthy"].losses["val_loss"][-1] / variance

# %%
claim(
    f"07-alarm-rings-{where}",
    value=np.mean(rang["both, rate x 20"]),
    at_least=0.6,
    says=f"{where}: the alarm rings in {{value:.0%}} of the trainings whose "
    "rate is 20 times too large",
)
claim(
    f"07-alarm-silent-{where}",
    value=1 - np.mean(rang["healthy"]),
    at_least=0.6,
    says=f"{where}: it is silent in {{value:.0%}} of the healthy ones",
)
claim(
    f"07-open-{where}",
    value=share,
    at_least=0.1,
    says=f"{where}: the order and the scaling of the brown network's notebooks, "
    "at their rate, leave {value:.2f} of a healthy training's spread",
)
if where == "photos":
    claim(
        "07-early-photos",
        value=early,
        at_least=0.85,
        says="photos: after three epochs a healthy training's loss, too, is "
        "{value:.2f} of the variance",
    )

# %% [markdown]
# Read the first column too. Where it is near 1, the loss alone cannot tell a healthy network from a collapsed one. The
# spread can.
#
# So the case stays open. The suspects are faults, but even together they do not make *this* network, at *their* rate,
# give one color everywhere. A rate that they did not use does. On a laptop our network is smaller, their pictures are
# others, and their run was one. To close it takes their network and their pictures, one suspect at a time, over several
# seeds.
#
# ## The album
#
# The healthy network and the one with their order and scaling color the album's photos, after three epochs. Each has
# the expert inside, scaling and all, so nobody can scale twice from outside.

# %% mystnb={"image": {"alt": "Three photos in four versions each: gray, as the healthy network colors it, as the one with the faulty order and scaling does, and the photo."}}


def colorizer(run, scale=1.0):
    """L in, ab in Lab units out, the expert inside."""
    L = keras.Input((None, None, 1), name="L")
    said = sets[where].expert(layers.Rescaling(scale)(L))
    ab = layers.Rescaling(128.0)(run.network([L, said]))
    return keras.Model(L, ab, name="brown_case")


colorizers = {
    "brown case, healthy": colorizer(last["healthy"]),
    "brown case, faulty": colorizer(last["order and scaling"], 1 / 255),
}
album.add("07_brown_case", colorizers, side)
if where == "photos":
    print(
        f"At {early:.2f} of the variance the healthy one too gives little more"
    )
    print("than one tint: brown is also what a network looks like that has")
    print("only begun to learn. An early stop is one more suspect.")

# %% [markdown]
# ## Exercises
#
# **07-a.** Take the variance of a over all pixels of all pictures, and that of b. The spread is the root of the mean of
# the two.
#
# <details><summary>Hint</summary>
#
# `ab.reshape(-1, 2)` has one row for each pixel. `np.var(..., axis=0)` works down the columns.
#
# </details>


# %%
def spread(ab):
    """(N, height, width, 2) -> one number, in the unit of ab."""
    ...  # your code here


spread = check("07-a", spread)

# %%
for fault, run in named.items():
    print(f"{fault:22}{spread(run.answers):6.1f} Lab units")
print(f"{'the truth':22}{spread(val.ab):6.1f} Lab units")

# %% [markdown]
# **07-b.** You get runs, each a list of spreads (as shares of the truth's), one after each epoch. After which epoch
# does the alarm first ring? Epochs count from 1. From the third on it rings when the spread is below the threshold, and
# when it is not a number, for a network that gives NaN is no healthier. 0 if it never rings.
#
# <details><summary>Hint</summary>
#
# NaN compares false with everything: `np.nan < 0.05` is False, and so is `np.nan >= 0.05`.
#
# </details>


# %%
def rings(runs, threshold):
    """A list of lists of numbers, and a number -> an integer for each list."""
    ...  # your code here


rings = check("07-b", rings)

# %% [markdown]
# **07-c.** Plant a quiet fault for your neighbor. Pictures and embeddings are batched in two places, one of which
# starts a batch late: each batch of pictures gets the embeddings of the batch *before* it, and the first gets those of
# the last. Return the embeddings in their new order.
#
# <details><summary>Hint</summary>
#
# Which row of the embeddings shall stand in row 0? Try it with batches of 2 and the embeddings 0, 1, 2, 3, 4, 5.
#
# </details>


# %%
def slipped(embeddings, batch_size):
    """(N, values), N a multiple of the batch size -> the same shape."""
    ...  # your code here


slipped = check("07-c", slipped)


# %%
def late(said):
    """Whole batches slip; what is left over stays."""
    whole = len(said) // 16 * 16
    return np.concatenate([slipped(said[:whole], 16), said[whole:]])


sick = trained(change=late)
print("                            slipped  healthy")
for instrument, measure in {
    "spread / the truth's": lambda run: spread(run.answers) / spread(val.ab),
    "loss / variance": lambda run: run.losses["val_loss"][-1] / of_scenes,
    "validation / training loss": lambda run: (
        run.losses["val_loss"][-1] / run.losses["loss"][-1]
    ),
    "largest class in a batch": lambda run: np.mean(
        [np.bincount(run.labels[b]).max() / 16 for b in run.batches[-1]]
    ),
    "the expert's values differ": lambda run: run.said.std(axis=0).mean(),
    "it names the right season": lambda run: np.mean(
        run.said.argmax(axis=1) == run.labels
    ),
}.items():
    values = [measure(run) for run in (sick, named["nothing"])]
    print("{:26}{:9.2f}{:9.2f}".format(instrument, *values))

# %% [markdown]
# Each value is there, none is where it belongs. Which of the five instruments notices? The last line is a sixth, and it
# needed labels.
#
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | with 10,000 pictures through TFRecords, a brownish image for every test picture (Mochammad et al.) | the faults of order and scaling together, at their rate, left {{07-open-photos range:.2f}} of a healthy training's spread on flowers (three seeds); 20 times the rate gave one color everywhere in Color World; and after three epochs on flowers the healthy one's loss, too, was {{07-early-photos range:.2f}} of the variance | open |
# | "We presume that we did not implement the TF record method correctly" (the same) | their chain shuffles batches and not pictures, and each batch holds hardly more than one class | TFRecord is a box for numbers; the faults are in the order, and in what was put in |
# | images divided by 255 go into `preprocess_input` (Khatri and Patel; the notebooks of Mochammad et al.) | the expert then says the same about every picture | the input is scaled twice |
#
# ## What to remember
#
# - Divide the loss by the variance of the colors: 1 is a network that does not look.
# - Watch the spread, and let an alarm watch it.
# - Look into a batch before you train on it. Shuffle, then batch.
# - Scale in one place: inside the model.
# - Each instrument is blind to some faults. A diagnosis needs several, and one suspect at a time.
#
# ## Go further
#
# - Find the layer that died: with `network = named["rate x 20"].network`, `keras.Model(network.inputs, layer.output)`
#   gives the maps of each `layer` of `network.layers`.
# - Draw the lot anew (`7 + preset.seed` in the folded cell) and let someone else diagnose.
# - Write an instrument that finds the slip of exercise 07-c without labels.
#
# **Next:** [8. Three experts](08_three_experts.ipynb).
