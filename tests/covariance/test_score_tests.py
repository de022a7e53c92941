"""Score tests of equalities and of further parameters: against lavaan's `lavTestScore()`, and what they promise.

The golden numbers are of lavaan 0.6-14 at polished minima, see `tests/golden/after_fit/make_constraint_tests.R`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.errors import EstimationError, ModelSyntaxError, OptionError

TESTS = Path(__file__).parents[1]
EVERY = json.loads((TESTS / "golden/after_fit/constraint_tests.json").read_text())
RELEASED = {case["name"]: case for case in EVERY if case["kind"] == "release"}
ADDED = {case["name"]: case for case in EVERY if case["kind"] == "add"}
#: lavaan's expected changes have the sign of the slope under least squares; refits have the other.
CHANGE = {"hs_gls": -1}
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
LABELLED = "visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + c*x5 + d*x6\nspeed =~ x7 + e*x8 + f*x9\n"
NAME = ["lhs", "op", "rhs", "group"]


def data_of(name: str) -> pd.DataFrame:
    return pd.read_csv(TESTS / f"data/{name}.csv")


def fit_of(case: dict):
    return sem(case["model"], data_of(case["data"]), **case["options"])


def check_changes(ours: pd.DataFrame, case: dict) -> None:
    golden = pd.DataFrame(case["changes"])
    if "group" not in golden:
        golden["group"] = 1
    both = golden.merge(ours, on=NAME, suffixes=("_lavaan", ""), validate="one_to_one")
    assert len(both) == len(golden) == len(ours)
    factor = CHANGE.get(case["name"], 1)
    assert list(both["epc"].isna()) == list(both["epc_lavaan"].isna())
    for theirs, column in (("epc_lavaan", "epc"), *((f"sepc.{k}", f"sepc_{k}") for k in ("lv", "all", "nox"))):
        expected = both[theirs].astype(float)
        given = expected.notna()
        assert both.loc[given, column].to_numpy() == pytest.approx(
            factor * expected[given].to_numpy(), rel=1e-5, abs=1e-7
        )
    # lavaan shows no expected value where a parameter stays fixed.
    assert both["epv"].to_numpy() == pytest.approx((both["est"] + both["epc"]).to_numpy(), nan_ok=True)


@pytest.mark.parametrize("name", RELEASED)
def test_releasing_equalities_is_lavaans(name):
    case = RELEASED[name]
    test = fit_of(case).score_test()
    assert test.chisq == pytest.approx(case["total"]["chisq"], rel=1e-6)
    alone = test.univariate()
    assert alone["chisq"].to_numpy() == pytest.approx(case["one_by_one"]["X2"], rel=1e-6)
    assert alone["df"].tolist() == case["one_by_one"]["df"]
    if name == "hs_scalar":
        return
    assert test.df == case["total"]["df"]
    assert test.pvalue == pytest.approx(case["total"]["pvalue"], rel=1e-6)
    assert alone["p"].to_numpy() == pytest.approx(case["one_by_one"]["p.value"], rel=1e-6)
    cumulative = test.cumulative()
    assert cumulative["chisq"].to_numpy() == pytest.approx(case["cumulative"]["X2"], rel=1e-6)
    assert cumulative["df"].tolist() == case["cumulative"]["df"]
    check_changes(test.epc(), case)


def test_what_cannot_be_told_apart_has_no_degree_of_freedom():
    # Fifteen equalities less the three means and nothing more that they free: metric has 12 degrees fewer than scalar
    # and configural together. lavaan counts 15 for the same chi-square.
    case = RELEASED["hs_scalar"]
    fit = fit_of(case)
    test = fit.score_test()
    configural = sem(HS, data_of("hs"), group="school")
    assert len(test.univariate()) == case["total"]["df"] == 15
    assert test.df == fit.statistics.df - configural.statistics.df == 12
    golden = pd.DataFrame(case["cumulative"])
    gains = golden[golden["X2"].diff().fillna(1) > 1e-9]
    assert test.cumulative()["chisq"].to_numpy() == pytest.approx(gains["X2"].to_numpy(), rel=1e-6)
    assert test.cumulative()["df"].tolist() == list(range(1, 13))


@pytest.mark.parametrize("name", ADDED)
def test_adding_parameters_is_lavaans(name):
    case = ADDED[name]
    test = fit_of(case).score_test(add=case["add"])
    assert (test.chisq, test.df) == (pytest.approx(case["total"]["chisq"], rel=1e-6), case["total"]["df"])
    alone = test.univariate()
    assert alone["chisq"].to_numpy() == pytest.approx(case["one_by_one"]["X2"], rel=1e-6)
    assert alone["epc"].to_numpy() == pytest.approx(case["one_by_one"]["epc"], rel=1e-6)
    check_changes(test.epc(), case)


@pytest.mark.parametrize("name", ["hs", "hs_gaps"])
def test_one_parameter_added_is_its_modification_index(name):
    fit = fit_of(ADDED[name])
    index = fit.modification_indices().set_index(NAME).loc[("visual", "=~", "x9", 1)]
    test = fit.score_test(add="visual =~ x9")
    assert test.chisq == pytest.approx(index["mi"], rel=1e-9)
    assert test.epc().set_index(NAME).loc[("visual", "=~", "x9", 1), "epc"] == pytest.approx(index["epc"], rel=1e-9)


# -- what they promise -----------------------------------------------------------------------------


def test_statistic_and_changes_foretell_the_fit_without_an_equality():
    model = "f =~ y1 + a*y2 + a*y3 + y4"
    error, missed = [], []
    for size in (0.04, 0.02):
        loadings = np.array([1.0, 0.8 - size, 0.8 + size, 1.2])
        sigma = np.outer(loadings, loadings) * 0.7 + np.diag([0.5, 0.7, 0.6, 0.4])
        draw = np.random.default_rng(11).normal(size=(400, 4))
        draw -= draw.mean(axis=0)
        exact = draw @ np.linalg.inv(np.linalg.cholesky(draw.T @ draw / 400)).T @ np.linalg.cholesky(sigma).T
        data = pd.DataFrame(exact, columns=["y1", "y2", "y3", "y4"])
        fit, free = sem(model, data), sem("f =~ y1 + y2 + y3 + y4", data)
        test = fit.score_test()
        error.append(test.chisq / (fit.statistics.chisq - free.statistics.chisq) - 1)
        changes = test.epc()
        moved = free.estimates()["est"] - changes["est"]
        missed.append(float((changes["epc"] - moved).abs().max() / moved.abs().max()))
        difference = test.univariate().loc[0, "epc"]
        assert difference == pytest.approx(-2 * size, rel=0.1)
    assert abs(error[1]) < 0.6 * abs(error[0]) and abs(error[1]) < 0.02
    assert missed[1] < 0.6 * missed[0] and missed[1] < 0.05


def test_a_constraint_may_be_written_in_any_way():
    data = data_of("hs")
    shared = sem(LABELLED.replace("b*", "a*"), data).score_test()
    for text in ("a == b", "a - b == 0", "exp(a) == exp(b)", "a^2 == b^2", "2*(a - b) == -(b - a)/3"):
        test = sem(f"{LABELLED}{text}", data).score_test()
        assert (test.chisq, test.df) == (pytest.approx(shared.chisq, rel=1e-6), 1)
    names = sem(f"{LABELLED}2*(a - b) == -(b - a)/3", data).score_test().univariate()
    assert names.loc[0, ["lhs", "op", "rhs"]].tolist() == ["2 * (a - b)", "==", "-(b - a) / 3"]


def test_some_are_released_and_the_others_held():
    data = data_of("hs")
    fit = sem(f"{LABELLED}a == b\nc == d\ne == f", data)
    for release, left in ((1, "c == d\ne == f"), ((1, 3), "c == d"), (("a", "f"), "c == d"), ("c", "a == b\ne == f")):
        test = fit.score_test(release)
        less = sem(LABELLED + left, data)
        assert test.df == less.statistics.df * -1 + fit.statistics.df
        assert test.chisq == pytest.approx(fit.statistics.chisq - less.statistics.chisq, rel=0.2, abs=0.02)
        kept = test.epc().set_index("label")["epv"]
        for side, other in (one.split(" == ") for one in left.splitlines()):
            assert kept[side] == pytest.approx(kept[other], abs=1e-9)


def test_shared_labels_go_by_label_and_by_parameter():
    data = data_of("hs")
    fit = sem("visual =~ x1 + a*x2 + a*x3\ntextual =~ x4 + c*x5 + c*x6\nspeed =~ x7 + x8 + x9\n", data)
    assert fit.score_test("c").restrictions == (("textual =~ x5", "==", "textual =~ x6"),)
    assert fit.score_test("visual =~ x3") == fit.score_test("a") == fit.score_test([1])
    with pytest.raises(OptionError, match=r"unknown equality to release 'textual =~ x7'. Did you mean 'textual =~ x6'"):
        fit.score_test("textual =~ x7")
    with pytest.raises(OptionError, match=r"counts the equalities from 1 to 2, as univariate\(\) does; got 3"):
        fit.score_test(3)


def test_a_repeated_constraint_is_no_second_restriction():
    data = data_of("hs")
    once, twice = (sem(LABELLED + text, data).score_test() for text in ("a == b", "a == b\n2*a == 2*b"))
    assert (twice.chisq, twice.df) == (pytest.approx(once.chisq), 1)
    alone = twice.univariate()
    assert alone["df"].tolist() == [1, 0]
    assert np.isnan(alone.loc[1, "chisq"]) and np.isnan(alone.loc[1, "p"])


def test_a_boundary_stays_where_it_is():
    data = data_of("hs")
    # `a > 0.7` holds with equality; letting `c == d` go leaves `a` there.
    test = sem(f"{LABELLED}a > 0.7\nc == d", data).score_test()
    assert [name[0] for name in test.restrictions] == ["c"]
    assert test.epc().set_index("label").loc["a", "epc"] == pytest.approx(0, abs=1e-9)
    equal = sem(f"{LABELLED}a == 0.7\nc == d", data).score_test(2)
    assert test.chisq == pytest.approx(equal.chisq, rel=1e-6)


def test_parameters_are_added_in_every_group():
    fit = sem(HS, data_of("hs"), group="school")
    test = fit.score_test(add="visual =~ x9; x1 ~ 1")
    assert [name[0] for name in test.restrictions] == ["visual =~ x9 (Pasteur)", "visual =~ x9 (Grant-White)"]
    frame = fit.modification_indices(sort=False)
    index = frame.loc[(frame["lhs"] == "visual") & (frame["rhs"] == "x9"), "mi"]
    assert test.univariate()["chisq"].to_numpy() == pytest.approx(index.to_numpy(), rel=1e-9)
    assert test.chisq == pytest.approx(index.sum(), rel=1e-9)


def test_a_fixed_value_can_be_let_go():
    data = data_of("hs")
    fit = sem(f"{HS}visual ~~ 0*speed\nx1 ~~ 0.5*x1", data)
    test = fit.score_test(add="speed ~~ visual; x1 ~~ x1")
    assert test.restrictions == (("visual ~~ speed", "==", "0"), ("x1 ~~ x1", "==", "0.5"))
    frame = test.epc().set_index(NAME)
    assert frame.index.is_unique
    row = frame.loc[("x1", "~~", "x1", 1)]
    assert (row["est"], row["epv"]) == (0.5, 0.5 + row["epc"])


# -- refusals --------------------------------------------------------------------------------------


def test_refusals():
    data = data_of("hs")
    fit = sem(HS, data)
    with pytest.raises(OptionError, match="nothing is held equal in this fit"):
        fit.score_test()
    with pytest.raises(OptionError, match="not both"):
        fit.score_test(1, add="visual =~ x9")
    with pytest.raises(OptionError, match="free in the model already"):
        fit.score_test(add="speed ~~ visual")
    with pytest.raises(ModelSyntaxError, match=r"add:1:11: unknown variable 'x99'. Did you mean 'x9'"):
        fit.score_test(add="visual =~ x99")
    with pytest.raises(ModelSyntaxError, match="means are no part of this fit"):
        fit.score_test(add="x1 ~ 1")
    with pytest.raises(ModelSyntaxError, match="'x1' is no factor of this model"):
        fit.score_test(add="x1 =~ x9")
    with pytest.raises(EstimationError, match="did not converge"):
        fit.replace(converged=False).score_test(add="visual =~ x9")


def test_it_says_what_it_is():
    test = sem(f"{LABELLED}a == b\nc == d", data_of("hs")).score_test()
    assert repr(test).startswith("<ScoreTest: 2 restrictions, chi-square ")
    assert f"df {test.df}" in repr(test)


def test_equalities_stand_in_the_order_in_which_values_are_met_again():
    # lavTestScore(cfa(MODEL, hs_three, group = "cohort"))$uni$X2
    model = "visual =~ x1 + c(a, b, a)*x2 + c(d, d, e)*x3; textual =~ x4 + x5 + x6"
    alone = sem(model, data_of("hs_three"), group="cohort").score_test().univariate()
    assert alone["lhs"].tolist() == ["visual =~ x3 (middle)", "visual =~ x2 (middle)"]
    assert alone["chisq"].tolist() == pytest.approx([1.35527668, 1.98108699], abs=1e-5)


def test_degrees_of_freedom_are_what_can_be_told_apart():
    # lavTestScore(cfa(HS, hs, group = "school", group.equal = c("loadings", "intercepts")))$test: the same chi-square,
    # df 15 as there are six loadings and nine intercepts, though three intercepts only set the latent means
    hs = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
    test = sem(hs, data_of("hs"), group="school", group_equal=("loadings", "intercepts")).score_test()
    assert (len(test.restrictions), test.df) == (15, 12)
    assert test.chisq == pytest.approx(46.956029, rel=1e-5)
