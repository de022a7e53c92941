"""Scores of answers in ordered categories: expected, most probable, or most likely values of the latent variables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.after_fit.posterior import Posterior, modes
from rantau.covariance.after_fit.quadrature import expectations
from rantau.covariance.after_fit.structure import Part, check_thresholds, orders, solve, structure_of
from rantau.covariance.answer_residuals import ordering_in
from rantau.covariance.implied import imply
from rantau.covariance.layout import cell_values
from rantau.errors import EstimationError, ResponseError, listing
from rantau.model.locate import located
from rantau.moments.patterns import alike_rows
from rantau.moments.sample import Sample

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit

#: Variances below this share of what they are part of are nought.
NOTHING = 1e-10
#: Below this information, in prior standard deviations, a likelihood rises without end.
ENDLESS = 1e-6


class Prior(NamedTuple):
    """What is known of the latent variables before the ordered answers, of rows that share it but for `centre`.

    With v standard normal, the latent variables are `centre + spread v`, and the variables behind the ordered answers
    `shift + loadings v` and what is their own.

    Attributes
    ----------
    centre, spread
        `(n, q)` and `(q, r)`.
    shift, loadings
        `(n, k)` and `(k, r)`.
    residual
        `(k, k)`: the covariances of what is their own.
    """

    centre: Array
    spread: Array
    shift: Array
    loadings: Array
    residual: Array


def answer_scores(fit: SemFit, method: str, rows: Sample) -> tuple[Array, Array]:
    """Score rows of a fit with ordered answers.

    Parameters
    ----------
    fit
        Converged.
    method
        `map`: where the density of the latent variables given the answers is highest; `eap`: their expected values;
        `ml`: where the likelihood is highest, whatever is known of the latent variables beforehand.
    rows
        In the order of the fit's observed variables, NaN where an answer is missing.

    Returns
    -------
    tuple of Array
        Scores and standard errors, `(n, latent)`: for `eap` the standard deviations of the density, for `map` and
        `ml` from how the logarithm of density or likelihood bends at its top. NaN where a row says nothing of a latent
        variable, or lets its likelihood rise without end.

    Notes
    -----
    Samejima (1969); Bock & Mislevy (1982); Muraki & Engelhard (1985) for several latent variables; Jöreskog &
    Moustaki (2001) for what stands behind each answer. Continuous variables are given first, which leaves a normal
    density; given the latent variables too, ordered answers are independent.
    """
    check_thresholds(fit)
    p, lower, upper = fit.layout.n_observed, *_limits(fit, rows)
    values, errors = np.full((2, rows.n_obs, len(fit.table.latent)), np.nan)
    parts, totals = structure_of(fit), imply(fit.layout, fit.theta).total
    for group, members, seen in _alike(fit, rows):
        part, total = parts[group], totals[group]
        latent = np.arange(p, len(fit.layout.variables))
        if method == "ml":
            latent = next(orders(part.effects, p), latent[:0])
            total = _unexplained(part, total, latent)
        if not latent.size:
            continue
        answers = np.column_stack([lower[members], upper[members], rows.values[np.ix_(members, seen)]])
        _, first, back = np.unique(answers, axis=0, return_index=True, return_inverse=True)
        one = members[first]
        prior = _given(fit, total, latent, seen, rows.values[np.ix_(one, seen)] - part.mean[seen])
        posterior, prior = _posterior(fit, prior, lower[one], upper[one], part.mean, method)
        found, variance = _scored(posterior, prior, method)
        unit, inside = _unit(total, latent), np.ix_(members, latent - p)
        lost = variance > 1 / ENDLESS
        score, error = part.mean[latent] + unit * found, unit * np.sqrt(np.maximum(variance, 0.0))
        values[inside] = np.where(lost, np.nan, score)[back.ravel()]
        errors[inside] = np.where(lost, np.nan, error)[back.ravel()]
    return values, errors


def _limits(fit: SemFit, rows: Sample) -> tuple[Array, Array]:
    """Return the thresholds below and above each row's answers, `(n, k)`, infinite on both sides where none is given.

    Raises
    ------
    ResponseError
        If an answer is in no category that the fit knows.
    """
    ordering, answers = ordering_in(fit.moments), fit.layout.cells.latent_answers
    if answers is None:
        raise ValueError("these answers are not ordered")
    cells = cell_values(fit.layout, fit.theta)
    lower, upper = np.full((2, rows.n_obs, answers.item.size), np.inf)
    lower *= -1
    for place, item in enumerate(answers.item):
        categories, column = np.array(ordering.categories[item]), rows.values[:, item]
        there = np.flatnonzero(~np.isnan(column))
        strange = there[~np.isin(column[there], categories)]
        if strange.size:
            where = strange[0] if rows.positions is None else rows.positions[strange[0]]
            raise ResponseError(
                f"{rows.source}, row {where + 1}: '{rows.names[item]}' is {column[strange[0]]:g}, a category that the "
                f"fit does not know. Its categories: {listing([f'{one:g}' for one in categories])}. Leave such answers "
                "empty, or merge the category with its neighbour."
            )
        cut = cells[:, answers.level_cell[answers.level_item == item]]
        edge = np.pad(cut, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
        code, group = np.searchsorted(categories, column[there]), rows.membership[there]
        lower[there, place], upper[there, place] = edge[group, code], edge[group, code + 1]
    return lower, upper


def _alike(fit: SemFit, rows: Sample) -> Iterator[tuple[int, Indices, Indices]]:
    """Give group, rows and answered continuous variables of each set of rows that answered the same ones of these."""
    continuous = np.flatnonzero(~ordering_in(fit.moments).ordered)
    seen = ~np.isnan(rows.values[:, continuous])
    # Rows of ordered answers only are a set as well.
    for members in alike_rows(np.column_stack([seen, np.ones(len(seen), dtype=bool)]), rows.membership):
        yield int(rows.membership[members[0]]), members, continuous[seen[members[0]]]


def _unit(total: Array, latent: Indices) -> Array:
    variance = np.diag(total)[latent]
    return np.sqrt(np.where(variance > 0, variance, 1.0))


def _unexplained(part: Part, total: Array, latent: Indices) -> Array:
    """Return the covariances of all variables were these latent ones independent, with the variances that they have."""
    effects, covariance = part.effects.copy(), part.covariance.copy()
    effects[latent], covariance[latent], covariance[:, latent] = 0.0, 0.0, 0.0
    covariance[latent, latent] = _unit(total, latent) ** 2
    inverse = np.linalg.inv(np.eye(len(effects)) - effects)
    return np.asarray(inverse @ covariance @ inverse.T)


def _given(fit: SemFit, total: Array, latent: Indices, seen: Indices, distance: Array) -> Prior:
    """Return what continuous variables `seen`, at a `distance (n, c)` from their means, say of all others.

    Raises
    ------
    EstimationError
        If variances under the solution are negative, or continuous variables depend on each other exactly.
    """
    ordered = np.flatnonzero(ordering_in(fit.moments).ordered)
    others = np.concatenate([latent, ordered])
    unit = np.concatenate([_unit(total, latent), np.ones(ordered.size)])
    across = total[np.ix_(others, seen)] / unit[:, None]
    try:
        weights = solve(total[np.ix_(seen, seen)], across.T).T
    except np.linalg.LinAlgError:
        _refuse(fit, "some continuous variables depend on each other exactly")
    left = total[np.ix_(others, others)] / np.outer(unit, unit) - weights @ across.T
    q = latent.size
    variance, vectors = np.linalg.eigh((left[:q, :q] + left[:q, :q].T) / 2)
    if variance.min() < -1e-8:
        _refuse(fit, "the latent variables have a variance below 0, or correlations beyond 1,")
    known = variance > NOTHING
    root = np.sqrt(variance[known])
    spread, loadings = vectors[:, known] * root, left[q:, :q] @ vectors[:, known] / root
    # What is nought but for rounding is nought.
    loadings[np.abs(loadings) < 1e-12] = 0.0
    residual = left[q:, q:] - loadings @ loadings.T
    small = np.diag(residual) < 1e-8 * np.diag(total)[ordered]
    if small.any():
        names = listing([f"'{fit.table.observed[ordered[place]]}'" for place in np.flatnonzero(small)])
        _refuse(fit, f"the answers to {names} have no variance of their own (a residual variance of 0 or below)")
    expected = distance @ weights.T
    return Prior(expected[:, :q], spread, expected[:, q:], loadings, residual)


def _refuse(fit: SemFit, why: str) -> NoReturn:
    raise EstimationError(
        f"{fit.model.source}: {why} under this solution, so scores are not defined. Look at fit.problems; leave one "
        "of these variables out, or simplify the model. An item that is all there is of a construct takes its place."
    )


def _posterior(
    fit: SemFit, prior: Prior, lower: Array, upper: Array, mean: Array, method: str
) -> tuple[Posterior, Prior]:
    """Return the densities of v given the ordered answers as well, and the prior with what these share besides.

    Under `ml` the prior of the latent variables is divided out again: with the latent variables `c + D v` in standard
    units, what is added to the logarithm is `(c + D v)'(c + D v) / 2`.
    """
    ordered = np.flatnonzero(ordering_in(fit.moments).ordered)
    deviation = np.sqrt(np.diag(prior.residual))
    loaded = np.asarray((prior.loadings != 0).any(axis=1))
    own, shared = _apart(prior.residual / np.outer(deviation, deviation), loaded)
    if shared.size and method != "eap":
        _refuse_related(fit, ordered, prior.residual, method)
    added = shared.shape[1]
    prior = prior._replace(
        spread=np.pad(prior.spread, ((0, 0), (0, added))),
        loadings=np.hstack([prior.loadings, shared * deviation[:, None]]),
    )
    noise = deviation * np.sqrt(own)
    shift, r = mean[ordered] + prior.shift, prior.spread.shape[1]
    precision, pull = np.eye(r), np.zeros((len(shift), r))
    if method == "ml":
        precision, pull = precision - prior.spread.T @ prior.spread, prior.centre @ prior.spread
    limits = ((lower - shift) / noise, (upper - shift) / noise)
    return Posterior(*limits, prior.loadings / noise[:, None], precision, pull), prior


def _apart(correlation: Array, loaded: Mask) -> tuple[Array, Array]:
    """Write correlations as `diag(own) + shared shared'`, with as few columns as blocks of related variables allow.

    A block of which no variable is `loaded (k,)`, such as covariates whose effects were cut, is left as it is: it says
    nothing of the latent variables.

    Returns
    -------
    tuple of Array
        `(k,)` above 0 and `(k, columns)`; no columns where nothing is related. The smallest root of a block is what
        all of its variables have of their own.
    """
    k = len(correlation)
    related = np.abs(correlation) > 1e-8
    own, columns, waiting = np.ones(k), [], set(range(k))
    while waiting:
        block, edge = np.zeros(k, dtype=bool), np.zeros(k, dtype=bool)
        edge[min(waiting)] = True
        while edge.any():
            block, edge = block | edge, related[edge].any(axis=0) & ~(block | edge)
        places = np.flatnonzero(block)
        waiting -= set(places.tolist())
        if places.size == 1 or not loaded[places].any():
            continue
        values, vectors = np.linalg.eigh(correlation[np.ix_(places, places)])
        own[places] = max(values[0], 1e-8)
        for value, vector in zip(values - values[0], vectors.T, strict=True):
            if value > 1e-8:
                column = np.zeros(k)
                column[places] = vector * np.sqrt(value)
                columns.append(column)
    return own, np.array(columns).reshape(-1, k).T


def _refuse_related(fit: SemFit, ordered: Indices, residual: Array, method: str) -> NoReturn:
    """Refuse answers that are related beyond the latent variables, at the statement that relates them.

    Raises
    ------
    EstimationError
        With the place in the model, where there is one.
    """
    deviation = np.sqrt(np.diag(residual))
    off = np.abs(residual / np.outer(deviation, deviation)) - np.eye(deviation.size)
    i, j = sorted(np.unravel_index(int(off.argmax()), off.shape))
    pair = {fit.table.observed[ordered[i]], fit.table.observed[ordered[j]]}
    message = (
        f"{listing(sorted(pair))} are related beyond the constructs, so that answers are not independent given these, "
        f"and method='{method}' takes them for it. Take method='eap', which integrates over what they share."
    )
    statements = [({one.left, one.term.name}, one.span) for one in fit.model.covariances]
    statements += [({one.outcome, one.term.name}, one.span) for one in fit.model.paths]
    span = next((span for names, span in statements if names == pair), None)
    if span is None:
        raise EstimationError(f"{fit.model.source}: {message}")
    raise EstimationError(located(message, text=fit.model.text, source=fit.model.source, span=span))


def _scored(posterior: Posterior, prior: Prior, method: str) -> tuple[Array, Array]:
    """Return the scores `(n, q)` of the latent variables in standard units, and the variances of their errors."""
    found, information = modes(posterior)
    if method == "eap":
        found, covariance = expectations(posterior, found, information)
        variance = np.einsum("qr,nrs,qs->nq", prior.spread, covariance, prior.spread)
    else:
        values, vectors = np.linalg.eigh(information)
        # A direction in which nothing bends has an error beyond ENDLESS, however small its share.
        variance = ((prior.spread @ vectors) ** 2 / np.maximum(values, ENDLESS**2)[:, None, :]).sum(axis=2)
    return prior.centre + found @ prior.spread.T, variance
