"""The orthomax family, among them varimax."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def orthomax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute minus a quarter of the variance of squared loadings within factors, `(..., p, m)` to `(...)`.

    Source: Bernaards & Jennrich (2005), eq. 13: `-<L2, L2 - gamma mean(L2)> / 4` with the mean of each column.
    """
    return _orthomax(loadings, settings.gamma)


def varimax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute orthomax with gamma 1, `(..., p, m)` to `(...)`. Source: Kaiser (1958)."""
    return _orthomax(loadings, 1.0)


def quartimax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute orthomax with gamma 0, `(..., p, m)` to `(...)`. Source: Neuhaus & Wrigley (1954)."""
    return _orthomax(loadings, 0.0)


def equamax(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute orthomax with gamma m / 2, `(..., p, m)` to `(...)`. Source: Saunders (1962)."""
    return _orthomax(loadings, loadings.shape[-1] / 2)


def _orthomax(loadings: Array, gamma: float) -> tuple[Array, Array]:
    squared = loadings**2
    centred = squared - gamma * squared.mean(axis=-2, keepdims=True)
    return -(squared * centred).sum(axis=(-1, -2)) / 4, -loadings * centred
