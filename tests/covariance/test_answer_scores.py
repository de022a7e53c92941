"""Scores of ordered answers: against lavaan's, against plain optimisation and integration, and laws that they obey.

The golden numbers are lavaan 0.6-14's `lavPredict(fit, method)` (`tests/golden/ordinal/make_answer_scores.R`), which
stop some 1e-5 from the top.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

import rantau as rt
from rantau.covariance.after_fit.interval_likelihood import interval_slopes, log_interval
from rantau.covariance.after_fit.posterior import Posterior, modes
from rantau.covariance.after_fit.quadrature import directions, expectations
from rantau.errors import EstimationError, OptionError, ResponseError

TESTS = Path(__file__).parents[1]
GOLDEN = json.loads((TESTS / "golden/ordinal/answer_scores.json").read_text())
HS = "visual =~ x1+x2+x3; textual =~ x4+x5+x6; speed =~ x7+x8+x9"
INDIRECT = "A =~ A1+A2+A3+A4+A5; E =~ E1+E2+E3+E4+E5; N =~ N1+N2+N3+N4+N5; E ~ a*A + N; N ~ b*A; ab := a*b"
XS = [f"x{k}" for k in range(1, 10)]
GROUPS = {"group": "school"}
CALLS = {
    "delta": {},
    "std_lv": {"std_lv": True},
    "mixed": {"ordered": XS[:6]},
    "pairwise": {"data": "hs4_gaps", "missing": "pairwise"},
    "mixed_pairwise": {"data": "hs4_gaps", "missing": "pairwise", "ordered": XS[:6]},
    "ulsmv": {"estimator": "ULSMV"},
    "cross_loading": {"model": HS + "; visual =~ x9"},
    "regressions": {"model": HS + "; speed ~ visual + textual"},
    "second_order": {"model": HS + "; g =~ 1*visual+1*textual+1*speed"},
    "outcome": {"model": "F =~ x1+x2+x3; x9 ~ F", "ordered": ("x1", "x2", "x3", "x9")},
    "groups": GROUPS,
    "groups_thresholds": {**GROUPS, "group_equal": ("loadings", "thresholds")},
    "groups_mixed": {**GROUPS, "ordered": XS[:6], "group_equal": ("loadings", "thresholds", "intercepts")},
    "indirect": {"model": INDIRECT, "data": "bfi", "ordered": True},
    "theta": {"parameterization": "theta"},
    "related": {"model": "F =~ x1+x2+x3+x4; x1 ~~ x4", "ordered": XS[:4]},
    "one": {"model": "speed =~ x7 + x8 + x9", "ordered": True},
    "mediator": {"model": "F =~ x1+x2+x3; x9 ~ F; x8 ~ x9 + F", "ordered": ("x1", "x2", "x3", "x8", "x9")},
    "covariate": {"model": "visual =~ x1+x2+x3; textual =~ x4+x5+x6; visual ~ x7", "ordered": XS[:6], "fixed_x": False},
}


@cache
def data_of(name):
    return pd.read_csv(TESTS / f"data/{name}.csv")


@cache
def fit_of(name):
    options = {"ordered": XS, "model": HS, "data": "hs4", **CALLS[name]}
    return rt.sem(options.pop("model"), data_of(options.pop("data")), **options)


@pytest.mark.parametrize(("method", "theirs"), [("map", "EBM"), ("ml", "ML")])
@pytest.mark.parametrize("name", GOLDEN)
def test_scores_are_lavaans(name, method, theirs):
    golden, fit = GOLDEN[name], fit_of(name)
    rows = np.array(golden["rows"])
    if fit.groups:
        # In all groups but the first lavaan's numbers are not those of a fit to that group alone, as they should be.
        first = rows[(data_of("hs4")["school"] == fit.groups[0]).to_numpy()[rows]]
        golden, rows = {**golden, theirs: [golden[theirs][golden["rows"].index(row)] for row in first]}, first
    ours = fit.scores(method).reindex(rows)[golden["names"]].to_numpy()
    numbers = np.array(golden[theirs], dtype=float)
    # Where the likelihood rises without end lavaan stops somewhere far out; it gives 0 for a factor of factors.
    known = ~np.isnan(ours) & ~np.isnan(numbers)
    assert known[:, 0].mean() > 0.7
    np.testing.assert_allclose(ours[known], numbers[known], atol=3e-3)
    assert np.abs((ours - numbers)[known]).mean() < 6e-5


def test_a_group_is_scored_as_if_it_were_alone():
    data = data_of("hs4")
    both = fit_of("groups").scores("map", errors=True)
    for school in ("Pasteur", "Grant-White"):
        members = (data["school"] == school).to_numpy()
        alone = rt.cfa(HS, data[members], ordered=XS).scores("map", errors=True)
        np.testing.assert_allclose(both[members], alone, atol=1e-7)


class Plain:
    """The density of the latent variables and one row's answers, written out from the tables that a fit returns."""

    def __init__(self, name, place):
        self.fit = fit_of(name)
        values, group = self.fit.sample.values[place], self.fit.sample.membership[place]
        self.row = dict(zip(self.fit.table.observed, values, strict=True))
        table = self.fit.estimates()
        self.est = table[table["group"] == group + 1].set_index(["lhs", "op", "rhs"])["est"]
        covariance, mean = self.fit.latent_moments()
        if self.fit.groups:
            covariance, mean = covariance.loc[self.fit.groups[group]], mean.loc[self.fit.groups[group]]
        self.factors, self.prior = list(mean.index), multivariate_normal(mean, covariance)
        self.q = len(mean)

    def items(self, places):
        """Give the logarithm of the probability of each answer at places `(..., q)`."""
        for item, answer in self.row.items():
            if np.isnan(answer):
                continue
            slope = [self.est.get((factor, "=~", item), 0.0) for factor in self.factors]
            middle, deviation = places @ np.array(slope), self.est[item, "~~", item] ** 0.5
            if item not in dict(self.fit.table.ordered):
                yield norm(self.est.get((item, "~1", ""), 0.0) + middle, deviation).logpdf(answer)
                continue
            cuts = [-np.inf, *(self.est[item, "|", f"t{k}"] for k in (1, 2, 3)), np.inf]
            below, above = cuts[int(answer) - 1], cuts[int(answer)]
            with np.errstate(divide="ignore"):
                yield np.log(norm.cdf((above - middle) / deviation) - norm.cdf((below - middle) / deviation))

    def __call__(self, places):
        return self.prior.logpdf(places) + sum(self.items(places))


