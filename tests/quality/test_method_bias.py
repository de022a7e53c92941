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
    frame = rt.read_table(ROOT / "tests" / "data" / f"{name.partition('_')[0]}.csv")
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
        assert [problem.code for step, problem in found.omitted if step == "method_factor"] == [
            "bias_not_converged_method"
        ]
        return
    told = own["chisq_diff", "model with a method factor"]
    assert told["value"] == pytest.approx(wanted["method_difference"]["chisq"], rel=1e-4)
    assert told["df"] == 1
    assert own["share_method", "all items"]["value"] == pytest.approx(wanted["share"], abs=2e-5)
    for index in ("cfi", "rmsea"):
        assert own[index, "model with a method factor"]["value"] == pytest.approx(wanted["method"][index], abs=1e-5)
    changes = {
        about.partition(" =~ ")[2]: row["value"] for (kind, about), row in own.items() if kind == "loading_change"
    }
    assert changes == pytest.approx(wanted["change"], abs=1e-4)


def test_collinearity_of_factors_as_lavaan(case: tuple[str, rt.MethodBias]) -> None:
    name, found = case
    own = numbers(found, "full_collinearity")
    values = {about: row["value"] for (kind, about), row in own.items() if kind == "vif_cfa"}
    assert values == pytest.approx(GOLDEN[name]["vif"], rel=1e-3)


def test_a_search_that_ends_at_a_worse_minimum_is_not_believed() -> None:
    # lavaan 0.6-14 ends at 163.57 with std.lv = TRUE, and at 165.16 with bounds; the minimum is 155.53.
    found = numbers(rt.method_bias(data_of("mobile"), MOBILE), "method_factor")
    assert found["chisq", "model with a method factor"]["value"] == pytest.approx(155.53463, abs=1e-4)


def test_a_method_that_was_put_in_is_found() -> None:
    # Where constructs load their items alike, a method that does so too only adds to their correlations.
    draw = np.random.default_rng(4).normal(size=(4000, 16))
    loadings = np.tile([0.4, 0.7, 1.0, 1.3], 3)
    answers = loadings * np.repeat(draw[:, 12:15], 4, axis=1) + 0.6 * draw[:, [15]] + 0.8 * draw[:, :12]
    frame = pd.DataFrame(answers, columns=[f"y{place}" for place in range(12)])
    model = "\n".join(f"F{k} =~ " + " + ".join(f"y{4 * k + j}" for j in range(4)) for k in range(3))
    found = numbers(rt.method_bias(frame, model), "method_factor")
    share = float((0.36 / (loadings**2 + 0.36 + 0.64)).mean())
    assert found["share_method", "all items"]["value"] == pytest.approx(share, abs=0.03)
    assert found["chisq_diff", "model with a method factor"]["p"] < 1e-6


@given(st.lists(st.floats(-0.9, 0.9), min_size=2, max_size=5))
def test_collinearity_is_what_regressions_say(loadings: list[float]) -> None:
    weights = np.array(loadings)
    correlations = np.outer(weights, weights)
    np.fill_diagonal(correlations, 1.0)
    names = tuple(f"F{place}" for place in range(len(loadings)))
    found = {one.about: one.value for one in vif_findings(names, correlations, "pls", 3.3)}
    for place, name in enumerate(names):
        rest = [other for other in range(len(names)) if other != place]
        r = correlations[place, rest]
        explained = r @ np.linalg.solve(correlations[np.ix_(rest, rest)], r)
        assert found[name] == pytest.approx(1 / (1 - explained), rel=1e-8)


@given(st.floats(-0.95, 0.95), st.floats(0.0, 0.9))
def test_what_a_marker_takes_away(correlation: float, method: float) -> None:
    # A partial correlation given a variable that correlates by the root of r_M with both: Lindell and Whitney (2001).
    adjusted = float(less(np.asarray(correlation), method))
    shared = np.sqrt(method)
    partial = (correlation - shared * shared) / np.sqrt((1 - shared**2) * (1 - shared**2))
    assert adjusted == pytest.approx(partial, abs=1e-12)
    assert adjusted <= correlation + 1e-12


@given(st.floats(-0.99, 0.99), st.integers(3, 500))
def test_the_tail_of_a_correlation_is_students(correlation: float, df: int) -> None:
    wanted = 2 * student.sf(abs(correlation) * np.sqrt(df / (1 - correlation**2)), df)
    assert tail(correlation, df) == pytest.approx(wanted, rel=1e-9, abs=1e-300)


def test_a_marker() -> None:
    data = data_of("mobile").assign(colour=data_of("mobile")["PERQ1"])
    found = numbers(rt.method_bias(data, MOBILE, marker="colour"), "marker")
    blocks = {"Image": [f"IMAG{k}" for k in range(1, 6)], "Loyalty": [f"CUSL{k}" for k in range(1, 4)]}
    scores = pd.DataFrame({name: data[items].mean(axis=1) for name, items in blocks.items()})
    r = float(scores.corr().iloc[0, 1])
    assert found["correlation", "Image ~~ Loyalty"]["value"] == pytest.approx(r)
    taken = next(row["value"] for (kind, _), row in found.items() if kind == "r_marker")
    assert taken == min(row["value"] for (kind, _), row in found.items() if kind == "marker_correlation")
    adjusted = found["correlation_adjusted", "Image ~~ Loyalty"]
    assert adjusted["value"] == pytest.approx((r - taken) / (1 - taken))
    assert adjusted["df"] == len(data) - 3


