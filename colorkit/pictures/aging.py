"""Damage as old photographs have it, done on purpose to the lightness of photos whose colors are known."""

import numpy as np

_BORDER = 0.06  # of a picture's shorter side


def contrast(L, random):
    """Give L another gamma, 0.55 to 0.74 or 1.35 to 1.82: another film, paper or scanner."""
    gamma = np.exp(random.choice([-1, 1]) * random.uniform(0.3, 0.6))
    return 100 * (L / 100) ** gamma


def blur(L, random):
    """Blur L with a Gaussian whose sigma is 1.2% of the shorter side: a simple lens, a hand that moved."""
    from scipy import ndimage

    return ndimage.gaussian_filter(L, (0.012 * min(L.shape[:2]),) * 2 + (0,))


def grain(L, random):
    """Add normal noise with a standard deviation of 8 Lab units: large crystals of silver."""
    return L + random.normal(0, 8, L.shape)


def fading(L, random):
    """Press L into what is left between a gray black (18 to 32) and a gray white (68 to 82): light and time."""
    black, white = random.uniform(18, 32), random.uniform(68, 82)
    return black + (white - black) * L / 100


def scratches(L, random):
    """Draw eight bright lines from top to bottom, and forty specks, half of them dark: use, and dust in the scanner."""
    height, width = L.shape[:2]
    L = L.copy()
    thick = max(1, round(0.006 * min(height, width)))
    for _ in range(8):
        across = random.uniform(0, width) + np.linspace(0, random.normal(0, 0.05 * width), height)
        for row, column in enumerate(across.astype(int)):
            L[row, max(column, 0) : max(column + thick, 0)] = 92
    for speck in range(40):
        row, column = random.integers(height), random.integers(width)
        L[row : row + 2 * thick, column : column + 2 * thick] = 92 if speck % 2 else 8
    return L


def border(L, random):
    """Cover the edge, 6% of the shorter side, with white paper: a print that was scanned whole."""
    L, edge = L.copy(), max(1, round(_BORDER * min(L.shape[:2])))
    for side in (np.s_[:edge], np.s_[-edge:], np.s_[:, :edge], np.s_[:, -edge:]):
        L[side] = 95
    return L


DAMAGES = {function.__name__: function for function in (contrast, blur, grain, fading, scratches, border)}


def age(L, damages=tuple(DAMAGES), seed=0):
    """Damage the lightness of photos as time does, film and scanner: strongly, so that it shows what it costs.

    What an old photograph has lost cannot be measured on it, since nobody knows its colors. Here they are known.
    The published flagship saw mostly milder changes of contrast, others of brightness, and less grain, in half of its
    training.

    Parameters
    ----------
    L : array, shape (N, height, width, 1), float
        0..100.
    damages : str or sequence of str
        One or several of `DAMAGES`, in the order in which they happen: contrast, blur, grain, fading, scratches,
        border.
    seed : int
        How they fall out. Each picture has its own, which do not depend on how many there are.

    Returns
    -------
    array, shape (N, height, width, 1), float32
        0..100.

    Raises
    ------
    ValueError
        If there is no such damage, or L is not of that shape.

    Examples
    --------
    >>> L = np.full((1, 100, 80, 1), 50.0)
    >>> age(L, "border")[0, :7, 40, 0]
    array([95., 95., 95., 95., 95., 50., 50.], dtype=float32)
    """
    damages = [damages] if isinstance(damages, str) else list(damages)
    for name in damages:
        if name not in DAMAGES:
            raise ValueError(f"there is no damage {name!r}; there are {', '.join(DAMAGES)}")
    L = np.asarray(L)
    if L.ndim != 4 or L.shape[-1] != 1:
        raise ValueError(f"L of pictures has shape (N, height, width, 1), got {L.shape}; add an axis to a single one")
    aged = L.astype(np.float32)
    for number in range(len(aged)):
        for name in damages:
            # Each damage draws from a stream of its own: alone it is the same as among others.
            random = np.random.default_rng([seed, number, list(DAMAGES).index(name)])
            aged[number] = np.clip(DAMAGES[name](aged[number], random), 0, 100)
    return aged
