"""Loadings, paths and means of constructs by group, of one covariance-based model of all groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import NAN, View

if TYPE_CHECKING:
    from rantau.report.findings import Findings

#: Kinds of parameters that are shown, and the keys of their labels.
SHOWN = (("=~", "loadings"), ("~", "paths"), ("~1", "means"))


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each kind of parameter, the groups side by side."""
    fit = findings.grouped
    if fit is None:
        return None
    view = View(findings, language)
    words = view.words
    table = fit.estimates(level=findings.level)
    found = {(one["lhs"], one["op"], one["rhs"], one["group"]): one for one in table.to_dict("records")}
    numbers = range(1, len(fit.groups) + 1)
    rows: list[Row] = []
    for op, key in SHOWN:
        names = [name for name in found if name[1] == op and name[3] == 1]
        if op == "~1":
            # Means of constructs, where some group's is estimated: without means in the model there is nothing to tell.
            names = [name for name in names if name[0] in view.constructs]
            names = [name for name in names if any(found[(*name[:3], one)]["se"] > 0 for one in numbers)]
        rows += [Row((words(f"table.grouped.{key}"),), kind="group")] * bool(names)
        for lhs, _, rhs, _ in names:
            label = {"=~": view.path(lhs, rhs), "~": view.path(rhs, lhs), "~1": view.construct(lhs)}[op]
            cells: list[Cell] = [label]
            for number in numbers:
                one = found[lhs, op, rhs, number]
                # A fixed parameter has no error: a dash, not a zero.
                values = (one["est"], one["se"] if one["se"] > 0 else NAN, one["std_all"])
                cells += values if fit.converged else (NAN,) * 3
            rows.append(Row(tuple(cells), indent=1))
    columns = [Column("parameter", words("table.estimates.parameter"))]
    for number, label in enumerate(fit.groups, start=1):
        over = view.group(label, fit.request.group)
        columns += [
            Column(f"est_{number}", "*b*", "decimal", over),
            Column(f"se_{number}", "*SE*", "decimal", over),
            Column(f"std_{number}", "β", "loading", over),
        ]
    held = [words(f"equal.{name}") for name in fit.request.group_equal if words.has(f"equal.{name}")]
    notes = [*view.distrust("grouped"), view.note("table.grouped.note", method=view.method(fit))]
    means = any(op == "~1" and one["se"] > 0 for (name, op, _, _), one in found.items() if name in view.constructs)
    notes += [view.note("table.grouped.note_means")] * means
    notes += [view.note("table.grouped.note_held", what=words.listing(held))] if held else []
    return Table("grouped", words("table.grouped.title"), tuple(columns), tuple(rows), tuple(notes))


ROW = JournalTable("grouped", ("grouped",), build)
