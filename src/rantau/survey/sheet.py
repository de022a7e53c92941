"""A delimited text file taken apart into header and cells."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Cells
from rantau.errors import ResponseError, listing
from rantau.extras import require
from rantau.files import read_text
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

_DELIMITERS = (",", ";", "\t")
#: What stands for no answer where no instrument says otherwise.
_EMPTY = ("", "NA")
#: `float()` would take more: `1_000`, `nan`, `inf`, the digits of other scripts. None is let in unseen.
_NUMERAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_SEPARATOR = re.compile(r"sep=.", re.IGNORECASE)
_LONGEST = 60


class Sheet(Record):
    """A delimited file taken apart: `top` and `lines` say where the header and the rows begin."""

    top: int
    header: tuple[str, ...]
    cells: Cells
    lines: tuple[int, ...]


def read_table(path: str | Path, *, numeric: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV file for which there is no instrument: a data frame of numbers and texts.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells.
    numeric
        Columns that must hold numbers, such as the items of a model; of those the file lacks nothing is said.

    Returns
    -------
    DataFrame
        A column of floats where every cell is a number (with a decimal point), empty or `NA`; otherwise the
        cells as they are.

    Raises
    ------
    ResponseError
        If the file is missing, empty, not UTF-8, not a rectangle, or names a column twice; or a cell of a
        `numeric` column is not a number: line, column and what was got.

    Examples
    --------
    >>> read_table("surveys/mobile/responses.csv").shape
    (250, 24)
    """
    sheet = read_sheet(path, codes=numeric)
    columns: dict[str, object] = {}
    for name, cells in zip(sheet.header, sheet.cells.T, strict=True):
        odd = next((row for row, cell in enumerate(cells) if not _reads_as_number(cell)), None)
        if odd is None:
            columns[name] = np.array([np.nan if cell.strip() in _EMPTY else float(cell.strip()) for cell in cells])
        elif name in numeric:
            raise ResponseError(f"{path}: line {sheet.lines[odd]}, column '{name}': {_not_a_number(cells[odd])}")
        else:
            columns[name] = cells
    table: pd.DataFrame = require("pandas").DataFrame(columns)
    table.attrs["source"] = str(path)
    return table


def _reads_as_number(cell: str) -> bool:
    plain = cell.strip()
    return plain in _EMPTY or (bool(_NUMERAL.fullmatch(plain)) and math.isfinite(float(plain)))


def _not_a_number(cell: str) -> str:
    if _DECIMAL_COMMA.fullmatch(cell.strip()):
        advice = "Write decimals with a point."
    else:
        gaps = " or ".join(map(repr, _EMPTY))
        advice = f"Allowed: numbers, and {gaps} for no answer. An instrument turns labels into numbers."
    return f"a number is needed, got '{shortened(cell)}'. {advice}"


def shortened(cell: str) -> str:
    """Return a cell as it fits into a message."""
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}..."


def _delimiter(text: str, codes: Sequence[str]) -> str:
    """Return the delimiter under which the header names most of the codes, then most columns."""
    known = set(codes)

    def fit(delimiter: str) -> tuple[int, int]:
        rows = csv.reader(StringIO(text), delimiter=delimiter)
        header = [name.strip() for name in next(filter(any, rows), [])]
        return len(known.intersection(header)), len(header)

    return max(_DELIMITERS, key=fit)


def read_sheet(path: str | Path, *, codes: Sequence[str] = ()) -> Sheet:
    """Take a delimited file apart.

    Lines between rows in which no cell holds anything are passed over, and so are empty cells behind the last
    named column: spreadsheets leave both behind.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells. A first line `sep=;`, as Excel knows it, is
        passed over.
    codes
        Names that the header should hold, which help to tell the delimiter.

    Raises
    ------
    ResponseError
        If the file is missing, empty, not UTF-8, not a rectangle, or names a column twice.
    """
    text = read_text(path, what="answers", error=ResponseError)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ResponseError(
            f"{path}: line {line}: this is not plain text: it holds a NUL character, as files saved as UTF-16 "
            "do. Save it again as UTF-8: in Excel 'Save as' > 'CSV UTF-8'."
        )
    # Old spreadsheets end lines with a carriage return alone; a file of either kind reads the same.
    header, rows = _rows(path, text.replace("\r\n", "\n").replace("\r", "\n"), codes)
    top, names = header[0], [name.strip() for name in header[1]]
    while names and not names[-1]:
        names.pop()
    _check_header(path, top, names)
    if not rows:
        raise ResponseError(f"{path}: there is a header and no answers below it.")
    width = len(names)
    even = [(line, cells[:width] if not any(map(str.strip, cells[width:])) else cells) for line, cells in rows]
    _check_widths(path, top, width, even)
    grid: Cells = np.array([cells for _, cells in even], dtype=object)
    return Sheet(top, tuple(names), grid, tuple(line for line, _ in even))


def _rows(
    path: str | Path, text: str, codes: Sequence[str]
) -> tuple[tuple[int, list[str]], list[tuple[int, list[str]]]]:
    """Return the header and the rows, each with the line it begins on; without lines that hold nothing."""
    lines = text.split("\n", 1)
    skipped = 1 if _SEPARATOR.fullmatch(lines[0]) else 0
    text = lines[1] if skipped and len(lines) > 1 else text
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text, codes), strict=True)
        for cells in reader:
            if any(map(str.strip, cells)):
                found.append((begins + skipped, cells))
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise ResponseError(f"{path}: line {begins + skipped}: not valid CSV: {fault}. Look at the quotes.") from fault
    if not found:
        raise ResponseError(f"{path}: no line holds anything; the first must name the columns.")
    return found[0], found[1:]


def _check_widths(path: str | Path, top: int, width: int, rows: list[tuple[int, list[str]]]) -> None:
    """Refuse rows with fewer or more cells than the header has names."""
    uneven = [(line, len(cells)) for line, cells in rows if len(cells) != width]
    if not uneven:
        return
    line, got = uneven[0]
    more = f" {len(uneven) - 1} more rows are like this." if len(uneven) > 1 else ""
    advice = "A cell that holds the delimiter must stand in double quotes."
    if len(uneven) == len(rows):
        advice = f"Line {top} must name the columns: is it a title, or does one column have no name?"
    raise ResponseError(
        f"{path}: line {line}: too {'few' if got < width else 'many'} cells: got {got}, and the "
        f"header has {width}.{more} {advice}"
    )


def _check_header(path: str | Path, top: int, header: Sequence[str]) -> None:
    """Refuse a line that names columns twice, or does not name them."""
    where = f"{path}: line {top}"
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        places = [str(place) for place, name in enumerate(header, start=1) if name == twice[0]]
        if not twice[0]:
            raise ResponseError(f"{where}: columns {', '.join(places)} have no name; give each its own.")
        raise ResponseError(
            f"{where}: the column '{twice[0]}' is there {len(places)} times (columns {', '.join(places)}); keep one."
        )
    if all(_NUMERAL.fullmatch(name) for name in header):
        raise ResponseError(f"{where}: this line must name the columns, and it holds numbers: {listing(header)}.")
