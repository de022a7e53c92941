"""Table: a journal table as records; it holds unrounded numbers, and the formatter makes text of them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from rantau.errors import ReportError, unknown
from rantau.extras import require
from rantau.options import choose
from rantau.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

Kind: TypeAlias = Literal[
    "text", "integer", "count", "decimal", "correlation", "index", "p", "percent", "interval", "loading"
]
KINDS: tuple[str, ...] = get_args(Kind)
RowKind: TypeAlias = Literal["body", "group", "rule"]
NoteKind: TypeAlias = Literal["general", "specific", "probability"]


class Interval(Record):
    """A confidence interval; a bound that could not be computed is NaN.

    Examples
    --------
    >>> Interval(0.32, 0.52).low
    0.32
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order."""
        super().__post_init__()
        if self.low > self.high:
            raise ReportError(f"an interval runs from low to high, and got [{self.low}, {self.high}]")


Value: TypeAlias = str | float | int | Interval | None


class Marked(Record):
    """A value with something to show beside it.

    Parameters
    ----------
    value
        What a plain cell would hold.
    bold, dim
        Set in bold (the diagonal of a Fornell-Larcker table), or in grey (a small cross-loading).
    stars
        `*`, `**`, `***` or a dagger, printed after the number; the table then needs a probability note.
    note
        The letter of a specific note, printed as a superscript; the table then needs that note.
    decimals, kind
        Override the column's, for columns that hold unlike numbers.
    markup
        A text value may hold inline markup (`*M*`, `_{x}`); without this, text is printed as it is.
    """

    value: Value
    bold: bool = False
    stars: str = ""
    note: str = ""
    dim: bool = False
    decimals: int | None = None
    kind: Kind | None = None
    markup: bool = False

    def __post_init__(self) -> None:
        """Check what can be checked without the table."""
        super().__post_init__()
        object.__setattr__(self, "value", _plain(self.value))
        if set(self.stars) - set("*†"):
            raise ReportError(f"stars are made of '*' or '†', and got '{self.stars}'")
        if self.kind is not None:
            choose("kind", self.kind, KINDS)
        if self.decimals is not None and not 0 <= self.decimals <= 15:
            raise ReportError(f"decimals lie between 0 and 15, and got {self.decimals}")


Cell: TypeAlias = Value | Marked


class Column(Record):
    """A column: its key in frames, its header (with inline markup) and the kind of its numbers.

    Parameters
    ----------
    key
        The name in `Table.frame()`, unique in the table.
    header
        What is printed above it: `*M*` italic, `**bold**`, `_{x}` subscript, `^{2}` superscript.
    kind
        `text`, `integer` (degrees of freedom), `count` (with a mark between thousands), `decimal`, `correlation`
        (cannot exceed 1), `index` (CFI, RMSEA: three decimals), `p`, `percent` (already times 100), `interval`,
        `loading` (standardised coefficients). Intervals may stand in a column of any numeric kind, and their bounds
        then follow its rule: RMSEA's go in `index`.
    spanner
        A heading over this and the neighbouring columns of the same spanner.
    decimals
        Decimals other than the style's.
    printed
        Whether pages show it; a spreadsheet shows every column.
    """

    key: str
    header: str
    kind: Kind = "text"
    spanner: str = ""
    decimals: int | None = None
    printed: bool = True

    def __post_init__(self) -> None:
        """Check the kind."""
        super().__post_init__()
        choose("kind", self.kind, KINDS)
        if self.decimals is not None and not 0 <= self.decimals <= 15:
            raise ReportError(f"column '{self.key}': decimals lie between 0 and 15, and got {self.decimals}")


class Row(Record):
    """A row: `body` has a cell for each column, `group` only a label, `rule` is a line across."""

    cells: tuple[Cell, ...] = ()
    kind: RowKind = "body"
    indent: int = 0

    def __post_init__(self) -> None:
        """Turn NumPy's numbers into Python's, so that one kind of number is left to check."""
        super().__post_init__()
        if type(self.indent) is not int or self.indent < 0:
            raise ReportError(f"a row's indent is a count of steps from 0, and got {self.indent!r}")
        choose("row kind", self.kind, get_args(RowKind))
        object.__setattr__(self, "cells", tuple(_plain(cell) for cell in self.cells))


class Note(Record):
    """A note under the table, with inline markup; a specific note carries the letter that refers to it."""

    kind: NoteKind
    text: str
    mark: str = ""

    def __post_init__(self) -> None:
        """Check that a specific note, and no other, carries a letter."""
        super().__post_init__()
        choose("note kind", self.kind, get_args(NoteKind))
        if (self.kind == "specific") != bool(self.mark):
            raise ReportError(
                f"a specific note has a mark (such as 'a') and other notes have none; got a {self.kind} note "
                f"with mark '{self.mark}': {self.text}"
            )


class Table(Record):
    """A journal table.

    Parameters
    ----------
    key
        A short name, unique in a document: `htmt`. Text refers to it as `{table:htmt}`.
    title
        The title, in the language of the document, with inline markup.
    columns, rows, notes
        What it holds. A `group` row needs its label only, a `rule` row nothing.
    landscape
        Set it on a landscape page; writers also do so where it would not fit otherwise.
    of_data
        Whether it shows data, whose source some styles want under it.

    Raises
    ------
    ReportError
        If a row is not as long as the columns, a cell does not suit its column, a star or a note letter is
        not explained by a note, or a probability lies outside 0 to 1.

    Examples
    --------
    >>> table = Table(
    ...     "reliability",
    ...     "Reliability",
    ...     (
    ...         Column("construct", "Construct"),
    ...         Column("alpha", "α", "correlation"),
    ...         Column("ci", "95% CI", "interval"),
    ...     ),
    ...     (Row(("Trust", 0.8912, Interval(0.861, 0.917))),),
    ... )
    >>> table.frame()
      construct   alpha  ci_low  ci_high
    0     Trust  0.8912   0.861    0.917
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    landscape: bool = False
    of_data: bool = True

    def __post_init__(self) -> None:
        """Check the table once, at the door; writers trust it."""
        super().__post_init__()
        for name in ("columns", "rows", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", self.key):
            raise ReportError(f"a table's key is made of letters, digits, '_' and '-'; got '{self.key}'")
        if not self.columns:
            raise ReportError(f"table '{self.key}' has no columns")
        keys = [column.key for column in self.columns]
        if len(set(keys)) < len(keys):
            raise ReportError(f"table '{self.key}': two columns have the same key; got {', '.join(keys)}")
        for place, row in enumerate(self.rows, start=1):
            self._check_row(place, row)
        self._check_notes()

    def _check_row(self, place: int, row: Row) -> None:
        where = f"table '{self.key}', row {place}"
        if row.kind == "rule":
            if any(cell is not None for cell in row.cells):
                raise ReportError(f"{where}: a rule holds no cells")
            return
        if row.kind == "group":
            if not row.cells or row.cells[0] is None or any(cell is not None for cell in row.cells[1:]):
                raise ReportError(f"{where}: a group row holds its label and nothing else; got {row.cells}")
            return
        if len(row.cells) != len(self.columns):
            raise ReportError(
                f"{where}: {len(row.cells)} cells for {len(self.columns)} columns "
                f"({', '.join(column.key for column in self.columns)}); write None for an empty cell"
            )
        for column, cell in zip(self.columns, row.cells, strict=True):
            _check_cell(f"{where}, column '{column.key}'", column, cell)

    def _check_notes(self) -> None:
        marked = [cell for row in self.rows for cell in row.cells if isinstance(cell, Marked)]
        if any(cell.stars for cell in marked) and not any(note.kind == "probability" for note in self.notes):
            raise ReportError(f"table '{self.key}' has stars, and no probability note says what they mean")
        known = [note.mark for note in self.notes if note.kind == "specific"]
        for cell in marked:
            if cell.note and cell.note not in known:
                raise ReportError(unknown("note", cell.note, known, where=f"table '{self.key}'"))

    def spread(self) -> Iterator[tuple[str, int, str]]:
        """Yield the numeric columns of the table: name, place of the column, and part.

        A column of intervals becomes two, `<key>_low` and `<key>_high`; one that mixes intervals with
        numbers becomes three. The part is `value`, `low` or `high`.

        Yields
        ------
        tuple of (str, int, str)
        """
        for place, column in enumerate(self.columns):
            values = [value_of(row.cells[place]) for row in self.rows if row.kind == "body"]
            intervals = column.kind == "interval" or any(isinstance(value, Interval) for value in values)
            if not intervals or any(not isinstance(value, Interval) and _present(value) for value in values):
                yield column.key, place, "value"
            if intervals:
                yield f"{column.key}_low", place, "low"
                yield f"{column.key}_high", place, "high"

    def frame(self) -> pd.DataFrame:
        """Return the body as a DataFrame of unrounded values, intervals in two columns.

        Returns
        -------
        DataFrame
            One row for each body row; a first column `row_group` where the table has groups.
        """
        body = [row for row in self.rows if row.kind == "body"]
        data: dict[str, list[Any]] = {}
        if any(row.kind == "group" for row in self.rows):
            data["row_group"] = self._groups()
        for name, place, part in self.spread():
            data[name] = [part_of(row.cells[place], part) for row in body]
        return require("pandas").DataFrame(data)  # type: ignore[no-any-return]

    def as_printed(self) -> Table:
        """Return the table without the columns that only a spreadsheet shows."""
        shown = [place for place, column in enumerate(self.columns) if column.printed]
        if len(shown) == len(self.columns):
            return self
        rows = tuple(
            row.replace(cells=tuple(row.cells[place] for place in shown)) if row.kind == "body" else row
            for row in self.rows
        )
        return self.replace(columns=tuple(self.columns[place] for place in shown), rows=rows)

    def _groups(self) -> list[str]:
        label, groups = "", []
        for row in self.rows:
            if row.kind == "group":
                label = str(value_of(row.cells[0]))
            elif row.kind == "body":
                groups.append(label)
        return groups

    def _repr_html_(self) -> str:
        return str(require("rantau.report.writers.html").notebook(self))


def value_of(cell: Cell) -> Value:
    """Return what a cell holds, without its marks."""
    return cell.value if isinstance(cell, Marked) else cell


def part_of(cell: Cell, part: str) -> str | float | int | None:
    """Return one part of a cell: its `value` unless it is an interval, or the interval's `low` or `high`."""
    value = value_of(cell)
    if isinstance(value, Interval):
        return {"low": value.low, "high": value.high}.get(part)
    return value if part == "value" else None


def _plain(cell: Any) -> Any:  # noqa: ANN401 - NumPy's scalars are of many types
    return cell.item() if isinstance(cell, np.generic) else cell


def _present(value: Value) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _check_cell(where: str, column: Column, cell: Cell) -> None:
    value = value_of(cell)
    kind = cell.kind if isinstance(cell, Marked) and cell.kind else column.kind
    if isinstance(value, bool) or not isinstance(value, str | float | int | Interval | None):
        raise ReportError(
            f"{where}: a cell is text, a number, an Interval, Marked or None; got {type(value).__name__} {value!r}"
        )
    if kind == "text" and isinstance(value, float | Interval):
        raise ReportError(f"{where}: a text column got the number {value}; give the column or the cell a kind")
    if kind != "text" and isinstance(value, str) and _looks_numeric(value):
        raise ReportError(f"{where}: got the number '{value}' as text; pass the number itself, unrounded")
    if kind == "p" and isinstance(value, float | int) and not 0 <= value <= 1 and not math.isnan(value):
        raise ReportError(f"{where}: a probability lies between 0 and 1, and got {value}")


def _looks_numeric(text: str) -> bool:
    try:
        float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return False
    return True
