"""Whether PLS predicts better than its benchmarks beyond chance: the cross-validated predictive ability test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.inference.prediction import OVERALL
from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Interval, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for all items and for those of each construct: one row for each benchmark."""
    if findings.prediction is None:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    for construct, own in findings.prediction.cvpat(level=findings.level).groupby("construct", sort=False):
        name = words("table.cvpat.all") if construct == OVERALL else view.construct(str(construct))
        rows.append(Row((name,), kind="group"))
        for one in own.to_dict("records"):
            cells = [one[column] for column in ("loss", "loss_benchmark", "difference", "t")]
            limits = Interval(one["ci_low"], one["ci_high"])
            label = words(f"table.cvpat.{one['benchmark']}")
            rows.append(Row((label, *cells, one["df"], one["p"], limits), indent=1))
    columns = (
        Column("benchmark", words("table.cvpat.benchmark")),
        Column("loss", "PLS", "decimal", words("table.cvpat.loss"), decimals=3),
        Column("loss_benchmark", words("table.cvpat.of_benchmark"), "decimal", words("table.cvpat.loss"), decimals=3),
        Column("difference", words("table.cvpat.difference"), "decimal", decimals=3),
        Column("t", "*t*", "decimal"),
        Column("df", "*df*", "integer"),
        Column("p", "*p*", "p"),
        Column("ci", view.ci, "decimal", decimals=3),
    )
    notes = (*view.distrust("pls"), view.note("table.cvpat.note"))
    return Table("cvpat", words("table.cvpat.title"), columns, tuple(rows), notes)


ROW = JournalTable("cvpat", ("prediction",), build)
