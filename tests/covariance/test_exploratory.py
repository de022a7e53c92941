"""Exploratory blocks: rotations, their errors, what is refused, and what comes after the fit."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.covariance.exploratory.gradient_projection import conditions, turn
from rantau.covariance.exploratory.turn import turning_jacobian
from rantau.covariance.implied import imply
from rantau.covariance.rotations import ROWS
from rantau.errors import IdentificationError, ModelSyntaxError, OptionError, RantauWarning

DATA = Path(__file__).parents[1] / "data"
ITEMS = [f"x{i}" for i in range(1, 10)]
TWO = 'efa("e")*f1 + efa("e")*f2 =~ x1 + x2 + x3 + x4 + x5 + x6'


@pytest.fixture(scope="module")
def hs() -> pd.DataFrame:
    return pd.read_csv(DATA / "hs.csv")


def some_target() -> np.ndarray:
    target = np.full((9, 3), np.nan)
    target[:3, 1:] = target[3:6, ::2] = target[6:, :2] = 0
    return target


def rotations() -> list[rt.Rotation]:
    found = []
    for row in ROWS:
        target = some_target() if row.name == "target" else ()
        for orthogonal in (True, False) if row.factors == "either" else (None,):
            for weights in ("none", "kaiser"):
                found.append(rt.Rotation(row.name, orthogonal=orthogonal, weights=weights, target=target))
    return found


def named(rotation: rt.Rotation) -> str:
    return f"{rotation.name}-{'oblique' if rotation.oblique else 'orthogonal'}-{rotation.weights}"


LOADINGS = np.kron(np.eye(3), np.full((3, 1), 0.6)) + np.random.default_rng(3).normal(size=(9, 3)) * 0.12


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_slope_of_a_criterion(row):
    rotation = rt.Rotation(row.name, target=some_target() if row.name == "target" else ())
    slope = row.function(LOADINGS, rotation.settings)[1]
    step = 1e-30j * np.eye(27).reshape(27, 9, 3)
    number = row.function(LOADINGS + step, rotation.settings)[0].imag.reshape(9, 3) / 1e-30
    assert slope == pytest.approx(number, abs=1e-11)


@pytest.mark.parametrize("rotation", rotations(), ids=named)
def test_turned_loadings_are_the_same_factors_at_a_minimum(rotation):
    found = turn(LOADINGS, rotation)
    turned, among = LOADINGS @ found.turn, np.linalg.inv(found.turn.T @ found.turn)
    assert found.settled
    assert turned @ among @ turned.T == pytest.approx(LOADINGS @ LOADINGS.T, abs=1e-12)
    assert np.diag(among) == pytest.approx(1.0)
    if not rotation.oblique:
        assert among == pytest.approx(np.eye(3), abs=1e-12)
    if rotation.criterion.general:
        assert among[0, 1:] == pytest.approx(0.0, abs=1e-12)
    if rotation.criterion.after is None:
        assert conditions(turned, among, rotation) == pytest.approx(0.0, abs=1e-10)
        # No other start ends lower.
        more = turn(LOADINGS, rotation.replace(starts=60, seed=9))
        assert found.value <= more.value + 1e-9


def derivative_errors(model: str, rotation: rt.Rotation, covariances: list[np.ndarray], names, sizes, **options):
    """Standard errors from numerical derivatives of the estimates by the moments, and the moments' covariances."""

    def fit(matrices):
        frames = {f"g{k}": pd.DataFrame(one, names, names) for k, one in enumerate(matrices)}
        size = {f"g{k}": n for k, n in enumerate(sizes)}
        one = len(matrices) == 1
        given = rt.moments(frames["g0"] if one else frames, sizes[0] if one else size, divisor="n")
        return rt.sem(model, given, rotation=rotation, fixed_x=False, **options)

    implied = list(np.asarray(imply((base := fit(covariances)).layout, base.theta).sigma))
    fitted = fit(implied)
    i, j = np.tril_indices(len(names))
    total = np.zeros(len(fitted.estimates()))
    for group, sigma in enumerate(implied):
        columns = []
        for a, b in zip(i, j, strict=True):
            step = np.zeros_like(sigma)
            step[a, b] = step[b, a] = 1e-4
            ends = []
            for sign in (1, -1):
                moved = [*implied]
                moved[group] = sigma + sign * step
                ends.append(fit(moved).estimates()["est"].to_numpy())
            columns.append((ends[0] - ends[1]) / 2e-4)
        slope = np.array(columns).T
        spread = sigma[np.ix_(i, i)] * sigma[np.ix_(j, j)] + sigma[np.ix_(i, j)] * sigma[np.ix_(j, i)]
        total += np.einsum("ki,ij,kj->k", slope, spread, slope) / sizes[group]
    return fitted, np.sqrt(total)


