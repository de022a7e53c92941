"""What every test shares: one BLAS thread, the checkout's root as working folder, and the data sets."""

from __future__ import annotations

import os

# Before NumPy is imported: sums then come out the same on every machine and every core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every test in the checkout's root, where `surveys/` and `models/` are."""
    monkeypatch.chdir(ROOT)
