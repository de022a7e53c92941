"""How well PLS predicts each item of rows that it was estimated without: PLSpredict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: Columns of errors: the name of a measure in the prediction, and its header.
MEASURES = (("rmse", "RMSE"), ("mae", "MAE"))


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each predicted construct, its verdict in the label."""
    found = findings.prediction
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    items, verdicts = found.items(), found.verdict()
    rows: list[Row] = []
    for construct, own in items.groupby("construct", sort=False):
        verdict = str(verdicts["verdict"][str(construct)])
        said = words(f"power.{verdict.replace(' ', '_')}") if verdict else words("power.unknown")
        rows.append(Row((f"{view.construct(str(construct))}: {said}",), kind="group"))
        for item, one in own.to_dict("index").items():
            cells = [one["q2_predict"]]
            for measure, _ in MEASURES:
                cells += [one[measure], one[f"{measure}_lm"], one[f"{measure}_difference"]]
            rows.append(Row((view.construct(str(item)), *cells), indent=1))
    columns = [Column("item", words("head.item")), Column("q2_predict", "*Q*^{2}_{predict}", "correlation", decimals=3)]
    for measure, header in MEASURES:
        columns += [
            Column(measure, "PLS", "decimal", header, decimals=3),
            Column(f"{measure}_lm", "LM", "decimal", header, decimals=3),
            Column(f"{measure}_difference", "PLS − LM", "decimal", header, decimals=3),
        ]
    notes = (
        *view.distrust("pls"),
        view.note("table.prediction.note", linear=words(f"benchmark.{found.benchmark}")),
        view.note("table.prediction.note_power"),
    )
    return Table("prediction", words("table.prediction.title"), tuple(columns), tuple(rows), notes)


ROW = JournalTable("prediction", ("prediction",), build)
