"""The parameters that a model implies: its own statements and what is added by convention.

The conventions are those of lavaan's `sem()`, `cfa()` and `growth()` (Rosseel, 2012): the first indicator sets
each factor's scale unless `std_lv`; residual variances are free; exogenous factors covary, and so do outcomes
that explain nothing further; observed exogenous variables keep their sample moments (`fixed_x`). With several
groups every group has the same rows, and means are part of the model.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

from rantau.model.composites import Anchors, add_composites, check_composites
from rantau.model.entries import Entries, key_named, stated
from rantau.model.exploratory import Explored, check_exploratory, explored, is_exploratory
from rantau.model.group_equality import IDENTIFICATION, GroupEquality, equal_entries, group_equality
from rantau.model.modifiers import check_modifiers
from rantau.model.ordered import add_scales, add_thresholds, check_latent_answers, loosened, unit_untold
from rantau.model.places import number
from rantau.model.spec import Model
from rantau.record import Record


class Parameter(Record):
    """One row of a parameter table.

    Attributes
    ----------
    lhs, op, rhs
        Named as in a model file; a mean is `x ~1` with an empty `rhs`.
    group
        The group it belongs to, counted from 1.
    free
        Its place in the vector of free parameters; -1 where fixed. Rows with one label share a place.
    value
        The fixed value; NaN where free.
    start
        A start value from `start()`; NaN where none is given.
    label
        From the model file; empty where none.
    by_user
        Whether the model file states it.
    exogenous
        A moment of observed exogenous variables, taken from the sample and not estimated.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    free: int
    value: float
    start: float
    label: str
    by_user: bool
    exogenous: bool


class ParameterTable(Record):
    """Every parameter of a model.

    Attributes
    ----------
    rows
        Group by group, in the order of lavaan's `parameterEstimates`: as stated, then variances, covariances,
        means. Every group has the same rows.
    n_free
        The length of the vector of free parameters.
    groups
        What the groups are called; one empty name where there is one group.
    observed, latent
        Variable names; `observed` in the order of the model, `latent` with the excrescent variables at its end.
    covariates
        Observed variables that only predict, and of which nothing else is stated.
    exogenous
        The same where their moments are fixed (`fixed_x`); otherwise none.
    mean_structure
        Whether means are part of the model.
    excrescent
        What composites are completed with, see `rantau.model.composites`.
    anchors
        The anchor of each composite, where it is not its first item.
    ordered
        The variables whose answers are ordered categories, each with the number of its thresholds.
    parameterization
        Of these: `delta` fixes the scale of the variable behind the answers, `theta` its residual variance; the other
        of the two follows.
    explored
        The exploratory blocks, whose factors are found up to a rotation.
    """

    rows: tuple[Parameter, ...]
    n_free: int
    groups: tuple[str, ...]
    observed: tuple[str, ...]
    latent: tuple[str, ...]
    covariates: tuple[str, ...]
    exogenous: tuple[str, ...]
    mean_structure: bool
    excrescent: tuple[str, ...] = ()
    anchors: Anchors = ()
    ordered: tuple[tuple[str, int], ...] = ()
    parameterization: str = "delta"
    explored: Explored = ()

    @property
    def constructs(self) -> tuple[str, ...]:
        """The latent variables that the model names."""
        return self.latent[: len(self.latent) - len(self.excrescent)]

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return len(self.groups)

    @property
    def names(self) -> tuple[str, ...]:
        """One name per free parameter: its label; or `lhs op rhs` of its first row, with the group if in one only."""
        rows: dict[int, list[Parameter]] = {}
        for row in self.rows:
            if row.free >= 0:
                rows.setdefault(row.free, []).append(row)
        return tuple(self._name(rows[place]) for place in range(self.n_free))

    def _name(self, rows: list[Parameter]) -> str:
        label = next((row.label for row in rows if row.label), "")
        if label:
            return label
        name = f"{rows[0].lhs} {rows[0].op} {rows[0].rhs}".strip()
        in_one_group = self.n_groups > 1 and len({row.group for row in rows}) == 1
        return f"{name} ({self.groups[rows[0].group - 1]})" if in_one_group else name


