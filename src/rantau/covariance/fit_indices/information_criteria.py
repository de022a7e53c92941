"""Log-likelihoods and the criteria built on them."""

from __future__ import annotations

import numpy as np

from rantau.covariance.model_test import Statistics


def information_criteria(statistics: Statistics) -> tuple[float, ...]:
    """Return logl, unrestricted logl, AIC, BIC.

    Source: Akaike (1974); Schwarz (1978).
    """
    deviance, n_free = -2 * statistics.logl, statistics.n_free
    return (
        statistics.logl,
        statistics.unrestricted_logl,
        deviance + 2 * n_free,
        deviance + float(np.log(statistics.n_obs)) * n_free,
    )


def adjusted_bic(statistics: Statistics) -> tuple[float, ...]:
    """Return the sample-size adjusted BIC. Source: Sclove (1987), with (n + 2) / 24 for n."""
    return (-2 * statistics.logl + float(np.log((statistics.n_obs + 2) / 24)) * statistics.n_free,)


def scaling_factors(statistics: Statistics) -> tuple[float, ...]:
    """Return what the log-likelihoods of the unrestricted moments and of the model are to be scaled with.

    Source: Yuan & Bentler (2000); Asparouhov & Muthén (2005), for differences between models.
    """
    return statistics.corrected_test.scaling_h1, statistics.corrected_test.scaling_h0
