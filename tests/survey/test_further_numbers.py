"""Columns beside the items as numbers: control variables that a model takes from an instrument's own questions."""

from __future__ import annotations

import numpy as np
import pytest

import rantau as rt
from rantau.errors import ResponseError
from rantau.model.against_survey import check_survey, model_remarks
from rantau.survey.further import declared_bounds, further_numbers

INSTRUMENT = """title = { en = "Firms" }
languages = ["en"]
missing = ["", "-99"]
[scales.five]
minimum = 1
maximum = 5
[[constructs]]
code = "Skill"
name = { en = "Skill" }
scale = "five"
items = [{ code = "s1", wording = { en = "One" } }, { code = "s2", wording = { en = "Two" } }]
[[demographics]]
code = "age"
wording = { en = "Age of the firm (years)" }
kind = "number"
minimum = 0
maximum = 150
[[demographics]]
code = "export"
wording = { en = "Does the firm export?" }
categories = [{ code = "1", label = { en = "Yes" } }, { code = "0", label = { en = "No" } }]
[[demographics]]
code = "branch"
wording = { en = "Branch" }
categories = [{ code = "food", label = { en = "Food" } }, { code = "craft", label = { en = "Craft" } }]
"""
ROWS = [
    "s1,s2,age,export,branch,staff",
    "1,2,12,Yes,Food,4",
    '5,4,"7,5",No,Craft,11',
    "3,3,-99,,Food,",
    "2,4,3,0,Food,2",
    "4,5,40,1,Craft,7.5",
]


@pytest.fixture
def answered(tmp_path):
    def read(rows=ROWS):
        (tmp_path / "firms.toml").write_text(INSTRUMENT, "utf-8")
        (tmp_path / "firms.csv").write_text("\n".join(rows) + "\n", "utf-8")
        return rt.read_responses(tmp_path / "firms.csv", rt.read_survey(tmp_path / "firms.toml"))

    return read


def told(answers, name):
    with pytest.raises(ResponseError) as caught:
        further_numbers(answers, name)
    return str(caught.value)


def test_numbers_categories_by_their_codes_and_columns_of_no_question(answered):
    answers = answered()
    np.testing.assert_array_equal(further_numbers(answers, "age"), [12, 7.5, np.nan, 3, 40])
    np.testing.assert_array_equal(further_numbers(answers, "export"), [1, 0, np.nan, 0, 1])
    np.testing.assert_array_equal(further_numbers(answers, "staff"), [4, 11, np.nan, 2, 7.5])


def test_categories_of_words_are_refused_with_what_to_write(answered):
    text = told(answered(), "branch")
    assert "'branch' has categories that are no numbers (food, craft)" in text
    assert '{ code = "1", label = { en = "food" } }' in text


@pytest.mark.parametrize(
    ("row", "name", "text"),
    [
        ("4,5,forty,1,Craft,7", "age", "line 6: column 'age': a model needs a number here, got 'forty'"),
        ("4,5,900,1,Craft,7", "age", "line 6: column 'age': a model needs a number from 0 to 150 here, got '900'"),
        ("4,5,40,maybe,Craft,7", "export", "line 6: column 'export': a model needs one of its categories here"),
        ("4,5,40,1,Craft,-99", "staff", "line 6: column 'staff' holds '-99', which means no answer in the items"),
        ("4,5,40,1,Craft,few", "staff", "line 6: column 'staff': a model needs a number here, got 'few'"),
    ],
)
def test_what_is_no_number_is_refused_with_its_line(answered, row, name, text):
    assert text in told(answered([*ROWS[:-1], row]), name)


def test_a_mark_that_may_divide_thousands_is_refused(answered):
    rows = [
        row.rsplit(",", 1)[0] + f",{staff}"
        for row, staff in zip(ROWS[1:], ("1.500", "900", "", "2.250", "40"), strict=True)
    ]
    text = told(answered([ROWS[0], *rows]), "staff")
    assert "line 2: column 'staff': '1.500' may be 1500 or 1.500. Write thousands without a mark." in text


def test_numbers_of_a_workbook_have_no_mark_to_be_read(answered):
    answers = answered()
    extras = np.array(answers.extras)
    extras[:, answers.extras_names.index("staff")] = [2.125, 4.5, None, 7.0, float("nan")]
    extras[:, answers.extras_names.index("age")] = [2.125, None, 3, 4.0, 1.5]
    numbers = answers.replace(extras=extras)
    np.testing.assert_array_equal(further_numbers(numbers, "staff"), [2.125, 4.5, np.nan, 7, np.nan])
    np.testing.assert_array_equal(further_numbers(numbers, "age"), [2.125, np.nan, 3, 4, 1.5])


def test_an_engine_takes_them_as_control_variables(answered):
    draw = np.random.default_rng(3)
    z, age = draw.normal(size=80), draw.integers(1, 60, 80)
    items = np.clip(np.round(3 + z[:, None] + 0.02 * age[:, None] + draw.normal(0, 0.6, (80, 2))), 1, 5).astype(int)
    rows = [ROWS[0], *(f"{a},{b},{years},Yes,Food,3" for (a, b), years in zip(items, age, strict=True))]
    answers = answered(rows)
    model = "Skill =~ s1 + s2\nSkill ~ age"
    frame = answers.frame().assign(age=age)
    of_answers, of_frame = (rt.pls(model, data).paths().set_index("rhs").loc["age", "est"] for data in (answers, frame))
    assert of_answers == of_frame != 0


def test_a_check_says_what_the_engines_would(answered):
    answers = answered()
    asked = answers.survey
    assert check_survey(asked, model=rt.parse_model("Skill =~ s1 + s2\nSkill ~ age"), data=answers).faults == ()
    (fault,) = check_survey(asked, model=rt.parse_model("Skill =~ s1 + s2\nSkill ~ branch"), data=answers).faults
    assert "a model takes numbers" in fault


def test_more_than_two_categories_are_said_to_be_taken_for_amounts(answered):
    asked = answered().survey
    size = asked.demographics[1].replace(
        code="size",
        categories=(*asked.demographics[1].categories, asked.demographics[1].categories[0].replace(code="2")),
    )
    wider = asked.replace(demographics=(*asked.demographics, size))
    remarks = [model_remarks(rt.parse_model(f"Skill =~ s1 + s2\nSkill ~ {name}"), wider) for name in ("size", "export")]
    assert "the codes of the 3 categories of 'size' are taken for amounts" in " ".join(remarks[0])
    assert "amounts" not in " ".join(remarks[1])


def test_ends_that_an_instrument_declares(answered):
    asked = answered().survey
    ends = [declared_bounds(asked, name) for name in ("s1", "age", "export", "branch", "staff")]
    assert ends == [(1.0, 5.0), (0.0, 150.0), (0.0, 1.0), None, None]


def test_imputations_fill_them_too(answered):
    draw = np.random.default_rng(4)
    rows = [
        ROWS[0],
        *(f"{draw.integers(1, 6)},{draw.integers(1, 6)},{draw.integers(1, 60)},No,Food,1" for _ in range(40)),
    ]
    rows[5] = "3,4,,No,Food,1"
    answers = answered(rows)
    imputed = rt.impute(answers, items=("s1", "s2", "age"), m=2, seed=1)
    filled = further_numbers(imputed.completed(0), "age")
    assert np.isfinite(filled).all()
    assert filled[4] == imputed.values(0)[4, 2]
