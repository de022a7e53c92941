"""rantau bias does as the function of the library does."""

import json

import pytest

import rantau as rt

ANSWERS = "surveys/mobile/responses.csv"
MODEL = "models/mobile.sem"


def test_bias(rantau, tmp_path):
    ran = rantau("bias", ANSWERS, "-m", MODEL, "--marker", "PERQ6,PERQ7", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    own = rt.method_bias(rt.read_table(ANSWERS), rt.read_model(MODEL), marker=["PERQ6", "PERQ7"])
    for step in ("harman", "single_factor", "full_collinearity", "method_factor", "marker"):
        assert [row["value"] for row in told[step]] == pytest.approx(own.table(step)["value"].tolist())


def test_what_is_left_out_is_told(rantau, tmp_path):
    model = tmp_path / "one.sem"
    model.write_text("Image =~ IMAG1 + IMAG2 + IMAG3\n", "utf-8")
    ran = rantau("bias", ANSWERS, "-m", str(model))
    assert ran.status == 0, ran.err
    assert "Harman's test" in ran.out
    assert "'Image' is the only reflective construct" in ran.err
    ran = rantau("bias", ANSWERS)
    assert ran.status == 2
    assert "which items measure which construct" in " ".join(ran.err.split())
