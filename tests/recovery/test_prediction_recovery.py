"""Do CVPAT and the permutation test of necessity hold their size, and do intervals of new rows cover? `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.quality.cutoffs import read_cutoffs

pytestmark = pytest.mark.slow

REPLICATIONS = 400


def within(share: float, expected: float, n: int) -> bool:
    """Whether a share lies within four Monte Carlo standard errors of what it should be."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


def rivals(generator: np.random.Generator, first: float, second: float, n: int) -> float:
    """Return t of CVPAT between a model by `a` and one by `b`, where both raise `y`."""
    a, b, noise = generator.normal(size=(3, n))
    data = pd.DataFrame({"a": a, "b": b, "y": first * a + second * b + noise})
    by_a, by_b = (rt.predict(rt.pls(f"y ~ {x}", data), folds=10, repeats=1) for x in "ab")
    return float(by_a.compare(by_b, "y").t[0])


def test_cvpat_holds_its_size_and_finds_the_better_model() -> None:
    generator = np.random.default_rng(1)
    same = np.array([rivals(generator, 0.5, 0.5, 150) for _ in range(REPLICATIONS)])
    # Two rivals with the same loss in the population; 1.976 is the 5 % point of t with 149 degrees of freedom.
    assert within((np.abs(same) > 1.976).mean(), 0.05, REPLICATIONS), (np.abs(same) > 1.976).mean()
    better = np.array([rivals(generator, 0.7, 0.1, 150) for _ in range(100)])
    assert (better < -1.976).mean() > 0.95


def test_cvpat_seldom_prefers_a_model_of_noise_to_the_means() -> None:
    generator = np.random.default_rng(2)
    preferred = 0
    for _ in range(REPLICATIONS):
        data = pd.DataFrame(generator.normal(size=(120, 2)), columns=["x", "y"])
        row = rt.predict(rt.pls("y ~ x", data), repeats=1).cvpat().iloc[0]
        preferred += row.difference < 0 and row.p < 0.05
    assert preferred / REPLICATIONS < 0.05


def test_necessity_by_permutation_holds_its_size() -> None:
    generator = np.random.default_rng(3)
    alpha = read_cutoffs("hair2022")["significance"].below
    rejected = np.zeros(2)
    for seed in range(REPLICATIONS):
        data = pd.DataFrame(generator.uniform(size=(60, 2)), columns=["x", "y"])
        rejected += rt.necessity(data, "y", permutations=199, seed=seed).p_values[0] <= alpha
    for count in rejected:
        assert within(count / REPLICATIONS, 0.05, REPLICATIONS), rejected / REPLICATIONS


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_intervals_of_new_rows_cover(level: float) -> None:
    """Also where errors are far from normal."""
    generator = np.random.default_rng(4)
    covered = []
    for _ in range(60):
        x = generator.normal(size=(200, 1))
        items = np.column_stack([x, x, 0.6 * x, 0.6 * x]) + generator.exponential(size=(200, 4))
        data = pd.DataFrame(items, columns=["a", "b", "c", "d"])
        fit = rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data.head(120))
        rows = rt.predict(fit, repeats=1).rows(data.tail(80), level=level)
        truth = data.tail(80)[["c", "d"]].to_numpy().ravel()
        covered.append(((rows.low <= truth) & (truth <= rows.high)).mean())
    assert abs(np.mean(covered) - level) < 0.02, np.mean(covered)
