"""Polychoric correlations: laws, any coding, gaps, and what cannot be estimated."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import ndtri
from scipy.stats import multivariate_normal

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.moments.ordinal import ordinal_moments
from rantau.moments.pair_likelihoods import latent_pairs, observed_pairs
from rantau.moments.polychoric import Polychoric
from rantau.moments.rectangles import _by_owens_t, _integrated, between, quadrant, rectangles
from rantau.moments.single_answers import estimate_singles, ordering_of, single_scores
from rantau.moments.table_pairs import table_pairs

DATA = Path(__file__).parents[1] / "data"
ITEMS = [f"x{k}" for k in range(1, 10)]


@pytest.fixture(scope="module")
def hs4():
    return pd.read_csv(DATA / "hs4.csv")[ITEMS]


@pytest.mark.parametrize("correlation", [-0.999, -0.6, 0.0, 0.3, 0.95, 0.9999])
def test_quadrants_are_those_of_scipy(correlation):
    points = np.array([(0.0, 0.0), (0.0, 1.2), (-1.3, 0.0), (-2.0, 0.4), (1.5, -0.2), (3.0, 2.5), (-4.0, -3.0)])
    expected = [multivariate_normal.cdf(point, cov=[[1, correlation], [correlation, 1]]) for point in points]
    found = quadrant(points[:, 0], points[:, 1], np.full(len(points), correlation))
    np.testing.assert_allclose(found, expected, atol=2e-7)


def test_quadrants_without_limits():
    at = np.array([-np.inf, -1.0, 0.0, np.inf])
    corners = quadrant(at[:, None], at, np.array(0.5))
    np.testing.assert_allclose(corners[-1], [0, 0.158655, 0.5, 1], atol=1e-6)
    assert between(corners).sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("correlation", [-0.9, -0.74, -0.1, 1e-9, 0.4, 0.749, 0.751, 0.92])
def test_quadrants_are_the_same_by_quadrature_and_by_owens_t(correlation):
    at = np.array([-8.0, -3.0, -1.1, -0.2, 0.0, 0.2, 1.1, 3.0, 8.0])
    found = _integrated(at[:, None], at, np.array(correlation))
    np.testing.assert_allclose(found, _by_owens_t(at[:, None], at, np.array(correlation)), rtol=0, atol=2e-15)


def test_quadrants_of_flat_and_peaked_densities_at_once():
    at, correlation = np.array([-1.0, 0.5, 2.0]), np.array([0.3, 0.99, -0.95])
    together = quadrant(at[:, None, None], at, correlation[:, None, None, None])
    alone = [quadrant(at[:, None, None], at, np.array(one)) for one in correlation]
    np.testing.assert_allclose(together, alone, rtol=0, atol=2e-15)


def test_rectangles_are_differences_of_quadrants():
    first, second, correlation = np.array([[-1.0, 0.3]]), np.array([[0.2, np.inf]]), np.array([0.6])
    corners = quadrant(
        np.array([-np.inf, -1, 0.3, np.inf])[:, None], np.array([-np.inf, 0.2, np.inf, np.inf]), correlation
    )
    np.testing.assert_allclose(rectangles(first, second, correlation)[0], between(corners), atol=1e-15)


def test_the_estimate_is_where_the_likelihood_of_the_tables_is_highest(hs4):
    r = rt.polychoric(hs4).correlations().to_numpy()
    for a, b in ((0, 1), (3, 4), (8, 2)):
        table = pd.crosstab(hs4.iloc[:, a], hs4.iloc[:, b]).to_numpy()
        cut = [ndtri(np.cumsum(table.sum(axis=axis))[:-1] / len(hs4))[None] for axis in (1, 0)]

        def likelihood(at, table=table, cut=cut):
            return float((table * np.log(rectangles(*cut, np.array([at]))[0])).sum())

        best = minimize_scalar(lambda at: -likelihood(at), bounds=(-0.99, 0.99), options={"xatol": 1e-9}).x
        assert r[a, b] == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("n_ordered", [9, 6, 0])
def test_the_spread_is_that_of_rows_one_by_one(hs4, n_ordered):
    # Muthén & Satorra (1995), eq. 17 to 22, with all scores of all rows written out.
    values = hs4.mask(np.random.default_rng(2).random(hs4.shape) < 0.05).to_numpy(float)
    ordering = ordering_of(values, np.arange(9) < n_ordered)
    single = estimate_singles(values, ordering, np.ones(len(values)))
    i, j = np.tril_indices(9, -1)
    kind = (i < n_ordered).astype(int) + (j < n_ordered)
    own = single_scores(single)
    continuous = np.arange(n_ordered, 9)
    belongs = np.concatenate([ordering.item, continuous])
    variance_at = np.where(np.arange(9) < n_ordered, -1, ordering.item.size + np.arange(9) - n_ordered)
    scores, across = np.zeros((36, len(values))), np.zeros((36, len(own)))
    for which, estimate in ((2, table_pairs), (1, latent_pairs), (0, observed_pairs)):
        chosen = np.flatnonzero(kind == which)
        if not chosen.size:
            continue
        part = estimate(single, i[chosen], j[chosen])
        raw = np.zeros((chosen.size, len(values)))
        part.write_scores(slice(0, None), own, np.zeros((chosen.size, len(own))), raw)
        np.testing.assert_allclose(part.information(), (raw**2).sum(axis=1), rtol=1e-12)
        scores[chosen] = raw
        for pairs, columns, products in part.across(ordering.first, variance_at):
            across[chosen[pairs], columns] = products
    inner = np.concatenate([own, scores]) @ np.concatenate([own, scores]).T
    bread = np.where(belongs[:, None] == belongs, inner[: len(own), : len(own)], 0.0)
    whole = np.block([[bread, np.zeros((len(own), 36))], [across, np.diag(np.diag(inner)[len(own) :])]])
    half = np.linalg.inv(whole)
    expected = len(values) * half @ inner @ half.T
    found = ordinal_moments(values, ordering)
    if n_ordered == 9:
        np.testing.assert_allclose(found.spread, expected, atol=1e-9 * expected.max())
    t = ordering.item.size
    np.testing.assert_allclose(found.spread[:t, :t], expected[:t, :t], atol=1e-9 * expected[:t, :t].max())
    kept = Polychoric(tuple(hs4.columns), values, found, np.ones((9, 9)))
    table, off = kept._errors(), slice(len(own), None)
    np.testing.assert_allclose(table**2 * len(values), expected.diagonal()[off], rtol=1e-9)


def test_a_fourfold_table_cut_at_the_medians_has_a_closed_form():
    # Sheppard (1899): both below with probability 1/4 + asin(r) / (2 pi).
    rows = np.repeat([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [35, 15, 15, 35], axis=0)
    found = ordinal_moments(rows, ordering_of(rows, np.array([True, True])))
    assert found.covariance[1, 0] == pytest.approx(np.sin(2 * np.pi * (0.35 - 0.25)), abs=1e-10)


@pytest.mark.parametrize("coding", [lambda x: x * 10.0 - 7, np.log, lambda x: (x - 1) * 0.5])
def test_any_coding_that_keeps_the_order(hs4, coding):
    expected = rt.polychoric(hs4).correlations()
    pd.testing.assert_frame_equal(rt.polychoric(coding(hs4)).correlations(), expected, atol=1e-10)


def test_reversing_an_item_turns_its_correlations(hs4):
    own, turned = rt.polychoric(hs4).table(), rt.polychoric(hs4.assign(x1=5 - hs4.x1)).table()
    sign = np.where((own.lhs == "x1") | (own.rhs == "x1"), -1, 1)
    np.testing.assert_allclose(turned.r, sign * own.r, atol=1e-10)
    np.testing.assert_allclose(turned.se, own.se, atol=1e-10)


def test_counts_stand_for_repeated_rows(hs4):
    counts = np.random.default_rng(3).multinomial(301, np.full(301, 1 / 301))
    values = hs4.to_numpy(float)
    ordering = ordering_of(values, np.array([True] * 6 + [False] * 3))
    once = ordinal_moments(np.repeat(values, counts, axis=0), ordering)
    counted = ordinal_moments(values, ordering, counts=counts)
    np.testing.assert_allclose(counted.covariance, once.covariance, atol=1e-9)
    np.testing.assert_allclose(counted.spread, once.spread, rtol=1e-7, atol=1e-9)


def test_the_standard_error_is_that_of_many_samples():
    draw, found, errors = np.random.default_rng(5), [], []
    for _ in range(150):
        rows = draw.multivariate_normal([0, 0, 0], [[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]], size=400)
        rows[:, :2] = np.digitize(rows[:, :2], [-0.8, 0.3, 1.0])
        table = rt.polychoric(pd.DataFrame(rows, columns=list("abc")), ordered=["a", "b"]).table()
        found.append(table.r)
        errors.append(table.se)
    np.testing.assert_allclose(np.mean(found, axis=0), [0.5, 0.3, 0.4], atol=0.015)
    np.testing.assert_allclose(np.mean(errors, axis=0), np.std(found, axis=0), rtol=0.15)


def test_table_names_kinds_counts_and_problems(hs4):
    gaps = hs4.mask(np.random.default_rng(1).random(hs4.shape) < 0.1)
    table = rt.polychoric(gaps, ordered=["x1", "x2"]).table().set_index(["lhs", "rhs"])
    kinds = [table.kind["x1", "x2"], table.kind["x1", "x3"], table.kind["x3", "x4"]]
    assert kinds == ["polychoric", "polyserial", "pearson"]
    assert table.n["x1", "x2"] == gaps[["x1", "x2"]].notna().all(axis=1).sum()
    listwise = rt.polychoric(gaps, missing="listwise").table()
    assert (listwise.n == len(gaps.dropna())).all()
    alike = rt.polychoric(hs4.assign(x2=hs4.x1)).table().set_index(["lhs", "rhs"])
    assert alike.note["x1", "x2"] == "perfect association"
    assert alike.r["x1", "x2"] > 0.999


def test_what_cannot_be_estimated(hs4):
    with pytest.raises(OptionError, match="Did you mean 'x1'"):
        rt.polychoric(hs4, ordered=["x1", "X1"])
    with pytest.raises(EstimationError, match="'x2' has the answer 1 only"):
        rt.polychoric(hs4.assign(x2=1))
    half = hs4.copy()
    half.loc[:150, "x1"], half.loc[151:, "x2"] = np.nan, np.nan
    with pytest.raises(EstimationError, match="nobody answered both"):
        rt.polychoric(half)
    with pytest.raises(EstimationError, match="301 different answers, too many"):
        rt.polychoric(hs4.assign(x1=np.arange(301.0)))
