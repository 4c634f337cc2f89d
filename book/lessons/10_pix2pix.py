# %% [markdown]
# # 10. pix2pix
#
# **A second network judges the colors of the first. You measure what its taste buys, and what it costs.**
#
# ![Eight balloons of Color World, four times. Truth: red, blue, yellow and green. L1 alone: all of one brownish yellow. L1 and a critic: tints of several colors. The critic alone: vivid, most of them not in the true color.](../_static/10_pix2pix.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - find out what a perfect critic teaches: the true mixture of colors,
# - build pix2pix to its exact number of parameters, and write the losses of two adversaries,
# - count the colors that a critic brings back, where the true ones are known,
# - measure on photos what gets better and what gets worse, and train in NoGAN's three steps.
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
from keras import layers, ops
from scipy.special import xlogy

from colorkit import album, check, claim, lab, metrics, photos, show
from colorkit import training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, sight

# %% [markdown]
# ## A judge instead of a ruler
#
# A balloon in Color World is red, blue, yellow or green, and nothing in L says which. The squared error asks for the average
# (lesson 4). The absolute error, called **L1**, asks for the middle value, the **median**. **Predict:** is that one of the
# four colors?

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
# No. It takes its a from one color and its b from another. A person would say: *there are no brown balloons.*
#
# Isola et al. (2017) train a second network to say so: a **critic**, or discriminator, gets L and some ab, and tells true ab
# from made ones. The first network, the **generator**, is trained to be taken for true. Together they are a generative
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
# it says just that. A generator begins with brown, and makes more of what passes more often. **Predict:** what does it make
# in the end? Only red, the most frequent?

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

# %% [markdown]
# All four, in their true shares. A color that is made too often gives itself away; one that is missing is always taken for
# true. Where both mixtures are equal the critic can only toss a coin, and pays log 2, which is 0.69. No other mixture costs
# it as much (Goodfellow et al., 2014). So a GAN can match a *distribution*, where a ruler finds one point.
#
# In practice the critic is a network that has learned a little, and all that the generator has for dice is dropout in
# the first layers on the way up.
#
# ## Two networks
#
# The generator is a **U-Net**. Eight convolutions of 4 × 4 halve the maps, until 256 px are 1. Eight transposed ones
# double them, and each but the first looks also at the maps of its size from the way down, so that edges stay where
# they were. The critic is a **PatchGAN**: a few convolutions, and a map of verdicts, each on what it sees of the
# picture.


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
def generator(down, up, maps=2, size=None):
    """L in, ab out, both in Lab units."""
    L = keras.Input((size, size, 1))
    x, before = layers.Rescaling(1 / 50, offset=-1)(L), []
    for number, filters in enumerate(down, 1):
        x = block(x, filters, norm=number > 1)
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
    says="{value:.0f} of four networks, generator and critic, to ab and to "
    "RGB, have the parameters of TensorFlow's pix2pix",
)

# %% [markdown]
# Sarmai and Sadhu's **ColorGAN** goes "to RGB color space". They give no number of parameters, but their text fits
# TensorFlow's tutorial on pix2pix layer by layer, so we read it that way. We build it for ab.
#
# ## How far does a verdict see?
#
# **Predict:** five convolutions of 4 × 4, the first three with stride 2. How many pixels? (`sight.window` measures it, as in
# lesson 6. A window depends on kernels and strides alone, so a narrow critic serves.)

# %% mystnb={"image": {"alt": "A portrait of an astronaut, 256 px, and a square of 70 px out of it, enlarged: half of the face and a shoulder."}}
narrow = critic([8, 8, 8, 8])


def ask(L):
    """Verdicts on L without color."""
    gray = np.zeros((*L.shape[:-1], 2), np.float32)
    return narrow.predict([L, gray], verbose=0)


side = sight.window(ask)
photo = photos.bundled("astronaut", 256)
piece = photo[53 : 53 + side, 107 : 107 + side]
show.gallery({"the photo": photo, "one verdict sees": piece})
print(f"{side} px")

