"""What PLS is asked wrongly is told in one clear error, and numbers that mean nothing are told of."""

import numpy as np
import pandas as pd
import pytest
from pls_reference import data

import rantau as rt
from rantau.errors import AdmissibilityWarning, OptionError, RantauError

MEASURED = (
    "Image =~ IMAG1 + IMAG2 + IMAG3; Expectation =~ CUEX1 + CUEX2 + CUEX3; Satisfaction =~ CUSA1 + CUSA2 + CUSA3; "
)
PLAIN = MEASURED + "Satisfaction ~ Image + Expectation"
MODERATED = PLAIN + " + Image:Expectation"


@pytest.fixture(scope="module")
def mobile():
    return data("mobile.csv")


@pytest.fixture(scope="module")
def plain(mobile):
    return rt.pls(PLAIN, mobile)


@pytest.fixture(scope="module")
def moderated(mobile):
    return rt.pls(MODERATED, mobile)


@pytest.fixture(scope="module")
def draws(moderated):
    return rt.bootstrap(moderated, draws=20)


def noise(rows, columns):
    draw = np.random.default_rng(5).normal(size=(rows, columns))
    return pd.DataFrame(draw, columns=[f"v{k}" for k in range(columns)])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"scheme": 3}, "unknown scheme '3'"),
        ({"consistent": "no"}, "consistent= is True or False, got 'no'"),
        ({"modes": "A"}, r"modes takes \(construct, mode\) pairs"),
        ({"modes": None}, r"modes takes \(construct, mode\) pairs .* got None"),
        ({"modes": {"Image": "a"}}, "unknown modes 'a'. Did you mean 'A'"),
        ({"modes": {"Imag": "A"}}, "unknown construct 'Imag'. Did you mean 'Image'"),
        ({"modes": (("Image", "A"), ("Image", "B"))}, "modes gives 'Image' more than once"),
        ({"weights": np.ones(250)}, "weights= takes the name of a column"),
        ({"weights": ""}, "weights='': the data have no such column"),
        ({"missing": "fiml"}, "unknown missing 'fiml'"),
        ({"signs": None}, "unknown signs 'None'"),
        ({"tolerance": float("inf")}, "tolerance must be a number above 0 and at most 0.001"),
        ({"tolerance": True}, "tolerance must be a number"),
        ({"tolerance": "x"}, "tolerance must be a number"),
        ({"max_iterations": 2.7}, "max_iterations must be a whole number of at least 1, got 2.7"),
        ({"max_iterations": float("inf")}, "max_iterations must be a whole number"),
        ({"interaction": "two-stage"}, "Did you mean 'two_stage'"),
        ({"higher_order": ["disjoint"]}, "unknown higher_order"),
    ],
)
def test_options_of_the_wrong_kind(mobile, options, told):
    with pytest.raises(RantauError, match=told):
        rt.pls(PLAIN, mobile, **options)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("X =~ IMAG1 + IMAG2; M =~ CUEX1 + CUEX2; CUSA1 ~ X*M", r"Write a product as `X \+ M \+ X:M`"),
        (PLAIN + "; Satisfaction ~ 1", "PLS has no means or intercepts"),
        (PLAIN + "; IMAG1 | t1", "PLS has no thresholds"),
        (PLAIN + "; a == 0", "PLS cannot hold constraints"),
        ("A =~ IMAG1 + IMAG2; CUSA1 ~ 0.5*A", "PLS cannot fix or equate"),
        ("A =~ IMAG1 + IMAG2; B =~ CUSA1 + CUSA2; A ~ B; B ~ A", "go round in a loop"),
        ("A =~ IMAG1 + IMAG2; B =~ IMAG2 + CUSA2; B ~ A", "'IMAG2' already measures 'A'"),
        ("A =~ IMAG1 + IMAG2", "the model has no paths"),
        ("A =~ B + IMAG1; B =~ A + IMAG2; CUSA1 ~ A", "cannot measure themselves"),
        (MEASURED + "Satisfaction ~ Image:Expectation", r"Write `Satisfaction ~ Image \+ Expectation"),
        ("", "the model is empty"),
        (None, "The model comes first, then the data"),
    ],
)
def test_models_that_pls_cannot_do(mobile, model, told):
    with pytest.raises(RantauError, match=told):
        rt.pls(model, mobile)


def test_a_label_that_is_a_column_is_told(mobile):
    (problem,) = rt.pls("CUSA1 ~ IMAG1*IMAG2", mobile).problems
    assert problem.code == "label_of_a_column"
    assert "A product is written `IMAG1:IMAG2`" in problem.text


