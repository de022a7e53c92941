"""Screening respondents: every rule flags, and only what the user says leaves rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask, check_shape
from rantau.errors import OptionError, ScreeningError, listing, unknown
from rantau.extras import require
from rantau.options import by_name, choose, is_number, one_text, several_names
from rantau.record import Record
from rantau.survey.responses import Change, Responses, need_responses
from rantau.survey.rule import Evidence, Rule, Settings
from rantau.survey.screens import ROWS

if TYPE_CHECKING:
    import pandas as pd

RULES = tuple(row.name for row in ROWS)
#: Applied unless the user names others, where the answers hold what they need.
USUAL = tuple(row.name for row in ROWS if row.usual)
#: Asked for in one word.
ALL = "all"
_BY_NAME = {row.name: row for row in ROWS}


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


class Step(Record):
    """One step from the rows read to the rows kept.

    Attributes
    ----------
    rule
        Its name; empty for the step that leaves out what several rules flag.
    flagged, left_out, left
        How many rows it flags, takes out for the first time, and leaves.
    """

    rule: str
    flagged: int
    left_out: int
    left: int


class Screening(Record):
    """What the rules say of each row, and which rows are left out.

    Attributes
    ----------
    responses
        All rows, as they came.
    flags
        `(n, rules)`; true where a rule flags a row.
    index
        `(n, rules)`; the number that each rule looks at, NaN where it says nothing of a row.
    rules
        The names of the rules.
    limits
        The limit of each rule, 0 for one without.
    exclude
        The rules whose flagged rows are left out.
    flags_to_exclude
        By how many rules a row must be flagged to be left out for that; 0 for never.
    skipped
        Pairs of a usual rule that could not be applied and the reason.
    """

    responses: Responses
    flags: Mask
    index: Array
    rules: tuple[str, ...]
    limits: tuple[float, ...]
    exclude: tuple[str, ...] = ()
    flags_to_exclude: int = 0
    skipped: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Close the arrays and check that they belong together."""
        super().__post_init__()
        check_shape("flags", self.flags, (self.responses.n_obs, len(self.rules)))
        check_shape("index", self.index, (self.responses.n_obs, len(self.rules)))

    @property
    def excluded(self) -> Mask:
        """`(n,)`; true where a row is left out."""
        out = self.flags[:, [self.rules.index(name) for name in self.exclude]].any(axis=1)
        return np.asarray(out | self._by_several, dtype=np.bool_)

    @property
    def _by_several(self) -> Mask:
        return np.asarray(self.flags.sum(axis=1) >= (self.flags_to_exclude or len(self.rules) + 1), dtype=np.bool_)

    @cached_property
    def log(self) -> tuple[Flag, ...]:
        """Each flag, in the order of rows."""
        out = self.excluded
        return tuple(
            Flag(self.responses.rows[row], self.rules[place], bool(out[row])) for row, place in np.argwhere(self.flags)
        )

    @property
    def kept(self) -> Responses:
        """The rows that are not left out; their log says how many were."""
        return _without(self.responses, self.excluded)

    @property
    def unflagged(self) -> Responses:
        """The rows that no rule flags, whether or not flagged ones are left out."""
        return _without(self.responses, np.asarray(self.flags.any(axis=1), dtype=np.bool_))

    def counts(self) -> pd.DataFrame:
        """Count the flags of each rule.

        Returns
        -------
        DataFrame
            Index `rule`; columns `label`, `flagged` (rows), `share` (of all rows), `excluded` (how many of
            the flagged rows are left out), `source`.
        """
        pandas = require("pandas")
        flagged = self.flags.sum(axis=0)
        gone = self.flags[self.excluded].sum(axis=0)
        rows = [_BY_NAME[rule] for rule in self.rules]
        table: pd.DataFrame = pandas.DataFrame(
            {
                "label": [row.told(limit) for row, limit in zip(rows, self.limits, strict=True)],
                "flagged": flagged,
                "share": flagged / self.responses.n_obs if self.responses.n_obs else np.nan,
                "excluded": gone,
                "source": [row.source for row in rows],
            },
            index=pandas.Index(self.rules, name="rule"),
        )
        return table

    def flow(self) -> tuple[Step, ...]:
        """Return for each rule how many rows it flags, how many it takes out, and how many are then left.

        A row that several rules take out is counted with the first of them.
        """
        left = np.ones(self.responses.n_obs, dtype=np.bool_)
        steps = []
        for place, rule in enumerate(self.rules):
            leaving = self.flags[:, place] & left & (rule in self.exclude)
            left &= ~leaving
            steps.append(Step(rule, int(self.flags[:, place].sum()), int(leaving.sum()), int(left.sum())))
        if self.flags_to_exclude:
            several = self._by_several
            leaving = several & left
            steps.append(Step("", int(several.sum()), int(leaving.sum()), int((left & ~leaving).sum())))
        return tuple(steps)

    def frame(self) -> pd.DataFrame:
        """Return the number that each rule looked at, row by row.

        Returns
        -------
        DataFrame
            A row per respondent: `line` (of the file), a column per rule with its index, `flags` (how many rules flag
            the row), `left_out`.
        """
        columns = {rule: self.index[:, place] for place, rule in enumerate(self.rules)}
        table: pd.DataFrame = require("pandas").DataFrame(
            {"line": self.responses.rows, **columns, "flags": self.flags.sum(axis=1), "left_out": self.excluded}
        )
        return table

    def __str__(self) -> str:
        flagged = ", ".join(f"{rule} {count}" for rule, count in zip(self.rules, self.flags.sum(axis=0), strict=True))
        n_out = int(self.excluded.sum())
        return f"Screening: {self.responses.n_obs} rows, {n_out} excluded; flagged: {flagged or 'no rule applied'}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self.counts().to_html(notebook=True))


