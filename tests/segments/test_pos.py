"""PLS-POS: segments that were made are found, no step falls, and a stack of moves is each move by itself."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.errors import EstimationError, OptionError
from rantau.segments.agreement import adjusted_rand
from rantau.segments.division import Divider
from rantau.segments.reassign import moves_in_order, reassign

MODEL = "X =~ x1 + x2 + x3\nZ <~ z1 + z2 + z3\nM =~ m1 + m2 + m3\nY =~ y1 + y2\nM ~ X + Z\nY ~ M + Z"


def made(n=160, seed=3, noise=0.3):
    """Two segments with paths of opposite signs; also a column that tells most of them apart."""
    random = np.random.default_rng(seed)
    hidden = np.arange(n) % 5 < 2
    x, z = random.normal(size=(2, n))
    m = np.where(hidden, -0.8, 0.8) * x + np.where(hidden, 0.7, -0.2) * z + noise * random.normal(size=n)
    y = np.where(hidden, 0.2, 0.9) * m + np.where(hidden, 0.8, 0.1) * z + noise * random.normal(size=n)
    columns = {}
    for name, values, items in (("x", x, 3), ("z", z, 3), ("m", m, 3), ("y", y, 2)):
        for item in range(1, items + 1):
            columns[f"{name}{item}"] = values + noise * random.normal(size=n)
    return pd.DataFrame(columns), hidden


def explained_by_hand(fit, codes, targets):
    """The objective from fits of each segment's rows alone."""
    total = 0.0
    for segment in np.unique(codes):
        rows = pd.DataFrame(fit.sample.values[codes == segment], columns=fit.sample.names)
        own = rt.pls(fit.model, rows, missing=fit.request.missing)
        total += len(rows) * own.r_squared().r_squared[targets].sum()
    return total / len(codes)


def ask(divider, asking):
    """Answer one question of a generator, and return what it ends with."""
    wanted = next(asking)
    with pytest.raises(StopIteration) as end:
        asking.send(divider.answers((wanted,))[0])
    return end.value.value


def test_segments_that_were_made_are_found():
    data, hidden = made(noise=0.2)
    found = rt.pos(rt.pls(MODEL, data), segments=2, starts=4)
    assert adjusted_rand(found.memberships(), hidden) > 0.7
    assert found.sizes.tolist() == sorted(np.bincount(found.codes), reverse=True)
    assert found.objective > found.whole + 0.5
    paths = found.paths().set_index(["lhs", "rhs"])
    assert paths.segment_1["M", "X"] > 0.6 and paths.segment_2["M", "X"] < -0.5
    assert abs(paths.whole["M", "X"]) < 0.4
    assert found.settled.count(True) == 4
    assert found == rt.pos(rt.pls(MODEL, data), segments=2, starts=4)


def test_numbers_are_those_of_fits_of_the_segments():
    data, _ = made()
    fit = rt.pls(MODEL, data)
    found = rt.pos(fit, segments=2, starts=1)
    assert found.objective == pytest.approx(explained_by_hand(fit, found.codes, ["M", "Y"]), abs=1e-9)
    assert found.whole == pytest.approx(fit.r_squared().r_squared.sum())
    for segment in (1, 2):
        own = rt.pls(MODEL, data[(found.memberships() == str(segment)).to_numpy()])
        assert found.paths()[f"segment_{segment}"].abs().tolist() == pytest.approx(own.paths().est.abs().tolist())
        assert found.r_squared()[f"segment_{segment}"].tolist() == pytest.approx(own.r_squared().r_squared.tolist())
    assert found.table().objective[2] == pytest.approx(found.objective)
    weighted = found.sizes @ found.explained / 160
    assert found.r_squared().weighted.tolist() == pytest.approx(weighted.tolist())


def test_no_step_falls_and_no_single_move_is_better_at_the_end():
    data, _ = made(noise=0.8)
    fit = rt.pls(MODEL, data)
    found = rt.pos(fit, segments=3, starts=3, least=20)
    for history in found.histories:
        assert np.diff(history).min() > 0
    assert found.objective == max(history[-1] for history in found.histories)
    assert found.trace().groupby("start").objective.last().tolist() == found.starts()["last"].tolist()
    # Brute force: every row to every other segment.
    divider = Divider(fit, 3, np.array(fit.structure.endogenous), 20)
    codes = np.array(found.codes)
    for row in range(0, len(codes), 7):
        for to in {0, 1, 2} - {codes[row]}:
            moved = codes.copy()
            moved[row] = to
            assert divider.divide(moved).objective <= found.objective + 1e-8


