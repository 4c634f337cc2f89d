# %% [markdown]
# # 4. Measuring color
#
# **Which of two colored pictures is better? You try the usual measures, see each of them fooled, and then find out how
# good any network could possibly be.**
#
# ![A drawn beach scene four times: gray; painted in the average of all colors that are possible, with a brown balloon, brown umbrellas and brown boats; and two draws with the same things in vivid and different colors.](../_static/04_measuring_color.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - compute what papers on colorization report, and find out what each measure rewards,
# - learn what noise, gray and one flat color score, before you believe any number,
# - find out where brown comes from, and show that a brown network can be as good as its task allows,
# - take the colorization Turing test, with a confidence interval for your score.
#
# *Time:* about 50 minutes to read and try. Compute, measured on two cores: 71 seconds at the laptop preset, 9 seconds
# at the test preset. (The gpu preset has not been measured.)
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

from colorkit import check, claim, colorize, lab, metrics, photos, show
from colorkit import training, world
from colorkit.files import FileProblem
from colorkit.pictures import Pictures
from colorkit.preset import cache_folder

# %% [markdown]
# ## Six answers
#
# A photo, and six attempts at its color. **Before any number:** put them in order, the best first. Write it down.

# %% mystnb={"image": {"alt": "Seven versions of a portrait of an astronaut in an orange suit: the photo; gray; one flat reddish tint; half the color, faded; one and a half times the color, loud; the color moved to the side, with orange beside the suit; and the color turned, with a yellow-green suit."}}
photo = photos.bundled("astronaut", size=192)
L, ab = np.split(lab.rgb_to_lab(photo), [1], axis=-1)


def painted(ab):
    """The photo with another a and b, uint8 RGB."""
    picture = np.concatenate([L, ab], axis=-1)
    return lab.to_uint8(lab.lab_to_rgb(picture, gamut="keep lightness"))


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
# Now the measures. Four of them compare RGB or what the eye makes of it:
#
# - **PSNR**, in decibels: the mean squared error of RGB on a logarithmic scale. More is better; 10 dB more means a
#   tenth of the squared error.
# - **SSIM**: compares brightness, contrast and pattern in small windows, for R, G and B; 1 is equal.
# - **CIEDE2000**: the color difference of lesson 2, averaged over pixels. Less is better.
# - **Colorfulness** (Hasler and Süsstrunk, 2003): how colorful a picture looks. It compares with nothing, so ask whether it
#   is near the photo's own.
#
# Two compare ab:
#
# - **ab RMSE**: the root of the mean squared error of a and b, in Lab units. (**RMSE** and **MAE**, the mean absolute
#   error, are also reported for RGB. Always ask on which scale.)
# - **AuC** (Zhang, Isola and Efros, 2016): the share of pixels whose color is within a distance of the true one,
#   averaged over all distances from 0 to 150. More is better; 1 is equal.

# %%
one = Pictures("the astronaut", rgb=photo[np.newaxis])
columns = ["PSNR", "SSIM", "CIEDE2000", "colorfulness", "ab RMSE", "AuC"]
metrics.evaluate(
    {name: attempt[np.newaxis] for name, attempt in attempts.items()}, one
).select(*columns)

# %% [markdown]
# Compare with your own order. Half the color and one and a half times the color are *the same* to ab RMSE and AuC: both
# miss by half of each color. To your eye one is faded and the other loud. Color that has slipped by 8 pixels, which
# anybody would call broken, comes out a little better by ab RMSE and AuC than a clean portrait in the wrong hue.
#
# No single number says what you see. So use several, know what each one rewards, and begin with what it gives to those
# who deserve nothing.
#
# ## What does noise score?
#
# Sarmai and Sadhu report a "colorization accuracy" of 68.57% for their network that gives ab, and 57.82% and 52.20% for
# the two that give RGB. The paper does not define it. In Keras, `metrics="accuracy"` on pictures is the share of pixels
# whose **largest channel** is the same in both.
#
# **Predict:** two pictures of pure noise, with nothing in common. What do they score with two channels (ab)? With three
# (RGB)?

# %%
random = np.random.default_rng(0)
for channels, low, high in [(2, 0.49, 0.51), (3, 0.325, 0.343)]:
    one, other = random.normal(size=(2, 20, 64, 64, channels))
    claim(
        f"04-accuracy-{channels}",
        value=metrics.channel_agreement(one, other).mean(),
        at_least=low,
        at_most=high,
        says=f"with {channels} channels, noise agrees with noise "
        "on {value:.1%} of the pixels",
    )

