"""Which scale the answers of several columns are on: by labels, by the file's own labels, or by bare numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array
from rantau.record import Record
from rantau.survey.labels import Ambiguous, Match, no_answer, recognise
from rantau.survey.proposal import GuessedScale
from rantau.survey.sheet import Column
from rantau.survey.text import token

#: Scales that questionnaires have.
_USUAL = ((1, 4), (1, 5), (1, 6), (1, 7), (1, 8), (1, 9), (1, 10), (1, 11), (0, 4), (0, 5), (0, 6), (0, 10))
_WHOLE = re.compile(r"-?[0-9]{1,9}")
#: Kinds of answers: bare numbers, words, numbers that the file itself labels.
BARE, WORDS, LABELLED = "numbers", "words", "labelled"
_MOST_POINTS = 11
_MOST_CHOICES = 3


class Answers(Record):
    """The different answers of one column.

    Attributes
    ----------
    cells
        Those that are answers.
    missing
        Those that mean no answer.
    numeric
        Whether all answers are whole numbers.
    kind
        Of a rating scale, as far as the column alone shows it; empty where it is none.
    column
        The column.
    """

    cells: tuple[str, ...]
    missing: tuple[str, ...]
    numeric: bool
    kind: str
    column: Column

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest of whole numbers."""
        numbers = [int(token(cell)) for cell in self.cells]
        return min(numbers), max(numbers)

    @property
    def labels(self) -> tuple[tuple[int, str], ...]:
        """The points that the file itself labels, from the lowest, with the labels as tokens."""
        return tuple((point, token(label)) for point, label in sorted(_labels(self.column, self.cells).items()))


class Found(Record):
    """The scales that answers could be on.

    Attributes
    ----------
    choices
        At least one, the likeliest first.
    numbers
        Pairs of a cell, as a token, and its number on the likeliest.
    doubt
        Why there are several; otherwise empty.
    language
        Of the labels; empty without.
    """

    choices: tuple[GuessedScale, ...]
    numbers: tuple[tuple[str, float], ...]
    doubt: str
    language: str

    def numbers_of(self, answers: Answers) -> Array:
        """Return the number of each different cell of a column; NaN where it is no answer."""
        known = dict(self.numbers)
        gaps = {token(cell) for cell in answers.missing}
        tokens = [token(cell) for cell in answers.column.cells]
        return np.array([np.nan if each in gaps else known.get(each, np.nan) for each in tokens])


def answers_of(column: Column) -> Answers:
    """Return what a column holds.

    Parameters
    ----------
    column
        As the file holds it.
    """
    declared = {token(cell) for cell in column.missing}
    cells = tuple(dict.fromkeys(cell.strip() for cell in column.cells))
    missing = tuple(cell for cell in cells if not cell or token(cell) in declared or no_answer(cell))
    rest = tuple(cell for cell in cells if cell not in missing)
    numeric = bool(rest) and all(_WHOLE.fullmatch(token(cell)) for cell in rest)
    if not numeric and any(_WHOLE.fullmatch(token(cell)) is None for cell in rest):
        kind = WORDS if len(rest) <= 2 * _MOST_POINTS and recognise(rest) is not None else ""
    elif numeric and _labels(column, rest):
        kind = LABELLED
    else:
        numbers = [int(token(cell)) for cell in rest]
        kind = BARE if rest and _rated(numbers) else ""
    return Answers(rest, missing, numeric, kind, column)


def _rated(numbers: Sequence[int]) -> bool:
    """Say whether whole numbers may be points of a scale: of two alone, yes and no are likelier."""
    low, high = min(numbers), max(numbers)
    return len(set(numbers)) > 2 and any(bottom <= low and high <= top for bottom, top in _USUAL)


def _labels(column: Column, cells: Sequence[str]) -> dict[int, str]:
    """Return the file's own labels of a rating scale's points; empty where they are none."""
    gaps = {token(cell) for cell in column.missing}
    labels = {
        int(token(cell)): label
        for cell, label in column.labels
        if _WHOLE.fullmatch(token(cell)) and token(cell) not in gaps and not no_answer(label)
    }
    if not labels:
        return {}
    low, high = min(labels), max(labels)
    inside = all(low <= int(token(cell)) <= high for cell in cells)
    full = len(labels) == high - low + 1 or len(labels) == 2
    return labels if inside and full and 3 <= high - low + 1 <= _MOST_POINTS else {}


