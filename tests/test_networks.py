"""The networks that lessons teach: their counts, and that each can be saved and runs on another backend."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from colorkit import colorizing, training
from colorkit.models import layers as own_layers
from colorkit.models import pretrained

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "book"))

from recipe import lesson

PAPER = "64/2 128 128/2 256 256/2 512 512 256"


@pytest.fixture(scope="module")
def koalarization():
    return lesson("06_koalarization", "koalarization", "colorizer", shrink=2)


@pytest.fixture(scope="module")
def three_experts():
    return lesson("08_three_experts", "three_experts", "one_pixel", "trainings")


@pytest.fixture(scope="module")
def color_as_classes():
    return lesson("09_color_as_classes", "classifier", "published", "with_heads")


@pytest.fixture(scope="module")
def pix2pix():
    return lesson("10_pix2pix", "generator", "critic", "Adversaries")


@pytest.mark.parametrize(
    ("layers", "count", "side"),
    [
        ("64 64/2 128 128/2 256 256@5 256/2 64 up 32 up 16 3 up", 2_953_955, 160),
        ("64 64 128 128 256 256 T256 T256 T128 T128 T64 T64 T3", 2_879_491, 160),
        ("64 64/2 128 128/2 256 256@5 128/2 64 up 32 up 16 2 up", 2_585_042, 160),
        ("64 64/2 128 128/2 256 256@5 256@5/2 64 up 32 up 32 up 16 3 up", 4_011_779, 320),
        ("64 64/2 128 128/2 256 256@5 128/2 64 up 32 up 32 up 16 2 up", 2_594_290, 320),
    ],
)
def test_autoencoders_of_paper_002(layers, count, side):
    network = lesson("05_autoencoders", "autoencoder")["autoencoder"](layers)
    assert network.count_params() == count
    channels = 2 if layers.endswith("2 up") else 3
    assert network.compute_output_shape((1, 160, 160, 1)) == (1, side, side, channels)


@pytest.mark.parametrize(
    ("decoder", "count"),
    [("128 up 64 up 32 16 2 up", 6_541_202), ("128 up 64 64 up 32 2 up", 6_573_794)],
)
def test_koalarizations_of_papers_001_and_000(koalarization, decoder, count):
    network = koalarization["koalarization"](1000, PAPER, 256, decoder)
    assert network.count_params() == count
    for height, width in [(256, 256), (128, 128), (40, 72)]:  # one fusion, any grid
        shapes = [(1, height, width, 1), (1, 1000)]
        assert network.compute_output_shape(shapes) == (1, height, width, 2)


def test_the_full_network_of_paper_004(koalarization, three_experts):
    names = ("VGG16", "ResNet50", "InceptionResNetV2")
    experts = [pretrained.load(name, weights=None) for name in names]
    widths = [expert.output_shape[-1] for expert in experts]
    assert widths == [512, 2048, 1536]
    told = koalarization["koalarization"](1000, PAPER, 256, "128 up 64 64 up 32 2 up")
    network = three_experts["three_experts"](told, widths)
    L = keras.Input((None, None, 1))
    whole = keras.Model(L, network([L, *(expert(L) for expert in experts)]))
    trained = sum(np.prod(weight.shape) for weight in whole.trainable_weights)
    assert trained == network.count_params() == 7_432_674
    assert whole.count_params() == trained + 14_714_688 + 23_587_712 + 54_336_736
    assert whole(np.full((1, 64, 48, 1), 50, np.float32), training=False).shape == (1, 64, 48, 2)


def test_a_design_s_next_training_remembers_nothing_of_the_one_before(three_experts):
    random = np.random.default_rng(0)
    inputs = [random.uniform(0, 100, (40, 1)), random.normal(size=(40, 3))]
    ab = random.uniform(-60, 60, (40, 2))
    settings = {"seeds": [3, 4, 3], "epochs": 10, "batch_size": 40, "rate": 0.05}
    runs = three_experts["trainings"](three_experts["one_pixel"]([3]), inputs, ab, **settings)
    first, other, again = [network.predict(inputs, verbose=0) for network in runs]
    np.testing.assert_allclose(again, first, atol=1e-2)
    assert np.abs(other - first).max() > 1


def test_the_full_network_of_paper_003(color_as_classes):
    classifier, published = color_as_classes["classifier"], color_as_classes["published"]
    network = classifier(published)
    assert network.count_params() == 25_021_945
    assert network.compute_output_shape((1, 224, 224, 1)) == (1, 56, 56, 313)
    dilations = [layer.dilation_rate for layer in network.layers if type(layer) is keras.layers.Conv2D]
    assert dilations.count((2, 2)) == 6 and len(dilations) == 22
    released = published.replace("256 256 256 n T128@4/2 128 128", "512 512 512 T256@4/2 256 256").replace(" n", "")
    assert classifier(released).count_params() == 32_230_393


FULL = {"down": [64, 128, 256, 512, 512, 512, 512, 512], "up": [512, 512, 512, 512, 256, 128, 64], "size": 256}


def test_pix2pix_at_full_size(pix2pix):
    for maps, counts in {3: (54_423_811, 2_768_385), 2: (54_421_762, 2_767_361)}.items():
        generator, critic = pix2pix["generator"](**FULL, maps=maps), pix2pix["critic"]([64, 128, 256, 512], maps)
        assert (generator.count_params(), critic.count_params()) == counts
    assert generator.output_shape == (None, 256, 256, 2)
    assert critic.compute_output_shape([(1, 256, 256, 1), (1, 256, 256, 2)]) == (1, 30, 30, 1)
    kinds = [type(layer) for layer in generator.layers]
    assert kinds.count(keras.layers.Conv2D) == kinds.count(keras.layers.Conv2DTranspose) == 8
    assert kinds.count(keras.layers.Dropout) == 3
    assert kinds.count(keras.layers.BatchNormalization) == 14


def noise(count):
    """Return L and ab of pictures of 16 px."""
    random = np.random.default_rng(0)
    L, ab = random.uniform(0, 100, (count, 16, 16, 1)), random.uniform(-60, 60, (count, 16, 16, 2))
    return L.astype(np.float32), ab.astype(np.float32)


def test_the_inmost_layer_is_silent_with_normalization_and_one_picture(pix2pix):
    """The lesson says so: a map of one place in a batch of one is normalized to exactly 0."""
    generator = pix2pix["generator"](down=[8, 8, 8, 8], up=[8, 8, 8], size=16)
    upward = next(layer for layer in generator.layers if isinstance(layer, keras.layers.Conv2DTranspose))
    inmost = keras.Model(generator.input, upward.input)
    L = noise(2)[0]
    assert inmost.output_shape == (None, 1, 1, 8)
    assert np.abs(inmost(L[:1], training=True)).max() == 0
    assert np.abs(inmost(L, training=True)).max() > 1e-3


def test_each_of_two_adversaries_learns_from_its_own_loss(pix2pix):
    keras.utils.set_random_seed(0)
    L, ab = map(tf.constant, noise(4))
    generator, critic = pix2pix["generator"](down=[4, 8], up=[4]), pix2pix["critic"]([4, 8])
    pair = pix2pix["Adversaries"](generator, critic, weight=7)
    made = generator(L, training=False)
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(made)
        both = pair.compute_loss(L, ab, made)
        on_true, on_made = (critic([L, one], training=True) for one in (ab, made))
        found_out = (entropy(np.ones(on_true.shape), on_true) + entropy(np.zeros(on_made.shape), on_made)) / 2
        missed = entropy(np.ones(on_made.shape), on_made) + 7 * keras.ops.mean(keras.ops.abs(made - ab)) / 128
    weights = critic.trainable_variables
    np.testing.assert_allclose(both, found_out + missed, rtol=1e-5)
    for one, other in [(weights, found_out), ([made], missed)]:
        for found, wanted in zip(tape.gradient(both, one), tape.gradient(other, one), strict=True):
            assert np.abs(wanted).max() > 0
            np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-7)


class Interrupt(keras.callbacks.Callback):
    """Stop as a learner does, in the middle of an epoch."""

    def on_batch_end(self, batch, logs=None):
        if len(self.model.history.epoch) == 2:
            raise KeyboardInterrupt


def test_a_gan_that_was_interrupted_goes_on_as_if_it_had_not_been(pix2pix, own_cache):
    L, ab = noise(8)

    def pair_after(name, *others, seed=0):
        keras.utils.set_random_seed(seed)
        generator, critic = pix2pix["generator"](down=[4, 8], up=[4]), pix2pix["critic"]([4, 8])
        pair = pix2pix["Adversaries"](generator, critic)
        followers = training.callbacks(name, *others, resume=(L, ab))
        followers[-1].seconds = 0  # save after each epoch, however short
        pair.fit(L, ab, batch_size=4, epochs=4, shuffle=False, verbose=0, callbacks=followers)
        return pair

    whole = pair_after("10_test whole")
    with pytest.raises(KeyboardInterrupt):
        pair_after("10_test halves", Interrupt())
    halves = pair_after("10_test halves", seed=1)  # another start, which resuming must undo
    assert len(halves.history.epoch) == 4
    for part in ("generator", "critic", "optimizer"):
        one, other = getattr(whole, part), getattr(halves, part)
        assert len(one.variables) == len(other.variables) > 4
        for wanted, given in zip(one.variables, other.variables, strict=True):
            np.testing.assert_allclose(given, wanted, rtol=1e-4, atol=1e-6, err_msg=part)


@pytest.fixture
def lessons_networks(koalarization, three_experts, color_as_classes, pix2pix):
    """A small colorizer of each lesson: L in, ab out."""
    autoencoders = lesson("05_autoencoders", "autoencoder", "colorizer")
    expert = pretrained.load("MobileNet 0.25", weights=None, size=32)
    as_it_is = keras.layers.Rescaling(1.0)
    L = keras.Input((None, None, 1))
    told = koalarization["koalarization"](1, "8/2 16", 8, "8 up 2")
    join = three_experts["three_experts"](told, [256, 256])
    heads = color_as_classes["with_heads"]("8/2 n 8/2 n 8d2")
    ab = own_layers.AnnealedMean()(heads.output["rebalanced"])
    return {
        "rgb_1": autoencoders["colorizer"](autoencoders["autoencoder"]("8 8/2 8@5 up 3")),
        "rgb_2": autoencoders["colorizer"](autoencoders["autoencoder"]("8 T8 T3")),
        "lab": autoencoders["colorizer"](autoencoders["autoencoder"]("8 8/2 8@5 up 2")),
        "fused": koalarization["colorizer"](
            koalarization["koalarization"](256, "8/2 16", 8, "8 2 up"), expert, as_it_is
        ),
        "details": koalarization["colorizer"](
            koalarization["koalarization"](256, "8 16/2 8", 8, "up 2", details=True, activation="gelu", hide=0.5),
            expert,
            as_it_is,
        ),
        "experts": keras.Model(L, join([L, expert(L), expert(L)])),
        "classes": keras.Model(heads.input, keras.layers.UpSampling2D(4, interpolation="bilinear")(ab)),
        "pix2pix": pix2pix["generator"](down=[8, 8, 16], up=[8, 8]),
    }


def test_each_is_a_colorizer_that_runs_on_a_second_backend(lessons_networks, on_jax, tmp_path):
    L = np.random.default_rng(0).uniform(0, 100, (2, 32, 48, 1)).astype(np.float32)
    wanted = {}
    for name, network in lessons_networks.items():
        colorizing.check_model(network)
        wanted[name] = np.asarray(network(L, training=False))
        colorizing.check_ab(wanted[name], L)
        assert wanted[name].std() > 0, name
        network.save(tmp_path / f"{name}.keras")
    np.savez(tmp_path / "wanted.npz", L=L, **wanted)
    on_jax(
        """
        import jax, numpy as np
        from colorkit.models import layers

        wanted = dict(np.load("wanted.npz"))
        L = wanted.pop("L")
        for name, ab in wanted.items():
            network = keras.models.load_model(f"{name}.keras", safe_mode=True)
            given = np.asarray(jax.jit(lambda L: network(L, training=False))(L))
            np.testing.assert_allclose(given, ab, rtol=1e-3, atol=1e-3 * ab.std(), err_msg=name)
        """,
        tmp_path,
    )
