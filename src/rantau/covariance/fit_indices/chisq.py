"""The likelihood-ratio test of the model and of its baseline."""

from __future__ import annotations

from scipy.special import chdtrc

from rantau.covariance.model_test import Statistics


def chisq(statistics: Statistics) -> tuple[float, ...]:
    """Return chi-square, df and p of the model. Source: Jöreskog (1967)."""
    return statistics.chisq, float(statistics.df), statistics.pvalue


def baseline(statistics: Statistics) -> tuple[float, ...]:
    """Return chi-square, df and p of the model in which nothing covaries. Source: Bentler & Bonett (1980)."""
    df = statistics.baseline_df
    p = float(chdtrc(df, statistics.baseline_chisq)) if df > 0 else float("nan")
    return statistics.baseline_chisq, float(df), p
