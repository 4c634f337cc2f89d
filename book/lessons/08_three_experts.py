# %% [markdown]
# # 8. Three experts
#
# **You ask three classifiers instead of one, and find out what it takes to say that the third one helped.**
#
# ![Three scenes, one for each season, with trees painted by networks that were told more and more. Nothing: all brownish. Spring: the pink trees are right, the others a mixture of green and orange. Summer too: all as the truth; a third expert changes nothing. Spring and shuffled answers: the mixture again.](../_static/08_three_experts.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - find out what "averaged" can mean for three classifiers, and what a PSNR of 0.356 cannot,
# - test an ablation where you know what it should find,
# - write its control, an expert that knows nothing,
# - repeat it on photos, and tell what an expert adds from what chance adds.
#
# *Time:* two to three times as long as lesson 2 at the laptop preset, a minute at most at the test preset (measured on two
# cores: the book's page *Run times*).
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
from keras import layers
from scipy import stats

from colorkit import album, check, claim, lab, metrics, photos, show, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, pretrained

# %% [markdown]
# ## An average that cannot be taken
#
# Kiani, Hemmatpour and Rastgoo take the network of lesson 6 and ask three classifiers. "The average of three model
# outputs is used", says their abstract. The fusion "concatenates the encoder outputs and the output feature maps of the
# three parallel CNNs", says section 4. How many values each gives, they do not say. Averaged over the picture, the last
# maps are 512, 2048 and 1536 values. **Predict:** what is the average of the three?

# %%
widths = [512, 2048, 1536]  # VGG16, ResNet50, Inception-ResNet-v2
try:
    layers.Average()([keras.Input((width,)) for width in widths])
except ValueError as error:
    print(error)

# %% [markdown]
# There is none. With equal widths it would mean nothing: value 7 of one expert has nothing to do with value 7 of
# another. But the word can get a meaning: a dense layer for each expert, a **projection**, translates what it says into one
# **common space**. The projections are trained together with the colorizer.
#
# ## Average or concatenate?
#
# **Predict:** which can express more, the average of three projections, or all values one behind the other, weighed by
# the fusion?


# %%
def joined(embeddings, common):
    """What several experts say, averaged in a space of so many values."""
    return layers.Average()([layers.Dense(common)(one) for one in embeddings])


random = np.random.default_rng(preset.seed)
inputs = [keras.Input((width,)) for width in widths]
fusion = layers.Dense(64, use_bias=False)
average = keras.Model(inputs, fusion(joined(inputs, 256)))
kernels = [layer.get_weights()[0] for layer in average.layers if layer.weights]
*projections, last = kernels

values = [random.normal(size=(4, width)) for width in widths]
products = [kernel @ last / 3 for kernel in projections]
concatenated = np.concatenate(values, axis=1) @ np.concatenate(products)
averaged = average.predict(values, verbose=0)
claim(
    "08-average-is-concatenation",
    value=np.abs(averaged - concatenated).max() / averaged.std(),
    at_most=1e-2,  # a graphics card rounds products to 10 bits
    says="an average of projections, written as a concatenation, gives the "
    "same values (to {value:.0e} of their spread)",
)

# %% [markdown]
# Every average *is* a concatenation: what an expert says is multiplied by its projection, divided by three, and multiplied by
# the fusion's dense layer, and that is one multiplication, by the product. (Biases would add a constant.) The paper's two
# words are no contradiction.
#
# ## PSNR 0.356
#
# The loss, equation 1, is the mean squared error of ab / 128. The paper's table 1:
#
# | model | experts | PSNR, faces | PSNR, ImageNet | RMSE, faces | RMSE, ImageNet |
# | --- | --- | --- | --- | --- | --- |
# | 1 | Inception-ResNet-v2 | 0.334 | 0.331 | - | - |
# | 2 | Inception-ResNet-v2, VGG16 | 0.342 | 0.334 | 0.311 | 0.296 |
# | 3 | Inception-ResNet-v2, VGG16, ResNet50 | 0.356 | 0.342 | 0.291 | 0.294 |
#
# (Its fourth row, "Model 4 [23]", is another group's network.)
#
# PSNR is 20 times the logarithm, to base 10, of the range over the RMSE. **Predict:** how large an RMSE makes 0.356 dB?

