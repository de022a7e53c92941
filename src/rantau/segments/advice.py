"""How many segments the criteria of FIMIX-PLS speak for, read together and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.extras import require
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: From this normed entropy on, rows are told apart well enough.
CLEAR = 0.5
#: Criteria that are read together, the better pair first.
PAIRS = (("aic3", "caic"), ("aic4", "bic"))


class Reading(Record):
    """One rule for the number of segments.

    Attributes
    ----------
    rule
        What is looked at.
    holds
        Whether it speaks for the number that is advised; None where it only bounds it.
    text
        What it says.
    source
        Who set the rule.
    """

    rule: str
    holds: bool | None
    text: str
    source: str


class Advice(Record):
    """What the criteria say together.

    Attributes
    ----------
    segments
        The number that they speak for; 0 where they do not agree on one.
    readings
        Rule by rule.
    tried
        The largest number of which there is a solution.
    """

    segments: int
    readings: tuple[Reading, ...]
    tried: int

    @property
    def usable(self) -> bool:
        """Whether there are several segments, clear and large enough to go on with."""
        return self.segments > 1 and all(one.holds for one in self.readings if one.rule in ("clear", "large enough"))

    @property
    def verdict(self) -> str:
        """The advice in a sentence."""
        if self.tried == 1:
            return "There is no solution of more than one segment, so nothing can be said of hidden groups."
        if self.segments == 0:
            return (
                "The criteria do not agree on a number of segments. Take it from theory, between the bounds, or hold "
                "to one segment."
            )
        if self.segments == 1:
            return "The criteria speak for one segment: nothing says that paths differ between hidden groups."
        if self.usable:
            return (
                f"The criteria speak for {self.segments} segments. Improve them by rt.pos, ask what they are by "
                "rt.explain_segments, and compare groups that can be seen by rt.compare_groups."
            )
        wrong = " and ".join(
            {"clear": "not told apart clearly", "large enough": "not all large enough"}[one.rule]
            for one in self.readings
            if one.holds is False and one.rule in ("clear", "large enough")
        )
        return (
            f"The criteria speak for {self.segments} segments, but these are {wrong}: paths may differ between hidden "
            "groups, and these segments are no groups to report without a column of the data that explains them "
            "(rt.explain_segments)."
        )

    def table(self) -> pd.DataFrame:
        """Return the readings: `rule holds text source`."""
        rows = [
            (one.rule, {True: "yes", False: "no", None: ""}[one.holds], one.text, one.source) for one in self.readings
        ]
        return require("pandas").DataFrame(rows, columns=["rule", "holds", "text", "source"])  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return "\n".join([self.verdict, *(f"  {one.rule}: {one.text} ({one.source})" for one in self.readings)])

    def __repr__(self) -> str:
        return f"<Advice: {self.verdict} Print it for the reasons.>"


def advise(criteria: pd.DataFrame, rows: int, needed: int) -> Advice:
    """Read the criteria together.

    Parameters
    ----------
    criteria
        By `Fimix.criteria`.
    rows
        That entered.
    needed
        The fewest rows of a segment that can show a medium effect.

    Source: Sarstedt, Becker, Ringle and Schwaiger (2011): where AIC3 and CAIC agree they are right most often; AIC4 and
    BIC do well too; AIC takes too many segments and MDL5 too few. Hair, Sarstedt, Matthews and Ringle (2016) for
    reading them together and against sizes; Ringle, Wende and Will (2010) for EN.
    """
    tried = len(criteria)
    named = ("aic", "mdl5", *(one for pair in PAIRS for one in pair))
    best = {name: 1 + int(criteria[name].to_numpy(dtype=float).argmin()) for name in named}
    agreed = [best[first] for first, second in PAIRS if best[first] == best[second]]
    found = agreed[0] if agreed and tried > 1 else 0
    readings = []
    for first, second in PAIRS:
        names = f"{first.upper()} and {second.upper()}"
        if best[first] == best[second]:
            told, holds = f"both are smallest with {best[first]}", best[first] == found
        else:
            told = f"{first.upper()} is smallest with {best[first]}, {second.upper()} with {best[second]}"
            holds = False
        readings.append(Reading(names, holds, told, "Sarstedt et al., 2011"))
    edge = ", the most that were tried: there may be more" if best["aic"] == tried else ""
    readings.append(
        Reading(
            "bounds",
            None,
            f"MDL5, which takes too few, is smallest with {best['mdl5']}; AIC, which takes too many, with "
            f"{best['aic']}{edge}",
            "Sarstedt et al., 2011",
        )
    )
    readings.append(
        Reading(
            "rows",
            None,
            f"{rows} rows hold at most {max(1, rows // needed)} segments of the {needed} rows that a medium effect "
            "(f² = .15) needs for power .80",
            "Hair et al., 2016; Cohen, 1988",
        )
    )
    if found > 1:
        en, smallest = float(criteria["en"][found]), int(criteria["smallest_segment"][found])
        readings += [
            Reading("clear", en >= CLEAR, f"EN is {en:.2f}, and should be {CLEAR} or more", "Ringle et al., 2010"),
            Reading(
                "large enough",
                smallest >= needed,
                f"the smallest of {found} segments has {smallest} rows of the {needed} it needs",
                "Hair et al., 2016",
            ),
        ]
    return Advice(found, tuple(readings), tried)