def tabulate(
    model: Model,
    *,
    groups: tuple[str, ...] = ("",),
    std_lv: bool = False,
    fixed_x: bool = True,
    mean_structure: bool | None = None,
    growth: bool = False,
    group_equal: tuple[str, ...] = (),
    group_partial: tuple[str, ...] = (),
    anchors: Anchors = (),
    ordered: tuple[tuple[str, int], ...] = (),
    parameterization: str = "delta",
    uncorrelated: str = "",
    identification: str = IDENTIFICATION[0],
) -> ParameterTable:
    """Write out every parameter of a model.

    Parameters
    ----------
    model
        Reflective constructs, regressions, covariances and intercepts.
    groups
        What the groups are called, in their order; the default is one group.
    std_lv
        Set each factor's scale by a unit variance instead of its first loading.
    fixed_x
        Take the moments of observed exogenous variables from the sample.
    mean_structure
        Add means; None adds them for several groups. They are added anyway where the model states one, where
        intercepts or means are equal across groups, and for `growth`.
    growth
        Means as in a growth curve: intercepts of observed variables are 0 and latent means free, unless stated.
    group_equal
        Kinds of parameters that are equal across groups: `loadings`, `intercepts`, `thresholds`, `means`, `residuals`,
        `residual_covariances`, `lv_variances`, `lv_covariances`, `regressions`, `composite_loadings`.
    group_partial
        Single parameters that are not, such as `F=~x2`, `x1~1` or `x7~~x8`.
    anchors
        The anchor of each composite, where it is not its first item; see `rantau.model.composites`.
    ordered, parameterization
        As in `ParameterTable`.
    uncorrelated
        Which covariances of the factors of an exploratory block are nought: `all`, those of the first factor
        (`general`), or none of them.
    identification
        How what lies behind ordered answers is told in further groups: as `lavaan` does, or as `wu_estabrook` do.

    Returns
    -------
    ParameterTable
        Group by group, free parameters numbered in the order of the rows.

    Raises
    ------
    ModelSyntaxError
        If a modifier has not one value per group, names what is not a parameter, or contradicts another.
    OptionError
        If a kind in `group_equal` or a parameter in `group_partial` is not known.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> table = tabulate(parse_model("F =~ a + b + c"))
    >>> table.n_free, table.rows[0].value
    (6, 1.0)
    >>> table = tabulate(parse_model("F =~ a + b + c"), groups=("girls", "boys"), group_equal=("loadings",))
    >>> table.names[:3]
    ('F =~ b', 'F =~ c', 'a ~~ a (girls)')
    """
    return _tabulated(
        model, groups, std_lv, fixed_x, mean_structure, growth, tuple(group_equal), tuple(group_partial), anchors,
        tuple(ordered), parameterization, uncorrelated, identification,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _tabulated(
    model: Model,
    groups: tuple[str, ...],
    std_lv: bool,
    fixed_x: bool,
    mean_structure: bool | None,
    growth: bool,
    group_equal: tuple[str, ...],
    group_partial: tuple[str, ...],
    anchors: Anchors,
    ordered: tuple[tuple[str, int], ...],
    parameterization: str,
    uncorrelated: str,
    identification: str,
) -> ParameterTable:
    """Write out a model once: tables are values, and a simulation fits one model a thousand times."""
    check_modifiers(model, groups)
    check_composites(model)
    check_exploratory(model)
    equality = group_equality(groups, group_equal, group_partial, identification, ordered=bool(ordered))
    latent = model.constructs
    observed = _observed_order(model)
    entries = Entries(stated(model, (*latent, *observed), len(groups)), len(groups))
    free_standing = free_standing_covariates(model)
    covariates = tuple(name for name in observed if name in free_standing)
    fixed = covariates if fixed_x else ()

    _set_scales(model, entries, std_lv)
    excrescent = add_composites(model, entries, anchors)
    cut = tuple((name, count) for name in observed for other, count in ordered if name == other)
    theta = parameterization == "theta"
    alone = _single_indicators(model)
    add_thresholds(model, entries, cut)
    check_latent_answers(model, entries, cut, equality, theta=theta)
    loose = loosened(entries, cut, equality, {key_named(name) for name in equality.partial}, theta=theta)
    explained = {path.outcome for path in model.paths} | {item for block in model.blocks for item in block.items}
    for block in model.blocks:
        if len(block.items) == 1 and block.items[0] in alone & dict(cut).keys():
            # What alone measures a construct, and is ordered, gives it the unit of what lies behind the answers.
            if not theta and (block.items[0] in loose.scales or block.construct in explained):
                raise unit_untold(model, block)
            entries.add(block.construct, "~~", block.construct, fixed=1.0)
    of_answers = {name: name in loose.scales and theta for name, _ in cut}
    _add_variances(model, entries, observed, covariates, equality, std_lv, of_answers)
    _add_covariances(model, entries, observed, uncorrelated, equality)
    for left, right in itertools.combinations_with_replacement(covariates, 2):
        entries.add(left, "~~", right, exogenous=bool(fixed))
    add_scales(entries, cut, frozenset() if theta else loose.scales)
    needed = growth or bool(cut) or bool(model.intercepts) or bool({"intercepts", "means"} & set(equality.kinds))
    means = needed or (len(groups) > 1 if mean_structure is None else mean_structure)
    if means:
        at_zero = {name for name, _ in cut} | (set(observed) - set(fixed) if growth else set())
        for name in observed:
            zero, free_later = 0.0 if name in at_zero else None, name in loose.intercepts
            entries.add(name, "~1", "", fixed=zero, first_only=free_later, exogenous=name in fixed)
        for name in latent:
            entries.add(name, "~1", "", fixed=None if growth else 0.0, first_only=equality.frees_means)
        for name in excrescent:
            entries.add(name, "~1", "", fixed=0.0)
    equal = equal_entries(equality, model, entries, (*latent, *excrescent), covariates, anchors)
    free, n_free = number(model, entries, equal)
    cells = [(entry, group) for group in range(len(groups)) for entry in entries.every]
    rows = tuple(
        Parameter(
            entry.lhs, entry.op, entry.rhs, group + 1, place, value,
            entry.start(group), entry.label(group), entry.term is not None, entry.exogenous,
        )
        for (entry, group), (place, value) in zip(cells, free, strict=True)
    )  # fmt: skip
    variables = (*latent, *excrescent)
    return ParameterTable(
        rows,
        n_free,
        groups,
        observed,
        variables,
        covariates,
        fixed,
        means,
        excrescent,
        anchors,
        cut,
        parameterization,
        explored(model),
    )


def free_standing_covariates(model: Model) -> set[str]:
    """Return the observed variables that only predict and of which no variance, covariance or mean is stated.

    As in lavaan, a covariate with a stated (co)variance or mean becomes random, and it alone: it covaries
    with the others only where the model says so.
    """
    explained = {path.outcome for path in model.paths}
    explained |= {item for block in model.blocks for item in block.items}
    stated = {name for one in model.covariances for name in (one.left, one.right)}
    stated |= {intercept.variable for intercept in model.intercepts}
    return {path.predictor for path in model.paths} - explained - stated - set(model.constructs)


def _observed_order(model: Model) -> tuple[str, ...]:
    """Return the observed variables in lavaan's order: items, outcomes, predictors, then the rest."""
    met = [item for block in model.blocks for item in block.items]
    met += [path.outcome for path in model.paths]
    met += [path.predictor for path in model.paths]
    met += [one.left for one in model.covariances]
    met += [one.right for one in model.covariances]
    met += [one.variable for one in model.intercepts]
    met += [one.variable for one in model.of_answers]
    return tuple(name for name in dict.fromkeys(met) if name not in model.constructs)


def _set_scales(model: Model, entries: Entries, std_lv: bool) -> None:
    """Fix the first loading of each factor unless the file frees it; or, with `std_lv`, each variance."""
    for block in model.blocks:
        item = block.terms[0].name
        unit = std_lv or is_exploratory(block)
        scale = (block.construct, "~~", block.construct) if unit else (block.construct, "=~", item)
        entry = entries.find(*scale)
        if entry is not None:
            entry.fix(1.0)


def _add_variances(
    model: Model,
    entries: Entries,
    observed: tuple[str, ...],
    covariates: tuple[str, ...],
    equality: GroupEquality,
    std_lv: bool,
    of_answers: dict[str, bool],
) -> None:
    """Add what the file does not state: residual variances, and those of factors (1 where these set the scale).

    `of_answers` are the ordered variables, and whether their residual variances are free from the second group on.
    """
    exact = _single_indicators(model)
    turned = {name for _, names in explored(model) for name in names}
    for name in observed:
        if name not in covariates or name in of_answers:
            unit = 1.0 if name in of_answers else None
            entries.add(name, "~~", name, fixed=0.0 if name in exact else unit, first_only=of_answers.get(name, False))
    for name in model.constructs:
        if name in exact:
            entries.add(name, "~~", name, fixed=0.0)
        elif std_lv or name in turned:
            entries.add(name, "~~", name, fixed=1.0, first_only=equality.frees_variances)
        else:
            entries.add(name, "~~", name)


def _add_covariances(
    model: Model, entries: Entries, observed: tuple[str, ...], uncorrelated: str, equality: GroupEquality
) -> None:
    """Let exogenous factors covary, and outcomes that explain nothing further, and the factors of a block."""
    block_of = {factor: factors for _, factors in explored(model) for factor in factors}
    outcomes = {path.outcome for path in model.paths}
    predictors = {path.predictor for path in model.paths}
    indicators = {item for block in model.blocks for item in block.items}
    exogenous = [name for name in model.constructs if name not in outcomes | indicators]
    last = [name for name in (*model.constructs, *observed) if name in outcomes - predictors - indicators]
    for names in (exogenous, last, *(factors for _, factors in explored(model))):
        for left, right in itertools.combinations(names, 2):
            within = block_of.get(left, ()) if right in block_of.get(left, ()) else ()
            nought = within and (uncorrelated == "all" or (uncorrelated == "general" and left == within[0]))
            entries.add(left, "~~", right, fixed=0.0 if nought else None, first_only=equality.frees_variances)


def _single_indicators(model: Model) -> set[str]:
    """Return what alone measures a factor: it is taken to measure it without error."""
    counts: dict[str, int] = {}
    for block in model.blocks:
        for item in block.items:
            counts[item] = counts.get(item, 0) + 1
    return {block.items[0] for block in model.blocks if len(block.items) == 1 and counts[block.items[0]] == 1}
