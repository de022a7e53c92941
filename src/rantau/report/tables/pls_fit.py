"""How far the correlations implied by PLS are from those of the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Kind, Row, Table
from rantau.report.view import NAN, View, at

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: Columns of distances: their names in the fit, their headers, and how they are printed.
DISTANCES: tuple[tuple[str, str, Kind], ...] = (
    ("srmr", "SRMR", "index"),
    ("d_uls", "*d*_{ULS}", "decimal"),
    ("d_g", "*d*_{G}", "decimal"),
)


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for the saturated and one for the estimated model."""
    if findings.pls is None:
        return None
    view = View(findings, language)
    tests = {test.model: test.table(level=findings.level) for test in findings.fit_tests}
    quantile = f"q{100 * findings.level:g}"
    rows = []
    for model in ("saturated", "estimated"):
        found = findings.pls.fit_indices(model)
        cells: list[Cell] = [view.words(f"table.pls_fit.{model}")]
        for name, _, _ in DISTANCES:
            cells.append(float(found[name]))
            if tests:
                cells.append(at(tests[model], name, quantile) if model in tests else NAN)
        rows.append(Row((*cells, float(found["nfi"]))))
    beside = view.words("table.pls_fit.quantile", percent=view.percent)
    columns = [Column("model", view.words("table.fit.model"))]
    for name, header, kind in DISTANCES:
        columns.append(Column(name, header, kind, decimals=3))
        if tests:
            columns.append(Column(f"{name}_{quantile}", beside, kind, decimals=3))
    columns.append(Column("nfi", "NFI", "index"))
    notes = [*view.distrust("pls"), view.note("table.pls_fit.note")]
    if findings.fit_tests:
        draws = min(len(test.values) - test.n_failed for test in findings.fit_tests)
        notes.append(view.note("table.pls_fit.note_test", percent=view.percent, draws=draws))
    return Table("pls_fit", view.words("table.pls_fit.title"), tuple(columns), tuple(rows), tuple(notes))


ROW = JournalTable("pls_fit", ("pls",), build)
