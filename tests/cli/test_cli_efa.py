"""rantau efa, and exploratory blocks in rantau fit."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import rantau as rt

HS = str(Path(__file__).parents[1] / "data" / "hs.csv")
ITEMS = ",".join(f"x{i}" for i in range(1, 10))


def test_every_table_is_there(rantau):
    ran = rantau("efa", HS, "--items", ITEMS, "--factors", 3, "--rotation", "oblimin", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert {"kmo", "parallel", "fit", "factor_correlations", "structure", "communalities", "errors", "loadings"} <= set(
        told
    )
    found = rt.efa(pd.read_csv(HS), 3, items=ITEMS.split(","), rotation="oblimin")
    assert [row["f2"] for row in told["loadings"]] == pytest.approx(found.loadings()["f2"].tolist())
    assert [row["f2"] for row in told["errors"]] == pytest.approx(found.loadings("se")["f2"].tolist())


def test_ordered_answers(rantau):
    data = HS.replace("hs.csv", "hs4.csv")
    ran = rantau("efa", data, "--items", "x1,x2,x3,x4,x5,x6", "--factors", 2, "--ordered", "all", "--json")
    assert ran.status == 0, ran.err
    found = rt.efa(pd.read_csv(data), 2, items=[f"x{i}" for i in range(1, 7)], ordered=True)
    assert [row["f2"] for row in json.loads(ran.out)["loadings"]] == pytest.approx(found.loadings()["f2"].tolist())


def test_how_many_is_found(rantau, tmp_path):
    out = tmp_path / "efa.csv"
    ran = rantau("efa", HS, "--items", ITEMS, "--orthogonal", "--out", out)
    assert ran.status == 0, ran.err
    assert "--factors 3 is taken" in ran.err
    assert list(pd.read_csv(out).columns) == ["item", "f1", "f2", "f3", "communality"]


def test_a_reader_sees_loadings_last(rantau):
    ran = rantau("efa", HS, "--items", ITEMS, "--factors", 2, "--group", "school")
    assert "KMO = 0.752" in ran.err
    assert ran.out.index("Factor correlations") < ran.out.index("Loadings, geomin rotation")
    assert "Grant-White" in ran.out


def test_what_is_refused(rantau):
    ran = rantau("efa", HS, "--items", ITEMS, "--factors", 2, "--rotation", "oblimn")
    assert ran.status == 2
    assert "Did you mean 'oblimin'" in ran.err


def test_rotation_of_a_model(rantau, tmp_path):
    model = tmp_path / "model.sem"
    model.write_text('efa("e")*f1 + efa("e")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6\nx9 ~ f1 + f2\n')
    ran = rantau("fit", HS, "-m", model, "--rotation", "varimax", "--json")
    assert ran.status == 0, ran.err
    told = [row["est"] for row in json.loads(ran.out)["estimates"]]
    found = rt.sem(model.read_text(), pd.read_csv(HS), rotation="varimax")
    assert told == pytest.approx(found.estimates()["est"].tolist())
    ran = rantau("fit", HS, "-m", model, "--growth", "--rotation", "varimax")
    assert (ran.status, "--rotation has no place with --growth" in ran.err) == (2, True)
