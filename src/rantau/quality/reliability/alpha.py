"""Cronbach's alpha with Feldt's interval."""

from __future__ import annotations

import numpy as np
from scipy.special import fdtri

from rantau.quality.scale import ScaleFindings


def alpha(scale: ScaleFindings) -> tuple[float, ...]:
    """Compute alpha of the raw items and its interval; NaN for a single item.

    Source: Cronbach (1951), eq. 2; Feldt, Woodruff & Salih (1987), eq. 3: (1 - alpha) / (1 - estimate) is
    distributed as F with n - 1 and (n - 1)(k - 1) degrees of freedom.
    """
    n_obs, k = scale.answers.shape
    if k < 2:
        return float("nan"), float("nan"), float("nan")
    covariance = scale.covariance
    estimate = k / (k - 1) * (1 - float(np.trace(covariance)) / float(covariance.sum()))
    rows, cells = n_obs - 1, (n_obs - 1) * (k - 1)
    low = 1 - (1 - estimate) * float(fdtri(rows, cells, (1 + scale.level) / 2))
    high = 1 - (1 - estimate) * float(fdtri(rows, cells, (1 - scale.level) / 2))
    return estimate, low, high
