# %% [markdown]
# # 3. Many photos
#
# **You get pictures by the thousand: scenes whose true colors are known, and real photos. Then you find out how many a
# network needs before it colors pictures that it has never seen.**
#
# ![Drawn scenes of spring, summer and autumn in six versions each: gray, as colored by networks that were trained on 1, 10, 100 and 1000 scenes, and in their true colors. With 1 scene there are blotches of wrong color, with 10 fewer, with 100 and 1000 a blue sky over muted land and houses.](../_static/03_many_photos.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - draw scenes from a world in which every color has a known probability,
# - split pictures so that nothing leaks,
# - draw a learning curve, for drawn scenes and for photos,
# - make more of few pictures, and test which changes of a picture are allowed.
#
# *Time:* about twice as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two
# cores: the book's page *Run times*).
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
import keras
import numpy as np
from keras import layers

from colorkit import check, claim, lab, photos, show, training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints
from colorkit.preset import cache_folder

# %% [markdown]
# ## A world with known colors
#
# Photos have one drawback for learning about learning: nobody knows which *other* colors a thing could have had. The
# car was red. Was it likely to be red? So we begin with a world of our own, **Color World**. Its scenes are drawn by a
# program, any number of them, and each is made in two steps. First the layout and the lightness L. Then the color, from
# a list of possible colors with known probabilities.

# %% mystnb={"image": {"alt": "Six small drawn scenes: hills, sea, city and garden, with a sun, trees, houses, boats, cars and balloons; one in summer, five in autumn."}}
size = preset.choose(test=32, laptop=64, gpu=128)
examples = world.load(size=128, split="test", limit=6).rgb
show.gallery({f"scene {n}": picture for n, picture in enumerate(examples)})

# %% [markdown]
# The second step can be repeated. `redrawn` keeps a scene as it is and draws its colors again.
#
# **Predict:** which things will change their color, and which will not?

# %% mystnb={"image": {"alt": "A beach scene five times: gray, then in four draws of its colors. Sky, sea, sand and the tree stay the same; the balloon, the boat and the umbrellas change."}}
scene = world.load(size=128, split="val", limit=9)[8:]
draws = {f"draw {number}": scene.redrawn(number).rgb[0] for number in range(4)}
show.gallery({"gray": lab.lightness_to_rgb(scene.L[0])} | draws)

# %% [markdown]
# A balloon may be red, blue, yellow or green, and its gray picture does not say which. Not "hardly": not at all. Take the
# finished pictures, 8 bits for each of red, green and blue, and compute their lightness as for any photo:

# %%
L_of_draws = [lab.rgb_to_lab(picture)[..., 0] for picture in draws.values()]
claim(
    "03-same-lightness",
    value=np.ptp(L_of_draws, axis=0).max(),
    at_most=0.5,
    says="the lightness of four differently colored draws of a scene differs "
    "by {value:.2f} at most, at any pixel, which rounding to 8 bits explains",
)

# %% [markdown]
# Trees do not change from draw to draw, and that is more cunning than it looks. In spring they bloom pink, in summer
# they are green, in autumn orange, and a gray tree looks the same all year. But the scene says which season it is: look
# at the sky. So here the color is certain, for whoever sees the whole picture. At the end of this lesson you train a
# network that names the season, and lesson 6 lends it to one that colors trees.
#
# ## Real photos
#
# `photos.load` gives photos in the same form as `world.load` gives scenes, so whatever works with the one works with the
# other. It looks for a set in a folder that you name (`COLORKIT_MIRROR`, for a classroom without network), then in its
# cache, and then it downloads it, once. If there is no network either, the lesson goes on without photos.

# %%
limit = preset.choose(test=96, laptop=1000, gpu=2000)
sets = {"scenes": world.load(size=size, limit=limit)}
unseen = {"scenes": world.load(size=size, split="val", limit=100)}
try:
    sets["photos"] = photos.load("flowers", size=size, limit=limit)
    unseen["photos"] = photos.load("flowers", size, "val", limit=100)
    print(photos.credit("flowers"))
except FileProblem as error:
    print(error, "(The lesson goes on without photos.)")
for name, pictures in sets.items():
    print(f"{name}: {len(pictures)},", *pictures.classes)

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
if "photos" in sets:  # to find a photo: flickr.com/photo.gne?id=NUMBER
    files = [file.split("/")[-1] for file in sets["photos"].files[:6]]
    print("Flickr photos", *(file.split("_")[0] for file in files))

