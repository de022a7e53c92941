"""Two roads, one number: the covariance engine against itself and against other people's code."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.errors import AdmissibilityWarning
from rantau.moments import Moments, moments, resampled_moments

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
STRUCTURAL = HS + "\nspeed ~ a*visual + b*textual\ntextual ~ c*visual\nindirect := b*c"
DEMOCRACY = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
    "dem60 ~ ind60\ndem65 ~ ind60 + dem60\ny1 ~~ y5\ny2 ~~ y4\ny2 ~~ y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8"
)


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(DATA / "hs.csv")


def table(fit):
    return fit.estimates().set_index(["lhs", "op", "rhs"])


# -- itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [HS, STRUCTURAL])
def test_marker_and_unit_variance_are_one_model(text, hs):
    marker, unit = sem(text, hs), sem(text, hs, std_lv=True)
    one, other = marker.fit_indices(), unit.fit_indices()
    assert one.to_dict() == pytest.approx(other.to_dict(), rel=1e-9, abs=1e-9)
    loadings = [fit.standardized()["est_std"].to_numpy()[:9] for fit in (marker, unit)]
    assert loadings[0] == pytest.approx(loadings[1], abs=1e-8)
    assert marker.implied()[0].to_numpy() == pytest.approx(unit.implied()[0].to_numpy(), abs=1e-8)


def test_means_that_are_saturated_change_nothing(hs):
    without, with_means = sem(HS, hs), sem(HS, hs, meanstructure=True)
    same = ["chisq", "df", "cfi", "tli", "rmsea", "logl"]
    one, other = without.fit_indices()[same], with_means.fit_indices()[same]
    assert one.to_dict() == pytest.approx(other.to_dict(), rel=1e-10)
    loadings = table(with_means).loc[table(without).index, "est"]
    assert loadings.to_numpy() == pytest.approx(table(without)["est"].to_numpy(), abs=1e-9)
    means = table(with_means).xs("~1", level="op")["est"].droplevel("rhs")
    assert means["x1"] == pytest.approx(hs["x1"].mean(), abs=1e-12)


def test_fixed_and_random_covariates_give_the_same_paths(hs):
    text = "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"
    fixed, random = sem(text, hs), sem(text, hs, fixed_x=False)
    rows = table(fixed).xs("~", level="op").index
    for column in ("est", "se"):
        one = table(fixed).xs("~", level="op")[column]
        other = table(random).xs("~", level="op").loc[rows, column]
        assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-9)
    assert fixed.fit_indices()["df"] == random.fit_indices()["df"]


def test_moments_are_those_of_numpy(hs):
    fit = sem(HS, hs)
    values = hs[[f"x{k}" for k in range(1, 10)]].to_numpy()
    assert fit.moments.covariance == pytest.approx(np.cov(values.T, bias=True), abs=1e-13)
    assert fit.moments.mean == pytest.approx(values.mean(axis=0), abs=1e-13)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (STRUCTURAL, {}),
        (HS + "\nx7 ~~ x8", {"meanstructure": True, "std_lv": True}),
        ("visual =~ x1 + x2 + x3\nvisual ~ k*sex + ageyr\nx9 ~ visual\ntwice := 2*k", {}),
        ("x7 ~ x1 + x2\nx8 ~ x7 + x3", {"meanstructure": True}),
    ],
)
def test_a_stack_is_each_of_its_members_alone(text, options, hs):
    fit = sem(text, hs, **options)
    rng = np.random.default_rng(8)
    draws = rng.integers(0, fit.n_obs, size=(7, fit.n_obs))
    counts = np.stack([np.bincount(rows, minlength=fit.n_obs) for rows in draws]).astype(float)
    stack = resampled_moments(fit.sample, counts)
    together = fit.refit(stack)
    assert together.reasons == ("",) * 7
    for k in range(7):
        alone = fit.refit(Moments(stack.names, stack.n_obs, stack.covariance[k : k + 1], stack.mean[k : k + 1]))
        assert alone.values[0] == pytest.approx(together.values[k], abs=1e-9)
        with warnings.catch_warnings():  # a resample may be a Heywood case on both roads
            warnings.simplefilter("ignore", AdmissibilityWarning)
            afresh = sem(text, hs.iloc[draws[k]], **options)
        # Two roads to one minimum: the stopping rule leaves 1e-9 standard errors or so.
        assert afresh.values() == pytest.approx(together.values[k], rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("text", [STRUCTURAL, "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"])
def test_a_refit_on_the_own_moments_is_the_fit(text, hs):
    fit = sem(text, hs)
    own = resampled_moments(fit.sample, np.ones((2, fit.n_obs)))
    again = fit.refit(own).values
    assert again[0] == pytest.approx(fit.values(), rel=1e-9, abs=1e-10)
    assert np.array_equal(again[0], again[1])
    assert len(fit.quantities) == again.shape[1]


def test_a_refit_that_fails_is_named_and_nan(hs):
    fit = sem(HS, hs)
    few = np.zeros((2, fit.n_obs))
    few[0, :5] = fit.n_obs / 5  # five distinct rows cannot carry nine items
    few[1] = 1.0
    again = fit.refit(resampled_moments(fit.sample, few))
    assert again.reasons == ("singular covariance matrix", "")
    assert np.isnan(again.values[0]).all()
    assert again.values[1] == pytest.approx(fit.values(), abs=1e-8)


def test_badly_scaled_items_refit_as_well_as_any(hs):
    scaled = hs.assign(x1=hs.x1 * 1e6, x9=hs.x9 * 1e-6)
    counts = np.random.default_rng(2).multinomial(301, np.full(301, 1 / 301), size=4).astype(float)
    plain, badly = sem(HS, hs), sem(HS, scaled)
    one = plain.refit(resampled_moments(plain.sample, counts))
    other = badly.refit(resampled_moments(badly.sample, counts))
    assert one.reasons == other.reasons == ("",) * 4
    place = [quantity.lhs == "textual" and quantity.rhs == "x5" for quantity in plain.quantities].index(True)
    assert one.values[:, place] == pytest.approx(other.values[:, place], rel=1e-8)


def test_cfa_is_sem_without_paths():
    data = pd.read_csv(DATA / "democracy.csv")
    measured = "\n".join(line for line in DEMOCRACY.splitlines() if " ~ " not in line)
    one, other = cfa(DEMOCRACY, data), sem(measured, data)
    assert list(one.quantities) == list(other.quantities)
    assert np.array_equal(one.values(), other.values())


def test_cfa_keeps_what_sets_a_scale_and_drops_what_belongs_to_disturbances():
    data = pd.read_csv(DATA / "hs.csv")
    free = HS.replace("speed =~ x7", "speed =~ NA*x7") + "\nspeed ~~ 1*speed"
    text = free + "\nspeed ~ visual\ntextual ~ visual\ntextual ~~ 0*speed\nx9 ~~ x1\nvisual ~~ sex"
    fit, plain = cfa(text, data), sem(free + "\nx9 ~~ x1", data)
    assert fit.fit_indices()["chisq"] == pytest.approx(plain.fit_indices()["chisq"], rel=1e-12)
    assert ("textual", "~~", "speed") in table(fit).index


# -- other people's code ---------------------------------------------------------------------------


def test_a_saturated_path_model_is_least_squares(hs):
    statsmodels = pytest.importorskip("statsmodels.api")
    fit = sem("x9 ~ x1 + x4 + sex", hs, meanstructure=True)
    ols = statsmodels.OLS(hs["x9"], statsmodels.add_constant(hs[["x1", "x4", "sex"]])).fit()
    got = table(fit).xs("~", level="op").droplevel("lhs")
    assert got["est"].to_numpy() == pytest.approx(ols.params[["x1", "x4", "sex"]].to_numpy(), abs=1e-10)
    shrink = np.sqrt(ols.df_resid / ols.nobs)  # maximum likelihood divides by n
    assert got["se"].to_numpy() == pytest.approx(ols.bse[["x1", "x4", "sex"]].to_numpy() * shrink, rel=1e-8)
    assert fit.r_squared()["x9"] == pytest.approx(ols.rsquared, abs=1e-12)
    assert table(fit).loc[("x9", "~1", ""), "est"] == pytest.approx(ols.params["const"], abs=1e-9)
    assert fit.fit_indices()["logl"] == pytest.approx(ols.llf, rel=1e-10)
    assert fit.fit_indices()["df"] == 0


@pytest.mark.parametrize(("text", "file"), [(HS, "hs"), (DEMOCRACY, "democracy")])
def test_estimates_are_semopys(text, file):
    """semopy 2.3.11 stops early unless told otherwise; its estimates and errors are right, its AIC is not."""
    semopy = pytest.importorskip("semopy")
    data = pd.read_csv(DATA / f"{file}.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = semopy.Model(text)
        theirs.fit(data, options={"ftol": 1e-14, "maxiter": 2000})
        inspected = theirs.inspect()
        chisq = float(semopy.calc_stats(theirs)["chi2"].iloc[0])
    fit = sem(text, data)
    ours = table(fit)
    compared = 0
    for row in inspected.itertuples():
        # semopy writes `x1 ~ F` for `F =~ x1`.
        options = [(row.lval, row.op, row.rval), (row.rval, "=~", row.lval), (row.rval, row.op, row.lval)]
        key = next(key for key in options if key in ours.index)
        assert ours.loc[key, "est"] == pytest.approx(row.Estimate, abs=3e-5), key
        if row._5 != "-":
            assert ours.loc[key, "se"] == pytest.approx(float(row._5), abs=1e-5), key
            compared += 1
    assert compared >= 18
    assert fit.fit_indices()["chisq"] == pytest.approx(chisq, rel=1e-6)


def test_moments_of_one_sample_are_a_stack_of_one(hs):
    fit = sem(HS, hs)
    assert moments(fit.sample) == fit.moments
