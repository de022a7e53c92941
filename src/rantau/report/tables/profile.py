"""Who answered: the sample by the questions on the respondent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import View
from rantau.survey.profile import profile

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each category, and one for each number with its mean, spread and range."""
    responses = findings.responses
    if responses is None:
        return None
    asked = [one for one in responses.survey.demographics if one.code in responses.extras_names and one.kind != "text"]
    if not asked:
        return None
    view = View(findings, language)
    frame = profile(responses, [one.code for one in asked], language=language)
    rows: list[Row] = []
    measured = frame["mean"].notna().any()
    for code in dict.fromkeys(frame["question"]):
        own = frame[frame["question"] == code].to_dict("records")
        rows.append(Row((str(own[0]["label"]),), kind="group"))
        rows += [Row(_cells(view, row, measured=bool(measured)), indent=1) for row in own]
    columns = [
        Column("category", view.words("table.profile.category")),
        Column("n", "*n*", "count"),
        Column("share", "%", "percent"),
    ]
    if measured:
        columns += [Column("mean", "*M*", "decimal"), Column("sd", "*SD*", "decimal")]
        columns += [Column("range", view.words("table.profile.range"), "decimal")]
    note = view.note("table.profile.note", n=responses.n_obs)
    several = any(one.kind == "several" for one in asked)
    notes = (note, view.note("table.profile.note_several")) if several else (note,)
    return Table("profile", view.words("table.profile.title"), tuple(columns), tuple(rows), notes)


def _cells(view: View, row: dict[Any, Any], *, measured: bool) -> tuple[Cell, ...]:
    category = row["category"]
    gone = not isinstance(category, str)
    name = view.words("table.profile.missing") if gone else category or view.words("table.profile.number")
    share = row["share"]
    cells: list[Cell] = [name, int(row["n"]), None if math.isnan(share) else 100 * share]
    if not measured:
        return tuple(cells)
    if math.isnan(row["mean"]):
        return (*cells, None, None, None)
    # The ends of the range are answers, so that they have no more decimals than they need.
    places = 0 if float(row["min"]).is_integer() and float(row["max"]).is_integer() else 2
    ends = "–".join(f"{row[end]:.{places}f}".replace(".", view.words("number.decimal")) for end in ("min", "max"))
    return (*cells, row["mean"], row["sd"], Marked(ends, kind="text"))


ROW = JournalTable("profile", ("responses",), build)
