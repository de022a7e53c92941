"""Every parameter of the covariance engine, unstandardised and standardised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View, by_name, number, ordered

if TYPE_CHECKING:
    from rantau.report.findings import Findings
    from rantau.report.view import Name

_GROUPS = ("loadings", "paths", "covariances", "variances", "intercepts", "defined")


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each kind of parameter."""
    engine = "sem" if findings.sem is not None else "cfa"
    fit = getattr(findings, engine)
    if fit is None:
        return None
    view = View(findings, language)
    found = by_name(fit.estimates(level=findings.level), fit)
    if ordered(fit):
        # Thresholds take the place of means; they have a table of their own.
        found = {name: one for name, one in found.items() if name[1] != "~1" or one["se"] > 0}
    rows: list[Row] = []
    for group in _GROUPS:
        names = [name for name in found if _group(name) == group]
        rows += [Row((view.words(f"table.estimates.{group}"),), kind="group")] * bool(names)
        for name in names:
            values = [number(found[name], column) for column in ("est", "se", "z", "p", "std_all")]
            # A fixed parameter has no error: a dash, not a zero.
            values[1] = values[1] if values[1] > 0 else float("nan")
            rows.append(Row((_label(view, name), *values), indent=1))
    columns = (
        Column("parameter", view.words("table.estimates.parameter")),
        Column("est", "*b*", "decimal"),
        Column("se", "*SE*", "decimal"),
        Column("z", "*z*", "decimal"),
        Column("p", "*p*", "p"),
        Column("std", "β", "loading"),
    )
    notes = [*view.distrust(engine), view.note("table.estimates.note", fit=view.words(f"fit.{engine}"))]
    if findings.sem_draws is not None and findings.model.definitions:
        notes.append(view.note("table.estimates.note_defined"))
    notes += [view.note(f"table.estimates.note_{fit.request.parameterization}")] * bool(ordered(fit))
    return Table("estimates", view.words("table.estimates.title"), columns, tuple(rows), tuple(notes))


def _group(name: Name) -> str:
    lhs, op, rhs = name
    if op == "~~":
        return "variances" if lhs == rhs else "covariances"
    return {"=~": "loadings", "~": "paths", "~1": "intercepts", ":=": "defined"}.get(op, "")


def _label(view: View, name: Name) -> str:
    lhs, op, rhs = name
    if op == "=~":
        return view.path(lhs, rhs)
    if op == "~~":
        return view.construct(lhs) if lhs == rhs else f"{view.construct(lhs)} ↔ {view.construct(rhs)}"
    if op == "~1":
        return view.construct(lhs)
    return view.claim(lhs, op, rhs)


ROW = JournalTable("estimates", ("cfa or sem",), build)
