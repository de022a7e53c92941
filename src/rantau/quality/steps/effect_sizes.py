"""How much a predictor adds to what the others explain."""

from __future__ import annotations

from rantau.quality.finding import Evidence, Found, cell, rows_of


def effect_sizes(evidence: Evidence) -> Found:
    """Put f² into words, that of products on its own scale.

    Source: Cohen (1988); Kenny (2018) for products, whose effects are smaller by nature.
    """
    table = evidence.fit.f_squared()
    for row in rows_of(evidence.fit.paths()):
        criterion = "f_squared_product" if ":" in row.rhs else "f_squared"
        value = cell(table, row.lhs, row.rhs)
        yield evidence.finding("f_squared", f"{row.lhs} ~ {row.rhs}", value, {}, criterion=criterion)
