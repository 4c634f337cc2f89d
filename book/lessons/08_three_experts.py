# %% [markdown]
# # 8. Three experts
#
# **You ask three classifiers instead of one, and find out what it takes to say that the third one helped.**
#
# ![Three scenes, one for each season, with the trees painted by networks that were told more and more, beside the truth. Told nothing, all trees are of the same brownish tint. Told only whether it is spring, the pink trees are right and the others a mixture of green and orange. Told about summer too, all are right; a third expert changes nothing. Spring and an expert that talks at random: the mixture again.](../_static/08_three_experts.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - build one colorizer for any number of classifiers, and exchange them in one line,
# - find out what "averaged" can mean, and what a PSNR of 0.356 cannot,
# - put an ablation to the test, in a world where you know what it should find,
# - repeat it on photos, and tell what an expert adds from what chance adds.
#
# *Time:* about 50 minutes to read and try. Compute, measured on two cores: 2 and a half minutes at the laptop preset,
# 25 seconds at the test preset. (The gpu preset has not been measured.)
#
# *Needs:* [4. Measuring color](04_measuring_color.ipynb) and [6. Koalarization](06_koalarization.ipynb).

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
import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy import stats

from colorkit import check, claim, colorize, lab, metrics, photos, show, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, pretrained

# %% [markdown]
# ## An average that cannot be taken
#
# Kiani, Hemmatpour and Rastgoo take the network of lesson 6 and ask three classifiers: VGG16, ResNet50 and
# Inception-ResNet-v2. "The average of three model outputs is used", says their abstract. The fusion "concatenates the
# encoder outputs and the output feature maps of the three parallel CNNs", says their section 4.
#
# What a classifier gives before its last layer, its features, are 512, 2048 and 1536 values for these three.
# **Predict:** what is their average?

# %%
widths = [512, 2048, 1536]  # VGG16, ResNet50, Inception-ResNet-v2
try:
    layers.Average()([keras.Input((width,)) for width in widths])
except ValueError as error:
    print(error)

# %% [markdown]
# There is none. Nor would it mean anything if the widths were equal: value number 7 of one expert has nothing to do with
# value number 7 of another. (The probabilities of the 1000 classes *could* be averaged, since class 7 is a rooster for
# all three. But the paper writes of features.)
#
# There is a way to give the word a meaning. Each expert gets a dense layer of its own that translates what it says into
# one **common space**. These **projections** are trained together with the colorizer, so that they come to speak the same
# language, and there an average can be taken. It goes to every place of the encoder's maps, as in lesson 6.


# %%
def conv(x, filters, strides=1, activation="gelu"):
    """A 3 x 3 convolution. (GELU is a smooth ReLU, for small networks.)"""
    return layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation=activation
    )(x)


def joined(embeddings, common):
    """What several experts say, as one row of values."""
    if common is None:
        return layers.Concatenate()(embeddings)
    return layers.Average()(
        [
            layers.Dense(common, name=f"expert_{number}")(embedding)
            for number, embedding in enumerate(embeddings, 1)
        ]
    )


def fuse(x, said):
    """What is here and what was said, at each place of any grid."""
    filters = x.shape[-1]
    x = layers.Conv2D(filters, 1, name="here")(x)
    if said is not None:
        said = layers.Dense(filters, use_bias=False, name="everywhere")(said)
        x = layers.Add()([x, layers.Reshape((1, 1, filters))(said)])
    return layers.Activation("gelu")(x)


# %%
def three_experts(widths, encoder, common, decoder):
    """L and an embedding of each width in; ab / 128 out."""
    L = keras.Input((None, None, 1))
    embeddings = [keras.Input((width,)) for width in widths]
    x = layers.Rescaling(1 / 50, offset=-1)(L)
    for layer in encoder.split():
        filters, _, strides = layer.partition("/")
        x = conv(x, int(filters), int(strides or 1))
    x = fuse(x, joined(embeddings, common) if embeddings else None)
    for layer in decoder.split():
        if layer == "up":
            x = layers.UpSampling2D(2)(x)
        else:
            last = layer == "2"
            x = conv(x, int(layer), activation="tanh" if last else "gelu")
    return keras.Model([L, *embeddings], x)


# %% [markdown]
# The paper has no table of layers. It calls the network of Baldassarre et al. its baseline, so we take that encoder and
# decoder, in the notation of lesson 5, and a common space as wide as the fusion, 256.

# %%
paper = "64/2 128 128/2 256 256/2 512 512 256", 256, "128 up 64 64 up 32 2 up"
full = three_experts(widths, *paper)
claim(
    "08-parameters",
    value=full.count_params(),
    at_least=7_432_674,
    at_most=7_432_674,
    says="with three experts, 512, 2048 and 1536 values wide, "
    "{value:,.0f} parameters are trained",
)