# %% [markdown]
# So a half and a third are what you get for nothing, and 68.57% of one kind cannot be set beside 57.82% of the other.
# Nor does the measure see how vivid a color is: half the color and the loud one agree with the photo at every pixel.
#
# ## Three opponents that know nothing
#
# A network has to beat these, or it has learned nothing that matters: leave everything **gray**; paint everything in
# the **mean color** of the training pictures; paint each pixel in the mean **color given its lightness**, as in the
# table of exercise 02-c. None of the papers of this course reports them.
#
# `evaluate` runs colorizers on many pictures and makes a table. Each number has an interval: if you drew other pictures
# of the same kind, 95 times in 100 such an interval would hold the true value.

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

# %%
tables = {}
for name, pictures in train.items():
    baselines = {
        "gray": metrics.gray,
        "mean color": metrics.mean_color(pictures),
        "given lightness": metrics.color_given_lightness(pictures),
    }
    tables[name] = metrics.evaluate(baselines, test[name])
    display(tables[name].select(*columns))

# %% [markdown]
# Look down the columns of Color World. Do the measures agree on which of the three is best?

# %%
table = tables["Color World"]
claim(
    "04-ssim-prefers-gray",
    value=table.difference("gray", "given lightness", "SSIM").value,
    at_least=0.02,
    says="by SSIM, gray is better than color given lightness, by {value:.3f}",
)
claim(
    "04-psnr-disagrees",
    value=table.difference("given lightness", "gray", "PSNR").value,
    at_least=0.2,
    says="by PSNR, gray is worse than color given lightness, by {value:.1f} dB",
)

# %% [markdown]
# They do not. And see how high these numbers are: 15 dB for leaving a scene gray, and more for photos, which have less
# color to lose. A network that reports 20 dB may have learned very little.
#
# ## Punished for guessing
#
# In Color World we can ask what we cannot ask of photos: what does a *perfect* guess score? `redrawn` gives each balloon
# and each car another of its possible colors, with the right probabilities. Nobody could tell such a picture from the
# true one. Against it we set a coward: all colors are the true ones, but whatever is ambiguous is left gray.
#
# **Predict:** which of the two does PSNR prefer?

# %% mystnb={"image": {"alt": "Three versions of two scenes: the true colors; the coward, with gray balloons, boats, cars and houses; the perfect guess, where these are vivid but often in other colors than the true ones."}}
scenes = test["Color World"]
ambiguous = scenes.mask(*world.AMBIGUOUS)
coward = np.where(ambiguous[..., None], np.float32(0), scenes.ab)
guess = scenes.redrawn(1).ab
guesses = metrics.evaluate({"coward": coward, "guess": guess}, scenes)

large = world.load(size=192, split="test", limit=4)
hidden = large.mask(*world.AMBIGUOUS)[..., None]
left_gray = lab.lab_to_rgb(
    np.concatenate([large.L, np.where(hidden, 0, large.ab)], axis=-1)
)
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

# %%
prefers_gray = np.mean(
    guesses.of_each_picture("coward", "PSNR")
    > guesses.of_each_picture("guess", "PSNR")
)
claim(
    "04-psnr-prefers-gray",
    value=prefers_gray,
    at_least=0.65,
    says="PSNR prefers gray to a perfect guess in {value:.0%} of the scenes",
)
distance = guesses.column("distribution distance")
claim(
    "04-distribution",
    value=distance["coward"].value / distance["guess"].value,
    at_least=4,
    says="the coward's distribution of colors is {value:.0f} times "
    "as far from the true one as the guesser's",
)
guesses.select("PSNR", "SSIM", "CIEDE2000", "AuC", "distribution distance")

# %% [markdown]
# A red balloon painted blue misses by the whole distance from red to blue. Painted gray it misses by the shorter way to
# the middle. Every measure that compares pixel by pixel punishes courage, and a network that is trained on such a
# measure learns to be a coward.
#
# The last column asks another question. It forgets where the colors are, counts how often each one occurs in the whole
# set, and compares the two counts: the **total variation** between them, the share of pixels that would have to change.
# There the guess is nearly perfect, and gray is not. But that number has a blind spot too: paint the sky red and the
# cars blue, in the right amounts, and it will not notice.
#
# ## Where does the brown come from?
#
# How does a coward choose? A balloon is red in 35 of 100 draws, blue in 25, yellow in 25, green in 15, and nothing in
# its gray picture says which. You must name *one* color, and you pay the squared distance to what the balloon turns out
# to be.
#
# **Predict:** which single color costs least, on average? Red, because it is the most frequent? Something else?

