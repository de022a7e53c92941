"""Ordered answers against lavaan: `make_ordinal.R` made `cases.json` and `moments.json` with lavaan 0.6-14.

`hs4_wlsmv_07.json` and `hs4_dwls_07.json` are lavaan 0.7-2.3170's, and win where the two differ: DWLS has robust
standard errors, the p-value of an uncorrected DWLS statistic is missing, robust RMSEA is over n and not n - 1, GFI is
Steiger's.
"""

import json
import math
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.errors import AdmissibilityWarning
from rantau.moments.ordinal import ordinal_moments
from rantau.moments.single_answers import ordering_of

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
CASES = json.loads((HERE / "cases.json").read_text())
MOMENTS = json.loads((HERE / "moments.json").read_text())
HS = "visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9"
BIG5 = "A =~ A1+A2+A3+A4+A5; C =~ C1+C2+C3+C4+C5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; O =~ O1+O2+O3+O4+O5"
INDIRECT = "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; E ~ a*A + N; N ~ b*A; ab := a*b"
MEDIATOR = "F =~ x1+x2+x3; x9 ~ F; x8 ~ x9 + F"
CONSTRAINED = "visual =~ x1+a*x2+b*x3; textual =~ x4+c*x5+x6; speed =~ x7+x8+x9; a+b == 1.2; d := a*c"
XS = [f"x{k}" for k in range(1, 10)]
PAIRS = {"data": "hs4_gaps", "missing": "pairwise"}
CALLS = {
    **{name: {"estimator": name.upper()} for name in ("wlsmv", "wlsm", "wlsmvs", "ulsm", "ulsmv", "ulsmvs", "wls")},
    "theta": {"parameterization": "theta"},
    "std_lv": {"std_lv": True, "ordered": True},
    "mixed": {"ordered": XS[:6]},
    "pairwise": PAIRS,
    "mixed_pairwise": {"ordered": XS[:6], **PAIRS},
    "path_mixed": {"model": "F =~ x1+x2+x3; x9 ~ F; x7 ~~ F; x7 ~~ x9", "ordered": ("x1", "x2", "x3", "x9")},
    "ordered_mediator": {"model": MEDIATOR, "ordered": True, "parameterization": "theta"},
    "residual_covariance": {"model": HS + "; x7 ~~ x8"},
    "cross_loading": {"model": HS + "; visual =~ x9", "estimator": "ULSMV", "std_lv": True},
    "constraints": {"model": CONSTRAINED},
    "thresholds": {"model": "F =~ x1+x2+x3; x1 | 0*t2; x2 | k*t1; x3 | k*t1", "ordered": XS[:3]},
    "groups_means": {
        "group": "school",
        "group_equal": ("loadings", "thresholds", "means", "lv.variances", "lv.covariances"),
    },
    "groups_mixed": {
        "group": "school", "ordered": XS[:6], "group_equal": ("loadings", "thresholds", "intercepts"),
    },
    "bfi_wlsmv": {"model": BIG5, "data": "bfi", "ordered": True},
    "bfi_indirect": {"model": INDIRECT, "data": "bfi", "ordered": True},
    "bfi_indirect_ulsmv_pairwise": {
        "model": INDIRECT, "data": "bfi", "ordered": True, "estimator": "ULSMV", "missing": "pairwise",
    },
    **{
        f"groups{suffix}_{way}": {"group": "school", "group_equal": equal, "parameterization": way}
        for way in ("delta", "theta")
        for suffix, equal in (("", ()), ("_loadings", "loadings"), ("_thresholds", ("loadings", "thresholds")))
    },
}  # fmt: skip
#: lavaan's search stopped early here: its chi-square is above that of the same model under delta, which is as ours.
STOPPED_EARLY = {"groups_theta": 1e-4, "groups_thresholds_theta": 4e-5}
#: Less than nothing is left of x9, in lavaan as well.
HEYWOOD = ("residual_covariance",)
#: What lavaan 0.6 defines otherwise.
OLDER = {"gfi", "agfi", "pgfi", "srmr_mplus", "srmr_mplus_nomean"}


