"""pool(): put the fits to several completed data sets together, of either engine."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from rantau.errors import EstimationError, OptionError
from rantau.fit import Fit
from rantau.imputation.imputations import Imputations
from rantau.imputation.pooled import Pooled
from rantau.inference.bootstrap import bootstrap
from rantau.options import is_number, is_several, whole_number
from rantau.pls.result import PlsFit

#: Resamples of each completed data set where the engine gives no standard errors.
_DRAWS = 500


def pool(
    fits: Iterable[Fit],
    *,
    complete_df: float = math.inf,
    draws: int | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Pooled:
    """Put the fits of one model to several completed data sets together.

    Parameters
    ----------
    fits
        Two or more, of `rt.sem`, `rt.cfa`, `rt.growth` or `rt.pls`: `rt.impute(data).fits(rt.sem, model)`.
    complete_df
        Degrees of freedom that the tests of estimates would have if no answer were missing: infinite for z tests,
        as those of a fit are; a number gives the t tests of Barnard & Rubin (1999) for small samples.
    draws
        Standard errors come from so many resamples of each completed data set. None takes those of the fit, and for
        PLS, which has none, 500 resamples.
    seed
        Of the resamples; each data set has its own.
    workers
        Processes to share the resampling.

    Returns
    -------
    Pooled
        `table()`; of covariance-based fits also `chi_square()`, `fit_indices()` and `compare(other)`.

    Raises
    ------
    OptionError
        If there are fewer than two fits, they are of different models, or an option has no meaning.
    EstimationError
        If fewer than two converged.

    Notes
    -----
    Rubin (1987); Barnard & Rubin (1999). For resamples within each imputation see Schomaker & Heumann (2018), "MI
    boot". A fit that did not converge is left out and told in `dropped`. The constructs of PLS point in all data sets
    where they do in the first.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> gaps = np.random.default_rng(2).random(data.shape) < 0.1
    >>> imputed = rt.impute(data.mask(gaps), m=5, seed=1, method="normal")
    >>> pooled = rt.pool(imputed.fits(rt.cfa, "F =~ a + b + c + d"))
    >>> int(pooled.chi_square().df), pooled.chi_square().pvalue > 0.05
    (2, True)
    """
    seed, workers = whole_number("seed", seed, least=0), whole_number("workers", workers, least=1)
    if not is_number(complete_df) or not complete_df > 0:
        raise OptionError(f"complete_df is a number above 0, or infinite, got {complete_df!r}.")
    every = _checked(fits)
    dropped = tuple(
        f"imputation {number}: it did not converge" for number, fit in enumerate(every, 1) if not fit.converged
    )
    kept = tuple(fit for fit in every if fit.converged)
    if len(kept) < 2:
        raise EstimationError(
            f"{len(kept)} of {len(every)} fits converged, so there is nothing to pool. See fits[0].problems."
        )
    if isinstance(kept[0], PlsFit):
        kept = tuple(fit.pointing_as(kept[0]) if isinstance(fit, PlsFit) else fit for fit in kept)
    if draws is None and not any(np.isfinite(fit.errors()).any() for fit in kept):
        draws = _DRAWS
    if draws is None:
        return Pooled(kept, dropped, float(complete_df))
    seeds = np.random.SeedSequence(seed).generate_state(len(kept))
    resamples = tuple(
        bootstrap(fit, draws=draws, seed=int(own), workers=workers) for fit, own in zip(kept, seeds, strict=True)
    )
    return Pooled(kept, dropped, float(complete_df), resamples)


def _checked(fits: Iterable[Fit]) -> tuple[Fit, ...]:
    """Return two fits or more of one model, of either engine; refuse anything else."""
    if isinstance(fits, Imputations):
        raise OptionError("pool() takes fits; fit the model first: rt.pool(imputed.fits(rt.sem, model)).")
    if not is_several(fits):
        raise OptionError(f"pool() takes fits, such as imputed.fits(rt.sem, model), got a {type(fits).__name__}.")
    every = tuple(fits)
    for fit in every:
        if not hasattr(fit, "quantities") or not hasattr(fit, "refit"):
            raise OptionError(f"pool() takes fits of rt.sem, rt.cfa, rt.growth or rt.pls, got a {type(fit).__name__}.")
    if len(every) < 2:
        raise OptionError(f"pool() needs two fits or more, one for each completed data set, got {len(every)}.")
    first = every[0]
    for number, fit in enumerate(every[1:], start=2):
        if type(fit) is not type(first) or fit.quantities != first.quantities:
            raise OptionError(f"fit {number} is of another model or engine than the first; pool fits of one model.")
        if fit.n_obs != first.n_obs:
            raise OptionError(
                f"fit {number} is of {fit.n_obs} rows and the first of {first.n_obs}; completed data sets have the "
                "same rows."
            )
    return every
