"""McDonald's omega, total, from the factor model."""

from __future__ import annotations

from rantau.quality.scale import ScaleFindings


def omega(scale: ScaleFindings) -> tuple[float, ...]:
    """Return the share of the variance of the item sum that the factor explains; NaN for a single item.

    Source: McDonald (1999), eq. 6.20b: the squared sum of loadings times the factor's variance, over the
    implied variance of the sum, residual covariances included (Raykov, 2001). This is omega total of the
    congeneric model, not omega hierarchical. Of ordered answers Green & Yang (2009), eq. 21: the sum is that of the
    answers, not of what lies behind them.
    """
    if len(scale.items) < 2:
        return (float("nan"),)
    return (scale.common / scale.total,)
