"""Reading answers: a delimited text file held against its instrument, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Cells
from rantau.errors import ResponseError, listing, nearest
from rantau.survey.responses import Change, Responses
from rantau.survey.sheet import Sheet, read_sheet, shortened
from rantau.survey.text import token

if TYPE_CHECKING:
    from rantau.survey.instrument import Item, Survey

_MOST_REFUSALS = 10
_SIMULATED = "simulated"


def read_responses(path: str | Path, survey: Survey) -> Responses:
    """Read answers from a CSV file and check every cell against the instrument.

    A cell is a whole number within the scale's bounds, one of the scale's labels in any of the instrument's
    languages (letter case and spacing ignored), or one of the item's codes for no answer. Nothing else is
    taken. Reversed items are coded as minimum + maximum - answer, by the declared bounds.

    Parameters
    ----------
    path
        UTF-8 with a header line; `,` `;` or tab between cells, told from the header.
    survey
        From `read_survey`. Its every item must have a column; other columns are kept as `extras`.

    Returns
    -------
    Responses
        With the raw cells and a log of every change. An extra column named `simulated` that says `true` in
        each row marks answers made by a program.

    Raises
    ------
    ResponseError
        If the file is missing, empty, not UTF-8 or not a rectangle, an item has no column, or cells are not
        answers: the first ten are listed with line, column, what was got and what is allowed.

    Examples
    --------
    >>> from rantau.survey import read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> read_responses("surveys/mobile/responses.csv", survey)
    Responses: 250 rows, 24 items, 0 missing answers from surveys/mobile/responses.csv
    """
    sheet = read_sheet(path, codes=survey.codes)
    _check_columns(path, sheet, survey)
    codes = set(survey.codes)
    places = [place for place, name in enumerate(sheet.header) if name in codes]
    others = [place for place, name in enumerate(sheet.header) if name not in codes]
    items = [survey.item(sheet.header[place]) for place in places]
    raw = sheet.cells[:, places]
    values, log = _numbers(path, items, raw, sheet.lines)
    return Responses(
        survey=survey,
        columns=tuple(item.code for item in items),
        values=values,
        raw=raw,
        rows=sheet.lines,
        extras_names=tuple(sheet.header[place] for place in others),
        extras=sheet.cells[:, others],
        source=str(path),
        simulated=_simulated(path, sheet),
        log=log,
    )


def _check_columns(path: str | Path, sheet: Sheet, survey: Survey) -> None:
    """Refuse a file in which an item has no column."""
    header, where = sheet.header, f"{path}: line {sheet.top}"
    absent = [code for code in survey.codes if code not in header]
    if absent:
        free = [name for name in header if name not in survey.codes]
        guess = nearest(absent[0], free)
        hint = f" Did you mean the column '{guess}'?" if guess else ""
        raise ResponseError(
            f"{where}: no column for the item '{absent[0]}' of {survey.file}.{hint} "
            f"Items without a column: {listing(absent)}. Columns of the file: {listing(header)}."
        )


def _numbers(
    path: str | Path, items: Sequence[Item], cells: Cells, lines: tuple[int, ...]
) -> tuple[Array, tuple[Change, ...]]:
    """Turn the item cells into keyed values; refuse all that are not answers at once."""
    values = np.full(cells.shape, np.nan)
    log: list[Change] = []
    refused: list[tuple[int, int, str]] = []
    for place, item in enumerate(items):
        known = _answers(item)
        tokens = [token(cell) for cell in cells[:, place]]
        for row, each in enumerate(tokens):
            if each in known:
                values[row, place] = known[each]
            else:
                refused.append((row, place, _refusal(item, cells[row, place], lines[row])))
        log += _changes(item, tokens, values[:, place])
        if item.reversed:
            values[:, place] = item.scale.minimum + item.scale.maximum - values[:, place]
    if refused:
        refused.sort()
        more = len(refused) - _MOST_REFUSALS
        listed = refused[:_MOST_REFUSALS]
        shown = [f"  {told}" for _, _, told in listed]
        rest = [f"  and {more} more."] if more > 0 else []
        allowed = dict.fromkeys(_allowed(items[place]) for _, place, _ in listed)
        rest += [f"Allowed: {each}." for each in allowed]
        repeated = Counter(shortened(cells[row, place]) for row, place, _ in refused).most_common(1)[0]
        if repeated[1] > 2:
            rest.append(f"'{repeated[0]}' stands in {repeated[1]} cells; if it means no answer, add it to `missing`.")
        what = "cell is not an answer" if len(refused) == 1 else "cells are not answers"
        advice = "Correct the file, or declare in the instrument what these cells mean."
        raise ResponseError("\n".join([f"{path}: {len(refused)} {what}:", *shown, *rest, advice]))
    return values, tuple(log)


def _answers(item: Item) -> dict[str, float]:
    """Map every cell that the item allows, as a token, to its number; NaN for no answer."""
    scale = item.scale
    known = {str(point): float(point) for point in range(scale.minimum, scale.maximum + 1)}
    known.update((label, float(point)) for label, point in scale.meanings)
    known.update((token(code), np.nan) for code in item.missing)
    return known


def _refusal(item: Item, cell: str, line: int) -> str:
    """Say of one cell why it is not taken, with the nearest label."""
    labels = list(dict.fromkeys(label for _, labels in item.scale.labels for label in labels))
    guess = nearest(shortened(cell), labels)
    hint = f" Did you mean '{guess}'?" if guess else ""
    return f"line {line}, column '{item.code}': got '{shortened(cell)}'.{hint}"


def _allowed(item: Item) -> str:
    """Say what an item's cells may hold."""
    scale = item.scale
    labels = list(dict.fromkeys(label for _, labels in scale.labels for label in labels))
    named = f", the labels {listing((repr(label) for label in labels), most=14)}" if labels else ""
    codes = listing(repr(code) for code in item.missing)
    none = f", no answer as {codes}" if codes else ""
    return f"whole numbers {scale.minimum} to {scale.maximum}{named}{none}"


def _changes(item: Item, tokens: Sequence[str], values: Array) -> list[Change]:
    """Log what was done to one item's cells."""
    labels = dict(item.scale.meanings)
    worded = sum(each in labels and each != str(labels[each]) for each in tokens)
    gaps = int(np.isnan(values).sum())
    ends = f"{item.scale.minimum} + {item.scale.maximum}"
    every = [
        Change(item.code, "labels read as numbers", worded),
        Change(item.code, "codes for no answer read as missing", gaps),
        Change(item.code, f"reverse-coded as {ends} - answer", len(tokens) - gaps if item.reversed else 0),
    ]
    return [change for change in every if change.cells]


def _simulated(path: str | Path, sheet: Sheet) -> bool:
    """Return whether the file marks its answers as made by a program; refuse a mark that is not clear."""
    if _SIMULATED not in sheet.header:
        return False
    cells = sheet.cells[:, sheet.header.index(_SIMULATED)]
    marks = [token(cell) for cell in cells]
    if set(marks) in ({"true"}, {"false"}):
        return marks[0] == "true"
    odd = next(place for place, mark in enumerate(marks) if mark != "true")
    raise ResponseError(
        f"{path}: line {sheet.lines[odd]}, column '{_SIMULATED}': got '{cells[odd]}'. This column marks "
        "answers made by a program: it must say true in every row, or false in every row."
    )
