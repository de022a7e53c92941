"""How far the other packages can follow a fit: complete rows of one group that count alike, by maximum likelihood."""

from __future__ import annotations

import numpy as np

from rantau.crosscheck.kinds import FactorFit, ScoreFit, rows_of
from rantau.model.exploratory import is_exploratory

#: The standard errors that the packages compute, and the information these rest on.
PLAIN_ERRORS = ("standard", "expected")


def estimates_beyond(fit: FactorFit) -> str:
    """Return why no other package gives the estimates of a fit; empty where they do.

    Parameters
    ----------
    fit
        Converged, holding its rows.

    Returns
    -------
    str
        A reason, to be listed with what was not compared.
    """
    request, rows = fit.request, rows_of(fit)
    if fit.table.n_groups > 1:
        return "it fits one group at a time, and this fit has several"
    if request.ordered:
        return "it takes answers for numbers, and this fit takes them for ordered categories"
    if np.isnan(rows.values).any():
        return "it leaves out rows with missing answers, and this fit uses all answers"
    if request.sampling_weights:
        return "it weighs all rows alike, and this fit has sampling weights"
    if request.recipe.discrepancy not in ("ml", "fiml"):
        return f"it is asked for maximum likelihood, and this fit is by {request.estimator}"
    if request.likelihood == "wishart":
        return "it divides covariances by n, and this fit by n - 1"
    if any(block.kind == "composite" for block in fit.model.blocks):
        return "it has no composites in covariance structures"
    if any(is_exploratory(block) for block in fit.model.blocks):
        return "it does not turn the factors of exploratory blocks"
    if fit.model.constraints:
        return "it is given no constraints among parameters, and this model has some"
    return ""


def scores_beyond(fit: ScoreFit) -> str:
    """Return why no other package gives the numbers of a fit of scores; empty where they do."""
    rows = rows_of(fit)
    if rows.weights is not None:
        return "it weighs all rows alike, and this fit has sampling weights"
    if fit.request.ordered:
        return "it takes answers for numbers, and this fit goes by the polychoric correlations of ordered answers"
    if fit.request.missing == "em" and np.isnan(rows.values).any():
        return "it needs complete rows, and this fit uses all answers by the EM algorithm"
    return ""


def errors_beyond(fit: FactorFit) -> str:
    """Return why the standard errors of a fit are not those of the other packages; empty where they are."""
    recipe = fit.request.recipe
    if recipe.se == "none":
        return "this fit has none"
    if (recipe.se, recipe.information) == PLAIN_ERRORS:
        return ""
    if recipe.se != "standard":
        return "it has the standard errors of normal answers only, and those of this fit are robust"
    return f"it has them from expected information, and this fit from {recipe.information.replace('_', '-')}"
