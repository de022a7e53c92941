"""Global fit of the measurement model and the whole model, by the covariance engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.report.indices import RESIDUAL, ROBUST, SCALED, indices_of, version_of, versions
from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Interval, Note, Row, Table
from rantau.report.view import NAN, View, ordered

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each fit."""
    view = View(findings, language)
    fits = [(name, fit) for name in ("cfa", "sem") if (fit := getattr(findings, name)) is not None]
    rows, shown = [], set()
    for name, fit in fits:
        found = indices_of(fit)
        rows.append(Row((view.words(f"table.fit.{name}"), *_cells(fit, found, ""))))
        for version in versions(found) if fit.converged else ():
            shown.add(version)
            rows.append(Row((view.words(f"table.fit.{version}"), *_cells(fit, found, version)), indent=1))
    degrees = [float(indices_of(fit).get(name, 0)) for _, fit in fits for name in ("df", "df_scaled", "df_residual")]
    whole = all(np.isnan(each) or each.is_integer() for each in degrees)
    columns = (
        Column("model", view.words("table.fit.model")),
        Column("chisq", "χ^{2}", "decimal"),
        Column("df", "*df*", "integer" if whole else "decimal"),
        Column("pvalue", "*p*", "p"),
        Column("ratio", "χ^{2}/*df*", "decimal"),
        Column("cfi", "CFI", "index"),
        Column("tli", "TLI", "index"),
        Column("rmsea", view.words("table.fit.estimate"), "index", "RMSEA"),
        Column("rmsea_ci", view.words("head.ci", percent="90"), "index", "RMSEA"),
        Column("rmsea_pvalue", "*p*_{close}", "p", "RMSEA"),
        Column("srmr", "SRMR", "index"),
    )
    sizes = sorted({fit.n_obs for _, fit in fits})
    listed = view.words.listing([view.words.whole(size) for size in sizes])
    notes = [*view.distrust("cfa", "sem"), view.note("table.fit.note", n=listed, method=view.method(fits[0][1]))]
    notes += [
        _explained(view, fits[0][1], version, shown) for version in (SCALED, ROBUST, RESIDUAL) if version in shown
    ]
    return Table("fit", view.words("table.fit.title"), columns, tuple(rows), tuple(notes))


def _explained(view: View, fit: SemFit, version: str, shown: set[str]) -> Note:
    """Say what a version of the indices is: of robust ones, what they allow for."""
    if version != ROBUST:
        return view.note(f"table.fit.note_{version}", test=view.words(f"methods.test.{fit.request.recipe.test}"))
    if ordered(fit):
        return view.note("table.fit.note_robust_ordered")
    gaps = fit.request.missing != "listwise"
    return view.note(f"table.fit.note_robust{('_both' if SCALED in shown else '_gaps') if gaps else ''}")


def _cells(fit: SemFit, found: dict[str, float], version: str) -> tuple[Cell, ...]:
    def value(name: str) -> float:
        return version_of(found, name, version)

    df = value("df")
    # Without degrees of freedom a model fits any data, so the ratio and the tests say nothing.
    judged = df > 0
    return (
        value("chisq"),
        df if fit.converged else NAN,
        value("pvalue") if judged else NAN,
        value("chisq") / df if judged else NAN,
        value("cfi"),
        value("tli"),
        value("rmsea"),
        Interval(value("rmsea_ci_lower"), value("rmsea_ci_upper")),
        value("rmsea_pvalue"),
        value("srmr"),
    )


ROW = JournalTable("fit", ("cfa or sem",), build)
