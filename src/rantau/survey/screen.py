"""Screening respondents: every rule flags, and only a rule named for it leaves rows out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Mask, check_shape
from rantau.extras import require
from rantau.options import choose
from rantau.record import Record
from rantau.survey.responses import Change, Responses, need_responses
from rantau.survey.screens import ROWS

if TYPE_CHECKING:
    import pandas as pd

RULES = tuple(row.name for row in ROWS)


class Flag(Record):
    """One line of a screening's log.

    Attributes
    ----------
    row
        The line in the file of answers.
    rule
        The rule that flagged it.
    excluded
        Whether the row is left out.
    """

    row: int
    rule: str
    excluded: bool

    def __str__(self) -> str:
        return f"line {self.row}: {self.rule} ({'excluded' if self.excluded else 'kept'})"


class Screening(Record):
    """What the rules say of each row, and which rows are left out.

    Attributes
    ----------
    responses
        All rows, as they came.
    flags
        `(n, rules)`; true where a rule flags a row.
    rules
        The names of the rules.
    excluded
        `(n,)`; true where a row is left out.
    log
        Each flag, in the order of rows.
    """

    responses: Responses
    flags: Mask
    rules: tuple[str, ...]
    excluded: Mask
    log: tuple[Flag, ...]

    def __post_init__(self) -> None:
        """Close the arrays and check that they belong together."""
        super().__post_init__()
        check_shape("flags", self.flags, (self.responses.n_obs, len(self.rules)))
        check_shape("excluded", self.excluded, (self.responses.n_obs,))

    @property
    def kept(self) -> Responses:
        """The rows that are not left out; their log says how many were."""
        kept = self.responses.take(~self.excluded)
        gone = int(self.excluded.sum())
        if not gone:
            return kept
        lines = ", ".join(str(row) for row, out in zip(self.responses.rows, self.excluded, strict=True) if out)
        action = f"rows left out by screening: lines {lines}"
        return kept.replace(log=(*kept.log, Change("", action, gone * len(kept.columns))))

    def counts(self) -> pd.DataFrame:
        """Count the flags of each rule.

        Returns
        -------
        DataFrame
            Index `rule`; columns `label`, `flagged` (rows), `share` (of all rows), `excluded` (how many of
            the flagged rows are left out), `source`.
        """
        pandas = require("pandas")
        rows = {row.name: row for row in ROWS}
        flagged = self.flags.sum(axis=0)
        table: pd.DataFrame = pandas.DataFrame(
            {
                "label": [rows[name].label for name in self.rules],
                "flagged": flagged,
                "share": flagged / max(self.responses.n_obs, 1),
                "excluded": (self.flags & self.excluded[:, None]).sum(axis=0),
                "source": [rows[name].source for name in self.rules],
            },
            index=pandas.Index(self.rules, name="rule"),
        )
        return table

    def __str__(self) -> str:
        told = ", ".join(f"{name} {count}" for name, count in zip(self.rules, self.flags.sum(axis=0), strict=True))
        return f"Screening: {self.responses.n_obs} rows, {int(self.excluded.sum())} excluded; flagged: {told}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self.counts().to_html(notebook=True))


def screen(responses: Responses, *, rules: Sequence[str] = RULES, exclude: Sequence[str] = ()) -> Screening:
    """Flag respondents whose answers deserve a second look.

    Nothing is left out unless the rule that flags it is named in `exclude`.

    Parameters
    ----------
    responses
        From `read_responses`.
    rules
        Names of the rules to apply: `missing`, `longstring`, `duplicate`.
    exclude
        Those of them whose flagged rows are left out of `.kept`.

    Returns
    -------
    Screening
        With `.kept`, `.counts()` and a `.log` of each flag.

    Raises
    ------
    OptionError
        If a rule is not known, or is to exclude without being applied.

    Examples
    --------
    >>> from rantau.survey import read_responses, read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> raw = read_responses("surveys/mobile/responses.csv", survey)
    >>> screen(raw)
    Screening: 250 rows, 0 excluded; flagged: missing 0, longstring 5, duplicate 0
    """
    need_responses(responses, "screen")
    asked = tuple(dict.fromkeys(choose("rules", name, RULES) for name in _names(rules)))
    leaving = tuple(choose("exclude", name, asked) for name in _names(exclude))
    functions = {row.name: row.function for row in ROWS}
    flags = np.zeros((responses.n_obs, len(asked)), dtype=np.bool_)
    for place, name in enumerate(asked):
        flags[:, place] = functions[name](responses)
    excluded = np.asarray(flags[:, [asked.index(name) for name in leaving]].any(axis=1), dtype=np.bool_)
    log = tuple(Flag(responses.rows[row], asked[place], bool(excluded[row])) for row, place in np.argwhere(flags))
    return Screening(responses, flags, asked, excluded, log)


def _names(names: Sequence[str]) -> Sequence[str]:
    """Take one name for a sequence of one, since a text is a sequence of letters."""
    return (names,) if isinstance(names, str) else names
