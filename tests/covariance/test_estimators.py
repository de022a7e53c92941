"""Robust standard errors and tests: against finite differences, written-out matrices and closed forms."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtrc, chndtr

from rantau.covariance import sem
from rantau.covariance.discrepancies import ROWS as DISCREPANCIES
from rantau.covariance.estimators import ROWS as ESTIMATORS
from rantau.covariance.evidence import Evidence
from rantau.covariance.fit_indices import ROWS as FIT_INDICES
from rantau.covariance.fit_indices import SHORT
from rantau.covariance.fit_indices.rmsea import with_limits
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.outcome import ModelTest
from rantau.covariance.robust.casewise import moment_scores, row_scores
from rantau.covariance.robust.deviations import deviations, weight_of_moments
from rantau.covariance.robust.residual_test import normal_residual, reweighted_residual
from rantau.covariance.robust.traces import traces, written_traces
from rantau.covariance.robust.unrestricted import free_moments, moment_information, unrestricted_trace
from rantau.covariance.setting import evidence_of
from rantau.covariance.standard_errors import inverse_information
from rantau.errors import EstimationError, OptionError
from rantau.moments.summary import moments

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
SHORT_HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6"
MIMIC = "visual =~ x1 + x2 + x3\nvisual ~ sex + ageyr"


@pytest.fixture(scope="module")
def hs():
    return pd.read_csv(DATA / "hs_weighted.csv")


@pytest.fixture(scope="module")
def gaps():
    return pd.read_csv(DATA / "hs_gaps_weighted.csv").merge(
        pd.read_csv(DATA / "hs_gaps_covariates.csv")[["sex", "ageyr"]], left_index=True, right_index=True
    )


CASES = {
    "one group": (SHORT_HS, {"estimator": "MLR"}),
    "means": (SHORT_HS, {"estimator": "MLR", "meanstructure": True}),
    "groups": (SHORT_HS, {"estimator": "MLR", "group": "school", "group_equal": ("loadings", "intercepts")}),
    "shared labels": (SHORT_HS.replace("x2", "a*x2").replace("x5", "a*x5"), {"estimator": "MLR"}),
    "covariates": (MIMIC, {"estimator": "MLR"}),
    "gaps": (SHORT_HS, {"estimator": "MLR", "missing": "fiml"}),
    "gaps in groups": (SHORT_HS, {"estimator": "MLR", "missing": "fiml", "group": "school", "group_equal": "loadings"}),
    "gaps and covariates": (MIMIC, {"estimator": "MLR", "missing": "fiml"}),
}


def evidence(case: str, hs: pd.DataFrame, gaps: pd.DataFrame) -> Evidence:
    text, options = CASES[case]
    return evidence_of(sem(text, gaps if "missing" in options else hs, **options))


def log_density(values, mean, covariance):
    """The normal log-density of each row among what it has seen."""
    found = np.zeros(len(values))
    for k, row in enumerate(values):
        seen = ~np.isnan(row)
        distance, sigma = (row - mean)[seen], covariance[np.ix_(seen, seen)]
        found[k] = -(np.linalg.slogdet(sigma)[1] + distance @ np.linalg.solve(sigma, distance)) / 2
    return found


def of_rows(at: Evidence, theta) -> np.ndarray:
    moved = at.replace(theta=theta)
    found = np.zeros(at.rows.n_obs)
    for group in range(at.layout.n_groups):
        rows = at.rows.membership == group
        found[rows] = log_density(at.rows.values[rows], moved.centre[group], moved.implied.sigma[group])
    return found


@pytest.mark.parametrize("case", CASES)
def test_scores_are_the_slopes_of_each_rows_likelihood(case, hs, gaps):
    at = evidence(case, hs, gaps)
    theta, step = at.theta + 0.02, 1e-5
    scores = row_scores(at.replace(theta=theta))
    for place in range(theta.size):
        up, down = theta.copy(), theta.copy()
        up[place] += step
        down[place] -= step
        slope = (of_rows(at, up) - of_rows(at, down)) / (2 * step)
        assert scores[:, place] == pytest.approx(slope, abs=2e-7)


@pytest.mark.parametrize("case", CASES)
def test_scores_add_up_to_nought_at_the_estimates(case, hs, gaps):
    at = evidence(case, hs, gaps)
    assert row_scores(at).sum(axis=0) == pytest.approx(np.zeros(at.theta.size), abs=1e-6)


@pytest.mark.parametrize("case", ["one group", "means", "gaps", "gaps in groups"])
def test_scores_of_the_moments_add_up_to_those_of_the_parameters(case, hs, gaps):
    at = evidence(case, hs, gaps)
    by_moments = moment_scores(at.implied.sigma, at.centre, at.rows, means=at.layout.mean_structure)
    jacobian = moment_jacobian(at.layout, at.slope)
    chained = np.einsum("im,imq->iq", by_moments, jacobian[at.rows.membership])
    assert chained == pytest.approx(row_scores(at), abs=1e-10)


@pytest.mark.parametrize("case", ["one group", "means", "gaps", "gaps in groups"])
def test_information_of_the_moments_is_the_slope_of_their_scores(case, hs, gaps):
    at = evidence(case, hs, gaps)
    means, p, rows = at.layout.mean_structure, at.moments.mean.shape[1], at.rows
    covariance, mean, step = at.implied.sigma + 0.02 * np.eye(p), at.centre - 0.01, 1e-5
    moved_mean = mean if means else at.moments.mean
    blocks = moment_information(at, covariance, moved_mean, exact=True)
    if not means:
        mean = at.sample_mean
    i, j = np.tril_indices(p)
    for group, block in enumerate(blocks):
        inside = rows.membership == group
        columns = []
        for place in range(block.shape[0]):
            slopes = []
            for sign in (1, -1):
                at_mean, at_covariance = mean.copy(), covariance.copy()
                if means and place < p:
                    at_mean[group, place] += sign * step
                else:
                    a, b = i[place - p * means], j[place - p * means]
                    at_covariance[group, a, b] += sign * step
                    at_covariance[group, b, a] = at_covariance[group, a, b]
                slopes.append(moment_scores(at_covariance, at_mean, rows, means=means)[inside].mean(axis=0))
            columns.append((slopes[0] - slopes[1]) / (2 * step))
        bend = np.array(columns).T
        assert bend == pytest.approx(-block, abs=1e-6)


@pytest.mark.parametrize("case", ["gaps", "gaps in groups", "gaps and covariates"])
def test_information_of_the_parameters_is_carried_over_from_the_moments(case, hs, gaps):
    at = evidence(case, hs, gaps)
    jacobian, shares = moment_jacobian(at.layout, at.slope), at.shares
    blocks = moment_information(at, at.implied.sigma, at.implied.mu, exact=False)
    carried = sum(share * one.T @ block @ one for share, one, block in zip(shares, jacobian, blocks, strict=True))
    assert carried == pytest.approx(at.expected_information, abs=1e-10)


def written_u_gamma(at: Evidence) -> np.ndarray:
    """U Gamma with every matrix of moments written out (Satorra & Bentler, 1994)."""
    groups, jacobian = range(at.layout.n_groups), moment_jacobian(at.layout, at.slope)
    blocks = [at.shares[g] * weight_of_moments(at, g) for g in groups]
    spreads = [one.spread() / one.weights.sum() / at.shares[g] for g, one in enumerate(deviations(at))]
    size = len(blocks[0])
    weight, gamma = np.zeros((len(blocks) * size,) * 2), np.zeros((len(blocks) * size,) * 2)
    for g in groups:
        inside = slice(g * size, (g + 1) * size)
        weight[inside, inside], gamma[inside, inside] = blocks[g], spreads[g]
    slope = jacobian.reshape(-1, jacobian.shape[-1])
    inverse = inverse_information(slope.T @ weight @ slope, at.directions)
    return (weight - weight @ slope @ inverse @ slope.T @ weight) @ gamma


TRACED = {
    "one group": (SHORT_HS, {}),
    "means": (SHORT_HS, {"meanstructure": True}),
    "groups": (SHORT_HS, {"group": "school", "group_equal": ("loadings", "intercepts")}),
    "constraints": (SHORT_HS.replace("x2", "a*x2").replace("x3", "b*x3") + "\na + b == 1.3", {}),
    "covariates": (MIMIC, {}),
    "covariates and means": (MIMIC, {"meanstructure": True}),
    "weights": (SHORT_HS, {"sampling_weights": "w"}),
    "few rows": (HS, {"meanstructure": True, "std_lv": True}),
    "GLS": (SHORT_HS, {"estimator": "GLS"}),
    "ULS": (SHORT_HS, {"estimator": "ULS", "group": "school", "group_equal": "loadings"}),
    "WLS": (SHORT_HS, {"estimator": "WLS"}),
}


@pytest.mark.parametrize("case", TRACED)
def test_traces_without_matrices_of_moments_are_those_with_them(case, hs):
    text, options = TRACED[case]
    at = evidence_of(sem(text, hs[100:150] if case == "few rows" else hs, **options))
    product = written_u_gamma(at)
    found = traces(at)
    assert found.first == pytest.approx(np.trace(product), rel=1e-9)
    assert found.second == pytest.approx(np.trace(product @ product), rel=1e-9)


@pytest.mark.parametrize("means", [False, True])
@pytest.mark.parametrize("text", [SHORT_HS, MIMIC])
def test_products_of_deviations_are_those_written_out(text, means, hs):
    at = evidence_of(sem(text, hs, meanstructure=means, sampling_weights="w"))
    (one,) = deviations(at)
    weight, written = weight_of_moments(at, 0), one.written(0, at.rows.n_obs)
    whole = written @ weight @ written.T
    assert one.products(at.local.weight[0]) == pytest.approx(whole, abs=1e-9)
    assert one.lengths(at.local.weight[0]) == pytest.approx(np.diag(whole), abs=1e-9)


@pytest.mark.parametrize("case", ["one group", "means", "covariates", "groups"])
def test_the_trace_of_complete_moments_has_two_roads(case, hs, gaps):
    at = evidence(case, hs, gaps)
    free, weights = free_moments(at), at.row_weights
    means = at.layout.mean_structure
    centre = at.moments.mean if means else at.sample_mean
    scores = moment_scores(at.moments.covariance, centre, at.rows, means=means)[:, free] * weights[:, None]
    found = 0.0
    for group, block in enumerate(moment_information(at, at.moments.covariance, at.moments.mean, exact=True)):
        own = scores[at.rows.membership == group]
        found += np.trace(np.linalg.solve(block[np.ix_(free, free)], own.T @ own)) / len(own)
    assert unrestricted_trace(at, exact=True) == pytest.approx(found, rel=1e-9)


def test_the_written_trace_is_satorra_and_bentlers_where_information_is_expected(hs):
    for text, options in (TRACED["one group"], TRACED["groups"], TRACED["covariates"]):
        at = evidence_of(sem(text, hs, **options))
        assert written_traces(at, "expected") == pytest.approx(traces(at), rel=1e-8)


# fitMeasures(sem(SHORT_HS, hs, test = ..., information = "observed"), c("chisq.scaled", "df.scaled",
#   "chisq.scaling.factor", "baseline.chisq.scaled")), then the same with `visual ~ sex` in groups with equal loadings
OBSERVED_TESTS = {
    "satorra_bentler": (22.9131, 8, 1.063204, 725.9991, 97.4837, 32, 1.025161, 616.4545),
    "scaled_shifted": (21.60223, 8, 1.165667, 187.6088, 82.5393, 32, 1.328301, 219.6511),
    "mean_var_adjusted": (19.06198, 6.655398, 1.278005, 42.78818, 58.0662, 19.06079, 1.721080, 58.95565),
}


@pytest.mark.parametrize("test", OBSERVED_TESTS)
def test_corrected_tests_with_what_is_observed_of_the_moments(test, hs):
    names = ["chisq_scaled", "df_scaled", "chisq_scaling_factor", "baseline_chisq_scaled"]
    asked = {"test": test, "information": "observed"}
    alone = sem(SHORT_HS, hs, **asked).fit_indices()[names]
    grouped = sem(SHORT_HS + "\nvisual ~ sex", hs, group="school", group_equal="loadings", **asked).fit_indices()[names]
    assert [*alone, *grouped] == pytest.approx(OBSERVED_TESTS[test], rel=1e-5)


# sem(SHORT_HS, hs, se = ..., ...): the error of the first loading and, where there is one, chisq.scaled
ASKED_ERRORS = (
    ({"estimator": "MLR"}, 0.16266917, 24.37345),
    ({"estimator": "MLR", "se": "standard"}, 0.10545298, 22.95869),
    ({"estimator": "MLR", "se": "robust.sem"}, 0.10985849, 22.95869),
    ({"estimator": "MLR", "se": "none"}, None, 22.95869),
    ({"se": "robust.huber.white"}, 0.16266917, None),
    ({"estimator": "MLF"}, 0.10637337, None),
    ({"estimator": "MLF", "information": "expected"}, 0.10545298, None),
    ({"estimator": "MLF", "information": "observed"}, 0.12427715, None),
    ({"sampling_weights": "w"}, 0.14173138, 23.944763),
    ({"sampling_weights": "w", "se": "standard"}, 0.09588379, 23.185737),
)


@pytest.mark.parametrize(("options", "error", "scaled"), ASKED_ERRORS)
def test_information_goes_with_the_errors_that_are_asked_for(options, error, scaled, hs):
    fit = sem(SHORT_HS, hs, **options)
    if error is not None:
        assert fit.estimates()["se"][1] == pytest.approx(error, rel=1e-5)
    if scaled is not None:
        assert fit.fit_indices()["chisq_scaled"] == pytest.approx(scaled, rel=1e-5)


# sem("visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; visual + textual ~ sex + ageyr", hs, estimator = "WLS",
#   fixed.x = TRUE, ...): chisq, df, baseline.chisq, srmr, standard errors of the first two loadings
FIXED_WLS = (
    ({}, (28.9722892, 16, 238.4998212, 0.0559858980, 0.1131262, 0.1390063)),
    ({"meanstructure": True}, (28.9722892, 16, 238.4998212, 0.0518633232, 0.1131262, 0.1390062)),
    ({"group": "school"}, (37.0635733, 32, 270.6181883, 0.0617293696, 0.1325677, 0.1624778)),
)


@pytest.mark.parametrize(("options", "golden"), FIXED_WLS)
def test_weights_of_moments_are_those_given_fixed_covariates(options, golden, hs):
    text = SHORT_HS + "\nvisual + textual ~ sex + ageyr"
    fit = sem(text, hs, estimator="WLS", fixed_x=True, test="satorra_bentler", **options)
    indices, rows = fit.fit_indices(), fit.estimates()
    errors = rows.loc[rows["se"] > 0, "se"].head(2)
    found = [*indices[["chisq", "df", "baseline_chisq", "srmr"]], *errors]
    assert found == pytest.approx(golden, rel=1e-5)
    # Weights that are the inverse of how the moments vary need no correction.
    assert indices["chisq_scaling_factor"] == pytest.approx(1, abs=1e-9)
    (again,) = fit.refit(np.ones((1, fit.n_obs))).values
    assert again == pytest.approx(fit.values(), abs=1e-7, nan_ok=True)


@pytest.mark.parametrize("estimator", ["GLS", "ULS", "WLS"])
def test_least_squares_keep_their_own_weights_in_corrected_tests(estimator, hs):
    for test in ("satorra_bentler", "scaled_shifted"):
        one, two = (
            sem(SHORT_HS, hs, estimator=estimator, test=test, information=kind).fit_indices()["chisq_scaled"]
            for kind in ("expected", "observed")
        )
        assert one == pytest.approx(two, rel=1e-9)


def test_a_hundred_items_need_no_matrix_of_their_moments():
    rng = np.random.default_rng(7)
    factors = rng.normal(size=(500, 10))
    values = np.repeat(factors, 10, axis=1) + rng.normal(size=(500, 100))
    data = pd.DataFrame(values, columns=[f"y{k}" for k in range(100)])
    text = "\n".join(f"f{k} =~ " + " + ".join(f"y{i}" for i in range(10 * k, 10 * k + 10)) for k in range(10))
    # So few rows let Gamma vary much, which inflates the trace of its square but not its own.
    for estimator, scaling in (("MLM", 1.0), ("MLR", 1.0), ("MLMV", 3.4)):
        fit = sem(text, data, estimator=estimator)
        assert fit.trustworthy
        assert fit.fit_indices()["chisq_scaling_factor"] == pytest.approx(scaling, rel=0.05)


# -- what it means ---------------------------------------------------------------------------------


def test_normal_data_need_no_correction():
    rng = np.random.default_rng(11)
    values = rng.normal(size=(20_000, 1)) * 0.8 + rng.normal(size=(20_000, 5))
    data = pd.DataFrame(values, columns=list("abcde"))
    plain = sem("F =~ a + b + c + d + e", data).estimates()["se"]
    for estimator in ("MLM", "MLR", "MLF"):
        fit = sem("F =~ a + b + c + d + e", data, estimator=estimator)
        assert fit.estimates()["se"].to_numpy() == pytest.approx(plain.to_numpy(), rel=0.04)
        if "chisq_scaling_factor" in fit.fit_indices():
            assert fit.fit_indices()["chisq_scaling_factor"] == pytest.approx(1, abs=0.03)


def test_a_mean_has_the_robust_error_of_the_textbook(hs):
    """White (1982): for one variable, the sandwich is what the fourth moments say."""
    fit = sem("x1 ~~ v*x1\nx1 ~ 1", hs, estimator="MLR")
    x = hs.x1.to_numpy()
    centred = x - x.mean()
    table = fit.estimates().set_index("op")["se"]
    assert table["~1"] == pytest.approx(np.sqrt((centred**2).mean() / len(x)), rel=1e-9)
    assert table["~~"] == pytest.approx(np.sqrt((centred**2).var() / len(x)), rel=1e-9)


def test_the_error_of_a_clustered_mean_is_that_of_the_cluster_totals(hs):
    """Binder (1983): totals of the clusters, drawn with replacement."""
    fit = sem("x1 ~~ x1\nx1 ~ 1", hs, cluster="cluster")
    totals = (hs.x1 - hs.x1.mean()).groupby(hs.cluster).sum()
    expected = np.sqrt(len(totals) / (len(totals) - 1) * (totals**2).sum()) / len(hs)
    assert fit.estimates().set_index("op").loc["~1", "se"] == pytest.approx(expected, rel=1e-9)


def test_rows_twice_in_clusters_of_two_keep_their_errors(hs):
    """What a row says twice it says once: the cluster knows, the plain error does not."""
    once = hs.assign(pair=np.arange(len(hs)))
    twice = pd.concat([once, once], ignore_index=True)
    single = sem(SHORT_HS, once, cluster="pair").estimates()["se"].to_numpy()
    paired = sem(SHORT_HS, twice, cluster="pair").estimates()["se"].to_numpy()
    assert paired == pytest.approx(single, rel=1e-6, abs=1e-12)


def test_paths_of_heteroscedastic_data_have_whites_errors(hs):
    """A regression by MLR has the errors of White's (1980) estimator."""
    fit = sem("x4 ~ x1 + x2\nx4 ~ 1", hs, estimator="MLR")
    x = np.column_stack([hs.x1, hs.x2, np.ones(len(hs))])
    y = hs.x4.to_numpy()
    bread = np.linalg.inv(x.T @ x)
    rest = y - x @ (bread @ x.T @ y)
    expected = np.sqrt(np.diag(bread @ (x.T * rest**2) @ x @ bread))
    table = fit.estimates()
    found = table[(table.op == "~") | ((table.op == "~1") & (table.lhs == "x4"))]["se"].to_numpy()
    assert found == pytest.approx(expected, rel=1e-8)


