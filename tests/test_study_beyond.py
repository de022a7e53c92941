"""Plans that ask PLS for more than estimates: what is refused, and what they write."""

from __future__ import annotations

import csv
import io

import pytest

import rantau as rt
from rantau.analyse import analyse, check_study
from rantau.errors import EstimationError, ResponseError, StudyError
from rantau.report import sentences
from rantau.report.assemble import assemble
from rantau.report.prose import Prose
from rantau.study import read_study
from small_study import MODEL, PLAN, ROOT, write_study

MORE = """
[predict]
folds = 5
repeats = 1
[importance]
target = "Satisfaction"
permutations = 20
[groups]
by = "gender"
permutations = 20
draws = 10
[robustness]
draws = 100
segments = 2
starts = 2
[assess]
"""
PLS = 'engines = ["pls"]\n' + PLAN
GENDER = """
[[demographics]]
code = "gender"
wording = { en = "Gender", id = "Jenis kelamin" }
missing = ["9"]
[[demographics.categories]]
code = "1"
label = { en = "Women", id = "Perempuan" }
[[demographics.categories]]
code = "2"
label = { en = "Men", id = "Laki-laki" }
"""
#: Four items, so that there are tetrads.
FOUR = MODEL.replace("IMAG3", "IMAG3 + IMAG4")


def answers() -> str:
    """The mobile answers with a column of gender, which two customers do not tell."""
    rows = list(csv.reader((ROOT / "surveys" / "mobile" / "responses.csv").read_text("utf-8").splitlines()))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*rows[0], "gender"])
    for place, row in enumerate(rows[1:]):
        writer.writerow([*row, "9" if place < 2 else 1 + place % 2])
    return out.getvalue()


def study(folder, plan=PLS + MORE, model=FOUR):
    instrument = (ROOT / "surveys" / "mobile" / "instrument.toml").read_text("utf-8") + GENDER
    return write_study(folder, plan=plan, model=model, instrument=instrument, responses=answers())


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    seen: list[str] = []
    material = check_study(study(tmp_path_factory.mktemp("beyond")))
    return analyse(material, progress=lambda step, *_: seen.append(step)), seen


def test_everything_is_computed(found):
    findings, seen = found
    assert findings.faults == ()
    assert findings.comparison.sizes == (124, 124)
    assert findings.comparison.left_out == 2
    assert len(findings.prediction.folds) == 1
    assert findings.importance.rescaled
    assert findings.necessity.permutations == 20
    assert len(findings.copulas.models[0].draws) == len(findings.tetrads.draws) == 100
    assert findings.assessment.summary().loc["group_differences", "tests"] > 0
    assert {"prediction", "importance", "groups", "robustness"} <= set(seen)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "“Gender” into Women (*n* = 124) and Men (*n* = 124). Left out were two rows without an entry."),
        ("id", "Baris dibagi menurut “Jenis kelamin” menjadi Perempuan (*n* = 124) dan Laki-laki (*n* = 124)."),
    ],
)
def test_groups_go_by_the_names_that_the_instrument_gives_them(found, language, told):
    document = assemble(found[0], title="T", language=language)
    assert any(told in part.text for part in document.parts if hasattr(part, "text"))
    table = next(table for _, table in document.tables() if table.key == "mga")
    assert {column.spanner for column in table.columns} >= ({"Women", "Men"} if language == "en" else {"Perempuan"})


def test_what_these_data_do_not_give_is_said(tmp_path, monkeypatch):
    def fails(*_, **__):
        raise EstimationError("group '2' (3 rows) cannot be estimated.")

    monkeypatch.setattr("rantau.analyse.beyond.compare_groups", fails)
    plan = study(tmp_path, plan=PLS + '[groups]\nby = "gender"\n[robustness]\nchecks = ["nonlinearity"]\n')
    found = analyse(check_study(plan))
    assert found.comparison is None
    assert found.nonlinearity is not None
    told = sentences.problems(Prose(found, "en"))
    assert any(one.startswith("Warning, Comparison of groups: this could not be computed. group '2'") for one in told)


