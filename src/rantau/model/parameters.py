"""The parameters that a model implies: its own statements and what is added by convention.

The conventions are those of lavaan's `sem()` and `cfa()` (Rosseel, 2012): the first indicator sets each
factor's scale unless `std_lv`; residual variances are free; exogenous factors covary, and so do outcomes
that explain nothing further; observed exogenous variables keep their sample moments (`fixed_x`).
"""

from __future__ import annotations

import itertools

from rantau.errors import IdentificationError
from rantau.model.locate import located, refusal
from rantau.model.spec import Model, Modifier, Span, Term
from rantau.record import Record

NAN = float("nan")


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
        Variable names; `observed` in the order of the model.
    covariates
        Observed variables that only predict, and of which nothing else is stated.
    exogenous
        The same where their moments are fixed (`fixed_x`); otherwise none.
    mean_structure
        Whether means are part of the model.
    """

    rows: tuple[Parameter, ...]
    n_free: int
    groups: tuple[str, ...]
    observed: tuple[str, ...]
    latent: tuple[str, ...]
    covariates: tuple[str, ...]
    exogenous: tuple[str, ...]
    mean_structure: bool

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return len(self.groups)

    @property
    def names(self) -> tuple[str, ...]:
        """One name per free parameter: its label, or `lhs op rhs` of its first row."""
        found: dict[int, str] = {}
        for row in self.rows:
            if row.free >= 0:
                found.setdefault(row.free, row.label or f"{row.lhs} {row.op} {row.rhs}".strip())
        return tuple(found[place] for place in range(self.n_free))


class _Entry:
    """A parameter in the making."""

    def __init__(self, lhs: str, op: str, rhs: str, term: Term | None) -> None:
        self.lhs, self.op, self.rhs = lhs, op, rhs
        self.term = term
        self.fixed: float | None = None
        self.exogenous = False
        for modifier in term.modifiers if term else ():
            if modifier.kind == "fixed":
                self.fixed = float(modifier.values[0])

    def has(self, kind: str) -> bool:
        return any(modifier.kind == kind for modifier in (self.term.modifiers if self.term else ()))

    def label(self) -> str:
        labels = [m.values[0] for m in (self.term.modifiers if self.term else ()) if m.kind == "label"]
        return str(labels[-1]) if labels else ""

    def start(self) -> float:
        starts = [m.values[0] for m in (self.term.modifiers if self.term else ()) if m.kind == "start"]
        return float(starts[-1]) if starts and isinstance(starts[-1], float) else NAN


class _Entries:
    """The parameters met so far; what the file states is not added again."""

    def __init__(self, stated: list[_Entry]) -> None:
        self.every = stated
        self.known = {self.key(entry.lhs, entry.op, entry.rhs): entry for entry in stated}

    @staticmethod
    def key(lhs: str, op: str, rhs: str) -> tuple[str, str, str]:
        return (min(lhs, rhs), op, max(lhs, rhs)) if op == "~~" else (lhs, op, rhs)

    def find(self, lhs: str, op: str, rhs: str) -> _Entry | None:
        return self.known.get(self.key(lhs, op, rhs))

    def add(self, lhs: str, op: str, rhs: str, value: float | None = None, *, exogenous: bool = False) -> None:
        if self.find(lhs, op, rhs) is None:
            entry = _Entry(lhs, op, rhs, None)
            entry.fixed, entry.exogenous = value, exogenous
            self.known[self.key(lhs, op, rhs)] = entry
            self.every.append(entry)


def tabulate(
    model: Model,
    *,
    groups: tuple[str, ...] = ("",),
    std_lv: bool = False,
    fixed_x: bool = True,
    mean_structure: bool = False,
    growth: bool = False,
    group_equal: tuple[str, ...] = (),
    group_partial: tuple[str, ...] = (),
) -> ParameterTable:
    """Write out every parameter of a single-group model.

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
        Add means; they are added anyway where the model states one.
    growth
        Means as in a growth curve: observed intercepts are 0, latent means free.
    group_equal
        Kinds of parameters that are equal across groups, such as `loadings`.
    group_partial
        Single parameters that are not, such as `F=~x2`.

    Returns
    -------
    ParameterTable
        Free parameters numbered in the order of the rows.

    Raises
    ------
    ModelSyntaxError
        If a modifier gives one value per group, or a latent variable is used but not measured.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> table = tabulate(parse_model("F =~ a + b + c"))
    >>> table.n_free, table.rows[0].value
    (6, 1.0)
    """
    _refuse_group_values(model)
    latent = model.constructs
    observed = _observed_order(model)
    entries = _Entries(_stated(model, (*latent, *observed)))
    outcomes = {path.outcome for path in model.paths}
    predictors = {path.predictor for path in model.paths}
    indicators = {item for block in model.blocks for item in block.items}
    free_standing = free_standing_covariates(model)
    covariates = tuple(name for name in observed if name in free_standing)
    fixed = covariates if fixed_x else ()

    _set_scales(model, entries, std_lv)
    exact = _single_indicators(model)
    for name in observed:
        if name not in covariates:
            entries.add(name, "~~", name, 0.0 if name in exact else None)
    for name in latent:
        entries.add(name, "~~", name, 0.0 if name in exact else 1.0 if std_lv else None)
    exogenous = [name for name in latent if name not in outcomes | indicators]
    last = [name for name in (*latent, *observed) if name in outcomes - predictors - indicators]
    for names in (exogenous, last):
        for left, right in itertools.combinations(names, 2):
            entries.add(left, "~~", right)
    for left, right in itertools.combinations_with_replacement(covariates, 2):
        entries.add(left, "~~", right, exogenous=bool(fixed))
    means = mean_structure or bool(model.intercepts)
    if means:
        for name in observed:
            entries.add(name, "~1", "", exogenous=name in fixed)
        for name in latent:
            entries.add(name, "~1", "", 0.0)
    rows, n_free = _number(model, entries.every)
    return ParameterTable(rows, n_free, groups, observed, latent, covariates, fixed, means)


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
    return tuple(name for name in dict.fromkeys(met) if name not in model.constructs)


def _stated(model: Model, order: tuple[str, ...]) -> list[_Entry]:
    """Return the entries that the file states, in the order of the file.

    A covariance is named with its sides in `order`, constructs first, whichever way it is written.
    """
    found: list[tuple[Span, Span, _Entry]] = []
    for block in model.blocks:
        for term in block.terms:
            found.append((term.span, term.span, _Entry(block.construct, "=~", term.name, term)))
    for path in model.paths:
        entry = _Entry(path.outcome, "~", path.predictor, path.term)
        found.append((path.span, path.term.span, entry))
    for one in model.covariances:
        left, right = sorted((one.left, one.right), key=order.index)
        found.append((one.span, one.term.span, _Entry(left, "~~", right, one.term)))
    for mean in model.intercepts:
        found.append((mean.span, mean.term.span, _Entry(mean.variable, "~1", "", mean.term)))
    # By the place of the left side first, so that `y1 + y2 ~ x1 + x2` gives both rows of y1, then of y2.
    found.sort(key=lambda row: (row[0].line, row[0].column, row[1].line, row[1].column))
    return [entry for _, _, entry in found]


def _set_scales(model: Model, entries: _Entries, std_lv: bool) -> None:
    """Fix the first loading of each factor unless the file frees it; or, with `std_lv`, each variance."""
    for block in model.blocks:
        if std_lv:
            variance = entries.find(block.construct, "~~", block.construct)
            if variance is not None and variance.fixed is None and not variance.has("free"):
                variance.fixed = 1.0
            continue
        first = entries.find(block.construct, "=~", block.terms[0].name)
        if first is not None and first.fixed is None and not first.has("free"):
            first.fixed = 1.0


def _single_indicators(model: Model) -> set[str]:
    """Return what alone measures a factor: it is taken to measure it without error."""
    counts: dict[str, int] = {}
    for block in model.blocks:
        for item in block.items:
            counts[item] = counts.get(item, 0) + 1
    return {block.items[0] for block in model.blocks if len(block.items) == 1 and counts[block.items[0]] == 1}


def _refuse_group_values(model: Model) -> None:
    terms = [term for block in model.blocks for term in block.terms]
    terms += [path.term for path in model.paths]
    terms += [one.term for one in model.covariances]
    terms += [one.term for one in model.intercepts]
    for term in terms:
        for modifier in term.modifiers:
            _refuse_modifier(model, modifier)


def _refuse_modifier(model: Model, modifier: Modifier) -> None:
    if modifier.kind == "efa":
        raise refusal(model, modifier.span, "exploratory blocks `efa()` cannot be estimated yet.")
    if len(modifier.values) > 1:
        raise refusal(model, modifier.span, "values per group, `c()`, need several groups; one group is estimated.")
    if modifier.kind == "equal":
        raise refusal(
            model,
            modifier.span,
            "`equal()` cannot be estimated yet; give both terms one label, such as `a*x`.",
        )
    if modifier.kind == "start" and not isinstance(modifier.values[0], float):
        raise refusal(model, modifier.span, "start() takes a number.")


def _number(model: Model, entries: list[_Entry]) -> tuple[tuple[Parameter, ...], int]:
    """Give each free entry its place; entries with one label share one, or one fixed value."""
    fixed = _fixed_labels(model, entries)
    places: dict[str, int] = {}
    rows: list[Parameter] = []
    count = 0
    for entry in entries:
        label = entry.label()
        free, value = -1, NAN
        if entry.exogenous:
            pass
        elif entry.fixed is not None:
            value = entry.fixed
        elif label in fixed:
            value = fixed[label]
        elif label in places:
            free = places[label]
        else:
            free, count = count, count + 1
            if label:
                places[label] = free
        stated = entry.term is not None
        names = (entry.lhs, entry.op, entry.rhs)
        rows.append(Parameter(*names, 1, free, value, entry.start(), label, stated, entry.exogenous))
    return tuple(rows), count


def _fixed_labels(model: Model, entries: list[_Entry]) -> dict[str, float]:
    """Return the labels of fixed parameters: every parameter with that label takes the value."""
    found: dict[str, float] = {}
    for entry in entries:
        if entry.term is None or entry.fixed is None or not entry.label():
            continue
        first = found.setdefault(entry.label(), entry.fixed)
        if first != entry.fixed:
            raise refusal(
                model,
                entry.term.span,
                f"the label '{entry.label()}' stands for one number, but is fixed at {first:g} and at "
                f"{entry.fixed:g}; use two labels.",
            )
    return found


def check_counts(model: Model, table: ParameterTable, n_obs: int) -> int:
    """Count moments against parameters and refuse what no data can identify.

    Parameters
    ----------
    model
        The model, for the message.
    table
        Its parameters.
    n_obs
        Rows of the data.

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
    if table.n_free > moments:
        thin = [block for block in model.blocks if len(block.items) < 3]
        advice = (
            f" '{thin[0].construct}' has {len(thin[0].items)} item{'s' if len(thin[0].items) > 1 else ''}; "
            "three are needed where it stands alone."
            if thin
            else " Fix or drop some parameters, or add items."
        )
        where = thin[0].span if thin else Span(1, 1)
        message = (
            f"the model is not identified: {table.n_free} free parameters but only {moments} variances and "
            f"covariances to estimate them from.{advice}"
        )
        raise IdentificationError(located(message, text=model.text, source=model.source, span=where))
    if n_obs < table.n_free:
        raise IdentificationError(
            f"{model.source}: {table.n_free} free parameters cannot be estimated from {n_obs} complete rows; "
            "collect more answers or state a smaller model (10 rows per parameter is a customary floor)."
        )
    return moments - table.n_free
