"""Estimating a fit again on many resamples of its rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask, diagonal, identity, positive_definite
from rantau.covariance.baseline import baseline_statistics
from rantau.covariance.cells import UNDIRECTED
from rantau.covariance.constrained import minimise_within
from rantau.covariance.constraints import Constraints, free_directions
from rantau.covariance.delta import delta_errors
from rantau.covariance.evidence import EXACT
from rantau.covariance.exploratory.turn import hold_still, turn_stack
from rantau.covariance.exploratory.unrotated import held_still, pivots_of
from rantau.covariance.fit_indices.cfi import comparative_fit
from rantau.covariance.fit_indices.rmsea import root_mean_square_error
from rantau.covariance.fit_indices.srmr import standardised_residual
from rantau.covariance.fit_indices.tli import tucker_lewis
from rantau.covariance.implied import Implied, imply
from rantau.covariance.layout import Layout, cell_values
from rantau.covariance.minimise import Minimum, look, minimise
from rantau.covariance.nearby import STEADY, minimise_near
from rantau.covariance.quantities import quantity_values
from rantau.covariance.robust.residual_test import residual_statistics
from rantau.covariance.setting import as_wishart, fixed_places, set_up, units_of, with_answer_weight, with_weight
from rantau.covariance.standard_errors import SINGULAR, inverse_information
from rantau.covariance.standardise import cell_jacobian, standardised_slopes, standardised_variables
from rantau.covariance.start import in_standard_units, layout_for, pooled_deviation
from rantau.errors import EstimationError, OptionError
from rantau.fit import Refits
from rantau.moments.grouped import GroupMoments, grouped_moments
from rantau.moments.ordered_groups import ordered_moments

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit

#: The fit indices that each resample has.
INDICES = ("chisq", "cfi", "tli", "rmsea", "srmr")
#: A variance above minus this, in standard units, is not negative.
ROUNDING = 1e-8
#: Transformed rows have the covariances wanted but for this, in standard units.
OFF = 1e-5


def refit(fit: SemFit, counts: Array, *, errors: bool) -> Refits:
    """Estimate a fit again on resamples, `(draws, n_obs)` counts of its rows; see `SemFit.refit`."""
    if errors:
        _refuse_errors(fit)
    moments = _resampled(fit, counts)
    proper = possible_moments(fit, moments)
    if not proper.all():
        # What no model can be held against gives way to the sample, and is named.
        counts = np.where(proper[:, None], counts, 1.0)
        moments = _resampled(fit, counts)
    return _refit(fit, moments, proper, counts, errors=errors)


def refit_moments(fit: SemFit, moments: GroupMoments, *, errors: bool) -> Refits:
    """Estimate a fit again on a stack of moments, divisor n, in the order of its variables; see `SemFit.refit_moments`.

    Raises
    ------
    OptionError
        If the estimator weighs moments by what only rows tell.
    """
    if fit.moments.ordering is not None or fit.moments.patterns is not None or fit.discrepancy.name == "wls":
        raise OptionError(
            "this fit weighs its moments by what only the rows tell, and moments alone cannot be fitted in its way. "
            "Fit complete, continuous answers with estimator='ML'."
        )
    if errors:
        _refuse_errors(fit)
    proper = possible_moments(fit, moments)
    if not proper.all():
        own = np.where(proper[:, None, None, None], moments.covariance, fit.moments.covariance)
        moments = moments.replace(covariance=own)
    return _refit(fit, moments, proper, None, errors=errors)


def _refit(fit: SemFit, moments: GroupMoments, proper: Mask, counts: Array | None, *, errors: bool) -> Refits:
    """Estimate again on moments, those that are not `proper` to be named; weights of moments go by `counts` of rows."""
    table = fit.table
    if fit.request.likelihood == "wishart":
        moments = as_wishart(moments, fit.discrepancy)
    sought = held_still(table, pivots_of(table, fit.moments))
    layout = layout_for(table, moments)
    still = layout if sought is table else layout_for(sought, moments)
    deviation = units_of(fit.discrepancy, fit.moments)
    scaled_layout, scale, scaled = in_standard_units(sought, still, moments, deviation)
    if moments.ordering is not None:
        scaled = with_answer_weight(fit.discrepancy, scaled)
    elif fit.discrepancy.name == "wls":
        rows = fit.rows.replace(values=fit.rows.values / deviation)
        scaled = with_weight(fit.discrepancy, scaled, rows, table, counts)
    begin = fit.theta if sought is table else hold_still(table, fit.layout, layout_for(sought, fit.moments), fit.theta)
    start = np.broadcast_to(begin * scale, (moments.n.shape[0], begin.size))
    if fit.model.constraints:
        constraints = Constraints(fit.model, sought, scale)
        minimum = minimise_within(scaled_layout, fit.discrepancy, scaled, start, constraints, active=fit.active)
    elif fit.discrepancy.name in STEADY:
        setting = set_up(sought, fit.discrepancy, fit.request.likelihood, None, fit.moments)
        minimum = minimise_near(setting, fixed_places(sought), fit.discrepancy, scaled_layout, scaled, begin * scale)
    else:
        minimum = minimise(scaled_layout, fit.discrepancy, scaled, start)
    converged = minimum.converged & proper
    theta = minimum.theta / scale
    if fit.request.rotation is not None:
        theta = turn_stack(
            fit.request.rotation, table, still, layout, np.where(converged[:, None], theta, np.nan), fit.theta
        )
    values = fit.replace(layout=layout).values_at(theta)
    implied = imply(scaled_layout, minimum.theta)
    values[:, -len(INDICES) :] = _indices(fit, scaled_layout, scaled, minimum, scale, implied)
    found = _errors(fit, layout, scaled_layout, scaled, minimum, scale) if errors else None
    for one in (values, found):
        if one is not None:
            one[~converged] = np.nan
    impossible = "singular covariance matrix" if moments.ordering is None else "a category that nobody chose"
    if moments.ordering is not None and moments.ordering.given:
        impossible += ", or that covariates tell"
    reasons = tuple(
        "" if fine else "not converged" if possible else impossible
        for fine, possible in zip(converged, proper, strict=True)
    )
    return Refits(values, reasons, found, inadmissible(scaled_layout, minimum.theta, implied))


def possible_moments(fit: SemFit, moments: GroupMoments) -> Mask:
    """Tell which resamples of a fit's rows have moments `(draws, ...)` that a model can be held against, `(draws,)`."""
    if moments.ordering is not None:
        # Correlations of pairs may be of no matrix, and least squares fits them all the same.
        return np.asarray(np.isfinite(moments.covariance).all(axis=(-1, -2, -3)))
    unit = pooled_deviation(fit.moments)
    return np.asarray(positive_definite(moments.covariance / np.outer(unit, unit)).all(axis=-1))


