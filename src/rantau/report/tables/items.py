"""The items: wording, level, spread, shape, gaps, ends of the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View, at

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build the table of items, those of the model only."""
    frame, survey = findings.description, findings.survey
    if frame is None or survey is None:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    reversed_items = False
    asked = [item for item in survey.items if item.code in findings.model.observed and item.code in frame.index]
    # Columns that would say the same in every row go into the note.
    gaps = any(at(frame, item.code, "missing") > 0 for item in asked)
    for construct in survey.constructs:
        own = [item for item in construct.items if item in asked]
        rows += [Row((construct.name.text(language),), kind="group")] * bool(own)
        for item in own:
            mark = f" {words('table.items.reversed')}" if item.reversed else ""
            reversed_items = reversed_items or item.reversed
            shares = [100 * at(frame, item.code, name) for name in ("floor", "ceiling", "missing")[: 2 + gaps]]
            shape = [at(frame, item.code, name) for name in ("mean", "sd", "skew", "kurtosis")]
            text = item.wording.text(language) + mark
            rows.append(
                Row(
                    (
                        item.code,
                        text,
                        *([round(at(frame, item.code, "n"))] * gaps),
                        *shape,
                        *shares,
                        at(frame, item.code, "item_total"),
                    ),
                    indent=1,
                )
            )
    if not rows:
        return None
    columns = (
        Column("code", words("head.item")),
        Column("wording", words("table.items.wording")),
        *([Column("n", "*n*", "count")] * gaps),
        Column("mean", "*M*", "decimal"),
        Column("sd", "*SD*", "decimal"),
        Column("skew", words("table.items.skew"), "decimal"),
        Column("kurtosis", words("table.items.kurtosis"), "decimal"),
        Column("floor", words("table.items.floor"), "percent"),
        Column("ceiling", words("table.items.ceiling"), "percent"),
        *([Column("missing", words("table.items.missing"), "percent")] * gaps),
        Column("item_total", "*r*_{it}", "correlation"),
    )
    size = int(frame["n"].max())
    notes = [view.note("table.items.note_missing") if gaps else view.note("table.items.note_complete", n=size)]
    notes.append(view.note("table.items.note"))
    if reversed_items:
        notes.append(view.note("table.items.note_reversed"))
    return Table("items", words("table.items.title"), columns, tuple(rows), tuple(notes))


ROW = JournalTable("items", ("description", "survey"), build)
