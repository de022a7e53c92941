"""The words of an item's cells as numbers: the whole observed set is held against known scales, never one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from rantau.errors import listing
from rantau.record import Record
from rantau.survey.label_sets import LabelSet, ended_sets, label_sets, mixed_sets, words_for_no_answer
from rantau.survey.text import token

_APOSTROPHES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u00b4`", "'") | dict.fromkeys("\ufeff\u200b\u200c\u200d\u2060")
)
_BREAKS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
#: `1 - Agree`, `(1) Agree`, `1. Agree`, `1 = Agree`, `[1] Agree`, `1 Agree`.
_BEFORE = re.compile(r"[(\[]?([0-9]{1,2})[)\]]?(?:\s*[-\u2010-\u2015.:=)]\s*|\s+)(?=\D)(.+)", re.DOTALL)
#: `Agree (5)`, `Agree [5]`, `Agree - 5`, `Agree = 5`; not `kadang2`.
_AFTER = re.compile(r"(.*\D)(?:\s*[(\[]\s*([0-9]{1,2})\s*[)\]]|\s*[-\u2010-\u2015:=]\s*([0-9]{1,2}))", re.DOTALL)
_WHOLE = re.compile(r"[0-9]{1,2}")


#: A scale seldom met is not taken for what a few cells alone could mean.
_MOST_LACKING = 2


class Match(Record):
    """A known scale to which every cell of an item belongs.

    Attributes
    ----------
    scale
        `agree`, `frequency`, ...
    language
        `en` or `id`; `en, id` where the cells mix both.
    points
        How many answers the scale has.
    minimum
        The number of its lowest answer: 1, or 0 where the cells number it so.
    labels
        The label of each point, from the lowest: as observed, otherwise as usual; empty for a bare number.
    numbers
        Pairs of a cell as observed and its number.
    missing
        Observed cells that mean no answer.
    """

    scale: str
    language: str
    points: int
    minimum: int
    labels: tuple[str, ...]
    numbers: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The scale and its points, such as `agree-5`."""
        return f"{self.scale}-{self.points}"

    @property
    def meanings(self) -> tuple[tuple[str, int], ...]:
        """The pairs of `numbers`, each different number once, from the lowest."""
        return tuple(sorted(self.numbers, key=lambda pair: pair[1]))

    def __str__(self) -> str:
        told = ", ".join(f"{cell} = {number}" for cell, number in self.meanings)
        return f"{self.name} ({self.language}): {told}"

    __repr__ = __str__


class Ambiguous(Record):
    """Several scales to which the cells of an item could belong, with different numbers.

    Attributes
    ----------
    choices
        At least one, the likeliest first.
    why
        What makes it so.
    """

    choices: tuple[Match, ...]
    why: str

    def __str__(self) -> str:
        return f"{self.why} Choices: " + "; or ".join(map(str, self.choices[:4])) + "."

    __repr__ = __str__


def visible(cell: str) -> str:
    """Return a cell with one kind of apostrophe, and without the characters that nobody sees."""
    return cell.translate(_APOSTROPHES)


def plain(cell: str) -> str:
    """Return a cell in the form in which labels are compared.

    Letter case, spaces, hyphens, underscores, a full stop at the end and the kind of apostrophe do not matter.

    Examples
    --------
    >>> plain(" Kadang-kadang. "), plain("strongly_agree")
    ('kadang kadang', 'strongly agree')
    """
    return _BREAKS.sub(" ", token(visible(cell))).strip(" .;,")


def numbered(cell: str) -> tuple[str, int | None]:
    """Take a cell apart into its label, in plain form, and the number written beside it.

    Examples
    --------
    >>> numbered("1 - Strongly disagree"), numbered("Setuju (4)"), numbered("5"), numbered("Setuju")
    (('strongly disagree', 1), ('setuju', 4), ('', 5), ('setuju', None))
    """
    text = token(visible(cell))
    if _WHOLE.fullmatch(text):
        return "", int(text)
    if found := _BEFORE.fullmatch(text):
        return plain(found[2]), int(found[1])
    if found := _AFTER.fullmatch(text):
        return plain(found[1]), int(found[2] or found[3])
    return plain(text), None


@cache
def _missing() -> frozenset[str]:
    return frozenset(form for word in words_for_no_answer() for form in (token(word), plain(word)))


def no_answer(cell: str) -> bool:
    """Say whether a cell is one of the words that usually mean no answer.

    Examples
    --------
    >>> no_answer("-"), no_answer("Prefer not to say"), no_answer("N")
    (True, True, False)
    """
    return token(cell) in _missing() or (plain(cell) in _missing() and any(map(str.isalpha, cell)))


