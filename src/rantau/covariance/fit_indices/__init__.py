"""A room of fit indices: one file and one row each, in the order of reports."""

from __future__ import annotations

from collections.abc import Callable

from rantau.covariance.fit_indices.cfi import cfi
from rantau.covariance.fit_indices.chisq import baseline, chisq
from rantau.covariance.fit_indices.information_criteria import information_criteria
from rantau.covariance.fit_indices.rmsea import rmsea
from rantau.covariance.fit_indices.srmr import srmr
from rantau.covariance.fit_indices.tli import tli
from rantau.covariance.model_test import Statistics
from rantau.record import Record


class FitIndex(Record):
    """One index or family of indices.

    Attributes
    ----------
    name
        Of the row.
    function
        From `Statistics` to one number per name in `gives`.
    gives
        The names in `fit_indices()`: lavaan's, in snake case.
    source
        The paper.
    """

    name: str
    function: Callable[[Statistics], tuple[float, ...]]
    gives: tuple[str, ...]
    source: str


ROWS = (
    FitIndex("chisq", chisq, ("fmin", "chisq", "df", "pvalue"), "Jöreskog (1967)"),
    FitIndex(
        "baseline", baseline, ("baseline_chisq", "baseline_df", "baseline_pvalue"),
        "Bentler & Bonett (1980)",
    ),
    FitIndex("cfi", cfi, ("cfi",), "Bentler (1990)"),
    FitIndex("tli", tli, ("tli",), "Tucker & Lewis (1973)"),
    FitIndex(
        "rmsea", rmsea, ("rmsea", "rmsea_ci_lower", "rmsea_ci_upper", "rmsea_pvalue"),
        "Browne & Cudeck (1993)",
    ),
    FitIndex("srmr", srmr, ("srmr",), "Bentler (1995)"),
    FitIndex(
        "information_criteria", information_criteria, ("logl", "unrestricted_logl", "aic", "bic", "bic2"),
        "Akaike (1974); Schwarz (1978); Sclove (1987)",
    ),
)  # fmt: skip


def fit_index_values(statistics: Statistics) -> tuple[tuple[str, float], ...]:
    """Return every index as (name, value), in the order of the rows."""
    return tuple(pair for row in ROWS for pair in zip(row.gives, row.function(statistics), strict=True))
