"""A delimited text file taken apart into header and cells."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Cells
from rantau.errors import ResponseError
from rantau.extras import require
from rantau.files import read_text
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

_DELIMITERS = (",", ";", "\t")
#: What stands for no answer where no instrument says otherwise.
_EMPTY = ("", "NA")


class Sheet(Record):
    """A delimited file taken apart: `top` and `lines` say where the header and the rows begin."""

    top: int
    header: tuple[str, ...]
    cells: Cells
    lines: tuple[int, ...]


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV file for which there is no instrument: a data frame of numbers and texts.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells.

    Returns
    -------
    DataFrame
        A column of floats where every cell is a number, empty or `NA`; otherwise the cells as they are.

    Raises
    ------
    ResponseError
        If the file is missing, empty, not UTF-8, not a rectangle, or names a column twice.

    Examples
    --------
    >>> read_table("surveys/mobile/responses.csv").shape
    (250, 24)
    """
    sheet = read_sheet(path)
    columns: dict[str, object] = {}
    for name, cells in zip(sheet.header, sheet.cells.T, strict=True):
        try:
            columns[name] = np.array([np.nan if cell.strip() in _EMPTY else float(cell) for cell in cells])
        except ValueError:
            columns[name] = cells
    return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]


def _delimiter(text: str, codes: Sequence[str]) -> str:
    """Return the delimiter under which the header names most of the codes, then most columns."""
    known = set(codes)

    def fit(delimiter: str) -> tuple[int, int]:
        header = [name.strip() for name in next(filter(None, csv.reader(StringIO(text), delimiter=delimiter)))]
        return len(known.intersection(header)), len(header)

    return max(_DELIMITERS, key=fit)


def read_sheet(path: str | Path, *, codes: Sequence[str] = ()) -> Sheet:
    """Take a delimited file apart; blank lines between rows are passed over.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells.
    codes
        Names that the header should hold, which help to tell the delimiter.

    Raises
    ------
    ResponseError
        If the file is missing, empty, not UTF-8, not a rectangle, or names a column twice.
    """
    text = read_text(path, what="answers", error=ResponseError)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text, codes), strict=True)
        for cells in reader:
            if cells:
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise ResponseError(f"{path}: line {begins}: not valid CSV: {fault}. Look at the quotes.") from fault
    header, rows = tuple(name.strip() for name in found[0][1]), found[1:]
    if not rows:
        raise ResponseError(f"{path}: there is a header and no answers below it.")
    uneven = [(line, len(cells)) for line, cells in rows if len(cells) != len(header)]
    if uneven:
        line, got = uneven[0]
        more = f" {len(uneven) - 1} more rows are like this." if len(uneven) > 1 else ""
        raise ResponseError(
            f"{path}: line {line}: too {'few' if got < len(header) else 'many'} cells: got {got}, and the "
            f"header has {len(header)}.{more} A cell that holds the delimiter must stand in double quotes."
        )
    grid: Cells = np.array([row for _, row in rows], dtype=object)
    sheet = Sheet(found[0][0], header, grid, tuple(line for line, _ in rows))
    _check_header(path, sheet)
    return sheet


def _check_header(path: str | Path, sheet: Sheet) -> None:
    """Refuse columns that come twice."""
    header, where = sheet.header, f"{path}: line {sheet.top}"
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        places = [str(place) for place, name in enumerate(header, start=1) if name == twice[0]]
        raise ResponseError(
            f"{where}: the column '{twice[0]}' is there {len(places)} times (columns {', '.join(places)}); keep one."
        )
