# %% [markdown]
# # 10. pix2pix
#
# **A second network judges the colors of the first. You measure what its taste buys, and what it costs.**
#
# ![Eight balloons of Color World, four times. Truth: red, blue, yellow and green. Trained on L1 alone: all of one brownish yellow. With L1 and a critic: tints of several colors. With the critic alone: vivid ones of several colors, most of them not the true one.](../_static/10_pix2pix.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - find out what a perfect critic teaches, and why that is the true mixture of colors,
# - build pix2pix to its exact number of parameters, and write the loss of two networks that work against each other,
# - count the colors that a critic brings back, where the true ones are known, and see where the theory ends,
# - measure on photos what gets better and what gets worse, and train for less with NoGAN.
#
# *Time:* at the laptop preset two to three times lesson 2's, at the test preset seconds (measured on two cores; the book's
# page *Run times* has them).
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
from keras import layers, ops
from scipy.special import xlogy

from colorkit import album, check, claim, lab, metrics, photos, show
from colorkit import training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, sight

# %% [markdown]
# ## A judge instead of a ruler
#
# A balloon in Color World is red, blue, yellow or green, and nothing in L says which. Lesson 4 showed what a ruler makes
# of it: the squared error asks for the average. The absolute error, called **L1**, asks for the middle value, the
# **median**. **Predict:** is that one of the four colors?

# %%
NAMES = ("red", "blue", "yellow", "green")
palette, weights = world.palette("balloon")  # (4, 2) ab, (4,)


def median(values):
    """The value with half of the weight on either side."""
    order = values.argsort()
    return values[order][weights[order].cumsum().searchsorted(0.5)]


best = np.array([median(channel) for channel in palette.T])
for name, color, weight in zip(NAMES, palette, weights):
    print(f"{name:8}{weight:4.0%}{color[0]:6.0f}{color[1]:5.0f}")
print(f"{'best L1':12}{best[0]:6.0f}{best[1]:5.0f}")
away = np.linalg.norm(palette - best, axis=1).min()
print(f"The nearest color of a balloon is {away:.0f} ab units away.")

# %% [markdown]
# No. It takes its a from one color and its b from another. A person would not measure. A person would say: *there are no
# brown balloons.*
#
# Isola et al. (2017) train a second network to say so. It gets L and some ab, and tells true ab from made ones: a **critic**,
# or discriminator. The first network, the **generator**, is trained to be taken for true. Together they are a generative
# adversarial network, a **GAN**; this one is called *pix2pix*.
#
# ## What does a perfect critic teach?
#
# Let D be the critic's probability of "true". On average it pays
#
# $$-\tfrac12 \log D(\text{true}) - \tfrac12 \log(1 - D(\text{made})),$$
#
# the **binary cross-entropy**. The critic wants it small, the generator large. Take one gray balloon. A color is true with
# probability *t*, and made with probability *m*: so *t* / (*t* + *m*) of what has it is true, and the critic pays least if
# it says just that. Now let a generator begin with brown and follow one rule: the more often a color passes, the more of it
# is made. **Predict:** which colors does it make in the end? Only red, the most frequent one?

# %% mystnb={"image": {"alt": "Line chart of the shares of five colors over 40 rounds. None of the four falls from nearly all to zero within twenty rounds. Red, blue, yellow and green rise together and then part, each to its true share."}}
truth = np.append(weights, 0)  # the last one: none of the four
made = np.array([0.01, 0.01, 0.01, 0.01, 0.96])
rounds, pays = [made], []
for _ in range(40):
    passes = truth / (truth + made)  # the best critic
    costs = xlogy(truth, passes) + xlogy(made, 1 - passes)
    pays.append(-costs.sum() / 2)
    made = made * (1 + passes)
    made = made / made.sum()
    rounds.append(made)
show.curves(
    dict(zip((*NAMES, "none"), np.transpose(rounds))),
    x="round",
    y="share of what is made",
)
print(f"the critic pays {pays[0]:.2f} at first, {pays[-1]:.2f} at the end")
claim(
    "10-objective",
    value=np.abs(made - truth).sum() / 2,
    at_most=0.02,
    says="against the best critic, what is made more often the more often it "
    "passes ends as the true mixture ({value:.1%} would have to change)",
)

# %% [markdown]
# All four, in their true shares. A color that is made too often gives itself away; one that is missing is always taken for
# true. Where both mixtures are equal the critic can only toss a coin, and pays log 2, which is 0.69. No other mixture costs
# it as much (Goodfellow et al., 2014). So a GAN can match a *distribution*, where a ruler finds one point.
#
# In practice the critic is a network that has learned a little, and the generator rolls no dice: it gets L, and dropout in
# three layers. Keep both in mind.
#
# ## Two networks
#
# The generator is a **U-Net**. Eight convolutions of 4 × 4 halve the maps, until 256 px are 1. Eight transposed ones double
# them, and each looks also at the maps of its size from the way down, so that edges stay where they were. The critic is a
# **PatchGAN**: a few convolutions, and no end. It gives a map of verdicts, each on what it sees of the picture.


