"""Diagonally weighted and unweighted least squares of the moments of ordered answers."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.answer_residuals import answer_curvature, answer_residuals, spread_out, weight_of
from rantau.covariance.implied import Implied, Slopes, gather_matrix
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local, Second
from rantau.moments.grouped import GroupMoments


def dwls(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the discrepancy of moments that are weighted one by one; `moments.weight` is `(..., G, m)`.

    Returns
    -------
    Local
        Its weight is `moments.weight`.

    Notes
    -----
    Muthén, du Toit & Spisic (1997), eq. 26, with the diagonal of the inverse variances; weights of one make it
    unweighted least squares (Muthén, 1993).
    """
    weight = weight_of(moments)
    residual = answer_residuals(implied, moments)
    pulled = weight * residual
    share = moments.share
    value = (share * (residual * pulled).sum(axis=-1)).sum(axis=-1)
    by_level, by_sigma = spread_out(implied, moments, -2 * share[..., None] * pulled)
    return Local(value, by_sigma, by_level, weight)


def dwls_second(
    layout: Layout, implied: Implied, slope: Slopes, moments: GroupMoments, local: Local, exact: bool
) -> Second:
    """Compute the second derivatives: `2 J' W J` with J the Jacobian of the moments, and `answer_curvature` besides."""
    if slope.moments is None:
        raise ValueError("these moments are not those of ordered answers")
    weight = moments.share[..., None] * local.weight
    # Covariances do not depend on thresholds and means, which are most of the cells.
    t, spread = slope.moments.shape[-2] - layout.cells.lower[0].size, layout.roles.free_spread
    by_cell = _weighted_squares(slope.moments[..., :t, :], weight[..., :t])
    by_cell[..., spread[:, None], spread] += _weighted_squares(slope.moments[..., t:, spread], weight[..., t:])
    by_cell *= 2
    bent = answer_curvature(layout, implied, local) if exact else None
    expected = gather_matrix(layout, by_cell)
    return Second(expected, None if bent is None else gather_matrix(layout, by_cell + bent))


def _weighted_squares(jacobian: Array, weight: Array) -> Array:
    """Return `J' W J`, `(..., f, f)`, with the diagonal of W."""
    return np.asarray(jacobian.mT @ (weight[..., None] * jacobian))
