"""Ordinal consistent PLS against consistent PLS of answers as numbers, on items in three categories."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt

pytestmark = pytest.mark.slow

MODEL = """
    X =~ x1 + x2 + x3
    M =~ m1 + m2 + m3
    Y =~ y1 + y2 + y3
    M ~ X
    Y ~ X + M
"""
LOADINGS = np.array([0.8, 0.7, 0.75])
PATHS = np.array([0.5, 0.3, 0.4])
#: Skew answers: the same thresholds for all, and others for every second item.
THRESHOLDS = ([-1.5, -0.5], [0.2, 1.3])


def answers(rng, n):
    x = rng.normal(size=n)
    m = PATHS[0] * x + np.sqrt(1 - PATHS[0] ** 2) * rng.normal(size=n)
    left = 1 - PATHS[1] ** 2 - PATHS[2] ** 2 - 2 * PATHS[0] * PATHS[1] * PATHS[2]
    y = PATHS[1] * x + PATHS[2] * m + np.sqrt(left) * rng.normal(size=n)
    columns = {}
    for name, factor in (("x", x), ("m", m), ("y", y)):
        for k, loading in enumerate(LOADINGS):
            behind = loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=n)
            columns[f"{name}{k + 1}"] = np.digitize(behind, THRESHOLDS[k % 2])
    return pd.DataFrame(columns)


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_bias_of_three_categories():
    rng = np.random.default_rng(11)
    ordinal, numbers, plain = [], [], []
    for _ in range(150):
        data = answers(rng, 500)
        for options, found in (
            ({"ordered": True, "consistent": True}, ordinal),
            ({"consistent": True}, numbers),
            ({}, plain),
        ):
            fit = rt.pls(MODEL, data, **options)
            found.append([*fit.paths()["est"], *fit.loadings()["est"]])
    truth = np.concatenate([PATHS, np.tile(LOADINGS, 3)])
    bias, of_numbers, of_plain = (np.mean(one, axis=0) - truth for one in (ordinal, numbers, plain))
    noise = 4 * np.std(ordinal, axis=0, ddof=1) / np.sqrt(len(ordinal))
    assert (np.abs(bias) < noise + 0.01).all()
    assert (of_numbers[3:] < -0.05).all()
    assert of_plain[0] < -0.1 and of_plain[2] < -0.1


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
def test_coverage_of_percentile_intervals():
    rng = np.random.default_rng(12)
    held = []
    for seed in range(120):
        fit = rt.pls(MODEL, answers(rng, 300), ordered=True, consistent=True)
        if not fit.trustworthy:
            continue
        table = rt.bootstrap(fit, draws=200, seed=seed).table()[:3]
        held.append((table["ci_low"].to_numpy() <= PATHS) & (table["ci_high"].to_numpy() >= PATHS))
    share = np.mean(held, axis=0)
    assert len(held) > 110
    # Four standard errors of a share of 0.95 in 115 samples.
    assert (share > 0.95 - 4 * np.sqrt(0.95 * 0.05 / len(held))).all()
