"""Which columns an account of the data is of: those named, or every column of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rantau.errors import EstimationError, OptionError, ResponseError, listing
from rantau.moments.sample import Sample, as_frame, sample, source_of
from rantau.options import several_names
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class Chosen(NamedTuple):
    """The columns taken, and the names of those left out because they hold no numbers."""

    sample: Sample
    left_out: tuple[str, ...]


def chosen_sample(
    data: Responses | pd.DataFrame, items: str | Sequence[str] | None = None, *, least: int = 1
) -> Chosen:
    """Take the items of a data set as numbers.

    Parameters
    ----------
    data
        Responses or a data frame.
    items
        The columns wanted; unless given every item of `Responses`, and of a data frame every column of numbers.
    least
        How many are needed.

    Returns
    -------
    Chosen
        `(n_obs, p)`, and what was left out.

    Raises
    ------
    ResponseError
        If an item is not among the columns or holds text, or there are too few.
    EstimationError
        If there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> chosen_sample(pd.DataFrame({"a": [1, 2], "name": ["x", "y"]})).left_out
    ('name',)
    """
    names = several_names("items", items, "de1")
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise OptionError(f"items names {listing(twice)} more than once.")
    left_out: tuple[str, ...] = ()
    if items is None and isinstance(data, Responses):
        names = data.columns
    elif items is None:
        frame = as_frame(data)
        kinds = [
            (str(name), getattr(kind, "kind", "O")) for name, kind in zip(frame.columns, frame.dtypes, strict=True)
        ]
        names = tuple(name for name, kind in kinds if kind in "iuf")
        left_out = tuple(name for name, kind in kinds if kind not in "iuf")
    source = data.source if isinstance(data, Responses) else source_of(as_frame(data))
    if len(set(names)) < max(least, 1):
        without = f" Columns without numbers: {listing(left_out, most=6)}." if left_out else ""
        raise ResponseError(
            f"{source}: {max(least, 1)} or more items are needed, got {listing(names) or 'none'}.{without}"
        )
    taken = sample(data, names)
    if not taken.n_obs:
        raise EstimationError(f"{source}: there are no rows.")
    return Chosen(taken, left_out)
