"""A division of rows into segments: what PLS explains in each, and what it would explain if rows changed over."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, lower_triangle
from rantau.moments.compute import ROUNDING, resampled_moments
from rantau.pls.estimate import Estimates, Fault, reasons
from rantau.pls.forecast import scorer
from rantau.pls.resolve import directions, resolve
from rantau.pls.result import PlsFit
from rantau.pls.stages import Ascent

#: Models that are estimated as one stack.
_AT_ONCE = 1024


class Wanted(NamedTuple):
    """Segments to be estimated: how often each takes each row, `(stack, n)`, or their covariances and means."""

    counts: Array | None
    moments: tuple[Array, Array] | None


class Answer(NamedTuple):
    """The estimates of a stack, its faults, the sum of the outcomes' R² of each member, and which were wanted."""

    ascent: Ascent
    faults: tuple[Fault, ...]
    sums: Array
    part: slice

    @property
    def explained(self) -> Array:
        """The sums of those that were wanted, `(stack,)`."""
        return self.sums[self.part]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why each of those that were wanted failed; empty where it did not."""
        return reasons(self.faults, len(self.sums))[self.part]


#: What asks for segments to be estimated, is sent the answer, and returns objectives.
Asking = Generator[Wanted, Answer, Array]


class Division(NamedTuple):
    """One division, estimated.

    `codes` is the segment of each row, `(n,)`; `sizes` and `explained`, the sum of the outcomes' R², are `(K,)`;
    `objective` is the mean of `explained` over rows, minus infinity where a segment cannot be estimated or has too few.
    `moments` are those of the segments; their estimates are in the `answer`.
    """

    codes: Indices
    sizes: Indices
    explained: Array
    objective: float
    answer: Answer
    moments: tuple[Array, Array]


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

    def divided(self, codes: Indices) -> Generator[Wanted, Answer, Division]:
        """Return one division, `(n,)`, with the model estimated in each segment."""
        counts = self._members(codes[None])
        found = resampled_moments(self.sample, counts)
        moments = found.covariance, found.mean
        answer = yield Wanted(None, moments) if self.additive else Wanted(counts, None)
        sizes = np.bincount(codes, minlength=self.segments)
        return Division(
            codes, sizes, answer.explained, float(self._objective(answer.explained, sizes)), answer, moments
        )

    def divide(self, codes: Indices) -> Division:
        """Return what `divided` does, estimated by itself."""
        asking = self.divided(codes)
        try:
            asking.send(self.answers((next(asking),))[0])
        except StopIteration as end:
            found: Division = end.value
        return found

    def objectives(self, codes: Indices) -> Asking:
        """Return the objective of many divisions, `(divisions, n)`."""
        counts = self._members(codes)
        sizes = counts.sum(axis=1).astype(np.intp).reshape(len(codes), self.segments)
        if self.additive:
            found = resampled_moments(self.sample, counts)
            answer = yield Wanted(None, (found.covariance, found.mean))
        else:
            answer = yield Wanted(counts, None)
        return self._objective(answer.explained.reshape(sizes.shape), sizes)

    def moved(self, now: Division, rows: Indices, to: Indices) -> Asking:
        """Return the objective if one row went to another segment, for each of some rows and segments, `(moves,)`."""
        source, moves = now.codes[rows], np.arange(len(rows))
        sizes = np.repeat(now.sizes[None], len(rows), axis=0)
        sizes[moves, source] -= 1
        sizes[moves, to] += 1
        changed = np.concatenate([source, to])
        if self.additive:
            sign = np.repeat([-1.0, 1.0], len(rows))
            answer = yield Wanted(None, self._one_row_on(now, np.concatenate([rows, rows]), changed, sign))
        else:
            counts = self._members(now.codes[None])[changed]
            counts[moves, rows] = 0.0
            counts[len(rows) + moves, rows] = 1.0
            answer = yield Wanted(counts, None)
        explained = np.repeat(now.explained[None], len(rows), axis=0)
        explained[moves, source], explained[moves, to] = answer.explained.reshape(2, -1)
        return self._objective(explained, sizes)

    def answers(self, wanted: Sequence[Wanted]) -> list[Answer]:
        """Estimate all segments that are wanted, as few stacks."""
        found: list[Answer] = []
        for some in _stacks(wanted):
            counts = _joined([one.counts for one in some if one.counts is not None])
            given = [one.moments for one in some if one.moments is not None]
            covariance, mean = (_joined([one[place] for one in given]) for place in (0, 1))
            moments = None if covariance is None or mean is None else (covariance, mean)
            # A plain plan needs no rows beside its moments.
            taken = np.empty((0, 0)) if counts is None else counts
            ascent, faults = resolve(
                self.sample, taken, self.fit.plan, self.fit.request, towards=self.towards, moments=moments
            )
            ends = np.cumsum([_size(one) for one in some])
            sums = self._sums(ascent, faults)
            found += [
                Answer(ascent, faults, sums, slice(int(end) - _size(one), int(end)))
                for one, end in zip(some, ends, strict=True)
            ]
        return found

    def distances(self, now: Division) -> Array:
        """Return how far each row is from each segment, `(n, K)`.

        A row's outcomes are predicted by the weights and paths of a segment, in its means and deviations, so that
        segments may differ in what forms a construct as well as in paths. Each squared residual is taken as a share of
        those of all rows of the row's own segment, and the roots are summed over the outcomes.

        Source: Becker, Rai, Ringle and Völckner (2013).
        """
        values, own = self.sample.values, self._members(now.codes[None])
        ascent = self.estimates(now)
        metric = scorer(self.sample, own, now.moments, ascent, self.fit.structure)
        beta = ascent.whole.beta[:, self.targets]
        found = np.empty((len(values), self.segments))
        for segment in range(self.segments):
            scores = metric.constructs(values, segment)
            squared = (scores[:, self.targets] - scores @ beta[segment].T) ** 2
            # Those of all rows that share a row's segment.
            left = (own @ squared)[now.codes]
            with np.errstate(invalid="ignore", divide="ignore"):
                found[:, segment] = np.sqrt(np.where(left > 0, squared / left, 0.0)).sum(axis=1)
        return found

    def estimates(self, now: Division) -> Ascent:
        """Return the estimates of the segments of a division, as a stack of K."""
        ascent, part = now.answer.ascent, now.answer.part
        return Ascent(
            _cut(ascent.whole, part),
            tuple(_cut(stage, part) for stage in ascent.stages),
            None if ascent.scores is None else ascent.scores[part],
            tuple(one[part] for one in ascent.products),
            None if ascent.spreads is None else ascent.spreads[part],
        )

    def _members(self, codes: Indices) -> Array:
        """Turn `(divisions, n)` into counts of rows `(divisions K, n)`, segment by segment within a division."""
        found: Array = (codes[:, None, :] == np.arange(self.segments)[:, None]).astype(float)
        return found.reshape(-1, codes.shape[1])

    def _one_row_on(self, now: Division, rows: Indices, segments: Indices, sign: Array) -> tuple[Array, Array]:
        """Return the moments of segments to which a row was added, or from which it was taken, `(stack, p, p)`."""
        sample = self.sample
        left, right = lower_triangle(len(sample.names))
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


def _size(wanted: Wanted) -> int:
    if wanted.counts is not None:
        return len(wanted.counts)
    return 0 if wanted.moments is None else len(wanted.moments[1])


def _stacks(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    """Put together what is estimated at once."""
    together: list[Wanted] = []
    for one in wanted:
        if together and sum(map(_size, together)) + _size(one) > _AT_ONCE:
            yield together
            together = []
        together.append(one)
    yield together


def _joined(arrays: list[Array]) -> Array | None:
    return np.concatenate(arrays) if arrays else None


def _cut(estimates: Estimates, part: slice) -> Estimates:
    """Return some of a stack."""
    arrays = {name: getattr(estimates, name) for name in Estimates.field_names()}
    return estimates.replace(**{name: one[part] for name, one in arrays.items() if one is not None})
