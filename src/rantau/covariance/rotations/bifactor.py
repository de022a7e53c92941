"""Bifactor rotations: a criterion of all factors but the first, which is a general one."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings
from rantau.covariance.rotations.geomin import geomin
from rantau.covariance.rotations.oblimin import quartimin


def bi_geomin(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute geomin of the group factors, `(..., p, m)` to `(...)`. Source: Jennrich & Bentler (2012), p. 445."""
    value, slope = geomin(loadings[..., 1:], settings)
    return value, np.concatenate([np.zeros_like(slope[..., :1]), slope], axis=-1)


def bi_quartimin(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute quartimin of the group factors, `(..., p, m)` to `(...)`. Source: Jennrich & Bentler (2011), eq. 4."""
    value, slope = quartimin(loadings[..., 1:], settings)
    return value, np.concatenate([np.zeros_like(slope[..., :1]), slope], axis=-1)
