"""Correlations, means and standard deviations of the items, from which others can refit the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.errors import ReportError
from rantau.extras import require
from rantau.moments.sample import column_names, sample
from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Row, Table
from rantau.report.view import View, at, ordered

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance import SemFit
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build correlations below the diagonal, over the rows that the model was estimated from."""
    view = View(findings, language)
    fit = findings.sem if findings.sem is not None else findings.cfa
    if fit is not None and ordered(fit):
        if fit.request.fixed_x and fit.table.covariates:
            # What the model was held against are correlations given the covariates: no matrix to print as theirs.
            return None
        answers = _answers(findings)[list(fit.table.observed)]
        r, mean, sd = _estimated(fit)[0], answers.mean(), answers.std(ddof=1)
        note = view.note("table.correlations.note_ordered", n=len(answers))
        if len(mean) < 2:
            return None
    elif fit is not None and (fit.moments.patterns is not None or fit.request.sampling_weights):
        r, mean, sd = _estimated(fit)
        kind = "weighted" if fit.moments.patterns is None else "fiml"
        note = view.note(f"table.correlations.note_{kind}", n=fit.n_obs)
        if len(mean) < 2:
            return None
    else:
        answers = _answers(findings)
        if len(answers.columns) < 2 or len(answers) < 3:
            return None
        r, mean, sd = answers.corr(), answers.mean(), answers.std(ddof=1)
        products = fit is not None and bool(fit.request.expanded.products)
        note = view.note(f"table.correlations.note{'_products' if products else ''}", n=len(answers))
    items = list(mean.index)
    rows = []
    for here, item in enumerate(items):
        values = [at(r, item, items[other]) for other in range(here)]
        blank = [None] * (len(items) - here)
        rows.append(Row((f"{here + 1}. {item}", float(mean[item]), float(sd[item]), *values, *blank)))
    columns = (
        Column("item", view.words("head.item")),
        Column("mean", "*M*", "decimal"),
        Column("sd", "*SD*", "decimal"),
        *(Column(f"i{here + 1}", str(here + 1), "correlation") for here in range(len(items))),
    )
    # The last item's column would be empty.
    rows = [row.replace(cells=row.cells[:-1]) for row in rows]
    return Table(
        "correlations", view.words("table.correlations.title"), columns[:-1], tuple(rows), (note,), landscape=True
    )


def _estimated(fit: SemFit) -> tuple[pd.DataFrame, pd.Series[float], pd.Series[float]]:
    """Return the correlations, means and standard deviations that a fit was held against, where these are no counts."""
    pandas, names = require("pandas"), list(fit.table.observed)
    covariance = fit.moments.covariance[0]
    deviation = np.sqrt(np.diag(covariance))
    correlation = pandas.DataFrame(covariance / np.outer(deviation, deviation), names, names)
    return correlation, pandas.Series(fit.moments.mean[0], names), pandas.Series(deviation, names)


def _answers(findings: Findings) -> pd.DataFrame:
    if findings.responses is not None:
        known = column_names(findings.responses)
        taken = sample(findings.responses, [name for name in findings.model.observed if name in known])
    else:
        fit = next(one for one in (findings.sem, findings.cfa, findings.pls) if one is not None)
        if fit.sample is None:
            raise ReportError("correlations of the answers need the rows, and these are summary statistics.")
        taken = fit.sample
    frame: pd.DataFrame = require("pandas").DataFrame(taken.values, columns=list(taken.names))
    return frame[[name for name in findings.model.observed if name in taken.names]].dropna()


ROW = JournalTable("correlations", ("responses or sem or cfa or pls",), build)