def chosen_rows(fit):
    """Return some rows: without gaps, with most gaps, and of the last group."""
    gaps = np.isnan(fit.sample.values).sum(axis=1)
    return sorted({2, int(gaps.argmin()), int(gaps.argmax()), int(fit.sample.membership.argmax())})


@pytest.mark.parametrize("name", ["theta", "mixed_pairwise", "groups_thresholds", "groups_mixed"])
def test_the_mode_is_where_plain_optimisation_finds_it(name):
    scores = fit_of(name).scores("map", errors=True).to_numpy()
    for place in chosen_rows(fit_of(name)):
        plain = Plain(name, place)
        q, best = plain.q, minimize(lambda at, plain=plain: -plain(at), scores[place, : plain.q] + 0.05, method="BFGS")
        np.testing.assert_allclose(scores[place, :q], best.x, atol=2e-5)
        corners = np.array([(i, j, s, t) for i in range(q) for j in range(q) for s in (1, -1) for t in (1, -1)])
        i, j, s, t = corners.T
        moved = scores[place, :q] + 1e-3 * (s[:, None] * np.eye(q)[i] + t[:, None] * np.eye(q)[j])
        hessian = (plain(moved) * s * t).reshape(q, q, 4).sum(axis=2) / 4e-6
        np.testing.assert_allclose(scores[place, q:], np.diag(np.linalg.inv(-hessian)) ** 0.5, rtol=1e-5)


def moments_on(grid, weights):
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    mean = weights @ grid
    return mean, (weights @ (grid - mean) ** 2) ** 0.5


