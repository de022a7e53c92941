"""How far the correlations implied by PLS are from those of the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for the saturated and one for the estimated model."""
    if findings.pls is None:
        return None
    view = View(findings, language)
    rows = []
    for model in ("saturated", "estimated"):
        found = findings.pls.fit_indices(model)
        values = (float(found[name]) for name in ("srmr", "d_uls", "d_g", "nfi"))
        rows.append(Row((view.words(f"table.pls_fit.{model}"), *values)))
    columns = (
        Column("model", view.words("table.fit.model")),
        Column("srmr", "SRMR", "index"),
        Column("d_uls", "*d*_{ULS}", "decimal", decimals=3),
        Column("d_g", "*d*_{G}", "decimal", decimals=3),
        Column("nfi", "NFI", "index"),
    )
    notes = (*view.distrust("pls"), view.note("table.pls_fit.note"))
    return Table("pls_fit", view.words("table.pls_fit.title"), columns, tuple(rows), notes)


ROW = JournalTable("pls_fit", ("pls",), build)
