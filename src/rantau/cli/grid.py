"""A table as lines of plain text: whole in a pipe, in pieces side by side no wider than a terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

_GAP = "  "
_NARROWEST = 12
#: Columns of probabilities, of which 0.000 would be untrue.
_PROBABILITIES = ("p", "pvalue", "p_value")


def grid_of(frame: pd.DataFrame, *, width: int | None = None) -> Iterator[str]:
    r"""Yield the lines of a table: numbers to three decimals, columns in which nothing stands left out.

    Parameters
    ----------
    frame
        Unrounded; its index is not shown.
    width
        Of the terminal in characters. A wider table is taken apart into pieces that repeat its leading text
        columns. None for a pipe: one line per row, however long, and nothing cut.

    Examples
    --------
    >>> import pandas as pd
    >>> print(*grid_of(pd.DataFrame({"item": ["DE1", "DE10"], "mean": [5.25, None], "n": [4, 0]})), sep="\n")
    item   mean  n
    DE1   5.250  4
    DE10         0
    """
    every = [_column(str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns)]
    filled = [column for column in every if any(column.cells)]
    for number, piece in enumerate(_pieces(filled or every, width)):
        if number:
            yield ""
        yield from _lines(piece)


class _Column(Record):
    """Cells as text under a name, to the left or, as numbers, to the right, in a width of so many characters."""

    name: str
    cells: tuple[str, ...]
    right: bool
    width: int

    def lines(self, text: str) -> list[str]:
        """Return a cell as its lines; only a text that is wider than the column has several."""
        if len(text) <= self.width:
            return [text.rjust(self.width) if self.right else text.ljust(self.width)]
        return [line.ljust(self.width) for line in textwrap.wrap(text, self.width)]


def _pieces(columns: list[_Column], width: int | None) -> list[list[_Column]]:
    """Take a table apart where it is wider than the terminal; each piece begins with the leading text columns."""
    if width is None or _total(columns) <= width:
        return [columns]
    leading = next((place for place, column in enumerate(columns) if column.right), len(columns)) or 1
    if leading == len(columns):
        return [_narrowed(columns, width)]
    keys = _narrowed(columns[:leading], width // 2)
    room = max(width - _total(keys) - len(_GAP), _NARROWEST)
    pieces = [list(keys)]
    for column in columns[leading:]:
        fitting = column if column.right else column.replace(width=min(column.width, room))
        if len(pieces[-1]) > len(keys) and _total([*pieces[-1], fitting]) > width:
            pieces.append(list(keys))
        pieces[-1].append(fitting)
    return pieces


def _narrowed(columns: list[_Column], room: int) -> list[_Column]:
    """Take from the widest column, again and again, what is too much for the room."""
    fitting = list(columns)
    while _total(fitting) > room:
        place = max(range(len(fitting)), key=lambda each: fitting[each].width)
        if fitting[place].width <= _NARROWEST:
            break
        fitting[place] = fitting[place].replace(width=fitting[place].width - 1)
    return fitting


def _total(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _lines(columns: list[_Column]) -> Iterator[str]:
    """Yield the lines of one piece, its head first."""
    for texts in ([column.name for column in columns], *zip(*(column.cells for column in columns), strict=True)):
        stacks = [column.lines(text) for column, text in zip(columns, texts, strict=True)]
        blanks = [" " * column.width for column in columns]
        for level in range(max(map(len, stacks))):
            parts = [stack[level] if level < len(stack) else blank for stack, blank in zip(stacks, blanks, strict=True)]
            yield _GAP.join(parts).rstrip()


def _column(name: str, column: pd.Series) -> _Column:
    """Return a column of a frame as text."""
    values = column.tolist()
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    whole = all(float(value).is_integer() for value in numbers if math.isfinite(value))
    right = column.dtype.kind in "fiu" or (bool(numbers) and len(numbers) == len(values))
    cells = tuple(_cell(value, whole=whole, probability=name in _PROBABILITIES) for value in values)
    return _Column(name, cells, right, max(map(len, (name, *cells))))


def _cell(value: object, *, whole: bool, probability: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return ""
    if probability and value < 0.0005:
        return "<.001"
    if math.isfinite(value) and 0 < abs(value) < 0.0005:
        return f"{value:.0e}"
    return f"{value:.0f}" if whole and math.isfinite(value) else f"{value:.3f}"
