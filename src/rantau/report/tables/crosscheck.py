"""The same numbers from other people's code, and what could not be compared."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from rantau.report.journal_table import JournalTable
from rantau.report.table import Cell, Column, Marked, Row, Table
from rantau.report.view import View

if TYPE_CHECKING:
    from rantau.report.findings import Findings


def build(findings: Findings, language: str) -> Table | None:
    """Build a row for each kind of quantity and package, under the fit that they are about."""
    if findings.verification is None:
        return None
    view = View(findings, language)
    rows: list[Row] = []
    above = ""
    for row in findings.verification.summary().to_dict("records"):
        name = fit_name(view, str(row.get("fit", "")))
        rows += [Row((name,), kind="group")] * (bool(name) and name != above)
        above = name
        cells: tuple[Cell, ...] = (
            capital(kind(view, str(row["kind"]))),
            f"{row['package']} {row['version']}".strip(),
            int(row["compared"]),
            power(view, float(row["largest_difference"])),
            float(row["digits"]),
        )
        rows.append(Row(cells, indent=1 if name else 0))
    if not rows:
        return None
    columns = (
        Column("quantity", view.words("table.crosscheck.quantity")),
        Column("package", view.words("table.crosscheck.package")),
        Column("compared", view.words("table.crosscheck.compared"), "count"),
        Column("difference", view.words("table.crosscheck.difference")),
        Column("digits", view.words("table.crosscheck.digits"), "decimal", decimals=1),
    )
    notes = (*view.distrust("cfa", "sem", "pls"), view.note("table.crosscheck.note"))
    return Table("crosscheck", view.words("table.crosscheck.title"), columns, tuple(rows), notes)


def fit_name(view: View, name: str) -> str:
    """Return what the report calls the fit that a comparison is about; "" where it has no name."""
    return view.words(f"engine.{name.lower()}") if view.words.has(f"engine.{name.lower()}") else name


def kind(view: View, name: str) -> str:
    """Return a kind of quantity in the language of the report, as it is where there is no word for it."""
    key = f"kind.{slug(name)}"
    return view.words(key) if view.words.has(key) else name


def slug(name: str) -> str:
    """Return a name as the keys of texts are written: lower case, joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("²", "2")).strip("_")


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def power(view: View, value: float) -> Cell:
    """Return a small number as a power of ten, which no number of decimals shows well."""
    if math.isnan(value):
        return "—"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(value))
    digits = f"{value / 10**exponent:.1f}"
    if digits == "10.0":
        digits, exponent = "1.0", exponent + 1
    digits = digits.replace(".", view.words("number.decimal"))
    return Marked(f"{digits} × 10^{{{str(exponent).replace('-', '−')}}}", markup=True)


ROW = JournalTable("crosscheck", ("verification",), build)
