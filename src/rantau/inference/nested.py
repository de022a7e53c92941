"""Standard errors of a draw for fits that have none of their own: the draw is resampled again."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from rantau.arrays import Array, Indices
from rantau.fit import Fit, Refits
from rantau.inference.resample import draw_counts

#: Estimates that are made as one stack, at most.
_STACK = 300


def refit_with_errors(fit: Fit, counts: Array, *, nested: int, seed: int) -> Refits:
    """Estimate a fit on resamples of its rows, and each of these again on resamples of itself.

    Parameters
    ----------
    fit
        Of either engine.
    counts
        `(draws, n_obs)`: how often each resample takes each row.
    nested
        How often each is resampled, at least 2.
    seed
        Of the random numbers, which also depend on the rows that a resample takes, and on nothing else: so neither on
        batches nor on workers.

    Returns
    -------
    Refits
        Of the resamples, `errors` being the standard deviations of their own resamples. Of these, failed ones are left
        out; where fewer than two are left, errors are NaN.

    Source: Efron and Tibshirani (1993), section 12.5; Davison and Hinkley (1997), section 5.2.
    """
    refits = fit.refit(counts)
    errors = np.full_like(refits.values, np.nan)
    strata = np.zeros(counts.shape[1], dtype=np.intp) if fit.strata is None else fit.strata
    good = [draw for draw, reason in enumerate(refits.reasons) if not reason]
    step = max(1, _STACK // nested)
    for start in range(0, len(good), step):
        part = good[start : start + step]
        inner = np.concatenate([_resampled(counts[draw], strata, nested, seed) for draw in part])
        values = fit.refit(inner).values.reshape(len(part), nested, -1)
        errors[part] = _deviations(values)
    return Refits(refits.values, refits.reasons, errors, refits.notes)


def _resampled(counts: Array, strata: Indices, nested: int, seed: int) -> Array:
    """Draw rows from a resample `(n_obs,)`, within strata; return counts of the rows of the sample."""
    taken = np.repeat(np.arange(counts.size), counts.astype(np.intp))
    digest = blake2b(counts.astype(np.int64).tobytes(), digest_size=8).digest()
    stream = np.random.SeedSequence([seed, int.from_bytes(digest, "little")])
    drawn = draw_counts(strata[taken], nested, stream)
    found = np.zeros((nested, counts.size))
    rows, first = np.unique(taken, return_index=True)
    found[:, rows] = np.add.reduceat(drawn, first, axis=1)
    return found


def _deviations(values: Array) -> Array:
    """Return standard deviations of `(draws, nested, q)` over the nested, those without a number left out."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=1) / count
        squares = np.where(known, (values - mean[:, None]) ** 2, 0.0).sum(axis=1)
        found: Array = np.sqrt(squares / np.where(count > 1, count - 1, np.nan))
    return found