# %% [markdown]
# The critic judges whether the color of this *piece* is possible. The whole picture it never sees.
#
# ## Two losses
#
# The generator pays for being found out, and for missing: L1 with a weight of 100.
#
# Each loss must move one network only. `stop_gradient` says: take this as given. The critic learns from given colors, the
# generator from a critic with given weights. (Isola et al. let them take turns; here, as in the tutorial, both move at once.)

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
# With `training=True` batch normalization works with the batch, in the critic too. (On balloons our learning rate is 0.0005,
# since these trainings are short. Isola et al. take 0.0002, Sarmai and Sadhu 0.0001.)
#
# A trap: pix2pix is trained with batches of one picture, and inmost a map has one place. A number minus its own mean is 0:
# batch normalization leaves nothing there. The authors of pix2pix leave this one out; the tutorial, and so the count above,
# has it. Our small U-Nets stop before 1 × 1; at the gpu preset photos get the full one, in batches of 8.
#
# ## Balloons
#
# Where the truth is known: we cut 24 px around balloons out of many scenes, and train three generators alike:
# on L1 alone, on L1 and the critic, on the critic alone. **Predict:** which of them makes how many colors?

# %%
limit = preset.choose(test=60, laptop=2600, gpu=4000)
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
epochs = preset.choose(test=2, laptop=7, gpu=8)


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
    """Train a model on the pieces."""
    model.fit(
        train_L,
        train_ab,
        batch_size=16,
        epochs=epochs,
        verbose=0,
        callbacks=training.callbacks(
            f"10_pix2pix {name}",
            resume=(train_L, train_ab, getattr(model, "weight", 0)),
        ),
    )


models = {
    "L1 alone": l1_alone(5e-4, small),
    "L1 + critic": pair_of([32, 64], weight=100),
    "critic alone": pair_of([32, 64], weight=0),
}
for name, model in models.items():
    fit_on_balloons(name, model)


# %% tags=["result"] mystnb={"image": {"alt": "Eight balloons, four times. Truth: red, yellow, blue and green. L1 alone: all of the same brownish orange. L1 and critic: several colors, some of them brownish. Critic alone: vivid, most of them not in the true color."}}


def strip(ab):
    """Eight pieces side by side, large enough to see."""
    rgb = lab.lab_to_rgb(np.concatenate([val_L[:8], ab[:8]], axis=-1))
    row = np.concatenate(list(lab.to_uint8(rgb)), axis=1)
    return row.repeat(4, axis=0).repeat(4, axis=1)


def report(rows):
    """Print shares of colors, their total variation, and elsewhere."""
    print(" red blu yel gre  no    off  else")
    for name, ab in rows.items():
        parts = "".join(f"{100 * share:4.0f}" for share in shares(ab))
        print(name)  # in a line of its own: a phone is narrow
        print(f"{parts}{variation(ab):7.2f}{100 * elsewhere(ab):5.0f}%")


painted = {
    name: model.predict(val_L, verbose=0) for name, model in models.items()
}
pictures = {"truth": val_ab} | painted
show.gallery([{name: strip(ab)} for name, ab in pictures.items()])
report({"gray": 0 * val_ab, "drawn anew": redrawn} | painted)
closed = {name: elsewhere(ab) for name, ab in painted.items()}

# %%
claim(
    "10-critic-nearer",
    value=variation(painted["L1 alone"]) - variation(painted["critic alone"]),
    at_least=0.05,
    says="the critic alone brings the colors of balloons nearer to the true "
    "mixture than L1 alone, by {value:.2f} of total variation",
)
claim(
    "10-critic-cost",
    value=100 * (closed["L1 alone"] - closed["critic alone"]),
    at_least=15,
    says="outside balloons, the critic alone closes {value:.0f} hundredths "
    "less of the gap than L1 alone",
)

# %% [markdown]
# The first five numbers are percent; *no* is none of the four. A pixel counts as red within 15 ab units of a
# balloon's red. *Off* is the **total variation** between the shares and the truth: 0, the same; 1, nothing in common.
# *Else* is the share of the closable gap (lesson 4) elsewhere, outside balloons. *Drawn anew* has other colors from
# the true mixture: the perfect generator.
#
# With L1 alone hardly any balloon has one of the four colors. The critic alone makes more of them: in one training
# several colors, in another nearly all the same, for it is a game, and small chances decide it. Elsewhere it is far
# behind L1: a critic asks not for *the* blue of this sky, but for *a* blue.
#
# ## One scene, one answer
#
# There are two ways to make several colors: to be ready to paint each balloon in any of them, or to paint this one red and
# that one blue, always. The perfect generator does the first. **Predict:** paint each balloon again and again with dropout,
# and how often does it change color?

