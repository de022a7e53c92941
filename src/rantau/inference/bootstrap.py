"""bootstrap(): estimate again on resampled rows, whichever engine made the fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Fit, Refits
from rantau.inference.draws import Draws
from rantau.inference.resample import BLOCK, count_blocks, counts_of, draw_counts
from rantau.moments.compute import complete_rows, resampled_moments
from rantau.moments.sample import Sample
from rantau.options import choose

if TYPE_CHECKING:
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]


def bootstrap(
    fit: Fit,
    *,
    draws: int = 10_000,
    seed: int = 1,
    rows: NDArray[np.integer[Any]] | Sequence[Sequence[int]] | None = None,
    workers: int = 1,
    unconverged: str = "refuse",
    progress: Progress | None = None,
) -> Draws:
    """Resample rows with replacement and estimate again.

    All draws of a block are estimated at once, from their moments. Missing answers are met in each draw as
    in the fit itself: item means are computed again inside every resample.

    Parameters
    ----------
    fit
        A `SemFit` or `PlsFit`.
    draws
        How many resamples, at least 2.
    seed
        The same seed gives the same draws, on any number of workers.
    rows
        `(draws, size)` row numbers from 0, to be used instead of random ones; `draws` and `seed` are then
        not used.
    workers
        Processes to share the work.
    unconverged
        `refuse`, or `keep` to resample a fit that did not converge.
    progress
        Called with (done, all) after each block.

    Returns
    -------
    Draws
        With failed draws counted, each with its reason.

    Raises
    ------
    OptionError
        If an option has no meaning.
    EstimationError
        If the fit did not converge, or the rows given are not those of the sample.

    Notes
    -----
    Efron & Tibshirani (1993), ch. 6. In each draw the constructs of PLS point where they do in the fit.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 3))
    >>> data = pd.DataFrame({"x": draw[:, 0], "y": draw[:, 0] + draw[:, 1]})
    >>> table = rt.bootstrap(rt.sem("y ~ x", data), draws=100, seed=1).table()
    >>> bool(table.ci_low[0] < 1 < table.ci_high[0])
    True
    """
    choose("unconverged", unconverged, ("refuse", "keep"))
    if not fit.converged and unconverged == "refuse":
        raise EstimationError(
            "the fit did not converge, so there is nothing to resample. See fit.problems; "
            "unconverged='keep' resamples it all the same."
        )
    if seed < 0:
        raise OptionError(f"seed must be 0 or more, got {seed}.")
    if workers < 1:
        raise OptionError(f"workers must be at least 1, got {workers}.")
    sample = fit.sample
    if sample is None:
        raise EstimationError("a bootstrap needs the rows, and this fit was made from moments. Fit the data instead.")
    if fit.request.missing == "listwise":
        sample = complete_rows(sample)
    if rows is not None:
        parts = _blocks_of(_checked(rows, sample.n_obs), sample.n_obs)
        total, seed = len(rows), -1
    else:
        if draws < 2:
            raise OptionError(f"draws must be at least 2, got {draws}.")
        parts = list(count_blocks(draws, seed))
        total = draws
    done: list[Refits] = []
    for refits in _run(fit, sample, parts, workers):
        done.append(refits)
        if progress is not None:
            progress(sum(len(one.reasons) for one in done), total)
    return Draws(
        fit.quantities,
        fit.values(),
        np.concatenate([one.values for one in done]),
        tuple(reason for one in done for reason in one.reasons),
        seed,
    )


Part = tuple[np.random.SeedSequence | Array, int]


def _run(fit: Fit, sample: Sample, parts: Sequence[Part], workers: int) -> Any:  # noqa: ANN401 - an iterator of Refits
    if workers == 1:
        return (_refit(fit, sample, part) for part in parts)
    joblib = require("joblib")
    jobs = (joblib.delayed(_refit)(fit, sample, part) for part in parts)
    return joblib.Parallel(n_jobs=workers, return_as="generator")(jobs)


def _refit(fit: Fit, sample: Sample, part: Part) -> Refits:
    source, size = part
    counts = source if isinstance(source, np.ndarray) else draw_counts(sample.n_obs, size, source)
    return fit.refit(resampled_moments(sample, counts))


def _checked(rows: NDArray[np.integer[Any]] | Sequence[Sequence[int]], n_obs: int) -> NDArray[np.intp]:
    given = np.asarray(rows)
    if given.ndim != 2 or given.dtype.kind not in "iu":
        raise OptionError("rows must be whole numbers of shape (draws, size), counted from 0.")
    if given.min() < 0 or given.max() >= n_obs:
        raise EstimationError(
            f"rows run from {given.min()} to {given.max()}, but the sample has rows 0 to {n_obs - 1}."
        )
    return given.astype(np.intp)


def _blocks_of(rows: NDArray[np.intp], n_obs: int) -> list[Part]:
    return [
        (counts_of(rows[start : start + BLOCK], n_obs), len(rows[start : start + BLOCK]))
        for start in range(0, len(rows), BLOCK)
    ]
