"""The screen for respondents whom the survey is not for, and what an instrument may say of them."""

import pytest

import rantau as rt
from rantau.errors import ScreeningError, SurveyError

INSTRUMENT = """title = { en = "Owners", id = "Pemilik" }
languages = ["en", "id"]
[scales.five]
minimum = 1
maximum = 5
[[constructs]]
code = "Skill"
name = { en = "Skill", id = "Kecakapan" }
scale = "five"
items = [
  { code = "s1", wording = { en = "One", id = "Satu" } },
  { code = "s2", wording = { en = "Two", id = "Dua" } },
]
[[demographics]]
code = "owner"
wording = { en = "Do you own a firm?", id = "Apakah Anda pemilik usaha?" }
ELIGIBLE
categories = [
  { code = "yes", label = { en = "Yes", id = "Ya" } },
  { code = "no", label = { en = "No", id = "Tidak" } },
]
"""
ROWS = "s1,s2,owner\n1,2,Ya\n5,4,Tidak\n3,3,yes\n2,4,\n4,5,perhaps\n"


def answers(folder, eligible='eligible = ["yes"]', rows=ROWS):
    (folder / "owners.toml").write_text(INSTRUMENT.replace("ELIGIBLE", eligible), "utf-8")
    (folder / "owners.csv").write_text(rows, "utf-8")
    return rt.read_responses(folder / "owners.csv", rt.read_survey(folder / "owners.toml"))


def test_whoever_answers_otherwise_is_flagged_and_a_gap_is_not(tmp_path):
    found = rt.screen(answers(tmp_path), exclude=("eligibility",))
    assert found.flags[:, found.rules.index("eligibility")].tolist() == [False, True, False, False, True]
    assert found.kept.rows == (2, 4, 5)


def test_without_such_a_question_nothing_is_flagged_and_asking_for_it_says_what_to_write(tmp_path):
    everybody = answers(tmp_path, eligible="")
    assert "eligibility" not in rt.screen(everybody).rules
    with pytest.raises(ScreeningError, match=r"Add `eligible`, such as eligible = \["):
        rt.screen(everybody, rules=("eligibility",))


def test_answers_of_which_none_is_a_category_flag_nobody(tmp_path):
    found = answers(tmp_path, rows="s1,s2,owner\n1,2,Oui\n5,4,Non\n3,3,\n")
    assert "eligibility" not in rt.screen(found).rules
    with pytest.raises(
        ScreeningError, match=r"no answer to 'owner' is one of its categories \(yes, no\), such as 'oui'"
    ):
        rt.screen(found, rules=("eligibility",))


def test_a_question_without_a_column_is_named(tmp_path):
    with pytest.raises(ScreeningError, match="there is no column for 'owner'"):
        rt.screen(answers(tmp_path, rows="s1,s2\n1,2\n5,4\n"), rules=("eligibility",))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('eligible = ["Yes"]', "unknown category 'Yes'. Did you mean 'yes'?"),
        ('eligible = ["yes"]\nkind = "several"', "`eligible` is of a question with one answer"),
    ],
)
def test_an_instrument_names_categories_of_a_question_with_one_answer(tmp_path, written, told):
    with pytest.raises(SurveyError) as caught:
        answers(tmp_path, eligible=written)
    assert told in str(caught.value)