def test_weights_of_least_squares_are_the_inverse_of_the_moments_covariances(hs):
    """Browne (1984): WLS of a saturated model leaves nothing, and its errors are those of the moments."""
    fit = sem("x1 ~~ x1 + x2\nx2 ~~ x2", hs, estimator="WLS")
    assert fit.fit_indices()["chisq"] == pytest.approx(0, abs=1e-9)
    (spread,) = (one.spread() / one.weights.sum() for one in deviations(evidence_of(fit)))
    table = fit.estimates()
    units = fit.moments.covariance[0].diagonal() ** 0.5
    unit = {("x1", "x1"): units[0] ** 2, ("x1", "x2"): units[0] * units[1], ("x2", "x2"): units[1] ** 2}
    found = {(row.lhs, row.rhs): row.se / unit[row.lhs, row.rhs] for row in table.itertuples()}
    expected = np.sqrt(np.diag(spread) / (len(hs) - 1))
    assert [found["x1", "x1"], found["x1", "x2"], found["x2", "x2"]] == pytest.approx(list(expected), rel=1e-9)


def test_uncorrected_and_corrected_statistics_are_one_multiple_apart(hs):
    plain = sem(HS, hs).fit_indices()
    for estimator in ("MLM", "MLR", "MLMVS"):
        found = sem(HS, hs, estimator=estimator).fit_indices()
        assert found["chisq"] == pytest.approx(plain["chisq"], rel=1e-12)
        assert found["chisq_scaled"] * found["chisq_scaling_factor"] == pytest.approx(plain["chisq"], rel=1e-12)
        assert found["pvalue_scaled"] == pytest.approx(chdtrc(found["df_scaled"], found["chisq_scaled"]), rel=1e-9)
    shifted = sem(HS, hs, estimator="MLMV").fit_indices()
    scaled = shifted["chisq"] / shifted["chisq_scaling_factor"] + shifted["chisq_shift_parameter"]
    assert shifted["chisq_scaled"] == pytest.approx(scaled, rel=1e-12)
    assert shifted["rmsea_robust"] == pytest.approx(
        sem(HS, hs, estimator="MLM").fit_indices()["rmsea_robust"], rel=1e-9
    )


