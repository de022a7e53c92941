"""A cell that begins with = + - @ is written as text, in Excel and in CSV."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import rantau as rt
from rantau.cli.write import write_frame, write_sheets
from rantau.survey.text import guarded, unguarded

HOSTILE = [
    '=HYPERLINK("http://x.test","y")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "=1+1",
    "'=1",
    "http://x.test",
]


def formulas(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return [str(cell.value) for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]


def test_workbooks_of_tables_hold_no_formulas(tmp_path):
    frame = pd.DataFrame({"=1+1": HOSTILE, "number": range(len(HOSTILE))})
    write_frame(frame, tmp_path / "a.xlsx")
    write_sheets({"one": frame, "two": frame}, tmp_path / "b.xlsx")
    for name in ("a.xlsx", "b.xlsx"):
        assert formulas(tmp_path / name) == []
        sheet = openpyxl.load_workbook(tmp_path / name).worksheets[0]
        assert [row[0].value for row in sheet.iter_rows(min_row=2)] == HOSTILE


def test_csv_tables_hold_none_and_numbers_stay_numbers(tmp_path):
    write_frame(pd.DataFrame({"=a": HOSTILE, "n": [-1.5] * len(HOSTILE), "t": "-99"}), tmp_path / "a.csv")
    again = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert list(again.columns) == ["'=a", "n", "t"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in again["'=a"])
    assert set(again["n"]) == {"-1.5"}
    assert set(again["t"]) == {"-99"}


@pytest.mark.parametrize("cell", [*HOSTILE, "''=1", "-", "-99", "'-99", "'tis", "", "Agree", "-1,5", "-1e5"])
def test_what_is_guarded_comes_back_as_it_was(cell):
    assert unguarded(guarded(cell)) == (cell if cell != "'-99" else "'-99")


def test_answers_written_hold_none_and_read_back_the_same(tmp_path):
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    lines = Path("surveys/mobile/responses.csv").read_text("utf-8").splitlines()[: len(HOSTILE) + 1]
    texts = ["=name", *(text.replace('"', '""') for text in HOSTILE)]
    path = tmp_path / "a.csv"
    path.write_text("".join(f'{line},"{text}"\n' for line, text in zip(lines, texts, strict=True)), "utf-8")
    first = rt.read_responses(path, survey)
    again = rt.read_responses(rt.write_responses(first, tmp_path / "b.csv"), survey)
    assert again.extras.tolist() == first.extras.tolist()
    assert again.extras_names == ("=name",)
    written = (tmp_path / "b.csv").read_text("utf-8")
    assert not any(f",{mark}" in written or f',"{mark}' in written for mark in "=+@\t")
