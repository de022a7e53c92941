"""The minima of resamples, sought from where one Newton step away from the sample's minimum leads."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.implied import Implied, gradient, imply, slopes
from rantau.covariance.layout import Layout
from rantau.covariance.minimise import Minimum, minimise
from rantau.covariance.setting import Setting
from rantau.moments.grouped import GroupMoments

#: Where what weighs the moments does not come from the moments: one Hessian serves all resamples.
STEADY = ("ml", "fiml", "uls")


def minimise_near(
    setting: Setting,
    fixed: tuple[int, ...],
    discrepancy: Discrepancy,
    layout: Layout,
    moments: GroupMoments,
    theta: Array,
) -> Minimum:
    """Minimise a discrepancy for every resample of a sample whose minimum is known.

    Parameters
    ----------
    setting
        The sample's model and moments.
    fixed
        The places of covariates whose moments are each resample's own.
    discrepancy
        The fitting function.
    layout, moments
        Those of the resamples, `(draws, G, p, p)`, in the same units.
    theta
        `(n_free,)`: the sample's minimum.

    Returns
    -------
    Minimum
        As `minimise` gives it.

    Notes
    -----
    By the implicit function theorem a minimum moves with the moments by minus the inverse Hessian times the gradient
    that the new moments have at the old minimum. What the model implies there, and the Hessian, are the same for all
    resamples. Where that leads too far, the search begins at the sample's minimum after all.
    """
    start = np.broadcast_to(theta, (moments.n.shape[0], theta.size))
    return minimise(layout, discrepancy, moments, start, guess=_moved(setting, fixed, discrepancy, moments, theta))


def _moved(
    setting: Setting, fixed: tuple[int, ...], discrepancy: Discrepancy, moments: GroupMoments, theta: Array
) -> Array:
    """Return where one Newton step leads each resample, `(draws, n_free)`."""
    own = setting.moments
    implied = imply(setting.layout, theta[None])
    slope = slopes(setting.layout, implied)
    one = own.stacked
    local = discrepancy.function(implied, one)
    second = discrepancy.second(setting.layout, implied, slope, one, local, True)
    local = discrepancy.function(implied, _without_covariates(fixed, implied, own, moments) if fixed else moments)
    g = gradient(setting.layout, slope, local.by_sigma, local.by_mu)
    hessian = second.expected if second.exact is None else second.exact
    return np.asarray(theta - g @ np.linalg.pinv(hessian[0], hermitian=True))


def _without_covariates(
    fixed: tuple[int, ...], implied: Implied, own: GroupMoments, moments: GroupMoments
) -> GroupMoments:
    """Take off what the covariates' own moments change in all moments: that is no misfit of the parameters."""
    at = np.array(fixed)
    effect = implied.effect[..., : implied.mu.shape[-1], at]
    moved = (moments.covariance - own.covariance)[..., at[:, None], at]
    spread = effect @ moved @ effect.mT
    shift = (effect @ (moments.mean - own.mean)[..., at, None])[..., 0]
    patterns = moments.patterns
    if patterns is not None:
        patterns = patterns.replace(
            covariance=patterns.covariance - spread[..., patterns.group, :, :],
            mean=patterns.mean - shift[..., patterns.group, :],
        )
    return moments.replace(covariance=moments.covariance - spread, mean=moments.mean - shift, patterns=patterns)
