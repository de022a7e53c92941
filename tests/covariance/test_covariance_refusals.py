"""What the covariance engine refuses before computing, with the place and what to do instead."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import cfa, sem
from rantau.errors import EstimationError, IdentificationError, ModelSyntaxError, OptionError, ResponseError

HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")


STATEMENTS = [
    ("F =~ x1 + x2 + x3\nx4 ~ F:x5", 2, 6, "'F:x5' needs the effect of 'x5' itself: write 'x4 ~ x5 + F:x5'"),
    ("F =~ x1 + x2 + x3\nx4 ~ F:x5:x6", 2, 6, "'F:x5:x6' multiplies 3 variables; only products of two"),
    ("F =~ x1 + x2:x3", 1, 11, "a product ('x2:x3') cannot measure a construct"),
    ("F =~ x1 + x2 + x3\nF ~~ x4:x5", 2, 6, "a product ('x4:x5') covaries only where it predicts something"),
    ("F =~ x1 + x2 + x3\nx1 | t1 + t2", 2, 1, "'x1' has a threshold, but no variable is ordered"),
    ("F =~ x1 + a*x2 + x3\nb == 1", 2, 1, "unknown parameter label 'b'. Allowed: a"),
    ("F =~ x1 + load*x2 + x3\nlaod > 0", 2, 1, "unknown parameter label 'laod'. Did you mean 'load'?"),
    ("F =~ x1 + a*x2 + x3\na == sqr(2)", 2, 6, "unknown function 'sqr'. Did you mean 'sqrt'?"),
    ("F =~ x1 + a*x2 + x3\n1 == 2", 2, 1, "a constraint is about labelled parameters"),
    ("F =~ x1 + c(a, b)*x2 + x3", 1, 11, "values per group, `c()`, need several groups"),
    ('efa("e")*F =~ x1 + x2 + 0.5*x3', 1, 25, "the loading of 'x3' on 'F' is turned with the others"),
    ("F =~ x1 + start(a)*x2 + x3", 1, 11, "start() takes a number"),
    ("F =~ x1 + x2 + x3 + x4\nx2 ~ F", 2, 6, "'x2 ~ F' says again what 'F =~ x2' says; drop one of them"),
    ("F =~ x1 + x2 + x3\nG =~ F\nF =~ G", 1, 1, "'F' and its parts measure each other in a circle: F, G"),
    ("A =~ B + x1\nB =~ C + x2\nC =~ A + x3", 1, 1, "measure each other in a circle: A, B, C"),
    ("F =~ x1 + load*x2 + x3\nq := laod*2", 2, 6, "unknown parameter label 'laod'. Did you mean 'load'?"),
    ("F =~ x1 + a*x2 + x3\nq := r*2\nr := a", 2, 6, "'r' is itself defined, in line 3: write its definition above"),
    ("F =~ x1 + a*x2 + x3\nq := r\nr := q", 2, 6, "none may use itself, nor two each other"),
    ("F =~ x1 + a*x2 + x3\nq := a + q", 2, 10, "'q' is itself defined, in line 2"),
    ("F =~ x1 + a*x2 + x3\nq := sqr(a)", 2, 6, "unknown function 'sqr'. Did you mean 'sqrt'?"),
    ("q := 3", 1, 1, "the model says nothing of any observed variable"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), STATEMENTS, ids=[row[0] for row in STATEMENTS])
def test_statements_that_cannot_be_honoured(text, line, column, message, hs):
    with pytest.raises(ModelSyntaxError, match=re.escape(message)) as caught:
        sem(text, hs)
    assert str(caught.value).startswith(f"<model>:{line}:{column}: ")


@pytest.mark.parametrize(
    ("text", "options", "names"),
    [
        ("F =~ NA*x1 + x2 + x3 + x4 + x5 + x6", {}, ["F =~ x1", "F =~ x6", "F ~~ F"]),
        ("F =~ x1 + x2 + x3 + x4\nF ~~ NA*F", {"std_lv": True}, ["F =~ x1", "F ~~ F"]),
        ("F =~ x1 + x2\nG =~ x4 + x5\nF ~~ 0*G", {}, ["F =~ x2", "F ~~ F", "G ~~ G"]),
        ("F =~ x1 + x2 + x3 + x4\nG =~ x1 + x2 + x3 + x4 + x5", {}, ["G =~ x3", "G =~ x5", "F ~~ G"]),
        ("F =~ x1 + x2 + x3\nF ~ 1 + x4", {}, ["F ~1", "x1 ~1", "x3 ~1"]),
        (
            "F =~ x1 + x2 + x3 + x4 + x5 + x6 + x7\nG =~ x1 + x2 + x3 + x4 + x5 + x6 + x7",
            {},
            ["F =~ x2", "G =~ x2"],
        ),
    ],
)
def test_models_that_are_not_identified_name_the_parameters(text, options, names, hs):
    with pytest.raises(IdentificationError, match="not identified: these parameters can change together") as caught:
        sem(text, hs, **options)
    listed = re.split(r": |; |\. ", str(caught.value))
    assert set(names) <= set(listed)


@pytest.mark.parametrize(
    "text", ["F =~ x1 + x2", "F =~ NA*x1 + x2 + x3", "x1 ~ x2\nx2 ~ x1", "F =~ x1 + x2 + x3\nF ~ NA*1"]
)
def test_more_parameters_than_moments(text, hs):
    with pytest.raises(IdentificationError, match=r"free parameters but only \d+ variances and covariances"):
        sem(text, hs)


def test_fewer_rows_than_parameters(hs):
    with pytest.raises(IdentificationError, match="21 free parameters cannot be estimated from 15 complete rows"):
        sem(HS, hs[:15])


def test_no_more_rows_than_items():
    names = [f"x{k}" for k in range(12)]
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(12, 12)), columns=names)
    fixed = "F =~ " + " + ".join(f"1*{name}" for name in names) + "\n" + "\n".join(f"{x} ~~ a*{x}" for x in names)
    with pytest.raises(EstimationError, match="12 complete rows for 12 items: the covariance matrix is singular"):
        sem(fixed, data)


def test_items_that_depend_on_each_other(hs):
    with pytest.raises(EstimationError, match=r"depend on each other exactly: x1, x2, x3; one of them repeats"):
        sem(HS, hs.assign(x3=hs.x1 + hs.x2))
    with pytest.raises(EstimationError, match=r"depend on each other exactly: x1, x5"):
        sem(HS, hs.assign(x5=3 - 2 * hs.x1))


def test_an_item_that_is_constant_among_the_complete_rows(hs):
    data = hs.assign(x1=np.where(hs.index < 100, 3.0, hs.x1), x2=hs.x2.where(hs.index < 100))
    with pytest.raises(EstimationError, match="'x1' has the value 3 in every row"):
        sem(HS, data)


@pytest.mark.parametrize("text", [HS + "\nx1 ~~ start(-30)*x1", HS + "\nx1 ~~ 50*x2", "x1 ~ 1*x2\nx2 ~ 1*x1\nx1 ~ x3"])
def test_starts_and_fixed_values_that_cannot_be(text, hs):
    with pytest.raises(EstimationError, match="imply a covariance matrix that is not positive definite"):
        sem(text, hs)


OPTIONS = [
    ({"estimator": "WLSMV"}, "estimator='WLSMV' is for ordered answers: say which are, ordered=True"),
    ({"estimator": "MRL"}, "unknown estimator 'MRL'. Did you mean 'ML'"),
    ({"missing": "mean"}, "unknown missing 'mean'. Allowed: listwise, fiml, fiml_x"),
    ({"missing": "fiml", "estimator": "MLM"}, "needs the likelihood of each row, .* take estimator='MLR'"),
    ({"missing": "fiml", "estimator": "WLS"}, "needs the likelihood of each row, .* take estimator='MLR'"),
    ({"missing": "fiml", "meanstructure": False}, "missing='fiml' needs the means"),
    ({"missing": "fiml", "se": "robust.sem"}, "se='robust_sem' needs complete rows; .* se='robust_huber_white'"),
    ({"missing": "fiml", "test": "satorra.bentler"}, "test='satorra_bentler' needs complete rows"),
    (
        {"missing": "fiml", "likelihood": "wishart"},
        "likelihood='wishart' needs complete rows; take likelihood='normal'",
    ),
    ({"likelihood": "whishart"}, "unknown likelihood 'whishart'. Did you mean 'wishart'"),
    ({"information": "fisher"}, "unknown information 'fisher'"),
    ({"se": "robust.cluster"}, "se='robust_cluster' needs the column that names each row's cluster"),
    ({"se": "bootstrap"}, r"bootstrap standard errors come after the fit: rt.bootstrap\(fit"),
    ({"se": "sandwich"}, "unknown se 'sandwich'"),
    ({"test": "bollen.stine"}, r"the Bollen-Stine test comes after the fit: rt.bollen_stine\(fit"),
    ({"test": "satora.bentler"}, "unknown test 'satora_bentler'. Did you mean 'satorra_bentler'"),
    ({"group_partial": "F =~ x2", "group": "school"}, "group_partial releases what group_equal holds equal"),
    ({"group_equal": "loadings"}, "group_equal compares groups"),
    ({"group_equal": "loading", "group": "school"}, "unknown group_equal 'loading'. Did you mean 'loadings'"),
]


@pytest.mark.parametrize(("options", "message"), OPTIONS, ids=[str(row[0]) for row in OPTIONS])
@pytest.mark.parametrize("fit", [sem, cfa])
def test_options_that_are_not_there(fit, options, message, hs):
    with pytest.raises(OptionError, match=message):
        fit(HS, hs, **options)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_levels_of_intervals(level, hs):
    fit = sem(HS, hs)
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        fit.estimates(level=level)
    with pytest.raises(OptionError, match=r"unknown kind 'std'. Allowed: all, lv, nox"):
        fit.standardized(kind="std")


def test_estimators_and_options_in_any_spelling(hs):
    fit = sem(HS, hs, estimator="mlr", missing="ML", se="robust.huber.white")
    assert (fit.request.estimator, fit.request.missing) == ("MLR", "fiml")
    assert fit.request.se == "robust_huber_white"


@pytest.mark.parametrize(
    ("text", "data", "message"),
    [
        (HS, {"x3": 2.0}, "'x3' has the value 2 in every row"),
        (HS, {"x3": np.nan}, "'x3' has no answer in any row"),
        (HS + "\nvisual ~ sex", {"sex": 1}, "'sex' has the value 1 in every row"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"missing": "fiml"}, {"estimator": "GLS"}, {"group": "school"}], ids=str)
def test_items_without_spread(text, data, message, options, hs):
    with pytest.raises(EstimationError, match=message):
        sem(text, hs.assign(**data), **options)


def test_groups_are_refused_by_name(hs):
    with pytest.raises(ResponseError, match=r"group='schol': the data have no such column. Did you mean 'school'"):
        sem(HS, hs, group="schol")
    with pytest.raises(EstimationError, match=r"'town' .* has 'Oak' in every row; two groups at least are needed"):
        sem(HS, hs.assign(town="Oak"), group="town")
    with pytest.raises(ResponseError, match="'x1' is a variable of the model, so it cannot be group= as well"):
        sem(HS, hs, group="x1")
    small = hs.assign(town=np.where(hs.index < 9, "Ash", "Oak"))
    with pytest.raises(EstimationError, match="9 complete rows in group 'Ash' for 9 items"):
        sem(HS, small, group="town")
    alike = hs.assign(x2=hs.x2.where(hs.school == "Pasteur", 3.0))
    with pytest.raises(EstimationError, match="group 'Grant-White': 'x2' has the value 3 in every row of this group"):
        sem(HS, alike, group="school")


def test_data_that_are_none(hs):
    with pytest.raises(ResponseError, match="data must be Responses or a data frame, got ndarray"):
        sem(HS, hs.to_numpy())
    with pytest.raises(ModelSyntaxError, match="a model must be a Model or its text"):
        sem(hs, HS)
