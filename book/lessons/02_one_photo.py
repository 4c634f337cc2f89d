# %% [markdown]
# # 2. One photo
#
# **A network of 32,202 numbers learns to color one photo while you watch. Then you show it a second one.**
#
# ![A portrait of an astronaut, colored by the network at five moments of its training: specks of red and cyan at first, then a washed-out red, then an orange suit, and at the end hardly different from the photo.](../_static/02_one_photo.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - build a published network layer by layer, and count its parameters by hand,
# - train it on a single photo and watch the color come,
# - measure how good it is, and question it until you know what it has really learned,
# - break it in three ways, to see what scaling, tanh and the learning rate are for.
#
# *Time:* about 1 minute of computing on two cores at the laptop preset, seconds at the test preset. All lessons' times
# are measured in units of this one, on the book's page *Run times*.
#
# *Needs:* [1. Light and Lab](01_light_and_lab.ipynb).

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
from skimage.color import deltaE_ciede2000

from colorkit import check, claim, colorize, lab, photos, show, training
from colorkit.models import checkpoints
from colorkit.preset import cache_folder

# %% [markdown]
# ## The task
#
# L goes in, ab comes out. With one photo there is one example: its own L, and its own ab as the answer. Khatri and
# Patel, whose report *Coloring Black and White Images* this course rebuilds, start like that, and any training should:
# if a network cannot learn a single example by heart, something is broken, and more data will not mend it.

# %% mystnb={"image": {"alt": "What the network is given, the gray portrait of an astronaut, and what it should find, the same in color with an orange suit."}}
size = preset.choose(test=64, laptop=256, gpu=400)  # the paper has 400
photo = photos.bundled("astronaut", size=size)  # (size, size, 3) uint8
picture = lab.rgb_to_lab(photo[np.newaxis])  # (1, size, size, 3): one photo
L, ab = picture[..., :1], picture[..., 1:]
show.gallery({"given: L": lab.lightness_to_rgb(L[0]), "wanted": photo})
print("photo:", photos.BUNDLED["astronaut"])

# %% [markdown]
# ## The network
#
# A **convolution** slides small windows, 3 × 3 here, over a picture. Each **filter** is one such window of weights;
# at each place it multiplies, adds up, adds one more number (the bias), and so makes a new picture, a **feature
# map**. Eight filters make eight maps, and the next layer looks at all eight. At the border the window hangs over the
# edge of the picture; `padding="same"` fills in zeros there, so that the map is as large as the picture. After each
# convolution comes **ReLU**, which makes negative numbers 0 and keeps the others. Without such a bend between them, nine
# convolutions that only multiply and add could do no more than one.
#
# With a **stride** of 2 the window moves two pixels at a time, and the map has half the side. After three of those one
# number stands for 8 × 8 pixels: the network sees more of the photo at once. The second half enlarges the maps again,
# by repeating each value. Two maps are left at the end: a and b.
#
# **Predict:** the first layer has 8 filters of 3 × 3 that look at one map, L. How many parameters is that? (Exercise 02-a
# asks for the formula.)


# %%
def one_photo_network(last="tanh"):
    """Version 1 of Khatri and Patel: L in, ab / 128 out."""
    L = keras.Input((None, None, 1), name="L")
    x = L
    for filters, stride in [(8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)]:
        x = layers.Conv2D(
            filters, 3, strides=stride, padding="same", activation="relu"
        )(x)
    for filters in [32, 16]:
        x = layers.UpSampling2D(2)(x)
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D(2)(x)
    ab = layers.Conv2D(2, 3, padding="same", activation=last)(x)
    return keras.Model(L, ab, name="one_photo")


network = one_photo_network()  # not trained: to look at its layers
print(f"{'layer':16}{'parameters':>10}{'maps':>6}")
for layer in network.layers:
    maps = layer.output.shape[-1]
    print(f"{layer.name:16}{layer.count_params():10,}{maps:6}")

# %%
claim(
    "02-parameters",
    value=network.count_params(),
    at_least=32202,
    at_most=32202,
    says="this network has {value:,.0f} parameters, as Khatri and Patel print",
)