# %% mystnb={"image": {"alt": "Map of the ab plane: the mean squared distance of every guess to a balloon. It is lowest in the middle between the four balloon colors, red, blue, yellow and green, and far from each of them."}}
colors, weights = world.palette("balloon")  # (4, 2) ab, (4,) probabilities
grid = lab.ab_grid(step=2)  # every ab color, 2 units apart
cost = ((grid[..., None, :] - colors) ** 2).sum(axis=-1) @ weights
best = grid.reshape(-1, 2)[cost.argmin()]
show.ab_map(
    cost,
    "mean squared distance (Lab units²)",
    mark={"best guess": best, "balloons": colors},
)

# %%
claim(
    "04-mean",
    value=np.linalg.norm(best - weights @ colors),
    at_most=2,
    says="the cheapest guess is the average of the possible colors "
    "(ab distance {value:.1f})",
)

# %% [markdown]
# The cheapest guess is the average, and the average of vivid colors is dull. No balloon has that color. Here is a scene
# as the best possible guesser would paint it, if it is paid by squared error: at each pixel, the average of all the
# colors that are possible there. `oracle` knows them.

# %% tags=["result"] mystnb={"image": {"alt": "Four pictures of one scene: gray; the average of all possible colors, with brownish balloons and houses; and two draws with vivid balloons and houses in different colors."}}
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
# That is the brown of colored photographs: an answer to the question that was asked. The network is not to blame, and
# more photos will not help, because no photo says what color the next balloon will have.
#
# ## The best possible score
#
# So even the best guesser makes errors, and in Color World we know how large they are. The mean squared error of the
# average is the variance of the colors. No network, of any size, can get below it on new scenes: it is the **floor**
# (statisticians say *Bayes error*).
#
# If that is right, a network trained with the mean squared error must end at the floor, and its colors must be those of
# the average. We build one that sees both details and the whole scene. On the way down each convolution with stride 2
# halves the maps; on the way up they are enlarged again, and what was there before is put beside them, so that edges
# stay sharp. In the middle, the average over the whole picture tells each place what kind of scene it is in.


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


network = scene_network(width=preset.choose(test=4, laptop=16, gpu=32))
print(f"{network.count_params():,} parameters")

# %% [markdown]
# After each epoch we measure what matters: the error on ambiguous things, in scenes that it has not been trained on. We
# need not trust one draw of their colors. Over all draws, the squared error of an answer is, on average, the variance of
# the colors plus the squared distance of the answer from their average. So the floor is what remains when the distance
# is 0.

# %%
val = world.load(
    size=size, split="val", limit=preset.choose(test=16, laptop=200, gpu=500)
)
oracle, hidden = val.oracle(), val.mask(*world.AMBIGUOUS)
floor = oracle.floor[hidden].mean()


def error_on_ambiguous(ab):
    """Mean squared error over all draws of the colors, Lab units squared."""
    return floor + ((ab - oracle.mean)[hidden] ** 2).mean()


class OnAmbiguous(keras.callbacks.Callback):
    """Adds the error on ambiguous things to the history."""

    def on_epoch_end(self, epoch, logs=None):
        ab = self.model.predict(val.L, verbose=0)
        logs["ambiguous"] = error_on_ambiguous(ab)


# %%
scenes = world.load(
    size=size, limit=preset.choose(test=64, laptop=4000, gpu=40000)
)
epochs, batch_size = preset.choose(test=2, laptop=6, gpu=8), 8
rate = keras.optimizers.schedules.CosineDecay(
    0.002, epochs * len(scenes) // batch_size
)
network.compile(keras.optimizers.Adam(rate), loss="mean_squared_error")
history = network.fit(
    scenes.L,
    scenes.ab,
    batch_size=batch_size,
    epochs=epochs,
    verbose=0,
    callbacks=training.callbacks(
        "04_measuring_color", OnAmbiguous(), resume=scenes
    ),
).history

