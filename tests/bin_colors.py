"""Colors and distributions over bins that several tests use."""

import numpy as np

from colorkit import lab


def random_ab(*shape, seed=0):
    """Return the ab of random sRGB colors."""
    rgb = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)
    return lab.rgb_to_lab(rgb)[..., 1:]


def distributions(*shape, seed=0):
    """Return random distributions over the 313 bins, a few bins of which have most."""
    return np.random.default_rng(seed).dirichlet(np.full(313, 0.05), shape).astype(np.float32)


def untied(ab, count, centers):
    """Tell for which colors it is clear which bins are nearest: gray is as near to one bin as to another."""
    distance = np.sort(np.linalg.norm(ab[..., None, :] - centers, axis=-1), axis=-1)
    return distance[..., count] - distance[..., count - 1] > 0.01
