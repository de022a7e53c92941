"""Draws: what a bootstrap found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Quantity
from rantau.inference.intervals import ROWS as INTERVALS
from rantau.options import choose
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class Draws(Record):
    """Bootstrap replicates of every quantity of a fit.

    Attributes
    ----------
    quantities
        Their names, as in the fit.
    estimates
        `(n_quantities,)` of the full sample.
    values
        `(draws, n_quantities)`; NaN in the rows of failed draws.
    reasons
        One per draw: empty where it succeeded.
    seed
        Of the bootstrap; -1 where the rows were given from outside.
    """

    quantities: tuple[Quantity, ...]
    estimates: Array
    values: Array
    reasons: tuple[str, ...]
    seed: int

    @property
    def n_failed(self) -> int:
        """How many draws gave no estimate."""
        return sum(reason != "" for reason in self.reasons)

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason of failure with its count, the commonest first."""
        return tuple(Counter(reason for reason in self.reasons if reason).most_common())

    def table(self, *, interval: str = "percentile", level: float = 0.95) -> pd.DataFrame:
        """Return estimates with bootstrap standard errors, intervals and p-values.

        Parameters
        ----------
        interval
            The kind of interval; `percentile`.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs est mean se ci_low ci_high p`, one row per quantity. `p` is two-sided and belongs to
            the percentile interval: twice the smaller share of draws on either side of zero, each counted with
            one draw more, so that it is never zero (Davison & Hinkley, 1997, eq. 4.11). A quantity that is the
            same in every draw has no p.

        Raises
        ------
        OptionError
            If the interval is not known or the level is not between 0 and 1.
        EstimationError
            If fewer than two draws succeeded.
        """
        choose("interval", interval, [row.name for row in INTERVALS])
        if not 0 < level < 1:
            raise OptionError(f"level must lie between 0 and 1, such as 0.95, got {level}.")
        good = self.values[[reason == "" for reason in self.reasons]]
        if len(good) < 2:
            raise EstimationError(
                f"{len(good)} of {len(self.values)} draws succeeded; no interval can be given. "
                f"Reasons: {'; '.join(f'{reason} ({count})' for reason, count in self.failed[:3])}."
            )
        function = next(row.function for row in INTERVALS if row.name == interval)
        low, high = function(self.estimates, good, level)
        below = (np.sum(good <= 0, axis=0) + 1) / (len(good) + 1)
        above = (np.sum(good >= 0, axis=0) + 1) / (len(good) + 1)
        p = np.minimum(2 * np.minimum(below, above), 1.0)
        p = np.where(np.ptp(good, axis=0) > 0, p, np.nan)
        return require("pandas").DataFrame(  # type: ignore[no-any-return]
            {
                "lhs": [one.lhs for one in self.quantities],
                "op": [one.op for one in self.quantities],
                "rhs": [one.rhs for one in self.quantities],
                "est": self.estimates,
                "mean": good.mean(axis=0),
                "se": good.std(axis=0, ddof=1),
                "ci_low": low,
                "ci_high": high,
                "p": p,
            }
        )

    def __str__(self) -> str:
        failed = "".join(f"\n  {count} failed: {reason}" for reason, count in self.failed)
        return f"{len(self.values)} bootstrap draws, seed {self.seed}{failed}\n{self.table().to_string(index=False)}"

    def __repr__(self) -> str:
        return (
            f"<Draws: {len(self.values)} of {len(self.quantities)} quantities, seed {self.seed}, "
            f"{self.n_failed} failed; see table()>"
        )

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}"))
