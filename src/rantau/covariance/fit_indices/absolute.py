"""Indices of one model alone: critical n, goodness of fit, and expected cross-validation."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri

from rantau.covariance.model_test import Statistics

NAN = float("nan")
#: A misfit per row below this is rounding.
ROUNDING = 1e-12


def critical_n(statistics: Statistics) -> tuple[float, ...]:
    """Compute the n at which the model would just be rejected at .05, and at .01; NaN where no n would do so.

    Source: Hoelter (1983).
    """
    test = statistics.test
    per_row = test.statistic / statistics.multiplier
    if test.df <= 0 or per_row < ROUNDING:
        return NAN, NAN
    return tuple(float(chdtri(test.df, level)) / per_row + 1 for level in (0.05, 0.01))


def goodness_of_fit(statistics: Statistics) -> tuple[float, ...]:
    """Compute GFI, AGFI and PGFI.

    Source: Steiger (1989), eq. 51: `p / (p + 2 F)`, with F the misfit in the population, which estimates the GFI that
    Jöreskog & Sörbom (1981) meant without the bias of theirs; as lavaan has it since 0.7. The misfit is that of
    Browne's residual statistic with the weights of the implied covariances. AGFI and PGFI: Jöreskog & Sörbom (1981);
    Mulaik et al. (1989).
    """
    p, df = statistics.sample.shape[-1], statistics.df
    misfit = max(statistics.reweighted - df, 0.0) / statistics.multiplier
    gfi = p / (p + 2 * misfit)
    moments = df + statistics.n_free
    return gfi, 1 - moments / df * (1 - gfi) if df > 0 else 1.0, df / moments * gfi


def weighted_residual(statistics: Statistics) -> tuple[float, ...]:
    """Compute the WRMR, the root mean square residual in standard errors. Source: Yu (2002), eq. 5."""
    # As in Mplus and lavaan, the moments of one group count where there are several.
    moments = (statistics.df + statistics.n_free) / statistics.groups.size
    return (float(np.sqrt(statistics.test.statistic / moments)) if moments else NAN,)


def mcdonald(statistics: Statistics) -> tuple[float, ...]:
    """Compute McDonald's index. Source: McDonald (1989), eq. 12."""
    test = statistics.test
    return (float(np.exp(-(test.statistic - test.df) / statistics.multiplier / 2)),)


def cross_validation(statistics: Statistics) -> tuple[float, ...]:
    """Compute the expected cross-validation index. Source: Browne & Cudeck (1989), eq. 21."""
    return ((statistics.test.statistic + 2 * statistics.n_free) / statistics.multiplier,)
