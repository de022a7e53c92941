"""Small cases of what reading the engine line by line has brought to light, each with a law or a second road."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from rantau.covariance import cfa, compare, sam, sem
from rantau.covariance.constraints import Constraints
from rantau.errors import AdmissibilityWarning, ModelSyntaxError, OptionError
from rantau.moments import moments

TWO_FACTORS = "f =~ y1 + y2 + y3\ng =~ y4 + y5 + y6"
NOTHING_FREE = "f =~ 1*y1 + 1*y2 + 1*y3\nf ~~ 1*f\ny1 ~~ 1*y1\ny2 ~~ 1*y2\ny3 ~~ 1*y3"


def two_groups(seed: int = 3, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(n, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    data = pd.DataFrame(np.repeat(factors, 3, axis=1) + rng.normal(size=(n, 6)), columns=[f"y{k}" for k in range(1, 7)])
    return data.assign(side=np.where(rng.random(n) < 0.5, "left", "right"))


# -- a second fault behind a first one ---------------------------------------------------------------


@pytest.mark.parametrize("r", [0.5, 0.98])
def test_impossible_residual_covariances_are_told_whether_factors_are_alike_or_not(r):
    loadings = np.zeros((8, 2))
    loadings[:4, 0], loadings[4:, 1] = [0.9, 0.3, 0.9, 0.7], 0.7
    covariance = loadings @ np.array([[1.0, r], [r, 1.0]]) @ loadings.T
    np.fill_diagonal(covariance, 1.0)
    covariance[[0, 1, 1, 2], [1, 0, 2, 1]] += 0.31
    data = moments(2 * covariance, 500, names=[f"y{k}" for k in range(1, 9)])
    with pytest.warns(AdmissibilityWarning, match="larger than their residual variances allow"):
        fit = sem("f =~ y1 + y2 + y3 + y4\ng =~ y5 + y6 + y7 + y8\ny1 ~~ y2\ny2 ~~ y3", data)
    assert not fit.trustworthy
    assert ("alike" in {one.code for one in fit.problems}) == (r > 0.95)


# -- options as others spell them --------------------------------------------------------------------


@pytest.mark.parametrize("held", [["Loadings"], ["loadings", " Intercepts"], ["loadings", "Residuals", "LV.variances"]])
def test_what_is_held_equal_may_be_spelt_in_capitals(held):
    model, data = TWO_FACTORS + "\ng ~ f", two_groups()
    plain = [kind.strip().lower().replace(".", "_") for kind in held]
    found, wanted = (sam(model, data, group="side", group_equal=names) for names in (held, plain))
    assert found.estimates().equals(wanted.estimates())
    assert found.fit_indices()["df"] == wanted.fit_indices()["df"]


def test_thresholds_in_capitals_are_of_ordered_answers_too():
    with pytest.raises(OptionError, match="say which are: ordered="):
        cfa(TWO_FACTORS, two_groups(), group="side", group_equal="Thresholds")


@pytest.mark.parametrize(
    ("option", "value"), [("se", "ml"), ("test", "robust"), ("information", "robust"), ("test", "ml")]
)
def test_a_name_of_another_option_is_refused_as_it_was_written(option, value):
    with pytest.raises(OptionError, match=f"unknown {option} '{value}'"):
        cfa(TWO_FACTORS, two_groups(), **{option: value})


# -- Bollen and Stine --------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ["ML", "GLS", "ULS"])
@pytest.mark.parametrize("group", [None, "side"])
def test_transformed_rows_fit_perfectly_whatever_covariances_are_divided_by(estimator, group):
    # A model that says how large something is notices n - 1 in the place of n.
    fit = sem("f =~ y1 + y2 + y3\ny1 ~~ 0.8*y1", two_groups(), estimator=estimator, likelihood="wishart", group=group)
    again = fit.transformed().refit(np.ones((1, fit.n_obs))).values[0]
    here = {(one.of, one.lhs): value for one, value in zip(fit.quantities, again, strict=True)}
    assert here["fit_indices", "chisq"] == pytest.approx(0, abs=1e-10)
    assert again[:-5] == pytest.approx(fit.values()[:-5], abs=1e-8)


# -- nothing to estimate -----------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"estimator": "MLR"}, {"estimator": "MLF"}, {"test": "yuan_bentler"}])
def test_a_model_without_free_parameters_has_tests_that_read_the_rows(options):
    found = sem(NOTHING_FREE, two_groups(), **options).fit_indices()
    assert found[["df", "npar"]].tolist() == [6, 0]
    assert np.isfinite(found["chisq"])
    assert "scaling_factor_h0" not in found


def test_without_free_parameters_the_scaling_factor_is_mardias_kurtosis():
    # tr(A^-1 B) of the unrestricted covariances, of which no parameter takes anything: (b2 - p) / 2.
    data = two_groups()
    rows = (data[["y1", "y2", "y3"]] - data[["y1", "y2", "y3"]].mean()).to_numpy()
    distances = np.einsum("ni,ij,nj->n", rows, np.linalg.inv(rows.T @ rows / len(rows)), rows)
    found = sem(NOTHING_FREE, data, estimator="MLR").fit_indices()["chisq_scaling_factor"]
    assert found == pytest.approx(((distances**2).mean() - 3) / 2 / 6, rel=1e-10)


def test_a_model_whose_parameters_are_all_held_has_a_robust_test():
    data = two_groups()
    held = sem("y2 ~ p*y1\ny2 ~~ v*y2\np == 0.3\nv == 1", data, estimator="MLR").fit_indices()
    fixed = sem("y2 ~ 0.3*y1\ny2 ~~ 1*y2", data, estimator="MLR").fit_indices()
    for name in ("chisq_scaled", "chisq_scaling_factor", "df"):
        assert held[name] == pytest.approx(fixed[name], rel=1e-8), name


def test_a_model_without_free_parameters_is_compared_by_satorra_2000():
    data = two_groups()
    larger, smaller = (
        sem("f =~ NA*y1 + 1*y2 + 1*y3\nf ~~ 1*f", data, estimator="MLM"),
        sem(NOTHING_FREE, data, estimator="MLM"),
    )
    table = compare(larger, smaller, method="satorra_2000")
    assert table["df_diff"].iloc[1] == 4
    assert table["p_diff"].between(0, 1).iloc[1]


def test_one_ordered_answer_alone_has_thresholds_with_errors():
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"y": np.digitize(rng.normal(size=240), [-1, 0.2, 1])})
    found = sem("f =~ y", data, ordered=True).estimates().query("op == '|'")
    share = np.array([(data.y < k).mean() for k in (1, 2, 3)])
    assert found.est.to_numpy() == pytest.approx(norm.ppf(share), abs=1e-9)
    # Of a proportion: sqrt(p (1 - p) / n), by the slope of its deviate; information divides by n - 1, as elsewhere.
    wanted = np.sqrt(share * (1 - share) / len(data)) / norm.pdf(norm.ppf(share))
    assert found.se.to_numpy() == pytest.approx(wanted, rel=0.01)


# -- clusters that lie in several groups -------------------------------------------------------------


def pairs_in_two_groups(n: int = 3000) -> pd.DataFrame:
    """Each cluster has one row in either group, and these are much alike."""
    rng = np.random.default_rng(5)
    common = rng.normal(size=(n, 5))
    rows = [0.95 * common + 0.31 * rng.normal(size=(n, 5)) for _ in range(2)]
    data = pd.DataFrame(np.vstack([one[:, :4] + one[:, 4:] for one in rows]), columns=["a", "b", "c", "d"])
    return data.assign(side=np.repeat(["left", "right"], n), pair=np.tile(np.arange(n), 2))


ALL_EQUAL = ("loadings", "intercepts", "residuals", "lv_variances", "means")


def test_both_tests_of_yuan_and_bentler_take_a_cluster_in_two_groups_for_one():
    # Two estimates of one expectation, which differ by sampling error where the model holds.
    factors = [
        cfa("f =~ a + b + c + d", pairs_in_two_groups(), group="side", group_equal=ALL_EQUAL, cluster="pair", test=test)
        .fit_indices()["chisq_scaling_factor"]
        for test in ("yuan_bentler", "yuan_bentler_mplus")
    ]  # fmt: skip
    assert factors[1] < 0.5
    assert factors[0] == pytest.approx(factors[1], rel=0.01)


def test_robust_indices_of_rows_with_gaps_take_a_cluster_in_two_groups_for_one():
    data = pairs_in_two_groups()
    data.iloc[0, 0] = np.nan
    fit = cfa(
        "f =~ a + b + c + d", data, group="side", group_equal=ALL_EQUAL, cluster="pair", missing="fiml", estimator="MLR"
    )
    # All but one answer is there, so that the misfit has the expectation that the test of complete rows says.
    assert fit.statistics.robust.scale == pytest.approx(fit.statistics.scaled.scaling, rel=0.01)


# -- constraints with absolute values ----------------------------------------------------------------


def test_a_constraint_by_an_absolute_value_may_say_a_sign():
    # It holds for positive numbers alone, which random ones are not.
    data = two_groups()
    data["y2"] = -data["y2"]
    fit = sem("f =~ y1 + p*y2 + y3\nabs(p) == 0.9\nabs(p) == -p", data)
    assert fit.converged
    assert fit.estimates().set_index("label").est["p"] == pytest.approx(-0.9, abs=1e-9)


def test_absolute_values_bend_nothing():
    fit = sem("f =~ y1 + p*y2 + q*y3\nabs(p) * q == 0.7\nabs(p - 3)^2 < 9", two_groups())
    constraints = Constraints(fit.model, fit.table, np.ones(fit.table.n_free))
    weights, step = np.array([1.0, 0.5]), 1e-6
    slopes = [
        weights @ (constraints.margins(fit.theta + step * move)[1] - constraints.margins(fit.theta - step * move)[1])
        for move in np.eye(fit.theta.size)
    ]
    assert constraints.bend(fit.theta, weights) == pytest.approx(np.array(slopes) / (2 * step), abs=1e-8)


# -- statements in a test ----------------------------------------------------------------------------


def test_a_wald_test_refuses_a_scale():
    fit = sem("f =~ y1 + p*y2 + q*y3", two_groups())
    with pytest.raises(ModelSyntaxError, match="takes constraints only"):
        fit.wald_test("p == q; y1 ~*~ y1")


# -- standard errors of resamples --------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", ["y2 ~ p*y1\np == 0.3", "f =~ y1 + p*y2 + q*y3 + y4\np == q", "f =~ y1 + p*y2 + y3\np > 2"]
)
@pytest.mark.parametrize("options", [{}, {"group": "side"}, {"estimator": "GLS"}])
def test_errors_of_the_sample_drawn_as_it_is_are_those_of_the_fit(model, options):
    fit = sem(model, two_groups(), **options)
    found = fit.refit(np.ones((2, fit.n_obs)), errors=True).errors[1]
    assert found == pytest.approx(fit.errors(), rel=1e-6, abs=1e-9, nan_ok=True)


def test_errors_of_resamples_are_exact_where_next_to_nothing_is_told():
    # Loadings of a composite that explains nothing are huge, and their errors more so: an inverse that did not allow
    # for that cut these off, and was wrong by a factor of 500.
    data = pd.DataFrame(np.random.default_rng(31).normal(size=(120, 4)), columns=["a", "b", "c", "y"]).round(2)
    fit = sem("f <~ a + b + c\ny ~ f", data)
    found = fit.refit(np.ones((2, fit.n_obs)), errors=True).errors[1]
    assert found == pytest.approx(fit.errors(), rel=1e-4, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", [f"y{k}" for k in range(1, 7)])
def test_a_saturated_structure_leaves_nothing_by_least_squares(name):
    # What rounding left of one variable was held for a misfit that the baseline had not.
    found = sem(f"{name} ~~ {name}", two_groups(), estimator="ULS", group="side").fit_indices()
    assert found["chisq"] == 0
    assert np.isnan(found["cfi"])


# -- resamples of which nothing can be made ----------------------------------------------------------


def with_a_rare_answer() -> pd.DataFrame:
    """Two of forty rows chose the other answer to `rare`, so that many resamples of them have one only."""
    rng = np.random.default_rng(5)
    data = pd.DataFrame(rng.normal(size=(40, 1)) + rng.normal(size=(40, 3)), columns=["a", "b", "c"])
    return data.assign(rare=np.where(np.arange(40) < 2, 1.0, 0.0), side=np.arange(40) % 2)


@pytest.mark.parametrize(
    "model", ["f =~ a + b + rare", "a ~ rare + c", "a ~ b + c\nb ~ a + rare", "f =~ a + p*b + q*c + rare\np == q"]
)
@pytest.mark.parametrize("group", [None, "side"])
@pytest.mark.parametrize("options", [{}, {"estimator": "GLS"}, {"estimator": "ULS"}, {"missing": "fiml"}])
@pytest.mark.filterwarnings("ignore::rantau.errors.RantauWarning")
def test_a_resample_in_which_an_item_does_not_vary_is_named_and_stops_no_other(model, group, options):
    # Where an item does not vary there is no inverse, of the weights, the baseline or the search; one such resample
    # took all others with it.
    data = with_a_rare_answer()
    fit = sem(model, data, group=group, **options)
    counts = np.random.default_rng(1).multinomial(40, np.full(40, 1 / 40), size=40).astype(float)
    found = fit.refit(counts)
    rows = fit.rows.values[:, fit.rows.names.index("rare")]
    constant = np.zeros(40, dtype=bool)
    for place in range(len(fit.rows.groups)):
        inside = counts[:, fit.rows.membership == place]
        taken = inside @ rows[fit.rows.membership == place]
        constant |= (taken == 0) | (taken == inside.sum(axis=1))
    assert constant.any()
    assert [reason == "singular covariance matrix" for reason in found.reasons] == constant.tolist()
    assert np.isnan(found.values[constant]).all()
    alone = fit.refit(counts[~constant])
    assert found.values[~constant] == pytest.approx(alone.values, rel=1e-6, abs=1e-8, nan_ok=True)
