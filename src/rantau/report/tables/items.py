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
    for construct in survey.constructs:
        asked = [item for item in construct.items if item.code in findings.model.observed and item.code in frame.index]
        rows += [Row((construct.name.text(language),), kind="group")] * bool(asked)
        for item in asked:
            mark = f" {words('table.items.reversed')}" if item.reversed else ""
            reversed_items = reversed_items or item.reversed
            shares = [100 * at(frame, item.code, name) for name in ("floor", "ceiling", "missing")]
            shape = [at(frame, item.code, name) for name in ("mean", "sd", "skew", "kurtosis")]
            text = item.wording.text(language) + mark
            rows.append(
                Row(
                    (
                        item.code,
                        text,
                        round(at(frame, item.code, "n")),
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
        Column("n", "*n*", "integer"),
        Column("mean", "*M*", "decimal"),
        Column("sd", "*SD*", "decimal"),
        Column("skew", words("table.items.skew"), "decimal"),
        Column("kurtosis", words("table.items.kurtosis"), "decimal"),
        Column("floor", words("table.items.floor"), "percent"),
        Column("ceiling", words("table.items.ceiling"), "percent"),
        Column("missing", words("table.items.missing"), "percent"),
        Column("item_total", "*r*_{it}", "correlation"),
    )
    notes = [view.note("table.items.note")]
    if reversed_items:
        notes.append(view.note("table.items.note_reversed"))
    return Table("items", words("table.items.title"), columns, tuple(rows), tuple(notes), landscape=True)


ROW = JournalTable("items", ("description", "survey"), build)
