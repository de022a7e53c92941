"""Structural-after-measurement on many resamples of the rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.after_measurement.moments import latent_moments
from rantau.covariance.after_measurement.parts import STRUCTURAL, insert
from rantau.covariance.constrained import minimise_within
from rantau.covariance.constraints import Constraints
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout, cell_values
from rantau.covariance.minimise import minimise
from rantau.covariance.resampling import INDICES, inadmissible, possible_moments
from rantau.covariance.result import SemFit
from rantau.covariance.start import in_standard_units, layout_for, pooled_deviation
from rantau.errors import OptionError
from rantau.fit import Refits
from rantau.moments.grouped import GroupMoments, grouped_moments

if TYPE_CHECKING:
    from rantau.covariance.after_measurement.result import SamFit


def refit(fit: SamFit, counts: Array, *, errors: bool) -> Refits:
    """Estimate every part again on resamples of the rows.

    Parameters
    ----------
    fit
        The fit.
    counts
        `(draws, n_obs)`: how often each row is taken.
    errors
        Standard errors of each resample are not there.

    Returns
    -------
    Refits
        `(draws, n_quantities)`.
    """
    if errors:
        raise OptionError(
            "standard errors of each resample are not there for structural-after-measurement; leave errors out and "
            "take interval='percentile' or 'bca'."
        )
    missing = "listwise" if fit.request.missing == "listwise" else "fiml"
    moments = grouped_moments(fit.sample, missing=missing, counts=counts)
    possible = possible_moments(fit.whole, moments)
    if not possible.all():
        # What no model can be held against gives way to the sample, and is named.
        counts = np.where(possible[:, None], counts, 1.0)
        moments = grouped_moments(fit.sample, missing=missing, counts=counts)
    found = [
        again(one, grouped_moments(one.rows, missing=missing, counts=_own(fit, one, counts))) for one in fit.measurement
    ]
    thetas = tuple(theta for theta, _ in found)
    tables = [one.table for one in fit.measurement]
    converged = possible & np.logical_and.reduce([fine for _, fine in found])
    whole_layout = layout_for(fit.parts.table, moments)
    if fit.request.method == "local":
        safe = tuple(
            np.where(converged[:, None], theta, one.theta) for theta, one in zip(thetas, fit.measurement, strict=True)
        )
        sound = _where(converged, moments, fit.whole.moments)
        latent = latent_moments(fit.route, safe, sound, fit.sample, counts=np.where(converged[:, None], counts, 1.0))
        of_latent = GroupMoments(fit.parts.variables, moments.groups, moments.n, latent.covariance, latent.mean)
        structural, fine = again(fit.structural, of_latent)
    else:
        start = np.broadcast_to(fit.structural.theta, (len(counts), fit.structural.theta.size))
        held = _held(fit, whole_layout, insert(fit.parts, tables, thetas, start))
        structural, fine = again(fit.structural, moments, held)
    converged &= fine
    theta = insert(fit.parts, tables, thetas, structural)
    whole = fit.whole.replace(layout=whole_layout)
    values = whole.values_at(theta)[:, : -len(INDICES)]
    values[~converged] = np.nan
    reasons = tuple(
        "" if good else "not converged" if proper else "singular covariance matrix"
        for good, proper in zip(converged, possible, strict=True)
    )
    deviation = pooled_deviation(fit.whole.moments)
    scaled_layout, scale, _ = in_standard_units(fit.parts.table, whole_layout, moments, deviation)
    scaled = np.where(converged[:, None], theta, 0.0) * scale
    return Refits(values, reasons, None, inadmissible(scaled_layout, scaled, imply(scaled_layout, scaled)))


def again(fit: SemFit, moments: GroupMoments, layout: Layout | None = None) -> tuple[Array, Mask]:
    """Minimise the discrepancy of a fit for other moments, from its own estimates.

    Parameters
    ----------
    fit
        The fit.
    moments
        `(draws, G, p, p)`.
    layout
        With fixed values of each draw; that of the fit unless given.

    Returns
    -------
    tuple
        `(draws, n_free)` estimates, and `(draws,)` whether each is at its minimum.
    """
    deviation = pooled_deviation(fit.moments)
    stated = layout_for(fit.table, moments) if layout is None else layout
    scaled_layout, scale, scaled = in_standard_units(fit.table, stated, moments, deviation)
    start = np.broadcast_to(fit.theta * scale, (moments.n.shape[0], fit.theta.size))
    if fit.model.constraints:
        constraints = Constraints(fit.model, fit.table, scale)
        minimum = minimise_within(scaled_layout, fit.discrepancy, scaled, start, constraints, active=fit.active)
    else:
        minimum = minimise(scaled_layout, fit.discrepancy, scaled, start)
    return minimum.theta / scale, minimum.converged


def _own(fit: SamFit, block: SemFit, counts: Array) -> Array:
    """Return the counts of the rows that a block used: those with any answer to its items."""
    if block.n_obs == fit.n_obs:
        return counts
    items = [fit.sample.names.index(name) for name in block.table.observed]
    return counts[:, ~np.isnan(fit.sample.values[:, items]).all(axis=1)]


def _held(fit: SamFit, layout: Layout, theta: Array) -> Layout:
    """Return the layout of the whole with each draw's measurement parameters fixed, `(draws, n_free)` given."""
    cells = cell_values(layout, theta)
    owner = fit.parts.owner.reshape(fit.parts.table.n_groups, -1)
    held = fit.structural.layout
    base = np.where(owner == STRUCTURAL, np.broadcast_to(layout.base, cells.shape), cells)
    return held.replace(base=base)


def _where(keep: Mask, moments: GroupMoments, other: GroupMoments) -> GroupMoments:
    """Return a stack of moments, with those of another sample where a draw has failed already."""
    return moments.replace(
        n=np.where(keep[:, None], moments.n, other.n),
        covariance=np.where(keep[:, None, None, None], moments.covariance, other.covariance),
        mean=np.where(keep[:, None, None], moments.mean, other.mean),
    )
