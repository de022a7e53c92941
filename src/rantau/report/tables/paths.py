"""Structural paths by both engines, with the decisions on the hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Note, Row, Table
from rantau.report.view import Name, View, interval, number

if TYPE_CHECKING:
    from rantau.model.spec import Hypothesis
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each path and each hypothesis about a defined quantity."""
    view = View(findings, language)
    engines = [name for name in ("sem", "pls") if getattr(findings, name) is not None]
    names = _names(view)
    if not names:
        return None
    defined = any(op == ":=" for _, op, _ in names)
    rows: list[Row] = []
    for place, name in enumerate(names):
        if defined and place and name[1] == ":=" and names[place - 1][1] != ":=":
            rows.append(Row((), kind="rule"))
        rows.append(Row(_cells(view, name, engines)))
    return Table(
        "paths",
        view.words("table.paths.title"),
        _columns(view, engines),
        tuple(rows),
        _notes(view, engines, defined=defined),
        landscape=True,
    )


def _names(view: View) -> list[Name]:
    model = view.findings.model
    paths: list[Name] = [(path.outcome, "~", path.predictor) for path in model.paths]
    claimed: list[Name] = [(one.lhs, one.op, one.rhs) for one in model.hypotheses if one.op == ":="]
    return [*paths, *claimed]


def _columns(view: View, engines: list[str]) -> tuple[Column, ...]:
    words = view.words
    columns = [Column("hypothesis", "H"), Column("path", words("head.path"))]
    for engine in engines:
        over = words(f"engine.{engine}")
        columns += [
            Column(f"{engine}_est", "β", "loading", over),
            Column(f"{engine}_se", "*SE*", "decimal", over),
            Column(f"{engine}_ci", view.ci, "loading", over),
            Column(f"{engine}_p", "*p*", "p", over),
            Column(f"{engine}_decision", words("table.paths.decision"), "text", over),
        ]
    return tuple(columns)


def _cells(view: View, name: Name, engines: list[str]) -> tuple[Cell, ...]:
    hypothesis = view.hypothesis(name)
    cells: list[Cell] = ["" if hypothesis is None else _expected(hypothesis), view.claim(*name)]
    for engine in engines:
        found = (view.sem if engine == "sem" else view.pls).get(name)
        cells += [number(found, "est"), number(found, "se"), interval(found), number(found, "p")]
        decision = "" if hypothesis is None else view.decisions.get(hypothesis.name, {}).get(engine, "")
        cells.append(
            view.words(f"decision.{decision.replace(' ', '_')}") if decision else "" if hypothesis is None else "—"
        )
    return tuple(cells)


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
        notes.append(view.note("table.paths.note_defined"))
    return tuple(notes)


def alpha(view: View) -> str:
    """Return the level of significance as a sentence writes it."""
    text = f"{1 - view.findings.level:.10g}"
    return text[1:] if view.language == "en" else text.replace(".", view.words("number.decimal"))


ROW = JournalTable("paths", ("sem or pls",), build)
