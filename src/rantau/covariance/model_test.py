"""The tests of the model and of its baseline, and the log-likelihoods, gathered for the fit indices."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from rantau.arrays import Array
from rantau.covariance.baseline import fit_baseline
from rantau.covariance.estimators import Estimator
from rantau.covariance.evidence import Evidence
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.model_tests import TestRow
from rantau.covariance.outcome import Corrected, ModelTest, corrected
from rantau.covariance.robust.categorical import categorical_misfit
from rantau.covariance.robust.gap_correction import GapCorrection
from rantau.covariance.robust.residual_test import reweighted_residual
from rantau.model.parameters import ParameterTable
from rantau.moments.grouped import GroupMoments
from rantau.record import Record

NAN = float("nan")
Found = TypeVar("Found")


class Statistics(Record):
    """What fit indices are computed from.

    Attributes
    ----------
    test, baseline
        The tests of the model and of the model in which nothing covaries: n times the minimum of the fitting
        function, or Browne's residual statistic where that has no chi-square distribution.
    scaled, baseline_scaled
        The corrected ones, where the call asks for one; None otherwise.
    robust, baseline_robust
        Their misfit whatever the distribution and the gaps; None where nothing corrects it.
    residual
        Browne's residual test, where the call asks for it; None otherwise.
    fmin
        Half the minimum of the fitting function, above a perfect fit's.
    logl, unrestricted_logl
        Log-likelihoods of the model and of the unrestricted moments, given the exogenous covariates; NaN where
        the estimator has none.
    n_obs, multiplier
        Rows (or the sum of their weights), and what the minimum is multiplied with to become chi-square: one less in
        each group under Wishart's likelihood.
    n_free
        Free parameters, less the equalities among them.
    groups
        `(G,)` rows of each group.
    sample, implied
        `(G, p, p)` covariance matrices in standard units; without covariates that ordered answers are given.
    sample_mean, implied_mean
        `(G, p)`.
    deviation
        `(p,)`: these units.
    mean_structure
        Whether means are part of the model.
    reweighted
        Browne's residual statistic with the weights of the implied covariances; the standard one where rows have gaps.
    level_residual
        `(G, t)`: what is left of thresholds where answers are ordered; None otherwise.
    n_given
        Fixed covariates that ordered answers are given.
    """

    test: ModelTest
    baseline: ModelTest
    scaled: ModelTest | None
    baseline_scaled: ModelTest | None
    robust: Corrected | None
    baseline_robust: Corrected | None
    residual: ModelTest | None
    fmin: float
    logl: float
    unrestricted_logl: float
    n_obs: float
    multiplier: float
    n_free: int
    groups: Array
    sample: Array
    implied: Array
    sample_mean: Array
    implied_mean: Array
    deviation: Array
    mean_structure: bool
    reweighted: float
    level_residual: Array | None = None
    n_given: int = 0

    @property
    def chisq(self) -> float:
        """The standard chi-square."""
        return self.test.statistic

    @property
    def df(self) -> int:
        """Degrees of freedom of the model."""
        return int(self.test.df)

    def has(self, what: str) -> bool:
        """Tell whether there is a test of a kind, or something else that an index needs.

        These are a `scaled` test, its `shift`, a `residual` test, a `robust` misfit, a `likelihood`, and `ordered`
        answers.
        """
        return what in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[str]:
        found = {
            "": True,
            "scaled": self.scaled is not None,
            "shift": self.scaled is not None and self.scaled.name == "scaled_shifted",
            "residual": self.residual is not None,
            "robust": self.robust is not None,
            "ordered": self.level_residual is not None,
            "likelihood": not np.isnan(self.logl),
            "scaled_likelihood": self.scaled is not None and not np.isnan(self.scaled.scaling_h0),
        }
        return frozenset(name for name, there in found.items() if there)

    @property
    def corrected_test(self) -> ModelTest:
        """The corrected test of the model."""
        return _there(self.scaled)

    @property
    def corrected_baseline(self) -> ModelTest:
        """The corrected test of the baseline."""
        return _there(self.baseline_scaled)

    @property
    def residual_test(self) -> ModelTest:
        """Browne's residual test."""
        return _there(self.residual)

    @property
    def robust_misfits(self) -> tuple[Corrected, Corrected]:
        """The robust misfit of the model and of the baseline."""
        return _there(self.robust), _there(self.baseline_robust)

    @property
    def uncorrected_chisq(self) -> float:
        """What the corrected test corrects: n times the minimum of the fitting function."""
        test = self.corrected_test
        return (test.statistic - test.shift) * test.scaling

    @property
    def per_group(self) -> float:
        """What RMSEA takes for n: the mean number of rows in a group (Steiger, 1998)."""
        return self.multiplier / self.groups.size

    @property
    def shares(self) -> Array:
        """`(G,)`: each group's share of the rows."""
        return np.asarray(self.groups / self.groups.sum())


