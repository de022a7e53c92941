"""Reading answers: a file of any form tool held against its instrument, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Cells
from rantau.errors import ResponseError
from rantau.options import check_kind
from rantau.survey.instrument import Survey
from rantau.survey.labels import plain
from rantau.survey.match import Matched, match_columns
from rantau.survey.meaning import Reading, allowed, read_item, refusal
from rantau.survey.open_file import open_sheet, told_twice
from rantau.survey.reader import Asked
from rantau.survey.responses import Change, Responses
from rantau.survey.several import with_several
from rantau.survey.sheet import Column, Sheet, shortened
from rantau.survey.text import token
from rantau.survey.understood import understood

if TYPE_CHECKING:
    from rantau.survey.instrument import Item

_MOST_REFUSALS = 10
_SIMULATED = "simulated"


def read_responses(
    path: str | Path,
    survey: Survey,
    *,
    columns: Mapping[str, str] | str | None = None,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
) -> Responses:
    """Read answers from the export of a form tool and check every cell against the instrument.

    CSV of any delimiter and common encoding, Excel, SPSS and Stata, laid out by hand, by Google Forms, Qualtrics,
    LimeSurvey, KoBoToolbox or ODK: which it is is found out, and told in `understood`. Columns are known by the
    codes of items or by their wording in any language.

    A cell is a whole number within the scale's bounds, one of the scale's labels in any of the instrument's
    languages (letter case, spacing, hyphens and a number beside it ignored), or one of the item's codes for no
    answer. Where the instrument has no labels in the language of the cells, the whole set of an item's cells is
    held against the known scales of as many points, and taken if it leaves no choice. Nothing else is taken.
    Reversed items are coded as minimum + maximum - answer, by the declared bounds.

    Parameters
    ----------
    path
        The file, with a row of column names.
    survey
        From `read_survey`. Its every item must have a column; other columns are kept as `extras`.
    columns
        The columns of questions that are not known by their names, such as `{"TR1": "Q7_1"}`; `position` where the
        columns are the items of the instrument, in its order, whatever their names.
    sheet
        The sheet of a workbook; unless given, the one that names most of the questions, or else the first that holds
        anything.
    encoding, delimiter
        Of a text file, where they are not to be found out.

    Returns
    -------
    Responses
        With the raw cells, a log of every change, and what was understood. An extra column named `simulated` that says
        `true` in each row marks answers made by a program.

    Raises
    ------
    ResponseError
        If the file is missing, empty, damaged or not a rectangle, an item has no column, or cells are not
        answers: the first ten are listed with line, column, what was got and what is allowed.

    Examples
    --------
    >>> from rantau.survey import read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> answers = read_responses("surveys/mobile/responses.csv", survey)
    >>> answers
    Responses: 250 rows, 24 items, 0 missing answers from surveys/mobile/responses.csv
    >>> print(answers.understood)
    surveys/mobile/responses.csv: text, commas between cells, UTF-8; 250 rows.
    24 items by their code. Every column is an item.
    """
    check_kind("survey", survey, Survey, "rt.read_survey(path)")
    opened = with_several(open_sheet(path, Asked(encoding, delimiter, sheet, _names(survey))), survey)
    matched = match_columns(opened, survey, columns)
    by_code = {each.code: each for each in matched}
    items = [(survey.item(each.code), each) for each in matched if each.code in set(survey.codes)]
    readings = [read_item(item, opened.columns[each.place], opened.platform) for item, each in items]
    _refuse(path, opened, items, readings)
    others, changes = _others(opened, {each.place for _, each in items}, by_code)
    log = [*opened.log, *_matches(opened, matched)]
    n_obs = len(opened.lines)
    values = np.empty((n_obs, len(items)), order="F")
    raw: Cells = np.empty((n_obs, len(items)), dtype=object, order="F")
    for place, ((item, each), reading) in enumerate(zip(items, readings, strict=True)):
        column = opened.columns[each.place]
        found = reading.values
        if item.reversed:
            found = item.scale.minimum + item.scale.maximum - found
        values[:, place] = found[column.places]
        raw[:, place] = column.every()
        log += _changes(item, column, reading)
    extras: Cells = np.empty((n_obs, len(others)), dtype=object, order="F")
    for place, (_, column) in enumerate(others):
        extras[:, place] = column.every()
    for array in (values, raw, extras):
        array.setflags(write=False)
    return Responses(
        survey=survey,
        columns=tuple(item.code for item, _ in items),
        values=values,
        raw=raw,
        rows=tuple(opened.lines.tolist()),
        extras_names=tuple(name for name, _ in others),
        extras=extras,
        source=str(path),
        simulated=_simulated(path, opened, others),
        log=(*log, *changes),
        understood=understood(opened, survey, matched, readings, [name for name, _ in others]),
        platform=opened.platform,
    )


def _names(survey: Survey) -> tuple[str, ...]:
    """Return what columns may be called, in plain form."""
    texts = [text for question in survey.questions for _, text in question.wording.texts]
    return tuple(plain(name) for name in (*(question.code for question in survey.questions), *texts))


def _refuse(path: str | Path, sheet: Sheet, items: Sequence[tuple[Item, Matched]], readings: Sequence[Reading]) -> None:
    """Refuse all cells that are no answers at once."""
    found: list[tuple[int, int, int]] = []
    total = 0
    repeated: Counter[str] = Counter()
    for order, ((_, each), reading) in enumerate(zip(items, readings, strict=True)):
        if not reading.refused:
            continue
        column = sheet.columns[each.place]
        bad = np.array([place for place, _ in reading.refused])
        rows = np.flatnonzero(np.isin(column.places, bad))
        total += len(rows)
        found += [(int(row), order, int(column.places[row])) for row in rows[:_MOST_REFUSALS]]
        times = np.bincount(column.places, minlength=len(column.cells))
        repeated.update({shortened(column.cells[place]): int(times[place]) for place, _ in reading.refused})
    if not total:
        return
    listed = sorted(found)[:_MOST_REFUSALS]
    lines = [f"{path}: {total} {'cell is not an answer' if total == 1 else 'cells are not answers'}:"]
    for row, order, place in listed:
        (item, each), why = items[order], dict(readings[order].refused)[place]
        lines.append(f"  {sheet.at(row)}, {refusal(item, sheet.columns[each.place], place, why)}")
    lines += [f"  and {total - len(listed)} more."] if total > len(listed) else []
    lines += [f"Allowed: {each}." for each in dict.fromkeys(allowed(items[order][0]) for _, order, _ in listed)]
    cell, times_seen = repeated.most_common(1)[0]
    if times_seen > 2:
        lines.append(f"'{cell}' stands in {times_seen} cells; if it means no answer, add it to `missing`.")
    lines.append("Correct the file, or declare in the instrument what these cells mean.")
    raise ResponseError("\n".join(lines))


def _matches(sheet: Sheet, matched: Sequence[Matched]) -> Iterator[Change]:
    for each in matched:
        if each.how != "code":
            name = shortened(sheet.columns[each.place].name)
            yield Change(each.code, f"column '{name}' taken by its {each.how}", len(sheet.lines))


def _changes(item: Item, column: Column, reading: Reading) -> Iterator[Change]:
    """Log what was done to one item's cells."""
    times = np.bincount(column.places, minlength=len(column.cells))

    def count(places: Sequence[int]) -> int:
        return int(times[list(places)].sum())

    answered = len(column.places) - count(reading.gaps) - count(reading.declared)
    ends = f"{item.scale.minimum} + {item.scale.maximum}"
    told = f" by the {reading.how}" if reading.how else ""
    every = [
        Change(item.code, f"labels read as numbers{told}", count(reading.worded)),
        Change(item.code, "codes for no answer read as missing", count(reading.gaps)),
        Change(item.code, "codes that the file declares as no answer read as missing", count(reading.declared)),
        Change(item.code, f"reverse-coded as {ends} - answer", answered if item.reversed else 0),
    ]
    return (change for change in every if change.cells)


