"""Structural paths by both engines, with the decisions on the hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Note, Row, Table
from rantau.report.view import Name, View, interval, number, robust

if TYPE_CHECKING:
    from rantau.model.spec import Hypothesis
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each path and each hypothesis about a defined quantity, the engines side by side."""
    view = View(findings, language)
    engines = [name for name in ("sem", "pls") if getattr(findings, name) is not None]
    names = claims(view)
    if not names:
        return None
    rows = tuple(Row(_cells(view, name, engines)) for name in names)
    defined = any(op == ":=" for _, op, _ in names)
    notes = _notes(view, engines, defined=defined)
    title = view.words("table.paths.title" if findings.model.hypotheses else "table.paths.title_plain")
    return Table("paths", title, _columns(view, engines), rows, notes)


def claims(view: View) -> list[Name]:
    """Return every path, and every defined quantity that a hypothesis is about."""
    model = view.findings.model
    paths: list[Name] = [(path.outcome, "~", path.predictor) for path in model.paths]
    claimed: list[Name] = [(one.lhs, one.op, one.rhs) for one in model.hypotheses if one.op == ":="]
    return [*paths, *claimed]


def _columns(view: View, engines: list[str]) -> tuple[Column, ...]:
    words = view.words
    decided = bool(view.findings.model.hypotheses)
    columns = [Column("hypothesis", "H")] if decided else []
    columns.append(Column("path", words("head.path")))
    for engine in engines:
        name = words(f"engine.{engine}")
        columns += [
            Column(f"{engine}_est", "β", "loading", name),
            # Two engines leave no room for it on an upright page.
            Column(f"{engine}_se", "*SE*", "decimal", name, printed=len(engines) == 1),
            Column(f"{engine}_ci", view.ci, "loading", name),
            Column(f"{engine}_p", "*p*", "p", name),
        ]
        if decided:
            columns.append(Column(f"{engine}_decision", words("table.paths.decision"), "text", name))
    return tuple(columns)


def _cells(view: View, name: Name, engines: list[str]) -> tuple[Cell, ...]:
    hypothesis = view.hypothesis(name)
    claim = view.claim(*name)
    decided = bool(view.findings.model.hypotheses)
    cells: list[Cell] = ["" if hypothesis is None else _expected(hypothesis)] if decided else []
    cells.append(Marked(claim, note="a") if name[1] == ":=" else claim)
    for engine in engines:
        found = (view.sem if engine == "sem" else view.pls).get(name)
        cells += [number(found, "est"), number(found, "se"), interval(found), number(found, "p")]
        if decided:
            cells.append("" if hypothesis is None else decision(view, hypothesis, engine))
    return tuple(cells)


def decision(view: View, hypothesis: Hypothesis, engine: str) -> str:
    """Return what an engine decides on a hypothesis, a dash where its fit cannot be trusted."""
    decided = view.decisions.get(hypothesis.name, {}).get(engine, "")
    return view.words(f"table.paths.{decided.replace(' ', '_')}") if decided else "—"


def _expected(hypothesis: Hypothesis) -> str:
    """Return a hypothesis with the direction it expects: H1 (+)."""
    # The space does not break, so that the sign stays beside its name.
    sign = {"+": "\u00a0(+)", "-": "\u00a0(−)"}.get(hypothesis.sign, "")
    return f"{hypothesis.name}{sign}"


def _notes(view: View, engines: list[str], *, defined: bool) -> tuple[Note, ...]:
    findings = view.findings
    notes = [*view.distrust(*engines), view.note("table.paths.note")]
    notes += [view.note("table.paths.note_se")] * (len(engines) == 1)
    notes += [view.note("table.paths.note_decision", alpha=view.alpha)] * bool(findings.model.hypotheses)
    if findings.sem is not None:
        errors = view.words("table.paths.errors_robust" if robust(findings.sem) else "table.paths.errors")
        notes.append(view.note("table.paths.note_sem", method=view.method(findings.sem), errors=errors))
    if "pls" in engines:
        note = "note_pls_bare" if findings.draws is None else "note_pls"
        notes.append(view.note(f"table.paths.{note}", draws=view.drawn))
    if defined:
        key = "note_defined_drawn" if view.sem_drawn else "note_defined"
        notes.append(Note("specific", view.words(f"table.paths.{key}", drawn=view.sem_drawn), mark="a"))
    return tuple(notes)


ROW = JournalTable("paths", ("sem or pls",), build)
