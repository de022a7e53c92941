"""What a fit must offer to be cross-checked. A fit is known by what it can say, not by its engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from rantau.errors import EstimationError
from rantau.fit import Fit
from rantau.model.parameters import ParameterTable
from rantau.moments import Sample

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.request import SemRequest
    from rantau.pls.request import PlsRequest
    from rantau.pls.structure import Structure


@runtime_checkable
class FactorFit(Fit, Protocol):
    """A fit of a covariance structure: a parameter table with standard errors and a chi-square."""

    def replace(self, **changes: object) -> Self:
        """Return a copy with some fields changed."""

    @property
    def request(self) -> SemRequest:
        """How it was estimated."""

    @property
    def table(self) -> ParameterTable:
        """Every parameter."""

    def estimates(self) -> pd.DataFrame:
        """Return `lhs op rhs group est se std_all`, rows as in `table`, then definitions."""

    def fit_indices(self) -> pd.Series[float]:
        """Return fit indices by lavaan's names in snake case."""

    def r_squared(self) -> pd.Series[float]:
        """Return explained shares by variable."""

    def implied(self) -> tuple[pd.DataFrame, pd.Series[float]]:
        """Return implied covariances and means of the observed variables."""


@runtime_checkable
class ScoreFit(Fit, Protocol):
    """A fit whose constructs have scores, and whose paths are regressions among them."""

    def replace(self, **changes: object) -> Self:
        """Return a copy with some fields changed."""

    @property
    def request(self) -> PlsRequest:
        """How it was estimated."""

    @property
    def structure(self) -> Structure:
        """The model's blocks and paths."""

    def scores(self) -> pd.DataFrame:
        """Return scores, rows by constructs."""

    def paths(self) -> pd.DataFrame:
        """Return `lhs op rhs est`."""

    def r_squared(self) -> pd.DataFrame:
        """Return `r_squared adjusted` by construct."""

    def vif(self) -> pd.DataFrame:
        """Return `kind target name vif`."""

    def reliability(self) -> pd.DataFrame:
        """Return `alpha` and others by construct."""

    def construct_correlations(self) -> pd.DataFrame:
        """Return the correlations of constructs."""


def rows_of(fit: Fit) -> Sample:
    """Return the rows that a fit holds.

    Raises
    ------
    EstimationError
        If it holds none.
    """
    if fit.sample is None:
        raise EstimationError("a cross-check needs the rows, and this fit holds none; fit the data instead of moments.")
    return fit.sample
