"""Unweighted least squares."""

from __future__ import annotations

import numpy as np

from rantau.arrays import diagonal
from rantau.covariance.discrepancies.gls import gls_second
from rantau.covariance.implied import Implied, Slopes, gather_matrix
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments


def uls(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the unweighted least-squares discrepancy.

    Returns
    -------
    Local
        Its weight is the identity.

    Notes
    -----
    Browne (1984), eq. 2.6 with the identity for a weight matrix: the sum of the squared residuals of all different
    moments, as in lavaan. Jöreskog & Goldberger (1972) sum over the whole matrix, which gives a variance half the
    weight of a covariance; the two agree where the model fits all variances exactly. It depends on the units of the
    variables.
    """
    share, weight = moments.share, np.broadcast_to(np.eye(implied.sigma.shape[-1]), implied.sigma.shape)
    residual, distance = moments.covariance - implied.sigma, moments.mean - implied.mu
    own = diagonal(residual)
    value = ((residual**2).sum(axis=(-1, -2)) + (own**2).sum(axis=-1)) / 2 + (distance**2).sum(axis=-1)
    by_sigma = -residual * (1 + weight)
    value = (share * value).sum(axis=-1)
    return Local(value, share[..., None, None] * by_sigma, -2 * share[..., None] * distance, weight)


def uls_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives: those of the whole matrix, halved, and those of the variances besides."""
    found = gls_second(layout, implied, slope, moments, local, exact)
    of_variances = 2 * slope.left * slope.right
    more = moments.share[..., None, None] * (of_variances.mT @ of_variances)
    more = gather_matrix(layout, more)
    return Second(found.expected + more, None if found.exact is None else found.exact + more)
