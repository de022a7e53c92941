"""Moments of ordered and continuous answers given covariates: other roads to the same numbers, and bad data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr
from statsmodels.miscmodels.ordinal_model import OrderedModel

from rantau.moments.given import given_moments
from rantau.moments.given_pairs import pair_scores
from rantau.moments.given_singles import estimate_given
from rantau.moments.single_answers import ordering_of

DATA = Path(__file__).parents[1] / "data"
NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
ORDERED = np.array([True, True, False, False, False, False])


def rows(n: int = 301) -> np.ndarray:
    frame = pd.read_csv(DATA / "hs4.csv")
    frame = frame.assign(female=frame.sex - 1, age=frame.ageyr + frame.agemo / 12)
    return frame[["x1", "x2", "x7", "x8", "age", "female"]].to_numpy(float)[:n]


def ordering(values):
    return ordering_of(values, ORDERED).replace(given=(4, 5))


def rectangle(low, high, below, above, r):
    """Integrate a bivariate normal density over rectangles by Gauss and Legendre, without Owen's T."""
    low, high = np.clip(low, -9, 9), np.clip(high, -9, 9)
    x = (high - low)[:, None] / 2 * NODES + ((high + low) / 2)[:, None]
    root = np.sqrt(1 - r * r)
    inner = ndtr((above[:, None] - r * x) / root) - ndtr((below[:, None] - r * x) / root)
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return (WEIGHTS * density * inner).sum(axis=1) * (high - low) / 2


class Brute:
    """The log-likelihood of every row, of one variable and of a pair, as plain functions of their parameters."""

    def __init__(self, values):
        self.x, self.y, self.order = values[:, 4:], values[:, :4], ordering(values)

    def limits(self, item, own):
        count = self.order.counts[item]
        cuts = np.concatenate([[-np.inf], own[:count], [np.inf]])
        code = np.searchsorted(np.array(self.order.categories[item]), self.y[:, item])
        expected = self.x @ own[count : count + 2]
        return cuts[code] - expected, cuts[code + 1] - expected

    def residual(self, item, own):
        return (self.y[:, item] - own[0] - self.x @ own[1:3]) / np.sqrt(own[3])

    def single(self, item, own):
        if ORDERED[item]:
            low, high = self.limits(item, own)
            return np.log(ndtr(high) - ndtr(low))
        return -(self.residual(item, own) ** 2) / 2 - np.log(own[3]) / 2

    def pair(self, i, j, own_i, own_j, r):
        root = np.sqrt(1 - r * r)
        if ORDERED[i] and ORDERED[j]:
            return np.log(rectangle(*self.limits(i, own_i), *self.limits(j, own_j), r))
        if ORDERED[i] or ORDERED[j]:
            (item, own), (other, given) = ((i, own_i), (j, own_j)) if ORDERED[i] else ((j, own_j), (i, own_i))
            z = self.residual(other, given)
            low, high = ((one - r * z) / root for one in self.limits(item, own))
            return np.log(ndtr(high) - ndtr(low)) + self.single(other, given)
        z, w = self.residual(i, own_i), self.residual(j, own_j)
        return -(z * z - 2 * r * z * w + w * w) / (2 * root**2) - np.log(root**2 * own_i[3] * own_j[3]) / 2


def scores(function, at, step=1e-5):
    """Return the derivative of every row's value by a vector, `(n, k)`."""
    unit = step * np.maximum(np.abs(at), 1.0)
    parts = [(function(at + h) - function(at - h)) / (2 * u) for h, u in zip(np.diag(unit), unit, strict=True)]
    return np.stack(parts, axis=1)


def test_every_covariance_is_that_of_brute_force_scores():
    values = rows()
    brute, found = Brute(values), given_moments(values, ordering(values))
    order, deviation = brute.order, np.sqrt(np.diag(found.covariance))
    t, (outcome, _) = order.item.size, order.slopes
    own = []
    for item in range(4):
        at = [found.level[:t][order.item == item], found.level[t:][outcome == item]]
        own.append(np.concatenate(at if ORDERED[item] else [*at, [found.covariance[item, item]]]))
    pairs = [(i, j) for i in range(4) for j in range(i)]
    r = [found.covariance[i, j] / (deviation[i] * deviation[j]) for i, j in pairs]

    singles = [scores(lambda at, item=item: brute.single(item, at), own[item]) for item in range(4)]
    for item in range(4):
        # The estimates are where the sums of the scores are nought.
        np.testing.assert_allclose(singles[item].sum(axis=0), 0.0, atol=2e-5)
    parts, across = [], []
    sizes = [one.size for one in own]
    start = np.cumsum([0, *sizes])
    for (i, j), at in zip(pairs, r, strict=True):
        whole = np.concatenate([own[i], own[j], [at]])
        split = sizes[i]
        found_scores = scores(lambda at, i=i, j=j, s=split: brute.pair(i, j, at[:s], at[s:-1], at[-1]), whole)
        assert abs(found_scores[:, -1].sum()) < 1e-4
        parts.append(found_scores[:, -1])
        row = np.zeros(start[-1])
        row[start[i] : start[i + 1]] = found_scores[:, -1] @ found_scores[:, :split]
        row[start[j] : start[j + 1]] = found_scores[:, -1] @ found_scores[:, split:-1]
        across.append(row)
    every = np.column_stack([*singles, *parts])
    inner = every.T @ every
    bread = np.zeros_like(inner)
    for item in range(4):
        at = slice(start[item], start[item + 1])
        bread[at, at] = inner[at, at]
    bread[start[-1] :, : start[-1]] = across
    k = np.arange(start[-1], len(inner))
    bread[k, k] = inner[k, k]
    inverse = np.linalg.inv(bread)
    gamma = len(values) * inverse @ inner @ inverse.T

    # From levels, slopes and variances of each variable, then correlations, to the order and the units of the moments.
    turn = np.zeros((len(found.spread), len(gamma)))
    for place, item in enumerate(order.item):
        turn[place, start[item] + place - order.first[item]] = 1.0
    for place, item in enumerate(outcome):
        turn[t + place, start[item] + order.counts[item] + place % 2] = 1.0
    for place, (i, j) in enumerate(zip(*order.lower, strict=True), start=t + outcome.size):
        if i == j:
            turn[place, start[i + 1] - 1] = 1.0
            continue
        pair = pairs.index((i, j))
        turn[place, start[-1] + pair] = deviation[i] * deviation[j]
        for one, other in ((i, j), (j, i)):
            if not ORDERED[one]:
                turn[place, start[one + 1] - 1] += r[pair] * deviation[other] / (2 * deviation[one])
    expected = turn @ gamma @ turn.T
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(found.spread / scale, expected / scale, atol=2e-6)


