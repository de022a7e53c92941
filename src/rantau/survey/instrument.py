"""The instrument: what was asked, on which scale, to measure what; and reading it from TOML."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rantau.errors import SurveyError, listing, unknown
from rantau.record import Record
from rantau.survey.text import read_text, token

_CODE = re.compile(r"[A-Za-z_.][A-Za-z0-9_.]*")
_MOST_FAULTS = 10


class Wording(Record):
    """A text in one or several languages.

    Attributes
    ----------
    texts
        Pairs of language and text, in the order of the survey's languages.
    """

    texts: tuple[tuple[str, str], ...]

    def text(self, language: str) -> str:
        """Return the text in a language; in the first language where that one is lacking.

        Examples
        --------
        >>> Wording((("en", "Image"), ("id", "Citra"))).text("id")
        'Citra'
        """
        return dict(self.texts).get(language, self.texts[0][1])


class Scale(Record):
    """The answers that an item allows: whole numbers between two bounds, with labels.

    Attributes
    ----------
    name
        How items refer to it.
    minimum, maximum
        The declared bounds, whatever was observed.
    labels
        Pairs of language and labels: one label per point, or only the two ends; empty without labels.
    """

    name: str
    minimum: int
    maximum: int
    labels: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def points(self) -> int:
        """How many answers there are."""
        return self.maximum - self.minimum + 1

    def label_set(self, language: str) -> tuple[str, ...]:
        """Return the labels in a language; in the first where that one is lacking; () without labels."""
        if not self.labels:
            return ()
        return dict(self.labels).get(language, self.labels[0][1])

    @property
    def meanings(self) -> tuple[tuple[str, int], ...]:
        """Pairs of a label, in the form in which cells are compared, and the point it stands for."""
        found: list[tuple[str, int]] = []
        for _, labels in self.labels:
            ends = len(labels) == 2
            points = (self.minimum, self.maximum) if ends else range(self.minimum, self.maximum + 1)
            found += [(token(label), point) for label, point in zip(labels, points, strict=True)]
        return tuple(found)


class Item(Record):
    """One question.

    Attributes
    ----------
    code
        The name of its column in the answers and in model files.
    construct
        The code of the construct it measures.
    wording
        The question as asked.
    scale
        The answers it allows.
    reversed
        Whether a high answer means little of the construct.
    missing
        What is written in the file where there is no answer.
    source, theory, passage
        Where it comes from, the theory behind it, the passage it rests on; each may be empty.
    """

    code: str
    construct: str
    wording: Wording
    scale: Scale
    reversed: bool
    missing: tuple[str, ...]
    source: str
    theory: str
    passage: str


class Construct(Record):
    """What a set of items measures.

    Attributes
    ----------
    code
        Its name in model files.
    name, definition
        For readers.
    theory, source
        Where it comes from; each may be empty.
    items
        At least one.
    """

    code: str
    name: Wording
    definition: Wording
    theory: str
    source: str
    items: tuple[Item, ...]


class Survey(Record):
    """An instrument: constructs, their items, and the scales these are answered on.

    Attributes
    ----------
    title
        For readers.
    languages
        The first is the one fallen back to.
    source
        The citation of the instrument.
    constructs, scales
        In the order of the file.
    file
        Where it was read from.
    """

    title: Wording
    languages: tuple[str, ...]
    source: str
    constructs: tuple[Construct, ...]
    scales: tuple[Scale, ...]
    file: str

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, construct by construct."""
        return tuple(item for construct in self.constructs for item in construct.items)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all items, in order."""
        return tuple(item.code for item in self.items)

    def construct(self, code: str) -> Construct:
        """Return a construct by its code.

        Raises
        ------
        SurveyError
            If there is none, with the nearest code.
        """
        for construct in self.constructs:
            if construct.code == code:
                return construct
        raise SurveyError(
            unknown("construct", code, [each.code for each in self.constructs], where=self.file)
        )

    def item(self, code: str) -> Item:
        """Return an item by its code.

        Raises
        ------
        SurveyError
            If there is none, with the nearest code.
        """
        for item in self.items:
            if item.code == code:
                return item
        raise SurveyError(unknown("item", code, self.codes, where=self.file))


# --- The file ------------------------------------------------------------------------------------------


class _Table(BaseModel):
    """A table of the file: no key but the known ones, no value turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _ScaleTable(_Table):
    minimum: int
    maximum: int
    labels: dict[str, list[str]] = {}


class _ItemTable(_Table):
    code: str
    wording: dict[str, str]
    reversed: bool = False
    scale: str | None = None
    missing: list[str] | None = None
    source: str = ""
    theory: str = ""
    passage: str = ""


