import pytest

from rantau.errors import ResponseError, SurveyError
from rantau.files import read_text
from rantau.survey.text import token


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Agree", "agree"),
        ("  STRONGLY \u00a0 agree\t", "strongly agree"),
        ("5.0", "5"),
        ("5.", "5"),
        ("+5", "5"),
        ("05", "5"),
        ("-99.00", "-99"),
        ("4.5", "4.5"),
        ("5,0", "5"),
        ("5,00", "5"),
        ("4,5", "4,5"),
        ("1,000", "1,000"),
        ("1e1", "1e1"),
        ("", ""),
        ("9" * 5000, "9" * 5000),
        ("e\u0301", "\u00e9"),
    ],
)
def test_a_cell_is_compared_without_case_spacing_and_number_dress(cell, expected):
    assert token(cell) == expected


def test_a_byte_order_mark_is_not_part_of_the_text(write):
    assert read_text(write(b"\xef\xbb\xbfa1\n"), what="answers", error=ResponseError) == "a1\n"


def test_a_missing_file_names_the_nearest_one(write):
    path = write("x", "responses.csv")
    with pytest.raises(ResponseError, match=r"response\.csv: no such file.*Did you mean '.*responses\.csv'"):
        read_text(path.with_name("response.csv"), what="answers", error=ResponseError)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(SurveyError, match=r"The folder '.*nowhere' does not exist either"):
        read_text(tmp_path / "nowhere" / "i.toml", what="instrument", error=SurveyError)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(SurveyError, match="this is a folder; give the file with the instrument"):
        read_text(tmp_path, what="instrument", error=SurveyError)


@pytest.mark.parametrize("text", ["", "  \n\n", "\ufeff"])
def test_an_empty_file_is_refused(write, text):
    with pytest.raises(ResponseError, match="the file is empty; it should hold the answers"):
        read_text(write(text), what="answers", error=ResponseError)


def test_another_encoding_is_told_with_line_and_byte(write):
    path = write("a1\nJaké\n".encode("latin-1"))
    with pytest.raises(ResponseError, match=r"line 2: not UTF-8: byte 6 is 0xE9.*CSV UTF-8"):
        read_text(path, what="answers", error=ResponseError)


def test_a_workbook_is_recognised(write):
    with pytest.raises(ResponseError, match="this is a workbook, not text"):
        read_text(write(b"PK\x03\x04..."), what="answers", error=ResponseError)
    model = write(b"PK\x03\x04...")
    model = model.rename(model.with_suffix(".docx"))
    with pytest.raises(ResponseError, match=r"a workbook or a document, not text\. Save the model as plain text"):
        read_text(model, what="model", error=ResponseError)
