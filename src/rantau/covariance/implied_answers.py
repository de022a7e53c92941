"""What a model implies of ordered answers: thresholds, slopes on fixed covariates, correlations, and their derivatives.

What lies behind the answers has the moments of any model (`rantau.covariance.implied`); here it is put into the scales
that parameterizations set, and cut by thresholds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.latent_answers import LatentAnswers
from rantau.covariance.layout import Layout

if TYPE_CHECKING:
    from rantau.covariance.implied import Implied, Slopes


def behind_answers(answers: LatentAnswers, cells: Array, covariance: Array, whole: Implied) -> Implied:
    """Compute what a model implies of ordered answers from what it implies of all variables.

    Parameters
    ----------
    answers
        Where thresholds and scales are.
    cells
        `(..., G, cells)` the values of all cells.
    covariance
        `(..., G, v, v)` of disturbances, and of covariates.
    whole
        What lies behind the answers, as if it were observed.

    Returns
    -------
    Implied
        Where covariates are fixed, of the others given these.
    """
    scale = np.ones(whole.mu.shape)
    scale[..., answers.item] = cells[..., answers.scale]
    if not answers.given.size:
        return _cut(answers, cells, scale, whole)
    x, effect = answers.given, whole.effect
    of_x = effect[..., x]
    among = covariance[..., x[:, None], x]
    within = whole.total - of_x @ among @ np.swapaxes(of_x, -1, -2)
    within[..., x, :] = within[..., :, x] = 0.0
    at_nought = whole.mean - (of_x @ whole.mean[..., x, None])[..., 0]
    found = _cut(answers, cells, scale, whole._replace(total=within, mean=at_nought))
    sigma, mu = found.sigma.copy(), found.mu.copy()
    sigma[..., x[:, None], x], mu[..., x] = among, whole.mean[..., x]
    return found._replace(sigma=sigma, mu=mu, total=whole.total, mean=whole.mean, given=found)


def _cut(answers: LatentAnswers, cells: Array, scale: Array, behind: Implied) -> Implied:
    """Cut what lies behind the answers, in scales `(..., G, p)`, by the thresholds among `cells (..., G, cells)`."""
    p, effect = scale.shape[-1], behind.effect
    sigma = behind.total[..., :p, :p] * scale[..., :, None] * scale[..., None, :]
    level = behind.mean[..., answers.level_item]
    cut = np.flatnonzero(answers.level_cell >= 0)
    above = cells[..., answers.level_cell[cut]] - level[..., cut]
    level[..., cut] = scale[..., answers.level_item[cut]] * above
    outcome, covariate = answers.slopes
    level = np.concatenate([level, scale[..., outcome] * effect[..., outcome, covariate]], axis=-1)
    return behind._replace(sigma=sigma, mu=behind.mean[..., :p], level=level, scale=scale)


def answer_slopes(layout: Layout, answers: LatentAnswers, implied: Implied, slope: Slopes) -> Array:
    """Write out the derivative of thresholds, means and covariances of standardised variables by the free cells.

    Returns
    -------
    Array
        `(..., G, m, f)`; nought by the variances that follow from others, whose share the others bear.
    """
    left, right, mean = slope.left, slope.right, slope.mean
    if implied.level is None or implied.scale is None or mean is None:
        raise ValueError("ordered answers have levels, scales and means")
    moving, item = layout.moving, answers.item
    i, j = lower_moments(layout)
    by_scale = np.zeros((item.size, moving.size))
    by_variance = 2 * left[..., item, :] * right[..., item, :]
    scale = implied.scale
    if answers.theta:
        # The scale is one over the root of the variance.
        of_scale = -0.5 * scale[..., item, None] ** 3 * by_variance
    else:
        at, place = np.searchsorted(moving, answers.scale), np.arange(item.size)
        there = (at < moving.size) & (moving[np.minimum(at, moving.size - 1)] == answers.scale)
        by_scale[place[there], at[there]] = 1.0
        of_scale = np.broadcast_to(by_scale, by_variance.shape)
    covariance = left[..., i, :] * right[..., j, :] + left[..., j, :] * right[..., i, :]
    if not answers.theta:
        covariance = with_variances(layout, answers, implied, slope, (covariance, by_variance, of_scale))
    whole = np.zeros((*scale.shape, moving.size))
    whole[..., item, :] = of_scale
    spread = implied.sigma[..., i, j] / (scale[..., i] * scale[..., j])
    covariance = np.asarray(covariance, dtype=np.float64) * (scale[..., i] * scale[..., j])[..., None]
    covariance += (spread * scale[..., j])[..., None] * whole[..., i, :]
    covariance += (spread * scale[..., i])[..., None] * whole[..., j, :]

    level = mean[..., answers.level_item, :].copy()
    cut = np.flatnonzero(answers.level_cell >= 0)
    of_item = answers.level_item[cut]
    level[..., cut, :] *= -1
    at = np.searchsorted(moving, answers.level_cell[cut])
    there = (at < moving.size) & (moving[np.minimum(at, moving.size - 1)] == answers.level_cell[cut])
    level[..., cut[there], at[there]] += 1.0
    level[..., cut, :] *= scale[..., of_item, None]
    level[..., cut, :] += (implied.level[..., cut] / scale[..., of_item])[..., None] * whole[..., of_item, :]
    return np.concatenate([level, _slopes_on_covariates(layout, answers, implied, slope, whole), covariance], axis=-2)


def _slopes_on_covariates(
    layout: Layout, answers: LatentAnswers, implied: Implied, slope: Slopes, of_scale: Array
) -> Array:
    """Write out the derivative of the slopes on covariates, `(..., G, q, f)`; `of_scale (..., G, p, f)` is known."""
    outcome, covariate = answers.slopes
    scale, effect = implied.scale, implied.effect
    if scale is None:
        raise ValueError("ordered answers have scales")
    found = np.zeros((*scale.shape[:-1], outcome.size, layout.moving.size))
    directed = layout.roles.free_directed
    causes = layout.roles.column[directed]
    found[..., directed] = slope.left[..., outcome[:, None], directed] * effect[..., causes, covariate[:, None]]
    found *= scale[..., outcome, None]
    return np.asarray(found + effect[..., outcome, covariate, None] * of_scale[..., outcome, :])


def with_variances(
    layout: Layout, answers: LatentAnswers, implied: Implied, slope: Slopes, by_cell: tuple[Array, Array, Array]
) -> Array:
    """Let the variances that follow from others move with these, so that each scale keeps its variance.

    `by_cell` are the derivatives `(..., G, k, f)` of covariances, of the ordered variables' variances, and of the scales.
    """
    covariance, by_variance, of_scale = by_cell
    scale = implied.scale
    if scale is None:
        raise ValueError("ordered answers have scales")
    at = np.searchsorted(layout.moving, answers.variance)
    moved = by_variance.copy()
    moved[..., at] = 0.0
    wanted = -2 / scale[..., answers.item, None] ** 3 * of_scale - moved
    squares = by_variance[..., at]
    if not (squares == np.eye(at.size)).all():
        wanted = np.asarray(np.linalg.solve(squares, wanted), dtype=np.float64)
    found = covariance + covariance[..., at] @ wanted
    found[..., at] = 0.0
    return np.asarray(found)


def lower_moments(layout: Layout) -> tuple[Indices, Indices]:
    """Return rows and columns of the covariances that are moments: not the variances of ordered variables.

    Nor are what fixed covariates have, where answers are ordered.
    """
    i, j = np.tril_indices(layout.n_observed)
    answers = layout.cells.latent_answers
    if answers is None:
        return i, j
    keep = (i != j) | ~np.isin(i, answers.item)
    keep &= ~np.isin(i, answers.given) & ~np.isin(j, answers.given)
    return i[keep], j[keep]
