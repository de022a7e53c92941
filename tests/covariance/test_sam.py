"""Structural after measurement: against lavaan, against its own definition row by row, and a known truth."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance import sam
from rantau.covariance.after_measurement.moments import Route, error_of_products
from rantau.errors import AdmissibilityWarning, IdentificationError, ModelSyntaxError, OptionError

GOLDEN = Path(__file__).parents[1] / "golden" / "after_fit" / "structural_after_measurement.json"
DATA = Path(__file__).parents[1] / "data"
RECORDS = {record["name"]: record for record in json.loads(GOLDEN.read_text())}
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\n"
CHAIN = HS + "speed ~ textual\ntextual ~ visual\n"
MODEL = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\n"


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(DATA / "hs.csv")


def simulated(n, seed, *, interaction=0.3, square=0.0, means=(0.0, 0.0)):
    """Three items for each of two correlated factors and of an outcome with an interaction and a square."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=n)
    m = 0.3 * x + np.sqrt(0.91) * draw.normal(size=n)
    x, m = x + means[0], m + means[1]
    y = 0.4 * x + 0.3 * m + interaction * x * m + square * x * x + 0.7 * draw.normal(size=n)
    items = {}
    for name, factor in (("x", x), ("m", m), ("y", y)):
        for place, loading in enumerate((1.0, 0.9, 0.8), start=1):
            items[f"{name}{place}"] = loading * factor + 0.6 * draw.normal(size=n) + place
    return pd.DataFrame({**items, "z": 0.5 * x + draw.normal(size=n), "X0": x, "M0": m})


def by_name(frame):
    return {(row.op, frozenset((row.lhs, row.rhs)), row.group): row for row in frame.itertuples()}


def effect(fit, cause, outcome="Y"):
    return fit.estimates().set_index(["lhs", "op", "rhs"]).loc[(outcome, "~", cause)]


# -- lavaan ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDS)
def test_both_methods_are_lavaans(name):
    record = RECORDS[name]
    data = pd.read_csv(DATA / f"{record['data']}.csv")
    blocks = [tuple(block) for block in record["blocks"]]
    fit = sam(record["model"], data, method=record["sam_method"], blocks=blocks)
    alone = sam(record["model"], data, method=record["sam_method"], blocks=blocks, se="standard")
    found, known = by_name(fit.estimates()), by_name(alone.estimates())
    first, second = record["measurement"], record["structural"]
    for lhs, op, rhs, est in zip(first["lhs"], first["op"], first["rhs"], first["est"], strict=True):
        assert found[op, frozenset((lhs, rhs)), 1].est == pytest.approx(est, abs=1e-5)
    names = zip(second["lhs"], second["op"], second["rhs"], strict=True)
    for place, (lhs, op, rhs) in enumerate(names):
        key = (op, frozenset((lhs, rhs)), 1)
        assert found[key].est == pytest.approx(second["est"][place], abs=1e-5), key
        assert found[key].se == pytest.approx(second["se"][place], abs=1e-5), key
        assert known[key].se == pytest.approx(second["se_second_step_alone"][place], abs=1e-5), key
    latent = record["latent_covariance"]
    mine = fit.latent_covariances().loc[latent["rows"], latent["columns"]]
    assert mine.to_numpy() == pytest.approx(np.array(latent["values"]), abs=1e-5)
    for construct, value in record["reliability"].items():
        assert fit.reliability()[construct] == pytest.approx(value, abs=1e-5)
    mapping = record["mapping"]
    rows = [fit.parts.variables.index(one) for one in mapping["rows"]]
    columns = [fit.parts.table.observed.index(one) for one in mapping["columns"]]
    assert fit.latent.mapping[0][np.ix_(rows, columns)] == pytest.approx(np.array(mapping["values"]), abs=1e-5)
    indices = fit.fit_indices()
    assert indices["chisq"] == pytest.approx(record["structural_fit"]["chisq"], rel=1e-4, abs=1e-6)
    assert indices["df"] == record["structural_fit"]["df"]


