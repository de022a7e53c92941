"""Refitting on many resamples: in batches, on any number of workers, with the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Fit, Refits
from rantau.inference.nested import refit_with_errors
from rantau.inference.resample import BLOCK, count_blocks, counts_of, draw_counts
from rantau.moments.sample import Sample
from rantau.options import Progress, told_to, whole_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rows: TypeAlias = "NDArray[np.integer[Any]] | Sequence[Sequence[int]]"
#: From the strata of the rows, `(n_obs,)`, to the counts of a batch, `(draws, n_obs)`, made where they are used.
Batch: TypeAlias = Callable[[Indices], Array]

#: Blocks that are estimated as one stack, at most: what is done once per stack is then done more seldom.
_MOST_BLOCKS = 5
#: Numbers in a stack of covariance matrices that still suit a processor's cache.
_STACK = 500_000
#: Numbers in a stack of covariance matrices, at most (160 MB): of many variables, a block is taken in portions.
_LARGEST = 20_000_000


class Errors(NamedTuple):
    """Whether each draw shall have standard errors, and from how many resamples of its own; 0: from the fit."""

    wanted: bool
    nested: int
    seed: int


NO_ERRORS = Errors(wanted=False, nested=0, seed=0)


def refit_draws(
    fit: Fit,
    *,
    draws: int,
    seed: int,
    rows: Rows | None,
    errors: bool = False,
    nested: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Refits:
    """Draw rows within the strata of a fit, or take those given, and estimate again.

    Parameters
    ----------
    fit
        Of either engine.
    draws, seed
        How many resamples, and where their random numbers start.
    rows
        `(draws, size)` row numbers from 0, to be used instead; `draws` and `seed` are then not used.
    errors
        Whether each draw shall have standard errors.
    nested
        How many resamples of each draw give its standard errors; 0 where the fit gives them.
    workers
        Processes to share the work.
    progress
        Called with (done, all) after each batch.

    Returns
    -------
    Refits
        Of all draws, in order.

    Raises
    ------
    OptionError
        If an option has no meaning.
    EstimationError
        If the fit has no rows or its rows come in clusters, or the rows given are not those of the sample.
    """
    seed = whole_number("seed", seed, least=0)
    workers = whole_number("workers", workers, least=1)
    tell = told_to(progress)
    sample = sample_of(fit)
    if rows is not None:
        given = _checked(rows, sample.n_obs)
        batches = [partial(_given, given[part]) for part in _parts(len(given), sample)]
        return _joined(fit, batches, len(given), Errors(errors, nested, seed), workers, tell)
    draws = whole_number("draws", draws, least=2)
    _check_independent(sample)
    blocks = tuple(count_blocks(draws, seed))
    step = _blocks_at_once(sample)
    drawn = [partial(_drawn, blocks[start : start + step]) for start in range(0, len(blocks), step)]
    return _joined(fit, drawn, draws, Errors(errors, nested, seed), workers, tell)


def refit_without_each(fit: Fit) -> Refits:
    """Estimate again without each row in turn.

    Parameters
    ----------
    fit
        Of either engine.

    Returns
    -------
    Refits
        One draw per row of the sample, in its order.

    Raises
    ------
    EstimationError
        If the fit has no rows, or its rows come in clusters.
    """
    sample = sample_of(fit)
    _check_independent(sample)
    batches = [partial(_without, part) for part in _parts(sample.n_obs, sample)]
    return _joined(fit, batches, sample.n_obs)


def sample_of(fit: Fit) -> Sample:
    """Return the rows of a fit.

    Raises
    ------
    EstimationError
        If it was made from moments.
    """
    if fit.sample is None:
        raise EstimationError("resampling needs the rows, and this fit was made from moments. Fit the data instead.")
    return fit.sample


def strata_of(fit: Fit) -> Indices:
    """Return the stratum of each row, `(n_obs,)`: 0 throughout where there is but one."""
    return np.zeros(sample_of(fit).n_obs, dtype=np.intp) if fit.strata is None else fit.strata


def _blocks_at_once(sample: Sample) -> int:
    """Return how many blocks make a batch: a matter of the sample alone, so that numbers depend on nothing else."""
    return int(np.clip(_STACK // (BLOCK * len(sample.names) ** 2), 1, _MOST_BLOCKS))


def _parts(draws: int, sample: Sample) -> Iterator[slice]:
    step = BLOCK * _blocks_at_once(sample)
    return (slice(start, min(start + step, draws)) for start in range(0, draws, step))


def _drawn(blocks: Sequence[tuple[np.random.SeedSequence, int]], strata: Indices) -> Array:
    found = np.empty((sum(size for _, size in blocks), strata.size))
    start = 0
    for seed, size in blocks:
        found[start : start + size] = draw_counts(strata, size, seed)
        start += size
    return found


def _given(rows: Indices, strata: Indices) -> Array:
    return counts_of(rows, strata.size)


def _without(part: slice, strata: Indices) -> Array:
    left_out = np.arange(part.start, part.stop)
    counts = np.ones((left_out.size, strata.size))
    counts[np.arange(left_out.size), left_out] = 0.0
    return counts


def _joined(
    fit: Fit,
    batches: Sequence[Batch],
    total: int,
    errors: Errors = NO_ERRORS,
    workers: int = 1,
    progress: Progress | None = None,
) -> Refits:
    tell, done = told_to(progress), list[Refits]()
    for refits in _run(fit, batches, errors, workers):
        done.append(refits)
        tell(sum(len(one.reasons) for one in done), total)
    return _one_after_another(done, errors)


def _as_they_are(counts: Array, strata: Indices) -> Array:
    return counts


def _one_after_another(done: Sequence[Refits], errors: Errors) -> Refits:
    reasons = tuple(reason for one in done for reason in one.reasons)
    notes = (note for one in done for note in one.notes or ("",) * len(one.reasons))
    values = np.concatenate([one.values for one in done])
    # Closed, it need not be copied into the records it goes through.
    values.setflags(write=False)
    return Refits(
        values,
        reasons,
        np.concatenate([one.errors for one in done if one.errors is not None]) if errors.wanted else None,
        # Of what failed there is nothing more to say.
        tuple("" if reason else note for reason, note in zip(reasons, notes, strict=True)),
    )


def _run(fit: Fit, batches: Sequence[Batch], errors: Errors, workers: int) -> Any:  # noqa: ANN401 - an iterator of Refits
    if workers == 1:
        return (_refit(fit, batch, errors) for batch in batches)
    joblib = require("joblib")
    jobs = (joblib.delayed(_refit)(fit, batch, errors) for batch in batches)
    return joblib.Parallel(n_jobs=workers, return_as="generator")(jobs)


def _refit(fit: Fit, batch: Batch, errors: Errors) -> Refits:
    counts = batch(strata_of(fit))
    step = max(1, _LARGEST // max(1, len(sample_of(fit).names) ** 2))
    if len(counts) > step:
        parts = [counts[start : start + step] for start in range(0, len(counts), step)]
        return _one_after_another([_refit(fit, partial(_as_they_are, part), errors) for part in parts], errors)
    if errors.wanted and errors.nested:
        return refit_with_errors(fit, counts, nested=errors.nested, seed=errors.seed)
    return fit.refit(counts, errors=errors.wanted)


def _check_independent(sample: Sample) -> None:
    """Refuse to draw rows one by one where they were not sampled so."""
    if sample.cluster is not None:
        raise EstimationError(
            "the rows of this fit come in clusters: drawing them one by one takes them for independent, and the "
            "intervals would be too narrow. The standard errors of the fit allow for clusters; rows= takes "
            "resamples of whole clusters."
        )


def _checked(rows: Rows, n_obs: int) -> Indices:
    given = np.asarray(rows)
    if given.ndim != 2 or given.dtype.kind not in "iu":
        raise OptionError("rows must be whole numbers of shape (draws, size), counted from 0.")
    if not given.size:
        raise OptionError(f"rows names no row: its shape is {given.shape}, and (draws, size) is needed.")
    if given.min() < 0 or given.max() >= n_obs:
        raise EstimationError(
            f"rows run from {given.min()} to {given.max()}, but the sample has rows 0 to {n_obs - 1}."
        )
    return given.astype(np.intp)
