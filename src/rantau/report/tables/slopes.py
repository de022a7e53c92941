"""Simple slopes: the effect of a predictor at three values of its moderator, for every product in PLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.moderation import moderations
from rantau.report.table import Column, Interval, Row, Table
from rantau.report.view import View, interval, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each product: the coefficient of the product, then the slopes."""
    found = moderations(findings)
    if not found:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    for one in found:
        moderator = view.construct(one.moderator)
        rows.append(Row((view.path(one.predictor, one.outcome),), kind="group"))
        own = view.pls[one.outcome, "~", one.name]
        cells = (view.construct(one.name), number(own, "est"), number(own, "se"), interval(own))
        rows.append(Row(cells, indent=1))
        for slope, key in zip(one.slopes, ("below", "mean", "above"), strict=True):
            label = words(f"table.slopes.{key}", moderator=moderator)
            rows.append(Row((label, slope.est, slope.se, Interval(slope.low, slope.high)), indent=1))
    columns = [Column("effect", words("table.slopes.effect")), Column("est", "β", "loading", decimals=3)]
    notes = [*view.distrust("pls"), view.note("table.slopes.note")]
    if findings.draws is not None:
        columns += [Column("se", "*SE*", "decimal", decimals=3), Column("ci", view.ci, "loading", decimals=3)]
        notes.append(view.note("table.slopes.draws", draws=view.drawn))
    kept = tuple(row if row.kind == "group" else row.replace(cells=row.cells[: len(columns)]) for row in rows)
    return Table("slopes", words("table.slopes.title"), tuple(columns), kept, tuple(notes))


ROW = JournalTable("slopes", ("pls",), build)
