"""Maximum-likelihood means and covariances where answers are missing: the EM algorithm, finished by Newton's steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Mask, diagonal, lower_triangle, symmetric
from rantau.errors import EstimationError
from rantau.moments.pattern_likelihood import Seen, among_covariances, information_of_moments, seen_by
from rantau.moments.patterns import Patterns
from rantau.record import Record

#: A step of Newton's, in standard deviations, whose own error, which goes with its square, is rounding.
_LAST = 1e-6
#: How exact that last step is to be.
_FLAT = 1e-11
#: Items whose information is written out; of more, solving with it costs more than products with it.
_FEW = 20
_STEPS = 500
_INNER_STEPS = 50
_HALVINGS = 5
#: The most that one step may change the logarithm of a variance.
_LONGEST = 1.0
#: By how much, relatively, rounding alone may lower a log-likelihood.
_ROUNDING = 1e-13
#: A smallest eigenvalue of the correlations that means that one item repeats others.
_SINGULAR = 1e-8
#: A variance below this share of the largest among resamples is rounding.
_NOTHING = 1e-12
#: How many numbers one array over draws and patterns may hold.
_BLOCK = 2_000_000


class Saturated(Record):
    """The moments that make the answers there are most likely, with no model but the normal distribution.

    Attributes
    ----------
    mean
        `(..., G, p)`; NaN where a resample cannot tell.
    covariance
        `(..., G, p, p)`, with divisor n.
    log_likelihood
        `(..., G)`.
    """

    mean: Array
    covariance: Array
    log_likelihood: Array


class _Point(NamedTuple):
    """Where the search stands in each of `D` resamples: the moments, the log-likelihood and its derivatives."""

    mu: Array  # (D, p)
    sigma: Array  # (D, p, p)
    value: Array  # (D,)
    inverse: Array  # (D, B, p, p) of the seen part of sigma, 0 elsewhere
    residual: Array  # (D, B, p) inverse times the pattern's mean deviation
    spread: Array  # (D, B, p, p) inverse times the second moments about mu times inverse
    slope_mu: Array  # (D, p)
    slope_sigma: Array  # (D, p, p)

    def take(self, rows: Mask) -> _Point:
        return _Point(*(part[rows] for part in self))


def saturated(
    patterns: Patterns, names: tuple[str, ...], *, groups: tuple[str, ...] = ("",), source: str = "data"
) -> Saturated:
    """Find the maximum-likelihood mean and covariance matrix of each group from its missing patterns.

    Parameters
    ----------
    patterns
        Of one sample, or a stack `(draws, B)` of resamples.
    names
        `p` items, for messages.
    groups
        `G` labels.
    source
        The data, for messages.

    Returns
    -------
    Saturated
        In a stack, resamples that cannot tell (a pair of items nobody answered together) are NaN.

    Raises
    ------
    EstimationError
        For the sample itself: if an item was never answered, two items never by the same person, or the
        likelihood has no maximum, in any group.

    Notes
    -----
    Little & Rubin (2002), section 11.2. EM's step is the gradient times the inverse information that complete
    answers would have. So the Newton equations of many items are solved by conjugate gradients with that matrix in
    front (Nocedal & Wright 2006, algorithm 7.1): the first inner step is EM's, and a few more make convergence
    quadratic however much is missing. Those of few items are solved at once. Steps follow curves on which a
    covariance matrix stays positive definite, with the observed information along them. They are halved until the
    likelihood rises; failing that EM's own step is taken, after which it always does. A step whose square is rounding
    is the last.
    """
    p = len(names)
    lead = patterns.n.shape[:-1]
    flat = (-1, patterns.n.shape[-1])
    n, mean = patterns.n.reshape(flat), patterns.mean.reshape(*flat, p)
    covariance = patterns.covariance.reshape(*flat, p, p)
    draws = len(n)
    found_mu, found_sigma = np.full((draws, len(groups), p), np.nan), np.full((draws, len(groups), p, p), np.nan)
    found_value = np.full((draws, len(groups)), np.nan)
    for place, label in enumerate(groups):
        own = patterns.group == place
        seen = patterns.seen[own]
        pair = seen[:, :, None] & seen[:, None, :]
        known = np.flatnonzero(((n[:, own] @ pair.reshape(len(pair), -1).astype(float)) > 0).all(axis=1))
        if not lead and not known.size:
            raise EstimationError(_never_together(pair, n[0, own], names, _within(source, label)))
        written = (p * (p + 3) // 2) ** 2 if p <= _FEW else 0
        size = max(1, _BLOCK // max(1, pair.size, written))
        for start in range(0, len(known), size):
            rows = known[start : start + size]
            block = np.ix_(rows, np.flatnonzero(own))
            found = _maximum(pair, n[block], mean[block], covariance[block])
            found_mu[rows, place], found_sigma[rows, place], found_value[rows, place] = found
        if not lead and np.isnan(found_value[0, place]):
            raise EstimationError(
                f"{_within(source, label)}: the answers do not determine the covariances of the {p} items; the "
                "likelihood only rises as one item becomes a sum of others. Either an item repeats others, or too "
                "few people answered the same items. Take an item out, or use missing='listwise'."
            )
    return Saturated(
        found_mu.reshape(*lead, len(groups), p),
        found_sigma.reshape(*lead, len(groups), p, p),
        found_value.reshape(*lead, len(groups)),
    )


def _within(source: str, label: str) -> str:
    return f"{source}, group '{label}'" if label else source


def _never_together(pair: Mask, n: Array, names: tuple[str, ...], where: str) -> str:
    covered = (pair & (n > 0)[:, None, None]).any(axis=0)
    alone = [name for name, answered in zip(names, np.diagonal(covered), strict=True) if not answered]
    if alone:
        return f"{where}: nobody answered '{alone[0]}'. Take it out of the model, or look for a coding fault."
    first, second = (int(k) for k in np.argwhere(~covered)[0])
    return (
        f"{where}: nobody answered both '{names[first]}' and '{names[second]}', so their covariance cannot be "
        "estimated. Leave one of them out."
    )


def _maximum(pair: Mask, n: Array, mean: Array, covariance: Array) -> tuple[Array, Array, Array]:
    """Search in units of each item's standard deviation, and go back to the items' own."""
    centre, spread = _available(pair, n, mean, covariance)
    # An item that does not vary in a resample, but for rounding, has no density.
    variance = diagonal(spread)
    varies = variance > _NOTHING * variance.max(axis=0)
    sd = np.sqrt(np.where(varies, variance, 1.0))
    seen = pair.diagonal(axis1=1, axis2=2)
    answers = Patterns(
        np.zeros(len(pair), dtype=np.intp),
        seen,
        n,
        covariance / (sd[:, :, None] * sd[:, None, :])[:, None],
        np.where(seen, (mean - centre[:, None]) / sd[:, None], 0.0),
    )
    mu, sigma, value = _search(answers, spread / (sd[:, :, None] * sd[:, None, :]), varies.all(axis=1))
    # The density of an answer in its own units is that in standard units over its standard deviation.
    jacobian = ((n @ seen) * (np.log(sd) + 0.5 * np.log(2 * np.pi))).sum(axis=1)
    return centre + sd * mu, sigma * sd[:, :, None] * sd[:, None, :], value - jacobian


def _available(pair: Mask, n: Array, mean: Array, covariance: Array) -> tuple[Array, Array]:
    """Compute the mean of each item over those who answered it, and each covariance over those who answered both."""
    seen = pair.diagonal(axis1=1, axis2=2)
    centre = np.einsum("db,dbp->dp", n, mean) / (n @ seen)
    deviation = np.where(seen, mean - centre[:, None], 0.0)
    second = covariance + deviation[..., :, None] * deviation[..., None, :]
    together = (n @ pair.reshape(len(pair), -1)).reshape(second[:, 0].shape)
    return centre, np.einsum("db,dbpq->dpq", n, second) / together


def _search(answers: Patterns, start: Array, possible: Mask) -> tuple[Array, Array, Array]:
    draws, p = start.shape[:2]
    mu, value = np.full((draws, p), np.nan), np.full(draws, np.nan)
    sigma, live = np.full_like(start, np.nan), np.flatnonzero(possible)
    if live.size < draws:
        answers, start = answers.take(live), start[live]
    begin = np.where(_positive(start)[:, None, None], start, np.eye(p) * np.where(start > 0, start, 1.0))
    here = _look(answers, np.zeros((live.size, p)), begin)
    for _ in range(_STEPS):
        if not live.size:
            break
        em = _em_step(answers, here)
        size = np.maximum(np.maximum(np.abs(em[0]).max(axis=1), np.abs(em[1]).max(axis=(1, 2))), _FLAT)
        step = _newton_step(answers, here, np.clip(size, np.maximum(1e-5, _FLAT / size), 0.1))
        done = np.maximum(np.abs(step[0]).max(axis=1), np.abs(step[1]).max(axis=(1, 2))) < _LAST
        if done.any():
            last, ended, along = here.take(done), live[done], (step[0][done], step[1][done])
            mu[ended], sigma[ended] = last.mu + along[0], last.sigma + along[1]
            value[ended] = last.value + 0.5 * _inner(last.slope_mu, last.slope_sigma, *along)
            live, answers, here = live[~done], answers.take(~done), here.take(~done)
            em, step = (em[0][~done], em[1][~done]), (step[0][~done], step[1][~done])
        if live.size:
            here = _advance(answers, here, em, step)
            sound = _positive(here.sigma)
            if not sound.all():
                live, answers, here = live[sound], answers.take(sound), here.take(sound)
    return mu, sigma, value


def _positive(sigma: Array) -> Mask:
    smallest: Mask = np.linalg.eigvalsh(sigma)[:, 0] > _SINGULAR
    return smallest


def _advance(answers: Patterns, here: _Point, em: tuple[Array, Array], step: tuple[Array, Array]) -> _Point:
    """Take as much of Newton's step as raises the likelihood, and EM's where none of it does."""
    path = _Path(here, *step)
    length = np.minimum(1.0, _LONGEST / path.size)
    there = _look(answers, *path(length))
    for _ in range(_HALVINGS):
        lower = _lower(there, here)
        if not lower.any():
            return there
        length = np.where(lower, 0.5 * length, length)
        there = _look(answers, *path(length))
    lower = _lower(there, here)
    return _look(
        answers,
        np.where(lower[:, None], here.mu + em[0], there.mu),
        np.where(lower[:, None, None], here.sigma + em[1], there.sigma),
    )


def _lower(there: _Point, here: _Point) -> Mask:
    return ~np.greater_equal(there.value, here.value - _ROUNDING * np.abs(here.value))


class _Path:
    """A curve that leaves a covariance matrix in a direction and keeps all its points positive definite.

    With Sigma = R R', its points are R exp(t R^-1 V R'^-1) R': the geodesics of such matrices (Pennec, Fillard &
    Ayache 2006, equation 3), along which the likelihood of complete answers is concave.
    """

    def __init__(self, here: _Point, along_mu: Array, along_sigma: Array) -> None:
        self.mu, self.along = here.mu, along_mu
        roots, vectors = np.linalg.eigh(here.sigma)
        inward = vectors / np.sqrt(roots)[:, None, :]
        rates, turn = np.linalg.eigh(inward.transpose(0, 2, 1) @ along_sigma @ inward)
        self.frame = (vectors * np.sqrt(roots)[:, None, :]) @ turn
        self.rates = rates
        self.size = np.abs(rates).max(axis=1) + 1e-300

    def __call__(self, length: Array) -> tuple[Array, Array]:
        stretched = self.frame * np.exp(0.5 * length[:, None] * self.rates)[:, None, :]
        return self.mu + length[:, None] * self.along, stretched @ stretched.transpose(0, 2, 1)


def _look(answers: Patterns, mu: Array, sigma: Array) -> _Point:
    """Compute the log-likelihood, without its constant, and its derivatives by the mean and the covariance matrix."""
    seen = seen_by(answers, sigma[:, None], mu[:, None])
    by_sigma = 0.5 * symmetric(_sum(answers.n, seen.tilted - seen.inverse))
    value = -0.5 * (answers.n * seen.value).sum(axis=1)
    by_mu = _sum(answers.n, seen.pulled)
    return _Point(mu, sigma, value, seen.inverse, seen.pulled, seen.tilted, by_mu, by_sigma)


def _sum(n: Array, parts: Array) -> Array:
    """Add up over patterns, each as often as it has rows."""
    flat = n[:, None, :] @ parts.reshape(*parts.shape[:2], -1)
    return flat.reshape(parts.shape[0], *parts.shape[2:])


def _em_step(answers: Patterns, here: _Point) -> tuple[Array, Array]:
    shift, change = _complete_data_step(answers, here.sigma, here.slope_mu, here.slope_sigma)
    return shift, change - shift[:, :, None] * shift[:, None, :]


def _complete_data_step(answers: Patterns, sigma: Array, by_mu: Array, by_sigma: Array) -> tuple[Array, Array]:
    """Multiply a gradient with the inverse information that complete answers would have."""
    total = answers.n.sum(axis=1)[:, None]
    shift = (sigma @ by_mu[..., None])[..., 0] / total
    return shift, symmetric(2.0 * sigma @ by_sigma @ sigma / total[..., None])


def _newton_step(answers: Patterns, here: _Point, tolerance: Array) -> tuple[Array, Array]:
    """Solve the Newton equations of all draws: at once where they are few, to a relative `tolerance` where many."""
    if here.mu.shape[-1] <= _FEW:
        try:
            return _direct_step(answers, here)
        except np.linalg.LinAlgError:
            # Somewhere the likelihood curves upwards.
            pass
    return _iterated_step(answers, here, tolerance)


def _direct_step(answers: Patterns, here: _Point) -> tuple[Array, Array]:
    """Solve the Newton equations with the information written out, which must be positive definite."""
    p = here.mu.shape[-1]
    i, j = lower_triangle(p)
    seen = Seen(here.inverse, here.residual, here.spread, here.value)
    information = information_of_moments(seen, answers.n, means=True, exact=True)
    # Along the curves of `_Path` a direction V also moves by V Sigma^-1 V / 2.
    precision = np.asarray(np.linalg.inv(here.sigma), dtype=np.float64)
    bent = among_covariances(np.ones((len(here.mu), 1)), precision[:, None], here.slope_sigma[:, None])
    information[:, p:, p:] -= 2 * bent
    np.linalg.cholesky(information)
    slope = np.concatenate([here.slope_mu, here.slope_sigma[:, i, j] * np.where(i == j, 1.0, 2.0)], axis=-1)
    step = np.linalg.solve(information, slope[..., None])[..., 0]
    along = np.empty_like(here.sigma)
    along[:, i, j] = along[:, j, i] = step[:, p:]
    return step[:, :p], along


def _iterated_step(answers: Patterns, here: _Point, tolerance: Array) -> tuple[Array, Array]:
    """Solve the Newton equations to a relative `tolerance` by preconditioned conjugate gradients, all draws at once."""
    left_mu, left_sigma = here.slope_mu, here.slope_sigma
    at_mu, at_sigma = np.zeros_like(left_mu), np.zeros_like(left_sigma)
    step = _complete_data_step(answers, here.sigma, left_mu, left_sigma)
    along_mu, along_sigma = step
    size = first = _inner(left_mu, left_sigma, *step)
    curvature = _Curvature(answers, here)
    going = size > 0
    for inner in range(_INNER_STEPS):
        bent_mu, bent_sigma = curvature(along_mu, along_sigma)
        bend = _inner(along_mu, along_sigma, bent_mu, bent_sigma)
        # Where the likelihood curves upwards, what was found so far (EM's direction at first) is as far as Newton goes.
        going = going & (bend > 0)
        if inner == 0:
            at_mu, at_sigma = np.where(going[:, None], 0.0, along_mu), np.where(going[:, None, None], 0.0, along_sigma)
        length = np.where(going, size / np.where(going, bend, 1.0), 0.0)
        at_mu = at_mu + length[:, None] * along_mu
        at_sigma = at_sigma + length[:, None, None] * along_sigma
        left_mu = left_mu - length[:, None] * bent_mu
        left_sigma = left_sigma - length[:, None, None] * bent_sigma
        step = _complete_data_step(answers, here.sigma, left_mu, left_sigma)
        fresh = _inner(left_mu, left_sigma, *step)
        going = going & (fresh > tolerance**2 * first)
        if not going.any():
            break
        turn = np.where(going, fresh / np.where(size > 0, size, 1.0), 0.0)
        along_mu = step[0] + turn[:, None] * along_mu
        along_sigma = step[1] + turn[:, None, None] * along_sigma
        size = np.where(going, fresh, 0.0)
    return at_mu, at_sigma


def _inner(mu: Array, sigma: Array, other_mu: Array, other_sigma: Array) -> Array:
    product: Array = (mu * other_mu).sum(axis=1) + (sigma * other_sigma).sum(axis=(1, 2))
    return product


class _Curvature:
    """The observed information as a map of directions, with every sum over patterns one matrix product.

    Along the curves of `_Path` a direction V also moves by V Sigma^-1 V / 2, which the last term accounts for.
    """

    def __init__(self, answers: Patterns, here: _Point) -> None:
        draws, count, p = here.residual.shape
        n = answers.n[..., None]
        self.wide = (draws, p, count * p)
        self.tall = (draws, count * p, p)
        # (D, p * B, p): rows of the inverses with the pattern in the middle, so that products become wide ones.
        self.inverse = np.ascontiguousarray(here.inverse.transpose(0, 2, 1, 3)).reshape(draws, p * count, p)
        self.information = _sum(answers.n, here.inverse)
        self.residual = n * here.residual
        self.rest = (n[..., None] * (here.spread - 0.5 * here.inverse)).reshape(self.tall)
        self.precision, self.slope = np.linalg.inv(here.sigma), here.slope_sigma
        self.shape = (draws, p, count, p)

    def __call__(self, mu: Array, sigma: Array) -> tuple[Array, Array]:
        draws, p, count, _ = self.shape
        half = (self.inverse @ sigma).reshape(self.wide)
        bent_mu = self.information @ mu[..., None] + half @ self.residual.reshape(draws, count * p, 1)
        by_mean = (self.inverse @ mu[..., None]).reshape(draws, p, count)
        one_side = half @ self.rest + by_mean @ self.residual - self.precision @ sigma @ self.slope
        return bent_mu[..., 0], symmetric(one_side)
