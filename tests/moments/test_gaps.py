"""Missing patterns, Little's test and normality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

import rantau as rt

DATA = Path(__file__).parents[1] / "data"


def gappy() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "a": [1, 2, np.nan, 4, np.nan],
            "b": [1, np.nan, np.nan, 2, 3],
            "name": list("vwxyz"),
            "c": [1, 2, np.nan, 2, 1],
        }
    )


def test_missing_patterns_count_rows_and_items() -> None:
    found = rt.missing_answers(gappy())
    assert found.left_out == ("name",)
    assert (found.n_obs, found.n_complete, found.n_empty) == (5, 2, 1)
    assert found.patterns().n.tolist() == [2, 1, 1, 1]
    assert set(found.patterns().missing) == {"", "b", "a", "a b c"}
    assert found.items().missing.to_dict() == {"a": 2, "b": 2, "c": 1}
    assert found.pairs().loc["a", "b"] == pytest.approx(2 / 5)
    assert found.share == pytest.approx(5 / 15)
    assert found.matrix().n.sum() == 5
    assert "no answer at all" in str(found)
    assert "name" in str(found)


def test_little_by_the_saturated_moments_of_lavaan() -> None:
    # In R, with m and S the saturated moments that lavaan 0.6-14 finds by EM: for (rows of one pattern, items o seen)
    # d2 <- d2 + nrow(rows) * t(colMeans(rows[, o]) - m[o]) %*% solve(S[o, o]) %*% (colMeans(rows[, o]) - m[o])
    found = rt.mcar_test(pd.read_csv(DATA / "hs_gaps.csv")[[f"x{place}" for place in range(1, 10)]])
    assert found.statistic == pytest.approx(310.245994, rel=1e-6)
    assert (found.df, found.n_patterns) == (323, 48)
    assert found.pvalue == pytest.approx(stats.chi2.sf(310.245994, 323), rel=1e-4)


def test_little_rejects_gaps_that_depend_on_answers() -> None:
    data = pd.read_csv(DATA / "hs.csv")[["x1", "x2", "x3"]]
    found = rt.mcar_test(data.assign(x2=data.x2.mask(data.x1 > data.x1.quantile(0.7))))
    assert found.pvalue < 1e-6
    assert "not missing completely at random" in str(found)


def test_little_has_its_size_under_mcar_and_power_under_mar() -> None:
    rng = np.random.default_rng(3)
    random, selective = [], []
    for _ in range(60):
        draw = rng.normal(size=(300, 4)) + rng.normal(size=(300, 1))
        data = pd.DataFrame(draw, columns=list("abcd"))
        random.append(rt.mcar_test(data.mask(rng.random(data.shape) < 0.1)).pvalue)
        selective.append(rt.mcar_test(data.assign(d=data.d.mask(data.a > 0.5))).pvalue)
    assert np.mean(np.array(random) < 0.05) < 0.15
    assert np.mean(np.array(selective) < 0.05) == 1.0


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (pd.DataFrame({"a": [1, 2, 3], "b": [3, 1, 2]}), "no answer is missing"),
        (pd.DataFrame({"a": [1, 2, 3], "b": [np.nan] * 3}), "the same items"),
        (pd.DataFrame({"a": [1, 2, 3]}), "2 or more items are needed, got a"),
        (pd.DataFrame({"a": ["x", "y"]}), "got none. Columns without numbers: a"),
        ({"a": 1}, "must be Responses or a data frame, got dict"),
    ],
)
def test_little_says_what_is_wrong(data: object, match: str) -> None:
    with pytest.raises(rt.RantauError, match=match):
        rt.mcar_test(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("p", [1, 2, 5])
def test_henze_zirkler_is_pingouins(p: int) -> None:
    data = pd.DataFrame(np.random.default_rng(p).normal(size=(150, p)) ** 2, columns=list("abcde")[:p])
    data.iloc[0, 0] = np.nan
    found = rt.normality(data)
    theirs = pingouin.multivariate_normality(data.dropna()) if p > 1 else None
    assert found.n_obs == 149
    if theirs is not None:
        assert found.henze_zirkler == pytest.approx(theirs.hz, rel=1e-10)
        assert found.table().p["henze_zirkler"] == pytest.approx(theirs.pval, rel=1e-6, abs=1e-300)


def test_mardia_of_one_item_is_its_own_skewness_and_kurtosis() -> None:
    values = np.random.default_rng(5).gamma(2.0, size=200)
    found = rt.normality(pd.DataFrame({"a": values}))
    assert found.skewness == pytest.approx(stats.skew(values) ** 2)
    assert found.kurtosis == pytest.approx(stats.kurtosis(values, fisher=False))
    assert found.items().loc["a", "skew"] == pytest.approx(stats.skew(values, bias=False))
    assert found.items().loc["a", "kurtosis"] == pytest.approx(stats.kurtosis(values, bias=False))


def test_mardia_by_all_pairs_of_rows() -> None:
    values = np.random.default_rng(6).gamma(2.0, size=(80, 3))
    away = values - values.mean(axis=0)
    distance = away @ np.linalg.inv(away.T @ away / 80) @ away.T
    found = rt.normality(pd.DataFrame(values, columns=list("abc")))
    assert found.skewness == pytest.approx((distance**3).mean())
    assert found.kurtosis == pytest.approx((np.diag(distance) ** 2).mean())


def test_normality_does_not_hang_on_units() -> None:
    data = pd.read_csv(DATA / "hs.csv")[[f"x{i}" for i in range(1, 10)]]
    one, two = rt.normality(data), rt.normality(data * 1e4 + 7)
    assert one.table().statistic.to_numpy() == pytest.approx(two.table().statistic.to_numpy(), rel=1e-8)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (pd.DataFrame({"a": [1, 1, 1, 1], "b": [1, 2, 3, 5]}), "'a' has the same value"),
        (pd.DataFrame({"a": [1, 2, 3, 5.0], "b": [2, 4, 6, 10.0]}), "repeats what other items say"),
        (pd.DataFrame({"a": [1, 2.0], "b": [2, 1.0]}), "2 complete rows are too few for 2 items"),
        (pd.DataFrame({"a": []}, dtype=float), "there are no rows"),
    ],
)
def test_normality_says_what_is_wrong(data: pd.DataFrame, match: str) -> None:
    with pytest.raises(rt.RantauError, match=match):
        rt.normality(data)
