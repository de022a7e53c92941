"""Small cases of what random models and data have brought to light, each with lavaan's number or a law.

The numbers are lavaan 0.6-14's at polished minima; the R call stands beside them, `data` being the frame made here.
"""

import warnings

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.errors import AdmissibilityWarning, OptionError
from rantau.moments import moments

ONE_FACTOR = "f =~ y1 + y2 + y3 + y4"


def items(f, loadings, noise) -> pd.DataFrame:
    columns = [f"y{k}" for k in range(1, len(loadings) + 1)]
    return pd.DataFrame(f * loadings + noise, columns=columns).round(3)


def two_groups() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    data = items(rng.normal(size=(220, 1)), [1, 0.8, 0.9, 0.7], rng.normal(size=(220, 4)))
    return data.assign(side=["left"] * 140 + ["right"] * 80)


def with_gaps() -> pd.DataFrame:
    rng = np.random.default_rng(9)
    x = rng.integers(0, 2, 150)
    f = rng.standard_t(5, size=(150, 1)) + 0.5 * x[:, None]
    data = items(f, [1, 0.8, 0.7, 0.9], rng.normal(size=(150, 4)))
    return data.mask(rng.random(data.shape) < 0.1).assign(x=x)


def test_modification_indices_of_uneven_groups_under_least_squares():
    # fit <- sem("f =~ y1 + a*y2 + y3 + y4", data, group = "side", estimator = "GLS"); modindices(fit)
    fit = sem("f =~ y1 + a*y2 + y3 + y4", two_groups(), group="side", estimator="GLS")
    found = fit.modification_indices(minimum=0).set_index(["lhs", "op", "rhs", "group"])
    lavaans = {
        ("f", "=~", "y1", 1): (1.940496396, -0.37351097),
        ("f", "=~", "y1", 2): (1.940496396, 0.37351097),
        ("y2", "~~", "y3", 1): (0.87737063, 0.157558496),
        ("y2", "~~", "y4", 2): (0.504292002, -0.091683645),
    }
    for name, (index, change) in lavaans.items():
        assert found.loc[[name], "mi"].item() == pytest.approx(index, abs=1e-7), name
        assert found.loc[[name], "epc"].item() == pytest.approx(change, abs=1e-7), name


@pytest.mark.parametrize("estimator", ["GLS", "ULS", "WLS"])
def test_markers_of_two_groups_are_one_release(estimator):
    fit = sem("f =~ y1 + a*y2 + y3 + y4", two_groups(), group="side", estimator=estimator)
    first, second = fit.modification_indices(minimum=0, operators="=~")["mi"]
    assert first == pytest.approx(second, rel=1e-8)


@pytest.mark.parametrize(
    ("options", "lavaans"), [({"estimator": "GLS"}, 1.94049639614), ({"likelihood": "wishart"}, 2.06192293583)]
)
def test_score_tests_of_uneven_groups(options, lavaans):
    # lavTestScore(sem("f =~ y1 + a*y2 + y3 + y4", data, group = "side", ...))$test$X2
    fit = sem("f =~ y1 + a*y2 + y3 + y4", two_groups(), group="side", **options)
    assert fit.score_test().chisq == pytest.approx(lavaans, rel=1e-8)


@pytest.mark.parametrize(
    ("options", "first", "mean"),
    [
        ({"estimator": "MLR"}, [0.047047261, 0.055786163, 0.033356863, 0.036242696], 0.003420811),
        ({"information": "expected"}, [0.04823887, 0.051167956, 0.036776705, 0.033717956], 0.0),
        ({"estimator": "MLR", "information": "expected"}, [0.048257308, 0.052851303, 0.036228468, 0.03598278], 0.0),
    ],
)
def test_residuals_with_gaps_and_fixed_covariates(options, first, mean):
    # fit <- sem("f =~ y1 + y2 + y3 + y4; f ~ x", data, missing = "ml", ...); lavResiduals(fit, type = "raw")$cov.se
    fit = sem(f"{ONE_FACTOR}\nf ~ x", with_gaps(), missing="ml", **options)
    table = fit.residual_table("raw")
    se = {(row.lhs, row.op, row.rhs): row.se for row in table.itertuples()}
    for rhs, value in zip(["y2", "y3", "y4", "x"], first, strict=True):
        got = se["y1", "~~", rhs] if ("y1", "~~", rhs) in se else se[rhs, "~~", "y1"]
        assert got == pytest.approx(value, abs=1e-7), rhs
    assert se["y1", "~1", ""] == pytest.approx(mean, abs=1e-7)


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_models_that_imply_no_covariance_matrix_can_be_nested():
    rng = np.random.default_rng(2)
    f = rng.normal(size=(100, 1))
    g = 0.5 * f + rng.normal(size=(100, 1))
    data = items(np.repeat(np.hstack([f, g]), 3, axis=1), [1] * 6, 0.5 * rng.normal(size=(100, 6)))
    smaller = "f =~ y1 + 0.4*y2 + y3\ng =~ y4 + y5 + 0.4*y6"
    one, more = (sem(model, data, estimator="ULS") for model in (smaller, f"{smaller}\ny3 ~~ y5"))
    assert np.linalg.eigvalsh(one.implied()[0])[0] < 0
    found = one.compare(more)
    assert found["df_diff"].iloc[1] == 1
    assert found["p"].iloc[1] < 1e-6
    other = sem("f =~ y1 + 0.4*y2 + y4\ng =~ y3 + y5 + 0.4*y6\nf ~~ 0*g", data, estimator="ULS")
    with pytest.raises(OptionError, match="not nested"):
        more.compare(other)


