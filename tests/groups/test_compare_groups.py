"""Groups by PLS: cSEM's and seminr's numbers, what must be so whatever the data, and what is refused."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import AdmissibilityWarning, EstimationError, OptionError, ResponseError
from rantau.groups.corrections import CORRECTIONS, adjusted

TESTS = Path(__file__).parent.parent
MODEL = json.loads((TESTS / "golden" / "pls" / "csem_reputation_ext.json").read_text())["model"]
SMALL = "COMP =~ comp_1 + comp_2 + comp_3\nLIKE =~ like_1 + like_2 + like_3\nCUSL =~ cusl_1 + cusl_2 + cusl_3\n"
PATHS = "CUSL ~ COMP + LIKE\n"
PERMUTATIONS = 4000


@cache
def golden(name):
    return json.loads((TESTS / "golden" / "groups" / f"{name}_reputation_servicetype.json").read_text())


@cache
def answers():
    frame = pd.read_csv(TESTS / "data" / "reputation_mean_imputed.csv")
    others = pd.read_csv(TESTS / "data" / "reputation.csv")[["servicetype", "serviceprovider"]]
    return frame.assign(**others).sort_values("servicetype", kind="stable").reset_index(drop=True)


@cache
def compared():
    return rt.compare_groups(rt.pls(MODEL, answers()), by="servicetype", seed=3, permutations=PERMUTATIONS, draws=2000)


@cache
def small(**options):
    return rt.compare_groups(rt.pls(SMALL + PATHS, answers()), by="servicetype", permutations=200, **options)


def near(ours, theirs, draws=1000):
    """Whether two simulated p-values differ by no more than four standard errors."""
    error = np.sqrt(theirs * (1 - theirs) * (1 / draws + 1 / PERMUTATIONS)) + 2 / draws
    return np.abs(ours - theirs) < 4 * error


def test_csem_estimates_of_groups():
    found = compared()
    assert found.groups == ("1", "2")
    assert found.sizes == (125, 219)
    table = found.table()
    for column, group in (("est_1", "g1"), ("est_2", "g2")):
        block = golden("csem")["groups"][group]["path"]
        theirs = pd.DataFrame(block["values"], index=block["rows"], columns=block["cols"])
        expected = [theirs.loc[lhs, rhs] for lhs, rhs in zip(table.lhs, table.rhs, strict=True)]
        assert table[column].tolist() == pytest.approx(expected, abs=1e-7)
    explained = found.table(of="r_squared").set_index("lhs")
    assert explained.est_2.to_dict() == pytest.approx(golden("csem")["groups"]["g2"]["R2"], abs=1e-7)


def test_csem_permutation_differences():
    theirs = golden("csem")["mgd"]["Chin"]
    ours = pd.concat([compared().table(of=of) for of in ("paths", "loadings", "weights")])
    ours.index = [f"{row.lhs} {row.op} {row.rhs}" for row in ours.itertuples()]
    values, p = theirs["Test_statistic"]["g1_g2"], theirs["P_value"]["none"]["g1_g2"]
    assert ours.loc[list(values), "difference"].tolist() == pytest.approx(list(values.values()), abs=1e-7)
    for name, expected in p.items():
        if expected == 2:
            # The loading of a single item is 1 in any division: nothing is tested.
            assert np.isnan(ours.loc[name, "p_permutation"])
        elif " ~ " in name:
            assert near(ours.loc[name, "p_permutation"], expected), name


def test_csem_distances():
    theirs = golden("csem")["mgd"]["Klesel"]
    found = rt.compare_groups(rt.pls(MODEL, answers()), by="servicetype", seed=3, draws=0).distances().table()
    ours = found.set_index("distance")
    for name, other in (("d_g", "dG"), ("d_l", "dL")):
        assert ours.est[name] == pytest.approx(theirs["Test_statistic"][other], abs=1e-7)
        p = theirs["P_value"][other]
        assert abs(ours.p[name] - p) < 4 * np.sqrt(p * (1 - p) * 2 / 1000)


def test_csem_compositional_invariance():
    """cSEM multiplies weights of standardised items by items as they were answered."""
    theirs = golden("csem")["micom"]["step2"]
    ours = compared().micom(items="raw").set_index("construct")
    assert ours.c.to_dict() == pytest.approx(theirs["Test_statistic"]["g1_g2"], abs=1e-7)
    for name, p in theirs["P_value"]["none"]["1_2"].items():
        assert near(ours.c_p[name], p), name


def test_csem_means_and_variances():
    """cSEM takes the first 125 rows of an unsorted file for the first group; so labelled, its numbers are ours."""
    unsorted = pd.read_csv(TESTS / "data" / "reputation_mean_imputed.csv")
    fit = rt.pls(MODEL, unsorted)
    by = np.where(np.arange(344) < 125, "g1", "g2")
    ours = rt.compare_groups(fit, by=by, permutations=PERMUTATIONS, draws=0).micom().set_index("construct")
    for kind, value, p in (("Mean", "mean_difference", "mean_p"), ("Var", "log_variance_ratio", "variance_p")):
        theirs = golden("csem")["micom"]["step3"][kind]
        assert ours[value].to_dict() == pytest.approx(theirs["Test_statistic"]["g1_g2"], abs=1e-7)
        for name, expected in theirs["P_value"]["none"]["g1_g2"].items():
            assert near(ours[p][name], expected), (kind, name)


def test_seminr_mga():
    theirs = pd.DataFrame(golden("seminr")["mga"]["tab"])
    ours = compared().table().set_index(["lhs", "rhs"])
    draws = compared().bootstrapped.mean(axis=1)
    for row in theirs.itertuples():
        mine = ours.loc[(row.target, row.source)]
        assert (mine.est_1, mine.est_2) == pytest.approx((row.group1_beta, row.group2_beta), abs=1e-5)
        # Theirs are 1000 draws of each group; the probability is about as uncertain as a share of these.
        p = row.pls_mga_p
        assert abs(mine.not_larger - p) < 4 * np.sqrt(p * (1 - p) / 1000) + 0.005, (row.target, row.source)
        place = [one.lhs == row.target and one.rhs == row.source and one.op == "~" for one in compared().quantities]
        assert draws[0, place][0] == pytest.approx(row.group1_beta_mean, abs=0.02)


def test_student_tests_follow_their_formulas():
    full = small().student_tests().iloc[0]
    n1, n2 = small().sizes
    pooled = np.sqrt(((n1 - 1) ** 2 * full.se_1**2 + (n2 - 1) ** 2 * full.se_2**2) / (n1 + n2 - 2))
    assert full.t_parametric == pytest.approx(full.difference / (pooled * np.sqrt(1 / n1 + 1 / n2)))
    assert full.df_parametric == n1 + n2 - 2
    a, b = (n1 - 1) / n1 * full.se_1**2, (n2 - 1) / n2 * full.se_2**2
    assert full.t_welch == pytest.approx(full.difference / np.sqrt(a + b))
    assert full.df_welch == pytest.approx((a + b) ** 2 / (a**2 / (n1 - 1) + b**2 / (n2 - 1)) - 2)
    assert small().table().p_welch[0] == pytest.approx(full.p_welch)


def test_units_of_items_do_not_matter_unless_raw():
    scaled = answers().assign(comp_1=lambda frame: 100 * frame.comp_1)
    found = rt.compare_groups(rt.pls(SMALL + PATHS, scaled), by="servicetype", permutations=200)
    pd.testing.assert_frame_equal(found.micom(), small().micom())
    assert not np.allclose(found.micom(items="raw").c, small().micom(items="raw").c, atol=1e-6)


def test_groups_that_are_copies_are_invariant():
    twice = pd.concat([answers().assign(half="a"), answers().assign(half="b")], ignore_index=True)
    found = rt.compare_groups(rt.pls(SMALL + PATHS, twice), by="half", permutations=50, draws=50)
    state = found.micom()
    assert state.c.tolist() == pytest.approx([1.0] * 3)
    assert state.mean_difference.tolist() == pytest.approx([0.0] * 3, abs=1e-12)
    assert (state.invariance == "full").all()
    assert found.table().difference.abs().max() < 1e-12
    assert found.permits().permitted.all()


def test_a_composite_that_differs_forbids_its_paths():
    random = np.random.default_rng(4)
    n = 400
    group = np.repeat(["a", "b"], n // 2)
    items = random.normal(size=(n, 3))
    weights = np.where(group == "a", 1.0, 0.0)[:, None] * [1, 0.5, 0] + np.where(group == "b", 1.0, 0.0)[:, None] * [
        -0.2,
        0.3,
        1,
    ]
    y = (items * weights).sum(axis=1) + random.normal(size=n) + np.where(group == "b", 2.0, 0.0)
    data = pd.DataFrame({"x1": items[:, 0], "x2": items[:, 1], "x3": items[:, 2], "y": y, "group": group})
    found = rt.compare_groups(rt.pls("X <~ x1 + x2 + x3\ny ~ X", data), by="group", permutations=200)
    state = found.micom().set_index("construct")
    assert state.invariance.to_dict() == {"X": "none", "y": "partial"}
    assert state.mean_difference["y"] < -0.5
    permits = found.permits().set_index(["comparison", "subject"])
    assert not permits.permitted["path", "y ~ X"]
    assert "X has another composite" in permits.because["path", "y ~ X"]
    assert permits.permitted["mean", "y"]
    assert "X (none), y (partial)" in permits.because["pooling", "all rows"]
    assert found.table().permitted.tolist() == [False]


def test_every_two_of_several_groups():
    found = rt.compare_groups(rt.pls(SMALL + PATHS, answers()), by="serviceprovider", permutations=60, draws=0)
    assert len(found.pairs) == 6
    table = found.table()
    assert len(table) == 12
    assert "not_larger" not in table
    own = answers().query("serviceprovider == 4")
    alone = rt.pls(SMALL + PATHS, own).paths()
    last = table[table.group_2 == "4"].drop_duplicates(["lhs", "rhs"])
    assert last.est_2.tolist() == pytest.approx(alone.est.tolist(), abs=1e-8)
    holm = found.table(adjust="holm").p_permutation
    assert (holm >= table.p_permutation).all()
    assert found.distances().table().p.between(0, 1).all()


def test_gaps_weights_and_stages():
    frame = answers().copy()
    frame.loc[::7, "comp_2"] = np.nan
    frame["w"] = 1.0 + frame.index % 3
    product = SMALL + "CUSL ~ COMP + LIKE + COMP:LIKE\n"
    for model, options in (
        (SMALL + PATHS, {"missing": "em"}),
        (SMALL + PATHS, {"missing": "listwise"}),
        (SMALL + PATHS, {"weights": "w"}),
        (product, {}),
        (SMALL + "Both =~ COMP + LIKE\nCUSL ~ Both\n", {}),
    ):
        found = rt.compare_groups(rt.pls(model, frame, **options), by="servicetype", permutations=40, draws=20)
        assert found.micom().c.between(0.9, 1).all()
        assert found.table().p_permutation.between(0, 1).all()
        part = frame.query("servicetype == 2")
        assert found.table().est_2.tolist() == pytest.approx(
            rt.pls(model, part, **options).paths().est.tolist(), abs=1e-7
        )
        assert np.isfinite(found.distances().values).all()
    assert (
        "COMP:LIKE"
        not in rt.compare_groups(rt.pls(product, frame), by="servicetype", permutations=40, draws=0)
        .micom()
        .construct.tolist()
    )


def test_a_group_that_is_inadmissible_is_told():
    fit = rt.pls(SMALL + PATHS, answers(), consistent=True)
    with pytest.warns(AdmissibilityWarning, match="group '2': the consistent loading of comp_1 exceeds 1"):
        found = rt.compare_groups(fit, by="servicetype", permutations=100, draws=100)
    assert found.configural().estimated.tolist() == [True, False]
    assert "group 2 is not estimated properly" in found.permits().because[0]
    assert not found.permits().permitted.any()
    assert sum(count for _, count in found.failed) == sum(reason != "" for reason in found.pairs[0].reasons) > 0
    lost = np.isnan(found.bootstrapped).all(axis=2).sum()
    assert sum(count for _, count in found.failed_draws) == lost > 0
    assert "bootstrap draws failed: group '2': loading_above_one" in str(found)


def test_a_p_of_exactly_five_per_cent_is_not_below_it():
    found = small()
    (pair,) = found.pairs
    one = np.ones_like(pair.permuted_c)[:99]
    one[:4] = 0.4
    tied = found.replace(pairs=(pair.replace(c=np.full(3, 0.5), permuted_c=one),)).micom()
    assert tied.c_p.tolist() == [0.05] * 3
    assert tied.compositional.all()


def test_a_distance_that_is_undefined_takes_nothing_from_the_other():
    """Items of a composite that determine one another: their correlations have no geodesic distance to any."""
    frame = answers().assign(sum=lambda table: table.comp_1 + table.comp_2)
    fit = rt.pls("COMP <~ comp_1 + comp_2 + sum\nCUSL =~ cusl_1 + cusl_2\nCUSL ~ COMP", frame, modes={"COMP": "A"})
    found = rt.compare_groups(fit, by="servicetype", permutations=60, draws=0).distances()
    table = found.table().set_index("distance")
    assert table.loc["d_g"].isna().all()
    share = (1 + (found.permuted[:, 1] >= found.values[1]).sum()) / 61
    assert table.loc["d_l", "p"] == pytest.approx(share)
    assert "60 permutations" in str(found)


def test_what_some_draw_leaves_undefined_has_no_interval():
    """The logarithm of a path that is negative in one of the draws: limits were those of the others."""
    found = small()
    at = [one.op for one in found.quantities].index("~")
    lost = found.bootstrapped.copy()
    lost[0, 3, at] = np.nan
    table = found.replace(bootstrapped=lost).table()
    assert table.loc[0, ["low_1", "high_1", "not_larger", "p_henseler"]].isna().all()
    assert table.loc[0, ["low_2", "high_2"]].notna().all()
    assert table.loc[1].equals(found.table().loc[1])


def test_weights_of_rows_are_rows():
    """A row of weight 2 counts in means and correlations as two rows do."""
    frame = answers().assign(w=lambda table: 1.0 + table.index % 2)
    doubled = frame.loc[frame.index.repeat(frame.w.astype(int))].drop(columns="w").reset_index(drop=True)
    one = rt.compare_groups(rt.pls(SMALL + PATHS, frame, weights="w"), by="servicetype", permutations=20, draws=0)
    two = rt.compare_groups(rt.pls(SMALL + PATHS, doubled), by="servicetype", permutations=20, draws=0)
    assert one.micom().c.tolist() == pytest.approx(two.micom().c.tolist(), abs=1e-9)
    assert one.micom().mean_difference.tolist() == pytest.approx(two.micom().mean_difference.tolist(), rel=2e-3)


def test_rows_without_a_group_are_left_out():
    frame = answers().assign(servicetype=lambda table: table.servicetype.astype(object).where(table.index > 9, None))
    found = rt.compare_groups(rt.pls(SMALL + PATHS, frame), by="servicetype", permutations=20, draws=0)
    assert found.left_out == 10
    assert sum(found.sizes) == 334
    assert "10 rows belong to no group" in str(found)


def test_labels_and_names_are_the_same_and_seeds_repeat():
    fit = rt.pls(SMALL + PATHS, answers())
    first = rt.compare_groups(fit, by=answers().servicetype, permutations=200)
    pd.testing.assert_frame_equal(first.table(), small().table())
    other = rt.compare_groups(fit, by="servicetype", permutations=200, seed=2)
    assert other.table().p_permutation.tolist() != first.table().p_permutation.tolist()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"by": "servicetpe"}, ResponseError, "Did you mean 'servicetype'"),
        ({"by": "comp_1"}, OptionError, "is an item of the model"),
        ({"by": [1, 2]}, OptionError, "2 labels, and the data have 344 rows"),
        ({"by": ["a"] * 344}, EstimationError, "two groups at least"),
        ({"by": list(range(344))}, EstimationError, "divides nothing"),
        ({"by": ["a"] * 343 + ["b"]}, EstimationError, "group 'b' has fewer than 3 rows"),
        ({"by": ["a"] * 340 + ["b"] * 4}, EstimationError, "group 'b' .4 rows. cannot be estimated"),
        ({"by": "servicetype", "permutations": 5}, OptionError, "20 or more"),
        ({"by": "servicetype", "draws": 1}, OptionError, "0 for none"),
    ],
)
def test_refusals(options, error, text):
    with pytest.raises(error, match=text):
        rt.compare_groups(rt.pls(MODEL, answers()), **options)


def test_other_refusals():
    with pytest.raises(OptionError, match=r"by rt\.sem compares groups by group="):
        rt.compare_groups(rt.sem(SMALL + PATHS, answers()), by="servicetype")
    with pytest.raises(OptionError, match="Did you mean 'paths'"):
        small().table(of="path")
    with pytest.raises(OptionError, match="by= takes the name of a column, such as by='gender', or a label for each"):
        rt.compare_groups(rt.pls(SMALL + PATHS, answers()), by=None)
    with pytest.raises(OptionError, match="level must lie between 0 and 1"):
        small().table(of="loadings", level=95)
    with pytest.raises(OptionError, match="Did you mean 'raw'"):
        small().table(of="loadings", items="rw")
    with pytest.raises(OptionError, match="no definitions to compare"):
        small().table(of="definitions")
    with pytest.raises(EstimationError, match="draws=0"):
        rt.compare_groups(rt.pls(SMALL + PATHS, answers()), by="servicetype", permutations=20, draws=0).student_tests()


def test_corrections_are_those_of_r():
    """p.adjust(c(.01, .04, .03, .005, .5), method) of R 4.2."""
    p = np.array([0.01, 0.04, 0.03, 0.005, np.nan, 0.5])
    theirs = {
        "none": [0.01, 0.04, 0.03, 0.005, 0.5],
        "bonferroni": [0.05, 0.2, 0.15, 0.025, 1.0],
        "holm": [0.04, 0.09, 0.09, 0.025, 0.5],
        "hochberg": [0.04, 0.08, 0.08, 0.025, 0.5],
        "bh": [0.025, 0.05, 0.05, 0.025, 0.5],
        "by": [0.05708333, 0.11416667, 0.11416667, 0.05708333, 1.0],
    }
    assert set(theirs) == set(CORRECTIONS)
    for method, expected in theirs.items():
        ours = adjusted(p, method)
        assert np.isnan(ours[4])
        assert ours[~np.isnan(p)].tolist() == pytest.approx(expected, abs=1e-7)


def test_an_assessment_takes_a_comparison():
    told = str(rt.assess(small().fit, by=small()))
    assert "invarian" in told
