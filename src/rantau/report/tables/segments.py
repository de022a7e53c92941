"""By how many segments the rows are described best: the criteria of FIMIX-PLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Kind, Marked, Row, Table
from rantau.report.view import View
from rantau.segments.fimix_result import SMALLEST

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: What is shown, how it is called in print, and how it is written.
SHOWN: tuple[tuple[str, str, Kind], ...] = (
    ("ln_l", "ln *L*", "decimal"),
    ("aic", "AIC", "decimal"),
    ("aic3", "AIC_{3}", "decimal"),
    ("aic4", "AIC_{4}", "decimal"),
    ("bic", "BIC", "decimal"),
    ("caic", "CAIC", "decimal"),
    ("hq", "HQ", "decimal"),
    ("mdl5", "MDL_{5}", "decimal"),
    ("en", "EN", "correlation"),
    ("smallest_segment", "", "count"),
)


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each number of segments; the smallest value of a criterion is bold."""
    found = findings.segments
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    criteria = found.criteria()
    best = {name: int(np.nanargmin(criteria[name].to_numpy(dtype=float))) for name in SMALLEST}
    rows = []
    for place, (count, one) in enumerate(criteria.to_dict("index").items()):
        cells: list[Cell] = [int(str(count))]
        cells += [Marked(one[name], bold=best.get(name) == place) for name, _, _ in SHOWN]
        rows.append(Row(tuple(cells)))
    columns = [Column("segments", words("table.segments.number"), "integer")]
    for name, header, kind in SHOWN:
        decimals = 1 if kind == "decimal" else None
        columns.append(Column(name, header or words("table.segments.smallest"), kind, decimals=decimals))
    notes = (*view.distrust("pls"), view.note("table.segments.note", starts=found.starts))
    return Table("segments", words("table.segments.title"), tuple(columns), tuple(rows), notes)


ROW = JournalTable("segments", ("segments",), build)