#: lavaan 0.6-14, sam(model, data, ...), printed with three digits: estimate and standard error.
GROUPS = {
    ("speed", "~", "textual", 1): (0.186, 0.075),
    ("textual", "~", "visual", 1): (0.440, 0.148),
    ("textual", "~~", "textual", 1): (0.772, 0.138),
    ("speed", "~", "textual", 2): (0.206, 0.074),
    ("textual", "~", "visual", 2): (0.746, 0.180),
    ("speed", "~~", "speed", 2): (0.454, 0.116),
}
FREE_MEANS = {
    ("speed", "~", "textual", 1): (0.205, 0.070),
    ("textual", "~", "visual", 2): (0.726, 0.180),
    ("speed", "~", "textual", 2): (0.256, 0.082),
    ("visual", "~~", "visual", 2): (0.311, 0.102),
    ("visual", "~1", "", 2): (-0.242, 0.089),
}
GAPS = {
    ("speed", "~", "textual", 1): (0.155, 0.052),
    ("textual", "~", "visual", 1): (0.509, 0.102),
    ("visual", "~~", "visual", 1): (0.613, 0.153),
    ("speed", "~~", "speed", 1): (0.348, 0.089),
}
COVARIATE = {
    ("speed", "~", "textual", 1): (0.219, 0.052),
    ("speed", "~", "ageyr", 1): (0.208, 0.046),
    ("speed", "~~", "speed", 1): (0.365, 0.081),
}


@pytest.mark.parametrize(
    ("file", "text", "options", "expected"),
    [
        ("hs", CHAIN, {"group": "school"}, GROUPS),
        ("hs", CHAIN, {"group": "school", "group_equal": ("loadings", "intercepts")}, FREE_MEANS),
        ("hs_gaps", CHAIN, {"missing": "fiml"}, GAPS),
        ("hs", CHAIN + "speed ~ ageyr\n", {}, COVARIATE),
    ],
    ids=["groups", "free means", "gaps", "covariate"],
)
def test_groups_gaps_and_covariates_are_lavaans(file, text, options, expected):
    fit = sam(text, pd.read_csv(DATA / f"{file}.csv"), **options)
    found = by_name(fit.estimates())
    for (lhs, op, rhs, group), (est, se) in expected.items():
        row = found[op, frozenset((lhs, rhs)), group]
        assert row.est == pytest.approx(est, abs=5.1e-4), (lhs, op, rhs, group)
        assert row.se == pytest.approx(se, abs=5.1e-4), (lhs, op, rhs, group)


@pytest.mark.parametrize("text", ["speed ~ textual + ageyr\ntextual ~ visual\n", "speed ~ visual + sex + visual:sex\n"])
def test_groups_without_equalities_are_fits_of_their_own(text, hs):
    together = sam(HS + text, hs, group="school").estimates()
    for place, school in enumerate(dict.fromkeys(hs.school), start=1):
        alone = by_name(sam(HS + text, hs[hs.school == school]).estimates())
        own = by_name(together[together.group == place])
        for (op, pair, _), row in alone.items():
            assert own[op, pair, place].est == pytest.approx(row.est, abs=1e-6), (op, pair)
            assert own[op, pair, place].se == pytest.approx(row.se, abs=1e-6), (op, pair)


@pytest.mark.parametrize("method", ["local", "global"])
def test_means_in_the_model_change_no_path(method, hs):
    """Where a cause has a mean, the outcome's intercept takes it up: its items are measured about nought."""
    text = HS + "speed ~ textual + ageyr\ntextual ~ visual\n"
    without, with_means = sam(text, hs, method=method), sam(text, hs, method=method, meanstructure=True)
    found = by_name(with_means.estimates())
    for key, row in by_name(without.estimates()).items():
        assert found[key].est == pytest.approx(row.est, abs=1e-7)
        assert found[key].se == pytest.approx(row.se, abs=1e-7)
    slope = found["~", frozenset(("speed", "ageyr")), 1].est
    assert found["~1", frozenset(("speed", "")), 1].est == pytest.approx(-slope * hs.ageyr.mean(), abs=1e-6)
    assert found["~1", frozenset(("textual", "")), 1].est == 0
    if method == "local":
        assert with_means.fit_indices()["df"] == without.fit_indices()["df"]
        assert with_means.fit_indices()["chisq"] == pytest.approx(without.fit_indices()["chisq"], abs=1e-6)