# %% mystnb={"image": {"alt": "Line chart of the error on ambiguous things over the epochs. The network starts near the line of gray and comes down to the line of the floor, without crossing it."}}
every = np.arange(1, epochs + 1)
show.curves(
    {
        "network": (every, history["ambiguous"]),
        "gray": (every, np.full(epochs, error_on_ambiguous(0 * val.ab))),
        "floor": (every, np.full(epochs, floor)),
    },
    x="epoch",
    y="squared error on ambiguous things (Lab units²)",
)

# %%
claim(
    "04-floor",
    value=history["ambiguous"][-1] / floor,
    at_most=1.10,
    says="on ambiguous things the network's squared error "
    "is {value:.2f} times the floor",
)


def chroma(ab):
    """Mean distance from gray on ambiguous things, Lab units."""
    return np.linalg.norm(ab[hidden], axis=-1).mean()


predicted = network.predict(val.L, verbose=0)
claim(
    "04-chroma-of-the-mean",
    value=chroma(predicted) / chroma(oracle.mean),
    at_least=0.85,
    at_most=1.15,
    says="on ambiguous things the network's chroma is {value:.2f} times "
    "that of the average color",
)
claim(
    "04-chroma-of-the-truth",
    value=chroma(predicted) / chroma(val.ab),
    at_most=0.55,
    says="on ambiguous things the network's chroma is {value:.2f} times "
    "that of the true colors",
)

# %% [markdown]
# So nothing is wrong with this network. It is within a few percent of what the best possible network would do, and its
# balloons are brown. Whoever wants vivid balloons must ask for something else than the least squared error: for the
# probabilities of all colors (lesson 9), or for a picture that a critic takes for a photo (lesson 10).
#
# ## Which is the photo?
#
# Zhang, Isola and Efros asked people: a photo and its colored version, side by side; which one is real? If people
# choose wrong in half of the cases they cannot tell the difference. They call it a colorization **Turing test**.
#
# Take it. The scenes are drawn, so "photo" means the scene with its true colors; beside it is what the network made of
# its gray version.

# %%
quiz = world.load(
    size=128, split="test", limit=preset.choose(test=4, laptop=12, gpu=12)
)
by_network = np.stack(
    [colorize(network, picture, size=size) for picture in quiz.rgb]
)
show.TuringTest(quiz.rgb, by_network)

# %% [markdown]
# That was easy. Now against the perfect guesser, from `redrawn`:

# %%
show.TuringTest(quiz.rgb, quiz.redrawn(1).rgb, seed=1)

# %% [markdown]
# Few answers say little: 3 of 12 can be bad luck, and the interval says so. Patience can be automated. Here is a judge
# that goes by one rule, "the more colorful picture is the photo", and looks at many pairs.


# %%
def fooled(truth, colored):
    """How often the colorful one is not the photo."""
    test = show.TuringTest(truth, colored)
    for left, right in test.pairs:
        left_wins = metrics.colorfulness(left) > metrics.colorfulness(right)
        test.answer("left" if left_wins else "right")
    return test.score()


made = np.concatenate([val.L, predicted], axis=-1)
by_network = lab.to_uint8(lab.lab_to_rgb(made, gamut="keep lightness"))
scores = {
    "by the network": fooled(val.rgb, by_network),
    "perfect guess": fooled(val.rgb, val.redrawn(1).rgb),
}
for name, score in scores.items():
    print(f"{name:16}{score}")

# %%
claim(
    "04-turing-network",
    value=scores["by the network"].fooled / len(val),
    at_most=0.25,
    says="the network fools this judge in {value:.0%} of the pairs",
)
claim(
    "04-turing-guess",
    value=scores["perfect guess"].fooled / len(val),
    at_least=0.38,
    at_most=0.62,
    says="a perfect guess fools it in {value:.0%}, which is chance",
)

# %% [markdown]
# The squared error calls the guesser worse than the coward. The Turing test calls it perfect. Both are right: one asks
# whether the color is *true*, the other whether it *could be*. Before you compare two networks, decide which of the two
# you want to know.
#
# ## How sure?
#
# **Predict:** the table above has 200 scenes. How much wider would the interval of CIEDE2000 be with 20?