def test_a_correlation_that_turns_its_sign_has_not_stayed() -> None:
    generator = np.random.default_rng(2)
    method = generator.normal(size=(800, 1))
    answers = generator.normal(size=(800, 6)) + 0.4 * method
    frame = pd.DataFrame(answers, columns=list("abcdef")).assign(m=method[:, 0] + 0.2 * generator.normal(size=800))
    found = numbers(rt.method_bias(frame, "F =~ a + b + c\nG =~ d + e + f", marker="m"), "marker")
    before, after = (found[kind, "F ~~ G"] for kind in ("correlation", "correlation_adjusted"))
    assert before["p"] < 0.05
    assert after["p"] < 0.05
    assert before["value"] > 0 > after["value"]
    assert after["met"] == "no"


def test_negative_correlations_are_told_to_grow() -> None:
    found = rt.method_bias(data_of("bfi"), TRAITS, marker=["O1", "O3"])
    row = numbers(found, "marker")
    assert row["correlation_adjusted", "Agree ~~ Neuro"]["value"] < row["correlation", "Agree ~~ Neuro"]["value"] < 0
    assert any("negative correlations grow" in note for note in found.notes)
    assert not any("negative" in note for note in rt.method_bias(data_of("mobile"), MOBILE, marker="PERQ1").notes)


def test_the_order_of_rows_and_columns_changes_nothing() -> None:
    data = data_of("mobile")
    once = rt.method_bias(data, MOBILE).table()
    again = rt.method_bias(data[data.columns[::-1]].sample(frac=1, random_state=3), MOBILE).table()
    assert once["value"].to_numpy() == pytest.approx(again["value"].to_numpy(), abs=2e-4)


def test_one_construct_has_nothing_to_be_confused_with() -> None:
    found = rt.method_bias(data_of("hs4"), "visual =~ x1 + x2 + x3 + x4")
    assert set(found.table()["step"]) == {"harman"}
    assert {problem.code for problem in found.problems} == {"bias_one_construct", "bias_lone"}
    assert "left out: 'visual' is the only" in str(found)
    assert "Left out" in found._repr_html_()


def test_composites_have_no_errors_that_a_factor_shares() -> None:
    model = "Image <~ IMAG1 + IMAG2 + IMAG3\nLoyalty <~ CUSL1 + CUSL2 + CUSL3\nLoyalty ~ Image"
    found = rt.method_bias(data_of("mobile"), model)
    assert set(found.table()["step"]) == {"harman", "full_collinearity"}
    assert {problem.code for problem in found.problems} == {"bias_no_reflective"}


def test_of_a_mixed_model_the_reflective_part_is_tested() -> None:
    mixed = MOBILE.replace("Image =~", "Image <~")
    found = rt.method_bias(data_of("mobile"), mixed)
    rest = "\n".join(line for line in MOBILE.splitlines()[1:-1])
    wanted = rt.method_bias(data_of("mobile"), rest)
    for step in ("single_factor", "method_factor"):
        assert found.table(step)["value"].to_numpy() == pytest.approx(wanted.table(step)["value"].to_numpy(), abs=1e-6)


def test_without_paths_there_are_no_scores() -> None:
    found = rt.method_bias(data_of("mobile"), MOBILE.rpartition("Loyalty ~ ")[0])
    assert set(found.table("full_collinearity")["quantity"]) == {"vif_cfa"}
    assert [problem.code for problem in found.problems] == ["bias_no_paths"]


def test_consistent_pls_has_the_limit_of_factors() -> None:
    data = data_of("mobile")
    fit = rt.pls(rt.parse_model(MOBILE), data, consistent=True)
    found = rt.method_bias(data, MOBILE, pls_fit=fit).table("full_collinearity")
    assert set(found["criterion"]) == {"<= 5"}


def test_a_fit_brings_its_options() -> None:
    data = data_of("bfi")
    fit = rt.cfa(TRAITS, data, missing="fiml", std_lv=True)
    found = rt.method_bias(data, TRAITS, cfa_fit=fit)
    wanted = rt.method_bias(data, TRAITS, missing="fiml")
    assert found.table()["value"].to_numpy() == pytest.approx(wanted.table()["value"].to_numpy(), abs=1e-5)
    with pytest.raises(OptionError, match="those of cfa_fit"):
        rt.method_bias(data, TRAITS, cfa_fit=fit, missing="fiml")


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"marker": "Imag"}, OptionError, "Did you mean 'Image'"),
        ({"marker": "IMAG1"}, OptionError, "items of 'Image'"),
        ({"marker": ["PERQ1", "nothing"]}, OptionError, "nothing"),
        ({"level": 95}, OptionError, "level"),
        ({"missing": "sometimes"}, OptionError, "missing"),
    ],
)
def test_what_cannot_be_asked(options: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        rt.method_bias(data_of("mobile"), MOBILE, **options)


def test_what_cannot_be_judged() -> None:
    data = data_of("hs4")
    with pytest.raises(ModelSyntaxError, match="three items"):
        rt.method_bias(data, "F =~ x1 + x2")
    with pytest.raises(ModelSyntaxError, match="exploratory block"):
        rt.method_bias(data, 'efa("b")*F + efa("b")*G =~ x1 + x2 + x3 + x4 + x5 + x6')
    with pytest.raises(OptionError, match="give a model"):
        rt.method_bias(data)
    with pytest.raises(ResponseError, match="x99"):
        rt.method_bias(data, "F =~ x1 + x2 + x99")
    with pytest.raises(OptionError, match="row by row"):
        rt.method_bias(rt.moments(np.eye(3), 100, names=["a", "b", "c"]), "F =~ a + b + c")  # type: ignore[arg-type]
