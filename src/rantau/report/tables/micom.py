"""Whether composites mean the same in every group: MICOM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Interval, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each construct; with more than two groups, a group of rows for every two."""
    found = findings.comparison
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    several = len(found.pairs) > 1
    for (first, second), own in found.micom(level=findings.level).groupby(["group_1", "group_2"], sort=False):
        rows += [Row((view.pair(str(first), str(second)),), kind="group")] * several
        for one in own.to_dict("records"):
            cells: list[Cell] = [view.construct(one["construct"]), one["c"], one["c_quantile"], one["c_p"]]
            cells += [one["mean_difference"], Interval(one["mean_low"], one["mean_high"]), one["mean_p"]]
            cells += [one["log_variance_ratio"], Interval(one["variance_low"], one["variance_high"])]
            cells += [one["variance_p"], words(f"table.micom.{one['invariance']}")]
            rows.append(Row(tuple(cells), indent=int(several)))
    composites, means, variances = (words(f"table.micom.{step}") for step in ("composites", "means", "variances"))
    middle = words("table.micom.limits", percent=view.percent)
    columns = (
        Column("construct", words("head.construct")),
        Column("c", "*c*", "correlation", composites, decimals=3),
        Column(
            "c_quantile",
            words("table.micom.quantile", percent=view.percent_left),
            "correlation",
            composites,
            decimals=3,
        ),
        Column("c_p", "*p*", "p", composites),
        Column("mean", words("table.micom.difference"), "decimal", means),
        Column("mean_limits", middle, "decimal", means),
        Column("mean_p", "*p*", "p", means),
        Column("variance", words("table.micom.log"), "decimal", variances),
        Column("variance_limits", middle, "decimal", variances),
        Column("variance_p", "*p*", "p", variances),
        Column("invariance", words("table.micom.invariance")),
    )
    notes = [*view.distrust("pls"), view.note("table.micom.note", permutations=found.permutations)]
    structure = found.fit.structure
    single = {name for name, alone in zip(structure.constructs, structure.single, strict=True) if alone}
    notes += [view.note("table.micom.note_single")] * bool(single & set(found.constructs))
    return Table("micom", words("table.micom.title"), columns, tuple(rows), tuple(notes))


ROW = JournalTable("micom", ("comparison",), build)
