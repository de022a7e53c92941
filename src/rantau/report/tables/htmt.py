"""Heterotrait-monotrait ratios, with the upper bounds of their bootstrap intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import NAN, View, at

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build ratios below the diagonal, and above it, where there is a bootstrap, their upper bounds."""
    if findings.validity is None:
        return None
    view = View(findings, language)
    names = compared(findings)
    if len(names) < 2:
        return None
    failed = findings.pls is not None and not findings.pls.converged
    bounds = upper_bounds(findings)
    frame = findings.validity.htmt
    rows = []
    for here, name in enumerate(names):
        cells: list[Cell] = [f"{here + 1}. {view.construct(name)}"]
        for place, other in enumerate(names):
            if place == here:
                cells.append(None)
            elif place < here:
                cells.append(NAN if failed else at(frame, name, other))
            else:
                cells.append(NAN if failed and bounds else bounds.get(frozenset((name, other))))
        rows.append(Row(tuple(cells)))
    columns = (
        Column("construct", view.words("head.construct")),
        *(Column(f"c{here + 1}", str(here + 1), "index") for here in range(len(names))),
    )
    notes = [*view.distrust("pls"), view.note("table.htmt.note_bounds" if bounds else "table.htmt.note")]
    notes.append(view.note("table.htmt.note_cutoffs"))
    notes += [view.note("note.own_parts")] * view.of_higher_order
    if view.answered and findings.pls is not None:
        notes.append(view.note(f"rows.htmt_{findings.pls.request.missing}", n=findings.pls.n_obs))
    if any(len(view.items(name)) == 1 for name in names):
        notes.append(view.note("table.htmt.note_single"))
    return Table("htmt", view.words("table.htmt.title"), columns, tuple(rows), tuple(notes))


def compared(findings: Findings) -> list[str]:
    """Return the constructs that the ratio is meant for: those whose items are meant to agree."""
    if findings.validity is None:
        return []
    reflective = {block.construct for block in findings.model.blocks if block.kind == "reflective"}
    return [str(name) for name in findings.validity.htmt.index if name in reflective]


def upper_bounds(findings: Findings) -> dict[frozenset[str], float]:
    """Return the upper bound of each ratio's one-sided 95 % bootstrap interval, which is that of the 90 % one.

    Source: Franke & Sarstedt (2019).
    """
    if findings.draws is None:
        return {}
    frame = findings.draws.table(level=0.90)
    found = frame[frame["op"] == "htmt"]
    return {
        frozenset((str(lhs), str(rhs))): float(high)
        for lhs, rhs, high in zip(found["lhs"], found["rhs"], found["ci_high"], strict=True)
    }


ROW = JournalTable("htmt", ("validity",), build)
