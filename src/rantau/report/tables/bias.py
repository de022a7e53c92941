"""What speaks for or against common method bias, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rantau.quality.bias import OPPOSITE, ROBUST, SCALED
from rantau.quality.bias_evidence import MODELS
from rantau.quality.method_bias import ROWS
from rantau.report.citations import as_cited
from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Kind, Marked, Row, Table
from rantau.report.verdicts import criterion_in
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.quality.bias_evidence import BiasFinding
    from rantau.report.findings import Findings

#: What has a row of its own, and how it is written; fit indices stand in the row of their model's chi-square.
KINDS: dict[str, Kind] = {
    "share_component": "index",
    "share_factor": "index",
    "chisq": "decimal",
    "chisq_diff": "decimal",
    "vif_pls": "decimal",
    "vif_cfa": "decimal",
    "share_method": "index",
    "r_marker": "correlation",
    "correlation_adjusted": "correlation",
}
#: Which versions of tests and indices there are, and how constructs are scored.
NOTES = (("scaled", SCALED), ("robust", ROBUST), ("opposite", OPPOSITE))


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each step."""
    found = findings.bias
    if found is None or not found.findings:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    marked = bool(found.marker)
    for step in ROWS:
        own = [one for name, one in found.findings if name == step.name]
        if own:
            label = f"{words(f'table.bias.{step.name}')} ({as_cited(step.source)})"
            rows += [Row((Marked(label, markup=True),), kind="group"), *_rows(view, own, marked=marked)]
    columns = (
        Column("about", words("table.bias.about")),
        *([Column("before", words("table.bias.before"), "correlation")] if marked else []),
        Column("value", words("table.assessment.value"), "decimal"),
        Column("df", "*df*", "integer"),
        Column("p", "*p*", "p"),
        Column("cfi", "CFI", "index"),
        Column("rmsea", "RMSEA", "index"),
        Column("criterion", words("table.bias.criterion")),
        Column("met", words("table.assessment.whether")),
    )
    notes = [*view.distrust("cfa", "pls"), view.note("table.bias.note")]
    notes += [view.note("table.bias.note_marker")] if marked else []
    notes += [view.note(f"table.bias.note_{name}") for name, note in NOTES if note in found.notes]
    return Table("bias", words("table.bias.title"), columns, tuple(rows), tuple(notes))


def _rows(view: View, own: list[BiasFinding], *, marked: bool) -> Iterator[Row]:
    plain = {one.about: one.value for one in own if one.quantity == "correlation"}
    indices = {(one.quantity, one.about): one.value for one in own if one.quantity in ("cfi", "rmsea")}
    for one in own:
        if one.quantity not in KINDS:
            continue
        fit: tuple[Cell, ...] = (None, None)
        if one.quantity == "chisq":
            fit = (indices["cfi", one.about], indices["rmsea", one.about])
        answer = view.words(f"table.assessment.{one.met}") if one.met == "yes" else ""
        if one.met == "no":
            answer = view.words("table.assessment.failed")
        df = Marked(one.df, kind="integer" if float(one.df).is_integer() else "decimal") if one.df == one.df else None
        cells: tuple[Cell, ...] = (
            Marked(named(view, one), markup=True),
            *([plain.get(one.about) if one.quantity == "correlation_adjusted" else None] if marked else []),
            Marked(one.value, kind=KINDS[one.quantity]),
            df,
            one.p if one.p == one.p else None,
            *fit,
            Marked(criterion_in(view.words, one.criterion.removesuffix(", same sign")), markup=True),
            answer,
        )
        yield Row(cells, indent=1)


def named(view: View, one: BiasFinding) -> str:
    """Return what a number is about: a model, a construct, or two of them."""
    about = one.about
    if about in MODELS:
        about = view.words(f"table.bias.model_{MODELS[about]}")
    elif " ~~ " in about:
        about = view.words.listing([view.construct(name) for name in about.split(" ~~ ")])
    else:
        about = view.construct(about)
    return view.words(f"table.bias.of_{one.quantity}", about=about)


ROW = JournalTable("bias", ("bias",), build)