def test_a_construct_may_have_its_unit_from_its_variance(hs):
    unit = HS.replace("visual =~ x1", "visual =~ NA*x1") + "visual ~~ 1*visual\nspeed ~ visual + textual"
    marker = HS + "speed ~ visual + textual"
    one, other = (sam(text, hs).standardized().set_index(["lhs", "op", "rhs"]) for text in (unit, marker))
    assert one.est_std["speed", "~", "visual"] == pytest.approx(other.est_std["speed", "~", "visual"], abs=1e-7)
    assert sam(unit, hs).fit_indices()["df"] == 0
    # With a marker, a stated variance is a claim about the structure.
    assert sam(marker + "\nvisual ~~ 0.5*visual", hs).fit_indices()["df"] == 1


def test_latent_intercepts_are_intercepts(hs):
    """With means free in the second group, what the paths do not explain of a mean is left to the intercept."""
    fit = sam(CHAIN, hs, group="school", group_equal=("loadings", "intercepts"))
    found = fit.estimates().set_index(["lhs", "op", "rhs", "group"]).est
    mean = dict(zip(fit.parts.variables, fit.latent.mean[1], strict=True))
    assert mean["textual"] == pytest.approx(0.577, abs=5e-4)
    explained = found["textual", "~", "visual", 2] * mean["visual"]
    assert found["textual", "~1", "", 2] == pytest.approx(mean["textual"] - explained, abs=1e-6)


# -- blocks ----------------------------------------------------------------------------------------------


def test_constructs_are_measured_one_by_one_unless_something_joins_them(hs):
    assert sam(CHAIN, hs).parts.blocks == (("visual",), ("textual",), ("speed",))
    assert sam(CHAIN + "x1 ~~ x7", hs).parts.blocks == (("visual", "speed"), ("textual",))
    assert sam(CHAIN + "textual =~ x9", hs).parts.blocks == (("visual",), ("textual", "speed"))
    shared = HS.replace("x2", "same*x2").replace("x5", "same*x5") + "speed ~ textual + visual"
    assert sam(shared, hs).parts.blocks == (("visual", "textual"), ("speed",))
    assert sam(CHAIN, hs, blocks="together").parts.blocks == (("visual", "textual", "speed"),)
    assert sam(CHAIN, hs, blocks=[("speed", "visual")]).parts.blocks == (("visual", "speed"), ("textual",))


def test_each_block_is_the_measurement_model_of_its_constructs(hs):
    fit = sam(CHAIN, hs, blocks=[("visual", "textual")])
    both = rt.cfa("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6", hs)
    row = fit.measurement_indices().loc["visual, textual"]
    assert row["chisq"] == pytest.approx(both.fit_indices()["chisq"], rel=1e-9)
    assert fit.measurement[0].theta == pytest.approx(both.theta, abs=1e-9)


def test_a_saturated_structure_measured_together_is_the_measurement_model(hs):
    """Then nothing is left that the second step could do otherwise."""
    whole = rt.cfa(HS, hs).latent_correlations()
    fit = sam(HS + "speed ~ visual + textual\ntextual ~ visual", hs, blocks="together")
    correlations = fit.latent_correlations().loc[whole.index, whole.columns]
    assert correlations.to_numpy() == pytest.approx(whole.to_numpy(), abs=1e-7)


def test_a_misspecified_path_leaves_the_measurement_alone(hs):
    right = sam(HS + "speed ~ visual + textual\ntextual ~ visual", hs)
    wrong = sam(HS + "speed ~ textual\nvisual ~~ 0*textual", hs)
    for one, other in zip(right.measurement, wrong.measurement, strict=True):
        assert one.theta.tolist() == other.theta.tolist()
    assert wrong.fit_indices()["chisq"] > 30


