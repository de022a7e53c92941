"""How rows enter: gaps met by means, by leaving rows out or by EM, and sampling weights; all of it in resamples too."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pls_reference import case, data

import rantau as rt
from rantau.errors import EstimationError, ResponseError
from rantau.moments import Sample, sample_moments
from rantau.moments.em import saturated
from rantau.moments.patterns import missing_patterns
from rantau.pls import pls

MODEL = "X =~ x1 + x2 + x3\nM <~ m1 + m2 + m3\nY =~ y1 + y2\nM ~ X\nY ~ M + X"
ITEMS = ["x1", "x2", "x3", "m1", "m2", "m3", "y1", "y2"]
SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=10, deadline=None)


def simulated(seed=1, n=80, gaps=0.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    m = 0.6 * x + 0.8 * rng.standard_normal(n)
    y = 0.4 * x + 0.4 * m + 0.7 * rng.standard_normal(n)
    scores = {"x": x, "m": m, "y": y}
    frame = pd.DataFrame({item: 0.8 * scores[item[0]] + 0.6 * rng.standard_normal(n) for item in ITEMS})
    return frame.mask(rng.uniform(size=frame.shape) < gaps)


def values(fit):
    return fit.values()


# -- sampling weights ------------------------------------------------------------------------------------


@FEW
@given(seed=SEEDS, missing=st.sampled_from(["mean", "listwise", "em"]), scheme=st.sampled_from(["path", "centroid"]))
def test_whole_weights_are_rows_repeated(seed, missing, scheme):
    frame = simulated(seed, gaps=0.05)
    frame["w"] = np.random.default_rng(seed).integers(1, 4, len(frame))
    weighted = pls(MODEL, frame, weights="w", missing=missing, scheme=scheme)
    repeated = pls(MODEL, frame.loc[frame.index.repeat(frame.w)], missing=missing, scheme=scheme)
    np.testing.assert_allclose(values(weighted), values(repeated), atol=1e-7)
    assert weighted.n_obs == (len(frame) if missing != "listwise" else len(frame.dropna()))


@FEW
@given(seed=SEEDS, missing=st.sampled_from(["mean", "em"]), weight=st.floats(1e-3, 1e3))
def test_equal_weights_are_no_weights(seed, missing, weight):
    frame = simulated(seed, gaps=0.05).assign(w=weight)
    weighted, plain = pls(MODEL, frame, weights="w", missing=missing), pls(MODEL, frame, missing=missing)
    np.testing.assert_allclose(values(weighted), values(plain), atol=1e-8)
    np.testing.assert_allclose(weighted.scores(), plain.scores(), atol=1e-8)


def test_resamples_keep_the_weights_of_their_rows():
    frame = simulated().assign(w=np.random.default_rng(3).uniform(0.2, 3, 80))
    fit = pls(MODEL, frame, weights="w")
    rows = np.random.default_rng(5).integers(0, 80, size=(20, 80))
    counts = np.stack([np.bincount(draw, minlength=80) for draw in rows]).astype(float)
    refits = fit.refit(counts)
    for draw in (0, 19):
        again = pls(MODEL, frame.iloc[rows[draw]], weights="w")
        np.testing.assert_allclose(refits.values[draw], values(again), atol=1e-8)


def test_weighted_paths_are_weighted_least_squares():
    """Single items leave nothing to PLS but regressions; statsmodels' WLS on standardised columns is the same."""
    sm = pytest.importorskip("statsmodels.api")
    frame = simulated()[["x1", "m1", "y1"]].assign(w=np.random.default_rng(3).uniform(0.2, 3, 80))
    fit = pls("m1 ~ x1\ny1 ~ m1 + x1", frame, weights="w")
    columns = frame[["x1", "m1", "y1"]]
    mean = np.average(columns, axis=0, weights=frame.w)
    standardised = (columns - mean) / np.sqrt(np.average((columns - mean) ** 2, axis=0, weights=frame.w))
    theirs = sm.WLS(standardised.y1, standardised[["m1", "x1"]], weights=frame.w).fit()
    ours = fit.paths().query("lhs == 'y1'").set_index("rhs")["est"]
    assert ours[["m1", "x1"]].tolist() == pytest.approx(theirs.params.tolist(), abs=1e-12)
    assert fit.r_squared().loc["y1", "r_squared"] == pytest.approx(theirs.rsquared, abs=1e-12)


def test_scores_have_weighted_mean_0_and_variance_1():
    frame = simulated().assign(w=np.random.default_rng(3).uniform(0.2, 3, 80))
    fit = pls(MODEL, frame, weights="w")
    scores, share = fit.scores().to_numpy(), frame.w / frame.w.sum()
    assert share @ scores == pytest.approx([0, 0, 0], abs=1e-12)
    # Divisor n - 1, n being the rows.
    assert share @ scores**2 == pytest.approx([79 / 80] * 3)


@pytest.mark.parametrize(("wrong", "told"), [(0.0, "got 0"), (-2.0, "got -2"), (np.nan, "got none")])
def test_weights_are_positive_numbers(wrong, told):
    frame = simulated().assign(w=1.0)
    frame.loc[6, "w"] = wrong
    with pytest.raises(ResponseError, match=rf"column 'w' \(weights\), row 7: a positive weight is needed, {told}\."):
        pls(MODEL, frame, weights="w")


