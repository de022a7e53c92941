"""Questions with several answers that a form tool exports as a column per answer: read as one column of codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from rantau.survey.instrument import Demographic, Survey
from rantau.survey.labels import plain
from rantau.survey.platform import bracketed
from rantau.survey.responses import Change
from rantau.survey.sheet import Column, Sheet
from rantau.survey.text import token

#: What stands in the column of an answer that was not chosen.
_NOT_CHOSEN = frozenset(("", "0", "n", "no", "tidak", "false", "n/a", "na", "not selected"))
#: What stands there if it was.
_CHOSEN = frozenset(("1", "y", "yes", "ya", "true", "x", "checked", "selected"))


def bare(code: str) -> str:
    """Return a code as tools can have it that allow letters and digits alone.

    Examples
    --------
    >>> bare("C_1")
    'c1'
    """
    return re.sub(r"[^A-Za-z0-9]", "", code).casefold()


def with_several(sheet: Sheet, survey: Survey) -> Sheet:
    """Return a file in which each question with several answers is one column: the codes chosen, between spaces.

    Parameters
    ----------
    sheet
        The file; columns such as `markets[asia]` or `Where do you sell? [Asia]` belong together.
    survey
        The instrument.

    Returns
    -------
    Sheet
        The file as it is where nothing belongs together.
    """
    for question in survey.demographics:
        if question.kind != "several":
            continue
        places = dict(_places(sheet, question))
        if len(set(places.values())) < 2 or _is_there(sheet, question, set(places)):
            continue
        sheet = _joined(sheet, question, places)
    return sheet


def _texts(column: Column) -> Iterator[str]:
    yield from (column.name, column.wording, *column.aliases)


def _places(sheet: Sheet, question: Demographic) -> Iterator[tuple[int, str]]:
    """Yield each column of one answer, and that answer's code."""
    by_code = {bare(each.code): each.code for each in question.categories}
    # The form for LimeSurvey numbers answers whose codes it cannot have.
    by_code |= {f"a{number}": each.code for number, each in enumerate(question.categories, start=1)
                if f"a{number}" not in by_code}  # fmt: skip
    by_label = {plain(text): each.code for each in question.categories for _, text in each.label.texts}
    wordings = {plain(text) for _, text in question.wording.texts}
    for place, column in enumerate(sheet.columns):
        for text in _texts(column):
            parts = bracketed(text)
            if len(parts) != 2:
                continue
            inside, before = parts
            found = by_code.get(bare(inside)) if bare(before) == bare(question.code) else None
            found = found or (by_label.get(plain(inside)) if plain(before) in wordings else None)
            marks = {token(cell) for cell in column.cells}
            if found and marks <= _CHOSEN | _NOT_CHOSEN:
                yield place, found
                break


def _is_there(sheet: Sheet, question: Demographic, parts: set[int]) -> bool:
    """Say whether the question has a column of its own beside those of its answers."""
    wordings = {plain(text) for _, text in question.wording.texts}
    return any(
        text == question.code or plain(text) in wordings
        for place, column in enumerate(sheet.columns)
        if place not in parts
        for text in _texts(column)
        if text
    )


def _joined(sheet: Sheet, question: Demographic, places: dict[int, str]) -> Sheet:
    """Return the file with one column in the place of the first of several."""
    codes = [category.code for category in question.categories]
    chosen = np.zeros((len(sheet.lines), len(codes)), dtype=np.bool_)
    for place, code in places.items():
        column = sheet.columns[place]
        marks = np.array([token(cell) in _CHOSEN for cell in column.cells], dtype=np.bool_)
        chosen[:, codes.index(code)] |= marks[column.places]
    kinds, which = np.unique(chosen, axis=0, return_inverse=True)
    cells = tuple(" ".join(code for code, yes in zip(codes, kind, strict=True) if yes) for kind in kinds)
    one = Column(question.code, question.wording.texts[0][1], (), cells, np.ravel(which))
    first = min(places)
    kept = [place for place in range(len(sheet.columns)) if place == first or place not in places]
    columns = tuple(one if place == first else sheet.columns[place] for place in kept)
    own = frozenset(now for now, place in enumerate(kept) if place in sheet.own)
    told = Change(question.code, f"{len(places)} columns, one for each answer, read as one", len(places) * len(which))
    return sheet.replace(columns=columns, own=own, log=(*sheet.log, told))
