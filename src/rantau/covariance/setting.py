"""A model and what it is held against, in standard units; and the evidence of a fit, set up again from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.covariance.constraints import Constraints, free_directions
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.evidence import Evidence
from rantau.covariance.exploratory.turn import turning_jacobian
from rantau.covariance.implied import imply
from rantau.covariance.layout import Layout
from rantau.covariance.minimise import look
from rantau.covariance.start import in_standard_units, layout_for, pooled_deviation
from rantau.errors import EstimationError
from rantau.model.parameters import ParameterTable
from rantau.moments.asymptotic import asymptotic_covariance, missing_rank, varying_moments
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample
from rantau.record import Record

if TYPE_CHECKING:
    from rantau.covariance.result import SemFit


class Setting(Record):
    """Where a discrepancy is minimised: a model with its data, each variable in its own standard deviation.

    Attributes
    ----------
    layout, moments, sample
        The model, the moments that the discrepancy reads, and the rows behind them (None if only moments were given).
    stated
        The model in the units of the data.
    scale
        `(n_free,)`: a parameter in the units of the data times this is one in standard units.
    deviation
        `(p,)`: the units of the observed variables; ones for a discrepancy that depends on the units.
    """

    layout: Layout
    moments: GroupMoments
    sample: Sample | None
    stated: Layout
    scale: Array
    deviation: Array


def set_up(
    table: ParameterTable, discrepancy: Discrepancy, likelihood: str, sample: Sample | None, observed: GroupMoments
) -> Setting:
    """Express a model and its data in standard units.

    Parameters
    ----------
    table
        The parameters.
    discrepancy
        The fitting function.
    likelihood
        `normal` or `wishart`.
    sample
        The rows, in the order of the table's observed variables; None where only moments were given.
    observed
        Their moments, divisor n.

    Returns
    -------
    Setting
        With covariances divided by n - 1 under Wishart's likelihood.
    """
    used = as_wishart(observed, discrepancy) if likelihood == "wishart" else observed
    layout = layout_for(table, used)
    deviation = units_of(discrepancy, observed)
    scaled_layout, scale, scaled = in_standard_units(table, layout, used, deviation)
    scaled_sample = None if sample is None else sample.replace(values=sample.values / deviation)
    scaled = with_weight(discrepancy, scaled, scaled_sample, table)
    return Setting(scaled_layout, scaled, scaled_sample, layout, scale, deviation)


def setting_of(fit: SemFit) -> Setting:
    """Return the setting in which a fit was found."""
    return set_up(fit.table, fit.discrepancy, fit.request.likelihood, fit.sample, fit.moments)


def evidence_of(fit: SemFit, setting: Setting | None = None) -> Evidence:
    """Return what the tests and standard errors of a fit were computed from.

    Parameters
    ----------
    fit
        The fit.
    setting
        `setting_of(fit)`, where it is at hand already.

    Returns
    -------
    Evidence
        In standard units: the estimates are `fit.theta * setting.scale`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> fit = rt.sem("F =~ a + b + c + d", data)
    >>> bool(abs(evidence_of(fit).chisq - fit.fit_indices()["chisq"]) < 1e-9)
    True
    """
    at = setting_of(fit) if setting is None else setting
    theta = fit.theta * at.scale
    constraints = Constraints(fit.model, fit.table, at.scale) if fit.model.constraints else None
    directions, _ = free_of_constraints(
        at.layout, fit.discrepancy, at.moments, constraints, theta, fit.active, held_by_rotation(fit, at, theta)
    )
    value = float(fit.discrepancy.function(imply(at.layout, theta), at.moments).value)
    floor = float(fit.discrepancy.floor(at.moments))
    return Evidence(
        at.layout, fit.discrepancy, at.moments, at.sample, theta, directions, value, floor, fit.statistics.df,
        fixed_places(fit.table), fit.moments.n,
    )  # fmt: skip


def held_by_rotation(fit: SemFit, setting: Setting, theta: Array) -> Array | None:
    """Return what holds the factors of exploratory blocks still, `(k, n_free)` by parameters `(n_free,)`.

    None where the model has no such blocks.
    """
    if fit.request.rotation is None:
        return None
    return turning_jacobian(fit.request.rotation, fit.table, fit.layout, theta / setting.scale) / setting.scale


def free_of_constraints(
    layout: Layout,
    discrepancy: Discrepancy,
    moments: GroupMoments,
    constraints: Constraints | None,
    theta: Array,
    active: Mask,
    held: Array | None = None,
) -> tuple[Array, int]:
    """Return a basis of what constraints leave free, and how many independent equalities there are.

    Parameters
    ----------
    layout, discrepancy, moments
        Without a stack, in the units of `theta`.
    constraints
        Those of the model; None where there are none.
    theta
        `(n_free,)` estimates.
    active
        `(k,)`: which constraints hold with equality.
    held
        `(k, n_free)`: what holds the factors of exploratory blocks still; None where there are none.

    Returns
    -------
    tuple
        `(n_free, n_free - rank)`: the basis, of all that hold; the rank of the `==` among them.
    """
    if constraints is None and held is None:
        return np.eye(theta.size), 0
    unit = look(layout, discrepancy, moments, theta, exact=False).second.unit
    stays = np.zeros((0, theta.size)) if held is None else held / unit
    stays = stays / np.maximum(np.linalg.norm(stays, axis=1, keepdims=True), 1e-300)
    if constraints is None:
        return free_directions(stays)[0] / unit[:, None], 0
    scaled = constraints.margins(theta)[1] / unit
    basis, _ = free_directions(np.concatenate([scaled[active], stays]))
    _, rank = free_directions(scaled[constraints.equalities])
    return basis / unit[:, None], rank


def fixed_places(table: ParameterTable) -> tuple[int, ...]:
    """Return where the fixed covariates stand among the observed variables."""
    return tuple(table.observed.index(name) for name in table.exogenous)


def as_wishart(moments: GroupMoments, discrepancy: Discrepancy) -> GroupMoments:
    """Return moments with covariances divided by n - 1, which is then what n stands for.

    Under maximum likelihood lavaan weighs the groups by n and not by n - 1; n stands for its share of the sum of n - 1.
    """
    rows = moments.n - 1
    if moments.ordering is not None:
        # Polychoric correlations have no divisor; those of fixed covariates have.
        covariance, given = moments.covariance.copy(), np.array(moments.ordering.given, dtype=np.intp)
        covariance[..., given[:, None], given] *= (moments.n / rows)[..., None, None]
        return moments.replace(n=rows, covariance=covariance)
    covariance = moments.covariance * (moments.n / rows)[..., None, None]
    if discrepancy.name == "ml":
        rows = moments.n * (rows.sum(axis=-1) / moments.n.sum(axis=-1))[..., None]
    return moments.replace(n=rows, covariance=covariance)


def with_weight(
    discrepancy: Discrepancy,
    moments: GroupMoments,
    sample: Sample | None,
    table: ParameterTable,
    counts: Array | None = None,
) -> GroupMoments:
    """Add the weight matrix that weighted least squares needs.

    Parameters
    ----------
    discrepancy
        Any; only weighted least squares asks for a weight matrix.
    moments
        In standard units; of one sample, or `(draws, G, ...)` of a stack.
    sample
        The rows in the same units.
    table
        Whether means are modelled, and which covariates are fixed.
    counts
        `(draws, n)`: how often each row is taken in each member of a stack.

    Returns
    -------
    GroupMoments
        With `weight (..., G, m, m)`: the inverse of what `asymptotic_covariance` estimates; nought for moments of
        fixed covariates alone, which are what they are.

    Raises
    ------
    EstimationError
        If a group has too few rows for that.

    Notes
    -----
    Browne (1984), eq. 2.18.
    """
    if moments.ordering is not None:
        return with_answer_weight(discrepancy, moments)
    if discrepancy.name != "wls":
        return moments
    if sample is None:
        raise EstimationError("weighted least squares needs the rows; take estimator='ML' or 'GLS' for moments.")
    drawn = np.ones((1, sample.n_obs)) if counts is None else counts
    fixed = fixed_places(table)
    vary = varying_moments(len(moments.names), fixed, means=table.mean_structure)
    found = []
    for draw in drawn:
        blocks = []
        for group, label in enumerate(sample.groups):
            members = np.flatnonzero((sample.membership == group) & (draw > 0))
            weights = None if sample.weights is None else sample.weights[members]
            spread = asymptotic_covariance(
                sample.values[members], table.mean_structure, weights=weights, counts=draw[members], fixed=fixed
            )
            inner = spread[np.ix_(vary, vary)]
            if counts is None:
                _check_rank(inner, members.size, label)
            weight = np.zeros_like(spread)
            weight[np.ix_(vary, vary)] = (
                np.linalg.inv(inner) if counts is None else np.linalg.pinv(inner, hermitian=True)
            )
            blocks.append(weight)
        found.append(np.stack(blocks))
    return moments.replace(weight=found[0] if counts is None else np.stack(found))


def units_of(discrepancy: Discrepancy, moments: GroupMoments) -> Array:
    """Return the deviations `(p,)` in which variables are expressed; 1 where units matter, or answers are ordered."""
    if not discrepancy.in_units:
        return np.ones(len(moments.names))
    deviation = pooled_deviation(moments)
    return deviation if moments.ordering is None else np.where(moments.ordering.ordered, 1.0, deviation)


def with_answer_weight(discrepancy: Discrepancy, moments: GroupMoments) -> GroupMoments:
    """Add the weights that least squares gives the moments of ordered answers.

    Raises
    ------
    EstimationError
        If the full weight matrix is asked for and there are too few rows for it.
    """
    if moments.spread is None:
        raise ValueError("these moments came without their covariance matrix")
    variance = np.einsum("...mm->...m", moments.spread)
    if discrepancy.name == "uls_ordered":
        return moments.replace(weight=np.ones(variance.shape))
    if discrepancy.name == "dwls":
        return moments.replace(weight=1 / variance)
    if moments.spread.ndim == 3:
        for spread, n_obs, label in zip(moments.spread, moments.n, moments.groups, strict=True):
            short = missing_rank(spread)
            if short:
                where = f" in group '{label}'" if label else ""
                raise EstimationError(
                    f"estimator='WLS' inverts the covariance matrix of {len(spread)} thresholds and correlations, and "
                    f"{n_obs + 1:g} rows{where} leave it singular; take estimator='WLSMV', which asks for no such "
                    "matrix."
                )
    return moments.replace(weight=np.linalg.inv(moments.spread))


def _check_rank(spread: Array, n_obs: int, label: str) -> None:
    """Refuse a weight matrix that cannot be inverted."""
    short = missing_rank(spread)
    if short:
        where = f" in group '{label}'" if label else ""
        raise EstimationError(
            f"weighted least squares inverts the covariance matrix of {len(spread)} moments, and {n_obs} rows{where} "
            f"leave it singular; take estimator='MLR', which asks for no such matrix."
        )
