"""The covariance of sample moments, against lavaan and against its definition."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kurtosis

from rantau.moments.asymptotic import asymptotic_covariance, missing_rank, normal_asymptotic_covariance

# Rscript tests/golden/moments/make_goldens.R: lavInspect(fit, "gamma") of estimator = "WLS".
GOLDEN = json.loads(Path("tests/golden/moments/moments.json").read_text("utf-8"))
ITEMS = ("x1", "x2", "x3", "x7")


def pupils() -> np.ndarray:
    return pd.read_csv("tests/data/hs.csv")[list(ITEMS)].to_numpy(float)


def names(means: bool) -> list[frozenset[str]]:
    pairs = [frozenset((ITEMS[i], ITEMS[j])) for i, j in zip(*np.tril_indices(4), strict=True)]
    return [frozenset((name, "mean")) for name in ITEMS] * means + pairs


@pytest.mark.parametrize(("case", "means"), [("asymptotic", False), ("asymptotic_means", True)])
def test_as_lavaan(case, means):
    rows = [
        frozenset((name[:-2], "mean")) if name.endswith("~1") else frozenset(name.split("~~"))
        for name in GOLDEN[case]["names"]
    ]
    expected = np.zeros((len(rows), len(rows)))
    expected[np.tril_indices(len(rows))] = GOLDEN[case]["values"]
    expected = np.maximum(expected, expected.T) + np.minimum(expected, expected.T) - np.diag(np.diag(expected))
    order = [rows.index(name) for name in names(means)]
    assert asymptotic_covariance(pupils(), means) == pytest.approx(expected[np.ix_(order, order)], rel=1e-9, abs=1e-11)


def test_one_variable_is_variance_skewness_and_kurtosis():
    values = pupils()[:, :1]
    variance = values.var()
    gamma = asymptotic_covariance(values, means=True)
    assert gamma[0, 0] == pytest.approx(variance)
    assert gamma[1, 1] == pytest.approx(variance**2 * (kurtosis(values[:, 0]) + 2))


def test_counts_are_rows_taken_several_times():
    values, rng = pupils(), np.random.default_rng(2)
    rows = rng.integers(0, len(values), len(values))
    counts = np.bincount(rows, minlength=len(values))
    taken = asymptotic_covariance(values[rows], means=True)
    assert asymptotic_covariance(values, True, counts=counts) == pytest.approx(taken, rel=1e-10)
    weights = rng.uniform(0.5, 2, len(values))
    weighted = asymptotic_covariance(values[rows], means=True, weights=weights[rows])
    assert asymptotic_covariance(values, True, weights=weights, counts=counts) == pytest.approx(weighted, rel=1e-10)


def test_equal_weights_are_none():
    plain = asymptotic_covariance(pupils(), True)
    assert asymptotic_covariance(pupils(), True, weights=np.full(301, 3.7)) == pytest.approx(plain, rel=1e-12)


def test_weighted_means_vary_as_they_do():
    rng = np.random.default_rng(3)
    means = []
    for _ in range(2000):
        weights = rng.uniform(0.2, 3, size=200)
        means.append(weights @ rng.normal(size=200) / weights.sum())
    weights = rng.uniform(0.2, 3, size=20_000)
    expected = asymptotic_covariance(rng.normal(size=(20_000, 1)), True, weights=weights)[0, 0]
    assert 200 * np.var(means) == pytest.approx(expected, rel=0.1)


def test_normal_data_have_the_normal_matrix():
    covariance = np.array([[2.0, 0.5, 0.3], [0.5, 1.0, -0.2], [0.3, -0.2, 3.0]])
    rows = np.random.default_rng(1).multivariate_normal(np.zeros(3), covariance, size=300_000)
    for means in (False, True):
        free = asymptotic_covariance(rows, means)
        normal = normal_asymptotic_covariance(np.stack([covariance, 4 * covariance]), means)
        assert free == pytest.approx(normal[0], abs=0.25)
        assert normal[1][-1, -1] == pytest.approx(16 * normal[0][-1, -1])
    assert normal_asymptotic_covariance(covariance, False)[1, 1] == pytest.approx(2.0 * 1.0 + 0.5**2)


@pytest.mark.parametrize(("rows", "lacking"), [(301, 0), (15, 0), (14, 1), (10, 5)])
def test_rows_that_are_too_few(rows, lacking):
    assert missing_rank(asymptotic_covariance(pupils()[:rows], means=True)) == lacking


def test_a_moment_that_never_varies():
    assert missing_rank(np.diag([1.0, 0.0, 2.0])) == 1
