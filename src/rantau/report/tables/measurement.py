"""Loadings, reliability and convergent validity of both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Interval, Marked, Note, Row, Table
from rantau.report.view import NAN, View, at, interval, number, ordered

if TYPE_CHECKING:
    import pandas as pd

    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each construct with its reliability, and under it a row for each item."""
    reliability = findings.reliability
    if reliability is None or not findings.model.blocks:
        return None
    view = View(findings, language)
    factor, components = view.measurement is not None, findings.pls is not None
    weights = components and any(block.kind == "composite" for block in findings.model.blocks)
    rows: list[Row] = []
    for construct in view.constructs:
        rows.append(Row(_construct(view, reliability, construct, factor=factor, pls=components, weights=weights)))
        rows += [
            Row(_item(view, construct, item, factor=factor, pls=components, weights=weights), indent=1)
            for item in view.items(construct)
        ]
    columns = _columns(view, factor=factor, pls=components, weights=weights)
    return Table("measurement", view.words("table.measurement.title"), columns, tuple(rows), _notes(view))


def _columns(view: View, *, factor: bool, pls: bool, weights: bool) -> tuple[Column, ...]:
    raw, cfa, components = (view.words(f"table.measurement.{name}") for name in ("raw", "cfa", "pls"))
    columns = [
        Column("name", view.words("table.measurement.stub")),
        Column("alpha", "α", "correlation", raw),
        Column("alpha_ci", view.ci, "correlation", raw),
    ]
    if factor:
        columns += [
            Column("cfa_loading", "λ", "loading", cfa),
            Column("cfa_ci", view.ci, "loading", cfa),
            Column("omega", "ω", "correlation", cfa),
            Column("ave_cfa", "AVE", "correlation", cfa),
        ]
    if pls:
        columns.append(Column("pls_loading", "λ", "loading", components))
        if weights:
            columns.append(Column("weight", "*w*", "loading", components))
        columns += [
            Column("rho_a", "ρ_{A}", "correlation", components),
            Column("rho_c", "ρ_{C}", "correlation", components),
            Column("ave", "AVE", "correlation", components),
        ]
    return tuple(columns)


def _construct(
    view: View, reliability: pd.DataFrame, construct: str, *, factor: bool, pls: bool, weights: bool
) -> tuple[Cell, ...]:
    """Return the cells of a construct; a composite is not judged by how well its items agree."""
    composite = view.findings.model.block(construct).kind == "composite"

    def value(name: str, fit: object = True) -> float:
        gone = composite or (hasattr(fit, "converged") and not fit.converged)
        known = construct in reliability.index and name in reliability.columns
        return at(reliability, construct, name) if known and not gone else NAN

    cells: list[Cell] = [Marked(view.construct(construct), bold=True)]
    cells += [value("alpha"), Interval(value("alpha_ci_low"), value("alpha_ci_high"))]
    if factor:
        cells += [None, None, *(value(name, view.measurement) for name in ("omega", "ave_cfa"))]
    if pls:
        cells += [None, *((None,) if weights else ())]
        cells += [value(name, view.findings.pls) for name in ("rho_a", "rho_c", "ave")]
    return tuple(cells)


def _item(view: View, construct: str, item: str, *, factor: bool, pls: bool, weights: bool) -> tuple[Cell, ...]:
    """Return the cells of an item; that of a single-item construct has no loading to estimate."""
    single = len(view.items(construct)) == 1
    composite = view.findings.model.block(construct).kind == "composite"
    cells: list[Cell] = [view.construct(item), None, None]  # a part of a construct of constructs has a name
    if factor:
        found = None if single else view.cfa.get((construct, "=~", item))
        cells += [number(found, "est"), interval(found), None, None]
    if pls:
        found = None if single else view.pls.get((construct, "=~", item))
        cells.append(number(found, "est"))
        if weights:
            cells.append(number(view.pls.get((construct, "<~", item)), "est") if composite else None)
        cells += [None, None, None]
    return tuple(cells)


def _notes(view: View) -> tuple[Note, ...]:
    findings = view.findings
    notes = [*view.distrust("cfa" if findings.cfa is not None else "sem", "pls")]
    notes.append(view.note("table.measurement.note_raw"))
    notes += [view.note("table.measurement.note_parts")] * view.of_higher_order
    if view.measurement is not None:
        notes.append(view.note("table.measurement.note_cfa", method=view.method(view.measurement)))
        notes += [view.note("table.measurement.note_ordered")] * bool(ordered(view.measurement))
    if findings.pls is not None:
        kind = "consistent" if findings.pls.request.consistent else "plain"
        notes.append(view.note(f"table.measurement.note_pls_{kind}"))
        if kind == "plain" and view.measurement is not None:
            notes.append(view.note("table.measurement.note_pls_larger"))
    notes += _rows(view)
    if any(block.kind == "composite" for block in findings.model.blocks):
        notes.append(view.note("table.measurement.note_composite"))
    if any(len(block.items) == 1 for block in findings.model.blocks):
        notes.append(view.note("table.measurement.note_single"))
    return tuple(notes)


def _rows(view: View) -> list[Note]:
    """Return the note on the rows behind each number, where they differ because answers are missing."""
    if not view.answered:
        return []
    low, high = min(view.answered.values()), max(view.answered.values())
    key = "rows.alpha" if low < high else "rows.alpha_one"
    told = [view.words(key, low=low, high=high)]
    if view.measurement is not None:
        key = "rows.omega" if view.measurement.request.missing == "listwise" else "rows.omega_fiml"
        told.append(view.words(key, n=view.measurement.n_obs))
    fit = view.findings.pls
    if fit is not None:
        told.append(view.words(f"rows.pls_{fit.request.missing}", n=fit.n_obs))
    return [view.note("rows.note", list=view.words.listing(told))]


ROW = JournalTable("measurement", ("reliability",), build)
