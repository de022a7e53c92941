"""bootstrap(): estimate again on resampled rows, whichever engine made the fit."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Mask
from rantau.errors import EstimationError, OptionError
from rantau.fit import Fit, Refits
from rantau.inference.draws import Draws
from rantau.inference.refit import Rows, refit_draws
from rantau.options import Progress, check_switch, choose, whole_number

#: What is noted of a draw some of whose quantities lack the standard error that they have in the fit.
NO_ERRORS = "some standard errors unknown"


def bootstrap(
    fit: Fit,
    *,
    draws: int = 10_000,
    seed: int = 1,
    rows: Rows | None = None,
    errors: bool = False,
    nested: int = 50,
    workers: int = 1,
    unconverged: str = "refuse",
    progress: Progress | None = None,
) -> Draws:
    """Resample rows with replacement and estimate again.

    Rows are drawn within groups, whose sizes stay as they are. All draws of a batch are estimated at once. Missing
    answers are met in each draw as in the fit itself: item means, for instance, are computed again inside every
    resample.

    Parameters
    ----------
    fit
        A `SemFit` or `PlsFit`.
    draws
        How many resamples, at least 2.
    seed
        The same seed gives the same draws, on any number of workers.
    rows
        `(draws, size)` row numbers of `fit.sample` from 0, to be used as they are instead of random ones; `draws`
        and `seed` are then not used.
    errors
        Whether each draw shall have standard errors, for `table(interval="student")`. Where the fit has none, as PLS,
        they are the standard deviations of resamples of the draw itself.
    nested
        How many such resamples each draw then gets, at least 2: so many times longer it takes.
    workers
        Processes to share the work.
    unconverged
        `refuse`, or `keep` to resample a fit that did not converge.
    progress
        Called with (done, all) after each batch.

    Returns
    -------
    Draws
        With failed and inadmissible draws counted, each with its reason.

    Raises
    ------
    OptionError
        If an option has no meaning.
    EstimationError
        If the fit did not converge, has no rows or rows in clusters, or if the rows given are not those of the
        sample.

    Notes
    -----
    Efron & Tibshirani (1993), ch. 6, and section 12.5 for nested resamples. In each draw the constructs of PLS point
    where they do in the fit.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 3))
    >>> data = pd.DataFrame({"x": draw[:, 0], "y": draw[:, 0] + draw[:, 1]})
    >>> table = rt.bootstrap(rt.sem("y ~ x", data), draws=100, seed=1).table()
    >>> bool(table.ci_low[0] < 1 < table.ci_high[0])
    True
    """
    if not hasattr(fit, "refit"):
        raise OptionError(f"bootstrap() takes a fit, such as rt.pls(model, data) gives, got a {type(fit).__name__}.")
    check_switch("errors", errors)
    choose("unconverged", unconverged, ("refuse", "keep"))
    if not fit.converged and unconverged == "refuse":
        raise EstimationError(
            "the fit did not converge, so there is nothing to resample. See fit.problems; "
            "unconverged='keep' resamples it all the same."
        )
    known = np.isfinite(fit.errors()) if errors else np.array([])
    if errors and not known.any():
        nested = whole_number("nested", nested, least=2)
        known = np.isfinite(fit.values())
    else:
        nested = 0
    refits = refit_draws(
        fit, draws=draws, seed=seed, rows=rows, errors=errors, nested=nested, workers=workers, progress=progress
    )
    return Draws(
        fit.quantities,
        fit.values(),
        refits.values,
        refits.reasons,
        seed if rows is None else -1,
        _notes(refits, known),
        refits.errors,
        fit,
        None if rows is None else np.asarray(rows),
        nested,
    )


def _notes(refits: Refits, known: Mask) -> tuple[str, ...]:
    """Add a note to the draws that lack standard errors which the fit has, `(n_quantities,)`."""
    if refits.errors is None:
        return refits.notes
    lacking = np.any(~np.isfinite(refits.errors[:, known]), axis=1).tolist()
    return tuple(
        NO_ERRORS if lacks and not note and not reason else note
        for lacks, note, reason in zip(lacking, refits.notes, refits.reasons, strict=True)
    )