@pytest.mark.parametrize("name", ["one", "delta", "mixed_pairwise", "groups_thresholds"])
def test_the_expected_value_is_what_a_fine_grid_gives(name):
    """The sum over a plain grid, whose error falls exponentially as it gets finer."""
    scores = fit_of(name).scores("eap", errors=True).to_numpy()
    for place in chosen_rows(fit_of(name)):
        plain = Plain(name, place)
        axis = np.linspace(-6, 6, 61)
        deviation = np.diag(np.atleast_2d(plain.prior.cov)) ** 0.5
        grid = np.stack(np.meshgrid(*[axis] * plain.q, indexing="ij"), axis=-1).reshape(-1, plain.q)
        grid = plain.prior.mean + grid * deviation
        mean, error = moments_on(grid, plain(grid))
        np.testing.assert_allclose(scores[place, : plain.q], mean, atol=1e-6)
        np.testing.assert_allclose(scores[place, plain.q :], error, atol=1e-6)


@pytest.mark.parametrize(("name", "pair"), [("related", ("x1", "x4")), ("mediator", ("x9", "x8"))])
def test_answers_that_are_related_beyond_the_constructs_are_integrated_over_what_they_share(name, pair):
    """Two ordered answers with related residuals: the probability of both by an integral over one of them."""
    fit, (one, other) = fit_of(name), pair
    est = fit.estimates().set_index(["lhs", "op", "rhs"])["est"]
    slope = {item: est.get(("F", "=~", item), 0.0) for item in fit.table.observed}
    spread = np.diag([est[one, "~~", one], est[other, "~~", other]])
    spread[0, 1] = spread[1, 0] = est.get((one, "~~", other), 0.0)
    if name == "mediator":
        by = est["x8", "~", "x9"]
        slope |= {"x9": est["x9", "~", "F"], "x8": est["x8", "~", "F"] + by * est["x9", "~", "F"]}
        spread = np.array([[1, 0], [by, 1]]) @ spread @ np.array([[1, by], [0, 1]])
    grid = np.linspace(-7, 7, 281) * est["F", "~~", "F"] ** 0.5
    node, share = np.polynomial.legendre.leggauss(40)
    scores = fit.scores("eap", errors=True).to_numpy()
    for place in (0, 5, 11):
        row = dict(zip(fit.table.observed, fit.sample.values[place], strict=True))
        cuts = {item: [-np.inf, *(est[item, "|", f"t{k}"] for k in (1, 2, 3)), np.inf] for item in row}
        limits = {item: (cuts[item][int(row[item]) - 1], cuts[item][int(row[item])]) for item in row}
        weights = norm(0, est["F", "~~", "F"] ** 0.5).logpdf(grid)
        for item in set(row) - set(pair):
            ends = [norm(slope[item] * grid, est[item, "~~", item] ** 0.5).cdf(end) for end in limits[item]]
            weights += np.log(ends[1] - ends[0])
        deviation = spread[0, 0] ** 0.5
        low, high = (np.clip(end - slope[one] * grid, -9 * deviation, 9 * deviation) for end in limits[one])
        error = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * node
        middle = slope[other] * grid[:, None] + spread[0, 1] / spread[0, 0] * error
        left = (spread[1, 1] - spread[0, 1] ** 2 / spread[0, 0]) ** 0.5
        inner = norm.cdf((limits[other][1] - middle) / left) - norm.cdf((limits[other][0] - middle) / left)
        both = (inner * norm(0, deviation).pdf(error) * share).sum(axis=1) * (high - low) / 2
        with np.errstate(divide="ignore"):
            mean, error = moments_on(grid[:, None], weights + np.log(both))
        np.testing.assert_allclose(scores[place], [mean[0], error[0]], atol=1e-6)
    for method in ("map", "ml"):
        with pytest.raises(
            EstimationError, match=rf"{pair[0]}.*are related beyond.*take them|method='{method}'.*'eap'"
        ):
            fit.scores(method)


def test_a_place_in_the_model_is_told_where_it_relates_answers():
    with pytest.raises(EstimationError, match=r"<model>:1:19: x1, x4 are related beyond the constructs.*\n.*\n +\^"):
        fit_of("related").scores()


