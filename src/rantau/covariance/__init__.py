"""The covariance-based engine: NumPy and SciPy only; it does not know the PLS engine."""

from rantau.covariance.comparison import compare
from rantau.covariance.fit import cfa, growth, sem
from rantau.covariance.result import SemFit

__all__ = ["SemFit", "cfa", "compare", "growth", "sem"]
