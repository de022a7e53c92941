"""Delimited text: CSV of any delimiter, in any encoding that spreadsheets write."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from rantau.errors import OptionError, ResponseError
from rantau.survey.encoding import Encoding, encoding_of
from rantau.survey.labels import plain
from rantau.survey.reader import Asked, Reader
from rantau.survey.responses import Change
from rantau.survey.sheet import Source

_DELIMITERS = (",", ";", "\t", "|")
_CALLED = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "strokes"}
_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
#: Enough for a header of ten thousand questions.
_SAMPLE = 1 << 22
_LOOKED_AT = 40


def read(path: Path, asked: Asked) -> Source:
    """Open a delimited file.

    Parameters
    ----------
    path
        Lines may end in any of the three ways; a first line `sep=;`, as Excel knows it, is passed over.
    asked
        The encoding and the delimiter, where they are not to be found out.

    Raises
    ------
    ResponseError
        If it is no text, or the quotes do not close.
    """
    if len(asked.delimiter) > 1 or asked.delimiter in ('"', "\n", "\r"):
        raise OptionError(f"the delimiter is one character such as ';', got '{asked.delimiter}'.")
    encoding = encoding_of(path, asked.encoding)
    try:
        with path.open(encoding=encoding.name, newline=None) as file:
            sample = file.read(_SAMPLE)
    except UnicodeError as fault:
        raise _undecodable(path, encoding, fault) from fault
    if not sample.strip().strip("\ufeff"):
        raise ResponseError(f"{path}: the file is empty; it should hold the answers.")
    first = _SEPARATOR.match(sample)
    skipped = 1 if first else 0
    text = sample[first.end() :] if first else sample
    delimiter = asked.delimiter or _delimiter(text, asked.names, first[1] if first else "")
    between = _CALLED.get(delimiter, f"'{delimiter}'")
    log = (Change("", f"not UTF-8: read as {encoding.label}", 0),) if encoding.guessed else ()
    rows = _rows(path, encoding, delimiter, skipped)
    return Source(f"text, {between} between cells, {encoding.label}", rows, log=log)


def _rows(path: Path, encoding: Encoding, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that holds anything, with the line it begins on."""
    begins = skipped
    try:
        # Python's own reading makes one of the three line ends, in cells as well.
        with path.open(encoding=encoding.name, newline=None) as file:
            for _ in range(skipped):
                file.readline()
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield begins + 1, cells
                begins = reader.line_num + skipped
    except csv.Error as fault:
        limit = csv.field_size_limit()
        told = f"a cell of more than {limit} characters" if "field larger" in str(fault) else str(fault)
        raise ResponseError(f"{path}: line {begins + 1}: not valid CSV: {told}. Look at the quotes.") from fault
    except UnicodeError as fault:
        raise _undecodable(path, encoding, fault) from fault


def _undecodable(path: Path, encoding: Encoding, fault: UnicodeError) -> ResponseError:
    return ResponseError(
        f"{path}: this is not {encoding.label} throughout: {fault}. Save it again as UTF-8: in Excel 'Save as' > 'CSV "
        "UTF-8', or name the encoding, such as encoding='cp1252'."
    )


def _delimiter(text: str, names: tuple[str, ...], said: str) -> str:
    """Return the delimiter under which the header names most of the names, then rows are as wide as the header.

    Then the one that the file itself states, then the one that gives most columns.
    """
    known = set(names)

    def fit(delimiter: str) -> tuple[int, bool, bool, float, int]:
        reader = csv.reader(StringIO(text), delimiter=delimiter)
        try:
            rows = list(islice(filter(any, reader), _LOOKED_AT))
        except csv.Error:
            return 0, False, False, 0.0, 0
        if not any(map(str.strip, chain.from_iterable(rows))):
            # This delimiter, and nothing else.
            return 0, True, True, 1.0, 0
        header = [plain(name) for name in rows[0]]
        body = rows[1:-1] or rows[1:]
        even = sum(len(row) == len(header) for row in body) / max(len(body), 1)
        if len(header) == 1:
            # A title, perhaps: how rows are divided is seen below it.
            return len(known.intersection(header)), False, delimiter == said, 0.0, max(map(len, rows))
        return len(known.intersection(header)), True, delimiter == said, even, len(header)

    if said and said not in _DELIMITERS:
        return said
    return max(_DELIMITERS, key=fit)


ROW = Reader(
    "csv",
    "delimited text",
    (".csv", ".tsv", ".txt", ".tab"),
    "RFC 4180 (2005), https://www.rfc-editor.org/rfc/rfc4180",
    (),
    ("encoding", "delimiter"),
    read,
)