# %% [markdown]
# ## Average or concatenate?
#
# The paper says both. With a common space we can do both: average the projections, or put the three embeddings one behind
# the other and let the fusion weigh them all. **Predict:** which of the two can express more?
#
# Follow one expert's values through the average. They are multiplied by the projection, divided by three, and multiplied
# by the fusion's dense layer. Two multiplications in a row are one, by the product of the two. So every average *is* a
# concatenation.

# %%
# The same with an eighth of the filters, to compute quickly.
thin = "8/2 16 16/2 32 32/2 64 64 32", 32, "16 up 8 8 up 4 2 up"
encoder, _, decoder = thin
random = np.random.default_rng(0)
average = three_experts(widths, *thin)
average.set_weights(
    [w + random.normal(0, 0.05, w.shape) for w in average.get_weights()]
)


def copy_convolutions(one, other):
    """Give a network the convolutions of another."""
    pairs = [
        [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
        for network in (one, other)
    ]
    for source, target in zip(*pairs):
        target.set_weights(source.get_weights())


# %%
concatenation = three_experts(widths, encoder, None, decoder)
copy_convolutions(average, concatenation)
projections = [
    average.get_layer(f"expert_{n}").get_weights() for n in (1, 2, 3)
]
(last,) = average.get_layer("everywhere").get_weights()
products = [kernel @ last / 3 for kernel, _ in projections]
concatenation.get_layer("everywhere").set_weights([np.concatenate(products)])
constant = np.mean([bias for _, bias in projections], axis=0) @ last
concatenation.get_layer("here").bias.assign_add(constant)

# And back: three times each part, and a dense layer that changes nothing.
again = three_experts(widths, *thin)
copy_convolutions(concatenation, again)
for number, product in enumerate(products, 1):
    again.get_layer(f"expert_{number}").set_weights([3 * product, np.zeros(32)])
again.get_layer("everywhere").set_weights([np.eye(32)])

# %%
inputs = [random.uniform(0, 100, (4, 32, 32, 1))]
inputs += [random.normal(size=(4, width)) for width in widths]
first, second, third = (
    network(inputs, training=False).numpy()
    for network in (average, concatenation, again)
)
claim(
    "08-average-is-concatenation",
    value=np.abs(first - second).max() / first.std(),
    at_most=1e-3,
    says="an average rewritten as a concatenation gives the same ab "
    "(largest difference {value:.0e} of their spread)",
)
claim(
    "08-concatenation-is-average",
    value=np.abs(second - third).max() / first.std(),
    at_most=1e-3,
    says="a concatenation rewritten as an average gives the same ab "
    "(largest difference {value:.0e} of their spread)",
)

# %% [markdown]
# The way back works because our common space is as wide as the fusion. So the two can express exactly the same, and the
# paper's two words would be no contradiction. Whether *training* finds the same is another question; we come to it.
#
# ## Equation 1
#
# The paper gives its loss as
#
# $$C = \frac{1}{2HW} \sum_{k \in \{a, b\}} \sum_{i=1}^{H} \sum_{j=1}^{W} \left(X_{k,i,j} - \tilde X_{k,i,j}\right)^2$$
#
# with a and b divided by 128. **Predict:** which of Keras' losses is it?
#
# The sums run over 2HW numbers and are divided by 2HW. So it is the mean of the squares over pixels and channels, Keras'
# `"mean_squared_error"`, and the network may be compiled with that. (Exercise 08-a checks it.)
#
# ## PSNR 0.356
#
# Here is the paper's table of results, as it stands.
#
# | model | experts | PSNR, faces | PSNR, ImageNet | RMSE, faces | RMSE, ImageNet |
# | --- | --- | --- | --- | --- | --- |
# | 1 | Inception-ResNet-v2 | 0.334 | 0.331 | - | - |
# | 4 | VGG16 | - | - | - | 0.299 |
# | 2 | Inception-ResNet-v2, VGG16 | 0.342 | 0.334 | 0.311 | 0.296 |
# | 3 | Inception-ResNet-v2, VGG16, ResNet50 | 0.356 | 0.342 | 0.291 | 0.294 |
#
# Lesson 4 asked what noise and gray score before any number is believed. PSNR is 20 times the logarithm (to base 10) of
# the range over the RMSE. The RMSE of 0.294 makes 10.6 dB if the range is 1, and 16.7 dB if it is 2, from -1 to 1.
# (Exercise 08-b.) **Predict:** how large would an RMSE have to be for 0.356 dB?

# %%
share = 10 ** (-0.356 / 20)
print(f"0.356 dB: an RMSE of {share:.2f} of the range")
gained = 20 * np.log10(0.311 / 0.291)
print(f"RMSE 0.311 to 0.291: {gained:.2f} dB gained")

# %% [markdown]
# An error nearly as large as the whole range: pure noise would score about that. Perhaps the figures are decibels divided
# by 100. But an RMSE that falls from 0.311 to 0.291 gains 0.58 dB *whatever the range is*, and the column says
# 0.014, or 1.4 with the factor of 100. The two columns do not fit each other under any reading that we found.
#
# The RMSE is a number one can work with, if it is on the scale of the loss, ab / 128. **Predict:** what does leaving
# everything gray score on that scale?

# %%
photo_size = preset.choose(test=32, laptop=48, gpu=128)
bundled = [photos.bundled(name, photo_size) for name in photos.BUNDLED]
sets = {"bundled photos": lab.rgb_to_lab(np.stack(bundled))[..., 1:]}
have_photos = True
set_name = preset.choose(test="flowers", laptop="flowers", gpu="imagenette")
limit = preset.choose(test=24, laptop=300, gpu=1000)
try:
    test = photos.load(set_name, photo_size, "test", limit)
    train = photos.load(set_name, photo_size, limit=3 * len(test))
    sets[set_name] = test.ab
    print(photos.credit(set_name))
except FileProblem as error:
    have_photos = False
    print(error, "(The lesson goes on without photos.)")

# %%
gray = {name: np.sqrt(((ab / 128) ** 2).mean()) for name, ab in sets.items()}
for name, value in gray.items():
    print(f"{name:16}gray: RMSE {value:.3f}")
claim(
    "08-gray-beats-the-paper",
    value=max(gray.values()),
    at_most=0.26,
    says="on the scale of ab / 128, leaving photos gray has an RMSE of "
    "{value:.3f} at most, and the paper reports 0.294 for its best model",
)

# %% [markdown]
# If the table is on that scale, its best model is farther from the truth than gray. (On seven sets of photos gray scores
# 0.08 to 0.21, test photos at 48 px. If their RMSE adds the two channels where ours averages them, 0.294 stands for
# 0.208, and that is about what gray scores on the most colorful of the sets.) Perhaps the scale is another one. We cannot
# know, and that is the finding: a number without its scale, and without what gray scores on it, says nothing.
#
# What remains is the *order* of the rows. More experts, better numbers. That is the paper's claim, and the way to it is
# right: an **ablation** takes a network apart and measures what each part is good for. Four models, and no word of more
# than one training each. Is that enough to see what is true?
#
# ## A ladder whose top we know
#
# An ablation is an instrument. Before you believe an instrument, you point it at something known. In Color World the
# color of a tree is decided by the season, and by nothing else. So we make three experts that know one thing each. The
# first answers only "is it spring?", the second "is it summer?", the third "is it autumn?". Each is a single output of
# lesson 3's classifier. And we add what no ablation should be without, a **control**: an expert that knows nothing, and
# talks at random. What *it* improves comes of one more seat at the table, and not of knowledge.

# %%
seasons = checkpoints.load("03_season_classifier")
size = preset.choose(test=32, laptop=64, gpu=64)
scenes = world.load(
    size=size, limit=preset.choose(test=48, laptop=1000, gpu=4000)
)
unseen = world.load(
    size=size, split="val", limit=preset.choose(test=24, laptop=300, gpu=1000)
)


# %%
def heard_from(model, pictures):
    """What a classifier says of pictures, some of them at a time."""
    starts = range(0, len(pictures), 64)
    parts = [pictures.L[start : start + 64] for start in starts]
    return np.concatenate([model(part, training=False) for part in parts])


def answers(pictures):
    """Expert -> what it says of each picture: one value, 0..1."""
    probabilities = heard_from(seasons, pictures)
    said = {
        name: probabilities[:, [column]]
        for column, name in enumerate(world.SEASONS)
    }
    noise = np.random.default_rng(0).random((len(pictures), 1))
    return said | {"noise": noise.astype(np.float32)}


right = answers(unseen)
right = np.hstack([right[name] for name in world.SEASONS]).argmax(axis=1)
print(f"right about the season: {np.mean(right == unseen.labels):.1%}")

# %% [markdown]
# What is the best that a colorizer can do with some of them? Told whether it is spring, it knows the color of every tree
# in spring. In the other scenes a tree is green or orange, one as likely as the other, and the best answer to a squared
# error is the average of the two (lesson 4). So we can work out what each design could reach before we train anything.
# **Predict** the order of these six, and which of them are equal.

# %%
designs = {
    "nobody": [],
    "1: spring": ["spring"],
    "2: + summer": ["spring", "summer"],
    "3: + autumn": ["spring", "summer", "autumn"],
    "4: summer": ["summer"],
    "1 + noise": ["spring", "noise"],
}
crowns = unseen.mask("crown")
true_colors = unseen.ab[crowns]  # (P, 2)
of_season = unseen.oracle().colors[crowns][:, :3]  # (P, 3, 2)
season = np.broadcast_to(unseen.labels[:, None, None], crowns.shape)[crowns]


def best_possible(who):
    """Squared error of the best answer for somebody who hears these."""
    known = [name in who for name in world.SEASONS]
    if sum(known) >= 2:  # whoever is told of two knows the third
        return 0.0
    mixture = of_season[:, ~np.array(known)].mean(axis=1)
    error = ((mixture - true_colors) ** 2).mean(axis=1)
    return np.where(np.array(known)[season], 0, error).mean()


best = {name: best_possible(who) for name, who in designs.items()}
for name, value in best.items():
    print(f"{name:14}{value:6.0f} Lab units²")
print(f"(autumn alone {best_possible(['autumn']):6.0f})")

# %% [markdown]
# Look at the last rung of the ladder. The expert of autumn is not useless: alone it takes a good part of the error away.
# After the other two it adds exactly nothing, since whoever knows that it is neither spring nor summer need not ask. **A
# ladder measures what each expert adds to those before it, not what it is worth.** In another order, another expert would
# look useless.
#
# Now the trainings. The colorizer must not find out the season by itself, so it sees little: what is in the sky never
# reaches a tree. And the loss looks at the crowns of trees alone, so that a training takes two seconds. Each design is
# trained with three seeds. **Predict:** how near does each come to the best possible?


# %%
def trainings(widths, shape, examples, *, seeds, steps, batch, rate):
    """Train one design with each seed; yield the network each time."""
    network = three_experts(widths, *shape)
    decay = keras.optimizers.schedules.CosineDecay(rate, steps)
    network.compile(keras.optimizers.Adam(decay), loss="mean_squared_error")
    network.optimizer.build(network.trainable_variables)
    examples = keras.tree.map_structure(tf.constant, examples)
    count = len(examples[1])

    def gathered(rows):
        return keras.tree.map_structure(lambda a: tf.gather(a, rows), examples)

    for seed in seeds:
        # From the beginning: new weights, and an optimizer without memory.
        keras.utils.set_random_seed(seed)
        network.set_weights(three_experts(widths, *shape).get_weights())
        for variable in network.optimizer.variables:
            variable.assign(keras.ops.zeros_like(variable))
        rows = tf.data.Dataset.range(count).shuffle(count, seed=seed).repeat()
        batches = rows.batch(batch).take(steps).map(gathered).prefetch(2)
        network.fit(batches, shuffle=False, verbose=0)
        yield network


def over_seeds(values):
    """The mean, and Student's 95% interval for it."""
    interval = stats.ttest_1samp(values, 0).confidence_interval()
    return metrics.Estimate(np.mean(values), *interval)


# %%
local = "16/2 32/2", 32, "32 up 16 up 2"
weight = scenes.mask("crown").astype(np.float32)  # where the loss looks
said, said_unseen = answers(scenes), answers(unseen)
seeds = range(preset.choose(test=2, laptop=3, gpu=5))
steps = preset.choose(test=3, laptop=150, gpu=1000)
painted, errors, local_networks = {}, {}, {}
print(f"{'':14}{'best':>5}{'trained':>10}")
for name, who in designs.items():
    inputs = (unseen.L, *[said_unseen[expert] for expert in who])
    examples = (scenes.L, *[said[expert] for expert in who])
    errors[name] = []
    for network in trainings(
        [1] * len(who),
        local,
        (examples, scenes.ab / 128, weight),
        seeds=seeds,
        steps=steps,
        batch=8,
        rate=0.006,
    ):
        painted[name] = 128 * network(inputs, training=False).numpy()
        error = (painted[name][crowns] - true_colors) ** 2
        errors[name].append(error.mean())
    local_networks[name] = network
    value, low, high = over_seeds(errors[name])
    half = f"± {high - value:.0f}"
    print(f"{name:14}{best[name]:5.0f}{value:6.0f} {half}")

# %% mystnb={"image": {"alt": "Bar chart of the squared error on the crowns of trees, with intervals over seeds that are too short to matter. Nobody is the longest bar, spring alone and spring with noise are less than half of it and equal, summer alone is a little shorter, and spring and summer, with or without autumn, are next to nothing."}}
show.bars(
    {name: over_seeds(values) for name, values in errors.items()},
    x="squared error on crowns of unseen scenes (Lab units²)",
)

# %%
level = {name: np.mean(values) for name, values in errors.items()}
claim(
    "08-ladder-found",
    value=max(abs(level[name] - best[name]) for name in designs),
    at_most=40,
    says="on the crowns of trees no design's squared error is farther than "
    f"{{value:.0f}} from the best possible (nobody: {best['nobody']:.0f})",
)
claim(
    "08-third-rung",
    value=abs(level["3: + autumn"] - level["2: + summer"]),
    at_most=15,
    says="after spring and summer, the expert of autumn changes "
    "the squared error by {value:.1f}",
)
claim(
    "08-noise-rung",
    value=abs(level["1 + noise"] - level["1: spring"]),
    at_most=25,
    says="after spring, an expert that talks at random changes "
    "the squared error by {value:.1f}",
)

# %% [markdown]
# Did the colorizer keep to what it was told? We replace the sky, where the season shows, by noise, and look at the trees.

# %%
changed = unseen.L.copy()
sky = changed[:, : int(0.234 * size)]  # the season shows above this line
sky[:] = np.random.default_rng(0).uniform(0, 100, sky.shape)
# The last network that was trained, and what it had been told.
moved = 128 * network((changed, *inputs[1:]), training=False).numpy()
claim(
    "08-local",
    value=np.abs(moved - painted["1 + noise"])[crowns].max(),
    at_most=0.01,
    says="with noise for a sky, a and b of the trees move by {value:.4f}",
)

# %% tags=["result"] mystnb={"image": {"alt": "Three scenes, in spring, summer and autumn, each six times. Truth: pink, green and orange trees. Nobody: the same dull tint in all three. One, spring: pink trees in spring, a mixture of green and orange in the other two. Two, plus summer: as the truth. Three, plus autumn: as the truth. One plus noise: as one."}}
rows = [
    max(
        np.flatnonzero(unseen.labels == number),
        key=lambda row: crowns[row].sum(),
    )
    for number in range(3)
]
shown = ["nobody", *list(designs)[1:4], "1 + noise"]


def with_trees(row, ab):
    """A scene in its true colors, but for the trees."""
    ab = np.where(crowns[row, ..., None], ab, unseen.ab[row])
    return lab.lab_to_rgb(np.concatenate([unseen.L[row], ab], axis=-1))


show.gallery(
    [
        {"truth": unseen.rgb[row]}
        | {name: with_trees(row, painted[name][row]) for name in shown}
        for row in rows
    ]
)

# %% [markdown]
# So the instrument works. What an expert adds, the ablation finds, to within a few percent; and where one adds nothing,
# it finds nothing. But this was the easy case: the rungs are many times as high as the seeds are wide. On photos nobody
# knows the top of the ladder, and the rungs may be low.
#
# ## The same ladder on photos
#
# Now real experts. To exchange one, change its name in the list. On a laptop they are two networks trained on ImageNet
# that are small enough, and as the third the classifier of seasons, which has never seen a photo. At the gpu preset they
# are the paper's three, and nobody has measured that yet.
#
# Each expert looks at every picture once, and its answers are kept (lesson 6). The settings are the paper's where it
# gives them: batches of 20, Adam at 0.001, three quarters of the pictures for training. Its 1,000 epochs (section 4) or
# steps (section 5) are 1,000 steps at the gpu preset and 250 on a laptop, where the network has an eighth of the filters
# and the photos have 48 pixels a side.

# %%
names = preset.choose(
    test=["MobileNetV2", "MobileNet 0.25", "seasons"],
    laptop=["MobileNetV2", "MobileNet 0.25", "seasons"],
    gpu=["InceptionResNetV2", "VGG16", "ResNet50"],
)


def expert(name):
    """A classifier, as a model from L to an embedding."""
    if name == "seasons":
        return seasons
    return pretrained.load(
        name, size=preset.choose(test=32, laptop=96, gpu=224)
    )


try:
    experts = {name: expert(name) for name in names}
except FileProblem as error:
    have_photos = False
    print(error, "(The lesson goes on without the part on photos.)")

# %%
if have_photos:
    heard = {
        name: [heard_from(model, pictures) for pictures in (train, test)]
        for name, model in experts.items()
    }
    heard["noise"] = [
        np.random.default_rng(number).normal(size=values.shape)
        for number, values in enumerate(heard[names[2]])
    ]
    for name in names:
        heard[name + " / 3"] = [values / 3 for values in heard[name]]
    print(f"{len(train)} photos to learn from, {len(test)} to test")
    for name in names:
        print(f"{name:18}{heard[name][0].shape[1]:5} values")

# %% [markdown]
# We train the four models of the paper; a network that is told nothing; the control, with noise in place of the third
# expert; and model 3 with its experts concatenated, once as they are and once with their values divided by three, as in
# an average. **Predict:** by how many percent does each expert lower the RMSE? (The paper's steps on ImageNet are 1.0%,
# from model 4 to 2, and 0.7%, from 2 to 3.)

# %%
one, two, three = names
ladder = {
    "nobody": [],
    "model 1": [one],
    "model 2": [one, two],
    "model 3": [one, two, three],
    "model 4": [two],
    "2 + noise": [one, two, "noise"],
    "3 concatenated": [one, two, three],
    "3 conc. / 3": [name + " / 3" for name in names],
}

# %%
tiny = "4/2 4/2 8/2", 8, "8 up 4 up 2 up"
encoder, common, decoder = preset.choose(test=tiny, laptop=thin, gpu=paper)
photo_seeds = range(preset.choose(test=2, laptop=4, gpu=5))
photo_steps = preset.choose(test=3, laptop=250, gpu=1000)
trained, rmse = {}, {}
for name, who in ladder.items() if have_photos else ():
    inputs = (test.L, *[heard[expert][1] for expert in who])
    examples = (train.L, *[heard[expert][0] for expert in who])
    rmse[name] = []
    for network in trainings(
        [values.shape[1] for values in inputs[1:]],
        (encoder, None if "conc" in name else common, decoder),
        (examples, train.ab / 128),
        seeds=photo_seeds,
        steps=photo_steps,
        batch=20,
        rate=0.001,
    ):
        made = network(inputs, training=False).numpy()
        rmse[name].append(metrics.ab_rmse(test.ab / 128, made))
    rmse[name] = np.array(rmse[name])  # (seeds, pictures)
    trained[name] = network
    mean, low, high = over_seeds(rmse[name].mean(axis=1))
    print(f"{name:15}{mean:.4f} ± {high - mean:.4f}")

# %% mystnb={"image": {"alt": "Bar chart of the RMSE on photos. Gray is the longest bar. All the networks are about a sixth shorter, and nearly equal to each other."}}
if have_photos:
    of_gray = metrics.ab_rmse(test.ab / 128, 0 * test.ab).mean()
    show.bars(
        {"gray": of_gray}
        | {n: over_seeds(v.mean(axis=1)) for n, v in rmse.items()},
        x="RMSE of ab / 128, mean over test photos",
    )

# %% [markdown]
# ### If you train once
#
# Suppose that you had trained each model once, as most papers do. You would compare on the same test photos, picture by
# picture, with an interval, as lesson 4 asks for. Here is what you would have found, for each of the seeds. Numbers are
# thousandths of RMSE, negative is better, and a star says "beyond doubt at 95%".

# %%
rungs = {"1-0": ("model 1", "nobody"), "2-1": ("model 2", "model 1")}
rungs |= {"3-2": ("model 3", "model 2")}


def beyond_doubt(estimate):
    """Whether an interval leaves out 0."""
    return not estimate.low <= 0 <= estimate.high


if have_photos:
    print("seed", *[f"{rung:>8}" for rung in rungs])
    for seed in range(len(rmse["nobody"])):
        cells = []
        for new, old in rungs.values():
            gain = metrics.paired_difference(rmse[new][seed], rmse[old][seed])
            star = "*" if beyond_doubt(gain) else " "
            cells.append(f"{1000 * gain.value:8.1f}{star}")
        print(f"{seed:4}", "".join(cells))

# %% [markdown]
# Each row is a paper that could have been written. Look down the columns: the same step is up in one row and down in
# another, and wherever there is a star, its author would have been sure.
#
# Nothing is wrong with the interval. It answers the question "does *this* trained network do better on other photos than
# *that* one?". But a paper claims something about the **design**: train it again, and it will do better again. That needs
# a sample of trainings, and one training is a sample of one. To see the difference, compare networks of the *same* design
# that were trained with different seeds. **Predict:** how often do two of them differ beyond doubt? (For an honest test
# of designs, it should be one time in twenty.)

# %%
on_flowers = have_photos and set_name == "flowers"  # what has been measured
if on_flowers:
    alarms = [
        beyond_doubt(metrics.paired_difference(first, second))
        for values in rmse.values()
        for first, second in itertools.combinations(values, 2)
    ]
    claim(
        "08-false-alarms",
        value=np.mean(alarms),
        at_least=0.07,
        says="two networks of the same design, trained with different seeds, "
        "differ 'beyond doubt' on the same photos in {value:.0%} of the pairs",
    )
    swing = max(np.ptp(v.mean(axis=1)) / v.mean() for v in rmse.values())
    claim(
        "08-swing",
        value=swing,
        at_least=0.01,
        says="with another seed alone the RMSE of the same design moves "
        "by up to {value:.1%} (the paper's steps are 1.0% and 0.7%)",
    )

# %% [markdown]
# ### If you train four times
#
# So we ask twice. *Over seeds*: take the mean over pictures for each training, and Student's interval over the trainings.
# *Over pictures*: take the mean over trainings for each picture, and draw the pictures again and again (lesson 4). A
# difference counts if neither interval holds 0.

# %%
questions = {
    "nobody to 3": ("model 3", "nobody"),
    "nobody to 1": ("model 1", "nobody"),
    "1 to 2": ("model 2", "model 1"),
    "2 to 3": ("model 3", "model 2"),
    "4 to 2": ("model 2", "model 4"),
    "2 to 2 + noise": ("2 + noise", "model 2"),
    "noise to 3rd expert": ("model 3", "2 + noise"),
    "average to conc.": ("3 concatenated", "model 3"),
    "average to conc. / 3": ("3 conc. / 3", "model 3"),
}
found = {}
for question, (new, old) in questions.items() if have_photos else ():
    gain = 1000 * (rmse[new] - rmse[old])  # (seeds, pictures)
    found[question] = (
        over_seeds(gain.mean(axis=1)),
        metrics.bootstrap(gain.mean(axis=0)),
    )
    verdict = "yes" if all(map(beyond_doubt, found[question])) else "no"
    print(f"{question:20}{gain.mean():5.1f}  {verdict}")
    for over, (_, low, high) in zip(("seeds", "pictures"), found[question]):
        print(f"  {over:10}{low:5.1f} to {high:4.1f}")

# %%
if on_flowers:
    margins = [
        (found[rung][0].high - found[rung][0].low) / 2000
        for rung in ("nobody to 1", "1 to 2", "2 to 3")
    ]
    claim(
        "08-resolution",
        value=np.mean(margins) / rmse["model 1"].mean(),
        at_least=0.005,
        says="with four seeds a step of the ladder is known to ± {value:.1%} "
        "of the RMSE, mean of three (the paper's steps are 1.0% and 0.7%)",
    )

# %%
if on_flowers:
    claim(
        "08-three-help",
        value=-found["nobody to 3"][0].value,
        at_least=1,
        says="on flowers, three experts lower the RMSE of ab / 128 "
        "by {value:.1f} thousandths, mean of four seeds",
    )
    claim(
        "08-control",
        value=abs(found["noise to 3rd expert"][0].value),
        at_most=2,
        says="on flowers, putting noise in place of the third expert changes "
        "the RMSE of ab / 128 by {value:.1f} thousandths, mean of four seeds",
    )
    volume = rmse["3 concatenated"].mean() - rmse["3 conc. / 3"].mean()
    claim(
        "08-volume",
        value=1000 * volume,
        at_least=1,
        says="on flowers, dividing what concatenated experts say by three "
        "lowers the RMSE of ab / 128 by {value:.1f} thousandths, "
        "mean of four seeds",
    )

# %% [markdown]
# Read it from the top. From nobody to three experts: a difference, the clearest of all. So experts help. The single rungs
# are another matter: they are about as high as the paper's own, a percent or so, and four trainings can hardly tell that
# from chance. (Exercise 08-c.)
#
# Would patience help? We had it once, outside of this lesson: the same settings, and 25 trainings of each design. Then the
# second expert lowers the RMSE by 0.9%, beyond doubt, and the third by 0.7%, beyond doubt. That looks like the paper's
# result. But noise in place of the third expert lowers it by 0.6%, *beyond doubt too*, and between the two there is 0.1%,
# which may be chance. **More trainings make you sure that there is a difference. Only the control says of what.**
#
# How can noise help? In an average of three each expert has a third of the say, where it had a half. The first two are
# turned down, and a quieter embedding may train better. The last two lines test that. A concatenation can express exactly
# what an average can, and yet it trained worse. Divide the same values by three, and it trains better. So what looked
# like a virtue of averaging is a matter of volume, and volume changes more than any rung of the ladder.
#
# Can you see any of it?

# %% mystnb={"image": {"alt": "Three photos of flowers, each five times: the photo, and as colored by a network that was told nothing, by model 1, by model 2 and by model 3. All four versions are of a pale yellowish brown, and nearly the same."}}
if have_photos:
    rows = [{"photo": test.rgb[row]} for row in range(3)]
    for name in list(ladder)[:4]:
        inputs = [heard[expert][1][:3] for expert in ladder[name]]
        ab = 128 * trained[name]((test.L[:3], *inputs), training=False).numpy()
        rgb = lab.lab_to_rgb(np.concatenate([test.L[:3], ab], axis=-1))
        for row, picture in zip(rows, rgb):
            row[name] = picture
    show.gallery(rows)
    if set_name == "flowers":  # to find a photo: flickr.com/photo.gne?id=NUMBER
        shown = [file.split("/")[-1].split("_")[0] for file in test.files[:3]]
        print("Flickr photos", *shown)

# %% [markdown]
# All of them are brown: a squared error, few photos, few steps. And nobody could put these columns in order.
#
# ## Keep it
#
# Inside the colorizer are now the experts, each with its own preparation of the picture: L goes in, ab comes out, and
# nobody has to know whom it asks. `colorize` takes a photo of any size.

# %%
L = keras.Input((None, None, 1), name="L")
if have_photos:
    network, pictures = trained["model 3"], test
    asked = [experts[name](L) for name in names]
    found_error = {"test RMSE of ab / 128": rmse["model 3"][-1].mean()}
else:
    print("Without photos: the network that has learned trees, and only trees.")
    network, pictures = local_networks["3: + autumn"], unseen
    season_of = seasons(L)
    asked = [season_of[:, number : number + 1] for number in range(3)]
    found_error = {"squared error on crowns": errors["3: + autumn"][-1]}
ab = layers.Rescaling(128.0)(network([L, *asked]))
colorizer = keras.Model(L, ab, name="three_experts")
path = checkpoints.save(
    colorizer,
    "08_three_experts",
    data=train if have_photos else scenes,
    steps=photo_steps if have_photos else steps,
    seed=(photo_seeds if have_photos else seeds)[-1],
    metrics=found_error,
)
again = keras.saving.load_model(path)
few = pictures.L[:4]
assert np.allclose(
    again(few, training=False), colorizer(few, training=False), atol=0.01
)
print(f"{path.name}: {colorizer.count_params():,} parameters")

# %% mystnb={"image": {"alt": "Three pictures of another size than those of the training, each gray, as the saved colorizer paints it, and in its true colors. The flowers have become pale yellow, their leaves brown. (Without photos: scenes, in which only the trees can be right.)"}}
if have_photos:
    large = photos.load(set_name, 256, "test", limit=3).rgb
else:
    large = world.load(size=128, split="test", limit=3).rgb
working = preset.choose(test=32, laptop=64, gpu=128)
show.gallery(
    [
        {"gray": lab.lightness_to_rgb(lab.rgb_to_lab(photo)[..., :1])}
        | {"colored": colorize(again, photo, size=working), "photo": photo}
        for photo in large
    ]
)

# %% [markdown]
# ## Exercises
#
# **08-a.** Equation 1, for one picture.


# %%
def equation_1(truth, predicted):
    """Two (height, width, 2) arrays of ab / 128 -> the loss."""
    ...  # your code here


equation_1 = check("08-a", equation_1)

# %%
truth, guess = np.random.default_rng(0).uniform(-1, 1, (2, 24, 32, 2))
keras_loss = keras.losses.MeanSquaredError()(truth, guess)
claim(
    "08-equation-1",
    value=abs(equation_1(truth, guess) - float(keras_loss)),
    at_most=1e-6,
    says="equation 1 and Keras' mean squared error differ by {value:.0e}",
)

# %% [markdown]
# **08-b.** Decibels. The PSNR is 20 times the logarithm, to base 10, of the range over the RMSE.


# %%
def decibels(rmse, span):
    """An RMSE, and the range of the values -> the PSNR."""
    ...  # your code here


decibels = check("08-b", decibels)

# %%
print("RMSE   range 1   range 2")
for value in (0.299, 0.296, 0.294, *gray.values()):
    print(
        f"{value:.3f}{decibels(value, 1):8.1f} dB{decibels(value, 2):7.1f} dB"
    )
print("(the last ones: gray)")

# %% [markdown]
# **08-c.** How sure? Two designs were trained with the same n seeds; each array has one error per seed. Give half of the
# width of the 95% interval for the mean of their differences: Student's t, times the standard deviation of the
# differences, over the root of n.
#
# <details><summary>Hint</summary>
#
# `stats.t.ppf(0.975, n - 1)` is t. `np.std(..., ddof=1)` divides by n - 1.
#
# </details>


# %%
def margin(one, other):
    """Two arrays of (seeds,) -> half the width of the interval."""
    ...  # your code here


margin = check("08-c", margin)

# %%
if have_photos:
    one, other = (rmse[name].mean(axis=1) for name in ("model 2", "model 1"))
else:
    one, other = (
        np.array(errors[name]) for name in ("2: + summer", "1: spring")
    )
for count in range(2, len(one) + 1):
    wide = margin(one[:count], other[:count]) / other.mean()
    print(f"{count} seeds: ± {wide:.1%}")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | the three outputs are "averaged", and the fusion "concatenates" (Kiani et al.) | features of 512, 2048 and 1536 values have no average; after projections they have one, and then both words mean the same networks, to rounding | two linear layers in a row are one |
# | PSNR 0.334, 0.342, 0.356 on faces | 0.356 dB would be an RMSE of 0.96 of the range | they are not decibels, and no factor makes them fit the RMSE beside them |
# | RMSE 0.294 on ImageNet, the best model | leaving flowers gray: 0.212, bundled photos: 0.175 (ab / 128) | either the scale is another one, or the model is worse than gray; the paper does not say |
# | model 3 is better than 2 (RMSE 0.7% lower), and 2 better than 4 (1.0%) | flowers, an eighth of the filters, laptop preset, CPU: with four seeds no such step is sure; with 25 (outside of this lesson) the third expert lowers the RMSE by 0.7%, and noise in its place by 0.6% | the steps are smaller than what another seed changes, and one more seat in an average changes the training, whoever sits on it |
#
# ## What to remember
#
# - An average needs a common space. Give each expert a projection of its own.
# - Test a test where you know the answer.
# - A ladder measures what an expert adds to those before it, not what it is worth.
# - An interval over pictures speaks of one trained network. To speak of a design, train it several times.
# - Have a control, an expert that knows nothing. Seeds tell you whether, the control tells you why.
#
# ## Go further
#
# - Exchange the third expert: `"seasons"` for `"ResNet50"`, if you have a network and patience. Does the control still
#   do as well?
# - How many trainings would it take to see a step of 1%? Four times as many halve the interval.
# - Build the ladder in another order. Which expert is now the best?
# - Give the projections a ReLU. Can the average still be rewritten as a concatenation?
# - The three of the paper also share something that needs no projection: the probabilities of ImageNet's 1000 classes
#   (`output="probabilities"`). Average those, and compare.
# - Double the filters, twice. Do the seeds still differ as much?
# - Bring the experts to the same volume: put a `layers.Normalization` that was adapted to the training pictures before
#   each projection. Is a rung now beyond doubt?
#
# **Next:** [9. Color as classes](09_color_as_classes.ipynb).
