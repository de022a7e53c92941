"""Factor scores: what each row's answers say of the latent variables, and what these say of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.estimators import spelling
from rantau.covariance.implied import Implied, imply
from rantau.covariance.layout import DIRECTED, UNDIRECTED, cell_values
from rantau.errors import EstimationError, OptionError, ResponseError, listing
from rantau.extras import require
from rantau.model.products import Product
from rantau.moments.belonging import labelled
from rantau.moments.patterns import alike_rows
from rantau.moments.sample import Sample, as_frame, sample, source_of
from rantau.options import choose
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit

#: How scores are made.
METHODS = ("regression", "bartlett")
#: lavaan's other names for the same.
_ALIASES = {"ebm": "regression", "ml": "bartlett"}
#: Information on a latent variable below this share of the largest is none.
NOTHING = 1e-10


class Scores(NamedTuple):
    """Scores of all latent variables.

    Attributes
    ----------
    rows
        The rows that have scores, with their groups.
    values, errors
        `(n, q)` and their standard errors; NaN where a row says nothing of a latent variable.
    """

    rows: Sample
    values: Array
    errors: Array


class Part(NamedTuple):
    """One group's structure: `A` and `S` of the reticular action model, and the means of all variables."""

    effects: Array
    covariance: Array
    mean: Array


def factor_scores(fit: SemFit, method: str, data: Responses | pd.DataFrame | None) -> Scores:
    """Compute scores; see `SemFit.scores`."""
    spelt = spelling(method) if isinstance(method, str) else method
    method = choose("method", _ALIASES.get(spelt, spelt) if isinstance(spelt, str) else spelt, METHODS)
    if not fit.table.latent:
        raise OptionError(f"{fit.model.source}: the model has no latent variables, so there is nothing to score.")
    if not fit.converged:
        raise EstimationError(f"{fit.model.source}: the estimation did not converge, so there are no scores.")
    if fit.table.ordered:
        raise EstimationError(
            f"{fit.model.source}: scores of ordered answers need an integral over the constructs, which is not there "
            "yet. Take the mean of each construct's items, rt.score(), or fit the answers as continuous ones "
            "(estimator='MLR') and score that fit."
        )
    rows = rows_to_score(fit, data)
    p, size = fit.layout.n_observed, len(fit.layout.variables)
    values, errors = np.full((2, rows.n_obs, size - p), np.nan)
    implied, parts = imply(fit.layout, fit.theta), structure_of(fit)
    weigh = _regression if method == "regression" else _bartlett
    for group, members, seen in _alike(rows):
        part = parts[group]
        try:
            weights, error = weigh(part, implied, group, seen)
        except np.linalg.LinAlgError:
            raise EstimationError(
                f"{fit.model.source}: some items depend on each other exactly under this solution, so {method} "
                "scores are not defined. Look at fit.problems; leave one of these items out."
            ) from None
        distance = rows.values[np.ix_(members, seen)] - part.mean[seen]
        values[members] = part.mean[p:] + distance @ weights.T
        errors[members] = np.sqrt(np.maximum(error, 0.0))
    return Scores(rows, values, errors)


def score_frame(fit: SemFit, method: str, data: Responses | pd.DataFrame | None, *, errors: bool) -> pd.DataFrame:
    """Return scores as a frame; see `SemFit.scores`."""
    found = factor_scores(fit, method, data)
    count = len(fit.table.constructs)
    columns = dict(zip(fit.table.constructs, found.values.T[:count], strict=True))
    if errors:
        columns |= {f"{name}_se": one for name, one in zip(fit.table.constructs, found.errors.T[:count], strict=True)}
    return require("pandas").DataFrame(columns, index=_index(found.rows))  # type: ignore[no-any-return]


def predicted_frame(fit: SemFit, method: str, data: Responses | pd.DataFrame | None) -> pd.DataFrame:
    """Return the answers that scores predict as a frame; see `SemFit.predicted`."""
    found = factor_scores(fit, method, data)
    names, p = fit.table.observed, fit.layout.n_observed
    caused = np.zeros(len(fit.layout.variables), dtype=bool)
    caused[fit.layout.row[fit.layout.kind == DIRECTED]] = True
    own = np.flatnonzero(~caused[:p])
    values = np.empty((found.rows.n_obs, p))
    for group, part in enumerate(structure_of(fit)):
        members = found.rows.membership == group
        distance = found.values[members] - part.mean[p:]
        unknown = np.isnan(distance)
        total = np.linalg.inv(np.eye(p) - part.effects[:p, :p])
        given = np.zeros((int(members.sum()), p))
        # A variable without causes is not predicted: it stays as it was answered.
        given[:, own] = found.rows.values[members][:, own] - part.mean[own]
        missing = np.isnan(given)
        pulls = total @ part.effects[:p, p:]
        value = part.mean[:p] + np.where(missing, 0.0, given) @ total.T + np.where(unknown, 0.0, distance) @ pulls.T
        lost = (unknown @ (pulls != 0).T) | (missing @ (total != 0).T)
        values[members] = np.where(lost, np.nan, value)
    return require("pandas").DataFrame(values, index=_index(found.rows), columns=list(names))  # type: ignore[no-any-return]


