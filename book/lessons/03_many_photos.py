# %% [markdown]
# # 3. Many photos
#
# **You get pictures by the thousand: scenes whose true colors are known, and real photos. Then you look for the faults
# that turned a published network brown, with ten thousand pictures to learn from.**
#
# ![Drawn scenes of spring, summer and autumn, each in its true colors and as five networks color it. With pictures in the right order the trees get a hint of their season. With sorted pictures, batches shuffled instead of pictures, or a classifier whose input is scaled twice, the trees tend to the same brownish tint.](../_static/03_many_photos.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - draw scenes from a world in which every color has a known probability,
# - split pictures so that nothing leaks, and find out how many are enough,
# - store them in shards with what a classifier says about them, and read them in mixed order,
# - plant three faults in a training, measure what each does, and set an alarm for colors that collapse.
#
# *Time:* about 50 minutes to read and try. Compute, measured on two cores: 2 minutes at the laptop preset, 30 seconds
# at the test preset. (The gpu preset has not been measured.)
#
# *Needs:* [2. One photo](02_one_photo.ipynb).

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
import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from colorkit import check, claim, lab, metrics, photos, show, training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints
from colorkit.preset import cache_folder
from colorkit.training import records

# %% [markdown]
# ## A world with known colors
#
# Photos have one drawback for learning about learning: nobody knows which *other* colors a thing could have had. The
# car was red. Was it likely to be red? So we begin with a world of our own, **Color World**. Its scenes are drawn by a
# program, any number of them, and each is made in two steps. First the layout and the lightness L. Then the color, from
# a list of possible colors with known probabilities.

# %% mystnb={"image": {"alt": "Six small drawn scenes: hills, sea, city and garden, with sun or moon, trees, houses, boats and balloons, in spring, summer and autumn."}}
size = preset.choose(test=32, laptop=64, gpu=128)
show.gallery(
    {
        f"scene {number}": picture
        for number, picture in enumerate(
            world.load(size=128, split="test", limit=6).rgb
        )
    }
)

# %% [markdown]
# The second step can be repeated. `redrawn` keeps a scene as it is and draws its colors again.
#
# **Predict:** which things will change their color, and which will not?

# %% mystnb={"image": {"alt": "A beach scene five times: gray, then in four draws of its colors. Sky, sea, sand and the tree stay the same; the balloon, the boat and the umbrellas change."}}
scene = world.load(size=128, split="val", limit=9)[8:]
draws = {f"draw {number}": scene.redrawn(number).rgb[0] for number in range(4)}
show.gallery({"gray": lab.lightness_to_rgb(scene.L[0])} | draws)

# %% [markdown]
# A balloon may be red, blue, yellow or green, and its gray picture does not say which. Not "hardly": not at all.

# %%
claim(
    "03-same-lightness",
    value=np.abs(scene.L - scene.redrawn(1).L).max(),
    at_most=0,
    says="between two draws the lightness differs by {value:g}, at any pixel",
)

# %% [markdown]
# Trees do not change, and that is more cunning than it looks. In spring they bloom pink, in summer they are green, in
# autumn orange, and a gray tree looks the same all year. But the scene says which season it is: look at the sky. So
# here the color is certain, for whoever sees the whole picture. Lesson 6 is about that.
#
# ## Real photos
#
# `photos.load` gives photos in the same form as `world.load` gives scenes, so whatever works with the one works with the
# other. It looks for a set in a folder that you name (`COLORKIT_MIRROR`, for a classroom without network), then in its
# cache, and then it downloads: 229 MB for these flowers, once. If there is no network either, the lesson goes on without
# photos.

# %%
limit = preset.choose(test=96, laptop=1000, gpu=2000)
sets = {"Color World": world.load(size=size, limit=limit)}
try:
    sets["flowers"] = photos.load("flowers", size=size, limit=limit)
    print(photos.credit("flowers"))
except FileProblem as error:
    print(error)
