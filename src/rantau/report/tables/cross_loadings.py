"""Correlations of every item with every construct's score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Marked, Row, Table
from rantau.report.view import NAN, View, at

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build items by constructs, each item's own in bold."""
    if findings.validity is None:
        return None
    view = View(findings, language)
    frame = findings.validity.cross_loadings
    names = [str(name) for name in frame.columns]
    if len(names) < 2:
        return None
    failed = findings.pls is not None and not findings.pls.converged
    rows: list[Row] = []
    for here, name in enumerate(names):
        own = _items(view, name)
        rows.append(Row((f"{here + 1}. {view.construct(name)}",), kind="group"))
        for item in own:
            values = [NAN if failed else at(frame, item, other) for other in names]
            cells = [Marked(value, bold=other == name) for value, other in zip(values, names, strict=True)]
            rows.append(Row((view.construct(item), *cells), indent=1))
    columns = (
        Column("item", view.words("head.item")),
        *(Column(f"c{here + 1}", str(here + 1), "correlation") for here in range(len(names))),
    )
    notes = (*view.distrust("pls"), view.note("table.cross_loadings.note"))
    return Table("cross_loadings", view.words("table.cross_loadings.title"), columns, tuple(rows), notes)


def _items(view: View, construct: str) -> tuple[str, ...]:
    """Return the items of a construct: where PLS was estimated, those it had, such as products of items."""
    fit = view.findings.pls
    if fit is not None and construct in fit.structure.constructs:
        items: tuple[str, ...] = fit.structure.items[fit.structure.blocks[fit.structure.constructs.index(construct)]]
        return items
    return view.items(construct) if construct in view.constructs else (construct,)


ROW = JournalTable("cross_loadings", ("validity",), build)
