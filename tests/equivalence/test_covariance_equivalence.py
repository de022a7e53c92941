"""Two roads, one number: the covariance engine against itself and against other people's code."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, growth, sem
from rantau.errors import AdmissibilityWarning

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
STRUCTURAL = HS + "\nspeed ~ a*visual + b*textual\ntextual ~ c*visual\nindirect := b*c"
DEMOCRACY = (
    "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + y2 + y3 + y4\ndem65 =~ y5 + y6 + y7 + y8\n"
    "dem60 ~ ind60\ndem65 ~ ind60 + dem60\ny1 ~~ y5\ny2 ~~ y4\ny2 ~~ y6\ny3 ~~ y7\ny4 ~~ y8\ny6 ~~ y8"
)


@pytest.fixture(scope="module")
def hs():
    data = pd.read_csv(DATA / "hs.csv")
    return data.assign(weight=0.5 + np.random.default_rng(4).random(len(data)))


@pytest.fixture(scope="module")
def gaps():
    return pd.read_csv(DATA / "hs_gaps.csv")


def table(fit):
    return fit.estimates().set_index(["lhs", "op", "rhs"])


def same_fit(one, other, **tolerance):
    """The same free parameters row by row, and the same fit indices."""
    columns = ["lhs", "op", "rhs", "group"]
    left, right = one.estimates(), other.estimates()
    pd.testing.assert_frame_equal(left[columns], right[columns])
    for column in ("est", "se", "std_all"):
        assert left[column].to_numpy() == pytest.approx(right[column].to_numpy(), nan_ok=True, **tolerance)
    first, second = one.fit_indices(), other.fit_indices()
    # The critical n is one over chi-square, whose rounding it blows up; with missing="fiml" the GFI is that of the
    # likelihood ratio, and of the reweighted residuals otherwise.
    apart = ["npar", "cn_05", "cn_01"]
    if one.request.missing != other.request.missing:
        apart += ["gfi", "agfi", "pgfi"]
    common = first.index.intersection(second.index).drop(apart)
    assert first[common].to_dict() == pytest.approx(second[common].to_dict(), rel=1e-7, abs=1e-7, nan_ok=True)
    for name in first.index.symmetric_difference(second.index):
        # Where nothing is to be corrected, the corrected index is the ordinary one.
        assert name.endswith("_robust")
        found = (first if name in first else second)[name]
        assert found == pytest.approx(first[name.removesuffix("_robust")], rel=1e-6, abs=1e-6, nan_ok=True)


# -- itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS"])
@pytest.mark.parametrize("text", [HS, STRUCTURAL])
def test_marker_and_unit_variance_are_one_model(text, estimator, hs):
    options = {"estimator": estimator, "se": "none" if estimator == "ULS" else "default"}
    marker, unit = sem(text, hs, **options), sem(text, hs, std_lv=True, **options)
    one, other = marker.fit_indices(), unit.fit_indices()
    assert one.to_dict() == pytest.approx(other.to_dict(), rel=1e-9, abs=1e-9, nan_ok=True)
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
    assert fit.moments.covariance[0] == pytest.approx(np.cov(values.T, bias=True), abs=1e-13)
    assert fit.moments.mean[0] == pytest.approx(values.mean(axis=0), abs=1e-13)


# -- refits ----------------------------------------------------------------------------------------

REFITS = {
    "structure": (STRUCTURAL, {}),
    "means": (HS + "\nx7 ~~ x8", {"meanstructure": True, "std_lv": True}),
    "covariates": ("visual =~ x1 + x2 + x3\nvisual ~ k*sex + ageyr\nx9 ~ visual\ntwice := 2*k", {}),
    "paths": ("x7 ~ x1 + x2\nx8 ~ x7 + x3", {"meanstructure": True}),
    "gaps": (STRUCTURAL, {"missing": "fiml"}),
    "gaps and covariates": ("visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr", {"missing": "fiml"}),
    "groups": (HS, {"group": "school"}),
    "groups, equal": (STRUCTURAL, {"group": "school", "group_equal": ("loadings", "intercepts", "regressions")}),
    "gaps in groups": (HS, {"group": "school", "group_equal": "loadings", "missing": "fiml"}),
    "constraints": ("x7 ~ a*x1 + b*x2\nx8 ~ c*x7 + d*x1\na*c == d^2\nb < 0.05\na > 0.05", {}),
    "constraints of groups": (
        HS.replace("x2", "c(a, b)*x2").replace("x3", "c(d, e)*x3") + "\na == b\nd - e < 0.1", {"group": "school"},
    ),
    "GLS": (HS, {"estimator": "GLS"}),
    "ULS": (HS, {"estimator": "ULS", "se": "none"}),
    "WLS": (HS, {"estimator": "WLS"}),
    "wishart": (HS, {"likelihood": "wishart"}),
    "weights": (STRUCTURAL, {"sampling_weights": "weight"}),
    "robust": (STRUCTURAL, {"estimator": "MLR"}),
}  # fmt: skip


@pytest.mark.parametrize("case", REFITS)
def test_a_stack_of_refits_is_each_resample_alone(case, hs, gaps):
    text, options = REFITS[case]
    data = gaps.assign(sex=hs.sex, ageyr=hs.ageyr, school=hs.school) if "missing" in options else hs
    fit = sem(text, data, **options)
    rng = np.random.default_rng(8)
    if fit.strata is None:
        draws = rng.integers(0, fit.n_obs, size=(6, fit.n_obs))
    else:
        # Within groups; in the order of the data, so that the groups keep their numbers.
        each = [np.flatnonzero(fit.strata == place) for place in range(2)]
        draws = np.stack([np.concatenate([rng.choice(rows, rows.size) for rows in each]) for _ in range(6)])
    counts = np.stack([np.bincount(rows, minlength=fit.n_obs) for rows in draws]).astype(float)
    together = fit.refit(counts)
    assert together.values.shape == (6, len(fit.quantities))
    assert together.reasons == ("",) * 6
    for k in range(6):
        # One by one and all at once: two roads to one minimum, which the stopping rule leaves 1e-9 or so apart.
        assert fit.refit(counts[[k]]).values[0] == pytest.approx(together.values[k], rel=1e-7, abs=1e-8)
        with warnings.catch_warnings():  # a resample may be a Heywood case on both roads
            warnings.simplefilter("ignore", AdmissibilityWarning)
            afresh = sem(text, data.iloc[draws[k]], **options)
        assert afresh.values() == pytest.approx(together.values[k], rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("case", REFITS)
def test_a_refit_on_the_own_rows_is_the_fit(case, hs, gaps):
    text, options = REFITS[case]
    data = gaps.assign(sex=hs.sex, ageyr=hs.ageyr, school=hs.school) if "missing" in options else hs
    fit = sem(text, data, **options)
    again = fit.refit(np.ones((2, fit.n_obs))).values
    assert again[0] == pytest.approx(fit.values(), rel=1e-8, abs=1e-8, nan_ok=True)
    assert again[1] == pytest.approx(again[0], rel=1e-12, abs=1e-13, nan_ok=True)


def test_a_refit_that_fails_is_named_and_nan(hs):
    fit = sem(HS, hs)
    few = np.zeros((2, fit.n_obs))
    few[0, :5] = fit.n_obs / 5  # five distinct rows cannot carry nine items
    few[1] = 1.0
    again = fit.refit(few)
    assert again.reasons == ("singular covariance matrix", "")
    assert np.isnan(again.values[0]).all()
    assert again.values[1] == pytest.approx(fit.values(), abs=1e-8)


def test_badly_scaled_items_refit_as_well_as_any(hs):
    scaled = hs.assign(x1=hs.x1 * 1e6, x9=hs.x9 * 1e-6)
    counts = np.random.default_rng(2).multinomial(301, np.full(301, 1 / 301), size=4).astype(float)
    plain, badly = sem(HS, hs), sem(HS, scaled)
    one, other = plain.refit(counts), badly.refit(counts)
    assert one.reasons == other.reasons == ("",) * 4
    place = [quantity.lhs == "textual" and quantity.rhs == "x5" for quantity in plain.quantities].index(True)
    assert one.values[:, place] == pytest.approx(other.values[:, place], rel=1e-8)


# -- gaps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [HS, STRUCTURAL, "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"])
@pytest.mark.parametrize("group", [None, "school"])
def test_without_gaps_every_answer_is_every_row(text, group, hs):
    text = text.replace("\nindirect := b*c", "").replace("a*", "").replace("b*", "").replace("c*", "")
    options = {"group": group, "information": "observed"}
    same_fit(sem(text, hs, missing="fiml", **options), sem(text, hs, meanstructure=True, **options), abs=1e-7)


def test_gaps_in_one_of_two_variables_have_a_closed_form(hs):
    """Anderson (1957): the regression of the complete rows, put upon the moments of all rows of the other."""
    data = hs[["x1", "x2"]].copy()
    data.loc[data.index % 3 == 0, "x2"] = np.nan
    fit = sem("x1 ~~ x2", data, missing="fiml")
    whole, pairs = data.x1, data.dropna()
    slope = np.cov(pairs.x1, pairs.x2, ddof=0)[0, 1] / pairs.x1.var(ddof=0)
    rest = pairs.x2.var(ddof=0) - slope**2 * pairs.x1.var(ddof=0)
    found = table(fit)["est"]
    assert found["x1", "~1", ""] == pytest.approx(whole.mean(), abs=1e-8)
    assert found["x1", "~~", "x1"] == pytest.approx(whole.var(ddof=0), abs=1e-8)
    assert found["x1", "~~", "x2"] == pytest.approx(slope * whole.var(ddof=0), abs=1e-8)
    assert found["x2", "~~", "x2"] == pytest.approx(rest + slope**2 * whole.var(ddof=0), abs=1e-8)
    assert found["x2", "~1", ""] == pytest.approx(pairs.x2.mean() + slope * (whole.mean() - pairs.x1.mean()), abs=1e-8)


def test_a_row_without_any_answer_adds_nothing(gaps):
    empty = pd.DataFrame(np.nan, index=range(3), columns=gaps.columns)
    one, other = sem(HS, gaps, missing="fiml"), sem(HS, pd.concat([gaps, empty]), missing="fiml")
    same_fit(one, other, abs=1e-9)
    assert other.n_read == one.n_read + 3


def test_covariates_with_all_answers_leave_no_row_out(gaps, hs):
    data = gaps.assign(sex=hs.sex, ageyr=hs.ageyr)
    text = "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"
    same_fit(sem(text, data, missing="fiml"), sem(text, data, missing="fiml_x"), abs=1e-8)


# -- groups ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (HS, {"meanstructure": True}),
        ("visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr", {"meanstructure": True}),
        (HS, {"missing": "fiml"}),
        (HS, {"estimator": "GLS", "meanstructure": True}),
    ],
    ids=["ML", "covariates", "FIML", "GLS"],
)
def test_groups_that_share_nothing_are_fits_side_by_side(text, options, hs, gaps):
    data = gaps.assign(school=hs.school) if "missing" in options else hs
    together = sem(text, data, group="school", **options)
    alone = [sem(text, part, **options) for _, part in data.groupby("school", sort=False)]
    frame = together.estimates()
    for place, fit in enumerate(alone):
        own = frame[frame["group"] == place + 1].drop(columns="group").reset_index(drop=True)
        single = fit.estimates().drop(columns="group")
        assert own[["lhs", "op", "rhs"]].equals(single[["lhs", "op", "rhs"]])
        # Errors of least squares weigh groups by n, and its fit by n - 1.
        for column in ("est", "std_all") if "estimator" in options else ("est", "std_all", "se"):
            assert own[column].to_numpy() == pytest.approx(single[column].to_numpy(), abs=1e-7)
    whole, parts = together.fit_indices(), [fit.fit_indices() for fit in alone]
    for name in ("chisq", "df", "baseline_chisq", "baseline_df", "npar", "ntotal"):
        assert whole[name] == pytest.approx(sum(part[name] for part in parts), rel=1e-9)
    if "estimator" not in options:
        assert whole["logl"] == pytest.approx(sum(part["logl"] for part in parts), rel=1e-10)


def test_equal_across_groups_is_one_label_for_all(hs):
    option = sem(HS, hs, group="school", group_equal="loadings")
    text = HS
    for k in (2, 3, 5, 6, 8, 9):
        text = text.replace(f"x{k}", f"c(l{k}, l{k})*x{k}")
    same_fit(option, sem(text, hs, group="school"), abs=1e-7)
    for k in (2, 3, 5, 6, 8, 9):
        text = text.replace(f"c(l{k}, l{k})", f"c(a{k}, b{k})") + f"\na{k} == b{k}"
    constrained = sem(text, hs, group="school")
    same_fit(option, constrained, abs=1e-6)


def test_what_is_released_is_not_equal(hs):
    partial = sem(HS, hs, group="school", group_equal="loadings", group_partial="visual =~ x2")
    whole = sem(HS, hs, group="school", group_equal="loadings")
    free = sem(HS, hs, group="school")
    loadings = partial.estimates().set_index(["lhs", "rhs", "group"])["est"]
    assert loadings["visual", "x2", 1] != pytest.approx(loadings["visual", "x2", 2], abs=1e-4)
    assert loadings["visual", "x3", 1] == loadings["visual", "x3", 2]
    assert [fit.statistics.df for fit in (free, partial, whole)] == [48, 53, 54]
    assert free.statistics.chisq < partial.statistics.chisq < whole.statistics.chisq


# -- constraints -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "constraints"),
    [
        (
            "visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + x5 + x6",
            "visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + x5 + x6\na == b",
        ),
        ("x7 ~ a*x1 + a*x2 + x3\nx8 ~ a*x7 + x3", "x7 ~ a*x1 + b*x2 + x3\nx8 ~ c*x7 + x3\na == b\n2*c == a + b"),
        ("x1 ~~ v*x1\nx2 ~~ v*x2\nx1 ~~ x2", "x1 ~~ v*x1\nx2 ~~ w*x2\nx1 ~~ x2\nexp(v) == exp(w)"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"estimator": "GLS"}], ids=str)
def test_an_equation_is_a_shared_label(labels, constraints, options, hs, gaps):
    data = gaps if "missing" in options else hs
    same_fit(sem(labels, data, **options), sem(constraints, data, **options), abs=1e-7)


def test_a_fixed_value_is_an_equation(hs):
    fixed = sem(HS.replace("x5", "0.9*x5"), hs)
    bound = sem(HS.replace("x5", "k*x5") + "\nk == 0.9", hs)
    same_fit(fixed, bound, abs=1e-7)


@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"group": "school"}, {"std_lv": True}], ids=str)
def test_a_bound_that_is_not_reached_changes_nothing(options, hs, gaps):
    data = gaps if "missing" in options else hs
    label = "c(a, b)*x2" if "group" in options else "a*x2"
    text = HS.replace("x2", label)
    bound = sem(text + "\na > -3\na < 30", data, **options)
    assert not bound.active.any()
    same_fit(sem(text, data, **options), bound, abs=1e-8)


def test_a_bound_that_is_reached_is_an_equation(hs):
    text = HS.replace("x5", "k*x5")
    bound, equation = sem(text + "\nk < 0.9", hs), sem(text + "\nk == 0.9", hs)
    assert bound.active.tolist() == [True]
    assert bound.estimates()["est"].to_numpy() == pytest.approx(equation.estimates()["est"].to_numpy(), abs=1e-7)
    assert bound.statistics.chisq == pytest.approx(equation.statistics.chisq, rel=1e-9)
    # A bound takes no degree of freedom: the model allows what it allows.
    assert bound.statistics.df == equation.statistics.df - 1


# -- estimators and options ------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ["MLR", "MLM", "MLMV", "MLMVS", "MLF"])
@pytest.mark.parametrize("text", [HS, STRUCTURAL, "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"])
def test_robust_estimators_have_the_estimates_of_maximum_likelihood(text, estimator, hs):
    plain, robust = sem(text, hs, meanstructure=True), sem(text, hs, estimator=estimator, meanstructure=True)
    assert robust.estimates()["est"].to_numpy() == pytest.approx(plain.estimates()["est"].to_numpy(), abs=1e-12)
    names = ["chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr", "logl", "aic", "bic"]
    assert robust.fit_indices()[names].to_dict() == pytest.approx(plain.fit_indices()[names].to_dict(), rel=1e-12)


def test_equal_weights_are_none(hs):
    plain, weighted = sem(HS, hs, estimator="MLR"), sem(HS, hs.assign(w=3.0), sampling_weights="w")
    same_fit(plain, weighted, abs=1e-8)


def test_whole_weights_are_rows_that_come_more_often(hs):
    times = 1 + hs.index.to_numpy() % 3
    weighted = sem(HS, hs.assign(w=times), sampling_weights="w")
    repeated = sem(HS, hs.loc[np.repeat(hs.index, times)])
    assert weighted.estimates()["est"].to_numpy() == pytest.approx(repeated.estimates()["est"].to_numpy(), abs=1e-7)
    assert weighted.statistics.test.statistic / 301 == pytest.approx(repeated.statistics.chisq / times.sum(), rel=1e-8)


def test_wishart_divides_by_one_less(hs):
    normal, wishart = sem(HS, hs), sem(HS, hs, likelihood="wishart")
    assert wishart.statistics.chisq == pytest.approx(normal.statistics.chisq * 300 / 301, rel=1e-9)
    one, other = table(normal)["est"], table(wishart)["est"]
    variances = [key for key in one.index if key[1] == "~~"]
    assert other[variances].to_numpy() == pytest.approx(one[variances].to_numpy() * 301 / 300, rel=1e-7)
    loadings = [key for key in one.index if key[1] == "=~"]
    assert other[loadings].to_numpy() == pytest.approx(one[loadings].to_numpy(), rel=1e-7)


@pytest.mark.parametrize(("estimator", "ddof"), [("ML", 0), ("GLS", 1), ("ULS", 1)])
def test_a_saturated_model_gives_the_sample_back(estimator, ddof, hs):
    """Least squares fits covariances divided by n - 1, maximum likelihood those divided by n, as lavaan has it."""
    fit = sem("x1 ~~ x2 + x3\nx2 ~~ x3", hs, estimator=estimator)
    assert fit.implied()[0].to_numpy() == pytest.approx(np.cov(hs[["x1", "x2", "x3"]].T, ddof=ddof), abs=1e-8)
    assert fit.statistics.df == 0


def test_growth_is_sem_with_its_means_stated():
    data = pd.read_csv(DATA / "growth.csv")
    curve = "i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4\ns =~ 0*t1 + 1*t2 + 2*t3 + 3*t4\n"
    stated = curve + "i ~ 1\ns ~ 1\n" + "".join(f"t{k} ~ 0*1\n" for k in range(1, 5))
    one, other = growth(curve, data), sem(stated, data)
    left, right = table(one)["est"], table(other)["est"]
    assert right[left.index].to_numpy() == pytest.approx(left.to_numpy(), abs=1e-8)
    assert one.fit_indices().to_dict() == pytest.approx(other.fit_indices().to_dict(), rel=1e-9, abs=1e-9)


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