@cache
def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv")


@cache
def fitted(name: str):
    options = {"model": HS, "data": "hs4", "ordered": XS, **CALLS[name]}
    model, data = options.pop("model"), frame(options.pop("data"))
    with pytest.warns(AdmissibilityWarning, match="'x9'") if name in HEYWOOD else nullcontext():
        return sem(model, data, **options)


def key_of(row) -> tuple[str, str, str, int]:
    own = row["rhs"] if row["op"] not in ("~1", ":=") else ""
    return (row["lhs"], row["op"], own, 1 if row["op"] == ":=" else int(row.get("group") or 1))


def keyed(table: pd.DataFrame) -> dict:
    return {key_of(row): row for row in table.to_dict("records")}


def same_rows(ours: pd.DataFrame, theirs: list[dict], column: str, value: str, tolerance: float) -> None:
    mine = keyed(ours)
    assert {key_of(row) for row in theirs} == set(mine)
    for row in theirs:
        assert mine[key_of(row)][column] == pytest.approx(row[value], abs=tolerance, rel=tolerance), key_of(row)
        assert mine[key_of(row)]["se"] == pytest.approx(row["se"] or 0.0, abs=tolerance, rel=5 * tolerance), key_of(row)


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
    parts = name.replace("_", ".").split(".")
    kind = next((part for part in ("scaled", "robust") if part in parts), "")
    return "_".join([part for part in parts if part != kind] + ([kind] if kind else []))


@pytest.mark.parametrize("name", CALLS)
def test_fit_indices(name):
    ours, theirs = fitted(name).fit_indices(), CASES[name]["fit"]
    n = float(ours["ntotal"])
    weighted = name == "wls"
    several = name.startswith("groups")
    for label, value in theirs.items():
        spelling = "chisq_scaling_factor" if label == "chisq.scaling.factor" else spelt(label)
        spelling = "baseline_chisq_scaling_factor" if label == "baseline.chisq.scaling.factor" else spelling
        if value is None or spelling in OLDER:
            continue
        if spelling in ("pvalue", "baseline_pvalue") and not weighted:
            # The minimum of diagonally weighted least squares is no chi-square.
            assert math.isnan(ours[spelling])
            continue
        if "robust" in spelling and several:
            # lavaan adds up the baseline's expectations in the groups, each over its group's share of the rows, which
            # counts them twice; the model's own are as ours, see the test below.
            continue
        if spelling.startswith("rmsea_pvalue") and spelling.endswith("robust"):
            continue
        if spelling.startswith("rmsea_notclose") and spelling.endswith("robust"):
            continue
        if spelling.startswith("rmsea") and spelling.endswith("robust"):
            assert ours[spelling] == pytest.approx(value * math.sqrt((n - 1) / n), abs=2e-6)
            continue
        assert ours[spelling] == pytest.approx(value, abs=2e-6, rel=2e-6), label


@pytest.mark.parametrize("name", ["groups_delta", "groups_loadings_delta"])
def test_robust_rmsea_of_groups(name):
    ours, theirs = fitted(name).fit_indices(), CASES[name]["fit"]
    assert ours["rmsea_robust"] == pytest.approx(theirs["rmsea.robust"] * math.sqrt(299 / 301), abs=1e-6)


