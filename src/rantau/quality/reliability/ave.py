"""Average variance extracted, by either engine."""

from __future__ import annotations

from rantau.quality.scale import ScaleFindings


def ave(scale: ScaleFindings) -> tuple[float, ...]:
    """Return the mean squared loading by PLS and by the factor model; NaN for a single item.

    Source: Fornell & Larcker (1981), eq. 11.
    """
    if len(scale.items) < 2:
        return float("nan"), float("nan")
    return scale.ave, float((scale.loadings**2).mean())
