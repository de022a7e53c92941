"""Total effects: what every variable does to every other along all paths."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, identity


def total_effects(direct: Array, depth: int) -> Array:
    """Return `(I - A)^-1` of direct effects A `(..., v, v)`; without loops that is `I + A + ... + A^depth`."""
    size = direct.shape[-1]
    if depth < 0:
        return _inverse(identity(size) - direct)
    effect = direct + identity(size)
    power, summed = direct, 1
    while summed < depth:
        power = power @ power
        # Powers beyond the depth are nought.
        effect = effect + (power if summed + 1 == depth else effect @ power)
        summed = 2 * summed + 1
    return effect


def _inverse(matrices: Array) -> Array:
    """Invert each matrix of a stack; NaN where one is singular (a loop of effects that adds up to 1)."""
    try:
        return np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        singular = np.linalg.matrix_rank(matrices) < matrices.shape[-1]
        safe = np.where(singular[..., None, None], np.eye(matrices.shape[-1]), matrices)
        return np.where(singular[..., None, None], np.nan, np.linalg.inv(safe))
