"""Polychoric and polyserial correlations against ordinalcorr (PyPI), which estimates pair by pair."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import ordinalcorr
import pandas as pd
import pytest

import rantau as rt

DATA = Path(__file__).parents[1] / "data"


def test_polychoric_of_the_bfi_items() -> None:
    names = ["A1", "A2", "A3", "C1", "C5", "E1", "N1", "N4", "O5"]
    data = pd.read_csv(DATA / "bfi.csv", usecols=names)[names].dropna().astype(int)
    ours = rt.polychoric(data).correlations()
    for a, b in combinations(names, 2):
        # Its search over rho ends at a tolerance of its own.
        assert ours.loc[a, b] == pytest.approx(ordinalcorr.polychoric(data[a], data[b]), abs=2e-6)


@pytest.mark.parametrize("cuts", [(0.0,), (-0.4, 1.1), (-1.0, 0.2, 1.5)])
@pytest.mark.parametrize("rho", [-0.8, 0.05, 0.6])
def test_few_categories_and_strong_relations(rho: float, cuts: tuple[float, ...]) -> None:
    draw = np.random.default_rng(3).multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=400)
    data = pd.DataFrame({"a": np.digitize(draw[:, 0], cuts), "b": np.digitize(draw[:, 1], (-0.5, 0.6))})
    ours = rt.polychoric(data).correlations().loc["a", "b"]
    assert ours == pytest.approx(ordinalcorr.polychoric(data.a, data.b), abs=2e-6)


def test_polyserial() -> None:
    draw = np.random.default_rng(4).multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], size=500)
    data = pd.DataFrame({"x": draw[:, 0], "a": np.digitize(draw[:, 1], (-0.7, 0.3, 1.0))})
    ours = rt.polychoric(data, ordered=["a"]).correlations().loc["x", "a"]
    assert ours == pytest.approx(ordinalcorr.polyserial(data.x, data.a), abs=5e-6)
