"""The tests of the model and of its baseline, and the log-likelihoods, gathered for the fit indices."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.baseline import fit_baseline
from rantau.covariance.estimators import Estimator
from rantau.covariance.evidence import Evidence
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.outcome import ModelTest
from rantau.model.parameters import ParameterTable
from rantau.moments.grouped import GroupMoments
from rantau.record import Record

NAN = float("nan")


class Statistics(Record):
    """What fit indices are computed from.

    Attributes
    ----------
    test, baseline
        The standard tests of the model and of the model in which nothing covaries.
    scaled, baseline_scaled
        The corrected ones, where the call asks for one; None otherwise.
    discrepancy
        The minimum of the fitting function, above a perfect fit's.
    logl, unrestricted_logl
        Log-likelihoods of the model and of the unrestricted moments, given the exogenous covariates; NaN where
        the estimator has none.
    n_obs, n_free
        Rows (or the sum of their weights) and free parameters, less the constraints among them.
    groups
        `(G,)` rows of each group.
    sample, implied
        `(G, p, p)` covariance matrices, divisor n, in standard units.
    sample_mean, implied_mean
        `(G, p)`.
    mean_structure
        Whether means are part of the model.
    """

    test: ModelTest
    baseline: ModelTest
    scaled: ModelTest | None
    baseline_scaled: ModelTest | None
    discrepancy: float
    logl: float
    unrestricted_logl: float
    n_obs: float
    n_free: int
    groups: Array
    sample: Array
    implied: Array
    sample_mean: Array
    implied_mean: Array
    mean_structure: bool

    @property
    def chisq(self) -> float:
        """The standard chi-square."""
        return self.test.statistic

    @property
    def df(self) -> int:
        """Degrees of freedom of the model."""
        return int(self.test.df)


def statistics(
    table: ParameterTable, evidence: Evidence, recipe: Estimator, deviation: Array, normal: GroupMoments | None
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
    normal
        The moments with divisor n, of which the log-likelihoods are; None where the estimator maximises none.

    Returns
    -------
    Statistics
        For the fit indices.

    Notes
    -----
    Log-likelihoods are of the endogenous variables given the exogenous covariates: those of all variables
    less those of the covariates, so that AIC and BIC compare models with the same covariates.
    """
    moments = evidence.moments
    baseline = fit_baseline(table, evidence.discrepancy, moments, evidence.sample)
    standard = TESTS[0].function
    asked = next((row for row in TESTS if row.name == recipe.test), None)
    kind = recipe.test_information
    scaled = baseline_scaled = None
    if asked is not None and asked.scaled and evidence.df > 0:
        scaled, baseline_scaled = asked.function(evidence, kind), asked.function(baseline, kind)
    logl = unrestricted = NAN
    if normal is not None:
        logl, unrestricted = _log_likelihoods(table, evidence, deviation, normal)
    own, base = standard(evidence, kind), standard(baseline, kind)
    if asked is not None and not asked.scaled:
        own, base = asked.function(evidence, kind), asked.function(baseline, kind)
    implied, rows = evidence.implied, moments.n if normal is None else normal.n
    mean = implied.mu if table.mean_structure else moments.mean
    return Statistics(
        own, base, scaled, baseline_scaled, evidence.misfit, logl, unrestricted, float(rows.sum()),
        evidence.directions.shape[1], rows, moments.covariance, implied.sigma, moments.mean, mean,
        table.mean_structure,
    )  # fmt: skip


def _log_likelihoods(
    table: ParameterTable, evidence: Evidence, deviation: Array, moments: GroupMoments
) -> tuple[float, float]:
    """Return the log-likelihoods of the model and of the unrestricted moments (Bollen, 1989, eq. 4A.9)."""
    own, floor = evidence.value, evidence.floor
    if moments is not evidence.moments:
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