# %% [markdown]
# ## Who may see which picture
#
# Lesson 2 ended with a network that knew one photo by heart. To notice that, some pictures must be kept away from it.
# The usual three parts: **train** to learn from, **val** (validation) to look at while you try things out, **test** for
# the one number at the end. A picture in two of them is a **leak**: the score then measures memory.
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
# and no order, and what is in the set besides does not matter. (Exercise 03-a.) What it does not know is that two files
# can hold the same picture. (Exercise 03-c; for photos that are nearly the same there is `photos.near_duplicates`.)
#
# ## How many are enough?
#
# One photo was not enough. Are ten? We train a network of the kind of lesson 2, somewhat larger, on 1, 10, 100 and 1000
# pictures, always for the same number of steps, and look at its error on pictures that it has never seen. At each step
# it gets a **batch** of 16, drawn so that every picture comes once before any comes again.


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
steps = preset.choose(test=3, laptop=200, gpu=2000)


def batches(L, ab):
    """Batches of 16, without end."""
    random, rows = np.random.default_rng(preset.seed), []
    while True:
        while len(rows) < 16:
            rows = [*rows, *random.permutation(len(L))]
        yield L[rows[:16]], ab[rows[:16]]
        rows = rows[16:]


def learn(name, L, ab, unseen):
    """Train; return the network and its errors on own and unseen pictures."""
    keras.utils.set_random_seed(preset.seed)
    network = scenes_network()
    rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
    network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
    network.fit(
        batches(L, ab),
        steps_per_epoch=steps,
        shuffle=False,  # the batches are
        verbose=0,
        callbacks=training.callbacks(f"03_many_photos {name}"),
    )
    own = network.evaluate(L[:100], ab[:100], verbose=0)
    return network, own, network.evaluate(unseen.L, unseen.ab, verbose=0)


# %% [markdown]
# **Predict** two curves over the number of training pictures: the error on the network's *own* pictures, and on unseen
# ones. Where do they meet, for drawn scenes, and for photos?

# %%
counts = [count for count in (1, 10, 100, 1000) if count <= limit]
learned, errors, gray = {}, {}, {}
for name, pictures in sets.items():
    L, ab = pictures.L, pictures.ab
    gray[name] = (unseen[name].ab ** 2).mean()
    for count in counts:
        network, own, other = learn(
            f"{name}, {count}", L[:count], ab[:count], unseen[name]
        )
        learned[name, count] = network
        errors[name, count] = own / gray[name], other / gray[name]

# %% mystnb={"image": {"alt": "Line chart of the squared error, as a share of that of gray pictures, over the number of training pictures. On their own pictures the networks begin low and rise. On unseen scenes the error begins above that of gray and falls until both lines meet. If photos were loaded they have two lines more."}}
show.curves(
    {
        f"{name}, {kind}": (
            counts,
            [errors[name, count][which] for count in counts],
        )
        for name in sets
        for which, kind in enumerate(("own", "unseen"))
    },
    x="training pictures (equal steps)",
    y="squared error of ab / that of gray",
    log="x",
)
floor = unseen["scenes"].oracle().floor.mean() / gray["scenes"]
print(f"scenes: no network can get below {floor:.2f} on unseen ones")
for name in sets:
    own, other = errors[name, counts[-1]]
    print(f"{name}: with {counts[-1]}, {own:.2f} own and {other:.2f} unseen")

# %%
claim(
    "03-one-scene",
    value=errors["scenes", 1][1],
    at_least=0.8,
    says="trained on one scene, its error on others is {value:.2f} times "
    "that of leaving them gray",
)
claim(
    "03-many-scenes",
    value=errors["scenes", counts[-1]][1],
    at_most=0.65,
    says=f"trained on {counts[-1]} scenes, its error on others is {{value:.2f}} "
    "times that of leaving them gray",
)
claim(
    "03-no-gap",
    value=errors["scenes", counts[-1]][1] / errors["scenes", counts[-1]][0],
    at_most=1.15,
    says=f"trained on {counts[-1]} scenes, its error on others is {{value:.2f}} "
    "times that on its own scenes",
)

# %% [markdown]
# This chart is a **learning curve**. The gap between its two lines is **overfitting**: what the network knows by heart.
# On scenes it closes, and from there on more scenes help no more; a larger network or more steps might. Below the
# printed floor no network comes, since nobody can know the balloon's color. (Lesson 4 is about that.)
#
# Photos, if you have them, differ from each other more than these scenes do. Is there a gap between their two lines
# at the end, too?

