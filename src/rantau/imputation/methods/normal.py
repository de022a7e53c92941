"""A draw from the regression."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.imputation.draw import Regression


def normal(found: Regression, rng: np.random.Generator, *, donors: int) -> Array:
    """Return `(n_missing,)` draws from a normal distribution around what the drawn regression expects.

    They lie between the points of a scale and beyond its ends.

    Notes
    -----
    Rubin (1987), p. 167.
    """
    return found.drawn + found.sigma * rng.standard_normal(found.drawn.size)
