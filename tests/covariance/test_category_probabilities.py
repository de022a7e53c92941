"""Probabilities of categories: over everybody, at given places, and the laws that join them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import rantau as rt
from rantau.errors import EstimationError, OptionError

HS = "visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9"
XS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def hs4():
    return pd.read_csv(Path(__file__).parents[1] / "data/hs4.csv")


@pytest.fixture(scope="module")
def fit(hs4):
    return rt.cfa(HS, hs4, ordered=XS)


@pytest.fixture(scope="module")
def mixed(hs4):
    return rt.cfa(HS, hs4, ordered=XS[:6], parameterization="theta")


@pytest.fixture(scope="module")
def groups(hs4):
    return rt.cfa(HS, hs4, ordered=XS, group="school", group_equal=("loadings", "thresholds"))


def test_shares_are_those_of_the_answers(hs4, fit):
    found = fit.category_probabilities()
    assert list(found.columns) == ["item", "category", "observed", "implied"]
    assert found["category"].dtype.kind == "i"
    for item, own in found.groupby("item"):
        shares = hs4[item].value_counts(normalize=True).sort_index()
        assert own["category"].tolist() == list(shares.index)
        np.testing.assert_allclose(own["observed"], shares, atol=1e-12)
    # Free thresholds reproduce them.
    np.testing.assert_allclose(found["implied"], found["observed"], atol=1e-6)


def test_categories_are_as_in_the_data_and_gaps_no_answer(hs4):
    data = hs4[["x1", "x2", "x3", "x7"]].replace({4: 10, 1: -2.5})
    data.loc[::5, "x2"] = np.nan
    found = rt.cfa("F =~ x1 + x2 + x3 + x7", data, ordered=["x1", "x2", "x3"], missing="pairwise")
    shares = found.category_probabilities().set_index(["item", "category"])["observed"]
    assert shares["x2"].index.tolist() == [-2.5, 2, 3, 10]
    assert "x7" not in shares.index
    np.testing.assert_allclose(shares["x2"], data["x2"].value_counts(normalize=True).sort_index(), atol=1e-12)


def test_equal_thresholds_imply_other_shares_than_those_of_each_group(hs4, groups):
    found = groups.category_probabilities().set_index(["group", "item", "category"]).sort_index()
    for school in ("Pasteur", "Grant-White"):
        shares = hs4.loc[hs4["school"] == school, "x5"].value_counts(normalize=True).sort_index()
        np.testing.assert_allclose(found.loc[(school, "x5"), "observed"], shares, atol=1e-12)
    assert 0.001 < (found["observed"] - found["implied"]).abs().max() < 0.1
    sums = found.groupby(["group", "item"]).sum()
    np.testing.assert_allclose(sums, 1, atol=1e-12)


@pytest.mark.parametrize("which", ["fit", "mixed", "groups"])
def test_at_a_place_they_are_areas_between_thresholds(which, request):
    model = request.getfixturevalue(which)
    found = model.category_probabilities(at={"visual": [-1, 0.5], "textual": 0.3, "speed": [0, 1]})
    assert found.groupby("row").first()[["visual", "textual", "speed"]].to_numpy().tolist() == [
        [-1, 0.3, 0],
        [0.5, 0.3, 1],
    ]
    table = model.estimates()
    for number, school in enumerate(model.groups or ("",), start=1):
        est = table[table["group"] == number].set_index(["lhs", "op", "rhs"])["est"]
        own = found[found["group"] == school] if school else found
        for item, factor, row, place in (("x2", "visual", 1, 0.5), ("x5", "textual", 0, 0.3)):
            middle, deviation = est[factor, "=~", item] * place, est[item, "~~", item] ** 0.5
            cuts = np.array([-np.inf, *(est[item, "|", f"t{k}"] for k in (1, 2, 3)), np.inf])
            chosen = own.loc[(own["item"] == item) & (own["row"] == row), "probability"]
            np.testing.assert_allclose(chosen, np.diff(norm.cdf((cuts - middle) / deviation)), atol=1e-10)


@pytest.mark.parametrize("which", ["fit", "mixed"])
def test_averaged_over_everybody_they_are_those_over_everybody(which, request):
    """The law of total probability, also where only one of three constructs, or a continuous item, is given."""
    model = request.getfixturevalue(which)
    whole = model.category_probabilities().set_index(["item", "category"])["implied"]
    name = "textual" if which == "fit" else "x9"
    mean, deviation = 0.0, 0.0
    if name == "x9":
        mean, deviation = model.implied()[1][name], model.implied()[0].loc[name, name] ** 0.5
    else:
        deviation = model.latent_moments()[0].loc[name, name] ** 0.5
    node, share = np.polynomial.hermite_e.hermegauss(60)
    found = model.category_probabilities(at={name: mean + deviation * node})
    weights = (share / share.sum())[found["row"]]
    averaged = (found["probability"] * weights).groupby([found["item"], found["category"]]).sum()
    np.testing.assert_allclose(averaged.reindex(whole.index), whole, atol=1e-6)


def test_scores_are_places_and_what_is_not_known_is_averaged_over(fit):
    scores = fit.scores("ml").head(3)
    assert scores["textual"].isna().any()
    found = fit.category_probabilities(at=scores)
    assert found["row"].unique().tolist() == [0, 1, 2]
    assert len(found) == 3 * 36
    one = fit.category_probabilities(at=scores.loc[[1], ["visual", "speed"]])
    np.testing.assert_allclose(found.loc[found["row"] == 1, "probability"], one["probability"], atol=1e-12)
    nobody = fit.category_probabilities(at={"visual": np.nan})
    np.testing.assert_allclose(nobody["probability"], fit.category_probabilities()["implied"], atol=1e-12)


def test_a_row_may_say_its_group(groups):
    at = pd.DataFrame({"visual": [0.0, 1.0], "school": ["Grant-White", "Pasteur"]})
    found, every = groups.category_probabilities(at=at), groups.category_probabilities(at=at[["visual"]])
    assert found.groupby("group")["row"].unique().apply(list).to_dict() == {"Grant-White": [0], "Pasteur": [1]}
    assert len(every) == 2 * len(found)
    merged = found.merge(every, on=["group", "row", "item", "category"])
    np.testing.assert_allclose(merged["probability_x"], merged["probability_y"], atol=1e-12)


def test_refusals(hs4, fit):
    with pytest.raises(OptionError, match="have no categories; fit them with ordered=True"):
        rt.cfa(HS, hs4).category_probabilities()
    with pytest.raises(OptionError, match=r"unknown variable in at 'visul'\. Did you mean 'visual'"):
        fit.category_probabilities(at={"visul": 1})
    with pytest.raises(OptionError, match="unknown variable in at 'x1'"):
        fit.category_probabilities(at={"x1": 1})
    with pytest.raises(OptionError, match="there is no value to look at"):
        fit.category_probabilities(at={"visual": []})
    with pytest.raises(OptionError, match="as many as the others, taken side by side"):
        fit.category_probabilities(at={"visual": [1, 2], "speed": [1, 2, 3]})
    with pytest.raises(OptionError, match=r"such as at=\{'visual': \[-1, 0, 1\]\}"):
        fit.category_probabilities(at={})
    with pytest.raises(EstimationError, match="did not converge"):
        fit.replace(converged=False).category_probabilities()
    heywood = fit.theta.copy()
    heywood[0] = 40.0
    with pytest.raises(EstimationError, match="no variance of their own"):
        fit.replace(theta=heywood).category_probabilities(at={"visual": 0})
