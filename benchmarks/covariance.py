"""The covariance engine against semopy, lavaan and its own limit, in one run and on one BLAS thread."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import semopy
from clock import median_time, median_times

import rantau as rt
from rantau.covariance.implied import imply, slopes
from rantau.covariance.minimise import solve
from rantau.covariance.setting import setting_of
from rantau.moments.grouped import grouped_moments

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
MODELS: dict[str, str] = json.loads((ROOT / "benchmarks" / "models.json").read_text("utf-8"))
#: How many times as fast as whom the engine is to be.
GOALS = {
    "hs": ("semopy", 10),
    "democracy": ("semopy", 10),
    "fiml": ("lavaan", 100),
    "wide": ("semopy", 25),
    "mediation_draws": ("semopy", 100),
    "democracy_draws": ("lavaan", 30),
}
TITLES = {
    "hs": "HS CFA, ML, indices and standardised",
    "democracy": "democracy SEM, ML, the same",
    "fiml": "FIML, hs_gaps, the same",
    "wide": "CFA 10 x 10 items, n = 2000, the same",
    "mediation_draws": "1000 draws of the mediation model",
    "democracy_draws": "1000 draws of the democracy SEM",
}


def wide_data() -> pd.DataFrame:
    """Draw 2000 rows of ten correlated factors with ten items each."""
    generator = np.random.default_rng(20261122)
    root = np.linalg.cholesky(0.3 * np.ones((10, 10)) + 0.7 * np.eye(10))
    factors = generator.normal(size=(2000, 10)) @ root.T
    items = 0.7 * np.repeat(factors, 10, axis=1) + 0.714 * generator.normal(size=(2000, 100))
    return pd.DataFrame(items, columns=[f"v{place}" for place in range(100)])


def whole(fit: rt.SemFit) -> rt.SemFit:
    """Ask a fit for what the peers are asked for."""
    fit.fit_indices()
    fit.standardized()
    return fit


def with_semopy(model: str, data: pd.DataFrame) -> None:
    """Fit and inspect with semopy, by its own defaults."""
    made = semopy.Model(model)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.fit(data)
        made.inspect(std_est=True)
        semopy.calc_stats(made)


def draws_with_semopy(model: str, data: pd.DataFrame, draws: int) -> None:
    """Resample by hand, as semopy's users must."""
    generator = np.random.default_rng(1)
    made = semopy.Model(model)
    for _ in range(draws):
        made.fit(data.iloc[generator.integers(0, len(data), len(data))])
        _ = made.param_vals


