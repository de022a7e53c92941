"""Groups, known and hidden: permutations and moves of rows against loops in plain NumPy."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
from clock import median_time

import rantau as rt
from pls import CASE, ROOT, estimate_plainly

#: Permutations and moves that are enough to time a loop.
FEW = 20


def permute_plainly(fit: rt.PlsFit, second: np.ndarray, permutations: int) -> None:
    """Estimate both groups of random divisions, one after the other."""
    random = np.random.default_rng(1)
    for _ in range(permutations):
        shuffled = random.permutation(second)
        for own in (shuffled, ~shuffled):
            estimate_plainly(np.corrcoef(fit.sample.values[own].T), fit)


def move_plainly(fit: rt.PlsFit, codes: np.ndarray, moves: int) -> None:
    """Estimate the two segments that change when one row moves, for some rows."""
    for row in range(moves):
        moved = codes.copy()
        moved[row] = 1 - moved[row]
        for segment in (0, 1):
            estimate_plainly(np.corrcoef(fit.sample.values[moved == segment].T), fit)


def seconds(loop: object, *arguments: object) -> float:
    """Return how long one call takes."""
    begun = time.perf_counter()
    loop(*arguments)  # type: ignore[operator]
    return time.perf_counter() - begun


def compare_segments() -> None:
    """Measure and print."""
    golden = json.loads(CASE.read_text("utf-8"))
    data = pd.read_csv(ROOT / "tests" / "data" / golden["data"])
    # The same rows, in the same order.
    data["servicetype"] = pd.read_csv(ROOT / "surveys" / "reputation" / "responses.csv")["servicetype"]
    fit = rt.pls(golden["model"], data)
    taken = median_time(lambda: rt.compare_groups(fit, by="servicetype", permutations=1000, draws=0), runs=5)
    second = (data["servicetype"] == data["servicetype"].iloc[0]).to_numpy()
    loop = seconds(permute_plainly, fit, second, FEW) * 1000 / FEW
    print(
        f"{'MICOM and permutation MGA, 1000':38s} {taken * 1e3:8.0f} ms (goal 1000)  a loop in plain NumPy "
        f"{loop * 1e3:.0f} ms = {loop / taken:.0f} x"
    )
    taken = median_time(lambda: rt.fimix(fit, segments=5, starts=10), runs=3)
    print(f"{'FIMIX, 2 to 5 segments, 10 starts':38s} {taken * 1e3:8.0f} ms (goal 5000)")
    found = rt.pos(fit, segments=2, starts=10)
    steps = sum(len(history) - 1 for history in found.histories)
    taken = median_time(lambda: rt.pos(fit, segments=2, starts=10), runs=3)
    # A search that tries every row once at each step.
    loop = seconds(move_plainly, fit, np.array(found.codes), FEW) * fit.n_obs / FEW * steps
    print(
        f"{'PLS-POS, 2 segments, 10 starts':38s} {taken * 1e3:8.0f} ms ({steps} steps)  every row at every step in "
        f"plain NumPy {loop:.0f} s = {loop / taken:.0f} x"
    )


if __name__ == "__main__":
    compare_segments()
