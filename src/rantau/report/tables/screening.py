"""From the rows read to the rows analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings
    from rantau.survey import Screening


def build(findings: Findings, language: str) -> Table | None:
    """Build the flow of rows."""
    screening = findings.screening
    if screening is None:
        return None
    view = View(findings, language)
    words = view.words
    rows = [Row((words("table.screening.read"), "", None, None, screening.responses.n_obs))]
    for rule, flagged, left_out, left in flow(screening):
        label, source = _told(screening, rule, view)
        rows.append(Row((label, source, flagged, left_out, left), indent=1))
    rows += [Row((), kind="rule"), *_entered(view, screening.kept.n_obs)]
    columns = (
        Column("step", words("table.screening.step")),
        Column("source", words("table.screening.source")),
        Column("flagged", words("table.screening.flagged"), "integer"),
        Column("left_out", words("table.screening.left_out"), "integer"),
        Column("left", words("table.screening.left"), "integer"),
    )
    notes = [view.note("table.screening.note")] if screening.flags.any() else []
    notes += [view.note("table.screening.note_once")] if screening.excluded.any() else []
    return Table("screening", words("table.screening.title"), columns, tuple(rows), tuple(notes))


def flow(screening: Screening) -> tuple[tuple[str, int, int, int], ...]:
    """Return for each rule how many rows it flags, how many it takes out, and how many are then left.

    A row that two rules take out is counted with the first of them.
    """
    left = np.ones(screening.responses.n_obs, dtype=bool)
    steps = []
    for place, rule in enumerate(screening.rules):
        flagged = screening.flags[:, place]
        # A rule excludes all rows that it flags, or none on its own account.
        leaving = flagged & left & bool(screening.excluded[flagged].all())
        left &= ~leaving
        steps.append((rule, int(flagged.sum()), int(leaving.sum()), int(left.sum())))
    return tuple(steps)


def _told(screening: Screening, rule: str, view: View) -> tuple[str, str]:
    if view.words.has(f"rule.{rule}.label"):
        return view.words(f"rule.{rule}.label"), view.words(f"rule.{rule}.source")
    found = screening.counts().loc[rule]
    return str(found["label"]), str(found["source"])


def _entered(view: View, kept: int) -> list[Row]:
    """Return how many rows each engine took in."""
    rows = [Row((view.words("table.screening.kept"), "", None, None, kept))]
    for engine in ("cfa", "sem", "pls"):
        fit = getattr(view.findings, engine)
        if fit is not None and fit.n_obs != kept:
            key = "entered" if fit.request.missing in ("listwise", "mean") else "entered_fiml"
            told = view.words(f"table.screening.{key}", fit=view.words(f"fit.{engine}"))
            rows.append(Row((told, "", None, None, fit.n_obs), indent=1))
    return rows


ROW = JournalTable("screening", ("screening",), build)
