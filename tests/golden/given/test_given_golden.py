"""Ordered answers given fixed covariates against lavaan 0.6-14; `make_given.R` made `cases.json` and `after.json`."""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.moments.given import given_moments
from rantau.moments.single_answers import ordering_of

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
CASES = json.loads((HERE / "cases.json").read_text())
AFTER = json.loads((HERE / "after.json").read_text())
XS = [f"x{k}" for k in range(1, 10)]
MIMIC = "visual =~ x1+x2+x3; textual =~ x4+x5+x6; visual ~ age+female; textual ~ age+pasteur"
PATHS = (
    "visual =~ x1+x2+x3; textual =~ x4+x5+x6; visual ~ a*age+female; textual ~ b*visual+c*age; ab := a*b; "
    "total := c+a*b"
)
DIRECT = MIMIC + "; x2 ~ female; x7 ~ visual + female"
OUTCOME = "x1 ~ age+female; x7 ~ x1+age; x9 ~ x1+x7+female"
BIG5 = (
    "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; A ~ female+decades; N ~ female+decades; "
    "E ~ A+N+decades"
)
SHORT = "F =~ x4+x5+x6; F ~ age+female"
GROUPS = {"model": SHORT, "ordered": XS[3:6], "group": "school"}
FREE = ("loadings", "thresholds")
CALLS = {
    **{name: {"estimator": name.upper()} for name in ("wlsmv", "wlsm", "wlsmvs", "ulsm", "ulsmv", "ulsmvs", "wls")},
    "theta": {"parameterization": "theta"},
    "std_lv": {"std_lv": True},
    "mixed": {"model": DIRECT},
    "mixed_wls": {"model": "F =~ x1+x2+x3+x7; F ~ age+female", "ordered": XS[:3], "estimator": "WLS"},
    "mixed_theta": {"model": DIRECT, "ordered": ["x1", "x4", "x5", "x7"], "parameterization": "theta"},
    "paths": {"model": PATHS, "ordered": True},
    "probit": {"model": "x1 ~ age+female", "ordered": "x1"},
    "outcome": {"model": OUTCOME, "ordered": "x9"},
    "ordered_mediator": {"model": OUTCOME, "ordered": ["x1", "x9"], "parameterization": "theta"},
    "chain": {"model": "F =~ x1+x2+x3; x9 ~ F+age; x7 ~ x9+female", "ordered": XS[:3], "estimator": "ULSMV"},
    "dummies": {"model": "F =~ x1+x2+x3; F ~ pasteur+female", "ordered": XS[:3]},
    "ordered_covariate": {"model": "F =~ x1+x2+x3; F ~ third+female", "ordered": [*XS[:3], "third"]},
    "covariances": {"model": "x1 ~ age; x2 ~ age+female; x3 ~ female; x1 ~~ x3", "ordered": XS[:3]},
    "constraints": {
        "model": "F =~ x1+x2+x3; F ~ a*age+b*female; a+b == -0.2; x2 | k*t1; x3 | k*t1", "ordered": XS[:3],
    },
    "pairwise": {"data": "gaps", "missing": "pairwise"},
    "pairwise_gaps_in_x": {"model": DIRECT, "data": "late", "missing": "pairwise"},
    "joint": {"model": "F =~ x1+x2+x3; F ~ age", "ordered": XS[:3], "fixed_x": False},
    "groups_regressions": {**GROUPS, "group_equal": (*FREE, "regressions")},
    "groups_mixed": {**GROUPS, "model": "F =~ x4+x5+x6; x7 ~ F+age+female", "group_equal": "loadings"},
    **{f"groups_{way}": {**GROUPS, "parameterization": way} for way in ("delta", "theta")},
    **{
        f"groups_thresholds_{way}": {**GROUPS, "parameterization": way, "group_equal": FREE}
        for way in ("delta", "theta")
    },
    "bfi": {"model": BIG5, "data": "bfi", "ordered": True},
}  # fmt: skip

