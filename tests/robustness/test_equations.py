"""RESET, squares and copulas, held against statsmodels and against data that were made to be found out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import linear_reset, normal_ad

import rantau as rt
from rantau.errors import OptionError
from rantau.robustness.copula import anderson_darling, copula_terms

MODEL = """
Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Value ~ Image
Satisfaction ~ Image + Value
"""


def fit(**options):
    return rt.pls(MODEL, pd.read_csv("tests/data/mobile.csv"), **options)


@pytest.mark.parametrize("powers", [(2,), (2, 3), (2, 3, 4)])
def test_reset_is_that_of_statsmodels(powers):
    found = rt.nonlinearity(fit(), powers=powers).reset().set_index("outcome")
    scores = fit().scores()
    for outcome, predictors in (("Value", ["Image"]), ("Satisfaction", ["Image", "Value"])):
        ols = sm.OLS(scores[outcome], sm.add_constant(scores[predictors])).fit()
        theirs = linear_reset(ols, power=list(powers), use_f=True)
        ours = found.loc[outcome]
        assert (ours.f, ours.p) == pytest.approx((float(theirs.fvalue), float(theirs.pvalue)), rel=1e-8)
        assert (ours.df, ours.df_residual) == (theirs.df_num, theirs.df_denom)


def test_squares_are_those_of_statsmodels():
    found = rt.nonlinearity(fit()).quadratic().set_index(["outcome", "predictor"])
    scores = fit().scores()
    x = scores[["Image", "Value"]].assign(square=scores.Value**2)
    theirs = sm.OLS(scores.Satisfaction, sm.add_constant(x)).fit()
    ours = found.loc["Satisfaction", "Value"]
    assert ours.square == pytest.approx(theirs.params["square"])
    assert ours.path == pytest.approx(theirs.params["Value"])
    assert (ours.se, ours.p) == pytest.approx((theirs.bse["square"], theirs.pvalues["square"]))
    plain = sm.OLS(scores.Satisfaction, sm.add_constant(scores[["Image", "Value"]])).fit()
    assert ours.f_squared == pytest.approx((theirs.rsquared - plain.rsquared) / (1 - theirs.rsquared))


def test_squares_of_two_values_say_nothing():
    random = np.random.default_rng(1)
    x = random.integers(0, 2, size=100)
    data = pd.DataFrame({"x": x, "y": x + random.normal(size=100)})
    found = rt.nonlinearity(rt.pls("y ~ x", data))
    assert np.isnan(found.quadratic().p[0])
    assert np.isnan(found.reset().p[0])


@pytest.mark.parametrize("shape", ["normal", "exponential", "uniform", "laplace"])
@pytest.mark.parametrize("n", [30, 400])
def test_anderson_darling_is_that_of_statsmodels(shape, n):
    x = getattr(np.random.default_rng(n), shape)(size=n)
    assert anderson_darling(x) == pytest.approx(normal_ad(x), rel=1e-6, abs=1e-12)


def test_copula_terms_of_a_resample_are_those_of_its_rows():
    random = np.random.default_rng(3)
    x = random.integers(0, 9, size=40).astype(float)
    counts = np.bincount(random.integers(0, 40, size=40), minlength=40)[None].astype(float)
    rows = np.repeat(np.arange(40), counts[0].astype(int))
    alone = copula_terms(x[rows], np.ones((1, 40)))[0]
    assert copula_terms(x, counts)[0][rows].tolist() == pytest.approx(alone.tolist())


def made(endogenous, n=2000, seed=4):
    random = np.random.default_rng(seed)
    hidden = random.normal(size=n)
    x = np.exp(0.6 * random.normal(size=n) + (0.6 * hidden if endogenous else 0.0))
    z = random.normal(size=n)
    return pd.DataFrame({"x": x, "z": z, "y": 0.5 * x + 0.5 * z + hidden + 0.5 * random.normal(size=n)})


def test_endogeneity_is_found_and_taken_out():
    found = rt.copula_endogeneity(rt.pls("y ~ x + z", made(True)), draws=200)
    conditions = found.conditions().set_index("predictor")
    assert conditions.usable.to_dict() == {"x": True, "z": False}
    assert "may be normal" in conditions.because["z"]
    (row,) = found.table().itertuples()
    assert row.copulas == "x"
    assert row.p < 1e-6
    data = made(True)
    truth = 0.5 * data.x.std() / data.y.std()
    assert abs(row.path_with_copula - truth) < 0.06 < abs(row.path - truth)
    assert len(found.table(usable=False)) == 4
    assert "Conditions" in str(found)


def test_exogenous_predictors_are_left_in_peace():
    (row,) = rt.copula_endogeneity(rt.pls("y ~ x + z", made(False)), draws=200).table().itertuples()
    assert row.p > 0.05
    assert row.path_with_copula == pytest.approx(row.path, abs=0.1)


def test_coefficients_are_those_of_a_regression():
    found = rt.copula_endogeneity(fit(), draws=100)
    table = found.table(usable=False)
    scores = fit().scores()
    terms = {name: copula_terms(scores[name].to_numpy(), np.ones((1, 250)))[0] for name in ("Image", "Value")}
    x = scores[["Image", "Value"]].assign(c1=terms["Image"], c2=terms["Value"])
    theirs = sm.OLS(scores.Satisfaction, sm.add_constant(x)).fit()
    both = table[table.copulas == "Image, Value"].set_index("predictor")
    assert both.copula.to_dict() == pytest.approx({"Image": theirs.params["c1"], "Value": theirs.params["c2"]})
    paths = fit().paths().set_index(["lhs", "rhs"]).est
    assert both.path["Value"] == pytest.approx(paths["Satisfaction", "Value"])


@pytest.mark.parametrize("function", [rt.nonlinearity, rt.copula_endogeneity])
def test_refusals(function):
    with pytest.raises(OptionError, match="Take consistent=False"):
        function(fit(consistent=True))
    with pytest.raises(OptionError, match=r"takes a fit by rt\.pls"):
        function("fit")
    weighted = pd.read_csv("tests/data/mobile.csv").assign(w=1.0)
    with pytest.raises(OptionError, match="weights rows by 'w'"):
        function(rt.pls(MODEL, weighted, weights="w"))


def test_options_are_checked():
    for powers in ((1, 2), (), 2, (2.5,), (True, 2)):
        with pytest.raises(OptionError, match="powers are whole numbers"):
            rt.nonlinearity(fit(), powers=powers)
    with pytest.raises(OptionError, match="draws must be a whole number of at least 100"):
        rt.copula_endogeneity(fit(), draws=10)


def test_what_is_explained_entirely_is_not_tested_for_straight_lines():
    x = np.arange(20.0)
    found = rt.nonlinearity(rt.pls("y ~ x", pd.DataFrame({"x": x, "y": x})))
    assert found.reset()[["f", "p"]].isna().all(axis=None)
    assert found.quadratic()[["f_squared", "p"]].isna().all(axis=None)
