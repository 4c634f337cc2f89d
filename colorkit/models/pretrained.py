"""Classifiers that were trained on ImageNet, as Keras models that take the course's L.

Everything between L and the classifier is inside the model: its own scaling, its size and its channels. So no lesson
can feed it a picture scaled twice.
"""

import os
import re
import warnings
from pathlib import Path
from typing import NamedTuple

from colorkit import files, preset

_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications"  # where Keras itself downloads from
_BGR_MEAN = [103.939, 116.779, 123.68]  # of ImageNet, 0..255


class _Network(NamedTuple):
    features: int  # values of its embedding
    size: int  # side of the pictures that it was trained on, pixels
    smallest: int  # that its layers allow
    centered: bool  # whether it takes -1..1; if not, BGR with ImageNet's mean subtracted
    file: str  # Keras' weights, below `_ADDRESS`; {} is "", or ...
    no_top: str  # ... this for those without the classifier at the top
    md5: tuple  # of both files, as Keras has them; where it has none, None
    others: tuple = ()  # names of other files that do


_KNOWN = {
    "InceptionResNetV2": _Network(
        features=1536,
        size=299,
        smallest=75,
        centered=True,
        file="inception_resnet_v2/inception_resnet_v2_weights_tf_dim_ordering_tf_kernels{}.h5",
        no_top="_notop",
        md5=("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
    ),
    "VGG16": _Network(
        features=512,
        size=224,
        smallest=32,
        centered=False,
        file="vgg16/vgg16_weights_tf_dim_ordering_tf_kernels{}.h5",
        no_top="_notop",
        md5=("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
    ),
    "ResNet50": _Network(
        features=2048,
        size=224,
        smallest=32,
        centered=False,
        file="resnet/resnet50_weights_tf_dim_ordering_tf_kernels{}.h5",
        no_top="_notop",
        md5=("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    ),
    "InceptionV3": _Network(
        features=2048,
        size=299,
        smallest=75,
        centered=True,
        file="inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels{}.h5",
        no_top="_notop",
        md5=("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
    ),
    "MobileNetV2": _Network(
        features=1280,
        size=224,
        smallest=32,
        centered=True,
        file="mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224{}.h5",
        no_top="_no_top",
        md5=(None, None),
        others=("mobilenet_v2_1.0_224_dequantized{}.h5",),
    ),
    "MobileNet 0.25": _Network(
        features=256,
        size=224,
        smallest=32,
        centered=True,
        file="mobilenet/mobilenet_2_5_224_tf{}.h5",
        no_top="_no_top",
        md5=(None, None),
    ),
}

# Name -> how many values its embedding has.
NAMES = {name: network.features for name, network in _KNOWN.items()}

GIVES = ("features", "logits", "probabilities")


class ExtractorError(Exception):
    """A classifier that cannot be had. The message is one line: what was wrong, and what to do."""


def load(name, *, gives="features", weights="imagenet", size=None):
    """Return a pre-trained classifier as a model from L to an embedding.

    Inside the model L is scaled to 0..255, resized (bilinear), stacked to three equal channels, and prepared as that
    classifier wants it. All layers are Keras' own, so that a model that holds it can be saved and loaded. None is
    trainable, and batch normalization always uses what it learned on ImageNet. For the embeddings of many pictures,
    ``load(name).predict(pictures.L, verbose=0)`` works in batches.

    Parameters
    ----------
    name : str
        One of `NAMES`, for example ``"InceptionResNetV2"``.
    gives : {"features", "logits", "probabilities"}
        ``"features"``: its last feature maps, averaged over the picture (`NAMES` says how many). ``"logits"``: its
        values for the 1000 classes of ImageNet, before the softmax. ``"probabilities"``: after it.
    weights : str, path-like or None
        ``"imagenet"``: Keras' own, from the folder ``weights`` of the mirror, else from Keras' cache, else from the
        network. The mirror may have MobileNetV2 also as ``mobilenet_v2_1.0_224_dequantized.h5`` and
        ``..._no_top.h5``. A path: a file of weights of that classifier (.h5 or .keras; without its top for
        ``"features"``). None: random ones, to count and to compare with.
    size : int, optional
        Side of the square that L is resized to, pixels; left out, the one that it was trained on (224 or 299). A
        smaller one is faster, and only for ``"features"``.

    Returns
    -------
    keras.Model
        Input: L, shape (batch, H, W, 1), float32, 0..100, any H and W. Output: shape (batch, D), float32. Its name
        serves as a layer's.

    Raises
    ------
    ExtractorError
        If there is no such name, or its weights cannot be had or are not its own.
    ValueError
        If `gives` or `size` is not as said here.

    Notes
    -----
    255/100 L is not quite the gray that sRGB has for a lightness. Of 255 steps it is at most 4.1 darker (at L = 5) and
    8.6 lighter (at L = 53), and off by 5.3 on average over 0..100: the picture is a little brighter.
    """
    if name not in _KNOWN:
        raise ExtractorError(f"there is no extractor {name!r}; there are {', '.join(_KNOWN)}.")
    if gives not in GIVES:
        raise ValueError(f"gives is one of {', '.join(GIVES)}, got {gives!r}")
    known = _KNOWN[name]
    top = gives != "features"
    if size is None:
        size = known.size
    elif top and size != known.size:
        raise ValueError(f"{name} gives {gives} at {known.size} px only; leave size out, or take gives='features'")
    elif size < known.smallest:
        raise ValueError(f"{name} needs at least {known.smallest} px, got size={size}")
    path = _weights_file(name, weights, top)

    import keras
    from keras import layers

    slug = re.sub(r"\W", "_", name.lower())
    network = getattr(keras.applications, name.partition(" ")[0])(
        input_shape=(size, size, 3),
        include_top=top,
        pooling=None if top else "avg",
        classifier_activation="softmax" if gives == "probabilities" else None,
        weights=None,
        name=slug,
        **({"alpha": 0.25, "dropout": 0.0} if name == "MobileNet 0.25" else {}),
    )
    if path:
        _load_weights(network, path, name, top)

    L = keras.Input((None, None, 1), name="L")
    gray = layers.Rescaling(255 / 100, name="to_255")(L)
    gray = layers.Resizing(size, size, interpolation="bilinear", name="resize")(gray)
    rgb = layers.Concatenate(name="stack")([gray, gray, gray])
    if known.centered:
        prepared = layers.Rescaling(1 / 127.5, offset=-1, name="prepare")(rgb)
    else:  # Three equal channels are as good BGR as RGB.
        prepared = layers.Normalization(mean=_BGR_MEAN, variance=[1.0, 1.0, 1.0], name="prepare")(rgb)
    extractor = keras.Model(L, network(prepared, training=False), name=f"{slug}_{gives}")
    extractor.trainable = False
    return extractor


def _weights_file(name, weights, top):
    """Return the path of a classifier's weights, which are downloaded if need be; None for random ones."""
    if weights is None:
        return None
    if weights != "imagenet":
        path = Path(weights).expanduser()
        if not path.is_file():
            raise ExtractorError(
                f"{name}: there is no file {path}; give weights='imagenet', None, or the path of a .h5 or .keras file."
            )
        return path
    known = _KNOWN[name]
    part = "" if top else known.no_top
    address = known.file.format(part)
    file = address.rpartition("/")[2]
    for candidate in (file, *(other.format(part) for other in known.others)):
        if path := files.in_mirror(f"weights/{candidate}"):
            return path
    folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
    path = folder / file
    if path.is_file():
        return path
    otherwise = f"set {files.MIRROR} to a folder that has weights/{file}"
    if os.environ.get(files.OFFLINE) == "1":
        raise ExtractorError(
            f"{name}: its weights are not here, and {files.OFFLINE} forbids to download them; unset that, "
            f"or {otherwise}."
        )
    try:
        with files.explain_write_errors(path):
            folder.mkdir(parents=True, exist_ok=True)
        with files.locked(preset.cache_folder("weights") / "lock"):
            if not path.is_file():  # Another process may have been here first.
                files.fetch(f"{_ADDRESS}/{address}", path, name, f"or {otherwise}")
                _check_download(path, known.md5[0 if top else 1])
    except files.FileProblem as error:
        raise ExtractorError(str(error)) from error
    return path


def _check_download(path, md5):
    """Remove what was downloaded if it is not what it should be, and say so."""
    with path.open("rb") as file:
        good = file.read(4) == b"\x89HDF"
    if not good or (md5 and files.digest(path, "md5") != md5):
        path.unlink()
        raise ExtractorError(
            f"{path.name}: checksum differs (the download was cut or altered). It was removed; run the same call "
            "again, or put a good copy in the folder weights of the mirror folder."
        )


def _load_weights(network, path, name, top):
    try:
        with warnings.catch_warnings():
            # Keras only warns when a file has nothing for some of the layers.
            warnings.simplefilter("error", UserWarning)
            network.load_weights(path)
    except Exception as error:  # what h5py and Keras raise on a damaged file is not documented
        raise ExtractorError(
            f"{path} is damaged, or does not hold the weights of {name} {'with' if top else 'without'} its top; "
            "put a good copy in its place, or remove it."
        ) from error