def _resampled(fit: SemFit, counts: Array) -> GroupMoments:
    """Compute the moments of each resample, by the same way as those of the sample."""
    if fit.moments.ordering is not None:
        return ordered_moments(fit.rows, fit.moments.ordering, counts=counts)[0]
    missing = "listwise" if fit.request.missing == "listwise" else "fiml"
    return grouped_moments(fit.rows, missing=missing, counts=counts)


def _refuse_errors(fit: SemFit) -> None:
    """Refuse standard errors of resamples where these would be others than those of the fit."""
    recipe = fit.request.recipe
    if fit.request.rotation is not None:
        raise OptionError(
            "standard errors of each resample are not computed for turned factors; take interval='bca' or 'percentile'."
        )
    if fit.discrepancy.name == "uls":
        raise OptionError(
            "standard errors of each resample are those of the information matrix, and ULS has none; take "
            "interval='bca', or another estimator for a studentised interval."
        )
    if recipe.se != "standard":
        raise OptionError(
            f"standard errors of each resample are those of the information matrix; this fit has se='{recipe.se}'. "
            "Fit with se='standard' for a studentised interval, or take interval='bca'."
        )
    if recipe.information == "first_order":
        raise OptionError(
            "standard errors of each resample are those of the expected or the observed information; this fit has "
            "information='first_order'. Fit with one of these for a studentised interval, or take interval='bca'."
        )


