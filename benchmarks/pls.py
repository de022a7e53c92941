"""The PLS engine against plain NumPy and against its own limit, in one run and on one BLAS thread."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from clock import median_times

import rantau as rt
from rantau.arrays import Array
from rantau.inference.resample import count_blocks, draw_counts
from rantau.moments import sample_moments
from rantau.pls.estimate import estimate

ROOT = Path(__file__).parents[1]
CASE = ROOT / "tests" / "golden" / "pls" / "csem_reputation_ext.json"
#: How many draws a bootstrap of a report has.
DRAWS = 10_000
#: As many of them are enough to time plain NumPy.
FEW = 200


def estimate_plainly(correlation: Array, fit: rt.PlsFit, *, tolerance: float = 1e-10) -> tuple[Array, Array, Array]:
    """Estimate by the path scheme as a good script would: whole matrices, one regression after another."""
    structure = fit.structure
    blocks, paths, modes = structure.blocks, structure.paths, structure.modes
    weights = np.zeros((len(correlation), len(blocks)))
    for j, block in enumerate(blocks):
        weights[block, j] = 1.0
    weights /= np.sqrt(np.diag(weights.T @ correlation @ weights))
    inverse = [np.linalg.inv(correlation[block, block]) for block in blocks]
    for _ in range(300):
        cross = correlation @ weights
        among = weights.T @ cross
        inner = np.where(paths | paths.T, among, 0.0)
        for outcome in range(len(blocks)):
            predictors = np.flatnonzero(paths[outcome])
            if predictors.size:
                inner[predictors, outcome] = np.linalg.solve(
                    among[np.ix_(predictors, predictors)], among[predictors, outcome]
                )
        towards = cross @ inner
        following = np.zeros_like(weights)
        for j, block in enumerate(blocks):
            following[block, j] = inverse[j] @ towards[block, j] if modes[j] == "B" else towards[block, j]
        following /= np.sqrt(np.diag(following.T @ correlation @ following))
        change = np.abs(following - weights).max()
        weights = following
        if change < tolerance:
            break
    cross = correlation @ weights
    among = weights.T @ cross
    beta, explained = np.zeros(paths.shape), np.full(len(blocks), np.nan)
    for outcome in range(len(blocks)):
        predictors = np.flatnonzero(paths[outcome])
        if predictors.size:
            beta[outcome, predictors] = np.linalg.solve(
                among[np.ix_(predictors, predictors)], among[predictors, outcome]
            )
            explained[outcome] = beta[outcome, predictors] @ among[predictors, outcome]
    return weights, beta, explained


def resample_plainly(fit: rt.PlsFit, draws: int) -> Array:
    """Bootstrap paths with a loop over the draws."""
    generator, values = np.random.default_rng(1), fit.sample.values
    found = []
    for _ in range(draws):
        taken = values[generator.integers(0, len(values), len(values))]
        found.append(estimate_plainly(np.corrcoef(taken.T), fit)[1])
    return np.stack(found)


def limit(fit: rt.PlsFit) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return what makes the counts of all draws, and the one product that gives their moments."""
    rows, step = np.zeros(fit.n_obs, dtype=np.intp), 500
    blocks = list(count_blocks(DRAWS, 1))

    def counted() -> None:
        for seed, size in blocks:
            draw_counts(rows, size, seed)

    left, right = np.tril_indices(len(fit.structure.items))
    centred = fit.sample.values - fit.sample.values.mean(axis=0)
    products = centred[:, left] * centred[:, right]
    counts = draw_counts(rows, step, blocks[0][0])

    def multiplied() -> None:
        for _ in range(DRAWS // step):
            counts @ products

    return counted, multiplied


def compare_pls() -> None:
    """Measure and print one line for each piece of work."""
    golden = json.loads(CASE.read_text("utf-8"))
    frame = pd.read_csv(ROOT / "tests" / "data" / golden["data"])
    model = rt.parse_model(golden["model"])
    fit = rt.pls(model, frame)
    moments = sample_moments(fit.sample)
    correlation = np.corrcoef(fit.sample.values.T)
    _, beta, _ = estimate_plainly(correlation, fit)
    apart = np.abs(np.abs(beta) - np.abs(fit.solution.beta[0])).max()

    plain, alone, whole = median_times(
        (
            lambda: estimate_plainly(correlation, fit),
            lambda: estimate(moments.covariance[None], moments.mean[None], fit.structure, fit.request),
            lambda: rt.pls(model, frame),
        ),
        runs=101,
    )
    title = f"PLS reputation, {fit.n_obs} x {len(fit.structure.items)}"
    print(f"{title:38s} {alone * 1e3:8.2f} ms   plain NumPy {plain * 1e3:.2f} ms, share {alone / plain:.2f} (goal 0.5)")
    print(f"{'':38s} {whole * 1e3:8.2f} ms   rt.pls with its data frame; paths {apart:.0e} apart from plain NumPy")

    begun = time.perf_counter()
    resample_plainly(fit, FEW)
    loop = (time.perf_counter() - begun) * DRAWS / FEW
    drawn, counts, product = median_times((lambda: rt.bootstrap(fit, draws=DRAWS), *limit(fit)), runs=7)
    title = f"its bootstrap, {DRAWS} draws"
    print(f"{title:38s} {drawn * 1e3:8.0f} ms   a loop in plain NumPy {loop:.1f} s = {loop / drawn:.0f} x (goal 20 x)")
    share = drawn / (counts + product)
    print(
        f"{'':38s} limit: counts {counts * 1e3:.0f} ms + product {product * 1e3:.0f} ms; {share:.1f} times that "
        f"(goal 3), with {len(fit.quantities)} quantities of each draw"
    )


if __name__ == "__main__":
    compare_pls()
