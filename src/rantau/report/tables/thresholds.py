"""Thresholds of ordered answers: where each category begins on the variable behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import View, by_name, number, ordered

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each item, a column for each threshold."""
    engine = "sem" if findings.sem is not None else "cfa"
    fit = getattr(findings, engine)
    if fit is None or not ordered(fit):
        return None
    view = View(findings, language)
    found = by_name(fit.estimates(level=findings.level), fit)
    own = {item: [name for name in found if name[:2] == (item, "|")] for item in ordered(fit)}
    most = max(len(names) for names in own.values())
    rows = []
    for item, names in own.items():
        cells: list[Cell] = [view.construct(item)]
        for place in range(most):
            # An item of fewer categories has fewer thresholds.
            one = found[names[place]] if place < len(names) else None
            cells += [None, None] if one is None else [number(one, "est"), number(one, "se")]
        rows.append(Row(tuple(cells)))
    columns = [Column("item", view.words("head.item"))]
    for place in range(1, most + 1):
        columns.append(Column(f"t{place}", f"τ_{{{place}}}", "decimal"))
        columns.append(Column(f"t{place}_se", "*SE*", "decimal", decimals=3, printed=False))
    fit_name = view.words(f"fit.{engine}")
    notes = (*view.distrust(engine), view.note("table.thresholds.note", fit=fit_name))
    return Table("thresholds", view.words("table.thresholds.title"), tuple(columns), tuple(rows), notes)


ROW = JournalTable("thresholds", ("cfa or sem",), build)
