"""The bootstrap: what is drawn, what is counted, and what does not depend on how it is shared out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import ConvergenceWarning, EstimationError, OptionError
from rantau.inference.resample import counts_of
from rantau.moments import Sample, resampled_moments


@pytest.fixture(scope="module")
def mobile() -> pd.DataFrame:
    return pd.read_csv("tests/data/mobile.csv")


@pytest.fixture(scope="module")
def fit() -> rt.PlsFit:
    return rt.pls(rt.read_model("models/mobile.sem"), pd.read_csv("tests/data/mobile.csv"))


def test_one_seed_one_result_on_any_number_of_workers(fit: rt.PlsFit) -> None:
    alone = rt.bootstrap(fit, draws=250, seed=7)
    shared = rt.bootstrap(fit, draws=250, seed=7, workers=2)
    np.testing.assert_array_equal(alone.values, shared.values)
    assert not np.array_equal(alone.values, rt.bootstrap(fit, draws=250, seed=8).values)


def test_fewer_draws_are_the_first_of_more(fit: rt.PlsFit) -> None:
    few, more = rt.bootstrap(fit, draws=100, seed=7), rt.bootstrap(fit, draws=130, seed=7)
    np.testing.assert_array_equal(few.values, more.values[:100])


def test_given_rows_are_the_rows_of_the_data(mobile: pd.DataFrame, fit: rt.PlsFit) -> None:
    rows = np.random.default_rng(1).integers(0, len(mobile), size=(3, len(mobile)))
    drawn = rt.bootstrap(fit, rows=rows)
    again = rt.pls(fit.model, mobile.iloc[rows[2]])
    np.testing.assert_allclose(drawn.values[2], again.values(), atol=1e-9)
    assert drawn.seed == -1


def test_covariance_engine_by_the_same_call(mobile: pd.DataFrame) -> None:
    model = "V =~ PERV1 + PERV2\nS =~ CUSA1 + CUSA2 + CUSA3\nS ~ V"
    fit = rt.sem(model, mobile)
    rows = np.random.default_rng(1).integers(0, len(mobile), size=(2, len(mobile)))
    drawn = rt.bootstrap(fit, rows=rows)
    again = rt.sem(model, mobile.iloc[rows[1]])
    np.testing.assert_allclose(drawn.values[1], again.values(), atol=1e-6)


def test_covariates_take_the_moments_of_each_draw() -> None:
    draw = np.random.default_rng(2).normal(size=(80, 2))
    data = pd.DataFrame({"x": draw[:, 0], "y": draw[:, 0] + draw[:, 1]})
    rows = np.random.default_rng(3).integers(0, 80, size=(2, 80))
    drawn = rt.bootstrap(rt.sem("y ~ x", data), rows=rows)
    again = rt.sem("y ~ x", data.iloc[rows[0]])
    np.testing.assert_allclose(drawn.values[0], again.values(), atol=1e-9)


def test_standard_errors_near_those_of_theory() -> None:
    draw = np.random.default_rng(4).normal(size=(400, 2))
    data = pd.DataFrame({"x": draw[:, 0], "y": 0.5 * draw[:, 0] + draw[:, 1]})
    fit = rt.sem("y ~ x", data)
    drawn = rt.bootstrap(fit, draws=2000, seed=1).table()
    assert drawn.se[0] == pytest.approx(fit.estimates().se[0], rel=0.1)


def test_table_by_hand(fit: rt.PlsFit) -> None:
    drawn = rt.bootstrap(fit, draws=300, seed=2)
    table = drawn.table(level=0.9)
    values = drawn.values[:, 0]
    assert table.est[0] == fit.values()[0]
    assert table["mean"][0] == pytest.approx(values.mean())
    assert table.se[0] == pytest.approx(values.std(ddof=1))
    assert table.ci_low[0] == pytest.approx(np.quantile(values, 0.05))
    assert table.ci_high[0] == pytest.approx(np.quantile(values, 0.95))
    below, above = ((values <= 0).sum() + 1) / 301, ((values >= 0).sum() + 1) / 301
    assert table.p[0] == pytest.approx(min(1, 2 * min(below, above)))
    assert (table.p.dropna() > 0).all()


def test_item_means_are_computed_again_in_every_resample() -> None:
    random = np.random.default_rng(6)
    values = random.normal(loc=5, size=(40, 3))
    values[random.random(values.shape) < 0.2] = np.nan
    rows = random.integers(0, 40, size=(5, 40))
    stack = resampled_moments(Sample(("a", "b", "c"), values), counts_of(rows, 40))
    for draw, chosen in enumerate(rows):
        frame = pd.DataFrame(values[chosen])
        filled = frame.fillna(frame.mean())
        np.testing.assert_allclose(stack.covariance[draw], filled.cov(ddof=0), atol=1e-12)
        np.testing.assert_allclose(stack.mean[draw], filled.mean(), atol=1e-12)


def test_failed_draws_are_counted_with_their_reason() -> None:
    # The second row alone makes b vary: a third of the resamples miss it.
    data = pd.DataFrame({"a": [1.0, 2, 4, 3, 7, 5], "b": [1.0, 2, 1, 1, 1, 1]})
    drawn = rt.bootstrap(rt.pls("b ~ a", data), draws=300, seed=1)
    assert 60 < drawn.n_failed < 140
    (reason, count), *rest = drawn.failed
    assert "no variance in b" in reason and count > sum(times for _, times in rest)
    assert np.isnan(drawn.values[[bool(reason) for reason in drawn.reasons]]).all()
    assert np.isfinite(drawn.table().est).all()


def test_too_few_good_draws() -> None:
    data = pd.DataFrame({"a": [1.0, 2, 4, 3, 7, 5], "b": [1.0, 2, 1, 1, 1, 1]})
    drawn = rt.bootstrap(rt.pls("b ~ a", data), rows=[[0, 2, 3, 4, 5, 0], [0, 2, 3, 4, 5, 2]])
    with pytest.raises(EstimationError, match=r"0 of 2 draws succeeded.*no variance in b"):
        drawn.table()


def test_progress_is_told(fit: rt.PlsFit) -> None:
    told: list[tuple[int, int]] = []
    rt.bootstrap(fit, draws=250, seed=1, progress=lambda done, every: told.append((done, every)))
    assert told == [(100, 250), (200, 250), (250, 250)]


def test_refusals(fit: rt.PlsFit) -> None:
    with pytest.raises(OptionError, match="draws must be at least 2, got 1"):
        rt.bootstrap(fit, draws=1)
    with pytest.raises(OptionError, match="seed must be 0 or more, got -1"):
        rt.bootstrap(fit, seed=-1)
    with pytest.raises(OptionError, match="workers must be at least 1"):
        rt.bootstrap(fit, workers=0)
    with pytest.raises(EstimationError, match="rows run from 0 to 250"):
        rt.bootstrap(fit, rows=[[0, 250]])
    with pytest.raises(OptionError, match="whole numbers of shape"):
        rt.bootstrap(fit, rows=[[0.5, 1.0]])
    with pytest.raises(OptionError, match=r"unknown interval 'percentil'\. Did you mean 'percentile'\?"):
        rt.bootstrap(fit, draws=2).table(interval="percentil")


def test_a_fit_that_did_not_converge_is_refused(mobile: pd.DataFrame) -> None:
    with pytest.warns(ConvergenceWarning):
        fit = rt.pls(rt.read_model("models/mobile.sem"), mobile, max_iterations=1)
    with pytest.raises(EstimationError, match="did not converge"):
        rt.bootstrap(fit, draws=10)
    assert rt.bootstrap(fit, draws=10, unconverged="keep").n_failed == 10
