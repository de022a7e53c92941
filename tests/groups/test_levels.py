"""Levels of invariance: the ladder of `rt.invariance` and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import AdmissibilityWarning, ModelSyntaxError, OptionError

TESTS = Path(__file__).parents[1]
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
TWO = "F =~ x1 + x2 + x3 + x4\nG =~ x5 + x6 + x7"
ORDERED = json.loads((TESTS / "golden" / "ordinal" / "invariance.json").read_text())


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(TESTS / "data" / "hs.csv")


@pytest.fixture(scope="module")
def hs4():
    return pd.read_csv(TESTS / "data" / "hs4.csv")


def test_continuous_answers_as_lavaan(hs):
    found = rt.invariance(HS, hs, by="school")
    # lavTestLRT(configural, metric, scalar, strict) of lavaan 0.7-2, as in the golden cases of compare().
    wanted = {"chisq_diff": [8.1922003044, 40.0592867452, 17.4085143051], "df_diff": [6, 6, 9]}
    wanted |= {"p_diff": [0.224357746850112, 4.43456618039984e-07, 0.0426900108646406]}
    for column, values in wanted.items():
        np.testing.assert_allclose(found[column].iloc[1:], values, rtol=1e-6)
    assert found.index.tolist() == ["configural", "metric", "scalar", "strict"]
    assert found.against.tolist() == ["", "configural", "metric", "scalar"]
    np.testing.assert_allclose(found.cfi_change.iloc[1:], np.diff(found.cfi), atol=1e-15)
    np.testing.assert_allclose(found.aic, [7484.395024, 7480.587224, 7508.646511, 7508.055025], rtol=1e-9)


def test_robust_estimators_have_scaled_tests_and_robust_indices(hs):
    found = rt.invariance(HS, hs, by="school", estimator="MLR")
    levels = [rt.cfa(HS, hs, group="school", group_equal=equal, estimator="MLR") for equal in ((), "loadings")]
    expected = levels[0].compare(levels[1]).iloc[1]
    assert found.chisq_diff["metric"] == pytest.approx(expected.chisq_diff)
    assert {"chisq_scaled", "cfi_robust", "rmsea_robust"} <= set(found.columns)
    np.testing.assert_allclose(found.rmsea_change.iloc[1:], np.diff(found.rmsea_robust), atol=1e-15)


def test_ordered_answers_as_lavaan_on_what_semtools_writes(hs4):
    found = rt.invariance(TWO, hs4, by="school", ordered=True)
    assert found.index.tolist() == ["configural", "thresholds", "metric", "scalar", "strict"]
    np.testing.assert_allclose(found.chisq_diff.iloc[1:], ORDERED["differences"], rtol=1e-5)
    for level in found.index:
        case = ORDERED["cases"][f"four_{level}_theta"]["fit"]
        assert found.chisq_scaled[level] == pytest.approx(case["chisq.scaled"], rel=1e-6)
        assert found.cfi_scaled[level] == pytest.approx(case["cfi.scaled"], abs=1e-6)
        assert found.rmsea_scaled[level] == pytest.approx(case["rmsea.scaled"], abs=1e-6)
        assert found.srmr[level] == pytest.approx(case["srmr"], abs=1e-6)


def test_what_few_categories_leave_to_test(hs4):
    answers = (pd.read_csv(TESTS / "data" / "bfi.csv").dropna().iloc[::3] > 3).astype(int)
    people = answers.assign(gender=pd.read_csv(TESTS / "data" / "bfi.csv").gender)
    found = rt.invariance("A =~ A1 + A2 + A3 + A4 + A5", people, by="gender", ordered=True)
    assert found.index.tolist() == ["configural", "scalar", "strict"]
    assert found.df_diff.tolist()[1:] == [3, 5]
    three = hs4.assign(**{f"x{k}": hs4[f"x{k}"].clip(upper=3) for k in range(1, 8)})
    found = rt.invariance("F =~ x1 + x2 + x3 + x4", three, by="school", ordered=True)
    assert found.note["thresholds"].startswith("equivalent to 'configural'")
    assert found.against["metric"] == "thresholds"
    some = three.assign(x4=(hs4.x4 > 2) * 1)
    found = rt.invariance("F =~ x1 + x2 + x3 + x4 + x5", some, by="school", ordered=True)
    assert found.note["scalar"] == "not nested in 'metric'"
    found = rt.invariance("F =~ x1 + x2 + x3 + x4 + x5", some, by="school", ordered="x4")
    assert found.index.tolist() == ["configural", "thresholds", "metric", "scalar", "strict"]


def test_partial_invariance(hs, hs4):
    found = rt.invariance(HS, hs, by="school", partial=["x3 ~ 1", "textual =~ x5", "x7 ~~ x7"])
    assert found.df_diff.tolist()[1:] == [5, 5, 8]
    ordered = rt.invariance(TWO, hs4, by="school", ordered=True, partial=["x2 | t1", "x3 ~ 1"])
    assert ordered.df.tolist() == [26, 32, 37, 41, 48]
    with pytest.raises(OptionError, match=r"unknown parameter in partial 'x33 ~ 1'.*x3 ~1"):
        rt.invariance(HS, hs, by="school", partial="x33 ~ 1")
    with pytest.raises(OptionError, match="releases nothing: what is held equal are thresholds, loadings"):
        rt.invariance(HS, hs, by="school", partial="visual ~~ speed")
    with pytest.raises(OptionError, match="let another item set the scale"):
        rt.invariance(HS, hs, by="school", partial="visual =~ x1")
    assert rt.invariance(HS, hs, by="school", partial="visual =~ x1", std_lv=True).df_diff["metric"] == 5


def test_delta_and_theta_are_the_same_models(hs4):
    for equal in (("thresholds",), ("thresholds", "loadings"), ("thresholds", "loadings", "intercepts")):
        options = {"ordered": True, "group": "school", "group_equal": equal, "identification": "wu_estabrook"}
        delta, theta = (rt.cfa(TWO, hs4, parameterization=way, **options) for way in ("delta", "theta"))
        marker = rt.cfa(TWO, hs4, std_lv=True, **options)
        names = ["df", "chisq", "chisq_scaled", "cfi_scaled", "srmr"]
        np.testing.assert_allclose(theta.fit_indices()[names], delta.fit_indices()[names], rtol=1e-8)
        np.testing.assert_allclose(marker.fit_indices()[names], delta.fit_indices()[names], rtol=1e-8)


def test_latent_means_and_scales_come_out(hs4):
    fit = rt.cfa(
        TWO, hs4, ordered=True, group="school", identification="Wu.Estabrook.2016", std_lv=True,
        group_equal=("thresholds", "loadings", "intercepts"),
    )  # fmt: skip
    rows = fit.estimates().set_index(["lhs", "op", "rhs", "group"])
    assert (rows.est["F", "~1", "", 1], rows.se["F", "~1", "", 1]) == (0, 0)
    assert rows.se["F", "~1", "", 2] > 0
    assert rows.se["x1", "~*~", "x1", 2] > 0
    assert rows.se["F", "~~", "F", 2] > 0
    assert rows.est["x1", "~1", "", 2] == 0


@pytest.mark.filterwarnings("ignore::rantau.errors.RantauWarning")
def test_a_level_without_a_minimum_is_said(hs4):
    # In two categories these answers leave the scalar model no finite scales.
    binary = hs4.assign(**{f"x{k}": (hs4[f"x{k}"] > 2) * 1 for k in range(1, 6)})
    found = rt.invariance("F =~ x1 + x2 + x3 + x4 + x5", binary, by="sex", ordered=True)
    assert found.note.tolist() == ["", "did not converge", ""]
    assert found.against.tolist() == ["", "", "configural"]
    assert np.isnan(found.chisq_scaled["scalar"])


def test_what_is_refused(hs, hs4):
    with pytest.raises(OptionError, match="identification='wu_estabrook' is of ordered answers"):
        rt.cfa(HS, hs, group="school", identification="wu_estabrook")
    with pytest.raises(OptionError, match="says what is free from the second group on, and there is one group"):
        rt.cfa(HS, hs4, ordered=True, identification="wu_estabrook")
    with pytest.raises(OptionError, match="unknown identification 'millsap'"):
        rt.cfa(HS, hs4, ordered=True, group="school", identification="millsap")
    with pytest.raises(OptionError, match="by= names the column"):
        rt.invariance(HS, hs, by="")
    with pytest.raises(ModelSyntaxError, match=r"4:1: 'x9' has a scale .* but is not among the ordered variables"):
        rt.cfa(HS + "\nx9 ~*~ x9", hs4, ordered=["x1"])
    with pytest.raises(ModelSyntaxError, match=r"4:1: 'x9' has a scale .*, but no variable is ordered"):
        rt.cfa(HS + "\nx9 ~*~ x9", hs)
    with pytest.raises(ModelSyntaxError, match="4:8: under parameterization='theta' the scale of 'x9' follows"):
        rt.cfa(HS + "\nx9 ~*~ x9", hs4, ordered=True, parameterization="theta")
    with pytest.raises(ModelSyntaxError, match=r"PLS has no scales \(`~\*~`\)"):
        rt.pls(HS + "\nspeed ~ visual\nx9 ~*~ x9", hs)
    with pytest.raises(ModelSyntaxError, match=r"scales \(`~\*~`\) of ordered answers cannot be stated yet"):
        rt.simulate("F =~ 1*a + 1*b + 1*c\na ~*~ 1*a", n=50, seed=1)


def test_a_level_without_a_scaled_test_takes_none_from_the_others(hs):
    data = hs.copy()
    for name in ("x1", "x2", "x3"):
        standard = (data[name] - data[name].mean()) / data[name].std()
        data[name] = 1 + (standard > -0.5) + (standard > 0.6)
    data["x1"] = (data["x1"] > 1).astype(int)
    with pytest.warns(AdmissibilityWarning, match=r"'x3'|information matrix is singular"):
        found = rt.invariance("visual =~ x1 + x2 + x3", data, by="school", ordered=True)
    # semTools 0.5-6's measEq.syntax (Wu.Estabrook.2016, std.lv, delta), fitted by lavaan 0.6-14.
    assert found["chisq_scaled"].round(3).tolist()[2:4] == [1.464, 9.979]
    assert np.isnan(found.loc["strict", "chisq_scaled"])
    assert {"p_scaled", "chisq_diff", "rmsea_diff", "p_diff"} <= set(found.columns)
