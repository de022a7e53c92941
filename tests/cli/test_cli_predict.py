"""rantau predict does as rt.predict does."""

import json

import pandas as pd
import pytest

import rantau as rt

ANSWERS = "surveys/mobile/responses.csv"
MODEL = "models/mobile.sem"


def test_predict(rantau, tmp_path):
    new = tmp_path / "new.csv"
    pd.read_csv(ANSWERS).head(3).drop(columns=["CUSL1"]).to_csv(new, index=False)
    ran = rantau(
        "predict", ANSWERS, "-m", MODEL, "--repeats", "2", "--seed", "3", "--benchmark", "others",
        "--antecedents", "earliest", "--new", str(new), "--level", "0.8", "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    fit = rt.pls(rt.read_model(MODEL), rt.read_table(ANSWERS))
    found = rt.predict(fit, repeats=2, seed=3, benchmark="others", antecedents="earliest")
    assert [row["rmse"] for row in told["items"]] == pytest.approx(found.items().rmse.tolist())
    assert [row["verdict"] for row in told["verdict"]] == found.verdict().verdict.tolist()
    assert [row["t"] for row in told["cvpat"]] == pytest.approx(found.cvpat(level=0.8).t.tolist())
    assert [row["low"] for row in told["rows"]] == pytest.approx(found.rows(pd.read_csv(new), level=0.8).low.tolist())


def test_weighted_answers_with_gaps(rantau, tmp_path):
    answers = tmp_path / "answers.csv"
    table = pd.read_csv(ANSWERS)
    table = table.mask((table.index.to_numpy()[:, None] + range(table.shape[1])) % 40 == 0)
    table.assign(weight=1.0 + table.index % 2).to_csv(answers, index=False)
    options = ("--repeats", "1", "--folds", "3", "--missing", "em", "--weights", "weight", "--json")
    ran = rantau("predict", str(answers), "-m", MODEL, *options)
    assert ran.status == 0, ran.err
    fit = rt.pls(rt.read_model(MODEL), rt.read_table(answers), missing="em", weights="weight")
    found = rt.predict(fit, repeats=1, folds=3)
    assert [row["rmse"] for row in json.loads(ran.out)["items"]] == pytest.approx(found.items().rmse.tolist())


def test_wrong_options_are_told(rantau):
    ran = rantau("predict", ANSWERS, "-m", MODEL, "--antecedents", "dirct")
    assert ran.status == 2
    assert "unknown antecedents 'dirct'. Did you mean 'direct'" in " ".join(ran.err.split())
    ran = rantau("predict", ANSWERS, "-m", MODEL, "--folds", "1")
    assert ran.status == 2
    assert "--folds is 1; it must be 2 or more" in " ".join(ran.err.split())


def test_assess(rantau):
    ran = rantau("assess", ANSWERS, "-m", MODEL, "--draws", "100", "--repeats", "1", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    fit = rt.pls(rt.read_model(MODEL), rt.read_table(ANSWERS))
    found = rt.assess(fit, bootstrap=rt.bootstrap(fit, draws=100), predict=rt.predict(fit, repeats=1))
    assert [row["verdict"] for row in told["assessment"]] == found.table().verdict.tolist()
    ran = rantau(
        "assess", ANSWERS, "-m", MODEL, "--draws", "50", "--repeats", "1", "--consistent", "--cutoffs", "chin1998"
    )
    assert ran.status == 0, ran.err
    assert "not tested: consistent PLS predicts nothing" in ran.out
    # Criteria stand with who asks for them.
    assert "Constructs: explained variance, by Chin (1998)\n" in ran.out
    assert "Paths: effect sizes, by Cohen (1988)\n" in ran.out
    assert "Chin (1998)" in ran.out
    ran = rantau("assess", ANSWERS, "-m", MODEL, "--draws", "2", "--ordered", "CUSCO")
    assert ran.status == 0, ran.err
    assert "not tested: PLS of ordered answers predicts nothing" in ran.out


def test_importance(rantau):
    survey = "surveys/mobile/instrument.toml"
    ran = rantau(
        "importance", ANSWERS, "-m", MODEL, "-s", survey, "-t", "Loyalty", "--permutations", "50", "--want", "80",
        "--ceiling", "cr_fdh", "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    fit = rt.pls(rt.read_model(MODEL), rt.read_responses(ANSWERS, rt.read_survey(survey)))
    found = rt.importance(fit, "Loyalty", bounds=(1, 10))
    assert [row["performance"] for row in told["constructs"]] == pytest.approx(found.performances.tolist())
    needs = rt.necessity(fit, "Loyalty", bounds=(1, 10), permutations=50)
    combined = found.combined(needs, level=80, ceiling="cr_fdh")
    assert [row["below"] for row in told["combined"]] == pytest.approx(combined.below.tolist())
    ran = rantau("importance", ANSWERS, "-m", MODEL, "-t", "Loyalty", "--bounds", "1-10")
    assert ran.status == 2
    assert "--bounds is '1-10'; give two numbers, such as 1,7" in ran.err


def test_new_rows_that_cannot_be_read_are_refused_before_anything_is_computed(rantau, monkeypatch):
    monkeypatch.setattr(rt, "predict", None)
    ran = rantau("predict", ANSWERS, "-m", MODEL, "--new", "none.csv")
    assert ran.status == 2
    assert "none.csv: no such file for the answers." in ran.err
