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


@pytest.mark.filterwarnings("ignore::rantau.errors.AdmissibilityWarning")
@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE, item=st.sampled_from(ITEMS["X"] + ITEMS["M"]), consistent=st.booleans())
def test_reversing_one_item_turns_its_weight_alone(seed, scheme, mode, item, consistent):
    """The other two of its block still say where the construct points."""
    frame = simulated(seed)
    options = {"scheme": scheme, "modes": {"X": mode}} if not consistent else {"scheme": scheme, "consistent": True}
    one, two = pls(model(), frame, **options), pls(model(), frame.assign(**{item: -frame[item]}), **options)
    left, right = named(one), named(two)
    turned = [quantity for quantity in left.index if quantity[1] in ("=~", "<~") and quantity[2] == item]
    assert len(turned) == 2
    right[turned] *= -1
    # Sums of loadings and correlations over the block have a reversed item among them; absolute correlations do not.
    same_in_both = [quantity for quantity in left.index if quantity[1] not in ("alpha", "rho_c")]
    np.testing.assert_allclose(right[same_in_both], left[same_in_both], rtol=0, atol=1e-7)


@FEW
@given(seed=SEEDS, scheme=SCHEME, mode=MODE, times=st.integers(2, 5))
def test_a_sample_taken_several_times_is_the_sample(seed, scheme, mode, times):
    frame = simulated(seed)
    options = {"scheme": scheme, "modes": {"X": mode}}
    once, often = pls(model(), frame, **options), pls(model(), pd.concat([frame] * times), **options)
    same(once, often)
    assert often.n_obs == times * once.n_obs
    distances = ["srmr", "d_uls", "d_g", "d_ml", "nfi", "rms_theta"]
    np.testing.assert_allclose(often.fit_indices()[distances], once.fit_indices()[distances], atol=1e-8)


@FEW
@given(seed=SEEDS, scheme=SCHEME)
def test_equal_weights_are_sums_of_standardised_items(seed, scheme):
    frame = simulated(seed)
    fit = pls(model(), frame, scheme=scheme, modes=dict.fromkeys(ITEMS, "unit"))
    standardised = (frame - frame.mean()) / frame.std()
    sums = pd.DataFrame({name: standardised[block].sum(axis=1) for name, block in ITEMS.items()})
    correlations = sums.corr()
    np.testing.assert_allclose(fit.construct_correlations(), correlations, atol=1e-12)
    beta = np.linalg.solve(correlations.loc[["M", "X"], ["M", "X"]], correlations.loc[["M", "X"], "Y"])
    np.testing.assert_allclose(fit.paths()["est"], [correlations.loc["M", "X"], *beta], atol=1e-12)


@FEW
@given(seed=SEEDS, scheme=SCHEME)
def test_two_blocks_are_old_acquaintances(seed, scheme):
    """By mode B on both sides the first canonical correlation (Hotelling, 1936; Wold, 1975); by mode A the first
    singular vectors of the correlations between the blocks (Tucker, 1958)."""
    frame = simulated(seed)
    text = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nM ~ X"
    own, other = ITEMS["X"], ITEMS["M"]
    all_of_them = frame.corr()
    between = all_of_them.loc[own, other].to_numpy()
    roots = [np.linalg.cholesky(all_of_them.loc[block, block].to_numpy()) for block in (own, other)]
    canonical = np.linalg.svd(np.linalg.solve(roots[0], between) @ np.linalg.inv(roots[1]).T, compute_uv=False)[0]
    by_regression = pls(text, frame, scheme=scheme, modes={"X": "B", "M": "B"}, max_iterations=3000)
    assert abs(by_regression.paths()["est"][0]) == pytest.approx(canonical, abs=1e-8)
    left, _, right = np.linalg.svd(between)
    by_correlation = pls(text, frame, scheme=scheme, max_iterations=3000).weights().groupby("construct", sort=False)
    for (_, weights), vector in zip(by_correlation["est"], (left[:, 0], right[0]), strict=True):
        assert abs(weights.to_numpy() @ vector) == pytest.approx(np.linalg.norm(weights), abs=1e-8)


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
