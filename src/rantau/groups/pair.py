"""Pair: two groups, and random divisions of their rows."""

from __future__ import annotations

from rantau.arrays import Array
from rantau.record import Record


class Pair(Record):
    """Two groups, and the same statistics in random divisions of their rows.

    Attributes
    ----------
    first, second
        Positions of the groups.
    c, raw_c
        `(J,)` correlations of the groups' composites over the pooled rows, items standardised or as answered.
    mean, variance
        `(J,)` differences in means, and in logarithms of variances, of pooled scores.
    permuted_c, permuted_raw_c, permuted_mean, permuted_variance
        `(permutations, J)` of the divisions in which the model could be estimated.
    permuted_difference
        `(permutations, q)` differences of all quantities.
    reasons
        Why divisions failed, one per division; empty where one did not.
    """

    first: int
    second: int
    c: Array
    raw_c: Array
    mean: Array
    variance: Array
    permuted_c: Array
    permuted_raw_c: Array
    permuted_mean: Array
    permuted_variance: Array
    permuted_difference: Array
    reasons: tuple[str, ...]
