import re

import pytest

from rantau.errors import SurveyError
from rantau.survey import Scale, Wording, read_survey

from .conftest import MOBILE, TINY


def test_the_tiny_instrument_reads_as_written(tiny):
    assert tiny.codes == ("A1", "A2", "A3", "V1")
    assert [construct.code for construct in tiny.constructs] == ["Agreeableness", "View"]
    assert tiny.languages == ("en", "id")
    assert tiny.title.text("id") == "Mini"
    first = tiny.item("A1")
    assert first.reversed
    assert not tiny.item("A2").reversed
    assert first.construct == "Agreeableness"
    assert (first.scale.minimum, first.scale.maximum, first.scale.points) == (1, 6, 6)
    assert first.wording.text("id") == "Tidak peduli pada perasaan orang lain."
    assert first.missing == ("", "NA", "-99")
    assert tiny.item("V1").missing == ("0",)
    assert tiny.construct("View").definition.text("en") == "The view taken."


def test_surveys_are_values(tiny, write):
    again = read_survey(write(TINY, "instrument.toml"))
    assert again == tiny
    assert hash(again) == hash(tiny)


def test_a_wording_falls_back_to_the_first_language():
    assert Wording((("en", "Image"), ("id", "Citra"))).text("fr") == "Image"


def test_labels_mean_points_or_the_two_ends():
    full = Scale("s", 1, 3, (("en", ("No", "So so", "Yes")), ("id", ("Tidak", "Biasa", "Ya"))))
    assert dict(full.meanings) == {"no": 1, "so so": 2, "yes": 3, "tidak": 1, "biasa": 2, "ya": 3}
    ends = Scale("s", 1, 10, (("en", ("No", "Yes")),))
    assert dict(ends.meanings) == {"no": 1, "yes": 10}
    assert ends.label_set("id") == ("No", "Yes")
    assert Scale("s", 1, 5, ()).label_set("en") == ()


