"""An instrument alone, against a model, against answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rantau as rt
from rantau.errors import SurveyError
from rantau.model.against_survey import check_survey
from rantau.survey.remarks import survey_remarks

ROOT = Path(__file__).parents[2]
TRUST = (ROOT / "tests" / "survey" / "forms" / "trust.toml").read_text("utf-8")
MOBILE = ROOT / "surveys" / "mobile"


@pytest.fixture
def written(tmp_path):
    def write(text, name="instrument.toml"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path / name

    return write


def test_the_mobile_survey_goes_with_its_model_and_answers():
    found = check_survey(MOBILE / "instrument.toml", model=ROOT / "models/mobile.sem", data=MOBILE / "responses.csv")
    assert found.faults == ()
    assert found.responses is not None
    assert found.responses.n_obs == 250
    assert [remark.partition(":")[0] for remark in found.remarks][:2] == [
        "Construct 'Value' has two items",
        "Construct 'Complaints' has a single item",
    ]
    assert any("leaves out the items PERQ1" in remark for remark in found.remarks)


def test_records_are_taken_as_well_as_paths():
    survey = rt.read_survey(MOBILE / "instrument.toml")
    model = rt.parse_model("Image =~ IMAG1 + IMAG2 + IMAG3")
    assert check_survey(survey, model=model).faults == ()
    with pytest.raises(SurveyError, match="no such file"):
        check_survey(MOBILE / "instrumnt.toml")


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("Image =~ IMAG1 + IMAG2 + IMAGE3", "no questions of .*: IMAGE3. Did you mean 'IMAG3' for 'IMAGE3'?"),
        ("F =~ a + b + c", "none of its variables is a question of .*: a, b, c"),
    ],
)
def test_a_variable_that_nobody_asked_is_a_fault(model, told):
    faults = check_survey(MOBILE / "instrument.toml", model=rt.parse_model(model)).faults
    assert len(faults) == 1
    assert re.search(told, faults[0])


def test_a_further_column_of_the_answers_is_no_fault(tmp_path):
    lines = (MOBILE / "responses.csv").read_text("utf-8").splitlines()
    more = [f"{lines[0]},size", *(f"{line},{place % 7}" for place, line in enumerate(lines[1:]))]
    (tmp_path / "responses.csv").write_text("\n".join(more), "utf-8")
    model = rt.parse_model("Image =~ IMAG1 + IMAG2 + IMAG3\nImage ~ size")
    assert check_survey(MOBILE / "instrument.toml", model=model).faults != ()
    assert check_survey(MOBILE / "instrument.toml", model=model, data=tmp_path / "responses.csv").faults == ()


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("Image =~ IMAG1 + IMAG2 + CUEX1", "'Image' is measured by CUEX1, which the instrument does not count"),
        ("Img =~ IMAG1 + IMAG2 + IMAG3", "'Img' has items of 'Image', as the instrument calls that construct"),
        ("Quality2 =~ PERQ1 + CUEX1 + IMAG1", "'Quality2' is no construct of the instrument. Did you mean 'Quality'"),
    ],
)
def test_constructs_that_are_made_of_something_else(model, told):
    remarks = check_survey(MOBILE / "instrument.toml", model=rt.parse_model(model)).remarks
    assert any(told in remark for remark in remarks)


def test_a_higher_order_model_goes_with_a_higher_order_instrument(written):
    model = "Competence =~ C_1 + C_2 + C_3\nGoodwill =~ G_1 + G_2 + G_3\nTrust =~ Competence + Goodwill"
    found = check_survey(written(TRUST), model=rt.parse_model(model))
    assert found.faults == ()
    assert not any("measured by" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Our partners know their trade.",
            "our partners  MAKE mistakes we pay for.",
            "C_1, C_2 ask the same in the language 'en'",
        ),
        (
            'id = "Mitra kami menguasai bidangnya."',
            'id = "Our partners know their trade."',
            "as if not translated: C_1",
        ),
        ('code = "C_2"', 'code = "c_1"', "one code to SPSS and LimeSurvey: C_1, c_1"),
        ("[scales.agree5]", "[scales.idle]\nminimum = 1\nmaximum = 3\n[scales.agree5]", "the declared scale idle"),
        ('source = "Written for the tests"\n', "", "No citation (`source`) for C_2, C_3, G_1, G_2, G_3"),
    ],
)
def test_what_deserves_a_look_in_an_instrument(written, old, new, told):
    text = TRUST.replace(old, new, 1).replace('after = "C_2"\n', "")
    assert any(told in remark for remark in survey_remarks(rt.read_survey(written(text))))


def test_what_deserves_a_look_in_answers(written):
    rows = ["C_1,C_2,C_3,G_1,G_2,G_3,CHECK1,sex,age,frim"]
    for place in range(60):
        good = 2 + place % 3
        sex = "woman" if place < 3 else "Female"
        rows.append(f"{good},{good},{good},5,{place % 11},{place},{4 if place else 1},{sex},{17 if place else 12},PT")
    found = check_survey(written(TRUST), data=written("\n".join(rows), "responses.csv"))
    told = "\n".join(found.remarks)
    assert "Everybody gave the same answer to G_1" in told
    assert "The answers on the scale 'agree5' go from" not in told, "a reversed item is among them"
    assert "C_2 runs against the rest of 'Competence' (r = -1.00); it is reversed in the instrument" in told
    assert "1 of 60 rows do not give the right answer to 'CHECK1', which is 4" in told
    assert "'sex' has answers that are none of its categories: 'woman' (3)" in told
    assert "'age' has answers that are no numbers within its bounds: '12'" in told
    assert "There is no column for 'firm'. Is it 'frim'?" in told
    assert "There is no column for 'markets'." in told


def test_a_scale_of_which_an_end_was_never_chosen(tmp_path):
    lines = (MOBILE / "responses.csv").read_text("utf-8").splitlines()
    lower = [lines[0], *(",".join(str(min(int(cell), 7)) for cell in line.split(",")) for line in lines[1:])]
    (tmp_path / "responses.csv").write_text("\n".join(lower), "utf-8")
    remarks = check_survey(MOBILE / "instrument.toml", data=tmp_path / "responses.csv").remarks
    assert any("go from 1 to 7 in all 24 items, and it is declared from 1 to 10" in remark for remark in remarks)
