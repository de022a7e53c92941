"""Unit weights: sum scores of the standardised items."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.pls.rows import OuterMode


def prepare(block: Array) -> Array:
    """Return the correlations of a block `(draws, k, k)` as they are: nothing is worth preparing."""
    return block


def weights(prepared: Array, towards: Array) -> Array:
    """Give each item of the block the same weight: from `(draws, k, k)` and `(draws, k)` to `(draws, k)`."""
    return np.ones_like(towards)


UNIT = OuterMode(
    "unit", prepare, weights, inverts=False, source="Wainer (1976), Estimating coefficients in linear models"
)