@pytest.mark.parametrize(
    ("table", "model", "told"),
    [
        (noise(1, 3), "A =~ v0 + v1; B =~ v2; B ~ A", "1 row; nothing can be estimated from fewer than two"),
        (noise(20, 3).assign(v0=1), "A =~ v0 + v1; B =~ v2; B ~ A", "'v0' has the value 1 in every row"),
        (noise(20, 3).assign(v0=np.nan), "A =~ v0 + v1; B =~ v2; B ~ A", "'v0' has no answer in any row"),
        (noise(20, 3).assign(v0=lambda f: 1e9 + 1e-3 * f.v0), "v1 ~ v0", "differs by no more than rounding does"),
        (noise(20, 3).assign(v1=lambda f: 2 * f.v0), "A <~ v0 + v1; v2 ~ A", "exact combinations of one another"),
        (noise(6, 9), "A <~ v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7; v8 ~ A", "exact combinations of one another"),
        (noise(20, 3).assign(v0=np.inf), "v1 ~ v0", "infinite values"),
        (noise(20, 3).assign(v0="a"), "v1 ~ v0", "a number is needed, got 'a'"),
        ([1, 2], "v1 ~ v0", "data must be Responses or a data frame, got list"),
    ],
)
def test_data_that_carry_nothing(table, model, told):
    with pytest.raises(RantauError, match=told):
        rt.pls(model, table)


@pytest.mark.parametrize(
    ("table", "model", "about"),
    [
        (noise(2, 2), "v1 ~ v0", "the equation of 'v1' with 1 term:"),
        (noise(3, 3), "v2 ~ v0 + v1", "the equation of 'v2' with 2 terms:"),
        (noise(4, 4), "A <~ v0 + v1 + v2; v3 ~ A", "the mode B block of 'A' with 3 terms:"),
    ],
)
def test_what_fits_whatever_the_answers_are_is_not_to_be_trusted(table, model, about):
    with pytest.warns(AdmissibilityWarning, match="too_few_rows"):
        fit = rt.pls(model, table)
    assert fit.r_squared().r_squared.iloc[0] == pytest.approx(1)
    assert not fit.trustworthy
    assert about in fit.problems[0].text


def test_a_hundred_constructs_and_fewer_rows_than_items():
    blocks = "; ".join(f"C{j} =~ v{2 * j} + v{2 * j + 1}" for j in range(100))
    fit = rt.pls(f"{blocks}; " + "; ".join(f"C{j} ~ C{j - 1}" for j in range(1, 100)), noise(50, 200))
    assert fit.converged
    assert len(fit.paths()) == 99


@pytest.mark.parametrize(
    ("method", "arguments", "told"),
    [
        ("showing", ("htmtt",), "unknown of 'htmtt'. Did you mean 'htmt'"),
        ("fit_indices", (None,), "unknown model 'None'"),
        ("conforming", ("x",), "unknown model 'x'"),
        ("blindfold", (10,), "divides the 250 rows"),
        ("blindfold", (7.0,), "whole number from 2 to 249"),
        ("blindfold", (None,), "whole number from 2 to 249"),
    ],
)
def test_methods(plain, method, arguments, told):
    with pytest.raises(OptionError, match=told):
        getattr(plain, method)(*arguments)


@pytest.mark.parametrize(
    ("method", "switch"),
    [
        ("htmt", "signed"),
        ("htmt2", "signed"),
        ("reliability", "variants"),
        ("f_squared", "again"),
        ("paths", "unstandardised"),
    ],
)
def test_switches_are_true_or_false(plain, method, switch):
    with pytest.raises(OptionError, match=f"{switch}= is True or False, got 'no'"):
        getattr(plain, method)(**{switch: "no"})


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("x", "Image", "Expectation"), "unknown outcome 'x'"),
        (("Satisfaction", "Imag", "Expectation"), "unknown predictor 'Imag'. Did you mean 'Image'"),
        (("Satisfaction", "Image", "x"), "unknown moderator 'x'"),
        ((1, "Image", "Expectation"), "outcome takes the name of a construct, got 1"),
        (("Satisfaction", ["Image"], "Expectation"), "predictor takes the name"),
        (("Satisfaction", "Image", 3), "moderator"),
        (("Satisfaction", "Image", []), "moderator"),
        (("Satisfaction", "Image", None), "moderator"),
    ],
)
def test_slopes_of_what_is_not_there(moderated, draws, names, told):
    with pytest.raises(OptionError, match=told):
        moderated.slopes(*names)
    with pytest.raises(OptionError, match=told):
        moderated.significant_regions(*names, draws=draws)


@pytest.mark.parametrize("at", [[], "a", 1, None, [np.nan], [np.inf], ["x"]])
def test_slopes_at_what_is_no_number(moderated, at):
    with pytest.raises(OptionError, match="at= takes values of the moderator in standard deviations"):
        moderated.slopes("Satisfaction", "Image", "Expectation", at=at)


