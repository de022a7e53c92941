"""What the covariance engine will do, in words, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rantau.arrays import Array
    from rantau.covariance.request import SemRequest

#: How the parameters are found.
METHODS = {
    "ml": "maximum likelihood",
    "fiml": "full-information maximum likelihood",
    "gls": "generalised least squares",
    "uls": "unweighted least squares",
    "wls": "weighted least squares (asymptotically distribution free)",
}
#: What standard errors allow for.
ERRORS = {
    "standard": "standard errors for normal answers",
    "robust_sem": "robust standard errors (answers need not be normal)",
    "robust_huber_white": "robust standard errors (answers need not be normal)",
    "robust_cluster": "standard errors that allow for clusters",
    "first_order": "standard errors from the rows' own scores",
    "none": "no standard errors",
}
#: How the model is tested.
TESTS = {
    "standard": "the chi-square test for normal answers",
    "satorra_bentler": "the Satorra-Bentler scaled chi-square",
    "mean_var_adjusted": "the mean- and variance-adjusted chi-square",
    "scaled_shifted": "the scaled and shifted chi-square",
    "yuan_bentler": "the Yuan-Bentler scaled chi-square",
    "yuan_bentler_mplus": "the Yuan-Bentler scaled chi-square",
    "browne_residual_adf": "Browne's residual test",
    "browne_residual_nt": "Browne's residual test for normal answers",
    "browne_residual_nt_model": "Browne's residual test for normal answers, weighted by the model",
    "none": "no corrected test",
}
#: From this share of rows with gaps on, leaving them out deserves a word.
MANY = 0.05


def account_of(request: SemRequest, values: Array, read: int) -> tuple[str, str]:
    """Return what an estimator and the treatment of gaps will do: a line each.

    Parameters
    ----------
    request
        What is asked of the engine.
    values
        `(n_obs, p)` the rows that it will use, NaN where missing.
    read
        How many rows there are.
    """
    recipe = request.recipe
    how = f"{request.estimator}: {METHODS[recipe.discrepancy]}, {ERRORS[recipe.se]}, {TESTS[recipe.test]}"
    used, gaps = values.shape[0], int(np.isnan(values).any(axis=1).sum())
    if request.missing == "listwise":
        left_out = read - used
        rows = f"{used} rows" if not left_out else f"{used} rows; {left_out} with a gap are left out (listwise)"
        if left_out > MANY * read and request.recipe.discrepancy == "ml":
            estimator = request.estimator if request.recipe.with_gaps else "MLR"
            rows += f'. With missing = "fiml" and estimator = "{estimator}" their answers would count'
        return how, rows
    return (
        how,
        f"{used} rows, {gaps} of them with gaps: every answer counts (gaps at random, given the answers there are)",
    )
