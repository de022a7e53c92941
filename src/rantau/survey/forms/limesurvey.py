"""LimeSurvey: the structure of a survey as tab-separated values, which its import takes."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from rantau.errors import SurveyError, listing
from rantau.survey.form_kind import FormKind, Made
from rantau.survey.form_parts import MOST_CHOICES, Part, choices_of, parts_of
from rantau.survey.form_words import lacking, words
from rantau.survey.instrument import Demographic, Survey

#: The columns that are used, in the order of LimeSurvey's own export.
_COLUMNS = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other",
    "default", "same_default", "min_num_value_n", "max_num_value_n", "num_value_int_only",
)  # fmt: skip
_LONGEST_CODE = 20
#: Of the code of an answer; the answers of a question with several are questions of their own there.
_LONGEST_ANSWER = {"one": 5, "several": 20}

_Row = dict[str, str]


def make(survey: Survey, languages: tuple[str, ...], required: bool) -> Made:
    """Make the file: the whole structure in the first language, then again in each other.

    Items of one part are the rows of an array, whose columns are named `part1[DE1]` in the answers. Codes consist of
    letters and digits there: other signs are left out, as LimeSurvey itself would do, and a remark says so.

    Parameters
    ----------
    survey
        The instrument.
    languages
        Those to include; the first is the base language.
    required
        Whether rated questions must be answered.

    Raises
    ------
    SurveyError
        If codes cannot be told apart any more, or are too long.
    """
    names, remarks = _names(survey)
    rows = list(_survey_rows(survey, languages))
    for language in languages:
        for number, part in enumerate(parts_of(survey), start=1):
            rows += _part_rows(part, number, language, names, "Y" if required else "N")
    memory = StringIO()
    writer = csv.DictWriter(memory, _COLUMNS, restval="", delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    # LimeSurvey's own files begin with a byte order mark, by which spreadsheets know that they are UTF-8.
    return Made(memory.getvalue().encode("utf-8-sig"), (*remarks, *lacking(languages)))


def _names(survey: Survey) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return each code as LimeSurvey can have it, and remarks on those that change."""
    codes = [question.code for question in survey.questions]
    names = {code: re.sub(r"[^A-Za-z0-9]", "", code) for code in codes}
    # The arrays of the form are called so.
    taken = [code for code, name in names.items() if re.fullmatch(r"part[0-9]+", name, re.IGNORECASE)]
    if taken:
        raise SurveyError(
            f"{survey.file}: the form calls its own questions part1, part2, ...; change the code {taken[0]} in the "
            "instrument."
        )
    unfit = [code for code, name in names.items() if not re.match(r"[A-Za-z]", name) or len(name) > _LONGEST_CODE]
    if unfit:
        raise SurveyError(
            f"{survey.file}: in LimeSurvey a code begins with a letter and has at most {_LONGEST_CODE} letters and "
            f"digits: {listing(unfit)}. Change these codes in the instrument."
        )
    # Its database may not tell small letters from capital ones.
    counts = Counter(name.lower() for name in names.values())
    alike = [code for code, name in names.items() if counts[name.lower()] > 1]
    if alike:
        raise SurveyError(
            f"{survey.file}: in LimeSurvey codes have letters and digits alone, and {listing(alike)} could not be told "
            "apart. Change these codes in the instrument."
        )
    changed = [f"{code} -> {name}" for code, name in names.items() if code != name]
    remarks = [f"LimeSurvey has only letters and digits in codes: {listing(changed)}."] if changed else []
    for scale in {item.scale for item in survey.items if item.scale.minimum < 0 and item.scale.points <= MOST_CHOICES}:
        remarks.append(
            f"LimeSurvey has no signs in answer codes: the points below 0 of the scale '{scale.name}' have the codes "
            "'m1', 'm2', ... Export full answers, not answer codes."
        )
    for question in survey.demographics:
        codes = _answer_codes(question)
        if codes != [category.code for category in question.categories]:
            remarks.append(
                f"LimeSurvey has at most {_LONGEST_ANSWER[question.kind]} letters and digits in answer codes: "
                f"the categories of '{question.code}' have the codes {listing(codes)}. Export full answers, "
                "not answer codes."
            )
    return names, tuple(remarks)