# %%
def block(x, filters, strides=2, up=False, norm=True, hide=0.0, pad="same"):
    """A convolution, or a transposed one, of 4 x 4, and what follows it."""
    kind = layers.Conv2DTranspose if up else layers.Conv2D
    x = kind(
        filters,
        kernel_size=4,
        strides=strides,
        padding=pad,
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.02),
    )(x)
    if norm:  # It forgets quickly: our trainings are short.
        x = layers.BatchNormalization(momentum=0.9)(x)
    if hide:
        x = layers.Dropout(hide)(x)
    return layers.ReLU()(x) if up else layers.LeakyReLU(0.2)(x)


# %%
def generator(down, up, maps=2, size=None, inmost_norm=True):
    """L in, ab out, both in Lab units."""
    L = keras.Input((size, size, 1))
    x, before = layers.Rescaling(1 / 50, offset=-1)(L), []
    for number, filters in enumerate(down, 1):
        inmost = number == len(down)
        norm = number > 1 and (inmost_norm or not inmost)
        x = block(x, filters, norm=norm)
        before.append(x)
    for number, filters in enumerate(up, 1):
        x = block(x, filters, up=True, hide=0.5 if number <= 3 else 0.0)
        x = layers.Concatenate()([x, before[-1 - number]])
    last = dict(kernel_size=4, strides=2, padding="same", activation="tanh")
    x = layers.Conv2DTranspose(maps, **last)(x)
    return keras.Model(L, layers.Rescaling(128.0)(x))


def critic(filters, maps=2):
    """L and ab in, a map of scores out: above 0 is true, below is made."""
    L, ab = keras.Input((None, None, 1)), keras.Input((None, None, maps))
    scaled = layers.Rescaling(1 / 50, offset=-1)(L)
    x = layers.Concatenate()([scaled, layers.Rescaling(1 / 128)(ab)])
    for number, count in enumerate(filters[:-1], 1):
        x = block(x, count, norm=number > 1)
    x = layers.ZeroPadding2D()(x)
    x = block(x, filters[-1], strides=1, pad="valid")
    x = layers.ZeroPadding2D()(x)
    return keras.Model([L, ab], layers.Conv2D(1, kernel_size=4)(x))


# %%
full_shape = dict(
    down=[64, 128, 256, 512, 512, 512, 512, 512],
    up=[512, 512, 512, 512, 256, 128, 64],
    size=256,
)
full_filters = [64, 128, 256, 512]
known = {2: (54_421_762, 2_767_361), 3: (54_423_811, 2_768_385)}
fits = 0
for maps, counts in known.items():
    built = generator(**full_shape, maps=maps), critic(full_filters, maps)
    found = [network.count_params() for network in built]
    print("L to", {2: "ab: ", 3: "RGB:"}[maps], *map("{:,}".format, found))
    fits += np.equal(found, counts).sum()
claim(
    "10-counts",
    value=fits,
    at_least=4,
    says="{value:.0f} of four networks, generator and critic, from L to ab "
    "and from L to RGB, have the parameters of TensorFlow's pix2pix",
)

# %% [markdown]
# Sarmai and Sadhu's **ColorGAN** goes "to RGB color space". They give no number of parameters, but their text fits
# TensorFlow's tutorial on pix2pix layer by layer. So that is how we read it. We build it for ab.
#
# ## How far does a verdict see?
#
# `sight.window` changes L and looks whether the verdict changes, as you did in lesson 6. A window depends on kernels and
# strides alone, so a narrow critic serves. **Predict:** five convolutions of 4 × 4, the first three with stride 2. How
# many pixels?

# %% mystnb={"image": {"alt": "A portrait of an astronaut, 256 px, with a square of 70 px drawn on it, around half of the face and a shoulder; and the square alone, enlarged."}}
narrow = critic([8, 8, 8, 8])


def ask(L):
    """Verdicts on L without color."""
    gray = np.zeros((*L.shape[:-1], 2), np.float32)
    return narrow.predict([L, gray], verbose=0)


side = sight.window(ask)
photo = photos.bundled("astronaut", 256)
framed = photo.copy()
framed[53 : 53 + side, 107 : 107 + side] = 255
inside = np.s_[55 : 51 + side, 109 : 105 + side]
framed[inside] = photo[inside]
show.gallery({"the photo": framed, "one verdict sees": photo[inside]})
print(f"{side} px")

