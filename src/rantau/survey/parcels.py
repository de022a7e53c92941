"""Parcels: means of a few items each, to stand for a long scale in a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError
from rantau.extras import require
from rantau.options import choose
from rantau.survey.correlations import rest_correlations
from rantau.survey.frame import missing_codes
from rantau.survey.keys import Bounds, Keys
from rantau.survey.responses import Responses
from rantau.survey.scoring import columns_to_score, index_of, warn_of_negative_items

if TYPE_CHECKING:
    import pandas as pd

WAYS = ("balance", "order")


def parcel(
    data: Responses | pd.DataFrame,
    keys: Keys | None = None,
    *,
    parcels: int = 3,
    by: str = "balance",
    scale: Bounds | None = None,
    missing: float | Sequence[float] = (),
) -> pd.DataFrame:
    """Average the items of each scale into a few parcels.

    Parcels suit questions about constructs, not about items: they hide items that fit badly, and a scale of several
    dimensions makes them misleading. Judge the items first.

    Parameters
    ----------
    data, keys, scale, missing
        As for `score`.
    parcels
        How many for each scale; a scale of fewer than two items for each is left out.
    by
        `balance`: items by their correlation with the rest of the scale, the best to the first parcel, the next to the
        second, and back again from the last; `order`: items in turn.

    Returns
    -------
    DataFrame
        `(n, scales x parcels)`, columns `DE_p1`, `DE_p2`, ...; the mean of a parcel's items, NaN where one of them is
        not answered; with the index of a data frame. `.attrs["parcels"]` says which items are in which.

    Raises
    ------
    OptionError
        If an option is not allowed, or no scale is long enough.
    ResponseError
        If a cell is no number, or lies outside its scale.

    Source
    ------
    Little, T. D., Cunningham, W. A., Shahar, G., & Widaman, K. F. (2002). To parcel or not to parcel: Exploring the
    question, weighing the merits. Structural Equation Modeling, 9(2), 151-173: item-to-construct balance, here by
    corrected item-total correlations.

    Examples
    --------
    >>> import rantau as rt
    >>> raw = rt.read_responses("surveys/mobile/responses.csv", rt.read_survey("surveys/mobile/instrument.toml"))
    >>> made = parcel(raw, {"Quality": [f"PERQ{i}" for i in range(1, 8)]})
    >>> made.attrs["parcels"]["Quality_p1"]
    ('PERQ1', 'PERQ5', 'PERQ2')
    """
    choose("by", by, WAYS)
    if isinstance(parcels, bool) or not isinstance(parcels, int) or parcels < 2:
        raise OptionError(f"parcels is {parcels}; allowed: a whole number of at least 2.")
    made, columns, source = columns_to_score(data, keys, scale, missing_codes(missing))
    warn_of_negative_items(made, columns, source)
    means: dict[str, Array] = {}
    items: dict[str, tuple[str, ...]] = {}
    for key in made:
        values = columns(key)
        if len(key.items) < 2 * parcels:
            continue
        for number, places in enumerate(_dealt(values, parcels, by), start=1):
            name = f"{key.name}_p{number}"
            means[name] = values[:, places].mean(axis=1)
            items[name] = tuple(key.items[place] for place in places)
    if not means:
        raise OptionError(f"{source}: no scale has the {2 * parcels} items or more that {parcels} parcels need.")
    table: pd.DataFrame = require("pandas").DataFrame(means, index=index_of(data))
    table.attrs["parcels"] = items
    return table


def _dealt(values: Array, parcels: int, by: str) -> list[list[int]]:
    """Deal items `(n, k)` out to parcels; return the places of the items of each."""
    order = list(range(values.shape[1]))
    if by == "balance":
        order = [int(place) for place in np.argsort(-np.nan_to_num(rest_correlations(values), nan=-2), kind="stable")]
    dealt: list[list[int]] = [[] for _ in range(parcels)]
    for turn, place in enumerate(order):
        lap, seat = divmod(turn, parcels)
        back = by == "balance" and lap % 2 == 1
        dealt[parcels - 1 - seat if back else seat].append(place)
    return dealt
