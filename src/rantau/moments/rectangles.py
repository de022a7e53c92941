"""The bivariate normal distribution: probabilities of quadrants and of the rectangles between thresholds."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, owens_t

from rantau.arrays import Array

#: Beyond this a normal variable is never met.
FAR = 37.0
#: Instead of nought, at which the arguments of Owen's T have no value.
NEARLY = 1e-200
#: Up to the first of these correlations few nodes integrate the density to the last digit, up to the second many do.
FLAT, PEAKED = 0.75, 0.925
FEW, MANY = np.polynomial.legendre.leggauss(12), np.polynomial.legendre.leggauss(20)


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
    The density integrated over the correlation, from nought up, by Gauss and Legendre's rule (Drezner & Wesolowsky,
    1990; Genz, 2004); where the density is too peaked for that, Owen's T (1956, eq. 2.1). The absolute error is some
    5e-16.

    Examples
    --------
    >>> import numpy as np
    >>> quadrant(np.array([0.0, 1.0]), np.array([0.0, np.inf]), np.array([0.5, 0.3])).round(6).tolist()
    [0.333333, 0.841345]
    """
    h, k = np.clip(first, -FAR, FAR), np.clip(second, -FAR, FAR)
    peaked = np.abs(correlation) > PEAKED
    if peaked.all() or not peaked.any():
        found = (_by_owens_t if peaked.all() else _integrated)(h, k, correlation)
    else:
        h, k, r, at = np.broadcast_arrays(h, k, correlation, peaked)
        found = np.empty(h.shape)
        found[at] = _by_owens_t(h[at], k[at], r[at])
        found[~at] = _integrated(h[~at], k[~at], r[~at])
    return np.asarray(np.clip(found, 0.0, 1.0))


def _integrated(h: Array, k: Array, correlation: Array) -> Array:
    """Integrate the density over the angle whose sine is the correlation."""
    half = np.arcsin(correlation) / 2
    product, squares = h * k, (h * h + k * k) / 2
    found = ndtr(h) * ndtr(k)
    for node, weight in zip(*(FEW if np.abs(correlation).max(initial=0.0) < FLAT else MANY), strict=True):
        sine = np.sin(half * (1 + node))
        found = found + weight * half / (2 * np.pi) * np.exp((product * sine - squares) / (1 - sine * sine))
    return np.asarray(found)


def _by_owens_t(h: Array, k: Array, correlation: Array) -> Array:
    h, k = np.where(h == 0, NEARLY, h), np.where(k == 0, NEARLY, k)
    root = np.sqrt((1 - correlation) * (1 + correlation))
    with np.errstate(over="ignore"):
        across = owens_t(h, (k - correlation * h) / (h * root)) + owens_t(k, (h - correlation * k) / (k * root))
    return np.asarray((ndtr(h) + ndtr(k)) / 2 - across - np.where(np.sign(h) * np.sign(k) > 0, 0.0, 0.5))


def rectangles(first: Array, second: Array, correlation: Array) -> Array:
    """Return the probability of each rectangle between the thresholds of two variables, `(k, a + 1, b + 1)`.

    `first (k, a)` and `second (k, b)` are the thresholds of pairs of variables; infinite ones at the end are none.
    """
    corners = np.zeros((len(first), first.shape[1] + 2, second.shape[1] + 2))
    corners[:, 1:-1, 1:-1] = quadrant(first[:, :, None], second[:, None, :], correlation[:, None, None])
    corners[:, 1:-1, -1], corners[:, -1, 1:-1], corners[:, -1, -1] = ndtr(first), ndtr(second), 1.0
    return between(corners)


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


def between_thresholds(at_thresholds: Array) -> Array:
    """Do the same for values `(k, a, b)` at the thresholds that are nought where a variable has no limit."""
    corners = np.zeros((len(at_thresholds), at_thresholds.shape[1] + 2, at_thresholds.shape[2] + 2))
    corners[:, 1:-1, 1:-1] = at_thresholds
    return between(corners)
