"""fit_test(): exact fit of a PLS model, judged by resamples from a population in which it is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing
from rantau.extras import require
from rantau.fit import Quantity
from rantau.inference.draws import counted
from rantau.inference.refit import Rows, refit_draws
from rantau.options import Progress, check_level, choose
from rantau.pls.model_fit import DISTANCES, MODELS
from rantau.pls.result import PlsFit
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: An SRMR below this is that of a model which gives back the correlations as they are.
_EXACT = 1e-12


class FitTest(Record):
    """What a bootstrap test of exact fit found.

    Attributes
    ----------
    model
        `estimated` or `saturated`.
    names
        The distances between the correlations of the items and those implied: `srmr d_uls d_g d_ml`.
    distances
        `(4,)` in the sample.
    values
        `(draws, 4)` in resamples from a population in which the model is true; NaN in failed draws.
    reasons
        One per draw: empty where it succeeded.
    seed
        Of the random numbers; -1 where the rows were given from outside.
    """

    model: str
    names: tuple[str, ...]
    distances: Array
    values: Array
    reasons: tuple[str, ...]
    seed: int

    @property
    def n_failed(self) -> int:
        """How many draws gave no distance."""
        return sum(reason != "" for reason in self.reasons)

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason of failure with its count, the commonest first."""
        return counted(self.reasons)

    def table(self, *, level: float | tuple[float, ...] = (0.95, 0.99)) -> pd.DataFrame:
        """Return the distances beside what they would be if the model were true.

        Parameters
        ----------
        level
            Of the quantiles, between 0 and 1; one or several.

        Returns
        -------
        DataFrame
            Index distance; `est`, one column per quantile (`q95 q99`), and `p`, the share of draws, failed ones left
            out, that reach the sample's distance. The model is rejected at 5 % where `est` exceeds `q95`. A distance
            that the sample leaves undefined is NaN throughout.

        Raises
        ------
        OptionError
            If a level is not between 0 and 1.
        """
        levels = tuple(level) if isinstance(level, tuple | list) else (level,)
        for one in levels:
            check_level(one)
        good = self.values[[reason == "" for reason in self.reasons]]
        columns = {"est": self.distances}
        for one in levels:
            columns[f"q{100 * one:g}"] = np.quantile(good, one, axis=0)
        share = np.mean(good >= self.distances, axis=0)
        columns["p"] = np.where(np.isnan(good).any(axis=0) | np.isnan(self.distances), np.nan, share)
        return require("pandas").DataFrame(columns, index=list(self.names))  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = [f"Exact fit of the {self.model} model: {len(self.values)} draws, seed {self.seed}"]
        told += [f"  {count} failed: {reason}" for reason, count in self.failed]
        return "\n".join([*told, self._shown().to_string(float_format=lambda value: f"{value:.4f}")])

    def __repr__(self) -> str:
        return f"<FitTest: {self.model} model, {len(self.values)} draws, {self.n_failed} failed; see table()>"

    def _repr_html_(self) -> str:
        return str(self._shown().to_html(float_format=lambda value: f"{value:.4f}"))

    def _shown(self) -> pd.DataFrame:
        """Return the table as it is printed: no p-value is zero."""
        table, least = self.table(), 1 / max(len(self.values) - self.n_failed, 1)
        return table.assign(p=[f"<{least:.2g}" if value == 0 else f"{value:.4f}" for value in table["p"]])


def fit_test(
    fit: PlsFit,
    *,
    draws: int = 1000,
    seed: int = 1,
    model: str = "estimated",
    rows: Rows | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> FitTest:
    """Test whether a PLS model fits exactly, against resamples of rows made over until the model is true of them.

    Parameters
    ----------
    fit
        A `PlsFit`.
    draws
        How many resamples, at least 2.
    seed
        The same seed gives the same draws, on any number of workers.
    model
        `estimated`: the whole model; `saturated`: the outer model alone, its constructs correlating freely.
    rows
        `(draws, size)` row numbers of `fit.sample` from 0, to be used as they are instead of random ones; `draws`
        and `seed` are then not used.
    workers
        Processes to share the work.
    progress
        Called with (done, all) after each batch.

    Returns
    -------
    FitTest
        Print it, or see `table()`.

    Raises
    ------
    OptionError
        If an option has no meaning, the fit is not by rt.pls, or its items are scores or products.
    EstimationError
        If the fit did not converge, its rows have gaps that are not filled by means, the correlations of its items or
        those implied are not positive definite, or fewer than two draws succeeded.

    Notes
    -----
    Beran & Srivastava (1985) for the test, Dijkstra & Henseler (2015) for PLS. Rows are standardised, and transformed
    by S^-1/2 Sigma^1/2. Missing answers count as the item's mean before, and are not put in again in each draw. Under
    `consistent=True`, draws without an admissible solution fail and are left out.

    A composite model that is rejected may still predict; a test of plain PLS on blocks that are common factors is
    rejected for want of correction alone. PLS is not fitted by minimising any of these distances.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 6))
    >>> y = draw[:, [0, 0, 0, 1, 1, 1]] + np.where(np.arange(6) > 2, 1, 0) * draw[:, [0]]
    >>> data = pd.DataFrame(y + np.random.default_rng(2).normal(size=(200, 6)), columns=list("abcdef"))
    >>> fit = rt.pls("X =~ a + b + c; Y =~ d + e + f; Y ~ X", data, consistent=True)
    >>> found = rt.fit_test(fit, draws=200)
    >>> bool(found.table().loc["srmr", "p"] > 0.05)
    True
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(
            f"fit_test() takes a fit by rt.pls, got a {type(fit).__name__}. A fit by rt.sem or rt.cfa is tested by its "
            "chi-square, or by rt.bollen_stine."
        )
    choose("model", model, MODELS)
    if not fit.converged:
        raise EstimationError("the fit did not converge, so its distances mean nothing. See fit.problems.")
    shown = fit.showing("fit_indices")
    at = [shown.quantities.index(Quantity(name, "", model, of="fit_indices")) for name in DISTANCES]
    turned = fit.conforming(model).showing("fit_indices")
    refits = refit_draws(turned, draws=draws, seed=seed, rows=rows, workers=workers, progress=progress)
    values, distances = _but_rounding(refits.values[:, at]), _but_rounding(shown.values()[at])
    lost: list[bool] = np.any(np.isnan(values), axis=1).tolist()
    undefined = "a distance is undefined"
    reasons = tuple(why or (undefined if gone else "") for why, gone in zip(refits.reasons, lost, strict=True))
    found = FitTest(model, DISTANCES, distances, values, reasons, seed if rows is None else -1)
    good = len(reasons) - found.n_failed
    if good < 2:
        told = listing([f"{reason} ({count})" for reason, count in found.failed], most=3)
        raise EstimationError(f"{good} of {len(reasons)} draws succeeded; no test can be given. Reasons: {told}.")
    return found


def _but_rounding(distances: Array) -> Array:
    """Return distances `(..., 4)`, 0 where SRMR, the first, is rounding: a model of single items may fit any data."""
    found: Array = np.where(distances[..., :1] < _EXACT, 0.0, distances)
    return found
