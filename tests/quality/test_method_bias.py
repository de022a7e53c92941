"""Common method bias: numbers of lavaan and psych, closed forms, and what is told where a step cannot be had."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

import rantau as rt
from rantau.errors import ModelSyntaxError, OptionError, ResponseError
from rantau.quality.bias_evidence import vif_findings
from rantau.quality.method_bias.marker import less, tail

ROOT = Path(__file__).parents[2]
GOLDEN = json.loads((ROOT / "tests/golden/quality/method_bias.json").read_text("utf-8"))
#: Those of the golden numbers: `a` and `g` of tests/golden/quality/method_bias.R.
MOBILE = """Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Expectation =~ CUEX1 + CUEX2 + CUEX3
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Complaints =~ CUSCO
Loyalty =~ CUSL1 + CUSL2 + CUSL3
Loyalty ~ Image + Expectation + Value + Satisfaction + Complaints
"""
TRAITS = """Agree =~ A1 + A2 + A3 + A4 + A5
Consc =~ C1 + C2 + C3 + C4 + C5
Extra =~ E1 + E2 + E3 + E4 + E5
Neuro =~ N1 + N2 + N3 + N4 + N5
Neuro ~ Agree + Consc + Extra
"""
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ visual + textual"
OPTIONS: dict[str, dict[str, Any]] = {
    "mobile": {},
    "bfi": {},
    "bfi_mlr": {"estimator": "MLR"},
    "bfi_fiml": {"missing": "fiml"},
    "hs4": {"ordered": True},
}


def data_of(name: str) -> pd.DataFrame:
    frame = rt.read_table(ROOT / "tests" / "data" / f"{name.split('_')[0]}.csv")
    if name.startswith("bfi"):
        for item in ("A1", "C4", "C5", "E1", "E2"):
            frame[item] = 7 - frame[item]
    return frame


@pytest.fixture(scope="module", params=GOLDEN)
def case(request: pytest.FixtureRequest) -> tuple[str, rt.MethodBias]:
    name = request.param
    model = MOBILE if name == "mobile" else HS if name == "hs4" else TRAITS
    return name, rt.method_bias(data_of(name), model, **OPTIONS[name])


def numbers(found: rt.MethodBias, step: str) -> dict[tuple[str, str], dict[str, float]]:
    table = found.table(step)
    return {(row["quantity"], row["about"]): row for row in table.to_dict("records")}


def test_harman_as_psych(case: tuple[str, rt.MethodBias]) -> None:
    name, found = case
    own, wanted = numbers(found, "harman"), GOLDEN[name]
    assert own["share_component", "all items"]["value"] == pytest.approx(wanted["component"], abs=1e-5)
    assert own["share_factor", "all items"]["value"] == pytest.approx(wanted["factor"], abs=1e-5)


def test_one_factor_as_lavaan(case: tuple[str, rt.MethodBias]) -> None:
    name, found = case
    own, wanted = numbers(found, "single_factor"), GOLDEN[name]
    for model, key in (("measurement model", "measurement"), ("model of one factor", "single")):
        assert own["chisq", model]["value"] == pytest.approx(wanted[key]["chisq"], rel=1e-4)
        assert own["chisq", model]["df"] == wanted[key]["df"]
        for index in ("cfi", "rmsea"):
            # Of ordered answers lavaan 0.6 has robust RMSEA over n less the number of groups; see `fit_indices`.
            over_n = np.sqrt(300 / 301) if (name, index) == ("hs4", "rmsea") else 1.0
            assert own[index, model]["value"] == pytest.approx(wanted[key][index] * over_n, abs=1e-5)
    told = own["chisq_diff", "model of one factor"]
    assert told["value"] == pytest.approx(wanted["single_difference"]["chisq"], rel=1e-3 if name == "hs4" else 1e-4)
    assert told["df"] == wanted["single_difference"]["df"]
    assert told["p"] == pytest.approx(wanted["single_difference"]["p"], abs=1e-8)
    assert told["met"] == "yes"


def test_a_method_factor_as_lavaan(case: tuple[str, rt.MethodBias]) -> None:
    name, found = case
    own, wanted = numbers(found, "method_factor"), GOLDEN[name]
    if name == "hs4":
        assert not own
        assert [problem.code for step, problem in found.omitted if step == "method_factor"] == ["bias_not_converged"]
        return
    told = own["chisq_diff", "model with a method factor"]
    assert told["value"] == pytest.approx(wanted["method_difference"]["chisq"], rel=1e-4)
    assert told["df"] == 1
    assert own["share_method", "all items"]["value"] == pytest.approx(wanted["share"], abs=2e-5)
    for index in ("cfi", "rmsea"):
        assert own[index, "model with a method factor"]["value"] == pytest.approx(wanted["method"][index], abs=1e-5)
    changes = {about.partition(" =~ ")[2]: row["value"] for (kind, about), row in own.items() if kind == "loading_change"}
    assert changes == pytest.approx(wanted["change"], abs=1e-4)


def test_collinearity_of_factors_as_lavaan(case: tuple[str, rt.MethodBias]) -> None:
    name, found = case
    own = numbers(found, "full_collinearity")
    values = {about: row["value"] for (kind, about), row in own.items() if kind == "vif_cfa"}
    assert values == pytest.approx(GOLDEN[name]["vif"], rel=1e-3)
