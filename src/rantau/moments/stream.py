"""Moments of files too long to hold: rows are read once, in chunks, and never kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, ResponseError, listing, nearest
from rantau.extras import require
from rantau.moments.belonging import EMPTY, labelled
from rantau.moments.summary import SummaryStatistics, check_definite
from rantau.options import column_name, several_names
from rantau.survey.numerals import numbers

if TYPE_CHECKING:
    import pandas as pd

_DELIMITERS = (",", ";", "\t")


def read_moments(
    path: str | Path, names: Sequence[str], *, group: str | None = None, chunk: int = 100_000
) -> SummaryStatistics:
    """Read the means and covariances of a CSV file of any length, in one pass and little memory.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells. Empty cells and `NA` are gaps.
    names
        The `p` columns wanted, in order.
    group
        The column that says to which group a row belongs.
    chunk
        Rows held at a time.

    Returns
    -------
    SummaryStatistics
        With divisor n; rows with a gap or without a group are left out and counted.

    Raises
    ------
    ResponseError
        If the file or a column is not there (the nearest is named), or a cell is no number, with its row.
    EstimationError
        If fewer than two rows are left in a group, or a column does not vary.
    OptionError
        If `chunk` is not positive.

    Notes
    -----
    Chan, Golub & LeVeque (1983), equation 2.1: the sums of squares of two parts add up to that of the whole once the
    distance of their means is added, which loses no digits however large the means are.

    Examples
    --------
    >>> read_moments("surveys/mobile/responses.csv", ["CUSL1", "CUSL2"], chunk=50).n_obs
    250
    """
    if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 1:
        raise OptionError(f"chunk must be a whole number of rows, 1 or more, got {chunk!r}.")
    if not isinstance(path, str | Path):
        raise ResponseError(
            f"the name of a CSV file is needed, got a {type(path).__name__}; rt.sem takes rows as such."
        )
    wanted = several_names("names", names, "x1")
    if not wanted:
        raise OptionError("names= takes the columns wanted, such as rt.parse_model(text).observed; got none.")
    group = column_name("group", group) or None
    parts: dict[str, _Part] = {}
    one: tuple[str, ...] = ("",)
    read = 0
    for table in _chunks(Path(path), wanted, group, chunk):
        values = _values(table, wanted, f"{path}", read)
        read += len(values)
        complete = ~np.isnan(values).any(axis=1)
        if group is None:
            codes, labels = np.zeros(len(values), dtype=np.intp), one
        else:
            codes, labels = labelled(table[group])
        for place, label in enumerate(labels):
            rows = values[complete & (codes == place)]
            part = parts.setdefault(label, _Part(len(wanted)))
            if len(rows):
                part.add(rows)
    if group is not None and len(parts) < 2:
        entries = f"'{next(iter(parts))}' in every row" if parts else "no entry in any row"
        raise EstimationError(
            f"{path}: the column '{group}' (group) has {entries}; two groups at least are needed. Leave group= out for "
            "one."
        )
    used = sum(part.n for part in parts.values())
    if not parts or used < 2:
        raise EstimationError(f"{path}: {used} of {read} rows have an answer to every item used.")
    for label, part in parts.items():
        where = f"{path}, group '{label}'" if label else str(path)
        if part.n < 2:
            rows_left = "1 row has" if part.n == 1 else f"{part.n} rows have"
            raise EstimationError(f"{where}: {rows_left} an answer to every item used; two at least are needed.")
        check_definite(part.squares / part.n, wanted, where)
    return SummaryStatistics(
        wanted,
        tuple(parts),
        np.array([float(part.n) for part in parts.values()]),
        np.stack([part.squares / part.n for part in parts.values()]),
        np.stack([part.mean for part in parts.values()]),
        has_means=True,
        left_out=read - used,
        source=str(path),
    )


class _Part:
    """The rows of one group so far: their number, mean and sums of squares, all as distances from its first rows."""

    def __init__(self, p: int) -> None:
        self.n = 0
        self.origin, self.apart, self.squares = np.zeros(p), np.zeros(p), np.zeros((p, p))

    @property
    def mean(self) -> Array:
        mean: Array = self.origin + self.apart
        return mean

    def add(self, rows: Array) -> None:
        """Take in further rows `(n, p)`."""
        if not self.n:
            self.origin = rows.mean(axis=0)
        near = rows - self.origin
        mean = near.mean(axis=0)
        centred = near - mean
        n = self.n + len(rows)
        step = mean - self.apart
        self.squares += centred.T @ centred + np.multiply.outer(step, step) * (self.n * len(rows) / n)
        self.apart += step * (len(rows) / n)
        self.n = n


def _chunks(path: Path, names: tuple[str, ...], group: str | None, chunk: int) -> Iterator[pd.DataFrame]:
    pandas = require("pandas")
    needed = names if group is None else (*names, group)
    skipped, delimiter, header = _header(path, needed)
    for name in needed:
        if name not in header:
            guess = nearest(name, header)
            hint = f" Did you mean '{guess}'?" if guess else ""
            raise ResponseError(f"{path}: there is no column '{name}'.{hint} Columns: {listing(header)}.")
        if header.count(name) > 1:
            raise ResponseError(f"{path}: the column '{name}' appears more than once; rename one of them.")
    if len(set(needed)) < len(needed):
        twice = next(name for name in needed if needed.count(name) > 1)
        raise ResponseError(f"'{twice}' is asked for twice; the group must be another column than the variables.")
    try:
        # All columns are taken apart, or a row that is too long would pass unseen with its cells in the wrong places.
        with pandas.read_csv(
            path,
            sep=delimiter,
            skiprows=skipped,
            header=None,
            names=range(len(header)),
            index_col=False,
            dtype={} if group is None else {header.index(group): str},
            na_values=list(EMPTY),
            keep_default_na=False,
            low_memory=False,
            chunksize=max(1, chunk * len(needed) // len(header)),
            encoding="utf-8-sig",
        ) as tables:
            for table in tables:
                yield table[[header.index(name) for name in needed]].set_axis(list(needed), axis=1)
    except pandas.errors.EmptyDataError:
        return
    except (pandas.errors.ParserError, UnicodeDecodeError) as fault:
        raise ResponseError(f"{path}: not a CSV file in UTF-8: {fault}") from fault


def _header(path: Path, needed: tuple[str, ...]) -> tuple[int, str, list[str]]:
    """Return how many lines the header takes, what stands between cells, and the names of the columns."""
    if path.is_dir():
        raise ResponseError(f"{path}: this is a folder; give the name of a file in it.")
    if not path.is_file():
        files = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        guess = nearest(path.name, files)
        hint = f" Did you mean '{path.parent / guess}'?" if guess else ""
        raise ResponseError(f"{path}: no such file for the answers.{hint}")
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PK\x03\x04":
        raise ResponseError(f"{path}: this is a workbook, not text. Save it as CSV UTF-8.")
    if not head:
        raise ResponseError(f"{path}: the file is empty; it should hold the answers.")
    known, found = set(needed), []
    for delimiter in _DELIMITERS:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            # Excel's own `sep=;` may stand in a line of its own before the names.
            rows = (cells for cells in reader if any(cells) and not "".join(cells).lower().startswith("sep="))
            header = [name.strip() for name in next(rows, [])]
            top = reader.line_num
            wide = len(next(rows, [])) > len(header)
            found.append((len(known.intersection(header)), len(header), top, delimiter, header, wide))
    _, width, top, delimiter, header, wide = max(found, key=lambda each: each[:2])
    if wide:
        raise ResponseError(
            f"{path}: line {top + 1}: too many cells; the header has {width}. A cell that holds the delimiter must "
            "stand in double quotes."
        )
    return top, delimiter, header


def _values(table: pd.DataFrame, names: tuple[str, ...], path: str, read: int) -> Array:
    """Return a chunk as floats `(rows, p)`; what is no number is refused with the number of its row."""
    columns = []
    for name in names:
        column = table[name]
        if column.dtype.kind not in "iuf":
            text = column.astype(str).str.strip().where(column.notna())
            column = text.where(~text.isin(EMPTY))
        columns.append(numbers(column, f"{path}: column '{name}'", before=read))
    return np.column_stack(columns)
