"""The same model with its exploratory blocks held still, which is what can be minimised."""

from __future__ import annotations

import numpy as np
from scipy.linalg import qr

from rantau.arrays import Array
from rantau.covariance.layout import Layout
from rantau.errors import IdentificationError, listing
from rantau.model.exploratory import explored
from rantau.model.locate import refusal
from rantau.model.parameters import Parameter, ParameterTable
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments

#: No communality begins nearer to one than this.
MARGIN = 0.05
#: For each block, the items that hold its factors still: the first on the first factor alone, and so on.
Pivots = tuple[tuple[str, ...], ...]


def shared_loadings(table: ParameterTable, factors: tuple[str, ...]) -> bool:
    """Whether the loadings of a block are the same numbers in all groups, so that all are turned alike."""
    if table.n_groups == 1:
        return False
    places = [row.free for row in table.rows if row.op == "=~" and row.lhs in factors]
    return len(set(places)) < len(places)


def held_still(table: ParameterTable, pivots: Pivots = ()) -> ParameterTable:
    """Take from a table the freedom to turn the factors of its exploratory blocks.

    Parameters
    ----------
    table
        With all loadings free.
    pivots
        The items of each block that hold its factors still; its first ones unless given.

    Returns
    -------
    ParameterTable
        With uncorrelated factors, and noughts above the diagonal of the pivots' loadings: any solution can be turned
        to this form (Jöreskog, 1969; Anderson & Rubin, 1956).
    """
    if not table.explored:
        return table
    nought: set[tuple[str, str, str]] = set()
    first_only: set[tuple[str, str, str]] = set()
    for block, (_, factors) in enumerate(table.explored):
        items = [row.rhs for row in table.rows if row.lhs == factors[0] and row.op == "=~" and row.group == 1]
        chosen = pivots[block] if pivots else tuple(items[: len(factors)])
        for i, item in enumerate(chosen):
            nought |= {(factor, "=~", item) for factor in factors[i + 1 :]}
        among = {(left, "~~", right) for left in factors for right in factors if left != right}
        if shared_loadings(table, factors):
            first_only |= among
        else:
            nought |= among
    held = {
        row.free
        for row in table.rows
        if row.free >= 0
        and (
            (row.lhs, row.op, row.rhs) in nought or (row.group == 1 and (row.lhs, row.op, row.rhs) in first_only)
        )
    }  # fmt: skip
    order: dict[int, int] = {}
    rows = []
    for row in table.rows:
        if row.free in held:
            rows.append(row.replace(free=-1, value=0.0, start=float("nan")))
        elif row.free >= 0:
            rows.append(row.replace(free=order.setdefault(row.free, len(order))))
        else:
            rows.append(row)
    return table.replace(rows=tuple(rows), n_free=len(order))


def check_turnable(model: Model, table: ParameterTable) -> None:
    """Refuse equalities that would not outlast a rotation.

    Parameters
    ----------
    model
        For the place.
    table
        With all groups and equalities.

    Raises
    ------
    ModelSyntaxError, IdentificationError
        Naming the parameters.
    """
    turned = {factor for _, factors in explored(model) for factor in factors}
    if not turned:
        return
    rows: dict[int, list[Parameter]] = {}
    for row in table.rows:
        if row.free >= 0 and (row.lhs in turned or row.rhs in turned):
            rows.setdefault(row.free, []).append(row)
    constrained = {name for one in model.constraints for part in (one.left, one.right) for name in part.names}
    for alike in rows.values():
        if len({(row.lhs, row.op, row.rhs) for row in alike}) > 1:
            raise IdentificationError(
                f"{model.source}: {listing(_name(row) for row in alike)} are held equal, and belong to an exploratory "
                "block, whose rotation would not keep them so; give them labels of their own, or none."
            )
        if alike[0].label in constrained:
            one = next(c for c in model.constraints if alike[0].label in (*c.left.names, *c.right.names))
            raise refusal(
                model, one.span,
                f"'{alike[0].label}' is a parameter of an exploratory block, whose rotation would not keep a "
                "constraint; test it afterwards with fit.wald_test().",
            )  # fmt: skip
    for name, factors in table.explored:
        together = shared_loadings(table, factors)
        of_block = [row for row in table.rows if row.free >= 0 and (row.lhs in factors or row.rhs in factors)]
        split = [row for row in of_block if row.op == "=~" and len(rows[row.free]) < table.n_groups]
        if together and split:
            raise IdentificationError(
                f"{model.source}: the loadings of the exploratory block '{name}' are equal across groups but for "
                f"{_name(split[0])}; the factors are turned in all groups together or in each by itself, so that all "
                "loadings of a block are equal or none. Drop group_partial for this block."
            )
        bound = [row for row in of_block if row.op != "=~" and len(rows[row.free]) > 1]
        if not together and bound and table.n_groups > 1:
            raise IdentificationError(
                f"{model.source}: {_name(bound[0])} is equal across groups, and the factors of the exploratory block "
                f"'{name}' are turned in each group by itself; hold their loadings equal too "
                "(group_equal=('loadings', ...))."
            )


