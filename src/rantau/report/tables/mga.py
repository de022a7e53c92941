"""Whether paths differ between groups: multigroup analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Interval, Note, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each path; with more than two groups, a group of rows for every two."""
    found = findings.comparison
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    table = found.table(level=findings.level)
    drawn = "low_1" in table.columns
    several = len(found.pairs) > 1
    rows: list[Row] = []
    for (first, second), own in table.groupby(["group_1", "group_2"], sort=False):
        rows += [Row((view.pair(str(first), str(second)),), kind="group")] * several
        for one in own.to_dict("records"):
            cells: list[Cell] = [view.path(one["rhs"], one["lhs"])]
            for number in (1, 2):
                cells.append(one[f"est_{number}"])
                cells += [Interval(one[f"low_{number}"], one[f"high_{number}"])] if drawn else []
            cells += [one["difference"], one["p_permutation"]]
            cells += [one["p_henseler"]] if drawn else []
            cells.append(words(f"table.mga.{_decision(one, 1 - findings.level)}"))
            rows.append(Row(tuple(cells), indent=int(several)))
    notes = _notes(view, drawn=drawn, barred=not table["permitted"].all())
    return Table("mga", words("table.mga.title"), _columns(view, drawn=drawn), tuple(rows), notes)


def _decision(one: dict[Any, Any], alpha: float) -> str:
    """Return whether a path differs, where MICOM permits to ask."""
    if not one["permitted"]:
        return "barred"
    return "differs" if one["p_permutation"] < alpha else "same"


def _columns(view: View, *, drawn: bool) -> tuple[Column, ...]:
    found, words = view.findings.comparison, view.words
    columns = [Column("path", words("head.path"))]
    two = found is not None and len(found.groups) == 2
    for number, key in ((1, "first"), (2, "second")):
        over = view.group(found.groups[number - 1]) if found is not None and two else words(f"table.mga.{key}")
        columns.append(Column(f"est_{number}", "β", "loading", over))
        columns += [Column(f"ci_{number}", view.ci, "loading", over)] if drawn else []
    columns.append(Column("difference", "Δβ", "loading"))
    columns.append(Column("p_permutation", words("table.mga.permutation"), "p", "*p*"))
    columns += [Column("p_henseler", words("table.mga.henseler"), "p", "*p*")] if drawn else []
    columns.append(Column("decision", words("table.mga.decision")))
    return tuple(columns)


def _notes(view: View, *, drawn: bool, barred: bool) -> tuple[Note, ...]:
    found = view.findings.comparison
    count = 0 if found is None else found.permutations
    notes = [*view.distrust("pls"), view.note("table.mga.note", permutations=count, alpha=view.alpha)]
    if barred:
        notes.append(view.note("table.mga.note_barred"))
    if drawn and found is not None:
        notes.append(view.note("table.mga.note_draws", draws=found.bootstrapped.shape[1]))
    return tuple(notes)


ROW = JournalTable("mga", ("comparison",), build)
