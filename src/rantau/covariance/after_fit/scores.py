"""Factor scores: what each row's answers say of the latent variables, and what these say of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.after_fit.answer_scores import answer_scores
from rantau.covariance.after_fit.rows_to_score import rows_to_score
from rantau.covariance.after_fit.structure import Part, orders, solve, structure_of
from rantau.covariance.cells import DIRECTED
from rantau.covariance.estimators import spelling
from rantau.covariance.implied import Implied, imply
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.moments.patterns import alike_rows
from rantau.moments.sample import Sample
from rantau.options import choose
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit

#: How scores are made; for ordered answers by the second names.
METHODS = ("regression", "bartlett")
OF_ANSWERS = ("map", "eap", "ml")
#: Where the density of continuous answers is highest, there it has its mean.
_CONTINUOUS = {"ebm": "regression", "map": "regression", "eap": "regression", "ml": "bartlett"}
_ORDERED = {"ebm": "map", "regression": "map", "bartlett": "ml"}
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


def factor_scores(fit: SemFit, method: str, data: Responses | pd.DataFrame | None) -> Scores:
    """Compute scores; see `SemFit.scores`."""
    method = _method(method, ordered=bool(fit.table.ordered))
    if not fit.table.latent:
        raise OptionError(f"{fit.model.source}: the model has no latent variables, so there is nothing to score.")
    if not fit.converged:
        raise EstimationError(f"{fit.model.source}: the estimation did not converge, so there are no scores.")
    rows = rows_to_score(fit, data)
    if fit.table.ordered:
        return Scores(rows, *answer_scores(fit, method, rows))
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
        # Below zero by more than rounding there is no error of any size: a variance of the solution is negative.
        rounding = NOTHING * np.abs(np.diag(implied.total[group])[p:])
        errors[members] = np.sqrt(np.where(error < -rounding, np.nan, np.maximum(error, 0.0)))
    return Scores(rows, values, errors)


def _method(method: str, *, ordered: bool) -> str:
    spelt = spelling(method) if isinstance(method, str) else method
    names, same = (OF_ANSWERS, _ORDERED) if ordered else (METHODS, _CONTINUOUS)
    return choose("method", same.get(spelt, spelt) if isinstance(spelt, str) else spelt, names)


def score_frame(fit: SemFit, method: str, data: Responses | pd.DataFrame | None, *, errors: bool) -> pd.DataFrame:
    """Return scores as a frame; see `SemFit.scores`."""
    found = factor_scores(fit, method, data)
    count = len(fit.table.constructs)
    columns = dict(zip(fit.table.constructs, found.values.T[:count], strict=True))
    if errors:
        columns |= {f"{name}_se": one for name, one in zip(fit.table.constructs, found.errors.T[:count], strict=True)}
    return require("pandas").DataFrame(columns, index=found.rows.index)  # type: ignore[no-any-return]


def predicted_frame(fit: SemFit, method: str, data: Responses | pd.DataFrame | None) -> pd.DataFrame:
    """Return the answers that scores predict as a frame; see `SemFit.predicted`."""
    if fit.table.ordered:
        raise OptionError(
            "an answer in ordered categories has no expected value, it has a probability for each category: "
            "fit.category_probabilities(at=fit.scores())."
        )
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
    return require("pandas").DataFrame(values, index=found.rows.index, columns=list(names))  # type: ignore[no-any-return]


def _alike(rows: Sample) -> Iterator[tuple[int, Indices, Indices]]:
    """Give group, rows and answered variables of each set of rows that answered the same ones."""
    seen, membership = ~np.isnan(rows.values), rows.membership
    for members in alike_rows(seen, membership):
        yield int(membership[members[0]]), members, np.flatnonzero(seen[members[0]])


def _regression(part: Part, implied: Implied, group: int, seen: Indices) -> tuple[Array, Array]:
    """Return weights `(q, k)` of the seen variables, and the variances of the errors `(q,)`.

    Notes
    -----
    Thurstone (1935); Skrondal & Laake (2001), eq. 3: the conditional mean and variance of the latent variables given
    the answers of all observed variables, covariates and outcomes among them.
    """
    total, p = implied.total[group], implied.sigma.shape[-1]
    across = total[p:, seen]
    weights = solve(total[np.ix_(seen, seen)], across.T).T
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
    for fixed in orders(effects, p):
        cut, spread = effects.copy(), covariance.copy()
        cut[fixed], spread[fixed], spread[:, fixed] = 0.0, 0.0, 0.0
        inverse = np.linalg.inv(np.eye(size) - cut)
        variance = np.diag(implied.total[group])[fixed]
        unit = np.sqrt(np.where(variance > 0, variance, 1.0))
        loadings = np.asarray(inverse[np.ix_(seen, fixed)] * unit, dtype=np.float64)
        residual = (inverse @ spread @ inverse.T)[np.ix_(seen, seen)]
        pulls = solve(residual + loadings @ loadings.T, loadings).T
        values, vectors = np.linalg.eigh((pulls @ loadings + (pulls @ loadings).T) / 2)
        known: Mask = values > NOTHING * max(values[-1], NOTHING)
        vectors, values = vectors[:, known], values[known]
        inner = (vectors / values) @ vectors.T
        estimable = np.einsum("ij,ij->i", vectors, vectors) > 1 - 1e-8
        found, error = inner @ pulls * unit[:, None], (np.diag(inner) - 1) * unit**2
        weights[fixed[estimable] - p], errors[fixed[estimable] - p] = found[estimable], error[estimable]
    return weights, errors