# %%
one, other = random.random((2, 1_000_000))
noise = 20 * np.log10(1 / ((one - other) ** 2).mean() ** 0.5)
print(f"0.356 dB: an RMSE of {10 ** (-0.356 / 20):.2f} of the range")
print(f"noise against other noise: {noise:.1f} dB; black against white: 0 dB")
gained = 20 * np.log10(0.311 / 0.291)
print(f"RMSE 0.311 to 0.291: {gained:.2f} dB gained, whatever the range is")

# %% [markdown]
# 0.356 dB is nearly black against white, at every pixel. Divided by 100? Then the column gains 1.4 dB from model 2 to 3
# on faces, and the RMSE beside it another number.
#
# Take the RMSE, if it is on the scale of the loss, ab / 128. **Predict:** what does leaving everything gray score there?
# (From here on, an RMSE is that of each picture, averaged over pictures.)

# %%
seasons = checkpoints.load("03_season_classifier")
side = preset.choose(test=64, laptop=128, gpu=128)  # what experts look at
amount = preset.choose(test=24, laptop=240, gpu=800)
where = preset.choose(test="flowers", laptop="flowers", gpu="imagenette")
names = preset.choose(
    test=["MobileNetV2", "MobileNet 0.25", "MobileNetV2's classes"],
    laptop=["MobileNetV2", "MobileNet 0.25", "MobileNetV2's classes"],
    gpu=["InceptionResNetV2", "VGG16", "ResNet50"],
)
expert_side = preset.choose(test=32, laptop=96, gpu=None)  # None: its own


def expert(name):
    """A classifier, as a model from L to what it says."""
    network, _, classes = name.partition("'")
    if classes:
        return pretrained.load(network, output="logits")
    return pretrained.load(network, size=expert_side)


# %%
try:
    test = photos.load(where, side, "test", amount)
    train = photos.load(where, side, limit=3 * amount)
    experts = {name: expert(name) for name in names}
    on_photos = True
    print(photos.credit(where))
except FileProblem as error:
    print(error, "(The lesson goes on with scenes.)")
    where, side, on_photos = "scenes", 64, False
    test = world.load(side, "test", amount)
    train = world.load(side, limit=3 * amount)
    names = list(world.SEASONS)
    L, experts = keras.Input((None, None, 1)), {}
    for number, name in enumerate(names):
        own = checkpoints.load("03_season_classifier")  # one for each
        experts[name] = keras.Model(L, own(L)[:, number : number + 1])

# %%
known = np.stack([photos.bundled(name, side) for name in photos.BUNDLED])
gray = {
    name: metrics.ab_rmse(ab / 128, 0 * ab).mean()
    for name, ab in {
        "bundled photos": lab.rgb_to_lab(known)[..., 1:],
        where: test.ab,
    }.items()
}
for name, value in gray.items():
    print(f"{name:16}gray: RMSE {value:.3f} of ab / 128")
claim(
    "08-gray-beats-the-paper",
    value=max(gray.values()),
    at_most=0.26,
    says=f"on the scale of ab / 128, leaving {' and '.join(gray)} gray has an "
    "RMSE of {value:.3f} at most, and the paper's best model 0.294",
)

# %% [markdown]
# On that scale the paper's best model is farther from the truth than gray. Perhaps the scale is another. A number without its
# scale, and without what gray scores on it, says nothing.
#
# What remains are the *steps*. With the third expert the RMSE falls by 6.4% on faces and by 0.7% on ImageNet. An
# **ablation** like this takes a network apart and measures what each part is good for. But the paper tells of one training
# for each model. Is that enough?
#
# ## A ladder whose top we know
#
# Before you believe an instrument, point it at something known. In Color World the season decides the color of a tree.
# So take three experts: is it spring? is it summer? is it autumn? Each is an output of lesson 3's classifier. *Nobody*
# always says 0. So that the season cannot be found out in another way, the colorizer sees one pixel of a tree at a time, and
# the experts say only yes or no.

