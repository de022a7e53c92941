"""Weights of composites in reports."""

import numpy as np
import pandas as pd

import rantau as rt


def test_weights_stand_with_intervals_loadings_and_inflation():
    rng = np.random.default_rng(5)
    items = rng.normal(size=(150, 3)) + 0.5 * rng.normal(size=(150, 1))
    data = pd.DataFrame(items, columns=["a", "b", "c"])
    data["y"] = data["a"] + 0.5 * data["b"] + rng.normal(size=150)
    fit = rt.pls("F <~ a + b + c; y ~ F", data)
    draws = rt.bootstrap(fit, draws=100)
    tables = {table.key: table for _, table in rt.report(fit, draws).document.tables()}
    frame = tables["formative"].frame()
    table = draws.table()
    expected = table[(table["lhs"] == "F") & (table["op"] == "<~")]
    assert frame["item"].tolist() == ["a", "b", "c"]
    for name, own in (("weight", "est"), ("se", "se"), ("ci_low", "ci_low"), ("ci_high", "ci_high"), ("p", "p")):
        assert frame[name].tolist() == expected[own].tolist()
    assert frame["loading"].tolist() == fit.loadings().query("construct == 'F'")["est"].tolist()
    assert frame["vif"].tolist() == fit.vif().query("kind == 'outer' and target == 'F'")["vif"].tolist()
    bare = {table.key: table for _, table in rt.report(fit).document.tables()}["formative"]
    assert [column.key for column in bare.columns] == ["item", "weight", "loading", "vif"]


def test_reflective_models_have_no_such_table():
    rng = np.random.default_rng(6)
    factor = rng.normal(size=(100, 1))
    data = pd.DataFrame(factor + rng.normal(size=(100, 4)), columns=list("abcd"))
    document = rt.report(rt.pls("F =~ a + b; G =~ c + d; G ~ F", data)).document
    assert "formative" not in [table.key for _, table in document.tables()]
