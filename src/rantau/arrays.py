"""Names for the arrays that kernels take, and the one check of their shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A float64 array of any shape; a docstring says which.
Array = NDArray[np.float64]
#: An integer array, mostly positions in another array.
Indices = NDArray[np.intp]
#: A boolean array.
Mask = NDArray[np.bool_]
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
