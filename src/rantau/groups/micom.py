"""Measurement invariance of composites: the statistics of its second and third step."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array

#: What `items=` takes: whether group weights, which are those of standardised items, meet the pooled items
#: standardised, or as they were answered.
ITEMS = ("standardised", "raw")
#: Differences below are rounding.
ROUNDING = 1e-12


def compositional(covariance: Array, first: Array, second: Array) -> Array:
    """Return the correlations c of two groups' composites over the pooled rows.

    Parameters
    ----------
    covariance
        Of the pooled items, `(p, p)`.
    first, second
        How composites come from items in each group, `(draws, p, J)`.

    Returns
    -------
    Array
        `(draws, J)`: 1 where weights are proportional.

    Source: Henseler, Ringle and Sarstedt (2016), Testing measurement invariance of composites using partial least
    squares, step 2.
    """
    along = covariance @ second
    across = np.einsum("dpj,dpj->dj", first, along)
    own = np.einsum("dpj,dpj->dj", first, covariance @ first) * np.einsum("dpj,dpj->dj", second, along)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.clip(across / np.sqrt(own), -1.0, 1.0)
    return found


def moment_differences(scores: Array, shares: Array) -> tuple[Array, Array]:
    """Return how two groups differ in the means and the variances of pooled scores.

    Parameters
    ----------
    scores
        Of the pooled rows, `(n, J)`.
    shares
        How much each row counts in each group, `(2, draws, n)`, 0 for rows of the other.

    Returns
    -------
    tuple
        The first mean less the second, and the logarithm of the first variance less that of the second,
        `(draws, J)` each.

    Source: Henseler, Ringle and Sarstedt (2016), step 3.
    """
    total = shares.sum(axis=2, keepdims=True)
    rows = (shares > 0).sum(axis=2, keepdims=True)
    mean = shares @ scores / total
    # Pooled scores have mean 0 and variance 1, so nothing is lost by subtracting squares.
    variance = (shares @ scores**2 / total - mean**2) * rows / (rows - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        logarithm = np.log(np.where(variance > 0, variance, np.nan))
    return mean[0] - mean[1], logarithm[0] - logarithm[1]


def share_as_extreme(observed: Array, permuted: Array, *, below: bool = False) -> Array:
    """Return permutation p-values: the share of divisions that differ as much as the groups do.

    Parameters
    ----------
    observed
        `(q,)`.
    permuted
        `(draws, q)`.
    below
        Whether small values speak against equality; otherwise those far from zero on either side do.

    Returns
    -------
    Array
        `(q,)`; the division that was observed is counted with the others, so p is never zero. NaN where a value is.

    Source: Chin and Dibbern (2010); Davison and Hinkley (1997), equation 4.11.
    """
    extreme = permuted <= observed + ROUNDING if below else np.abs(permuted) >= np.abs(observed) - ROUNDING
    p: Array = (extreme.sum(axis=0) + 1) / (len(permuted) + 1)
    return np.where(np.isnan(observed) | np.isnan(permuted).any(axis=0), np.nan, p)