def test_labels_definitions_and_constraints(hs):
    text = HS + "textual ~ a*visual\nspeed ~ b*textual + c*visual\nindirect := a*b\ntotal := c + indirect\nb == c\n"
    fit = sam(text, hs)
    found = fit.estimates().set_index(["lhs", "op", "rhs"]).est
    a, b = found["textual", "~", "visual"], found["speed", "~", "textual"]
    assert b == pytest.approx(found["speed", "~", "visual"], abs=1e-9)
    assert fit.estimates().set_index("lhs").est["indirect"] == pytest.approx(a * b)
    assert fit.fit_indices()["df"] == 1
    held = HS.replace("x2 + x3", "k*x2 + l*x3") + "k == l\nspeed ~ visual\n"
    loadings = sam(held, hs).estimates().set_index(["lhs", "op", "rhs"]).est
    assert loadings["visual", "=~", "x2"] == pytest.approx(loadings["visual", "=~", "x3"], abs=1e-9)


def test_a_stated_error_of_a_single_item_counts(hs):
    text = "visual =~ x1 + x2 + x3\nS =~ x7\nx7 ~~ 0.4*x7\nS ~ visual"
    fit = sam(text, hs)
    variance = hs.x7.var(ddof=0)
    assert fit.reliability()["S"] == pytest.approx(1 - 0.4 / variance, abs=1e-8)


# -- standard errors -------------------------------------------------------------------------------------


def moved_by_each_row(fit):
    """Standard errors from what a touch of weight on each row does, everything estimated again."""
    n, step = fit.n_obs, 1e-3
    up = fit.refit(np.ones((n, n)) + step * np.eye(n)).values
    down = fit.refit(np.ones((n, n)) - step * np.eye(n)).values
    return np.sqrt((((up - down) / (2 * step)) ** 2).sum(axis=0))


LATENT = {
    "paths": (MODEL + "Y ~ X + M", {"se": "ij"}),
    "global": (MODEL + "Y ~ X + M\nX ~~ 0*M", {"se": "ij", "method": "global"}),
    "together": (MODEL + "Y ~ X + M", {"se": "robust", "blocks": "together"}),
    "products": (MODEL + "Y ~ X + M + X:M + X:X", {}),
    "product of an outcome": (MODEL + "M ~ X\nY ~ X + M + X:M", {}),
    "product with a column": (MODEL + "Y ~ X + M + z + X:z", {}),
    "product and means": (MODEL + "Y ~ X + M + X:M", {"meanstructure": True}),
    "groups": (MODEL + "Y ~ X + M + X:M", {"group": "g"}),
    "groups with free means": (MODEL + "Y ~ X + M", {"se": "ij", "group": "g", "group_equal": "loadings"}),
    "constraint": (MODEL + "Y ~ a*X + b*M\na == 2*b", {"se": "ij"}),
    "constraint, global": (MODEL + "Y ~ a*X + b*M\na == 2*b", {"se": "ij", "method": "global"}),
}


@pytest.mark.parametrize("name", LATENT)
def test_the_infinitesimal_jackknife_is_what_each_row_does(name):
    text, options = LATENT[name]
    data = simulated(120, 1)
    data["g"] = np.where(np.arange(120) < 55, "one", "two")
    fit = sam(text, data, **options)
    assert fit.errors() == pytest.approx(moved_by_each_row(fit), abs=2e-6)


def test_two_step_errors_are_the_robust_ones_where_all_is_normal():
    data = simulated(20_000, 3, interaction=0.0)
    normal, robust = (sam(MODEL + "Y ~ X + M", data, se=se) for se in ("twostep", "ij"))
    estimated = normal.errors() > 0
    assert robust.errors()[estimated] == pytest.approx(normal.errors()[estimated], rel=0.05)
    # What is not known of the measurement adds to the errors of the paths.
    known = sam(MODEL + "Y ~ X + M", data, se="standard")
    assert effect(known, "X").se < effect(normal, "X").se


def test_mlr_is_ml_with_robust_errors(hs):
    normal, robust = sam(CHAIN, hs), sam(CHAIN, hs, estimator="MLR")
    assert robust.whole.theta == pytest.approx(normal.whole.theta)
    assert effect(robust, "textual", "speed").se != pytest.approx(effect(normal, "textual", "speed").se, rel=1e-3)
    assert robust.request.errors == "ij"
    assert np.isnan(sam(CHAIN, hs, se="none").errors()[1])


# -- products --------------------------------------------------------------------------------------------


