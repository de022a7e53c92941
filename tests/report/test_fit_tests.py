"""Tests of exact fit of PLS in reports: quantiles beside the distances they belong to."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import OptionError


@pytest.fixture(scope="module")
def fit():
    rng = np.random.default_rng(3)
    factor = rng.normal(size=(200, 1))
    answers = np.hstack([factor + rng.normal(size=(200, 3)), factor + rng.normal(size=(200, 3))])
    return rt.pls("X =~ a + b + c; Y =~ d + e + f; Y ~ X", pd.DataFrame(answers, columns=list("abcdef")))


def table_of(*parts, **options):
    document = rt.report(*parts, **options).document
    return next(table for _, table in document.tables() if table.key == "pls_fit")


def test_quantiles_stand_beside_distances(fit):
    tests = [rt.fit_test(fit, draws=100, model=model) for model in ("saturated", "estimated")]
    table = table_of(fit, *tests)
    frame = table.frame()
    assert list(frame.columns) == ["model", "srmr", "srmr_q95", "d_uls", "d_uls_q95", "d_g", "d_g_q95", "nfi"]
    for row, test in enumerate(tests):
        found = test.table(level=0.95)
        for name in ("srmr", "d_uls", "d_g"):
            assert frame[name][row] == found.loc[name, "est"]
            assert frame[f"{name}_q95"][row] == found.loc[name, "q95"]
    said = rt.report(fit, *tests).document.parts
    assert any("The bootstrap test of exact fit rejects" in getattr(part, "text", "") for part in said)
    assert any("100 bootstrap draws" in note.text for note in table.notes)


def test_without_tests_distances_stand_alone(fit):
    assert list(table_of(fit).frame().columns) == ["model", "srmr", "d_uls", "d_g", "nfi"]


def test_a_test_of_one_model_leaves_the_other_empty(fit):
    frame = table_of(fit, rt.fit_test(fit, draws=20)).frame()
    assert np.isnan(frame["srmr_q95"][0])
    assert frame["srmr_q95"][1] > 0


def test_tests_of_another_fit_are_refused(fit):
    test = rt.fit_test(fit, draws=20)
    with pytest.raises(OptionError, match="2 parts of one kind"):
        rt.report(fit, test, test)
    with pytest.raises(OptionError, match="a test of fit that is not of the PLS fit"):
        rt.report(fit, test.replace(distances=test.distances * 2))
