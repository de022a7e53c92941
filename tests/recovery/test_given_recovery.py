"""Do intervals given covariates cover, and does the test hold its size? Simulation, run by `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt

pytestmark = pytest.mark.slow

REPLICATIONS, ROWS = 300, 500
LOADINGS = np.array([0.8, 0.7, 0.6, 0.75])
EFFECTS = np.array([0.4, -0.5])
CLAIM = "F =~ a + b + c + d\nF ~ x + z\ny ~ F + z"
CUTS = ([-1.2, -0.4, 0.4, 1.2], [-1.0, 0.3], [0.5], [-1, 0, 1])


def answers(draw: np.random.Generator) -> pd.DataFrame:
    # A skewed covariate and a rare dummy: nothing of them is normal.
    x, z = draw.exponential(size=ROWS), (draw.uniform(size=ROWS) < 0.3) * 1.0
    factor = x * EFFECTS[0] + z * EFFECTS[1] + 0.8 * draw.normal(size=ROWS)
    # Given covariates what lies behind an item has variance 1.
    behind = LOADINGS * factor[:, None] / 0.8 + np.sqrt(1 - LOADINGS**2) * draw.normal(size=(ROWS, 4))
    cut = [np.digitize(column, limits) + 1 for column, limits in zip(behind.T, CUTS, strict=True)]
    y = 1.0 + 0.5 * factor - 0.3 * z + draw.normal(size=ROWS)
    return pd.DataFrame({**dict(zip("abcd", cut, strict=True)), "x": x, "z": z, "y": y})


@pytest.mark.parametrize("estimator", ["WLSMV", "ULSMV"])
def test_intervals_cover_and_the_test_holds_its_size(estimator):
    draw = np.random.default_rng(20261122)
    # The factor has the unit of `a`.
    unit = LOADINGS[0] / 0.8
    truth = {
        ("F", "~", "x"): EFFECTS[0] * unit, ("F", "~", "z"): EFFECTS[1] * unit, ("F", "=~", "b"): 0.7 / 0.8,
        ("y", "~", "F"): 0.5 / unit, ("y", "~", "z"): -0.3, ("a", "|", "t3"): 0.4, ("y", "~1", ""): 1.0,
    }  # fmt: skip
    covered, rejected = dict.fromkeys(truth, 0), 0
    for _ in range(REPLICATIONS):
        fit = rt.sem(CLAIM, answers(draw), ordered=list("abcd"), estimator=estimator)
        assert fit.converged
        rejected += fit.fit_indices()["pvalue_scaled"] < 0.05
        rows = fit.estimates().set_index(["lhs", "op", "rhs"])
        for key, value in truth.items():
            covered[key] += rows.ci_low[key] <= value <= rows.ci_high[key]
    slack = 4 * np.sqrt(0.95 * 0.05 / REPLICATIONS)
    for name, count in covered.items():
        assert abs(count / REPLICATIONS - 0.95) < slack, (name, count)
    assert abs(rejected / REPLICATIONS - 0.05) < slack, rejected
