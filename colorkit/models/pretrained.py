"""Classifiers that were trained on ImageNet, as Keras models that take the course's L.

Everything between L and the classifier is inside the model: its own scaling, its size and its channels. So no lesson
can feed it a picture scaled twice.
"""

import os
import re
import shutil
import tempfile
import tomllib
import warnings
from pathlib import Path

from colorkit import files, preset

_ADDRESS = "https://storage.googleapis.com/tensorflow/keras-applications"  # where Keras itself downloads from
_BGR_MEAN = [103.939, 116.779, 123.68]  # of ImageNet, 0..255
_KNOWN = tomllib.loads(files.asset("models", "pretrained.toml"))

# Name -> how many values its embedding has.
NAMES = {name: known["features"] for name, known in _KNOWN.items()}

OUTPUTS = ("features", "logits", "probabilities")


def load(name, *, output="features", weights="imagenet", size=None):
    """Return a pre-trained classifier as a model from L to an embedding.

    Inside the model L is scaled to 0..255, resized (bilinear), stacked to three equal channels, and prepared as that
    classifier wants it. All layers are Keras' own, so that a model that holds it can be saved and loaded. None is
    trainable, and batch normalization always uses what it learned on ImageNet. For the embeddings of many pictures,
    ``load(name).predict(pictures.L, verbose=0)`` works in batches.

    Parameters
    ----------
    name : str
        One of `NAMES`, for example ``"InceptionResNetV2"``.
    output : {"features", "logits", "probabilities"}
        ``"features"``: its last feature maps, averaged over the picture (`NAMES` says how many). ``"logits"``: its
        values for the 1000 classes of ImageNet, before the softmax. ``"probabilities"``: after it.
    weights : str, path-like or None
        ``"imagenet"``: Keras' own, from the folder ``weights`` of the mirror, else from Keras' cache, else from the
        network, where they are verified as they come. The mirror may have MobileNetV2 also as
        ``mobilenet_v2_1.0_224_dequantized.h5`` and ``..._no_top.h5``. A path: a file of weights of that classifier
        (.h5 or .keras; without its top for ``"features"``). None: random ones, to count and to compare with.
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
    FileProblem
        If its weights cannot be had, not be read, or are not its own.
    ValueError
        If `name`, `output` or `size` is not as said here.

    Notes
    -----
    255/100 L is not quite the gray that sRGB has for a lightness. Of 255 steps it is at most 4.1 darker (at L = 5) and
    8.6 lighter (at L = 53), and off by 5.3 on average over 0..100: the picture is a little brighter.

    References
    ----------
    C. Szegedy, S. Ioffe, V. Vanhoucke and A. Alemi (2017). Inception-v4, Inception-ResNet and the impact of residual
    connections on learning. AAAI. https://arxiv.org/abs/1602.07261 (and, for the others, VGG16: 1409.1556, ResNet50:
    1512.03385, InceptionV3: 1512.00567, MobileNetV2: 1801.04381, MobileNet: 1704.04861)

    Examples
    --------
    What it is, without its weights:

    >>> extractor = load("MobileNet 0.25", weights=None, size=64)
    >>> extractor.input_shape, extractor.output_shape
    ((None, None, None, 1), (None, 256))
    """
    if name not in _KNOWN:
        raise ValueError(f"there is no classifier {name!r}; there are {', '.join(_KNOWN)}")
    if output not in OUTPUTS:
        raise ValueError(f"output is one of {', '.join(OUTPUTS)}, got {output!r}")
    known = _KNOWN[name]
    top = output != "features"
    if size is None:
        size = known["size"]
    elif top and size != known["size"]:
        raise ValueError(f"{name} gives {output} at {known['size']} px only; leave size out, or take output='features'")
    elif size < known["smallest"]:
        raise ValueError(f"{name} needs at least {known['smallest']} px, got size={size}")
    path, whole = _weights_file(name, weights, top)

    import keras
    from keras import layers

    slug = re.sub(r"\W", "_", name.lower())
    network = getattr(keras.applications, known["network"])(
        input_shape=(size, size, 3),
        include_top=whole,
        pooling=None if whole else "avg",
        classifier_activation="softmax" if output == "probabilities" else None,
        weights=None,
        name=slug,
        **known.get("options", {}),
    )
    if path:
        _load_weights(network, path, name, whole)
    if whole and not top:
        network = keras.Model(network.input, network.layers[-2].output, name=slug)

    L = keras.Input((None, None, 1), name="L")
    gray = layers.Rescaling(255 / 100, name="to_255")(L)
    gray = layers.Resizing(size, size, interpolation="bilinear", name="resize")(gray)
    rgb = layers.Concatenate(name="stack")([gray, gray, gray])
    if known["centered"]:
        prepared = layers.Rescaling(1 / 127.5, offset=-1, name="prepare")(rgb)
    else:  # Three equal channels are as good BGR as RGB.
        prepared = layers.Normalization(mean=_BGR_MEAN, variance=[1.0, 1.0, 1.0], name="prepare")(rgb)
    extractor = keras.Model(L, network(prepared, training=False), name=f"{slug}_{output}")
    extractor.trainable = False
    return extractor


