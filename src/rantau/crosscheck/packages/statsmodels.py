"""statsmodels: regressions by ordinary least squares, and variance inflation."""

from __future__ import annotations

import numpy as np

from rantau.crosscheck.asking import asking, installed
from rantau.crosscheck.kinds import FactorFit, ScoreFit
from rantau.crosscheck.regressions import LeastSquares, Regression, compared, regressions
from rantau.crosscheck.verification import Skipped, Verification
from rantau.extras import require

#: What statsmodels raises on rows it cannot regress.
FAILURES = (ValueError, IndexError, TypeError, ArithmeticError, np.linalg.LinAlgError)


def check(fit: FactorFit | ScoreFit) -> Verification:
    """Compare regressions with statsmodels' least squares.

    Parameters
    ----------
    fit
        Converged, holding its rows.

    Returns
    -------
    Verification
        Coefficients, standard errors, R², and variance inflation where the fit gives it.

    Source
    ------
    Seabold, S., & Perktold, J. (2010). statsmodels: Econometric and statistical modeling with Python.
    Proceedings of the 9th Python in Science Conference.
    """
    version = installed("statsmodels")
    wanted, left_out = regressions(fit)
    checks = [one for each in wanted for one in compared(each, _ask(each), "statsmodels", version)]
    skipped = [Skipped(quantity, "statsmodels", version, reason) for quantity, reason in left_out]
    return Verification(tuple(checks), tuple(skipped))


def _ask(regression: Regression) -> LeastSquares:
    with asking("statsmodels", FAILURES):
        models = require("statsmodels.api", purpose="a cross-check")
        inflation = require("statsmodels.stats.outliers_influence", purpose="a cross-check")
        rows = models.add_constant(np.array(regression.x), has_constant="add")
        found = models.OLS(np.array(regression.y), rows).fit()
        vif = [inflation.variance_inflation_factor(rows, place) for place in range(1, rows.shape[1])]
        return LeastSquares(
            coefficients=np.asarray(found.params[1:]), standard_errors=np.asarray(found.bse[1:]),
            r_squared=float(found.rsquared), adjusted=float(found.rsquared_adj),
            residual_squares=float(found.ssr), vif=np.array(vif),
        )  # fmt: skip