class _ConstructTable(_Table):
    code: str
    name: dict[str, str]
    definition: dict[str, str]
    theory: str = ""
    source: str = ""
    scale: str | None = None
    items: list[_ItemTable] = []


class _SurveyTable(_Table):
    title: dict[str, str]
    languages: list[str]
    source: str = ""
    missing: list[str] = [""]
    scales: dict[str, _ScaleTable]
    constructs: list[_ConstructTable]


_ROOMS: dict[str, type[_Table]] = {
    "constructs": _ConstructTable,
    "items": _ItemTable,
    "scales": _ScaleTable,
}

_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number without quotes",
    "bool_type": "true or false, without quotes",
    "dict_type": 'a table such as { en = "..." }',
    "model_type": "a table",
    "list_type": "a list in [ ]",
}


def read_survey(path: str | Path) -> Survey:
    """Read an instrument file.

    Parameters
    ----------
    path
        A TOML file: `title`, `languages`, `source`, `missing`, tables `[scales.<name>]`, and `[[constructs]]`
        with their `[[constructs.items]]`.

    Returns
    -------
    Survey
        Checked: every scale declared, every wording there in every language, every code unique and usable
        in a model file.

    Raises
    ------
    SurveyError
        Naming file, table, key, what was got and what is allowed; up to ten faults at once.

    Examples
    --------
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> survey.codes[:3], survey.item("IMAG1").scale.maximum
    (('IMAG1', 'IMAG2', 'IMAG3'), 10)
    """
    text = read_text(path, what="instrument", error=SurveyError)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SurveyError(f"{path}: not valid TOML: {fault}.") from fault
    try:
        table = _SurveyTable.model_validate(data)
    except ValidationError as fault:
        raise _refusal(path, [_told(data, error) for error in fault.errors()]) from fault
    faults = list(_faults(table))
    if faults:
        raise _refusal(path, faults)
    return _survey(table, str(path))


def _refusal(path: str | Path, faults: list[str]) -> SurveyError:
    """Gather the faults of one file into one error."""
    if len(faults) == 1:
        return SurveyError(f"{path}: {faults[0]}")
    more = len(faults) - _MOST_FAULTS
    shown = [f"  {fault}" for fault in faults[:_MOST_FAULTS]] + ([f"  and {more} more."] if more > 0 else [])
    return SurveyError("\n".join([f"{path}: {len(faults)} faults:", *shown]))


