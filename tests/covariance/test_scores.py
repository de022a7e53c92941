"""Factor scores against lavaan's, and laws that they obey.

The golden numbers are lavaan 0.6-14's `lavPredict(fit, method, se = "standard")`, `lavPredict(fit, type = "ov")` and
`lavPredict(fit, newdata)` at polished minima (`tests/golden/after_fit/make_scores.R`), and lavaan 0.7-2's
`lavPredict(fit, method)` in `tests/golden/covariance/hs_factor_scores.json`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau import moments
from rantau.covariance import cfa, growth, sem
from rantau.errors import EstimationError, OptionError, ResponseError

TESTS = Path(__file__).parents[1]
CASES = {case["name"]: case for case in json.loads((TESTS / "golden/after_fit/scores.json").read_text())}
LAVAAN = {"regression": "regression", "bartlett": "Bartlett"}
HS = CASES["hs_ml"]["model"]
SECOND = "g"


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fit_of(name):
        if name not in found:
            case = CASES[name]
            found[name] = (growth if name == "growth" else sem)(case["model"], data_of(name), **case["options"])
        return found[name]

    return fit_of


def data_of(name: str) -> pd.DataFrame:
    return pd.read_csv(TESTS / f"data/{CASES[name]['data']}.csv")


def matrix(numbers: list | dict) -> np.ndarray:
    return np.array(numbers["values"] if isinstance(numbers, dict) else numbers, dtype=float)


@pytest.mark.parametrize("method", LAVAAN)
@pytest.mark.parametrize("name", CASES)
def test_scores_and_their_errors_are_lavaans(name, method, fits):
    case, fit = CASES[name], fits(name)
    golden, every = case[LAVAAN[method]], fit.scores(method, errors=True)
    names = [one for one in golden["names"] if not (method == "bartlett" and one == SECOND)]
    place = [golden["names"].index(one) for one in names]
    rows = every.reindex(case["rows"])
    assert rows[names].to_numpy() == pytest.approx(matrix(golden["values"])[:, place], abs=1e-7, nan_ok=True)
    if "se" in golden:
        errors = rows[[f"{one}_se" for one in names]].to_numpy()
        assert errors == pytest.approx(matrix(golden["se"])[:, place], abs=1e-8, nan_ok=True)
    group = fit.sample.membership
    for number, (mean, covariance) in enumerate(zip(golden["mean"], golden["covariance"], strict=True)):
        own = every.loc[group == number, names]
        assert own.mean().to_numpy() == pytest.approx(np.array(mean)[place], abs=1e-7)
        assert own.cov().to_numpy() == pytest.approx(matrix(covariance)[np.ix_(place, place)], abs=1e-7)


@pytest.mark.parametrize("method", LAVAAN)
@pytest.mark.parametrize("name", CASES)
def test_predicted_answers_are_lavaans(name, method, fits):
    case, fit = CASES[name], fits(name)
    golden = case[f"indicators_{LAVAAN[method]}"]
    ours = fit.predicted(method).reindex(case["rows"])[golden["names"]]
    theirs = pd.DataFrame(matrix(golden["values"]), ours.index, golden["names"])
    if name == "observed_outcome":
        # lavaan predicts the outcome x9 as if everybody had the mean of the covariate.
        sex = data_of(name)["sex"]
        slope = fit.estimates().set_index(["lhs", "op", "rhs"]).loc[("x9", "~", "sex"), "est"]
        theirs["x9"] += slope * (sex - sex.mean())
    assert ours.to_numpy() == pytest.approx(theirs.to_numpy(), abs=1e-7, nan_ok=True)


@pytest.mark.parametrize("method", LAVAAN)
@pytest.mark.parametrize("name", [name for name in CASES if "new_regression" in CASES[name]])
def test_scores_of_other_people_are_lavaans(name, method, fits):
    golden, fit = CASES[name][f"new_{LAVAAN[method]}"], fits(name)
    people = data_of(name).iloc[golden["rows"]].copy()
    people[golden["changed"]] += golden["added"]
    names = [one for one in golden["names"] if not (method == "bartlett" and one == SECOND)]
    place = [golden["names"].index(one) for one in names]
    scores = fit.scores(method, data=people)
    assert scores[names].to_numpy() == pytest.approx(matrix(golden["values"])[:, place], abs=1e-7)
    if fit.request.missing == "listwise":
        complete = people[list(fit.table.observed)].notna().all(axis=1).to_numpy()
        assert list(scores.index) == list(people.index[complete])


@pytest.mark.parametrize("method", LAVAAN)
def test_scores_of_lavaan_0_7(method):
    case = json.loads((TESTS / "golden/covariance/hs_factor_scores.json").read_text())
    fit = cfa(case["model"], pd.read_csv(TESTS / "data/hs.csv"))
    theirs = np.array(case["scores"][method], dtype=float)
    assert fit.scores(method)[case["columns"]].to_numpy()[: len(theirs)] == pytest.approx(theirs, abs=1e-5)


def test_positions_are_those_in_the_data():
    data = pd.read_csv(TESTS / "data/hs_gaps.csv")
    complete = np.flatnonzero(data[[f"x{i}" for i in range(1, 10)]].notna().all(axis=1))
    fit = sem(HS, data)
    assert list(fit.scores().index) == list(complete)
    assert fit.scores().equals(fit.scores(data=data))
    assert fit.scores().index.name == "row"


def test_full_information_scores_complete_rows_by_the_formula_for_complete_rows():
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = sem(HS, data, missing="fiml")
    gaps = data.copy()
    gaps.loc[::7, "x5"] = np.nan
    kept = np.setdiff1d(np.arange(301), np.arange(0, 301, 7))
    for method in LAVAAN:
        whole, partly = fit.scores(method), fit.scores(method, data=gaps)
        assert partly.loc[kept].to_numpy() == pytest.approx(whole.loc[kept].to_numpy(), abs=1e-12)
        assert len(partly) == 301
        assert (partly["textual"] != whole["textual"])[::7].all()
    # What is not answered is uncertain.
    errors = fit.scores(data=gaps, errors=True)["textual_se"]
    assert (errors[::7] > errors[1]).all()


def test_regression_scores_are_bartletts_drawn_towards_the_mean():
    """Regression scores are the shrunken ones: Phi (Phi + error)^-1 of Bartlett's; Bartlett (1937)."""
    fit = cfa(HS, pd.read_csv(TESTS / "data/hs.csv"))
    sigma, loadings = fit.implied()[0].to_numpy(), np.zeros((9, 3))
    est = fit.estimates()
    for row in est[est["op"] == "=~"].itertuples():
        loadings[fit.table.observed.index(row.rhs), fit.table.latent.index(row.lhs)] = row.est
    phi = fit.latent_moments()[0].to_numpy()
    error = np.linalg.inv(loadings.T @ np.linalg.inv(sigma) @ loadings) - phi
    drawn = fit.scores("bartlett").to_numpy() @ np.linalg.solve(phi + error, phi)
    assert fit.scores().to_numpy() == pytest.approx(drawn, abs=1e-10)
    assert fit.scores("Bartlett", errors=True)["visual_se"].to_numpy() == pytest.approx(error[0, 0] ** 0.5)
    # Bartlett's scores have the variance of the truth and that of their error, regression scores less than the truth.
    both = fit.scores(errors=True)
    assert (both["visual"].var(ddof=0) + both["visual_se"][0] ** 2) == pytest.approx(phi[0, 0], rel=0.05)


