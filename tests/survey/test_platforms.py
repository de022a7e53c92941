"""Exports in the layout of each form tool, in both languages, in the encodings that spreadsheets write."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from rantau.errors import OptionError, ResponseError
from rantau.survey import Survey, read_survey, read_table
from rantau.survey.read import read_responses

TRUST = """
title = { en = "Trust", id = "Kepercayaan" }
languages = ["en", "id"]
missing = ["", "N/A"]

[scales.agree5]
minimum = 1
maximum = 5
[scales.agree5.labels]
en = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
id = ["Sangat tidak setuju", "Tidak setuju", "Netral", "Setuju", "Sangat setuju"]

[[constructs]]
code = "Trust"
name = { en = "Trust", id = "Kepercayaan" }
scale = "agree5"
[[constructs.items]]
code = "TR1"
wording = { en = "Our partners keep promises.", id = "Mitra kami menepati janji." }
[[constructs.items]]
code = "TR2"
wording = { en = "We can't rely on them – not at all.", id = "Kami tidak bisa mengandalkan mereka." }
reversed = true
[[constructs.items]]
code = "TR3"
wording = { en = "They help us abroad.", id = "Mereka membantu kami di luar negeri." }
"""

EXPORTS = Path(__file__).parents[1] / "data" / "exports"
#: Each export, its form tool, and what its columns and the items have in common.
TOOLS = {
    "google_forms_en": ("Google Forms", "wording"),
    "google_forms_id": ("Google Forms", "wording"),
    "qualtrics_en": ("Qualtrics", "wording"),
    "qualtrics_id": ("Qualtrics", "wording"),
    "limesurvey_en": ("LimeSurvey", "code in the name"),
    "limesurvey_id": ("LimeSurvey", "wording"),
    "kobo_en": ("KoBoToolbox or ODK", "code in the name"),
    "kobo_id": ("KoBoToolbox or ODK", "wording"),
    "odk_en": ("KoBoToolbox or ODK", "code in the name"),
}
#: Agree, disagree, strongly agree; neutral, strongly disagree, no answer. The second is reversed.
EXPECTED = [[4, 4, 5], [3, 5, np.nan]]


def exported(name: str) -> str:
    return (EXPORTS / f"{name}.csv").read_text(encoding="utf-8")


@pytest.fixture
def trust(write: Callable[..., Path]) -> Survey:
    return read_survey(write(TRUST, "trust.toml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("export", TOOLS)
def test_an_export_is_read_with_no_hand_work(trust, write, export, encoding):
    tool, how = TOOLS[export]
    text = exported(export)
    responses = read_responses(write(text.replace("\n", "\r\n").encode(encoding)), trust)
    assert responses.columns == ("TR1", "TR2", "TR3")
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert f"laid out by {tool}" in responses.understood
    assert f"by their {how}" in responses.understood
    if "Zürich" in text:
        assert responses.extras[0, -1] == "Zürich"


def test_the_same_export_as_a_workbook(trust, write):
    made = openpyxl.Workbook()
    for line in exported("google_forms_id").splitlines():
        made.active.append(line.split(";"))
    memory = io.BytesIO()
    made.save(memory)
    responses = read_responses(write(memory.getvalue(), "answers.xlsx"), trust)
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert "Excel workbook" in responses.understood


def test_previews_of_qualtrics_are_counted_in_the_log(trust, write):
    responses = read_responses(write(exported("qualtrics_en")), trust)
    assert responses.n_obs == 2
    assert responses.rows == (5, 6)
    assert "rows marked as preview by the form tool left out" in str(responses.log[0])
    assert "Duration (in seconds)" in responses.extras_names


def test_codes_of_limesurvey_are_read_there_alone(trust, write):
    assert "LimeSurvey's codes" in "\n".join(map(str, read_responses(write(exported("limesurvey_en")), trust).log))
    with pytest.raises(ResponseError, match="got 'A4'"):
        read_responses(write("TR1,TR2,TR3\nA4,A2,A5\n"), trust)


def test_what_a_quiz_of_google_adds_is_no_question(trust, write):
    wordings = [question.wording.text("en") for question in trust.items]
    header = ["Timestamp", *(name for each in wordings for name in (each, f"{each} [Score]", f"{each} [Feedback]"))]
    row = ["2024/01/02", *(cell for _ in wordings for cell in ("4", "1", ""))]
    text = "\n".join(",".join(f'"{cell}"' for cell in cells) for cells in (header, row)) + "\n"
    assert read_responses(write(text), trust).raw.tolist() == [["4"] * len(wordings)]


# -- files of statistics packages ----------------------------------------------------------------------

LABELS = {1: "Sangat tidak setuju", 2: "Tidak setuju", 3: "Netral", 4: "Setuju", 5: "Sangat setuju"}


def statistics_file(folder: Path, kind: str, values: dict[int, str], shift: int = 0) -> Path:
    frame = pd.DataFrame({"tr1": [4.0, 3.0], "TR2": [2.0, 1.0], "q3": [5.0, 9.0 - shift], "sex": [1.0, 2.0]}) + 0.0
    frame[["tr1", "TR2", "q3"]] += shift
    labels = dict.fromkeys(("tr1", "TR2", "q3"), values) | {"sex": {1: "Perempuan", 2: "Laki-laki"}}
    wordings = ["", "", "Mereka membantu kami di luar negeri.", ""]
    path = folder / f"answers.{kind}"
    if kind == "sav":
        ranges = {"q3": [{"lo": 8, "hi": 10}]}
        pyreadstat.write_sav(
            frame, str(path), column_labels=wordings, variable_value_labels=labels, missing_ranges=ranges
        )
    else:
        frame["q3"] = frame["q3"].astype(object)
        frame.loc[1, "q3"] = "a"
        pyreadstat.write_dta(
            frame,
            str(path),
            column_labels=wordings,
            variable_value_labels=labels,
            missing_user_values={"q3": ["a"]},
        )
    return path


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_statistics_files_bring_labels_wordings_and_codes_for_no_answer(trust, tmp_path, kind):
    responses = read_responses(statistics_file(tmp_path, kind, LABELS), trust)
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert responses.extras.tolist() == [["Perempuan"], ["Laki-laki"]]
    told = "\n".join(map(str, responses.log))
    assert "q3" not in responses.columns
    assert "column 'q3' taken by its wording" in told
    assert "TR3: codes that the file declares as no answer read as missing (1 cells)" in told
    assert "sex: value labels of the file written for its codes (2 cells)" in told


def test_value_labels_that_count_from_nought_are_followed(trust, tmp_path):
    labels = {number - 1: label for number, label in LABELS.items()}
    responses = read_responses(statistics_file(tmp_path, "sav", labels, shift=-1), trust)
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert "value labels of the file, which count from 0" in responses.understood


def test_value_labels_the_other_way_round_are_refused(trust, tmp_path):
    labels = {6 - number: label for number, label in LABELS.items()}
    with pytest.raises(ResponseError, match="it seems reverse-coded already; recode it or its value labels"):
        read_responses(statistics_file(tmp_path, "sav", labels), trust)


def test_a_table_of_a_statistics_file_has_numbers_and_gaps(tmp_path):
    table = read_table(statistics_file(tmp_path, "sav", LABELS))
    assert table["q3"].isna().tolist() == [False, True]
    assert table["sex"].tolist() == [1, 2]


# -- labels and columns --------------------------------------------------------------------------------

PLAIN = TRUST.replace('missing = ["", "N/A"]', 'missing = [""]').split("[scales.agree5.labels]")
UNLABELLED = PLAIN[0] + "\n[[constructs]]" + PLAIN[1].split("[[constructs]]", 1)[1]


def test_known_labels_speak_where_the_instrument_has_none(write):
    survey = read_survey(write(UNLABELLED, "plain.toml"))
    responses = read_responses(write("TR1,TR2,TR3\nS,TS,SS\nKS,STS,\n"), survey)
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert "3 by the labels of agree-5 (id)" in responses.understood or "agree-5 (id)" in responses.understood


def test_ambiguous_labels_are_refused_with_the_choices(write):
    survey = read_survey(write(UNLABELLED, "plain.toml"))
    with pytest.raises(ResponseError, match=r"TR1.*got 'S' \(.*Choices: agree-5 \(id\): S = 4; or frequency-5"):
        read_responses(write("TR1,TR2,TR3\nS,1,2\n"), survey)


def test_words_of_another_set_in_a_language_of_the_instrument_are_refused(trust, write):
    with pytest.raises(ResponseError, match="got 'Often'"):
        read_responses(write("TR1,TR2,TR3\nOften,Never,Always\nRarely,Sometimes,Never\n"), trust)


@pytest.mark.parametrize("answers", ["Netral,Kurang setuju,Tidak setuju", "Netral,Kurang setuju,Setuju"])
def test_a_word_between_the_points_of_the_instrument_is_refused(trust, write, answers):
    # Beside 'Netral' it is neither the middle, nor the second point, which the instrument calls 'Tidak setuju'.
    cells = "".join(f"{answer},1,1\n" for answer in answers.split(","))
    with pytest.raises(ResponseError, match="line 3, column 'TR1': got 'Kurang setuju'"):
        read_responses(write(f"TR1,TR2,TR3\n{cells}"), trust)


def test_another_usual_word_for_the_middle_is_read_and_told(trust, write):
    responses = read_responses(write("TR1,TR2,TR3\nRagu-ragu,1,1\nSetuju,1,1\nTidak setuju,1,1\n"), trust)
    assert responses.column("TR1").tolist() == [3, 4, 2]
    assert "agree-5 (id)" in responses.understood


def test_abbreviations_of_the_instruments_own_labels_are_read(trust, write):
    responses = read_responses(write("TR1,TR2,TR3\nS,TS,SS\nN,STS,\n"), trust)
    np.testing.assert_array_equal(responses.values, EXPECTED)


def test_columns_may_be_told(trust, write):
    path = write("no,x,y,z\n1,4,2,5\n2,3,1,\n")
    told = {"TR1": "x", "TR2": "y", "TR3": "z"}
    np.testing.assert_array_equal(read_responses(path, trust, columns=told).values, EXPECTED)
    with pytest.raises(OptionError, match=r"unknown column for 'TR3' 'w'"):
        read_responses(path, trust, columns=told | {"TR3": "w"})
    with pytest.raises(OptionError, match="is named for both 'TR1' and 'TR2'"):
        read_responses(path, trust, columns=told | {"TR2": "x"})
    with pytest.raises(OptionError, match=r"unknown question in columns 'TR4'"):
        read_responses(path, trust, columns=told | {"TR4": "no"})


def test_columns_may_be_taken_by_position_if_they_are_as_many(trust, write):
    path = write("x,y,z\n4,2,5\n3,1,\n")
    np.testing.assert_array_equal(read_responses(path, trust, columns="position").values, EXPECTED)
    with pytest.raises(ResponseError, match="needs 3 columns of items and nothing else; there are 4: no, x, y, z"):
        read_responses(write("no,x,y,z\n1,4,2,5\n"), trust, columns="position")
    with pytest.raises(OptionError, match="unknown value of columns 'order'"):
        read_responses(path, trust, columns="order")


def test_two_columns_with_one_wording_are_refused(trust, write):
    text = "Timestamp,TR1,TR2,Bloc [They help us abroad.],Other [They help us abroad.]\nx,1,2,3,4\n"
    with pytest.raises(ResponseError, match=r"'TR3' of .* could be any of the columns 'Bloc"):
        read_responses(write(text), trust)


def test_what_the_user_says_of_a_file_counts(trust, write):
    path = write("TR1:TR2:TR3:Kota\n4:2:5:Besançon\n3:1::x\n".encode("latin-1"))
    responses = read_responses(path, trust, encoding="latin-1", delimiter=":")
    np.testing.assert_array_equal(responses.values, EXPECTED)
    assert responses.extras[0, 0] == "Besançon"
    with pytest.raises(OptionError, match="unknown encoding 'utf-9'"):
        read_responses(path, trust, encoding="utf-9")
    with pytest.raises(OptionError, match="the delimiter is one character"):
        read_responses(path, trust, delimiter="::")


# -- decimal commas, without an instrument -------------------------------------------------------------


def test_decimal_commas_are_read_where_semicolons_divide(write):
    table = read_table(write("a;b;c\n1,5;2;x\n-2,25;3;y\n1.234,5;4;z\n"))
    assert table["a"].tolist() == [1.5, -2.25, 1234.5]
    assert table.attrs["log"] == ("a: decimal commas read as points",)


def test_another_delimiter_than_that_of_the_file_is_asked_about(write):
    with pytest.raises(ResponseError, match=r"is it a title, or is the delimiter another one \(delimiter=\)\?"):
        read_table(write("a;b\n1,5;2\n2,5;3\n"), delimiter=",")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_few_cells_that_make_text_of_numbers_are_told(write, delimiter):
    number = "1.5" if delimiter == "," else "1,5"
    rows = [[number, "yes"]] * 19 + [["-", "no"]]
    table = read_table(write("\n".join(map(delimiter.join, [["a", "b"], *rows]))))
    assert table["a"].tolist() == [number] * 19 + ["-"]
    assert table.attrs["log"] == ("a: taken for text, as 1 of 20 cells are no numbers, such as '-'",)
    # Of what is mostly text nothing is said.
    assert read_table(write("a,b\n1,x\n2,y\nz,3\n")).attrs["log"] == ()


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("1,234\n2,500", "got '1,234'. It could be thousands, or a decimal"),
        ("1,5\n2.5", "got '1,5'. Write decimals with a point"),
    ],
)
def test_doubtful_decimals_are_refused(write, cells, told):
    text = "a;b\n" + "".join(f"{cell};1\n" for cell in cells.split("\n"))
    with pytest.raises(ResponseError, match=told):
        read_table(write(text), numeric=["a"])


def test_a_point_that_could_divide_thousands_is_refused_where_commas_are_decimal(write):
    with pytest.raises(ResponseError, match=r"got '1\.500'\. It could be thousands"):
        read_table(write("a;b\n1.500;1,5\n2.000;2,5\n"), numeric=["a"])


# -- columns by other names, without an instrument ---------------------------------------------------------


def test_variables_are_columns_that_the_file_calls_otherwise(write):
    path = write("id;Saya percaya;b\n1;1,5;2\n2;2,5;3\n")
    table = read_table(path, numeric=["x1"], columns={"x1": "Saya percaya", "id": "b", "b": "id"})
    assert table.to_dict("list") == {"b": [1, 2], "x1": [1.5, 2.5], "id": [2, 3]}
    assert "x1: column 'Saya percaya' taken by its name, as told" in table.attrs["log"]


def test_a_column_with_a_name_of_two_lines_is_named_on_one(write):
    path = write('"How much do you agree?\nI trust them",b\n1,2\n')
    assert read_table(path, columns={"x1": "How much do you agree? I trust them"}).to_dict("list") == {
        "x1": [1],
        "b": [2],
    }


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"x1": "aa"}, "unknown column for 'x1' 'aa'. Did you mean 'a'?"),
        ({"x1": "a", "x2": "a"}, "the column 'a' is named for both 'x1' and 'x2'"),
        ({"b": "a"}, "columns= names 'a' for 'b', and there is a column 'b' already"),
        ("position", "columns= takes values by name, such as columns={'x1': 'Q7_1'}; got 'position'"),
    ],
)
def test_columns_that_are_not_there_or_twice_are_refused(write, columns, told):
    with pytest.raises(OptionError, match=re.escape(told)):
        read_table(write("a,b\n1,2\n"), columns=columns)


def test_the_sheet_is_that_with_the_columns_as_the_file_calls_them(tmp_path):
    with pd.ExcelWriter(tmp_path / "two.xlsx") as book:
        pd.DataFrame({"note": [1], "other": [2]}).to_excel(book, sheet_name="Notes", index=False)
        pd.DataFrame({"Q1": [3], "Q2": [4]}).to_excel(book, sheet_name="Answers", index=False)
    table = read_table(tmp_path / "two.xlsx", numeric=["x1", "x2"], columns={"x1": "Q1", "x2": "Q2"})
    assert table.to_dict("list") == {"x1": [3], "x2": [4]}
