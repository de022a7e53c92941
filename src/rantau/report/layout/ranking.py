"""The rank of each construct: how many arrows the longest path to it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def ranks(keys: Sequence[str], arrows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return each node's rank: the longest path that leads to it, 0 for the exogenous.

    Parameters
    ----------
    keys
        The nodes, in the order of the model.
    arrows
        `(source, target)`. An arrow that would close a loop with earlier ones is left out.

    Returns
    -------
    dict
        Rank by key.

    Examples
    --------
    >>> ranks(("X", "M", "Y"), [("X", "M"), ("M", "Y"), ("X", "Y"), ("Y", "M")])
    {'X': 0, 'M': 1, 'Y': 2}
    """
    kept: list[tuple[str, str]] = []
    for source, target in arrows:
        if source not in _reached(target, kept):
            kept.append((source, target))
    found = dict.fromkeys(keys, 0)
    for _ in keys:
        for source, target in kept:
            found[target] = max(found[target], found[source] + 1)
    return found


def _reached(start: str, arrows: Sequence[tuple[str, str]]) -> set[str]:
    """Return the node itself and all to which arrows lead from it."""
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        further = {target for source, target in arrows if source == here} - reached
        reached |= further
        waiting.extend(further)
    return reached