# %%
scenes = world.load(limit=preset.choose(test=48, laptop=1000, gpu=3000))
unseen = world.load(
    split="val", limit=preset.choose(test=24, laptop=300, gpu=1000)
)


def in_crowns(pictures):
    """L and ab of the pixels of trees, and the numbers of their scenes."""
    crowns = pictures.mask("crown")
    return pictures.L[crowns], pictures.ab[crowns], np.nonzero(crowns)[0]


def answers(pictures):
    """Expert -> what it says of each picture: 1, yes, or 0, no."""
    said = np.round(seasons.predict(pictures.L, verbose=0))
    columns = [*said.T, np.zeros(len(said), np.float32)]
    return dict(zip([*world.SEASONS, "nobody"], np.stack(columns)[..., None]))


said, said_unseen = answers(scenes), answers(unseen)

# %% [markdown]
# Told whether it is spring, a colorizer knows the color of every tree in spring. In the other scenes the best answer to a
# squared error is the average of green and orange (lesson 4). So the best of each design is known beforehand.
# **Predict** the order of these, as shares of the closable gap. Which are equal?

# %%
designs = {
    "nobody": ["nobody"],
    "1: spring": ["spring"],
    "2: + summer": ["spring", "summer"],
    "3: + autumn": ["spring", "summer", "autumn"],
    "autumn alone": ["autumn"],
    "1 + shuffled": ["spring", "shuffled summer"],
}

# %%
L_unseen, ab_unseen, scene_of = in_crowns(unseen)
possible = unseen.oracle().colors[unseen.mask("crown")][:, :3]  # (P, 3, 2)
season = unseen.labels[scene_of]
certain = possible[np.arange(len(season)), season]


def share(ab):
    """Share of the closable gap on the trees; told the season, it is 1."""
    three = ab, 0 * ab, certain
    squares = [((one - ab_unseen) ** 2).mean(axis=1) for one in three]
    return metrics.share_of_gap(*(np.bincount(scene_of, e) for e in squares))


def best_answer(who):
    """The best answer for somebody who hears these experts."""
    heard = np.array([name in who for name in world.SEASONS])
    if heard.sum() >= 2:  # whoever is told of two knows the third
        return certain
    mixture = possible[:, ~heard].mean(axis=1)
    return np.where(heard[season, None], certain, mixture)


best = {name: share(best_answer(who)).value for name, who in designs.items()}
for name, value in best.items():
    print(f"{name:14}{value:6.2f} of the closable gap")

# %% [markdown]
# The expert of autumn alone closes a good part of the gap. After the other two it adds nothing. **A ladder measures what
# each expert adds to those before it, not what it is worth.**
#
# ## The control
#
# If a network with one more expert is better, is it for what the expert says, or for one more voice in the average? Only a
# **control** can tell: an expert that talks just like the real one, and knows nothing of the picture. (Random numbers are
# louder, or quieter.)
#
# **08-a.** Write the control: each of an expert's answers is still there, whole, and says nothing of the picture that it
# goes to. Bring the rows into a random order, with one call of the method `permutation` of `np.random.default_rng(seed)`.
#
# <details><summary>Hint</summary>
#
# Give each picture what was said of another one. `permutation` leaves the array that it gets as it is.
#
# </details>


# %%
def control(values, seed):
    """(N, D) answers of an expert, an int -> (N, D) that know nothing."""
    ...  # your code here


control = check("08-a", control)

# %% [markdown]
# ## Trained several times
#
# Each design is trained with several seeds: new weights, and an optimizer that remembers nothing. **Predict:** how near does
# each come to the best?


