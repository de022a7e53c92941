"""The fit of the covariance engine, and the tables read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtri

from rantau.arrays import Array
from rantau.covariance.definitions import defined
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.discrepancies.ml import positive_definite
from rantau.covariance.fit_indices import ROWS as FIT_INDICES
from rantau.covariance.fit_indices import fit_index_values
from rantau.covariance.implied import Layout, cell_values, imply, lay_out
from rantau.covariance.minimise import minimise
from rantau.covariance.model_test import Statistics
from rantau.covariance.request import SemRequest
from rantau.covariance.standardise import explained_variance, standardised
from rantau.covariance.start import in_standard_units
from rantau.errors import OptionError
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.moments.compute import Moments
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
        The rows that were used, `(n_obs, p)`.
    moments
        Their means and covariances, divisor n.
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
    """

    request: SemRequest
    sample: Sample
    moments: Moments
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

    @property
    def model(self) -> Model:
        """The model that was fitted."""
        return self.request.model

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return self.sample.n_obs

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    # -- what a bootstrap needs --------------------------------------------------------------------

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """One per row of `estimates()`."""
        rows = [Quantity(row.lhs, row.op, row.rhs) for row in self.table.rows]
        return (*rows, *(Quantity(one.name, ":=", one.text) for one in self.model.definitions))

    def values(self) -> Array:
        """Return the estimates, one per row of `estimates()`."""
        return self._values(self.layout, self.theta)

    def _values(self, layout: Layout, theta: Array) -> Array:
        cells = cell_values(layout, theta)
        return np.concatenate([cells, defined(self.model, self.table, cells)[0]], axis=-1)

    def refit(self, moments: Moments) -> Refits:
        """Estimate again on a stack of moments, starting from this fit.

        Parameters
        ----------
        moments
            `(draws, p, p)` covariances and `(draws, p)` means, variables as in `table.observed`.

        Returns
        -------
        Refits
            `(draws, n_quantities)`; draws that do not converge are named and NaN.
        """
        layout = layout_for(self.table, moments)
        deviation = np.sqrt(np.diag(self.moments.covariance))
        scaled_layout, scale, scaled = in_standard_units(self.table, layout, moments, deviation)
        start = np.broadcast_to(self.theta * scale, (moments.covariance.shape[0], self.theta.size))
        minimum = minimise(scaled_layout, self.discrepancy, scaled, start)
        values = self._values(layout, minimum.theta / scale)
        values[~minimum.converged] = np.nan
        proper = positive_definite(scaled.covariance)
        reasons = tuple(
            "" if fine else "not converged" if possible else "singular covariance matrix"
            for fine, possible in zip(minimum.converged, proper, strict=True)
        )
        return Refits(values, reasons)

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
            `lhs op rhs label est se z p ci_low ci_high std_lv std_all`, rows as in lavaan's
            `parameterEstimates`. Where a parameter is fixed, `se` is 0, and `z` and `p` are NaN.

        Raises
        ------
        OptionError
            If the level is not between 0 and 1.
        """
        est = self.values()
        gradients = self._gradients()
        frame = self._inference(est, gradients, level, "est")
        frame["std_lv"] = self._standardised("lv")[0]
        frame["std_all"] = self._standardised("all")[0]
        return frame

    def standardized(self, *, kind: str = "all", level: float = 0.95) -> pd.DataFrame:
        """Return the standardised solution with delta-method standard errors.

        Parameters
        ----------
        kind
            `all` standardises every variable, `lv` factors only.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs label est_std se z p ci_low ci_high`.

        Raises
        ------
        OptionError
            If the kind is not known or the level is not between 0 and 1.
        """
        choose("kind", kind, ("all", "lv"))
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
        pandas = require("pandas")
        shares = explained_variance(self.layout, self.theta)
        caused = {row.rhs if row.op == "=~" else row.lhs for row in self.table.rows if row.op in ("=~", "~")}
        pairs = {name: share for name, share in zip(self.layout.variables, shares, strict=True) if name in caused}
        return pandas.Series(pairs, name="r_squared", dtype=float)  # type: ignore[no-any-return]

    def implied(self) -> tuple[pd.DataFrame, pd.Series[float]]:
        """Return the implied covariances of the items and their implied means."""
        pandas = require("pandas")
        names = list(self.table.observed)
        moments = imply(self.layout, self.theta[None])
        mean = moments.mu[0] if self.table.mean_structure else self.moments.mean
        return pandas.DataFrame(moments.sigma[0], names, names), pandas.Series(mean, names)

    def residuals(self) -> pd.DataFrame:
        """Return sample less implied correlations of the items (Bollen, 1989, p. 258)."""
        pandas = require("pandas")
        names = list(self.table.observed)
        residual = correlation_of(self.moments.covariance) - correlation_of(
            imply(self.layout, self.theta[None]).sigma[0]
        )
        return pandas.DataFrame(residual, names, names)  # type: ignore[no-any-return]

    def latent_correlations(self) -> pd.DataFrame:
        """Return the implied correlations of the constructs."""
        pandas = require("pandas")
        total = imply(self.layout, self.theta[None]).total[0][self.layout.n_observed :, self.layout.n_observed :]
        names = list(self.table.latent)
        return pandas.DataFrame(correlation_of(total), names, names)  # type: ignore[no-any-return]

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
        own = np.zeros((len(self.table.rows), self.table.n_free))
        for position, row in enumerate(self.table.rows):
            if row.free >= 0:
                own[position, row.free] = 1.0
        cells = cell_values(self.layout, self.theta)
        return self._with_definitions(own, defined(self.model, self.table, cells, own)[1])

    def _standardised(self, kind: str) -> tuple[Array, Array]:
        values, gradients = standardised(self.layout, self.theta, latent_only=kind == "lv")
        more, slopes = defined(self.model, self.table, values, gradients)
        return np.concatenate([values, more]), self._with_definitions(gradients, slopes)

    @staticmethod
    def _with_definitions(own: Array, slopes: Array | None) -> Array:
        return own if slopes is None else np.concatenate([own, slopes])

    def _inference(self, est: Array, gradients: Array, level: float, name: str) -> pd.DataFrame:
        if not 0 < level < 1:
            raise OptionError(f"level must lie between 0 and 1, such as 0.95, got {level}.")
        pandas = require("pandas")
        variance = np.einsum("ki,ij,kj->k", gradients, self.covariance, gradients)
        # A quantity that no free parameter moves (a marker, a standardised variance of 1) has no error.
        moved = np.abs(gradients).max(axis=1, initial=0.0) > 1e-12
        se = np.where(moved, np.sqrt(np.where(variance > 0, variance, np.nan)), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(moved, est / se, np.nan)
        p = 2 * np.exp(log_ndtr(-np.abs(z)))
        reach = float(ndtri(0.5 + level / 2)) * se
        quantities = self.quantities
        labels = [row.label for row in self.table.rows] + [one.name for one in self.model.definitions]
        return pandas.DataFrame(  # type: ignore[no-any-return]
            {
                "lhs": [one.lhs for one in quantities],
                "op": [one.op for one in quantities],
                "rhs": [one.rhs for one in quantities],
                "label": labels,
                name: est,
                "se": se,
                "z": z,
                "p": p,
                "ci_low": est - reach,
                "ci_high": est + reach,
            }
        )


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


def layout_for(table: ParameterTable, moments: Moments) -> Layout:
    """Lay out a model with the sample's own moments of its exogenous covariates."""
    fixed = [table.observed.index(name) for name in table.exogenous]
    return lay_out(table, moments.covariance[..., fixed, :][..., fixed], moments.mean[..., fixed])
