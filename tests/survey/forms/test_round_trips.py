"""The answers that a form exports read back with no hand work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from rantau.survey import Survey, read_responses
from rantau.survey.form import form
from rantau.survey.instrument import AttentionCheck

from . import exports
from .exports import Answered

EXPORTS: dict[str, tuple[str, Callable[[Survey, Sequence[Answered]], bytes]]] = {
    "kobo, values": (".csv", exports.kobo),
    "kobo, values without groups": (".csv", lambda survey, rows: exports.kobo(survey, rows, groups=False)),
    "kobo, labels en": (".csv", lambda survey, rows: exports.kobo(survey, rows, language="en", groups=False)),
    "kobo, labels id": (".csv", lambda survey, rows: exports.kobo(survey, rows, language="id", groups=False)),
    "kobo, labels en in groups": (".csv", lambda survey, rows: exports.kobo(survey, rows, language="en")),
    "odk": (".csv", exports.odk),
    "surveyjs": (".json", lambda _, rows: exports.surveyjs(rows)),
    **{
        f"limesurvey, {headings} and {answers} {language}": (
            ".csv",
            lambda survey, rows, h=headings, a=answers, which=language: exports.limesurvey(
                survey, rows, headings=h, answers=a, language=which
            ),
        )
        for headings in ("codes", "questions")
        for answers in ("codes", "full")
        for language in ("en", "id")
    },
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_reads_back(name, survey, answered, keyed, tmp_path):
    suffix, export = EXPORTS[name]
    path = tmp_path / f"export{suffix}"
    path.write_bytes(export(survey, answered))
    found = read_responses(path, survey)
    np.testing.assert_array_equal(np.column_stack([found.column(code) for code in survey.codes]), keyed)
    assert found.n_obs == len(answered)
    for question in (*survey.attention_checks, *survey.demographics):
        cells = list(found.extras.T[found.extras_names.index(question.code)])
        if "codes" in name.partition(" and ")[2] or name in ("kobo, values", "odk", "surveyjs"):
            assert cells == [exports.coded(row[question.code]) for row in answered]
        elif isinstance(question, AttentionCheck):
            meanings = {**{str(point): point for point in range(1, 6)}, **dict(question.scale.meanings)}
            assert [meanings.get(cell.lower()) for cell in cells] == [row[question.code] for row in answered]


def test_what_is_typed_into_the_entry_workbook_reads_back(survey, answered, keyed, tmp_path: Path):
    book = load_workbook(BytesIO(form(survey, "entry").content))
    header = [cell.value for cell in book["answers"][1]]
    assert header == [question.code for question in survey.questions]
    for row in answered:
        book["answers"].append([" ".join(row[code]) if isinstance(row[code], list) else row[code] for code in header])
    book.save(tmp_path / "typed.xlsx")
    found = read_responses(tmp_path / "typed.xlsx", survey)
    np.testing.assert_array_equal(np.column_stack([found.column(code) for code in survey.codes]), keyed)
