"""Agreement of informants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pingouin
import pytest

import rantau as rt


def firms(n: int = 30, k: int = 4, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(3, 0.7, size=n), k)
    answers = {item: np.clip(np.round(level + rng.normal(0, 0.6, n * k)), 1, 5) for item in "abc"}
    return pd.DataFrame({"firm": np.repeat([f"f{i}" for i in range(n)], k), **answers})


def test_r_wg_of_james_demaree_and_wolf() -> None:
    data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "a": [4, 4, 5, 1, 3, 5], "b": [4, 5, 5, 2, 3, 4]})
    one = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5)).units().r_wg
    assert one.tolist() == pytest.approx([1 - (1 / 3) / 2, 1 - 4 / 2])
    # Two items: J (1 - s2 / 2) / (J (1 - s2 / 2) + s2 / 2) with s2 the mean variance.
    both = rt.agreement(data, "firm", constructs={"A": ["a", "b"]}, scale=(1, 5)).units().r_wg
    assert both[0] == pytest.approx(2 * (5 / 6) / (2 * (5 / 6) + 1 / 6))
    table = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5)).table()
    assert table.loc["A", "r_wg_below_0"] == 1
    assert table.loc["A", "r_wg_mean"] == pytest.approx((5 / 6) / 2)


@pytest.mark.parametrize(
    ("null", "points", "variance"),
    [("uniform", 5, 2.0), ("triangular", 5, 4 / 3), ("uniform", 7, 4.0), ("triangular", 4, 22 / 24)],
)
def test_null_variances(null: str, points: int, variance: float) -> None:
    data = firms().assign(a=lambda frame: np.minimum(frame.a, points))
    found = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, points), null=null)
    assert found.null_variance == pytest.approx((variance,))
    other = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, points), null_variance=variance)
    assert other.units().equals(found.units())


def test_intraclass_correlations_are_pingouins() -> None:
    data = firms()
    found = rt.agreement(data, "firm", constructs={"A": ["a", "b", "c"]}, scale=(1, 5)).table().loc["A"]
    long = pd.DataFrame(
        {"firm": data.firm, "rater": np.tile(np.arange(4), 30), "score": data[["a", "b", "c"]].mean(axis=1)}
    )
    icc = pingouin.intraclass_corr(long, targets="firm", raters="rater", ratings="score")
    values = icc.set_index("Type")["ICC"]
    single = values[next(name for name in values.index if name in ("ICC1", "ICC(1,1)"))]
    average = values[next(name for name in values.index if name in ("ICC1k", "ICC(1,k)"))]
    assert found.icc1 == pytest.approx(single, abs=2e-3)
    assert found.icc2 == pytest.approx(average, abs=2e-3)
    anova = pingouin.anova(long, dv="score", between="firm")
    assert found.f == pytest.approx(anova["F"].iloc[0], rel=1e-9)
    assert (found.df1, found.df2) == (29, 90)


def test_units_with_one_informant_and_rows_without_a_unit_are_told() -> None:
    data = pd.concat([firms(), pd.DataFrame({"firm": ["lone", None], "a": [3.0, 3.0]})], ignore_index=True)
    found = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5))
    assert found.n_left_out == 1
    assert found.constructs[0].n_single == 1
    assert found.table().loc["A", "units"] == 30
    assert "1 rows name no unit" in str(found)
    assert "1 units with one informant" in str(found)


def test_uneven_units_take_haggards_average_size() -> None:
    data = firms().drop(index=[0, 1, 5])
    one = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5)).constructs[0]
    sizes = one.sizes
    assert one.n_average == pytest.approx((sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1))
    assert one.icc2 == pytest.approx(1 - 1 / one.f_test[0])


def test_a_unit_is_known_as_a_group_is() -> None:
    firm = ["x", " x", 7, 7.0, "NA", "NA", ""]
    data = pd.DataFrame({"firm": firm, "a": [3, 4, 4, 4, 1, 5, 5]})
    found = rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5))
    assert found.units().firm.tolist() == ["x", "7"]
    assert found.n_left_out == 3


def test_what_cannot_be_divided_is_not_a_number() -> None:
    def of(*answers: int) -> pd.Series:
        data = pd.DataFrame({"firm": [1, 1, 2, 2], "a": answers})
        return rt.agreement(data, "firm", constructs={"A": ["a"]}, scale=(1, 5)).table().loc["A"]

    # Units whose means are alike, and answers that are all alike.
    alike, constant, apart = of(3, 5, 3, 5), of(3, 3, 3, 3), of(3, 3, 5, 5)
    assert alike[["icc1", "f"]].tolist() == [-1, 0]
    assert np.isnan(alike.icc2)
    assert constant[["icc1", "icc2", "f", "p"]].isna().all()
    assert constant.r_wg_mean == 1
    assert apart[["icc1", "icc2", "f", "p"]].tolist() == [1, 1, np.inf, 0]


def test_a_construct_of_constructs_has_no_answers_to_agree_on() -> None:
    keys = {"A": ["a", "b"], "B": ["c"], "Both": ["A", "B"]}
    answers = rt.responses_of(firms(), keys, scale=(1, 5))
    assert rt.agreement(answers, "firm").table().index.tolist() == ["A", "B"]
    for told in ({"constructs": {"A": ["a"]}}, {"scale": (1, 7)}):
        with pytest.raises(rt.RantauError, match="responses know their constructs and scales"):
            rt.agreement(answers, "firm", **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"group": "frim"}, r"no such column\. Did you mean 'firm'"),
        ({"constructs": None}, "needs constructs="),
        ({"scale": None}, r"such as scale=\(1, 5\), got None"),
        ({"scale": (5, 1)}, "needs its scale"),
        ({"scale": (1, 3)}, "outside the scale from 1 to 3"),
        ({"null": "skewed"}, "unknown null 'skewed'"),
        ({"null_variance": -1}, "above 0"),
        ({"constructs": {"A": "abc"}}, "needs a list of items"),
        ({"constructs": {"A": ["a", "z"]}}, "not among the columns"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, object], match: str) -> None:
    asked = {"group": "firm", "constructs": {"A": ["a"]}, "scale": (1, 5), **options}
    with pytest.raises(rt.RantauError, match=match):
        rt.agreement(firms(), **asked)  # type: ignore[arg-type]


def test_one_unit_is_too_few() -> None:
    with pytest.raises(rt.RantauError, match="'A' has 1 units with two informants"):
        rt.agreement(firms(1), "firm", constructs={"A": ["a"]}, scale=(1, 5))
