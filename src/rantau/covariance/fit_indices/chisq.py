"""The test of the model and of its baseline."""

from __future__ import annotations

from rantau.covariance.model_test import Statistics


def chisq(statistics: Statistics) -> tuple[float, ...]:
    """Return half the minimum of the discrepancy, chi-square, df and p of the model. Source: Jöreskog (1967)."""
    test = statistics.test
    return max(statistics.discrepancy, 0.0) / 2, test.statistic, test.df, test.pvalue


def baseline(statistics: Statistics) -> tuple[float, ...]:
    """Return chi-square, df and p of the model in which nothing covaries. Source: Bentler & Bonett (1980)."""
    test = statistics.baseline
    return test.statistic, test.df, test.pvalue
