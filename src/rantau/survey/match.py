"""Which column of a file answers which question: by code, by wording in any language, by position if told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rantau.errors import OptionError, ResponseError, listing, nearest, unknown
from rantau.options import by_name
from rantau.record import Record
from rantau.survey.instrument import Question, Survey
from rantau.survey.labels import plain
from rantau.survey.several import bare
from rantau.survey.sheet import Column, Sheet, shortened, shown

#: What says that columns stand in the order of the instrument's items.
POSITION = "position"
_MOST = 10
#: A code before a question: `TR1. I trust`, `[TR1] I trust`, `TR1 - I trust`.
_CODED = re.compile(r"\[?([A-Za-z_][A-Za-z0-9_.]*?)\]?\s*(?:[.:)\-\u2013\u2014]\s+|\]\s*|\s[-\u2013\u2014]\s)\S")


_Way = tuple[str, Callable[[Column], Iterable[str]], Callable[[Question], Iterable[str]]]


class Matched(Record):
    """A question and its column.

    Attributes
    ----------
    code
        Of the question.
    place
        Of the column, from 0.
    how
        `code`, or in other words what the two have in common.
    """

    code: str
    place: int
    how: str


def match_columns(sheet: Sheet, survey: Survey, told: Mapping[str, str] | str | None = None) -> tuple[Matched, ...]:
    """Find the column of each question.

    Parameters
    ----------
    sheet
        The file.
    survey
        The instrument. Each of its items needs a column; attention checks and demographics may lack one.
    told
        Columns by question, for those that the user names; or `position`.

    Returns
    -------
    tuple of Matched
        In the order of the columns.

    Raises
    ------
    ResponseError
        If an item has no column, or it is not clear which it is: with the nearest.
    OptionError
        If what is told names no question or column.
    """
    if isinstance(told, str):
        if told != POSITION:
            raise OptionError(unknown("value of columns", told, (POSITION,)))
        return _by_position(sheet, survey)
    found = _told(sheet, survey, by_name("columns", told, "{'TR1': 'Q7_1'}"))
    for way in _WAYS:
        _look(sheet, survey, way, found)
    _check_all(f"{sheet.file}: {sheet.unit} {sheet.top}", sheet, survey, found)
    return tuple(sorted(found.values(), key=lambda each: each.place))


def _look(sheet: Sheet, survey: Survey, way: _Way, found: dict[str, Matched]) -> None:
    """Add the questions that have one free column in this way; refuse what could be several."""
    how, names_of, keys_of = way
    where = f"{sheet.file}: {sheet.unit} {sheet.top}"
    taken = {each.place for each in found.values()}
    holders: dict[str, list[int]] = defaultdict(list)
    for place, column in enumerate(sheet.columns):
        for name in set(names_of(column)) if place not in taken else ():
            holders[name].append(place)
    claims: dict[int, list[str]] = defaultdict(list)
    for question in survey.questions:
        if question.code in found:
            continue
        places = sorted({place for key in set(keys_of(question)) if key for place in holders.get(key, ())})
        if len(places) > 1:
            raise ResponseError(f"{where}: {_several(sheet, survey, question.code, how, places)}")
        for place in places:
            claims[place].append(question.code)
    for place, codes in claims.items():
        if len(codes) > 1:
            raise ResponseError(
                f"{where}: the column '{shortened(sheet.columns[place].name)}' could be {listing(codes)} of "
                f"{survey.file}, by their {how}. Name the columns by the codes of the questions."
            )
        found[codes[0]] = Matched(codes[0], place, how)


def _several(sheet: Sheet, survey: Survey, code: str, how: str, places: Sequence[int]) -> str:
    if how == "code":
        numbers = ", ".join(str(place + 1) for place in places)
        return f"the column '{code}' is there {len(places)} times (columns {numbers}); keep one."
    names = listing(f"'{shortened(sheet.columns[place].name)}'" for place in places)
    return (
        f"'{code}' of {survey.file} could be any of the columns {names}, by its {how}. Name the right one '{code}', or "
        f"say columns={{'{code}': '...'}}."
    )


def _folded(names: Iterable[str]) -> Iterator[str]:
    return (name.casefold() for name in names)


def _coded(column: Column) -> Iterator[str]:
    for text in (column.name, column.wording, *column.aliases):
        if head := _CODED.match(text):
            yield head[1].casefold()


def _texts(column: Column) -> Iterator[str]:
    return map(plain, (column.name, column.wording, *column.aliases))


def _wordings(question: Question) -> Iterator[str]:
    return (plain(text) for _, text in question.wording.texts)


#: From the surest to the least sure: what the two have in common, the column's names, the question's.
_WAYS: tuple[_Way, ...] = (
    ("code", lambda column: (column.name,), lambda question: (question.code,)),
    ("code in the name", lambda column: column.aliases, lambda question: (question.code,)),
    (
        "code in another letter case",
        lambda column: _folded((column.name, *column.aliases)),
        lambda question: (question.code.casefold(),),
    ),
    (
        # As LimeSurvey has it, which allows no other signs.
        "letters and digits of the code",
        lambda column: (name.casefold() for name in (column.name, *column.aliases) if name.isalnum()),
        lambda question: (bare(question.code),),
    ),
    ("code before the question", _coded, lambda question: (question.code.casefold(),)),
    ("wording", _texts, _wordings),
)


def _told(sheet: Sheet, survey: Survey, told: Mapping[str, str]) -> dict[str, Matched]:
    """Return what the user says, checked."""
    codes = [question.code for question in survey.questions]
    for code in told:
        if code not in codes:
            raise OptionError(unknown("question in columns", code, codes, where=survey.file))
    return {code: Matched(code, place, "name, as told") for code, place in told_places(sheet, told).items()}


def told_places(sheet: Sheet, told: Mapping[str, str]) -> dict[str, int]:
    """Return the places of the columns that the user names.

    Parameters
    ----------
    sheet
        The file.
    told
        Names of columns of the file, each by what it is.

    Raises
    ------
    OptionError
        If the file has no such column, or several, or one is named twice.
    """
    found: dict[str, int] = {}
    # A question of several lines is typed on one.
    names = [" ".join(column.name.split()) for column in sheet.columns]
    for code, name in told.items():
        sought = " ".join(str(name).split())
        places = [place for place, each in enumerate(names) if each == sought]
        if len(places) != 1:
            text = unknown(f"column for '{code}'", str(name), shown(sheet.header), where=sheet.file)
            raise OptionError(
                text if not places else f"{sheet.file}: the column '{name}' is there {len(places)} times."
            )
        if other := next((each for each, place in found.items() if place == places[0]), ""):
            raise OptionError(f"the column '{name}' is named for both '{other}' and '{code}'.")
        found[code] = places[0]
    return found


def _by_position(sheet: Sheet, survey: Survey) -> tuple[Matched, ...]:
    free = [place for place in range(len(sheet.columns)) if place not in sheet.own]
    if len(free) != len(survey.codes):
        names = listing(shown(sheet.header[place] for place in free))
        raise ResponseError(
            f"{sheet.file}: {sheet.unit} {sheet.top}: by position, {survey.file} needs {len(survey.codes)} columns of "
            f"items and nothing else; there are {len(free)}: {names}. Take the other columns out, or name the columns."
        )
    return tuple(Matched(code, place, "position, as told") for code, place in zip(survey.codes, free, strict=True))


def _check_all(where: str, sheet: Sheet, survey: Survey, found: Mapping[str, Matched]) -> None:
    """Refuse a file in which an item has no column; list them all, each with the nearest column."""
    absent = [code for code in survey.codes if code not in found]
    if not absent:
        return
    taken = {each.place for each in found.values()}
    free = [column for place, column in enumerate(sheet.columns) if place not in taken]
    guesses = {code: _nearest(survey, code, free) for code in absent[:_MOST]}
    hint = f" Did you mean the column '{shortened(guesses[absent[0]])}'?" if guesses[absent[0]] else ""
    others = [f"{code} (nearest: '{shortened(guess)}')" if guess else code for code, guess in guesses.items()]
    others += absent[_MOST:]
    only = " One column: is the delimiter another one (delimiter=)?" if len(sheet.columns) == 1 else ""
    raise ResponseError(
        f"{where}: no column for the item '{absent[0]}' of {survey.file}.{hint} "
        f"Items without a column: {listing(others if len(absent) > 1 else absent)}. "
        f"Columns of the file: {listing(shown(sheet.header))}.{only} Columns are known by an item's code or its "
        f"wording; otherwise say columns={{'{absent[0]}': '...'}}, or columns='position'."
    )


def _nearest(survey: Survey, code: str, columns: Sequence[Column]) -> str:
    """Return the name of the column nearest to an item, by its code or else its wording."""
    by_name = {alias: column.name for column in reversed(columns) for alias in (column.name, *column.aliases)}
    if guess := nearest(code, by_name):
        return by_name[guess]
    by_text = {
        plain(text): column.name for column in columns for text in (column.name, column.wording, *column.aliases)
    }
    guesses = (nearest(plain(text), by_text) for _, text in survey.item(code).wording.texts)
    return next((by_text[guess] for guess in guesses if guess), "")