def test_checks_are_those_that_the_model_allows(tmp_path):
    plan = study(tmp_path, plan=PLS + "[robustness]\ndraws = 100\nsegments = 2\nstarts = 1\n", model=MODEL)
    found = analyse(check_study(plan))
    assert found.tetrads is None
    assert found.copulas is not None
    assert found.faults == ()


def test_predictions_of_a_weighted_plan_are_weighted(tmp_path):
    plan = study(tmp_path, plan=PLS + '[pls]\nweights = "PERQ1"\n[predict]\nfolds = 5\nrepeats = 1\n')
    found = analyse(check_study(plan))
    assert found.prediction.fit.request.weights == "PERQ1"
    own = rt.predict(found.prediction.fit, folds=5, repeats=1, seed=found.prediction.seed)
    assert found.prediction.items().rmse.tolist() == own.items().rmse.tolist()


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ('engines = ["covariance"]\n' + PLAN.replace("draws = 25", "") + "[predict]\n", r"\[predict\] is asked of PLS"),
        (PLAN + "[pls]\nconsistent = true\n[predict]\n", r"\[predict\] looks at the scores"),
        (PLAN + '[pls]\nweights = "w"\n[robustness]\n', r"\[robustness\] counts every row alike"),
        (PLAN + "[predict]\nfolds = 1\n", r"\[predict\]: `folds` is 1; it must be at least 2"),
        (PLAN + '[predict]\nbenchmark = "othrs"\n', r"\[predict\]: unknown benchmark 'othrs'. Did you mean 'others'"),
        (PLAN + "[importance]\n", r"\[importance\]: the key 'target' is missing"),
        (PLAN + '[groups]\nby = "gender"\ndraws = 1\n', r"`draws` is 1; it must be 0 for none, or 2 or more"),
        (PLAN + '[robustness]\nchecks = ["copula"]\n', r"unknown check 'copula'. Did you mean 'copulas'"),
        (PLAN + "[robustness]\nchecks = []\n", r"`checks` is empty"),
        (PLAN + '[assess]\ncutoffs = "hair2002"\n', r"\[assess\]: unknown cutoffs 'hair2002'. Did you mean 'hair2022'"),
    ],
)
def test_a_plan_that_asks_what_cannot_be_is_refused(tmp_path, plan, told):
    with pytest.raises(StudyError, match=told):
        read_study(study(tmp_path, plan=plan))


@pytest.mark.parametrize(
    ("plan", "kind", "told"),
    [
        ('[importance]\ntarget = "Image"\n', StudyError, r"unknown target 'Image'.*A target is a construct that paths"),
        ('[groups]\nby = "gendr"\n', ResponseError, "no such column. Did you mean 'gender'"),
        ('[groups]\nby = "IMAG1"\n', StudyError, "an item of the model; name another column"),
        (
            '[groups]\nby = "PERQ1"\n',
            EstimationError,
            r"\[groups\] by = 'PERQ1': group '\d+' has fewer",
        ),
        ('[robustness]\nchecks = ["tetrads"]\n', StudyError, "tetrads need a construct of 4 items"),
        ("[robustness]\nsegments = 200\n", StudyError, "200 segments of at least 3 rows do not fit into 250 rows"),
    ],
)
def test_what_model_and_answers_do_not_allow_is_refused_before_computing(tmp_path, plan, kind, told):
    with pytest.raises(kind, match=told):
        check_study(study(tmp_path, plan=PLAN + plan, model=MODEL))


def test_a_target_of_control_variables_alone_has_no_map(tmp_path):
    model = MODEL.replace("Satisfaction ~ Image", "Satisfaction ~ gender\nImage ~ Satisfaction")
    plan = study(tmp_path, plan=PLAN + '[importance]\ntarget = "Satisfaction"\n', model=model)
    with pytest.raises(StudyError, match=r"\[importance\]: only control variables lead to 'Satisfaction'"):
        check_study(plan)


def test_own_cutoffs_count_from_the_plan(tmp_path):
    own = (ROOT / "src/rantau/quality/cutoffs/hair2022.toml").read_text("utf-8")
    plan = study(tmp_path, plan=PLAN + '[assess]\ncutoffs = "mine.toml"\n')
    (tmp_path / "mine.toml").write_text(own.replace("0.708", "0.9"), "utf-8")
    assert read_study(plan).assess.cutoffs == str(tmp_path / "mine.toml")
