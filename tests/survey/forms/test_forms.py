"""Each form: what its tool will find in it."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO

import pytest
from docx import Document
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from rantau.errors import OptionError, SurveyError
from rantau.survey import read_survey
from rantau.survey.form import KINDS, form
from rantau.survey.form_parts import parts_of

from .conftest import FILES

TRUST = FILES["trust"].read_text("utf-8")


def xform(content: bytes) -> str:
    """Return the form that the tools make of a workbook; pyxform raises where it is not valid."""
    return str(convert(xlsform=content, validate=False, file_type=".xlsx").xform)


def sheet(content: bytes, name: str) -> list[dict[str, object]]:
    rows = list(load_workbook(BytesIO(content))[name].values)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def texts(content: bytes) -> list[str]:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_in_every_language_is_in_the_form_and_writing_twice_gives_the_same(kind, survey):
    made = form(survey, kind)
    assert made.content == form(survey, kind).content
    if made.suffix == ".docx":
        held = "\n".join(texts(made.content))
    elif made.suffix == ".xlsx":
        held = "\n".join(
            str(cell) for part in load_workbook(BytesIO(made.content)) for row in part.values for cell in row
        )
    elif made.suffix == ".json":
        held = made.content.decode("utf-8").replace('\\"', '"')
    else:
        held = made.content.decode("utf-8-sig")
        held = held.replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&").replace("&#123;", "{")
        held = held.replace("&#125;", "}")
    for question in survey.questions:
        for language in survey.languages:
            assert question.wording.text(language) in held


@pytest.mark.parametrize("kind", KINDS)
def test_one_language_leaves_the_others_out(kind, trust):
    made = form(trust, kind, languages="id")
    every = form(trust, kind)
    assert len(made.content) < len(every.content)


def test_a_form_prints_in_a_line_what_it_is(trust):
    made = form(trust, "xlsform")
    assert str(made) == repr(made)
    assert re.fullmatch(r"Form of the kind 'xlsform', \d+ bytes: write it to a \.xlsx file", str(made).splitlines()[0])


def test_kinds_languages_and_instruments_are_checked(trust):
    with pytest.raises(OptionError, match=r"unknown kind 'xlsfrom'\. Did you mean 'xlsform'"):
        form(trust, "xlsfrom")
    with pytest.raises(OptionError, match=r"unknown languages 'fr'\. Allowed: en, id"):
        form(trust, "word", languages=["fr"])
    with pytest.raises(OptionError, match="required= is True or False, got 'no'"):
        form(trust, "word", required="no")
    with pytest.raises(SurveyError, match=r"rt\.form\(\) needs an instrument, got str"):
        form("surveys/mobile/instrument.toml")


def test_a_form_is_written_where_it_belongs(trust, tmp_path):
    made = form(trust, "surveyjs")
    assert made.write(tmp_path / "new" / "trust.json").read_bytes() == made.content
    with pytest.raises(SurveyError, match=r"a form of the kind 'surveyjs' is a file that ends in \.json"):
        made.write(tmp_path / "trust.xlsx")


def test_a_language_without_phrases_of_ours_is_told_of(write):
    text = TRUST.replace('"en", "id"', '"en", "jv"')
    text = re.sub(r"\bid = ", "jv = ", text).replace("labels.id", "labels.jv")
    for kind in ("xlsform", "surveyjs", "limesurvey", "word"):
        assert any(
            "are in English in the language 'jv'" in remark for remark in form(read_survey(write(text)), kind).remarks
        )


# --- parts ------------------------------------------------------------------------------------------------------------


def test_parts_change_with_scale_construct_and_questions_on_the_respondent(trust):
    parts = [[question.code for question in part.questions] for part in parts_of(trust)]
    assert parts == [["C_1", "C_2", "CHECK1", "C_3"], ["G_1", "G_2"], ["G_3"], ["sex", "markets", "age", "firm"]]


def test_items_in_a_mixed_order_share_a_part(write):
    order = 'order = ["sex", "C_1", "M_1", "C_2", "M_2", "CHECK1", "C_3", "Goodwill", "markets", "age", "firm"]\n'
    other = """
