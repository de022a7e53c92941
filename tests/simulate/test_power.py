"""Power: samples from a stated population, drawn as moments and fitted as stacks."""

from __future__ import annotations

import numpy as np
import pytest

import rantau as rt
from rantau.errors import EstimationError, IdentificationError, ModelSyntaxError, OptionError, ResponseError
from rantau.simulate.draw_moments import draw_moments
from rantau.simulate.population import population

TEXT = """
F =~ 0.8*a + 0.7*b + 0.6*c
G =~ 0.8*d + 0.7*e + 0.6*f
G ~ p*F + 0.3*F
F ~~ 1*F
G ~~ 0.91*G
a ~~ 0.36*a
b ~~ 0.51*b
c ~~ 0.64*c
d ~~ 0.36*d
e ~~ 0.51*e
f ~~ 0.64*f
twice := 2*p
"""
GROWTH = """
i =~ 1*t1 + 1*t2 + 1*t3
s =~ 0*t1 + 1*t2 + 2*t3
i ~ 2*1
s ~ 0.3*1
t1 ~ 0*1
t2 ~ 0*1
t3 ~ 0*1
i ~~ 1*i
s ~~ 0.2*s
i ~~ 0.1*s
t1 ~~ 0.5*t1
t2 ~~ 0.5*t2
t3 ~~ 0.5*t3
"""


def stated(text: str) -> dict[tuple[str, str, str], float]:
    frame = rt.population_values(text)
    return {(row.lhs, row.op, row.rhs): row.value for row in frame.itertuples()}


@pytest.mark.parametrize(
    "options",
    [{}, {"std_lv": True}, {"estimator": "GLS"}, {"likelihood": "wishart"}, {"information": "observed"}],
)
def test_values_are_those_stated_and_estimates_lie_about_them(options: dict[str, object]) -> None:
    found = rt.power(TEXT, n=200, replications=500, seed=1, **options)  # type: ignore[arg-type]
    table, values = found.table(), stated(TEXT)
    assert found.exact
    for row in table.itertuples():
        assert row.value == pytest.approx(values[row.lhs, row.op, row.rhs], abs=1e-9)
    # Where a scale is set there is nothing to be found.
    held = {("F", "~~", "F"), ("G", "~~", "G")} if options.get("std_lv") else {("F", "=~", "a"), ("G", "=~", "d")}
    assert set(values) - set(zip(table.lhs, table.op, table.rhs, strict=True)) == held
    assert (abs(table["mean"] - table.value) < 5 * table.sd / np.sqrt(500) + 0.02).all()
    assert (abs(table.se_bias) < 0.15).all() and table.coverage.between(0.9, 0.98).all()
    path = table.query("op == '~'").iloc[0]
    assert 0.85 < path.power < 0.96 and path.power_error == pytest.approx(np.sqrt(path.power * (1 - path.power) / 500))


def test_a_sample_is_what_a_fit_of_its_moments_gives() -> None:
    found = rt.power(TEXT, n=150, replications=3, seed=4)
    known = population(TEXT)
    random = np.random.default_rng(np.random.SeedSequence((4, 150)).spawn(1)[0])
    _, covariance = draw_moments(known.mean, known.covariance, 150, 3, random)
    model = "F =~ 0.8*a + b + c\nG =~ 0.8*d + e + f\nG ~ p*F\ntwice := 2*p"
    fit = rt.sem(model, rt.moments(covariance[2], 150, names=known.names, divisor="n"))
    own = {(row.lhs, row.op, row.rhs): (row.est, row.se) for row in fit.estimates().itertuples()}
    for place, one in enumerate(found.quantities):
        if one.of == "estimates":
            est, se = own[one.lhs, one.op, one.rhs]
            assert found.estimates[0, 2, place] == pytest.approx(est, abs=1e-5)
            assert found.errors[0, 2, place] == pytest.approx(se, rel=1e-4)


