"""The whole assessment of a PLS model: every value beside its criterion, and what it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.report.citations import as_cited
from rantau.report.journal_table import JournalTable
from rantau.report.table import Column, Interval, Kind, Marked, Row, Table
from rantau.report.verdicts import criterion_in, verdict_in
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.quality.finding import Finding
    from rantau.report.findings import Findings

#: How the values of each test are written; `loading` with two decimals where nothing is said.
KINDS: dict[str, tuple[Kind, int]] = {
    "alpha": ("correlation", 3),
    "rho_a": ("correlation", 3),
    "rho_c": ("correlation", 3),
    "ave": ("correlation", 3),
    "htmt": ("correlation", 3),
    "r_squared": ("correlation", 3),
    "f_squared": ("decimal", 3),
    "q2_predict": ("correlation", 3),
    "predictive_power": ("correlation", 2),
    "cvpat": ("decimal", 3),
    "micom": ("correlation", 3),
    "srmr": ("correlation", 3),
}
#: Words for whether a criterion is met.
ANSWERS = {MET: "yes", FAIR: "borderline", FAILED: "failed", OPEN: "open"}


def build(findings: Findings, language: str) -> Table | None:
    """Build a group of rows for each criterion, in the order of the steps."""
    found = findings.assessment
    if found is None:
        return None
    view = View(findings, language)
    words = view.words
    rows: list[Row] = []
    asked: dict[tuple[str, ...], list[Finding]] = {}
    for step, one in found.findings:
        asked.setdefault((step, one.test, one.criterion, one.source), []).append(one)
    for (_, test, criterion, source), own in asked.items():
        name = words(f"test.{test}")
        # A Greek letter keeps its case.
        name = name[:1].upper() + name[1:] if name[:1].isascii() else name
        label = f"{name}: {criterion_in(words, criterion)}; {as_cited(source)}"
        rows.append(Row((Marked(label, markup=True),), kind="group"))
        rows += [_row(view, one) for one in own]
    columns = (
        Column("about", words("table.assessment.about")),
        Column("value", words("table.assessment.value"), "loading"),
        Column("ci", view.ci, "loading"),
        Column("p", "*p*", "p"),
        Column("met", words("table.assessment.whether")),
        Column("verdict", words("table.assessment.verdict")),
    )
    notes = [*view.distrust("pls"), view.note("table.assessment.note")]
    notes += [view.note("table.assessment.note_alpha")] * any(one.test == "alpha" for _, one in found.findings)
    return Table("assessment", words("table.assessment.title"), columns, tuple(rows), tuple(notes))


def _row(view: View, one: Finding) -> Row:
    kind, decimals = KINDS.get(one.test, ("loading", 2))
    value = Marked(one.value, kind=kind, decimals=decimals)
    # Of micom and HTMT one limit is given.
    limits = Marked(Interval(one.ci_low, one.ci_high), kind=kind, decimals=decimals)
    answer = view.words(f"table.assessment.{ANSWERS[one.met]}")
    cells = (about_in(view, one), value, limits, one.p, answer, verdict_in(view.words, one.verdict))
    return Row(cells, indent=1)


def about_in(view: View, one: Finding) -> str:
    """Return what a value is about: items and constructs by name, paths with an arrow."""
    subject, _, behind = one.about.partition(": ")
    path = re.fullmatch(r"(\S+) ~ (\S+)( \(.*\))?", subject)
    item = re.fullmatch(r"(\S+) [=<]~ (\S+)", subject)
    if path is not None:
        shown = view.path(path.group(2), path.group(1)) + (path.group(3) or "")
    elif item is not None:
        shown = view.construct(item.group(2))
    elif one.test == "srmr":
        shown = view.words(f"table.pls_fit.{subject.partition(' ')[0]}")
    elif one.test == "htmt":
        shown = view.words.listing([view.construct(name) for name in subject.split(", ")])
    else:
        shown = view.words("table.cvpat.all") if subject == "(all)" else view.construct(subject)
    if one.test == "cvpat" and behind:
        key = "linear" if "linear" in behind else "average"
        return f"{shown}: {view.words(f'table.assessment.{key}')}"
    compared = view.findings.comparison
    if not behind or (compared is not None and len(compared.pairs) == 1):
        return shown
    return f"{shown}: {', '.join(view.group(name) for name in behind.split(', '))}"


ROW = JournalTable("assessment", ("assessment",), build)
