"""What ordered answers add to the parameters of a model: thresholds, and the scales of what lies behind the answers.

Behind an ordered item stands a normal variable, cut into the answers by thresholds `item | t1`, `t2`, ... Its mean is
0, and its scale `item ~*~ item` (one over its standard deviation) or its residual variance is 1, as the
parameterization says. What groups have in common sets some of this free from the second group on: by lavaan's
conventions (Rosseel, 2012), or as Wu & Estabrook (2016) show that it can be told.
"""

from __future__ import annotations

from rantau.errors import ModelSyntaxError, OptionError, listing, unknown
from rantau.model.entries import Entries, Key
from rantau.model.group_equality import GroupEquality
from rantau.model.locate import refusal
from rantau.model.spec import Block, Model, Span
from rantau.record import Record

Cut = tuple[tuple[str, int], ...]


class Loose(Record):
    """What is free from the second group on of the variables behind ordered answers.

    Attributes
    ----------
    intercepts
        The items whose intercept is.
    scales
        The items whose scale is; under theta, whose residual variance.
    """

    intercepts: frozenset[str]
    scales: frozenset[str]


def add_thresholds(model: Model, entries: Entries, cut: Cut) -> None:
    """Add the thresholds that the file does not state, and refuse those that cannot be.

    Parameters
    ----------
    model
        For messages.
    entries
        The parameters met so far.
    cut
        Each ordered variable with the number of its thresholds, in the order of the table.

    Raises
    ------
    ModelSyntaxError
        If the file states a threshold or scale of what is not ordered, or a threshold that is not there.
    """
    counts = dict(cut)
    for one in model.of_answers:
        if one.variable not in counts:
            raise refusal(
                model, one.span,
                f"'{one.variable}' has a {'threshold' if one in model.thresholds else 'scale (`~*~`)'} but is not "
                f"among the ordered variables; name it: rt.sem(model, data, ordered=['{one.variable}', ...]).",
            )  # fmt: skip
    for one in model.thresholds:
        names = [f"t{k + 1}" for k in range(counts[one.variable])]
        if one.term.name not in names:
            raise refusal(
                model, one.term.span,
                f"'{one.variable}' has no threshold '{one.term.name}': its {len(names) + 1} categories are told apart "
                f"by {listing(names)}.",
            )  # fmt: skip
    for name, count in cut:
        for k in range(count):
            entries.add(name, "|", f"t{k + 1}")


def loosened(entries: Entries, cut: Cut, equality: GroupEquality, exempt: set[Key], *, theta: bool) -> Loose:
    """Return what is set free from the second group on.

    Parameters
    ----------
    entries
        With all thresholds.
    cut
        Each ordered variable with the number of its thresholds.
    equality
        What is equal across groups.
    exempt
        The single parameters that are not.
    theta
        Whether residual variances are parameters, and scales follow.

    Notes
    -----
    Wu & Estabrook (2016), as semTools writes them down: two equal thresholds tell the intercept and the scale of an
    item (Propositions 4, 7 and 11); one tells the intercept, or the scale where intercepts are equal.
    """
    kinds = equality.kinds
    if "thresholds" not in kinds:
        return Loose(frozenset(), frozenset())
    strict = {name for name, _ in cut if "residuals" in kinds and (name, "~~", name) not in exempt} if theta else set()
    if not equality.wu_estabrook:
        return Loose(frozenset(), frozenset(name for name, _ in cut) - strict)
    level = {name for name, _ in cut if "intercepts" in kinds and (name, "~1", "") not in exempt}
    known = {name: _equal_thresholds(entries, name, count, exempt) for name, count in cut}
    intercepts = frozenset(name for name, equal in known.items() if equal and name not in level)
    scales = frozenset(name for name, equal in known.items() if equal > 1 or (equal == 1 and name in level))
    return Loose(intercepts, scales - strict)


