"""Exploratory blocks against lavaan, factorability against psych; `make.R` beside this file has the calls.

lavaan ends a rotation where the gradient is below 1e-5 (0.6-14) and the criteria are flat, so that its loadings are a
little off: the value of the criterion is lower here. Its standard errors of oblique rotations on standardised items
leave the factors' correlations out of the items' variances; `errors="lavaan"` gives these, and that the default is
the delta method's is tested against numerical derivatives in `tests/covariance/test_exploratory.py`.
"""

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
CASES = json.loads((HERE / "lavaan.json").read_text())
#: Where lavaan stops before the minimum by more than 1e-5, and how far off its loadings are.
STOPPED_EARLY = {"hs_promax": 4e-5, "hs_geomin_epsilon": 4e-5, "bfi_oblimin": 3e-5}
#: Rows of `fitMeasures`.
INDICES = ("npar", "chisq", "df", "cfi", "tli", "rmsea", "srmr", "logl")


def rotation_of(case: dict) -> rt.Rotation:
    names = {
        "row.weights": "weights", "geomin.epsilon": "epsilon", "std.ov": "standardise", "orthogonal": "orthogonal",
    }  # fmt: skip
    args = case["args"] if isinstance(case["args"], dict) else {}
    options = {ours: args[theirs] for theirs, ours in names.items() if theirs in args}
    if "order.lv.by" in args:
        options["order"] = "sum_of_squares"
    if "target" in args:
        options["target"] = np.where(np.array(args["target.mask"]) == 1, np.array(args["target"], float), np.nan)
    return rt.Rotation(case["rotation"], errors="lavaan", **options)


@cache
def fitted(name: str):
    case = CASES[name]
    given = case["options"] if isinstance(case["options"], dict) else {}
    options = {key.replace(".", "_"): value for key, value in given.items()}
    data = pd.read_csv(DATA / f"{case['data']}.csv")
    return rt.sem(case["model"], data, rotation=rotation_of(case), **options)


@pytest.mark.parametrize("name", CASES)
def test_estimates_and_errors(name):
    case, frame = CASES[name], fitted(name).estimates()
    assert fitted(name).converged
    rows = [(row["lhs"], row["op"], row.get("rhs") or "", row.get("group") or 1) for row in case["est"]]
    assert list(frame[["lhs", "op", "rhs", "group"]].itertuples(index=False, name=None)) == rows
    for got, row in zip(frame.itertuples(), case["est"], strict=True):
        near = STOPPED_EARLY.get(name, 1e-5)
        assert got.est == pytest.approx(row["est"], abs=near), row
        se = row.get("se")
        if se is not None and not isinstance(se, str):
            assert got.se == pytest.approx(se, abs=near), row


@pytest.mark.parametrize("name", CASES)
def test_fit(name):
    found = fitted(name).fit_indices()
    for index in INDICES:
        wanted = CASES[name]["fit"][index]
        if index == "chisq" and "chisq_scaled" in found:
            continue
        assert found[index] == pytest.approx(wanted, rel=1e-7, abs=1e-7), index


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].get("std")])
def test_standardised(name):
    frame = fitted(name).standardized()
    for got, row in zip(frame.itertuples(), CASES[name]["std"], strict=True):
        # Errors of the standardised solution are those of the newer lavaan, below: 0.6-14 has others, which do not
        # follow from its own errors of the estimates.
        assert got.est_std == pytest.approx(row["est.std"], abs=1e-5), row


def test_geomin_of_the_newer_lavaan():
    case = json.loads((HERE / "hs_efa_geomin.json").read_text())
    data = pd.read_csv(DATA / "hs.csv")
    found = rt.efa(data, 3, items=[f"x{i}" for i in range(1, 10)], rotation=rt.Rotation(errors="lavaan"))
    frames = (
        (found.fit.estimates(), "est", "est", case["est"]),
        (found.fit.standardized(), "est_std", "est.std", case["std"]),
    )
    for frame, mine, theirs, rows in frames:
        for got, row in zip(frame.to_dict("records"), rows, strict=True):
            assert (got["lhs"], got["op"], got["rhs"]) == (row["lhs"], row["op"], row["rhs"])
            assert got[mine] == pytest.approx(row[theirs], abs=1e-5)
            assert got["se"] == pytest.approx(row["se"], abs=1e-5)
    indices = found.fit_indices()
    for name, value in case["fit"].items():
        ours = name.replace(".", "_")
        if ours in indices and not math.isnan(indices[ours]):
            assert indices[ours] == pytest.approx(value, rel=1e-5, abs=1e-5), name
    exact = rt.efa(data, 3, items=[f"x{i}" for i in range(1, 10)])
    pd.testing.assert_frame_equal(exact.loadings(), found.loadings())


@pytest.mark.parametrize("name", ["hs", "bfi"])
def test_factorability(name):
    wanted = json.loads((HERE / "psych.json").read_text())[name]
    data = pd.read_csv(DATA / f"{name}.csv")
    items = [f"x{i}" for i in range(1, 10)] if name == "hs" else list(data.columns[:25])
    found = rt.factorability(data, items=items)
    assert found.kmo == pytest.approx(wanted["kmo"], abs=1e-9)
    assert list(found.kmo_items[: len(wanted["items"])]) == pytest.approx(wanted["items"], abs=1e-9)
    assert (found.chisq, found.df) == (pytest.approx(wanted["chisq"], rel=1e-10), wanted["df"])