def _others(
    sheet: Sheet, taken: set[int], by_code: Mapping[str, Matched]
) -> tuple[list[tuple[str, Column]], list[Change]]:
    """Return the columns that are no items, under the names by which others look for them, and what was changed."""
    codes = {each.place: each.code for each in by_code.values()}
    free = [place for place in range(len(sheet.columns)) if place not in taken]
    told_twice(sheet, ["", _SIMULATED])
    log: list[Change] = []
    found: list[tuple[str, Column]] = []
    used = {each.code for each in by_code.values()}
    for place in free:
        column = sheet.columns[place]
        name = codes.get(place, column.name)
        if place not in codes and name in used:
            number = next(count for count in range(2, len(sheet.columns) + 3) if f"{name} ({count})" not in used)
            log.append(Change(f"{name} ({number})", f"a second column '{shortened(name)}' renamed", 0))
            name = f"{name} ({number})"
        used.add(name)
        labels = {token(cell): label for cell, label in column.labels if label.strip()}
        if labels and column.labels:
            cells = tuple(labels.get(token(cell), cell) for cell in column.cells)
            touched = [place for place, cell in enumerate(column.cells) if cells[place] != cell]
            log.append(
                Change(
                    name, "value labels of the file written for its codes", int(np.isin(column.places, touched).sum())
                )
            )
            column = column.replace(cells=cells)
        found.append((name, column))
    return found, log


def _simulated(path: str | Path, sheet: Sheet, others: Sequence[tuple[str, Column]]) -> bool:
    """Return whether the file marks its answers as made by a program; refuse a mark that is not clear."""
    column = dict(others).get(_SIMULATED)
    if column is None:
        return False
    marks = [token(cell) for cell in column.cells]
    if set(marks) in ({"true"}, {"false"}):
        return marks[0] == "true"
    odd = next(row for row, place in enumerate(column.places) if marks[place] != "true")
    raise ResponseError(
        f"{path}: {sheet.at(odd)}, column '{_SIMULATED}': got '{shortened(column.cells[column.places[odd]])}'. This "
        "column marks answers made by a program: it must say true in every row, or false in every row."
    )
