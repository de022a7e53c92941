"""How benchmarks tell the time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence


def median_time(work: Callable[[], object], *, runs: int) -> float:
    """Return the median seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def median_times(works: Sequence[Callable[[], object]], *, runs: int, at_once: int = 1) -> list[float]:
    """Return the median seconds of several pieces of work, taken in turns: a slow moment is everyone's.

    `at_once` runs make a turn: short work finds its caches as another left them, and the first run of a turn pays.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs + 1):
        for work, own in zip(works, times, strict=True):
            for _ in range(at_once):
                begun = time.perf_counter()
                work()
                own.append(time.perf_counter() - begun)
    return [statistics.median(own[at_once:]) for own in times]


def start_up(code: str) -> float:
    """Return the median seconds of a fresh interpreter that runs `code`."""
    return median_time(lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True), runs=7)