def screen(
    responses: Responses,
    *,
    rules: str | Sequence[str] | None = None,
    exclude: str | Sequence[str] = (),
    flags_to_exclude: int = 0,
    limits: Mapping[str, float] | None = None,
    duration: str = "",
    attention: Mapping[str, object] | None = None,
) -> Screening:
    """Flag respondents whose answers deserve a second look.

    Nothing is left out unless the rule that flags it is named in `exclude`, or `flags_to_exclude` says how many flags
    are too many.

    Parameters
    ----------
    responses
        From `read_responses`, or `responses_of` for a data frame.
    rules
        Names of the rules to apply, or `all`: those that the answers allow. Unless given, the ones that go by what a
        respondent plainly did: `test_rows`, `eligibility`, `missing`, `speed`, `attention`, `longstring`, `duplicate`,
        as far as the file holds what they need; `.skipped` says which were not applied. `rantau list screens` shows
        every rule.
    exclude
        Those of them whose flagged rows are left out of `.kept`.
    flags_to_exclude
        Leave a row out when at least so many rules flag it; 0 for never.
    limits
        Other limits than the usual ones, by rule: `{"longstring": 0.4, "mahalanobis": 0.01}`.
    duration
        The column that says how many seconds a respondent took, where it has no name that form tools are known for.
    attention
        Columns of attention checks and their right answers, beside those of the instrument.

    Returns
    -------
    Screening
        With `.kept`, `.counts()`, `.flow()`, `.frame()` and a `.log` of each flag.

    Raises
    ------
    OptionError
        If a rule is not known, is to exclude without being applied, or a limit is not allowed; or something is told to
        a rule that is not applied.
    ScreeningError
        If a rule asked for by name needs what the answers do not hold.

    Examples
    --------
    >>> from rantau.survey import read_responses, read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> raw = read_responses("surveys/mobile/responses.csv", survey)
    >>> screen(raw)
    Screening: 250 rows, 0 excluded; flagged: missing 0, longstring 5, duplicate 0
    >>> found = screen(raw, rules=("longstring", "irv", "mahalanobis"), flags_to_exclude=2)
    >>> found.kept.n_obs
    247
    """
    need_responses(responses, "screen")
    if rules is not None and not (isinstance(rules, str) and rules == ALL):
        rules = several_names("rules", rules, "longstring")
    exclude = several_names("exclude", exclude, "longstring")
    one_text("duration", duration)
    required = rules is not None and rules != ALL
    asked = _asked(rules)
    limits = by_name("limits", limits, "{'longstring': 0.4}")
    attention = by_name("attention", attention, "{'CHECK1': 4}")
    chosen = limits_of(limits)
    check_used([rule.name for rule in asked], limits=limits, duration=duration, attention=attention)
    told = tuple((name, str(answer)) for name, answer in attention.items())
    found: dict[str, Evidence] = {}
    skipped = []
    for rule in asked:
        needed = required or (rule.name == "speed" and duration) or (rule.name == "attention" and told)
        try:
            found[rule.name] = rule.function(responses, Settings(chosen[rule.name], duration, told))
        except ScreeningError as fault:
            if needed:
                raise
            skipped.append((rule.name, str(fault)))
    return Screening(
        responses,
        flags=_side_by_side([each.flags for each in found.values()], responses.n_obs).astype(np.bool_),
        index=_side_by_side([each.index for each in found.values()], responses.n_obs).astype(float),
        rules=tuple(found),
        limits=tuple(chosen[name] for name in found),
        exclude=_leaving(exclude, found, [rule.name for rule in asked]),
        flags_to_exclude=_several(flags_to_exclude),
        skipped=tuple(skipped),
    )


