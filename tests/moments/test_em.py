"""Maximum likelihood with gaps: flat at the answer, quick with much missing, and what it refuses."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal

from rantau.errors import EstimationError
from rantau.moments import Sample, grouped_moments
from rantau.moments.em import saturated


def factor_data(seed, *, n=300, p=6, gaps=0.3, loading=0.8):
    rng = np.random.default_rng(seed)
    values = loading * rng.normal(size=(n, 1)) + 0.6 * rng.normal(size=(n, p))
    values[rng.uniform(size=(n, p)) < gaps] = np.nan
    return Sample(tuple(f"x{k}" for k in range(p)), values)


def likelihood(values, mean, covariance):
    total = 0.0
    for row in values:
        seen = ~np.isnan(row)
        if seen.any():
            total += multivariate_normal.logpdf(row[seen], mean[seen], covariance[np.ix_(seen, seen)])
    return total


@pytest.mark.parametrize("gaps", [0.1, 0.3, 0.5])
def test_the_likelihood_is_flat_at_the_answer(gaps):
    sample = factor_data(1, n=200, p=4, gaps=gaps)
    found = grouped_moments(sample, missing="fiml")
    mean, covariance = found.mean[0], found.covariance[0]
    left, right = np.tril_indices(4)

    def at(theta):
        square = np.zeros((4, 4))
        square[left, right] = theta[4:]
        square[right, left] = theta[4:]
        return likelihood(sample.values, theta[:4], square)

    theta = np.concatenate([mean, covariance[left, right]])
    assert approx_fprime(theta, at, 1e-6) == pytest.approx(0, abs=2e-2)
    value = saturated(found.patterns, sample.names).log_likelihood
    assert value.tolist() == pytest.approx([at(theta)], rel=1e-12)
    rng = np.random.default_rng(2)
    for _ in range(5):
        assert at(theta + 1e-2 * rng.normal(size=theta.size)) < value[0]


def test_one_gap_pattern_has_a_closed_form():
    """Anderson (1957): where y is missing at random given x, y's moments come from its regression on all of x."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=200)
    y = 2 + 0.7 * x + rng.normal(size=200)
    seen = np.arange(200) < 120
    found = grouped_moments(Sample(("x", "y"), np.column_stack([x, np.where(seen, y, np.nan)])), missing="fiml")
    slope = np.cov(x[seen], y[seen], bias=True)[0, 1] / x[seen].var()
    residual = y[seen].var() - slope**2 * x[seen].var()
    assert found.mean[0] == pytest.approx([x.mean(), y[seen].mean() + slope * (x.mean() - x[seen].mean())], abs=1e-9)
    assert found.covariance[0].ravel() == pytest.approx(
        [x.var(), slope * x.var(), slope * x.var(), residual + slope**2 * x.var()], abs=1e-9
    )


def test_units_are_irrelevant():
    sample = factor_data(2)
    scale, shift = np.array([1e-4, 1.0, 100.0, 1e5, 3.0, 0.1]), np.array([0.0, 1e3, -50.0, 1e6, 2.0, 0.0])
    found = grouped_moments(sample, missing="fiml")
    other = grouped_moments(sample.replace(values=sample.values * scale + shift), missing="fiml")
    assert other.mean[0] == pytest.approx(found.mean[0] * scale + shift, rel=1e-8)
    assert other.covariance[0] / np.outer(scale, scale) == pytest.approx(found.covariance[0], abs=1e-8)
    sizes = [saturated(each.patterns, sample.names).log_likelihood[0] for each in (found, other)]
    answers = (~np.isnan(sample.values)).sum(axis=0)
    assert sizes[0] - sizes[1] == pytest.approx(answers @ np.log(scale), rel=1e-9)


def test_resamples_that_cannot_tell_are_no_numbers():
    sample = factor_data(3, n=40, p=3, gaps=0.2)
    lonely = ~(np.isnan(sample.values[:, 0]) | np.isnan(sample.values[:, 1]))
    counts = np.stack([np.ones(40), (~lonely).astype(float), np.eye(40)[0]])
    found = grouped_moments(sample, missing="fiml", counts=counts)
    assert np.isfinite(found.covariance[0]).all()
    assert np.isnan(found.covariance[1:]).all()
    assert found.covariance[0] == pytest.approx(grouped_moments(sample, missing="fiml").covariance, abs=1e-9)


def test_what_cannot_be_estimated():
    nan = np.nan
    rows = np.array([[1, 2, nan], [2, 1, nan], [3, nan, 1], [4, nan, 5], [5, 3, nan], [1, nan, 2]], dtype=float)
    with pytest.raises(EstimationError, match="data: nobody answered both 'b' and 'c', so their covariance cannot be"):
        grouped_moments(Sample(("a", "b", "c"), rows), missing="fiml")
    two = Sample(("a", "b"), rows[:, [0, 2]], "study.csv", np.array([0, 0, 1, 1, 0, 1]), ("north", "south"))
    with pytest.raises(EstimationError, match=r"study\.csv, group 'north': nobody answered 'b'\. Take it out"):
        grouped_moments(two, missing="fiml")


def test_an_item_that_repeats_others():
    sample = factor_data(5, p=3, gaps=0.1)
    values = np.column_stack([sample.values, sample.values[:, 0] + sample.values[:, 1]])
    with pytest.raises(EstimationError, match=r"do not determine the covariances of the 4 items.*an item repeats"):
        grouped_moments(Sample(("a", "b", "c", "d"), values), missing="fiml")