def rows_to_score(fit: SemFit, data: Responses | pd.DataFrame | None) -> Sample:
    """Return the rows that the fit used, or those of other data that have the answers it needs.

    Raises
    ------
    OptionError
        If the fit was made from moments and no data are given.
    ResponseError
        If a variable is not in the data, or a group is not one of the fit.
    """
    if data is None:
        if fit.sample is None:
            raise OptionError("this fit was made from moments; give the rows to score: data=...")
        return fit.sample
    if fit.sample is None and not fit.table.mean_structure and not fit.moments.mean.any():
        raise OptionError(
            "this fit was made from covariances without means, so nobody knows where a score of 0 lies; give them, and "
            "fit with meanstructure=True."
        )
    products = {name: pair for one in fit.request.expanded.products for name, pair in _pairs(one)}
    wanted = dict.fromkeys(part for name in fit.table.observed for part in products.get(name, (name,)))
    rows = sample(data, tuple(wanted))
    keep = np.ones(rows.n_obs, dtype=bool)
    if fit.groups and not fit.request.group:
        raise OptionError(
            "this fit was made from the moments of groups, so it does not know which column says to which group a row "
            "belongs; fit the rows with group= to score rows."
        )
    if fit.groups:
        codes = _groups_of(data, fit.request.group, fit.groups)
        rows, keep = rows.replace(group=np.maximum(codes, 0), groups=fit.groups), codes >= 0
    columns = [
        _multiplied(fit, rows, name, products[name]) if name in products else rows.values[:, rows.names.index(name)]
        for name in fit.table.observed
    ]
    rows = rows.replace(names=fit.table.observed, values=np.column_stack(columns))
    gaps = np.isnan(rows.values)
    keep &= ~(gaps.any(axis=1) if fit.request.missing == "listwise" else gaps.all(axis=1))
    return rows.rows(keep)


def _pairs(product: Product) -> Iterator[tuple[str, tuple[str, str]]]:
    return zip(product.columns, product.pairs, strict=True)


def _multiplied(fit: SemFit, rows: Sample, name: str, pair: tuple[str, str]) -> Array:
    """Return a column of products `(n_obs,)`, centred as in the sample of the fit.

    What was subtracted there, `(a - i) (b - j) - k = ab - ja - ib + (ij - k)`, is read off its rows by group.
    """
    left, right = (rows.values[:, rows.names.index(part)] for part in pair)
    found = left * right
    if all(product.centred is False for product in fit.request.expanded.products if name in product.columns):
        return found
    used = fit.sample
    if used is None or not set(pair) <= set(used.names):
        raise OptionError(
            f"the model multiplies {' and '.join(pair)}, but has not both of them on their own, so other rows cannot "
            "be centred as these were; score the rows of the fit, or add their own paths to the model."
        )
    a, b, product = (used.values[:, used.names.index(part)] for part in (*pair, name))
    for group in range(len(used.groups)):
        known = (used.membership == group) & ~np.isnan(product)
        design = np.column_stack([a[known], b[known], np.ones(int(known.sum()))])
        shift = np.linalg.lstsq(design, product[known] - (a * b)[known], rcond=None)[0]
        here = rows.membership == group
        found[here] += left[here] * shift[0] + right[here] * shift[1] + shift[2]
    return np.asarray(found)


def _groups_of(data: Responses | pd.DataFrame, name: str, groups: tuple[str, ...]) -> Indices:
    """Return the place of each row's group among those of the fit, -1 where it has no entry."""
    if isinstance(data, Responses):
        frame = require("pandas").DataFrame(data.extras, columns=list(data.extras_names))
        if name in data.columns:
            frame[name] = data.values[:, data.columns.index(name)]
        source = data.source
    else:
        frame = as_frame(data)
        source = source_of(frame)
    if name not in frame.columns:
        raise ResponseError(
            f"{source}: the column '{name}' is not there, which says to which group a row belongs; each row is scored "
            "by the parameters of its own group."
        )
    codes, labels = labelled(frame[name].reset_index(drop=True))
    strange = [label for label in labels if label not in groups]
    if strange:
        raise ResponseError(
            f"{source}: the column '{name}' has groups that the fit does not know: {listing(strange, most=6)}. "
            f"Its groups: {listing(groups)}. Leave these rows out."
        )
    places = np.array([*(groups.index(label) for label in labels), -1], dtype=np.intp)
    return places[codes]


def _index(rows: Sample) -> pd.Index[int]:
    positions = np.arange(rows.n_obs) if rows.positions is None else rows.positions
    return require("pandas").Index(positions, name="row")  # type: ignore[no-any-return]


