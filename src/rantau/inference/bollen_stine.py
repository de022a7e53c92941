"""bollen_stine(): the chi-square test with a distribution that is resampled, not assumed."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.fit import Fit
from rantau.inference.draws import counted
from rantau.inference.refit import Rows, refit_draws
from rantau.options import Progress
from rantau.record import Record

#: A chi-square below this is rounding: the model fits its sample exactly.
_EXACT = 1e-6


@runtime_checkable
class Transformable(Fit, Protocol):
    """A fit that can say how its sample would look if its model were true."""

    def transformed(self) -> Fit:
        """Return this fit, its rows transformed so that their moments are those the model implies."""


class BollenStine(Record):
    """What the Bollen-Stine bootstrap found.

    Attributes
    ----------
    chisq
        Of the sample.
    values
        `(draws,)` chi-squares of resamples from a population in which the model is true; NaN in failed draws.
    reasons
        One per draw: empty where it succeeded.
    seed
        Of the random numbers; -1 where the rows were given from outside.
    """

    chisq: float
    values: Array
    reasons: tuple[str, ...]
    seed: int

    @property
    def p(self) -> float:
        """The share of draws, failed ones left out, whose chi-square is at least the sample's."""
        return float(np.mean(self.values[~np.isnan(self.values)] >= self.chisq))

    @property
    def n_failed(self) -> int:
        """How many draws gave no chi-square."""
        return sum(reason != "" for reason in self.reasons)

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason of failure with its count, the commonest first."""
        return counted(self.reasons)

    def __str__(self) -> str:
        good = len(self.values) - self.n_failed
        p = f"p = {self.p:.3f}" if self.p > 0 else f"p < {1 / good:.3g}"
        failed = "".join(f"\n  {count} failed: {reason}" for reason, count in self.failed)
        return f"Bollen-Stine: chi-square {self.chisq:.2f}, {p} by {good} draws, seed {self.seed}{failed}"

    def __repr__(self) -> str:
        return f"<{str(self).splitlines()[0]}, {self.n_failed} failed>"


def bollen_stine(
    fit: Transformable,
    *,
    draws: int = 1000,
    seed: int = 1,
    rows: Rows | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> BollenStine:
    """Test a model by its chi-square in resamples of rows that were transformed until the model is true of them.

    Parameters
    ----------
    fit
        A `SemFit`.
    draws
        How many resamples, at least 2.
    seed
        The same seed gives the same draws, on any number of workers.
    rows
        `(draws, size)` row numbers of `fit.sample` from 0, to be used as they are instead of random ones; `draws`
        and `seed` are then not used.
    workers
        Processes to share the work.
    progress
        Called with (done, all) after each batch.

    Returns
    -------
    BollenStine
        With `p`, the chi-squares, and failed draws with their reasons.

    Raises
    ------
    OptionError
        If an option has no meaning, or the fit has no chi-square.
    EstimationError
        If the fit did not converge or fits exactly, if its rows come in clusters or in units
        that lie too far apart, or if no two draws succeeded.

    Notes
    -----
    Bollen & Stine (1992). `p` is the plain share of draws that reach the sample's chi-square, as lavaan gives it;
    it can be 0, which says that p is less than one over the number of draws.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> found = rt.bollen_stine(rt.cfa("F =~ a + b + c + d", data), draws=200)
    >>> bool(found.p > 0.05)
    True
    """
    if not isinstance(fit, Transformable):
        raise OptionError(
            f"bollen_stine() needs a fit with a chi-square, which a {type(fit).__name__} has not. "
            "Fit the model by rt.sem or rt.cfa."
        )
    if not fit.converged:
        raise EstimationError("the fit did not converge, so its chi-square means nothing. See fit.problems.")
    at = next((k for k, one in enumerate(fit.quantities) if (one.of, one.lhs) == ("fit_indices", "chisq")), -1)
    chisq = float(fit.values()[at]) if at >= 0 else np.nan
    if np.isnan(chisq):
        raise OptionError("bollen_stine() needs a fit with a chi-square, and the estimator of this one gives none.")
    if chisq < _EXACT:
        raise EstimationError("the model fits its sample exactly, as one without degrees of freedom does: no test.")
    refits = refit_draws(fit.transformed(), draws=draws, seed=seed, rows=rows, workers=workers, progress=progress)
    values = refits.values[:, at]
    reasons = tuple(
        reason or ("no chi-square" if np.isnan(value) else "")
        for reason, value in zip(refits.reasons, values, strict=True)
    )
    found = BollenStine(chisq, values, reasons, seed if rows is None else -1)
    good = len(reasons) - found.n_failed
    if good < 2:
        raise EstimationError(
            f"{good} of {len(reasons)} draws succeeded; no p can be given. "
            f"Reasons: {'; '.join(f'{reason} ({count})' for reason, count in found.failed[:3])}."
        )
    return found
