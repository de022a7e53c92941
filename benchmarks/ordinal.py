"""Ordered answers against lavaan, in one run and on one BLAS thread."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import ordinalcorr
import pandas as pd
from clock import median_time

import rantau as rt

ROOT = Path(__file__).parents[1]
BFI = ROOT / "tests" / "data" / "bfi.csv"
BIG5 = "\n".join(f"{trait} =~ " + " + ".join(f"{trait}{k}" for k in range(1, 6)) for trait in "ACENO")
FORTY = "\n".join(f"f{k} =~ " + " + ".join(f"v{8 * k + item}" for item in range(8)) for k in range(5))
#: How many times as fast as lavaan.
GOALS = {"bfi": 20, "forty": 30}
TITLES = {"bfi": "WLSMV, the 25 bfi items, n = 2436", "forty": "WLSMV, 5 x 8 items, n = 1000"}
SCRIPT = """
suppressMessages(library(lavaan)); given <- commandArgs(TRUE)
bfi <- read.csv(given[1]); forty <- read.csv(given[2])
models <- strsplit(given[3], "@")[[1]]
time <- function(model, data) median(replicate(3, system.time(cfa(model, data, ordered = TRUE))["elapsed"]))
cat(sprintf('{"bfi": %f, "forty": %f}', time(models[1], bfi), time(models[2], forty)))
"""


def forty_items() -> pd.DataFrame:
    """Draw 1000 rows of five correlated factors with eight items of five categories each."""
    generator = np.random.default_rng(7)
    factors = generator.normal(size=(1000, 5)) @ np.linalg.cholesky(0.3 + 0.7 * np.eye(5)).T
    items = 0.7 * np.repeat(factors, 8, axis=1) + 0.714 * generator.normal(size=(1000, 40))
    return pd.DataFrame(np.digitize(items, [-1.2, -0.4, 0.4, 1.2]) + 1, columns=[f"v{k}" for k in range(40)])


def with_lavaan(forty: pd.DataFrame) -> dict[str, float]:
    """Return lavaan's times; empty where R or lavaan is not there."""
    if shutil.which("Rscript") is None:
        print("lavaan is not timed: Rscript is not found")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forty.csv"
        forty.to_csv(path, index=False)
        models = "@".join(model.replace("\n", "; ") for model in (BIG5, FORTY))
        command = ["Rscript", "-e", SCRIPT, str(BFI), str(path), models]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        print(f"lavaan is not timed: {made.stderr.strip().splitlines()[-1]}")
        return {}
    found: dict[str, float] = json.loads(made.stdout)
    return found


def compare_ordinal() -> None:
    """Measure and print one line for each piece of work."""
    bfi, forty = pd.read_csv(BFI), forty_items()
    lavaan = with_lavaan(forty)
    works = {"bfi": (BIG5, bfi), "forty": (FORTY, forty)}
    for name, (model, data) in works.items():
        mine = median_time(lambda model=model, data=data: rt.cfa(model, data, ordered=True), runs=9)  # type: ignore[misc]
        told = f"lavaan {lavaan[name] * 1e3:9.1f} ms = {lavaan[name] / mine:6.1f} x" if name in lavaan else ""
        print(f"{TITLES[name]:38s} {mine * 1e3:8.2f} ms   {told}  (goal {GOALS[name]} x lavaan)")
    every = median_time(lambda: rt.polychoric(forty), runs=9)
    names = list(forty)[:5]
    pairs = [(forty[a], forty[b]) for a in names for b in names if a < b]
    theirs = median_time(lambda: [ordinalcorr.polychoric(a, b) for a, b in pairs], runs=5) / len(pairs) * 780
    print(
        f"{'all polychorics of 40 items':38s} {every * 1e3:8.2f} ms   ordinalcorr {theirs * 1e3:9.1f} ms = "
        f"{theirs / every:6.1f} x  (goal 20 x ordinalcorr)"
    )


if __name__ == "__main__":
    compare_ordinal()
