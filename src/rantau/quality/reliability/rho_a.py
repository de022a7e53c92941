"""Dijkstra and Henseler's rho_A."""

from __future__ import annotations

from rantau.quality.scale import ScaleFindings


def rho_a(scale: ScaleFindings) -> tuple[float, ...]:
    """Return rho_A of the PLS score; NaN for a single item.

    Source: Dijkstra & Henseler (2015), eq. 3.
    """
    return (scale.rho_a if len(scale.items) > 1 else float("nan"),)
