"""Moments of groups, with weights and gaps, for one sample and stacks of resamples."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rantau.errors import EstimationError, OptionError
from rantau.moments import Sample, grouped_moments, sample_moments
from rantau.moments.em import saturated

# Rscript tests/golden/moments/make_goldens.R: lavInspect(fit, "sampstat"), fitMeasures(fit)["unrestricted.logl"].
GOLDEN = json.loads(Path("tests/golden/moments/moments.json").read_text("utf-8"))
ITEMS = tuple(f"x{k}" for k in range(1, 10))


def pupils(file="hs", *, schools=False, weighted=False) -> Sample:
    frame = pd.read_csv(f"tests/data/{file}.csv")
    labels = tuple(frame["school"].unique())
    return Sample(
        ITEMS,
        frame[list(ITEMS)].to_numpy(float),
        group=np.array([labels.index(label) for label in frame["school"]]) if schools else None,
        groups=labels if schools else ("",),
        weights=0.5 + (np.arange(1, len(frame) + 1) % 7) / 3 if weighted else None,
    )


def drawn(seed, *, gaps=0.1, n=120, p=4) -> Sample:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) + 5 * rng.normal(size=p)
    values[rng.uniform(size=(n, p)) < gaps] = np.nan
    return Sample(
        tuple(f"x{k}" for k in range(p)),
        values,
        group=rng.integers(0, 2, n),
        groups=("a", "b"),
        weights=rng.uniform(0.5, 2, n),
    )


def alike(one, other, *, within=1e-8):
    for part in ("n", "mean", "covariance"):
        assert getattr(one, part) == pytest.approx(getattr(other, part), rel=1e-9, abs=within)


@pytest.mark.parametrize(
    ("case", "sample", "missing"),
    [
        ("hs", pupils(), "listwise"),
        ("weighted", pupils(weighted=True), "listwise"),
        ("schools_weighted", pupils(schools=True, weighted=True), "listwise"),
        ("listwise_schools_weighted", pupils("hs_gaps", schools=True, weighted=True), "listwise"),
        ("hs", pupils(), "fiml"),
        ("schools_weighted", pupils(schools=True, weighted=True), "fiml"),
        ("gaps", pupils("hs_gaps"), "fiml"),
        ("gaps_schools", pupils("hs_gaps", schools=True), "fiml"),
        ("gaps_weighted", pupils("hs_gaps", weighted=True), "fiml"),
        ("gaps_schools_weighted", pupils("hs_gaps", schools=True, weighted=True), "fiml"),
    ],
)
def test_as_lavaan(case, sample, missing):
    expected, found = GOLDEN[case], grouped_moments(sample, missing=missing)
    left, right = np.tril_indices(9)
    assert found.n == pytest.approx(np.atleast_1d(expected["n"]))
    assert found.covariance[:, left, right] == pytest.approx(np.array(expected["covariance"]), abs=1e-9)
    assert found.mean == pytest.approx(np.array(expected["mean"]), abs=1e-9)
    if missing == "fiml":
        exact = saturated(found.patterns, ITEMS, groups=sample.groups)
        assert exact.log_likelihood.sum() == pytest.approx(expected["log_likelihood"], rel=1e-12)


def test_the_patterns_of_the_pupils():
    sample = pupils("hs_gaps", schools=True)
    patterns = grouped_moments(sample, missing="fiml").patterns
    assert patterns.seen[0].all()
    assert patterns.n.sum() == 301
    for group in (0, 1):
        seen = ~np.isnan(sample.values[sample.group == group])
        assert (patterns.group == group).sum() == len(np.unique(seen, axis=0))
    for block in (0, 1, len(patterns.n) - 1):
        seen = patterns.seen[block]
        own = (sample.group == patterns.group[block]) & (~np.isnan(sample.values) == seen).all(axis=1)
        rows = sample.values[own][:, seen]
        assert patterns.n[block] == len(rows)
        assert patterns.mean[block, seen] == pytest.approx(rows.mean(axis=0))
        assert patterns.covariance[block][np.ix_(seen, seen)] == pytest.approx(np.cov(rows.T, bias=True), abs=1e-12)
        assert not patterns.mean[block, ~seen].any()
        assert not patterns.covariance[block][~seen].any()


def test_many_items_have_patterns_too():
    values = np.random.default_rng(1).normal(size=(4, 130))
    values[1, 129] = values[2, 61] = values[3, 129] = np.nan
    found = grouped_moments(Sample(tuple(map(str, range(130))), values[[0, 0, 1, 2, 3]]))
    assert found.n.tolist() == [2]
    stack = Sample(tuple(map(str, range(130))), values)
    with pytest.raises(EstimationError, match="do not determine the covariances of the 130 items"):
        grouped_moments(stack, missing="fiml")


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_resample_by_counts_is_the_resample_by_rows(seed, missing):
    sample = drawn(seed)
    rows = np.random.default_rng(seed).integers(0, sample.n_obs, size=(4, sample.n_obs))
    counts = np.stack([np.bincount(row, minlength=sample.n_obs) for row in rows]).astype(float)
    stack = grouped_moments(sample, missing=missing, counts=counts)
    for k, row in enumerate(rows):
        one = grouped_moments(sample.rows(row), missing=missing)
        assert stack.n[k] == pytest.approx(one.n)
        assert stack.mean[k] == pytest.approx(one.mean, abs=1e-7)
        assert stack.covariance[k] == pytest.approx(one.covariance, abs=1e-7)


@pytest.mark.parametrize("missing", ["listwise", "fiml"])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_laws(seed, missing):
    sample = drawn(seed)
    found = grouped_moments(sample, missing=missing)
    order = np.random.default_rng(seed).permutation(sample.n_obs)
    alike(grouped_moments(sample.rows(order), missing=missing), found)
    alike(grouped_moments(sample.replace(weights=7.0 * sample.weights), missing=missing), found)
    plain = grouped_moments(sample.replace(weights=None), missing=missing)
    alike(grouped_moments(sample.replace(weights=np.full(sample.n_obs, 0.3)), missing=missing), plain)
    once = grouped_moments(sample, missing=missing, counts=np.ones((2, sample.n_obs)))
    assert once.covariance[1] == pytest.approx(found.covariance, abs=1e-8)
    assert once.n[1] == pytest.approx(found.n)
    # A group is estimated from its own rows alone; only the scale of weights is common to all.
    first = sample.replace(weights=None).rows(sample.group == 0)
    own = grouped_moments(first.replace(group=None, groups=("",)), missing=missing)
    assert own.covariance[0] == pytest.approx(plain.covariance[0], abs=1e-8)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_without_gaps_both_ways_are_one(seed):
    sample = drawn(seed, gaps=0.0)
    alike(grouped_moments(sample, missing="fiml"), grouped_moments(sample), within=1e-12)
    alone = sample.replace(group=None, groups=("",), weights=None)
    assert grouped_moments(alone).covariance[0] == pytest.approx(sample_moments(alone).covariance)
    assert grouped_moments(alone).mean[0] == pytest.approx(sample_moments(alone).mean)


def test_large_means_cost_no_digits():
    base = drawn(3)
    far = base.replace(values=base.values + 1e6)
    for missing in ("listwise", "fiml"):
        near, moved = grouped_moments(base, missing=missing), grouped_moments(far, missing=missing)
        assert moved.covariance == pytest.approx(near.covariance, rel=1e-7)


def test_a_group_that_a_resample_leaves_out_is_no_number():
    sample = drawn(5)
    counts = np.stack([np.ones(sample.n_obs), (sample.group == 0).astype(float)])
    for missing in ("listwise", "fiml"):
        found = grouped_moments(sample, missing=missing, counts=counts)
        assert found.n[1, 1] == 0
        assert np.isnan(found.covariance[1, 1]).all()
        assert np.isfinite(found.covariance[1, 0]).all()
        assert np.isfinite(found.covariance[0]).all()


def test_rows_without_any_answer_count_for_nothing():
    sample = drawn(6)
    empty = sample.replace(
        values=np.vstack([sample.values, np.full((3, 4), np.nan)]),
        group=np.append(sample.group, [0, 1, 1]),
        weights=np.append(sample.weights, [1.0, 2.0, 3.0]),
    )
    alike(grouped_moments(empty, missing="fiml"), grouped_moments(sample, missing="fiml"))


def test_counts_must_fit_the_rows():
    with pytest.raises(ValueError, match=r"`counts` has shape \(2, 119\), expected \('any', 120\)"):
        grouped_moments(drawn(1), counts=np.ones((2, 119)))
    with pytest.raises(OptionError, match=r"unknown missing 'film'\. Did you mean 'fiml'"):
        grouped_moments(drawn(1), missing="film")


def test_parts_of_a_sample_have_its_length():
    with pytest.raises(ValueError, match=r"`weights` has shape \(3,\), expected \(120,\)"):
        drawn(1).replace(weights=np.ones(3))
    taken = drawn(1).rows(np.array([3, 5]))
    assert (taken.n_obs, taken.group.shape, taken.weights.shape, taken.membership.shape) == (2, (2,), (2,), (2,))
