"""Simulated studies: the values the answers were drawn from, beside what each engine found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.model.expressions import evaluate
from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Row, Table
from rantau.report.view import NAN, View, interval, number

if TYPE_CHECKING:
    import pandas as pd

    from rantau.report.findings import Findings
    from rantau.report.view import Name, Numbers


def build(findings: Findings, language: str) -> Table | None:
    """Build loadings, paths and defined quantities: true value, estimate, interval, and whether it covers."""
    if findings.population is None:
        return None
    view = View(findings, language)
    truth = true_values(findings)
    engines = [name for name in ("sem", "pls") if getattr(findings, name) is not None]
    rows: list[Row] = []
    for op, group in (("~", "paths"), (":=", "defined"), ("=~", "loadings")):
        names = [name for name in truth if name[1] == op]
        rows += [Row((view.words(f"table.estimates.{group}"),), kind="group")] * bool(names)
        rows += [Row(_cells(view, name, truth[name], engines), indent=1) for name in names]
    if not rows or not engines:
        return None
    columns = [
        Column("parameter", view.words("table.estimates.parameter")),
        Column("truth", view.words("table.population.truth"), "loading"),
    ]
    for engine in engines:
        over = view.words(f"engine.{engine}")
        columns += [
            Column(f"{engine}_est", view.words("table.population.estimate"), "loading", over),
            Column(f"{engine}_ci", view.ci, "loading", over),
            Column(f"{engine}_covers", view.words("table.population.covers"), "text", over),
        ]
    notes = [*view.distrust(*engines), view.note("table.population.note")]
    if findings.pls is not None and not findings.pls.request.consistent:
        notes.append(view.note("table.population.note_pls"))
    return Table("population", view.words("table.population.title"), tuple(columns), tuple(rows), tuple(notes))


def true_values(findings: Findings) -> dict[Name, float]:
    """Return the population's loadings and paths in standardised units, and what the model defines from them."""
    stated = findings.population
    if stated is None:
        return {}
    known = _standardised(stated)
    model = findings.model
    wanted: list[Name] = [(path.outcome, "~", path.predictor) for path in model.paths]
    wanted += [(block.construct, "=~", item) for block in model.blocks for item in block.items]
    found = {name: known[name] for name in wanted if name in known}
    labels = {
        str(value): found.get((path.outcome, "~", path.predictor), NAN)
        for path in model.paths
        for modifier in path.term.modifiers
        if modifier.kind == "label"
        for value in modifier.values
    }
    for definition in model.definitions:
        if set(definition.expression.names) <= set(labels):
            value = float(evaluate(definition.expression, labels))
            labels[definition.name] = found[definition.name, ":=", definition.text] = value
    return {name: value for name, value in found.items() if value == value}  # noqa: PLR0124 - NaN


def _standardised(stated: pd.DataFrame) -> dict[Name, float]:
    """Express directed parameters in standard deviations of their variables.

    Source: McArdle & McDonald (1984): the covariances of all variables are (I - A)^-1 S (I - A)^-T.
    """
    rows = [
        (str(row["lhs"]), str(row["op"]), str(row["rhs"]), float(row["value"])) for row in stated.to_dict("records")
    ]
    rows = [row for row in rows if row[1] in ("=~", "~", "~~")]
    names = list(dict.fromkeys(name for row in rows for name in (row[0], row[2])))
    directed, undirected = np.zeros((2, len(names), len(names)))
    for lhs, op, rhs, value in rows:
        left, right = names.index(lhs), names.index(rhs)
        if op == "~~":
            undirected[left, right] = undirected[right, left] = value
        elif op == "=~":
            directed[right, left] = value
        else:
            directed[left, right] = value
    reach = np.linalg.inv(np.eye(len(names)) - directed)
    sd = np.sqrt(np.diag(reach @ undirected @ reach.T))
    found: dict[Name, float] = {}
    for lhs, op, rhs, value in rows:
        source, target = (lhs, rhs) if op == "=~" else (rhs, lhs)
        if op != "~~":
            found[lhs, op, rhs] = value * float(sd[names.index(source)] / sd[names.index(target)])
    return found


def _cells(view: View, name: Name, truth: float, engines: list[str]) -> tuple[Cell, ...]:
    label = name[2] if name[1] == "=~" else view.claim(*name)
    cells: list[Cell] = [label, truth]
    for engine in engines:
        found = (view.sem if engine == "sem" else view.pls).get(name)
        cells += [number(found, "est"), interval(found), _covers(view, found, truth)]
    return tuple(cells)


def _covers(view: View, found: Numbers | None, truth: float) -> str:
    low, high = number(found, "ci_low"), number(found, "ci_high")
    if low != low or high != high:  # noqa: PLR0124 - NaN
        return "—"
    return view.words("table.population.yes" if low <= truth <= high else "table.population.no")


ROW = JournalTable("population", ("population",), build)
