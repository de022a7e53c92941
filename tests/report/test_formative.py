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


def test_only_what_has_an_ave_is_told_to_reach_it_and_no_column_stands_empty():
    rng = np.random.default_rng(8)
    factors = rng.normal(size=(200, 2)) @ np.array([[1, 0.4], [0, 0.9]])
    data = pd.DataFrame(np.repeat(factors, 3, axis=1) + 0.4 * rng.normal(size=(200, 6)), columns=list("abcdef"))
    data["g"], data["h"] = rng.normal(size=(2, 200))
    fit = rt.pls("F =~ a + b + c; G =~ d + e + f; H <~ g + h; G ~ F + H", data)
    document = rt.report(fit).document
    text = " ".join(part.text for part in document.parts if hasattr(part, "text"))
    assert "AVE reaches .50 for every construct that has one" in text
    assert "every pair of constructs that have an AVE meets" in text
    paths = next(table for _, table in document.tables() if table.key == "paths")
    assert paths.title == "Structural paths"
    assert [column.key for column in paths.columns] == ["path", "pls_est", "pls_se", "pls_ci", "pls_p"]
    claimed = rt.report(rt.pls("F =~ a + b + c; G =~ d + e + f; G ~ F # H1 (+) More", data)).document
    text = " ".join(part.text for part in claimed.parts if hasattr(part, "text"))
    assert "AVE reaches .50 for every construct (" in text
    assert "hypothesis" in next(table for _, table in claimed.tables() if table.key == "paths").frame().columns