#: lavaan's search stopped early here.
STOPPED_EARLY = {"mixed_theta": 2e-5}
#: What lavaan 0.6 defines otherwise, and what it sets to 1 where the baseline fits better than its df.
OLDER = {"gfi", "agfi", "pgfi"}
BOUNDED = {"rfi", "rfi_scaled"}


@cache
def frame(name: str) -> pd.DataFrame:
    if name == "bfi":
        found = pd.read_csv(DATA / "bfi.csv")
        return found.assign(female=found.gender - 1, decades=found.age / 10)
    own = pd.read_csv(DATA / "hs4.csv")
    found = own if name == "hs4" else pd.read_csv(DATA / "hs4_gaps.csv")
    found = found.assign(
        female=own.sex - 1, age=own.ageyr + own.agemo / 12 - 13, pasteur=(own.school == "Pasteur") * 1.0,
        third=own.id % 3,
    )  # fmt: skip
    if name == "late":
        found.loc[2:19, "age"] = np.nan
    return found


@cache
def fitted(name: str):
    options = {"model": MIMIC, "data": "hs4", "ordered": XS[:6], **CALLS[name]}
    model, data = options.pop("model"), frame(options.pop("data"))
    return sem(model, data, **options)


def key_of(row) -> tuple[str, str, str, int]:
    own = row["rhs"] if row["op"] not in ("~1", ":=") else ""
    return (row["lhs"], row["op"], own, 1 if row["op"] == ":=" else int(row.get("group") or 1))


def keyed(table: pd.DataFrame) -> dict:
    return {key_of(row): row for row in table.to_dict("records")}


def same_rows(ours: pd.DataFrame, theirs: list[dict], column: str, value: str, tolerance: float) -> None:
    mine = keyed(ours)
    assert {key_of(row) for row in theirs if row["op"] != "=="} == set(mine)
    for row in theirs:
        if row["op"] != "==":
            own = mine[key_of(row)]
            assert own[column] == pytest.approx(row[value], abs=tolerance, rel=tolerance), key_of(row)
            assert own["se"] == pytest.approx(row["se"] or 0.0, abs=tolerance, rel=5 * tolerance), key_of(row)


@pytest.mark.parametrize("name", CALLS)
def test_estimates_and_standard_errors(name):
    fit = fitted(name)
    assert fit.converged
    same_rows(fit.estimates(), CASES[name]["est"], "est", "est", STOPPED_EARLY.get(name, 1e-5))


@pytest.mark.parametrize("name", CALLS)
def test_standardised(name):
    same_rows(fitted(name).standardized(), CASES[name]["std"], "est_std", "est.std", 1e-5)


def spelt(name: str) -> str:
    """Put `scaled` and `robust` at the end, as our names have them."""
    if name.endswith("chisq.scaling.factor"):
        return name.replace(".", "_")
    parts = name.replace("_", ".").split(".")
    kind = next((part for part in ("scaled", "robust") if part in parts), "")
    return "_".join([part for part in parts if part != kind] + ([kind] if kind else []))


@pytest.mark.parametrize("name", CALLS)
def test_fit_indices(name):
    ours, theirs = fitted(name).fit_indices(), CASES[name]["fit"]
    for label, value in theirs.items():
        spelling = spelt(label)
        if value is None or spelling in OLDER or (spelling in BOUNDED and value == 1):
            continue
        if theirs["df"] == 0 and spelling.startswith(("cfi", "crmr")):
            # One variable has no correlations, so that nothing is there to be compared.
            assert math.isnan(ours[spelling]) or ours[spelling] == pytest.approx(value, abs=1e-9)
            continue
        if spelling in ("pvalue", "baseline_pvalue") and not name.endswith("wls"):
            # The minimum of diagonally weighted least squares is no chi-square.
            assert math.isnan(ours[spelling])
            continue
        assert ours[spelling] == pytest.approx(value, abs=2e-6, rel=2e-6), label


