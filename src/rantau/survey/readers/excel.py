"""Excel workbooks: one sheet, the saved values of formulas, dates told apart from answers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from rantau.errors import ResponseError, listing, unknown
from rantau.extras import require
from rantau.survey.labels import plain
from rantau.survey.reader import Asked, Reader
from rantau.survey.responses import Change
from rantau.survey.sheet import Source

#: What reading a damaged or hostile workbook may end in.
_FAULTS = (
    BadZipFile, SyntaxError, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError,
    NotImplementedError, RuntimeError, OSError, OverflowError,
)  # fmt: skip
#: Beyond this, unpacked, a workbook is no table of answers: Excel's own limit of rows with forty long labels.
_MOST_BYTES = 3 << 30
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_FORMULA = re.compile(rb"<f[ >/]")
_AT_ONCE = 1 << 20
#: Rows among which names of columns are looked for.
_FIRST = 4
#: How far into a part of a workbook a document type is looked for.
_BEGINNING = 1 << 12


def read(path: Path, asked: Asked) -> Source:
    """Open a workbook.

    Parameters
    ----------
    path
        As `.xlsx` or `.xlsm`.
    asked
        The sheet; unless given, the visible one whose first rows hold most of the names, of several the first that
        holds anything.

    Raises
    ------
    ResponseError
        If it is damaged, too large, holds no such sheet, merged cells, or formulas without a saved value.
    """
    try:
        _check_size(path)
        book = require("openpyxl").load_workbook(
            BytesIO(path.read_bytes()), read_only=True, data_only=True, keep_links=False
        )
        sheets = [each for each in book.worksheets if each.sheet_state == "visible"]
        named = {each.title: each for each in book.worksheets}
        if asked.sheet and asked.sheet not in named:
            raise ResponseError(unknown("sheet", asked.sheet, named, where=str(path)))
        if not asked.sheet:
            for each in sheets:
                each.reset_dimensions()
            sheets = [each for each in sheets if next(_rows(path, each), None) is not None]
            if not sheets:
                raise ResponseError(f"{path}: no sheet holds anything; the first row must name the columns.")
        # Of equals, max() takes the first.
        chosen = named[asked.sheet] if asked.sheet else max(sheets, key=lambda each: _named(path, each, asked.names))
        chosen.reset_dimensions()
        formulas = _look_inside(path, chosen)
    except _FAULTS as fault:
        raise _damaged(path, fault) from fault
    others = [each.title for each in sheets if each is not chosen]
    left = f" (not read: {listing(others)})" if others else ""
    log = [Change("", f"sheet '{chosen.title}' read{left}", 0)] if others else []
    if formulas:
        _check_formulas(path, chosen.title)
        log.append(Change("", "formulas read by the values saved with them", formulas))
    return Source(f"Excel workbook, sheet '{chosen.title}'{left}", _rows(path, chosen), "row", log=tuple(log))


def _named(path: Path, sheet: Any, names: tuple[str, ...]) -> int:  # noqa: ANN401
    """Return how many of the names of columns stand in one of a sheet's first rows."""
    known = set(names)
    first = islice(_rows(path, sheet), _FIRST) if known else ()
    return max((len(known.intersection(map(plain, cells))) for _, cells in first), default=0)


def _damaged(path: Path, fault: BaseException) -> ResponseError:
    return ResponseError(
        f"{path}: this workbook cannot be read ({type(fault).__name__}): it is damaged or not quite a workbook. Open "
        "it in Excel and save it again, or save it as 'CSV UTF-8'."
    )


def _check_size(path: Path) -> None:
    """Refuse an archive that unpacks to more than any sheet holds, has entities of its own, or is no workbook."""
    with ZipFile(path) as archive:
        names = set(archive.namelist())
        size = sum(each.file_size for each in archive.infolist())
        declared = [name for name in names if name.endswith((".xml", ".rels")) and _declares(archive, name)]
    told = ""
    if "xl/workbook.bin" in names:
        told = "this is a binary workbook (.xlsb); save it as .xlsx"
    elif any(name.startswith("word/") for name in names):
        told = "this is a Word document; give the file with the answers"
    elif any(name.startswith("content.xml") for name in names):
        told = "this is an OpenDocument file; save it as .xlsx or as 'CSV UTF-8'"
    elif not any(name.startswith("xl/") for name in names):
        told = f"this is an archive ({listing(sorted(names), most=4)}); unpack it and give the file with the answers"
    elif size > _MOST_BYTES:
        told = f"unpacked, this workbook is {size >> 30} GB; save the sheet as 'CSV UTF-8'"
    elif declared:
        told = (
            f"{listing(sorted(declared), most=3)} in this workbook declares a document type, as no spreadsheet program "
            "does and harmful files do; open it in Excel and save it again"
        )
    if told:
        raise ResponseError(f"{path}: {told}.")


def _declares(archive: ZipFile, name: str) -> bool:
    """Say whether a part of a workbook begins with entities of its own: a few bytes that become many, or a file."""
    with archive.open(name) as part:
        return b"<!DOCTYPE" in part.read(_BEGINNING)


def _look_inside(path: Path, sheet: Any) -> int:  # noqa: ANN401
    """Return how many formulas a sheet has; refuse merged cells, of which all but one would read as no answer."""
    formulas = 0
    kept = b""
    with ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:
        while portion := part.read(_AT_ONCE):
            text = kept + portion
            if merged := _MERGED.findall(text):
                areas = listing((area.decode() for area in merged), most=5)
                raise ResponseError(
                    f"{path}: sheet '{sheet.title}': the cells {areas} are merged: one of them holds what the others "
                    "lack. Unmerge them in Excel and fill each cell."
                )
            cut = text.rfind(b"<")
            formulas += len(_FORMULA.findall(text[:cut]))
            kept = text[cut:] if len(text) - cut < _AT_ONCE else b""
    return formulas


def _check_formulas(path: Path, title: str) -> None:
    """Refuse formulas without a saved value: they would read as no answer."""
    openpyxl = require("openpyxl")
    values, texts = (
        openpyxl.load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=saved, keep_links=False)[title]
        for saved in (True, False)
    )
    for sheet in (values, texts):
        sheet.reset_dimensions()
    for number, (saved, written) in enumerate(
        zip(values.iter_rows(values_only=True), texts.iter_rows(values_only=True), strict=False), start=1
    ):
        for place, (value, text) in enumerate(zip(saved, written, strict=False)):
            if value is None and text is not None:
                at = f"{openpyxl.utils.get_column_letter(place + 1)}{number}"
                raise ResponseError(
                    f"{path}: sheet '{title}': row {number}: the cell {at} holds a formula without a saved value. Open "
                    "the file in Excel and save it, or replace formulas by their values."
                )


def _rows(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401
    """Yield each row that holds anything, with its number; as wide as the first of them, or wider."""
    width = 0
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            cells = [_text(cell) for cell in row]
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                width = width or len(cells)
                yield number, cells + [""] * (width - len(cells))
    except _FAULTS as fault:
        raise _damaged(path, fault) from fault


def _text(cell: object) -> str:
    """Return a cell as text: a whole number without a decimal point, a date in one form everywhere."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


ROW = Reader(
    "excel",
    "Excel workbook",
    (".xlsx", ".xlsm"),
    "ECMA-376, Office Open XML file formats",
    (b"PK\x03\x04",),
    ("sheet",),
    read,
)
