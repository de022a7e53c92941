"""What an instrument may hold beside constructs of items on named scales."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rantau.errors import SurveyError
from rantau.survey import read_survey
from rantau.survey.instrument import AttentionCheck, Demographic

TRUST = (Path(__file__).parent / "forms" / "trust.toml").read_text("utf-8")


@pytest.fixture
def trust(write):
    return read_survey(write(TRUST, "instrument.toml"))


def test_a_construct_of_constructs(trust):
    whole = trust.construct("Trust")
    assert (whole.items, whole.parts) == ((), ("Competence", "Goodwill"))
    assert [item.code for item in trust.items_of("Trust")] == ["C_1", "C_2", "C_3", "G_1", "G_2", "G_3"]
    assert [construct.code for construct in trust.measured] == ["Competence", "Goodwill"]
    with pytest.raises(SurveyError, match=r"unknown construct 'Trus'\. Did you mean 'Trust'"):
        trust.items_of("Trus")


def test_a_scale_of_ones_own_belongs_to_a_block_or_an_item(trust):
    assert [scale.name for scale in trust.scales] == ["agree5", "Goodwill", "G_3"]
    assert (trust.item("G_1").scale.minimum, trust.item("G_1").scale.maximum) == (0, 10)
    assert trust.item("G_1").scale.label_set("id") == ("Sama sekali tidak", "Sepenuhnya")
    assert trust.item("G_3").scale.maximum == 100


def test_attention_checks_and_demographics(trust):
    check = trust.attention_checks[0]
    assert isinstance(check, AttentionCheck)
    assert (check.code, check.answer, check.scale.name, check.missing) == ("CHECK1", 4, "agree5", ("", "NA", "-99"))
    kinds = {question.code: question.kind for question in trust.demographics}
    assert kinds == {"sex": "one", "markets": "several", "age": "number", "firm": "text"}
    sex = trust.demographics[0]
    assert isinstance(sex, Demographic)
    assert dict(sex.meanings) == {"f": "f", "m": "m", "female": "f", "perempuan": "f", "male": "m", "laki-laki": "m"}


def test_a_question_may_have_a_name_for_reports(trust, write):
    named = TRUST.replace('code = "age"\n', 'code = "age"\nname = { en = "Age", id = "Umur" }\n', 1)
    survey = read_survey(write(named, "instrument.toml"))
    age = next(question for question in survey.demographics if question.code == "age")
    as_asked = next(question for question in trust.demographics if question.code == "age").wording
    assert (age.wording, age.label.text("id")) == (as_asked, "Umur")
    assert dict(survey.names("en"))["age"] == "Age"
    assert dict(trust.names("en"))["age"] == as_asked.text("en")
    half = named.replace(', id = "Umur"', "")
    with pytest.raises(SurveyError, match=r"demographic 'age', name: no text in the declared language 'id'"):
        read_survey(write(half, "half.toml"))


def test_the_order_of_presentation(trust, write):
    codes = ["C_1", "C_2", "CHECK1", "C_3", "G_1", "G_2", "G_3", "sex", "markets", "age", "firm"]
    assert [question.code for question in trust.questions] == codes
    order = '\norder = ["firm", "Goodwill", "CHECK1", "Competence", "sex", "markets", "age"]\n\n[scales.'
    text = TRUST.replace('after = "C_2"\n', "").replace("\n[scales.", order, 1)
    asked = read_survey(write(text, "instrument.toml")).questions
    assert [question.code for question in asked][:5] == ["firm", "G_1", "G_2", "G_3", "CHECK1"]


def test_checks_behind_one_question_keep_their_order(write):
    again = (
        '[[attention_checks]]\ncode = "{0}"\nwording = {{ en = "{0}", id = "{0}" }}\nscale = "agree5"\n'
        'answer = 2\nafter = "{1}"\n'
    )
    text = TRUST + again.format("CHECK2", "C_2") + again.format("CHECK3", "CHECK2")
    codes = [question.code for question in read_survey(write(text, "instrument.toml")).questions]
    assert codes[:6] == ["C_1", "C_2", "CHECK1", "CHECK2", "CHECK3", "C_3"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('parts = ["Competence"', 'parts = ["Competense"', "unknown construct 'Competense'. Did you mean 'Competence'"),
        ('parts = ["Competence", "Goodwill"]', 'parts = ["Trust"]', "'Trust' is, in the end, a part of itself"),
        ('parts = ["Competence", "Goodwill"]', 'parts = ["Goodwill", "Goodwill"]', "'Goodwill' is there 2 times"),
        ('parts = ["Competence", "Goodwill"]\n', "", "construct 'Trust': it has no items; write at least one"),
        ('code = "Competence"', 'code = "Competence"\nparts = ["Goodwill"]', "it has both parts and items"),
        (
            "minimum = 0, maximum = 100",
            "minimum = 0",
            "construct 3 (Goodwill), item 3 (G_3), [scale]: the key 'maximum'",
        ),
        ("maximum = 100", 'maximum = "100"', "[scale]: 'maximum' is '100'; expected a whole number without quotes"),
        ("{ minimum = 0, maximum = 100 }", "5", "'scale' is 5; expected text in quotes or a table"),
        ("{ minimum = 0, maximum = 100 }", "{ minimum = 9, maximum = 1 }", "minimum 9 is not below maximum 1"),
        ("{ minimum = 0, maximum = 100 }", "{ mnimum = 0, maximum = 100 }", "unknown key 'mnimum'. Did you mean"),
        (
            "[scales.agree5]",
            "[scales.Goodwill]\nminimum = 1\nmaximum = 2\n[scales.agree5]",
            "has the name of the declared",
        ),
        (
            'answer = "Agree"',
            'answer = "Agreed"',
            "attention check 'CHECK1': unknown answer 'Agreed'. Did you mean 'Agree'",
        ),
        ('answer = "Agree"', "answer = 6", "the answer 6 is not on its scale; allowed: 1 to 5"),
        (
            'answer = "Agree"',
            "answer = [4]",
            "'answer' is [4]; expected a whole number without quotes or text in quotes",
        ),
        ('after = "C_2"', 'after = "C2"', "after: unknown question 'C2'. Did you mean 'C_2'"),
        ('after = "C_2"', 'after = "CHECK1"', "each stands behind another of them"),
        ('code = "CHECK1"', 'code = "C_1"', "the code 'C_1' is used 2 times"),
        ('scale = "agree5"\nanswer', 'scale = "agre5"\nanswer', "unknown scale 'agre5'. Did you mean 'agree5'"),
        (
            'kind = "several"',
            'kind = "many"',
            "demographic 'markets': unknown kind 'many'. Allowed: one, several, number",
        ),
        ('kind = "several"', 'kind = "text"', "its kind is 'text', and it has categories"),
        ('en = "Male"', 'en = "Female"', "'Female' stands for both 'f' and 'm'"),
        ('code = "m"', 'code = "f"', "the category 'f' is there 2 times"),
        ('code = "m"', 'code = "-99"', "the missing code '-99' is also a category"),
        ('code = "m"', 'code = ""', "a category has no code"),
        (', id = "Laki-laki"', "", "category 'm', label: no text in the declared language 'id'"),
        ("minimum = 17", "minimum = 117", "minimum 117.0 is not below maximum 99.0"),
        ("minimum = 17", "minimum = nan", "minimum and maximum are numbers; leave out the one that does not bound"),
        ("minimum = 17", "minimum = -inf", "minimum and maximum are numbers; leave out the one that does not bound"),
        ('code = "firm"', 'code = "firm"\nkind = "one"', "there is nothing to choose from; write its `categories`"),
        ('code = "firm"', 'code = "firm"\nkind = "text"\nminimum = 1', "minimum and maximum are for a number"),
        ("\n[scales.", '\norder = ["Trust", "sex"]\n\n[scales.', "order: unknown question 'Trust'"),
        ("\n[scales.", '\norder = ["Competence", "C_1"]\n\n[scales.', "order: 'C_1' is asked 2 times"),
        ("\n[scales.", '\norder = ["Competence"]\n\n[scales.', "order: left out: G_1, G_2, G_3, CHECK1, sex"),
        ("\n[scales.", '\norder = ["Competence"]\n\n[scales.', "leave out the `after` of attention checks"),
        (', id = "Jawaban Anda', ', in = "Jawaban Anda', "introduction: no text in the declared language 'id'"),
    ],
)
def test_a_fault_is_told_where_it_is(write, old, new, told):
    assert old in TRUST
    with pytest.raises(SurveyError, match=re.escape(told)):
        read_survey(write(TRUST.replace(old, new, 1), "instrument.toml"))