for name, pictures in sets.items():
    print(f"{name}: {len(pictures)} pictures,", *pictures.classes)

# %% mystnb={"image": {"alt": "Rows of six small pictures: drawn scenes in three seasons, and photos of daisies, dandelions, roses, sunflowers and tulips if the photos could be loaded."}}
show.gallery(
    [
        {
            f"{pictures.classes[label]} {number}": pictures.rgb[number]
            for number, label in enumerate(pictures.labels[:6])
        }
        for pictures in sets.values()
    ]
)
if "flowers" in sets:  # to find a photo: flickr.com/photo.gne?id=NUMBER
    names = [file.split("/")[-1] for file in sets["flowers"].files[:6]]
    print("Flickr photos", *(name.split("_")[0] for name in names))

# %% [markdown]
# ## Who may see which picture
#
# Lesson 2 ended with a network that knew one photo by heart. To notice that, some pictures must be kept away from it. The
# usual three parts: **train** to learn from, **val** (validation) to look at while you try things out, **test** for the
# one number at the end. A picture in two of them is a **leak**: the score then measures memory.
#
# The obvious way is to sort the files, shuffle them with a fixed seed and cut off a tenth. **Predict:** a colleague adds
# one photo to a thousand, `ant.jpg`, and splits again in the same way. How many of *your* test photos end up in
# training?

# %%
files = [f"photo_{number:04}.jpg" for number in range(1000)]


