# %% [markdown]
# # 13. Scaling up
#
# **You find out what a faster pipeline, half the bits, a second device and more pictures buy, and how to have them
# without breaking the training.**
#
# ![Line chart: over the number of training pictures, the error above the floor falls along a straight line on two logarithmic axes, with a narrow band.](../_static/13_scaling_up.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - measure where the time of a training step goes, and take a good part of it away,
# - compute in half precision, and see the two ways in which that fails,
# - split a training over two devices and two hosts, kill one, and prove that nothing changed,
# - measure what doubling the data buys.
#
# *Time:* about twice as long as lesson 2 at the laptop preset, about a minute at the test preset (measured on two
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
import io
import os
import re
import subprocess
import sys
import time

import keras
import numpy as np
from keras import layers, ops
from PIL import Image

from colorkit import check, claim, colorize, lab, open_photo, photos, results
from colorkit import show, training, world
from colorkit.files import FileProblem
from colorkit.models import checkpoints, pretrained
from colorkit.pictures import Pictures
from colorkit.preset import cache_folder
from colorkit.training import records

folder = cache_folder("lessons", preset.name, "13_scaling_up")

# %% [markdown]
# ## Where does the time go?
#
# Mochammad et al. trained on 2,000 pictures for 15 hours on a GPU. Then they put embeddings into TFRecord files, trained
# on 10,000 in 100 minutes, and everything came out brown (lesson 7). Were the files to blame? What made it faster? Speed
# is worth nothing without a proof that the training is still the same one.
#
# So take one step apart. Pictures lie as JPEG files, as they come from a camera. For a batch of 16, the computer
# **reads** bytes, **decodes** them to pixels, **converts** these to Lab, asks a classifier for the **embedding**
# (lesson 6), then goes **forward** through the network and **backward** for the gradients.
#
# **Predict:** which of the six takes longest?

# %%
size, batch = preset.choose(test=(64, 8), laptop=(128, 16), gpu=(128, 16))
count = batch * preset.choose(test=2, laptop=12, gpu=100)
try:
    pictures = photos.load("flowers", 256, limit=count)
    expert = pretrained.load("MobileNetV2", size=128)
    print(photos.credit("flowers"))
except FileProblem as error:
    print(error, "(The lesson goes on with Color World and its classifier.)")
    pictures = world.load(256, limit=count)
    expert = checkpoints.load("03_season_classifier")
files = [folder / f"{number}.jpg" for number in range(count)]
for file, rgb in zip(files, pictures.rgb):
    Image.fromarray(rgb).save(file, quality=90)


# %%
def conv(x, filters, strides=1, normal=False):
    """A 3 x 3 convolution, with batch normalization if wanted."""
    x = layers.Conv2D(filters, 3, strides, padding="same")(x)
    x = layers.BatchNormalization()(x) if normal else x
    return layers.Activation("gelu")(x)