def test_what_errors_add_to_products_is_their_covariance():
    """Against the moments of normal constructs and errors, by a quadrature that is exact for polynomials."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, nodes), axis=-1).reshape(-1, 4)
    weight = np.prod(np.stack(np.meshgrid(weights, weights, weights, weights), axis=-1).reshape(-1, 4), axis=1)
    weight /= weight.sum()
    f = grid[:, :2] @ np.array([[1.0, 0.4], [0.0, 0.9]])
    root = np.array([[0.5, 0.2], [0.0, 0.6]])
    pairs = [(0, 1), (0, 0), (1, 1)]

    def covariance(rows):
        every = np.column_stack([rows, *(rows[:, j] * rows[:, k] for j, k in pairs)])
        away = every - weight @ every
        return (away * weight[:, None]).T @ away

    added = covariance(f + grid[:, 2:] @ root) - covariance(f)
    none = np.array([], dtype=np.intp)
    route = Route((), none, none, np.array([(2, 0, 1), (3, 0, 0), (4, 1, 1)]), 5, False)
    latent, error = np.zeros((5, 5)), np.zeros((5, 5))
    latent[:2, :2], error[:2, :2] = covariance(f)[:2, :2], root.T @ root
    assert error_of_products(route, latent, error) == pytest.approx(added, abs=1e-12)


@pytest.mark.parametrize(("interaction", "square"), [(0.3, 0.0), (0.2, -0.15)])
def test_known_products_are_found(interaction, square):
    data = simulated(20_000, 2, interaction=interaction, square=square)
    fit = sam(MODEL + "Y ~ X + M + X:M + X:X", data)
    for cause, truth in (("X", 0.4), ("M", 0.3), ("X:M", interaction), ("X:X", square)):
        row = effect(fit, cause)
        assert abs(row.est - truth) < 4 * row.se < 0.05, cause
    assert fit.trustworthy


def test_an_observed_moderator():
    data = simulated(20_000, 4)
    y = 0.4 * data.X0 + 0.3 * data.z + 0.25 * data.X0 * data.z
    data = data.assign(y=y + np.random.default_rng(5).normal(size=len(data)))
    fit = sam("X =~ x1 + x2 + x3\ny ~ X + z + X:z", data)
    for cause, truth in (("X", 0.4), ("z", 0.3), ("X:z", 0.25)):
        row = effect(fit, cause, "y")
        assert abs(row.est - truth) < 4 * row.se < 0.06, cause


def test_without_error_products_are_those_of_regression():
    """Single items measure without error: then the moments are those of the columns, centred."""
    data = simulated(400, 6)
    fit = sam("X =~ X0\nM =~ M0\nz ~ X + M + X:M", data)
    x, m = data.X0 - data.X0.mean(), data.M0 - data.M0.mean()
    design = np.column_stack([np.ones(400), x, m, x * m])
    beta = np.linalg.lstsq(design, data.z, rcond=None)[0]
    found = [effect(fit, cause, "z").est for cause in ("X", "M", "X:M")]
    assert found == pytest.approx(beta[1:], abs=1e-8)


def test_the_product_of_two_columns_is_a_column():
    data = simulated(300, 7)
    fit = sam(MODEL + "Y ~ X + z + M0 + z:M0", data)
    same = sam(MODEL + "Y ~ X + z + M0 + zM", data.assign(zM=data.z * data.M0))
    assert effect(fit, "z:M0").est == pytest.approx(effect(same, "zM").est, abs=1e-9)
    assert fit.request.errors == "twostep"


def test_products_in_groups_are_those_at_the_groups_means():
    one, two = simulated(10_000, 8), simulated(10_000, 9, means=(0.8, -0.6))
    data = pd.concat([one.assign(g="one"), two.assign(g="two")], ignore_index=True)
    fit = sam(MODEL + "Y ~ X + M + X:M", data, group="g", group_equal=("loadings", "intercepts"))
    frame = fit.estimates().set_index(["lhs", "op", "rhs", "group"])
    effects = {1: (0.4, 0.3, 0.3), 2: (0.4 - 0.3 * 0.6, 0.3 + 0.3 * 0.8, 0.3)}
    for group, truths in effects.items():
        for cause, truth in zip(("X", "M", "X:M"), truths, strict=True):
            row = frame.loc[("Y", "~", cause, group)]
            assert abs(row.est - truth) < 4 * row.se < 0.1, (cause, group)


def test_units_and_zeros_do_not_matter():
    data = simulated(300, 10)
    fit = sam(MODEL + "Y ~ X + M + X:M", data)
    moved = data.assign(x1=data.x1 * 100 + 7, m2=data.m2 / 50 - 3, y1=data.y1 + 1e4)
    other = sam(MODEL + "Y ~ X + M + X:M", moved)
    assert other.standardized().est_std.to_numpy() == pytest.approx(fit.standardized().est_std.to_numpy(), abs=1e-6)
    assert other.standardized().se.to_numpy() == pytest.approx(fit.standardized().se.to_numpy(), abs=1e-5)


def test_the_standardised_product_is_that_of_standardised_constructs():
    fit = sam(MODEL + "Y ~ X + M + X:M", simulated(300, 11))
    deviation = np.sqrt(np.diag(fit.latent_covariances()))
    at = dict(zip(fit.parts.variables, deviation, strict=True))
    row = effect(fit, "X:M")
    assert row.std_all == pytest.approx(row.est * at["X"] * at["M"] / at["Y"], rel=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("n", [200, 500])
def test_intervals_cover_a_known_product(n):
    covered, estimates = [], []
    for seed in range(200):
        row = effect(sam(MODEL + "Y ~ X + M + X:M", simulated(n, seed + 1000)), "X:M")
        covered.append(row.ci_low < 0.3 < row.ci_high)
        estimates.append((row.est, row.se))
    found = np.array(estimates)
    assert 0.88 <= np.mean(covered) <= 0.99
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.15)
    assert found[:, 0].mean() == pytest.approx(0.3, abs=0.02)


# -- bootstrap, tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["paths", "global", "products", "groups", "constraint"])
def test_every_row_once_is_the_fit_itself(name):
    text, options = LATENT[name]
    data = simulated(120, 1).assign(g=["one", "two"] * 60)
    fit = sam(text, data, **options)
    refits = fit.refit(np.ones((2, 120)))
    assert refits.reasons == ("", "")
    assert refits.values[1] == pytest.approx(fit.values(), abs=1e-7)


def test_a_bootstrap_estimates_every_part_again():
    data = simulated(300, 12)
    fit = sam(MODEL + "Y ~ X + M + X:M", data)
    rows = np.random.default_rng(1).integers(300, size=(3, 300))
    draws = rt.bootstrap(fit, rows=rows)
    for draw, taken in zip(draws.values, rows, strict=True):
        again = sam(MODEL + "Y ~ X + M + X:M", data.iloc[taken])
        assert draw == pytest.approx(again.values(), abs=1e-6)
    table = rt.bootstrap(fit, draws=200, seed=1).table().set_index(["lhs", "op", "rhs"])
    assert table.se["Y", "~", "X:M"] == pytest.approx(effect(fit, "X:M").se, rel=0.25)


def test_a_bootstrap_with_gaps_in_the_answers():
    data = pd.read_csv(DATA / "hs_gaps.csv")
    fit = sam(CHAIN, data, missing="fiml")
    refits = fit.refit(np.ones((1, fit.n_obs)))
    assert refits.values[0] == pytest.approx(fit.values(), abs=1e-6)


def test_standard_errors_of_draws_are_refused():
    fit = sam(MODEL + "Y ~ X + M", simulated(100, 1))
    with pytest.raises(
        OptionError, match=r"standard errors of each resample are not there .*take interval='percentile'"
    ):
        fit.refit(np.ones((2, 100)), errors=True)


def test_tables_and_words(hs):
    fit = sam(CHAIN, hs)
    assert list(fit.estimates().columns) == list(rt.sem(CHAIN, hs).estimates().columns)
    kinds = ["estimates"] * 23 + ["effects"] * 7 + ["standardized"] * 23 + ["effects_standardized"] * 7
    assert [one.of for one in fit.quantities] == kinds
    assert fit.effects().equals(fit.whole.effects())
    text = fit.summary()
    assert text.startswith("Structural after measurement (local), ML on 301 rows")
    assert "measured alone: visual (chi-square 0.00, df 0)" in text
    assert f"structural part: chi-square {fit.fit_indices()['chisq']:.2f}, df 1" in text
    assert repr(fit).startswith("<SamFit: local, 301 rows, 3 measurement blocks, structural chi-square")
    assert "<table" in fit._repr_html_()
    assert fit.r_squared()["speed"] == pytest.approx(
        1 - fit.estimates().query("lhs == 'speed' and op == '~~'").std_all.iloc[0]
    )
    product = sam(MODEL + "Y ~ X + M + X:M", simulated(200, 1)).summary()
    assert "X:M: from the moments of its parts, freed of measurement error" in product


def test_hypotheses_are_judged():
    model = rt.parse_model(MODEL + "Y ~ X + M\nY ~ X:M  # H1 (+) together")
    judged = rt.judge_hypotheses(model, sem=sam(model, simulated(500, 2)))
    assert judged.sem_decision.tolist() == ["supported"]


# -- problems and refusals -------------------------------------------------------------------------------


def test_error_that_cannot_all_be_taken_off_is_said():
    """Nearly collinear constructs with poor items: the corrected covariances alone would have no inverse."""
    draw = np.random.default_rng(26)
    f = draw.normal(size=(60, 1)) + 0.05 * draw.normal(size=(60, 2))
    items = {
        f"{name}{k}": f[:, place] + 1.2 * draw.normal(size=60) for place, name in enumerate("ab") for k in range(1, 5)
    }
    data = pd.DataFrame(items).assign(y=f[:, 0] + draw.normal(size=60))
    text = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4\ny ~ A + B"
    fit = sam(text, data)
    share = float(fit.latent.share[0])
    raw, error = fit.latent.raw[0], fit.latent.error[0]
    roots = 1 / np.linalg.eigvals(np.linalg.solve(raw, error)).real.max()
    assert roots < 1 + 1 / 59
    assert share == pytest.approx(roots - 1 / 59)
    assert np.linalg.eigvalsh(fit.latent.covariance[0])[0] > 0
    assert "error_not_all_taken_off" in {one.code for one in fit.problems}


def test_a_heywood_case_in_a_block_is_a_problem_of_the_whole(hs):
    """Correlations of .9, .8 and .6 among three items leave less than nothing of the first one's variance."""
    whole = np.random.default_rng(1).normal(size=(len(hs), 3))
    whole -= whole.mean(axis=0)
    white = whole @ np.linalg.inv(np.linalg.cholesky(np.cov(whole.T))).T
    wanted = np.array([[1.0, 0.9, 0.8], [0.9, 1.0, 0.6], [0.8, 0.6, 1.0]])
    items = white @ np.linalg.cholesky(wanted).T
    data = hs.assign(x1=items[:, 0], x2=items[:, 1], x3=items[:, 2])
    with pytest.warns(AdmissibilityWarning, match="The variance of 'x1' .* is estimated below zero"):
        fit = sam(CHAIN, data)
    assert not fit.trustworthy
    assert [one.code for one in fit.problems].count("negative_variance") == 1
    assert fit.measurement[0].estimates().query("lhs == 'x1' and op == '~~'").est.iloc[0] == pytest.approx(
        (1 - 0.9 * 0.8 / 0.6) * (len(hs) - 1) / len(hs), abs=1e-6
    )


