import csv
import re
import subprocess
import sys

import numpy as np
import pytest

from rantau.errors import ResponseError
from rantau.survey.open_file import open_sheet
from rantau.survey.read import read_responses
from rantau.survey.reader import Asked

from .conftest import MOBILE, ROOT

HEADER = "A1,A2,A3,V1\n"


def test_reversed_items_are_coded_by_the_declared_bounds(tiny, write):
    # No 1 and no 6 is observed in A1: the declared bounds count, 1 + 6 - x.
    path = write(HEADER + "2,5,4,10\n5,1,NA,1\n-99,6,3,0\n")
    responses = read_responses(path, tiny)
    expected = [[5, 5, 4, 10], [2, 1, np.nan, 1], [np.nan, 6, 3, np.nan]]
    np.testing.assert_array_equal(responses.values, expected)
    assert responses.raw.tolist() == [["2", "5", "4", "10"], ["5", "1", "NA", "1"], ["-99", "6", "3", "0"]]
    assert responses.rows == (2, 3, 4)
    assert responses.columns == ("A1", "A2", "A3", "V1")
    assert responses.source == str(path)
    assert not responses.simulated
    assert [str(change) for change in responses.log] == [
        "A1: codes for no answer read as missing (1 cells)",
        "A1: reverse-coded as 1 + 6 - answer (2 cells)",
        "A3: codes for no answer read as missing (1 cells)",
        "V1: codes for no answer read as missing (1 cells)",
    ]


def test_labels_of_any_language_become_numbers(tiny, write):
    responses = read_responses(
        write(HEADER + "very  ACCURATE,Sesuai,agak sesuai,Very positive\n1,1.0, 2 ,sangat negatif\n"), tiny
    )
    np.testing.assert_array_equal(responses.values, [[1, 5, 4, 10], [6, 1, 2, 1]])
    labelled = {change.column: change.cells for change in responses.log if "labels" in change.action}
    assert labelled == {"A1": 1, "A2": 1, "A3": 1, "V1": 2}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_mark_and_line_end_do_not_matter(tiny, write, delimiter, mark, end):
    lines = ["A1,A2,A3,V1,note", "2,5,4,10,x", "5,1,6,1,y"]
    text = mark + end.join(line.replace(",", delimiter) for line in lines) + end
    responses = read_responses(write(text), tiny)
    np.testing.assert_array_equal(responses.values, [[5, 5, 4, 10], [2, 1, 6, 1]])
    assert responses.extras_names == ("note",)
    assert responses.extras.tolist() == [["x"], ["y"]]


def test_columns_keep_the_order_of_the_file_and_others_are_extras(tiny, write):
    responses = read_responses(write("id,V1,A3,sex,A2,A1\n7,10,4,f,5,2\n"), tiny)
    assert responses.columns == ("V1", "A3", "A2", "A1")
    np.testing.assert_array_equal(responses.values, [[10, 4, 5, 5]])
    assert responses.extras_names == ("id", "sex")
    assert responses.extras.tolist() == [["7", "f"]]


def test_line_numbers_count_blank_lines_and_breaks_inside_cells(tiny, write):
    responses = read_responses(write('A1,A2,A3,V1,note\n\n1,1,1,1,"two\nlines"\n\n2,2,2,2,x\n'), tiny)
    assert responses.rows == (3, 6)


