"""Comparative fit index."""

from __future__ import annotations

from rantau.covariance.model_test import Statistics


def cfi(statistics: Statistics) -> tuple[float, ...]:
    """Compute the CFI; NaN where the baseline fits as well as can be.

    Source: Bentler (1990), eq. 14: one less the ratio of the two misfits, each cut at zero.
    """
    own = max(statistics.chisq - statistics.df, 0.0)
    baseline = max(statistics.baseline_chisq - statistics.baseline_df, own)
    if baseline == 0:
        return (1.0,) if statistics.baseline_df > 0 else (float("nan"),)
    return (1 - own / baseline,)