[[constructs]]
code = "More"
name = { en = "More", id = "Lagi" }
scale = "agree5"
instruction.en = "How far do you agree? Mark one answer in each row."
instruction.id = "Seberapa jauh Anda setuju? Tandai satu jawaban di setiap baris."
items = [
  { code = "M_1", wording = { en = "One", id = "Satu" } },
  { code = "M_2", wording = { en = "Two", id = "Dua" } },
]
"""
    text = TRUST.replace("\n[scales", f"{order}\n[scales", 1).replace('after = "C_2"\n', "") + other
    survey = read_survey(write(text))
    parts = [[question.code for question in part.questions] for part in parts_of(survey)]
    assert parts[:3] == [["sex"], ["C_1", "M_1", "C_2", "M_2", "CHECK1", "C_3"], ["G_1", "G_2"]]


# --- XLSForm ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("required", [False, True])
def test_pyxform_takes_the_workbook(survey, required):
    finished = xform(form(survey, "xlsform", required=required).content)
    for question in survey.questions:
        assert re.search(rf"/{question.code}\b", finished)
    assert ("required=" in finished) == required
    for language in survey.languages:
        assert f"({language})" in finished


def test_the_sheets_of_an_xlsform(trust):
    content = form(trust, "xlsform").content
    rows = {row["name"]: row for row in sheet(content, "survey")}
    assert rows["C_1"]["type"] == "select_one scale_agree5"
    assert rows["C_1"]["appearance"] == "likert"
    assert rows["C_1"]["label::Bahasa Indonesia (id)"] == "Mitra kami menguasai bidangnya."
    assert (rows["G_3"]["type"], rows["G_3"]["constraint"]) == ("integer", ". >= 0 and . <= 100")
    assert rows["markets"]["type"] == "select_multiple markets_answers"
    assert rows["age"]["constraint"] == ". >= 17 and . <= 99"
    choices = [row for row in sheet(content, "choices") if row["list_name"] == "scale_Goodwill"]
    assert [row["name"] for row in choices] == [str(point) for point in range(11)]
    assert [row["label::English (en)"] for row in choices[:2]] == ["Not at all", "1"]


@pytest.mark.parametrize("kind", ["xlsform", "entry"])
def test_a_wording_that_begins_like_a_formula_stays_text(kind, trust):
    book = load_workbook(BytesIO(form(trust, kind).content))
    cells = [cell for part in book for row in part.iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "C_1"', 'code = ".C1"', r"in an XLSForm a code begins with a letter or '_': \.C1"),
        ('code = "C_1"', 'code = "start"', "the form has fields of its own that are called start"),
        ('code = "asia"', 'code = "south asia"', "have codes without spaces: 'south asia'"),
    ],
)
def test_what_an_xlsform_cannot_hold_is_refused(write, old, new, told):
    with pytest.raises(SurveyError, match=told):
        form(read_survey(write(TRUST.replace(old, new))), "xlsform")


# --- SurveyJS ---------------------------------------------------------------------------------------------------------


def test_the_json_of_surveyjs(trust):
    made = json.loads(form(trust, "surveyjs", required=True).content)
    assert made["title"] == {
        "default": "Trust in partners",
        "en": "Trust in partners",
        "id": "Kepercayaan kepada mitra",
    }
    questions = {each["name"]: each for page in made["pages"] for each in page["elements"]}
    assert list(questions) == [question.code for question in trust.questions]
    assert questions["C_1"]["type"] == "radiogroup"
    assert questions["C_1"]["isRequired"] is True
    assert [choice["value"] for choice in questions["C_1"]["choices"]] == [1, 2, 3, 4, 5]
    assert (questions["G_1"]["type"], questions["G_1"]["rateMin"], questions["G_1"]["rateMax"]) == ("rating", 0, 10)
    assert questions["G_1"]["maxRateDescription"]["id"] == "Sepenuhnya"
    assert (questions["G_3"]["type"], questions["G_3"]["max"]) == ("text", 100)
    assert questions["markets"]["type"] == "checkbox"
    assert "isRequired" not in questions["sex"]


# --- LimeSurvey -------------------------------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter="\t"))


def test_the_structure_for_limesurvey_has_the_same_rows_in_each_language(survey):
    content = form(survey, "limesurvey").content
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content)
    settings = {row["name"]: row["text"] for row in rows if row["class"] == "S"}
    assert (settings["language"], settings["additional_languages"]) == ("en", "id")
    asked = [row for row in rows if row["class"] in ("G", "Q", "SQ", "A")]
    shapes = [
        [
            (row["class"], row["type/scale"], row["class"] != "G" and row["name"])
            for row in asked
            if row["language"] == each
        ]
        for each in survey.languages
    ]
    assert shapes[0] == shapes[1]
    names = [row["name"] for row in asked if row["class"] in ("Q", "SQ") and row["language"] == "en"]
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9]{0,19}", name) for name in names)
    assert all(re.fullmatch("[A-Za-z0-9]{1,5}", row["name"]) for row in asked if row["class"] == "A")


def test_texts_for_limesurvey_are_html_without_expressions(trust):
    rows = {row["name"]: row for row in rows_of(form(trust, "limesurvey").content) if row["language"] == "en"}
    assert rows["C3"]["text"] == "= Our partners keep up to date &#123;always&#125;."
    assert rows["G2"]["text"] == "Our partners would &quot;never&quot; harm us &amp; ours."
    assert (rows["G3"]["type/scale"], rows["G3"]["max_num_value_n"]) == ("N", "100")
    assert (rows["sex"]["type/scale"], rows["markets"]["type/scale"], rows["firm"]["type/scale"]) == ("L", "M", "S")


def test_codes_that_limesurvey_changes_are_told_of(trust, write):
    remarks = form(trust, "limesurvey").remarks
    assert remarks == ("LimeSurvey has only letters and digits in codes: C_1 -> C1, C_2 -> C2, C_3 -> C3, G_1 -> G1, "
                       "G_2 -> G2, G_3 -> G3.",)  # fmt: skip
    survey = read_survey(write(TRUST.replace('code = "m"', 'code = "male-person"')))
    assert any(
        "the categories of 'sex' have the codes A1, A2" in remark for remark in form(survey, "limesurvey").remarks
    )
    below = TRUST.replace("scale = { minimum = 0, maximum = 10", "scale = { minimum = -5, maximum = 5")
    made = form(read_survey(write(below)), "limesurvey")
    assert any("the points below 0 of the scale 'Goodwill'" in remark for remark in made.remarks)
    assert "m5" in {row["name"] for row in rows_of(made.content)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "C_2"', 'code = "C1"', "C_1, C1 could not be told apart"),
        ('code = "C_1"', f'code = "{"C" * 21}"', "has at most 20 letters and digits"),
        ('code = "C_1"', 'code = "Part_2"', "the form calls its own questions part1, part2"),
    ],
)
def test_what_limesurvey_cannot_hold_is_refused(write, old, new, told):
    text = TRUST.replace(old, new).replace('after = "C_2"', "")
    with pytest.raises(SurveyError, match=told):
        form(read_survey(write(text)), "limesurvey")


# --- to print and to type ---------------------------------------------------------------------------------------------


def test_the_printed_questionnaire_numbers_questions_and_shows_no_construct(trust):
    made = form(trust, "word", languages="en")
    held = texts(made.content)
    assert "Trust in partners" in held
    assert not {"Competence", "Goodwill", "C_1"} & set(held)
    document = Document(BytesIO(made.content))
    numbers = [row.cells[0].text for table in document.tables for row in table.rows if row.cells[0].text.isdecimal()]
    assert numbers == ["1", "2", "3", "4", "5", "6", "7"]
    assert held.count("□") == 4 * 5 + 2 * 11
    assert "□  Female" in held
    assert "Please write a number from 0 to 100 for each statement." in held


def test_the_workbook_for_typing_holds_cells_against_the_scale(trust):
    book = load_workbook(BytesIO(form(trust, "entry").content))
    rules = {str(rule.sqref): rule for rule in book["answers"].data_validations.dataValidation}
    assert (rules["A2:A2001"].formula1, rules["A2:A2001"].formula2) == ("1", "5")
    assert [cell.value for cell in book["codes"][2]][:2] == ["1", "C_1"]
    assert "1 = Strongly disagree" in str(book["codes"]["E2"].value)


def test_on_paper_nothing_is_required(trust):
    assert form(trust, "word", required=True).remarks == ("On paper nothing can be required.",)