@pytest.mark.parametrize("method", ["map", "eap", "ml"])
def test_delta_and_theta_differ_by_units_only(method):
    one, other = fit_of("delta"), fit_of("theta")
    ratio = (np.diag(other.latent_moments()[0]) / np.diag(one.latent_moments()[0])) ** 0.5
    expected = one.scores(method, errors=True).to_numpy() * np.tile(ratio, 2)
    np.testing.assert_allclose(other.scores(method, errors=True), expected, atol=2e-5)


def test_rows_without_ordered_answers_have_the_scores_of_continuous_ones():
    """Nothing but a normal density is left: mean and deviation of the latent variables given what was answered."""
    fit, free = fit_of("mixed_pairwise"), XS[6:]
    rows = data_of("hs4").head(2)[free].reindex(columns=fit.table.observed)
    sigma, mean = fit.implied()
    latent = fit.latent_moments()[0]
    est = fit.estimates().set_index(["lhs", "op", "rhs"])["est"]
    across = np.outer(latent["speed"], [est["speed", "=~", item] for item in free])
    weights = across @ np.linalg.inv(sigma.loc[free, free])
    expected = (rows[free] - mean[free]).to_numpy() @ weights.T
    deviation = np.diag(latent - weights @ across.T) ** 0.5
    for method in ("map", "eap"):
        found = fit.scores(method, data=rows, errors=True).to_numpy()
        np.testing.assert_allclose(found, np.hstack([expected, np.tile(deviation, (2, 1))]), atol=1e-9)


def test_a_covariate_is_known_before_the_answers():
    """A row with a covariate is scored as one without it, once the prior has been moved to where the covariate says."""
    fit = fit_of("covariate")
    est = fit.estimates().set_index(["lhs", "op", "rhs"])["est"]
    covariance, mean = fit.latent_moments()
    x7 = fit.sample.values[:, fit.table.observed.index("x7")]
    slope, within = est["visual", "~", "x7"], covariance.to_numpy().copy()
    within[0, 0] -= slope**2 * est["x7", "~~", "x7"]
    scores = fit.scores("map").to_numpy()
    for place in (0, 9):
        plain = Plain("covariate", place)
        plain.row.pop("x7")
        moved = slope * (x7[place] - est["x7", "~1", ""])
        plain.prior = multivariate_normal([mean["visual"] + moved, mean["textual"]], within)
        best = minimize(lambda at, plain=plain: -plain(at), np.zeros(2), method="BFGS")
        np.testing.assert_allclose(scores[place], best.x, atol=2e-5)


def test_the_likelihood_takes_no_notice_of_what_explains_a_construct():
    items, covariates = ["x1", "x2", "x3"], ["x4", "x5"]
    fit = rt.sem(
        "visual =~ x1 + x2 + x3; visual ~ x4 + x5", data_of("hs4"), ordered=[*items, *covariates], fixed_x=False
    )
    people = data_of("hs4").head(40)
    other = people.assign(x4=people["x5"], x5=people["x4"])
    pd.testing.assert_frame_equal(fit.scores("ml", data=people), fit.scores("ml", data=other))
    assert (fit.scores("eap", data=people) != fit.scores("eap", data=other)).any(axis=None)
    with pytest.raises(EstimationError, match=r"x4, x5 are related beyond the constructs.*Take method='eap'"):
        fit.scores("map")


def test_the_likelihood_has_no_top_where_all_answers_are_the_highest():
    fit = fit_of("one")
    answers = pd.DataFrame([[4, 4, 4], [1, 1, 1], [4, 4, 3], [1, 4, 4]], columns=["x7", "x8", "x9"])
    found = fit.scores("ml", data=answers, errors=True)
    assert found.isna().to_numpy().tolist() == [[True, True], [True, True], [False, False], [False, False]]
    grid = np.linspace(-6, 6, 100_001)[:, None]
    plain = Plain("one", 0)
    plain.row = dict(zip(("x7", "x8", "x9"), (4, 4, 3), strict=True))
    assert found["speed"][2] == pytest.approx(grid[int(np.argmax(sum(plain.items(grid))))][0], abs=1e-4)
    # The density given the answers always has one.
    assert fit.scores("map", data=answers)["speed"].is_monotonic_decreasing is False
    assert np.isfinite(fit.scores("eap", data=answers, errors=True)).all(axis=None)


