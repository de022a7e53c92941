"""The bivariate normal distribution: probabilities of quadrants and of the rectangles between thresholds."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, owens_t

from rantau.arrays import Array

#: Beyond this a normal variable is never met.
FAR = 37.0
#: Instead of nought, at which the arguments of Owen's T have no value.
NEARLY = 1e-200


def quadrant(first: Array, second: Array, correlation: Array) -> Array:
    """Return the probability that two standard normal variables are both below a point.

    Parameters
    ----------
    first, second
        `(...)` the point; infinite where a variable has no limit. All three broadcast.
    correlation
        Between -1 and 1, both excluded.

    Returns
    -------
    Array
        As the three broadcast.

    Notes
    -----
    Owen (1956), eq. 2.1, by his T function; the absolute error is some 1e-16.

    Examples
    --------
    >>> import numpy as np
    >>> quadrant(np.array([0.0, 1.0]), np.array([0.0, np.inf]), np.array([0.5, 0.3])).round(6).tolist()
    [0.333333, 0.841345]
    """
    h, k = np.clip(first, -FAR, FAR), np.clip(second, -FAR, FAR)
    h, k = np.where(h == 0, NEARLY, h), np.where(k == 0, NEARLY, k)
    root = np.sqrt((1 - correlation) * (1 + correlation))
    with np.errstate(over="ignore"):
        across = owens_t(h, (k - correlation * h) / (h * root)) + owens_t(k, (h - correlation * k) / (k * root))
    found = (ndtr(h) + ndtr(k)) / 2 - across - np.where(np.sign(h) * np.sign(k) > 0, 0.0, 0.5)
    return np.asarray(np.clip(found, 0.0, 1.0))


def density(first: Array, second: Array, correlation: Array) -> Array:
    """Return the density `(...)` of two standard normal variables at a point; nought where it is infinite.

    It is also the derivative of `quadrant` by the correlation (Plackett, 1954, eq. 3).
    """
    h, k = np.clip(first, -FAR, FAR), np.clip(second, -FAR, FAR)
    free = (1 - correlation) * (1 + correlation)
    squares = (h - correlation * k) ** 2 / free + k * k
    return np.asarray(np.exp(-squares / 2) / (2 * np.pi * np.sqrt(free)))


def between(at_corners: Array) -> Array:
    """Turn values at the corners `(..., a + 1, b + 1)` of rectangles into the differences that belong to each."""
    along = at_corners[..., 1:, :] - at_corners[..., :-1, :]
    return np.asarray(along[..., 1:] - along[..., :-1])
