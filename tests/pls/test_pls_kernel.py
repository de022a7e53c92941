"""The kernel: a stack and a single fit take the same steps, and what cannot be estimated is counted with its reason."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pls_reference import data, fitted

from rantau.errors import AdmissibilityWarning, ConvergenceWarning, EstimationError
from rantau.inference import bootstrap
from rantau.moments import resampled_moments
from rantau.pls import pls
from rantau.pls.estimate import estimate
from rantau.pls.network import Network
from rantau.pls.regression import inflation, inverse, inverses

SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=15, deadline=None)
MODEL = "X =~ x1 + x2 + x3\nM <~ m1 + m2 + m3\nY =~ y1 + y2\nM ~ X\nY ~ M + X"


def correlations(rng, count, k):
    rows = rng.standard_normal((count, 4 * k, k)) + rng.standard_normal((count, 4 * k, 1))
    return np.stack([np.corrcoef(one.T) for one in rows])


def simulated(seed=1, n=60):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    m = 0.6 * x + 0.8 * rng.standard_normal(n)
    y = 0.4 * x + 0.4 * m + 0.7 * rng.standard_normal(n)
    scores = {"x": x, "m": m, "y": y}
    items = ["x1", "x2", "x3", "m1", "m2", "m3", "y1", "y2"]
    return pd.DataFrame({item: 0.8 * scores[item[0]] + 0.6 * rng.standard_normal(n) for item in items})


@FEW
@given(seed=SEEDS, k=st.integers(1, 9))
def test_elimination_by_hand_is_lapack(seed, k):
    stack = correlations(np.random.default_rng(seed), 20, k) if k > 1 else np.ones((20, 1, 1))
    by_hand = np.moveaxis(inverses(np.ascontiguousarray(np.moveaxis(stack, 0, -1))), -1, 0)
    np.testing.assert_allclose(by_hand, inverse(stack), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(inflation(stack)[0], inflation(stack[:1])[0], rtol=1e-10)


@FEW
@given(seed=SEEDS, density=st.floats(0.1, 1.0))
def test_regressions_of_a_network_are_least_squares(seed, density):
    rng = np.random.default_rng(seed)
    paths = np.tril(rng.uniform(size=(6, 6)) < density, -1)
    paths[1, 0] = True
    stack = correlations(rng, 20, 6)
    last = np.ascontiguousarray(np.moveaxis(stack, 0, -1))
    together, alone = Network(paths).regress(last), Network(paths).regress(last[..., :1])
    factors = Network(paths).inflation(last)
    np.testing.assert_allclose(together[..., 0], alone[..., 0], atol=1e-10)
    np.testing.assert_allclose(factors[..., 0], Network(paths).inflation(last[..., :1])[..., 0], rtol=1e-9)
    for outcome in range(6):
        predictors = np.flatnonzero(paths[outcome])
        among = stack[3][np.ix_(predictors, predictors)]
        expected = np.linalg.lstsq(among, stack[3][predictors, outcome], rcond=None)[0]
        np.testing.assert_allclose(together[outcome, predictors, 3], expected, atol=1e-9)
        np.testing.assert_allclose(factors[outcome, predictors, 3], np.diagonal(np.linalg.inv(among)), rtol=1e-8)
    assert not together[~paths].any()


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
@pytest.mark.parametrize("consistent", [False, True])
def test_a_member_of_a_stack_is_estimated_as_if_alone(scheme, consistent):
    """Golden data, so that single fits of other packages stand for the stack as well."""
    fit = fitted("csem_mobile", scheme=scheme, consistent=consistent)
    random = np.random.default_rng(3)
    counts = random.multinomial(fit.n_obs, [1 / fit.n_obs] * fit.n_obs, size=30).astype(float)
    counts[4] = 1.0
    moments = resampled_moments(fit.sample, counts)
    together, _ = estimate(moments.covariance, moments.mean, fit.structure, fit.request)
    np.testing.assert_allclose(together.loadings[4], fit.solution.loadings[0], atol=1e-12)
    assert together.iterations[4] == fit.iterations
    for draw in (0, 4, 29):
        alone, _ = estimate(moments.covariance[[draw]], moments.mean[[draw]], fit.structure, fit.request)
        assert alone.iterations[0] == together.iterations[draw]
        for name in ("weights", "cross", "proxies", "constructs", "beta", "r_squared", "rho_a"):
            np.testing.assert_allclose(getattr(alone, name)[0], getattr(together, name)[draw], atol=1e-11)


def test_numbers_depend_neither_on_batches_nor_on_workers(monkeypatch):
    fit = fitted("csem_reputation_ext")
    drawn = bootstrap(fit, draws=250, seed=5).values
    assert np.array_equal(drawn, bootstrap(fit, draws=250, seed=5, workers=2).values)
    monkeypatch.setattr("rantau.inference.refit._LARGEST", 7 * len(fit.sample.names) ** 2)
    np.testing.assert_allclose(bootstrap(fit, draws=250, seed=5).values, drawn, rtol=0, atol=1e-10)


def test_draws_that_cannot_be_estimated_are_counted_with_their_reasons():
    frame = simulated(n=24)
    fit = pls(MODEL, frame)
    counts = np.ones((20, 24))
    counts[1] = [24, *[0] * 23]
    counts[2] = [8, 8, 8, *[0] * 21]
    counts[3] = [12, 12, *[0] * 22]
    refits = fit.refit(counts)
    assert refits.reasons[0] == ""
    assert refits.reasons[1].startswith("no_variance: no variance in x1, x2, x3")
    assert refits.reasons[2] == (
        "collinear_items: items of M are exact combinations of one another, so mode B cannot weight them"
    )
    assert refits.reasons[3].startswith("collinear_items")
    assert np.isnan(refits.values[1:4]).all()
    np.testing.assert_allclose(refits.values[4], fit.values(), atol=1e-9)
    # Only the draw concerned is lost.
    assert set(refits.reasons[4:]) == {""}


def test_draws_in_which_predictors_are_collinear():
    frame = simulated(n=30)[["x1", "m1", "y1"]]
    frame.loc[:14, "m1"] = frame.x1
    fit = pls("y1 ~ x1 + m1", frame)
    counts = np.ones((18, 30))
    counts[7, 15:] = 0.0
    counts[7, :15] = 2.0
    refits = fit.refit(counts)
    assert refits.reasons[7] == ("collinear_predictors: the predictors of y1 are exact combinations of one another")
    assert [bool(reason) for reason in refits.reasons] == [draw == 7 for draw in range(18)]
    drawn = bootstrap(fit, rows=np.vstack([np.arange(30), np.arange(30), np.tile(np.arange(15), 2)]))
    assert drawn.failed == ((refits.reasons[7], 1),)
    assert drawn.n_failed == 1


def test_items_that_are_the_same_twice():
    frame = simulated().assign(m2=lambda one: one.m1, x2=lambda one: one.x1)
    with pytest.raises(EstimationError, match=r"Items of M are exact combinations of one another.*mode A"):
        pls(MODEL, frame)
    fit = pls(MODEL, frame, modes={"M": "A"})
    assert fit.converged
    loadings = fit.loadings().set_index("item")["est"]
    assert loadings["x1"] == pytest.approx(loadings["x2"], abs=1e-12)
    assert np.isinf(fit.vif().query("kind == 'outer' and name == 'x1'").vif).all()
    assert set(bootstrap(fit, draws=20).reasons) == {""}


def test_constructs_of_the_same_item_cannot_both_predict():
    frame = simulated().assign(z=lambda one: 5 - 2 * one.x1)
    for again in (frame.z, frame.x1):
        with pytest.raises(EstimationError, match="The predictors of y1 are exact combinations of one another"):
            pls("y1 ~ x1 + z", frame.assign(z=again))


def test_fewer_rows_than_items():
    frame = simulated(n=7)
    fit = pls(MODEL.replace("<~", "=~"), frame)
    assert fit.converged
    assert np.isfinite(fit.values()).all()
    with pytest.raises(EstimationError, match="Items of M are exact combinations"):
        pls(MODEL, frame.iloc[:3])


def test_weights_that_do_not_settle_are_failed_draws():
    with pytest.warns(ConvergenceWarning, match="did not settle within 3 iterations"):
        fit = pls(MODEL, simulated(), max_iterations=3)
    refits = fit.refit(np.ones((20, 60)))
    assert set(refits.reasons) == {"not_converged: the weights did not settle within 3 iterations"}
    assert np.isnan(refits.values).all()


def test_a_construct_unrelated_to_all_others_has_no_weights():
    signs = np.array([[a, b, c] for a in (-1.0, 1.0) for b in (-1.0, 1.0) for c in (-1.0, 1.0)])
    frame = pd.DataFrame(np.tile(signs, (3, 1)), columns=["a", "b", "c"])
    with pytest.warns(ConvergenceWarning):
        fit = pls("F =~ a + b\nc ~ F", frame)
    assert not fit.converged
    refits = fit.refit(np.ones((17, 24)))
    assert all(reason.startswith("not_converged") for reason in refits.reasons)


def test_inadmissible_corrections_of_draws_are_told_and_others_are_not_touched():
    with pytest.warns(AdmissibilityWarning):
        fit = pls(MODEL.replace("<~", "=~"), simulated(seed=4, n=14), consistent=True)
    random = np.random.default_rng(2)
    counts = random.multinomial(14, [1 / 14] * 14, size=40).astype(float)
    refits = fit.refit(counts)
    failed = np.array([bool(reason) for reason in refits.reasons])
    assert failed.any()
    assert np.isnan(refits.values[failed]).all()
    codes = {reason.split(":")[0] for reason in refits.reasons if reason}
    assert codes <= {
        "reliability_out_of_range",
        "loading_above_one",
        "constructs_not_positive_definite",
        "not_converged",
        "no_variance",
        "collinear_predictors",
    }


def test_unit_weights_stay_equal():
    fit = pls(
        MODEL,
        data("mobile.csv")
        .rename(columns={f"IMAG{k}": f"x{k}" for k in range(1, 6)})
        .assign(
            m1=lambda one: one.PERQ1,
            m2=lambda one: one.PERQ2,
            m3=lambda one: one.PERQ3,
            y1=lambda one: one.CUSL1,
            y2=lambda one: one.CUSL3,
        ),
        modes={"X": "unit", "M": "unit", "Y": "unit"},
    )
    weights = fit.weights()
    assert weights.groupby("construct")["est"].agg(np.ptp).tolist() == [0, 0, 0]
    stack = fit.refit(np.ones((20, fit.n_obs)))
    np.testing.assert_allclose(stack.values[11], fit.values(), atol=1e-12)
