"""Further indices of how much better a model fits than its baseline."""

from __future__ import annotations

from rantau.covariance.fit_indices.tli import tli, tli_robust, tli_scaled
from rantau.covariance.model_test import Statistics
from rantau.covariance.outcome import ModelTest

NAN = float("nan")


def incremental(statistics: Statistics) -> tuple[float, ...]:
    """Compute NNFI, RFI, NFI, PNFI, IFI and RNI.

    Source: Bentler & Bonett (1980) for NNFI (another name of the TLI) and NFI; Bollen (1986) for RFI; James, Mulaik &
    Brett (1982) for PNFI; Bollen (1989b) for IFI, 1 where the baseline fits better than chance would have the model
    fit (lavaan's convention); McDonald & Marsh (1990) for RNI. RFI is below 0 where the baseline fits better for its
    degrees of freedom; lavaan 0.6 then says 1.
    """
    return *tli(statistics), *_others(statistics.test, statistics.baseline)


def incremental_scaled(statistics: Statistics) -> tuple[float, ...]:
    """Compute them from corrected tests. Source: as for the others."""
    return *tli_scaled(statistics), *_others(statistics.corrected_test, statistics.corrected_baseline)


def incremental_robust(statistics: Statistics) -> tuple[float, ...]:
    """Compute NNFI and RNI from robust misfits. Source: Brosseau-Liard & Savalei (2014)."""
    own, baseline = statistics.robust_misfits
    return *tli_robust(statistics), _ratio(baseline.excess - own.excess, baseline.excess)


def _others(own: ModelTest, baseline: ModelTest) -> tuple[float, ...]:
    fit, df, worst, worst_df = own.statistic, own.df, baseline.statistic, baseline.df
    nfi = _ratio(worst - fit, worst) if df <= worst_df else NAN
    rfi = NAN
    if 0 < df <= worst_df:
        rfi = _ratio(worst / worst_df - fit / df, worst / worst_df)
    elif df == 0 and worst_df > 0:
        rfi = 1.0
    pnfi = _ratio(df * (worst - fit), worst_df * worst)
    ifi = _ratio(worst - fit, worst - df) if not worst < df else 1.0
    return rfi, nfi, pnfi, ifi, _ratio(worst - worst_df - (fit - df), worst - worst_df)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole != 0 else NAN
