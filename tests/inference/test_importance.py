"""The importance-performance map and necessary conditions: cSEM's numbers, and areas by hand."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError, ResponseError
from rantau.inference.ceiling import Scope, hull, zone

TESTS = Path(__file__).parent.parent
GOLDEN = json.loads((TESTS / "golden" / "prediction" / "csem_reputation_ipma.json").read_text())


@pytest.fixture(scope="module")
def reputation():
    return pd.read_csv(TESTS / "data" / "reputation_mean_imputed.csv")


@pytest.fixture(scope="module")
def fit(reputation):
    return rt.pls(GOLDEN["model"], reputation)


@pytest.fixture(scope="module")
def mobile():
    return pd.read_csv(TESTS / "data" / "mobile.csv")


def _matrix(block):
    return pd.DataFrame(block["values"], index=block["rows"], columns=block["cols"])


@pytest.mark.parametrize("target", ["COMP", "LIKE", "CUSA", "CUSL"])
def test_csem(fit, target):
    found = rt.importance(fit, target)
    ours, theirs = found.constructs(), _matrix(GOLDEN["construct_importance"]).loc[target]
    assert list(ours.index) == list(theirs[theirs != 0].index)
    np.testing.assert_allclose(ours.importance, theirs[ours.index], atol=1e-7)
    np.testing.assert_allclose(ours.performance, [GOLDEN["construct_perf"][name] for name in ours.index], atol=1e-7)
    assert found.target_performance == pytest.approx(GOLDEN["construct_perf"][target], abs=1e-7)
    items = found.items().set_index("item")
    theirs = _matrix(GOLDEN["ind_importance"]).loc[target]
    np.testing.assert_allclose(items.importance, theirs[items.index], atol=1e-7)
    np.testing.assert_allclose(items.performance, [GOLDEN["ind_perf"][name] for name in items.index], atol=1e-10)


def test_rescaling(fit, reputation):
    plain, scaled = rt.importance(fit, "CUSL"), rt.importance(fit, "CUSL", bounds=(1, 7))
    # One scale for all: effects stay, performances run from 0 to 100.
    np.testing.assert_allclose(scaled.effects, plain.effects, atol=1e-12)
    np.testing.assert_allclose(scaled.performances, 100 * (plain.performances - 1) / 6, atol=1e-10)
    ends = dict.fromkeys(fit.sample.names, (1.0, 7.0)) | {"cusa": (0, 10)}
    mixed = rt.importance(fit, "CUSL", bounds=ends).constructs()
    # A point on a longer scale is a smaller part of it, so a hundredth of the scale weighs more.
    assert mixed.importance["CUSA"] == pytest.approx(plain.constructs().importance["CUSA"] * 10 / 6)
    assert mixed.performance["CUSA"] == pytest.approx(10 * reputation.cusa.mean())
    np.testing.assert_allclose(mixed.importance_standardized, plain.standardized, atol=1e-12)


def test_bounds_as_an_instrument_declares_them():
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    answers = rt.read_responses("surveys/mobile/responses.csv", survey)
    fit = rt.pls(rt.read_model("models/mobile.sem"), answers)
    declared, said = rt.importance(fit, "Loyalty", bounds=survey), rt.importance(fit, "Loyalty", bounds=(1, 10))
    pd.testing.assert_frame_equal(declared.items(), said.items())


def test_quadrants_and_negative_weights(fit):
    found = rt.importance(fit, "CUSL", bounds=(1, 7))
    assert found.constructs().quadrant["LIKE"] == "concentrate here"
    assert found.negative == ("qual_4",)
    assert "negative weights, which a map cannot tell sensibly: qual_4" in str(found)
    assert "0 to 100" in repr(found)
    assert found._repr_html_().count("<table") == 2


def test_higher_orders_and_products(mobile):
    blocks = "Image =~ IMAG1 + IMAG2 + IMAG3\nValue =~ PERV1 + PERV2\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\n"
    fit = rt.pls(blocks + "Both =~ Image + Value\nSatisfaction ~ Both", mobile)
    found = rt.importance(fit, "Satisfaction", bounds=(1, 10))
    assert found.names == ("Both",)
    items = found.items()
    assert list(items.item) == ["IMAG1", "IMAG2", "IMAG3", "PERV1", "PERV2"]
    assert items.weight.sum() == pytest.approx(1)
    assert found.performances[0] == pytest.approx((items.weight * items.performance).sum())
    product = rt.pls(blocks + "Satisfaction ~ Image + Value + Image:Value", mobile)
    assert rt.importance(product, "Satisfaction").names == ("Image", "Value")


def test_control_variables_are_left_out(mobile):
    blocks = "Image =~ IMAG1 + IMAG2 + IMAG3\nValue =~ PERV1 + PERV2\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\n"
    rng = np.random.default_rng(3)
    data = mobile.assign(age=mobile[["CUSA1", "CUSA2", "CUSA3"]].sum(axis=1) + rng.normal(0, 2, size=len(mobile)))
    ends = dict.fromkeys(data.columns, (1, 10)) | {"age": (-10, 60)}
    fit = rt.pls(blocks + "Satisfaction ~ Image + Value + age", data)
    found = rt.importance(fit, "Satisfaction", bounds=ends)
    assert (found.names, found.controls) == (("Image", "Value"), ("age",))
    assert set(found.items().construct) == {"Image", "Value"}
    assert "left out, as control variables: age" in str(found)
    # As a part of the theory it is there, above all others, and moves the means that part the quarters.
    claimed = rt.pls(blocks + "Satisfaction ~ Image + Value\nSatisfaction ~ age  # H1 (+)", data)
    whole = rt.importance(claimed, "Satisfaction", bounds=ends)
    assert (whole.names, whole.controls) == (("Image", "Value", "age"), ())
    assert whole.constructs().importance.idxmax() == "age"
    np.testing.assert_allclose(whole.effects[:2], found.effects, rtol=1e-10)
    np.testing.assert_allclose(whole.performances[:2], found.performances, rtol=1e-10)
    with pytest.raises(OptionError, match="only control variables lead to 'Satisfaction', and no map shows these"):
        rt.importance(rt.pls(blocks.split("\n")[2] + "\nSatisfaction ~ age", data), "Satisfaction")


def test_refusals(fit, reputation):
    with pytest.raises(OptionError, match=r"no path of the model leads to 'CUSAA'. Did you mean 'CUSA'"):
        rt.importance(fit, "CUSAA")
    with pytest.raises(OptionError, match="the answers to 'qual_1' run from 1 to 7, beyond the bounds 1 to 5"):
        rt.importance(fit, "CUSL", bounds=(1, 5))
    with pytest.raises(OptionError, match="bounds has no entry for the item 'qual_2'"):
        rt.importance(fit, "CUSL", bounds={"qual_1": (1, 7)})
    with pytest.raises(OptionError, match=r"the lower first, such as \(1, 7\); got \(7, 1\)"):
        rt.importance(fit, "CUSL", bounds=(7, 1))
    consistent = rt.pls("A =~ comp_1 + comp_2; B =~ like_1 + like_2; B ~ A", reputation, consistent=True)
    with pytest.raises(OptionError, match="Take consistent=False"):
        rt.importance(consistent, "B")
    with pytest.raises(OptionError, match=r"a fit by rt.pls is needed, got a SemFit"):
        rt.importance(rt.sem("A =~ comp_1 + comp_2 + comp_3; A ~ cusa", reputation), "A")


# -- necessary conditions ------------------------------------------------------------------------------


def test_areas_by_hand():
    """Corners (0, 2), (3, 5), (4, 6); scope 0 to 5 by 1 to 6."""
    data = pd.DataFrame({"x": [0.0, 1, 3, 4, 5, 2], "y": [2.0, 1, 5, 6, 3, 2]})
    found = rt.necessity(data, "y", permutations=0)
    table = found.table().set_index("ceiling")
    assert table.effect["ce_fdh"] == pytest.approx((3 * 4 + 1 * 1) / 25)
    assert table.corners["ce_fdh"] == 3
    slope, intercept = np.polyfit([0, 3, 4], [2, 5, 6], 1)
    assert (table.slope["cr_fdh"], table.intercept["cr_fdh"]) == pytest.approx((slope, intercept))
    assert table.effect["cr_fdh"] == pytest.approx(4 * 4 / 2 / 25)
    assert table["size"].tolist() == ["very large", "large"]
    assert np.isnan(table.p["ce_fdh"])
    # What is needed: the step where the outcome is first reached, or the line.
    needs = found.bottlenecks(levels=[1, 2.5, 5, 6, 7], unit="actual").x
    np.testing.assert_array_equal(needs, [np.nan, 3, 3, 4, np.inf])
    line = found.bottlenecks(ceiling="cr_fdh", levels=[0, 80, 100]).x
    np.testing.assert_allclose(line, [np.nan, 60, 80])
    assert found.required(5).below["x"] == pytest.approx(3 / 6)
    shares = found.bottlenecks(levels=[1, 2.5, 5, 6, 7], unit="percentile").x
    np.testing.assert_allclose(shares, [np.nan, 50, 50, 400 / 6, 100])


def test_levels_are_met_to_the_last_digit_but_rounding():
    """low + (high - low) is not always high, and a tenth of a scope not always the answer that stands there."""
    random = np.random.default_rng(0)
    for _ in range(50):
        found = rt.necessity(pd.DataFrame(random.normal(size=(20, 2)), columns=["x", "y"]), "y", permutations=0)
        needs = found.bottlenecks().x
        assert np.isnan(needs.iloc[0])
        assert not np.isinf(needs).any()
    # A cloud under a line that ends in the upper right corner of the scope.
    values = np.arange(1, 12) / 7
    line = rt.necessity(pd.DataFrame({"x": values, "y": values * 3.3}), "y", permutations=0)
    for kind in ("ce_fdh", "cr_fdh"):
        needs = line.bottlenecks(ceiling=kind).x
        np.testing.assert_allclose(needs, [np.nan, *range(10, 101, 10)], atol=1e-6)


@pytest.mark.parametrize("kind", ["ce_fdh", "cr_fdh"])
def test_areas_against_a_fine_grid(kind):
    generator = np.random.default_rng(4)
    x, y = generator.uniform(2, 9, size=(2, 40))
    y = np.minimum(y, x + 2)
    scope = Scope(0, 10, 0, 12)
    found = hull(x, y[None])
    corners = [(a, b) for a, b, c in zip(found.x, found.top[0], found.peer[0], strict=True) if c]
    grid = np.linspace(0, 10, 200_001)
    if kind == "ce_fdh":
        height = np.array([0.0, *found.top[0]])[np.searchsorted(found.x, grid, side="right")]
    else:
        slope, intercept = np.polyfit(*zip(*corners, strict=True), 1)
        height = np.clip(intercept + slope * grid, 0, 12)
    assert zone(found, scope, kind)[0] == pytest.approx(10 * (12 - height).mean(), rel=1e-4)


def test_ties_and_no_empty_corner():
    """At the least value of the condition the outcome is as high as anywhere: nothing is necessary."""
    data = pd.DataFrame({"x": [1.0, 1, 2, 3], "y": [1.0, 4, 2, 3]})
    found = rt.necessity(data, "y", permutations=50)
    np.testing.assert_array_equal(found.effects, 0)
    np.testing.assert_array_equal(found.p_values, 1)
    assert found.table()["size"].tolist() == ["none", "none"]
    assert found.bottlenecks(ceiling="cr_fdh").isna().all(axis=None)
    wider = rt.necessity(data, "y", scope={"x": (0, 3)}, permutations=0)
    # The strip that no case comes to is empty.
    np.testing.assert_allclose(wider.effects, 1 / 3)


def test_published_numbers_of_a_line():
    """Contractual detail as a condition of innovation, 48 relations of two firms (van der Valk et al., 2016).

    Dul, J. (2021-2026), Advances in Necessary Condition Analysis, section 1.5, prints what the R package NCA says of
    its CR-FDH line: scope 15.40 (1.86 to 5.71 by 1 to 5), ceiling zone 2.893, effect 0.188, slope 0.544, intercept
    2.214, condition inefficiency 15.298 % and outcome inefficiency 55.642 %, and the bottleneck table. The two
    inefficiencies say where the line enters and leaves the scope: two corners there have the same line.
    """
    x_low, x_high, y_low, y_high = 1.86, 5.71, 1.0, 5.0
    enters = y_low + 0.55642 * (y_high - y_low)
    leaves = x_high - 0.15298 * (x_high - x_low)
    data = pd.DataFrame({"x": [x_low, leaves, x_high, 3.0], "y": [enters, y_high, y_low, 2.0]})
    found = rt.necessity(data, "y", permutations=0)
    row = found.table().set_index("ceiling").loc["cr_fdh"]
    published = {"scope": 15.40, "zone": 2.893, "effect": 0.188, "slope": 0.544, "intercept": 2.214}
    for name, value in published.items():
        assert row[name] == pytest.approx(value, abs=5e-4), name
    needs = found.bottlenecks(ceiling="cr_fdh").x
    assert needs.loc[:50].isna().all()
    assert needs.loc[60:].tolist() == pytest.approx([8.3, 27.4, 46.5, 65.6, 84.7], abs=0.05)


def test_permutations_tell_a_ceiling_from_chance():
    generator = np.random.default_rng(9)
    x, chance = generator.uniform(size=(2, 120))
    data = pd.DataFrame({"needed": x, "chance": chance, "y": generator.uniform(size=120) * x})
    table = rt.necessity(data, "y", permutations=999).table().set_index(["condition", "ceiling"])
    assert table.p[("needed", "ce_fdh")] == pytest.approx(0.001)
    assert table.necessary[("needed", "cr_fdh")]
    assert table.p[("chance", "ce_fdh")] > 0.05
    again = rt.necessity(data, "y", conditions="needed", permutations=999)
    assert again.p_values[0, 0] == pytest.approx(0.001)


def test_p_is_the_share_of_all_orders_on_a_small_cloud():
    """Four points, whose 24 orders can be counted: one in 24 leaves as much empty as the straight rise."""
    data = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [0.0, 1, 2, 3]})
    found = rt.necessity(data, "y", permutations=20_000, ceilings="ce_fdh")
    assert found.p_values[0, 0] == pytest.approx(1 / 24, abs=0.005)


def test_combined_map(fit):
    map_of = rt.importance(fit, "CUSL", bounds=(1, 7))
    needs = rt.necessity(fit, "CUSL", bounds=(1, 7), permutations=500)
    assert needs.conditions == map_of.names
    np.testing.assert_allclose(needs.values.mean(axis=0), map_of.performances)
    assert needs.outcome.mean() == pytest.approx(map_of.target_performance)
    combined = map_of.combined(needs, level=85)
    assert combined.columns.tolist() == ["importance", "performance", "effect", "p", "necessary", "required", "below"]
    assert combined.necessary["CUSA"]
    scores = needs.values[:, needs.conditions.index("CUSA")]
    assert combined.required["CUSA"] == scores[needs.outcome >= 85].min()
    assert combined.below["CUSA"] == pytest.approx((scores < combined.required["CUSA"]).mean())
    with pytest.raises(OptionError, match="give both the same bounds="):
        map_of.combined(rt.necessity(fit, "CUSL", permutations=0))
    with pytest.raises(OptionError, match=r"Make both from one fit: rt.necessity\(fit, 'CUSL'\)"):
        map_of.combined(rt.necessity(fit, "CUSA", bounds=(1, 7), permutations=0))
    assert "500 permutations, seed 1" in str(needs)
    assert "<table" in needs._repr_html_()


def test_sampling_weights_count_in_shares_of_rows_as_so_many_rows(mobile):
    """The map and the necessity analysis of one weighted fit were refused as being in different units."""
    model = "Image =~ IMAG1 + IMAG2 + IMAG3\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Image"
    table = mobile.assign(w=1 + np.arange(len(mobile)) % 3)
    often = table.loc[table.index.repeat(table.w)].reset_index(drop=True)
    found = []
    for fit in (rt.pls(model, table, weights="w"), rt.pls(model, often)):
        needs = rt.necessity(fit, "Loyalty", bounds=(1, 10), permutations=0)
        shown = needs.table()[["effect", "accuracy"]].to_numpy().ravel()
        combined = rt.importance(fit, "Loyalty", bounds=(1, 10)).combined(needs, level=60)
        found.append([*shown, *combined[["performance", "required", "below"]].to_numpy().ravel()])
    assert found[0] == pytest.approx(found[1], abs=1e-9)
    assert 0 < found[0][-1] < 1


def test_necessity_refuses():
    data = pd.DataFrame({"x": [0.0, 1, 2], "y": [0.0, 1, 2], "same": [1.0, 1, 1]})
    with pytest.raises(EstimationError, match="no variance in same"):
        rt.necessity(data, "y")
    with pytest.raises(ResponseError, match="column 'x', row 1: a number is needed, got 'low'"):
        rt.necessity(pd.DataFrame({"x": ["low", "high"], "y": [1, 2]}), "y")
    with pytest.raises(EstimationError, match=r"0 of 2 rows have a value in each of x, y; two at least"):
        rt.necessity(pd.DataFrame({"x": [1.0, np.nan], "y": [np.nan, 2]}), "y")
    with pytest.raises(OptionError, match="unknown ceilings 'ce_fdl'"):
        rt.necessity(data, "y", conditions="x", ceilings="ce_fdl")
    with pytest.raises(OptionError, match="the scope of 'x' must hold its values, 0 to 2; got 1 to 2"):
        rt.necessity(data, "y", conditions="x", scope={"x": (1, 2)})
    with pytest.raises(OptionError, match="bounds= rescales the items of a fit"):
        rt.necessity(data, "y", bounds=(0, 1))
    with pytest.raises(OptionError, match="the scope of 'x' is two numbers"):
        rt.necessity(data, "y", conditions="x", scope={"x": 3})
    with pytest.raises(OptionError, match="scope maps columns to ends"):
        rt.necessity(data, "y", conditions="x", scope=(0, 1))
    with pytest.raises(OptionError, match="levels are numbers of the outcome"):
        rt.necessity(data, "y", conditions="x", permutations=0).bottlenecks(levels=5)
    with pytest.raises(OptionError, match="permutations must be a whole number"):
        rt.necessity(data, "y", conditions="x", permutations=2.5)


def test_necessity_needs_conditions_and_takes_names_that_are_numbers(fit):
    data = pd.DataFrame({1: [0.0, 1, 2, 3], 2: [0.0, 1, 1, 3]})
    assert rt.necessity(data, 2, permutations=0).table()["condition"].tolist() == ["1", "1"]
    with pytest.raises(OptionError, match="no condition to hold against '1': the data have no other column"):
        rt.necessity(data[[1]], "1")
    with pytest.raises(OptionError, match="conditions= names none; leave it out for all"):
        rt.necessity(data, "1", conditions=[])
    for alpha in (5, 0, "a"):
        with pytest.raises(OptionError, match=r"alpha must lie between 0 and 1, such as 0.05"):
            rt.necessity(data, "1", permutations=0).table(alpha=alpha)
    with pytest.raises(OptionError, match="ceilings= names none; leave it out for ce_fdh, cr_fdh"):
        rt.necessity(data, "1", ceilings=[])
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 4)), columns=list("abcd"))
    data += np.random.default_rng(2).normal(size=(60, 1))
    with pytest.raises(OptionError, match=r"takes a fit by rt.pls or columns of numbers, got a SemFit"):
        rt.necessity(rt.cfa("F =~ a + b + c + d", data), "F")


def test_bounds_have_an_end(fit):
    with pytest.raises(OptionError, match=r"bounds are two numbers, the lower first, such as \(1, 7\); got"):
        rt.importance(fit, fit.structure.constructs[-1], bounds=(1, np.inf))
