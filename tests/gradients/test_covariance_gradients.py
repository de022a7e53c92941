"""Closed-form derivatives of the covariance engine against finite differences, at points away from any solution.

The models are laid out by hand on drawn moments, in odd units, without a fit: every discrepancy meets every model.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.covariance.cells import MEAN, UNDIRECTED
from rantau.covariance.constraints import Constraints
from rantau.covariance.definitions import defined
from rantau.covariance.discrepancies import ROWS
from rantau.covariance.implied import imply, moment_jacobian, slopes
from rantau.covariance.layout import Layout, cell_values, rescale
from rantau.covariance.minimise import look
from rantau.covariance.standardise import (
    KINDS,
    cell_jacobian,
    standardised,
    standardised_slopes,
    standardised_variables,
)
from rantau.covariance.start import layout_for
from rantau.model import parse_model
from rantau.model.parameters import ParameterTable, tabulate
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments, Patterns

CFA = "F =~ x1 + x2 + x3\nG =~ x4 + x5 + x6"
TWO = {"groups": ("A", "B")}
MODELS = {
    "factors": (CFA, {}),
    "factors with means": (CFA, {"mean_structure": True}),
    "unit variances": (CFA, {"std_lv": True, "mean_structure": True}),
    "structure with covariates": (CFA + "\nG ~ F + z\nF ~ w + z\nx6 ~ w", {"mean_structure": True}),
    "random covariates": (CFA + "\nG ~ F + z\nF ~ w + z", {"fixed_x": False, "mean_structure": True}),
    "second order": ("A =~ x1 + x2\nB =~ x3 + x4\nC =~ x5 + x6\nH =~ A + B + C\nx7 ~ H", {"mean_structure": True}),
    "equal labels": ("F =~ a*x1 + x2 + a*x3 + b*x4\nx4 ~~ v*x4\nx3 ~~ v*x3\nx5 ~ b*F\nF ~~ 1*F", {}),
    "a loop": ("x1 ~ x2 + x3\nx2 ~ x1 + x4\nx1 ~~ x2", {"mean_structure": True}),
    "growth": ("i =~ 1*x1 + 1*x2 + 1*x3\ns =~ 0*x1 + 1*x2 + 2*x3\ni + s ~ z", {"growth": True, "mean_structure": True}),
    "two groups": (CFA + "\nG ~ F", TWO),
    "two groups, equal": (CFA + "\nG ~ F + z", {**TWO, "group_equal": ("loadings", "intercepts"), "std_lv": True}),
    "two groups, modifiers": ("F =~ x1 + c(a, b)*x2 + c(b, d)*x3 + x4\nx4 ~ c(0, NA)*z", TWO),
}  # fmt: skip


class Case(NamedTuple):
    """A model at a point, with moments to hold it against."""

    model: Model
    table: ParameterTable
    layout: Layout
    scale: np.ndarray
    moments: GroupMoments
    theta: np.ndarray


def drawn_moments(rng: np.random.Generator, table: ParameterTable) -> GroupMoments:
    p, groups = len(table.observed), table.n_groups
    i = np.tril_indices(p)[0]
    m = i.size + (p if table.mean_structure else 0)

    def spread(size: int) -> np.ndarray:
        rows = rng.normal(size=(3 * size, size)) @ rng.normal(size=(size, size))
        return rows.T @ rows / (3 * size)

    seen = rng.random((4 * groups, p)) > 0.3
    seen[:, 0] = True
    covariance, mean = np.zeros((4 * groups, p, p)), np.where(seen, rng.normal(size=seen.shape), 0.0)
    for pattern, which in enumerate(seen):
        covariance[pattern][np.ix_(which, which)] = spread(int(which.sum()))
    n = rng.integers(5, 40, 4 * groups).astype(float)
    group = np.repeat(np.arange(groups), 4)
    return GroupMoments(
        table.observed, table.groups, n.reshape(groups, 4).sum(axis=1), np.stack([spread(p) for _ in table.groups]),
        rng.normal(size=(groups, p)) * table.mean_structure, Patterns(group, seen, n, covariance, mean),
        np.stack([spread(m) / m for _ in table.groups]),
    )  # fmt: skip


def case_of(name: str) -> Case:
    text, options = MODELS[name]
    rng = np.random.default_rng(sum(name.encode()))
    model = parse_model(text)
    table = tabulate(model, **options)
    moments = drawn_moments(rng, table)
    layout = layout_for(table, moments)
    layout, scale = rescale(layout, rng.uniform(0.5, 2, len(layout.variables)))
    theta = 0.3 * rng.normal(size=layout.n_free)
    variance = layout.place[:, (layout.kind == UNDIRECTED) & (layout.row == layout.column)]
    theta[variance[variance >= 0]] = rng.uniform(3, 6, int((variance >= 0).sum()))
    return Case(model, table, layout, scale, moments, theta)


@pytest.fixture(scope="module", params=MODELS)
def case(request):
    return case_of(request.param)


#: Those of ordered answers have moments of their own, in `test_ordinal_gradients.py`.
CONTINUOUS = [row for row in ROWS if row.name not in ("dwls", "uls_ordered")]


@pytest.fixture(scope="module", params=CONTINUOUS, ids=lambda row: row.name)
def discrepancy(request, case):
    if request.param.name == "fiml" and not case.table.mean_structure:
        pytest.skip("full-information likelihood always has means")
    return request.param


def differences(function, at, step=1e-5):
    """Central differences, `(..., parameters)`."""
    reach = step * np.maximum(np.abs(at), 0.1)
    return np.stack(
        [
            (function(at + way) - function(at - way)) / (2 * size)
            for way, size in zip(np.diag(reach), reach, strict=True)
        ],
        axis=-1,
    )


def stacked(moments: GroupMoments, draws: int) -> GroupMoments:
    """The same moments as a stack, each member with its own shares of the rows."""
    weight = np.linspace(1, 2, draws)[:, None] ** np.arange(moments.n.size)
    of_patterns = weight[:, moments.patterns.group]
    patterns = moments.patterns
    return moments.replace(
        n=moments.n * weight,
        covariance=np.stack([moments.covariance] * draws),
        mean=np.stack([moments.mean] * draws),
        weight=np.stack([moments.weight] * draws),
        patterns=patterns.replace(
            n=patterns.n * of_patterns,
            covariance=np.stack([patterns.covariance] * draws),
            mean=np.stack([patterns.mean] * draws),
        ),
    )


def member(stack: GroupMoments, place: int) -> GroupMoments:
    patterns = stack.patterns
    return stack.replace(
        n=stack.n[place], covariance=stack.covariance[place], mean=stack.mean[place], weight=stack.weight[place],
        patterns=patterns.replace(
            n=patterns.n[place], covariance=patterns.covariance[place], mean=patterns.mean[place]
        ),
    )  # fmt: skip


# -- discrepancies ---------------------------------------------------------------------------------


def test_gradient(case, discrepancy):
    seen = look(case.layout, discrepancy, case.moments, case.theta, exact=False)
    closed = seen.gradient
    assert np.isfinite(seen.local.value)
    numeric = differences(lambda at: discrepancy.function(imply(case.layout, at), case.moments).value, case.theta)
    assert closed == pytest.approx(numeric, rel=1e-6, abs=1e-7 * np.abs(numeric).max())


def test_exact_hessian(case, discrepancy):
    closed = look(case.layout, discrepancy, case.moments, case.theta, exact=True).second.exact
    numeric = differences(lambda at: look(case.layout, discrepancy, case.moments, at, exact=False).gradient, case.theta)
    assert closed == pytest.approx(numeric, rel=1e-6, abs=1e-7 * np.abs(numeric).max())
    assert closed == pytest.approx(closed.T, abs=1e-12 * np.abs(closed).max())


def test_expected_hessian_is_that_of_the_jacobian(case, discrepancy):
    """Twice the expected information, written out: J'WJ with the dense weight of each fitting function."""
    layout, moments, theta = case.layout, case.moments, case.theta
    closed = look(layout, discrepancy, moments, theta, exact=False).second.expected
    again = look(layout, discrepancy, moments, theta, exact=True).second.expected
    assert closed == pytest.approx(again, abs=1e-13 * np.abs(closed).max())
    sigma_slope = differences(lambda at: imply(layout, at).sigma, theta)
    mu_slope = differences(lambda at: imply(layout, at).mu, theta)
    dense = np.zeros_like(closed)
    for share, group, weight in dense_weights(discrepancy.name, moments, imply(layout, theta).sigma):
        if discrepancy.name in ("uls", "wls"):
            slope = sigma_slope[group][np.tril_indices(layout.n_observed)]
            slope = np.concatenate([mu_slope[group], slope]) if weight.shape[0] > slope.shape[0] else slope
            dense += 2 * share * slope.T @ weight @ slope
            continue
        weighted = np.einsum("ij,jkp->ikp", weight, sigma_slope[group])
        dense += share * np.einsum("ijp,jiq->pq", weighted, weighted)
        dense += 2 * share * mu_slope[group].T @ weight @ mu_slope[group]
    assert closed == pytest.approx(dense, rel=1e-6, abs=1e-7 * np.abs(dense).max())


