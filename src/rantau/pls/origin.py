"""The columns of the data that a model does not use, kept so that rows can be told apart by them later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.moments.sample import as_frame
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class Origin:
    """Where the rows of a fit come from.

    Two fits are equal by their models, options and numbers; what else stood in the data makes no difference, so all
    origins are equal.

    Attributes
    ----------
    data
        Responses, or a data frame of the columns that are not items of the model; None where there is none.
    """

    def __init__(self, data: Responses | pd.DataFrame | None = None) -> None:
        """Keep them."""
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin)

    def __hash__(self) -> int:
        return hash(Origin)

    def __repr__(self) -> str:
        return f"Origin({'' if self.data is None else type(self.data).__name__})"


def origin_of(data: Responses | pd.DataFrame, items: tuple[str, ...]) -> Origin:
    """Keep the columns of data that are no items, as they are now: the frame itself may be changed later."""
    if isinstance(data, Responses):
        return Origin(data)
    frame = as_frame(data)
    return Origin(frame.loc[:, [str(column) not in items for column in frame.columns]].copy())