def cut_off(files):
    """Sort, shuffle with a fixed seed; the first tenth is the test split."""
    files = sorted(files)
    order = np.random.default_rng(0).permutation(len(files))
    return {files[index] for index in order[: len(files) // 10]}


def by_name(files):
    """Let the hash of its own name decide about each file."""
    return {file for file in files if photos.split_of(file) == "test"}


moved = {}
for split in (cut_off, by_name):
    before, after = split(files), split(["ant.jpg", *files])
    moved[split.__name__] = len(before - after) / len(before)
    print(f"{split.__name__:8} {moved[split.__name__]:.0%} left the test split")

# %%
claim(
    "03-shuffle-and-cut",
    value=moved["cut_off"],
    at_least=0.5,
    says="after one new photo, shuffling and cutting again moves "
    "{value:.0%} of the test photos into training",
)
claim(
    "03-split-by-name",
    value=moved["by_name"],
    at_most=0,
    says="after one new photo, splitting by the hash of the name moves "
    "{value:.0%} of the test photos",
)

# %% [markdown]
# A **hash** is a number computed from the name that looks like chance and is always the same. It needs no list, no seed
# and no order, and what is in the set besides does not matter. (Exercise 03-a.) It does not know that two files can show
# the same flower from the same place: `photos.near_duplicates` looks for those.
#
# ## How many are enough?
#
# One photo was not enough. Are ten? We train a network of the kind of lesson 2, somewhat larger, on 1, 10, 100 and 1000
# scenes, always for the same number of steps, and look at its error on scenes that it has never seen.
#
# **Augmentation** makes more of few pictures: changes that leave the answer right. A mirrored scene is as good a scene.
# L and ab must be mirrored together, of course. (Exercise 03-b.) What would *not* be allowed: turning the hue, or making
# the picture darker without its color changing too.


# %%
def conv(x, filters, strides=1, activation="relu"):
    """A 3 x 3 convolution."""
    return layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation=activation
    )(x)


def scenes_network():
    """L in, ab out, both in Lab units."""
    L = keras.Input((None, None, 1), name="L")
    x = layers.Rescaling(1 / 100)(L)
    for filters, strides in [(16, 2), (32, 1), (32, 2), (64, 1), (64, 2)]:
        x = conv(x, filters, strides)
    x = conv(x, 32)
    for filters in [32, 16, 16]:
        x = conv(layers.UpSampling2D(2)(x), filters)
    x = conv(x, 2, activation="tanh")
    return keras.Model(L, layers.Rescaling(128.0)(x))


# %%
steps = preset.choose(test=3, laptop=300, gpu=2000)
unseen = world.load(size=size, split="val", limit=100)


def mirrored(pictures):
    """Pictures and their mirror images: L and ab."""
    return [
        np.concatenate([array, array[:, :, ::-1]])
        for array in (pictures.L, pictures.ab)
    ]


def learn(name, L, ab):
    """Train on some pictures; return the error on them and on others."""
    keras.utils.set_random_seed(0)
    network = scenes_network()
    rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
    network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
    data = tf.data.Dataset.from_tensor_slices((L, ab))
    data = data.shuffle(len(L), seed=0).repeat().batch(16)
    callbacks = training.callbacks(f"03_many_photos {name}")
    network.fit(data.take(steps), shuffle=False, verbose=0, callbacks=callbacks)
    return [
        float(((network(x, training=False) - y) ** 2).numpy().mean())
        for x, y in [(L[:100], ab[:100]), (unseen.L, unseen.ab)]
    ]


# %%
scenes = sets["Color World"]
counts = [count for count in (1, 10, 100, 1000) if count <= len(scenes)]
errors = {
    count: learn(f"{count} scenes", scenes.L[:count], scenes.ab[:count])
    for count in counts
}
errors["10 and mirrored"] = learn("10 mirrored", *mirrored(scenes[:10]))

# %% mystnb={"image": {"alt": "Bar chart of the squared error on unseen scenes: trained on 1 scene about as much as gray, with 10 less, with 10 and their mirror images a little less again, with 100 half of gray, with 1000 least; the floor is far below."}}
gray = float((unseen.ab**2).mean())
floor = float(unseen.oracle().floor.mean())
print("squared error on own and on unseen scenes")
for count, (own, other) in errors.items():
    print(f"trained on {count!s:15}{own:4.0f}{other:5.0f}")
others = {f"trained on {count}": other for count, (_, other) in errors.items()}
show.bars(
    {"gray": gray} | others | {"floor": floor},
    x="squared error of ab on unseen scenes (Lab units²)",
)

# %%
claim(
    "03-one-scene",
    value=errors[1][1] / gray,
    at_least=0.8,
    says="trained on one scene, its error on others is {value:.2f} times "
    "that of leaving them gray",
)
claim(
    "03-many-scenes",
    value=errors[counts[-1]][1] / gray,
    at_most=0.6,
    says="trained on 1000 scenes, its error on others is {value:.2f} times "
    "that of leaving them gray",
)
claim(
    "03-no-gap",
    value=errors[counts[-1]][1] / errors[counts[-1]][0],
    at_most=1.15,
    says="trained on 1000 scenes, its error on others is {value:.2f} times "
    "that on its own scenes",
)
claim(
    "03-mirrored",
    value=errors["10 and mirrored"][1] / errors[10][1],
    at_most=0.98,
    says="with ten scenes, mirroring multiplies the error on unseen scenes "
    "by {value:.2f}",
)

# %% [markdown]
# The gap between the two columns is overfitting, and it closes with the number of scenes. Where it is closed, more
# scenes help no more: now the network is too small, or has seen too little of each. The floor is the error that the best
# possible network would still make, since nobody can know the balloon's color; lesson 4 is about it. Real photos differ
# from each other far more than these scenes do, so there the gap closes much later.
#
# ## From pictures to batches
#
# A training reads its pictures in **batches**. Files come sorted: all daisies, then all dandelions. If they are used
# like that, each batch holds one class, and the network learns to paint daisies, then forgets them over the dandelions.
# So they are shuffled. In `tf.data` a set of files becomes batches in a chain of steps, and this is the chain in the
# notebooks of Mochammad et al., whose network came out brown: `repeat -> batch -> shuffle(5)`.
#
# **Predict:** what does their shuffle change?

# %% mystnb={"image": {"alt": "Three strips, one column per batch, one square per picture, colored by class. Sorted: broad bands of one color. Batched, then shuffled: the same bands with slightly mixed edges. Shuffled, then batched: all colors mixed in every column."}}
pictures = sets.get("flowers", sets["Color World"])
pictures = pictures[np.argsort(pictures.labels, kind="stable")]  # as in folders
labels = tf.data.Dataset.from_tensor_slices(pictures.labels)
chains = {
    "sorted": labels.batch(16),
    "batch, then shuffle": labels.batch(16).shuffle(5, seed=0),
    "shuffle, then batch": labels.shuffle(len(labels), seed=0).batch(16),
}
ink = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167], [0, 0, 0]]
strips, share = {}, {}
for name, chain in chains.items():
    batches = np.stack([batch for batch in chain if len(batch) == 16])
    share[name] = np.mean([np.bincount(batch).max() / 16 for batch in batches])
    squares = np.array(ink, np.uint8)[batches.T]  # one column a batch
    strips[name] = squares.repeat(8, axis=0).repeat(8, axis=1)