def test_numbers_of_a_table_are_those_of_the_samples() -> None:
    found = rt.power(TEXT, n=60, replications=200, seed=2, level=0.9)
    place = next(k for k, one in enumerate(found.quantities) if (one.op, one.of) == ("~", "estimates"))
    kept = np.array([reason == "" for reason in found.reasons[0]])
    est, se = found.estimates[0, kept, place], found.errors[0, kept, place]
    row = found.table().query("op == '~'").iloc[0]
    assert row["mean"] == pytest.approx(est.mean()) and row.bias == pytest.approx(est.mean() / 0.3 - 1)
    assert row.sd == pytest.approx(est.std(ddof=1)) and row.se == pytest.approx(se.mean())
    assert row.power == pytest.approx((abs(est / se) > 1.6448536).mean())
    assert row.coverage == pytest.approx((abs(est - 0.3) <= 1.6448536 * se).mean())


def test_seeds_sizes_and_workers() -> None:
    found = rt.power(TEXT, n=(100, 200), replications=300, seed=1)
    alone = rt.power(TEXT, n=[200], replications=300, seed=1, workers=2)
    np.testing.assert_array_equal(found.estimates[1], alone.estimates[0])
    other = rt.power(TEXT, n=np.array([200]), replications=300, seed=2)
    assert not np.array_equal(alone.estimates, other.estimates)
    assert found == rt.power(TEXT, n=(200, 100), replications=300, seed=1)


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    rt.power(TEXT, n=(100, 200), replications=300, progress=lambda done, every: told.append((done, every)))
    assert told == [(250, 600), (300, 600), (550, 600), (600, 600)]


def test_samples_that_do_not_converge_are_counted_and_left_out() -> None:
    weak = TEXT.replace("0.8*", "0.4*").replace("0.7*", "0.4*").replace("0.6*", "0.4*")
    found = rt.power(weak, n=30, replications=200, seed=1)
    row = found.samples().iloc[0]
    assert 0 < row.converged < 200 and row.inadmissible > 0
    assert f"not converged ({200 - row.converged})" in row.reasons and "negative variance" in row.reasons
    failed = np.array([reason != "" for reason in found.reasons[0]])
    assert np.isnan(found.estimates[0, failed]).all() and np.isfinite(found.table()["mean"]).all()
    assert [(one.severity, one.code) for one in found.problems] == [("warning", "not_converged")]
    assert f"{200 - row.converged} of 200 samples of 30 rows were not estimated and are left out" in str(found)
    assert f"n = 30: {row.converged} converged, {row.inadmissible} inadmissible" in str(found)


def test_where_no_sample_converged_there_are_no_shares() -> None:
    found = rt.power(TEXT, n=100, replications=20)
    found = found.replace(reasons=(("not converged",) * 20,), notes=(("",) * 20,))
    assert [one.severity for one in found.problems] == ["error"]
    assert found.table()[["mean", "power", "coverage"]].isna().all().all()
    assert found.power().enough.isna().all()


def test_indirect_effects_and_what_is_enough() -> None:
    text = "m ~ 0.4*x\ny ~ 0.4*m + 0*x\nx ~~ 1*x\nm ~~ 0.84*m\ny ~~ 0.84*y"
    found = rt.power(text, n=(50, 200), replications=1000, seed=1)
    table = found.power().set_index(["lhs", "op", "rhs"])
    assert table.loc[("y", "indirect", "x"), "value"] == pytest.approx(0.16)
    # Its only route, and effects that are but a path, say nothing more.
    assert set(table.index.get_level_values("op")) == {"~", "indirect", "total"} and len(table) == 5
    assert table.loc[("y", "indirect", "x"), "enough"] == 200
    assert np.isnan(table.loc[("y", "~", "x"), "enough"])
    # A path that is not there is found as often as the test errs.
    assert table.loc[("y", "~", "x"), "200"] == pytest.approx(0.05, abs=0.025)
    assert np.isnan(found.table().query("lhs == 'y' and rhs == 'x'").bias.iloc[0])
    assert found.power(target=0.99).enough.isna().sum() >= 1
    with pytest.raises(OptionError, match="target= is a power between 0 and 1"):
        found.power(target=80)
    with pytest.raises(OptionError, match="unknown of 'paths'"):
        found.table(of="paths")


