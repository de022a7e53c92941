"""monte_carlo(): intervals of functions of the parameters, from the parameters' own normal distribution."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.fit import Quantity
from rantau.inference.draws import Draws
from rantau.options import whole_number

#: Draws whose quantities are computed as one stack.
_BATCH = 1000


@runtime_checkable
class Asymptotic(Protocol):
    """A fit whose free parameters have a covariance matrix, and whose quantities follow from them."""

    @property
    def converged(self) -> bool:
        """Whether the estimation reached its stopping rule."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The names of `values()`, in order."""

    @property
    def theta(self) -> Array:
        """The free parameters, `(n_free,)`."""

    @property
    def covariance(self) -> Array:
        """Their covariance matrix, `(n_free, n_free)`."""

    def values(self) -> Array:
        """Return the numbers of the fit, `(n_quantities,)`."""

    def values_near(self, theta: Array) -> Array:
        """Return the quantities at parameters drawn `(draws, n_free)`: `(draws, q)`; fit indices may be lacking."""


def monte_carlo(fit: Asymptotic, *, draws: int = 20_000, seed: int = 1) -> Draws:
    """Draw the parameters from their estimated normal distribution, and compute what follows from them.

    It needs neither rows nor refits: what a bootstrap says of an indirect effect, in a moment. The parameters
    are taken to be normal, and so are standardised ones, by the delta method; functions of them, such as products, are
    not.

    Parameters
    ----------
    fit
        A `SemFit`, or any fit with `theta`, `covariance` and `values_near`.
    draws
        How many, at least 2.
    seed
        The same seed gives the same draws.

    Returns
    -------
    Draws
        Of every quantity that the parameters determine; its intervals are percentile intervals.

    Raises
    ------
    OptionError
        If an option has no meaning, or the fit has no such parameters.
    EstimationError
        If the fit did not converge, or its parameters have no covariance matrix.

    Notes
    -----
    MacKinnon, Lockwood & Williams (2004); Preacher & Selig (2012).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 3))
    >>> data = pd.DataFrame({"x": draw[:, 0], "m": draw[:, 0] + draw[:, 1]})
    >>> data["y"] = data.m + draw[:, 2]
    >>> fit = rt.sem("m ~ a*x; y ~ b*m; ab := a*b", data)
    >>> row = rt.monte_carlo(fit).table().query("lhs == 'ab'").iloc[0]
    >>> bool(row.ci_low < 1 < row.ci_high)
    True
    """
    draws, seed = whole_number("draws", draws, least=2), whole_number("seed", seed, least=0)
    if not isinstance(fit, Asymptotic):
        raise OptionError(
            f"monte_carlo() needs parameters with a covariance matrix, which a {type(fit).__name__} has not. "
            "Resample it: rt.bootstrap(fit)."
        )
    if not fit.converged:
        raise EstimationError("the fit did not converge, so its parameters have no distribution. See fit.problems.")
    if not np.isfinite(fit.covariance).all():
        raise EstimationError(
            "the parameters of this fit have no covariance matrix: it was made with se='none', or its information is "
            "singular (see fit.problems)."
        )
    normal = np.random.default_rng(seed).standard_normal((draws, fit.theta.size))
    theta = fit.theta + normal @ _root(fit.covariance).T
    count = sum(one.of != "fit_indices" for one in fit.quantities)
    batches = [fit.values_near(theta[start : start + _BATCH])[:, :count] for start in range(0, draws, _BATCH)]
    return Draws(fit.quantities[:count], fit.values()[:count], np.concatenate(batches), ("",) * draws, seed)


def _root(covariance: Array) -> Array:
    """Return L with L L' the covariance matrix, which is singular where parameters are constrained.

    It is a Cholesky factor with pivots: unlike eigenvectors, it has its signs from the matrix alone.
    """
    variance = np.diag(covariance)
    rest, root = covariance.copy(), np.zeros_like(covariance)
    for column in range(len(variance)):
        left = np.diag(rest) * (np.diag(rest) > 1e-12 * variance)
        pivot = int(np.argmax(left))
        if left[pivot] <= 0:
            break
        root[:, column] = rest[:, pivot] / np.sqrt(left[pivot])
        rest = rest - np.outer(root[:, column], root[:, column])
    scale = np.sqrt(np.abs(np.outer(variance, variance)))
    if (np.abs(root @ root.T - covariance) > 1e-8 * scale).any():
        raise EstimationError(
            "the covariance matrix of the parameters is not positive definite, so no distribution has it. "
            "See fit.problems."
        )
    return root
