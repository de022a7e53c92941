"""Whether the paths of PLS are straight lines: Ramsey's RESET, and the square of each predictor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Marked, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each outcome, and under it one for each predictor."""
    found = findings.nonlinearity
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    squares = found.quadratic()
    rows: list[Row] = []
    for one in found.reset().to_dict("records"):
        name = Marked(view.construct(one["outcome"]), bold=True)
        rows.append(Row((name, one["f"], one["df"], one["df_residual"], one["p"], None, None, None, None)))
        for own in squares[squares["outcome"] == one["outcome"]].to_dict("records"):
            cells = (own["square"], own["se"], own["p"], own["f_squared"])
            rows.append(Row((view.construct(own["predictor"]), None, None, None, None, *cells), indent=1))
    squared = words("table.linearity.square")
    columns = (
        Column("name", words("table.inner.stub")),
        Column("f", "*F*", "decimal", "RESET"),
        Column("df", "*df*_{1}", "integer", "RESET"),
        Column("df_residual", "*df*_{2}", "integer", "RESET"),
        Column("p", "*p*", "p", "RESET"),
        Column("square", "*b*", "decimal", squared, decimals=3),
        Column("se", "*SE*", "decimal", squared, decimals=3),
        Column("square_p", "*p*", "p", squared),
        Column("f_squared", "*f*^{2}", "decimal", squared, decimals=3),
    )
    powers = words.listing([str(power) for power in found.powers])
    notes = (*view.distrust("pls"), view.note("table.linearity.note", powers=powers))
    return Table("linearity", words("table.linearity.title"), columns, tuple(rows), notes)


ROW = JournalTable("linearity", ("nonlinearity",), build)