@pytest.mark.parametrize("estimator", ["ML", "GLS"])
@pytest.mark.parametrize("means", [False, True])
def test_the_reweighted_residual_has_two_roads(estimator, means, hs):
    equal = "F =~ x1 + a*x2 + a*x3\nG =~ x4 + x5 + x6" + ("\nx2 ~ b*1\nx3 ~ b*1" if means else "")
    evidence = evidence_of(sem(equal, hs, estimator=estimator, meanstructure=means))
    whole = normal_residual(evidence, evidence.implied.sigma)
    assert whole > 1
    assert reweighted_residual(evidence) == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize(("chisq", "df"), [(85.3, 24), (36.5, 24), (24.01, 24), (3.9, 1.7), (5000.0, 3), (4e5, 5000)])
def test_limits_of_rmsea_are_those_of_the_noncentral_distribution(chisq, df):
    _, low, high, _, _ = with_limits(chisq, df, 300)
    for limit, probability in ((low, 0.95), (high, 0.05)):
        noncentrality = limit**2 * df * 300
        reached = float(chndtr(chisq, df, noncentrality))
        assert reached == pytest.approx(probability, rel=1e-9) if limit else reached < probability


def test_browne_residuals_of_the_estimates_they_minimise_are_their_minima(hs):
    """At the GLS estimates the normal-theory residual statistic is GLS's own, at the WLS ones the free one is."""
    gls = sem(HS, hs, estimator="GLS", test="browne_residual_nt").fit_indices()
    assert gls["chisq_residual"] == pytest.approx(gls["chisq"], rel=1e-8)
    wls = sem(HS, hs, estimator="WLS", test="browne_residual_adf").fit_indices()
    assert wls["chisq_residual"] == pytest.approx(wls["chisq"], rel=1e-8)
    ml = sem(HS, hs, test="browne_residual_nt_model").fit_indices()
    with_means = sem(HS, hs, test="browne_residual_nt_model", meanstructure=True).fit_indices()
    assert ml["chisq_residual"] == pytest.approx(with_means["chisq_residual"], rel=1e-9)


