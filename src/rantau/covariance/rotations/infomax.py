"""Infomax: what knowing the item says of the factor."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import TINY, Settings


def infomax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute log m less the information that rows have of columns, `(..., p, m)` to `(...)`.

    Source: Browne (2001), eq. 19, after McKeon (1968): the squared loadings over their sum taken for probabilities.
    """
    squared = loadings**2 + TINY
    total = squared.sum(axis=(-1, -2), keepdims=True)
    joint = squared / total
    rows, columns = joint.sum(axis=-1, keepdims=True), joint.sum(axis=-2, keepdims=True)
    surprise = np.log(rows) + np.log(columns) - np.log(joint)
    value = np.log(loadings.shape[-1]) + (joint * surprise).sum(axis=(-1, -2))
    # The derivatives of the three entropies by `joint` leave `surprise` and a constant, which the sum of 1 takes away.
    slope = (surprise - (joint * surprise).sum(axis=(-1, -2), keepdims=True)) / total
    return value, 2 * loadings * slope