# %% [markdown]
# Each filter's weights are the same at every place of the picture. So the network has nowhere to write down "the pixel
# in row 90, column 40 is orange": whatever it learns must be a rule about what a window shows.
#
# ## Why divide by 128?
#
# The last layer ends in **tanh**, which squeezes any number into -1 to 1. The answer has to live there too, so ab is
# divided by 128, which is more than the largest a or b of any color (lesson 1).
#
# The **loss** says how wrong the network is: the mean of the squared differences between its ab / 128 and the true
# ones. Training changes the parameters a little, many times, in the direction in which the loss falls. **Adam** is the
# usual rule for how far to go; its **learning rate** is the size of the steps. We let it shrink toward zero along a
# cosine: long steps get near the goal, and short ones settle there.

# %%
steps = 25  # in what we call an epoch here
epochs = preset.choose(test=2, laptop=40, gpu=80)


def train(
    network, L, target, name, watch=None, learning_rate=0.001, epochs=epochs
):
    """Train on one photo; return Keras' History."""
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps * epochs)
    network.compile(
        optimizer=keras.optimizers.Adam(rate), loss="mean_squared_error"
    )
    callbacks = training.callbacks(
        f"02_one_photo {name}", watch=watch, resume=(L, target)
    )
    # The photo again and again, without copies. Starting an epoch costs time,
    # so that one epoch is many steps.
    many = [
        np.broadcast_to(one, (steps, *one.shape[1:])) for one in (L, target)
    ]
    return network.fit(
        *many, batch_size=1, epochs=epochs, verbose=0, callbacks=callbacks
    )


# %% [markdown]
# To see it learn, we need the contract: a *colorizer* takes L and gives ab in Lab units. So the last step, times 128,
# goes into the model. `colorize` does the rest: it joins the ab with the photo's own L.