def _name(row: Parameter) -> str:
    return f"{row.lhs} {row.op} {row.rhs}".strip()


def principal_axes(correlation: Array, m: int) -> Array:
    """Return rough loadings `(p, m)` on uncorrelated factors, from a correlation matrix `(p, p)`.

    Source: principal axes from squared multiple correlations (Harman, 1976, ch. 8), three times over.
    """
    # Polychoric correlations can be singular.
    shared = 1 - 1 / np.diag(np.linalg.pinv(correlation, hermitian=True))
    loadings = np.zeros((len(correlation), m))
    for _ in range(5):
        reduced = correlation.copy()
        np.fill_diagonal(reduced, np.clip(shared, MARGIN, 1 - MARGIN))
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, ::-1][:, :m] * np.sqrt(np.maximum(values[::-1][:m], MARGIN))
        shared = (loadings**2).sum(axis=1)
    # No item begins without a residual.
    most = np.sqrt(np.minimum(1.0, (1 - MARGIN) / shared))
    return np.asarray(loadings * most[:, None])


def _pooled(moments: GroupMoments, items: list[str]) -> Array:
    """Return the correlations of some items within groups."""
    places = [moments.names.index(item) for item in items]
    share = moments.n / moments.n.sum()
    covariance = np.einsum("g,gij->ij", share, moments.covariance)[np.ix_(places, places)]
    deviation = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(deviation, deviation))


def rough_loadings(table: ParameterTable, moments: GroupMoments) -> tuple[tuple[tuple[str, ...], Array], ...]:
    """Return for each block its items and rough loadings `(p, m)` that its pivots hold still, pivots first.

    Parameters
    ----------
    table
        With exploratory blocks.
    moments
        Of the sample.
    """
    found = []
    for _, factors in table.explored:
        items = [row.rhs for row in table.rows if row.lhs == factors[0] and row.op == "=~" and row.group == 1]
        loadings = principal_axes(_pooled(moments, items), len(factors))
        order = qr(loadings.T, pivoting=True, mode="r")[1]
        turned = np.linalg.qr(loadings[order[: len(factors)]].T)[0]
        loadings = loadings @ turned
        found.append((tuple(items[place] for place in order), loadings[order]))
    return tuple(found)


def pivots_of(table: ParameterTable, moments: GroupMoments) -> Pivots:
    """Choose the items that hold the factors of each block still: those that lie farthest apart."""
    return tuple(items[: loadings.shape[1]] for items, loadings in rough_loadings(table, moments))


def rough_start(table: ParameterTable, layout: Layout, moments: GroupMoments, start: Array) -> Array:
    """Enter rough loadings and residual variances of exploratory blocks among start values.

    Parameters
    ----------
    table, layout
        Held still by `pivots_of(table, moments)`, in units of one standard deviation.
    moments
        In the same units.
    start
        `(n_free,)`.

    Returns
    -------
    Array
        `(n_free,)`.
    """
    if not table.explored:
        return start
    found = np.array(start)
    count = len(table.rows) // table.n_groups
    deviation = {
        (group, name): float(np.sqrt(moments.covariance[group, place, place]))
        for group in range(table.n_groups)
        for place, name in enumerate(moments.names)
    }
    loading: dict[tuple[str, str], float] = {}
    left: dict[str, float] = {}
    for (_, factors), (items, loadings) in zip(table.explored, rough_loadings(table, moments), strict=True):
        for item, values in zip(items, loadings, strict=True):
            loading |= {(factor, item): float(value) for factor, value in zip(factors, values, strict=True)}
            left[item] = min(left.get(item, 1.0), 1.0) - float(values @ values)
    turned = {factor for _, factors in table.explored for factor in factors}
    for place, row in enumerate(table.rows):
        if row.free < 0:
            continue
        group, factor = row.group - 1, layout.factor[row.group - 1, place % count]
        if (row.lhs, row.rhs) in loading and row.op == "=~":
            found[row.free] = loading[row.lhs, row.rhs] * deviation[group, row.rhs] / factor
        elif row.op == "~~" and row.lhs == row.rhs and row.lhs in left:
            found[row.free] = max(left[row.lhs], MARGIN) * deviation[group, row.lhs] ** 2 / factor
        elif row.op in ("~~", "~") and row.lhs != row.rhs and turned & {row.lhs, row.rhs}:
            found[row.free] = 0.0
    return found
