"""Modification indices: every row against lavaan's, and what they promise.

The golden numbers are lavaan 0.6-14's `modindices()` at polished minima, see
`tests/golden/after_fit/make_modification_indices.R`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import growth, sem
from rantau.covariance.after_fit import wider
from rantau.covariance.after_fit.modification import rows_factor
from rantau.covariance.setting import evidence_of, setting_of
from rantau.errors import EstimationError, OptionError

TESTS = Path(__file__).parents[1]
CASES = {case["name"]: case for case in json.loads((TESTS / "golden/after_fit/modification_indices.json").read_text())}
NAME = ["lhs", "op", "rhs", "group"]
HS = CASES["hs_ml"]["model"]


def data_of(name: str) -> pd.DataFrame:
    return pd.read_csv(TESTS / f"data/{name}.csv")


@pytest.fixture(scope="module")
def fits():
    found = {}

    def fit_of(name):
        case = CASES[name]
        key = (case["data"], case["model"], json.dumps(case["options"]))
        if key not in found:
            fit = growth if name.startswith("growth") else sem
            found[key] = fit(case["model"], data_of(case["data"]), **case["options"])
        return found[key]

    return fit_of


def lavaans(name: str) -> pd.DataFrame:
    rows = pd.DataFrame(CASES[name]["rows"])
    if "group" not in rows:
        rows.insert(3, "group", 1)
    rows.columns = [column.replace(".", "_") for column in rows.columns]
    return rows.astype(dict.fromkeys(rows.columns[4:], float))


def names(frame: pd.DataFrame) -> list[tuple]:
    return list(frame[NAME].itertuples(index=False, name=None))


@pytest.mark.parametrize("name", CASES)
def test_every_row_is_lavaans(name, fits):
    fit = fits(name)
    golden = lavaans(name)
    ours = fit.modification_indices(sort=False, free_remove=not CASES[name]["free_too"])
    # lavaan also lists what would explain a fixed covariate; those indices are of no model that could be fitted.
    fixed = golden["lhs"].isin(fit.table.exogenous)
    # Covariances among observed outcomes are ours alone.
    loaded = {row.rhs for row in fit.table.rows if row.op == "=~"}
    outcomes = {row.lhs for row in fit.table.rows if row.op == "~"} & (set(fit.table.observed) - loaded)
    more = (ours["op"] == "~~") & ours["lhs"].isin(outcomes) & ours["rhs"].isin(outcomes)
    golden, ours = golden[~fixed].reset_index(drop=True), ours[~more].reset_index(drop=True)
    assert names(ours) == names(golden)
    if CASES[name]["free_too"]:
        # lavaan's index of one of several equal parameters is not that of letting it go; see the test below.
        shared = [row.free for row in fit.table.rows]
        equal = {
            (row.lhs, row.op, row.rhs, row.group)
            for row in fit.table.rows
            if row.free >= 0 and shared.count(row.free) > 1
        }
        keep = [one not in equal for one in names(ours)]
        golden, ours = golden[keep], ours[keep]
    assert ours["mi"].to_numpy() == pytest.approx(golden["mi"].to_numpy(), rel=1e-6, abs=1e-8)
    for column in ("epc", "sepc_lv", "sepc_all", "sepc_nox"):
        given = golden[column].notna()
        expected = golden.loc[given, column].to_numpy()
        assert ours.loc[given, column].to_numpy() == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", ["hs_metric_free_too", "hs_scalar_free_too", "hs_equal_labels_free_too"])
def test_letting_one_of_two_equal_parameters_go_is_the_score_test_of_their_equality(name, fits):
    fit = fits(name)
    rows = fit.modification_indices(sort=False, free_remove=False).set_index(NAME)
    places = [row.free for row in fit.table.rows]
    tests = fit.score_test().univariate()
    pairs = [
        [row for row in fit.table.rows if row.free == place]
        for place in dict.fromkeys(places)
        if places.count(place) == 2
    ]
    assert len(pairs) == len(tests)
    for pair, test in zip(pairs, tests.itertuples(), strict=True):
        found = rows.loc[[(row.lhs, row.op, row.rhs, row.group) for row in pair]]
        assert found["mi"].to_numpy() == pytest.approx(test.chisq, rel=1e-9)
        assert found["epc"].to_numpy() == pytest.approx([test.epc, -test.epc], rel=1e-9)


def test_letting_one_of_three_equal_parameters_go_is_lavaans_score_test():
    """lavTestScore(fit)$uni, `hs_equal_labels` of constraint_tests.json: x3, then x5, without the other two.

    modindices(fit, free.remove = FALSE) of lavaan 0.6-14 says 0.03 and 0.34. The chi-square of the fit with
    x5 alone free is less by 3.32.
    """
    cases = json.loads((TESTS / "golden/after_fit/constraint_tests.json").read_text())
    case = next(case for case in cases if case["name"] == "hs_equal_labels" and case["kind"] == "release")
    fit = sem(case["model"], data_of("hs"))
    found = fit.modification_indices(free_remove=False).set_index(NAME)["mi"]
    expected = case["one_by_one"]["X2"][:2]
    assert found[[("visual", "=~", "x3", 1), ("textual", "=~", "x5", 1)]].tolist() == pytest.approx(expected, rel=1e-6)
    alone = sem(case["model"].replace("a*x5", "x5"), data_of("hs"))
    gain = fit.fit_indices()["chisq"] - alone.fit_indices()["chisq"]
    assert gain == pytest.approx(expected[1], rel=0.1)


def test_reversing_the_paths_of_a_random_covariate_is_lavaans(fits):
    rows = lavaans("mediation_full").set_index(NAME)
    random = sem(CASES["mediation_full"]["model"], data_of("mediation"), fixed_x=False).modification_indices()
    ours = random.set_index(NAME).loc[[("X", "~", "Y", 1)]]
    assert ours[["mi", "epc", "sepc_all"]].to_numpy() == pytest.approx(
        rows.loc[[("X", "~", "Y", 1)], ["mi", "epc", "sepc_all"]].to_numpy(), rel=1e-6
    )
    fixed = fits("mediation_full").modification_indices()
    assert "X" not in set(fixed["lhs"])


def test_the_change_of_a_variance_is_a_share_of_it(fits):
    fit = fits("hs_fixed_values")
    row = fit.modification_indices().set_index(NAME).loc[("x1", "~~", "x1", 1)]
    variance = fit.implied()[0].loc["x1", "x1"]
    assert row["sepc_all"] == pytest.approx(row["epc"] / variance)
    assert row["sepc_lv"] == row["epc"]


# -- what they promise -----------------------------------------------------------------------------


def sample_of(sigma: np.ndarray, columns: list[str], n: int = 400) -> pd.DataFrame:
    """Draw rows whose covariance matrix, with divisor n, is exactly sigma."""
    draw = np.random.default_rng(11).normal(size=(n, len(sigma)))
    draw -= draw.mean(axis=0)
    root = np.linalg.cholesky(draw.T @ draw / n)
    return pd.DataFrame(draw @ np.linalg.inv(root).T @ np.linalg.cholesky(sigma).T, columns=columns)


@pytest.mark.parametrize("addition", ["f =~ y4", "y1 ~~ y5", "g =~ y2"])
@pytest.mark.parametrize("options", [{}, {"estimator": "GLS"}, {"estimator": "ULS"}, {"likelihood": "wishart"}])
def test_index_and_change_foretell_what_a_small_addition_does(addition, options):
    model = "f =~ y1 + y2 + y3\ng =~ y4 + y5 + y6"
    loadings = np.kron(np.eye(2), np.array([[1.0], [0.8], [1.2]]))
    implied = loadings @ np.array([[1.0, 0.4], [0.4, 0.8]]) @ loadings.T + np.diag([0.5, 0.7, 0.6, 0.4, 0.5, 0.9])
    error, missed = [], []
    for size in (0.02, 0.01):
        sigma = implied.copy()
        sigma[0, 4] += size
        sigma[4, 0] += size
        data = sample_of(sigma, [f"y{item}" for item in range(1, 7)])
        fit, more = sem(model, data, **options), sem(f"{model}\n{addition}", data, **options)
        lhs, op, rhs = addition.split()
        row = fit.modification_indices().set_index(NAME).loc[(lhs, op, rhs, 1)]
        # Rows are counted as lavaan does; what is foretold is the chi-square.
        of_index, of_change = rows_factor(fit, evidence_of(fit).n_obs)
        error.append(row["mi"] / of_index / (evidence_of(fit).chisq - evidence_of(more).chisq) - 1)
        found = more.estimates().set_index(NAME).loc[(lhs, op, rhs, 1), "est"]
        missed.append(row["epc"] / of_change / found - 1)
    # To first order: half the addition, half the error.
    assert abs(error[1]) < 0.6 * abs(error[0]) + 1e-6 and abs(error[1]) < 0.05
    assert abs(missed[1]) < 0.6 * abs(missed[0]) + 1e-6 and abs(missed[1]) < 0.05


def test_units_do_not_matter(fits):
    data = data_of("hs")
    scaled = data.copy()
    size = 10.0 ** np.arange(-4, 5)
    scaled[[f"x{item}" for item in range(1, 10)]] *= size
    ours, theirs = fits("hs_ml").modification_indices(sort=False), sem(HS, scaled).modification_indices(sort=False)
    for column in ("mi", "sepc_all"):
        assert theirs[column].to_numpy() == pytest.approx(ours[column].to_numpy(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "name", ["hs_ml", "hs_scalar", "hs_gaps_metric", "democracy_equal_loadings", "growth_covariates"]
)
def test_many_candidates_are_looked_at_a_few_at_a_time(name, fits, monkeypatch):
    fit = fits(name)
    whole = fit.modification_indices(sort=False)
    monkeypatch.setattr(wider, "TOGETHER", 1)
    assert len(whole) > fit.table.n_free
    pd.testing.assert_frame_equal(fit.modification_indices(sort=False), whole, rtol=1e-9)


def test_a_boundary_counts_as_an_equality():
    labelled = HS.replace("x2", "a*x2")
    data = data_of("hs")
    inside = sem(f"{labelled}\na > 0.7", data).modification_indices(sort=False)
    on = sem(f"{labelled}\na == 0.7", data).modification_indices(sort=False)
    pd.testing.assert_frame_equal(inside, on, rtol=1e-6)
    # Letting the equality go is one of them.
    released = sem(f"{labelled}\na == 0.7", data)
    index = released.modification_indices(free_remove=False).set_index(NAME).loc[("visual", "=~", "x2", 1), "mi"]
    assert index == pytest.approx(released.score_test().chisq, rel=1e-9)


# -- the table -------------------------------------------------------------------------------------


def test_the_largest_comes_first_and_small_ones_can_be_left_out(fits):
    fit = fits("hs_ml")
    frame = fit.modification_indices(minimum=10)
    assert names(frame)[:2] == [("visual", "=~", "x9", 1), ("x7", "~~", "x8", 1)]
    assert list(frame["mi"]) == sorted(frame["mi"], reverse=True)
    assert frame["mi"].min() >= 10
    assert list(frame.columns) == [*NAME, "mi", "epc", "sepc_lv", "sepc_all", "sepc_nox"]


def test_operators_are_chosen(fits):
    fit = fits("hs_ml")
    assert set(fit.modification_indices(operators="~~")["op"]) == {"~~"}
    both = fit.modification_indices(operators=("=~", "~~"))
    pd.testing.assert_frame_equal(both, fit.modification_indices())
    assert len(fit.modification_indices(operators="~")) == 0
    with pytest.raises(OptionError, match=r"unknown operators '='\..* Allowed: =~, ~~, ~, ~1, \|, ~\*~\."):
        fit.modification_indices(operators="=")


@pytest.mark.parametrize("name", ["hs_mlm", "hs_mlr", "hs_gaps_fiml_mlr"])
def test_a_scaled_test_scales_the_indices(name, fits):
    fit = fits(name)
    frame = fit.modification_indices()
    factor = fit.statistics.scaled.scaling
    assert factor != 1
    assert frame["mi_scaled"].to_numpy() == pytest.approx(frame["mi"].to_numpy() / factor)
    assert list(frame.columns).index("mi_scaled") == list(frame.columns).index("mi") + 1


def test_nothing_can_be_added_to_a_saturated_model():
    frame = sem("x1 ~ x2 + x3", data_of("hs")).modification_indices()
    assert frame.empty
    assert list(frame.columns) == [*NAME, "mi", "epc", "sepc_lv", "sepc_all", "sepc_nox"]


def test_covariances_among_observed_outcomes_are_candidates(fits):
    rows = fits("observed_paths").modification_indices().set_index(NAME)
    # The same one restriction either way: `x8` on what explains `x7`, or their disturbances together.
    assert ("x7", "~~", "x8", 1) in rows.index
    model = CASES["observed_paths"]["model"] + "\nx7 ~~ x9"
    fit = sem(model, data_of("hs"))
    fall = fits("observed_paths").statistics.chisq - fit.statistics.chisq
    assert rows.loc[("x7", "~~", "x9", 1), "mi"] == pytest.approx(fall, rel=0.1)


def test_items_that_form_a_composite_are_no_candidates():
    fit = sem("visual <~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9\nspeed ~ visual", data_of("hs"))
    frame = fit.modification_indices()
    assert not {"x1", "x2", "x3"} & {*frame["lhs"], *frame["rhs"]}
    assert set(frame["lhs"]) <= {"visual", "textual", "speed", *(f"x{item}" for item in range(4, 10))}
    assert frame["mi"].notna().all()


def test_paths_from_products_are_standardised_as_in_the_solution():
    draw = np.random.default_rng(3).normal(size=(800, 12))
    x, m = draw[:, 9], 0.3 * draw[:, 9] + draw[:, 10]
    y = 0.2 * x + 0.3 * m + 0.3 * x * m + draw[:, 11]
    values = np.repeat(np.column_stack([x, m, y]), 3, axis=1) + 0.6 * draw[:, :9]
    data = pd.DataFrame(values, columns=[f"{name}{item}" for name in "xmy" for item in (1, 2, 3)])
    model = "X =~ x1 + x2 + x3\nM =~ m1 + m2 + m3\nY =~ y1 + y2 + y3\nY ~ X + M + {}X:M"
    without, free = sem(model.format("0*"), data), sem(model.format(""), data)
    row = without.modification_indices().set_index(NAME).loc[("Y", "~", "X:M", 1)]
    found = free.estimates().set_index(NAME).loc[("Y", "~", "X:M", 1)]
    assert row["sepc_all"] / row["epc"] == pytest.approx(found["std_all"] / found["est"], rel=0.05)
    assert row["epc"] == pytest.approx(found["est"], rel=0.15)
    assert "X:M" not in set(without.modification_indices(operators="~")["lhs"])


def test_a_fit_that_did_not_converge_has_none(fits):
    with pytest.raises(EstimationError, match="did not converge"):
        fits("hs_ml").replace(converged=False).modification_indices()


def test_loadings_of_a_factor_that_does_not_vary_change_nothing_in_its_deviations():
    # g <- read.csv("tests/data/growth.csv"); modindices(growth("i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4;
    #   s =~ 0*t1 + 1*t2 + 2*t3 + 3*t4; s ~~ 0*s + 0*i", g)): epc -0.111, sepc.lv, sepc.all, sepc.nox 0; i ~~ s has none
    data = data_of("growth")
    fit = growth("i =~ 1*t1 + 1*t2 + 1*t3 + 1*t4; s =~ 0*t1 + 1*t2 + 2*t3 + 3*t4; s ~~ 0*s + 0*i", data)
    found = fit.modification_indices().set_index(["lhs", "op", "rhs"]).sort_index()
    assert found.loc[("s", "=~", "t1"), "epc"] == pytest.approx(-0.111249, abs=1e-5)
    assert (found.loc[("s", "=~"), ["sepc_lv", "sepc_all", "sepc_nox"]] == 0).all(axis=None)
    assert found.loc[("i", "~~", "s"), ["sepc_lv", "sepc_all", "sepc_nox"]].isna().all(axis=None)


@pytest.mark.parametrize("spread", [0.02, 0.1])
def test_items_that_are_nearly_the_same_have_an_index_together(spread):
    # modindices() of lavaan 0.6-14 at 0.1: 35.39 to 35.42, as near as it comes to the minimum; a refit loses 18.97
    data = data_of("hs")
    data["x3"] = data["x2"] + np.random.default_rng(1).normal(size=len(data)) * spread
    fit = sem("visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6", data)
    (index,) = fit.modification_indices().query("lhs == 'x2' and rhs == 'x3'")["mi"]
    assert index == pytest.approx(35.42, abs=0.01)
    assert fit.score_test(add="x2 ~~ x3").chisq == pytest.approx(index, rel=1e-6)


@pytest.mark.parametrize("options", [{}, {"group": "school", "group_equal": "loadings"}, {"estimator": "GLS"}])
def test_information_that_is_left_has_two_roads(options):
    fit = sem(HS + "\nvisual ~ ageyr", data_of("hs"), meanstructure=True, **options)
    evidence = evidence_of(fit, setting := setting_of(fit))
    further = [wider.Further("visual", "=~", "x9", 1), wider.Further("x7", "~~", "x8", 1)]
    layout = wider.widen(fit.table, further, setting, fit.moments).layout
    hessian = wider.slope_and_information(evidence, layout)[1]
    free = np.pad(evidence.directions, ((0, 2), (0, 0)))
    ways = np.eye(layout.n_free)[:, -2:]
    across = wider.whitened(hessian, free).T @ hessian @ ways
    exact = wider.exactly_left(evidence, layout, free, ways)
    assert exact == pytest.approx(ways.T @ hessian @ ways - across.T @ across, rel=1e-8, abs=1e-10)