def _there(found: Found | None) -> Found:
    """Return what `Statistics.has` has told to be there."""
    if found is None:
        raise ValueError("these statistics have no such test; ask `has` first")
    return found


def statistics(
    table: ParameterTable, evidence: Evidence, recipe: Estimator, deviation: Array, *, converged: bool
) -> Statistics:
    """Compute the test statistics of a fit.

    Parameters
    ----------
    table
        The parameters.
    evidence
        The model at its estimates.
    recipe
        With the test wanted, a row of the room `model_tests` or `none`, and the information it rests on.
    deviation
        `(p,)`: the units of the evidence.
    converged
        Whether the estimates are at a minimum; no test is computed otherwise.

    Returns
    -------
    Statistics
        For the fit indices.

    Notes
    -----
    Log-likelihoods are of the endogenous variables given the exogenous covariates: those of all variables
    less those of the covariates, so that AIC and BIC compare models with the same covariates. Under Wishart's
    likelihood they are, as in lavaan, the normal ones of n rows at covariances divided by n - 1.
    """
    moments, implied = evidence.moments, evidence.implied
    baseline = fit_baseline(table, evidence.discrepancy, moments, evidence.sample).replace(counts=evidence.counts)
    counts = moments.n if evidence.counts is None else evidence.counts
    n_obs, least_squares = float(counts.sum()), recipe.discrepancy not in ("ml", "fiml")
    tests = _tests(evidence, baseline, recipe) if converged else _no_tests(evidence, baseline, recipe)
    logl = (NAN, NAN) if least_squares else _log_likelihoods(table, evidence, deviation, moments.replace(n=counts))
    reweighted, level, kept = evidence.chisq, None, moments.modelled
    if moments.ordering is not None and moments.level is not None and implied.level is not None:
        item = moments.ordering.item
        level = (moments.level - implied.level)[:, : item.size][:, moments.ordering.ordered[item]]
    elif converged and moments.patterns is None:
        reweighted = reweighted_residual(evidence)
    return Statistics(
        *tests, max(evidence.misfit, 0.0) / 2 * (evidence.n_obs / n_obs if least_squares else 1.0), *logl,
        n_obs, evidence.n_obs, baseline.theta.size + baseline.df - evidence.df, counts,
        moments.covariance[:, kept[:, None], kept], implied.sigma[:, kept[:, None], kept], moments.mean[:, kept],
        (implied.mu if table.mean_structure else moments.mean)[:, kept], deviation[kept],
        table.mean_structure, reweighted, level, len(moments.names) - kept.size,
    )  # fmt: skip


class Tests(NamedTuple):
    """The first fields of `Statistics`."""

    test: ModelTest
    baseline: ModelTest
    scaled: ModelTest | None
    baseline_scaled: ModelTest | None
    robust: Corrected | None
    baseline_robust: Corrected | None
    residual: ModelTest | None