@pytest.mark.parametrize("text", [HS, MIMIC])
def test_means_that_are_saturated_change_no_test(text, hs):
    for options in ({"estimator": "MLM"}, {"estimator": "MLMV"}, {"estimator": "GLS"}, {"test": "browne_residual_nt"}):
        plain, means = (sem(text, hs, meanstructure=flag, **options).fit_indices() for flag in (False, True))
        names = [name for name in plain.index if name.startswith("chisq")]
        assert plain[names].to_numpy() == pytest.approx(means[names].to_numpy(), rel=1e-7)


def test_indices_of_items_that_hardly_relate():
    """The baseline fits better than the model would by chance: IFI was below nought.

    cfa("A =~ a1+a2+a3+b1+b2+b3", sample.cov = S, sample.nobs = 150); fitMeasures(): ifi 1, cfi 1, nfi .764
    """
    names = ["a1", "a2", "a3", "b1", "b2", "b3"]
    covariance = np.eye(6) + 0.03
    covariance[[0, 4], [4, 0]], covariance[[1, 5], [5, 1]] = -0.05, 0.1
    found = sem("A =~ a1+a2+a3+b1+b2+b3", moments(covariance, 150, names=names)).fit_indices()
    assert found[["ifi", "cfi"]].tolist() == [1.0, 1.0]
    assert found["nfi"] == pytest.approx(0.764, abs=5e-4)


