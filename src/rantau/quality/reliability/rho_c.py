"""Jöreskog's rho_C, also called composite reliability."""

from __future__ import annotations

from rantau.quality.scale import ScaleFindings


def rho_c(scale: ScaleFindings) -> tuple[float, ...]:
    """Return rho_C from the PLS loadings; NaN for a single item.

    Source: Werts, Linn & Jöreskog (1974), eq. 3.
    """
    return (scale.rho_c if len(scale.items) > 1 else float("nan"),)
