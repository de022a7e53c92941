"""Tucker-Lewis index."""

from __future__ import annotations

from rantau.covariance.model_test import Statistics


def tli(statistics: Statistics) -> tuple[float, ...]:
    """Compute the TLI, not trimmed; 1 for a saturated model, NaN where the baseline leaves no misfit.

    Source: Tucker & Lewis (1973); Bentler & Bonett (1980), eq. 13.
    """
    if statistics.df == 0:
        return (1.0,)
    if statistics.baseline_df == 0:
        return (float("nan"),)
    baseline = statistics.baseline_chisq / statistics.baseline_df
    if baseline == 1:
        return (float("nan"),)
    return ((baseline - statistics.chisq / statistics.df) / (baseline - 1),)