def test_simulated_answers_say_so(tiny, write):
    marked = "A1,A2,A3,V1,simulated\n1,1,1,1,true\n2,2,2,2,TRUE\n"
    responses = read_responses(write(marked), tiny)
    assert responses.simulated
    assert "simulated" in responses.extras_names
    assert not read_responses(write(marked.replace("true", "false").replace("TRUE", "false")), tiny).simulated
    with pytest.raises(ResponseError, match=r"line 3, column 'simulated': got 'perhaps'"):
        read_responses(write(marked.replace("TRUE", "perhaps")), tiny)
    with pytest.raises(ResponseError, match=r"line 3, column 'simulated': got 'false'.*true in every row"):
        read_responses(write(marked.replace("TRUE", "false")), tiny)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty; it should hold the answers."),
        (HEADER, "there is a header and no answers below it."),
        (HEADER + "\n\n", "there is a header and no answers below it."),
        ("A1,A2,A2,A3,V1\n1,1,1,1,1\n", "line 1: the column 'A2' is there 2 times (columns 2, 3); keep one."),
        ("A1,A_2,A3,V1\n1,1,1,1\n", "line 1: no column for the item 'A2' of "),
        ("A1,A_2,A3,V1\n1,1,1,1\n", "Did you mean the column 'A_2'? Items without a column: A2."),
        (HEADER + "1,1,1,1\n1,1,1\n", "line 3: too few cells: got 3, and the header has 4."),
        (
            HEADER + "1,1,1,1,1\n1\n",
            "line 2: too many cells: got 5, and the header has 4. 1 more rows are like",
        ),
        (
            HEADER + '1,1,1,1\n1,"1,1,1\n',
            "line 3: not valid CSV: unexpected end of data. Look at the quotes.",
        ),
        (HEADER + "1,1,1,1\n1,7,1,1\n", "1 cell is not an answer:\n  line 3, column 'A2': got '7'."),
        (HEADER + "1,7,1,1\n", "Allowed: whole numbers 1 to 6, the labels 'Very inaccurate', 'Inaccurate', "),
        (
            HEADER + "1,7,1,1\n",
            "no answer as '', 'NA', '-99'.\nCorrect the file, or declare in the instrument",
        ),
        (HEADER + "1,4.5,1,1\n", "line 2, column 'A2': got '4.5'."),
        (HEADER + "1,nan,1,1\n", "line 2, column 'A2': got 'nan' (that mostly means no answer)."),
        (HEADER + "1,Acurate,1,1\n", "line 2, column 'A2': got 'Acurate'. Did you mean 'Accurate'?"),
        (HEADER + "1,1,1,\n", "line 2, column 'V1': got ''.\nAllowed: whole numbers 1 to 10"),
        (HEADER + "1,1,1,11\n", "got '11'.\nAllowed: whole numbers 1 to 10, the labels 'Very negative'"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(tiny, write, text, told):
    path = write(text)
    with pytest.raises(ResponseError, match=re.escape(told)) as caught:
        read_responses(path, tiny)
    assert str(caught.value).startswith(f"{path}: ")


def test_refused_cells_are_listed_in_order_and_the_rest_counted(tiny, write):
    with pytest.raises(ResponseError, match=r"36 cells are not answers") as caught:
        read_responses(write(HEADER + "7,7,7,1\n" * 12), tiny)
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0].strip() for line in lines[1:5]] == [
        "line 2, column 'A1'",
        "line 2, column 'A2'",
        "line 2, column 'A3'",
        "line 3, column 'A1'",
    ]
    assert lines[11] == "  and 26 more."
    # What is allowed is said once, however many cells are refused.
    assert [line.partition(":")[0] for line in lines[12:14]] == [
        "Allowed",
        "'7' stands in 36 cells; if it means no answer, add it to `missing`.",
    ]
    assert len(lines) == 15


def test_utf_16_is_read_with_its_mark(tiny, write):
    responses = read_responses(write((HEADER + "1,1,1,1\n").encode("utf-16")), tiny)
    np.testing.assert_array_equal(responses.values, [[6, 1, 1, 1]])
    assert "UTF-16" in responses.understood


def test_the_mobile_answers_are_those_of_the_file(mobile):
    with (MOBILE / "responses.csv").open(encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert (mobile.n_obs, len(mobile.columns)) == (250, 24)
    assert mobile.columns == tuple(header)
    np.testing.assert_array_equal(mobile.values, np.array(rows, dtype=float))
    assert mobile.rows == tuple(range(2, 252))
    assert mobile.log == ()
    assert not mobile.simulated


def test_answers_can_be_imported_without_the_slow_packages():
    code = (
        "import sys, rantau.survey, rantau.survey.responses; "
        "print(sorted({'pandas', 'pydantic', 'scipy.stats'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert done.stdout.strip() == "[]"


def test_columns_hold_each_cell_once_and_its_places_narrowly(write):
    rows = "".join(f"{n},{n % 5}\n" for n in range(70_000))
    many, few = open_sheet(write("a,b\n" + rows), Asked("", "", "", ())).columns
    assert (many.places.dtype, few.places.dtype) == (np.dtype("uint32"), np.dtype("uint8"))
    assert many.every()[69_999] == "69999"
    assert few.every()[69_999] == "4"
