"""Full collinearity: how well each construct is predicted by all others together."""

from __future__ import annotations

from rantau.fit import Problem
from rantau.quality.bias_evidence import BiasEvidence, Found, left_out, vif_findings

#: Kock (2015): for scores, which hold measurement error, and for factors, which do not.
OF_SCORES, OF_FACTORS = 3.3, 5.0


def full_collinearity(evidence: BiasEvidence) -> Found:
    """Yield variance inflation factors by the scores of PLS and by the factors of the measurement model.

    They are the diagonal of the inverse of the constructs' correlations. Constructs that are parts of another are
    left out, as that is made of them.
    """
    names = evidence.apart
    if len(names) < 2:
        yield left_out("lone", f"'{names[0]}' is the only construct, and collinear with none.", names[0])
        return
    if isinstance(evidence.pls, Problem):
        yield evidence.pls
    else:
        limit = OF_FACTORS if evidence.pls.request.consistent else OF_SCORES
        yield from vif_findings(
            names, evidence.pls.construct_correlations().loc[list(names), list(names)].to_numpy(), "pls", limit
        )
    fit = evidence.measurement
    if isinstance(fit, Problem):
        yield fit
        return
    factors = tuple(block.construct for block in evidence.blocks if block.construct in names)
    if len(factors) < 2:
        yield left_out("few_factors", "Fewer than two reflective constructs have correlations of factors.")
        return
    yield from vif_findings(
        factors, fit.latent_correlations().loc[list(factors), list(factors)].to_numpy(), "cfa", OF_FACTORS
    )
