"""Promax: from varimax to a power of it."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def promax(loadings: Array, settings: Settings) -> Array:
    """Find the matrix `(m, m)` that takes varimax loadings `(p, m)` nearest to a power of them.

    Source: Hendrickson & White (1964), eq. 3 to 5: least squares to `|L|^kappa` with the signs of L, and columns scaled
    so that the factors, whose covariances are `(U'U)^-1`, have unit variance.
    """
    wanted = loadings * (loadings**2) ** ((settings.kappa - 1) / 2)
    turn = np.linalg.solve(loadings.T @ loadings, loadings.T @ wanted)
    return np.asarray(turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn))))
