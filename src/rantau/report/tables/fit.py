"""Global fit of the measurement model and the whole model, by the covariance engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Interval, Row, Table
from rantau.report.view import NAN, View

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each fit."""
    view = View(findings, language)
    fits = [(name, fit) for name in ("cfa", "sem") if (fit := getattr(findings, name)) is not None]
    rows = tuple(Row((view.words(f"table.fit.{name}"), *_cells(fit))) for name, fit in fits)
    columns = (
        Column("model", view.words("table.fit.model")),
        Column("chisq", "χ^{2}", "decimal"),
        Column("df", "*df*", "integer"),
        Column("pvalue", "*p*", "p"),
        Column("ratio", "χ^{2}/*df*", "decimal"),
        Column("cfi", "CFI", "index"),
        Column("tli", "TLI", "index"),
        Column("rmsea", view.words("table.fit.estimate"), "index", "RMSEA"),
        Column("rmsea_ci", view.words("head.ci", percent="90"), "index", "RMSEA"),
        Column("rmsea_pvalue", "*p*_{close}", "p", "RMSEA"),
        Column("srmr", "SRMR", "index"),
    )
    sizes = sorted({fit.n_obs for _, fit in fits})
    listed = view.words.listing([view.words.whole(size) for size in sizes])
    notes = (*view.distrust("cfa", "sem"), view.note("table.fit.note", n=listed))
    return Table("fit", view.words("table.fit.title"), columns, rows, notes)


def _cells(fit: SemFit) -> tuple[Cell, ...]:
    found = fit.fit_indices()
    df = fit.statistics.df
    # Without degrees of freedom a model fits any data, so the ratio and the tests say nothing.
    ratio = float(found["chisq"]) / df if df > 0 else NAN
    return (
        float(found["chisq"]),
        df if fit.converged else NAN,
        float(found["pvalue"]) if df > 0 else NAN,
        ratio,
        float(found["cfi"]),
        float(found["tli"]),
        float(found["rmsea"]),
        Interval(float(found["rmsea_ci_lower"]), float(found["rmsea_ci_upper"])),
        float(found["rmsea_pvalue"]),
        float(found["srmr"]),
    )


ROW = JournalTable("fit", ("cfa or sem",), build)