# %% tags=["result"] mystnb={"image": {"alt": "Three unseen scenes, one for each season, in six versions: gray; colored by networks trained on 1, 10, 100 and 1000 scenes, from blotches of wrong color to a blue sky over muted meadows and houses; and the truth."}}
held_out = unseen["scenes"]
show.gallery(
    [
        {"gray": lab.lightness_to_rgb(held_out.L[row])}
        | {
            f"trained on {count}": lab.lab_to_rgb(
                np.concatenate(
                    [
                        held_out.L[row],
                        learned["scenes", count](held_out.L[[row]])[0],
                    ],
                    axis=-1,
                )
            )
            for count in counts
        }
        | {"truth": held_out.rgb[row]}
        for row in [np.argmax(held_out.labels == season) for season in range(3)]
    ]
)

# %% [markdown]
# ## More from few
#
# What if you have ten pictures, and no more? **Augmentation** makes new training pictures by changes that leave the
# answer right. Three candidates, each added to ten scenes: mirrored left to right; turned upside down; and mirrored L,
# with the color left where it was, a slip that is easily made.
#
# **Predict** for each: does it help on unseen scenes, do harm, or neither?

# %% mystnb={"image": {"alt": "A scene four times: as it is, mirrored left to right, upside down with the sky at the bottom, and with its lightness mirrored under colors that were not."}}
few = sets["scenes"][:10]
changes = {
    "mirrored": (few.L[:, :, ::-1], few.ab[:, :, ::-1]),
    "upside down": (few.L[:, ::-1], few.ab[:, ::-1]),
    "color left behind": (few.L[:, :, ::-1], few.ab),
}
show.gallery(
    {"as it is": few.rgb[3]}
    | {
        name: lab.lab_to_rgb(np.concatenate([L[3], ab[3]], axis=-1))
        for name, (L, ab) in changes.items()
    }
)


# %%
def with_more(name, L, ab):
    """The error on unseen scenes, of ten scenes and ten changed ones."""
    L, ab = np.concatenate([few.L, L]), np.concatenate([few.ab, ab])
    return (
        learn(f"scenes, 10 and {name}", L, ab, unseen["scenes"])[2]
        / gray["scenes"]
    )


augmented = {"ten scenes": errors["scenes", 10][1]}
for name, (L, ab) in changes.items():
    augmented[name] = with_more(name, L, ab)

# %% mystnb={"image": {"alt": "Bar chart of the error on unseen scenes of networks trained on ten scenes alone and on ten scenes with each of the three changes."}}
show.bars(augmented, x="squared error on unseen scenes / that of gray")

# %%
claim(
    "03-upside-down",
    value=augmented["upside down"] / augmented["mirrored"],
    at_least=1,
    says="ten scenes and the same upside down give an error on unseen scenes "
    "{value:.2f} times that of ten and the same mirrored",
)

# %% [markdown]
# A mirrored scene is as good a scene: the world could have drawn it. A scene upside down is one that it never draws. L
# and ab still belong together, but they teach of a sky at the bottom, which never comes. Where the color is left behind,
# the answers are wrong, though not by far: the sky is above all the same. Does it do harm? (Each bar is one training, so
# do not read small differences.) An augmentation is legal if the changed answer is right for the changed picture, and
# useful if such pictures will come. What would dim light do to a picture? That is exercise 03-b.
#
# ## What season is it?
#
# Does the scene tell a network the season? Here is one that is asked for a label instead of colors: three
# probabilities. It is a **classifier**. The last map is averaged over the whole picture, which leaves one number for
# each filter. The largest one is the answer.


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


# %%
scenes = sets["scenes"]
keras.utils.set_random_seed(preset.seed)
classifier = season_classifier(len(scenes.classes))
classifier.compile(
    keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy"
)
classifier.fit(
    255 / 100 * scenes.L,
    scenes.labels,
    epochs=preset.choose(test=1, laptop=15, gpu=20),
    verbose=0,
    callbacks=training.callbacks("03_many_photos season"),
)
answers = classifier.predict(255 / 100 * held_out.L, verbose=0)
right = answers.argmax(axis=1) == held_out.labels

# %%
claim(
    "03-season",
    value=right.mean(),
    at_least=0.9,
    says="from a gray picture, a network names the season of {value:.0%} "
    "of unseen scenes",
)

