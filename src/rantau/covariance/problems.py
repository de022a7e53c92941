"""What must be known before a solution of the covariance engine is believed."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.implied import UNDIRECTED, Layout, cell_values, imply
from rantau.covariance.minimise import Minimum
from rantau.fit import Problem

#: A variance or eigenvalue above minus this, in units of one standard deviation, is not negative.
ROUNDING = 1e-8
#: Latent correlations beyond this cannot be told from one by most samples.
ALIKE = 0.95


def find_problems(layout: Layout, minimum: Minimum, information_is_singular: bool) -> tuple[Problem, ...]:
    """Look for everything that makes a solution untrustworthy.

    Parameters
    ----------
    layout
        The model in units of one standard deviation.
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
    found = [*_negative_variances(layout, theta), *_latent_covariances(layout, theta)]
    if information_is_singular:
        found.append(
            Problem(
                "error", "singular_information",
                "The information matrix is singular at the solution, so standard errors cannot be computed: "
                "the data do not tell some parameters apart.",
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda problem: problem.severity != "error"))


def _negative_variances(layout: Layout, theta: Array) -> list[Problem]:
    cells = cell_values(layout, theta)
    found = []
    for position in np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == layout.column)):
        if cells[position] < -ROUNDING and layout.place[position] >= 0:
            name = layout.variables[layout.row[position]]
            found.append(
                Problem(
                    "error", "negative_variance",
                    f"The variance of '{name}' (or of its disturbance) is estimated below zero, a Heywood "
                    "case: the solution is not admissible. Causes: too few items or answers, a misspecified "
                    "model, an item that measures another construct.",
                    (name,),
                )
            )  # fmt: skip
    return found


def _latent_covariances(layout: Layout, theta: Array) -> list[Problem]:
    """Check the model-implied covariances of the factors."""
    total = imply(layout, theta[None]).total[0][layout.n_observed :, layout.n_observed :]
    names = layout.variables[layout.n_observed :]
    variance = np.diag(total)
    if len(names) < 2 or (variance <= 0).any():
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
                "The covariance matrix of the latent variables is not positive definite (smallest "
                f"eigenvalue of their correlations {smallest:.3f}): the solution is not admissible. The closest "
                f"pair is '{worst[1]}' and '{worst[2]}' (r = {worst[3]:.2f}); merge constructs that the answers do "
                "not tell apart, or leave one out.",
                (worst[1], worst[2]),
            )
        ]  # fmt: skip
    return [
        Problem(
            "warning", "alike",
            f"'{left}' and '{right}' correlate {r:.2f}: the answers hardly tell these constructs apart, and "
            "paths from both cannot be separated well.",
            (left, right),
        )
        for size, left, right, r in pairs
        if size > ALIKE
    ]  # fmt: skip