# %%
keras.utils.set_random_seed(preset.seed)
network = one_photo_network()  # anew, each time the cell is run
colorizer = keras.Sequential(
    [network, layers.Rescaling(128)], name="one_photo_colorizer"
)
moments = sorted({0, 1, epochs // 20 + 1, epochs // 5, epochs})
watch = training.Watch(
    lambda: colorize(colorizer, photo, size=size), epochs=moments
)
history = train(network, L, ab / 128, "network", watch)

# %% tags=["result"] mystnb={"image": {"alt": "The portrait at five moments of the training: specks of red and cyan, then washed-out red everywhere, then an orange suit, then a blue and red flag, and at the end close to the photo."}}
show.gallery(
    {f"step {steps * epoch}": taken for epoch, taken in watch.pictures.items()}
)

# %% mystnb={"image": {"alt": "Line chart of the loss over the training steps, on a logarithmic scale. It falls steeply at first, then more and more slowly."}}
loss = history.history["loss"]
show.curves(
    {"loss": (steps * np.arange(1, len(loss) + 1), loss)},
    x="training step",
    y="mean squared error of ab / 128",
    log="y",
)

# %% [markdown]
# ## How good is it?
#
# The loss is in units that nobody can see; CIEDE2000 is in units that people do see (lesson 1). We take its mean over
# all pixels, and compare with leaving the photo gray.


# %%
def color_error(photo, colored):
    """Mean CIEDE2000 between two RGB pictures, uint8 or float 0..1."""
    return deltaE_ciede2000(
        lab.rgb_to_lab(photo), lab.rgb_to_lab(colored)
    ).mean()


def left_gray(photo):
    """The photo without its color."""
    return lab.lightness_to_rgb(lab.rgb_to_lab(photo)[..., :1])


colored = colorize(colorizer, photo, size=size)
errors = {
    "gray": color_error(photo, left_gray(photo)),
    "one photo": color_error(photo, colored),
}

# %% mystnb={"image": {"alt": "The gray portrait, the portrait as the network colored it, with orange suit and blue patches, and the photo, which looks almost the same."}}
show.gallery(
    {
        "gray": left_gray(photo),
        "colored by the network": colored,
        "photo": photo,
    }
)

# %%
claim(
    "02-own-photo",
    value=errors["one photo"],
    at_most=6,
    says="on the photo it was trained on, the mean color difference is "
    f"{{value:.1f}} (CIEDE2000), and {errors['gray']:.1f} if it is left gray",
)

# %% [markdown]
# It works. Version 1 of the report stops here.
#
# ## A second photo
#
# **Predict:** the network now gets a photo of a rocket in twilight, and one of a cup of coffee. What will it do to a
# dark blue sky?

# %% mystnb={"image": {"alt": "Two photos, each gray, as the network colored it, and as it is: a rocket under a dark blue sky, which the network painted dark red, and a cup of coffee on an orange saucer, painted in patches of red, gray and violet."}}
others = {
    name: photos.bundled(name, size=size) for name in ["rocket", "coffee"]
}
painted = {
    name: colorize(colorizer, other, size=size)
    for name, other in others.items()
}
show.gallery(
    [
        {
            "gray": left_gray(other),
            "colored by the network": painted[name],
            "photo": other,
        }
        for name, other in others.items()
    ]
)
for name in others:
    print("photo:", photos.BUNDLED[name])

# %%
second = {
    name: (
        color_error(other, left_gray(other)),
        color_error(other, painted[name]),
    )
    for name, other in others.items()
}
for name, (gray, by_network) in second.items():
    print(f"{name:8} left gray {gray:5.1f}   colored {by_network:5.1f}")
claim(
    "02-second-photo",
    value=second["rocket"][1] / second["rocket"][0],
    at_least=1.3,
    says="on a second photo, the rocket, "
    "its error is {value:.1f} times that of leaving the photo gray",
)

# %% [markdown]
# Worse than nothing: the network paints the dark sky in a strong color, mostly red. Why? You will ask it, in exercise
# 02-b.
#
# The coffee's error *is* smaller than gray's. Does the network know something about coffee? Compare with someone who
# knows nothing at all, and paints the whole picture in one tint: the average color of the astronaut's photo.

# %%
coffee = lab.rgb_to_lab(others["coffee"])
tint = ab.mean(axis=(0, 1, 2))  # one a and one b
tinted = coffee.copy()
tinted[..., 1:] = tint
claim(
    "02-flat-tint",
    value=second["coffee"][1]
    / color_error(others["coffee"], lab.lab_to_rgb(tinted)),
    at_least=0.8,
    says="on the coffee, the network's error is {value:.2f} times "
    "that of one flat tint over the whole picture",
)

# %% [markdown]
# One flat tint does nearly as well, or better. The coffee is orange, and whoever paints everything orange looks
# clever. Lesson 4 is about numbers that fool you so.
#
# ## What has it learned, then?
#
# Rules about windows: "a pattern like this gets that color". Rules can be tested. Move the photo to the right, one
# pixel more each time (what leaves on the right comes in on the left).
#
# **Predict:** draw the curve of the error over moves of 0 to 16 px before you look. And what will it be for the
# photo mirrored, and upside down?

# %% mystnb={"image": {"alt": "Line chart of the mean color difference over moves of 0 to 16 pixels. It is low at 0, 8 and 16 and about twice as high or more at all moves between, beginning with 1."}}
moves = list(range(17))


def error_of(version):
    """Mean CIEDE2000 of the network on a version of the photo."""
    return color_error(version, colorize(colorizer, version, size=size))


moved = [error_of(np.roll(photo, move, axis=1)) for move in moves]
show.curves(
    {"one photo": (moves, moved)},
    x="the photo was moved by (pixels)",
    y="mean color difference (CIEDE2000)",
)
print(f"mirrored    {error_of(photo[:, ::-1]):5.1f}")
print(f"upside down {error_of(photo[::-1]):5.1f}")

# %%
claim(
    "02-one-pixel",
    value=moved[1] / moved[0],
    at_least=1.5,
    says="moving the photo by a single pixel multiplies the error by {value:.1f}",
)
claim(
    "02-stride-grid",
    value=moved[4] / moved[8],
    at_least=1.3,
    says="after moving the photo by 4 px "
    "the error is {value:.1f} times that after moving it by 8 px",
)

# %% [markdown]
# One pixel spoils it, and eight pixels hurt less than one. The first stride of 2 lays a grid of 2 × 2 pixels over the
# photo, the second one of 4 × 4, the third one of 8 × 8. Move the photo by 8, and all three fall on the same places
# again; the little that changes comes from the border. Move it by 4, and the first two still fit: only the third is off.
# That is enough. The rules are that brittle: they hold for these very pixels.
#
# This is **overfitting**: learning the example instead of what is behind it. Nothing in one photo says that it may be
# moved, or that the mirror image of an astronaut is still an astronaut. The cure is many photos, and moving and mirroring
# them: lesson 3.
#
# A waste of time? You now know of *this* program that the data are read right, that ab is scaled right, that the loss goes
# down, and that the network can give vivid colors. Ask the same of each new one before you blame its network for brown.
#
# ## Break it
#
# Each of these is one small change that is easy to make by mistake. **Predict** what each one does before you look:
#
# 1. the answer is not divided by 128 (tanh stays);
# 2. ReLU instead of tanh at the end;
# 3. a learning rate 100 times as large.


# %%
few = preset.choose(test=1, laptop=15, gpu=32)  # epochs
broken = {}
for name, last, scale, rate in [
    ("as it was", "tanh", 128, 0.001),
    ("not divided", "tanh", 1, 0.001),
    ("ReLU at the end", "relu", 128, 0.001),
    ("learning rate 0.1", "tanh", 128, 0.1),
]:
    keras.utils.set_random_seed(preset.seed)  # all four start alike
    trial = one_photo_network(last)
    train(trial, L, ab / scale, name, learning_rate=rate, epochs=few)
    broken[name] = colorize(
        keras.Sequential([trial, layers.Rescaling(scale)]), photo, size=size
    )

# %% mystnb={"image": {"alt": "Four versions of the portrait. As it was: close to the photo. Not divided by 128: gray. ReLU at the end: gray, or without any blue. Learning rate 0.1: one flat, glaring tint."}}
show.gallery(broken)
for name, result in broken.items():
    print(f"{name:18} {color_error(photo, result):5.1f}")

# %% [markdown]
# Not divided: tanh cannot give more than 1, and 1 Lab unit is invisible. (The warning is `colorize` guessing what
# happened.)
#
# ReLU: no negative number can come out, so nothing can be blue or green. Often it is worse. Where ReLU gives 0 it is
# flat, and a flat place does not say in which direction to go. If the last layer is below 0 all over the picture, it
# stays gray. Whether that happens depends on the seed: try others.
#
# Too high a rate: the first steps throw the network so far off that pixels end at one end of tanh, which is flat there
# too.
#
# ## The same layers, many photos
#
# `02_one_photo_gpu` has these 32,202 parameters too. It learned from photos of many kinds, on a GPU, and these three were
# not among them. **Predict:** what becomes of the saucer, the sky and the suit?

# %% mystnb={"image": {"alt": "Three photos, each gray, as the network that learned one photo colored it, as the one that learned many did, and as it is. The network of many photos gives all of them little color: a weak brownish tint on the portrait and the cup, and a sky between dull blue-violet and brown."}}
published = checkpoints.load("02_one_photo_gpu")
card = checkpoints.card("02_one_photo_gpu")
print(f"learned from {card['data']['count']:,} photos, on {card['device']}")
rows = []
for name, other in {"astronaut": photo, **others}.items():
    many = colorize(published, other, size=128)
    rows.append(
        {
            "gray": left_gray(other),
            "learned one photo": painted.get(name, colored),
            "learned many": many,
            "photo": other,
        }
    )
    gray, by_network = (
        color_error(other, rows[-1]["gray"]),
        color_error(other, many),
    )
    print(f"{name:10} left gray {gray:5.1f}   learned many {by_network:5.1f}")
show.gallery(rows)

# %% [markdown]
# Nothing absurd any more, and hardly any color. So dull colors are not your laptop's fault. Where a window fits many
# things, this network gives what is right on average; lesson 4 shows why that is dull, in larger networks too. The
# lessons to come change what a network sees and what it is asked.
#
# ## Keep it
#
# The whole colorizer is one file. It loads with Keras' safe mode on, since it holds nothing but standard layers.

# %%
path = cache_folder("lessons", preset.name) / "02_one_photo.keras"
colorizer.save(path)
again = keras.saving.load_model(path)
assert np.allclose(
    again.predict(L, verbose=0), colorizer.predict(L, verbose=0), atol=1e-4
)
print(path.name, f"{path.stat().st_size / 1024:.0f} KB")

# %% [markdown]
# ## Exercises
#
# **02-a.** How many parameters does a convolution have? `kernel` is the side of its window, `channels` the number of
# maps that come in, `filters` the number that go out.
#
# <details><summary>Hint</summary>
#
# One filter has one weight for each place of the window and each map that comes in, and one bias.
#
# </details>


# %%
def convolution_parameters(kernel, channels, filters):
    """Three integers -> the number of parameters."""
    ...  # your code here


convolution_parameters = check("02-a", convolution_parameters)

# %%
maps = [1, 8, 8, 16, 16, 32, 32, 32, 16, 2]
by_hand = [
    convolution_parameters(3, before, after)
    for before, after in zip(maps[:-1], maps[1:], strict=True)
]
print(" + ".join(f"{number:,}" for number in by_hand), "=", f"{sum(by_hand):,}")
assert sum(by_hand) == network.count_params()

# %% [markdown]
# **02-b.** What does the network believe about a smooth area? Ask it, with a *flat-field probe*: for each L in `levels`,
# show it a picture of 64 × 64 pixels that is nothing but that L, and read a and b in the middle of its answer. In the
# middle, because near the border it sees zeros outside the picture.
#
# <details><summary>Hint</summary>
#
# `np.full((64, 64, 1), level)` is one picture. `np.stack` makes one array of all of them, shape (n, 64, 64, 1), float32,
# which is what `ask` takes. `answer[:, 32, 32]` is the middle of every answer.
#
# </details>


# %%
def flat_field_probe(ask, levels):
    """Return the ab in the middle of each answer, shape (n, 2).

    ask: a function, L (n, height, width, 1) -> ab (n, height, width, 2);
    levels: n values of L, 0..100.
    """
    ...  # your code here


flat_field_probe = check("02-b", flat_field_probe)

# %% mystnb={"image": {"alt": "Nine even grays, from dark to bright, and what the network answered: reds and oranges for the dark ones, and almost gray for the bright ones."}}
levels = np.arange(10, 100, 10, dtype=np.float32)
ab_flat = flat_field_probe(lambda L: colorizer.predict(L, verbose=0), levels)


def patches(ab):
    """Draw a square for each level."""
    return lab.lab_to_rgb(np.c_[levels, ab][None]).repeat(40, 0).repeat(40, 1)


show.gallery(
    [{"flat gray": patches(0 * ab_flat)}, {"answer": patches(ab_flat)}]
)

# %%
claim(
    "02-flat-field",
    value=np.linalg.norm(ab_flat[1:3], axis=1).min(),
    at_least=20,
    says="shown nothing but an even gray of L 20 or 30, "
    "it paints a chroma of at least {value:.0f}; gray would be 0",
)

# %% [markdown]
# So that was the rocket's sky: whatever is smooth and dark gets that color. What in the portrait taught it that?
# **Predict:** where are pixels that are smooth and dark, but not black? The cell looks for them: L from 15 to 35, in a
# small window in which L hardly changes.

# %% mystnb={"image": {"alt": "Left: the portrait in gray with a few small spots marked in green, nearly all of them in the dark stripes of the flag. Right: the rocket under a sky that the network painted dark red."}}
width = 2 * (size // 56) + 1  # of the window, odd: 9 at 256 px
windows = np.lib.stride_tricks.sliding_window_view(L[0, ..., 0], (width, width))
smooth = np.pad(windows.std(axis=(2, 3)) < 3, width // 2)  # (size, size)
found = smooth & (abs(L[0, ..., 0] - 25) <= 10)
share = np.mean(abs(lab.rgb_to_lab(others["rocket"])[..., 0] - 25) <= 10)
print(f"portrait: {found.sum()} of {found.size:,} pixels are smooth and dark")
print(f"rocket: {share:.0%} of its pixels are as dark")
marked = left_gray(photo)
marked[found] = 0.2, 1, 0.6
show.gallery({"smooth and dark": marked, "rocket": painted["rocket"]})

# %% [markdown]
# Nearly all of them lie in the stripes of the flag; hardly anything else in the portrait is smooth and dark. So the flag
# is the suspect: a few hundred red pixels that became a rule for the night sky. *Go further* has the experiment.
#
# **02-c.** How far would you get without a network? Make a table: for each lightness 0, 1, ... 100, the average a and b
# of all pixels whose L rounds to it. Where there is no such pixel, leave 0.
#
# <details><summary>Hint</summary>
#
# `level = np.round(L[..., 0]).astype(int)` is each pixel's row in the table, and `ab[level == 50]` are the ab of all
# pixels of lightness 50. A loop over 101 rows is fast enough.
#
# </details>


# %%
def color_table(L, ab):
    """L (height, width, 1), ab (height, width, 2) -> table (101, 2)."""
    ...  # your code here


color_table = check("02-c", color_table)

# %% mystnb={"image": {"alt": "The portrait colored by the table, with a dull orange suit, red-brown hair and flag, an almost gray face and no blue; by the network, close to the photo; and the photo."}}
levels = np.round(L[0, ..., 0]).astype(int)
table_ab = color_table(L[0], ab[0])[levels]  # (size, size, 2)
by_table = lab.lab_to_rgb(np.concatenate([L[0], table_ab], axis=-1))
show.gallery(
    {"by the table": by_table, "by the network": colored, "photo": photo}
)

# %%
claim(
    "02-table",
    value=color_error(photo, by_table) / errors["one photo"],
    at_least=1.5,
    says="a table of one color for each lightness "
    "makes {value:.1f} times the network's error",
)

# %% [markdown]
# Brightness alone goes part of the way; the network goes further, for it looks at a pixel's surroundings. A table like
# this is a *baseline*: a network that does not beat it has learned nothing that matters.
#
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | version 1 has 32,202 parameters (Khatri and Patel) | the same number | exact; its table prints no strides, and they do not change the count |
# | trained on one image it gave "very great result" (Khatri and Patel) | mean CIEDE2000 {{02-own-photo range:.1f}} on that photo (three seeds) | true, and it says nothing about any other photo |
# | the network "is trained and tested on the same image" (Khatri and Patel) | on the rocket {{02-second-photo range:.1f}} times the error of leaving it gray (three seeds) | training on the test photo measures memory |
# | the model "is able to recover the image perfectly" (Mochammad et al., who test a larger network on one image first) | our small network comes close, and is not perfect | the same sanity check, and the right conclusion from it: go on to more data |
#
# ## What to remember
#
# - First overfit one example. If that fails, look for the bug.
# - Scale the answer to what the last layer can give.
# - Score on the training photo is memory. Only unseen photos count.
# - Compare with doing nothing (gray), and with doing something simple (a table).
# - Strides lay a grid over the picture; a move of less than its step is a new picture.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Was it the flag? Train a new `one_photo_network()` on a copy of `ab` in which `[:, :, : size // 6]` is 0, which
#   makes that part of the portrait gray. What color is the rocket's sky now?
# - Train one on the coffee, and let it color the cat. Compare with a flat tint before you praise it.
# - Copy the network under another name and halve all numbers of filters, again and again. How small can it be and stay
#   below 6?
# - Take a photo of your own: `colorkit.open_photo("my.jpg")`.
#
# **Next:** [3. Many photos](03_many_photos.ipynb).
