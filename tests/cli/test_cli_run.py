"""rantau run and new: what is said, and what is left behind."""

from __future__ import annotations

import re

import pytest

from rantau.template import TEMPLATES
from small_study import MODEL, PLAN, ROOT

ANSWERS = (ROOT / "surveys/mobile/responses.csv").read_text("utf-8")
LINES = ANSWERS.splitlines(keepends=True)
INSTRUMENT = (ROOT / "surveys/mobile/instrument.toml").read_text("utf-8")


def test_run_gives_a_short_account(rantau, study):
    plan = study()
    ran = rantau("run", plan)
    assert ran.status == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0] == "Answers      250 read, 5 flagged (missing 0, longstring 5, duplicate 0), 250 kept"
    assert lines[1].startswith("CFA          chi-square 25.68, df 8, p = 0.001; CFI 0.955")
    assert "  H1   Image -> Satisfaction  SEM +0.90 supported; PLS +0.62" in ran.out
    assert "numbers agree with pingouin, semopy, statsmodels" in ran.out
    assert lines[-1].startswith(f"Written      {plan.parent / 'out'}/: report.docx, report.html and ")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ('estimator = "MLR"\nmissing = "fiml"', r"scaled chi-square [\d.]+, df 8, p = 0\.\d+; robust CFI 0\.\d+, TLI"),
        ('estimator = "MLMVS"', r"scaled chi-square [\d.]+, df \d\.\d\d, p = 0\.\d+; scaled CFI"),
        ('test = "browne.residual.adf"', r"residual-based chi-square [\d.]+, df 8, p . 0?\.\d+; CFI"),
        ('cluster = "town"', r"scaled chi-square [\d.]+, df 8"),
        ('sampling_weights = "weight"', r"scaled chi-square [\d.]+, df 8"),
    ],
)
def test_run_passes_on_what_the_plan_says_of_the_engine(rantau, study, options, told):
    rows = [LINES[0].rstrip("\n") + ',"town","weight"\n']
    rows += [f"{line.rstrip()},T{k % 20},{1 + k % 3}\n" for k, line in enumerate(LINES[1:])]
    plan = study(plan=f"{PLAN}\n[covariance]\n{options}\n", responses="".join(rows))
    ran = rantau("run", plan)
    assert ran.status == 0
    assert re.search(f"^SEM +{told}", ran.out, re.MULTILINE), ran.out


def test_an_inadmissible_fit_ends_with_1_and_says_so(rantau, study):
    model = (ROOT / "models/mobile_ecsi.sem").read_text("utf-8")
    plan = study(model=model, plan='engines = ["covariance"]\n' + PLAN.replace("draws = 25", ""))
    ran = rantau("run", plan)
    assert ran.status == 1
    assert "CFA error: The covariance matrix of the latent variables is not positive definite" in ran.out
    assert ran.out.splitlines()[-1].startswith("Not to be trusted: CFA")
    report = (plan.parent / "out" / "report.md").read_text("utf-8")
    assert "not positive definite" in report


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"model": MODEL.replace("IMAG2", "IMAG22")}, ":1:25: 'IMAG22' is not in the data. Did you mean 'IMAG2'?"),
        ({"model": "A =~ IMAG1 + IMAG2"}, "the model is not identified"),
        ({"model": ""}, "model.sem: the file is empty"),
        ({"responses": ANSWERS.replace("\n7,7,6,6,4", "\n7,7,6,66,4", 1)}, "line 2, column 'CUSA1': got '66'."),
        ({"responses": ANSWERS.replace("\n7,7,6,6,4", "\n7,7,6,six,4", 1)}, "line 2, column 'CUSA1': got 'six'."),
        (
            {"responses": LINES[0] + "".join("5," * 10 + "5," + line.split(",", 11)[11] for line in LINES[1:])},
            "'IMAG1' has the value 5 in every row",
        ),
        ({"responses": "".join(LINES[:13])}, "13 free parameters cannot be estimated from 12 complete rows"),
        ({"responses": ANSWERS.replace('"CUEX2"', '" CUEX1"')}, "the column 'CUEX1' is there 2 times (columns 1, 2)"),
        ({"responses": ANSWERS.replace('"CUEX2"', '"CUEX22"')}, "no column for the item 'CUEX2'"),
        ({"responses": b""}, "responses.csv: the file is empty"),
        ({"responses": ANSWERS.encode("utf-16")[:-1]}, "responses.csv: this is not UTF-16 throughout"),
        ({"responses": b"PK\x03\x04..."}, "responses.csv: this workbook cannot be read"),
        ({"instrument": INSTRUMENT.replace("minimum = 1", "minimum = 20")}, "minimum 20 is not below maximum 10"),
        ({"instrument": INSTRUMENT.replace("maximum = 10", "maximum = 10000000000")}, "allowed: at most 1001."),
        ({"plan": PLAN.replace("model.sem", "modl.sem")}, "Did you mean"),
        ({"plan": PLAN.replace("responses.csv", ".")}, "this is a folder; give the file with the answers."),
        ({"plan": PLAN.replace("draws", "drws")}, "unknown key 'drws'. Did you mean 'draws'?"),
        ({"plan": PLAN.replace("[data]", "[data]\nn = 3")}, "`n` belongs to `simulate`"),
        ({"plan": PLAN.replace("responses =", "simulate =")}, "the number of answers to simulate, is missing"),
        ({"plan": PLAN + '[pls]\nscheme = "pth"\n'}, "unknown scheme 'pth'. Did you mean 'path'?"),
        ({"plan": PLAN + '[report]\nstyle = "apa6"\n'}, "unknown style 'apa6'. Did you mean 'apa7'?"),
        ({"plan": PLAN.replace('"out"', '"model.sem"')}, "`output` must be a folder"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:30],
)  # fmt: skip
def test_what_is_wrong_leaves_no_folder(rantau, study, files, told):
    plan = study(**files)
    before = {path.name: path.read_bytes() for path in plan.parent.iterdir()}
    ran = rantau("run", plan)
    assert ran.status == 2
    assert ran.out == ""
    assert ran.err.startswith("rantau: ")
    assert told in ran.err
    assert {path.name: path.read_bytes() for path in plan.parent.iterdir()} == before


def test_what_is_wrong_leaves_an_old_report_alone(rantau, study):
    plan = study(model="A =~ IMAG1 + IMAG2")
    (plan.parent / "out").mkdir()
    (plan.parent / "out" / "report.md").write_text("old")
    assert rantau("run", plan).status == 2
    assert [path.name for path in (plan.parent / "out").iterdir()] == ["report.md"]
    assert (plan.parent / "out" / "report.md").read_text() == "old"


@pytest.mark.parametrize("template", TEMPLATES)
def test_new_copies_a_study_that_runs(rantau, tmp_path, template):
    folder = tmp_path / "my study"
    ran = rantau("new", folder, "--template", template)
    assert ran.status == 0
    plan = folder / "analysis" / f"{template}.toml"
    assert ran.out.splitlines()[-1] == f'Next:  rantau run "{plan}"'
    text = plan.read_text("utf-8")
    small = re.sub(r"draws = [0-9_]+", "draws = 20", text)
    plan.write_text(small if small != text else text + "\n[bootstrap]\ndraws = 20\n", "utf-8")
    assert rantau("run", plan).status == 0
    assert (folder / "reports" / template / "report.docx").stat().st_size > 10_000


def test_new_does_not_write_over_anything(rantau, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    ran = rantau("new", tmp_path)
    assert ran.status == 2
    assert "it is not empty; name a new folder" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
