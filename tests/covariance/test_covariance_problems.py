"""Solutions that are not to be believed: each is computed, flagged and warned about."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.errors import AdmissibilityWarning, ConvergenceWarning

DATA = Path(__file__).parents[1] / "data"


def with_covariance(matrix, names, n=200):
    """A sample whose covariance matrix (divisor n) is exactly the one given."""
    p = len(names)
    raw = np.random.default_rng(7).normal(size=(n, p))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / n)).T
    return pd.DataFrame(white @ np.linalg.cholesky(np.asarray(matrix)).T, columns=names)


def errors(fit):
    return {(problem.code, problem.about) for problem in fit.problems if problem.severity == "error"}


def test_a_heywood_case():
    # r12 r13 / r23 = 1.28: the first item would share more than all of its variance.
    data = with_covariance([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], list("abc"))
    with pytest.warns(AdmissibilityWarning, match="variance of 'a' .* is estimated below zero, a Heywood case"):
        fit = sem("F =~ a + b + c", data)
    assert errors(fit) == {("negative_variance", ("a",))}
    assert fit.converged
    assert not fit.trustworthy
    frame = fit.estimates().set_index(["lhs", "op", "rhs"])
    assert frame.loc[("a", "~~", "a"), "est"] == pytest.approx(1 - 0.8 * 0.8 / 0.5, abs=1e-7)
    assert np.isnan(fit.r_squared()["a"])
    assert fit.r_squared()["b"] == pytest.approx(0.5)


def test_latent_variables_that_correlate_beyond_one():
    within, across = 0.3, 0.5
    matrix = np.full((4, 4), across)
    matrix[:2, :2] = matrix[2:, 2:] = within
    np.fill_diagonal(matrix, 1)
    with pytest.warns(
        AdmissibilityWarning, match=r"not positive definite .* The closest pair is 'F' and 'G' \(r = 1\.67\)"
    ):
        fit = sem("F =~ a + b\nG =~ c + d", with_covariance(matrix, list("abcd")))
    assert errors(fit) == {("latent_covariance", ("F", "G"))}
    assert fit.latent_correlations().loc["F", "G"] == pytest.approx(5 / 3, abs=1e-7)


def test_residual_covariances_beyond_their_variances():
    loading = np.full((4, 1), 0.9)
    residual = np.diag(np.full(4, 0.19))
    residual[0, 1] = residual[1, 0] = -0.25
    with pytest.warns(
        AdmissibilityWarning, match="residual covariances of a, b are larger than their residual variances"
    ):
        fit = sem("F =~ a + b + c + d\na ~~ b", with_covariance(loading @ loading.T + residual, list("abcd")))
    assert errors(fit) == {("residual_covariance", ("a", "b"))}


def test_constructs_that_are_hardly_two():
    fit = sem(
        "F =~ a + b\nG =~ c + d",
        with_covariance(
            np.full((4, 4), 0.49) + np.diag(np.full(4, 0.51)) + 0.01 * np.kron(np.eye(2), 1 - np.eye(2)), list("abcd")
        ),
    )
    assert [problem.code for problem in fit.problems] == ["alike"]
    assert fit.problems[0].severity == "warning"
    assert "'F' and 'G' correlate 0.98" in fit.problems[0].text
    assert fit.trustworthy


def test_a_factor_without_variance_does_not_hide_the_others():
    growth = "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\ns ~~ 0*s\ni ~~ 0*s\ni ~ 1\ns ~ 1\n"
    text = growth + "".join(f"t{k} ~ 0*1\n" for k in range(1, 5))
    fit = sem(text, pd.read_csv(DATA / "growth.csv"))
    assert fit.converged
    assert fit.problems == ()


def test_an_estimation_without_a_minimum_is_flagged_and_its_indices_are_nan():
    """25 rows of nine items: the discrepancy falls for ever as a loading grows (lavaan reports -1075 for x1 ~~ x1)."""
    data = pd.read_csv(DATA / "hs.csv")[:25]
    with pytest.warns(ConvergenceWarning, match=r"did not converge: after \d+ steps the largest scaled gradient is"):
        fit = sem("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9", data)
    assert not fit.converged
    assert not fit.trustworthy
    assert [problem.code for problem in fit.problems] == ["not_converged"]
    indices = fit.fit_indices()
    assert indices["ntotal"] == 25
    assert indices.drop(["npar", "ntotal"]).isna().all()
    assert "ERROR: The estimation did not converge" in fit.summary()
    assert "did not converge" in fit._repr_html_()


def test_covariates_that_became_random_are_pointed_out():
    data = pd.read_csv(DATA / "hs.csv")
    fit = sem("x7 ~ x1 + x2 + x3\nx1 ~~ x2", data)
    assert [problem.code for problem in fit.problems] == ["random_covariates"]
    assert "of x1, x2, which makes them random: they are held to be uncorrelated with x3" in fit.problems[0].text
    assert sem("x7 ~ x1 + x2 + x3\nx1 ~~ x2 + x3\nx2 ~~ x3", data).problems == ()
    assert sem("x7 ~ x1 + x2 + x3", data).problems == ()


def test_a_clean_fit_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = sem("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", pd.read_csv(DATA / "hs.csv"))
    assert fit.problems == ()
    assert fit.trustworthy


# -- groups and constraints ------------------------------------------------------------------------


def test_problems_name_their_group():
    fine = with_covariance(np.full((3, 3), 0.5) + 0.5 * np.eye(3), list("abc"))
    heywood = with_covariance([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], list("abc"))
    data = pd.concat([fine.assign(where="here"), heywood.assign(where="there")])
    with pytest.warns(AdmissibilityWarning, match="below zero in group 'there', a Heywood case"):
        fit = sem("F =~ a + b + c", data, group="where")
    assert [problem.about for problem in fit.problems] == [("a",)]
    assert np.isnan(fit.r_squared()["there"]["a"])
    assert fit.r_squared()["here"]["a"] == pytest.approx(0.5)


def test_a_bound_at_nought_cures_a_heywood_case():
    data = with_covariance([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], list("abc"))
    fit = sem("F =~ a + b + c\na ~~ v*a\nv > 0", data)
    assert fit.converged
    assert [(problem.severity, problem.code, problem.about) for problem in fit.problems] == [
        ("warning", "at_boundary", ("v",))
    ]
    assert "`v > 0`" in fit.problems[0].text
    assert fit.active.tolist() == [True]
    frame = fit.estimates().set_index(["lhs", "op", "rhs"])
    assert frame.loc[("a", "~~", "a"), "est"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("text", "lines"), [("k^2 == 4\nk == 1", "2, 3"), ("k > 2\nk < 1", "2, 3")])
def test_constraints_that_contradict_each_other_are_named(text, lines):
    data = pd.read_csv(DATA / "hs.csv")
    told = rf"Constraints do not hold .* \(line {lines} of the model\)"
    with pytest.warns(ConvergenceWarning), pytest.warns(AdmissibilityWarning, match=told):
        fit = sem("F =~ x1 + k*x2 + x3 + x4\n" + text, data)
    assert [problem.code for problem in fit.problems] == ["not_converged", "constraints"]
    assert fit.problems[1].about == ("k",)
    assert fit.problems[0].text.endswith("No fit index is given.")
    assert not fit.trustworthy


@pytest.mark.parametrize("value", [0, 0.01, 2, 20])
def test_a_constraint_far_from_the_start_is_reached(value):
    data = pd.read_csv(DATA / "hs.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AdmissibilityWarning)
        bound = sem(f"F =~ x1 + k*x2 + x3 + x4\nk == {value}", data)
    assert bound.converged
    assert bound.estimates().query("label == 'k'")["est"].item() == pytest.approx(value, abs=1e-7)
    assert bound.statistics.df == 3


def test_a_constraint_that_is_said_twice_counts_once():
    data = pd.read_csv(DATA / "hs.csv")
    once = sem("F =~ x1 + k*x2 + x3 + x4\nk == 0.7", data)
    twice = sem("F =~ x1 + k*x2 + x3 + x4\nk == 0.7\n2*k == 1.4", data)
    assert once.fit_indices().to_dict() == pytest.approx(twice.fit_indices().to_dict(), rel=1e-9)
    assert once.statistics.df == 3


def test_units_far_apart_are_told_where_unweighted_least_squares_fail():
    data = pd.read_csv(DATA / "hs.csv")
    data["x1"] *= 1000
    data["x4"] *= 10000
    text = "visual =~ x1 + a1*x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9; textual ~ sex + agemo"
    with pytest.warns(ConvergenceWarning, match=r"'x4' varies \d+ times as much as '.*': give them like units"):
        assert not sem(text, data, group="school", estimator="ULS").converged
