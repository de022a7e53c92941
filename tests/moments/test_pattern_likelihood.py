"""The likelihood of patterns against brute force: each pattern by itself, the density of rows, finite differences."""

import importlib

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from rantau.moments import Sample, grouped_moments
from rantau.moments.pattern_likelihood import among_covariances, information_of_moments, mean_value, seen_by
from rantau.moments.patterns import missing_patterns

em = importlib.import_module("rantau.moments.em")


def gappy(seed=1, n=60, p=4, gaps=0.35):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    values[rng.random((n, p)) < gaps] = np.nan
    values = values[~np.isnan(values).all(axis=1)]
    return Sample(tuple("abcdef"[:p]), values, group=np.arange(len(values)) % 2, groups=("x", "y"))


def somewhere(groups=2, p=4, seed=2):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(groups, p, p))
    return root @ np.swapaxes(root, -1, -2) + np.eye(p), rng.normal(size=(groups, p))


def test_each_pattern_by_itself():
    sample = gappy()
    patterns = missing_patterns(sample, np.ones(sample.n_obs))
    sigma, mu = somewhere()
    seen = seen_by(patterns, sigma, mu)
    for b, (group, items) in enumerate(zip(patterns.group, patterns.seen, strict=True)):
        at = np.flatnonzero(items)
        inverse = np.zeros((4, 4))
        inverse[np.ix_(at, at)] = np.linalg.inv(sigma[group][np.ix_(at, at)])
        away = np.where(items, patterns.mean[b] - mu[group], 0.0)
        second = patterns.covariance[b] + np.outer(away, away)
        assert seen.inverse[b] == pytest.approx(inverse, abs=1e-11)
        assert seen.pulled[b] == pytest.approx(inverse @ away, abs=1e-11)
        assert seen.tilted[b] == pytest.approx(inverse @ second @ inverse, abs=1e-10)
        size = np.linalg.slogdet(sigma[group][np.ix_(at, at)])[1]
        assert seen.value[b] == pytest.approx(size + np.trace(second @ inverse), rel=1e-11)


def test_the_mean_value_is_that_of_the_density_of_rows():
    sample = gappy()
    patterns = missing_patterns(sample, np.ones(sample.n_obs))
    sigma, mu = somewhere()
    total = 0.0
    for row, group in zip(sample.values, sample.membership, strict=True):
        at = np.flatnonzero(~np.isnan(row))
        total += multivariate_normal.logpdf(row[at], mu[group][at], sigma[group][np.ix_(at, at)])
    constant = np.log(2 * np.pi) * (~np.isnan(sample.values)).sum()
    found = mean_value(patterns, seen_by(patterns, sigma, mu))
    assert -0.5 * (sample.n_obs * float(found) + constant) == pytest.approx(total, rel=1e-12)


def test_a_stack_is_its_members():
    sample = gappy()
    counts = np.random.default_rng(3).integers(0, 3, size=(3, sample.n_obs)).astype(float)
    patterns = missing_patterns(sample, counts)
    sigma, mu = (np.stack(parts) for parts in zip(*(somewhere(seed=k) for k in range(3)), strict=True))
    whole = seen_by(patterns, sigma, mu)
    for draw in range(3):
        one = seen_by(patterns.take(np.array(draw)), sigma[draw], mu[draw])
        for a, b in zip(whole, one, strict=True):
            assert a[draw] == pytest.approx(b, abs=1e-10)


def test_what_is_no_covariance_matrix_has_no_likelihood():
    sample = gappy()
    patterns = missing_patterns(sample, np.ones(sample.n_obs))
    sigma, mu = somewhere()
    sigma[1, 0, 1] = sigma[1, 1, 0] = 100.0
    value = seen_by(patterns, sigma, mu).value
    assert np.isinf(value[patterns.group == 1]).all()
    assert np.isfinite(value[patterns.group == 0]).all()


@pytest.mark.parametrize("means", [True, False])
def test_the_observed_information_by_finite_differences(means):
    sample = gappy(n=40)
    patterns = missing_patterns(sample, np.ones(sample.n_obs))
    sigma, mu = somewhere()
    i, j = np.tril_indices(4)
    own = patterns.of_groups(2)[1]
    share = patterns.n[own]

    def value(theta):
        square, centre = sigma.copy(), mu.copy()
        square[1][i, j] = square[1][j, i] = theta[-i.size :]
        if means:
            centre[1] = theta[:4]
        return 0.5 * float(share @ seen_by(patterns, square, centre).value[own])

    theta = np.concatenate([mu[1] if means else np.zeros(0), sigma[1][i, j]])
    rough = approx_fprime(theta, lambda at: approx_fprime(at, value, 1e-5), 1e-4)
    seen = seen_by(patterns, sigma, mu).take(own)
    found = information_of_moments(seen, share, means=means, exact=True)
    assert found == pytest.approx(rough, rel=2e-2, abs=2e-2 * np.abs(rough).max())
    assert found == pytest.approx(found.T, abs=1e-10)


def test_a_sum_of_products_as_a_matrix(monkeypatch):
    rng = np.random.default_rng(4)
    first, second = (one + np.swapaxes(one, -1, -2) for one in rng.normal(size=(2, 6, 4, 4)))
    share, direction = rng.random(6), rng.normal(size=(4, 4))
    direction = direction + direction.T
    matrix = among_covariances(share, first, second)
    along = direction[np.tril_indices(4)]
    brute = sum(s * np.trace(direction @ f @ direction @ h) for s, f, h in zip(share, first, second, strict=True)) / 2
    assert along @ matrix @ along == pytest.approx(brute, rel=1e-12)
    # In portions, as it is done for many items.
    module = importlib.import_module("rantau.moments.pattern_likelihood")
    monkeypatch.setattr(module, "_BLOCK", 30)
    assert among_covariances(share, first, second) == pytest.approx(matrix, rel=1e-14)


def test_few_items_and_many_are_searched_to_the_same_maximum(monkeypatch):
    sample = gappy(n=200, gaps=0.3)
    counts = np.random.default_rng(5).multinomial(200, np.full(sample.n_obs, 1 / sample.n_obs), size=4).astype(float)
    at_once = grouped_moments(sample, missing="fiml", counts=counts)
    monkeypatch.setattr(em, "_FEW", 0)
    by_steps = grouped_moments(sample, missing="fiml", counts=counts)
    assert at_once.covariance == pytest.approx(by_steps.covariance, rel=1e-9, abs=1e-9)
    assert at_once.mean == pytest.approx(by_steps.mean, rel=1e-9, abs=1e-9)


def test_the_maximum_is_exact_but_for_rounding():
    sample = gappy(n=200, gaps=0.3)
    found = grouped_moments(sample, missing="fiml")
    seen = seen_by(found.gaps, found.covariance, found.mean)
    for own in found.gaps.of_groups(2):
        share = found.gaps.n[own]
        assert share @ seen.pulled[own] == pytest.approx(np.zeros(4), abs=1e-8)
        slope = np.einsum("b,bij->ij", share, seen.tilted[own] - seen.inverse[own])
        assert slope == pytest.approx(np.zeros((4, 4)), abs=1e-8)


def test_moments_without_patterns_have_no_gaps():
    whole = grouped_moments(Sample(("a", "b"), np.random.default_rng(1).normal(size=(9, 2))))
    with pytest.raises(ValueError, match="no patterns"):
        _ = whole.gaps
