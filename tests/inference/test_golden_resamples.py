"""Resamples of given rows: lavaan's estimates, errors and indices draw by draw, and boot.ci's limits.

The files are made by `tests/golden/after_fit/make_bootstrap.R`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.inference import bollen_stine
from rantau.inference.jackknife import acceleration

FOLDER = Path(__file__).parents[1] / "golden" / "after_fit"
ESTIMATE, RELATIVE = 1e-5, 1e-4


def read(name: str):
    return json.loads((FOLDER / name).read_text("utf-8"))


RESAMPLED = {case["name"]: case for case in read("bootstrap.json")}
TRANSFORMED = {case["name"]: case for case in read("bollen_stine.json")}


def fitted(case) -> rt.SemFit:
    options = dict(case["options"])
    # lavaan's other name of it.
    if options.get("missing") == "ml":
        options["missing"] = "fiml"
    return rt.sem(case["model"], pd.read_csv(f"tests/data/{case['data']}.csv"), **options)


def places(fit: rt.SemFit, case, of: str) -> list[int]:
    """Where the quantities of a case stand among those of a fit."""
    named = case["parameters"]
    groups = named.get("group", [1] * len(named["lhs"]))
    # Of a defined quantity the name is enough; its group is none, and 0 in lavaan.
    ours = {
        (one.lhs, one.op, "" if one.op == ":=" else one.rhs, 1 if one.op == ":=" else one.group): at
        for at, one in enumerate(fit.quantities)
        if one.of == of
    }
    theirs = zip(named["lhs"], named["op"], named["rhs"], groups, strict=True)
    return [ours[lhs, op, "" if op == ":=" else rhs, 1 if op == ":=" else g] for lhs, op, rhs, g in theirs]


@pytest.mark.parametrize("name", RESAMPLED)
def test_draws_are_lavaans(name):
    case = RESAMPLED[name]
    fit = fitted(case)
    # Each draw has errors from its information matrix; the sandwich is the fit's own.
    plain = fit.request.estimator != "MLR"
    draws = rt.bootstrap(fit, rows=case["rows"], errors=plain)
    assert set(draws.reasons) == {""}
    estimates, standardised = places(fit, case, "estimates"), places(fit, case, "standardized")
    indices = [
        next(at for at, one in enumerate(fit.quantities) if (one.of, one.lhs) == ("fit_indices", index))
        for index in case["fit_measures"]
    ]
    for number, (ours, theirs) in enumerate(zip(draws.values, case["draws"], strict=True)):
        assert theirs["good"]
        np.testing.assert_allclose(ours[estimates], theirs["est"], rtol=0, atol=ESTIMATE)
        np.testing.assert_allclose(ours[standardised], theirs["std_all"], rtol=0, atol=ESTIMATE)
        if plain:
            np.testing.assert_allclose(draws.errors[number][estimates], theirs["se"], rtol=0, atol=ESTIMATE)
        np.testing.assert_allclose(ours[indices[0]], theirs["fit"][0], rtol=RELATIVE, atol=1e-6)
        np.testing.assert_allclose(ours[indices[1:]], theirs["fit"][1:], rtol=0, atol=ESTIMATE)


@pytest.mark.parametrize("name", TRANSFORMED)
def test_draws_of_bollen_and_stine_are_lavaans(name):
    case = TRANSFORMED[name]
    fit = fitted(case)
    first, sample = case["first_transformed_rows"], fit.transformed().sample
    columns = [sample.names.index(one) for one in first["names"]]
    np.testing.assert_allclose(sample.values[:3, columns], first["values"], atol=ESTIMATE)
    found = bollen_stine(fit, rows=case["rows"])
    assert found.chisq == pytest.approx(case["chisq"], rel=RELATIVE)
    theirs = np.array([draw["chisq"] for draw in case["draws"]])
    np.testing.assert_allclose(found.values, theirs, rtol=RELATIVE, atol=1e-6)
    assert found.p == np.mean(theirs >= case["chisq"])


@pytest.mark.parametrize("number", [0, 1])
def test_limits_of_an_indirect_effect_are_those_of_boot_ci(number):
    golden = read("bootstrap_intervals.json")
    theirs = golden["sets"][number]
    rows = theirs.get("rows")
    if rows is None:
        rows = pd.read_csv(FOLDER / "bootstrap_intervals_rows.csv.gz", header=None).to_numpy()
    fit = rt.sem(golden["model"], pd.read_csv(f"tests/data/{golden['data']}.csv"))
    draws = rt.bootstrap(fit, rows=rows, errors=True)
    at = next(k for k, one in enumerate(fit.quantities) if one.lhs == golden["quantity"])
    np.testing.assert_allclose(draws.values[:, at], theirs["t"], rtol=0, atol=1e-7)
    np.testing.assert_allclose(draws.errors[:, at], theirs["se"], rtol=0, atol=1e-7)
    assert acceleration(fit)[at] == pytest.approx(theirs["acceleration_jackknife"], abs=1e-7)
    names = {
        "percentile": "percentile_type7", "basic": "basic", "student": "studentised", "bca": "bca_jackknife",
    }  # fmt: skip
    for limits in theirs["intervals"]:
        for ours, name in names.items():
            row = draws.table(interval=ours, level=limits["level"]).loc[at]
            assert [row.ci_low, row.ci_high] == pytest.approx(limits[name], abs=1e-7), (ours, limits["level"])
            assert row.se == pytest.approx(theirs["sd_divisor_draws_less_one"], abs=1e-7)