@pytest.mark.parametrize("name", ["geomin", "promax", "varimax"])
def test_errors_are_those_of_the_delta_method(hs, name):
    names = ITEMS[:6]
    fitted, errors = derivative_errors(TWO, rt.Rotation(name, starts=3), [hs[names].cov().to_numpy()], names, [301])
    assert fitted.estimates()["se"].to_numpy() == pytest.approx(errors, abs=1e-6)


def test_errors_with_paths_and_covariates(hs):
    names = [*ITEMS[:6], "x7", "ageyr"]
    model = f"{TWO}\n x7 ~ f1 + f2\n f1 + f2 ~ ageyr"
    fitted, errors = derivative_errors(
        model, rt.Rotation("quartimin", starts=2), [hs[names].cov().to_numpy()], names, [301]
    )
    assert fitted.estimates()["se"].to_numpy() == pytest.approx(errors, abs=1e-6)


def test_errors_of_groups_with_equal_loadings(hs):
    names = ITEMS[:6]
    parts = [part[names].cov().to_numpy() for _, part in hs.groupby("school")]
    fitted, errors = derivative_errors(
        TWO, rt.Rotation("quartimin", starts=2), parts, names, [145, 156], group_equal="loadings", meanstructure=False
    )
    frame = fitted.estimates()
    assert frame["se"].to_numpy() == pytest.approx(errors, abs=1e-6)
    both = frame[frame.op == "=~"].groupby("group")["est"].apply(list)
    assert both[1] == both[2]
    # Variances and covariances of the second group are its own.
    assert frame.query("lhs == 'f1' and rhs == 'f1' and group == 2").est.item() != 1


def test_rotation_changes_no_moment_and_no_index(hs):
    plain = rt.efa(hs, 3, items=ITEMS, rotation="varimax")
    for name in ("oblimin", "promax", "biquartimin"):
        other = rt.efa(hs, 3, items=ITEMS, rotation=name)
        assert other.fit_indices().to_numpy() == pytest.approx(plain.fit_indices().to_numpy(), rel=1e-8)
        assert other.communalities()["est"].to_numpy() == pytest.approx(plain.communalities()["est"].to_numpy())
        implied = other.fit.implied()[0]
        assert implied.to_numpy() == pytest.approx(plain.fit.implied()[0].to_numpy(), abs=1e-8)


def test_items_in_another_order_and_other_units(hs):
    found = rt.efa(hs, 3, items=ITEMS, rotation="oblimin").loadings()
    mixed = ["x7", "x1", "x4", "x9", "x5", "x2", "x8", "x3", "x6"]
    other = rt.efa(hs.assign(x1=hs.x1 * 1000, x9=hs.x9 / 500), 3, items=mixed, rotation="oblimin").loadings()
    match = (found.T @ other.loc[ITEMS]).abs().to_numpy().argmax(axis=1)
    assert sorted(match) == [0, 1, 2]
    assert other.loc[ITEMS].iloc[:, match].to_numpy() == pytest.approx(found.to_numpy(), abs=1e-7)


def test_tables(hs):
    found = rt.efa(hs, 3, items=ITEMS, rotation="quartimin")
    loadings, among = found.loadings(), found.factor_correlations()
    assert found.structure().to_numpy() == pytest.approx((loadings @ among).to_numpy())
    assert found.communalities()["est"].to_numpy() == pytest.approx(found.fit.r_squared()[ITEMS].to_numpy())
    assert found.variance_explained()["ss_loadings"].sum() == pytest.approx(found.communalities()["est"].sum())
    frame = found.fit.standardized()
    assert found.loadings("se").to_numpy().T.ravel() == pytest.approx(frame["se"][:27].to_numpy(), abs=1e-8)
    assert found.loadings("p").loc["x1", "f1"] < 0.001
    assert (found.loadings("ci_low") < loadings).all(axis=None)
    # Squared loadings of the unique part: 1 less the communality has the residual's error.
    residual = frame[(frame.op == "~~") & (frame.lhs == frame.rhs)].set_index("lhs").loc[ITEMS]
    assert found.communalities()["se"].to_numpy() == pytest.approx(residual["se"].to_numpy(), abs=1e-8)
    assert "rotation quartimin (oblique)" in str(found)
    assert found.eigenvalues().sum() == pytest.approx(9)
    with pytest.raises(OptionError, match="unknown of 'sd'"):
        found.loadings("sd")