# %%
def one_pixel(widths):
    """The lightness of a pixel and what experts say in; ab out."""
    L = keras.Input((1,))
    said = [keras.Input((width,)) for width in widths]
    x = layers.Concatenate()([layers.Rescaling(1 / 50, -1)(L), joined(said, 8)])
    for _ in range(2):
        x = layers.Dense(32, activation="gelu")(x)
    ab = layers.Rescaling(128.0)(layers.Dense(2, activation="tanh")(x))
    return keras.Model([L, *said], ab)


def trainings(network, inputs, ab, *, seeds, epochs, batch_size, rate):
    """Train a network with each seed; give it after each training."""
    steps = epochs * -(-len(ab) // batch_size)
    decay = keras.optimizers.schedules.CosineDecay(rate, steps)
    network.compile(keras.optimizers.Adam(decay), "mean_squared_error")
    network.optimizer.build(network.trainable_variables)
    memory = network.optimizer.variables
    # Not simply 0: a learning rate may be among them.
    empty = [np.array(keras.ops.convert_to_numpy(part)) for part in memory]
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        network.set_weights(keras.models.clone_model(network).get_weights())
        for variable, value in zip(memory, empty):
            variable.assign(value)
        network.fit(inputs, ab, batch_size=batch_size, epochs=epochs, verbose=0)
        yield network


# %%
said["shuffled summer"] = control(said["summer"], preset.seed)
said_unseen["shuffled summer"] = control(said_unseen["summer"], preset.seed)
L, ab, of_scene = in_crowns(scenes)
rows = random.choice(len(L), preset.choose(test=500, laptop=15000, gpu=20000))
first = 10 * preset.seed
seeds = range(first, first + preset.choose(test=2, laptop=3, gpu=5))
shares, painted = {}, {}
print(f"{'':14} best  trained, each seed")
for name, who in designs.items():
    told = [said[expert][of_scene[rows]] for expert in who]
    told_unseen = [said_unseen[expert][scene_of] for expert in who]
    runs = trainings(
        one_pixel([1] * len(who)),
        [L[rows], *told],
        ab[rows],
        seeds=seeds,
        epochs=preset.choose(test=1, laptop=4, gpu=10),
        batch_size=200,
        rate=0.01,
    )
    shares[name] = []
    for network in runs:
        painted[name] = network.predict(
            [L_unseen, *told_unseen], batch_size=4096, verbose=0
        )
        shares[name].append(share(painted[name]).value)
    print(f"{name:14}{best[name]:5.2f} ", *np.round(shares[name], 3))
level = {name: np.mean(values) for name, values in shares.items()}

# %%
claim(
    "08-ladder-found",
    value=max(abs(level[name] - best[name]) for name in designs),
    at_most=0.02,
    says="on the trees of unseen scenes no design's share of the closable gap "
    "is farther than {value:.3f} from its best",
)
claim(
    "08-control-rung",
    value=abs(level["1 + shuffled"] - level["1: spring"]),
    at_most=0.02,
    says="after spring, the shuffled answers of the expert of summer change "
    "the share of the closable gap by {value:.3f}",
)

# %% tags=["result"] mystnb={"image": {"alt": "Three scenes, in spring, summer and autumn, each six times. Nobody: the same dull trees in all. Spring: pink trees in spring, else a mixture of green and orange. Plus summer, and plus autumn: as the truth. Spring plus shuffled: as spring. Truth: pink, green and orange trees."}}
columns = {}
for name in [*list(designs)[:4], "1 + shuffled"]:
    with_trees = unseen.ab.copy()
    with_trees[unseen.mask("crown")] = painted[name]
    columns[name] = with_trees
columns["truth"] = unseen.ab
size = np.bincount(scene_of, minlength=len(unseen))
show.gallery(
    [
        {
            name: lab.lab_to_rgb(
                np.concatenate([unseen.L[row], ab[row]], axis=-1)
            )
            for name, ab in columns.items()
        }
        for row in [
            np.where(unseen.labels == number, size, -1).argmax()
            for number in range(3)
        ]
    ]
)

# %% [markdown]
# The instrument works: it finds what an expert adds, and nothing where one adds nothing. But these rungs are many times as
# high as the seeds are wide.
#
# ## The same ladder on photos
#
# Now experts trained on ImageNet, if they are at hand (else those of the seasons once more): at the gpu preset the
# paper's three. On a laptop the third is the first one once more, but at 224 px and with its last layer, the 1,000
# classes. Their answers are kept (lesson 6), at one volume: minus their mean, over their spread. The controls are the
# second's and the third's answers, shuffled.

# %%
prepare, heard = {}, {"nobody": [np.zeros((len(train), 1))]}
heard["nobody"].append(np.zeros((len(test), 1)))
for name, network in experts.items():
    both = [
        network.predict(pictures.L, batch_size=16, verbose=0)
        for pictures in (train, test)
    ]
    mean = both[0].mean(axis=0)
    variance = np.full_like(mean, ((both[0] - mean) ** 2).mean())
    prepare[name] = layers.Normalization(mean=mean, variance=variance)
    heard[name] = [np.array(prepare[name](values)) for values in both]
    heard["shuffled " + name] = [
        control(values, preset.seed) for values in heard[name]
    ]
    print(f"{name:22}{len(mean):5} values")

# %% [markdown]
# The colorizer is the network of lesson 6, with new weights: the average of the projections stands where it heard one
# expert.
#
# As in the paper: batches of 20, Adam at 0.001 (here it falls toward 0), three quarters of the pictures for training.
# Its 1,000 epochs (section 4.3) or steps (section 5.2) are about 1,000 steps at the gpu preset and fewer on a laptop.
# Unlike the paper, several seeds. **Predict:** by how many percent does each expert lower the RMSE? And each control?

# %%
koalarization = checkpoints.load("06_koalarization").get_layer("koalarization")


def three_experts(told, widths):
    """L and an embedding of each width in; ab out. `told` hears one."""
    common = told.get_layer("here").filters
    L = keras.Input((None, None, 1))
    embeddings = [keras.Input((width,)) for width in widths]
    inputs = [keras.Input((None, None, 1)), keras.Input((common,))]
    fresh = keras.models.clone_model(told, inputs)
    return keras.Model([L, *embeddings], fresh([L, joined(embeddings, common)]))


one, two, three = names
ladder = {
    "nobody": ["nobody"],
    "model 1": [one],
    "model 2": [one, two],
    "model 3": [one, two, three],
    "1 + shuffled": [one, "shuffled " + two],
    "2 + shuffled": [one, two, "shuffled " + three],
}

# %%
shrink = 4 if on_photos else 2
pool = layers.AveragePooling2D(shrink)
L, ab, L_test, ab_test = (
    np.array(pool(part)) for part in (train.L, train.ab, test.L, test.ab)
)
photo_seeds = range(first, first + preset.choose(test=2, laptop=4, gpu=4))
epochs = preset.choose(test=1, laptop=3, gpu=8)
rmse = {}  # design -> (seeds, pictures)
for name, who in ladder.items():
    runs = trainings(
        three_experts(koalarization, [heard[e][0].shape[1] for e in who]),
        [L, *[heard[expert][0] for expert in who]],
        ab,
        seeds=photo_seeds,
        epochs=epochs,
        batch_size=20,
        rate=0.001,
    )
    inputs = [L_test, *[heard[expert][1] for expert in who]]
    rmse[name] = []
    for network in runs:
        made = network.predict(inputs, batch_size=100, verbose=0)
        rmse[name].append(metrics.ab_rmse(ab_test / 128, made / 128))
    rmse[name] = np.array(rmse[name])
    if name == "model 3":
        kept = keras.models.clone_model(network)
        kept.set_weights(network.get_weights())


# %% mystnb={"image": {"alt": "Bar chart of the RMSE on unseen pictures with intervals over seeds. Gray is the longest bar; the networks are shorter, and nearly equal to each other."}}
def over_seeds(values, level=0.95):
    """The mean over seeds, and Student's interval for it."""
    interval = stats.ttest_1samp(values, 0).confidence_interval(level)
    return metrics.Estimate(np.mean(values), *interval)


of_gray = metrics.ab_rmse(ab_test / 128, 0 * ab_test).mean()
bars = {name: over_seeds(each.mean(axis=1)) for name, each in rmse.items()}
show.bars({"gray": of_gray, **bars}, x=f"RMSE of ab / 128, unseen {where}")

# %% [markdown]
# ### If you train once
#
# Then you would compare on the same test pictures, with an interval over pictures (lesson 4). By how many percent is the
# RMSE lower? A star says "beyond doubt at 95%".


# %%
def beyond_doubt(estimate):
    """Whether an interval leaves out 0."""
    return not estimate.low <= 0 <= estimate.high


print("seed  nobody to 1      1 to 2      2 to 3")
for number, seed in enumerate(photo_seeds):
    row = f"{seed:4}"
    for old, new in itertools.pairwise(list(ladder)[:4]):
        gain = metrics.paired_difference(rmse[old][number], rmse[new][number])
        star = "*" if beyond_doubt(gain) else " "
        row += f"{gain.value / rmse[old][number].mean():11.1%}{star}"
    print(row)

# %% [markdown]
# Each row is a paper that could have been written. An interval over pictures says whether *this* trained network does
# better on other pictures than *that* one. But a paper claims something about the **design**. One training is a sample of
# one.
#
# So compare networks of the *same* design. **Predict:** how often do two of them differ "beyond doubt"? (For an honest test
# of designs, one time in twenty.)

# %%
alarms = [
    beyond_doubt(metrics.paired_difference(first, second))
    for values in rmse.values()
    for first, second in itertools.combinations(values, 2)
]
swing = max(np.ptp(v.mean(axis=1)) / v.mean() for v in rmse.values())
if on_photos:
    claim(
        "08-false-alarms",
        value=np.mean(alarms),
        at_least=0.1,
        says=f"on {where}, two networks of the same design differ 'beyond "
        f"doubt' on the same photos in {{value:.0%}} of {len(alarms)} pairs",
    )
    claim(
        "08-swing",
        value=swing,
        at_least=0.007,
        says=f"on {where}, the RMSE of one design differs by up to {{value:.1%}} "
        "from seed to seed (the paper's steps from 2 to 3: 6.4% and 0.7%)",
    )

# %% [markdown]
# ### If you train several times
#
# So take the mean over pictures for each training, and Student's interval over the trainings. But each of these seven
# questions has a chance of one in twenty to look certain by accident: nearly one in three for at least one of them. So
# ask each more strictly, at 1 - 0.05 / 7, or 99.3% (Bonferroni's correction).

# %%
questions = [
    ("nobody", "model 1"),
    ("model 1", "model 2"),
    ("model 2", "model 3"),
    ("model 1", "1 + shuffled"),
    ("model 2", "2 + shuffled"),
    ("1 + shuffled", "model 2"),
    ("2 + shuffled", "model 3"),
]
found = {}
print(f"{'RMSE lower by':26}{'95% interval':>20}  at 95%  of seven")
for pair in questions:
    old, new = (rmse[name].mean(axis=1) for name in pair)
    gain = 100 * (old - new) / old.mean()
    found[pair] = over_seeds(gain)
    strict = over_seeds(gain, 1 - 0.05 / len(questions))
    sure = ["yes" if beyond_doubt(e) else "no" for e in (found[pair], strict)]
    value, low, high = found[pair]
    print(
        f"{' to '.join(pair):24}{value:6.1f}% {low:6.1f} to {high:4.1f}",
        "{:>8}{:>9}".format(*sure),
    )

# %%
if on_photos:
    claim(
        "08-three-help",
        value=100 * (1 - rmse["model 3"].mean() / rmse["nobody"].mean()),
        at_least=1,
        says=f"on {where}, three experts lower the RMSE of ab / 128 by "
        "{value:.1f}%",
    )
    claim(
        "08-third-against-control",
        value=found["2 + shuffled", "model 3"].value,
        at_least=0.3,
        says=f"on {where}, the third expert lowers the RMSE of ab / 128 by "
        "{value:.1f}% more than its shuffled answers",
    )

# %% [markdown]
# Read it in pairs: a step, and its control, which has the same layers, as many parameters and equally loud answers.
# **More seeds make you sure that there is a difference. Only the control says of what.**
#
# ## The album
#
# Model 3, as the last seed has it, with the experts inside.

# %% mystnb={"image": {"alt": "Three photos of the album in three versions: gray, as model 3 colors them, in soft colors, and the photo."}}
L = keras.Input((None, None, 1), name="L")
asked = [prepare[name](experts[name](L)) for name in ladder["model 3"]]
made = layers.UpSampling2D(shrink, interpolation="bilinear")(
    kept([pool(L), *asked])
)
colorizer = keras.Model(L, made, name="three_experts")
checkpoints.save(
    colorizer,
    "08_three_experts",
    data=train,
    steps=epochs * -(-len(train) // 20),
    seed=photo_seeds[-1],
    metrics={"test RMSE of ab / 128": rmse["model 3"][-1].mean()},
)
album.add("08_three_experts", {"Three experts": colorizer}, side)

# %% [markdown]
# ## Exercises
#
# **08-b.** Decibels: write the PSNR, as defined in *PSNR 0.356*.
#
# <details><summary>Hint</summary>
#
# A smaller error gives more decibels. `np.log10` is the logarithm to base 10.
#
# </details>


# %%
def decibels(rmse, span):
    """An RMSE, and the range of the values -> the PSNR."""
    ...  # your code here


decibels = check("08-b", decibels)

print("RMSE   range 1   range 2")
for value in (0.311, 0.291, 0.294, *gray.values()):
    in_both = [decibels(value, span) for span in (1, 2)]
    print("{:.3f} {:6.1f} dB {:6.1f} dB".format(value, *in_both))
print("(the last ones: gray)")

# %% [markdown]
# **08-c.** How sure? Two designs were trained with the same n seeds; each array has one error per seed. Give half the
# width of the 95% interval for the mean of their differences: Student's t, times the differences' standard deviation, over
# the root of n.
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

one, other = (rmse[name].mean(axis=1) for name in ("model 3", "model 2"))
for count in range(2, len(one) + 1):
    wide = margin(one[:count], other[:count]) / other.mean()
    print(f"{count} seeds: ± {wide:.1%} of the RMSE")

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | the three outputs are "averaged", and the fusion "concatenates" (Kiani et al.) | an average of projections can be rewritten as a concatenation | two linear layers in a row are one |
# | PSNR 0.356 on faces | 0.356 dB is an RMSE of 0.96 of the range | not decibels, and they do not fit the RMSE beside them |
# | RMSE 0.294 on ImageNet, the best model | photos left gray have less, on the scale of ab / 128 | another scale, or a model worse than gray |
# | the third classifier lowers the RMSE by 6.4% on faces and by 0.7% on ImageNet | with other experts, a smaller network and photos of flowers, by {{08-third-against-control range:.1f}}% against a shuffled one (the lesson run with three seeds) | one training each, and no control |
#
# ## What to remember
#
# - An average needs a common space. Give each expert a projection of its own.
# - Test a test where you know the answer.
# - A ladder measures what an expert adds to those before it, not what it is worth.
# - An interval over pictures speaks of one network. To speak of a design, train it several times.
# - Have a control that differs in one way only, and say how many comparisons you made.
#
# ## Go further
#
# In new cells at the end, so that what stands above stays as it is:
#
# - Leave out `np.round` in a copy of `answers`, and train "autumn alone" once more. Does it reach more than a yes or no allows? Why?
# - Build the ladder in another order: `one, two, three = reversed(names)`. Which expert is now the best?
#
# **Next:** [9. Color as classes](09_color_as_classes.ipynb).
