"""Which constructs a target cannot do without: necessary condition analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.inference.ceiling import CEILINGS
from rantau.inference.necessity import NECESSARY
from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: How the two ceilings are called in print.
NAMES = {"ce_fdh": "CE-FDH", "cr_fdh": "CR-FDH"}


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each condition, the ceilings side by side."""
    found = findings.necessity
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    table = found.table(alpha=1 - findings.level)
    shown = [name for name in CEILINGS if name in found.ceilings]
    rows = []
    for condition, own in table.groupby("condition", sort=False):
        cells: list[Cell] = [view.construct(str(condition))]
        for ceiling in shown:
            one = own[own["ceiling"] == ceiling].to_dict("records")[0]
            cells += [one["effect"], one["p"]]
            if ceiling == "cr_fdh":
                cells.append(100 * one["accuracy"])
            cells.append(
                words(f"table.necessity.{'unknown' if one[NECESSARY] is None else str(one[NECESSARY]).lower()}")
            )
        rows.append(Row(tuple(cells)))
    columns = [Column("condition", words("table.necessity.condition"))]
    for ceiling in shown:
        over = NAMES[ceiling]
        columns += [Column(f"{ceiling}_effect", "*d*", "correlation", over), Column(f"{ceiling}_p", "*p*", "p", over)]
        if ceiling == "cr_fdh":
            columns.append(Column("accuracy", words("table.necessity.accuracy"), "percent", over))
        columns.append(Column(f"{ceiling}_necessary", words("table.necessity.necessary"), "text", over))
    notes = [*view.distrust("pls"), view.note("table.necessity.note")]
    if found.permutations:
        alpha = view.alpha
        notes.append(view.note("table.necessity.note_test", permutations=found.permutations, alpha=alpha))
    title = words("table.necessity.title", target=view.construct(found.target))
    return Table("necessity", title, tuple(columns), tuple(rows), tuple(notes))


ROW = JournalTable("necessity", ("necessity",), build)
