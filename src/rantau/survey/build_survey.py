"""From the tables of an instrument file, already checked, to records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rantau.survey.instrument import AttentionCheck, Category, Construct, Demographic, Item, Scale, Survey, Wording
from rantau.survey.instrument_file import (
    CheckTable,
    ConstructTable,
    DemographicTable,
    ItemTable,
    ScaleTable,
    SurveyTable,
)
from rantau.survey.text import token


def build_survey(table: SurveyTable, file: str) -> Survey:
    """Turn a checked file into records.

    Parameters
    ----------
    table
        In which nothing contradicts itself.
    file
        Where it was read from.
    """
    languages = table.languages
    owned = [scale_of(owner, scale, languages) for owner, scale in own_scales(table)]
    named = [scale_of(name, scale, languages) for name, scale in table.scales.items()]
    constructs = tuple(_construct(construct, table) for construct in table.constructs)
    return Survey(
        title=wording_of(table.title, languages),
        languages=tuple(languages),
        source=table.source,
        constructs=constructs,
        scales=(*named, *owned),
        file=file,
        attention_checks=tuple(_check(check, table) for check in table.attention_checks),
        demographics=tuple(_demographic(each, table) for each in table.demographics),
        order=order_of(table),
        introduction=_maybe(table.introduction, languages),
        order_stated=bool(table.order),
    )


def wording_of(texts: dict[str, str], languages: Sequence[str]) -> Wording:
    """Return a text of the file in the order of the languages, its spaces and line breaks evened out."""
    return Wording(tuple((language, " ".join(texts[language].split())) for language in languages))


def scale_of(name: str, table: ScaleTable, languages: Sequence[str]) -> Scale:
    """Return a scale of the file."""
    labels = ((language, tuple(table.labels[language])) for language in languages if language in table.labels)
    return Scale(name, table.minimum, table.maximum, tuple(labels))


def own_scales(table: SurveyTable) -> Iterator[tuple[str, ScaleTable]]:
    """Yield the scales that belong to one construct, item or check alone, each with its owner's code."""
    owners: list[ConstructTable | ItemTable | CheckTable] = []
    for construct in table.constructs:
        owners += [construct, *construct.items]
    for owner in (*owners, *table.attention_checks):
        if isinstance(owner.scale, ScaleTable):
            yield owner.code, owner.scale


def missing_of(question: ItemTable | CheckTable | DemographicTable, table: SurveyTable) -> tuple[str, ...]:
    """Return the codes for no answer: the question's own, or else the survey's."""
    return tuple(table.missing if question.missing is None else question.missing)


def kind_of(question: DemographicTable) -> str:
    """Return the kind of a question on the respondent: the one stated, or what its other keys say."""
    if question.kind:
        return question.kind
    if question.categories:
        return "one"
    return "text" if question.minimum is None and question.maximum is None else "number"


def answer_of(check: CheckTable, scale: Scale) -> int | None:
    """Return the right answer of an attention check as a point of its scale; None where it is none."""
    if isinstance(check.answer, int):
        return check.answer if scale.minimum <= check.answer <= scale.maximum else None
    return dict(scale.meanings).get(token(check.answer))


def order_of(table: SurveyTable) -> tuple[str, ...]:
    """Return the codes of all questions as they are presented.

    Without a stated order: items as in the file, each attention check behind the question it names (else behind all
    items), then the questions on the respondent.
    """
    if table.order:
        items = {
            construct.code: [item.code for item in construct.items] for construct in table.constructs if construct.items
        }
        return tuple(code for name in table.order for code in items.get(name, [name]))
    found = [item.code for construct in table.constructs for item in construct.items]
    loose = [check.code for check in table.attention_checks if not check.after]
    found += [*loose, *(each.code for each in table.demographics)]
    # From the last to the first, so that two behind one question keep their order.
    waiting = [check for check in reversed(table.attention_checks) if check.after]
    while waiting:
        ready = [check for check in waiting if check.after in found]
        for check in ready:
            found.insert(found.index(check.after) + 1, check.code)
        if not ready:
            break
        waiting = [check for check in waiting if check not in ready]
    return tuple(found)


def _maybe(texts: dict[str, str], languages: Sequence[str]) -> Wording | None:
    return wording_of(texts, languages) if texts else None


def _scale(scale: str | ScaleTable | None, owner: str, table: SurveyTable) -> Scale:
    """Return a scale by its name, or that of its owner."""
    if isinstance(scale, ScaleTable):
        return scale_of(owner, scale, table.languages)
    name = scale or ""
    return scale_of(name, table.scales[name], table.languages)


def _construct(construct: ConstructTable, table: SurveyTable) -> Construct:
    languages = table.languages
    return Construct(
        code=construct.code,
        name=wording_of(construct.name, languages),
        definition=wording_of(construct.definition or construct.name, languages),
        theory=construct.theory,
        source=construct.source,
        items=tuple(_item(item, construct, table) for item in construct.items),
        parts=tuple(construct.parts),
        instruction=_maybe(construct.instruction, languages),
    )


def _item(item: ItemTable, construct: ConstructTable, table: SurveyTable) -> Item:
    return Item(
        code=item.code,
        construct=construct.code,
        wording=wording_of(item.wording, table.languages),
        scale=_scale(*((item.scale, item.code) if item.scale else (construct.scale, construct.code)), table),
        reversed=item.reversed,
        missing=missing_of(item, table),
        source=item.source,
        theory=item.theory,
        passage=item.passage,
    )


def _check(check: CheckTable, table: SurveyTable) -> AttentionCheck:
    scale = _scale(check.scale, check.code, table)
    return AttentionCheck(
        code=check.code,
        wording=wording_of(check.wording, table.languages),
        scale=scale,
        answer=check.answer if isinstance(check.answer, int) else dict(scale.meanings)[token(check.answer)],
        missing=missing_of(check, table),
        source=check.source,
    )


def _demographic(question: DemographicTable, table: SurveyTable) -> Demographic:
    return Demographic(
        code=question.code,
        wording=wording_of(question.wording, table.languages),
        kind=kind_of(question),
        categories=tuple(Category(each.code, wording_of(each.label, table.languages)) for each in question.categories),
        minimum=question.minimum,
        maximum=question.maximum,
        missing=missing_of(question, table),
        source=question.source,
        eligible=tuple(question.eligible),
        name=_maybe(question.name, table.languages),
    )
