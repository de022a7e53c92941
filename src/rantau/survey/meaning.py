"""What the cells of an item mean: numbers, labels, no answer; or why they are refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from rantau.arrays import Array
from rantau.errors import listing, nearest
from rantau.record import Record
from rantau.survey.instrument import AttentionCheck, Item, Scale
from rantau.survey.labels import Ambiguous, Match, no_answer, numbered, of_one_set, plain, recognise, visible
from rantau.survey.sheet import Column, shortened
from rantau.survey.text import token

_MONTH = "(jan|feb|mar|apr|may|mei|jun|jul|aug|agu|sep|oct|okt|nov|dec|des)[a-z]*"
_DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\d{{1,2}}[-/ ]{_MONTH}([-/ ]\d{{2,4}})?|"
    rf"{_MONTH}[-/ ]\d{{1,4}}|\d{{1,2}}/\d{{1,2}}(/\d{{2,4}})?",
    re.IGNORECASE,
)
_FAULT = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)", re.IGNORECASE)
#: A whole number in the form of `token`; one of more digits is no answer to anything.
_INTEGER = re.compile(r"-?[0-9]{1,18}")
#: LimeSurvey's own codes for the answers of an array.
_COUNTED = re.compile(r"[Aa]([0-9]{1,2})")

#: What is answered on a scale.
Rated = Item | AttentionCheck


class Reading(Record):
    """What one item's cells mean.

    Attributes
    ----------
    values
        For each different cell of the column its number, not reverse-coded; NaN where it is no answer or refused.
    refused
        Pairs of a place among the cells and why it is refused; the reason may be empty.
    worded
        Places of cells read by their label.
    how
        What was understood of the labels, such as `labels of agree-5 (id)`; empty where they are the instrument's.
    gaps
        Places of cells that are no answer; those which the file itself declares so are `declared`.
    """

    values: Array
    refused: tuple[tuple[int, str], ...]
    worded: tuple[int, ...]
    how: str
    gaps: tuple[int, ...]
    declared: tuple[int, ...]


class _Unmatched(Exception):  # noqa: N818 - raised and caught here, never shown
    """A cell that is no answer, with the reason."""


def read_item(item: Rated, column: Column, platform: str) -> Reading:
    """Say what each different cell of the column of an item, or of an attention check, means.

    The instrument comes first: its codes for no answer, its bounds, its labels in any language. Where cells remain, the
    whole set is held against the known scales of as many points; their words are taken if the instrument has no labels
    in that language, or has the same.

    Parameters
    ----------
    item
        What was asked.
    column
        What was answered.
    platform
        The form tool whose layout the file has.
    """
    missing = {token(code) for code in item.missing}
    offset = _label_offset(item, column)
    values = np.full(len(column.cells), np.nan)
    gaps, declared, worded, left = [], [], [], {}
    for place, cell in enumerate(column.cells):
        if token(visible(cell)) in missing:
            gaps.append(place)
        elif column.declares(cell):
            declared.append(place)
        else:
            try:
                values[place], by_label = _point(item.scale, cell, offset)
            except _Unmatched as why:
                left[place] = str(why)
            else:
                if by_label:
                    worded.append(place)
    how = f"value labels of the file, which count from {item.scale.minimum - offset}" if offset else ""
    if left and offset is not None:
        answers = [cell for place, cell in enumerate(column.cells) if place not in {*gaps, *declared}]
        numbers, told = _by_set(
            item, answers, values[[p for p in range(len(values)) if p not in {*gaps, *declared}]], platform
        )
        if numbers:
            for place in list(left):
                values[place] = numbers[column.cells[place]]
                worded.append(place)
            left, how = {}, told
        elif told:
            left = {place: why or told for place, why in left.items()}
    if offset is None:
        told = _label_conflict(item, column)
        left = {place: told for place in range(len(column.cells)) if place not in {*gaps, *declared}}
    return Reading(values, tuple(left.items()), tuple(worded), how, tuple(gaps), tuple(declared))


def _point(scale: Scale, cell: str, offset: int | None) -> tuple[float, bool]:
    """Return the number of a cell and whether a label gave it; `_Unmatched` where it is no answer of the scale."""
    form = token(visible(cell))
    if _INTEGER.fullmatch(form):
        number = int(form) + (offset or 0)
        if scale.minimum <= number <= scale.maximum:
            return float(number), bool(offset)
        raise _Unmatched(_suspect(cell))
    exact = dict(scale.meanings)
    if form in exact:
        return float(exact[form]), form != str(exact[form])
    loose = _loose(scale)
    label, number_beside = numbered(cell)
    halves = [label] if label in loose else [half.strip() for half in label.split("/")]
    meant = {loose.get(half) for half in halves}
    point = meant.pop() if len(meant) == 1 else None
    if point is None:
        raise _Unmatched(_suspect(cell))
    if number_beside is not None and number_beside != point:
        raise _Unmatched(f"the label is {point} in the instrument, and the cell says {number_beside}")
    return float(point), True


def _loose(scale: Scale) -> Mapping[str, int | None]:
    """Return the point of each label in plain form; None for one that two points share."""
    points: dict[str, int | None] = {}
    for label, point in scale.meanings:
        key = plain(label)
        points[key] = point if points.get(key, point) == point else None
        without = numbered(label)[0]
        if without:
            points.setdefault(without, point)
    return points


def _suspect(cell: str) -> str:
    """Say what a cell may be that is no answer; empty where nothing comes to mind."""
    text = cell.strip()
    if text[:1] == "=":
        return "it is a formula"
    if _FAULT.fullmatch(text):
        return "it is an error of a spreadsheet"
    if _DATE.fullmatch(text):
        return "it is a date: spreadsheets make dates of answers such as 3-4 and 1/2; set the column to 'Text'"
    if any(ord(each) < 32 and each not in "\n\t" for each in cell):
        return "it holds a control character"
    return "that mostly means no answer" if text and no_answer(text) else ""


def _by_set(item: Rated, cells: list[str], values: Array, platform: str) -> tuple[dict[str, float], str]:
    """Hold all answers of an item against the known scales; return their numbers and how, or why not."""
    scale = item.scale
    counted = {cell: _COUNTED.fullmatch(cell.strip()) for cell in cells}
    if platform == "limesurvey" and all(counted.values()):
        places = {cell: int(found[1]) for cell, found in counted.items() if found}
        if all(1 <= place <= scale.points for place in places.values()):
            return {
                cell: float(scale.minimum + place - 1) for cell, place in places.items()
            }, "LimeSurvey's codes A1, A2, ..."
    found = recognise(cells, points=scale.points)
    if isinstance(found, Ambiguous):
        return {}, str(found).rstrip(".")
    if found is None or not _goes_with(scale, found):
        return {}, ""
    shift = scale.minimum - found.minimum
    numbers = {cell: float(number + (shift if numbered(cell)[0] else 0)) for cell, number in found.numbers}
    known = dict(zip(cells, values, strict=True))
    if shift and any(not numbered(cell)[0] or numbered(cell)[1] is not None for cell in numbers):
        return {}, f"the cells count from {found.minimum}, and the instrument from {scale.minimum}"
    if set(found.missing) & set(cells) or any(
        not np.isnan(known[cell]) and known[cell] != number for cell, number in numbers.items()
    ):
        return {}, ""
    return numbers, f"labels of {found.name} ({found.language})"


def _goes_with(scale: Scale, found: Match) -> bool:
    """Say whether a known scale may speak for an item: the instrument has no labels in its language, or the same."""
    own = dict(scale.labels)
    languages = [language for language in found.language.split(", ") if language in own]
    for language in languages:
        labels = own[language]
        if len(labels) == scale.points:
            if not of_one_set(labels, found):
                return False
            continue
        ends = {plain(found.labels[0]), plain(found.labels[-1])}
        same = recognise(labels, points=scale.points)
        if len(labels) == 2 and isinstance(same, Ambiguous):
            same = next((each for each in same.choices if each.scale == found.scale), None)
        if not (isinstance(same, Match) and same.scale == found.scale) and {plain(label) for label in labels} != ends:
            return False
    return True


def _label_offset(item: Rated, column: Column) -> int | None:
    """Return what to add to the numbers of a file that labels them itself; None where they run otherwise.

    Where the words are none of the instrument's nor of a known scale, the numbers are taken as they are.
    """
    pairs = _labelled_points(item, column)
    steps = {point - number for number, point in pairs}
    if not steps:
        return 0
    if len(steps) == 1:
        return steps.pop()
    return None


def _labelled_points(item: Rated, column: Column) -> list[tuple[int, int]]:
    """Return pairs of a number in the file and the point of the instrument that its label means."""
    scale = item.scale
    answers = {
        int(token(cell)): label
        for cell, label in column.labels
        if _INTEGER.fullmatch(token(cell)) and not column.declares(cell) and label.strip()
    }
    missing = {token(code) for code in item.missing}
    answers = {
        number: label for number, label in answers.items() if str(number) not in missing and not no_answer(label)
    }
    loose = _loose(scale)
    own = {number: loose.get(numbered(label)[0]) for number, label in answers.items()}
    known = [(number, point) for number, point in own.items() if point is not None]
    if known:
        return known
    found = recognise(list(answers.values()), points=scale.points)
    if not isinstance(found, Match) or len({*answers.values()}) != len(answers):
        return []
    points = dict(found.numbers)
    return [
        (number, points[label] - found.minimum + scale.minimum) for number, label in answers.items() if label in points
    ]


def _label_conflict(item: Rated, column: Column) -> str:
    pairs = sorted(_labelled_points(item, column))
    labels = {int(token(cell)): label for cell, label in column.labels if _INTEGER.fullmatch(token(cell))}
    told = listing(f"{number} is '{shortened(labels[number])}', in the instrument {point}" for number, point in pairs)
    falls = all(after[1] < before[1] for before, after in pairwise(pairs))
    advice = "it seems reverse-coded already; recode it or its value labels" if falls else "correct its value labels"
    return f"the value labels of the file do not go with its numbers: {told}; {advice}"


def refusal(item: Item, column: Column, place: int, why: str) -> str:
    """Say of one cell why it is not taken, with the nearest label."""
    cell = column.cells[place]
    labels = list(dict.fromkeys(label for _, labels in item.scale.labels for label in labels))
    guess = nearest(shortened(cell), labels) if not why else None
    hint = f" Did you mean '{guess}'?" if guess else ""
    reason = f" ({why})" if why else ""
    return f"column '{shortened(column.name)}': got '{shortened(cell)}'{reason}.{hint}"


def allowed(item: Item) -> str:
    """Say what an item's cells may hold."""
    scale = item.scale
    labels = list(dict.fromkeys(label for _, labels in scale.labels for label in labels))
    named = f", the labels {listing((repr(label) for label in labels), most=14)}" if labels else ""
    codes = listing(repr(code) for code in item.missing)
    none = f", no answer as {codes}" if codes else ""
    return f"whole numbers {scale.minimum} to {scale.maximum}{named}{none}"