# %%
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
claim(
    "10-one-answer",
    value=np.mean(np.diff(tries, axis=0) != 0),
    at_most=0.2,
    says="painted again with other dropout, a balloon changes its color in "
    f"{{value:.0%}} of the cases (in the true mixture: "
    f"{1 - (weights**2).sum():.0%})",
)

# %% [markdown]
# Seldom. For one scene the mixture has **collapsed**, and dropout hardly moves the answer, as Isola et al. report of theirs. A
# critic that sees one picture at a time cannot object: each balloon by itself is possible.
#
# ## Is a strong critic a bad teacher?
#
# It is often said: from a critic that is always right nothing can be learned. A fair test changes the critic alone: few filters, or
# one layer more. (No L1.) **Predict:** which generator makes most colors, and which is best elsewhere?

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
slowly = slow.predict(val_L, verbose=0)
report(judged | {"slow, no critic": slowly})

# %%
claim(
    "10-weak",
    value=100 * (closed["critic alone"] - elsewhere(judged["weak critic"])),
    at_least=10,
    says="with a weak critic in its place, {value:.0f} hundredths less of the "
    "gap are closed elsewhere",
)
claim(
    "10-slow",
    value=100 * (closed["L1 alone"] - elsewhere(slowly)),
    at_least=30,
    says="with a hundredth of the learning rate and no critic at all, L1 "
    "closes {value:.0f} hundredths less of the gap elsewhere",
)

# %% [markdown]
# The weak critic is a bad teacher: it can be fooled without getting the colors right. The strong one is right more often
# (exercise 10-b counts), and yet something can be learned from it (10-c shows why). Whether more or less than from the
# middle one, a single training does not settle. (With one layer more it also sees a whole piece, 34 px. So if it is the
# better teacher, strength need not be the reason.)
#
# The last row is a control. Whoever wants a strong critic may make the generator slow. The pictures come out bad, and the
# critic gets the blame. But a generator this slow is bad *without* a critic.
#
# ## Photos
#
# Three networks get the same photos, steps and L1: AE-LAB of lesson 5, a U-Net, and the same U-Net with a critic besides. We
# measure how far the colors are from the truth (CIEDE2000), how vivid they are (colorfulness), and how far the *set* of all
# colors is from the true set: the total variation again, over 313 bins of ab (distribution distance). **Predict:** what does
# the critic do to each?
#
# ### NoGAN
#
# Early in a GAN's training neither network is worth fooling. Jason Antic's DeOldify therefore trains in three steps, and calls
# it **NoGAN**: the generator alone (here, the U-Net with L1); the critic alone, on what this generator makes; both against
# each other, for a short time, which ends before skin turns orange.

