"""Moments against parameters: what no data can identify."""

from __future__ import annotations

from rantau.errors import IdentificationError
from rantau.model.locate import located
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model, Span


def check_counts(model: Model, table: ParameterTable, n_obs: int, n_constraints: int = 0) -> int:
    """Count moments against parameters and refuse what no data can identify.

    Parameters
    ----------
    model
        The model, for the message.
    table
        Its parameters.
    n_obs
        Rows of the data, of all groups together.
    n_constraints
        Independent `==` constraints of the model; equalities by label or across groups are in the table already.

    Returns
    -------
    int
        The degrees of freedom.

    Raises
    ------
    IdentificationError
        If there are more parameters than moments, or fewer rows than parameters.
    """
    p, x = len(table.observed), len(table.exogenous)
    moments = p * (p + 1) // 2 - x * (x + 1) // 2 + (p - x if table.mean_structure else 0)
    # An ordered variable has thresholds, and neither a mean nor a variance.
    moments += sum(count - 2 for _, count in table.ordered)
    moments *= table.n_groups
    free = table.n_free - n_constraints
    if free > moments:
        thin = [block for block in model.blocks if len(block.items) < 3]
        advice = (
            f" '{thin[0].construct}' has {len(thin[0].items)} item{'s' if len(thin[0].items) > 1 else ''}; "
            "three are needed where it stands alone."
            if thin
            else " Fix or drop some parameters, or add items."
        )
        where = thin[0].span if thin else Span(1, 1)
        what = "variances and covariances"
        if table.n_groups > 1:
            what = f"variances, covariances and means in {table.n_groups} groups"
        message = (
            f"the model is not identified: {_free(free, n_constraints)} but only {moments} {what} to estimate them "
            f"from.{advice}"
        )
        raise IdentificationError(located(message, text=model.text, source=model.source, span=where))
    if n_obs < free:
        rows = f"{n_obs} complete rows" + (f" in {table.n_groups} groups" if table.n_groups > 1 else "")
        raise IdentificationError(
            f"{model.source}: {_free(free, n_constraints)} cannot be estimated from {rows}; "
            "collect more answers or state a smaller model (10 rows per parameter is a customary floor)."
        )
    return moments - free


def _free(free: int, n_constraints: int) -> str:
    return f"{free} free parameters" + (" (less the constraints)" if n_constraints else "")
