"""Closed-form derivatives of the covariance engine against finite differences, at points away from the solution."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.covariance.definitions import defined
from rantau.covariance.implied import cell_values, gradient, imply, information, slopes
from rantau.covariance.standardise import standardised
from rantau.errors import AdmissibilityWarning

TESTS = Path(__file__).parents[1]
CASES = (
    "hs_ml", "hs_ml_means", "hs_ml_std_lv", "democracy_equal_loadings", "second_order_structure", "mimic",
    "mimic_random_means", "observed_loop", "growth_covariates", "fixed_and_equal", "single_indicator", "definitions",
)  # fmt: skip


@pytest.fixture(scope="module")
def fits():
    found = {}
    for name in CASES:
        case = json.loads((TESTS / "golden" / "covariance" / f"{name}.json").read_text())
        data = pd.read_csv(TESTS / "data" / f"{case['data']}.csv")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AdmissibilityWarning)
            found[name] = sem(case["model"], data, **case["options"])
    return found


def away_from_solution(fit):
    return fit.theta * np.random.default_rng(5).uniform(0.93, 1.07, fit.theta.size) + 0.003


def moments_of(fit):
    observed = fit.moments
    mean = observed.mean if fit.table.mean_structure else np.zeros_like(observed.mean)
    return observed.replace(covariance=observed.covariance[None], mean=mean[None])


def differences(function, at, step=1e-5):
    """Central differences, `(..., parameters)`."""
    columns = []
    for place in range(at.size):
        reach = np.zeros(at.size)
        reach[place] = step * max(abs(at[place]), 0.1)
        columns.append((function(at + reach) - function(at - reach)) / (2 * reach[place]))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", CASES)
def test_gradient_of_the_discrepancy(name, fits):
    fit = fits[name]
    theta, moments = away_from_solution(fit), moments_of(fit)

    def value(at):
        return fit.discrepancy.function(imply(fit.layout, at[None]), moments)[0][0]

    implied = imply(fit.layout, theta[None])
    found, by_sigma, by_mu, _ = fit.discrepancy.function(implied, moments)
    assert np.isfinite(found).all()
    closed = gradient(fit.layout, slopes(fit.layout, implied), by_sigma, by_mu)[0]
    assert closed == pytest.approx(differences(value, theta), rel=2e-6, abs=1e-7)


@pytest.mark.parametrize("name", CASES)
def test_second_derivatives_of_the_discrepancy(name, fits):
    fit = fits[name]
    theta, moments = away_from_solution(fit), moments_of(fit)

    def first(at):
        implied = imply(fit.layout, at[None])
        _, by_sigma, by_mu, _ = fit.discrepancy.function(implied, moments)
        return gradient(fit.layout, slopes(fit.layout, implied), by_sigma, by_mu)[0]

    implied = imply(fit.layout, theta[None])
    closed = fit.discrepancy.hessian(fit.layout, implied, slopes(fit.layout, implied), moments)[0]
    numeric = differences(first, theta)
    assert closed == pytest.approx(numeric, rel=1e-5, abs=1e-7 * np.abs(numeric).max())


@pytest.mark.parametrize("name", CASES)
def test_information_is_that_of_the_jacobian(name, fits):
    fit = fits[name]
    theta = away_from_solution(fit)
    jacobian = differences(lambda at: imply(fit.layout, at[None]).sigma[0], theta)
    of_means = differences(lambda at: imply(fit.layout, at[None]).mu[0], theta)
    implied = imply(fit.layout, theta[None])
    weight = np.linalg.inv(implied.sigma[0])
    weighted = np.einsum("ij,jkp->ikp", weight, jacobian)
    dense = np.einsum("ijp,jiq->pq", weighted, weighted) / 2 + np.einsum("ip,ij,jq->pq", of_means, weight, of_means)
    closed = information(fit.layout, slopes(fit.layout, implied), weight[None])[0]
    assert closed == pytest.approx(dense, rel=1e-6, abs=1e-7 * np.abs(dense).max())
    assert np.array_equal(closed, closed.T) or np.allclose(closed, closed.T, rtol=1e-12)


@pytest.mark.parametrize("latent_only", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_gradient_of_the_standardised_solution(name, latent_only, fits):
    fit = fits[name]
    theta = fit.theta
    values, closed = standardised(fit.layout, theta, latent_only=latent_only)
    numeric = differences(lambda at: standardised(fit.layout, at, latent_only=latent_only)[0], theta)
    fine = np.isfinite(values)
    assert fine.sum() >= values.size - 1
    assert closed[fine] == pytest.approx(numeric[fine], rel=1e-5, abs=1e-6)


def test_gradient_of_definitions(fits):
    fit = fits["definitions"]

    def values(at):
        return defined(fit.model, fit.table, cell_values(fit.layout, at))[0]

    own = np.zeros((len(fit.table.rows), fit.theta.size))
    for position, row in enumerate(fit.table.rows):
        if row.free >= 0:
            own[position, row.free] = 1.0
    found, closed = defined(fit.model, fit.table, cell_values(fit.layout, fit.theta), own)
    assert found.shape == (6,)
    assert closed == pytest.approx(differences(values, fit.theta), rel=1e-6, abs=1e-9)


def test_every_function_of_definitions_has_its_derivative():
    data = pd.read_csv(TESTS / "data" / "hs.csv")
    text = "x1 ~ a*x2\n" + "\n".join(
        f"d{k} := {call}"
        for k, call in enumerate(
            (
                "exp(a)",
                "log(a)",
                "sqrt(a)",
                "abs(-a)",
                "sin(a)",
                "cos(a)",
                "tan(a)",
                "tanh(a)",
                "a^3",
                "2^a",
                "a^a",
                "-a/3",
            )
        )
    )
    fit = sem(text, data)
    frame = fit.estimates().set_index("lhs")
    a, se = frame.loc["x1", ["est", "se"]].iloc[0]
    slope = [
        np.exp(a), 1 / a, 0.5 / np.sqrt(a), 1.0, np.cos(a), -np.sin(a), 1 / np.cos(a) ** 2, 1 - np.tanh(a) ** 2,
        3 * a**2, np.log(2) * 2**a, a**a * (np.log(a) + 1), -1 / 3,
    ]  # fmt: skip
    for k, derivative in enumerate(slope):
        assert frame.loc[f"d{k}", "se"] == pytest.approx(abs(derivative) * se, rel=1e-10), k
