"""What must hold for any data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pls_reference import data

from rantau.pls import pls

ITEMS = {"X": ["x1", "x2", "x3"], "M": ["m1", "m2", "m3"], "Y": ["y1", "y2"]}
INNER = "M ~ X\nY ~ M + X"
SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=15, deadline=None)
SCHEME = st.sampled_from(["path", "factorial", "centroid"])
MODE = st.sampled_from(["A", "B"])


def model(items=ITEMS):
    return "\n".join(f"{name} =~ {' + '.join(block)}" for name, block in items.items()) + "\n" + INNER


def simulated(seed, n=120):
    """Three related constructs with several items each."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    m = 0.6 * x + 0.8 * rng.standard_normal(n)
    y = 0.3 * x + 0.5 * m + 0.7 * rng.standard_normal(n)
    scores = {"x": x, "m": m, "y": y}
    columns = {item: 0.8 * scores[item[0]] + 0.6 * rng.standard_normal(n) for block in ITEMS.values() for item in block}
    return pd.DataFrame(columns)


def named(fit):
    return pd.Series(fit.values(), index=[(q.lhs, q.op, q.rhs) for q in fit.quantities])


def same(left, right, tolerance=1e-8):
    left, right = named(left), named(right)
    assert set(left.index) == set(right.index)
    np.testing.assert_allclose(right[list(left.index)], left, rtol=0, atol=tolerance)


@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE)
def test_row_order_is_irrelevant(seed, scheme, mode):
    frame = simulated(seed)
    options = {"scheme": scheme, "modes": {"X": mode}}
    same(pls(model(), frame, **options), pls(model(), frame.sample(frac=1, random_state=1), **options))


@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE, shuffle=st.randoms(use_true_random=False))
def test_item_order_and_column_order_are_irrelevant(seed, scheme, mode, shuffle):
    frame = simulated(seed)
    items = {name: shuffle.sample(block, len(block)) for name, block in ITEMS.items()}
    options = {"scheme": scheme, "modes": {"X": mode}}
    same(pls(model(), frame, **options), pls(model(items), frame[sorted(frame)[::-1]], **options))


@FEW
@given(
    seed=SEEDS,
    scheme=SCHEME,
    mode=MODE,
    scale=st.floats(1e-3, 1e3),
    shift=st.floats(-1e3, 1e3),
)
def test_rescaling_an_item_changes_nothing(seed, scheme, mode, scale, shift):
    frame = simulated(seed)
    options = {"scheme": scheme, "modes": {"X": mode}}
    same(pls(model(), frame, **options), pls(model(), frame.assign(x2=frame.x2 * scale + shift), **options), 1e-7)


@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE)
def test_a_stack_of_one_is_a_member_of_a_stack(seed, scheme, mode):
    fit = pls(model(), simulated(seed), scheme=scheme, modes={"X": mode})
    counts = np.random.default_rng(seed).multinomial(fit.n_obs, [1 / fit.n_obs] * fit.n_obs, size=5).astype(float)
    together = fit.refit(counts)
    for draw in range(5):
        alone = fit.refit(counts[draw : draw + 1])
        np.testing.assert_allclose(alone.values[0], together.values[draw], rtol=0, atol=1e-12)


@FEW
@given(seed=SEEDS)
def test_draws_equal_fits_of_the_resampled_rows(seed):
    frame = simulated(seed)
    rows = np.random.default_rng(seed).integers(0, len(frame), len(frame))
    fit = pls(model(), frame)
    counts = np.bincount(rows, minlength=len(frame)).astype(float)[None]
    again = pls(model(), frame.iloc[rows])
    np.testing.assert_allclose(fit.refit(counts).values[0], again.values(), atol=1e-8)


@FEW
@given(seed=SEEDS, scheme=SCHEME, consistent=st.booleans())
def test_single_items_give_least_squares_on_standardised_variables(seed, scheme, consistent):
    frame = simulated(seed)[["x1", "m1", "y1"]]
    standardised = (frame - frame.mean()) / frame.std()
    fit = pls("X =~ x1\nM =~ m1\nY =~ y1\nM ~ X\nY ~ M + X", frame, scheme=scheme, consistent=consistent)
    predictors = standardised[["m1", "x1"]]
    beta, residual, *_ = np.linalg.lstsq(predictors.to_numpy(), standardised.y1.to_numpy(), rcond=None)
    np.testing.assert_allclose(fit.paths()["est"][1:], beta, atol=1e-12)
    assert fit.r_squared().loc["Y", "r_squared"] == pytest.approx(1 - residual[0] / (len(frame) - 1), abs=1e-12)
    observed = pls("m1 ~ x1\ny1 ~ m1 + x1", frame, scheme=scheme, consistent=consistent)
    np.testing.assert_allclose(observed.paths()["est"], fit.paths()["est"], atol=1e-12)


@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE)
def test_reversing_every_item_of_a_construct_turns_its_paths(seed, scheme, mode):
    frame = simulated(seed)
    turned = frame.assign(x1=-frame.x1, x2=-frame.x2, x3=-frame.x3)
    options = {"scheme": scheme, "modes": {"X": mode}}
    one, two = pls(model(), frame, **options), pls(model(), turned, **options)
    sign = [-1 if path.predictor == "X" else 1 for path in one.model.paths]
    np.testing.assert_allclose(two.paths()["est"], sign * one.paths()["est"], atol=1e-8)
    np.testing.assert_allclose(two.loadings()["est"], one.loadings()["est"], atol=1e-8)


@FEW
@given(seed=SEEDS, mode=MODE)
def test_weights_are_a_fixed_point(seed, mode):
    """Weights from scores, computed the long way round, give back the weights."""
    frame = simulated(seed)
    fit = pls(model(), frame, scheme="factorial", modes={"X": mode})
    scores, weights = fit.scores(), fit.weights().set_index("item")["est"]
    z = (frame - frame.mean()) / frame.std()
    proxy = scores["M"] * scores["X"].corr(scores["M"]) + scores["Y"] * scores["X"].corr(scores["Y"])
    block = z[ITEMS["X"]].to_numpy()
    new = block.T @ proxy if mode == "A" else np.linalg.lstsq(block, proxy, rcond=None)[0]
    np.testing.assert_allclose(weights[ITEMS["X"]], new / (block @ new).std(ddof=1), atol=1e-8)


def test_inputs_are_left_alone():
    frame = data("mobile.csv")
    before = frame.copy(deep=True)
    fit = pls("Image =~ IMAG1 + IMAG2\nLoyalty =~ CUSL1 + CUSL3\nLoyalty ~ Image", frame)
    fit.refit(np.ones((2, 250)))
    pd.testing.assert_frame_equal(frame, before)
