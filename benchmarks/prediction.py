"""PLSpredict against a loop in plain NumPy over the same folds."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
from clock import median_times

import rantau as rt
from pls import CASE, ROOT, estimate_plainly

#: Folds that are enough to time the loop.
FEW = 20


def predict_plainly(fit: rt.PlsFit, found: rt.Prediction, draws: int) -> None:
    """Estimate and predict fold by fold, with a linear model of each item on all items of other blocks."""
    structure, values = fit.structure, fit.sample.values
    items = [place for place, owner in enumerate(structure.owner) if owner in structure.endogenous]
    others = {place: np.flatnonzero(structure.owner != structure.owner[place]) for place in items}
    for draw in range(draws):
        out = found.folds[found.repetition[draw]] == draw
        train, test = values[~out], values[out]
        weights, beta, _ = estimate_plainly(np.corrcoef(train.T), fit)
        (test - train.mean(axis=0)) / train.std(axis=0, ddof=1) @ weights @ beta.T
        for place in items:
            design = np.column_stack([np.ones(len(train)), train[:, others[place]]])
            slopes = np.linalg.lstsq(design, train[:, place], rcond=None)[0]
            np.column_stack([np.ones(len(test)), test[:, others[place]]]) @ slopes


def compare_prediction() -> None:
    """Measure and print."""
    golden = json.loads(CASE.read_text("utf-8"))
    fit = rt.pls(golden["model"], pd.read_csv(ROOT / "tests" / "data" / golden["data"]))
    found = rt.predict(fit, benchmark="others")
    begun = time.perf_counter()
    predict_plainly(fit, found, FEW)
    loop = (time.perf_counter() - begun) * len(found.repetition) / FEW
    (taken,) = median_times((lambda: rt.predict(fit, benchmark="others"),), runs=9)
    print(
        f"{'PLSpredict 10 x 10, reputation':38s} {taken * 1e3:8.0f} ms (goal 500)   a loop in plain NumPy "
        f"{loop * 1e3:.0f} ms = {loop / taken:.0f} x"
    )


if __name__ == "__main__":
    compare_prediction()