def scales_of(blocks: Sequence[Sequence[Answers]]) -> list[Found | None]:
    """Return the scale of each block of columns; None where they are on none.

    Parameters
    ----------
    blocks
        Columns of one kind each. Bare numbers of one block are judged beside those of the others: a block in which
        nobody chose an end is likely on the scale that the others show whole.
    """
    seen = [_bounds(block) if block[0].kind == BARE else None for block in blocks]
    whole = {bounds for bounds in seen if bounds is not None and bounds in _USUAL}
    found: list[Found | None] = []
    for block, bounds in zip(blocks, seen, strict=True):
        kind = block[0].kind
        if kind == WORDS:
            found.append(_of_words(block))
        elif kind == LABELLED:
            found.append(_of_labels(block))
        else:
            found.append(None if bounds is None else _of_numbers(bounds, whole))
    return found


def _cells(block: Sequence[Answers]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell for answers in block for cell in answers.cells))


def _bounds(block: Sequence[Answers]) -> tuple[int, int]:
    every = [answers.bounds for answers in block]
    return min(low for low, _ in every), max(high for _, high in every)


def _of_words(block: Sequence[Answers]) -> Found | None:
    match recognise(_cells(block)):
        case Match() as one:
            return _found((one,), "")
        case Ambiguous() as several:
            return _found(several.choices[:_MOST_CHOICES], several.why)
        case _:
            return None


def _found(matches: Sequence[Match], doubt: str) -> Found:
    choices = tuple(
        GuessedScale(
            re.sub(r"[^A-Za-z0-9_]", "_", f"{each.scale}{each.points}"),
            each.minimum,
            each.minimum + each.points - 1,
            _whole_labels(each),
            f"the labels are those of {each.name} ({each.language})",
        )
        for each in matches
    )
    numbers = tuple((token(cell), float(number)) for cell, number in matches[0].numbers)
    return Found(choices, numbers, doubt if len(choices) > 1 else "", matches[0].language)


def _whole_labels(found: Match) -> tuple[str, ...]:
    """Return a label for each point, or those of the ends where the others are bare numbers."""
    labels = found.labels
    if all(labels):
        return labels
    if labels[0] and labels[-1] and not any(labels[1:-1]):
        return (labels[0], labels[-1])
    return tuple(label or str(point) for point, label in enumerate(labels, start=found.minimum))


def _of_labels(block: Sequence[Answers]) -> Found | None:
    """Return the scale that the file itself labels, as SPSS and Stata do."""
    every = [_labels(answers.column, answers.cells) for answers in block]
    labels = max(every, key=len)
    low, high = min(labels), max(labels)
    if any((min(each), max(each)) != (low, high) for each in every):
        return None
    texts = tuple(label for _, label in sorted(labels.items()))
    match = recognise(texts)
    language = match.language if isinstance(match, Match) else ""
    scale = GuessedScale(f"points{low}to{high}".replace("-", "m"), low, high, texts, "the file has these labels")
    return Found((scale,), tuple((str(point), float(point)) for point in range(low, high + 1)), "", language)


def _of_numbers(bounds: tuple[int, int], whole: set[tuple[int, int]]) -> Found | None:
    """Return the scales that hold all numbers: the one seen whole, else one that other blocks show, else several."""
    low, high = bounds
    holding = [each for each in _USUAL if each[0] <= low and high <= each[1]]
    others = sorted((each for each in whole if each in holding and each != bounds), key=_points)
    seen = f"the answers go from {low} to {high}"
    doubt = ""
    if bounds in whole:
        choices = [bounds]
        # Nobody at the top of a scale that others have one point longer is as likely as a shorter scale.
        if longer := [each for each in others if each == (low, high + 1)]:
            choices += longer
            doubt = f"The answers go from {low} to {high} here, and one point further elsewhere."
    elif others:
        choices, seen = others[:1], f"{seen} here, and to the ends elsewhere"
    else:
        choices = sorted(holding, key=lambda each: (_points(each), each[0] == 0))[:_MOST_CHOICES]
        doubt = f"The answers go from {low} to {high}, and an end that nobody chose does not show."
    if not choices:
        return None
    scales = tuple(GuessedScale(f"points{each[0]}to{each[1]}", each[0], each[1], (), seen) for each in choices)
    numbers = tuple((str(point), float(point)) for point in range(low, high + 1))
    return Found(scales, numbers, doubt if len(scales) > 1 else "", "")


def _points(bounds: tuple[int, int]) -> int:
    return bounds[1] - bounds[0] + 1
