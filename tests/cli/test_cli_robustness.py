"""rantau robustness does as the functions of the library do."""

import json

import pytest

import rantau as rt

ANSWERS = "surveys/mobile/responses.csv"
MODEL = "models/mobile.sem"


def test_robustness(rantau):
    ran = rantau("robustness", ANSWERS, "-m", MODEL, "--draws", "100", "--seed", "3", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    fit = rt.pls(rt.read_model(MODEL), rt.read_table(ANSWERS))
    straight = rt.nonlinearity(fit)
    assert [row["f"] for row in told["reset"]] == pytest.approx(straight.reset().f.tolist())
    assert [row["square"] for row in told["squares"]] == pytest.approx(straight.quadratic().square.tolist())
    copulas = rt.copula_endogeneity(fit, draws=100, seed=3)
    assert [row["p"] for row in told["copulas"]] == pytest.approx(copulas.table().p.tolist())
    tetrads = rt.tetrad_test(fit, draws=100, seed=3)
    assert [row["ci_low"] for row in told["tetrads"]] == pytest.approx(tetrads.table().ci_low.tolist())
    assert [row["verdict"] for row in told["reflective"]] == tetrads.verdicts().verdict.tolist()


def test_one_check_is_asked_for_by_name(rantau, tmp_path):
    model = tmp_path / "small.sem"
    model.write_text("Image =~ IMAG1 + IMAG2\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Image\n", "utf-8")
    ran = rantau("robustness", ANSWERS, "-m", str(model), "--check", "nonlinearity")
    assert ran.status == 0, ran.err
    assert "RESET" in ran.out
    assert "Copula" not in ran.out
    ran = rantau("robustness", ANSWERS, "-m", str(model), "--draws", "100")
    assert ran.status == 0, ran.err
    assert "no construct has 4 items, so that no tetrads were tested" in ran.err
    ran = rantau("robustness", ANSWERS, "-m", str(model), "--check", "tetrads")
    assert ran.status == 2
    assert "no construct has four items" in ran.err
    ran = rantau("robustness", ANSWERS, "-m", str(model), "--check", "copula")
    assert ran.status == 2
    assert "Did you mean 'copulas'" in " ".join(ran.err.split())
