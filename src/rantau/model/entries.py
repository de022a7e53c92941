"""Parameters in the making: what the model file says of each, group by group."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.model.exploratory import is_exploratory
from rantau.model.spec import Model, Modifier, Span, Term

Key = tuple[str, str, str]


def key_of(lhs: str, op: str, rhs: str) -> Key:
    """Return what identifies a parameter; a covariance is the same whichever side comes first."""
    return (min(lhs, rhs), op, max(lhs, rhs)) if op == "~~" else (lhs, op, rhs)


def key_named(name: str) -> Key:
    """Read `F=~x2`, `x1~1`, `x7 ~~ x8` or `x3|t1`; what is none of these gives a key that no parameter has."""
    bare = "".join(name.split())
    for op in ("~*~", "=~", "<~", "~~", "|", "~"):
        lhs, found, rhs = bare.partition(op)
        if found:
            return key_of(lhs, "~1", "") if (op, rhs) == ("~", "1") else key_of(lhs, op, rhs)
    return (bare, "", "")


class Entry:
    """A parameter in the making: one row of every group.

    Attributes
    ----------
    lhs, op, rhs
        As in the table.
    term
        Where the file states it; None where it is added by convention.
    fixed
        One value per group; None where the parameter is free.
    exogenous
        Whether it is a sample moment.
    """

    def __init__(
        self, lhs: str, op: str, rhs: str, term: Term | None, fixed: Sequence[float | None], *, exogenous: bool = False
    ) -> None:
        self.lhs, self.op, self.rhs, self.term = lhs, op, rhs, term
        self.fixed = list(fixed)
        self.exogenous = exogenous

    @property
    def key(self) -> Key:
        """What identifies it."""
        return key_of(self.lhs, self.op, self.rhs)

    @property
    def name(self) -> str:
        """As `group_partial` and `equal()` name it: `F=~x2`, `x1~1`."""
        return f"{self.lhs}{self.op}{self.rhs}"

    def modifier(self, kind: str) -> Modifier | None:
        """Return its modifier of a kind; a term has one of each at most."""
        return next((one for one in (self.term.modifiers if self.term else ()) if one.kind == kind), None)

    def said(self, kind: str, group: int) -> float | str | None:
        """Return what a modifier says of a group (counted from 0); None where it says nothing, or NA."""
        modifier = self.modifier(kind)
        if modifier is None:
            return None
        value = modifier.values[0] if len(modifier.values) == 1 else modifier.values[group]
        return None if value == "NA" else value

    def label(self, group: int) -> str:
        """Return its label in a group (counted from 0), or the one its `equal()` names; empty where none."""
        named = str(self.said("equal", group) or "")
        return str(self.said("label", group) or (named if "~" not in named else ""))

    def start(self, group: int) -> float:
        """Return its start value in a group; NaN where none is given."""
        value = self.said("start", group)
        return float(value) if value is not None else float("nan")

    def frees(self, group: int) -> bool:
        """Whether the file says `NA*` in a group, alone or among values: `c(1, NA)*`."""
        values = self.modifier("fixed")
        return self.modifier("free") is not None or (values is not None and self.said("fixed", group) is None)

    def fix(self, value: float) -> None:
        """Fix at a value by convention where the file neither fixes nor frees."""
        self.fixed = [
            value if given is None and not self.frees(group) else given for group, given in enumerate(self.fixed)
        ]


class Entries:
    """The parameters met so far; what the file states is not added again."""

    def __init__(self, stated: list[Entry], n_groups: int) -> None:
        self.every = stated
        self.n_groups = n_groups
        self.known = {entry.key: entry for entry in stated}

    def find(self, lhs: str, op: str, rhs: str) -> Entry | None:
        """Return a parameter; None where it is not there yet."""
        return self.known.get(key_of(lhs, op, rhs))

    def add(
        self,
        lhs: str,
        op: str,
        rhs: str,
        *,
        fixed: float | None = None,
        first_only: bool = False,
        exogenous: bool = False,
    ) -> None:
        """Add a parameter by convention, fixed in every group or in the first only, or free."""
        if self.find(lhs, op, rhs) is None:
            values = (fixed, *(None if first_only else fixed,) * (self.n_groups - 1))
            entry = Entry(lhs, op, rhs, None, values, exogenous=exogenous)
            self.known[entry.key] = entry
            self.every.append(entry)


def stated(model: Model, order: tuple[str, ...], n_groups: int) -> list[Entry]:
    """Return the entries that the file states, in the order of the file.

    A covariance is named with its sides in `order`, constructs first, whichever way it is written.
    """
    found: list[tuple[Span, Span, Entry]] = []

    def enter(span: Span, lhs: str, op: str, rhs: str, term: Term) -> None:
        entry = Entry(lhs, op, rhs, term, (None,) * n_groups)
        values = [entry.said("fixed", group) for group in range(n_groups)]
        entry.fixed = [None if value is None else float(value) for value in values]
        found.append((span, term.span, entry))

    for block in model.blocks:
        for term in block.terms:
            # The items of an exploratory block stand once for all its factors.
            enter(block.span if is_exploratory(block) else term.span, block.construct, "=~", term.name, term)
    for path in model.paths:
        enter(path.span, path.outcome, "~", path.predictor, path.term)
    for one in model.covariances:
        left, right = sorted((one.left, one.right), key=order.index)
        enter(one.span, left, "~~", right, one.term)
    for mean in model.intercepts:
        enter(mean.span, mean.variable, "~1", "", mean.term)
    for cut in model.thresholds:
        enter(cut.span, cut.variable, "|", cut.term.name, cut.term)
    for scale in model.scales:
        enter(scale.span, scale.variable, "~*~", scale.variable, scale.term)
    # By the place of the left side first, so that `y1 + y2 ~ x1 + x2` gives both rows of y1, then of y2.
    found.sort(key=lambda row: (row[0].line, row[0].column, row[1].line, row[1].column))
    return [entry for _, _, entry in found]
