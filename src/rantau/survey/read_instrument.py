"""read_survey(): an instrument from its TOML file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from rantau.errors import SurveyError, listing, unknown
from rantau.survey.instrument import Construct, Item, Scale, Survey, Wording
from rantau.survey.text import token
from rantau.toml_file import TomlTable, read_toml, refusal

#: A slider of 0 to 1000 still counts as a rating scale; far beyond, it is a slip of the keyboard.
_MOST_POINTS = 1001
_CODE = re.compile(r"[A-Za-z_.][A-Za-z0-9_.]*")


class _ScaleTable(TomlTable):
    minimum: int
    maximum: int
    labels: dict[str, list[str]] = Field(default_factory=dict)


class _ItemTable(TomlTable):
    code: str
    wording: dict[str, str]
    reversed: bool = False
    scale: str | None = None
    missing: list[str] | None = None
    source: str = ""
    theory: str = ""
    passage: str = ""


class _ConstructTable(TomlTable):
    code: str
    name: dict[str, str]
    definition: dict[str, str] = Field(default_factory=dict)
    theory: str = ""
    source: str = ""
    scale: str | None = None
    items: list[_ItemTable] = Field(default_factory=list)


class _SurveyTable(TomlTable):
    title: dict[str, str]
    languages: list[str]
    source: str = ""
    missing: list[str] = Field(default_factory=lambda: [""])
    scales: dict[str, _ScaleTable]
    constructs: list[_ConstructTable]


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
    table = read_toml(path, _SurveyTable, what="instrument", error=SurveyError)
    faults = list(_faults(table))
    if faults:
        raise refusal(path, faults, SurveyError)
    return _survey(table, str(path))


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
        code for construct in table.constructs for code in (construct.code, *(i.code for i in construct.items))
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
    if points > _MOST_POINTS:
        yield f"{where}: {points} points, from {scale.minimum} to {scale.maximum}; allowed: at most {_MOST_POINTS}."
        return
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
    if construct.definition:
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
            definition=_wording(construct.definition or construct.name, languages),
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
