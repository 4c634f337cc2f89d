"""How values go into a process and come back: numbers, text, plain arrays; nothing that could be run, as a pickle is.

A message is two lengths, JSON, and the bytes of the arrays that the JSON refers to.
"""

import json
import math
import struct

import numpy as np

_LENGTHS = struct.Struct(">II")


class WireError(ValueError):
    """What came is no message, or is larger than it may be."""


def send(socket, value, functions=None):
    """Send a value.

    Parameters
    ----------
    socket : socket.socket
    value : object
        Of None, bool, int, float, str, NumPy arrays of numbers, lists, tuples, and dicts with text for keys.
    functions : list, optional
        Functions in the value are added to it, and their places in the list are sent.
    """
    blobs = []
    text = json.dumps(_plain(value, blobs, functions)).encode()
    socket.sendall(_LENGTHS.pack(len(text), sum(map(len, blobs))) + text + b"".join(blobs))


def receive(socket, limit, function=None):
    """Receive a value.

    Parameters
    ----------
    socket : socket.socket
    limit : int
        The most bytes that it may have.
    function : callable, optional
        Makes a function of the place of one in the sender's list.

    Returns
    -------
    object
        None if the other side has hung up.

    Raises
    ------
    WireError
        If what came is no message, or is larger.
    """
    head = _exactly(socket, _LENGTHS.size)
    if head is None:
        return None
    text, blob = _LENGTHS.unpack(head)
    if text + blob > limit:
        raise WireError(f"more than {limit:,} bytes")
    data = _exactly(socket, text + blob)
    if data is None:
        return None
    try:
        return _value(json.loads(data[:text]), memoryview(data)[text:], function)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WireError(f"no message: {error}") from error


def _exactly(socket, count):
    data = bytearray()
    while len(data) < count:
        block = socket.recv(min(count - len(data), 1 << 20))
        if not block:
            return None
        data += block
    return bytes(data)


def _plain(value, blobs, functions):
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        begin = sum(map(len, blobs))
        blobs.append(np.ascontiguousarray(value).tobytes())
        return {"array": [value.dtype.str, value.shape, begin]}
    if isinstance(value, list):
        return [_plain(one, blobs, functions) for one in value]
    if isinstance(value, tuple):
        return {"tuple": [_plain(one, blobs, functions) for one in value]}
    if isinstance(value, dict):
        return {"dict": {str(key): _plain(one, blobs, functions) for key, one in value.items()}}
    if callable(value) and functions is not None:
        functions.append(value)
        return {"function": len(functions) - 1}
    raise WireError(f"a {type(value).__name__} cannot be sent")


def _value(plain, blob, function):
    if isinstance(plain, list):
        return [_value(one, blob, function) for one in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, content),) = plain.items()
    if kind == "tuple":
        return tuple(_value(one, blob, function) for one in content)
    if kind == "dict":
        return {key: _value(one, blob, function) for key, one in content.items()}
    if kind == "function" and function is not None:
        return function(int(content))
    if kind != "array":
        raise WireError(f"unknown kind {kind!r}")
    name, shape, begin = content
    dtype, shape = np.dtype(name), tuple(int(side) for side in shape)
    count, begin = math.prod(shape), int(begin)
    if dtype.kind not in "biuf" or begin < 0 or any(side < 0 for side in shape):
        raise WireError("an array of no numbers")
    part = blob[begin : begin + count * dtype.itemsize]
    if len(part) != count * dtype.itemsize:
        raise WireError("an array without its bytes")
    return np.frombuffer(part, dtype).reshape(shape).copy()
