"""What must be known before a solution of the covariance engine is believed."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import UNDIRECTED, Layout, cell_values, imply
from rantau.covariance.minimise import Minimum
from rantau.fit import Problem
from rantau.model.spec import Model

#: A variance or eigenvalue above minus this, in units of one standard deviation, is not negative.
ROUNDING = 1e-8
#: Latent correlations beyond this cannot be told from one by most samples.
ALIKE = 0.95


def find_problems(
    layout: Layout, groups: tuple[str, ...], minimum: Minimum, information_is_singular: bool
) -> tuple[Problem, ...]:
    """Look for everything that makes a solution untrustworthy.

    Parameters
    ----------
    layout
        The model in units of one standard deviation.
    groups
        Their labels; one empty label where there is one group.
    minimum
        A stack of one.
    information_is_singular
        Whether standard errors could not be computed.

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
                f"scaled gradient is {float(minimum.slope[0]):.1e}. No fit index is given. Look for a factor "
                "with weak or contradictory items, or state a simpler model.",
            ),
        )  # fmt: skip
    cells, implied = cell_values(layout, theta), imply(layout, theta)
    found = []
    for place, label in enumerate(groups):
        where = f" in group '{label}'" if label else ""
        found += _negative_variances(layout, place, cells[place], where)
        total = implied.total[place][layout.n_observed :, layout.n_observed :]
        found += _latent_covariances(layout, total, where) or _disturbances(layout, cells[place], where)
    if information_is_singular:
        found.append(
            Problem(
                "error", "singular_information",
                "The information matrix is singular at the solution, so standard errors cannot be computed: "
                "the data do not tell some parameters apart.",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda problem: problem.severity != "error"))


def _negative_variances(layout: Layout, group: int, cells: Array, where: str) -> list[Problem]:
    found = []
    for position in np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == layout.column)):
        if cells[position] < -ROUNDING and layout.place[group, position] >= 0:
            name = layout.variables[layout.row[position]]
            found.append(
                Problem(
                    "error", "negative_variance",
                    f"The variance of '{name}' (or of its disturbance) is estimated below zero{where}, a Heywood "
                    "case: the solution is not admissible. Causes: too few items or answers, a misspecified "
                    "model, an item that measures another construct.",
                    (name,),
                )
            )  # fmt: skip
    return found


def _disturbances(layout: Layout, cells: Array, where: str) -> list[Problem]:
    """Check that the stated covariances of residuals can hold together."""
    undirected = layout.kind == UNDIRECTED
    row, column = layout.row[undirected], layout.column[undirected]
    matrix = np.zeros((len(layout.variables),) * 2)
    matrix[row, column] = matrix[column, row] = cells[undirected]
    varies = np.flatnonzero(np.diag(matrix) > ROUNDING)
    matrix = matrix[np.ix_(varies, varies)]
    correlation = matrix / np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
    values, vectors = np.linalg.eigh(correlation)
    if values.size == 0 or values[0] >= -ROUNDING:
        return []
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


def _latent_covariances(layout: Layout, total: Array, where: str) -> list[Problem]:
    """Check the model-implied covariances of the factors."""
    names = layout.variables[layout.n_observed :]
    # A factor without variance (a fixed slope) correlates with nothing; a negative one is told apart already.
    varies = np.flatnonzero(np.diag(total) > ROUNDING)
    total, names = total[np.ix_(varies, varies)], tuple(names[place] for place in varies)
    variance = np.diag(total)
    if len(names) < 2:
        return []
    correlation = total / np.sqrt(np.outer(variance, variance))
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