REFUSED = [
    ("x1 ~ x2", OptionError, "no construct is measured, so nothing comes before the paths; use rt.sem"),
    (
        "F <~ x1 + x2\nx3 ~ F",
        ModelSyntaxError,
        "<model>:1:1: 'F' is a composite (`<~`), which has no measurement error",
    ),
    (HS + "g =~ visual + textual + speed", ModelSyntaxError, "'g' is measured by the construct 'visual'; here every"),
    (HS + "speed ~ x1", ModelSyntaxError, "'x1' measures 'visual' and stands in a path as well"),
    (HS + "x1 ~ ageyr", ModelSyntaxError, "'x1' measures 'visual' and stands in a path as well"),
    (HS + "speed ~ visual + ageyr\nx1 ~~ ageyr", ModelSyntaxError, "'x1 ~~ ageyr' joins an item to what is no item"),
    (HS.replace("x2", "k*x2") + "speed ~ k*visual", ModelSyntaxError, "'k' is a parameter of the measurement and of"),
    (HS.replace("x2", "k*x2") + "speed ~ a*visual\na == k", ModelSyntaxError, "<model>:5:1: this constraint is about"),
    (
        HS.replace("speed =~ x7", "speed =~ NA*x7") + "speed ~~ 1*speed\nspeed ~ visual",
        ModelSyntaxError,
        "<model>:3:1: 'speed' is an outcome, so that its variance cannot give it its unit here; let a loading",
    ),
    (HS + "speed ~ visual\nvisual | t1", ModelSyntaxError, "'visual' has a threshold, but no variable is ordered"),
    ("F =~ x1 + x2\nG =~ x4 + x5 + x6\nG ~ F", IdentificationError, "This is the measurement of F by itself."),
]


