"""Do WLSMV's intervals cover, and does its test hold its size? Simulation, run by `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt

pytestmark = pytest.mark.slow

REPLICATIONS, ROWS = 400, 500
LOADINGS = np.array([0.8, 0.7, 0.6, 0.75, 0.65, 0.7])
PATH = 0.5
CLAIM = "F =~ a + b + c\nG =~ d + e + f\nG ~ F"
#: Two of the items are skewed, as agreement often is.
CUTS = ([-1.2, -0.4, 0.4, 1.2], [-1.5, -1.0, -0.5, 0.3], [0.5, 1.2], [-0.2], [-1, 0, 1], [-1.6, -1.2, -0.8, 0.0])


def answers(draw: np.random.Generator) -> pd.DataFrame:
    factor = draw.normal(size=ROWS)
    other = PATH * factor + np.sqrt(1 - PATH**2) * draw.normal(size=ROWS)
    behind = LOADINGS * np.column_stack([factor] * 3 + [other] * 3)
    behind = behind + np.sqrt(1 - LOADINGS**2) * draw.normal(size=behind.shape)
    cut = [np.digitize(column, limits) + 1 for column, limits in zip(behind.T, CUTS, strict=True)]
    return pd.DataFrame(dict(zip("abcdef", cut, strict=True)))


@pytest.mark.parametrize("estimator", ["WLSMV", "ULSMV"])
def test_intervals_cover_and_the_test_holds_its_size(estimator):
    draw = np.random.default_rng(20261122)
    truth = {("G", "=~", "e"): 0.65 / 0.75, ("G", "~", "F"): PATH * 0.75 / 0.8, ("a", "|", "t2"): -0.4}
    standard = {("F", "=~", "b"): 0.7, ("G", "~", "F"): PATH, ("d", "~~", "d"): 1 - 0.75**2}
    covered = {**dict.fromkeys(truth, 0), **{(*key, "standardised"): 0 for key in standard}}
    rejected = 0
    for _ in range(REPLICATIONS):
        fit = rt.sem(CLAIM, answers(draw), ordered=True, estimator=estimator)
        assert fit.converged
        rejected += fit.fit_indices()["pvalue_scaled"] < 0.05
        for values, table, mark in ((truth, fit.estimates(), ()), (standard, fit.standardized(), ("standardised",))):
            rows = table.set_index(["lhs", "op", "rhs"])
            for key, value in values.items():
                covered[(*key, *mark)] += rows.ci_low[key] <= value <= rows.ci_high[key]
    for name, count in covered.items():
        assert abs(count / REPLICATIONS - 0.95) < 4 * np.sqrt(0.95 * 0.05 / REPLICATIONS), (name, count)
    assert abs(rejected / REPLICATIONS - 0.05) < 4 * np.sqrt(0.95 * 0.05 / REPLICATIONS), rejected


def test_scores_are_as_far_from_the_truth_as_their_errors_say():
    """Who is scored by the mean given the answers is off by its standard deviation, on average and in each stratum."""
    draw = np.random.default_rng(11)
    truth = draw.multivariate_normal([0, 0], [[1, PATH], [PATH, 1]], size=40_000)
    behind = LOADINGS * np.repeat(truth, 3, axis=1) + np.sqrt(1 - LOADINGS**2) * draw.normal(size=(40_000, 6))
    cut = [np.digitize(column, limits) + 1 for column, limits in zip(behind.T, CUTS, strict=True)]
    data = pd.DataFrame(dict(zip("abcdef", cut, strict=True)))
    fit = rt.cfa("F =~ a + b + c\nG =~ d + e + f", data, ordered=True, std_lv=True)
    expected, probable = fit.scores("eap", errors=True), fit.scores("map", errors=True)
    for place, factor in enumerate("FG"):
        off, error = truth[:, place] - expected[factor].to_numpy(), expected[f"{factor}_se"].to_numpy()
        assert abs(off.mean()) < 0.02
        for half in (error < np.median(error), error >= np.median(error)):
            assert (off[half] ** 2).mean() / (error[half] ** 2).mean() == pytest.approx(1, abs=0.04)
        # No other score is nearer to the truth.
        assert ((truth[:, place] - probable[factor]) ** 2).mean() > (off**2).mean()
        # A score may be regressed on: the truth rises by one with it.
        assert np.polyfit(expected[factor], truth[:, place], 1)[0] == pytest.approx(1, abs=0.02)
