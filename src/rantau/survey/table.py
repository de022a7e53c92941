"""read_table(): answers for which there is no instrument."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import OptionError, ResponseError
from rantau.extras import require
from rantau.options import by_name, several_names
from rantau.survey.labels import plain
from rantau.survey.match import told_places
from rantau.survey.open_file import open_sheet, told_twice
from rantau.survey.reader import Asked
from rantau.survey.responses import Change
from rantau.survey.sheet import Column, Sheet, shortened

if TYPE_CHECKING:
    import pandas as pd

#: What stands for no answer where no instrument says otherwise.
_EMPTY = ("", "NA")
#: `float()` would take more: `1_000`, `nan`, `inf`, the digits of other scripts. None is let in unseen.
_NUMERAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
#: With a decimal comma, and points between thousands.
_COMMA = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)|(?=,))(?:,([0-9]+))?")
#: A share of cells up to which they are taken for slips among numbers.
_SLIPS = 0.1
#: No rating is higher.
_HIGHEST = 10
#: What could as well be thousands with a mark between.
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}[,.][0-9]{3}")


def read_table(
    path: str | Path,
    *,
    numeric: str | Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
) -> pd.DataFrame:
    """Read a file for which there is no instrument: a data frame of numbers and texts.

    Parameters
    ----------
    path
        CSV of any delimiter and common encoding, Excel, SPSS or Stata, in the layout of any form tool.
    numeric
        Columns that must hold numbers, such as the items of a model; of those the file lacks nothing is said.
    columns
        The columns of variables that the file calls otherwise, such as `{"x1": "Q7_1"}`; they go by these names.
    sheet
        The sheet of a workbook; unless given, the one that names most of `numeric`, else the first that holds anything.
    encoding, delimiter
        Of a text file, where they are not to be found out.

    Returns
    -------
    DataFrame
        A column of floats where every cell is a number, empty or `NA`, or declared by the file to be no answer;
        otherwise the cells as they are. Decimals are written with a point or, where commas do
        not divide the cells, with a comma throughout a column.
        `attrs` says of the file its name, its kind and what was changed, and where in it each row begins (`lines`).

    Raises
    ------
    ResponseError
        If the file is missing, empty, damaged, not a rectangle, or names a column twice; or a cell of a
        `numeric` column is not a number: line, column and what was got.
    OptionError
        If `columns` names no column of the file.

    Examples
    --------
    >>> read_table("surveys/mobile/responses.csv").shape
    (250, 24)
    """
    numeric = several_names("numeric", numeric, "x1")
    theirs = by_name("columns", columns, "{'x1': 'Q7_1'}")
    names = tuple(plain(str(name)) for name in (*(name for name in numeric if name not in theirs), *theirs.values()))
    opened = _renamed(open_sheet(path, Asked(encoding, delimiter, sheet, names)), theirs)
    told_twice(opened, opened.header)
    found: dict[str, object] = {}
    log = [str(change) for change in opened.log]
    # Where commas divide the cells, one within a cell is a slip; elsewhere it is how decimals are written.
    divide = opened.kind.startswith("text, commas")
    commas = not divide and any(_mark(_answers(column)) == "," for column in opened.columns)
    for column in opened.columns:
        numbers, odd, advice = _numbers(column, commas=commas, divide=divide)
        if odd is None:
            found[column.name] = numbers[column.places]
            log += (
                [f"{column.name}: decimal commas read as points"] if commas and _mark(_answers(column)) == "," else []
            )
        elif column.name in numeric:
            row = int(np.flatnonzero(column.places == odd)[0])
            told = f"a number is needed, got '{shortened(column.cells[odd])}'. {advice}"
            raise ResponseError(f"{path}: {opened.at(row)}, column '{shortened(column.name)}': {told}")
        else:
            found[column.name] = column.every()
            log += _slips(column, divide=divide)
    table: pd.DataFrame = require("pandas").DataFrame(found)
    table.attrs.update(
        source=str(path), kind=opened.kind, platform=opened.platform, log=tuple(log), lines=_lines(opened.lines)
    )
    return table


def far_off(table: pd.DataFrame, names: Iterable[str]) -> tuple[str, ...]:
    """Say which answers lie so far from all others that they may mean no answer, such as 99 among ratings of 1 to 5.

    Parameters
    ----------
    table
        From `read_table`.
    names
        The columns to look at. Only those are, in which but for one or two numbers all lie between 0 and 10.

    Returns
    -------
    tuple of str
        Such as `99 in KEP2 (1 row)`.

    Examples
    --------
    >>> import pandas as pd
    >>> far_off(pd.DataFrame({"a": [1.0, 5, 3, 99], "b": [1.0, 2, 3, 4]}), ["a", "b"])
    ('99 in a (1 row)',)
    """
    told = []
    for name in (name for name in dict.fromkeys(names) if name in table.columns and table[name].dtype.kind == "f"):
        values, times = np.unique(table[name].dropna(), return_counts=True)
        near = (values >= 0) & (values <= _HIGHEST)
        core = values[near]
        if core.size < 2 or not 0 < (~near).sum() <= 2 or (values % 1).any():
            continue
        beyond = 2 * (core[-1] - core[0])
        told += [
            f"{value:g} in {name} ({count} row{'' if count == 1 else 's'})"
            for value, count in zip(values[~near], times[~near], strict=True)
            if value > core[-1] + beyond or value < core[0] - beyond
        ]
    return tuple(told)


def _slips(column: Column, *, divide: bool) -> list[str]:
    """Say of a column of text that nearly all of it is numbers: a few cells keep it from being looked at."""
    answers = _answers(column)
    times = np.bincount(column.places, minlength=len(column.cells))
    total = sum(int(times[place]) for place in answers)
    for mark in "." if divide else ".,":
        odd = [place for place, cell in answers.items() if _number(cell, mark) is None]
        wrong = int(times[odd].sum())
        if wrong <= _SLIPS * total:
            example = shortened(column.cells[odd[0]])
            return [f"{column.name}: taken for text, as {wrong} of {total} cells are no numbers, such as '{example}'"]
    return []


def _renamed(sheet: Sheet, told: Mapping[str, str]) -> Sheet:
    """Return a file whose columns go by the names that the user gives them."""
    columns, log = list(sheet.columns), list(sheet.log)
    places = told_places(sheet, told)
    for place, column in enumerate(columns):
        if column.name in places and place not in places.values():
            raise OptionError(
                f"{sheet.file}: columns= names '{told[column.name]}' for '{column.name}', and there is a column "
                f"'{column.name}' already. Leave it out, or give the one in the file another name."
            )
    for name, place in places.items():
        log.append(Change(name, f"column '{shortened(columns[place].name)}' taken by its name, as told", 0))
        columns[place] = columns[place].replace(name=name)
    return sheet.replace(columns=tuple(columns), log=tuple(log))


def _lines(lines: Indices) -> Sequence[int]:
    """Return where rows begin: a range where nothing lies between them, for pandas copies `attrs` with each frame."""
    every = range(int(lines[0]), int(lines[0]) + len(lines))
    return every if np.array_equal(lines, every) else tuple(lines.tolist())


def _answers(column: Column) -> dict[int, str]:
    """Return the cells of a column that are no gaps, by their place."""
    stripped = enumerate(cell.strip() for cell in column.cells)
    return {place: cell for place, cell in stripped if cell not in _EMPTY and not column.declares(column.cells[place])}


def _mark(answers: dict[int, str]) -> str:
    """Return the decimal mark of a column of numbers: `,` where no cell needs a point, and one is no thousands."""
    with_comma = [cell for cell in answers.values() if "," in cell]
    if not with_comma or not all(map(_COMMA.fullmatch, answers.values())):
        return "."
    return "." if all(map(_THOUSANDS.fullmatch, with_comma)) else ","


def _numbers(column: Column, *, commas: bool, divide: bool) -> tuple[Array, int | None, str]:
    """Return the number of each cell, the first cell that is none, and what to do about it.

    `commas`: whether the file writes decimals with a comma anywhere; `divide`: whether commas divide its cells.
    """
    answers = _answers(column)
    mark = "." if divide else _mark(answers)
    pointed = [cell for cell in answers.values() if "." in cell]
    doubtful = commas and mark == "." and bool(pointed) and all(map(_THOUSANDS.fullmatch, pointed))
    found = np.full(len(column.cells), np.nan)
    for place, cell in answers.items():
        number = None if doubtful and "." in cell else _number(cell, mark)
        if number is None:
            return found, place, _advice(cell, doubtful=doubtful)
        found[place] = number
    return found, None, ""


def _number(cell: str, mark: str) -> float | None:
    if mark == ",":
        cell = cell.replace(".", "").replace(",", ".")
    if not _NUMERAL.fullmatch(cell):
        return None
    number = float(cell)
    return number if math.isfinite(number) else None


def _advice(cell: str, *, doubtful: bool) -> str:
    if doubtful or _THOUSANDS.fullmatch(cell):
        return "It could be thousands, or a decimal: write decimals with a point, and nothing between thousands."
    if _COMMA.fullmatch(cell):
        return "Write decimals with a point: other cells of the column do, or are no numbers."
    gaps = " or ".join(map(repr, _EMPTY))
    return f"Allowed: numbers, and {gaps} for no answer. An instrument turns labels into numbers."
