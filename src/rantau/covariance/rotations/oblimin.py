"""Direct oblimin, among them quartimin."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings


def oblimin(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute the covariances of squared loadings between factors, `(..., p, m)` to `(...)`.

    Source: Jennrich (2002), eq. 12: `<L2, (I - gamma C) L2 N> / 4`, with N ones off the diagonal and C 1/p everywhere.
    """
    squared = loadings**2
    others = squared.sum(axis=-1, keepdims=True) - squared
    left = others - settings.gamma * others.mean(axis=-2, keepdims=True)
    return (squared * left).sum(axis=(-1, -2)) / 4, loadings * left


def quartimin(loadings: Array, settings: Settings) -> tuple[Array, Array]:
    """Compute oblimin with gamma 0, `(..., p, m)` to `(...)`. Source: Carroll (1953)."""
    squared = loadings**2
    others = squared.sum(axis=-1, keepdims=True) - squared
    return (squared * others).sum(axis=(-1, -2)) / 4, loadings * others
