"""Direct, indirect and total effects of the covariance engine."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rantau as rt
from rantau.covariance.layout import cell_values
from rantau.covariance.path_effects import ROUTES, path_effects, paths_of
from rantau.errors import OptionError

DATA = Path(__file__).parents[1] / "data"
DEMOCRACY = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ a*ind60
dem65 ~ c*ind60 + b*dem60
ab := a*b
total := c + a*b
"""
LOOP = "x4 ~ x1 + x7\nx7 ~ x4 + x2"


@pytest.fixture(scope="module")
def democracy():
    return pd.read_csv(DATA / "democracy.csv")


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(DATA / "hs.csv")


def chosen(frame, lhs, rhs, kind, via=""):
    rows = frame[(frame.lhs == lhs) & (frame.rhs == rhs) & (frame.kind == kind) & (frame.via == via)]
    return rows.iloc[0] if len(rows) == 1 else rows


def test_lavaan_has_the_same_of_definitions(democracy):
    """fit <- sem(DEMOCRACY, democracy, estimator = "MLR"); parameterEstimates(fit); standardizedSolution(fit)."""
    fit = rt.sem(DEMOCRACY, democracy, estimator="MLR")
    raw, standard = fit.effects(), fit.effects(standardized=True)
    indirect, total = chosen(raw, "dem65", "ind60", "indirect"), chosen(raw, "dem65", "ind60", "total")
    assert [indirect.est, indirect.se, indirect.z] == pytest.approx([1.2738940203, 0.3418064514, 3.726946], rel=2e-6)
    assert [total.est, total.se, total.z] == pytest.approx([1.7271477025, 0.3986496569, 4.332495], rel=2e-6)
    indirect, total = (chosen(standard, "dem65", "ind60", kind) for kind in ("indirect", "total"))
    assert [indirect.est, indirect.se] == pytest.approx([0.4091434525, 0.0954210984], rel=2e-6)
    assert [total.est, total.se] == pytest.approx([0.5547173962, 0.1009738096], rel=2e-6)


def test_lavaan_has_the_same_where_paths_run_in_a_loop(hs):
    """fit <- sem("x4 ~ c(p1,p2)*x1 + c(q1,q2)*x7; x7 ~ c(r1,r2)*x4 + c(s1,s2)*x2; t1 := q1*s1/(1-q1*r1)
    t2 := q2*s2/(1-q2*r2); u1 := p1/(1-q1*r1); u2 := p2/(1-q2*r2)", hs, group = "school")."""
    fit = rt.sem(LOOP, hs, group="school")
    frame = fit.effects()
    known = {
        ("x2", 1): (-0.0179046727, 0.0255597758), ("x2", 2): (0.0006334055, 0.0100970645),
        ("x1", 1): (0.4106557786, 0.0702655171), ("x1", 2): (0.3331680697, 0.0763199696),
    }  # fmt: skip
    for (source, group), numbers in known.items():
        row = chosen(frame[frame.group == group], "x4", source, "total")
        assert [row.est, row.se] == pytest.approx(numbers, rel=5e-5, abs=1e-8)
    # No route has an end here, so all of them are told together alone.
    assert set(frame.via) == {""}
    assert paths_of(fit.table).depth == -1


def test_definitions_of_one_model_are_its_effects_by_every_inference(democracy):
    fit = rt.sem(DEMOCRACY, democracy)
    draws, normal = rt.bootstrap(fit, draws=60, errors=True), rt.monte_carlo(fit, draws=500)
    for made, intervals in ((draws, ("percentile", "basic", "bca", "student")), (normal, ("percentile",))):
        for interval in intervals:
            for of, effects in (("estimates", "effects"), ("standardized", "effects_standardized")):
                defined = made.table(of=of, interval=interval).set_index("lhs")
                found = made.table(of=effects, interval=interval)
                for name, op in (("ab", "indirect"), ("total", "total")):
                    row = found[(found.lhs == "dem65") & (found.op == op) & (found.rhs == "ind60")].iloc[0]
                    columns = ["est", "mean", "se", "ci_low", "ci_high", "p"]
                    assert row[columns].tolist() == pytest.approx(defined.loc[name, columns].tolist(), rel=1e-9)


def test_tables_name_routes_and_leave_groups_out_where_there_are_none(democracy, hs):
    frame = rt.sem(DEMOCRACY, democracy).effects()
    assert list(frame.columns) == ["lhs", "rhs", "kind", "via", "est", "se", "z", "p", "ci_low", "ci_high"]
    assert frame[["lhs", "rhs", "kind", "via"]].to_numpy().tolist() == [
        ["dem60", "ind60", "direct", ""],
        ["dem65", "ind60", "direct", ""],
        ["dem65", "dem60", "direct", ""],
        ["dem65", "ind60", "indirect", ""],
        ["dem65", "ind60", "indirect", "dem60"],
        ["dem60", "ind60", "total", ""],
        ["dem65", "ind60", "total", ""],
        ["dem65", "dem60", "total", ""],
    ]
    grouped = rt.sem(LOOP, hs, group="school").effects()
    assert list(grouped.columns[:5]) == ["lhs", "rhs", "kind", "via", "group"]
    assert (grouped.group == 1).sum() == (grouped.group == 2).sum() > 0
    assert rt.cfa("F =~ x1 + x2 + x3 + x4", hs).effects().empty


