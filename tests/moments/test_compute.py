"""Moments of samples and of stacks of resamples, against numpy and row by row."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rantau.errors import EstimationError, OptionError
from rantau.moments import Sample, complete_rows, resampled_moments, sample_moments


def drawn(seed, n=40, p=4, gaps=0.0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p) * 5
    values[rng.uniform(size=(n, p)) < gaps] = np.nan
    return Sample(tuple(f"x{k}" for k in range(p)), values)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_resample_by_counts_is_the_resample_by_rows(seed):
    sample = drawn(seed)
    rows = np.random.default_rng(seed).integers(0, 40, size=(3, 40))
    counts = np.stack([np.bincount(row, minlength=40) for row in rows]).astype(float)
    stack = resampled_moments(sample, counts)
    for k, row in enumerate(rows):
        taken = sample.values[row]
        assert stack.covariance[k] == pytest.approx(np.cov(taken.T, bias=True), rel=1e-10, abs=1e-10)
        assert stack.mean[k] == pytest.approx(taken.mean(axis=0), rel=1e-12)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_means_are_imputed_anew_in_every_resample(seed):
    sample = drawn(seed, gaps=0.15)
    rows = np.random.default_rng(seed).integers(0, 40, size=(3, 40))
    counts = np.stack([np.bincount(row, minlength=40) for row in rows]).astype(float)
    stack = resampled_moments(sample, counts)
    for k, row in enumerate(rows):
        taken = sample.values[row]
        filled = np.where(np.isnan(taken), np.nanmean(taken, axis=0), taken)
        assert stack.covariance[k] == pytest.approx(np.cov(filled.T, bias=True), rel=1e-9, abs=1e-9)
        assert stack.mean[k] == pytest.approx(filled.mean(axis=0), rel=1e-10)


def test_large_means_cost_no_digits():
    base = drawn(3)
    far = base.replace(values=base.values + 1e8)
    exact = np.cov((far.values - 1e8).T, bias=True)
    assert sample_moments(far).covariance == pytest.approx(exact, rel=1e-7)


def test_listwise_leaves_out_rows_and_mean_fills_them():
    sample = Sample(("a", "b"), np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 4.0], [7.0, 9.0]]))
    listwise, filled = sample_moments(sample), sample_moments(sample, missing="mean")
    assert (listwise.n_obs, filled.n_obs) == (3, 4)
    assert listwise.mean.tolist() == pytest.approx([13 / 3, 5])
    assert filled.mean.tolist() == pytest.approx([4, 5])
    assert filled.covariance[1, 1] == pytest.approx(np.var([2, 5, 4, 9]))
    assert complete_rows(sample).n_obs == 3


def test_what_cannot_be_computed():
    empty = Sample(("a", "b"), np.array([[1.0, np.nan], [3.0, np.nan]]))
    with pytest.raises(EstimationError, match="nobody answered 'b'"):
        sample_moments(empty, missing="mean")
    with pytest.raises(EstimationError, match="0 of 2 rows have an answer to every item used"):
        sample_moments(empty)
    with pytest.raises(OptionError, match=r"unknown missing 'listwse'\. Did you mean 'listwise'"):
        sample_moments(empty, missing="listwse")


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.15]))
@settings(max_examples=20, deadline=None)
def test_one_resample_is_a_member_of_many(seed, gaps):
    sample = drawn(seed, gaps=gaps).replace(weights=np.random.default_rng(seed).uniform(0.5, 2, 40))
    rows = np.random.default_rng(seed).integers(0, 40, size=(3, 40))
    counts = np.stack([np.bincount(row, minlength=40) for row in rows]).astype(float)
    stack, alone = resampled_moments(sample, counts), resampled_moments(sample, counts[1:2])
    assert alone.covariance[0] == pytest.approx(stack.covariance[1], rel=1e-9, abs=1e-10)
    assert alone.mean[0] == pytest.approx(stack.mean[1], rel=1e-10)
    assert np.array_equal(stack.covariance, stack.covariance.transpose(0, 2, 1))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_weights_count_rows(seed):
    sample = drawn(seed).replace(weights=np.random.default_rng(seed).uniform(0.5, 2, 40))
    weighted = sample_moments(sample)
    assert weighted.mean == pytest.approx(np.average(sample.values, axis=0, weights=sample.weights))
    assert weighted.covariance == pytest.approx(np.cov(sample.values.T, aweights=sample.weights, bias=True))
    assert weighted.n_obs == 40


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_rows_are_taken_in_blocks_where_their_products_would_not_fit(monkeypatch, gaps):
    sample = drawn(7, gaps=gaps)
    counts = np.random.default_rng(7).multinomial(40, [1 / 40] * 40, size=3).astype(float)
    whole = resampled_moments(sample, counts).covariance
    monkeypatch.setattr(sys.modules[resampled_moments.__module__], "_BLOCK", 70)
    assert resampled_moments(sample, counts).covariance == pytest.approx(whole, rel=1e-12, abs=1e-12)


def test_em_moments_of_resamples_are_those_of_their_rows():
    sample = drawn(11, n=60, gaps=0.1)
    rows = np.random.default_rng(11).integers(0, 60, size=(3, 60))
    counts = np.stack([np.bincount(row, minlength=60) for row in rows]).astype(float)
    stack = resampled_moments(sample, counts, missing="em")
    for k, row in enumerate(rows):
        alone = sample_moments(sample.rows(row), missing="em")
        assert stack.covariance[k] == pytest.approx(alone.covariance, rel=1e-6, abs=1e-6)
        assert stack.mean[k] == pytest.approx(alone.mean, rel=1e-6)


@pytest.mark.parametrize("draws", [1, 3])
@pytest.mark.parametrize("gaps", [False, True])
def test_an_item_that_a_resample_leaves_constant_has_no_variance(draws, gaps):
    """Neither 1e-19, which comes of taking one square off another: that would pass for a very small unit."""
    random = np.random.default_rng(1)
    values = random.normal(size=(40, 2))
    values[:, 1] = np.where(np.arange(40) == 7, 1.0, 0.0)
    if gaps:
        values[20:22, 1] = values[5, 0] = np.nan
    counts = np.ones((draws, 40))
    counts[:, 7], counts[:, 8] = 0.0, 2.0
    found = resampled_moments(Sample(("a", "b"), values), counts)
    assert (found.covariance[:, 1, 1] == 0).all()
    assert (found.covariance[:, 0, 0] > 0.5).all()