def test_scores_follow_the_answers_and_are_drawn_to_the_mean():
    fit = fit_of("one")
    answers = pd.DataFrame({item: [1, 2, 3, 4] for item in ("x7", "x8", "x9")})
    for method in ("map", "eap"):
        scores = fit.scores(method, data=answers)["speed"]
        assert scores.is_monotonic_increasing
    middle = answers.iloc[1:3]
    assert (fit.scores("ml", data=middle).abs() > fit.scores("map", data=middle).abs()).all(axis=None)
    # What the scores have of the variance and what they leave make the whole, in expectation.
    found, variance = fit.scores("eap", errors=True), fit.latent_moments()[0].iloc[0, 0]
    assert found["speed"].var(ddof=0) + (found["speed_se"] ** 2).mean() == pytest.approx(variance, rel=0.05)


def test_names_of_methods_are_those_of_both_kinds():
    ordered = fit_of("one")
    assert ordered.scores().equals(ordered.scores("map"))
    assert ordered.scores("EBM").equals(ordered.scores("map"))
    assert ordered.scores("Bartlett").equals(ordered.scores("ml"))
    continuous = rt.cfa(HS, data_of("hs4"))
    for name in ("eap", "map"):
        assert continuous.scores(name).equals(continuous.scores("regression"))
    with pytest.raises(OptionError, match=r"unknown method 'mapp'\. Did you mean 'map'"):
        ordered.scores("mapp")
    data = data_of("hs4")
    pd.testing.assert_frame_equal(rt.score(data, fit=ordered, method="eap"), ordered.scores("eap"), check_names=False)


def test_answers_that_the_fit_does_not_know_are_refused():
    fit, data = fit_of("one"), data_of("hs4").head(3)
    with pytest.raises(
        ResponseError, match=r"data, row 2: 'x8' is 5, a category that the fit does not know.*1, 2, 3, 4"
    ):
        fit.scores(data=data.assign(x8=[1, 5, 2]))


def test_texts_are_scored_by_the_order_that_the_fit_saw():
    texts, items = ["never", "rarely", "often", "always"], ["x7", "x8", "x9"]
    data = data_of("hs4")[items]
    words = data.apply(lambda column: pd.Categorical(column.map(lambda one: texts[one - 1]), texts, ordered=True))
    fit = rt.cfa("speed =~ x7 + x8 + x9", words, ordered=True)
    np.testing.assert_allclose(fit.scores(), fit_of("one").scores(), atol=1e-12)
    turned = words.head(4).apply(lambda column: pd.Categorical(column.astype(str), texts[::-1], ordered=True))
    np.testing.assert_allclose(fit.scores(data=turned), fit.scores().head(4))
    with pytest.raises(ResponseError, match="row 1: a number is needed, got 'seldom'"):
        fit.scores(data=words.head(2).assign(x7="seldom"))
    assert fit.category_probabilities()["category"].tolist() == texts * 3


def test_what_has_no_scores():
    fit = fit_of("delta")
    heywood = fit.theta.copy()
    heywood[0] = 40.0
    with pytest.raises(EstimationError, match=r"'x2' have no variance of their own.*Look at fit\.problems"):
        fit.replace(theta=heywood).scores()
    with pytest.raises(EstimationError, match="did not converge"):
        fit.replace(converged=False).scores()
    crossed = rt.cfa("F =~ x1 + x2 + x3; x1 | 0*t2 + 0*t3", data_of("hs4"), ordered=True)
    for asked in (crossed.scores, crossed.category_probabilities):
        with pytest.raises(EstimationError, match="the thresholds of 'x1' do not rise"):
            asked()
    with pytest.raises(OptionError, match=r"it has a probability for each category: fit\.category_probabilities"):
        fit.predicted()


