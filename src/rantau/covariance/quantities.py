"""What a fit gives to bootstraps, simulations and pooling: the rows it shows, and effects along its paths."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rantau.arrays import Array
from rantau.covariance.derived import derived, row_names
from rantau.covariance.path_effects import effect_names, path_effects
from rantau.fit import Quantity
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model


@lru_cache(maxsize=64)
def quantity_names(model: Model, table: ParameterTable, indices: tuple[str, ...]) -> tuple[Quantity, ...]:
    """Return the rows of `estimates()` and the effects, the same standardised, and fit indices."""
    rows, effects = row_names(model, table), effect_names(table)
    return (
        *(Quantity(*row[:4]) for row in rows),
        *(Quantity(*row[:4], of="effects") for row in effects),
        *(Quantity(*row[:4], of="standardized") for row in rows),
        *(Quantity(*row[:4], of="effects_standardized") for row in effects),
        *(Quantity(name, "", "", 1, of="fit_indices") for name in indices),
    )


def quantity_values(
    model: Model, table: ParameterTable, values: Array, gradients: Array | None = None
) -> tuple[Array, Array | None]:
    """Compute the rows of `derived` and the effects of `path_effects` from the cells of a model.

    Parameters
    ----------
    model, table
        What was fitted.
    values
        `(..., G * cells)`: every cell, group by group, in whatever metric.
    gradients
        `(..., G * cells, n_free)`: their gradients by the free parameters; None where none are wanted.

    Returns
    -------
    tuple
        `(..., rows + effects)`, and `(..., rows + effects, n_free)` or None.
    """
    rows, row_slopes = derived(model, table, values, gradients)
    effects, effect_slopes = path_effects(table, values, gradients)
    found = np.concatenate([rows, effects], axis=-1)
    if row_slopes is None or effect_slopes is None:
        return found, None
    return found, np.concatenate([row_slopes, effect_slopes], axis=-2)
