"""Residuals of the covariance engine against lavaan's, and laws that they obey.

The golden numbers are lavaan 0.6-14's `lavResiduals(fit, type, se = TRUE)` and `residuals(fit, type)` at polished
minima; `tests/golden/after_fit/make_residuals.R` makes them.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import growth, sem
from rantau.covariance.implied import imply
from rantau.covariance.minimise import minimise
from rantau.covariance.setting import evidence_of, setting_of
from rantau.errors import OptionError
from rantau.moments.grouped import GroupMoments

TESTS = Path(__file__).parents[1]
CASES = {case["name"]: case for case in json.loads((TESTS / "golden/after_fit/residuals.json").read_text())}
#: Where groups share parameters, lavaan leaves out what the other groups' scatter adds to the standard errors.
SHARED = {"hs_metric", "hs_scalar", "hs_scalar_mlr", "hs_gaps_scalar"}
HS = CASES["hs_ml"]["model"]


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fit_of(name):
        if name not in found:
            case = CASES[name]
            data = pd.read_csv(TESTS / f"data/{case['data']}.csv")
            found[name] = (growth if name == "growth" else sem)(case["model"], data, **case["options"])
        return found[name]

    return fit_of


def square(numbers: dict, names: list[str]) -> np.ndarray:
    order = [numbers["rows"].index(name) for name in names]
    return np.array(numbers["values"], dtype=float)[np.ix_(order, order)]


def of_group(frame, fit, group: int):
    return frame.loc[fit.groups[group]] if fit.groups else frame


EVERY = [(name, kind) for name in CASES for kind in ("raw", "cor.bollen", "cor.bentler", "normalized")]


@pytest.mark.parametrize(("name", "kind"), [*EVERY, *((name, "standardized") for name in sorted(set(CASES) - SHARED))])
def test_residuals_are_lavaans(name, kind, fits):
    fit = fits(name)
    names = list(fit.table.observed)
    for group, golden in enumerate(CASES[name][kind]):
        ours = of_group(fit.residuals(kind), fit, group).to_numpy()
        assert ours == pytest.approx(square(golden["cov"], names), abs=1e-6)
        if "mean" in golden:
            ours = of_group(fit.mean_residuals(kind), fit, group)
            assert ours.to_numpy() == pytest.approx([golden["mean"][one] for one in names], abs=1e-6)


@pytest.mark.parametrize("kind", ["raw", "cor.bollen", "cor.bentler"])
@pytest.mark.parametrize("name", sorted(set(CASES) - SHARED))
def test_standard_errors_of_residuals_are_lavaans(name, kind, fits):
    fit = fits(name)
    table, names = fit.residual_table(kind), list(fit.table.observed)
    for group, golden in enumerate(CASES[name][kind], start=1):
        own = table[table["group"] == group]
        of_covariances = own[own["op"] == "~~"]
        at = [names.index(one) for one in of_covariances["lhs"]], [names.index(one) for one in of_covariances["rhs"]]
        assert of_covariances["se"].to_numpy() == pytest.approx(square(golden["cov.se"], names)[at], abs=1e-8)
        assert of_covariances["residual"].to_numpy() == pytest.approx(square(golden["cov"], names)[at], abs=1e-8)
        if "mean.se" in golden:
            se = own.set_index(["lhs", "op"])["se"]
            for one in names:
                assert se[one, "~1"] == pytest.approx(golden["mean.se"][one], abs=1e-8)


@pytest.mark.parametrize("kind", ["raw", "cor.bollen", "cor.bentler"])
@pytest.mark.parametrize("name", sorted(set(CASES) - SHARED))
def test_summaries_are_lavaans(name, kind, fits):
    fit = fits(name)
    frame = fit.residual_summary(kind)
    for group, golden in enumerate(CASES[name][kind]):
        own = of_group(frame, fit, group)
        assert list(own.index) == list(golden["summary"])
        for part, numbers in golden["summary"].items():
            # lavaan writes "ucrmr.cilupper" for the upper end.
            wanted = {key.replace("cilupper", "ci.upper").replace(".", "_"): value for key, value in numbers.items()}
            assert list(own.columns) == list(wanted)
            for key, value in wanted.items():
                golden_value = np.nan if value is None else value
                assert own.loc[part, key] == pytest.approx(golden_value, abs=1e-6, nan_ok=True), (part, key)


def test_groups_that_share_parameters_scatter_into_each_other():
    """The residuals of 800 samples from the model vary as their standard errors say, and more than lavaan's say."""
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = sem(HS, data, group="school", group_equal=["loadings", "intercepts"])
    evidence = evidence_of(fit)
    draws, (groups, p) = 800, evidence.implied.mu.shape
    rng = np.random.default_rng(7)
    mean, covariance = np.empty((draws, groups, p)), np.empty((draws, groups, p, p))
    for group, n in enumerate(evidence.moments.n.astype(int)):
        root = np.linalg.cholesky(evidence.implied.sigma[group])
        rows = evidence.implied.mu[group] + rng.normal(size=(draws, n, p)) @ root.T
        mean[:, group] = rows.mean(axis=1)
        centred = rows - mean[:, group, None]
        covariance[:, group] = np.swapaxes(centred, 1, 2) @ centred / n
    n = np.broadcast_to(evidence.moments.n, (draws, groups))
    moments = GroupMoments(evidence.moments.names, evidence.moments.groups, n, covariance, mean)
    start = np.broadcast_to(evidence.theta, (draws, evidence.theta.size)).copy()
    minimum = minimise(evidence.layout, evidence.discrepancy, moments, start)
    scatter = (mean - imply(evidence.layout, minimum.theta).mu).std(axis=0).ravel()
    table = fit.residual_table("raw")
    raw = table.loc[table["op"] == "~1", "se"].to_numpy()
    se = raw / np.tile(setting_of(fit).deviation, groups)
    assert (se / scatter).mean() == pytest.approx(1, abs=0.03)
    lavaans = np.array([list(one["mean.se"].values()) for one in CASES["hs_scalar"]["raw"]], dtype=float).ravel()
    assert (lavaans < 0.85 * raw).all()