def test_means_and_a_model_of_ones_own() -> None:
    curve = "i =~ 1*t1 + 1*t2 + 1*t3\ns =~ 0*t1 + 1*t2 + 2*t3\ni ~ 1\ns ~ 1\nt1 ~ 0*1\nt2 ~ 0*1\nt3 ~ 0*1"
    found = rt.power(GROWTH, model=curve, n=100, replications=300)
    values = stated(GROWTH)
    table = found.table()
    assert found.exact and len(table) == 8
    for row in table.itertuples():
        assert row.value == pytest.approx(values[row.lhs, row.op, row.rhs], abs=1e-7)
        assert row.mean == pytest.approx(row.value, abs=5 * row.sd / np.sqrt(300) + 0.02)
    with pytest.raises(ModelSyntaxError, match="first loading gives 's' its scale and cannot be 0"):
        rt.power(GROWTH, n=100)


def test_a_model_that_does_not_hold_in_the_population_says_so() -> None:
    found = rt.power(TEXT, model="F =~ a + b + c\nG =~ d + e + f\nF ~~ 0*G", n=200, replications=50)
    assert not found.exact and "The fitted model does not hold in the population" in str(found)
    assert [one.code for one in found.problems] == ["misspecified"]


def test_single_items_keep_what_is_stated_of_their_errors() -> None:
    text = "F =~ 1*a\na ~~ 0.2*a\nF ~~ 0.8*F\ny ~ 0.5*F\ny ~~ 0.8*y"
    found = rt.power(text, n=100, replications=100)
    assert [(one.lhs, one.op) for one in found.quantities if one.of == "estimates"] == [
        ("F", "~~"), ("y", "~"), ("y", "~~")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"n": ()}, OptionError, "n= takes one number of rows or several that differ"),
        ({"n": (200, 200)}, OptionError, "several that differ"),
        ({"n": 2.5}, OptionError, "n must be a whole number of at least 2"),
        ({"n": 6}, EstimationError, "6 variables is singular in samples of 6 rows. Take n of 7 or more"),
        ({"n": 8}, IdentificationError, "13 free parameters cannot be estimated from 8 complete rows"),
        ({"replications": 1}, OptionError, "replications must be a whole number of at least 2"),
        ({"level": 95}, OptionError, "level must lie between 0 and 1"),
        ({"estimator": "MLR"}, OptionError, "unknown estimator 'MLR'"),
        ({"information": "first_order"}, OptionError, "unknown information 'first_order'"),
        ({"std_lv": "yes"}, OptionError, "std_lv= is True or False"),
        ({"progress": 3}, OptionError, "progress= takes a function"),
        ({"model": "F =~ a + b + zz"}, ResponseError, "'zz' is not in the data"),
        ({"model": "efa('x')*F =~ a + b + c + d"}, OptionError, "turned factors"),
    ],
)
def test_refusals(options: dict[str, object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        rt.power(TEXT, **{"n": 100, "replications": 10, **options})  # type: ignore[arg-type]


def test_a_population_lacks_no_number() -> None:
    with pytest.raises(ModelSyntaxError, match="a population has a number for every parameter"):
        rt.power("F =~ a + b + c", n=100)


def test_moments_are_those_of_rows() -> None:
    """Anderson (2003), section 7.2: the mean of a Wishart matrix, and the variance of its entries."""
    sigma = np.array([[2.0, 0.6, 0.3], [0.6, 1.0, -0.2], [0.3, -0.2, 0.5]])
    mean, n, draws = np.array([1.0, -2.0, 0.5]), 8, 200_000
    means, covariances = draw_moments(mean, sigma, n, draws, np.random.default_rng(1))
    np.testing.assert_allclose(covariances.mean(axis=0) * n / (n - 1), sigma, atol=0.01)
    spread = (sigma**2 + np.outer(np.diag(sigma), np.diag(sigma))) / (n - 1)
    np.testing.assert_allclose((covariances * n / (n - 1)).var(axis=0), spread, rtol=0.02)
    np.testing.assert_allclose(means.mean(axis=0), mean, atol=0.01)
    np.testing.assert_allclose(np.cov(means.T), sigma / n, atol=0.003)
