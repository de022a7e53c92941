"""What a model implies of ordered answers: thresholds, slopes on fixed covariates, correlations, and their derivatives.

What lies behind the answers has the moments of any model (`rantau.covariance.implied`); here it is put into the scales
that parameterizations set, and cut by thresholds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
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
    among, rest = covariance[..., x[:, None], x], covariance.copy()
    rest[..., x[:, None], x] = 0.0
    within = effect @ rest @ effect.mT
    at_nought = whole.mean - (effect[..., x] @ whole.mean[..., x, None])[..., 0]
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


def slopes_on_covariates(layout: Layout, answers: LatentAnswers, implied: Implied, slope: Slopes) -> Array:
    """Write out the derivative of the slopes on covariates, `(..., G, q, f)`, as if no scale moved."""
    outcome, covariate = answers.slopes
    scale, effect = implied.scale, implied.effect
    if scale is None:
        raise ValueError("ordered answers have scales")
    found = np.zeros((*scale.shape[:-1], outcome.size, layout.moving.size))
    directed = layout.roles.free_directed
    causes = layout.roles.column[directed]
    found[..., directed] = slope.left[..., outcome[:, None], directed] * effect[..., causes, covariate[:, None]]
    return found * scale[..., outcome, None]
