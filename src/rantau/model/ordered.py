"""What ordered answers add to the parameters of a model: thresholds, and the scales of what lies behind the answers.

Behind an ordered item stands a normal variable, cut into the answers by thresholds `item | t1`, `t2`, ... Its mean is
0, and its scale `item ~*~ item` (one over its standard deviation) or its residual variance is 1, as the
parameterization says; the conventions are those of lavaan (Rosseel, 2012).
"""

from __future__ import annotations

from rantau.errors import OptionError, listing, unknown
from rantau.model.entries import Entries
from rantau.model.locate import refusal
from rantau.model.spec import Model, Span

Cut = tuple[tuple[str, int], ...]


def add_thresholds(model: Model, entries: Entries, cut: Cut, *, exact: frozenset[str], variances_free: bool) -> None:
    """Add the thresholds that the file does not state, and refuse those that cannot be.

    Parameters
    ----------
    model
        For messages.
    entries
        The parameters met so far.
    cut
        Each ordered variable with the number of its thresholds, in the order of the table.
    exact
        Those that measure a construct alone and are taken for it: nothing disturbs them.
    variances_free
        Whether the variances of their disturbances are free from the second group on.

    Raises
    ------
    ModelSyntaxError
        If the file states a threshold of what is not ordered, or one that is not there.
    """
    counts = dict(cut)
    for one in model.thresholds:
        names = [f"t{k + 1}" for k in range(counts.get(one.variable, 0))]
        if not names:
            raise refusal(
                model, one.span,
                f"'{one.variable}' has a threshold but is not among the ordered variables; name it: "
                f"rt.sem(model, data, ordered=['{one.variable}', ...]).",
            )  # fmt: skip
        if one.term.name not in names:
            raise refusal(
                model, one.term.span,
                f"'{one.variable}' has no threshold '{one.term.name}': its {len(names) + 1} categories are told apart "
                f"by {listing(names)}.",
            )  # fmt: skip
    for name, count in cut:
        for k in range(count):
            entries.add(name, "|", f"t{k + 1}")
        own = entries.find(name, "~~", name)
        if own is not None:
            raise refusal(
                model, own.term.span if own.term is not None else Span(1, 1),
                f"'{name}' is ordered: the variance of what lies behind its answers sets its scale and is no "
                "parameter; take the statement out.",
            )  # fmt: skip
        mean = entries.find(name, "~1", "")
        if mean is not None and any(value is None for value in mean.fixed) and mean.term is not None:
            raise refusal(
                model, mean.term.span,
                f"'{name}' is ordered: its thresholds say where its answers lie, and an intercept beside them cannot "
                "be told from them; take the statement out, or fix thresholds at values.",
            )  # fmt: skip
        entries.add(name, "~~", name, fixed=0.0 if name in exact else 1.0, first_only=variances_free)


def add_scales(entries: Entries, cut: Cut, *, free: bool) -> None:
    """Add the scale of each ordered variable, free from the second group on or not at all."""
    for name, _ in cut:
        entries.add(name, "~*~", name, fixed=1.0, first_only=free)


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
