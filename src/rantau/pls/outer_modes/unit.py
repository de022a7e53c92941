"""Unit weights: sum scores of the standardised items."""

from __future__ import annotations

from rantau.pls.rows import OuterMode

UNIT = OuterMode(
    "unit", None, follows=False, inverts=False, source="Wainer (1976), Estimating coefficients in linear models"
)
