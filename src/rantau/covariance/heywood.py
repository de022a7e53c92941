"""Variances estimated below zero, and those of ordered answers that would be."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.cells import UNDIRECTED
from rantau.covariance.implied import Implied
from rantau.covariance.layout import Layout
from rantau.fit import Problem
from rantau.model.parameters import ParameterTable

#: A variance or eigenvalue above minus this, in units of one standard deviation, is not negative.
ROUNDING = 1e-8
#: A share of the variance behind ordered answers below this is nothing.
NOTHING_LEFT = 1e-6
#: Of a Heywood case where factors are stated.
CAUSES = "Causes: too few items or answers, a misspecified model, an item that measures another construct."


def fewer_factors(table: ParameterTable, name: str) -> str:
    """Return what to do where the residual variance of an exploratory item falls below zero; "" for any other item.

    Source: van Driel (1978), On various causes of improper solutions in maximum likelihood factor analysis.
    """
    blocks = {block.lhs for block in table.rows if block.op == "=~" and block.rhs == name}
    many = max((len(factors) for _, factors in table.explored if blocks & set(factors)), default=0)
    if many < 2:
        return ""
    return (
        f"Most often {many} factors are one too many: take {many - 1}, and see rt.parallel_analysis() for how many the "
        f"answers show. Otherwise leave '{name}' out."
    )


def negative_variances(layout: Layout, table: ParameterTable, group: int, cells: Array, where: str) -> list[Problem]:
    """Tell of variances below zero in a group, with its `(cells,)`."""
    found = []
    estimated = layout.place[group] >= 0
    if layout.cells.latent_answers is not None and not layout.cells.latent_answers.theta:
        # What is left of the variance behind an ordered answer follows from the loadings, and is estimated with them.
        estimated[layout.cells.latent_answers.variance] = True
    for position in np.flatnonzero((layout.kind == UNDIRECTED) & (layout.row == layout.column)):
        if cells[position] < -ROUNDING and estimated[position]:
            name = layout.variables[layout.row[position]]
            found.append(
                Problem(
                    "error", "negative_variance",
                    f"The variance of '{name}' (or of its disturbance) is estimated below zero{where}, a Heywood "
                    f"case: the solution is not admissible. {fewer_factors(table, name) or CAUSES}",
                    (name,),
                )
            )  # fmt: skip
    return found


def nothing_left(layout: Layout, group: int, cells: Array, implied: Implied, where: str) -> list[Problem]:
    """Tell of loadings that grow without limit in a group, with its `(cells,)`.

    The residual variance of an ordered variable is held at one, and what lies behind it is explained entirely.
    """
    answers = layout.cells.latent_answers
    if answers is None or not answers.theta or implied.scale is None:
        return []
    left = cells[answers.variance] * implied.scale[group, answers.item] ** 2
    names = [layout.variables[item] for item in answers.item[(left > 0) & (left < NOTHING_LEFT)]]
    return [
        Problem(
            "error", "nothing_left",
            f"What lies behind '{name}' is explained entirely{where}: parameterization='theta' keeps its residual "
            "variance, and its loadings and thresholds grow without limit. Under parameterization='delta' the residual "
            "variance may be estimated below zero, a Heywood case: too few items or answers, or a misspecified model.",
            (name,),
        )
        for name in names
    ]  # fmt: skip
