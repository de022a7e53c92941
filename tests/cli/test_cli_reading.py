"""How a file of answers is read, as options of every verb that reads one."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

import rantau as rt
from rantau.cli.answers import READING, Answers
from rantau.cli.main import app
from rantau.cli.show import typed
from rantau.cli.verbs import ROWS

Rantau = Callable[..., Any]

DATA = "surveys/mobile/responses.csv"
SURVEY = "surveys/mobile/instrument.toml"
MODEL = "models/mobile.sem"
#: These read no file of answers; of `run` the plan says how.
WITHOUT = {"form", "list", "power", "run", "simulate"}


def rows() -> list[list[str]]:
    with Path(DATA).open(encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook with a pilot of 60 rows before the study itself, their columns alike."""
    workbook = openpyxl.Workbook()
    pilot, study = workbook.active, workbook.create_sheet("Main study")
    pilot.title = "Pilot"
    for number, row in enumerate(rows()):
        cells = [int(cell) if cell.isdigit() else cell for cell in row]
        study.append(cells)
        if number <= 60:
            pilot.append(cells)
    path = tmp_path / "two sheets.xlsx"
    workbook.save(path)
    return path


@pytest.fixture
def latin(tmp_path: Path) -> Path:
    """Text in latin-1 with an unusual sign between cells, and a column by a name that is no code."""
    head, *body = rows()
    head = ["Citra é" if name == "IMAG1" else name for name in head]
    path = tmp_path / "latin.csv"
    path.write_bytes("\n".join("~".join(row) for row in (head, *body)).encode("latin-1"))
    return path