def test_groups_are_turned_each_by_itself(hs):
    found = rt.efa(hs, 2, items=ITEMS[:6], group="school", rotation="oblimin").loadings()
    for school, part in hs.groupby("school"):
        alone = rt.efa(part, 2, items=ITEMS[:6], rotation="oblimin").loadings()
        assert found.loc[school].to_numpy() == pytest.approx(alone.to_numpy(), abs=1e-7)


@pytest.mark.parametrize("factors", [4, 5])
def test_a_heywood_case_is_most_often_of_a_factor_too_many(hs, factors):
    # Four factors of these nine items do not converge, five have two residual variances below zero.
    with pytest.warns(RantauWarning):
        fit = rt.efa(hs, factors, items=ITEMS, rotation="oblimin").fit
    assert fit.converged is (factors == 5)
    told = [problem for problem in fit.problems if "Heywood" in problem.text]
    assert len(told) == (2 if fit.converged else 1)
    for problem in told:
        assert f"Most often {factors} factors are one too many: take {factors - 1}" in problem.text
        assert "rt.parallel_analysis()" in problem.text
        assert "hold loadings equal" not in problem.text


def test_one_factor_cannot_be_one_too_many():
    names = ["a", "b", "c"]
    matrix = pd.DataFrame([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]], index=names, columns=names)
    with pytest.warns(RantauWarning, match="Causes: too few items or answers"):
        rt.efa(rt.moments(matrix, 200), 1)


def test_one_factor_is_a_confirmatory_one(hs):
    one = rt.efa(hs, 1, items=ITEMS[:4]).fit.estimates()
    confirmatory = rt.cfa("f1 =~ x1 + x2 + x3 + x4", hs, std_lv=True).estimates()
    for column in ("est", "se"):
        assert one[column].to_numpy() == pytest.approx(confirmatory[column].to_numpy(), abs=1e-8)


def test_resamples_stay_with_their_factors(hs):
    fit = rt.efa(hs, 3, items=ITEMS, rotation="quartimin").fit
    same = fit.refit(np.ones((1, 301)))
    assert same.values[0] == pytest.approx(fit.values(), abs=1e-8)
    errors = rt.bootstrap(fit, draws=60, seed=3).table()["se"][:27].to_numpy()
    # Were factors exchanged between draws, errors would be as large as loadings.
    assert np.median(errors / fit.estimates()["se"][:27]) == pytest.approx(1, abs=0.25)
    path = rt.sem(f"{TWO}\n g =~ x7 + x8 + x9\n g ~ f1 + f2", hs)
    assert path.refit(np.ones((1, 301))).values[0] == pytest.approx(path.values(), abs=1e-8)


def test_after_the_fit(hs):
    three, two = (rt.efa(hs, k, items=ITEMS).fit for k in (3, 2))
    table = rt.compare(three, two)
    assert table["df_diff"].iloc[1] == 7
    assert table["chisq_diff"].iloc[1] == pytest.approx(two.fit_indices()["chisq"] - three.fit_indices()["chisq"])
    turned = rt.efa(hs, 3, items=ITEMS, rotation="varimax").fit
    ours, theirs = (fit.modification_indices().set_index(["lhs", "rhs"])["mi"] for fit in (three, turned))
    assert ours["x4", "x7"] == pytest.approx(theirs["x4", "x7"], rel=1e-6)
    assert three.scores().shape == (301, 3)


def test_defined_effects_go_through_turned_factors(hs):
    fit = rt.sem(f"{TWO}\n x9 ~ a*f1 + b*f2\n both := a + b", hs)
    frame = fit.estimates().set_index("label")
    assert frame.loc["both", "est"] == pytest.approx(frame.loc["a", "est"] + frame.loc["b", "est"])


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (f"{TWO}\ny ~ f1", r":2:5: 'y ~ f1' is there, and the same of f2 is not"),
        (f"{TWO}\nf1 ~~ x9", r"'f1 ~~ x9' is there, and the same of f2 is not"),
        (f"{TWO}\ny ~ f1 + 0*f2", r"'y ~ f2' is not free"),
        (f"{TWO}\nf1 ~~ 0*f2", r"follows from the rotation"),
        (f"{TWO}\nf1 ~ f2", r"are of one block"),
        (f"{TWO}\ng =~ f1 + f2 + x9", r"state the second order over confirmatory factors"),
        (f"{TWO}\ny ~ efa('e')*x9", r"efa\(\) goes before a factor"),
        (
            'efa("e")*f1 =~ x1 + x2 + x3\nefa("e")*f2 =~ x1 + x2 + x4',
            r"x3 and x4 load on some only|x3, x4 load on some",
        ),
        ('efa("e")*f1 + efa("e")*f2 =~ 0.5*x1 + x2 + x3', r":1:\d+: the loading of 'x1' on 'f1' is turned"),
        ('efa("e")*f1 + efa("e")*f2 =~ x1 + x2', r"2 factors and 2 items"),
        ('efa("e")*f1 + efa("e")*f2 <~ x1 + x2 + x3', r"is a composite"),
        (f"{TWO}\nf1 =~ x7", r"in one line and not in another"),
        (f"{TWO}\nx9 ~ a*f1 + b*f2\na == 2*b", r"would not keep a constraint"),
    ],
)
def test_refusals_point_at_the_place(hs, model, message):
    with pytest.raises(ModelSyntaxError, match=message):
        rt.sem(model, hs.assign(y=hs.x9))


