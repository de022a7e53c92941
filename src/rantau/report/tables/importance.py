"""What matters for a target and how well it does: the importance-performance map, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import View, interval, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each construct, and under it one for each of its items."""
    found = findings.importance
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    tested = findings.draws is not None
    items = found.items()
    rows: list[Row] = []
    for construct, one in found.constructs().to_dict("index").items():
        total = view.pls.get((found.target, "total", str(construct)))
        limits = (interval(total), number(total, "p")) if tested else ()
        cells: list[Cell] = [one["importance"], one["importance_standardized"], *limits, one["performance"]]
        name = Marked(view.construct(str(construct)), bold=True)
        rows.append(Row((name, *cells, words(f"quarter.{key_of(one['quadrant'])}"))))
        own = items[items["construct"] == construct]
        for item in own.to_dict("records") if len(own) > 1 else ():
            blank = (None,) * (1 + len(limits))
            rows.append(
                Row((view.construct(item["item"]), item["importance"], *blank, item["performance"], ""), indent=1)
            )
    columns = [
        Column("name", words("table.measurement.stub")),
        Column("importance", "*b*", "decimal", words("table.importance.total"), decimals=3),
        Column("standardized", "β", "loading", words("table.importance.total"), decimals=3),
    ]
    if tested:
        columns += [
            Column("ci", view.ci, "loading", words("table.importance.total"), decimals=3),
            Column("p", "*p*", "p", words("table.importance.total")),
        ]
    columns += [
        Column("performance", words("table.importance.performance"), "decimal", decimals=1),
        Column("quarter", words("table.importance.quarter")),
    ]
    target = view.construct(found.target)
    notes = [*view.distrust("pls"), view.note("table.importance.note", target=target)]
    notes.append(view.note(f"table.importance.note_{'rescaled' if found.rescaled else 'raw'}"))
    notes += [view.note("table.importance.note_draws", draws=view.drawn)] if tested else []
    notes += [view.note("table.importance.note_quarter")]
    notes += [view.note("table.importance.note_controls")] if found.controls else []
    title = words("table.importance.title", target=target)
    return Table("importance", title, tuple(columns), tuple(rows), tuple(notes))


def key_of(quarter: str) -> str:
    """Return the key of the words for a quarter of the map."""
    return quarter.replace(" ", "_")


ROW = JournalTable("importance", ("importance",), build)