# %% [markdown]
# ## Keep them
#
# The colorizer is kept by the course's contract: L goes in, ab comes out. The classifier is kept too, with a card that
# says how it was made, for later lessons ask it again. It takes gray of 0 to 255, so the model that is kept does the
# scaling itself, where nobody can do it twice.

# %%
colorizer = learned["scenes", counts[-1]]
path = cache_folder("lessons", preset.name) / "03_many_photos.keras"
colorizer.save(path)
again = keras.saving.load_model(path)
assert np.allclose(again(held_out.L), colorizer(held_out.L), atol=0.01)

L = keras.Input((None, None, 1), name="L")
answer = classifier(layers.Rescaling(255 / 100)(L))
print(
    checkpoints.save(
        keras.Model(L, answer, name="season_classifier"),
        "03_season_classifier",
        data=scenes,
        steps=classifier.optimizer.iterations,
        seed=preset.seed,
        metrics={"validation accuracy": right.mean()},
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
# **03-b.** A legal augmentation: less light. Take the picture with only a share of its light, such as 0.5, and give the L,
# a and b that a camera would have given. L is 116 ∛Y - 16, where Y is the light (lesson 1); a is 500 (∛X - ∛Y) and b is
# 200 (∛Y - ∛Z), with X and Z two other amounts of light. All three are multiplied by the share. What happens to L, a and b?
#
# <details><summary>Hint</summary>
#
# The cube root of the share comes out of each cube root. L has to be brought back to ∛Y first: L + 16 is 116 ∛Y.
#
# </details>


# %%
def dimmed(pictures, share):
    """(N, height, width, 3) Lab, and the share of light that is left
    -> the same shape, Lab."""
    ...  # your code here


dimmed = check("03-b", dimmed)

# %%
both = dimmed(np.concatenate([few.L, few.ab], axis=-1), 0.5)
error = with_more("dimmed", both[..., :1], both[..., 1:])
print(f"ten scenes {augmented['ten scenes']:.2f}, with dimmed ones {error:.2f}")

# %% [markdown]
# Legal does not mean useful. Will your network meet dim scenes when it counts?
#
# **03-c.** Somebody mirrored all photos *before* the split, and saved some twice. Say for each test picture whether
# training has it too: as it is, or mirrored left to right.
#
# <details><summary>Hint</summary>
#
# `(train == picture).all(axis=(1, 2, 3))` says for each training picture whether it is that one. `.any()` says whether one
# of them is.
#
# </details>


# %%
def leaked(train, test):
    """Two (N, height, width, 3) uint8 arrays
    -> True or False for each picture of test."""
    ...  # your code here


leaked = check("03-c", leaked)

# %%
for name, pictures in sets.items():
    found = np.sum(leaked(pictures.rgb, unseen[name].rgb))
    print(f"{name}: {found} of {len(unseen[name])} unseen pictures leaked")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | with 2,000 pictures "able to generalize better" than with 1,200 (Mochammad et al.) | a learning curve needs unseen pictures, the same steps for every point, and a number; they report none of these | more pictures close the gap; what is left is another question |
# | "brownish" pictures, for the training set is too small (the same, in their conclusion) | 1000 scenes close the gap here | with photos a thousand are few; but their brown has other suspects (lessons 4 and 7) |
# | horizontal flips, shear, zoom, and rotation of 20 degrees (Khatri and Patel) | ten scenes and the same upside down gave {{03-upside-down range:.2f}} times the error of ten and the same mirrored (three seeds) | L and ab must move together, and to where such pictures come |
#
# ## What to remember
#
# - In Color World the probability of each color is known. That makes questions decidable that photos leave open.
# - Split by the hash of the name, before anything else, augmentation too.
# - Trained on few pictures, a network knows them by heart. The gap between its own and unseen pictures says how much.
# - An augmentation is legal if the changed answer is right for the changed picture, and useful if such pictures come.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Give the ten scenes four changes at once, then forty. Where does augmentation stop to help?
# - Train on scenes of one season and test on another (`scenes[scenes.labels == 0]`). Is that a leak, or its opposite?
# - Train on 1000 scenes for twice as many steps. Do the two lines stay together?
# - Put your own photos in a folder and load them with `photos.folder("my_photos", size=64)`.
#
# **Next:** [4. Measuring color](04_measuring_color.ipynb).
