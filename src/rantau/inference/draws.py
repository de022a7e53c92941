"""Draws: what a bootstrap or a Monte Carlo of the estimates found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Fit, Quantity
from rantau.inference.intervals import ROWS as INTERVALS
from rantau.inference.intervals import Interval
from rantau.inference.jackknife import acceleration
from rantau.inference.refit import refit_draws
from rantau.inference.replicates import Replicates
from rantau.options import check_level, choose, is_number
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: Against which side of zero a p value speaks.
ALTERNATIVES = ("two-sided", "greater", "less")
#: Which limits an interval has.
SIDES = ("both", "lower", "upper")
#: What becomes of draws that were estimated and are inadmissible.
INADMISSIBLE = ("keep", "drop")
#: Spreads below this share of a quantity's size are rounding.
_ROUNDING = 1e-12


@runtime_checkable
class Showing(Fit, Protocol):
    """A fit with more tables than its quantities are of."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of all of them."""

    def showing(self, of: str) -> Fit:
        """Return this fit with the quantities of one of them."""


class Draws(Record):
    """Replicates of every quantity of a fit.

    Attributes
    ----------
    quantities
        Their names, as in the fit: estimates first.
    estimates
        `(n_quantities,)` of the full sample.
    values
        `(draws, n_quantities)`; NaN in the rows of failed draws.
    reasons
        One per draw: empty where it succeeded.
    seed
        Of the random numbers; -1 where the rows were given from outside.
    notes
        One per draw: why one that succeeded is inadmissible, such as a negative variance; empty where it is not.
        () where there is nothing to say of any.
    errors
        `(draws, n_quantities)` standard errors; None where they were not asked for.
    fit
        What was resampled; None for draws of `monte_carlo`, which are made from estimates alone.
    rows
        `(draws, size)` row numbers where they were given from outside; None where they were drawn.
    nested
        How many resamples of each draw gave its standard errors; 0 where the fit gave them.
    """

    quantities: tuple[Quantity, ...]
    estimates: Array
    values: Array
    reasons: tuple[str, ...]
    seed: int
    notes: tuple[str, ...] = ()
    errors: Array | None = None
    fit: Fit | None = None
    rows: Indices | None = None
    nested: int = 0

    @property
    def n_failed(self) -> int:
        """How many draws gave no estimate."""
        return sum(reason != "" for reason in self.reasons)

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason of failure with its count, the commonest first."""
        return counted(self.reasons)

    @property
    def inadmissible(self) -> tuple[tuple[str, int], ...]:
        """Each reason why draws that succeeded are inadmissible, with its count, the commonest first."""
        return counted(self.notes)

    def table(
        self,
        *,
        of: str = "estimates",
        interval: str = "percentile",
        level: float = 0.95,
        side: str = "both",
        alternative: str = "two-sided",
        null: float = 0.0,
        inadmissible: str = "keep",
    ) -> pd.DataFrame:
        """Return estimates with the standard errors, intervals and p-values of the draws.

        Parameters
        ----------
        of
            Which quantities: `estimates`; of a covariance-based fit `standardized` or `fit_indices`; of a PLS fit any
            of its `tables`, such as `htmt`, `htmt2`, `effects`, `reliability`, `f_squared`, `vif`, `fit_indices`: those
            are computed when asked for, in the same draws.
        interval
            `percentile`; `bca`, for which the fit is made again without each row in turn; `basic`; `student`,
            which needs `bootstrap(..., errors=True)`.
        level
            Of the intervals, between 0 and 1.
        side
            `both` limits, or one: with `upper` the interval has no lower limit (minus infinity) and all that may be
            missed lies above, with `lower` the other way round. The level must then be above 0.5.
        alternative
            What p tests: `two-sided`; `greater`, that the quantity is above `null`; `less`, that it is below.
        null
            What p tests the quantity against: 0 for an effect, 0.85 or 0.90 (with `alternative="less"`) for HTMT.
        inadmissible
            `keep` or `drop` draws that were estimated and are inadmissible, such as those with a negative
            variance. Dropping them narrows intervals, as it leaves out one side of what sampling does.

        Returns
        -------
        DataFrame
            `lhs op rhs est mean se ci_low ci_high p`, one row per quantity; where the fit has several groups,
            `group` after the name. A quantity that some draw leaves undefined is NaN.

        Raises
        ------
        OptionError
            If an option is not known, the level is not between 0 and 1, or the draws lack what the interval needs.
        EstimationError
            If fewer than two draws succeeded, or for `bca` the fit cannot be made without some row or its rows
            come in clusters.

        Notes
        -----
        `p` belongs to the percentile interval whichever interval is shown: the share of draws on the other side
        of `null`, counted with one draw more, so that it is never zero (Davison & Hinkley, 1997, eq. 4.11); twice
        the smaller share if two-sided. A quantity that is the same in every draw has no p, nor has a fit index.

        Percentile limits are type 7 quantiles (Hyndman & Fan, 1996). The other intervals interpolate between
        draws on the scale of the normal distribution (Davison & Hinkley, 1997, eq. 5.8) and are those of R's
        `boot.ci`, its BCa with jackknife values. A limit beyond the outermost draw is that draw: take some
        thousand draws.

        Fit indices of draws are those of samples from a population that the model does not fit exactly, so they
        lie on the side of misfit; test the model with `bollen_stine`.
        """
        chosen = {row.name: row for row in INTERVALS}[choose("interval", interval, [row.name for row in INTERVALS])]
        choose("alternative", alternative, ALTERNATIVES)
        choose("inadmissible", inadmissible, INADMISSIBLE)
        check_level(level)
        choose("side", side, SIDES)
        if side != "both" and level <= 0.5:
            raise OptionError(f"a one-sided interval has a level above 0.5, such as 0.95, got {level}.")
        if not is_number(null):
            raise OptionError(f"null is the number that p tests against, such as 0.9, got {null!r}.")
        if choose("of", of, self.tables) not in {one.of for one in self.quantities}:
            further = self._of(of)
            if not further.quantities:
                # Such as effects by a model of one path.
                return self.table(level=0.5).iloc[:0]
            return further.table(
                of=of,
                interval=interval,
                level=level,
                side=side,
                alternative=alternative,
                null=null,
                inadmissible=inadmissible,
            )
        which = np.array([one.of == of for one in self.quantities])
        good = self._good(drop=inadmissible == "drop")
        given = self._replicates(chosen, good, which)
        values = given.values
        # What is infinite in some draw, as the inflation of predictors that determine one another, has no spread.
        with np.errstate(invalid="ignore"):
            width = np.ptp(values, axis=0)
            constant = np.isfinite(width) & (width <= _ROUNDING * np.abs(values).max(axis=0))
            mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
            limits = chosen.function(given, level if side == "both" else 2 * level - 1)
        low, high = (np.where(constant, values[0], limit) for limit in limits)
        low = np.full_like(low, -np.inf) if side == "upper" else low
        high = np.full_like(high, np.inf) if side == "lower" else high
        undefined = np.isnan(values).any(axis=0)
        untested = constant | undefined | (of == "fit_indices")
        named = [one for one in self.quantities if one.of == of]
        columns = {
            "lhs": [one.lhs for one in named],
            "op": [one.op for one in named],
            "rhs": [one.rhs for one in named],
            "group": [one.group for one in named],
            "est": given.estimates,
            "mean": mean,
            "se": np.where(constant, 0.0, spread),
            "ci_low": np.where(undefined, np.nan, low),
            "ci_high": np.where(undefined, np.nan, high),
            "p": np.where(untested, np.nan, _p(values - null, alternative)),
        }
        if max(one.group for one in self.quantities) <= 1:
            del columns["group"]
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    @property
    def tables(self) -> tuple[str, ...]:
        """What `table(of=)` takes."""
        known = dict.fromkeys(one.of for one in self.quantities)
        return tuple(dict.fromkeys((*known, *(self.fit.tables if isinstance(self.fit, Showing) else ()))))

    def _of(self, of: str) -> Draws:
        """Return the same draws of another table."""
        known: dict[str, Draws] = self.__dict__.setdefault("_known", {})
        if of not in known and isinstance(self.fit, Showing):
            fit = self.fit.showing(of)
            refits = refit_draws(
                fit,
                draws=len(self.values),
                seed=max(self.seed, 0),
                rows=self.rows,
                errors=self.errors is not None,
                nested=self.nested,
            )
            known[of] = self.replace(
                quantities=fit.quantities,
                estimates=fit.values(),
                values=refits.values,
                errors=refits.errors,
                fit=fit,
            )
        return known[of]

    def _good(self, *, drop: bool) -> Mask:
        """Say which draws are to be used, `(draws,)`."""
        good = np.array([reason == "" for reason in self.reasons])
        if drop and self.notes:
            good &= np.array([note == "" for note in self.notes])
        if good.sum() < 2:
            why = (*self.failed, *(self.inadmissible if drop else ()))
            raise EstimationError(
                f"{good.sum()} of {len(self.values)} draws succeeded; no interval can be given. "
                f"Reasons: {'; '.join(f'{reason} ({count})' for reason, count in why[:3])}."
            )
        return good

    def _replicates(self, interval: Interval, good: Mask, which: Mask) -> Replicates:
        """Gather what the interval needs of some draws `(draws,)` and quantities `(n_quantities,)`."""
        if self.fit is None and interval.name != "percentile":
            raise OptionError(
                f"interval='{interval.name}' needs resampled rows, and these draws were made from the estimates "
                "alone. Take interval='percentile', or rt.bootstrap(fit)."
            )
        nothing = np.full(int(which.sum()), np.nan)
        standard_errors, errors, rate = nothing, nothing[None], nothing
        if self.fit is not None and interval.needs == "jackknife":
            rate = acceleration(self.fit)[which]
        if self.fit is not None and interval.needs == "errors":
            if self.errors is None:
                raise OptionError(
                    f"interval='{interval.name}' needs the standard errors of every draw, which are computed when "
                    "asked for: rt.bootstrap(fit, errors=True)."
                )
            standard_errors, errors = self.fit.errors()[which], self.errors[good][:, which]
            if self.nested:
                standard_errors = self.values[good][:, which].std(axis=0, ddof=1)
        return Replicates(self.estimates[which], self.values[good][:, which], standard_errors, errors, rate)

    def __str__(self) -> str:
        told = [f"{len(self.values)} {self._kind} draws, seed {self.seed}"]
        told += [f"  {count} failed: {reason}" for reason, count in self.failed]
        told += [f"  {count} kept, though inadmissible: {reason}" for reason, count in self.inadmissible]
        return "\n".join([*told, self.table().to_string(index=False)])

    def __repr__(self) -> str:
        return (
            f"<Draws: {len(self.values)} of {len(self.quantities)} quantities, seed {self.seed}, "
            f"{self.n_failed} failed; see table()>"
        )

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    @property
    def _kind(self) -> str:
        return "Monte Carlo" if self.fit is None else "bootstrap"


def counted(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return each text that is not empty with its count, the commonest first."""
    return tuple(Counter(text for text in texts if text).most_common())


def _p(values: Array, alternative: str) -> Array:
    below: Array = (np.sum(values <= 0, axis=0) + 1) / (len(values) + 1)
    above: Array = (np.sum(values >= 0, axis=0) + 1) / (len(values) + 1)
    both: Array = np.minimum(2 * np.minimum(below, above), 1.0)
    return {"two-sided": both, "greater": below, "less": above}[alternative]
