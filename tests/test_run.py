"""A whole study: the same inputs give the same files, and nothing is half-written."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import docx
import openpyxl
import pytest

from rantau.errors import ModelSyntaxError, ReportError
from rantau.run import run
from rantau.study import read_study
from small_study import MODEL, PLAN, write_study

MORE = (
    PLAN
    + """
[importance]
target = "Satisfaction"
permutations = 20
"""
)


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The same study run in two folders."""
    folders = [tmp_path_factory.mktemp(name) for name in "ab"]
    return [(folder, run(read_study(write_study(folder, plan=MORE)))) for folder in folders]


def cells(path: Path) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path)}


def test_what_is_written(twice):
    folder, outcome = twice[0]
    written = {path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*") if path.is_file()}
    assert written == set(outcome.files)
    assert {"report.docx", "report.html", "report.md", "tables.xlsx", "tables.tex", "run.json"} <= written
    assert {"figures/hypotheses.svg", "figures/model.png", "figures/model_covariance.png"} <= written
    assert {"figures/importance.svg", "figures/importance.png"} <= written
    assert re.search(r"Figure\s\d shows the map\.", (folder / "out" / "report.md").read_text("utf-8"))
    # No item of this instrument is reversed, so that no note speaks of such.
    assert "Answers as given. The bars" in (folder / "out" / "report.md").read_text("utf-8")
    assert outcome.folder == folder / "out"
    assert outcome.trustworthy


def test_the_same_seed_writes_the_same_numbers(twice):
    first, second = (folder / "out" for folder, _ in twice)
    for name in ("run.json", "report.md", "tables.tex"):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    assert cells(first / "tables.xlsx") == cells(second / "tables.xlsx")
    assert sum(len(rows) for rows in cells(first / "tables.xlsx").values()) > 50


def test_another_seed_writes_other_numbers(twice, tmp_path):
    run(read_study(write_study(tmp_path, plan=MORE.replace("seed = 7", "seed = 8"))))
    assert cells(tmp_path / "out" / "tables.xlsx") != cells(twice[0][0] / "out" / "tables.xlsx")


def test_the_account_says_what_the_numbers_depend_on(twice):
    folder, _ = twice[0]
    account = json.loads((folder / "out" / "run.json").read_text("utf-8"))
    assert account["seed"] == 7
    assert account["options"]["draws"] == 25
    assert account["options"]["importance"] == {"target": "Satisfaction", "permutations": 20}
    assert account["options"]["groups"] is None
    assert account["options"]["covariance"]["estimator"] == "ML"
    assert account["versions"]["rantau"] == "0.1.0"
    assert account["rows"] == {"read": 250, "kept": 250}
    assert account["bootstrap"] == {"draws": 25, "failed": {}}
    assert account["inputs"] == {
        name: sha256((folder / name).read_bytes()).hexdigest()
        for name in ("plan.toml", "instrument.toml", "model.sem", "responses.csv")
    }
    assert not [text for text in json.dumps(account).split('"') if text.startswith("/")], "a path of this machine"


def test_simulated_answers_are_written_and_marked(tmp_path):
    population = """Image =~ 0.8*IMAG1 + 0.7*IMAG2 + 0.6*IMAG3
Satisfaction =~ 0.8*CUSA1 + 0.7*CUSA2 + 0.6*CUSA3
Satisfaction ~ 0.5*Image
Image ~~ 1*Image
Satisfaction ~~ 0.75*Satisfaction
""" + "".join(
        f"{item} ~~ {1 - loading**2:.2f}*{item}\n"
        for stem in ("IMAG", "CUSA")
        for item, loading in ((f"{stem}{number}", value) for number, value in ((1, 0.8), (2, 0.7), (3, 0.6)))
    )
    instrument = """title = { en = "T" }
languages = ["en"]
[scales.s]
minimum = 1
maximum = 7
""" + "".join(
        f"""[[constructs]]
code = "{name}"
name = {{ en = "{name}" }}
definition = {{ en = "{name}" }}
scale = "s"
items = [{", ".join(f'{{ code = "{stem}{i}", wording = {{ en = "Item {i}" }} }}' for i in (1, 2, 3))}]
"""
        for name, stem in (("Image", "IMAG"), ("Satisfaction", "CUSA"))
    )
    plan = PLAN.replace('responses = "responses.csv"', 'simulate = "population.sem"\nn = 120')
    (tmp_path / "population.sem").write_text(population, "utf-8")
    outcome = run(read_study(write_study(tmp_path, plan=plan, instrument=instrument)))
    assert outcome.findings.simulated
    lines = (tmp_path / "out" / "responses_simulated.csv").read_text("utf-8").splitlines()
    assert len(lines) == 121
    assert all("true" in line for line in lines[1:])
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["simulated"] is True


def test_files_of_other_names_stay(tmp_path):
    plan = write_study(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "my_notes.txt").write_text("mine")
    run(read_study(plan))
    assert (tmp_path / "out" / "my_notes.txt").read_text() == "mine"


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_stands_in_the_way_leaves_everything_as_it_was(tmp_path, what):
    plan = write_study(tmp_path)
    (tmp_path / "out").mkdir()
    if what == "folder":
        (tmp_path / "out" / "tables.xlsx").mkdir()
    else:
        (tmp_path / "out" / "figures").write_text("mine")
    before = sorted(path.name for path in (tmp_path / "out").iterdir())
    with pytest.raises(ReportError, match=r"cannot be written: .* Move it away"):
        run(read_study(plan))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == before


def test_an_engine_that_refuses_leaves_nothing(tmp_path):
    plan = write_study(tmp_path, model=MODEL + "IMAG1 ~ 1\n")
    with pytest.raises(ModelSyntaxError, match=r"model\.sem:4:1: PLS has no means or intercepts"):
        run(read_study(plan))
    assert not (tmp_path / "out").exists()


def test_progress_is_told(tmp_path):
    seen: list[tuple[str, int, int]] = []
    run(read_study(write_study(tmp_path)), progress=lambda *step: seen.append(step))
    assert seen[0][0] == "bootstrap"
    assert seen[-2:] == [("report", 0, 1), ("report", 1, 1)]


def test_public_data_are_named_under_tables_and_figures_and_in_the_text(tmp_path):
    plan = PLAN.replace(
        'responses = "responses.csv"', 'responses = "responses.csv"\nsource = { id = "Tenenhaus (2005)" }'
    )
    plan += '[report]\nstyle = "skripsi"\nlanguage = "id"\n'
    run(read_study(write_study(tmp_path, plan=plan)))
    text = (tmp_path / "out" / "report.md").read_text("utf-8")
    assert "Data primer" not in text
    assert "Sumber data: Tenenhaus (2005). Berkas data memuat 250 baris" in text
    lines = text.count("\nSumber: Tenenhaus (2005)\n")
    exhibits = len(re.findall(r"^\*\*(?:Tabel|Gambar) ", text, flags=re.MULTILINE))
    # The model before any data, and the checklist, show none.
    assert lines == exhibits - 2
    word = docx.Document(str(tmp_path / "out" / "report.docx"))
    assert [paragraph.text for paragraph in word.paragraphs].count("Sumber: Tenenhaus (2005)") == lines
    tables = sorted((tmp_path / "out" / "tables").glob("*.tex"))
    told = [path.name for path in tables if "Sumber: Tenenhaus (2005)" in path.read_text("utf-8")]
    assert len(told) == len(tables) - 1
    assert (tmp_path / "out" / "report.html").read_text("utf-8").count("Sumber: Tenenhaus (2005)") == lines
