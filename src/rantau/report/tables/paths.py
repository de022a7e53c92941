"""Structural paths by both engines, with the decisions on the hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Note, Row, Table
from rantau.report.view import Name, View, interval, number

if TYPE_CHECKING:
    from rantau.model.spec import Hypothesis
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a panel for each engine: a row for each path and each hypothesis about a defined quantity."""
    view = View(findings, language)
    engines = [name for name in ("sem", "pls") if getattr(findings, name) is not None]
    names = _names(view)
    if not names:
        return None
    rows: list[Row] = []
    for place, engine in enumerate(engines):
        rows += [Row((), kind="rule")] * bool(place)
        rows.append(Row((view.words(f"engine.{engine}"),), kind="group"))
        rows += [Row(_cells(view, name, engine)) for name in names]
    defined = any(op == ":=" for _, op, _ in names)
    notes = _notes(view, engines, defined=defined)
    return Table("paths", view.words("table.paths.title"), _columns(view), tuple(rows), notes)


def _names(view: View) -> list[Name]:
    model = view.findings.model
    paths: list[Name] = [(path.outcome, "~", path.predictor) for path in model.paths]
    claimed: list[Name] = [(one.lhs, one.op, one.rhs) for one in model.hypotheses if one.op == ":="]
    return [*paths, *claimed]


def _columns(view: View) -> tuple[Column, ...]:
    words = view.words
    return (
        Column("hypothesis", "H"),
        Column("path", words("head.path")),
        Column("est", "β", "loading"),
        Column("se", "*SE*", "decimal"),
        Column("ci", view.ci, "loading"),
        Column("p", "*p*", "p"),
        Column("decision", words("table.paths.decision")),
    )


def _cells(view: View, name: Name, engine: str) -> tuple[Cell, ...]:
    hypothesis = view.hypothesis(name)
    found = (view.sem if engine == "sem" else view.pls).get(name)
    claim = view.claim(*name)
    return (
        "" if hypothesis is None else _expected(hypothesis),
        Marked(claim, note="a") if name[1] == ":=" else claim,
        number(found, "est"),
        number(found, "se"),
        interval(found),
        number(found, "p"),
        "" if hypothesis is None else _decision(view, hypothesis, engine),
    )


def _decision(view: View, hypothesis: Hypothesis, engine: str) -> str:
    decision = view.decisions.get(hypothesis.name, {}).get(engine, "")
    return view.words(f"decision.{decision.replace(' ', '_')}") if decision else "—"


def _expected(hypothesis: Hypothesis) -> str:
    """Return a hypothesis with the direction it expects: H1 (+)."""
    # The space does not break, so that the sign stays beside its name.
    sign = {"+": "\u00a0(+)", "-": "\u00a0(−)"}.get(hypothesis.sign, "")
    return f"{hypothesis.name}{sign}"


def _notes(view: View, engines: list[str], *, defined: bool) -> tuple[Note, ...]:
    findings = view.findings
    notes = [*view.distrust(*engines), view.note("table.paths.note", alpha=alpha(view))]
    notes += [view.note(f"table.paths.note_{engine}") for engine in engines if engine == "sem"]
    if "pls" in engines:
        drawn = findings.draws
        if drawn is None:
            notes.append(view.note("table.paths.note_pls_bare"))
        else:
            notes.append(view.note("table.paths.note_pls", draws=len(drawn.values) - drawn.n_failed))
    if defined:
        notes.append(Note("specific", view.words("table.paths.note_defined"), mark="a"))
    return tuple(notes)


def alpha(view: View) -> str:
    """Return the level of significance as a sentence writes it."""
    text = f"{1 - view.findings.level:.10g}"
    return text[1:] if view.language == "en" else text.replace(".", view.words("number.decimal"))


ROW = JournalTable("paths", ("sem or pls",), build)
