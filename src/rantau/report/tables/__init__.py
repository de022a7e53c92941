"""Tables: one journal table per file, in the order of reports."""

from __future__ import annotations

from rantau.report.tables import (
    correlations,
    cross_loadings,
    crosscheck,
    discriminant,
    effects,
    estimates,
    fit,
    formative,
    htmt,
    information,
    inner,
    items,
    measurement,
    paths,
    pls_fit,
    population,
    profile,
    screening,
    sensitivity,
    slopes,
)

ROWS = (
    screening.ROW,
    profile.ROW,
    items.ROW,
    measurement.ROW,
    formative.ROW,
    discriminant.ROW,
    htmt.ROW,
    fit.ROW,
    pls_fit.ROW,
    paths.ROW,
    sensitivity.ROW,
    slopes.ROW,
    effects.ROW,
    inner.ROW,
    population.ROW,
    crosscheck.ROW,
    cross_loadings.ROW,
    information.ROW,
    estimates.ROW,
    correlations.ROW,
)
