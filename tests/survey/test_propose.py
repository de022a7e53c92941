"""An instrument proposed from answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from rantau.errors import OptionError, ResponseError, SurveyError
from rantau.survey import read_responses, read_survey
from rantau.survey.guess_checks import told_answer
from rantau.survey.guess_keys import likely_reversed
from rantau.survey.propose import propose_survey
from rantau.survey.screen import screen
from rantau.template import write_proposal

from .conftest import MOBILE

ROOT = Path(__file__).parents[2]

GOOGLE = """Timestamp;Usia;Jenis kelamin;Seberapa setuju Anda? [Saya percaya mitra saya];Seberapa setuju Anda? [Saya yakin];Seberapa setuju Anda? [Saya curiga pada mitra];Saran
2026/03/01 9:00:00 AM GMT+7;23;Perempuan;Setuju;Setuju;Tidak setuju;Tidak ada
2026/03/01 9:01:00 AM GMT+7;31;Laki-laki;Sangat setuju;Setuju;Sangat tidak setuju;lebih murah
2026/03/01 9:02:00 AM GMT+7;42;Laki-laki;Tidak setuju;Netral;Setuju;bantu modal
2026/03/01 9:03:00 AM GMT+7;23;Perempuan;Netral;Netral;Netral;x
2026/03/01 9:04:00 AM GMT+7;29;Perempuan;Setuju;Sangat setuju;Sangat tidak setuju;y
2026/03/01 9:05:00 AM GMT+7;51;Laki-laki;Sangat tidak setuju;Tidak setuju;Sangat setuju;z
"""  # noqa: E501 - as the tool writes it


def keys(proposal):
    return {each.code: [item.code for item in each.items if item.reversed] for each in proposal.constructs}


def test_the_mobile_answers_give_their_instrument_again(write):
    proposal = propose_survey(MOBILE / "responses.csv")
    survey = read_survey(MOBILE / "instrument.toml")
    assert {tuple(item.code for item in each.items) for each in proposal.constructs} == {
        tuple(item.code for item in each.items) for each in survey.constructs
    }
    assert proposal.doubts == ()
    assert not any(any(codes) for codes in keys(proposal).values())
    again = read_survey(write(proposal.text, "instrument.toml"))
    assert {(item.scale.minimum, item.scale.maximum) for item in again.items} == {(1, 10)}
    old, new = (read_responses(MOBILE / "responses.csv", each) for each in (survey, again))
    np.testing.assert_array_equal(old.frame()[list(survey.codes)], new.frame()[list(survey.codes)])


def test_reversed_items_are_found_among_2800_answers_to_the_big_five(write):
    file = ROOT / "surveys" / "personality" / "responses.csv"
    if not file.exists():
        pytest.skip("the study is not there")
    found = {code for codes in keys(propose_survey(file)).values() for code in codes}
    # As the key of psych's bfi says, all seven and no other.
    assert found == {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}


def test_a_form_of_google_in_indonesian(write):
    path = write(GOOGLE)
    proposal = propose_survey(path)
    assert proposal.language == "id"
    construct = proposal.constructs[0]
    assert construct.items[0].wording == "Saya percaya mitra saya"
    assert [item.reversed for item in construct.items] == [False, False, True]
    assert construct.scales == ("agree5",)
    assert [(each.code, each.kind) for each in proposal.demographics] == [("Usia", "number"), ("Q2", "one")]
    assert [name for name, _ in proposal.left_out] == ["Timestamp", "Saran"]
    survey = read_survey(write(proposal.text, "instrument.toml"))
    answers = read_responses(path, survey)
    assert answers.frame().iloc[1].tolist() == [5, 4, 5]


def test_what_the_answers_do_not_show_is_for_the_user_to_decide(write):
    path = write("TR1,TR2,TR3\n" + "\n".join(f"{2 + n % 3},{2 + (n + 1) % 3},{2 + n % 4}" for n in range(12)))
    proposal = propose_survey(path)
    assert [str(doubt) for doubt in proposal.doubts] == [
        "TR: The answers go from 2 to 5, and an end that nobody chose does not show. Choices: points1to5 or points1to6 "
        "or points0to5."
    ]
    with pytest.raises(SurveyError, match=r"unknown scale '\?'.*points1to5, points1to6, points0to5"):
        read_survey(write(proposal.text, "instrument.toml"))
    settled = propose_survey(path, decide={"TR": "points1to6"})
    assert settled.doubts == ()
    assert read_survey(write(settled.text, "instrument.toml")).item("TR1").scale.maximum == 6
    with pytest.raises(OptionError, match=r"decide: unknown doubt 'TRUST'"):
        propose_survey(path, decide={"TRUST": "points1to6"})
    with pytest.raises(OptionError, match=r"unknown scale of TR 'points1to8'"):
        propose_survey(path, decide={"TR": "points1to8"})


def test_ambiguous_labels_are_a_doubt(write):
    path = write("TR1,TR2\n" + "\n".join(["Kurang setuju,Setuju", "Setuju,Kurang setuju"] * 6))
    doubt = propose_survey(path).doubts[0]
    assert doubt.about == "TR"
    assert len(doubt.choices) > 1
    assert len(set(doubt.choices)) == len(doubt.choices)


def test_a_block_without_its_ends_takes_the_scale_of_the_others(write):
    rows = [f"{1 + n % 7},{1 + (n * 3) % 7},{2 + n % 4},{3 + n % 3}" for n in range(30)]
    proposal = propose_survey(write("A1,A2,B1,B2\n" + "\n".join(rows)))
    assert [each.scales for each in proposal.constructs] == [("points1to7",), ("points1to7",)]
    assert proposal.doubts == ()


def test_codes_for_no_answer_are_listed(write):
    rows = [f"{1 + n % 5},{-99 if n == 3 else 1 + n % 5}" for n in range(20)]
    assert propose_survey(write("A1,A2\n" + "\n".join(rows))).missing == ("", "-99")


def test_labels_of_a_file_of_spss(tmp_path, write):
    pyreadstat = pytest.importorskip("pyreadstat")
    frame = pd.DataFrame({"tr1": [1.0, 2, 3, 2], "tr2": [2.0, 2, 3, 9], "sex": [1.0, 2, 1, 2]})
    labels = {1: "Rendah", 2: "Sedang", 3: "Tinggi", 9: "Tidak menjawab"}
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(
        frame, path, column_labels=["Saya percaya", "Saya yakin", "Jenis kelamin"],
        variable_value_labels={"tr1": labels, "tr2": labels, "sex": {1: "Perempuan", 2: "Laki-laki"}},
        missing_ranges={"tr1": [9], "tr2": [9]},
    )  # fmt: skip
    proposal = propose_survey(path)
    assert [(item.code, item.wording) for item in proposal.constructs[0].items] == [
        ("tr1", "Saya percaya"), ("tr2", "Saya yakin")]  # fmt: skip
    scale = proposal.scales[0]
    assert (scale.minimum, scale.maximum, scale.labels) == (1, 3, ("Rendah", "Sedang", "Tinggi"))
    assert proposal.missing == ("", "9")
    assert proposal.demographics[0].categories == (("1", "Perempuan"), ("2", "Laki-laki"))
    read_responses(path, read_survey(write(proposal.text, "instrument.toml")))


def test_a_file_without_ratings_is_refused(write):
    with pytest.raises(ResponseError, match=r"no column looks like a rated question.*Columns: name, height"):
        propose_survey(write("name,height\nAni,1.61\nBudi,1.72\n"))


def test_texts_that_would_break_the_file_are_kept_apart(write):
    header = '"T1","T2","a ""b""\nc # d"'
    path = write(header + "\n" + "\n".join(f'{1 + n % 5},{1 + n % 5},"x\\{n % 2}"' for n in range(20)))
    survey = read_survey(write(propose_survey(path).text, "instrument.toml"))
    assert survey.demographics[0].categories[0].code == "x\\0"


def test_keys_of_halves_and_pairs():
    trait = np.arange(20.0)
    half = likely_reversed(np.column_stack([trait, trait, -trait, -trait]))
    assert all(not turned and "one half is reversed" in why for turned, why in half)
    pair = likely_reversed(np.column_stack([trait, -trait]))
    assert all(not turned and "one of them may be reversed" in why for turned, why in pair)
    assert likely_reversed(np.column_stack([trait, np.full(20, 3.0)])) == ((False, ""), (False, ""))
    assert likely_reversed(trait[:, None]) == ((False, ""),)


def test_a_name_that_stands_twice_is_refused(write):
    with pytest.raises(ResponseError, match=r"the column 'A1' is there 2 times \(columns 1, 2\)"):
        propose_survey(write("A1,A1\n1,2\n3,4\n5,1\n"))


def test_categories_that_read_alike_are_no_categories(write):
    rows = [f"{1 + n % 5},{1 + n % 5},{('5', '5.0', 'none')[n % 3]}" for n in range(30)]
    proposal = propose_survey(write("A1,A2,size\n" + "\n".join(rows)))
    read_survey(write(proposal.text, "instrument.toml"))


def test_the_rows_of_a_grid_are_named_after_it_and_the_form_tool_by_its_name(write):
    rows = "".join(f"01/03/2024 9:{10 + n}:44,{n % 5 + 1},{(n + n // 3) % 5 + 1}\n" for n in range(20))
    proposal = propose_survey(write(f"Stempel waktu,Tentang mitra [Jujur],Tentang mitra [Tepat waktu]\n{rows}"))
    assert proposal.understood.endswith("laid out by Google Forms; 20 rows, 3 columns.")
    assert [each.name for each in proposal.constructs] == ["Tentang mitra"]
    assert 'name = { en = "Tentang mitra" }' in proposal.text
    assert "DECIDE whether they measure one thing" in proposal.text


def test_what_the_file_labels_otherwise_is_another_scale(tmp_path):
    words = {"Q1": "ab", "Q2": "ab", "Q3": "xy"}
    frame = pd.DataFrame({code: [1 + (n + n // 3) % 5 for n in range(20)] for code in words})
    labels = {code: {point: f"{text[0]}{text[1] * point}" for point in range(1, 6)} for code, text in words.items()}
    pyreadstat.write_sav(frame, tmp_path / "a.sav", variable_value_labels=labels)
    proposal = propose_survey(tmp_path / "a.sav")
    scales = {item.code: each.scales for each in proposal.constructs for item in each.items}
    assert scales == {"Q1": ("points1to5",), "Q2": ("points1to5",), "Q3": ("points1to5_2",)}
    assert [each.labels[0] for each in proposal.scales] == ["ab", "xy"]
    assert "merely numbered; DECIDE which of them measure what" in proposal.text


AGREE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
TOLD = """Cap waktu,Pendapat Anda [Usaha kami lebih dahulu],Pendapat Anda [Usaha kami berani],"Pendapat Anda [Pilihlah ""Setuju"" di sini.]",Pendapat Anda [Kami memilih setuju]
2026/03/01 9:00:00 AM GMT+7,Setuju,Netral,Setuju,Setuju
2026/03/01 9:01:00 AM GMT+7,Sangat setuju,Setuju,Setuju,Setuju
2026/03/01 9:02:00 AM GMT+7,Tidak setuju,Netral,Netral,Setuju
2026/03/01 9:03:00 AM GMT+7,Sangat tidak setuju,Netral,Setuju,Netral
"""  # noqa: E501 - as the tool writes it


def test_a_question_that_says_what_to_answer_is_an_attention_check(write):
    path = write(TOLD)
    proposal = propose_survey(path)
    assert [(one.code, one.answer, one.after) for one in proposal.checks] == [("Q3", 4, "Q2")]
    assert [item.code for each in proposal.constructs for item in each.items] == ["Q1", "Q2", "Q4"]
    survey = read_survey(write(proposal.text, "instrument.toml"))
    (check,) = survey.attention_checks
    assert (check.code, check.answer, check.scale.maximum) == ("Q3", 4, 5)
    assert "Q3" not in proposal.model
    found = screen(read_responses(path, survey), rules=("attention",))
    assert found.flags[:, 0].tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("wording", "values", "labels", "answer"),
    [
        ("Please select Strongly agree.", [5, 5, 5, 2], AGREE, 5),
        ("For this one, choose 3.", [3, 3, 3, 1], (), 3),
        ("For this one, choose 3.", [2, 2, 2, 3], (), None),  # not what most did
        ("I pick what I like.", [3, 3, 3, 1], (), None),  # no answer is named
        ("I agree with the price.", [4, 4, 4, 4], AGREE, None),
    ],
)
def test_only_what_tells_and_is_done_is_a_check(wording, values, labels, answer):
    assert told_answer(wording, np.array(values, dtype=float), 1, labels) == answer


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        (("Q1 [I like]", "Q1 [I love]", "Q1. How?"), ("Q2", "Q3", "Q1")),
        (("TR1. I trust", "TR1", "TR2"), ("TR1_1", "TR1", "TR2")),
        (("I like it.", "Q1. How?", "Q2"), ("Q3", "Q1", "Q2")),
    ],
    ids=str,
)
def test_codes_of_ours_are_none_of_the_files_own(write, header, codes):
    """Each item of a proposal reads the column that it was proposed from, however the columns are called."""
    rows = [[1 + (3 * row + place * place) % 5 for place in range(3)] for row in range(40)]
    path = write("\n".join(",".join(map(str, row)) for row in (header, *rows)) + "\n")
    survey = read_survey(write_proposal(propose_survey(path), path, path.parent / "study"))
    assert read_responses(path, survey).columns == codes


def test_where_nothing_is_open_there_is_nothing_to_decide():
    with pytest.raises(OptionError, match=r"decide= settles what answers do not show, and these leave nothing open"):
        propose_survey("surveys/mobile/responses.csv", decide={"CUEX": "points1to10"})
