"""Quality of the inner model: explained variance, effect sizes, collinearity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import NAN, View, at

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each outcome, and under it one for each predictor."""
    view = View(findings, language)
    sem, pls = findings.sem, findings.pls
    outcomes = list(dict.fromkeys(path.outcome for path in findings.model.paths))
    if not outcomes:
        return None
    explained = {} if sem is None or not sem.converged else {str(k): float(v) for k, v in sem.r_squared().items()}
    shown = pls if pls is not None and pls.converged else None
    r_squared, sizes = (None, None) if shown is None else (shown.r_squared(), shown.f_squared())
    vif = {} if shown is None else {
        (str(row["target"]), str(row["name"])): float(row["vif"])
        for row in shown.vif().to_dict("records")
        if row["kind"] == "inner"
    }  # fmt: skip
    rows: list[Row] = []
    for outcome in outcomes:
        cells: list[Cell] = [Marked(view.construct(outcome), bold=True)]
        cells += [explained.get(outcome, NAN)] * (sem is not None)
        if pls is not None:
            cells += [NAN if r_squared is None else at(r_squared, outcome, name) for name in ("r_squared", "adjusted")]
            cells += [None, None]
        rows.append(Row(tuple(cells)))
        for path in findings.model.paths:
            if path.outcome == outcome and pls is not None:
                size = NAN if sizes is None else at(sizes, outcome, path.predictor)
                blank = (None,) * (2 + (sem is not None))
                found = vif.get((outcome, path.predictor), NAN)
                rows.append(Row((view.construct(path.predictor), *blank, size, found), indent=1))
    return Table(
        "inner",
        view.words("table.inner.title"),
        _columns(view),
        tuple(rows),
        (*view.distrust("sem", "pls"), view.note("table.inner.note_pls" if pls is not None else "table.inner.note")),
    )


def _columns(view: View) -> tuple[Column, ...]:
    columns = [Column("name", view.words("table.inner.stub"))]
    if view.findings.sem is not None:
        columns.append(Column("sem_r2", "*R*^{2}", "correlation", view.words("engine.sem")))
    if view.findings.pls is not None:
        over = view.words("engine.pls")
        columns += [
            Column("pls_r2", "*R*^{2}", "correlation", over),
            Column("adjusted", view.words("table.inner.adjusted"), "correlation", over),
            Column("f2", "*f*^{2}", "decimal", over),
            Column("vif", "VIF", "decimal", over),
        ]
    return tuple(columns)


ROW = JournalTable("inner", ("sem or pls",), build)
