"""The covariance-based engine: NumPy and SciPy only; it does not know the PLS engine."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rantau.covariance.after_fit.comparison import compare
    from rantau.covariance.after_measurement.fit import sam
    from rantau.covariance.after_measurement.result import SamFit
    from rantau.covariance.exploratory.efa import efa
    from rantau.covariance.exploratory.result import EfaFit
    from rantau.covariance.exploratory.rotation import Rotation
    from rantau.covariance.fit import cfa, growth, sem
    from rantau.covariance.result import SemFit

__all__ = ["EfaFit", "Rotation", "SamFit", "SemFit", "cfa", "compare", "efa", "growth", "sam", "sem"]

#: Imported when first used: who only asks which estimators there are need not wait for them.
_HOMES = {
    "EfaFit": "rantau.covariance.exploratory.result",
    "Rotation": "rantau.covariance.exploratory.rotation",
    "SamFit": "rantau.covariance.after_measurement.result",
    "SemFit": "rantau.covariance.result",
    "cfa": "rantau.covariance.fit",
    "compare": "rantau.covariance.after_fit.comparison",
    "efa": "rantau.covariance.exploratory.efa",
    "growth": "rantau.covariance.fit",
    "sam": "rantau.covariance.after_measurement.fit",
    "sem": "rantau.covariance.fit",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'rantau.covariance' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
