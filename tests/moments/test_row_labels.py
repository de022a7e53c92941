"""What is told of rows bears the labels that the rows have in the data frame."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt

DATA = Path(__file__).parents[1] / "data"
MODEL = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\ntextual ~ visual"


@pytest.fixture(scope="module")
def whole():
    return pd.read_csv(DATA / "hs.csv")


@pytest.fixture(scope="module")
def some(whole):
    """Every other row, in another order, as a user filters and sorts them; one answer is missing."""
    frame = whole[whole["id"] % 2 == 0].sort_values("x1").copy()
    frame.iloc[7, frame.columns.get_loc("x5")] = np.nan
    return frame


ENGINES = {
    "sem": lambda data: rt.sem(MODEL, data).scores(),
    "fiml": lambda data: rt.sem(MODEL, data, missing="fiml").scores(),
    "groups": lambda data: rt.sem(MODEL, data, group="school").scores(),
    "predicted": lambda data: rt.sem(MODEL, data).predicted(),
    "pls": lambda data: rt.pls(MODEL, data).scores(),
    "pls_listwise": lambda data: rt.pls(MODEL, data, missing="listwise").scores(),
}


@pytest.mark.parametrize("name", ENGINES)
def test_rows_keep_their_labels(some, name):
    found = ENGINES[name](some)
    counted = ENGINES[name](some.reset_index(drop=True))
    assert set(found.index) <= set(some.index)
    assert found.index.tolist() == some.index[counted.index].tolist()
    np.testing.assert_array_equal(found.to_numpy(), counted.to_numpy())
    # So that a column of scores joins the frame it was made of by pandas' own rule.
    joined = some.assign(score=found.iloc[:, 0])["score"]
    assert joined[found.index].tolist() == pytest.approx(found.iloc[:, 0].tolist(), nan_ok=True)


def test_rows_counted_from_nought_say_where_they_stand(whole):
    found = rt.sem(MODEL, whole).scores()
    assert found.index.name == "row"
    assert found.index.tolist() == list(range(len(whole)))


def test_memberships_keep_labels():
    """Two segments, in which a path has two signs."""
    rng = np.random.default_rng(2)
    x, sign = rng.normal(size=120), np.repeat([1.0, -1.0], 60)
    data = pd.DataFrame({"x": x, "y": sign * x + 0.4 * rng.normal(size=120)}, index=np.arange(120)[::-1] * 3)
    fit = rt.pls("y ~ x", data)
    found = rt.fimix(fit, segments=2, starts=3)
    assert found.posteriors(2).index.tolist() == data.index.tolist()
    assert found.memberships(2).index.tolist() == data.index.tolist()
    assert rt.pos(fit, segments=2, starts=1).memberships().index.tolist() == data.index.tolist()
    # They divide the rows as before: what takes them goes by their order.
    compared = rt.compare_groups(fit, by=found.memberships(2), permutations=20, draws=0)
    assert sum(compared.sizes) == len(data)


def test_labels_of_several_levels_and_of_new_rows(some):
    several = some.set_index(["school", "id"])
    fit = rt.cfa("visual =~ x1 + x2 + x3", several)
    found = fit.scores()
    assert found.index.tolist() == several.index.tolist()
    assert several.assign(visual=found["visual"])["visual"].notna().all()
    new = several.iloc[5:9]
    assert fit.scores(data=new).index.tolist() == new.index.tolist()
    rng = np.random.default_rng(1)
    binary = pd.DataFrame(rng.normal(size=(300, 3)) + rng.normal(size=(300, 1)) > 0, columns=list("abc")) * 1
    ordered = rt.cfa("F =~ a + b + c", binary, ordered=True)
    told = ordered.category_probabilities(at=several[[]].assign(F=0.0).iloc[:2])
    assert told["row"].iloc[0] == several.index[0]


def test_scales_keep_labels(some):
    keys = {"V": ["x1", "x2", "x3"], "T": ["x4", "x5", "x6"]}
    twice = pd.concat([some, some.iloc[:3]])
    for data in (some, twice, some.set_index(["school", "id"])):
        counted = data.reset_index(drop=True)
        fit, composite = rt.cfa(MODEL, counted), rt.pls(MODEL, counted)
        for options in ({"keys": keys, "scale": (0, 20)}, {"fit": fit}, {"fit": composite}):
            found, plain = rt.score(data, **options), rt.score(counted, **options)
            assert found.index.equals(data.index)
            np.testing.assert_array_equal(found.to_numpy(), plain.to_numpy())
        assert rt.parcel(data, {"V": [f"x{k}" for k in range(1, 7)]}, scale=(0, 20)).index.equals(data.index)
