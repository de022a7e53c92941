"""Rule: the row of the screens room, and what goes into it and comes out of it."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array, Mask
from rantau.record import Record
from rantau.survey.responses import Responses


class Settings(Record):
    """What a rule is told beside the answers.

    Attributes
    ----------
    limit
        Beyond which a row is flagged, in the rule's own unit; 0 for a rule without one.
    duration
        The column that holds how many seconds a respondent took; empty to look for a known one.
    attention
        Pairs of a column and the right answer in it, beside the attention checks of the instrument.
    """

    limit: float = 0.0
    duration: str = ""
    attention: tuple[tuple[str, str], ...] = ()


class Evidence(Record):
    """What a rule found.

    Attributes
    ----------
    index
        `(n,)` the number that the rule looks at; NaN where it says nothing of a row, which is then not flagged.
    flags
        `(n,)` true where a row deserves a second look.
    """

    index: Array
    flags: Mask


class Limit(Record):
    """The number beyond which a rule flags.

    Attributes
    ----------
    usual
        Taken unless the user says otherwise.
    lowest, highest
        What is allowed.
    unit
        `share` of 1, shown in per cent, or `number`.
    """

    usual: float
    lowest: float
    highest: float
    unit: str = "number"

    def shown(self, value: float) -> str:
        """Return a limit as people read it.

        Examples
        --------
        >>> Limit(0.15, 0, 1, "share").shown(0.15)
        '15%'
        """
        return f"{100 * value:g}%" if self.unit == "share" else f"{value:g}"


class Rule(Record):
    """One rule that flags respondents for a second look.

    Attributes
    ----------
    name
        How it is asked for.
    label
        What a flag says, for tables; `<limit>` stands for the limit.
    source
        Where the rule and its limit come from.
    function
        From the answers and the settings to what was found of each row.

        Raises `ScreeningError` where the answers do not hold what it needs.
    limit
        None for a rule that needs none.
    usual
        Whether it is applied, where it can be, unless the user names others: such rules go by what a respondent
        plainly did; the others are statistics of patterns and flag some of any sample.
    """

    name: str
    label: str
    source: str
    function: Callable[[Responses, Settings], Evidence]
    limit: Limit | None = None
    usual: bool = False

    def told(self, limit: float) -> str:
        """Return the label with its limit."""
        return self.label if self.limit is None else self.label.replace("<limit>", self.limit.shown(limit))