# %%
each = tables["Color World"].of_each_picture("gray", "CIEDE2000")
few, many = metrics.bootstrap(each[: len(each) // 10]), metrics.bootstrap(each)
for name, (value, low, high) in [("few", few), ("all", many)]:
    print(f"{name:5}{value:6.2f}, 95% interval {low:.2f} to {high:.2f}")
claim(
    "04-interval",
    value=(few.high - few.low) / (many.high - many.low),
    at_least=1.5,
    says="with a tenth of the pictures the interval is {value:.1f} times as wide",
)

# %% [markdown]
# Ten times as many pictures, an interval about a third as wide (the root of ten): certainty is dear. There is a cheaper
# way when you compare two colorizers: measure both on the *same* pictures and look at the difference on each. Some
# scenes are colorful and hard for both; the difference leaves that out.

# %%
for name in ["gray", "given lightness"]:
    value, low, high = table[name, "CIEDE2000"]
    print(f"{name:16}{value:6.2f}, 95% interval {low:.2f} to {high:.2f}")
value, low, high = table.difference("gray", "given lightness", "CIEDE2000")
print(
    f"{'the difference':16}{value:6.2f}, 95% interval {low:.2f} to {high:.2f}"
)

# %% [markdown]
# The network is kept, as always, as one file.

# %%
path = cache_folder("lessons", preset.name) / "04_measuring_color.keras"
network.save(path)
again = keras.saving.load_model(path)
assert np.allclose(
    again.predict(val.L[:4], verbose=0), predicted[:4], atol=1e-2
)

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
# **04-b.** Colorfulness. From RGB on a scale of 0 to 255, make two opponent channels: red minus green, and the mean of red
# and green minus blue. Take the standard deviation of each over all pixels, and the mean of each. The colorfulness is
# the length of the pair of standard deviations plus 0.3 times the length of the pair of means.
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
# **04-c.** The floor. Given the possible colors of a thing and their probabilities: what does the best single guess pay, as
# mean squared error over a and b?


# %%
def best_possible(colors, weights):
    """(K, 2) ab and (K,) probabilities -> Lab units squared."""
    ...  # your code here


best_possible = check("04-c", best_possible)

# %% mystnb={"image": {"alt": "Bar chart of the floor for each ambiguous thing of Color World: large for balloons, boats, cars, umbrellas and doors, smaller for walls, whose colors are pale."}}
show.bars(
    {name: best_possible(*world.palette(name)) for name in world.AMBIGUOUS},
    x="floor of the mean squared error (Lab units²)",
)

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | "colorization accuracy" 68.57% with ab, 57.82% and 52.20% with RGB (Sarmai and Sadhu) | noise agrees with noise on 50% of the pixels with two channels, 33% with three | if it is Keras' `accuracy`, as we suppose, chance is not the same for the two kinds |
# | RMSE 0.0753 with ab is better than 0.0944 and 0.0817 with RGB (Sarmai and Sadhu) | not comparable | errors of ab and of RGB are on different scales |
# | "brownish" pictures, ascribed to too few data and to a fault in the TFRecords (Mochammad et al.) | a network within 7% of the floor of the squared error is brown (laptop preset, CPU, five seeds: 1.06 to 1.07 times the floor) | two causes look alike: a collapsed training (lesson 3), and a training that reached what the loss asks for |
# | PSNR 0.356 on faces, 0.342 on ImageNet (Kiani et al.) | leaving everything gray scores 15 dB in Color World and 17 dB on flowers | whatever these figures are, they are not decibels |
#
# ## What to remember
#
# - Ask what noise, gray and one flat color score. A number without that says nothing.
# - Say the scale: RGB or ab, 0 to 1 or Lab units.
# - Measures that compare pixel by pixel prefer gray to a plausible wrong color.
# - The best answer to a squared error is the average of the possible colors, and that is brown.
# - Give intervals, and compare colorizers on the same pictures.
#
# ## Go further
#
# - Load scenes with `brown=0`: every ambiguous thing has its first color. Where is the floor now, and what does the
#   network's balloon look like?
# - Replace the loss by `"mean_absolute_error"`. Which color is the best guess now? (Compute the map again with
#   distances instead of squared distances.)
# - Let the judge look at something else than colorfulness: edges of color that do not meet edges of L, for example.
# - Take the Turing test with friends. How many answers do you need until the interval is 20 points wide?
#
# **Next:** [5. Autoencoders](05_autoencoders.ipynb).