@pytest.mark.parametrize("pair", [(1, 0), (0, 2), (3, 2)], ids=["two ordered", "one ordered", "none ordered"])
def test_the_bend_of_each_pair_is_the_slope_of_its_score(pair):
    values = rows()
    single = estimate_given(values, ordering(values), np.ones(len(values)))
    i, j = (np.array([one]) for one in pair)
    every, at, step = slice(None), np.array([0.37]), 1e-5
    above, below = (pair_scores(single, i, j, at + h, every).by_correlation for h in (step, -step))
    np.testing.assert_allclose(pair_scores(single, i, j, at, every).bend, (above - below) / (2 * step), atol=1e-7)


def test_probit_slopes_are_those_of_statsmodels():
    values = rows()
    found = given_moments(values, ordering(values), spread=False)
    other = OrderedModel(values[:, 0], values[:, 4:], distr="probit").fit(method="newton", disp=False, tol=1e-12)
    t = ordering(values).item.size
    np.testing.assert_allclose(found.level[t : t + 2], other.params[:2], atol=1e-6)
    np.testing.assert_allclose(found.level[:3], other.model.transform_threshold_params(other.params)[1:-1], atol=1e-6)


def test_continuous_variables_have_their_ordinary_regressions():
    values = rows()
    order = ordering(values)
    found = given_moments(values, order)
    design = np.column_stack([np.ones(len(values)), values[:, 4:]])
    beta = np.linalg.lstsq(design, values[:, 2:4], rcond=None)[0]
    left = values[:, 2:4] - design @ beta
    np.testing.assert_allclose(found.covariance[2:4, 2:4], left.T @ left / len(values), atol=1e-12)
    np.testing.assert_allclose(found.level[order.first[2:4]], beta[0], atol=1e-10)
    np.testing.assert_allclose(found.level[order.item.size :][4:].reshape(2, 2), beta[1:].T, atol=1e-10)


def test_a_row_taken_twice_is_two_rows():
    values = rows(150)
    counts = np.random.default_rng(3).integers(0, 3, size=150)
    some = given_moments(values, ordering(values), counts=counts)
    again = given_moments(np.repeat(values, counts, axis=0), ordering(values))
    np.testing.assert_allclose(some.level, again.level, atol=1e-8)
    np.testing.assert_allclose(some.covariance, again.covariance, atol=1e-8)
    np.testing.assert_allclose(some.spread, again.spread, atol=1e-6, rtol=1e-7)


def test_other_units_of_covariates_move_levels_and_slopes_alone():
    values = rows()
    order = ordering(values)
    own = given_moments(values, order)
    moved = values.copy()
    moved[:, 4] = 1000 * (values[:, 4] - 13)
    other = given_moments(moved, order)
    t = order.item.size
    np.testing.assert_allclose(other.covariance[:4, :4], own.covariance[:4, :4], atol=1e-10)
    np.testing.assert_allclose(other.level[t:][::2] * 1000, own.level[t:][::2], rtol=1e-8)
    m = t + order.slopes[0].size
    np.testing.assert_allclose(other.spread[m:, m:], own.spread[m:, m:], rtol=1e-6, atol=1e-8)


def test_answers_far_from_what_covariates_expect_leave_finite_numbers():
    values = rows()
    values[0, 4] = 80.0
    found = given_moments(values, ordering(values))
    assert np.isfinite(found.spread).all()
    assert np.linalg.eigvalsh(found.spread)[0] > 0


@pytest.mark.parametrize("spoil", ["repeated", "constant", "told"])
def test_covariates_that_leave_nothing_to_estimate(spoil):
    values = rows()
    if spoil == "told":
        values[:, 0] = np.where(values[:, 5] > 0, np.maximum(values[:, 0], 2), 1)
    else:
        values[:, 4] = 3.0 - 2 * values[:, 5] if spoil == "repeated" else 1.0
    found = given_moments(values, ordering(values))
    assert np.isnan(found.level).all() == (spoil != "told")
    assert np.isnan(found.level[:3]).all()
    assert np.isnan(found.covariance).all()
    assert np.isnan(found.spread).all()
