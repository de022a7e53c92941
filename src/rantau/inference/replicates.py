"""Replicates: what an interval is made of."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.record import Record


class Replicates(Record):
    """Draws of some quantities, none of them failed, with what else some intervals need.

    Attributes
    ----------
    estimates
        `(quantities,)` of the full sample.
    values
        `(draws, quantities)`.
    standard_errors
        `(quantities,)` of the estimates; NaN where the interval has no need of them.
    errors
        `(draws, quantities)`: the standard errors of each draw; one row of NaN where there is no need of them.
    acceleration
        `(quantities,)`: how fast the standard error changes with the quantity; NaN where there is no need of it.
    """

    estimates: Array
    values: Array
    standard_errors: Array
    errors: Array
    acceleration: Array
