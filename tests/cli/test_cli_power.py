"""rantau power does as rt.power and rt.sample_size do."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import rantau as rt

POPULATION = "models/internationalization_population.sem"
MODEL = "models/mobile.sem"


def test_a_population_is_simulated(rantau, tmp_path):
    ran = rantau("power", "-m", POPULATION, "--n", "100,200", "--replications", 50, "--seed", 3, "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    found = rt.power(rt.read_model(POPULATION), n=(100, 200), replications=50, seed=3)
    assert [row["200"] for row in told["power"]] == pytest.approx(found.power()["200"].tolist())
    assert [row["coverage"] for row in told["estimates"]] == pytest.approx(found.table().coverage.tolist())
    assert [row["n"] for row in told["samples"]] == [100, 200] and len(told["effects"]) > 10
    out = tmp_path / "power.xlsx"
    assert rantau("power", "-m", POPULATION, "-n", 100, "--replications", 50, "-o", out).status == 0
    assert list(pd.read_excel(out, sheet_name=None)) == ["samples", "estimates", "effects", "power"]
    shown = rantau("power", "-m", POPULATION, "-n", 100, "--replications", 50, "--target", 0.9).out
    assert "Power of tests at 0.05, by n; `enough` has 0.9" in shown and "coverage" not in shown


def test_formulas_serve_a_model_without_numbers(rantau):
    ran = rantau("power", "-m", MODEL, "--path", 0.197, "--json")
    assert ran.status == 0, ran.err
    rows = json.loads(ran.out)["sample_size"]
    assert [row["n"] for row in rows] == rt.sample_size(rt.read_model(MODEL), path=0.197).n.tolist()
    assert [row["n"] for row in rows[:2]] == [160, 146]
    assert "these are formulas: effects are assumed, not found" in ran.err


def test_what_would_say_nothing_is_refused(rantau):
    ran = rantau("power", "-m", MODEL, "--n", 200)
    assert ran.status == 2 and "a population has a number for every parameter" in ran.err
    ran = rantau("power", "-m", MODEL, "--replications", 200)
    assert ran.status == 2 and "--replications is of samples" in ran.err
    ran = rantau("power", "-m", POPULATION, "--path", 0.1)
    assert ran.status == 2 and "--path is of formulas" in ran.err
    ran = rantau("power", "-m", POPULATION, "--n", "100,many")
    assert ran.status == 2 and "--n takes numbers of rows" in ran.err