def _errors(
    fit: SemFit, layout: Layout, scaled_layout: Layout, moments: GroupMoments, minimum: Minimum, scale: Array
) -> Array:
    """Return the standard errors of the quantities in each draw, `(draws, n_quantities)`."""
    recipe, theta = fit.request.recipe, minimum.theta / scale
    exact = recipe.information == "observed"
    # As in the fit: information by the shares of the rows, under Wishart's likelihood n - 1 of them.
    moments = moments.replace(n=_shares(fit, moments) * moments.n.sum(axis=-1, keepdims=True))
    expected, bent = look(scaled_layout, fit.discrepancy, moments, minimum.theta, exact=exact).second
    information = (bent if exact and bent is not None else expected) / 2
    covariance = (
        _inverse(fit, information, minimum, scale) / moments.n.sum(axis=-1)[:, None, None] / np.outer(scale, scale)
    )
    which = standardised_variables(layout, fit.table.covariates, "all")
    pairs = [
        (
            cell_values(layout, theta),
            np.broadcast_to(cell_jacobian(layout), (*theta.shape[:1], *layout.place.shape, theta.shape[-1])),
        ),
        standardised_slopes(layout, theta, which),
    ]
    parts = []
    for values, slopes in pairs:
        flat = values.reshape(len(theta), -1)
        slope = slopes.reshape(*flat.shape, theta.shape[-1])
        slope = np.asarray(quantity_values(fit.model, fit.table, flat, slope)[1])
        parts.append(delta_errors(covariance, slope)[0])
    return np.concatenate([*parts, np.full((len(theta), len(INDICES)), np.nan)], axis=-1)


def _shares(fit: SemFit, moments: GroupMoments) -> Array:
    """Return each group's share of the rows of each draw, `(draws, G)`."""
    less_one = fit.request.likelihood == "wishart" and fit.discrepancy.name != "ml"
    rows = moments.n + 1 if less_one else moments.n
    return np.asarray(rows / rows.sum(axis=-1, keepdims=True))


def _inverse(fit: SemFit, information: Array, minimum: Minimum, scale: Array) -> Array:
    """Invert the information of each draw along what the constraints leave free; NaN where it is singular."""
    # In the metric of correlations, as parameters may be told to very different digits.
    unit = np.sqrt(np.maximum(diagonal(information), 1e-300))
    among = unit[..., :, None] * unit[..., None, :]
    information = information / among
    known: Mask = np.asarray(np.isfinite(information).all(axis=(-1, -2)))
    information = np.where(known[..., None, None], information, 0.0)
    if not fit.model.constraints:
        known = np.linalg.eigvalsh(information).min(axis=-1, initial=1.0) > SINGULAR
        found = np.linalg.inv(np.where(known[..., None, None], information, identity(unit.shape[-1])))
        return np.where(known[..., None, None], found / among, np.nan)
    table = held_still(fit.table, pivots_of(fit.table, fit.moments))
    jacobian = Constraints(fit.model, table, scale).margins(minimum.theta)[1] / unit[..., None, :]
    found = np.full(information.shape, np.nan)
    for draw in np.flatnonzero(known & np.isfinite(jacobian).all(axis=(-1, -2))):
        directions, _ = free_directions(jacobian[draw][minimum.active[draw]])
        found[draw] = inverse_information(information[draw], directions)
    return np.asarray(found / among)


def _indices(
    fit: SemFit, layout: Layout, moments: GroupMoments, minimum: Minimum, scale: Array, implied: Implied
) -> Array:
    """Return the fit indices of each draw, `(draws, indices)`."""
    found, df = fit.statistics, fit.statistics.df
    n_obs = moments.n.sum(axis=-1)
    value, counted = minimum.value, moments
    if fit.request.likelihood == "wishart" and fit.discrepancy.name == "ml" and fit.groups:
        # As in the fit: each group counts for one row less, whatever it weighed in the minimum.
        rows = _shares(fit, moments) * (n_obs + len(fit.groups))[:, None]
        counted = moments.replace(n=rows - 1)
        value = fit.discrepancy.function(implied, counted).value
    baseline, baseline_df = baseline_statistics(fit.table, fit.discrepancy, counted)
    chisq = np.zeros(n_obs.shape)
    if df > 0 and fit.discrepancy.name == "uls":
        chisq = residual_statistics(
            layout, moments, minimum.theta, lambda matrices: _inverse(fit, matrices, minimum, scale)
        )
    elif fit.discrepancy.name != "uls":
        misfit = value - fit.discrepancy.floor(counted)
        chisq = n_obs * np.where((df <= 0) & (misfit < EXACT), 0.0, np.maximum(misfit, 0.0))
    means = moments.mean - implied.mu if fit.table.mean_structure and moments.ordering is None else None
    kept = moments.modelled
    sample, own = (one[..., kept[:, None], kept] for one in (moments.covariance, implied.sigma))
    return np.stack(
        [
            chisq,
            comparative_fit(chisq, df, baseline, baseline_df),
            tucker_lewis(chisq, df, baseline, baseline_df),
            root_mean_square_error(chisq, df, found.per_group),
            standardised_residual(
                sample,
                own,
                means,
                _shares(fit, moments),
                ordered=moments.ordering is not None,
                n_given=len(moments.names) - kept.size,
            ),
        ],
        axis=-1,
    )


