"""Direct, indirect and total effects by both engines, for every pair that an indirect route connects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Note, Row, Table
from rantau.report.view import Name, View, interval, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each pair: direct, each route, all routes, total; the engines side by side."""
    view = View(findings, language)
    engines = [name for name in ("sem", "pls") if getattr(findings, name) is not None]
    known = list(dict.fromkeys(name for engine in engines for name in view.effects(engine)))
    pairs = dict.fromkeys((rhs.split(" -> ")[0], lhs) for lhs, op, rhs in known if op == "indirect")
    if not pairs:
        return None
    tested = {"sem": True, "pls": findings.draws is not None}
    rows: list[Row] = []
    for source, target in pairs:
        rows.append(Row((view.path(source, target),), kind="group"))
        for label, name in _effects(view, known, source, target):
            cells = [cell for engine in engines for cell in _cells(view, engine, name, tested=tested[engine])]
            rows.append(Row((label, *cells), indent=1))
    columns = [Column("effect", view.words("table.effects.effect"))]
    for engine in engines:
        over = view.words(f"engine.{engine}") if len(engines) > 1 else ""
        columns.append(Column(f"{engine}_est", "β", "loading", over, decimals=3))
        if tested[engine]:
            columns += [
                # Two engines leave no room for it on an upright page.
                Column(f"{engine}_se", "*SE*", "decimal", over, decimals=3, printed=len(engines) == 1),
                Column(f"{engine}_ci", view.ci, "loading", over, decimals=3),
                Column(f"{engine}_p", "*p*", "p", over),
            ]
    title = view.words("table.effects.title", engines=_named(view, engines))
    return Table("effects", title, tuple(columns), tuple(rows), _notes(view, engines))


def _named(view: View, engines: list[str]) -> str:
    return view.words.listing([view.words(f"engine.{engine}") for engine in engines])


def _effects(view: View, known: list[Name], source: str, target: str) -> list[tuple[str, Name]]:
    """Return the effects of one variable on another, each with its label."""
    words = view.words
    direct = [(words("table.effects.direct"), (target, "~", source))]
    routes: list[tuple[str, Name]] = []
    for name in known:
        lhs, op, rhs = name
        first, *through = rhs.split(" -> ")
        if op == "indirect" and lhs == target and first == source and through:
            routes.append((words("table.effects.via", through=view.path(*through)), name))
    if len(routes) != 1:
        routes.append((words("table.effects.indirect"), (target, "indirect", source)))
    total = [(words("table.effects.total"), (target, "total", source))]
    return [one for one in (*direct, *routes, *total) if one[1] in known]


def _cells(view: View, engine: str, name: Name, *, tested: bool) -> tuple[Cell, ...]:
    found = view.effects(engine).get(name)
    cells = (number(found, "est"), number(found, "se"), interval(found), number(found, "p"))
    return cells if tested else cells[:1]


def _notes(view: View, engines: list[str]) -> tuple[Note, ...]:
    findings = view.findings
    notes = [*view.distrust(*engines), view.note("table.effects.note")]
    if findings.model.has_products:
        notes.append(view.note("table.effects.note_products"))
    if view.sem_drawn:
        notes.append(view.note("table.effects.note_sem", drawn=view.sem_drawn))
    elif "sem" in engines:
        notes.append(view.note("table.effects.note_sem_delta"))
    if findings.draws is not None:
        notes.append(view.note("table.paths.note_pls", draws=view.drawn))
    return tuple(notes)


ROW = JournalTable("effects", ("sem or pls",), build)
