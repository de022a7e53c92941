"""From the rows read to the rows analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.markup import literal
from rantau.report.table import Column, Marked, Row, Table
from rantau.report.view import View
from rantau.survey.screens import ROWS as RULES

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
    for step in screening.flow():
        label, source = _told(screening, step.rule, view)
        rows.append(Row((Marked(label, markup=True), source, step.flagged, step.left_out, step.left), indent=1))
    rows += [Row((), kind="rule"), *_entered(view, screening.kept.n_obs)]
    columns = (
        Column("step", words("table.screening.step")),
        Column("source", words("table.screening.source")),
        Column("flagged", words("table.screening.flagged"), "count"),
        Column("left_out", words("table.screening.left_out"), "count"),
        Column("left", words("table.screening.left"), "count"),
    )
    notes = [view.note("table.screening.note")] if screening.flags.any() else []
    notes += [view.note("table.screening.note_once")] if screening.excluded.any() else []
    return Table("screening", words("table.screening.title"), columns, tuple(rows), tuple(notes))


def _told(screening: Screening, rule: str, view: View) -> tuple[str, str]:
    """Return what a step goes by, and where that comes from."""
    if not rule:
        return view.words("table.screening.several", n=view.words.in_words(screening.flags_to_exclude)), ""
    if view.words.has(f"rule.{rule}.label"):
        limit = shown_limit(screening, rule, view)
        return view.words(f"rule.{rule}.label", limit=limit), view.words(f"rule.{rule}.source")
    found = screening.counts().loc[rule]
    return literal(str(found["label"])), str(found["source"])


def shown_limit(screening: Screening, rule: str, view: View) -> str:
    """Return the limit of a rule as the report's language writes numbers."""
    row = next(row for row in RULES if row.name == rule)
    limit = screening.limits[screening.rules.index(rule)]
    shown = "" if row.limit is None else row.limit.shown(limit)
    mark = view.words("number.decimal")
    # A limit of a correlation or a probability goes without its leading zero in English.
    plain = shown.replace("0.", ".", 1) if mark == "." and abs(limit) < 1 and not shown.endswith("%") else shown
    return plain.replace("-", "−").replace(".", mark)


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