def dense_weights(name, moments, sigma):
    """Yield share, group and weight matrix of each part that a fitting function sums."""
    if name == "fiml":
        patterns = moments.patterns
        for n, group, seen in zip(patterns.n / patterns.n.sum(), patterns.group, patterns.seen, strict=True):
            weight = np.zeros_like(sigma[group])
            weight[np.ix_(seen, seen)] = np.linalg.inv(sigma[group][np.ix_(seen, seen)])
            yield n, group, weight
        return
    of = {
        "ml": np.linalg.inv(sigma),
        "gls": np.linalg.inv(moments.covariance),
        "uls": np.broadcast_to(np.eye(moments.weight.shape[-1]), moments.weight.shape),
        "wls": moments.weight,
    }
    for group, share in enumerate(moments.n / moments.n.sum()):
        yield share, group, of[name][group]


def numbers(seen):
    return seen.local.value, seen.gradient, *seen.second


def test_a_stack_is_each_of_its_members(case, discrepancy):
    stack = stacked(case.moments, 3)
    theta = case.theta * np.array([[1.0], [1.02], [0.98]])
    together = look(case.layout, discrepancy, stack, theta, exact=True)
    for place in range(3):
        alone = look(case.layout, discrepancy, member(stack, place), theta[place], exact=True)
        for one, all_of_them in zip(numbers(alone), numbers(together), strict=True):
            assert all_of_them[place] == pytest.approx(one, rel=1e-11, abs=1e-12 * np.abs(one).max())