def test_rescaled_items_leave_scores_in_the_units_of_the_marker():
    data = pd.read_csv(TESTS / "data/hs.csv")
    far = data.assign(x1=data["x1"] * 1e4, x9=data["x9"] / 1e4)
    for method in LAVAAN:
        one, other = sem(HS, data).scores(method, errors=True), sem(HS, far).scores(method, errors=True)
        for name, factor in (("visual", 1e4), ("visual_se", 1e4), ("speed", 1.0), ("textual_se", 1.0)):
            assert other[name].to_numpy() == pytest.approx(factor * one[name].to_numpy(), rel=1e-6, abs=1e-6 * factor)


def test_means_are_the_same_with_and_without_a_mean_structure(fits):
    for method in LAVAAN:
        one, other = fits("mimic").scores(method), fits("mimic_means").scores(method)
        assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-6)


def test_an_item_without_error_is_its_factor():
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = sem("visual =~ x1 + x2 + x3\nspeed =~ x7\nspeed ~ visual", data)
    for method in LAVAAN:
        scores = fit.scores(method, errors=True)
        assert scores["speed"].to_numpy() == pytest.approx((data["x7"] - data["x7"].mean()).to_numpy(), abs=1e-9)
        assert scores["speed_se"].to_numpy() == pytest.approx(0, abs=1e-6)
        assert fit.predicted(method)["x7"].to_numpy() == pytest.approx(data["x7"].to_numpy(), abs=1e-9)


