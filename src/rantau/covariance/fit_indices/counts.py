"""How much is estimated, and from how many rows."""

from __future__ import annotations

from rantau.covariance.model_test import Statistics


def npar(statistics: Statistics) -> tuple[float, ...]:
    """Return the number of free parameters, less the equalities among them. Source: Jöreskog (1969)."""
    return (float(statistics.n_free),)


def ntotal(statistics: Statistics) -> tuple[float, ...]:
    """Return the number of rows, or the sum of their weights. Source: Jöreskog (1969)."""
    return (statistics.n_obs,)
