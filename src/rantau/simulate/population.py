"""The population that a model file states: every parameter a number, and the moments that follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance.cells import DIRECTED, UNDIRECTED
from rantau.covariance.definitions import check_definitions, defined
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout, cell_values, lay_out
from rantau.door import as_model
from rantau.errors import EstimationError, ModelSyntaxError, listing
from rantau.extras import require
from rantau.model.locate import first_use, located, refusal
from rantau.model.parameters import Parameter, ParameterTable, tabulate
from rantau.model.spec import Model, Span
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class Population(Record):
    """A model with all parameters known, and the moments of its variables.

    Attributes
    ----------
    model
        What was stated.
    table
        Its parameters, none of them free.
    values
        `(rows,)` the number of each row of the table.
    names
        The observed variables.
    covariance, mean
        `(p, p)` and `(p,)` of the observed variables.
    construct_covariance
        `(k, k)` of the constructs, in the order of `table.latent`.
    """

    model: Model
    table: ParameterTable
    values: Array
    names: tuple[str, ...]
    covariance: Array
    mean: Array
    construct_covariance: Array


def population(model: Model | str) -> Population:
    r"""Read a model as a population.

    Parameters
    ----------
    model
        A `Model` or its text; each parameter is a fixed number, such as `0.8*x`.

    Returns
    -------
    Population
        With the covariances and means that the numbers imply.

    Raises
    ------
    ModelSyntaxError
        If a parameter has no number, or the model has what no population is drawn from yet; with its line.
    EstimationError
        If no variables can have the covariance matrix that the numbers imply.

    Source
    ------
    McArdle & McDonald (1984), eq. 8: the covariances of all variables are (I - A)^-1 S (I - A)^-T.

    Examples
    --------
    >>> stated = population("F =~ 0.8*a + 0.6*b\nF ~~ 1*F\na ~~ 0.36*a\nb ~~ 0.64*b")
    >>> stated.covariance.round(12).tolist()
    [[1.0, 0.48], [0.48, 1.0]]
    """
    read = as_model(model)
    _refuse_unsupported(read)
    table = tabulate(read, fixed_x=False)
    _refuse_free(read, table)
    check_definitions(read, tuple(dict.fromkeys(row.label for row in table.rows if row.label)))
    layout = lay_out(table, np.empty((1, 0, 0)), np.empty((1, 0)))
    values = cell_values(layout, np.empty(0))[0]
    _refuse_impossible(read, table, layout, values)
    _refuse_endless(read, layout, values)
    implied = imply(layout, np.empty(0))
    p = len(table.observed)
    _refuse_singular(read, implied.sigma[0], table.observed, "observed variables")
    latent = implied.total[0, p:, p:]
    return Population(read, table, values, table.observed, implied.sigma[0], implied.mu[0], latent)


def population_values(model: Model | str) -> pd.DataFrame:
    r"""Return the numbers of a population, as `estimates()` names them.

    Parameters
    ----------
    model
        A `Model` or its text; each parameter is a fixed number.

    Returns
    -------
    DataFrame
        `lhs op rhs value`: every parameter, then what the model defines by `:=`.

    Raises
    ------
    ModelSyntaxError, EstimationError
        As for `simulate`.

    Examples
    --------
    >>> values = population_values("F =~ 0.8*a + 0.6*b\nF ~~ 1*F\na ~~ 0.36*a\nb ~~ 0.64*b")
    >>> values[["rhs", "value"]].head(2).to_numpy().tolist()
    [['a', 0.8], ['b', 0.6]]
    """
    known = population(model)
    rows = [(row.lhs, row.op, row.rhs, float(v)) for row, v in zip(known.table.rows, known.values, strict=True)]
    more = defined(known.model, known.table, known.values)[0]
    rows += [(d.name, ":=", d.text, float(v)) for d, v in zip(known.model.definitions, more, strict=True)]
    frame: pd.DataFrame = require("pandas").DataFrame(rows, columns=["lhs", "op", "rhs", "value"])
    return frame


def _refuse_unsupported(model: Model) -> None:
    for block in model.blocks:
        if block.kind == "composite":
            raise refusal(
                model, block.span,
                f"data cannot be drawn from a composite (`<~`) yet; state '{block.construct}' with `=~`.",
            )  # fmt: skip
    terms = [term for block in model.blocks for term in block.terms] + [path.term for path in model.paths]
    for term in terms:
        if len(term.factors) > 1:
            raise refusal(
                model, term.span,
                f"data cannot be drawn from a model with a product ('{term.name}') yet: its variables would not "
                "be normal.",
            )  # fmt: skip
    for one in model.of_answers:
        what = "thresholds (`|`)" if one in model.thresholds else "scales (`~*~`) of ordered answers"
        raise refusal(
            model, one.span, f"{what} cannot be stated yet; give a survey, and answers are cut by its scales."
        )
    if model.constraints:
        raise refusal(model, model.constraints[0].span, "a population has numbers, not constraints.")


def _refuse_free(model: Model, table: ParameterTable) -> None:
    """Refuse parameters without a number, showing the first and naming the others.

    The 1 by which a fit gives a construct its scale is a convention of fits, and no number of a population.
    """
    markers = {
        (block.construct, block.terms[0].name)
        for block in model.blocks
        if not any(one.kind in ("fixed", "equal") for one in block.terms[0].modifiers)
    }
    free = [row for row in table.rows if row.free >= 0 or (row.op == "=~" and (row.lhs, row.rhs) in markers)]
    if not free:
        return
    first = next((row for row in free if row.by_user), free[0])
    others = [_statement(row) for row in free if row is not first]
    more = f" Likewise without a number: {listing(others, most=8)}." if others else ""
    hint = " A start value is a guess to begin from, not a population value." if not math.isnan(first.start) else ""
    message = (
        f"a population has a number for every parameter, and {_what(first)} has none: write "
        f"`{_statement(first)}`, with your number.{hint}{more}"
    )
    raise ModelSyntaxError(located(message, text=model.text, source=model.source, span=_place(model, first)))


def _what(row: Parameter) -> str:
    if row.op == "=~":
        return f"the loading of '{row.rhs}' on '{row.lhs}'"
    if row.op == "~":
        return f"the path from '{row.rhs}' to '{row.lhs}'"
    if row.op == "~1":
        return f"the mean of '{row.lhs}'"
    if row.lhs == row.rhs:
        return f"the variance of '{row.lhs}' (what its causes do not explain)"
    return f"the covariance of '{row.lhs}' and '{row.rhs}' (0 where there is none)"


def _statement(row: Parameter) -> str:
    """Return how a row is written with a number; the numbers are only there to show the form."""
    if row.op == "~1":
        return f"{row.lhs} ~ 0*1"
    number = {"=~": "0.7", "~": "0.3"}.get(row.op, "0.5" if row.lhs == row.rhs else "0.2")
    return f"{row.lhs} {row.op} {number}*{row.rhs}"


def _place(model: Model, row: Parameter) -> Span:
    """Return where a row is stated; where its variable is first used if nothing states it."""
    places = [(b.construct, "=~", t.name, t.span) for b in model.blocks for t in b.terms]
    places += [(path.outcome, "~", path.predictor, path.term.span) for path in model.paths]
    places += [(one.left, "~~", one.right, one.term.span) for one in model.covariances]
    places += [(one.variable, "~1", "", one.term.span) for one in model.intercepts]
    for lhs, op, rhs, span in places:
        if (lhs, op, rhs) == (row.lhs, row.op, row.rhs):
            return span
    return first_use(model, row.lhs)


def _refuse_impossible(model: Model, table: ParameterTable, layout: Layout, values: Array) -> None:
    """Refuse (residual) variances and covariances that no variables can have."""
    for row, value in zip(table.rows, values, strict=True):
        if row.op == "~~" and row.lhs == row.rhs and value < 0:
            message = f"the variance of '{row.lhs}' is {value:g}, and no variance is negative."
            raise EstimationError(located(message, text=model.text, source=model.source, span=_place(model, row)))
    size = len(layout.variables)
    own = np.zeros((size, size))
    cells = layout.kind == UNDIRECTED
    own[layout.row[cells], layout.column[cells]] = values[cells]
    own[layout.column[cells], layout.row[cells]] = values[cells]
    _refuse_singular(model, own, layout.variables, "variables, less what their causes explain,", least=-1e-12)


def _refuse_endless(model: Model, layout: Layout, values: Array) -> None:
    """Refuse a loop of paths whose effects do not fade from one turn to the next.

    Source: Bollen (1989), ch. 8: total effects exist only if powers of the coefficient matrix go to zero.
    """
    size = len(layout.variables)
    effects = np.zeros((size, size))
    cells = layout.kind == DIRECTED
    effects[layout.row[cells], layout.column[cells]] = values[cells]
    # Without a loop some power is exactly zero, and eigenvalues would be rounding noise.
    steps = effects != 0
    for _ in range(size):
        steps = steps @ (effects != 0)
    if steps.any() and np.abs(np.linalg.eigvals(effects)).max() >= 1:
        looped = [name for name, on in zip(layout.variables, steps.any(axis=0) & steps.any(axis=1), strict=True) if on]
        raise EstimationError(
            f"{model.source}: the paths form a loop whose effects never fade: look at {listing(looped, most=8)}. "
            "The product of the coefficients around it must be below 1."
        )


def _refuse_singular(
    model: Model, covariance: Array, names: tuple[str, ...], what: str, *, least: float = 1e-12
) -> None:
    """Refuse a covariance matrix whose smallest eigenvalue, in correlation units, is not above `least`."""
    deviation = np.sqrt(np.diag(covariance))
    unit = np.where(deviation > 0, deviation, 1.0)
    eigenvalues, vectors = np.linalg.eigh(covariance / np.outer(unit, unit))
    if eigenvalues[0] > least:
        return
    involved = [name for name, weight in zip(names, vectors[:, 0], strict=True) if abs(weight) > 0.1]
    raise EstimationError(
        f"{model.source}: no data can have these numbers: the covariance matrix of the {what} is not positive "
        f"definite (smallest eigenvalue {eigenvalues[0]:.3g}). Look at {listing(involved, most=8)}: covariances "
        "too large for their variances are the usual cause."
    )
