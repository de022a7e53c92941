"""Do searches for hidden segments find those that were made? Run by `make verify`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.segments.agreement import adjusted_rand

pytestmark = pytest.mark.slow

CLAIM = "X <~ x1 + x2 + x3\nZ =~ z1 + z2 + z3\nY =~ y1 + y2 + y3\nY ~ X + Z"
REPLICATIONS = 20
#: Paths to Y from X and Z.
PATHS = np.array([[0.8, 0.1], [-0.5, 0.7]])


def answers(
    seed: int, n: int = 300, *, paths: np.ndarray = PATHS, weights: np.ndarray | None = None, noise: float = 0.3
) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows of two segments, 60 to 40, that differ in paths or in how three items form X."""
    random = np.random.default_rng(seed)
    hidden = (random.random(n) < 0.4).astype(int)
    items = random.normal(size=(n, 3))
    forming = np.tile([0.6, 0.6, 0.5], (2, 1)) if weights is None else weights
    x = (items * forming[hidden]).sum(axis=1)
    z = random.normal(size=n)
    y = paths[hidden, 0] * x + paths[hidden, 1] * z + noise * random.normal(size=n)
    reflected = [one[:, None] + noise * random.normal(size=(n, 3)) for one in (z, y)]
    names = [f"{block}{item}" for block in "xzy" for item in (1, 2, 3)]
    return pd.DataFrame(np.concatenate([items, *reflected], axis=1), columns=names), hidden


def test_paths_that_differ_are_found_by_both() -> None:
    agreed: dict[str, list[float]] = {"fimix": [], "pos": []}
    right, paths = 0, []
    for seed in range(REPLICATIONS):
        data, hidden = answers(seed, noise=0.15)
        fit = rt.pls(CLAIM, data)
        mixture = rt.fimix(fit, segments=3, starts=5, seed=seed)
        right += mixture.advice().segments == 2
        moved = rt.pos(fit, starts=3, seed=seed)
        agreed["fimix"].append(adjusted_rand(mixture.memberships(2), hidden))
        agreed["pos"].append(adjusted_rand(moved.memberships(), hidden))
        paths.append(moved.paths().segment_1.tolist())
    # Rows near the middle of X belong to either.
    assert np.mean(agreed["fimix"]) > 0.5, agreed
    assert np.mean(agreed["pos"]) > 0.5, agreed
    assert right >= 0.9 * REPLICATIONS, right
    # The larger segment has strong paths from X and next to none from Z.
    assert np.median(np.array(paths), axis=0) == pytest.approx([0.9, 0.1], abs=0.12)


def test_weights_that_differ_are_found_by_pos_alone() -> None:
    """Becker et al. (2013): the mixture takes the scores of all rows, which mix up both ways to form X."""
    agreed: dict[str, list[float]] = {"fimix": [], "pos": []}
    for seed in range(REPLICATIONS):
        alike, forming = np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([[1.0, 0.2, 0.0], [-0.2, 0.1, 1.0]])
        data, hidden = answers(seed, paths=alike, weights=forming, noise=0.15)
        fit = rt.pls(CLAIM, data)
        mixture = rt.fimix(fit, segments=2, starts=5)
        if len(mixture.solutions) == 2:
            agreed["fimix"].append(adjusted_rand(mixture.memberships(2), hidden))
        agreed["pos"].append(adjusted_rand(rt.pos(fit, starts=3, seed=seed).memberships(), hidden))
    assert np.mean(agreed["pos"]) > np.mean(agreed["fimix"]) + 0.2, {name: np.mean(one) for name, one in agreed.items()}
    assert np.mean(agreed["pos"]) > 0.5, np.mean(agreed["pos"])


def test_one_population_is_seldom_taken_for_two() -> None:
    several = 0
    for seed in range(REPLICATIONS):
        data, _ = answers(seed, paths=np.array([[0.6, 0.4], [0.6, 0.4]]))
        several += rt.fimix(rt.pls(CLAIM, data), segments=3, starts=5, seed=seed).advice().segments > 1
    assert several <= 0.1 * REPLICATIONS, several


def test_columns_that_tell_nothing_are_seldom_found() -> None:
    """The tests of columns hold their level, in columns of categories and of numbers, though segments were sought."""
    found = {"sex": 0, "age": 0}
    for seed in range(4 * REPLICATIONS):
        data, _ = answers(seed, n=150)
        random = np.random.default_rng([seed, 1])
        extra = pd.DataFrame({"sex": random.integers(0, 2, size=150), "age": random.normal(size=150)})
        segments = rt.fimix(rt.pls(CLAIM, data), segments=2, starts=3, seed=seed).memberships(2)
        table = rt.explain_segments(segments, extra, adjust="none").table().set_index("column")
        for name in found:
            found[name] += table.p[name] < 0.05
    for name, count in found.items():
        assert abs(count / (4 * REPLICATIONS) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / (4 * REPLICATIONS)), (name, count)
