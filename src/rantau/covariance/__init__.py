"""The covariance-based engine: NumPy and SciPy only; it does not know the PLS engine."""

from rantau.covariance.after_fit.comparison import compare
from rantau.covariance.after_measurement.fit import sam
from rantau.covariance.after_measurement.result import SamFit
from rantau.covariance.fit import cfa, growth, sem
from rantau.covariance.result import SemFit

__all__ = ["SamFit", "SemFit", "cfa", "compare", "growth", "sam", "sem"]
