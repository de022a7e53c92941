"""What models are compared by: log-likelihood, free parameters, and the information criteria that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.indices import indices_of
from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import NAN, View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each fit of the covariance engine."""
    view = View(findings, language)
    fits = [(name, fit) for name in ("cfa", "sem") if (fit := getattr(findings, name)) is not None]
    rows = []
    for name, fit in fits:
        found = indices_of(fit)
        # Least squares has no likelihood.
        if not fit.converged or "logl" in found:
            values = (found.get(one, NAN) for one in ("npar", "logl", "aic", "bic"))
            rows.append(Row((view.words(f"table.fit.{name}"), *values)))
    if not rows:
        return None
    columns = (
        Column("model", view.words("table.fit.model")),
        Column("npar", view.words("table.information.npar"), "integer"),
        Column("logl", view.words("table.information.logl"), "decimal"),
        Column("aic", "AIC", "decimal"),
        Column("bic", "BIC", "decimal"),
    )
    note = "note" if len({(frozenset(fit.table.observed), fit.n_obs) for _, fit in fits}) == 1 else "note_other"
    notes = (*view.distrust("cfa", "sem"), view.note(f"table.information.{note}"))
    return Table("information", view.words("table.information.title"), columns, tuple(rows), notes)


ROW = JournalTable("information", ("cfa or sem",), build)
