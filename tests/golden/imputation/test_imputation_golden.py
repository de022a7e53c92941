"""Numbers of psych, semTools and lavaan, made by make_goldens.R."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.imputation.chi_square import Ratios, pool_ratios

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
GOLDEN = json.loads((HERE / "goldens.json").read_text("utf-8"))
ITEMS = [f"x{i}" for i in range(1, 10)]
CASES = ("ml", "means", "orthogonal", "groups", "mlr", "gls", "covariates")


def completed(name: str) -> list[pd.DataFrame]:
    """Fill gaps as make_goldens.R does: mean + .9 sd sin(i + 7j + 3k)."""
    covariates = name == "covariates"
    data = pd.read_csv(DATA / ("hs_gaps_covariates.csv" if covariates else "hs_gaps.csv"))
    found = []
    for k in range(1, 6):
        filled = data.copy()
        for j, item in enumerate([*ITEMS, "age"] if covariates else ITEMS, start=1):
            column = data[item]
            gap = np.flatnonzero(column.isna())
            filled[item] = column.astype(float)
            filled.loc[gap, item] = column.mean() + 0.9 * column.std() * np.sin(gap + 1 + 7 * j + 3 * k)
        found.append(filled)
    return found


def pooled(name: str) -> rt.Pooled:
    args = {key.replace(".", "_"): value for key, value in (GOLDEN[name]["args"] or {}).items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rt.RantauWarning)
        return rt.pool(rt.sem(_model(name), frame, **args) for frame in completed(name))


def _model(name: str) -> str:
    # sem.mi correlates what has no causes, and so does rt.sem.
    return str(GOLDEN[name]["model"]).replace("visual + textual + speed ~ sex + age", _PATHS)


_PATHS = "visual ~ sex + age\ntextual ~ sex + age\nspeed ~ sex + age\nvisual ~~ textual + speed\ntextual ~~ speed"


@pytest.mark.parametrize("name", [name for name in CASES if name != "groups"])
def test_pooled_estimates_are_those_of_semtools(name: str) -> None:
    table = pooled(name).table().set_index(["lhs", "op", "rhs"])
    for key, value in GOLDEN[name]["coef"].items():
        row = table.loc[_key(key)]
        assert row.est == pytest.approx(value, rel=2e-5, abs=2e-6), key
        assert row.se == pytest.approx(GOLDEN[name]["se"][key], rel=5e-5), key
    for one in GOLDEN[name]["rows"]:
        row = table.loc[(one["lhs"], one["op"], one["rhs"])]
        if "df" in one and row.se > 0:
            assert row.riv == pytest.approx(one["riv"], rel=2e-3, abs=1e-6), one
            assert row.df == pytest.approx(one["df"], rel=4e-3), one


def _key(name: str) -> tuple[str, str, str]:
    op = next(op for op in ("=~", "~~", "~1", "~") if op in name)
    lhs, rhs = name.split(op, 1)
    return lhs, op, rhs


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("test", ["D2", "D3"])
def test_pooled_chi_squares_are_those_of_semtools(name: str, test: str) -> None:
    if test not in GOLDEN[name]:
        return
    golden = GOLDEN[name][test]
    fits = pooled(name)
    if name == "mlr" and test == "D2":
        # semTools scales the pooled plain statistic; here the scaled ones are pooled.
        plain = rt.pool(rt.sem(GOLDEN["ml"]["model"], frame) for frame in completed("ml")).chi_square(test="D2")
        assert plain.chisq == pytest.approx(golden["chisq"], rel=1e-5)
        return
    found = fits.chi_square(test=test)
    assert found.riv == pytest.approx(golden["ariv"], rel=1e-4, abs=1e-7)
    assert found.fmi == pytest.approx(golden["fmi"], rel=1e-4, abs=1e-7)
    if name == "mlr":
        assert found.chisq == pytest.approx(golden["chisq.scaled"], rel=1e-5)
        assert found.scaling == pytest.approx(golden["chisq.scaling.factor"], rel=1e-5)
        return
    assert found.statistic == pytest.approx(golden["F"], rel=1e-5)
    assert (found.df, found.df2) == pytest.approx((golden["df1"], golden["df2"]), rel=2e-4)
    assert found.pvalue == pytest.approx(golden["pvalue"], rel=1e-3)


@pytest.mark.parametrize("test", ["D2", "D3"])
def test_pooled_differences_are_those_of_semtools(test: str) -> None:
    found = pooled("ml").compare(pooled("orthogonal"), test=test)
    golden = GOLDEN["difference"][test]
    assert found.statistic == pytest.approx(golden["F"], rel=1e-5)
    assert found.df2 == pytest.approx(golden["df2"], rel=1e-3)
    assert found.riv == pytest.approx(golden["ariv"], rel=1e-3)


@pytest.mark.parametrize("name", ["ml", "means", "groups", "covariates"])
@pytest.mark.parametrize("robust", [False, True])
def test_d4_is_chan_and_mengs_formula_on_deviances_of_lavaan(name: str, robust: bool) -> None:
    golden = GOLDEN[name]
    own = np.array(golden["own_deviances"]).T
    stacked = np.array(golden["stacked_deviances"]) / 5
    p, x, groups = 9 + 2 * (name == "covariates"), 2 * (name == "covariates"), 1 + (name == "groups")
    found = pooled(name).chi_square(test="D4_robust" if robust else "D4")
    k, m = found.df, 5
    h = groups * (p * (p + 1) // 2 - x * (x + 1) // 2 + p - x)
    distance = stacked[0] - stacked[1]
    if robust:
        riv = (m + 1) / (h * (m - 1)) * (stacked[1] - own[:, 1].mean())
    else:
        riv = (m + 1) / (k * (m - 1)) * ((own[:, 0] - own[:, 1]).mean() - distance)
    assert found.riv == pytest.approx(riv, rel=1e-4)
    assert found.statistic == pytest.approx(distance / (k * (1 + riv)), rel=1e-5)
    assert distance == pytest.approx(golden["stacked_chisq"] / 5, rel=1e-6)


def test_fit_indices_rest_on_the_pooled_chi_squares() -> None:
    golden = GOLDEN["ml"]
    fits = pooled("ml")
    found = fits.fit_indices()
    chisq = fits.chi_square()
    assert found["chisq"] == chisq.chisq
    # The baseline by D4 likewise, from lavaan's chi-square of the stack.
    each = np.array([fit.fit_indices()["baseline_chisq"] for fit in fits.fits])
    base = pool_ratios(Ratios(36, each, each, golden["stacked_baseline"] / 5, 0.0, 1), "D4")
    assert found["cfi"] == pytest.approx(1 - (chisq.chisq - 24) / (base.chisq - 36), rel=1e-6)
    assert found["rmsea"] == pytest.approx(np.sqrt((chisq.chisq - 24) / (24 * 301)), rel=1e-9)
    assert 0 < found["srmr"] < 0.1


@pytest.mark.parametrize(
    ("name", "items"),
    [("hs", ITEMS), ("bfi", [f"{letter}{i}" for letter in "ACENO" for i in range(1, 6)]), ("mobile", None)],
)
def test_mardia_is_psychs_but_for_the_divisor(name: str, items: list[str] | None) -> None:
    golden = GOLDEN["normality"][name]
    found = rt.normality(pd.read_csv(DATA / f"{name}.csv"), items=items)
    n = found.n_obs
    assert n == golden["n"]
    # Mardia's covariances have divisor n, psych's n - 1.
    share = (n - 1) / n
    assert found.skewness * share**3 == pytest.approx(golden["b1p"], rel=1e-10)
    assert found.kurtosis * share**2 == pytest.approx(golden["b2p"], rel=1e-10)
    table = found.table()
    assert table.statistic["mardia_skewness"] * share**3 == pytest.approx(golden["skew"], rel=1e-10)
    assert table.statistic["mardia_skewness_corrected"] * share**3 == pytest.approx(golden["small_skew"], rel=1e-10)
