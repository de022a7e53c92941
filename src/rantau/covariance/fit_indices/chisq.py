"""The test of the model and of its baseline."""

from __future__ import annotations

from rantau.covariance.model_test import Statistics
from rantau.covariance.outcome import ModelTest


def chisq(statistics: Statistics) -> tuple[float, ...]:
    """Return half the minimum of the discrepancy, chi-square, df and p of the model. Source: Jöreskog (1967)."""
    return statistics.fmin, *_told(statistics.test)


def chisq_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Return the corrected chi-square, its df and p, and what it was divided by. Source: Satorra & Bentler (1994)."""
    test = statistics.corrected_test
    return *_told(test), test.scaling


def chisq_shift(statistics: Statistics) -> tuple[float, ...]:
    """Return what was added to the corrected chi-square. Source: Asparouhov & Muthén (2010)."""
    return (statistics.corrected_test.shift,)


def chisq_residual(statistics: Statistics) -> tuple[float, ...]:
    """Return Browne's residual statistic, df and p of the model. Source: Browne (1984)."""
    return _told(statistics.residual_test)


def baseline(statistics: Statistics) -> tuple[float, ...]:
    """Return chi-square, df and p of the model in which nothing covaries. Source: Bentler & Bonett (1980)."""
    return _told(statistics.baseline)


def baseline_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Return the corrected test of that model. Source: Satorra & Bentler (1994)."""
    test = statistics.corrected_baseline
    return *_told(test), test.scaling


def _told(test: ModelTest) -> tuple[float, float, float]:
    return test.statistic, test.df, test.pvalue
