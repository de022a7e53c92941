"""Tests of nested models against lavaan's, and tables of several models.

The golden numbers are lavaan 0.6-14's `lavTestLRT(models, method, A.method, scaled.shifted)` at polished minima
(`tests/golden/after_fit/make_nested_tests.R`), and lavaan 0.7-2's `lavTestLRT(configural, metric, scalar, strict)` in
`tests/golden/covariance/hs_invariance_differences.json`.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.covariance.after_fit.comparison import compare
from rantau.covariance.after_fit.nesting import meet, standing
from rantau.errors import EstimationError, OptionError

TESTS = Path(__file__).parents[1]
CASES = {case["name"]: case for case in json.loads((TESTS / "golden/after_fit/nested_tests.json").read_text())}
HS = CASES["hs_ml"]["models"][1]["model"]
WAYS = {
    "default": {},
    "satorra.bentler.2001": {"method": "satorra.bentler.2001"},
    # lavaan copies the values of the parameters that both models have, which is not where both imply the same if the
    # smaller model frees others; `m10` is computed there.
    "m10": {"method": "satorra_bentler_2010"},
    "satorra.2000_delta_shifted": {"method": "satorra_2000"},
    "satorra.2000_delta_scaled": {"method": "satorra_2000", "scaled_shifted": False},
    "satorra.2000_exact_shifted": {"method": "satorra_2000", "restrictions": "exact"},
    "satorra.2000_exact_scaled": {"method": "satorra_2000", "restrictions": "exact", "scaled_shifted": False},
}
GOLDEN = [(name, key) for name, case in CASES.items() for key in WAYS if key in case["tests"]]


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return pd.read_csv(TESTS / "data/hs.csv")


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fits_of(name):
        if name not in found:
            case = CASES[name]
            rows = pd.read_csv(TESTS / f"data/{case['data']}.csv")
            found[name] = [sem(model["model"], rows, **model["options"]) for model in case["models"]]
        return found[name]

    return fits_of


@pytest.mark.parametrize(("name", "key"), GOLDEN)
def test_differences_are_lavaans(name, key, fits):
    golden, every = CASES[name]["tests"][key], fits(name)
    for place, (larger, smaller) in enumerate(pairwise(every)):
        theirs = golden["chisq_diff"][place]
        if theirs < 0:  # lavaan goes on with a negative scaling factor
            with pytest.raises(EstimationError, match="must be positive; take method='satorra_2000'"):
                larger.compare(smaller, **WAYS[key])
            continue
        row = larger.compare(smaller, **WAYS[key]).iloc[1]
        assert row["chisq_diff"] == pytest.approx(theirs, rel=1e-6)
        if key != "m10":
            assert row["df_diff"] == pytest.approx(golden["df_diff"][place], abs=1e-8)
            assert row["p"] == pytest.approx(golden["pvalue"][place], rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_tables_are_lavaans(name, fits):
    golden, every = CASES[name]["table"], fits(name)
    table = compare(*every[::-1], names=[f"m{place}" for place in range(len(every))][::-1])
    assert list(table.index) == [f"m{place}" for place in range(len(every))]
    assert table["df"].tolist() == golden["df"]
    for ours, theirs in (("aic", "aic"), ("bic", "bic")):
        if theirs in golden and golden[theirs] and golden[theirs][0] is not None:
            assert table[ours].to_numpy() == pytest.approx(golden[theirs], rel=1e-9)
    chisq = every[0].compare(every[1])["chisq"]
    assert chisq.to_numpy() == pytest.approx(golden["chisq"][:2], rel=1e-9)


def test_invariance_of_lavaan_0_7(data):
    case = json.loads((TESTS / "golden/covariance/hs_invariance_differences.json").read_text())
    golden = case["differences"]
    every = [cfa(case["model"], data, group="school", group_equal=case["group_equal"][row["name"]]) for row in golden]
    table = compare(*every, names=[row["name"] for row in golden])
    keys = {"Df": "df", "AIC": "aic", "BIC": "bic", "Chisq": "chisq", "Chisq diff": "chisq_diff", "RMSEA": "rmsea_diff"}
    keys |= {"Df diff": "df_diff", "Pr(>Chisq)": "p_diff"}
    for row in golden:
        for theirs, ours in keys.items():
            if theirs in row:
                assert table.loc[row["name"], ours] == pytest.approx(row[theirs], rel=1e-4, abs=1e-6), (
                    row["name"],
                    ours,
                )
    assert table["against"].tolist() == ["", "configural", "metric", "scalar"]
    assert (table["note"] == "").all()


def test_an_ordinary_difference_is_the_difference(data):
    free = cfa(HS + "visual =~ x9", data)
    strict = cfa(HS, data)
    for one, other in ((free, strict), (strict, free)):
        row = one.compare(other).iloc[1]
        assert row["chisq_diff"] == pytest.approx(strict.statistics.chisq - free.statistics.chisq)
        assert row["df_diff"] == 1
    assert free.compare(strict).index.tolist() == ["this", "other"]
    assert strict.compare(free).index.tolist() == ["other", "this"]


def test_the_larger_model_meets_the_smaller_one(data):
    """The larger model fits what the smaller one implies, not the other way round: NET, Bentler & Satorra (2010)."""
    large, small = standing(cfa(HS + "visual =~ x9", data)), standing(cfa(HS, data))
    assert meet(large, small).misfit < 1e-12
    assert meet(small, large).misfit > 1e-2
    # A reparameterisation of what is not nested by names: standardised factors, and a model with paths.
    paths = standing(sem(HS + "textual ~ visual\nspeed ~ visual + textual", data))
    unit = standing(cfa(HS, data, std_lv=True))
    assert meet(paths, unit).nested
    assert meet(unit, paths).nested


def test_nesting_under_constraints(data):
    free = sem("x7 ~ a*x1 + b*x2 + x3\nx8 ~ x7", data)
    tied = sem("x7 ~ a*x1 + b*x2 + x3\nx8 ~ x7\na == 2*b", data)
    row = free.compare(tied).iloc[1]
    assert row["df_diff"] == 1
    assert row["chisq_diff"] == pytest.approx(tied.statistics.chisq - free.statistics.chisq)
    robust = [sem(one.model.text, data, estimator="MLM") for one in (free, tied)]
    exact = robust[0].compare(robust[1], method="satorra_2000", restrictions="exact").iloc[1]
    assert exact["df_diff"] == 1
    assert exact["chisq_diff"] == pytest.approx(row["chisq_diff"], rel=0.3)


def test_exact_restrictions_do_not_depend_on_units(data):
    far = data.assign(x1=data["x1"] * 100, x9=data["x9"] / 100)
    tests = {}
    for name, rows in (("near", data), ("far", far)):
        large, small = (cfa(HS + extra, rows, estimator="MLM") for extra in ("visual =~ x9\ntextual =~ x3", ""))
        for how in ("exact", "delta"):
            found = large.compare(small, method="satorra_2000", restrictions=how)
            tests[name, how] = found["chisq_diff"].iloc[1]
    assert tests["far", "exact"] == pytest.approx(tests["near", "exact"], rel=1e-6)
    assert tests["far", "delta"] != pytest.approx(tests["near", "delta"], rel=1e-4)


def test_scaled_tests_of_normal_data_are_nearly_the_ordinary_one():
    draw = np.random.default_rng(3).normal(size=(4000, 7))
    rows = pd.DataFrame(draw[:, :6] + draw[:, [6]], columns=list("abcdef"))
    free, equal = "F =~ a + b + c + d + e + f", "F =~ a + 1*b + 1*c + 1*d + e + f"
    plain = cfa(free, rows).compare(cfa(equal, rows))["chisq_diff"].iloc[1]
    large, small = (cfa(model, rows, estimator="MLM") for model in (free, equal))
    for method in ("satorra_bentler_2001", "satorra_bentler_2010", "satorra_2000"):
        assert large.compare(small, method=method)["chisq_diff"].iloc[1] == pytest.approx(plain, rel=0.05)


def test_models_that_are_not_nested_are_listed_and_said_so(data):
    moved = "visual =~ x1 + x2 + x3 + x4\ntextual =~ x5 + x6\nspeed =~ x7 + x8 + x9\n"
    single = "g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9"
    every = [cfa(HS, data), cfa(moved, data), cfa(single, data), cfa(HS, data, std_lv=True)]
    table = compare(*every, names=["three", "moved", "one", "unit"])
    assert table.loc["moved", "note"] == "not nested in 'three'"
    assert table.loc["unit", "note"].startswith("equivalent to 'three'")
    assert table.loc["one", "against"] == "unit"
    assert np.isnan(table.loc["moved", ["chisq_diff", "p_diff"]].astype(float)).all()
    assert table["weight"].sum() == pytest.approx(1)
    share = np.exp(-(table.loc["moved", "aic"] - table.loc["three", "aic"]) / 2)
    assert table.loc["moved", "weight"] / table.loc["three", "weight"] == pytest.approx(share)
    indices = every[2].fit_indices()
    for name in ("chisq", "cfi", "tli", "rmsea", "srmr", "aic", "bic"):
        assert table.loc["one", name] == indices[name]


def test_robust_indices_stand_under_their_own_names(data):
    large, small = (cfa(HS + extra, data, estimator="MLR") for extra in ("visual =~ x9", ""))
    table = compare(large, small)
    assert {"chisq_scaled", "p_scaled", "srmr"} <= set(table.columns)
    assert "chisq" not in table.columns
    assert table["chisq_scaled"].iloc[1] == pytest.approx(small.fit_indices()["chisq_scaled"])


def test_refusals(data):
    fit, other = cfa(HS, data), cfa(HS + "visual =~ x9", data)
    with pytest.raises(OptionError, match="24 degrees of freedom, so neither is a restriction"):
        fit.compare(cfa(HS, data, std_lv=True))
    with pytest.raises(OptionError, match="is not nested in the other"):
        cfa("visual =~ x1 + x2 + x3 + x4\ntextual =~ x5 + x6\nspeed =~ x7 + x8 + x9", data).compare(other)
    with pytest.raises(OptionError, match=r"not fitted to the same rows \(301 and 200\)"):
        fit.compare(cfa(HS, data.head(200)))
    with pytest.raises(OptionError, match="not fitted to the same rows"):
        fit.compare(cfa(HS + "visual =~ x9", data.assign(x1=data["x1"][::-1].to_numpy())))
    with pytest.raises(OptionError, match=r"different variables \(x4, x5, x6, x7, x8, x9 only in 'this'\)"):
        fit.compare(cfa("visual =~ x1 + x2 + x3", data))
    with pytest.raises(OptionError, match="different groups"):
        cfa(HS, data, meanstructure=True).compare(cfa(HS, data, group="school"))
    with pytest.raises(OptionError, match="fit both with meanstructure=True"):
        fit.compare(cfa(HS + "visual =~ x9", data, meanstructure=True))
    with pytest.raises(OptionError, match=r"different estimator= \(ml, gls\)"):
        fit.compare(cfa(HS + "visual =~ x9", data, estimator="GLS"))
    with pytest.raises(OptionError, match=r"different missing= \(listwise, fiml\)"):
        cfa(HS, data, meanstructure=True).compare(cfa(HS + "visual =~ x9", data, missing="fiml"))
    with pytest.raises(OptionError, match=r"estimators MLR and ML\); fit both in the same way"):
        fit.compare(cfa(HS + "visual =~ x9", data, estimator="MLR"))
    with pytest.raises(OptionError, match="needs the scaling factors"):
        fit.compare(other, method="satorra_bentler_2001")
    with pytest.raises(OptionError, match="unknown method 'satorra_bentler'"):
        fit.compare(other, method="satorra_bentler")
    with pytest.raises(OptionError, match="unknown restrictions 'exakt'"):
        fit.compare(other, restrictions="exakt")
    with pytest.raises(EstimationError, match="'other' did not converge"):
        fit.compare(other.replace(converged=False))
    with pytest.raises(OptionError, match="fixed_x=False"):
        sem("x7 ~ x1 + x2", data).compare(sem("x7 ~ x1 + x2\nx1 ~~ x2", data))
    with pytest.raises(OptionError, match="two fits or more, got 1"):
        compare(fit)
    with pytest.raises(OptionError, match="names needs 2 names, all different"):
        compare(fit, other, names=["a", "a"])


def test_differences_of_unweighted_least_squares_are_weighted_chi_squares(data):
    small, large = cfa(HS, data, estimator="ULS"), cfa(HS + "visual =~ x9", data, estimator="ULS")
    with pytest.raises(OptionError, match="no chi-square"):
        large.compare(small, method="standard")
    found = large.compare(small).iloc[1]
    plain = cfa(HS + "visual =~ x9", data).compare(cfa(HS, data)).iloc[1]
    assert found["chisq_diff"] == pytest.approx(plain["chisq_diff"], rel=0.35)
