"""Structural paths with all rows and without the flagged ones, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Note, Row, Table
from rantau.report.tables.paths import claims, decision
from rantau.report.view import Name, View, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings, Variant

ENGINES = ("sem", "pls")


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each path and engine, the variants side by side."""
    variants = findings.sensitivity
    view = View(findings, language)
    names = claims(view)
    shown = [variant for variant in variants if not variant.fault]
    if len(shown) < 2 or not names:
        return None
    views = [view_of(findings, variant, language) for variant in shown]
    engines = [engine for engine in ENGINES if getattr(shown[0], engine) is not None]
    rows: list[Row] = []
    for engine in engines:
        rows += [Row((view.words(f"engine.{engine}"),), kind="group")] * (len(engines) > 1)
        rows += [Row(_cells(views, name, engine), indent=int(len(engines) > 1)) for name in names]
    columns = [Column("hypothesis", "H"), Column("path", view.words("head.path"))]
    # The label of a group stands in the first column, which must hold more than a letter.
    columns = columns[::-1]
    for variant in shown:
        over = view.words(f"table.sensitivity.{variant.name}", n=variant.n)
        columns += [
            Column(f"{variant.name}_est", "β", "loading", over),
            Column(f"{variant.name}_p", "*p*", "p", over),
            Column(f"{variant.name}_decision", view.words("table.paths.decision"), "text", over),
        ]
    columns.append(Column("change", view.words("table.sensitivity.change"), "loading"))
    return Table("sensitivity", view.words("table.sensitivity.title"), tuple(columns), tuple(rows), _notes(view, views))


def view_of(findings: Findings, variant: Variant, language: str) -> View:
    """Return the findings as they would be with the rows of a variant."""
    names = ("sem", "sem_draws", "pls", "draws", "hypotheses")
    other = findings.replace(**{name: getattr(variant, name) for name in names})
    return View(other, language)


def estimate(view: View, name: Name, engine: str, what: str = "est") -> float:
    """Return a number of a path by one engine; NaN where it is lacking."""
    return number((view.sem if engine == "sem" else view.pls).get(name), what)


def _cells(views: list[View], name: Name, engine: str) -> tuple[Cell, ...]:
    hypothesis = views[0].hypothesis(name)
    cells: list[Cell] = [views[0].claim(*name), "" if hypothesis is None else hypothesis.name]
    for view in views:
        cells += [estimate(view, name, engine), estimate(view, name, engine, "p")]
        cells.append("" if hypothesis is None else decision(view, hypothesis, engine))
    cells.append(estimate(views[-1], name, engine) - estimate(views[0], name, engine))
    return tuple(cells)


def _notes(view: View, views: list[View]) -> tuple[Note, ...]:
    distrusted = [note for other in views for note in other.distrust(*ENGINES)]
    notes = [*dict.fromkeys(distrusted), view.note("table.sensitivity.note")]
    kept = view.findings.screening.kept.n_obs if view.findings.screening is not None else 0
    return (*notes, view.note("table.sensitivity.note_main", n=kept))


ROW = JournalTable("sensitivity", ("sem or pls", "screening"), build)
