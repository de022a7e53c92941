"""What every fit says of itself, whichever engine made it."""

from __future__ import annotations

from typing import Protocol

from rantau.arrays import Array, Indices
from rantau.errors import listing
from rantau.model.spec import Model
from rantau.moments.ordinal import OrdinalMoments
from rantau.moments.sample import Sample
from rantau.record import Record


class Problem(Record):
    """Something that a reader must know before believing a fit.

    Attributes
    ----------
    severity
        `error`: computed, but not to be trusted (not converged, inadmissible); `warning`: worth a look.
    code
        A short fixed name, such as `negative_variance`.
    text
        One sentence: what is wrong, where, and what may help.
    about
        The variables concerned.
    """

    severity: str
    code: str
    text: str
    about: tuple[str, ...] = ()


class Quantity(Record):
    """One estimated number, named as in a model file (`lhs op rhs`).

    Direct paths are `outcome ~ predictor`; PLS adds `indirect` and `total` as operators of effects.

    Attributes
    ----------
    lhs, op, rhs
        The name.
    group
        The group it belongs to, counted from 1; 0 for what belongs to none, such as a defined quantity.
    of
        The table that shows it: `estimates`, `standardized`, `fit_indices`, or another table of the fit.
    """

    lhs: str
    op: str
    rhs: str
    group: int = 1
    of: str = "estimates"


class Refits(Record):
    """The quantities of a fit, estimated again on each of many resamples of its rows.

    Attributes
    ----------
    values
        `(draws, n_quantities)`; NaN in the rows of failed draws.
    reasons
        One per draw: empty where it succeeded, otherwise why it failed.
    errors
        `(draws, n_quantities)` standard errors, NaN where unknown; None where they were not asked for.
    notes
        One per draw: why a draw that succeeded is inadmissible all the same, such as a negative variance;
        empty where it is not. () where there is nothing to say of any draw.
    """

    values: Array
    reasons: tuple[str, ...]
    errors: Array | None = None
    notes: tuple[str, ...] = ()


class Request(Protocol):
    """What every request says, whichever engine it is for."""

    @property
    def missing(self) -> str:
        """How missing answers are met: `listwise` or `mean`."""


class Fit(Protocol):
    """What bootstrap, cross-checks and reports may ask of a fit of either engine."""

    @property
    def model(self) -> Model:
        """The model that was fitted."""

    @property
    def request(self) -> Request:
        """The options of the call that made the fit."""

    @property
    def sample(self) -> Sample | None:
        """The rows that entered the estimation, from which a bootstrap draws; None if it was made from moments."""

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""

    @property
    def converged(self) -> bool:
        """Whether the estimation reached its stopping rule."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What must be known before the numbers are believed."""

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""

    @property
    def strata(self) -> Indices | None:
        """Which stratum each row of the sample belongs to, `(n_rows,)`: resampling keeps their sizes; None for one."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The names of `values()`, in order: estimates first, then standardised estimates, then fit indices."""

    def values(self) -> Array:
        """Return the numbers, `(n_quantities,)`."""

    def errors(self) -> Array:
        """Return the standard errors of `values()`, `(n_quantities,)`; NaN where the fit gives none."""

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        """Estimate again, with the options of the request, on resamples of the rows of `sample`.

        Parameters
        ----------
        counts
            `(draws, n_rows)`: how often each resample takes each row.
        errors
            Whether standard errors are wanted as well.
        """


def doubtful_tables(names: tuple[str, ...], parts: tuple[OrdinalMoments, ...]) -> tuple[Problem, ...]:
    """Warn of pairs of ordered answers whose correlation leans on little.

    Parameters
    ----------
    names
        Of the variables.
    parts
        The moments of each group.

    Source: Savalei (2011) on empty cells.
    """
    found = []
    perfect = sorted({pair for part in parts for pair in part.perfect})
    if perfect:
        shown = listing([f"{names[j]} and {names[i]}" for i, j in perfect], most=4)
        found.append(
            Problem(
                "warning", "perfect_association",
                f"The answers to {shown} go together without exception, so that the correlation behind them is at its "
                "limit. One of the two says nothing new: take it out, or merge rare categories.",
                tuple(dict.fromkeys(names[k] for pair in perfect for k in pair)),
            )
        )  # fmt: skip
    sparse = sorted({pair for part in parts for pair in part.sparse if _fourfold(part, pair)})
    if sparse:
        shown = listing([f"{names[j]} and {names[i]}" for i, j in sparse], most=4)
        found.append(
            Problem(
                "warning", "empty_cells",
                f"Nobody gave one of the four pairs of answers to {shown}; half an answer was put there, and the "
                "correlation leans on it.",
                tuple(dict.fromkeys(names[k] for pair in sparse for k in pair)),
            )
        )  # fmt: skip
    return tuple(found)


def _fourfold(part: OrdinalMoments, pair: tuple[int, int]) -> bool:
    return all(len(part.ordering.categories[one]) == 2 for one in pair)
