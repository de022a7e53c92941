"""Names for the arrays that kernels take, the check of their shape, and two questions every engine asks of matrices."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A float64 array of any shape; a docstring says which.
Array = NDArray[np.float64]
#: An integer array, mostly positions in another array.
Indices = NDArray[np.intp]
#: A boolean array.
Mask = NDArray[np.bool_]
#: The index of a data frame, of whatever type.
Labels = NDArray[Any]
#: Cells as a file holds them.
Cells = NDArray[np.object_]


def check_shape(name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    """Raise where an array handed in from outside has the wrong shape.

    Parameters
    ----------
    name
        How the array is called in the caller's signature.
    array
        The array to look at.
    shape
        The expected length of each axis; None where any length will do.

    Raises
    ------
    ValueError
        Naming both shapes.
    """
    if array.ndim != len(shape) or any(
        want is not None and want != got for want, got in zip(shape, array.shape, strict=True)
    ):
        wanted = tuple("any" if want is None else want for want in shape)
        raise ValueError(f"`{name}` has shape {array.shape}, expected {wanted}.")


@lru_cache(maxsize=64)
def lower_triangle(p: int) -> tuple[Indices, Indices]:
    """Return rows and columns of the covariances of `p` variables in their order: the lower triangle row by row."""
    i, j = np.tril_indices(p)
    i.setflags(write=False)
    j.setflags(write=False)
    return i, j


@lru_cache(maxsize=64)
def identity(p: int) -> Array:
    """Return the identity matrix `(p, p)`, read-only: it is asked for at every step of a search."""
    found = np.eye(p)
    found.setflags(write=False)
    return found


def diagonal(matrices: NDArray[Any]) -> Array:
    """Return the diagonals `(..., p)` of matrices `(..., p, p)`, a read-only view."""
    found: Array = matrices.diagonal(axis1=-2, axis2=-1)
    return found


def symmetric(matrices: NDArray[Any]) -> Array:
    """Return matrices `(..., p, p)` that are symmetric but for rounding as if they were so exactly."""
    found: Array = matrices + matrices.mT
    found *= 0.5
    return found


def inverses(matrices: Array) -> tuple[Array, Array]:
    """Invert symmetric matrices `(..., p, p)`, and return the logarithms of their determinants `(...)`.

    Where one is not positive definite, the logarithm is infinite and the inverse that of the identity.
    """
    try:
        root, inverse, proper = np.linalg.cholesky(matrices), np.linalg.inv(matrices), None
    except np.linalg.LinAlgError:
        proper = _definite_but_for_rounding(matrices)
        matrices = np.where(proper[..., None, None], matrices, identity(matrices.shape[-1]))
        root, inverse = np.linalg.cholesky(matrices), np.linalg.inv(matrices)
    logarithm = 2 * np.log(diagonal(root)).sum(axis=-1)
    if proper is not None:
        logarithm = np.where(proper, logarithm, np.inf)
    return symmetric(inverse), logarithm


def positive_definite(matrices: Array) -> Mask:
    """Tell for each matrix `(..., p, p)` of a stack whether it is positive definite."""
    if np.isfinite(matrices).all():
        try:
            np.linalg.cholesky(matrices)
        except np.linalg.LinAlgError:
            pass
        else:
            return np.ones(matrices.shape[:-2], dtype=bool)
    return _definite_but_for_rounding(matrices)


def _definite_but_for_rounding(matrices: Array) -> Mask:
    finite = np.asarray(np.isfinite(matrices).all(axis=(-1, -2)))
    safe = np.where(finite[..., None, None], matrices, 0.0)
    # Relative to the largest: what rounding alone can make negative is not positive definite.
    values = np.linalg.eigvalsh(safe)
    return finite & np.asarray(values[..., 0] > 1e-13 * np.abs(values[..., -1]))
