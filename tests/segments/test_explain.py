"""Columns held against segments: tests as SciPy's, agreement as counted, and what cannot be looked at."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import rantau as rt
from rantau.errors import EstimationError, OptionError, ResponseError
from rantau.segments.agreement import adjusted_rand
from rantau.segments.explain import best_cut


def rows(n=120, seed=2):
    random = np.random.default_rng(seed)
    segment = random.choice(["1", "2", "3"], size=n, p=[0.5, 0.3, 0.2])
    data = pd.DataFrame(
        {
            "plan": np.where(random.random(n) < 0.8, segment, "1"),
            "sex": random.choice(["f", "m"], size=n),
            "age": 30 + 10 * (segment == "2") + random.normal(size=n) * 5,
            "code": random.integers(1, 4, size=n),
        }
    )
    data["plan"] = data["plan"].map({"1": "basic", "2": "family", "3": "firm"})
    return data, segment


def test_tests_are_those_of_scipy():
    data, segment = rows()
    data.loc[5, "age"] = np.nan
    data.loc[7, "plan"] = None
    found = rt.explain_segments(segment, data, adjust="bonferroni").table().set_index("column")
    assert found.index[0] == "plan"
    for name in ("plan", "sex", "code"):
        table = pd.crosstab(data[name], segment)
        chi = stats.chi2_contingency(table, correction=False)
        assert found.statistic[name] == pytest.approx(chi.statistic)
        assert found.p[name] == pytest.approx(chi.pvalue)
        assert found.df1[name] == chi.dof
        assert found.effect[name] == pytest.approx(stats.contingency.association(table.to_numpy(), method="cramer"))
        assert found.below_5[name] == pytest.approx((chi.expected_freq < 5).mean())
        assert found.classified[name] == pytest.approx(table.max(axis=1).sum() / table.to_numpy().sum())
        assert found.chance[name] == pytest.approx(table.sum().max() / table.to_numpy().sum())
    known = data.age.notna().to_numpy()
    parts = [data.age[known & (segment == one)] for one in ("1", "2", "3")]
    one_way = stats.f_oneway(*parts)
    assert found.statistic["age"] == pytest.approx(one_way.statistic)
    assert found.p["age"] == pytest.approx(one_way.pvalue)
    age = data.age[known]
    between = sum(len(part) * (part.mean() - age.mean()) ** 2 for part in parts)
    assert found.effect["age"] == pytest.approx(between / ((age - age.mean()) ** 2).sum())
    assert found.df2["age"] == 116 and found.rows["age"] == 119
    assert (found.p_adjusted == np.minimum(4 * found.p, 1)).all()


def test_a_number_is_cut_where_it_tells_most():
    data, segment = rows()
    found = rt.explain_segments(segment, data, by="age")
    sides = found.groups("age")
    assert set(sides) == set(found.crosstab("age").index)
    values = np.sort(data.age.unique())
    best = max(
        stats.chi2_contingency(pd.crosstab(data.age > cut, segment), correction=False).statistic
        for cut in (values[1:] + values[:-1]) / 2
    )
    assert stats.chi2_contingency(found.crosstab("age"), correction=False).statistic == pytest.approx(best)
    assert found.table().adjusted_rand[0] == pytest.approx(adjusted_rand(sides, segment))
    assert best_cut(np.array([1.0, 2.0, 5.0, 9.0]), np.array([0, 0, 1, 1]), 2) == 3.5


def test_adjusted_rand_is_that_of_the_paper():
    """Hubert and Arabie (1985) and scikit-learn's documentation: two labellings of six rows."""
    assert adjusted_rand([0, 0, 1, 1], [0, 0, 1, 2]) == pytest.approx(0.5714, abs=1e-4)
    assert adjusted_rand([0, 0, 1, 2], [0, 0, 1, 1]) == pytest.approx(0.5714, abs=1e-4)
    assert adjusted_rand([0, 0, 0, 0], [0, 1, 2, 3]) == pytest.approx(0.0)
    assert adjusted_rand(["a", "b", "", "b"], [1, 2, 1, 2]) == 1
    assert np.isnan(adjusted_rand([1, 1], [2, 2]))


