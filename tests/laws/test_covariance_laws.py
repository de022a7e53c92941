"""Laws of the covariance engine that hold for any data: order, units, signs, and inputs that never change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rantau.covariance import sem

ITEMS = [f"{letter}{k}" for letter in "abc" for k in (1, 2, 3)]
TEXT = "A =~ a1 + a2 + a3\nB =~ b1 + b2 + b3\nC =~ c1 + c2 + c3\nB ~ A\nC ~ A + B\n"
QUICK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: Each estimator with complete rows, the likelihood of rows with gaps, and groups.
ROADS = {
    "ML": {},
    "FIML": {"missing": "fiml"},
    "GLS": {"estimator": "GLS"},
    "WLS": {"estimator": "WLS"},
    "groups": {"group": "town"},
    "groups, equal": {"group": "town", "group_equal": ("loadings", "intercepts")},
}
seeds = st.integers(0, 10_000)
roads = st.sampled_from(sorted(ROADS))


def drawn(seed: int, n: int = 160) -> pd.DataFrame:
    """Answers that fit the model well enough for every solution to be admissible."""
    rng = np.random.default_rng(seed)
    a, e, f = rng.normal(size=(3, n))
    b = 0.5 * a + 0.8 * e
    c = 0.3 * a + 0.4 * b + 0.8 * f
    columns = [0.8 * factor + 0.6 * rng.normal(size=n) for factor in (a, b, c) for _ in range(3)]
    return pd.DataFrame(np.column_stack(columns), columns=ITEMS)


def for_road(road: str, seed: int) -> pd.DataFrame:
    """The same with gaps where the road takes them, and in two towns where it goes through both."""
    data = drawn(seed, 320 if "groups" in road or road == "WLS" else 160)
    rng = np.random.default_rng(seed + 1)
    if road == "FIML":
        gaps = rng.random(data.shape) < 0.1
        gaps[:, 0] = False
        data = data.mask(gaps)
    return data.assign(town=np.where(np.arange(len(data)) % 2, "Bandung", "Padang"))


def estimates(fit) -> pd.Series:
    return fit.estimates().set_index(["group", "lhs", "op", "rhs"])["est"]


def same(one: pd.Series, other: pd.Series, **tolerance: float) -> None:
    assert other[one.index].to_numpy() == pytest.approx(one.to_numpy(), **tolerance)


@QUICK
@given(seeds, roads)
def test_row_order_is_irrelevant(seed, road):
    data = for_road(road, seed)
    first = data.index[[0]]  # groups are numbered as they are met
    shuffled = pd.concat([data.loc[first], data.drop(first).sample(frac=1, random_state=seed % 97)])
    fit, other = sem(TEXT, data, **ROADS[road]), sem(TEXT, shuffled, **ROADS[road])
    assert fit.groups == other.groups
    same(estimates(fit), estimates(other), abs=1e-7)
    assert other.fit_indices().to_dict() == pytest.approx(fit.fit_indices().to_dict(), rel=1e-6, abs=1e-7, nan_ok=True)


@QUICK
@given(seeds)
def test_columns_that_are_not_in_the_model_and_their_order_are_irrelevant(seed):
    data = drawn(seed)
    other = data[ITEMS[::-1]].assign(comment="text", more=1.0)
    assert np.array_equal(sem(TEXT, data).values(), sem(TEXT, other).values())


@QUICK
@given(seeds, st.permutations(["a1", "a2", "a3"]), roads)
def test_item_order_is_irrelevant_but_for_the_marker(seed, order, road):
    data = for_road(road, seed)
    fit = sem(TEXT, data, std_lv=True, **ROADS[road])
    other = sem(TEXT.replace("a1 + a2 + a3", " + ".join(order)), data, std_lv=True, **ROADS[road])
    # The sign of a factor is the sign of its first item, here always positive.
    same(estimates(fit), estimates(other), abs=1e-6)
    assert other.fit_indices()["chisq"] == pytest.approx(fit.fit_indices()["chisq"], rel=1e-8)


@QUICK
@given(seeds, st.permutations(["A", "B", "C"]), roads)
def test_statement_order_is_irrelevant(seed, order, road):
    data = for_road(road, seed)
    lines = {line[0]: line for line in TEXT.splitlines()[:3]}
    text = "\n".join(["C ~ A + B", *(lines[name] for name in order), "B ~ A"])
    fit, other = sem(TEXT, data, **ROADS[road]), sem(text, data, **ROADS[road])
    same(estimates(fit), estimates(other), abs=1e-6)


@QUICK
@given(seeds, st.sampled_from(["a2", "b3", "c2"]), st.floats(1e-5, 1e5), st.floats(-1e3, 1e3), roads)
def test_rescaling_an_item_rescales_its_own_numbers_only(seed, item, unit, shift, road):
    data = for_road(road, seed)
    fit = sem(TEXT, data, **ROADS[road])
    other = sem(TEXT, data.assign(**{item: data[item] * unit + shift * unit}), **ROADS[road])
    wanted = estimates(fit).copy()
    for key in wanted.index:
        power = (key[3] == item) + (key[1] == item)
        wanted[key] = (wanted[key] + shift * (key[2] == "~1" and power)) * unit**power
    same(wanted, estimates(other), rel=1e-5, abs=1e-6)
    assert other.fit_indices()["chisq"] == pytest.approx(fit.fit_indices()["chisq"], rel=1e-6, abs=1e-6)
    one, two = (each.standardized().query("op != '~1'") for each in (fit, other))
    assert one["est_std"].to_numpy() == pytest.approx(two["est_std"].to_numpy(), abs=1e-6)
    # An item's mean counts in its own standard deviations, so a shift moves that; nothing else moves.
    z = other.estimates()["z"].to_numpy(), fit.estimates()["z"].to_numpy()
    still = ~((fit.estimates()["op"] == "~1") & (fit.estimates()["lhs"] == item)).to_numpy()
    assert z[0][still] == pytest.approx(z[1][still], rel=1e-4, abs=1e-4, nan_ok=True)


@QUICK
@given(seeds, st.sampled_from(["a2", "b3", "c2"]), roads)
def test_reversing_an_item_turns_the_sign_of_its_loading(seed, item, road):
    data = for_road(road, seed)
    fit = sem(TEXT, data, **ROADS[road])
    other = sem(TEXT, data.assign(**{item: 8 - data[item]}), **ROADS[road])
    wanted = estimates(fit).copy()
    for key in wanted.index:
        if key[2] == "=~" and key[3] == item:
            wanted[key] *= -1
        elif key[2] == "~1" and key[1] == item:
            wanted[key] = 8 - wanted[key]
    same(wanted, estimates(other), abs=1e-6)


@QUICK
@given(seeds, st.sampled_from([road for road in sorted(ROADS) if road[1:] != "LS"]))  # whose divisor is n - 1
def test_doubling_the_rows_doubles_chi_square_and_leaves_the_estimates(seed, road):
    data = for_road(road, seed)
    fit, twice = sem(TEXT, data, **ROADS[road]), sem(TEXT, pd.concat([data, data]), **ROADS[road])
    same(estimates(fit), estimates(twice), abs=1e-7)
    assert twice.fit_indices()["chisq"] == pytest.approx(2 * fit.fit_indices()["chisq"], rel=1e-7)
    assert twice.estimates()["se"].to_numpy() == pytest.approx(fit.estimates()["se"].to_numpy() / np.sqrt(2), rel=1e-6)


@QUICK
@given(seeds, roads)
def test_marker_and_unit_variance_are_one_model(seed, road):
    if road == "groups, equal":  # with equal loadings a unit variance in every group says more
        road = "groups"
    data = for_road(road, seed)
    marker, unit = sem(TEXT, data, **ROADS[road]), sem(TEXT, data, std_lv=True, **ROADS[road])
    one, other = marker.fit_indices(), unit.fit_indices()
    assert one.to_dict() == pytest.approx(other.to_dict(), rel=1e-7, abs=1e-7, nan_ok=True)
    assert marker.implied()[0].to_numpy() == pytest.approx(unit.implied()[0].to_numpy(), abs=1e-6)
    loadings = [fit.standardized().query("op == '=~'")["est_std"].to_numpy() for fit in (marker, unit)]
    assert loadings[0] == pytest.approx(loadings[1], abs=1e-6)


@QUICK
@given(seeds)
def test_swapping_groups_swaps_their_numbers(seed):
    data = for_road("groups", seed)
    fit = sem(TEXT, data, group="town")
    other = sem(TEXT, data.iloc[::-1], group="town")
    assert other.groups == fit.groups[::-1]
    one, two = estimates(fit), estimates(other)
    assert two[1].to_numpy() == pytest.approx(one[2].to_numpy(), abs=1e-7)
    assert two[2].to_numpy() == pytest.approx(one[1].to_numpy(), abs=1e-7)
    assert other.fit_indices()["chisq"] == pytest.approx(fit.fit_indices()["chisq"], rel=1e-9)


@QUICK
@given(seeds, roads)
def test_equality_never_improves_the_fit(seed, road):
    data = for_road(road, seed)
    bound = TEXT.replace("B ~ A", "B ~ k*A").replace("C ~ A + B", "C ~ k*A + B")
    fit, restricted = sem(TEXT, data, **ROADS[road]), sem(bound, data, **ROADS[road])
    assert restricted.statistics.df == fit.statistics.df + (3 if "groups" in road else 1)
    assert restricted.statistics.chisq >= fit.statistics.chisq - 1e-7


@QUICK
@given(seeds)
def test_inputs_never_change(seed):
    data = drawn(seed)
    before = data.copy(deep=True)
    fit = sem(TEXT, data)
    fit.estimates()
    fit.fit_indices()
    pd.testing.assert_frame_equal(data, before)
    theta = fit.theta.copy()
    data.loc[:, :] = 0.0  # what happens to the data afterwards is nothing to the fit
    assert np.array_equal(fit.theta, theta)
    assert fit.sample.values.std() > 0


@QUICK
@given(seeds)
def test_data_that_the_model_implies_are_given_back(seed):
    """A sample whose covariances are exactly the implied ones fits exactly, by every estimator alike."""
    fit = sem(TEXT, drawn(seed))
    sigma = fit.implied()[0].to_numpy()
    raw = np.random.default_rng(seed).normal(size=(400, 9))
    raw -= raw.mean(axis=0)
    whitened = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / 400)).T
    exact = pd.DataFrame(whitened @ np.linalg.cholesky(sigma).T, columns=fit.table.observed)
    least_squares = [{"estimator": name, "likelihood": "normal"} for name in ("GLS", "ULS")]
    for options in ({}, {"missing": "fiml"}, *least_squares):
        again = sem(TEXT, exact, **options)
        assert again.statistics.chisq == pytest.approx(0, abs=1e-7)
        same(estimates(fit), estimates(again), abs=1e-6)