# %% [markdown]
# The critic judges *pieces*: whether the color of this piece is possible. The whole picture it never sees. (Exercise 10-a
# computes the number.)
#
# ## Two losses
#
# The generator pays for being found out, and for missing: L1 with a weight of 100, so that it cannot paint just any picture
# that looks true.
#
# Each loss must move one network only. `stop_gradient` says: take this as given. The critic learns from given colors, the
# generator from a critic with given weights. (Isola et al. let them take turns; here both move in one step, as in the
# tutorial.)

# %%
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def pay(answer, scores):
    """The cross-entropy of scores where this answer, 1 or 0, is right."""
    return cross_entropy(answer * ops.ones_like(scores), scores)


class Adversaries(keras.Model):
    """A generator and a critic that learn from each other."""

    def __init__(self, generator, critic, weight=100, rate=5e-4):
        super().__init__()
        self.generator, self.critic, self.weight = generator, critic, weight
        self.compile(keras.optimizers.Adam(rate, beta_1=0.5))

    def call(self, L, training=False):
        return self.generator(L, training=training)

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        L, ab, made = x, y, y_pred
        on_true = self.critic([L, ab], training=True)
        on_made = self.critic([L, ops.stop_gradient(made)], training=True)
        critics = (pay(1, on_true) + pay(0, on_made)) / 2

        given = [ops.stop_gradient(w) for w in self.critic.trainable_variables]
        state = self.critic.non_trainable_variables
        found = self.critic.stateless_call(
            given, state, [L, made], training=True
        )
        missed = ops.mean(ops.abs(made - ab)) / 128
        return critics + pay(1, found[0]) + self.weight * missed


# %% [markdown]
# `fit` does the rest. With `training=True` batch normalization works with the batch, in the critic too. Without L1, all that
# the generator learns comes back *through the critic*. (Our learning rate is 0.0005, since our trainings are short. Isola et
# al. take 0.0002, Sarmai and Sadhu 0.0001.)
#
# ## A layer that says nothing
#
# A trap first. Batch normalization subtracts the mean over the batch and over all places of a map. Inmost, a map has one
# place, and pix2pix is trained with batches of one picture. **Predict:** what is left?

# %%
keras.utils.set_random_seed(preset.seed)
depths = dict(down=[8, 8, 8, 8, 8, 8], up=[8, 8, 8, 8, 8], size=64)
four = world.load(size=64, limit=4).L


def inmost(network, L):
    """What the inmost layer gives in training, before its LeakyReLU."""
    kinds = [isinstance(layer, layers.LeakyReLU) for layer in network.layers]
    last = network.layers[np.flatnonzero(kinds)[-1]]
    maps = keras.Model(network.input, last.input)(L, training=True)
    return np.abs(ops.convert_to_numpy(maps)).max()


with_norm, without = generator(**depths), generator(**depths, inmost_norm=False)
print(f"with normalization, four pictures: {inmost(with_norm, four):.4f}")
print(f"with normalization, one picture:   {inmost(with_norm, four[:1]):g}")
print(f"without it, one picture:           {inmost(without, four[:1]):.4f}")

# %% [markdown]
# One number minus the mean of one number is 0. What should know the whole picture knows nothing, and no error says so. The
# authors of pix2pix leave this one normalization out; the tutorial, and so the count above, has it. Our U-Nets stop before
# 1 × 1.
#
# ## Balloons
#
# Now the world where the truth is known. We cut 24 px around balloons out of many scenes, and train three generators alike:
# on L1 alone, on L1 and the critic, on the critic alone. **Predict:** which of them makes how many colors?