def limits_of(limits: Mapping[str, float]) -> dict[str, float]:
    """Return the limit of every rule, those given in the place of the usual ones.

    Raises
    ------
    OptionError
        If a rule is not known or has no limit, or a limit is outside what is allowed.

    Examples
    --------
    >>> limits_of({"missing": 0.2})["missing"]
    0.2
    """
    with_limit = {row.name: row.limit for row in ROWS if row.limit is not None}
    for name, value in limits.items():
        if name not in with_limit:
            raise OptionError(unknown("rule with a limit", str(name), with_limit))
        allowed = with_limit[name]
        if not is_number(value) or not allowed.lowest <= value <= allowed.highest:
            raise OptionError(
                f"the limit of {name} is {value}; allowed: a number from {allowed.lowest:g} to {allowed.highest:g}, "
                f"usually {allowed.usual:g}."
            )
    usual = {row.name: row.limit.usual if row.limit is not None else 0.0 for row in ROWS}
    return {**usual, **{name: float(value) for name, value in limits.items()}}


def check_used(
    rules: Sequence[str], *, limits: Mapping[str, float], duration: str, attention: Mapping[str, object]
) -> None:
    """Refuse what is told to rules that are not applied, for it would say nothing.

    Parameters
    ----------
    rules
        The names of those that are.
    limits, duration, attention
        As for `screen`.

    Raises
    ------
    OptionError
        Naming the rule.
    """
    told = dict.fromkeys(limits, "its limit")
    told |= {"speed": "`duration`"} if duration else {}
    told |= {"attention": "`attention`"} if attention else {}
    for name, what in told.items():
        if name not in rules:
            raise OptionError(
                f"the rule '{name}' is not applied, so {what} says nothing. Add it to the rules, or leave {what} out."
            )


def _asked(rules: Sequence[str] | None) -> tuple[Rule, ...]:
    """Return the rules to apply, in the order given; in that of tables where none is."""
    if rules is None:
        return tuple(_BY_NAME[name] for name in USUAL)
    if rules == ALL:
        return ROWS
    return tuple(_BY_NAME[name] for name in dict.fromkeys(choose("rules", name, RULES) for name in rules))


def _leaving(exclude: Sequence[str], found: Mapping[str, Evidence], asked: Sequence[str]) -> tuple[str, ...]:
    for name in exclude:
        choose("exclude", name, asked)
        if name not in found:
            raise ScreeningError(
                f"rows that '{name}' flags are to be left out, and it cannot be applied. Name it in `rules` to see why."
            )
    return tuple(dict.fromkeys(exclude))


def _several(flags_to_exclude: int) -> int:
    if isinstance(flags_to_exclude, bool) or not isinstance(flags_to_exclude, int) or flags_to_exclude < 0:
        raise OptionError(f"flags_to_exclude is {flags_to_exclude}; allowed: 0 for never, or a whole number of flags.")
    return flags_to_exclude


def _side_by_side(columns: Sequence[Array | Mask], n_obs: int) -> Array:
    return np.column_stack(columns) if columns else np.zeros((n_obs, 0))


def _without(responses: Responses, out: Mask) -> Responses:
    """Return the other rows, and log how many were left out."""
    kept = responses.take(~out)
    gone = int(out.sum())
    if not gone:
        return kept
    lines = listing((str(responses.rows[row]) for row in np.flatnonzero(out)), most=100)
    action = f"rows left out by screening: lines {lines}"
    return kept.replace(log=(*kept.log, Change("", action, gone * len(kept.columns))))
