"""Draws for indirect effects of a covariance-based fit, whose estimates are products and so not normal."""

from __future__ import annotations

from rantau.covariance import SemFit
from rantau.errors import EstimationError
from rantau.inference.draws import Draws
from rantau.inference.monte_carlo import monte_carlo


def indirect_draws(fit: SemFit, *, seed: int = 1) -> Draws | None:
    """Return Monte Carlo draws of a fit with indirect effects or defined quantities.

    Parameters
    ----------
    fit
        Of any estimator.
    seed
        The same seed gives the same draws.

    Returns
    -------
    Draws
        From `monte_carlo`; None where the model has no such effect, or its parameters have no distribution to draw
        from, as the fit's problems then say.
    """
    if not any(one.op in ("indirect", ":=") for one in fit.quantities) or not fit.converged:
        return None
    try:
        return monte_carlo(fit, seed=seed)
    except EstimationError:
        return None
