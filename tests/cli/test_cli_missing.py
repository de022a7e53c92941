"""rantau describe --show missing|normality|polychoric, and rantau impute."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import rantau as rt

Rantau = Callable[..., Any]


@pytest.fixture
def holed(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    draw = (rng.normal(size=(150, 4)) + rng.normal(size=(150, 1))).round() + 4
    data = pd.DataFrame(draw, columns=list("abcd")).mask(rng.random((150, 4)) < 0.1)
    path = tmp_path / "answers.csv"
    data.to_csv(path, index=False)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "one.sem"
    path.write_text("F =~ a + b + c + d\n", "utf-8")
    return path


def test_missing_answers_are_described(rantau: Rantau, holed: Path) -> None:
    ran = rantau("describe", holed, "--show", "missing", "--json")
    assert ran.status == 0
    shown = json.loads(ran.out)
    assert [row["missing"] for row in shown["items"]] == pd.read_csv(holed).isna().sum().tolist()
    assert sum(row["n"] for row in shown["patterns"]) == 150
    assert "Little's MCAR test: chi-square = " in ran.err


def test_normality_is_described(rantau: Rantau, holed: Path) -> None:
    ran = rantau("describe", holed, "--show", "normality", "--json")
    assert ran.status == 0
    names = [row["test"] for row in json.loads(ran.out)["normality"]]
    assert names == ["mardia_skewness", "mardia_skewness_corrected", "mardia_kurtosis", "henze_zirkler"]
    assert "complete rows of 150" in ran.err


def test_polychoric_correlations_are_shown(rantau: Rantau, holed: Path) -> None:
    ran = rantau("describe", holed, "--show", "polychoric", "--json")
    assert ran.status == 0
    shown = json.loads(ran.out)["correlations"]
    expected = rt.polychoric(pd.read_csv(holed)).table()
    assert [row["r"] for row in shown] == pytest.approx(expected["r"].tolist())


def test_no_gap_is_no_fault(rantau: Rantau, tmp_path: Path) -> None:
    path = tmp_path / "full.csv"
    pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4]}).to_csv(path, index=False)
    ran = rantau("describe", path, "--show", "missing")
    assert ran.status == 0
    assert "none, for" in ran.err


def test_imputed_data_are_written(rantau: Rantau, holed: Path, tmp_path: Path) -> None:
    out = tmp_path / "completed.csv"
    ran = rantau("impute", holed, "--m", 3, "--seed", 2, "--out", out)
    assert ran.status == 0
    written = pd.read_csv(out)
    expected = rt.impute(pd.read_csv(holed), m=3, seed=2).stacked()
    assert written.to_numpy() == pytest.approx(expected.to_numpy())
    assert "3 imputations of" in ran.err


def test_a_model_is_pooled(rantau: Rantau, holed: Path, model: Path) -> None:
    ran = rantau("impute", holed, "--model", model, "--m", 4, "--json")
    assert ran.status == 0
    shown = json.loads(ran.out)
    fits = rt.impute(pd.read_csv(holed), m=4).fits(rt.sem, rt.read_model(model))
    assert [row["est"] for row in shown["estimates"]] == pytest.approx(rt.pool(fits).table().est.tolist())
    assert shown["fit_indices"][1] == {"index": "df", "value": 2.0}
    assert "D4: F(2" in rantau("impute", holed, "--model", model, "--m", 4).out


def test_a_place_is_needed(rantau: Rantau, holed: Path) -> None:
    ran = rantau("impute", holed)
    assert ran.status == 2
    assert "add --out completed.csv" in ran.err


def test_what_is_shown_is_chosen(rantau: Rantau, holed: Path) -> None:
    ran = rantau("describe", holed, "--show", "normal")
    assert ran.status == 2
    assert "Did you mean 'normality'" in ran.err
