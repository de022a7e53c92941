"""McCammon's ratio of entropies."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import TINY, Settings


def mccammon(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute the log of the entropy within columns over that of the columns, `(..., p, m)` to `(...)`.

    Source: McCammon (1966); as in Bernaards & Jennrich (2005).
    """
    squared = loadings**2 + TINY
    sums = squared.sum(axis=-2, keepdims=True)
    total = sums.sum(axis=-1, keepdims=True)
    within, between = squared / sums, sums / total
    of_rows, of_columns = -np.log(within), -np.log(between)
    each = (within * of_rows).sum(axis=-2, keepdims=True)
    first = each.sum(axis=-1, keepdims=True)
    second = (between * of_columns).sum(axis=-1, keepdims=True)
    slope = (of_rows - each) / sums / first - (of_columns - second) / total / second
    return (np.log(first) - np.log(second))[..., 0, 0], 2 * loadings * slope