def test_a_negative_scaling_factor_is_no_test():
    # The observed information of independent items is negative where they correlate at .9; lavaan: NA.
    rng = np.random.default_rng(0)
    data = items(rng.normal(size=(120, 1)), [3] * 4, rng.normal(size=(120, 4)))
    data = data.mask(rng.random(data.shape) < 0.25)
    fit = sem(ONE_FACTOR, data, missing="ml", test="yuan_bentler").fit_indices()
    assert fit["chisq_scaled"] > 0
    assert fit["cfi_robust"] > 0.99
    assert fit[["baseline_chisq_scaled", "baseline_chisq_scaling_factor", "cfi_scaled", "tli_scaled"]].isna().all()


@pytest.mark.parametrize("options", [{"test": "scaled_shifted"}, {"test": "mean_var_adjusted"}, {"estimator": "MLMV"}])
def test_a_robust_test_makes_the_test_of_a_difference_robust(options):
    # a <- sem("f =~ y1 + y2 + y3 + y4; y1 ~~ y2", data, test = "scaled.shifted"); lavTestLRT(a, sem(<without it>, ...))
    rng = np.random.default_rng(4)
    f = rng.standard_t(4, size=(200, 1))
    data = items(f, [1, 0.8, 0.9, 0.7], rng.standard_t(4, size=(200, 4)))
    larger, smaller = (sem(model, data, **options) for model in (f"{ONE_FACTOR}\ny1 ~~ y2", ONE_FACTOR))
    assert larger.compare(smaller)["chisq_diff"].iloc[1] == pytest.approx(0.5101008, rel=1e-6)


@pytest.mark.parametrize(("likelihood", "above"), [("normal", 1.3569189505), ("wishart", 1.2899210773)])
def test_scaling_of_the_unrestricted_moments_under_both_likelihoods(likelihood, above):
    # fitMeasures(sem("f =~ y1 + y2 + y3 + y4", data, likelihood = ..., test = "yuan.bentler"), "scaling.factor.h1")
    rng = np.random.default_rng(4)
    f = rng.standard_t(4, size=(200, 1))
    data = items(f, [1, 0.8, 0.9, 0.7], rng.standard_t(4, size=(200, 4))).iloc[:40]
    found = sem(ONE_FACTOR, data, likelihood=likelihood, test="yuan_bentler").fit_indices()
    assert found["scaling_factor_h1"] == pytest.approx(above, rel=1e-9)
    # Without gaps the two are one test.
    other = sem(ONE_FACTOR, data, likelihood=likelihood, test="satorra_bentler").fit_indices()
    assert found["chisq_scaled"] == pytest.approx(other["chisq_scaled"], rel=1e-10)


def test_a_factor_without_variance_is_no_minimum():
    # Three items that have nothing in common: a search came to a variance of -4e-24, where loadings have no slope, and
    # took it for a minimum, with standard errors of 4e22.
    rng = np.random.default_rng(154)
    noise, f = rng.normal(size=(200, 6)), rng.normal(size=(200, 1))
    data = pd.DataFrame(noise + f * [1, 1, 1, 0, 0, 0], columns=[f"y{k}" for k in range(1, 7)])
    model = "f =~ y1 + y2 + y3\ng =~ y4 + y5 + y6\nf ~~ 0*g"
    unit = cfa(model, data, estimator="GLS", std_lv=True)
    with warnings.catch_warnings():
        # By the last digits of the machine's arithmetic the search finds the minimum, or comes to that point again.
        warnings.simplefilter("ignore", AdmissibilityWarning)
        marker = cfa(model, data, estimator="GLS")
    if marker.trustworthy:
        assert marker.statistics.chisq == pytest.approx(unit.statistics.chisq, rel=1e-9)
        assert marker.estimates()["se"].max() < 100
    else:
        assert "singular_information" in {problem.code for problem in marker.problems}


@pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS"])
def test_items_that_are_exactly_uncorrelated_have_no_factor(estimator):
    # The loadings on a factor without variance were told with standard errors of 1e15, and no problem.
    names = [f"y{k}" for k in range(1, 7)]
    correlations = pd.DataFrame(np.eye(6), names, names)
    correlations.iloc[:3, :3] += 0.5 * (1 - np.eye(3))
    model = "f =~ y1 + y2 + y3\ng =~ y4 + y5 + y6\nf ~~ 0*g"
    with pytest.warns(AdmissibilityWarning, match="information matrix is singular"):
        fit = cfa(model, moments(correlations, 200), estimator=estimator)
    assert not fit.trustworthy
    assert fit.estimates()["se"].fillna(0).max() < 1


def test_an_item_that_says_little_may_set_the_unit():
    # A search in units of the factor itself begins where the first one did, not where that one went astray.
    rng = np.random.default_rng(206)
    data = items(rng.normal(size=(100, 1)), [0.1, 0.1, 0.5, 0.5, 0.2], rng.normal(size=(100, 5)))
    marker, unit = (cfa("f =~ y1 + y2 + y3 + y4 + y5", data, std_lv=std) for std in (False, True))
    assert marker.converged
    assert marker.statistics.chisq == pytest.approx(unit.statistics.chisq, rel=1e-9)
