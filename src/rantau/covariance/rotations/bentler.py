"""Bentler's invariant pattern simplicity."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, diagonal
from rantau.covariance.exploratory.settings import Settings


def bentler(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute a quarter of minus the log of the determinant of the correlations of squared loadings.

    Loadings `(..., p, m)`, value `(...)`. Source: Bentler (1977), eq. 8; Bernaards & Jennrich (2005).
    """
    squared = loadings**2
    among = squared.mT @ squared
    size = diagonal(among)
    unit = np.sqrt(size)
    correlation = among / (unit[..., :, None] * unit[..., None, :])
    value = -np.log(np.linalg.det(correlation)) / 4
    inverse = np.linalg.inv(among)
    slope = squared @ inverse - squared / size[..., None, :]
    return value, -loadings * slope
