"""Which parameters are one number: those of one label, those that `equal()` names, those equal across groups."""

from __future__ import annotations

import re

from rantau.errors import unknown
from rantau.model.entries import Entries, Entry, key_named
from rantau.model.locate import refusal
from rantau.model.spec import Model, Modifier

NAN = float("nan")
_OF_GROUP = re.compile(r"(?P<name>.+)\.g(?P<group>[1-9]\d*)")


def number(
    model: Model, entries: Entries, across_groups: tuple[Entry, ...]
) -> tuple[tuple[tuple[int, float], ...], int]:
    """Give each free parameter its place in the vector of free parameters.

    Parameters
    ----------
    model
        For messages.
    entries
        All parameters.
    across_groups
        Those to be equal across groups; a parameter that has a label or an `equal()` keeps to that.

    Returns
    -------
    tuple of (tuple, int)
        For every row of the table, group by group, its place (-1 where fixed) and its fixed value (NaN where
        free or taken from the sample); and the number of places.

    Raises
    ------
    ModelSyntaxError
        If one number is fixed at two values, or an `equal()` names what is not a parameter.
    """
    numbers = _Numbers(model, entries)
    numbers.join_labels()
    numbers.join_equals()
    for entry in across_groups:
        numbers.join_groups(entry)
    return numbers.places()


class _Numbers:
    """The rows of the table, sorted into sets that stand for one number each."""

    def __init__(self, model: Model, entries: Entries) -> None:
        self.model, self.entries = model, entries
        self.cells = [(entry, group) for group in range(entries.n_groups) for entry in entries.every]
        self.at = {(entry.key, group): cell for cell, (entry, group) in enumerate(self.cells)}
        self.above = list(range(len(self.cells)))
        self.fixed = [entry.fixed[group] for entry, group in self.cells]
        self.labelled: dict[str, int] = {}

    def first(self, cell: int) -> int:
        """Return the cell that stands for the set of a cell."""
        while self.above[cell] != cell:
            cell = self.above[cell]
        return cell

    def join(self, one: int, other: int) -> tuple[float, float] | None:
        """Make one set of two; return the values that contradict each other, if they do."""
        one, other = self.first(one), self.first(other)
        known, added = self.fixed[one], self.fixed[other]
        if known is not None and added is not None and known != added:
            return known, added
        self.above[other] = one
        self.fixed[one] = added if known is None else known
        return None

    def join_labels(self) -> None:
        for cell, (entry, group) in enumerate(self.cells):
            label = entry.said("label", group)
            if label is None or entry.term is None:
                continue
            clash = self.join(self.labelled.setdefault(str(label), cell), cell)
            if clash:
                raise refusal(
                    self.model,
                    entry.term.span,
                    f"the label '{label}' stands for one number, but is fixed at {clash[0]:g} and at {clash[1]:g}; "
                    "use two labels.",
                )

    def join_equals(self) -> None:
        for cell, (entry, group) in enumerate(self.cells):
            named, modifier = entry.said("equal", group), entry.modifier("equal")
            if named is None or modifier is None:
                continue
            other = self.named(str(named), group, modifier)
            if other == cell:
                raise refusal(self.model, modifier.span, f"equal() names its own parameter, '{entry.name}'.")
            if self.cells[other][0].exogenous:
                raise refusal(
                    self.model, modifier.span, f"'{named}' is taken from the sample; equal() needs a parameter."
                )
            clash = self.join(other, cell)
            if clash:
                raise refusal(
                    self.model,
                    modifier.span,
                    f"'{entry.name}' is fixed at {clash[1]:g}, but equal() names a parameter fixed at {clash[0]:g}; "
                    "leave one of them out.",
                )

    def named(self, name: str, group: int, modifier: Modifier) -> int:
        """Find the cell that an `equal()` names: in its own group, unless the name ends in `.g2`; or a label's."""
        key = key_named(name)
        if (key, group) in self.at:
            return self.at[key, group]
        if name in self.labelled:
            return self.labelled[name]
        split = _OF_GROUP.fullmatch("".join(name.split()))
        if split:
            cell = self.at.get((key_named(split["name"]), int(split["group"]) - 1))
            if cell is not None:
                return cell
        known = (
            *(entry.name for entry in self.entries.every if entry.modifier("equal") is not modifier),
            *self.labelled,
        )
        raise refusal(self.model, modifier.span, unknown("parameter in equal()", name, known))

    def join_groups(self, entry: Entry) -> None:
        every = range(self.entries.n_groups)
        cells = [self.at[entry.key, group] for group in every if not (entry.label(group) or entry.said("equal", group))]
        for cell in cells[1:]:
            clash = self.join(cells[0], cell)
            if clash and entry.term is not None:
                raise refusal(
                    self.model,
                    entry.term.span,
                    f"'{entry.name}' is fixed at {clash[0]:g} and at {clash[1]:g}, but group_equal makes it one number "
                    "in all groups; fix it at one value, or name it in group_partial.",
                )

    def places(self) -> tuple[tuple[tuple[int, float], ...], int]:
        order: dict[int, int] = {}
        rows: list[tuple[int, float]] = []
        for cell, (entry, _) in enumerate(self.cells):
            first = self.first(cell)
            value = self.fixed[first]
            if entry.exogenous:
                rows.append((-1, NAN))
            elif value is not None:
                rows.append((-1, value))
            else:
                rows.append((order.setdefault(first, len(order)), NAN))
        return tuple(rows), len(order)