def _tests(evidence: Evidence, baseline: Evidence, recipe: Estimator) -> Tests:
    """Compute what the call asks for, of the model and of its baseline."""
    own, base = _standard(evidence), _standard(baseline)
    asked = next((row for row in TESTS if row.name == recipe.test), TESTS[0])
    kind = recipe.test_information
    scaled = baseline_scaled = robust = baseline_robust = residual = None
    if asked.scaled:
        scaled, baseline_scaled = _scaled(asked, evidence, kind), _scaled(asked, baseline, kind)
        if evidence.moments.ordering is not None and asked.name != "mean_var_adjusted":
            robust, baseline_robust = categorical_misfit(evidence), categorical_misfit(baseline)
        elif asked.name != "mean_var_adjusted":
            robust, baseline_robust = corrected(scaled, evidence.chisq), corrected(baseline_scaled, baseline.chisq)
    elif asked.name not in ("standard", own.name):
        residual = asked.function(evidence, kind)
    if evidence.moments.patterns is not None:
        correction = GapCorrection(evidence, asked.scaled, recipe.information)
        robust, baseline_robust = correction.of(evidence), correction.of(baseline)
    return Tests(own, base, scaled, baseline_scaled, robust, baseline_robust, residual)


def _no_tests(evidence: Evidence, baseline: Evidence, recipe: Estimator) -> Tests:
    """Return the same with nothing known, for estimates that are no minimum."""
    asked = next((row for row in TESTS if row.name == recipe.test), TESTS[0])
    gaps = evidence.moments.patterns is not None
    own, base = (ModelTest("standard", NAN, float(one.df)) for one in (evidence, baseline))
    nothing = Corrected(NAN, float(evidence.df), NAN, NAN)
    named = ModelTest(asked.name, NAN, float(evidence.df), NAN, NAN)
    scaled = named if asked.scaled else None
    robust = nothing if gaps or (asked.scaled and asked.name != "mean_var_adjusted") else None
    other = named if not asked.scaled and asked.name != "standard" and recipe.discrepancy != "uls" else None
    return Tests(own, base, scaled, scaled, robust, robust, other)


def _standard(evidence: Evidence) -> ModelTest:
    """Return the test that is read without a correction: the minimum of ULS is no chi-square, whatever its multiple."""
    name = "browne_residual_nt" if evidence.discrepancy.name == "uls" else "standard"
    found = next(row for row in TESTS if row.name == name).function(evidence, "expected")
    # Where weights are not those of all moments together, the minimum has no known distribution.
    return found.replace(distributed=evidence.discrepancy.name not in ("dwls", "uls_ordered"))


def _scaled(row: TestRow, evidence: Evidence, kind: str) -> ModelTest:
    """Return a corrected test; a saturated structure leaves nothing to correct."""
    if evidence.df > 0:
        return row.function(evidence, kind)
    return ModelTest(row.name, evidence.chisq, 0.0, 1.0 if row.name == "scaled_shifted" else NAN)


def _log_likelihoods(
    table: ParameterTable, evidence: Evidence, deviation: Array, moments: GroupMoments
) -> tuple[float, float]:
    """Return the log-likelihoods of the model and of the unrestricted moments (Bollen, 1989, eq. 4A.9)."""
    own, floor = evidence.value, evidence.floor
    if not np.array_equal(moments.n, evidence.moments.n):
        own = float(evidence.discrepancy.function(evidence.implied, moments).value)
        floor = float(evidence.discrepancy.floor(moments))
    n_obs = float(moments.n.sum())
    if moments.patterns is None:
        constant = n_obs * (len(deviation) * np.log(2 * np.pi) + 2 * float(np.log(deviation).sum()))
    else:
        patterns = moments.patterns
        constant = float(patterns.n @ (patterns.seen @ (np.log(2 * np.pi) + 2 * np.log(deviation))))
    of_covariates = _covariates(table, moments, deviation)
    logl, unrestricted = (-(constant + n_obs * value) / 2 for value in (own, floor))
    return logl - of_covariates, unrestricted - of_covariates


def _covariates(table: ParameterTable, moments: GroupMoments, deviation: Array) -> float:
    """Return the log-likelihood of the fixed covariates at their own moments."""
    fixed = [table.observed.index(name) for name in table.exogenous]
    if not fixed:
        return 0.0
    determinant = np.linalg.slogdet(moments.covariance[:, fixed][:, :, fixed])[1]
    each = len(fixed) * (np.log(2 * np.pi) + 1) + 2 * float(np.log(deviation[fixed]).sum()) + determinant
    return float(-(moments.n * each).sum() / 2)
