"""What deserves a look in an instrument, and in answers to it, although nothing in it is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from rantau.errors import listing, nearest
from rantau.survey.checks import check_answers
from rantau.survey.correlations import rest_correlations
from rantau.survey.instrument import AttentionCheck, Demographic, Survey
from rantau.survey.responses import Responses
from rantau.survey.text import token

#: Beyond this share of gaps an item is told of.
_MANY_GAPS = 0.2


def survey_remarks(survey: Survey) -> tuple[str, ...]:
    """Return what deserves a look in an instrument alone, a sentence each.

    Parameters
    ----------
    survey
        From `read_survey`.
    """
    return (*_of_constructs(survey), *_of_texts(survey), *_of_codes(survey), *_of_scales(survey))


def _of_constructs(survey: Survey) -> Iterator[str]:
    for construct in survey.measured:
        count = len(construct.items)
        if count == 1:
            yield f"Construct '{construct.code}' has a single item: its reliability cannot be told from one survey."
        elif count == 2:
            yield f"Construct '{construct.code}' has two items: it takes three to test whether they measure one thing."
        if count > 1 and all(item.reversed for item in construct.items):
            yield (
                f"All items of '{construct.code}' are reversed: high scores will mean what low answers mean. Is that "
                "what its name says?"
            )
        scales = {item.scale for item in construct.items}
        if len({(scale.minimum, scale.maximum) for scale in scales}) > 1:
            yield f"The items of '{construct.code}' have scales of different bounds: their mean or sum mixes units."


def _of_texts(survey: Survey) -> Iterator[str]:
    """Yield wordings that stand twice, or are the same in two languages."""
    for language in survey.languages:
        asked: dict[str, list[str]] = {}
        for question in survey.questions:
            asked.setdefault(token(question.wording.text(language)), []).append(question.code)
        for codes in asked.values():
            if len(codes) > 1:
                yield f"{listing(codes)} ask the same in the language '{language}'."
    same = [
        question.code
        for question in survey.questions
        if len(survey.languages) > 1
        and len(token(question.wording.texts[0][1]).split()) > 2
        and len({token(text) for _, text in question.wording.texts}) < len(survey.languages)
    ]
    if same:
        yield f"The same words in two languages, as if not translated: {listing(same)}."
    if not survey.source and (bare := [item.code for item in survey.items if not _sourced(survey, item.code)]):
        yield f"No citation (`source`) for {listing(bare)}, nor for the whole instrument."


def _sourced(survey: Survey, code: str) -> bool:
    item = survey.item(code)
    return bool(item.source or survey.construct(item.construct).source)


def _of_codes(survey: Survey) -> Iterator[str]:
    codes = [question.code for question in survey.questions]
    counts = Counter(code.lower() for code in codes)
    alike = [code for code in codes if counts[code.lower()] > 1]
    if alike:
        yield f"Codes that differ in capital letters alone are one code to SPSS and LimeSurvey: {listing(alike)}."


def _of_scales(survey: Survey) -> Iterator[str]:
    used = {question.scale for question in survey.questions if not isinstance(question, Demographic)}
    idle = [scale.name for scale in survey.scales if scale not in used]
    if idle:
        yield f"No question is answered on the declared scale {listing(idle)}."


def response_remarks(responses: Responses) -> tuple[str, ...]:
    """Return what deserves a look in answers to an instrument, a sentence each.

    Parameters
    ----------
    responses
        From `read_responses`.
    """
    return (
        *_of_answers(responses),
        *_of_bounds(responses),
        *_of_keying(responses),
        *_of_other_columns(responses),
    )


def _of_answers(responses: Responses) -> Iterator[str]:
    constant, gaps = [], []
    for code in responses.columns:
        column = responses.column(code)
        answers = column[np.isfinite(column)]
        if len(answers) and np.ptp(answers) == 0:
            constant.append(code)
        share = 1 - len(answers) / max(len(column), 1)
        if share > _MANY_GAPS:
            gaps.append(f"{code} ({share:.0%})")
    if constant:
        yield f"Everybody gave the same answer to {listing(constant)}: no model can use it."
    if gaps:
        yield f"Many gaps in {listing(gaps)}."


def _of_bounds(responses: Responses) -> Iterator[str]:
    """Yield scales of which an end was never chosen in any item: the declared bounds may be wrong."""
    survey = responses.survey
    for scale in survey.scales:
        columns = [responses.column(item.code) for item in survey.items if item.scale == scale]
        answers = np.concatenate(columns) if columns else np.empty(0)
        answers = answers[np.isfinite(answers)]
        # An end that one item in ten thousand answers would show is no sign of anything in a small sample.
        if len(answers) < 100 or len(columns) < 2 or scale.points > 11:
            continue
        keyed = any(item.reversed for item in survey.items if item.scale == scale)
        low, high = int(answers.min()), int(answers.max())
        if not keyed and (low > scale.minimum or high < scale.maximum):
            yield (
                f"The answers on the scale '{scale.name}' go from {low} to {high} in all {len(columns)} items, and it "
                f"is declared from {scale.minimum} to {scale.maximum}. Are these its bounds? Reverse-coding uses them."
            )


def _of_keying(responses: Responses) -> Iterator[str]:
    for construct in responses.survey.measured:
        if not all(item.code in responses.columns for item in construct.items):
            continue
        correlations = rest_correlations(responses.columns_of(construct.code))
        for item, r in zip(construct.items, correlations, strict=True):
            if r < 0:
                state = "is reversed in the instrument" if item.reversed else "is not reversed in the instrument"
                yield (
                    f"{item.code} runs against the rest of '{construct.code}' (r = {r:.2f}); it {state}. Compare its "
                    "wording."
                )


def _of_other_columns(responses: Responses) -> Iterator[str]:
    survey, names = responses.survey, responses.extras_names
    others: tuple[AttentionCheck | Demographic, ...] = (*survey.attention_checks, *survey.demographics)
    for question in others:
        if question.code not in names:
            guess = nearest(question.code, names)
            hint = f" Is it '{guess}'?" if guess else ""
            yield f"There is no column for '{question.code}'.{hint}"
            continue
        if isinstance(question, AttentionCheck):
            yield from _of_check(question, responses)
        else:
            yield from _of_demographic(question, [str(cell) for cell in responses.extras.T[names.index(question.code)]])


def _of_check(check: AttentionCheck, responses: Responses) -> Iterator[str]:
    wrong = check_answers(check, responses)[1]
    if np.nansum(wrong):
        yield (
            f"{int(np.nansum(wrong))} of {len(wrong)} rows do not give the right answer to '{check.code}', which is "
            f"{check.answer}."
        )


def _of_demographic(question: Demographic, cells: list[str]) -> Iterator[str]:
    """Yield answers that are no category, or lie out of bounds."""
    gaps = {token(code) for code in question.missing}
    tokens = [token(cell) for cell in cells]
    if question.kind == "one":
        known = dict(question.meanings)
        odd = Counter(cell for cell, each in zip(cells, tokens, strict=True) if each not in known and each not in gaps)
        if odd:
            told = listing((f"'{cell}' ({count})" for cell, count in odd.most_common()), most=5)
            yield f"'{question.code}' has answers that are none of its categories: {told}."
    elif question.kind == "number":
        out = [each for each in tokens if each not in gaps and not _within(each, question)]
        if out:
            told = listing((f"'{cell}'" for cell in dict.fromkeys(out)), most=5)
            yield f"'{question.code}' has answers that are no numbers within its bounds: {told}."


def _within(cell: str, question: Demographic) -> bool:
    try:
        number = float(cell.replace(",", "."))
    except ValueError:
        return False
    return question.allows(number)