def test_bartletts_scores_of_higher_order_are_unbiased_given_the_truth(fits):
    """lavaan gives 0 here. The score's regression on the factor is 1: cov(score, g) = var(g)."""
    fit = fits("hs_second_order")
    scores = fit.scores("bartlett", errors=True)
    data = data_of("hs_second_order")
    items = data[list(fit.table.observed)]
    weights = np.linalg.lstsq((items - items.mean()).to_numpy(), scores["g"].to_numpy(), rcond=None)[0]
    est = fit.estimates().set_index(["lhs", "op", "rhs"])["est"]
    of_g = np.array([
        est[factor, "=~", item] * est["g", "=~", factor]
        for item in fit.table.observed
        for factor in ("visual", "textual", "speed")
        if (factor, "=~", item) in est.index
    ])  # fmt: skip
    assert weights @ of_g == pytest.approx(1, abs=1e-9)
    variance = weights @ fit.implied()[0].to_numpy() @ weights
    assert scores["g_se"].iloc[0] == pytest.approx(np.sqrt(variance - est["g", "~~", "g"]), rel=1e-9)


def test_a_row_that_says_nothing_of_a_factor():
    data = pd.read_csv(TESTS / "data/hs_gaps.csv")
    fit = sem(HS, data, missing="fiml")
    silent = pd.DataFrame([[5.0, 6.0, 2.0, *[np.nan] * 3, 4.0, 5.0, 6.0]], columns=[f"x{i}" for i in range(1, 10)])
    bartlett = fit.scores("bartlett", data=silent, errors=True).iloc[0]
    assert np.isnan(bartlett["textual"])
    assert np.isnan(bartlett["textual_se"])
    assert np.isfinite(bartlett[["visual", "speed"]]).all()
    # The other factors tell something of it: the regression score is their prediction, with a large error.
    regression = fit.scores(data=silent, errors=True).iloc[0]
    textual = fit.latent_moments()[0].loc["textual", "textual"]
    assert 0.8 * textual < regression["textual_se"] ** 2 < textual
    predicted = fit.predicted("bartlett", data=silent).iloc[0]
    assert np.isnan(predicted[["x4", "x5", "x6"]]).all()
    assert np.isfinite(predicted[["x1", "x9"]]).all()
    nobody = pd.DataFrame(np.full((1, 9), np.nan), columns=silent.columns)
    assert fit.scores(data=nobody).empty