@pytest.mark.parametrize("gaps", [False, True])
def test_a_stack_of_moves_is_each_move_by_itself(gaps):
    data, hidden = made(n=60)
    if gaps:
        data.iloc[3, 2] = data.iloc[10, 0] = data.iloc[11, 7] = np.nan
    fit = rt.pls(MODEL, data)
    divider = Divider(fit, 2, np.array(fit.structure.endogenous), 10)
    assert divider.additive is not gaps
    now = divider.divide(hidden.astype(np.intp))
    rows, to, nearer = moves_in_order(divider, now)
    assert sorted(rows) == list(range(60)) and (np.diff(nearer) <= 0).all()
    objectives = ask(divider, divider.moved(now, rows, to))
    for move in (0, 5, 59):
        codes = np.array(now.codes)
        codes[rows[move]] = to[move]
        assert objectives[move] == pytest.approx(divider.divide(codes).objective, abs=1e-9)
        assert objectives[move] == pytest.approx(explained_by_hand(fit, codes, ["M", "Y"]), abs=1e-8)
    assert ask(divider, divider.objectives(now.codes[None]))[0] == pytest.approx(now.objective, abs=1e-9)


def test_a_search_by_single_moves_comes_where_the_stack_does():
    """With clear segments, one best move after the other ends in the same division."""
    data, hidden = made(n=60, noise=0.1)
    fit = rt.pls(MODEL, data)
    divider = Divider(fit, 2, np.array(fit.structure.endogenous), 10)
    codes = hidden.astype(np.intp)
    codes[:4] = 1 - codes[:4]
    (together,) = reassign(divider, [codes], depth=None, max_iterations=100)
    now = divider.divide(codes)
    while True:
        rows, to, _ = moves_in_order(divider, now)
        each = ask(divider, divider.moved(now, rows, to))
        if each.max() <= now.objective + 1e-9:
            break
        following = np.array(now.codes)
        following[rows[each.argmax()]] = to[each.argmax()]
        now = divider.divide(following)
    assert together.division.codes.tolist() == now.codes.tolist()


def test_distances_are_those_of_their_formula():
    data, hidden = made(n=80)
    fit = rt.pls(MODEL, data)
    divider = Divider(fit, 2, np.array(fit.structure.endogenous), 10)
    codes = hidden.astype(np.intp)
    now = divider.divide(codes)
    expected = np.zeros((80, 2))
    for segment in (0, 1):
        part = data[codes == segment]
        own = rt.pls(MODEL, part)
        weights = own.weights().set_index("item").est
        standard = (data - part.mean()) / part.std(ddof=0)
        scores = {
            name: standard[block.item] @ weights[block.item] for name, block in own.weights().groupby("construct")
        }
        paths = own.paths().set_index(["lhs", "rhs"]).est
        for outcome, predictors in (("M", "XZ"), ("Y", "MZ")):
            left = (scores[outcome] - sum(paths[outcome, name] * scores[name] for name in predictors)) ** 2
            expected[:, segment] += np.sqrt(left / left.groupby(codes).transform("sum"))
    np.testing.assert_allclose(divider.distances(now), expected, rtol=1e-6)


def test_one_segment_is_the_fit_itself():
    data, _ = made()
    fit = rt.pls(MODEL, data)
    found = rt.pos(fit, segments=1)
    assert found.paths().segment_1.tolist() == pytest.approx(fit.paths().est.tolist(), abs=1e-9)
    assert found.objective == pytest.approx(found.whole)
    assert set(found.memberships()) == {"1"}
    assert len(found.histories) == 1


