"""What the tests of ordered answers rest on, against the matrices of the papers written out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.answer_residuals import weight_of
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.model_test import fit_baseline
from rantau.covariance.robust.answer_test import answer_groups, answer_traces
from rantau.covariance.robust.answers import spread_of_answers
from rantau.covariance.robust.categorical import categorical_misfit
from rantau.covariance.robust.deviations import normal_weight
from rantau.covariance.setting import evidence_of

DATA = pd.read_csv(Path(__file__).parents[1] / "data" / "hs4.csv")
HS = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
EQUAL = {"group": "school", "group_equal": ("loadings", "thresholds")}
CASES = {
    "thresholds of their own": (HS, {}),
    "a correlation of its own": (HS + "; x1 ~~ x7", {}),
    "constraints": ("F =~ x1 + a*x2 + b*x3 + x4; x5 ~ F; a + b == 1.5", {}),
    "theta": (HS, {"parameterization": "theta"}),
    "full weights": ("F =~ x1 + x2 + x3 + x4", {"estimator": "WLS"}),
    "unweighted": (HS, {"estimator": "ULSMV"}),
    "groups": (HS, EQUAL),
    "groups of theta": (HS, {"parameterization": "theta", **EQUAL}),
}


@pytest.fixture(scope="module", params=CASES, ids=list(CASES))
def evidence(request):
    model, options = CASES[request.param]
    return evidence_of(rt.sem(model, DATA, ordered=True, **options))


def written_out(evidence):
    """Return V, Gamma, Delta and (Delta'V Delta)^-1 over all groups side by side; Gamma is over the groups' shares."""
    parts = zip(evidence.shares, weight_of(evidence.moments), evidence.moments.spread, strict=True)
    size = evidence.moments.spread.shape[-1]
    weight, gamma = np.zeros((2, size * len(evidence.shares), size * len(evidence.shares)))
    for group, (share, own, spread) in enumerate(parts):
        at = slice(group * size, (group + 1) * size)
        weight[at, at] = share * (np.diag(own) if own.ndim == 1 else own)
        gamma[at, at] = spread / share
    delta = np.concatenate(moment_jacobian(evidence.layout, evidence.slope)) @ evidence.directions
    return weight, gamma, delta, np.linalg.inv(delta.T @ weight @ delta)


def test_traces(evidence):
    weight, gamma, delta, inverse = written_out(evidence)
    product = (weight - weight @ delta @ inverse @ delta.T @ weight) @ gamma
    expected = np.trace(product), np.trace(product @ product)
    np.testing.assert_allclose(answer_traces(evidence), expected, rtol=1e-9)


def test_expected_misfit(evidence):
    found = categorical_misfit(evidence)
    weight, gamma, delta, inverse = written_out(evidence)
    left = np.eye(len(delta)) - delta @ inverse @ delta.T @ weight
    i, j = np.tril_indices(len(evidence.moments.names))
    t, beside = evidence.moments.level.shape[-1], np.flatnonzero(i != j)
    normal, size = np.zeros_like(weight), t + beside.size
    for group, (share, sigma) in enumerate(zip(evidence.shares, evidence.implied.sigma, strict=True)):
        at = group * size + t + np.arange(beside.size)
        normal[np.ix_(at, at)] = share * normal_weight(np.linalg.inv(sigma), False)[np.ix_(beside, beside)]
    statistic = found.statistic * found.scale * float(evidence.counts.sum()) / evidence.n_obs
    assert statistic - found.excess == pytest.approx(np.trace(normal @ left @ gamma @ left.T), rel=1e-8)


def test_spread_of_the_pull_on_parameters(evidence):
    jacobian, spread, weights = (
        moment_jacobian(evidence.layout, evidence.slope), evidence.moments.spread, weight_of(evidence.moments)
    )  # fmt: skip
    expected = 0.0
    for share, delta, gamma, own in zip(evidence.shares, jacobian, spread, weights, strict=True):
        pulled = (np.diag(own) if own.ndim == 1 else own) @ delta
        expected = expected + share * pulled.T @ gamma @ pulled
    np.testing.assert_allclose(spread_of_answers(evidence), expected, rtol=1e-10, atol=1e-10)


def test_a_moment_with_a_parameter_of_its_own_is_left_out():
    fit = rt.sem(HS + "; x1 ~~ x7", DATA, ordered=True)
    own = answer_groups(evidence_of(fit))
    thresholds = fit.moments.level.shape[-1]
    assert not own.groups[0].kept[:thresholds].any()
    assert (~own.groups[0].kept[thresholds:]).sum() == 1
    assert own.inverse.shape[0] == fit.table.n_free - thresholds - 1
    still = evidence_of(fit)
    base = answer_groups(fit_baseline(fit.table, still.discrepancy, still.moments, None))
    assert base.inverse.size == 0
