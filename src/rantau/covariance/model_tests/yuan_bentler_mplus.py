"""The test that goes with robust maximum likelihood: Yuan and Bentler's, as Mplus computes it."""

from __future__ import annotations

import numpy as np

from rantau.covariance.evidence import Evidence
from rantau.covariance.outcome import ModelTest, divided
from rantau.covariance.robust.sandwich import information, spread_of_scores
from rantau.covariance.robust.unrestricted import free_moments, unrestricted_trace
from rantau.covariance.standard_errors import inverse_information


def yuan_bentler_mplus(evidence: Evidence, kind: str) -> ModelTest:
    """Divide the standard statistic by the difference of two traces over the degrees of freedom.

    Each trace over the number of its parameters scales the log-likelihood; where parameters are held equal, that is
    the number after the constraints, so that the scaled difference of two models can be computed from what is shown
    (lavaan 0.6 divides by the number before them).

    Source: Yuan & Bentler (2000), eq. 20; Asparouhov & Muthén (2005), eq. 17; Satorra & Bentler (2001).
    """
    free = evidence.layout.n_groups * free_moments(evidence).size
    above = unrestricted_trace(evidence, exact=kind != "expected")
    inverse = inverse_information(information(evidence, kind), evidence.directions)
    below = float(np.sum(inverse * spread_of_scores(evidence)))
    scaling = (above - below) / evidence.df
    # A model that estimates nothing has no log-likelihood to scale.
    h1, h0 = above / free, below / (free - evidence.df) if free > evidence.df else float("nan")
    return divided("yuan_bentler_mplus", evidence.chisq, float(evidence.df), scaling, h1, h0)