def test_products_have_segments_too():
    random = np.random.default_rng(4)
    data = pd.DataFrame(random.normal(size=(120, 2)), columns=["x", "m"])
    hidden = np.arange(120) < 60
    data["y"] = np.where(hidden, 0.8, -0.8) * data.x * data.m + 0.3 * data.m + 0.2 * random.normal(size=120)
    fit = rt.pls("y ~ x + m + x:m", data)
    found = rt.pos(fit, segments=2, starts=2)
    assert adjusted_rand(found.memberships(), hidden) > 0.3
    own = rt.pls("y ~ x + m + x:m", data[(found.memberships() == "1").to_numpy()])
    assert found.paths().segment_1.tolist() == pytest.approx(own.paths().est.tolist(), abs=1e-8)
    assert found.objective == pytest.approx(explained_by_hand(fit, found.codes, ["y"]), abs=1e-8)


def test_a_division_given_is_begun_with():
    data, hidden = made(n=100)
    data.loc[3, "x1"] = np.nan
    fit = rt.pls(MODEL, data, missing="listwise")
    labels = np.where(hidden, "blue", "red")
    found = rt.pos(fit, start=labels, starts=0)
    assert found.starts().kind.tolist() == ["given"]
    assert found.memberships()[3] == ""
    inside = fit.entered
    assert found.histories[0][0] == pytest.approx(explained_by_hand(fit, hidden[inside].astype(int), ["M", "Y"]))
    mixture = rt.fimix(fit, segments=2, starts=3)
    again = rt.pos(fit, start=mixture, starts=1, targets="Y")
    assert again.starts().kind.tolist() == ["given", "random"]
    assert again.targets == ("Y",) and again.whole == pytest.approx(fit.r_squared().r_squared["Y"])


def test_problems_are_told():
    data, _ = made(n=100, noise=0.8)
    fit = rt.pls(MODEL, data)
    hurried = rt.pos(fit, starts=2, max_iterations=1)
    assert not hurried.trustworthy
    codes = {problem.code for problem in hurried.problems}
    assert {"not_settled", "small_segment"} <= codes
    assert "77 are needed to find a medium effect" in str(hurried)
    shallow, deep = (rt.pos(fit, starts=2, depth=depth) for depth in (0, None))
    assert shallow.objective < deep.objective
    tight = rt.pos(fit, starts=1, least=45)
    assert tight.sizes.min() >= 45


def test_refusals():
    data, hidden = made(n=60)
    fit = rt.pls(MODEL, data)
    with pytest.raises(OptionError, match="segments must be a whole number of at least 1"):
        rt.pos(fit, segments=0)
    with pytest.raises(OptionError, match="10 segments of at least 12 rows do not fit into 60 rows"):
        rt.pos(fit, segments=10, least=12)
    with pytest.raises(OptionError, match="least is 2; with 3 predictors of one construct a segment needs 5 rows"):
        rt.pos(fit, least=2)
    with pytest.raises(OptionError, match=r"unknown targets 'X'.*Allowed: M, Y"):
        rt.pos(fit, targets=["X"])
    with pytest.raises(OptionError, match="start has 3 labels, and the data have 60 rows"):
        rt.pos(fit, start=["a", "b", "c"])
    with pytest.raises(OptionError, match="start has 2 segments, and segments=3"):
        rt.pos(fit, segments=3, start=hidden.astype(int))
    with pytest.raises(OptionError, match=r"start has a segment of 24 rows, and 28 are needed.*smaller least="):
        rt.pos(fit, start=hidden.astype(int), least=28)
    with pytest.raises(OptionError, match="start has no label for row 1"):
        rt.pos(fit, start=["", *["a"] * 30, *["b"] * 29])
    with pytest.raises(OptionError, match="Take consistent=False"):
        rt.pos(rt.pls("x1 ~ y1", data, consistent=True))
    data.iloc[0, 0] = np.nan
    with pytest.raises(OptionError, match=r"missing='em' is too slow. Take missing='mean'"):
        rt.pos(rt.pls(MODEL, data, missing="em"))


def test_segments_in_which_an_item_does_not_vary_are_left_out():
    random = np.random.default_rng(1)
    data = pd.DataFrame({"x": random.normal(size=40), "y": random.normal(size=40)})
    data["z"] = np.where(np.arange(40) == 7, 1.0, 0.0)
    fit = rt.pls("y ~ x + z", data)
    with pytest.raises(EstimationError, match=r"none of 3 starts with 2 segments can be estimated.*no_variance"):
        rt.pos(fit, starts=3)