def test_no_n_rejects_a_model_that_fits_exactly():
    """Of a misfit that is rounding the critical n was 1e16."""
    loadings = np.array([[1, 0.8, 0.9, 0, 0, 0], [0, 0, 0, 1, 0.7, 1.1]])
    covariance = loadings.T @ [[1, 0.4], [0.4, 1]] @ loadings + np.diag([0.5, 0.6, 0.7, 0.4, 0.8, 0.5])
    names = ["a1", "a2", "a3", "b1", "b2", "b3"]
    found = sem("A =~ a1+a2+a3\nB =~ b1+b2+b3", moments(covariance, 500, names=names)).fit_indices()
    assert found["chisq"] == pytest.approx(0, abs=1e-9)
    assert np.isnan(found[["cn_05", "cn_01"]]).all()


# -- shape -----------------------------------------------------------------------------------------


def test_names_are_there_only_where_they_apply(hs, gaps):
    plain = set(sem(HS, hs).fit_indices().index)
    assert not {name for name in plain if name.endswith(("_scaled", "_robust", "_residual"))}
    assert {"gfi", "crmr", "cn_05", "mfi", "ecvi", "nfi", "ifi"} <= plain
    robust = set(sem(HS, hs, estimator="MLR").fit_indices().index)
    assert {"cfi_scaled", "cfi_robust", "rmsea_ci_upper_robust", "scaling_factor_h0"} <= robust
    with_gaps = set(sem(HS, gaps, missing="fiml").fit_indices().index)
    assert "cfi_robust" in with_gaps
    assert "cfi_scaled" not in with_gaps
    least = set(sem(HS, hs, estimator="GLS").fit_indices().index)
    assert not least & {"logl", "aic", "bic", "bic2"}