def written(path: Path, delimiter: str) -> Path:
    path.write_text("\n".join(delimiter.join(row) for row in rows()) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_every_verb_that_reads_answers_has_them(name: str) -> None:
    verbs: Any = typer.main.get_command(app)
    options = {each for one in verbs.get_command(None, name).params for each in one.opts}
    asked = {f"--{each}" for each in READING}
    assert asked & options == (set() if name in WITHOUT else asked)


@pytest.mark.parametrize("named", [("--model", MODEL), ("--survey", SURVEY)], ids=["table", "responses"])
def test_a_sheet_is_named(rantau: Rantau, book: Path, named: tuple[str, str]) -> None:
    expected = json.loads(rantau("reliability", DATA, *named, "--json").out)
    ran = rantau("reliability", book, *named, "--sheet", "Main study", "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == expected
    # Of sheets alike the first is taken, and it is told.
    first = rantau("reliability", book, *named, "--json")
    assert json.loads(first.out) != expected
    assert "sheet 'Pilot' read (not read: Main study)" in " ".join(first.err.split())


@pytest.mark.parametrize("delimiter", ["semicolon", ";"])
def test_a_delimiter_is_named_by_its_sign_or_its_name(rantau: Rantau, tmp_path: Path, delimiter: str) -> None:
    semicolons = written(tmp_path / "semicolons.csv", ";")
    ran = rantau("fit", semicolons, "--model", MODEL, "--cfa", "--delimiter", delimiter, "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == json.loads(rantau("fit", DATA, "--model", MODEL, "--cfa", "--json").out)


@pytest.mark.parametrize("named", [("--model", MODEL), ("--survey", SURVEY)], ids=["table", "responses"])
def test_another_delimiter_than_that_of_the_file_is_asked_about(
    rantau: Rantau, tmp_path: Path, named: tuple[str, str]
) -> None:
    semicolons = written(tmp_path / "semicolons.csv", ";")
    ran = rantau("reliability", semicolons, *named, "--delimiter", "comma")
    assert ran.status == 2
    assert "One column: is the delimiter" in ran.err
    assert "(--delimiter)?" in ran.err


@pytest.mark.parametrize("named", [("--model", MODEL), ("--survey", SURVEY)], ids=["table", "responses"])
def test_text_in_latin_1_with_a_column_by_another_name(rantau: Rantau, latin: Path, named: tuple[str, str]) -> None:
    told = ("--encoding", "latin-1", "--delimiter", "~", "--columns", "IMAG1=Citra é")
    ran = rantau("reliability", latin, *named, *told, "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == json.loads(rantau("reliability", DATA, *named, "--json").out)
    assert "as told" in ran.err
    wrong = rantau("reliability", latin, *named, "--encoding", "utf-8", *told[2:])
    assert wrong.status == 2
    assert "name the encoding, such as --encoding cp1252." in wrong.err


def test_columns_by_position(rantau: Rantau, tmp_path: Path) -> None:
    items = rt.read_survey(SURVEY).codes
    table = rt.read_table(DATA)[list(items)]
    path = tmp_path / "numbered.csv"
    table.set_axis([f"Q{number}" for number in range(1, len(items) + 1)], axis="columns").to_csv(path, index=False)
    refused = rantau("describe", path, "--survey", SURVEY)
    assert refused.status == 2
    assert "--columns IMAG1='...', or --columns position." in refused.err
    ran = rantau("describe", path, "--survey", SURVEY, "--columns", "position", "--json")
    assert ran.status == 0
    shown = {row["item"]: row["mean"] for row in json.loads(ran.out)}
    assert shown == {
        row["item"]: row["mean"] for row in json.loads(rantau("describe", DATA, "-s", SURVEY, "--json").out)
    }


def test_new_rows_are_read_as_the_answers_are(rantau: Rantau, book: Path) -> None:
    common = ("--model", MODEL, "--repeats", 1, "--json")
    ran = rantau("predict", book, *common, "--sheet", "Main study", "--new", book)
    assert ran.status == 0
    assert json.loads(ran.out)["rows"] == json.loads(rantau("predict", DATA, *common, "--new", DATA).out)["rows"]


def test_means_by_key(rantau: Rantau, book: Path, latin: Path) -> None:
    key = ("--key", "Loyalty=CUSL1,CUSL2,CUSL3", "--json")
    expected = json.loads(rantau("score", DATA, *key).out)
    assert json.loads(rantau("score", book, *key, "--sheet", "Main study").out) == expected
    told = ("--delimiter", "~", "--columns", "IMAG1=Citra é")
    key = ("--key", "Image=IMAG1,IMAG2", "--json")
    assert json.loads(rantau("score", latin, *key, *told).out) == json.loads(rantau("score", DATA, *key).out)


def test_check_holds_an_instrument_against_them(rantau: Rantau, book: Path, latin: Path) -> None:
    ran = rantau("check", SURVEY, "--data", book, "--sheet", "Main study")
    assert ran.status == 0
    assert "250 rows" in ran.out
    # What comes next is typed as it works.
    assert f'rantau describe "{book}" --sheet "Main study" --survey {SURVEY}' in ran.out
    ran = rantau("check", SURVEY, "--data", latin, "--delimiter", "~", "--columns", "IMAG1=Citra é")
    assert ran.status == 0
    assert '--columns "IMAG1=Citra é" --delimiter "~"' in ran.out


def test_a_study_that_is_proposed_says_it_in_its_plan(rantau: Rantau, latin: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    ran = rantau("new", folder, "--from", latin, "--delimiter", "~")
    assert ran.status == 0
    plan = folder / "analysis" / "mine.toml"
    assert tomllib.loads(plan.read_text("utf-8"))["data"] == {
        "responses": "../surveys/mine/responses.csv",
        "delimiter": "~",
    }
    assert rantau("check", plan).status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("fit", DATA, "-m", MODEL, "--sheet", "A"), ": --sheet has no place with delimited text. Leave it out."),
        (("fit", "BOOK", "-m", MODEL, "--delimiter", ";"), "--delimiter has no place with Excel workbook."),
        (("fit", "BOOK", "-m", MODEL, "--encoding", "utf-8"), "--encoding has no place with Excel workbook."),
        (("fit", "BOOK", "-m", MODEL, "--sheet", "Main"), "unknown sheet 'Main'. Allowed: Pilot, Main study."),
        (("fit", DATA, "-m", MODEL, "--delimiter", "semi"), "the delimiter is one character such as ';', got 'semi'."),
        (("fit", DATA, "-m", MODEL, "--encoding", "uft-8"), "unknown encoding 'uft-8'."),
        (("fit", DATA, "-m", MODEL, "--columns", "position"), "is of the questions of an instrument: add --survey"),
        (("fit", DATA, "-m", MODEL, "--columns", "IMAG1"), "typed as TR1='Q7 1', or position; got 'IMAG1'"),
        (("fit", DATA, "-m", MODEL, "--columns", "X1=IMAGE1"), "column for 'X1' 'IMAGE1'. Did you mean 'IMAG1'?"),
        (("fit", DATA, "-m", MODEL, "--columns", "IMAG1=IMAG2"), "there is a column 'IMAG1' already"),
        (("describe", DATA, "-s", SURVEY, "--columns", "X1=IMAG1"), "unknown question in columns 'X1'."),
        (("diagram", "-m", MODEL, "-o", "model.svg", "--sheet", "A"), "--sheet says how a file of answers is read"),
        (("check", "analysis/mobile.toml", "--delimiter", ";"), "A plan says it in its [data]."),
        (("check", "analysis/mobile.toml", "--data", DATA, "--delimiter", ";"), "and in [data] how they are read"),
        (("new", "nowhere", "--from", DATA, "--columns", "a=b"), "--from takes the names in the file. Leave it out."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_what_says_nothing_of_the_file_is_refused(
    rantau: Rantau, book: Path, arguments: tuple[str, ...], told: str
) -> None:
    ran = rantau(*(book if each == "BOOK" else each for each in arguments))
    assert ran.status == 2
    assert told in ran.err


def test_tabs_are_named_as_no_shell_types_them() -> None:
    assert {Answers(Path("x"), delimiter=name).way["delimiter"] for name in ("tab", r"\t", "\t")} == {"\t"}


@pytest.mark.parametrize(("code", "told"), [(99, True), (-99, True), (33, True), (11, False), (8, False)])
def test_a_number_far_from_every_other_is_told(rantau: Rantau, tmp_path: Path, code: int, told: bool) -> None:
    table = rt.read_table(DATA)[["CUSA1", "CUSA2", "CUSA3"]].clip(upper=5)
    table.loc[[3, 9], "CUSA2"] = code
    table["age"] = 20.0 + table.index
    data, model = tmp_path / "answers.csv", tmp_path / "one.sem"
    table.to_csv(data, index=False)
    model.write_text("Satisfaction =~ CUSA1 + CUSA2 + CUSA3", "utf-8")
    ran = rantau("fit", data, "--model", model)
    assert ran.status == 0
    said = f"warning: {data}: far from every other answer: {code} in CUSA2 (2 rows). Here a code for no answer is an"
    assert (said in ran.err) is told


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("responses.csv", "responses.csv"),
        ("C:\\data\\answers.csv", "C:\\data\\answers.csv"),
        ("my answers.csv", '"my answers.csv"'),
        ("answers(1).csv", '"answers(1).csv"'),
        ("~", '"~"'),
        (";", '";"'),
    ],
)
def test_what_a_shell_would_take_for_its_own_is_in_quotes(word: str, shown: str) -> None:
    assert typed(word) == shown


def test_what_a_plan_says_of_its_file_is_no_option(rantau: Rantau, tmp_path: Path) -> None:
    plan = Path("analysis/mobile.toml").read_text("utf-8").replace("responses.csv", 'responses.csv"\nsheet = "A')
    path = tmp_path / "plan.toml"
    path.write_text(plan.replace('"../', f'"{Path.cwd().as_posix()}/'), "utf-8")
    ran = rantau("check", path)
    assert ran.status == 2
    assert "sheet= has no place with delimited text" in ran.err
    assert "--sheet" not in ran.err
