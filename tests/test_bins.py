"""The bins of the ab plane."""

import numpy as np

from colorkit import bins, lab


def test_there_are_313_in_the_published_order():
    centers = bins.centers()
    assert centers.shape == (313, 2) and centers.dtype == np.float32
    # Published: by a, then by b.
    assert centers[:3].tolist() == [[-90, 50], [-90, 60], [-90, 70]] and centers[-1].tolist() == [100, 0]
    assert np.array_equal(centers, centers[np.lexsort((centers[:, 1], centers[:, 0]))])
    assert not centers.flags.writeable


def test_nearest_is_the_nearest_also_outside_the_bins():
    ab = np.random.default_rng(0).uniform(-200, 200, (50, 40, 2)).astype(np.float32)
    found = bins.nearest(ab)
    distances = np.linalg.norm(ab[..., None, :] - bins.centers(), axis=-1)
    assert found.shape == (50, 40)
    assert np.allclose(np.take_along_axis(distances, found[..., None], -1)[..., 0], distances.min(-1), atol=1e-4)
    assert bins.nearest([0.0, 0.0]) == np.flatnonzero((bins.centers() == 0).all(1))[0]


def test_52_bins_are_nearest_to_no_color():
    levels = np.append(np.arange(0, 256, 3), 255).astype(np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
    # Nearly: in steps of 3 not every color is met.
    assert 255 <= len(np.unique(bins.nearest(lab.rgb_to_lab(rgb)[..., 1:]))) <= 261
