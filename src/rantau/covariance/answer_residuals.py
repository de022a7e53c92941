"""What a model leaves of the moments of ordered answers, and the weights that least squares gives them."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import Implied
from rantau.moments.grouped import GroupMoments
from rantau.moments.single_answers import Ordering


def answer_residuals(implied: Implied, moments: GroupMoments) -> Array:
    """Return what is left of thresholds and means, then of covariances, `(..., G, m)`."""
    ordering = ordering_in(moments)
    if implied.level is None or moments.level is None:
        raise ValueError("ordered answers have levels")
    i, j = ordering.lower
    left = (moments.covariance - implied.sigma)[..., i, j]
    return np.concatenate([moments.level - implied.level, left], axis=-1)


def spread_out(implied: Implied, moments: GroupMoments, by_moment: Array) -> tuple[Array, Array]:
    """Turn derivatives by the moments `(..., G, m)` into those by levels, and by the cells of sigma, symmetric."""
    i, j = ordering_in(moments).lower
    t = by_moment.shape[-1] - i.size
    halved = by_moment[..., t:] * np.where(i == j, 1.0, 0.5)
    by_sigma = np.zeros(implied.sigma.shape)
    by_sigma[..., i, j] = halved
    by_sigma[..., j, i] = halved
    return by_moment[..., :t], by_sigma


def ordering_in(moments: GroupMoments) -> Ordering:
    """Return which variables are ordered."""
    if moments.ordering is None:
        raise ValueError("these moments are not those of ordered answers")
    return moments.ordering


def weight_of(moments: GroupMoments) -> Array:
    """Return the weight matrix; moments without one cannot be fitted by weighted least squares."""
    if moments.weight is None:
        raise ValueError("these moments carry no weight matrix")
    return moments.weight