def _weights_file(name, weights, top):
    """Return the path of a classifier's weights, None for random ones, and whether the top is among them."""
    if weights is None:
        return None, top
    if weights != "imagenet":
        path = Path(weights).expanduser()
        if not path.is_file():
            raise files.FileProblem(
                f"{name}: there is no file {path}; give weights='imagenet', None, or the path of a .h5 or .keras file."
            )
        return path, top
    wanted = _KNOWN[name]["whole" if top else "headless"]
    file = wanted["file"].rpartition("/")[2]
    for candidate in (file, *wanted.get("others", ())):
        if path := files.in_mirror(f"weights/{candidate}"):
            return path, top
    folders = _folders()
    for folder in folders:
        if (folder / file).is_file():
            return folder / file, top
    checksum = {kind: wanted[kind] for kind in ("sha256", "md5") if kind in wanted}
    if not checksum:  # It could not be verified, and the one with the top can.
        return _weights_file(name, weights, True)
    files.download(
        f"{_ADDRESS}/{wanted['file']}",
        folders[0] / file,
        name,
        **checksum,
        otherwise=f"set {files.MIRROR} to a folder that has weights/{file}",
    )
    return folders[0] / file, top


def _folders():
    """Return the folders that weights are looked for in; they are downloaded to the first one.

    That is Keras' own. Where it cannot be written, or nobody knows whose home it would be in, it is colorkit's.
    """
    try:
        folder = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
    except RuntimeError:  # An unknown user has no home.
        return [preset.cache_folder("weights")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return [preset.cache_folder("weights")]
    return [folder] if os.access(folder, os.W_OK) else [preset.cache_folder("weights"), folder]


def _load_weights(network, path, name, whole):
    """Read a file of weights into a classifier, also where HDF5 cannot lock it."""
    with files.explain_read_errors(path), path.open("rb"):
        pass
    try:
        with warnings.catch_warnings():
            # Keras only warns when a file has nothing for some of the layers.
            warnings.simplefilter("error", UserWarning)
            try:
                network.load_weights(path)
            except OSError:
                # HDF5 locks what it reads. On some network drives it cannot, and another process may have locked the
                # file; a copy is nobody else's.
                with tempfile.TemporaryDirectory() as folder:
                    network.load_weights(shutil.copyfile(path, Path(folder) / path.name))
    except Exception as error:  # what h5py and Keras raise on a damaged file is not documented
        reason = re.split(r"\.\s|\n", str(error).strip())[0].removesuffix(".")
        raise files.FileProblem(
            f"{path} is damaged, or does not hold the weights of {name} {'with' if whole else 'without'} its top "
            f"({reason}); put a good copy in its place."
        ) from error
