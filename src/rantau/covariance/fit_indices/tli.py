"""Tucker-Lewis index."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.model_test import Statistics


def tli(statistics: Statistics) -> tuple[float, ...]:
    """Compute the TLI, not trimmed; 1 for a saturated model, NaN where the baseline leaves no misfit.

    Source: Tucker & Lewis (1973); Bentler & Bonett (1980), eq. 13.
    """
    own, baseline = statistics.test, statistics.baseline
    return (float(tucker_lewis(own.statistic, own.df, baseline.statistic, baseline.df)),)


def tli_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Compute the TLI from corrected tests; it estimates another quantity. Source: Tucker & Lewis (1973)."""
    own, baseline = statistics.corrected_test, statistics.corrected_baseline
    return (float(tucker_lewis(own.statistic, own.df, baseline.statistic, baseline.df)),)


def tli_robust(statistics: Statistics) -> tuple[float, ...]:
    """Compute the TLI that data without normality, or with gaps, would have without either.

    Source: Brosseau-Liard & Savalei (2014), eq. 9; with gaps Zhang & Savalei (2023).
    """
    own, baseline = statistics.robust_misfits
    found = float(tucker_lewis(own.chisq, own.df, baseline.chisq, baseline.df))
    return (float("nan") if np.isnan(own.chisq) else found,)


def tucker_lewis(chisq: Array | float, df: float, baseline_chisq: Array | float, baseline_df: float) -> Array:
    """Compute the TLI of one sample, or of each of a stack `(...)`."""
    own, baseline = np.asarray(chisq, dtype=float), np.asarray(baseline_chisq, dtype=float)
    if df == 0:
        return np.ones(own.shape)
    if baseline_df == 0:
        return np.full(own.shape, np.nan)
    ratio = baseline / baseline_df
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(ratio == 1, np.nan, (ratio - own / df) / (ratio - 1)))
