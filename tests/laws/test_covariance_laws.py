"""Laws of the covariance engine that hold for any data: order, units, signs, and inputs that never change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rantau.covariance import sem

ITEMS = [f"{letter}{k}" for letter in "abc" for k in (1, 2, 3)]
TEXT = "A =~ a1 + a2 + a3\nB =~ b1 + b2 + b3\nC =~ c1 + c2 + c3\nB ~ A\nC ~ A + B\n"
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 10_000)


def drawn(seed: int, n: int = 160) -> pd.DataFrame:
    """Answers that fit the model well enough for every solution to be admissible."""
    rng = np.random.default_rng(seed)
    a, e, f = rng.normal(size=(3, n))
    b = 0.5 * a + 0.8 * e
    c = 0.3 * a + 0.4 * b + 0.8 * f
    columns = [0.8 * factor + 0.6 * rng.normal(size=n) for factor in (a, b, c) for _ in range(3)]
    return pd.DataFrame(np.column_stack(columns), columns=ITEMS)


def estimates(fit) -> pd.Series:
    return fit.estimates().set_index(["lhs", "op", "rhs"])["est"]


@QUICK
@given(seeds)
def test_row_order_is_irrelevant(seed):
    data = drawn(seed)
    fit, shuffled = sem(TEXT, data), sem(TEXT, data.sample(frac=1, random_state=seed % 97))
    assert estimates(shuffled).to_numpy() == pytest.approx(estimates(fit).to_numpy(), abs=1e-8)


@QUICK
@given(seeds)
def test_columns_that_are_not_in_the_model_and_their_order_are_irrelevant(seed):
    data = drawn(seed)
    other = data[ITEMS[::-1]].assign(comment="text", more=1.0)
    assert np.array_equal(sem(TEXT, data).values(), sem(TEXT, other).values())


@QUICK
@given(seeds, st.permutations(["a1", "a2", "a3"]))
def test_item_order_is_irrelevant_but_for_the_marker(seed, order):
    data = drawn(seed)
    fit = sem(TEXT, data, std_lv=True)
    other = sem(TEXT.replace("a1 + a2 + a3", " + ".join(order)), data, std_lv=True)
    # The sign of a factor is the sign of its first item, here always positive.
    assert estimates(other)[estimates(fit).index].to_numpy() == pytest.approx(estimates(fit).to_numpy(), abs=1e-6)
    assert other.fit_indices()["chisq"] == pytest.approx(fit.fit_indices()["chisq"], rel=1e-8)


@QUICK
@given(seeds, st.sampled_from(["a2", "b3", "c2"]), st.floats(1e-5, 1e5), st.floats(-1e3, 1e3))
def test_rescaling_an_item_rescales_its_own_numbers_only(seed, item, unit, shift):
    data = drawn(seed)
    fit, other = sem(TEXT, data), sem(TEXT, data.assign(**{item: data[item] * unit + shift * unit}))
    wanted = estimates(fit).copy()
    for key in wanted.index:
        power = (key[2] == item) + (key[0] == item)
        wanted[key] *= unit**power
    assert estimates(other).to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-5)
    assert other.fit_indices()["chisq"] == pytest.approx(fit.fit_indices()["chisq"], rel=1e-7, abs=1e-7)
    one, two = (each.standardized()["est_std"].to_numpy() for each in (fit, other))
    assert one == pytest.approx(two, abs=1e-6)


@QUICK
@given(seeds, st.sampled_from(["a2", "b3", "c2"]))
def test_reversing_an_item_turns_the_sign_of_its_loading(seed, item):
    data = drawn(seed)
    fit, other = sem(TEXT, data), sem(TEXT, data.assign(**{item: 8 - data[item]}))
    wanted = estimates(fit).copy()
    loading = next(key for key in wanted.index if key[1] == "=~" and key[2] == item)
    wanted[loading] *= -1
    assert estimates(other).to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-6)


@QUICK
@given(seeds)
def test_doubling_the_rows_doubles_chi_square_and_leaves_the_estimates(seed):
    data = drawn(seed)
    fit, twice = sem(TEXT, data), sem(TEXT, pd.concat([data, data]))
    assert estimates(twice).to_numpy() == pytest.approx(estimates(fit).to_numpy(), abs=1e-7)
    assert twice.fit_indices()["chisq"] == pytest.approx(2 * fit.fit_indices()["chisq"], rel=1e-7)
    assert twice.estimates()["se"].to_numpy() == pytest.approx(fit.estimates()["se"].to_numpy() / np.sqrt(2), rel=1e-6)


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
    """A sample whose covariances are exactly the implied ones fits exactly, with the same parameters."""
    fit = sem(TEXT, drawn(seed))
    sigma = fit.implied()[0].to_numpy()
    raw = np.random.default_rng(seed).normal(size=(400, 9))
    raw -= raw.mean(axis=0)
    whitened = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / 400)).T
    exact = pd.DataFrame(whitened @ np.linalg.cholesky(sigma).T, columns=fit.table.observed)
    again = sem(TEXT, exact)
    assert again.fit_indices()["chisq"] == pytest.approx(0, abs=1e-8)
    assert estimates(again).to_numpy() == pytest.approx(estimates(fit).to_numpy(), abs=1e-6)
