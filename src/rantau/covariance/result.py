"""The fit of the covariance engine, and the tables read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import log_ndtr, ndtri

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.derived import derived, row_names
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.fit_indices import ROWS as FIT_INDICES
from rantau.covariance.fit_indices import fit_index_values
from rantau.covariance.implied import Implied, Layout, cell_values, imply
from rantau.covariance.model_test import Statistics
from rantau.covariance.request import SemRequest
from rantau.covariance.resampling import INDICES, refit, transformed
from rantau.covariance.standardise import (
    KINDS,
    cell_jacobian,
    explained_variance,
    standardised,
    standardised_slopes,
    standardised_variables,
)
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample
from rantau.options import choose
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


class SemFit(Record):
    """A fitted covariance structure model.

    Attributes
    ----------
    request
        The call that made it.
    sample
        The rows that were used, `(n_obs, p)`; None where the data were summary statistics.
    moments
        The unrestricted means and covariances of each group, divisor n.
    table
        Every parameter.
    layout
        The model in the units of the data.
    discrepancy
        The fitting function.
    theta
        `(n_free,)` estimates.
    covariance
        `(n_free, n_free)` of the estimates; NaN where the information is singular.
    statistics
        Chi-square, log-likelihood and what else fit indices need.
    converged, iterations, problems
        How the estimation went.
    n_read
        Rows before those with missing answers were left out.
    active
        `(k,)`: which of the model's constraints hold with equality.
    """

    request: SemRequest
    sample: Sample | None
    moments: GroupMoments
    table: ParameterTable
    layout: Layout
    discrepancy: Discrepancy
    theta: Array
    covariance: Array
    statistics: Statistics
    converged: bool
    iterations: int
    problems: tuple[Problem, ...]
    n_read: int
    active: Mask

    @property
    def model(self) -> Model:
        """The model that was fitted."""
        return self.request.model

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return round(float(self.moments.n.sum())) if self.sample is None else self.sample.n_obs

    @property
    def rows(self) -> Sample:
        """The rows that were used.

        Raises
        ------
        EstimationError
            If the data were summary statistics.
        """
        if self.sample is None:
            raise EstimationError("this needs the rows, and the fit was made from summary statistics. Fit the data.")
        return self.sample

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def groups(self) -> tuple[str, ...]:
        """The labels of the groups, in the order met in the data; empty where there is one group."""
        return self.table.groups if self.table.n_groups > 1 else ()

    # -- what a bootstrap needs --------------------------------------------------------------------

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The rows of `estimates()`, the same standardised, and the indices that resamples have."""
        rows = [row[:4] for row in row_names(self.model, self.table)]
        return (
            *(Quantity(*row) for row in rows),
            *(Quantity(*row, of="standardized") for row in rows),
            *(Quantity(name, "", "", 1, of="fit_indices") for name in INDICES),
        )

    @property
    def strata(self) -> Indices | None:
        """The group of each row, within which a bootstrap draws; None for one group."""
        return self.sample.group if self.groups and self.sample is not None else None

    def values(self) -> Array:
        """Return the estimates, standardised estimates and indices, one per quantity."""
        found = dict(fit_index_values(self.statistics)) if self.converged else {}
        indices = np.array([found.get(name, NAN) for name in INDICES])
        return np.concatenate([self.values_at(self.theta)[: -len(INDICES)], indices])

    def errors(self) -> Array:
        """Return the standard errors of `values()`; NaN for the indices, which have none."""
        estimates = self._errors(self._gradients())[0]
        standard = self._errors(self._standardised("all")[1])[0]
        return np.concatenate([estimates, standard, np.full(len(INDICES), np.nan)])

    def values_at(self, theta: Array) -> Array:
        """Return the quantities at other parameters, `(..., n_free)` to `(..., n_quantities)`; NaN for the indices."""
        implied = imply(self.layout, theta)
        which = standardised_variables(self.layout, self.table.covariates, "all")
        parts = [cell_values(self.layout, theta), standardised(self.layout, theta, which, implied)]
        flat = [part.reshape(*theta.shape[:-1], -1) for part in parts]
        flat = [derived(self.model, self.table, part)[0] for part in flat]
        return np.concatenate([*flat, np.full((*theta.shape[:-1], len(INDICES)), np.nan)], axis=-1)

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        """Estimate again on resamples of the rows, starting from this fit.

        Parameters
        ----------
        counts
            `(draws, n_obs)`: how often each row of `sample` is taken.
        errors
            Whether standard errors of the estimates are wanted as well.

        Returns
        -------
        Refits
            `(draws, n_quantities)`; draws that do not converge are named and NaN.
        """
        return refit(self, counts, errors=errors)

    def transformed(self) -> SemFit:
        """Return this fit with rows whose moments are the implied ones, for the test of Bollen & Stine (1992)."""
        return transformed(self)

    # -- tables ------------------------------------------------------------------------------------

    def estimates(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return every parameter and defined quantity.

        Parameters
        ----------
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs group label est se z p ci_low ci_high std_lv std_all`, rows as in lavaan's
            `parameterEstimates`. Where a parameter is fixed, `se` is 0, and `z` and `p` are NaN.

        Raises
        ------
        OptionError
            If the level is not between 0 and 1.
        """
        est = derived(self.model, self.table, cell_values(self.layout, self.theta).ravel())[0]
        extra = {f"std_{kind}": self._standardised_values(kind) for kind in ("lv", "all")}
        return self._inference(est, self._gradients(), level, "est", extra)

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
            `lhs op rhs group label est_std se z p ci_low ci_high`.

        Raises
        ------
        OptionError
            If the kind is not known or the level is not between 0 and 1.
        """
        choose("kind", kind, KINDS)
        values, gradients = self._standardised(kind)
        return self._inference(values, gradients, level, "est_std")

    def fit_indices(self) -> pd.Series[float]:
        """Return the fit indices by lavaan's names in snake case; all NaN if the fit did not converge."""
        pandas = require("pandas")
        pairs = [("npar", float(self.table.n_free)), ("ntotal", float(self.n_obs))]
        if self.converged:
            pairs += fit_index_values(self.statistics)
        else:
            pairs += [(name, NAN) for row in FIT_INDICES for name in row.gives]
        return pandas.Series(dict(pairs), name="value", dtype=float)  # type: ignore[no-any-return]

    def r_squared(self) -> pd.Series[float]:
        """Return the explained share of the variance of every item and construct that has causes.

        NaN where the variance left unexplained is estimated below zero.
        """
        shares = explained_variance(self.layout, self.theta)
        caused = {row.rhs if row.op == "=~" else row.lhs for row in self.table.rows if row.op in ("=~", "~")}
        names = [name for name in self.layout.variables if name in caused]
        places = [self.layout.variables.index(name) for name in names]
        series = require("pandas").Series
        return self._by_group([series(row[places], names, dtype=float, name="r_squared") for row in shares])  # type: ignore[no-any-return]

    def implied(self) -> tuple[pd.DataFrame, pd.Series[float]]:
        """Return the implied covariances of the items and their implied means, under each group's label."""
        pandas, names = require("pandas"), list(self.table.observed)
        moments = self._implied()
        mean = moments.mu if self.table.mean_structure else self.moments.mean
        return (
            self._by_group([pandas.DataFrame(one, names, names) for one in moments.sigma]),
            self._by_group([pandas.Series(one, names) for one in mean]),
        )

    def residuals(self) -> pd.DataFrame:
        """Return sample less implied correlations of the items (Bollen, 1989, p. 258), under each group's label."""
        pandas, names = require("pandas"), list(self.table.observed)
        pairs = zip(self.moments.covariance, self._implied().sigma, strict=True)
        residuals = [correlation_of(sample) - correlation_of(sigma) for sample, sigma in pairs]
        return self._by_group([pandas.DataFrame(one, names, names) for one in residuals])  # type: ignore[no-any-return]

    def latent_correlations(self) -> pd.DataFrame:
        """Return the implied correlations of the constructs, under each group's label."""
        pandas, names, p = require("pandas"), list(self.table.constructs), self.layout.n_observed
        among = slice(p, p + len(names))
        totals = self._implied().total[:, among, among]
        return self._by_group([pandas.DataFrame(correlation_of(one), names, names) for one in totals])  # type: ignore[no-any-return]

    def _by_group(self, frames: list[Any]) -> Any:  # noqa: ANN401 - a frame or a series
        """Return the one frame there is, or all of them under the labels of their groups."""
        pandas = require("pandas")
        return pandas.concat(frames, keys=list(self.groups), names=["group"]) if self.groups else frames[0]

    def _implied(self) -> Implied:
        return imply(self.layout, self.theta)

    def summary(self) -> str:
        """Return a readable account: how it went, fit, estimates."""
        frame = self.estimates()
        indices = self.fit_indices()
        lines = [
            f"{self.request.estimator} on {self.n_obs} rows ({self.n_read - self.n_obs} left out for missing "
            f"answers), {self.table.n_free} free parameters, {self.iterations} steps",
            *(f"{problem.severity.upper()}: {problem.text}" for problem in self.problems),
            "",
            *(
                f"{name:17s} {(_probability if 'pvalue' in str(name) else _three)(value):>9s}"
                for name, value in indices.items()
            ),
            "",
            _shown(frame).to_string(index=False, float_format=_three, na_rep=""),
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        if not self.converged:
            how = "did not converge, see problems"
        else:
            trusted = "" if self.trustworthy else "; NOT TO BE TRUSTED, see problems"
            found = self.statistics
            how = f"chi-square {found.chisq:.2f}, df {found.df}{trusted}"
        return (
            f"<SemFit: {self.request.estimator}, {self.n_obs} rows, {self.table.n_free} free parameters, {how}; "
            "print it, or see estimates(), standardized(), fit_indices()>"
        )

    def _repr_html_(self) -> str:
        notes = "".join(f"<p><strong>{problem.severity}</strong>: {problem.text}</p>" for problem in self.problems)
        return notes + str(_shown(self.estimates()).to_html(index=False, float_format=_three, na_rep=""))

    # -- computing ---------------------------------------------------------------------------------

    def _gradients(self) -> Array:
        own = cell_jacobian(self.layout).reshape(-1, self.table.n_free)
        return self._slopes(cell_values(self.layout, self.theta).ravel(), own)[1]

    def _standardised_values(self, kind: str) -> Array:
        which = standardised_variables(self.layout, self.table.covariates, kind)
        return derived(self.model, self.table, standardised(self.layout, self.theta, which).ravel())[0]

    def _standardised(self, kind: str) -> tuple[Array, Array]:
        which = standardised_variables(self.layout, self.table.covariates, kind)
        values, gradients = standardised_slopes(self.layout, self.theta, which)
        return self._slopes(values.ravel(), gradients.reshape(-1, self.table.n_free))

    def _slopes(self, cells: Array, gradients: Array) -> tuple[Array, Array]:
        values, slopes = derived(self.model, self.table, cells, gradients)
        return values, gradients if slopes is None else slopes

    def _errors(self, gradients: Array) -> tuple[Array, Mask]:
        """Return standard errors by the delta method, and which quantities any free parameter moves."""
        variance = np.einsum("ki,ki->k", gradients @ self.covariance, gradients)
        # A quantity that no free parameter moves (a marker, a standardised variance of 1) has no error.
        moved = np.abs(gradients).max(axis=1, initial=0.0) > 1e-12
        return np.where(moved, np.sqrt(np.where(variance > 0, variance, np.nan)), 0.0), moved

    def _inference(
        self, est: Array, gradients: Array, level: float, name: str, extra: dict[str, Array] | None = None
    ) -> pd.DataFrame:
        if not 0 < level < 1:
            raise OptionError(f"level must lie between 0 and 1, such as 0.95, got {level}.")
        se, moved = self._errors(gradients)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(moved, est / se, np.nan)
        p = 2 * np.exp(log_ndtr(-np.abs(z)))
        reach = float(ndtri(0.5 + level / 2)) * se
        lhs, op, rhs, group, label = zip(*row_names(self.model, self.table), strict=True)
        columns = {
            "lhs": lhs,
            "op": op,
            "rhs": rhs,
            "group": group,
            "label": label,
            name: est,
            "se": se,
            "z": z,
            "p": p,
        }
        columns |= {"ci_low": est - reach, "ci_high": est + reach, **(extra or {})}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]


def _three(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}"


def _probability(value: float) -> str:
    """Write a p-value; none is zero."""
    return "<.001" if value < 0.001 else _three(value)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(p=[_probability(value) for value in frame["p"]])


def correlation_of(covariance: Array) -> Array:
    """Return the correlations of a covariance matrix `(p, p)`."""
    deviation = np.sqrt(np.diag(covariance))
    correlation: Array = covariance / np.outer(deviation, deviation)
    return correlation