def test_rescaled_items_leave_correlation_residuals_and_their_errors():
    data = pd.read_csv(TESTS / "data/hs.csv")
    far = data.assign(x1=data["x1"] * 1000, x9=data["x9"] / 1000)
    for options in ({}, {"estimator": "MLR"}, {"missing": "fiml"}):
        one, other = (sem(HS, frame, **options).residual_table("cor_bollen") for frame in (data, far))
        assert other[["residual", "se"]].to_numpy() == pytest.approx(one[["residual", "se"]].to_numpy(), abs=1e-7)


def test_full_information_and_listwise_agree_where_rows_are_complete():
    data = pd.read_csv(TESTS / "data/hs.csv")
    fiml = sem(HS, data, missing="fiml")
    listwise = sem(HS, data, meanstructure=True, information="observed")
    assert fiml.residuals().to_numpy() == pytest.approx(listwise.residuals().to_numpy(), abs=1e-7)
    one, other = (fit.residual_summary() for fit in (fiml, listwise))
    assert one.loc["cov"].to_numpy() == pytest.approx(other.loc["cov"].to_numpy(), abs=1e-6)


def test_kinds_belong_together(fits):
    fit = fits("hs_ml")
    table = fit.residual_table("raw")
    z = table.loc[table["se"] > 0, "z"].abs().max()
    assert fit.residuals("standardized").abs().to_numpy().max() == pytest.approx(z)
    assert fit.residuals("cor").equals(fit.residuals("cor_bollen"))
    assert fit.residuals("cor").equals(fit.residuals())
    assert fit.residual_summary().loc["cov", "srmr"] == pytest.approx(fit.fit_indices()["srmr"], rel=1e-9)
    assert np.isnan(table.loc[table["se"] == 0, "p"]).all()
    assert (table["lhs"] + table["op"] + table["rhs"]).iloc[1] == "x1~~x2"


def test_a_saturated_model_leaves_nothing():
    fit = sem("x1 ~~ x2\nx1 ~~ x3\nx2 ~~ x3", pd.read_csv(TESTS / "data/hs.csv"))
    assert (fit.residuals("standardized").to_numpy() == 0).all()
    summary = fit.residual_summary().loc["cov"]
    assert summary["srmr"] == 0
    assert np.isnan(summary["srmr_exactfit_pvalue"])


def test_what_has_no_error_has_no_z():
    """Equal means leave something of the free covariance, which has no error to first order: it was told as endless."""
    model = "x1 ~ m*1; x2 ~ m*1; x1 ~~ v*x1; x2 ~~ v*x2; x1 ~~ x2"
    fit = sem(model, pd.read_csv(TESTS / "data/hs.csv"))
    assert abs(fit.residuals("raw").loc["x1", "x2"]) > 0.1
    assert np.isnan(fit.residuals("standardized").loc["x1", "x2"])
    assert np.isfinite(fit.residuals("standardized").loc["x1", "x1"])


# lavResiduals(cfa(THRESHOLDS, hs4, ordered = paste0("x", 1:6)), type = "raw", se = TRUE): th, th.se. lavaan 0.6-14
# names the errors in another order than the residuals, which is put right here.
THRESHOLDS = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; x1 | t*t1; x2 | t*t1; x4 | u*t2; x5 | u*t2"
LEFT = {
    ("x1", "t1"): (-0.1374978886, 5.4957274e-02), ("x2", "t1"): (0.1211881681, 4.8438353e-02),
    ("x4", "t2"): (0.0337962336, 3.7749047e-02), ("x5", "t2"): (-0.0335547345, 3.7479303e-02),
}  # fmt: skip


