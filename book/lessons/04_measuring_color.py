# %% [markdown]
# # 4. Measuring color
#
# **Which of two colored pictures is better? You try the usual measures, see each of them fooled, and then find out how
# good any network could possibly be.**
#
# ![A drawn beach scene four times: gray; in the average of all colors that are possible, with brown balloon, umbrellas and boats; and two draws with the same things in vivid and different colors.](../_static/04_measuring_color.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - compute what papers on colorization report, and find out what each measure rewards,
# - learn what noise, gray and one flat color score,
# - find out where brown comes from, and how much of what can be learned a network has learned,
# - take the colorization Turing test, with a confidence interval for your score.
#
# *Time:* one to two times as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two
# cores: the book's page *Run times*).
#
# *Needs:* [1. Light and Lab](01_light_and_lab.ipynb) and [3. Many photos](03_many_photos.ipynb).

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

from colorkit import album, check, claim, colorize, lab, metrics, photos
from colorkit import show, training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints
from colorkit.pictures import Pictures

# %% [markdown]
# ## Six answers
#
# A photo, and six attempts at its color. **Before any number:** put them in order, the best first.

# %% mystnb={"image": {"alt": "A portrait of an astronaut in an orange suit, and six versions: gray; one flat reddish tint; half the color, faded; one and a half times the color, loud; the color moved to the side, with orange beside the suit; and turned, with a yellow-green suit."}}
photo = photos.bundled("astronaut", size=192)
L, ab = np.split(lab.rgb_to_lab(photo), [1], axis=-1)


def painted(ab):
    """The photo with another a and b, uint8 RGB."""
    return lab.to_uint8(lab.lab_to_rgb(np.concatenate([L, ab], axis=-1)))