def test_a_perfect_fit_is_at_the_floor(discrepancy, case):
    """Where the sample's moments are those implied, value and slope say so."""
    implied = imply(case.layout, case.theta)
    patterns = case.moments.patterns
    both = patterns.seen[:, :, None] & patterns.seen[:, None, :]
    moments = case.moments.replace(
        covariance=implied.sigma, mean=implied.mu,
        patterns=patterns.replace(
            covariance=np.where(both, implied.sigma[patterns.group], 0.0),
            mean=np.where(patterns.seen, implied.mu[patterns.group], 0.0),
        ),
    )  # fmt: skip
    value, gradient, expected, exact = numbers(look(case.layout, discrepancy, moments, case.theta, exact=True))
    assert value == pytest.approx(float(discrepancy.floor(moments)), abs=1e-12 * max(abs(float(value)), 1))
    assert np.abs(gradient).max() < 1e-11
    assert exact == pytest.approx(expected, abs=1e-10 * np.abs(expected).max())


# -- moments ---------------------------------------------------------------------------------------


def test_jacobian_of_the_moments(case):
    layout, theta = case.layout, case.theta
    i, j = np.tril_indices(layout.n_observed)

    def vector(at):
        implied = imply(layout, at)
        lower = implied.sigma[:, i, j]
        return np.concatenate([implied.mu, lower], axis=-1) if case.table.mean_structure else lower

    closed = moment_jacobian(layout, slopes(layout, imply(layout, theta)))
    assert closed == pytest.approx(differences(vector, theta), rel=1e-6, abs=1e-8)


def test_jacobian_of_the_cells(case):
    closed = cell_jacobian(case.layout)
    assert closed == pytest.approx(differences(lambda at: cell_values(case.layout, at), case.theta), abs=1e-9)


# -- standardised solution, definitions, constraints -----------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_of_the_standardised_solution(kind, case):
    layout, theta = case.layout, case.theta
    which = standardised_variables(layout, case.table.covariates, kind)
    values, closed = standardised_slopes(layout, theta, which)
    assert np.isfinite(values).all()
    assert values == pytest.approx(standardised(layout, theta, which), rel=1e-14)
    numeric = differences(lambda at: standardised(layout, at, which), theta)
    assert closed == pytest.approx(numeric, rel=1e-6, abs=1e-8)


def test_units_do_not_move_the_standardised_solution(case):
    layout, theta = case.layout, case.theta
    which = np.ones(len(layout.variables), dtype=bool)
    units = np.random.default_rng(3).uniform(0.1, 10, len(layout.variables))
    other, scale = rescale(layout, units)
    assert standardised(other, theta * scale, which) == pytest.approx(standardised(layout, theta, which), rel=1e-10)
    assert imply(other, theta * scale).mu * units[: layout.n_observed] == pytest.approx(imply(layout, theta).mu)
    assert (layout.kind == MEAN).any() == case.table.mean_structure


