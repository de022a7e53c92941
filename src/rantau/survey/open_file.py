"""From a path to a sheet: the kind of file, the layout of the form tool, the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rantau.arrays import Indices
from rantau.errors import OptionError, ResponseError, listing
from rantau.files import KINDS, file_of, nearest_file
from rantau.options import one_text
from rantau.survey.labels import visible
from rantau.survey.platform import Layout
from rantau.survey.platforms import ROWS as PLATFORMS
from rantau.survey.reader import Asked, Reader
from rantau.survey.readers import ROWS as READERS
from rantau.survey.responses import Change
from rantau.survey.sheet import Column, Sheet, Source, refuse, shortened, shown
from rantau.survey.text import unguarded

#: Rows of text that are held at once.
_AT_ONCE = 4096
#: Rows among which the header is looked for.
_FIRST = 4
#: More columns than any program of tables holds: then the delimiter is wrong, or the file is no table.
_MOST_COLUMNS = 20_000
#: What a file is that is none of ours, by how it begins.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an old workbook (.xls), or one with a password; save it as .xlsx without a password"),
    (b"%PDF", "a PDF; give the file with the answers"),
    (b"\x1f\x8b", "compressed; unpack it, or if it is a file of R (.rds, .RData), save the table by write.csv()"),
    (b"RDX", "a workspace of R; save the table from R by write.csv()"),
    (b"7z\xbc\xaf", "an archive; unpack it"),
    (b"Rar!", "an archive; unpack it"),
    (b"{\\rtf", "a text document; save it as plain text"),
    (b"SQLite format 3", "a database; export its table as CSV"),
    (b"PAR1", "a Parquet file; read it with pandas and save it as CSV"),
    (b"ARROW1", "a Feather file; read it with pandas and save it as CSV"),
    (b"\0" * 12 + b"\xc2\xea\x81\x60", "a SAS file; save it from SAS as CSV or .sav"),
    (b"HEADER RECORD*******", "a SAS transport file; save it from SAS as CSV or .sav"),
    (b"\x89PNG", "a picture; give the file with the answers"),
    (b"\xff\xd8\xff", "a picture; give the file with the answers"),
)
#: What a portable SPSS file says of itself, in lines of 80 signs and in several character sets.
_PORTABLE = "SPSS PORT FILE"


def open_sheet(path: str | Path, asked: Asked) -> Sheet:
    """Take a file of answers apart.

    Lines between rows in which no cell holds anything are passed over, and so are empty cells behind the last
    named column: spreadsheets leave both behind.

    Parameters
    ----------
    path
        Any kind of file in the room `readers`, in any layout of the room `platforms`.
    asked
        What the user says about it.

    Raises
    ------
    ResponseError
        If the file is missing, empty, of no known kind or damaged, or is not a rectangle under a header.
    """
    file = file_of(path, what="answers", error=ResponseError)
    reader = _reader(file)
    _check_asked(file, reader, asked)
    source = reader.read(file, asked)
    first = list(islice(source.rows, _FIRST))
    if not first:
        raise ResponseError(f"{path}: no {source.unit} holds anything; the first must name the columns.")
    top, names = first[0][0], [unguarded(visible(name).strip()) for name in first[0][1]]
    while names and not names[-1]:
        names.pop()
    if len(names) > _MOST_COLUMNS:
        refuse(f"{path}: {source.unit} {top}", f"{len(names)} columns; is the delimiter another one?")
    found = ((each.name, each.lay_out([names, *(cells for _, cells in first[1:])])) for each in PLATFORMS)
    platform, layout = next(((name, layout) for name, layout in found if layout is not None), ("", _plain(names)))
    _check_header(f"{path}: {source.unit} {top}", layout.names)
    return _gather(path, source, top, platform, layout, chain(first[layout.header_rows :], source.rows))


def _plain(names: Sequence[str]) -> Layout:
    return Layout(tuple(names), ("",) * len(names), ((),) * len(names), 1)


def _reader(file: Path) -> Reader:
    """Return the reader of a file by what it holds, whatever its name."""
    kinds = KINDS.get(file.suffix.lower(), ("answers",))
    if "answers" not in kinds:
        refuse(file, f"its name is that of a file with the {' or '.join(kinds)}; give the one with the answers.")
    if file.is_dir():
        refuse(file, "this is a folder; give the file with the answers.")
    try:
        there = file.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        folder = file.parent
        hint = f" The folder '{folder}' does not exist either." if not folder.is_dir() else nearest_file(file)
        refuse(file, f"no such file for the answers.{hint}")
    if not file.is_file():
        refuse(file, "this is no plain file; give the file with the answers.")
    try:
        with file.open("rb") as opened:
            head = opened.read(512)
    except OSError as fault:
        raise ResponseError(f"{file}: cannot be opened: {fault.strerror}; is it open elsewhere?") from fault
    if not head.strip():
        refuse(file, "the file is empty; it should hold the answers.")
    if file.name.startswith("~$"):
        refuse(file, f"this is what Excel leaves beside a workbook that it has open; give '{file.name[2:]}'.")
    _check_kind(file, head)
    for reader in READERS:
        if head.startswith(reader.begins) if reader.begins else True:
            return reader
    raise ResponseError(f"{file}: no reader for this file.")


def _check_asked(file: Path, reader: Reader, asked: Asked) -> None:
    """Refuse what is said of a file of another kind: it would say nothing of this one."""
    for name in ("encoding", "delimiter", "sheet"):
        if one_text(name, getattr(asked, name)) and name not in reader.asks:
            raise OptionError(f"{file}: {name}= has no place with {reader.label}. Leave it out.")


def _check_kind(file: Path, head: bytes) -> None:
    """Refuse a file that is none of ours, by how it begins."""
    for begins, what in _OTHERS:
        if head.startswith(begins):
            refuse(file, f"this is {what}.")
    if _PORTABLE in head.decode("latin-1").replace("\r", "").replace("\n", ""):
        refuse(file, "this is a portable SPSS file; save it as .sav.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        refuse(file, "this is a web page or XML, whatever its name; export the answers as CSV or .xlsx.")


def _check_header(where: str, names: Sequence[str]) -> None:
    """Refuse a row that does not name columns."""
    if all(name.replace(".", "").replace(",", "").lstrip("+-").isdecimal() for name in names):
        refuse(where, f"this line must name the columns, and it holds numbers: {listing(shown(names))}.")


class _Places(dict[str, int]):
    """A place for each different cell, in the order in which they are met."""

    def __missing__(self, cell: str) -> int:
        self[cell] = place = len(self)
        return place


def _gather(
    path: str | Path,
    source: Source,
    top: int,
    platform: str,
    layout: Layout,
    rows: Iterator[tuple[int, list[str]]],
) -> Sheet:
    """Read all rows into columns: each different cell of a column is held once."""
    width = len(layout.names)
    known = [_Places() for _ in range(width)]
    portions: list[list[NDArray[np.int32]]] = [[] for _ in range(width)]
    lines: list[Indices] = []
    dropped: Counter[str] = Counter()
    uneven: list[tuple[int, int]] = []
    even = 0
    while portion := list(islice(rows, _AT_ONCE)):
        kept = []
        for line, row in portion:
            cells = row[:width] if len(row) > width and not any(map(str.strip, row[width:])) else row
            if len(cells) != width:
                uneven.append((line, len(cells)))
            elif layout.dropped is not None and (why := layout.dropped(cells)):
                dropped[why] += 1
            else:
                kept.append((line, cells))
        even += len(kept)
        if not kept or uneven:
            continue
        lines.append(np.array([line for line, _ in kept], dtype=np.intp))
        for place, column in enumerate(zip(*(cells for _, cells in kept), strict=True)):
            at = known[place]
            portions[place].append(np.fromiter(map(at.__getitem__, column), dtype=np.int32, count=len(column)))
    if uneven:
        _refuse_widths(path, source.unit, top, width, uneven, others=even > 0)
    if not lines:
        why = f", but for {sum(dropped.values())} previews" if dropped else ""
        raise ResponseError(f"{path}: there is a header and no answers below it{why}.")
    log = [*source.log]
    log += [
        Change("", f"rows marked as {why} by the form tool left out", times * width) for why, times in dropped.items()
    ]
    columns = _columns(source, layout, known, portions, log)
    own = {name.casefold() for name in layout.own}
    of_tool = frozenset(place for place, column in enumerate(columns) if column.name.casefold() in own)
    begins = np.concatenate(lines)
    return Sheet(str(path), source.kind, platform, source.unit, top, begins, columns, tuple(log), of_tool)


def _columns(
    source: Source, layout: Layout, known: Sequence[_Places], portions: list[list[NDArray[np.int32]]], log: list[Change]
) -> tuple[Column, ...]:
    wordings, labels, missing = dict(source.wordings), dict(source.labels), dict(source.missing)
    columns: list[Column] = []
    unnamed = 0
    for place, (name, cells) in enumerate(zip(layout.names, known, strict=True)):
        narrow = np.min_scalar_type(max(len(cells) - 1, 0))
        places = np.concatenate(portions[place], dtype=narrow, casting="unsafe")
        portions[place] = []
        places.setflags(write=False)
        if not name and not any(map(str.strip, cells)):
            unnamed += 1
            continue
        plain, guarded = _unguarded(tuple(cells))
        if guarded:
            marks = np.isin(places, guarded).sum()
            log.append(Change(name, "an apostrophe that kept a cell from being a formula taken off", int(marks)))
        wording = layout.wordings[place] or wordings.get(name, "")
        aliases = layout.aliases[place]
        columns.append(Column(name, wording, aliases, plain, places, labels.get(name, ()), missing.get(name, ())))
    if unnamed:
        log.append(Change("", f"empty columns without a name passed over: {unnamed}", 0))
    return tuple(columns)


def _unguarded(cells: tuple[str, ...]) -> tuple[tuple[str, ...], list[int]]:
    """Take off the apostrophe that `write_responses` and others put before a text that a spreadsheet would run."""
    bare = tuple(map(unguarded, cells))
    return bare, [place for place, cell in enumerate(cells) if bare[place] != cell]


def _refuse_widths(
    path: str | Path, unit: str, top: int, width: int, uneven: list[tuple[int, int]], *, others: bool
) -> None:
    """Refuse rows with fewer or more cells than the header has names."""
    line, got = uneven[0]
    more = f" {len(uneven) - 1} more rows are like that." if len(uneven) > 1 else ""
    advice = "A cell that holds the delimiter must stand in double quotes."
    if not others:
        advice = f"{unit.capitalize()} {top} must name the columns: is it a title, or does one column have no name?"
        if width == 1 and unit == "line":
            advice = f"Line {top} must name the columns: is it a title, or is the delimiter another one (delimiter=)?"
    raise ResponseError(
        f"{path}: {unit} {line}: too {'few' if got < width else 'many'} cells: got {got}, and the "
        f"header has {width}.{more} {advice}"
    )


def told_twice(sheet: Sheet, names: Sequence[str]) -> None:
    """Refuse a file in which one of these names stands over two columns, or several columns have no name.

    Parameters
    ----------
    sheet
        The file.
    names
        Those that matter.

    Raises
    ------
    ResponseError
        With the places of the columns.
    """
    header = sheet.header
    for name, times in Counter(header).items():
        if times < 2 or name not in names:
            continue
        places = ", ".join(str(place) for place, each in enumerate(header, start=1) if each == name)
        if not name:
            refuse(f"{sheet.file}: {sheet.unit} {sheet.top}", f"columns {places} have no name; give each its own.")
        refuse(
            f"{sheet.file}: {sheet.unit} {sheet.top}",
            f"the column '{shortened(name)}' is there {times} times (columns {places}); keep one.",
        )
