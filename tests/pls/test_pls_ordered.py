"""Ordinal PLS: what follows from polychoric correlations, what is estimated again, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest
from pls_reference import TESTS
from pls_reference import data as read
from scipy.special import ndtri
from scipy.stats import qmc

import rantau as rt
from rantau.errors import EstimationError, OptionError, ResponseError
from rantau.fit import Quantity
from rantau.moments.ordered_resamples import ordered_resamples
from rantau.moments.ordinal import ordinal_moments
from rantau.moments.sample import sample
from rantau.moments.single_answers import ordering_of
from rantau.pls.estimate import estimate
from rantau.pls.item_moments import item_moments

MODEL = """
    COMP =~ comp_1 + comp_2 + comp_3
    LIKE =~ like_1 + like_2 + like_3
    CUSA =~ cusa
    CUSL =~ cusl_1 + cusl_2 + cusl_3
    CUSA ~ COMP + LIKE
    CUSL ~ COMP + LIKE + CUSA
"""
ITEMS = ["comp_1", "comp_2", "comp_3", "like_1", "like_2", "like_3", "cusa", "cusl_1", "cusl_2", "cusl_3"]
GOLDEN = json.loads((TESTS / "golden" / "ordinal" / "pls.json").read_text())
HIGHER = "A =~ a1 + a2; B =~ b1 + b2; H =~ A + B; Y =~ y1 + y2 + y3; Y ~ H"


@pytest.fixture(scope="module")
def answers():
    return read("reputation.csv")[ITEMS].dropna().reset_index(drop=True)


@pytest.fixture(scope="module")
def plain(answers):
    return rt.pls(MODEL, answers, ordered=True)


def cut(seed, n=200, categories=3, missing=0.0):
    """Ten items of three constructs in a few categories, four of them of a construct of constructs."""
    rng = np.random.default_rng(seed)
    h = rng.normal(size=n)
    a, b = (0.7 * h + 0.5 * rng.normal(size=n) for _ in range(2))
    y = 0.6 * h + 0.8 * rng.normal(size=n)
    columns = {"a1": a, "a2": a, "b1": b, "b2": b, "y1": y, "y2": y, "y3": y}
    found = pd.DataFrame({name: 0.8 * one + 0.5 * rng.normal(size=n) for name, one in columns.items()})
    at = np.linspace(-1, 1, categories - 1) if categories > 2 else [0.2]
    found = found.apply(lambda column: np.digitize(column, at) + 1.0)
    return found.mask(rng.random(found.shape) < missing)


def with_correlations(matrix, names, n=500):
    """Continuous rows whose Pearson correlations are exactly these."""
    draw = np.random.default_rng(5).normal(size=(n, len(names)))
    draw -= draw.mean(axis=0)
    white = draw @ np.linalg.inv(np.linalg.cholesky(draw.T @ draw / n)).T
    return pd.DataFrame(white @ np.linalg.cholesky(matrix).T, columns=names)


# -- the numbers, by other roads ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["all", "mixed"])
def test_consistent_ordinal_pls_on_lavaans_correlations(answers, kind):
    golden = GOLDEN[kind]
    fit = rt.pls(MODEL, answers, ordered=golden["ordered"], consistent=True)
    assert fit.n_obs == golden["n"]
    order = [fit.sample.names.index(name) for name in GOLDEN["items"]]
    correlation = fit.solution.correlation[0][np.ix_(order, order)]
    # lavaan 0.6 stops polyserial correlations a little earlier.
    assert correlation == pytest.approx(np.array(golden["correlations"]), abs=1e-5 if kind == "mixed" else 1e-7)
    numbers, tolerance = golden["numbers"], 2e-5 if kind == "mixed" else 1e-6
    for _, row in fit.paths().iterrows():
        assert row["est"] == pytest.approx(numbers["paths"][row["lhs"]][row["rhs"]], abs=tolerance)
    for table in ("loadings", "weights"):
        for _, row in getattr(fit, table)().iterrows():
            theirs = numbers[table][row["construct"]]
            value = theirs[row["item"]] if isinstance(theirs, dict) else np.ravel(theirs)[0]
            assert row["est"] == pytest.approx(value, abs=tolerance)
    for name, value in numbers["rho_a"].items():
        assert fit.reliability().loc[name, "rho_a"] == pytest.approx(np.ravel(value)[0], abs=tolerance)


@pytest.mark.parametrize("consistent", [False, True])
@pytest.mark.parametrize("model", [MODEL, MODEL.replace("COMP =~", "COMP <~"), HIGHER])
def test_it_is_pls_on_that_correlation_matrix(answers, model, consistent):
    rows = cut(11, n=300) if model == HIGHER else answers
    ordered = rt.pls(model, rows, ordered=True, consistent=consistent)
    names = list(ordered.sample.names)
    matrix = rt.polychoric(rows[names]).correlations().to_numpy()
    other = rt.pls(model, with_correlations(matrix, names, ordered.n_obs), consistent=consistent)
    for table in ordered.tables:
        ours, theirs = ordered.showing(table), other.showing(table)
        assert ours.quantities == theirs.quantities
        assert ours.values() == pytest.approx(theirs.values(), abs=1e-7, nan_ok=True), table
    assert ordered.fit_indices().to_numpy() == pytest.approx(other.fit_indices().to_numpy(), rel=1e-6, nan_ok=True)


def test_answers_and_numbers_together(answers):
    own = answers.assign(cusa=answers["cusa"] + np.linspace(0, 0.5, len(answers)))
    ordered = [item for item in ITEMS if item != "cusa"]
    fit = rt.pls(MODEL, own, ordered=ordered)
    theirs = rt.polychoric(own[list(fit.sample.names)], ordered=ordered).correlations()
    assert fit.solution.correlation[0] == pytest.approx(theirs.to_numpy(), abs=1e-9)


def test_it_finds_the_population_where_plain_pls_is_attenuated():
    """Items in three categories, from nearly even draws of the normal distribution."""
    loading, path, n = np.array([0.8, 0.7, 0.6]), 0.6, 2**14
    draw = ndtri(np.clip(qmc.Sobol(8, scramble=True, rng=2).random(n), 1e-12, 1 - 1e-12))
    factor = draw[:, :2] @ np.array([[1, path], [0, np.sqrt(1 - path**2)]])
    latent = factor[:, [0, 0, 0, 1, 1, 1]] * np.tile(loading, 2) + draw[:, 2:] * np.tile(np.sqrt(1 - loading**2), 2)
    data = pd.DataFrame(np.digitize(latent, [-1.2, -0.2]), columns=["x1", "x2", "x3", "y1", "y2", "y3"])
    model = "X =~ x1 + x2 + x3; Y =~ y1 + y2 + y3; Y ~ X"
    ordinal = rt.pls(model, data, ordered=True, consistent=True)
    assert ordinal.paths()["est"].to_numpy() == pytest.approx([path], abs=0.01)
    assert ordinal.loadings()["est"].to_numpy() == pytest.approx(np.tile(loading, 2), abs=0.01)
    numbers = rt.pls(model, data, consistent=True)
    assert (numbers.loadings()["est"].to_numpy() < np.tile(loading, 2) - 0.05).all()
    assert rt.pls(model, data).paths()["est"][0] < path - 0.15


# -- resamples ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [True, ["a1", "b1", "y1", "y2"]])
@pytest.mark.parametrize("categories", [2, 4])
def test_a_resample_is_fitted_as_data_of_its_own(categories, ordered):
    rows = cut(7, n=60, categories=categories, missing=0.04)
    fit = rt.pls(HIGHER, rows, ordered=ordered, missing="pairwise")
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 60, size=(12, 60))
    counts = np.stack([np.bincount(one, minlength=60) for one in drawn]).astype(float)
    refits = fit.refit(counts)
    tried = 0
    for one, values, reason in zip(drawn, refits.values, refits.reasons, strict=True):
        if reason:
            continue
        again = rt.pls(HIGHER, rows.iloc[one].reset_index(drop=True), ordered=ordered, missing="pairwise")
        assert np.abs(values) == pytest.approx(np.abs(again.values()), abs=1e-7)
        tried += 1
    assert tried > 8


def test_categories_that_a_resample_lacks_are_left_out():
    rng = np.random.default_rng(4)
    x = rng.normal(size=80)
    y = 0.6 * x + 0.8 * rng.normal(size=80)
    # One answer of the highest category, and one of a category in the middle.
    rows = np.column_stack(
        [np.digitize(x, [-0.5, 0.5]), np.digitize(y, [-0.3, 0.4]), np.digitize(x + y, [0.0])]
    ).astype(float)
    rows[0, 0], rows[1, 1] = 9.0, 0.5
    names = ("a", "b", "c")
    ordering = ordering_of(rows, np.full(3, True))
    counts = np.ones((3, 80))
    counts[0, 0], counts[0, 5] = 0, 2
    counts[1, 1], counts[1, 5] = 0, 2
    stack = ordered_resamples(sample(pd.DataFrame(rows, columns=names), names), ordering, counts).covariance
    for taken, ours in zip(counts, stack, strict=True):
        own = np.repeat(rows, taken.astype(int), axis=0)
        theirs = ordinal_moments(own, ordering_of(own, np.full(3, True)), spread=False).covariance
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_an_empty_cell_of_what_is_left_counts_as_of_a_fourfold_table():
    table = {(1.0, 1.0): 30, (1.0, 2.0): 12, (2.0, 2.0): 25, (3.0, 1.0): 1}
    rows = np.repeat(np.array(list(table)), list(table.values()), axis=0)
    counts = np.ones((1, len(rows)))
    counts[0, -1], counts[0, 0] = 0, 2
    ordering = ordering_of(rows, np.full(2, True))
    ours = ordered_resamples(sample(pd.DataFrame(rows, columns=["a", "b"]), ("a", "b")), ordering, counts)
    kept = np.repeat(rows, counts[0].astype(int), axis=0)
    theirs = ordinal_moments(kept, ordering_of(kept, np.full(2, True)), spread=False)
    assert ours.covariance[0] == pytest.approx(theirs.covariance, abs=1e-9)
    assert 0.5 < theirs.covariance[0, 1] < 0.999


def test_a_draw_does_not_depend_on_those_beside_it():
    """Which portions are estimated as one stack is a matter of the sample alone, whatever the number of workers."""
    small = rt.pls("X =~ a1 + a2 + b1; Y =~ y1 + y2 + y3; Y ~ X", cut(12, n=60), ordered=True)
    counts = np.random.default_rng(2).multinomial(60, np.full(60, 1 / 60), size=40).astype(float)
    together, *parts = (item_moments(small.sample, some, small.request) for some in (counts, counts[:7], counts[7:]))
    beside = np.concatenate([one.covariance for one in parts])
    assert together.covariance == pytest.approx(beside, abs=1e-12, nan_ok=True)


def test_intervals_by_the_jackknife_and_of_other_tables():
    small = rt.pls("X =~ a1 + a2 + b1; Y =~ y1 + y2 + y3; Y ~ X", cut(12, n=60), ordered=True)
    drawn = rt.bootstrap(small, draws=150, seed=3)
    assert drawn.n_failed < 3
    table = drawn.table(interval="bca")
    assert (table["ci_low"] <= table["est"]).all()
    assert (table["est"] <= table["ci_high"]).all()
    assert len(drawn.table(of="htmt")) == 1


def test_draws_that_cannot_be_estimated_are_counted_with_reasons():
    rows = cut(8, n=40)
    rows["y3"] = 1.0
    rows.loc[0, "y3"] = 2.0
    drawn = rt.bootstrap(rt.pls(HIGHER, rows, ordered=True), draws=60)
    told = dict(drawn.failed)
    count = told["no_variance: no variance in y3: every answer is the same, or differs by no more than rounding does"]
    # A row is not drawn with probability (1 - 1/40)^40 = 0.363.
    assert 10 < count < 35


# -- what is to be known, and what is refused ------------------------------------------------------------------


def test_a_matrix_that_is_none_is_named():
    rows = cut(1, n=12, categories=4)
    fit = rt.pls("X =~ a1 + a2 + b1 + b2; Y =~ y1 + y2 + y3; Y ~ X", rows, ordered=True)
    least = np.linalg.eigvalsh(fit.solution.correlation[0])[0]
    assert least < 0
    problem = next(one for one in fit.problems if one.code == "not_positive_definite")
    assert problem.severity == "warning"
    assert f"its smallest eigenvalue is {least:.3g}" in problem.text
    assert np.isnan(fit.fit_indices()["d_g"])
    drawn = rt.bootstrap(fit, draws=40)
    noted = dict(drawn.inadmissible)
    assert noted["not_positive_definite: the polychoric correlations are not positive definite"] > 10


def test_an_empty_cell_is_named():
    rows = cut(2, n=50, categories=2)
    rows.loc[(rows["a1"] == 1) & (rows["a2"] == 2), "a1"] = 2.0
    fit = rt.pls(HIGHER, rows, ordered=True)
    assert any(one.code == "empty_cells" and set(one.about) == {"a1", "a2"} for one in fit.problems)


def test_gaps_listwise_and_pairwise():
    rows = cut(9, n=200, missing=0.05)
    model = "X =~ a1 + a2 + b1 + b2; Y =~ y1 + y2 + y3; Y ~ X"
    fit = rt.pls(model, rows, ordered=True)
    assert (fit.request.missing, fit.n_obs) == ("listwise", len(rows.dropna()))
    pairs = rt.pls(model, rows, ordered=True, missing="pairwise")
    assert pairs.n_obs == 200
    theirs = rt.polychoric(rows[list(pairs.sample.names)]).correlations().to_numpy()
    assert pairs.solution.correlation[0] == pytest.approx(theirs, abs=1e-9)
    assert rt.pls(HIGHER, rows).request.missing == "mean"


def test_ordered_categories_of_texts_are_taken_in_their_order():
    rows = cut(10, n=150)
    texts = rows.apply(
        lambda one: pd.Categorical(one.map({1.0: "no", 2.0: "so", 3.0: "yes"}), ["no", "so", "yes"], ordered=True)
    )
    ours, theirs = (rt.pls(HIGHER, one, ordered=True).values() for one in (texts, rows))
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_what_only_predicts_is_ordered_if_it_is_named(answers):
    model = "LIKE =~ like_1 + like_2 + like_3; LIKE ~ cusa"
    assert "cusa" not in rt.pls(model, answers, ordered=True).request.ordered
    assert rt.pls(model, answers, ordered=["cusa"]).request.ordered == ("cusa",)


def test_it_says_what_it_is(plain):
    assert "PLS on polychoric correlations (10 of 10 items ordered), path scheme; n = 336" in str(plain)


def test_tetrads_go_by_polychoric_covariances(answers):
    fit = rt.pls("X =~ like_1 + like_2 + like_3 + comp_1; CUSL =~ cusl_1 + cusl_2; CUSL ~ X", answers, ordered=True)
    found = rt.tetrad_test(fit, draws=100)
    r = rt.polychoric(answers).correlations()
    a, b, c, d = found.tetrads[0].items
    assert found.estimates[0] == pytest.approx(r.loc[a, b] * r.loc[c, d] - r.loc[a, c] * r.loc[b, d], abs=1e-9)


def test_redundancy_keeps_answers_ordered(answers):
    fit = rt.pls(MODEL.replace("LIKE =~", "LIKE <~"), answers, ordered=True)
    other = rt.redundancy(fit, answers, construct="LIKE", against="comp_1")
    assert other.request.ordered == ("like_1", "like_2", "like_3", "comp_1")


@pytest.mark.parametrize(
    "options, told",
    [
        ({"ordered": ["comp_9"]}, "no variable in ordered is called 'comp_9'|comp_9"),
        ({"ordered": True, "missing": "mean"}, "missing='mean' takes answers for numbers"),
        ({"ordered": True, "missing": "em"}, "missing='em' takes answers for numbers"),
        ({"missing": "pairwise"}, "missing='pairwise' is for ordered answers"),
        ({"ordered": 3}, "ordered"),
    ],
)
def test_options(answers, options, told):
    with pytest.raises(OptionError, match=told):
        rt.pls(MODEL, answers, **options)


def test_weights_and_products_are_refused(answers):
    with pytest.raises(OptionError, match="weights= is not there for ordered answers"):
        rt.pls(MODEL, answers.assign(w=1.0), ordered=True, weights="w")
    with pytest.raises(OptionError, match="a product \\('COMP:LIKE'\\) is formed from the values of rows"):
        rt.pls(MODEL.replace("CUSA ~ COMP + LIKE", "CUSA ~ COMP + LIKE + COMP:LIKE"), answers, ordered=True)


def test_what_is_not_ordered_is_told(answers):
    with pytest.raises(EstimationError, match="'comp_1' has 336 different answers, too many for ordered categories"):
        rt.pls(MODEL, answers.assign(comp_1=np.linspace(0, 1, len(answers))), ordered=True)
    with pytest.raises(ResponseError, match="a number is needed"):
        rt.pls(MODEL, answers.assign(comp_1="agree"), ordered=True)
    with pytest.raises(EstimationError, match="'comp_1' has the value 4 in every row"):
        rt.pls(MODEL, answers.assign(comp_1=4), ordered=True)


@pytest.mark.parametrize(
    "asked",
    [
        lambda fit: fit.scores(),
        lambda fit: fit.paths(unstandardised=True),
        lambda fit: fit.blindfold(),
        rt.predict,
        lambda fit: rt.importance(fit, "CUSL"),
        lambda fit: rt.necessity(fit, "CUSL"),
        lambda fit: rt.fit_test(fit, draws=10),
        lambda fit: rt.compare_groups(fit, by="cusa"),
        rt.fimix,
        lambda fit: rt.pos(fit, segments=2),
        rt.nonlinearity,
    ],
)
def test_what_needs_the_values_of_rows_is_refused(plain, asked):
    with pytest.raises(OptionError, match=r"of ordered answers .* only the correlations behind them are known\. [A-Z]"):
        asked(plain)


def test_information_and_effects_follow_from_correlations(plain):
    beta = plain.paths().set_index(["lhs", "rhs"])["est"]
    effects = plain.effects().set_index(["lhs", "rhs", "kind", "via"])["est"]
    by_hand = beta["CUSL", "LIKE"] + beta["CUSA", "LIKE"] * beta["CUSL", "CUSA"]
    assert effects["CUSL", "LIKE", "total", ""] == pytest.approx(by_hand)
    assert Quantity("CUSL", "~", "LIKE") in plain.quantities


def test_correlations_that_leave_a_score_no_variance_are_told():
    """By hand: the sum of a and b, which are nearly opposite, against c."""
    table = {("a", "b"): -0.9, ("a", "c"): 0.9, ("b", "c"): 0.9}
    matrix = pd.DataFrame(np.eye(4), list("abcy"), list("abcy"))
    for (one, other), r in {**table, ("a", "y"): 0.3, ("b", "y"): 0.3, ("c", "y"): -0.3}.items():
        matrix.loc[one, other] = matrix.loc[other, one] = r
    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(30, 4)), columns=matrix.columns)
    plan = rt.pls("X =~ a + b + c; y ~ X", rows)
    found = estimate(matrix.to_numpy()[None], np.zeros((1, 4)), plan.structure, plan.request)[1]
    weights = np.array([0.3, 0.3, -0.3])
    assert weights @ matrix.to_numpy()[:3, :3] @ weights < 0
    assert found[0].code == "score_without_variance"
    assert found[0].fatal
