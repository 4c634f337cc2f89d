"""Color photos that come inside other packages: always there, without network."""

from importlib.resources import files

from colorkit.pictures import open_photo, square

# name -> what it shows, and whose it is: as the packages that carry the photos say.
BUNDLED = {
    "astronaut": "Eileen Collins, astronaut. NASA Great Images, public domain",
    "cat": "Chelsea the cat. Stefan van der Walt, CC0",
    "coffee": "A cup of coffee. Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0",
    "rocket": "A Falcon 9 with the satellite DSCOVR on its launch pad. SpaceX, public domain",
    "motorcycle": "A motorcycle in a garage. Scharstein et al., High-resolution stereo datasets, GCPR 2014",
    "hubble": "Hubble eXtreme Deep Field. NASA, public domain",
    "retina": "A human retina. Mikael Häggström (2014), CC0",
    "tissue": "Stained colon tissue. Center for Microscopy And Molecular Imaging, no known copyright restrictions",
    "hopper": "Grace Hopper, rear admiral. US Navy, public domain (Wikimedia Commons, Grace_Hopper.jpg)",
}
_BUNDLED_FILES = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "hubble": ("skimage", "data/hubble_deep_field.jpg"),
    "retina": ("skimage", "data/retina.jpg"),
    "tissue": ("skimage", "data/ihc.png"),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}


def bundled(name, size=None):
    """Return a color photo that is always there, without network.

    Parameters
    ----------
    name : str
        One of the names in `BUNDLED`, which also says what each photo shows and whose it is.
    size : int, optional
        Side in pixels: the center square of the photo is resized to it (see `square`).

    Returns
    -------
    ndarray, shape (H, W, 3) or (size, size, 3), uint8
        sRGB.

    Raises
    ------
    ValueError
        If there is no such name.

    Examples
    --------
    >>> bundled("cat").shape
    (300, 451, 3)
    >>> bundled("cat", size=64).shape
    (64, 64, 3)
    """
    if name not in BUNDLED:
        raise ValueError(f"there is no bundled photo {name!r}; there are {', '.join(BUNDLED)}")
    package, path = _BUNDLED_FILES[name]
    photo = open_photo(files(package) / path)
    return photo if size is None else square(photo, size)
