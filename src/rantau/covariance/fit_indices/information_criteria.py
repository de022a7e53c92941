"""Log-likelihoods and the criteria built on them."""

from __future__ import annotations

import numpy as np

from rantau.covariance.model_test import Statistics


def information_criteria(statistics: Statistics) -> tuple[float, ...]:
    """Return logl, unrestricted logl, AIC, BIC and the sample-size adjusted BIC.

    Source: Akaike (1974); Schwarz (1978); Sclove (1987), with (n + 2) / 24 for n.
    """
    deviance, n_obs, n_free = -2 * statistics.logl, statistics.n_obs, statistics.n_free
    return (
        statistics.logl,
        statistics.unrestricted_logl,
        deviance + 2 * n_free,
        deviance + float(np.log(n_obs)) * n_free,
        deviance + float(np.log((n_obs + 2) / 24)) * n_free,
    )