def test_what_explains_leads_to_a_comparison_of_groups():
    random = np.random.default_rng(5)
    x = random.normal(size=300)
    old = np.arange(300) % 2 == 0
    data = pd.DataFrame({"x": x, "y": np.where(old, 0.9, -0.9) * x + 0.3 * random.normal(size=300)})
    data["age"] = np.where(old, 50, 30) + random.integers(0, 15, size=300)
    data["noise"] = random.choice(["a", "b", "c"], size=300)
    data["id"] = [f"r{row}" for row in range(300)]
    data["country"] = "ID"
    fit = rt.pls("y ~ x", data)
    mixture = rt.fimix(fit, segments=2, starts=3)
    found = rt.explain_segments(mixture.memberships(2), data.drop(columns=["x", "y"]))
    assert found.table()["column"].tolist() == ["age", "noise"]
    assert dict(found.left_out) == {
        "id": "has 300 different entries in 300 rows, so it divides nothing",
        "country": "has one entry in all rows of the segments",
    }
    assert "'age' tells most" in found.advice and "rt.compare_groups(fit, by=found.groups('age'))" in str(found)
    compared = rt.compare_groups(fit, by=found.groups("age"), permutations=50, draws=0)
    assert compared.table().difference.abs()[0] > 1.2
    nothing = rt.explain_segments(mixture.memberships(2), data, by="noise")
    assert "No column tells the segments apart" in nothing.advice


def test_rows_without_a_segment_and_columns_of_responses():
    responses = rt.read_responses(
        "surveys/reputation/responses.csv", rt.read_survey("surveys/reputation/instrument.toml")
    )
    fit = rt.pls(rt.read_model("models/reputation.sem"), responses)
    memberships = rt.fimix(fit, segments=2, starts=2).memberships(2)
    memberships[:10] = ""
    found = rt.explain_segments(memberships, responses, by="servicetype")
    assert found.crosstab("servicetype").to_numpy().sum() == responses.n_obs - 10
    assert found.crosstab("servicetype").columns.tolist() == ["1", "2"]
    every = rt.explain_segments(memberships, responses)
    assert {one.name for one in every.columns} <= set(responses.extras_names)


def test_numbers_of_any_type_with_gaps_are_numbers():
    """Whole numbers with a gap, of pandas' own type, were taken for so many categories."""
    segment, age = ["1", "2"] * 30, [None, *range(20, 79)]
    plain = pd.DataFrame({"age": np.array(age, dtype=float)})
    own = plain.astype({"age": "Int64"})
    expected = rt.explain_segments(segment, plain).table()
    assert expected.kind.tolist() == ["number"]
    pd.testing.assert_frame_equal(rt.explain_segments(segment, own).table(), expected)
    pd.testing.assert_frame_equal(rt.explain_segments(segment, own, numbers="age").table(), expected)


def test_refusals():
    data, segment = rows(30)
    mixture = rt.fimix(rt.pls("age ~ code", data), segments=2, starts=1)
    with pytest.raises(OptionError, match=r"takes a segment for each row: give found.memberships\(2\)"):
        rt.explain_segments(mixture, data)
    with pytest.raises(OptionError, match="memberships has 3 labels, and the data have 30 rows"):
        rt.explain_segments(["1", "2", "1"], data)
    with pytest.raises(EstimationError, match="memberships has '1' in every row that has one; two segments at least"):
        rt.explain_segments(["1"] * 30, data)
    with pytest.raises(ResponseError, match=r"by='pln': the data have no such column. Did you mean 'plan'"):
        rt.explain_segments(segment, data, by="pln")
    with pytest.raises(ResponseError, match="numbers='plan': the column holds texts"):
        rt.explain_segments(segment, data, numbers="plan")
    with pytest.raises(OptionError, match="unknown adjust 'holms'"):
        rt.explain_segments(segment, data, adjust="holms")
    with pytest.raises(OptionError, match="unknown numbers 'size'"):
        rt.explain_segments(segment, data, by=["age"], numbers="size")
    with pytest.raises(EstimationError, match="by='same' has one entry in all rows"):
        rt.explain_segments(segment, data.assign(same="a"), by=["age", "same"])
    with pytest.raises(OptionError, match=r"unknown column 'sx'. Did you mean 'sex'"):
        rt.explain_segments(segment, data).crosstab("sx")


def test_what_is_no_segment_for_each_row():
    data, _ = rows(30)
    for wrong in (None, "code", 3):
        with pytest.raises(OptionError, match="a segment for each row, such as data"):
            rt.explain_segments(wrong, data)
    with pytest.raises(EstimationError, match="no segment in any row"):
        rt.explain_segments([None] * 30, data)
    with pytest.raises(EstimationError, match="30 different segments in 30 rows, so it divides nothing"):
        rt.explain_segments(range(30), data)


def test_it_shows_itself_in_a_notebook():
    data, segment = rows(30)
    found = rt.explain_segments(segment, data, by="code")
    assert repr(found).startswith("<Explanation: 1 column;")
    assert "<table" in found._repr_html_()
    assert found.advice in found._repr_html_()
