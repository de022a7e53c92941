"""Speed against peers, as ratios of medians in one run and one BLAS thread. Run it with `make bench`."""

from __future__ import annotations

import contextlib
import io
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import semopy

import rantau as rt

ROOT = Path(__file__).parents[1]
#: What `rantau --help` does.
HELP = "import rantau.cli.main as main; main.status_of(['--help'])"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"


def median_time(work: Callable[[], object], *, runs: int) -> float:
    """Return the median seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def start_up(code: str) -> float:
    """Return the median seconds of a fresh interpreter that runs `code`."""
    return median_time(lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True), runs=7)


def semopy_fit(data: pd.DataFrame) -> None:
    """Fit and inspect with semopy, to the same tight tolerance."""
    model = semopy.Model(HS)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(data, options={"ftol": 1e-14})
        model.inspect(std_est=True)
        semopy.calc_stats(model)


def main() -> None:
    """Measure and print."""
    hs = pd.read_csv(ROOT / "tests/data/hs.csv")
    mobile = pd.read_csv(ROOT / "tests/data/mobile.csv")
    ecsi = rt.read_model(ROOT / "models/mobile_ecsi.sem")

    def ours() -> None:
        fit = rt.sem(HS, hs)
        fit.estimates()
        fit.fit_indices()

    bare = start_up("pass")
    print(f"import rantau              {(start_up('import rantau') - bare) * 1e3:8.0f} ms over a bare interpreter")
    print(f"rantau --help              {start_up(HELP) * 1e3:8.0f} ms")
    mine, theirs = median_time(ours, runs=20), median_time(lambda: semopy_fit(hs), runs=10)
    ratio = f"semopy {theirs * 1e3:8.1f} ms   ratio {theirs / mine:6.1f}"
    print(f"CFA, 9 items, 301 rows     {mine * 1e3:8.1f} ms   {ratio}")
    fit = rt.pls(ecsi, mobile)
    print(f"PLS, 24 items, 250 rows    {median_time(lambda: rt.pls(ecsi, mobile), runs=20) * 1e3:8.1f} ms")
    print(f"PLS bootstrap, 1000 draws  {median_time(lambda: rt.bootstrap(fit, draws=1000), runs=5) * 1e3:8.1f} ms")
    cfa = rt.sem(HS, hs)
    print(f"CFA bootstrap, 1000 draws  {median_time(lambda: rt.bootstrap(cfa, draws=1000), runs=3) * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
