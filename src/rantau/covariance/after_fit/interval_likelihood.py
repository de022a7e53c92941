"""How likely it is that a standard normal variable falls between two limits, where no digits may be lost."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from rantau.arrays import Array

_LOG_ROOT_TWO_PI = 0.5 * np.log(2 * np.pi)


def log_interval(lower: Array, upper: Array) -> Array:
    """Return `log(Phi(upper) - Phi(lower))` for limits `(...)`, `lower < upper`, either of them infinite or not.

    Notes
    -----
    An interval above 0 is turned into its mirror image below, where `Phi` is small and its logarithm has all digits;
    then `log(a - b) = log a + log(1 - exp(log b - log a))`.

    Examples
    --------
    >>> import numpy as np
    >>> float(log_interval(np.array([40.0]), np.array([np.inf]))[0].round(4))
    -804.6084
    >>> float(log_interval(np.array([-np.inf]), np.array([np.inf]))[0])
    0.0
    """
    with np.errstate(invalid="ignore"):
        above = lower + upper > 0
    high, low = np.where(above, -lower, upper), np.where(above, -upper, lower)
    top = log_ndtr(high)
    # An interval that is empty in floating point has probability 0, and -inf says so.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(top + np.log(-np.expm1(np.where(np.isneginf(low), -np.inf, log_ndtr(low) - top))))


def interval_slopes(lower: Array, upper: Array) -> tuple[Array, Array, Array]:
    """Return the logarithm of the probability of an interval, and what happens as the interval moves down.

    Parameters
    ----------
    lower, upper
        Limits `(...)`, `lower < upper`.

    Returns
    -------
    tuple of Array
        `f = log_interval(lower - x, upper - x)`, its derivative by x, and minus its second derivative, at `x = 0`.

    Notes
    -----
    Samejima (1969), ch. 5: with `r = phi / (Phi(upper) - Phi(lower))` at either limit, the derivative is
    `r_l - r_u` and the information `(r_l - r_u)^2 - l r_l + u r_u`, which is not negative, as the logarithm of a
    normal probability is concave.
    """
    value = log_interval(lower, upper)
    slope, bend = np.zeros(value.shape), np.zeros(value.shape)
    for limit, sign in ((lower, 1.0), (upper, -1.0)):
        height = np.exp(-0.5 * limit**2 - _LOG_ROOT_TWO_PI - value)
        finite = np.where(np.isinf(limit), 0.0, limit)
        slope += sign * height
        bend -= sign * finite * height
    return value, slope, np.maximum(slope**2 + bend, 0.0)
