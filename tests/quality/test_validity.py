"""Discriminant validity, read off a PLS fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import ConvergenceWarning, EstimationError


def test_tables_are_those_of_the_fit() -> None:
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    responses = rt.read_responses("surveys/mobile/responses.csv", survey)
    fit = rt.pls(rt.read_model("models/mobile.sem"), responses)
    found = rt.validity(responses, pls_fit=fit)
    pd.testing.assert_frame_equal(found.htmt, fit.htmt())
    pd.testing.assert_frame_equal(found.fornell_larcker, fit.fornell_larcker())
    pd.testing.assert_frame_equal(found.cross_loadings, fit.cross_loadings())
    assert "Fornell-Larcker" in str(found)


def test_htmt_does_not_depend_on_the_structure() -> None:
    survey = rt.read_survey("surveys/mobile/instrument.toml")
    responses = rt.read_responses("surveys/mobile/responses.csv", survey)
    model = rt.read_model("models/mobile_ecsi.sem")
    without = rt.validity(responses).htmt.loc[list(model.constructs), list(model.constructs)]
    with_paths = rt.validity(responses, model).htmt
    np.testing.assert_allclose(without, with_paths, atol=1e-12)


def test_weights_that_did_not_settle_are_refused() -> None:
    data = pd.read_csv("tests/data/mobile.csv")
    model = rt.read_model("models/mobile.sem")
    with pytest.warns(ConvergenceWarning):
        fit = rt.pls(model, data, max_iterations=1)
    with pytest.raises(EstimationError, match="did not settle"):
        rt.validity(data, model, pls_fit=fit)
    columns = ["rho_a", "rho_c", "ave"]
    assert rt.reliability(data, model, pls_fit=fit)[columns].isna().all().all()
