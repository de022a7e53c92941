"""A model taken apart: its measurement blocks, and the structural part between constructs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from rantau.arrays import Array, Indices
from rantau.covariance.after_measurement.table import by_convention, kept
from rantau.covariance.request import SemRequest
from rantau.errors import OptionError, listing, unknown
from rantau.model.entries import key_named, key_of
from rantau.model.locate import first_use, refusal
from rantau.model.parameters import Parameter, ParameterTable
from rantau.model.spec import Block, Constraint, Definition, Model
from rantau.options import several_names
from rantau.record import Record

#: As the user says which constructs are measured together.
Blocks: TypeAlias = "str | Sequence[str | Sequence[str]] | None"
#: What `group_equal` can hold equal in a measurement block.
OF_MEASUREMENT = ("loadings", "intercepts", "residuals", "residual_covariances")
STRUCTURAL = -1


class Parts(Record):
    """Which row of a parameter table belongs to which part.

    Attributes
    ----------
    table
        Every parameter of the model; a product of constructs is a latent variable without items.
    blocks
        The constructs that are measured together, in the order of the model.
    owner
        `(rows,)` of the table: the number of the block, or -1 for the structural part.
    variables
        What the structural part is about: constructs, products, observed variables.
    """

    table: ParameterTable
    blocks: tuple[tuple[str, ...], ...]
    owner: Indices
    variables: tuple[str, ...]

    @property
    def n_constructs(self) -> int:
        """How many of the variables are measured constructs; they come first."""
        return sum(len(block) for block in self.blocks)

    def places(self, part: int) -> Indices:
        """Return the free parameters of a part: a block, or -1."""
        rows = zip(self.table.rows, self.owner, strict=True)
        return np.array(sorted({row.free for row, owner in rows if owner == part and row.free >= 0}), dtype=np.intp)


def settled_moments(request: SemRequest, parts: Parts) -> int:
    """Count the moments of constructs that the measurement settles as the structural part has them: none is tested.

    Means of nought, and variances that give constructs their unit.
    """
    measured = {*parts.variables[: parts.n_constructs], *(one.name for one in request.expanded.constructs)}
    unmarked = {block.construct for block in request.model.blocks if not _has_marker(block)}
    free_elsewhere = "intercepts" in request.group_equal
    means = (
        row.op == "~1" and row.lhs in measured and by_convention(row) and (row.group == 1 or not free_elsewhere)
        for row in parts.table.rows
    )
    units = (row.op == "~~" and row.lhs == row.rhs and row.lhs in unmarked and row.free < 0 for row in parts.table.rows)
    return sum(means) + sum(units)


def take_apart(request: SemRequest, table: ParameterTable, blocks: Blocks) -> Parts:
    """Divide a model into measurement blocks and its structural part.

    Parameters
    ----------
    request
        Model and options.
    table
        Of `joint_table`.
    blocks
        None for one block per construct, joined only where constructs share an item, a covariance of residuals or a
        parameter; `together` for one block; or which constructs stand together.

    Returns
    -------
    Parts
        Every row with its owner.

    Raises
    ------
    ModelSyntaxError
        If the parts cannot be told from each other.
    OptionError
        If `blocks` names what is no construct, or separates what belongs together.
    """
    model = request.model
    _check_measured(model)
    construct_of = {item: block.construct for block in model.blocks for item in block.items}
    linked = _links(model, table, construct_of)
    grouped = _blocks(model, blocks, linked)
    number = {construct: place for place, block in enumerate(grouped) for construct in block}
    owner = np.array([_owner(row, construct_of, number) for row in table.rows], dtype=np.intp)
    measured = tuple(construct for block in grouped for construct in block)
    others = tuple(name for name in (*table.latent, *table.observed) if name not in {*measured, *construct_of})
    parts = Parts(table, grouped, owner, (*measured, *others))
    _check_shared(model, parts)
    return parts


def _owner(row: Parameter, construct_of: dict[str, str], number: dict[str, int]) -> int:
    """Return the block that a parameter belongs to: a loading, or what is said of items."""
    if row.op == "=~":
        return number[row.lhs]
    return number[construct_of[row.lhs]] if row.lhs in construct_of else STRUCTURAL


def _check_measured(model: Model) -> None:
    """Refuse what has no items of its own to be measured by, and items that stand in the structural part."""
    items = {item: block.construct for block in model.blocks for item in block.items}
    if not model.blocks:
        raise OptionError(f"{model.source}: no construct is measured, so nothing comes before the paths; use rt.sem.")
    for block in model.blocks:
        if block.kind == "composite":
            raise refusal(
                model, block.span,
                f"'{block.construct}' is a composite (`<~`), which has no measurement error; rt.sem or rt.pls can "
                "estimate it.",
            )  # fmt: skip
        for term in block.terms:
            if term.name in model.constructs:
                raise refusal(
                    model, term.span,
                    f"'{block.construct}' is measured by the construct '{term.name}'; here every construct needs items "
                    "of its own. rt.sem estimates constructs of constructs.",
                )  # fmt: skip
    for path in model.paths:
        for name, span in ((path.outcome, path.span), *((part, path.term.span) for part in path.term.factors)):
            if name in items:
                raise refusal(
                    model, span,
                    f"'{name}' measures '{items[name]}' and stands in a path as well, so that it belongs to neither "
                    "part alone; rt.sem can estimate this.",
                )  # fmt: skip
    outcomes = {path.outcome for path in model.paths}
    for block in model.blocks:
        if block.construct in outcomes and not _has_marker(block):
            raise refusal(
                model, block.span,
                f"'{block.construct}' is an outcome, so that its variance cannot give it its unit here; let a loading "
                "do so, such as the first, which is 1 unless `NA*` frees it.",
            )  # fmt: skip
    for one in model.covariances:
        if len({name in items for name in (one.left, one.right)}) > 1:
            raise refusal(
                model, one.term.span,
                f"'{one.left} ~~ {one.right}' joins an item to what is no item, so that it belongs to neither part "
                "alone; rt.sem can estimate this.",
            )  # fmt: skip


def _has_marker(block: Block) -> bool:
    """Whether a loading is fixed, by the file or by convention, so that the construct has a unit."""
    frees_first = any(one.kind == "free" for one in block.terms[0].modifiers)
    fixed = [one for term in block.terms for one in term.modifiers if one.kind == "fixed"]
    return not frees_first or any(value not in ("NA", 0.0) for one in fixed for value in one.values)


def _links(model: Model, table: ParameterTable, construct_of: dict[str, str]) -> list[tuple[set[str], str]]:
    """Return sets of constructs that must be measured together, each with what joins them."""
    found = []
    for item in construct_of:
        found.append(({block.construct for block in model.blocks if item in block.items}, f"the item '{item}'"))
    shared: dict[int, set[str]] = {}
    for row in table.rows:
        owners = (
            {row.lhs} if row.op == "=~" else {construct_of[name] for name in (row.lhs, row.rhs) if name in construct_of}
        )
        if row.op == "~~" and len(owners) > 1:
            found.append((owners, f"'{row.lhs} ~~ {row.rhs}'"))
        if row.free >= 0 and owners:
            shared.setdefault(row.free, set()).update(owners)
    found += [(owners, f"the parameter '{table.names[place]}'") for place, owners in shared.items()]
    return [(owners, what) for owners, what in found if len(owners) > 1]


def _blocks(model: Model, blocks: Blocks, linked: list[tuple[set[str], str]]) -> tuple[tuple[str, ...], ...]:
    """Return which constructs stand together."""
    if blocks is None:
        groups = [{construct} for construct in model.constructs]
        for owners, _ in linked:
            joined = set().union(*(group for group in groups if group & owners))
            groups = [*(group for group in groups if not group & owners), joined]
        return _ordered(model, groups)
    if isinstance(blocks, str):
        if blocks != "together":
            raise OptionError(
                f"blocks must be 'together', or say which constructs are measured together, such as "
                f"[('A', 'B'), 'C']; got '{blocks}'."
            )
        return (model.constructs,)
    if not isinstance(blocks, Sequence):
        raise OptionError(f"blocks= takes names of constructs, such as [('A', 'B'), 'C'], got {blocks!r}.")
    stated = [several_names("blocks", block, "A") for block in blocks]
    named = [construct for block in stated for construct in block]
    for construct in named:
        if construct not in model.constructs:
            raise OptionError(unknown("construct in blocks", str(construct), model.constructs))
        if named.count(construct) > 1:
            raise OptionError(f"blocks names '{construct}' more than once.")
    groups = [*(set(block) for block in stated), *({one} for one in model.constructs if one not in named)]
    for owners, what in linked:
        if not any(owners <= group for group in groups):
            raise OptionError(
                f"blocks separates {listing(sorted(owners))}, which {what} joins; put them into one block."
            )
    return _ordered(model, groups)


def _ordered(model: Model, groups: Iterable[set[str]]) -> tuple[tuple[str, ...], ...]:
    blocks = [tuple(name for name in model.constructs if name in group) for group in groups if group]
    return tuple(sorted(blocks, key=lambda block: model.constructs.index(block[0])))


def _check_shared(model: Model, parts: Parts) -> None:
    """Refuse a parameter that is in a measurement block and in the structural part."""
    structural = set(parts.places(STRUCTURAL).tolist())
    for row, owner in zip(parts.table.rows, parts.owner, strict=True):
        if owner != STRUCTURAL and row.free in structural:
            raise refusal(
                model, first_use(model, row.lhs),
                f"'{row.label or parts.table.names[row.free]}' is a parameter of the measurement and of the structural "
                "part; they are estimated one after the other, so give the parts parameters of their own.",
            )  # fmt: skip


def block_request(request: SemRequest, parts: Parts, number: int) -> SemRequest:
    """Return what is asked of one measurement block: its constructs with their items, all constructs covarying.

    Parameters
    ----------
    request
        Of the whole.
    parts
        As taken apart.
    number
        Which block.

    Returns
    -------
    SemRequest
        With what `group_equal` says of items.
    """
    model, constructs = request.model, parts.blocks[number]
    blocks = tuple(block for block in model.blocks if block.construct in constructs)
    names = {item for block in blocks for item in block.items}
    # A stated variance is a matter of structure, unless it is what gives the construct its unit.
    unmarked = {block.construct for block in blocks if not _has_marker(block)}
    scales = tuple(one for one in model.covariances if one.left == one.right and one.left in unmarked)
    constraints = _constraints_of(model, parts, number)
    own = model.replace(
        blocks=blocks, paths=(), hypotheses=(), thresholds=(),
        covariances=tuple(one for one in model.covariances if one.left in names) + scales,
        intercepts=tuple(one for one in model.intercepts if one.variable in names | set(constructs)),
        constraints=constraints, definitions=_definitions_for(model, constraints),
    )  # fmt: skip
    rows = zip(parts.table.rows, parts.owner, strict=True)
    keys = {key_of(row.lhs, row.op, row.rhs) for row, owner in rows if owner == number}
    equal = tuple(kind for kind in request.group_equal if kind in OF_MEASUREMENT)
    return request.replace(
        model=own, group_equal=equal, meanstructure=parts.table.mean_structure, interaction="product_indicators",
        group_partial=tuple(name for name in request.group_partial if key_named(name) in keys) if equal else (),
    )  # fmt: skip


def structural_request(request: SemRequest, parts: Parts) -> SemRequest:
    """Return what is asked of the structural part, in which constructs are like observed variables.

    Parameters
    ----------
    request
        Of the whole.
    parts
        As taken apart.

    Returns
    -------
    SemRequest
        For complete moments.
    """
    model = request.model
    constraints = _constraints_of(model, parts, STRUCTURAL)
    own = model.replace(
        blocks=(), hypotheses=(), thresholds=(), constraints=constraints,
        definitions=_definitions_for(model, constraints),
    )  # fmt: skip
    return request.replace(
        model=own, missing="listwise", group_equal=(), group_partial=(), meanstructure=parts.table.mean_structure,
        interaction="product_indicators", se="standard", test="standard", information="expected",
    )  # fmt: skip


def structural_table(parts: Parts) -> ParameterTable:
    """Return the rows of the structural part, in which every variable is like an observed one."""
    table = kept(parts.table, parts.owner == STRUCTURAL)
    return table.replace(observed=parts.variables, latent=())


def _constraints_of(model: Model, parts: Parts, part: int) -> tuple[Constraint, ...]:
    """Return the constraints on the parameters of one part; one on several parts is refused."""
    owners: dict[str, set[int]] = {}
    for row, owner in zip(parts.table.rows, parts.owner, strict=True):
        if row.label:
            owners.setdefault(row.label, set()).add(int(owner))
    found = []
    for one in model.constraints:
        names = _labels_in(model, (*one.left.names, *one.right.names))
        concerned = set().union(*(owners.get(name, set()) for name in names))
        if len(concerned) > 1:
            raise refusal(
                model, one.span,
                "this constraint is about parameters of several parts, which are estimated one after the other; keep "
                "it to one measurement block or to the structural part, or use rt.sem.",
            )  # fmt: skip
        if concerned == {part}:
            found.append(one)
    return tuple(found)


def _labels_in(model: Model, names: Iterable[str]) -> set[str]:
    """Return the labels behind names, which may be definitions."""
    defined = {one.name: one.expression.names for one in model.definitions}
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in defined:
            waiting += defined[name]
        found.add(name)
    return found


def _definitions_for(model: Model, constraints: tuple[Constraint, ...]) -> tuple[Definition, ...]:
    """Return the definitions that constraints speak of."""
    names = _labels_in(model, (name for one in constraints for part in (one.left, one.right) for name in part.names))
    return tuple(one for one in model.definitions if one.name in names)


def insert(parts: Parts, block_tables: Sequence[ParameterTable], thetas: Sequence[Array], structural: Array) -> Array:
    """Put the parameters of all parts into the vector of the whole.

    Parameters
    ----------
    parts
        As taken apart.
    block_tables
        The parameters of each block.
    thetas
        `(..., n_free)` of each block.
    structural
        `(..., n_free)` of the structural part.

    Returns
    -------
    Array
        `(..., n_free)` of the whole.
    """
    theta = np.empty((*structural.shape[:-1], parts.table.n_free))
    theta[..., parts.places(STRUCTURAL)] = structural
    for number, (table, values) in enumerate(zip(block_tables, thetas, strict=True)):
        whole, own = shared_places(parts, number, table)
        theta[..., whole] = values[..., own]
    return theta


def shared_places(parts: Parts, number: int, table: ParameterTable) -> tuple[Indices, Indices]:
    """Return where the free parameters of a block stand in the whole `(k,)`, and in the block's own table `(k,)`."""
    there = {(key_of(row.lhs, row.op, row.rhs), row.group): row.free for row in table.rows}
    pairs = {
        row.free: there[key_of(row.lhs, row.op, row.rhs), row.group]
        for row, owner in zip(parts.table.rows, parts.owner, strict=True)
        if owner == number and row.free >= 0
    }
    return np.array(list(pairs), dtype=np.intp), np.array(list(pairs.values()), dtype=np.intp)