def _equal_thresholds(entries: Entries, name: str, count: int, exempt: set[Key]) -> int:
    """Return how many thresholds of an item are the same in all groups."""
    found = [entries.find(name, "|", f"t{k + 1}") for k in range(count)]
    groups = range(entries.n_groups)
    return sum(
        entry is not None and entry.key not in exempt and len({(entry.label(g), entry.fixed[g]) for g in groups}) == 1
        for entry in found
    )


def check_latent_answers(model: Model, entries: Entries, cut: Cut, equality: GroupEquality, *, theta: bool) -> None:
    """Refuse statements on what lies behind ordered answers that the parameterization settles, or that nothing tells.

    Raises
    ------
    ModelSyntaxError
        With line and column.
    """
    for name, count in cut:
        own, scale, mean = (entries.find(name, op, rhs) for op, rhs in (("~~", name), ("~*~", name), ("~1", "")))
        if own is not None and not theta:
            raise refusal(
                model, own.term.span if own.term is not None else Span(1, 1),
                f"'{name}' is ordered: under parameterization='delta' the variance of what lies behind its answers "
                f"follows from its scale; write `{name} ~*~ {name}`, or take parameterization='theta'.",
            )  # fmt: skip
        if scale is not None and scale.term is not None:
            if theta:
                raise refusal(
                    model, scale.term.span,
                    f"under parameterization='theta' the scale of '{name}' follows from its residual variance; write "
                    f"`{name} ~~ {name}`, or take parameterization='delta'.",
                )  # fmt: skip
            wrong = next((value for value in scale.fixed if value is not None and value <= 0), None)
            if wrong is not None:
                raise refusal(
                    model, scale.term.span, f"a scale is positive, and that of '{name}' is fixed at {wrong:g}."
                )
        cuts = [entries.find(name, "|", f"t{k + 1}") for k in range(count)]
        held = "thresholds" in equality.kinds or any(
            entry is not None and any(entry.modifier(kind) for kind in ("fixed", "label", "equal")) for entry in cuts
        )
        if mean is not None and mean.term is not None and not held and any(value is None for value in mean.fixed):
            raise refusal(
                model, mean.term.span,
                f"'{name}' is ordered: its thresholds say where its answers lie, and an intercept beside them cannot "
                "be told from them; take the statement out, or fix thresholds at values.",
            )  # fmt: skip


def add_scales(entries: Entries, cut: Cut, free: frozenset[str]) -> None:
    """Add the scale of each ordered variable, free from the second group on or not at all."""
    for name, _ in cut:
        entries.add(name, "~*~", name, fixed=1.0, first_only=name in free)


def unit_untold(model: Model, block: Block) -> ModelSyntaxError:
    """Return the error of an ordered item that alone measures a construct whose variance is not given."""
    name = block.items[0]
    return refusal(
        model, block.terms[0].span,
        f"'{name}' is ordered and alone measures '{block.construct}': under parameterization='delta' nothing says how "
        "much of it is the construct; take parameterization='theta', which takes one for the other, or write the "
        f"paths of '{name}' itself.",
    )  # fmt: skip


def ordered_names(model: Model, ordered: tuple[str, ...] | bool) -> tuple[str, ...]:
    """Return the ordered variables by name.

    Parameters
    ----------
    model
        For the names there are.
    ordered
        Names; True for all observed variables that something explains or measures.

    Raises
    ------
    OptionError
        If a name is not an observed variable of the model.
    """
    if ordered is True:
        explained = {path.outcome for path in model.paths}
        explained |= {item for block in model.blocks for item in block.items}
        predictors = {path.predictor for path in model.paths}
        return tuple(name for name in model.observed if name in explained or name not in predictors)
    names = (ordered,) if isinstance(ordered, str) else tuple(ordered or ())
    known = set(model.observed)
    for name in names:
        if name not in known:
            raise OptionError(unknown("variable in ordered", str(name), model.observed))
    return tuple(dict.fromkeys(names))
