"""How benchmarks tell the time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable


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
