"""Whether predictors are exogenous: Gaussian copulas, with what they need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import NAN, View
from rantau.robustness.copula import DISTINCT

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each path: whether its predictor can be judged, and its copula term alone in the equation."""
    found = findings.copulas
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    terms = found.table(usable=False)
    alone = terms[terms["copulas"] == terms["predictor"]]
    known = {(one["outcome"], one["predictor"]): one for one in alone.to_dict("records")}
    rows = []
    for one in found.conditions().to_dict("records"):
        term = known[one["outcome"], one["predictor"]]
        cells: list[Cell] = [view.path(one["predictor"], one["outcome"])]
        cells += [one["skewness"], one["excess_kurtosis"], one["anderson_darling"], one["p_normal"]]
        shown = (term["path"], term["path_with_copula"], term["copula"], term["se"], term["p"])
        usable = bool(one["usable"])
        numbers = shown if usable else (term["path"], *(NAN,) * 4)
        rows.append(Row((*(cells), *numbers, _verdict(view, term["p"] if usable else NAN))))
    normal, copula = words("table.copulas.normal"), words("table.copulas.copula")
    columns = (
        Column("path", words("head.path")),
        Column("skewness", words("table.items.skew"), "decimal", normal, printed=False),
        Column("excess_kurtosis", words("table.items.kurtosis"), "decimal", normal, printed=False),
        Column("anderson_darling", "*A*^{2}", "decimal", normal),
        Column("p_normal", "*p*", "p", normal),
        Column("path_plain", "β", "loading"),
        Column("path_with_copula", "β", "loading", copula),
        Column("copula", words("table.copulas.term"), "decimal", copula, decimals=3),
        Column("se", "*SE*", "decimal", copula, decimals=3),
        Column("p", "*p*", "p", copula),
        Column("decision", words("table.copulas.decision")),
    )
    draws = len(found.models[0].draws)
    notes = (*view.distrust("pls"), view.note("table.copulas.note", draws=draws, alpha=view.alpha, distinct=DISTINCT))
    return Table("copulas", words("table.copulas.title"), columns, tuple(rows), notes)


def _verdict(view: View, p: float) -> Marked:
    """Say what a copula term says of its predictor; a dash where it says nothing."""
    key = "open" if math.isnan(p) else "yes" if p < 1 - view.findings.level else "no"
    return Marked(view.words(f"table.copulas.{key}"))


ROW = JournalTable("copulas", ("copulas",), build)
