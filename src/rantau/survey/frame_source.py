"""Files of statistics packages: numbers with labels, questions, and codes for no answer."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from rantau.errors import ResponseError
from rantau.extras import require
from rantau.survey.sheet import Source

#: Stata's codes for no answer, as Stata shows them.
_LETTERS = tuple(f".{letter}" for letter in ascii_lowercase)
#: An exception ends this with 1, as Python always does; a crash with another number.
_ALONE = """
import sys, pyreadstat
read = getattr(pyreadstat, sys.argv[2])
for _ in pyreadstat.read_file_in_chunks(read, sys.argv[1], chunksize=int(sys.argv[3]), user_missing=True):
    pass
"""
#: Seconds after which a file that is still being read is taken for damaged, and how many bytes each is expected to read
#: at the least: a hundredth of what a slow machine does.
_SECONDS, _BYTES_A_SECOND = 60, 100_000
#: Rows that are held as a table at once.
_AT_ONCE = 100_000
#: What reading a damaged file may end in.
_FAULTS = (ValueError, TypeError, KeyError, OverflowError, OSError, MemoryError)


def frame_source(path: Path, kind: str, read: str) -> Source:
    """Open a file of a statistics package.

    Parameters
    ----------
    path
        The file.
    kind
        What it is, in words.
    read
        The function of pyreadstat that reads it.

    Returns
    -------
    Source
        Whole numbers as such; labels and codes for no answer beside them.

    Raises
    ------
    ResponseError
        If the file is damaged.
    """
    pyreadstat = require("pyreadstat", purpose=f"a {kind}")
    _try_alone(path, kind, read)
    function = getattr(pyreadstat, read)
    faults = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError, *_FAULTS)
    try:
        _, described = function(str(path), metadataonly=True, user_missing=True)
    except faults as fault:
        raise _damaged(path, kind, fault) from fault
    labels = tuple(
        (str(name), tuple((_text(value), str(label)) for value, label in pairs.items()))
        for name, pairs in described.variable_value_labels.items()
    )
    wordings = tuple((str(name), str(text)) for name, text in described.column_names_to_labels.items() if text)
    missing = _missing(described)
    types = described.readstat_variable_types.items()
    numeric = frozenset(str(name) for name, each in types if each != "string")
    rows = _rows(path, kind, function, faults, tuple(map(str, described.column_names)), numeric)
    return Source(kind, rows, "row", wordings, labels, missing)


def _try_alone(path: Path, kind: str, read: str) -> None:
    """Read the file in another process first: a damaged one can end the process, which no exception tells of."""
    # -P: a pyreadstat.py beside the user's file is not imported.
    order = [sys.executable, "-P", "-c", _ALONE, str(path), read, str(_AT_ONCE)]
    try:
        done = subprocess.run(
            order, capture_output=True, check=False, timeout=_SECONDS + path.stat().st_size / _BYTES_A_SECOND
        )
    except subprocess.TimeoutExpired as late:
        raise ResponseError(
            f"{path}: this {kind} cannot be read: it takes far longer than a file of its size does, so it is damaged. "
            "Save it again in its program, or as CSV."
        ) from late
    if done.returncode not in (0, 1):
        raise ResponseError(
            f"{path}: this {kind} cannot be read: it is damaged. Save it again in its program, or as CSV."
        )


def _damaged(path: Path, kind: str, fault: BaseException) -> ResponseError:
    return ResponseError(
        f"{path}: this {kind} cannot be read ({type(fault).__name__}: {fault}). Save it again in its program, "
        "or as CSV."
    )


def _missing(described: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:  # noqa: ANN401
    """Return for each column its codes for no answer; a range as `low..high`."""
    found: dict[str, tuple[str, ...]] = {}
    for name, ranges in (described.missing_ranges or {}).items():
        found[str(name)] = tuple(
            _text(each["lo"]) if each["lo"] == each["hi"] else f"{_bound(each['lo'])}..{_bound(each['hi'])}"
            for each in ranges
        )
    for name, kind in described.readstat_variable_types.items():
        # Whatever package wrote it: letters among numbers are codes for no answer.
        if kind != "string":
            found[str(name)] = (*found.get(str(name), ()), *_LETTERS)
    return tuple(found.items())


def _bound(value: object) -> str:
    """Return one end of a range; SPSS writes LOWEST and HIGHEST as the largest numbers there are."""
    if isinstance(value, int | float) and abs(value) > 1e300:
        return "-inf" if value < 0 else "inf"
    return _text(value)


def _rows(
    path: Path,
    kind: str,
    function: Callable[..., Any],
    faults: tuple[type[BaseException], ...],
    names: Sequence[str],
    numeric: frozenset[str],
) -> Iterator[tuple[int, list[str]]]:
    """Yield the names, then each row, a portion of the file at a time."""
    yield 0, list(names)
    begins = 0
    while True:
        try:
            frame, _ = function(str(path), row_offset=begins, row_limit=_AT_ONCE, user_missing=True)
        except faults as fault:
            raise _damaged(path, kind, fault) from fault
        columns = [_texts(frame[name].tolist(), numeric=name in numeric) for name in names]
        for place, cells in enumerate(zip(*columns, strict=True), start=begins + 1):
            yield place, list(cells)
        begins += len(frame)
        if len(frame) < _AT_ONCE:
            return


def _texts(values: Sequence[object], *, numeric: bool) -> list[str]:
    known: dict[object, str] = {}
    found = []
    for value in values:
        if value not in known:
            known[value] = f".{value}" if numeric and isinstance(value, str) and value else _text(value)
        found.append(known[value])
    return found


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT alone differ from themselves
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