def test_the_summary_shows_the_short_list(hs):
    fit = sem(HS, hs, estimator="MLR")
    shown = [line.split()[0] for line in fit.summary().splitlines() if line and line.split()[0] in fit.fit_indices()]
    assert shown == [name for name in fit.fit_indices().index if name in SHORT]
    assert {"cfi_robust", "rmsea_robust", "chisq_scaled"} <= set(shown)
    assert not {"pgfi", "srmr_mplus", "cn_01"} & set(shown)


def test_rows_of_the_rooms_name_each_other():
    discrepancies = {row.name for row in DISCREPANCIES}
    named = {name for row in ESTIMATORS for name in (row.discrepancy, row.ordered) if name}
    assert named <= discrepancies
    assert all(row.discrepancy or row.ordered for row in ESTIMATORS)
    assert {row.test for row in ESTIMATORS} <= {row.name for row in TESTS}
    assert set(SHORT) <= {name for row in FIT_INDICES for name in row.gives}


def test_a_saturated_model_leaves_nothing_to_correct(hs):
    for estimator in ("MLM", "MLR", "MLMV", "MLMVS"):
        found = sem("visual =~ x1 + x2 + x3", hs, estimator=estimator).fit_indices()
        assert found["df"] == 0
        assert found["chisq_scaled"] == 0
        assert found["cfi_scaled"] == 1


