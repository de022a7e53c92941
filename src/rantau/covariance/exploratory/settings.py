"""The numbers that rotation criteria read."""

from __future__ import annotations

from rantau.record import Record

#: Added to a squared loading of which a logarithm is taken.
TINY = 1e-15


class Settings(Record):
    """What a criterion reads besides the loadings.

    Attributes
    ----------
    epsilon
        Of geomin: what is added to each squared loading.
    gamma
        Of oblimin, orthomax and the Crawford-Ferguson family.
    kappa
        Of promax: the power.
    target
        `(p, m)` as rows, None where nothing is stated; empty where there is no target.
    """

    epsilon: float = 0.001
    gamma: float = 0.0
    kappa: float = 4.0
    target: tuple[tuple[float | None, ...], ...] = ()
