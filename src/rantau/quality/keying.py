"""Items that run against their scale: forgotten reverse-coding, or reverse-coding done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.errors import listing
from rantau.fit import Problem
from rantau.model.exploratory import is_exploratory
from rantau.model.spec import Model
from rantau.moments.sample import sample
from rantau.survey.correlations import rest_correlations
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def items_against_their_scale(model: Model, data: Responses | pd.DataFrame) -> tuple[Problem, ...]:
    """Look for items that correlate negatively with the rest of their reflective construct.

    Parameters
    ----------
    model
        What measures what; composites need no agreement among their items and are passed over.
    data
        The answers, reverse-coded where the instrument says so.

    Returns
    -------
    tuple of Problem
        One warning per construct concerned, code `against_scale`, about the construct and the items.
    """
    constructs = set(model.constructs)
    found = []
    for block in model.blocks:
        if is_exploratory(block):
            continue
        items = [item for item in block.items if item not in constructs]
        if block.kind != "reflective" or len(items) < 2:
            continue
        rest = rest_correlations(sample(data, items).values)
        against = [(item, r) for item, r in zip(items, rest, strict=True) if r < 0]
        if against:
            told = listing(f"{item} (r = {r:.2f})" for item, r in against)
            found.append(
                Problem(
                    "warning",
                    "against_scale",
                    f"Items of '{block.construct}' run against the rest of their scale: {told}. Compare their wording "
                    "with `reversed` in the instrument: reverse-coding was forgotten, or done twice.",
                    (block.construct, *(item for item, _ in against)),
                )
            )
    return tuple(found)