def colorizer(values=0, width=16, normal=False):
    """L, and an embedding if it has values, in; ab out, in Lab units."""
    inputs = [keras.Input((None, None, 1), name="L")]
    x, before = layers.Rescaling(1 / 50, offset=-1)(inputs[0]), []
    for filters in (width, 2 * width, 4 * width):
        before.append(conv(x, filters // 2))
        x = conv(before[-1], filters, strides=2, normal=normal)
    everywhere = layers.GlobalAveragePooling2D()(x)
    if values:
        inputs.append(keras.Input((values,), name="said"))
        everywhere = layers.Concatenate()([everywhere, inputs[1]])
    everywhere = layers.Dense(4 * width, activation="gelu")(everywhere)
    x = layers.Add()(
        [conv(x, 4 * width), layers.Reshape((1, 1, -1))(everywhere)]
    )
    for skip in reversed(before):
        x = layers.Concatenate()([layers.UpSampling2D()(x), skip])
        x = conv(x, skip.shape[-1])
    x = layers.Conv2D(2, 1, dtype="float32", name="ab")(x)
    ab = layers.Rescaling(50.0, dtype="float32")(x)
    return keras.Model(inputs if values else inputs[0], ab)


# %%
def read(files):
    return [file.read_bytes() for file in files]


def decoded(data):
    opened = (Image.open(io.BytesIO(one)).resize((size, size)) for one in data)
    return np.stack([np.asarray(one) for one in opened])


def converted(rgb):
    Lab = lab.rgb_to_lab(rgb)
    return Lab[..., :1], Lab[..., 1:]


def timed(function, *arguments):
    """What it returns, and the median of five times in milliseconds."""
    times = []
    for _ in range(6):
        begin = time.perf_counter()
        result = function(*arguments)
        times.append(1000 * (time.perf_counter() - begin))
    return result, np.median(times[1:])  # the first one compiles


def at_rate(network, rate):
    """The network, compiled for plain gradient descent."""
    network.compile(keras.optimizers.SGD(rate), "mean_squared_error")
    return network


# %% mystnb={"image": {"alt": "Bar chart of the milliseconds that the six parts of a step take for one batch. Embedding, forward and backward are long, reading is hardly to be seen."}}
keras.utils.set_random_seed(preset.seed)
network = at_rate(colorizer(expert.output_shape[1]), 1e-5)
takes = {}
data, takes["reading"] = timed(read, files[:batch])
rgb, takes["decoding"] = timed(decoded, data)
(L, ab), takes["converting"] = timed(converted, rgb)
said, takes["embedding"] = timed(expert.predict_on_batch, L)
_, takes["forward"] = timed(network.predict_on_batch, [L, said])
_, both = timed(network.train_on_batch, (L, said), ab)
takes["backward"] = both - takes["forward"]
show.bars(takes, x=f"milliseconds for a batch of {batch}")
again = sum(list(takes.values())[:4]) / sum(takes.values())
print(f"{again:.0%} of a step is what every epoch computes again")

# %% [markdown]
# A picture that was decoded, converted and embedded once need not be so again, in any epoch. Three remedies:
# **prepared** pictures (decoded and converted beforehand), **cached** embeddings beside them, and **shards**: both in
# a few files, for sets that memory cannot hold. `records.write` makes such files, and mixes the pictures once and for
# all.
#
# Same network, same batches, four ways to feed it. **Predict:** which is the fastest, and how many times as fast as the
# first?

# %%
rgb = decoded(read(files))
prepared = Pictures("prepared", rgb=rgb)
said = expert.predict(prepared.L, batch_size=batch, verbose=0)
records.write(folder / "shards", prepared, said, shards=4)
rows = [np.arange(first, first + batch) for first in range(0, count, batch)]


def from_files():
    for some in rows:
        L, ab = converted(decoded(read([files[row] for row in some])))
        yield (L, expert.predict_on_batch(L)), ab


def from_memory():
    for some in rows:
        L = prepared.L[some]
        yield (L, expert.predict_on_batch(L)), prepared.ab[some]


def with_cached():
    for some in rows:
        yield (prepared.L[some], said[some]), prepared.ab[some]


def from_shards():
    return records.read(folder / "shards", batch).as_numpy_iterator()


# %% mystnb={"image": {"alt": "Bar chart of how many times faster an epoch is than from JPEG files: from JPEG files one, with prepared photos a little more, with cached embeddings clearly more, from shards more or less than one, by what reading them costs."}}
start = network.get_weights()
losses, seconds = {}, {}
for name, feed in {
    "JPEG files": from_files,
    "prepared": from_memory,
    "and cached": with_cached,
    "shards": from_shards,
}.items():
    network.set_weights(start)
    begin = time.perf_counter()
    losses[name] = [network.train_on_batch(*one) for one in feed()]
    seconds[name] = time.perf_counter() - begin
faster = {name: seconds["JPEG files"] / one for name, one in seconds.items()}
show.bars(faster, x="epochs in the time that one takes from JPEG files")

(L_read, said_read), ab_read = records.read(
    folder / "shards", count
).get_single_element()
found = [np.array(one) for one in (L_read, said_read, ab_read)]
mixed, order = found[1].sum(axis=1).argsort(), said.sum(axis=1).argsort()
wrong = [
    np.abs(one[mixed] - other[order]).max()
    for one, other in zip(found, (prepared.L, said, prepared.ab))
]

# %%
claim(
    "13-same-loss",
    value=np.abs(
        np.divide(losses["and cached"], losses["JPEG files"]) - 1
    ).max(),
    at_most=1e-3,
    says="at each step the loss with prepared pictures and cached embeddings is "
    "that with JPEG files, up to {value:.1g} of it",
)
claim(
    "13-shards",
    value=max(wrong),
    at_most=0,
    says="what comes out of the shards differs from what went in by {value:.0f}, "
    "but for the order",
)
claim(
    "13-mends",
    value=faster["and cached"],
    at_least=1.2,
    says="an epoch with prepared pictures and cached embeddings is {value:.1f} "
    "times as fast as one from JPEG files",
)

# %% [markdown]
# So caches and files as such are innocent: the same numbers arrive, and the training is the same. What was done around
# the report's files may have been at fault: pictures sorted by class, batches first and shuffling after. (Lesson 7
# could not convict them either; exercise 13-a shuffles.) And shards are for sets that memory cannot hold: for so few
# photos, reading them may cost more than it saves.
#
# A cached embedding has a price: the picture can no longer be flipped or cropped, unless the embedding of each
# version is kept.
#
# ## Half the bits
#
# A float32 has 32 bits. **Half precision**, float16, has 16: half the memory, and more speed on a GPU made for it.
# Its numbers end at 65,504, and below 0.00000006 there is only 0. So nobody computes everything in half. In **mixed
# precision** the weights stay float32; a layer rounds them and its inputs to half and multiplies. What must stay
# whole: the last layer, for ab has to be as fine as it was; a softmax over 313 colors; the loss. `colorizer` says so
# in its last two layers. The other 16-bit format, bfloat16, has the range of float32, and fewer digits.
#
# **Predict:** is a step in half precision faster or slower, on *this* computer?


# %%
def in_precision(policy):
    """A fresh network whose layers compute like that, the same weights."""
    keras.utils.set_random_seed(preset.seed)
    keras.config.set_dtype_policy(policy)
    made = colorizer()
    keras.config.set_dtype_policy("float32")
    return made


policies = ("float32", "mixed_float16", "mixed_bfloat16")
for policy in policies:
    network = at_rate(in_precision(policy), 1e-5)
    _, took = timed(network.train_on_batch, L[:4], ab[:4])
    first, last = network.layers[2], network.output
    print(f"{policy:14} {took:4.0f} ms", end="; ")
    print(f"weights {first.kernel.dtype}", end=", ")
    print(f"layers {first.compute_dtype}, answer {last.dtype}")

# %% [markdown]
# Whether half is faster depends on what the processor has instructions for; where it has none, it converts back and
# forth. For this book it was measured on a processor.
#
# Two faults come with half. First, a loss computed in it. The network is sure, and wrong: another color is ahead by
# 2, 8, 14 or 20 in its logits. **Predict** the cross-entropy of such a softmax, in half.

# %%
ahead = np.array([2, 8, 14, 20], np.float32)
logits = np.zeros((4, 313), np.float32)
logits[:, 7] = ahead  # the color that it names; the right one is 0
for kind in ("float32", "float16"):
    chances = ops.softmax(ops.cast(logits, kind))[:, 0]
    print(kind, *(f"{one:5.2f}" for one in np.array(-ops.log(chances))))
squares = ops.cast(ops.full((size, size), 30.0**2), "float16")
print("squared errors of 30 in one picture, added:", float(ops.sum(squares)))

# %% [markdown]
# A probability that is too small is 0 in half, and the logarithm of 0 is minus infinity; a sum over a picture is past
# the end of half before it is divided. One such number spoils the step for every weight.
#
# Second, and silent: gradients. A mean over pixels gives each pixel's answer a tiny gradient, and what is too tiny
# for half becomes 0, or the smallest number that half has. Here the loss is lesson 2's, on ab / 128. The mend is a
# multiplication: **loss scaling** makes the loss larger by a large factor before the backward pass, and divides the
# gradients after it. Keras does it unasked, unless told `auto_scale_loss=False`. **Predict:** how far off is the
# gradient of the first layer without it?


# %%
def gradient(network, L, ab):
    """Of the loss, by every weight: what one step at rate 1 takes away."""
    before = network.get_weights()
    network.train_on_batch(L, ab)
    after = network.get_weights()
    network.set_weights(before)
    return [one - other for one, other in zip(before, after)]


def small(ab, made):
    """The squared error of ab / 128."""
    return ops.mean(ops.square((ab - made) / 128), axis=-1)


def first_gradient(policy, scale):
    network = in_precision(policy)
    rate_1 = keras.optimizers.SGD(1.0)
    network.compile(rate_1, small, auto_scale_loss=scale)
    gradient(network, L, ab)
    return gradient(network, L, ab)[0]


true = first_gradient("float32", False)
lost = {}
for name, scale in {"without": False, "with": True}.items():
    half = first_gradient("mixed_float16", scale)
    lost[name] = np.linalg.norm(half - true) / np.linalg.norm(true)
    print(f"{name} loss scaling the gradient is {lost[name]:.1%} off")

# %%
claim(
    "13-vanish",
    value=lost["without"] / lost["with"],
    at_least=2,
    says="without loss scaling the half-precision gradient of the first layer "
    "is {value:.0f} times as far off as with it",
)

# %% [markdown]
# ## Two devices
#
# A batch can be split. Two devices have the same weights, each takes half of the batch, and their gradients are
# averaged before anyone makes a step: **data parallelism**. `by_hand` does it in ten lines.
#
# **Predict:** after 20 steps, how far are the weights from those of a training with whole batches? And if one device
# has 12 pictures of 16?

# %%
steps, each = 20, 16
scenes = world.load(32, limit=steps * each)
each_step = [np.arange(step * each, (step + 1) * each) for step in range(steps)]


def by_hand(network, shares, weighted=True, rate=1e-4):
    """Train on parts of each batch, given as slices; return the weights."""
    sizes = [share.stop - share.start for share in shares]
    weights = sizes if weighted else None
    for rows in each_step:
        parts = [rows[share] for share in shares]
        found = [gradient(network, scenes.L[p], scenes.ab[p]) for p in parts]
        mean = [np.average(one, axis=0, weights=weights) for one in zip(*found)]
        old = network.get_weights()
        network.set_weights([w - rate * g for w, g in zip(old, mean)])
    return network.get_weights()


def apart(some, others):
    """The largest difference between two lists of weights."""
    return max(np.abs(one - other).max() for one, other in zip(some, others))


# %%
keras.utils.set_random_seed(preset.seed)
network = colorizer()
network.save(folder / "start.keras")
np.savez(folder / "scenes.npz", L=scenes.L, ab=scenes.ab)
start = network.get_weights()
begin = time.perf_counter()
at_rate(network, 1e-4).fit(
    scenes.L, scenes.ab, batch_size=each, shuffle=False, verbose=0
)
whole = network.get_weights()
print(f"one device: {time.perf_counter() - begin:.1f} s,", end=" ")
print(f"in {steps} steps the weights moved by {apart(whole, start):.2g}")
ways = {
    "8 and 8": ([slice(0, 8), slice(8, 16)], True),
    "12 and 4": ([slice(0, 12), slice(12, 16)], True),
    "12 and 4, plain mean": ([slice(0, 12), slice(12, 16)], False),
}
for name, (shares, weighted) in ways.items():
    network = at_rate(keras.models.load_model(folder / "start.keras"), 1.0)
    far = apart(by_hand(network, shares, weighted), whole)
    print(f"{name:22} differ by {far:.0e}")

# %% [markdown]
# Nothing is lost, as long as each part counts by its pictures. The last line is the first trap: a set is rarely a
# multiple of the batch, so the last batch leaves one device with less, or with nothing.
#
# Two more traps. **Batch normalization** takes mean and spread from the pictures that one device sees. **Predict:**
# do two devices still give what one gives? And whoever buys four devices gives each a full batch: the batch is four
# times as large, an epoch has a quarter of the steps. Goyal et al. (2017) then multiply the learning rate by four.
# **Predict:** does that make up for it here?

# %%
keras.utils.set_random_seed(preset.seed)
network = colorizer(normal=True)
start = network.get_weights()
found = {}
for name, shares in {
    "whole": [slice(0, 16)],
    "halves": ways["8 and 8"][0],
}.items():
    network.set_weights(start)
    found[name] = by_hand(at_rate(network, 1.0), shares)
print(f"with batch normalization: {apart(*found.values()):.0e} apart")

more = world.load(32, limit=preset.choose(test=128, laptop=512, gpu=4096))
others = world.load(32, "val", limit=200)
for size_of_batch, rate in ((16, 0.001), (64, 0.001), (64, 0.004)):
    keras.utils.set_random_seed(preset.seed)
    network = colorizer()
    network.compile(keras.optimizers.Adam(rate), "mean_squared_error")
    network.fit(more.L, more.ab, batch_size=size_of_batch, epochs=2, verbose=0)
    error = network.evaluate(others.L, others.ab, verbose=0)
    print(f"batch {size_of_batch}, rate {rate}: {error:.0f} Lab units²")

# %% [markdown]
# Each device has normalized by its own pictures; a layer that exchanges mean and spread mends it (`synchronized=True`
# in Keras). And a larger batch at the same number of epochs is a shorter training; whether a larger rate makes up for
# that, the errors say. The rule was found for gradient descent with momentum, and for long trainings that begin
# slowly. Here it is Adam, and few steps.
#
# ### By engine
#
# Nobody does this by hand. TensorFlow has `tf.distribute.MirroredStrategy`; `keras.distribution.DataParallel` asks
# JAX to share out arrays. A laptop has no second GPU, but its processor can pose as two devices. So the claim is
# **equality, not speed**. Devices are declared before the library starts, hence scripts, in processes of their own.
# The second one does for two devices, and for two **hosts**: computers that know each other by an address, and each
# read their own half of a batch.

# %%
MIRRORED = '''"""The training on two virtual processors, by TensorFlow's engine."""
import os
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

(processor, *_) = tf.config.list_physical_devices("CPU")
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(processor, two)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():
    network = keras.models.load_model("start.keras")
    network.compile(keras.optimizers.SGD(1e-4), "mean_squared_error")
data = np.load("scenes.npz")
begin = time.perf_counter()
network.fit(data["L"], data["ab"], batch_size=16, shuffle=False, verbose=0)
print(f"{strategy.num_replicas_in_sync} devices: {time.perf_counter() - begin:.1f} s")
np.savez("mirrored.npz", *network.get_weights())
'''

# %%
HOSTS = '''"""The training on JAX: python hosts.py RANK COUNT PORT, once for each host."""
import os
import sys
import time

rank, count, port = map(int, sys.argv[1:])
os.environ["KERAS_BACKEND"] = "jax"
devices = f"--xla_force_host_platform_device_count={2 // count}"
os.environ["XLA_FLAGS"] = devices
import jax
import keras
import numpy as np

if count > 1:  # here both hosts are this computer
    keras.distribution.initialize(f"127.0.0.1:{port}", count, rank)
keras.distribution.set_distribution(
    keras.distribution.DataParallel(auto_shard_dataset=False)
)
network = keras.models.load_model("start.keras")
network.compile(keras.optimizers.SGD(1e-4), "mean_squared_error")
data = np.load("scenes.npz")
mine = np.arange(len(data["L"])) % 16 // (16 // count) == rank
begin = time.perf_counter()
network.fit(data["L"][mine], data["ab"][mine], 16 // count, shuffle=False, verbose=0)
print(f"host {rank}, {jax.device_count()} devices: {time.perf_counter() - begin:.1f} s")
np.savez(f"host-{rank}-of-{count}.npz", *network.get_weights())
'''


# %%
def run(script, *calls):
    """Run a script of this folder, once for each call, all at a time."""
    on_processor = {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}
    running = []
    for call in calls:
        command = [sys.executable, script, *call.split()]
        said = folder / f"{script} {call}.txt"
        with said.open("w") as file, open(f"{said}.errors", "w") as bad:
            one = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | on_processor,
                stdout=file,
                stderr=bad,
            )
        running.append((f"{script} {call}".strip(), said, one))
    for name, said, one in running:
        ended = one.wait()
        why = open(f"{said}.errors").read() if ended == 1 else said.read_text()
        print(f"{name}:", (why.splitlines() or [f"ended with {ended}"])[-1])


def weights_of(name):
    """The weights that a script left, as a list."""
    return list(np.load(folder / name).values())


# %%
for old in (*folder.glob("host-*.npz"), *folder.glob("mirrored.npz")):
    old.unlink()  # of an earlier run
(folder / "mirrored.py").write_text(MIRRORED)
(folder / "hosts.py").write_text(HOSTS)
run("mirrored.py", "")
claim(
    "13-mirrored",
    value=apart(weights_of("mirrored.npz"), whole),
    at_most=1e-5,
    says="after 20 steps on two devices no weight is more than {value:.0e} "
    "from those of one device",
)
if importlib.util.find_spec("jax"):
    port = 20_000 + os.getpid() % 10_000  # hardly anyone else has it
    run("hosts.py", f"0 1 {port}")
    run("hosts.py", f"0 2 {port}", f"1 2 {port}")
    for made in sorted(folder.glob("host-0-*.npz")):
        print(f"{made.name}: {apart(weights_of(made.name), whole):.0e} apart")
else:
    print("For JAX: %pip install jax in a new cell, then run this one again.")

# %% [markdown]
# On JAX, over three seeds, the weights differed from those of one device by {{13-jax range:.2f}} millionths at most
# with two devices, by {{13-hosts range:.2f}} with two hosts. You can be both hosts yourself (tried on Linux only):
# open two terminals in the folder that `folder` names, and run `python hosts.py 0 2 20000` in one and `python
# hosts.py 1 2 20000` in the other. Two things can mislead:
#
# - `keras.distribution` **on TensorFlow does nothing, and says nothing**. A `DataParallel` of two devices is
#   accepted, and one device works. Look whether the second is busy.
# - With `auto_shard_dataset` left on, Keras cuts a `tf.data` set for the hosts itself, and refuses arrays. Here each
#   host cuts its own.
#
# ## Killed
#
# Long trainings end early: a power cut, a closed laptop, a rented machine that is taken back. Whoever starts again
# from saved weights has lost the optimizer's memory, the learning rate and the patience used up. `training.Resume`
# keeps them; lessons use it when you run them yourself.
#
# So kill a training, for real: its process ends within a step, without a word. **Predict:** are the weights in the
# end those of a training that nobody killed, or about as good?

# %%
KILLED = '''"""A training; python killed.py STEP: it dies in this step."""
import os
import sys

import keras
import numpy as np

from colorkit import training


class Death(keras.callbacks.Callback):
    steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if str(self.steps) in sys.argv:
            os._exit(9)  # at once: nothing is closed, nothing said


network = keras.models.load_model("start.keras")
network.compile(keras.optimizers.Adam(0.001), "mean_squared_error")
L, ab = np.load("scenes.npz").values()
state = training.Resume("killed.state.npz", [], name="killed", data=L, seconds=0)
calls = {"batch_size": 16, "epochs": 4, "shuffle": False, "verbose": 0}
network.fit(L, ab, callbacks=[Death(), state], **calls)
print(f"done: {int(network.optimizer.iterations)} steps in all")
np.savez("killed.npz", *network.get_weights())
'''

# %%
for old in folder.glob("killed.*npz"):
    old.unlink()  # of an earlier run
(folder / "killed.py").write_text(KILLED)
step = np.random.default_rng(preset.seed).integers(steps + 2, 4 * steps)
run("killed.py", f"{step}")
run("killed.py", "")
network = keras.models.load_model(folder / "start.keras")
network.compile(keras.optimizers.Adam(0.001), "mean_squared_error")
network.fit(scenes.L, scenes.ab, 16, epochs=4, shuffle=False, verbose=0)
claim(
    "13-killed",
    value=apart(weights_of("killed.npz"), network.get_weights()),
    at_most=1e-5,
    says=f"killed in step {step} and begun again, the training ends with weights "
    "{value:.1g} from those of one that was not",
)

# %% [markdown]
# They are the same, for two reasons. What is saved is complete, and replaces the last state at once, so that a kill
# while saving does no harm. And the batches of an epoch depend on nothing but the epoch. Where each epoch is shuffled
# anew, the result differs, and is as good.
#
# Keras' `BackupAndRestore` keeps weights, optimizer and epoch, and forgets History and patience. On a cluster,
# engines have the like: TensorFlow's `PreemptionCheckpointHandler`, and Orbax for JAX, where each host writes its
# part.
#
# ## What doubling the data buys
#
# With more data and GPU power there is "huge scope for improvement", Khatri and Patel conclude. How much does twice
# the data improve? In Color World the floor is known, so the question has an answer: take the floor away, and look at
# what is left.
#
# Networks that learn from N pictures often follow a **power law**: what is left is a N^-b. On two logarithmic axes
# that is a straight line of slope -b, and each doubling multiplies what is left by 2^-b.
#
# Here are three points, trained now. Larger sets get more steps, in proportion to √N, so the line is one of data and
# training together. **Predict** what 5,832 scenes leave: continue it.


# %%
def batches(pictures):
    """Batches of 16, drawn by chance, without end."""
    random = np.random.default_rng(preset.seed)
    while True:
        rows = random.choice(len(pictures), 16, replace=len(pictures) < 16)
        yield pictures.L[rows], pictures.ab[rows]


def trained_on(pictures, val):
    """A network trained on pictures, as it was when val was best."""
    keras.utils.set_random_seed(preset.seed)
    network = colorizer()
    effort = preset.choose(test=1, laptop=50, gpu=200)
    steps = 20 * max(1, round(effort * len(pictures) ** 0.5 / 20))
    rate = keras.optimizers.schedules.CosineDecay(0.002, steps)
    network.compile(keras.optimizers.Adam(rate), "mean_squared_error")
    best = training.callbacks(
        f"13_scaling_up {len(pictures)} pictures",
        monitor="val_loss",
        patience=20,
    )
    network.fit(
        batches(pictures),
        steps_per_epoch=steps // 20,
        epochs=20,
        validation_data=(val.L, val.ab),
        shuffle=False,
        verbose=0,
        callbacks=best,
    )
    return network


# %%
unseen = world.load(
    32, "test", limit=preset.choose(test=32, laptop=400, gpu=400)
)
val = world.load(32, "val", limit=preset.choose(test=16, laptop=200, gpu=200))
oracle = unseen.oracle()


def above_floor(network):
    """The squared error of unseen scenes that no chance explains."""
    ab = network.predict(unseen.L, batch_size=100, verbose=0)
    return ((ab - oracle.mean) ** 2).mean()


few = [24, 72, 216]
own = []
for count in few:  # other scenes than those that were measured before
    pictures = world.load(32, limit=count, start=1_000_000)
    own.append(above_floor(trained_on(pictures, val)))
print(f"above the floor: gray {(oracle.mean**2).mean():.0f}")
for count, left in zip(few, own):
    print(f"{count:4} scenes {left:.0f}")


# %%
def law(counts, left):
    """Fit left = a N^-b; return a and b."""
    slope, height = np.polyfit(np.log(counts), np.log(left), 1)
    return np.exp(height), -slope


def band(counts, left):
    """The law through all seeds, and where 95 of 100 laws lie that take
    one seed at each point: counts, and (value, low, high) at each."""
    random = np.random.default_rng(0)
    rows, seeds = np.arange(len(counts)), len(left[0])
    laws = [law(counts, left.mean(axis=1))] + [
        law(counts, left[rows, random.integers(seeds, size=len(rows))])
        for _ in range(500)
    ]
    lines = [a * np.array(counts, float) ** -b for a, b in laws]
    low, high = np.percentile(lines[1:], [2.5, 97.5], axis=0)
    low, high = np.minimum(low, lines[0]), np.maximum(high, lines[0])
    return laws[0], np.stack([lines[0], low, high], axis=1)


kept = results.load("13_scaling_up")["claims"]


def measured(kind):
    """Numbers of pictures, and the values for each: one for each seed."""
    names = [name for name in kept if re.fullmatch(rf"13-{kind}-\d+", name)]
    counts = [int(name.rpartition("-")[2]) for name in names]
    return counts, np.array([kept[name] for name in names])


# %% tags=["result"] mystnb={"image": {"alt": "Line chart on two logarithmic axes: the error above the floor over 24 to 5,832 scenes. The measured points lie along a falling straight line with a narrow band; three points measured in this lesson, with other scenes, stand beside it."}}
counts, left = measured("scenes")
(a, b), fitted = band(counts, left)
show.curves(
    {
        "measured, three seeds": (
            counts,
            np.stack([left.mean(1), left.min(1), left.max(1)], axis=1),
        ),
        "law": (counts, fitted),
        "here": (few, own),
    },
    x="scenes trained on",
    y="squared error above the floor (Lab units²)",
    log="xy",
)
print(f"what is left: {a:.0f} N^-{b:.2f}")
claim(
    "13-doubling",
    value=100 * (1 - 2**-b),
    at_least=10,
    at_most=30,
    says="each doubling of the scenes takes away {value:.0f}% of what is left "
    "above the floor",
)

# %% [markdown]
# Three points of one seed may promise another slope: hence the seeds, and the band. Each doubling costs twice the
# pictures and brings less. And it is a law of this training: a network too small, or stopped too soon, bends the line
# to a level of its own.
#
# ### On photos nobody knows the floor
#
# The same network, on flowers, with three seeds measured beforehand. What is left is error minus floor, but which
# floor? Try three. **Predict:** which fits the points best, and how many photos does each ask for, to bring the error
# down by a tenth?

# %% mystnb={"image": {"alt": "Line chart over a logarithmic axis of photos: the error on photos, with three laws of different floors. All three pass close to the measured points and part beyond them."}}
counts, errors = measured("photos")
error = errors.mean(axis=1)
further, goal = [*counts, 10_000, 100_000, 1_000_000], 0.9 * error[-1]
lines, off = {"measured": (counts, error)}, []
for floor in (0, 0.5 * error[-1], 0.8 * error[-1]):
    a, b = law(counts, error - floor)
    said = floor + a * np.array(counts, float) ** -b
    off.append(np.sqrt(np.mean((said - error) ** 2)))
    lines[f"floor {floor:.0f}"] = further, floor + a * np.array(further) ** -b
    print(f"floor {floor:3.0f}: off by {off[-1]:4.1f};", end=" ")
    print(
        f"an error of {goal:.0f} with {((goal - floor) / a) ** (-1 / b):,.0f}"
    )
show.curves(
    lines, x="photos trained on", y="squared error (Lab units²)", log="x"
)
claim(
    "13-floors",
    value=max(off) / min(off),
    at_most=1.3,
    says="of three assumed floors, the one that fits the photos worst is "
    "{value:.2f} times as far off as the one that fits best",
)

# %% [markdown]
# The points hardly tell the floors apart, and the numbers of photos differ by far. More data helps with each of them;
# whoever says how much has chosen a floor.
#
# ## An archive
#
# A town's archive has a million photos. `colorkit color` hands them to workers on any number of computers, through
# Dask (`pip install "colorkit[cluster]"`):
#
# ```
# dask scheduler                        # on one; it says its address
# dask worker tcp://10.0.0.5:8786       # on each that works
# colorkit color archive --to colored --cluster tcp://10.0.0.5:8786
# ```
#
# Each needs `colorkit` and the same folders, in a network where you trust everyone.
#
# Drawn scenes of 64 px, saved as gray photos, went through it on one computer with two cores, in nine runs: by one
# worker, by two, and by two of which one is killed halfway. **Predict:** how many times faster are two? How many
# photos does the kill cost?

# %%
for name, what in {
    "one": "one worker",
    "two": "two workers",
    "killed": "two, one killed",
}.items():
    rates = kept[f"13-archive-{name}"]
    missing = sum(kept[f"13-archive-{name}-missing"])
    print(f"{what}: {np.mean(rates):.1f} a second", end=" ")
    print(f"({min(rates):.1f} to {max(rates):.1f}); {missing:.0f} missing")

photo = photos.bundled("astronaut", 64)
model = checkpoints.load("05_ae_lab_gpu")
many = np.repeat(lab.rgb_to_lab(photo)[np.newaxis, ..., :1], 16, axis=0)
saved = folder / "saved.jpg"
takes = {
    "open": timed(open_photo, files[0])[1],
    "color": timed(colorize, model, photo, 64)[1],
    "save": timed(Image.fromarray(photo).save, saved)[1],
    "color, 16 at a time": timed(model.predict_on_batch, many)[1] / 16,
}
print(*(f"{name} {one:.1f} ms" for name, one in takes.items()), sep=", ")

# %% [markdown]
# The kill costs time and no photo: what the worker had in hand goes to another, and a colored photo is there whole or
# not at all. Started again, the same command goes on where it was. Here the second worker shared two cores with the
# first; on a computer of its own it would not.
#
# ## Exercises
#
# **13-a.** Shuffle as a reader of files must: it holds `size` records in memory, hands out one of them by chance, and
# puts the next record of the file behind the others. When the file is at its end, it hands out what it holds. `draws`
# has a number from 0 to 1 for each step: with n records held, take the one at place `int(draw * n)`.
#
# <details><summary>Hint</summary>
#
# `held.pop(place)` takes a record out of a list. Fill the list up to `size` before each draw, as long as the file
# lasts.
#
# </details>


# %%
def shuffled(records, size, draws):
    """Records of a file, places in memory, draws 0..1 -> the order."""
    ...  # your code here


shuffled = check("13-a", shuffled)

# %%
by_class = np.repeat([0, 1, 2, 3, 4], 200)  # a file sorted by its labels
print("classes of the first 100")
for size_of_buffer in (5, 200, 1000):
    draws = np.random.default_rng(preset.seed).random(len(by_class))
    order = np.array(shuffled(by_class, size_of_buffer, draws))
    first = np.bincount(order[:100], minlength=5)
    print(f"buffer of {size_of_buffer:4}:", *first)

# %% [markdown]
# The report's published code had a buffer of five *batches*, of files sorted by class.
#
# **13-b.** A device too small for the batch. `gradient(L, ab)` gives the mean gradient of a few pictures, at most
# `most`, as one array. Give that of the whole batch: add up over parts, and mind the last one.
#
# <details><summary>Hint</summary>
#
# A mean times its number of pictures is a sum, and sums can be added.
#
# </details>


# %%
def accumulated(gradient, L, ab, most):
    """A function, a batch, and how many fit -> the batch's gradient."""
    ...  # your code here


accumulated = check("13-b", accumulated)

# %% [markdown]
# **13-c.** How many times as many pictures halve what is left above the floor? You have numbers of pictures, the
# errors that they gave, and the floor. Fit a straight line through the logarithms.
#
# <details><summary>Hint</summary>
#
# `np.polyfit(x, y, 1)` fits the line. If what is left is a N^-b, which factor on N makes 1/2 of it?
#
# </details>


# %%
def times_as_many(counts, errors, floor):
    """Pictures, errors, and the floor -> a factor above 1."""
    ...  # your code here


times_as_many = check("13-c", times_as_many)

# %%
counts, left = measured("scenes")
factor = times_as_many(counts, left.mean(axis=1), 0)
print(f"Color World: {factor:.0f} times as many scenes halve what is left")

# %% [markdown]
# **13-d.** What does an archive cost? Each worker takes `start` seconds to begin and `each` seconds for a photo; they
# share the photos as evenly as whole photos can be shared; each is paid `price` an hour from when it begins to start
# until the last is done. Return these hours, and the money.
#
# <details><summary>Hint</summary>
#
# The slowest worker has `ceil(photos / workers)` photos.
#
# </details>


# %%
def cost(photos, each, workers, start, price):
    """Photos, seconds for each, workers, seconds to begin, price an hour
    -> hours, money."""
    ...  # your code here


cost = check("13-d", cost)

# %%
each_one = 1 / np.mean(kept["13-archive-one"])
for workers in (1, 10, 1000):
    hours, money = cost(1_000_000, each_one, workers, 10, price=0.10)
    print(f"{workers:5} workers: {hours:5.2f} h, {money:.2f}")

# %% [markdown]
# Photos do not depend on each other: a thousand workers cost little more than one. But look where the time goes
# above: with photos as small as these it is the call of the network, one photo at a time, and not reading or writing.
# Before you rent workers, think of batches.
#
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | 10,000 pictures took 100 minutes through TFRecords, 2,000 without them 15 hours (Mochammad et al.) | prepared photos and cached embeddings make an epoch {{13-mends range:.1f}} times as fast, to the same loss (three seeds) | what does not change from epoch to epoch need not be computed again; of their 45 times for each picture that explains a small part, and they do not say how many epochs each was |
# | the TFRecords are suspected of the brown (the same) | what comes out of shards is what went in | files do not make brown; what is done around them may |
# | "huge scope for improvement" with more data and GPUs (Khatri and Patel) | in Color World each doubling takes away {{13-doubling:.0f}}% of what is left | a power law: the next doubling costs twice the pictures |
#
# ## What to remember
#
# - Measure before you mend. What need not be computed again, keep.
# - In half precision the loss and the last layer stay whole, and the loss is scaled, or gradients vanish in silence.
# - A batch split over devices gives the same weights, if each part counts by its pictures. Batch normalization breaks
#   it.
# - A training is its weights, its optimizer, its callbacks and its order. Keep them all, or a kill changes it.
# - Error above the floor is a N^-b. Without a floor, no one knows what more data will bring.
#
# ## Go further
#
# - Give `colorizer` a `width` of 4 or 32, and draw its law beside the other. Which bends first?
# - Start `hosts.py` on two computers: put the first one's address in place of 127.0.0.1, and each has its own copy of
#   the folder.
# - With a GPU: time the three precisions again. Then make the batch larger until memory ends, in each of them.
# - Read Goyal et al. (arXiv:1706.02677) on large batches, Micikevicius et al. (arXiv:1710.03740) on mixed precision,
#   and Hestness et al. (arXiv:1712.00409) on power laws.
#
# **Next:** your own pictures. The book's page *Where the field went* says what came after these papers.
