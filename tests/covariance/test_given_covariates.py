"""Fits of ordered answers given fixed covariates: what is refused and said, resamples, and two roads to one number."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

import rantau as rt
from rantau.errors import EstimationError, OptionError

DATA = Path(__file__).parents[1] / "data"
ITEMS = [f"x{k}" for k in range(1, 7)]
MIMIC = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ age + female\ntextual ~ age"


@pytest.fixture(scope="module")
def hs4():
    frame = pd.read_csv(DATA / "hs4.csv")
    return frame.assign(female=frame.sex - 1, age=frame.ageyr + frame.agemo / 12 - 13)


@pytest.fixture(scope="module")
def fit(hs4):
    return rt.sem(MIMIC, hs4, ordered=ITEMS)


def test_covariates_are_fixed_unless_said_otherwise(hs4, fit):
    assert fit.request.fixed_x
    assert fit.table.exogenous == ("age", "female")
    assert not fit.problems
    np.testing.assert_array_equal(fit.values(), rt.sem(MIMIC, hs4, ordered=True, fixed_x=True).values())


def test_a_covariate_among_the_ordered_counts_as_a_number_and_that_is_said(hs4):
    numbers = rt.sem(MIMIC, hs4, ordered=[*ITEMS, "female"])
    assert [problem.code for problem in numbers.problems] == ["covariates_as_numbers"]
    assert "fixed_x=False" in numbers.problems[0].text
    np.testing.assert_array_equal(numbers.values(), rt.sem(MIMIC, hs4, ordered=ITEMS).values())
    words = hs4.assign(female=pd.Categorical(np.where(hs4.female, "f", "m"), categories=["m", "f"], ordered=True))
    again = rt.sem(MIMIC, words, ordered=[*ITEMS, "female"])
    assert again.fit_indices()["chisq_scaled"] == pytest.approx(numbers.fit_indices()["chisq_scaled"], rel=1e-6)


def test_ordered_covariates_alone_are_refused(hs4):
    with pytest.raises(OptionError, match="ordered= names nothing that the model explains"):
        rt.sem("x7 ~ female", hs4, ordered="female")


def test_covariates_that_repeat_each_other_are_named(hs4):
    both = hs4.assign(male=1 - hs4.female)
    with pytest.raises(EstimationError, match="age, female, male depend on each other exactly"):
        rt.sem("F =~ x1 + x2 + x3\nF ~ age + female + male", both, ordered=True)


def test_covariates_that_tell_an_answer_are_refused(hs4):
    told = hs4.assign(x2=np.where(hs4.female, np.maximum(hs4.x2, 2), 1))
    with pytest.raises(EstimationError, match="tell the answers to 'x2' without exception"):
        rt.sem("F =~ x1 + x2 + x3\nF ~ age + female", told, ordered=True)
    with pytest.raises(EstimationError, match="group 'Pasteur': the covariates female tell the answers to 'x2'"):
        rt.sem("F =~ x1 + x2 + x3\nF ~ female", told, ordered=True, group="school")


def test_two_values_are_no_continuous_variable(hs4):
    with pytest.raises(EstimationError, match=r"'female' has two values.*leave fixed_x=False out"):
        rt.sem(MIMIC, hs4, ordered=ITEMS, fixed_x=False)
    with pytest.raises(EstimationError, match=r"'x7' has two values.*Name it in ordered="):
        rt.cfa("F =~ x1 + x2 + x3 + x7", hs4.assign(x7=(hs4.x7 > 2) * 1), ordered=ITEMS[:3])


def test_resamples_are_fits_of_the_rows_they_take(hs4, fit):
    counts = np.random.default_rng(2).multinomial(301, np.full(301, 1 / 301), size=3)
    refits = fit.refit(counts)
    assert refits.reasons == ("", "", "")
    for found, count in zip(refits.values, counts, strict=True):
        again = rt.sem(MIMIC, hs4.loc[np.repeat(np.arange(301), count)], ordered=ITEMS)
        np.testing.assert_allclose(found, again.values(), atol=1e-6)


def test_a_resample_in_which_a_covariate_tells_an_answer_is_said(hs4):
    rare = hs4.assign(late=(np.arange(301) < 4) * 1.0)
    fit = rt.sem("F =~ x1 + x2 + x3\nF ~ late", rare, ordered=True)
    counts = np.ones((2, 301), dtype=int)
    counts[0, :4], counts[0, 4:8] = 0, 2
    counts[1, 1:4], counts[1, 4:7] = 0, 2
    refits = fit.refit(counts)
    assert refits.reasons == ("a category that nobody chose, or that covariates tell",) * 2
    assert np.isnan(refits.values).all()


def test_bootstrap_of_an_indirect_effect_of_a_covariate(hs4):
    model = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nvisual ~ a*age\ntextual ~ b*visual + age\nab := a*b"
    fit = rt.sem(model, hs4, ordered=True)
    table = rt.bootstrap(fit, draws=60, seed=3).table()
    row = table[table.name == "ab"] if "name" in table else table[table.lhs == "ab"]
    theirs = fit.estimates().query("lhs == 'ab'").se.iloc[0]
    assert row.se.iloc[0] == pytest.approx(theirs, rel=0.35)
    with pytest.raises(EstimationError, match="the answers of this fit are ordered"):
        rt.bollen_stine(fit, draws=3, seed=1)


def test_units_of_covariates_change_no_test(hs4, fit):
    scaled = rt.sem(MIMIC, hs4.assign(age=hs4.age * 1e4), ordered=ITEMS)
    assert scaled.converged
    names = ["chisq", "chisq_scaled", "srmr", "cfi_scaled"]
    np.testing.assert_allclose(scaled.fit_indices()[names], fit.fit_indices()[names], rtol=1e-7)
    columns = ["est_std", "se"]
    ours, theirs = (
        one.standardized().query("op != '~1' and op != '|'")[columns] for one in (scaled, fit)
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs, atol=1e-7)


def test_unweighted_least_squares_depend_on_units_and_that_is_said(hs4, fit):
    model = "textual =~ x4 + x5 + x6\ntextual ~ age"
    tiny = rt.sem(model, hs4.assign(age=hs4.age / 100), ordered=True, estimator="ULSMV")
    assert "uneven_units" in {problem.code for problem in tiny.problems}
    assert "age by 0.01" in next(problem.text for problem in tiny.problems if problem.code == "uneven_units")
    assert not rt.sem(model, hs4, ordered=True, estimator="ULSMV").problems


def test_order_of_rows_items_and_covariates_changes_nothing(hs4, fit):
    turned = rt.sem(
        "textual =~ x4 + x6 + x5\nvisual =~ x1 + x3 + x2\ntextual ~ age\nvisual ~ female + age", hs4[::-1], ordered=True
    )
    names = ["chisq", "chisq_scaled", "cfi_scaled", "srmr", "wrmr"]
    np.testing.assert_allclose(turned.fit_indices()[names], fit.fit_indices()[names], rtol=1e-7)
    # Of two fits with the variables in another order, one is nested in the other all the same.
    smaller = rt.sem(MIMIC.replace("age + female", "age + 0*female"), hs4, ordered=ITEMS)
    differences = [one.compare(smaller)["chisq_diff"].iloc[1] for one in (fit, turned)]
    assert differences[0] == pytest.approx(differences[1], rel=1e-6)


def test_delta_and_theta_say_the_same(hs4, fit):
    theta = rt.sem(MIMIC, hs4, ordered=ITEMS, parameterization="theta")
    names = ["chisq", "chisq_scaled", "cfi_scaled", "srmr"]
    np.testing.assert_allclose(theta.fit_indices()[names], fit.fit_indices()[names], rtol=1e-7)
    columns = ["est_std", "se"]
    np.testing.assert_allclose(theta.standardized()[columns], fit.standardized()[columns], atol=1e-7)


def test_a_saturated_model_has_the_regressions_themselves(hs4):
    fit = rt.sem("x1 + x2 ~ age + female", hs4, ordered=True)
    assert fit.fit_indices()["df"] == 0
    slopes = fit.estimates().query("op == '~'").set_index(["lhs", "rhs"]).est
    ordering, level = fit.moments.ordering, fit.moments.level[0][6:]
    names = fit.table.observed
    for i, j, value in zip(*ordering.slopes, level, strict=True):
        assert slopes[names[i], names[j]] == pytest.approx(value, abs=1e-9)


def test_residuals_of_slopes_have_a_row_each_and_covariates_none(fit):
    table = fit.residual_table("raw")
    assert len(table.query("op == '~'")) == 12
    assert not set(table.lhs) & {"age", "female"}
    assert list(fit.residuals().columns) == ITEMS
    assert list(fit.implied()[0].columns) == ITEMS
    # `textual` has no path of its own from `female`, so that the slopes of its items are left over.
    left = table.query("op == '~' and rhs == 'female'").set_index("lhs")
    assert (left.residual[["x4", "x5", "x6"]].abs() > 0).all()
    assert (left.se > 0).all()


def test_a_product_of_covariates_is_one_more_covariate(hs4):
    own = rt.sem("F =~ x1 + x2 + x3\nF ~ age + female + age:female", hs4, ordered=True)
    column = rt.sem("F =~ x1 + x2 + x3\nF ~ age + female + both", hs4.assign(both=hs4.age * hs4.female), ordered=True)
    np.testing.assert_allclose(own.values(), column.values(), atol=1e-9)
    with pytest.raises(OptionError, match="a product of other variables than fixed covariates"):
        rt.sem("F =~ x1 + x2 + x3\nx7 ~ F + age + F:age", hs4, ordered=ITEMS[:3])


def test_a_covariate_with_a_stated_variance_is_random(hs4):
    fit = rt.sem("F =~ x1 + x2 + x3\nF ~ age + female\nage ~~ age", hs4, ordered=True)
    assert fit.table.exogenous == ("female",)
    assert fit.moments.ordering.given == (fit.table.observed.index("female"),)
    assert fit.converged


def test_probabilities_of_categories_are_averaged_over_the_covariates(hs4, fit):
    est = fit.estimates().set_index(["lhs", "op", "rhs"]).est
    factor = est["visual", "~", "age"] * hs4.age + est["visual", "~", "female"] * hs4.female
    below = [ndtr(est["x2", "|", f"t{k}"] - est["visual", "=~", "x2"] * factor).mean() for k in (1, 2, 3)]
    found = fit.category_probabilities().query("item == 'x2'").implied
    np.testing.assert_allclose(found, np.diff([0.0, *below, 1.0]), atol=1e-12)
