"""crosscheck(): hold a fit against the other packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.crosscheck.asking import PackageFailedError, installed
from rantau.crosscheck.kinds import FactorFit, ScoreFit, rows_of
from rantau.crosscheck.packages import ROWS, Package
from rantau.crosscheck.reach import scores_beyond
from rantau.crosscheck.verification import Skipped, Verification
from rantau.errors import MissingExtraError, OptionError, ResponseError
from rantau.fit import Fit
from rantau.moments import Sample, complete_rows, sample
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def crosscheck(fit: Fit, *, data: Responses | pd.DataFrame | None = None, name: str = "") -> Verification:
    """Compute the numbers of a fit again with semopy, statsmodels and pingouin.

    Each package gets the same model and the same rows. What it cannot do, or is known to do otherwise, is
    listed with the reason and not compared.

    Parameters
    ----------
    fit
        From `sem`, `cfa` or `pls`.
    data
        The rows to compute from, in place of those that the fit holds; they must be the rows it was made from.
    name
        What to call the fit where several are checked, such as `CFA`; every comparison then carries it.

    Returns
    -------
    Verification
        With `summary()`, `frame()`, `left_out()` and `agreed()`.

    Raises
    ------
    OptionError
        If `fit` is of no kind that any package can check.
    EstimationError
        If the fit holds no rows.
    ResponseError
        If `data` are not as many rows as the fit was made from.

    Notes
    -----
    Meshcheryakov, Igolkina & Samsonova (2021) for semopy; Seabold & Perktold (2010) for statsmodels; Vallat
    (2018) for pingouin.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> rt.crosscheck(rt.sem("F =~ a + b + c + d", data)).agreed()
    True
    """
    if not isinstance(fit, FactorFit | ScoreFit):
        raise OptionError(f"a fit is needed, from rt.sem, rt.cfa or rt.pls; got {type(fit).__name__}.")
    if not fit.converged:
        reason = "our fit did not converge, so it has no numbers to check"
        skipped = (Skipped("every number", row.name, installed(row.name), reason) for row in ROWS)
        return Verification((), tuple(skipped)).of(name)
    held = _with_rows(fit, data)
    found = [_asked(row, held) for row in ROWS]
    return Verification(
        tuple(check for each in found for check in each.checks), tuple(one for each in found for one in each.skipped)
    ).of(name)


def _asked(row: Package, fit: Fit) -> Verification:
    if not row.can(fit):
        reason = f"{row.name} is asked for {row.compares}, and this fit is of another kind"
    elif isinstance(fit, ScoreFit) and scores_beyond(fit):
        reason = scores_beyond(fit)
    else:
        try:
            return row.function(fit)
        except (PackageFailedError, MissingExtraError) as fault:
            reason = str(fault)
    return Verification((), (Skipped("every number", row.name, installed(row.name), reason),))


def _with_rows(fit: FactorFit | ScoreFit, data: Responses | pd.DataFrame | None) -> FactorFit | ScoreFit:
    """Return the fit holding the given rows, after a look whether they can be its own."""
    if data is None:
        rows_of(fit)
        return fit
    rows = sample(data, fit.structure.items if isinstance(fit, ScoreFit) else fit.table.observed)
    used = complete_rows(rows) if fit.request.missing == "listwise" else _answered(fit, rows)
    if used.n_obs != fit.n_obs:
        raise ResponseError(
            f"{rows.source}: {used.n_obs} rows, and the fit was made from {fit.n_obs}; give the data it was made from."
        )
    weights = None if fit.sample is None else fit.sample.weights
    return fit.replace(sample=used.replace(weights=weights))


def _answered(fit: FactorFit | ScoreFit, rows: Sample) -> Sample:
    """Return the rows that a fit with gaps uses: of factors, those with any answer and with all fixed covariates."""
    if isinstance(fit, ScoreFit) and fit.request.missing != "em":
        return rows
    keep = np.asarray(~np.isnan(rows.values).all(axis=1))
    if not isinstance(fit, ScoreFit) and fit.request.missing == "fiml":
        fixed = [rows.names.index(name) for name in fit.table.exogenous]
        keep &= ~np.isnan(rows.values[:, fixed]).any(axis=1)
    return rows.rows(keep)