show.gallery([{name: strip} for name, strip in strips.items()])

# %%
print("largest class in a batch")
for name, value in share.items():
    print(f"{name:20}{value:5.0%}")
claim(
    "03-shuffled-batches",
    value=share["batch, then shuffle"] / share["shuffle, then batch"],
    at_least=1.5,
    says="in the batches of their chain the largest class is {value:.1f} times "
    "as large as in batches that are drawn from shuffled pictures",
)

# %% [markdown]
# A shuffle moves what comes into it. After batching that is whole batches, five of them at a time: each still holds one
# class. Shuffle first, then batch.
#
# ## Shards
#
# Ten thousand pictures as ten thousand small files are slow to read, and too many to hold in memory at full size. The
# usual answer is a few large files, **shards**, in TensorFlow's format **TFRecord**: one record after the other, each with
# a checksum. `records.write` mixes the pictures once, for good, and deals them out to the shards. `records.read` opens
# the shards in a new order in each epoch and draws each picture from a few hundred that wait in memory.
#
# There is one more reason for shards. Mochammad et al. ask a classifier about each picture, and put its answer, the
# **embedding**, into their network (lesson 6). The answer is the same in each epoch. So compute it once and store it with
# the picture. **Predict:** how much faster is an epoch that reads embeddings than one that computes them?

# %%
side = preset.choose(test=32, laptop=128, gpu=224)
few = world.load(size=side, limit=preset.choose(test=16, laptop=512, gpu=1000))
classifier = keras.applications.MobileNetV2(
    weights=None,  # untrained: that does not change the time it takes
    include_top=False,
    pooling="avg",
    input_shape=(side, side, 3),
)


def embedded(L):
    """What the classifier says about gray pictures: it wants RGB, 0..255."""
    gray = np.repeat(lab.to_uint8(lab.lightness_to_rgb(L)[..., :1]), 3, -1)
    prepare = keras.applications.mobilenet_v2.preprocess_input
    return classifier.predict_on_batch(prepare(gray.astype(np.float32)))


folder = cache_folder("lessons", preset.name, "03_shards")
embeddings = np.concatenate(
    [embedded(few.L[row : row + 32]) for row in range(0, len(few), 32)]
)
records.write(folder, few, embeddings=embeddings, shards=4)
print([file.name for file in sorted(folder.iterdir())])

# %%
stored = records.read(folder, batch_size=32)


