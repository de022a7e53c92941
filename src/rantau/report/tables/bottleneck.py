"""What each level of a target needs of every condition: the bottleneck table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.tables.necessity import NAMES
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for every tenth of the target, a column for each condition."""
    found = findings.necessity
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    ceiling = found.ceilings[0]
    frame = found.bottlenecks(ceiling=ceiling)
    rows = []
    for level, own in zip(frame.index, frame.to_numpy(), strict=True):
        cells = [_need(words("table.bottleneck.none"), float(need)) for need in own]
        rows.append(Row((float(level), *cells)))
    target = view.construct(found.target)
    columns = (
        Column("level", target, "percent", decimals=0),
        *(Column(name, view.construct(name), "percent") for name in found.conditions),
    )
    notes = [*view.distrust("pls"), view.note("table.bottleneck.note", ceiling=NAMES[ceiling], target=target)]
    needs = frame.to_numpy(float)
    notes += [view.note("table.bottleneck.note_none")] if np.isnan(needs).any() else []
    notes += [view.note("table.bottleneck.note_beyond")] if np.isinf(needs).any() else []
    return Table("bottleneck", words("table.bottleneck.title", target=target), columns, tuple(rows), tuple(notes))


def _need(none: str, need: float) -> Cell:
    """Return what is needed; a word where nothing is."""
    return none if math.isnan(need) else need


ROW = JournalTable("bottleneck", ("necessity",), build)