def _survey_rows(survey: Survey, languages: tuple[str, ...]) -> Iterator[_Row]:
    """Yield what holds for the whole survey, then its texts in each language."""
    yield {"class": "S", "name": "language", "text": languages[0]}
    yield {"class": "S", "name": "additional_languages", "text": " ".join(languages[1:])}
    # One group on a page, with times for the speed of answering.
    for name, text in (("format", "G"), ("datestamp", "Y"), ("savetimings", "Y"), ("anonymized", "N")):
        yield {"class": "S", "name": name, "text": text}
    for language in languages:
        texts = {
            "surveyls_title": _text(survey.title.text(language)),
            "surveyls_welcometext": _text(survey.introduction.text(language)) if survey.introduction else "",
            "surveyls_endtext": _text(words("thanks", language)),
        }
        for name, text in texts.items():
            yield {"class": "SL", "name": name, "text": text, "language": language}


def _part_rows(part: Part, number: int, language: str, names: dict[str, str], mandatory: str) -> Iterator[_Row]:
    """Yield one part in one language: a group, its questions, their rows and answers."""

    def row(**cells: str) -> _Row:
        return {"language": language, "relevance": "1", **cells}

    title = words("respondent", language) if part.scale is None else f"{words('part', language)} {number}"
    yield row(**{"class": "G", "type/scale": str(number), "name": title})
    if part.scale is None:
        for question in part.questions:
            if isinstance(question, Demographic):
                yield from _demographic_rows(question, language, names)
        return
    if part.scale.points > MOST_CHOICES:
        bounds = {"min_num_value_n": str(part.scale.minimum), "max_num_value_n": str(part.scale.maximum)}
        for question in part.questions:
            yield row(**{"class": "Q", "type/scale": "N", "name": names[question.code], "mandatory": mandatory,
                         "text": _text(question.wording.text(language)), "other": "N",
                         "num_value_int_only": "1", **bounds})  # fmt: skip
        return
    told = part.instruction.text(language) if part.instruction else words("mark", language)
    yield row(**{"class": "Q", "type/scale": "F", "name": f"part{number}", "text": _text(told), "mandatory": mandatory,
                 "other": "N"})  # fmt: skip
    for question in part.questions:
        yield row(**{"class": "SQ", "type/scale": "0", "name": names[question.code],
                     "text": _text(question.wording.text(language))})  # fmt: skip
    for point, text in choices_of(part.scale, language):
        yield row(**{"class": "A", "type/scale": "0", "name": _point(point), "text": _text(text), "relevance": ""})


def _demographic_rows(question: Demographic, language: str, names: dict[str, str]) -> Iterator[_Row]:
    kind = {"one": "L", "several": "M", "number": "N", "text": "S"}[question.kind]
    first = {"class": "Q", "type/scale": kind, "name": names[question.code], "relevance": "1", "mandatory": "N",
             "text": _text(question.wording.text(language)), "other": "N", "language": language}  # fmt: skip
    if question.minimum is not None:
        first["min_num_value_n"] = f"{question.minimum:g}"
    if question.maximum is not None:
        first["max_num_value_n"] = f"{question.maximum:g}"
    yield first
    one = question.kind == "one"
    for code, category in zip(_answer_codes(question), question.categories, strict=True):
        yield {"class": "A" if one else "SQ", "type/scale": "0", "name": code, "language": language,
               "text": _text(category.label.text(language)), "relevance": "" if one else "1"}  # fmt: skip


def _point(point: int) -> str:
    return str(point) if point >= 0 else f"m{-point}"


def _answer_codes(question: Demographic) -> list[str]:
    """Return the codes of categories where LimeSurvey can have them, else their numbers."""
    codes = [each.code for each in question.categories]
    longest = _LONGEST_ANSWER.get(question.kind, 0)
    fit = all(re.fullmatch(rf"[A-Za-z0-9]{{1,{longest}}}", code) for code in codes)
    return codes if fit else [f"A{number}" for number, _ in enumerate(codes, start=1)]


def _text(text: str) -> str:
    """Return a text as HTML, which all texts are there; braces would be read as an expression."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")


ROW = FormKind(
    "limesurvey",
    "LimeSurvey: 'Create survey' > 'Import', and choose this file",
    ".txt",
    "https://www.limesurvey.org/manual/Tab_Separated_Value_survey_structure",
    make,
)
