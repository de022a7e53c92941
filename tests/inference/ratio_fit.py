"""A fit small enough to be checked by hand: two means and their ratio, with standard errors from theory."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.fit import Problem, Quantity, Refits
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.moments import Sample
from rantau.pls import PlsRequest
from rantau.record import Record

QUANTITIES = (
    Quantity("x", "~1", ""),
    Quantity("marker", "=~", "x"),
    Quantity("ratio", ":=", "x/u"),
    Quantity("ratio", ":=", "x/u", of="standardized"),
    Quantity("chisq", "", "", of="fit_indices"),
)


class RatioFit(Record):
    """The mean of x, a constant, the ratio of the means of x and u, that over its error, and a chi-square.

    A draw fails where the mean of u is not above `least`, and is noted where that of x is below `noted`. A ratio
    that is the same in every row has no error.
    """

    sample: Sample | None
    strata: Indices | None = None
    quantities: tuple[Quantity, ...] = QUANTITIES
    converged: bool = True
    least: float = 0.0
    noted: float = -np.inf
    problems: tuple[Problem, ...] = ()
    request: PlsRequest = PlsRequest()
    #: What the means of x and u are moved by under the hypothesis of the chi-square.
    moved: float = 0.0

    @property
    def model(self) -> Model:
        return parse_model("x ~ u")

    @property
    def n_obs(self) -> int:
        return self.rows.n_obs

    @property
    def trustworthy(self) -> bool:
        return self.converged

    @property
    def rows(self) -> Sample:
        assert self.sample is not None
        return self.sample

    def values(self) -> Array:
        return self._computed(np.ones((1, self.n_obs)))[0][0]

    def errors(self) -> Array:
        return self._computed(np.ones((1, self.n_obs)))[1][0]

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        values, found = self._computed(counts)
        u, x = (counts @ self.rows.values / counts.sum(axis=1, keepdims=True)).T
        values[u <= self.least] = np.nan
        reasons = tuple("u is too small" if small else "" for small in u <= self.least)
        notes = tuple("x is small" if small else "" for small in x < self.noted) if self.noted > -np.inf else ()
        return Refits(values, reasons, found if errors else None, notes)

    def transformed(self) -> RatioFit:
        values = self.rows.values - self.rows.values.mean(axis=0)
        return self.replace(sample=self.rows.replace(values=values + np.array([1.0, self.moved])), least=-np.inf)

    def _computed(self, counts: Array) -> tuple[Array, Array]:
        u, x = self.rows.values.T
        n = counts.sum(axis=1)
        mean_u, mean_x = counts @ u / n, counts @ x / n
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = mean_x / mean_u
            squares = np.sum(counts * (x - ratio[:, None] * u) ** 2, axis=1)
            error = np.where(squares > 0, np.sqrt(squares) / (n * np.abs(mean_u)), np.nan)
            error_x = np.sqrt(counts @ x**2 / n - mean_x**2) / np.sqrt(n)
            values = [mean_x, np.ones_like(ratio), ratio, ratio / error, (mean_x - self.moved) ** 2]
        nothing = np.full_like(ratio, np.nan)
        return np.stack(values, axis=1), np.stack([error_x, np.zeros_like(ratio), error, nothing, nothing], axis=1)


def ratio_fit(u: list[float], x: list[float], **options: object) -> RatioFit:
    """Return the fit of two columns."""
    return RatioFit(Sample(("u", "x"), np.column_stack([u, x]).astype(float)), **options)
