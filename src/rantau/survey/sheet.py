"""A file of answers taken apart: columns of cells, before anything is said about what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from rantau.arrays import Cells, Indices
from rantau.errors import ResponseError
from rantau.record import Record
from rantau.survey.responses import Change

_LONGEST = 60


class Column(Record):
    """One column: its different cells, and which of them stands in each row.

    Attributes
    ----------
    name
        As the file calls it.
    wording
        The question, where the file holds it beside the name; otherwise empty.
    aliases
        Other names to know it by: the last part of a path, what stands in brackets.
    cells
        The different cells, as the file holds them.
    places
        `(n,)`; for each row the place of its cell in `cells`, in the narrowest type that holds it.
    labels
        Pairs of a cell and the label that the file itself gives it, as SPSS and Stata do.
    missing
        Cells that the file itself declares to mean no answer.
    """

    name: str
    wording: str
    aliases: tuple[str, ...]
    cells: tuple[str, ...]
    places: NDArray[np.integer[Any]]
    labels: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()

    def every(self) -> Cells:
        """Return the cell of each row `(n,)`; equal cells are one object."""
        every: Cells = np.array([*self.cells, ""], dtype=object)[:-1][self.places]
        return every

    def declares(self, cell: str) -> bool:
        """Say whether the file itself declares a cell to be no answer: as it is, or within a range `low..high`."""
        if cell in self.missing:
            return True
        for low, between, high in (code.partition("..") for code in self.missing):
            try:
                if between and float(low) <= float(cell) <= float(high):
                    return True
            except ValueError:
                continue
        return False


class Sheet(Record):
    """A file of answers.

    Attributes
    ----------
    file
        Its path.
    kind
        What kind of file it is, in words.
    platform
        The name of the form tool whose layout it has; empty where it has none.
    unit
        What its rows are counted in: `line` or `row`.
    top
        Where the names of the columns stand.
    lines
        `(n,)`; where each row begins.
    columns
        All of them, in order.
    log
        What was changed in taking it apart.
    own
        Places of the columns that the form tool itself adds.
    """

    file: str
    kind: str
    platform: str
    unit: str
    top: int
    lines: Indices
    columns: tuple[Column, ...]
    log: tuple[Change, ...] = ()
    own: frozenset[int] = frozenset()

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def at(self, row: int) -> str:
        """Say where a row is, such as `line 3`."""
        return f"{self.unit} {self.lines[row]}"


class Source(Record):
    """What a reader makes of a file: rows of text, of which the first hold the names of the columns.

    Attributes
    ----------
    kind
        What kind of file it is, in words.
    rows
        Yields for each row where it begins and its cells; read once.
    unit
        What rows are counted in.
    wordings
        Pairs of a column's name and its question, where the file holds them apart from the rows.
    labels
        Pairs of a column's name and its labelled cells.
    missing
        Pairs of a column's name and the cells declared to mean no answer.
    log
        What was changed in reading.
    """

    kind: str
    rows: Iterator[tuple[int, list[str]]]
    unit: str = "line"
    wordings: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    log: tuple[Change, ...] = ()


def shortened(cell: str) -> str:
    """Return a cell as it fits into a message: one line, without what a terminal would obey."""
    text = "".join(each if each.isprintable() else " " for each in cell[: _LONGEST + 1])
    return text if len(cell) <= _LONGEST else f"{text[:_LONGEST]}..."


def shown(names: Iterable[str]) -> Iterator[str]:
    """Yield names as they fit into a message."""
    return (shortened(name) for name in names)


def refuse(where: object, told: str) -> NoReturn:
    """Raise the error of a file."""
    raise ResponseError(f"{where}: {told}")
