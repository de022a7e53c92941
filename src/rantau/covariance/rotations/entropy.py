"""Minimum entropy of the squared loadings."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import TINY, Settings


def entropy(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute half the entropy of the squared loadings, `(..., p, m)` to `(...)`. Source: Jennrich (2004), eq. 3."""
    logs = np.log(loadings**2 + TINY)
    return -(loadings**2 * logs).sum(axis=(-1, -2)) / 2, -loadings * (logs + 1)
