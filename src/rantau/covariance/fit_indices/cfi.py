"""Comparative fit index."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.model_test import Statistics


def cfi(statistics: Statistics) -> tuple[float, ...]:
    """Compute the CFI; NaN where the baseline fits as well as can be.

    Source: Bentler (1990), eq. 14: one less the ratio of the two misfits, each cut at zero.
    """
    own, baseline = statistics.test, statistics.baseline
    return (float(comparative_fit(own.statistic, own.df, baseline.statistic, baseline.df)),)


def cfi_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Compute the CFI from corrected tests; it estimates another quantity than the CFI. Source: Bentler (1990)."""
    own, baseline = statistics.corrected_test, statistics.corrected_baseline
    return (float(comparative_fit(own.statistic, own.df, baseline.statistic, baseline.df)),)


def cfi_robust(statistics: Statistics) -> tuple[float, ...]:
    """Compute the CFI that data without normality, or with gaps, would have without either.

    Source: Brosseau-Liard & Savalei (2014), eq. 8; with gaps Zhang & Savalei (2023), eq. 16.
    """
    own, baseline = statistics.robust_misfits
    return (float(comparative_fit(own.chisq, own.df, baseline.chisq, baseline.df)),)


def comparative_fit(chisq: Array | float, df: float, baseline_chisq: Array | float, baseline_df: float) -> Array:
    """Compute the CFI of one sample, or of each of a stack `(...)`."""
    own = np.maximum(np.asarray(chisq) - df, 0.0)
    baseline = np.maximum(np.asarray(baseline_chisq) - baseline_df, own)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(baseline > 0, 1 - own / baseline, 1.0 if baseline_df > 0 else np.nan)
    return np.asarray(np.where(np.isnan(baseline), np.nan, found))