def test_ordered_answers_leave_thresholds_and_not_means():
    """Means of what lies behind ordered answers are not in the data: they were given for residuals without an error."""
    data = pd.read_csv(TESTS / "data/hs4.csv")
    ordered = [f"x{k}" for k in range(1, 7)]
    fit = sem(THRESHOLDS, data, ordered=ordered)
    table = fit.residual_table("raw")
    levels = table[table["op"] == "|"].set_index(["lhs", "rhs"])
    assert len(levels) == 18
    assert not (table["op"] == "~1").any()
    for place, (residual, se) in LEFT.items():
        assert levels.loc[place, ["residual", "se"]].tolist() == pytest.approx([residual, se], abs=1e-6)
    rest = levels.drop(list(LEFT))
    assert (rest[["residual", "se"]] == 0).all(axis=None)
    with pytest.raises(OptionError, match="thresholds in place of means"):
        fit.mean_residuals()


def test_continuous_answers_beside_ordered_ones_leave_means():
    data = pd.read_csv(TESTS / "data/hs4.csv")
    model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6"
    options = {"ordered": ["x1", "x2", "x4", "x5", "x6"], "group": "school", "group_equal": ["thresholds", "loadings"]}
    fit = sem(model, data, **options)
    left = fit.mean_residuals("raw")
    sample = data.groupby("school", sort=False)["x3"].mean()
    implied = fit.implied()[1]
    for school in fit.groups:
        assert list(left[school].index) == ["x3"]
        assert left[school, "x3"] == pytest.approx(sample[school] - implied[school, "x3"], abs=1e-9)
    table = fit.residual_table("raw")
    assert table[table["op"] == "~1"]["residual"].tolist() == pytest.approx(left.tolist())
    assert (table[table["op"] == "~1"]["se"] > 0).all()


def test_refusals(fits):
    fit = fits("hs_ml")
    with pytest.raises(OptionError, match=r"unknown kind 'normalised'.* mean 'normalized'"):
        fit.residuals("normalised")
    with pytest.raises(OptionError, match="Allowed: raw, cor_bollen, cor_bentler"):
        fit.residual_summary("normalized")
    with pytest.raises(OptionError, match="says nothing of means"):
        fit.mean_residuals()
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        fit.residual_summary(level=90)
    with pytest.raises(OptionError, match="close is a size of residuals"):
        fit.residual_summary(close=-1)


# sem(FIRST_ORDER, hs, estimator = "MLF") with `visual ~ ageyr`, and sem(FIRST_ORDER, hs_gaps, estimator = "MLF",
#   missing = "ml", em.h1.tol = 1e-12): residuals of x4 with x1, x2, x3, normalized and standardized; then
#   lavResiduals(type = "cor.bollen", se = TRUE)$cov.se of the same
FIRST_ORDER = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6"


@pytest.mark.parametrize(
    ("name", "path", "normalized", "standardized", "se"),
    [
        ("hs", "visual ~ ageyr", *[[6.1652948, 2.4237966, 2.4687309]] * 2, [0.0731590, 0.0635296, 0.0672088]),
        (
            "hs_gaps", "", [0.788377, 0.011474, -0.943984], [1.779545, 0.015484, -1.526446],
            [0.0284533, 0.0484434, 0.0416018],
        ),
    ],
)  # fmt: skip
def test_errors_rest_on_the_first_order_information_where_the_fit_does(name, path, normalized, standardized, se):
    missing = "fiml" if name == "hs_gaps" else "listwise"
    data, places = pd.read_csv(TESTS / f"data/{name}.csv"), ["x1", "x2", "x3"]
    fit = sem(f"{FIRST_ORDER}; {path}", data, estimator="MLF", missing=missing)
    assert fit.residuals("normalized").loc["x4", places].tolist() == pytest.approx(normalized, abs=1e-5)
    assert fit.residuals("standardized").loc["x4", places].tolist() == pytest.approx(standardized, abs=1e-5)
    table = fit.residual_table("cor_bollen").set_index(["lhs", "rhs"])["se"]
    assert [table[place, "x4"] for place in places] == pytest.approx(se, abs=1e-6)


def test_too_few_rows_leave_no_first_order_information_on_the_moments():
    fit = sem(HS, pd.read_csv(TESTS / "data/hs.csv")[1::7], estimator="MLF")
    assert np.isfinite(fit.estimates()["se"]).all()
    assert fit.residual_table()["se"].isna().all()