def _told(data: dict[str, Any], error: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    """Say one of pydantic's errors in the words of the file."""
    loc, kind, got = tuple(error["loc"]), error["type"], error["input"]
    where, table, key = _place(data, loc)
    if kind == "extra_forbidden":
        return unknown("key", key, table.model_fields, where=where)
    if kind == "missing":
        return f"{where}: the key '{key}' is missing. Allowed: {listing(table.model_fields)}."
    wanted = _WANTED.get(kind, error["msg"])
    return f"{where}: '{key}' is {got!r}; expected {wanted}."


def _place(data: dict[str, Any], loc: tuple[str | int, ...]) -> tuple[str, type[_Table], str]:
    """Return the table a location lies in, in words and as a class, and the key within it."""
    rooms: list[str] = []
    table: type[_Table] = _SurveyTable
    rest, value = list(loc), data
    while len(rest) > 2 and rest[0] in ("constructs", "items", "scales"):
        room, which = str(rest[0]), rest[1]
        value = value[room][which]
        if isinstance(which, int):
            code = value.get("code") if isinstance(value, dict) else None
            rooms.append(f"{room[:-1]} {which + 1}" + (f" ({code})" if code else ""))
        else:
            rooms.append(f"[scales.{which}]")
        table = _ROOMS[room]
        rest = rest[2:]
    return ", ".join(rooms) or "top of the file", table, ".".join(str(part) for part in rest)


def _faults(table: _SurveyTable) -> Iterator[str]:
    """Yield what contradicts itself in a file whose keys and types are right."""
    if not table.languages or len(set(table.languages)) < len(table.languages):
        yield f"top of the file: 'languages' is {table.languages}; expected at least one, each once."
        return
    yield from _language_faults("title", table.title, table.languages)
    for name, scale in table.scales.items():
        yield from _scale_faults(name, scale, table.languages)
    if not table.constructs:
        yield "top of the file: there is no construct; write at least one [[constructs]] table."
    for construct in table.constructs:
        yield from _construct_faults(construct, table)
    codes = Counter(
        code
        for construct in table.constructs
        for code in (construct.code, *(i.code for i in construct.items))
    )
    for code, times in codes.items():
        if times > 1:
            yield f"the code '{code}' is used {times} times; each construct and item needs its own."


def _language_faults(where: str, texts: dict[str, str], languages: list[str]) -> Iterator[str]:
    for language in languages:
        if not texts.get(language, "").strip():
            yield f"{where}: no text in the declared language '{language}'; got {listing(texts) or 'none'}."
    for language in texts:
        if language not in languages:
            yield unknown("language", language, languages, where=where)


def _scale_faults(name: str, scale: _ScaleTable, languages: list[str]) -> Iterator[str]:
    where = f"[scales.{name}]"
    if scale.minimum >= scale.maximum:
        yield f"{where}: minimum {scale.minimum} is not below maximum {scale.maximum}."
        return
    points = scale.maximum - scale.minimum + 1
    for language in scale.labels:
        if language not in languages:
            yield unknown("language", language, languages, where=f"{where}, labels")
    if scale.labels:
        for language in languages:
            count = len(scale.labels.get(language, ()))
            if count not in (points, 2):
                yield (
                    f"{where}, labels.{language}: got {count} labels; "
                    f"expected {points} (one per point) or 2 (the ends)."
                )
                return
    seen: dict[str, int] = {}
    for label, point in _scale(name, scale, languages).meanings:
        if not label:
            yield f"{where}, labels: the label of {point} is empty."
        elif seen.setdefault(label, point) != point:
            yield f"{where}, labels: '{label}' stands for both {seen[label]} and {point}."
        elif label.lstrip("+-").isdecimal() and label != str(point):
            yield f"{where}, labels: '{label}' is the label of {point}, but reads as another number."


def _construct_faults(construct: _ConstructTable, table: _SurveyTable) -> Iterator[str]:
    where = f"construct '{construct.code}'"
    yield from _code_faults(where, construct.code)
    yield from _language_faults(f"{where}, name", construct.name, table.languages)
    yield from _language_faults(f"{where}, definition", construct.definition, table.languages)
    if not construct.items:
        yield f"{where}: it has no items; write at least one [[constructs.items]] table below it."
    for item in construct.items:
        inside = f"{where}, item '{item.code}'"
        yield from _code_faults(inside, item.code)
        yield from _language_faults(f"{inside}, wording", item.wording, table.languages)
        name = item.scale or construct.scale
        if name is None:
            yield f"{inside}: no scale; give one here or in its construct. Declared: {listing(table.scales)}."
        elif name not in table.scales:
            yield unknown("scale", name, table.scales, where=inside)
        else:
            yield from _missing_faults(inside, _missing(item, table), name, table)


def _code_faults(where: str, code: str) -> Iterator[str]:
    if not _CODE.fullmatch(code):
        yield (
            f"{where}: the code '{code}' cannot be used in a model file: a letter, '_' or '.' "
            "first, then letters, digits, '_' or '.'."
        )


def _missing_faults(where: str, missing: tuple[str, ...], name: str, table: _SurveyTable) -> Iterator[str]:
    if any(_scale_faults(name, table.scales[name], table.languages)):
        return
    scale = _scale(name, table.scales[name], table.languages)
    answers = {str(point) for point in range(scale.minimum, scale.maximum + 1)} | dict(scale.meanings).keys()
    for code in missing:
        if token(code) in answers:
            yield (
                f"{where}: the missing code '{code}' is also an answer of the scale '{name}'; "
                "give the item a `missing` of its own."
            )


def _missing(item: _ItemTable, table: _SurveyTable) -> tuple[str, ...]:
    """Return the codes for no answer: the item's own, or else the survey's."""
    return tuple(table.missing if item.missing is None else item.missing)


def _wording(texts: dict[str, str], languages: list[str]) -> Wording:
    return Wording(tuple((language, " ".join(texts[language].split())) for language in languages))


def _scale(name: str, table: _ScaleTable, languages: list[str]) -> Scale:
    labels = ((language, tuple(table.labels[language])) for language in languages if language in table.labels)
    return Scale(name, table.minimum, table.maximum, tuple(labels))


def _survey(table: _SurveyTable, file: str) -> Survey:
    """Turn a checked file into records."""
    languages = table.languages
    scales = {name: _scale(name, scale, languages) for name, scale in table.scales.items()}
    constructs = tuple(
        Construct(
            code=construct.code,
            name=_wording(construct.name, languages),
            definition=_wording(construct.definition, languages),
            theory=construct.theory,
            source=construct.source,
            items=tuple(
                Item(
                    code=item.code,
                    construct=construct.code,
                    wording=_wording(item.wording, languages),
                    scale=scales[item.scale or construct.scale or ""],
                    reversed=item.reversed,
                    missing=_missing(item, table),
                    source=item.source,
                    theory=item.theory,
                    passage=item.passage,
                )
                for item in construct.items
            ),
        )
        for construct in table.constructs
    )
    return Survey(
        title=_wording(table.title, languages),
        languages=tuple(languages),
        source=table.source,
        constructs=constructs,
        scales=tuple(scales.values()),
        file=file,
    )
