"""The derivatives of the moments of ordered answers against finite differences."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.covariance.implied import gradient, imply, moment_jacobian, slopes, variance_slopes
from rantau.covariance.layout import cell_values
from rantau.covariance.setting import setting_of
from rantau.covariance.standardise import standardised_slopes, standardised_variables

DATA = pd.read_csv(Path(__file__).parents[1] / "data" / "hs4.csv")
HS = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9"
XS = [f"x{k}" for k in range(1, 10)]
EQUAL = {"group": "school", "group_equal": ("loadings", "thresholds")}
GIVEN = "F =~ x1 + x2 + x3 + x7; F ~ ageyr + sex; x7 ~ sex"
CASES = {
    "delta": (HS, {"ordered": XS}),
    "theta": (HS, {"ordered": XS, "parameterization": "theta"}),
    "mixed": (HS, {"ordered": XS[:6], "estimator": "ULSMV"}),
    "scales": (HS, {"ordered": XS, **EQUAL}),
    "scales of theta": (HS, {"ordered": XS, "parameterization": "theta", **EQUAL}),
    "intercepts": (HS, {"ordered": XS, "identification": "wu_estabrook", **EQUAL}),
    "intercepts of theta": (
        HS,
        {"ordered": XS[:7], "parameterization": "theta", "identification": "wu_estabrook", **EQUAL},
    ),
    "mediator": ("F =~ x1 + x2 + x3; x9 ~ F; x8 ~ x9 + F", {"ordered": True, "estimator": "WLS"}),
    "means": ("F =~ x1 + x2 + x3 + x7; F ~ x8", {"ordered": ("x1", "x2", "x3"), "fixed_x": False}),
    "given": (GIVEN, {"ordered": ("x1", "x2", "x3")}),
    "given, unweighted": (GIVEN, {"ordered": ("x1", "x2", "x3"), "estimator": "ULSMV"}),
    "given, under theta": (GIVEN, {"ordered": ("x1", "x2", "x3"), "parameterization": "theta"}),
    "mediator, given": ("F =~ x1 + x2 + x3; x9 ~ F + ageyr; x8 ~ x9 + sex", {"ordered": True, "estimator": "WLS"}),
    "scales, given": ("F =~ x4 + x5 + x6; F ~ ageyr + sex", {"ordered": True, **EQUAL}),
}
STEP = 1e-6


@pytest.fixture(scope="module", params=CASES, ids=list(CASES))
def fit(request):
    model, options = CASES[request.param]
    return sem(model, DATA, **options)


def numerically(function, theta):
    return np.stack([(function(theta + h) - function(theta - h)) / (2 * STEP) for h in STEP * np.eye(theta.size)], -1)


def test_jacobian_of_the_moments(fit):
    setting = setting_of(fit)
    layout, theta = setting.layout, fit.theta * setting.scale * 1.03
    i, j = layout.cells.lower

    def moments(at):
        implied = imply(layout, at)
        return np.concatenate([implied.level, implied.sigma[..., i, j]], axis=-1)

    found = moment_jacobian(layout, slopes(layout, imply(layout, theta)))
    np.testing.assert_allclose(found, numerically(moments, theta), atol=2e-8)


def test_gradient(fit):
    setting = setting_of(fit)
    layout, theta = setting.layout, fit.theta * setting.scale * 1.03
    implied = imply(layout, theta)
    local = fit.discrepancy.function(implied, setting.moments)
    found = gradient(layout, slopes(layout, implied), local.by_sigma, local.by_mu)
    value = numerically(lambda at: fit.discrepancy.function(imply(layout, at), setting.moments).value, theta)
    np.testing.assert_allclose(found, value, atol=2e-6 * np.abs(value).max())


def test_exact_hessian(fit):
    setting = setting_of(fit)
    layout, theta = setting.layout, fit.theta * setting.scale * 1.03

    def slope(at):
        implied = imply(layout, at)
        local = fit.discrepancy.function(implied, setting.moments)
        return gradient(layout, slopes(layout, implied), local.by_sigma, local.by_mu)

    implied = imply(layout, theta)
    local = fit.discrepancy.function(implied, setting.moments)
    found = fit.discrepancy.second(layout, implied, slopes(layout, implied), setting.moments, local, True)
    if found.exact is None:
        scaled = fit.table.parameterization == "theta" or "thresholds" in fit.request.group_equal
        assert scaled or "x8 ~ x9" in fit.table.names
        return
    np.testing.assert_allclose(found.exact, numerically(slope, theta), atol=1e-6 * np.abs(found.exact).max())


def test_the_variance_behind_an_ordered_answer_is_that_of_its_scale(fit):
    implied = imply(fit.layout, fit.theta * 1.02)
    assert (implied.given is None) == (not fit.table.exogenous)
    items = fit.layout.cells.latent_answers.item
    standard = np.einsum("gii->gi", implied.sigma)[:, items]
    np.testing.assert_allclose(standard, 1.0, atol=1e-12)
    found = variance_slopes(fit.layout, implied)
    expected = numerically(lambda at: np.einsum("gii->gi", imply(fit.layout, at).total), fit.theta * 1.02)
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_standardised_cells(fit):
    which = standardised_variables(fit.layout, fit.table.covariates, "all")
    values, found = standardised_slopes(fit.layout, fit.theta, which)
    expected = numerically(lambda at: standardised_slopes(fit.layout, at, which)[0], fit.theta)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert values.shape == cell_values(fit.layout, fit.theta).shape
