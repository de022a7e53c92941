"""The Fornell-Larcker table, with means and standard deviations of the constructs."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from rantau.errors import DataWarning
from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import NAN, View, at
from rantau.survey import score

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build correlations below the diagonal, square roots of AVE on it."""
    if findings.validity is None:
        return None
    view = View(findings, language)
    frame = findings.validity.fornell_larcker
    names = [str(name) for name in frame.index]
    if len(names) < 2:
        return None
    failed = findings.pls is not None and not findings.pls.converged
    scores = _scores(view)
    rows = []
    for here, name in enumerate(names):
        cells: list[Cell] = [f"{here + 1}. {view.construct(name)}"]
        if scores:
            cells += scores.get(name, (NAN, NAN))
        values = [NAN if failed else at(frame, name, names[other]) for other in range(here)]
        diagonal = NAN if failed or not _judged(view, name) else at(frame, name, name)
        cells += [*values, Marked(diagonal, bold=True), *([None] * (len(names) - here - 1))]
        rows.append(Row(tuple(cells)))
    columns = [Column("construct", view.words("head.construct"))]
    if scores:
        columns += [Column("mean", "*M*", "decimal"), Column("sd", "*SD*", "decimal")]
    columns += [Column(f"c{here + 1}", str(here + 1), "correlation") for here in range(len(names))]
    notes = [*view.distrust("pls"), view.note("table.discriminant.note")]
    notes += [view.note("note.own_parts")] * view.of_higher_order
    if scores:
        notes.append(view.note("table.discriminant.note_scores"))
    lacking = [name for name in names if not _judged(view, name)]
    composites = {block.construct for block in findings.model.blocks if block.kind == "composite"}
    notes += [view.note("table.discriminant.note_single")] * bool(set(lacking) - composites)
    notes += [view.note("table.discriminant.note_composite")] * bool(set(lacking) & composites)
    return Table("discriminant", view.words("table.discriminant.title"), tuple(columns), tuple(rows), tuple(notes))


def _judged(view: View, construct: str) -> bool:
    """Say whether AVE means something: several items that are meant to agree."""
    known = construct in view.constructs
    block = view.findings.model.block(construct) if known else None
    return block is not None and len(block.items) > 1 and block.kind == "reflective"


def _scores(view: View) -> dict[str, tuple[float, float]]:
    """Return mean and SD of each construct's mean score, where survey and model agree on its items."""
    responses = view.findings.responses
    if responses is None:
        return {}
    asked = {one.code: {item.code for item in one.items} for one in responses.survey.constructs}
    agreed = [name for name in view.constructs if asked.get(name) == set(view.items(name))]
    with warnings.catch_warnings():
        # Said once already where the answers were scored or described.
        warnings.simplefilter("ignore", DataWarning)
        frame = score(responses)
    return {name: (float(frame[name].mean()), float(frame[name].std(ddof=1))) for name in agreed}


ROW = JournalTable("discriminant", ("validity",), build)
