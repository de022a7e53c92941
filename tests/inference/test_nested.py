"""Standard errors of draws of fits that have none: each draw is resampled."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.inference.nested import refit_with_errors
from rantau.inference.quantiles import normal_quantile

MODEL = "X =~ IMAG1 + IMAG2 + IMAG3\nY =~ CUSA1 + CUSA2 + CUSA3\nY ~ X"


@pytest.fixture(scope="module")
def fit() -> rt.PlsFit:
    return rt.pls(MODEL, pd.read_csv("tests/data/mobile.csv"))


def test_errors_depend_on_the_rows_of_a_draw_alone(fit: rt.PlsFit) -> None:
    rows = np.random.default_rng(1).integers(0, fit.n_obs, size=(9, fit.n_obs))
    every = rt.bootstrap(fit, rows=rows, errors=True, nested=40)
    some = rt.bootstrap(fit, rows=rows[[7, 2]], errors=True, nested=40)
    assert every.errors is not None
    assert some.errors is not None
    np.testing.assert_allclose(some.errors, every.errors[[7, 2]], rtol=1e-10, atol=1e-14)
    other = rt.bootstrap(fit, rows=rows, errors=True, nested=40, seed=2)
    assert not np.allclose(other.errors, every.errors)
    np.testing.assert_array_equal(other.values, every.values)


def test_workers_do_not_matter(fit: rt.PlsFit) -> None:
    one, two = (rt.bootstrap(fit, draws=220, errors=True, nested=5, workers=workers) for workers in (1, 2))
    np.testing.assert_array_equal(one.errors, two.errors)


def test_the_error_of_the_sample_itself_is_that_of_its_bootstrap(fit: rt.PlsFit) -> None:
    found = refit_with_errors(fit, np.ones((1, fit.n_obs)), nested=2000, seed=1)
    assert found.errors is not None
    expected = rt.bootstrap(fit, draws=2000).table()["se"].to_numpy()
    np.testing.assert_allclose(found.errors[0], expected, rtol=0.1, atol=1e-8)


def test_studentised_intervals_of_pls(fit: rt.PlsFit) -> None:
    draws = rt.bootstrap(fit, draws=300, errors=True)
    assert draws.errors is not None
    table = draws.table(of="paths", interval="student").iloc[0]
    of_paths = draws._of("paths")
    assert of_paths.errors is not None
    # The two tables resample each draw by the same random numbers.
    np.testing.assert_allclose(of_paths.errors[:, 0], draws.errors[:, 0], rtol=1e-10)
    se = draws.values[:, 0].std(ddof=1)
    t = ((draws.values[:, 0] - table.est) / draws.errors[:, 0])[:, None]
    assert table.se == pytest.approx(se)
    assert table.ci_low == pytest.approx(table.est - se * normal_quantile(t, 0.975)[0])
    assert table.ci_high == pytest.approx(table.est - se * normal_quantile(t, 0.025)[0])
    assert not draws.inadmissible


def test_draws_travel_with_what_their_other_tables_need(fit: rt.PlsFit) -> None:
    rows = np.random.default_rng(1).integers(0, fit.n_obs, size=(20, fit.n_obs))
    draws = rt.bootstrap(fit, rows=rows)
    draws.table(of="htmt2")
    again = pickle.loads(pickle.dumps(draws))
    assert again == draws
    pd.testing.assert_frame_equal(again.table(of="htmt2"), draws.table(of="htmt2"))


def test_failed_draws_have_no_errors(fit: rt.PlsFit) -> None:
    rows = np.random.default_rng(1).integers(0, fit.n_obs, size=(3, fit.n_obs))
    rows[1] = 7
    draws = rt.bootstrap(fit, rows=rows, errors=True, nested=5)
    assert draws.n_failed == 1
    assert draws.errors is not None
    assert np.isnan(draws.errors[1]).all()
    assert np.isfinite(draws.errors[[0, 2]]).all()
