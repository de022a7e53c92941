"""XLSForm: a workbook that KoBoToolbox, ODK and kindred tools turn into a form for telephones and browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from rantau.errors import SurveyError, listing
from rantau.extras import require
from rantau.survey.form_kind import FormKind, Made
from rantau.survey.form_parts import MOST_CHOICES, Part, choices_of, language_name, parts_of
from rantau.survey.form_words import lacking, words
from rantau.survey.instrument import Demographic, Question, Scale, Survey, Wording

#: A name is an XML name in the finished form.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
#: What the form has of its own.
_TAKEN = re.compile(r"start|end|introduction|meta|instanceID|part[0-9]+")

#: One row of a sheet, by column.
_Row = dict[str, str]


def make(survey: Survey, languages: tuple[str, ...], required: bool) -> Made:
    """Make the workbook: sheets `survey`, `choices` and `settings`, a column of labels for each language.

    The values stored are the points of the scale and the codes of categories; the names are the instrument's codes.

    Parameters
    ----------
    survey
        The instrument.
    languages
        Those to include; the first is shown first.
    required
        Whether rated questions must be answered.

    Raises
    ------
    SurveyError
        If a code cannot be a name in the form.
    """
    _check_names(survey)
    writer = _Writer(languages, required)
    settings = {
        "form_title": survey.title.text(languages[0]),
        "form_id": _form_id(survey),
        "default_language": writer.column(languages[0]),
    }
    rows = list(writer.rows(survey))
    return Made(_workbook({"survey": rows, "choices": list(writer.choices(survey)), "settings": [settings]}),
                lacking(languages))  # fmt: skip


def _check_names(survey: Survey) -> None:
    """Refuse what the tools would refuse, with the instrument's own words."""
    bad = [question.code for question in survey.questions if not _NAME.fullmatch(question.code)]
    if bad:
        raise SurveyError(
            f"{survey.file}: in an XLSForm a code begins with a letter or '_': {listing(bad)}. Change these codes in "
            "the instrument."
        )
    taken = [question.code for question in survey.questions if _TAKEN.fullmatch(question.code)]
    if taken:
        raise SurveyError(
            f"{survey.file}: the form has fields of its own that are called {listing(taken)}. Change these codes in "
            "the instrument."
        )
    for question in survey.questions:
        if isinstance(question, Demographic):
            spaced = [each.code for each in question.categories if len(each.code.split()) != 1]
            if question.kind == "several" and spaced:
                raise SurveyError(
                    f"{survey.file}: demographic '{question.code}': in an XLSForm the categories of a question with "
                    f"several answers have codes without spaces: {listing(map(repr, spaced))}. Change these codes."
                )


class _Writer:
    """Turns records into rows of the sheets, in the languages wanted."""

    def __init__(self, languages: tuple[str, ...], required: bool) -> None:
        self.languages = languages
        self.required = required

    def column(self, language: str) -> str:
        """Return a language as the format names it."""
        return f"{language_name(language)} ({language})"

    def text(self, wording: Wording, column: str = "label") -> _Row:
        return {f"{column}::{self.column(each)}": wording.text(each) for each in self.languages}

    def say(self, key: str, column: str = "label", **values: object) -> _Row:
        return {f"{column}::{self.column(each)}": words(key, each, **values) for each in self.languages}

    def rows(self, survey: Survey) -> Iterator[_Row]:
        """Yield the rows of the sheet `survey`: times for the speed of answering, then the parts."""
        yield {"type": "start", "name": "start"}
        yield {"type": "end", "name": "end"}
        if survey.introduction is not None:
            yield {"type": "note", "name": "introduction", **self.text(survey.introduction)}
        for number, part in enumerate(parts_of(survey), start=1):
            yield {"type": "begin_group", "name": f"part{number}", "appearance": "field-list",
                   **self.heading(number, part)}  # fmt: skip
            for question in part.questions:
                yield {"name": question.code, **self.text(question.wording), **self.question(question)}
            yield {"type": "end_group"}

    def heading(self, number: int, part: Part) -> _Row:
        if part.scale is None:
            return self.say("respondent")
        if part.instruction is not None:
            return self.text(part.instruction)
        named = (f"{words('part', each)} {number}. {words('mark', each)}" for each in self.languages)
        return {f"label::{self.column(each)}": text for each, text in zip(self.languages, named, strict=True)}

    def question(self, question: Question) -> _Row:
        """Return what else the row of a question says."""
        if isinstance(question, Demographic):
            return self.demographic(question)
        scale = question.scale
        must = {"required": "yes"} if self.required else {}
        if scale.points > MOST_CHOICES:
            hint = self.say("number", "hint", minimum=scale.minimum, maximum=scale.maximum)
            return {"type": "integer", "constraint": f". >= {scale.minimum} and . <= {scale.maximum}", **hint, **must}
        appearance = {"appearance": "likert"} if len(scale.label_set(self.languages[0])) == scale.points else {}
        return {"type": f"select_one {_list_of(scale)}", **appearance, **must}

    def demographic(self, question: Demographic) -> _Row:
        if question.kind in ("one", "several"):
            kind = "select_one" if question.kind == "one" else "select_multiple"
            return {"type": f"{kind} {_safe(question.code)}_answers"}
        if question.kind == "text":
            return {"type": "text"}
        bounds = [
            f". {sign} {bound:g}"
            for sign, bound in ((">=", question.minimum), ("<=", question.maximum))
            if bound is not None
        ]
        return {"type": "decimal", **({"constraint": " and ".join(bounds)} if bounds else {})}

    def choices(self, survey: Survey) -> Iterator[_Row]:
        """Yield the rows of the sheet `choices`: each scale in use once, then each demographic's categories."""
        used = {part.scale for part in parts_of(survey)}
        for scale in survey.scales:
            if scale not in used or scale.points > MOST_CHOICES:
                continue
            texts = {language: dict(choices_of(scale, language)) for language in self.languages}
            for point in range(scale.minimum, scale.maximum + 1):
                labels = {f"label::{self.column(language)}": texts[language][point] for language in self.languages}
                yield {"list_name": _list_of(scale), "name": str(point), **labels}
        for question in survey.demographics:
            for category in question.categories:
                yield {"list_name": f"{_safe(question.code)}_answers", "name": category.code,
                       **self.text(category.label)}  # fmt: skip


def _list_of(scale: Scale) -> str:
    return f"scale_{_safe(scale.name)}"


def _safe(name: str) -> str:
    """Return a name that may stand in a type: no spaces, no signs."""
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _form_id(survey: Survey) -> str:
    """Return an identifier for the form: the title in small letters."""
    plain = re.sub(r"[^a-z0-9]+", "_", survey.title.text("en").lower()).strip("_")
    return f"form_{plain}"[:60].rstrip("_")


def _workbook(sheets: dict[str, list[_Row]]) -> bytes:
    """Write the sheets, every cell as text: a wording that begins with '=' must not become a formula."""
    memory = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book: Any = require("xlsxwriter").Workbook(memory, options)
    # A fixed date, so that writing twice gives the same file.
    book.set_properties({"created": datetime(2000, 1, 1)})
    bold = book.add_format({"bold": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
            sheet.set_column(place, place, 60 if "::" in column else 18)
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                if row.get(column):
                    sheet.write_string(line, place, row[column])
        sheet.freeze_panes(1, 0)
    book.close()
    return memory.getvalue()


ROW = FormKind(
    "xlsform",
    "KoBoToolbox, ODK and kindred tools: upload the workbook",
    ".xlsx",
    "https://xlsform.org/en/",
    make,
)
