"""What contradicts itself in an instrument file whose keys and types are right."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rantau.errors import listing, unknown
from rantau.survey.build_survey import answer_of, kind_of, missing_of, order_of, own_scales, scale_of
from rantau.survey.instrument_file import (
    KINDS,
    CheckTable,
    ConstructTable,
    DemographicTable,
    ItemTable,
    ScaleTable,
    SurveyTable,
)
from rantau.survey.text import token

#: A slider of 0 to 1000 still counts as a rating scale; far beyond, it is a slip of the keyboard.
_MOST_POINTS = 1001
_CODE = re.compile(r"[A-Za-z_.][A-Za-z0-9_.]*")


def faults_of(table: SurveyTable) -> Iterator[str]:
    """Yield each fault as a sentence that says where it is and what is allowed."""
    if not table.languages or len(set(table.languages)) < len(table.languages):
        yield f"top of the file: 'languages' is {table.languages}; expected at least one, each once."
        return
    yield from _texts("title", table.title, table.languages)
    if table.introduction:
        yield from _texts("introduction", table.introduction, table.languages)
    for name, scale in table.scales.items():
        yield from _scale_faults(f"[scales.{name}]", scale, table.languages)
    for owner, scale in own_scales(table):
        yield from _scale_faults(f"'{owner}', its own scale", scale, table.languages)
        if owner in table.scales:
            yield f"'{owner}': its own scale has the name of the declared scale '{owner}'; rename that one."
    if not table.constructs:
        yield "top of the file: there is no construct; write at least one [[constructs]] table."
    for construct in table.constructs:
        yield from _construct_faults(construct, table)
    for check in table.attention_checks:
        yield from _check_faults(check, table)
    for question in table.demographics:
        yield from _demographic_faults(question, table)
    twice = [code for code, times in Counter(_codes(table)).items() if times > 1]
    for code in twice:
        times = Counter(_codes(table))[code]
        yield f"the code '{code}' is used {times} times; each construct and item needs its own."
    yield from _part_faults(table)
    if not twice:
        yield from _order_faults(table)


def _codes(table: SurveyTable) -> list[str]:
    """Return the codes of constructs and of all questions."""
    named = [code for construct in table.constructs for code in (construct.code, *(i.code for i in construct.items))]
    return [*named, *(check.code for check in table.attention_checks), *(each.code for each in table.demographics)]


def _questions(table: SurveyTable) -> list[str]:
    constructs = {construct.code for construct in table.constructs}
    return [code for code in _codes(table) if code not in constructs]


def _texts(where: str, texts: dict[str, str], languages: Sequence[str]) -> Iterator[str]:
    for language in languages:
        if not texts.get(language, "").strip():
            yield f"{where}: no text in the declared language '{language}'; got {listing(texts) or 'none'}."
    for language in texts:
        if language not in languages:
            yield unknown("language", language, languages, where=where)


def _scale_faults(where: str, scale: ScaleTable, languages: Sequence[str]) -> Iterator[str]:
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
    for label, point in scale_of(where, scale, languages).meanings:
        if not label:
            yield f"{where}, labels: the label of {point} is empty."
        elif seen.setdefault(label, point) != point:
            yield f"{where}, labels: '{label}' stands for both {seen[label]} and {point}."
        elif label.lstrip("+-").isdecimal() and label != str(point):
            yield f"{where}, labels: '{label}' is the label of {point}, but reads as another number."


def _construct_faults(construct: ConstructTable, table: SurveyTable) -> Iterator[str]:
    where = f"construct '{construct.code}'"
    yield from _code_faults(where, construct.code)
    yield from _texts(f"{where}, name", construct.name, table.languages)
    if construct.definition:
        yield from _texts(f"{where}, definition", construct.definition, table.languages)
    if construct.instruction:
        yield from _texts(f"{where}, instruction", construct.instruction, table.languages)
    if construct.parts and construct.items:
        yield f"{where}: it has both parts and items; a construct of higher order has parts alone."
    elif not construct.items and not construct.parts:
        yield (
            f"{where}: it has no items; write at least one [[constructs.items]] table below it, or name in `parts` "
            "the constructs that it is made of."
        )
    for item in construct.items:
        yield from _item_faults(f"{where}, item '{item.code}'", item, construct, table)


def _item_faults(inside: str, item: ItemTable, construct: ConstructTable, table: SurveyTable) -> Iterator[str]:
    yield from _code_faults(inside, item.code)
    yield from _texts(f"{inside}, wording", item.wording, table.languages)
    scale = item.scale or construct.scale
    if scale is None:
        yield f"{inside}: no scale; give one here or in its construct. Declared: {listing(table.scales)}."
    elif isinstance(scale, str) and scale not in table.scales:
        yield unknown("scale", scale, table.scales, where=inside)
    else:
        yield from _missing_faults(inside, missing_of(item, table), scale, table)


def _code_faults(where: str, code: str) -> Iterator[str]:
    if not _CODE.fullmatch(code):
        yield (
            f"{where}: the code '{code}' cannot be used in a model file: a letter, '_' or '.' "
            "first, then letters, digits, '_' or '.'."
        )


def _missing_faults(where: str, missing: tuple[str, ...], scale: str | ScaleTable, table: SurveyTable) -> Iterator[str]:
    declared = table.scales[scale] if isinstance(scale, str) else scale
    name = f"the scale '{scale}'" if isinstance(scale, str) else "its scale"
    if any(_scale_faults(where, declared, table.languages)):
        return
    points = scale_of(where, declared, table.languages)
    answers = {str(point) for point in range(points.minimum, points.maximum + 1)} | dict(points.meanings).keys()
    for code in missing:
        if token(code) in answers:
            yield (
                f"{where}: the missing code '{code}' is also an answer of {name}; give the item a `missing` of its own."
            )


def _check_faults(check: CheckTable, table: SurveyTable) -> Iterator[str]:
    where = f"attention check '{check.code}'"
    yield from _code_faults(where, check.code)
    yield from _texts(f"{where}, wording", check.wording, table.languages)
    if isinstance(check.scale, str) and check.scale not in table.scales:
        yield unknown("scale", check.scale, table.scales, where=where)
        return
    declared = table.scales[check.scale] if isinstance(check.scale, str) else check.scale
    if any(_scale_faults(where, declared, table.languages)):
        return
    yield from _missing_faults(where, missing_of(check, table), check.scale, table)
    scale = scale_of(where, declared, table.languages)
    if answer_of(check, scale) is None:
        labels = [label for _, labels in scale.labels for label in labels]
        allowed = f"{scale.minimum} to {scale.maximum}"
        if isinstance(check.answer, str):
            yield unknown("answer", check.answer, [*labels, allowed], where=where)
        else:
            yield f"{where}: the answer {check.answer} is not on its scale; allowed: {allowed}."
    if check.after and check.after not in _questions(table):
        yield unknown("question", check.after, _questions(table), where=f"{where}, after")


def _demographic_faults(question: DemographicTable, table: SurveyTable) -> Iterator[str]:
    where = f"demographic '{question.code}'"
    yield from _code_faults(where, question.code)
    yield from _texts(f"{where}, wording", question.wording, table.languages)
    if question.name:
        yield from _texts(f"{where}, name", question.name, table.languages)
    if question.kind and question.kind not in KINDS:
        yield unknown("kind", question.kind, KINDS, where=where)
        return
    kind = kind_of(question)
    if kind in ("one", "several") and not question.categories:
        yield f"{where}: there is nothing to choose from; write its `categories`."
    if kind not in ("one", "several") and question.categories:
        yield f"{where}: its kind is '{kind}', and it has categories; its kind is 'one' or 'several' then."
    bounds = (question.minimum, question.maximum)
    if kind != "number" and bounds != (None, None):
        yield f"{where}: minimum and maximum are for a number, and its kind is '{kind}'."
    if not all(math.isfinite(bound) for bound in bounds if bound is not None):
        yield f"{where}: minimum and maximum are numbers; leave out the one that does not bound the answers."
    elif None not in bounds and bounds[0] >= bounds[1]:  # type: ignore[operator]
        yield f"{where}: minimum {bounds[0]} is not below maximum {bounds[1]}."
    yield from _category_faults(where, question, table)


def _category_faults(where: str, question: DemographicTable, table: SurveyTable) -> Iterator[str]:
    """Yield what is wrong with the answers to choose from: each must be told from every other."""
    meant: dict[str, str] = {}
    for category in question.categories:
        inside = f"{where}, category '{category.code}'"
        yield from _texts(f"{inside}, label", category.label, table.languages)
        if not category.code.strip():
            yield f"{where}: a category has no code; write what stands in the file of answers."
        for text in (category.code, *category.label.values()):
            if meant.setdefault(token(text), category.code) != category.code:
                yield f"{where}: '{text}' stands for both '{meant[token(text)]}' and '{category.code}'."
    codes = Counter(token(category.code) for category in question.categories)
    for code in question.eligible:
        if code not in [category.code for category in question.categories]:
            yield unknown(
                "category", code, [category.code for category in question.categories], where=f"{where}, eligible"
            )
    if question.eligible and kind_of(question) != "one":
        yield f"{where}: `eligible` is of a question with one answer, and its kind is '{kind_of(question)}'."
    for code, times in codes.items():
        if times > 1:
            yield f"{where}: the category '{code}' is there {times} times."
    for code in missing_of(question, table):
        if token(code) in meant:
            yield f"{where}: the missing code '{code}' is also a category; give the question a `missing` of its own."


def _part_faults(table: SurveyTable) -> Iterator[str]:
    """Yield parts that are no constructs, stand twice, or make a construct a part of itself."""
    parts = {construct.code: construct.parts for construct in table.constructs}
    for code, named in parts.items():
        where = f"construct '{code}', parts"
        for part in named:
            if part not in parts:
                yield unknown("construct", part, [each for each in parts if each != code], where=where)
        for part, times in Counter(named).items():
            if times > 1:
                yield f"{where}: '{part}' is there {times} times."
        if code in _beneath(code, parts):
            yield f"{where}: '{code}' is, in the end, a part of itself."


def _beneath(code: str, parts: dict[str, list[str]]) -> set[str]:
    """Return all that a construct is made of."""
    found: set[str] = set()
    waiting = list(parts[code])
    while waiting:
        part = waiting.pop()
        if part not in found:
            found.add(part)
            waiting += parts.get(part, [])
    return found


def _order_faults(table: SurveyTable) -> Iterator[str]:
    """Yield questions that the order does not know, leaves out, or asks twice."""
    known = _questions(table)
    ordered = order_of(table)
    if not table.order:
        circular = [code for code in known if code not in ordered]
        if circular and all(check.after in (*known, "") for check in table.attention_checks):
            yield f"attention checks {listing(circular)}: each stands behind another of them (`after`)."
        return
    for code in ordered:
        if code not in known:
            constructs = [construct.code for construct in table.constructs if construct.items]
            yield unknown("question", code, [*constructs, *known], where="top of the file, order")
    for code, times in Counter(ordered).items():
        if times > 1:
            yield f"top of the file, order: '{code}' is asked {times} times."
    absent = [code for code in known if code not in ordered]
    if absent:
        yield f"top of the file, order: left out: {listing(absent)}. Name every question once, or leave `order` out."
    if any(check.after for check in table.attention_checks):
        yield "top of the file: `order` says where each question stands; leave out the `after` of attention checks."
