"""rantau list: what can be chosen."""

from __future__ import annotations

from typing import Annotated

import typer

from rantau.cli.show import OUT, show_frame
from rantau.extras import require
from rantau.options import choose

#: Each room with the module that holds its rows.
ROOMS = {
    "screens": "rantau.survey.screens",
    "discrepancies": "rantau.covariance.discrepancies",
    "fit_indices": "rantau.covariance.fit_indices",
    "inner_schemes": "rantau.pls.inner_schemes",
    "outer_modes": "rantau.pls.outer_modes",
    "reliability": "rantau.quality.reliability",
    "intervals": "rantau.inference.intervals",
    "crosschecks": "rantau.crosscheck.packages",
    "tables": "rantau.report.tables",
    "writers": "rantau.report.writers",
    "drawers": "rantau.report.drawers",
}


def list_rows(room: Annotated[str, typer.Argument(help=", ".join(ROOMS))] = "") -> int:
    """List what a room offers, with its source; without an argument, the rooms."""
    if not room:
        for name in ROOMS:
            OUT.print(f"{name:15s} {', '.join(row.name for row in require(ROOMS[name]).ROWS)}", soft_wrap=True)
        return 0
    rows = require(ROOMS[choose("room", room, ROOMS)]).ROWS
    columns = [name for name in ("name", "label", "gives", "suffix", "package", "source") if hasattr(rows[0], name)]
    table = [[str(getattr(row, column)) for column in columns] for row in rows]
    show_frame(require("pandas").DataFrame(table, columns=columns), title=room)
    return 0
