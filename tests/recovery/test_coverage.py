"""Do intervals cover, and do tests hold their size? Simulation, run by `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt

pytestmark = pytest.mark.slow

POPULATION = """
F =~ 0.8*a + 0.7*b + 0.75*c
G =~ 0.7*d + 0.8*e + 0.65*f
F ~~ 1*F
G ~ 0.5*F
G ~~ 0.75*G
a ~~ 0.36*a
b ~~ 0.51*b
c ~~ 0.4375*c
d ~~ 0.51*d
e ~~ 0.36*e
f ~~ 0.5775*f
"""
CLAIM = "F =~ a + b + c\nG =~ d + e + f\nG ~ F"
REPLICATIONS = 600


def within(share: float, expected: float, n: int) -> bool:
    """Whether a share lies within four Monte Carlo standard errors of what it should be."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / n)


def test_maximum_likelihood_intervals_cover_and_chi_square_holds_its_size() -> None:
    population = rt.parse_model(POPULATION)
    # The claim's metric: each factor in units of its first item.
    truth = {("G", "=~", "e"): 0.8 / 0.7, ("G", "~", "F"): 0.5 * 0.7 / 0.8, ("a", "~~", "a"): 0.36}
    standard = {("F", "=~", "b"): 0.7, ("G", "~", "F"): 0.5}
    covered = {**dict.fromkeys(truth, 0), **{(*key, "std"): 0 for key in standard}}
    rejected, chisq = 0, []
    for seed in range(REPLICATIONS):
        fit = rt.sem(CLAIM, rt.simulate(population, n=400, seed=seed))
        estimates = fit.estimates().set_index(["lhs", "op", "rhs"])
        standardised = fit.standardized().set_index(["lhs", "op", "rhs"])
        for key, value in truth.items():
            covered[key] += estimates.loc[key, "ci_low"] <= value <= estimates.loc[key, "ci_high"]
        for key, value in standard.items():
            covered[*key, "std"] += standardised.loc[key, "ci_low"] <= value <= standardised.loc[key, "ci_high"]
        index = fit.fit_indices()
        chisq.append(index["chisq"])
        rejected += index["pvalue"] < 0.05
    for key, count in covered.items():
        assert within(count / REPLICATIONS, 0.95, REPLICATIONS), f"{key}: {count / REPLICATIONS:.3f}"
    assert within(rejected / REPLICATIONS, 0.05, REPLICATIONS), rejected / REPLICATIONS
    # The statistic has mean df = 8 and variance 2 df.
    assert abs(np.mean(chisq) - 8) < 4 * np.sqrt(16 / REPLICATIONS) + 8 * 0.02


def test_percentile_intervals_cover_an_indirect_effect() -> None:
    covered = 0
    for seed in range(REPLICATIONS):
        draw = np.random.default_rng(seed).normal(size=(200, 3))
        x = draw[:, 0]
        m = 0.4 * x + draw[:, 1]
        data = pd.DataFrame({"x": x, "m": m, "y": 0.5 * m + draw[:, 2]})
        fit = rt.sem("m ~ a*x\ny ~ b*m + x\nab := a*b", data)
        table = rt.bootstrap(fit, draws=500, seed=seed).table()
        row = table[table.lhs == "ab"].iloc[0]
        covered += row.ci_low <= 0.2 <= row.ci_high
    # Percentile intervals of a product fall a little short in small samples (MacKinnon et al., 2004).
    assert 0.91 < covered / REPLICATIONS < 0.97, covered / REPLICATIONS