def test_a_test_knows_what_it_expects():
    test = ModelTest("scaled_shifted", 20.0, 10.0, 0.8, 2.0)
    # 20 = 14.4 / 0.8 + 2; the standard statistic is 6.4 in expectation.
    assert test.trace == pytest.approx(6.4)
    assert ModelTest("satorra_bentler", 20.0, 10.0, 1.5).trace == pytest.approx(15)


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"estimator": "GLS", "sampling_weights": "w"}, "sampling_weights reads the likelihood of each row"),
        ({"estimator": "ULS", "cluster": "cluster"}, "cluster reads the likelihood of each row"),
        ({"estimator": "WLS", "test": "yuan.bentler"}, "test='yuan_bentler' reads the likelihood of each row"),
        ({"estimator": "GLS", "se": "robust.huber.white"}, "se='robust_huber_white' reads the likelihood"),
        ({"estimator": "MLM", "cluster": "cluster"}, "estimator='MLM' takes rows for independent"),
        ({"cluster": "cluster", "se": "robust.sem"}, "take se='robust_cluster'"),
        ({"cluster": "cluster", "test": "satorra.bentler"}, "test='satorra_bentler' takes rows for independent"),
        ({"estimator": "MLF", "test": "yuan.bentler"}, "information='first_order' takes one for the other"),
        ({"estimator": "MLMV", "information": "first.order"}, "se='robust_sem' sets the information against"),
        ({"estimator": "MLF", "test": "satorra.bentler"}, "test='satorra_bentler' sets the information against"),
        ({"estimator": "MLR", "se": "standard", "information": "first.order"}, "test='yuan_bentler_mplus' sets"),
        ({"estimator": "MLF", "sampling_weights": "w"}, "no information where rows have weights"),
    ],
)
def test_what_makes_no_sense_is_refused(options, text, hs):
    with pytest.raises(OptionError, match=text):
        sem(HS, hs, **options)


@pytest.mark.parametrize("options", [{"estimator": "WLS"}, {"test": "browne_residual_adf"}])
def test_more_moments_than_rows_have_no_inverse(options, hs):
    with pytest.raises(EstimationError, match="45 moments, and 38 rows leave it singular; take"):
        sem(HS, hs[::8], **options)