@pytest.mark.parametrize("name", ["wlsmv", "dwls"])
def test_the_newer_lavaan(name):
    case = json.loads((HERE / f"hs4_{name}_07.json").read_text())
    fit = cfa(HS, frame("hs4"), ordered=XS, estimator=name.upper())
    same_rows(fit.estimates(), case["est"], "est", "est", 1e-6)
    same_rows(fit.standardized(), case["std"], "est_std", "est.std", 1e-6)
    ours = fit.fit_indices()
    for label, value in case["fit"].items():
        if label == "srmr_mplus":
            assert math.isnan(ours[label])
            continue
        spelling = "chisq_scaling_factor" if label == "chisq.scaling.factor" else spelt(label)
        expected = math.nan if value is None else value
        assert ours[spelling] == pytest.approx(expected, abs=1e-6, rel=1e-6, nan_ok=True), label
    indices = fit.modification_indices()
    for ours_row, row in zip(indices.to_dict("records"), case["mi"], strict=False):
        assert key_of(ours_row)[:3] == key_of(row)[:3]
        for mine, theirs in (("mi", "mi"), ("epc", "epc"), ("sepc_lv", "sepc.lv"), ("sepc_all", "sepc.all")):
            assert ours_row[mine] == pytest.approx(row[theirs], abs=1e-4)
    for item, share in case["r2"][0].items():
        assert fit.r_squared()[item] == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("name", ["ordered", "mixed", "pairwise", "mixed_pairwise"])
def test_moments(name):
    case = MOMENTS[name]
    data = frame("hs4_gaps" if "pairwise" in name else "hs4")[XS]
    ordered = np.array([item in (XS[:6] if "mixed" in name else XS) for item in XS])
    found = ordinal_moments(data.to_numpy(float), ordering_of(data.to_numpy(float), ordered))
    cut = ordered[found.ordering.item]
    np.testing.assert_allclose(found.level[cut], np.array(case["thresholds"])[: cut.sum()], atol=1e-9)
    np.testing.assert_allclose(found.covariance, case["covariance"], atol=1e-6)
    # lavaan has the variances before the covariances, and these column by column.
    np.testing.assert_allclose(np.sort(np.diag(found.spread)), np.sort(case["gamma_diagonal"]), rtol=2e-6)
    assert np.linalg.norm(found.spread) == pytest.approx(case["gamma_norm"], rel=1e-6)


@pytest.mark.parametrize(("counts", "name"), [((20, 0, 15, 30), "empty_cell"), ((20, 7, 0, 30), "other_empty_cell")])
def test_an_empty_cell_of_a_fourfold_table(counts, name):
    rows = np.repeat([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], counts, axis=0)
    found = ordinal_moments(rows, ordering_of(rows, np.array([True, True])))
    assert found.covariance[0, 1] == pytest.approx(MOMENTS[name], abs=1e-6)
    assert found.sparse == ((1, 0),)


def test_modification_indices():
    ours = keyed(fitted("wlsmv").modification_indices())
    assert {key_of(row) for row in MOMENTS["modification"]} == set(ours)
    for row in MOMENTS["modification"]:
        for mine, theirs in (("mi", "mi"), ("epc", "epc"), ("sepc_lv", "sepc.lv"), ("sepc_all", "sepc.all")):
            assert ours[key_of(row)][mine] == pytest.approx(row[theirs], abs=1e-4)


def test_standardised_residuals():
    expected = np.array(MOMENTS["residual_z"], dtype=float)
    np.testing.assert_allclose(fitted("wlsmv").residuals("standardized"), expected, atol=2e-5)


def test_nested_models():
    smaller = cfa(HS + "; visual ~~ 0*speed; textual ~~ 0*speed", frame("hs4"), ordered=XS)
    larger = fitted("wlsmv")
    assert larger.compare(smaller)["chisq_diff"].iloc[1] == pytest.approx(MOMENTS["difference"], rel=1e-6)
    exact = larger.compare(smaller, restrictions="exact")["chisq_diff"].iloc[1]
    assert exact == pytest.approx(MOMENTS["difference_exact"], rel=1e-6)


def test_an_ordered_mediator_is_the_same_under_both_parameterizations():
    delta, theta = sem(MEDIATOR, frame("hs4"), ordered=True), fitted("ordered_mediator")
    columns = ["est_std", "se"]
    np.testing.assert_allclose(delta.standardized()[columns], theta.standardized()[columns], atol=1e-7)
    assert delta.estimates().set_index(["lhs", "op", "rhs"]).se["x8", "~", "x9"] == pytest.approx(0.0808, abs=1e-4)