def recognise(
    values: Iterable[str], *, points: int | None = None, sets: tuple[LabelSet, ...] = ()
) -> Match | Ambiguous | None:
    """Say which rating scale an item's cells are written in.

    Every cell must belong to the scale: a label, with or without its number, or a bare number of the scale.
    A scale of which every point is seen, or all but one, is taken before those of which two more are lacking;
    a usual one before one seldom met. Where the scales that remain give different numbers nothing is chosen.

    Parameters
    ----------
    values
        The observed set of the item's cells; better still, of all items answered on the same scale.
    points
        How many points the scale has, where that is known.
    sets
        Label sets of one's own; where they fit, no others are looked at.

    Returns
    -------
    Match, Ambiguous or None
        None where the cells are all numbers, or belong to no known scale.

    Examples
    --------
    >>> str(recognise(["TS", "S", "STS", "SS", "KS", ""]))
    'agree-5 (id): STS = 1, TS = 2, KS = 3, S = 4, SS = 5'
    >>> recognise(["Kurang setuju", "Setuju"])  # doctest: +ELLIPSIS
    The cells Kurang setuju, Setuju fit several scales with different numbers. Choices: agree-5 (id): ...
    >>> recognise(["Kurang setuju", "Setuju"], points=5).numbers
    (('Kurang setuju', 3), ('Setuju', 4))
    >>> recognise(["Jakarta", "Bandung"]) is None
    True
    """
    seen = tuple(dict.fromkeys(str(value) for value in values))
    missing = tuple(cell for cell in seen if no_answer(cell))
    cells = {cell: numbered(cell) for cell in seen if not no_answer(cell)}
    if not any(label for label, _ in cells.values()):
        return None
    for pool in (sets, label_sets(), ended_sets(), mixed_sets()):
        every = [_fit(each, cells, missing) for each in pool if points in (None, len(each.points))]
        if fits := [fit for fit in every if fit is not None]:
            return _chosen(fits, cells)
    return _contrary(cells, missing, points)


class _Fit(Record):
    """A set to which cells belong, how many of its points are not among them, and what speaks for it.

    `clean`: no point is written both in words and as a bare number.
    """

    match: Match
    lacking: int
    usual: bool
    clean: bool


def _fit(known: LabelSet, cells: Mapping[str, tuple[str, int | None]], missing: tuple[str, ...]) -> _Fit | None:
    """Return how cells belong to a set: numbered from 1, or from 0 where they say so themselves."""
    labelled = _labelled(known, cells)
    if labelled is None:
        return None
    bare = {cell: int(number or 0) for cell, (label, number) in cells.items() if not label}
    if bare and all(len(label) == 1 for label, _ in cells.values() if label):
        # A letter among numbers is a slip, or a code for no answer, sooner than an abbreviation.
        return None
    starts = {int(cells[cell][1] or 0) - place for cell, place in labelled.items() if cells[cell][1] is not None}
    # Of bare numbers alone it cannot be seen where they begin: at 1, unless 0 is among them.
    start = starts.pop() if starts else int(0 not in bare.values())
    last = start + len(known.points) - 1
    numbers = {cell: bare[cell] if cell in bare else labelled[cell] + start for cell in cells}
    if starts or start not in (0, 1) or any(not start <= number <= last for number in numbers.values()):
        return None
    clean = not set(bare.values()) & {numbers[cell] for cell in labelled}
    if not clean and not all(known.points):
        return None
    labels = list(known.labels)
    for cell, place in labelled.items():
        labels[place] = _shown(cell)
    lacking = len(known.points) - len(set(numbers.values()))
    if not known.usual and all(known.points) and lacking > _MOST_LACKING:
        return None
    match = Match(known.scale, known.language, len(known.points), start, tuple(labels), tuple(numbers.items()), missing)
    return _Fit(match, lacking, known.usual, clean)


def _labelled(known: LabelSet, cells: Mapping[str, tuple[str, int | None]]) -> dict[str, int] | None:
    """Return the point of each cell with words, from 0; None where one of them is not of this set.

    A form offers one wording for a point in each language, and one abbreviation of it: two of them are two points of
    another set.
    """
    places = _places(known)
    found: dict[str, int] = {}
    wordings: dict[tuple[int, bool], int] = {}
    shorts: dict[int, str] = {}
    for cell, (label, _) in cells.items():
        if not label:
            continue
        halves = [label] if label in places else [half.strip() for half in label.split("/")]
        meant = {places[half][0] for half in halves if half in places}
        if len(meant) != 1 or not all(half in places for half in halves):
            return None
        place, wording, short = places[halves[0]]
        english = bool(known.english) and wording < known.english[place]
        if wordings.setdefault((place, english), wording) != wording:
            return None
        if short and shorts.setdefault(place, halves[0]) != halves[0]:
            return None
        found[cell] = place
    return found


