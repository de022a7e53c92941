"""How many rows a test needs, by formula: of a regression, of a path of PLS, of the fit of a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import chdtri, chndtr, chndtrix, fdtri, gammaln, ncfdtr, ndtri

from rantau.errors import OptionError
from rantau.options import check_level, is_number, whole_number

#: More rows than any survey has: where these are too few, the effect is as good as none.
MOST = 10_000_000
#: Up to here the correction by gamma functions takes the place of the exponential one.
_SMALL = 10


def regression_rows(predictors: int, *, effect: float = 0.15, power: float = 0.80, level: float = 0.95) -> int:
    """Return how many rows the F test of a regression needs.

    Parameters
    ----------
    predictors
        How many, at least 1.
    effect
        Cohen's f²: explained over unexplained variance; .15 is a medium effect.
    power
        The chance to find it, between 0 and 1.
    level
        Of confidence: .95 for a test at 5 %.

    Raises
    ------
    OptionError
        If an option has no meaning, or no number of rows up to ten million will do.

    Notes
    -----
    Cohen (1988), Statistical power analysis for the behavioral sciences, ch. 9, with noncentrality f² n.

    Examples
    --------
    >>> regression_rows(2), regression_rows(8)
    (68, 109)
    """
    predictors = whole_number("predictors", predictors, least=1)
    _check_positive("effect", effect)
    check_chance(power, level)

    def enough(n: int) -> bool:
        df = n - predictors - 1
        # What the noncentral distribution has below the critical value is the chance to miss the effect.
        return 1 - float(ncfdtr(predictors, df, effect * n, fdtri(predictors, df, level))) >= power

    return _fewest(enough, predictors + 2)


def path_rows(path: float, *, power: float = 0.80, level: float = 0.95) -> int:
    """Return how many rows a path of PLS needs, by the inverse square root method.

    Parameters
    ----------
    path
        The smallest standardised coefficient that is to be found; its sign does not matter.
    power
        The chance to find it, between 0 and 1.
    level
        Of confidence; the test is one-sided, as in the source: .95 for a test at 5 %.

    Raises
    ------
    OptionError
        If an option has no meaning, or no number of rows up to ten million will do.

    Notes
    -----
    Kock & Hadaya (2018), eq. 5: |path| root n is to be above z(level) + z(power), 2.486 by default.

    Examples
    --------
    >>> path_rows(0.197)
    160
    """
    size, bound = _path(path), _bound(power, level)
    return _fewest(lambda n: bool(size * np.sqrt(n) > bound), 2)


def path_rows_by_gamma(path: float, *, power: float = 0.80, level: float = 0.95) -> int:
    """Return how many rows a path of PLS needs, by the gamma-exponential method.

    Parameters
    ----------
    path, power, level
        As for `path_rows`.

    Raises
    ------
    OptionError
        If an option has no meaning, or no number of rows up to ten million will do.

    Notes
    -----
    Kock & Hadaya (2018), eq. 7; where it gives no more than ten rows, eq. 6, which takes its place there. (Their
    spreadsheet has other arguments of the gamma function than their eq. 6, which is followed here.)

    Examples
    --------
    >>> path_rows_by_gamma(0.197)
    146
    """
    size, bound = _path(path), _bound(power, level)

    def exponential(n: int) -> bool:
        return bool(size * np.sqrt(n) * np.exp(np.e * size / np.sqrt(n)) > bound)

    def gamma(n: int) -> bool:
        correction = np.sqrt((n - 1) / 2) * np.exp(gammaln((n - 1) / 2) - gammaln(n / 2))
        return bool(size * np.sqrt(n) * correction > bound)

    small = any(exponential(n) for n in range(1, _SMALL + 1))
    return _fewest(gamma, 2) if small else _fewest(exponential, _SMALL + 1)


def rmsea_power(df: int, n: int, *, null: float = 0.05, alternative: float = 0.08, level: float = 0.95) -> float:
    """Return the power of a test of the fit of a model.

    Parameters
    ----------
    df
        Degrees of freedom of the model.
    n
        Rows.
    null, alternative
        The RMSEA that is tested, and the one that the population has: .05 and .08 test close fit, .05 and .01 not-close
        fit, 0 and .05 exact fit.
    level
        Of confidence: .95 for a test at 5 %.

    Raises
    ------
    OptionError
        If an option has no meaning.

    Notes
    -----
    MacCallum, Browne & Sugawara (1996), eqs. 8-11: noncentral chi-square with noncentrality (n - 1) df rmsea².

    Examples
    --------
    >>> round(rmsea_power(50, 200), 3)
    0.769
    """
    df, n = whole_number("df", df, least=1), whole_number("n", n, least=2)
    _check_rmsea(null, alternative)
    check_level(level)
    return _rmsea_power(df, n, null, alternative, level)


def rmsea_rows(
    df: int, *, null: float = 0.05, alternative: float = 0.08, power: float = 0.80, level: float = 0.95
) -> int:
    """Return how many rows a test of the fit of a model needs.

    Parameters
    ----------
    df, null, alternative, level
        As for `rmsea_power`.
    power
        The chance to reject the null, between 0 and 1.

    Raises
    ------
    OptionError
        If an option has no meaning, or no number of rows up to ten million will do.

    Notes
    -----
    MacCallum, Browne & Sugawara (1996), Table 4.

    Examples
    --------
    >>> rmsea_rows(50), rmsea_rows(50, alternative=0.01)
    (214, 268)
    """
    df = whole_number("df", df, least=1)
    _check_rmsea(null, alternative)
    check_chance(power, level)
    return _fewest(lambda n: _rmsea_power(df, n, null, alternative, level) >= power, 2)


def check_chance(power: float, level: float) -> None:
    """Refuse a power or a level that is no number between 0 and 1, or a power that mere chance has.

    Raises
    ------
    OptionError
        Saying what is allowed.
    """
    check_level(level)
    if not is_number(power) or not 1 - level < power < 1:
        raise OptionError(
            f"power must lie between {1 - level:.3g}, the chance of an error of the first kind, and 1, such as 0.8; "
            f"got {power!r}."
        )


def _rmsea_power(df: int, n: int, null: float, alternative: float, level: float) -> float:
    under, truly = ((n - 1) * df * rmsea**2 for rmsea in (null, alternative))
    if alternative < null:
        return float(chndtr(chndtrix(1 - level, df, under), df, truly))
    critical = chndtrix(level, df, under) if under > 0 else chdtri(df, 1 - level)
    return 1 - float(chndtr(critical, df, truly))


def _fewest(enough: Callable[[int], bool], least: int) -> int:
    """Return the fewest rows that are enough, at least so many; more rows never are less."""
    top = least
    while not enough(top):
        top *= 2
        if top > MOST:
            raise OptionError(
                f"no number of rows up to {MOST:,} is enough to find so small an effect; look at what is asked."
            )
    low = max(least, top // 2)
    while low < top:
        middle = (low + top) // 2
        low, top = (low, middle) if enough(middle) else (middle + 1, top)
    return low


def _bound(power: float, level: float) -> float:
    check_chance(power, level)
    return float(ndtri(level) + ndtri(power))


def _path(path: float) -> float:
    if not is_number(path) or not 0 < abs(path) <= 1:
        raise OptionError(f"a path is a standardised coefficient between -1 and 1 and not 0, got {path!r}.")
    return abs(float(path))


def _check_positive(option: str, got: float) -> None:
    if not is_number(got) or not 0 < got < np.inf:
        raise OptionError(f"{option} must be a number above 0, got {got!r}.")


def _check_rmsea(null: float, alternative: float) -> None:
    for option, got in (("null", null), ("alternative", alternative)):
        if not is_number(got) or not 0 <= got <= 1:
            raise OptionError(f"{option}= is an RMSEA, a number from 0 to 1 such as 0.05; got {got!r}.")
    if null == alternative:
        raise OptionError(f"null and alternative are both {null:g}; a test needs an RMSEA to be found that differs.")
