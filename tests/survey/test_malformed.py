"""Malformed inputs: each gives its one clear error, or a repair that is logged; never a traceback, never in silence."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from rantau.errors import OptionError, ResponseError
from rantau.survey import read_table
from rantau.survey.read import read_responses

H = "A1,A2,A3,V1\n"
ROW = "1,2,3,4\n"
FINE = H + ROW + "2,3,4,5\n"


def book(*rows: tuple[object, ...], merge: str = "", sheets: tuple[str, ...] = ("Sheet",), filled: int = 0) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = sheets[0]
    for name in sheets[1:]:
        made.create_sheet(name)
    for row in rows:
        made.worksheets[filled].append(row)
    if merge:
        made.worksheets[filled].merge_cells(merge)
    memory = io.BytesIO()
    made.save(memory)
    return memory.getvalue()


def far_away() -> bytes:
    made = openpyxl.Workbook()
    for row in (("A1", "A2", "A3", "V1"), (1, 2, 3, 4)):
        made.active.append(row)
    made.active["XFD1048576"] = "far"
    memory = io.BytesIO()
    made.save(memory)
    return memory.getvalue()


def archive(**parts: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return memory.getvalue()


TOP = ("A1", "A2", "A3", "V1")
WIDE = ",".join(["A1", "A2", "A3", "V1", *(f"x{n}" for n in range(10_000))])

#: File name, content, what the error says.
REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "nothing at all": ("a.csv", "", "the file is empty"),
    "blanks alone": ("a.csv", " \n\n \n", "the file is empty"),
    "a byte order mark alone": ("a.csv", b"\xef\xbb\xbf", "the file is empty"),
    "a mark of utf-16 alone": ("a.csv", b"\xff\xfe", "the file is empty"),
    "delimiters alone": ("a.csv", ",,,\n,,,\n", "no line holds anything"),
    "a header alone": ("a.csv", H, "there is a header and no answers below it"),
    "a header and blank rows": ("a.csv", H + ",,,\n\n", "there is a header and no answers below it"),
    "no header": ("a.csv", ROW + ROW, "this line must name the columns, and it holds numbers: 1, 2, 3, 4"),
    "a title above the header": ("a.csv", "My survey\n" + FINE, "Line 1 must name the columns: is it a title"),
    "an item named twice": ("a.csv", "A1,A2,A2,A3,V1\n1,1,1,1,1\n", "'A2' is there 2 times (columns 2, 3)"),
    "an item in two other cases": ("a.csv", "A1,a2,aA2,A3,V1,a2\n1,1,1,1,1,1\n", "'A2' of "),
    "columns without names that hold something": ("a.csv", "A1,A2,A3,V1,,\n1,2,3,4,5,6\n", "too many cells"),
    "two columns without names": ("a.csv", "A1,,A2,,A3,V1\n1,9,2,8,3,4\n", "columns 2, 4 have no name"),
    "an item without a column": ("a.csv", "A1,A2,A3\n1,2,3\n", "no column for the item 'V1'"),
    "no item at all": ("a.csv", "x,y\n1,2\n", "Items without a column: A1"),
    "a code misspelt": ("a.csv", "A1,A2,A_3,V1\n1,2,3,4\n", "Did you mean the column 'A_3'?"),
    "a row too short": ("a.csv", FINE + "1,2\n", "line 4: too few cells: got 2, and the header has 4"),
    "a row too long": ("a.csv", FINE + "1,2,3,4,5\n", "line 4: too many cells: got 5"),
    "every row too long": ("a.csv", H + "1,2,3,4,5\n1,2,3,4,5\n", "does one column have no name?"),
    "what Excel leaves beside": ("~$a.xlsx", b"\x15user" + b" " * 60, "that it has open; give 'a.xlsx'."),
    "a quote not closed": ("a.csv", H + '1,"2,3,4\n', "line 2: not valid CSV: unexpected end of data"),
    "a quote in the middle": ("a.csv", H + '1,"2"x,3,4\n', "line 2: not valid CSV"),
    "a cell without end": ("a.csv", H + "1,2,3," + "9" * 200_000 + "\n", "a cell of more than 131072 characters"),
    "out of scale": ("a.csv", H + "1,7,3,4\n", "line 2, column 'A2': got '7'"),
    "below the scale": ("a.csv", H + "1,0,3,4\n", "line 2, column 'A2': got '0'"),
    "a negative answer": ("a.csv", H + "1,-2,3,4\n", "got '-2'"),
    "between two points": ("a.csv", H + "1,2.5,3,4\n", "got '2.5'"),
    "between two points, with a comma": ("a.csv", FINE.replace(",", ";") + "1;2,5;3;4\n", "got '2,5'"),
    "an enormous number": ("a.csv", H + f"1,{'9' * 400},3,4\n", "got '9999"),
    "a number of more digits than Python converts": ("a.csv", H + f"1,{'9' * 5000},3,4\n", "got '9999"),
    "two minus signs": ("a.csv", H + "1,--2,3,4\n", "got '--2'"),
    "a number as a power": ("a.csv", H + "1,1e0,3,4\n", "got '1e0'"),
    "digits of another script": ("a.csv", H + "1,٣,3,4\n", "got '٣'"),
    "superscript digits": ("a.csv", H + "1,²,3,4\n", "got '²'"),
    "not a number": ("a.csv", H + "1,NaN,3,4\n", "got 'NaN' (that mostly means no answer)"),
    "infinity": ("a.csv", H + "1,inf,3,4\n", "got 'inf'"),
    "another code for no answer": ("a.csv", H + "1,99,3,4\n", "got '99' (that mostly means no answer)"),
    "prefer not to say": ("a.csv", H + "1,Tidak tahu,3,4\n", "got 'Tidak tahu' (that mostly means no answer)"),
    "a misspelt label": ("a.csv", H + "1,Acurate,3,4\n", "Did you mean 'Accurate'?"),
    "a label of another scale": ("a.csv", H + "1,Strongly agree,3,4\n", "got 'Strongly agree'"),
    "two answers in one cell": ("a.csv", H + '1,"2, 3",3,4\n', "got '2, 3'"),
    "a label whose number contradicts it": ("a.csv", H + "1,6 - Inaccurate,3,4\n", "the label is 2 in the instrument"),
    "a formula in text": ("a.csv", H + "1,=1+1,3,4\n", "got '=1+1' (it is a formula)"),
    "an error of a spreadsheet": ("a.csv", H + "1,#REF!,3,4\n", "(it is an error of a spreadsheet)"),
    "a date in text": ("a.csv", H + "1,03-Apr,3,4\n", "(it is a date"),
    "a month in text": ("a.csv", H + "1,Mei-24,3,4\n", "(it is a date"),
    "a fraction become a date": ("a.csv", H + "1,1/2/2024,3,4\n", "(it is a date"),
    "a control character": ("a.csv", H + "1,2\x1b[2J,3,4\n", "(it holds a control character)"),
    "a nul byte": ("a.csv", H + "1,2\0,3,4\n", "line 2: this is not plain text: it holds a NUL character"),
    "nul bytes alone": ("a.csv", b"\0" * 600, "this is not plain text"),
    "two encodings in one file": ("a.csv", "A1,A2,A3,V1,é\n".encode() + b"1,2,3,4,\xe9\n", "mixes encodings"),
    "no encoding at all": ("a.csv", b"A1,A2,A3,V1,\x81\n1,2,3,4,5\n", "nor is it Windows-1252"),
    "utf-16 cut off": ("a.csv", FINE.encode("utf-16")[:-1], "not UTF-16 throughout"),
    "mixed marks of simulation": ("a.csv", "A1,A2,A3,V1,simulated\n1,2,3,4,true\n1,2,3,4,no\n", "got 'no'"),
    "one line that names other delimiters": ("a.csv", "A1:A2:A3:V1\n1:2:3:4\n", "no column for the item 'A1'"),
    "more columns than any table has": ("a.csv", ",".join(f"x{n}" for n in range(20_001)) + "\n", "20001 columns"),
    "an old workbook": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old workbook (.xls), or one with a password"),
    "a web page called a workbook": ("a.xls", "<html><table><tr><td>A1</td></tr></table>", "web page or XML"),
    "a pdf": ("a.csv", b"%PDF-1.7 ...", "a PDF"),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n0000", "a picture"),
    "compressed": ("a.csv.gz", gzip.compress(FINE.encode()), "compressed; unpack it"),
    "a workspace of R": (
        "a.RData",
        b"RDX3\nX\n\0\0\0",
        "this is a workspace of R; save the table",
    ),
    "a Feather file": ("a.feather", b"ARROW1\0\0", "this is a Feather file; read it with pandas"),
    "a SAS file": ("a.sas7bdat", b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "this is a SAS file; save it"),
    "a SAS transport file": (
        "a.xpt",
        b"HEADER RECORD*******LIBRARY HEADER",
        "this is a SAS transport file",
    ),
    "a portable SPSS file": (
        "a.por",
        ("ASCII SPSS PORT FILE".ljust(40) * 5 + "0" * 256 + "SPSSPORTA8").encode(),
        "this is a portable SPSS file; save it as .sav",
    ),
    "an archive": ("a.zip", archive(answers_dot_csv=FINE), "this is an archive (answers.csv)"),
    "a word document": ("a.xlsx", archive(word__document_dot_xml="<x/>"), "a Word document"),
    "an open document": ("a.ods", archive(content_dot_xml="<x/>"), "an OpenDocument file"),
    "a binary workbook": ("a.xlsb", archive(xl__workbook_dot_bin="x"), "a binary workbook (.xlsb)"),
    "half a workbook": ("a.xlsx", book(TOP, (1, 2, 3, 4))[:3000], "this workbook cannot be read (BadZipFile)"),
    "an archive like a workbook": ("a.xlsx", archive(xl__workbook_dot_xml="<x>"), "this workbook cannot be read"),
    "an empty workbook": ("a.xlsx", book(), "no sheet holds anything"),
    "a workbook of a header": ("a.xlsx", book(TOP), "there is a header and no answers below it"),
    "merged cells": ("a.xlsx", book(TOP, (1, 2, 3, 4), (1, 2, 3, 4), merge="B2:B3"), "the cells B2:B3 are merged"),
    "a formula without a value": ("a.xlsx", book(TOP, (1, "=1+1", 3, 4)), "row 2: the cell B2 holds a formula without"),
    "a date in a workbook": (
        "a.xlsx",
        book(TOP, (1, datetime(2024, 4, 3), 3, 4)),
        "row 2, column 'A2': got '2024-04-03 00:00:00' (it is a date",
    ),
    "true in a workbook": ("a.xlsx", book(TOP, (1, True, 3, 4)), "got 'TRUE'"),
    "an error in a workbook": ("a.xlsx", book(TOP, (1, "#N/A", 3, 4)), "(it is an error of a spreadsheet)"),
    "a title in a workbook": ("a.xlsx", book(("My survey",), TOP, (1, 2, 3, 4)), "is it a title"),
    "broken spss": ("a.sav", b"$FL2" + b"\0" * 600, "this SPSS file cannot be read"),
    "half a stata file": ("a.dta", b"<stata_dta><header>", "this Stata file cannot be read"),
    "a study plan instead": ("a.toml", "x = 1", "its name is that of a file with the instrument"),
    "reverse-coded labels": (
        "a.csv",
        H + "1,1 - Very accurate,3,4\n1,6 - Very inaccurate,2,3\n",
        "and the cell says 1",
    ),
}

#: File name, content, what the log says, what A2 is.
REPAIRED: dict[str, tuple[str, str | bytes, str, list[float]]] = {
    "a byte order mark": ("a.csv", "\ufeff" + FINE, "", [2, 3]),
    "names with characters that nobody sees": ("a.csv", "\ufeff\ufeffA1,\u200bA2,A3\u200b,V1\n1,2,3,4\n", "", [2]),
    "windows-1252": (
        "a.csv",
        (H[:-1] + ",caf\xe9\n1,2,3,4,x\n").encode("cp1252"),
        "not UTF-8: read as Windows-1252",
        [2],
    ),
    "utf-16 without a mark": ("a.csv", FINE.encode("utf-16-le"), "not UTF-8: read as UTF-16", [2, 3]),
    "semicolons": ("a.csv", FINE.replace(",", ";"), "", [2, 3]),
    "tabs": ("a.tsv", FINE.replace(",", "\t"), "", [2, 3]),
    "strokes": ("a.txt", FINE.replace(",", "|"), "", [2, 3]),
    "a line for Excel": ("a.csv", "sep=;\r\n" + FINE.replace(",", ";"), "", [2, 3]),
    "old line ends": ("a.csv", FINE.replace("\n", "\r"), "", [2, 3]),
    "mixed line ends": ("a.csv", H + "1,2,3,4\r\n1,3,3,4\r1,4,3,4", "", [2, 3, 4]),
    "blank lines": ("a.csv", "\n\n" + H + "\n1,2,3,4\n,,,\n1,3,3,4\n\n", "", [2, 3]),
    "empty columns behind": ("a.csv", "A1,A2,A3,V1,,\n1,2,3,4,,\n", "", [2]),
    "an empty column between": (
        "a.csv",
        "A1,,A2,A3,V1\n1,,2,3,4\n",
        "empty columns without a name passed over: 1",
        [2],
    ),
    "spaces in names": ("a.csv", " A1 , A2,A3 ,V1\n1,2,3,4\n", "", [2]),
    "another letter case": (
        "a.csv",
        "a1,a2,a3,v1\n1,2,3,4\n",
        "column 'a2' taken by its code in another letter case",
        [2],
    ),
    "wordings for codes": (
        "a.csv",
        "A1,Inquire about others’ well-being,A3,V1\n1,2,3,4\n",
        "taken by its wording",
        [2],
    ),
    "codes before wordings": (
        "a.csv",
        "A1,A2. Menanyakan kabar,A3,V1\n1,2,3,4\n",
        "by its code before the question",
        [2],
    ),
    "numbers with zeros": ("a.csv", H + '1.0,2.00,"3,0",04\n', "", [2]),
    "labels of two languages": ("a.csv", H + "1,Inaccurate,3,4\n1,SESUAI,3,4\n", "labels read as numbers", [2, 5]),
    "labels with numbers": (
        "a.csv",
        H + "1,2 - Inaccurate,3,4\n1,Accurate (5),3,4\n",
        "labels read as numbers",
        [2, 5],
    ),
    "labels and numbers": ("a.csv", H + "1,Inaccurate,3,4\n1,5,3,4\n", "labels read as numbers", [2, 5]),
    "hyphens and spaces": ("a.csv", H + "1,  very-inaccurate. ,3,4\n", "labels read as numbers", [1]),
    "hard spaces": ("a.csv", H + "1,Very\u00a0accurate,3,4\n1,\u200b2\ufeff,3,4\n", "labels read as numbers", [6, 2]),
    "codes for no answer": (
        "a.csv",
        H + "1,-99,3,4\n1,,3,4\n1,na,3,4\n",
        "codes for no answer read as missing",
        [np.nan] * 3,
    ),
    "ten thousand columns": ("a.csv", f"{WIDE}\n1,2,3,4{',x' * 10_000}\n", "", [2]),
    "an apostrophe before a formula": (
        "a.csv",
        "A1,A2,A3,V1,n\n1,2,3,4,'=1+1\n",
        "kept a cell from being a formula",
        [2],
    ),
    "a further column named twice": (
        "a.csv",
        "A1,A2,A3,V1,n,n\n1,2,3,4,x,y\n",
        "n (2): a second column 'n' renamed",
        [2],
    ),
    "an item in other cases as well": (
        "a.csv",
        "A1,a2,A2 ,A3,V1,a2\n1,1,2,1,1,1\n",
        "a second column 'a2' renamed",
        [2],
    ),
    "several sheets": ("a.xlsx", book(TOP, (1, 2, 3, 4), sheets=("Notes", "Data"), filled=1), "", [2]),
    "text in a workbook": ("a.xlsx", book(TOP, ("1", "2", "3", "4"), (1.0, 3.0, 4, "4")), "", [2, 3]),
    "empty rows in a workbook": ("a.xlsx", book((), TOP, (), (1, 2, 3, 4), ()), "", [2]),
    "a workbook called csv": ("a.csv", book(TOP, (1, 2, 3, 4)), "", [2]),
    "text called a workbook": ("a.xlsx", FINE, "", [2, 3]),
}


def test_the_list_is_long_enough():
    assert len(REFUSED) + len(REPAIRED) >= 60


@pytest.mark.parametrize("case", REFUSED)
def test_each_has_its_one_clear_error(tiny, write, case):
    name, content, told = REFUSED[case]
    path = write(content, name)
    with pytest.raises(ResponseError) as caught:
        read_responses(path, tiny)
    text = str(caught.value)
    assert told in text
    assert text.startswith(f"{path}: ")
    assert len(text) < 3000
    assert all(each.isprintable() or each == "\n" for each in text)


@pytest.mark.parametrize("case", REFUSED)
def test_each_is_told_or_read_without_an_instrument_too(write, case):
    name, content, _ = REFUSED[case]
    path = write(content, name)
    try:
        table = read_table(path)
    except ResponseError as error:
        assert str(error).startswith(f"{path}: ")
    else:
        assert len(table)


@pytest.mark.parametrize("case", REPAIRED)
def test_each_repair_is_logged(tiny, write, case):
    name, content, told, expected = REPAIRED[case]
    responses = read_responses(write(content, name), tiny)
    np.testing.assert_array_equal(responses.column("A2"), expected)
    assert told in "\n".join(map(str, responses.log))
    assert responses.understood


def test_a_cell_far_away_is_told_in_no_time(tiny, write):
    with pytest.raises(ResponseError, match="row 1048576: too many cells: got 16384"):
        read_responses(write(far_away(), "a.xlsx"), tiny)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_with_entities_that_grow_is_not_unpacked(tiny, write, part):
    grown = '<!DOCTYPE x [<!ENTITY a0 "a">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(TOP, (1, 2, 3, 4)))) as fine, zipfile.ZipFile(bomb, "w") as made:
        for name in fine.namelist():
            text = fine.read(name).decode()
            made.writestr(name, grown + "]>" + text.replace(">A3<", ">&a9;<") if name == part else text)
    with pytest.raises(ResponseError, match=f"{part} in this workbook declares a document type"):
        read_responses(write(bomb.getvalue(), "a.xlsx"), tiny)


def test_a_statistics_file_that_is_read_without_end_is_told(tiny, tmp_path, monkeypatch):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"A1": [1, 2], "A2": [1, 2], "A3": [1, 2], "V1": [1, 2]}), path)
    monkeypatch.setattr("rantau.survey.frame_source._ALONE", "import time; time.sleep(60)")
    monkeypatch.setattr("rantau.survey.frame_source._SECONDS", 0.2)
    with pytest.raises(ResponseError, match="takes far longer than a file of its size does, so it is damaged"):
        read_responses(path, tiny)


def test_a_workbook_that_unpacks_to_more_than_any_sheet_is_not_unpacked(tiny, write, monkeypatch):
    monkeypatch.setattr("rantau.survey.readers.excel._MOST_BYTES", 1000)
    with pytest.raises(ResponseError, match="save the sheet as 'CSV UTF-8'"):
        read_responses(write(book(TOP, (1, 2, 3, 4)), "a.xlsx"), tiny)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", FINE, {"sheet": "Data"}),
        ("a.xlsx", book(TOP, (1, 2, 3, 4)), {"encoding": "cp1252"}),
        ("a.xlsx", book(TOP, (1, 2, 3, 4)), {"delimiter": ";"}),
        ("a.json", '[{"A1": 1, "A2": 2, "A3": 3, "V1": 4}]', {"encoding": "utf-8"}),
    ],
)
def test_what_says_nothing_of_a_kind_of_file_is_refused(tiny, write, name, content, said):
    path = write(content, name)
    for read in (lambda: read_responses(path, tiny, **said), lambda: read_table(path, **said)):
        with pytest.raises(OptionError, match=f"a.*: {next(iter(said))}= has no place with"):
            read()


def test_one_column_of_numbers_is_one_name(write):
    with pytest.raises(ResponseError, match="column 'A1': a number is needed, got 'x'"):
        read_table(write("A1,A2\nx,1\n"), numeric="A1")


def test_of_several_sheets_the_one_that_names_the_items_is_read(tiny, tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["How to read this file"])
    for title, first in (("Answers", TOP), ("Again", TOP)):
        sheet = made.create_sheet(title)
        for row in (first, (1, 2, 3, 4)):
            sheet.append(row)
    path = tmp_path / "a.xlsx"
    made.save(path)
    found = read_responses(path, tiny)
    assert found.n_obs == 1
    assert "sheet 'Answers' read (not read: Sheet, Again)" in found.understood
    assert read_table(path, numeric=["A1", "A2"]).shape == (1, 4)