#: Limits, the logarithm of the probability between them, its slope and what it bends, by mpmath with 60 digits.
FAR = [
    (40, np.inf, -804.608442014, 40.0249688472, 0.999377331621),
    (40, 41, -804.608442014, 40.0249688472, 0.999377331621),
    (30, 30.001, -457.841656478, 30.0004975, 0.99999991667),
    (-np.inf, -50, -1254.83136114, -50.0199840319, 0.999600956813),
    (5, 5.00001, -24.9318889981, 5.00000499996, 0.999999999992),
    (-38, 38, 0.0, 0.0, 0.0),
    (-np.inf, np.inf, 0.0, 0.0, 0.0),
    (-1e-7, 1e-7, -16.3438870036, 0.0, 1.0),
    (-3, 9, -0.00135080996475, 0.00443783904213, 0.0133332115417),
]


def test_limits_far_out_lose_no_digits():
    lower, upper, value, slope, bend = np.array(FAR).T
    found = interval_slopes(lower, upper)
    np.testing.assert_allclose(found[0], value, rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(found[1], slope, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found[2], bend, rtol=1e-4, atol=1e-4)
    assert (found[0] == log_interval(lower, upper)).all()


def test_axes_lie_along_items_and_are_as_few_as_they_allow():
    loadings = np.array([[1, 2, 0], [0, 1, 0], [-2, -4, 0], [0, 0, 0], [1, 1, 0]], dtype=float)
    axes, share = directions(loadings)
    np.testing.assert_allclose(axes, [[5**-0.5, 2 * 5**-0.5, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_allclose(share @ axes, loadings, atol=1e-12)
    assert (share != 0).tolist() == [[True, False], [False, True], [True, False], [False, False], [True, True]]


KERNELS = {
    "steep": [[9.0, 0.0], [0.0, 0.4]],
    "several": [[1.5, 0.0], [1.2, 0.0], [0.0, 1.0], [0.8, 0.9]],
    "nearly one": [[1.0, 0.0], [1.2, 0.0], [0.95, 0.3], [1.1, 0.35]],
    "nothing": [[0.0, 0.0]],
}


@pytest.mark.parametrize("name", KERNELS)
def test_quadrature_gives_what_a_fine_grid_gives(name):
    loadings = np.array(KERNELS[name])
    k = len(loadings)
    edge = np.array([[-np.inf, -1.0], [-1.0, 0.3], [0.3, np.inf], [-np.inf, np.inf], [-0.01, 0.01]])
    code = np.random.default_rng(4).integers(0, 5, size=(12, k))
    code[0], code[1] = 0, 2
    posterior = Posterior(edge[code, 0], edge[code, 1], loadings, np.eye(2), np.zeros((12, 2)))
    mean, covariance = expectations(posterior, *modes(posterior))
    axis = np.linspace(-7, 7, 281)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    for row in range(12):
        one = posterior.rows(np.array([row]))._replace(pull=np.zeros((len(grid), 2)))
        weights = one.value(grid)
        weights = np.exp(weights - weights.max())
        weights /= weights.sum()
        np.testing.assert_allclose(mean[row], weights @ grid, atol=1e-6)
        np.testing.assert_allclose(
            covariance[row], (grid - mean[row]).T @ ((grid - mean[row]) * weights[:, None]), atol=2e-6
        )


def test_grids_of_too_many_dimensions_are_refused():
    posterior = Posterior(np.full((1, 7), 0.0), np.full((1, 7), np.inf), np.eye(7), np.eye(7), np.zeros((1, 7)))
    with pytest.raises(EstimationError, match=r"integrals over 7 dimensions here.*Take method='map'"):
        expectations(posterior, *modes(posterior))
    one = 1 - 1e-9
    alike = np.array([[1, 0, 0], [one, (1 - one**2) ** 0.5, 0], [one, 0, (1 - one**2) ** 0.5]])
    posterior = Posterior(np.zeros((1, 3)), np.full((1, 3), np.inf), alike, np.eye(3), np.zeros((1, 3)))
    with pytest.raises(EstimationError, match=r"scores of 1 rows still move by .* grid of 3 dimensions.*method='map'"):
        expectations(posterior, *modes(posterior))
