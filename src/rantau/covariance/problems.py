"""What must be known before a solution of the covariance engine is believed."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices, diagonal, identity
from rantau.covariance.cells import UNDIRECTED
from rantau.covariance.constraints import Constraints, in_text
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.heywood import ROUNDING, fewer_factors, negative_variances, nothing_left
from rantau.covariance.implied import Implied, imply
from rantau.covariance.layout import Layout, cell_values
from rantau.covariance.local import exceeds
from rantau.covariance.minimise import Minimum
from rantau.covariance.model_test import Statistics
from rantau.fit import Problem
from rantau.model.parameters import ParameterTable
from rantau.model.products import Expansion
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments

#: Latent correlations beyond this cannot be told from one by most samples.
ALIKE = 0.95
#: A constraint is missed by more than this, in the units of the model file.
MISSED = 1e-6
#: Where an estimation goes astray, a residual variance below this (in units of one standard deviation) tells why.
FALLING = -0.1
#: Standard deviations further apart than this make unweighted least squares a matter of a few variables.
UNEVEN = 30
#: What to do where an estimation did not converge, unless something else is known.
ADVICE = "Look for a factor with weak or contradictory items, or state a simpler model."


def find_problems(
    layout: Layout,
    table: ParameterTable,
    minimum: Minimum,
    information_is_singular: bool,
    *,
    advice: str = ADVICE,
    implied: Implied | None = None,
) -> tuple[Problem, ...]:
    """Look for everything that makes a solution untrustworthy.

    Parameters
    ----------
    layout
        The model in units of one standard deviation.
    table
        Its parameters.
    minimum
        A stack of one.
    information_is_singular
        Whether standard errors could not be computed.
    advice
        What to do where the estimation did not converge.
    implied
        What the model implies at the minimum, if it is known already.

    Returns
    -------
    tuple of Problem
        Errors first.
    """
    theta = minimum.theta[0]
    if not minimum.converged[0]:
        return (
            Problem(
                "error", "not_converged",
                f"The estimation did not converge: after {int(minimum.iterations[0])} steps the largest "
                f"scaled gradient is {float(minimum.slope[0]):.1e}. No fit index is given. {advice}".rstrip(),
            ),
        )  # fmt: skip
    cells, implied = cell_values(layout, theta), imply(layout, theta) if implied is None else implied
    found = []
    among = slice(layout.n_observed, layout.n_observed + len(table.constructs))
    for place, label in enumerate(table.groups):
        where = f" in group '{label}'" if label else ""
        found += negative_variances(layout, table, place, cells[place], where)
        found += nothing_left(layout, place, cells[place], implied, where)
        total = implied.total[place][among, among]
        between = _latent_covariances(layout, total, where)
        found += between
        # What makes these impossible does so among the disturbances too, and is said once.
        if all(problem.severity != "error" for problem in between):
            found += _disturbances(layout, cells[place], where)
    if information_is_singular:
        found.append(
            Problem(
                "error", "singular_information",
                "The information matrix is singular at the solution, so standard errors cannot be computed: "
                "the data do not tell some parameters apart.",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda problem: problem.severity != "error"))


def uneven_units(discrepancy: Discrepancy, table: ParameterTable, moments: GroupMoments) -> str:
    """Return advice where a fitting function depends on the units and these are far apart; empty otherwise."""
    deviation = np.sqrt(diagonal(moments.covariance)).mean(axis=0)
    low, high = int(deviation.argmin()), int(deviation.argmax())
    ratio = deviation[high] / deviation[low]
    if discrepancy.in_units or ratio < UNEVEN:
        return ""
    return (
        f"Unweighted least squares depend on units, and '{table.observed[high]}' varies {ratio:.0f} times as much as "
        f"'{table.observed[low]}': give them like units, or take estimator='GLS' or 'ML'."
    )


def without_scaled_test(statistics: Statistics) -> tuple[Problem, ...]:
    """Say where a corrected test cannot be had because its scaling factor is estimated below zero."""
    found = []
    for test, whose, then in (
        (statistics.scaled, "the scaled test", "read the standard test"),
        (statistics.baseline_scaled, "the scaled test of the baseline model", "CFI and TLI have no scaled version"),
    ):
        if test is None or test.df <= 0 or np.isfinite(test.scaling) or np.isfinite(test.statistic):
            continue
        text = (
            f"There is no value of {whose}: its scaling factor is estimated below zero, which comes of a model far "
            f"off or of few answers; {then}, or take test='satorra_bentler' (complete "
            "rows) or test='yuan_bentler_mplus'."
        )
        found.append(Problem("warning", "no_scaled_test", text))
    return tuple(found)


def _disturbances(layout: Layout, cells: Array, where: str) -> list[Problem]:
    """Check that the stated covariances of residuals can hold together."""
    undirected = layout.kind == UNDIRECTED
    row, column = layout.row[undirected], layout.column[undirected]
    matrix = np.zeros((len(layout.variables),) * 2)
    matrix[row, column] = matrix[column, row] = cells[undirected]
    varies, correlation = _correlations(matrix)
    if exceeds(correlation, -ROUNDING):
        return []
    values, vectors = np.linalg.eigh(correlation)
    names = tuple(layout.variables[varies[place]] for place in np.flatnonzero(np.abs(vectors[:, 0]) > 0.1))
    return [
        Problem(
            "error", "residual_covariance",
            f"The residual covariances of {', '.join(names)}{where} are larger than their residual variances allow "
            f"(smallest eigenvalue of the residual correlations {values[0]:.3f}): the solution is not admissible. "
            "Drop a residual covariance, or look for items that repeat each other.",
            names,
        )
    ]  # fmt: skip


def _correlations(covariance: Array) -> tuple[Indices, Array]:
    """Return which of some variables vary, `(k,)`, and their correlations `(k, k)`."""
    varies = np.flatnonzero(diagonal(covariance) > ROUNDING)
    among = covariance[varies[:, None], varies]
    deviation = np.sqrt(diagonal(among))
    return varies, among / (deviation[:, None] * deviation)


def advice_for(
    layout: Layout, table: ParameterTable, theta: Array, weak: tuple[str, ...], missed: tuple[Problem, ...]
) -> str:
    """Say what to do where an estimation did not converge.

    Parameters
    ----------
    layout
        The model in units of one standard deviation.
    table
        Its parameters.
    theta
        `(n_free,)` where the estimation ended.
    weak
        Factors whose unit is set by an item with next to no loading.
    missed
        What is said of constraints that do not hold.
    """
    if missed:
        return ""
    observed = (layout.kind == UNDIRECTED) & (layout.row == layout.column) & (layout.row < layout.n_observed)
    lowest = np.where(observed & (layout.place >= 0), cell_values(layout, theta), 0.0).min(axis=0)
    if lowest.min() < FALLING:
        name = layout.variables[layout.row[int(lowest.argmin())]]
        fell = f"The residual variance of '{name}' went below zero on the way (a Heywood case)"
        fewer = fewer_factors(table, name)
        if fewer:
            return f"{fell}. {fewer}"
        return (
            f"{fell}: its construct has too few items or answers, or its items contradict each other. "
            f"Leave '{name}' out, or hold loadings equal."
        )
    if weak:
        return (
            f"The item that sets the unit of '{weak[0]}' has next to nothing to do with it: let another item do so by "
            "writing it first, take std_lv=True, or leave it out."
        )
    answers = layout.cells.latent_answers
    if answers is not None and answers.theta:
        return (
            "Under parameterization='theta' no residual variance behind ordered answers can be below zero, and "
            "loadings may grow without limit instead: see whether parameterization='delta' shows a Heywood case."
        )
    return ADVICE


def missed_constraints(constraints: Constraints | None, minimum: Minimum) -> tuple[Problem, ...]:
    """Say which constraints do not hold where an estimation ended without reaching a minimum.

    Parameters
    ----------
    constraints
        Those of the model; None where it has none.
    minimum
        A stack of one.

    Returns
    -------
    tuple of Problem
        At most one, an error.
    """
    if constraints is None or minimum.converged[0]:
        return ()
    margins = constraints.margins(minimum.theta[0])[0]
    missed = ~np.where(constraints.equalities, np.abs(margins) < MISSED, margins > -MISSED)
    if not missed.any():
        return ()
    stated = [one for one, misses in zip(constraints.model.constraints, missed, strict=True) if misses]
    lines = ", ".join(str(line) for line in sorted({one.span.line for one in stated}))
    return (
        Problem(
            "error", "constraints",
            f"Constraints do not hold where the estimation ended (line {lines} of the model): they contradict each "
            "other, or no values near the data satisfy them. Look for a slip in a sign or a label, or drop one.",
            tuple(dict.fromkeys(name for one in stated for part in (one.left, one.right) for name in part.names)),
        ),
    )  # fmt: skip


def at_boundary(constraints: Constraints | None, minimum: Minimum) -> tuple[Problem, ...]:
    """Say which inequalities hold the estimates back.

    Parameters
    ----------
    constraints
        Those of the model; None where it has none.
    minimum
        A stack of one.

    Returns
    -------
    tuple of Problem
        At most one, a warning.
    """
    if constraints is None or not minimum.converged[0]:
        return ()
    holding = minimum.active[0] & ~constraints.equalities
    stated = [one for one, holds in zip(constraints.model.constraints, holding, strict=True) if holds]
    if not stated:
        return ()
    texts = ", ".join(f"`{' '.join(in_text(one))}`" for one in stated)
    return (
        Problem(
            "warning", "at_boundary",
            f"The estimates lie on the boundary of {texts}: without it they would lie beyond. Standard errors take it "
            "for an equality, and chi-square does not have quite the distribution that its p-value supposes.",
            tuple(dict.fromkeys(name for one in stated for part in (one.left, one.right) for name in part.names)),
        ),
    )  # fmt: skip


def undefined(model: Model, values: Array) -> tuple[Problem, ...]:
    """Say which defined quantities have no value at the estimates.

    Parameters
    ----------
    model
        With its definitions.
    values
        `(definitions,)`.

    Returns
    -------
    tuple of Problem
        Warnings.
    """
    return tuple(
        Problem(
            "warning", "undefined",
            f"`{one.name} := {one.text}` has no value at the estimates: it divides by 0, or takes a root or logarithm "
            "of a number below 0.",
            (one.name,),
        )
        for one, value in zip(model.definitions, values, strict=True)
        if not np.isfinite(value)
    )  # fmt: skip


def random_covariates(model: Model, covariates: tuple[str, ...]) -> tuple[Problem, ...]:
    """Warn where some covariates became random and are held to be uncorrelated with the others.

    Parameters
    ----------
    model
        What was fitted.
    covariates
        Those whose moments are fixed.

    Returns
    -------
    tuple of Problem
        At most one, a warning.
    """
    explained = {path.outcome for path in model.paths} | {item for block in model.blocks for item in block.items}
    predictors = dict.fromkeys(path.predictor for path in model.paths)
    stated = tuple(name for name in predictors if name not in {*explained, *covariates, *model.constructs})
    if not stated or not covariates:
        return ()
    return (
        Problem(
            "warning", "random_covariates",
            f"The model states a variance, covariance or mean of {', '.join(stated)}, which makes them random: "
            f"they are held to be uncorrelated with {', '.join(covariates)}, unless the model says otherwise. "
            "State these covariances too (`x ~~ z`), or none.",
            stated,
        ),
    )  # fmt: skip


def doubtful_products(expanded: Expansion, se: str) -> tuple[Problem, ...]:
    """Warn where standard errors take products for normal, or a product stands without its parts.

    Parameters
    ----------
    expanded
        What was fitted.
    se
        How standard errors are computed.

    Returns
    -------
    tuple of Problem
        Warnings.
    """
    found = []
    names = ", ".join(product.name for product in expanded.constructs)
    if names and se == "standard":
        found.append(
            Problem(
                "warning", "products_not_normal",
                f"Products of items ({names}) are not normally distributed, even where the items are: standard errors "
                "and tests of this estimator take them to be. Take estimator='MLR', or rt.bootstrap(fit).",
                tuple(product.name for product in expanded.constructs),
            )
        )  # fmt: skip
    return (*found, *products_alone(expanded))


def products_alone(expanded: Expansion) -> tuple[Problem, ...]:
    """Warn of each product that predicts what its parts do not.

    Parameters
    ----------
    expanded
        What was fitted.

    Returns
    -------
    tuple of Problem
        Warnings.
    """
    found = []
    paths = {(path.outcome, path.predictor) for path in expanded.model.paths}
    for path in expanded.model.paths:
        alone = [part for part in dict.fromkeys(path.term.factors) if (path.outcome, part) not in paths]
        if len(path.term.factors) > 1 and alone:
            found.append(
                Problem(
                    "warning", "product_alone",
                    f"'{path.outcome} ~ {path.predictor}' stands without '{path.outcome} ~ {' + '.join(alone)}': the "
                    "estimate then depends on where zero is, and takes up what the left-out effect would explain.",
                    (path.outcome, path.predictor, *alone),
                )
            )  # fmt: skip
    return tuple(found)


def _latent_covariances(layout: Layout, total: Array, where: str) -> list[Problem]:
    """Check the model-implied covariances of the factors."""
    # A factor without variance (a fixed slope) correlates with nothing; a negative one is told apart already.
    varies, correlation = _correlations(total)
    if np.abs(correlation - identity(len(varies))).max(initial=0.0) <= ALIKE and exceeds(correlation, -ROUNDING):
        return []
    names = tuple(layout.variables[layout.n_observed + place] for place in varies)
    pairs = [
        (abs(correlation[i, j]), names[j], names[i], correlation[i, j]) for i in range(len(names)) for j in range(i)
    ]
    worst = max(pairs)
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest < -ROUNDING:
        return [
            Problem(
                "error", "latent_covariance",
                f"The covariance matrix of the latent variables is not positive definite{where} (smallest "
                f"eigenvalue of their correlations {smallest:.3f}): the solution is not admissible. The closest "
                f"pair is '{worst[1]}' and '{worst[2]}' (r = {worst[3]:.2f}); merge constructs that the answers do "
                "not tell apart, or leave one out.",
                (worst[1], worst[2]),
            )
        ]  # fmt: skip
    return [
        Problem(
            "warning", "alike",
            f"'{left}' and '{right}' correlate {r:.2f}{where}: the answers hardly tell these constructs apart, and "
            "paths from both cannot be separated well.",
            (left, right),
        )
        for size, left, right, r in pairs
        if size > ALIKE
    ]  # fmt: skip
