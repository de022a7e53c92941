"""The fit of structural-after-measurement, and the tables read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.arrays import Array, Indices, diagonal
from rantau.covariance.after_measurement.moments import LatentMoments, Route
from rantau.covariance.after_measurement.parts import Parts
from rantau.covariance.after_measurement.refit import refit
from rantau.covariance.after_measurement.request import SamRequest
from rantau.covariance.printed import shown, three_digits
from rantau.covariance.resampling import INDICES
from rantau.covariance.result import SemFit
from rantau.covariance.standardise import correlation_of
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.spec import Model
from rantau.moments.sample import Sample
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class SamFit(Record):
    """A model whose structural part was fitted after its measurement.

    Attributes
    ----------
    request
        The call that made it.
    parts
        What belongs to which part.
    route
        How one gets from items to constructs.
    measurement
        The fit of each measurement block.
    structural
        The fit of the structural part: to the moments of the constructs (`local`), or to those of the items with the
        measurement held (`global`).
    whole
        All parameters with their covariance matrix, from which tables are read. Its statistics are those of the
        structural part.
    latent
        The moments of the constructs.
    """

    request: SamRequest
    parts: Parts
    route: Route
    measurement: tuple[SemFit, ...]
    structural: SemFit
    whole: SemFit
    latent: LatentMoments

    @property
    def model(self) -> Model:
        """The model that was fitted."""
        return self.request.model

    @property
    def sample(self) -> Sample:
        """The rows that were used, `(n_obs, p)`."""
        return self.whole.rows

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return self.whole.n_obs

    @property
    def n_read(self) -> int:
        """Rows before those with missing answers were left out."""
        return self.whole.n_read

    @property
    def converged(self) -> bool:
        """Whether every part reached its minimum."""
        return self.whole.converged

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What must be known before the numbers are believed."""
        return self.whole.problems

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return self.whole.trustworthy

    @property
    def groups(self) -> tuple[str, ...]:
        """The labels of the groups; empty where there is one group."""
        return self.whole.groups

    # -- what a bootstrap needs --------------------------------------------------------------------

    @property
    def strata(self) -> Indices | None:
        """The group of each row, within which a bootstrap draws; None for one group."""
        return self.whole.strata

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The rows of `estimates()` and `effects()`, and the same standardised."""
        return self.whole.quantities[: -len(INDICES)]

    def values(self) -> Array:
        """Return the estimates and standardised estimates, one per quantity."""
        return self.whole.values()[: -len(INDICES)]

    def errors(self) -> Array:
        """Return the standard errors of `values()`."""
        return self.whole.errors()[: -len(INDICES)]

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        """Estimate every part again on resamples of the rows, starting from this fit.

        Parameters
        ----------
        counts
            `(draws, n_obs)`: how often each row of `sample` is taken.
        errors
            Standard errors of each resample, which this fit does not give.

        Returns
        -------
        Refits
            `(draws, n_quantities)`; draws that do not converge are named and NaN.

        Raises
        ------
        OptionError
            If `errors` are asked for.
        """
        return refit(self, counts, errors=errors)

    # -- tables ------------------------------------------------------------------------------------

    def estimates(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return every parameter of both parts and every defined quantity.

        Parameters
        ----------
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            As `SemFit.estimates()`.

        Raises
        ------
        OptionError
            If the level is not between 0 and 1.
        """
        return self.whole.estimates(level=level)

    def standardized(self, *, kind: str = "all", level: float = 0.95) -> pd.DataFrame:
        """Return the standardised solution with delta-method standard errors.

        Parameters
        ----------
        kind
            `all` standardises every variable, `lv` factors only, `nox` all but observed covariates.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            As `SemFit.standardized()`; a path from a product is multiplied with the deviations of both parts.

        Raises
        ------
        OptionError
            If the kind is not known or the level is not between 0 and 1.
        """
        return self.whole.standardized(kind=kind, level=level)

    def effects(self, *, standardized: bool = False, level: float = 0.95) -> pd.DataFrame:
        """Return direct, indirect and total effects, as `SemFit.effects()`."""
        return self.whole.effects(standardized=standardized, level=level)

    def r_squared(self) -> pd.Series[float]:
        """Return the explained share of the variance of every item and construct that has causes."""
        return self.whole.r_squared()

    def fit_indices(self) -> pd.Series[float]:
        """Return the fit indices of the structural part alone; those of the blocks are in `measurement_indices()`.

        With `method='global'` they are of the whole model, its measurement parameters counted as known, as in lavaan.
        """
        return self.structural.fit_indices()

    def measurement_indices(self) -> pd.DataFrame:
        """Return the fit indices of every measurement block, a row each, under the names of its constructs."""
        pandas = require("pandas")
        names = [", ".join(block) for block in self.parts.blocks]
        return pandas.DataFrame([fit.fit_indices() for fit in self.measurement], names)  # type: ignore[no-any-return]

    def latent_covariances(self) -> pd.DataFrame:
        """Return the covariances of constructs, products and observed variables that the structural part explains.

        They are those of the sample less the errors of measurement, under each group's label.
        """
        pandas, names = require("pandas"), list(self.parts.variables)
        return self.whole._by_group([pandas.DataFrame(one, names, names) for one in self.latent.covariance])  # type: ignore[no-any-return]

    def latent_correlations(self) -> pd.DataFrame:
        """Return the correlations of constructs, products and observed variables, under each group's label."""
        pandas, names = require("pandas"), list(self.parts.variables)
        frames = [pandas.DataFrame(correlation_of(one), names, names) for one in self.latent.covariance]
        return self.whole._by_group(frames)  # type: ignore[no-any-return]

    def reliability(self) -> pd.Series[float]:
        """Return the share of the variance of Bartlett's scores that is the construct's, under each group's label."""
        pandas, count = require("pandas"), self.parts.n_constructs
        names = list(self.parts.variables[:count])
        error, raw = (diagonal(one)[:, :count] for one in (self.latent.error, self.latent.raw))
        shares = 1 - error / raw
        return self.whole._by_group([pandas.Series(one, names, name="reliability") for one in shares])  # type: ignore[no-any-return]

    def summary(self) -> str:
        """Return a readable account: how it went, the fit of each part, estimates."""
        request = self.request
        head = [
            f"Structural after measurement ({request.method}), {request.estimator} on {self.n_obs} rows "
            f"({self.n_read - self.n_obs} left out for missing answers); standard errors: {request.errors}",
            *(f"{problem.severity.upper()}: {problem.text}" for problem in self.problems),
            *(
                f"{one.name}: from the moments of its parts, freed of measurement error"
                for one in request.asked.expanded.constructs
            ),
            "",
            *(
                f"measured {'together' if len(block) > 1 else 'alone'}: {', '.join(block)} "
                f"(chi-square {fit.statistics.chisq:.2f}, df {fit.statistics.df})"
                for block, fit in zip(self.parts.blocks, self.measurement, strict=True)
            ),
            f"structural part: chi-square {self.structural.statistics.chisq:.2f}, df {self.structural.statistics.df}",
            "",
        ]
        table = shown(self.estimates()).to_string(index=False, float_format=three_digits, na_rep="")
        return "\n".join([*head, str(table)])

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        how = "did not converge, see problems"
        if self.converged:
            trusted = "" if self.trustworthy else "; NOT TO BE TRUSTED, see problems"
            found = self.structural.statistics
            how = f"structural chi-square {found.chisq:.2f}, df {found.df}{trusted}"
        return (
            f"<SamFit: {self.request.method}, {self.n_obs} rows, {len(self.parts.blocks)} measurement blocks, {how}; "
            "print it, or see estimates(), standardized(), measurement_indices()>"
        )

    def _repr_html_(self) -> str:
        notes = "".join(f"<p><strong>{problem.severity}</strong>: {problem.text}</p>" for problem in self.problems)
        return notes + str(shown(self.estimates()).to_html(index=False, float_format=three_digits, na_rep=""))
