"""How much of a construct its predictors explain."""

from __future__ import annotations

from rantau.quality.finding import Evidence, Found, rows_of


def explained_variance(evidence: Evidence) -> Found:
    """Put R² into words; what is much depends on the field.

    Source: Hair, Ringle and Sarstedt (2011), PLS-SEM: Indeed a silver bullet.
    """
    for row in rows_of(evidence.fit.r_squared()):
        limits = evidence.limits(row.Index, "r2", row.Index)
        yield evidence.finding("r_squared", row.Index, row.r_squared, {}, limits=limits)