def test_a_path_of_nought_leads_nowhere(hs):
    fit = rt.sem("x2 ~ x1\nx3 ~ x2 + 0*x1\nx1 ~ 0*x3\nx4 ~ 0.5*x3", hs)
    frame = fit.effects()
    assert frame[frame.kind == "direct"][["lhs", "rhs"]].to_numpy().tolist() == [
        ["x2", "x1"],
        ["x3", "x2"],
        ["x4", "x3"],
    ]
    row = chosen(frame, "x4", "x1", "indirect", "x2 -> x3")
    assert row.est == pytest.approx(0.5 * chosen(frame, "x3", "x1", "indirect", "x2").est)
    fixed = chosen(frame, "x4", "x3", "total")
    assert (fixed.est, fixed.se) == (0.5, 0.0)
    assert np.isnan(fixed.p)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_routes_add_up_and_slopes_are_those_of_small_steps(seed):
    """In models without loops the routes of a pair sum to its indirect effect, by any metric and its gradient."""
    generator = np.random.default_rng(seed)
    size = int(generator.integers(3, 6))
    names = [f"v{place}" for place in range(size)]
    paths = [(a, b) for b in range(size) for a in range(b) if generator.random() < 0.7] or [(0, 1)]
    data = pd.DataFrame(generator.normal(size=(80, size)).cumsum(axis=1), columns=names)
    fit = rt.sem("\n".join(f"{names[b]} ~ {names[a]}" for a, b in paths), data)
    frame = fit.effects(standardized=bool(seed % 2))
    for (lhs, rhs), rows in frame.groupby(["lhs", "rhs"]):
        est = {kind: rows[(rows.kind == kind) & (rows.via == "")].est.sum() for kind in ("direct", "indirect", "total")}
        routes = rows[(rows.kind == "indirect") & (rows.via != "")]
        assert routes.est.sum() == pytest.approx(est["indirect"], abs=1e-10)
        assert est["direct"] + est["indirect"] == pytest.approx(est["total"], abs=1e-10)
        for via in routes.via:
            walk = [rhs, *via.split(" -> "), lhs]
            steps = [chosen(frame, after, before, "direct").est for before, after in pairwise(walk)]
            assert chosen(frame, lhs, rhs, "indirect", via).est == pytest.approx(np.prod(steps))

    def at(theta):
        return path_effects(fit.table, cell_values(fit.layout, theta).ravel())[0]

    _, slopes = path_effects(fit.table, *fit._cells())
    steps = 1e-6 * np.eye(fit.theta.size)
    numeric = np.array([(at(fit.theta + step) - at(fit.theta - step)) / 2e-6 for step in steps]).T
    assert slopes == pytest.approx(numeric, abs=1e-6)


def test_slopes_in_a_loop_are_those_of_small_steps(hs):
    fit = rt.sem(LOOP, hs, group="school")
    _, slopes = path_effects(fit.table, *fit._cells())

    def at(theta):
        return path_effects(fit.table, cell_values(fit.layout, theta).ravel())[0]

    steps = 1e-6 * np.eye(fit.theta.size)
    numeric = np.array([(at(fit.theta + step) - at(fit.theta - step)) / 2e-6 for step in steps]).T
    assert slopes == pytest.approx(numeric, abs=1e-6)


def test_of_very_many_routes_all_together_are_told():
    size = 11
    data = pd.DataFrame(np.random.default_rng(1).normal(size=(200, size)).cumsum(axis=1)).add_prefix("v")
    fit = rt.sem("\n".join(f"v{b} ~ " + " + ".join(f"v{a}" for a in range(b)) for b in range(1, size)), data)
    # v10 alone has 511 routes from v0.
    assert 2**size > ROUTES
    frame = fit.effects()
    assert set(frame.via) == {""}
    beta = np.zeros((size, size))
    for row in frame[frame.kind == "direct"].itertuples():
        beta[int(row.lhs[1:]), int(row.rhs[1:])] = row.est
    total = np.linalg.inv(np.eye(size) - beta)
    for row in frame[frame.kind == "total"].itertuples():
        assert row.est == pytest.approx(total[int(row.lhs[1:]), int(row.rhs[1:])], abs=1e-10)


def test_misuse_is_refused(democracy):
    fit = rt.sem(DEMOCRACY, democracy)
    with pytest.raises(OptionError, match="standardized= is True or False, got 'yes'"):
        fit.effects(standardized="yes")
    with pytest.raises(OptionError, match="level"):
        fit.effects(level=95)


def test_standardised_effects_have_an_interval_where_drawn_variances_fall_below_zero():
    """Of 100 rows of three weak items some of the drawn variances are negative, and have no root."""
    rng = np.random.default_rng(3)
    x, e, u = rng.normal(size=(3, 100))
    m = 0.4 * x + 0.9 * e
    y = 0.4 * m + 0.9 * u
    columns = {f"{name}{k}": value for name, value in (("x", x), ("m", m), ("y", y)) for k in (1, 2, 3)}
    data = 0.65 * pd.DataFrame(columns) + 0.76 * rng.normal(size=(100, 9))
    fit = rt.sem("X =~ x1 + x2 + x3; M =~ m1 + m2 + m3; Y =~ y1 + y2 + y3; M ~ X; Y ~ M", data)
    draws = rt.monte_carlo(fit)
    found = draws.table(of="effects_standardized")
    assert np.isfinite(found[["ci_low", "ci_high", "p"]]).all(axis=None)
    paths, own = found[found.op == "~"], fit.effects(standardized=True).query("kind == 'direct'")
    # Paths themselves are drawn from what the delta method says of them; a product of two has a longer upper tail.
    assert paths[["ci_low", "ci_high"]].to_numpy() == pytest.approx(own[["ci_low", "ci_high"]].to_numpy(), abs=0.01)
    route = found[found.rhs == "X -> M"].iloc[0]
    assert route.ci_high - route.est > 1.1 * (route.est - route.ci_low)
    variances = draws.values[
        :, [one.op == "~~" and one.of == "estimates" for one in fit.quantities[: len(draws.quantities)]]
    ]
    assert (variances < 0).any()