# %%
size = preset.choose(test=32, laptop=64, gpu=256)
numbers = preset.choose(
    test=(24, 8, 8), laptop=(1200, 60, 200), gpu=(1600, 24, 160)
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
periods = preset.choose(test=2, laptop=4, gpu=5)
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


# %% mystnb={"image": {"alt": "Line chart of CIEDE2000 over the distance of the colors from the true ones, a point for each version of a network. L1 stays at low error and high distance. GAN leaps to lower distance and higher error. NoGAN's path wanders."}}
keras.utils.set_random_seed(preset.seed)
known = checkpoints.load(
    preset.choose(test="05_ae_lab", laptop="05_ae_lab", gpu="05_ae_lab_gpu")
)
ae_lab = keras.models.clone_model(known)  # the same, untrained
ae_lab.compile(keras.optimizers.Adam(rate, beta_1=0.5), "mae")
l1 = l1_alone(rate, shape)
keras.utils.set_random_seed(preset.seed)
gan = Adversaries(generator(**shape), critic(filters), rate=rate)
for name, model in {"AE-LAB": ae_lab, "L1": l1, "GAN": gan}.items():
    fit_on_photos(name, model, period, periods)

nogan = generator(**shape)
nogan.set_weights(l1.get_weights())  # 1. the generator alone
nogan.trainable = False
judge = Adversaries(nogan, critic(filters), rate=rate)
fit_on_photos("critic", judge, period, 1)  # 2. the critic alone
nogan.trainable = True
both = Adversaries(nogan, judge.critic, rate=rate / 2)
brief, times = max(1, period // 5), preset.choose(test=2, laptop=10, gpu=10)
fit_on_photos("NoGAN", both, brief, times)  # 3. both, for a short time
show.curves(
    {name: paths[name] for name in ("L1", "GAN", "NoGAN")},
    x="distance of the set of colors from the true set (0..1)",
    y="CIEDE2000, mean of validation pictures",
)
print(f"steps of each generator: {period * periods};", end=" ")
print(f"NoGAN's {period * periods + brief * times}")

# %% [markdown]
# Down is nearer to the truth, left is nearer to the true set of colors. A GAN has no loss that says when to stop, so people
# look at pictures and choose. We choose no best version of any. When you compare NoGAN's path: it is looked at more often, its
# rate is half, and its generator has had more steps.
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
for name in ("gray", *networks):
    errors = table[name, "ab MAE"].value / 128, table[name, "RGB MAE"].value
    print("{:8} MAE: ab / 128 {:.4f}, RGB {:.4f}".format(name, *errors))
if on_photos:
    claim(
        "10-photos-colors",
        value=table["L1", "distribution distance"].value
        - table["GAN", "distribution distance"].value,
        at_least=0.05,
        says="on unseen flowers, the critic brings the set of colors nearer to "
        "the true set, by {value:.2f} of total variation",
    )
    claim(
        "10-photos-worse",
        value=table.difference("GAN", "L1", "CIEDE2000").value,
        at_least=0.4,
        says="on unseen flowers, the critic makes CIEDE2000 worse by {value:.1f}",
    )
    claim(
        "10-paper-mae",
        value=table["GAN", "RGB MAE"].value / table["L1", "RGB MAE"].value,
        at_least=1,
        says="on the same flowers, the mean absolute error of RGB with a critic "
        "is {value:.2f} times that without",
    )

# %% [markdown]
# A measure of distance says that the critic did harm, and is right: where a thing turns pink, nobody told the network that
# *this* one is. A measure of the set says that it did good, and is right too. For a measurement, take L1. To look like a
# photo, the critic. For an old photograph in a museum, think twice (lesson 12).
#
# ### ColorGAN against AE-LAB
#
# Sarmai and Sadhu compare their networks by the mean absolute error: 0.0477 for AE-LAB, and 0.006477 for ColorGAN in the
# conclusion (0.003642 in the results, where it is a training loss). But one is an error of a and b, the other of R, G and
# B: lesson 5's own fault. And ColorGAN saw 2,000 photos at 256 px, the autoencoders 5,000 or more at 160 px. The lines above
# have both errors of the same pictures. L1 and GAN differ in the critic alone, and it costs accuracy, which is all that L1
# asks for.
#
# ## Whose pattern is that?
#
# A flat gray picture has no pattern. What a network paints on it is its own.

# %% mystnb={"image": {"alt": "What three networks make of a flat gray, a piece of 64 px, with four times the color contrast. AE-LAB: even. L1: a faint grid. GAN: a strong regular grid of colored dots."}}
flat = np.full((1, 256, 256, 1), 60, np.float32)
own = {}
for name in ("AE-LAB", "L1", "GAN"):
    ab = networks[name].predict(flat, verbose=0)[0, 96:160, 96:160]
    ab = ab - ab.mean(axis=(0, 1))
    rgb = lab.lab_to_rgb(np.dstack([flat[0, :64, :64], 4 * ab]))
    own[name] = rgb.repeat(4, axis=0).repeat(4, axis=1)
show.gallery(own)

# %% [markdown]
# Lesson 5's checkerboard: transposed convolutions with stride 2, one over the other. AE-LAB enlarges with `up`.
#
# ## The album
#
# Only the generators go into the album and into a file.

# %% mystnb={"image": {"alt": "Three photos that come with the course, each six times: gray; by the U-Net with L1, in sepia; with a critic from the start and by NoGAN, each with tints of its own; by the published network, with strong colors and stains, the coffee magenta; and the photo."}}
rows = {"U-Net, L1": l1, "pix2pix": gan.generator, "NoGAN": nogan}
album.add("10_pix2pix", rows, size, published="10_pix2pix_gpu")
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
# `10_pix2pix_gpu` is the same idea, trained on many more photos; its clock stopped before its rate had decayed.
# Its colors are strong, with the stains of a network that must please a critic: its coffee is magenta.

# %% [markdown]
# ## Exercises
#
# **10-a.** How far does a verdict see? Without any layer, a value sees 1 px. Each layer adds its kernel minus one, times the
# distance between neighbors in what it looks at.
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

for name, rows in [
    ("balloons", [(4, 2), (4, 1), (4, 1)]),
    ("photos", [(4, 2), (4, 2), (4, 1), (4, 1)]),
    ("pix2pix", [(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)]),
]:
    print(f"the critic of {name}: {receptive_field(rows)} px")

# %% [markdown]
# **10-b.** How often is a critic right? You get its scores for true colors and for made ones; above 0 it says true, below
# 0 made. Both kinds count alike, also when there are more of one.
#
# <details><summary>Hint</summary>
#
# The mean of an array of True and False is the share of True.
#
# </details>


# %%
def right_verdicts(on_true, on_made):
    """Two arrays of scores -> the share of right verdicts, 0..1."""
    ...  # your code here


right_verdicts = check("10-b", right_verdicts)

for name, (on_true, on_made) in verdicts.items():
    print(f"{name:14}{right_verdicts(on_true, on_made):4.0%} right")

# %% [markdown]
# **10-c.** What moves a generator that was found out? Sarmai and Sadhu give two losses: log(1 - D) and, for the early steps,
# -log D. With a score z, D = 1 / (1 + exp(-z)). Return the slopes of both at z: how much each changes per change of z.
#
# <details><summary>Hint</summary>
#
# You need no formula: for each loss, take (loss(z + h) - loss(z - h)) / (2 h) with a small h, such as 0.0001.
#
# </details>


# %%
def slopes(z):
    """A score -> slope of log(1 - D), slope of -log D."""
    ...  # your code here


slopes = check("10-c", slopes)

print(" score     D  log(1 - D)  -log D")
for z in (-8.0, -4.0, 0.0, 4.0):
    first, second = slopes(z)
    print(f"{z:6.0f}{1 / (1 + np.exp(-z)):6.2f}{first:12.3f}{second:8.3f}")

# %% [markdown]
# At -8 the critic is sure. The first loss lies flat there; the second pulls hardest. Our generator pays the second
# (`pay(1, ...)`), so no critic is too sure to teach it.
#
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | ColorGAN: a U-Net of "16 layers", a critic of 64, 128, 256, 512 and 1 filters (Sarmai and Sadhu) | from L to RGB, 54,423,811 and 2,768,385 parameters | TensorFlow's pix2pix: eight layers down, eight up |
# | ColorGAN's MAE is 0.006477 or 0.003642, AE-LAB's 0.0477 | with the same network, photos and steps, a critic makes the MAE of RGB {{10-paper-mae range:.2f}} times as large (flowers, 64 px; three seeds) | theirs compares RGB with ab, and different trainings |
# | dropout is the generator's noise (Isola et al.) | with other dropout a balloon changes its color in {{10-one-answer range:.1%}} of the cases (three seeds) | they say so themselves |
#
# ## What to remember
#
# - A ruler asks for the middle of all colors. A critic asks for their mixture.
# - A critic buys the set of colors, and pays in distance to the truth. Report both.
# - For one picture a pix2pix has nearly one answer.
# - Change one thing at a time: a slower generator is no stronger critic.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Give the generator another noise: random numbers as a second map beside L. Isola et al. say that theirs learned to ignore
#   such an input. Does yours?
# - Let the critic of balloons see less: `pair_of([64], weight=0)`. When does a balloon come out in two colors?
# - Read Isola, Zhu, Zhou and Efros, *Image-to-Image Translation with Conditional Adversarial Networks* (2017),
#   arXiv:1611.07004; Goodfellow et al., *Generative Adversarial Nets* (2014); DeOldify's own pages on NoGAN.
#
# **Next:** [11. Face-off](11_face_off.ipynb).
