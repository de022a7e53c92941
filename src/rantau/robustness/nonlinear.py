"""nonlinearity(): Ramsey's RESET on scores, and squares of predictors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc, stdtr

from rantau.errors import OptionError
from rantau.extras import require
from rantau.pls.result import PlsFit
from rantau.record import Record
from rantau.robustness.equations import Equation, equations, regress

if TYPE_CHECKING:
    import pandas as pd

#: Powers of fitted values, at most.
HIGHEST = 6


class Reset(Record):
    """Ramsey's test of one equation; f and p are NaN where too few rows, or nothing unexplained, are left."""

    outcome: str
    f: float
    df: int
    df_residual: int
    p: float


class Quadratic(Record):
    """The square of one predictor, added to its equation."""

    outcome: str
    predictor: str
    path: float
    square: float
    se: float
    f_squared: float
    p: float


class Nonlinearity(Record):
    """What was found about straight lines.

    Attributes
    ----------
    resets
        A test per equation.
    quadratics
        A test per path.
    powers
        Of fitted values.
    """

    resets: tuple[Reset, ...]
    quadratics: tuple[Quadratic, ...]
    powers: tuple[int, ...]

    def reset(self) -> pd.DataFrame:
        """Return `outcome f df df_residual p`, one row per equation: a small p speaks against straight lines."""
        return _frame(self.resets, Reset)

    def quadratic(self) -> pd.DataFrame:
        """Return `outcome predictor path square se f_squared p`, one row per path.

        `path` and `square` are the coefficients of the predictor and of its square, which is centred, in an equation
        to which this square alone was added; `f_squared` is the effect size of the square.
        """
        return _frame(self.quadratics, Quadratic)

    def __str__(self) -> str:
        told = []
        for title, frame in (("RESET", self.reset()), ("Squares", self.quadratic())):
            told += [title, frame.to_string(index=False, float_format=lambda value: f"{value:.3f}"), ""]
        return "\n".join(told)


def nonlinearity(fit: PlsFit, *, powers: tuple[int, ...] = (2, 3)) -> Nonlinearity:
    """Test whether the relations of a PLS model are straight lines.

    Parameters
    ----------
    fit
        By `rt.pls`; its scores are taken as they are.
    powers
        Of fitted values that RESET adds to each equation, whole numbers from 2.

    Returns
    -------
    Nonlinearity
        Print it, or see `reset()` and `quadratic()`.

    Raises
    ------
    OptionError
        If powers are something else, or the paths of the fit are not regressions of its scores (consistent, weighted).
    EstimationError
        If the fit did not converge.

    Notes
    -----
    A small p of RESET says that something is missing, and not what. Where the square of a predictor matters, put it
    into the model (`Y ~ X + X:X`), which is then estimated with it, and bootstrapped.

    Source: Ramsey (1969), Tests for specification errors in classical linear least-squares regression analysis;
    Sarstedt et al. (2020), Structural model robustness checks in PLS-SEM.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> random = np.random.default_rng(1)
    >>> x = random.normal(size=300)
    >>> data = pd.DataFrame({"x": x, "y": x + 0.5 * x**2 + random.normal(size=300)})
    >>> bool(rt.nonlinearity(rt.pls("y ~ x", data)).reset()["p"][0] < 0.001)
    True
    """
    given = tuple(powers) if isinstance(powers, tuple | list) else ()
    if not given or any(isinstance(one, bool) or not isinstance(one, int) or not 2 <= one <= HIGHEST for one in given):
        raise OptionError(f"powers are whole numbers from 2 to {HIGHEST}, such as (2, 3), got {powers!r}.")
    given = tuple(sorted(set(given)))
    every = tuple(equations(fit, "nonlinearity"))
    return Nonlinearity(
        tuple(_reset(one, given) for one in every),
        tuple(_quadratic(one, place) for one in every for place in range(len(one.predictors))),
        given,
    )


def _reset(one: Equation, powers: tuple[int, ...]) -> Reset:
    plain = regress(one.y, one.x)
    fitted = (one.x - one.x.mean(axis=0)) @ plain.coefficients
    size = fitted.std()
    # Powers of what has unit size are far from singular as long as the data let them be.
    added = np.stack([(fitted / (size if size > 0 else 1.0)) ** power for power in powers], axis=1)
    full = regress(one.y, np.concatenate([one.x, added], axis=1))
    # Where nothing is left, there is nothing to hold against.
    testable = full.df > 0 and full.residual > 0
    f = (plain.residual - full.residual) / len(powers) / (full.residual / full.df) if testable else np.nan
    p = float(fdtrc(len(powers), full.df, max(f, 0.0))) if np.isfinite(f) else np.nan
    return Reset(one.outcome, float(f), len(powers), full.df, p)


def _quadratic(one: Equation, place: int) -> Quadratic:
    plain = regress(one.y, one.x)
    square = one.x[:, place] ** 2
    full = regress(one.y, np.concatenate([one.x, square[:, None]], axis=1))
    added, error = full.coefficients[-1], full.errors[-1]
    effect = (plain.residual - full.residual) / full.residual if full.residual > 0 else np.nan
    p = 2 * stdtr(full.df, -abs(added / error)) if error > 0 else np.nan
    path = full.coefficients[place]
    return Quadratic(
        one.outcome, one.predictors[place], float(path), float(added), float(error), float(effect), float(p)
    )


def _frame(rows: tuple[Record, ...], kind: type[Record]) -> pd.DataFrame:
    names = kind.field_names()
    cells = [[getattr(row, name) for name in names] for row in rows]
    return require("pandas").DataFrame(cells, columns=list(names))  # type: ignore[no-any-return]
