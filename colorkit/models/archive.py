"""What is inside of a .keras file, made to suit other versions of Keras, and to take half the room."""

import io
import json
import zipfile

import numpy as np

_CONFIG, _WEIGHTS = "config.json", "model.weights.h5"  # in a .keras file
# What Keras has come to write since 3.11, which refuses to read it: at their defaults, where they mean nothing.
_LATER = {
    "input_axes": None,
    "output_axes": None,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


def rewrite(path, name, half):
    """Rewrite a .keras file for versions of Keras before the one that wrote it, and in half precision if asked to.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        What messages call the network.
    half : bool
        Whether weights other than vectors are stored in half precision.

    Raises
    ------
    ValueError
        If a weight is too large for half precision.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {file: archive.read(file) for file in archive.namelist()}
    parts[_CONFIG] = json.dumps(_for_earlier_keras(json.loads(parts[_CONFIG]))).encode()
    if half:
        parts[_WEIGHTS] = _halved(parts[_WEIGHTS], name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in parts.items():
            archive.writestr(file, content)


def _for_earlier_keras(config):
    if isinstance(config, list):
        return [_for_earlier_keras(part) for part in config]
    if isinstance(config, dict):
        return {
            key: _for_earlier_keras(part) for key, part in config.items() if not (key in _LATER and part == _LATER[key])
        }
    return config


def _halved(weights, name):
    """Return the content of an HDF5 file with its weights in half precision, all but vectors."""
    import h5py

    written = io.BytesIO()
    with h5py.File(io.BytesIO(weights), "r") as before, h5py.File(written, "w") as after:

        def copy(file, item):
            if isinstance(item, h5py.Group):
                made = after.require_group(file)
            elif item.dtype == np.float32 and item.ndim > 1:
                values = item[()]
                largest = np.abs(values).max(initial=0)
                if largest > np.finfo(np.float16).max:
                    raise ValueError(f"{name} has weights up to {largest:.3g}; save it without half=True")
                made = after.create_dataset(file, data=values.astype(np.float16))
            else:
                made = after.create_dataset(file, data=item[()])
            made.attrs.update(item.attrs)

        before.visititems(copy)
    return written.getvalue()