angle = np.deg2rad(40)
turn = np.array(
    [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
)
attempts = {
    "gray": 0 * ab,
    "flat tint": 0 * ab + ab.mean(axis=(0, 1)),
    "half the color": ab / 2,
    "1.5 x the color": 1.5 * ab,
    "moved 8 px": np.roll(ab, 8, axis=1),
    "hue turned": (ab @ turn).astype(np.float32),
}
seen = {name: painted(attempt) for name, attempt in attempts.items()}
show.gallery({"photo": photo} | seen)
print("photo:", photos.BUNDLED["astronaut"])

# %% [markdown]
# Four measures look at RGB, or at what the eye makes of it:
#
# - **PSNR**, in decibels: the mean squared error of RGB on a logarithmic scale. More is better; 10 dB more means a
#   tenth of the squared error.
# - **SSIM** compares brightness, contrast and pattern in small windows. 1 is equal.
# - **CIEDE2000** is the color difference of lesson 1, averaged over pixels. Less is better.
# - **Colorfulness** (Hasler and Süsstrunk, 2003) says how colorful a picture looks. Is it near the photo's own?
#
# Two compare ab:
#
# - **ab RMSE** is the root of the mean squared error of a and b, in Lab units. (Papers report RMSE of RGB too, and
#   **MAE**, the mean absolute error: ask on which scale.)
# - **AuC** (Zhang, Isola and Efros, 2016): the share of pixels whose color is within a distance of the true one,
#   averaged over all distances from 0 to 150. 1 is equal.

# %%
one = Pictures("the astronaut", rgb=photo[np.newaxis])
metrics.evaluate(
    {name: attempt[np.newaxis] for name, attempt in attempts.items()}, one
).select("PSNR", "SSIM", "CIEDE2000", "colorfulness", "ab RMSE", "AuC")

# %% [markdown]
# Compare with your own order. Half the color and one and a half times the color are *the same* to ab RMSE and AuC.
# Color that has slipped by 8 pixels, which anybody would call broken, comes out a little better by these two than a
# clean portrait in the wrong hue.
#
# No single number says what you see. So know what each one rewards.
#
# ## What does noise score?
#
# Sarmai and Sadhu report a "colorization accuracy" of 68.57% for their network that gives ab, and 57.82% and 52.20% for
# the two that give RGB. The paper does not define it. In Keras, `metrics="accuracy"` on pictures is the share of pixels
# whose **largest channel** is the same in both.
#
# **Predict:** what do two pictures of pure noise score with two channels (ab)? With three (RGB)? And what does somebody
# score who says "red is the largest" everywhere, in any photo?

# %%
random = np.random.default_rng(preset.seed)
for channels in (2, 3):
    one, other = random.normal(size=(2, 20, 64, 64, channels))
    same = metrics.channel_agreement(one, other).mean()
    print(f"{channels} channels, noise with noise: {same:.1%}")

six = np.stack([photos.bundled(name, size=128) for name in album.BUNDLED])
claim(
    "04-accuracy-red",
    value=np.mean(six.argmax(axis=-1) == 0),
    at_least=0.6,
    says="red is the largest channel in {value:.0%} of the pixels of six photos",
)

# %% [markdown]
# A half and a third are what you get for nothing, so 68.57% of one kind cannot be set beside 57.82% of the other. In
# RGB you can have more without having seen a photo. Nor does the measure see how vivid a color is.
#
# ## Three opponents that know nothing
#
# A network has to beat these: leave everything **gray**; paint everything in the **mean color** of the training
# pictures; paint each pixel in the mean **color given its lightness**, as in the table of exercise 02-c. None of the
# course's five papers reports them. (Zhang, Isola and Efros have rows for gray and for random colors.)
#
# `evaluate` measures colorizers on many pictures. Each number has an interval: of many such intervals, from other
# pictures, about 95 in 100 hold the true value.
#
# **Predict:** do the measures agree on which of the three is best?

# %%
size = preset.choose(test=32, laptop=64, gpu=64)
count = preset.choose(test=24, laptop=200, gpu=1000)
train = {"Color World": world.load(size=size, limit=count)}
test = {"Color World": world.load(size=size, split="test", limit=count)}
try:
    train["flowers"] = photos.load("flowers", size=size, limit=count)
    test["flowers"] = photos.load(
        "flowers", size=size, split="test", limit=count
    )
except FileProblem as error:
    print(error, "(The lesson goes on without photos.)")

columns = "PSNR", "SSIM", "CIEDE2000", "colorfulness", "ab agreement"
tables = {}
for name, pictures in train.items():
    baselines = {
        "gray": metrics.gray,
        "mean color": metrics.mean_color(pictures),
        "given lightness": metrics.color_given_lightness(pictures),
    }
    tables[name] = metrics.evaluate(baselines, test[name])
    display(tables[name].select(*columns))
table = tables["Color World"]

# %%
claim(
    "04-ssim-prefers-gray",
    value=table.difference("gray", "given lightness", "SSIM").value,
    at_least=0.02,
    says="by SSIM, gray is better than color given lightness, by {value:.3f}; "
    "by PSNR it is worse, by "
    f"{-table.difference('gray', 'given lightness', 'PSNR').value:.1f} dB",
)

# %% [markdown]
# They do not agree. And the numbers are high: a network that reports 20 dB may have learned very little. Set the last
# column, the "accuracy" of ab, beside 68.57%.
#
# ## Punished for guessing
#
# What does a *perfect* guess score? In Color World `redrawn` draws the color of each balloon and each car again from
# its possible colors, with the right probabilities. Nobody could tell such a picture from the true one. Against it we
# set a coward: all colors are the true ones, but whatever is ambiguous is left gray.
#
# **Predict:** which of the two does PSNR prefer?

# %% mystnb={"image": {"alt": "Two scenes: the true colors; the coward, with gray balloons, boats, umbrellas and house walls; the perfect guess, where these have color again, often another one."}}
scenes = test["Color World"]
ambiguous = scenes.mask(*world.AMBIGUOUS)
coward = np.where(ambiguous[..., None], np.float32(0), scenes.ab)
guess = scenes.redrawn(1).ab
guesses = metrics.evaluate({"coward": coward, "guess": guess}, scenes)

large = world.load(size=192, split="test", limit=4)
left_gray = np.where(large.mask(*world.AMBIGUOUS)[..., None], 0, large.ab)
left_gray = lab.lab_to_rgb(np.concatenate([large.L, left_gray], axis=-1))
show.gallery(
    [
        {
            "truth": large.rgb[number],
            "coward": left_gray[number],
            "perfect guess": large.redrawn(1).rgb[number],
        }
        for number in (1, 3)
    ]
)
display(guesses.select("PSNR", "CIEDE2000", "distribution distance"))

psnr_of = {
    name: guesses.of_each_picture(name, "PSNR") for name in guesses.colorizers
}
far, near = guesses.column("distribution distance").values()

# %%
claim(
    "04-psnr-prefers-gray",
    value=np.mean(psnr_of["coward"] > psnr_of["guess"]),
    at_least=0.65,
    says="PSNR prefers balloons, cars and the like in gray to a perfect guess "
    "of their colors in {value:.0%} of the scenes, though the distribution of "
    f"all colors is then {far.value / near.value:.0f} times as far from the "
    "true one",
)

# %% [markdown]
# A red balloon painted blue misses by the whole distance from red to blue, painted gray by the shorter way to the
# middle. Whatever averages a *distance* over pixels punishes courage, and a network that is trained on it learns to be a
# coward.
#
# The last column forgets where the colors are. It counts how often each one occurs in the whole set, and compares the
# counts: the **total variation**, the share of pixels that would have to change. It will not notice a red sky with blue
# cars, in the right amounts.
#
# ## Where does the brown come from?
#
# How does a coward choose? A balloon is red in 35 of 100 draws, blue in 25, yellow in 25, green in 15, and nothing in
# its gray picture says which. You must name *one* color, and you pay the squared distance to what the balloon turns out
# to be.
#
# **Predict:** which single color costs least, on average? Red, because it is the most frequent? Something else?

# %% mystnb={"image": {"alt": "Map of the ab plane: the mean squared distance of every guess to a balloon. It is lowest in the middle between the four balloon colors, far from each of them."}}
colors, weights = world.palette("balloon")  # (4, 2) ab, (4,) probabilities
grid = lab.ab_grid(step=2)  # every ab color, 2 units apart
cost = ((grid[..., None, :] - colors) ** 2).sum(axis=-1) @ weights
best = grid.reshape(-1, 2)[cost.argmin()]
show.ab_map(
    cost,
    "mean squared distance (Lab units²)",
    mark={"best guess": best, "balloons": colors},
)
print("best guess:", *best, " the average:", *np.round(weights @ colors, 1))

# %% [markdown]
# The cheapest guess is the average. It is dull, and no balloon has it. Here is a scene as the best guesser would paint
# it, paid by squared error: at each pixel the average of all colors that are possible there, which `oracle` knows.

# %% tags=["result"] mystnb={"image": {"alt": "One beach scene in gray; in the average of all possible colors, with brownish balloons, boats and umbrellas; and in two draws in which these are vivid."}}
scene = large[3:4]
average = lab.lab_to_rgb(np.concatenate([scene.L, scene.oracle().mean], -1))
show.gallery(
    {
        "gray": lab.lightness_to_rgb(scene.L[0]),
        "the average": average[0],
        "draw 0": scene.rgb[0],
        "draw 1": scene.redrawn(1).rgb[0],
    }
)

# %% [markdown]
# That is one cause of brown: it answers the question that was asked. More photos do not help, because none says what
# color the next balloon will have. (A training that went wrong looks alike: lesson 7.)
#
# ## The share of the closable gap
#
# Even the best guesser makes errors, and in Color World we know how large they are. At each pixel the average of the
# possible colors costs their variance, and any other answer costs the square of its distance from the average on top.
# So on average no network pays less. That is the **floor** (also *Bayes error*).
#
# **Predict:** on ambiguous things, how many times as much as the floor does *gray* cost? Twice? Ten times?

# %%
val = world.load(
    size=size, split="val", limit=preset.choose(test=16, laptop=200, gpu=500)
)
oracle = val.oracle()
hidden = val.mask(*world.AMBIGUOUS)
where = {"all pixels": hidden | True, "ambiguous things": hidden}


def squared_error(ab):
    """At each pixel, expected over all draws, Lab units squared."""
    return oracle.floor + ((ab - oracle.mean) ** 2).mean(axis=-1)


gray = squared_error(0 * val.ab)
for name, pixels in where.items():
    high, low = gray[pixels].mean(), oracle.floor[pixels].mean()
    print(f"{name:18} gray {high:4.0f}  floor {low:4.0f}")
claim(
    "04-gray-near-the-floor",
    value=gray[hidden].mean() / oracle.floor[hidden].mean(),
    at_most=1.2,
    says="on ambiguous things gray costs {value:.2f} times the floor",
)

# %% [markdown]
# So even gray is "within 20% of the floor", and such a figure says little. What counts is how much of the way from gray
# to the floor a network has gone, the **share of the closable gap**:
#
# > share = (gray - error) / (gray - floor)
#
# 0 is gray, 1 is the best that any network could do, and what is worse than gray is negative. In Color World it is the
# unit for finished networks from here on. `metrics.share_of_gap` gives it with an interval over pictures.
#
# **Predict** the shares of three answers: the color given lightness; the average of the possible colors, but half as
# vivid; and the perfect guess.


# %%
def share(ab, pixels):
    """Share of the closable gap on some pixels of `val`."""
    three = squared_error(ab), gray, oracle.floor
    return metrics.share_of_gap(
        *((error * pixels).mean(axis=(1, 2)) for error in three)
    )


given_lightness = metrics.color_given_lightness(train["Color World"])
answers = {
    "given lightness": given_lightness(val.L),
    "half the average": oracle.mean / 2,
    "perfect guess": val.redrawn(1).ab,
}
for name, pixels in where.items():
    print(f"{name}, {pixels.mean():.0%} of the scenes: share (95% interval)")
    for answer, ab in answers.items():
        value, low, high = share(ab, pixels)
        print(f"  {answer:18}{value:5.2f}  ({low:.2f} to {high:.2f})")

# %% [markdown]
# Half as vivid closes three quarters, because errors count squared. The perfect guess is far worse than gray wherever
# there is something to guess. Over all pixels you do not see that, since most have one color. So say of which pixels a
# share is.
#
# ## A network on its way to the floor
#
# A network that is large enough, and trained long enough on enough scenes with the mean squared error, must come near 1,
# and its colors near the average. Here is one that sees details and the whole scene:
#
# - On the way down each convolution with stride 2 halves the maps. On the way up they are enlarged again, and what was
#   there before is put beside them: a **skip connection**. It lets outlines pass.
# - In the middle, **global pooling** takes the average of each map over the whole picture, and adds what it says at
#   every place: what kind of scene is this?
# - Lesson 2 ended in tanh, times 128. An average stays among the possible colors by itself: no tanh is needed. And
#   times 50, what the network has to say is about as large as 1.


# %%
def conv(x, filters, strides=1):
    """A 3 x 3 convolution with ReLU."""
    return layers.Conv2D(
        filters, 3, strides=strides, padding="same", activation="relu"
    )(x)


def scene_network(width):
    """L in, ab out, both in Lab units."""
    L = keras.Input((None, None, 1), name="L")
    x = conv(layers.Rescaling(1 / 50, offset=-1)(L), width)
    before = []
    for factor in (2, 4, 4):
        before.append(x)
        x = conv(conv(x, factor * width, strides=2), factor * width)
    whole = layers.GlobalAveragePooling2D(keepdims=True)(x)
    whole = layers.Conv2D(4 * width, 1, activation="relu")(whole)
    x = layers.Add()([x, layers.Conv2D(4 * width, 1)(whole)])
    for factor, detail in zip((4, 2, 1), reversed(before)):
        x = layers.Concatenate()([layers.UpSampling2D(2)(x), detail])
        x = conv(x, factor * width)
    ab = layers.Conv2D(2, 3, padding="same")(x)
    return keras.Model(L, layers.Rescaling(50.0)(ab), name="scene_network")


# %%
class Shares(keras.callbacks.Callback):
    """After each epoch, the shares on scenes it does not train on."""

    def on_epoch_end(self, epoch, logs=None):
        ab = self.model.predict(val.L, verbose=0)
        for name, pixels in where.items():
            logs[name] = share(ab, pixels).value


keras.utils.set_random_seed(preset.seed)
network = scene_network(width=preset.choose(test=4, laptop=16, gpu=32))
print(f"{network.count_params():,} parameters")
known = world.load(size, limit=preset.choose(test=64, laptop=3300, gpu=40000))
epochs = preset.choose(test=2, laptop=4, gpu=8)
batch_size = preset.choose(test=8, laptop=8, gpu=32)
steps = epochs * len(known) // batch_size
rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
history = network.fit(
    known.L,
    known.ab,
    batch_size=batch_size,
    epochs=epochs,
    verbose=0,
    callbacks=training.callbacks("04_measuring_color", Shares(), resume=known),
).history

# %% mystnb={"image": {"alt": "Line chart of the share of the closable gap over the epochs, below a line at 1, the floor. On ambiguous things it begins far lower than over all pixels, and stays lower."}}
lines = {name: history[name] for name in where}
lines["floor"] = np.ones(epochs)
show.curves(lines, x="epoch", y="share of the closable gap")

predicted = network.predict(val.L, verbose=0)


def chroma(ab):
    """Mean distance from gray on ambiguous things, Lab units."""
    return np.linalg.norm(ab[hidden], axis=-1).mean()


# %%
claim(
    "04-share",
    value=share(predicted, hidden).value,
    at_least=0.5,
    says="on ambiguous things the network has closed {value:.0%} of the gap "
    "between gray and the floor",
)
claim(
    "04-chroma",
    value=chroma(predicted) / chroma(val.ab),
    at_most=0.55,
    says="on ambiguous things the network's chroma is {value:.0%} of that of "
    "the true colors, and the average's is "
    f"{chroma(oracle.mean) / chroma(val.ab):.0%}",
)

# %% [markdown]
# Nothing is wrong with this network, and its balloons are brown. Whoever wants vivid balloons must ask for something
# else: for the probabilities of all colors (lesson 9), or for a picture that a critic takes for a photo (lesson 10).
#
# Nobody knows the floor of a photo. So on photos the networks of lessons 5 to 11 are judged by the same two measures:
# **CIEDE2000**, for how far the color is from the true one, and **colorfulness** beside the truth's, for whether it is
# faded or loud. Neither will do alone: the first prefers cowards, and the second is content with any color.
#
# ## Which is the photo?
#
# Zhang, Isola and Efros asked people: a photo and its colored version; which one is real? Whoever is wrong in half of
# the cases cannot tell. They call it a colorization **Turing test**.
#
# Take it, twice. Here "photo" means a scene with its true colors. Beside it is what the network made of it, and in the
# second test the perfect guess. **Predict** both scores.

# %%
quiz = world.load(
    size=128, split="test", limit=preset.choose(test=4, laptop=12, gpu=12)
)
by_network = np.stack(
    [colorize(network, picture, size=size) for picture in quiz.rgb]
)
show.TuringTest(quiz.rgb, by_network)

# %%
show.TuringTest(quiz.rgb, quiz.redrawn(1).rgb, seed=1)

# %% [markdown]
# Few answers say little: 3 of 12 can be bad luck. A judge with more patience goes by one rule, "the more colorful
# picture is the photo", and looks at many pairs.


# %%
def fooled(truth, colored):
    """How often the colorful one is not the photo."""
    test = show.TuringTest(truth, colored)
    for left, right in test.pairs:
        left_wins = metrics.colorfulness(left) > metrics.colorfulness(right)
        test.answer("left" if left_wins else "right")
    return test.score()


made = np.concatenate([val.L, predicted], axis=-1)
by_network = lab.to_uint8(lab.lab_to_rgb(made))
scores = {
    "by the network": fooled(val.rgb, by_network),
    "perfect guess": fooled(val.rgb, val.redrawn(1).rgb),
}
claim(
    "04-turing-guess",
    value=scores["perfect guess"].fooled / len(val),
    at_least=0.38,
    at_most=0.62,
    says="whoever takes the more colorful picture for the true one is wrong in "
    "{value:.0%} of the pairs with a perfect guess, which is chance, and in "
    f"{scores['by the network'].fooled / len(val):.0%} of those with a network",
)

# %% [markdown]
# On ambiguous things the squared error calls the guesser worse than gray. The Turing test calls it perfect. Both are
# right: one asks whether the color is *true*, the other whether it *could be*. Decide which you want to know before you
# compare two networks.
#
# ## How sure?
#
# With ten times as many pictures an interval is about a third as wide (the root of ten). To compare two colorizers
# there is a cheaper way: measure both on the *same* pictures, and look at the difference on each. Some scenes are hard
# for both; the difference leaves that out.
#
# **Predict:** how much narrower is the interval of their difference then?

# %%
widths = []
for name in ("gray", "given lightness"):
    value, low, high = table[name, "CIEDE2000"]
    widths.append(high - low)
    print(f"{name:16}{value:6.2f} ({low:.2f} to {high:.2f})")
value, low, high = table.difference("gray", "given lightness", "CIEDE2000")
print(f"{'the difference':16}{value:6.2f} ({low:.2f} to {high:.2f})")
# The widths of independent intervals add like the sides of a right angle.
claim(
    "04-paired",
    value=np.hypot(*widths) / (high - low),
    at_least=1.2,
    says="measured on other scenes each, the interval of the difference of two "
    "colorizers would be {value:.1f} times as wide as on the same scenes",
)

# %%
# The network is kept, as always, as one file.
path = checkpoints.save(
    network,
    "04_scene_network",
    data=known,
    steps=network.optimizer.iterations,
    seed=preset.seed,
    metrics={
        f"share of the closable gap, {name}": share(predicted, pixels).value
        for name, pixels in where.items()
    },
)
print(path.name, f"{path.stat().st_size / 1024:.0f} KB")

# %% [markdown]
# ## Exercises
#
# **04-a.** PSNR. The mean squared error of RGB on a scale of 0 to 1, then -10 times its logarithm to base 10.
#
# <details><summary>Hint</summary>
#
# The pictures are uint8. In uint8, 3 - 5 is 254: turn them into floats before you subtract.
#
# </details>


# %%
def psnr(truth, colored):
    """Two (height, width, 3) uint8 pictures -> decibels."""
    ...  # your code here


psnr = check("04-a", psnr)

# %% [markdown]
# **04-b.** Colorfulness. From RGB on a scale of 0 to 255, make two opponent channels: red minus green, and the mean of
# red and green minus blue. Take the standard deviation of each over all pixels, and the mean. The colorfulness is the
# length of the pair of standard deviations plus 0.3 times that of the pair of means.
#
# <details><summary>Hint</summary>
#
# `np.hypot(x, y)` is the length of a pair. The channels keep their sign.
#
# </details>


# %%
def colorfulness(rgb):
    """A (height, width, 3) uint8 picture -> one number."""
    ...  # your code here


colorfulness = check("04-b", colorfulness)

# %% [markdown]
# **04-c.** The share of the closable gap, for one thing. You get a guess, the colors that the thing may have, and their
# probabilities. Work out what the guess costs on average, what gray costs, and what the floor is, as mean squared
# errors over a and b; return the share. (**Predict** it for the bold answer, the most likely color.)
#
# <details><summary>Hint</summary>
#
# All three are the cost of some guess: of the given one, of (0, 0), and of the average, `weights @ colors`. Write the
# cost of a guess as a function.
#
# </details>


# %%
def share_of_guess(guess, colors, weights):
    """(2,) ab, (K, 2) ab and (K,) probabilities -> a number."""
    ...  # your code here


share_of_guess = check("04-c", share_of_guess)

# %%
for name in world.AMBIGUOUS:
    colors, weights = world.palette(name)
    likely = share_of_guess(colors[weights.argmax()], colors, weights)
    print(f"{name:9} right {weights.max():.0%} of the time, share {likely:.1f}")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | "colorization accuracy" 68.57% with ab, 57.82% and 52.20% with RGB (Sarmai and Sadhu) | noise agrees with noise on a half of the pixels with two channels, a third with three; "red is the largest", on six photos, is right on {{04-accuracy-red:.0%}} of the pixels | if it is Keras' `accuracy`, as we suppose, what one gets for nothing differs between the two |
# | "brownish" pictures, ascribed to too few data and to a fault in the TFRecords (Mochammad et al.) | on ambiguous things, a network that closes {{04-share range:.0%}} of the gap between gray and the floor has {{04-chroma range:.0%}} of the true chroma (three seeds) | one cause of brown is a loss that asks for the average; another is a training that went wrong (lesson 7) |
# | PSNR 0.356 on faces, 0.342 on ImageNet (Kiani et al.) | leaving a scene gray scores more than ten times as much, in dB | whatever these figures are, they are not decibels |
#
# ## What to remember
#
# - Ask what noise, gray and one flat color score. A number without that says nothing.
# - Averaged distances prefer gray to a plausible wrong color.
# - The best answer to a squared error is the average of the possible colors, and that is brown.
# - In Color World, ask which share of the gap between gray and the floor is closed; on photos, for CIEDE2000 and for
#   colorfulness beside the truth's.
# - Give intervals, and compare colorizers on the same pictures.
#
# ## Go further
#
# - Copy the cells that make and train the network to the end, with `brown=0` in `world.load`: every ambiguous thing
#   then has its first color. What is this network's share on ambiguous things of `val`? (See exercise 04-c.)
# - Keras' mean absolute error takes |a| and |b| apart. Draw the map of costs again with it, and once more with
#   distances that are not squared. Where are the best guesses now? (One is the median of each channel, the other the
#   *geometric median*.)
# - Take the Turing test with friends. How many answers do you need until the interval is 20 points wide?
#
# **Next:** [5. Autoencoders](05_autoencoders.ipynb).