def with_lavaan(wide: pd.DataFrame) -> dict[str, float]:
    """Return lavaan's times; empty where R or lavaan is not there."""
    if shutil.which("Rscript") is None:
        print("lavaan is not timed: Rscript is not found")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wide.csv"
        wide.to_csv(path, index=False)
        command = ["Rscript", str(ROOT / "benchmarks" / "lavaan.R"), str(DATA), str(path)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        print(f"lavaan is not timed: {made.stderr.strip().splitlines()[-1]}")
        return {}
    found: dict[str, float] = json.loads(made.stdout)
    print(f"lavaan {found.pop('version')} by Rscript, semopy {semopy.__version__}")
    return found


def limit(fit: rt.SemFit) -> tuple[float, float]:
    """Return the seconds of the moments alone, and of the linear algebra of one Fisher step times the steps."""
    setting = setting_of(fit)
    missing = "listwise" if fit.request.missing == "listwise" else "fiml"
    moments = median_time(lambda: grouped_moments(fit.rows, missing=missing), runs=9)
    theta = fit.theta * setting.scale
    implied = imply(setting.layout, theta)
    factors = slopes(setting.layout, implied)
    sigma, left, right = implied.sigma[0], factors.left[0], factors.right[0]
    pull = np.ones(left.shape[-1])
    patterns = 1 if setting.moments.patterns is None else len(setting.moments.patterns.n)
    stack = np.broadcast_to(sigma, (patterns, *sigma.shape))

    def step() -> None:
        np.linalg.cholesky(stack)
        weight = np.linalg.inv(stack)[0]
        across = weight @ right
        cross = left.T @ across
        solve((cross * cross.T + (left.T @ weight @ left) * (right.T @ across) + np.eye(pull.size))[None], pull[None])

    return moments, fit.iterations * median_time(step, runs=9)


def compare() -> None:
    """Measure and print one line for each piece of work."""
    frames = {name: pd.read_csv(DATA / f"{name}.csv") for name in ("hs", "hs_gaps", "democracy", "mediation")}
    wide = wide_data()
    mediation, democracy = (rt.sem(MODELS[name], frames[name]) for name in ("mediation", "democracy"))
    ours: dict[str, Callable[[], object]] = {
        "hs": lambda: whole(rt.cfa(MODELS["hs"], frames["hs"])),
        "democracy": lambda: whole(rt.sem(MODELS["democracy"], frames["democracy"])),
        "fiml": lambda: whole(rt.cfa(MODELS["hs"], frames["hs_gaps"], missing="ml")),
        "wide": lambda: whole(rt.cfa(MODELS["wide"], wide)),
        "mediation_draws": lambda: rt.bootstrap(mediation, draws=1000),
        "democracy_draws": lambda: rt.bootstrap(democracy, draws=1000),
    }
    without = MODELS["mediation"].split("\nab :=")[0].replace("c*", "").replace("a*", "").replace("b*", "")
    theirs: dict[str, tuple[Callable[[], object], int, float]] = {
        "hs": (lambda: with_semopy(MODELS["hs"], frames["hs"]), 9, 1),
        "democracy": (lambda: with_semopy(MODELS["democracy"], frames["democracy"]), 9, 1),
        "wide": (lambda: with_semopy(MODELS["wide"], wide), 3, 1),
        "mediation_draws": (lambda: draws_with_semopy(without, frames["mediation"], 50), 15, 20),
        "democracy_draws": (lambda: draws_with_semopy(MODELS["democracy"], frames["democracy"], 10), 5, 100),
    }
    lavaan = with_lavaan(wide)
    for name, work in ours.items():
        peers = {"lavaan": lavaan[name]} if name in lavaan else {}
        if name in theirs:
            call, runs, times = theirs[name]
            mine, other = median_times((work, call), runs=runs, at_once=5 if times == 1 and runs > 3 else 1)
            peers["semopy"] = other * times
        else:
            mine = median_time(work, runs=21)
        told = "  ".join(f"{peer} {time * 1e3:9.1f} ms = {time / mine:6.1f} x" for peer, time in peers.items())
        goal = "  (goal {1} x {0})".format(*GOALS[name])
        print(f"{TITLES[name]:38s} {mine * 1e3:8.2f} ms   {told}{goal}")
        if not name.endswith("draws"):
            moments, steps = limit(work())  # type: ignore[arg-type]
            share = mine / (moments + steps)
            print(
                f"{'':38s} limit: moments {moments * 1e3:.2f} ms + steps {steps * 1e3:.2f} ms; {share:.1f} times that"
            )
    million()


def million() -> None:
    """Fit a million rows of 40 items from a chunked read."""
    generator = np.random.default_rng(5)
    factor = generator.normal(size=(1_000_000, 4))
    items = (np.repeat(factor, 10, axis=1) + generator.normal(size=(1_000_000, 40))).round(2)
    names = [f"v{place}" for place in range(40)]
    model = "\n".join(f"f{k} =~ " + " + ".join(names[10 * k : 10 * k + 10]) for k in range(4))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        pd.DataFrame(items, columns=names).to_csv(path, index=False)
        read = median_time(lambda: rt.read_moments(path, names), runs=1)
        plain = median_time(lambda: [len(part) for part in pd.read_csv(path, chunksize=100_000)], runs=1)
        summary = rt.read_moments(path, names)
    fit = median_time(lambda: rt.sem(model, summary), runs=5)
    print(f"a million rows of 40 items: read {read:.1f} s (pandas alone {plain:.1f} s), fitted in {fit * 1e3:.1f} ms")
