"""Intervals of turned loadings cover those of the population, and the exact errors do so where lavaan's differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.exploratory.gradient_projection import turn

pytestmark = pytest.mark.slow

LOADINGS = np.array([[0.8, 0.0], [0.7, 0.1], [0.6, 0.3], [0.0, 0.8], [0.2, 0.6], [-0.1, 0.7]])
NAMES = [f"x{i}" for i in range(1, 7)]


@pytest.mark.parametrize("name", ["quartimin", "geomin", "promax"])
def test_coverage_of_turned_loadings(name):
    among = np.array([[1.0, 0.4], [0.4, 1.0]])
    rotation = rt.Rotation(name, starts=5)
    spread = LOADINGS @ np.linalg.cholesky(among)
    truth = spread @ turn(spread, rotation).turn
    truth = truth * np.sign(truth.sum(axis=0))
    truth = truth[:, np.argsort(np.abs(truth).argmax(axis=0))]
    deviation = np.sqrt(1 - ((LOADINGS @ among) * LOADINGS).sum(axis=1))
    rng, covered, draws = np.random.default_rng(11), np.zeros((6, 2)), 300
    for _ in range(draws):
        factors = rng.multivariate_normal([0, 0], among, size=400)
        answers = factors @ LOADINGS.T + rng.normal(size=(400, 6)) * deviation
        found = rt.efa(pd.DataFrame(answers, columns=NAMES), 2, rotation=rotation)
        low, high = (found.loadings(end).to_numpy() for end in ("ci_low", "ci_high"))
        covered += (low < truth) & (truth < high)
    share = covered / draws
    assert share.mean() == pytest.approx(0.95, abs=0.02)
    assert share.min() > 0.88
