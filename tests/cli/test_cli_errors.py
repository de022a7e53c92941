"""What is typed wrong, and files that are not what they should be: status 2 and one paragraph, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = "surveys/mobile/responses.csv"
SURVEY = "surveys/mobile/instrument.toml"
MODEL = "models/mobile.sem"
POPULATION = "models/internationalization_population.sem"


def refused(ran) -> str:
    """Return what was said, after a look that nothing else was."""
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("rantau: ")
    assert "Traceback" not in ran.err
    assert "\n\n" not in ran.err
    return " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        # verbs and options
        (("relibility",), "No such command 'relibility'. Did you mean 'reliability'? See `rantau --help`."),
        (("describe", DATA, "--surve", "x"), "No such option: --surve (Possible options: --survey)"),
        (("describe",), "Missing argument 'data'. See `rantau describe --help`."),
        (("fit", DATA), "Missing option '--model'"),
        (("fit", DATA, DATA, "-m", MODEL), "unexpected extra argument"),
        (("fit", DATA, "-m", MODEL, "--level", "high"), "Invalid value for '--level'"),
        # values of options
        (("pls", DATA, "-m", MODEL, "--scheme", "pth"), "unknown scheme 'pth'. Did you mean 'path'?"),
        (("pls", DATA, "-m", MODEL, "--missing", "meen"), "unknown missing 'meen'. Did you mean 'mean'?"),
        (("fit", DATA, "-m", MODEL, "--estimator", "MLE"), "unknown estimator 'MLE'. Did you mean 'ML'?"),
        (("fit", DATA, "-m", MODEL, "--missing", "fimll"), "unknown missing 'fimll'. Did you mean 'fiml'?"),
        (("fit", DATA, "-m", MODEL, "--missing", "fiml", "--estimator", "MLM"), "take --estimator MLR (robust"),
        (("fit", DATA, "-m", MODEL, "--estimator", "WLSMV"), "is for ordered answers"),
        (("fit", DATA, "-m", MODEL, "--se", "bootstrap"), "bootstrap standard errors come after the fit"),
        (
            ("fit", DATA, "-m", MODEL, "--test", "yuan_bentlr"),
            "unknown test 'yuan_bentlr'. Did you mean 'yuan_bentler'?",
        ),
        (
            ("fit", DATA, "-m", MODEL, "--group", "IMAG"),
            "--group IMAG: the data have no such column. Did you mean 'IMAG",
        ),
        (("fit", DATA, "-m", MODEL, "--group", "IMAG1"), "is a variable of the model, so it cannot be --group as well"),
        (("fit", DATA, "-m", MODEL, "--group-equal", "loadings"), "there is one group"),
        (("fit", DATA, "-m", MODEL, "--cfa", "--growth"), "--cfa and --growth are two kinds of model"),
        (("fit", DATA, "-m", MODEL, "--cfa", "--random-x"), "--fixed-x/--random-x has no place with --cfa"),
        (("fit", DATA, "-m", MODEL, "--growth", "--std-lv"), "--std-lv has no place with --growth"),
        (("fit", DATA, "-m", MODEL, "--level", "95"), "--level is 95; it lies between 0 and 1, such as 0.95."),
        (("bootstrap", DATA, "-m", MODEL, "--engine", "plss"), "unknown engine 'plss'. Did you mean 'pls'?"),
        (("bootstrap", DATA, "-m", MODEL, "--interval", "bcs"), "unknown interval 'bcs'. Did you mean 'bca'?"),
        (
            ("bootstrap", DATA, "-m", MODEL, "--of", "standardized"),
            "unknown of 'standardized'. Allowed: estimates, paths,",
        ),
        (("bootstrap", DATA, "-m", MODEL, "--draws", "1"), "--draws is 1; it must be 2 or more."),
        (("bootstrap", DATA, "-m", MODEL, "--seed", "-1"), "--seed is -1; it must be 0 or more."),
        (("bootstrap", DATA, "-m", MODEL, "--workers", "0"), "--workers is 0; it must be 1 or more."),
        (("crosscheck", DATA, "-m", MODEL, "--engine", "sem"), "unknown engine 'sem'. Allowed: covariance, pls."),
        (("validity", DATA, "-m", MODEL, "--show", "htm"), "unknown table to show 'htm'. Did you mean 'htmt'?"),
        (("screen", DATA, "-s", SURVEY, "--exclude", "longstrin"), "Did you mean 'longstring'?"),
        (("score", DATA, "-s", SURVEY, "--method", "avg"), "unknown method 'avg'. Allowed: mean, sum, prorated_sum."),
        (("score", DATA, "-s", SURVEY, "--minimum-answered", "2"), "allowed: a share from 0 to 1."),
        (("list", "tabels"), "unknown room 'tabels'. Did you mean 'tables'?"),
        (("new", "x", "--template", "mobil"), "unknown template 'mobil'. Did you mean 'mobile'?"),
        (("diagram", "-m", MODEL, "-o", "x.svg", "--content", "structual"), "Did you mean 'structural'?"),
        (("diagram", "-m", MODEL, "-o", "x.svg", "--language", "fr"), "unknown language 'fr'. Allowed: en, id."),
        (("report", DATA, "-m", MODEL, "-o", "x.md", "--style", "apa6"), "Did you mean 'apa7'?"),
        (("simulate", POPULATION, "-o", "x.csv", "-n", "0"), "--n is 0; it must be 1 or more."),
        # what would say nothing
        (("describe", DATA, "-s", SURVEY, "--of", "scores"), "--of is of --show correlations. Leave it out."),
        (("describe", DATA, "-s", SURVEY, "--language", "en"), "--language is of --show profile and of --draw."),
        (("screen", DATA, "-s", SURVEY, "--rule", "irv", "--limit", "missing=0.1"), "'missing' is not applied, so its"),
        (
            ("screen", DATA, "-s", SURVEY, "--rule", "irv", "--duration", "IMAG1"),
            "'speed' is not applied, so `duration`",
        ),
        (("pls", DATA, "-m", MODEL, "--interaction", "orthogonal"), "--interaction is of products such as `X:M`"),
        (("pls", DATA, "-m", MODEL, "--higher-order", "embedded"), "of constructs measured by constructs"),
        (("predict", DATA, "-m", MODEL, "--interaction", "scores"), "--interaction is of products such as `X:M`"),
        (("segments", DATA, "-m", MODEL, "--adjust", "holm"), "--adjust is of columns held against the segments, --by"),
        (("robustness", DATA, "-m", MODEL, "--check", "nonlinearity", "--draws", "200"), "--draws is of copulas and"),
        (("impute", DATA, "-o", "x.csv", "--engine", "pls"), "--engine is of the fits of a model, --model."),
        (("efa", DATA, "-k", "1", "--rotation", "oblimin"), "--rotation turns factors, and one cannot be turned."),
        (("diagram", "-m", MODEL, "-o", "x.svg", "--draws", "50"), "--draws is of estimates, which need --data."),
        (
            ("diagram", "-m", MODEL, "-o", "x.svg", "--data", DATA, "--engine", "covariance", "--seed", "2"),
            "--seed is of the bootstrap of PLS",
        ),
        (("new", "x", "--from", DATA, "--template", "mobile"), "--template copies a study, and --from begins one"),
        # what is needed besides
        (("describe", DATA), "`rantau describe` needs the instrument: add --survey"),
        (("screen", DATA), "Where there is none, `rantau new my-study --from answers.csv` proposes one."),
        (("score", DATA), "for a file of numbers --key DE=de1,de2,-de3 --scale 1,5"),
        (("reliability", DATA), "add --model models/<name>.sem, or --survey"),
        (("validity", DATA), "add --model models/<name>.sem, or --survey"),
        (("simulate", MODEL, "-o", "x.csv"), "a population has a number for every parameter"),
        # where to write
        (
            ("describe", DATA, "-s", SURVEY, "-o", "x.txt"),
            "x.txt: the name of the file to write must end in .csv or .xlsx",
        ),
        (("describe", DATA, "-s", SURVEY, "-o", "x"), "must end in .csv or .xlsx, got none."),
        (("bootstrap", DATA, "-m", MODEL, "-o", f"{MODEL}/x.csv"), "is a file, and a folder is needed there"),
        (("diagram", "-m", MODEL, "-o", "x.bmp"), "must end in .svg, .png, .pdf, .tiff, .tif or .eps, got '.bmp'."),
        (("report", DATA, "-m", MODEL, "-o", "x.doc"), "must end in .docx, .html, .xlsx, .md or .tex, got '.doc'."),
        (("simulate", POPULATION, "-o", "x.xlsx"), "must end in .csv, got '.xlsx'."),
        # how it is typed
        (("fit", "--model", MODEL, "--data", DATA), "The file of answers stands without --data. See `rantau fit"),
        (("run", "--data", DATA), "No such option: --data."),
        (("bootstrap", DATA, "-m", MODEL, "--draws", "many"), "Invalid value for '--draws': a whole number is needed."),
        (("bootstrap", DATA, "-m", MODEL, "--level", "0,95"), "'--level': a number, with a point before decimals, is"),
        (("fit", DATA, "-m", MODEL, "--group-equal", "loadings"), "say which variable groups the rows (--group)."),
        (
            ("fit", DATA, "--model", MODEL, "--ordered", "CUSA1", "CUSA2"),
            "Between several values stand commas",
        ),
        (("score", DATA, "--key", "Sat=CUSA1,-CUSA2"), "Give the lowest and the highest answer: --scale 1,5."),
        # files
        (("run", SURVEY), f"{SURVEY}: this is a file with the instrument; give the one with the study plan."),
        (
            ("describe", DATA, "-s", "analysis/mobile.toml"),
            "analysis/mobile.toml: this is a file with the study plan; give the one with the instrument.",
        ),
        (("fit", "surveys/mobile/respones.csv", "-m", MODEL), "Did you mean 'surveys/mobile/responses.csv'?"),
        (("fit", "surveys/mobile", "-m", MODEL), "surveys/mobile: this is a folder"),
        (("fit", DATA, "-m", "models/mobil.sem"), "Did you mean 'models/mobile.sem'?"),
        (("check", "analysis/mobil.toml"), "Did you mean 'analysis/mobile.toml'?"),
        (("run", "analysis"), "analysis: this is a folder; give the file with the study plan."),
        (
            ("describe", DATA, "-s", MODEL),
            f"{MODEL}: its name is that of a file with the model; give the one with the instrument.",
        ),
        (("fit", DATA, "-m", SURVEY), "that of a file with the instrument or study plan; give the one with the model."),
        (
            ("fit", SURVEY, "-m", MODEL),
            "that of a file with the instrument or study plan; give the one with the answers.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_typed_wrong(rantau, arguments, told):
    assert told in refused(rantau(*arguments))


ROWS = [
    (3, 5, 4),
    (5, 4, 5),
    (2, 3, 1),
    (4, 4, 3),
    (1, 2, 2),
    (5, 5, 4),
    (3, 2, 3),
    (4, 5, 5),
    (2, 1, 2),
    (1, 3, 1),
] * 4
TABLE = "a,b,c\n" + "".join(f"{x},{y},{z}\n" for x, y, z in ROWS)


def with_cell(cell: str) -> str:
    return TABLE.replace("\n3,5,4\n", f"\n{cell},5,4\n", 1)


@pytest.fixture
def fit(rantau, tmp_path):
    """`fit(answers, model)`: the verb on a file of three items."""

    def run(answers: str | bytes, model: str = "F =~ a + b + c\n"):
        (tmp_path / "m.sem").write_text(model, "utf-8")
        content = answers if isinstance(answers, bytes) else answers.encode("utf-8")
        (tmp_path / "a.csv").write_bytes(content)
        return rantau("fit", tmp_path / "a.csv", "-m", tmp_path / "m.sem")

    return run


def test_the_table_of_these_tests_is_fine(fit):
    assert fit(TABLE).status == 0


@pytest.mark.parametrize(
    "cell", ["five", "5,5", "٥", "５", "0x5", "nan", "inf", "1e999", "=1+1", "1_0", "5%", "true", "−5", "2024-01-05"]
)
def test_a_cell_that_is_no_number_is_named_with_its_line(fit, cell):
    told = refused(fit(with_cell(f'"{cell}"')))
    assert f"a.csv: line 2, column 'a': a number is needed, got '{cell}'." in told


@pytest.mark.parametrize(("cell", "number"), [("5.0", 5), ("+5", 5), (" 5 ", 5), ("1e1", 10), ("05", 5), (".5", 0.5)])
def test_numbers_may_be_written_in_other_ways(fit, cell, number):
    assert fit(with_cell(cell)).out == fit(with_cell(str(number))).out


@pytest.mark.parametrize(
    ("answers", "model", "told"),
    [
        (TABLE, "F =~ a + b + d", "m.sem:1:14: 'd' is not in the data."),
        (TABLE.replace("c", "Cc"), "F =~ a + b + cc", "Did you mean 'Cc'?"),
        (TABLE, "F =~ a + b", "the model is not identified: 4 free parameters but only 3"),
        (TABLE[:18], "F =~ a + b + c", "6 free parameters cannot be estimated from 2 complete rows"),
        (TABLE[:12], "F =~ a + b + c", "1 row; nothing can be estimated"),
        ("a,b,c\n" + "".join(f"5,{y},{z}\n" for _, y, z in ROWS), "F =~ a + b + c", "'a' has the value 5 in every row"),
        ("a,b,c\n" + "".join(f",{y},{z}\n" for _, y, z in ROWS), "F =~ a + b + c", "'a' has no answer in any row"),
        ("a,b,c\n" + "".join(f"{y},{y},{z}\n" for _, y, z in ROWS), "F =~ a + b + c", "on each other exactly: a, b"),
        (TABLE.replace("a,b,c", "a,b, a "), "F =~ a + b", "line 1: the column 'a' is there 2 times (columns 1, 3)"),
        (TABLE.split("\n", 1)[1], "F =~ a + b", "line 1: this line must name the columns, and it holds numbers: 3,"),
        ("My survey\n" + TABLE, "F =~ a + b", "Line 1 must name the columns: is it a title"),
        ("", "F =~ a", "a.csv: the file is empty; it should hold the answers."),
        (TABLE.encode("utf-16")[:-1], "F =~ a", "a.csv: this is not UTF-16 throughout"),
        (TABLE.replace("b", "b\0"), "F =~ a", "a.csv: line 1: this is not plain text: it holds a NUL character"),
        (TABLE.replace("b", "\x81").encode("latin-1"), "F =~ a", "not UTF-8: byte 0x81; nor is it Windows-1252."),
        (b"PK\x03\x04" + bytes(30), "F =~ a", "a.csv: this workbook cannot be read (BadZipFile)"),
        (TABLE + '1,2,"3\n', "F =~ a", "line 42: not valid CSV: unexpected end of data."),
        (TABLE + "9" * 200_000, "F =~ a", "line 42: not valid CSV: a cell of more than 131072 characters"),
        (TABLE, "F = a + b", "m.sem:1:3: a single '=' means nothing here"),
        (TABLE, "# nothing", "m.sem:1:1: the model is empty"),
    ],
)  # fmt: skip
def test_answers_and_models_that_do_not_do(fit, answers, model, told):
    assert told in refused(fit(answers, model))


@pytest.mark.parametrize(
    "answers",
    [
        "\ufeff" + TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        TABLE.replace("\n", "\n\n"),
        TABLE.replace("\n", "\n  \n"),
        TABLE.replace("\n", ",,\n"),
        TABLE + ",,\n,,\n",
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        "sep=;\n" + TABLE.replace(",", ";"),
        '"' + TABLE.replace(",", '","').replace("\n", '"\n"')[:-1],
        "note," + TABLE.replace("\n", '\n"two\nlines",')[: -len('"two\nlines",')],
    ],
    ids=[
        "mark",
        "crlf",
        "cr",
        "blank",
        "spaces",
        "trailing",
        "emptyrows",
        "semicolon",
        "tab",
        "sep",
        "quotes",
        "lines",
    ],
)
def test_ugly_files_give_the_same_numbers(fit, answers):
    assert fit(answers).out == fit(TABLE).out


@pytest.mark.parametrize("verb", [(), ("fit",), ("list",)], ids=" ".join)
def test_help_is_asked_for_in_two_ways(rantau, verb):
    short, long = rantau(*verb, "-h"), rantau(*verb, "--help")
    assert short == long
    assert (short.status, short.err) == (0, "")
    assert "Usage: rantau" in short.out


def test_a_default_is_not_typed(rantau):
    assert rantau("describe", DATA, "-s", SURVEY).status == 0
    assert "Leave it out" not in rantau("pls", DATA, "-m", MODEL).err


def test_rules_not_applied_are_told_in_options_as_they_are_typed(rantau):
    told = rantau("screen", DATA, "-s", SURVEY).err
    assert "Name it, in seconds: --duration ..." in told
    assert "name columns and right answers: --attention CHECK1=4" in told


def test_the_package_runs_as_a_module():
    ran = subprocess.run(
        [sys.executable, "-m", "rantau", "list", "engine"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("rantau: unknown room 'engine'.")


@pytest.mark.parametrize(
    "verb", [("describe",), ("score", "--method", "sum"), ("impute",), ("screen",), ("reliability",)], ids=" ".join
)
def test_answers_are_not_written_over(rantau, tmp_path, verb):
    name, *options = verb
    own = tmp_path / "answers.csv"
    own.write_bytes(Path(DATA).read_bytes())
    (tmp_path / "folder").mkdir()
    same = tmp_path / "folder" / ".." / "answers.csv"
    told = refused(rantau(name, own, "-s", SURVEY, *options, "--out", same))
    assert told.endswith("this file is read, and would be written over; name another to write.")
    assert own.read_bytes() == Path(DATA).read_bytes()


def test_one_file_is_not_written_twice(rantau, tmp_path):
    own = tmp_path / "x.csv"
    assert "this file is written twice" in refused(rantau("segments", DATA, "-m", MODEL, "--members", own, "-o", own))
    assert not own.exists()


@pytest.mark.parametrize(
    "text",
    [
        "DE1,DE2\n1,2\n",
        # Answers about simulated things, or of which some are people's, are no simulated answers.
        "DE1,We have simulated it\n1,2\n",
        "DE1,simulated\n1,false\n",
        "DE1,simulated\n1,true\n2,false\n",
        "",
    ],
)
def test_simulated_answers_are_not_written_over_others(rantau, tmp_path, text):
    own = tmp_path / "answers.csv"
    own.write_text(text)
    assert "its answers are not marked as simulated" in refused(rantau("simulate", POPULATION, "-n", "5", "-o", own))
    assert own.read_text() == text
    own.unlink()
    for _ in range(2):
        assert rantau("simulate", POPULATION, "-n", "5", "-o", own).status == 0


def test_a_file_that_may_not_be_changed_is_left_as_it_is(rantau, tmp_path, monkeypatch):
    own = tmp_path / "x.csv"
    own.write_text("kept")
    # The owner of all files may change this one too.
    monkeypatch.setattr("rantau.cli.write.os.access", lambda file, mode, **_: mode != os.W_OK or file != own)
    assert "this file may not be changed; name another." in refused(rantau("describe", DATA, "-s", SURVEY, "-o", own))
    assert own.read_text() == "kept"
