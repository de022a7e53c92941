"""What a model leaves of the moments of ordered answers, and the weights that least squares gives them."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.cells import DIRECTED
from rantau.covariance.implied import Implied, curvature
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import Layout
from rantau.covariance.local import Local
from rantau.moments.grouped import GroupMoments
from rantau.moments.single_answers import Ordering


def answer_residuals(implied: Implied, moments: GroupMoments) -> Array:
    """Return what is left of thresholds and means, of slopes, then of covariances, `(..., G, m)`."""
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


def answer_curvature(layout: Layout, implied: Implied, local: Local) -> Array | None:
    """Contract the second derivatives of the moments with those of a discrepancy by them.

    Parameters
    ----------
    layout, implied
        The model at its parameters.
    local
        The discrepancy there, with its derivatives by levels and sigma.

    Returns
    -------
    Array or None
        `(..., G, f, f)` by the free cells; None where scales move or ordered variables have effects, so that the
        moments are no longer those of an ordinary model but for the variances of ordered variables.
    """
    answers = layout.cells.latent_answers
    if answers is None or answers.theta or (layout.place[:, answers.scale] >= 0).any():
        return None
    causes = layout.column[layout.kind == DIRECTED]
    if np.isin(causes, answers.item).any() or (layout.base[..., answers.scale] != 1).any():
        return None
    by_mu = np.zeros(implied.mu.shape)
    sign = np.where(answers.level_cell >= 0, -1.0, 1.0)
    for level, item in enumerate(answers.level_item):
        by_mu[..., item] += sign[level] * local.by_mu[..., level]
    found = curvature(layout, implied, local.by_sigma, by_mu)
    if answers.given.size:
        _add_slope_curvature(found, layout, answers, implied.effect, local.by_mu[..., answers.level_item.size :])
    return found


def _add_slope_curvature(
    by_cell: Array, layout: Layout, answers: LatentAnswers, effect: Array, by_slope: Array
) -> None:
    """Add to `curvature` what comes from the slopes on covariates; `by_slope (..., G, q)` is the discrepancy's.

    With W the latter as a matrix of variables by covariates and `Q = E'W E_x'`, for effects `A[i, j]` and `A[k, m]`:
    `E_jk Q_im + E_mi Q_kj`.
    """
    outcome, covariate = answers.slopes
    pull = np.zeros(effect.shape)
    pull[..., outcome, covariate] = by_slope
    middle = effect.mT @ pull @ effect.mT
    directed = layout.roles.free_directed
    i, j = layout.roles.row[directed][:, None], layout.roles.column[directed][:, None]
    among = effect[..., j, i.T] * middle[..., i, j.T]
    by_cell[..., directed[:, None], directed] += among + among.mT


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