def seconds(epoch):
    """The shortest of three runs."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        epoch()
        times.append(time.perf_counter() - begin)
    return min(times)


computed = seconds(lambda: [embedded(L) for (L, _), ab in stored])
read = seconds(lambda: [embedding for (L, embedding), ab in stored])
print(f"computed: {computed:.2f} s an epoch; read: {read:.2f} s")
claim(
    "03-embeddings",
    value=computed / read,
    at_least=8,
    says="an epoch that reads embeddings takes 1 / {value:.0f} of the time",
)

# %% [markdown]
# What if a file is damaged? A network does not complain about wrong pictures; it learns them. So `read` checks every
# shard first. We cut the end off one:

# %%
shard = sorted(folder.glob("*.tfrecord"))[0]
whole = shard.read_bytes()
shard.write_bytes(whole[:-1000])
try:
    records.read(folder, batch_size=32)
except FileProblem as error:
    print(str(error).replace(str(folder), "..."))
_ = shard.write_bytes(whole)

# %% [markdown]
# ## The brown network
#
# Mochammad et al. trained on 300 pictures, then on 2,000, and some came out well. Then they wrote 10,000 pictures with
# their embeddings into TFRecords, and every test picture came out brownish. They presumed that they had not used TFRecord
# correctly, and that was the end of the report. Their notebooks are public. They show, in one run: files sorted by
# class, the chain that shuffles batches, and a classifier whose input was scaled twice. From the fourth epoch on, the
# predicted a and b were the same everywhere, while the loss did not move.
#
# We rebuild it small. A classifier looks at the whole gray picture; what it says goes to every place of an encoder's
# maps; a decoder makes ab of them. Its classes are those of the set, in Color World the seasons.


# %%
def season_classifier(classes):
    """Gray, 0..255, in; a probability for each class out."""
    gray = keras.Input((None, None, 1))
    x = layers.Rescaling(1 / 127.5, offset=-1)(gray)
    for filters in (8, 16, 32):
        x = conv(x, filters, strides=2, activation="gelu")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(16, activation="gelu")(x)
    return keras.Model(gray, layers.Dense(classes, activation="softmax")(x))


def fused_network(classes):
    """L and what a classifier says in; ab / 128 out."""
    L, said = keras.Input((None, None, 1)), keras.Input((classes,))
    x = layers.Rescaling(1 / 100)(L)
    for filters, strides in [(16, 2), (32, 1), (32, 2), (64, 1), (64, 2)]:
        x = conv(x, filters, strides)
    everywhere = layers.Reshape((1, 1, 32))(layers.Dense(32)(said))
    x = layers.ReLU()(layers.Add()([layers.Conv2D(32, 1)(x), everywhere]))
    for _ in range(2):
        x = conv(layers.UpSampling2D(2)(x), 16)
    x = layers.UpSampling2D(2)(conv(x, 2, activation="tanh"))
    return keras.Model([L, said], x, name="fused_network")


# %% [markdown]
# ### Scaled twice
#
# The classifier takes 0 to 255 and brings it to -1 to 1 itself. In their code the picture had been divided by 255
# before. **Predict:** what does the classifier say about two different pictures then?

# %%
held_out = {"Color World": world.load(size=size, split="val", limit=64)}
if "flowers" in sets:
    held_out["flowers"] = photos.load("flowers", size, "val", limit=64)
said, classifiers = {}, {}
for name, pictures in sets.items():
    keras.utils.set_random_seed(0)
    classifier = season_classifier(len(pictures.classes))
    classifier.compile(
        keras.optimizers.Adam(0.003),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    classifier.fit(
        255 / 100 * pictures.L,
        pictures.labels,
        epochs=preset.choose(test=1, laptop=15, gpu=20),
        verbose=0,
        callbacks=training.callbacks(f"03_many_photos classifier, {name}"),
    )
    for scaling, factor in [("once", 255 / 100), ("twice", 1 / 100)]:
        for part in (pictures, held_out[name]):
            answer = classifier.predict(factor * part.L, verbose=0)
            said[name, scaling, part.name] = answer
    classifiers[name] = classifier
    right = said[name, "once", part.name].argmax(axis=1) == part.labels
    print(f"{name}: right about {right.mean():.0%} of unseen pictures")

# %%
scene_name = held_out["Color World"].name
once, twice = (
    said["Color World", way, scene_name] for way in ("once", "twice")
)
claim(
    "03-scaled-twice",
    value=twice.std(axis=0).mean() / once.std(axis=0).mean(),
    at_most=0.05,
    says="scaled twice, what the classifier says differs {value:.3f} times "
    "as much from scene to scene",
)

# %% [markdown]
# ### What the loss does not show
#
# The number to watch is not the loss but the **spread** of the predictions: how far the predicted colors lie from their
# own average, as a standard deviation over all pixels and pictures. We divide it by the spread of the true colors. A
# network that paints everything in one color has 0. (Exercise 03-c.)
#
# Now five trainings: as it should be, with one fault each, and with all of them. The pictures are sorted by class, as they come from folders.
# **Predict** which of the faults hurts most: on Color World, and on photos.

# %%
epochs, batch_size = preset.choose(test=1, laptop=4, gpu=10), 16


def chain(pictures, said, order):
    """Batches of the pictures, in three orders."""
    data = tf.data.Dataset.from_tensor_slices(
        ((pictures.L, said), pictures.ab / 128)
    )
    if order == "sorted":
        return data.batch(batch_size)
    if order == "batches shuffled":
        return data.batch(batch_size).shuffle(5, seed=0)
    return data.shuffle(len(pictures), seed=0).batch(batch_size)


# %%
def run(name, order, scaling="once", rate=0.001, seed=0, epochs=epochs, n=None):
    """Train one network; return it and its alarm."""
    pictures, unseen = sets[name][:n], held_out[name]
    by_class = np.argsort(pictures.labels, kind="stable")
    answers = said[name, scaling, pictures.name][:n][by_class]
    alarm = training.CollapseAlarm(
        [unseen.L, said[name, scaling, unseen.name]], unseen.ab / 128
    )
    keras.utils.set_random_seed(seed)
    network = fused_network(len(pictures.classes))
    network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
    history = network.fit(
        chain(pictures[by_class], answers, order),
        epochs=epochs,
        shuffle=False,  # the chain has done it
        verbose=0,
        callbacks=[alarm, keras.callbacks.History()],
    )
    return network, alarm, history


# %%
trials = {
    "as it should be": ("shuffled", "once"),
    "sorted": ("sorted", "once"),
    "batches shuffled": ("batches shuffled", "once"),
    "scaled twice": ("shuffled", "twice"),
    "all of these": ("batches shuffled", "twice"),
}
networks, spreads = {}, {}
for name in sets:
    print(f"{name}: spread in % of the truth's, by epoch")
    for trial, (order, scaling) in trials.items():
        network, alarm, history = run(name, order, scaling)
        networks[name, trial] = network
        spreads[name, trial] = history.history["spread"]
        percent = np.round(100 * np.array(spreads[name, trial])).astype(int)
        print(f"  {trial:17}", *percent)

# %% [markdown]
# Two worlds, two answers. On photos, sorting takes away about half of the spread, and shuffling batches hardly mends it:
# the network gains little from looking at a gray flower, so it follows the class that it saw last. In Color World the order
# seems to do little, since the sky is bright and on top, whatever came last. But look where the answer must be carried
# from far away: at trees and meadows, whose color only the season decides.

# %%
unseen = held_out["Color World"]
decided = unseen.mask(*world.DECIDED_BY_SEASON)
painted, on_trees = {}, {}
for trial, (_, scaling) in trials.items():
    answers = said["Color World", scaling, unseen.name]
    network = networks["Color World", trial]
    painted[trial] = 128 * network([unseen.L, answers], training=False).numpy()
    on_trees[trial] = metrics.spread(painted[trial][decided])
    on_trees[trial] /= metrics.spread(unseen.ab[decided])

# %% tags=["result"] mystnb={"image": {"alt": "Three scenes, one for each season, in six versions each: the truth with pink, green and orange trees, as it should be with nearly these colors, and then sorted, batches shuffled, scaled twice and all of these, where the trees of all seasons tend to the same brownish tint."}}
show.gallery(
    [
        {"truth": unseen.rgb[row]}
        | {
            trial: lab.lab_to_rgb(np.concatenate([unseen.L[row], ab[row]], -1))
            for trial, ab in painted.items()
        }
        for row in [np.argmax(unseen.labels == season) for season in range(3)]
    ]
)

# %% mystnb={"image": {"alt": "Bar chart of the spread on trees and meadows: largest as it should be, smaller for sorted and for batches shuffled, smallest for scaled twice."}}
show.bars(on_trees, x="spread on trees and meadows / that of the truth")

# %%
claim(
    "03-trees-sorted",
    value=on_trees["sorted"] / on_trees["as it should be"],
    at_most=1,
    says="on trees and meadows, sorting leaves {value:.2f} of the spread",
)
claim(
    "03-trees-scaled-twice",
    value=on_trees["scaled twice"] / on_trees["as it should be"],
    at_most=0.8,
    says="on trees and meadows, scaling twice leaves {value:.2f} of the spread",
)
if "flowers" in sets:
    last = {trial: np.mean(spreads["flowers", trial][-3:]) for trial in trials}
    for fault in ("sorted", "batches shuffled"):
        claim(
            f"03-flowers-{fault.split()[0]}",
            value=last[fault] / last["as it should be"],
            at_most=0.85,
            says=f"on flowers, {fault} leaves {{value:.2f}} of the spread "
            "(mean of the last three epochs)",
        )

# %% [markdown]
# A classifier that says the same about every scene cannot tell the season, and the trees get the average of pink, green
# and orange. That is brown too, and no loss curve says why.
#
# ### The alarm
#
# Yet neither one of these faults nor all of them together made *our* network collapse to one color, as theirs did. One
# more does it: a learning rate that is too large. On photos sorted by class twenty times the usual rate is enough; in Color
# World, where a look at the gray picture gains much more, it takes two hundred times.
#
# `training.CollapseAlarm` measures the spread on held-out pictures after each epoch, and warns from the third epoch on
# when it is below a twentieth of that of the truth. An alarm must ring when it should and be silent when it should. We
# try both with five seeds.

# %%
too_large = {"Color World": 0.2, "flowers": 0.02}
rung = {}
for name in sets:
    for trial, settings in {
        "healthy": {"order": "shuffled"},
        "sick": {"order": "sorted", "rate": too_large[name]},
    }.items():
        alarms = []
        for seed in range(preset.choose(test=1, laptop=5, gpu=5)):
            with warnings.catch_warnings():  # five times the same words
                warnings.simplefilter("ignore" if seed else "default")
                _, alarm, _ = run(name, **settings, seed=seed, epochs=3, n=500)
            alarms.append(alarm.warned_epoch)
        rung[name, trial] = alarms
        print(f"{name:12} {trial:8} rang after epoch", *alarms)

# %%
for name in sets:
    claim(
        f"03-alarm-rings-{name.split()[0].lower()}",
        value=np.mean([epoch == 3 for epoch in rung[name, "sick"]]),
        at_least=0.8,
        says=f"{name}: by the third epoch the alarm has rung "
        "in {value:.0%} of the sick runs",
    )
    claim(
        f"03-alarm-silent-{name.split()[0].lower()}",
        value=np.mean([epoch is None for epoch in rung[name, "healthy"]]),
        at_least=0.8,
        says=f"{name}: it stays silent in {{value:.0%}} of the healthy runs",
    )

# %% [markdown]
# ## Keep it
#
# The course's contract: L goes in, ab comes out. So the classifier moves into the model, with its scaling, where nobody
# can do it twice.

# %%
L = keras.Input((None, None, 1), name="L")
answer = classifiers["Color World"](layers.Rescaling(255 / 100)(L))
ab = networks["Color World", "as it should be"]([L, answer])
colorizer = keras.Model(L, layers.Rescaling(128.0)(ab), name="many_photos")
path = cache_folder("lessons", preset.name) / "03_many_photos.keras"
colorizer.save(path)
again = keras.saving.load_model(path)
assert np.allclose(
    again(unseen.L, training=False), painted["as it should be"], atol=0.01
)

# %% [markdown]
# Later lessons ask this classifier again, so it is kept by itself too, with a card that says how it was made.

# %%
season_expert = keras.Model(L, answer, name="season_classifier")
right = season_expert(unseen.L, training=False).numpy().argmax(axis=1)
print(
    checkpoints.save(
        season_expert,
        "03_season_classifier",
        data=sets["Color World"],
        steps=classifiers["Color World"].optimizer.iterations,
        seed=0,
        metrics={"validation accuracy": np.mean(right == unseen.labels)},
    ).name
)

# %% [markdown]
# ## Exercises
#
# **03-a.** Say for each file whether it belongs to the test split: yes, if the SHA-256 of its name, taken as a number, is
# divisible by 10.
#
# <details><summary>Hint</summary>
#
# `hashlib.sha256(file.encode()).hexdigest()` is the hash of a text, written with 16 digits, and `int(digits, 16)` reads
# such a number.
#
# </details>


# %%
def in_test(files):
    """List of file names -> list of True and False."""
    ...  # your code here


in_test = check("03-a", in_test)

# %% [markdown]
# **03-b.** Mirror pictures left to right. They are Lab, so L and ab turn together.


# %%
def mirror(pictures):
    """(N, height, width, 3) Lab -> the same, mirrored."""
    ...  # your code here


mirror = check("03-b", mirror)

# %% [markdown]
# **03-c.** The spread of the predicted colors. Take the variance of a over all pixels of all pictures, and that of b. The
# spread is the root of the mean of the two.
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


spread = check("03-c", spread)

# %%
for trial, ab in painted.items():
    print(f"{trial:18}{spread(ab):6.1f} Lab units")
print(f"{'truth':18}{spread(unseen.ab):6.1f} Lab units")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | with 10,000 pictures through TFRecords, a brownish image for every test picture (Mochammad et al.) | no fault of their notebooks alone turned our small network brown everywhere; with class-sorted files and a rate twenty times as large it went brown in 18 of 18 runs (flowers, laptop preset, CPU, three classifiers, six seeds each) | partly explained: their network, at their rate, did not collapse in the three epochs that we tried outside of this lesson (one seed, 64 px) |
# | "We presume that we did not implement the TF record method correctly" (the same) | reading the shards back gives every number as it was written; the chain after it shuffles batches | TFRecord is a box for numbers; what was wrong is the order in which they came out, and what was put in |
# | embedding beforehand "can significantly decrease the training time" (the same) | an epoch of reading took 1/18 to 1/24 of the time of computing, in five runs (MobileNetV2 at 128 px, laptop preset, two cores) | true |
# | images divided by 255 go into `preprocess_input` (Khatri and Patel; the notebooks of Mochammad et al.) | the classifier then says the same about every picture | the input is scaled twice |
#
# ## What to remember
#
# - Split by the hash of the name, before anything else.
# - Trained on few pictures, a network knows them by heart. The gap between its own and unseen pictures says how much.
# - Shuffle, then batch.
# - Scale in one place: inside the model.
# - Watch the spread of the predictions. The loss does not show a collapse.
#
# ## Go further
#
# - Find the learning rate at which sorted flowers begin to collapse, and the one for shuffled flowers.
# - Sort Color World by something else than the season, such as the mean of b. Does the order hurt more?
# - Put your own photos in a folder and load them with `photos.folder("my_photos", size=64)`.
# - Give the alarm a threshold of 0.1. How often does it ring too early, and how often does it then catch sorted flowers?
#
# **Next:** [4. Measuring color](04_measuring_color.ipynb).
