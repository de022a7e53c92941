"""Rotation to a target, of which any part may be left open."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def target(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute the squared distance of the loadings from what the target states of them, `(..., p, m)` to `(...)`.

    Source: Browne (1972), eq. 2: entries of the target that are NaN do not count.
    """
    wanted = np.array(settings.target, dtype=float)
    away = np.where(np.isnan(wanted), 0.0, loadings - np.where(np.isnan(wanted), 0.0, wanted))
    return (away**2).sum(axis=(-1, -2)), 2 * away
