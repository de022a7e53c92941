"""What the engines will do, in words, before they do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from rantau.arrays import Array
    from rantau.covariance.request import SemRequest
    from rantau.model.spec import Model
    from rantau.study import PlsOptions

#: How the parameters are found.
METHODS = {
    "ml": "maximum likelihood",
    "fiml": "full-information maximum likelihood",
    "gls": "generalised least squares",
    "uls": "unweighted least squares",
    "wls": "weighted least squares (asymptotically distribution free)",
    "dwls": "diagonally weighted least squares of ordered answers",
    "uls_ordered": "unweighted least squares of ordered answers",
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
#: What PLS does with gaps.
GAPS = {
    "mean": "the mean of the item in the place of a gap",
    "listwise": "rows with a gap are left out",
    "casewise": "rows with a gap are left out",
    "em": "every answer counts, by the EM algorithm",
}
#: How products are estimated.
PRODUCTS = {
    "two_stage": "products of scores, in two stages",
    "scores": "products of scores, regressed on scores",
    "product_indicator": "products of items",
    "orthogonal": "products of items, made independent of these",
}
#: How constructs of constructs are.
ORDERS = {
    "disjoint": "higher orders by disjoint stages",
    "two_stage": "higher orders by disjoint stages",
    "embedded": "higher orders by embedded stages",
    "saturated": "higher orders by stages, the first with all constructs related",
    "repeated": "higher orders by repeated items",
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
    if request.missing == "pairwise":
        return how, f"{used} rows, {gaps} of them with gaps: each correlation is of the rows that answer both"
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


def pls_account(options: PlsOptions, model: Model) -> str:
    """Return what PLS will do, in a line: products and higher orders where the model has any."""
    parts = ["consistent PLS" if options.consistent else "PLS", f"{options.scheme} scheme"]
    if model.has_products:
        # Corrected moments are those of scores.
        corrected = options.consistent and options.interaction == "two_stage"
        parts.append("products of scores, their moments corrected" if corrected else PRODUCTS[options.interaction])
    if model.has_higher_orders:
        parts.append(ORDERS[options.higher_order])
    how = f"{', '.join(parts)}; {GAPS[options.missing]}"
    return f"{how}; rows weighted by '{options.weights}'" if options.weights else how
