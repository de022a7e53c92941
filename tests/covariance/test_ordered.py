"""Fits of ordered answers: what is refused, what is warned of, resamples, and two roads to one number."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, IdentificationError, ModelSyntaxError, OptionError

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def hs4():
    return pd.read_csv(DATA / "hs4.csv")


@pytest.fixture(scope="module")
def fit(hs4):
    return rt.cfa(HS, hs4, ordered=ITEMS)


REFUSED = [
    ({"ordered": ["x10"]}, "unknown variable in ordered 'x10'"),
    ({"estimator": "ML"}, "treats answers as continuous.*take 'WLSMV'"),
    ({"missing": "fiml"}, "take missing='pairwise'"),
    ({"sampling_weights": "grade"}, "sampling_weights= is not there for ordered answers"),
    ({"cluster": "school"}, "cluster= is not there for ordered answers"),
    ({"se": "robust_huber_white"}, "se='robust_huber_white' is not there for ordered answers"),
    ({"test": "yuan_bentler"}, "test='yuan_bentler' is not there for ordered answers"),
    ({"information": "observed"}, "information='observed' is not there for ordered answers"),
    ({"meanstructure": False}, "meanstructure"),
    ({"parameterization": "alpha"}, "unknown parameterization 'alpha'"),
    ({"group": "school", "group_equal": ("loadings", "residuals")}, "take parameterization='theta'"),
]


@pytest.mark.parametrize(("options", "text"), REFUSED, ids=[next(iter(one[0])) for one in REFUSED])
def test_what_does_not_go_with_ordered_answers(hs4, options, text):
    with pytest.raises(OptionError, match=text):
        rt.sem(HS, hs4, **{"ordered": True, **options})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"estimator": "WLSMV"}, "say which are, ordered=True"),
        ({"missing": "pairwise"}, "take missing='fiml'"),
        ({"parameterization": "theta"}, "say which are: ordered="),
        ({"group": "school", "group_equal": "thresholds"}, "say which are: ordered="),
    ],
)
def test_what_goes_with_ordered_answers_only(hs4, options, text):
    with pytest.raises(OptionError, match=text):
        rt.sem(HS, hs4, **options)


STATEMENTS = [
    ("x1 | t4", "4:6: 'x1' has no threshold 't4': its 4 categories are told apart by t1, t2, t3"),
    ("x1 ~ 1", "an intercept beside them cannot be told from them"),
    ("x1 ~~ x1", "follows from its scale; write `x1 ~\\*~ x1`, or take parameterization='theta'"),
    ("x1 ~*~ 0*x1", "a scale is positive, and that of 'x1' is fixed at 0"),
]


@pytest.mark.parametrize(("statement", "text"), STATEMENTS, ids=[one[0] for one in STATEMENTS])
def test_statements_that_cannot_be_honoured(hs4, statement, text):
    with pytest.raises(ModelSyntaxError, match=text):
        rt.sem(f"{HS}\n{statement}", hs4, ordered=True)
    with pytest.raises(ModelSyntaxError, match="'x9' has a threshold but is not among the ordered"):
        rt.sem(f"{HS}\nx9 | t1", hs4, ordered=["x1"])


def test_thresholds_can_be_fixed_labelled_and_held_equal(hs4):
    fixed = rt.sem(f"{HS}\nx1 | 0*t2", hs4, ordered=True).estimates().set_index(["lhs", "op", "rhs"])
    assert fixed.est["x1", "|", "t2"] == 0
    assert fixed.se["x1", "|", "t2"] == 0
    equal = rt.sem(f"{HS}\nx1 | a*t1\nx3 | a*t1", hs4, ordered=True)
    assert equal.fit_indices()["df"] == 25
    np.testing.assert_array_equal(equal.estimates().query("label == 'a'").est.diff().iloc[1:], 0)


def test_scales_take_every_modifier(hs4):
    told = "F =~ x1 + x2 + x3 + x4\nx1 + x2 | 0*t1 + 1*t2\nx1 + x2 ~ NA*1\n"
    labelled, named, constrained, free = (
        rt.sem(told + more, hs4, ordered=True)
        for more in (
            "x1 ~*~ s*x1\nx2 ~*~ s*x2\ndeviation := 1/s",
            'x1 ~*~ start(0.7)*x1\nx2 ~*~ equal("x1 ~*~ x1")*x2',
            "x1 ~*~ s*x1\nx2 ~*~ t*x2\ns == t",
            "x1 ~*~ x1\nx2 ~*~ x2",
        )
    )
    scale = labelled.estimates().query("op == '~*~'").est.to_numpy()
    assert scale[0] == scale[1] != 1
    defined = labelled.estimates().query("op == ':='").iloc[0]
    assert (defined.est, defined.se > 0) == (pytest.approx(1 / scale[0]), True)
    for other in (named, constrained):
        np.testing.assert_allclose(other.fit_indices()[["df", "chisq"]], labelled.fit_indices()[["df", "chisq"]])
        np.testing.assert_allclose(other.estimates().query("op == '~*~'").est, scale, rtol=1e-6)
    assert free.fit_indices()["df"] == labelled.fit_indices()["df"] - 1
    with pytest.raises(IdentificationError, match=r"can change together .*x1 ~\*~ x1"):
        rt.sem("F =~ x1 + x2 + x3 + x4\nx1 ~*~ NA*x1", hs4, ordered=True)
    with pytest.raises(IdentificationError, match=r"can change together .*x1 ~~ x1"):
        rt.sem("F =~ x1 + x2 + x3 + x4\nx1 ~~ x1", hs4, ordered=True, parameterization="theta")


def test_what_is_not_there_yet_is_refused(hs4, fit):
    with pytest.raises(EstimationError, match="the answers of this fit are ordered"):
        rt.bollen_stine(fit, draws=3, seed=1)
    smaller = rt.cfa(HS + "\nvisual ~~ 0*speed", hs4, ordered=ITEMS)
    with pytest.raises(OptionError, match="no chi-square; take method='satorra_2000'"):
        fit.compare(smaller, method="standard")


def test_a_category_that_a_group_does_not_use(hs4):
    merged = hs4.assign(x1=hs4.x1.where(hs4.school == "Pasteur", hs4.x1.clip(upper=3)))
    with pytest.raises(EstimationError, match="group 'Grant-White': nobody answered 4 to 'x1'"):
        rt.cfa(HS, merged, ordered=True, group="school")


def test_problems_are_named(hs4):
    binary = hs4[["x4", "x5"]].assign(x1=(hs4.x1 > 2) * 1.0, x2=(hs4.x1 > 3) * 1.0)
    found = rt.sem("F =~ x1 + x2 + x4 + x5", binary, ordered=True, estimator="ULSMV")
    assert {"empty_cells"} <= {problem.code for problem in found.problems}
    twice = hs4[["x4", "x5"]].assign(x1=hs4.x1, x2=hs4.x1)
    codes = {problem.code for problem in rt.sem("F =~ x1 + x2 + x4 + x5", twice, ordered=True).problems}
    assert "perfect_association" in codes


def test_resamples_are_fits_of_the_rows_they_take(hs4, fit):
    counts = np.random.default_rng(2).multinomial(301, np.full(301, 1 / 301), size=2)
    refits = fit.refit(counts)
    for found, count in zip(refits.values, counts, strict=True):
        again = rt.cfa(HS, hs4.loc[np.repeat(np.arange(301), count)], ordered=ITEMS)
        np.testing.assert_allclose(found, again.values(), atol=1e-6)


def test_a_resample_without_a_category_is_told(hs4):
    rare = hs4.assign(x1=np.where(np.arange(301) < 3, 5, hs4.x1))
    fit = rt.cfa(HS, rare, ordered=ITEMS)
    counts = np.ones((1, 301), dtype=int)
    counts[0, :3], counts[0, 3:6] = 0, 2
    refits = fit.refit(counts)
    assert refits.reasons == ("a category that nobody chose",)
    assert np.isnan(refits.values).all()


def test_units_of_continuous_variables_change_nothing(hs4):
    own = rt.cfa(HS, hs4, ordered=ITEMS[:6]).fit_indices()
    scaled = rt.cfa(HS, hs4.assign(x7=hs4.x7 * 1e5, x9=hs4.x9 / 1e4), ordered=ITEMS[:6])
    assert scaled.converged
    np.testing.assert_allclose(
        scaled.fit_indices()[["chisq", "chisq_scaled"]], own[["chisq", "chisq_scaled"]], rtol=1e-7
    )


def test_order_of_items_and_rows_changes_nothing(hs4, fit):
    turned = rt.cfa("speed =~ x7 + x9 + x8; textual =~ x4 + x5 + x6; visual =~ x1 + x3 + x2", hs4[::-1], ordered=True)
    names = ["chisq", "chisq_scaled", "cfi_robust", "srmr", "wrmr"]
    np.testing.assert_allclose(turned.fit_indices()[names], fit.fit_indices()[names], rtol=1e-8)


def test_an_item_alone_gives_its_construct_the_unit_of_what_lies_behind(hs4):
    text = "visual =~ x1 + x2 + x3; S =~ x9; S ~ visual"
    alone = rt.sem(text, hs4, ordered=True, parameterization="theta")
    plain = rt.sem("visual =~ x1 + x2 + x3; x9 ~ visual", hs4, ordered=True)
    assert alone.fit_indices()["chisq_scaled"] == pytest.approx(plain.fit_indices()["chisq_scaled"], rel=1e-6)
    paths = [fit.standardized().query("op == '~'")[["est_std", "se"]] for fit in (alone, plain)]
    np.testing.assert_allclose(paths[0], paths[1], atol=1e-6)
    # Under delta lavaan finds this model not identified.
    with pytest.raises(ModelSyntaxError, match=r"1:30: 'x9' is ordered and alone measures 'S'.*'theta'"):
        rt.sem(text, hs4, ordered=True)


def test_random_covariates_are_taken_for_normal_and_that_is_said(hs4):
    fit = rt.sem("F =~ x1 + x2 + x3\nF ~ ageyr", hs4, ordered=["x1", "x2", "x3"], fixed_x=False)
    assert [problem.code for problem in fit.problems] == ["normal_covariates"]
    assert fit.converged
    both = rt.sem("F =~ x1 + x2 + x3\nF ~ sex", hs4, ordered=["x1", "x2", "x3", "sex"], fixed_x=False)
    assert not both.problems


def test_categories_may_be_texts_that_say_their_order(hs4, fit):
    words = ["none", "some", "much", "all"]
    told = hs4.assign(
        **{item: pd.Categorical([words[k - 1] for k in hs4[item]], categories=words, ordered=True) for item in ITEMS}
    )
    again = rt.cfa(HS, told, ordered=ITEMS)
    np.testing.assert_allclose(again.values(), fit.values(), atol=1e-12)
    assert rt.polychoric(told[ITEMS]).correlations().loc["x1", "x2"] == pytest.approx(fit.moments.covariance[0, 0, 1])


def test_where_only_thresholds_are_restricted_there_is_no_robust_index(hs4):
    fit = rt.sem("F =~ x1 + x2 + x3\nx1 | 0*t2\nx2 | k*t1\nx3 | k*t1", hs4, ordered=ITEMS[:3])
    indices = fit.fit_indices()
    assert indices["df"] == 2
    assert np.isfinite(indices["chisq_scaled"])
    assert np.isnan(indices[["cfi_robust", "rmsea_robust"]]).all()


def test_modification_indices_of_many_items():
    # Hundreds of further parameters are met in parts; lavaan 0.6-14: modindices(cfa(BIG5, bfi, ordered = TRUE)).
    big5 = "\n".join(f"{trait} =~ " + " + ".join(f"{trait}{k}" for k in range(1, 6)) for trait in "ACENO")
    found = rt.cfa(big5, pd.read_csv(DATA / "bfi.csv"), ordered=True).modification_indices()
    assert len(found) == 400
    named = found.set_index(["lhs", "op", "rhs"])
    np.testing.assert_allclose(
        named.loc["N", "=~", "O4"][["mi", "epc", "sepc_all"]], [534.382716, 0.34724, 0.299582], rtol=1e-4
    )
    np.testing.assert_allclose(
        named.loc["N1", "~~", "N2"][["mi", "epc", "sepc_all"]], [366.804792, 0.366706, 1.285465], rtol=1e-4
    )