def test_the_column_of_weights_is_looked_at():
    frame = simulated().assign(weight=1.0, word="a")
    with pytest.raises(ResponseError, match=r"weights='wieght': the data have no such column.*Did you mean 'weight'"):
        pls(MODEL, frame, weights="wieght")
    with pytest.raises(ResponseError, match=r"column 'word' \(weights\), row 1: a number is needed"):
        pls(MODEL, frame, weights="word")
    with pytest.raises(ResponseError, match="'x1' is a variable of the model, so it cannot be weights= as well"):
        pls(MODEL, frame, weights="x1")


# -- gaps ------------------------------------------------------------------------------------------------


def test_casewise_is_listwise():
    frame = simulated(gaps=0.05)
    one, two = pls(MODEL, frame, missing="casewise"), pls(MODEL, frame, missing="listwise")
    assert one.request.missing == "listwise"
    np.testing.assert_array_equal(values(one), values(two))


def test_without_gaps_all_ways_are_one():
    frame = simulated()
    plain = values(pls(MODEL, frame))
    for missing in ("listwise", "em"):
        np.testing.assert_allclose(values(pls(MODEL, frame, missing=missing)), plain, atol=1e-12)


def test_em_takes_the_maximum_likelihood_moments():
    """The moments are those of the covariance engine's EM, which lavaan's numbers stand behind."""
    frame = simulated(gaps=0.1)
    fit = pls(MODEL, frame, missing="em")
    sample = Sample(tuple(ITEMS), frame[ITEMS].to_numpy())
    found = saturated(missing_patterns(sample, np.ones(80)), sample.names).covariance[0]
    sd = np.sqrt(np.diagonal(found))
    np.testing.assert_allclose(fit.solution.correlation[0], found / np.outer(sd, sd), atol=1e-9)
    assert fit.n_obs == 80


def test_em_is_done_anew_in_every_resample():
    frame = simulated(gaps=0.1)
    fit = pls(MODEL, frame, missing="em")
    rows = np.random.default_rng(5).integers(0, 80, size=(6, 80))
    counts = np.stack([np.bincount(draw, minlength=80) for draw in rows]).astype(float)
    refits = fit.refit(counts)
    assert set(refits.reasons) == {""}
    for draw in range(6):
        again = pls(MODEL, frame.iloc[rows[draw]], missing="em")
        np.testing.assert_allclose(refits.values[draw], values(again), atol=1e-6)


def test_em_scores_take_expected_answers():
    frame = simulated(gaps=0.1)
    fit = pls(MODEL, frame, missing="em")
    sample = Sample(tuple(ITEMS), frame[ITEMS].to_numpy())
    moments = sample_moments(sample, missing="em")
    row = int(np.flatnonzero(np.isnan(sample.values).sum(axis=1) == 2)[0])
    seen = ~np.isnan(sample.values[row])
    slope = np.linalg.solve(moments.covariance[np.ix_(seen, seen)], moments.covariance[np.ix_(seen, ~seen)])
    full = sample.values[row].copy()
    full[~seen] = moments.mean[~seen] + (full[seen] - moments.mean[seen]) @ slope
    z = (full - moments.mean) / np.sqrt(np.diagonal(moments.covariance) * 80 / 79)
    weights = fit.weights().set_index("item")["est"][ITEMS].to_numpy()
    assert fit.scores().loc[row, "X"] == pytest.approx(z[:3] @ weights[:3], abs=1e-9)


def test_rows_without_any_answer_tell_em_nothing():
    frame = simulated(gaps=0.05)
    frame.loc[[3, 40], ITEMS] = np.nan
    fit, without = pls(MODEL, frame, missing="em"), pls(MODEL, frame.drop([3, 40]), missing="em")
    assert fit.n_obs == 78
    np.testing.assert_allclose(values(fit), values(without), atol=1e-12)
    assert fit.scores().loc[[3, 40]].isna().to_numpy().all()


def test_items_that_nobody_answered_together():
    frame = simulated()
    frame.loc[:40, "x1"], frame.loc[41:, "x2"] = np.nan, np.nan
    with pytest.raises(EstimationError, match="nobody answered both 'x1' and 'x2', so their covariance"):
        pls(MODEL, frame, missing="em")
    frame = simulated().assign(x3=np.nan)
    for missing in ("mean", "em"):
        with pytest.raises(EstimationError, match="'x3' has no answer in any row"):
            pls(MODEL, frame, missing=missing)


def test_a_resample_in_which_nobody_answered_is_a_failed_draw():
    frame = simulated(n=30)
    frame.loc[5:, "x1"] = np.nan
    for missing, reason in (
        ("mean", "no_answer: the answers do not tell the variance of x1"),
        ("em", "no_moments: the answers do not determine the covariances of the items"),
    ):
        fit = pls(MODEL, frame, missing="mean")
        fit = fit.replace(request=fit.request.replace(missing=missing))
        counts = np.ones((2, 30))
        counts[1, :5], counts[1, 5:10] = 0.0, 2.0
        refits = fit.refit(counts)
        assert refits.reasons[1] == reason
        assert np.isnan(refits.values[1]).all()


def test_a_bootstrap_of_each_kind_on_real_gaps():
    """The corporate reputation data of Hair et al., 11 answers of 344 people missing."""
    frame, model = data("reputation.csv"), case("seminr_reputation_ext")["model"]
    found = {}
    for missing in ("mean", "casewise", "em"):
        fit = pls(model, frame, missing=missing)
        drawn = rt.bootstrap(fit, draws=30, seed=1)
        assert drawn.n_failed == 0
        found[missing] = fit.paths()["est"].to_numpy()
    for missing in ("casewise", "em"):
        assert 1e-4 < np.abs(found[missing] - found["mean"]).max() < 0.02