def _alike(rows: Sample) -> Iterator[tuple[int, Indices, Indices]]:
    """Give group, rows and answered variables of each set of rows that answered the same ones."""
    seen, membership = ~np.isnan(rows.values), rows.membership
    for members in alike_rows(seen, membership):
        yield int(membership[members[0]]), members, np.flatnonzero(seen[members[0]])


def structure_of(fit: SemFit) -> tuple[Part, ...]:
    """Return each group's effects, covariances of disturbances, and means.

    Without a mean structure the observed means are the sample's and intercepts of latent variables zero, which is
    what the model with free intercepts has.
    """
    layout, p = fit.layout, fit.layout.n_observed
    size = len(layout.variables)
    directed, undirected = layout.kind == DIRECTED, layout.kind == UNDIRECTED
    implied = imply(layout, fit.theta)
    found = []
    for group, cells in enumerate(cell_values(layout, fit.theta)):
        effects, covariance = np.zeros((size, size)), np.zeros((size, size))
        effects[layout.row[directed], layout.column[directed]] = cells[directed]
        row, column = layout.row[undirected], layout.column[undirected]
        covariance[row, column] = covariance[column, row] = cells[undirected]
        mean = implied.mean[group]
        if not layout.mean_structure:
            observed = fit.moments.mean[group]
            latent = np.linalg.solve(np.eye(size - p) - effects[p:, p:], effects[p:, :p] @ observed)
            mean = np.concatenate([observed, latent])
        found.append(Part(effects, covariance, mean))
    return tuple(found)


def _regression(part: Part, implied: Implied, group: int, seen: Indices) -> tuple[Array, Array]:
    """Return weights `(q, k)` of the seen variables, and the variances of the errors `(q,)`.

    Notes
    -----
    Thurstone (1935); Skrondal & Laake (2001), eq. 3: the conditional mean and variance of the latent variables given
    the answers of all observed variables, covariates and outcomes among them.
    """
    total, p = implied.total[group], implied.sigma.shape[-1]
    across = total[p:, seen]
    weights = _solve(total[np.ix_(seen, seen)], across.T).T
    return weights, np.diag(total)[p:] - (weights * across).sum(axis=1)


def _bartlett(part: Part, implied: Implied, group: int, seen: Indices) -> tuple[Array, Array]:
    """Return weights `(q, k)` of the seen variables, and the variances of the errors `(q,)`; NaN where none is known.

    Notes
    -----
    Bartlett (1937): least squares with the latent variables taken as fixed, `(L'T^-1 L)^-1 L'T^-1`. In place of the
    residual covariances stands `T = Theta + L U L'`, which gives the same scores and can be inverted where items are
    answered without error (Rao, 1973, 4i.3); the covariance of the errors is `(L'T^-1 L)^-1 - U`. A latent variable
    of higher order has no items of its own: those of lower order are random then, with their disturbances.
    """
    effects, covariance, _ = part
    p, size = implied.sigma.shape[-1], effects.shape[0]
    weights, errors = np.full((size - p, seen.size), np.nan), np.full(size - p, np.nan)
    for fixed in _orders(effects, p):
        cut, spread = effects.copy(), covariance.copy()
        cut[fixed], spread[fixed], spread[:, fixed] = 0.0, 0.0, 0.0
        inverse = np.linalg.inv(np.eye(size) - cut)
        variance = np.diag(implied.total[group])[fixed]
        unit = np.sqrt(np.where(variance > 0, variance, 1.0))
        loadings = np.asarray(inverse[np.ix_(seen, fixed)] * unit, dtype=np.float64)
        residual = (inverse @ spread @ inverse.T)[np.ix_(seen, seen)]
        pulls = _solve(residual + loadings @ loadings.T, loadings).T
        values, vectors = np.linalg.eigh((pulls @ loadings + (pulls @ loadings).T) / 2)
        known: Mask = values > NOTHING * max(values[-1], NOTHING)
        vectors, values = vectors[:, known], values[known]
        inner = (vectors / values) @ vectors.T
        estimable = np.einsum("ij,ij->i", vectors, vectors) > 1 - 1e-8
        found, error = inner @ pulls * unit[:, None], (np.diag(inner) - 1) * unit**2
        weights[fixed[estimable] - p], errors[fixed[estimable] - p] = found[estimable], error[estimable]
    return weights, errors


def _orders(effects: Array, p: int) -> Iterator[Indices]:
    """Give the latent variables that act on items, then those that act on these only, and so on."""
    waiting, reached = list(range(p, effects.shape[0])), list(range(p))
    while waiting:
        here = [place for place in waiting if (effects[reached, place] != 0).any()]
        if not here:
            return
        yield np.array(here, dtype=np.intp)
        waiting = [place for place in waiting if place not in here]
        reached = here


def _solve(matrix: Array, right: Array) -> Array:
    """Solve in the metric of correlations, where no scale of an item costs digits."""
    deviation = np.sqrt(np.maximum(np.diag(matrix), 1e-300))[:, None]
    return np.asarray(np.linalg.solve(matrix / (deviation * deviation.T), right / deviation) / deviation)