def inadmissible(layout: Layout, theta: Array, implied: Implied) -> tuple[str, ...]:
    """Say of each draw what makes its solution `(draws, n_free)` inadmissible; empty where nothing does."""
    cells = cell_values(layout, theta)
    variances = cells[..., (layout.kind == UNDIRECTED) & (layout.row == layout.column)]
    negative = np.asarray((variances < -ROUNDING).any(axis=(-1, -2)))
    latent = implied.total[..., layout.n_observed :, layout.n_observed :]
    values = np.linalg.eigvalsh(np.where(np.isfinite(latent), latent, 0.0))
    improper = np.asarray((values < -ROUNDING).any(axis=(-1, -2)))
    return tuple(
        "negative variance" if low else "latent covariances not positive definite" if bad else ""
        for low, bad in zip(negative, improper, strict=True)
    )


def transformed(fit: SemFit) -> SemFit:
    """Return a fit whose rows have the moments that it implies, and are as they were in all other respects.

    Notes
    -----
    Bollen & Stine (1992), eq. 11: `(y - m) S^-1/2 sigma^1/2 + mu`, group by group; without a mean structure the
    means stay as they are. Symmetric roots, in the units of the data, as in lavaan: where these lie so far apart that
    rounding spoils the roots, it is refused. Under Wishart's likelihood it is covariances divided by n - 1 that are
    then the implied ones.
    """
    sample, implied = fit.rows, imply(fit.layout, fit.theta)
    if fit.table.ordered:
        raise EstimationError(
            "the Bollen-Stine bootstrap transforms continuous rows, and the answers of this fit are ordered; the tests "
            "of estimator='WLSMV' allow for that."
        )
    if np.isnan(sample.values).any() or sample.weights is not None or sample.cluster is not None:
        raise EstimationError(
            "the Bollen-Stine bootstrap transforms complete rows that count alike; this fit has gaps, weights or "
            "clusters. Fit the complete rows (missing='listwise'), or take a robust test (estimator='MLR')."
        )
    values = np.array(sample.values)
    sigma, n = implied.sigma, fit.moments.n[:, None, None]
    if fit.request.likelihood == "wishart":
        sigma = sigma * ((n - 1) / n)
    for group in range(fit.table.n_groups):
        rows = sample.membership == group
        mean, covariance = fit.moments.mean[group], fit.moments.covariance[group]
        turn = _root(covariance, -0.5) @ _root(sigma[group], 0.5)
        unit = np.sqrt(np.diagonal(sigma[group]))
        off = np.abs(turn.T @ covariance @ turn - sigma[group]) / np.outer(unit, unit)
        if not off.max() < OFF:
            names = fit.table.observed
            small, large = names[int(unit.argmin())], names[int(unit.argmax())]
            raise EstimationError(
                f"{fit.model.source}: the variances of '{small}' and '{large}' lie too far apart for the Bollen-Stine "
                f"bootstrap: rounding spoils the roots of the covariance matrix. Bring the columns to like units: "
                f"divide '{large}' by a power of ten, say."
            )
        target = implied.mu[group] if fit.table.mean_structure else mean
        values[rows] = (values[rows] - mean) @ turn + target
    return fit.replace(sample=sample.replace(values=values))


def _root(matrix: Array, power: float) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((vectors * values**power) @ vectors.T)
