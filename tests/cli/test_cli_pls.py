"""rantau pls takes products, higher orders and weights as rt.pls does."""

import json

import pandas as pd
import pytest

import rantau as rt

ANSWERS = "surveys/mobile/responses.csv"
MEASURED = "Image =~ IMAG1 + IMAG2 + IMAG3\nValue =~ PERV1 + PERV2\nSatisfaction =~ CUSA1 + CUSA2 + CUSA3\n"
PRODUCT = MEASURED + "Satisfaction ~ Image + Value + Image:Value\n"
NESTED = MEASURED + "Both =~ Image + Value\nSatisfaction ~ Both\n"


@pytest.mark.parametrize(
    ("text", "option", "value"),
    [
        (PRODUCT, "interaction", "orthogonal"),
        (NESTED, "higher_order", "saturated"),
        (MEASURED + "Satisfaction ~ Image + Value\n", "weights", "weight"),
    ],
)
def test_options_are_passed_on(rantau, tmp_path, text, option, value):
    model = tmp_path / "model.sem"
    model.write_text(text)
    answers = tmp_path / "answers.csv"
    frame = pd.read_csv(ANSWERS).assign(weight=lambda table: 1.0 + table.index % 3)
    frame.to_csv(answers, index=False)
    ran = rantau("pls", str(answers), "-m", str(model), f"--{option.replace('_', '-')}", value, "--json")
    assert ran.status == 0, ran.err
    told = [row["est"] for row in json.loads(ran.out)["paths"]]
    found = rt.pls(text, rt.read_table(answers), **{option: value})
    assert told == pytest.approx(found.paths().est.tolist())
    assert told != pytest.approx(rt.pls(text, rt.read_table(answers)).paths().est.tolist(), abs=1e-6)


def test_an_unknown_method_is_told(rantau, tmp_path):
    model = tmp_path / "model.sem"
    model.write_text(PRODUCT)
    ran = rantau("pls", ANSWERS, "-m", str(model), "--interaction", "orthogonl")
    assert ran.status == 2
    assert "unknown interaction 'orthogonl'. Did you mean 'orthogonal'" in " ".join(ran.err.split())


def test_ordered_answers(rantau, tmp_path):
    model = tmp_path / "model.sem"
    model.write_text(MEASURED + "Satisfaction ~ Image + Value\n")
    ran = rantau("pls", ANSWERS, "-m", str(model), "--ordered", "all", "--consistent", "--json")
    assert ran.status == 0, ran.err
    found = rt.pls(rt.read_model(model), rt.read_table(ANSWERS), ordered=True, consistent=True)
    assert [row["est"] for row in json.loads(ran.out)["paths"]] == pytest.approx(found.paths().est.tolist())
    some = rantau("pls", ANSWERS, "-m", str(model), "--ordered", "IMAG1,IMAG2", "--ordered", "CUSA1", "--json")
    partly = rt.pls(rt.read_model(model), rt.read_table(ANSWERS), ordered=["IMAG1", "IMAG2", "CUSA1"])
    assert [row["est"] for row in json.loads(some.out)["paths"]] == pytest.approx(partly.paths().est.tolist())
    drawn = rantau("bootstrap", ANSWERS, "-m", str(model), "--ordered", "all", "--consistent", "--draws", "4", "--json")
    told = json.loads(drawn.out)["estimates"]
    path = next(row["est"] for row in told if row["op"] == "~" and row["rhs"] == "Image")
    assert path == pytest.approx(found.paths().est[0])
    refused = rantau("bootstrap", ANSWERS, "-m", str(model), "--consistent", "--engine", "covariance")
    assert refused.status == 2 and "--consistent is of PLS" in refused.err