def test_rows_are_scored_by_the_parameters_of_their_group(fits):
    fit, data = fits("hs_scalar"), data_of("hs_scalar")
    one = fit.scores(data=data[data["school"] == "Pasteur"].head(1))
    assert one.to_numpy() == pytest.approx(fit.scores().loc[[0]].to_numpy())
    moved = data.head(1).assign(school="Grant-White")
    assert abs(fit.scores(data=moved) - one).to_numpy().max() > 0.01
    unknown = data.assign(school=np.where(data.index < 5, "Harvard", data["school"]))
    with pytest.raises(ResponseError, match=r"groups that the fit does not know: Harvard.*Pasteur, Grant-White"):
        fit.scores(data=unknown)
    with pytest.raises(ResponseError, match="'school' is not there"):
        fit.scores(data=data.drop(columns="school"))
    assert len(fit.scores(data=data.assign(school=data["school"].where(data.index > 9)))) == 291


@pytest.mark.parametrize("options", [{}, {"group": "school"}, {"missing": "fiml"}])
def test_products_in_other_rows_are_centred_as_in_the_sample(options):
    data = pd.read_csv(TESTS / ("data/hs_gaps.csv" if options.get("missing") else "data/hs.csv"))
    fit = sem(HS + "speed ~ visual + textual + visual:textual\n", data, **options)
    assert "visual:textual" in fit.scores().columns
    assert fit.scores(data=data).to_numpy() == pytest.approx(fit.scores().to_numpy(), abs=1e-9)
    some = data.iloc[[3, 250]]
    assert fit.scores(data=some).to_numpy() == pytest.approx(fit.scores().loc[[3, 250]].to_numpy(), abs=1e-9)


def test_a_composite_is_its_weighted_sum():
    data = pd.read_csv(TESTS / "data/hs.csv")
    fit = sem("C <~ x1 + x2 + x3\nspeed =~ x7 + x8 + x9\nspeed ~ C", data)
    weights = fit.estimates().query("op == '<~'").set_index("rhs")["est"]
    items = data[list(weights.index)]
    for method in LAVAAN:
        scores = fit.scores(method, errors=True)
        assert list(scores.columns) == ["C", "speed", "C_se", "speed_se"]
        assert scores["C"].to_numpy() == pytest.approx(((items - items.mean()) @ weights).to_numpy(), abs=1e-8)
        assert scores["C_se"].max() < 1e-6
        assert fit.predicted(method)["x2"].to_numpy() == pytest.approx(data["x2"].to_numpy(), abs=1e-8)


def test_moments_without_rows():
    data = pd.read_csv(TESTS / "data/hs.csv")
    items = data[[f"x{place}" for place in range(1, 10)]]
    fit = cfa(HS, moments(items.cov(), 301, mean=items.mean()))
    assert fit.scores(data=data).to_numpy() == pytest.approx(cfa(HS, data).scores().to_numpy(), abs=1e-7)
    with pytest.raises(OptionError, match=r"made from moments; give the rows to score: data="):
        fit.scores()
    with pytest.raises(OptionError, match="nobody knows where a score of 0 lies"):
        cfa(HS, moments(items.cov(), 301)).scores(data=data)


def test_refusals(fits):
    fit = fits("hs_ml")
    with pytest.raises(OptionError, match=r"unknown method 'bartlet'\. Did you mean 'bartlett'"):
        fit.scores("bartlet")
    with pytest.raises(ResponseError, match="x9"):
        fit.scores(data=data_of("hs_ml").drop(columns="x9"))
    paths = sem("x7 ~ x1 + x2", data_of("hs_ml"))
    with pytest.raises(OptionError, match="no latent variables"):
        paths.scores()
    stuck = fit.replace(converged=False)
    with pytest.raises(EstimationError, match="did not converge"):
        stuck.scores()


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
@pytest.mark.parametrize("method", ["regression", "bartlett"])
def test_a_negative_variance_leaves_scores_without_an_error(method):
    # attr(lavPredict(cfa(MODEL, hs), se = "standard"), "se"): NA, 0.3308262
    data = pd.read_csv(TESTS / "data/hs.csv")
    data["x3"] = data["x2"] + data["x9"] / 20
    found = cfa("visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6", data).scores(method, errors=True)
    assert found["visual"].notna().all()
    assert found["visual_se"].isna().all()
    assert (found["textual_se"] > 0.3).all()