def test_slopes_by_draws_of_something_else(plain, moderated, draws):
    asked = ("Satisfaction", "Image", "Expectation")
    for wrong in (3, "x", moderated):
        with pytest.raises(OptionError, match=r"draws= takes what rt\.bootstrap\(fit\) returns"):
            moderated.slopes(*asked, draws=wrong)
    with pytest.raises(OptionError, match="those of another fit"):
        moderated.significant_regions(*asked, draws=rt.bootstrap(plain, draws=5))
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        moderated.slopes(*asked, draws=draws, level=95)
    with pytest.raises(OptionError, match="no path of this model leads from a product"):
        plain.slopes(*asked)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"draws": 2.5}, "draws must be a whole number of at least 2, got 2.5"),
        ({"draws": None}, "draws must be a whole number"),
        ({"draws": True}, "draws must be a whole number"),
        ({"seed": "x"}, "seed must be a whole number of at least 0"),
        ({"workers": 1.5}, "workers must be a whole number of at least 1"),
        ({"rows": [[250]]}, "the sample has rows 0 to 249"),
        ({"rows": [[-1]]}, "the sample has rows 0 to 249"),
        ({"rows": "x"}, "rows must be whole numbers of shape"),
        ({"errors": "yes"}, "errors= is True or False"),
        ({"errors": True, "nested": 1}, "nested must be a whole number of at least 2"),
        ({"progress": 3}, "progress= takes a function"),
        ({"unconverged": "x"}, "unknown unconverged 'x'"),
    ],
)
def test_bootstrap(plain, options, told):
    with pytest.raises(RantauError, match=told):
        rt.bootstrap(plain, **{"draws": 4, **options})


@pytest.mark.parametrize("thing", [None, "x", pd.DataFrame()])
def test_what_is_no_fit(thing):
    for ask in (rt.bootstrap, rt.fit_test):
        with pytest.raises(OptionError, match="takes a fit"):
            ask(thing)
    with pytest.raises(OptionError, match=r"takes a fit by rt\.pls"):
        rt.redundancy(thing, pd.DataFrame(), construct="A", against="b")
    with pytest.raises(OptionError, match=r"rival_models\(\) takes|compares two models"):
        rt.rival_models(thing, outcome="A")


def test_numpy_integers_are_whole_numbers(plain):
    assert rt.bootstrap(plain, draws=np.int64(4), seed=np.int64(2)).values.shape[0] == 4
    assert plain.blindfold(np.int64(7)).equals(plain.blindfold(7))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"model": "x"}, "unknown model 'x'"),
        ({"draws": "x"}, "draws must be a whole number"),
        ({"rows": "x"}, "rows must be whole numbers of shape"),
    ],
)
def test_test_of_fit(plain, options, told):
    with pytest.raises(OptionError, match=told):
        rt.fit_test(plain, **{"draws": 4, **options})
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        rt.fit_test(plain, draws=4).table(level=95)


def test_test_of_fit_of_products_is_refused(moderated):
    with pytest.raises(OptionError, match="Test the model without them"):
        rt.fit_test(moderated, draws=4)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"construct": "Imag", "against": "CUSL1"}, "unknown construct 'Imag'. Did you mean 'Image'"),
        ({"construct": 3, "against": "CUSL1"}, "unknown construct '3'"),
        ({"construct": "Image", "against": 3}, "against= takes names"),
        ({"construct": "Image", "against": None}, "got none"),
        ({"construct": "Image", "against": "IMAG1"}, "do not belong to Image, got IMAG1"),
        ({"construct": "Image", "against": "Satisfaction"}, "Satisfaction is a construct of the model"),
        ({"construct": "Image", "against": "CUSL9"}, "'CUSL9' is not in the data"),
    ],
)
def test_redundancy(plain, mobile, options, told):
    with pytest.raises(RantauError, match=told):
        rt.redundancy(plain, mobile, **options)


def test_rivals(plain, moderated, mobile):
    for fits, outcome, told in (
        ([plain], "Satisfaction", "compares two models or more, got 1"),
        (plain, "Satisfaction", "takes several fits"),
        ([plain, "x"], "Satisfaction", "'2' is a str"),
        ([plain, moderated], "Image", "unknown outcome 'Image'. Allowed: Satisfaction"),
        ([plain, moderated], None, "unknown outcome 'None'"),
        ([plain, rt.pls(PLAIN, mobile[:100])], "Satisfaction", "rests on 100 rows and the first on 250"),
    ):
        with pytest.raises(RantauError, match=told):
            rt.rival_models(fits, outcome=outcome)
