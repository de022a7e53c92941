"""Rule: the row of the screens room."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Mask
from rantau.record import Record
from rantau.survey.responses import Responses


class Rule(Record):
    """One rule that flags respondents for a second look.

    Attributes
    ----------
    name
        How it is asked for.
    label
        What a flag says, for tables.
    source
        Where the rule and its limit come from.
    function
        From the answers to `(n,)` of booleans, true where a row is flagged.
    """

    name: str
    label: str
    source: str
    function: Callable[[Responses], Mask]
