"""Whether the items of each construct may reflect it: confirmatory tetrad analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Interval, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: Of the intervals of a construct together: a two-sided test at 10 %, as Gudergan et al. (2008) do.
LEVEL = 0.9


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each construct, one for each tetrad."""
    found = findings.tetrads
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    for construct, own in found.table(level=LEVEL).groupby("construct", sort=False):
        rows.append(Row((view.construct(str(construct)),), kind="group"))
        for one in own.to_dict("records"):
            verdict = words(f"table.tetrads.{'yes' if one['vanishes'] else 'no'}")
            label = one["tetrad"].replace(",", ", ")
            rows.append(Row((label, one["est"], one["se"], Interval(one["ci_low"], one["ci_high"]), verdict), indent=1))
    columns = (
        Column("tetrad", words("table.tetrads.tetrad")),
        Column("est", words("table.fit.estimate"), "decimal", decimals=3),
        Column("se", "*SE*", "decimal", decimals=3),
        Column("ci", words("table.tetrads.ci"), "decimal", decimals=3),
        Column("vanishes", words("table.tetrads.vanishes")),
    )
    notes = (*view.distrust("pls"), view.note("table.tetrads.note", draws=len(found.draws)))
    return Table("tetrads", words("table.tetrads.title"), columns, tuple(rows), notes)


ROW = JournalTable("tetrads", ("tetrads",), build)
