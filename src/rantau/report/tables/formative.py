"""Weights of the items of composites in PLS: whether each counts, and whether they overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import NAN, View, interval, number

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each block of several items that regression weighted (mode B)."""
    fit = findings.pls
    if fit is None or not fit.converged:
        return None
    structure = fit.structure
    names = [
        name
        for name, mode, single in zip(structure.constructs, structure.modes, structure.single, strict=True)
        if mode == "B" and not single
    ]
    if not names:
        return None
    view = View(findings, language)
    inflation = {
        (str(row["target"]), str(row["name"])): float(row["vif"])
        for row in fit.vif().to_dict("records")
        if row["kind"] == "outer"
    }
    tested = findings.draws is not None
    rows: list[Row] = []
    for name in names:
        rows.append(Row((view.construct(name),), kind="group"))
        for item in structure.items[structure.blocks[structure.constructs.index(name)]]:
            weight, loading = view.pls[name, "<~", item], view.pls[name, "=~", item]
            found = (number(weight, "se"), interval(weight), number(weight, "p")) if tested else ()
            cells = (view.construct(item), number(weight, "est"), *found, number(loading, "est"))
            rows.append(Row((*cells, inflation.get((name, item), NAN)), indent=1))
    columns = [Column("item", view.words("table.formative.item")), Column("weight", "*w*", "loading")]
    if tested:
        columns += [Column("se", "*SE*", "decimal"), Column("ci", view.ci, "loading"), Column("p", "*p*", "p")]
    columns += [Column("loading", "λ", "loading"), Column("vif", "VIF", "decimal")]
    notes = [*view.distrust("pls"), view.note("table.formative.note")]
    if findings.draws is not None:
        notes.append(view.note("table.paths.note_pls", draws=view.drawn))
    return Table("formative", view.words("table.formative.title"), tuple(columns), tuple(rows), tuple(notes))


ROW = JournalTable("formative", ("pls",), build)
