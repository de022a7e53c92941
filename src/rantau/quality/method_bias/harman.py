"""Harman's test: how much of the items' variance one factor takes."""

from __future__ import annotations

import numpy as np

from rantau.covariance.standardise import correlation_of
from rantau.fit import Problem
from rantau.quality.bias_evidence import BiasEvidence, BiasFinding, Found, held

#: A larger share is the majority of the variance.
MAJORITY = 0.5


def harman(evidence: BiasEvidence) -> Found:
    """Yield the shares of the first unrotated principal component, and of one common factor.

    The component is of the correlations that the fit has: of complete rows, of all answers under `fiml`, polychoric of
    ordered answers. The factor is that of maximum likelihood, or of the estimator asked for; its share is the mean of
    its squared standardised loadings.
    """
    fit = evidence.single
    if isinstance(fit, Problem):
        yield fit
        return
    eigenvalues = np.linalg.eigvalsh(correlation_of(fit.moments.covariance[0]))
    loadings = fit.estimates().query("op == '=~'")["std_all"].to_numpy(dtype=float)
    shares = {"component": float(eigenvalues[-1]) / eigenvalues.size, "factor": float((loadings**2).mean())}
    for name, share in shares.items():
        yield BiasFinding(f"share_{name}", "all items", share, criterion="< 0.50", met=held(share < MAJORITY))
