"""The covariance-based engine: NumPy and SciPy only; it does not know the PLS engine."""

from rantau.covariance.comparison import compare
from rantau.covariance.fit import cfa, growth, sem
from rantau.covariance.result import SemFit
from rantau.covariance.sam import sam
from rantau.covariance.sam_result import SamFit

__all__ = ["SamFit", "SemFit", "cfa", "compare", "growth", "sam", "sem"]
