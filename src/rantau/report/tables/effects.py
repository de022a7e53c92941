"""Direct, indirect and total effects by PLS, for every pair that an indirect route connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import Name, View, interval, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each pair: direct, each route, all routes, total."""
    if findings.pls is None:
        return None
    view = View(findings, language)
    frame = findings.pls.effects()
    pairs = dict.fromkeys(
        (str(row["rhs"]), str(row["lhs"])) for row in frame.to_dict("records") if row["kind"] == "indirect"
    )
    if not pairs:
        return None
    rows: list[Row] = []
    for source, target in pairs:
        rows.append(Row((view.path(source, target),), kind="group"))
        rows += [Row(_cells(view, label, name), indent=1) for label, name in _effects(view, source, target)]
    tested = findings.draws is not None
    columns = [Column("effect", view.words("table.effects.effect")), Column("est", "β", "loading", decimals=3)]
    if tested:
        columns += [
            Column("se", "*SE*", "decimal", decimals=3),
            Column("ci", view.ci, "loading", decimals=3),
            Column("p", "*p*", "p"),
        ]
    kept = tuple(row if row.kind == "group" else row.replace(cells=row.cells[: len(columns)]) for row in rows)
    notes = [*view.distrust("pls"), view.note("table.effects.note")]
    if findings.model.has_products:
        notes.append(view.note("table.effects.note_products"))
    if findings.draws is not None:
        notes.append(view.note("table.paths.note_pls", draws=view.drawn))
    return Table("effects", view.words("table.effects.title"), tuple(columns), kept, tuple(notes))


def _effects(view: View, source: str, target: str) -> list[tuple[str, Name]]:
    """Return the effects of one construct on another, each with its label."""
    words = view.words
    direct = [(words("table.effects.direct"), (target, "~", source))]
    routes: list[tuple[str, Name]] = []
    for name in view.pls:
        lhs, op, rhs = name
        first, *through = rhs.split(" -> ")
        if op == "indirect" and lhs == target and first == source and through:
            routes.append((words("table.effects.via", through=view.path(*through)), name))
    if len(routes) > 1:
        routes.append((words("table.effects.indirect"), (target, "indirect", source)))
    total = [(words("table.effects.total"), (target, "total", source))]
    return [one for one in (*direct, *routes, *total) if one[1] in view.pls]


def _cells(view: View, label: str, name: Name) -> tuple[Cell, ...]:
    found = view.pls[name]
    return label, number(found, "est"), number(found, "se"), interval(found), number(found, "p")


ROW = JournalTable("effects", ("pls",), build)
