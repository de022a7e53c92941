"""What random models of ordered answers have brought to light, each with lavaan's number or a second road to ours.

The numbers are lavaan 0.6-14's; the R call stands beside them, HS being the model below, hs4 the data and xs its items.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.problems import advice_for
from rantau.errors import AdmissibilityWarning

DATA = Path(__file__).parents[1] / "data"
HS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
ITEMS = [f"x{k}" for k in range(1, 10)]
NAME = ["lhs", "op", "rhs", "group"]


@pytest.fixture(scope="module")
def hs4():
    return pd.read_csv(DATA / "hs4.csv")


@pytest.mark.parametrize("equal", ["thresholds", "intercepts"])
def test_thresholds_are_the_intercepts_of_ordered_items(hs4, equal):
    # fitMeasures(cfa(HS, hs4, ordered = xs[1:6], group = "school", group.equal = c("loadings", "thresholds")))
    # and the same of c("loadings", "intercepts"), and of all three.
    fit = rt.cfa(HS, hs4, ordered=ITEMS[:6], group="school", group_equal=("loadings", equal))
    assert fit.fit_indices()["df"] == 66
    assert fit.fit_indices()["chisq_scaled"] == pytest.approx(152.203306509, rel=2e-6)
    free = fit.estimates().query("op == '~1' and group == 1 and lhs == 'x7'").est.iloc[0]
    assert free == fit.estimates().query("op == '~1' and group == 2 and lhs == 'x7'").est.iloc[0]


def test_a_threshold_is_released_however_it_is_written(hs4):
    fits = [
        rt.cfa(HS, hs4, ordered=True, group="school", group_equal=("loadings", "thresholds"), group_partial=text)
        for text in ("x3|t1", "x3 | t1")
    ]
    np.testing.assert_array_equal(fits[0].values(), fits[1].values())


def test_a_heywood_case_is_told_where_the_residual_follows():
    # The loading of `a` is above one; under delta the variance of what is left is no parameter, and below zero.
    spread = [[1, 0.75, 0.75], [0.75, 1, 0.4], [0.75, 0.4, 1]]
    draw = np.random.default_rng(1).multivariate_normal(np.zeros(3), spread, size=500)
    data = pd.DataFrame(np.digitize(draw, [-0.5, 0.5]), columns=["a", "b", "c"])
    with pytest.warns(AdmissibilityWarning, match="The variance of 'a'"):
        fit = rt.cfa("F =~ a + b + c", data, ordered=True)
    assert fit.estimates().query("op == '~~' and lhs == rhs and est < 0").lhs.tolist() == ["a"]
    assert [problem.about for problem in fit.problems if problem.code == "negative_variance"] == [("a",)]


def test_a_loading_without_limit_is_told_where_residuals_are_held(hs4):
    # Under theta what is left of x9 cannot be below zero, and its loading grows until nothing is.
    with pytest.warns(AdmissibilityWarning):
        fit = rt.cfa(
            "speed =~ x7 + x9; visual =~ x1 + x2 + x3", hs4, ordered=True, parameterization="theta", group="school",
            group_equal=("loadings", "thresholds", "residuals"),
        )  # fmt: skip
    told = [(problem.about, problem.text) for problem in fit.problems if problem.code == "nothing_left"]
    assert [about for about, _ in told] == [("x9",), ("x9",)]
    assert "explained entirely in group 'Pasteur'" in told[0][1]


def test_theta_without_a_minimum_points_to_delta(hs4):
    fits = [rt.cfa("F =~ x4 + x5 + x6", hs4, ordered=True, parameterization=way) for way in ("delta", "theta")]
    advice = [advice_for(fit.layout, fit.table, fit.theta, (), ()) for fit in fits]
    assert "see whether parameterization='delta' shows a Heywood case" in advice[1]
    assert "parameterization" not in advice[0]


def test_scales_are_candidates_where_equal_loadings_tell_them(hs4):
    # modindices(cfa(HS, hs4, ordered = xs, group = "school", group.equal = "loadings"))
    fit = rt.cfa(HS, hs4, ordered=True, group="school", group_equal="loadings")
    found = fit.modification_indices(operators="~*~", sort=False).set_index(NAME)
    lavaans = {
        ("x1", 1): (10.266, 0.665), ("x3", 1): (7.068, -0.568), ("x6", 1): (0.698, 0.082), ("x9", 1): (0.305, 0.131),
        ("x1", 2): (10.266, -0.665), ("x2", 2): (0.551, 0.184), ("x7", 2): (0.236, 0.116),
    }  # fmt: skip
    assert len(found) == 18
    for (item, group), numbers in lavaans.items():
        np.testing.assert_allclose(found.loc[item, "~*~", item, group][["mi", "epc"]].astype(float), numbers, atol=6e-4)


def test_fixed_thresholds_and_scales_are_candidates(hs4):
    # modindices(cfa("visual =~ x1 + 0.8*x2 + 0.9*x3\nx1 | 0*t2", hs4, ordered = xs[1:3], parameterization = way))
    model = "visual =~ x1 + 0.8*x2 + 0.9*x3\nx1 | 0*t2"
    delta, theta = (
        rt.cfa(model, hs4, ordered=True, parameterization=way).modification_indices(sort=False).set_index(NAME)
        for way in ("delta", "theta")
    )
    for table, epc in ((delta, 0.112), (theta, 0.143)):
        np.testing.assert_allclose(
            table.loc["x1", "|", "t2", 1][["mi", "epc", "sepc_all"]].astype(float), [2.405, epc, 0.112], atol=6e-4
        )
    np.testing.assert_allclose(delta.loc["x2", "~*~", "x2", 1][["mi", "epc"]].astype(float), [0.751, -0.175], atol=6e-4)
    # Under theta the scale follows from the residual variance, which is the candidate.
    assert "~*~" not in theta.index.get_level_values("op")
    np.testing.assert_allclose(theta.loc["x2", "~~", "x2", 1][["mi", "epc"]].astype(float), [1.285, 0.670], atol=6e-4)


def test_a_fixed_threshold_set_free_changes_as_its_index_says(hs4):
    model = "F =~ x1 + x2 + x3\nx1 | {}*t2"
    at = rt.cfa(model.format("-0.35"), hs4, ordered=True).modification_indices(operators="|")
    free = rt.cfa("F =~ x1 + x2 + x3", hs4, ordered=True).estimates().set_index(["lhs", "op", "rhs"])
    # Its estimate touches nothing else, so that the expected change is the change, but for how lavaan counts rows.
    assert -0.35 + at.epc.iloc[0] * 301 / 300 == pytest.approx(free.est["x1", "|", "t2"], abs=1e-6)


def test_thresholds_held_equal_are_tested(hs4):
    # lavTestScore(cfa(HS, hs4, ordered = xs, group = "school", group.equal = c("loadings", "thresholds")))
    fit = rt.cfa(HS, hs4, ordered=True, group="school", group_equal=("loadings", "thresholds"))
    tested = fit.score_test()
    assert tested.chisq == pytest.approx(56.686, abs=1e-3)
    # lavaan counts all 33 restrictions, though scales, variances and means tell fewer apart.
    assert tested.df == 21


def test_residuals_of_a_group_vary_as_in_a_fit_of_it_alone(hs4):
    # lavaan divides their variances by the rows of all groups; of one group alone, as here,
    # lavResiduals(cfa(MODEL, hs4[hs4$school == "Pasteur", ], ordered = xs))$cov.z["x8", "x7"]
    model = "speed =~ x7 + x8 + x9\nvisual =~ x1 + 0.8*x2 + x3"
    together = rt.cfa(model, hs4, ordered=True, group="school").residual_table().set_index(NAME)
    alone = {
        place + 1: rt.cfa(model, hs4[hs4.school == school], ordered=True).residual_table().set_index(NAME)
        for place, school in enumerate(("Pasteur", "Grant-White"))
    }
    assert abs(alone[1].z["x7", "~~", "x8", 1]) == pytest.approx(3.2839888, rel=1e-4)
    for group, table in alone.items():
        own = together.xs(group, level="group")
        np.testing.assert_allclose(own.se, table.xs(1, level="group").se[own.index], rtol=1e-3, atol=1e-6)
