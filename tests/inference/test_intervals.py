"""Intervals: by hand, by R's boot package on the same rows, and by the laws they obey."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ratio_fit import ratio_fit
from scipy.special import ndtr, ndtri
from scipy.stats import bootstrap

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.inference import Draws
from rantau.inference.intervals import ROWS
from rantau.inference.jackknife import acceleration
from rantau.inference.quantiles import normal_quantile
from rantau.inference.replicates import Replicates

GOLDEN = json.loads((Path(__file__).parent / "golden_intervals.json").read_text("utf-8"))
FUNCTIONS = {row.name: row.function for row in ROWS}
NAMES = tuple(FUNCTIONS)


def replicates(values, estimate, *, error=1.0, errors=1.0, rate=0.0) -> Replicates:
    values = np.asarray(values, dtype=float)[:, None]
    errors = np.broadcast_to(np.asarray(errors, dtype=float), values.shape[0])[:, None]
    return Replicates(np.array([estimate]), values, np.array([error]), errors, np.array([rate]))


def limits(name, given, level):
    low, high = FUNCTIONS[name](given, level)
    return [low[0], high[0]]


def drawn(case, **options) -> Draws:
    strata = np.array(case["strata"])
    fit = ratio_fit(**GOLDEN["data"], strata=strata if strata.any() else None)
    return rt.bootstrap(fit, rows=case["rows"], errors=True, **options)


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=["one stratum", "two strata"])
@pytest.mark.parametrize("name", NAMES)
def test_boot_ci(case, name):
    draws = drawn(case)
    for found in case["limits"]:
        row = draws.table(interval=name, level=found["level"]).query("lhs == 'ratio'").iloc[0]
        assert row.est == pytest.approx(case["estimate"], rel=1e-13)
        assert [row.ci_low, row.ci_high] == pytest.approx(found[name], rel=1e-12)


def test_nine_draws_by_hand():
    # Of 9 draws the first and the last are the 10% and 90% quantiles.
    given = replicates([5, 2, 9, 1, 3, 8, 4, 7, 6], 4.0, error=2.0, errors=[1, 2, 1, 2, 1, 2, 1, 2, 1])
    assert limits("basic", given, 0.8) == [-1, 7]
    # (5 - 4) / 1 = 1, (2 - 4) / 2 = -1, (9 - 4) / 1 = 5, ..., (1 - 4) / 2 = -1.5 is the least.
    assert limits("student", given, 0.8) == [4 - 2 * 5, 4 + 2 * 1.5]
    assert limits("percentile", given, 0.8) == pytest.approx([1.8, 8.2])
    # Three of nine draws below the estimate: bias -0.4307, and with a = 0 the shares are those of 2 (-0.4307) -+
    # 1.2816, 0.0160 and 0.6629. The first lies beyond the first draw; the other, between the sixth and the seventh, is
    # (0.4202 - 0.2533) / (0.5244 - 0.2533) of the way, the normal quantiles of 0.6629, 0.6 and 0.7.
    low, high = limits("bca", given, 0.8)
    assert low == 1
    assert high == pytest.approx(6.6152, abs=2e-4)


def test_a_draw_that_is_a_quantile_is_that_draw():
    values = np.random.default_rng(1).normal(size=(999, 3))
    ordered = np.sort(values, axis=0)
    for share, position in ((0.025, 24), (0.5, 499), (0.975, 974)):
        np.testing.assert_allclose(normal_quantile(values, share), ordered[position], rtol=1e-12)
    np.testing.assert_array_equal(normal_quantile(values, 0.0), ordered[0])
    np.testing.assert_array_equal(normal_quantile(values, 1.0), ordered[-1])
    assert np.isnan(normal_quantile(values, np.array([0.5, np.nan, 0.5]))).tolist() == [False, True, False]


def test_acceleration_by_hand():
    x = [1.0, 2.0, 3.0, 10.0]
    deviation = np.array(x) - 4
    fit = ratio_fit([1.0] * 4, x)
    expected = (deviation**3).sum() / (6 * (deviation**2).sum() ** 1.5)
    found = acceleration(fit)
    assert found[0] == pytest.approx(expected)
    assert found[1] == 0
    # In two strata each has its own mean, and counts by its size.
    two = acceleration(fit.replace(strata=np.array([0, 1, 1, 1])))[0]
    without = np.array([14, 13, 6]) / 3
    values = (without.mean() - without) * 2 / 3
    assert two == pytest.approx((values**3).sum() / (6 * (values**2).sum() ** 1.5))


@pytest.mark.parametrize("sizes", [(17,), (6, 11)])
def test_acceleration_of_scipy(sizes):
    """SciPy has the acceleration of one sample, and of several of unequal sizes."""
    x = np.random.default_rng(5).exponential(size=17) ** 2
    strata = np.repeat(np.arange(len(sizes)), sizes)
    theirs = bootstrap(
        np.split(x, np.cumsum(sizes)[:-1]),
        lambda *parts, axis: sum(part.sum(axis=axis) for part in parts) / 17,
        n_resamples=4000,
        method="BCa",
        confidence_level=0.9,
        rng=np.random.default_rng(1),
    )
    fit = ratio_fit(np.ones(17), x, strata=strata)
    draws, estimate, rate = theirs.bootstrap_distribution, fit.values()[0], acceleration(fit)[0]
    bias = ndtri((draws < estimate).mean())
    moved = bias + ndtri([0.05, 0.95])
    # Its quantiles are of type 7.
    ours = np.quantile(draws, ndtr(bias + moved / (1 - rate * moved)))
    assert ours == pytest.approx([theirs.confidence_interval.low, theirs.confidence_interval.high], rel=1e-10)


DRAWS = st.lists(st.floats(-50, 50).map(lambda x: round(x, 3)), min_size=20, max_size=60, unique=True)


@settings(max_examples=60, deadline=None)
@given(values=DRAWS, level=st.sampled_from([0.5, 0.8, 0.95]), rate=st.floats(-0.1, 0.1))
@pytest.mark.parametrize("name", ["percentile", "bca"])
def test_a_monotone_transformation_keeps_the_draws_that_the_limits_lie_between(name, values, level, rate):
    values = np.array(values)
    plain = limits(name, replicates(values, 0.0005, rate=rate), level)
    curved = limits(name, replicates(np.exp(values / 10), np.exp(0.00005), rate=rate), level)
    assert np.isnan(plain).tolist() == np.isnan(curved).tolist()
    for one, other in zip(plain, curved, strict=True):
        if not np.isnan(one):
            near = np.abs(values - one).min() < 1e-9
            assert near or (values < one).sum() == (np.exp(values / 10) < other).sum()


@settings(max_examples=60, deadline=None)
@given(values=DRAWS, level=st.sampled_from([0.5, 0.8, 0.95]), scale=st.sampled_from([-2.0, -0.5, 3.0]))
@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_units_changes_the_units_of_the_limits(name, values, level, scale):
    values, rate = np.array(values), 0.05
    plain = limits(name, replicates(values, 0.0005, error=2, errors=1.5, rate=rate), level)
    moved = replicates(
        7 + scale * values,
        7 + scale * 0.0005,
        error=2 * abs(scale),
        errors=1.5 * abs(scale),
        rate=rate * np.sign(scale),
    )
    expected = sorted(7 + scale * np.array(plain))
    np.testing.assert_allclose(limits(name, moved, level), expected, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(values=DRAWS, level=st.sampled_from([0.5, 0.9]))
def test_with_one_standard_error_for_all_the_studentised_interval_is_the_basic_one(values, level):
    given = replicates(values, 1.0, error=0.7, errors=0.7)
    np.testing.assert_allclose(limits("student", given, level), limits("basic", given, level), atol=1e-10)


def test_without_bias_and_acceleration_bca_takes_the_quantiles_of_the_draws():
    values = np.random.default_rng(2).normal(size=1000)
    given = replicates(values, np.median(values))
    expected = [normal_quantile(values[:, None], share)[0] for share in (0.025, 0.975)]
    assert limits("bca", given, 0.95) == pytest.approx(expected, abs=1e-12)


def test_draws_all_on_one_side_of_the_estimate_have_no_bca_interval():
    assert np.isnan(limits("bca", replicates([1, 2, 3, 4], 0.0), 0.8)).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_vary_is_its_own_interval(name):
    row = drawn(GOLDEN["cases"][0]).table(interval=name).query("lhs == 'marker'").iloc[0]
    assert (row.est, row.ci_low, row.ci_high, row.se) == (1, 1, 1, 0)
    assert np.isnan(row.p)


def test_studentised_intervals_need_the_errors_of_draws():
    fit = ratio_fit(**GOLDEN["data"])
    with pytest.raises(OptionError, match=r"interval='student' needs the standard errors.*errors=True"):
        rt.bootstrap(fit, draws=50).table(interval="student")


def test_draws_without_an_error_are_noted_and_left_out_of_studentised_intervals():
    fit = ratio_fit([1, 1, 1], [1, 2, 4])
    # One row three times: the ratio has no error.
    rows = [[0, 1, 2], [0, 0, 1], [2, 1, 1], [2, 2, 2], [0, 2, 2]]
    draws = rt.bootstrap(fit, rows=rows, errors=True)
    assert draws.inadmissible == (("some standard errors unknown", 1),)
    found = draws.table(interval="student", level=0.5).query("lhs == 'ratio'").iloc[0]
    rows.pop(3)
    without = rt.bootstrap(fit, rows=rows, errors=True).table(interval="student", level=0.5).query("lhs == 'ratio'")
    assert [found.ci_low, found.ci_high] == without[["ci_low", "ci_high"]].iloc[0].tolist()


def test_a_fit_that_cannot_do_without_a_row_has_no_bca_interval():
    fit = ratio_fit([9, 0, 0, 0], [1, 2, 3, 4], least=0.5)
    draws = rt.bootstrap(fit, rows=[[0, 1, 2, 3], [0, 0, 1, 2], [0, 1, 1, 3]])
    with pytest.raises(EstimationError, match=r"without row 0 of its sample.*u is too small.*interval='percentile'"):
        draws.table(interval="bca")