@pytest.mark.parametrize(("text", "kind", "message"), REFUSED, ids=[row[2][:40] for row in REFUSED])
def test_what_has_no_two_parts_is_refused(text, kind, message, hs):
    with pytest.raises(kind, match=re.escape(message)):
        sam(text, hs)


def test_two_items_are_enough_together(hs):
    text = "F =~ x1 + x2\nG =~ x4 + x5 + x6\nG ~ F"
    assert sam(text, hs, blocks="together").converged


PRODUCT = HS + "speed ~ visual + textual + visual:textual"
OPTIONS = [
    (CHAIN, {"estimator": "WLS"}, OptionError, "estimator='WLS': measurement and structure are estimated by 'ML' here"),
    (CHAIN, {"method": "lokal"}, OptionError, "unknown method 'lokal'. Did you mean 'local'?"),
    (CHAIN, {"se": "boot"}, OptionError, "bootstrap standard errors come after the fit: rt.bootstrap(fit"),
    (CHAIN, {"se": "sandwich"}, OptionError, "unknown se 'sandwich'"),
    (CHAIN, {"blocks": "all"}, OptionError, "blocks must be 'together', or say which constructs"),
    (
        CHAIN,
        {"blocks": [("visual", "speeed")]},
        OptionError,
        "unknown construct in blocks 'speeed'. Did you mean 'speed'",
    ),
    (CHAIN, {"blocks": ["visual", ("visual", "speed")]}, OptionError, "blocks names 'visual' more than once"),
    (
        CHAIN + "x1 ~~ x4",
        {"blocks": ["visual"]},
        OptionError,
        "blocks separates textual, visual, which 'x1 ~~ x4' joins",
    ),
    (CHAIN, {"estimator": "MLR", "missing": "fiml"}, OptionError, "se='ij' (estimator='MLR') needs complete rows"),
    (PRODUCT, {"method": "global"}, ModelSyntaxError, "the moments of items say too little of a product of constructs"),
    (PRODUCT, {"missing": "fiml"}, ModelSyntaxError, "the moments of a product of constructs need complete rows"),
    (
        PRODUCT,
        {"se": "twostep"},
        OptionError,
        "takes what is estimated to be normal, which the product 'visual:textual'",
    ),
]


@pytest.mark.parametrize(("text", "options", "kind", "message"), OPTIONS, ids=[row[3][:40] for row in OPTIONS])
def test_options_are_checked(text, options, kind, message, hs):
    with pytest.raises(kind, match=re.escape(message)):
        sam(text, hs, **options)


def test_what_needs_a_test_of_the_whole_says_so(hs):
    fit, whole = sam(CHAIN, hs), rt.sem(CHAIN, hs)
    with pytest.raises(OptionError, match="'other' is a SamFit, which has no test of the model as a whole"):
        whole.compare(fit)
    for verb in (rt.monte_carlo, rt.bollen_stine):
        with pytest.raises(OptionError, match="which a SamFit has not"):
            verb(fit)


def test_sem_does_not_estimate_products_by_moments(hs):
    with pytest.raises(OptionError, match=r"interaction='moments' is how rt\.sam\(model, data\) estimates products"):
        rt.sem(PRODUCT, hs, interaction="moments")
