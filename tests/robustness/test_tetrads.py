"""Confirmatory tetrad analysis: what vanishes under one factor, and what does not."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.inference.intervals.bca import bca
from rantau.inference.replicates import Replicates
from rantau.robustness.tetrads import independent

MOBILE = "tests/data/mobile.csv"
MODEL = "Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5\nValue =~ PERV1 + PERV2\nLoyalty =~ CUSL1 + CUSL2 + CUSL3\n"
PATHS = "Value ~ Image\nLoyalty ~ Image + Value\n"


def fit():
    return rt.pls(MODEL + PATHS, pd.read_csv(MOBILE))


@pytest.mark.parametrize("k", [4, 5, 6, 7])
def test_as_many_as_bollen_and_ting_count_and_all_vanish_under_one_factor(k):
    items = tuple("abcdefg"[:k])
    found = independent(items)
    assert len(found) == k * (k - 3) // 2
    loadings = dict(zip(items, np.linspace(0.4, 0.9, k), strict=True))
    for a, b, c, d in found:
        ones = {frozenset(pair): loadings[pair[0]] * loadings[pair[1]] for pair in combinations((a, b, c, d), 2)}
        s = lambda x, y: ones[frozenset((x, y))]  # noqa: B023, E731
        assert s(a, b) * s(c, d) - s(a, c) * s(b, d) == pytest.approx(0, abs=1e-15)


def test_borrowed_items():
    assert len(independent(("a", "b", "c"), ("x",))) == 2
    # Of two and two items, only s_ax s_by - s_ay s_bx vanishes.
    (four,) = independent(("a", "b"), ("x", "y"))
    assert {frozenset(four[:2]), frozenset(four[2:])} <= {frozenset(p) for p in ("ax", "by", "ay", "bx")}
    found = rt.tetrad_test(fit(), draws=200, borrow={"Value": ["IMAG1", "IMAG2"], "Loyalty": "IMAG3"})
    assert found.verdicts().tetrads.tolist() == [5, 1, 2]
    assert found.untested == ()


def test_values_and_intervals_are_those_of_their_formulas():
    found = rt.tetrad_test(fit(), draws=400, seed=5)
    table = found.table()
    r = pd.read_csv(MOBILE).corr()
    for row in table.itertuples():
        a, b, c, d = row.tetrad.split(",")
        assert row.est == pytest.approx(r.loc[a, b] * r.loc[c, d] - r.loc[a, c] * r.loc[b, d])
    nothing = np.full(5, np.nan)
    given = Replicates(found.estimates, found.draws, nothing, nothing[None], found.acceleration)
    low, high = bca(given, 1 - 0.1 / 5)
    assert table.ci_low.tolist() == low.tolist()
    assert table.ci_high.tolist() == high.tolist()
    plain = found.table(adjust="none")
    assert ((plain.ci_high - plain.ci_low) < (table.ci_high - table.ci_low)).all()
    assert [name for name, _ in found.untested] == ["Value", "Loyalty"]
    assert "reflective" in str(found)


def test_items_that_share_more_than_one_factor_are_found_and_units_do_not_matter():
    random = np.random.default_rng(2)
    x = random.normal(size=(500, 4)) + random.normal(size=(500, 1))
    x[:, :2] += random.normal(size=(500, 1))
    data = pd.DataFrame(np.column_stack([x, x.sum(axis=1) + random.normal(size=500)]), columns=list("abcdy"))
    found = rt.tetrad_test(rt.pls("X <~ a + b + c + d\ny ~ X", data), draws=300)
    assert found.verdicts().verdict[0] == "reflective rejected"
    again = rt.tetrad_test(rt.pls("X <~ a + b + c + d\ny ~ X", data.assign(a=1000 * data.a)), draws=300)
    np.testing.assert_allclose(again.draws, found.draws, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"draws": 5}, OptionError, "draws must be a whole number of at least 100, got 5"),
        ({"borrow": {"Valu": ["IMAG1"]}}, OptionError, "Did you mean 'Value'"),
        ({"borrow": {"Image": ["PERV1"]}}, OptionError, "'Image' has 5"),
        ({"borrow": {"Value": ["PERV1", "IMAG1"]}}, OptionError, "no item of another construct"),
        ({"borrow": {"Value": ["CUSL1", "IMAG1"]}}, OptionError, "needs 2 items of one other construct"),
    ],
)
def test_refusals(options, error, text):
    with pytest.raises(error, match=text):
        rt.tetrad_test(fit(), **options)


def test_too_few_items_everywhere():
    with pytest.raises(EstimationError, match="no construct has four items"):
        rt.tetrad_test(rt.pls("Value =~ PERV1 + PERV2\nCUSCO ~ Value", pd.read_csv(MOBILE)))


def test_resamples_that_leave_a_covariance_unknown_are_told_and_left_out():
    """Two rows answered an item: in every seventh resample nobody did."""
    table = pd.read_csv(MOBILE).astype(float)
    table.loc[2:, "IMAG1"] = np.nan
    table.loc[1, "IMAG1"] = table.loc[0, "IMAG1"] + 3
    found = rt.tetrad_test(rt.pls(MODEL + PATHS, table), draws=300)
    assert 20 < found.lost < 70
    assert len(found.draws) == 300 - found.lost
    assert np.isfinite(found.draws).all()
    assert found.table()[["se", "ci_low", "ci_high"]].notna().all(axis=None)
    assert f"{found.lost} more without all covariances" in str(found)


def test_what_cannot_be_had_without_some_row_rejects_nothing():
    """EM has no end without one of six answers: the intervals were unknown, and the verdict was that of a rejection."""
    random = np.random.default_rng(3)
    factor = random.normal(size=60)
    table = pd.DataFrame({name: factor + random.normal(size=60) for name in ("a", "b", "c", "d", "y")})
    table.loc[6:, "a"] = np.nan
    fit = rt.pls("X =~ a + b + c + d; y ~ X", table, missing="em")
    with pytest.raises(EstimationError, match="do not determine the covariances of the items without row"):
        rt.tetrad_test(fit, draws=100)


def test_numbers_may_be_numpys():
    one, other = (
        rt.tetrad_test(fit(), draws=draws, seed=seed) for draws, seed in ((100, 2), (np.int64(100), np.int64(2)))
    )
    assert one == other


def test_tetrads_that_are_nought_in_any_rows_vanish():
    table = pd.read_csv(MOBILE).assign(again=lambda data: data.IMAG1, more=lambda data: data.IMAG1)
    found = rt.tetrad_test(rt.pls("X =~ IMAG1 + IMAG2 + again + more\nCUSL1 ~ X", table), draws=100)
    assert found.table()[["ci_low", "ci_high"]].to_numpy().tolist() == [[0.0, 0.0]] * 2
    assert found.verdicts().verdict[0] == "reflective not rejected"