LABELS = "\n".join(("F =~ x1 + a*x2 + b*x3\nF ~ c*z + d*w\nx2 ~~ v*x2", "ab := a*b", "q := ab + c^2/d"))
DEFINED = "\nr := exp(a) + log(v) + sqrt(v) + abs(b) + sin(c) + cos(d) + tan(a) + tanh(b) + a^3 + 2^c + v^v - a/3"
CONSTRAINTS = "\na*b == c^2\nq > exp(d) - 2\nlog(v) < a + 3\nd == 0.4"


def labelled() -> Case:
    model = parse_model(LABELS + DEFINED + CONSTRAINTS)
    table = tabulate(model)
    rng = np.random.default_rng(4)
    moments = drawn_moments(rng, table)
    layout, scale = rescale(layout_for(table, moments), rng.uniform(0.5, 2, len(table.observed) + 1))
    return Case(model, table, layout, scale, moments, rng.uniform(0.3, 0.9, table.n_free))


def test_slopes_of_definitions():
    case = labelled()
    own = cell_jacobian(case.layout).reshape(-1, case.table.n_free)

    def values(at):
        return defined(case.model, case.table, cell_values(case.layout, at).ravel())[0]

    found, closed = defined(case.model, case.table, cell_values(case.layout, case.theta).ravel(), own)
    assert found.shape == (3,)
    assert closed == pytest.approx(differences(values, case.theta), rel=1e-7, abs=1e-9)


def test_slopes_of_constraints():
    case = labelled()
    constraints = Constraints(case.model, case.table, case.scale)
    margins, closed = constraints.margins(case.theta)
    assert margins.shape == (4,)
    assert constraints.equalities.tolist() == [True, False, False, True]
    numeric = differences(lambda at: constraints.margins(at)[0], case.theta)
    assert closed == pytest.approx(numeric, rel=1e-7, abs=1e-9)
    a, b, c = (case.theta[row.free] / case.scale[row.free] for row in case.table.rows if row.label in ("a", "b", "c"))
    assert margins[0] == pytest.approx(a * b - c**2)


def test_bend_of_constraints():
    case = labelled()
    constraints = Constraints(case.model, case.table, case.scale)
    multipliers = np.array([0.7, -1.3, 0.4, 2.0])
    numeric = differences(lambda at: multipliers @ constraints.margins(at)[1], case.theta)
    assert constraints.bend(case.theta, multipliers) == pytest.approx(numeric, rel=1e-6, abs=1e-8)


def test_constraints_of_a_stack_are_those_of_its_members():
    case = labelled()
    constraints = Constraints(case.model, case.table, case.scale)
    theta = case.theta * np.array([[1.0], [1.1]])
    margins, jacobian = constraints.margins(theta)
    multipliers = np.array([[0.7, -1.3, 0.4, 2.0], [0.1, 0.2, 0.3, 0.4]])
    bend = constraints.bend(theta, multipliers)
    for place in range(2):
        one, slope = constraints.margins(theta[place])
        assert margins[place] == pytest.approx(one, rel=1e-14)
        assert jacobian[place] == pytest.approx(slope, rel=1e-14)
        assert bend[place] == pytest.approx(constraints.bend(theta[place], multipliers[place]), rel=1e-12)


def test_every_function_of_definitions_has_its_derivative():
    data = pd.read_csv("tests/data/hs.csv")
    calls = (
        "exp(a)", "log(a)", "sqrt(a)", "abs(-a)", "sin(a)", "cos(a)", "tan(a)", "tanh(a)", "a^3", "2^a", "a^a", "-a/3",
    )  # fmt: skip
    text = "x1 ~ a*x2\n" + "\n".join(f"d{k} := {call}" for k, call in enumerate(calls))
    fit = sem(text, data)
    frame = fit.estimates().set_index("lhs")
    a, se = frame.loc["x1", ["est", "se"]].iloc[0]
    slope = [
        np.exp(a), 1 / a, 0.5 / np.sqrt(a), 1.0, np.cos(a), -np.sin(a), 1 / np.cos(a) ** 2, 1 - np.tanh(a) ** 2,
        3 * a**2, np.log(2) * 2**a, a**a * (np.log(a) + 1), -1 / 3,
    ]  # fmt: skip
    for k, derivative in enumerate(slope):
        assert frame.loc[f"d{k}", "se"] == pytest.approx(abs(derivative) * se, rel=1e-10), k
