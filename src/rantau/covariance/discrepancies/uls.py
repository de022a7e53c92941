"""Unweighted least squares."""

from __future__ import annotations

import numpy as np

from rantau.covariance.discrepancies.gls import weighted_least_squares
from rantau.covariance.implied import Implied
from rantau.covariance.local import Local
from rantau.moments.grouped import GroupMoments


def uls(implied: Implied, moments: GroupMoments) -> Local:
    """Compute the unweighted least-squares discrepancy.

    Returns
    -------
    Local
        Its weight is the identity.

    Notes
    -----
    Jöreskog & Goldberger (1972): `F = tr[(S - sigma)^2] / 2`, and `(m - mu)'(m - mu)` for means. It depends on the
    units of the variables.
    """
    return weighted_least_squares(
        implied, moments, np.broadcast_to(np.eye(implied.sigma.shape[-1]), implied.sigma.shape)
    )
