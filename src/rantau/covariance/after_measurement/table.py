"""The parameters of a model whose structural part is estimated after its measurement."""

from __future__ import annotations

from collections.abc import Iterable

from rantau.covariance.constraints import check_constraints
from rantau.covariance.definitions import check_definitions
from rantau.covariance.request import SemRequest
from rantau.model.parameters import Parameter, ParameterTable, tabulate
from rantau.model.products import item_of


def joint_table(request: SemRequest, groups: tuple[str, ...]) -> ParameterTable:
    """Write out the parameters of the whole model, products of constructs without items.

    Parameters
    ----------
    request
        Model and options.
    groups
        What the groups are called.

    Returns
    -------
    ParameterTable
        As for `rt.sem`, but for the products, and for the intercepts of constructs that are outcomes: their items are
        measured about a mean of nought, which an intercept of nought would not give them where a cause has a mean.
    """
    expanded = request.expanded
    table = tabulate(
        expanded.model, groups=groups, fixed_x=bool(request.fixed_x), mean_structure=request.mean_structure,
        group_equal=request.group_equal, group_partial=request.group_partial,
    )  # fmt: skip
    items = {item_of(product) for product in expanded.constructs}
    table = kept(table, [row.lhs not in items and row.rhs not in items for row in table.rows])
    table = table.replace(observed=tuple(name for name in table.observed if name not in items))
    table = _with_intercepts(table, equal="intercepts" in request.group_equal)
    labels = tuple(dict.fromkeys(row.label for row in table.rows if row.label))
    check_definitions(request.model, labels)
    check_constraints(request.model, labels)
    return table


def kept(table: ParameterTable, keep: Iterable[bool]) -> ParameterTable:
    """Return a table with some of its rows, free parameters numbered anew in their old order."""
    rows = [row for row, stays in zip(table.rows, keep, strict=True) if stays]
    number = {place: new for new, place in enumerate(sorted({row.free for row in rows if row.free >= 0}))}
    rows = [row.replace(free=number[row.free]) if row.free >= 0 else row for row in rows]
    return table.replace(rows=tuple(rows), n_free=len(number))


def _with_intercepts(table: ParameterTable, *, equal: bool) -> ParameterTable:
    """Free the intercepts of constructs, nought by convention, that have a cause whose mean is not."""
    causes: dict[str, set[str]] = {}
    for row in table.rows:
        if row.op == "~":
            causes.setdefault(row.lhs, set()).add(row.rhs)
    # In which groups each variable has a mean other than nought, and those it causes with it.
    has_mean = {(row.lhs, row.group) for row in table.rows if row.op == "~1" and not by_convention(row)}
    moved = {
        (name, group) for name, own in causes.items() for cause in own for group in range(1, table.n_groups + 1)
        if (cause, group) in has_mean
    }  # fmt: skip
    rows, n_free = list(table.rows), table.n_free
    places: dict[tuple[str, int], int] = {}
    for at, row in enumerate(table.rows):
        if row.op == "~1" and row.lhs in table.latent and by_convention(row) and (row.lhs, row.group) in moved:
            # Means that are held equal stay so: one intercept for all groups.
            place = places.setdefault((row.lhs, 1 if equal else row.group), n_free + len(places))
            rows[at] = row.replace(free=place, value=float("nan"))
    return table.replace(rows=tuple(rows), n_free=n_free + len(places))


def by_convention(row: Parameter) -> bool:
    """Whether a mean or intercept is nought without the file saying so."""
    return row.free < 0 and not row.by_user and not row.exogenous and row.value == 0.0
