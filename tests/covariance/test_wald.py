"""Wald tests of constraints: against lavaan's `lavTestWald()`, and what they promise.

The golden numbers are of lavaan 0.6-14 at polished minima, see `tests/golden/after_fit/make_constraint_tests.R`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.errors import EstimationError, ModelSyntaxError

TESTS = Path(__file__).parents[1]
EVERY = json.loads((TESTS / "golden/after_fit/constraint_tests.json").read_text())
CASES = {case["name"]: case for case in EVERY if case["kind"] == "wald"}
MODEL = CASES["hs_one_linear"]["model"] + "product := a*b\n"


def fit_of(case: dict):
    return sem(case["model"], pd.read_csv(TESTS / f"data/{case['data']}.csv"), **case["options"])


@pytest.fixture(scope="module")
def fit():
    return sem(MODEL, pd.read_csv(TESTS / "data/hs.csv"))


@pytest.mark.parametrize("name", CASES)
def test_it_is_lavaans(name):
    case = CASES[name]
    test = fit_of(case).wald_test(case["constraints"])
    assert test.chisq == pytest.approx(case["chisq"], rel=1e-6)
    assert test.df == case["df"]
    assert test.pvalue == pytest.approx(case["pvalue"], rel=1e-5)


@pytest.mark.parametrize("label", ["a", "product"])
def test_one_quantity_against_nought_is_its_squared_z(fit, label):
    z = fit.estimates().set_index("label").loc[label, "z"]
    assert fit.wald_test(f"{label} == 0").chisq == pytest.approx(z**2, rel=1e-9)


def test_each_alone_and_all_together(fit):
    test = fit.wald_test("a == b; c == 1")
    alone = test.univariate()
    for place, text in enumerate(("a == b", "c == 1")):
        single = fit.wald_test(text)
        assert alone.loc[place, "chisq"] == pytest.approx(single.chisq, rel=1e-9)
        assert alone.loc[place, "p"] == pytest.approx(single.pvalue, rel=1e-9)
    assert alone[["lhs", "op", "rhs"]].to_numpy().tolist() == [["a", "==", "b"], ["c", "==", "1"]]
    est = fit.estimates().set_index("label")["est"]
    assert alone["difference"].to_numpy() == pytest.approx([est["a"] - est["b"], est["c"] - 1], rel=1e-9)
    assert alone["se"].to_numpy() == pytest.approx(np.abs(alone["difference"]) / np.sqrt(alone["chisq"]), rel=1e-9)
    assert repr(test) == f"<WaldTest: chi-square {test.chisq:.3f}, df 2, p {test.pvalue:.3g}; see univariate()>"


def test_the_same_constraints_written_otherwise(fit):
    plain = fit.wald_test("a == b; c == 1")
    other = fit.wald_test("3*a - 3*b == 0; a + c == b + 1")
    assert other.chisq == pytest.approx(plain.chisq, rel=1e-9)


def test_units_do_not_matter(fit):
    data = pd.read_csv(TESTS / "data/hs.csv")
    data[["x2", "x3"]] *= 1e5
    assert sem(MODEL, data).wald_test("a == b").chisq == pytest.approx(fit.wald_test("a == b").chisq, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a == bb", r"constraints:1:6: unknown parameter label 'bb'. Did you mean 'b'"),
        ("a == b; b == a", r"constraints:1:9: `b == a` follows from the others or contradicts them"),
        ("a == a", "`a == a` is about nothing that was estimated freely"),
        ("a < b", "takes equalities; write `==` in place of `<`"),
        ("visual ~~ textual", "takes constraints only, such as `a == b; c == 0`"),
        ("a == 0; a == 1", r"constraints:1:9: `a == 1` follows from the others or contradicts them"),
        ("a / 0 == 1", "`a / 0 == 1` has no value at the estimates"),
        ("log(a - 9) == 0", r"`log\(a - 9\) == 0` has no value at the estimates"),
    ],
)
def test_refusals(fit, text, message):
    with pytest.raises(ModelSyntaxError, match=message):
        fit.wald_test(text)


def test_without_covariances_there_is_none():
    fit = sem(MODEL, pd.read_csv(TESTS / "data/hs.csv"), se="none")
    with pytest.raises(EstimationError, match="needs the covariances of the estimates"):
        fit.wald_test("a == b")