# %%
limit = preset.choose(test=60, laptop=3000, gpu=6000)
in_train, in_val = [
    world.load(64, split, number)
    for split, number in [("train", limit), ("val", max(30, limit // 10))]
]


def pieces(scenes, side=24):
    """Pieces around balloons: L, ab, and what is known of them."""
    masks, oracle = scenes.mask("balloon"), scenes.oracle()
    every = scenes.L, scenes.ab, masks, oracle.colors, oracle.floor
    every += (scenes.redrawn(1).ab,)
    parts = []
    for row in np.flatnonzero(masks.any(axis=(1, 2))):
        x = masks[row].sum(axis=0).argmax()
        y = np.flatnonzero(masks[row, :, x]).mean()
        y, x = (int(np.clip(at - side / 2, 0, 64 - side)) for at in (y, x))
        parts.append([a[row, y : y + side, x : x + side] for a in every])
    return [np.stack(arrays) for arrays in zip(*parts)]


train_L, train_ab, *_ = pieces(in_train)
val_L, val_ab, balloons, possible, floor, redrawn = pieces(in_val)
print(f"{len(train_L)} pieces to learn from, {len(val_L)} to look at")


# %%
def named(ab):
    """0 to 3 where a pixel is near a color of balloons, 4 elsewhere."""
    distance = np.linalg.norm(ab[..., None, :] - possible, axis=-1)
    return np.where(distance.min(-1) < 15, distance.argmin(-1), 4)


def shares(ab):
    """Of the pixels of balloons: red, blue, yellow, green, none of them."""
    return np.bincount(named(ab)[balloons], minlength=5) / balloons.sum()


def variation(ab):
    """Total variation: how much has to be moved to make it the truth."""
    return np.abs(shares(ab) - truth).sum() / 2


def elsewhere(ab):
    """The share of the closable gap, of all that is no balloon."""
    squared = [((one - val_ab) ** 2).mean(axis=-1) for one in (ab, 0 * ab)]
    pixels = (~balloons).sum(axis=(1, 2))
    error, gray, least = (
        (values * ~balloons).sum(axis=(1, 2)) / pixels
        for values in (*squared, floor)
    )
    return metrics.share_of_gap(error, gray, least).value


# %%
small = dict(down=[32, 64, 128], up=[64, 32])  # 24 px to 3 x 3
epochs = preset.choose(test=2, laptop=7, gpu=20)


def l1_alone(rate, shape):
    """A generator without a critic."""
    keras.utils.set_random_seed(preset.seed)
    network = generator(**shape)
    network.compile(keras.optimizers.Adam(rate, beta_1=0.5), "mae")
    return network


def pair_of(filters, weight):
    """The same generator, and a critic with so many filters."""
    keras.utils.set_random_seed(preset.seed)
    return Adversaries(generator(**small), critic(filters), weight)


# %%
def fit_on_balloons(name, model):
    """Train a model; return its shares of colors after each epoch."""

    def note(epoch, logs):
        found = shares(model.predict(val_L, verbose=0))
        logs |= {str(k): share for k, share in enumerate(found)}

    history = model.fit(
        train_L,
        train_ab,
        batch_size=16,
        epochs=epochs,
        verbose=0,
        callbacks=training.callbacks(
            f"10_pix2pix {name}",
            keras.callbacks.LambdaCallback(on_epoch_end=note),
            resume=(train_L, train_ab, getattr(model, "weight", 0)),
        ),
    ).history
    return [history[str(k)] for k in range(5)]


models = {
    "L1 alone": l1_alone(5e-4, small),
    "L1 + critic": pair_of([32, 64], weight=100),  # verdicts on 16 px
    "critic alone": pair_of([32, 64], weight=0),
}
course = {name: fit_on_balloons(name, one) for name, one in models.items()}


# %% tags=["result"] mystnb={"image": {"alt": "Eight balloons, four times. Truth: red, yellow, blue and green ones. L1 alone: all of the same brownish orange. L1 and critic: several colors, some of them brownish. Critic alone: vivid red, blue, yellow and orange ones, most of them not the true color."}}


def strip(ab):
    """Eight pieces side by side, large enough to see."""
    rgb = lab.lab_to_rgb(np.concatenate([val_L[:8], ab[:8]], axis=-1))
    row = np.concatenate(list(lab.to_uint8(rgb)), axis=1)
    return row.repeat(4, axis=0).repeat(4, axis=1)


def report(rows):
    """Print shares of colors, their total variation, and elsewhere."""
    lines = [" " * 17 + " red  blu  yel  gre none   off  elsewhere"]
    for name, ab in rows.items():
        parts = "".join(f"{share:5.0%}" for share in shares(ab))
        end = f"{variation(ab):6.2f}{elsewhere(ab):11.0%}"
        lines.append(f"{name:16}{parts}{end}")
    print("\n".join(lines))


painted = {
    name: model.predict(val_L, verbose=0) for name, model in models.items()
}
pictures = {"truth": val_ab} | painted
show.gallery([{name: strip(ab)} for name, ab in pictures.items()])
report({"gray": 0 * val_ab, "drawn anew": redrawn} | painted)

# %%
claim(
    "10-critic-nearer",
    value=variation(painted["L1 alone"]) - variation(painted["critic alone"]),
    at_least=0.1,
    says="the critic alone brings the colors of balloons nearer to the true "
    "mixture than L1 alone, by {value:.2f} of total variation",
)
closed = {name: elsewhere(ab) for name, ab in painted.items()}
claim(
    "10-critic-cost",
    value=100 * (closed["L1 alone"] - closed["critic alone"]),
    at_least=15,
    says="where nothing has several colors, the critic alone closes "
    "{value:.0f} hundredths less of the gap than L1 alone",
)

# %% [markdown]
# A pixel counts as red within 15 ab units of a balloon's red. *Off* is the **total variation** between the shares and the
# truth: 0, the same; 1, nothing in common. *Elsewhere* is the share of the closable gap (lesson 4) in all that is no balloon.
# *Drawn anew* has other colors from the true mixture: the perfect generator.
#
# With L1 alone nearly all balloons have the color that you computed, and it is nobody's. The critic alone makes several, and
# nobody told it which. With both, L1 holds the colors back. Elsewhere L1 is best: a critic does not ask for *the* blue of
# this sky. It asks for *a* blue.
#
# ## One scene, one answer
#
# There are two ways to make several colors: to be ready to paint each balloon in any of them, or to paint this one red and
# that one blue, always. The perfect generator does the first. Ours has dropout for dice. **Predict:** paint each balloon
# eight times with dropout, and how often does it change color from one time to the next?

# %% mystnb={"image": {"alt": "Line chart of the shares of the four colors and of none of them over the epochs, with the critic alone. None falls from all to about a half. The four colors rise and overtake each other; green, the rarest, stays near zero."}}
keras.utils.set_random_seed(preset.seed)
alone = models["critic alone"]
dice = keras.models.clone_model(alone.generator)  # training=True changes it
dice.set_weights(alone.generator.get_weights())
tries = []
for _ in range(8):
    ab = ops.convert_to_numpy(dice(val_L, training=True))
    counts = [
        np.bincount(one[where], minlength=5)
        for one, where in zip(named(ab), balloons)
    ]
    tries.append(np.argmax(counts, axis=1))  # each balloon's main color
show.curves(
    dict(zip((*NAMES, "none"), course["critic alone"])),
    x="epoch, critic alone",
    y="share of the pixels of balloons",
)
claim(
    "10-one-answer",
    value=np.mean(np.diff(tries, axis=0) != 0),
    at_most=0.5,
    says="painted again with other dropout, a balloon changes its color in "
    f"{{value:.0%}} of the cases (in the true mixture: "
    f"{1 - (weights**2).sum():.0%})",
)

# %% [markdown]
# Seldom. For one scene the mixture has **collapsed**, and dropout is a noise that the generator has learned to overhear, as
# Isola et al. report of theirs. A critic that sees one picture at a time cannot object: each balloon by itself is possible.
# (The chart is the game of the second section with real players.)
#
# ## Is a strong critic a bad teacher?
#
# So they say: from a critic that is always right nothing can be learned. A fair test changes the critic and nothing else:
# same generator, learning rate and epochs, no L1, and a critic with few filters, or with one layer more. **Predict:** which
# generator makes most colors, and which is best elsewhere?

# %%
pairs = {
    "weak critic": pair_of([4, 4], weight=0),
    "as above": alone,
    "strong critic": pair_of([32, 64, 128], weight=0),
}
slow = l1_alone(5e-6, small)  # and no critic at all
for name, model in {**pairs, "slow, no critic": slow}.items():
    if model is not alone:
        fit_on_balloons(name, model)
judged = {name: pair.predict(val_L, verbose=0) for name, pair in pairs.items()}
verdicts = {
    name: [
        ops.convert_to_numpy(pair.critic([val_L, ab], training=True))
        for ab in (val_ab, judged[name])
    ]
    for name, pair in pairs.items()
}
report(judged | {"slow, no critic": slow.predict(val_L, verbose=0)})

# %%
best_closed = elsewhere(judged["as above"])
claim(
    "10-weak",
    value=100 * (best_closed - elsewhere(judged["weak critic"])),
    at_least=10,
    says="with a weak critic in its place, {value:.0f} hundredths less of the "
    "gap are closed elsewhere",
)
claim(
    "10-strong",
    value=100 * (elsewhere(judged["strong critic"]) - best_closed),
    at_least=-35,
    says="with a strong critic in its place, the share of the gap that is "
    "closed elsewhere changes by {value:+.0f} hundredths",
)
claim(
    "10-slow",
    value=elsewhere(slow.predict(val_L, verbose=0)) / closed["L1 alone"],
    at_most=0.6,
    says="with a hundredth of the learning rate and no critic at all, L1 closes "
    "{value:.0%} of what it closes otherwise",
)

# %% [markdown]
# The weak critic is the bad teacher: it can be fooled without getting the colors right. The strong one is right more often
# (exercise 10-b counts), and its generator learns all the same: the claim says by how much its share elsewhere differs from
# that above. Exercise 10-c shows why it can learn.
#
# Then where does the saying come from? The last row is a control. To make a critic strong, it is tempting to make the
# generator slow. The pictures come out bad, and the critic gets the blame. But a generator this slow is bad *without* a
# critic: it has hardly learned.
#
# ## Photos
#
# On photos, measure how far the colors are from the truth (CIEDE2000), how vivid they are (colorfulness), and how far the
# *set* of all colors is from the true set: the total variation again, over 313 bins of ab (distribution distance). Three
# networks get the same pictures, steps and loss: AE-LAB of lesson 5 and a U-Net with L1, and the same U-Net with a critic
# besides. **Predict:** what does the critic do to each measure?

# %%
size = preset.choose(test=32, laptop=64, gpu=256)
numbers = preset.choose(
    test=(24, 8, 8), laptop=(1200, 60, 200), gpu=(1600, 50, 200)
)
splits = list(zip(("train", "val", "test"), numbers))
try:
    train, val, test = (photos.load("flowers", size, *one) for one in splits)
    on_photos = True
    print(photos.credit("flowers"))
except FileProblem as error:
    print(error, "(The lesson goes on with Color World.)")
    train, val, test = (world.load(size, *one) for one in splits)
    on_photos = False

shape = preset.choose(
    test=dict(down=[8, 8, 8], up=[8, 8]),
    laptop=dict(down=[32, 64, 128, 128], up=[128, 64, 32]),
    gpu=full_shape,
)
filters = preset.choose(test=[8, 8], laptop=[32, 64, 128], gpu=full_filters)
rate = preset.choose(test=5e-4, laptop=5e-4, gpu=2e-4)
period = preset.choose(test=1, laptop=50, gpu=100)  # steps
periods = preset.choose(test=2, laptop=8, gpu=8)
paths = {}


# %%
def fit_on_photos(name, model, steps, times):
    """Train for some times so many steps; keep two errors of each."""

    def note(epoch, logs):
        ab = model.predict(val.L, batch_size=8, verbose=0)
        rgb = lab.to_uint8(lab.lab_to_rgb(np.concatenate([val.L, ab], -1)))
        logs["CIEDE2000"] = metrics.ciede2000(val.rgb, rgb).mean()
        logs["distance"] = metrics.distribution_distance(val.ab, ab)

    history = model.fit(
        train.L,
        train.ab,
        batch_size=8,
        steps_per_epoch=steps,
        epochs=times,
        verbose=0,
        callbacks=training.callbacks(
            f"10_pix2pix {name}",
            keras.callbacks.LambdaCallback(on_epoch_end=note),
            resume=(train, steps, getattr(model, "weight", 0)),
        ),
    ).history
    paths[name] = history["distance"], history["CIEDE2000"]


# %%
keras.utils.set_random_seed(preset.seed)
ae_lab = keras.models.clone_model(checkpoints.load("05_ae_lab"))  # untrained
ae_lab.compile(keras.optimizers.Adam(rate, beta_1=0.5), "mae")
l1 = l1_alone(rate, shape)
keras.utils.set_random_seed(preset.seed)
gan = Adversaries(generator(**shape), critic(filters), rate=rate)
for name, model in {"AE-LAB": ae_lab, "L1": l1, "GAN": gan}.items():
    fit_on_photos(name, model, period, periods)
print(f"AE-LAB {ae_lab.count_params():,} parameters, U-Net", end=" ")
print(f"{l1.count_params():,}; {period * periods} steps each")

# %% [markdown]
# A GAN has no loss that says when to stop: its network of today may be worse than yesterday's. We choose no best version of
# any network. Each is judged as it is at the end.
#
# ## NoGAN
#
# Early in a GAN's training neither network is worth fooling. Jason Antic's DeOldify therefore trains in three steps, and
# calls it **NoGAN**: the generator without a critic (here, what L1 has just trained); the critic alone, on what this
# generator makes; both against each other, for a short time, which ends before skin turns orange.

# %% mystnb={"image": {"alt": "Line chart of CIEDE2000 over the distance of the colors from the true ones, one point for each version of a network. L1 stays in the corner of low error and high distance. GAN wanders to lower distance and higher error in leaps. NoGAN begins near L1 and goes the same way in smaller steps."}}
nogan = generator(**shape)
nogan.set_weights(l1.get_weights())  # 1. the generator alone
nogan.trainable = False
judge = Adversaries(nogan, critic(filters), rate=rate)
fit_on_photos("critic", judge, period, 1)  # 2. the critic alone
nogan.trainable = True
both = Adversaries(nogan, judge.critic, rate=rate / 2)
brief, times = max(1, period // 5), preset.choose(test=2, laptop=10, gpu=15)
fit_on_photos("NoGAN", both, brief, times)  # 3. both, for a short time
show.curves(
    {name: paths[name] for name in ("L1", "GAN", "NoGAN")},
    x="distance of the set of colors from the true set (0..1)",
    y="CIEDE2000, mean of validation pictures",
)

# %% [markdown]
# Down is nearer to the truth, left is nearer to the true set of colors. NoGAN sets out from where L1 ends, and moves in
# small steps; you can stop it where you like.
#
# ## What it costs

# %%
networks = {"AE-LAB": ae_lab, "L1": l1, "GAN": gan.generator, "NoGAN": nogan}
colored = {
    name: network.predict(test.L, batch_size=8, verbose=0)
    for name, network in networks.items()
}
table = metrics.evaluate({"gray": 0 * test.ab} | colored, test)
table.select("CIEDE2000", "colorfulness", "distribution distance")

# %%
worse = table.difference("GAN", "L1", "CIEDE2000")
away, vivid = (
    {name: table[name, measure].value for name in ("L1", "GAN")}
    for measure in ("distribution distance", "colorfulness")
)
print(
    f"{test.name}, with a critic instead of L1 alone:\n"
    f"  CIEDE2000 {worse.value:+.1f} ({worse.low:+.1f} to {worse.high:+.1f})\n"
    f"  colorfulness {vivid['L1']:.0f} -> {vivid['GAN']:.0f}\n"
    f"  distance of the set {away['L1']:.2f} -> {away['GAN']:.2f}"
)
if on_photos:
    claim(
        "10-photos-colors",
        value=away["L1"] - away["GAN"],
        at_least=0.1,
        says="on unseen flowers, the critic brings the set of colors nearer to "
        "the true set, by {value:.2f} of total variation",
    )
    claim(
        "10-photos-worse",
        value=worse.value,
        at_least=0.4,
        says="on unseen flowers, the critic makes CIEDE2000 worse by {value:.1f}",
    )

# %% [markdown]
# A measure of distance says that the critic did harm, and is right: where a petal turns pink, nobody told the network that
# *this* one is. It had to be some color. A measure of the set says that it did good, and is right too. Which do you want? For
# a measurement, L1. To look like a photo, the critic. For an old photograph in a museum, think twice (lesson 12).
#
# ### ColorGAN against AE-LAB
#
# Sarmai and Sadhu compare their networks by the mean absolute error: 0.0477 for AE-LAB, and 0.006477 for ColorGAN in the
# conclusion (0.003642 in the results, where it is a training loss). But one is an error of a and b, the other of R, G and
# B: lesson 5's own fault. Here are both errors of the same pictures.

# %%
for name in ("gray", *networks):
    errors = table[name, "ab MAE"].value / 128, table[name, "RGB MAE"].value
    print("{:8} ab / 128: {:.4f}   RGB, 0..1: {:.4f}".format(name, *errors))
print(f"0.006477 of RGB, 0..1, is {0.006477 * 255:.1f} steps of 255")
if on_photos:
    claim(
        "10-paper-mae",
        value=table["GAN", "RGB MAE"].value / table["L1", "RGB MAE"].value,
        at_least=1.01,
        says="on the same flowers, with the same network and steps, the mean "
        "absolute error of RGB with a critic is {value:.2f} times that without",
    )

# %% [markdown]
# Our rows share pictures, steps and L1, and none is a chosen version. L1 and GAN differ in the critic alone, and it costs
# accuracy. It has to: L1 asks for a small absolute error and for nothing else. In the paper, ColorGAN saw 2,000 photos at
# 256 px, the autoencoders 5,000 or more at 160 px.
#
# ## Whose pattern is that?
#
# A flat gray picture has no pattern. What a network paints on it is its own.

# %% mystnb={"image": {"alt": "What three networks make of a flat gray, a piece of 64 px, with four times the color contrast. AE-LAB: even. L1: a faint grid. GAN: a strong regular grid of green and red dots."}}
flat = np.full((1, 256, 256, 1), 60, np.float32)
own, pattern = {}, {}
for name in ("AE-LAB", "L1", "GAN"):
    ab = networks[name].predict(flat, verbose=0)[0, 96:160, 96:160]
    ab = ab - ab.mean(axis=(0, 1))
    pattern[name] = ab.std()
    rgb = lab.lab_to_rgb(np.dstack([flat[0, :64, :64], 4 * ab]))
    own[name] = rgb.repeat(4, axis=0).repeat(4, axis=1)
show.gallery(own)
claim(
    "10-pattern",
    value=min(pattern["L1"], pattern["GAN"]),
    at_least=0.3,
    says="on flat gray, both U-Nets paint a pattern of at least {value:.1f} Lab "
    f"units (standard deviation of ab); AE-LAB, of {pattern['AE-LAB']:.1f}",
)

# %% [markdown]
# It is lesson 5's checkerboard: transposed convolutions with stride 2, one over the other. AE-LAB enlarges with `up`.
#
# ## The album
#
# What goes into the album, and into a file, are the generators. The critics have done their work.

# %% mystnb={"image": {"alt": "Three photos that come with the course, each four times: the photo; by the U-Net with L1, in sepia; with a critic from the start, with large patches of green and red; by NoGAN, in sepia with weak tints."}}
rows = {"U-Net, L1": l1, "pix2pix": gan.generator, "NoGAN": nogan}
columns = {"photo": album.photos().rgb}
columns |= album.add("10_pix2pix", rows, size=size)
show.gallery(
    [
        {label: column[number] for label, column in columns.items()}
        for number in range(3)
    ]
)
path = checkpoints.save(
    nogan,
    "10_pix2pix",
    data=train,
    steps=period * periods + brief * times,
    seed=preset.seed,
    metrics={"test CIEDE2000": table["NoGAN", "CIEDE2000"].value},
)
again = keras.saving.load_model(path).predict(test.L[:4], verbose=0)
assert np.allclose(again, colored["NoGAN"][:4], atol=0.01)

# %% [markdown]
# ## Exercises
#
# **10-a.** How far does a verdict see? Each layer is a kernel and a stride. Without any layer, a value sees 1 px. A layer
# adds its kernel minus one, times the distance between neighbors in what it looks at.
#
# <details><summary>Hint</summary>
#
# The distance between neighbors is 1 px at first, and each stride multiplies it, for the layers *after* it.
#
# </details>


# %%
def receptive_field(layers):
    """A list of (kernel, stride) -> the side of the window in px."""
    ...  # your code here


receptive_field = check("10-a", receptive_field)

# %%
for name, rows in [
    ("balloons", [(4, 2), (4, 1), (4, 1)]),
    ("photos", [(4, 2), (4, 2), (4, 1), (4, 1)]),
    ("pix2pix", [(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]),
]:
    print(f"the critic of {name}: {receptive_field(rows)} px")

# %% [markdown]
# **10-b.** How often is a critic right? You get its scores for true colors and for made ones; above 0 it says true, below
# 0 made. Both kinds count alike, also when there are more of one. A coin would be right in half of the cases.
#
# <details><summary>Hint</summary>
#
# The mean of an array of True and False is the share of True. Take it for each kind, then the mean of the two.
#
# </details>


# %%
def right_verdicts(on_true, on_made):
    """Two arrays of scores -> the share of right verdicts, 0..1."""
    ...  # your code here


right_verdicts = check("10-b", right_verdicts)

# %%
for name, (on_true, on_made) in verdicts.items():
    print(f"{name:14}{right_verdicts(on_true, on_made):4.0%} right")

# %% [markdown]
# **10-c.** What moves a generator that was found out? Sarmai and Sadhu give two losses: log(1 - D) and, for the early steps,
# -log D. With a score z, D = 1 / (1 + exp(-z)). Return the slopes of both at z: how much each changes when z grows a little,
# divided by that little.
#
# <details><summary>Hint</summary>
#
# You need no formula: write a function for each loss, and take (loss(z + h) - loss(z - h)) / (2 h) with a small h, such as
# 0.0001.
#
# </details>


# %%
def slopes(z):
    """A score -> slope of log(1 - D), slope of -log D."""
    ...  # your code here


slopes = check("10-c", slopes)

# %%
print(" score     D  log(1 - D)  -log D")
for z in (-8.0, -4.0, 0.0, 4.0):
    first, second = slopes(z)
    print(f"{z:6.0f}{1 / (1 + np.exp(-z)):6.2f}{first:12.3f}{second:8.3f}")

# %% [markdown]
# At -8 the critic is sure. The first loss lies flat there: the worse the picture, the less is learned. The second pulls
# hardest. Our generator pays the second (`pay(1, ...)`), so no critic is too sure to teach it.
#
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | ColorGAN: a U-Net of "16 layers", a critic of 64, 128, 256, 512 and 1 filters (Sarmai and Sadhu) | from L to RGB, 54,423,811 and 2,768,385 parameters | read as TensorFlow's pix2pix; eight layers down and eight up, with the output |
# | ColorGAN's MAE is 0.006477 or 0.003642, AE-LAB's 0.0477 | with the same network, photos and steps, a critic makes the MAE of RGB larger (flowers, 64 px) | theirs compares RGB with ab, and different trainings |
# | dropout is the generator's noise (Isola et al.) | with other dropout a balloon changes its color in fewer than half of the cases | each L has nearly one answer; they say so themselves |
#
# ## What to remember
#
# - A ruler asks for the middle of all colors. A critic asks for their mixture.
# - What a critic buys is the set of colors. What it costs is the distance to the truth. Report both.
# - For one picture a pix2pix has nearly one answer.
# - Change one thing at a time: whoever slows the generator has not made the critic strong.
# - A map of one place has nothing to normalize: no batch normalization there with a batch of one.
#
# ## Go further
#
# - Give the generator a noise that it cannot overhear: a random number as a second map beside L. Does one balloon now get
#   several colors?
# - Let the critic of balloons see less: `pair_of([64], weight=0)`. When does a balloon come out in two colors?
# - Ask for 0.9 instead of 1 where the critic sees true colors: *label smoothing* (Salimans et al., 2016). What changes?
# - DeOldify's first step uses a *perceptual loss* (Johnson, Alahi and Fei-Fei, 2016): how differently a classifier sees two
#   pictures. Add it to L1.
# - Read Isola, Zhu, Zhou and Efros, *Image-to-Image Translation with Conditional Adversarial Networks* (2017),
#   arXiv:1611.07004; Goodfellow et al., *Generative Adversarial Nets* (2014); and about NoGAN in DeOldify's repository.
#
# **Next:** lesson 11, the face-off. (It is being written.)