def test_more_refusals(hs):
    with pytest.raises(IdentificationError, match="are held equal, and belong to an exploratory block"):
        rt.sem(f"{TWO}\nx9 ~ a*f1 + a*f2", hs)
    with pytest.raises(IdentificationError, match="all loadings of a block are equal or none"):
        rt.cfa(TWO, hs, group="school", group_equal="loadings", group_partial="f1 =~ x2")
    with pytest.raises(OptionError, match="the model has none"):
        rt.cfa("f =~ x1 + x2 + x3", hs, rotation="oblimin")
    with pytest.raises(OptionError, match="must be more items than factors"):
        rt.efa(hs, 3, items=["x1", "x2", "x3"])
    with pytest.raises(OptionError, match="n_factors is 0"):
        rt.efa(hs, 0, items=ITEMS)
    with pytest.raises(IdentificationError, match="not identified"):
        rt.efa(hs, 3, items=ITEMS[:5])
    with pytest.raises(OptionError, match="target is 9 by 3, and the exploratory block 'e' has 6 items and 2 factors"):
        rt.cfa(TWO, hs, rotation=rt.Rotation("target", target=some_target()))
    with pytest.raises(ModelSyntaxError, match=r"rt.sam\(\) measures each construct by itself"):
        rt.sam(f"{TWO}\nx9 ~ f1 + f2", hs)
    with pytest.raises(ModelSyntaxError, match="told apart by its occasions"):
        rt.growth(TWO, hs)
    with pytest.raises(OptionError, match="has no exploratory block"):
        rt.cfa("f =~ x1 + x2 + x3", hs).exploratory()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "oblimax"}, "unknown rotation 'oblimax'"),
        ({"name": "varimax", "orthogonal": False}, "keeps factors uncorrelated"),
        ({"name": "promax", "orthogonal": True}, "lets factors correlate"),
        ({"name": "oblimin", "epsilon": 0.1}, "epsilon= belongs to geomin, bigeomin"),
        ({"name": "oblimin", "gamma": 0.5}, "at 0 or below"),
        ({"name": "geomin", "epsilon": 0}, "must be above 0"),
        ({"name": "target"}, "needs its target"),
        ({"name": "target", "target": [[1, 2], [3]]}, "target is a matrix"),
        ({"name": "geomin", "starts": -1}, "starts is -1"),
        ({"name": "geomin", "order": "size"}, "unknown order 'size'"),
    ],
)
def test_rotation_options(options, message):
    with pytest.raises(OptionError, match=message):
        rt.Rotation(**options)


def test_a_doubtful_rotation_is_told():
    rng = np.random.default_rng(5)
    data = pd.DataFrame(rng.normal(size=(200, 12)) @ rng.normal(size=(12, 12)), columns=list("abcdefghijkl"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rt.efa(data, 4, rotation=rt.Rotation("geomin", starts=30))
    assert {problem.code for problem in found.problems} <= {
        "rotation_minima", "rotation_not_settled", "negative_variance", "not_converged",
    }  # fmt: skip


def test_conditions_are_held_by_the_border(hs):
    fit = rt.efa(hs, 3, items=ITEMS, rotation="geomin").fit
    border = turning_jacobian(fit.request.rotation, fit.table, fit.layout, fit.theta)
    assert border.shape == (6, fit.table.n_free)
    assert np.linalg.matrix_rank(border) == 6
    assert border @ fit.covariance == pytest.approx(0.0, abs=1e-10)


def test_what_has_no_meaning_for_exploratory_factors_is_left_out(hs):
    model = f"{TWO}\ng =~ x7 + x8 + x9\ng ~ f1 + f2"
    table = rt.reliability(hs, model)
    assert table.loc[["f1", "f2"]].drop(columns="n_items").isna().all(axis=None)
    assert table.loc["g", "alpha"] > 0.6
    fit = rt.sem(model, hs)
    assert "25 free parameters" in fit.summary()
    assert rt.crosscheck(fit).left_out()["reason"].str.contains("does not turn the factors").any()
    with pytest.raises(ModelSyntaxError, match="PLS has no exploratory blocks"):
        rt.pls(model, hs)
