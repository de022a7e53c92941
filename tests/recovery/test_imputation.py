"""Are pooled estimates unbiased, do their intervals cover, do pooled tests hold their size? Run by `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt

# A Heywood case now and then belongs to sampling.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::rantau.RantauWarning")]

REPLICATIONS = 300
CLAIM = "F =~ a + b + c\nG =~ d + e + f\nG ~ F"
POPULATION = "F =~ 0.8*a + 0.7*b + 0.75*c\nG =~ 0.7*d + 0.8*e + 0.65*f\nG ~ 0.5*F\nG ~~ 0.75*G\nF ~~ 1*F\n" + "\n".join(
    f"{item} ~~ {value}*{item}" for item, value in zip("abcdef", (0.36, 0.51, 0.4375, 0.51, 0.36, 0.5775), strict=True)
)


def within(share: float, expected: float) -> bool:
    """Whether a share lies within four Monte Carlo standard errors of what it should be."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / REPLICATIONS)


def holed(seed: int, *, points: int = 0) -> pd.DataFrame:
    """Answers that are missing at random: those high on `a` leave out `e` and `f` more often, and `b` at random."""
    rng = np.random.default_rng(10_000 + seed)
    data = rt.simulate(rt.parse_model(POPULATION), n=300, seed=seed)
    if points:
        data = (data * 1.2).round().clip(-(points // 2), points // 2)
    chance = 0.5 / (1 + np.exp(-2 * data["a"].to_numpy()))
    for item in ("e", "f"):
        data[item] = data[item].mask(rng.random(300) < chance)
    return data.assign(b=data.b.mask(rng.random(300) < 0.1))


def test_intervals_cover_and_chi_squares_hold_their_size() -> None:
    covered, estimates, rejected = 0, [], {"D3": 0, "D4": 0, "D4_robust": 0}
    for seed in range(REPLICATIONS):
        imputed = rt.impute(holed(seed), m=10, seed=seed, method="normal", iterations=5)
        pooled = rt.pool(imputed.fits(rt.sem, CLAIM))
        row = pooled.table(of="standardized").set_index(["lhs", "op", "rhs"]).loc[("G", "~", "F")]
        estimates.append(row.est)
        covered += row.ci_low <= 0.5 <= row.ci_high
        for test in rejected:
            rejected[test] += pooled.chi_square(test=test).pvalue < 0.05
    assert abs(np.mean(estimates) - 0.5) < 4 * np.std(estimates) / np.sqrt(REPLICATIONS) + 0.01
    assert within(covered / REPLICATIONS, 0.95), covered / REPLICATIONS
    for test, count in rejected.items():
        # n = 300 makes the chi-square of complete data a little too large as well.
        assert count / REPLICATIONS < 0.05 + 4 * np.sqrt(0.05 * 0.95 / REPLICATIONS), (test, count / REPLICATIONS)


def test_means_of_items_by_predictive_mean_matching_cover() -> None:
    population = np.mean([_complete_mean(seed) for seed in range(200)])
    covered, plain, estimates = 0, [], []
    for seed in range(REPLICATIONS):
        data = holed(seed, points=7)
        imputed = rt.impute(data, m=10, seed=seed, iterations=5)
        means = np.array([frame["e"].mean() for frame in imputed.frames()])
        within_variance = np.mean([frame["e"].var() / 300 for frame in imputed.frames()])
        total = within_variance + 1.1 * means.var(ddof=1)
        covered += abs(means.mean() - population) < 1.98 * np.sqrt(total)
        estimates.append(means.mean())
        plain.append(data["e"].mean())
    # Those who answered are no fair sample; what was drawn makes up for it.
    assert abs(np.mean(plain) - population) > 0.05
    assert abs(np.mean(estimates) - population) < 0.02
    assert within(covered / REPLICATIONS, 0.95), covered / REPLICATIONS


def _complete_mean(seed: int) -> float:
    data = rt.simulate(rt.parse_model(POPULATION), n=2000, seed=50_000 + seed)
    return float((data["e"] * 1.2).round().clip(-3, 3).mean())
