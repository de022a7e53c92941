"""Tests of one model against a larger one that it is nested in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, lower_triangle
from rantau.covariance.after_fit.nesting import (
    Meeting,
    Standing,
    answer_order,
    evidence_at,
    moment_order,
    variable_order,
)
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.sandwich import information, normal_spread_of_moments, spread_of_moments, spread_of_scores
from rantau.errors import OptionError

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit

#: How differences are tested; `default` takes what goes with the test of the models.
METHODS = ("default", "standard", "satorra_bentler_2001", "satorra_bentler_2010", "satorra_2000")
#: Where `satorra_2000` finds the restrictions: each model at its own estimates, or both where they meet.
RESTRICTIONS = ("delta", "exact")
#: Fitting functions whose minimum is no chi-square.
UNWEIGHTED = ("uls", "dwls", "uls_ordered")
#: Tests of the model that correct more than the mean of the statistic.
ADJUSTED = ("scaled_shifted", "mean_var_adjusted")


def method_for(larger: SemFit, smaller: SemFit, method: str) -> str:
    """Return what `default` stands for, or the method itself where the fits have what it needs.

    Raises
    ------
    OptionError
        If the models were tested in different ways, or lack the scaling factors that a method needs.
    """
    recipe, other = larger.request.recipe, smaller.request.recipe
    if (recipe.test, recipe.se, recipe.information) != (other.test, other.se, other.information):
        raise OptionError(
            f"the models were fitted with different standard errors or tests (estimators {larger.request.estimator} "
            f"and {smaller.request.estimator}); fit both in the same way."
        )
    adjusted = recipe.test in ADJUSTED
    scaled = smaller.statistics.scaled is not None and not adjusted
    if method == "default":
        if adjusted or (not scaled and larger.discrepancy.name in UNWEIGHTED):
            return "satorra_2000"
        return "satorra_bentler_2001" if scaled else "standard"
    if method.startswith("satorra_bentler") and not scaled:
        raise OptionError(
            f"method='{method}' needs the scaling factors of the Satorra-Bentler or Yuan-Bentler test: fit the models "
            "with estimator='MLM' or 'MLR', or take method='satorra_2000'."
        )
    if method == "standard" and larger.discrepancy.name in UNWEIGHTED:
        raise OptionError(
            "differences of unweighted or diagonally weighted least squares are no chi-square; take "
            "method='satorra_2000'."
        )
    return method


def difference_test(
    larger: Standing, smaller: Standing, meeting: Meeting, method: str, *, shifted: bool, restrictions: str
) -> ModelTest:
    """Test whether a smaller model fits no worse than a larger one.

    Parameters
    ----------
    larger, smaller
        Fits of the same data, the smaller one with more degrees of freedom.
    meeting
        Where the larger one implies what the smaller one does.
    method
        One of `METHODS` but `default`.
    shifted
        For `satorra_2000`: whether its variance is corrected as well, by scaling and shifting.
    restrictions
        For `satorra_2000`: one of `RESTRICTIONS`.

    Returns
    -------
    ModelTest
        The difference of chi-squares, corrected, with its degrees of freedom; NaN where the correction is not
        positive.

    Notes
    -----
    Satorra & Bentler (2001), eq. 11: `c = (d0 c0 - d1 c1) / (d0 - d1)`. Satorra & Bentler (2010) take c1 where the
    larger model implies what the smaller one does, which makes c positive under `satorra_bentler` (MLM), though not
    always under `yuan_bentler_mplus` (MLR).
    """
    df = float(smaller.evidence.df - larger.evidence.df)
    difference = max(smaller.evidence.chisq - larger.evidence.chisq, 0.0)
    if method == "standard":
        return ModelTest(method, difference, df)
    if method == "satorra_2000":
        weights = _weights(larger, smaller, meeting, restrictions)
        return _satorra_2000(difference, weights, shifted=shifted, adjusted=larger.fit.request.recipe.test in ADJUSTED)
    recipe = larger.fit.request.recipe
    asked = next(row for row in TESTS if row.name == recipe.test)
    at_larger = larger.evidence if method == "satorra_bentler_2001" else evidence_at(larger, meeting.theta)
    weighted = [
        evidence.df * asked.function(evidence, recipe.test_information).scaling if evidence.df > 0 else 0.0
        for evidence in (smaller.evidence, at_larger)
    ]
    scaling = (weighted[0] - weighted[1]) / df
    return ModelTest(method, difference / scaling if scaling > 0 else float("nan"), df, scaling)


def _satorra_2000(difference: float, weights: Array, *, shifted: bool, adjusted: bool) -> ModelTest:
    """Correct a difference by the weights `(m, m)` of the chi-squares that make it up.

    Notes
    -----
    Scaled by their mean; scaled and shifted as Asparouhov & Muthén (2010) do; or, where the models' own test is
    adjusted, with degrees of freedom of its own (Satterthwaite's).
    """
    m, trace, second = len(weights), float(np.trace(weights)), float(np.sum(weights * weights.T))
    if shifted:
        slope = float(np.sqrt(m / second))
        shift = m - slope * trace
        return ModelTest("satorra_2000", slope * difference + shift, float(m), 1 / slope, shift)
    if adjusted:
        return ModelTest("satorra_2000", difference * trace / second, trace**2 / second, second / trace)
    return ModelTest("satorra_2000", difference * m / trace, float(m), trace / m)


def _weights(larger: Standing, smaller: Standing, meeting: Meeting, restrictions: str) -> Array:
    """Return a matrix `(m, m)` whose eigenvalues weigh the chi-squares that make up the difference.

    Notes
    -----
    Satorra (2000), eq. 23: with m restrictions A, the inverse information P and the spread B of the larger model,
    `(A P A')^-1 A P B P A'`.
    """
    evidence, recipe = larger.evidence, larger.fit.request.recipe
    basis = evidence.directions
    restricted = _restrictions(larger, smaller, meeting, restrictions)
    matrix = basis.T @ information(evidence, recipe.information) @ basis
    pulled = np.linalg.solve(matrix, restricted.T).T
    spread = basis.T @ _spread(larger) @ basis
    return np.asarray(np.linalg.solve(pulled @ restricted.T, pulled @ spread @ pulled.T))


def _restrictions(larger: Standing, smaller: Standing, meeting: Meeting, restrictions: str) -> Array:
    """Return what the smaller model forbids the larger one, `(m, k)`: the directions that its tangent leaves out.

    `delta` takes the tangents at each model's own estimates, where one does not quite contain the other, so that the
    units of the data matter a little; `exact` where the models meet.
    """
    means = larger.evidence.layout.mean_structure
    order = variable_order(smaller.fit, larger.fit)
    ordering = smaller.evidence.moments.ordering
    order = moment_order(order, means=means) if ordering is None else answer_order(order, ordering)
    exact = restrictions == "exact"
    wide = _tangent(evidence_at(larger, meeting.theta) if exact else larger.evidence, larger.setting.deviation)
    narrow = _tangent(smaller.evidence, smaller.setting.deviation)[:, order]
    if exact:
        unit = _moment_units(larger.evidence, larger.setting.deviation)[:, None]
        wide, narrow = wide / unit, narrow / unit
    wide, narrow = (np.concatenate(list(tangent)) for tangent in (wide, narrow))
    across = np.linalg.lstsq(wide, narrow, rcond=None)[0]
    m = smaller.evidence.df - larger.evidence.df
    return np.asarray(np.linalg.svd(across)[0][:, across.shape[0] - m :].T)


def _tangent(evidence: Evidence, unit: Array) -> Array:
    """Return the derivatives of the moments in the units of the data, `(G, m, k)`, where constraints let them move."""
    jacobian = moment_jacobian(evidence.layout, evidence.slope) @ evidence.directions
    return np.asarray(jacobian * _moment_units(evidence, unit)[:, None])


def _moment_units(evidence: Evidence, unit: Array) -> Array:
    """Return the units `(m,)` of moments of variables in units `(p,)`."""
    ordering, means = evidence.moments.ordering, evidence.layout.mean_structure
    if ordering is not None:
        return ordering.units(unit)
    i, j = lower_triangle(unit.size)
    lower = unit[i] * unit[j]
    return np.concatenate([unit, lower]) if means else np.asarray(lower)


def _spread(larger: Standing) -> Array:
    """Return how the pull on the parameters varies, `(n_free, n_free)`, as the fit's errors or its test take it."""
    evidence, recipe = larger.evidence, larger.fit.request.recipe
    se, test = recipe.se, next((row for row in TESTS if row.name == recipe.test), TESTS[0])
    if evidence.moments.patterns is not None or se in ("robust_cluster", "first_order"):
        return spread_of_scores(evidence)
    robust = se.startswith("robust") or test.scaled or evidence.moments.ordering is not None
    return spread_of_moments(evidence) if robust else normal_spread_of_moments(evidence)
