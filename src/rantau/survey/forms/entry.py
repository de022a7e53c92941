"""A workbook to type paper answers into: codes as columns, what is allowed held against each cell."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from rantau.extras import require
from rantau.survey.form_kind import FormKind, Made
from rantau.survey.form_parts import choices_of
from rantau.survey.instrument import Demographic, Question, Survey

#: So many rows hold what is typed against what is allowed.
_ROWS = 2000


def make(survey: Survey, languages: tuple[str, ...], required: bool) -> Made:
    """Make the workbook: a sheet `answers` with a column per code in the order of the printed questionnaire.

    A second sheet, `codes`, says what each number means; the number of a question is that on paper.

    Parameters
    ----------
    survey
        The instrument.
    languages
        Those in which `codes` shows wordings.
    required
        Nothing is required of who types: what was left out on paper stays empty.
    """
    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = require("xlsxwriter").Workbook(memory, options)
    # A fixed date, so that writing twice gives the same file.
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    answers, codes = book.add_worksheet("answers"), book.add_worksheet("codes")
    for place, question in enumerate(survey.questions):
        answers.write_string(0, place, question.code, bold)
        rule = _rule(question)
        if rule:
            answers.data_validation(1, place, _ROWS, place, rule)
    answers.freeze_panes(1, 0)
    heads = (
        "number",
        "code",
        *(f"wording ({each})" for each in languages),
        *(f"answers ({each})" for each in languages),
    )
    for place, head in enumerate(heads):
        codes.write_string(0, place, head, bold)
        codes.set_column(place, place, 10 if place < 2 else 60)
    for line, question in enumerate(survey.questions, start=1):
        cells = [str(line), question.code, *(question.wording.text(each) for each in languages)]
        cells += [_meaning(question, each) for each in languages]
        for place, cell in enumerate(cells):
            codes.write_string(line, place, cell)
    codes.freeze_panes(1, 0)
    book.close()
    return Made(memory.getvalue(), ("Nothing is required in a workbook for typing.",) if required else ())


def _rule(question: Question) -> dict[str, object]:
    """Return what a cell may hold, as the workbook states it; {} where anything may."""
    told = {"error_title": question.code, "ignore_blank": True}
    if not isinstance(question, Demographic):
        scale = question.scale
        allowed = f"A whole number from {scale.minimum} to {scale.maximum}, or nothing."
        return {"validate": "integer", "criteria": "between", "minimum": scale.minimum, "maximum": scale.maximum,
                "error_message": allowed, **told}  # fmt: skip
    codes = [category.code for category in question.categories]
    # A list of choices may have 255 letters.
    if question.kind == "one" and len(",".join(codes)) <= 255 and not any("," in code for code in codes):
        return {"validate": "list", "source": codes, "error_message": f"One of: {', '.join(codes)}"[:255], **told}
    return {}


def _meaning(question: Question, language: str) -> str:
    """Return what the answers mean."""
    if isinstance(question, Demographic):
        return "; ".join(f"{each.code} = {each.label.text(language)}" for each in question.categories)
    told = [f"{point} = {text}" for point, text in choices_of(question.scale, language) if text != str(point)]
    return "; ".join(told) or f"{question.scale.minimum} to {question.scale.maximum}"


ROW = FormKind(
    "entry",
    "Excel and kindred programs: a workbook to type the answers of the printed questionnaire into",
    ".xlsx",
    "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
    make,
)
