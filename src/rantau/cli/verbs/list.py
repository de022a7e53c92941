"""rantau list: what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from rantau.cli.show import show_frame
from rantau.extras import require
from rantau.options import choose

#: Each room with the module that holds its rows.
ROOMS = {
    "readers": "rantau.survey.readers",
    "platforms": "rantau.survey.platforms",
    "forms": "rantau.survey.forms",
    "screens": "rantau.survey.screens",
    "estimators": "rantau.covariance.estimators",
    "discrepancies": "rantau.covariance.discrepancies",
    "rotations": "rantau.covariance.rotations",
    "model_tests": "rantau.covariance.model_tests",
    "fit_indices": "rantau.covariance.fit_indices",
    "inner_schemes": "rantau.pls.inner_schemes",
    "outer_modes": "rantau.pls.outer_modes",
    "reliability": "rantau.quality.reliability",
    "steps": "rantau.quality.steps",
    "method_bias": "rantau.quality.method_bias",
    "intervals": "rantau.inference.intervals",
    "imputation": "rantau.imputation.methods",
    "crosschecks": "rantau.crosscheck.packages",
    "tables": "rantau.report.tables",
    "writers": "rantau.report.writers",
    "drawers": "rantau.report.drawers",
    "figures": "rantau.report.figures",
}
#: What is a file each, with the module that reads it.
FILES = {"styles": "rantau.report.styles", "cutoffs": "rantau.quality.cutoffs"}
#: What to say of a row, where it says it of itself.
COLUMNS = (
    "name", "label", "title", "discrepancy", "ordered", "se", "test", "information", "factors", "gives", "compares",
    "suffix",
    "suffixes", "about", "source",
)  # fmt: skip


def list_rows(
    room: Annotated[str, typer.Argument(help=f"One of: {', '.join((*ROOMS, *FILES))}.", show_default=False)] = "",
) -> int:
    """Show what can be chosen, and its source."""
    pandas = require("pandas")
    if not room:
        every = [(name, ", ".join(row.name for row in _rows(name))) for name in (*ROOMS, *FILES)]
        show_frame(pandas.DataFrame(every, columns=["room", "holds"]))
        return 0
    rows = _rows(choose("room", room, (*ROOMS, *FILES)))
    columns = [name for name in COLUMNS if hasattr(rows[0], name)]
    table = [[_text(getattr(row, column)) for column in columns] for row in rows]
    show_frame(pandas.DataFrame(table, columns=columns), title=room)
    return 0


def _rows(room: str) -> Sequence[Any]:
    """Return what a room holds; of files, what they say of themselves."""
    if room == "styles":
        styles = require(FILES[room])
        return [styles.read_style(name) for name in styles.style_names()]
    if room == "cutoffs":
        cutoffs = require(FILES[room])
        return [cutoffs.read_cutoffs(name) for name in cutoffs.SETS]
    rows: Sequence[Any] = require(ROOMS[room]).ROWS
    return rows


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
