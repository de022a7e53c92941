"""The family of Crawford and Ferguson: complexity of rows against that of columns."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def crawford_ferguson(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute `(1 - gamma)` times the complexity of rows and `gamma` times that of columns, `(..., p, m)` to `(...)`.

    Source: Browne (2001), eq. 12; a quarter of it, as in Jennrich (2002).
    """
    return _complexity(loadings, settings.gamma)


def cf_quartimax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute it with weight 0, `(..., p, m)` to `(...)`. Source: Browne (2001), table 1."""
    return _complexity(loadings, 0.0)


def cf_varimax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute it with weight 1 / p, `(..., p, m)` to `(...)`. Source: Browne (2001), table 1."""
    return _complexity(loadings, 1 / loadings.shape[-2])


def cf_equamax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute it with weight m / 2p, `(..., p, m)` to `(...)`. Source: Browne (2001), table 1."""
    return _complexity(loadings, loadings.shape[-1] / (2 * loadings.shape[-2]))


def cf_parsimax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute it with weight (m - 1) / (p + m - 2), `(..., p, m)` to `(...)`. Source: Browne (2001), table 1."""
    p, m = loadings.shape[-2:]
    return _complexity(loadings, (m - 1) / (p + m - 2))


def cf_facparsim(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute it with weight 1, `(..., p, m)` to `(...)`. Source: Browne (2001), table 1."""
    return _complexity(loadings, 1.0)


def _complexity(loadings: Array, weight: float) -> tuple[Array, Array]:
    squared = loadings**2
    of_rows = squared.sum(axis=-1, keepdims=True) - squared
    of_columns = squared.sum(axis=-2, keepdims=True) - squared
    both = (1 - weight) * of_rows + weight * of_columns
    return (squared * both).sum(axis=(-1, -2)) / 4, loadings * both