def of_one_set(labels: Sequence[str], match: Match) -> bool:
    """Say whether one known set holds a scale's labels, from the lowest, and the cells at the points they were given.

    Examples
    --------
    >>> own = ("Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju")
    >>> of_one_set(own, recognise(["STS", "TS", "Ragu-ragu", "S", "SS"]))
    True
    >>> of_one_set(own, recognise(["STS", "Kurang setuju", "Netral", "S", "SS"]))
    False
    """
    wanted = [(plain(label), place) for place, label in enumerate(labels)]
    wanted += [(numbered(cell)[0], number - match.minimum) for cell, number in match.numbers if numbered(cell)[0]]
    return any(
        len(known.points) == len(labels) and all(_stands(known, label, place) for label, place in wanted)
        for known in (*label_sets(), *mixed_sets())
    )


def _stands(known: LabelSet, label: str, place: int) -> bool:
    places = _places(known)
    halves = [label] if label in places else [half.strip() for half in label.split("/")]
    return all(half in places and places[half][0] == place for half in halves)


@cache
def _places(known: LabelSet) -> dict[str, tuple[int, int, bool]]:
    """Return the point of each spelling of a set, from 0, which of its wordings it is, and whether it is short."""
    return {
        plain(spelling): (place, which, order > 0)
        for place, wordings in enumerate(known.points)
        for which, spellings in enumerate(wordings)
        for order, spelling in enumerate(spellings)
    }


def _shown(cell: str) -> str:
    """Return a label without the number beside it, as it is written."""
    text = " ".join(visible(cell).split())
    found = _BEFORE.fullmatch(text)
    if found:
        return found[2].strip()
    found = _AFTER.fullmatch(text)
    return found[1].strip() if found else text


def _chosen(fits: Sequence[_Fit], cells: Mapping[str, tuple[str, int | None]]) -> Match | Ambiguous:
    """Choose among sets, if they leave no choice."""
    fits = [fit for fit in fits if fit.match.minimum] or fits
    whole = [fit for fit in fits if not fit.lacking and fit.clean]
    if whole:
        usual = [fit for fit in whole if fit.usual]
        # Nobody in the middle, or nobody at an end, is common: a scale with that one point more may be meant.
        fits = (usual or whole) + [
            fit for fit in fits if fit.lacking == 1 and fit.usual and (not usual or _lacks_middle_or_end(fit.match))
        ]
    else:
        fits = [fit for fit in fits if fit.usual] or fits
        least = min(fit.lacking for fit in fits)
        fits = [fit for fit in fits if least > 1 or fit.lacking < least + 2 or not fit.clean]
    outcomes: dict[tuple[object, ...], Match] = {}
    for fit in sorted(fits, key=lambda each: (not each.usual, each.lacking)):
        outcomes.setdefault((fit.match.points, fit.match.numbers), fit.match)
    choices = tuple(outcomes.values())
    if len(choices) == 1:
        return choices[0]
    return Ambiguous(choices, f"The cells {listing(cells, most=7)} fit several scales with different numbers.")


def _lacks_middle_or_end(match: Match) -> bool:
    """Say whether the one point that nobody chose is the middle or an end of the scale."""
    last = match.points - 1
    middle = {last // 2} if match.points % 2 else set()
    return any(place + match.minimum not in dict(match.numbers).values() for place in {0, last} | middle)


def _contrary(
    cells: Mapping[str, tuple[str, int | None]], missing: tuple[str, ...], points: int | None
) -> Ambiguous | None:
    """Tell of labels that a scale knows and whose own numbers do not go with it, such as `1 - Strongly agree`."""
    if not any(label and number is not None for label, number in cells.values()):
        return None
    found = recognise([_shown(cell) for cell, (label, _) in cells.items() if label], points=points)
    if found is None:
        return None
    choices = (found,) if isinstance(found, Match) else found.choices
    told = tuple(choice.replace(missing=missing) for choice in choices)
    return Ambiguous(told, f"The numbers in the cells {listing(cells, most=7)} do not go with their labels.")
