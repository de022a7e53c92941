"""Exploratory blocks of ordered answers against lavaan 0.6-14; `make_ordered.R` beside this file has the calls.

As with continuous answers, lavaan ends a rotation where its gradient is below 1e-5, and its standard errors of oblique
rotations on standardised items are those of `errors="lavaan"`; that the default is the delta method's is tested in
`tests/covariance/test_exploratory_ordered.py`.
"""

import json
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import rantau as rt

HERE = Path(__file__).parent
CASES = json.loads((HERE / "ordered.json").read_text())
#: Geomin is flat, and its conditions depend on loadings near nought, so that where lavaan ends shows in the errors.
FLAT = {"geomin_delta": 1e-3, "geomin_theta": 3e-3, "geomin_raw": 1e-3}


@cache
def fitted(name: str):
    case = CASES[name]
    options = {key.replace(".", "_"): value for key, value in case["options"].items()}
    args = case["args"] if isinstance(case["args"], dict) else {}
    rotation = rt.Rotation(case["rotation"], errors="lavaan", standardise=args.get("std.ov", True))
    return rt.sem(
        case["model"], pd.read_csv(HERE.parents[1] / "data" / f"{case['data']}.csv"), rotation=rotation, **options
    )


@pytest.mark.parametrize("name", CASES)
def test_estimates_and_errors(name):
    case = CASES[name]
    rows = {f"{row.lhs} {row.op} {row.rhs} {row.group}": row for row in fitted(name).estimates().itertuples()}
    assert set(rows) == set(case["est"])
    for key, (est, se) in case["est"].items():
        assert rows[key].est == pytest.approx(est, abs=4e-5), key
        assert rows[key].se == pytest.approx(se, abs=FLAT.get(name, 1e-5)), key


@pytest.mark.parametrize("name", CASES)
def test_fit_and_standardised_solution(name):
    case, found = CASES[name], fitted(name).fit_indices()
    for label, value in case["fit"].items():
        assert found[label.replace(".", "_")] == pytest.approx(value, rel=2e-6, abs=2e-6), label
    frame = fitted(name).standardized().assign(group=lambda table: table.get("group", 1))
    rows = {f"{row.lhs} {row.op} {row.rhs} {row.group}": row.est_std for row in frame.itertuples()}
    for key, value in case["std"].items():
        assert rows[key] == pytest.approx(value, abs=2e-5), key
