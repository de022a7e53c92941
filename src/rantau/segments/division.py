"""A division of rows into segments: what PLS explains in each, and what it would explain if rows changed over."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices
from rantau.moments.compute import ROUNDING, resampled_moments
from rantau.pls.estimate import Fault
from rantau.pls.forecast import scorer
from rantau.pls.resolve import directions, resolve
from rantau.pls.result import PlsFit
from rantau.pls.stages import Ascent

#: Models that are estimated as one stack.
_AT_ONCE = 4096


class Wanted(NamedTuple):
    """Segments to be estimated: how often each takes each row, `(stack, n)`, or their covariances and means."""

    counts: Array | None
    moments: tuple[Array, Array] | None


#: What asks for segments to be estimated, is sent the sum of the outcomes' R² of each, and returns objectives.
Asking = Generator[Wanted, Array, Array]


class Division(NamedTuple):
    """One division, estimated.

    `codes` is the segment of each row, `(n,)`; `sizes` and `explained`, the sum of the outcomes' R², are `(K,)`;
    `objective` is the mean of `explained` over rows, minus infinity where a segment cannot be estimated or has too few.
    `ascent` and `moments` are a stack of the segments.
    """

    codes: Indices
    sizes: Indices
    explained: Array
    objective: float
    ascent: Ascent
    moments: tuple[Array, Array]
    faults: tuple[Fault, ...]


class Divider:
    """Estimates a model in the segments of divisions."""

    def __init__(self, fit: PlsFit, segments: int, targets: Indices, least: int) -> None:
        """Keep what all divisions have in common.

        Parameters
        ----------
        fit
            The model, its options and rows.
        segments
            K.
        targets
            The outcomes whose R² count.
        least
            The smallest number of rows of a segment.
        """
        self.fit, self.segments, self.targets, self.least = fit, segments, targets, least
        self.sample = fit.sample
        self.towards = directions(fit.ascent.stages, fit.plan)
        #: Where the moments of a segment are sums over its rows, a row that comes or goes is added or taken off.
        self.additive = fit.plan.plain and not np.isnan(fit.sample.values).any()

    def divide(self, codes: Indices) -> Division:
        """Estimate the model in each segment of one division, `(n,)`."""
        counts = self._members(codes[None])
        found = resampled_moments(self.sample, counts)
        moments = found.covariance, found.mean
        ascent, faults = self._resolve(counts, moments)
        sizes = np.bincount(codes, minlength=self.segments)
        explained = self._sums(ascent, faults)
        return Division(codes, sizes, explained, float(self._objective(explained, sizes)), ascent, moments, faults)

    def objectives(self, codes: Indices) -> Asking:
        """Return the objective of many divisions, `(divisions, n)`."""
        counts = self._members(codes)
        sizes = counts.sum(axis=1).astype(np.intp).reshape(len(codes), self.segments)
        if self.additive:
            found = resampled_moments(self.sample, counts)
            explained = yield Wanted(None, (found.covariance, found.mean))
        else:
            explained = yield Wanted(counts, None)
        return self._objective(explained.reshape(sizes.shape), sizes)

    def moved(self, now: Division, rows: Indices, to: Indices) -> Asking:
        """Return the objective if one row went to another segment, for each of some rows and segments, `(moves,)`."""
        source, moves = now.codes[rows], np.arange(len(rows))
        sizes = np.repeat(now.sizes[None], len(rows), axis=0)
        sizes[moves, source] -= 1
        sizes[moves, to] += 1
        changed = np.concatenate([source, to])
        if self.additive:
            sign = np.repeat([-1.0, 1.0], len(rows))
            found = yield Wanted(None, self._one_row_on(now, np.concatenate([rows, rows]), changed, sign))
        else:
            counts = self._members(now.codes[None])[changed]
            counts[moves, rows] = 0.0
            counts[len(rows) + moves, rows] = 1.0
            found = yield Wanted(counts, None)
        explained = np.repeat(now.explained[None], len(rows), axis=0)
        explained[moves, source], explained[moves, to] = found.reshape(2, -1)
        return self._objective(explained, sizes)

    def answers(self, wanted: Sequence[Wanted]) -> list[Array]:
        """Return the sum of the outcomes' R² of all segments that are wanted, estimated as one stack."""
        if self.additive:
            given = [one.moments for one in wanted if one.moments is not None]
            covariance, mean = (np.concatenate([one[place] for one in given]) for place in (0, 1))
            sizes = [len(one[1]) for one in given]
            parts = [
                self._resolve(None, (covariance[at : at + _AT_ONCE], mean[at : at + _AT_ONCE]))
                for at in range(0, len(mean), _AT_ONCE)
            ]
        else:
            taken = [one.counts for one in wanted if one.counts is not None]
            counts, sizes = np.concatenate(taken), [len(one) for one in taken]
            parts = [self._resolve(counts[at : at + _AT_ONCE], None) for at in range(0, len(counts), _AT_ONCE)]
        found = np.concatenate([self._sums(ascent, faults) for ascent, faults in parts])
        return np.split(found, np.cumsum(sizes)[:-1])

    def distances(self, now: Division) -> Array:
        """Return how far each row is from each segment, `(n, K)`.

        A row's outcomes are predicted by the weights and paths of a segment, in its means and deviations, so that
        segments may differ in what forms a construct as well as in paths. Each squared residual is taken as a share of
        those of all rows of the row's own segment, and the roots are summed over the outcomes.

        Source: Becker, Rai, Ringle and Völckner (2013).
        """
        values, own = self.sample.values, self._members(now.codes[None])
        metric = scorer(self.sample, own, now.moments, now.ascent, self.fit.structure)
        beta = now.ascent.whole.beta[:, self.targets]
        found = np.empty((len(values), self.segments))
        for segment in range(self.segments):
            scores = metric.constructs(values, segment)
            squared = (scores[:, self.targets] - scores @ beta[segment].T) ** 2
            # Those of all rows that share a row's segment.
            left = (own @ squared)[now.codes]
            with np.errstate(invalid="ignore", divide="ignore"):
                found[:, segment] = np.sqrt(np.where(left > 0, squared / left, 0.0)).sum(axis=1)
        return found

    def _members(self, codes: Indices) -> Array:
        """Turn `(divisions, n)` into counts of rows `(divisions K, n)`, segment by segment within a division."""
        found: Array = (codes[:, None, :] == np.arange(self.segments)[:, None]).astype(float)
        return found.reshape(-1, codes.shape[1])

    def _one_row_on(self, now: Division, rows: Indices, segments: Indices, sign: Array) -> tuple[Array, Array]:
        """Return the moments of segments to which a row was added, or from which it was taken, `(stack, p, p)`."""
        sample = self.sample
        left, right = np.tril_indices(len(sample.names))
        own = self._members(now.codes[None])
        n = now.sizes[segments] + sign
        shift = ((own @ sample.centred)[segments].T + sign * sample.centred[rows].T) / n
        second = (sample.products @ own.T)[:, segments] + sign * sample.products[:, rows]
        second /= n
        square = second[left == right]
        second -= shift[left] * shift[right]
        second[left == right] = np.where(second[left == right] > ROUNDING * square, second[left == right], 0.0)
        covariance = np.empty((len(sample.names), len(sample.names), len(rows)))
        covariance[left, right] = covariance[right, left] = second
        return covariance.transpose(2, 0, 1), (sample.centre[:, None] + shift).T

    def _resolve(self, counts: Array | None, moments: tuple[Array, Array] | None) -> tuple[Ascent, tuple[Fault, ...]]:
        # A plain plan needs no rows beside its moments.
        rows = np.empty((0, 0)) if counts is None else counts
        return resolve(self.sample, rows, self.fit.plan, self.fit.request, towards=self.towards, moments=moments)

    def _sums(self, ascent: Ascent, faults: tuple[Fault, ...]) -> Array:
        """Return the sum of the outcomes' R² of each member of a stack; minus infinity where it has a fault."""
        found = ascent.whole.r_squared[:, self.targets].sum(axis=1)
        for fault in faults:
            found = np.where(fault.where.any(axis=1), -np.inf, found)
        return np.where(np.isfinite(found), found, -np.inf)

    def _objective(self, explained: Array, sizes: Indices) -> Array:
        """Return the mean over rows, of `(..., K)`."""
        enough = (sizes >= self.least).all(axis=-1)
        found: Array = np.where(enough, (explained * sizes).sum(axis=-1) / self.sample.n_obs, -np.inf)
        return found