def test_unknown_codes_name_the_nearest(tiny):
    with pytest.raises(SurveyError, match=r"unknown item 'a1'\. Did you mean 'A1'"):
        tiny.item("a1")
    with pytest.raises(SurveyError, match=r"unknown construct 'Views'\. Did you mean 'View'"):
        tiny.construct("Views")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minimum = 1\n", "minimum = \n", "not valid TOML: Invalid value (at line 8, column 11)"),
        (
            "reversed = true",
            "revesred = true",
            "construct 1 (Agreeableness), item 1 (A1): unknown key 'revesred'. Did you mean 'reversed'?",
        ),
        ("maximum = 10", "maximun = 10", "[scales.view10]: unknown key 'maximun'. Did you mean 'maximum'?"),
        ("maximum = 10", "", "[scales.view10]: the key 'maximum' is missing."),
        ("source =", "sources =", "top of the file: unknown key 'sources'. Did you mean 'source'?"),
        (
            "maximum = 10",
            'maximum = "10"',
            "[scales.view10]: 'maximum' is '10'; expected a whole number without",
        ),
        ("maximum = 10", "maximum = 10.5", "[scales.view10]: 'maximum' is 10.5; expected a whole number"),
        ("reversed = true", 'reversed = "yes"', "item 1 (A1): 'reversed' is 'yes'; expected true or false"),
        ('missing = ["0"]', "missing = [0]", "item 1 (V1): 'missing.0' is 0; expected text in quotes"),
        (
            '{ en = "View", id = "Pandangan" }',
            '"View"',
            "construct 2 (View): 'name' is 'View'; expected a table such as",
        ),
        (
            'scale = "view10"',
            'scale = "View10"',
            "construct 'View', item 'V1': unknown scale 'View10'. Did you mean 'view10'?",
        ),
        ('scale = "view10"', "", "construct 'View', item 'V1': no scale; give one here or in its construct."),
        (
            '"Very negative", "Very positive"',
            '"Very negative", "Neutral", "Very positive"',
            "[scales.view10], labels.en: got 3 labels; expected 10 (one per point) or 2 (the ends).",
        ),
        (
            'id = ["Sangat negatif", "Sangat positif"]',
            "",
            "[scales.view10], labels.id: got 0 labels; expected 10 (one per point) or 2 (the ends).",
        ),
        (
            '"Sangat negatif"',
            '"very POSITIVE"',
            "[scales.view10], labels: 'very positive' stands for both 10 and 1",
        ),
        ('"Sangat negatif"', '" "', "[scales.view10], labels: the label of 1 is empty."),
        (
            '"Very negative"',
            '"0"',
            "[scales.view10], labels: '0' is the label of 1, but reads as another number.",
        ),
        ("maximum = 10", "maximum = 1", "[scales.view10]: minimum 1 is not below maximum 1."),
        (
            'code = "A2"',
            'code = "A1"',
            "the code 'A1' is used 2 times; each construct and item needs its own.",
        ),
        ('code = "A2"', 'code = "View"', "the code 'View' is used 2 times"),
        ('code = "A2"', 'code = "2A"', "item '2A': the code '2A' cannot be used in a model file"),
        (
            'code = "View"',
            'code = "My view"',
            "construct 'My view': the code 'My view' cannot be used in a model",
        ),
        (
            ', id = "Apa pandangan Anda?"',
            "",
            "construct 'View', item 'V1', wording: no text in the declared language 'id'; got en.",
        ),
        (
            'id = "Bersikap baik."',
            'id = " "',
            "construct 'Agreeableness', definition: no text in the declared",
        ),
        (
            'id = "Mini"',
            'id = "Mini", in = "?"',
            "title: unknown language 'in'. Allowed: en, id.",
        ),
        (
            '["en", "id"]',
            '["en", "en", "id"]',
            "top of the file: 'languages' is ['en', 'en', 'id']; expected at",
        ),
        ('["en", "id"]', "[]", "top of the file: 'languages' is []; expected at least one"),
        (
            'missing = ["0"]',
            'missing = ["10"]',
            "item 'V1': the missing code '10' is also an answer of the scale 'view10'",
        ),
    ],
)
def test_a_fault_in_the_file_is_told_where_it_is(write, old, new, told):
    assert old in TINY
    path = write(TINY.replace(old, new, 1), "instrument.toml")
    with pytest.raises(SurveyError, match=re.escape(told)) as caught:
        read_survey(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_construct_without_items_is_refused(write):
    text = TINY[: TINY.index('[[constructs.items]]\ncode = "V1"')]
    with pytest.raises(SurveyError, match=r"construct 'View': it has no items; write at least one"):
        read_survey(write(text, "instrument.toml"))


def test_an_instrument_without_constructs_is_refused(write):
    text = "constructs = []\n" + TINY[: TINY.index("[[constructs]]")]
    with pytest.raises(SurveyError, match="there is no construct"):
        read_survey(write(text, "instrument.toml"))


def test_several_faults_are_told_at_once_and_the_rest_counted(write):
    text = TINY.replace('["en", "id"]', '["en", "id", "fr"]')
    with pytest.raises(SurveyError, match=r": 11 faults:") as caught:
        read_survey(write(text, "instrument.toml"))
    lines = str(caught.value).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  and 1 more."


def test_the_mobile_instrument_is_complete_in_two_languages():
    survey = read_survey(MOBILE / "instrument.toml")
    sizes = {construct.code: len(construct.items) for construct in survey.constructs}
    assert sizes == {
        "Image": 5,
        "Expectation": 3,
        "Quality": 7,
        "Value": 2,
        "Satisfaction": 3,
        "Complaints": 1,
        "Loyalty": 3,
    }
    assert not any(item.reversed for item in survey.items)
    assert {(item.scale.minimum, item.scale.maximum) for item in survey.items} == {(1, 10)}
    for item in survey.items:
        assert item.wording.text("en") != item.wording.text("id")
    assert "Tenenhaus" in survey.source
