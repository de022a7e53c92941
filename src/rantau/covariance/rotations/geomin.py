"""Geomin: the geometric mean of the squared loadings of each item."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def geomin(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute the sum over items of the geometric mean of `L2 + epsilon`, `(..., p, m)` to `(...)`.

    Source: Browne (2001), eq. 16, after Yates (1987).
    """
    raised = loadings**2 + settings.epsilon
    mean = np.exp(np.log(raised).mean(axis=-1))
    return mean.sum(axis=-1), 2 / loadings.shape[-1] * loadings / raised * mean[..., None]
