"""Whether groups are measured alike by the covariance engine: levels of invariance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import NAN, View

if TYPE_CHECKING:
    import pandas as pd

    from rantau.report.findings import Findings

#: Indices whose level and change are shown.
INDICES = ("cfi", "rmsea", "srmr")
#: What each level holds equal beyond the one before.
EQUAL = (("thresholds", "thresholds"), ("metric", "loadings"), ("scalar", "intercepts"), ("strict", "residuals"))


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each level."""
    frame = findings.invariance
    if frame is None:
        return None
    view = View(findings, language)
    words = view.words
    rows = []
    for level, one in frame.to_dict("index").items():
        cells: list[Cell] = [words(f"level.{level}"), one[column_of(frame, "chisq")], one[column_of(frame, "df")]]
        cells += [one[column_of(frame, name)] for name in INDICES]
        first = not one["against"]
        cells += [NAN if first else one[name] for name in ("chisq_diff", "df_diff", "p_diff")]
        cells += [one[f"{name}_change"] for name in INDICES]
        rows.append(Row(tuple(cells)))
    difference = words("table.invariance.difference")
    columns = (
        Column("level", words("table.invariance.level")),
        Column("chisq", "χ^{2}", "decimal"),
        Column("df", "*df*", "integer"),
        *(Column(name, name.upper(), "index") for name in INDICES),
        Column("chisq_diff", "Δχ^{2}", "decimal", difference),
        Column("df_diff", "Δ*df*", "integer", difference),
        Column("p_diff", "*p*", "p", difference),
        *(Column(f"{name}_change", f"Δ{name.upper()}", "index", difference) for name in INDICES),
    )
    kind = column_of(frame, "cfi").removeprefix("cfi").removeprefix("_")
    equal = [f"{words(f'equal.{what}')} ({words(f'level.{level}')})" for level, what in EQUAL if level in frame.index]
    notes = [view.note("table.invariance.note", levels=words.listing(equal))]
    notes += [view.note(f"table.invariance.note_{kind}")] if kind in ("robust", "scaled") else []
    return Table("invariance", words("table.invariance.title"), columns, tuple(rows), tuple(notes))


def column_of(frame: pd.DataFrame, index: str) -> str:
    """Return the column of an index, whichever of its versions there is."""
    return next(str(name) for name in frame.columns if str(name).split("_")[0] == index)


ROW = JournalTable("invariance", ("invariance",), build)