@pytest.mark.parametrize("name", [name for name in CALLS if "groups" not in name])
def test_explained_variances(name):
    found = fitted(name).r_squared()
    for variable, share in (CASES[name]["r2"] or {}).items():
        assert found[variable] == pytest.approx(share, abs=2e-5)


@pytest.mark.parametrize("name", ["mixed", "gaps"])
def test_moments_and_all_of_their_covariances(name):
    case, names = AFTER[name], ["x1", "x2", "x7", "x8", "age", "female"]
    values = frame("hs4" if name == "mixed" else "gaps")[names].to_numpy(float)
    ordering = ordering_of(values, np.array([True, True, False, False, False, False])).replace(given=(4, 5))
    found = given_moments(values, ordering)
    t, cut = ordering.item.size, ordering.ordered[ordering.item]
    np.testing.assert_allclose(found.level[:t][cut], case["thresholds"][: cut.sum()], atol=2e-8)
    np.testing.assert_allclose(found.level[t:], np.ravel(case["slopes"]), atol=2e-8)
    np.testing.assert_allclose(found.covariance[:4, :4], case["covariance"], atol=1e-6)
    n = len(values)
    np.testing.assert_allclose(found.covariance[4:, 4:] * n / (n - 1), case["covariates"], atol=1e-9)

    ours = [f"{names[item]}|t{k - ordering.first[item] + 1}" for k, item in enumerate(ordering.item)]
    ours = [one if which else one[:-3] + "~1" for one, which in zip(ours, cut, strict=True)]
    ours += [f"{names[i]}~{names[j]}" for i, j in zip(*ordering.slopes, strict=True)]
    ours += [f"{names[j]}~~{names[i]}" for i, j in zip(*ordering.lower, strict=True)]
    order = [case["gamma_names"].index(one) for one in ours]
    # lavaan takes the intercepts with the other sign.
    sign = np.where([one.endswith("~1") for one in ours], -1.0, 1.0)
    expected = np.array(case["gamma"])[np.ix_(order, order)] * np.outer(sign, sign)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(found.spread / scale, expected / scale, atol=2e-7)


def test_what_comes_after_a_fit():
    larger = fitted("mixed")
    smaller = sem(DIRECT.replace("x2 ~ female", "x2 ~ 0*female"), frame("hs4"), ordered=XS[:6])
    assert larger.compare(smaller)["chisq_diff"].iloc[1] == pytest.approx(AFTER["difference"], rel=1e-5)
    exact = larger.compare(smaller, restrictions="exact")["chisq_diff"].iloc[1]
    assert exact == pytest.approx(AFTER["difference_exact"], rel=1e-5)
    assert fitted("paths").wald_test("a == 0; c == 0").chisq == pytest.approx(AFTER["wald"], rel=1e-5)
    table = larger.residual_table("raw").set_index(["lhs", "op", "rhs"]).residual
    items = larger.residuals("raw").columns
    for item, row in zip(items, AFTER["residual_slopes"], strict=True):
        for covariate, value in zip(("age", "female", "pasteur"), row, strict=True):
            assert table[item, "~", covariate] == pytest.approx(value, abs=1e-5)
    np.testing.assert_allclose(larger.residuals("raw"), AFTER["residual_covariance"], atol=2e-6)
    ours = keyed(smaller.modification_indices())
    for row in AFTER["modification"]:
        for mine, theirs in (("mi", "mi"), ("epc", "epc"), ("sepc_lv", "sepc.lv"), ("sepc_all", "sepc.all")):
            assert ours[key_of(row)][mine] == pytest.approx(row[theirs], abs=2e-4, rel=1e-4), row


def test_scores():
    """`lavPredict(sem(PATHS, hs4, ordered = xs))[1:4, ]`."""
    theirs = [
        [-0.70929919, -0.355414097], [-0.28027924, -1.307112533], [-0.71523365, -1.346318926],
        [0.48841229, -0.058397152],
    ]  # fmt: skip
    np.testing.assert_allclose(fitted("paths").scores(method="ebm").head(4), theirs, atol=5e-6)
