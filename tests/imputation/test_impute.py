"""Missing answers drawn many times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rantau as rt
from rantau.imputation.draw import Regression
from rantau.imputation.methods.pmm import pmm

ROOT = Path(__file__).parents[2]
BFI = pd.read_csv(ROOT / "tests" / "data" / "bfi.csv")
ITEMS = ["A1", "A2", "A3", "C1", "N1", "N2"]


def small(n: int = 120, seed: int = 1, share: float = 0.15) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    draw = (rng.normal(size=(n, 4)) + rng.normal(size=(n, 1))).round() + 4
    return pd.DataFrame(draw, columns=list("abcd")).mask(rng.random((n, 4)) < share)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), share=st.floats(0.01, 0.5), method=st.sampled_from(["pmm", "normal"]))
def test_answers_stay_and_gaps_are_filled(seed: int, share: float, method: str) -> None:
    data = small(seed=seed, share=share)
    before = data.copy()
    imputed = rt.impute(data, m=2, seed=seed, method=method, iterations=2)
    pd.testing.assert_frame_equal(data, before)
    for frame in imputed.frames():
        assert frame.notna().all(axis=None)
        assert np.array_equal(frame.to_numpy()[data.notna()], data.to_numpy()[data.notna()])
        if method == "pmm":
            assert all(set(frame[name]) <= set(data[name].dropna()) for name in data)


def test_a_seed_gives_the_same_draws_and_fewer_are_the_first_of_more() -> None:
    five, three = rt.impute(small(), m=5, seed=7), rt.impute(small(), m=3, seed=7)
    assert np.array_equal(five.drawn[:3], three.drawn)
    assert five == rt.impute(small(), m=5, seed=7)
    assert not np.array_equal(five.drawn, rt.impute(small(), m=5, seed=8).drawn)
    assert not np.array_equal(five.drawn[0], five.drawn[1])


def test_other_columns_rows_and_labels_are_kept() -> None:
    data = small().assign(name="x", day=pd.Timestamp("2024-01-01"))[["name", "a", "b", "day", "c", "d"]]
    data.index = pd.Index(np.arange(len(data)) + 100)
    frame = rt.impute(data, m=2).frame(1)
    assert list(frame.columns) == list(data.columns)
    assert frame.index.equals(data.index)
    assert frame.name.eq("x").all()
    assert frame.day.eq(pd.Timestamp("2024-01-01")).all()
    kinds = {
        "level": pd.Categorical(["low", "high", None] * 40, categories=["low", "high"], ordered=True),
        "yes": [True, False] * 60,
        "at": pd.date_range("2024-01-01", periods=120, tz="UTC"),
        "text": pd.array(["x", None] * 60, dtype="string"),
    }
    several = small().assign(**kinds).set_index(pd.MultiIndex.from_product([range(60), ["i", "ii"]]))
    frame = rt.impute(several, m=2).frame(np.int64(0))
    pd.testing.assert_frame_equal(frame[list(kinds)], several[list(kinds)])
    stacked = rt.impute(data, m=2).stacked()
    assert len(stacked) == 2 * len(data)
    assert stacked.imputation.unique().tolist() == [1, 2]


def test_items_not_named_are_left_alone() -> None:
    frame = rt.impute(BFI, m=2, items=ITEMS).frame(0)
    assert frame[ITEMS].notna().all(axis=None)
    assert frame["education"].isna().sum() == BFI["education"].isna().sum()


def test_groups_are_drawn_apart() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat(["x", "y"], 100)
    a = rng.normal(size=200)
    data = pd.DataFrame({"a": a, "b": np.where(group == "x", a, -a) + 0.1 * rng.normal(size=200), "group": group})
    holed = data.assign(b=data.b.mask(rng.random(200) < 0.4))
    missing = holed.b.isna()
    apart = rt.impute(holed, m=2, group="group", method="normal").frame(0)
    together = rt.impute(holed, m=2, items=["a", "b"], method="normal").frame(0)
    truth = data.b[missing]
    assert np.corrcoef(apart.b[missing], truth)[0, 1] > 0.95
    assert abs(np.corrcoef(together.b[missing], truth)[0, 1]) < 0.5


def test_pmm_takes_from_the_nearest_donors_only() -> None:
    answers = np.arange(100.0)
    found = Regression(answers, answers, np.array([50.2, -5.0, 300.0]), 1.0)
    drawn = np.array([pmm(found, np.random.default_rng(seed), donors=3) for seed in range(200)])
    assert set(drawn[:, 0]) == {49.0, 50.0, 51.0}
    assert set(drawn[:, 1]) == {0.0, 1.0, 2.0}
    assert set(drawn[:, 2]) == {97.0, 98.0, 99.0}


def test_pmm_takes_all_of_equal_donors_alike() -> None:
    found = Regression(np.arange(10.0), np.zeros(10), np.zeros(1), 1.0)
    drawn = [float(pmm(found, np.random.default_rng(seed), donors=2)[0]) for seed in range(600)]
    assert set(drawn) == set(range(10))
    assert max(drawn.count(k) for k in range(10)) < 120


def test_more_items_than_rows_ask_for_fewer_predictors() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(30, 40)) + rng.normal(size=(30, 1))).rename(columns=lambda k: f"i{k}")
    data = data.mask(rng.random(data.shape) < 0.05)
    with pytest.raises(rt.RantauError, match=r"too few to be drawn from 39 other items.*predictors="):
        rt.impute(data, m=2)
    assert rt.impute(data, m=2, predictors=5).frame(0).notna().all(axis=None)


def test_items_that_repeat_each_other_or_never_vary_do_no_harm() -> None:
    data = small().assign(e=lambda frame: frame.a, f=1.0)
    data.loc[3, "f"] = np.nan
    frame = rt.impute(data, m=2).frame(0)
    assert frame.notna().all(axis=None)
    assert frame.f.eq(1.0).all()


def test_chains_forget_where_they_began() -> None:
    table = rt.impute(small(400), m=8, iterations=20).convergence()
    assert table.index.tolist() == list("abcd")
    assert table.rhat_mean.between(0.9, 1.3).all()
    assert rt.impute(small(), m=2, iterations=2).convergence().rhat_mean.isna().all()


def test_responses_keep_their_instrument_and_log() -> None:
    survey = rt.read_survey(ROOT / "surveys" / "mobile" / "instrument.toml")
    responses = rt.read_responses(ROOT / "surveys" / "mobile" / "responses.csv", survey)
    values = np.array(responses.values)
    values[np.random.default_rng(1).random(values.shape) < 0.05] = np.nan
    imputed = rt.impute(responses.replace(values=values), m=2)
    completed = imputed.completed(1)
    assert np.isfinite(completed.values).all()
    assert completed.survey == survey
    assert "predictive mean matching" in str(completed.log[-1])
    assert sum(change.cells for change in imputed.log) == np.isnan(values).sum()
    with pytest.raises(rt.RantauError, match="has no instrument"):
        rt.impute(small(), m=2).completed(0)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"m": 1}, "m must be a whole number of at least 2, got 1"),
        ({"m": True}, "m must be a whole number"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"iterations": 0}, "iterations must be"),
        ({"donors": 2.5}, "donors must be"),
        ({"method": "pm"}, "unknown method 'pm'. Did you mean 'pmm'"),
        ({"items": ["a"]}, "2 or more items are needed, got a"),
        ({"items": ["a", "bb"]}, "not among the columns"),
        ({"group": "school"}, "group='school': the data have no such column"),
        ({"group": "a", "items": ["a", "b"]}, "cannot be group= as well"),
        ({"group": "a"}, "has no 'a', so it belongs to no group"),
        ({"group": "blank"}, "row 2 has no 'blank', so it belongs to no group"),
    ],
)
def test_options_are_checked(options: dict[str, object], match: str) -> None:
    with pytest.raises(rt.RantauError, match=match):
        rt.impute(small().assign(blank=["x", "", "NA"] * 40), **{"m": 2, **options})  # type: ignore[arg-type]


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(rt.RantauError, match="nobody answered 'e'"):
        rt.impute(small().assign(e=np.nan), m=2)
    with pytest.warns(rt.RantauWarning, match="no answer is missing"):
        rt.impute(small().fillna(1.0), m=2)
    with pytest.raises(rt.RantauError, match="numbered from 0 to 1, got 2"):
        rt.impute(small(), m=2).frame(2)
